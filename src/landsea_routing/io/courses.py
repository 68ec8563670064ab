"""The courses of links that are not straight: a GeoJSON file beside the tables."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landsea_routing.errors import SchemaError, list_ids
from landsea_routing.io.cells import read_text
from landsea_routing.model.network import Course, Network, Settings
from landsea_routing.model.table import Table

COURSES_FILE = "sea_geometry.geojson"
"""Name of the file where `network.toml` gives none as `map.sea_geometry`."""


def courses_file(settings: Settings) -> str:
    """Return the name of the file of courses."""
    drawing = settings.facts.get("map")
    name = drawing.get("sea_geometry") if isinstance(drawing, Mapping) else None
    return Path(str(name or COURSES_FILE)).name


def read_courses(folder: Path, settings: Settings, links: Table) -> dict[str, Course]:
    """Read the courses of a folder by link id; none where there is no such file.

    Raises
    ------
    SchemaError
        The file is not a GeoJSON of lines, or draws a link that is not in `links`.
    """
    path = folder / courses_file(settings)
    if not path.is_file():
        return {}
    features = parse_json(read_text(path), path.name).get("features", ())
    try:
        courses = {
            str(f["properties"]["link"]): tuple(
                (float(x), float(y)) for x, y, *_ in f["geometry"]["coordinates"]
            )
            for f in features
            if f["geometry"]["type"] == "LineString"
        }
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise SchemaError(
            f"{path.name} cannot be read ({type(error).__name__}: {error})",
            expected='features of type LineString with a property "link"',
            cure="mend it, or remove it: links are drawn straight then",
        ) from None
    bad = [link for link, course in courses.items() if len(course) < 2 or not all(map(_on_earth, course))]
    strange = sorted(courses.keys() - set(links["id"].tolist()))
    if bad or strange:
        raise SchemaError(
            f"{path.name} draws {list_ids(bad or strange)}",
            table="links",
            ids=bad or strange,
            expected="two places or more, as lon and lat in degrees" if bad else "links of links.csv",
            cure="are lat and lon swapped?" if bad else "correct the id, or take the line out",
        )
    return courses


def courses_text(courses: Mapping[str, Course]) -> str:
    """Return the courses as the text of their file; the inverse of `read_courses`."""
    features = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {"link": link},
                "geometry": {"type": "LineString", "coordinates": course},
            },
            ensure_ascii=False,
        )
        for link, course in courses.items()
    ]
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"


def lines_of(network: Network) -> list[Course]:
    """Return the line of each link, in the order of the table: its course, or straight from end to end.

    A link with an end that is no node has an empty line.
    """
    nodes, links = network.nodes, network.links
    columns = (nodes[c].tolist() for c in ("id", "lon", "lat"))
    place = {node: (lon, lat) for node, lon, lat in zip(*columns, strict=True)}
    ends = zip(*(links[c].tolist() for c in ("id", "from_node", "to_node")), strict=True)
    return [
        network.courses.get(link) or ((place[start], place[end]) if start in place and end in place else ())
        for link, start, end in ends
    ]


def parse_json(text: str, name: str) -> dict[str, Any]:
    """Read the text of a JSON object; raises SchemaError that names the line."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{name} line {error.lineno} column {error.colno}: {error.msg}"
        raise SchemaError(where, ids=(error.lineno,), expected="JSON", cure="mend it") from None
    except RecursionError:
        raise SchemaError(f"{name} is nested too deep", expected="GeoJSON", cure="mend it") from None
    if not isinstance(found, dict):
        raise SchemaError(
            f"{name} holds a {type(found).__name__}", expected="a JSON object", cure="export it again"
        )
    return found


def _on_earth(place: tuple[float, float]) -> bool:
    # Longitudes of a course run on over the antimeridian.
    return math.isfinite(place[0]) and abs(place[1]) <= 90
