"""Why no path joins two places: the fewest obstacles that would have to fall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from landsea_routing._typing import BoolArray, IntArray
from landsea_routing.errors import NoPathError
from landsea_routing.graph.cost import ArcPrices, open_share, price
from landsea_routing.graph.graph import ArcKind, Graph, Stage
from landsea_routing.kernels.csr import pair_index, sort_arcs
from landsea_routing.kernels.joins import equal_pairs
from landsea_routing.kernels.paths import path_from_any
from landsea_routing.model import words
from landsea_routing.model.calendars import format_months

PER_KM, SHUT, MISSING = 1e-7, 1.0, 1.00001
"""Weights in the search for obstacles: fewest first, then the shortest way, then what exists at all."""

PLACES = {
    "no transfer": ("transfers", "from_mode"),
    "the transfer": ("transfers", "commodities"),
    "link": ("links", "status"),
    "border": ("crossings", "status"),
    "": ("nodes", "loads"),
}
"""Where the cure of an obstacle is to be looked for, by how its text begins."""


def no_path_error(
    graph: Graph,
    prices: ArcPrices,
    shut: Mapping[str, BoolArray],
    ends: tuple[int, int],
    vertices: tuple[IntArray, IntArray],
) -> NoPathError:
    """Build the error that names the gauge, border, mode or season breaks between two nodes.

    `ends` are their rows, `vertices` the states from which and to which there is no path; a node that no
    link touches has none.
    """
    nodes = graph.network.nodes
    breaks = tuple(_breaks(graph, prices, shut, *vertices))
    table, column = next(
        (place for start, place in PLACES.items() if breaks and breaks[0].startswith(start)), ("", "")
    )
    question = f"no path for {graph.commodity} from {nodes['name'][ends[0]]} to {nodes['name'][ends[1]]}"
    ids = [str(nodes["id"][row]) for row in ends]
    if not breaks:
        return NoPathError(
            f"{question}: no chain of links of any kind joins them",
            table="links",
            column="to_node",
            ids=ids,
            expected="a chain of links and transfers",
            cure="add the missing link with a scenario, or ask for another place",
        )
    return NoPathError(
        f"{question}: {'; '.join(breaks)}",
        breaks=breaks,
        table=table,
        column=column,
        ids=ids,
        expected="a chain of links and transfers open to the commodity",
        cure="open or add what is named with a scenario, or ask for another commodity, month or mode",
    )


def _breaks(
    graph: Graph, prices: ArcPrices, shut: Mapping[str, BoolArray], sources: IntArray, targets: IntArray
) -> list[str]:
    top = graph.topology
    closed = ~prices.allowed & ~_shut_by_border(graph, prices)
    for mask in shut.values():
        closed = closed | mask
    tail, head = _missing_transfers(graph, sources, targets)
    all_tail, all_head = np.concatenate([top.tail, tail]), np.concatenate([top.head, head])
    order = sort_arcs(all_tail, all_head)
    along = PER_KM * (1 + graph.arc_length_km) + np.where(closed, SHUT, 0.0)
    weight = np.concatenate([along, np.full(len(tail), MISSING)])[order]
    pairs = pair_index(top.n_vertices, all_tail[order], all_head[order])
    _, path = path_from_any(pairs, weight, sources, targets)
    texts = []
    for arc in order[path]:
        if arc >= top.n_arcs:
            texts.append(_missing_text(graph, int(tail[arc - top.n_arcs]), int(head[arc - top.n_arcs])))
        elif closed[arc]:
            texts.append(_shut_text(graph, prices, shut, int(arc)))
    return list(dict.fromkeys(texts))


def _shut_by_border(graph: Graph, prices: ArcPrices) -> BoolArray:
    """Links that are shut in the month by nothing but the border behind them, which is named itself."""
    top, links = graph.topology, graph.network.links
    result = np.zeros(top.n_arcs, dtype=np.bool_)
    if graph.month is not None:
        arcs = graph.arcs_of(ArcKind.LINK)
        own = (links["open_months"][top.arc_row[arcs]] >> (graph.month - 1)) & 1 == 1
        result[arcs] = own & price(replace(graph, month=None), prices.commodity).allowed[arcs]
    return result & ~prices.allowed


def _missing_transfers(graph: Graph, sources: IntArray, targets: IntArray) -> tuple[IntArray, IntArray]:
    """Arcs that nobody offers: every arriving to every leaving state of a node, and loading at the ends."""
    top = graph.topology
    leaving = np.flatnonzero(top.vertex_stage == Stage.LEAVING)
    arriving = np.flatnonzero(top.vertex_stage == Stage.ARRIVING)
    into, out = equal_pairs(top.vertex_node[arriving], top.vertex_node[leaving])
    tails, heads = [arriving[into]], [leaving[out]]
    for source in sources[top.vertex_stage[sources] == Stage.ORIGIN]:
        here = leaving[top.vertex_node[leaving] == top.vertex_node[source]]
        tails.append(np.full(len(here), source))
        heads.append(here)
    for target in targets[top.vertex_stage[targets] == Stage.DESTINATION]:
        here = arriving[top.vertex_node[arriving] == top.vertex_node[target]]
        tails.append(here)
        heads.append(np.full(len(here), target))
    return np.concatenate(tails).astype(np.int64), np.concatenate(heads).astype(np.int64)


def _state_text(graph: Graph, vertex: int) -> str:
    top = graph.topology
    gauge = int(top.vertex_gauge_mm[vertex])
    mode = words.MODES[int(top.vertex_mode[vertex])]
    return f"{mode} {gauge} mm" if gauge else mode


def _missing_text(graph: Graph, tail: int, head: int) -> str:
    top, net = graph.topology, graph.network
    name = str(net.nodes["name"][top.vertex_node[head]])
    if top.vertex_stage[tail] == Stage.ORIGIN or top.vertex_stage[head] == Stage.DESTINATION:
        verb = "start" if top.vertex_stage[tail] == Stage.ORIGIN else "end"
        return f"{graph.commodity} may not {verb} at {name}"
    return f"no transfer from {_state_text(graph, tail)} to {_state_text(graph, head)} at {name}"


def _shut_text(graph: Graph, prices: ArcPrices, shut: Mapping[str, BoolArray], arc: int) -> str:
    what = _what(graph, arc)
    for reason, mask in shut.items():
        if mask[arc] and prices.allowed[arc]:
            return f"{what} {reason}"
    return f"{what} {_why_not_allowed(graph, arc)}"


def _what(graph: Graph, arc: int) -> str:
    top, net = graph.topology, graph.network
    kind, row = ArcKind(int(top.arc_kind[arc])), int(top.arc_row[arc])
    if kind == ArcKind.LINK:
        return f"link {net.links['id'][row]}"
    if kind == ArcKind.BORDER:
        return f"border {net.crossings['id'][row]}"
    place = str(net.nodes["name"][top.vertex_node[top.head[arc]]])
    if kind in (ArcKind.TRANSFER, ArcKind.RELAY):
        states = " to ".join(_state_text(graph, int(v)) for v in (top.tail[arc], top.head[arc]))
        return f"the transfer from {states} at {place} ({net.transfers['id'][row]})"
    return f"{'loading' if kind == ArcKind.ACCESS else 'unloading'} at {place}"


def _why_not_allowed(graph: Graph, arc: int) -> str:
    top, net = graph.topology, graph.network
    kind, row = ArcKind(int(top.arc_kind[arc])), int(top.arc_row[arc])
    tables = {ArcKind.LINK: net.links, ArcKind.BORDER: net.crossings}
    if kind in tables:
        table = tables[kind]
        status = str(table["status"][row])
        if status != "operating":
            return f"is {status}"
        months = int(table["open_months"][row])
        if graph.month is not None and not months >> (graph.month - 1) & 1:
            return f"is open only in months {format_months(months)}"
        if not open_share(graph)[arc]:
            return f"is open only in months {format_months(months)}, in which its border is shut"
        return f"has no tariff for {graph.commodity} or does not carry it"
    if kind in (ArcKind.TRANSFER, ArcKind.RELAY) and net.transfers["capacity"][row] == 0:
        return "has capacity 0"
    return f"is not open to {graph.commodity}"
