"""An independent judge of single-commodity flows: it recomputes everything and imports no solver.

A flow is proved cheapest by potentials. For any potentials, the reduced costs ``cost + potential[tail] -
potential[head]`` change the cost of every flow by the same amount, so

    objective - bound = sum of max(reduced, 0) * (flow - lower) + max(-reduced, 0) * (capacity - flow)

where each term is >= 0: what each arc still gives away. The sum is the duality gap without the cancellation
that comes with subtracting two large numbers. An infeasible problem is proved by a cut, an unbounded one by
a cycle.

Sources: Ahuja, Magnanti and Orlin, *Network Flows* (1993), theorems 9.3 and 6.12 (Gale); Shewchuk (1997),
Discrete & Computational Geometry 18, 305-363 (the rounding error of a sum).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from landsea_routing._status import Status
from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.kernels.mincostproblem import (
    EXACT_BELOW,
    Cut,
    MaxFlow,
    MinCostFlow,
    MinCostProblem,
    enough,
    reduced_costs,
)

EPS = 2.0**-53
"""Largest relative error of one rounding."""


@dataclass(frozen=True)
class MinCostCertificate:
    """What the judge found.

    Attributes
    ----------
    passed : bool
        Every check holds within the tolerance.
    gap : float
        objective - bound, relative to the sum of ``abs(cost * flow)`` (to 1 if that is 0).
    gap_error : float
        What rounding may have added to or taken from the gap; 0.0 where it was computed in whole numbers.
    bounds, conservation : float
        Largest excess of a flow over its bounds, and largest miss of a supply, relative to the larger of
        what flows and what is offered.
    slackness : float
        Largest single term of the gap, relative as the gap.
    objective, bound : float
        Recomputed.
    exact : bool
        All numbers were whole and the gap was computed without any rounding.
    messages : tuple of str
        What fails.
    """

    passed: bool
    gap: float
    gap_error: float
    bounds: float
    conservation: float
    slackness: float
    objective: float
    bound: float
    exact: bool
    messages: tuple[str, ...]


def certify_min_cost(
    problem: MinCostProblem, solution: MinCostFlow, *, tolerance: float = 1e-9
) -> MinCostCertificate:
    """Judge a solution: feasible and proved cheapest, or proved impossible or without end.

    Parameters
    ----------
    problem : MinCostProblem
        From `landsea_routing.kernels.mincostproblem.make_problem`.
    solution : MinCostFlow
        Any solver's answer; INFEASIBLE is judged by its cut, UNBOUNDED by its cycle.
    tolerance : float
        Relative tolerance of every check.

    Returns
    -------
    MinCostCertificate

    Notes
    -----
    O(n + m). Whole data with whole potentials are judged without rounding; other data with an error bound.
    No arc is counted beyond what some cheapest flow cannot exceed, so that a reduced cost that is a rounding
    below 0 on an arc without limit leaves the bound finite and true.

    Examples
    --------
    >>> from landsea_routing.kernels.mincostproblem import make_problem
    >>> problem = make_problem([0, 0], [1, 1], [2, 9], [1.0, 4.0], [5, -5])
    >>> answer = MinCostFlow(np.array([2.0, 3.0]), np.array([0.0, 4.0]), np.array([-3.0, 0.0]), 14.0,
    ...     Status.NOT_VERIFIED, 0.0, 0)
    >>> found = certify_min_cost(problem, answer)
    >>> found.passed, found.gap, found.exact, found.bound
    (True, 0.0, True, 14.0)
    >>> certify_min_cost(problem, answer._replace(flow=np.array([1.0, 4.0]))).messages[0]
    'a full arc would be cheaper or an empty one dearer: the gap is 0.176 of what the flow costs'
    """
    if solution.status is Status.INFEASIBLE:
        return _judge_cut(problem, solution.cut, tolerance)
    if solution.status is Status.UNBOUNDED:
        return _judge_cycle(problem, solution, tolerance)
    m, n = problem.tail.size, problem.supply.size
    flow, potential = np.asarray(solution.flow), np.asarray(solution.potential)
    if flow.shape != (m,) or potential.shape != (n,):
        return _verdict([f"flow has shape {flow.shape}, potential {potential.shape}"])
    if not (np.isfinite(flow).all() and np.isfinite(potential).all()):
        return _verdict(["a flow or potential is not finite"])
    return _judge_flow(problem, solution, tolerance)


def _judge_flow(problem: MinCostProblem, solution: MinCostFlow, tolerance: float) -> MinCostCertificate:
    flow = np.asarray(solution.flow, dtype=np.float64)
    potential = np.asarray(solution.potential, dtype=np.float64)
    costs = problem.cost * flow
    objective = math.fsum(costs[costs != 0.0].tolist())
    scale = float(np.abs(costs).sum()) or 1.0
    bounds, kept = _feasibility(problem, flow)
    exact = _all_whole(problem, flow, potential)
    reduced, most = reduced_costs(problem, potential), _most(problem)
    carried, room = flow - problem.lower, np.maximum(most - flow, 0.0)
    gains, loses = np.flatnonzero(reduced < 0.0), np.flatnonzero(carried)
    price = np.concatenate([reduced[gains], np.maximum(reduced[loses], 0.0)])
    amount = np.concatenate([-room[gains], carried[loses]])
    terms = price * amount
    if exact:
        gap, error = float(_whole_sum(price, amount)), 0.0
    else:
        gap = math.fsum(terms.tolist())
        error = _gap_error(problem, potential, reduced, room, carried)
    follows = _follows(problem, potential, np.asarray(solution.reduced_cost), reduced)
    largest = float(np.abs(terms).max(initial=0.0)) / scale
    checks = {
        f"a full arc would be cheaper or an empty one dearer: the gap is {gap / scale:.3g} of what the flow "
        "costs": abs(gap) <= tolerance * scale,
        f"a flow breaks its bounds by {bounds:.3g} of what flows": bounds <= tolerance,
        f"flows miss a supply by {kept:.3g} of what flows": kept <= tolerance,
        "reduced_cost does not follow from cost and potential": follows,
        f"objective is stated as {solution.objective} and computes to {objective}": _close(
            solution.objective, objective, scale, tolerance
        ),
    }
    messages = tuple(text for text, good in checks.items() if not good)
    bound = objective - gap
    return MinCostCertificate(
        not messages, gap / scale, error / scale, bounds, kept, largest, objective, bound, exact, messages
    )


def _close(stated: float, computed: float, scale: float, tolerance: float) -> bool:
    return abs(stated - computed) <= tolerance * scale


def _feasibility(problem: MinCostProblem, flow: FloatArray) -> tuple[float, float]:
    """Largest violation of bounds and of conservation, relative to what flows or is offered."""
    n = problem.supply.size
    scale = max(float(np.abs(flow).max(initial=0.0)), float(np.abs(problem.supply).max(initial=0.0))) or 1.0
    under, over = problem.lower - flow, flow - problem.capacity
    used = np.flatnonzero(flow)
    out = np.bincount(problem.tail[used], weights=flow[used], minlength=n)
    into = np.bincount(problem.head[used], weights=flow[used], minlength=n)
    miss = np.abs(out - into - problem.supply)
    worst = max(float(part.max(initial=0.0)) for part in (under, over))
    return worst / scale, float(miss.max(initial=0.0)) / scale


def _most(problem: MinCostProblem) -> FloatArray:
    """What no arc of some cheapest flow exceeds."""
    return np.asarray(np.minimum(problem.capacity, problem.lower + enough(problem)))


def _all_whole(problem: MinCostProblem, flow: FloatArray, potential: FloatArray) -> bool:
    """Whether everything is a whole number and no difference of two of them is rounded."""
    limited = problem.capacity[np.isfinite(problem.capacity)]
    parts = (problem.cost, problem.supply, problem.lower, limited, flow, potential)
    most = EXACT_BELOW / 4.0
    return all(
        float(part.min(initial=0.0)) > -most
        and float(part.max(initial=0.0)) < most
        and bool((part == np.rint(part)).all())
        for part in parts
    )


def _whole_sum(price: FloatArray, amount: FloatArray) -> int:
    """Sum of products of whole numbers, in Python's own, which have no largest one."""
    products = zip(price.astype(np.int64).tolist(), amount.astype(np.int64).tolist(), strict=True)
    return sum(a * b for a, b in products)


def _follows(problem: MinCostProblem, potential: FloatArray, stated: FloatArray, reduced: FloatArray) -> bool:
    """Whether stated reduced costs are the computed ones, to rounding."""
    if np.array_equal(stated, reduced):
        return True
    wide = np.abs(problem.cost) + np.abs(potential[problem.tail]) + np.abs(potential[problem.head])
    return stated.shape == reduced.shape and bool((np.abs(stated - reduced) <= 8 * EPS * wide).all())


def _gap_error(
    problem: MinCostProblem, potential: FloatArray, reduced: FloatArray, room: FloatArray, carried: FloatArray
) -> float:
    """Bound on what rounding did: two roundings in each reduced cost, whose sign may be in doubt."""
    ends = np.abs(potential[problem.tail]), np.abs(potential[problem.head])
    wide = 2.0 * EPS * (np.abs(problem.cost) + ends[0] + ends[1])
    moved = np.where(
        reduced > wide, np.abs(carried), np.where(reduced < -wide, room, np.maximum(room, carried))
    )
    return float(wide @ moved + 4.0 * EPS * (np.abs(reduced) @ moved))


def dual_bound(problem: MinCostProblem, potential: FloatArray) -> float:
    """Least cost that these potentials prove for any flow.

    Examples
    --------
    >>> from landsea_routing.kernels.mincostproblem import make_problem
    >>> dual_bound(make_problem([0, 0], [1, 1], [2, 9], [1.0, 4.0], [5, -5]), np.array([0.0, 3.0]))
    11.0
    """
    idle = problem.lower
    reduced = reduced_costs(problem, np.asarray(potential, dtype=np.float64))
    room = np.maximum(_most(problem) - idle, 0.0)
    value = math.fsum((-potential * problem.supply).tolist()) + math.fsum((reduced * idle).tolist())
    return value + math.fsum((np.minimum(reduced, 0.0) * room).tolist())


def cut_shortage(problem: MinCostProblem, inside: BoolArray) -> tuple[float, IntArray]:
    """What cannot leave a set of vertices, and the arcs that leave it.

    Examples
    --------
    >>> from landsea_routing.kernels.mincostproblem import make_problem
    >>> short, arcs = cut_shortage(make_problem([0], [1], [2], [1], [5, -5]), np.array([True, False]))
    >>> short, arcs.tolist()
    (3.0, [0])
    """
    leaves = np.flatnonzero(inside[problem.tail] & ~inside[problem.head])
    enters = np.flatnonzero(~inside[problem.tail] & inside[problem.head])
    parts = [problem.supply[inside], problem.lower[enters], -problem.capacity[leaves]]
    return math.fsum(np.concatenate(parts).tolist()), leaves


def certify_max_flow(
    tail: IntArray,
    head: IntArray,
    capacity: FloatArray,
    ends: IntArray,
    found: MaxFlow,
    *,
    tolerance: float = 1e-12,
) -> list[str]:
    """Judge a largest flow: within bounds, conserved, and as much as its cut lets through. What is wrong.

    Examples
    --------
    >>> cut = Cut(np.array([True, False]), np.array([0]), 0.0)
    >>> found = MaxFlow(3.0, np.array([3.0]), cut, Status.NOT_VERIFIED)
    >>> arc = np.array([0]), np.array([1])
    >>> certify_max_flow(*arc, np.array([4.0]), np.array([0, 1]), found)
    ['the flow is worth 3.0, its cut 4.0']
    """
    inside = np.asarray(found.cut.inside, dtype=bool)
    supply = np.zeros(inside.size)
    supply[ends] = found.value, -found.value
    nothing = np.zeros(tail.size)
    problem = MinCostProblem(tail, head, capacity, nothing, supply, nothing)
    bounds, kept = _feasibility(problem, found.flow)
    leaves = np.flatnonzero(inside[tail] & ~inside[head])
    wide = math.fsum(capacity[leaves].tolist())
    checks = {
        f"a flow breaks its bounds by {bounds:.3g} of what flows": bounds <= tolerance,
        f"flows miss a vertex by {kept:.3g} of what flows": kept <= tolerance * max(1, inside.size),
        "the cut does not part source from sink": bool(inside[ends[0]] and not inside[ends[1]]),
        f"the flow is worth {found.value}, its cut {wide}": _close(
            found.value, wide, max(abs(wide), abs(found.value)), tolerance * max(1, leaves.size)
        ),
    }
    return [text for text, good in checks.items() if not good]


def _judge_cut(problem: MinCostProblem, cut: Cut | None, tolerance: float) -> MinCostCertificate:
    """Gale's theorem: a set that must send out more than its arcs take."""
    if cut is None or np.shape(cut.inside) != problem.supply.shape:
        return _verdict(["there is no cut to prove infeasibility"])
    short, leaves = cut_shortage(problem, np.asarray(cut.inside, dtype=bool))
    messages = []
    if not short > 0.0:
        messages.append(f"the cut is short by {short}: nothing is proved")
    if not _close(cut.short, short, max(abs(short), 1.0), tolerance):
        messages.append(f"the cut's shortage is stated as {cut.short} and computes to {short}")
    if not np.array_equal(np.sort(cut.arcs), leaves):
        messages.append("the cut's arcs are not those that leave its set")
    return _verdict(messages, math.inf)


def _judge_cycle(problem: MinCostProblem, solution: MinCostFlow, tolerance: float) -> MinCostCertificate:
    """A closed walk over arcs without limit that costs less than nothing, and a flow to start from."""
    cycle = solution.cycle
    if cycle is None or not len(cycle):
        return _verdict(["there is no cycle to prove that cost has no end"])
    arcs = np.asarray(cycle)
    costs = problem.cost[arcs]
    bounds, kept = _feasibility(problem, np.asarray(solution.flow, dtype=np.float64))
    checks = {
        "the cycle is torn": np.array_equal(problem.head[arcs], np.roll(problem.tail[arcs], -1)),
        "an arc of the cycle has a limit": not np.isfinite(problem.capacity[arcs]).any(),
        "the cycle costs nothing or more": math.fsum(costs.tolist())
        < -4.0 * EPS * float(np.abs(costs).sum()),
        f"a flow breaks its bounds by {bounds:.3g} of what flows": bounds <= tolerance,
        f"flows miss a supply by {kept:.3g} of what flows": kept <= tolerance,
    }
    return _verdict([text for text, good in checks.items() if not good], -math.inf)


def _verdict(messages: list[str], objective: float = math.nan) -> MinCostCertificate:
    """Verdict where there is no gap."""
    nan = math.nan
    return MinCostCertificate(
        not messages, nan, nan, nan, nan, nan, objective, objective, False, tuple(messages)
    )
