"""Corridor indicators of routes, as the Asian Development Bank's CAREC programme defines them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from landsea_routing.errors import InvalidValueError
from landsea_routing.graph.cost import MONEY
from landsea_routing.graph.graph import ArcKind
from landsea_routing.model.network import rows_of
from landsea_routing.results.choices import route_names
from landsea_routing.results.indicators import CorridorIndicators
from landsea_routing.results.route import Route

SHIPMENT_T = 20.0
SECTION_KM = 500.0
ENDS = (ArcKind.ACCESS, ArcKind.EGRESS)


def corridor_indicators(
    routes: Route | Sequence[Route] | Mapping[str, Route], names: Sequence[str] | None = None
) -> CorridorIndicators:
    """Say what borders take, what carriage costs and how fast it is, in the figures of corridor reports.

    The four trade facilitation indicators of CAREC Corridor Performance Measurement and Monitoring:

    1. TFI1, hours to clear a border crossing: formalities and waits, reloading and the change of gauge.
       Here: the border and every transfer at one of its two stations;
    2. TFI2, USD paid at a border crossing, for 20 t: everything paid in the same places;
    3. TFI3, USD for 20 t over a section of 500 km: all money from door to door over the length;
    4. TFI4, speed in km/h: without delay (SWOD, over the hours in motion) and with delay (SWD, over all hours
       between departure and arrival; loading at the start and unloading at the end belong to neither).

    Parameters
    ----------
    routes : Route, sequence of Route, or mapping of names to Route
        `alternatives` and `pareto_paths` give such sequences.
    names : sequence of str, optional
        What to call them; their ends where not given, and where these are the same what they pass.

    Returns
    -------
    CorridorIndicators
        One row for each route. Value of time is in none of the figures.

    Raises
    ------
    InvalidValueError
        There is no route, or there are not as many names as routes.

    Notes
    -----
    The published figures are means over sampled trips; these are of one modelled trip. Published tables list
    the two posts of a crossing apart, one on each side; here they are one crossing, so compare with the sum
    of both. Borders without control count as no border, and so do ports: their clearance is part of the
    delay. O(arcs of the routes).

    References
    ----------
    Asian Development Bank (2014), Central Asia Regional Economic Cooperation Corridor Performance Measurement
    and Monitoring: A Forward-Looking Retrospective, Mandaluyong City, ISBN 978-92-9254-689-2 (methodology).
    CAREC Program, Corridor Performance Measurement and Monitoring, report for 2023, introduction (TFI1 to
    TFI4), cpmm.carecprogram.org/2023-report. Both build on UN ESCAP's time/cost-distance methodology (2004).

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> graph = lsr.expand(lsr.load_network("toy_three_ports"))
    >>> print(lsr.corridor_indicators(lsr.shortest_path(graph, "Ada", "Boro")).summary())
    1 route: 17.2 km/h with delay, 43.8 km/h without; 26.0 h at the border crossing
    """
    if isinstance(routes, Mapping):
        chosen, titles = list(routes.values()), list(routes)
    else:
        chosen = [routes] if isinstance(routes, Route) else list(routes)
        titles = route_names(chosen) if names is None else list(names)
    if not chosen or len(titles) != len(chosen):
        raise InvalidValueError(
            f"there are {len(titles)} names for {len(chosen)} routes", expected="one name for each route"
        )
    rows = np.array([_indicators(route) for route in chosen])
    return CorridorIndicators(
        tuple(map(str, titles)), rows[:, 0], rows[:, 1].astype(np.int64), *rows[:, 2:].T.copy()
    )


def _indicators(route: Route) -> tuple[float, ...]:
    """Length, borders, then the five figures."""
    top, net = route.graph.topology, route.graph.network
    kind = top.arc_kind[route.arcs]
    money = route.ledger_usd_per_t_by_arc[: len(MONEY)].sum(axis=0)
    border = kind == ArcKind.BORDER
    row = top.arc_row[route.arcs[border]]
    border[border] = net.crossings["control"][row] != "none"
    crossed = top.arc_row[route.arcs[border]]
    stations = [rows_of(net.nodes, net.crossings[c][crossed]) for c in ("from_node", "to_node")]
    at = top.vertex_node[top.tail[route.arcs]]
    inside = border | ((kind == ArcKind.TRANSFER) & np.isin(at, np.concatenate(stations)))

    rides = kind == ArcKind.LINK
    delay = net.links["delay_h"][top.arc_row[route.arcs[rides]]].sum()
    km, n = route.length_km, len(crossed)
    moving, total = route.hours[rides].sum() - delay, route.hours[~np.isin(kind, ENDS)].sum()
    return (
        km,
        n,
        _ratio(route.hours[inside].sum(), n),
        _ratio(SHIPMENT_T * money[inside].sum(), n),
        _ratio(SHIPMENT_T * SECTION_KM * money.sum(), km),
        _ratio(km, moving),
        _ratio(km, total),
    )


def _ratio(amount: float, by: float) -> float:
    return float(amount / by) if by > 0 else float("nan")
