"""Projects against their cost: each alone, and those that a budget buys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from landsea_routing.assignment.assign import assign
from landsea_routing.errors import UnknownNameError, did_you_mean
from landsea_routing.results.answer import Cell
from landsea_routing.results.assignment import Assignment
from landsea_routing.whatif.apply import apply_edit
from landsea_routing.whatif.candidates import annuity
from landsea_routing.whatif.runs import Runs
from landsea_routing.whatif.watch import measure

MT = 1e6
TOGETHER = "all chosen together"


class Appraisal(NamedTuple):
    """Projects by name with what they cost and save, the best ratio first."""

    columns: list[str]
    rows: dict[str, list[Cell]]


def appraise(
    runs: Runs,
    demands: Sequence[str],
    *,
    rate: float,
    budget_usd: float,
    only: Sequence[str] | None = None,
    per: Mapping[str, Any] | None = None,
) -> Appraisal:
    """Weigh each project of the network alone, and choose greedily what a budget buys.

    Parameters
    ----------
    runs : Runs
        The network, with a table `projects`.
    demands : sequence of str
        Demand sets ("" for the base demand); the choice goes by the last.
    rate : float
        Rate of interest, by year: 0.06.
    budget_usd : float
        What the chosen may cost in all.
    only : sequence of str, optional
        Ids of the projects to weigh; all where not given.
    per : mapping, optional
        A flow to watch (`landsea_routing.whatif.watch`): what each tonne more of it costs, annuity / gain.

    Returns
    -------
    Appraisal

    Notes
    -----
    A project saves what the least total cost of a year falls by when its scenario is laid over the base.
    Greedy: by saving / annuity, as long as it is above 1 and the cost fits. Each project is weighed alone:
    two that serve the same cargo do not save twice (the last row has them together), and two that need each
    other are undervalued.
    """
    table = runs.network.projects
    known = table["id"].tolist()
    unknown = [name for name in only or () if name not in known]
    if unknown:
        raise UnknownNameError(
            f"project {unknown[0]!r} is not in the table",
            table="projects",
            column="id",
            ids=unknown,
            expected=f"one of {', '.join(known) or '(none)'}",
            cure=did_you_mean(unknown[0], known) or "add it to projects.csv",
        )
    rows: dict[str, list[Cell]] = {}
    ratios: dict[str, float] = {}
    for i, name in enumerate(known):
        if only is not None and name not in only:
            continue
        cost = float(table["cost_usd"][i])
        yearly = annuity(cost, float(table["life_y"][i]), rate)
        row: list[Cell] = [cost / MT, yearly / MT]
        for demand in demands:
            plan = runs.plan(str(table["scenario"][i]), demand)
            saved = _saved(runs, plan, demand)
            ratios[name] = saved / yearly if yearly > 0 else float("inf")
            row += [saved / MT, ratios[name]]
            if per is not None:
                gain = (measure(plan, per) - measure(runs.plan(None, demand), per)) * MT
                row.append(yearly / gain if gain > 0 else float("inf"))
        rows[name] = row
    order = sorted(rows, key=lambda name: (-ratios[name], name))
    chosen: list[str] = []
    left = budget_usd
    for name in order:
        cost = float(rows[name][0] or 0.0) * MT
        if ratios[name] > 1 and cost <= left:
            chosen.append(name)
            left -= cost
    columns = ["cost M USD", "annuity M USD/yr"]
    for demand in demands:
        name = demand or "base demand"
        columns += [f"saves M USD/yr, {name}", f"saving / cost, {name}"]
        columns += [f"USD a tonne won, {name}"] * (per is not None)
    sure = dict(zip(known, table["confidence"].tolist(), strict=True))
    ranked: dict[str, list[Cell]] = {
        n: [*rows[n], str(sure[n]), "yes" if n in chosen else "no"] for n in order
    }
    if only is None:
        ranked[TOGETHER] = [*_together(runs, chosen, rows, demands, width=3 if per else 2), "", ""]
    return Appraisal([*columns, "confidence of cost", "chosen"], ranked)


def _saved(runs: Runs, plan: Assignment, demand: str) -> float:
    return runs.plan(None, demand).objective_usd - plan.objective_usd


def _together(
    runs: Runs, chosen: list[str], rows: dict[str, list[Cell]], demands: Sequence[str], width: int
) -> list[Cell]:
    """Cost and saving of all chosen projects laid over each other."""
    cost, yearly = (sum(float(rows[n][k] or 0.0) for n in chosen) for k in (0, 1))
    row: list[Cell] = [cost, yearly]
    table = runs.network.projects
    scenario = dict(zip(table["id"].tolist(), table["scenario"].tolist(), strict=True))
    for demand in demands:
        network = runs.season(None, demand, None)
        # Edits one by one: two projects may widen the same yard, which one scenario would refuse.
        for name in chosen:
            for edit in runs.scenario(str(scenario[name])).edits:
                network = apply_edit(network, edit)
        saved = _saved(runs, assign(network), demand) / MT
        row += [saved, saved / yearly if yearly > 0 else float("nan"), None][:width]
    return row
