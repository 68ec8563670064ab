"""The judge must pass what is right and fail every corruption of it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.csgraph import dijkstra

from landsea_routing._status import Status
from landsea_routing.kernels import distances
from landsea_routing.kernels.certificate import certify, certify_infeasible
from landsea_routing.kernels.flowproblem import FlowSolution
from landsea_routing.kernels.multiflow import multicommodity_flow

INF = float("inf")


@pytest.fixture
def problem(cases):
    # 10 units 0 -> 2: direct at 2 (limit 4), by 1 at 1 + 4 (limit 5), 1 stays behind at 20.
    arcs = [(0, 1, 1.0), (0, 2, 2.0), (0, 2, INF), (1, 2, 4.0)]
    groups = [(4.0, [(1, 0, 1.0)]), (10.0, [(0, 0, 2.0)])]
    return cases.build(3, arcs, [(0, 2, 0, 10.0)], groups, price=20.0)


@pytest.fixture
def answer():
    # Duals by hand: od 20; direct 20 - 2 = 18; by 1: (20 - 5) / 2 = 7.5. 200 - 4 * 18 - 10 * 7.5 = 53 = cost.
    return FlowSolution(
        np.array([0, 1, 3]),
        np.array([1, 0, 3]),
        np.array([0, 0]),
        np.array([4.0, 5.0]),
        np.array([1.0]),
        np.array([18.0, 7.5]),
        np.array([20.0]),
        53.0,
        53.0,
        Status.NOT_VERIFIED,
        None,
    )


def test_right_answer_passes(problem, answer):
    verdict = certify(problem, answer)
    assert verdict.passed, verdict.messages
    assert verdict.objective == verdict.bound == 53.0
    assert verdict.gap == verdict.primal == verdict.conservation == verdict.slackness == 0.0


def a(*values):
    return np.array(values)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"path_flow": a(4.0, 4.0)}, "miss an amount"),
        ({"path_flow": a(4.0 + 1e-7, 5.0)}, "miss an amount"),
        ({"path_flow": a(5.0, 5.0), "unserved": a(0.0)}, "breaks its bound"),
        ({"path_flow": a(4.0 + 1e-7, 5.0), "unserved": a(1.0 - 1e-7)}, "breaks its bound"),
        ({"path_flow": a(4.0, 7.0), "unserved": a(-1.0)}, "breaks its bound"),
        ({"path_flow": a(-1.0, 5.0), "unserved": a(6.0)}, "breaks its bound"),
        ({"path_flow": a(3.0, 5.0), "unserved": a(2.0)}, "slackness"),
        ({"path_flow": a(3.0, 5.0), "unserved": a(2.0)}, "gap"),
        ({"path_flow": a(4.0, float("nan"))}, "not finite"),
        ({"objective": 52.0}, "objective is stated"),
        ({"objective": float("nan")}, "objective is stated"),
        ({"bound": 54.0}, "bound is stated"),
        ({"group_dual": a(18.0, 7.0)}, "gap"),
        ({"group_dual": a(17.0, 7.5)}, "exceeds the cheapest path"),
        ({"group_dual": a(19.0, 7.5)}, "slackness"),
        ({"group_dual": a(18.0, -7.5)}, "negative"),
        ({"group_dual": a(18.0, INF)}, "not finite"),
        ({"od_dual": a(21.0)}, "exceeds the cheapest path"),
        ({"od_dual": a(19.0)}, "duals as stated"),
        ({"od_dual": a(float("nan"))}, "NaN"),
        ({"path_arc": a(1, 0, 1)}, "torn"),
        ({"path_arc": a(3, 0, 3)}, "start"),
        ({"path_arc": a(0, 0, 3)}, "end"),
        ({"path_arc": a(2, 0, 3)}, "closed"),
        ({"path_arc": a(1, 0, 4)}, "out of range"),
        ({"path_arc": a(-1, 0, 3)}, "out of range"),
        ({"path_od": a(0, 1)}, "path_od"),
        ({"path_indptr": a(0, 0, 3)}, "no arcs"),
        ({"path_indptr": a(0, 1, 2)}, "partition"),
        ({"path_indptr": a(0, 3)}, "path_indptr has"),
        ({"unserved": a(1.0, 0.0)}, "unserved has"),
    ],
)
def test_corrupted_answers_fail(problem, answer, changes, words):
    verdict = certify(problem, answer._replace(**changes))
    assert not verdict.passed
    assert words in "; ".join(verdict.messages)


def test_a_dual_on_a_group_without_limit_fails(problem, answer):
    free = problem._replace(group_limit=np.array([INF, 10.0]))
    assert not certify(free, answer).passed


def test_unserved_is_a_violation_where_all_must_be_served(problem, answer):
    verdict = certify(problem._replace(unserved_price=None), answer)
    assert not verdict.passed
    assert verdict.primal == pytest.approx(0.1)


def test_lower_bounds_never_pass(problem, answer):
    verdict = certify(problem._replace(arc_lower=np.array([1.0, 0.0, 0.0, 0.0])), answer)
    assert verdict.messages == ("problem has lower bounds, which cannot be certified",)


def test_rays(problem, answer):
    must = problem._replace(unserved_price=None)
    # One unit of OD uses 1 of group 0, or 2 of group 1: weights (1, 0.5) make every path cost 1. 10 > 4 + 5.
    ray = (np.array([1.0, 0.5]), np.array([1.0]))
    verdict = certify(must, answer._replace(status=Status.INFEASIBLE, ray=ray))
    assert verdict.passed, verdict.messages
    assert verdict.bound == 1.0
    bad = {
        "exceeds": (np.array([1.0, 0.25]), np.array([1.0])),
        "nothing is proved": (np.array([1.0, 1.0]), np.array([1.0])),
        "negative": (np.array([1.0, -0.5]), np.array([1.0])),
        "fit": (np.array([1.0]), np.array([1.0])),
        "no ray": None,
    }
    for words, wrong in bad.items():
        verdict = certify_infeasible(must, wrong)
        assert not verdict.passed
        assert words in verdict.messages[0]
    assert not certify_infeasible(problem, ray).passed
    roomy = must._replace(group_limit=np.array([5.0, 10.0]))
    assert not certify_infeasible(roomy, ray).passed


def test_random_corruptions_of_solved_problems_fail(cases):
    rng = np.random.default_rng(1)
    tried = 0
    for seed in range(60):
        problem = cases.random_problem(seed)
        answer = multicommodity_flow(problem)
        if not answer.path_flow.size or not answer.objective:
            continue
        assert certify(problem, answer).passed
        tried += 1
        flow = answer.path_flow.copy()
        flow[rng.integers(flow.size)] *= 1.0 + 1e-6
        assert not certify(problem, answer._replace(path_flow=flow)).passed
        if answer.group_dual.any():
            assert not certify(problem, answer._replace(group_dual=-answer.group_dual)).passed
        wrong = answer.objective * (1 + 1e-6)
        assert not certify(problem, answer._replace(objective=wrong, bound=wrong)).passed
        owner = rng.integers(answer.path_od.size)
        arc = answer.path_arc.copy()
        elsewhere = problem.tail != problem.od_origin[answer.path_od[owner]]
        arc[answer.path_indptr[owner]] = np.flatnonzero(elsewhere)[0]
        assert not certify(problem, answer._replace(path_arc=arc)).passed
    assert tried > 20


def test_wrong_distances_do_not_make_a_proof(cases, monkeypatch):
    problem = cases.random_problem(3)
    answer = multicommodity_flow(problem)
    honest = certify(problem, answer)

    def too_far(matrix, indices):
        return dijkstra(matrix, indices=indices) * 1.01

    def nowhere(matrix, indices):
        return np.full((len(indices), matrix.shape[0]), np.inf)

    for wrong in (too_far, nowhere):
        monkeypatch.setattr(distances, "dijkstra", wrong)
        assert certify(problem, answer) == honest
