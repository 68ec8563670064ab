"""What all metrics of a graph share: its pairs, its cells, and the indices derived from them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError, list_ids
from landsea_routing.kernels import _fast
from landsea_routing.kernels._fast.sites import Sites
from landsea_routing.kernels.csr import as_index, pair_index, sort_arcs
from landsea_routing.kernels.hierarchy.cells import build_cells
from landsea_routing.kernels.hierarchy.ladder import Ladder, Meeting, plan_climb, plan_join
from landsea_routing.kernels.hierarchy.sites import sites_of
from landsea_routing.kernels.hierarchy.sweep import Plan, plan_sweep
from landsea_routing.kernels.hierarchy.unpack import Atlas, build_atlas

Kept = TypeVar("Kept")

KEPT = 4
"""Climbs and skims of the last questions whose layout is kept; enough for skims of 2 x 2 chunks."""
SPARE = 1 << 26
"""Bytes of working memory that are kept between sweeps."""


class Topology:
    """Arcs, pairs and cells; nothing in it hangs on costs.

    Parameters
    ----------
    n_vertices : int
        Number of vertices.
    tail, head : (n_arcs,) int
        Ends of each arc, in any order.
    coordinates : (n_vertices, k) float or None
        Help for the dissection.

    Attributes
    ----------
    n_vertices, n_arcs : int
    order : (n_arcs,) int
        Arcs sorted by (tail, head).
    pairs : PairIndex
        Of the sorted arcs.
    cells : Cells
        Symbolic structure.
    real : (k,) int
        Pairs that are no loops.
    entry : (k,) int
        Where the cost of each real pair stands in the flat array of fronts.
    cell_of_pair : (n_pairs,) int
        Cell of each pair, -1 for loops.

    Examples
    --------
    >>> Topology(3, [1, 0, 1], [2, 1, 1], None).real.tolist()
    [0, 2]
    """

    def __init__(
        self, n_vertices: int, tail: ArrayLike, head: ArrayLike, coordinates: ArrayLike | None
    ) -> None:
        if isinstance(n_vertices, bool) or not isinstance(n_vertices, int | np.integer) or n_vertices < 0:
            raise InvalidValueError(f"n_vertices is {n_vertices!r}", expected="a whole number, 0 or more")
        self.n_vertices = int(n_vertices)
        self._spare: list[NDArray[Any]] = []
        self._ladders: dict[Any, Ladder] = {}
        self._meetings: dict[Any, tuple[Meeting, ...]] = {}
        tails, heads = as_index(tail, n_vertices, "tail"), as_index(head, n_vertices, "head")
        if tails.size != heads.size:
            raise InvalidValueError(
                f"tail has {tails.size} arcs and head {heads.size}", expected="equal lengths"
            )
        self.n_arcs = tails.size
        self.order = sort_arcs(tails, heads)
        self.pairs = pair_index(self.n_vertices, tails[self.order], heads[self.order])
        place = _coordinates(coordinates, self.n_vertices)
        # A graph without vertices is served as if it had one that nobody can name.
        size = max(1, self.n_vertices)
        low, high = np.minimum(self.pairs.tail, self.pairs.head), np.maximum(self.pairs.tail, self.pairs.head)
        edges = np.unique((low * np.int64(size) + high)[low < high])
        self.cells = build_cells(size, edges // size, edges % size, place)
        self.real = np.flatnonzero(self.pairs.tail != self.pairs.head)
        row = self.cells.row[self.pairs.tail[self.real]]
        other = self.cells.row[self.pairs.head[self.real]]
        cell = self.cells.cell[np.minimum(row, other)]
        self.entry = self.cells.entry(cell, self.cells.position(cell, row), self.cells.position(cell, other))
        self.cell_of_pair = np.full(self.pairs.first.size, -1)
        self.cell_of_pair[self.real] = cell

    def __getstate__(self) -> dict[str, Any]:
        # Working memory and what was asked last are of no use elsewhere.
        return {**self.__dict__, "_spare": [], "_ladders": {}, "_meetings": {}}

    def climbers(self, vertices: IntArray) -> tuple[IntArray, IntArray]:
        """Order in which vertices climb, and their rows in it."""
        rows = self.cells.row[vertices]
        order = np.argsort(self.cells.preorder[self.cells.cell[rows]], kind="stable")
        return order, rows[order]

    def ladder(self, rows: IntArray, *, backward: bool = False) -> Ladder:
        """Layout of a climb from rows that `climbers` has sorted; that of the same rows again is kept."""
        arrays = not _fast.enabled()
        return _recall(
            self._ladders,
            (rows.tobytes(), backward, arrays),
            lambda: plan_climb(self.cells, rows, backward=backward, arrays=arrays),
        )

    def meetings(self, rows: IntArray, ends: IntArray) -> tuple[Meeting, ...]:
        """Layout of a skim between climbers; that of the same ones again is kept."""
        return _recall(
            self._meetings,
            (rows.tobytes(), ends.tobytes()),
            lambda: plan_join(self.cells, self.ladder(rows), self.ladder(ends, backward=True)),
        )

    def borrow(self, shape: tuple[int, int], dtype: np.dtype[Any]) -> NDArray[Any]:
        """Working memory for a sweep; reused, because fresh memory costs more than filling it."""
        size = shape[0] * shape[1] * dtype.itemsize
        try:
            spare = self._spare.pop()  # in one step: another thread may ask as well
        except IndexError:
            spare = np.empty(0, np.uint8)
        if spare.size < size:
            spare = np.empty(size, np.uint8)
        return spare[:size].view(dtype).reshape(shape)

    def give_back(self, table: NDArray[Any]) -> None:
        """Keep the memory of a borrowed array for the next sweep unless it is large."""
        if isinstance(table.base, np.ndarray) and table.base.nbytes <= SPARE:
            self._spare[:] = [table.base]

    @cached_property
    def position(self) -> IntArray:
        """Position of each arc among the sorted ones."""
        position = np.empty(self.n_arcs, np.int64)
        position[self.order] = np.arange(self.n_arcs)
        return position

    @cached_property
    def tail_of(self) -> IntArray:
        """Tail of each sorted arc."""
        return np.repeat(self.pairs.tail, np.diff(np.append(self.pairs.first, self.n_arcs)))

    @cached_property
    def by_cell(self) -> tuple[IntArray, IntArray]:
        """Real pairs (as positions in ``real``) sorted by cell, and where each cell's begin."""
        cell = self.cell_of_pair[self.real]
        order = np.argsort(cell, kind="stable")
        return order, np.searchsorted(cell[order], np.arange(self.cells.own.size + 1))

    @cached_property
    def plan(self) -> Plan:
        """Order of a sweep."""
        return plan_sweep(self.cells)

    @cached_property
    def atlas(self) -> Atlas:
        """Where positions of fronts lead."""
        return build_atlas(self.cells, self.pair)

    @cached_property
    def pair(self) -> NDArray[np.int32]:
        """Pair whose cost stands at each position of the flat array of fronts, -1 where none."""
        pair = np.full(self.cells.size, -1, np.int32)
        pair[self.entry] = self.real
        return pair

    @cached_property
    def children(self) -> IntArray:
        """Both children of each cell as (2, n_cells), -1 where none."""
        cells = self.cells
        inner = np.flatnonzero(cells.parent >= 0)
        children = np.full((2, cells.parent.size), -1)
        children[cells.second[inner].astype(np.int64), cells.parent[inner]] = inner
        return children

    @cached_property
    def sites(self) -> Sites:
        """What compiled loops read of cells and pairs."""
        return sites_of(self.cells, self.children, self.pair)

    @cached_property
    def label_work(self) -> float:
        """Array entries that one vertex's label reads, level by level the mean over vertices."""
        cells = self.cells
        level = np.repeat(np.arange(cells.n_levels), np.diff(cells.level_start))
        work = cells.own * (cells.own + np.diff(cells.boundary_start))
        total = np.bincount(level, weights=(work * cells.own).astype(np.float64))
        weight = np.bincount(level, weights=cells.own.astype(np.float64))
        return float((total / np.maximum(weight, 1.0)).sum())


def _recall(memory: dict[Any, Kept], key: Any, make: Callable[[], Kept]) -> Kept:
    """What was kept under a key, made where it is not; the oldest is forgotten."""
    found = memory.pop(key, None)  # in one step: another thread may ask as well
    memory[key] = found = make() if found is None else found
    for old in list(memory)[:-KEPT]:
        memory.pop(old, None)
    return found


def _coordinates(coordinates: ArrayLike | None, n_vertices: int) -> FloatArray | None:
    """Check coordinates; None where there are none to use."""
    if coordinates is None or not n_vertices:
        return None
    place = np.asarray(coordinates, dtype=np.float64)
    if place.ndim != 2 or place.shape[0] != n_vertices or not place.shape[1]:
        raise InvalidValueError(
            f"coordinates have shape {place.shape}", expected=f"({n_vertices}, 2) or None"
        )
    bad = np.flatnonzero(~np.isfinite(place).all(axis=1))
    if bad.size:
        raise InvalidValueError(
            f"coordinates are not finite at {bad.size} of {n_vertices} vertices ({list_ids(bad.tolist())})",
            ids=bad.tolist(),
            expected="finite numbers",
        )
    return place
