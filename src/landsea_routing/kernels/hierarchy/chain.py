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
from landsea_routing.kernels.hierarchy.customize import Front, close_wide

Entry = tuple[int, int, int]
"""Cell and positions (from, to)."""


class Link(NamedTuple):
    """A cell of a chain, with the distances carried to its front and to its S through the subtree."""

    cell: int
    carried: Front
    reached: Front


def climb_one(cells: Cells, front_of: Callable[[int], Front], row: int, *, backward: bool) -> list[Link]:
    """Label of one row, cell by cell.

    Parameters
    ----------
    cells : Cells
        Symbolic structure.
    front_of : callable
        The closed front of a cell as a square array.
    row : int
        Where to start.
    backward : bool
        Distances to the row.

    Returns
    -------
    list of Link
        From the row's cell to the root.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> closed = np.array([[0.0, 2.0, 5.0], [2.0, 0.0, 3.0], [5.0, 3.0, 0.0]])
    >>> climb_one(path, lambda cell: closed, 0, backward=False)[0].reached.tolist()
    [0.0, 2.0, 5.0]
    """
    cell = int(cells.cell[row])
    block = front_of(cell)
    carried = np.full(block.shape[0], np.inf, block.dtype)
    carried[row - int(cells.first[cell])] = 0.0
    chain: list[Link] = []
    while True:
        own, pad = int(cells.own[cell]), int(cells.pad[cell])
        via = (carried[:own] < np.inf).nonzero()[0]
        found = carried
        if via.size:
            rows = block[:, via].T if backward else block[via]
            found = np.minimum(carried, (rows + carried[via, None]).min(axis=0))
        chain.append(Link(cell, carried, found[:own]))
        start, end = int(cells.boundary_start[cell]), int(cells.boundary_start[cell + 1])
        if start == end:
            return chain
        cell = int(cells.parent[cell])
        block = front_of(cell)
        carried = np.full(block.shape[0], np.inf, block.dtype)
        carried[cells.lift[start:end]] = found[pad : pad + end - start]


def meet_one(up: list[Link], down: list[Link]) -> tuple[float, int, int]:
    """Distance, common cell and position where two labels meet; (inf, -1, 0) if they do not.

    Examples
    --------
    >>> import numpy as np
    >>> meet_one([Link(0, np.zeros(1), np.array([2.0]))], [Link(0, np.array([3.0]), np.zeros(1))])
    (5.0, 0, 0)
    """
    best = (float("inf"), -1, 0)
    other = {link.cell: link for link in down}
    for link in up:
        match = other.get(link.cell)
        if match is not None and link.reached.size:
            sums = link.reached + match.carried[: link.reached.size]
            at = int(sums.argmin())
            if float(sums[at]) < best[0]:
                best = (float(sums[at]), link.cell, at)
    return best


def descend_one(
    cells: Cells,
    front_of: Callable[[int], Front],
    chain: list[Link],
    cell: int,
    position: int,
    *,
    backward: bool,
) -> list[Entry]:
    """Entries of fronts from the start of a chain to a position of one of its cells (or back).

    Parameters
    ----------
    cells : Cells
        Symbolic structure.
    front_of : callable
        The closed front of a cell.
    chain : list of Link
        From `climb_one`.
    cell, position : int
        Where to.
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
    >>> chain = climb_one(path, lambda cell: closed, 0, backward=False)
    >>> descend_one(path, lambda cell: closed, chain, 0, 2, backward=False)
    [(0, 0, 2)]
    """
    found: list[Entry] = []
    depth = next(i for i, link in enumerate(chain) if link.cell == cell)
    row = -1
    for link in chain[depth::-1]:
        of, own, pad = link.cell, int(cells.own[link.cell]), int(cells.pad[link.cell])
        first, start = int(cells.first[of]), int(cells.boundary_start[of])
        if row >= 0:
            position = row - first
            if not 0 <= position < own:
                boundary = cells.boundary[start : int(cells.boundary_start[of + 1])]
                position = pad + int(np.searchsorted(boundary, row))
        if own:
            block = front_of(of)
            pushed = link.carried[:own] + (block[position, :own] if backward else block[:own, position])
            via = int(pushed.argmin())
            if pushed[via] < link.carried[position]:
                found.append((of, position, via) if backward else (of, via, position))
                position = via
        row = first + position if position < pad else int(cells.boundary[start + position - pad])
    return found if backward else found[::-1]


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
