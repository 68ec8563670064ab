"""Land outlines under a map: read, clip to a view and project, with numpy alone.

Maps use the Mercator projection. It keeps shapes true at every latitude, so that a region 30 degrees tall
does not look squashed at one end, and a view box stays a rectangle; areas grow polewards, which a flow map
can bear.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.errors import InvalidValueError, SchemaError

LonLat: TypeAlias = tuple[float, float]
MAX_LAT = 84.0
"""Mercator has no pole; views are cut here."""


class Box(NamedTuple):
    """A view in degrees; ``west < east`` and ``south < north``."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Land:
    """Land outlines and the box in which they are complete.

    Parameters
    ----------
    rings : tuple of arrays
        Each (n, 2), degrees lon and lat, not closed. Lakes are rings inside rings: fill by even-odd.
    box : Box
        Outside it nothing is known.
    source : str
        Whom to credit.
    """

    rings: tuple[FloatArray, ...]
    box: Box
    source: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A box of the world laid on a canvas; `project` maps degrees to canvas units.

    >>> view = View.fit(Box(100, 30, 140, 60), width=800)
    >>> view.project(np.array([[100.0, 60.0], [140.0, 30.0]])).round(6).tolist()[0]
    [0.0, 0.0]
    >>> bool(view.height > 800)
    True
    """

    box: Box
    width: float
    height: float

    @classmethod
    def fit(cls, box: Box, width: float) -> View:
        """Choose the height that keeps shapes true."""
        box = check_box(box)
        tall = float(np.diff(_mercator(np.array([box.south, box.north])))[0])
        return cls(box, float(width), width * tall / np.radians(box.east - box.west))

    def project(self, lonlat: FloatArray) -> FloatArray:
        """Canvas units of an (n, 2) array of degrees; y grows downwards."""
        scale = self.width / np.radians(self.box.east - self.box.west)
        top = _mercator(np.array([self.box.north]))[0]
        x = np.radians(lonlat[:, 0] - self.box.west) * scale
        return np.column_stack([x, (top - _mercator(lonlat[:, 1])) * scale])

    @property
    def middle_lat(self) -> float:
        """Latitude of the middle of the canvas, degrees."""
        south, north = _mercator(np.array([self.box.south, self.box.north]))
        return float(np.degrees(np.arcsin(np.tanh((south + north) / 2))))


def _mercator(lat: FloatArray) -> FloatArray:
    bounded = np.radians(np.clip(lat, -MAX_LAT, MAX_LAT))
    return np.asarray(np.arctanh(np.sin(bounded)), dtype=np.float64)


def check_box(box: Sequence[float]) -> Box:
    """Return a proper view box or raise.

    >>> check_box((100, 30, 140, 89))
    Box(west=100.0, south=30.0, east=140.0, north=84.0)
    """
    numbers = [float(v) for v in box]
    if len(numbers) != 4 or not np.all(np.isfinite(numbers)):
        raise InvalidValueError(f"box is {tuple(box)}", expected="west, south, east, north in degrees")
    west, south, east, north = numbers
    south, north = max(south, -MAX_LAT), min(north, MAX_LAT)
    if not (west < east <= west + 360 and south < north):
        raise InvalidValueError(
            f"box is {tuple(box)}", expected="west < east and south < north, at most one turn of the globe"
        )
    return Box(west, south, east, north)


def fit_box(lonlat: FloatArray, *, margin: float = 0.06, smallest: float = 2.0) -> Box:
    """Box around points with a margin (a share of its size), at least ``smallest`` degrees wide.

    >>> fit_box(np.array([[100.0, 40.0], [120.0, 50.0]]), margin=0.1)
    Box(west=98.0, south=39.0, east=122.0, north=51.0)
    """
    points = lonlat[np.all(np.isfinite(lonlat), axis=1)]
    if len(points) == 0:
        raise InvalidValueError(
            "there are no points to fit a map to", cure="give box=(west, south, east, north)"
        )
    low, high = points.min(axis=0), points.max(axis=0)
    pad = np.maximum((high - low) * margin, (smallest - (high - low)) / 2).clip(min=0)
    low, high = low - pad, high + pad
    return check_box((max(low[0], -180.0), low[1], min(high[0], 180.0), high[1]))


def heighten_box(box: Box, least: float = 0.5) -> Box:
    """Widen a flat view to north and south until it is at least ``least`` times as high as wide.

    >>> view = View.fit(heighten_box(Box(20, 50, 120, 55)), width=100)
    >>> bool(45 < view.height < 55)
    True
    """
    south, north = _mercator(np.array([box.south, box.north]))
    missing = max(0.0, least * float(np.radians(box.east - box.west)) - (north - south)) / 2
    ends = np.degrees(np.arcsin(np.tanh([south - missing, north + missing])))
    return check_box((box.west, float(ends[0]), box.east, float(ends[1])))


def load_land(path: Path | None = None) -> Land:
    """Read land outlines: a network's own file, or the world's that the library carries.

    >>> world = load_land()
    >>> len(world.rings) > 50, world.box.west, world.box.east
    (True, -180.0, 180.0)
    """
    if path is None:
        return _world_land()
    return _parse_land(Path(path).read_text(encoding="utf-8"), str(path))


def choose_land(box: Sequence[float], path: Path | None = None) -> Land:
    """Take the finer land of a network where it covers the view, the coarse world elsewhere.

    >>> choose_land((0, 0, 40, 40)).box.north
    90.0
    """
    if path is not None:
        land = load_land(path)
        view = check_box(box)
        covered = land.box.west <= view.west and land.box.east >= view.east
        if covered and land.box.south <= view.south and land.box.north >= view.north:
            return land
    return load_land()


@lru_cache(maxsize=1)
def _world_land() -> Land:
    name = "land_110m.json"
    return _parse_land(files(__package__).joinpath(name).read_text(encoding="utf-8"), name)


def _parse_land(text: str, name: str) -> Land:
    """Check one land file; every number has to be a degree."""
    cure = "make it with networks/make_land.py"
    try:
        content: dict[str, Any] = json.loads(text)
        rings = tuple(np.asarray(flat, dtype=np.float64).reshape(-1, 2) for flat in content["rings"])
        box = Box(*(float(v) for v in content["box"]))
    except (KeyError, TypeError, ValueError) as error:
        raise SchemaError(
            f"{name} is not a land file ({error})", expected="rings and box", cure=cure
        ) from error
    bad = [i for i, ring in enumerate(rings) if not np.all(np.abs(ring) <= (180.0, 90.0))]
    if bad:
        raise SchemaError(
            f"{name} has coordinates off the globe in {len(bad)} of {len(rings)} rings", ids=bad, cure=cure
        )
    return Land(rings, box, str(content.get("source", "")))


def clip_ring(ring: FloatArray, box: Box) -> FloatArray:
    """Cut one ring to a box (Sutherland-Hodgman, one pass of array code per side).

    What leaves the box and comes back is joined along its edge; drawn with fill alone, or with an edge just
    outside the canvas, that does not show.

    >>> clip_ring(np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]]), Box(1, 1, 9, 9)).tolist()
    [[4.0, 1.0], [4.0, 4.0], [1.0, 4.0], [1.0, 1.0]]
    """
    for axis, limit, sign in ((0, box.west, 1), (0, box.east, -1), (1, box.south, 1), (1, box.north, -1)):
        inside = sign * (ring[:, axis] - limit) >= 0
        if inside.all():
            continue
        if not inside.any():
            return np.empty((0, 2))
        ring = _clip_side(ring, axis, limit, inside)
    return ring


def _clip_side(ring: FloatArray, axis: int, limit: float, inside: np.ndarray) -> FloatArray:
    """Keep the points inside and add one where an edge crosses the side."""
    following = np.roll(ring, -1, axis=0)
    crossing = inside != np.roll(inside, -1)
    step = following[:, axis] - ring[:, axis]
    share = np.divide(limit - ring[:, axis], step, out=np.zeros(len(ring)), where=crossing)
    cut = ring + share[:, None] * (following - ring)
    cut[:, axis] = limit
    pairs = np.stack([ring, cut], axis=1).reshape(-1, 2)
    keep = np.column_stack([inside, crossing]).ravel()
    return np.asarray(pairs[keep], dtype=np.float64)


def clip_land(land: Land, box: Box, *, overlap: float = 0.5) -> list[FloatArray]:
    """Rings of a view, a little larger than it so that cut edges lie off the canvas.

    A view that runs on beyond 180 degrees is served from the next turn of the globe too.

    >>> rings = clip_land(load_land(), Box(170, 60, 200, 72))
    >>> bool(max(ring[:, 0].max() for ring in rings) > 180)
    True
    """
    wide = Box(box.west - overlap, box.south - overlap, box.east + overlap, box.north + overlap)
    clipped = []
    for turn in (-360.0, 0.0, 360.0):
        if wide.west >= 180 + turn or wide.east <= -180 + turn:
            continue
        shift = np.array([turn, 0.0])
        clipped += [clip_ring(ring + shift, wide) for ring in land.rings]
    return [ring for ring in clipped if len(ring) >= 3]


def split_line(coordinates: Sequence[LonLat], *, centre: float = 0.0) -> list[FloatArray]:
    """Cut a line where it crosses the edge of the map, half a turn away from ``centre``.

    Between two points a line is taken the short way round. Longitudes come back within half a turn of
    ``centre``, so no piece jumps across the map.

    >>> [piece.tolist() for piece in split_line([(170.0, 10.0), (-170.0, 20.0)])]
    [[[170.0, 10.0], [180.0, 15.0]], [[-180.0, 15.0], [-170.0, 20.0]]]
    """
    lonlat = np.asarray(coordinates, dtype=np.float64).reshape(-1, 2)
    lonlat = lonlat[np.all(np.isfinite(lonlat), axis=1)]
    if len(lonlat) < 2:
        return []
    lon = np.unwrap(lonlat[:, 0], period=360.0)
    turns = np.floor((lon - centre + 180.0) / 360.0)
    pieces, start = [], [lon[0], lonlat[0, 1]]
    current: list[list[float]] = [start]
    for i in range(1, len(lon)):
        point = [float(lon[i]), float(lonlat[i, 1])]
        if turns[i] != turns[i - 1]:
            edge = centre - 180.0 + 360.0 * max(turns[i], turns[i - 1])
            share = (edge - lon[i - 1]) / (lon[i] - lon[i - 1])
            cut = [edge, float(lonlat[i - 1, 1] + share * (lonlat[i, 1] - lonlat[i - 1, 1]))]
            pieces.append((turns[i - 1], [*current, cut]))
            current = [cut]
        current.append(point)
    pieces.append((turns[-1], current))
    return [np.asarray(piece) - [360.0 * turn, 0.0] for turn, piece in pieces]
