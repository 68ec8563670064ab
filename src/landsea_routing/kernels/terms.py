"""Terms of use as limits that give way at a price: steps of cost, what is used already, take or pay.

Every function takes a problem and gives another, which any solver that knows `group_excess_price` solves.
Further groups stand behind those that were there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError, list_ids
from landsea_routing.kernels.csr import as_index
from landsea_routing.kernels.flowproblem import FlowProblem, excess_price, validate_problem

ROUNDING = 1e-12
"""Share of a cost by which a price may exceed it."""


def less_background(problem: FlowProblem, used: ArrayLike) -> FlowProblem:
    """Take off what is used already of each limit.

    Parameters
    ----------
    problem : FlowProblem
        A problem.
    used : (n_groups,) float
        Use by others, >= 0, in the unit of each limit and not above it.

    Returns
    -------
    FlowProblem

    Raises
    ------
    InvalidValueError
        A use is negative, NaN or above its limit.

    Examples
    --------
    >>> problem = FlowProblem(2, [0], [1], [[3.0]], None, [0], [1], [0], [5.0], None,
    ...     [0, 1], [0], [0], [1.0], [4.0])
    >>> less_background(problem, [1.5]).group_limit.tolist()
    [2.5]
    """
    checked = validate_problem(problem)
    amount = np.asarray(used, dtype=np.float64)
    if amount.shape != checked.group_limit.shape:
        raise InvalidValueError(
            f"used has shape {amount.shape}", expected=f"one number per group: {checked.group_limit.shape}"
        )
    bad = np.flatnonzero(~((amount >= 0.0) & (amount <= checked.group_limit) & np.isfinite(amount)))
    if bad.size:
        raise InvalidValueError(
            f"used is {amount[bad[0]]} of group {list_ids(bad.tolist())}",
            ids=bad.tolist(),
            expected="a number from 0 to the limit",
        )
    return checked._replace(group_limit=checked.group_limit - amount)


def add_steps(problem: FlowProblem, group: ArrayLike, beyond: ArrayLike, price: ArrayLike) -> FlowProblem:
    """Make the use of groups dearer beyond given amounts: a convex, piecewise linear cost.

    Parameters
    ----------
    problem : FlowProblem
        A problem.
    group : (k,) int
        Group whose entries each step copies.
    beyond : (k,) float
        Use from which on the step's price is paid, >= 0.
    price : (k,) float
        What each unit beyond costs more, > 0; the prices of several steps of a group add up.

    Returns
    -------
    FlowProblem
        With k further groups, in the order given.

    Examples
    --------
    >>> problem = FlowProblem(2, [0], [1], [[3.0]], None, [0], [1], [0], [5.0], None,
    ...     [0, 1], [0], [0], [1.0], [9.0])
    >>> stepped = add_steps(problem, [0], [4.0], [2.0])
    >>> stepped.group_limit.tolist(), stepped.group_excess_price.tolist()
    ([9.0, 4.0], [inf, 2.0])
    """
    checked = validate_problem(problem)
    which = as_index(group, checked.group_limit.size, "group")
    entries = _entries(checked, which)
    length = np.diff(checked.group_indptr)[which]
    return validate_problem(
        checked._replace(
            group_indptr=np.concatenate([checked.group_indptr, checked.group_indptr[-1] + np.cumsum(length)]),
            group_arc=np.concatenate([checked.group_arc, checked.group_arc[entries]]),
            group_commodity=np.concatenate([checked.group_commodity, checked.group_commodity[entries]]),
            group_coefficient=np.concatenate([checked.group_coefficient, checked.group_coefficient[entries]]),
            group_limit=np.concatenate([checked.group_limit, np.asarray(beyond, dtype=np.float64)]),
            group_excess_price=np.concatenate([excess_price(checked), np.asarray(price, dtype=np.float64)]),
        )
    )


def take_or_pay(
    problem: FlowProblem, group: ArrayLike, least: ArrayLike, price: ArrayLike
) -> tuple[FlowProblem, float]:
    """Let contracts be paid for a least use of groups, whether it is taken or not.

    Up to the least use nothing is paid again, so that it is cheaper by the price; beyond it all costs what
    it did. With the constant, the objective counts the price of whatever falls short of the least use.

    Parameters
    ----------
    problem : FlowProblem
        A problem.
    group : (k,) int
        Group of each contract.
    least : (k,) float
        Use that is paid for anyway, >= 0.
    price : (k,) float
        Price per unit of it, > 0, and part of what every entry of the group costs now.

    Returns
    -------
    problem : FlowProblem
        With k further groups.
    constant : float
        To be added to objective and bound.

    Raises
    ------
    InvalidValueError
        A price is above what an entry costs: goods would be sent about for its sake.

    Examples
    --------
    Five units at 4 or, beyond two by contract at 3 of its 5, at 5: two go by contract and three without.

    >>> from landsea_routing.kernels.multiflow import multicommodity_flow
    >>> problem = FlowProblem(2, [0, 0], [1, 1], [[4.0, 5.0]], None, [0], [1], [0], [5.0], None,
    ...     [0, 1], [1], [0], [1.0], [9.0])
    >>> contract, constant = take_or_pay(problem, [0], [2.0], [3.0])
    >>> answer = multicommodity_flow(contract)
    >>> answer.path_arc.tolist(), answer.path_flow.tolist(), answer.objective + constant
    ([1, 0], [2.0, 3.0], 22.0)
    """
    checked = validate_problem(problem)
    which = as_index(group, checked.group_limit.size, "group")
    stepped = add_steps(checked, which, least, price)
    paid = stepped.group_limit[checked.group_limit.size :]
    rate: FloatArray = np.asarray(price, dtype=np.float64)
    entries = _entries(checked, which)
    rebate = checked.group_coefficient[entries] * np.repeat(rate, np.diff(checked.group_indptr)[which])
    cost = checked.commodity_cost.copy()
    np.subtract.at(cost, (checked.group_commodity[entries], checked.group_arc[entries]), rebate)
    low = np.argwhere(cost < -ROUNDING * np.where(np.isfinite(cost), checked.commodity_cost, 0.0))
    if low.size:
        arcs = np.unique(low[:, 1]).tolist()
        raise InvalidValueError(
            f"the price of a contract is above the cost of arc {list_ids(arcs)}",
            ids=arcs,
            expected="a price that is part of the cost of every arc it is for",
            cure="lower the price, or put what it covers into the cost",
        )
    return stepped._replace(commodity_cost=np.maximum(cost, 0.0)), float(paid @ rate)


def _entries(problem: FlowProblem, which: IntArray) -> IntArray:
    """Positions of the entries of some groups, group by group."""
    start, length = problem.group_indptr[which], np.diff(problem.group_indptr)[which]
    ends = np.cumsum(length)
    total = int(ends[-1]) if ends.size else 0
    entries: IntArray = np.arange(total) + np.repeat(start - ends + length, length)
    return entries
