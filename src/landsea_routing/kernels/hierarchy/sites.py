"""Cells and pairs laid out for compiled loops."""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import IntArray
from landsea_routing.kernels._fast.sites import Sites
from landsea_routing.kernels.hierarchy.cells import Cells


def sites_of(cells: Cells, real: IntArray, entry: IntArray, cell_of_pair: IntArray) -> Sites:
    """Lay out a topology for compiled loops.

    Parameters
    ----------
    cells : Cells
        Symbolic structure.
    real, entry : (k,) int
        Pairs that are no loops, and where their costs stand in the flat array of fronts.
    cell_of_pair : (n_pairs,) int
        Cell of each pair.

    Returns
    -------
    Sites
        Shares the arrays of the cells where it can.

    Examples
    --------
    >>> from landsea_routing.kernels.hierarchy.cells import build_cells
    >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
    >>> sites_of(path, np.array([0, 1]), np.array([1, 5]), np.array([0, 0])).pair.tolist()
    [[1, 0], [5, 1]]
    """
    n_cells = cells.own.size
    start = np.cumsum(cells.width) - cells.width
    inner = np.flatnonzero(cells.parent >= 0)
    child = np.full((n_cells, 2), -1)
    child[cells.parent[inner], cells.second[inner].astype(np.int64)] = inner
    shape = np.column_stack((cells.base, cells.step, cells.width, cells.pad, cells.own, start, child))
    below = np.full((int(cells.width.sum()), 2), -1, np.int32)
    count = np.diff(cells.boundary_start)
    owner = np.repeat(np.arange(n_cells), count)
    here = np.arange(owner.size) - cells.boundary_start[owner] + cells.pad[owner]
    below[start[cells.parent[owner]] + cells.lift, cells.second[owner].astype(np.int64)] = here
    of = cell_of_pair[real]
    code = (entry - cells.base[of]) // cells.step[of]
    order = np.lexsort((code, of))
    return Sites(
        shape=shape,
        below=below,
        cell=cells.cell,
        first=cells.first,
        parent=cells.parent,
        second=cells.second,
        boundary_start=cells.boundary_start,
        lift=cells.lift,
        pair_start=np.searchsorted(of[order], np.arange(n_cells + 1)),
        pair=np.column_stack((code, real))[order].astype(np.int32),
        widest=int(cells.own.max()),
    )
