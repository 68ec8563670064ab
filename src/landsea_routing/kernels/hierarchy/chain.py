"""One cell after another: the distance of a single pair, and the repair of fronts after few changes.

The same arithmetic as in the files for many at a time, without their bookkeeping: a chain of ancestors is
some twenty cells long, and here each is a handful of array operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from landsea_routing._typing import IntArray
from landsea_routing.kernels.hierarchy.cells import TILE, Cells
from landsea_routing.kernels.hierarchy.customize import close_wide
from landsea_routing.kernels.hierarchy.product import Front

Entry = tuple[int, int, int]
"""Cell and positions (from, to)."""


class Link(NamedTuple):
    """A cell of a chain of ancestors.

    Attributes
    ----------
    cell, own, pad : int
        Cell, size of S, and where B begins in its front.
    block : (width, width) float
        Its closed front.
    lift : (n,) int
        Positions of B in the parent's front, ascending.
    carried : (width,) float
        Distances to its front through the subtrees below.
    found : (n,) float
        Distances through its separator too: to the whole front in cells that the other end shares, to B in
        others. Empty where nothing asks for them.
    """

    cell: int
    own: int
    pad: int
    block: Front
    lift: IntArray
    carried: Front
    found: Front


def ancestors(cells: Cells, row: int) -> list[int]:
    """Cells from a row's own to the root, or to the last one that has a boundary to pass.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> ancestors(build_cells(40, np.arange(39), np.arange(1, 40)), 0)
    [0, 4, 6]
    """
    cell = cells.cell.item(row)
    found = [cell]
    while cells.boundary_start.item(cell) < cells.boundary_start.item(cell + 1):
        cell = cells.parent.item(cell)
        found.append(cell)
    return found


def climb_one(
    cells: Cells, front_of: Callable[[int], Front], row: int, chain: list[int], *, shared: int, backward: bool
) -> list[Link]:
    """Label of one row, cell by cell.

    Parameters
    ----------
    cells : Cells
        Symbolic structure.
    front_of : callable
        The closed front of a cell as a square array.
    row : int
        Where to start.
    chain : list of int
        From `ancestors`.
    shared : int
        How many cells of the chain, from its end, the other row has too.
    backward : bool
        Distances to the row; to boundaries only.

    Returns
    -------
    list of Link
        In the order of the chain.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> closed = np.array([[0.0, 2.0, 5.0], [2.0, 0.0, 3.0], [5.0, 3.0, 0.0]])
    >>> climb_one(path, lambda cell: closed, 0, [0], shared=1, backward=False)[0].found.tolist()
    [0.0, 2.0, 5.0]
    """
    links: list[Link] = []
    apart = len(chain) - shared
    # What the cell before hands up, and where to.
    rise: Front = np.zeros(0)
    lift = np.zeros(0, np.int64)
    for depth, cell in enumerate(chain):
        block = front_of(cell)
        carried = np.full(block.shape[0], np.inf, block.dtype)
        carried[lift] = rise
        if not depth:
            carried[row - cells.first.item(cell)] = 0.0
        own, pad = cells.own.item(cell), cells.pad.item(cell)
        lift = cells.lift[cells.boundary_start.item(cell) : cells.boundary_start.item(cell + 1)]
        lowest = pad if backward or depth < apart else 0
        found = carried[lowest:]
        if own and found.size:
            if backward:
                pushed = np.minimum.reduce(block[pad:, :own] + carried[:own], axis=1)
            else:
                pushed = np.minimum.reduce(block[:own, lowest:] + carried[:own, None], axis=0)
            found = np.minimum(found, pushed)
        rise = found[pad - lowest : pad - lowest + lift.size]
        links.append(Link(cell, own, pad, block, lift, carried, found))
    return links


def shared_end(up: list[int], down: list[int]) -> int:
    """How many cells two chains share at their ends.

    Examples
    --------
    >>> shared_end([0, 3, 4], [1, 3, 4])
    2
    """
    both = zip(reversed(up), reversed(down), strict=False)
    return next((i for i, (one, other) in enumerate(both) if one != other), min(len(up), len(down)))


def meet_one(up: list[Link], down: list[Link], shared: int) -> tuple[float, int, int]:
    """Distance, how far from the end the labels meet, and the position; (inf, -1, 0) if they do not.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> closed = np.array([[0.0, 2.0, 5.0], [2.0, 0.0, 3.0], [5.0, 3.0, 0.0]])
    >>> up = climb_one(path, lambda cell: closed, 0, [0], shared=1, backward=False)
    >>> meet_one(up, climb_one(path, lambda cell: closed, 2, [0], shared=1, backward=True), 1)
    (5.0, 0, 2)
    """
    best = (float("inf"), -1, 0)
    for back in range(shared):
        one, other = up[-1 - back], down[-1 - back]
        if one.own:
            sums = one.found[: one.own] + other.carried[: one.own]
            at = int(sums.argmin())
            if sums.item(at) < best[0]:
                best = (sums.item(at), back, at)
    return best


def descend_one(links: list[Link], position: int, *, backward: bool) -> list[Entry]:
    """Entries of fronts from the start of a chain to a position of its last cell (or back).

    Parameters
    ----------
    links : list of Link
        From `climb_one`, as far as the path goes.
    position : int
        In the front of the last of them.
    backward : bool
        As in `climb_one`.

    Returns
    -------
    list of Entry
        In the order of the path.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> closed = np.array([[0.0, 2.0, 5.0], [2.0, 0.0, 3.0], [5.0, 3.0, 0.0]])
    >>> chain = climb_one(path, lambda cell: closed, 0, [0], shared=1, backward=False)
    >>> descend_one(chain, 2, backward=False)
    [(0, 0, 2)]
    """
    entries: list[Entry] = []
    for height, link in enumerate(reversed(links)):
        if height:
            position = link.pad + int(link.lift.searchsorted(position))
        if link.own:
            block = link.block[position] if backward else link.block[:, position]
            pushed = link.carried[: link.own] + block[: link.own]
            via = int(pushed.argmin())
            if pushed.item(via) < link.carried.item(position):
                entries.append((link.cell, position, via) if backward else (link.cell, via, position))
                position = via
    return entries if backward else entries[::-1]


def repair(
    cells: Cells,
    front_of: Callable[[int], Front],
    children: IntArray,
    own_costs: Callable[[int], tuple[IntArray, Front]],
    dirty: Iterable[int],
) -> dict[int, Front]:
    """Close again the fronts of some cells, and of ancestors as far up as anything changes.

    Parameters
    ----------
    cells : Cells
        Symbolic structure.
    front_of : callable
        The closed front of a cell before the change.
    children : (2, n_cells) int
        -1 where none.
    own_costs : callable
        Of a cell: positions in its flattened front and costs of its own pairs, after the change.
    dirty : iterable of int
        Cells whose own pairs changed.

    Returns
    -------
    dict
        The fronts that differ.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> path = build_cells(2, np.array([0]), np.array([1]))
    >>> old = np.array([[0.0, 2.0], [np.inf, 0.0]])
    >>> none = np.full((2, path.own.size), -1)
    >>> repair(path, lambda cell: old, none, lambda cell: (np.array([1]), np.array([3.0])), [0])
    {0: array([[ 0.,  3.],
           [inf,  0.]])}
    """
    fresh: dict[int, Front] = {}
    waiting = set(dirty)
    while waiting:
        cell = min(waiting)  # parents have higher numbers
        waiting.remove(cell)
        before = front_of(cell)
        own, pad, width = int(cells.own[cell]), int(cells.pad[cell]), before.shape[0]
        after = np.full((width, width), np.inf, before.dtype)
        at, cost = own_costs(cell)
        after.ravel()[at] = cost
        for child in children[:, cell].tolist():
            if child >= 0:
                block = fresh[child] if child in fresh else front_of(child)
                start, end = int(cells.boundary_start[child]), int(cells.boundary_start[child + 1])
                lift, inner = cells.lift[start:end], int(cells.pad[child])
                part = block[inner : inner + end - start, inner : inner + end - start]
                where = lift[:, None], lift
                after[where] = np.minimum(after[where], part)
        diagonal = np.arange(pad)
        after[diagonal, diagonal] = 0.0
        _close(after, own)
        if not np.array_equal(before, after):
            fresh[cell] = after
            if cells.parent[cell] >= 0 and not np.array_equal(before[pad:, pad:], after[pad:, pad:]):
                waiting.add(int(cells.parent[cell]))
    return fresh


def _close(front: Front, own: int) -> None:
    """Eliminate the first positions of one front in place, in the order that stacks use."""
    if front.size > TILE:
        close_wide(front, own)
        return
    sums = np.empty_like(front)
    for k in range(own):
        np.add(front[:, k, None], front[k], out=sums)
        np.minimum(front, sums, out=front)
