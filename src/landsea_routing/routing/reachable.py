"""What lies within reach of a place: in hours, in money, in kilometres, in emissions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.graph import lookup
from landsea_routing.graph.graph import Graph
from landsea_routing.model.names import find_node
from landsea_routing.results.catchment import Reach
from landsea_routing.routing.many import ask_many
from landsea_routing.routing.restrict import refuse_text
from landsea_routing.routing.weights import Weight, arc_weight, attribute, weight_name

ALONG = ("cost", "time", "length", "co2e")
"""Summed on the chosen paths where nothing else is asked for."""
ROUNDING = 1e-6
"""Share by which the order of a sum may change it, and far more."""


def reachable(
    graph: Graph,
    origin: str,
    *,
    within: float,
    weight: Weight = "time",
    along: Sequence[str] = ALONG,
    avoid: Sequence[str] = (),
    modes: Sequence[str] | None = None,
    access: bool = True,
    seasonal: bool = False,
) -> Reach:
    """Find all places that one tonne reaches from an origin within a limit.

    Parameters
    ----------
    graph : Graph
        From `expand`; it fixes commodity and month.
    origin : str
        Node, by id or name.
    within : float
        The limit, in the unit of the weight: h, USD/t, km or kg CO2e/t.
    weight : {"cost", "time", "length", "co2e"} or callable
        What is limited, and minimised on the way; see `shortest_path`.
    along : sequence of str
        Attributes summed on the chosen paths, as in `skim`.
    avoid, modes, access, seasonal
        As in `shortest_path`. With `access=False` the trip ends where it arrives, junctions and border posts
        too; else places are those that load the commodity.

    Returns
    -------
    Reach
        The nearest first; the origin itself is not among them.

    Raises
    ------
    UnknownNameError, InvalidValueError
        As `shortest_path`; also for a limit that is negative or NaN.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> graph = lsr.expand(lsr.load_network("toy_three_ports"))
    >>> two_days = lsr.reachable(graph, "Ada", within=48)
    >>> two_days.values.round(1).tolist()
    [22.0, 25.9, 40.4, 47.9]
    """
    refuse_text(along, "along")
    if not within >= 0:
        raise InvalidValueError(
            f"within is {within!r}",
            column="within",
            ids=(within,),
            expected="a limit >= 0",
            cure="correct it",
        )
    start = find_node(graph.network, origin)
    places = _places(graph, start, access)
    asked = ask_many(
        graph, np.array([start]), places, avoid=avoid, modes=modes, access=access, seasonal=seasonal
    )
    cost = arc_weight(graph, asked.prices, weight, asked.is_open)
    names = tuple(dict.fromkeys(along))
    own = attribute(graph, asked.prices, weight) if isinstance(weight, str) else cost
    values = np.stack([own, *(attribute(graph, asked.prices, name) for name in names)], axis=1)
    sums = asked.fill(cost, values, limit=_cutoff(within, own, cost))[1:, 0]
    near = np.flatnonzero(sums[0] <= within)
    near = near[np.argsort(sums[0, near], kind="stable")]
    nodes = graph.network.nodes
    return Reach(
        origin=str(nodes["id"][start]),
        places=nodes["id"][places[near]],
        names=dict(zip(nodes["id"].tolist(), nodes["name"].tolist(), strict=True)),
        commodity=graph.commodity,
        weight=weight_name(weight),
        within=float(within),
        values=sums[0, near],
        along={name: sums[1 + i, near] for i, name in enumerate(names) if name != weight},
        n_asked=places.size,
    )


def _places(graph: Graph, start: int, access: bool) -> IntArray:
    nodes = graph.network.nodes
    may = lookup.lists_commodity(nodes, graph.commodity, "loads") if access else np.ones(len(nodes), np.bool_)
    may[start] = False
    return np.flatnonzero(may)


def _cutoff(within: float, own: FloatArray, cost: FloatArray) -> float:
    """Cost beyond which no path can be within the limit: a weight's tie-break is no part of it."""
    is_open = np.isfinite(cost)
    ties = float((cost[is_open] - own[is_open]).sum())
    return (within + ties) * (1 + ROUNDING)
