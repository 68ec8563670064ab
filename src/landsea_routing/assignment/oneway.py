"""One commodity between two ends: by the network kernels where limits are on single arcs.

Where no group holds more than one arc that the commodity can use, groups are capacities of arcs, and a
min-cost or maximum flow answers; otherwise the multicommodity solver does, at the same cost.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from landsea_routing._status import Status
from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.errors import LandseaError
from landsea_routing.kernels.certificate import certify
from landsea_routing.kernels.flowproblem import FlowProblem
from landsea_routing.kernels.maxflow import max_flow
from landsea_routing.kernels.mincost import min_cost_flow
from landsea_routing.kernels.multiflow import multicommodity_flow


class ArcLimits(NamedTuple):
    """Limits of single arcs.

    Attributes
    ----------
    arcs : (n,) int
        Arcs on some way from the one end to the other.
    capacity : (n,) float
        What each takes at most.
    group : (n,) int
        Group that says so, -1 for none.
    """

    arcs: IntArray
    capacity: FloatArray
    group: IntArray


class OneFlow(NamedTuple):
    """A flow between two ends.

    Attributes
    ----------
    flow : (n_arcs,) float
        Flow of each arc.
    unserved : float
        What does not go.
    objective : float
        Cost.
    group_dual : (n_groups,) float
        What one more unit of each limit saves; if infeasible or where the most is asked for, its weight in
        the proof.
    status : Status
        OPTIMAL or INFEASIBLE, either proved.
    """

    flow: FloatArray
    unserved: float
    objective: float
    group_dual: FloatArray
    status: Status


def arc_limits(problem: FlowProblem) -> ArcLimits | None:
    """Limits as capacities of arcs; None where a group holds several arcs between the two ends."""
    open_arcs = np.isfinite(problem.commodity_cost[0])
    ends = int(problem.od_origin[0]), int(problem.od_destination[0])
    tail, head, n = problem.tail, problem.head, problem.n_vertices
    between = open_arcs & _reached(n, tail[open_arcs], head[open_arcs], ends[0])[tail]
    between &= _reached(n, head[open_arcs], tail[open_arcs], ends[1])[head]
    group = np.repeat(np.arange(problem.group_limit.size), np.diff(problem.group_indptr))
    entry = np.flatnonzero(between[problem.group_arc] & (problem.group_coefficient > 0.0))
    pairs = np.unique(np.stack([group[entry], problem.group_arc[entry]]), axis=1)
    if pairs.shape[1] < entry.size or np.unique(pairs[0]).size < pairs.shape[1]:
        return None
    most = problem.group_limit[group[entry]] / problem.group_coefficient[entry]
    order = entry[np.argsort(-most, kind="stable")]  # the last one written is the narrowest
    capacity, by = np.full(tail.size, np.inf), np.full(tail.size, -1, dtype=np.int64)
    at = problem.group_arc[order]
    capacity[at] = problem.group_limit[group[order]] / problem.group_coefficient[order]
    by[at] = group[order]
    arcs = np.flatnonzero(between)
    return ArcLimits(arcs, capacity[arcs], by[arcs])


def cheapest_flow(problem: FlowProblem, tie_weight: FloatArray) -> OneFlow:
    """Cheapest way to carry the amount of the only OD."""
    limits = arc_limits(problem)
    if limits is None:
        return _by_paths(problem, tie_weight)
    total, price = float(problem.od_amount[0]), problem.unserved_price
    aside = 0 if price is None else 1  # one more arc for what stays
    supply = np.zeros(problem.n_vertices)
    supply[problem.od_origin], supply[problem.od_destination] = total, -total
    found = min_cost_flow(
        np.append(problem.tail[limits.arcs], problem.od_origin[:aside]),
        np.append(problem.head[limits.arcs], problem.od_destination[:aside]),
        np.append(limits.capacity, np.full(aside, np.inf)),
        np.append(problem.commodity_cost[0, limits.arcs], np.zeros(0) if price is None else price),
        supply,
    )
    dual = np.zeros(problem.group_limit.size)
    n = limits.arcs.size
    if found.status is Status.INFEASIBLE and found.cut is not None:
        _weigh(problem, limits, found.cut.arcs, np.ones(found.cut.arcs.size), dual)
        return OneFlow(np.zeros(problem.tail.size), found.cut.short, np.inf, dual, found.status)
    if found.status is not Status.OPTIMAL:
        raise _not_verified(f"status {found.status}, gap {found.gap:.3g}")
    full = np.flatnonzero((found.reduced_cost[:n] < 0.0) & (limits.group >= 0))
    _weigh(problem, limits, full, -found.reduced_cost[full], dual)
    flow = np.zeros(problem.tail.size)
    flow[limits.arcs] = found.flow[:n]
    return OneFlow(flow, float(found.flow[n:].sum()), found.objective, dual, found.status)


def largest_flow(problem: FlowProblem, tie_weight: FloatArray) -> OneFlow:
    """Least of the amount of the only OD that stays, at no other cost; the duals are a cut."""
    limits = arc_limits(problem)
    if limits is None:
        return _by_paths(problem, tie_weight)
    ends = int(problem.od_origin[0]), int(problem.od_destination[0])
    tail, head = problem.tail[limits.arcs], problem.head[limits.arcs]
    found = max_flow(problem.n_vertices, tail, head, limits.capacity, *ends)
    if found.status is not Status.OPTIMAL:
        raise _not_verified(f"status {found.status}")
    dual, flow = np.zeros(problem.group_limit.size), np.zeros(problem.tail.size)
    _weigh(problem, limits, found.cut.arcs, np.ones(found.cut.arcs.size), dual)
    flow[limits.arcs] = found.flow
    left = max(float(problem.od_amount[0]) - found.value, 0.0)
    return OneFlow(flow, left, left, dual, found.status)


def _reached(n: int, tail: IntArray, head: IntArray, start: int) -> BoolArray:
    graph = csr_array((np.ones(tail.size), (tail, head)), shape=(n, n))
    found = np.zeros(n, dtype=bool)
    found[breadth_first_order(graph, start, return_predecessors=False)] = True
    return found


def _weigh(
    problem: FlowProblem, limits: ArcLimits, at: IntArray, worth: FloatArray, dual: FloatArray
) -> None:
    """Write what a unit of each arc's capacity is worth as worth of its group."""
    group = limits.group[at]
    with np.errstate(invalid="ignore"):
        per_unit = np.where(
            problem.group_limit[group] > 0.0, limits.capacity[at] / problem.group_limit[group], 1.0
        )
    dual[group] = worth * per_unit


def _by_paths(problem: FlowProblem, tie_weight: FloatArray) -> OneFlow:
    answer = multicommodity_flow(problem, tie_weight=tie_weight)
    verdict = certify(problem, answer)
    if not verdict.passed:
        raise _not_verified("; ".join(verdict.messages))
    each = np.repeat(answer.path_flow, np.diff(answer.path_indptr))
    flow = np.bincount(answer.path_arc, each, problem.tail.size).astype(np.float64)
    infeasible = answer.status is Status.INFEASIBLE
    status = Status.INFEASIBLE if infeasible else Status.OPTIMAL
    dual = answer.ray[0] if infeasible and answer.ray else answer.group_dual
    return OneFlow(flow, float(answer.unserved.sum()), answer.objective, dual, status)


def _not_verified(why: str) -> LandseaError:
    return LandseaError(f"the answer did not pass its certificate: {why}", code="not-verified")
