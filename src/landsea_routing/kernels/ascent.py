"""Better group prices without a linear program: steps along the slope of the Lagrangian bound.

Under fixed group prices every OD takes its cheapest path, or stays behind where that is dearer than its
unserved price; the cost of this, less what the limits are worth, is a lower bound for every plan. Where
hundreds of groups bind at once, the prices of a master program over few paths are wild, and its rounds
dear. Steps from the best prices seen so far then cost little, steady the prices, and bring paths that the
master would take many rounds to ask for.

Sources: Held, Wolfe and Crowder (1974), Mathematical Programming 6, 62-88 (steps by the distance to a
target); Barahona and Jensen (1998), Discrete Applied Mathematics 83 (columns from such steps).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.kernels.columns import Found, Setup, find_paths, priced_cost
from landsea_routing.kernels.flowproblem import excess_price

AIM = 0.5
"""Share of the distance from the best bound to the best plan that a step aims at."""
PATIENCE = 4
"""Steps without a better bound after which the aim gets nearer and the steps start anew."""
NEARER = 0.7
"""Factor of the aim then."""
SMALLEST = 1e-3
"""Limits count at least this share of the median one, lest steps towards a limit of 0 be endless."""


class Ascent(NamedTuple):
    """What the steps have led to.

    Attributes
    ----------
    dual : (n_groups,) float
        Prices of the best bound.
    bound : float
        The best bound.
    found : list of Found
        The cheapest paths at every step.
    """

    dual: FloatArray
    bound: float
    found: list[Found]


def ascend(
    setup: Setup,
    cost: FloatArray,
    price: FloatArray,
    start: FloatArray,
    target: float,
    steps: int,
) -> Ascent:
    """Take steps from given group prices towards a target of the bound.

    Parameters
    ----------
    setup : Setup
        Checked problem.
    cost : (n_commodities, n_arcs) float
        Arc costs.
    price : (n_ods,) float
        Cost of what is unserved, finite.
    start : (n_groups,) float
        Prices to start from.
    target : float
        Cost of a plan; no bound is higher.
    steps : int
        Searches to make, all origins each.

    Returns
    -------
    Ascent

    Examples
    --------
    >>> from landsea_routing.kernels.columns import prepare
    >>> from landsea_routing.kernels.flowproblem import FlowProblem, validate_problem
    >>> problem = validate_problem(FlowProblem(2, [0, 0], [1, 1], [[1.0, 4.0]], None, [0], [1], [0], [5.0],
    ...     [10.0], [0, 1], [0], [0], [1.0], [2.0]))
    >>> setup = prepare(problem, None)
    >>> answer = ascend(setup, problem.commodity_cost, problem.unserved_price, np.zeros(1), 14.0, 20)
    >>> bool(13.9 < answer.bound <= 14.0)
    True
    """
    problem = setup.problem
    limited, ceiling = np.isfinite(problem.group_limit), excess_price(problem)
    limit = np.where(limited, problem.group_limit, 0.0)
    weight = np.where(limited, _step_weight(setup, limit), 0.0)
    wanted = np.flatnonzero(problem.od_amount > 0.0)
    dual = best_dual = start
    best, aim, stalled = -np.inf, AIM, 0
    paths: list[Found] = []
    for _ in range(steps):
        found = find_paths(setup, priced_cost(setup, cost, dual), wanted, price)
        paths.append(found)
        bound, load = _relaxed(setup, found, price, wanted)
        bound -= float(dual @ limit)
        stalled = 0 if bound > best else stalled + 1
        if bound > best:
            best, best_dual = bound, dual
        slope = load - limit
        if stalled >= PATIENCE:
            aim, stalled, dual = aim * NEARER, 0, best_dual
            continue
        slope = np.where((dual <= 0.0) & (slope < 0.0), 0.0, slope)
        steepness = float(slope @ (weight * slope))
        if steepness <= 0.0:
            break
        length = (best + aim * (target - best) - bound) / steepness
        dual = np.clip(dual + length * weight * slope, 0.0, ceiling)
    return Ascent(best_dual, best, paths)


def _step_weight(setup: Setup, limit: FloatArray) -> FloatArray:
    """How far each price moves per unit of overload: by shares of limits, whatever their units."""
    most = np.asarray(setup.per_flow.max(axis=0).todense()).ravel() if setup.per_flow.nnz else limit * 0.0
    most = np.where(most > 0.0, most, 1.0)
    flow = limit / most
    typical = float(np.median(flow[flow > 0.0])) if (flow > 0.0).any() else 1.0
    weight: FloatArray = 1.0 / (most**2 * np.maximum(flow, SMALLEST * typical))
    return weight


def _relaxed(setup: Setup, found: Found, price: FloatArray, wanted: IntArray) -> tuple[float, FloatArray]:
    """Cost of serving every OD at its cheapest, and the load of each group by it."""
    problem = setup.problem
    served = found.cost < price[found.od]
    each = price.copy()
    each[found.od[served]] = found.cost[served]
    amount = np.where(served, problem.od_amount[found.od], 0.0)
    length = np.diff(found.indptr)
    commodity = np.repeat(problem.od_commodity[found.od], length)
    n_arcs = problem.tail.size
    flow = np.bincount(
        commodity * n_arcs + found.arcs,
        np.repeat(amount, length),
        problem.commodity_cost.size,
    )
    return float(problem.od_amount[wanted] @ each[wanted]), np.asarray(setup.per_flow.T @ flow)
