"""A question between two places, put so that any kernel can answer it: one source, one target, one arc list.

Ways that a question bends the graph are built here once for all questions: copies of the graph for `via`
(one per place passed), and a common start or end where the trip may begin or end in several states.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.errors import InvalidValueError, NoPathError
from landsea_routing.graph.cost import ArcPrices, price
from landsea_routing.graph.graph import ArcKind, Graph, Stage
from landsea_routing.kernels.csr import PairIndex, pair_index, sort_arcs
from landsea_routing.kernels.paths import path_from_any
from landsea_routing.model.names import find_node
from landsea_routing.results.route import Route
from landsea_routing.routing import engine
from landsea_routing.routing.explain import no_path_error
from landsea_routing.routing.restrict import closures, link_row, node_row, refuse_text
from landsea_routing.routing.weights import Weight, arc_weight, attribute, criterion

BETWEEN = -1
"""Stands for an arc of the graph where a step is none: between copies, from or to a common end."""


class Space(NamedTuple):
    """What is searched.

    Attributes
    ----------
    pairs : PairIndex
        Topology of the copies and the common ends.
    arc : (n_arcs,) int
        Arc of the graph that each arc stands for, `BETWEEN` for none.
    source, target : int
        Where every path starts and ends.
    """

    pairs: PairIndex
    arc: IntArray
    source: int
    target: int

    def spread(self, values: FloatArray) -> FloatArray:
        """Give every arc of the space the value of its arc in the graph, 0 to the steps between."""
        return np.where(self.arc >= 0, values[..., self.arc], 0.0)

    def arcs(self, found: IntArray) -> IntArray:
        """Arcs of the graph along a path found in the space."""
        arcs = self.arc[found]
        return np.asarray(arcs[arcs >= 0])


@dataclass(frozen=True, eq=False)
class Question:
    """Two places, the prices between them, and what is shut.

    Parameters
    ----------
    graph : Graph
    prices : ArcPrices
    origin, destination : str
        Node ids.
    shut : mapping
        Arcs that the question shuts, by reason in words.
    via : tuple of str
        What is to be passed, in order.
    sources, targets : int arrays
        States in which the trip may start and end.
    space : Space
    """

    graph: Graph
    prices: ArcPrices
    origin: str
    destination: str
    shut: Mapping[str, BoolArray]
    via: tuple[str, ...]
    sources: IntArray
    targets: IntArray
    space: Space

    @property
    def is_open(self) -> BoolArray:
        """Arcs that the commodity may use and the question does not shut."""
        is_open = self.prices.allowed
        for mask in self.shut.values():
            is_open = is_open & ~mask
        return is_open

    @property
    def emissions(self) -> FloatArray:
        """Kilograms of CO2e per tonne on each arc."""
        return attribute(self.graph, self.prices, "co2e")

    def route(self, arcs: IntArray, weight: str) -> Route:
        """Put the prices of a path's arcs together as a `Route`."""
        return Route(
            graph=self.graph,
            origin=self.origin,
            destination=self.destination,
            weight=weight,
            arcs=arcs,
            ledger_usd_per_t_by_arc=self.prices.ledger_usd_per_t[:, arcs],
            hours=self.prices.time_h[arcs],
            co2e_kg=self.emissions[arcs],
        )

    def close(self, values: FloatArray) -> FloatArray:
        """Return values with `inf` on what is shut."""
        return np.where(self.is_open, values, np.inf)

    def weigh(self, weight: Weight) -> FloatArray:
        """Return the weight of every arc, `inf` on what is shut; see `arc_weight`."""
        return arc_weight(self.graph, self.prices, weight, self.is_open)

    def criterion(self, name: str) -> FloatArray:
        """Return an attribute of every arc, `inf` on what is shut; see `weights.criterion`."""
        return criterion(self.graph, self.prices, name, self.is_open)

    def best(self, values: FloatArray, weight: str) -> IntArray:
        """Return the arcs of the best path by the values of a weight, `inf` on what is shut.

        Raises
        ------
        NoPathError
            Nothing joins the two places.
        """
        space, topology = self.space, self.graph.topology
        if space.pairs is topology.pairs:
            distance, arcs = engine.path(topology, values, space.source, space.target)
        else:
            distance, found = path_from_any(space.pairs, space.spread(values), [space.source], [space.target])
            arcs = space.arcs(found)
        if not np.isfinite(distance):
            raise self.no_path(values, weight)
        return arcs

    def no_path(self, values: FloatArray, weight: str) -> NoPathError:
        """Explain the first stretch between vias that fails; a cost function may have closed arcs too."""
        graph, prices = self.graph, self.prices
        by_weight = np.isinf(values) & self.is_open
        shut = {**self.shut, f"is closed by the cost function {weight}": by_weight}
        rows = [find_node(graph.network, name) for name in (self.origin, self.destination)]
        stops, places = [self.sources], [rows[0]]
        for name in self.via:
            heads = _steps(graph, name)[1]
            stops.append(heads)
            places.append(int(graph.topology.vertex_node[heads[0]]) if heads.size else node_row(graph, name))
        places.append(rows[1])
        for i, stop in enumerate([*stops[1:], self.targets]):
            near = [v for v in stop if self._reaches(values, int(v), i)]
            if not near:
                return no_path_error(graph, prices, shut, (places[i], places[i + 1]), (stops[i], stop))
            # Only the states that the path can be in count as the start of the next stretch.
            stops[min(i + 1, len(self.via))] = np.array(near, dtype=np.int64)
        return no_path_error(graph, prices, shut, (rows[0], rows[1]), (self.sources, self.targets))

    def _reaches(self, weight: FloatArray, vertex: int, passed: int) -> bool:
        space = make_space(self.graph, self.sources, np.array([vertex]), self.via[:passed])
        found = path_from_any(space.pairs, space.spread(weight), [space.source], [space.target])
        return bool(np.isfinite(found[0]))


def ask(
    graph: Graph,
    origin: str,
    destination: str,
    *,
    via: Sequence[str] = (),
    avoid: Sequence[str] = (),
    modes: Sequence[str] | None = None,
    access: bool = True,
    seasonal: bool = False,
) -> Question:
    """Read a question; its options are those of `shortest_path`.

    Raises
    ------
    UnknownNameError
        A place or link is not known, or its name is not unique.
    InvalidValueError
        Origin is destination, or a mode is not known.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> asked = ask(lsr.expand(lsr.load_network("toy_three_ports")), "Ada", "Boro")
    >>> asked.sources.size, asked.targets.size
    (1, 1)
    """
    for what, names in (("via", via), ("avoid", avoid)):
        refuse_text(names, what)
    start, end = (find_node(graph.network, name) for name in (origin, destination))
    ids, country = graph.network.nodes["id"], graph.network.nodes["country"]
    if start == end:
        raise InvalidValueError(
            f"origin and destination are both {ids[start]}",
            table="nodes",
            column="id",
            ids=(str(ids[start]),),
            expected="two different places",
            cure="name another destination",
        )
    home = str(country[start]) if country[start] == country[end] else ""
    sources = graph.vertices_of(start, Stage.ORIGIN if access else Stage.LEAVING)
    targets = graph.vertices_of(end, Stage.DESTINATION if access else Stage.ARRIVING)
    return Question(
        graph=graph,
        prices=graph.keep("prices", lambda: price(graph)),
        origin=str(ids[start]),
        destination=str(ids[end]),
        shut=closures(graph, country=home, avoid=avoid, modes=modes, seasonal=seasonal),
        via=tuple(via),
        sources=sources,
        targets=targets,
        space=make_space(graph, sources, targets, via),
    )


def make_space(graph: Graph, sources: IntArray, targets: IntArray, via: Sequence[str] = ()) -> Space:
    """Build what is searched between any of the sources and any of the targets, passing what `via` names."""
    top, n = graph.topology, graph.topology.n_vertices
    if not via and sources.size == 1 and targets.size == 1:
        return Space(top.pairs, np.arange(top.n_arcs), int(sources[0]), int(targets[0]))
    steps = [(top.tail, top.head, np.arange(top.n_arcs))]
    for layer, name in enumerate(via):
        tail, head, arc = _steps(graph, name)
        steps.append((tail + layer * n, head + (layer + 1) * n, arc))
        shift = (layer + 1) * n
        steps.append((top.tail + shift, top.head + shift, np.arange(top.n_arcs)))
    source = n * (len(via) + 1)
    ends = targets + len(via) * n
    none = (np.full(v.size, BETWEEN) for v in (sources, targets))
    steps.append((np.full(sources.size, source), sources, next(none)))
    steps.append((ends, np.full(targets.size, source + 1), next(none)))
    tail, head, arc = (np.concatenate(part).astype(np.int64) for part in zip(*steps, strict=True))
    order = sort_arcs(tail, head)
    return Space(pair_index(source + 2, tail[order], head[order]), arc[order], source, source + 1)


def _steps(graph: Graph, name: str) -> tuple[IntArray, IntArray, IntArray]:
    """Arcs that count as passing a via: the link's own arcs, or standing still in a state of the node."""
    top = graph.topology
    row = link_row(graph, name)
    if row is not None:
        arcs = np.flatnonzero((top.arc_kind == ArcKind.LINK) & (top.arc_row == row))
        return top.tail[arcs], top.head[arcs], arcs
    node = node_row(graph, name)
    inside = np.isin(top.vertex_stage, [Stage.ARRIVING, Stage.LEAVING])
    states = np.flatnonzero(inside & (top.vertex_node == node))
    return states, states, np.full(len(states), BETWEEN)
