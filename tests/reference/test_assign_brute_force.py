"""The assignment against a linear program over all simple paths, put together from the tables alone."""

from __future__ import annotations

from collections import Counter

import networkx as nx
import numpy as np
import pytest
from plain_model import plain_graph
from scipy.optimize import linprog
from strategies import UNSERVED, random_network

import landsea_routing as lsr
from landsea_routing.errors import InfeasibleError
from landsea_routing.model.network import Network

INF = float("inf")
MOST_PATHS = 4000


def all_paths(net: Network) -> list[list[tuple[float, Counter]]] | None:
    """Cost and load by group of every simple path of every demand row; None where there are too many."""
    country = dict(zip(net.nodes["id"].tolist(), net.nodes["country"].tolist(), strict=True))
    result = []
    for row in net.demand.to_rows():
        a, b = row["origin"], row["destination"]
        home = country[a] if country[a] == country[b] else ""
        graph = plain_graph(net, row["commodity"], home=home, capacity_zero_closes=False)
        paths: list[tuple[float, Counter]] = []
        ends = ("origin", a), ("destination", b)
        if all(end in graph for end in ends):
            for edges in nx.all_simple_edge_paths(graph, *ends):
                data = [graph.edges[e] for e in edges]
                load: Counter = Counter()
                for d in data:
                    load.update(d["step"].loads)
                paths.append((sum(d["cost"] for d in data), load))
                if len(paths) > MOST_PATHS:
                    return None
        result.append(paths)
    return result


def limits_of(net: Network) -> dict[str, float]:
    tables = ((net.capacity_groups, "limit"), (net.transfers, "capacity"))
    return {str(t["id"][i]): float(t[c][i]) for t, c in tables for i in range(len(t)) if np.isfinite(t[c][i])}


def path_program(net: Network, paths, *, must: bool = False) -> tuple[int, float]:
    """Solve the program by HiGHS; status and objective."""
    amounts = []
    for row in net.demand.to_rows():
        tonnes = 10.0 if row["unit"] == "TEU" else 1.0
        amounts.append(float(row["amount_per_year"]) * tonnes)
    flat = [(od, cost, load) for od, some in enumerate(paths) for cost, load in some]
    n, k = len(flat), len(amounts)
    cost = np.array([c for _, c, _ in flat] + [UNSERVED] * k)
    serve = np.zeros((k, n + k))
    for j, (od, _, _) in enumerate(flat):
        serve[od, j] = 1.0
    serve[:, n:] = np.eye(k)
    limits = limits_of(net)
    rows = np.zeros((len(limits), n + k))
    for i, name in enumerate(limits):
        for j, (_, _, load) in enumerate(flat):
            rows[i, j] = load.get(name, 0.0)
    bounds = [(0, None)] * n + [(0, 0 if must else None)] * k
    result = linprog(cost, A_ub=rows, b_ub=list(limits.values()), A_eq=serve, b_eq=amounts, bounds=bounds, method="highs-ds")
    return result.status, result.fun


@pytest.mark.parametrize("block", range(4))
def test_assignment_against_all_simple_paths(block):
    tried = binding = 0
    for seed in range(1000 + 12 * block, 1012 + 12 * block):
        net = random_network(seed, n_nodes=3 + seed % 2, n_countries=2, n_ods=4)
        paths = all_paths(net)
        if paths is None:
            continue
        plan = lsr.assign(net)
        status, expected = path_program(net, paths)
        assert status == 0
        assert plan.objective_usd == pytest.approx(expected, rel=1e-7), seed
        binding += bool((plan.solution.group_dual > 0).any())
        tried += 1
        status, expected = path_program(net, paths, must=True)
        if status == 2:
            with pytest.raises(InfeasibleError):
                lsr.assign(net, unserved_price=None)
        else:
            assert lsr.assign(net, unserved_price=None).objective_usd == pytest.approx(expected, rel=1e-7), seed
    assert tried >= 9
    assert binding >= 2
