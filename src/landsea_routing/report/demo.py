"""The main job: check a network, solve its base flow, ask its what-if, write one report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landsea_routing.assignment.assign import assign
from landsea_routing.model.checks import Report, check
from landsea_routing.model.network import Network
from landsea_routing.report.network_map import flow_map
from landsea_routing.report.page import Section, TableSection, TextSection, report_page, write_page
from landsea_routing.report.tables import text_table
from landsea_routing.whatif.files import load_scenario

if TYPE_CHECKING:
    from landsea_routing.results.assignment import Assignment
    from landsea_routing.whatif.scenario import Scenario

BINDING_SHOWN = 15
MT = 1e6


@dataclass(frozen=True, eq=False)
class Case:
    """One cell of the what-if: a scenario under one demand, and the capacities that it edits."""

    scenario: Scenario
    demand: str
    plan: Assignment
    watched: tuple[str, ...]

    @property
    def title(self) -> str:
        """Return what to call the case."""
        return f"{self.scenario.name}, {_demand_title(self.demand, self.plan.graph.network)}"


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

    def whatif_table(self) -> tuple[list[str], list[list[object]]]:
        """Columns and rows: each case with its cost against the first of the same demand."""
        columns = ["demand", "scenario", "cost bn USD/yr", "change M USD/yr", "t-km bn", "unserved Mt/yr"]
        columns += ["watched capacity", "limit Mt/yr", "used Mt/yr", "worth USD per extra t"]
        rows: list[list[object]] = []
        for case in self.cases:
            first = next(c for c in self.cases if c.demand == case.demand)
            change = (case.plan.objective_usd - first.plan.objective_usd) / MT
            for group, limit, used, dual in self._watched(case):
                rows.append(
                    [
                        _demand_title(case.demand, self.network),
                        case.scenario.name,
                        case.plan.objective_usd / 1e9,
                        change,
                        case.plan.tonne_km / 1e9,
                        case.plan.unserved_t / MT,
                        group,
                        limit / MT,
                        used / MT,
                        dual,
                    ]
                )
        return columns, rows

    def crossing_table(self) -> tuple[list[str], list[list[object]]]:
        """Columns and rows: Mt/yr over each watched border, both ways, base and cases."""
        plans = {"base": self.base, **{c.title: c.plan for c in self.cases}}
        links = self.network.settings.facts.get("demo", {}).get("crossings", [])
        flows = {name: _flow_by_link(plan) for name, plan in plans.items()}
        rows = [
            [str(c["title"]), *(flows[name].get(str(c["link"]), 0.0) / MT for name in plans)] for c in links
        ]
        return ["border, Mt/yr both ways", *plans], [list(row) for row in rows]

    def port_table(self) -> tuple[list[str], list[list[object]]]:
        """Columns and rows: Mt/yr handled in each watched port, base and cases."""
        plans = {"base": self.base, **{c.title: c.plan for c in self.cases}}
        nodes = self.network.settings.facts.get("demo", {}).get("ports", [])
        name = dict(zip(self.network.nodes["id"].tolist(), self.network.nodes["name"].tolist(), strict=True))
        flows = {k: plan.ports().groupby("node")["flow_t"].sum().to_dict() for k, plan in plans.items()}
        return ["port, Mt/yr handled", *plans], [
            [name[node], *(flows[k].get(node, 0.0) / MT for k in plans)] for node in nodes
        ]

    def bottleneck_table(self) -> tuple[list[str], list[list[object]]]:
        """Columns and rows: the dearest binding capacities of the base."""
        columns = [
            "capacity",
            "kind",
            "limit",
            "unit",
            "flow Mt/yr",
            "worth USD per extra unit",
            "worth USD per extra t",
        ]
        frame = self.base.dual_prices().head(BINDING_SHOWN)
        return columns, [
            [r.group, r.kind, r.limit, r.unit, r.flow_t / MT, r.dual_usd_per_unit, r.dual_usd_per_t]
            for r in frame.itertuples()
        ]

    def verdicts(self) -> list[str]:
        """Say case by case, in words, whether the watched capacity binds and what the case is worth."""
        return [_verdict(case, *row) for case in self.cases for row in self._watched(case)]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, ready for JSON."""
        tables = {
            "whatif": self.whatif_table(),
            "crossings": self.crossing_table(),
            "ports": self.port_table(),
            "bottlenecks": self.bottleneck_table(),
        }
        return {
            "network": self.network.name,
            "findings": self.findings.to_rows(),
            "base": {
                "status": str(self.base.status),
                "gap": self.base.gap,
                "objective_usd": self.base.objective_usd,
            },
            "verdicts": self.verdicts(),
            **{
                n: [dict(zip(columns, row, strict=True)) for row in rows]
                for n, (columns, rows) in tables.items()
            },
        }

    def __str__(self) -> str:
        parts = [str(self.findings), self.base.summary()]
        parts += [text_table(*self.whatif_table()), "\n".join(self.verdicts())]
        parts += [text_table(*self.crossing_table()), text_table(*self.bottleneck_table())]
        return "\n\n".join(parts)

    def _watched(self, case: Case) -> list[tuple[str, float, float, float]]:
        frame = case.plan.dual_prices(binding=False).set_index("group")
        rows = []
        for group in case.watched:
            row = frame.loc[group]
            dual = 0.0 if row["dual_usd_per_unit"] == 0 else float(row["dual_usd_per_t"])
            rows.append((group, float(row["limit"]), float(row["used"]), dual))
        return rows


def run_demo(network: Network, *, progress: Callable[[str], object] | None = None) -> Demo:
    """Check the network, solve its base and the what-if that its `network.toml` names under `demo`.

    Parameters
    ----------
    network : Network
        A network whose settings have `demo.scenarios` and `demo.demand_sets`.
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
    for demand in settings.get("demand_sets", [""]):
        for name in settings.get("scenarios", []):
            scenario = load_scenario(name, network)
            title = f"{name}, {_demand_title(demand, network)}"
            say(title)
            edited = scenario.apply(network)
            plan = assign(edited, demand or None, progress=_rounds(say, title))
            cases.append(Case(scenario, demand, plan, _edited_groups(edited, scenario)))
    return Demo(network, findings, base, tuple(cases))


def write_demo(demo: Demo, path: str | Path) -> Path:
    """Write the demo as one self-contained offline HTML page."""
    plans = {"base": demo.base, **{c.title: c.plan for c in demo.cases}}
    settings = demo.network.settings
    findings = f"{len(demo.findings.errors)} errors, {len(demo.findings.warnings)} warnings in the tables"
    proof = (
        f"Solved to a certificate: status {demo.base.status}, relative gap {demo.base.gap:.1e}; {findings}."
    )
    sections: list[Section] = [
        TextSection("What came out", [demo.base.summary() + ".", *demo.verdicts(), proof]),
        flow_map(
            plans,
            heading="Where it flows",
            note="Width by tonnes a year, both ways. Point at a line for its name.",
        ),
        TableSection(
            "What if", *demo.whatif_table(), note="Change against the first scenario of the same demand."
        ),
        TableSection("Over the borders", *demo.crossing_table()),
        TableSection("Through the ports", *demo.port_table(), note="Loaded, unloaded and transhipped."),
        TableSection(
            "Bottlenecks of the base",
            *demo.bottleneck_table(),
            note="Worth: what one more unit of the capacity would save in a year, as long as it binds.",
        ),
    ]
    footer = "Figures and their sources: SOURCES.md beside the tables. Land: Natural Earth, public domain."
    page = report_page(
        sections, title=settings.title, subtitle=f"Base year {settings.base_year}", footer=footer
    )
    return write_page(path, page)


def _verdict(case: Case, group: str, limit: float, used: float, dual: float) -> str:
    share = f"{used / MT:,.2f} of {limit / MT:,.2f} Mt/yr used"
    if dual > 0:
        return f"{case.title}: {group} binds ({share}); one more tonne a year is worth {dual:,.2f} USD."
    return f"{case.title}: nothing binds at {group} ({share}); more of it is worth nothing."


def _edited_groups(network: Network, scenario: Scenario) -> tuple[str, ...]:
    """The first capacity that a scenario edits: the subject of its question."""
    groups = set(network.capacity_groups["id"].tolist())
    targets = [str(e.fields["target"]) for e in scenario.edits if e.verb == "set_capacity"]
    return tuple([t for t in targets if t in groups][:1])


def _demand_title(name: str, network: Network) -> str:
    return f"demand {name or network.settings.base_year}"


def _flow_by_link(plan: Assignment) -> dict[str, float]:
    frame = plan.to_frame()
    sums: dict[str, float] = frame.groupby("link")["flow_t"].sum().to_dict()
    return sums


def _rounds(say: Callable[[str], object], title: str) -> Callable[[int, float, float], object]:
    def report(number: int, objective: float, bound: float) -> object:
        return say(f"{title}: round {number}, {objective / 1e9:,.3f} bn USD")

    return report
