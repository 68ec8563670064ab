"""Which place belongs to which terminal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landsea_routing._typing import IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.graph import lookup
from landsea_routing.graph.graph import Graph
from landsea_routing.results.catchment import Catchment
from landsea_routing.routing.many import ask_many, rows_of_nodes
from landsea_routing.routing.weights import Weight, arc_weight, weight_name


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
    columns, rows = read_terminals(graph, terminals), read_places(graph, places)
    ends = (columns, rows) if inbound else (rows, columns)
    asked = ask_many(graph, *ends, avoid=avoid, modes=modes, access=access, seasonal=seasonal)
    (matrix,) = asked.fill(arc_weight(graph, asked.prices, weight, asked.is_open))
    nodes = graph.network.nodes
    return Catchment(
        nodes["id"][rows],
        nodes["id"][columns],
        dict(zip(nodes["id"].tolist(), nodes["name"].tolist(), strict=True)),
        graph.commodity,
        weight_name(weight),
        inbound,
        matrix.T if inbound else matrix,
    )


def read_terminals(graph: Graph, terminals: Sequence[str]) -> IntArray:
    """Rows of the terminals; refuses none and one named twice."""
    found = rows_of_nodes(graph, terminals, "terminals")
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
    return rows_of_nodes(graph, places, "places")
