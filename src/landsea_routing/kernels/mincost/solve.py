"""The question: choose an engine, have the answer judged, and say what stands in the way."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._status import Status
from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels import _fast
from landsea_routing.kernels.certificate_mincost import certify_min_cost, cut_shortage, dual_bound
from landsea_routing.kernels.mincost.cycles import cycle_or_distances
from landsea_routing.kernels.mincost.grid import Network, make_network, to_flow, to_units
from landsea_routing.kernels.mincost.primaldual import Outcome, residual_prices, solve_phases
from landsea_routing.kernels.mincost.residual import (
    State,
    Topology,
    make_state,
    make_topology,
    push,
    resume_state,
)
from landsea_routing.kernels.mincost.simplex import Basis, solve_simplex
from landsea_routing.kernels.mincostproblem import (
    Cut,
    MinCostFlow,
    MinCostProblem,
    make_problem,
    reduced_costs,
)

SIMPLEX_BELOW = 30_000
"""Arcs from which phases are faster than pivots, unless these are compiled."""
POLISH_ABOVE = 1e-13
"""A larger relative gap is rounding in the potentials that can be taken out."""
POLISH_ROUNDS = 100
"""Cycles to cancel at most; each saves no more than roundings."""
KEPT_BYTES = 31_000_000
"""A block just below the largest from which the C library of Linux learns what to keep."""


@dataclass(eq=False)
class Ended:
    """Where a solve has ended: a later one goes on from here if it starts from these very arrays."""

    flow: FloatArray
    potential: FloatArray
    net: Network
    state: State | Basis


@dataclass(eq=False)
class Prepared:
    """What a later solve on the same arcs reuses; what pivots had no need of is made when first asked for."""

    net: Network
    sorted_arcs: Topology | None = None
    ended: Ended | None = None

    @property
    def topology(self) -> Topology:
        """The arcs, sorted."""
        if self.sorted_arcs is None:
            self.sorted_arcs = make_topology(self.net)
        return self.sorted_arcs

    def state_of(self, ended: Ended) -> State:
        """What was left at the end."""
        if isinstance(ended.state, Basis):
            basis, net = ended.state, ended.net
            state = make_state(net, self.topology, basis.units, basis.potential)
            state.reduced = residual_prices(net, self.topology, basis.potential)
            ended.state = state
        return ended.state


def min_cost_flow(
    tail: ArrayLike,
    head: ArrayLike,
    capacity: ArrayLike,
    cost: ArrayLike,
    supply: ArrayLike,
    *,
    lower: ArrayLike | None = None,
    start: MinCostFlow | None = None,
    max_iterations: int | None = None,
) -> MinCostFlow:
    """Cheapest flow that meets all supplies, with proof.

    Parameters
    ----------
    tail, head : (n_arcs,) int
        Ends of each arc, in any order; parallel arcs and loops are legal.
    capacity : (n_arcs,) float or int
        Most that each arc takes; ``inf`` = no limit.
    cost : (n_arcs,) float
        Cost per unit of flow, of any sign.
    supply : (n_vertices,) float or int
        What each vertex offers (> 0) or wants (< 0); the sum is zero.
    lower : (n_arcs,) float, optional
        Least flow of each arc (default 0).
    start : MinCostFlow, optional
        An earlier answer on the same arcs, after costs, capacities or supplies have changed. The answer
        costs the same as from nothing and comes sooner the less has changed.
    max_iterations : int, optional
        Pivots or phases before it gives up with status LIMIT.

    Returns
    -------
    MinCostFlow
        Status OPTIMAL if the certificate passes; INFEASIBLE with the `cut`, UNBOUNDED with the `cycle`, LIMIT
        with a `bound` (its flow may then miss supplies; the objective is ``inf`` if it does).

    Raises
    ------
    InvalidValueError
        If the problem is malformed; see `landsea_routing.kernels.mincostproblem.make_problem`.

    Notes
    -----
    Flows are exact: decimal data with up to nine digits stay the decimals they are, other data are put on a
    binary grid of `quantum`, 2**-50 or so of all that flows. Costs with decimals are summed in whole units
    too. Below some 3e4 arcs a network simplex answers, above a primal-dual method by phases, each of which
    is one search and one maximum flow, and with the extra ``fast`` a compiled simplex. Deterministic.

    Sources: Ahuja, Magnanti and Orlin, *Network Flows* (1993), chapters 9 to 11.

    Examples
    --------
    Five units, of which the cheap arc takes two; one more there would save 3:

    >>> answer = min_cost_flow([0, 0], [1, 1], [2, 9], [1.0, 4.0], [5, -5])
    >>> answer.objective, answer.flow.tolist(), answer.reduced_cost.tolist(), str(answer.status)
    (14.0, [2.0, 3.0], [-3.0, 0.0], 'optimal')
    >>> min_cost_flow([0, 0], [1, 1], [4, 9], [1.0, 4.0], [5, -5], start=answer).flow.tolist()
    [4.0, 1.0]
    >>> answer = min_cost_flow([0, 0], [1, 1], [2, 2], [1.0, 4.0], [5, -5])
    >>> str(answer.status), answer.cut.arcs.tolist(), answer.cut.short
    ('infeasible', [0, 1], 1.0)
    """
    if max_iterations is not None and max_iterations < 1:
        raise InvalidValueError(f"max_iterations is {max_iterations}", expected="at least 1")
    _keep_memory()
    problem = make_problem(tail, head, capacity, cost, supply, lower)
    net = make_network(problem)
    most = 2**62 if max_iterations is None else max_iterations
    potential, cycle = _endless_potential(problem, net)
    if start is None and cycle is None and (net.tail.size < SIMPLEX_BELOW or _fast.enabled()):
        return _by_simplex(problem, net, most)
    prepared = _prepare(problem, net, start)
    if cycle is not None:
        return _without_end(problem, net, prepared, cycle)
    if start is None:
        state = make_state(net, prepared.topology, np.zeros(net.tail.size, np.int64), potential)
    else:
        state = _start_state(problem, net, prepared, start)
    outcome, inside = solve_phases(net, prepared.topology, state, rounded=start is None, max_phases=most)
    return _answer(problem, net, prepared, state, outcome, inside)


@cache
def _keep_memory() -> None:
    """Free one untouched block, once.

    From the largest block freed so far the C library of Linux sets how much idle memory it keeps. Without
    this, arrays of a megabyte go back to the system after each use and come anew page by page, which was a
    third of a solve from an earlier answer. Elsewhere nothing happens.
    """
    np.empty(KEPT_BYTES, np.uint8)


def _by_simplex(problem: MinCostProblem, net: Network, most: int) -> MinCostFlow:
    """Pivot; phases finish what is short, which becomes a cut, and what rounding of costs has left."""
    basis = solve_simplex(net, max_pivots=most)
    if basis.finished and net.whole_costs and basis.served:
        found = _stated(problem, net, basis.units, basis.potential, basis.pivots)
        judged = _judged(problem, found, Status.OPTIMAL)
        if judged.gap <= POLISH_ABOVE:
            ended = Ended(judged.flow, judged.potential, net, basis)
            return judged._replace(prepared=Prepared(net, ended=ended))
    prepared = _prepare(problem, net, None)
    state = make_state(net, prepared.topology, basis.units, basis.potential)
    outcome, inside = Outcome.LIMIT, np.zeros(net.n_vertices, dtype=bool)
    if basis.finished:
        outcome, inside = solve_phases(net, prepared.topology, state, rounded=False, max_phases=most)
    state.phases += basis.pivots
    return _answer(problem, net, prepared, state, outcome, inside)


def _prepare(problem: MinCostProblem, net: Network, start: MinCostFlow | None) -> Prepared:
    """Sort the arcs, unless an earlier answer has them sorted already."""
    known = None if start is None else start.prepared
    if (
        isinstance(known, Prepared)
        and known.net.n_vertices == net.n_vertices
        and np.array_equal(known.net.tail, problem.tail)
        and np.array_equal(known.net.head, problem.head)
    ):
        return known
    return Prepared(net)


def _start_state(problem: MinCostProblem, net: Network, prepared: Prepared, start: MinCostFlow) -> State:
    """Flow and prices of an earlier answer: as its phases left them, or read from its numbers."""
    ended = prepared.ended
    if (
        ended is not None
        and ended.flow is start.flow
        and ended.potential is start.potential
        and (ended.net.scale, ended.net.cost_scale) == (net.scale, net.cost_scale)
        and ended.net.whole_costs == net.whole_costs
    ):
        return resume_state(net, prepared.topology, ended.net, prepared.state_of(ended))
    units = to_units(problem, net, _fitting(start.flow, net.tail.size, "flow"))
    potential = _fitting(start.potential, net.n_vertices, "potential") * net.cost_scale
    return make_state(net, prepared.topology, units, np.rint(potential) if net.whole_costs else potential)


def _fitting(values: FloatArray, size: int, what: str) -> FloatArray:
    found = np.asarray(values, dtype=np.float64)
    if found.shape != (size,) or not np.isfinite(found).all():
        raise InvalidValueError(
            f"{what} of start has shape {found.shape}",
            expected=f"({size},) finite numbers",
            cure="start from an answer on the same vertices and arcs",
        )
    return found


def _endless_potential(problem: MinCostProblem, net: Network) -> tuple[FloatArray, IntArray | None]:
    """Potentials under which no arc without limit gains, or the cycle for which there are none."""
    arcs = np.flatnonzero(np.isinf(problem.capacity))
    if not (net.cost[arcs] < 0.0).any():
        return np.zeros(net.n_vertices), None
    potential, cycle = cycle_or_distances(net.n_vertices, net.tail[arcs], net.head[arcs], net.cost[arcs])
    return potential, None if cycle is None else arcs[cycle]


def _without_end(problem: MinCostProblem, net: Network, prepared: Prepared, cycle: IntArray) -> MinCostFlow:
    """A cycle earns without limit; whether it matters depends on whether there is any flow at all."""
    free = net._replace(cost=np.zeros(net.cost.size))
    start = np.zeros(net.tail.size, np.int64), np.zeros(net.n_vertices)
    state = make_state(free, prepared.topology, *start)
    outcome, inside = solve_phases(free, prepared.topology, state, rounded=False, max_phases=2**62)
    if outcome is Outcome.CUT:
        return _infeasible(problem, net, prepared, state, inside)
    found = _stated_by(problem, net, prepared, state)
    found = found._replace(objective=-math.inf, bound=-math.inf, gap=math.inf, cycle=cycle)
    return _judged(problem, found, Status.UNBOUNDED)


def _answer(
    problem: MinCostProblem,
    net: Network,
    prepared: Prepared,
    state: State,
    outcome: Outcome,
    inside: BoolArray,
) -> MinCostFlow:
    if outcome is Outcome.CUT:
        return _infeasible(problem, net, prepared, state, inside)
    found = _stated_by(problem, net, prepared, state)
    if outcome is Outcome.LIMIT:
        served = not state.excess.any()
        objective = found.objective if served else math.inf
        scale = float(np.abs(problem.cost * found.flow).sum()) or 1.0
        bound = dual_bound(problem, found.potential)
        gap = (objective - bound) / scale
        return found._replace(objective=objective, bound=bound, status=Status.LIMIT, gap=gap)
    judged = _judged(problem, found, Status.OPTIMAL)
    if judged.gap > POLISH_ABOVE:
        _polish(net, prepared.topology, state)
        again = _judged(problem, _stated_by(problem, net, prepared, state), Status.OPTIMAL)
        return min(judged, again, key=lambda answer: answer.gap)
    # The arcs of `prepared` are the same and kept already.
    kept = net._replace(tail=prepared.net.tail, head=prepared.net.head)
    ended = Ended(judged.flow, judged.potential, kept, state)
    return judged._replace(prepared=Prepared(kept, prepared.topology, ended))


def _stated_by(problem: MinCostProblem, net: Network, prepared: Prepared, state: State) -> MinCostFlow:
    """As `_stated`, and fit to start from."""
    units = state.left[prepared.topology.back]
    found = _stated(problem, net, units, state.potential, state.phases)
    return found._replace(prepared=Prepared(prepared.net, prepared.topology))


def _stated(
    problem: MinCostProblem, net: Network, units: IntArray, potential: FloatArray, iterations: int
) -> MinCostFlow:
    """Write flows and prices in the user's numbers, not yet judged."""
    flow, price = to_flow(problem, net, units), potential / net.cost_scale
    costs = problem.cost * flow
    return MinCostFlow(
        flow,
        price,
        reduced_costs(problem, price),
        math.fsum(costs[costs != 0.0].tolist()),
        Status.NOT_VERIFIED,
        math.inf,
        iterations,
        quantum=1.0 / net.scale,
    )


def _judged(problem: MinCostProblem, found: MinCostFlow, status: Status) -> MinCostFlow:
    """Give a status only if the certificate passes."""
    certificate = certify_min_cost(problem, found._replace(status=status))
    if status is Status.OPTIMAL:
        found = found._replace(gap=certificate.gap, bound=certificate.bound)
    return found._replace(status=status if certificate.passed else Status.NOT_VERIFIED)


def _infeasible(
    problem: MinCostProblem, net: Network, prepared: Prepared, state: State, inside: BoolArray
) -> MinCostFlow:
    """State how much stays behind, and what is too narrow for it."""
    short, arcs = cut_shortage(problem, inside)
    found = _stated_by(problem, net, prepared, state)
    found = found._replace(objective=math.inf, bound=math.inf, cut=Cut(inside, arcs, short))
    return _judged(problem, found, Status.INFEASIBLE)


def _polish(net: Network, topology: Topology, state: State) -> None:
    """Take rounding out of the potentials: distances from nowhere are sums of few and small costs.

    Potentials that have run through dear arcs carry roundings of their size; what is left of cycles that
    gain less than that shows here and is cancelled.
    """
    both = np.concatenate([net.cost, -net.cost])
    place = np.concatenate([topology.forth, topology.back])
    for _ in range(POLISH_ROUNDS):
        live = np.flatnonzero(state.left[place] > 0)
        arcs = place[live]
        distance, cycle = cycle_or_distances(
            net.n_vertices, topology.tail[arcs], topology.head[arcs], both[live]
        )
        if cycle is None:
            state.potential = distance
            return
        round_trip = arcs[cycle]
        push(state, topology, round_trip, np.full(round_trip.size, state.left[round_trip].min()))
