"""The picture of a large network: the same map on a canvas, which a browser draws in a moment.

A browser needs minutes to lay out tens of thousands of SVG elements and a fraction of a second to stroke as
many lines. So coordinates go into the page as packed numbers, and a script draws, names and finds them.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.report import _marks as marks
from landsea_routing.report._html import Markup, escape_text
from landsea_routing.report._labels import place_labels
from landsea_routing.report._marks import FlowLayer, MapLine, MapPoint, MapTrack
from landsea_routing.report.basemap import Land, View, split_line
from landsea_routing.report.map_paths import land_path

STEPS_PER_UNIT = 16
"""Steps of the packed coordinates in a unit of the canvas; as many still show at the strongest zoom."""


def map_canvas(
    lines: Sequence[MapLine],
    points: Sequence[MapPoint],
    layers: Sequence[FlowLayer],
    *,
    title: str,
    land: Land,
    view: View,
    tracks: Sequence[MapTrack] = (),
) -> tuple[Markup, dict[str, Any]]:
    """Canvas of a map and the data that the script draws there.

    Parameters
    ----------
    lines, points, layers, title, land, tracks
        As in `map_figure`.
    view : View

    Returns
    -------
    picture : Markup
    data : dict
        O(lines + points) numbers.
    """
    hint = escape_text(f"{title}: map of {len(lines):,} lines and {len(points):,} places.")
    picture = Markup(
        f'<canvas class="map" width="{view.width:.0f}" height="{view.height:.0f}" role="img" '
        f'aria-label="{hint}"></canvas>'
    )
    rows, first, xy = _pieces(lines, view)
    styles, style = _styles(lines)
    labels = sorted({line.label for line in lines})
    number = {label: i for i, label in enumerate(labels)}
    return picture, {
        "size": [view.width, view.height],
        "steps": STEPS_PER_UNIT,
        "land": land_path(land, view),
        "xy": _pack(np.round(xy * STEPS_PER_UNIT), "<i4"),
        "first": _pack(first, "<u4"),
        "row": _pack(rows, "<u4"),
        "styles": styles,
        "style": _pack(style, "<u1"),
        "labels": labels,
        "label": _pack(np.array([number[line.label] for line in lines]), "<u4"),
        "places": _places(points, view),
        "layers": [_packed(layer) for layer in layers],
        "tracks": _tracks(tracks),
    }


def _pack(values: Any, kind: str) -> str:
    """Numbers as text, in a fixed size and byte order."""
    return base64.b64encode(np.ascontiguousarray(values, dtype=kind).tobytes()).decode("ascii")


def _packed(layer: FlowLayer) -> dict[str, Any]:
    ways = {} if layer.ways_t is None else {"ways": [_pack(way, "<f4") for way in layer.ways_t]}
    return {"name": layer.name, "note": layer.note, "t": _pack(layer.flow_t, "<f4"), **ways}


def _pieces(lines: Sequence[MapLine], view: View) -> tuple[list[int], list[int], FloatArray]:
    """Line of each piece, position of its first point, and all points on the canvas."""
    middle = (view.box.west + view.box.east) / 2
    rows, counts, parts = [], [0], []
    for i, line in enumerate(lines):
        for piece in split_line(line.coordinates, centre=middle):
            rows.append(i)
            counts.append(len(piece))
            parts.append(piece)
    lonlat = np.concatenate(parts) if parts else np.empty((0, 2))
    return rows, np.cumsum(counts).tolist(), view.project(lonlat)


def _styles(lines: Sequence[MapLine]) -> tuple[list[list[str]], list[int]]:
    """All looks in use (mode, gauge, inner gauge, status) and which of them each line has."""
    keys = [
        (
            marks.mode_class(line.mode),
            *marks.gauge_classes(line.mode, line.gauge),
            marks.status_class(line.status),
        )
        for line in lines
    ]
    number = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    return [list(key) for key in number], [number[key] for key in keys]


def _places(points: Sequence[MapPoint], view: View) -> dict[str, Any]:
    """Places on the canvas, their shapes, and the names that fit with the scale from which on they do."""
    xy = view.project(np.array([(p.lon, p.lat) for p in points], dtype=np.float64).reshape(-1, 2))
    importance = np.array([p.importance for p in points], dtype=np.float64)
    names = [p.name for p in points]
    placed = place_labels(xy, names, importance, width=view.width, height=view.height)
    shapes = list(marks.KIND_NAMES)
    return {
        "xy": _pack(xy, "<f4"),
        "shape": _pack([shapes.index(marks.shape_of(p.kind)) for p in points], "<u1"),
        "names": names,
        "labels": [[label.point, label.dx, label.dy, label.anchor, label.scale] for label in placed],
    }


def _tracks(tracks: Sequence[MapTrack]) -> list[dict[str, Any]]:
    """Bands of the routes: their look, width and lines."""
    n = len(tracks)
    return [
        {"name": track.name, "look": marks.look(i), "px": marks.track_px(i, n), "rows": list(track.rows)}
        for i, track in enumerate(tracks)
    ]
