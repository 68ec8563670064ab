"""Horizontal bars: one number for each of a few things."""

from __future__ import annotations

import math
from collections.abc import Sequence

from landsea_routing.report._html import Markup, escape_text, join_markup
from landsea_routing.report.tables import display_width, format_number

WIDTH, ROW, LABEL, VALUE = 720, 26, 230, 90
CHARACTER = 7.2
"""Width of a letter, in the unit of the picture."""
LETTERS = int(LABEL / CHARACTER)


def bar_figure(labels: Sequence[str], values: Sequence[float], *, title: str) -> Markup:
    """Draw one bar for each value, from a common zero; what is no finite number has no bar.

    Parameters
    ----------
    labels : sequence of str
        Plain text; escaped.
    values : sequence of float
    title : str
        Read out for the picture.

    >>> "<svg" in bar_figure(["a < b", "c"], [1.0, -2.0], title="Change"), bar_figure([], [], title="None")
    (True, '')
    """
    if not labels:
        return Markup("")
    finite = [v if math.isfinite(v) else 0.0 for v in values]
    low, high = min(0.0, *finite), max(0.0, *finite)
    room = WIDTH - LABEL - 2 * VALUE
    scale = room / (high - low) if high > low else 0.0
    zero = LABEL + VALUE - low * scale
    rows = [
        _row(i, label, value, zero, scale)
        for i, (label, value) in enumerate(zip(labels, values, strict=True))
    ]
    height = ROW * len(labels) + 8
    line = f'<line class="axis" x1="{zero:.1f}" y1="2" x2="{zero:.1f}" y2="{height - 2}"/>'
    name = escape_text(title)
    return join_markup(
        [
            f'<svg class="bars" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{name}">',
            *rows,
            line,
            "</svg>",
        ]
    )


def _row(i: int, label: str, value: float, zero: float, scale: float) -> str:
    size = value * scale if math.isfinite(value) else 0.0
    start, y = min(zero, zero + size), ROW * i + 6
    at = max(zero, zero + size) + 6 if size >= 0 else start - 6
    anchor = "start" if size >= 0 else "end"
    name, shown = escape_text(short_label(label)), escape_text(format_number(value, infinite="none"))
    side = "gain" if size >= 0 else "loss"
    return (
        f'<text class="label" x="{LABEL - 8}" y="{y + 14}" text-anchor="end">{name}</text>'
        f'<rect class="{side}" x="{start:.1f}" y="{y}" width="{abs(size):.1f}" height="{ROW - 8}"/>'
        f'<text x="{at:.1f}" y="{y + 14}" text-anchor="{anchor}">{shown}</text>'
    )


def short_label(label: str) -> str:
    """Cut a text that is too long for the room beside the bars."""
    return label if display_width(label) <= LETTERS else label[: LETTERS - 1] + "…"
