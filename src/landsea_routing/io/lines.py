"""Courses of links as other formats want them: cut at the antimeridian, and as well-known text.

Inside, longitudes of a course run on over the antimeridian (179, 181, 185), so that neighbours are near each
other. Outside they lie between -180 and 180, and a line that crosses is cut in two (RFC 7946, section 3.1.9).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from landsea_routing.errors import InvalidValueError
from landsea_routing.model.network import Course

NEAR_DEG = 1e-7
"""About a centimetre: what is nearer is the same place."""

Parts = list[list[tuple[float, float]]]

WKT = re.compile(
    r"\s*(?:SRID=\d+;)?\s*(MULTI)?LINESTRING\s*(?:Z|M|ZM)?\s*\((.*)\)\s*", re.IGNORECASE | re.DOTALL
)
EMPTY = re.compile(r"\s*(?:SRID=\d+;)?\s*(?:MULTI)?LINESTRING\s*(?:Z|M|ZM)?\s*EMPTY\s*|\s*", re.IGNORECASE)


def run_on(points: Iterable[tuple[float, float]]) -> Course:
    """Let longitudes run on over the antimeridian.

    Examples
    --------
    >>> run_on([(179.0, 0.0), (-178.0, 1.0)])
    ((179.0, 0.0), (182.0, 1.0))
    """
    course: list[tuple[float, float]] = []
    for lon, lat in points:
        turns = round((course[-1][0] - lon) / 360) if course and math.isfinite(lon) else 0
        course.append((lon + 360 * turns, lat))
    return tuple(course)


def cut(points: Iterable[tuple[float, float]]) -> Parts:
    """Cut a line where it crosses the antimeridian; all longitudes between -180 and 180.

    Examples
    --------
    >>> cut([(179.0, 0.0), (-179.0, 1.0)])
    [[(179.0, 0.0), (180.0, 0.5)], [(-180.0, 0.5), (-179.0, 1.0)]]
    """
    parts: Parts = [[]]
    shift = 0.0
    for x, lat in run_on(points):
        part, lon = parts[-1], x + shift
        if not part and abs(lon) > 180:
            shift = -360.0 * round(lon / 360)
            lon = x + shift
        elif abs(lon) > 180:
            side = math.copysign(180.0, lon)
            before = part[-1]
            share = (side - before[0]) / (lon - before[0])
            seam = before[1] + share * (lat - before[1])
            if before[0] != side:
                part.append((side, seam))
            parts.append([(-side, seam)])
            shift -= 2 * side
            lon = x + shift
        if not parts[-1] or parts[-1][-1] != (lon, lat):
            parts[-1].append((lon, lat))
    return [part for part in parts if len(part) > 1] or parts[:1]


def join(parts: Sequence[Sequence[tuple[float, float]]]) -> Course:
    """Join the parts of a line; the inverse of `cut`.

    Raises
    ------
    InvalidValueError
        A part does not begin where the one before it ends.

    Examples
    --------
    >>> join([[(179.0, 0.0), (180.0, 0.5)], [(-180.0, 0.5), (-179.0, 1.0)]])
    ((179.0, 0.0), (181.0, 1.0))
    """
    course: list[tuple[float, float]] = []
    for part in parts:
        moved = run_on([*course[-1:], *part])[1 if course else 0 :]
        if course and not _near(course[-1], moved[0]):
            raise InvalidValueError(
                "a line is in pieces",
                ids=(course[-1], moved[0]),
                expected="parts that begin where the one before them ends",
                cure="draw each link as one line",
            )
        seam = (
            bool(course) and _is_straight(course[-2:] + list(moved[1:2])) and abs(course[-1][0]) % 360 == 180
        )
        course = course[: -1 if seam else None] + list(moved[1 if course else 0 :])
    return run_on(course)


def to_wkt(points: Iterable[tuple[float, float]]) -> str:
    """Return a line as well-known text, cut at the antimeridian.

    Examples
    --------
    >>> to_wkt([(1.0, 2.0), (3.5, 4.0)])
    'LINESTRING (1.0 2.0, 3.5 4.0)'
    """
    texts = ["(" + ", ".join(f"{lon!r} {lat!r}" for lon, lat in part) + ")" for part in cut(points)]
    return f"LINESTRING {texts[0]}" if len(texts) == 1 else f"MULTILINESTRING ({', '.join(texts)})"


def from_wkt(text: str) -> Parts:
    """Read the parts of a line of well-known text as they stand, none of `EMPTY`; heights are passed over.

    Raises
    ------
    InvalidValueError
        It is no line.

    Examples
    --------
    >>> from_wkt("LineString Z (1 2 0, 3.5 4 0)")
    [[(1.0, 2.0), (3.5, 4.0)]]
    """
    if EMPTY.fullmatch(text):
        return []
    found = WKT.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        bodies = re.findall(r"\(([^()]*)\)", found[2]) if found[1] else [found[2]]
        parts = [[_pair(words.split()) for words in body.split(",")] for body in bodies]
    except ValueError:
        raise InvalidValueError(
            f"geometry {text[:40]!r} cannot be read",
            column="geometry",
            ids=(text[:40],),
            expected="LINESTRING (x y, x y, ...)",
            cure="write well-known text, or leave the cell empty",
        ) from None
    return parts


def lines_of_wkt(texts: Mapping[str, str], where: str) -> dict[str, Parts]:
    """Read the lines of links that have one; raises InvalidValueError that names file and link."""
    lines = {}
    for link, text in texts.items():
        try:
            lines[link] = from_wkt(text)
        except InvalidValueError as error:
            raise InvalidValueError(
                f"{where}, link {link}: {error}", table="links", column="geometry", ids=(link,)
            ) from None
    return lines


def course_between(points: Course, start: tuple[float, float], end: tuple[float, float]) -> Course:
    """Return a line as the course of a link from `start` to `end`; empty where it is only the straight line.

    It is turned round where it was drawn from its end.

    Examples
    --------
    >>> course_between(((3.0, 4.0), (2.0, 2.0), (1.0, 2.0)), (1.0, 2.0), (3.0, 4.0))
    ((1.0, 2.0), (2.0, 2.0), (3.0, 4.0))
    >>> course_between(((1.0, 2.0), (3.0, 4.0)), (1.0, 2.0), (3.0, 4.0))
    ()
    """
    ends = (points[0], points[-1])
    if _same(ends, (end, start)) and not _same(ends, (start, end)):
        points = run_on(points[::-1])
    return () if len(points) == 2 and _same((points[0], points[-1]), (start, end)) else points


def between(
    courses: Mapping[str, Course], ends: Mapping[str, tuple[str, str]], nodes: Iterable[Mapping[str, str]]
) -> dict[str, Course]:
    """Return the courses of links that are not straight, each from its start to its end.

    `ends` are the nodes of each link, `nodes` rows of text with `id`, `lon` and `lat`; what has no place is
    passed over.
    """
    place = {row["id"]: place_of(row) for row in nodes}
    drawn = {}
    for link, course in courses.items():
        start, end = (place.get(node) for node in ends[link])
        if start is not None and end is not None and course:
            drawn[link] = course_between(course, start, end)
    return {link: course for link, course in drawn.items() if course}


def _pair(words: Sequence[str]) -> tuple[float, float]:
    x, y, *_ = map(float, words)
    return x, y


def place_of(row: Mapping[str, str]) -> tuple[float, float] | None:
    """Return `lon` and `lat` of a row of text, or nothing where they are no finite numbers."""
    try:
        lon, lat = float(row["lon"]), float(row["lat"])
    except (KeyError, ValueError):
        return None
    return (lon, lat) if math.isfinite(lon + lat) else None


def apart_deg(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return how far two places are apart, in degrees, along the axis on which they are farther."""
    return max(abs(math.remainder(a[0] - b[0], 360)), abs(a[1] - b[1]))


def _near(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return apart_deg(a, b) <= NEAR_DEG


def _same(ends: tuple[tuple[float, float], ...], others: tuple[tuple[float, float], ...]) -> bool:
    return all(map(_near, ends, others))


def _is_straight(points: Sequence[tuple[float, float]]) -> bool:
    """Say whether the middle one of three points lies on the line between the others."""
    if len(points) < 3:
        return False
    (ax, ay), (bx, by), (cx, cy) = points
    return abs((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)) <= NEAR_DEG * math.hypot(cx - ax, cy - ay)
