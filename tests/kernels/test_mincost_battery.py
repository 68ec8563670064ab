"""The battery for min-cost solvers lets good ones pass and names the case that a bad one fails."""

from __future__ import annotations

import numpy as np
import pytest

from highs_mincost import highs_min_cost
from landsea_routing._status import Status
from landsea_routing.errors import LandseaError
from landsea_routing.kernels import _fast
from landsea_routing.kernels.mincost import min_cost_flow, solve
from landsea_routing.testing import check_min_cost_solver

ENGINES = ("phases", "simplex", *(["compiled"] if _fast._installed() else []))


@pytest.mark.parametrize("engine", ENGINES)
def test_each_engine_passes(engine, monkeypatch):
    monkeypatch.setenv("LANDSEA_FAST", "1" if engine == "compiled" else "0")
    monkeypatch.setattr(solve, "SIMPLEX_BELOW", 0 if engine == "phases" else 10**9)
    check_min_cost_solver(min_cost_flow)


def test_highs_passes():
    check_min_cost_solver(highs_min_cost)


def raises(*problem, lower):
    raise ZeroDivisionError


def merges_parallel_arcs(tail, head, capacity, cost, supply, lower):
    seen = {}
    capacity = capacity.copy()
    for arc, pair in enumerate(zip(tail.tolist(), head.tolist(), strict=True)):
        if pair in seen:
            capacity[arc] = lower[arc]
        seen[pair] = arc
    return min_cost_flow(tail, head, capacity, cost, supply, lower=lower)


def forgets_lower(tail, head, capacity, cost, supply, lower):
    return min_cost_flow(tail, head, capacity, cost, supply)


def takes_zero_for_endless(tail, head, capacity, cost, supply, lower):
    return min_cost_flow(tail, head, np.where(capacity == 0, np.inf, capacity), cost, supply, lower=lower)


def counts_in_int32(tail, head, capacity, cost, supply, lower):
    narrow = np.minimum(capacity, 2**31 - 1)
    return min_cost_flow(tail, head, narrow, cost, supply, lower=lower)


def rounds_costs(tail, head, capacity, cost, supply, lower):
    found = min_cost_flow(tail, head, capacity, np.rint(cost), supply, lower=lower)
    return found._replace(
        objective=float(cost @ found.flow) if found.status is Status.OPTIMAL else found.objective
    )


def writes_into_its_input(tail, head, capacity, cost, supply, lower):
    capacity[:] = 1.0
    return min_cost_flow(tail, head, capacity, cost, supply, lower=lower)


def gives_a_number(*problem, lower):
    return 14.0


def gives_no_prices(*problem, lower):
    found = min_cost_flow(*problem, lower=lower)
    return found._replace(potential=np.zeros(found.potential.size))


def never_gives_up(*problem, lower):
    found = min_cost_flow(*problem, lower=lower)
    return found._replace(status=Status.OPTIMAL, objective=float(problem[3] @ found.flow))


@pytest.mark.parametrize(
    ("solver", "message"),
    [
        (raises, "'parallel arcs' the solver raises ZeroDivisionError"),
        (merges_parallel_arcs, "'parallel arcs' the solver has status infeasible"),
        (forgets_lower, "lower bound' the solver does not pass"),
        (takes_zero_for_endless, "'capacity of zero' the solver does not pass"),
        (counts_in_int32, "'capacity beyond int32' the solver has status infeasible"),
        (rounds_costs, "'decimal data' the solver does not pass"),
        (writes_into_its_input, "changes capacity"),
        (gives_a_number, "gives a float"),
        (gives_no_prices, "reduced_cost does not follow"),
        (never_gives_up, "'cycle without limit' the solver"),
    ],
)
def test_bad_solvers_fail(solver, message):
    with pytest.raises(LandseaError, match=message):
        check_min_cost_solver(solver)
