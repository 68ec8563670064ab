"""Maximum flow between two vertices, and the minimum cut that proves it, for capacities of any size.

scipy's Dinic counts in int32 and answers 0 for a capacity of 2**40. Here it is asked for portions: first in
large units, then in ever smaller ones, on what the portions before have left.

Sources: Ford and Fulkerson (1956), Canadian J. Math. 8, 399-404; Dinic (1970), Soviet Math. Doklady 11,
1277-1280; Gabow (1985), J. Computer and System Sciences 31, 148-168 (scaling).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from landsea_routing._status import Status
from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels.certificate_mincost import certify_max_flow
from landsea_routing.kernels.csr import as_index
from landsea_routing.kernels.mincost.grid import Network, decimal_scale
from landsea_routing.kernels.mincost.residual import State, Topology, make_state, make_topology, push
from landsea_routing.kernels.mincost.zerocost import NARROW, PORTION_BITS, dinic
from landsea_routing.kernels.mincostproblem import EXACT_BELOW, Cut, MaxFlow, make_problem

REFINEMENTS = 4
"""Times that units are made finer where capacities are on no decimal grid."""


def max_flow(
    n_vertices: int, tail: ArrayLike, head: ArrayLike, capacity: ArrayLike, source: int, sink: int
) -> MaxFlow:
    """Most that can go from one vertex to another, and what is too narrow for more.

    Parameters
    ----------
    n_vertices : int
        Number of vertices.
    tail, head : (n_arcs,) int
        Ends of each arc, in any order; parallel arcs and loops are legal.
    capacity : (n_arcs,) float or int
        Most that each arc takes, >= 0; ``inf`` = no limit.
    source, sink : int
        From where to where; two different vertices.

    Returns
    -------
    MaxFlow
        Status OPTIMAL if the cut is as wide as the flow; UNBOUNDED, with value ``inf``, if a way without
        limit joins the two.

    Raises
    ------
    InvalidValueError
        If lengths differ, an end is out of range, a capacity is negative or NaN, source and sink are the
        same, or the value is beyond what can be counted.

    Notes
    -----
    Dinic's bound O(n**2 m) a portion, in practice near linear; one portion up to 2**31 units, three up to
    2**53. Decimal capacities are exact; others are put on a binary grid, as in `min_cost_flow`.

    Examples
    --------
    >>> found = max_flow(3, [0, 0, 1], [1, 2, 2], [2**40, 0.5, 7], 0, 2)
    >>> found.value, found.flow.tolist(), found.cut.arcs.tolist()
    (7.5, [7.0, 0.5, 7.0], [1, 2])
    """
    problem = make_problem(tail, head, capacity, np.zeros(np.shape(tail)), np.zeros(n_vertices))
    ends = as_index([source, sink], n_vertices, "source, sink")
    if ends[0] == ends[1]:
        raise InvalidValueError(f"source and sink are both {ends[0]}", expected="two different vertices")
    endless = np.isinf(problem.capacity)
    reached = _reached(n_vertices, problem.tail[endless], problem.head[endless], int(ends[0]))
    reaching = _reached(n_vertices, problem.head[endless], problem.tail[endless], int(ends[1]))
    if reached[ends[1]]:
        nothing = np.zeros(problem.tail.size)
        return MaxFlow(math.inf, nothing, Cut(reached, np.zeros(0, np.int64), 0.0), Status.UNBOUNDED)
    # Two cuts without endless arcs: no flow is worth more.
    most = min(
        float(problem.capacity[side[problem.tail] & ~side[problem.head]].sum())
        for side in (reached, ~reaching)
    )
    for _ in range(REFINEMENTS):
        net = _whole_network(n_vertices, problem.tail, problem.head, problem.capacity, most)
        topology = make_topology(net)
        state = make_state(net, topology, np.zeros(net.tail.size, np.int64), np.zeros(0))
        _fill(topology, state, int(ends[0]), int(ends[1]), math.ceil(most * net.scale))
        found = _answer(net, topology, state, problem.capacity, ends)
        if found.status is Status.OPTIMAL:
            break
        # The units were too coarse: the flow is worth far less than the cuts that they were made for.
        most = found.value + (net.tail.size + 1) / net.scale
    return found


def _reached(n: int, tail: IntArray, head: IntArray, start: int) -> BoolArray:
    """Vertices that some arcs join to a start."""
    graph = csr_array((np.ones(tail.size), (tail, head)), shape=(n, n))
    found = np.zeros(n, dtype=bool)
    found[breadth_first_order(graph, start, return_predecessors=False)] = True
    return found


def _whole_network(n: int, tail: IntArray, head: IntArray, capacity: FloatArray, most: float) -> Network:
    """Capacities in whole units, none above what the flow can be worth."""
    if not most < EXACT_BELOW / 4.0:
        raise InvalidValueError(
            f"the flow may be worth {most:.3g}",
            expected=f"less than {EXACT_BELOW / 4.0:.3g}",
            cure="use larger units",
        )
    limited = capacity <= most
    exact = decimal_scale(capacity[limited], max(most, 1.0))
    scale = exact or 2.0 ** math.floor(math.log2(EXACT_BELOW / 8.0 / most))
    room = np.full(tail.size, math.ceil(most * scale) + 1)
    room[limited] = np.rint(capacity[limited] * scale).astype(np.int64)
    room[tail == head] = 0
    nothing = np.zeros(n, np.int64)
    return Network(n, tail, head, room, np.zeros(tail.size), nothing, scale, 1.0, 0, True)


def _fill(topology: Topology, state: State, source: int, sink: int, most: int) -> None:
    """Send portions until not even one unit gets through."""
    first = np.ones(topology.tail.size, dtype=bool)
    first[1:] = (np.diff(topology.tail) != 0) | (np.diff(topology.head) != 0)
    first_arc, pair = np.flatnonzero(first), np.cumsum(first) - 1
    u, v = topology.tail[first_arc], topology.head[first_arc]
    whole = np.array([NARROW])
    shift = max(0, most.bit_length() - PORTION_BITS)
    while first_arc.size:
        room = np.add.reduceat(np.minimum(state.left, most), first_arc) >> shift
        open_pair = np.flatnonzero((room > 0) & (u != v))
        over, out, _ = dinic(
            u[open_pair],
            v[open_pair],
            room[open_pair],
            np.array([source]),
            whole,
            np.array([sink]),
            whole,
        )
        if not out[0]:
            if not shift:
                return
            shift = max(0, shift - PORTION_BITS // 2)
            continue
        wanted = np.zeros(first_arc.size, np.int64)
        wanted[open_pair] = over << shift
        # Parallel arcs are filled one after the other.
        before = np.cumsum(state.left) - state.left
        before -= before[first_arc][pair]
        amount = np.clip(wanted[pair] - before, 0, state.left)
        used = np.flatnonzero(amount)
        push(state, topology, used, amount[used])


def _answer(net: Network, topology: Topology, state: State, capacity: FloatArray, ends: IntArray) -> MaxFlow:
    units = state.left[topology.back]
    live = state.left > 0
    inside = _reached(net.n_vertices, topology.tail[live], topology.head[live], int(ends[0]))
    flow = np.where(
        (units == net.room) & (units > 0), np.minimum(capacity, units / net.scale), units / net.scale
    )
    at_source = (net.tail == ends[0]).astype(np.int64) - (net.head == ends[0])
    value = int(at_source @ units) / net.scale
    arcs = np.flatnonzero(inside[net.tail] & ~inside[net.head])
    found = MaxFlow(value, flow, Cut(inside, arcs, 0.0), Status.OPTIMAL)
    messages = certify_max_flow(net.tail, net.head, capacity, ends, found)
    return found._replace(status=Status.NOT_VERIFIED) if messages else found
