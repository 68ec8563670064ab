"""What binds in a plan, what more or less of it is worth, and how far that holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from landsea_routing._status import Status
from landsea_routing.errors import LandseaError, UnknownNameError, list_ids
from landsea_routing.kernels.multiflow import multicommodity_flow
from landsea_routing.model.table import did_you_mean
from landsea_routing.results.assignment import Assignment
from landsea_routing.results.bottlenecks import Bottlenecks

SAME = 1e-9
"""Costs that differ by less than this share are one."""
STEPS = 100
"""Problems solved for one end at most; the most seen is 8."""

Tangent = Callable[[float], tuple[float, float]]


def bottlenecks(plan: Assignment, *, groups: Iterable[str] | None = None) -> Bottlenecks:
    """Find what binding capacities are worth, each changed alone, and how far each value holds.

    Parameters
    ----------
    plan : Assignment
        An optimal plan.
    groups : iterable of str, optional
        Ids of the capacities to look at (default: all that bind).

    Returns
    -------
    Bottlenecks
        In USD per unit of each limit (t, TEU, train a day ... as a full-year rate).

    Raises
    ------
    LandseaError
        The plan is not optimal.
    UnknownNameError
        A group has no limit, or is none.

    Notes
    -----
    The cost of a plan is convex and piecewise linear in each limit. The end of a piece is found by solving
    again where the piece's line meets the tangent of a farther limit, until it lies on the line itself: two
    to five solutions per end, warm from the plan.

    Examples
    --------
    On the toy network a tonne more to transload saves 3.30 USD, until none needs new bogies:

    >>> import landsea_routing as lsr
    >>> plan = lsr.assign(lsr.load_network("toy_three_ports"))
    >>> found = lsr.bottlenecks(plan, groups=["yard_bek_transload"])
    >>> round(float(found.right_usd_per_unit[0]), 2), round(float(found.right_until[0]))
    (3.3, 1600000)
    """
    if plan.status is not Status.OPTIMAL:
        raise LandseaError(
            f"the plan is {plan.status}, and only an optimal one has prices that prove something",
            code="not-optimal",
            cure="assign again without a limit of rounds or time",
        )
    ids = plan.groups.ids.tolist()
    frame = plan.dual_prices()
    wanted = frame["group"].tolist() if groups is None else list(groups)
    unknown = [name for name in wanted if name not in ids]
    if unknown:
        raise UnknownNameError(
            f"groups names {list_ids(unknown)}, not among the capacities with a limit",
            table="capacity_groups",
            column="id",
            ids=unknown,
            cure=did_you_mean(unknown[0], ids),
        )
    at = np.array([ids.index(name) for name in wanted], dtype=np.int64)
    right, left = plan.marginal.right[at], plan.marginal.left[at]
    ends = [
        (_until(plan, int(g), float(r)), _down_to(plan, int(g), float(v)))
        for g, r, v in zip(at, right, left, strict=True)
    ]
    until = np.array(ends).reshape(-1, 2)
    own = plan.groups
    return Bottlenecks(
        own.ids[at], own.kinds[at], own.units[at], own.limit[at], right, left, until[:, 0], until[:, 1]
    )


def _tangent(plan: Assignment, group: int) -> Tangent:
    """Cost at a limit of one group, and the slope of a line that is nowhere above the cost."""

    def at(value: float) -> tuple[float, float]:
        limit = plan.problem.group_limit.copy()
        limit[group] = value
        answer = multicommodity_flow(plan.problem._replace(group_limit=limit), start=plan.solution)
        return float(answer.objective), -float(answer.group_dual[group])

    return at


def _until(plan: Assignment, group: int, value: float) -> float:
    """Limit up to which each unit more saves the value."""
    if value <= 0.0:
        return float("inf")
    limit, cost = float(plan.problem.group_limit[group]), plan.objective_usd
    at = _tangent(plan, group)
    least, _ = at(float("inf"))
    return _walk(at, limit, cost, -value, limit + max(cost - least, 0.0) / value)


def _down_to(plan: Assignment, group: int, value: float) -> float:
    """Limit down to which each unit less costs the value."""
    limit, cost = float(plan.problem.group_limit[group]), plan.objective_usd
    if not np.isfinite(value):
        return limit if limit == 0.0 else float("nan")
    at = _tangent(plan, group)
    return _walk(at, limit, cost, -value, 0.0)


def _walk(at: Tangent, limit: float, cost: float, slope: float, trial: float) -> float:
    """Move the trial limit towards the plan's until the cost there lies on the plan's line."""
    for _ in range(STEPS):
        there, tangent = at(trial)
        if not np.isfinite(there):
            return float("nan")
        line = cost + slope * (trial - limit)
        if there <= line + SAME * max(1.0, abs(there)) or tangent == slope:
            return trial
        nearer = (there - tangent * trial - cost + slope * limit) / (slope - tangent)
        if abs(nearer - limit) >= abs(trial - limit):
            return trial
        trial = nearer
    raise LandseaError("the end of a value was not found", code="bottlenecks")
