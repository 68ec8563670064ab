"""Frozen arrays of an expanded network and the crosswalk back to its tables."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np

from landsea_routing._frozen import FrozenDict, Keeper
from landsea_routing._typing import BoolArray, FloatArray, IntArray, TextArray
from landsea_routing.graph.basis import SHELVES, same_basis
from landsea_routing.kernels.csr import PairIndex
from landsea_routing.model.names import find_row
from landsea_routing.model.network import Network


class Stage(IntEnum):
    """Where in a node a vertex stands."""

    LEAVING = 0
    ARRIVING = 1
    ORIGIN = 2
    DESTINATION = 3
    GATE = 4


class ArcKind(IntEnum):
    """What an arc stands for, and so which table prices it (`arc_row` is a row of that table)."""

    LINK = 0  # links
    BORDER = 1  # crossings
    THROUGH = 2  # nodes; free
    RELAY = 3  # transfers
    TRANSFER = 4  # transfers
    ACCESS = 5  # nodes (with access, tariffs and clearances by mode, country and commodity)
    EGRESS = 6  # nodes (likewise)


@dataclass(frozen=True, eq=False)
class Topology(Keeper):
    """Vertices and arcs of all commodities, vehicle classes and statuses; built once.

    Arcs are sorted by (tail, head) and parallel arcs are kept. An arc's position is its id.

    Parameters
    ----------
    n_vertices : int
        Number of vertices.
    tail, head : (n_arcs,) int arrays
        Ends of the arcs.
    first_out : (n_vertices + 1,) int array
        Arcs that leave vertex v are `first_out[v]:first_out[v + 1]`.
    vertex_node, vertex_mode, vertex_gauge_mm, vertex_class, vertex_stage : (n_vertices,) int arrays
        Row of `nodes`; position in `words.MODES`; gauge (0 for none); row of `vehicle_classes`
        (-1 for the ordinary class); `Stage`. Mode is -1 at origins and destinations.
    arc_kind, arc_row : (n_arcs,) int arrays
        `ArcKind` and the row of the table that prices it.
    arc_forward : (n_arcs,) bool array
        For LINK and BORDER arcs whether they run from -> to as the link is written.
    pairs : PairIndex
        Unique (tail, head) pairs of the arcs.
    """

    n_vertices: int
    tail: IntArray
    head: IntArray
    first_out: IntArray
    vertex_node: IntArray
    vertex_mode: IntArray
    vertex_gauge_mm: IntArray
    vertex_class: IntArray
    vertex_stage: IntArray
    arc_kind: IntArray
    arc_row: IntArray
    arc_forward: BoolArray
    pairs: PairIndex

    @property
    def n_arcs(self) -> int:
        """Number of arcs."""
        return len(self.tail)


def _empty_shelves() -> FrozenDict[str, Keeper]:
    return FrozenDict({name: Keeper() for name in SHELVES})


@dataclass(frozen=True, eq=False)
class Graph(Keeper):
    """An expanded network: topology, tables, and the commodity and month that it prices by default.

    Parameters
    ----------
    topology : Topology
        Shared between all commodities, months and scenarios that add no link.
    network : Network
        The tables.
    commodity : str
        Commodity whose costs are the default.
    month : int or None
        Month 1 to 12, or None for the year.

    Attributes
    ----------
    shelves : dict of str to Keeper
        What has been derived by the bases of `landsea_routing.graph.basis.SHELVES`, shared with the graphs of
        networks that have the basis in common.
    """

    topology: Topology
    network: Network
    commodity: str
    month: int | None = None
    shelves: FrozenDict[str, Keeper] = field(init=False, repr=False, default_factory=_empty_shelves)

    def __repr__(self) -> str:
        when = "year" if self.month is None else f"month {self.month}"
        size = f"{self.topology.n_vertices} vertices, {self.topology.n_arcs} arcs"
        return f"Graph({self.network.name!r}, {self.commodity}, {when}: {size})"

    def with_commodity(self, commodity: str) -> Graph:
        """Return the same topology with another default commodity, by id or name."""
        row = find_row(self.network.commodities, commodity, ("id", "name"))
        return replace(self, commodity=str(self.network.commodities["id"][row])).sharing(self)

    def sharing(self, other: Graph) -> Graph:
        """Return this graph with those shelves of another of its topology whose basis is the same."""
        shelves = {
            name: other.shelves[name] if same_basis(basis, self.network, other.network) else shelf
            for (name, basis), shelf in zip(SHELVES.items(), self.shelves.values(), strict=True)
        }
        graph = replace(self)
        object.__setattr__(graph, "shelves", FrozenDict(shelves))
        return graph

    def vertices_of(self, node: int, stage: Stage) -> IntArray:
        """Return the vertices of a node (row of `nodes`) in one stage."""
        at = (self.topology.vertex_node == node) & (self.topology.vertex_stage == stage)
        return np.flatnonzero(at)

    def arcs_of(self, kind: ArcKind) -> IntArray:
        """Return the ids of all arcs of one kind."""
        return np.flatnonzero(self.topology.arc_kind == kind)

    @property
    def arc_length_km(self) -> FloatArray:
        """Length of each arc; only LINK arcs have one."""
        length = np.zeros(self.topology.n_arcs)
        links = self.arcs_of(ArcKind.LINK)
        length[links] = self.network.links["length_km"][self.topology.arc_row[links]]
        return length

    @property
    def vertex_country(self) -> TextArray:
        """Country of each vertex; that of its node."""
        return self.network.nodes["country"][self.topology.vertex_node]
