"""From ways to nodes, links, gauge breaks and terminals, and from those to a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._typing import IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.io.osm.chains import merge_chains
from landsea_routing.io.osm.rows import Country, Layout, courses_of_links, link_rows, node_rows, transfer_rows
from landsea_routing.io.osm.tags import Rules
from landsea_routing.io.osm.ways import Place, Ways, ways_of_file, ways_of_graph
from landsea_routing.io.sphere import EARTH_KM, on_sphere
from landsea_routing.io.text_lines import log_dropped
from landsea_routing.model.network import Course, Network, make_network
from landsea_routing.model.schema import SCHEMAS
from landsea_routing.model.table import parse_frame, parse_rows
from landsea_routing.model.words import GAUGED_MODES, MODES

if TYPE_CHECKING:
    import pandas as pd

REACH_KM = 1.0
"""How far from a line a terminal may lie to stand on it."""
FROM_BASE = (
    "vehicle_classes",
    "clearances",
    "access",
    "tariffs",
    "commodities",
    "payloads",
    "emission_factors",
)
"""Tables without a place in them: what a network of OpenStreetMap takes from another."""
GROUP = "lines_without_limit"


@dataclass(frozen=True)
class OsmExtract:
    """What an extract holds, as frames with the columns of our tables.

    Parameters
    ----------
    nodes : DataFrame
        Ends of links: id (`n` or `w` and the id of OpenStreetMap), name, country, lat, lon, kind.
    links : DataFrame
        id, ends, mode, gauge, length_km, status, oneway, note; beside them electrified, usage and name.
    transfers : DataFrame
        Changes that a terminal or a gauge break may offer, in both directions: id, node, from_mode,
        from_gauge_mm, to_mode, to_gauge_mm. Hours, prices and capacities are not known.
    dropped : mapping
        How many of what were left out, by reason.
    courses : mapping
        Positions along each link that is not straight, by its id, as a `Network` has them.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame
    transfers: pd.DataFrame
    dropped: Mapping[str, int]
    courses: Mapping[str, Course]

    @property
    def gauge_breaks(self) -> pd.DataFrame:
        """Transfers from rail to rail: places at which a gauge ends."""
        rail = self.transfers["from_mode"].isin(GAUGED_MODES) & self.transfers["to_mode"].isin(GAUGED_MODES)
        return self.transfers[rail].reset_index(drop=True)


def read_osm(
    path: str | Path, *, country: Country, rules: Rules | None = None, reach_km: float = REACH_KM
) -> OsmExtract:
    """Read railways, roads and ferries of a local extract of OpenStreetMap.

    Parameters
    ----------
    path : str or Path
        A `.osm.pbf`, `.osm`, `.osm.gz` or `.osm.bz2` file. Nothing is fetched.
    country : str or callable
        ISO 3166-1 code of all nodes, or a function of longitudes and latitudes that gives one for each.
    rules : Rules, optional
        What is wanted: modes, classes of road, sidings, and what to do about gauges.
    reach_km : float
        How far from a line a terminal may lie to stand on it.

    Returns
    -------
    OsmExtract
        What was left out is counted in it, and named in the log.

    Raises
    ------
    MissingExtraError
        osmium is not installed.
    LandseaError, SchemaError
        There is no such file, or it is damaged.
    InvalidValueError
        No line is left, or countries are no codes.

    Notes
    -----
    The whole extract is held in memory: about 1 kB for each point of a line.
    """
    return _extract(ways_of_file(path, rules or Rules()), country, reach_km, str(path))


def read_osm_graph(
    graph: Any, *, country: Country, rules: Rules | None = None, reach_km: float = REACH_KM
) -> OsmExtract:
    """Read railways, roads and ferries of an OSMnx MultiDiGraph, not projected; otherwise as `read_osm`.

    Keep the tags that are read here: `railway`, `gauge`, `electrified`, `usage`, `service` and `route` must
    be among `osmnx.settings.useful_tags_way` when the graph is made.

    Raises
    ------
    SchemaError
        A node has no position, the graph is projected, or an edge is one-way and the graph undirected.
    InvalidValueError
        A length is no number >= 0, no line is left, or countries are no codes.
    """
    return _extract(ways_of_graph(graph, rules or Rules()), country, reach_km, "the graph")


def network_of_osm(
    extract: OsmExtract,
    base: Network,
    *,
    name: str,
    hours: float | None = None,
    usd_per_t: float | None = None,
    capacity: float | str = "unlimited",
    technology: str = "transload",
) -> Network:
    """Make a network of an extract, with prices and commodities of another.

    Parameters
    ----------
    extract : OsmExtract
        From `read_osm`.
    base : Network
        Gives commodities, tariffs, access and all other tables that name no place.
    name : str
        Name of the network.
    hours, usd_per_t : float, optional
        What each transfer takes and costs; without them there are no transfers.
    capacity : float or "unlimited"
        Limit of each transfer, in tonnes a year.
    technology : str
        How cargo changes over.

    Returns
    -------
    Network
        Links have no limit, since OpenStreetMap knows none, and there are no crossings: `check` names every
        link that leaves a country without one. Read it over with `landsea_routing.check`.

    Raises
    ------
    InvalidValueError
        A value is not what its column wants, or hours are given without a price or a price without hours.
    """
    import pandas as pd

    if (hours is None) != (usd_per_t is None):
        raise InvalidValueError(
            f"hours are {hours!r} and usd_per_t is {usd_per_t!r}",
            expected="both for transfers, or none of them for no transfers",
            cure="say the other one; 0 where it costs nothing",
        )
    extra = ["electrified", "usage", "name"]
    tables = {key: base.tables[key] for key in FROM_BASE}
    tables["nodes"] = parse_frame(SCHEMAS["nodes"], extract.nodes)
    tables["links"] = parse_frame(SCHEMAS["links"], extract.links.drop(columns=extra))
    if hours is not None and usd_per_t is not None:
        terms: dict[str, Any] = {"technology": technology, "commodities": "*", "hours": hours}
        terms |= {"usd_per_t": usd_per_t, "capacity": capacity}
        rows = extract.transfers.assign(**terms, source="assumed for all")
        tables["transfers"] = parse_frame(SCHEMAS["transfers"], rows)
    group = {"id": GROUP, "kind": "track", "limit": "unlimited", "note": "OpenStreetMap knows no capacities"}
    tables["capacity_groups"] = parse_rows(SCHEMAS["capacity_groups"], [group])
    members = pd.DataFrame({"group": GROUP, "target": extract.links["id"], "applies_to": "link"})
    tables["capacity_members"] = parse_frame(SCHEMAS["capacity_members"], members)
    settings = replace(base.settings, name=name, title=name, facts={}, folder=None)
    return make_network(settings, tables, extract.courses)


def _extract(ways: Ways, country: Country, reach_km: float, source: str) -> OsmExtract:
    if not len(ways.tail):
        raise _nothing(source, ways.dropped)
    dropped: Counter[str] = Counter(ways.dropped)
    modes = np.array([MODES.index(line.mode) for line in ways.lines], dtype=np.int64)
    kinds: dict[tuple[object, ...], int] = {}
    keys = np.array([kinds.setdefault(_key(line), len(kinds)) for line in ways.lines], dtype=np.int64)
    oneway = np.array([line.oneway == 1 for line in ways.lines], dtype=np.bool_)
    anchor, terminals = _anchors(ways, modes, reach_km)
    dropped["terminals far from any line"] += sum(p.kind != "name" for p in ways.places) - len(terminals)
    chains = merge_chains(
        len(ways.point),
        ways.tail,
        ways.head,
        ways.length_km,
        modes[ways.line],
        keys[ways.line],
        oneway[ways.line],
        (anchor >= 0) | ways.all_nodes,
    )
    dropped["rings that touch nothing"] += chains.n_rings
    layout = Layout(ways, chains, anchor, terminals)
    links, used = link_rows(layout, dropped)
    if not used:
        raise _nothing(source, dropped)
    nodes = node_rows(layout, used, links, country)
    courses = courses_of_links(layout, links.pop("chain").to_numpy(), links["id"])
    log_dropped(source, dropped)
    return OsmExtract(nodes, links, transfer_rows(nodes, links, terminals), dict(+dropped), courses)


def _nothing(source: str, dropped: Mapping[str, int]) -> InvalidValueError:
    """Return the error for a source without a line, which names what was left out."""
    found = ", ".join(f"{count} {what}" for what, count in dropped.items() if count)
    lost = dropped.get("points without a position", 0)
    return InvalidValueError(
        f"{source} holds no line of the kinds wanted (left out: {found or 'nothing'})",
        expected="railways, roads or ferries",
        cure="nodes must come before ways, with numbers above 0: sort the file"
        if lost
        else "is it the right region? see Rules for what is read",
    )


def _key(line: Any) -> tuple[object, ...]:
    return line.mode, line.gauge, line.status, line.oneway, line.electrified


def _anchors(ways: Ways, modes: IntArray, reach_km: float) -> tuple[IntArray, list[Place]]:
    """Terminal of each point, -1 for none: the nearest point of each mode within reach of it."""
    from scipy.spatial import KDTree

    anchor = np.full(len(ways.point), -1, dtype=np.int64)
    found: list[tuple[float, int, int]] = []
    wanted = [place for place in ways.places if place.kind != "name"]
    if not wanted:
        return anchor, []
    where = on_sphere(np.array([p.lon for p in wanted]), np.array([p.lat for p in wanted]))
    for mode in np.unique(modes[ways.line]):
        on_mode = modes[ways.line] == mode
        points = np.unique(np.concatenate((ways.tail[on_mode], ways.head[on_mode])))
        tree = KDTree(on_sphere(ways.lon[points], ways.lat[points]))
        far, near = (np.asarray(values) for values in tree.query(where))
        within = np.flatnonzero(far * EARTH_KM <= reach_km)
        found += [(float(far[i]), int(i), int(points[near[i]])) for i in within]
    stands: dict[int, int] = {}
    terminals: list[Place] = []
    for _, i, point in sorted(found):  # the nearest first, where two terminals want one point
        if anchor[point] < 0:
            if i not in stands:
                stands[i] = len(terminals)
                terminals.append(wanted[i])
            anchor[point] = stands[i]
    return anchor, terminals
