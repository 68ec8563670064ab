"""Path data of a map: coasts and lines as a browser draws them, in units of the canvas."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.report._marks import MapLine, MapPoint
from landsea_routing.report.basemap import Box, Land, View, check_box, clip_land, fit_box, split_line

_BOW_SHARE = 0.07
_BOW_MOST = 5.0


def choose_box(lines: Sequence[MapLine], points: Sequence[MapPoint], box: Sequence[float] | None) -> Box:
    """Return the view that is asked for, else one around all places or, without any, all lines."""
    if box is not None:
        return check_box(box)
    places = [(p.lon, p.lat) for p in points] or [c for line in lines for c in line.coordinates]
    return fit_box(np.array(places, dtype=np.float64).reshape(-1, 2))


def land_path(land: Land, view: View) -> str:
    """All rings in one path, so that the even-odd rule cuts lakes out."""
    return "".join(
        path_data(view.project(ring), closed=True) for ring in clip_land(land, view.box)
    )  # overlapping the canvas edge, where the coast stroke would otherwise draw a frame


def path_data(xy: FloatArray, *, closed: bool = False) -> str:
    """Path data with one decimal, doubled points left out."""
    rounded = np.round(xy, 1)
    keep = np.ones(len(rounded), dtype=bool)
    keep[1:] = np.any(rounded[1:] != rounded[:-1], axis=1)
    rounded = rounded[keep]
    if closed and len(rounded) < 3:
        return ""
    numbers = " ".join(f"{value:g}" for value in rounded.ravel())
    return f"M{numbers}Z" if closed else f"M{numbers}"


def bow_sides(lines: Sequence[MapLine]) -> dict[int, int]:
    """Which straight lines share both ends with another: -1, 1, -2, ... says how far they bow aside.

    Railways stay straight; the road beside one bends away, else it would be hidden.
    """
    seen: Counter[tuple[tuple[float, float], ...]] = Counter()
    sides: dict[int, int] = {}
    for i in sorted(range(len(lines)), key=lambda i: lines[i].mode != "rail"):
        line = lines[i]
        if len(line.coordinates) != 2:
            continue
        ends = sorted((round(lon, 3), round(lat, 3)) for lon, lat in line.coordinates)
        count = seen[tuple(ends)]
        seen[tuple(ends)] += 1
        if count:
            # The bow must not depend on which end the line starts from.
            turned = -1 if tuple(line.coordinates[0]) > tuple(line.coordinates[1]) else 1
            sides[i] = turned * ((count + 1) // 2) * (1 if count % 2 else -1)
    return sides


def line_path(line: MapLine, view: View, bow: int) -> str:
    """Path data of what is in view; empty when nothing is."""
    parts = []
    middle = (view.box.west + view.box.east) / 2
    for piece in split_line(line.coordinates, centre=middle):
        xy = view.project(piece)
        low, high = xy.min(axis=0), xy.max(axis=0)
        if high[0] < 0 or high[1] < 0 or low[0] > view.width or low[1] > view.height:
            continue
        parts.append(_bowed_path(xy, bow) if bow and len(xy) == 2 else path_data(xy))
    return "".join(parts)


def _bowed_path(xy: FloatArray, bow: int) -> str:
    """A quadratic curve that swings aside by a small share of its length."""
    step = xy[1] - xy[0]
    length = float(np.hypot(*step))
    if length == 0:
        return path_data(xy)
    aside = np.array([-step[1], step[0]]) / length * min(_BOW_SHARE * length, _BOW_MOST) * 2 * bow
    x0, y0, cx, cy, x1, y1 = np.round([*xy[0], *(xy.mean(axis=0) + aside), *xy[1]], 1)
    return f"M{x0:g} {y0:g}Q{cx:g} {cy:g} {x1:g} {y1:g}"
