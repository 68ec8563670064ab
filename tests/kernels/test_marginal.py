from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landsea_routing._status import Status
from landsea_routing.errors import InvalidValueError, LandseaError
from landsea_routing.kernels.certificate import certify
from landsea_routing.kernels.flowproblem import group_matrix, validate_problem
from landsea_routing.kernels.marginal import marginal_values
from landsea_routing.kernels.multiflow import multicommodity_flow

INF = float("inf")


def solve(problem, **options):
    answer = multicommodity_flow(problem, **options)
    verdict = certify(problem, answer)
    assert verdict.passed, verdict.messages
    return answer


def values(problem, answer=None):
    """Right and left of a problem as lists, around the prices of its solution."""
    answer = answer or solve(problem)
    found = marginal_values(problem, answer)
    assert (found.right <= answer.group_dual).all()
    assert (answer.group_dual <= found.left).all()
    return found.right.tolist(), found.left.tolist()


# By hand --------------------------------

TWO_WAYS = [(0, 1, 1.0), (0, 1, 4.0)]
"""A cheap arc at 1 and a detour at 4."""


def test_one_limit_that_binds_has_one_price(cases):
    # 2 of 5 go cheap; one more saves 3, one less costs 3.
    assert values(cases.build(2, TWO_WAYS, [(0, 1, 0, 5.0)], [(2.0, [(0, 0, 1.0)])])) == ([3.0], [3.0])


def test_two_equal_limits_in_a_row(cases):
    # Either alone saves nothing, either alone lowered costs the detour.
    groups = [(2.0, [(0, 0, 1.0)]), (2.0, [(0, 0, 1.0)])]
    right, left = values(cases.build(2, TWO_WAYS, [(0, 1, 0, 5.0)], groups))
    assert (right, left) == ([0.0, 0.0], [3.0, 3.0])


def test_two_limits_in_a_row_with_coefficients(cases):
    # Limit 4 at 2 per unit and limit 1 at 0.5 per unit let 2 through: 3 / 2 and 3 / 0.5 per unit.
    groups = [(4.0, [(0, 0, 2.0)]), (1.0, [(0, 0, 0.5)])]
    right, left = values(cases.build(2, TWO_WAYS, [(0, 1, 0, 5.0)], groups))
    assert (right, left) == ([0.0, 0.0], [1.5, 6.0])


def test_slack_is_worth_nothing(cases):
    groups = [(2.0, [(0, 0, 1.0)]), (9.0, [(1, 0, 1.0)]), (INF, [(0, 0, 1.0)])]
    right, left = values(cases.build(2, TWO_WAYS, [(0, 1, 0, 5.0)], groups))
    assert (right, left) == ([3.0, 0.0, 0.0], [3.0, 0.0, 0.0])


def test_a_limit_just_reached_costs_only_when_lowered(cases):
    # All 5 go cheap and fill it; served at no unserved price, the detour is what a unit less costs.
    assert values(cases.build(2, TWO_WAYS, [(0, 1, 0, 5.0)], [(5.0, [(0, 0, 1.0)])])) == ([0.0], [3.0])


def test_closed(cases):
    # Opening saves 3; there is no less. Behind another closed gate, opening one saves nothing.
    gate = (0.0, [(0, 0, 1.0)])
    assert values(cases.build(2, TWO_WAYS, [(0, 1, 0, 2.0)], [gate])) == ([3.0], [INF])
    right, left = values(cases.build(2, TWO_WAYS, [(0, 1, 0, 2.0)], [gate, gate]))
    assert (right, left) == ([0.0, 0.0], [INF, INF])
    # A closed arc that nobody would take, and a group without members.
    right, left = values(cases.build(2, TWO_WAYS, [(0, 1, 0, 2.0)], [(0.0, [(1, 0, 1.0)]), (0.0, [])]))
    assert (right, left) == ([0.0, 0.0], [INF, INF])


def test_unserved_price(cases):
    # One arc at 1, limit 3 of 5, 2 stay at 10: both sides 9. With limit 5 nothing stays: only less costs 9.
    for limit, expected in ((3.0, ([9.0], [9.0])), (5.0, ([0.0], [9.0])), (6.0, ([0.0], [0.0]))):
        problem = cases.build(2, [(0, 1, 1.0)], [(0, 1, 0, 5.0)], [(limit, [(0, 0, 1.0)])], price=10.0)
        assert values(problem) == expected


def test_the_next_in_line_sets_either_side(cases):
    # Limit 4 is filled exactly by the OD that would pay 9 - 1; the next, at 6 - 1, waits.
    ods = [(0, 1, 0, 4.0), (0, 1, 0, 4.0)]
    problem = cases.build(2, [(0, 1, 1.0)], ods, [(4.0, [(0, 0, 1.0)])], price=[9.0, 6.0])
    assert values(problem) == ([5.0], [8.0])


def test_less_is_infeasible_where_all_must_go(cases):
    # One arc, all 5 must go. With a detour of limit 1 less costs 3, until that is full.
    gate = (5.0, [(0, 0, 1.0)])
    assert values(cases.build(2, [(0, 1, 1.0)], [(0, 1, 0, 5.0)], [gate])) == ([0.0], [INF])
    for amount, expected in ((5.0, ([0.0, 0.0], [3.0, 0.0])), (6.0, ([3.0, 0.0], [INF, INF]))):
        problem = cases.build(2, TWO_WAYS, [(0, 1, 0, amount)], [gate, (1.0, [(1, 0, 1.0)])])
        assert values(problem) == expected


def test_a_path_that_no_one_takes_yet_counts(cases):
    # Ways at 1 (limit 2), 4 (limit 3, just filled) and 6: a unit less of the first costs 5, more saves 3.
    arcs = [*TWO_WAYS, (0, 1, 6.0)]
    problem = cases.build(2, arcs, [(0, 1, 0, 5.0)], [(2.0, [(0, 0, 1.0)]), (3.0, [(1, 0, 1.0)])])
    assert values(problem) == ([3.0, 0.0], [5.0, 2.0])


def test_less_for_one_may_mean_cheaper_prices_elsewhere(cases):
    # Series 0-1-2 of two gates of 2, and detours past each at 3 and 5 more: 2 units fill both. Each alone is
    # passed by its own detour.
    arcs = [(0, 1, 1.0), (0, 1, 4.0), (1, 2, 1.0), (1, 2, 6.0)]
    groups = [(2.0, [(0, 0, 1.0)]), (2.0, [(2, 0, 1.0)])]
    assert values(cases.build(3, arcs, [(0, 2, 0, 2.0)], groups)) == ([0.0, 0.0], [3.0, 5.0])
    assert values(cases.build(3, arcs, [(0, 2, 0, 3.0)], groups)) == ([3.0, 5.0], [3.0, 5.0])
    # A third way round both at 2 more in all: 1 unit more on it. One gate wider alone saves nothing.
    arcs = [(0, 1, 1.0), (0, 2, 4.0), (1, 2, 1.0)]
    groups = [(2.0, [(0, 0, 1.0)]), (2.0, [(2, 0, 1.0)])]
    assert values(cases.build(3, arcs, [(0, 2, 0, 3.0)], groups)) == ([0.0, 0.0], [2.0, 2.0])


def test_only_the_groups_asked_for(cases):
    groups = [(2.0, [(0, 0, 1.0)]), (2.0, [(0, 0, 1.0)]), (9.0, [(1, 0, 1.0)])]
    problem = cases.build(2, TWO_WAYS, [(0, 1, 0, 5.0)], groups)
    found = marginal_values(problem, solve(problem), [1, 2])
    np.testing.assert_array_equal(found.right, [np.nan, 0.0, 0.0])
    np.testing.assert_array_equal(found.left, [np.nan, 3.0, 0.0])
    with pytest.raises(InvalidValueError, match="groups"):
        marginal_values(problem, solve(problem), [3])


def test_nothing_at_all(cases):
    assert values(cases.build(2, [(0, 1, 1.0)], [(0, 1, 0, 5.0)])) == ([], [])
    assert values(cases.build(2, TWO_WAYS, [], [(2.0, [(0, 0, 1.0)])])) == ([0.0], [0.0])
    gate = [(0.0, [(0, 0, 1.0)])]
    assert values(cases.build(2, TWO_WAYS, [(0, 1, 0, 0.0)], gate)) == ([0.0], [INF])
    unreachable = cases.build(2, [(0, 1, INF)], [(0, 1, 0, 5.0)], gate, price=3.0)
    assert values(unreachable) == ([0.0], [INF])
    free = cases.build(2, [(0, 1, 0.0), (0, 1, 0.0)], [(0, 1, 0, 5.0)], [(5.0, [(0, 0, 1.0)])], price=0.0)
    assert values(free) == ([0.0], [0.0])


def test_refusals(cases):
    problem = cases.build(2, TWO_WAYS, [(0, 1, 0, 5.0)], [(2.0, [(0, 0, 1.0)]), (1.0, [(1, 0, 1.0)])])
    answer = solve(problem)
    assert answer.status is Status.INFEASIBLE
    with pytest.raises(LandseaError, match="infeasible"):
        marginal_values(problem, answer)
    with pytest.raises(LandseaError, match="lower bounds"):
        marginal_values(problem._replace(arc_lower=np.ones(2)), answer)


# By another program --------------------------------


def degenerate(problem, seed):
    """Lower every other limit to what the optimal plan loads: then it stays optimal, on kinks everywhere."""
    answer = multicommodity_flow(problem)
    if answer.status is Status.INFEASIBLE or not answer.path_od.size:
        return problem
    k, m = problem.commodity_cost.shape
    path = np.repeat(np.arange(answer.path_od.size), np.diff(answer.path_indptr))
    flow = np.zeros((k, m))
    np.add.at(flow, (problem.od_commodity[answer.path_od[path]], answer.path_arc), answer.path_flow[path])
    load = group_matrix(validate_problem(problem)) @ flow.ravel()
    lower = np.random.default_rng(seed).random(load.size) < 0.5
    return problem._replace(group_limit=np.where(lower, load, problem.group_limit))


STEPS = (1e-4, 2e-4)


def slope(cases, problem, group, sign):
    """Saving per unit of more (sign 1), or cost per unit of less (-1); None if a kink is too near to tell."""
    slopes = []
    _, start = cases.arc_lp(problem)
    for step in STEPS:
        limit = problem.group_limit.copy()
        limit[group] += sign * step
        if limit[group] < 0.0:
            return INF
        status, objective = cases.arc_lp(problem._replace(group_limit=limit))
        slopes.append(INF if status == 2 else sign * (start - objective) / step)
    one, other = slopes
    if one == other:
        return one
    return one if abs(one - other) <= 1e-5 * max(1.0, abs(one)) else None


def near(a, b):
    return a == b or abs(a - b) <= 1e-5 * max(1.0, abs(b))


def check_against_arc_program(cases, problem):
    """Compare all values with one-sided differences; how many were told apart, how many could not be told."""
    answer = solve(problem)
    if answer.status is Status.INFEASIBLE:
        return 0, 0
    right, left = values(problem, answer)
    unclear = 0
    for group in np.flatnonzero(np.isfinite(problem.group_limit)):
        for value, sign in ((right[group], 1.0), (left[group], -1.0)):
            expected = slope(cases, problem, group, sign)
            unclear += expected is None
            assert expected is None or near(value, expected), (group, sign, value, expected)
    apart = np.asarray(right) < np.asarray(left)
    return int((apart & (problem.group_limit > 0.0)).sum()), unclear


@pytest.mark.parametrize("price", [True, False])
@pytest.mark.parametrize(
    "block", [pytest.param(i, marks=[pytest.mark.slow] if i > 1 else []) for i in range(10)]
)
def test_against_the_arc_program(cases, block, price):
    apart = unclear = 0
    count = 12 if price else 40  # where all must go, most are infeasible
    for seed in range(block * count, block * count + count):
        problem = degenerate(cases.random_problem(seed, integer=seed % 2 == 0, price=price), seed)
        found = check_against_arc_program(cases, problem)
        apart, unclear = apart + found[0], unclear + found[1]
    assert apart > 0  # the cases do tell both sides apart
    assert unclear == 0


# By law --------------------------------

seeds = st.integers(0, 10_000)
few = settings(max_examples=25, deadline=None)


def optimal(cases, seed):
    """A random problem on kinks and its solution, with unserved prices so that there is one."""
    problem = degenerate(cases.random_problem(seed, integer=seed % 2 == 0), seed)
    return problem, solve(problem)


def same(found, other, factor=1.0):
    for a, b in zip(found, other, strict=True):
        np.testing.assert_allclose(a * factor, b, rtol=1e-7, atol=1e-7 * factor)


@few
@given(seeds)
def test_the_price_lies_between(cases, seed):
    problem, answer = optimal(cases, seed)
    values(problem, answer)


@few
@given(seeds, st.integers(0, 100))
def test_any_optimal_plan_and_prices_give_the_same_values(cases, seed, other_seed):
    problem, answer = optimal(cases, seed)
    found = marginal_values(problem, answer)
    weight = np.random.default_rng(other_seed).random(problem.tail.size)
    other = solve(problem, tie_weight=weight)
    same(found, marginal_values(problem, other))
    # Halfway between the prices of two optima, at which complementary slackness holds for both plans.
    between = other._replace(group_dual=(answer.group_dual + other.group_dual) / 2)
    same(found, marginal_values(problem, between))
    # Prices of another program altogether.
    limited = np.flatnonzero(np.isfinite(problem.group_limit))
    if limited.size:
        dual = np.zeros(problem.group_limit.size)
        dual[limited] = cases.arc_lp_duals(problem)
        same(found, marginal_values(problem, answer._replace(group_dual=dual)))


@few
@given(seeds, st.sampled_from([1e-6, 3.0, 1e5]), st.sampled_from([1e-4, 7.0, 1e6]))
def test_scaling(cases, seed, money, size):
    problem, answer = optimal(cases, seed)
    found = marginal_values(problem, answer)
    scaled = problem._replace(
        commodity_cost=problem.commodity_cost * money,
        unserved_price=problem.unserved_price * money,
        od_amount=problem.od_amount * size,
        group_limit=problem.group_limit * size,
    )
    same(found, marginal_values(scaled, multicommodity_flow(scaled)), money)


@few
@given(seeds, st.integers(0, 5))
def test_a_limit_of_its_own_unit(cases, seed, power):
    # The same limits in other units: the values per unit follow.
    problem, answer = optimal(cases, seed)
    factor = 10.0 ** (power * np.random.default_rng(seed).choice([-1, 0, 1], problem.group_limit.size))
    scaled = problem._replace(
        group_limit=problem.group_limit * factor,
        group_coefficient=problem.group_coefficient * np.repeat(factor, np.diff(problem.group_indptr)),
    )
    found, other = marginal_values(problem, answer), marginal_values(scaled, solve(scaled))
    same(found, [part * factor for part in other])


@few
@given(seeds)
def test_a_random_price_is_unique_where_nothing_is_just_full(cases, seed):
    # Amounts and limits that no sums can meet: every optimal plan is nondegenerate, so no price is open.
    problem = cases.random_problem(seed)
    rng = np.random.default_rng(seed)
    limit = np.where(problem.group_limit > 0.0, problem.group_limit, 1.0) * rng.uniform(0.5, 1.5)
    limit = limit * rng.uniform(0.9, 1.1, limit.size)
    amount = problem.od_amount * rng.uniform(0.9, 1.1, problem.od_amount.size)
    problem = problem._replace(group_limit=limit, od_amount=amount)
    answer = solve(problem)
    right, left = values(problem, answer)
    np.testing.assert_allclose(right, left, rtol=1e-9)
    np.testing.assert_allclose(right, answer.group_dual, rtol=1e-9)


@few
@given(seeds)
def test_input_untouched_and_answer_repeatable(cases, seed):
    problem, answer = optimal(cases, seed)
    for array in (*problem, *answer):
        if isinstance(array, np.ndarray):
            array.setflags(write=False)
    first, second = marginal_values(problem, answer), marginal_values(problem, answer)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
