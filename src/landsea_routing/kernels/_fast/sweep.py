"""Compiled twin of the loops in `hierarchy.sweep`: row by row, a row staying in cache until it is done."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from landsea_routing._typing import IntArray

Front = NDArray[np.floating[Any]]


@njit(cache=True, nogil=True)
def fill(
    table: Front,
    first: int,
    last: int,
    prefix: IntArray,
    column: IntArray,
    weight: Front,
    position: int,
) -> None:
    """Fill rows ``first`` to ``last`` from the rows above; see `hierarchy.sweep.Slab`."""
    above = np.empty(prefix.size, np.int64)
    factor = np.empty(prefix.size, table.dtype)
    for row in range(first, last):
        line = table[row]
        line[:] = np.inf
        count, at = 0, position + row - first
        while count < prefix.size and prefix[count] > row - first:
            above[count], factor[count] = column[at], weight[at]
            at += prefix[count]
            count += 1
        k = 0
        while k + 4 <= count:
            a, b, c, d = factor[k], factor[k + 1], factor[k + 2], factor[k + 3]
            one, two = table[above[k]], table[above[k + 1]]
            three, four = table[above[k + 2]], table[above[k + 3]]
            for j in range(line.size):
                least = line[j]
                least = min(least, a + one[j])
                least = min(least, b + two[j])
                least = min(least, c + three[j])
                line[j] = min(least, d + four[j])
            k += 4
        while k < count:
            a, one = factor[k], table[above[k]]
            for j in range(line.size):
                line[j] = min(line[j], a + one[j])
            k += 1
