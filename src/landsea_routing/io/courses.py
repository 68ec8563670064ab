"""The courses of links that are not straight: a GeoJSON file beside the tables."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

from landsea_routing.errors import SchemaError, list_ids
from landsea_routing.io.features import UNREADABLE, lines_of_shape, read_collection
from landsea_routing.io.lines import join
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
    courses: dict[str, Course] = {}
    for number, feature in enumerate(read_collection(path)["features"], start=1):
        try:
            link, parts = str(feature["properties"]["link"]), lines_of_shape(feature["geometry"])
            line = tuple(parts[0]) if len(parts) == 1 else join(parts)
        except UNREADABLE as error:
            raise SchemaError(
                f"{path.name}, feature {number} cannot be read ({type(error).__name__}: {error})",
                ids=(number,),
                expected='a LineString with a property "link"',
                cure="mend it, or take it out: a link without a line is drawn straight",
            ) from None
        if link in courses:
            raise SchemaError(
                f"{path.name}, feature {number} draws {link} a second time",
                ids=(link,),
                expected="one line for each link",
                cure="take one out",
            )
        courses[link] = line
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


def _on_earth(place: tuple[float, float]) -> bool:
    # Longitudes of a course run on over the antimeridian.
    return math.isfinite(place[0]) and abs(place[1]) <= 90
