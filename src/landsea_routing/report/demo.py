"""The main job: check a network, solve its base flow, ask its what-if, write one report."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from landsea_routing.assignment.assign import assign
from landsea_routing.model.checks import Report, check
from landsea_routing.model.network import Network
from landsea_routing.report.comparison import change_sections
from landsea_routing.report.network_map import flow_map
from landsea_routing.report.page import Section, TableSection, TextSection, report_page, write_page
from landsea_routing.report.plan_page import headings
from landsea_routing.report.tables import Column, text_table
from landsea_routing.whatif.compare import compare
from landsea_routing.whatif.files import load_scenario

if TYPE_CHECKING:
    from landsea_routing.results.assignment import Assignment
    from landsea_routing.whatif.scenario import Scenario

BINDING_SHOWN = 15
MT = 1e6
FULL = 1e-9
"""Share of a limit within which it counts as used up."""


class Watched(NamedTuple):
    """A capacity that a case is about.

    Attributes
    ----------
    limit, used : float
        As shown, in `unit`: tonnes as Mt/yr, all else in the unit of the limit. NaN where there is none, and
        limit `inf` where it was lifted.
    unit : str
        What they are counted in.
    worth_usd : float
        What one more of the limit alone saves: for each tonne of the cargo that uses it where the limit is in
        tonnes, else for one of `unit`.
    worth_usd_per_t : float
        For each tonne of the cargo in any case; NaN where nothing says how much a tonne takes.
    """

    limit: float
    used: float
    unit: str
    worth_usd: float
    worth_usd_per_t: float


@dataclass(frozen=True, eq=False)
class Case:
    """One cell of the what-if: a scenario under one demand, and the capacity that it is about.

    Parameters
    ----------
    scenario : Scenario
        What was edited.
    title, demand : str
        What to call the scenario and the demand.
    plan : Assignment
        The flows.
    watched : str
        The first capacity group that the scenario edits; empty where it edits none.
    """

    scenario: Scenario
    title: str
    demand: str
    plan: Assignment
    watched: str

    @property
    def name(self) -> str:
        """Return what to call the case."""
        return f"{self.title}, {self.demand}"

    def capacity(self) -> Watched:
        """Return limit, use and worth of the watched capacity."""
        rows = self.plan.dual_prices(binding=False).set_index("group")
        if self.watched not in rows.index:
            return Watched(float("inf") if self.watched else float("nan"), float("nan"), "", 0.0, 0.0)
        row = rows.loc[self.watched]
        each, per_t = float(row["right_usd_per_unit"]), float(row["right_usd_per_t"])
        per_t = 0.0 if each == 0 else per_t
        if row["unit"] == "t/yr":
            return Watched(float(row["limit"]) / MT, float(row["used"]) / MT, "Mt/yr", per_t, per_t)
        return Watched(float(row["limit"]), float(row["used"]), str(row["unit"]), each, per_t)


@dataclass(frozen=True, eq=False)
class Demo:
    """All that the demo found.

    Parameters
    ----------
    network : Network
        The network.
    findings : Report
        What the checks say of its tables.
    base : Assignment
        Its flows in the base year.
    cases : tuple of Case
        The what-if.
    """

    network: Network
    findings: Report
    base: Assignment
    cases: tuple[Case, ...]

    @property
    def plans(self) -> dict[str, Assignment]:
        """Base and cases by name."""
        return {"base": self.base, **{case.name: case.plan for case in self.cases}}

    def whatif_table(self) -> tuple[list[Column], list[list[object]]]:
        """Columns and rows: each case, with its change against the first of the same demand."""
        columns = [
            Column("demand"),
            Column("scenario"),
            Column("capacity"),
            Column("limit", decimals=2),
            Column("used", decimals=2),
            Column("unit"),
            Column("worth of one more tonne", "USD", 2),
            Column("cost", "bn USD/yr", 3),
            Column("change of cost", "M USD/yr", 1),
            Column("change of transport", "bn t-km", 2),
            Column("unserved", "Mt/yr", 2),
        ]
        rows: list[list[object]] = []
        for case in self.cases:
            first = next(c for c in self.cases if c.demand == case.demand).plan
            limit, used, unit, _, worth = case.capacity()
            plan = case.plan
            rows.append(
                [
                    case.demand,
                    case.title,
                    case.watched or None,
                    limit if math.isfinite(limit) else None,
                    used if math.isfinite(used) else None,
                    unit or None,
                    worth if math.isfinite(worth) else None,
                    plan.objective_usd / 1e9,
                    (plan.objective_usd - first.objective_usd) / MT,
                    (plan.tonne_km - first.tonne_km) / 1e9,
                    plan.unserved_t / MT,
                ]
            )
        return columns, rows

    def crossing_table(self) -> tuple[list[Column], list[list[object]]]:
        """Columns and rows: Mt/yr over each watched border, both ways, base and cases."""
        links = self.network.settings.facts.get("demo", {}).get("crossings", [])
        flows = [plan.to_frame().groupby("link")["flow_t"].sum().to_dict() for plan in self.plans.values()]
        rows = [[str(c["title"]), *(flow.get(c["link"], 0.0) / MT for flow in flows)] for c in links]
        return self._flow_columns("Mt/yr both ways"), rows

    def port_table(self) -> tuple[list[Column], list[list[object]]]:
        """Columns and rows: Mt/yr handled in each watched port, base and cases."""
        nodes = self.network.settings.facts.get("demo", {}).get("ports", [])
        name = dict(zip(self.network.nodes["id"].tolist(), self.network.nodes["name"].tolist(), strict=True))
        flows = [plan.ports().groupby("node")["flow_t"].sum().to_dict() for plan in self.plans.values()]
        rows = [[name[node], *(flow.get(node, 0.0) / MT for flow in flows)] for node in nodes]
        return self._flow_columns("Mt/yr handled"), rows

    def bottleneck_table(self) -> tuple[list[Column], list[list[object]]]:
        """Columns and rows: the dearest binding capacities of the base."""
        columns = [
            Column("capacity"),
            Column("kind"),
            Column("limit", decimals=0),
            Column("unit"),
            Column("flow", "Mt/yr", 2),
            Column("one more unit saves", "USD/yr", 2),
            Column("one unit less costs", "USD/yr", 2),
        ]
        frame = self.base.dual_prices().head(BINDING_SHOWN)
        return columns, [
            [r.group, r.kind, r.limit, r.unit, r.flow_t / MT, r.right_usd_per_unit, r.left_usd_per_unit]
            for r in frame.itertuples()
        ]

    def verdicts(self) -> list[str]:
        """Say case by case, in words, whether the watched capacity binds and what it is worth."""
        return [_verdict(case) for case in self.cases if case.watched]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, ready for JSON."""
        tables = {
            "whatif": self.whatif_table(),
            "crossings": self.crossing_table(),
            "ports": self.port_table(),
            "bottlenecks": self.bottleneck_table(),
        }
        base = self.base
        return {
            "network": self.network.name,
            "findings": self.findings.to_rows(),
            "base": {"status": str(base.status), "gap": base.gap, "objective_usd": base.objective_usd},
            "verdicts": self.verdicts(),
            **{name: _records(*table) for name, table in tables.items()},
        }

    def __str__(self) -> str:
        parts = [str(self.findings), self.base.summary(), text_table(*self.whatif_table())]
        parts += ["\n".join(self.verdicts()), text_table(*self.crossing_table())]
        parts += ["Bottlenecks of the base:", text_table(*self.bottleneck_table())]
        return "\n\n".join(parts)

    def _flow_columns(self, heading: str) -> list[Column]:
        cases = [Column(case.title, case.demand, 2) for case in self.cases]
        return [Column(heading), Column("base", decimals=2), *cases]


def run_demo(network: Network, *, progress: Callable[[str], object] | None = None) -> Demo:
    """Check the network, solve its base and the what-if that its `network.toml` names under `demo`.

    Parameters
    ----------
    network : Network
        A network whose settings have `demo.scenarios` and `demo.demands`.
    progress : callable, optional
        Called with one line of text as work goes on.

    Returns
    -------
    Demo
    """
    say = progress or (lambda _: None)
    settings = network.settings.facts.get("demo", {})
    say(f"checking {network.name}")
    findings = check(network)
    say("base flow")
    base = assign(network, progress=_rounds(say, "base flow"))
    cases = []
    year = network.settings.base_year
    for demand in settings.get("demands", [{"set": "", "title": f"demand {year or 'of the base'}"}]):
        for entry in settings.get("scenarios", []):
            scenario = load_scenario(str(entry["name"]), network)
            title = f"{entry['title']}, {demand['title']}"
            say(title)
            edited = scenario.use_demand(demand["set"]).apply(network)
            plan = assign(edited, progress=_rounds(say, title))
            watched = _edited_group(edited, scenario)
            cases.append(Case(scenario, str(entry["title"]), str(demand["title"]), plan, watched))
    return Demo(network, findings, base, tuple(cases))


def write_demo(demo: Demo, path: str | Path) -> Path:
    """Write the demo as one self-contained offline HTML page."""
    place, subtitle = headings(demo.network.settings)
    findings = f"{len(demo.findings.errors)} errors, {len(demo.findings.warnings)} warnings in the tables"
    gap = round(demo.base.gap, 9) + 0.0  # as the summary of the plan writes it
    proof = f"Solved to a certificate: status {demo.base.status}, relative gap {gap:g}; {findings}."
    sections: list[Section] = [
        TextSection("What came out", [demo.base.summary() + ".", *demo.verdicts(), proof]),
        flow_map(
            demo.plans,
            heading="Where it flows",
            note="Width by tonnes a year, both ways. Point at a line for its name.",
        ),
        TableSection(
            "What if", *demo.whatif_table(), note="Change against the first scenario of the same demand."
        ),
        *_widest_change(demo),
        TableSection("Over the borders", *demo.crossing_table()),
        TableSection("Through the ports", *demo.port_table(), note="Loaded, unloaded and transhipped."),
        TableSection(
            "Bottlenecks of the base",
            *demo.bottleneck_table(),
            note="Of this capacity alone, in a year. The two differ where another limit binds beside it.",
        ),
    ]
    footer = "Figures and their sources: SOURCES.md beside the tables. Land: Natural Earth, public domain."
    page = report_page(sections, title=f"{place}: base year and what-if", subtitle=subtitle, footer=footer)
    return write_page(path, page)


def _widest_change(demo: Demo) -> list[Section]:
    """Why the last case costs what it does, and who moves, against the first of the same demand."""
    if not demo.cases:
        return []
    last = demo.cases[-1]
    first = next(case for case in demo.cases if case.demand == last.demand)
    if first is last:
        return []
    change = compare(first.plan, last.plan, names=(first.title, last.title))
    heading = f"{last.title}, {last.demand}: why, and who moves"
    return change_sections(change, heading=heading, with_map=False)


def _verdict(case: Case) -> str:
    limit, used, unit, worth, _ = case.capacity()
    share = f"{used:,.2f} of {limit:,.2f} {unit} used"
    if math.isinf(limit):
        return f"{case.name}: {case.watched} has no limit."
    if worth > 0:
        one = "one more tonne a year is worth" if unit == "Mt/yr" else f"one more {unit} is worth"
        return f"{case.name}: {case.watched} binds ({share}); {one} {worth:,.2f} USD."
    if used >= limit * (1 - FULL):
        beside = "but another limit binds beside it; more of it alone is worth nothing"
        return f"{case.name}: {case.watched} is full ({share}), {beside}."
    return f"{case.name}: nothing binds at {case.watched} ({share}); more of it is worth nothing."


def _edited_group(network: Network, scenario: Scenario) -> str:
    """The first capacity that a scenario edits: the subject of its question."""
    groups = set(network.capacity_groups["id"].tolist())
    targets = [str(e.fields["target"]) for e in scenario.edits if e.verb == "set_capacity"]
    return next((t for t in targets if t in groups), "")


def _records(columns: list[Column], rows: list[list[object]]) -> list[dict[str, object]]:
    names = [f"{c.heading} {c.unit}".strip() for c in columns]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _rounds(say: Callable[[str], object], title: str) -> Callable[[int, float, float], object]:
    def report(number: int, objective: float, bound: float) -> object:
        return say(f"{title}: round {number}, {objective / 1e9:,.3f} bn USD")

    return report
