"""The same question after a change, from where the base plan ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from landsea_routing._typing import IntArray
from landsea_routing.assignment.assign import (
    Progress,
    UnservedPrice,
    conclude,
    default_solver,
    prepare_flow,
)
from landsea_routing.assignment.terms import Contracts, Steps
from landsea_routing.errors import InvalidValueError
from landsea_routing.graph.expand import arc_map
from landsea_routing.graph.graph import Graph
from landsea_routing.kernels.flowproblem import FlowSolution, Known, known_paths
from landsea_routing.model.network import Network
from landsea_routing.model.table import Table
from landsea_routing.results.assignment import Assignment


class Change(Protocol):
    """What turns a network into another, as a scenario does."""

    def apply(self, base: Network) -> Network:
        """Return the changed network."""


def reassign(
    plan: Assignment,
    change: Change | Network,
    *,
    unserved_price: UnservedPrice = "network",
    progress: Progress | None = None,
    background: Mapping[str, float] | None = None,
    steps: Steps | None = None,
    contracts: Contracts | None = None,
) -> Assignment:
    """Assign again after a change, beginning with the paths that a plan knows.

    Parameters
    ----------
    plan : Assignment
        The base.
    change : Scenario or Network
        What changes, or the network that comes of it.
    unserved_price, progress, background, steps, contracts
        As in `assign`; nothing of them is taken over from the base.

    Returns
    -------
    Assignment
        At the same cost as `assign` on the changed network; where several plans cost the same it may give
        another of them. A scenario is laid over the network with the demand of the base, and may edit it. Of
        a network that is given the demand is its own if the base was assigned that of its network, and the
        base's otherwise.

    Raises
    ------
    InvalidValueError
        The change is neither a network nor has `apply`.
    InfeasibleError
        With `unserved_price=None`, as in `assign`.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> wide = lsr.Scenario("wider").set_capacity("track_dual", 3)
    >>> base = lsr.assign(net)
    >>> lsr.reassign(base, wide).objective_usd == lsr.assign(wide.apply(net)).objective_usd
    True
    """
    base = plan.graph.network
    is_own = _same_table(plan.demand, base.demand)
    if isinstance(change, Network):
        network, demand = change, change.demand if is_own else plan.demand
    else:
        network = _apply(change, base if is_own else base.with_demand(plan.demand))
        demand = network.demand
    job = prepare_flow(network, demand, unserved_price, background, steps, contracts, like=plan.graph)
    start = _carry_over(plan, job.graph, demand)
    return conclude(job, default_solver(job.graph, progress, start)(job.problem))


def _apply(change: Change, base: Network) -> Network:
    if not hasattr(change, "apply"):
        raise InvalidValueError(
            f"reassign was given a {type(change).__name__}",
            expected="a Scenario or a Network",
            cure="reassign(plan, scenario)",
        )
    return change.apply(base)


def _same_table(one: Table, other: Table) -> bool:
    if one is other:
        return True
    names = (*one.schema.key, "amount_per_year", "unit")
    return len(one) == len(other) and all(np.array_equal(one[c], other[c]) for c in names)


def _carry_over(plan: Assignment, graph: Graph, demand: Table) -> FlowSolution:
    """The solution of a plan with the paths that it knows in the numbering of another graph and demand."""
    known = known_paths(plan.solution)
    arc = arc_map(plan.graph, graph)
    keys = [list(zip(*(t[c].tolist() for c in t.schema.key), strict=True)) for t in (plan.demand, demand)]
    place = {key: i for i, key in enumerate(keys[1])}
    od = np.array([place.get(key, -1) for key in keys[0]], dtype=np.int64)
    length = np.diff(known.indptr)
    owner = np.repeat(np.arange(known.od.size), length)
    keep = od[known.od] >= 0
    keep[owner[arc[known.arcs] < 0]] = False
    moved = Known(
        od=od[known.od[keep]],
        indptr=np.concatenate(([0], np.cumsum(length[keep]))),
        arcs=arc[known.arcs[keep[owner]]],
        problem=known.problem if all(_in_place(ids) for ids in (arc, od)) else None,
    )
    return plan.solution._replace(unserved=np.zeros(len(demand)), known=moved)


def _in_place(ids: IntArray) -> bool:
    """Whether nothing has another number than before."""
    return bool(np.array_equal(ids, np.arange(ids.size)))
