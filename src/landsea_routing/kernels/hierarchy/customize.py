"""From arc costs to closed fronts: eliminate cell after cell, all cells of a stack at once.

The front of a cell starts with the costs of its own arcs and what its children found out about the pairs of
their boundaries. Pivoting over S (Floyd and Warshall's step) closes it: afterwards it holds the cheapest way
through the subtree between any two of S + B. The part B x B is handed to the parent.

Sources: Floyd (1962); Carre (1971), elimination in path algebra; Dibbelt, Strasser and Wagner (2016).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.kernels.hierarchy.cells import TILE, Cells, Stack
from landsea_routing.kernels.hierarchy.product import Front, min_plus

PIVOTS = 48
"""Pivots of a wide front that are eliminated before the rest of it is touched."""


def close_wide(front: Front, own: int) -> None:
    """Eliminate the first ``own`` positions of one wide front, `PIVOTS` at a time, in place.

    Examples
    --------
    >>> import numpy as np
    >>> front = np.array([[0.0, 1.0, 9.0], [9.0, 0.0, 9.0], [2.0, 9.0, 0.0]])
    >>> close_wide(front, 1)
    >>> front.tolist()
    [[0.0, 1.0, 9.0], [9.0, 0.0, 9.0], [2.0, 3.0, 0.0]]
    """
    for first in range(0, own, PIVOTS):
        last = min(own, first + PIVOTS)
        block = front[first:last, first:last].copy()
        for k in range(last - first):
            np.minimum(block, block[:, k, None] + block[k], out=block)
        across, down = front[first:last], front[:, first:last]
        min_plus(block, across.copy(), across)
        down_now = np.ascontiguousarray(down)
        min_plus(down.copy(), block, down_now)
        down[:] = down_now
        min_plus(down_now, across.copy(), front)


def close_stack(front: Front, stack: Stack) -> None:
    """Close the fronts of a stack in place; ``front`` is the flat array of all fronts."""
    view = stack_view(front, stack)
    own, width = stack.own, stack.own + stack.boundary
    diagonal = np.arange(own)
    if stack.minor:
        view[diagonal, diagonal] = 0.0
        spare = np.empty_like(view)
        for k in range(own):
            np.add(view[:, k, None], view[k], out=spare)
            np.minimum(view, spare, out=view)
        return
    view[:, diagonal, diagonal] = 0.0
    if width * width > TILE:
        close_wide(view[0], own)
        return
    spare = np.empty_like(view)
    for k in range(own):
        np.add(view[:, :, k, None], view[:, k, None], out=spare)
        np.minimum(view, spare, out=view)


def stack_view(front: Front, stack: Stack) -> Front:
    """The fronts of a stack as (row, column, cell) or (cell, row, column)."""
    width = stack.own + stack.boundary
    part = front[stack.offset : stack.offset + stack.fronts * width * width]
    if stack.minor:
        return part.reshape(width, width, stack.fronts)
    return part.reshape(stack.fronts, width, width)


def _hand_up(cells: Cells, front: Front, stack: Stack) -> None:
    """Lower the parents' entries to what a stack's fronts hold for pairs of their boundaries."""
    size = stack.boundary
    members = np.arange(stack.cell, stack.cell + stack.fronts)
    parents = cells.parent[members]
    count = cells.boundary_start[members + 1] - cells.boundary_start[members]
    ahead = np.arange(size)
    # Positions where a boundary is shorter than the padding point at the spare entry behind all fronts.
    missing = ahead[:, None] >= count
    last = max(cells.lift.size - 1, 0)
    lift = cells.lift[np.minimum(cells.boundary_start[members] + ahead[:, None], last)]
    step, width = cells.step[parents], cells.width[parents]
    view = stack_view(front, stack)
    above = view[stack.own :, stack.own :] if stack.minor else view[:, stack.own :, stack.own :]
    column = lift * step
    row = lift * (step * width) + cells.base[parents]
    second = cells.second[members]
    # Two children of one parent must not write at once.
    groups = [np.flatnonzero(~second), np.flatnonzero(second)] if second.any() else [np.arange(stack.fronts)]
    for group in groups:
        whole = group.size == stack.fronts
        r, c, m = (row, column, missing) if whole else (row[:, group], column[:, group], missing[:, group])
        if stack.minor:
            at = r[:, None] + c
            values = above if whole else above[:, :, group]
            if m.any():
                at[m[:, None] | m] = cells.size
        else:
            at = r.T[:, :, None] + c.T[:, None]
            values = above if whole else above[group]
            if m.any():
                at[m.T[:, :, None] | m.T[:, None]] = cells.size
        front[at] = np.minimum(front.take(at, mode="clip"), values)


def close_fronts(cells: Cells, entry: IntArray, least: FloatArray, dtype: DTypeLike) -> Front:
    """Close the fronts of all cells.

    Parameters
    ----------
    cells : Cells
        Symbolic structure.
    entry : (n_pairs,) int
        Where each pair's cost goes in the flat array of fronts.
    least : (n_pairs,) float
        Cost of each pair's cheapest arc.
    dtype : dtype
        float64 or float32.

    Returns
    -------
    (cells.size + 1,) float
        Closed fronts; the last entry is ``inf``.

    Notes
    -----
    Work: sum over cells of |S| (|S| + |B|)^2, two passes each.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> close_fronts(path, np.array([1, 5]), np.array([2.0, 3.0]), np.float64)[:3].tolist()
    [0.0, 2.0, 5.0]
    """
    front = np.full(cells.size + 1, np.inf, dtype)
    front[entry] = least
    for stack in cells.stacks:
        if stack.own:
            close_stack(front, stack)
        if stack.boundary:
            _hand_up(cells, front, stack)
    return front
