"""Which entries of closed fronts make up the cheapest path of each pair, for many pairs in lockstep.

The labels of both ends are kept for every level. At the cell where the pair's labels meet, and then from
level to level downward, each position's distance is either carried from the child or pushed from one row of
the separator; the push names an entry, and the search goes on at its other end.
"""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.kernels.hierarchy.cells import Cells
from landsea_routing.kernels.hierarchy.climbs import Rung
from landsea_routing.kernels.hierarchy.product import Front

NOWHERE = -1
"""Level at which a pair without a path meets."""


def _find(rung: Rung, climbers: IntArray) -> IntArray:
    """Line of each climber in a rung, -1 where it has none."""
    if not rung.who.size:
        return np.full(climbers.size, -1)
    at = np.minimum(np.searchsorted(rung.who, climbers), rung.who.size - 1)
    return np.where(rung.who[at] == climbers, at, -1)


def meet(
    up: list[Rung], down: list[Rung], source: IntArray, target: IntArray
) -> tuple[FloatArray, IntArray, IntArray]:
    """Distance of each pair, and where its labels meet.

    Parameters
    ----------
    up, down : list of Rung
        Labels of sources (with ``reach``) and targets (climbed backward).
    source, target : (k,) int
        Climbers of each pair.

    Returns
    -------
    distance : (k,) float
    level : (k,) int
        `NOWHERE` if there is no path.
    position : (k,) int
        In the front of the common cell.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> from landsea_routing.kernels.hierarchy.climbs import climb
    >>> from landsea_routing.kernels.hierarchy.ladder import plan_climb
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> closed = np.array([0.0, 2.0, 5.0, np.inf, 0.0, 3.0, np.inf, np.inf, 0.0, np.inf])
    >>> up = climb(path, closed, plan_climb(path, np.arange(3)), keep=True)
    >>> down = climb(path, closed, plan_climb(path, np.arange(3), backward=True), keep=True)
    >>> meet(up, down, np.array([0]), np.array([2]))[0].tolist()
    [5.0]
    """
    distance = np.full(source.size, np.inf)
    level, position = np.full(source.size, NOWHERE), np.zeros(source.size, np.int64)
    for height, (one, two) in enumerate(zip(up, down, strict=True)):
        i, j = _find(one, source), _find(two, target)
        both = np.flatnonzero((i >= 0) & (j >= 0))
        both = both[one.cell[i[both]] == two.cell[j[both]]]
        own = min(one.reached.shape[1], two.carried.shape[1])
        if not both.size or not own:
            continue
        sums = one.reached[i[both], :own] + two.carried[j[both], :own]
        at = sums.argmin(axis=1)
        least = sums[np.arange(both.size), at]
        nearer = least < distance[both]
        chosen = both[nearer]
        distance[chosen], level[chosen], position[chosen] = least[nearer], height, at[nearer]
    return distance, level, position


def descend(
    cells: Cells,
    front: Front,
    rungs: list[Rung],
    climber: IntArray,
    level: IntArray,
    position: IntArray,
    *,
    backward: bool,
) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
    """Entries from each climber to a position of an ancestor's front (or back from it).

    Parameters
    ----------
    cells : Cells
        Symbolic structure.
    front : (cells.size + 1,) float
        Closed fronts.
    rungs : list of Rung
        Labels with ``keep``.
    climber : (k,) int
        Whose label.
    level, position : (k,) int
        Where the label is; a level `NOWHERE` yields nothing.
    backward : bool
        The labels were climbed backward.

    Returns
    -------
    who, level, cell, p, q : (n,) int
        Entries (p, q) of fronts: which of the k they belong to, and on which level they lie. At most one per
        level.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> from landsea_routing.kernels.hierarchy.climbs import climb
    >>> from landsea_routing.kernels.hierarchy.ladder import plan_climb
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> closed = np.array([0.0, 2.0, 5.0, np.inf, 0.0, 3.0, np.inf, np.inf, 0.0, np.inf])
    >>> up = climb(path, closed, plan_climb(path, np.arange(3)), keep=True)
    >>> found = descend(path, closed, up, np.array([0]), np.array([0]), np.array([2]), backward=False)
    >>> [part.tolist() for part in found]
    [[0], [0], [0], [0], [2]]
    """
    row = np.full(climber.size, -1)  # the row looked for, once known; before that, `position` holds
    parts: list[tuple[IntArray, IntArray, IntArray, IntArray, IntArray]] = []
    for height in range(len(rungs) - 1, -1, -1):
        rung = rungs[height]
        line = _find(rung, climber)
        here = np.flatnonzero((line >= 0) & (level >= height))
        if not here.size or not rung.carried.shape[1]:
            continue
        line = line[here]
        cell = rung.cell[line]
        known = row[here] >= 0
        at = position[here].copy()
        at[known] = cells.position(cell[known], row[here[known]])
        own = cells.own[cell]
        k = np.arange(int(own.max()))
        step, width = cells.step[cell][:, None], cells.width[cell][:, None]
        offset = (at[:, None] * width + k) if backward else (k * width + at[:, None])
        entry = np.where(k < own[:, None], cells.base[cell][:, None] + step * offset, cells.size)
        pushed = rung.carried[line, : k.size] + front.take(entry)
        via = pushed.argmin(axis=1) if k.size else np.zeros(here.size, np.int64)
        each = np.arange(here.size)
        push = pushed[each, via] if k.size else np.full(here.size, np.inf)
        moves = push < rung.carried[line, at]
        row[here] = _row_at(cells, cell, np.where(moves, via, at))
        if moves.any():
            start, end = (at[moves], via[moves]) if backward else (via[moves], at[moves])
            parts.append((here[moves], np.full(start.size, height), cell[moves], start, end))
    if not parts:
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, nothing, nothing, nothing
    who, heights, of, p, q = (np.concatenate(part) for part in zip(*parts, strict=True))
    return who, heights, of, p, q


def _row_at(cells: Cells, cell: IntArray, position: IntArray) -> IntArray:
    """Row at a position of a front."""
    inside: BoolArray = position < cells.pad[cell]
    found = cells.first[cell] + position
    outer, at = cell[~inside], position[~inside]
    found[~inside] = cells.boundary[cells.boundary_start[outer] + at - cells.pad[outer]]
    return found
