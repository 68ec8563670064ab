"""Catchments as shares: not every tonne of a place takes the one best way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landsea_routing._typing import FloatArray, IntArray, TextArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.graph.cost import price
from landsea_routing.graph.graph import Graph, Stage
from landsea_routing.kernels.paths import Tree, shortest_paths, trace_paths
from landsea_routing.model.names import find_node
from landsea_routing.results.catchment import Catchment
from landsea_routing.results.shares import CatchmentShares
from landsea_routing.routing.catchment import read_places, read_terminals
from landsea_routing.routing.restrict import closures, domestic_closure, refuse_text
from landsea_routing.routing.weights import Weight, arc_weight, weight_name


def catchment_shares(
    graph: Graph,
    terminals: Sequence[str],
    *,
    spread: float,
    onward: str | None = None,
    weight: Weight = "cost",
    places: Sequence[str] | None = None,
    inbound: bool = False,
    avoid: Sequence[str] = (),
    modes: Sequence[str] | None = None,
    seasonal: bool = False,
) -> CatchmentShares:
    """Share every place out over terminals by a path-size logit, and beside it by least weight.

    Parameters
    ----------
    graph : Graph
        From `expand`; it fixes commodity and month.
    terminals : sequence of str
        Nodes, by id or name: ports, crossings, dry ports.
    spread : float
        In the unit of the weight (USD/t for cost): how far people, contracts and what the model does not
        know scatter the choice. Towards 0 all goes the least way; for large values the split is even.
    onward : str, optional
        Where the cargo goes beyond the terminal (or, inbound, comes from). What is compared is then the
        whole way through each terminal; without it the way to the terminal alone.
    weight, places, inbound, avoid, modes, seasonal
        As in `catchment`; loading and unloading count at both ends.

    Returns
    -------
    CatchmentShares

    Raises
    ------
    UnknownNameError, InvalidValueError
        As `catchment`; also where the spread is not above 0.

    Notes
    -----
    With w_i the least weight by terminal i, share_i is proportional to PS_i exp(-w_i / spread). The path
    size PS_i = sum over links a of way i of (l_a / L_i) / n_a corrects for ways that are the same for most
    of their length, which a plain logit would count twice: l_a is the length of the link, L_i that of the
    way, n_a the number of ways (one per terminal) that use the link. M. Ben-Akiva and M. Bierlaire,
    "Discrete choice methods and their applications to short term travel decisions", in Handbook of
    Transportation Science, 1999. A place that is itself a terminal has weight 0 there.

    One search per place and one per state of a terminal; once more for domestic cargo, which may not use
    what is open to foreign trade only.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> graph = lsr.expand(lsr.load_network("toy_three_ports"))
    >>> found = lsr.catchment_shares(graph, ["Port Anselm", "Port Brandt"], places=["Ada"], spread=10)
    >>> found.share.round(3).tolist(), found.least.best.tolist()
    ([[0.88, 0.12]], [0])
    """
    if not (spread > 0 and np.isfinite(spread)):
        raise InvalidValueError(
            f"spread is {spread!r}",
            column="spread",
            ids=(spread,),
            expected="a finite number > 0 in the unit of the weight",
            cure="give one; catchment answers by least weight alone",
        )
    refuse_text(terminals, "terminals")
    columns, rows = read_terminals(graph, terminals), read_places(graph, places)
    beyond = None if onward is None else find_node(graph.network, onward)
    if beyond is not None:
        rows = rows[rows != beyond] if places is None else rows
    prices = graph.keep("prices", lambda: price(graph))
    is_open = prices.allowed
    for shut in closures(graph, avoid=avoid, modes=modes, seasonal=seasonal).values():
        is_open = is_open & ~shut
    cost = arc_weight(graph, prices, weight, is_open)
    matrix, way, arc = _ways(_Ends(graph, beyond, inbound), cost, rows, columns)
    size = _path_sizes(graph, matrix, way, arc)
    nodes = graph.network.nodes
    names = dict(zip(nodes["id"].tolist(), nodes["name"].tolist(), strict=True))
    least = Catchment(
        nodes["id"][rows], nodes["id"][columns], names, graph.commodity, weight_name(weight), inbound, matrix
    )
    end = "" if beyond is None else str(nodes["id"][beyond])
    return CatchmentShares(least, float(spread), end, size, logit(matrix, size, spread))


def logit(matrix: FloatArray, size: FloatArray, spread: float) -> FloatArray:
    """Return the shares of each row: path size times exp(-weight / spread), over their sum.

    Examples
    --------
    >>> logit(np.array([[0.0, 10.0]]), np.ones((1, 2)), 10.0).round(3).tolist()
    [[0.731, 0.269]]
    """
    # Taken from the least of each row on, so that nothing underflows to 0 / 0.
    reached = np.isfinite(matrix)
    least = np.where(reached, matrix, np.inf).min(axis=1, keepdims=True, initial=np.inf)
    above = np.where(reached, matrix, 0.0) - np.where(np.isfinite(least), least, 0.0)
    weight = np.where(reached, size * np.exp(-np.maximum(above, 0.0) / spread), 0.0)
    total = weight.sum(axis=1, keepdims=True)
    share: FloatArray = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    return share


def _path_sizes(graph: Graph, matrix: FloatArray, way: IntArray, arc: IntArray) -> FloatArray:
    """Path size of each way (its place in the matrix), from all (way, arc)."""
    n_arcs = graph.topology.n_arcs
    # A way there and back over a link uses it once.
    once = np.unique(way * n_arcs + arc)
    way, arc = once // n_arcs, once % n_arcs
    place = way // matrix.shape[1]
    _, link, users = np.unique(place * n_arcs + arc, return_inverse=True, return_counts=True)
    length = graph.arc_length_km[arc]
    total = np.bincount(way, length, matrix.size).reshape(matrix.shape)
    own = np.bincount(way, length / users[link], matrix.size).reshape(matrix.shape)
    size = np.divide(own, total, out=np.ones_like(matrix), where=total > 0)
    return np.where(np.isfinite(matrix), size, 0.0)


@dataclass(frozen=True)
class _Ends:
    """Where the ways start and end, and in which states they pass a terminal."""

    graph: Graph
    beyond: int | None
    inbound: bool

    def country(self, columns: IntArray) -> TextArray:
        """Country at the far end of the ways by each terminal."""
        country = self.graph.network.nodes["country"]
        return np.asarray(country[columns] if self.beyond is None else country[[self.beyond] * columns.size])

    def states(self, nodes: IntArray, *stages: Stage) -> tuple[IntArray, IntArray]:
        """States of some nodes in some stages, and the position of the node of each."""
        found = [[self.graph.vertices_of(int(node), stage) for stage in stages] for node in nodes]
        each = [np.concatenate(part) for part in found]
        owner = np.repeat(np.arange(nodes.size), [part.size for part in each])
        return np.concatenate([*each, np.zeros(0, np.int64)]).astype(np.int64), owner

    def middle(self, columns: IntArray) -> tuple[IntArray, IntArray]:
        """States in which a way passes a terminal, or ends (begins) in it."""
        if self.beyond is not None:
            return self.states(columns, Stage.ARRIVING, Stage.LEAVING)
        return self.states(columns, Stage.ORIGIN if self.inbound else Stage.DESTINATION)


def _ways(
    ends: _Ends, cost: FloatArray, rows: IntArray, columns: IntArray
) -> tuple[FloatArray, IntArray, IntArray]:
    """Weight of each place by each terminal, and the (way, arc) of all arcs on the ways."""
    graph = ends.graph
    matrix = np.full((rows.size, columns.size), np.inf)
    home, there = graph.network.nodes["country"][rows], ends.country(columns)
    abroad = home[:, None] != there
    parts: list[tuple[IntArray, IntArray]] = []
    for nation in ("", *sorted(set(home) & set(there))):
        shut = domestic_closure(graph, str(nation)) if nation else False
        wanted = abroad if not nation else (home[:, None] == nation) & (there == nation)
        here, at = np.flatnonzero(wanted.any(axis=1)), np.flatnonzero(wanted.any(axis=0))
        if here.size and at.size:
            block, place, terminal, arc = _block(ends, np.where(shut, np.inf, cost), rows[here], columns[at])
            place, terminal = here[place], at[terminal]
            mine = wanted[place, terminal]
            matrix[np.ix_(here, at)] = np.where(wanted[np.ix_(here, at)], block, matrix[np.ix_(here, at)])
            parts.append(((place * columns.size + terminal)[mine], arc[mine]))
    none = np.zeros(0, np.int64)
    way, arc = (np.concatenate([none, *part]) for part in zip(*parts, strict=True)) if parts else (none, none)
    same = (rows[:, None] == columns) & (ends.beyond is None)
    matrix[same] = 0.0
    elsewhere = ~same.ravel()[way]
    return matrix, way[elsewhere], arc[elsewhere]


def _block(
    ends: _Ends, cost: FloatArray, rows: IntArray, columns: IntArray
) -> tuple[FloatArray, IntArray, IntArray, IntArray]:
    """Weight (places, terminals), and place, terminal and arc of every arc on the ways."""
    graph, pairs = ends.graph, ends.graph.topology.pairs
    far = np.array([] if ends.beyond is None else [ends.beyond], dtype=np.int64)
    near_stage, far_stage = Stage.ORIGIN, Stage.DESTINATION
    if ends.inbound:
        near_stage, far_stage = far_stage, near_stage
    near, place = ends.states(rows, near_stage)
    beyond = ends.states(far, far_stage)[0]
    middle, owner = ends.middle(columns)
    # A way is two trees glued in a state of the terminal: up to it, and on from it.
    sources, targets = (beyond, near) if ends.inbound else (near, beyond)
    to = shortest_paths(pairs, cost, sources)
    on = shortest_paths(pairs, cost, middle)
    up = to.distance[:, middle] if sources.size else np.zeros((1, middle.size))
    down = on.distance[:, targets].T if targets.size else np.zeros((1, middle.size))
    if far.size and not beyond.size:
        up = np.full_like(up, np.inf)
    total = np.broadcast_to(up + down, (near.size, middle.size))
    weight = np.full((rows.size, columns.size), np.inf)
    best = np.zeros((rows.size, columns.size, 2), np.int64)
    for i, j in np.argwhere(np.isfinite(total)).tolist():
        if total[i, j] < weight[place[i], owner[j]]:
            weight[place[i], owner[j]], best[place[i], owner[j]] = total[i, j], (i, j)
    places, terminals = np.nonzero(np.isfinite(weight))
    start, state = best[places, terminals].T
    one = np.zeros_like(start)
    legs = [(one[:0], one[:0])]
    if sources.size:
        legs.append(_trace(graph, to, one if ends.inbound else start, middle[state]))
    if targets.size:
        legs.append(_trace(graph, on, state, targets[start if ends.inbound else one]))
    way, arc = (np.concatenate(part) for part in zip(*legs, strict=True))
    return weight, places[way], terminals[way], arc


def _trace(graph: Graph, tree: Tree, rows: IntArray, targets: IntArray) -> tuple[IntArray, IntArray]:
    """Way (position in rows) and arc of every arc on some paths of a tree."""
    indptr, arcs = trace_paths(tree, graph.topology.tail, rows, targets)
    return np.repeat(np.arange(rows.size), np.diff(indptr)), arcs
