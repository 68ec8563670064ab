"""An independent judge of flow solutions: it recomputes everything and imports no solver.

A plan is proved cheapest by linear programming duality. For any group prices y >= 0, no plan costs less than

    sum over ODs of amount * min(cheapest path under cost + prices, unserved price) - sum of limit * y

where y may not exceed the price at which a group's limit gives way;
so a plan that costs exactly this is optimal. The shortest distances in it may come from anywhere: they are
checked arc by arc here (no arc leads on more cheaply than they say), which proves that no path is cheaper.
Where the check fails, they are computed anew by Bellman-Ford sweeps of this file's own.

Sources: Ahuja, Magnanti and Orlin, *Network Flows* (1993), chapters 9 and 17.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landsea_routing._status import Status
from landsea_routing._typing import FloatArray
from landsea_routing.errors import list_ids
from landsea_routing.kernels.distances import od_distance
from landsea_routing.kernels.flowproblem import (
    FlowProblem,
    FlowSolution,
    excess_price,
    group_matrix,
    validate_problem,
)


@dataclass(frozen=True)
class Certificate:
    """What the judge found.

    Attributes
    ----------
    passed : bool
        Every check holds within the tolerance.
    gap : float
        (objective - bound) / max(1, abs(objective)), both recomputed.
    primal : float
        Largest relative excess of a group over its limit, or negative flow relative to its OD's amount.
    conservation : float
        Largest relative difference between an OD's amount and its flows plus unserved.
    slackness : float
        Largest complementary slackness product relative to the objective.
    bound, objective : float
        As recomputed here.
    messages : tuple of str
        What failed, in words.
    """

    passed: bool
    gap: float
    primal: float
    conservation: float
    slackness: float
    bound: float
    objective: float
    messages: tuple[str, ...]


def _priced(problem: FlowProblem, weight: FloatArray) -> FloatArray:
    """What group weights add to each (commodity, arc)."""
    return np.asarray(group_matrix(problem).T @ weight).reshape(problem.commodity_cost.shape)


def _times(quantity: FloatArray, price: FloatArray) -> float:
    """Sum of products where nothing at an infinite price is nothing."""
    used = quantity != 0.0
    return float(np.sum(quantity[used] * price[used]))


def _relative(excess: FloatArray, scale: FloatArray) -> float:
    """Largest excess relative to its scale; 0 if there is none."""
    if not excess.size:
        return 0.0
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(excess > 0.0, excess / scale, 0.0)
    return float(np.max(ratio))


def _shape_messages(problem: FlowProblem, solution: FlowSolution) -> list[str]:
    """Lengths, index ranges and finiteness; nothing else can be judged before they hold."""
    n_paths, n_ods, n_groups = solution.path_od.size, problem.od_amount.size, problem.group_limit.size
    sizes = {
        "path_indptr": (solution.path_indptr, n_paths + 1),
        "path_flow": (solution.path_flow, n_paths),
        "unserved": (solution.unserved, n_ods),
        "od_dual": (solution.od_dual, n_ods),
        "group_dual": (solution.group_dual, n_groups),
        "group_excess": (_excess_of(problem, solution), n_groups),
    }
    found = [f"{name} has {a.size} entries, not {n}" for name, (a, n) in sizes.items() if a.size != n]
    if found:
        return found
    indptr, arcs = solution.path_indptr, solution.path_arc
    if indptr[0] != 0 or indptr[-1] != arcs.size or (np.diff(indptr) < 0).any():
        found.append("path_indptr does not partition path_arc")
    if arcs.size and not (arcs.min() >= 0 and arcs.max() < problem.tail.size):
        found.append("path_arc is out of range")
    if n_paths and not (solution.path_od.min() >= 0 and solution.path_od.max() < n_ods):
        found.append("path_od is out of range")
    finite = {name: sizes[name][0] for name in ("path_flow", "unserved", "group_dual", "group_excess")}
    found += [f"{name} is not finite" for name, part in finite.items() if not np.isfinite(part).all()]
    if np.isnan(solution.od_dual).any():
        found.append("od_dual is NaN")
    return found


def _excess_of(problem: FlowProblem, solution: FlowSolution) -> FloatArray:
    if solution.group_excess is None:
        return np.zeros(problem.group_limit.size)
    return solution.group_excess


def _path_messages(problem: FlowProblem, solution: FlowSolution) -> list[str]:
    """Each path runs from its OD's origin to its destination over arcs that its commodity may use."""
    indptr, arcs, od = solution.path_indptr, solution.path_arc, solution.path_od
    empty = np.flatnonzero(np.diff(indptr) == 0)
    if empty.size:
        return [f"path {list_ids(empty.tolist())} has no arcs"]
    if not od.size:
        return []
    owner = np.repeat(np.arange(od.size), np.diff(indptr))
    torn = (owner[1:] == owner[:-1]) & (problem.head[arcs[:-1]] != problem.tail[arcs[1:]])
    start = problem.tail[arcs[indptr[:-1]]] != problem.od_origin[od]
    end = problem.head[arcs[indptr[1:] - 1]] != problem.od_destination[od]
    closed = ~np.isfinite(problem.commodity_cost[problem.od_commodity[od[owner]], arcs])
    found = {
        "is torn": np.unique(owner[1:][torn]),
        "does not start at its origin": np.flatnonzero(start),
        "does not end at its destination": np.flatnonzero(end),
        "uses an arc closed to its commodity": np.unique(owner[closed]),
    }
    return [f"path {list_ids(who.tolist())} {what}" for what, who in found.items() if who.size]


def _loads(problem: FlowProblem, solution: FlowSolution) -> FloatArray:
    """Load of each group, recomputed from paths."""
    n_commodities, n_arcs = problem.commodity_cost.shape
    length = np.diff(solution.path_indptr)
    commodity = np.repeat(problem.od_commodity[solution.path_od], length)
    flow = np.bincount(
        commodity * n_arcs + solution.path_arc,
        weights=np.repeat(solution.path_flow, length),
        minlength=n_commodities * n_arcs,
    )
    return np.asarray(group_matrix(problem) @ flow)


def _path_sums(problem: FlowProblem, solution: FlowSolution, cost: FloatArray) -> FloatArray:
    """Cost of each path under (n_commodities, n_arcs) costs."""
    owner = np.repeat(np.arange(solution.path_od.size), np.diff(solution.path_indptr))
    commodity = problem.od_commodity[solution.path_od[owner]]
    weights = cost[commodity, solution.path_arc]
    return np.bincount(owner, weights=weights, minlength=solution.path_od.size).astype(np.float64)


def _load_scale(problem: FlowProblem) -> FloatArray:
    """What a group's excess is relative to: its limit, or where that is 0 what one OD could load on it."""
    matrix = group_matrix(problem)
    most = np.zeros(problem.group_limit.size)
    if matrix.nnz:
        most = np.asarray(matrix.max(axis=1).todense()).ravel()
    single = most * (problem.od_amount.max() if problem.od_amount.size else 0.0)
    return np.where(problem.group_limit > 0.0, problem.group_limit, single)


def _primal(problem: FlowProblem, solution: FlowSolution, load: FloatArray) -> tuple[float, float]:
    """Relative violation of signs and limits, and of conservation."""
    n_ods = problem.od_amount.size
    carried = np.bincount(solution.path_od, weights=solution.path_flow, minlength=n_ods)
    scale = np.where(problem.od_amount > 0.0, problem.od_amount, 1.0)
    kept = _relative(np.abs(carried + solution.unserved - problem.od_amount), scale)
    excess, size = _excess_of(problem, solution), _load_scale(problem)
    beyond = np.where(np.isfinite(problem.group_limit), load - problem.group_limit - excess, 0.0)
    over = max(_relative(beyond, size), _relative(-excess, size))
    over = max(over, _relative(np.where(np.isfinite(excess_price(problem)), 0.0, excess), size))
    negative = max(
        _relative(-solution.path_flow, scale[solution.path_od]), _relative(-solution.unserved, scale)
    )
    if problem.unserved_price is None:
        negative = max(negative, _relative(solution.unserved, scale))
    return max(over, negative), kept


def certify(problem: FlowProblem, solution: FlowSolution, *, tolerance: float = 1e-9) -> Certificate:
    """Judge a solution: feasible, and as cheap as its own prices prove possible.

    A solution with status INFEASIBLE is judged by `certify_infeasible`.

    Parameters
    ----------
    problem : FlowProblem
        The problem.
    solution : FlowSolution
        Any solver's answer.
    tolerance : float
        Relative tolerance of every check.

    Returns
    -------
    Certificate

    Notes
    -----
    Exact up to float rounding. Time: one search and one pass over the arcs per origin and commodity.
    Lower bounds on arcs have no prices in a `FlowSolution`, so a problem that has them never passes.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.flowproblem import FlowProblem, FlowSolution
    >>> problem = FlowProblem(2, [0], [1], [[3.0]], None, [0], [1], [0], [5.0], None, [0], [], [], [], [])
    >>> none, zero = np.zeros(0), np.zeros(1)
    >>> answer = FlowSolution(np.array([0, 1]), np.array([0]), np.array([0]), np.array([5.0]), zero, none,
    ...     np.array([3.0]), 15.0, 15.0, Status.NOT_VERIFIED, None)
    >>> certify(problem, answer).passed
    True
    >>> certify(problem, answer._replace(objective=14.0)).messages
    ('objective is stated as 14.0 and computes to 15.0',)
    """
    if solution.status is Status.INFEASIBLE:
        return certify_infeasible(problem, solution.ray, tolerance=tolerance)
    problem = validate_problem(problem)
    found = _shape_messages(problem, solution) or _path_messages(problem, solution)
    if found:
        return _failed(found)
    load = _loads(problem, solution)
    primal, kept = _primal(problem, solution, load)
    path_cost = _path_sums(problem, solution, problem.commodity_cost)
    price = _unserved_price(problem)
    unserved = solution.unserved if problem.unserved_price is not None else np.zeros(price.size)
    objective = float(path_cost @ solution.path_flow) + _times(unserved, price)
    objective += _times(_excess_of(problem, solution), excess_price(problem))
    dual = np.minimum(np.maximum(solution.group_dual, 0.0), excess_price(problem))
    too_dear = _relative(solution.group_dual - dual, np.maximum(1.0, dual))
    cheapest = np.minimum(od_distance(problem, problem.commodity_cost + _priced(problem, dual)), price)
    rent = _times(dual, problem.group_limit)
    bound = _times(problem.od_amount, cheapest) - rent
    scale = max(1.0, abs(objective))
    slackness = _slackness(problem, solution, load, scale)
    with np.errstate(invalid="ignore"):
        gap = (objective - bound) / scale
        stated = _times(problem.od_amount, solution.od_dual) - rent
        too_high = _relative(solution.od_dual - cheapest, np.maximum(1.0, np.abs(cheapest)))
    smallest = float(solution.group_dual.min(initial=0.0))
    checks = {
        f"a flow or group load breaks its bound by {primal:.3g} of it": primal <= tolerance,
        f"flows and unserved miss an amount by {kept:.3g} of it": kept <= tolerance,
        f"group_dual is negative ({smallest:.3g})": smallest >= 0.0,
        f"group_dual exceeds the price of excess by {too_dear:.3g}": too_dear <= tolerance or smallest < 0.0,
        f"od_dual exceeds the cheapest path by {too_high:.3g}": too_high <= tolerance,
        f"complementary slackness is off by {slackness:.3g} of the objective": slackness <= tolerance,
        f"gap is {gap:.3g}": abs(gap) <= tolerance,
        f"the duals as stated give {stated}, not the bound {bound}": _close(stated, bound, scale, tolerance),
        f"objective is stated as {solution.objective} and computes to {objective}": _close(
            solution.objective, objective, scale, tolerance
        ),
        f"bound is stated as {solution.bound} and computes to {bound}": _close(
            solution.bound, bound, scale, tolerance
        ),
        "problem has lower bounds, which cannot be certified": problem.arc_lower is None
        or not problem.arc_lower.any(),
    }
    found = [message for message, good in checks.items() if not good]
    return Certificate(not found, gap, primal, kept, slackness, bound, objective, tuple(found))


def _close(stated: float, computed: float, scale: float, tolerance: float) -> bool:
    return bool(abs(stated - computed) <= tolerance * scale)


def _failed(messages: list[str]) -> Certificate:
    """Verdict on what cannot even be computed."""
    nan = float("nan")
    return Certificate(False, nan, nan, nan, nan, nan, nan, tuple(messages))


def _unserved_price(problem: FlowProblem) -> FloatArray:
    if problem.unserved_price is None:
        return np.full(problem.od_amount.size, np.inf)
    return problem.unserved_price


def _slackness(problem: FlowProblem, solution: FlowSolution, load: FloatArray, scale: float) -> float:
    """Largest of: price * room left in a group, flow * reduced cost, unserved * (price - dual)."""
    dual = solution.group_dual
    reduced = _path_sums(problem, solution, problem.commodity_cost + _priced(problem, np.maximum(dual, 0.0)))
    terms = [np.zeros(1), solution.path_flow * (reduced - solution.od_dual[solution.path_od])]
    priced = dual > 0.0
    room = problem.group_limit[priced] + _excess_of(problem, solution)[priced] - load[priced]
    terms.append(dual[priced] * room)
    excess = _excess_of(problem, solution)
    over = excess != 0.0
    terms.append(excess[over] * (excess_price(problem)[over] - dual[over]))
    left = solution.unserved != 0.0
    if problem.unserved_price is not None:
        terms.append(solution.unserved[left] * (problem.unserved_price[left] - solution.od_dual[left]))
    return float(np.max(np.abs(np.concatenate(terms)))) / scale


def certify_infeasible(
    problem: FlowProblem, ray: tuple[FloatArray, FloatArray] | None, *, tolerance: float = 1e-9
) -> Certificate:
    """Judge a proof that not everything can be carried.

    With the group weights as prices on arcs (and no other cost), each unit of OD k uses up at least its
    weight; if all ODs together need more than all limits are worth, no plan serves them.

    Parameters
    ----------
    problem : FlowProblem
        A problem in which everything must be served.
    ray : (group weights, od weights) or None
        The proof.
    tolerance : float
        By how much of the needed worth it must exceed the limits'.

    Returns
    -------
    Certificate
        ``bound`` is the proved shortage, in the units of the od weights; ``objective`` is ``inf``.

    Notes
    -----
    Farkas' lemma; an OD without any path is the special case of no groups.

    Examples
    --------
    >>> import numpy as np
    >>> problem = FlowProblem(2, [0], [1], [[3.0]], None, [0], [1], [0], [5.0], None,
    ...     [0, 1], [0], [0], [1.0], [4.0])
    >>> certify_infeasible(problem, (np.array([1.0]), np.array([1.0]))).bound
    1.0
    """
    problem = validate_problem(problem)
    if problem.unserved_price is not None:
        return _failed(["a problem with an unserved price is never infeasible"])
    if ray is None:
        return _failed(["there is no ray to prove infeasibility"])
    weight, worth = (np.asarray(part, dtype=np.float64) for part in ray)
    if weight.shape != problem.group_limit.shape or worth.shape != problem.od_amount.shape:
        return _failed(["the ray does not fit the problem"])
    if not (np.isfinite(weight).all() and np.isfinite(worth).all() and (weight >= 0.0).all()):
        return _failed(["a weight of the ray is not finite or negative"])
    if (weight[np.isfinite(excess_price(problem))] > 0.0).any():
        return _failed(["the ray rests on a limit that gives way at a price"])
    zero = np.where(np.isfinite(problem.commodity_cost), 0.0, np.inf)
    cheapest = od_distance(problem, zero + _priced(problem, weight))
    too_high = _relative(worth - cheapest, np.maximum(1.0, np.abs(worth)))
    proved = np.minimum(worth, cheapest)
    needed, rent = _times(problem.od_amount, proved), _times(weight, problem.group_limit)
    shortage = needed - rent
    found = []
    if too_high > tolerance:
        found.append(f"an od weight exceeds its cheapest path by {too_high:.3g}")
    if not shortage > tolerance * max(abs(needed), abs(rent)):
        found.append(f"the limits are worth {rent}, the amounts only {needed}: nothing is proved")
    nan = float("nan")
    return Certificate(not found, nan, nan, nan, nan, shortage, float("inf"), tuple(found))
