"""The projects of a network that a budget buys best, and when, beside the ranking by dual price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from landsea_routing._typing import BoolArray, IntArray
from landsea_routing.errors import ScenarioError
from landsea_routing.results.answer import Cell
from landsea_routing.results.design import NEVER, Design
from landsea_routing.whatif.candidates import Project
from landsea_routing.whatif.design import Phase, design, design_phases
from landsea_routing.whatif.projects import MT, Appraisal
from landsea_routing.whatif.runs import Runs

BEST, GREEDY = "best plan", "ranking by dual price"


def portfolio(runs: Runs, fields: Mapping[str, Any]) -> Appraisal:
    """Choose among all projects of the network at once, with a proof.

    Parameters
    ----------
    runs : Runs
        The network, with a table `projects`.
    fields : mapping
        Of the step: `rate` and `budget_usd`, with a `demand` set; or `rate` and `phases` (`year`,
        `budget_usd`, `demand`, `growth`), with `until` and `carry_over`.

    Returns
    -------
    Appraisal
        The best first; then the best plan and that of the ranking as wholes, with what they save net of
        annuities in a mean year and by how much, in proof, they could be beaten.

    Raises
    ------
    ScenarioError
        There are neither a budget nor phases with their end, or there are both.
    """
    if ("phases" in fields) == ("budget_usd" in fields) or ("phases" in fields) != ("until" in fields):
        raise ScenarioError(
            "a step that asks for a design does not say what may be spent until when",
            expected="`budget_usd`, or `phases` and `until`, and not both",
            cure="correct the step",
        )
    projects, rate = _projects(runs), float(fields["rate"])
    runs.say(f"choosing among {len(projects)} projects")
    if "phases" not in fields:
        demand = str(fields.get("demand", "")) or None
        found = design(runs.network, projects, float(fields["budget_usd"]), discount_rate=rate, demand=demand)
    else:
        found = design_phases(
            runs.network,
            projects,
            [Phase(**{**phase, "demand": phase.get("demand") or None}) for phase in fields["phases"]],
            until=fields["until"],
            discount_rate=rate,
            carry_over=bool(fields.get("carry_over", True)),
        )
    return _to_appraisal(found)


def _projects(runs: Runs) -> list[Project]:
    """Projects of the table, each with the scenario that builds it; the demand is that of the step."""
    table = runs.network.projects
    return [
        Project(
            str(table["id"][i]),
            float(table["cost_usd"][i]),
            life_years=float(table["life_y"][i]),
            scenario=runs.scenario(str(table["scenario"][i])).use_demand(""),
        )
        for i in range(len(table))
    ]


def _to_appraisal(found: Design) -> Appraisal:
    columns = ["cost M USD", "annuity M USD/yr", "worth at most M USD/yr", BEST, GREEDY]
    columns += ["saves net M USD/yr", "gap % of cost", "gap % of saving"]
    later = np.where(found.start == NEVER, np.iinfo(np.int64).max, found.start)
    rows: dict[str, list[Cell]] = {
        str(found.projects[i]): [
            float(found.cost_usd[i]) / MT,
            float(found.annuity_usd[i]) / MT,
            float(found.worth_usd[i]) / MT,
            _when(found, found.start, i),
            _when(found, found.greedy_start, i),
            None,
            None,
            None,
        ]
        for i in np.lexsort((-found.worth_usd, later))
    }
    rows[BEST] = _whole(found, found.chosen, found.best_usd)
    rows[GREEDY] = _whole(found, found.greedy, found.greedy_usd)
    return Appraisal(columns, rows)


def _when(found: Design, start: IntArray, i: int) -> str:
    if start[i] == NEVER:
        return "no"
    return "yes" if found.years.size == 1 else str(start[i])


def _whole(found: Design, built: BoolArray, usd: float) -> list[Cell]:
    """Cost of a plan, its annuities, what it saves in a mean year, and what is proved of it."""
    saves = (found.base_usd - usd) / found.discounted_years / MT
    money = [float(x[built].sum()) / MT for x in (found.cost_usd, found.annuity_usd)]
    missed, most = usd - found.bound_usd, found.base_usd - found.bound_usd
    gaps = [100.0 * max(0.0, missed) / max(1.0, whole) for whole in (abs(usd), most)]
    return [*money, None, "", "", saves, *gaps]
