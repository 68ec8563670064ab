"""A map with its legend and buttons, ready for a page, and the data that the script of the page reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.report import _marks as marks
from landsea_routing.report._html import Markup, read_static
from landsea_routing.report._legend import draw_controls, draw_frame, draw_legend
from landsea_routing.report._marks import FlowLayer, MapLine, MapPoint, MapTrack
from landsea_routing.report.basemap import Land, View, choose_land
from landsea_routing.report.map_canvas import map_canvas
from landsea_routing.report.map_paths import choose_box
from landsea_routing.report.map_svg import map_svg

LARGE = 3000
"""Lines from which on a map is drawn on a canvas."""


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

    A map of more than `LARGE` lines is drawn on a canvas.

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
    view = View.fit(choose_box(lines, points, box), width_px)
    land = choose_land(view.box) if land is None else land
    widths = _extremes(chosen)
    if len(lines) > LARGE:
        kind = "canvas"
        picture, data = map_canvas(lines, points, chosen, title=title, land=land, view=view, tracks=tracks)
    else:
        kind = "map"
        picture = map_svg(
            _shown(lines, chosen, difference=difference),
            points,
            title=title,
            land=land,
            box=view.box,
            width_px=width_px,
            name=name,
            unit=unit,
            difference=difference,
            largest_t=widths["largest_change" if difference else "largest"],
            tracks=tracks,
        )
        data = {**flow_data(chosen), "core_share": marks.CORE_SHARE}
    around: dict[str, Any] = {"unit": unit, "difference": difference, **widths}
    legend = draw_legend(lines, points, credit=land.source, tracks=tracks, **around)
    controls = draw_controls(chosen, name, has_flow=widths["largest"] > 0, difference=difference)
    rest = "flow" if tracks else "network"
    return (
        draw_frame(picture, controls, legend, name=name, kind=kind),
        {**data, **around, "n_lines": len(lines), "widest_px": marks.WIDEST_PX, "rest": rest},
    )


def map_script(body: str) -> str:
    """Return the script of a page that shows maps: what all need, and what the kinds in its body need."""
    kinds = ["map_svg.js", *(["map_canvas.js"] if "data-canvas=" in body else [])]
    return "".join(read_static(name) for name in ("maps.js", *kinds))


def flow_data(layers: Sequence[FlowLayer]) -> dict[str, Any]:
    """Return what the script of a page needs to show other flows on a map that is drawn already.

    >>> data = flow_data([FlowLayer("Base", np.array([2e6, 0.0])), FlowLayer("Case", np.array([1e6, 0.0]))])
    >>> [layer["t"] for layer in data["layers"]], data["largest"], data["largest_change"]
    ([[2000000.0], [1000000.0]], 2000000.0, 1000000.0)
    """
    return {"layers": [_sparse(layer) for layer in layers], **_extremes(layers)}


def _extremes(layers: Sequence[FlowLayer]) -> dict[str, float]:
    """The largest flow, and the largest change from the first layer: what the widest lines stand for."""
    flows = np.stack([layer.flow_t for layer in layers])
    return {
        "largest": float(np.abs(flows).max(initial=0.0)),
        "largest_change": float(np.abs(flows - flows[0]).max(initial=0.0)),
    }


def _shown(lines: Sequence[MapLine], layers: Sequence[FlowLayer], *, difference: bool) -> list[MapLine]:
    """The lines with what they show without a script: the first layer, or how the second differs from it."""
    flow = layers[1].flow_t - layers[0].flow_t if difference else layers[0].flow_t
    return [replace(line, flow_t=float(t)) for line, t in zip(lines, flow, strict=True)]


def _sparse(layer: FlowLayer) -> dict[str, Any]:
    """A layer for the data block: only lines with flow, with digits enough to tell layers apart."""
    rows = np.flatnonzero(layer.flow_t)
    ways = {} if layer.ways_t is None else {"ways": [_digits(way[rows]) for way in layer.ways_t]}
    found = {"rows": rows.tolist(), "t": _digits(layer.flow_t[rows]), **ways}
    return {"name": layer.name, "note": layer.note, **found}


def _digits(values: FloatArray) -> list[float]:
    return [float(f"{value:.9g}") for value in values]
