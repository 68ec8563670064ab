"""From entries of closed fronts back to arcs.

A closed entry (u, v) of a cell is one of three things: the same entry of a child that has both in its
boundary; entries (u, k), (k, l) ... (m, v) of the same cell with k, l ... m in its separator, the *stations*;
or an arc. Which one is read off the values again, so no middle vertices are stored; all entries of all paths
are taken apart together.

Entries of value zero could send the search in a circle (a plateau of zero-cost arcs). Stations must be nearer
to both ends than these to each other; where there is none and no arc, a few other splits are tried, then the
path is given up and reported, and the caller searches it in the graph.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.kernels._fast.sites import BASE, ELDER, OWN, START, STEP, WIDTH
from landsea_routing.kernels.csr import PairIndex
from landsea_routing.kernels.hierarchy.cells import Cells
from landsea_routing.kernels.hierarchy.customize import Front

PATIENCE = 5
"""Splits in a row with a part as long as the whole, after which a path is given up."""
GATHER = 1 << 20
"""Sums by way of separator vertices held at once."""
PATH, P, Q, TRIES = range(4)
"""Lines of the work table."""
ROW, COLUMN, BELOW = slice(0, 3), slice(3, 6), slice(6, 8)
"""Columns of ``Atlas.place``."""


@dataclass(frozen=True, eq=False)
class Atlas:
    """The positions of all fronts in one numbering, and where they lead; topology only.

    Attributes
    ----------
    shape : (n_cells, 8) int
        Of each cell ``base``, ``step``, ``width``, ``pad``, ``own``, where its positions begin, and its two
        children, -1 where none.
    cell, vertex : (n,) int
        Cell and vertex of each position; vertex -1 at padding.
    place : (n, 8) int
        What a position adds to a flat position as a row, and the same vertex's positions in the first and the
        second child (more than there is where the child lacks it); the same three as a column; and the two
        positions in the children themselves, -1 where the child lacks it.
    widest : int
        Size of the largest S.
    """

    shape: IntArray
    cell: IntArray
    vertex: IntArray
    place: IntArray
    widest: int

    @property
    def start(self) -> IntArray:
        """Where the positions of each front begin."""
        return self.shape[:, START]

    @property
    def child(self) -> IntArray:
        """Children of each cell as (2, n_cells), -1 where none."""
        return self.shape[:, ELDER:].T


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
    column = cells.step[of] * (np.arange(of.size) - start[of])
    row = cells.base[of] + cells.width[of] * column
    vertex = np.full(of.size, -1)
    vertex[start[cells.cell] + np.arange(cells.row.size) - cells.first[cells.cell]] = cells.vertex
    count = np.diff(cells.boundary_start)
    owner = np.repeat(np.arange(count.size), count)
    here = np.arange(owner.size) - cells.boundary_start[owner] + cells.pad[owner] + start[owner]
    vertex[here] = cells.vertex[cells.boundary]
    inner = np.flatnonzero(cells.parent >= 0)
    shape = np.full((count.size, 8), -1)
    shape[:, :ELDER] = np.column_stack((cells.base, cells.step, cells.width, cells.pad, cells.own, start))
    shape[cells.parent[inner], ELDER + cells.second[inner]] = inner
    place = np.full((of.size, 8), cells.size)
    place[:, BELOW] = -1
    place[:, ROW.start], place[:, COLUMN.start] = row, column
    above, side = start[cells.parent[owner]] + cells.lift, cells.second[owner].astype(np.int64)
    place[above, ROW.start + 1 + side] = row[here]
    place[above, COLUMN.start + 1 + side] = column[here]
    place[above, BELOW.start + side] = here
    return Atlas(shape, of, vertex, place, int(cells.own.max()))


def unpack(
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
    As many rounds as levels, or fewer; O(|S|) per step and round.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> from landsea_routing.kernels.csr import pair_index
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> closed = np.array([0.0, 2.0, 5.0, np.inf, 0.0, 3.0, np.inf, np.inf, 0.0, np.inf])
    >>> pairs = pair_index(3, [0, 1], [1, 2])
    >>> entry = tuple(np.array([i]) for i in (0, 0, 0, 2))
    >>> unpack(build_atlas(path), closed, pairs, np.array([2.0, 3.0]), entry, 1)[1].tolist()
    [0, 1]
    """
    # One column per entry, in the order of the paths; one without stations holds ~p for p.
    path, cell, p, q = entries
    work = np.stack((path, atlas.start[cell] + p, atlas.start[cell] + q, np.zeros_like(path)))
    failed = np.zeros(n_paths, bool)
    at = np.arange(path.size)
    while True:
        while at.size:
            work = _split_all(atlas, front, work, at)
            at = (work[P] >= 0).nonzero()[0]
        p, q = ~work[P], work[Q]
        pair = _pairs_of(atlas, pairs, least, front, p, q)
        at = (pair < 0).nonzero()[0]
        if not at.size:
            return work[PATH], pair, failed
        work[TRIES, at] += 1
        pivot = _detours(atlas, front, p[at], q[at])
        failed[work[PATH, at[(pivot < 0) | (work[TRIES, at] > PATIENCE)]]] = True
        work[P, at] = p[at]
        work = _split(work, at, np.ones_like(at), pivot)
        if failed.any():
            work = work[:, ~failed[work[PATH]]]
        at = (work[P] >= 0).nonzero()[0]


def _split_all(atlas: Atlas, front: Front, work: IntArray, at: IntArray) -> IntArray:
    """Move the entries ``at`` as low as they go and split them at their stations."""
    p, q, value = _fall(atlas, front, work[P].take(at), work[Q].take(at))
    count, station = _stations(atlas, front, p, q, value)
    work[P, at], work[Q, at] = np.where(count, p, ~p), q
    split = count.nonzero()[0]
    work[TRIES, at[split]] = 0
    return _split(work, at, count, station)


def _split(work: IntArray, at: IntArray, count: IntArray, station: IntArray) -> IntArray:
    """Split the entries ``at`` at their stations, ``count`` of each."""
    copies = np.ones(work.shape[1], np.int64)
    copies[at] += count
    wider = work.repeat(copies, axis=1)
    left = at.repeat(count) + np.arange(station.size)
    wider[Q, left] = station
    wider[P, left + 1] = station
    return wider


def _fall(atlas: Atlas, front: Front, p: IntArray, q: IntArray) -> tuple[IntArray, IntArray, Front]:
    """Move entries, in place, to the lowest descendants that hold them; also return their values."""
    one, two = atlas.place.take(p, axis=0), atlas.place.take(q, axis=0)
    held = front.take(one[:, ROW] + two[:, COLUMN], mode="clip")
    value = held[:, 0].copy()
    at: IntArray | None = None
    while True:
        same = held[:, 1:] <= held[:, :1]
        moved = (same[:, 0] | same[:, 1]).nonzero()[0]
        if not moved.size:
            return p, q, value
        at = moved if at is None else at[moved]
        side = BELOW.stop - 1 - same[moved, 0]
        here, there = one[moved, side], two[moved, side]
        p[at], q[at] = here, there
        one, two = atlas.place.take(here, axis=0), atlas.place.take(there, axis=0)
        held = front.take(one[:, ROW] + two[:, COLUMN], mode="clip")


def _pairs_of(
    atlas: Atlas, pairs: PairIndex, least: FloatArray, front: Front, p: IntArray, q: IntArray
) -> IntArray:
    """The pairs behind entries, -1 where the entry is less than one or there is none."""
    pair = pairs.find(atlas.vertex.take(p), atlas.vertex.take(q))
    value = front.take(atlas.place[p, ROW.start] + atlas.place[q, COLUMN.start])
    same = pair >= 0
    same[same] = least.take(pair[same]).astype(front.dtype, copy=False) <= value[same]
    return np.where(same, pair, -1)


def _through(atlas: Atlas, front: Front, p: IntArray, q: IntArray) -> tuple[IntArray, IntArray, Front, Front]:
    """All ways of entries through separators: which entry, which position, and both parts."""
    shape = atlas.shape.take(atlas.cell.take(p), axis=0)
    own, step, start = shape[:, OWN], shape[:, STEP], shape[:, START]
    end = own.cumsum()
    which = np.arange(p.size).repeat(own)
    k = np.arange(which.size) - (end - own).take(which)
    there = atlas.place[p, ROW.start].take(which) + step.take(which) * k
    back = shape[:, BASE] + atlas.place[q, COLUMN.start]
    back = back.take(which) + (step * shape[:, WIDTH]).take(which) * k
    return which, start.take(which) + k, front.take(there), front.take(back)


def _stations(
    atlas: Atlas, front: Front, p: IntArray, q: IntArray, value: Front
) -> tuple[IntArray, IntArray]:
    """How many stations each entry has, and their positions entry by entry, in order."""
    if p.size * atlas.widest <= GATHER:
        return _stations_of(atlas, front, p, q, value)
    work = atlas.shape[atlas.cell[p], OWN].cumsum()
    cuts = np.searchsorted(work, np.arange(GATHER, work[-1], GATHER))
    parts = [
        _stations_of(atlas, front, *part)
        for part in zip(*(np.split(each, cuts) for each in (p, q, value)), strict=True)
        if part[0].size
    ]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _stations_of(
    atlas: Atlas, front: Front, p: IntArray, q: IntArray, value: Front
) -> tuple[IntArray, IntArray]:
    which, position, before, after = _through(atlas, front, p, q)
    near = 1.0 + 4.0 * float(np.finfo(front.dtype).eps)
    whole = value.take(which)
    hit = ((before < whole) & (after < whole) & (before + after <= whole * near)).nonzero()[0]
    ahead, which = before.take(hit), which.take(hit)
    order = np.lexsort((ahead, which))
    ahead, which, position = ahead.take(order), which.take(order), position.take(hit).take(order)
    # Where several paths are cheapest, stations of different ones do not follow each other: one is enough.
    follows = (which[1:] == which[:-1]).nonzero()[0]
    if follows.size:
        here, there = atlas.place[position[follows], ROW.start], position[follows + 1]
        step = front[here + atlas.place[there, COLUMN.start]]
        amiss = (step >= value[which[follows]]) | (ahead[follows] + step > ahead[follows + 1] * near)
        if np.count_nonzero(amiss):
            keep = ~np.isin(which, which[follows[amiss]])
            keep[0] = True
            keep[1:] |= which[1:] != which[:-1]
            which, position = which[keep], position[keep]
    return np.bincount(which, minlength=p.size), position


def _detours(atlas: Atlas, front: Front, p: IntArray, q: IntArray) -> IntArray:
    """The separator position with the least sum, though a part may be as long as the whole; -1 if none."""
    which, position, before, after = _through(atlas, front, p, q)
    sums = before + after
    sums[(position == p[which]) | (position == q[which])] = np.inf
    order = np.lexsort((sums, which))
    order = order[sums[order] < np.inf]
    found = np.full(p.size, -1)
    found[which[order[::-1]]] = position[order[::-1]]  # the last one written is the least
    return found
