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

CELL, P, Q, TRIES, NEXT = range(5)
"""Columns of the work table: an entry, fruitless splits before it, and the line of the entry behind it."""
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
    for column in range(5):
        work[size, column] = work[line, column]
    work[line, Q] = work[size, P] = station
    work[line, NEXT] = size


@compiled
def _round(
    sites: Sites, front: Floats, work: IntArray, size: int, live: IntArray
) -> tuple[IntArray, int, IntArray]:
    """Move every live entry into a child or split it at its stations; what does neither lives no more."""
    held = _below(sites, front, work, live)
    begin = _fall(sites, work, live, held)
    before, after = _through(sites, front, work, live, begin)
    found = np.empty(begin[-1], np.int64)
    next_live = np.empty(2 * live.size + begin[-1], np.int64)
    count = 0
    for i in range(live.size):
        line, low, high = live[i], begin[i], begin[i + 1]
        if held[i, 0] <= held[i, 2] or held[i, 1] <= held[i, 2]:
            next_live[count] = line
            count += 1
            continue
        kept = _stations(
            sites, front, work[line, CELL], held[i, 2], before[low:high], after[low:high], found[low:high]
        )
        if kept:
            work[line, TRIES] = 0
            next_live[count] = line
            count += 1
        while size + kept > work.shape[0]:
            work = _longer(work)
        for j in range(low, low + kept):
            _cut(work, line, size, found[j])
            line = next_live[count] = size
            size += 1
            count += 1
    return work, size, next_live[:count]


@compiled
def _pairs(sites: Sites, front: Floats, least: Floats, work: IntArray, lines: IntArray) -> IntArray:
    """The pairs behind entries, -1 where the entry is less than one or there is none."""
    n = lines.size
    start, end = np.empty(n, np.int64), np.empty(n, np.int64)
    for i in range(n):
        cell = work[lines[i], CELL]
        start[i], end[i] = sites.pair_start[cell], sites.pair_start[cell + 1]
    pair = np.full(n, -1)
    for i in range(n):
        cell, p, q = work[lines[i], CELL], work[lines[i], P], work[lines[i], Q]
        code = p * sites.shape[cell, WIDTH] + q
        for j in range(start[i], end[i]):
            if sites.pair[j, 0] == code:
                pair[i] = sites.pair[j, 1]
    cost = np.full(n, np.inf, front.dtype)  # rounded as the fronts are
    for i in range(n):
        if pair[i] >= 0:
            cost[i] = least[pair[i]]
    for i in range(n):
        cell, p, q = work[lines[i], CELL], work[lines[i], P], work[lines[i], Q]
        if cost[i] > front[entry_at(sites, cell, p, q)]:
            pair[i] = -1
    return pair


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
        Cell and positions (from, to) of each entry, in the order of the path.
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
    work = np.zeros((max(ROOM, size), 5), np.int64)
    for i in range(size):
        for column in range(3):
            work[i, column] = entries[i, column]
        work[i, NEXT] = i + 1 if i + 1 < size else -1
    live = np.arange(size)
    while True:
        while live.size:
            work, size, live = _round(sites, front, work, size, live)
        lines = np.empty(size, np.int64)
        line = 0
        for i in range(size):
            lines[i] = line
            line = work[line, NEXT]
        pair = _pairs(sites, front, least, work, lines)
        lost = lines[pair < 0]
        if not lost.size:
            return pair, False
        live = np.empty(2 * lost.size, np.int64)
        for i in range(lost.size):
            line = lost[i]
            pivot = _detour(sites, front, work[line, CELL], work[line, P], work[line, Q])
            work[line, TRIES] += 1
            if pivot < 0 or work[line, TRIES] > patience:
                return pair[:0], True
            if size == work.shape[0]:
                work = _longer(work)
            _cut(work, line, size, pivot)
            live[2 * i], live[2 * i + 1] = line, size
            size += 1
