"""Which projects first, under a budget: investment choice with a proven gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from landsea_routing._status import Status
from landsea_routing._typing import BoolArray, FloatArray
from landsea_routing.assignment.assign import UnservedPrice, prepare_flow, read_demand
from landsea_routing.assignment.terms import group_row
from landsea_routing.errors import InvalidValueError, LandseaError
from landsea_routing.graph.groups import GroupArcs
from landsea_routing.kernels.flowproblem import FlowProblem, FlowSolution
from landsea_routing.kernels.multiflow import multicommodity_flow
from landsea_routing.model.network import Network
from landsea_routing.model.table import Table
from landsea_routing.results.design import Design
from landsea_routing.whatif.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


class Project(NamedTuple):
    """Something that can be built or not: it adds to limits.

    Attributes
    ----------
    name : str
        What to call it.
    cost_usd : float
        What building it costs.
    adds : mapping
        What it adds to each capacity, by id and in the unit of its limit. What is not there yet is drawn into
        the network first, with a limit of 0 (`Scenario.add_link`).
    life_years : float
        Over which its cost is paid off.
    upkeep_usd : float
        Cost of a year once it is built.
    """

    name: str
    cost_usd: float
    adds: Mapping[str, float]
    life_years: float = 30.0
    upkeep_usd: float = 0.0


def design(
    network: Network,
    projects: Sequence[Project],
    budget_usd: float,
    *,
    discount_rate: float = 0.05,
    demand: Table | pd.DataFrame | str | None = None,
    unserved_price: UnservedPrice = "network",
    gap: float = 1e-6,
    max_rounds: int = 500,
) -> Design:
    """Choose the projects that make a year cheapest, annuities included, with costs within a budget.

    Parameters
    ----------
    network : Network
        Tables, with nothing built.
    projects : sequence of Project
        Candidates; several may add to one limit.
    budget_usd : float
        Most that building may cost in all.
    discount_rate : float
        Interest of a year, from which annuities follow.
    demand, unserved_price
        As in `assign`; what is unserved has a price.
    gap : float
        Share of the cost by which a better set may be missed.
    max_rounds : int
        Assignments after which the best so far is given, with its gap.

    Returns
    -------
    Design

    Raises
    ------
    InvalidValueError, UnknownNameError
        No projects, a name twice, a limit that is not there, or a number that is none.

    Notes
    -----
    The least cost of a year is convex in limits, and the duals of any assignment bound it from below for
    every set of projects at once. A mixed-integer program over the sets (HiGHS) heeds all such bounds so far
    and proposes the next set to solve; the rounds end where its bound meets the best set. Source: Benders
    (1962), Numerische Mathematik 4, 238-252.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> candidates = [
    ...     Project("second track", 40e6, {"track_dual": 2.0}),
    ...     Project("berth", 30e6, {"port_aport": 5000.0}),
    ... ]
    >>> found = lsr.design(lsr.load_network("toy_three_ports"), candidates, 50e6)
    >>> found.chosen.tolist(), found.gap < 1e-6
    ([False, True], True)
    """
    rate = _annuity_rate(projects, discount_rate, budget_usd)
    cost = np.array([p.cost_usd for p in projects])
    annuity = cost * rate + np.array([p.upkeep_usd for p in projects])
    problem, adds = _problem(network, projects, read_demand(network, demand), unserved_price)
    oracle = _Oracle(problem, adds, annuity)
    none = np.zeros(len(projects), dtype=np.bool_)
    base_usd = oracle.solve(none)
    worth = -oracle.slopes[0]
    greedy = _greedy(worth - annuity, cost, budget_usd)
    greedy_usd = oracle.solve(greedy)
    while True:
        trial, bound = _propose(oracle, cost, annuity, budget_usd)
        best = min(oracle.solved, key=lambda built: oracle.solved[built])
        least = oracle.solved[best]
        near = least - bound <= gap * max(1.0, abs(least))
        if near or trial.tobytes() in oracle.solved or len(oracle.solved) >= max_rounds:
            break
        oracle.solve(trial)
    return Design(
        projects=np.array([p.name for p in projects]),
        cost_usd=cost,
        annuity_usd=annuity,
        worth_usd=worth,
        chosen=np.frombuffer(best, dtype=np.bool_).copy(),
        greedy=greedy,
        budget_usd=float(budget_usd),
        base_usd=base_usd,
        best_usd=least,
        greedy_usd=greedy_usd,
        bound_usd=min(bound, least),
        n_solved=len(oracle.solved),
    )


class _Oracle:
    """Cost of a year by set of projects, and the bounds that each answer gives for all sets."""

    def __init__(self, problem: FlowProblem, adds: FloatArray, annuity: FloatArray) -> None:
        self.problem, self.adds, self.annuity = problem, adds, annuity
        self.solved: dict[bytes, float] = {}
        self.heights: list[float] = []
        self.slopes: list[FloatArray] = []
        self.start: FlowSolution | None = None

    def solve(self, built: BoolArray) -> float:
        """Cost of a year with some projects built, annuities included; keeps the bound that comes of it."""
        key = built.tobytes()
        if key in self.solved:
            return self.solved[key]
        limit = self.problem.group_limit + built @ self.adds
        answer = multicommodity_flow(self.problem._replace(group_limit=limit), start=self.start)
        if answer.status is Status.LIMIT:
            raise LandseaError("a set of projects was not solved to proof", code="not-optimal")
        self.start = answer
        slope = -(self.adds @ answer.group_dual)
        self.heights.append(answer.bound - float(slope @ built))
        self.slopes.append(slope)
        self.solved[key] = float(answer.objective + self.annuity @ built)
        return self.solved[key]


def _propose(
    oracle: _Oracle, cost: FloatArray, annuity: FloatArray, budget: float
) -> tuple[BoolArray, float]:
    """Return the set that the bounds so far allow to be cheapest, and that least cost."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    n = cost.size
    money = max(1.0, abs(oracle.heights[0]))
    cuts = np.column_stack([-np.array(oracle.slopes) / money, np.ones(len(oracle.slopes))])
    rows = [LinearConstraint(cuts, lb=np.array(oracle.heights) / money)]
    rows.append(
        LinearConstraint(np.append(cost / max(budget, 1.0), 0.0)[None, :], ub=budget / max(budget, 1.0))
    )
    answer = milp(
        np.append(annuity / money, 1.0),
        integrality=np.append(np.ones(n), 0),
        bounds=Bounds(np.append(np.zeros(n), -np.inf), np.append(np.ones(n), np.inf)),
        constraints=rows,
        # Presolving such small programs saves nothing, and some versions of HiGHS print while at it.
        options={"mip_rel_gap": 0.0, "presolve": False},
    )
    if answer.x is None:
        raise LandseaError(f"the choice of projects was not solved ({answer.message})", code="not-optimal")
    return np.asarray(answer.x[:n] > 0.5), float(answer.mip_dual_bound) * money


def _greedy(saves: FloatArray, cost: FloatArray, budget: float) -> BoolArray:
    """Projects by what a dollar saves a year, at the dual prices of the base, while money lasts."""
    built, left = np.zeros(cost.size, dtype=np.bool_), float(budget)
    for i in np.argsort(-saves / np.maximum(cost, 1.0), kind="stable"):
        if saves[i] > 0.0 and cost[i] <= left:
            built[i] = True
            left -= float(cost[i])
    return built


def _problem(
    network: Network, projects: Sequence[Project], demand: Table, price: UnservedPrice
) -> tuple[FlowProblem, FloatArray]:
    """Return the problem with nothing built, and what projects add to limits: (n_projects, n_groups)."""
    groups = prepare_flow(network, demand, price).groups
    drawn = Scenario("all built")
    for name in sorted({name for project in projects for name in project.adds}):
        total = sum(project.adds.get(name, 0.0) for project in projects)
        drawn = drawn.set_capacity(name, _limit(network, groups, name) + total)
    # What a limit of 0 shuts is open in the network with everything built, and held by its limit alone.
    whole = prepare_flow(drawn.apply(network), demand, price)
    if whole.problem.unserved_price is None:
        raise InvalidValueError("what is unserved has no price", expected="a price in USD/t")
    adds = np.zeros((len(projects), len(whole.groups.ids)))
    for i, project in enumerate(projects):
        for name, amount in project.adds.items():
            adds[i, group_row(whole.groups, name, project.name)] = amount
    return whole.problem._replace(group_limit=np.maximum(whole.groups.limit - adds.sum(axis=0), 0.0)), adds


def _limit(network: Network, groups: GroupArcs, name: str) -> float:
    return float(groups.limit[group_row(groups, name, "a project")])


def _annuity_rate(projects: Sequence[Project], discount_rate: float, budget: float) -> FloatArray:
    """Share of its cost that each project costs a year; refuses numbers that are none."""
    names = [p.name for p in projects]
    bad = [
        p.name
        for p in projects
        if not (0 <= p.cost_usd < np.inf and 0 < p.life_years < np.inf and 0 <= p.upkeep_usd < np.inf)
        or not p.adds
        or not all(0 < x < np.inf for x in p.adds.values())
    ]
    if not names or len(set(names)) < len(names) or bad or not (budget >= 0 and 0 <= discount_rate < 1):
        wrong = (
            f"projects {', '.join(bad)} have numbers that are none" if bad else "there is nothing to choose"
        )
        if len(set(names)) < len(names):
            wrong = "two projects share a name"
        elif names and not bad:
            wrong = f"budget is {budget}, discount_rate {discount_rate}"
        raise InvalidValueError(
            wrong,
            column="projects",
            ids=bad,
            expected="projects with names of their own, costs >= 0, lives > 0 and adds > 0; a budget >= 0; "
            "a rate from 0 to 1",
        )
    life = np.array([p.life_years for p in projects], dtype=np.float64)
    if discount_rate == 0:
        return 1.0 / life
    return np.asarray(discount_rate / (1.0 - (1.0 + discount_rate) ** -life))
