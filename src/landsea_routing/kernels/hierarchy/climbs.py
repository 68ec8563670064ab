"""Labels: distances from many vertices to the separators above them, level by level.

A cheapest path between two vertices either stays in a cell or passes through its separator, so it is found
where the two chains of ancestors meet: least over x in S of label(s, x) + label(x, t). A skim is therefore
two climbs and one dense (min, +) product per cell that holds both sources and targets.

The climb carries one vector per vertex, the distances to its current cell's front. Because fronts are closed,
one product with the front's own rows moves it to the parent.

Sources: Abraham, Delling, Goldberg and Werneck (2011), hub labels; Dibbelt, Strasser and Wagner (2016),
customizable contraction hierarchies.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landsea_routing._typing import IntArray
from landsea_routing.kernels import _fast
from landsea_routing.kernels.hierarchy.cells import Cells
from landsea_routing.kernels.hierarchy.ladder import Gather, Ladder, Meeting, Step
from landsea_routing.kernels.hierarchy.product import Front, min_plus

GATHER = 1 << 15
"""Pairs joined at once in many small cells."""


class Rung(NamedTuple):
    """Labels at the cells of one level, for the vertices that have an ancestor there.

    Attributes
    ----------
    who : (k,) int
        Which of the climbing vertices, ascending.
    cell : (k,) int
        Its ancestor.
    starts : (r + 1,) int
        Where runs of one ancestor begin, and the end.
    carried : (k, width) float
        Distances within the subtrees below to each position of the front; only those of S unless asked.
    reached : (k, own) float
        Distances within the subtree to S (beyond a cell's own S: to its boundary); empty unless asked.

    Notes
    -----
    Both stand position by position in memory: what is near each other belongs to one position of the front
    and many vertices, so that array operations are long whatever the size of fronts.
    """

    who: IntArray
    cell: IntArray
    starts: IntArray
    carried: Front
    reached: Front


def front_of(cells: Cells, front: Front, cell: int) -> Front:
    """One front as a square view.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> front_of(path, np.arange(10.0), 0).tolist()[1]
    [3.0, 4.0, 5.0]
    """
    base, step, width = int(cells.base[cell]), int(cells.step[cell]), int(cells.width[cell])
    return front[base : base + step * width * width : step].reshape(width, width)


def _multiply(cells: Cells, front: Front, step: Step, label: Front, ladder: Ladder) -> Front:
    """Lower every vertex's vector by way of its own cell's S."""
    if not ladder.arrays:
        from landsea_routing.kernels._fast import labels

        found = label.copy()
        place = cells.base, cells.step, cells.width, cells.own
        labels.multiply(front, *place, step.cell, step.starts, label, found, ladder.backward)
        return found
    if step.gather is not None:
        return _multiply_many(front, step.gather, label)
    return _multiply_each(front, step, label, ladder.backward)


def _multiply_many(front: Front, gather: Gather, label: Front) -> Front:
    """All vertices together, a gather per pivot."""
    at, via = gather.at.copy(), label.T[gather.order]
    found = via.copy()
    via[gather.begins, 0] = 0.0
    sums = np.empty_like(found)
    for turn, count in enumerate(gather.alive):
        part = sums[:count]
        front.take(at[:count], out=part, mode="clip")
        part += via[:count, turn, None]
        np.minimum(found[:count], part, out=found[:count])
        at[:count] += gather.move[:count]
    result = np.empty_like(label)
    result[:, gather.order] = found.T
    return result


def _multiply_each(front: Front, step: Step, label: Front, backward: bool) -> Front:
    """Cell by cell, for few cells that many vertices share."""
    found = label.copy()
    for run in step.runs:
        block = front[run.front].reshape(run.width, run.width)
        rows = block[:, : run.own] if backward else block[: run.own].T
        among = slice(run.first, run.last)
        min_plus(rows, label[: run.own, among], found[: run.width, among])
    return found


def climb(
    cells: Cells,
    front: Front,
    ladder: Ladder,
    *,
    reach: bool = True,
    keep: bool = False,
) -> list[Rung]:
    """Carry labels from rows to the roots.

    Parameters
    ----------
    cells : Cells
        Symbolic structure.
    front : (cells.size + 1,) float
        Closed fronts.
    ladder : Ladder
        Who climbs, from `ladder.plan_climb`.
    reach : bool
        Return `Rung.reached`.
    keep : bool
        Return whole fronts in `Rung.carried`, as needed to find paths.

    Returns
    -------
    list of Rung
        One per level, lowest first.

    Notes
    -----
    O(k * sum over ancestors of |S| (|S| + |B|)).

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> from landsea_routing.kernels.hierarchy.ladder import plan_climb
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> closed = np.array([0.0, 2.0, 5.0, 2.0, 0.0, 3.0, 5.0, 3.0, 0.0, np.inf])
    >>> climb(path, closed, plan_climb(path, np.array([0])))[0].reached.tolist()
    [[0.0, 2.0, 5.0]]
    """
    k = ladder.begin.size
    waiting = np.full((int(cells.width.max()), k), np.inf, front.dtype)
    waiting[ladder.position, np.arange(k)] = 0.0
    rungs: list[Rung] = []
    for step in ladder.steps:
        own = step.own
        label = found = waiting[: step.width].take(step.who, axis=1)
        if own and (reach or step.onward):
            found = _multiply(cells, front, step, label, ladder)
        carried, reached = label[: None if keep else own], found[: own if reach else 0]
        rungs.append(Rung(step.who, step.cell, step.starts, carried.T, reached.T))
        waiting[: step.width, step.span] = np.inf
        if step.onward:
            _carry(cells, waiting, step, found, ladder)
    return rungs


def _carry(cells: Cells, waiting: Front, step: Step, found: Front, ladder: Ladder) -> None:
    """Put the boundary part of vectors where the parents' fronts have it."""
    if not ladder.arrays:
        from landsea_routing.kernels._fast import labels

        labels.carry(cells.lift, cells.boundary_start, cells.pad, waiting, step.who, step.cell, found)
    elif step.gather is not None:
        waiting.reshape(-1)[step.put] = found.reshape(-1).take(step.take)
    else:
        _carry_each(waiting, step, found)


def _carry_each(waiting: Front, step: Step, found: Front) -> None:
    """Cell by cell."""
    for run in step.runs:
        waiting[run.lift, run.span] = found[run.pad : run.pad + len(run.lift), run.first : run.last]


def join(cells: Cells, up: list[Rung], down: list[Rung], meetings: tuple[Meeting, ...], table: Front) -> None:
    """Least sum of labels over all common ancestors.

    Parameters
    ----------
    cells : Cells
        Symbolic structure.
    up : list of Rung
        Of the sources, with `Rung.reached`.
    down : list of Rung
        Of the targets, climbed backward.
    meetings : tuple of Meeting
        Where they meet, from `ladder.plan_join`.
    table : (n_sources, n_targets) float
        Overwritten; reuse it, fresh memory is slow.

    Notes
    -----
    O(sum over cells of sources * targets * |S|); half of that at the root.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> from landsea_routing.kernels.hierarchy.ladder import plan_climb, plan_join
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> closed = np.array([0.0, 2.0, 5.0, 2.0, 0.0, 3.0, 5.0, 3.0, 0.0, np.inf])
    >>> ends, table = np.arange(3), np.empty((3, 3))
    >>> ladders = plan_climb(path, ends), plan_climb(path, ends, backward=True)
    >>> join(path, *(climb(path, closed, a) for a in ladders), plan_join(path, *ladders), table)
    >>> table[0].tolist()
    [0.0, 2.0, 5.0]
    """
    table.fill(np.inf)
    compiled = _fast.enabled()
    for source, target, meeting in zip(up, down, meetings, strict=True):
        if compiled:
            _join_compiled(cells, table, source, target, meeting)
            continue
        for rows, columns, own, where in meeting.alone:
            part = table[where]
            min_plus(source.reached[rows, :own], target.carried[columns, :own].T, part)
            if not isinstance(where[0], slice):  # a copy then, and a view otherwise
                table[where] = part
        _join_pairs(table, source, target, meeting)


def _join_compiled(cells: Cells, table: Front, source: Rung, target: Rung, meeting: Meeting) -> None:
    """All cells of a level, by the compiled twin."""
    from landsea_routing.kernels._fast import labels

    if source.who.size and target.who.size:
        ends = source.reached.T, target.carried.T, source.who, target.who
        labels.join(table, *ends, meeting.runs, cells.own[source.cell[meeting.runs[0]]])


def _join_pairs(table: Front, source: Rung, target: Rung, meeting: Meeting) -> None:
    """Cells with few pairs, all pairs of a level together."""
    flat, most = table.reshape(-1), meeting.most
    for first in range(0, meeting.at.size, GATHER):
        part = slice(first, first + GATHER)
        at, a, b = meeting.at[part], meeting.source[part], meeting.target[part]
        best = flat.take(at)
        for there, back in zip(source.reached.T[:most], target.carried.T[:most], strict=True):
            np.minimum(best, there.take(a) + back.take(b), out=best)
        flat[at] = best
