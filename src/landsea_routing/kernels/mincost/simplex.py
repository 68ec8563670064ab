"""Network simplex: a spanning tree of arcs whose flow is free, improved one arc at a time.

Arrays price a block of arcs at once and keep the best candidates; the tree itself lives in Python lists,
where single reads and writes are cheapest. The tree stays *strongly feasible* (from every vertex some flow
could go to the root), which rules out going in circles. Costs are put on whole numbers for the pivots, so
that prices are exact; the caller finishes what that rounds.

Sources: Cunningham (1976), Mathematical Programming 11, 105-116 (strongly feasible trees); Ahuja, Magnanti
and Orlin, *Network Flows* (1993), chapter 11; Kovacs (2015), Optimization Methods and Software 30, 94-127.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.kernels import _fast
from landsea_routing.kernels.mincost.grid import Network

BLOCK = 20_000
"""Arcs priced at once."""
CANDIDATES = 60
"""Most arcs of a block that are tried before it is priced anew."""
FEW = 8
"""Below this many vertices a loop raises potentials faster than an array does."""
WHOLE_BELOW = 2.0**51
"""Potentials stay below this and are exact."""


class Basis(NamedTuple):
    """Where the pivots ended.

    Attributes
    ----------
    units : (n_arcs,) int
        Flow of each arc.
    potential : (n_vertices,) float
        Price at each vertex.
    pivots : int
        How many there were.
    finished : bool
        No arc gains any more.
    served : bool
        All supplies are met.
    """

    units: IntArray
    potential: FloatArray
    pivots: int
    finished: bool
    served: bool


class Spanning(NamedTuple):
    """The problem with a root vertex and an arc between it and every vertex, in whole costs.

    Attributes
    ----------
    tail, head, room, cost : (n_arcs + n_vertices,)
        The arcs, then the added ones, too dear to stay in use.
    flow : (n_arcs + n_vertices,) int
        Every supply goes by way of the root.
    potential : (n_vertices + 1,) float
        Prices of that flow.
    scale : float
        Whole units of cost per unit of cost.
    """

    tail: IntArray
    head: IntArray
    room: IntArray
    cost: FloatArray
    flow: IntArray
    potential: FloatArray
    scale: float


def solve_simplex(net: Network, *, max_pivots: int) -> Basis:
    """Pivot to a cheapest flow; whatever cannot be sent is missing from it.

    Parameters
    ----------
    net : Network
        The problem in whole units.
    max_pivots : int
        Pivots before it gives up.

    Returns
    -------
    Basis

    Notes
    -----
    Pivots measured: 1 to 5 per vertex on sparse networks; each O(depth + moved subtree), plus the pricing.
    Where costs have no common grid they are rounded to one of 2**-51 of the largest sum.

    Examples
    --------
    >>> from landsea_routing.kernels.mincost.grid import make_network
    >>> from landsea_routing.kernels.mincostproblem import make_problem
    >>> net = make_network(make_problem([0, 0], [1, 1], [2, 9], [1.0, 4.0], [5, -5]))
    >>> solve_simplex(net, max_pivots=99).units.tolist()
    [2, 3]
    """
    start = _spanning(net)
    if _fast.enabled():
        from landsea_routing.kernels._fast.simplex import pivot_all

        units, potential, pivots, finished = pivot_all(*start[:6], max_pivots)
    else:
        units, potential, pivots, finished = _pivot_all(start, max_pivots)
    n, m = net.n_vertices, net.tail.size
    prices = (potential[:n] - potential[n]) / start.scale
    return Basis(units[:m], prices, pivots, finished, not units[m:].any())


def _spanning(net: Network) -> Spanning:
    n, vertices = net.n_vertices, np.arange(net.n_vertices)
    widest = float(np.abs(net.cost).max(initial=0.0))
    scale, cost = 1.0, net.cost
    if not net.whole_costs:
        scale = 2.0 ** math.floor(math.log2(WHOLE_BELOW / ((n + 2.0) * max(widest, 1e-300))))
        cost = np.rint(cost * scale)
    dear = (1.0 + widest * scale) * (n + 1)
    offers = net.supply >= 0
    return Spanning(
        np.concatenate([net.tail, np.where(offers, vertices, n)]),
        np.concatenate([net.head, np.where(offers, n, vertices)]),
        np.concatenate([net.room, np.full(n, 2**62)]),
        np.concatenate([cost, np.full(n, dear)]),
        np.concatenate([np.zeros(net.tail.size, np.int64), np.abs(net.supply)]),
        np.append(np.where(offers, -dear, dear), 0.0),
        scale,
    )


@dataclass
class _Tree:
    """The spanning tree under way, in lists; the last vertex is the root.

    ``up[v]`` tells whether the arc between v and its parent leads from v. ``side`` is 1 on arcs at their
    least flow, -1 at their most, 0 in the tree.
    """

    tail: list[int]
    head: list[int]
    room: list[int]
    cost: list[float]
    flow: list[int]
    parent: list[int]
    arc: list[int]
    up: list[bool]
    depth: list[int]
    children: list[set[int]]
    side: FloatArray
    potential: FloatArray


def _pivot_all(start: Spanning, max_pivots: int) -> tuple[IntArray, FloatArray, int, bool]:
    tree = _make_tree(start)
    tail, head, cost = start.tail, start.head, start.cost
    m, pivots = tail.size - start.potential.size + 1, 0
    step = max(1, min(m, BLOCK))
    blocks = [slice(at, min(at + step, m)) for at in range(0, m, step)]
    idle, turn = 0, 0
    while idle < len(blocks):
        block = blocks[turn]
        turn = (turn + 1) % len(blocks)
        price = cost[block] + tree.potential[tail[block]] - tree.potential[head[block]]
        price *= tree.side[block]
        gains = np.flatnonzero(price < 0.0)
        idle = idle + 1 if not gains.size else 0
        if gains.size > CANDIDATES:
            gains = gains[np.argpartition(price[gains], CANDIDATES)[:CANDIDATES]]
        for arc in (gains[np.argsort(price[gains], kind="stable")] + block.start).tolist():
            side = int(tree.side[arc])
            gain = tree.cost[arc] + tree.potential[tree.tail[arc]] - tree.potential[tree.head[arc]]
            if side * gain >= 0.0:
                continue
            if pivots >= max_pivots:
                return np.array(tree.flow, dtype=np.int64), tree.potential, pivots, False
            _pivot(tree, arc, side)
            pivots += 1
    return np.array(tree.flow, dtype=np.int64), tree.potential, pivots, True


def _make_tree(start: Spanning) -> _Tree:
    n = start.potential.size - 1
    m = start.tail.size - n
    side = np.ones(m + n)
    side[m:] = 0.0
    return _Tree(
        start.tail.tolist(),
        start.head.tolist(),
        start.room.tolist(),
        start.cost.tolist(),
        start.flow.tolist(),
        [n] * n + [-1],
        [*range(m, m + n), -1],
        [*(start.head[m:] == n).tolist(), False],
        [1] * n + [0],
        [set() for _ in range(n)] + [set(range(n))],
        side,
        start.potential,
    )


def _pivot(tree: _Tree, entering: int, side: int) -> None:
    """Send what fits around the cycle that an arc closes with the tree, and swap it for one that blocks."""
    u, v = tree.tail[entering], tree.head[entering]
    if side < 0:
        u, v = v, u
    from_u, from_v = _ways_to_join(tree, u, v)
    flow, room, arc, up = tree.flow, tree.room, tree.arc, tree.up
    most, leaving, on_u = room[entering], -1, False
    # Of blocking arcs the last along the cycle leaves: so the tree stays strongly feasible.
    for x in from_u:
        left = flow[arc[x]] if up[x] else room[arc[x]] - flow[arc[x]]
        if left < most:
            most, leaving, on_u = left, x, True
    for x in from_v:
        left = room[arc[x]] - flow[arc[x]] if up[x] else flow[arc[x]]
        if left <= most:
            most, leaving, on_u = left, x, False
    if most:
        flow[entering] += side * most
        for x in from_u:
            flow[arc[x]] += -most if up[x] else most
        for x in from_v:
            flow[arc[x]] += most if up[x] else -most
    if leaving < 0:
        tree.side[entering] = -side
        return
    left_arc = arc[leaving]
    tree.side[left_arc] = 1.0 if flow[left_arc] == 0 else -1.0
    tree.side[entering] = 0.0
    below, above = (u, v) if on_u else (v, u)
    _hang(tree, below, above, entering, leaving)
    _reprice(tree, below, above)


def _ways_to_join(tree: _Tree, u: int, v: int) -> tuple[list[int], list[int]]:
    """Vertices from u and from v up to, not including, where their ways to the root meet."""
    parent, depth = tree.parent, tree.depth
    from_u, from_v = [], []
    while u != v:
        deep_u, deep_v = depth[u], depth[v]
        if deep_u >= deep_v:
            from_u.append(u)
            u = parent[u]
        if deep_v >= deep_u:
            from_v.append(v)
            v = parent[v]
    return from_u, from_v


def _hang(tree: _Tree, below: int, above: int, entering: int, leaving: int) -> None:
    """Turn the way from ``below`` to ``leaving`` round and hang it on ``above`` by the entering arc."""
    parent, arc, up, children = tree.parent, tree.arc, tree.up, tree.children
    vertex, new_parent, new_arc, new_up = below, above, entering, tree.tail[entering] == below
    while True:
        old_parent, old_arc, old_up = parent[vertex], arc[vertex], up[vertex]
        children[old_parent].discard(vertex)
        parent[vertex], arc[vertex], up[vertex] = new_parent, new_arc, new_up
        children[new_parent].add(vertex)
        if vertex == leaving:
            return
        new_parent, new_arc, new_up, vertex = vertex, old_arc, not old_up, old_parent


def _reprice(tree: _Tree, top: int, above: int) -> None:
    """Depths and potentials of a subtree that has been hung elsewhere."""
    children, depth, potential = tree.children, tree.depth, tree.potential
    cost = tree.cost[tree.arc[top]]
    rise = potential[above] + (-cost if tree.up[top] else cost) - potential[top]
    level, subtree, deep = [top], [top], depth[above] + 1
    depth[top] = deep
    while level:
        deep += 1
        level = [child for x in level for child in children[x]]
        for x in level:
            depth[x] = deep
        subtree += level
    if len(subtree) < FEW:
        for x in subtree:
            potential[x] += rise
    else:
        potential[subtree] += rise
