"""The master linear program: how much flow each known path takes.

Only what is contested enters the program: groups that the known paths could overload if all of every OD
took its heaviest path, and ODs with a path on such a group. Every other OD takes its cheapest path. The
reduction is exact, and keeps the program small.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array, hstack, vstack

from landsea_routing._typing import BoolArray, FloatArray, IntArray

TOLERANCE = 1e-10
"""Feasibility tolerance asked of the linear program, the finest HiGHS takes."""
LARGEST = 1e3
"""Amounts are scaled so that the largest is this; the tolerance then is 1e-13 of it."""

DUAL_DUST = 1e-13
"""Scaled group prices below this are rounding and read as 0: a priced group must be tight."""


class Master(NamedTuple):
    """A linear program over known paths.

    Attributes
    ----------
    od : (n_columns,) int
        OD of each path.
    load : csr_array
        n_columns x n_groups, load per unit of flow.
    cost : (n_columns,) float
        Cost per unit of flow.
    price : (n_ods,) float
        Cost per unit left unserved; ``inf`` = must be served.
    amount : (n_ods,) float
        What to carry.
    limit : (n_groups,) float
        Limits.
    tight : (n_groups,) bool
        Groups that must be used to their limit.
    """

    od: IntArray
    load: csr_array
    cost: FloatArray
    price: FloatArray
    amount: FloatArray
    limit: FloatArray
    tight: BoolArray


class MasterSolution(NamedTuple):
    """Flow per path, unserved per OD and their prices."""

    flow: FloatArray
    unserved: FloatArray
    group_dual: FloatArray
    od_dual: FloatArray


def contested_groups(master: Master) -> BoolArray:
    """Groups that could be overloaded by the known paths, and those that must be tight."""
    load = master.load.tocoo()
    group, od = load.col.astype(np.int64), master.od[load.row]
    order = np.lexsort((od, group))
    group, od, data = group[order], od[order], load.data[order]
    most = np.zeros(master.limit.size)
    if group.size:
        fresh = (group[1:] != group[:-1]) | (od[1:] != od[:-1])
        first = np.flatnonzero(np.concatenate(([True], fresh)))
        heaviest = np.maximum.reduceat(data, first) * master.amount[od[first]]
        np.add.at(most, group[first], heaviest)
    # A margin for rounding: a group too many is only a longer program.
    return np.asarray((most > master.limit * (1.0 - 1e-9)) | master.tight)


def cheapest_columns(master: Master) -> tuple[IntArray, FloatArray]:
    """Cheapest known path of each OD (-1 if none) and its cost; the first among equals."""
    best = np.full(master.amount.size, -1, np.int64)
    order = np.lexsort((-np.arange(master.od.size), -master.cost, master.od))
    best[master.od[order]] = order  # the last one written is the cheapest
    cost = np.where(best >= 0, np.append(master.cost, np.inf)[best], np.inf)
    return best, cost


def solve_master(master: Master) -> MasterSolution | None:
    """Solve a master program.

    Returns
    -------
    MasterSolution or None
        None if the linear program has no solution or could not be solved.

    Notes
    -----
    One cold run of HiGHS through ``scipy.optimize.linprog``.

    Examples
    --------
    >>> load = csr_array([[1.0], [0.0]])
    >>> program = Master(np.array([0, 0]), load, np.array([1.0, 3.0]), np.array([9.0]), np.array([5.0]),
    ...     np.array([2.0]), np.array([False]))
    >>> answer = solve_master(program)
    >>> answer.flow.tolist(), answer.group_dual.tolist(), answer.od_dual.tolist()
    ([2.0, 3.0], [2.0], [3.0])
    """
    groups = np.flatnonzero(contested_groups(master))
    touching = np.zeros(master.od.size, dtype=bool)
    if groups.size:
        touching = np.diff(csr_array(master.load[:, groups]).indptr) > 0
    hard = np.zeros(master.amount.size, dtype=bool)
    hard[master.od[touching]] = True
    hard &= master.amount > 0.0
    best, cost = cheapest_columns(master)
    easy = ~hard & (best >= 0) & (cost <= master.price)
    flow, unserved = np.zeros(master.od.size), np.where(hard | easy, 0.0, master.amount)
    flow[best[easy]] = master.amount[easy]
    od_dual = np.minimum(cost, master.price)
    group_dual = np.zeros(master.limit.size)
    if hard.any():
        part = _solve_contested(master, np.flatnonzero(hard), groups)
        if part is None:
            return None
        columns = np.flatnonzero(hard[master.od])
        flow[columns], unserved[hard], group_dual[groups], od_dual[hard] = part
    return MasterSolution(flow, unserved, group_dual, od_dual)


def _solve_contested(master: Master, ods: IntArray, groups: IntArray) -> MasterSolution | None:
    """The linear program over some ODs and groups, in scaled numbers."""
    position = np.full(master.amount.size, -1, np.int64)
    position[ods] = np.arange(ods.size)
    columns = np.flatnonzero(position[master.od] >= 0)
    with_slack = np.flatnonzero(np.isfinite(master.price[ods]))
    unit = float(power_of_two(master.amount[ods].max() / LARGEST))
    cost = np.concatenate([master.cost[columns], master.price[ods][with_slack]])
    positive = master.cost[columns][master.cost[columns] > 0.0]
    money = float(power_of_two(positive.mean() if positive.size else cost.max(initial=0.0)))
    load = csr_array(master.load[columns][:, groups]).T.tocsr()
    row_scale = power_of_two(np.asarray(load.max(axis=1).todense()).ravel())
    n_slack = with_slack.size
    od_of = np.concatenate([position[master.od[columns]], with_slack])
    serve = csr_array((np.ones(od_of.size), (od_of, np.arange(od_of.size))), shape=(ods.size, od_of.size))
    load.data = load.data / np.repeat(row_scale, np.diff(load.indptr))
    use = csr_array(hstack([load, csr_array((groups.size, n_slack))], format="csr"))
    limit = master.limit[groups] / row_scale / unit
    wanted = master.amount[ods] / unit
    answer = _run_linprog(cost / money, use, limit, serve, wanted, tight=master.tight[groups])
    if answer is None:
        return None
    unserved = np.zeros(ods.size)
    unserved[with_slack] = answer.flow[columns.size :] * unit
    return MasterSolution(
        answer.flow[: columns.size] * unit,
        unserved,
        answer.group_dual * money / row_scale,
        answer.od_dual * money,
    )


def power_of_two(values: ArrayLike) -> FloatArray:
    """Nearest power of two, 1 for 0: dividing by it is exact in floats."""
    size = np.asarray(values, dtype=np.float64)
    return np.asarray(np.exp2(np.round(np.log2(np.where(size > 0.0, size, 1.0)))))


def _run_linprog(
    cost: FloatArray,
    use: csr_array,
    limit: FloatArray,
    serve: csr_array,
    amount: FloatArray,
    *,
    tight: BoolArray,
) -> MasterSolution | None:
    """Minimise cost with use <= limit (= where tight) and serve = amount; all variables >= 0."""
    import scipy.optimize

    linprog: Any = scipy.optimize.linprog
    loose = np.flatnonzero(~tight)
    bound = np.flatnonzero(tight)
    equal = vstack([serve, use[bound]], format="csr") if bound.size else serve
    options = {
        "primal_feasibility_tolerance": TOLERANCE,
        "dual_feasibility_tolerance": TOLERANCE,
    }
    # Presolve made no difference to the time here (measured); it is a second try where the first breaks down.
    for presolve in (False, True):
        result: Any = linprog(
            cost,
            A_ub=use[loose] if loose.size else None,
            b_ub=limit[loose] if loose.size else None,
            A_eq=equal,
            b_eq=np.concatenate([amount, limit[bound]]),
            bounds=(0, None),
            method="highs-ds",
            options={**options, "presolve": presolve},
        )
        if result.status == 0:
            break
    else:
        return None
    dual = np.zeros(limit.size)
    if loose.size:
        dual[loose] = np.maximum(-result.ineqlin.marginals, 0.0)
    prices = np.asarray(result.eqlin.marginals)
    dual[bound] = -prices[amount.size :]
    dual[dual < DUAL_DUST] = 0.0
    flow = np.maximum(result.x, 0.0)
    return MasterSolution(flow, np.zeros(0), dual, prices[: amount.size])


def break_ties(
    master: Master, solution: MasterSolution, weight: FloatArray, *, tolerance: float = 1e-11
) -> MasterSolution:
    """Among optimal solutions over the known paths, the one of least secondary weight.

    By complementary slackness with the given prices, a plan is optimal exactly if it uses only paths of
    reduced cost 0, leaves unserved only where the OD's price is the unserved price, and fills every group
    that has a price. Among those plans it minimises first what is unserved, then the weight of the paths.

    Returns
    -------
    MasterSolution
        With the prices it was given; the given solution itself if the second program fails or costs more.

    Examples
    --------
    >>> load = csr_array((2, 0))
    >>> program = Master(np.array([0, 0]), load, np.array([1.0, 1.0]), np.array([9.0]), np.array([5.0]),
    ...     np.zeros(0), np.zeros(0, bool))
    >>> break_ties(program, solve_master(program), np.array([7.0, 6.0])).flow.tolist()
    [0.0, 5.0]
    """
    money = np.maximum(np.abs(solution.od_dual), float(np.mean(master.cost)) if master.cost.size else 0.0)
    money[~np.isfinite(money)] = 0.0
    reduced = master.cost + np.asarray(master.load @ solution.group_dual) - solution.od_dual[master.od]
    face = reduced <= tolerance * money[master.od]
    with np.errstate(invalid="ignore"):
        may_stay = master.price - solution.od_dual <= tolerance * money
    may_stay |= solution.unserved == master.amount
    heavy = 2.0 * float(weight.max(initial=1.0))
    second = Master(
        master.od[face],
        csr_array(master.load[face]),
        weight[face],
        np.where(may_stay & np.isfinite(master.price), heavy, np.inf),
        master.amount,
        master.limit,
        solution.group_dual > 0.0,
    )
    answer = solve_master(second)
    if answer is None:
        return solution
    flow = np.zeros(master.od.size)
    flow[face] = answer.flow
    other = solution._replace(flow=flow, unserved=answer.unserved)
    before, after = objective_of(master, solution), objective_of(master, other)
    return other if after <= before + tolerance * max(1.0, abs(before)) else solution


def objective_of(master: Master, solution: MasterSolution) -> float:
    """Cost of a solution."""
    left = solution.unserved > 0.0
    return float(master.cost @ solution.flow + solution.unserved[left] @ master.price[left])
