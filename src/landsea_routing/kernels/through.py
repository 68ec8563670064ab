"""Cheapest ways that use at least one of some arcs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.kernels.csr import PairIndex, as_index
from landsea_routing.kernels.paths import distances_to, shortest_paths

AT_ONCE = 1 << 22
"""Sums of pair and arc that are held at once."""


def cheapest_through(
    pairs: PairIndex,
    ends: tuple[IntArray, IntArray],
    cost: FloatArray,
    starts: ArrayLike,
    targets: ArrayLike,
    set_indptr: ArrayLike,
    arcs: ArrayLike,
) -> FloatArray:
    """Least cost from each start to its target along a way that uses an arc of a set, for each set.

    Parameters
    ----------
    pairs : PairIndex
        Topology, from `pair_index`.
    ends : ((n_arcs,) int, (n_arcs,) int)
        Tail and head of each arc.
    cost : (n_arcs,) float
        Arc costs >= 0; ``inf`` closes an arc.
    starts, targets : (k,) int
        Ends of each way.
    set_indptr, arcs : (n_sets + 1,), (m,) int
        Set ``i`` is ``arcs[set_indptr[i]:set_indptr[i + 1]]``; a set may be empty.

    Returns
    -------
    (k, n_sets) float
        ``inf`` where there is no such way. A way may pass a vertex twice, so that this is a lower bound for
        paths that may not.

    Notes
    -----
    One search for each distinct start and target, and k x m sums.

    Examples
    --------
    From 0 to 2 by 1, or straight:

    >>> from landsea_routing.kernels.csr import pair_index
    >>> tail, head = np.array([0, 0, 1]), np.array([1, 2, 2])
    >>> cheapest_through(pair_index(3, tail, head), (tail, head), np.array([1.0, 5.0, 2.0]), [0], [2],
    ...     [0, 1, 2, 2], [0, 1]).tolist()
    [[3.0, 5.0, inf]]
    """
    n = pairs.n_vertices
    begin, end = as_index(starts, n, "start"), as_index(targets, n, "target")
    used, cuts = as_index(arcs, cost.size, "arc"), np.asarray(set_indptr, dtype=np.int64)
    found = np.full((begin.size, cuts.size - 1), np.inf)
    filled = np.flatnonzero(np.diff(cuts))
    if not begin.size or not filled.size:
        return found
    roots, row = np.unique(begin, return_inverse=True)
    goals, column = np.unique(end, return_inverse=True)
    before = shortest_paths(pairs, cost, roots).distance[:, ends[0][used]] + cost[used]
    after = distances_to(pairs, cost, goals)[:, ends[1][used]]
    step = max(1, AT_ONCE // used.size)
    for k in range(0, begin.size, step):
        some = slice(k, k + step)
        whole = before[row[some]] + after[column[some]]
        found[some, filled] = np.minimum.reduceat(whole, cuts[filled], axis=1)
    return found
