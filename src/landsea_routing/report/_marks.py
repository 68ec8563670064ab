"""What a map shows, as plain data, and the words and widths it is shown with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.report.basemap import LonLat

MODE_NAMES = {
    "rail": "Rail",
    "road": "Road",
    "sea": "Sea",
    "inland_water": "Inland waterway",
    "rail_ferry": "Rail ferry",
}
"""Modes with a look of their own, in the order of the legend; any other is drawn plain."""

GAUGES = ("1435", "1520", "1067")
"""Gauges with a colour of their own; the style sheet names them ``g1435`` and so on."""

STATUS_NAMES = {"restricted": "Paler: restricted", "planned": "Planned or being built", "closed": "Closed"}
"""Statuses that look different from an operating line."""

STATUS_ALIASES = {"under_construction": "planned", "seasonal": "restricted"}

KIND_NAMES = {"border": "Border post", "port": "Port", "place": "Other place"}
"""Shapes of points: diamond, square, dot."""

WIDEST_PX = 13.0
"""Width of the largest flow on a desktop screen."""

LOOKS = 6
"""Routes with a colour of their own; the style sheet names them ``r1`` to ``r6``, then they repeat."""

CORE_SHARE = 0.4
"""Width of the inner line of dual-gauge track, as a share of the whole."""


@dataclass(frozen=True, slots=True)
class MapLine:
    """One line of the network and what flows on it.

    Parameters
    ----------
    coordinates : sequence of (lon, lat)
        At least two points, degrees.
    mode : str
        One of `MODE_NAMES`, or any other word.
    gauge : str
        Millimetres of a railway; ``1435+1520`` where both run on one line.
    flow_t : float
        Tonnes a year, both directions; 0 is none. In a map of differences it has a sign.
    label : str
        What pointing at the line says.
    status : str
        ``operating``, ``planned``, ``closed`` or ``restricted``.
    group : str
        Lines of one group light up together.
    """

    coordinates: Sequence[LonLat]
    mode: str
    gauge: str = ""
    flow_t: float = 0.0
    label: str = ""
    status: str = "operating"
    group: str = ""


@dataclass(frozen=True, slots=True)
class MapTrack:
    """One route over the lines of a map: a band of its own colour below them.

    Parameters
    ----------
    name : str
        What the legend and pointing at the band say.
    rows : sequence of int
        Lines of the map that it uses, in order.
    """

    name: str
    rows: Sequence[int] = field(repr=False)


@dataclass(frozen=True, slots=True)
class MapPoint:
    """One place; the more important, the earlier it gets its name written.

    Parameters
    ----------
    lon, lat : float
        Degrees.
    name : str
    kind : str
        A word with ``border`` or ``port`` in it chooses the shape; ``airport`` counts as a port too.
    importance : float
        0 writes no name, only the dot.
    """

    lon: float
    lat: float
    name: str
    kind: str = ""
    importance: float = 0.0


@dataclass(frozen=True, slots=True)
class FlowLayer:
    """Flows of one scenario, one number per line of the map, in the same order.

    Parameters
    ----------
    name : str
        Written on the button.
    flow_t : array
        Tonnes a year.
    note : str
        One sentence shown while the layer is chosen.
    ways_t : (2, n_lines) array, optional
        The same flows as lines are written, and the other way; told where a line is pointed at.
    """

    name: str
    flow_t: FloatArray = field(repr=False)
    note: str = ""
    ways_t: FloatArray | None = field(default=None, repr=False)


def look(i: int) -> str:
    """Class of the route that stands at a position of a list.

    >>> look(0), look(6)
    ('r1', 'r1')
    """
    return f"r{i % LOOKS + 1}"


def track_px(i: int, n: int) -> float:
    """Width of the band of a route: the later, the narrower, so that those below still show.

    >>> [track_px(i, 3) for i in range(3)]
    [15.0, 11.0, 7.0]
    """
    return 7.0 + 4.0 * min(n - 1 - i, 4)


def shape_of(kind: str) -> str:
    """Which of `KIND_NAMES` a kind of place is drawn as.

    >>> shape_of("border_post"), shape_of("river_port"), shape_of("city")
    ('border', 'port', 'place')
    """
    return next((shape for shape in ("border", "port") if shape in kind), "place")


def draw_shape(shape: str, size: float) -> str:
    """Dot, square or diamond around the origin, one per key of `KIND_NAMES`."""
    if shape == "border":
        s = size * 1.35
        return f'<path class="sc dot border" d="M0 {-s:.3g}L{s:.3g} 0 0 {s:.3g} {-s:.3g} 0Z"/>'
    if shape == "port":
        corner, side = f"{-size:g}", f"{2 * size:g}"
        return f'<rect class="sc dot port" x="{corner}" y="{corner}" width="{side}" height="{side}"/>'
    return f'<circle class="sc dot place" r="{size:g}"/>'


def mode_class(mode: str) -> str:
    """Class of a mode in the style sheet; unknown modes share one, so no foreign text becomes a class.

    >>> mode_class("rail"), mode_class('x" onload="')
    ('rail', 'other')
    """
    return mode if mode in MODE_NAMES else "other"


def gauge_classes(mode: str, gauge: str) -> tuple[str, str]:
    """Class of a railway and of the inner line of dual-gauge track (empty where there is none).

    >>> gauge_classes("rail", "1435"), gauge_classes("rail", "1520+1435"), gauge_classes("rail", "891")
    (('g1435', ''), ('g1435', 'g1520'), ('gother', ''))
    >>> gauge_classes("rail_ferry", "1520")
    ('', '')
    """
    if mode != "rail" or not gauge:
        return "", ""
    parts = sorted(part.strip() for part in gauge.split("+"))
    known = [f"g{part}" if part in GAUGES else "gother" for part in parts]
    return known[0], known[1] if len(known) > 1 else ""


def status_class(status: str) -> str:
    """Class of a status; what is not known counts as operating.

    >>> status_class("under_construction"), status_class("operating")
    ('planned', '')
    """
    word = STATUS_ALIASES.get(status, status)
    return word if word in STATUS_NAMES else ""


def line_class(line: MapLine) -> str:
    """All classes of one line."""
    outer, _ = gauge_classes(line.mode, line.gauge)
    return " ".join(word for word in ("ln", mode_class(line.mode), outer, status_class(line.status)) if word)


def stroke_px(flow: float, largest: float) -> float:
    """Width proportional to flow, never thinner than can be seen; 0 for none.

    >>> stroke_px(5.0, 10.0), stroke_px(0.001, 10.0), stroke_px(0.0, 10.0)
    (6.5, 1.4, 0.0)
    """
    if flow == 0 or largest <= 0:
        return 0.0
    return round(max(1.4, WIDEST_PX * abs(flow) / largest), 2)


def sample_flows(largest: float) -> list[float]:
    """Three round amounts for the legend, the last no larger than the largest flow.

    >>> sample_flows(37e6)
    [2000000.0, 10000000.0, 20000000.0]
    >>> sample_flows(0)
    []
    """
    if largest <= 0:
        return []
    power = 10.0 ** np.floor(np.log10(largest))
    top = max(step * power for step in (1, 2, 5) if step * power <= largest)
    return [float(f"{top * share:.3g}") for share in (0.1, 0.5, 1.0)]


def check_layers(lines: Sequence[MapLine], layers: Sequence[FlowLayer]) -> list[FlowLayer]:
    """Return the layers of a map as arrays; with none given, the flows of the lines are the only one."""
    if not layers:
        layers = [FlowLayer("Flow", np.array([line.flow_t for line in lines], dtype=np.float64))]
    checked = []
    for layer in layers:
        flow = np.asarray(layer.flow_t, dtype=np.float64)
        if flow.shape != (len(lines),):
            raise InvalidValueError(
                f"flow layer {layer.name!r} has shape {flow.shape}",
                expected=f"one number for each of the {len(lines)} lines",
            )
        bad = np.flatnonzero(~np.isfinite(flow))
        if bad.size:
            raise InvalidValueError(
                f"flow layer {layer.name!r} is not finite on {bad.size} of {len(lines)} lines",
                ids=[lines[i].label or i for i in bad.tolist()],
                expected="tonnes a year, 0 for none",
            )
        if layer.ways_t is not None and np.shape(layer.ways_t) != (2, len(lines)):
            raise InvalidValueError(
                f"flow layer {layer.name!r} has ways of shape {np.shape(layer.ways_t)}",
                expected=f"two numbers, there and back, for each of the {len(lines)} lines",
            )
        checked.append(replace(layer, flow_t=flow))
    return checked
