"""Who climbs through which cells: the part of labels and skims that does not hang on costs.

Finding out where vertices meet takes as long as the sums themselves once these are fast. It is the same for
all metrics of a graph, so it is laid out apart and can be kept: a second question about the same places,
after prices have changed, finds it done.

Sources: Delling, Goldberg and Werneck (2011), RPHAST, which chooses its targets before costs are read.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from landsea_routing._typing import IntArray
from landsea_routing.kernels.hierarchy.cells import Cells, ranges

DENSE = 700
"""Vertices times front width from which a cell is worked on by its own."""
PAIRS = 512
"""Source-target pairs from which a cell is joined on its own."""


class Gather(NamedTuple):
    """Entries of fronts that many small cells are multiplied by, all vertices together.

    Attributes
    ----------
    order : (k,) int
        Vertices by falling number of pivots.
    begins : (b,) int
        Which of these, in that order, begin here: one row of the front is all they need.
    at : (k, width) int
        Where the entries of each one's first pivot stand; behind all fronts where there is none.
    move : (k, width) int
        From pivot to pivot.
    alive : tuple of int
        How many vertices have a first pivot, a second ...
    """

    order: IntArray
    begins: IntArray
    at: IntArray
    move: IntArray
    alive: tuple[int, ...]


class Run(NamedTuple):
    """Vertices of one level with the same ancestor.

    Attributes
    ----------
    first, last : int
        Which of the level's vertices.
    front : slice
        The cell's front in the flat array of all.
    width, own, pad : int
        As in `Cells`.
    lift : (n,) int or (n, 1) int
        Rows of the table of waiting labels for its boundary.
    span : slice or (k,) int
        Columns of that table.
    """

    first: int
    last: int
    front: slice
    width: int
    own: int
    pad: int
    lift: IntArray
    span: slice | IntArray


class Step(NamedTuple):
    """One level of a climb.

    Attributes
    ----------
    who : (k,) int
        Which of the climbing vertices have an ancestor there, ascending.
    span : slice or (k,) int
        The same as an index.
    cell : (k,) int
        Their ancestors.
    starts : (r + 1,) int
        Where runs of one ancestor begin, and the end.
    width, own : int
        Largest front and largest S.
    onward : bool
        Some of the cells have a boundary.
    runs : tuple of Run
        Cells that are worked on one by one.
    gather : Gather or None
        What is needed to work on them together instead.
    put, take : (n,) int
        In that case the boundary entries in the flat table of waiting labels, and where they come from.
    """

    who: IntArray
    span: slice | IntArray
    cell: IntArray
    starts: IntArray
    width: int
    own: int
    onward: bool
    runs: tuple[Run, ...]
    gather: Gather | None
    put: IntArray
    take: IntArray


class Ladder(NamedTuple):
    """A climb from rows to the roots, without numbers.

    Attributes
    ----------
    backward : bool
        Distances to the rows instead of from them.
    arrays : bool
        Laid out for array operations; compiled loops climb it if not.
    begin, position : (k,) int
        Cell in which each climb begins, and the row's position there.
    steps : tuple of Step
        One for each level, lowest first.
    """

    backward: bool
    arrays: bool
    begin: IntArray
    position: IntArray
    steps: tuple[Step, ...]


class Meeting(NamedTuple):
    """Where labels of one level meet.

    Attributes
    ----------
    runs : (4, c) int
        Cells that both climbs pass: first source and how many, first target and how many.
    alone : tuple of (slice, slice, int, where)
        Cells joined on their own: sources, targets, size of S, and the index of their part of the table,
        two slices if they are ranges.
    source, target : (n,) int
        Pairs of labels that meet in other cells.
    at : (n,) int
        Their entries in the flat table.
    most : int
        Largest S among these.
    """

    runs: IntArray
    alone: tuple[tuple[slice, slice, int, tuple[Any, Any]], ...]
    source: IntArray
    target: IntArray
    at: IntArray
    most: int


def plan_climb(cells: Cells, rows: IntArray, *, backward: bool = False, arrays: bool = True) -> Ladder:
    """Lay out a climb.

    Parameters
    ----------
    cells : Cells
        Symbolic structure.
    rows : (k,) int
        Where to start, sorted by `Cells.preorder` of their cell.
    backward : bool
        Distances to the rows instead of from them.
    arrays : bool
        Lay out runs and gathers; compiled loops need neither.

    Returns
    -------
    Ladder

    Notes
    -----
    O(k * sum over ancestors of |S| + |B|).

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> plan_climb(path, np.array([0, 2])).steps[0].who.tolist()
    [0, 1]
    """
    begin = cells.cell[rows]
    now, position = begin.copy(), rows - cells.first[begin]
    steps: list[Step] = []
    for level in range(cells.n_levels):
        who = np.flatnonzero((now >= cells.level_start[level]) & (now < cells.level_start[level + 1]))
        cell = now[who]
        home = np.where(begin[who] == cell, position[who], -1)
        steps.append(_step(cells, who, cell, home, rows.size, backward=backward, arrays=arrays))
        # A cell without boundary may have a parent, to which nothing passes.
        now[who] = np.where(_boundary(cells, cell) > 0, cells.parent[cell], -1)
    return Ladder(backward, arrays, begin, position, tuple(steps))


def _step(
    cells: Cells,
    who: IntArray,
    cell: IntArray,
    home: IntArray,
    climbers: int,
    *,
    backward: bool,
    arrays: bool,
) -> Step:
    """One level; ``home`` is the position at which a climb begins here, -1 where it came from below."""
    nothing = np.zeros(0, np.int64)
    if not who.size:
        return Step(who, who, cell, np.zeros(1, np.int64), 0, 0, False, (), None, nothing, nothing)
    starts = _runs(cell)
    width, own = int(cells.width[cell].max()), int(cells.own[cell].max())
    count = _boundary(cells, cell)
    head = who, span_of(who), cell, starts, width, own, bool(count.any())
    if not arrays:
        return Step(*head, (), None, nothing, nothing)
    if width * who.size < DENSE * (starts.size - 1):
        gather = _gather(cells, cell, home, width, backward=backward)
        return Step(*head, (), gather, *_carried(cells, who, cell, count, climbers))
    runs = tuple(_run(cells, who, int(cell[a]), a, b) for a, b in pairwise(starts.tolist()))
    return Step(*head, runs, None, nothing, nothing)


def _run(cells: Cells, who: IntArray, cell: int, first: int, last: int) -> Run:
    """Vertices under one cell."""
    base, step, width = int(cells.base[cell]), int(cells.step[cell]), int(cells.width[cell])
    lift = cells.lift[cells.boundary_start[cell] : cells.boundary_start[cell + 1]]
    span = span_of(who[first:last])
    rows = lift if isinstance(span, slice) else lift[:, None]
    front = slice(base, base + step * width * width, step)
    return Run(first, last, front, width, int(cells.own[cell]), int(cells.pad[cell]), rows, span)


def _boundary(cells: Cells, cell: IntArray) -> IntArray:
    """Size of B of cells."""
    return cells.boundary_start[cell + 1] - cells.boundary_start[cell]


def _runs(values: IntArray) -> IntArray:
    """Starts of runs of equal values, and the end."""
    change = np.flatnonzero(values[1:] != values[:-1]) + 1
    return np.concatenate(([0], change, [values.size]))


def span_of(who: IntArray) -> slice | IntArray:
    """Ascending numbers as an index: a slice where they are a range.

    Examples
    --------
    >>> span_of(np.array([3, 4, 5])), span_of(np.array([3, 5])).tolist()
    (slice(3, 6, None), [3, 5])
    """
    first, last = int(who[0]), int(who[-1])
    return slice(first, last + 1) if last - first == who.size - 1 else who


def _gather(cells: Cells, cell: IntArray, home: IntArray, width: int, *, backward: bool) -> Gather:
    """Entries of fronts for vertices of small cells."""
    turns = np.where(home >= 0, 1, cells.pad[cell])
    order = np.argsort(-turns, kind="stable")
    cell, home, turns = cell[order], home[order], turns[order]
    across, step = cells.width[cell], cells.step[cell]
    along, onward = (step * across, step) if backward else (step, step * across)
    position = np.arange(width)
    inside = position < across[:, None]
    first = cells.base[cell] + onward * np.maximum(home, 0)
    at = np.where(inside, first[:, None] + along[:, None] * position, cells.size)
    alive = np.searchsorted(-turns, -np.arange(int(turns[0])), side="left")
    return Gather(order, np.flatnonzero(home >= 0), at, inside * onward[:, None], tuple(alive.tolist()))


def _carried(
    cells: Cells, who: IntArray, cell: IntArray, count: IntArray, climbers: int
) -> tuple[IntArray, IntArray]:
    """Boundary entries in the table of waiting labels, and in that of a level."""
    each = np.repeat(np.arange(who.size), count)
    lift = cells.lift.take(ranges(cells.boundary_start[cell], count))
    return lift * climbers + who[each], ranges(cells.pad[cell], count) * who.size + each


def plan_join(cells: Cells, up: Ladder, down: Ladder) -> tuple[Meeting, ...]:
    """Lay out where sources and targets meet, level by level.

    Parameters
    ----------
    cells : Cells
        Symbolic structure.
    up, down : Ladder
        Of the sources and of the targets.

    Returns
    -------
    tuple of Meeting

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> ends = np.arange(3)
    >>> plan_join(path, plan_climb(path, ends), plan_climb(path, ends))[0].at.tolist()
    [0, 1, 2, 3, 4, 5, 6, 7, 8]
    """
    place = np.full(cells.own.size, -1)
    return tuple(
        _meeting(cells, source, target, place, down.begin.size)
        for source, target in zip(up.steps, down.steps, strict=True)
    )


def _meeting(cells: Cells, source: Step, target: Step, place: IntArray, columns: int) -> Meeting:
    """One level; ``place`` is of the length of cells and -1 at those of the level."""
    first, second = source.starts, target.starts
    one, two = source.cell[first[:-1]], target.cell[second[:-1]]
    place[two] = np.arange(two.size)
    j = place[one]
    i = np.flatnonzero(j >= 0)
    j = j[i]
    own = cells.own[one[i]]
    start, count, begin, many = first[i], first[i + 1] - first[i], second[j], second[j + 1] - second[j]
    big = (count * many >= PAIRS) & (own > 0)
    alone = np.stack((start, start + count, begin, begin + many, own))[:, big]
    small = ~big & (own > 0)
    each = np.repeat(many[small], count[small])
    a = np.repeat(ranges(start[small], count[small]), each)
    b = ranges(np.repeat(begin[small], count[small]), each)
    at = source.who[a] * columns + target.who[b]
    runs = np.stack((start, count, begin, many))
    joined = tuple(_alone(source.who, target.who, *ends) for ends in alone.T.tolist())
    return Meeting(runs, joined, a, b, at, int(own[small].max(initial=0)))


def _alone(
    rows: IntArray, columns: IntArray, first: int, last: int, begin: int, end: int, own: int
) -> tuple[slice, slice, int, tuple[Any, Any]]:
    """One cell that is joined on its own."""
    across, down = span_of(rows[first:last]), span_of(columns[begin:end])
    where: tuple[Any, Any] = across, down
    if not (isinstance(across, slice) and isinstance(down, slice)):
        where = rows[first:last, None], columns[begin:end]
    return slice(first, last), slice(begin, end), own, where
