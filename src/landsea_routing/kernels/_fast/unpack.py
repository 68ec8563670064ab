"""Entries of closed fronts taken apart into pairs, in compiled loops.

The twin of `hierarchy.unpack`, round by round for all entries of a path. Most of the time goes into waiting
for memory: each round therefore first reads what it needs in loops that decide nothing, so that many reads
are under way at once, and then decides on what was read.
"""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import IntArray
from landsea_routing.kernels._fast.loops import compiled
from landsea_routing.kernels._fast.sites import BASE, ELDER, OWN, START, STEP, WIDTH, Floats, Sites

CELL, P, Q, TRIES, NEXT, PAIR = range(6)
"""Columns of the work table: an entry, fruitless splits before it, the line of the entry behind it, and the
pair it turned out to be."""
ROOM = 512
"""Lines for which there is room at first."""


@compiled
def entry_at(sites: Sites, cell: int, p: int, q: int) -> int:
    """Flat position of an entry."""
    return int(sites.shape[cell, BASE] + sites.shape[cell, STEP] * (p * sites.shape[cell, WIDTH] + q))


@compiled
def _below(sites: Sites, front: Floats, work: IntArray, live: IntArray) -> Floats:
    """Value of each live entry in the two children and in its own cell."""
    at = np.empty((live.size, 3), np.int64)
    for i in range(live.size):
        cell, p, q = work[live[i], CELL], work[live[i], P], work[live[i], Q]
        start = sites.shape[cell, START]
        at[i, 2] = entry_at(sites, cell, p, q)
        for side in range(2):
            child = sites.shape[cell, ELDER + side]
            one, two = sites.below[start + p, side], sites.below[start + q, side]
            there = child >= 0 and one >= 0 and two >= 0
            at[i, side] = entry_at(sites, child, one, two) if there else front.size - 1
    held = np.empty(at.shape, front.dtype)
    for i in range(live.size):
        for side in range(3):
            held[i, side] = front[at[i, side]]
    return held


@compiled
def _fall(sites: Sites, work: IntArray, live: IntArray, held: Floats) -> IntArray:
    """Move entries into children that hold them; where the sums of the others begin, all in one array."""
    begin = np.zeros(live.size + 1, np.int64)
    for i in range(live.size):
        line, cell = live[i], work[live[i], CELL]
        begin[i + 1] = begin[i]
        if held[i, 0] <= held[i, 2] or held[i, 1] <= held[i, 2]:
            side = 0 if held[i, 0] <= held[i, 2] else 1
            start = sites.shape[cell, START]
            work[line, P] = sites.below[start + work[line, P], side]
            work[line, Q] = sites.below[start + work[line, Q], side]
            work[line, CELL] = sites.shape[cell, ELDER + side]
        else:
            begin[i + 1] += sites.shape[cell, OWN]
    return begin


@compiled
def _through(
    sites: Sites, front: Floats, work: IntArray, live: IntArray, begin: IntArray
) -> tuple[Floats, Floats]:
    """Both parts of all ways of entries through separators."""
    before, after = np.empty(begin[-1], front.dtype), np.empty(begin[-1], front.dtype)
    for i in range(live.size):
        first, size = begin[i], begin[i + 1] - begin[i]
        if size:
            cell = work[live[i], CELL]
            step = sites.shape[cell, STEP]
            jump = step * sites.shape[cell, WIDTH]
            there = entry_at(sites, cell, work[live[i], P], 0)
            back = entry_at(sites, cell, 0, work[live[i], Q])
            for k in range(size):
                before[first + k] = front[there + step * k]
                after[first + k] = front[back + jump * k]
    return before, after


@compiled
def _stations(
    sites: Sites, front: Floats, cell: int, value: float, before: Floats, after: Floats, found: IntArray
) -> int:
    """Separator positions on one cheapest path of an entry, in order, into ``found``; their number.

    Only such as are nearer to both ends than these to each other. Overwrites ``before`` in part.
    """
    near = 1.0 + 4.0 * np.finfo(front.dtype).eps
    count = 0
    for k in range(before.size):
        ahead = before[k]
        if ahead < value and after[k] < value and ahead + after[k] <= value * near:
            at = count
            while at and before[at - 1] > ahead:
                found[at], before[at] = found[at - 1], before[at - 1]
                at -= 1
            found[at], before[at] = k, ahead
            count += 1
    # Where several paths are cheapest, stations of different ones do not follow each other.
    kept = min(count, 1)
    for i in range(1, count):
        part = front[entry_at(sites, cell, found[kept - 1], found[i])]
        if part < value and before[kept - 1] + part <= before[i] * near:
            found[kept], before[kept] = found[i], before[i]
            kept += 1
    return kept


@compiled
def _longer(work: IntArray) -> IntArray:
    wider = np.empty((2 * work.shape[0], work.shape[1]), np.int64)
    wider[: work.shape[0]] = work
    return wider


@compiled
def _cut(work: IntArray, line: int, size: int, station: int) -> None:
    """Let an entry end at a station; the rest of it goes into the line ``size`` and follows on the path."""
    for column in range(work.shape[1]):
        work[size, column] = work[line, column]
    work[line, Q] = work[size, P] = station
    work[line, NEXT] = size


@compiled
def _others(sites: Sites, front: Floats, least: Floats, work: IntArray, fresh: IntArray) -> IntArray:
    """Note the pairs behind fresh entries; which of them are less than a pair or where there is none."""
    n = fresh.size
    pair, value = np.empty(n, np.int64), np.empty(n, front.dtype)
    for i in range(n):
        at = entry_at(sites, work[fresh[i], CELL], work[fresh[i], P], work[fresh[i], Q])
        pair[i], value[i] = sites.pair[at], front[at]
    cost = np.full(n, np.inf, front.dtype)  # rounded as the fronts are
    for i in range(n):
        if pair[i] >= 0:
            cost[i] = least[pair[i]]
    others = np.empty(n, np.int64)
    count = 0
    for i in range(n):
        work[fresh[i], PAIR] = pair[i]
        if pair[i] < 0 or cost[i] > value[i]:
            others[count] = fresh[i]
            count += 1
    return others[:count]


@compiled
def _detour(sites: Sites, front: Floats, cell: int, p: int, q: int) -> int:
    """The separator position with the least sum, though a part may be as long as the whole; -1 if none."""
    best, pivot = np.inf, -1
    for k in range(sites.shape[cell, OWN]):
        if k not in (p, q):
            total = front[entry_at(sites, cell, p, k)] + front[entry_at(sites, cell, k, q)]
            if total < best:
                best, pivot = total, k
    return pivot


@compiled
def _round(
    sites: Sites, front: Floats, work: IntArray, size: int, live: IntArray, patience: int
) -> tuple[IntArray, int, IntArray, IntArray]:
    """Move every live entry into a child or split it; lines of the moved and of the fresh ones.

    The size is -1 if an entry can do neither.
    """
    held = _below(sites, front, work, live)
    begin = _fall(sites, work, live, held)
    before, after = _through(sites, front, work, live, begin)
    found = np.empty(begin[-1], np.int64)
    moved, fresh = np.empty(live.size, np.int64), np.empty(2 * live.size + begin[-1], np.int64)
    n_moved = n_fresh = 0
    for i in range(live.size):
        line, low, high = live[i], begin[i], begin[i + 1]
        if held[i, 0] <= held[i, 2] or held[i, 1] <= held[i, 2]:
            moved[n_moved] = line
            n_moved += 1
            continue
        cell = work[line, CELL]
        kept = _stations(sites, front, cell, held[i, 2], before[low:high], after[low:high], found[low:high])
        if kept:
            work[line, TRIES] = 0
        else:
            pivot = _detour(sites, front, cell, work[line, P], work[line, Q])
            work[line, TRIES] += 1
            if pivot < 0 or work[line, TRIES] > patience:
                return work, -1, moved[:0], fresh[:0]
            found[low], kept = pivot, 1
        while size + kept > work.shape[0]:
            work = _longer(work)
        fresh[n_fresh] = line
        n_fresh += 1
        for j in range(low, low + kept):
            _cut(work, line, size, found[j])
            line = fresh[n_fresh] = size
            size += 1
            n_fresh += 1
    return work, size, moved[:n_moved], fresh[:n_fresh]


@compiled
def take_apart(
    sites: Sites, front: Floats, least: Floats, entries: IntArray, patience: int
) -> tuple[IntArray, bool]:
    """Take entries of closed fronts apart into pairs.

    Parameters
    ----------
    sites : Sites
        From `hierarchy.topology`.
    front : (n,) float
        Closed fronts.
    least : (n_pairs,) float
        Costs from which they were closed.
    entries : (k, 3) int
        Cell and positions (from, to) of each entry, in the order of the path; one of the ends is in the
        cell's separator.
    patience : int
        Splits in a row with a part as long as the whole, after which the path is given up.

    Returns
    -------
    pairs : (n,) int
        In the order of the path.
    failed : bool
        The path was given up.

    Notes
    -----
    O(|S|) per cell and visit of the path.

    Examples
    --------
    >>> from landsea_routing.kernels.hierarchy import Hierarchy
    >>> graph = Hierarchy(3, [0, 1], [1, 2]).topology
    >>> front = np.array([0.0, 2.0, 5.0, np.inf, 0.0, 3.0, np.inf, np.inf, 0.0, np.inf])
    >>> pairs, failed = take_apart(graph.sites, front, np.array([2.0, 3.0]), np.array([[0, 0, 2]]), 5)
    >>> pairs.tolist(), failed
    ([0, 1], False)
    """
    size = entries.shape[0]
    work = np.zeros((max(ROOM, size), 6), np.int64)
    for i in range(size):
        for column in range(3):
            work[i, column] = entries[i, column]
        work[i, NEXT] = i + 1 if i + 1 < size else -1
    live = _others(sites, front, least, work, np.arange(size))
    while live.size:
        work, size, moved, fresh = _round(sites, front, work, size, live, patience)
        if size < 0:
            return np.empty(0, np.int64), True
        live = np.concatenate((moved, _others(sites, front, least, work, fresh)))
    pairs = np.empty(size, np.int64)
    line = 0
    for i in range(size):
        pairs[i] = work[line, PAIR]
        line = work[line, NEXT]
    return pairs, False
