from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.brute import INF, check_walk, random_graph, simple_paths
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels import pareto
from landsea_routing.kernels.constrained import constrained_path
from landsea_routing.kernels.csr import pair_index
from landsea_routing.kernels.pareto import pareto_paths
from strategies import laws


def non_dominated(vectors):
    """Distinct vectors that none other equals or beats throughout."""
    distinct = np.unique(np.round(np.array(vectors), 9), axis=0)
    beaten = [any((other <= v).all() and (other < v).any() for other in distinct) for v in distinct]
    return distinct[~np.array(beaten, dtype=bool)]


def test_by_hand():
    # Two steps, each cheap and slow (1, 4) or dear and fast (4, 1): (2, 8), (5, 5), (8, 2).
    pairs = pair_index(3, [0, 0, 1, 1], [1, 1, 2, 2])
    (front,) = pareto_paths(pairs, [[1.0, 4.0, 1.0, 4.0], [4.0, 1.0, 4.0, 1.0]], [0], [2])
    assert front.costs.tolist() == [[2.0, 8.0], [5.0, 5.0], [8.0, 2.0]]
    assert front.complete
    assert [path.tolist() for path in front.paths][::2] == [[0, 2], [1, 3]]


def test_a_path_inside_the_hull():
    # (1, 10), (10, 1) and (6, 6), which no weighted sum ever finds.
    pairs = pair_index(2, [0, 0, 0], [1, 1, 1])
    (front,) = pareto_paths(pairs, [[1.0, 10.0, 6.0], [10.0, 1.0, 6.0]], [0], [1])
    assert front.costs.tolist() == [[1.0, 10.0], [6.0, 6.0], [10.0, 1.0]]


@laws(400)
@given(st.integers(0, 10**6), st.integers(1, 4), st.booleans())
def test_against_all_paths(seed, n_costs, integer):
    pairs, tail, head, costs, source, target = random_graph(seed, n_costs, integer=integer)
    (front,) = pareto_paths(pairs, costs, [source], [target])
    assert front.complete
    every = [costs[:, path].sum(axis=1) for path in simple_paths(tail, head, costs, source, target)]
    if not every:
        assert front.costs.size == 0
        return
    expected = non_dominated(every)
    assert front.costs.shape == expected.shape
    assert np.allclose(front.costs, expected, atol=2e-9)
    for vector, path in zip(front.costs, front.paths, strict=True):
        check_walk(path, tail, head, source, target)
        assert costs[:, path].sum(axis=1) == pytest.approx(vector, abs=1e-12)


@laws(150)
@given(st.integers(0, 10**6), st.sampled_from([0.01, 0.1, 0.5, 2.0]))
def test_epsilon_covers_all_paths(seed, epsilon):
    pairs, tail, head, costs, source, target = random_graph(seed, 3, n_max=9, m_max=26)
    (front,) = pareto_paths(pairs, costs, [source], [target], epsilon=epsilon)
    for path in simple_paths(tail, head, costs, source, target):
        vector = costs[:, path].sum(axis=1)
        assert (front.costs <= vector * (1 + epsilon) + 1e-9).all(axis=1).any()


def test_many_questions_at_once_are_the_same_as_one_by_one(monkeypatch):
    pairs, _, _, costs, _, _ = random_graph(5, 3, n_max=12, m_max=70)
    source, target = np.nonzero(~np.eye(pairs.n_vertices, dtype=bool))
    together = pareto_paths(pairs, costs, source, target)
    monkeypatch.setattr(pareto, "CELLS", 3 * pairs.n_vertices)
    in_turns = pareto_paths(pairs, costs, source, target)
    assert len(together) == len(in_turns) == source.size
    for q, (a, b) in enumerate(zip(together, in_turns, strict=True)):
        (alone,) = pareto_paths(pairs, costs, [source[q]], [target[q]])
        assert a.costs == pytest.approx(alone.costs)
        assert b.costs == pytest.approx(alone.costs)


def test_same_answer_in_every_run():
    pairs, _, _, costs, source, target = random_graph(8, 3, n_max=20, m_max=120, integer=True)
    runs = [pareto_paths(pairs, costs, [source], [target])[0] for _ in range(2)]
    assert (runs[0].costs == runs[1].costs).all()
    assert all((a == b).all() for a, b in zip(runs[0].paths, runs[1].paths, strict=True))


def ladder(rungs):
    """Every step is (2^i, 0) or (0, 2^i): all 2^rungs paths are non-dominated."""
    tail = np.repeat(np.arange(rungs), 2)
    costs = np.zeros((2, 2 * rungs))
    costs[0, ::2] = costs[1, 1::2] = 2.0 ** np.arange(rungs)
    return pair_index(rungs + 1, tail, tail + 1), costs


def test_a_front_of_all_paths():
    pairs, costs = ladder(7)
    (front,) = pareto_paths(pairs, costs, [0], [7])
    assert front.costs[:, 0].tolist() == list(range(128))


def test_a_budget_that_ends_the_search_is_told():
    pairs, costs = ladder(12)
    (front,) = pareto_paths(pairs, costs, [0], [12], max_labels=100)
    assert not front.complete
    assert len(front.paths) >= 2
    assert front.costs[0].tolist() == [0.0, 4095.0]
    (tamed,) = pareto_paths(pairs, costs, [0], [12], epsilon=0.5)
    assert tamed.complete
    assert len(tamed.paths) < 400


@pytest.mark.parametrize("change", [{"epsilon": -0.1}, {"epsilon": float("nan")}, {"max_labels": 0}])
def test_wrong_options(change):
    with pytest.raises(InvalidValueError, match="epsilon"):
        pareto_paths(pair_index(2, [0], [1]), [[1.0]], [0], [1], **change)


@pytest.mark.parametrize(
    ("costs", "ends", "what"),
    [
        ([[-1.0]], (0, 1), "cost 0"),
        ([[1.0], [float("nan")]], (0, 1), "cost 1"),
        ([1.0], (0, 1), "shape"),
        ([[1.0]], (0, 2), "target"),
        ([[1.0]], (1, 1), "one vertex"),
    ],
)
def test_wrong_questions(costs, ends, what):
    with pytest.raises(InvalidValueError, match=what):
        pareto_paths(pair_index(2, [0], [1]), costs, [ends[0]], [ends[1]])


# Within limits -----------------------------------------------------------------------------------------


@laws(400)
@given(st.integers(0, 10**6), st.integers(1, 2), st.floats(0, 1), st.booleans())
def test_within_limits_against_all_paths(seed, n_limits, tightness, integer):
    pairs, tail, head, costs, source, target = random_graph(seed, 1 + n_limits, integer=integer)
    every = [costs[:, path].sum(axis=1) for path in simple_paths(tail, head, costs, source, target)]
    reach = np.array(every)[:, 1:] if every else np.zeros((1, n_limits))
    limits = reach.min(axis=0) + tightness * (reach.max(axis=0) - reach.min(axis=0))
    found = constrained_path(pairs, costs[0], costs[1:], limits, source, target)
    fits = [v[0] for v in every if (v[1:] <= limits * (1 + 1e-12)).all()]
    assert found.complete
    assert found.cost == pytest.approx(min(fits, default=INF), abs=1e-12)
    if fits:
        check_walk(found.arcs, tail, head, source, target)
        assert costs[0, found.arcs].sum() == pytest.approx(found.cost, abs=1e-12)
        assert (costs[1:, found.arcs].sum(axis=1) <= limits * (1 + 1e-12)).all()
        assert found.used == pytest.approx(costs[1:, found.arcs].sum(axis=1), abs=1e-12)
    if every:
        assert found.least == pytest.approx(reach.min(axis=0), abs=1e-12)


def test_limits_that_hold_alone_and_not_together():
    pairs = pair_index(2, [0, 0], [1, 1])
    found = constrained_path(pairs, [1.0, 1.0], [[1.0, 9.0], [9.0, 1.0]], [5.0, 5.0], 0, 1)
    assert (found.cost, found.least.tolist(), found.complete) == (INF, [1.0, 1.0], True)
    assert not found.arcs.size


@pytest.mark.parametrize(("most", "cost"), [(3.0, 3.0), (2.9, INF), (INF, 3.0)])
def test_a_most_that_it_may_cost(most, cost):
    pairs = pair_index(2, [0, 0, 0], [1, 1, 1])
    found = constrained_path(pairs, [1.0, 3.0, 5.0], [[9.0, 4.0, 2.0]], [5.0], 0, 1, max_cost=most)
    assert found.cost == cost
    assert found.complete


def test_no_limit_at_all_is_the_cheapest_path():
    pairs = pair_index(3, [0, 0, 1], [1, 2, 2])
    for rows, limits in ((np.zeros((0, 3)), []), ([[1.0, 1.0, 1.0]], [INF])):
        found = constrained_path(pairs, [1.0, 3.0, 1.0], rows, limits, 0, 2)
        assert (found.cost, found.arcs.tolist()) == (2.0, [0, 2])
    with pytest.raises(InvalidValueError, match="resources"):
        constrained_path(pairs, [1.0, 3.0, 1.0], [1.0, 1.0, 1.0], [5.0], 0, 2)


@pytest.mark.parametrize("limit", [-1.0, float("nan")])
def test_wrong_limits(limit):
    with pytest.raises(InvalidValueError, match="limits"):
        constrained_path(pair_index(2, [0], [1]), [1.0], [[1.0]], [limit], 0, 1)
