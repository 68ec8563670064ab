"""What one limit alone is worth: where prices are not unique, their whole range.

The least cost is a convex, piecewise linear function of the limits. Where a limit sits on a kink, its price
is any number between what one more unit of it saves (to the right) and what one unit less of it costs (to
the left). Both ends are the least and the largest price of the group among all optimal prices.

Prices are optimal exactly if they meet complementary slackness with one optimal plan: groups with room left
cost nothing, the paths in use cost their OD's price, an OD that leaves some unserved is priced at that, and
no path is cheaper than its OD's price. The OD prices follow from the paths in use, so the linear programs
here have one variable per full group only: by how much its price may differ from the one given. Of the paths
not in use only those enter that a search under the prices found turns up.

Sources: Akgül (1984), Journal of the Operational Research Society 35, 425-431; Jansen, de Jong, Roos and
Terlaky (1997), European Journal of Operational Research 101, 15-28.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array, vstack

from landsea_routing._status import Status
from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.errors import LandseaError
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
)
from landsea_routing.kernels.csr import as_index
from landsea_routing.kernels.flowproblem import (
    FlowProblem,
    FlowSolution,
    excess_price,
    refuse_lower,
    validate_problem,
)
from landsea_routing.kernels.linear import TOLERANCE
from landsea_routing.kernels.master import power_of_two

FULL = 1e-9
"""A group is full if less than this share of its limit is left."""
FLOW_DUST = 1e-10
"""Flows below this share of their OD's amount are rounding; their paths count as not in use."""
PRICE_TOLERANCE = 1e-11
"""A path is too cheap if it is cheaper than its OD's price by more than this share."""
SAME = 1e-9
"""Prices that differ by less than this share of the typical cost of a path are equal."""
CANCELLED = 1e-12
"""Differences of loads below this share of them are rounding."""
PASSES = 1000
"""Linear programs for one value at most; the most seen is 11."""


class MarginalValues(NamedTuple):
    """What more and what less of each limit is worth.

    Attributes
    ----------
    right : (n_groups,) float
        Cost saved per unit by a little more of this limit alone.
    left : (n_groups,) float
        Cost per unit of a little less of this limit alone; ``inf`` if there is no less, or no plan with less.
    """

    right: FloatArray
    left: FloatArray


class _Terms(NamedTuple):
    """What path prices are made of.

    Attributes
    ----------
    cost : (n_commodities, n_arcs) float
        Costs.
    dual : (n_groups,) float
        Prices of all groups.
    od_price : (n_ods,) float
        Prices of ODs.
    floor : (n_ods,) float
        Cheapest path by cost alone, or less.
    """

    cost: FloatArray
    dual: FloatArray
    od_price: FloatArray
    floor: FloatArray


@dataclass(frozen=True, eq=False)
class _Face:
    """All optimal prices, relative to the ones given; group arrays run over the full groups.

    Attributes
    ----------
    groups : (n,) int
        Full groups.
    given : _Terms
        Under the prices given.
    ceiling : (n,) float
        Price at which each limit gives way.
    over : (n,) bool
        Groups used above their limit, whose price is the ceiling.
    unit : (n,) float
        Price that counts as 1 in the programs.
    money : float
        Path cost that counts as 1 in the programs.
    ods : (k,) int
        ODs that want something.
    slope : csr_array
        n_ods x n: by how much the price of an OD rises with the price of a group.
    equal : csr_array
        What the paths in use require: ``equal @ change == 0``; scaled.
    """

    setup: Setup
    groups: IntArray
    given: _Terms
    ceiling: FloatArray
    over: BoolArray
    unit: FloatArray
    money: float
    ods: IntArray
    slope: csr_array
    equal: csr_array


@dataclass
class _Known:
    """What the searches have found so far.

    Attributes
    ----------
    pool : Pool
        Paths.
    rows : csr_array, room : (n_rows,) float
        What the unserved prices and the paths not in use require: ``rows @ change <= room``; scaled.
    low, high : (n,) float
        Least and largest change of each price among prices proved optimal.
    """

    pool: Pool
    rows: csr_array
    room: FloatArray
    low: FloatArray
    high: FloatArray


def marginal_values(
    problem: FlowProblem, solution: FlowSolution, groups: ArrayLike | None = None
) -> MarginalValues:
    """Value of one more and of one less unit of each limit alone, exactly.

    Parameters
    ----------
    problem : FlowProblem
        What was solved.
    solution : FlowSolution
        An optimal plan with optimal prices, from any solver.
    groups : (k,) int, optional
        Groups to look at (default: all); the others come out as NaN.

    Returns
    -------
    MarginalValues
        ``right <= solution.group_dual <= left``, and equal where the price is unique.

    Raises
    ------
    LandseaError
        If the solution is not optimal, arcs have lower bounds, or a linear program breaks down.
    InvalidValueError
        If the problem is malformed or a group is out of range.

    Notes
    -----
    Of groups with room left both values are 0, and a limit of 0 cannot get less. Otherwise one linear
    program per value over the paths known so far. The paths left out can only narrow the range: where the
    program cannot move the price, or not beyond prices already proved optimal, the value is final. Else all
    ODs look for paths that are too cheap under the prices found, until there are none. Deterministic.

    Examples
    --------
    Five units; the cheap arc takes two and has two gates in a row. Widening one gate saves nothing while the
    other stays, narrowing it costs the detour:

    >>> from landsea_routing.kernels.multiflow import multicommodity_flow
    >>> problem = FlowProblem(2, [0, 0], [1, 1], [[1.0, 4.0]], None, [0], [1], [0], [5.0], [10.0],
    ...     [0, 1, 2], [0, 0], [0, 0], [1.0, 1.0], [2.0, 2.0])
    >>> values = marginal_values(problem, multicommodity_flow(problem))
    >>> values.right.tolist(), values.left.tolist()
    ([0.0, 0.0], [3.0, 3.0])
    """
    checked = validate_problem(problem)
    refuse_lower(checked, "marginal_values")
    if solution.status not in (Status.OPTIMAL, Status.NOT_VERIFIED):
        raise LandseaError(
            f"the solution is {solution.status}, and only an optimal one has marginal values",
            code="not-optimal",
            cure="solve the problem to optimality first",
        )
    n_groups = checked.group_limit.size
    asked = np.ones(n_groups, dtype=bool)
    if groups is not None:
        asked[:] = False
        asked[as_index(groups, n_groups, "groups")] = True
    right, left = (np.where(asked, 0.0, np.nan) for _ in range(2))
    left[asked & (checked.group_limit == 0.0)] = np.inf
    face, known = _face(checked, solution)
    for at, group in enumerate(face.groups):
        if not asked[group]:
            continue
        if face.given.dual[group] > 0.0:
            right[group] = _end(face, known, at, -1.0)
        if checked.group_limit[group] > 0.0:
            bounded = checked.unserved_price is not None or not _has_ray(face, known, at)
            left[group] = _end(face, known, at, 1.0) if bounded else np.inf
    return MarginalValues(right, left)


def _face(problem: FlowProblem, solution: FlowSolution) -> tuple[_Face, _Known]:
    """Set up the optimal prices around the ones given, from the paths in use and the cheapest ones."""
    setup = prepare(problem, None)
    dual = np.maximum(np.asarray(solution.group_dual, dtype=np.float64), 0.0)
    found = Found(solution.path_od, solution.path_indptr, solution.path_arc, solution.path_flow)
    used = keep_paths(found, found.cost > FLOW_DUST * problem.od_amount[found.od])
    pool, flow = make_pool(setup, used), used.cost
    load = np.asarray(pool.load.T @ flow)
    full = np.isfinite(problem.group_limit) & (load >= problem.group_limit * (1.0 - FULL))
    groups = np.flatnonzero(full | (dual > 0.0))

    n_ods, wanted = problem.od_amount.size, np.flatnonzero(problem.od_amount > 0.0)
    price = np.full(n_ods, np.inf) if problem.unserved_price is None else problem.unserved_price
    main = np.full(n_ods, -1, np.int64)  # the path that sets the price: the one of most flow
    order = np.argsort(flow, kind="stable")
    main[pool.od[order]] = order
    main[solution.unserved > FLOW_DUST * problem.od_amount] = -1
    by_path = np.flatnonzero(main >= 0)
    od_price = np.where(np.isfinite(price), price, 0.0)
    od_price[by_path] = (pool.cost + np.asarray(pool.load @ dual))[main[by_path]]
    pick = csr_array((np.ones(by_path.size), (by_path, main[by_path])), shape=(n_ods, flow.size))
    slope = csr_array(csr_array(pick @ pool.load)[:, groups])
    cheapest = find_paths(setup, problem.commodity_cost, wanted)
    floor = np.full(n_ods, np.inf)
    floor[cheapest.od] = cheapest.cost

    positive = od_price[wanted][od_price[wanted] > 0.0]
    money = float(power_of_two(np.median(positive) if positive.size else 1.0))
    most = np.zeros(groups.size)
    np.maximum.at(most, *_entries(csr_array(setup.per_flow[:, groups])))
    unit = money / power_of_two(most)
    equal = _scaled(_difference(slope[pool.od], pool.load[:, groups]), unit / money)
    equal = equal[np.diff(equal.indptr) > 0]
    given = _Terms(problem.commodity_cost, dual, od_price, floor)
    ceiling = excess_price(problem)[groups]
    over = np.isfinite(ceiling) & (load[groups] > problem.group_limit[groups] * (1.0 + FULL))
    face = _Face(setup, groups, given, ceiling, over, unit, money, wanted, slope, equal)
    capped = by_path[np.isfinite(price[by_path]) & (np.diff(slope.indptr)[by_path] > 0)]
    room = np.maximum(price[capped] - od_price[capped], 0.0) / money
    nothing = np.zeros(groups.size)
    known = _Known(pool, _scaled(slope[capped], unit / money), room, nothing, nothing)
    _add(face, known, keep_paths(cheapest, is_new(setup, pool, cheapest)))
    return face, known


def _entries(matrix: csr_array) -> tuple[IntArray, FloatArray]:
    """Columns and values of what is not 0."""
    return np.asarray(matrix.indices, dtype=np.int64), np.asarray(matrix.data, dtype=np.float64)


def _scaled(matrix: csr_array, by: FloatArray) -> csr_array:
    """Multiply the columns."""
    return csr_array((matrix.data * by[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape)


def _difference(first: csr_array, second: csr_array) -> csr_array:
    """Subtract loads, without what rounding leaves of equal ones."""
    rest = csr_array(first - second).tocoo()
    whole = np.asarray(csr_array(first + second)[rest.row, rest.col]).ravel()
    keep = np.abs(rest.data) > CANCELLED * whole
    return csr_array((rest.data[keep], (rest.row[keep], rest.col[keep])), shape=rest.shape)


def _add(face: _Face, known: _Known, found: Found) -> None:
    """Let paths not in use enter the programs: none may be cheaper than its OD's price."""
    new = make_pool(face.setup, found)
    known.pool = add_columns(known.pool, new)
    rows = _difference(face.slope[new.od], new.load[:, face.groups])
    room = new.cost + np.asarray(new.load @ face.given.dual) - face.given.od_price[new.od]
    matters = np.diff(rows.indptr) > 0
    rows = _scaled(rows[matters], face.unit / face.money)
    known.rows = csr_array(vstack([known.rows, rows], format="csr"))
    known.room = np.concatenate([known.room, np.maximum(room[matters], 0.0) / face.money])


def _end(face: _Face, known: _Known, at: int, sign: float) -> float:
    """Largest (sign 1) or least (sign -1) optimal price of a group."""
    group = face.groups[at]
    proved = known.high if sign > 0.0 else known.low
    same = SAME * face.unit[at]
    for _ in range(PASSES):
        change = _farthest(face, known, at, sign)
        if sign * (change[at] - proved[at]) <= same:
            break
        if not _too_cheap(face, known, face.given, change):
            known.low = np.minimum(known.low, change)
            known.high = np.maximum(known.high, change)
            proved = known.high if sign > 0.0 else known.low
            break
    else:
        raise LandseaError(f"the value of group {group} was not found in {PASSES} passes", code="marginal")
    if abs(proved[at]) <= same:
        return float(face.given.dual[group])
    value = float(face.given.dual[group] + proved[at])
    return value if value > same else 0.0


def _has_ray(face: _Face, known: _Known, at: int) -> bool:
    """Whether the price of a group can rise for ever: less of its limit is infeasible."""
    reachable = np.where(np.isfinite(face.given.cost), 0.0, np.inf)
    nothing = np.zeros(face.given.floor.size)
    free = _Terms(reachable, np.zeros(face.given.dual.size), nothing, nothing)
    for _ in range(PASSES):
        ray = _ray(face, known, at)
        if ray is None:
            return False
        if not _too_cheap(face, known, free, ray):
            return True
    raise LandseaError(
        f"whether group {face.groups[at]} can have less was not found in {PASSES} passes", code="marginal"
    )


def _too_cheap(face: _Face, known: _Known, terms: _Terms, change: FloatArray) -> bool:
    """Add the paths that are cheaper than their OD's price after a change of group prices, if any."""
    dual = terms.dual.copy()
    dual[face.groups] = np.maximum(dual[face.groups] + change, 0.0)
    worth = terms.od_price + np.asarray(face.slope @ change)
    # Group prices only raise path costs: an OD priced at its cheapest path cannot find a better one.
    hopeful = face.ods[worth[face.ods] > terms.floor[face.ods] * (1.0 + PRICE_TOLERANCE)]
    found = find_paths(face.setup, priced_cost(face.setup, terms.cost, dual), hopeful, worth)
    found = keep_paths(found, found.cost < worth[found.od] * (1.0 - PRICE_TOLERANCE))
    found = keep_paths(found, is_new(face.setup, known.pool, found))
    _add(face, known, found)
    return bool(found.od.size)


def _farthest(face: _Face, known: _Known, at: int, sign: float) -> FloatArray:
    """Change of prices that moves one of them farthest, as far as is known."""
    aim = np.zeros(face.groups.size)
    aim[at] = -sign
    dual = face.given.dual[face.groups]
    least, most = -dual / face.unit, (face.ceiling - dual) / face.unit
    least[face.over] = most[face.over] = 0.0
    change = _run_linprog(face, known.rows, known.room, aim, least, np.maximum(most, 0.0))
    if change is None:
        raise LandseaError(f"the program for the value of group {face.groups[at]} failed", code="marginal")
    return change * face.unit


def _ray(face: _Face, known: _Known, at: int) -> FloatArray | None:
    """Direction in which one price can rise for ever, as far as is known; None if there is none."""
    if np.isfinite(face.ceiling[at]):
        return None
    least = np.zeros(face.groups.size)
    most = np.where(np.isfinite(face.ceiling), 0.0, np.inf)
    least[at] = most[at] = 1.0
    ray = _run_linprog(face, known.rows, np.zeros(known.room.size), np.ones(least.size), least, most)
    return None if ray is None else ray * face.unit


def _run_linprog(
    face: _Face, rows: csr_array, room: FloatArray, aim: FloatArray, least: FloatArray, most: FloatArray
) -> FloatArray | None:
    """Least aim @ x with rows @ x <= room, equal @ x == 0 and least <= x <= most; None if there is none."""
    import scipy.optimize

    linprog: Any = scipy.optimize.linprog
    options = {"primal_feasibility_tolerance": TOLERANCE, "dual_feasibility_tolerance": TOLERANCE}
    result: Any = None
    for presolve in (True, False):
        result = linprog(
            aim,
            A_ub=rows if room.size else None,
            b_ub=room if room.size else None,
            A_eq=face.equal if face.equal.shape[0] else None,
            b_eq=np.zeros(face.equal.shape[0]) if face.equal.shape[0] else None,
            bounds=np.column_stack([least, most]),
            method="highs-ds",
            options={**options, "presolve": presolve},
        )
        if result.status in (0, 2):
            break
    return np.asarray(result.x, dtype=np.float64) if result.status == 0 else None
