"""The public battery lets good solvers pass and names the case that a bad one fails."""

from __future__ import annotations

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing._status import Status
from landsea_routing.errors import LandseaError
from landsea_routing.kernels.flowproblem import FlowSolution
from landsea_routing.kernels.multiflow import multicommodity_flow
from landsea_routing.testing import check_flow_solver


def test_the_house_solver_passes():
    check_flow_solver(multicommodity_flow)


def changed(**changes):
    """The house solver with something made worse in every answer."""

    def solve(problem):
        answer = multicommodity_flow(problem)
        return answer._replace(**{name: change(problem, answer) for name, change in changes.items()})

    return solve


def raises(problem):
    raise ZeroDivisionError


def forgets_groups(problem):
    n = problem.group_limit.size
    answer = multicommodity_flow(problem._replace(group_limit=np.full(n, np.inf)))
    return answer._replace(group_dual=np.zeros(n))


def merges_parallel_arcs(problem):
    """Sees only the first arc of a pair, as a matrix of pairs would."""
    first = np.append(True, (np.diff(problem.tail) != 0) | (np.diff(problem.head) != 0))[: problem.tail.size]
    return multicommodity_flow(
        problem._replace(commodity_cost=np.where(first, problem.commodity_cost, np.inf))
    )


def opens_closed_arcs(problem):
    cost = np.where(np.isfinite(problem.commodity_cost), problem.commodity_cost, 0.0)
    return multicommodity_flow(problem._replace(commodity_cost=cost))


def closes_free_arcs(problem):
    cost = np.where(problem.commodity_cost == 0, np.inf, problem.commodity_cost)
    return multicommodity_flow(problem._replace(commodity_cost=cost))


def ignores_coefficients(problem):
    return multicommodity_flow(problem._replace(group_coefficient=np.ones(problem.group_coefficient.size)))


def serves_at_any_price(problem):
    return multicommodity_flow(problem._replace(unserved_price=None))


def writes_into_the_problem(problem):
    answer = multicommodity_flow(problem)
    problem.od_amount[:] = 0
    return answer


BAD = {
    "raises": (raises, "raises ZeroDivisionError"),
    "other type": (lambda p: tuple(multicommodity_flow(p)), "gives a tuple"),
    "no duals": (changed(group_dual=lambda p, a: np.zeros_like(a.group_dual)), "certificate"),
    "wrong objective": (changed(objective=lambda p, a: a.objective + 1), "objective"),
    "negative flow": (changed(path_flow=lambda p, a: -a.path_flow), "certificate"),
    "loses a tonne": (changed(unserved=lambda p, a: a.unserved * 0), "certificate"),
    "no ray": (changed(ray=lambda p, a: None), "infeasible"),
    "never infeasible": (changed(status=lambda p, a: Status.NOT_VERIFIED), "infeasible"),
    "gives up": (changed(status=lambda p, a: Status.LIMIT), "status limit"),
    "short arrays": (changed(path_od=lambda p, a: a.path_od[:-1]), "case"),
    "groups": (forgets_groups, "limit on one arc"),
    "parallel arcs": (merges_parallel_arcs, "parallel arcs"),
    "closed arcs": (opens_closed_arcs, "closed to one commodity"),
    "free arcs": (closes_free_arcs, "cost nothing"),
    "coefficients": (ignores_coefficients, "coefficients by commodity"),
    "unserved": (serves_at_any_price, "unserved"),
    "writes": (writes_into_the_problem, "changes od_amount"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_solver_fails_by_name(name):
    solver, says = BAD[name]
    with pytest.raises(LandseaError, match=says) as caught:
        check_flow_solver(solver)
    assert caught.value.code == "flow-solver"
    assert caught.value.ids[0] in str(caught.value)


def test_a_solver_of_ones_own_is_judged_in_assign():
    net = lsr.load_network("toy_three_ports")
    calls = []

    def mine(problem) -> FlowSolution:
        calls.append(problem)
        return multicommodity_flow(problem)

    plan = lsr.assign(net, solver=mine)
    assert len(calls) == 1
    assert plan.status is Status.OPTIMAL
    assert plan.objective_usd == pytest.approx(lsr.assign(net).objective_usd)

    def boasts(problem) -> FlowSolution:
        answer = multicommodity_flow(problem)
        return answer._replace(status=Status.OPTIMAL, objective=answer.objective * 0.9)

    worse = lsr.assign(net, solver=boasts)
    assert worse.status is Status.NOT_VERIFIED
    assert worse.certificate.messages
