"""What can still flow: every arc forth, and back as far as it carries something.

Sources: Ahuja, Magnanti and Orlin, *Network Flows* (1993), chapter 2.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.kernels.mincost.grid import Network


class Topology(NamedTuple):
    """The 2 m residual arcs, sorted by (tail, head).

    Attributes
    ----------
    tail, head : (2 m,) int
        Ends of each residual arc.
    column : (2 m,) int32
        The heads again, as a sparse matrix has them.
    first : (n + 1,) int
        First residual arc of each vertex.
    twin : (2 m,) int
        The arc that takes back what this one carries.
    forth, back : (m,) int
        Where each arc of the problem stands, and its way back.
    """

    tail: IntArray
    head: IntArray
    column: NDArray[np.int32]
    first: IntArray
    twin: IntArray
    forth: IntArray
    back: IntArray


@dataclass
class State:
    """A flow under way: what is left on each residual arc and at each vertex, and the prices.

    Attributes
    ----------
    left : (2 m,) int
        What each residual arc still takes.
    excess : (n,) int
        What each vertex still has to send (> 0) or to get (< 0).
    potential : (n,) float
        Price at each vertex.
    phases : int
        Phases so far.
    reduced : (2 m,) float or None
        Reduced cost of each residual arc under the costs as they are and these prices, where known.
    """

    left: IntArray
    excess: IntArray
    potential: FloatArray
    phases: int = 0
    reduced: FloatArray | None = None


def sorted_order(n: int, *keys: IntArray) -> IntArray:
    """Order by several keys below n, the last one first; stable, by radix, which numpy has for 16 bits.

    Examples
    --------
    >>> sorted_order(3, np.array([0, 2, 1]), np.array([1, 0, 0])).tolist()
    [2, 1, 0]
    """
    shifts = range(0, max(1, n.bit_length()), 16)
    digits = [(key >> shift).astype(np.uint16) for key in keys for shift in shifts]
    return np.lexsort(digits).astype(np.int64)


def make_topology(net: Network) -> Topology:
    """Sort the residual arcs of a network: O(m).

    Examples
    --------
    >>> from landsea_routing.kernels.mincost.grid import make_network
    >>> from landsea_routing.kernels.mincostproblem import make_problem
    >>> made = make_topology(make_network(make_problem([0], [1], [5], [2.0], [3, -3])))
    >>> made.tail.tolist(), made.twin.tolist(), made.forth.tolist(), made.back.tolist()
    ([0, 1], [1, 0], [0], [1])
    """
    n, m = net.n_vertices, net.tail.size
    tail, head = np.concatenate([net.tail, net.head]), np.concatenate([net.head, net.tail])
    order = sorted_order(n, head, tail)
    place = np.empty(2 * m, np.int64)
    place[order] = np.arange(2 * m)
    first = np.concatenate(([0], np.cumsum(np.bincount(tail, minlength=n))))
    twin = place[np.where(order < m, order + m, order - m)]
    tail, head = tail[order], head[order]
    return Topology(tail, head, head.astype(np.int32), first, twin, place[:m], place[m:])


def make_state(net: Network, topology: Topology, units: IntArray, potential: FloatArray) -> State:
    """Start from a flow within its bounds, whether or not it meets the supplies.

    Examples
    --------
    >>> from landsea_routing.kernels.mincost.grid import make_network
    >>> from landsea_routing.kernels.mincostproblem import make_problem
    >>> net = make_network(make_problem([0], [1], [5], [2.0], [3, -3]))
    >>> state = make_state(net, make_topology(net), np.array([1]), np.zeros(2))
    >>> state.left.tolist(), state.excess.tolist()
    ([4, 1], [2, -2])
    """
    left, excess = np.zeros(2 * net.tail.size, np.int64), net.supply.copy()
    left[topology.forth] = net.room
    used = np.flatnonzero(units)
    left[topology.forth[used]] -= units[used]
    left[topology.back[used]] = units[used]
    np.subtract.at(excess, net.tail[used], units[used])
    np.add.at(excess, net.head[used], units[used])
    return State(left, excess, potential)


def resume_state(net: Network, topology: Topology, before: Network, state: State) -> State:
    """Copy a state of an earlier network on the same arcs and scales, less the flow that no longer fits.

    Reduced costs are taken over where no cost has changed and sums of costs are exact; others would gather
    roundings from solve to solve.

    Examples
    --------
    >>> from landsea_routing.kernels.mincost.grid import make_network
    >>> from landsea_routing.kernels.mincostproblem import make_problem
    >>> before = make_network(make_problem([0], [1], [5], [2.0], [3, -3]))
    >>> net = make_network(make_problem([0], [1], [1], [2.0], [4, -4]))
    >>> made = make_topology(net)
    >>> state = resume_state(net, made, before, make_state(before, made, np.array([3]), np.zeros(2)))
    >>> state.left.tolist(), state.excess.tolist()
    ([0, 1], [3, -3])
    """
    left, excess = state.left.copy(), state.excess + (net.supply - before.supply)
    changed = np.flatnonzero(net.room != before.room)
    carried = left[topology.back[changed]]
    kept = np.minimum(carried, net.room[changed])
    left[topology.forth[changed]] = net.room[changed] - kept
    left[topology.back[changed]] = kept
    np.add.at(excess, net.tail[changed], carried - kept)
    np.subtract.at(excess, net.head[changed], carried - kept)
    same = state.reduced is not None and net.whole_costs and np.array_equal(net.cost, before.cost)
    reduced = state.reduced.copy() if state.reduced is not None and same else None
    return State(left, excess, state.potential.copy(), reduced=reduced)


def residual_cost(topology: Topology, cost: FloatArray) -> FloatArray:
    """Costs of the residual arcs: what goes back earns what it had cost.

    Examples
    --------
    >>> from landsea_routing.kernels.mincost.grid import make_network
    >>> from landsea_routing.kernels.mincostproblem import make_problem
    >>> net = make_network(make_problem([0], [1], [5], [2.0], [3, -3]))
    >>> residual_cost(make_topology(net), net.cost).tolist()
    [2.0, -2.0]
    """
    both = np.empty(2 * cost.size)
    both[topology.forth], both[topology.back] = cost, -cost
    return both


def push(state: State, topology: Topology, arcs: IntArray, amount: IntArray) -> None:
    """Let flow go over some residual arcs, each named once; vertices are left to the caller.

    Examples
    --------
    >>> from landsea_routing.kernels.mincost.grid import make_network
    >>> from landsea_routing.kernels.mincostproblem import make_problem
    >>> net = make_network(make_problem([0], [1], [5], [2.0], [3, -3]))
    >>> made = make_topology(net)
    >>> state = make_state(net, made, np.array([0]), np.zeros(2))
    >>> push(state, made, np.array([0]), np.array([2]))
    >>> state.left.tolist()
    [3, 2]
    """
    state.left[arcs] -= amount
    state.left[topology.twin[arcs]] += amount
