"""A solved flow problem again and again, each time with other arcs closed.

Closing arcs leaves every path that avoids them as it was, with its cost and its load, and can only make the
cheapest path of an OD dearer. So the paths of the solved problem are kept but for those that are closed, ODs
that lose one are given their cheapest others, under no prices and under those of the solved problem, and
column generation goes on from there. An arc without flow needs no solution: the plan stays the cheapest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._status import Status
from landsea_routing._typing import BoolArray, FloatArray
from landsea_routing.errors import InvalidValueError
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
    take_columns,
    worth_their_price,
)
from landsea_routing.kernels.csr import as_index
from landsea_routing.kernels.flowproblem import FlowProblem, FlowSolution, refuse_lower, validate_problem
from landsea_routing.kernels.master import break_ties
from landsea_routing.kernels.multiflow import cleaned, excess_of, multicommodity_flow, used_paths
from landsea_routing.kernels.rounds import GAP, Limits, Run, columns_of, run_rounds

ROUNDS = 1000


@dataclass(frozen=True, eq=False)
class Solved:
    """What all closings of one solved problem begin with.

    Attributes
    ----------
    setup : Setup
        The problem, checked and indexed.
    pool : Pool
        Its cheapest paths without prices, then the paths of its solution.
    floor : (n_ods,) float
        Cost of each OD's cheapest path; ``inf`` where there is none.
    n_floor : int
        How many paths of the pool are those of the floor.
    solution : FlowSolution
        The solution.
    """

    setup: Setup
    pool: Pool
    floor: FloatArray
    n_floor: int
    solution: FlowSolution


def begin_closing(
    problem: FlowProblem, solution: FlowSolution, tie_weight: ArrayLike | None = None
) -> Solved:
    """Prepare a solved problem for `close_arcs`.

    Parameters
    ----------
    problem : FlowProblem
        Without positive lower bounds.
    solution : FlowSolution
        Optimal for it.
    tie_weight : (n_arcs,) float, optional
        As in `multicommodity_flow`.

    Returns
    -------
    Solved

    Notes
    -----
    One search per origin and commodity.
    """
    checked = validate_problem(problem)
    refuse_lower(checked, "begin_closing")
    setup = prepare(checked, tie_weight)
    cheapest = find_paths(setup, checked.commodity_cost, np.arange(checked.od_amount.size))
    pool = make_pool(setup, cheapest)
    floor = np.full(checked.od_amount.size, np.inf)
    floor[cheapest.od] = cheapest.cost
    used = Found(solution.path_od, solution.path_indptr, solution.path_arc, solution.path_flow)
    if used.od.size:
        pool = add_columns(pool, make_pool(setup, keep_paths(used, is_new(setup, pool, used))))
    return Solved(setup, pool, floor, cheapest.od.size, solution)


def close_arcs(solved: Solved, arcs: ArrayLike) -> FlowSolution:
    """Solve the problem with some arcs closed to everything.

    Parameters
    ----------
    solved : Solved
        From `begin_closing`; it stays as it is, so that no answer hangs on what was asked before.
    arcs : (n,) int
        Arcs to close.

    Returns
    -------
    FlowSolution
        Of the same cost as `multicommodity_flow` on the problem with these arcs at cost ``inf``: status
        NOT_VERIFIED with the bound that proves it, or LIMIT. Where all must be served and cannot be,
        INFEASIBLE.

    Notes
    -----
    Searches only for ODs that lose a path or whose price can still fall, and one program over contested ODs.

    Examples
    --------
    >>> from landsea_routing.kernels.flowproblem import FlowProblem
    >>> problem = FlowProblem(2, [0, 0], [1, 1], [[1.0, 4.0]], None, [0], [1], [0], [5.0], [10.0],
    ...     [0, 1], [0], [0], [1.0], [2.0])
    >>> solved = begin_closing(problem, multicommodity_flow(problem))
    >>> [close_arcs(solved, arcs).objective for arcs in ([], [0], [0, 1])]
    [14.0, 20.0, 50.0]
    """
    problem = solved.setup.problem
    shut = np.zeros(problem.tail.size, dtype=np.bool_)
    shut[as_index(arcs, shut.size, "arcs")] = True
    if not shut[solved.solution.path_arc].any():
        return solved.solution
    cost = np.where(shut, np.inf, problem.commodity_cost)
    setup = replace(solved.setup, problem=problem._replace(commodity_cost=cost))
    if problem.unserved_price is None:
        return multicommodity_flow(setup.problem, start=solved.solution)
    lost = _has_any(shut, solved.pool)
    pool, floor = _without(setup, solved, lost)
    limits = Limits(ROUNDS, np.inf, None, True)
    pool = worth_their_price(pool, problem.unserved_price)
    return _finish(setup, run_rounds(setup, pool, floor, problem.unserved_price, limits))


def _has_any(shut: BoolArray, pool: Pool) -> BoolArray:
    """Paths on which one of the arcs is shut."""
    owner = np.repeat(np.arange(pool.od.size), np.diff(pool.indptr))
    return np.bincount(owner[shut[pool.arcs]], minlength=pool.od.size) > 0


def _without(setup: Setup, solved: Solved, lost: BoolArray) -> tuple[Pool, FloatArray]:
    """The paths left, with the cheapest others of ODs that lost one; and the cheapest cost of each OD."""
    problem, pool = setup.problem, solved.pool
    kept = take_columns(pool, ~lost)
    moved = np.unique(pool.od[: solved.n_floor][lost[: solved.n_floor]])
    cheapest = find_paths(setup, problem.commodity_cost, moved)
    floor = solved.floor.copy()
    floor[moved] = np.inf
    floor[cheapest.od] = cheapest.cost
    poorer = np.unique(pool.od[lost])
    prices = np.maximum(solved.solution.group_dual, 0.0)
    found = [cheapest, find_paths(setup, priced_cost(setup, problem.commodity_cost, prices), poorer)]
    joined = join_found(found)
    return add_columns(kept, make_pool(setup, keep_paths(joined, is_new(setup, kept, joined)))), floor


def _finish(setup: Setup, run: Run) -> FlowSolution:
    """Break ties and clean the flows; the bound is that of the last round's search."""
    problem = setup.problem
    price = problem.unserved_price
    if price is None:  # pragma: no cover - asked for elsewhere
        raise InvalidValueError("there is no price for what is unserved", expected="a price per OD")
    if run.finished:
        run = run._replace(plan=break_ties(run.demand, columns_of(run.pool), run.plan, run.pool.tie))
    flow, unserved = cleaned(run)
    excess = excess_of(problem, run.pool, flow)
    over = excess > 0.0
    objective = float(run.pool.cost @ flow + price @ unserved + excess[over] @ run.demand.excess_price[over])
    solved = run.finished and objective - run.bound <= 10.0 * GAP * max(1.0, abs(objective))
    return FlowSolution(
        *used_paths(run.pool, flow),
        unserved=unserved,
        group_dual=run.group_dual,
        od_dual=run.plan.od_dual,
        objective=objective,
        bound=run.bound,
        status=Status.NOT_VERIFIED if solved else Status.LIMIT,
        ray=None,
        group_excess=excess if over.any() else None,
    )
