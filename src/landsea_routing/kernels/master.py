"""The master program: how much flow each known path takes.

Only what is contested enters the linear program. An OD keeps to its cheapest path outside of it until that
path meets a group that the plan overloads; a group has a row only from then on. What stays outside touches
no row, so that its flow shifts no limit and its price is the cost of its path: the reduction is exact.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array, vstack

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.kernels.linear import make_program

LARGEST = 1e3
"""Amounts are scaled so that the largest is this; the tolerance then is 1e-13 of it."""
DUAL_DUST = 1e-13
"""Scaled group prices below this are rounding and read as 0: a priced group must be tight."""
OVER = 1e-12
"""A group is overloaded by more than this share of its limit, or of what its columns could load."""
FEW = 0.05
"""Up to this share of a program's columns may be new for its last basis to be worth keeping feasible."""


class Columns(NamedTuple):
    """Paths as the program sees them.

    Attributes
    ----------
    od : (n_columns,) int
        OD of each path.
    load : csr_array
        n_columns x n_groups, load per unit of flow.
    cost : (n_columns,) float
        Cost per unit of flow.
    """

    od: IntArray
    load: csr_array
    cost: FloatArray


class Demand(NamedTuple):
    """What to carry, and within which limits.

    Attributes
    ----------
    amount : (n_ods,) float
        What to carry.
    price : (n_ods,) float
        Cost per unit left unserved; ``inf`` = must be served.
    limit : (n_groups,) float
        Limits.
    excess_price : (n_groups,) float
        Cost per unit above a limit; ``inf`` = none may be.
    """

    amount: FloatArray
    price: FloatArray
    limit: FloatArray
    excess_price: FloatArray


class MasterSolution(NamedTuple):
    """Flow per path, unserved per OD, excess per group, and their prices."""

    flow: FloatArray
    unserved: FloatArray
    group_dual: FloatArray
    od_dual: FloatArray
    excess: FloatArray


class Master:
    """A linear program over known paths that grows and starts each time from where it was.

    Parameters
    ----------
    demand : Demand
        Amounts, prices and limits.
    columns : Columns
        The first paths.
    tight : (n_groups,) bool, optional
        Groups that must be used to their limit.
    private : bool
        Whether scipy's private interface to HiGHS may be used.

    Examples
    --------
    >>> demand = Demand(np.array([5.0]), np.array([9.0]), np.array([2.0]), np.array([np.inf]))
    >>> master = Master(demand, Columns(np.array([0]), csr_array([[1.0]]), np.array([1.0])))
    >>> master.solve().unserved.tolist()
    [3.0]
    >>> master.add(Columns(np.array([0]), csr_array([[0.0]]), np.array([3.0])))
    >>> answer = master.solve()
    >>> answer.flow.tolist(), answer.group_dual.tolist(), answer.od_dual.tolist()
    ([2.0, 3.0], [2.0], [3.0])
    """

    def __init__(
        self, demand: Demand, columns: Columns, tight: BoolArray | None = None, *, private: bool = True
    ) -> None:
        n_ods, n_groups = demand.amount.size, demand.limit.size
        self.demand, self.columns = demand, columns
        self._tight = np.zeros(n_groups, dtype=bool) if tight is None else tight
        self._program = make_program(private=private)
        self._row_of_od = np.full(n_ods, -1, np.int64)
        self._row_of_group = np.full(n_groups, -1, np.int64)
        self._row_scale = np.ones(n_groups)
        # Path of each variable; -1 - OD for what that leaves unserved, -1 - n_ods - group for its excess.
        self._path: IntArray = np.zeros(0, np.int64)
        self._unit = self._money = 1.0
        self._fresh = 0
        self._shifted = False
        bound = np.flatnonzero(self._tight)
        if bound.size:
            self._grow(self._users(bound, np.arange(columns.od.size)), bound)

    @property
    def n_rows(self) -> int:
        """Groups that have a row."""
        return int((self._row_of_group >= 0).sum())

    def add(self, new: Columns) -> None:
        """Let more paths in; their ODs are contested from now on."""
        first, old = self.columns.od.size, self.columns
        self.columns = Columns(
            np.concatenate([old.od, new.od]),
            csr_array(vstack([old.load, new.load], format="csr")),
            np.concatenate([old.cost, new.cost]),
        )
        inside = self._row_of_od[new.od] >= 0
        none = np.zeros(0, np.int64)
        self._enter(first + np.flatnonzero(inside), none, none)
        self._grow(np.unique(new.od[~inside]), np.zeros(0, np.int64))

    def set_limit(self, group: int, limit: float) -> None:
        """Give a group another limit, in the arrays of the demand too."""
        self.demand.limit[group] = limit
        row = int(self._row_of_group[group])
        if row >= 0:
            self._program.set_high(row, limit / float(self._row_scale[group]) / self._unit)
            self._shifted = True

    def solve(self) -> MasterSolution | None:
        """Solve, adding rows until no group is overloaded; None if there is no solution or none was found."""
        while True:
            plan = self._plan()
            if plan is None:
                return None
            over = self._overloaded(plan.flow)
            if not over.size:
                return plan
            best, _ = cheapest_columns(self.columns, self.demand.amount.size)
            outside = (self._row_of_od < 0) & (best >= 0) & (self.demand.amount > 0.0)
            self._grow(self._users(over, best[outside]), over)

    def _users(self, groups: IntArray, columns: IntArray) -> IntArray:
        """ODs of those columns that load one of the groups."""
        load = csr_array(self.columns.load[columns][:, groups])
        ods = np.unique(self.columns.od[columns[np.diff(load.indptr) > 0]])
        return ods[self.demand.amount[ods] > 0.0]

    def _overloaded(self, flow: FloatArray) -> IntArray:
        load = np.asarray(self.columns.load.T @ flow)
        most = float(self.demand.amount.max(initial=0.0))
        excess = load - self.demand.limit
        small = OVER * np.where(self.demand.limit > 0.0, self.demand.limit, most)
        return np.flatnonzero((excess > small) & (self._row_of_group < 0))

    def _grow(self, ods: IntArray, groups: IntArray) -> None:
        """Give ODs and groups their rows; all paths of the ODs enter."""
        program, demand, n = self._program, self.demand, self._path.size
        if not ods.size and not groups.size:
            return
        if not program.n_rows:
            self._set_scales(ods)
        self._row_of_od[ods] = program.n_rows + np.arange(ods.size)
        amount = demand.amount[ods] / self._unit
        program.add_rows(csr_array((ods.size, n)), amount, amount)
        self._row_of_group[groups] = program.n_rows + np.arange(groups.size)
        load = csr_array(self.columns.load[:, groups])
        if load.nnz:
            self._row_scale[groups] = power_of_two(np.asarray(load.max(axis=0).todense()).ravel())
        at = np.flatnonzero(self._path >= 0)
        rows, paths = csr_array(load[self._path[at]]).T.tocoo(), at
        data = rows.data / self._row_scale[groups][rows.row]
        matrix = csr_array((data, (rows.row, paths[rows.col])), shape=(groups.size, n))
        limit = demand.limit[groups] / self._row_scale[groups] / self._unit
        program.add_rows(matrix, np.where(self._tight[groups], limit, -np.inf), limit)
        self._shifted |= bool(groups.size)
        member = np.zeros(demand.amount.size, dtype=bool)
        member[ods] = True
        stay, soft = ods[np.isfinite(demand.price[ods])], groups[np.isfinite(demand.excess_price[groups])]
        self._enter(np.flatnonzero(member[self.columns.od]), stay, soft)

    def _set_scales(self, ods: IntArray) -> None:
        amount = self.demand.amount[ods].max(initial=0.0)
        positive = self.columns.cost[self.columns.cost > 0.0]
        price = self.demand.price[np.isfinite(self.demand.price)]
        self._unit = float(power_of_two(amount / LARGEST))
        self._money = float(power_of_two(positive.mean() if positive.size else price.max(initial=0.0)))

    def _enter(self, columns: IntArray, stay: IntArray, soft: IntArray) -> None:
        """Make variables of paths, of what some ODs leave unserved, and of the excess of some groups."""
        own = np.arange(columns.size + stay.size + soft.size)
        if not own.size:
            return
        demand, load = self.demand, csr_array(self.columns.load[columns]).tocoo()
        group = load.col.astype(np.int64)
        inside = self._row_of_group[group] >= 0
        row = [self._row_of_od[self.columns.od[columns]], self._row_of_od[stay], self._row_of_group[soft]]
        data = [np.ones(columns.size + stay.size), -1.0 / self._row_scale[soft]]
        row.append(self._row_of_group[group[inside]])
        data.append(load.data[inside] / self._row_scale[group[inside]])
        at = np.concatenate([own, load.row[inside]]), np.concatenate(row)
        matrix = csr_array((np.concatenate(data), at), shape=(own.size, self._program.n_rows))
        cost = np.concatenate([self.columns.cost[columns], demand.price[stay], demand.excess_price[soft]])
        self._program.add_columns(cost / self._money, matrix)
        self._path = np.concatenate([self._path, columns, -1 - stay, -1 - demand.amount.size - soft])
        self._fresh += own.size

    def _plan(self) -> MasterSolution | None:
        """The best plan that heeds the rows there are."""
        demand = self.demand
        best, cost = cheapest_columns(self.columns, demand.amount.size)
        outside = self._row_of_od < 0
        easy = outside & (best >= 0) & (cost <= demand.price)
        flow = np.zeros(self.columns.od.size)
        flow[best[easy]] = demand.amount[easy]
        unserved = np.where(outside & ~easy, demand.amount, 0.0)
        group_dual, od_dual = np.zeros(demand.limit.size), np.minimum(cost, demand.price)
        excess = np.zeros(demand.limit.size)
        if self._program.n_rows:
            few = self._fresh <= FEW * self._path.size
            answer = self._program.solve(primal=few and not self._shifted)
            self._fresh, self._shifted = 0, False
            if answer is None:
                return None
            value = np.maximum(answer.x, 0.0) * self._unit
            path = self._path >= 0
            flow[self._path[path]] = value[path]
            slack = -1 - self._path
            stays = ~path & (slack < demand.amount.size)
            unserved[slack[stays]] = value[stays]
            soft = slack >= demand.amount.size
            excess[slack[soft] - demand.amount.size] = value[soft]
            groups, ods = np.flatnonzero(self._row_of_group >= 0), np.flatnonzero(~outside)
            dual = -answer.dual[self._row_of_group[groups]]
            dual[dual < DUAL_DUST] = 0.0
            dual = dual * self._money / self._row_scale[groups]
            group_dual[groups] = np.minimum(dual, demand.excess_price[groups])
            od_dual[ods] = answer.dual[self._row_of_od[ods]] * self._money
        return MasterSolution(flow, unserved, group_dual, od_dual, excess)


def cheapest_columns(columns: Columns, n_ods: int) -> tuple[IntArray, FloatArray]:
    """Cheapest known path of each OD (-1 if none) and its cost; the first among equals."""
    best = np.full(n_ods, -1, np.int64)
    order = np.lexsort((-np.arange(columns.od.size), -columns.cost, columns.od))
    best[columns.od[order]] = order  # the last one written is the cheapest
    cost = np.where(best >= 0, np.append(columns.cost, np.inf)[best], np.inf)
    return best, cost


def power_of_two(values: ArrayLike) -> FloatArray:
    """Nearest power of two, 1 for 0: dividing by it is exact in floats."""
    size = np.asarray(values, dtype=np.float64)
    return np.asarray(np.exp2(np.round(np.log2(np.where(size > 0.0, size, 1.0)))))


def break_ties(
    demand: Demand,
    columns: Columns,
    solution: MasterSolution,
    weight: FloatArray,
    *,
    tolerance: float = 1e-11,
    private: bool = True,
) -> MasterSolution:
    """Among optimal solutions over the known paths, the one of least secondary weight.

    By complementary slackness with the given prices, a plan is optimal exactly if it uses only paths of
    reduced cost 0, leaves unserved only where the OD's price is the unserved price, and fills every group
    that has a price, beyond its limit only at the price of that. Among those plans it minimises first what is
    unserved, then the weight of the paths.

    Returns
    -------
    MasterSolution
        With the prices it was given; the given solution itself if the second program fails or costs more.

    Examples
    --------
    >>> demand = Demand(np.array([5.0]), np.array([9.0]), np.zeros(0), np.zeros(0))
    >>> columns = Columns(np.array([0, 0]), csr_array((2, 0)), np.array([1.0, 1.0]))
    >>> first = Master(demand, columns).solve()
    >>> break_ties(demand, columns, first, np.array([7.0, 6.0])).flow.tolist()
    [0.0, 5.0]
    """
    money = np.maximum(np.abs(solution.od_dual), float(np.mean(columns.cost)) if columns.cost.size else 0.0)
    money[~np.isfinite(money)] = 0.0
    reduced = columns.cost + np.asarray(columns.load @ solution.group_dual) - solution.od_dual[columns.od]
    face = np.flatnonzero(reduced <= tolerance * money[columns.od])
    with np.errstate(invalid="ignore"):
        may_stay = demand.price - solution.od_dual <= tolerance * money
    may_stay |= solution.unserved == demand.amount
    heavy = 2.0 * float(weight.max(initial=1.0))
    price = np.where(may_stay & np.isfinite(demand.price), heavy, np.inf)
    paths = Columns(columns.od[face], csr_array(columns.load[face]), weight[face])
    soft = solution.group_dual >= demand.excess_price * (1.0 - tolerance)
    face_demand = demand._replace(price=price, excess_price=np.where(soft, 0.0, np.inf))
    second = Master(face_demand, paths, solution.group_dual > 0.0, private=private)
    answer = second.solve()
    if answer is None:
        return solution
    flow = np.zeros(columns.od.size)
    flow[face] = answer.flow
    other = solution._replace(flow=flow, unserved=answer.unserved, excess=answer.excess)
    before, after = (objective_of(demand, columns, s) for s in (solution, other))
    return other if after <= before + tolerance * max(1.0, abs(before)) else solution


def objective_of(demand: Demand, columns: Columns, solution: MasterSolution) -> float:
    """Cost of a solution."""
    left, over = solution.unserved > 0.0, solution.excess > 0.0
    extra = solution.unserved[left] @ demand.price[left] + solution.excess[over] @ demand.excess_price[over]
    return float(columns.cost @ solution.flow + extra)
