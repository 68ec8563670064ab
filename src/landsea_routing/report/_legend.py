"""What stands around a map: its legend, the buttons that choose a layer and those that zoom."""

from __future__ import annotations

from collections.abc import Sequence

from landsea_routing.report import _marks as marks
from landsea_routing.report._html import Markup, check_name, escape_text, join_markup
from landsea_routing.report._marks import FlowLayer, MapLine, MapPoint, MapTrack
from landsea_routing.report.tables import format_scaled

_LENGTH = 40
_MOST_BUTTONS = 4
"""With more layers than these a slider chooses among them."""


def draw_controls(layers: Sequence[FlowLayer], name: str, *, has_flow: bool, difference: bool = False) -> str:
    """Radio buttons for the layers and a box for the difference; hidden until a script can act on them.

    With ``difference`` only those that differ from the first can be chosen, and nothing where that is one.

    >>> draw_controls([], "map", has_flow=False)
    ''
    """
    first = int(difference)
    if not has_flow or (difference and len(layers) == 2):
        return ""
    labels = [layer.name for layer in layers]
    if len(labels) > _MOST_BUTTONS:
        pick = _draw_slider(labels, first, name)
    else:
        pick = _draw_buttons(labels, first, name)
    change = ""
    if len(layers) > 1 and not difference:
        change = (
            '<label class="change"><input type="checkbox" data-show="difference" disabled>'
            f"<span>Difference to {escape_text(labels[0])}</span></label>"
        )
    return join_markup(['<div class="controls" hidden>', *pick, change, "</div>"])


def _draw_buttons(labels: Sequence[str], first: int, name: str) -> list[str]:
    """Radio buttons for the layers, from the first that may be shown on."""
    checked: dict[int | str, str] = {first: " checked"}
    values: list[tuple[int | str, str]] = [(i, labels[i]) for i in range(first, len(labels))]
    choices = [
        f'<label><input type="radio" name="{name}-layer" value="{value}"{checked.get(value, "")}>'
        f"<span>{escape_text(text)}</span></label>"
        for value, text in [*values, *([] if first else [("none", "Network only")])]
    ]
    return ['<fieldset class="choice"><legend class="unseen">Flows shown</legend>', *choices, "</fieldset>"]


def _draw_slider(labels: Sequence[str], first: int, name: str) -> list[str]:
    """A slider over the layers, in their order, with the name of the chosen one beside it."""
    ticks = "".join(f'<option value="{i}"></option>' for i in range(first, len(labels)))
    bare = (
        '<label class="change"><input type="checkbox" data-show="network"><span>Network only</span></label>'
    )
    ends = f'min="{first}" max="{len(labels) - 1}" step="1" value="{first}"'
    return [
        '<div class="slide"><label><span class="unseen">Flows shown</span>'
        f'<input type="range" {ends} list="{name}-ticks"></label>'
        f'<datalist id="{name}-ticks">{ticks}</datalist><output>{escape_text(labels[first])}</output></div>',
        "" if first else bare,
    ]


def draw_zoom_buttons() -> str:
    """Buttons over a corner of the map; hidden until a script can act on them."""
    buttons = (("in", "Zoom in", "+"), ("out", "Zoom out", "−"), ("all", "Show all", "⤢"))
    inner = "".join(
        f'<button type="button" data-zoom="{what}" aria-label="{text}" title="{text}">{sign}</button>'
        for what, text, sign in buttons
    )
    return f'<div class="zoom" hidden>{inner}</div>'


def draw_frame(picture: Markup, controls: str, legend: Markup, *, name: str, kind: str) -> Markup:
    """Put a picture, what chooses its layer and what explains it into one figure.

    Parameters
    ----------
    picture, legend : Markup
    controls : str
        From `draw_controls`.
    name : str
        That of the data block for the script, less its ``-data``.
    kind : str
        ``map`` or ``canvas``: which script takes care of it.
    """
    return join_markup(
        [
            f'<figure class="map-figure" data-{kind}="{check_name(name)}">',
            controls,
            f'<div class="map-frame">{picture}{draw_zoom_buttons()}</div>',
            '<p class="layer-note" aria-live="polite"></p>',
            legend,
            "</figure>",
        ]
    )


def draw_legend(
    lines: Sequence[MapLine],
    points: Sequence[MapPoint],
    *,
    largest: float,
    largest_change: float,
    unit: str,
    credit: str,
    tracks: Sequence[MapTrack] = (),
    difference: bool = False,
) -> Markup:
    """Explain only what the map holds: lines, widths, changes and shapes of places."""
    used = [lines[i] for track in tracks for i in track.rows] if tracks else lines
    return join_markup(
        [
            '<figcaption class="legend">',
            _block("Routes", _track_entries(tracks), "flow"),
            _block("Lines", _line_entries(used), "flow network", hidden=difference),
            _block("Flow", _width_entries(largest, unit), "flow", widths=True, hidden=difference),
            _block(
                "Change",
                _change_entries(largest_change, unit),
                "difference",
                widths=True,
                hidden=not difference,
            ),
            _block("Places", _point_entries(points), "flow network difference"),
            f'<p class="credit">Land: {escape_text(credit)}</p>' if credit else "",
            "</figcaption>",
        ]
    )


def _block(
    heading: str, entries: Sequence[str], views: str, *, widths: bool = False, hidden: bool = False
) -> str:
    """One titled list, shown in the named views of the map; ``widths`` shrink with the map on a phone."""
    if not entries:
        return ""
    items = "".join(f"<li>{entry}</li>" for entry in entries)
    flags = (" data-flow" if widths else "") + (" hidden" if hidden else "")
    opening = f'<div class="key of-{heading.lower()}" data-views="{views}"{flags}>'
    return f"{opening}<p>{heading}</p><ul>{items}</ul></div>"


def _line_entries(lines: Sequence[MapLine]) -> list[str]:
    """One entry per mode and gauge in use, then the statuses that look different."""
    present = {(marks.mode_class(line.mode), *marks.gauge_classes(line.mode, line.gauge)) for line in lines}
    modes = [*marks.MODE_NAMES, "other"]
    entries = []
    for mode, outer, inner in sorted(present, key=lambda key: (modes.index(key[0]), bool(key[2]), key[1:])):
        text = marks.MODE_NAMES.get(mode, "Other mode") + _gauge_text(outer, inner)
        entries.append(_sample(f"ln {mode} {outer} on", 7.0 if inner else 4.0, text, inner=inner))
    statuses = {marks.status_class(line.status) for line in lines}
    entries += [
        _sample(f"ln plain {status} on", 4.0 if status == "restricted" else 2.0, text)
        for status, text in marks.STATUS_NAMES.items()
        if status in statuses
    ]
    return entries


def _track_entries(tracks: Sequence[MapTrack]) -> list[str]:
    return [
        f'<svg class="sample {marks.look(i)}" viewBox="0 0 {_LENGTH} 16" width="{_LENGTH}" height="16" '
        f'aria-hidden="true"><g class="track" stroke-width="10"><path d="M1 8H{_LENGTH - 1}"/></g></svg>'
        f"<span>{i + 1}: {escape_text(track.name)}</span>"
        for i, track in enumerate(tracks)
    ]


def _gauge_text(outer: str, inner: str) -> str:
    """Words for the gauge classes of a line.

    >>> _gauge_text("g1435", "g1520"), _gauge_text("gother", ""), _gauge_text("", "")
    (', 1435 + 1520 mm', ', other gauge', '')
    """
    names = [name.removeprefix("g") for name in (outer, inner) if name]
    if not names:
        return ""
    return ", other gauge" if names == ["other"] else f", {' + '.join(names)} mm"


def _width_entries(largest: float, unit: str) -> list[str]:
    samples = [
        _sample("ln plain on", marks.stroke_px(flow, largest), format_scaled(flow, unit))
        for flow in marks.sample_flows(largest)
    ]
    return [*samples, _sample("ln", 0.0, "none")] if samples else []


def _change_entries(largest_change: float, unit: str) -> list[str]:
    samples = marks.sample_flows(largest_change)
    if not samples:
        return []
    widths = [marks.stroke_px(flow, largest_change) for flow in samples]
    texts = [format_scaled(flow, unit) for flow in samples]
    gains = [_sample("ln gain", widths[i], f"more by {texts[i]}") for i in (1, 2)]
    losses = [_sample("ln loss", widths[i], f"less by {texts[i]}") for i in (1, 2)]
    return [*gains, *losses, _sample("ln", 0.0, "no change")]


def _point_entries(points: Sequence[MapPoint]) -> list[str]:
    present = {marks.shape_of(point.kind) for point in points}
    return [
        f'<svg class="sample" viewBox="-8 -8 16 16" width="16" height="16" aria-hidden="true">'
        f"{marks.draw_shape(shape, 3.2)}</svg><span>{text}</span>"
        for shape, text in marks.KIND_NAMES.items()
        if shape in present
    ]


def _sample(classes: str, width: float, text: str, *, inner: str = "") -> str:
    """A short line drawn as on the map, and its meaning."""
    d = f"M1 8H{_LENGTH - 1}"
    stroke = f' stroke-width="{width:g}"' if width else ""
    core = (
        f'<path class="in {inner}" stroke-width="{width * marks.CORE_SHARE:.3g}" d="{d}"/>' if inner else ""
    )
    return (
        f'<svg class="sample" viewBox="0 0 {_LENGTH} 16" width="{_LENGTH}" height="16" aria-hidden="true">'
        f'<g class="{classes}"{stroke}><path d="{d}"/>{core}</g></svg><span>{escape_text(text)}</span>'
    )
