"""Terms of use of capacities: what others use already, steps of cost, contracts to take or pay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError, UnknownNameError, did_you_mean
from landsea_routing.graph.graph import Graph
from landsea_routing.graph.groups import CONTRACT, STEP, GroupArcs, group_arcs
from landsea_routing.kernels.flowproblem import FlowProblem
from landsea_routing.kernels.terms import ROUNDING, add_steps, take_or_pay

Steps = Mapping[str, Sequence[tuple[float, float]]]
Contracts = Mapping[str, tuple[float, float]]


def left_over(groups: GroupArcs, background: Mapping[str, float]) -> FloatArray:
    """Limits less what is used already.

    Raises
    ------
    UnknownNameError
        A name is none of a capacity with a limit.
    InvalidValueError
        A use is not a number from 0 to the limit.
    """
    limit = groups.limit.copy()
    for name, used in background.items():
        row = group_row(groups, name, "background")
        if not 0.0 <= used <= limit[row]:
            raise InvalidValueError(
                f"background of {name} is {used}",
                table="capacity_groups",
                column="limit",
                ids=[name],
                expected=f"0 to its limit, {limit[row]:,.6g} {groups.units[row]}",
            )
        limit[row] -= used
    return limit


def refuse_terms(graph: Graph, groups: GroupArcs) -> None:
    """Raise where a plan has terms of use, of which what is assigned anew from its tables would know nothing.

    Raises
    ------
    InvalidValueError
        Something of the limits is used already, or there are steps of cost or contracts.
    """
    usual = group_arcs(graph)
    if np.array_equal(usual.ids, groups.ids) and np.array_equal(usual.limit, groups.limit):
        return
    raise InvalidValueError(
        "the plan was made with background, steps or contracts, which others would not have",
        table="capacity_groups",
        column="limit",
        expected="a plan under the limits of its network alone",
        cure="lower the limits with a scenario in place of background; put steps and contracts to `reassign`",
    )


def group_row(groups: GroupArcs, name: str, what: str) -> int:
    """Position of a capacity with a limit, by id."""
    ids = groups.ids.tolist()
    if name not in ids:
        raise UnknownNameError(
            f"{what} names {name!r}, not among the capacities with a limit",
            table="capacity_groups",
            column="id",
            ids=[name],
            cure=did_you_mean(name, ids),
        )
    return int(ids.index(name))


def with_steps(problem: FlowProblem, groups: GroupArcs, steps: Steps) -> tuple[FlowProblem, GroupArcs]:
    """Add a group that gives way at a price for each step.

    Raises
    ------
    UnknownNameError
        A name is none of a capacity with a limit.
    InvalidValueError
        A step is not a use >= 0 and a price > 0.
    """
    named = [(name, *pair) for name, pairs in steps.items() for pair in pairs]
    at, beyond, price = _read_terms(groups, named, "steps", "a step")
    names = [f"{name} beyond {use:,.6g}" for name, use, _ in named]
    return add_steps(problem, at, beyond, price), _copy_groups(groups, at, names, STEP, beyond)


def with_contracts(
    graph: Graph, problem: FlowProblem, groups: GroupArcs, contracts: Contracts
) -> tuple[FlowProblem, GroupArcs, float]:
    """Add a group for each contract to take or pay, and say what all of them cost if nothing is taken.

    Raises
    ------
    UnknownNameError
        A name is none of a capacity with a limit.
    InvalidValueError
        A contract is not a use >= 0 and a price > 0, its least use is above the limit, or its price is above
        what the use costs somewhere.
    """
    named = [(name, *pair) for name, pair in contracts.items()]
    at, least, price = _read_terms(groups, named, "contracts", "the contract")
    for name, row, use in zip(contracts, at.tolist(), least.tolist(), strict=True):
        if use > groups.limit[row]:
            raise InvalidValueError(
                f"the contract of {name} is for {use:,.6g}, above its limit",
                table="capacity_groups",
                column="limit",
                ids=[name],
                expected=f"at most {groups.limit[row]:,.6g} {groups.units[row]}",
            )
    _refuse_dear(graph, problem, groups, at, price)
    more, constant = take_or_pay(problem, at, least, price)
    names = [f"{name} contract" for name in contracts]
    return more, _copy_groups(groups, at, names, CONTRACT, least), constant


def _refuse_dear(
    graph: Graph, problem: FlowProblem, groups: GroupArcs, at: IntArray, price: FloatArray
) -> None:
    """Raise where goods would be sent about for the sake of contracts: they save more than the arc costs."""
    group = np.repeat(np.arange(problem.group_limit.size), np.diff(problem.group_indptr))
    rate = np.bincount(at, price, problem.group_limit.size)[group] * problem.group_coefficient
    saved = np.zeros(problem.commodity_cost.shape)
    np.add.at(saved, (problem.group_commodity, problem.group_arc), rate)
    dear = (saved > problem.commodity_cost * (1.0 + ROUNDING))[problem.group_commodity, problem.group_arc] & (
        rate > 0.0
    )
    if not dear.any():
        return
    entry = int(np.flatnonzero(dear)[0])
    name, arc = str(groups.ids[group[entry]]), int(problem.group_arc[entry])
    top, nodes = graph.topology, graph.network.nodes["id"]
    ends = [str(nodes[top.vertex_node[v]]) for v in (top.tail[arc], top.head[arc])]
    cost = float(problem.commodity_cost[problem.group_commodity[entry], arc])
    most = cost / float(problem.group_coefficient[entry])
    raise InvalidValueError(
        f"the contract of {name} asks a price above what its use costs between {ends[0]} and {ends[1]}",
        table="capacity_groups",
        ids=[name],
        expected=f"at most {most:,.6g} USD per {groups.units[group[entry]]} there, all contracts together",
        cure="lower the price, or raise the fee of what is contracted by what the price is to cover",
    )


def _read_terms(
    groups: GroupArcs, named: list[tuple[str, float, float]], keyword: str, what: str
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Positions of groups, uses and prices."""
    for name, use, usd in named:
        if not (0.0 <= use < np.inf and 0.0 < usd < np.inf):
            raise InvalidValueError(
                f"{what} of {name} is ({use}, {usd})",
                table="capacity_groups",
                ids=[name],
                expected="a use >= 0 and a price > 0 in USD per unit of the limit",
            )
    at = np.array([group_row(groups, name, keyword) for name, _, _ in named], dtype=np.int64)
    numbers = np.array([pair for _, *pair in named], dtype=np.float64).reshape(-1, 2)
    return at, numbers[:, 0], numbers[:, 1]


def _copy_groups(
    groups: GroupArcs, at: IntArray, names: list[str], kind: str, limit: FloatArray
) -> GroupArcs:
    """Groups, and behind them copies of some under other names and limits."""
    copies = [np.flatnonzero(groups.group == row) for row in at]
    entry = np.concatenate([np.zeros(0, dtype=np.int64), *copies])
    place = np.repeat(len(groups.ids) + np.arange(at.size), [len(copy) for copy in copies])
    return GroupArcs(
        ids=np.append(groups.ids, names),
        units=np.append(groups.units, groups.units[at]),
        kinds=np.append(groups.kinds, np.full(at.size, kind)),
        limit=np.append(groups.limit, limit),
        group=np.append(groups.group, place),
        arc=np.append(groups.arc, groups.arc[entry]),
        commodity=np.append(groups.commodity, groups.commodity[entry]),
        coefficient=np.append(groups.coefficient, groups.coefficient[entry]),
    )
