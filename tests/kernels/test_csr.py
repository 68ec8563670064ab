from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels.csr import NO_ARC, arc_of_pair, as_index, cheapest, pair_index, sort_arcs
from landsea_routing.kernels.paths import shortest_paths

INF = float("inf")


@st.composite
def multigraphs(draw):
    n = draw(st.integers(1, 6))
    vertex = st.integers(0, n - 1)
    cost = st.sampled_from([0.0, 1.0, 2.0, INF])
    arcs = draw(st.lists(st.tuples(vertex, vertex, cost), max_size=25))
    return n, sorted(arcs, key=lambda arc: arc[:2])


@given(multigraphs())
def test_cheapest_is_the_minimum_of_each_pair(graph):
    n, arcs = graph
    pairs = pair_index(n, [a[0] for a in arcs], [a[1] for a in arcs])
    matrix, winner = cheapest(pairs, [a[2] for a in arcs])
    best = {}
    for i, (u, v, c) in enumerate(arcs):
        if c < best.get((u, v), (INF, 0))[0]:
            best[u, v] = (c, i)
    coo = matrix.tocoo()
    stored = {(int(u), int(v)): c for u, v, c in zip(coo.row, coo.col, coo.data, strict=True)}
    assert stored == {pair: c for pair, (c, _) in best.items()}
    u, v = np.divmod(np.arange(n * n), n)
    expected = [best.get((a, b), (INF, NO_ARC))[1] for a, b in zip(u.tolist(), v.tolist(), strict=True)]
    assert arc_of_pair(pairs, winner, u, v).tolist() == expected


def test_zero_cost_arcs_stay_and_closed_ones_go():
    pairs = pair_index(3, [0, 0, 1], [1, 2, 2])
    matrix, winner = cheapest(pairs, [0.0, INF, 0.0])
    assert matrix.nnz == 2
    assert winner.tolist() == [0, NO_ARC, 2]


def test_lowest_arc_id_wins_a_tie():
    pairs = pair_index(2, [0, 0, 0, 0], [1, 1, 1, 1])
    assert cheapest(pairs, [3.0, 2.0, 2.0, 2.0])[1].tolist() == [1]


def test_sort_is_stable():
    assert sort_arcs([1, 0, 0, 0], [0, 1, 0, 1]).tolist() == [2, 1, 3, 0]


def test_empty_graph():
    pairs = pair_index(2, [], [])
    matrix, winner = cheapest(pairs, [])
    assert matrix.nnz == 0
    assert winner.size == 0
    assert arc_of_pair(pairs, winner, [0], [1]).tolist() == [NO_ARC]


@pytest.mark.parametrize("bad", [float("nan"), -1.0, -1e-300, -INF])
def test_bad_costs_are_named(bad):
    pairs = pair_index(3, [0, 0, 1], [1, 2, 2])
    with pytest.raises(InvalidValueError, match="arc 1") as caught:
        cheapest(pairs, [1.0, bad, 1.0])
    assert caught.value.ids == (1,)


@pytest.mark.parametrize(
    ("tail", "head", "words"),
    [
        ([0, -1], [1, 1], "tail is out of range"),
        ([0, 1], [1, 3], "head is out of range"),
        ([1, 0], [0, 1], "not sorted"),
        ([0, 0], [2, 1], "not sorted"),
        ([0], [1, 2], "2"),
        ([0.5], [1], "type float64"),
        ([[0]], [1], "dimensions"),
    ],
)
def test_bad_arcs_are_refused(tail, head, words):
    with pytest.raises(InvalidValueError, match=words):
        pair_index(3, tail, head)


def test_index_minus_one_does_not_wrap():
    with pytest.raises(InvalidValueError, match="source"):
        as_index([-1], 3, "source")


def test_cost_of_wrong_length():
    with pytest.raises(InvalidValueError, match="shape"):
        cheapest(pair_index(2, [0], [1]), [1.0, 2.0])


def test_no_int32_overflow_in_pair_keys():
    # 46 341 ** 2 > 2 ** 31: scipy's int32 predecessors times n would wrap.
    n = 70_000
    tail = np.arange(n - 1)
    pairs = pair_index(n, tail, tail + 1)
    assert pairs.key[-1] == (n - 2) * n + n - 1
    _, winner = cheapest(pairs, np.ones(n - 1))
    u = tail.astype(np.int32)
    assert (arc_of_pair(pairs, winner, u, u + np.int32(1)) == tail).all()
    tree = shortest_paths(pairs, np.ones(n - 1), [n - 10])
    assert tree.predecessor_arc[0, n - 9 :].tolist() == list(range(n - 10, n - 1))
