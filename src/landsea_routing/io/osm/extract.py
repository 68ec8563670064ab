"""From ways to nodes, links, gauge breaks and terminals, and from those to a network."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.io.osm.chains import Chains, chain_points, merge_chains
from landsea_routing.io.osm.tags import Rules
from landsea_routing.io.osm.ways import Place, Ways, ways_of_file, ways_of_graph
from landsea_routing.io.text_lines import log_dropped
from landsea_routing.model.network import Course, Network, make_network
from landsea_routing.model.schema import SCHEMAS
from landsea_routing.model.table import parse_frame, parse_rows
from landsea_routing.model.words import GAUGED_MODES, MODES, WATER_MODES, parse_gauges

if TYPE_CHECKING:
    import pandas as pd

Country = str | Callable[[FloatArray, FloatArray], Sequence[str]]
SOURCE = "OpenStreetMap contributors, ODbL"
REACH_KM = 1.0
"""How far from a line a terminal may lie to stand on it."""
EARTH_KM = 6371.0
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
        A node has no position, or the graph is projected.
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
        A value is not what its column wants.
    """
    import pandas as pd

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
        raise InvalidValueError(
            f"{source} holds no line of the kinds wanted ({dict(ways.dropped)})",
            expected="railways, roads or ferries",
            cure="is it the right region? see Rules for what is read",
        )
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
    links, used = _links(ways, chains, anchor, terminals, dropped)
    nodes = _nodes(ways, used, terminals, links, country)
    courses = _courses(ways, chains, anchor, terminals, links.pop("chain").to_numpy(), links["id"])
    log_dropped(source, dropped)
    return OsmExtract(nodes, links, _transfers(nodes, links, terminals), dict(+dropped), courses)


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
    where = _on_sphere(np.array([p.lon for p in wanted]), np.array([p.lat for p in wanted]))
    for mode in np.unique(modes[ways.line]):
        on_mode = modes[ways.line] == mode
        points = np.unique(np.concatenate((ways.tail[on_mode], ways.head[on_mode])))
        tree = KDTree(_on_sphere(ways.lon[points], ways.lat[points]))
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


def _on_sphere(lon: FloatArray, lat: FloatArray) -> FloatArray:
    east, north = np.radians(lon), np.radians(lat)
    return np.stack((np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)), axis=1)


def _links(
    ways: Ways, chains: Chains, anchor: IntArray, terminals: list[Place], dropped: Counter[str]
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Rows of links, and a point of each node that they name."""
    import pandas as pd

    members: dict[int, dict[int, None]] = defaultdict(dict)
    pairs = np.unique(np.stack((chains.chain, ways.line), axis=1)[chains.chain >= 0], axis=0)
    for chain, line in pairs.tolist():
        members[chain][line] = None
    used: dict[str, int] = {}
    names: Counter[str] = Counter()
    rows = []
    for chain, (a, b) in enumerate(zip(chains.first.tolist(), chains.last.tolist(), strict=True)):
        ends = [_node_id(ways, point, anchor, terminals) for point in (a, b)]
        if ends[0] == ends[1]:
            dropped["loops at one node"] += 1
            continue
        lines = [ways.lines[row] for row in members[chain]]
        used.setdefault(ends[0], a)
        used.setdefault(ends[1], b)
        head = lines[0]
        name = f"{head.mode}-{ends[0]}-{ends[1]}"
        names[name] += 1
        facts = {
            "electrified": head.electrified,
            "usage": _joined(line.usage for line in lines),
            "name": _joined(line.name for line in lines),
        }
        said = [f"{key}: {value}" for key, value in facts.items() if value]
        rows.append(
            {
                "id": name if names[name] == 1 else f"{name}-{names[name]}",
                "from_node": ends[0],
                "to_node": ends[1],
                "mode": head.mode,
                "gauge": head.gauge,
                "length_km": round(float(chains.length_km[chain]), 3),
                "status": head.status,
                "oneway": "yes" if head.oneway else "no",
                "source": SOURCE,
                "confidence": "med",
                "note": "; ".join([*said, *filter(None, {line.note for line in lines})]),
                **facts,
                "chain": chain,
            }
        )
    return pd.DataFrame(rows), used


def _courses(
    ways: Ways, chains: Chains, anchor: IntArray, terminals: list[Place], chain: IntArray, ids: Iterable[str]
) -> dict[str, Course]:
    """Positions along each link, from node to node, where there are any between."""
    points = chain_points(chains, ways.tail, ways.head)
    found: dict[str, Course] = {}
    for link, number in zip(ids, chain.tolist(), strict=True):
        course = points[number]
        places = list(zip(ways.lon[course].tolist(), ways.lat[course].tolist(), strict=True))
        # A terminal stands beside the line: the drawing goes up to it, the length does not.
        first, last = (
            [(terminals[anchor[end]].lon, terminals[anchor[end]].lat)] if anchor[end] >= 0 else []
            for end in (course[0], course[-1])
        )
        lon, lat = zip(*dict.fromkeys(first + places + last), strict=True)
        if len(lon) > 2:
            run_on = np.unwrap(lon, period=360.0).tolist()
            found[link] = tuple(zip(run_on, lat, strict=True))
    return found


def _joined(words: Any) -> str:
    return ", ".join(sorted({word for word in words if word}))


def _node_id(ways: Ways, point: int, anchor: IntArray, terminals: list[Place]) -> str:
    return terminals[anchor[point]].id if anchor[point] >= 0 else f"n{ways.point[point]}"


def _nodes(
    ways: Ways,
    used: Mapping[str, int],
    terminals: list[Place],
    links: pd.DataFrame,
    country: Country,
) -> pd.DataFrame:
    """Rows of nodes: a terminal stands where it is mapped, a junction on its line."""
    import pandas as pd

    known = {place.id: place for place in terminals}
    names = {place.id: place.name for place in ways.places if place.name}
    touches: dict[str, set[str]] = defaultdict(set)
    for end in ("from_node", "to_node"):
        for node, mode in zip(links[end], links["mode"], strict=True):
            touches[node].add(mode)
    rows = []
    for node, point in used.items():
        place = known.get(node)
        lon, lat = (place.lon, place.lat) if place else (float(ways.lon[point]), float(ways.lat[point]))
        wet = bool(touches[node] & set(WATER_MODES))
        kind = place.kind if place else "port" if wet else "rail_junction"
        rows.append({"id": node, "name": names.get(node, node), "lat": lat, "lon": lon, "kind": kind})
    frame = pd.DataFrame(rows)
    frame.insert(2, "country", _countries(country, frame))
    return frame.assign(source=SOURCE, confidence="med", loads=np.where(_loads(frame), "all", ""))


def _loads(frame: pd.DataFrame) -> BoolArray:
    found: BoolArray = frame["kind"].isin(("terminal", "port")).to_numpy()
    return found


def _countries(country: Country, frame: pd.DataFrame) -> list[str]:
    if callable(country):
        codes = list(map(str, country(frame["lon"].to_numpy(), frame["lat"].to_numpy())))
    else:
        codes = [country] * len(frame)
    odd = [code for code in codes if len(code) != 2 or not code.isascii() or not code.isupper()]
    if odd or len(codes) != len(frame):
        raise InvalidValueError(
            f"country gives {len(codes)} codes for {len(frame)} nodes, such as {(odd or codes)[:1]}",
            column="country",
            ids=odd[:20],
            expected="an ISO 3166-1 alpha-2 code for each",
            cure="give a code, or a function of longitudes and latitudes",
        )
    return codes


def _transfers(nodes: pd.DataFrame, links: pd.DataFrame, terminals: list[Place]) -> pd.DataFrame:
    """Changes of gauge where one ends, and of mode at terminals and wherever a ship lands."""
    import pandas as pd

    states: dict[str, list[tuple[str, tuple[int, ...]]]] = defaultdict(list)
    for link in links.itertuples():
        for node in (link.from_node, link.to_node):
            states[node].append((str(link.mode), parse_gauges(str(link.gauge)) or (0,)))
    handles = {place.id for place in terminals if place.kind != "border_post"}
    rows = []
    for node in nodes["id"]:
        found = {(mode, gauge) for mode, gauges in states[node] for gauge in gauges}
        rail = [set(gauges) for mode, gauges in states[node] if mode in GAUGED_MODES]
        gauge_ends = bool(rail) and set.union(*rail) != set.intersection(*rail)
        wet = any(mode in WATER_MODES for mode, _ in found)
        for (m1, g1), (m2, g2) in permutations(sorted(found), 2):
            # Where modes only cross (a level crossing) nothing changes over.
            if gauge_ends if m1 == m2 else node in handles or (wet and {m1, m2} & set(WATER_MODES)):
                ends = [f"{m}{g}" if g else m for m, g in ((m1, g1), (m2, g2))]
                rows.append((f"{node}-{ends[0]}-{ends[1]}", node, m1, g1, m2, g2))
    columns = ["id", "node", "from_mode", "from_gauge_mm", "to_mode", "to_gauge_mm"]
    return pd.DataFrame(rows, columns=columns)
