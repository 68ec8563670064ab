"""The best paths between many places at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.graph.cost import closed_to_domestic, price
from landsea_routing.graph.graph import Graph, Stage
from landsea_routing.kernels.paths import Tree, shortest_paths, sum_along
from landsea_routing.model.names import find_node
from landsea_routing.results.skim import Skim
from landsea_routing.routing.restrict import closures, refuse_text
from landsea_routing.routing.weights import Weight, arc_weight, attribute, weight_name


def skim(
    graph: Graph,
    origins: Sequence[str],
    destinations: Sequence[str],
    *,
    weight: Weight = "cost",
    along: Sequence[str] = (),
    modes: Sequence[str] | None = None,
    access: bool = True,
    seasonal: bool = False,
) -> Skim:
    """Find the least weight between all origins and destinations for the graph's commodity.

    Parameters
    ----------
    graph : Graph
        From `expand`.
    origins, destinations : sequence of str
        Nodes, by id or name.
    weight : {"cost", "time", "length", "co2e"} or callable
        What to minimise; see `shortest_path`.
    along : sequence of str
        Attributes summed on the chosen paths: cost, money, time, length, co2e or a line of the ledger.
    modes : sequence of str, optional
        Modes allowed.
    access : bool
        Whether loading and unloading count; see `shortest_path`.
    seasonal : bool
        With a graph of the year, whether links that are open only part of it may be used.

    Returns
    -------
    Skim
        `inf` where nothing joins a pair, 0 from a place to itself.

    Raises
    ------
    UnknownNameError, InvalidValueError
        As `shortest_path`.

    Notes
    -----
    One Dijkstra per origin, once more for the origins of each country that also is a destination
    (domestic cargo may not use what is open to foreign trade): O(origins (m + n log n)).

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> lsr.skim(lsr.expand(net), ["Ada", "Boro"], ["Ada", "Boro"], along=["length"]).matrix.shape
    (2, 2)
    """
    for what, names in (("origins", origins), ("destinations", destinations), ("along", along)):
        refuse_text(names, what)
    rows, columns = (
        np.array([find_node(graph.network, n) for n in names], dtype=np.int64)
        for names in (origins, destinations)
    )
    prices = price(graph)
    cost = arc_weight(graph, prices, weight)
    for mask in closures(graph, modes=modes, seasonal=seasonal).values():
        cost = np.where(mask, np.inf, cost)
    # Weights other than cost hold a share of it to break ties, which must not show: they are summed anew.
    tied = isinstance(weight, str) and weight != "cost"
    names = (str(weight), *along) if tied else tuple(along)
    values = (
        np.stack([attribute(graph, prices, name) for name in names]) if names else np.zeros((0, len(cost)))
    )
    country = graph.network.nodes["country"]
    layers = _fill(graph, cost, values, rows, columns, access)
    for nation in sorted(set(country[rows]) & set(country[columns])):
        shut = closed_to_domestic(graph, graph.commodity, str(nation))
        home = np.flatnonzero(country[rows] == nation), np.flatnonzero(country[columns] == nation)
        inner = _fill(graph, np.where(shut, np.inf, cost), values, rows[home[0]], columns[home[1]], access)
        layers[:, home[0][:, None], home[1]] = inner
    layers[:, rows[:, None] == columns] = 0.0
    ids = graph.network.nodes["id"]
    sums = dict(zip(along, layers[1 + tied :], strict=True))
    return Skim(ids[rows], ids[columns], graph.commodity, weight_name(weight), layers[int(tied)], sums)


def _fill(
    graph: Graph, cost: FloatArray, values: FloatArray, rows: IntArray, columns: IntArray, access: bool
) -> FloatArray:
    """Weight and attributes of each pair: (1 + n_along, n_rows, n_columns)."""
    result = np.full((1 + len(values), len(rows), len(columns)), np.inf)
    if not result.size:
        return result
    if not access:
        return _fill_line_haul(graph, cost, values, rows, columns, result)
    sources = np.concatenate([graph.vertices_of(int(r), Stage.ORIGIN) for r in rows])
    targets = np.concatenate([graph.vertices_of(int(c), Stage.DESTINATION) for c in columns])
    tree = shortest_paths(graph.topology.pairs, cost, sources)
    result[0] = tree.distance[:, targets]
    if len(values):
        result[1:] = _along(graph, tree, values)[:, :, targets]
    return result


def _fill_line_haul(
    graph: Graph, cost: FloatArray, values: FloatArray, rows: IntArray, columns: IntArray, result: FloatArray
) -> FloatArray:
    """Without loading a trip may start in any leaving state and end in any arriving one."""
    targets = [graph.vertices_of(int(c), Stage.ARRIVING) for c in columns]
    for i, row in enumerate(rows):
        sources = graph.vertices_of(int(row), Stage.LEAVING)
        if not sources.size:
            continue
        tree = shortest_paths(graph.topology.pairs, cost, sources)
        sums = _along(graph, tree, values) if len(values) else np.zeros((0, *tree.distance.shape))
        for j, target in enumerate(targets):
            if target.size:
                near = tree.distance[:, target]
                s, t = np.unravel_index(int(np.argmin(near)), near.shape)
                result[:, i, j] = [near[s, t], *sums[:, s, target[t]]]
    return result


def _along(graph: Graph, tree: Tree, values: FloatArray) -> FloatArray:
    """Sums along the trees; what is unknown of one arc is unknown of every path over it."""
    return np.asarray(sum_along(tree, graph.topology.tail, values))
