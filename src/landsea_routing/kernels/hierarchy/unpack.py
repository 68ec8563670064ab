"""From entries of closed fronts back to arcs.

A closed entry (u, v) of a cell is one of three things: the same entry of a child that has both in its
boundary; an arc; or two entries (u, k), (k, v) of the same cell with k in its separator. Which one is read
off the values again, so no middle vertices are stored; all entries of all paths are taken apart together.

Entries of value zero could send the search in a circle (a plateau of zero-cost arcs). A split into parts that
are both shorter is always preferred; where there is none, a few splits are tried, then the path is given up
and reported, and the caller searches it in the graph.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.kernels.csr import PairIndex
from landsea_routing.kernels.hierarchy.cells import Cells
from landsea_routing.kernels.hierarchy.customize import Front

PATIENCE = 5
"""Splits in a row with a part as long as the whole, after which a path is given up."""
GATHER = 1 << 21
"""Pivot sums held at once."""
FALLS = 3
"""Levels that an entry may fall in one round."""
FELL = -1
"""In place of tries: the entry comes from a parent, where it was no arc."""
PATH, P, Q, TRIES = range(4)
"""Lines of the work table."""


@dataclass(frozen=True, eq=False)
class Atlas:
    """The positions of all fronts in one numbering, and where they lead; topology only.

    The flat position of an entry is ``row[p] + column[q]``, that of the same entry in child i
    ``row_below[i, p] + column_below[i, q]``.

    Attributes
    ----------
    start : (n_cells,) int
        Where the positions of each front begin.
    cell, vertex : (n,) int
        Cell and vertex of each position; vertex -1 at padding.
    row, column : (n,) int
        What a row and a column add to a flat position.
    child : (2, n_cells) int
        Children of each cell, -1 where none.
    below : (2, n) int
        The same vertex's position in the child's front, -1 where the child lacks it.
    row_below, column_below : (2, n) int
        ``row`` and ``column`` of that position; more than there is where the child lacks it.
    """

    start: IntArray
    cell: IntArray
    vertex: IntArray
    row: IntArray
    column: IntArray
    child: IntArray
    below: IntArray
    row_below: IntArray
    column_below: IntArray


def build_atlas(cells: Cells) -> Atlas:
    """Index the positions of all fronts.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> build_atlas(build_cells(3, np.array([0, 1]), np.array([1, 2]))).vertex.tolist()
    [0, 1, 2]
    """
    start = np.cumsum(cells.width) - cells.width
    of = np.repeat(np.arange(start.size), cells.width)
    place = np.arange(of.size) - start[of]
    column = cells.step[of] * place
    row = cells.base[of] + cells.width[of] * column
    vertex = np.full(of.size, -1)
    vertex[start[cells.cell] + np.arange(cells.row.size) - cells.first[cells.cell]] = cells.vertex
    count = np.diff(cells.boundary_start)
    owner = np.repeat(np.arange(count.size), count)
    here = np.arange(owner.size) - cells.boundary_start[owner] + cells.pad[owner] + start[owner]
    vertex[here] = cells.vertex[cells.boundary]
    child = np.full((2, count.size), -1)
    inner = np.flatnonzero(cells.parent >= 0)
    child[cells.second[inner].astype(np.int64), cells.parent[inner]] = inner
    below = np.full((2, of.size), -1)
    row_below, column_below = np.full((2, 2, of.size), cells.size)
    where = cells.second[owner].astype(np.int64), start[cells.parent[owner]] + cells.lift
    below[where], row_below[where], column_below[where] = here, row[here], column[here]
    return Atlas(start, of, vertex, row, column, child, below, row_below, column_below)


def _split(work: IntArray, at: IntArray, pivot: IntArray) -> IntArray:
    """Replace the entries ``at`` by (p, pivot) and (pivot, q)."""
    count = np.ones(work.shape[1], np.int64)
    count[at] = 2
    wider = work.repeat(count, axis=1)
    left = at + np.arange(at.size)
    wider[Q, left] = pivot
    wider[P, left + 1] = pivot
    return wider


def unpack(
    cells: Cells,
    atlas: Atlas,
    front: Front,
    pairs: PairIndex,
    least: FloatArray,
    entries: tuple[IntArray, IntArray, IntArray, IntArray],
    n_paths: int,
) -> tuple[IntArray, IntArray, BoolArray]:
    """Take entries of closed fronts apart into pairs.

    Parameters
    ----------
    cells : Cells
        Symbolic structure.
    atlas : Atlas
        From `build_atlas`.
    front : (cells.size + 1,) float
        Closed fronts.
    pairs : PairIndex
        The graph.
    least : (n_pairs,) float
        Costs from which the fronts were closed.
    entries : tuple of (k,) int
        Path, cell and positions (from, to) of each entry, in the order of the paths.
    n_paths : int
        Number of paths.

    Returns
    -------
    path, pair : (n,) int
        Path and pair of each step, in order.
    failed : (n_paths,) bool
        Paths that were given up; what is returned of them is incomplete.

    Notes
    -----
    As many rounds as levels plus separator vertices met in one cell; O(|S|) per step and round.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> from landsea_routing.kernels.csr import pair_index
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> closed = np.array([0.0, 2.0, 5.0, np.inf, 0.0, 3.0, np.inf, np.inf, 0.0, np.inf])
    >>> pairs = pair_index(3, [0, 1], [1, 2])
    >>> entry = tuple(np.array([i]) for i in (0, 0, 0, 2))
    >>> unpack(path, build_atlas(path), closed, pairs, np.array([2.0, 3.0]), entry, 1)[1].tolist()
    [0, 1]
    """
    # One column per entry, in the order of the paths; a finished one holds -2 - pair for p.
    path, cell, p, q = entries
    work = np.stack((path, atlas.start[cell] + p, atlas.start[cell] + q, np.zeros_like(path)))
    failed = np.zeros(n_paths, bool)
    cost = least.astype(front.dtype, copy=False)
    while True:
        at = (work[P] >= 0).nonzero()[0]
        if not at.size:
            return work[PATH], -2 - work[P], failed
        _finish_pairs(atlas, pairs, cost, front, work, at[work[TRIES, at] != FELL])
        at = at[work[P, at] >= 0]
        value = front[atlas.row[work[P, at]] + atlas.column[work[Q, at]]]
        falling = np.arange(at.size)
        for _ in range(FALLS):
            if falling.size:
                falling = falling[_to_children(atlas, front, work, at[falling], value[falling])]
        if falling.size:
            across = np.ones(at.size, bool)
            across[falling] = False
            at, value = at[across], value[across]
        if not at.size:
            continue
        pivot, shorter = _pivots(cells, atlas, front, work[P : Q + 1, at], value)
        work[TRIES, at] = np.where(shorter, 0, np.maximum(work[TRIES, at], 0) + 1)
        lost = work[TRIES, at] > PATIENCE
        if lost.any():
            failed[work[PATH, at[lost]]] = True
            keep = ~failed[work[PATH]]
            moved = np.cumsum(keep) - 1
            remains = keep[at]
            at, pivot = moved[at[remains]], pivot[remains]
            work = work[:, keep]
        work = _split(work, at, pivot)


def _finish_pairs(
    atlas: Atlas, pairs: PairIndex, cost: Front, front: Front, work: IntArray, at: IntArray
) -> None:
    """Finish entries that are pairs; those that fell into a child were tried before."""
    p, q = work[P, at], work[Q, at]
    key = atlas.vertex[p] * np.int64(pairs.n_vertices) + atlas.vertex[q]
    pair = pairs.key.searchsorted(key)
    # A key above all is compared with the last one, which it is not.
    is_pair = pairs.key.take(pair, mode="clip") == key
    maybe, pair = at[is_pair], pair[is_pair]
    same = cost[pair] <= front[atlas.row[p[is_pair]] + atlas.column[q[is_pair]]]
    work[P, maybe[same]] = -2 - pair[same]


def _to_children(atlas: Atlas, front: Front, work: IntArray, at: IntArray, value: Front) -> IntArray:
    """Move entries that a child found into that child; return which (indices into ``at``)."""
    p, q = work[P, at], work[Q, at]
    same = front.take(atlas.row_below[:, p] + atlas.column_below[:, q], mode="clip") <= value
    moved: IntArray = (same[0] | same[1]).nonzero()[0]
    if moved.size:
        there = at[moved]
        side = (~same[0, moved]).astype(np.int64)
        work[P, there] = atlas.below[side, p[moved]]
        work[Q, there] = atlas.below[side, q[moved]]
        work[TRIES, there] = FELL
    return moved


def _pivots(
    cells: Cells, atlas: Atlas, front: Front, entries: IntArray, value: Front
) -> tuple[IntArray, BoolArray]:
    """The separator position that splits each entry, and whether both parts are shorter than the whole."""
    widest = int(cells.own[atlas.cell[entries[0]]].max())
    each = max(1, GATHER // max(1, widest))
    if value.size <= each:
        return _pivots_of(cells, atlas, front, entries, value)
    parts = [
        _pivots_of(cells, atlas, front, entries[:, first : first + each], value[first : first + each])
        for first in range(0, value.size, each)
    ]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _pivots_of(
    cells: Cells, atlas: Atlas, front: Front, entries: IntArray, value: Front
) -> tuple[IntArray, BoolArray]:
    p, q = entries
    cell = atlas.cell[p]
    own = cells.own[cell]
    position = atlas.start[cell][:, None] + np.arange(int(own.max()))
    outside = position >= (atlas.start[cell] + own)[:, None]
    outside |= position == p[:, None]
    outside |= position == q[:, None]
    # Positions past the last front are padding of the last cell's line and masked like all others.
    np.minimum(position, atlas.cell.size - 1, out=position)
    before = front.take(atlas.row[p][:, None] + atlas.column[position], mode="clip")
    after = front.take(atlas.row[position] + atlas.column[q][:, None], mode="clip")
    sums = before + after
    sums[outside] = np.inf
    # Of the pivots on a cheapest path the one nearest to its middle, so that splits are few.
    near = 1.0 + 4.0 * float(np.finfo(front.dtype).eps)
    tied = sums <= sums.min(axis=1, keepdims=True) * near
    longest = np.where(tied, np.maximum(before, after), np.inf)
    best = longest.argmin(axis=1)
    shorter = longest[np.arange(value.size), best] < value
    return atlas.start[cell] + best, shorter
