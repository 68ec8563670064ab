"""Min-cost flow by phases of one shortest-path search and one maximum flow, costs refined step by step.

Each phase searches from all vertices that still have something to send (or, in turn, backwards from all that
still want something), raises the potentials by the distances, and sends as much as fits over the arcs that
cost nothing then, to all vertices that want it, at once. Rounded costs come first: most flow finds its way
while few different path lengths exist, and each finer level only repairs what the coarser one left.

Any flow within bounds and any potentials are a legal start: arcs that gain are filled or emptied, and what
is too much or too little at the vertices then is sent as any other.

Sources: Ford and Fulkerson (1962), *Flows in Networks*, section III.3 (primal-dual); Edmonds and Karp
(1972), J. ACM 19, 248-264 (potentials, scaling); Ahuja, Magnanti and Orlin, *Network Flows* (1993), sections
9.8 and 10.2.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

import numpy as np
from scipy.sparse.csgraph import dijkstra

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.kernels.mincost.grid import Network
from landsea_routing.kernels.mincost.residual import State, Topology, push, residual_cost
from landsea_routing.kernels.mincost.zerocost import most_flow, rows_matrix, single_way

LEVELS = 2
"""Levels of rounded costs before the exact ones."""
RATIO = 16.0
"""How much finer each level is."""
COARSEST = 0.4
"""Rounding of the first level, as a share of the median cost."""
FEW_ENDS = (4, 16.0, 3.0)
"""Levels, ratio and coarsest where all flow goes from or to few vertices: there each phase sends little."""
FEW = 4
"""From so few vertices, or to so few, it pays to search no further than need be."""
WIDER = 4.0
"""How much farther than in the phase before is searched at first."""
NEAR = 1.0 / 32.0
"""Least distance that is searched, as a share of the mean cost."""
FARTHEST = float(np.finfo(np.float64).max)
"""Limit of a search without a radius."""
SPARSE = 0.25
"""Where fewer of the vertices are near, only their own arcs are touched."""
ROUNDING = 2.0**-50
"""Reduced costs below this share of the numbers they come from are zero: on arcs to be filled, and in all
arcs after a phase that moves nothing."""


class Outcome(Enum):
    """How the phases ended."""

    DONE = auto()
    CUT = auto()
    LIMIT = auto()


class _Walls(NamedTuple):
    """Added to the weights of residual arcs: 0 where something still fits, ``inf`` where not.

    Attributes
    ----------
    ahead, behind : (2 m,) float
        Of each residual arc, and of its twin, for searches forward and backward.
    """

    ahead: FloatArray
    behind: FloatArray


class _Reach(NamedTuple):
    """What a search found, in its own direction: weights of residual arcs, ``inf`` if full, and distances."""

    weight: FloatArray
    distance: FloatArray


def solve_phases(
    net: Network, topology: Topology, state: State, *, rounded: bool, max_phases: int
) -> tuple[Outcome, BoolArray]:
    """Send all that is left to send at least cost, changing `state`.

    Parameters
    ----------
    net : Network
        The problem in whole units.
    topology : Topology
        Its residual arcs.
    state : State
        Where to start; on return the flow, the potentials and, after exact costs, the reduced costs.
    rounded : bool
        Whether to pass through levels of rounded costs; without them when the start is near the end.
    max_phases : int
        Phases before it gives up.

    Returns
    -------
    outcome : Outcome
        DONE, CUT (some cannot be sent) or LIMIT.
    inside : (n,) bool
        The vertices of the cut.

    Notes
    -----
    Phases measured: 1 to 9 for a changed capacity, 30 to 270 cold up to 1e6 arcs; each O(m + n log n)
    for the search and, by Dinic's bound, O(n**2 m) for the flow, which in practice takes less.
    """
    outcome, inside = Outcome.DONE, np.zeros(net.n_vertices, dtype=bool)
    for quantum in [*(_quanta(net) if rounded else []), 0.0]:
        cost = np.rint(net.cost / quantum) * quantum if quantum else net.cost
        if quantum or state.reduced is None:
            reduced = residual_prices(net._replace(cost=cost), topology, state.potential)
        else:
            reduced = state.reduced
        widest = float(np.abs(cost).mean()) if cost.size else 0.0
        outcome, inside = _solve_level(net, topology, state, reduced, widest, max_phases)
        state.reduced = None if quantum else reduced
        if outcome is not Outcome.DONE:
            break
    return outcome, inside


def residual_prices(net: Network, topology: Topology, potential: FloatArray) -> FloatArray:
    """Reduced costs of the residual arcs: a twin's is the negative of its arc's to the last bit."""
    return residual_cost(topology, net.cost + (potential[net.tail] - potential[net.head]))


def _quanta(net: Network) -> list[float]:
    """Roundings of the costs, powers of two so that sums of rounded costs are exact."""
    size = np.abs(net.cost[net.cost != 0.0])
    if not size.size:
        return []
    few = min((net.supply > 0).sum(), (net.supply < 0).sum()) <= FEW
    levels, ratio, coarsest = FEW_ENDS if few else (LEVELS, RATIO, COARSEST)
    start = np.exp2(np.rint(np.log2(coarsest * float(np.median(size)))))
    return [float(start / ratio**level) for level in range(levels)]


def _solve_level(
    net: Network, topology: Topology, state: State, reduced: FloatArray, widest: float, max_phases: int
) -> tuple[Outcome, BoolArray]:
    """Phases under one set of costs, whose mean is `widest`, until nothing is left to send."""
    _saturate(topology, state, reduced)
    walls, weight = _make_walls(topology, state), np.empty(reduced.size)
    forward, tolerance = False, 0.0
    radius = least = NEAR * widest
    none = np.zeros(net.n_vertices, dtype=bool)
    while (state.excess > 0).any():
        if state.phases >= max_phases:
            return Outcome.LIMIT, none
        forward = not forward
        starts = np.flatnonzero(state.excess > 0 if forward else state.excess < 0)
        targets = np.flatnonzero(state.excess < 0 if forward else state.excess > 0)
        within = radius if min(starts.size, targets.size) <= FEW else np.inf
        np.maximum(reduced if forward else np.negative(reduced, out=weight), 0.0, out=weight)
        weight += walls.ahead if forward else walls.behind
        reach = _Reach(weight, _search(topology, weight, starts, within))
        found = reach.distance[targets]
        near = found < np.inf
        if not near.any() and within < np.inf:
            radius, forward = (WIDER * radius if 0.0 < radius < widest else np.inf), not forward
            continue
        if not near.any():
            inside = np.isfinite(reach.distance) == forward
            if int(state.excess[inside].sum()) <= net.dust:
                break  # less than the rounding of the units: no shortage
            return Outcome.CUT, inside
        farthest = float(found[near].max())
        radius = max(WIDER * farthest, least)
        free = _raise_potentials(topology, state, reduced, reach, farthest, tolerance, forward=forward)
        moved = _send(topology, state, walls, free, starts, targets[near], forward=forward)
        state.phases += 1
        if not moved:
            tolerance = max(4.0 * tolerance, ROUNDING * float(np.abs(reduced).max()))
    return Outcome.DONE, none


def _saturate(topology: Topology, state: State, reduced: FloatArray) -> None:
    """Fill every residual arc that gains more than a rounding, whatever that does to the vertices."""
    gains = np.flatnonzero((reduced < 0.0) & (state.left > 0))
    ends = state.potential[topology.tail[gains]], state.potential[topology.head[gains]]
    gains = gains[reduced[gains] < -ROUNDING * (np.abs(ends[0]) + np.abs(ends[1]))]
    if gains.size:
        amount = state.left[gains]
        np.subtract.at(state.excess, topology.tail[gains], amount)
        np.add.at(state.excess, topology.head[gains], amount)
        push(state, topology, gains, amount)


def _make_walls(topology: Topology, state: State) -> _Walls:
    ahead = np.where(state.left > 0, 0.0, np.inf)
    return _Walls(ahead, ahead.take(topology.twin))


def _search(topology: Topology, weight: FloatArray, starts: IntArray, within: float) -> FloatArray:
    """Distances from all starts together; inf beyond a radius.

    Infinite weights lie beyond any finite limit and never enter the heap.
    """
    graph = rows_matrix(weight, topology.column, topology.first, topology.first.size - 1)
    return np.asarray(dijkstra(graph, indices=starts, min_only=True, limit=min(within, FARTHEST)))


def _rows_of(first: IntArray, rows: IntArray) -> tuple[IntArray, IntArray]:
    """Entries of some rows, one row after the other, and how many each has."""
    count = first[rows + 1] - first[rows]
    total = np.cumsum(count)
    return np.repeat(first[rows] - total + count, count) + np.arange(total[-1]), count


def _raise_potentials(
    topology: Topology,
    state: State,
    reduced: FloatArray,
    reach: _Reach,
    farthest: float,
    tolerance: float,
    *,
    forward: bool,
) -> IntArray:
    """Move potentials by the distances, but no further than the last target; which arcs cost nothing then.

    All of them are moved back by that same distance, which changes no price relative to another, so that
    only vertices nearer than the last target need to be touched.
    """
    distance = reach.distance
    near = np.flatnonzero(distance <= farthest)
    fall = np.zeros(distance.size)
    fall[near] = farthest - distance[near] if forward else distance[near] - farthest
    state.potential -= fall
    at = np.full(distance.size, -np.inf)
    at[near] = distance[near]
    if near.size < SPARSE * distance.size:
        out, count = _rows_of(topology.first, near)
        head = topology.head[out]
        reduced[out] += fall[head] - np.repeat(fall[near], count)
        reduced[topology.twin[out]] = -reduced[out]
        # The sum in the order of Dijkstra's own: along its tree the difference is exactly zero.
        slack = (reach.weight[out] + np.repeat(distance[near], count)) - at[head]
        free = out[np.flatnonzero(slack <= tolerance)]
    else:
        count = np.diff(topology.first)
        reduced += fall[topology.head] - np.repeat(fall, count)
        slack = (reach.weight + np.repeat(np.abs(at), count)) - at[topology.head]
        free = np.flatnonzero(slack <= tolerance)
    reduced[free] = reduced[topology.twin[free]] = 0.0
    return free


def _send(
    topology: Topology,
    state: State,
    walls: _Walls,
    free: IntArray,
    starts: IntArray,
    targets: IntArray,
    *,
    forward: bool,
) -> bool:
    """Send as much as fits from starts to targets over arcs that cost nothing; whether anything moved."""
    u, v = topology.tail[free], topology.head[free]
    arcs = free if forward else topology.twin[free]
    room = state.left[arcs]
    wanted, ready = np.abs(state.excess[targets]), np.abs(state.excess[starts])
    used = None
    if starts.size == targets.size == 1:
        used, most = single_way(state.potential.size, u, v, room, starts, targets, min(ready[0], wanted[0]))
    if used is not None:
        over, out, into = np.full(used.size, most), np.full(1, most), np.full(1, most)
    else:
        used, over, out, into = most_flow(state.potential.size, u, v, room, starts, ready, targets, wanted)
    arcs = arcs[used]
    push(state, topology, arcs, over)
    twins = topology.twin[arcs]
    for one, other in ((arcs, twins), (twins, arcs)):
        walls.ahead[one] = walls.behind[other] = np.where(state.left[one] > 0, 0.0, np.inf)
    sign = 1 if forward else -1
    state.excess[starts] -= sign * out
    state.excess[targets] += sign * into
    return bool(out.any())
