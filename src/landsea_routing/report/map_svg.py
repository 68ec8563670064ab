"""The picture of a map as an inline SVG.

Line width is proportional to flow; mode is told by colour *and* dash, rail gauge by hue, dual-gauge track
by an inner line of the second gauge's hue. All widths, dots and names keep their size on the screen while
the map is zoomed or shown on a phone: the style sheet asks for strokes that do not scale, and dots and
names sit in groups scaled by one variable, which the script sets. Without a script the first layer shows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.report import _marks as marks
from landsea_routing.report._html import Markup, check_name, escape_text, join_markup
from landsea_routing.report._labels import FONT_PX, Label, place_labels
from landsea_routing.report._marks import MapLine, MapPoint, MapTrack
from landsea_routing.report.basemap import Land, View, choose_land
from landsea_routing.report.map_paths import bow_sides, choose_box, land_path, line_path, path_data
from landsea_routing.report.tables import format_scaled

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
    view = View.fit(choose_box(lines, points, box), width_px)
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
            f'<path class="land" d="{land_path(land, view)}"/>',
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


def _describe(lines: Sequence[MapLine], points: Sequence[MapPoint], flow: FloatArray, unit: str) -> str:
    text = f"Map of {len(lines)} lines and {len(points)} places."
    if flow.any():
        used = int(np.count_nonzero(flow))
        peak = format_scaled(float(np.abs(flow).max()), unit)
        text += f" Line width shows flow: {used} lines carry some, the busiest {peak}."
    return text


def _graticule(view: View) -> list[str]:
    """Faint meridians and parallels with their degrees at the edge."""
    span = max(view.box.east - view.box.west, view.box.north - view.box.south)
    step = next((s for s in (1, 2, 5, 10, 20, 30) if span / s <= 7), 30)
    west, south, east, north = view.box
    parts, texts = [], []
    for lon in np.arange(np.ceil(west / step) * step, east, step):
        ends = view.project(np.array([[lon, north], [lon, south]]))
        parts.append(path_data(ends))
        # In the corner it would run into the figure of the lowest parallel.
        if ends[1, 0] > _CORNER_SHARE * view.width:
            texts.append(_edge_text(ends[1, 0], view.height - 6, _degrees(lon, "E", "W"), "middle"))
    for lat in np.arange(np.ceil(south / step) * step, north, step):
        ends = view.project(np.array([[west, lat], [east, lat]]))
        parts.append(path_data(ends))
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
    bows = bow_sides(lines)
    groups = {group: i for i, group in enumerate(dict.fromkeys(line.group for line in lines if line.group))}
    order = sorted(range(len(lines)), key=lambda i: (flow[i] != 0, -abs(flow[i])))
    drawn = []
    for i in order:
        line = lines[i]
        path = line_path(line, view, bows.get(i, 0))
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
        path = "".join(line_path(lines[row], view, 0) for row in track.rows)
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
        if (path := line_path(lines[row], view, 0))
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
