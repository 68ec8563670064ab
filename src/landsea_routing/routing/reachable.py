"""What lies within reach of a place: in hours, in money, in kilometres, in emissions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.graph import lookup
from landsea_routing.graph.cost import ArcPrices, closed_to_domestic, price
from landsea_routing.graph.graph import Graph, Stage
from landsea_routing.kernels.paths import Tree, shortest_paths, sum_along
from landsea_routing.model.names import find_node
from landsea_routing.results.catchment import Reach
from landsea_routing.routing.restrict import closures, refuse_text
from landsea_routing.routing.weights import ATTRIBUTES, Weight, arc_weight, attribute, weight_name

ALONG = ("cost", "time", "length", "co2e")
"""Summed on the chosen paths where nothing else is asked for."""


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
    prices = price(graph)
    cost = arc_weight(graph, prices, weight)
    for mask in closures(graph, avoid=avoid, modes=modes, seasonal=seasonal).values():
        cost = np.where(mask, np.inf, cost)
    places = _places(graph, start, access)
    country = graph.network.nodes["country"]
    home = country[places] == country[start]
    names = tuple(dict.fromkeys(along))
    values = _values(graph, prices, weight, cost, names)
    sums = np.full((len(values), places.size), np.inf)
    shut = closed_to_domestic(graph, graph.commodity, str(country[start]))
    for mine, weights in ((home, np.where(shut, np.inf, cost)), (~home, cost)):
        sums[:, mine] = _sums(graph, weights, values, start, places[mine], access)
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


def _values(
    graph: Graph, prices: ArcPrices, weight: Weight, cost: FloatArray, names: tuple[str, ...]
) -> FloatArray:
    """What is summed: the weight first (without its tie-break), then what stands along; unknown stays NaN."""
    own = attribute(graph, prices, weight) if isinstance(weight, str) and weight in ATTRIBUTES else cost
    rows = np.stack([own, *(attribute(graph, prices, name) for name in names)])
    return np.where(np.isinf(rows), 0.0, rows)


def _sums(
    graph: Graph, cost: FloatArray, values: FloatArray, start: int, places: IntArray, access: bool
) -> FloatArray:
    """Sums on the best path to each place: (n_values, n_places), `inf` where there is none."""
    top = graph.topology
    sources = graph.vertices_of(start, Stage.ORIGIN if access else Stage.LEAVING)
    stage = Stage.DESTINATION if access else Stage.ARRIVING
    found = np.full((len(values), places.size), np.inf)
    if not sources.size or not places.size:
        return found
    tree: Tree = shortest_paths(top.pairs, cost, sources)
    sums = sum_along(tree, top.tail, values)
    for i, place in enumerate(places.tolist()):
        ends = graph.vertices_of(place, stage)
        if ends.size:
            row, column = np.unravel_index(int(tree.distance[:, ends].argmin()), (sources.size, ends.size))
            found[:, i] = sums[:, row, ends[column]]
    return found
