"""Projects that can be built or not, as one flow problem: what each adds to limits, and what it opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from landsea_routing._frozen import Frozen, FrozenDict
from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.assignment.assign import FlowJob, UnservedPrice, prepare_flow
from landsea_routing.assignment.terms import group_row
from landsea_routing.errors import InvalidValueError, LandseaError, list_ids
from landsea_routing.graph.expand import arc_map
from landsea_routing.kernels.flowproblem import FlowProblem
from landsea_routing.model.network import Network
from landsea_routing.model.table import Table
from landsea_routing.whatif.apply import apply_edit
from landsea_routing.whatif.edits import Edit
from landsea_routing.whatif.scenario import Scenario

SAME = 1e-9
"""Relative difference below which limits, costs and coefficients are one."""


class Project(NamedTuple):
    """Something that can be built or not: it adds to limits, opens ways or makes them cheaper.

    Attributes
    ----------
    name : str
        What to call it.
    cost_usd : float
        What building it costs.
    adds : mapping
        What it adds to each capacity, by id and in the unit of its limit.
    life_years : float
        Over which its cost is paid off.
    upkeep_usd : float
        Cost of a year once it is built.
    scenario : Scenario, optional
        What else it changes: links drawn or opened, limits raised, hours and fees lowered.
    """

    name: str
    cost_usd: float
    adds: Mapping[str, float] = FrozenDict()
    life_years: float = 30.0
    upkeep_usd: float = 0.0
    scenario: Scenario | None = None


@dataclass(frozen=True, eq=False)
class Candidates(Frozen):
    """A flow problem in which everything is drawn and nothing built, and what each project changes.

    Parameters
    ----------
    problem : FlowProblem
        Ways that are not there yet cost ``inf``.
    adds : (n_projects, n_groups) array
        What projects add to limits.
    indptr : (n_classes, n_projects + 1) int array
        Of class k, project i makes the arcs ``indptr[k, i]:indptr[k, i + 1]`` cheaper.
    arc : (m,) int array
        The arcs.
    cost : (m,) array
        What they cost once it is built.
    """

    problem: FlowProblem
    adds: FloatArray
    indptr: IntArray
    arc: IntArray
    cost: FloatArray


def annuity(cost_usd: float, life_y: float, rate: float) -> float:
    """Return the yearly payment that pays a cost back over its life at a rate of interest.

    cost x rate / (1 - (1 + rate)^-life), and cost / life without interest.

    >>> round(annuity(100.0, 30, 0.05), 3), annuity(100.0, 20, 0.0)
    (6.505, 5.0)
    """
    if not (0 < life_y < np.inf and 0 <= rate < np.inf and 0 <= cost_usd < np.inf):
        raise InvalidValueError(
            f"cost {cost_usd!r}, life {life_y!r} or rate {rate!r} is not allowed",
            expected="cost and rate >= 0, life > 0 years",
            cure="correct it",
        )
    return cost_usd / life_y if rate == 0 else cost_usd * rate / (1 - (1 + rate) ** -life_y)


def read_candidates(
    network: Network, projects: Sequence[Project], demand: Table, unserved_price: UnservedPrice
) -> Candidates:
    """Work out what each project changes, from the network with it alone built.

    Raises
    ------
    InvalidValueError
        A project makes something worse, or does with others what it does not do alone: a set of projects
        must be the sum of its parts for what is proved of one set to hold for the others.
    UnknownNameError, ScenarioError
        A project names what is not there.
    """
    base = prepare_flow(network, demand, unserved_price)
    if base.problem.unserved_price is None:
        raise InvalidValueError("what is unserved has no price", expected="a price in USD/t")
    whole = prepare_flow(_built(network, base, projects), demand, unserved_price)
    cost, limit = _laid_into(whole, base, "the network")
    changed, adds, least = [], np.zeros((len(projects), limit.size)), cost.copy()
    for i, project in enumerate(projects):
        alone = prepare_flow(_built(network, base, [project]), demand, unserved_price)
        own, raised = _laid_into(whole, alone, f"project {project.name}")
        if (own > cost).any() or (raised < limit).any():
            raise _not_a_project(project, "closes something, makes it dearer or takes from a limit")
        _refuse_other_counts(whole, alone, own, f"project {project.name}")
        flow_class, arc = np.nonzero(own < cost)
        changed.append((flow_class * len(projects) + i, arc, own[flow_class, arc]))
        adds[i], least = raised - limit, np.minimum(least, own)
    _refuse_other_counts(whole, base, cost, "the network")
    _refuse_more_than_parts(projects, whole, least, limit, adds)
    place, arc, cheaper = (np.concatenate(column) for column in zip(*changed, strict=True))
    order = np.lexsort((arc, place))
    edges = np.arange(len(cost))[:, None] * len(projects) + np.arange(len(projects) + 1)
    return Candidates(
        whole.problem._replace(commodity_cost=cost, group_limit=limit),
        adds,
        np.searchsorted(place[order], edges).astype(np.int64),
        arc[order],
        cheaper[order],
    )


def with_built(candidates: Candidates, built: BoolArray) -> FlowProblem:
    """Return the problem with some projects built."""
    cost = candidates.problem.commodity_cost.copy()
    for own, cuts in zip(cost, candidates.indptr, strict=True):
        for i in np.flatnonzero(built):
            part = slice(cuts[i], cuts[i + 1])
            np.minimum.at(own, candidates.arc[part], candidates.cost[part])
    limit = candidates.problem.group_limit + built @ candidates.adds
    return candidates.problem._replace(commodity_cost=cost, group_limit=limit)


def _built(network: Network, base: FlowJob, projects: Sequence[Project]) -> Network:
    """Network with all of some projects built."""
    before = network.demand
    for project in projects:
        scenario = project.scenario or Scenario(project.name)
        for edit in scenario.edits:
            if "capacity" in edit.verb and edit.fields.get("target") in project.adds:
                raise _not_a_project(
                    project, f"both adds to {edit.fields['target']} and sets it in its scenario"
                )
            network = apply_edit(network, edit)
        if network.demand is not before or scenario.demand:
            raise _not_a_project(project, "changes what is to be carried")
    for name in sorted({name for project in projects for name in project.adds}):
        limit = float(base.groups.limit[group_row(base.groups, name, "a project")])
        limit += sum(project.adds.get(name, 0.0) for project in projects)
        network = apply_edit(network, Edit("set_capacity", {"target": name, "value": limit}))
    return network


def _laid_into(whole: FlowJob, part: FlowJob, what: str) -> tuple[FloatArray, FloatArray]:
    """Costs and limits of a part in the arcs and groups of the whole: ``inf`` and 0 for what is not there."""
    arc = arc_map(part.graph, whole.graph)
    place = {name: g for g, name in enumerate(whole.groups.ids.tolist())}
    group = np.array([place.get(name, -1) for name in part.groups.ids.tolist()], dtype=np.int64)
    lifted = part.groups.ids[group < 0].tolist()
    if lifted or (arc < 0).any():
        raise InvalidValueError(
            f"{what} has {list_ids(lifted) or 'ways'} that everything built together does not have",
            column="projects",
            ids=lifted,
            expected="limits that are raised, not lifted, and nothing taken away",
            cure="give each limit the number that it will have",
        )
    cost, limit = np.full(whole.problem.commodity_cost.shape, np.inf), np.zeros(len(place))
    cost[:, arc], limit[group] = part.problem.commodity_cost, part.groups.limit
    return cost, limit


def _refuse_other_counts(whole: FlowJob, part: FlowJob, cost: FloatArray, what: str) -> None:
    """What is there in a part must count in the same limits, and as much, with everything built."""
    arc, place = (
        arc_map(part.graph, whole.graph),
        {name: g for g, name in enumerate(whole.groups.ids.tolist())},
    )
    group = np.array([place[name] for name in part.groups.ids.tolist()], dtype=np.int64)
    every = np.arange(whole.problem.tail.size)
    key, share = _counted(whole.problem, np.arange(len(place)), every, every.size)
    here = np.isfinite(cost.ravel()[key % cost.size])
    own_key, own_share = _counted(part.problem, group, arc, every.size)
    same = np.array_equal(key[here], own_key) and np.allclose(share[here], own_share, rtol=SAME, atol=0.0)
    if not same:
        raise InvalidValueError(
            f"what counts in a limit of {what} counts otherwise with everything built",
            column="projects",
            expected="projects that add to limits, and links with limits of their own",
            cure="lay what changes a calendar or a member of a group over the network first",
        )


def _counted(
    problem: FlowProblem, group: IntArray, arc: IntArray, n_arcs: int
) -> tuple[IntArray, FloatArray]:
    """Entries of limits, sorted: one number for group, class and arc, and how much counts."""
    row = group[np.repeat(np.arange(problem.group_limit.size), np.diff(problem.group_indptr))]
    key = row * problem.commodity_cost.shape[0] + problem.group_commodity
    key = key * n_arcs + arc[problem.group_arc]
    order = np.argsort(key, kind="stable")
    return key[order], problem.group_coefficient[order]


def _refuse_more_than_parts(
    projects: Sequence[Project], whole: FlowJob, least: FloatArray, limit: FloatArray, adds: FloatArray
) -> None:
    """Everything built must be what projects alone make cheapest, and the sum of what they add."""
    total = limit + adds.sum(axis=0)
    other = np.abs(total - whole.groups.limit) > SAME * np.maximum(1.0, total)
    if not other.any() and np.array_equal(least, whole.problem.commodity_cost):
        return
    names = [p.name for p, own in zip(projects, adds, strict=True) if (own[other] > 0.0).any()]
    where = f"to {list_ids(whole.groups.ids[other].tolist())}"
    if not other.any():
        names, where = [p.name for p in projects if p.scenario is not None], "to costs"
    raise InvalidValueError(
        f"projects {list_ids(names)} together do something else {where} than each alone",
        column="projects",
        ids=names,
        expected="projects that touch different things, or say by `adds` what they add to one limit",
        cure="make one project of those that belong together",
    )


def _not_a_project(project: Project, does: str) -> LandseaError:
    return InvalidValueError(
        f"project {project.name} {does}",
        column="projects",
        ids=(project.name,),
        expected="one that adds to limits, opens ways or makes them cheaper",
        cure="leave the rest to a scenario laid over the network first",
    )
