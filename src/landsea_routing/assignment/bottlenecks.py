"""What binds in a plan, what more or less of it is worth, and how far that holds."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from landsea_routing._status import Status
from landsea_routing.errors import LandseaError, UnknownNameError, did_you_mean, list_ids
from landsea_routing.kernels.ranging import value_ranges
from landsea_routing.results.assignment import Assignment
from landsea_routing.results.bottlenecks import Bottlenecks


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
    The cost of a plan is convex and piecewise linear in each limit; see
    `landsea_routing.kernels.ranging.value_ranges` for how the ends of a piece are found.

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
    ends = value_ranges(plan.problem, plan.solution, at, right, left)
    own = plan.groups
    return Bottlenecks(
        own.ids[at], own.kinds[at], own.units[at], own.limit[at], right, left, ends.until, ends.down_to
    )
