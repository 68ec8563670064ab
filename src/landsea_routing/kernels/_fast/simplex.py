"""The pivots of the network simplex, compiled: the twin of `kernels.mincost.simplex`.

The tree is held by parents and doubly linked lists of siblings; arcs are priced in blocks of half the square
root of their number (the whole root costs a third more time on sparse networks), and the best of a block
enters.

Sources: as in `kernels.mincost.simplex`; block search by Grigoriadis (1986), Math. Programming Study 26.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from landsea_routing._typing import FloatArray, IntArray

NONE = -1
LEAST_BLOCK = 20
"""Arcs priced at once at the least."""


def pivot_all(
    tail: IntArray,
    head: IntArray,
    room: IntArray,
    cost: FloatArray,
    flow: IntArray,
    potential: FloatArray,
    max_pivots: int,
) -> tuple[IntArray, FloatArray, int, bool]:
    """Pivot from the tree of added arcs to a cheapest flow; see `kernels.mincost.simplex.Spanning`.

    Examples
    --------
    Three units from vertex 0 to 1, first by way of the root 2, then directly:

    >>> flow, *_ = pivot_all(np.array([0, 0, 2]), np.array([1, 2, 1]), np.array([9, 9, 9]),
    ...     np.array([1.0, 50.0, 50.0]), np.array([0, 3, 3]), np.array([-50.0, 50.0, 0.0]), 99)
    >>> flow.tolist()
    [3, 0, 0]
    """
    n = potential.size - 1
    m = tail.size - n
    # Half as wide as numpy's own: what the loops touch stays in the cache.
    tail, head = tail.astype(np.int32), head.astype(np.int32)
    side = np.ones(m, np.int8)
    parent = np.append(np.full(n, n), NONE).astype(np.int32)
    arc = np.append(np.arange(m, m + n), NONE).astype(np.int32)
    up = np.append(head[m:] == n, False)
    depth = np.append(np.ones(n, np.int32), np.int32(0))
    child = np.full(n + 1, NONE, np.int32)
    child[n] = 0 if n else NONE
    after = np.append(np.arange(1, n + 1), NONE).astype(np.int32)
    after[n - 1 :] = NONE
    before = np.append(np.arange(-1, n - 1), NONE).astype(np.int32)
    block = max(LEAST_BLOCK, int(0.5 * np.sqrt(m)))
    pivots, finished = _pivot_all(
        tail,
        head,
        room,
        cost,
        flow,
        potential,
        side,
        parent,
        arc,
        up,
        depth,
        child,
        after,
        before,
        block,
        max_pivots,
    )
    return flow, potential, int(pivots), bool(finished)


@njit(cache=True, nogil=True)
def _pivot_all(  # type: ignore[no-untyped-def]
    tail,
    head,
    room,
    cost,
    flow,
    potential,
    side,
    parent,
    arc,
    up,
    depth,
    child,
    after,
    before,
    block,
    max_pivots,
):
    m = side.size
    stack = np.empty(parent.size, np.int32)
    pivots, at = 0, 0
    while True:
        entering, at = _price(tail, head, cost, potential, side, block, at)
        if entering == NONE:
            return pivots, True
        if pivots >= max_pivots:
            return pivots, False
        pivots += 1
        sign = side[entering]
        u, v = (tail[entering], head[entering]) if sign > 0 else (head[entering], tail[entering])
        most, leaving, on_u = _block(u, v, room[entering], room, flow, parent, arc, up, depth)
        if most > 0:
            flow[entering] += sign * most
            _push(u, v, most, flow, parent, arc, up, depth)
        if leaving == NONE:
            side[entering] = -sign
            continue
        gone = arc[leaving]
        if gone < m:
            side[gone] = 1 if flow[gone] == 0 else -1
        side[entering] = 0
        below, above = (u, v) if on_u else (v, u)
        _hang(below, above, entering, tail[entering] == below, leaving, parent, arc, up, child, after, before)
        price = cost[entering]
        rise = potential[above] + (-price if up[below] else price) - potential[below]
        _reprice(below, depth[above] + 1, rise, potential, depth, child, after, stack)


@njit(cache=True, nogil=True)
def _price(tail, head, cost, potential, side, block, at):  # type: ignore[no-untyped-def]
    """Best arc of the first block that has one that gains, and where to go on."""
    m = side.size
    best, entering, seen = 0.0, NONE, 0
    for _ in range(m):
        price = side[at] * (cost[at] + potential[tail[at]] - potential[head[at]])
        if price < best:
            best, entering = price, at
        at += 1
        if at == m:
            at = 0
        seen += 1
        if seen == block:
            if entering != NONE:
                break
            seen = 0
    return entering, at


@njit(cache=True, nogil=True)
def _block(u, v, most, room, flow, parent, arc, up, depth):  # type: ignore[no-untyped-def]
    """How much fits around the cycle, and which vertex's arc blocks last along it.

    On the way from u the blocking arc nearest u counts, on that from v the one farthest from v.
    """
    least_u, least_v, at_u, at_v = most, most, NONE, NONE
    while u != v:
        deep_u, deep_v = depth[u], depth[v]
        if deep_u >= deep_v:
            k = arc[u]
            left = flow[k] if up[u] else room[k] - flow[k]
            if left < least_u:
                least_u, at_u = left, u
            u = parent[u]
        if deep_v >= deep_u:
            k = arc[v]
            left = room[k] - flow[k] if up[v] else flow[k]
            if left <= least_v:
                least_v, at_v = left, v
            v = parent[v]
    if at_v != NONE and least_v <= least_u:
        return least_v, at_v, False
    return least_u, at_u, True


@njit(cache=True, nogil=True)
def _push(u, v, most, flow, parent, arc, up, depth):  # type: ignore[no-untyped-def]
    while u != v:
        deep_u, deep_v = depth[u], depth[v]
        if deep_u >= deep_v:
            flow[arc[u]] += -most if up[u] else most
            u = parent[u]
        if deep_v >= deep_u:
            flow[arc[v]] += most if up[v] else -most
            v = parent[v]


@njit(cache=True, nogil=True)
def _hang(below, above, entering, leads_up, leaving, parent, arc, up, child, after, before):  # type: ignore[no-untyped-def]
    """Turn the way from ``below`` to ``leaving`` round and hang it on ``above``."""
    vertex, new_parent, new_arc, new_up = below, above, entering, leads_up
    while True:
        old_parent, old_arc, old_up = parent[vertex], arc[vertex], up[vertex]
        left, right = before[vertex], after[vertex]
        if left >= 0:
            after[left] = right
        else:
            child[old_parent] = right
        if right >= 0:
            before[right] = left
        parent[vertex], arc[vertex], up[vertex] = new_parent, new_arc, new_up
        first = child[new_parent]
        after[vertex], before[vertex] = first, NONE
        if first >= 0:
            before[first] = vertex
        child[new_parent] = vertex
        if vertex == leaving:
            return
        new_parent, new_arc, new_up, vertex = vertex, old_arc, not old_up, old_parent


@njit(cache=True, nogil=True)
def _reprice(top, deep, rise, potential, depth, child, after, stack):  # type: ignore[no-untyped-def]
    """Depths and potentials of a subtree that has been hung elsewhere."""
    potential[top] += rise
    depth[top] = deep
    stack[0], size = top, 1
    while size:
        size -= 1
        vertex = stack[size]
        deep = depth[vertex] + 1
        below = child[vertex]
        while below >= 0:
            potential[below] += rise
            depth[below] = deep
            stack[size] = below
            size += 1
            below = after[below]
