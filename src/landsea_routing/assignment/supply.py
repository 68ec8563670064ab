"""One commodity from wherever it is offered to wherever it is wanted.

Two vertices are added: one before all places that offer and one behind all that want, so that places with
supplies and demands become one pair of ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from landsea_routing._status import Status
from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.assignment.oneway import OneFlow, cheapest_flow, largest_flow
from landsea_routing.assignment.problem import FlowClasses, class_prices, flow_problem
from landsea_routing.errors import InfeasibleError, InvalidValueError, list_ids
from landsea_routing.graph.expand import expand
from landsea_routing.graph.graph import ArcKind, Graph, Stage
from landsea_routing.graph.groups import GroupArcs
from landsea_routing.kernels.csr import pair_index, sort_arcs
from landsea_routing.kernels.flowproblem import FlowProblem
from landsea_routing.kernels.paths import path_from_any
from landsea_routing.model.names import find_row
from landsea_routing.model.network import Network
from landsea_routing.results.limits import Throughput
from landsea_routing.results.supply import SupplyFlow


class _Job(NamedTuple):
    """One commodity between two added vertices.

    Attributes
    ----------
    inner : (n_arcs,) int
        Arc of the graph behind each arc of the problem, -1 for an added one.
    """

    graph: Graph
    groups: GroupArcs
    problem: FlowProblem
    inner: IntArray


def max_throughput(
    network: Network, origins: Iterable[str] | str, destinations: Iterable[str] | str, commodity: str
) -> Throughput:
    """Find the most of a commodity that a year can carry from some places to others.

    Parameters
    ----------
    network : Network
        Tables.
    origins, destinations : str or iterable of str
        Nodes by id or name; none may be both.
    commodity : str
        What is carried, by id or name; it counts as foreign trade.

    Returns
    -------
    Throughput
        The tonnes, and the capacities that stop it: the cut.

    Raises
    ------
    UnknownNameError, InvalidValueError
        A name matches nothing, or a place is on both sides.

    Notes
    -----
    The most is what is left when as little as possible stays behind of more than could ever go. The dual
    prices of that are the cut; where a capacity is shared by several arcs it may be a mixture of cuts.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> most = lsr.max_throughput(lsr.load_network("toy_three_ports"), "Boro", "Ada", "coal")
    >>> most.value_t, most.through_t.tolist()
    (1800000.0, [1000000.0, 800000.0])
    """
    graph, places = _places(network, commodity)
    start, end = _rows(network, origins), _rows(network, destinations)
    both = sorted(set(start.tolist()) & set(end.tolist()))
    if both:
        ids = network.nodes["id"][both].tolist()
        raise InvalidValueError(f"{', '.join(ids)} is origin and destination", ids=ids, expected="two sides")
    job = _job(graph, places, start, end, None)
    problem = job.problem
    cost = np.where(np.isfinite(problem.commodity_cost), 0.0, np.inf)
    names = [tuple(network.nodes["id"][rows].tolist()) for rows in (start, end)]
    none = np.zeros(0, dtype=np.int64)
    limited = np.zeros(problem.tail.size, dtype=bool)
    limited[problem.group_arc[problem.group_coefficient > 0.0]] = True
    ends = problem.od_origin, problem.od_destination
    pairs = pair_index(problem.n_vertices, problem.tail, problem.head)
    free, _ = path_from_any(pairs, np.where(limited, np.inf, cost[0]), *ends)
    if np.isfinite(free):
        return _throughput(graph, names, np.inf, job, none, np.zeros(0), np.zeros(graph.topology.n_arcs))
    least = np.full(problem.group_limit.size, np.inf)
    group = np.repeat(np.arange(least.size), np.diff(problem.group_indptr))
    used = problem.group_coefficient > 0.0
    np.minimum.at(least, group[used], problem.group_coefficient[used])
    most = float((problem.group_limit / least).sum())
    problem = problem._replace(commodity_cost=cost, od_amount=np.array([most]), unserved_price=np.ones(1))
    answer = largest_flow(problem, _length(graph, job.inner))
    value = most - answer.unserved
    through = answer.group_dual * problem.group_limit
    cut = np.flatnonzero(answer.group_dual > 0.0)
    cut = cut[np.argsort(-through[cut], kind="stable")]
    flow = _inner_flow(graph, job.inner, answer.flow)
    return _throughput(graph, names, value, job, cut, through[cut], flow)


def solve_min_cost_flow(
    network: Network,
    commodity: str,
    supply: Mapping[str, float],
    *,
    unserved_price: float | None = None,
) -> SupplyFlow:
    """Find the cheapest way to carry one commodity from places that offer it to places that want it.

    Parameters
    ----------
    network : Network
        Tables.
    commodity : str
        What is carried, by id or name; it counts as foreign trade.
    supply : mapping
        Tonnes a year by node: above 0 what it offers, below 0 what it wants. More may be offered than is
        wanted; the rest stays.
    unserved_price : float, optional
        USD per tonne of what is wanted and not brought; all must be brought when not given.

    Returns
    -------
    SupplyFlow
        `status` is OPTIMAL only after the certificate has passed.

    Raises
    ------
    InfeasibleError
        Not all that is wanted can be brought, and it has no price; says which capacities stop it.
    InvalidValueError, UnknownNameError
        A supply is no number, nobody offers or wants anything, or a name matches nothing.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> flow = lsr.solve_min_cost_flow(net, "coal", {"boro": 2e6, "ada": -1.5e6})
    >>> round(flow.objective_usd), round(flow.sent_t["boro"])
    (44467500, 1500000)
    """
    graph, places = _places(network, commodity)
    rows = _rows(network, list(supply))
    amount = np.array([float(x) for x in supply.values()])
    if not np.isfinite(amount).all() or not (amount > 0.0).any() or not (amount < 0.0).any():
        raise InvalidValueError(
            "supply is not finite, or nobody offers or nobody wants anything",
            ids=[name for name, x in supply.items() if not np.isfinite(x)],
            expected="tonnes a year, above 0 where offered and below 0 where wanted",
        )
    if unserved_price is not None and not (np.isfinite(unserved_price) and unserved_price > 0.0):
        raise InvalidValueError(f"unserved_price is {unserved_price}", expected="USD/t > 0, or None")
    if unserved_price is None and amount.sum() < -1e-9 * np.abs(amount).sum():
        raise InfeasibleError(
            f"{-amount.sum():,.0f} t/yr more are wanted than offered",
            expected="as much offered as wanted, or more",
            cure="give unserved_price= so that what is short may be left",
        )
    offers, wants = amount > 0.0, amount < 0.0
    job = _job(graph, places, rows[offers], rows[wants], (amount[offers], -amount[wants]))
    price = None if unserved_price is None else np.array([unserved_price])
    problem = job.problem._replace(unserved_price=price)
    answer = cheapest_flow(problem, _length(graph, job.inner))
    names = network.nodes["id"]
    if answer.status is Status.INFEASIBLE:
        raise _cannot(job, answer, names[np.concatenate([rows[offers], rows[wants]])].tolist())
    node, added = graph.topology.vertex_node, job.inner < 0
    first = np.flatnonzero(added & (problem.tail == problem.od_origin[0]))
    last = np.flatnonzero(added & (problem.head == problem.od_destination[0]))
    sent = {str(names[r]): 0.0 for r in rows[offers]}
    got = {str(names[r]): 0.0 for r in rows[wants]}
    for a in first:
        sent[str(names[node[problem.head[a]]])] += float(answer.flow[a])
    for a in last:
        got[str(names[node[problem.tail[a]]])] += float(answer.flow[a])
    return SupplyFlow(
        graph,
        graph.commodity,
        _inner_flow(graph, job.inner, answer.flow),
        sent,
        got,
        answer.unserved,
        answer.objective,
        answer.status,
        job.groups,
        answer.group_dual[: len(job.groups.ids)],
    )


def _cannot(job: _Job, answer: OneFlow, ends: list[str]) -> InfeasibleError:
    """Name the cut: the capacities, and the ends, that together are too narrow."""
    n = len(job.groups.ids)
    weight = answer.group_dual
    binding = {str(job.groups.ids[g]): float(weight[g]) for g in np.flatnonzero(weight[:n] > 0.0)}
    places = [ends[g] for g in np.flatnonzero(weight[n:] > 0.0)]
    cut = f"; what stops it: {list_ids(list(binding), 10)}" if binding else "; no way leads there"
    beside = f"; beside it all is used of {list_ids(places, 10)}" if places else ""
    return InfeasibleError(
        f"{answer.unserved:,.0f} t/yr of what is wanted cannot be brought{cut}{beside}",
        short={job.graph.commodity: answer.unserved},
        binding=binding,
        table="capacity_groups" if binding else "links",
        ids=list(binding) or places,
        expected="capacity for all that is wanted",
        cure="raise limits, or give unserved_price= so that what is short may be left",
    )


def _places(network: Network, commodity: str) -> tuple[Graph, FlowClasses]:
    row = find_row(network.commodities, commodity, ("id", "name"))
    graph = expand(network, commodity=str(network.commodities["id"][row]))
    none = np.zeros(0, dtype=np.int64)
    return graph, FlowClasses(np.array([row], dtype=np.int64), ("",), none)


def _rows(network: Network, names: Iterable[str] | str) -> IntArray:
    some = [names] if isinstance(names, str) else list(names)
    found = [find_row(network.nodes, name, ("id", "name")) for name in some]
    if not found:
        raise InvalidValueError("no place is given", expected="at least one node")
    if len(set(found)) < len(found):
        raise InvalidValueError(f"a place is named twice in {', '.join(some)}", expected="each place once")
    return np.array(found, dtype=np.int64)


def _job(
    graph: Graph,
    classes: FlowClasses,
    start: IntArray,
    end: IntArray,
    amounts: tuple[FloatArray, FloatArray] | None,
) -> _Job:
    """One OD from an added vertex to another, with limits at the ends where amounts are given."""
    top = graph.topology
    empty = graph.network.demand.take(np.zeros(0, dtype=np.int64))
    problem, groups = flow_problem(graph, empty, classes, class_prices(graph, classes), None)
    n = top.n_vertices
    first = np.concatenate([graph.vertices_of(int(r), Stage.ORIGIN) for r in start])
    last = np.concatenate([graph.vertices_of(int(r), Stage.DESTINATION) for r in end])
    tail = np.concatenate([top.tail, np.full(first.size, n), last])
    head = np.concatenate([top.head, first, np.full(last.size, n + 1)])
    order = sort_arcs(tail, head)
    place = np.argsort(order)
    cost = np.concatenate([problem.commodity_cost[0], np.zeros(first.size + last.size)])
    inner = np.concatenate([np.arange(top.n_arcs), np.full(first.size + last.size, -1)])
    added = place[top.n_arcs :] if amounts is not None else np.zeros(0, dtype=np.int64)
    limits = np.concatenate(amounts) if amounts is not None else np.zeros(0)
    total = float(amounts[1].sum()) if amounts is not None else 0.0
    arcs = np.concatenate([place[problem.group_arc], added])
    indptr = np.concatenate([problem.group_indptr, problem.group_indptr[-1] + 1 + np.arange(added.size)])
    whole = problem._replace(
        n_vertices=n + 2,
        tail=tail[order],
        head=head[order],
        commodity_cost=cost[order][None, :],
        od_origin=np.array([n]),
        od_destination=np.array([n + 1]),
        od_commodity=np.zeros(1, dtype=np.int64),
        od_amount=np.array([total]),
        group_indptr=indptr,
        group_arc=arcs,
        group_commodity=np.zeros(arcs.size, dtype=np.int64),
        group_coefficient=np.concatenate([problem.group_coefficient, np.ones(added.size)]),
        group_limit=np.concatenate([problem.group_limit, limits]),
    )
    return _Job(graph, groups, whole, inner[order])


def _length(graph: Graph, inner: IntArray) -> FloatArray:
    return np.where(inner >= 0, graph.arc_length_km[inner], 0.0)


def _inner_flow(graph: Graph, inner: IntArray, flow: FloatArray) -> FloatArray:
    real = inner >= 0
    return np.bincount(inner[real], flow[real], graph.topology.n_arcs).astype(np.float64)


def _throughput(
    graph: Graph,
    names: list[tuple[str, ...]],
    value: float,
    job: _Job,
    cut: IntArray,
    through: FloatArray,
    flow: FloatArray,
) -> Throughput:
    top, groups = graph.topology, job.groups
    arcs = np.flatnonzero((top.arc_kind == ArcKind.LINK) & (flow > 0.0))
    ids = graph.network.links["id"][top.arc_row[arcs]].tolist()
    link_t: dict[str, float] = {}
    for name, x in zip(ids, flow[arcs].tolist(), strict=True):
        link_t[name] = link_t.get(name, 0.0) + x
    return Throughput(
        graph.commodity,
        names[0],
        names[1],
        value,
        groups.ids[cut],
        groups.units[cut],
        groups.limit[cut],
        through,
        link_t,
    )
