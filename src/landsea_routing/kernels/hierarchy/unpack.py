"""From entries of closed fronts back to arcs.

An entry (u, v) of a closed front is one of three things: an arc; the same entry of a child that has both in
its boundary; or entries (u, k), (k, l) ... (m, v) of the same cell with k, l ... m in its separator, the
*stations*. Which one is read off the values again, so no middle vertices are stored; all entries of all paths
are taken apart together.

An arc's cost stands in one front only, that of the cell which owns one of its ends. So does every entry of a
label, and of every entry that was split at least one end is a station: all are born where their arc would
stand, and whether they are one is asked once. Only the others move into children, where they cannot be arcs.

Entries of value zero could send the search in a circle (a plateau of zero-cost arcs). Stations must be nearer
to both ends than these to each other; where there is none, a few other splits are tried, then the path is
given up and reported, and the caller searches it in the graph.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.kernels.hierarchy.cells import Cells
from landsea_routing.kernels.hierarchy.product import Front

PATIENCE = 5
"""Splits in a row with a part as long as the whole, after which a path is given up."""
GATHER = 1 << 20
"""Sums by way of separator vertices held at once."""
MANY = 4096
"""Entries from which those that fall no further are left behind."""
PATH, TRIES, PAIR = range(3)
"""Lines of the work table."""
FROM, TO, ROW, COLUMN = range(4)
"""Lines of ends: positions, and what each adds to the flat position."""
WAYS, CHILD, SELF = 7, 4, 6
"""Columns of ``Atlas.part``, and at which the two children and the cell itself begin."""
OWN, OFFSET, FACTOR = 0, slice(1, 5), slice(5, 9)
"""Columns of ``Atlas.shape``."""


class Atlas(NamedTuple):
    """The positions of all fronts in one numbering, and where they lead; topology only.

    Every position has two numbers, one as the row and one as the column of an entry.

    Attributes
    ----------
    start : (n_cells,) int
        Number of each front's first position as a row.
    half : int
        What is to add for its number as a column.
    cell : (half,) int
        Cell of each position.
    shape : (n_cells, 9) int
        Size of each S; and what makes its position k into ends (see `FROM`): offsets, and factors of k.
    part : (2 * half + 1, 7) int
        What a number adds to a flat position in four grandchildren, in both children and in its own cell;
        more than there is where these lack the vertex.
    number : (2 * half + 1, 7) int
        Numbers of the same vertex in all seven.
    pair : (cells.size,) int32
        Pair whose cost stands at each flat position, -1 where none.
    widest : int
        Size of the largest S.
    """

    start: IntArray
    half: int
    cell: IntArray
    shape: IntArray
    part: NDArray[np.integer[Any]]
    number: NDArray[np.integer[Any]]
    pair: NDArray[np.int32]
    widest: int


def build_atlas(cells: Cells, pair: NDArray[np.int32]) -> Atlas:
    """Index the positions of all fronts.

    Parameters
    ----------
    cells : Cells
        Symbolic structure.
    pair : (cells.size,) int32
        Pair whose cost stands at each flat position, -1 where none.

    Returns
    -------
    Atlas

    Examples
    --------
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> build_atlas(path, np.full(9, -1, np.int32)).part[:, SELF].tolist()
    [0, 3, 6, 0, 1, 2, 9]
    """
    start = np.cumsum(cells.width) - cells.width
    of = np.repeat(np.arange(start.size), cells.width)
    half = of.size
    column = cells.step[of] * (np.arange(half) - start[of])
    row = cells.base[of] + cells.width[of] * column
    count = np.diff(cells.boundary_start)
    owner = np.repeat(np.arange(count.size), count)
    here = np.arange(owner.size) - cells.boundary_start[owner] + cells.pad[owner] + start[owner]
    above, side = start[cells.parent[owner]] + cells.lift, cells.second[owner].astype(np.int64)
    kind = np.int32 if 2 * max(cells.size, half) < 1 << 31 else np.int64
    lower = np.full((2 * half + 1, 2), 2 * half, kind)
    lower[above, side], lower[above + half, side] = here, here + half
    here = np.arange(2 * half + 1, dtype=kind)
    number = np.column_stack((lower.take(lower[:, 0], axis=0), lower.take(lower[:, 1], axis=0), lower, here))
    share: NDArray[np.integer[Any]] = np.concatenate((row, column, [cells.size])).astype(kind)
    none, one = np.zeros_like(start), np.ones_like(start)
    offsets = start, start + half, cells.base, none
    factors = one, one, cells.step * cells.width, cells.step
    shape = np.column_stack((cells.own, *offsets, *factors))
    return Atlas(start, half, of, shape, share.take(number), number, pair, int(cells.own.max()))


def unpack(
    atlas: Atlas,
    front: Front,
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
    least : (n_pairs,) float
        Costs from which the fronts were closed.
    entries : tuple of (k,) int
        Path, cell and positions (from, to) of each entry, in the order of the paths; one of the ends is in
        the cell's separator.
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
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> closed = np.array([0.0, 2.0, 5.0, np.inf, 0.0, 3.0, np.inf, np.inf, 0.0, np.inf])
    >>> atlas = build_atlas(path, np.array([-1, 0, -1, -1, -1, 1, -1, -1, -1], np.int32))
    >>> entry = tuple(np.array([i]) for i in (0, 0, 0, 2))
    >>> unpack(atlas, closed, np.array([2.0, 3.0]), entry, 1)[1].tolist()
    [0, 1]
    """
    path, cell, p, q = entries
    numbers = np.stack((atlas.start[cell] + p, atlas.start[cell] + q + atlas.half))
    ends = np.concatenate((numbers, atlas.part[numbers, SELF]))
    # One column per entry, in the order of the paths; ``at`` are those that may have to be split.
    work = np.stack((path, np.zeros_like(path), np.zeros_like(path)))
    at = np.arange(path.size)
    failed = np.zeros(n_paths, bool)
    stuck = False
    while True:
        entry = ends[ROW] + ends[COLUMN]
        value, pair = front.take(entry), atlas.pair.take(entry)
        work[PAIR][at] = pair
        cost = least.take(pair).astype(front.dtype, copy=False)
        live = cost > value
        live |= pair < 0
        if stuck:
            live &= ~failed.take(work[PATH].take(at))
        keep = live.nonzero()[0]
        if not keep.size:
            return work[PATH], work[PAIR], failed
        at, value = at.take(keep), value.take(keep)
        ends = _fall(atlas, front, ends[:ROW].take(keep, axis=1))
        which, station = _stations(atlas, front, ends, value)
        count = np.bincount(which, minlength=at.size)
        stuck = stuck or bool(np.count_nonzero(count) < count.size)
        if stuck:
            lost = (count == 0).nonzero()[0]
            work[TRIES, at] = np.where(count, 0, work[TRIES, at] + 1)
            pivot, detour = _detours(atlas, front, ends.take(lost, axis=1))
            which = np.concatenate((which, lost.take(pivot)))
            order = which.argsort(kind="stable")
            which, station = which[order], np.concatenate((station, detour), axis=1)[:, order]
            count = np.bincount(which, minlength=at.size)
            failed[work[PATH, at[(count == 0) | (work[TRIES, at] > PATIENCE)]]] = True
        ends = _split(ends, count, which, station)
        count += 1
        copies = np.full(work.shape[1], 1)
        copies[at] = count
        work = work.repeat(copies, axis=1)
        at = (at - np.arange(at.size)).repeat(count) + np.arange(ends.shape[1])


def _fall(atlas: Atlas, front: Front, numbers: IntArray) -> IntArray:
    """The ends of entries in the lowest descendants that hold them, two levels at a time."""
    while True:
        part = atlas.part.take(numbers, axis=0)
        side = front.take(part[0] + part[1], mode="clip").argmin(axis=1)
        numbers = atlas.number.take(numbers * WAYS + side)
        further = (side < CHILD).nonzero()[0]
        if 2 * further.size < side.size > MANY:
            numbers[:, further] = _fall(atlas, front, numbers[:, further])[:ROW]
        elif further.size:
            continue
        return np.concatenate((numbers, atlas.part.take(numbers * WAYS + SELF)), dtype=np.int64)


def _split(ends: IntArray, count: IntArray, which: IntArray, station: IntArray) -> IntArray:
    """Split entries at their stations, ``count`` of each."""
    parts = ends.repeat(count + 1, axis=1)
    left = np.arange(which.size) + which
    right = left + 1
    # Line by line, since numpy is slow at assigning to several at once.
    parts[TO][left], parts[COLUMN][left] = station[TO], station[COLUMN]
    parts[FROM][right], parts[ROW][right] = station[FROM], station[ROW]
    return parts


def _through(atlas: Atlas, front: Front, ends: IntArray) -> tuple[IntArray, IntArray, Front, Front]:
    """All ways of entries through separators: which entry, the position as ends, and both parts."""
    shape = atlas.shape.take(atlas.cell.take(ends[FROM]), axis=0).T
    own = shape[OWN]
    stop = np.add.accumulate(own)
    which = np.arange(own.size).repeat(own)
    k = np.arange(which.size) - (stop - own).take(which)
    shape = shape.take(which, axis=1)
    station = shape[FACTOR] * k
    station += shape[OFFSET]
    ahead = front.take(ends[ROW].take(which) + station[COLUMN])
    return which, station, ahead, front.take(station[ROW] + ends[COLUMN].take(which))


def _stations(atlas: Atlas, front: Front, ends: IntArray, value: Front) -> tuple[IntArray, IntArray]:
    """Stations as ends, entry by entry and in order, and which entry each belongs to."""
    if value.size * atlas.widest <= GATHER:
        return _stations_of(atlas, front, ends, value)
    work = atlas.shape[atlas.cell[ends[FROM]], OWN].cumsum()
    cuts = np.unique(np.searchsorted(work, np.arange(0, work[-1], GATHER)))
    found = [
        (which + first, station)
        for first, part, whole in zip(
            cuts, np.split(ends, cuts[1:], axis=1), np.split(value, cuts[1:]), strict=True
        )
        for which, station in [_stations_of(atlas, front, part, whole)]
    ]
    return np.concatenate([part[0] for part in found]), np.concatenate([part[1] for part in found], axis=1)


def _stations_of(atlas: Atlas, front: Front, ends: IntArray, value: Front) -> tuple[IntArray, IntArray]:
    which, station, ahead, behind = _through(atlas, front, ends)
    near = 1.0 + 4.0 * float(np.finfo(front.dtype).eps)
    whole = value.take(which)
    hit = ahead + behind <= (value * near).take(which)
    hit &= ahead < whole
    hit &= behind < whole
    at = hit.nonzero()[0]
    ahead, which = ahead.take(at), which.take(at)
    order = np.lexsort((ahead, which))
    ahead, which, station = ahead.take(order), which.take(order), station.take(at.take(order), axis=1)
    # Where several paths are cheapest, stations of different ones do not follow each other: one is enough.
    follows = which[1:] == which[:-1]
    step = front.take(station[ROW, :-1] + station[COLUMN, 1:], mode="clip")
    amiss = step >= value.take(which[1:])
    amiss |= ahead[:-1] + step > ahead[1:] * near
    amiss &= follows
    if np.count_nonzero(amiss):
        keep = ~np.isin(which, which[1:][amiss])
        keep[:1] = True
        keep[1:] |= ~follows
        which, station = which[keep], station[:, keep]
    return which, station


def _detours(atlas: Atlas, front: Front, ends: IntArray) -> tuple[IntArray, IntArray]:
    """The separator position with the least sum, though a part may be as long as the whole, where any."""
    which, station, ahead, behind = _through(atlas, front, ends)
    sums = ahead + behind
    sums[(station[FROM] == ends[FROM, which]) | (station[TO] == ends[TO, which])] = np.inf
    order = np.lexsort((sums, which))
    order = order[sums[order] < np.inf]
    which, first = np.unique(which[order], return_index=True)
    return which, station[:, order[first]]
