"""The (min, +) product of two tables, on which all that is dense here rests.

numpy has no such product. It is a sum and a minimum per column of the left table, over tiles that stay in
cache. The sum of a column and a row is itself a matrix product, (c, 1) times (1, r), exact to the last bit:
where rows are not long this is faster than broadcasting, which starts anew with every row.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Front = NDArray[np.floating[Any]]
"""Distances in the precision of a metric."""
STRIP = 1 << 18
"""Bytes of a product that are worked on at once."""
LONG = 2400
"""Bytes of a row from which broadcasting is the faster sum."""


def min_plus(left: Front, right: Front, out: Front) -> None:
    """Lower ``out[i, j]`` to the least ``left[i, k] + right[k, j]``, tile by tile.

    Parameters
    ----------
    left : (n, k) float
        May be any view.
    right : (k, m) float
        Rows should be contiguous.
    out : (n, m) float
        Changed in place; may be any view.

    Notes
    -----
    O(n k m): two passes of length m per (i, k), over tiles of `STRIP` bytes.

    Examples
    --------
    >>> import numpy as np
    >>> out = np.full((1, 1), 9.0)
    >>> min_plus(np.array([[1.0, 5.0]]), np.array([[3.0], [2.0]]), out)
    >>> out.tolist()
    [[4.0]]
    """
    n, m = out.shape
    if not n or not m or not right.size:
        return
    columns, rows, add = _terms(left.T, right)
    # `errstate` restores the size of numpy's buffer, too; some libraries raise flags for infinite sums.
    with np.errstate(invalid="ignore"):
        if n * right.size * out.itemsize <= STRIP:
            # Little work: all sums at once, since calls would take longer than passes.
            np.minimum(out, add(columns, rows).min(axis=0), out=out)
            return
        # Rows shorter than numpy's buffer are copied to be broadcast, which takes longer than the sum.
        np.setbufsize(16)
        height = max(1, STRIP // (m * out.itemsize))
        spare = np.empty((2, min(n, height), m), out.dtype)
        for start in range(0, n, height):
            part = out[start : start + height]
            tile, sums = spare[:, : part.shape[0]]
            tile[:] = part
            for column, row in zip(columns[:, start : start + height], rows, strict=True):
                add(column, row, out=sums)
                np.minimum(tile, sums, out=tile)
            part[:] = tile


def _terms(columns: Front, rows: Front) -> tuple[Front, Front, Any]:
    """Columns (k, n) and rows (k, m) as stacks of tables, and the function that adds a pair of them."""
    (k, n), m = columns.shape, rows.shape[1]
    if m * rows.itemsize >= LONG:
        return columns[:, :, None], rows[:, None], np.add
    both = np.ones(2 * k * (n + m), rows.dtype)
    left, right = both[: 2 * k * n].reshape(k, n, 2), both[2 * k * n :].reshape(k, 2, m)
    left[:, :, 0], right[:, 1] = columns, rows
    return left, right, np.matmul
