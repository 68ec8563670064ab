"""The search by scans: against every place of the grid, and against derivatives where there are any."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import least_squares

from landsea_routing.whatif.identify import profile, unclear
from landsea_routing.whatif.search import COARSE, Residuals, put_back, scan, search


def seen(function, n: int = 2) -> Residuals:
    return Residuals(lambda points: [np.atleast_1d(function(np.array(p))) for p in points], np.ones((n, 2)))


ALL = np.full(1, True)


def test_nothing_is_asked_twice_and_the_start_is_kept_where_all_is_flat():
    asked: list[tuple[float, ...]] = []

    def evaluate(points):
        asked.extend(points)
        return [np.ones(1) for _ in points]

    residuals = Residuals(evaluate, np.ones((3, 2)))
    assert search(residuals, ALL) == (0.0, 0.0, 0.0)
    assert len(asked) == len(set(asked)) <= 3 * (len(COARSE) - 1 + 6) + 1


@pytest.mark.parametrize("seed", range(10))
def test_steps_on_one_axis_are_found_as_every_place_finds_them(seed):
    rng = np.random.default_rng(seed)
    edges, heights = np.sort(rng.uniform(-1, 1, 6)), rng.uniform(0, 3, 7)
    residuals = seen(lambda u: heights[np.searchsorted(edges, u[0])], 1)
    found = residuals.misfit(search(residuals, ALL), ALL)
    assert found <= min(residuals.misfit((u,), ALL) for u in COARSE)


@pytest.mark.parametrize("seed", range(10))
def test_no_single_axis_leads_on(seed):
    rng = np.random.default_rng(seed)
    table = rng.uniform(0, 1, (9, 9))
    residuals = seen(lambda u: table[tuple(np.floor((u + 1) * 4.4).astype(int))])
    point = search(residuals, ALL)
    best = residuals.misfit(point, ALL)
    for axis in (0, 1):
        assert best <= min(residuals.misfit(p, ALL) for p in scan(residuals, point, axis))


@pytest.mark.parametrize("seed", range(5))
def test_where_there_are_derivatives_it_comes_as_near_as_its_steps(seed):
    rng = np.random.default_rng(seed)
    matrix, goal = rng.normal(size=(6, 2)) * (3, 1), rng.uniform(-0.9, 0.9, 2)
    rows = np.full(6, True)
    residuals = seen(lambda u: matrix @ (u - goal))
    exact = least_squares(lambda u: matrix @ (u - goal), np.zeros(2), bounds=(-1, 1)).x
    assert search(residuals, rows) == pytest.approx(exact.tolist(), abs=4 / 32)


def test_bounds_without_room_are_kept():
    residuals = Residuals(lambda points: [np.array(p) - 5 for p in points], np.array([[True, False]]))
    assert search(residuals, ALL) == (0.0,)


def test_points_without_an_answer_are_passed_over():
    residuals = seen(lambda u: np.nan if u[0] > 0.3 else u[0] - 1.0, 1)
    assert search(residuals, ALL)[0] == pytest.approx(0.28125)


def test_putting_back_never_ends_worse_than_the_start():
    corners = dict.fromkeys(itertools.product((0.0, 1.0), repeat=2), 2.0) | {(1.0, 1.0): 1.0, (0.0, 0.0): 1.2}
    residuals = seen(lambda u: np.sqrt(corners[tuple(u.tolist())]))
    assert put_back(residuals, ALL, (1.0, 1.0), noise=5.0) == (1.0, 1.0)


def test_reasons_by_hand():
    # Residuals: the first alone, the sum of the next two, nothing of the fourth, a little of the fifth, and
    # the sixth from 0.4 on only.
    def answer(u):
        return np.array([9 * u[0], 7 * (u[1] + u[2]), 0.3 * u[4], 5 * (u[5] > 0.4), 0.0 * u[3]])

    residuals, rows = seen(answer, 6), np.full(5, True)
    start = (0.0,) * 6
    profiles = [profile(residuals, rows, start, axis, 1.0) for axis in range(6)]
    reasons = unclear(profiles, list("abcdef"))
    assert reasons[:3] == ["", "collinear with c", "collinear with b"]
    assert reasons[3].startswith("no effect")
    assert reasons[4].startswith("negligible")
    assert reasons[5] == "one-sided: as good as far as its low bound"
    assert profiles[0].slope.tolist() == pytest.approx([9, 0, 0, 0, 0])
