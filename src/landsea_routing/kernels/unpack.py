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
    """

    start: IntArray
    vertex: IntArray
    child: IntArray
    below: IntArray


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
    below[cells.second[owner].astype(np.int64), start[cells.parent[owner]] + cells.lift] = ahead
    return Atlas(start, vertex, child, below)


class _Work:
    """Entries of all paths in order; those taken apart hold a pair index in ``cell`` as ``-2 - pair``."""

    def __init__(self, path: IntArray, cell: IntArray, p: IntArray, q: IntArray) -> None:
        self.path, self.cell, self.p, self.q = path, cell, p, q
        self.tries = np.zeros(path.size, np.int64)

    def split(self, at: IntArray, pivot: IntArray) -> None:
        """Replace the entries ``at`` by (p, pivot) and (pivot, q)."""
        count = np.ones(self.path.size, np.int64)
        count[at] = 2
        source = np.repeat(np.arange(count.size), count)
        self.path, self.cell, self.tries = self.path[source], self.cell[source], self.tries[source]
        p, q = self.p[source], self.q[source]
        left = at + np.arange(at.size)
        q[left], p[left + 1] = pivot, pivot
        self.p, self.q = p, q


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
    work = _Work(*entries)
    failed = np.zeros(n_paths, bool)
    cost = least.astype(front.dtype, copy=False)
    while True:
        open_ = np.flatnonzero(work.cell >= 0)
        if not open_.size:
            return work.path, -2 - work.cell, failed
        value = front[cells.entry(work.cell[open_], work.p[open_], work.q[open_])]
        rest = _to_children(cells, atlas, front, work, open_, value)
        rest = _to_pairs(atlas, pairs, cost, work, open_, rest, value)
        at, value = open_[rest], value[rest]
        if not at.size:
            continue
        pivot, shorter = _pivots(cells, front, work, at, value)
        work.tries[at] = np.where(shorter, 0, work.tries[at] + 1)
        lost = work.tries[at] > PATIENCE
        if lost.any():
            failed[work.path[at[lost]]] = True
            keep = ~failed[work.path]
            moved = np.cumsum(keep) - 1
            remains = keep[at]
            at, pivot = moved[at[remains]], pivot[remains]
            work.path, work.cell, work.tries = work.path[keep], work.cell[keep], work.tries[keep]
            work.p, work.q = work.p[keep], work.q[keep]
        work.split(at, pivot)


def _to_children(
    cells: Cells, atlas: Atlas, front: Front, work: _Work, at: IntArray, value: Front
) -> IntArray:
    """Move entries that a child found into that child; return which remain (indices into ``at``)."""
    rest = np.arange(at.size)
    for side in (0, 1):
        here = at[rest]
        cell = work.cell[here]
        start = atlas.start[cell]
        p, q = atlas.below[side, start + work.p[here]], atlas.below[side, start + work.q[here]]
        maybe = np.flatnonzero((p >= 0) & (q >= 0))
        child, p, q = atlas.child[side, cell[maybe]], p[maybe], q[maybe]
        same = front[cells.entry(child, p, q)] <= value[rest[maybe]]
        found = here[maybe[same]]
        work.cell[found], work.p[found], work.q[found], work.tries[found] = child[same], p[same], q[same], 0
        stays = np.ones(rest.size, bool)
        stays[maybe[same]] = False
        rest = rest[stays]
    return rest


def _to_pairs(
    atlas: Atlas, pairs: PairIndex, cost: Front, work: _Work, at: IntArray, rest: IntArray, value: Front
) -> IntArray:
    """Finish entries that are pairs; return which remain (indices into ``at``)."""
    if not pairs.key.size:
        return rest
    here = at[rest]
    start = atlas.start[work.cell[here]]
    key = atlas.vertex[start + work.p[here]] * np.int64(pairs.n_vertices) + atlas.vertex[start + work.q[here]]
    pair = np.minimum(np.searchsorted(pairs.key, key), pairs.key.size - 1)
    is_pair = (pairs.key[pair] == key) & (cost[pair] <= value[rest])
    work.cell[here[is_pair]] = -2 - pair[is_pair]
    left: IntArray = rest[~is_pair]
    return left


def _pivots(
    cells: Cells, front: Front, work: _Work, at: IntArray, value: Front
) -> tuple[IntArray, BoolArray]:
    """The separator vertex that splits each entry, and whether both parts are shorter than the whole."""
    pivot, shorter = np.empty(at.size, np.int64), np.empty(at.size, bool)
    each = max(1, GATHER // max(1, int(cells.own[work.cell[at]].max())))
    for first in range(0, at.size, each):
        part = slice(first, first + each)
        here = at[part]
        cell, p, q = work.cell[here], work.p[here], work.q[here]
        k = np.arange(int(cells.own[cell].max()))
        step, width = cells.step[cell], cells.width[cell]
        row = (cells.base[cell] + step * (p * width))[:, None] + step[:, None] * k
        column = (cells.base[cell] + step * q)[:, None] + (step * width)[:, None] * k
        outside = (k >= cells.own[cell][:, None]) | (k == p[:, None]) | (k == q[:, None])
        row[outside] = cells.size
        column[outside] = cells.size
        before, after = front.take(row), front.take(column)
        sums = before + after
        whole = value[part, None]
        strict = np.where((before < whole) & (after < whole), sums, np.inf)
        line = np.arange(here.size)
        best, any_ = strict.argmin(axis=1), sums.argmin(axis=1)
        near = 1.0 + 8.0 * float(np.finfo(front.dtype).eps)
        good = strict[line, best] <= sums[line, any_] * near
        good &= np.isfinite(strict[line, best])
        pivot[part], shorter[part] = np.where(good, best, any_), good
    return pivot, shorter
