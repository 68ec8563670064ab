"""All answers for one set of costs, and how a few changed costs make another set.

Sources: Dibbelt, Strasser and Wagner (2016), customizable contraction hierarchies; Delling, Goldberg,
Nowatzyk and Werneck (2011), PHAST; Abraham, Delling, Goldberg and Werneck (2011), hub labels.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels import _fast
from landsea_routing.kernels.csr import as_index, check_cost, least_of_pairs
from landsea_routing.kernels.hierarchy.chain import (
    Link,
    ancestors,
    climb_one,
    descend_one,
    meet_one,
    repair,
    shared_end,
)
from landsea_routing.kernels.hierarchy.changes import (
    Change,
    change_pairs,
    check_change,
    costs_of_cell,
    refuse_overflow,
)
from landsea_routing.kernels.hierarchy.climbs import climb, front_of, join
from landsea_routing.kernels.hierarchy.customize import close_fronts
from landsea_routing.kernels.hierarchy.priced import Priced, arcs_of, paths_of, without_circles
from landsea_routing.kernels.hierarchy.product import Front
from landsea_routing.kernels.hierarchy.sweep import BATCH, deliver, sweep
from landsea_routing.kernels.hierarchy.topology import Topology
from landsea_routing.kernels.hierarchy.unpack import PATIENCE
from landsea_routing.kernels.paths import PathBatch

CLIMBERS = 1024
"""Vertices whose labels are held at once."""
STRIP = 32
"""Rows of a skim put into the caller's order at once, so that they stay in cache."""
PATCHES = 2048
"""Repaired fronts a metric carries beside the old ones before it writes them out."""
WHOLE = 0.05
"""Share of cells from which an update closes all fronts again."""


class Metric:
    """Answers for one set of costs; made by `Hierarchy.customize` and `Metric.update`.

    Many questions at once are cheapest together: sources share every read of the fronts.

    Attributes
    ----------
    dtype : dtype
        Of all distances.
    """

    def __init__(
        self,
        topology: Topology,
        cost: FloatArray,
        least: FloatArray,
        winner: IntArray,
        front: Front,
        patches: dict[int, Front],
        changes: dict[int, Change] | None = None,
    ) -> None:
        self._topology = topology
        self.dtype = front.dtype
        self._cost, self._least, self._winner, self._front = cost, least, winner, front
        # Fronts and pairs that differ from the arrays, which this metric shares with others.
        self._patches = patches
        self._changes = changes or {}
        self._weight: Front | None = None

    @classmethod
    def of(cls, topology: Topology, cost: ArrayLike, dtype: DTypeLike) -> Self:
        """Close the fronts for costs in the caller's numbering; see `Hierarchy.customize`."""
        kind = np.dtype(dtype)
        if kind not in (np.dtype(np.float64), np.dtype(np.float32)):
            raise InvalidValueError(f"dtype is {kind}", expected="float64 or float32")
        given = check_cost(cost, topology.n_arcs)
        refuse_overflow(given, np.arange(given.size), topology.n_vertices, kind)
        values = given[topology.order]
        least, winner = least_of_pairs(topology.pairs, values) if values.size else (values, topology.real)
        front = close_fronts(topology.cells, topology.entry, least[topology.real], kind)
        return cls(topology, values, least, winner, front, {})

    def _settle(self) -> None:
        """Write what an update changed into arrays of this metric's own.

        Threads may be here together: an array that others see is whole, and it is there before what it
        stands for is gone. Who reads both reads patches and changes first.
        """
        patches, changes = self._patches, self._changes
        if patches:
            front = self._front.copy()
            for cell, block in patches.items():
                front_of(self._topology.cells, front, cell)[:] = block
            self._front = front
            self._patches = {}
        if changes:
            cost, least, winner = self._cost.copy(), self._least.copy(), self._winner.copy()
            for pair, (price, arc, costs) in changes.items():
                least[pair], winner[pair] = price, arc
                cost[list(costs)] = list(costs.values())
            self._cost, self._least, self._winner = cost, least, winner
            self._changes = {}

    def _front_of(self, cell: int) -> Front:
        block = self._patches.get(cell)
        return front_of(self._topology.cells, self._front, cell) if block is None else block

    def many_to_many(self, sources: ArrayLike, targets: ArrayLike) -> Front:
        """Distances from all sources to all targets.

        Parameters
        ----------
        sources, targets : (k,), (m,) int
            Vertices; repetitions are legal.

        Returns
        -------
        (k, m) float
            ``inf`` where there is no path.

        Notes
        -----
        A label for every source and target and one dense product per cell that holds both, or the sweep of
        `one_to_all` where the targets are so many that this is cheaper.

        Examples
        --------
        >>> from landsea_routing.kernels.hierarchy import Hierarchy
        >>> metric = Hierarchy(3, [0, 1], [1, 2]).customize([1.0, 2.0])
        >>> metric.many_to_many([0, 2], [1]).tolist()
        [[1.0], [inf]]
        """
        n = self._topology.n_vertices
        start, end = as_index(sources, n, "source"), as_index(targets, n, "target")
        out = np.empty((start.size, end.size), self.dtype)
        if not out.size:
            return out
        if self._sweep_is_cheaper(start.size, end.size):
            for first in range(0, start.size, BATCH):
                out[first : first + BATCH] = self.one_to_all(start[first : first + BATCH])[:, end]
            return out
        self._settle()
        cells = self._topology.cells
        order, rows = self._topology.climbers(start)
        for begin in range(0, end.size, CLIMBERS):
            column, ends = self._topology.climbers(end[begin : begin + CLIMBERS])
            back = np.argsort(column)
            down = climb(cells, self._front, self._topology.ladder(ends, backward=True), reach=False)
            for first in range(0, start.size, CLIMBERS):
                row, starts = order[first : first + CLIMBERS], rows[first : first + CLIMBERS]
                up = climb(cells, self._front, self._topology.ladder(starts))
                table = self._topology.borrow((row.size, column.size), self.dtype)
                join(cells, up, down, self._topology.meetings(starts, ends), table)
                for at in range(0, row.size, STRIP):
                    part = table[at : at + STRIP].take(back, axis=1)
                    out[row[at : at + STRIP], begin : begin + column.size] = part
                self._topology.give_back(table)
        return out

    def _sweep_is_cheaper(self, n_sources: int, n_targets: int) -> bool:
        """Compare array passes of both ways (see the notes of `climbs` and `sweep`)."""
        cells = self._topology.cells
        size = np.diff(cells.boundary_start)
        label = 3.0 * self._topology.label_work
        meeting = float(cells.own[-1])
        labels = (n_sources * -(-n_targets // CLIMBERS) + n_targets) * label + n_sources * n_targets * meeting
        swept = 3.0 * float((cells.own * size).sum()) + 4.0 * cells.row.size
        return n_sources * (label + swept) < labels

    def one_to_all(self, sources: ArrayLike) -> Front:
        """Distances from each source to every vertex.

        Parameters
        ----------
        sources : (k,) int
            Vertices.

        Returns
        -------
        (k, n_vertices) float
            The transposed view of an array stored vertex by vertex: a column is contiguous, not a row.

        Examples
        --------
        >>> from landsea_routing.kernels.hierarchy import Hierarchy
        >>> Hierarchy(3, [0, 1], [1, 2]).customize([1.0, 2.0]).one_to_all([0]).tolist()
        [[0.0, 1.0, 3.0]]
        """
        n = self._topology.n_vertices
        start = as_index(sources, n, "source")
        out = np.empty((n, start.size), self.dtype)
        if not out.size:
            return out.T
        self._settle()
        cells, plan = self._topology.cells, self._topology.plan
        if self._weight is None:
            self._weight = self._front[plan.entry]
        table = self._topology.borrow((n, min(BATCH, start.size)), self.dtype)
        for first in range(0, start.size, BATCH):
            order, rows = self._topology.climbers(start[first : first + BATCH])
            # Labels go straight into the caller's order of columns.
            climbed = climb(cells, self._front, self._topology.ladder(rows))
            rungs = [rung._replace(who=order[rung.who]) for rung in climbed]
            part = table if order.size == table.shape[1] else np.empty((n, order.size), self.dtype)
            sweep(plan, cells, self._weight, rungs, part)
            deliver(plan, part, first + np.arange(order.size), out)
        self._topology.give_back(table)
        return out.T

    def distance(self, s: int, t: int) -> float:
        """Distance from one vertex to another, ``inf`` if there is no path.

        Examples
        --------
        >>> from landsea_routing.kernels.hierarchy import Hierarchy
        >>> Hierarchy(3, [0, 1], [1, 2]).customize([1.0, 2.0]).distance(0, 2)
        3.0
        """
        begin, end = self._row(s, "source"), self._row(t, "target")
        if not self._patches and _fast.enabled():
            from landsea_routing.kernels._fast import pair

            return pair.distance(self._topology.sites, self._front, begin, end)
        return self._labels(begin, end)[2][0]

    def _labels(self, begin: int, end: int) -> tuple[list[Link], list[Link], tuple[float, int, int]]:
        """Labels of a source's and a target's row, and where they meet."""
        cells = self._topology.cells
        above, below = ancestors(cells, begin), ancestors(cells, end)
        shared = shared_end(above, below)
        up = climb_one(cells, self._front_of, begin, above, shared=shared, backward=False)
        down = climb_one(cells, self._front_of, end, below, shared=shared, backward=True)
        return up, down, meet_one(up, down, shared)

    def _row(self, vertex: int, what: str) -> int:
        """Row of a vertex."""
        n = self._topology.n_vertices
        if type(vertex) is not int or not 0 <= vertex < n:
            if np.ndim(vertex):
                raise InvalidValueError(
                    f"{what} is {vertex!r}", expected="one vertex", cure="ask paths for many"
                )
            vertex = as_index(vertex, n, what).item()
        return self._topology.cells.row.item(vertex)

    def path(self, s: int, t: int) -> IntArray:
        """Arcs of a cheapest path, in order; empty if there is none or s is t.

        Notes
        -----
        Where compiled loops are installed, the first call on a machine compiles them, some ten seconds each
        for `distance` and `path` and for each precision.

        Examples
        --------
        >>> from landsea_routing.kernels.hierarchy import Hierarchy
        >>> Hierarchy(3, [1, 0], [2, 1]).customize([1.0, 2.0]).path(0, 2).tolist()
        [1, 0]
        """
        begin, end = self._row(s, "source"), self._row(t, "target")
        priced = self._priced()
        if _fast.enabled():
            from landsea_routing.kernels._fast import pair

            graph = self._topology
            pairs, failed = pair.path(graph.sites, self._front, self._least, begin, end, PATIENCE)
            if not failed:
                arcs = priced.winner[pairs]
                return graph.order[without_circles(priced, np.zeros_like(arcs), arcs, np.array([t]))[1]]
        up, down, (distance, back, position) = self._labels(begin, end)
        if begin == end or not distance < np.inf:
            return np.zeros(0, np.int64)
        there = descend_one(up[: len(up) - back], position, backward=False)
        here = descend_one(down[: len(down) - back], position, backward=True)
        entries = np.array(there + here, dtype=np.int64).reshape(-1, 3)
        who = np.zeros(entries.shape[0], np.int64)
        return arcs_of(priced, (who, *entries.T), np.array([s]), np.array([t]))[1]

    def paths(self, sources: ArrayLike, targets: ArrayLike) -> PathBatch:
        """Cheapest path of each pair ``sources[i], targets[i]``.

        Parameters
        ----------
        sources, targets : (k,) int
            Ends of each path; for a whole skim ``np.repeat`` the sources and ``np.tile`` the targets.

        Returns
        -------
        PathBatch
            Distances, and arcs as in `kernels.paths`.

        Examples
        --------
        >>> from landsea_routing.kernels.hierarchy import Hierarchy
        >>> batch = Hierarchy(3, [0, 1], [1, 2]).customize([1.0, 2.0]).paths([0, 2], [2, 0])
        >>> batch.distance.tolist(), batch.indptr.tolist(), batch.arcs.tolist()
        ([3.0, inf], [0, 2, 2], [0, 1])
        """
        n = self._topology.n_vertices
        start, end = as_index(sources, n, "source"), as_index(targets, n, "target")
        if start.size != end.size:
            raise InvalidValueError(
                f"{start.size} sources and {end.size} targets", expected="one target per source"
            )
        priced = self._priced()
        distance = np.full(start.size, np.inf)
        counts = np.zeros(start.size, np.int64)
        arcs: list[IntArray] = []
        # Pairs that share ends are close in the order of sources, so that few labels serve a slice.
        order = np.lexsort((end, start))
        for first in range(0, start.size, CLIMBERS):
            which = order[first : first + CLIMBERS]
            part = paths_of(priced, start[which], end[which])
            distance[which], counts[which] = part.distance, np.diff(part.indptr)
            arcs.append(part.arcs)
        indptr = np.concatenate(([0], np.cumsum(counts)))
        joined = np.concatenate(arcs) if arcs else np.zeros(0, np.int64)
        position = np.cumsum(counts[order]) - counts[order]
        begin = np.empty(start.size, np.int64)
        begin[order] = position
        take = np.arange(joined.size) + np.repeat(begin - indptr[:-1], counts)
        return PathBatch(distance, indptr, joined[take])

    def _priced(self) -> Priced:
        self._settle()
        return Priced(self._topology, self._cost, self._least, self._winner, self._front)

    def update(self, arcs: ArrayLike, cost: ArrayLike) -> Metric:
        """Another metric in which some arcs cost something else.

        Parameters
        ----------
        arcs : (k,) int
            Arcs; where one is named twice its last cost counts.
        cost : (k,) float
            Their new costs, >= 0; ``inf`` closes.

        Returns
        -------
        Metric
            Shares with this one all that did not change; equal to a full `Hierarchy.customize`.

        Raises
        ------
        InvalidValueError
            If a cost is NaN or negative; names the arcs.

        Notes
        -----
        Closes the fronts of the arcs' cells and of their ancestors again, up to where nothing changes. The
        next question about many vertices or about a path copies the fronts once.

        Examples
        --------
        >>> from landsea_routing.kernels.hierarchy import Hierarchy
        >>> metric = Hierarchy(3, [0, 1], [1, 2]).customize([1.0, 2.0])
        >>> metric.update([1], [5.0]).distance(0, 2), metric.distance(0, 2)
        (6.0, 3.0)
        """
        graph = self._topology
        which, values = check_change(graph, arcs, cost, self.dtype)
        if len(self._patches) > PATCHES or len(self._changes) > PATCHES:
            self._settle()
        if which.size > WHOLE * graph.cells.own.size:
            self._settle()
            whole = np.empty_like(self._cost)
            whole[graph.order] = self._cost
            whole[which] = values
            return Metric.of(graph, whole, self.dtype)
        # What is not yet written whole is read before the arrays: another thread may be writing it.
        unwritten, patches = self._changes, self._patches
        changes, touched = change_pairs(graph, self._cost, unwritten, which, values)
        dirty = {int(graph.cell_of_pair[pair]) for pair in touched} - {-1}

        def own_costs(cell: int) -> tuple[IntArray, Front]:
            return costs_of_cell(graph, self._least, changes, cell, self.dtype)

        fresh = repair(graph.cells, self._front_of, graph.children, own_costs, dirty)
        return Metric(
            graph, self._cost, self._least, self._winner, self._front, {**patches, **fresh}, changes
        )
