"""The hierarchy against scipy and networkx on graphs with every legal oddity."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hierarchy_cases import (
    assert_are_paths,
    assert_close,
    assert_is_path,
    grid,
    odd_graph,
    true_distances,
)
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels import _fast
from landsea_routing.kernels.hierarchy import Hierarchy
from landsea_routing.kernels.hierarchy import priced as priced_module
from landsea_routing.kernels.hierarchy import unpack as unpack_module
from landsea_routing.kernels.paths import paths_between


@pytest.fixture(params=["arrays", "compiled"])
def loops(request, monkeypatch):
    """Run a test with array operations, and with compiled loops where they are installed."""
    monkeypatch.setenv("LANDSEA_FAST", "1" if request.param == "compiled" else "0")
    if request.param == "compiled" and not _fast.enabled():
        pytest.skip("numba is not installed")
    return request.param


def check_everything(seed):
    """All answers of one random graph, before and after updates."""
    rng, n, tail, head, cost, coordinates = odd_graph(seed)
    expected = true_distances(n, tail, head, cost)
    graph = Hierarchy(n, tail, head, coordinates=coordinates)
    metric = graph.customize(cost)
    assert_close(metric.one_to_all(np.arange(n)), expected)
    sources, targets = rng.integers(n, size=20), rng.integers(n, size=15)
    assert_close(metric.many_to_many(sources, targets), expected[np.ix_(sources, targets)])
    starts, ends = rng.integers(n, size=30), rng.integers(n, size=30)
    assert_are_paths(tail, head, cost, starts, ends, metric.paths(starts, ends), expected[starts, ends])
    for start, end in zip(starts[:4].tolist(), ends[:4].tolist(), strict=True):
        assert_close(np.array(metric.distance(start, end)), expected[start, end])
        assert_is_path(tail, head, cost, start, end, metric.path(start, end), expected[start, end])
        assert metric.distance(start, start) == 0.0
    if tail.size:
        now, changed = metric, cost.copy()
        for _ in range(4):
            arcs = rng.choice(tail.size, size=min(2, tail.size), replace=False)
            values = rng.choice([0.0, 1.5, 7.0, np.inf], size=arcs.size)
            changed[arcs] = values
            now = now.update(arcs, values)
        after = true_distances(n, tail, head, changed)
        assert_close(
            np.array([now.distance(s, t) for s, t in zip(starts, ends, strict=True)]), after[starts, ends]
        )
        start, end = starts[0], ends[0]
        assert_is_path(tail, head, changed, start, end, now.path(start, end), after[start, end])
        assert_are_paths(tail, head, changed, starts, ends, now.paths(starts, ends), after[starts, ends])
        assert_close(now.one_to_all(sources), after[sources])
        assert_close(metric.many_to_many(sources, targets), expected[np.ix_(sources, targets)])


@pytest.mark.parametrize("block", range(10))
def test_odd_graphs(block, loops):
    for seed in range(25 * block, 25 * block + 25):
        check_everything(seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(100))
def test_ten_thousand_odd_graphs(block, loops):
    for seed in range(10_000 + 100 * block, 10_100 + 100 * block):
        check_everything(seed)


@given(st.integers(10**6, 10**9))
@settings(max_examples=60, deadline=None)
def test_odd_graphs_of_hypothesis(seed):
    check_everything(seed)


arcs_of_hypothesis = st.integers(1, 12).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(
            st.tuples(
                st.integers(0, n - 1),
                st.integers(0, n - 1),
                st.sampled_from([0.0, 1e-300, 0.1, 0.2, 0.3, 1.0, 1e9, float("inf")]),
            ),
            max_size=40,
        ),
    )
)


@given(arcs_of_hypothesis)
@settings(max_examples=150, deadline=None)
def test_small_graphs_against_networkx(case):
    n, arcs = case
    peer = nx.MultiDiGraph()
    peer.add_nodes_from(range(n))
    peer.add_edges_from((t, h, {"weight": c}) for t, h, c in arcs if np.isfinite(c))
    tail, head, cost = (
        (np.array(column) for column in zip(*arcs, strict=True)) if arcs else (np.zeros(0),) * 3
    )
    tail, head = tail.astype(np.int64), head.astype(np.int64)
    metric = Hierarchy(n, tail, head).customize(cost)
    expected = np.full((n, n), np.inf)
    for source, distances in nx.all_pairs_dijkstra_path_length(peer):
        expected[source, list(distances)] = list(distances.values())
    assert_close(metric.many_to_many(np.arange(n), np.arange(n)), expected)
    for end in range(n):
        assert_is_path(tail, head, cost, 0, end, metric.path(0, end), expected[0, end])


@pytest.mark.parametrize("integer", [False, True])
@pytest.mark.parametrize("coordinates", [False, True])
def test_grid_of_several_levels(integer, coordinates):
    rng = np.random.default_rng(5)
    n, tail, head, cost, place = grid(45, rng, integer)
    metric = Hierarchy(n, tail, head, coordinates=place if coordinates else None).customize(cost)
    expected = true_distances(n, tail, head, cost)
    sources, targets = rng.integers(n, size=300), rng.integers(n, size=200)
    assert_close(metric.many_to_many(sources, targets), expected[np.ix_(sources, targets)])
    assert_close(metric.one_to_all(sources[:130]), expected[sources[:130]])
    starts, ends = rng.integers(n, size=1500), rng.integers(n, size=1500)  # more than are climbed at once
    assert_are_paths(tail, head, cost, starts, ends, metric.paths(starts, ends), expected[starts, ends])


def test_few_sums_held_at_once_give_the_same_paths(monkeypatch):
    rng = np.random.default_rng(11)
    n, tail, head, cost, _ = grid(25, rng, integer=True)
    metric = Hierarchy(n, tail, head).customize(cost)
    starts, ends = rng.integers(n, size=40), rng.integers(n, size=40)
    whole = metric.paths(starts, ends)
    monkeypatch.setattr(unpack_module, "GATHER", 5)
    assert (metric.paths(starts, ends).arcs == whole.arcs).all()
    monkeypatch.setattr(unpack_module, "MANY", 0)
    assert (metric.paths(starts, ends).arcs == whole.arcs).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_arcs_are_told_from_ways_round(dtype, loops):
    # Of many arcs, some as dear as a way round, some dearer, some closed; then others after an update.
    rng = np.random.default_rng(14)
    n, tail, head, cost, _ = grid(18, rng, integer=True)
    cost[rng.random(cost.size) < 0.2] = np.inf
    dear = rng.random(cost.size) < 0.3
    cost[dear] = true_distances(n, tail, head, cost)[tail[dear], head[dear]] + rng.integers(0, 2, dear.sum())
    metric = Hierarchy(n, tail, head).customize(cost, dtype=dtype)
    changed = rng.choice(cost.size, 9, replace=False)
    after = cost.copy()
    after[changed] = rng.choice([0.0, 1.0, np.inf], changed.size)
    for prices, answers in ((cost, metric), (after, metric.update(changed, after[changed]))):
        expected = true_distances(n, tail, head, prices)
        for start, end in rng.integers(n, size=(60, 2)).tolist():
            assert_is_path(tail, head, prices, start, end, answers.path(start, end), expected[start, end])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_one_pair_on_a_grid_of_ties(dtype, loops):
    rng = np.random.default_rng(12)
    n, tail, head, cost, place = grid(30, rng, integer=True)  # whole numbers, exact in both precisions
    cost[rng.random(cost.size) < 0.2] = 0.0
    metric = Hierarchy(n, tail, head, coordinates=place).customize(cost, dtype=dtype)
    expected = true_distances(n, tail, head, cost)
    for start, end in rng.integers(n, size=(150, 2)).tolist():
        assert metric.distance(start, end) == expected[start, end]
        assert_is_path(tail, head, cost, start, end, metric.path(start, end), expected[start, end])


def test_wide_fronts_are_closed_in_blocks():
    rng = np.random.default_rng(6)
    n = 700
    tail, head = rng.integers(n, size=4000), rng.integers(n, size=4000)  # an expander: fronts of hundreds
    cost = rng.random(4000)
    graph = Hierarchy(n, tail, head)
    assert graph.topology.cells.width.max() > 256
    metric = graph.customize(cost)
    expected = true_distances(n, tail, head, cost)
    assert_close(metric.many_to_many(np.arange(n), np.arange(n)), expected)
    cost[:3] = 0.0
    assert_close(
        metric.update([0, 1, 2], [0.0] * 3).one_to_all([3]), true_distances(n, tail, head, cost)[[3]]
    )


def test_float32_is_near_and_runs_are_bit_identical(loops):
    rng = np.random.default_rng(7)
    n, tail, head, cost, place = grid(40, rng)
    vertices = rng.integers(n, size=150)
    tables = []
    for _ in range(2):
        metric = Hierarchy(n, tail, head, coordinates=place).customize(cost)
        tables.append(
            (
                metric.many_to_many(vertices, vertices),
                metric.one_to_all(vertices),
                metric.paths(vertices, vertices[::-1]).arcs,
            )
        )
    for one, two in zip(*tables, strict=True):
        assert (one == two).all()
    narrow = Hierarchy(n, tail, head, coordinates=place).customize(cost, dtype=np.float32)
    table = narrow.many_to_many(vertices, vertices)
    assert table.dtype == np.float32
    np.testing.assert_allclose(table, tables[0][0], rtol=2e-5, atol=1e-6)
    np.testing.assert_allclose(narrow.one_to_all(vertices), tables[0][1], rtol=2e-5, atol=1e-6)
    way = narrow.path(0, n - 1)
    assert cost[way].sum() == pytest.approx(true_distances(n, tail, head, cost)[0, n - 1], rel=2e-5)


def test_hundred_updates_in_a_row_equal_a_full_customization(loops):
    rng = np.random.default_rng(8)
    n, tail, head, cost, place = grid(40, rng)
    graph = Hierarchy(n, tail, head, coordinates=place)
    now = graph.customize(cost)
    for step in range(100):
        arc = int(rng.integers(tail.size))
        cost[arc] = rng.choice([np.inf, 0.0, 0.3, 2.0, 50.0])
        now = now.update([arc], [cost[arc]])
        if step % 25 == 0:
            now.path(0, n - 1)  # writes the patches out in between
    full = graph.customize(cost)
    vertices = np.arange(0, n, 7)
    assert (now.one_to_all(vertices) == full.one_to_all(vertices)).all()
    assert (now.many_to_many(vertices, vertices) == full.many_to_many(vertices, vertices)).all()
    assert (now.paths(vertices, vertices[::-1]).arcs == full.paths(vertices, vertices[::-1]).arcs).all()


def test_update_of_many_arcs_and_of_one_arc_twice():
    rng = np.random.default_rng(9)
    n, tail, head, cost, _ = grid(20, rng)
    metric = Hierarchy(n, tail, head).customize(cost)
    arcs = rng.choice(tail.size, size=tail.size // 2, replace=False)
    changed = cost.copy()
    changed[arcs] *= 3.0
    assert_close(
        metric.update(arcs, changed[arcs]).one_to_all([0]), true_distances(n, tail, head, changed)[[0]]
    )
    twice = metric.update([4, 4], [9.0, 0.5])
    changed = cost.copy()
    changed[4] = 0.5
    assert_close(twice.one_to_all([5]), true_distances(n, tail, head, changed)[[5]])


def test_parallel_arcs_and_loops_keep_their_ids(loops):
    metric = Hierarchy(2, [1, 0, 0, 0, 1], [1, 1, 1, 1, 0]).customize([0.0, 5.0, 2.0, 2.0, 1.0])
    assert metric.path(0, 1).tolist() == [2]  # the lowest id among equals
    assert metric.update([2], [np.inf]).path(0, 1).tolist() == [3]
    assert metric.update([2, 3], [9.0, 9.0]).path(0, 1).tolist() == [1]
    assert metric.update([0], [7.0]).distance(1, 1) == 0.0


def test_nothing_at_all(loops):
    empty = Hierarchy(0, [], []).customize([])
    assert empty.many_to_many([], []).shape == (0, 0)
    assert empty.one_to_all([]).shape == (0, 0)
    single = Hierarchy(1, [], []).customize([])
    assert single.distance(0, 0) == 0.0
    assert single.paths([0], [0]).indptr.tolist() == [0, 0]
    lonely = Hierarchy(50, [], []).customize([])
    assert np.isinf(lonely.distance(3, 4))
    assert lonely.path(3, 4).size == 0


def test_circles_of_zero_cost_fall_back_to_a_search(monkeypatch, loops):
    monkeypatch.setattr(unpack_module, "PATIENCE", -1)
    calls = []

    def counted(*args, **kwargs):
        calls.append(1)
        return paths_between(*args, **kwargs)

    monkeypatch.setattr(priced_module, "paths_between", counted)
    rng = np.random.default_rng(10)
    n, tail, head, cost, _ = grid(12, rng)
    cost[:] = 0.0
    metric = Hierarchy(n, tail, head).customize(cost)
    starts, ends = np.arange(0, n, 5), np.arange(0, n, 5)[::-1]
    assert_are_paths(tail, head, cost, starts, ends, metric.paths(starts, ends), np.zeros(starts.size))
    assert calls


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tail": [0, 3]}, "tail is out of range"),
        ({"head": [1]}, "tail has 2 arcs and head 1"),
        ({"coordinates": [[0.0, 0.0]]}, "coordinates have shape"),
        ({"coordinates": [[0.0, 0.0], [np.nan, 0.0], [1.0, 1.0]]}, "not finite at 1 of 3 vertices"),
        ({"n_vertices": -1}, "n_vertices is -1"),
        ({"n_vertices": 3.5}, "n_vertices is 3.5"),
        ({"n_vertices": None}, "n_vertices is None"),
    ],
)
def test_wrong_graphs_are_refused(change, message):
    good = {"n_vertices": 3, "tail": [0, 1], "head": [1, 2], "coordinates": None} | change
    with pytest.raises(InvalidValueError, match=message):
        Hierarchy(good["n_vertices"], good["tail"], good["head"], coordinates=good["coordinates"])


def test_wrong_costs_and_questions_are_refused():
    graph = Hierarchy(3, [1, 0], [2, 1])
    with pytest.raises(InvalidValueError, match=r"negative in 1 of 2 arcs \(arc 0\)"):
        graph.customize([-1.0, 2.0])
    with pytest.raises(InvalidValueError, match=r"NaN in 1 of 2 arcs \(arc 1\)"):
        graph.customize([1.0, np.nan])
    with pytest.raises(InvalidValueError, match="cost has shape"):
        graph.customize([1.0])
    with pytest.raises(InvalidValueError, match="dtype is int64"):
        graph.customize([1.0, 2.0], dtype=np.int64)
    metric = graph.customize([1.0, 2.0])
    with pytest.raises(InvalidValueError, match="arc 1"):
        metric.update([0, 1], [2.0, np.nan])
    with pytest.raises(InvalidValueError, match="cost has shape"):
        metric.update([0, 1], [2.0])
    with pytest.raises(InvalidValueError, match="target is out of range"):
        metric.distance(0, 3)
    for several in ([0, 1], []):
        with pytest.raises(InvalidValueError, match="one vertex"):
            metric.distance(several, 2)
        with pytest.raises(InvalidValueError, match="one vertex"):
            metric.path(0, several)
    with pytest.raises(InvalidValueError, match="2 sources and 1 targets"):
        metric.paths([0, 1], [0])


@pytest.mark.parametrize(("dtype", "large", "fine"), [(np.float64, 1e308, 1e306), (np.float32, 1e38, 1e36)])
def test_costs_whose_sums_would_pass_for_no_path_are_refused(dtype, large, fine):
    graph = Hierarchy(4, [0, 1, 0], [1, 2, 3])
    with pytest.raises(InvalidValueError, match=r"too large for sums in float.. in 1 arcs \(arc 1\)"):
        graph.customize([1.0, large, np.inf], dtype=dtype)
    metric = graph.customize([fine, 1.0, np.inf], dtype=dtype)
    assert np.isclose(metric.distance(0, 2), fine)
    with pytest.raises(InvalidValueError, match="arc 2"):
        metric.update([2], [large])
    assert np.isclose(metric.update([1], [fine]).distance(0, 2), 2 * fine)
