"""The picture of a network and its flows: an inline SVG, its legend and its layer buttons.

Line width is proportional to flow; mode is told by colour *and* dash, rail gauge by hue, dual-gauge track
by an inner line of the second gauge's hue. All widths, dots and names keep their size on the screen while
the map is zoomed or shown on a phone: the style sheet asks for strokes that do not scale, and dots and
names sit in groups scaled by one variable, which the script sets. Without a script the first layer shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.report import _marks as marks
from landsea_routing.report._html import Markup, check_name, escape_text, join_markup
from landsea_routing.report._labels import FONT_PX, Label, place_labels
from landsea_routing.report._legend import draw_controls, draw_legend, draw_zoom_buttons
from landsea_routing.report._marks import FlowLayer, MapLine, MapPoint, MapTrack
from landsea_routing.report.basemap import (
    Box,
    Land,
    View,
    check_box,
    choose_land,
    clip_land,
    fit_box,
    split_line,
)
from landsea_routing.report.large_map import LARGE, large_map_figure
from landsea_routing.report.tables import format_scaled

_BOW_SHARE = 0.07
_BOW_MOST = 5.0
_FULL_SCALE = 1.0
_CORNER_SHARE = 0.08


def map_svg(
    lines: Sequence[MapLine],
    points: Sequence[MapPoint],
    *,
    title: str,
    land: Land | None = None,
    box: Sequence[float] | None = None,
    width_px: float = 1120.0,
    name: str = "map",
    unit: str = "t/yr",
    difference: bool = False,
    largest_t: float | None = None,
    tracks: Sequence[MapTrack] = (),
) -> Markup:
    """Draw one picture: land, graticule, lines by mode, gauge and flow, places with names.

    Parameters
    ----------
    lines, points : sequences of MapLine and MapPoint
    title : str
        Read out in place of the picture.
    land : Land, optional
        Outlines; the world's own where not given.
    box : (west, south, east, north), optional
        The view in degrees; around everything drawn where not given.
    width_px : float
        Width of the canvas; the height follows.
    name : str
        Prefix of the element ids, one per picture of a page.
    unit : str
        Unit of ``flow_t``.
    difference : bool
        Read ``flow_t`` as a change: gains blue, losses orange.
    largest_t : float, optional
        The flow drawn widest; give it to draw several pictures to one scale.
    tracks : sequence of MapTrack
        Routes, each as a band of its own colour, over lines without flow.

    >>> svg = map_svg([MapLine([(100, 40), (110, 45)], "rail", "1435", 2e6, "A-B")], [], title="One line")
    >>> "ln rail g1435 on" in svg, "A-B: 2 Mt/yr" in svg
    (True, True)
    """
    view = View.fit(_choose_box(lines, points, box), width_px)
    land = choose_land(view.box) if land is None else land
    flow = marks.check_layers(lines, [])[0].flow_t
    largest = float(np.abs(flow).max(initial=0.0)) if largest_t is None else largest_t
    prefix = check_name(name)
    state = "difference" if difference else "flow" if flow.any() or tracks else "network"
    width, height = f"{view.width:.0f}", f"{view.height:.0f}"
    return join_markup(
        [
            f'<svg class="map show-{state}" viewBox="0 0 {width} {height}" role="img" '
            f'aria-labelledby="{prefix}-title {prefix}-desc">',
            f'<title id="{prefix}-title">{escape_text(title)}</title>',
            f'<desc id="{prefix}-desc">{escape_text(_describe(lines, points, flow, unit))}</desc>',
            f'<rect class="water" width="{width}" height="{height}"/>',
            f'<path class="land" d="{_land_path(land, view)}"/>',
            *_graticule(view),
            '<g class="lines">',
            *_draw_lines(lines, flow, view, largest=largest, unit=unit, difference=difference),
            "</g>",
            *_draw_tracks(tracks, lines, view),
            '<g class="points">',
            *_draw_points(points, view),
            "</g>",
            "</svg>",
        ]
    )


def map_figure(
    lines: Sequence[MapLine],
    points: Sequence[MapPoint],
    *,
    title: str,
    layers: Sequence[FlowLayer] = (),
    land: Land | None = None,
    box: Sequence[float] | None = None,
    width_px: float = 1120.0,
    name: str = "map",
    unit: str = "t/yr",
    tracks: Sequence[MapTrack] = (),
    difference: bool = False,
) -> tuple[Markup, dict[str, Any]]:
    """Picture, legend, layer and zoom buttons, and the data block that the script of the page reads.

    A map of more than `LARGE` lines is drawn on a canvas; it needs the script ``large.js``, which
    `report_page` adds.

    Parameters
    ----------
    layers : sequence of FlowLayer
        The first is the base; of any other its difference to the base can be shown. With none, the flows
        of the lines are the only layer.
    tracks : sequence of MapTrack
        Routes to be shown in place of flows.
    difference : bool
        Show differences to the first layer only, from the start and without a script (there the second
        layer's).

    Returns
    -------
    figure : Markup
    data : dict
        To be put into the page under the id ``<name>-data``.

    >>> figure, data = map_figure([MapLine([(100, 40), (110, 45)], "sea")], [], title="t",
    ...     layers=[FlowLayer("Base", np.array([1e6])), FlowLayer("Shut", np.array([0.0]))])
    >>> [layer["name"] for layer in data["layers"]], data["largest_change"]
    (['Base', 'Shut'], 1000000.0)
    """
    chosen = marks.check_layers(lines, layers)
    if difference and len(chosen) < 2:
        raise InvalidValueError(
            "a map of differences has one layer", expected="a base and at least one other layer"
        )
    base = chosen[0].flow_t
    flows = flow_data(chosen)
    largest, largest_change = flows["largest"], flows["largest_change"]
    view_box = _choose_box(lines, points, box)
    land = choose_land(view_box) if land is None else land
    if len(lines) > LARGE:
        return large_map_figure(
            lines,
            points,
            chosen,
            title=title,
            land=land,
            box=view_box,
            land_path=_land_path,
            width_px=width_px,
            name=name,
            unit=unit,
            difference=difference,
            tracks=tracks,
        )
    drawn = chosen[1].flow_t - base if difference else base
    shown = [_with_flow(line, float(flow)) for line, flow in zip(lines, drawn, strict=True)]
    picture = map_svg(
        shown,
        points,
        title=title,
        land=land,
        box=view_box,
        width_px=width_px,
        name=name,
        unit=unit,
        difference=difference,
        largest_t=largest_change if difference else largest,
        tracks=tracks,
    )
    figure = join_markup(
        [
            f'<figure class="map-figure" data-map="{check_name(name)}">',
            draw_controls(chosen, name, has_flow=largest > 0, difference=difference),
            f'<div class="map-frame">{picture}{draw_zoom_buttons()}</div>',
            '<p class="layer-note" aria-live="polite"></p>',
            draw_legend(
                lines,
                points,
                largest=largest,
                largest_change=largest_change,
                unit=unit,
                credit=land.source,
                tracks=tracks,
                difference=difference,
            ),
            "</figure>",
        ]
    )
    data = {
        **flows,
        "widest_px": marks.WIDEST_PX,
        "core_share": marks.CORE_SHARE,
        "unit": unit,
        "rest": "flow" if tracks else "network",
        "difference": difference,
    }
    return figure, data


def flow_data(layers: Sequence[FlowLayer]) -> dict[str, Any]:
    """Return what the script of a page needs to show other flows on a map that is drawn already.

    >>> data = flow_data([FlowLayer("Base", np.array([2e6, 0.0])), FlowLayer("Case", np.array([1e6, 0.0]))])
    >>> [layer["t"] for layer in data["layers"]], data["largest"], data["largest_change"]
    ([[2000000.0], [1000000.0]], 2000000.0, 1000000.0)
    """
    flows = np.stack([layer.flow_t for layer in layers])
    return {
        "layers": [_sparse(layer) for layer in layers],
        "largest": float(np.abs(flows).max(initial=0.0)),
        "largest_change": float(np.abs(flows - flows[0]).max(initial=0.0)),
    }


def _with_flow(line: MapLine, flow_t: float) -> MapLine:
    return MapLine(line.coordinates, line.mode, line.gauge, flow_t, line.label, line.status, line.group)


def _sparse(layer: FlowLayer) -> dict[str, Any]:
    """A layer for the data block: only lines with flow, with digits enough to tell layers apart."""
    rows = np.flatnonzero(layer.flow_t)
    return {
        "name": layer.name,
        "note": layer.note,
        "rows": rows.tolist(),
        "t": [float(f"{t:.9g}") for t in layer.flow_t[rows]],
    }


def _choose_box(lines: Sequence[MapLine], points: Sequence[MapPoint], box: Sequence[float] | None) -> Box:
    if box is not None:
        return check_box(box)
    places = [(p.lon, p.lat) for p in points] or [c for line in lines for c in line.coordinates]
    return fit_box(np.array(places, dtype=np.float64).reshape(-1, 2))


def _describe(lines: Sequence[MapLine], points: Sequence[MapPoint], flow: FloatArray, unit: str) -> str:
    text = f"Map of {len(lines)} lines and {len(points)} places."
    if flow.any():
        used = int(np.count_nonzero(flow))
        peak = format_scaled(float(np.abs(flow).max()), unit)
        text += f" Line width shows flow: {used} lines carry some, the busiest {peak}."
    return text


def _land_path(land: Land, view: View) -> str:
    """All rings in one path, so that the even-odd rule cuts lakes out."""
    return "".join(
        _path(view.project(ring), closed=True) for ring in clip_land(land, view.box)
    )  # overlapping the canvas edge, where the coast stroke would otherwise draw a frame


def _path(xy: FloatArray, *, closed: bool = False) -> str:
    """Path data with one decimal, doubled points left out."""
    rounded = np.round(xy, 1)
    keep = np.ones(len(rounded), dtype=bool)
    keep[1:] = np.any(rounded[1:] != rounded[:-1], axis=1)
    rounded = rounded[keep]
    if closed and len(rounded) < 3:
        return ""
    numbers = " ".join(f"{value:g}" for value in rounded.ravel())
    return f"M{numbers}Z" if closed else f"M{numbers}"


def _graticule(view: View) -> list[str]:
    """Faint meridians and parallels with their degrees at the edge."""
    span = max(view.box.east - view.box.west, view.box.north - view.box.south)
    step = next((s for s in (1, 2, 5, 10, 20, 30) if span / s <= 7), 30)
    west, south, east, north = view.box
    parts, texts = [], []
    for lon in np.arange(np.ceil(west / step) * step, east, step):
        ends = view.project(np.array([[lon, north], [lon, south]]))
        parts.append(_path(ends))
        # In the corner it would run into the figure of the lowest parallel.
        if ends[1, 0] > _CORNER_SHARE * view.width:
            texts.append(_edge_text(ends[1, 0], view.height - 6, _degrees(lon, "E", "W"), "middle"))
    for lat in np.arange(np.ceil(south / step) * step, north, step):
        ends = view.project(np.array([[west, lat], [east, lat]]))
        parts.append(_path(ends))
        texts.append(_edge_text(5, ends[0, 1], _degrees(lat, "N", "S"), "start"))
    return [f'<path class="graticule" d="{"".join(parts)}"/>', '<g class="degrees">', *texts, "</g>"]


def _degrees(value: float, positive: str, negative: str) -> str:
    """Write degrees with their half of the globe.

    >>> _degrees(120.0, "E", "W"), _degrees(190.0, "E", "W"), _degrees(0.0, "N", "S")
    ('120° E', '170° W', '0°')
    """
    value = (value + 180.0) % 360.0 - 180.0 if positive == "E" and value != 180 else value
    half = positive if value > 0 else negative
    return "0°" if value == 0 else f"{abs(value):g}° {half}"


def _edge_text(x: float, y: float, text: str, anchor: str) -> str:
    place = f'<g transform="translate({x:.1f} {y:.1f})">'
    return f'{place}<text class="sc" text-anchor="{anchor}" dy="-2">{text}</text></g>'


def _draw_lines(
    lines: Sequence[MapLine],
    flow: FloatArray,
    view: View,
    *,
    largest: float,
    unit: str,
    difference: bool,
) -> list[str]:
    """One group per visible line; wide ones first, so that thin ones lie on top, and idle ones below all."""
    bows = _bow_sides(lines)
    groups = {group: i for i, group in enumerate(dict.fromkeys(line.group for line in lines if line.group))}
    order = sorted(range(len(lines)), key=lambda i: (flow[i] != 0, -abs(flow[i])))
    drawn = []
    for i in order:
        line = lines[i]
        path = _line_path(line, view, bows.get(i, 0))
        if not path:
            continue
        width = marks.stroke_px(float(flow[i]), largest)
        sign = ("gain" if flow[i] > 0 else "loss") if difference else "on"
        classes = f"{marks.line_class(line)} {sign}" if width else marks.line_class(line)
        hint = _hint(line, float(flow[i]), unit, difference)
        group = f' data-group="{groups[line.group]}"' if line.group else ""
        drawn.append(
            f'<g class="{classes}" data-line="{i}"{group}{_width(width)}>'
            f"<title>{escape_text(hint)}</title>{_strokes(line, path, width)}</g>"
        )
    return drawn


def _draw_tracks(tracks: Sequence[MapTrack], lines: Sequence[MapLine], view: View) -> list[str]:
    """Bands, the first route widest and at the bottom; over them the lines they use, by mode and gauge."""
    if not tracks:
        return []
    bands = []
    for i, track in enumerate(tracks):
        path = "".join(_line_path(lines[row], view, 0) for row in track.rows)
        hint = f"<title>{escape_text(track.name)}</title>"
        width = f"{marks.track_px(i, len(tracks)):g}"
        bands.append(f'<g class="track {marks.look(i)}" stroke-width="{width}">{hint}<path d="{path}"/></g>')
    used = dict.fromkeys(row for track in tracks for row in track.rows)
    inner = [
        f'<g class="{marks.line_class(lines[row])} on" stroke-width="1.8">'
        # Without the rim the band of a route would look like the outer rail of dual-gauge track.
        f'<title>{escape_text(lines[row].label)}</title><path class="rim" d="{path}"/>'
        f"{_strokes(lines[row], path, 1.8)}</g>"
        for row in used
        if (path := _line_path(lines[row], view, 0))
    ]
    return ['<g class="tracks">', *bands, *inner, "</g>"]


def _width(width: float) -> str:
    return f' stroke-width="{width:g}"' if width else ""


def _strokes(line: MapLine, path: str, width: float) -> str:
    """The line, and over it the inner line of dual-gauge track."""
    _, inner = marks.gauge_classes(line.mode, line.gauge)
    core = (
        f'<path class="in {inner}"{_width(round(width * marks.CORE_SHARE, 2))} d="{path}"/>' if inner else ""
    )
    return f'<path d="{path}"/>{core}'


def _hint(line: MapLine, flow: float, unit: str, difference: bool) -> str:
    label = line.label or " ".join(word for word in (line.mode.replace("_", " "), line.gauge) if word)
    if flow == 0:
        return label
    sign = "+" if difference and flow > 0 else ""
    return f"{label}: {sign}{format_scaled(flow, unit)}"


def _bow_sides(lines: Sequence[MapLine]) -> dict[int, int]:
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


def _line_path(line: MapLine, view: View, bow: int) -> str:
    """Path data of what is in view; empty when nothing is."""
    parts = []
    middle = (view.box.west + view.box.east) / 2
    for piece in split_line(line.coordinates, centre=middle):
        xy = view.project(piece)
        low, high = xy.min(axis=0), xy.max(axis=0)
        if high[0] < 0 or high[1] < 0 or low[0] > view.width or low[1] > view.height:
            continue
        parts.append(_bowed_path(xy, bow) if bow and len(xy) == 2 else _path(xy))
    return "".join(parts)


def _bowed_path(xy: FloatArray, bow: int) -> str:
    """A quadratic curve that swings aside by a small share of its length."""
    step = xy[1] - xy[0]
    length = float(np.hypot(*step))
    if length == 0:
        return _path(xy)
    aside = np.array([-step[1], step[0]]) / length * min(_BOW_SHARE * length, _BOW_MOST) * 2 * bow
    x0, y0, cx, cy, x1, y1 = np.round([*xy[0], *(xy.mean(axis=0) + aside), *xy[1]], 1)
    return f"M{x0:g} {y0:g}Q{cx:g} {cy:g} {x1:g} {y1:g}"


def _draw_points(points: Sequence[MapPoint], view: View) -> list[str]:
    """Dots, the important ones last and with names."""
    xy = view.project(np.array([(p.lon, p.lat) for p in points], dtype=np.float64).reshape(-1, 2))
    importance = np.array([p.importance for p in points], dtype=np.float64)
    labels = {
        label.point: label
        for label in place_labels(
            xy, [p.name for p in points], importance, width=view.width, height=view.height
        )
    }
    visible = np.all((xy >= 0) & (xy <= (view.width, view.height)), axis=1)
    return [
        _draw_point(points[i], float(xy[i, 0]), float(xy[i, 1]), labels.get(int(i)))
        for i in np.argsort(importance, kind="stable")
        if visible[i]
    ]


def _draw_point(point: MapPoint, x: float, y: float, label: Label | None) -> str:
    size = 2.6 if label is not None and label.scale <= _FULL_SCALE else 1.7
    text = "" if label is None else _name_text(point.name, label)
    shape = marks.draw_shape(marks.shape_of(point.kind), size)
    hint = f"<title>{escape_text(point.name)}</title>"
    return f'<g class="pt" transform="translate({x:.1f} {y:.1f})">{hint}{shape}{text}</g>'


def _name_text(name: str, label: Label) -> str:
    """A written name; those for larger scales wait for the script to show them."""
    hidden = " off" if label.scale > _FULL_SCALE else ""
    baseline = label.dy + FONT_PX * 0.36  # a text hangs from its baseline, a label from its middle
    place = f'x="{label.dx:g}" y="{baseline:.3g}" text-anchor="{label.anchor}"'
    return f'<text class="sc{hidden}" data-scale="{label.scale:g}" {place}>{escape_text(name)}</text>'
