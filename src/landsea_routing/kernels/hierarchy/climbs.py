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
from landsea_routing.kernels.hierarchy.cells import Cells, ranges
from landsea_routing.kernels.hierarchy.customize import Front, min_plus

DENSE = 700
"""Vertices times front width from which a cell is multiplied on its own."""
PAIRS = 512
"""Source-target pairs from which a cell is joined on its own."""
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
        Distances within the subtree to S; empty unless asked.

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


def _runs(values: IntArray) -> IntArray:
    """Starts of runs of equal values, and the end."""
    change = np.flatnonzero(values[1:] != values[:-1]) + 1
    return np.concatenate(([0], change, [values.size]))


def _multiply(
    cells: Cells, front: Front, cell: IntArray, starts: IntArray, label: Front, backward: bool
) -> Front:
    """Lower every vertex's vector by way of its own cell's S."""
    if _fast.enabled():
        from landsea_routing.kernels._fast import labels

        found = label.copy()
        place = cells.base, cells.step, cells.width, cells.own
        labels.multiply(front, *place, cell, starts, label, found, backward)
        return found
    if label.size < DENSE * (starts.size - 1):
        return _multiply_many(cells, front, cell, label, backward)
    return _multiply_each(cells, front, cell, starts, label, backward)


def _multiply_many(cells: Cells, front: Front, cell: IntArray, label: Front, backward: bool) -> Front:
    """All vertices together, a gather per pivot."""
    order = np.argsort(-cells.pad[cell], kind="stable")
    cell = cell[order]
    position = np.arange(label.shape[0])
    width, step = cells.width[cell][:, None], cells.step[cell][:, None]
    inside = position < width
    along, onward = (step * width, step) if backward else (step, step * width)
    at = np.where(inside, cells.base[cell][:, None] + along * position, cells.size)
    move = np.where(inside, onward, 0)
    via = label.T[order]
    found = via.copy()
    sums = np.empty_like(found)
    alive = np.searchsorted(-cells.pad[cell], -np.arange(int(cells.pad[cell[0]])), side="left").tolist()
    for pivot, count in enumerate(alive):
        part = sums[:count]
        front.take(at[:count], out=part, mode="clip")
        part += via[:count, pivot, None]
        np.minimum(found[:count], part, out=found[:count])
        at[:count] += move[:count]
    result = np.empty_like(label)
    result[:, order] = found.T
    return result


def _multiply_each(
    cells: Cells, front: Front, cell: IntArray, starts: IntArray, label: Front, backward: bool
) -> Front:
    """Cell by cell, for few cells that many vertices share."""
    found = label.copy()
    for first, last in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        block = front_of(cells, front, int(cell[first]))
        own, width = int(cells.own[cell[first]]), block.shape[0]
        rows = block[:, :own] if backward else block[:own].T
        min_plus(rows, label[:own, first:last], found[:width, first:last])
    return found


def climb(
    cells: Cells,
    front: Front,
    rows: IntArray,
    *,
    backward: bool = False,
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
    rows : (k,) int
        Where to start, sorted by `Cells.preorder` of their cell.
    backward : bool
        Distances to the rows instead of from them.
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
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> closed = np.array([0.0, 2.0, 5.0, 2.0, 0.0, 3.0, 5.0, 3.0, 0.0, np.inf])
    >>> climb(path, closed, np.array([0]))[0].reached.tolist()
    [[0.0, 2.0, 5.0]]
    """
    size = np.diff(cells.boundary_start)
    k = rows.size
    now = cells.cell[rows].copy()
    waiting = np.full((int(cells.width.max()), k), np.inf, front.dtype)
    waiting[rows - cells.first[now], np.arange(k)] = 0.0
    rungs: list[Rung] = []
    for level in range(cells.n_levels):
        who = np.flatnonzero((now >= cells.level_start[level]) & (now < cells.level_start[level + 1]))
        cell = now[who]
        if not who.size:
            nothing = np.zeros((0, 0), front.dtype)
            rungs.append(Rung(who, cell, np.zeros(1, np.int64), nothing, nothing))
            continue
        width, own = int(cells.width[cell].max()), int(cells.own[cell].max())
        starts = _runs(cell)
        label = waiting[:width].take(who, axis=1)
        onward = size[cell] > 0
        found = label
        if own and (reach or onward.any()):
            found = _multiply(cells, front, cell, starts, label, backward)
        carried, reached = label[: None if keep else own], found[: own if reach else 0]
        rungs.append(Rung(who, cell, starts, carried.T, reached.T))
        now[who] = np.where(onward, cells.parent[cell], -1)
        waiting[:width, _span(who)] = np.inf
        if onward.any():
            _carry(cells, waiting, who, cell, starts, found)
    return rungs


def _span(who: IntArray) -> slice | IntArray:
    """Ascending numbers as an index: a slice where they are a range."""
    first, last = int(who[0]), int(who[-1])
    return slice(first, last + 1) if last - first == who.size - 1 else who


def _carry(
    cells: Cells, waiting: Front, who: IntArray, cell: IntArray, starts: IntArray, found: Front
) -> None:
    """Put the boundary part of vectors where the parents' fronts have it."""
    if _fast.enabled():
        from landsea_routing.kernels._fast import labels

        labels.carry(cells.lift, cells.boundary_start, cells.pad, waiting, who, cell, found)
    elif found.size < DENSE * (starts.size - 1):
        _carry_many(cells, waiting, who, cell, found)
    else:
        _carry_each(cells, waiting, who, cell, starts, found)


def _carry_many(cells: Cells, waiting: Front, who: IntArray, cell: IntArray, found: Front) -> None:
    """All vertices together."""
    start = cells.boundary_start[cell]
    count = cells.boundary_start[cell + 1] - start
    each = np.repeat(np.arange(who.size), count)
    ahead = ranges(np.zeros_like(count), count)
    waiting[cells.lift[start[each] + ahead], who[each]] = found[cells.pad[cell][each] + ahead, each]


def _carry_each(
    cells: Cells, waiting: Front, who: IntArray, cell: IntArray, starts: IntArray, found: Front
) -> None:
    """Cell by cell."""
    for first, last in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        of = int(cell[first])
        lift = cells.lift[cells.boundary_start[of] : cells.boundary_start[of + 1]]
        span, pad = _span(who[first:last]), int(cells.pad[of])
        rows = lift if isinstance(span, slice) else lift[:, None]
        waiting[rows, span] = found[pad : pad + lift.size, first:last]


def _common(source: Rung, target: Rung) -> IntArray:
    """Cells that both rungs hold: lines (start, count) in each."""
    first, second = source.starts, target.starts
    one, two = source.cell[first[:-1]], target.cell[second[:-1]]
    _, i, j = np.intersect1d(one, two, assume_unique=True, return_indices=True)
    return np.stack((first[i], np.diff(first)[i], second[j], np.diff(second)[j]))


def _join_cell(table: Front, left: Front, right: Front, rows: IntArray, columns: IntArray) -> None:
    """Lower the table at rows x columns by the product of their labels."""
    across, down = _span(rows), _span(columns)
    if isinstance(across, slice) and isinstance(down, slice):
        min_plus(left, right.T, table[across, down])
        return
    where = np.ix_(rows, columns)
    part = table[where]
    min_plus(left, right.T, part)
    table[where] = part


def join(cells: Cells, up: list[Rung], down: list[Rung], table: Front) -> None:
    """Least sum of labels over all common ancestors.

    Parameters
    ----------
    cells : Cells
        Symbolic structure.
    up : list of Rung
        Of the sources, with `Rung.reached`.
    down : list of Rung
        Of the targets, climbed backward.
    table : (n_sources, n_targets) float
        Overwritten; reuse it, fresh memory is slow.

    Notes
    -----
    O(sum over cells of sources * targets * |S|); half of that at the root.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> closed = np.array([0.0, 2.0, 5.0, 2.0, 0.0, 3.0, 5.0, 3.0, 0.0, np.inf])
    >>> ends, table = np.arange(3), np.empty((3, 3))
    >>> join(path, climb(path, closed, ends), climb(path, closed, ends, backward=True), table)
    >>> table[0].tolist()
    [0.0, 2.0, 5.0]
    """
    table.fill(np.inf)
    for source, target in zip(up, down, strict=True):
        if source.who.size and target.who.size:
            _join_level(cells, table, source, target)


def _join_level(cells: Cells, table: Front, source: Rung, target: Rung) -> None:
    """Lower the table by the products of all cells of a level."""
    runs = _common(source, target)
    own = cells.own[source.cell[runs[0]]]
    if _fast.enabled():
        from landsea_routing.kernels._fast import labels

        labels.join(table, source.reached.T, target.carried.T, source.who, target.who, runs, own)
        return
    big = runs[1] * runs[3] >= PAIRS
    for a, na, b, nb, k in np.vstack((runs, own))[:, big].T.tolist():
        _join_cell(
            table,
            source.reached[a : a + na, :k],
            target.carried[b : b + nb, :k],
            source.who[a : a + na],
            target.who[b : b + nb],
        )
    _join_pairs(table, source, target, runs[:, ~big], own[~big])


def _join_pairs(table: Front, source: Rung, target: Rung, runs: IntArray, own: IntArray) -> None:
    """Cells with few pairs, all pairs of a level together."""
    start, count, begin, many = runs
    most = int(own.max(initial=0))
    each = np.repeat(many, count)
    i = np.repeat(ranges(start, count), each)
    j = ranges(np.repeat(begin, count), each)
    flat = table.reshape(-1)
    for first in range(0, i.size if most else 0, GATHER):
        a, b = i[first : first + GATHER], j[first : first + GATHER]
        at = source.who[a] * table.shape[1] + target.who[b]
        best = flat.take(at)
        for there, back in zip(source.reached.T[:most], target.carried.T[:most], strict=True):
            np.minimum(best, there.take(a) + back.take(b), out=best)
        flat[at] = best
