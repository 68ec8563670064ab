"""Labels of one pair in compiled loops: climb from both ends, meet, and find the entries on the way.

The twin of `hierarchy.chain`; entries are taken apart in `_fast.unpack`. Of a front only what is needed is
multiplied: its boundary columns below the common ancestors, and nothing behind the last of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landsea_routing._typing import IntArray
from landsea_routing.kernels._fast.loops import compiled
from landsea_routing.kernels._fast.sites import BASE, OWN, PAD, START, STEP, WIDTH, Floats, Sites
from landsea_routing.kernels._fast.unpack import entry_at, take_apart

EMPTY = -1
"""Cell of a pair without a path."""


class Ladder(NamedTuple):
    """The ancestors of a row, and its distances to or from their fronts.

    Attributes
    ----------
    cells : (n,) int
        From the row's cell to the root.
    start : (n + 1,) int
        Where each front's distances begin.
    carried, found : (start[-1],) float
        Through the subtree below each cell, and through its separator too (where that is asked for).
    """

    cells: IntArray
    start: IntArray
    carried: Floats
    found: Floats


@compiled
def _ladder(sites: Sites, front: Floats, row: int) -> Ladder:
    """The ancestors of a row, with room for its distances."""
    cell = sites.cell[row]
    count = 1
    while sites.boundary_start[cell] < sites.boundary_start[cell + 1]:
        cell = sites.parent[cell]
        count += 1
    cells, start = np.empty(count, np.int64), np.zeros(count + 1, np.int64)
    cell = sites.cell[row]
    for i in range(count):
        cells[i] = cell
        start[i + 1] = start[i] + sites.shape[cell, WIDTH]
        cell = sites.parent[cell]
    carried = np.full(start[count], np.inf, front.dtype)
    carried[row - sites.first[cells[0]]] = 0.0
    return Ladder(cells, start, carried, carried.copy())


@compiled
def _lift(sites: Sites, ladder: Ladder, i: int) -> None:
    """Carry the distances to a boundary into the parent's front."""
    cell = ladder.cells[i]
    pad = sites.shape[cell, PAD]
    here, above = ladder.start[i] + pad, ladder.start[i + 1]
    first = sites.boundary_start[cell]
    for j in range(sites.boundary_start[cell + 1] - first):
        at = above + sites.lift[first + j]
        ladder.carried[at] = ladder.found[here + j]
        ladder.found[at] = ladder.found[here + j]


@compiled
def _climb(sites: Sites, front: Floats, ladder: Ladder, common: int) -> None:
    """Distances from a row; to separators only in the last ``common`` cells."""
    count = ladder.cells.size
    for i in range(count):
        cell = ladder.cells[i]
        begin = ladder.start[i]
        size = sites.boundary_start[cell + 1] - sites.boundary_start[cell]
        lowest = 0 if i >= count - common else sites.shape[cell, PAD]
        label = ladder.found[begin + lowest : begin + sites.shape[cell, PAD] + size]
        for k in range(sites.shape[cell, OWN]):
            so_far = ladder.carried[begin + k]
            if so_far == np.inf:
                continue
            at = sites.shape[cell, BASE] + sites.shape[cell, STEP] * (k * sites.shape[cell, WIDTH] + lowest)
            if sites.shape[cell, STEP] == 1:
                line = front[at : at + label.size]
                for q in range(label.size):
                    label[q] = min(label[q], so_far + line[q])
            else:
                for q in range(label.size):
                    label[q] = min(label[q], so_far + front[at + q * sites.shape[cell, STEP]])
        if i + 1 < count:
            _lift(sites, ladder, i)


@compiled
def _climb_back(sites: Sites, front: Floats, ladder: Ladder) -> None:
    """Distances to a row, from boundaries only."""
    for i in range(ladder.cells.size - 1):
        cell = ladder.cells[i]
        begin = ladder.start[i]
        own, step = sites.shape[cell, OWN], sites.shape[cell, STEP]
        label = ladder.carried[begin : begin + own]
        first = sites.shape[cell, PAD]
        for p in range(first, first + sites.boundary_start[cell + 1] - sites.boundary_start[cell]):
            at = sites.shape[cell, BASE] + step * p * sites.shape[cell, WIDTH]
            least = ladder.carried[begin + p]
            if step == 1:
                line = front[at : at + own]
                for k in range(own):
                    least = min(least, line[k] + label[k])
            else:
                for k in range(own):
                    least = min(least, front[at + k * step] + label[k])
            ladder.found[begin + p] = least
        _lift(sites, ladder, i)


@compiled
def _common(up: Ladder, down: Ladder) -> int:
    """Number of ancestors that two rows share."""
    count = 0
    most = min(up.cells.size, down.cells.size)
    while count < most and up.cells[up.cells.size - 1 - count] == down.cells[down.cells.size - 1 - count]:
        count += 1
    return count


@compiled
def _meet(sites: Sites, up: Ladder, down: Ladder, common: int) -> tuple[float, int, int]:
    """Distance, how many cells below the root the labels meet, and where; `EMPTY` if they do not."""
    best, depth, position = np.inf, EMPTY, 0
    for back in range(common):
        i, j = up.cells.size - 1 - back, down.cells.size - 1 - back
        for k in range(sites.shape[up.cells[i], OWN]):
            total = up.found[up.start[i] + k] + down.carried[down.start[j] + k]
            if total < best:
                best, depth, position = total, back, k
    return best, depth, position


@compiled
def _both(sites: Sites, front: Floats, begin: int, end: int) -> tuple[Ladder, Ladder, int]:
    up, down = _ladder(sites, front, begin), _ladder(sites, front, end)
    common = _common(up, down)
    _climb(sites, front, up, common)
    _climb_back(sites, front, down)
    return up, down, common


@compiled
def distance(sites: Sites, front: Floats, begin: int, end: int) -> float:
    """Distance between two rows, ``inf`` if there is no path.

    Parameters
    ----------
    sites : Sites
        From `sites_of`.
    front : (n,) float
        Closed fronts.
    begin, end : int
        Rows.

    Returns
    -------
    float

    Examples
    --------
    >>> from landsea_routing.kernels.hierarchy import Hierarchy
    >>> graph = Hierarchy(3, [0, 1], [1, 2]).topology
    >>> front = np.array([0.0, 2.0, 5.0, np.inf, 0.0, 3.0, np.inf, np.inf, 0.0, np.inf])
    >>> distance(graph.sites, front, 0, 2)
    5.0
    """
    up, down, common = _both(sites, front, begin, end)
    return _meet(sites, up, down, common)[0]


@compiled
def _descend(
    sites: Sites, front: Floats, ladder: Ladder, depth: int, position: int, backward: bool
) -> IntArray:
    """Entries (cell, p, q) between a row and a position of one of its ancestors, from the ancestor down."""
    entries = np.empty((ladder.cells.size, 3), np.int64)
    count = 0
    for i in range(ladder.cells.size - 1 - depth, -1, -1):
        cell = ladder.cells[i]
        begin = ladder.start[i]
        via, least = -1, ladder.carried[begin + position]
        for k in range(sites.shape[cell, OWN]):
            p, q = (position, k) if backward else (k, position)
            pushed = ladder.carried[begin + k] + front[entry_at(sites, cell, p, q)]
            if pushed < least:
                via, least = k, pushed
        if via >= 0:
            entries[count, 0] = cell
            entries[count, 1] = position if backward else via
            entries[count, 2] = via if backward else position
            count += 1
            position = via
        if i:
            position = sites.below[
                sites.shape[cell, START] + position, int(sites.second[ladder.cells[i - 1]])
            ]
    return entries[:count]


@compiled
def path(
    sites: Sites, front: Floats, least: Floats, begin: int, end: int, patience: int
) -> tuple[IntArray, bool]:
    """Pairs on a cheapest path between two rows.

    Parameters
    ----------
    sites : Sites
        From `sites_of`.
    front : (n,) float
        Closed fronts.
    least : (n_pairs,) float
        Costs from which the fronts were closed.
    begin, end : int
        Rows.
    patience : int
        Splits in a row with a part as long as the whole, after which the path is given up.

    Returns
    -------
    pairs : (n,) int
        In order; empty if there is no path or the rows are the same.
    failed : bool
        The path was given up.

    Examples
    --------
    >>> from landsea_routing.kernels.hierarchy import Hierarchy
    >>> graph = Hierarchy(3, [0, 1], [1, 2]).topology
    >>> front = np.array([0.0, 2.0, 5.0, np.inf, 0.0, 3.0, np.inf, np.inf, 0.0, np.inf])
    >>> pairs, failed = path(graph.sites, front, np.array([2.0, 3.0]), 0, 2, 5)
    >>> pairs.tolist(), failed
    ([0, 1], False)
    """
    up, down, common = _both(sites, front, begin, end)
    _, depth, position = _meet(sites, up, down, common)
    if begin == end or depth == EMPTY:
        return np.empty(0, np.int64), False
    there = _descend(sites, front, up, depth, position, False)[::-1]
    back = _descend(sites, front, down, depth, position, True)
    return take_apart(sites, front, least, np.concatenate((there, back)), patience)
