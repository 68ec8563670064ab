"""Draw the sea links of a network: shortest paths over water on Natural Earth land.

    python networks/make_sea_geometry.py                 # only links that have no feature yet
    python networks/make_sea_geometry.py --all           # all of them anew
    python networks/make_sea_geometry.py --replace searoute   # and those whose source holds this text

It reads ``links.csv``, ``nodes.csv``, ``land.json`` (1:50 million, the region) and the world's outlines of
the library (1:110 million), and writes ``sea_geometry.geojson``: one LineString per link of mode ``sea`` or
``rail_ferry``, from ``from_node`` to ``to_node``. The lines are for drawing; ``length_km`` stays what it is.

How: land is widened by an offing in the Mercator plane. Narrow waters that the outlines close are opened by
hand, some that through traffic avoids are shut (`straits.py`). Corners of the coast and ports form
a visibility graph; its straight edges are rhumb lines, drawn on a Mercator map exactly as they were tested.
Links to Europe pass named straits and capes in a given order (likewise).

Longitudes run on beyond 180 degrees where a link crosses the antimeridian (191 is 169 West): no segment jumps
over the globe, and a line stays one line.

Every line is checked and what is wrong is printed: its ends, land it crosses, its length against
``length_km`` (outside 0.85-1.2 it also gets a property ``length_ratio``). Needs numpy, scipy, shapely and
pyproj; nothing is downloaded.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import shapely
from pyproj import Geod
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry
from straits import CLOSINGS, LINK_ROUTES, OPENINGS, ROUTES, LonLat

Array: TypeAlias = np.ndarray

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "northeast_asia"
WORLD_LAND = HERE.parent / "src" / "landsea_routing" / "report" / "land_110m.json"

MODES = ("sea", "rail_ferry")
EARTH_KM = 6371.0088
GEOD = Geod(ellps="WGS84")
FRAME = (
    -30.0,
    -42.0,
    200.0,
    79.5,
)  # west, south, east, north: all waters between Europe and the Bering Strait
OFFING_KM = 4.0  # in the region
OFFING_COARSE_KM = 10.0  # where only the coarse outlines are known
SIMPLIFY = 0.4  # share of the offing that simplifying the coast may take
BAND_DEG = 2.0  # the Mercator scale is held constant within a band of latitude
DECIMALS = 3
HARBOUR_KM = 15.0  # around a port the outlines are too coarse to judge a line
LAND_TOLERANCE_KM = 1.0
END_TOLERANCE_KM = 5.0
RATIO_RANGE = (0.85, 1.2)

PLAIN_SOURCE = "shortest over-water path, Natural Earth 50m land (public domain)"
ROUTE_SOURCE = (
    "waypoints: named straits and capes, approximate; "
    "shortest over-water path between them on Natural Earth land (public domain)"
)

EUROPE_WEST_OF = 60.0  # a sea link with one end west of this meridian has to name its route


@dataclass(frozen=True)
class Leg:
    """One link to draw; ``stops`` lie between its ports."""

    link: str
    start: str
    end: str
    stops: tuple[LonLat, ...]
    length_km: float


@dataclass(frozen=True)
class Waters:
    """What a ship may use (Mercator plane), the land itself (degrees) and what is not judged (degrees)."""

    free: Polygon
    land: BaseGeometry
    opened: BaseGeometry


def to_plane(lonlat: Array) -> Array:
    """Mercator, in km at the equator."""
    lon, lat = np.radians(np.asarray(lonlat, dtype=float)).T
    return np.asarray(EARTH_KM * np.column_stack([lon, np.arctanh(np.sin(lat))]))


def to_degrees(xy: Array) -> Array:
    """Undo `to_plane`."""
    x, y = np.asarray(xy, dtype=float).T / EARTH_KM
    return np.asarray(np.degrees(np.column_stack([x, np.arcsin(np.tanh(y))])))


def rhumb_km(a: Array, b: Array) -> Array:
    """Length of straight edges of the plane on the sphere."""
    lat_a, lat_b = (np.arcsin(np.tanh(p[:, 1] / EARTH_KM)) for p in (a, b))
    rise = np.abs(b[:, 1] - a[:, 1])
    flat = rise < 1e-6
    scale = np.where(flat, np.cos(lat_a), EARTH_KM * np.abs(lat_b - lat_a) / np.where(flat, 1.0, rise))
    return np.asarray(np.hypot(*(b - a).T) * scale)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a table of the network."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_land(path: Path) -> tuple[BaseGeometry, Polygon]:
    """Return land without its lakes, repeated east of 180 degrees, and the box in which it is complete."""
    content = json.loads(path.read_text(encoding="utf-8"))
    rings = [np.reshape(ring, (-1, 2)) for ring in content["rings"]]
    turned = [ring + np.array([360.0, 0.0]) for ring in rings if ring[:, 0].min() < FRAME[2] - 360.0]
    polygons = [shapely.make_valid(Polygon(ring)) for ring in [*rings, *turned]]
    return shapely.union_all(polygons).intersection(box(*FRAME)), box(*content["box"])


def widen(shape: BaseGeometry, km: float) -> BaseGeometry:
    """Widen a shape in degrees by km on the ground; the result lies in the plane."""
    bands = []
    for south in np.arange(FRAME[1], FRAME[3], BAND_DEG):
        band = shape.intersection(box(FRAME[0] - 10, south, FRAME[2] + 10, south + BAND_DEG))
        if not band.is_empty:
            plane = shapely.transform(shapely.segmentize(band, 1.0), to_plane)
            bands.append(plane.buffer(km / np.cos(np.radians(south + BAND_DEG / 2)), quad_segs=2))
    return shapely.union_all(bands)


def make_waters(region_land: Path, world_land: Path, anchor: LonLat) -> Waters:
    """Put land, offing and openings together; the waters are the piece that holds ``anchor``."""
    fine, fine_box = read_land(region_land)
    coarse, _ = read_land(world_land)
    fine, coarse = fine.intersection(fine_box), coarse.difference(fine_box)
    shut = []
    for land, offing in ((fine, OFFING_KM), (coarse, OFFING_COARSE_KM)):
        wide = widen(land, offing)
        shut.append(shapely.make_valid(wide.simplify(offing * SIMPLIFY)))
    shut += [widen(LineString(line), width) for width, line in CLOSINGS.values()]
    opened = shapely.union_all([widen(LineString(line), width) for width, line in OPENINGS.values()])
    frame = shapely.transform(box(*FRAME), to_plane)
    free = frame.difference(shapely.union_all(shut)).union(opened.simplify(0.5))
    at = Point(to_plane(np.array([anchor]))[0])
    piece = next(p for p in getattr(free, "geoms", [free]) if p.contains(at))
    not_judged = shapely.transform(opened.buffer(2.0), to_degrees)
    return Waters(piece, shapely.union(fine, coarse), not_judged)


def cross(a: Array, b: Array) -> Array:
    """Positive where b points to the left of a."""
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])


def coast_corners(free: Polygon) -> tuple[Array, Array, Array]:
    """Corners around which a taut line can bend, and their neighbours before and after along the ring."""
    oriented = shapely.geometry.polygon.orient(free)  # the water lies to the left of every ring
    parts = []
    for ring in (oriented.exterior, *oriented.interiors):
        xy = shapely.get_coordinates(ring)[:-1]
        before, after = np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0)
        bends = cross(xy - before, after - xy) < 0
        parts.append((xy[bends], before[bends], after[bends]))
    corners, before, after = (np.concatenate(group) for group in zip(*parts, strict=True))
    return corners, before, after


def taut(tip: Array, before: Array, after: Array, other: Array) -> Array:
    """Whether a line from ``other`` touches the coast at ``tip`` instead of running into it."""
    ray = other - tip
    return np.asarray(cross(ray, before - tip) * cross(ray, after - tip) >= -1e-6)


def visibility_graph(free: Polygon, places: Array) -> tuple[Array, coo_array]:
    """Return points (places first, then corners of the coast) and the lengths of free edges between them."""
    corners, before, after = coast_corners(free)
    points = np.concatenate([places, corners])
    before = np.concatenate([np.full_like(places, np.nan), before])
    after = np.concatenate([np.full_like(places, np.nan), after])
    fixed = np.arange(len(points)) < len(places)
    rows, columns = [], []
    slack = free.buffer(0.02)
    shapely.prepare(slack)
    for i in range(len(points) - 1):
        j = np.arange(i + 1, len(points))
        a = np.broadcast_to(points[i], (len(j), 2))
        good = fixed[j] | taut(points[j], before[j], after[j], a)
        if not fixed[i]:
            good &= taut(a, before[i], after[i], points[j])
        j = j[good]
        edges = shapely.linestrings(np.stack([np.broadcast_to(points[i], (len(j), 2)), points[j]], axis=1))
        j = j[shapely.covers(slack, edges)]
        rows.append(np.full(len(j), i))
        columns.append(j)
    row, column = np.concatenate(rows), np.concatenate(columns)
    length = rhumb_km(points[row], points[column]) + 1e-9
    return points, coo_array((length, (row, column)), shape=(len(points), len(points)))


def read_legs(folder: Path) -> tuple[list[Leg], dict[str, LonLat]]:
    """Return the links of a ship's mode and the positions of their ports."""
    nodes = {row["id"]: (float(row["lon"]), float(row["lat"])) for row in read_rows(folder / "nodes.csv")}
    route_of = {link: route for route, links in LINK_ROUTES.items() for link in links}
    legs = []
    links = read_rows(folder / "links.csv")
    if unknown := sorted(route_of.keys() - {row["id"] for row in links}):
        print(f"routes without a link: {', '.join(unknown)}")
    for row in links:
        if row["mode"] not in MODES:
            continue
        link, ends = row["id"], (row["from_node"], row["to_node"])
        stops = ROUTES[route_of[link]] if link in route_of else ()
        west = [nodes[end][0] < EUROPE_WEST_OF for end in ends]
        if any(west) and link not in route_of:
            raise SystemExit(f"{link} goes to Europe and has no route; add it to LINK_ROUTES")
        if west[0]:
            stops = stops[::-1]
        legs.append(Leg(link, *ends, stops, float(row["length_km"])))
    ports = {end: nodes[end] for leg in legs for end in (leg.start, leg.end)}
    return legs, ports


def sail(legs: Sequence[Leg], ports: dict[str, LonLat], waters: Waters) -> dict[str, Array]:
    """Return the course of each leg in degrees, port to port."""
    names = {end for leg in legs for end in (leg.start, leg.end)}
    stops = {stop for leg in legs for stop in leg.stops}
    wanted: dict[object, LonLat] = {name: ports[name] for name in sorted(names)}
    wanted.update({stop: stop for stop in sorted(stops)})
    row = {key: i for i, key in enumerate(wanted)}
    exact = to_plane(np.array(list(wanted.values())))
    afloat = shapely.get_coordinates(shapely.shortest_line(waters.free, shapely.points(exact)))[::2]
    points, edges = visibility_graph(waters.free, afloat)
    print(f"{len(points)} points, {edges.nnz} edges")
    distance, previous = dijkstra(edges, directed=False, indices=range(len(row)), return_predecessors=True)
    courses = {}
    for leg in legs:
        keys = [leg.start, *leg.stops, leg.end]
        course = [exact[row[leg.start]]]
        for a, b in pairwise(keys):
            i, j = row[a], row[b]
            if not np.isfinite(distance[i, j]):
                raise SystemExit(f"{leg.link}: no way over water from {a} to {b}; is an opening missing?")
            section = [j]
            while section[-1] != i:
                section.append(int(previous[i, section[-1]]))
            course += [points[k] for k in reversed(section)]
        course.append(exact[row[leg.end]])
        courses[leg.link] = tidy(to_degrees(np.array(course)))
    return courses


def tidy(lonlat: Array) -> Array:
    """Round, and drop points that repeat."""
    rounded = np.round(lonlat, DECIMALS) + 0.0
    keep = np.ones(len(rounded), dtype=bool)
    keep[1:] = np.any(rounded[1:] != rounded[:-1], axis=1)
    return np.asarray(rounded[keep])


def length_km(lonlat: Array) -> float:
    """Length on the ellipsoid."""
    return float(GEOD.line_length(lonlat[:, 0], lonlat[:, 1])) / 1000.0


def overland_km(lonlat: Array, waters: Waters) -> float:
    """Length over land, outside harbours and openings."""
    line: BaseGeometry = LineString(lonlat)
    for lon, lat in (lonlat[0], lonlat[-1]):
        around = np.arange(0.0, 360.0, 10.0)
        same = np.ones_like(around)
        east, north, _ = GEOD.fwd(lon * same, lat * same, around, HARBOUR_KM * 1000.0 * same)
        line = line.difference(Polygon(np.column_stack([east, north])))
    dry = line.difference(waters.opened).intersection(waters.land)
    parts = [part for part in getattr(dry, "geoms", [dry]) if isinstance(part, LineString)]
    return sum(length_km(shapely.get_coordinates(part)) for part in parts if not part.is_empty)


def check_feature(
    feature: dict[str, Any], leg: Leg, ports: dict[str, LonLat], waters: Waters
) -> tuple[float, list[str]]:
    """Return length over `length_km` and what is wrong with a line."""
    lonlat = np.array(feature["geometry"]["coordinates"], dtype=float)
    faults = []
    for name, point in ((leg.start, lonlat[0]), (leg.end, lonlat[-1])):
        off = length_km(np.array([ports[name], point]))
        if off > END_TOLERANCE_KM:
            faults.append(f"ends {off:.1f} km from {name}")
    if len(lonlat) < 2 or np.abs(np.diff(lonlat[:, 0])).max() > 180:
        faults.append("jumps over the globe")
    dry = overland_km(lonlat, waters)
    if dry > LAND_TOLERANCE_KM:
        faults.append(f"{dry:.1f} km over land")
    ratio = length_km(lonlat) / leg.length_km
    if not RATIO_RANGE[0] <= ratio <= RATIO_RANGE[1]:
        faults.append(f"length_ratio {ratio:.3f}")
    return ratio, faults


def make_feature(leg: Leg, course: Array) -> dict[str, Any]:
    """Write one course as GeoJSON."""
    properties = {"link": leg.link, "source": ROUTE_SOURCE if leg.stops else PLAIN_SOURCE}
    geometry = {"type": "LineString", "coordinates": course.tolist()}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def round_feature(feature: dict[str, Any]) -> dict[str, Any]:
    """Bring a kept line to the same number of decimals."""
    course = tidy(np.array(feature["geometry"]["coordinates"], dtype=float))
    return {**feature, "geometry": {"type": "LineString", "coordinates": course.tolist()}}


def write_features(path: Path, features: Iterable[dict[str, Any]]) -> None:
    """Write a collection, one feature a line."""
    lines = ",\n".join(json.dumps(feature, separators=(",", ":")) for feature in features)
    path.write_text('{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n", encoding="utf-8")


def main() -> None:
    """Read the arguments, draw what is missing, check everything and write."""
    parser = argparse.ArgumentParser(description="Draw the sea links of a network on Natural Earth land.")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="network folder (default: %(default)s)")
    parser.add_argument("--world-land", type=Path, default=WORLD_LAND)
    parser.add_argument("--out", type=Path, help="default: sea_geometry.geojson in the folder")
    parser.add_argument("--all", action="store_true", help="draw all links anew")
    parser.add_argument("--replace", metavar="TEXT", help="draw anew where the source holds this text")
    args = parser.parse_args()
    path = args.folder / "sea_geometry.geojson"
    legs, ports = read_legs(args.folder)
    known: dict[str, dict[str, Any]] = {}
    if path.is_file() and not args.all:
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            if not (args.replace and args.replace in feature["properties"]["source"]):
                known[feature["properties"]["link"]] = round_feature(feature)
    waters = make_waters(args.folder / "land.json", args.world_land, anchor=(135.0, 40.0))
    todo = [leg for leg in legs if leg.link not in known]
    courses = sail(todo, ports, waters) if todo else {}
    features, faulty = [], 0
    for leg in legs:
        feature = known[leg.link] if leg.link in known else make_feature(leg, courses[leg.link])
        ratio, faults = check_feature(feature, leg, ports, waters)
        feature["properties"].pop("length_ratio", None)
        if not RATIO_RANGE[0] <= ratio <= RATIO_RANGE[1]:
            feature["properties"]["length_ratio"] = round(ratio, 3)
        if faults:
            faulty += 1
            print(f"{leg.link}: {'; '.join(faults)}")
        features.append(feature)
    out = args.out or path
    write_features(out, features)
    size = out.stat().st_size / 1000
    print(f"{out}: {len(features)} lines, {len(todo)} drawn now, {faulty} with remarks, {size:.0f} kB")


if __name__ == "__main__":
    main()
