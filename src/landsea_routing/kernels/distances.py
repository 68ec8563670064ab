"""Shortest distances with their own proof, for the judge of flow solutions.

They may come from anywhere: they are checked arc by arc here (no arc leads on more cheaply than they say),
which proves that no path is cheaper. Where the check fails, they are computed anew by Bellman-Ford sweeps.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import dijkstra

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.kernels.csr import cheapest, pair_index
from landsea_routing.kernels.flowproblem import FlowProblem

CHECKED = 1 << 22
"""Distances that are checked at once: arcs times origins."""


def _sweep(problem: FlowProblem, cost: FloatArray, sources: IntArray) -> FloatArray:
    """Distances (n_vertices, k) from each source, by Bellman-Ford sweeps to a fixpoint."""
    n_vertices, tail, head = problem.n_vertices, problem.tail, problem.head
    distance = np.full((n_vertices, sources.size), np.inf)
    distance[sources, np.arange(sources.size)] = 0.0
    usable = np.flatnonzero(np.isfinite(cost))
    order = usable[np.argsort(head[usable], kind="stable")]
    fresh = np.zeros(n_vertices, dtype=bool)
    fresh[sources] = True
    while True:
        live = order[fresh[tail[order]]]  # only what leaves a vertex that got nearer can bring news
        if not live.size:
            return distance
        ends = head[live]
        first = np.flatnonzero(np.concatenate(([True], ends[1:] != ends[:-1])))
        offer = np.minimum.reduceat(distance[tail[live]] + cost[live][:, None], first, axis=0)
        at = ends[first]
        nearer = (offer < distance[at]).any(axis=1)
        distance[at] = np.minimum(distance[at], offer)
        fresh[:] = False
        fresh[at[nearer]] = True


def _proved(problem: FlowProblem, cost: FloatArray, sources: IntArray) -> FloatArray:
    """Distances (n_vertices, k) from each source: searched for, checked, and swept for if the check fails."""
    matrix, _ = cheapest(pair_index(problem.n_vertices, problem.tail, problem.head), cost)
    usable = np.flatnonzero(np.isfinite(cost))
    tail, head = problem.tail[usable], problem.head[usable]
    parts: list[FloatArray] = []
    step = max(1, CHECKED // max(1, usable.size))
    for first in range(0, sources.size, step):
        some = sources[first : first + step]
        distance: FloatArray = np.ascontiguousarray(dijkstra(matrix, indices=some).T)
        start = distance[some, np.arange(some.size)]
        good = bool((start == 0.0).all() and (distance[head] <= distance[tail] + cost[usable, None]).all())
        parts.append(distance if good else _sweep(problem, cost, some))
    return np.concatenate(parts, axis=1)


def od_distance(problem: FlowProblem, cost: FloatArray) -> FloatArray:
    """Cheapest path cost of each OD under (n_commodities, n_arcs) costs; ``inf`` where there is none.

    Examples
    --------
    >>> none, zero, one = np.zeros(0, np.int64), np.array([0]), np.array([1])
    >>> problem = FlowProblem(2, zero, one, np.array([[3.0]]), None, zero, one, zero, np.array([5.0]), None,
    ...     zero, none, none, none, none)
    >>> od_distance(problem, np.array([[4.0]])).tolist()
    [4.0]
    """
    result = np.full(problem.od_amount.size, np.inf)
    for commodity in np.unique(problem.od_commodity):
        ods = np.flatnonzero(problem.od_commodity == commodity)
        sources, column = np.unique(problem.od_origin[ods], return_inverse=True)
        distance = _proved(problem, cost[commodity], sources)
        result[ods] = distance[problem.od_destination[ods], column]
    return result
