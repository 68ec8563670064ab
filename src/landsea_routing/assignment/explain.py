"""Why not everything can be carried: which capacities are short, and by how much at the least."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from landsea_routing._status import Status
from landsea_routing._typing import FloatArray
from landsea_routing.assignment.assign import FlowJob, prepare_flow, read_demand
from landsea_routing.errors import InvalidValueError, LandseaError
from landsea_routing.kernels.certificate import certify
from landsea_routing.kernels.flowproblem import FlowSolution, group_matrix
from landsea_routing.kernels.multiflow import multicommodity_flow
from landsea_routing.kernels.paths import paths_between
from landsea_routing.model.network import Network
from landsea_routing.model.table import Table
from landsea_routing.results.assignment import Assignment
from landsea_routing.results.limits import Shortfall

if TYPE_CHECKING:
    import pandas as pd

DUST = 1e-10
"""Shares of a limit, or of all demand, below which a capacity is not called short."""


def explain_infeasible(
    question: Assignment | Network, demand: Table | pd.DataFrame | str | None = None
) -> Shortfall:
    """Say by how much capacities fall short of carrying all demand.

    Parameters
    ----------
    question : Assignment or Network
        A plan that leaves something unserved, or a network for which `assign(..., unserved_price=None)`
        raised. Limits are those of the plan: what its `background` leaves of them.
    demand : Table, DataFrame or str, optional
        As in `assign`; a plan's own demand, or the network's, when not given.

    Returns
    -------
    Shortfall
        Limits that, each raised by what it lacks, let `assign(..., unserved_price=None)` succeed. Of all
        such raises it is the one of the fewest tonnes in all.

    Raises
    ------
    InvalidValueError
        The question is neither a plan nor a network.

    Notes
    -----
    A flow problem in which carrying is free and every limit gives way at a price of one per tonne. A limit
    in another unit counts at the mean tonnes of what may use it.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> small = lsr.Scenario("small yard").set_capacity("yard_bek_transload", 2e5).apply(net)
    >>> print(lsr.explain_infeasible(small).summary().split("; ")[0])
    yard_bek_transload short by 0.5 Mt/yr for coal
    """
    if isinstance(question, Assignment):
        network = question.graph.network
        table = question.demand if demand is None else read_demand(network, demand)
    elif isinstance(question, Network):
        network, table = question, read_demand(question, demand)
    else:
        raise InvalidValueError(
            f"explain_infeasible was given a {type(question).__name__}", expected="a plan or a network"
        )
    job = prepare_flow(network, table, None)
    if isinstance(question, Assignment):  # steps and contracts of a plan stand behind its limits
        limit = question.groups.limit[: len(job.groups.ids)]
        problem = job.problem._replace(group_limit=limit)
        job = job._replace(problem=problem, groups=replace(job.groups, limit=limit))
    lost = _without_path(job)
    problem = job.problem
    closed = ~np.isfinite(problem.commodity_cost)
    soft = problem._replace(
        commodity_cost=np.where(closed, np.inf, 0.0),
        od_amount=np.where(lost, 0.0, problem.od_amount),
        group_excess_price=_tonnes_per_unit(job),
    )
    answer = multicommodity_flow(soft, tie_weight=job.graph.arc_length_km)
    verdict = certify(soft, answer)
    if answer.status is not Status.NOT_VERIFIED or not verdict.passed:
        raise LandseaError(
            f"the least shortfall was not found ({answer.status}; {'; '.join(verdict.messages)})",
            code="not-verified",
        )
    return _shortfall(job, answer, lost)


def _without_path(job: FlowJob) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    problem = job.problem
    lost = np.zeros(problem.od_amount.size, dtype=np.bool_)
    for k in np.unique(problem.od_commodity):
        ods = np.flatnonzero(problem.od_commodity == k)
        ends = problem.od_origin[ods], problem.od_destination[ods]
        found = paths_between(job.graph.topology.pairs, problem.commodity_cost[k], *ends)
        lost[ods] = ~np.isfinite(found.distance)
    return lost & (problem.od_amount > 0.0)


def _tonnes_per_unit(job: FlowJob) -> FloatArray:
    """Tonnes that a unit of each limit lets through, for the mean of its entries."""
    problem = job.problem
    group = np.repeat(np.arange(problem.group_limit.size), np.diff(problem.group_indptr))
    total = np.bincount(group, problem.group_coefficient, problem.group_limit.size)
    count = np.bincount(group, minlength=problem.group_limit.size)
    return np.where(total > 0.0, count / np.where(total > 0.0, total, 1.0), np.inf)


def _shortfall(
    job: FlowJob, answer: FlowSolution, lost: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> Shortfall:
    problem, groups = job.problem, job.groups
    excess = np.zeros(groups.limit.size) if answer.group_excess is None else answer.group_excess
    small = DUST * np.maximum(groups.limit, problem.od_amount.sum() / _tonnes_per_unit(job))
    short = np.flatnonzero(excess > small)
    tonnes = excess[short] * _tonnes_per_unit(job)[short]
    short = short[np.argsort(-tonnes, kind="stable")]
    used = _users(job, answer)
    names = job.graph.network.commodities["id"]
    commodity = job.classes.commodity
    who = tuple(
        tuple(dict.fromkeys(str(names[commodity[k]]) for k in np.flatnonzero(used[g]))) for g in short
    )
    table = job.demand
    labels = tuple(
        f"{table['origin'][i]} -> {table['destination'][i]} {table['commodity'][i]}"
        for i in np.flatnonzero(lost)
    )
    return Shortfall(groups.ids[short], groups.units[short], groups.limit[short], excess[short], who, labels)


def _users(job: FlowJob, answer: FlowSolution) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which classes use which group: (n_groups, n_classes)."""
    problem = job.problem
    n_classes, n_arcs = problem.commodity_cost.shape
    flow = np.zeros(n_classes * n_arcs)
    path = np.repeat(np.arange(answer.path_od.size), np.diff(answer.path_indptr))
    at = problem.od_commodity[answer.path_od[path]] * n_arcs + answer.path_arc
    np.add.at(flow, at, answer.path_flow[path])
    matrix = group_matrix(problem).tocoo()
    used = np.zeros((problem.group_limit.size, n_classes), dtype=np.bool_)
    hit = matrix.data * flow[matrix.col] > 0.0
    used[matrix.row[hit], matrix.col[hit] // n_arcs] = True
    return used
