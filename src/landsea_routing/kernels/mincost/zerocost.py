"""Flow over arcs that all cost the same: over one way where that is enough, else as much as fits.

Sources: Dinic (1970), Soviet Math. Doklady 11, 1277-1280.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from landsea_routing._typing import BoolArray, IntArray
from landsea_routing.kernels.mincost.residual import sorted_order

NARROW = 2**31 - 1
"""scipy's maximum flow counts in int32."""
PORTION_BITS = 30
"""More units than this many bits hold go by in portions of a power of two."""


def rows_matrix(data: NDArray[Any], columns: NDArray[Any], first: IntArray, n: int) -> csr_array:
    """Build a sparse matrix of n rows without any sorting or adding up.

    Examples
    --------
    >>> rows_matrix(np.array([7.0]), np.array([1]), np.array([0, 1, 1]), 2).toarray().tolist()
    [[0.0, 7.0], [0.0, 0.0]]
    """
    narrow = columns.astype(np.int32, copy=False), first.astype(np.int32)
    return csr_array((data, *narrow), shape=(n, n))


def single_way(
    n: int, u: IntArray, v: IntArray, room: IntArray, starts: IntArray, targets: IntArray, most: int
) -> tuple[IntArray | None, int]:
    """Which of the sorted arcs (u, v) lead from one start to one target, and how much goes there.

    None if that is less than `most` and there is another way for the rest: then all must be found at once.
    O(n + m), two searches at most.

    Examples
    --------
    >>> u, v, room = np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([5, 2, 5])
    >>> used, fits = single_way(3, u, v, room, np.array([0]), np.array([2]), 2)
    >>> used.tolist(), fits
    ([1], 2)
    >>> single_way(3, u, v, room, np.array([0]), np.array([2]), 3)[0] is None
    True
    """
    start, target = int(starts[0]), int(targets[0])
    before = _predecessors(n, u, v, start)
    way = [target]
    while way[-1] != start:
        if before[way[-1]] < 0:
            return None, 0
        way.append(int(before[way[-1]]))
    ends = np.array(way[::-1])
    used = np.searchsorted(u * np.int64(n) + v, ends[:-1] * np.int64(n) + ends[1:])
    fits = min(int(room[used].min()), int(most))
    if fits < most:
        open_ = np.ones(u.size, dtype=bool)
        open_[used[room[used] == fits]] = False
        if _predecessors(n, u[open_], v[open_], start)[target] >= 0:
            return None, 0
    return used, fits


def _predecessors(n: int, u: IntArray, v: IntArray, start: int) -> NDArray[np.int32]:
    """Vertex before each on the way of fewest arcs from the start; negative where none leads."""
    first = np.concatenate(([0], np.cumsum(np.bincount(u, minlength=n))))
    graph = rows_matrix(np.ones(u.size), v, first, n)
    return np.asarray(breadth_first_order(graph, start)[1])


def most_flow(
    n: int,
    u: IntArray,
    v: IntArray,
    room: IntArray,
    starts: IntArray,
    ready: IntArray,
    targets: IntArray,
    wanted: IntArray,
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """As `dinic` for sorted arcs, parallel ones too, and any amounts; the first part says which are used.

    Examples
    --------
    >>> one = np.ones(1, np.int64)
    >>> [part.tolist() for part in most_flow(2, 0 * one, one, 5 * one, 0 * one, 3 * one, one, 9 * one)]
    [[0], [3], [3], [3]]
    """
    useful = _leading_to(n, u, v, targets)
    kept = useful[u] & useful[v]
    # Of parallel arcs the first goes now, the others in later phases.
    kept[1:] &= (u[1:] != u[:-1]) | (v[1:] != v[:-1])
    used, served = np.flatnonzero(kept), np.flatnonzero(useful[starts])
    u, v, room, limit = u[used], v[used], room[used], ready[served]
    shift = max(0, int(min(wanted.sum(), limit.sum())).bit_length() - PORTION_BITS)
    while True:
        # Amounts beyond int32 go in portions of 2**shift, smaller ones when none of these fits.
        flows = dinic(u, v, room >> shift, starts[served], limit >> shift, targets, wanted >> shift)
        if flows[1].any() or not shift:
            break
        shift = max(0, shift - PORTION_BITS // 2)
    over, sent, into = (part << shift for part in flows)
    out = np.zeros_like(ready)
    out[served] = sent
    return used, over, out, into


def _leading_to(n: int, u: IntArray, v: IntArray, targets: IntArray) -> BoolArray:
    """Vertices from which some target is reached: one search back from all of them."""
    order = sorted_order(n, v)
    first = np.concatenate(([0], np.cumsum(np.bincount(v, minlength=n)), [0]))
    first[-1] = first[-2] + targets.size
    graph = rows_matrix(np.ones(first[-1]), np.concatenate([u[order], targets]), first, n + 1)
    leads = np.zeros(n + 1, dtype=bool)
    leads[breadth_first_order(graph, n, return_predecessors=False)] = True
    return leads[:n]


def dinic(
    u: IntArray,
    v: IntArray,
    room: IntArray,
    starts: IntArray,
    ready: IntArray,
    targets: IntArray,
    wanted: IntArray,
) -> tuple[IntArray, IntArray, IntArray]:
    """Most that gets from starts to targets over distinct pairs (u, v), sorted, without loops.

    Parameters
    ----------
    u, v, room : (n_pairs,) int
        Where flow may go, and how much.
    starts, ready : (n_starts,) int
        Where it comes from, and how much at most.
    targets, wanted : (n_targets,) int
        Where it may end, and how much at most.

    Returns
    -------
    over : (n_pairs,) int
        Flow over each pair; numbers beyond int32 count as the largest int32.
    out, into : (n_starts,), (n_targets,) int
        What each start sends and each target gets.

    Examples
    --------
    >>> one = np.ones(1, np.int64)
    >>> [part.tolist() for part in dinic(0 * one, one, 5 * one, 0 * one, 3 * one, one, 9 * one)]
    [[3], [3], [3]]
    """
    parts = (u, v, starts, targets)
    met = np.zeros(1 + max(int(part.max(initial=0)) for part in parts), dtype=bool)
    for part in parts:
        met[part] = True
    place = np.cumsum(met) - 1
    u, v, starts, targets = (place[part] for part in parts)
    n = int(place[-1]) + 1
    # The sink is the last column, so that rows stay sorted.
    at = np.searchsorted(u, targets, side="right")
    limit = NARROW // max(1, starts.size) if int(ready.sum()) > NARROW else NARROW
    data = np.concatenate(
        [np.insert(np.minimum(room, NARROW), at, np.minimum(wanted, NARROW)), np.minimum(ready, limit)]
    )
    columns = np.concatenate([np.insert(v, at, n + 1), starts])
    count = np.bincount(u, minlength=n + 2)
    count[targets] += 1
    count[n] = starts.size
    first = np.concatenate(([0], np.cumsum(count)))
    flow = maximum_flow(
        rows_matrix(data.astype(np.int32), columns, first, n + 2), n, n + 1, method="dinic"
    ).flow
    used = np.flatnonzero(flow.data > 0)
    tail = np.searchsorted(flow.indptr, used, side="right") - 1
    head, amount = flow.indices[used], flow.data[used].astype(np.int64)
    over = np.zeros(u.size, np.int64)
    between = (tail < n) & (head < n)
    key = u * np.int64(n) + v
    over[np.searchsorted(key, tail[between] * np.int64(n) + head[between])] = amount[between]
    out = np.bincount(head[tail == n], weights=amount[tail == n], minlength=n)[starts]
    into = np.bincount(tail[head == n + 1], weights=amount[head == n + 1], minlength=n)[targets]
    return over, out.astype(np.int64), into.astype(np.int64)
