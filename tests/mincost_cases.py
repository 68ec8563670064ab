"""Random single-commodity flow problems with every awkward feature, and two other solvers to ask."""

from __future__ import annotations

from typing import Any, NamedTuple

import networkx as nx
import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

INF = float("inf")
CENTS = 10**9
"""Costs are whole multiples of 1 / this, so that a solver of whole numbers sees the same problem."""


class Case(NamedTuple):
    tail: np.ndarray
    head: np.ndarray
    capacity: np.ndarray
    cost: np.ndarray
    supply: np.ndarray
    lower: np.ndarray
    grid: float
    """Quantities times this are whole."""

    def solve(self, solver: Any, **more: Any) -> Any:
        return solver(self.tail, self.head, self.capacity, self.cost, self.supply, lower=self.lower, **more)


def random_case(seed: int) -> Case:
    """Parallel arcs, loops, zero and infinite capacities, lower bounds, negative costs, up to 12 decades."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 13))
    m = int(rng.integers(1, 5 * n))
    tail, head = rng.integers(n, size=(2, m))
    if rng.random() < 0.8:
        head = np.where(tail == head, (head + 1) % n, head)
    kind = seed % 4
    mantissa = rng.integers(0, 1000, m)
    if kind == 0:
        cost = rng.integers(-20, 60, m).astype(float)
    elif kind == 1:
        cost = mantissa / 10.0
    elif kind == 2:
        cost = np.array([float(f"{a}e{b}") for a, b in zip(mantissa, rng.integers(-8, 4, m), strict=True)])
    else:
        cost = np.array(
            [float(f"{a}e{b}") for a, b in zip(mantissa - 100, rng.integers(-5, 2, m), strict=True)]
        )
    grid = float(rng.choice([1, 1, 10, 1000]))
    room = rng.integers(0, 30, m)
    room[rng.random(m) < 0.15] = 0
    lower = np.where(rng.random(m) < 0.15, rng.integers(-3, 6, m), 0)
    carried = rng.integers(0, room + 1) + lower
    supply = np.zeros(n, np.int64)
    np.add.at(supply, tail, carried)
    np.subtract.at(supply, head, carried)
    if rng.random() < 0.25:
        a, b = rng.integers(n, size=2)
        extra = int(rng.integers(1, 40))
        supply[a] += extra
        supply[b] -= extra
    capacity = (room + lower) / grid
    endless = rng.random(m) < rng.choice([0.0, 0.2, 0.7])
    if rng.random() < 0.5:
        endless &= cost >= 0.0
    capacity[endless] = INF
    return Case(tail, head, capacity, cost, supply / grid, lower / grid, grid)


def ask_highs(case: Case) -> tuple[str, float]:
    """Status and objective of HiGHS without presolve."""
    n, m = case.supply.size, case.tail.size
    matrix = sp.csr_array(
        (np.r_[np.ones(m), -np.ones(m)], (np.r_[case.tail, case.head], np.r_[np.arange(m), np.arange(m)])),
        shape=(n, m),
    )
    found = linprog(
        case.cost,
        A_eq=matrix,
        b_eq=case.supply,
        bounds=np.c_[case.lower, case.capacity],
        method="highs",
        options={"presolve": False},
    )
    return {0: "optimal", 2: "infeasible", 3: "unbounded"}[found.status], found.fun


def ask_networkx(case: Case) -> tuple[str, float]:
    """Status and objective of networkx on whole numbers: exact, but it knows no lower bounds and no loops."""
    lower = [round(float(v) * case.grid) for v in case.lower]
    price = [round(float(c) * CENTS) for c in case.cost]
    need = [-round(float(b) * case.grid) for b in case.supply]
    graph: Any = nx.MultiDiGraph()
    base, endless_loop = 0, False
    for a, (u, v) in enumerate(zip(case.tail.tolist(), case.head.tolist(), strict=True)):
        base += lower[a] * price[a]
        need[u] += lower[a]
        need[v] -= lower[a]
        limit = None if case.capacity[a] == INF else round(float(case.capacity[a]) * case.grid) - lower[a]
        if u == v:
            if price[a] < 0:
                endless_loop |= limit is None
                base += price[a] * (limit or 0)
        elif limit is None:
            graph.add_edge(u, v, weight=price[a])
        else:
            graph.add_edge(u, v, weight=price[a], capacity=limit)
    for v, demand in enumerate(need):
        graph.add_node(v, demand=demand)
    # Where arcs of negative cost have no limit, networkx's simplex may never end (seeds 1915, 11311).
    endless = any(d["weight"] < 0 and "capacity" not in d for *_, d in graph.edges(data=True))
    solver = nx.capacity_scaling if endless else nx.network_simplex
    try:
        cost, _ = solver(graph)
    except nx.NetworkXUnfeasible:
        return "infeasible", INF
    except nx.NetworkXUnbounded:
        return ("unbounded" if _feasible(graph) else "infeasible"), -INF
    if endless_loop:
        return "unbounded", -INF
    return "optimal", (cost + base) / CENTS / case.grid


def _feasible(graph: Any) -> bool:
    free = graph.copy()
    for _, _, data in free.edges(data=True):
        data["weight"] = 0
    try:
        nx.network_simplex(free)
    except nx.NetworkXUnfeasible:
        return False
    return True
