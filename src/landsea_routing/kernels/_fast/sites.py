"""What compiled loops read of a topology, in few arrays laid out for single look-ups."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from landsea_routing._typing import IntArray

Floats = NDArray[np.floating[Any]]
"""Distances in the precision of a metric."""

BASE, STEP, WIDTH, PAD, OWN, START, ELDER, YOUNGER = range(8)
"""Columns of ``Sites.shape``."""


class Sites(NamedTuple):
    """What compiled loops read of a topology; as in `hierarchy.cells.Cells` where the name is the same.

    Attributes
    ----------
    shape : (n_cells, 8) int
        Of each cell ``base``, ``step``, ``width``, ``pad``, ``own``, where its positions start in ``below``,
        and its two children (-1 where none): one cache line.
    below : (n, 2) int32
        Where the vertex at a position of a front stands in the fronts of the children, -1 where not.
    cell, first, parent, second, boundary_start, lift
        As in `Cells`.
    pair : (cells.size,) int32
        Pair whose cost stands at each flat position, -1 where none.
    widest : int
        Size of the largest S.
    """

    shape: IntArray
    below: NDArray[np.int32]
    cell: IntArray
    first: IntArray
    parent: IntArray
    second: IntArray
    boundary_start: IntArray
    lift: IntArray
    pair: NDArray[np.int32]
    widest: int
