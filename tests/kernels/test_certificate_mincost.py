"""The judge of single-commodity flows catches every kind of wrong answer."""

from __future__ import annotations

import numpy as np
import pytest

from landsea_routing._status import Status
from landsea_routing.kernels.certificate_mincost import certify_min_cost, dual_bound
from landsea_routing.kernels.mincost import make_problem, min_cost_flow
from landsea_routing.kernels.mincostproblem import Cut, reduced_costs
from mincost_cases import INF, random_case

PROBLEM = make_problem([0, 0, 1], [1, 2, 2], [4, 9, 9], [1.0, 5.0, 1.0], [6, 0, -6])
RIGHT = min_cost_flow(*PROBLEM[:5])
WIDE = Cut(np.array([True, False, False]), np.array([0, 1]), 1.0)


def priced(potential):
    return {"potential": np.array(potential), "reduced_cost": reduced_costs(PROBLEM, np.array(potential))}


def test_the_right_answer_passes_exactly():
    found = certify_min_cost(PROBLEM, RIGHT)
    assert (found.passed, found.gap, found.gap_error, found.exact) == (True, 0.0, 0.0, True)
    assert found.bound == found.objective == 18.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"flow": np.array([5.0, 1.0, 5.0]), "objective": 15.0}, "breaks its bounds"),
        ({"flow": np.array([4.0, 1.0, 4.0]), "objective": 13.0}, "miss a supply"),
        ({"flow": np.array([3.0, 3.0, 3.0]), "objective": 21.0}, "the gap is"),
        ({"objective": 17.0}, "objective is stated as 17.0 and computes to 18.0"),
        (priced([0.0, 1.0, 2.0]), "the gap is"),
        ({"potential": np.array([0.0, 1.0, 5.0])}, "reduced_cost does not follow"),
        ({"flow": np.array([4.0, 2.0])}, "flow has shape"),
        ({"flow": np.array([4.0, np.nan, 4.0])}, "not finite"),
        ({"status": Status.INFEASIBLE}, "no cut"),
        (
            {"status": Status.INFEASIBLE, "cut": Cut(np.array([1, 0, 0], bool), np.array([0, 1]), 1.0)},
            "nothing is proved",
        ),
        ({"status": Status.UNBOUNDED}, "no cycle"),
        ({"status": Status.UNBOUNDED, "cycle": np.array([0, 2])}, "torn"),
    ],
)
def test_a_wrong_answer_does_not_pass(change, message):
    found = certify_min_cost(PROBLEM, RIGHT._replace(**change))
    assert not found.passed
    assert any(message in text for text in found.messages), found.messages


def test_a_cycle_with_a_limit_proves_nothing():
    problem = make_problem([0, 1], [1, 0], [INF, 9], [-5, 2], [0, 0])
    answer = min_cost_flow(*problem[:5])._replace(status=Status.UNBOUNDED, cycle=np.array([0, 1]))
    assert "an arc of the cycle has a limit" in certify_min_cost(problem, answer).messages
    dear = make_problem([0, 1], [1, 0], [INF, INF], [-5, 5], [0, 0])
    answer = min_cost_flow(*dear[:5])._replace(status=Status.UNBOUNDED, cycle=np.array([0, 1]))
    assert "the cycle costs nothing or more" in certify_min_cost(dear, answer).messages


def test_any_potentials_give_a_lower_bound():
    for seed in range(60):
        case = random_case(seed)
        problem = make_problem(case.tail, case.head, case.capacity, case.cost, case.supply, case.lower)
        found = case.solve(min_cost_flow)
        if found.status is not Status.OPTIMAL:
            continue
        rng = np.random.default_rng(seed)
        size = max(1.0, float(np.abs(case.cost).max()))
        for potential in (rng.normal(size=case.supply.size) * size, found.potential):
            bound = dual_bound(problem, potential)
            assert bound <= found.objective + 1e-9 * max(1.0, size * np.abs(found.flow).sum()), seed
        assert bound == pytest.approx(found.objective, rel=1e-9, abs=1e-7), seed


def test_products_beyond_int64_are_counted_exactly():
    big = 2**45
    problem = make_problem([0, 0], [1, 1], [big, big], [big, big + 1], [big, -big])
    found = min_cost_flow(*problem[:5])
    wrong = found._replace(flow=found.flow[::-1], objective=found.objective + big)
    judged = certify_min_cost(problem, wrong)
    assert judged.exact
    assert judged.objective - judged.bound == big
