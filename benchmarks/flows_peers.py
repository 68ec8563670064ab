"""The peers of `flows.py`: other libraries behind one face, each from arrays to objective."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import numpy as np
from flows_graphs import Instance
from scipy.optimize import linprog
from scipy.sparse import csr_array


def ortools(problem: Instance) -> float:
    """Cost-scaling push-relabel, in C++."""
    module = import_module("ortools.graph.python.min_cost_flow")
    solver = module.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(problem.tail, problem.head, problem.capacity, problem.cost)
    solver.set_nodes_supplies(np.arange(problem.n), problem.supply)
    if solver.solve() != solver.OPTIMAL:
        raise RuntimeError("OR-Tools finds no optimum")
    return float(solver.optimal_cost())


def pylmcf(problem: Instance) -> float:
    """LEMON's network simplex, in C++; it wants arcs sorted."""
    module = import_module("pylmcf")
    order = np.lexsort((problem.head, problem.tail))
    ends = problem.tail[order].astype(np.int32), problem.head[order].astype(np.int32)
    graph = module.Graph(problem.n, *ends)
    graph.set_edge_costs(problem.cost[order])
    graph.set_edge_capacities(problem.capacity[order])
    graph.set_node_supply(problem.supply)
    graph.solve()
    return float(graph.total_cost())


def networkx(problem: Instance) -> float:
    """Network simplex in Python; the time to build its graph counts."""
    module = import_module("networkx")
    graph = module.MultiDiGraph()
    graph.add_nodes_from((v, {"demand": -b}) for v, b in enumerate(problem.supply.tolist()))
    columns = (problem.tail, problem.head, problem.capacity, problem.cost)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    graph.add_edges_from((u, v, {"capacity": width, "weight": price}) for u, v, width, price in rows)
    return float(module.network_simplex(graph)[0])


def linear_program(problem: Instance) -> float:
    """HiGHS, as scipy ships it, on the linear program over arcs."""
    m = problem.tail.size
    arcs = np.arange(m)
    sign = np.r_[np.ones(m), -np.ones(m)]
    ends = np.r_[problem.tail, problem.head], np.r_[arcs, arcs]
    matrix = csr_array((sign, ends), shape=(problem.n, m))
    bounds = np.c_[np.zeros(m), problem.capacity]
    return float(linprog(problem.cost, A_eq=matrix, b_eq=problem.supply, bounds=bounds, method="highs").fun)


PEERS: dict[str, Callable[[Instance], float]] = {
    "ortools": ortools,
    "pylmcf": pylmcf,
    "networkx": networkx,
    "linprog": linear_program,
}
