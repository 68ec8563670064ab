"""The rounds of column generation: a program over known paths, a search for cheaper ones, a lower bound."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray
from landsea_routing.kernels.ascent import ascend
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
    priced_cost,
)
from landsea_routing.kernels.flowproblem import FlowProblem, excess_price
from landsea_routing.kernels.master import Columns, Demand, Master, MasterSolution, objective_of

GAP = 1e-10
"""Relative gap between objective and bound at which the rounds end."""
PRICE_TOLERANCE = 1e-11
"""A path enters if it is cheaper than its OD's price by more than this share."""
DENSE = 200
"""Groups with a row from which on the prices need steadying (measured: below, rounds are few without)."""
FIRST_STEPS, STEPS = 100, 8
"""Steps along the slope of the bound when it starts and in each round (measured on grids of streets)."""

Progress = Callable[[int, float, float], object]


class Limits(NamedTuple):
    """When to stop."""

    rounds: int
    deadline: float
    progress: Progress | None
    private: bool

    def left(self, used: int) -> Limits:
        """What is left after some rounds."""
        return self._replace(rounds=self.rounds - used)


class Run(NamedTuple):
    """State after the rounds: what is known, the last plan, the best prices and bound.

    Attributes
    ----------
    od_dual : (n_ods,) float or None
        What one more unit of each OD with an amount costs under the best prices; None where that was not
        searched for.
    """

    pool: Pool
    demand: Demand
    plan: MasterSolution
    group_dual: FloatArray
    od_dual: FloatArray | None
    bound: float
    finished: bool
    rounds: int


def run_rounds(
    setup: Setup,
    pool: Pool,
    floor: FloatArray,
    price: FloatArray,
    limits: Limits,
    *,
    only_unserved: bool = False,
    start: Run | None = None,
) -> Run:
    """Generate columns until none helps; with ``only_unserved`` arcs cost nothing."""
    problem = setup.problem
    cost = problem.commodity_cost
    if only_unserved:
        cost = np.where(np.isfinite(cost), 0.0, np.inf)
        floor = np.where(np.isfinite(floor), 0.0, np.inf)
    soft, limit = excess_price(problem), problem.group_limit
    if only_unserved:  # what may give way at a price is no reason to leave anything behind
        limit, soft = np.where(np.isfinite(soft), np.inf, limit), np.full(soft.size, np.inf)
    demand = Demand(problem.od_amount, price, limit, soft)
    master = Master(demand, columns_of(pool, only_unserved=only_unserved), private=limits.private)
    best_dual, best_bound = np.zeros(problem.group_limit.size), -np.inf
    od_dual: FloatArray | None = None
    plan = start.plan if start is not None else _all_unserved(demand, pool)
    done, finished, steps = 0, False, FIRST_STEPS
    while done < limits.rounds and (done == 0 or time.monotonic() < limits.deadline):
        done += 1
        answer = master.solve()
        if answer is None:
            break
        plan = answer
        objective = objective_of(demand, master.columns, plan)
        found, bound = search(setup, cost, plan, floor, limit)
        near = GAP * 1e-2 * max(1.0, abs(objective))
        # Of prices that prove the plan take the latest: the fewer paths are known, the wilder the prices.
        if bound > best_bound or objective - bound <= near:
            best_dual, best_bound = plan.group_dual, bound
            od_dual = _worth(plan, floor, price, found)
        if (
            master.n_rows >= DENSE
            and not only_unserved
            and np.isfinite(price).all()
            and objective - best_bound > near
        ):
            risen = ascend(setup, cost, price, best_dual, objective, steps)
            found = join_found([found, *risen.found[-STEPS:]])
            steps = STEPS
            if risen.bound > best_bound:
                best_dual, best_bound, od_dual = risen.dual, risen.bound, None
        if limits.progress is not None:
            limits.progress(done, objective, best_bound)
        new = make_pool(setup, keep_paths(found, is_new(setup, pool, found)))
        new = cheaper(setup, new, columns_of(new, only_unserved=only_unserved), plan)
        if objective - best_bound <= near or not new.od.size:
            finished = objective - best_bound <= GAP * max(1.0, abs(objective))
            break
        pool = add_columns(pool, new)
        master.add(columns_of(new, only_unserved=only_unserved))
    plan = plan._replace(flow=np.append(plan.flow, np.zeros(pool.od.size - plan.flow.size)))
    return Run(pool, demand, plan, best_dual, od_dual, best_bound, finished, done)


def search(
    setup: Setup, cost: FloatArray, plan: MasterSolution, floor: FloatArray, limit: FloatArray
) -> tuple[Found, float]:
    """Cheapest paths of ODs whose price may still fall, and the lower bound that follows."""
    problem = setup.problem
    # Group prices only raise path costs: an OD priced at its cheapest path cannot find a better one.
    hopeful = (problem.od_amount > 0.0) & _may_fall(plan, floor)
    priced = priced_cost(setup, cost, plan.group_dual)
    found = find_paths(setup, priced, np.flatnonzero(hopeful), plan.od_dual)
    saving = found.cost - plan.od_dual[found.od]
    bound = _dual_objective(problem, plan, limit) + float(
        problem.od_amount[found.od] @ np.minimum(saving, 0.0)
    )
    return found, bound


def _may_fall(plan: MasterSolution, floor: FloatArray) -> BoolArray:
    """Which ODs are priced above the cheapest path that there is without group prices."""
    return np.asarray(plan.od_dual > floor * (1.0 + PRICE_TOLERANCE))


def _worth(plan: MasterSolution, floor: FloatArray, price: FloatArray, found: Found) -> FloatArray:
    """Cheapest path of each OD under the prices of a plan, or the unserved price, after a search.

    What the search left out is priced at its floor already; what it did not find costs more than its price.
    """
    worth = np.where(_may_fall(plan, floor), plan.od_dual, np.minimum(floor, price))
    worth[found.od] = np.minimum(found.cost, price[found.od])
    return worth


def cheaper(setup: Setup, new: Pool, columns: Columns, plan: MasterSolution) -> Pool:
    """Those paths that are cheaper than their OD's price in a plan."""
    priced = columns.cost + np.asarray(columns.load @ plan.group_dual)
    worth = plan.od_dual[new.od]
    keep = priced - worth < -PRICE_TOLERANCE * np.abs(worth)
    if keep.all():
        return new
    return make_pool(setup, keep_paths(Found(new.od, new.indptr, new.arcs, new.cost), keep))


def _all_unserved(demand: Demand, pool: Pool) -> MasterSolution:
    """The plan to fall back on if not even one round succeeds."""
    nothing = np.zeros(demand.limit.size)
    unserved, worth = demand.amount.copy(), demand.price.copy()
    return MasterSolution(np.zeros(pool.od.size), unserved, nothing, worth, nothing.copy())


def columns_of(pool: Pool, *, only_unserved: bool = False) -> Columns:
    """Paths of a pool as the master program sees them."""
    return Columns(pool.od, pool.load, np.zeros(pool.cost.size) if only_unserved else pool.cost)


def floor_of(setup: Setup, pool: Pool) -> FloatArray:
    """Cheapest path of each OD without group prices; ``inf`` where there is none."""
    floor = np.full(setup.problem.od_amount.size, np.inf)
    np.minimum.at(floor, pool.od, pool.cost)
    return floor


def rent(limit: FloatArray, group_dual: FloatArray) -> float:
    """What the limits are worth; a group without limit has no price."""
    priced = group_dual > 0.0
    return float(group_dual[priced] @ limit[priced])


def _dual_objective(problem: FlowProblem, plan: MasterSolution, limit: FloatArray) -> float:
    wanted = problem.od_amount > 0.0
    return float(problem.od_amount[wanted] @ plan.od_dual[wanted]) - rent(limit, plan.group_dual)
