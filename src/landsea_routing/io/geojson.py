"""Networks as GeoJSON (RFC 7946): nodes and links in one file, for small maps and the web.

Positions have seven decimals (a centimetre); lines are cut at the antimeridian. Only nodes and links are
kept, with all their columns: borders, transfers, tariffs, limits and demand are not, and reading assumes what
a network cannot be without.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from landsea_routing.errors import InvalidValueError, list_ids
from landsea_routing.io.atomic import write_text
from landsea_routing.io.cells import Rows, need_columns
from landsea_routing.io.courses import lines_of
from landsea_routing.io.crs import WGS84, courses_of, to_lon_lat
from landsea_routing.io.features import UNREADABLE, lines_of_shape, place_of_shape, read_collection
from landsea_routing.io.foreign import adopt
from landsea_routing.io.lines import Parts, between, cut
from landsea_routing.model.network import Network
from landsea_routing.model.table import Table, as_text

KEPT = ("nodes", "links")
"""The tables that the format keeps."""
DECIMALS = 7
MEMBER = "landsea_routing"
"""Our own member of the file, with the title and the base year."""
POSITIONS = ("lon", "lat")


def write_geojson(network: Network, path: str | Path) -> None:
    """Write the nodes and links of a network as one GeoJSON file.

    Parameters
    ----------
    network : Network
    path : str or Path
        The file; what was there before is replaced in one step.

    Raises
    ------
    LandseaError
        The file cannot be written.

    Notes
    -----
    Keeps all columns of nodes and links, name, title and base year; drops all other tables and the rest of
    `network.toml`. A number that is not known is null.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from landsea_routing import load_network
    >>> net = load_network("toy_three_ports")
    >>> with TemporaryDirectory() as folder:
    ...     write_geojson(net, Path(folder) / "net.geojson")
    ...     again = read_geojson(Path(folder) / "net.geojson", strict=False)
    >>> len(again.links) == len(net.links), again.settings.facts["assumed"][-1]
    (True, 'no link has a limit')
    """
    points = zip(network.nodes["lon"].tolist(), network.nodes["lat"].tolist(), strict=True)
    shapes = [{"type": "Point", "coordinates": _rounded(place)} for place in points]
    features = list(_features(network.nodes, shapes))
    lines = [_line(cut(course)) if course else None for course in lines_of(network)]
    features += _features(network.links, lines)
    head = {
        "type": "FeatureCollection",
        "name": network.name,
        MEMBER: {"title": network.settings.title, "base_year": network.settings.base_year},
    }
    texts = [json.dumps(feature, ensure_ascii=False, allow_nan=False) for feature in features]
    start = json.dumps(head, ensure_ascii=False)[:-1]
    write_text(Path(path), f'{start}, "features": [\n' + ",\n".join(texts) + "\n]}\n")


def read_geojson(path: str | Path, *, strict: bool = True) -> Network:
    """Read a network from a GeoJSON file of points (nodes) and lines (links).

    Parameters
    ----------
    path : str or Path
        A FeatureCollection in WGS84, lon before lat. Points have a property `id` (or are identified by the
        `id` of the feature), lines `id`, `from_node` and `to_node`; other properties are the columns of
        `docs/tables.md`.
    strict : bool
        Whether errors of the tables raise.

    Returns
    -------
    Network
        `settings.facts["assumed"]` says what was assumed and left out.

    Raises
    ------
    SchemaError
        The file is no GeoJSON, or in another reference system, or lacks a property.
    InvalidValueError
        A value or position cannot be read.
    NetworkError
        The tables contradict each other.
    """
    path = Path(path)
    whole = read_collection(path)
    nodes, links, lines = _sorted(whole["features"], path.name)
    for rows, required in ((nodes, ("id",)), (links, ("id", "from_node", "to_node"))):
        need_columns(path.name, list(dict.fromkeys(c for row in rows for c in row)), required)
    courses = courses_of(lines, WGS84, path.name)
    ends = {row["id"]: (row.get("from_node", ""), row.get("to_node", "")) for row in links}
    ours = whole.get(MEMBER)
    facts = ours if isinstance(ours, dict) else {}
    year = facts.get("base_year")
    return adopt(
        str(whole.get("name") or path.stem),
        nodes,
        links,
        courses=between(courses, ends, nodes),
        title=str(facts.get("title", "")),
        base_year=year if isinstance(year, int) else 0,
        folder=path.parent,
        strict=strict,
    )


def _features(table: Table, shapes: list[Any]) -> Iterator[dict[str, Any]]:
    columns = [c for c in table.schema.columns if c.name not in POSITIONS]
    texts = table.to_rows()
    for i, (row, shape) in enumerate(zip(texts, shapes, strict=True)):
        values = {c.name: row[c.name] if c.kind == "months" else _value(table[c.name][i]) for c in columns}
        yield {"type": "Feature", "id": row["id"], "properties": values, "geometry": shape}


def _value(value: Any) -> Any:
    plain = value.item()
    return None if isinstance(plain, float) and math.isnan(plain) else plain


def _rounded(place: tuple[float, float]) -> list[float]:
    return [round(place[0], DECIMALS), round(place[1], DECIMALS)]


def _line(parts: Parts) -> dict[str, Any]:
    lines = [[_rounded(place) for place in part] for part in parts]
    if len(lines) == 1:
        return {"type": "LineString", "coordinates": lines[0]}
    return {"type": "MultiLineString", "coordinates": lines}


def _sorted(features: list[Any], name: str) -> tuple[Rows, Rows, dict[str, Parts]]:
    """Return the points as rows of nodes, the lines as rows of links, and their coordinates."""
    nodes: Rows = []
    links: Rows = []
    lines: dict[str, Parts] = {}
    wrong: dict[str, list[int]] = {}
    for number, feature in enumerate(features, start=1):
        try:
            shape, row = feature["geometry"], _row(feature)
            if not row.get("id"):
                raise ValueError(f"no id among its properties {', '.join(row)[:80] or '(none)'}")
            kind = shape["type"] if shape else ""
            if kind == "Point" or (kind == "MultiPoint" and len(shape["coordinates"]) == 1):
                place = place_of_shape(shape["coordinates"] if kind == "Point" else shape["coordinates"][0])
                nodes.append({**row, **dict(zip(POSITIONS, map(repr, place), strict=True))})
            elif kind in ("LineString", "MultiLineString") or (not kind and "from_node" in row):
                links.append(row)
                lines[row["id"]] = lines_of_shape(shape) if shape else []
            else:
                wrong.setdefault(f"geometry {kind or None!r}", []).append(number)
        except UNREADABLE as error:
            wrong.setdefault(f"{type(error).__name__}: {error}", []).append(number)
    for what, numbers in wrong.items():
        raise InvalidValueError(
            f"{name} has {len(numbers)} features that cannot be read as node or link "
            f"(first: feature {list_ids(numbers, 3)}; {what})",
            column="geometry",
            ids=numbers,
            expected="a Point with an id for a node, a LineString with an id for a link",
            cure="mend them, or take them out",
        )
    _check_places(nodes, name)
    return nodes, links, {link: parts for link, parts in lines.items() if parts}


def _row(feature: dict[str, Any]) -> dict[str, str]:
    given = {"id": feature["id"]} if feature.get("id") is not None else {}
    return {str(k): as_text(v).strip() for k, v in {**given, **(feature.get("properties") or {})}.items()}


def _check_places(nodes: Rows, name: str) -> None:
    lon, lat = (np.array([float(row[column]) for row in nodes]) for column in POSITIONS)
    to_lon_lat(lon, lat, WGS84, name)
