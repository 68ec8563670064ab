"""From a network and its flows to lines and points of a map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.graph.graph import ArcKind
from landsea_routing.model.network import Network, row_of
from landsea_routing.report._marks import FlowLayer, MapLine, MapPoint
from landsea_routing.report.basemap import Land, load_land
from landsea_routing.report.page import MapSection
from landsea_routing.results.assignment import DUST_T

if TYPE_CHECKING:
    from landsea_routing.results.assignment import Assignment

LonLat = tuple[float, float]
ROUNDING = 1e-9
"""Share of a flow below which a difference is rounding."""


def flow_map(
    plans: Mapping[str, Assignment], *, heading: str = "Flows", note: str = "", difference: bool = False
) -> MapSection:
    """Return a map section with one switchable layer of flows for each plan, the first as the base.

    Parameters
    ----------
    plans : mapping
        Assignments on one network by the name written on their button.
    heading, note : str
        Texts beside the map.
    difference : bool
        Show only by how much the others differ from the first.
    """
    network = next(iter(plans.values())).graph.network
    lines, layers = plan_layers(plans)
    settings: Mapping[str, Any] = network.settings.facts.get("map", {})
    return MapSection(
        heading,
        lines,
        network_points(network),
        layers,
        _land(network),
        settings.get("box"),
        note=note,
        difference=difference,
    )


def plan_layers(plans: Mapping[str, Assignment]) -> tuple[list[MapLine], list[FlowLayer]]:
    """Return all links that any of the plans has, and the flows of each plan on them.

    The lines carry the flows of the first plan. A flow that differs from it by no more than rounding is the
    same number, so that a map of differences shows changes alone.
    """
    lines, at = lines_of([plan.graph.network for plan in plans.values()])
    ways = np.zeros((len(plans), 2, len(lines)))
    for way, plan in zip(ways, plans.values(), strict=True):
        way[:, [at[link] for link in plan.graph.network.links["id"].tolist()]] = directed_flow_t(plan)
    flows = ways.sum(axis=1)
    dust = np.maximum(DUST_T, ROUNDING * flows.max(axis=0, initial=0.0))
    flows = np.where(np.abs(flows - flows[0]) <= dust, flows[0], flows)
    lines = [replace(line, flow_t=float(t)) for line, t in zip(lines, flows[0], strict=True)]
    layers = [FlowLayer(name, flow, ways_t=way) for name, flow, way in zip(plans, flows, ways, strict=True)]
    return lines, layers


def lines_of(networks: Sequence[Network]) -> tuple[list[MapLine], dict[str, int]]:
    """Return all links of some networks as lines, those of the first in their order, and the line of each."""
    base, *others = networks
    lines = network_lines(base, np.zeros(len(base.links)))
    at = {link: i for i, link in enumerate(base.links["id"].tolist())}
    for network in others:
        for link, line in zip(network.links["id"].tolist(), _new_lines(network, at), strict=True):
            if line is not None:
                at[link] = len(lines)
                lines.append(line)
    return lines, at


def _new_lines(network: Network, known: Mapping[str, int]) -> list[MapLine | None]:
    """Return the links of a network as lines, None for those that are known."""
    ids = network.links["id"].tolist()
    if all(link in known for link in ids):
        return [None] * len(ids)
    lines = network_lines(network, np.zeros(len(ids)))
    return [None if link in known else line for link, line in zip(ids, lines, strict=True)]


def network_map(network: Network, *, heading: str = "The network", note: str = "") -> MapSection:
    """Return a map section of a network without flows: links by mode and gauge, and all places."""
    settings: Mapping[str, Any] = network.settings.facts.get("map", {})
    lines = network_lines(network, np.zeros(len(network.links)))
    return MapSection(
        heading, lines, network_points(network), (), _land(network), settings.get("box"), note=note
    )


def directed_flow_t(plan: Assignment) -> FloatArray:
    """Tonnes a year on each row of `links`, as (2, n_links): as the link is written, and the other way."""
    top = plan.graph.topology
    arcs = np.flatnonzero(top.arc_kind == ArcKind.LINK)
    flow = np.zeros((2, len(plan.graph.network.links)))
    way = np.where(top.arc_forward[arcs], 0, 1)
    np.add.at(flow, (way, top.arc_row[arcs]), plan.arc_flow_t[:, arcs].sum(axis=0))
    return flow


def network_lines(network: Network, flow_t: FloatArray) -> list[MapLine]:
    """Return all links as lines, in the order of the table."""
    links, nodes = network.links, network.nodes
    row = row_of(nodes)
    place = list(zip(nodes["lon"].tolist(), nodes["lat"].tolist(), strict=True))
    name = nodes["name"].tolist()
    lines = []
    for i, link in enumerate(links["id"].tolist()):
        start, end = row[str(links["from_node"][i])], row[str(links["to_node"][i])]
        mode, gauge = str(links["mode"][i]), str(links["gauge"][i])
        what = f"{mode.replace('_', ' ')} {gauge}".strip()
        lines.append(
            MapLine(
                coordinates=list(network.courses.get(link, (place[start], place[end]))),
                mode=mode,
                gauge=gauge,
                flow_t=float(flow_t[i]),
                label=f"{name[start]} – {name[end]}, {what}, {links['length_km'][i]:,.0f} km",
                status=str(links["status"][i]),
            )
        )
    return lines


def network_points(network: Network, named: Sequence[str] = ()) -> list[MapPoint]:
    """Return all nodes as points; those to be named come first, then those that the network wants named.

    A network that names none wants those with the most links named, as far as there is room.
    """
    nodes, settings = network.nodes, network.settings.facts.get("map", {})
    ends = [*network.links["from_node"].tolist(), *network.links["to_node"].tolist()]
    often = [] if "labels" in settings else [node for node, _ in Counter(ends).most_common()]
    wanted = list(dict.fromkeys([*named, *settings.get("labels", often)]))
    weight = {node: float(len(wanted) - i) for i, node in enumerate(wanted)}
    columns = (nodes["id"], nodes["name"], nodes["kind"], nodes["lon"], nodes["lat"])
    return [
        MapPoint(float(lon), float(lat), _short(str(name)), str(kind), weight.get(str(node), 0.0))
        for node, name, kind, lon, lat in zip(*columns, strict=True)
    ]


def _land(network: Network) -> Land | None:
    path = land_file(network)
    return None if path is None else load_land(path)


def land_file(network: Network) -> Path | None:
    """Return the network's own outlines of land, where it has them."""
    return _file(network, "land")


def _file(network: Network, key: str) -> Path | None:
    name = network.settings.facts.get("map", {}).get(key)
    folder = network.settings.folder
    if not name or folder is None or not (folder / name).is_file():
        return None
    return folder / str(name)


def _short(name: str) -> str:
    return name.split(" (", maxsplit=1)[0]
