"""Maps and charts with matplotlib, from the same data as the pages."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._extras import need
from landsea_routing._typing import FloatArray
from landsea_routing.report import _marks as marks
from landsea_routing.report._hues import hues, line_hue
from landsea_routing.report._labels import place_labels
from landsea_routing.report._marks import MapLine
from landsea_routing.report.basemap import Box, View, choose_land, clip_land, split_line
from landsea_routing.report.map_paths import bow_sides, choose_box
from landsea_routing.report.page import MapSection
from landsea_routing.report.profile import MEASURES, Routes, named_routes, profile
from landsea_routing.report.tables import format_scaled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DASHES: dict[str, Any] = {
    "road": (0, (4, 1)),
    "sea": (0, (5, 2)),
    "inland_water": (0, (6, 2, 1, 2)),
    "rail_ferry": (0, (8, 2, 2, 2)),
    "planned": (0, (2, 2)),
    "closed": (0, (1, 3)),
    "g1520": (0, (8, 1)),
    "g1067": (0, (7, 1, 1, 1, 1, 1)),
}
HUES = hues()
TRACKS = tuple(HUES[marks.look(i)] for i in range(marks.LOOKS))
WIDEST_PT, DUAL_PT = 8.0, 2.4
CANVAS_PX = 800.0


def plot_chart(routes: Routes, measure: str, ax: Axes | None = None) -> Axes:
    """Draw routes over distance on axes, with steps where cargo stands still."""
    if measure not in MEASURES:
        profile(next(iter(named_routes(routes).values())), measure)  # says what can be drawn
    ax = _axes(ax, (9.0, 4.8))
    title, unit = MEASURES[measure]
    for i, (name, route) in enumerate(named_routes(routes).items()):
        line, hue = profile(route, measure, name), TRACKS[i % len(TRACKS)]
        ax.plot(line.km, line.value, color=hue, lw=1.6, label=f"{name}: {line.value[-1]:,.0f} {unit}")
        for stop in line.stops:
            ends = line.value[[stop.at, stop.until]]
            ax.plot(line.km[[stop.at, stop.at]], ends, color=hue, lw=3.6, solid_capstyle="butt")
            if ends[1] - ends[0] > 0.02 * line.value[-1] and not {"access", "egress"} & set(stop.kinds):
                place = stop.name.split(" (", maxsplit=1)[0]
                # Neighbouring steps of several routes are often at one height: each names its own elsewhere.
                at = ends[0] + (ends[1] - ends[0]) * (i + 1) / (len(named_routes(routes)) + 1)
                ax.annotate(place, (line.km[stop.at], at), (-4, 0), ha="right", va="center",
                            color=hue, fontsize=8, textcoords="offset points", zorder=5,
                            bbox={"fc": "white", "ec": "none", "pad": 0.6, "alpha": 0.85})  # fmt: skip
    ax.set(xlabel="km", ylabel=f"{title}, {unit}", xlim=(0, None), ylim=(0, None))
    ax.grid(axis="y", color="#d9dee3", lw=0.6)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=9)
    return ax


def plot_map(section: MapSection, ax: Axes | None = None) -> Axes:
    """Draw a map section on axes: land, lines by mode and gauge, flow by width, the first names.

    Of several layers the change from the first to the last is drawn.
    """
    box = choose_box(section.lines, section.points, section.box)
    land = section.land if section.land is not None else choose_land(box)
    ax = _axes(ax, (9.0, 6.5))
    collections = need("matplotlib.collections", extra="plot")
    ax.set_facecolor(HUES["water"])
    rings = clip_land(land, box)
    ax.add_collection(
        collections.PolyCollection(rings, facecolor=HUES["land"], edgecolor=HUES["coast"], lw=0.6, zorder=0)
    )
    flow, change = _flow(section)
    centre = (box.west + box.east) / 2
    drawn: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    widths: dict[tuple[Any, ...], list[float]] = defaultdict(list)
    largest = float(np.abs(flow).max(initial=0.0))
    plain = largest == 0 and not section.tracks
    bows = bow_sides(section.lines)
    for i, (line, t) in enumerate(zip(section.lines, flow.tolist(), strict=True)):
        style = _style(line, t, plain=plain, change=change)
        width = max(0.8, WIDEST_PT * abs(t) / largest) if t else 1.0 if plain else 0.5
        inner = _inner_style(line, style)
        for piece in split_line(line.coordinates, centre=centre):
            course = bowed(np.asarray(piece, dtype=np.float64), bows.get(i, 0), box)
            drawn[style].append(course)
            widths[style].append(max(width, DUAL_PT) if inner else width)
            if inner:
                drawn[inner].append(course)
                widths[inner].append(max(width, DUAL_PT) * marks.CORE_SHARE)
    for (hue, dash, label, z), pieces in sorted(drawn.items(), key=lambda item: item[0][3]):
        ax.add_collection(
            collections.LineCollection(
                pieces,
                colors=hue,
                linestyles=dash,
                linewidths=widths[hue, dash, label, z],
                label=label,
                zorder=z,
            )
        )
    for i, track in enumerate(section.tracks):
        pieces = [p for row in track.rows for p in split_line(section.lines[row].coordinates, centre=centre)]
        hue, px = TRACKS[i % len(TRACKS)], marks.track_px(i, len(section.tracks)) * 0.6
        ax.add_collection(
            collections.LineCollection(
                pieces, colors=hue, linewidths=px, alpha=0.6, label=track.name, zorder=3
            )
        )
    _draw_places(ax, section, box)
    scale = (
        f"{'; change' if change else ''}; widest {format_scaled(largest, section.unit)}" if largest else ""
    )
    ax.set(
        xlim=(box.west, box.east), ylim=(box.south, box.north), xlabel="degrees east", ylabel="degrees north"
    )
    ax.set_title(f"{section.heading}{scale}", fontsize=10, loc="left")
    ax.set_aspect(1 / np.cos(np.radians((box.south + box.north) / 2)))
    _legend(ax)
    return ax


def _inner_style(line: MapLine, style: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Style of the inner line of dual-gauge track that shows its own colours; its label names the outer."""
    _, inner = marks.gauge_classes(line.mode, line.gauge)
    hue, dash, label, z = style
    return (
        (HUES[inner], dash, f"_in {label}", z + 0.5)
        if inner and hue == line_hue(line.mode, line.gauge)
        else None
    )


def _legend(ax: Any) -> None:
    """List what is drawn; dual-gauge track as one line in the other."""
    inner = {c.get_label(): c for c in ax.collections if str(c.get_label()).startswith("_in ")}
    handles, labels = ax.get_legend_handles_labels()
    pairs = [
        (h, inner[f"_in {label}"]) if f"_in {label}" in inner else h
        for h, label in zip(handles, labels, strict=True)
    ]
    ax.legend(
        pairs, labels, loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0, frameon=False, fontsize=8
    )  # fmt: skip


def _axes(ax: Axes | None, size: tuple[float, float]) -> Any:
    if ax is not None:
        return ax
    return need("matplotlib.pyplot", extra="plot").subplots(figsize=size, layout="compressed")[1]


def _flow(section: MapSection) -> tuple[FloatArray, bool]:
    """Flow of the only layer, or the change from the first layer to the last."""
    layers = marks.check_layers(section.lines, section.layers)
    if len(layers) == 1:
        return layers[0].flow_t, False
    return layers[-1].flow_t - layers[0].flow_t, True


BOW_SHARE, BOW_MOST, BOW_STEPS = 0.07, 0.009, 13
"""How far a line beside another swings aside: a share of its length, at most one of the width of the map."""


def bowed(course: FloatArray, bow: int, box: Box) -> FloatArray:
    """Return a straight course as a curve that swings aside, so that what runs beside it is seen.

    >>> line = np.array([[100.0, 40.0], [110.0, 40.0]])
    >>> curve = bowed(line, 1, Box(90, 30, 120, 50))
    >>> bool((curve[[0, -1]] == line).all()), bool(curve[6, 1] > 40), curve.shape
    (True, True, (13, 2))
    """
    if not bow or len(course) != 2:
        return course
    flat = np.array([np.cos(np.radians(course[:, 1].mean())), 1.0])
    (x, y) = step = (course[1] - course[0]) * flat
    length = float(np.hypot(*step))
    if length == 0:
        return course
    most = min(BOW_SHARE * length, BOW_MOST * (box.east - box.west) * float(flat[0]))
    middle = course.mean(axis=0) + np.array([-y, x]) / length * most * 2 * bow / flat
    t = np.linspace(0.0, 1.0, BOW_STEPS)[:, None]
    return np.asarray((1 - t) ** 2 * course[0] + 2 * t * (1 - t) * middle + t**2 * course[1])


def _style(line: MapLine, t: float, *, plain: bool, change: bool) -> tuple[Any, ...]:
    """Hue, dash, what the legend says, and height in the picture."""
    outer, inner = marks.gauge_classes(line.mode, line.gauge)
    status = marks.status_class(line.status)
    dash = DASHES.get(status) or DASHES.get(outer) or DASHES.get(line.mode, "solid")
    if not t and not plain:
        return HUES["idle"], dash, "_idle", 1
    if change:
        return (HUES["gain"], dash, "_more" if dash != "solid" else "more", 2) if t > 0 else (
            HUES["loss"], dash, "_less" if dash != "solid" else "less", 2
        )  # fmt: skip
    gauges = " + ".join(g.removeprefix("g") for g in (outer, inner) if g)
    name = marks.MODE_NAMES.get(line.mode, "Other mode") + (f", {gauges} mm" if gauges else "")
    label = f"_{status}" if status and status != "restricted" else name
    return line_hue(line.mode, line.gauge), dash, label, 2


def _draw_places(ax: Axes, section: MapSection, box: Box) -> None:
    shown = [p for p in section.points if box.west < p.lon < box.east and box.south < p.lat < box.north]
    ax.scatter([p.lon for p in shown], [p.lat for p in shown], s=3, color=HUES["dot"], zorder=4)
    view = View.fit(box, CANVAS_PX)
    xy = view.project(np.array([(p.lon, p.lat) for p in shown], dtype=np.float64).reshape(-1, 2))
    importance = np.array([p.importance for p in shown], dtype=np.float64)
    names = [p.name for p in shown]
    sides = {"start": "left", "middle": "center", "end": "right"}
    for label in place_labels(xy, names, importance, width=view.width, height=view.height):
        if label.scale <= 1.0:
            p, offset = shown[label.point], (label.dx * 0.6, -label.dy * 0.6)
            ax.annotate(
                p.name, (p.lon, p.lat), offset, textcoords="offset points", fontsize=7, zorder=5,
                ha=sides[label.anchor], va="center", annotation_clip=True,
            )  # fmt: skip
