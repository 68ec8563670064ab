"""Answer a planner's question step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.errors import NoPathError, ScenarioError
from landsea_routing.graph.expand import expand
from landsea_routing.graph.graph import Graph
from landsea_routing.model.network import Network
from landsea_routing.results._show import unit_of
from landsea_routing.results.answer import Answer, Cell, Sheet, Verdict
from landsea_routing.results.assignment import Assignment
from landsea_routing.results.choices import modes_of, words_of
from landsea_routing.routing.access import market_access
from landsea_routing.routing.shares import catchment_shares
from landsea_routing.routing.shortest_path import shortest_path
from landsea_routing.whatif.breakeven import break_even
from landsea_routing.whatif.portfolio import portfolio
from landsea_routing.whatif.projects import TOGETHER, appraise
from landsea_routing.whatif.questions import PlannersQuestion, Step, load_question
from landsea_routing.whatif.runs import Runs
from landsea_routing.whatif.watch import measure, watch_title

MT = 1e6
SPREAD_USD_PER_T = 10.0
"""Spread of a catchment by shares where a step states none."""
TURNS = "Turns at: the value nearest to now at which the lead changes. Dearer below 0: cheaper."
HINTERLANDS = (
    "Places: those whose cheapest way goes through it. Share: of the places by path-size logit, at a spread "
    "in USD/t. Overlap: how much of the smaller of two hinterlands, by shares, lies in the other."
)
COSTS = "USD/t: money and the value of hours together."
UNBEATEN = (
    "Unbeaten: no other way between the same places is as good in USD/t, hours and CO2e and better in one."
)
PROJECT = "project"
"""What the rows of tables that weigh projects are called."""
MIXED = ("flows", "break_even")
"""Tables whose rows have units of their own: bars of different units on one scale would say nothing."""


def answer_question(
    question: PlannersQuestion | str, network: Network, *, progress: Callable[[str], object] | None = None
) -> Answer:
    """Answer a planner's question: its tables, and whether they come out as expected.

    Parameters
    ----------
    question : PlannersQuestion or str
        From `load_question`, or its id.
    network : Network
        The network whose scenarios it names.
    progress : callable, optional
        Called with one line of text as work goes on.

    Returns
    -------
    Answer

    Raises
    ------
    ScenarioError
        An expectation names a row or column that the answer does not have.
    UnknownNameError, InvalidValueError
        A step names what the network does not have.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> lsr.answer_question("T1", lsr.load_network("toy_three_ports")).summary()
    'T1: 3 of 3 expectations come out'
    """
    if isinstance(question, str):
        question = load_question(question, network)
    runs = Runs(network, progress or (lambda _: None))
    sheets: list[Sheet] = []
    verdicts: list[Verdict] = []
    plans: dict[str, Assignment] = {}
    title = ""
    for name in question.scenarios:  # what is wrong with one is said before anything is solved
        runs.network_of(name)
    for step in question.steps:
        runs.say(f"{question.id}: {step.title}")
        sheet, drawn = _STEPS[step.ask](runs, step)
        sheets.append(sheet)
        if drawn and not plans:
            plans, title = drawn, step.title
        for expected in step.expects:
            try:
                verdicts.append(expected.judge(sheet))
            except KeyError as error:
                raise ScenarioError(
                    f"question {question.id} expects {expected.says!r}, but {error.args[0]}",
                    ids=(question.id,),
                    expected=f"a row of {', '.join(sheet.rows)} and a column of {', '.join(sheet.columns)}",
                    cure="correct the expectation",
                ) from None
    return Answer(
        question.id,
        question.title,
        question.question,
        question.sources,
        tuple(sheets),
        tuple(verdicts),
        plans,
        title,
        _names(runs, question, sheets),
    )


def _names(runs: Runs, question: PlannersQuestion, sheets: list[Sheet]) -> dict[str, str]:
    """What people call the scenarios of a question and the projects that it weighs."""
    named = {name: runs.scenario(name).title for name in question.scenarios}
    table = runs.network.projects
    projects = dict(zip(table["id"].tolist(), table["name"].tolist(), strict=True))
    named |= {row: projects.get(row, "") for sheet in sheets if sheet.key == PROJECT for row in sheet.rows}
    return {name: said for name, said in named.items() if said}


Found = tuple[Sheet, dict[str, Assignment]]


def _sheet(
    step: Step,
    key: str,
    columns: list[str],
    rows: dict[str, list[Cell]],
    *,
    note: str = "",
    aside: tuple[str, ...] = (),
) -> Sheet:
    cells = tuple(tuple(_number(cell) for cell in row) for row in rows.values())
    chart = step.chart or ("" if step.ask in MIXED else _first_numeric(columns, cells))
    said = " ".join(filter(None, (step.note, note)))
    return Sheet(step.title, key, tuple(rows), tuple(columns), cells, said, chart, aside)


def _number(cell: Any) -> Cell:
    return cell if isinstance(cell, str) or cell is None else float(cell)


def _first_numeric(columns: list[str], cells: tuple[tuple[Cell, ...], ...]) -> str:
    numeric = [name for i, name in enumerate(columns) if any(isinstance(row[i], float) for row in cells)]
    return numeric[0] if numeric else ""


def _flows(runs: Runs, step: Step) -> Found:
    """Base and scenarios side by side, what is watched row by row."""
    fields = step.fields
    names = [str(name) for name in fields["scenarios"]]
    demand = str(fields.get("demand", "")) or runs.demand_of(names)
    month = fields.get("month")
    plans = {"base": runs.plan(None, demand, month)}
    plans |= {name: runs.plan(name, demand, month) for name in names}
    base = plans["base"]
    each = list(plans.values())
    rows: dict[str, list[Cell]] = {
        "change of cost M USD/yr": [(p.objective_usd - base.objective_usd) / MT for p in each],
        "change of transport bn t-km/yr": [(p.tonne_km - base.tonne_km) / 1e9 for p in each],
        "unserved Mt/yr": [p.unserved_t / MT for p in each],
    }
    for item in fields.get("watch", ()):
        rows[watch_title(item, runs.network)] = [measure(plan, item) for plan in each]
    return _sheet(step, "what", list(plans), rows), plans


def _ways(runs: Runs, step: Step) -> Found:
    """Best ways, and which of them none between the same places beats in cost, hours and CO2e at once."""
    rows: dict[str, list[Cell]] = {}
    ends: dict[str, tuple[str, ...]] = {}
    for trip in step.fields["trips"]:
        graph = _graph(runs, step, str(trip.get("scenario", "")), trip)
        options = {k: trip[k] for k in ("via", "avoid", "modes", "weight", "access", "seasonal") if k in trip}
        try:
            route = shortest_path(graph, trip["origin"], trip["destination"], **options)
        except NoPathError:
            rows[trip["name"]] = [*[float("inf")] * 4, "", "no way"]
            ends[trip["name"]] = ()
            continue
        ledger = [route.length_km, route.time_h, route.cost_usd_per_t, route.co2e_kg_per_t]
        rows[trip["name"]] = [*ledger, modes_of(route), _passed(route)]
        ends[trip["name"]] = (route.origin, route.destination, route.commodity)
    values = np.array([row[1:4] for row in rows.values()], dtype=float)
    compared = tuple(str(item["name"]) for item in step.fields.get("less", ()))
    for item in step.fields.get("less", ()):
        one, other = (np.array(rows[item[k]][:4], dtype=float) for k in ("of", "less"))
        with np.errstate(invalid="ignore"):  # neither way is there
            rows[item["name"]] = [*(one - other).tolist(), "", ""]
    columns, rivals = ["km", "h", "USD/t", "kg CO2e/t", "modes", "by"], list(ends.values())
    if max(map(rivals.count, filter(None, rivals)), default=0) < 2:
        return _sheet(step, "way", columns, rows, note=COSTS, aside=compared), {}
    for i, row in enumerate(rows.values()):
        row.append(_unbeaten(values, rivals, i) if i < len(rivals) else "")
    return _sheet(step, "way", [*columns, "unbeaten"], rows, note=f"{COSTS} {UNBEATEN}", aside=compared), {}


def _passed(route: Any) -> str:
    """Places where it changes mode or gauge or crosses a border, in order."""
    ends = [leg.from_node for leg in route.legs] + [leg.to_node for leg in route.legs[-1:]]
    inner = [n for n in dict.fromkeys(ends) if n not in (route.origin, route.destination)]
    return ", ".join(words_of(route, node) for node in inner)


def _unbeaten(values: FloatArray, rivals: list[tuple[str, ...]], i: int) -> str:
    """Whether no way between the same places is as good in all and better in one; empty for an only way."""
    if not rivals[i]:
        return "no"
    same = np.array([other == rivals[i] for other in rivals])
    if same.sum() < 2:
        return ""
    as_good, better = (values <= values[i]).all(axis=1), (values < values[i]).any(axis=1)
    return "no" if (same & as_good & better).any() else "yes"


def _shares(runs: Runs, step: Step) -> Found:
    """Terminals with their hinterlands by least cost and by share, for each spread and scenario."""
    fields = step.fields
    columns: dict[str, list[Cell]] = {}
    for name in ("", *fields.get("scenarios", ())):
        graph, case = _graph(runs, step, name, fields), name or "base"
        for i, spread in enumerate(fields.get("spreads", (SPREAD_USD_PER_T,))):
            found = catchment_shares(
                graph,
                fields["terminals"],
                spread=spread,
                places=fields["places"],
                onward=fields.get("onward"),
                inbound=fields.get("inbound", False),
                seasonal=True,
            )
            if i == 0:
                columns[f"places, {case}"] = [float(n) for n in found.least.sizes.values()]
            reached = max(1, int((found.share.sum(axis=1) > 0).sum()))
            shares = [100 * part / reached for part in found.hinterlands.values()]
            columns[f"share %, spread {spread:g}, {case}"] = [float(part) for part in shares]
            if case == "base" and i == 0:
                most = [_most(row, fields["terminals"]) for row in _off_diagonal(found.overlap().to_numpy())]
                columns["overlaps most with"] = [name for name, _ in most]
                columns["overlap %"] = [part for _, part in most]
    rows = dict(
        zip(map(str, fields["terminals"]), map(list, zip(*columns.values(), strict=True)), strict=True)
    )
    return _sheet(step, "terminal", list(columns), rows, note=HINTERLANDS), {}


def _off_diagonal(overlap: FloatArray) -> FloatArray:
    return np.where(np.eye(len(overlap), dtype=bool), np.nan, overlap)


def _most(overlap: FloatArray, names: list[str]) -> tuple[str, float]:
    if not np.isfinite(overlap).any():
        return "", float("nan")
    most = int(np.nanargmax(overlap))
    return str(names[most]), 100 * float(overlap[most])


def _access(runs: Runs, step: Step) -> Found:
    fields = step.fields
    graph = _graph(runs, step, "", fields)
    after = {name: _graph(runs, step, name, fields) for name in fields.get("scenarios", ())}
    inbound = bool(fields.get("inbound", False))
    found = market_access(graph, fields["cities"], decay=fields["decay"], after=after, inbound=inbound)
    rows: dict[str, list[Cell]] = {
        city: [float(index[0]) / MT, *(100 * change[1:]).tolist()]
        for city, index, change in zip(fields["cities"], found.index, found.change, strict=True)
    }
    return _sheet(step, "city", ["index Mt/yr", *(f"{name} %" for name in after)], rows), {}


def _break_even(runs: Runs, step: Step) -> Found:
    rows: dict[str, list[Cell]] = {}
    for case in step.fields["cases"]:
        graph = _graph(runs, step, str(case.get("scenario", "")), {**step.fields, **case})
        options = {k: case[k] for k in ("weight", "avoid", "modes", "access", "seasonal") if k in case}
        if "between" in case:
            options["between"] = tuple(case["between"])
        found = break_even(
            graph,
            case["origin"],
            case["destination"],
            via=case["via"],
            parameter=case["parameter"],
            **options,
        )
        rows[case["name"]] = [found.current, found.unit, found.value, found.when(), found.gap_now]
    units = {unit_of(case.get("weight", "cost")) for case in step.fields["cases"]}
    # Cases of different weights share no unit.
    dearer = f"corridor dearer now {units.pop() if len(units) == 1 else ''}".rstrip()
    columns = ["now", "unit", "turns at", "corridor wins", dearer]
    return _sheet(step, "parameter", columns, rows, note=TURNS), {}


def _closures(runs: Runs, step: Step) -> Found:
    """Each post shut in turn: what that adds, by season, the worst first."""
    fields = step.fields
    months = [int(m) for m in fields["months"]]
    demand = str(fields.get("demand", ""))
    rows: dict[str, list[Cell]] = {}
    for post in fields["posts"]:
        row: list[Cell] = []
        for month in months:
            base = runs.plan(None, demand, month)
            shut = runs.closed(post["name"], post["close"], demand, month)
            row.append((shut.objective_usd - base.objective_usd) / MT)
            row.append((shut.unserved_t - base.unserved_t) / MT)
        rows[str(post["name"])] = row
    ranked = sorted(rows.items(), key=lambda item: -max(float(v or 0.0) for v in item[1][::2]))
    columns = [f"{what}, month {m}" for m in months for what in ("adds M USD/yr", "unserved Mt/yr")]
    return _sheet(step, "post closed", columns, dict(ranked)), {}


def _projects(runs: Runs, step: Step) -> Found:
    fields = step.fields
    found = appraise(
        runs,
        [str(demand) for demand in fields["demands"]],
        rate=float(fields["rate"]),
        budget_usd=float(fields["budget_usd"]),
        only=fields.get("only"),
        per=fields.get("per"),
    )
    return _sheet(step, PROJECT, found.columns, found.rows, aside=(TOGETHER,)), {}


def _design(runs: Runs, step: Step) -> Found:
    found = portfolio(runs, step.fields)
    return _sheet(step, PROJECT, found.columns, found.rows), {}


def _graph(runs: Runs, step: Step, scenario: str, facts: Any) -> Graph:
    """Graph of a scenario for the commodity and month of a step, a trip or a case."""
    commodity = facts.get("commodity", step.fields.get("commodity"))
    month = facts.get("month", step.fields.get("month"))
    return expand(runs.network_of(scenario), commodity, month)


_STEPS: dict[str, Callable[[Runs, Step], Found]] = {
    "flows": _flows,
    "ways": _ways,
    "shares": _shares,
    "access": _access,
    "break_even": _break_even,
    "closures": _closures,
    "projects": _projects,
    "design": _design,
}
