"""Networks as geopandas frames and back: what GeoPackage and GeoParquet share.

Positions stand in the geometry alone (points of nodes, lines of links), so that moving one in a GIS moves it
here; all other columns are those of the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._extras import need
from landsea_routing.errors import InvalidValueError, SchemaError, did_you_mean, list_ids
from landsea_routing.io.assemble import Fault, finish, read_all
from landsea_routing.io.cells import Rows, need_columns
from landsea_routing.io.courses import lines_of
from landsea_routing.io.crs import WGS84, courses_of, to_lon_lat
from landsea_routing.io.foreign import adopt
from landsea_routing.io.lines import Parts, between, cut
from landsea_routing.model.network import Course, Network, Settings
from landsea_routing.model.schema import SCHEMAS
from landsea_routing.model.table import frame_rows, parse_rows

if TYPE_CHECKING:
    import pandas as pd

EXTRA = "geo"
MULTIPOINT = 4
"""Number of the type in shapely."""
Frames = dict[str, "pd.DataFrame"]


def to_frames(network: Network) -> Frames:
    """Return the tables of a network as frames, `nodes` and `links` with geometry in EPSG:4326.

    Raises
    ------
    MissingExtraError
        geopandas is not installed.

    Notes
    -----
    Tables without rows are left out where they are optional. Months are text, no limit is infinity.
    """
    geopandas, shapely = need("geopandas", extra=EXTRA), need("shapely", extra=EXTRA)
    frames = {
        name: table.to_frame()
        for name, table in network.tables.items()
        if len(table) or not table.schema.optional
    }
    lines = [_line(shapely, course) for course in lines_of(network)]
    points = shapely.points(network.nodes["lon"], network.nodes["lat"])
    frames["nodes"] = frames["nodes"].drop(columns=["lon", "lat"])
    for name, geometry in (("nodes", points), ("links", lines)):
        frames[name] = geopandas.GeoDataFrame(frames[name], geometry=geometry, crs=WGS84)
    return frames


def from_frames(
    frames: Mapping[str, Any],
    settings: Settings | None = None,
    *,
    name: str = "network",
    folder: Path | None = None,
    faults: Iterable[Fault] = (),
    strict: bool = True,
) -> Network:
    """Make a network of frames.

    Parameters
    ----------
    frames : mapping
        DataFrames by table; `nodes` with points and `links` with lines where they have a geometry, in any
        reference system that is said. Nodes without geometry need `lon` and `lat`; lines may be missing.
    settings : Settings, optional
        Those of a network that is whole. Without them, what is missing is assumed, and said in
        `settings.facts["assumed"]`.
    name : str
        Name of a network without settings.
    folder : Path, optional
        Where the frames came from.
    faults : iterable of errors
        What else is wrong with a network that is whole; raised with what is wrong in its tables.
    strict : bool
        Whether errors of the tables raise.

    Raises
    ------
    SchemaError
        A table, column or reference system is missing or not known.
    InvalidValueError
        A value cannot be read, or a geometry is none of points or lines.
    NetworkError
        The tables contradict each other.
    """
    for table, required in (("nodes", ("id",)), ("links", ("id", "from_node", "to_node"))):
        if table not in frames:
            raise SchemaError(
                f"there is no table {table}",
                table=table,
                ids=list(frames),
                expected="nodes and links",
                cure=did_you_mean(table, frames) or "add it",
            )
        need_columns(table, [str(c) for c in frames[table].columns], required)
    given = {n: _rows(frame) for n, frame in frames.items() if n in SCHEMAS}
    _locate(frames["nodes"], given["nodes"])
    courses = _courses(frames["links"], given["nodes"], given["links"])
    if settings is None:
        others = {n: rows for n, rows in given.items() if n not in ("nodes", "links")}
        return adopt(
            name,
            given["nodes"],
            given["links"],
            courses=courses,
            others=others,
            folder=folder,
            strict=strict,
        )
    readers = {n: partial(parse_rows, SCHEMAS[n], rows) for n, rows in given.items()}
    tables = read_all(settings.name, readers, faults)
    return finish(settings, tables, courses, strict=strict)


def _line(shapely: Any, course: Course) -> Any:
    parts = cut(course) if course else []
    if len(parts) > 1:
        return shapely.MultiLineString(parts)
    return shapely.LineString(parts[0]) if parts else None


def _rows(frame: Any) -> Rows:
    geometry = getattr(frame, "_geometry_column_name", None)
    rows = frame_rows(frame.drop(columns=[geometry]) if geometry in frame.columns else frame)
    return [{column: cell.strip() for column, cell in row.items()} for row in rows]


def _has_geometry(frame: Any) -> bool:
    return getattr(frame, "_geometry_column_name", None) in frame.columns


def _locate(frame: Any, rows: Rows) -> None:
    """Set `lon` and `lat` of nodes from their points."""
    if not _has_geometry(frame):
        need_columns("nodes", [str(c) for c in frame.columns], ("lon", "lat"))
        return
    shapely = need("shapely", extra=EXTRA)
    points = np.array(frame.geometry.array, dtype=object)
    # Some programs write every layer as that of many shapes each, of which there is one.
    alone = (shapely.get_type_id(points) == MULTIPOINT) & (shapely.get_num_geometries(points) == 1)
    points[alone] = shapely.get_geometry(points[alone], 0)
    points[shapely.is_empty(points)] = None  # an empty point has no x
    x, y = shapely.get_x(points), shapely.get_y(points)
    wrong = [row["id"] for row, ok in zip(rows, np.isfinite(x) & np.isfinite(y), strict=True) if not ok]
    if wrong:
        raise InvalidValueError(
            f"{len(wrong)} nodes are no points, or nowhere ({list_ids(wrong)})",
            table="nodes",
            column="geometry",
            ids=wrong,
            expected="a point for each node",
            cure="draw it",
        )
    lon, lat = to_lon_lat(x, y, frame.crs, "nodes")
    for row, *place in zip(rows, lon.tolist(), lat.tolist(), strict=True):
        row["lon"], row["lat"] = map(repr, place)


def _courses(frame: Any, nodes: Rows, links: Rows) -> dict[str, Course]:
    if not _has_geometry(frame) or not len(frame):
        return {}
    courses = courses_of(dict(_parts(frame, links)), frame.crs, "links")
    return between(courses, {row["id"]: (row["from_node"], row["to_node"]) for row in links}, nodes)


def _parts(frame: Any, links: Rows) -> Iterator[tuple[str, Parts]]:
    """Return the lines of links that have one; refuses what is no line."""
    wrong = []
    for row, shape in zip(links, frame.geometry.array, strict=True):
        if shape is None or shape.is_empty:
            continue
        if shape.geom_type not in ("LineString", "MultiLineString"):
            wrong.append(row["id"])
            continue
        parts = getattr(shape, "geoms", [shape])
        yield row["id"], [[(float(p[0]), float(p[1])) for p in part.coords] for part in parts]
    if wrong:
        raise InvalidValueError(
            f"{len(wrong)} links are no lines ({list_ids(wrong)})",
            table="links",
            column="geometry",
            ids=wrong,
            expected="a line for each link, or nothing",
            cure="draw it, or leave it empty",
        )
