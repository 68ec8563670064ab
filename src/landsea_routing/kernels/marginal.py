"""What one limit alone is worth: where prices are not unique, their whole range.

The least cost is a convex, piecewise linear function of the limits. Where a limit sits on a kink, its price
is any number between what one more unit of it saves (to the right) and what one unit less of it costs (to
the left). Both ends are the least and the largest price of the group among all optimal prices.

Prices are optimal exactly if they meet complementary slackness with one optimal plan: groups with room left
cost nothing, the paths in use cost their OD's price, an OD that leaves some unserved is priced at that, and
no path is cheaper than its OD's price. The OD prices follow from the paths in use, so the linear programs
here have one variable per full group only: by how much its price may differ from the one given. Of the paths
not in use only those enter that a search under the prices found turns up.

Sources: Akgül (1984), Journal of the Operational Research Society 35, 425-431; Jansen, de Jong, Roos and
Terlaky (1997), European Journal of Operational Research 101, 15-28.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._status import Status
from landsea_routing._typing import FloatArray
from landsea_routing.errors import LandseaError
from landsea_routing.kernels.csr import as_index
from landsea_routing.kernels.face import Face, Known, Terms, make_face, price_program, too_cheap
from landsea_routing.kernels.flowproblem import FlowProblem, FlowSolution, refuse_lower, validate_problem

SAME = 1e-9
"""Prices that differ by less than this share of the typical cost of a path are equal."""
PASSES = 1000
"""Linear programs for one value at most; the most seen is 11."""


class MarginalValues(NamedTuple):
    """What more and what less of each limit is worth.

    Attributes
    ----------
    right : (n_groups,) float
        Cost saved per unit by a little more of this limit alone.
    left : (n_groups,) float
        Cost per unit of a little less of this limit alone; ``inf`` if there is no less, or no plan with less.
    """

    right: FloatArray
    left: FloatArray


def marginal_values(
    problem: FlowProblem, solution: FlowSolution, groups: ArrayLike | None = None
) -> MarginalValues:
    """Value of one more and of one less unit of each limit alone, exactly.

    Parameters
    ----------
    problem : FlowProblem
        What was solved.
    solution : FlowSolution
        An optimal plan with optimal prices, from any solver.
    groups : (k,) int, optional
        Groups to look at (default: all); the others come out as NaN.

    Returns
    -------
    MarginalValues
        ``right <= solution.group_dual <= left``, and equal where the price is unique.

    Raises
    ------
    LandseaError
        If the solution is not optimal, arcs have lower bounds, or a linear program breaks down.
    InvalidValueError
        If the problem is malformed or a group is out of range.

    Notes
    -----
    Of groups with room left both values are 0, and a limit of 0 cannot get less. Otherwise one linear
    program per value over the paths known so far. The paths left out can only narrow the range: where the
    program cannot move the price, or not beyond prices already proved optimal, the value is final. Else all
    ODs look for paths that are too cheap under the prices found, until there are none. Deterministic.

    Examples
    --------
    Five units; the cheap arc takes two and has two gates in a row. Widening one gate saves nothing while the
    other stays, narrowing it costs the detour:

    >>> from landsea_routing.kernels.multiflow import multicommodity_flow
    >>> problem = FlowProblem(2, [0, 0], [1, 1], [[1.0, 4.0]], None, [0], [1], [0], [5.0], [10.0],
    ...     [0, 1, 2], [0, 0], [0, 0], [1.0, 1.0], [2.0, 2.0])
    >>> values = marginal_values(problem, multicommodity_flow(problem))
    >>> values.right.tolist(), values.left.tolist()
    ([0.0, 0.0], [3.0, 3.0])
    """
    checked = validate_problem(problem)
    refuse_lower(checked, "marginal_values")
    if solution.status not in (Status.OPTIMAL, Status.NOT_VERIFIED):
        raise LandseaError(
            f"the solution is {solution.status}, and only an optimal one has marginal values",
            code="not-optimal",
            cure="solve the problem to optimality first",
        )
    n_groups = checked.group_limit.size
    asked = np.ones(n_groups, dtype=bool)
    if groups is not None:
        asked[:] = False
        asked[as_index(groups, n_groups, "groups")] = True
    right, left = (np.where(asked, 0.0, np.nan) for _ in range(2))
    left[asked & (checked.group_limit == 0.0)] = np.inf
    face, known = make_face(checked, solution)
    for at, group in enumerate(face.groups):
        if not asked[group]:
            continue
        if face.given.dual[group] > 0.0:
            right[group] = _end(face, known, at, -1.0)
        if checked.group_limit[group] > 0.0:
            bounded = checked.unserved_price is not None or not _has_ray(face, known, at)
            left[group] = _end(face, known, at, 1.0) if bounded else np.inf
    return MarginalValues(right, left)


def _end(face: Face, known: Known, at: int, sign: float) -> float:
    """Largest (sign 1) or least (sign -1) optimal price of a group."""
    group = face.groups[at]
    proved = known.high if sign > 0.0 else known.low
    same = SAME * face.unit[at]
    for _ in range(PASSES):
        change = _farthest(face, known, at, sign)
        if sign * (change[at] - proved[at]) <= same:
            break
        if not too_cheap(face, known, face.given, change):
            known.low = np.minimum(known.low, change)
            known.high = np.maximum(known.high, change)
            proved = known.high if sign > 0.0 else known.low
            break
    else:
        raise LandseaError(f"the value of group {group} was not found in {PASSES} passes", code="marginal")
    if abs(proved[at]) <= same:
        return float(face.given.dual[group])
    value = float(face.given.dual[group] + proved[at])
    return value if value > same else 0.0


def _has_ray(face: Face, known: Known, at: int) -> bool:
    """Whether the price of a group can rise for ever: less of its limit is infeasible."""
    reachable = np.where(np.isfinite(face.given.cost), 0.0, np.inf)
    nothing = np.zeros(face.given.floor.size)
    free = Terms(reachable, np.zeros(face.given.dual.size), nothing, nothing)
    for _ in range(PASSES):
        ray = _ray(face, known, at)
        if ray is None:
            return False
        if not too_cheap(face, known, free, ray):
            return True
    raise LandseaError(
        f"whether group {face.groups[at]} can have less was not found in {PASSES} passes", code="marginal"
    )


def _farthest(face: Face, known: Known, at: int, sign: float) -> FloatArray:
    """Change of prices that moves one of them farthest, as far as is known."""
    aim = np.zeros(face.groups.size)
    aim[at] = -sign
    known.program.set_cost(aim)
    answer = known.program.solve(primal=True)
    if answer is None:
        raise LandseaError(f"the program for the value of group {face.groups[at]} failed", code="marginal")
    return answer.x * face.unit


def _ray(face: Face, known: Known, at: int) -> FloatArray | None:
    """Direction in which one price can rise for ever, as far as is known; None if there is none."""
    if np.isfinite(face.ceiling[at]):
        return None
    least = np.zeros(face.groups.size)
    most = np.where(np.isfinite(face.ceiling), 0.0, np.inf)
    least[at] = most[at] = 1.0
    program = price_program(face.equal, np.ones(least.size), least, most)
    program.add_rows(known.rows, np.full(known.room.size, -np.inf), np.zeros(known.room.size))
    answer = program.solve()
    return None if answer is None else answer.x * face.unit
