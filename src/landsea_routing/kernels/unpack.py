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
from landsea_routing.kernels.cells import Cells
from landsea_routing.kernels.csr import PairIndex
from landsea_routing.kernels.customize import Front

PATIENCE = 5
"""Splits in a row with a part as long as the whole, after which a path is given up."""
GATHER = 1 << 21
"""Pivot sums held at once."""
FALLS = 3
"""Levels that an entry may fall in one round."""
PATH, CELL, P, Q, TRIES = range(5)
"""Lines of the work table."""


@dataclass(frozen=True, eq=False)
class Atlas:
    """Where positions of fronts lead; topology only.

    Attributes
    ----------
    start : (n_cells,) int
        Where each front begins in the arrays below.
    vertex : (n,) int
        Vertex at each position of each front, -1 at padding.
    child : (2, n_cells) int
        Children of each cell, -1 where none.
    below : (2, n) int
        Position in the child's front of each position of each front, -1 where the child lacks it.
    row_below, column_below : (2, n) int
        What row and column add to the flat position of an entry of the child; more than there is where the
        child lacks it.
    """

    start: IntArray
    vertex: IntArray
    child: IntArray
    below: IntArray
    row_below: IntArray
    column_below: IntArray


def build_atlas(cells: Cells) -> Atlas:
    """Index the positions of all fronts.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.cells import build_cells
    >>> build_atlas(build_cells(3, np.array([0, 1]), np.array([1, 2]))).vertex.tolist()
    [0, 1, 2]
    """
    start = np.cumsum(cells.width) - cells.width
    total = int(cells.width.sum())
    vertex = np.full(total, -1)
    vertex[start[cells.cell] + np.arange(cells.row.size) - cells.first[cells.cell]] = cells.vertex
    count = np.diff(cells.boundary_start)
    owner = np.repeat(np.arange(count.size), count)
    ahead = np.arange(owner.size) - cells.boundary_start[owner] + cells.pad[owner]
    vertex[start[owner] + ahead] = cells.vertex[cells.boundary]
    child = np.full((2, count.size), -1)
    inner = np.flatnonzero(cells.parent >= 0)
    child[cells.second[inner].astype(np.int64), cells.parent[inner]] = inner
    below = np.full((2, total), -1)
    row_below, column_below = np.full((2, 2, total), cells.size)
    where = cells.second[owner].astype(np.int64), start[cells.parent[owner]] + cells.lift
    below[where] = ahead
    row_below[where] = cells.entry(owner, ahead, np.zeros_like(ahead))
    column_below[where] = cells.step[owner] * ahead
    return Atlas(start, vertex, child, below, row_below, column_below)


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
    >>> from landsea_routing.kernels.cells import build_cells
    >>> from landsea_routing.kernels.csr import pair_index
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> closed = np.array([0.0, 2.0, 5.0, np.inf, 0.0, 3.0, np.inf, np.inf, 0.0, np.inf])
    >>> pairs = pair_index(3, [0, 1], [1, 2])
    >>> entry = tuple(np.array([i]) for i in (0, 0, 0, 2))
    >>> unpack(path, build_atlas(path), closed, pairs, np.array([2.0, 3.0]), entry, 1)[1].tolist()
    [0, 1]
    """
    # One column per entry, in the order of the paths; a finished one holds -2 - pair instead of its cell.
    work = np.stack([*entries, np.zeros_like(entries[0])])
    failed = np.zeros(n_paths, bool)
    cost = least.astype(front.dtype, copy=False)
    while True:
        at = np.flatnonzero(work[CELL] >= 0)
        if not at.size:
            return work[PATH], -2 - work[CELL], failed
        cell, p, q = work[CELL : Q + 1, at]
        value = front[cells.entry(cell, p, q)]
        rest = _not_pairs(atlas, pairs, cost, work, at, value)
        at, value = at[rest], value[rest]
        falling = np.arange(at.size)
        for _ in range(FALLS):
            if falling.size:
                falling = falling[_to_children(atlas, front, work, at[falling], value[falling])]
        if falling.size:
            rest = np.ones(at.size, bool)
            rest[falling] = False
            at, value = at[rest], value[rest]
        if not at.size:
            continue
        pivot, shorter = _pivots(cells, front, work[CELL : Q + 1, at], value)
        work[TRIES, at] = np.where(shorter, 0, work[TRIES, at] + 1)
        lost = work[TRIES, at] > PATIENCE
        if lost.any():
            failed[work[PATH, at[lost]]] = True
            keep = ~failed[work[PATH]]
            moved = np.cumsum(keep) - 1
            remains = keep[at]
            at, pivot = moved[at[remains]], pivot[remains]
            work = work[:, keep]
        work = _split(work, at, pivot)


def _to_children(atlas: Atlas, front: Front, work: IntArray, at: IntArray, value: Front) -> IntArray:
    """Move entries that a child found into that child; return which (indices into ``at``)."""
    cell, p, q = work[CELL : Q + 1, at]
    start = atlas.start[cell]
    p += start
    q += start
    same = front.take(atlas.row_below[:, p] + atlas.column_below[:, q], mode="clip") <= value
    moved = np.flatnonzero(same[0] | same[1])
    if moved.size:
        there = at[moved]
        side = same[1, moved] & ~same[0, moved]
        side = side.astype(np.int64)
        work[CELL, there] = atlas.child[side, cell[moved]]
        work[P, there] = atlas.below[side, p[moved]]
        work[Q, there] = atlas.below[side, q[moved]]
        work[TRIES, there] = 0
    return moved


def _not_pairs(
    atlas: Atlas, pairs: PairIndex, cost: Front, work: IntArray, at: IntArray, value: Front
) -> IntArray:
    """Finish entries that are pairs; return which remain (indices into ``at``)."""
    cell, p, q = work[CELL : Q + 1, at]
    start = atlas.start[cell]
    key = atlas.vertex[start + p] * np.int64(pairs.n_vertices) + atlas.vertex[start + q]
    pair = pairs.key.searchsorted(key)
    # A key above all is compared with the last one, which it is not.
    is_pair = (pairs.key.take(pair, mode="clip") == key) & (cost.take(pair, mode="clip") <= value)
    work[CELL, at[is_pair]] = -2 - pair[is_pair]
    return np.flatnonzero(~is_pair)


def _pivots(cells: Cells, front: Front, entries: IntArray, value: Front) -> tuple[IntArray, BoolArray]:
    """The separator vertex that splits each entry, and whether both parts are shorter than the whole."""
    widest = int(cells.own[entries[0]].max())
    each = max(1, GATHER // max(1, widest))
    parts = [
        _pivots_of(cells, front, entries[:, first : first + each], value[first : first + each])
        for first in range(0, value.size, each)
    ]
    if len(parts) == 1:
        return parts[0]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _pivots_of(cells: Cells, front: Front, entries: IntArray, value: Front) -> tuple[IntArray, BoolArray]:
    cell, p, q = entries
    own = cells.own[cell]
    k = np.arange(int(own.max()))
    base, step, stride = cells.base[cell], cells.step[cell], cells.step[cell] * cells.width[cell]
    inside = (k < own[:, None]) & (k != p[:, None]) & (k != q[:, None])
    before = front.take(np.where(inside, (base + stride * p)[:, None] + step[:, None] * k, cells.size))
    after = front.take(np.where(inside, (base + step * q)[:, None] + stride[:, None] * k, cells.size))
    sums = before + after
    line = np.arange(value.size)
    best = sums.argmin(axis=1)
    shorter = (before[line, best] < value) & (after[line, best] < value)
    if shorter.all():
        return best, shorter
    # A tie may offer a pivot with two shorter parts.
    whole = value[:, None]
    strict = np.where((before < whole) & (after < whole), sums, np.inf)
    second = strict.argmin(axis=1)
    near = 1.0 + 8.0 * float(np.finfo(front.dtype).eps)
    good = np.isfinite(strict[line, second]) & (strict[line, second] <= sums[line, best] * near)
    return np.where(shorter | ~good, best, second), shorter | good
