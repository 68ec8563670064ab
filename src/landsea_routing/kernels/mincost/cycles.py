"""Cycles that cost less than nothing, or potentials that prove there is none.

Bellman and Ford's sweeps over all arcs at once, with a look at the tree of predecessors now and then: a cycle
in it is a negative cycle of the graph, long before the last of n sweeps would say so.

Sources: Bellman (1958); Ford (1956); Cherkassky and Goldberg (1999), Mathematical Programming 85, 277-311.
"""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import FloatArray, IntArray

LOOK_EVERY = 4
"""Sweeps between two looks for a cycle."""
ROUNDING = 2.0**-50
"""A distance must fall by more than this share of the numbers in its sum: less is rounding, not gain."""


def cycle_or_distances(
    n: int, tail: IntArray, head: IntArray, cost: FloatArray
) -> tuple[FloatArray, IntArray | None]:
    """Distances from a vertex that reaches all at cost 0, or a negative cycle.

    Parameters
    ----------
    n : int
        Number of vertices.
    tail, head : (n_arcs,) int
        Ends of each arc.
    cost : (n_arcs,) float
        Cost of each arc, of any sign.

    Returns
    -------
    distance : (n,) float
        ``distance[head] <= distance[tail] + cost`` for all arcs, to rounding, if there is no cycle.
    cycle : (k,) int or None
        Arcs of a negative cycle in order.

    Notes
    -----
    O(sweeps * m), where sweeps are at most n and usually the arcs of the longest cheapest path. Cycles whose
    cost is a rounding below zero, as 0.3 - 0.1 - 0.2, are none.

    Examples
    --------
    >>> ends = np.array([0, 1]), np.array([1, 0])
    >>> cycle_or_distances(2, *ends, np.array([-3.0, 4.0]))[0].tolist()
    [0.0, -3.0]
    >>> cycle_or_distances(2, *ends, np.array([-3.0, 2.0]))[1].tolist()
    [0, 1]
    """
    distance, entry = np.zeros(n), np.full(n, -1, np.int64)
    order = np.argsort(head, kind="stable")
    tails, heads, costs = tail[order], head[order], cost[order]
    first = np.flatnonzero(np.diff(heads, prepend=-1))
    into, width = heads[first], np.diff(np.append(first, heads.size))
    for sweep in range(1, n + 2):
        if not into.size:
            break
        offer = distance[tails] + costs
        least = np.repeat(np.minimum.reduceat(offer, first), width)
        best = np.minimum.reduceat(np.where(offer == least, np.arange(offer.size), offer.size), first)
        least = offer[best]
        size = np.abs(distance[into]) + np.abs(costs[best]) + np.abs(distance[tails[best]])
        falls = least < distance[into] - ROUNDING * size
        if not falls.any():
            break
        entry[into[falls]] = order[best[falls]]
        distance[into[falls]] = least[falls]
        if sweep % LOOK_EVERY == 0 or sweep > n:
            cycle = _cycle_in(entry, tail)
            if cycle is not None:
                return distance, cycle
    return distance, None


def _cycle_in(entry: IntArray, tail: IntArray) -> IntArray | None:
    """Arcs of a cycle of the predecessor graph, by pointer doubling, in order."""
    before = np.where(entry >= 0, tail[np.maximum(entry, 0)], entry.size)
    jump = np.append(before, entry.size)
    for _ in range(int(entry.size).bit_length()):
        jump = jump[jump]
    on = np.flatnonzero(jump[:-1] < entry.size)
    if not on.size:
        return None
    vertex = start = int(jump[on[0]])
    arcs = []
    while True:
        arcs.append(int(entry[vertex]))
        vertex = int(before[vertex])
        if vertex == start:
            return np.array(arcs[::-1], dtype=np.int64)
