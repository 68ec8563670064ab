"""How far the value of a limit holds: the ends of the linear pieces of the least cost.

The least cost is convex and piecewise linear in each limit. A master program over known paths costs no less
than the problem itself and is soon solved for another limit, so one program, whose paths grow, serves all
limits and both directions. Where its cost lies on the piece's line, so does the least cost; where it does
not, its prices are a line below the least cost once a search has found no path that is too cheap under them.

Source: Gal (1995), *Postoptimal Analyses, Parametric Programming, and Related Topics*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._status import Status
from landsea_routing._typing import FloatArray
from landsea_routing.errors import LandseaError
from landsea_routing.kernels.columns import (
    Found,
    Pool,
    Setup,
    add_columns,
    find_paths,
    is_new,
    join_found,
    keep_paths,
    make_pool,
    prepare,
    priced_cost,
)
from landsea_routing.kernels.csr import as_index
from landsea_routing.kernels.flowproblem import (
    FlowProblem,
    FlowSolution,
    excess_price,
    refuse_lower,
    validate_problem,
)
from landsea_routing.kernels.master import Demand, Master, MasterSolution, objective_of
from landsea_routing.kernels.rounds import cheaper, columns_of, floor_of, search

SAME = 1e-9
"""Costs that differ by less than this share are one."""
DEAR = 100.0
"""What must be served counts as unserved at this many times the dearest path."""
STEPS = 1000
"""Programs for one end at most; the most seen is 30."""


class Ranges(NamedTuple):
    """Limits between which values hold.

    Attributes
    ----------
    until : (k,) float
        Limit up to which one more unit saves the value to the right; ``inf`` = for ever.
    down_to : (k,) float
        Limit down to which one unit less costs the value to the left; NaN where less is infeasible
        or the limit is infinite.
    """

    until: FloatArray
    down_to: FloatArray


@dataclass
class _State:
    """The program and the paths in it."""

    setup: Setup
    pool: Pool
    floor: FloatArray
    demand: Demand
    master: Master
    cost: float
    must: bool


class _Line(NamedTuple):
    """Cost as a line through the limit of a group."""

    group: int
    limit: float
    slope: float


def value_ranges(
    problem: FlowProblem, solution: FlowSolution, groups: ArrayLike, right: ArrayLike, left: ArrayLike
) -> Ranges:
    """Find how far the values of limits hold, each limit changed alone.

    Parameters
    ----------
    problem : FlowProblem
        What was solved.
    solution : FlowSolution
        An optimal plan with optimal prices, from any solver.
    groups : (k,) int
        Groups to look at.
    right, left : (k,) float
        Their values, as `landsea_routing.kernels.marginal.marginal_values` gives them.

    Returns
    -------
    Ranges

    Raises
    ------
    LandseaError
        If the solution is not optimal, arcs have lower bounds, or a program fails.
    InvalidValueError
        If the problem is malformed or a group is out of range.

    Notes
    -----
    An end is approached from afar: the line of the value meets a line below the least cost nearer and
    nearer, until the cost there lies on both. Per end a handful of programs, each from where the last one
    ended, and one or two searches by all ODs that could gain. Deterministic.

    Examples
    --------
    Five units, of which the cheap arc takes two; more of it saves 3 each up to five:

    >>> from landsea_routing.kernels.multiflow import multicommodity_flow
    >>> problem = FlowProblem(2, [0, 0], [1, 1], [[1.0, 4.0]], None, [0], [1], [0], [5.0], [10.0],
    ...     [0, 1], [0], [0], [1.0], [2.0])
    >>> found = value_ranges(problem, multicommodity_flow(problem), [0], [3.0], [3.0])
    >>> found.until.tolist(), found.down_to.tolist()
    ([5.0], [0.0])
    """
    checked = validate_problem(problem)
    refuse_lower(checked, "value_ranges")
    if solution.status not in (Status.OPTIMAL, Status.NOT_VERIFIED):
        raise LandseaError(
            f"the solution is {solution.status}, and only an optimal one has values that hold",
            code="not-optimal",
            cure="solve the problem to optimality first",
        )
    at = as_index(groups, checked.group_limit.size, "groups")
    more, less = (np.asarray(part, dtype=np.float64) for part in (right, left))
    state = _begin(checked, solution)
    until, down_to = np.full(at.size, np.inf), np.full(at.size, np.nan)
    for i, group in enumerate(at.tolist()):
        limit = float(checked.group_limit[group])
        if more[i] > 0.0:
            line = _Line(group, limit, -float(more[i]))
            until[i] = _walk(state, line, _beyond(state, line))
        if np.isfinite(less[i]) and np.isfinite(limit):
            end = _walk(state, _Line(group, limit, -float(less[i])), 0.0)
            down_to[i] = 0.0 if end <= SAME * limit else end
        elif limit == 0.0:
            down_to[i] = limit
        state.master.set_limit(group, limit)
    return Ranges(until, down_to)


def _begin(problem: FlowProblem, solution: FlowSolution) -> _State:
    """Start from the paths of the plan, the cheapest ones, and the cheapest under its prices."""
    setup = prepare(problem, None)
    wanted = np.flatnonzero(problem.od_amount > 0.0)
    cheapest = find_paths(setup, problem.commodity_cost, wanted)
    prices = np.maximum(solution.group_dual, 0.0)
    priced = find_paths(setup, priced_cost(setup, problem.commodity_cost, prices), wanted)
    used = Found(solution.path_od, solution.path_indptr, solution.path_arc, solution.path_flow)
    pool = make_pool(setup, cheapest)
    floor = floor_of(setup, pool)
    more = join_found([used, priced])
    pool = add_columns(pool, make_pool(setup, keep_paths(more, is_new(setup, pool, more))))
    price = problem.unserved_price
    if price is None:
        dearest = max(float(pool.cost.max(initial=0.0)), float(solution.od_dual[wanted].max(initial=0.0)))
        price = np.full(problem.od_amount.size, 1.0 + DEAR * dearest)
    demand = Demand(problem.od_amount, price, problem.group_limit.copy(), excess_price(problem))
    master = Master(demand, columns_of(pool))
    must = problem.unserved_price is None
    return _State(setup, pool, floor, demand, master, float(solution.objective), must)


def _beyond(state: _State, line: _Line) -> float:
    """A limit behind the end: there the line is no higher than the cost without any limit can be."""
    plan = _solve(state, line.group, np.inf)
    least, _ = _prove(state, plan)
    return line.limit + max(state.cost - least, 0.0) / -line.slope


def _walk(state: _State, line: _Line, trial: float) -> float:
    """Move a trial limit, not nearer than the end, towards the line's own until the cost lies on the line."""
    for _ in range(STEPS):
        point = _follow(state, line, trial)
        if point is None:
            plan = _solve(state, line.group, trial)
            return float("nan") if state.must and plan.unserved.any() else trial
        at, plan = point
        state.master.set_limit(line.group, at)
        bound, gained = _prove(state, plan)
        nearer = _meet(state, line, at, bound, plan)
        if not gained and not abs(nearer - line.limit) < abs(trial - line.limit):
            return trial
        if abs(nearer - line.limit) < abs(trial - line.limit):
            trial = nearer
    raise LandseaError("the end of a value was not found", code="ranging")


def _follow(state: _State, line: _Line, trial: float) -> tuple[float, MasterSolution] | None:
    """Last limit and plan off the line on the way in along the known paths; None if the trial is on it."""
    last = None
    for _ in range(STEPS):
        plan = _solve(state, line.group, trial)
        cost = objective_of(state.demand, state.master.columns, plan)
        on_line = state.cost + line.slope * (trial - line.limit)
        if cost <= on_line + SAME * max(1.0, abs(cost)):
            break
        last = trial, plan
        nearer = _meet(state, line, trial, cost, plan)
        if not abs(nearer - line.limit) < abs(trial - line.limit):
            break
        trial = nearer
    return last


def _meet(state: _State, line: _Line, at: float, cost: float, plan: MasterSolution) -> float:
    """Limit at which a plan's prices, from a cost at some limit on, meet the line."""
    slope = -float(plan.group_dual[line.group])
    if slope == line.slope:
        return at
    return (cost - slope * at - state.cost + line.slope * line.limit) / (line.slope - slope)


def _solve(state: _State, group: int, limit: float) -> MasterSolution:
    state.master.set_limit(group, limit)
    plan = state.master.solve()
    if plan is None:
        raise LandseaError(f"the program for a limit of group {group} failed", code="ranging")
    return plan


def _prove(state: _State, plan: MasterSolution) -> tuple[float, bool]:
    """Lower bound that a plan's prices give, and whether paths were found that are cheaper under them."""
    setup = state.setup
    found, bound = search(setup, setup.problem.commodity_cost, plan, state.floor, state.demand.limit)
    new = make_pool(setup, keep_paths(found, is_new(setup, state.pool, found)))
    new = cheaper(setup, new, columns_of(new), plan)
    state.pool = add_columns(state.pool, new)
    state.master.add(columns_of(new))
    return bound, bool(new.od.size)
