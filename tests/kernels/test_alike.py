"""Path flows read as alike as their arcs allow: by hand, by law, and against scipy on the whole program."""

import numpy as np
import pytest
from scipy.optimize import linprog

from landsea_routing.kernels.alike import most_alike


def spread(paths: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.cumsum([0, *map(len, paths)]), np.array([a for p in paths for a in p])


def on_arcs(indptr, arc, flow) -> np.ndarray:
    return np.bincount(arc, np.repeat(flow, np.diff(indptr)), 12)


def moved(label, first, second) -> float:
    return float(np.maximum(np.bincount(label, second - first), 0).sum())


def random_case(seed: int):
    """Paths over three stages of arcs, so that ends can be exchanged, with flows of two plans."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 24))
    paths = [[stage * 4 + int(rng.integers(4)) for stage in range(3)] for _ in range(n)]
    od, label = rng.integers(0, 4, n), rng.integers(0, 5, n)
    flows = rng.integers(0, 9, (2, n)) * rng.choice([1.0, 0.125, 1e5])
    return (*spread(paths), od, od * 5 + label, *flows)


def by_scipy(indptr, arc, od, label, first, second) -> float:
    """The least that moves, from the program written out arc by arc."""
    n = len(od)
    uses = np.zeros((12, n))
    uses[arc, np.repeat(np.arange(n), np.diff(indptr))] = 1
    keep = np.vstack([uses, od == np.arange(4)[:, None]])
    side = np.asarray(label == np.arange(20)[:, None], float)
    none, room = np.zeros_like(keep), np.zeros((16, 20))
    found = linprog(
        np.concatenate([np.zeros(2 * n), np.ones(20)]),
        A_ub=np.hstack([-side, side, -np.eye(20)]),
        b_ub=np.zeros(20),
        A_eq=np.block([[keep, none, room], [none, keep, room]]),
        b_eq=np.concatenate([keep @ first, keep @ second]),
        method="highs-ipm",
    )
    assert found.status == 0
    return float(found.fun)


def test_an_exchange_of_ends_is_no_move():
    indptr, arc = spread([[0, 5], [0, 6], [1, 5], [1, 6]])
    first, second = np.array([2.0, 0, 1, 4]), np.array([0.0, 2, 3, 2])
    od = np.zeros(4, int)
    a, b = most_alike(indptr, arc, od, np.arange(4), first, second)
    assert moved(np.arange(4), first, second) == 4
    assert moved(np.arange(4), a, b) == pytest.approx(0, abs=1e-9)


def test_what_is_on_other_arcs_has_moved():
    indptr, arc = spread([[0, 5], [0, 6], [1, 5], [1, 6]])
    a, b = most_alike(
        indptr, arc, np.array([0, 0, 1, 1]), np.arange(4), np.array([3.0, 0, 0, 3]), np.array([1.0, 2, 2, 1])
    )
    # Both ODs exchanged 2; on the arcs nothing changed, so nothing did.
    assert moved(np.arange(4), a, b) == pytest.approx(0, abs=1e-9)
    a, b = most_alike(
        indptr, arc, np.array([0, 0, 1, 1]), np.arange(4), np.array([3.0, 0, 0, 3]), np.array([1.0, 2, 0, 3])
    )
    assert moved(np.arange(4), a, b) == pytest.approx(2)


def test_nothing_at_all():
    none = np.zeros(0, int)
    a, b = most_alike(np.zeros(1, int), none, none, none, np.zeros(0), np.zeros(0))
    assert a.size == b.size == 0


@pytest.mark.parametrize("seed", range(40))
def test_laws_and_scipy(seed):
    indptr, arc, od, label, first, second = case = random_case(seed)
    a, b = most_alike(*case)
    scale = max(1.0, first.max(), second.max())
    for before, after in ((first, a), (second, b)):
        assert (after >= 0).all()
        np.testing.assert_allclose(
            on_arcs(indptr, arc, after), on_arcs(indptr, arc, before), atol=1e-8 * scale
        )
        np.testing.assert_allclose(np.bincount(od, after), np.bincount(od, before), atol=1e-8 * scale)
    least = moved(label, a, b)
    assert least <= moved(label, first, second) + 1e-8 * scale
    # Amounts of an OD may differ between the flows; the program counts what the second has more of.
    assert least == pytest.approx(by_scipy(*case), abs=1e-6 * scale)
    same = most_alike(indptr, arc, od, label, first, first)
    assert moved(label, *same) <= 1e-8 * scale
