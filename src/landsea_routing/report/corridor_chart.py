"""Time-distance and cost-distance charts: routes as lines over kilometres that jump where cargo stands.

The form is that of the United Nations' ESCAP time/cost-distance methodology: a slope is carriage, a vertical
step is a border, a change of gauge or a terminal. Totals are read at the right end of each line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.report._html import Markup, escape_text, join_markup
from landsea_routing.report._marks import look
from landsea_routing.report.profile import MEASURES, Profile, Routes, Stop, named_routes, profile
from landsea_routing.report.tables import display_width, format_number

HOUR_STEPS = (1, 2, 3, 6, 12, 24, 48, 72, 120, 168, 240, 480, 720)
TEXT_PX, LETTER_PX = 12.0, 6.3
LEFT, RIGHT, TOP, BOTTOM = 48.0, 20.0, 30.0, 40.0
LEAST_STEP = 0.012
"""A stop lower than this share of the chart gets no name."""


def corridor_chart(
    routes: Routes, measure: str = "time", *, width: float = 860.0, height: float = 460.0
) -> Markup:
    """Draw routes over distance, with steps where cargo stands still.

    Parameters
    ----------
    routes : Route, sequence of Route, or mapping of names to Route
        `Alternatives` and `ParetoRoutes` are such sequences.
    measure : str
        ``time`` (h), ``cost`` (USD/t, what is paid) or ``generalized`` (USD/t, with the value of time).
    width, height : float
        Of the picture, in pixels; text keeps its size.

    Returns
    -------
    Markup
        Inline SVG, which uses the style sheet of the pages.

    Raises
    ------
    InvalidValueError
        There is no route, or no such measure.

    References
    ----------
    United Nations ESCAP, Time/Cost-Distance Methodology.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> graph = lsr.expand(lsr.load_network("toy_three_ports"))
    >>> svg = corridor_chart(lsr.alternatives(graph, "Ada", "Boro", k=2))
    >>> svg.count('<g class="way '), ": 26 h, border, transfer" in svg
    (2, True)
    """
    profiles = [profile(route, measure, name) for name, route in named_routes(routes).items()]
    title, unit = MEASURES[measure]
    frame = _Frame(
        width, height, _nice_axis(profiles, "km", False), _nice_axis(profiles, "value", measure == "time")
    )
    text = f"{title} over distance of {'; '.join(f'{p.name}: {_total(p, unit)}' for p in profiles)}"
    ways = [_way(frame, p, i, unit) for i, p in enumerate(profiles)]
    return join_markup(
        [
            f'<svg class="corridor" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
            f'role="img" aria-label="{escape_text(text)}">',
            *_axes(frame, f"{title}, {unit}"),
            *ways,
            *_stop_names(frame, profiles),
            *_end_marks(frame, profiles),
            "</svg>",
        ]
    )


def chart_legend(routes: Routes, measure: str = "time") -> Markup:
    """List the lines of a chart: number, name and total."""
    unit = MEASURES[measure][1]
    profiles = [profile(route, measure, name) for name, route in named_routes(routes).items()]
    items = [
        f'<li><svg class="sample {look(i)}" viewBox="0 0 22 16" width="22" height="16" aria-hidden="true">'
        f'<circle cx="11" cy="8" r="8"/><text x="11" y="12" text-anchor="middle">{i + 1}</text></svg>'
        f"<span>{escape_text(p.name)}: <b>{escape_text(_total(p, unit))}</b></span></li>"
        for i, p in enumerate(profiles)
    ]
    return Markup(f'<ul class="ways">{"".join(items)}</ul>')


@dataclass(slots=True)
class _Frame:
    """The canvas with its two axes, and the boxes that are taken."""

    width: float
    height: float
    x_ticks: FloatArray
    y_ticks: FloatArray
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def x(self, km: FloatArray | float) -> FloatArray:
        return np.asarray(LEFT + (self.width - LEFT - RIGHT) * np.asarray(km) / self.x_ticks[-1])

    def y(self, value: FloatArray | float) -> FloatArray:
        room = self.height - TOP - BOTTOM
        return np.asarray(self.height - BOTTOM - room * np.asarray(value) / self.y_ticks[-1])

    def take(self, box: tuple[float, float, float, float]) -> bool:
        """Keep a box if it is free and on the canvas."""
        left, top, right, bottom = box
        if left < LEFT + 2 or right > self.width - 2 or top < 2 or bottom > self.height - BOTTOM:
            return False
        if any(left < r and right > a and top < b and bottom > t for a, t, r, b in self.taken):
            return False
        self.taken.append(box)
        return True


def _total(line: Profile, unit: str) -> str:
    km = format_number(float(line.km[-1]), "km", decimals=0)
    return f"{km}, {format_number(float(line.value[-1]), unit, decimals=0 if line.value[-1] >= 100 else 1)}"


def _nice_axis(profiles: Sequence[Profile], name: str, hours: bool) -> FloatArray:
    """Ticks from zero to the first beyond everything drawn, at most seven steps."""
    largest = max(float(getattr(p, name).max()) for p in profiles) or 1.0
    power = 10.0 ** np.floor(np.log10(largest))
    decimal = [float(power * share) for share in (0.2, 0.5, 1, 2)]
    steps = HOUR_STEPS if hours and largest <= 7 * HOUR_STEPS[-1] else decimal
    step = next(float(s) for s in steps if largest / s <= 7)
    return np.arange(int(np.ceil(largest / step - 1e-9)) + 1, dtype=np.float64) * step


def _axes(frame: _Frame, title: str) -> list[str]:
    low, right = frame.height - BOTTOM, frame.width - RIGHT
    parts = [f'<text class="axis-name" x="4" y="14">{escape_text(title)}</text>']
    # Two neighbouring figures below a narrow chart must not touch; the last one stands left of its tick.
    last = display_width(f"{frame.x_ticks[-1]:,.0f}")
    wide = LETTER_PX * (1.5 * last + len(" km") + 2)
    every = int(np.ceil(wide / float(frame.x(frame.x_ticks[1]) - LEFT)))
    for value in frame.y_ticks:
        y = float(frame.y(value))
        parts.append(f'<path class="grid" d="M{LEFT:g} {y:.1f}H{right:g}"/>')
        parts.append(
            f'<text class="tick" x="{LEFT - 6:g}" y="{y + 4:.1f}" text-anchor="end">{value:,g}</text>'
        )
    for i, km in enumerate(frame.x_ticks):
        x = float(frame.x(km))
        parts.append(f'<path class="grid" d="M{x:.1f} {low:g}v5"/>')
        if i % every == 0:
            unit = " km" if i == (len(frame.x_ticks) - 1) // every * every else ""
            anchor = "end" if x > right - wide / 2 else "middle"
            place = f'x="{x:.1f}" y="{low + 19:g}" text-anchor="{anchor}"'
            parts.append(f'<text class="tick" {place}>{km:,.0f}{unit}</text>')
    return parts


def _way(frame: _Frame, line: Profile, i: int, unit: str) -> str:
    """One route: its line, then its steps, wider and with what happens there."""
    xy = np.column_stack([frame.x(line.km), frame.y(line.value)])
    points = " ".join(f"{x:.1f} {y:.1f}" for x, y in xy)
    steps = "".join(
        f'<path class="step" d="M{xy[s.at, 0]:.1f} {xy[s.at, 1]:.1f}V{xy[s.until, 1]:.1f}">'
        f"<title>{escape_text(_says(line, s, unit))}</title></path>"
        for s in line.stops
    )
    hint = f"<title>{escape_text(f'{line.name}: {_total(line, unit)}')}</title>"
    return f'<g class="way {look(i)}"><path class="ride" d="M{points}">{hint}</path>{steps}</g>'


def _says(line: Profile, stop: Stop, unit: str) -> str:
    amount = float(line.value[stop.until] - line.value[stop.at])
    words = {"access": "loading", "egress": "unloading", "relay": "from ship to ship"}
    happens = ", ".join(dict.fromkeys(words.get(kind, kind) for kind in stop.kinds))
    return f"{stop.name}: {format_number(amount, unit)}, {happens}"


def _stop_names(frame: _Frame, profiles: Sequence[Profile]) -> list[str]:
    """Names of the highest steps, where there is room; the figures of every line's end come first."""
    drawn = []
    for line in profiles:
        x, y = float(frame.x(line.km[-1])), float(frame.y(line.value[-1]))
        frame.taken.append((x - 9, y - 9, x + 9, y + 9))
        drawn.append(_segments(frame, line))
    segments = np.concatenate(drawn)
    steps = [
        (float(line.value[s.until] - line.value[s.at]), i, line, s)
        for i, line in enumerate(profiles)
        for s in line.stops
        if not {"access", "egress"} & set(s.kinds)
    ]
    steps = [s for s in steps if s[0] >= LEAST_STEP * frame.y_ticks[-1]]
    names, seen = [], set()
    for _, i, line, stop in sorted(steps, key=lambda s: (-s[0], s[1])):
        key = (stop.name, round(float(line.value[stop.at])))
        if key not in seen:
            text = _place_name(frame, line, stop, i, segments)
            seen |= {key} if text else set()
            names.append(text)
    return [name for name in names if name]


def _segments(frame: _Frame, line: Profile) -> FloatArray:
    """Points along a line, a few pixels apart, that names must not cover."""
    x, y = frame.x(line.km), frame.y(line.value)
    count = np.maximum(np.hypot(np.diff(x), np.diff(y)) // 5, 1).astype(np.int64)
    at = np.concatenate([np.arange(i, i + 1, 1 / n)[:n] for i, n in enumerate(count.tolist())])
    whole = np.arange(len(x))
    xy = np.column_stack([np.interp(at, whole, x), np.interp(at, whole, y)])
    return np.asarray(xy, dtype=np.float64)


def _place_name(frame: _Frame, line: Profile, stop: Stop, i: int, segments: FloatArray) -> str:
    """Write a name left of the step or right of it, above, in the middle or below; empty without room."""
    name = stop.name.split(" (", maxsplit=1)[0]
    wide = LETTER_PX * display_width(name)
    x = float(frame.x(line.km[stop.at]))
    low, high = float(frame.y(line.value[stop.at])), float(frame.y(line.value[stop.until]))
    for anchor in ("end", "start"):
        left = x - 6 - wide if anchor == "end" else x + 6
        for y in (high + 4, (low + high) / 2, low - 4, high - 8, low + 10):
            box = (left, y - TEXT_PX / 2 - 1, left + wide, y + TEXT_PX / 2 + 1)
            covered = np.all((segments > box[:2]) & (segments < box[2:]), axis=1).any()
            if not covered and frame.take(box):
                at = f'x="{x - 6 if anchor == "end" else x + 6:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}"'
                return f'<text class="stop {look(i)}" {at}>{escape_text(name)}</text>'
    return ""


def _end_marks(frame: _Frame, profiles: Sequence[Profile]) -> list[str]:
    """A disc with the number of the route at its end; discs that would meet are pushed up or aside."""
    ends = [(float(frame.x(p.km[-1])), float(frame.y(p.value[-1]))) for p in profiles]
    marks, placed = [], list[tuple[float, float]]()
    for i, (end, top) in enumerate(ends):
        above = [y for y in (top - 17 * k for k in range(len(ends))) if y >= 9]
        beside = [end - 17 * k for k in range(len(ends))]
        x, y = next(
            (x, y)
            for x in beside
            for y in above
            if not any(abs(x - a) < 17 and abs(y - b) < 17 for a, b in placed)
        )
        placed.append((x, y))
        marks.append(
            f'<g class="end {look(i)}"><circle cx="{x:.1f}" cy="{y:.1f}" r="8"/>'
            f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle">{i + 1}</text></g>'
        )
    return marks
