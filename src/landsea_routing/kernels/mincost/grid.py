"""Whole units: quantities on a grid on which sums are exact."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels.mincostproblem import EXACT_BELOW, MinCostProblem, enough

DECIMALS = 9
"""Digits behind the point that are tried before numbers are rounded to a binary grid."""


class Network(NamedTuple):
    """A problem in whole units, least flows taken out.

    Attributes
    ----------
    n_vertices : int
        Number of vertices.
    tail, head : (n_arcs,) int
        Ends of each arc.
    room : (n_arcs,) int
        Capacity above the lower bound; one more than can be needed where there is no limit, 0 on loops.
    cost : (n_arcs,) float
        Cost per unit, times `cost_scale`.
    supply : (n_vertices,) int
        What is left to send once the lower bounds flow; sums to zero.
    scale, cost_scale : float
        Units per one of the user's, for quantities and for costs.
    dust : int
        What may stay behind for rounding; 0 where the grid holds every number exactly.
    whole_costs : bool
        All sums of costs are exact.
    """

    n_vertices: int
    tail: IntArray
    head: IntArray
    room: IntArray
    cost: FloatArray
    supply: IntArray
    scale: float
    cost_scale: float
    dust: int
    whole_costs: bool


def decimal_scale(values: FloatArray, most: float) -> float | None:
    """Return the least power of ten that makes all values whole and keeps ``most`` exact, if there is one.

    Examples
    --------
    >>> decimal_scale(np.array([0.1, 2.0, 0.25]), 100.0)
    100.0
    >>> decimal_scale(np.array([1 / 3]), 1.0) is None
    True
    """
    for digits in range(DECIMALS + 1):
        scale = 10.0**digits
        if most * scale >= EXACT_BELOW / 4.0:
            return None
        # A sample settles most refusals before all values are read.
        if all(_are_whole(part, scale) for part in (values[:100], values)):
            return scale
    return None


def _are_whole(values: FloatArray, scale: float) -> bool:
    whole = np.rint(values) if scale == 1.0 else np.rint(values * scale) / scale
    return bool((whole == values).all())


def make_network(problem: MinCostProblem) -> Network:
    """Put a checked problem on whole units.

    Raises
    ------
    InvalidValueError
        If what may flow is too much to be counted.

    Notes
    -----
    Decimal data (up to nine digits) are held exactly and flows come back as the decimals they
    are. Other data are rounded to the finest binary grid on which totals stay below 2**53.

    Examples
    --------
    >>> from landsea_routing.kernels.mincostproblem import make_problem
    >>> net = make_network(make_problem([0], [1], [float("inf")], [0.25], [1.5, -1.5], [0.5]))
    >>> net.room.tolist(), net.supply.tolist(), net.scale, net.cost_scale
    ([11], [10, -10], 10.0, 100.0)
    """
    n, least = problem.supply.size, problem.lower
    needed = enough(problem)
    most = max(needed, 1.0) + float(np.abs(least).sum() + np.abs(problem.supply).sum())
    if not most < EXACT_BELOW / 4.0:
        raise InvalidValueError(
            f"up to {most:.3g} units may flow",
            expected=f"less than {EXACT_BELOW / 4.0:.3g} in all",
            cure="give arcs of negative cost the capacity they need and no more, or use larger units",
        )
    limited = problem.capacity - least <= most
    wide = np.where(limited, problem.capacity, 0.0)
    values = np.concatenate([problem.supply, least[least != 0.0], wide])
    exact = decimal_scale(values, most)
    scale = exact or 2.0 ** math.floor(math.log2(EXACT_BELOW / 8.0 / most))
    supply = _whole_supply(problem, scale)
    room = (np.rint(wide * scale) - np.rint(least * scale)).astype(np.int64)
    room = np.where(limited, room, math.ceil(needed * scale) + 1)
    room[problem.tail == problem.head] = 0
    dust = 0 if exact else n + least.size
    widest = float(np.abs(problem.cost).max(initial=0.0)) * (n + 2)
    cost_scale = decimal_scale(problem.cost, widest)
    cost = problem.cost if cost_scale in (None, 1.0) else np.rint(problem.cost * cost_scale)
    whole = cost_scale is not None
    return Network(n, problem.tail, problem.head, room, cost, supply, scale, cost_scale or 1.0, dust, whole)


def _whole_supply(problem: MinCostProblem, scale: float) -> IntArray:
    """What each vertex has left to send, in units; the largest takes up what rounding leaves."""
    n = problem.supply.size
    supply = np.rint(problem.supply * scale).astype(np.int64)
    if supply.size:
        supply[int(np.argmax(np.abs(supply)))] -= int(supply.sum())
    if not problem.lower.any():
        return supply
    base = np.rint(problem.lower * scale)
    out = np.bincount(problem.tail, weights=base, minlength=n)
    into = np.bincount(problem.head, weights=base, minlength=n)
    return supply - (out - into).astype(np.int64)


def to_flow(problem: MinCostProblem, net: Network, units: IntArray) -> FloatArray:
    """Flows in the user's numbers; one at its bound is that bound to the last bit.

    Examples
    --------
    >>> from landsea_routing.kernels.mincostproblem import make_problem
    >>> problem = make_problem([0], [1], [0.7], [1], [0.3, -0.3])
    >>> to_flow(problem, make_network(problem), np.array([3])).tolist()
    [0.3]
    """
    flow = problem.lower.copy()
    used = np.flatnonzero(units)
    carried, most = units[used], problem.capacity[used]
    above = carried + np.rint(problem.lower[used] * net.scale)
    full = (carried == net.room[used]) & np.isfinite(most) & (most * net.scale <= above + 1)
    flow[used] = np.where(full, most, above / net.scale)
    loop = np.flatnonzero(problem.tail == problem.head)
    runs = loop[(problem.cost[loop] < 0.0) & np.isfinite(problem.capacity[loop])]
    flow[runs] = problem.capacity[runs]
    return flow


def to_units(problem: MinCostProblem, net: Network, flow: FloatArray) -> IntArray:
    """Whole units of a flow, within the room of each arc: the inverse of `to_flow`.

    Examples
    --------
    >>> from landsea_routing.kernels.mincostproblem import make_problem
    >>> problem = make_problem([0], [1], [0.7], [1], [0.3, -0.3])
    >>> to_units(problem, make_network(problem), np.array([0.9])).tolist()
    [7]
    """
    above = np.rint(flow * net.scale) - np.rint(problem.lower * net.scale)
    return np.asarray(np.clip(above, 0, net.room), dtype=np.int64)
