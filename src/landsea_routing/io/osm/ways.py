"""Ways and places of OpenStreetMap as arrays, from a local file or an OSMnx graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from landsea_routing._extras import need
from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError, LandseaError, SchemaError, list_ids
from landsea_routing.io.crs import WGS84, to_lon_lat
from landsea_routing.io.osm.tags import KEYS, Line, Rules, read_line, read_place

SUFFIXES = (".pbf", ".osm", ".osm.gz", ".osm.bz2", ".xml")
DEGREES = ("epsg:4326", "4326", "wgs84", "wgs 84", "epsg:4979", "ogc:crs84")
DECIDING = ("railway", "gauge", "highway", "route", "service", "oneway", "access", "hgv", "motor_vehicle")
"""Tags that decide what an edge is, where the ways it was merged of differ in them."""


class Place(NamedTuple):
    """A tagged point: a terminal, a border post, or a name."""

    id: str
    kind: str
    name: str
    lon: float
    lat: float


class Ways(NamedTuple):
    """Pieces of lines between neighbouring points, and places.

    Parameters
    ----------
    point : (n_points,) int array
        Ids of OpenStreetMap.
    lon, lat : (n_points,) arrays
        Degrees.
    tail, head : (n_pieces,) int arrays
        Ends, as positions in `point`; pieces against the direction of a way are turned round.
    length_km : (n_pieces,) array
        Length on WGS84.
    line : (n_pieces,) int array
        Position in `lines`.
    lines : list of Line
        What holds along each way.
    places : list of Place
        Terminals and names.
    dropped : Counter
        How many of what were left out, and why.
    all_nodes: bool
        Whether every point is a node already and none may be merged away.
    """

    point: IntArray
    lon: FloatArray
    lat: FloatArray
    tail: IntArray
    head: IntArray
    length_km: FloatArray
    line: IntArray
    lines: list[Line]
    places: list[Place]
    dropped: Counter[str]
    all_nodes: bool = False


def ways_of_file(path: str | Path, rules: Rules) -> Ways:
    """Read a local `.osm.pbf` or OSM XML file.

    Raises
    ------
    MissingExtraError
        osmium is not installed.
    LandseaError
        There is no such file.
    SchemaError
        It is no such file, or is cut off.
    """
    osmium = need("osmium", extra="osm")
    path = Path(path)
    # osmium would take a name with a scheme for an address and fetch it.
    if not path.is_file():
        raise LandseaError(
            f"{path} could not be read (no such file)", code="read", ids=(str(path),), expected="a local file"
        )
    if not path.name.endswith(SUFFIXES):
        raise SchemaError(f"{path} has an unknown suffix", expected=f"one of {', '.join(SUFFIXES)}")
    gathered = _Gathered()
    try:
        kinds = osmium.osm.NODE | osmium.osm.WAY
        objects = osmium.FileProcessor(str(path.resolve()), kinds).with_locations()
        for item in objects.with_filter(osmium.filter.KeyFilter(*KEYS)):
            if item.deleted:
                continue
            tags = dict(item.tags)
            if item.is_node():
                if item.location.valid():
                    gathered.take_place(f"n{item.id}", tags, item.lon, item.lat)
            else:
                course = [(ref.ref, ref.lon, ref.lat) if ref.location.valid() else None for ref in item.nodes]
                gathered.take_way(f"w{item.id}", tags, course, rules)
    except (RuntimeError, UnicodeDecodeError, ValueError, osmium.InvalidLocationError) as error:
        raise SchemaError(
            f"{path} cannot be read as OpenStreetMap data ({error})",
            expected="a .osm.pbf or OSM XML file",
            cure="is it cut off, or of another kind?",
        ) from error
    return gathered.ways()


def ways_of_graph(graph: Any, rules: Rules) -> Ways:
    """Read an OSMnx MultiDiGraph: nodes with x and y in degrees, edges with tags and a length in metres.

    Both directions of a two-way street become one piece; an edge without a length is measured. All nodes of
    a simplified graph stay nodes, and the courses of its edges are not taken over.

    Raises
    ------
    SchemaError
        A node has no position, the graph is projected, or an edge is one-way and the graph undirected.
    InvalidValueError
        A length is negative or no number, or positions are no degrees.
    """
    crs = str(graph.graph.get("crs", DEGREES[0])).lower()
    if crs not in DEGREES:
        raise SchemaError(
            f"the graph is in {crs}", expected="degrees of WGS84 (EPSG:4326)", cure="do not project it first"
        )
    gathered = _Gathered()
    at = _places_of_graph(graph)
    for node, facts in graph.nodes(data=True):
        gathered.take_place(f"n{at[node][0]}", _texts(facts), *at[node][1:])
    for tail, head, facts in graph.edges(data=True):
        length = facts.get("length")
        metres = None if length is None else _number(length)
        if metres is not None and not 0 <= metres < np.inf:
            raise InvalidValueError(
                f"edge {tail!r} -> {head!r} has the length {length!r}",
                ids=(tail, head),
                expected="metres >= 0",
            )
        name, course = f"w{facts.get('osmid', '')}", [at[tail], at[head]]
        line = _line_of_edge(facts, rules)
        if isinstance(line, Line) and line.oneway and not graph.is_directed():
            raise SchemaError(
                f"edge {tail!r} - {head!r} is one-way, and the graph undirected: it does not say which way",
                ids=(tail, head),
                expected="the MultiDiGraph that OSMnx makes",
                cure="leave out osmnx.convert.to_undirected",
            )
        gathered.take_line(name, _texts(facts), line, course, metres)
    return gathered.ways()._replace(all_nodes=bool(graph.graph.get("simplified")))


def _places_of_graph(graph: Any) -> dict[Any, tuple[int, float, float]]:
    """Return number and position of each node; refuses those that have none in degrees."""
    nodes = list(graph.nodes(data=True))
    lon, lat = (np.array([_number(facts.get(axis)) for _, facts in nodes]) for axis in ("x", "y"))
    nowhere = [nodes[i][0] for i in np.flatnonzero(~(np.isfinite(lon) & np.isfinite(lat)))]
    if nowhere:
        raise SchemaError(
            f"{len(nowhere)} nodes of the graph have no position ({list_ids(nowhere)})",
            ids=nowhere,
            expected="x and y in degrees",
        )
    to_lon_lat(lon, lat, WGS84, "the graph")
    # What is no number of OpenStreetMap gets one below all of theirs.
    numbers = [
        int(n) if str(n).removeprefix("-").isdecimal() else -(2**62) - i for i, (n, _) in enumerate(nodes)
    ]
    places = zip(numbers, lon.tolist(), lat.tolist(), strict=True)
    return {node: place for (node, _), place in zip(nodes, places, strict=True)}


def _number(value: Any) -> float:
    """Return a number that graphs write as one of Python or numpy, or as text."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return np.nan


def _line_of_edge(facts: Mapping[str, Any], rules: Rules) -> Line | str:
    """Say what an edge is to us: simplifying merges ways, and lists what each of them said.

    An edge of ways that differ in mode, gauge, status or direction is no link of ours.
    """
    said = {key: each for key in DECIDING if (each := _listed(facts.get(key)))}
    tags = _texts(facts)
    found = [
        read_line({**tags, **_texts(dict(zip(said, each, strict=True)))}, rules)
        for each in product(*said.values())
    ]
    lines = {line._replace(note="", usage=""): line for line in found if isinstance(line, Line)}
    if len({(line.mode, line.gauge, line.status, line.oneway) for line in lines}) > 1:
        return "edges merged of unlike lines (simplify with edge_attrs_differ)"
    return next(iter(lines.values()), found[0])


def _listed(value: Any) -> list[Any]:
    """Return what a list of an edge says, each once; GraphML has lists as the text of them."""
    if isinstance(value, str) and value[:1] + value[-1:] == "[]":
        value = [word.strip(" '\"") for word in value[1:-1].split(",")]
    return list(dict.fromkeys(value)) if isinstance(value, (list, tuple, set)) else []


def _texts(facts: Mapping[str, Any]) -> dict[str, str]:
    """Tags of a node or edge; simplified edges have lists of what was merged."""
    return {
        str(key): ";".join(map(str, value)) if isinstance(value, (list, tuple, set)) else str(value)
        for key, value in facts.items()
        if value is not None and not (isinstance(value, float) and np.isnan(value))
    }


class _Gathered:
    """What was seen so far."""

    def __init__(self) -> None:
        self.row: dict[int, int] = {}
        self.positions: list[tuple[float, float]] = []
        self.pieces: list[tuple[int, int, int]] = []
        self.given_km: list[float] = []
        self.lines: list[Line] = []
        self.places: list[Place] = []
        self.dropped: Counter[str] = Counter()

    def take_place(self, name: str, tags: Mapping[str, str], lon: float, lat: float) -> None:
        kind = read_place(tags)
        if kind:
            self.places.append(Place(name, kind, tags.get("name", ""), lon, lat))

    def take_way(
        self,
        name: str,
        tags: Mapping[str, str],
        course: Sequence[tuple[int, float, float] | None],
        rules: Rules,
    ) -> None:
        self.take_line(name, tags, read_line(tags, rules), course)

    def take_line(
        self,
        name: str,
        tags: Mapping[str, str],
        line: Line | str,
        course: Sequence[tuple[int, float, float] | None],
        length_m: float | None = None,
    ) -> None:
        if isinstance(line, str):
            self.dropped.update([line] if line else [])
            known = [point for point in course if point is not None]
            if known:  # an area: its middle will do
                lon, lat = np.mean([point[1:] for point in known], axis=0).tolist()
                self.take_place(name, tags, lon, lat)
            return
        self.dropped["points without a position"] += sum(point is None for point in course)
        if line.oneway < 0:
            course, line = course[::-1], line._replace(oneway=1)
        for a, b in pairwise(course):
            if a is not None and b is not None and a[0] != b[0]:
                self.pieces.append((self.point(a), self.point(b), len(self.lines)))
                self.given_km.append(np.nan if length_m is None else length_m / 1000)
        self.lines.append(line)

    def point(self, point: tuple[int, float, float]) -> int:
        if point[0] not in self.row:
            self.row[point[0]] = len(self.positions)
            self.positions.append(point[1:])
        return self.row[point[0]]

    def ways(self) -> Ways:
        from pyproj import Geod

        lon, lat = np.array(self.positions, dtype=np.float64).reshape(-1, 2).T
        tail, head, line = np.array(self.pieces, dtype=np.int64).reshape(-1, 3).T
        given = np.array(self.given_km, dtype=np.float64)
        measured = np.zeros(len(tail))
        if len(tail):
            measured = Geod(ellps="WGS84").inv(lon[tail], lat[tail], lon[head], lat[head])[2] / 1000
        length = np.where(np.isnan(given), measured, given)
        ids = np.array(list(self.row), dtype=np.int64)
        dropped = +self.dropped
        return Ways(ids, lon, lat, tail, head, length, line, self.lines, self.places, dropped)
