"""Routes as one page: a map, the charts over distance, the corridor indicators, and every leg."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from landsea_routing.graph.graph import ArcKind
from landsea_routing.report._html import Markup
from landsea_routing.report._marks import MapTrack
from landsea_routing.report.basemap import choose_land, fit_box, heighten_box
from landsea_routing.report.corridor_chart import chart_legend, corridor_chart
from landsea_routing.report.network_map import land_file, network_lines, network_points
from landsea_routing.report.page import FigureSection, MapSection, Section, TableSection, report_page
from landsea_routing.report.profile import Routes, named_routes
from landsea_routing.results.choices import words_of
from landsea_routing.results.indicators import COLUMNS
from landsea_routing.results.route import LEG_ALIGN, LEG_COLUMNS, Route
from landsea_routing.routing.indicators import corridor_indicators

CAREC = (
    "As defined by the Asian Development Bank's CAREC programme; of modelled trips, for 20 t. Both posts of a"
    " crossing count together; a port is no border, its clearance is a delay. Speeds leave out loading at the"
    " start and unloading at the end."
)
STEPS = (
    "A slope is carriage, a vertical step is a border, a change of gauge or a terminal (form of UN ESCAP)."
)
MARGIN = 0.12


def route_page(routes: Routes, *, title: str = "") -> str:
    """Write one route, or several of one network side by side, as a self-contained offline page.

    Parameters
    ----------
    routes : Route, sequence of Route, or mapping of names to Route
    title : str
        The ends of the first route where not given.

    >>> import landsea_routing as lsr
    >>> found = lsr.shortest_path(lsr.expand(lsr.load_network("toy_three_ports")), "Ada", "Boro")
    >>> html = route_page(found)
    >>> html.count('class="corridor"'), "Ada to Boro" in html
    (4, True)
    """
    found = named_routes(routes)
    first = next(iter(found.values()))
    ends = f"{words_of(first, first.origin)} to {words_of(first, first.destination)}"
    indicators = corridor_indicators(found)
    sections: list[Section] = [
        routes_map(found, heading="The way" if len(found) == 1 else "The ways"),
        FigureSection("Time over distance", _both(found, "time"), note=STEPS),
        FigureSection(
            "Money over distance", _both(found, "cost"), note="What is paid, without value of time."
        ),
        TableSection(
            "Corridor indicators",
            COLUMNS,
            indicators._table()[1],
            note=CAREC,
            align="l" + "r" * len(COLUMNS[1:]),
        ),
        *(
            TableSection(name, LEG_COLUMNS, route._rows(), note=f"{route.summary()}.", align=LEG_ALIGN)
            for name, route in found.items()
        ),
    ]
    subtitle = f"{first.commodity}, {first.graph.network.settings.title}"
    return report_page(sections, title=title or ends, subtitle=subtitle)


def routes_map(routes: Mapping[str, Route], *, heading: str) -> MapSection:
    """Return the network in grey with the routes over it, in a view around them."""
    network = next(iter(routes.values())).graph.network
    lines = network_lines(network, np.zeros(len(network.links)))
    tracks = [MapTrack(name, link_rows(route)) for name, route in routes.items()]
    passed = [lines[row].coordinates for track in tracks for row in track.rows]
    box = heighten_box(
        fit_box(np.concatenate([np.asarray(c, dtype=np.float64) for c in passed]), margin=MARGIN)
    )
    points = network_points(network, named=[node for route in routes.values() for node in _marked(route)])
    return MapSection(
        heading, lines, points, land=choose_land(box, land_file(network)), box=box, tracks=tracks
    )


def link_rows(route: Route) -> list[int]:
    """Rows of `links` that a route rides on, in order."""
    top = route.graph.topology
    rides = route.arcs[top.arc_kind[route.arcs] == ArcKind.LINK]
    return [int(row) for row in top.arc_row[rides]]


def _marked(route: Route) -> list[str]:
    """Nodes worth a name: the ends, where something happens, then what is passed."""
    stops = [leg.to_node for leg in route.legs if leg.kind != "link"]
    return [route.origin, route.destination, *stops, *route.nodes]


def _both(routes: Mapping[str, Route], measure: str) -> Markup:
    """Draw a chart for a desk and one for a phone; the style sheet shows the one that fits."""
    return Markup(
        f'<div class="broad">{corridor_chart(routes, measure, width=1080, height=470)}</div>'
        f'<div class="narrow">{corridor_chart(routes, measure, width=356, height=380)}</div>'
        f"{chart_legend(routes, measure)}"
    )
