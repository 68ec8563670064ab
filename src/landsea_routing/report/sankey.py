"""What flows on from layer to layer, as bands between columns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import UnknownNameError
from landsea_routing.report._html import Markup, escape_text, join_markup
from landsea_routing.report.tables import format_scaled
from landsea_routing.results.sankey import Sankey

WIDTH, NODE, GAP, HEAD, FOOT = 880, 12, 14, 26, 8
ROW = 36
"""Height for each node of the fullest layer."""
MOST = 10
"""Nodes of a layer that stand alone; the smallest others are one together."""
SWEEPS = 6
LETTER = 6.6
"""Width of a letter."""
ROUNDING = 1e-9
"""Share of all that flows below which a band is rounding."""


class Flow(NamedTuple):
    """Nodes by layer and label, and what flows between them."""

    layer: IntArray
    label: list[str]
    source: IntArray
    target: IntArray
    size: FloatArray

    def through(self) -> FloatArray:
        """What passes each node."""
        n = len(self.label)
        return np.maximum(
            np.bincount(self.source, self.size, minlength=n), np.bincount(self.target, self.size, minlength=n)
        )


def sankey_figure(sankey: Sankey, value: str = "", *, title: str = "") -> Markup:
    """Draw a Sankey diagram, tonnes as the heights of bands.

    Parameters
    ----------
    sankey : Sankey
        All commodities between two nodes are one band.
    value : str
        Which of `sankey.values`; the first where not given.
    title : str
        Read out for the picture; the first and the last layer where not given.

    Returns
    -------
    Markup
        Inline SVG; empty where nothing flows. Beyond `MOST` nodes of a layer the smallest are drawn as one,
        so that what enters and leaves is all there.

    Raises
    ------
    UnknownNameError
        There is no such value.

    Notes
    -----
    Nodes are sorted by the mean height of what they are tied to, from the left and from the right in turn
    (K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of hierarchical system
    structures", 1981), which leaves few crossings, not always the fewest. O(links) a sweep.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> river = lsr.load_scenario("river_all_year", net).apply(net)
    >>> moved = lsr.compare(lsr.assign(net), lsr.assign(river)).moved("crossing")
    >>> sankey_figure(moved.sankey()).count("<path")
    2
    """
    value = value or next(iter(sankey.values))
    if value not in sankey.values:
        raise UnknownNameError(
            f"a Sankey diagram has no {value!r}", ids=[value], expected=" or ".join(sankey.values)
        )
    label = [str(text) for text in sankey.label]
    flow = _few_nodes(_summed(sankey.layer, label, sankey.source, sankey.target, sankey.values[value]))
    if not flow.size.size:
        return Markup("")
    fullest = int(np.bincount(flow.layer).max())
    height = HEAD + ROW * max(2, fullest)
    top, scale = _places(flow, height)
    said = escape_text(title or f"From {sankey.layers[0]} to {sankey.layers[1]}")
    first, last = map(escape_text, sankey.layers)
    return join_markup(
        [
            f'<svg class="sankey" viewBox="0 0 {WIDTH} {height + FOOT}" role="img" aria-label="{said}">',
            f'<text class="head" y="14">{first}</text>',
            f'<text class="head" x="{WIDTH}" y="14" text-anchor="end">{last}</text>',
            *_bands(flow, top, scale),
            *_nodes(flow, top, scale),
            "</svg>",
        ]
    )


def _summed(layer: IntArray, label: list[str], source: IntArray, target: IntArray, size: FloatArray) -> Flow:
    """One band between two nodes; rounding and nodes without flow left out."""
    n = len(label)
    pairs, at = np.unique(source * n + target, return_inverse=True)
    sums = np.zeros(pairs.size)
    np.add.at(sums, at, size)
    some = sums > ROUNDING * sums.sum()
    source, target = pairs[some] // n, pairs[some] % n
    kept = np.isin(np.arange(n), [source, target])
    left = [text for text, stays in zip(label, kept.tolist(), strict=True) if stays]
    place = np.cumsum(kept) - 1
    return Flow(layer[kept], left, place[source], place[target], sums[some])


def _few_nodes(flow: Flow) -> Flow:
    """The smallest nodes of a full layer as one."""
    through, into = flow.through(), np.arange(len(flow.label))
    label = list(flow.label)
    for layer in np.unique(flow.layer).tolist():
        own = np.flatnonzero(flow.layer == layer)
        small = own[np.argsort(-through[own], kind="stable")][MOST:]
        if small.size > 1:
            into[small] = small[0]
            label[small[0]] = f"{small.size} others"
    return _summed(flow.layer, label, into[flow.source], into[flow.target], flow.size)


def _places(flow: Flow, height: float) -> tuple[FloatArray, float]:
    """Top of each node, and the height of a tonne."""
    through = flow.through()
    layers = [np.flatnonzero(flow.layer == layer) for layer in np.unique(flow.layer)]
    room = height - HEAD
    scale = min((room - GAP * (own.size - 1)) / through[own].sum() for own in layers)
    top = np.zeros(through.size)
    for own in layers:
        _stack(top, own[np.argsort(-through[own], kind="stable")], through * scale, room)
    for sweep in range(SWEEPS):
        ahead = sweep % 2 == 0
        near, far = (flow.target, flow.source) if ahead else (flow.source, flow.target)
        for own in layers[1:] if ahead else layers[-2::-1]:
            middle = top + through * scale / 2
            weight = np.bincount(near, flow.size, minlength=top.size)
            pulled = np.bincount(near, flow.size * middle[far], minlength=top.size)
            # What is tied to nothing on that side stays where it is.
            wanted = np.where(weight > 0, pulled / np.where(weight > 0, weight, 1.0), middle)
            _stack(top, own[np.argsort(wanted[own], kind="stable")], through * scale, room)
    return top, scale


def _stack(top: FloatArray, order: IntArray, tall: FloatArray, room: float) -> None:
    """Set nodes under each other, evenly spread over the height."""
    heights = tall[order]
    gap = (room - heights.sum()) / max(1, order.size - 1)
    top[order] = HEAD + np.cumsum(heights) - heights + gap * np.arange(order.size)


def _bands(flow: Flow, top: FloatArray, scale: float) -> list[str]:
    """A curve for each band, as wide as what flows."""
    x, thick = _columns(flow), flow.size * scale
    y0 = top[flow.source] + _offsets(flow.source, top[flow.target], thick) + thick / 2
    y1 = top[flow.target] + _offsets(flow.target, top[flow.source], thick) + thick / 2
    x0, x1 = x[flow.source] + NODE, x[flow.target]
    bands = []
    for i in np.argsort(-thick, kind="stable").tolist():
        a, b = flow.label[flow.source[i]], flow.label[flow.target[i]]
        said = escape_text(f"{a} → {b}: {format_scaled(flow.size[i], 't/yr')}")
        start, end, middle = f"{y0[i]:.1f}", f"{y1[i]:.1f}", f"{(x0[i] + x1[i]) / 2:.1f}"
        curve = f"M{x0[i]:.1f} {start}C{middle} {start} {middle} {end} {x1[i]:.1f} {end}"
        wide = max(thick[i], 0.6)
        bands.append(f'<path d="{curve}" stroke-width="{wide:.1f}"><title>{said}</title></path>')
    return bands


def _offsets(node: IntArray, other: FloatArray, thick: FloatArray) -> FloatArray:
    """How far below the top of its node each band begins: in the order of where it goes."""
    order = np.lexsort((other, node))
    before = np.cumsum(thick[order]) - thick[order]
    first = np.r_[True, node[order][1:] != node[order][:-1]]
    below = np.empty_like(thick)
    below[order] = before - np.maximum.accumulate(np.where(first, before, 0.0))
    return below


def _nodes(flow: Flow, top: FloatArray, scale: float) -> list[str]:
    x, through = _columns(flow), flow.through()
    steps = max(1, int(flow.layer.max()))
    last = flow.layer == steps
    # Labels of the last column stand in the same room as those of the column before it.
    shared = np.where(flow.layer >= steps - 1, 0.5, 1.0)
    letters = (shared * WIDTH / steps - 2 * NODE) // LETTER
    parts = []
    for i, label in enumerate(flow.label):
        tall, amount = through[i] * scale, format_scaled(through[i], "t/yr")
        name = label if len(label) <= letters[i] else f"{label[: int(letters[i]) - 1]}…"
        beside = f" <tspan>{amount}</tspan>" if len(label) + 1 + len(amount) <= letters[i] else ""
        at, anchor = (x[i] - 6, "end") if last[i] else (x[i] + NODE + 6, "start")
        parts.append(
            f"<g><title>{escape_text(f'{label}: {amount}')}</title>"
            f'<rect x="{x[i]:.1f}" y="{top[i]:.1f}" width="{NODE}" height="{max(tall, 1.0):.1f}"/>'
            f'<text x="{at:.1f}" y="{top[i] + tall / 2 + 4:.1f}" text-anchor="{anchor}">'
            f"{escape_text(name)}{beside}</text></g>"
        )
    return parts


def _columns(flow: Flow) -> FloatArray:
    """Where each node's column begins."""
    return (WIDTH - NODE) * flow.layer / max(1, int(flow.layer.max()))
