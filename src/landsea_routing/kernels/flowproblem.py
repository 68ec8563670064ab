"""The multicommodity min-cost flow problem and its solution: what any flow solver takes and gives.

Minimise the cost of carrying each OD's amount from its origin to its destination over arcs that its
commodity may use, where *groups* limit weighted sums of flows::

    sum over a group's entries (arc, commodity, coefficient) of coefficient * flow(commodity, arc) <= limit

and what is not carried costs the OD's unserved price. A group may have a price at which its limit gives way;
several such groups over the same entries make a convex, piecewise linear cost.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from landsea_routing._status import Status
from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError, LandseaError, list_ids
from landsea_routing.kernels.csr import as_index, pair_index


class FlowProblem(NamedTuple):
    """A multicommodity min-cost flow problem, in arrays.

    Attributes
    ----------
    n_vertices : int
        Number of vertices.
    tail, head : (n_arcs,) int
        Ends of each arc, sorted by (tail, head); parallel arcs are legal.
    commodity_cost : (n_commodities, n_arcs) float
        Cost per unit of flow, >= 0; ``inf`` = this commodity may not use the arc.
    arc_lower : (n_arcs,) float or None
        Least total flow per arc. Few solvers take it; `refuse_lower` is for those that do not.
    od_origin, od_destination, od_commodity : (n_ods,) int
        What goes where; origin and destination differ.
    od_amount : (n_ods,) float
        How much, >= 0.
    unserved_price : (n_ods,) float or None
        Cost per unit that is not carried; None = everything must be.
    group_indptr : (n_groups + 1,) int
        Entries of group g are ``group_indptr[g]`` up to ``group_indptr[g + 1]``.
    group_arc, group_commodity : (n_entries,) int
        The arc and the commodity of each entry.
    group_coefficient : (n_entries,) float
        Units of the group's limit that one unit of flow takes, >= 0; repeated entries add up.
    group_limit : (n_groups,) float
        Limit of each group, >= 0; ``inf`` never binds.
    group_excess_price : (n_groups,) float or None
        Cost per unit above the limit, > 0; ``inf`` = not one unit. None = all limits are hard.
    """

    n_vertices: int
    tail: IntArray
    head: IntArray
    commodity_cost: FloatArray
    arc_lower: FloatArray | None
    od_origin: IntArray
    od_destination: IntArray
    od_commodity: IntArray
    od_amount: FloatArray
    unserved_price: FloatArray | None
    group_indptr: IntArray
    group_arc: IntArray
    group_commodity: IntArray
    group_coefficient: FloatArray
    group_limit: FloatArray
    group_excess_price: FloatArray | None = None


class Known(NamedTuple):
    """Paths that a solver came across, among them each OD's cheapest if it is worth the unserved price.

    Attributes
    ----------
    od : (n_paths,) int
        OD of each path.
    indptr, arcs : (n_paths + 1,) int, (n,) int
        Path p is ``arcs[indptr[p]:indptr[p + 1]]``, origin to destination.
    problem : FlowProblem or None
        What it solved; None where the cheapest need not be among them.
    """

    od: IntArray
    indptr: IntArray
    arcs: IntArray
    problem: FlowProblem | None


class FlowSolution(NamedTuple):
    """Flows by path, and the prices that prove them cheapest.

    Attributes
    ----------
    path_indptr : (n_paths + 1,) int
        Path p is ``path_arc[path_indptr[p]:path_indptr[p + 1]]``, origin to destination.
    path_arc : (n,) int
        Arc ids.
    path_od : (n_paths,) int
        OD of each path.
    path_flow : (n_paths,) float
        Flow on each path, > 0.
    unserved : (n_ods,) float
        What is not carried.
    group_dual : (n_groups,) float
        Cost saved per unit of extra limit, >= 0.
    od_dual : (n_ods,) float
        Cost of one more unit of the OD.
    objective : float
        Cost of the flows and of what is unserved; ``inf`` if infeasible.
    bound : float
        No solution costs less.
    status : Status
        A solver says NOT_VERIFIED, INFEASIBLE or LIMIT; OPTIMAL is for who has certified it.
    ray : (group weights, od weights) or None
        If infeasible, the proof: under the group weights as arc prices every path of OD k costs at least
        the OD's weight, and the amounts at these weights exceed the limits at theirs.
    group_excess : (n_groups,) float or None
        By how much each group is used above its limit; None = not at all.
    known : Known or None
        Where the search for a solution of a similar problem may begin.
    """

    path_indptr: IntArray
    path_arc: IntArray
    path_od: IntArray
    path_flow: FloatArray
    unserved: FloatArray
    group_dual: FloatArray
    od_dual: FloatArray
    objective: float
    bound: float
    status: Status
    ray: tuple[FloatArray, FloatArray] | None
    group_excess: FloatArray | None = None
    known: Known | None = None


def _numbers(values: ArrayLike, shape: tuple[int, ...], what: str, *, allow_inf: bool = False) -> FloatArray:
    """Read numbers >= 0 of a given shape."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape != shape:
        raise InvalidValueError(f"{what} has shape {array.shape}", expected=f"{shape}")
    good = array >= 0.0 if allow_inf else (array >= 0.0) & np.isfinite(array)
    if not good.all():
        bad = [tuple(at) if len(at) > 1 else at[0] for at in np.argwhere(~good).tolist()]
        first = array[~good].ravel()[0]
        raise InvalidValueError(
            f"{what} is {first} at {list_ids(bad)} ({len(bad)} of {array.size})",
            ids=bad,
            expected="a number >= 0" + (" or inf" if allow_inf else ""),
        )
    return array


def _same_length(parts: dict[str, IntArray]) -> None:
    sizes = {name: part.size for name, part in parts.items()}
    if len(set(sizes.values())) > 1:
        raise InvalidValueError(f"lengths differ: {sizes}", expected="equal lengths")


def _check_ods(problem: FlowProblem, n_commodities: int) -> FlowProblem:
    origin = as_index(problem.od_origin, problem.n_vertices, "od_origin")
    destination = as_index(problem.od_destination, problem.n_vertices, "od_destination")
    commodity = as_index(problem.od_commodity, n_commodities, "od_commodity")
    _same_length({"od_origin": origin, "od_destination": destination, "od_commodity": commodity})
    same = np.flatnonzero(origin == destination)
    if same.size:
        raise InvalidValueError(
            f"od_origin equals od_destination in OD {list_ids(same.tolist())}",
            ids=same.tolist(),
            cure="leave out what does not move",
        )
    price = problem.unserved_price
    if price is not None:
        price = _numbers(price, origin.shape, "unserved_price")
    return problem._replace(
        od_origin=origin,
        od_destination=destination,
        od_commodity=commodity,
        od_amount=_numbers(problem.od_amount, origin.shape, "od_amount"),
        unserved_price=price,
    )


def _check_groups(problem: FlowProblem, n_commodities: int, n_arcs: int) -> FlowProblem:
    arc = as_index(problem.group_arc, n_arcs, "group_arc")
    commodity = as_index(problem.group_commodity, n_commodities, "group_commodity")
    _same_length({"group_arc": arc, "group_commodity": commodity})
    n_entries = arc.size
    indptr = as_index(problem.group_indptr, n_entries + 1, "group_indptr")
    if not indptr.size or indptr[0] != 0 or indptr[-1] != n_entries or (np.diff(indptr) < 0).any():
        raise InvalidValueError(
            "group_indptr does not partition the entries", expected=f"ascending from 0 to {n_entries}"
        )
    coefficient = _numbers(problem.group_coefficient, (n_entries,), "group_coefficient")
    limit = _numbers(problem.group_limit, (indptr.size - 1,), "group_limit", allow_inf=True)
    excess_price = problem.group_excess_price
    if excess_price is not None:
        excess_price = _numbers(excess_price, limit.shape, "group_excess_price", allow_inf=True)
        free = np.flatnonzero(excess_price == 0.0)
        if free.size:
            raise InvalidValueError(
                f"group_excess_price is 0 at {list_ids(free.tolist())}",
                ids=free.tolist(),
                expected="a price > 0",
                cure="a limit that costs nothing to pass is no limit: make it inf",
            )
    return problem._replace(
        group_excess_price=excess_price,
        group_indptr=indptr,
        group_arc=arc,
        group_commodity=commodity,
        group_coefficient=coefficient,
        group_limit=limit,
    )


def validate_problem(problem: FlowProblem) -> FlowProblem:
    """Check a problem and give it back with int64 and float64 arrays.

    Parameters
    ----------
    problem : FlowProblem
        Arrays or anything numpy reads as such.

    Returns
    -------
    FlowProblem

    Raises
    ------
    InvalidValueError
        If lengths differ, an index is out of range, a number is NaN or negative, arcs are not sorted or an
        OD ends where it starts.

    Notes
    -----
    O(size of the problem).

    Examples
    --------
    >>> problem = FlowProblem(2, [0], [1], [[3.0]], None, [0], [1], [0], [5.0], None, [0], [], [], [], [])
    >>> validate_problem(problem).od_amount.tolist()
    [5.0]
    """
    pair_index(problem.n_vertices, problem.tail, problem.head)
    tail = np.asarray(problem.tail, dtype=np.int64)
    head = np.asarray(problem.head, dtype=np.int64)
    cost = np.asarray(problem.commodity_cost, dtype=np.float64)
    if cost.ndim != 2:
        raise InvalidValueError(f"commodity_cost has shape {cost.shape}", expected="(n_commodities, n_arcs)")
    cost = _numbers(cost, (cost.shape[0], tail.size), "commodity_cost", allow_inf=True)
    lower = problem.arc_lower
    if lower is not None:
        lower = _numbers(lower, (tail.size,), "arc_lower")
    checked = problem._replace(
        n_vertices=int(problem.n_vertices), tail=tail, head=head, commodity_cost=cost, arc_lower=lower
    )
    return _check_groups(_check_ods(checked, cost.shape[0]), cost.shape[0], tail.size)


def refuse_lower(problem: FlowProblem, solver: str) -> None:
    """Raise if a problem has lower bounds, for a solver that takes none.

    Examples
    --------
    >>> problem = FlowProblem(2, [0], [1], [[3.0]], None, [0], [1], [0], [5.0], None, [0], [], [], [], [])
    >>> refuse_lower(problem, "the solver")
    """
    lower = problem.arc_lower
    if lower is None or not (np.asarray(lower) > 0.0).any():
        return
    at = np.flatnonzero(np.asarray(lower) > 0.0)
    raise LandseaError(
        f"arc_lower is above 0 on arc {list_ids(at.tolist())}, and {solver} takes no lower bounds",
        code="lower-bounds",
        ids=at.tolist(),
        cure="pay for a least use whether it is taken or not (kernels.terms.take_or_pay), "
        "pass solver= a flow solver that takes lower bounds, or set arc_lower to None",
    )


def excess_price(problem: FlowProblem) -> FloatArray:
    """Price of each group's excess, ``inf`` where its limit is hard.

    Examples
    --------
    >>> problem = FlowProblem(2, [0], [1], [[3.0]], None, [0], [1], [0], [5.0], None,
    ...     [0, 1], [0], [0], [1.0], [4.0])
    >>> excess_price(problem).tolist()
    [inf]
    """
    if problem.group_excess_price is None:
        return np.full(np.shape(problem.group_limit), np.inf)
    return problem.group_excess_price


def known_paths(solution: FlowSolution) -> Known:
    """Return the paths that a solution knows; at least those that it uses.

    Examples
    --------
    >>> none, zero = np.zeros(0), np.zeros(1, np.int64)
    >>> answer = FlowSolution(np.array([0, 1]), zero, zero, np.array([5.0]), none, none, none, 15.0, 15.0,
    ...     Status.NOT_VERIFIED, None)
    >>> known_paths(answer).arcs.tolist()
    [0]
    """
    if solution.known is not None:
        return solution.known
    return Known(solution.path_od, solution.path_indptr, solution.path_arc, None)


def group_matrix(problem: FlowProblem) -> csr_array:
    """Coefficients of the groups on (commodity, arc) flows.

    Parameters
    ----------
    problem : FlowProblem
        A problem that passed `validate_problem`.

    Returns
    -------
    csr_array
        ``n_groups x (n_commodities * n_arcs)``; column ``commodity * n_arcs + arc``. Repeated entries are
        added up.

    Examples
    --------
    >>> problem = validate_problem(FlowProblem(2, [0, 0], [1, 1], [[3.0, 4.0]], None, [0], [1], [0], [5.0],
    ...     None, [0, 2], [0, 1], [0, 0], [1.0, 2.0], [9.0]))
    >>> group_matrix(problem).toarray().tolist()
    [[1.0, 2.0]]
    """
    n_commodities, n_arcs = problem.commodity_cost.shape
    column = problem.group_commodity * np.int64(n_arcs) + problem.group_arc
    shape = (problem.group_limit.size, n_commodities * n_arcs)
    # Adding up duplicates works in place; without the copy it would rewrite the problem itself.
    matrix = csr_array((problem.group_coefficient, column, problem.group_indptr), shape=shape, copy=True)
    matrix.sum_duplicates()
    return matrix
