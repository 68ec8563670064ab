"""The best way of one tonne from one place to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.graph.cost import ArcPrices, price
from landsea_routing.graph.emissions import co2e
from landsea_routing.graph.graph import ArcKind, Graph, Stage
from landsea_routing.kernels.csr import PairIndex, pair_index, sort_arcs
from landsea_routing.kernels.paths import path_from_any
from landsea_routing.model.names import find_node
from landsea_routing.results.route import Route
from landsea_routing.routing.explain import no_path_error
from landsea_routing.routing.restrict import closures, link_row, node_row, refuse_text
from landsea_routing.routing.weights import Weight, arc_weight, weight_name


def shortest_path(
    graph: Graph,
    origin: str,
    destination: str,
    *,
    weight: Weight = "cost",
    via: Sequence[str] = (),
    avoid: Sequence[str] = (),
    modes: Sequence[str] | None = None,
    access: bool = True,
    seasonal: bool = False,
) -> Route:
    """Find the best path of the graph's commodity between two places.

    Parameters
    ----------
    graph : Graph
        From `expand`; it fixes commodity and month.
    origin, destination : str
        Nodes, by id or name.
    weight : {"cost", "time", "length", "co2e"} or callable
        What to minimise; a function of the graph gives one cost >= 0 per arc, `inf` closing it. Ties
        of the named weights fall to the lower generalized cost.
    via : sequence of str
        Nodes or links to pass, in order. The state in which a place is reached is the one it is left
        from, so a change of gauge or mode there is paid as anywhere.
    avoid : sequence of str
        Nodes or links not to touch.
    modes : sequence of str, optional
        Modes allowed, e.g. `("rail",)`.
    access : bool
        Whether the trip loads at the origin and unloads at the destination (the default), or is line
        haul between any two places, junctions and border posts too.
    seasonal : bool
        With a graph of the year, whether links that are open only part of it may be used.

    Returns
    -------
    Route

    Raises
    ------
    UnknownNameError
        A place or link is not known, or its name is not unique.
    InvalidValueError
        Origin is destination, a mode or weight is not known, a cost function gives NaN or negatives.
    NoPathError
        Nothing joins the two; names what breaks the way.

    Notes
    -----
    Dijkstra over (n_via + 1) copies of the graph: O(k (m + n log n)).

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> route = lsr.shortest_path(lsr.expand(net), "Ada", "Boro")
    >>> abs(sum(route.ledger.values()) - route.cost_usd_per_t) < 1e-9
    True
    """
    for what, names in (("via", via), ("avoid", avoid)):
        refuse_text(names, what)
    start, end = (find_node(graph.network, name) for name in (origin, destination))
    ids = graph.network.nodes["id"]
    if start == end:
        raise InvalidValueError(
            f"origin and destination are both {ids[start]}",
            table="nodes",
            column="id",
            ids=(str(ids[start]),),
            expected="two different places",
            cure="name another destination",
        )
    prices = price(graph)
    shut = closures(graph, country=_home(graph, start, end), avoid=avoid, modes=modes, seasonal=seasonal)
    cost = arc_weight(graph, prices, weight)
    if callable(weight):
        shut[f"is closed by the cost function {weight_name(weight)}"] = np.isinf(cost) & prices.allowed
    for mask in shut.values():
        cost = np.where(mask, np.inf, cost)
    sources = graph.vertices_of(start, Stage.ORIGIN if access else Stage.LEAVING)
    targets = graph.vertices_of(end, Stage.DESTINATION if access else Stage.ARRIVING)
    distance, arcs = _search(graph, cost, sources, targets, via)
    if not np.isfinite(distance):
        raise _explain(graph, prices, shut, cost, via, (start, end), (sources, targets))
    return make_route(graph, prices, arcs, str(ids[start]), str(ids[end]), weight_name(weight))


def make_route(
    graph: Graph, prices: ArcPrices, arcs: IntArray, origin: str, destination: str, weight: str
) -> Route:
    """Put the prices of a path's arcs together as a `Route`."""
    return Route(
        graph=graph,
        origin=origin,
        destination=destination,
        weight=weight,
        arcs=arcs,
        ledger_usd_per_t_by_arc=prices.ledger_usd_per_t[:, arcs],
        hours=prices.time_h[arcs],
        co2e_kg=co2e(graph, prices.commodity)[arcs],
    )


class _Layers(NamedTuple):
    """Copies of the graph, one per via passed; `arc` is the arc of the graph, -1 for a step between."""

    pairs: PairIndex
    cost: FloatArray
    arc: IntArray


def _home(graph: Graph, start: int, end: int) -> str:
    country = graph.network.nodes["country"]
    return str(country[start]) if country[start] == country[end] else ""


def _search(
    graph: Graph, cost: FloatArray, sources: IntArray, targets: IntArray, via: Sequence[str]
) -> tuple[float, IntArray]:
    if not via:
        return path_from_any(graph.topology.pairs, cost, sources, targets)
    layers = _layered(graph, cost, via)
    shift = len(via) * graph.topology.n_vertices
    distance, arcs = path_from_any(layers.pairs, layers.cost, sources, targets + shift)
    found = layers.arc[arcs]
    return distance, found[found >= 0]


def _layered(graph: Graph, cost: FloatArray, via: Sequence[str]) -> _Layers:
    top = graph.topology
    n, m = top.n_vertices, np.arange(top.n_arcs)
    tails, heads, arcs = [], [], []
    for layer in range(len(via) + 1):
        tails.append(top.tail + layer * n)
        heads.append(top.head + layer * n)
        arcs.append(m)
        if layer < len(via):
            tail, head, arc = _steps(graph, via[layer])
            tails.append(tail + layer * n)
            heads.append(head + (layer + 1) * n)
            arcs.append(arc)
    tail, head, arc = np.concatenate(tails), np.concatenate(heads), np.concatenate(arcs)
    order = sort_arcs(tail, head)
    arc = arc[order]
    pairs = pair_index((len(via) + 1) * n, tail[order], head[order])
    return _Layers(pairs, np.where(arc >= 0, cost[arc], 0.0), arc)


def _steps(graph: Graph, name: str) -> tuple[IntArray, IntArray, IntArray]:
    """Arcs that count as passing a via: the link's own arcs, or standing still in a state of the node."""
    top = graph.topology
    row = link_row(graph, name)
    if row is not None:
        arcs = np.flatnonzero((top.arc_kind == ArcKind.LINK) & (top.arc_row == row))
        return top.tail[arcs], top.head[arcs], arcs
    node = node_row(graph, name)
    inside = np.isin(top.vertex_stage, [Stage.ARRIVING, Stage.LEAVING])
    states = np.flatnonzero(inside & (top.vertex_node == node))
    return states, states, np.full(len(states), -1)


def _explain(
    graph: Graph,
    prices: ArcPrices,
    shut: dict[str, BoolArray],
    cost: FloatArray,
    via: Sequence[str],
    ends: tuple[int, int],
    vertices: tuple[IntArray, IntArray],
) -> Exception:
    """Explain the first stretch between vias that fails."""
    (sources, targets), places = vertices, [ends[0]]
    stops = [sources]
    for name in via:
        _, heads, _ = _steps(graph, name)
        stops.append(heads)
        places.append(int(graph.topology.vertex_node[heads[0]]) if heads.size else node_row(graph, name))
    places.append(ends[1])
    for i, stop in enumerate([*stops[1:], targets]):
        near = [v for v in stop if np.isfinite(_search(graph, cost, sources, np.array([v]), via[:i])[0])]
        if not near:
            return no_path_error(graph, prices, shut, (places[i], places[i + 1]), (stops[i], stop))
        # Only the states that the path can be in count as the start of the next stretch.
        stops[min(i + 1, len(via))] = np.array(near, dtype=np.int64)
    return no_path_error(graph, prices, shut, ends, vertices)
