"""Which place belongs to which terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.graph import lookup
from landsea_routing.graph.cost import closed_to_domestic, price
from landsea_routing.graph.graph import Graph, Stage
from landsea_routing.kernels.paths import distances_to, shortest_paths
from landsea_routing.model.names import find_node
from landsea_routing.results.catchment import Catchment
from landsea_routing.routing.restrict import closures, refuse_text
from landsea_routing.routing.weights import Weight, arc_weight, weight_name

Fill = Callable[[FloatArray, IntArray, IntArray], FloatArray]


def catchment(
    graph: Graph,
    terminals: Sequence[str],
    *,
    weight: Weight = "cost",
    places: Sequence[str] | None = None,
    inbound: bool = False,
    avoid: Sequence[str] = (),
    modes: Sequence[str] | None = None,
    access: bool = True,
    seasonal: bool = False,
) -> Catchment:
    """Find which of several terminals serves each place best, by how much, and which comes second.

    Parameters
    ----------
    graph : Graph
        From `expand`; it fixes commodity and month.
    terminals : sequence of str
        Nodes, by id or name: ports, yards, dry ports.
    weight : {"cost", "time", "length", "co2e"} or callable
        What to minimise; see `shortest_path`.
    places : sequence of str, optional
        Nodes to share out; all that load the commodity where not given, terminals included.
    inbound : bool
        Cargo from the terminal to the place; False (the default) is from the place to the terminal.
    avoid, modes, access, seasonal
        As in `shortest_path`.

    Returns
    -------
    Catchment

    Raises
    ------
    UnknownNameError, InvalidValueError
        As `shortest_path`; also where a terminal is named twice or none is.

    Notes
    -----
    One search per terminal, once more for those in the country of some place: domestic cargo may not use
    what is open to foreign trade only, as in `skim`, whose numbers these are.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> graph = lsr.expand(lsr.load_network("toy_three_ports"))
    >>> ports = lsr.catchment(graph, ["Port Anselm", "Port Brandt"], places=["Ada", "Boro", "Cedar"])
    >>> ports.best.tolist(), list(ports.sizes.values())
    ([0, 1, 1], [1, 2])
    """
    refuse_text(terminals, "terminals")
    columns = read_terminals(graph, terminals)
    rows = read_places(graph, places)
    prices = price(graph)
    cost = arc_weight(graph, prices, weight)
    for mask in closures(graph, avoid=avoid, modes=modes, seasonal=seasonal).values():
        cost = np.where(mask, np.inf, cost)
    country = graph.network.nodes["country"]
    fill = _inbound(graph, access) if inbound else _outbound(graph, access)
    matrix = fill(cost, rows, columns)
    for nation in sorted(set(country[rows]) & set(country[columns])):
        shut = closed_to_domestic(graph, graph.commodity, str(nation))
        here, there = np.flatnonzero(country[rows] == nation), np.flatnonzero(country[columns] == nation)
        matrix[np.ix_(here, there)] = fill(np.where(shut, np.inf, cost), rows[here], columns[there])
    matrix[rows[:, None] == columns] = 0.0
    nodes = graph.network.nodes
    names = dict(zip(nodes["id"].tolist(), nodes["name"].tolist(), strict=True))
    return Catchment(
        nodes["id"][rows], nodes["id"][columns], names, graph.commodity, weight_name(weight), inbound, matrix
    )


def read_terminals(graph: Graph, terminals: Sequence[str]) -> IntArray:
    """Rows of the terminals; refuses none and one named twice."""
    found = np.array([find_node(graph.network, name) for name in terminals], dtype=np.int64)
    if not found.size or np.unique(found).size < found.size:
        raise InvalidValueError(
            "no terminal is named" if not found.size else "a terminal is named twice",
            table="nodes",
            column="id",
            ids=tuple(terminals),
            expected="one or more different nodes",
            cure="name each once",
        )
    return found


def read_places(graph: Graph, places: Sequence[str] | None) -> IntArray:
    """Rows of the places; all that load the commodity where none are named."""
    if places is None:
        return np.flatnonzero(lookup.lists_commodity(graph.network.nodes, graph.commodity, "loads"))
    refuse_text(places, "places")
    return np.array([find_node(graph.network, name) for name in places], dtype=np.int64)


def _states(graph: Graph, nodes: IntArray, stage: Stage) -> tuple[IntArray, IntArray]:
    """States of some nodes in one stage, and the position of the node of each."""
    states = [graph.vertices_of(int(node), stage) for node in nodes]
    owner = np.repeat(np.arange(len(nodes)), [s.size for s in states])
    return np.concatenate([*states, np.zeros(0, np.int64)]).astype(np.int64), owner


def _least(values: FloatArray, row: IntArray, column: IntArray, shape: tuple[int, int]) -> FloatArray:
    """Least value of each pair of nodes over the states of both."""
    least = np.full(shape, np.inf)
    for i in range(values.shape[0]):
        for j in np.unique(column).tolist():
            least[row[i], j] = min(least[row[i], j], float(values[i, column == j].min()))
    return least


def _outbound(graph: Graph, access: bool) -> Fill:
    def fill(cost: FloatArray, rows: IntArray, columns: IntArray) -> FloatArray:
        starts, place = _states(graph, rows, Stage.ORIGIN if access else Stage.LEAVING)
        ends, terminal = _states(graph, columns, Stage.DESTINATION if access else Stage.ARRIVING)
        distance = distances_to(graph.topology.pairs, cost, ends)[:, starts]
        return _least(distance, terminal, place, (len(columns), len(rows))).T

    return fill


def _inbound(graph: Graph, access: bool) -> Fill:
    def fill(cost: FloatArray, rows: IntArray, columns: IntArray) -> FloatArray:
        starts, terminal = _states(graph, columns, Stage.ORIGIN if access else Stage.LEAVING)
        ends, place = _states(graph, rows, Stage.DESTINATION if access else Stage.ARRIVING)
        distance = shortest_paths(graph.topology.pairs, cost, starts).distance[:, ends]
        return _least(distance, terminal, place, (len(columns), len(rows))).T

    return fill
