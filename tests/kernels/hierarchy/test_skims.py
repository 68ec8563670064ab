"""Many-to-many and one-to-all, in array operations and in compiled loops: against scipy, and bit for bit."""

from __future__ import annotations

import pickle
from importlib.util import find_spec

import numpy as np
import pytest

from hierarchy_cases import assert_close, grid, odd_graph, true_distances
from landsea_routing.kernels.hierarchy import Hierarchy, product, topology
from landsea_routing.kernels.hierarchy import metric as metric_module

needs_compiler = pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed")


@pytest.fixture(params=["0", pytest.param("1", marks=needs_compiler)], ids=["arrays", "compiled"])
def loops(request, monkeypatch):
    """Both ways of running the inner loops."""
    monkeypatch.setenv("LANDSEA_FAST", request.param)


@pytest.fixture
def labels_only(monkeypatch):
    """Small graphs would be swept: have labels climbed and joined instead."""
    monkeypatch.setattr(metric_module.Metric, "_sweep_is_cheaper", lambda *_: False)


@pytest.mark.usefixtures("loops", "labels_only")
@pytest.mark.parametrize("block", range(8))
def test_odd_graphs(block):
    for seed in range(1000 + 15 * block, 1015 + 15 * block):
        rng, n, tail, head, cost, coordinates = odd_graph(seed)
        expected = true_distances(n, tail, head, cost)
        graph = Hierarchy(n, tail, head, coordinates=coordinates)
        sources, targets = rng.integers(n, size=70), rng.integers(n, size=60)
        for dtype, tolerance in ((np.float64, 1e-9), (np.float32, 2e-5)):
            metric = graph.customize(cost, dtype=dtype)
            assert_close(metric.many_to_many(sources, targets), expected[np.ix_(sources, targets)], tolerance)
            assert_close(metric.one_to_all(sources), expected[sources], tolerance)


@pytest.mark.usefixtures("loops", "labels_only")
def test_more_vertices_than_climb_at_once(monkeypatch):
    monkeypatch.setattr(metric_module, "CLIMBERS", 100)
    rng = np.random.default_rng(1)
    n, tail, head, cost, place = grid(50, rng)
    metric = Hierarchy(n, tail, head, coordinates=place).customize(cost)
    expected = true_distances(n, tail, head, cost)
    sources, targets = rng.integers(n, size=230), rng.integers(n, size=310)
    assert_close(metric.many_to_many(sources, targets), expected[np.ix_(sources, targets)])


@pytest.mark.usefixtures("loops", "labels_only")
def test_wide_separators():
    rng = np.random.default_rng(2)
    n = 500
    tail, head, cost = rng.integers(n, size=3000), rng.integers(n, size=3000), rng.random(3000)
    metric = Hierarchy(n, tail, head).customize(cost)
    expected = true_distances(n, tail, head, cost)
    assert_close(metric.many_to_many(np.arange(n), np.arange(n)), expected)
    assert_close(metric.one_to_all(np.arange(0, n, 3)), expected[::3])


@needs_compiler
@pytest.mark.usefixtures("labels_only")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_compiled_loops_give_the_same_bits(dtype, monkeypatch):
    rng = np.random.default_rng(3)
    n, tail, head, cost, place = grid(60, rng)
    cost[rng.random(cost.size) < 0.3] = np.inf
    metric = Hierarchy(n, tail, head, coordinates=place).customize(cost, dtype=dtype)
    sources, targets = rng.integers(n, size=400), rng.integers(n, size=300)
    found = []
    for wanted in "01":
        monkeypatch.setenv("LANDSEA_FAST", wanted)
        found.append((metric.many_to_many(sources, targets), metric.one_to_all(sources)))
    for one, two in zip(*found, strict=True):
        assert (one == two).all()


@pytest.mark.usefixtures("labels_only")
def test_a_skim_does_not_hang_on_who_else_is_in_it():
    rng = np.random.default_rng(4)
    n, tail, head, cost, place = grid(60, rng)
    metric = Hierarchy(n, tail, head, coordinates=place).customize(cost)
    sources, targets = rng.integers(n, size=300), rng.integers(n, size=200)
    whole = metric.many_to_many(sources, targets)
    assert (metric.many_to_many(sources[:150], targets) == whole[:150]).all()
    assert (metric.many_to_many(sources, targets[7:9]) == whole[:, 7:9]).all()


@pytest.mark.parametrize(("n", "m", "k"), [(3, 5, 2), (40, 300, 7), (200, 500, 3), (4, 4, 0)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_products_lower_any_view(n, m, k, dtype):
    rng = np.random.default_rng(5)
    left = rng.random((k, n + 2)).astype(dtype)[:, 1 : n + 1].T
    right = rng.random((k, m + 3)).astype(dtype)[:, :m]
    right[rng.random(right.shape) < 0.2] = np.inf
    table = rng.random((n + 4, m + 4)).astype(dtype)
    before, out = table.copy(), table[2:-2, 2:-2]
    sums = (left[:, :, None] + right).min(axis=1, initial=np.inf)
    product.min_plus(left, right, out)
    assert (out == np.minimum(before[2:-2, 2:-2], sums)).all()
    before[2:-2, 2:-2] = out
    assert (before == table).all()


def test_numpy_gets_its_buffer_back():
    size = np.getbufsize()
    product.min_plus(np.ones((700, 9)), np.ones((9, 700)), np.ones((700, 700)))
    assert np.getbufsize() == size


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("m", [5, 130, 700])
def test_sums_by_a_matrix_product_are_those_of_an_addition_to_the_bit(m, dtype, monkeypatch):
    rng = np.random.default_rng(m)
    left = (rng.random((900, 3)) * rng.choice([1e-6, 1.0, 1e9], (900, 3))).astype(dtype)
    right = (rng.random((3, m)) * rng.choice([1e-6, 1.0, 1e9], (3, m))).astype(dtype)
    left[rng.random(left.shape) < 0.1] = np.inf
    right[rng.random(right.shape) < 0.1] = np.inf
    tables = []
    for long in (0, 10**9):  # always by addition, always by the product
        monkeypatch.setattr(product, "LONG", long)
        tables.append(np.full((900, m), np.inf, dtype))
        product.min_plus(left, right, tables[-1])
    assert (tables[0] == tables[1]).all()
    assert (tables[0] == (left[:, :, None] + right).min(axis=1)).all()


@pytest.mark.usefixtures("labels_only")
def test_layouts_are_kept_for_the_same_places_and_only_for_the_last_ones(monkeypatch):
    rng = np.random.default_rng(11)
    n, tail, head, cost, place = grid(30, rng)
    hierarchy = Hierarchy(n, tail, head, coordinates=place)
    one, two = hierarchy.customize(cost), hierarchy.customize(cost * 2)
    sources, targets = rng.integers(n, size=40), rng.integers(n, size=30)
    laid_out = []
    plan = topology.plan_climb
    monkeypatch.setattr(topology, "plan_climb", lambda *a, **k: laid_out.append(1) or plan(*a, **k))
    first = one.many_to_many(sources, targets)
    assert len(laid_out) == 2
    assert (two.many_to_many(sources, targets) == 2 * first).all()
    assert len(laid_out) == 2
    for places in range(5 * topology.KEPT):
        one.many_to_many([places], [0, 1])
    assert len(hierarchy.topology._ladders) == len(hierarchy.topology._meetings) == topology.KEPT
    assert (one.many_to_many(sources, targets) == first).all()
    afresh = Hierarchy(n, tail, head, coordinates=place).customize(cost)
    assert (one.many_to_many(targets, sources) == afresh.many_to_many(targets, sources)).all()
    sent = pickle.loads(pickle.dumps(hierarchy.topology))  # noqa: S301
    assert not sent._ladders
    assert not sent._meetings
