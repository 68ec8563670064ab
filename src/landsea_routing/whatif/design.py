"""Which projects first, under a budget, and when: investment choice with a proven gap."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.assignment.assign import UnservedPrice, read_demand
from landsea_routing.assignment.problem import demand_t
from landsea_routing.errors import InvalidValueError
from landsea_routing.model.network import Network, replace_demand
from landsea_routing.model.table import Table
from landsea_routing.results.design import NEVER, Design
from landsea_routing.whatif.candidates import Project, annuity, read_candidates
from landsea_routing.whatif.investment import Choice, Terms, choose

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Phase", "Project", "design", "design_phases"]


class Phase(NamedTuple):
    """Years that are alike, from one on.

    Attributes
    ----------
    year : int
        The first of them; what is built in this phase stands from then on.
    budget_usd : float
        What building may cost in this phase.
    demand : Table, DataFrame or str, optional
        What is to be carried in a year, as in `assign`.
    growth : float
        Factor on all its amounts.
    """

    year: int
    budget_usd: float = 0.0
    demand: Table | pd.DataFrame | str | None = None
    growth: float = 1.0


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
        Candidates. Several may add to one limit; apart from that each touches what no other does.
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
        Costs are those of a year.

    Raises
    ------
    InvalidValueError, UnknownNameError, ScenarioError
        No projects, a name twice, what is not there, a number that is none, a project that makes something
        worse, or projects that together do something else than each alone.

    Notes
    -----
    Exact to `gap`: `landsea_routing.whatif.investment` says how. Each assignment also gives a bound for every
    set; a mixed-integer program over the bounds (HiGHS) proposes the next set. Four to forty assignments for
    20 projects; in the worst case one for each set.

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
    _refuse_wrong(projects, [budget_usd], discount_rate)
    table = read_demand(network, demand)
    years = np.array([network.settings.base_year])
    budget, amount = np.array([float(budget_usd)]), demand_t(network, table)[None, :]
    terms = Terms(*_costs(projects, discount_rate), amount, np.ones(1), budget, carry_over=False)
    candidates = read_candidates(network, projects, table, unserved_price)
    return _to_design(projects, years, terms, choose(candidates, terms, gap, max_rounds))


def design_phases(
    network: Network,
    projects: Sequence[Project],
    phases: Sequence[Phase],
    *,
    until: int,
    discount_rate: float = 0.05,
    carry_over: bool = True,
    unserved_price: UnservedPrice = "network",
    gap: float = 1e-6,
    max_rounds: int = 1000,
) -> Design:
    """Choose what to build and in which phase, so that all years together cost least, discounted.

    Parameters
    ----------
    network : Network
        Tables, with nothing built.
    projects : sequence of Project
        As in `design`; what is built stands in all later phases.
    phases : sequence of Phase
        In the order of their years, each with its demand and its budget. One budget for all is that of the
        first, with none in the others.
    until : int
        Year in which the last phase ends.
    discount_rate : float
        Interest of a year, by which costs and annuities are discounted to the first year.
    carry_over : bool
        Whether what is left of a budget may be spent in a later phase.
    unserved_price : float or "network"
        As in `assign`; one price for all that is unserved.
    gap, max_rounds
        As in `design`.

    Returns
    -------
    Design
        Costs are those of all years until `until`, discounted to the first.

    Raises
    ------
    InvalidValueError, UnknownNameError, ScenarioError
        As `design`; or phases that do not follow each other.

    Notes
    -----
    Every year in which a project stands pays its annuity, so that what outlives the last year is not paid in
    full. The prices of a plan for one phase bound the cost of every set in all phases, as neither costs of
    ways nor the price of what is unserved change with the demand; so phases share what is proved.

    Examples
    --------
    Half as much again from 2040 on; until then the berth does not pay:

    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> found = lsr.design_phases(net, [Project("track", 120e6, {"track_dual": 2.0})],
    ...     [Phase(2030, 150e6), Phase(2040, growth=1.5)], until=2050)
    >>> found.start.tolist(), found.gap < 1e-6
    ([2040], True)
    """
    if not all(isinstance(p, Phase) for p in phases):
        raise InvalidValueError(f"phases are {phases}", expected="a list of Phase(year, budget_usd)")
    _refuse_wrong(projects, [p.budget_usd for p in phases], discount_rate)
    years = _read_years(phases, until)
    tables = [read_demand(network, phase.demand) for phase in phases]
    whole = tables[0]
    for table in tables[1:]:
        whole = whole if table is tables[0] else replace_demand(whole, table)
    amount: FloatArray = np.stack(
        [_amounts(network, whole, table) * p.growth for table, p in zip(tables, phases, strict=True)]
    )
    every = np.arange(years[0], until)
    share = (1.0 + discount_rate) ** -(every - years[0]).astype(np.float64)
    phase = np.searchsorted(years, every, side="right") - 1
    weight = np.bincount(phase, share, years.size).astype(np.float64)
    budget = np.array([float(p.budget_usd) for p in phases])
    terms = Terms(*_costs(projects, discount_rate), amount, weight, budget, carry_over)
    candidates = read_candidates(network, projects, whole, unserved_price)
    return _to_design(projects, years, terms, choose(candidates, terms, gap, max_rounds))


def _costs(projects: Sequence[Project], rate: float) -> tuple[FloatArray, FloatArray]:
    """What building costs, and what that and the upkeep cost a year."""
    yearly = [annuity(p.cost_usd, p.life_years, rate) + p.upkeep_usd for p in projects]
    return np.array([float(p.cost_usd) for p in projects]), np.array(yearly)


def _amounts(network: Network, whole: Table, part: Table) -> FloatArray:
    """Tonnes a year of a demand, in the rows of one that has all rows."""
    keys = [list(zip(*(t[c].tolist() for c in t.schema.key), strict=True)) for t in (whole, part)]
    tonnes = dict(zip(keys[1], demand_t(network, part).tolist(), strict=True))
    return np.array([tonnes.get(key, 0.0) for key in keys[0]])


def _to_design(projects: Sequence[Project], years: IntArray, terms: Terms, found: Choice) -> Design:
    def start(plan: BoolArray) -> IntArray:
        return np.where(plan.any(axis=1), years[plan.argmax(axis=1)], NEVER)

    return Design(
        projects=np.array([p.name for p in projects]),
        cost_usd=terms.cost,
        annuity_usd=terms.annuity,
        worth_usd=found.worth,
        years=years,
        start=start(found.best),
        greedy_start=start(found.greedy),
        budget_usd=float(terms.budget.sum()),
        discounted_years=float(terms.weight.sum()),
        base_usd=found.base_usd,
        best_usd=found.best_usd,
        greedy_usd=found.greedy_usd,
        bound_usd=found.bound_usd,
        n_solved=found.n_solved,
    )


def _read_years(phases: Sequence[Phase], until: int) -> IntArray:
    years = [phase.year for phase in phases]
    whole = all(type(y) is int for y in [*years, until])
    if not (whole and years and all(a < b for a, b in itertools.pairwise([*years, until]))):
        raise InvalidValueError(
            f"phases begin in {years} and end in {until!r}",
            column="phases",
            ids=years,
            expected="at least one phase, whole years in order, and `until` after the last",
        )
    bad = [phase.year for phase in phases if not 0 <= phase.growth < np.inf]
    if bad:
        raise InvalidValueError(
            "growth is no factor",
            column="phases",
            ids=bad,
            expected="a number >= 0",
            cure="1.2 for 20 % more",
        )
    return np.array(years, dtype=np.int64)


def _refuse_wrong(projects: Sequence[Project], budgets: Sequence[float], rate: float) -> None:
    """Refuse numbers that are none before anything is solved."""
    names = [p.name for p in projects]
    bad = [
        p.name
        for p in projects
        if not (0 <= p.cost_usd < np.inf and 0 < p.life_years < np.inf and 0 <= p.upkeep_usd < np.inf)
        or not (p.adds or (p.scenario is not None and p.scenario.edits))
        or not all(0 < x < np.inf for x in p.adds.values())
    ]
    wrong = ""
    if not names:
        wrong = "there is nothing to choose"
    elif len(set(names)) < len(names):
        wrong = "two projects share a name"
    elif bad:
        wrong = f"projects {', '.join(bad)} change nothing or have numbers that are none"
    elif not (all(0 <= b < np.inf for b in budgets) and 0 <= rate < 1):
        wrong = f"the budget is {', '.join(map(str, budgets))} and discount_rate {rate}"
    if wrong:
        raise InvalidValueError(
            wrong,
            column="projects",
            ids=bad,
            expected="projects with names of their own, costs >= 0, lives > 0, and adds > 0 or edits; "
            "finite budgets >= 0; a rate from 0 to 1",
        )
