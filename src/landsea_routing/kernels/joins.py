"""All pairs of equal keys of two arrays: the relational join that the rest is built with."""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import IntArray


def equal_pairs(wanted: IntArray, keys: IntArray) -> tuple[IntArray, IntArray]:
    """Find all pairs (i, j) with `wanted[i] == keys[j]`.

    Parameters
    ----------
    wanted, keys : (n,), (m,) int
        Keys in any order, repeated or not; a negative wanted key matches nothing.

    Returns
    -------
    i, j : (k,) int
        Positions in `wanted` (ascending) and in `keys` (ascending for each i).

    Notes
    -----
    O(m log m + n log m + k): one sort and two binary searches.

    Examples
    --------
    >>> import numpy as np
    >>> i, j = equal_pairs(np.array([7, 5, -1]), np.array([5, 7, 5]))
    >>> i.tolist(), j.tolist()
    ([0, 1, 1], [1, 0, 2])
    """
    order = np.argsort(keys, kind="stable")
    first = np.searchsorted(keys[order], wanted)
    count = np.searchsorted(keys[order], wanted, side="right") - first
    count[wanted < 0] = 0
    i = np.repeat(np.arange(len(wanted)), count)
    start = np.repeat(first - np.cumsum(count) + count, count)
    return i, order[start + np.arange(count.sum())]
