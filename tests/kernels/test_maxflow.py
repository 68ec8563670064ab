"""Maximum flow and minimum cut: by hand and against networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from landsea_routing._status import Status
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels.maxflow import max_flow

INF = float("inf")


def random_graph(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 12))
    tail, head = rng.integers(n, size=(2, int(rng.integers(1, 5 * n))))
    m = tail.size
    capacity = (
        rng.integers(0, 30, m).astype(float),
        rng.integers(0, 2**45, m).astype(float),
        rng.integers(0, 3000, m) / 100,
        rng.random(m) * 10.0 ** rng.integers(-3, 6, m),
    )[seed % 4]
    if rng.random() < 0.5:
        capacity[rng.random(m) < 0.2] = INF
    return n, tail, head, capacity


def networkx_value(n, tail, head, capacity):
    graph = nx.DiGraph()
    graph.add_nodes_from(range(n))
    for u, v, width in zip(tail.tolist(), head.tolist(), capacity.tolist(), strict=True):
        if u != v:
            graph.add_edge(u, v, capacity=width + graph.get_edge_data(u, v, {"capacity": 0.0})["capacity"])
    try:
        return nx.maximum_flow_value(graph, 0, n - 1)
    except nx.NetworkXUnbounded:
        return INF


@pytest.mark.parametrize("block", range(4))
def test_random_graphs_against_networkx(block):
    for seed in range(60 * block, 60 * block + 60):
        n, tail, head, capacity = random_graph(seed)
        found = max_flow(n, tail, head, capacity, 0, n - 1)
        value = networkx_value(n, tail, head, capacity)
        assert found.status is (Status.UNBOUNDED if value == INF else Status.OPTIMAL), seed
        assert found.value == pytest.approx(value, rel=1e-9), seed
        if value < INF:
            assert capacity[found.cut.arcs].sum() == pytest.approx(value, rel=1e-9), seed
            assert found.cut.inside[0], seed
            assert not found.cut.inside[n - 1], seed


def test_large_and_small_side_by_side():
    """2**50 by one way and 1 by another: both count to the last unit."""
    found = max_flow(4, [0, 0, 1, 2], [1, 2, 3, 3], [2**50 - 1, INF, INF, 1], 0, 3)
    assert found.value == 2.0**50


def test_decimals_are_exact():
    found = max_flow(2, [0, 0, 0], [1, 1, 1], [0.1, 0.2, 0.4], 0, 1)
    assert found.value == 0.7
    assert found.flow.tolist() == [0.1, 0.2, 0.4]


def test_nothing_gets_through():
    found = max_flow(3, [0, 2], [1, 1], [5, 5], 0, 2)
    assert (found.value, found.cut.arcs.tolist(), found.status) == (0.0, [], Status.OPTIMAL)
    assert max_flow(2, [0], [1], [0], 0, 1).cut.arcs.tolist() == [0]
    assert max_flow(2, [], [], [], 0, 1).value == 0.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((2, [0], [1], [-1], 0, 1), "below the lower bound"),
        ((2, [0], [1], [np.nan], 0, 1), "capacity is unfit"),
        ((2, [0], [1], [1], 0, 0), "source and sink are both 0"),
        ((2, [0], [1], [1], 0, 2), "source, sink is out of range"),
        ((2, [0], [2], [1], 0, 1), "head is out of range"),
        ((2, [0], [1], [2**52], 0, 1), "use larger units"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(InvalidValueError, match=message):
        max_flow(*arguments)
