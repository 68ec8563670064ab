"""The single-commodity min-cost flow problem and its solution: what any such solver takes and gives.

Minimise ``sum(cost * flow)`` such that ``lower <= flow <= capacity`` on every arc and each vertex sends out
its supply more than it takes in. A positive supply is offered, a negative one wanted.

Sources: Ahuja, Magnanti and Orlin, *Network Flows* (1993), chapter 9.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._status import Status
from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.errors import InvalidValueError, list_ids
from landsea_routing.kernels.csr import as_index

BALANCE = 1e-9
"""Supplies may miss a sum of zero by this share of what is offered."""
EXACT_BELOW = 2.0**53
"""Whole numbers from here on are not all floats."""


class MinCostProblem(NamedTuple):
    """A single-commodity min-cost flow problem, in checked arrays.

    Attributes
    ----------
    tail, head : (n_arcs,) int
        Ends of each arc, in any order; parallel arcs and loops are legal.
    capacity : (n_arcs,) float
        Most that each arc takes, ``>= lower``; ``inf`` = no limit.
    cost : (n_arcs,) float
        Cost per unit of flow; any finite number.
    supply : (n_vertices,) float
        What each vertex offers (> 0) or wants (< 0); the sum is zero.
    lower : (n_arcs,) float
        Least flow of each arc, finite.
    """

    tail: IntArray
    head: IntArray
    capacity: FloatArray
    cost: FloatArray
    supply: FloatArray
    lower: FloatArray


class Cut(NamedTuple):
    """A set of vertices that has more to send out than may leave it.

    Attributes
    ----------
    inside : (n_vertices,) bool
        The set.
    arcs : (n,) int
        Arcs that leave it: together too narrow.
    short : float
        What cannot leave: supply inside + least flow of arcs that enter - capacity of arcs that leave.
    """

    inside: BoolArray
    arcs: IntArray
    short: float


class MinCostFlow(NamedTuple):
    """A flow, and what proves it cheapest, or that there is none.

    Attributes
    ----------
    flow : (n_arcs,) float
        Flow of each arc.
    potential : (n_vertices,) float
        Price of one unit at each vertex, up to a constant.
    reduced_cost : (n_arcs,) float
        ``cost + potential[tail] - potential[head]``: what an arc loses per unit. It is >= 0 where more could
        flow, <= 0 where less could; < 0 at a full arc is what one more unit of capacity would save.
    objective : float
        Cost of the flow; ``inf`` if there is none, ``-inf`` if there is always a cheaper one.
    status : Status
        OPTIMAL (proved by `landsea_routing.kernels.certificate_mincost`), INFEASIBLE, UNBOUNDED, LIMIT, or
        NOT_VERIFIED where the proof misses its tolerance.
    gap : float
        (objective - bound), relative to the sum of ``abs(cost * flow)``.
    iterations : int
        Pivots or phases.
    bound : float
        No flow costs less; proved by the potentials.
    quantum : float
        Flows are whole multiples of this.
    cut : Cut or None
        Why there is no flow, if INFEASIBLE.
    cycle : (n,) int or None
        Arcs of a cycle without limit that costs less than nothing, in order, if UNBOUNDED.
    prepared : object
        What `start=` reuses, some 50 bytes an arc beyond what answers on the same arcs share; no part of the
        answer, and ``answer._replace(prepared=None)`` is rid of it.
    """

    flow: FloatArray
    potential: FloatArray
    reduced_cost: FloatArray
    objective: float
    status: Status
    gap: float
    iterations: int
    bound: float = -math.inf
    quantum: float = 1.0
    cut: Cut | None = None
    cycle: IntArray | None = None
    prepared: Any = None


class MaxFlow(NamedTuple):
    """A largest flow between two vertices, and the cut that proves it.

    Attributes
    ----------
    value : float
        What flows; ``inf`` if a way without limit joins the two.
    flow : (n_arcs,) float
        Flow of each arc; zeros where there is no limit.
    cut : Cut
        Vertices on the source's side, and the arcs that leave them: all full, and together as wide as the
        flow. Its `short` is 0.
    status : Status
        OPTIMAL, UNBOUNDED, or NOT_VERIFIED where the cut misses the flow by more than rounding.
    """

    value: float
    flow: FloatArray
    cut: Cut
    status: Status


def make_problem(
    tail: ArrayLike,
    head: ArrayLike,
    capacity: ArrayLike,
    cost: ArrayLike,
    supply: ArrayLike,
    lower: ArrayLike | None = None,
) -> MinCostProblem:
    """Check the arrays of a min-cost flow problem and bring them into one form.

    Parameters
    ----------
    tail, head, capacity, cost, supply, lower
        As in `MinCostProblem`; ``lower`` None = 0.

    Returns
    -------
    MinCostProblem

    Raises
    ------
    InvalidValueError
        If lengths differ, an end is out of range, a number is NaN or where it may not be infinite, a
        capacity is below the lower bound, a whole number is not exact as a float, or supplies do not
        balance.

    Notes
    -----
    O(n + m). An imbalance below 1e-9 of what is offered, as 0.1 + 0.2 against 0.3, passes: solvers let the
    largest supply take it up.

    Examples
    --------
    >>> problem = make_problem([0], [1], [float("inf")], [2], [3, -3])
    >>> problem.supply.tolist(), problem.lower.tolist()
    ([3.0, -3.0], [0.0])
    >>> make_problem([0], [1], [5], [2], [3, -2])
    Traceback (most recent call last):
        ...
    landsea_routing.errors.InvalidValueError: supplies add up to 1.0, not to zero. Expected as much wanted \
(supply < 0) as offered (supply > 0). Cure: add a vertex that takes or gives the difference at a price.
    """
    offered = _numbers(supply, "supply", None)
    tails, heads = as_index(tail, offered.size, "tail"), as_index(head, offered.size, "head")
    if tails.size != heads.size:
        raise InvalidValueError(f"tail has {tails.size} arcs and head {heads.size}", expected="equal lengths")
    least = np.zeros(tails.size) if lower is None else _numbers(lower, "lower", tails.size)
    most = _numbers(capacity, "capacity", tails.size, infinite=True)
    narrow = np.flatnonzero(most < least)
    if narrow.size:
        raise InvalidValueError(
            f"capacity is below the lower bound in {narrow.size} of {tails.size} arcs "
            f"(arc {list_ids(narrow.tolist())}: {list_ids(most[narrow].tolist())})",
            ids=narrow.tolist(),
            expected="capacity >= lower (0 where none is given)",
        )
    price = _numbers(cost, "cost", tails.size)
    _check_balance(offered)
    return MinCostProblem(tails, heads, most, price, offered, least)


def _numbers(values: ArrayLike, what: str, size: int | None, *, infinite: bool = False) -> FloatArray:
    """Read a float array; refuse NaN, shapes that do not fit, and whole numbers that floats would round."""
    raw = np.asarray(values)
    if raw.dtype.kind not in "iufb" and raw.size:
        raise InvalidValueError(f"{what} has type {raw.dtype}", expected="numbers")
    if raw.ndim != 1 or (size is not None and raw.size != size):
        raise InvalidValueError(
            f"{what} has shape {raw.shape}", expected=f"({'n_vertices' if size is None else size},)"
        )
    number = raw.astype(np.float64)
    bad = ~np.isfinite(number)
    if infinite:
        bad &= ~(number == np.inf)
    elif raw.dtype.kind in "iu":
        bad |= np.abs(number) >= EXACT_BELOW
    at = np.flatnonzero(bad)
    if at.size:
        raise InvalidValueError(
            f"{what} is unfit in {at.size} of {number.size} entries "
            f"(at {list_ids(at.tolist())}: {list_ids(raw[at].tolist())})",
            ids=at.tolist(),
            expected="a number or inf" if infinite else "a finite number; a whole number below 2**53",
            cure="capacity 0 closes an arc" if what == "cost" else "",
        )
    return number


def _check_balance(supply: FloatArray) -> None:
    total = math.fsum(supply.tolist())
    if abs(total) > BALANCE * float(np.abs(supply).sum()) / 2.0:
        raise InvalidValueError(
            f"supplies add up to {total}, not to zero",
            expected="as much wanted (supply < 0) as offered (supply > 0)",
            cure="add a vertex that takes or gives the difference at a price",
        )


def enough(problem: MinCostProblem) -> float:
    """Return what no arc of some cheapest flow exceeds, above its lower bound.

    A flow splits into ways from supplies to demands and cycles. Cycles that pay contain an arc of negative
    cost and an arc with a limit; if arcs of negative cost have none, any other arc's limit may be the one.

    Examples
    --------
    >>> enough(make_problem([0, 0], [1, 1], [float("inf"), 5], [2, -1], [3, -3]))
    8.0
    """
    room = problem.capacity - problem.lower
    limited = np.isfinite(room)
    gains = problem.cost < 0.0
    cycles = limited if (gains & ~limited).any() else gains & limited
    offered = shifted_supply(problem)
    return float(offered[offered > 0.0].sum() + room[cycles].sum())


def shifted_supply(problem: MinCostProblem) -> FloatArray:
    """Return what is left to send once every arc carries its lower bound.

    Examples
    --------
    >>> shifted_supply(make_problem([0], [1], [9], [1], [3, -3], [2])).tolist()
    [1.0, -1.0]
    """
    if not problem.lower.any():
        return problem.supply
    n = problem.supply.size
    leaves = np.bincount(problem.tail, weights=problem.lower, minlength=n)
    enters = np.bincount(problem.head, weights=problem.lower, minlength=n)
    return np.asarray(problem.supply - leaves + enters)


def reduced_costs(problem: MinCostProblem, potential: FloatArray) -> FloatArray:
    """``cost + potential[tail] - potential[head]``; on a loop the cost itself, to the last bit.

    Examples
    --------
    >>> reduced_costs(make_problem([0], [1], [9], [1], [3, -3]), np.array([0.0, 1.0])).tolist()
    [0.0]
    """
    reduced = (problem.cost + potential[problem.tail]) - potential[problem.head]
    return np.asarray(np.where(problem.tail == problem.head, problem.cost, reduced))
