"""Smallest separators between the two ends of many cells, by one maximum flow (inertial flow).

A line through a cell gives an even cut but rarely a small one. Between the first and the last vertices along
the line lies a band in which the separator may bend as it likes: the fewest vertices of the band that part
the ends are a minimum cut, so each vertex becomes an arc of capacity one from its entry to its exit. Cells
share no edge, so one flow through the disjoint union of their bands serves them all.

Sources: Schild and Sommer (2015), inertial flow; Ford and Fulkerson (1956); Dinic (1970) in scipy.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from landsea_routing._typing import BoolArray, IntArray


def part(u: IntArray, v: IntArray, near: BoolArray, far: BoolArray) -> BoolArray:
    """Side of each vertex of a smallest vertex cut between two sets.

    Parameters
    ----------
    u, v : (n_edges,) int
        Undirected edges.
    near, far : (n_vertices,) bool
        Vertices that must stay on either side.

    Returns
    -------
    (n_vertices,) bool
        True beyond the cut. The edges across touch as few vertices as any edges whose removal parts the sets.

    Notes
    -----
    Dinic's method with unit capacities on the vertices that are neither near nor far: O(m sqrt(n)).

    Examples
    --------
    Vertex 2 is the waist between two triangles, and all edges across touch it:

    >>> import numpy as np
    >>> u, v = np.array([0, 0, 1, 2, 3, 3, 4]), np.array([1, 2, 2, 3, 4, 5, 5])
    >>> ends = np.eye(6, dtype=bool)
    >>> part(u, v, ends[0] | ends[1], ends[4] | ends[5]).tolist()
    [False, False, True, True, True, True]
    """
    free = ~(near | far)
    k = int(free.sum())
    number = np.where(far, 2 * k + 1, np.cumsum(free) * free)  # 0 is the near end, 2k + 1 the far one
    a, b = number[u], number[v]
    low, high = np.minimum(a, b), np.maximum(a, b)
    across = low != high
    low, high = low[across], high[across]
    inner = (low > 0) & (high <= k)
    entry = np.arange(1, k + 1)
    tail = np.concatenate((np.where(low > 0, low + k, 0), high[inner] + k, entry))
    head = np.concatenate((high, low[inner], entry + k))
    capacity = csr_array((np.ones(tail.size, np.int32), (tail, head)), shape=(2 * k + 2,) * 2)
    left = capacity - maximum_flow(capacity, 0, 2 * k + 1).flow
    reached = np.zeros(2 * k + 2, bool)
    reached[breadth_first_order(csr_array(left), 0, return_predecessors=False)] = True
    side = far.copy()
    side[free] = ~reached[k + 1 : 2 * k + 1]
    return side
