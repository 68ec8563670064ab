"""Exact least-cost multicommodity flow by path column generation.

A master linear program spreads each OD over the paths known so far; its prices on groups are added to the arc
costs, and one Dijkstra per origin and commodity finds the paths that are cheaper under them. When there is
none, the flow is optimal. Each round gives a lower bound too (Lagrangian, = the dual objective plus what the
new paths would save), so the answer comes with its own proof. Where hundreds of groups bind at once, steps
along the slope of that bound steady the prices between two programs.

Sources: Ford and Fulkerson (1958), Management Science 5, 97-101; Ahuja, Magnanti and Orlin, *Network Flows*
(1993), chapter 17.5; Desaulniers, Desrosiers and Solomon (eds.), *Column Generation* (2005).
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._status import Status
from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels.columns import (
    Found,
    Pool,
    Setup,
    add_columns,
    find_paths,
    is_new,
    keep_paths,
    make_pool,
    prepare,
    priced_cost,
    worth_their_price,
)
from landsea_routing.kernels.flowproblem import (
    FlowProblem,
    FlowSolution,
    Known,
    excess_price,
    known_paths,
    refuse_lower,
    validate_problem,
)
from landsea_routing.kernels.master import break_ties
from landsea_routing.kernels.rounds import GAP, Limits, Progress, Run, columns_of, floor_of, rent, run_rounds

FLOW_DUST = 1e-11
"""Flows below this share of their OD's amount are rounding."""
SHORT = 2e-9
"""Infeasible if proved that more than this share of all amounts stays behind."""


def multicommodity_flow(
    problem: FlowProblem,
    *,
    progress: Progress | None = None,
    max_rounds: int = 1000,
    time_limit_s: float = np.inf,
    tie_weight: ArrayLike | None = None,
    start: FlowSolution | None = None,
    private: bool = True,
) -> FlowSolution:
    """Least-cost multicommodity flow under group limits.

    Parameters
    ----------
    problem : FlowProblem
        What to solve; it may have no positive lower bounds.
    progress : callable, optional
        Called each round with its number, the objective so far and the lower bound.
    max_rounds : int
        Rounds before it gives up with status LIMIT.
    time_limit_s : float
        Wall time after which no new round begins; status LIMIT if that is too early.
    tie_weight : (n_arcs,) float, optional
        Secondary objective among plans of equal cost (default: fewest arcs); arc ids decide what it leaves
        open. It chooses among the paths that were generated.
    start : FlowSolution, optional
        Solution of a similar problem with the same vertices, arcs and ODs: the paths it knows are where the
        rounds begin, and where costs are the same too, nothing is searched for before. The optimum does not
        depend on it.
    private : bool
        Whether scipy's private interface to HiGHS may be used, which starts each program from the last.

    Returns
    -------
    FlowSolution
        Status NOT_VERIFIED when solved to tolerance (the caller certifies it), INFEASIBLE with a ray if
        everything must be served and cannot be (the flows then leave the least possible unserved), LIMIT
        with the best plan so far and a valid bound otherwise.

    Raises
    ------
    InvalidValueError
        If the problem is malformed, or the start does not fit it.
    LandseaError
        If an arc has a positive lower bound.

    Notes
    -----
    Per round: one search per distinct (origin, commodity) whose price can still fall, O(m + n log n) each,
    and one linear program over contested ODs and groups that starts from the last round's. Rounds measured:
    2 to 54. Deterministic, unless the time limit ends it.

    Examples
    --------
    Five units, of which the cheap arc takes two:

    >>> from landsea_routing.kernels.flowproblem import FlowProblem
    >>> problem = FlowProblem(2, [0, 0], [1, 1], [[1.0, 4.0]], None, [0], [1], [0], [5.0], [10.0],
    ...     [0, 1], [0], [0], [1.0], [2.0])
    >>> answer = multicommodity_flow(problem)
    >>> answer.objective, answer.path_arc.tolist(), answer.path_flow.tolist(), answer.group_dual.tolist()
    (14.0, [0, 1], [2.0, 3.0], [3.0])
    """
    if max_rounds < 1:
        raise InvalidValueError(f"max_rounds is {max_rounds}", expected="at least 1")
    if not time_limit_s > 0.0:
        raise InvalidValueError(f"time_limit_s is {time_limit_s}", expected="a number of seconds > 0")
    checked = validate_problem(problem)
    refuse_lower(checked, "multicommodity_flow")
    limits = Limits(max_rounds, time.monotonic() + time_limit_s, progress, private)
    setup = prepare(checked, tie_weight)
    pool = _first_paths(setup, start)
    floor = floor_of(setup, pool)
    if checked.unserved_price is None:
        return _serve_all(setup, pool, floor, limits)
    pool = worth_their_price(pool, checked.unserved_price)
    return _finish(setup, run_rounds(setup, pool, floor, checked.unserved_price, limits), limits)


def _first_paths(setup: Setup, start: FlowSolution | None) -> Pool:
    """The cheapest path of each OD were nothing full, and those that an earlier solution knows."""
    problem = setup.problem
    if start is None:
        return make_pool(setup, find_paths(setup, problem.commodity_cost, np.arange(problem.od_amount.size)))
    known = known_paths(start)
    found = _open_paths(problem, known, start.unserved.size)
    if known.problem is not None and _same_ways(known.problem, problem):
        return make_pool(setup, found)
    pool = _first_paths(setup, None)
    return add_columns(pool, make_pool(setup, keep_paths(found, is_new(setup, pool, found))))


def _same_ways(one: FlowProblem, other: FlowProblem) -> bool:
    """Whether every path of every OD costs the same in two problems while nothing is full, and leaving it."""
    ways = ("tail", "head", "commodity_cost", "od_origin", "od_destination", "od_commodity", "unserved_price")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ways)


def _open_paths(problem: FlowProblem, known: Known, n_ods: int) -> Found:
    """Those known paths that are paths of a problem."""
    if n_ods != problem.od_amount.size:
        raise InvalidValueError(
            f"start has {n_ods} ODs", expected=f"{problem.od_amount.size}, as the problem has"
        )
    od, indptr, arcs, _ = known
    found = Found(od, indptr, arcs, np.zeros(od.size))
    if not od.size:
        return found
    if int(arcs.max()) >= problem.tail.size:
        raise InvalidValueError("start names arcs that are not there", expected="the problem's own arcs")
    owner = np.repeat(np.arange(od.size), np.diff(indptr))
    torn = (problem.head[arcs[:-1]] != problem.tail[arcs[1:]]) & (owner[1:] == owner[:-1])
    good = problem.tail[arcs[indptr[:-1]]] == problem.od_origin[od]
    good &= problem.head[arcs[indptr[1:] - 1]] == problem.od_destination[od]
    good[owner[1:][torn]] = False
    good[owner[~np.isfinite(problem.commodity_cost[problem.od_commodity[od[owner]], arcs])]] = False
    return keep_paths(found, good)


def _serve_all(setup: Setup, pool: Pool, floor: FloatArray, limits: Limits) -> FlowSolution:
    """Solve with no price for what is unserved.

    A high price is tried first: if nothing stays behind under it, the plan is optimal, as its bound does not
    need the price. Only otherwise is it worth asking what the least unserved is, which either proves that
    some must stay or gives paths that serve all, to start from without any price.
    """
    amount = setup.problem.od_amount
    high = np.full(amount.size, 1.0 + 100.0 * float(pool.cost.max(initial=0.0)))
    reached = np.isin(np.flatnonzero(amount > 0.0), pool.od).all()
    if reached:
        run = run_rounds(setup, pool, floor, high, limits)
        pool, limits = run.pool, limits.left(run.rounds)
        if not cleaned(run)[1].any() or not run.finished:
            return _finish(setup, run, limits)
    first = run_rounds(setup, pool, floor, np.ones(amount.size), limits, only_unserved=True)
    if first.bound > SHORT * float(amount.sum()):
        return _infeasible(setup, first)
    if not first.finished:
        return _finish(setup, first, limits)
    limits = limits.left(first.rounds)
    second = run_rounds(setup, first.pool, floor, np.full(amount.size, np.inf), limits, start=first)
    return _finish(setup, second, limits)


def cleaned(run: Run) -> tuple[FloatArray, FloatArray]:
    """Flows and unserved without dust, adding up to each amount to the last bit that floats allow."""
    amount, n = run.demand.amount, run.plan.flow.size
    od = np.concatenate([run.pool.od, np.arange(amount.size)])
    value = np.concatenate([run.plan.flow, run.plan.unserved])
    dust = np.maximum(FLOW_DUST * amount, 1e-14 * float(amount.max(initial=0.0)))
    value[value <= np.minimum(dust, amount)[od]] = 0.0
    order = np.lexsort((value, od))
    largest = order[np.append(np.flatnonzero(np.diff(od[order])), order.size - 1)] if order.size else order
    value[largest] = 0.0
    rest = np.bincount(od, weights=value, minlength=amount.size)
    value[largest] = np.maximum(amount[od[largest]] - rest[od[largest]], 0.0)
    return value[:n], value[n:]


def _finish(setup: Setup, run: Run, limits: Limits) -> FlowSolution:
    """Break ties, clean the flows and recompute every number from paths and prices."""
    problem = setup.problem
    if run.finished:
        columns, tie = columns_of(run.pool), run.pool.tie
        run = run._replace(plan=break_ties(run.demand, columns, run.plan, tie, private=limits.private))
    flow, unserved = cleaned(run)
    price, wanted = problem.unserved_price, problem.od_amount > 0.0
    most = np.full(wanted.size, np.inf) if price is None else price
    od_dual = most.copy() if run.od_dual is None else np.where(wanted, run.od_dual, most)
    rest = np.flatnonzero(~wanted) if run.od_dual is not None else np.arange(wanted.size)
    found = find_paths(setup, priced_cost(setup, problem.commodity_cost, run.group_dual), rest)
    od_dual[found.od] = np.minimum(od_dual[found.od], found.cost)
    bound = float(problem.od_amount[wanted] @ od_dual[wanted]) - rent(problem.group_limit, run.group_dual)
    objective = float(run.pool.cost @ flow)
    objective += float(price @ unserved) if price is not None else (np.inf if unserved.any() else 0.0)
    excess = excess_of(problem, run.pool, flow)
    over = excess > 0.0
    objective += float(excess[over] @ excess_price(problem)[over])
    solved = run.finished and objective - bound <= 10.0 * GAP * max(1.0, abs(objective))
    status = Status.NOT_VERIFIED if solved else Status.LIMIT
    return FlowSolution(
        *used_paths(run.pool, flow),
        unserved=unserved,
        group_dual=run.group_dual,
        od_dual=od_dual,
        objective=objective,
        bound=bound,
        status=status,
        ray=None,
        group_excess=excess if over.any() else None,
        known=_known(setup, run.pool),
    )


def _known(setup: Setup, pool: Pool) -> Known:
    return Known(pool.od, pool.indptr, pool.arcs, setup.problem)


def excess_of(problem: FlowProblem, pool: Pool, flow: FloatArray) -> FloatArray:
    """By how much groups whose limit gives way at a price are used above it."""
    soft = np.isfinite(excess_price(problem))
    if not soft.any():
        return np.zeros(soft.size)
    load = np.asarray(pool.load.T @ flow)
    over = np.where(soft, load - np.where(soft, problem.group_limit, 0.0), 0.0)
    return np.where(over > FLOW_DUST * load, over, 0.0)


def used_paths(pool: Pool, flow: FloatArray) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Paths that carry something, ordered by OD and then by cost."""
    used = np.flatnonzero(flow > 0.0)
    used = used[np.lexsort((pool.tie[used], pool.cost[used], pool.od[used]))]
    length = np.diff(pool.indptr)[used]
    indptr = np.concatenate(([0], np.cumsum(length)))
    position = np.arange(indptr[-1]) - np.repeat(indptr[:-1] - pool.indptr[used], length)
    return indptr, pool.arcs[position], pool.od[used], flow[used]


def _infeasible(setup: Setup, run: Run) -> FlowSolution:
    """The least unserved, and the prices that prove it cannot be less."""
    problem = setup.problem
    flow, unserved = cleaned(run)
    reachable = np.where(np.isfinite(problem.commodity_cost), 0.0, np.inf)
    everyone = np.arange(problem.od_amount.size)
    found = find_paths(setup, priced_cost(setup, reachable, run.group_dual), everyone)
    worth = np.ones(everyone.size)
    worth[found.od] = np.minimum(worth[found.od], found.cost)
    return FlowSolution(
        *used_paths(run.pool, flow),
        unserved=unserved,
        group_dual=run.group_dual,
        od_dual=worth,
        objective=np.inf,
        bound=np.inf,
        status=Status.INFEASIBLE,
        ray=(run.group_dual, worth),
        known=_known(setup, run.pool),
    )
