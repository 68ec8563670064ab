from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels.csr import pair_index, sort_arcs
from landsea_routing.kernels.paths import (
    path_from_any,
    paths_between,
    shortest_paths,
    sum_along,
    trace_paths,
)

INF = float("inf")


def random_graph(seed):
    """Parallel, zero-cost and closed arcs, loops and unreachable vertices."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 25)), int(rng.integers(1, 90))
    tail, head = rng.integers(n, size=m), rng.integers(n, size=m)
    order = sort_arcs(tail, head)
    cost = rng.choice([0.0, 1.0, 2.0, 3.5, INF], size=m)
    return n, tail[order], head[order], cost, rng


def reference(n, tail, head, cost, source):
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(n))
    for u, v, c in zip(tail.tolist(), head.tolist(), cost.tolist(), strict=True):
        if np.isfinite(c):
            graph.add_edge(u, v, weight=c)
    found = nx.single_source_dijkstra_path_length(graph, source)
    return np.array([found.get(v, INF) for v in range(n)])


def check_path(arcs, tail, head, cost, source, target, distance):
    if source == target or not np.isfinite(distance):
        assert arcs.size == 0
        return
    assert tail[arcs[0]] == source
    assert head[arcs[-1]] == target
    assert (head[arcs[:-1]] == tail[arcs[1:]]).all()
    assert cost[arcs].sum() == distance


@pytest.mark.parametrize("seed", range(60))
def test_against_networkx(seed):
    n, tail, head, cost, rng = random_graph(seed)
    pairs = pair_index(n, tail, head)
    sources = rng.integers(n, size=3)
    tree = shortest_paths(pairs, cost, sources)
    expected = np.array([reference(n, tail, head, cost, s) for s in sources.tolist()])
    assert (tree.distance == expected).all()
    rows, targets = rng.integers(3, size=20), rng.integers(n, size=20)
    batch = paths_between(pairs, cost, sources[rows], targets)
    assert (batch.distance == expected[rows, targets]).all()
    for i, (row, target) in enumerate(zip(rows, targets, strict=True)):
        path = batch.arcs[batch.indptr[i] : batch.indptr[i + 1]]
        check_path(path, tail, head, cost, sources[row], target, expected[row, target])
    indptr, arcs = trace_paths(tree, tail, rows, targets)
    assert (indptr == batch.indptr).all()
    assert (arcs == batch.arcs).all()


@pytest.mark.parametrize("seed", range(60))
def test_sums_along_trees(seed):
    n, tail, head, cost, rng = random_graph(seed)
    pairs = pair_index(n, tail, head)
    tree = shortest_paths(pairs, cost, np.arange(n))
    values = rng.integers(0, 100, (tail.size, 2)).astype(float)
    rows, targets = np.divmod(np.arange(n * n), n)
    total = sum_along(tree, tail, values, rows, targets)
    batch = paths_between(pairs, cost, rows, targets)
    ways = [batch.arcs[batch.indptr[i] : batch.indptr[i + 1]] for i in range(n * n)]
    assert (total == np.array([values[way].sum(axis=0) for way in ways]).T).all()
    with_cost = sum_along(tree, tail, np.c_[cost], rows, targets)[0]
    reached = np.isfinite(tree.distance.ravel())
    assert (with_cost[reached] == tree.distance.ravel()[reached]).all()
    assert not with_cost[~reached].any()


@pytest.mark.parametrize("seed", range(40))
def test_path_from_any(seed):
    n, tail, head, cost, rng = random_graph(seed)
    pairs = pair_index(n, tail, head)
    sources, targets = rng.integers(n, size=2), rng.integers(n, size=3)
    distance, arcs = path_from_any(pairs, cost, sources, targets)
    table = shortest_paths(pairs, cost, sources).distance[:, targets]
    assert distance == table.min()
    if np.isfinite(distance):
        nearest = targets[(table == distance).any(axis=0)].min()
        end = head[arcs[-1]] if arcs.size else nearest
        start = tail[arcs[0]] if arcs.size else nearest
        assert end == nearest
        assert start in sources
        assert cost[arcs].sum() == distance
    else:
        assert arcs.size == 0


def test_long_chain_of_free_arcs():
    # 0 -> 1 -> ... -> 999, all free: distances are all 0, so their order says nothing about the tree.
    n = 1000
    tail = np.arange(n - 1)
    tree = shortest_paths(pair_index(n, tail, tail + 1), np.zeros(n - 1), [0])
    ends = np.arange(n)
    assert (sum_along(tree, tail, np.ones((n - 1, 1)), np.zeros_like(ends), ends)[0] == ends).all()


def test_limit_leaves_the_far_unreached():
    pairs = pair_index(3, [0, 1], [1, 2])
    assert shortest_paths(pairs, [1.0, 1.0], [0], limit=1.0).distance.tolist() == [[0.0, 1.0, INF]]
    with pytest.raises(InvalidValueError, match="limit"):
        shortest_paths(pairs, [1.0, 1.0], [0], limit=-1.0)


def test_nothing_asked():
    pairs = pair_index(2, [0], [1])
    assert shortest_paths(pairs, [1.0], []).distance.shape == (0, 2)
    assert paths_between(pairs, [1.0], [], []).indptr.tolist() == [0]
    assert path_from_any(pairs, [1.0], [], [1])[0] == INF
    assert path_from_any(pairs, [1.0], [1], [0])[0] == INF
    assert path_from_any(pairs, [1.0], [1], [1])[0] == 0.0


@pytest.mark.parametrize("source", [-1, 2])
def test_sources_out_of_range(source):
    pairs = pair_index(2, [0], [1])
    with pytest.raises(InvalidValueError, match="source"):
        shortest_paths(pairs, [1.0], [source])
    with pytest.raises(InvalidValueError, match="source"):
        path_from_any(pairs, [1.0], [source], [0])
    with pytest.raises(InvalidValueError, match="start"):
        paths_between(pairs, [1.0], [source], [0])


def test_sum_of_wrong_shape():
    tree = shortest_paths(pair_index(2, [0], [1]), [1.0], [0])
    with pytest.raises(InvalidValueError, match="values"):
        sum_along(tree, np.array([0]), np.ones((2, 1)), np.array([0]), np.array([1]))
