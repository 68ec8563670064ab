"""Compiled twins of the loops in `hierarchy.climbs`; arrays as there, position by position.

The innermost loops run over vertices side by side in memory and lower an entry by four pivots at once, so
that it is read and written once for four sums.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from landsea_routing._typing import IntArray

Front = NDArray[np.floating[Any]]


@njit(cache=True, nogil=True)
def _lower(best: Front, factor: Front, rows: Front, first: int, last: int) -> None:
    """Lower best[j] to the least factor[k] + rows[k, first + j] over all k."""
    k, n = 0, last - first
    while k + 4 <= factor.size:
        a, b, c, d = factor[k], factor[k + 1], factor[k + 2], factor[k + 3]
        one, two = rows[k, first:last], rows[k + 1, first:last]
        three, four = rows[k + 2, first:last], rows[k + 3, first:last]
        for j in range(n):
            least = best[j]
            least = min(least, a + one[j])
            least = min(least, b + two[j])
            least = min(least, c + three[j])
            best[j] = min(least, d + four[j])
        k += 4
    while k < factor.size:
        a, one = factor[k], rows[k, first:last]
        for j in range(n):
            best[j] = min(best[j], a + one[j])
        k += 1


@njit(cache=True, nogil=True)
def multiply(
    front: Front,
    base: IntArray,
    step: IntArray,
    width: IntArray,
    own: IntArray,
    cell: IntArray,
    starts: IntArray,
    label: Front,
    found: Front,
    backward: bool,
) -> None:
    """Lower every vertex's vector by way of its own cell's S; the cells are runs."""
    factor = np.empty(label.shape[0], label.dtype)
    for run in range(starts.size - 1):
        first, last = starts[run], starts[run + 1]
        c = cell[first]
        across = step[c] if backward else step[c] * width[c]
        along = step[c] * width[c] if backward else step[c]
        for q in range(width[c]):
            at = base[c] + along * q
            for k in range(own[c]):
                factor[k] = front[at + across * k]
            _lower(found[q, first:last], factor[: own[c]], label, first, last)


@njit(cache=True, nogil=True)
def carry(
    lift: IntArray,
    boundary_start: IntArray,
    pad: IntArray,
    waiting: Front,
    who: IntArray,
    cell: IntArray,
    found: Front,
) -> None:
    """Put the boundary part of vectors where the parents' fronts have it."""
    for i in range(who.size):
        c = cell[i]
        start = boundary_start[c]
        for ahead in range(boundary_start[c + 1] - start):
            waiting[lift[start + ahead], who[i]] = found[pad[c] + ahead, i]


@njit(cache=True, nogil=True)
def join(
    table: Front,
    reached: Front,
    carried: Front,
    rows: IntArray,
    columns: IntArray,
    runs: IntArray,
    own: IntArray,
) -> None:
    """Lower the table by the products of labels, run by run: (start, count) of rows and of columns."""
    factor = np.empty(reached.shape[0], table.dtype)
    for run in range(runs.shape[1]):
        first, last = runs[0, run], runs[0, run] + runs[1, run]
        begin, end = runs[2, run], runs[2, run] + runs[3, run]
        low, high = columns[begin], columns[end - 1] + 1
        straight = high - low == end - begin
        for i in range(first, last):
            line = table[rows[i]]
            part = line[low:high] if straight else line[columns[begin:end]]
            for k in range(own[run]):
                factor[k] = reached[k, i]
            _lower(part, factor[: own[run]], carried, begin, end)
            if not straight:
                for j in range(begin, end):
                    line[columns[j]] = part[j - begin]
