"""One plan, or several beside each other, as a page: what came out, where it flows, what binds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from landsea_routing.report.comparison import change_sections
from landsea_routing.report.network_map import flow_map
from landsea_routing.report.page import Section, TableSection, TextSection, dated, report_page
from landsea_routing.report.tables import Column
from landsea_routing.results.corridors import corridor_names
from landsea_routing.whatif.compare import compare

if TYPE_CHECKING:
    from landsea_routing.model.network import Settings
    from landsea_routing.results.assignment import Assignment

Table = tuple[list[Column], list[list[object]]]
MT = 1e6
SHOWN = 15
HOW = "Width by tonnes a year, both ways. Point at a line for its name and its flow, there (→) and back (←)."


def plan_page(plans: Mapping[str, Assignment], *, title: str = "") -> str:
    """Write plans as one self-contained offline page, the first as the base of the others.

    Parameters
    ----------
    plans : mapping
        Names to assignments; links that only some of them have are drawn too.
    title : str
        The network and the names of the plans where not given.
    """
    base, first = next(iter(plans.items()))
    settings = first.graph.network.settings
    others = list(plans)[1:]
    who = others[0] if len(others) == 1 else f"{len(others)} plans"
    what, whose = (f"{who} against {base}", f": {base}") if others else ("flows at least cost", "")
    sections: list[Section] = [
        TextSection(f"What came out{whose}", [f"{first.summary()}."]),
        flow_map(plans, heading="Where it flows", note=HOW),
    ]
    if len(plans) > 1:
        sections += change_sections(compare(*plans.values(), names=list(plans)), with_map=False)
    sections += [
        TableSection("Totals", *totals_table(plans)),
        TableSection("Cost by line of the ledger", *ledger_table(plans), note="M USD a year."),
        TableSection("Over the borders", *crossing_table(plans), note="Mt a year; the busiest crossings."),
        TableSection(
            "Through the ports", *port_table(plans), note="Mt a year loaded, unloaded, transhipped."
        ),
    ]
    sections += [
        TableSection(
            f"What binds: {name}" if len(plans) > 1 else "What binds", *binding_table(plan), note=proof(plan)
        )
        for name, plan in plans.items()
    ]
    place, subtitle = headings(settings)
    return report_page(sections, title=title or f"{place}: {what}", subtitle=subtitle)


def headings(settings: Settings) -> tuple[str, str]:
    """Return what a network is called, and a line below it: the rest of its title, and its year.

    >>> from landsea_routing.model.network import Settings
    >>> headings(Settings("ne", "North: land and sea", 2023)), headings(Settings("x", base_year=2020))
    (('North', 'Land and sea. Base year 2023'), ('x', 'Base year 2020'))
    """
    place, _, about = (settings.title or settings.name).partition(": ")
    return place, ". ".join(filter(None, (about[:1].upper() + about[1:], dated(settings).capitalize())))


def totals_table(plans: Mapping[str, Assignment]) -> Table:
    """Columns and rows: a plan each."""
    columns = [
        Column("plan"),
        Column("status"),
        Column("cost", "bn USD/yr", 3),
        Column("carried", "Mt/yr", 2),
        Column("unserved", "Mt/yr", 2),
        Column("transport", "bn t-km/yr", 2),
        Column("CO2e", "Mt/yr", 2),
    ]
    return columns, [
        [
            name,
            str(plan.status),
            plan.objective_usd / 1e9,
            plan.carried_t / MT,
            plan.unserved_t / MT,
            plan.tonne_km / 1e9,
            plan.co2e_t / MT,
        ]
        for name, plan in plans.items()
    ]


def ledger_table(plans: Mapping[str, Assignment]) -> Table:
    """Columns and rows: a line of the ledger each."""
    ledgers = [plan.ledger_usd for plan in plans.values()]
    lines = dict.fromkeys(line for ledger in ledgers for line in ledger)
    rows: list[list[object]] = [
        [line.replace("_", " "), *(ledger.get(line, 0.0) / MT for ledger in ledgers)] for line in lines
    ]
    return [Column("line"), *(Column(name, decimals=1) for name in plans)], rows


def crossing_table(plans: Mapping[str, Assignment]) -> Table:
    """Columns and rows: the busiest border crossings, both ways each for itself."""
    said = corridor_names(next(iter(plans.values())).graph.network)
    flows = {n: p.crossings().groupby("crossing")["flow_t"].sum() for n, p in plans.items()}
    columns, rows = _side_by_side("crossing", flows)
    return columns, [[said.get(str(row[0]), row[0]), *row[1:]] for row in rows]


def port_table(plans: Mapping[str, Assignment]) -> Table:
    """Columns and rows: the busiest ports, by name."""
    nodes = next(iter(plans.values())).graph.network.nodes
    title = dict(zip(nodes["id"].tolist(), nodes["name"].tolist(), strict=True))
    columns, rows = _side_by_side(
        "port", {n: p.ports().groupby("node")["flow_t"].sum() for n, p in plans.items()}
    )
    # Two ports may share a name.
    return columns, [[title.get(str(row[0]), row[0]), *row[1:]] for row in rows]


def binding_table(plan: Assignment) -> Table:
    """Columns and rows: the capacities that are worth most to a tonne that passes them."""
    columns = [
        Column("capacity"),
        Column("limit", decimals=0),
        Column("unit"),
        Column("flow", "Mt/yr", 2),
        Column("worth of the limit", "USD/t", 2),
        Column("one more unit saves", "USD/yr", 2),
        Column("one unit less costs", "USD/yr", 2),
    ]
    frame, said = plan.dual_prices().head(SHOWN), corridor_names(plan.graph.network)
    return columns, [
        [
            said.get(r.group, r.group.replace("_", " ").capitalize()),
            r.limit,
            r.unit,
            r.flow_t / MT,
            r.dual_usd_per_t,
            r.right_usd_per_unit,
            r.left_usd_per_unit,
        ]
        for r in frame.itertuples()
    ]


def proof(plan: Assignment) -> str:
    """Say in one sentence how a plan is proved."""
    verdict = "passed" if plan.certificate.passed else "NOT passed"
    gap = round(plan.gap, 9) + 0.0  # as the summary of the plan writes it
    return f"Status {plan.status}; independent certificate {verdict}, relative gap {gap:g}."


def _side_by_side(heading: str, flows: Mapping[str, object]) -> Table:
    """Rows by their largest flow in any plan."""
    import pandas as pd

    frame = pd.DataFrame(dict(enumerate(flows.values()))).fillna(0.0) / MT
    frame = frame.loc[frame.max(axis=1).sort_values(ascending=False, kind="stable").index[:SHOWN]]
    rows: list[list[object]] = [
        [str(name), *values] for name, values in zip(frame.index, frame.to_numpy().tolist(), strict=True)
    ]
    return [Column(heading), *(Column(name, decimals=2) for name in flows)], rows
