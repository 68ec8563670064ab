from __future__ import annotations

import numpy as np
import pytest

from landsea_routing._status import Status
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels.certificate import certify
from landsea_routing.kernels.multiflow import multicommodity_flow
from landsea_routing.kernels.terms import add_steps, less_background, take_or_pay


def solve(problem):
    answer = multicommodity_flow(problem)
    verdict = certify(problem, answer)
    assert verdict.passed, verdict.messages
    return answer


def used(problem, answer, group):
    """Use of a group, path by path."""
    total = 0.0
    entries = range(problem.group_indptr[group], problem.group_indptr[group + 1])
    for p, od in enumerate(answer.path_od):
        arcs = answer.path_arc[answer.path_indptr[p] : answer.path_indptr[p + 1]]
        for e in entries:
            if problem.group_commodity[e] == problem.od_commodity[od]:
                total += (
                    (arcs == problem.group_arc[e]).sum() * problem.group_coefficient[e] * answer.path_flow[p]
                )
    return total


def test_background_takes_room(cases):
    # Limit 4 of which 1.5 are used: 2.5 of 5 units go at 1, the rest at 3.
    arcs, ods = [(0, 1, 1.0), (0, 1, 3.0)], [(0, 1, 0, 5.0)]
    problem = cases.build(2, arcs, ods, [(4.0, [(0, 0, 1.0)])])
    assert solve(less_background(problem, [1.5])).objective == 2.5 + 7.5
    for bad in ([-1.0], [4.5], [np.nan], [1.0, 1.0]):
        with pytest.raises(InvalidValueError, match="used"):
            less_background(problem, bad)


def test_a_contract_is_used_up_before_its_dearer_price_is_paid(cases):
    # 5 units; the way by contract costs 6, of which 4 are paid for 3 units anyway; the other way costs 5. By
    # contract it is 2 for 3 units, then 6 against 5: 3 * 2 + 2 * 5 + constant 12 = 28.
    arcs, ods = [(0, 1, 6.0), (0, 1, 5.0)], [(0, 1, 0, 5.0)]
    problem = cases.build(2, arcs, ods, [(9.0, [(0, 0, 1.0)])])
    contract, constant = take_or_pay(problem, [0], [3.0], [4.0])
    answer = solve(contract)
    assert constant == 12.0
    assert answer.objective + constant == 28.0
    assert answer.path_flow.tolist() == [3.0, 2.0]
    with pytest.raises(InvalidValueError, match="above the cost of arc 0"):
        take_or_pay(problem, [0], [3.0], [6.5])


@pytest.mark.parametrize("seed", range(30))
def test_what_falls_short_of_a_contract_is_paid(cases, seed):
    problem = cases.random_problem(seed)
    group = np.flatnonzero(np.diff(problem.group_indptr) > 0)
    limited = [g for g in group if 0.0 < problem.group_limit[g] < np.inf][:2]
    if not limited:
        return
    rng = np.random.default_rng(seed)
    cheapest = [
        (problem.commodity_cost[problem.group_commodity, problem.group_arc] / problem.group_coefficient)[
            problem.group_indptr[g] : problem.group_indptr[g + 1]
        ].min()
        for g in limited
    ]
    price = 0.4 * np.array(cheapest)
    limited = [g for g, p in zip(limited, price, strict=True) if 0.0 < p < np.inf]
    price = price[(price > 0.0) & np.isfinite(price)]
    least = problem.group_limit[limited] * rng.random(len(limited))
    contract, constant = take_or_pay(problem, limited, least, price)
    answer = solve(contract)
    assert answer.status is Status.NOT_VERIFIED
    short = [max(0.0, float(a) - used(problem, answer, g)) for g, a in zip(limited, least, strict=True)]
    commodity = np.repeat(problem.od_commodity[answer.path_od], np.diff(answer.path_indptr))
    flow = np.repeat(answer.path_flow, np.diff(answer.path_indptr))
    plain = problem.commodity_cost[commodity, answer.path_arc] @ flow
    plain += answer.unserved @ problem.unserved_price
    assert answer.objective + constant == pytest.approx(plain + price @ short, rel=1e-9)
    status, objective = cases.arc_lp(contract)
    assert status == 0
    assert answer.objective == pytest.approx(objective, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_steps_cost_by_use(cases, seed):
    problem = cases.random_problem(seed)
    if not problem.group_limit.size:
        return
    beyond, price = np.array([0.5, 2.0]), np.array([1.0, 4.0])
    stepped = add_steps(problem, [0, 0], beyond, price)
    answer = solve(stepped)
    status, objective = cases.arc_lp(stepped)
    assert status == 0
    assert answer.objective == pytest.approx(objective, rel=1e-9, abs=1e-9)
    use = used(problem, answer, 0)
    excess = np.zeros(stepped.group_limit.size) if answer.group_excess is None else answer.group_excess
    np.testing.assert_allclose(excess[-2:], np.maximum(use - beyond, 0.0), rtol=1e-9, atol=1e-9)
