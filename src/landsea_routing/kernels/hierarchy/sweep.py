"""From labels to every vertex: one pass from the roots down, many sources side by side.

Fronts are closed, so a row needs only the final distances of its cell's boundary, all of them on higher
levels: the rows of a level are independent, and the pass has as many steps as the tree has levels (PHAST
without its long chain). Rows of a level stand by falling number of boundary rows; then step k of the level
gathers the k-th boundary row of a *prefix* of its rows (jagged diagonals): gather, add, minimum, nothing
ragged.

Sources: Delling, Goldberg, Nowatzyk and Werneck (2011), PHAST; Saad (1989), jagged diagonal storage.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from landsea_routing._typing import IntArray
from landsea_routing.kernels import _fast
from landsea_routing.kernels.hierarchy.cells import Cells
from landsea_routing.kernels.hierarchy.climbs import Rung
from landsea_routing.kernels.hierarchy.product import Front

BATCH = 64
"""Sources swept together."""
ROWS = 1024
"""Rows worked on at once, so that with `BATCH` sources they stay in cache."""
DELIVER = 4096
"""Rows copied at once into the caller's order."""


class Slab(NamedTuple):
    """Consecutive places of one level.

    Attributes
    ----------
    first, last : int
        Range of places.
    prefix : tuple of int
        How many of them have a k-th boundary row, for each k.
    """

    first: int
    last: int
    prefix: tuple[int, ...]


class Plan(NamedTuple):
    """The order of a sweep; topology only.

    Attributes
    ----------
    place : (n_vertices,) int
        Place of each row, roots first.
    delivered : (n_vertices,) int
        Place of each vertex.
    slabs : tuple of Slab
    column : (n,) int
        Places to gather from, slab by slab and k by k.
    entry : (n,) int
        The weight that belongs to each, as a position in the flat array of fronts.
    """

    place: IntArray
    delivered: IntArray
    slabs: tuple[Slab, ...]
    column: IntArray
    entry: IntArray


def plan_sweep(cells: Cells) -> Plan:
    """Lay out the sweep over all vertices.

    Parameters
    ----------
    cells : Cells
        Symbolic structure.

    Returns
    -------
    Plan

    Notes
    -----
    O(sum of |S| |B|).

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> plan = plan_sweep(build_cells(40, np.arange(39), np.arange(1, 40)))
    >>> [slab.prefix for slab in plan.slabs]
    [(), (2,), (37, 19)]
    """
    n = cells.row.size
    boundary = np.diff(cells.boundary_start)
    level = np.repeat(np.arange(cells.n_levels), np.diff(cells.level_start))
    degree = boundary[cells.cell]
    order = np.lexsort((np.arange(n), -degree, -level[cells.cell]))
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    cell, degree = cells.cell[order], degree[order]
    start = cells.boundary_start[cell]
    # A weight leads from the boundary row (front position pad + k) to the row itself.
    weight = cells.entry(cell, cells.pad[cell], order - cells.first[cell])
    stride = cells.step[cell] * cells.width[cell]
    above = place[cells.boundary]
    columns: list[IntArray] = []
    entries: list[IntArray] = []
    slabs: list[Slab] = []
    ends = np.flatnonzero(np.diff(level[cell])) + 1
    bounds = np.concatenate(([0], ends, [n])).tolist()
    for low, high in pairwise(bounds):
        for first in range(low, high, ROWS):
            last = min(high, first + ROWS)
            most = int(degree[first])
            prefix = np.searchsorted(-degree[first:last], -np.arange(most), side="left").tolist()
            slabs.append(Slab(first, last, tuple(prefix)))
            for k, count in enumerate(prefix):
                part = slice(first, first + count)
                columns.append(above[start[part] + k])
                entries.append(weight[part] + stride[part] * k)
    nothing = [np.zeros(0, np.int64)]
    return Plan(
        place,
        place[cells.row],
        tuple(slabs),
        np.concatenate(columns or nothing),
        np.concatenate(entries or nothing),
    )


def sweep(plan: Plan, cells: Cells, weight: Front, rungs: list[Rung], table: Front) -> None:
    """Fill a table (place, source) with the distances from all sources of a climb.

    Parameters
    ----------
    plan : Plan
        From `plan_sweep`.
    cells : Cells
        Symbolic structure.
    weight : (plan.entry.size,) float
        Fronts taken at ``plan.entry``.
    rungs : list of Rung
        From `climbs.climb` with ``reach``.
    table : (n_vertices, k) float
        Overwritten; reuse it, fresh memory is slow.

    Notes
    -----
    O(k * sum of |S| |B|), three passes each.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> from landsea_routing.kernels.hierarchy.climbs import climb
    >>> from landsea_routing.kernels.hierarchy.ladder import plan_climb
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> closed = np.array([0.0, 2.0, 5.0, 2.0, 0.0, 3.0, 5.0, 3.0, 0.0, np.inf])
    >>> plan, table = plan_sweep(path), np.empty((3, 1))
    >>> up = climb(path, closed, plan_climb(path, np.array([0])))
    >>> sweep(plan, path, closed[plan.entry], up, table)
    >>> table[plan.delivered].tolist()
    [[0.0], [2.0], [5.0]]
    """
    at, who, value = _known(plan, cells, rungs)
    cut = np.searchsorted(at, [slab.first for slab in plan.slabs] + [table.shape[0]]).tolist()
    fill = _compiled() or partial(_fill, np.empty((ROWS, table.shape[1]), table.dtype))
    position = 0
    for slab, known, end in zip(plan.slabs, cut[:-1], cut[1:], strict=True):
        prefix = np.array(slab.prefix, dtype=np.int64)
        fill(table, slab.first, slab.last, prefix, plan.column, weight, position)
        position += int(prefix.sum())
        here = at[known:end], who[known:end]
        table[here] = np.minimum(table[here], value[known:end])


def _compiled() -> Any:
    """The compiled twin of `_fill`, None where it is not wanted."""
    if not _fast.enabled():
        return None
    from landsea_routing.kernels._fast.sweep import fill

    return fill


def _fill(
    spare: Front,
    table: Front,
    first: int,
    last: int,
    prefix: IntArray,
    column: IntArray,
    weight: Front,
    position: int,
) -> None:
    """Fill the rows of a slab from the rows above; its part of the plan begins at a position."""
    rows, above = table[first:last], table[:first]
    rows[int(prefix[0]) if prefix.size else 0 :] = np.inf
    for k, count in enumerate(prefix.tolist()):
        part = rows[:count] if k == 0 else spare[:count]
        above.take(column[position : position + count], axis=0, out=part, mode="clip")
        part += weight[position : position + count, None]
        if k:
            np.minimum(rows[:count], part, out=rows[:count])
        position += count


def _known(plan: Plan, cells: Cells, rungs: list[Rung]) -> tuple[IntArray, IntArray, Front]:
    """(place, source, distance) of all labels, by place."""
    at: list[IntArray] = []
    who: list[IntArray] = []
    value: list[Front] = []
    for rung in rungs:
        inside = np.arange(rung.reached.shape[1]) < cells.own[rung.cell][:, None]
        vertex, position = np.nonzero(inside)
        at.append(plan.place[cells.first[rung.cell[vertex]] + position])
        who.append(rung.who[vertex])
        value.append(rung.reached[inside])
    places = np.concatenate(at)
    order = np.argsort(places, kind="stable")
    return places[order], np.concatenate(who)[order], np.concatenate(value)[order]


def deliver(plan: Plan, table: Front, columns: IntArray, out: Front) -> None:
    """Copy a swept table into ``out[:, columns]``, in the order of vertices.

    Parameters
    ----------
    plan : Plan
        From `plan_sweep`.
    table : (n_vertices, k) float
        Swept.
    columns : (k,) int
        Column of ``out`` for each of the table's.
    out : (n_vertices, m) float
        Changed in place.

    Notes
    -----
    One gather and one copy, in blocks that stay in cache.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> plan = plan_sweep(build_cells(2, np.array([0]), np.array([1])))
    >>> out = np.zeros((2, 2))
    >>> deliver(plan, np.array([[1.0], [2.0]]), np.array([1]), out)
    >>> out.tolist()
    [[0.0, 1.0], [0.0, 2.0]]
    """
    straight = bool(columns.size) and bool((np.diff(columns) == 1).all())
    where: slice | IntArray = slice(int(columns[0]), int(columns[-1]) + 1) if straight else columns
    for first in range(0, plan.delivered.size, DELIVER):
        part = slice(first, first + DELIVER)
        out[part, where] = table.take(plan.delivered[part], axis=0, mode="clip")
