"""How far values hold: by hand, and by solving again at the ends and beyond."""

from __future__ import annotations

import numpy as np
import pytest

from landsea_routing._status import Status
from landsea_routing.errors import InvalidValueError, LandseaError
from landsea_routing.kernels.certificate import certify
from landsea_routing.kernels.marginal import marginal_values
from landsea_routing.kernels.multiflow import multicommodity_flow
from landsea_routing.kernels.ranging import value_ranges

INF = float("inf")
TWO_WAYS = [(0, 1, 1.0), (0, 1, 4.0)]
"""A cheap arc at 1 and a detour at 4."""


def ranges(problem):
    answer = multicommodity_flow(problem)
    assert certify(problem, answer).passed
    worth = marginal_values(problem, answer)
    groups = np.arange(answer.group_dual.size)
    return answer, worth, value_ranges(problem, answer, groups, worth.right, worth.left)


def cost_at(problem, group, limit):
    limits = problem.group_limit.copy()
    limits[group] = limit
    answer = multicommodity_flow(problem._replace(group_limit=limits))
    return answer.objective if answer.status is not Status.INFEASIBLE else INF


def test_all_that_goes_cheap_by_hand(cases):
    # 2 of 5 go cheap: one more saves 3 up to 5; one less costs 3 down to 0.
    _, _, found = ranges(cases.build(2, TWO_WAYS, [(0, 1, 0, 5.0)], [(2.0, [(0, 0, 1.0)])]))
    assert (found.until.tolist(), found.down_to.tolist()) == ([5.0], [0.0])


def test_without_a_detour_for_all_by_hand(cases):
    # The detour takes 4 of 5, and all must go: less than 1 is infeasible, down to there a unit costs 3.
    groups = [(2.0, [(0, 0, 1.0)]), (4.0, [(1, 0, 1.0)])]
    _, worth, found = ranges(cases.build(2, TWO_WAYS, [(0, 1, 0, 5.0)], groups))
    assert worth.left.tolist() == [3.0, 0.0]
    assert found.until.tolist() == [5.0, INF]
    assert found.down_to == pytest.approx([1.0, 3.0])


def test_a_value_that_no_less_has(cases):
    # Nothing else takes what the gate leaves: less has no plan, and a closed gate has no less.
    one = [(0, 1, 1.0)]
    _, worth, found = ranges(cases.build(2, one, [(0, 1, 0, 5.0)], [(5.0, [(0, 0, 1.0)])]))
    assert worth.left.tolist() == [INF]
    assert np.isnan(found.down_to).all()
    _, _, found = ranges(cases.build(2, TWO_WAYS, [(0, 1, 0, 5.0)], [(0.0, [(0, 0, 1.0)])]))
    assert (found.until.tolist(), found.down_to.tolist()) == ([5.0], [0.0])


@pytest.mark.parametrize("seed", range(40))
def test_values_hold_to_their_ends_and_no_farther(cases, seed):
    problem = cases.random_problem(seed, soft=seed % 3 == 2)
    answer, worth, found = ranges(problem)
    scale = 1e-7 * max(1.0, abs(answer.objective))
    for group, limit in enumerate(problem.group_limit.tolist()):
        for value, end in (
            (worth.right[group], found.until[group]),
            (worth.left[group], found.down_to[group]),
        ):
            if not np.isfinite(end) or end == limit:
                continue
            assert cost_at(problem, group, end) == pytest.approx(
                answer.objective - value * (end - limit), rel=1e-8, abs=scale
            )
            past = max(end + (end - limit) + np.sign(end - limit), 0.0)
            if end > 0.0:
                assert cost_at(problem, group, past) > answer.objective - value * (past - limit) + 1e-12


def test_refuses(cases):
    problem = cases.build(2, TWO_WAYS, [(0, 1, 0, 5.0)], [(2.0, [(0, 0, 1.0)])])
    answer = multicommodity_flow(problem)
    with pytest.raises(LandseaError, match="only an optimal one"):
        value_ranges(problem, answer._replace(status=Status.LIMIT), [0], [3.0], [3.0])
    with pytest.raises(InvalidValueError):
        value_ranges(problem, answer, [1], [3.0], [3.0])
