"""How hours and money add up along a route: the numbers behind its time-distance chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.graph.cost import MONEY
from landsea_routing.graph.graph import ArcKind
from landsea_routing.results.choices import route_names
from landsea_routing.results.route import Route

Routes: TypeAlias = Route | Sequence[Route] | Mapping[str, Route]

MEASURES = {
    "time": ("Time", "h"),
    "cost": ("Cost", "USD/t"),
    "generalized": ("Cost and value of time", "USD/t"),
}
"""What a chart can show over the distance, its title and unit; ``cost`` is what is paid."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One place where a route takes time or money without moving.

    Parameters
    ----------
    at : int
        Position in the profile before the stop; `until` is the position after it.
    until : int
        Last position of the stop.
    name : str
        The place.
    kinds : tuple of str
        What happens: `access`, `border`, `transfer`, `relay`, `egress`.
    """

    at: int
    until: int
    name: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """A route as a line over distance.

    Parameters
    ----------
    name : str
        What to call the route.
    km, value : (n + 1,) arrays
        Distance and the measure after each of the n arcs, from 0 on. Where km stands still, value jumps.
    stops : tuple of Stop
        The jumps, in order.
    """

    name: str
    km: FloatArray = field(repr=False)
    value: FloatArray = field(repr=False)
    stops: tuple[Stop, ...] = ()


def named_routes(routes: Routes) -> dict[str, Route]:
    """Return routes by the names that a chart writes, or raise where there is none.

    >>> named_routes([])
    Traceback (most recent call last):
        ...
    landsea_routing.errors.InvalidValueError: there is no route to draw. Expected one route or several.
    """
    if isinstance(routes, Mapping):
        found = {str(name): route for name, route in routes.items()}
    else:
        listed = [routes] if isinstance(routes, Route) else list(routes)
        found = dict(zip(route_names(listed), listed, strict=True))
    if not found:
        raise InvalidValueError("there is no route to draw", expected="one route or several")
    return found


def profile(route: Route, measure: str = "time", name: str = "") -> Profile:
    """Add up hours or USD/t along a route.

    Parameters
    ----------
    route : Route
    measure : str
        One of `MEASURES`.
    name : str
        What to call it.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> found = lsr.shortest_path(lsr.expand(lsr.load_network("toy_three_ports")), "Ada", "Boro")
    >>> line = profile(found)
    >>> bool(np.isclose(line.value[-1], found.time_h)), [s.kinds for s in line.stops]
    (True, [('access',), ('border', 'transfer'), ('egress',)])
    """
    if measure not in MEASURES:
        raise InvalidValueError(f"a chart cannot show {measure!r}", expected=" or ".join(MEASURES))
    ledger = route.ledger_usd_per_t_by_arc
    step = {"time": route.hours, "cost": ledger[: len(MONEY)].sum(axis=0), "generalized": ledger.sum(axis=0)}
    km = np.concatenate([[0.0], np.cumsum(route.graph.arc_length_km[route.arcs])])
    value = np.concatenate([[0.0], np.cumsum(step[measure])])
    return Profile(name, km, value, _stops(route))


def _stops(route: Route) -> tuple[Stop, ...]:
    """Runs of arcs between two rides, with what happens in them; mere passing is no stop."""
    top = route.graph.topology
    kinds = [ArcKind(int(k)) for k in top.arc_kind[route.arcs]]
    names = route.graph.network.nodes["name"][top.vertex_node[top.head[route.arcs]]].tolist()
    stops, start = [], 0
    for i in range(len(kinds) + 1):
        if i < len(kinds) and kinds[i] != ArcKind.LINK:
            continue
        happens = [kind.name.lower() for kind in kinds[start:i] if kind != ArcKind.THROUGH]
        if happens:
            stops.append(Stop(start, i, str(names[i - 1]), tuple(happens)))
        start = i + 1
    return tuple(stops)
