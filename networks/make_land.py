"""Make the land outlines of the maps from the npm package ``world-atlas`` 2 (Natural Earth).

Get the package once, with the ordinary npm client, and hand its archive (or the unpacked folder) over::

    npm pack world-atlas@2
    python networks/make_land.py world-atlas-2.0.2.tgz

It writes two files; ``--box``, ``--region-out`` and ``--world-out`` change what and where:

* ``networks/northeast_asia/land.json``: the 1:50 million outlines, clipped to a box around the region;
* ``src/landsea_routing/report/land_110m.json``: the 1:110 million outlines of the world, without Antarctica.

Each file holds ``rings``: closed rings ``[lon, lat, lon, lat, ...]`` in degrees, the last point not repeated.
A lake ring lies inside a land ring, so fill all rings together with the even-odd rule. The source stitches
its polygons across the antimeridian; here they are cut there again, so that no ring jumps by more than 180
degrees and none paints the whole ocean.

Needs shapely; nothing is downloaded.
"""

from __future__ import annotations

import argparse
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

Window = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

HERE = Path(__file__).resolve().parent
REGION_OUT = HERE / "northeast_asia" / "land.json"
WORLD_OUT = HERE.parent / "src" / "landsea_routing" / "report" / "land_110m.json"
REGION_BOX = (70.0, 18.0, 150.0, 62.0)
ANTARCTIC_LAT = -60.0
SMALLEST_ISLAND_110M = 0.02  # square degrees: less than a pixel on a world map
LICENCE = "Natural Earth: public domain; world-atlas: ISC, (c) Michael Bostock. See networks/LAND_LICENCE.md"


def read_member(package: Path, name: str) -> dict[str, Any]:
    """Read one JSON file of the package, from its folder or straight from the archive."""
    if package.is_dir():
        return dict(json.loads((package / name).read_text(encoding="utf-8")))
    with tarfile.open(package) as archive:
        member = archive.extractfile(f"package/{name}")
        if member is None:
            raise SystemExit(f"{package} holds no package/{name}; expected the archive of world-atlas 2")
        return dict(json.load(member))


def decode_arcs(topology: dict[str, Any]) -> list[np.ndarray]:
    """Undo quantisation and delta coding: one (n, 2) array of degrees per TopoJSON arc."""
    scale = np.array(topology["transform"]["scale"])
    offset = np.array(topology["transform"]["translate"])
    return [np.cumsum(np.array(arc), axis=0) * scale + offset for arc in topology["arcs"]]


def join_ring(arcs: list[np.ndarray], ids: list[int]) -> np.ndarray:
    """Chain arcs into one closed ring; ``~i`` means arc i backwards, and joints are stored twice."""
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in ids]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def unwrap(ring: np.ndarray) -> np.ndarray:
    """Let longitudes run on beyond 180 degrees instead of jumping to -180."""
    lon = np.degrees(np.unwrap(np.radians(ring[:, 0])))
    return np.column_stack([lon, ring[:, 1]])


def turn_globe(lonlat: np.ndarray, turns: int) -> np.ndarray:
    """Shift longitudes by whole turns of the globe."""
    return lonlat + np.array([360.0 * turns, 0.0])


def decode_polygons(topology: dict[str, Any]) -> Iterator[Polygon]:
    """Yield the land polygons with running longitudes; rings around a pole are left out.

    A ring that winds around a pole does not come back to its first longitude, so it bounds no area in the
    plane. Antarctica is the only one, and no freight goes there.
    """
    arcs = decode_arcs(topology)
    for geometry in topology["objects"]["land"]["geometries"]:
        for polygon in geometry["arcs"]:
            shell, *holes = (unwrap(join_ring(arcs, ids)) for ids in polygon)
            if abs(shell[0, 0] - shell[-1, 0]) > 180 or shell[:, 1].max() < ANTARCTIC_LAT:
                continue
            turns = [round((shell[:, 0].mean() - hole[:, 0].mean()) / 360) for hole in holes]
            yield Polygon(shell, [turn_globe(hole, turn) for hole, turn in zip(holes, turns, strict=True)])


def cut_at_antimeridian(polygon: Polygon, window: Window) -> Iterator[Polygon]:
    """Yield what of a polygon lies in the window, after bringing each turn of the globe back to -180..180."""
    valid = shapely.make_valid(polygon)
    for turn in (-1, 0, 1):
        moved = shapely.transform(valid, lambda xy, turn=turn: turn_globe(xy, turn))
        yield from polygons_of(moved.intersection(box(*window)))


def polygons_of(geometry: BaseGeometry) -> Iterator[Polygon]:
    """Yield the polygons of any geometry; points and lines left by clipping are dropped."""
    for part in getattr(geometry, "geoms", [geometry]):
        if isinstance(part, MultiPolygon):
            yield from part.geoms
        elif isinstance(part, Polygon) and not part.is_empty:
            yield part


def compact_rings(polygons: list[Polygon], *, decimals: int, smallest: float) -> list[list[float]]:
    """Round the rings, drop doubled points and rings too small to see; biggest first."""
    kept = sorted((p for p in polygons if p.area >= smallest), key=lambda p: -p.area)
    rings = []
    for polygon in kept:
        for line in (polygon.exterior, *polygon.interiors):
            xy = np.round(shapely.get_coordinates(line)[:-1], decimals) + 0.0  # + 0.0 turns -0.0 into 0.0
            xy = xy[np.any(xy != np.roll(xy, 1, axis=0), axis=1)]
            if len(xy) >= 3:
                rings.append(xy.ravel().tolist())
    return rings


def check_rings(rings: list[list[float]]) -> None:
    """Refuse to write a ring that jumps over the globe."""
    for flat in rings:
        lon = np.array(flat[::2])
        jump = np.abs(lon - np.roll(lon, 1)).max()
        if jump > 180:
            raise SystemExit(f"a ring near {flat[0]}, {flat[1]} jumps {jump} degrees; expected at most 180")


def write_land(
    path: Path,
    topology: dict[str, Any],
    *,
    name: str,
    window: Window,
    decimals: int,
    smallest: float = 0.0,
) -> None:
    """Decode, cut, round, check and write one file."""
    polygons = [part for whole in decode_polygons(topology) for part in cut_at_antimeridian(whole, window)]
    rings = compact_rings(polygons, decimals=decimals, smallest=smallest)
    check_rings(rings)
    source = f"Natural Earth land, {name}"
    content = {"source": source, "licence": LICENCE, "box": list(window), "rings": rings}
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")
    points = sum(len(flat) for flat in rings) // 2
    print(f"{path}: {len(rings)} rings, {points} points, {path.stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Read the arguments and write both files."""
    parser = argparse.ArgumentParser(description="Make the land outlines of the maps from world-atlas 2.")
    parser.add_argument("package", type=Path, help="world-atlas-2.0.2.tgz or the unpacked package folder")
    parser.add_argument(
        "--box", type=float, nargs=4, default=REGION_BOX, metavar=("WEST", "SOUTH", "EAST", "NORTH"),
        help="box of the region, degrees (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--region-out", type=Path, default=REGION_OUT)
    parser.add_argument("--world-out", type=Path, default=WORLD_OUT)
    args = parser.parse_args()
    west, south, east, north = args.box
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        parser.error(f"--box {args.box}: expected WEST < EAST in -180..180 and SOUTH < NORTH in -90..90")
    version = read_member(args.package, "package.json")["version"]
    write_land(
        args.region_out, read_member(args.package, "land-50m.json"),
        name=f"1:50m, npm world-atlas {version}", window=(west, south, east, north), decimals=3,
    )  # fmt: skip
    write_land(
        args.world_out, read_member(args.package, "land-110m.json"),
        name=f"1:110m, npm world-atlas {version}", window=(-180.0, ANTARCTIC_LAT, 180.0, 90.0), decimals=2,
        smallest=SMALLEST_ISLAND_110M,
    )  # fmt: skip


if __name__ == "__main__":
    main()
