"""Cells and pairs laid out for compiled loops."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from landsea_routing._typing import IntArray
from landsea_routing.kernels._fast.sites import Sites
from landsea_routing.kernels.hierarchy.cells import Cells


def sites_of(cells: Cells, children: IntArray, pair: NDArray[np.int32]) -> Sites:
    """Lay out a topology for compiled loops.

    Parameters
    ----------
    cells : Cells
        Symbolic structure.
    children : (2, n_cells) int
        -1 where none.
    pair : (cells.size,) int32
        Pair whose cost stands at each flat position, -1 where none.

    Returns
    -------
    Sites
        Shares the arrays of the cells where it can.

    Examples
    --------
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> sites_of(path, np.full((2, 1), -1), np.full(9, -1, np.int32)).shape.tolist()
    [[0, 1, 3, 3, 3, 0, -1, -1]]
    """
    n_cells = cells.own.size
    start = np.cumsum(cells.width) - cells.width
    columns = (cells.base, cells.step, cells.width, cells.pad, cells.own, start, *children)
    shape = np.stack(columns, axis=1)
    below = np.full((int(cells.width.sum()), 2), -1, np.int32)
    count = np.diff(cells.boundary_start)
    owner = np.repeat(np.arange(n_cells), count)
    here = np.arange(owner.size) - cells.boundary_start[owner] + cells.pad[owner]
    below[start[cells.parent[owner]] + cells.lift, cells.second[owner].astype(np.int64)] = here
    return Sites(
        shape=shape,
        below=below,
        cell=cells.cell,
        first=cells.first,
        parent=cells.parent,
        second=cells.second,
        boundary_start=cells.boundary_start,
        lift=cells.lift,
        pair=pair,
        widest=int(cells.own.max()),
    )
