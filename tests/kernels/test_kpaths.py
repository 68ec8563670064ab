from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.brute import INF, check_walk, random_graph, simple_paths
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels.csr import pair_index, sort_arcs
from landsea_routing.kernels.dissimilar import common_measure, dissimilar_paths
from landsea_routing.kernels.kpaths import iterate_paths, k_shortest_paths
from landsea_routing.kernels.paths import distances_to, path_from_any, shortest_paths
from strategies import laws


def by_hand():
    #   0 --1--> 1 --1--> 3      and 0 -> 2 -> 3 for 2 + 2, 1 -> 2 for 0.5, 0 -> 3 for 9 by two parallel arcs
    arcs = [
        (0, 1, 1.0),
        (0, 2, 2.0),
        (0, 3, 9.0),
        (0, 3, 9.5),
        (1, 2, 0.5),
        (1, 3, 1.0),
        (2, 1, 0.0),
        (2, 3, 2.0),
    ]
    return pair_index(4, [a[0] for a in arcs], [a[1] for a in arcs]), np.array([a[2] for a in arcs])


def test_by_hand():
    pairs, cost = by_hand()
    ranked = k_shortest_paths(pairs, cost, 0, 3, 10)
    assert ranked.cost.tolist() == [2.0, 3.0, 3.5, 4.0, 9.0, 9.5]
    assert [ranked.path(i).tolist() for i in range(6)] == [[0, 5], [1, 6, 5], [0, 4, 7], [1, 7], [2], [3]]
    assert ranked.complete


@pytest.mark.parametrize(("detour", "costs"), [(1.0, [2.0]), (1.5, [2.0, 3.0]), (2.0, [2.0, 3.0, 3.5, 4.0])])
def test_detour_by_hand(detour, costs):
    pairs, cost = by_hand()
    assert k_shortest_paths(pairs, cost, 0, 3, 10, max_detour=detour).cost.tolist() == costs


@laws(400)
@given(st.integers(0, 10**6), st.booleans())
def test_all_paths_in_order(seed, integer):
    pairs, tail, head, costs, source, target = random_graph(seed, integer=integer)
    ranked = k_shortest_paths(pairs, costs[0], source, target, 10**6)
    expected = simple_paths(tail, head, costs, source, target)
    assert np.allclose(ranked.cost, sorted(costs[0, path].sum() for path in expected), rtol=1e-12, atol=1e-12)
    told = [ranked.path(i).tolist() for i in range(ranked.cost.size)]
    assert sorted(told) == sorted(expected)
    for i, path in enumerate(told):
        check_walk(np.array(path), tail, head, source, target)
        assert costs[0, path].sum() == pytest.approx(ranked.cost[i], abs=1e-12)
    assert (np.diff(ranked.cost) >= -1e-12).all()


def networkx_costs(n, tail, head, cost, source, target, k):
    """Parallel arcs and loops are beyond shortest_simple_paths: every arc gets a vertex in its middle."""
    graph = nx.DiGraph()
    graph.add_nodes_from([source, target])
    for arc, (u, v, c) in enumerate(zip(tail.tolist(), head.tolist(), cost.tolist(), strict=True)):
        if np.isfinite(c):
            graph.add_edge(u, n + arc, weight=c)
            graph.add_edge(n + arc, v, weight=0.0)
    if not nx.has_path(graph, source, target):
        return []
    ways = itertools.islice(nx.shortest_simple_paths(graph, source, target, weight="weight"), k)
    return [nx.path_weight(graph, way, "weight") for way in ways]


@pytest.mark.parametrize("seed", range(40))
def test_against_networkx(seed):
    pairs, tail, head, costs, source, target = random_graph(seed, n_max=30, m_max=110)
    ranked = k_shortest_paths(pairs, costs[0], source, target, 12)
    expected = networkx_costs(pairs.n_vertices, tail, head, costs[0], source, target, 12)
    assert np.allclose(ranked.cost, expected, rtol=1e-12, atol=1e-12)


def test_against_networkx_on_a_grid():
    rng = np.random.default_rng(3)
    side = 14
    at = np.arange(side * side).reshape(side, side)
    ends = np.concatenate(
        [np.c_[at[:, :-1].ravel(), at[:, 1:].ravel()], np.c_[at[:-1].ravel(), at[1:].ravel()]]
    )
    tail, head = np.concatenate([ends, ends[:, ::-1]]).T
    order = sort_arcs(tail, head)
    tail, head = tail[order], head[order]
    cost = rng.uniform(1, 2, tail.size)
    ranked = k_shortest_paths(pair_index(side**2, tail, head), cost, 0, side**2 - 1, 15)
    expected = networkx_costs(side**2, tail, head, cost, 0, side**2 - 1, 15)
    assert np.allclose(ranked.cost, expected, rtol=1e-12)


def test_free_arcs_in_a_circle():
    # 0 -> 1 <-> 2 <-> 1 all free, 2 -> 3 costs 1: the tree may not walk in circles.
    pairs = pair_index(4, [0, 1, 1, 2, 2], [1, 0, 2, 1, 3])
    ranked = k_shortest_paths(pairs, [0.0, 0.0, 0.0, 0.0, 1.0], 0, 3, 5)
    assert ranked.cost.tolist() == [1.0]


def test_the_last_is_found_only_when_asked():
    pairs, cost = by_hand()
    ways = iterate_paths(pairs, cost, 0, 3)
    assert next(ways)[0] == 2.0
    assert next(ways)[1].tolist() == [1, 6, 5]


def test_same_answer_in_every_run():
    pairs, _, _, costs, source, target = random_graph(11, n_max=12, m_max=60, integer=True)
    runs = [k_shortest_paths(pairs, costs[0], source, target, 50) for _ in range(2)]
    assert (runs[0].arcs == runs[1].arcs).all()


def test_nothing_joins_them():
    assert k_shortest_paths(pair_index(2, [0], [1]), [1.0], 1, 0, 3).cost.size == 0
    assert k_shortest_paths(pair_index(2, [0], [1]), [INF], 0, 1, 3).cost.size == 0
    assert dissimilar_paths(pair_index(2, [0], [1]), [1.0], 1, 0, 3, max_overlap=0.5).cost.size == 0


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"source": 4}, "source"),
        ({"target": -1}, "target"),
        ({"source": 3}, "source and target"),
        ({"k": 0}, "k is 0"),
        ({"k": 2.5}, "k is 2.5"),
        ({"max_detour": 0.5}, "max_detour"),
        ({"max_detour": float("nan")}, "max_detour"),
    ],
)
def test_wrong_questions(change, what):
    pairs, cost = by_hand()
    asked = {"source": 0, "target": 3, "k": 2, **change}
    with pytest.raises(InvalidValueError, match=what):
        k_shortest_paths(pairs, cost, **asked)


# Limited overlap ---------------------------------------------------------------------------------------


def test_overlap_by_hand():
    pairs, cost = by_hand()
    # [1, 6, 5] has half of the best in common (arc 5), [0, 4, 7] the other half, [1, 7] and the rest nothing.
    half = dissimilar_paths(pairs, cost, 0, 3, 9, max_overlap=0.5)
    assert half.cost.tolist() == [2.0, 3.0, 3.5, 9.0, 9.5]
    none = dissimilar_paths(pairs, cost, 0, 3, 9, max_overlap=0.0)
    assert [none.path(i).tolist() for i in range(4)] == [[0, 5], [1, 7], [2], [3]]
    assert dissimilar_paths(pairs, cost, 0, 3, 9, max_overlap=0.0, max_detour=2.0).cost.tolist() == [2.0, 4.0]


def test_parallel_arcs_may_be_the_same_thing():
    pairs, cost = by_hand()
    ways = dissimilar_paths(pairs, cost, 0, 3, 9, max_overlap=0.0, shared=[0, 1, 2, 2, 3, 4, 5, 6])
    assert ways.cost.tolist() == [2.0, 4.0, 9.0]


@laws(150)
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.3, 0.6, 0.9]))
def test_overlap_against_all_paths(seed, most):
    pairs, tail, head, costs, source, target = random_graph(seed, 2)
    cost, measure = costs
    ways = dissimilar_paths(pairs, cost, source, target, 4, max_overlap=most, measure=measure)
    assert ways.complete
    left = simple_paths(tail, head, costs, source, target)
    own = np.arange(cost.size)
    chosen = []
    for i in range(4):
        fits = [
            cost[p].sum()
            for p in left
            if all(common[p].sum() <= limit * (1 + 1e-12) for common, limit in chosen)
        ]
        if not fits:
            assert ways.cost.size == i
            return
        assert ways.cost[i] == pytest.approx(min(fits), abs=1e-12)
        path = ways.path(i)
        check_walk(path, tail, head, source, target)
        common = common_measure(path, np.where(np.isfinite(measure), measure, 0.0), own)
        chosen.append((common, most * common[path].sum()))
        if chosen[-1][1] >= common[path].sum():  # nothing to share: the search may only end here
            assert ways.cost.size == i + 1
            return


def test_a_budget_that_ends_the_search_is_told():
    rng = np.random.default_rng(1)
    tail, head = np.nonzero(~np.eye(30, dtype=bool))
    pairs, cost = pair_index(30, tail, head), rng.uniform(1, 2, tail.size)
    ways = dissimilar_paths(
        pairs, cost, 0, 29, 5, max_overlap=0.4, measure=rng.random(tail.size), max_labels=2
    )
    assert not ways.complete
    assert ways.cost[0] == path_from_any(pairs, cost, [0], [29])[0]


@pytest.mark.parametrize("most", [-0.1, 1.1, float("nan")])
def test_wrong_overlap(most):
    pairs, cost = by_hand()
    with pytest.raises(InvalidValueError, match="max_overlap"):
        dissimilar_paths(pairs, cost, 0, 3, 2, max_overlap=most)


@pytest.mark.parametrize("seed", range(20))
def test_distances_to_are_distances_from_turned_round(seed):
    pairs, tail, head, costs, _, target = random_graph(seed, n_max=15, m_max=60)
    order = sort_arcs(head, tail)
    turned = pair_index(pairs.n_vertices, head[order], tail[order])
    expected = shortest_paths(turned, costs[0][order], [target, 0]).distance
    assert distances_to(pairs, costs[0], [target, 0]) == pytest.approx(expected)


def test_ways_that_cost_nothing_are_no_detour():
    pairs = pair_index(3, [0, 0, 1, 1], [1, 2, 2, 2])
    measure = {"measure": np.ones(4), "max_overlap": 0.5, "max_detour": 1.5}
    assert dissimilar_paths(pairs, [0.0, 0.0, 0.0, 3.0], 0, 2, 3, **measure).cost.tolist() == [0.0, 0.0]
    assert dissimilar_paths(pairs, [0.0, 1.0, 0.0, 3.0], 0, 2, 3, **measure).cost.tolist() == [0.0]
    with pytest.raises(InvalidValueError, match=r"k is 1\.5"):
        dissimilar_paths(pairs, np.ones(4), 0, 2, 1.5, max_overlap=0.5)
