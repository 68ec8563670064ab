"""How near the base assignment comes to observed tonnages of crossings and ports.

    python benchmarks/observed.py [--write]

Assigns the demand of 2023 to the base network at least cost and prints modelled against every row of
`networks/northeast_asia/observed.csv`, misses included. Nothing is judged and nothing was tuned to it; it
is no out-of-sample test, because several capacities and the demand itself rest on observed traffic.
`--write` puts the table into `networks/northeast_asia/SOURCES.md`.

How a row is read:

- Rows that lead out of China, and those between Russia and Mongolia, are totals of the crossing both ways;
  rows that lead into China are that direction only. So they were published (see `how`).
- A crossing is the railway where one crosses there in the base, else the road; `road` in the place
  means the road.
- TEU are tonnes of containers over t per TEU; trains are tonnes over the payloads of `payloads.csv`.
- A port is what is lifted between ship and shore, ship and ship, or loads and unloads there.
- The few rows that are neither crossing nor port are measured as `SPECIAL` says.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

import landsea_routing as lsr
from landsea_routing.graph.graph import ArcKind
from landsea_routing.model.network import Network
from landsea_routing.report.tables import Column, format_number, text_table
from landsea_routing.results.assignment import Assignment

NETWORK = "northeast_asia"
HEADING = "## Modelled and observed tonnages"
LIAONING_PORTS = (
    "dalian_port",
    "dandong_port",
    "huludao_port",
    "jinzhou_port",
    "panjin_port",
    "yingkou_port",
)
RUSSIAN_RAIL_CROSSINGS = (
    ("manzhouli", "zabaikalsk"),
    ("suifenhe", "grodekovo"),
    ("hunchun", "kamyshovaya"),
    ("tongjiang", "nizhneleninskoye"),
    ("naushki", "sukhbaatar"),
)
"""The crossings whose observed figures sum to the published total of 43.9 Mt."""
ULAANBAATAR_RAILWAY = (
    "rail-sukhbaatar-darkhan",
    "rail-darkhan-ulaanbaatar",
    "rail-darkhan-erdenet",
    "rail-ulaanbaatar-choir",
    "rail-choir-sainshand",
    "rail-sainshand-zamyn_uud",
    "rail-choibalsan-ereentsav",
)

PREFACE = """{heading}

Written by `benchmarks/observed.py --write`: the base demand of {year} assigned at least cost ({carried} Mt \
carried, {unserved} Mt unserved), against `observed.csv`, misses included. This is no out-of-sample test: \
several capacities come from observed traffic (listed above), and the demand was built from published \
totals, some of them the ones below. Nothing was tuned to this table; the collected tables behind the \
network had been changed four times after a look at such a comparison before. Least cost sends a near tie \
all one way. Rows out of China and between Russia and Mongolia are both ways, rows into China one way only; \
figures for part of a year are annualised as `observed.csv` says, and figures of other years stand against \
the base year. Observed tonnes of ports are all their cargo; oil over the Russian ports is not in the \
demand. A dash: the model has no such goods.

"""

Row = dict[str, str]


@dataclass(frozen=True)
class Comparison:
    """One observed figure, annualised, and what the base plan gives for it."""

    place: str
    commodity: str
    ways: str
    year: str
    unit: str
    modelled: float | None
    observed: float
    source: str

    @property
    def ratio(self) -> float | None:
        """Modelled over observed; None where the model has no such goods."""
        return None if self.modelled is None else self.modelled / self.observed


class Flows:
    """Tables of a plan, asked by place."""

    def __init__(self, plan: Assignment) -> None:
        self.plan = plan
        self.net = plan.graph.network
        self.country = dict(
            zip(self.net.nodes["id"].tolist(), self.net.nodes["country"].tolist(), strict=True)
        )
        self.crossings = plan.crossings()
        self.crossed = {c: self.crossings[c].to_numpy(dtype=str) for c in ("from_node", "to_node", "mode")}
        self.ports = plan.ports()
        links = (self.net.links[c].tolist() for c in ("from_node", "to_node", "mode", "status"))
        self.by_rail = {
            frozenset((a, b))
            for a, b, mode, status in zip(*links, strict=True)
            if mode == "rail" and status == "operating"
        }

    def crossing(self, start: str, end: str, commodity: str, mode: str, *, both_ways: bool) -> pd.DataFrame:
        """Flows over one crossing: commodity, flow_t."""
        starts, ends, modes = self.crossed.values()
        fits = (starts == start) & (ends == end)
        if both_ways:
            fits |= (starts == end) & (ends == start)
        return _of(self.crossings[fits & (modes == mode)], commodity)

    def port(self, nodes: Sequence[str], commodity: str) -> pd.DataFrame:
        """Flows lifted in ports: commodity, flow_t."""
        return _of(self.ports[self.ports["node"].isin(nodes)], commodity)

    def crossing_mode(self, start: str, end: str) -> str:
        """The railway where one crosses in the base, else the road."""
        return "rail" if frozenset((start, end)) in self.by_rail else "road"

    def on_links(self, links: Sequence[str], commodity: str, *, forward_only: bool = False) -> float:
        """Tonnes a year that ride on any of the links, each tonne counted once."""
        top, plan = self.plan.graph.topology, self.plan
        rows = np.flatnonzero(np.isin(self.net.links["id"], links))
        wanted = (top.arc_kind == ArcKind.LINK) & np.isin(top.arc_row, rows)
        if forward_only:
            wanted &= top.arc_forward
        solution = plan.solution
        path = np.repeat(np.arange(solution.path_od.size), np.diff(solution.path_indptr))
        rides = np.zeros(solution.path_od.size, dtype=bool)
        rides[path[wanted[solution.path_arc]]] = True
        if commodity != "total":
            classes = plan.class_commodity[plan.problem.od_commodity[solution.path_od]]
            rides &= self.net.commodities["id"][classes] == commodity
        return float(solution.path_flow[rides].sum())

    def mongolian_exports(self, commodity: str) -> float:
        """Tonnes a year that leave Mongolia over its land crossings, transit included."""
        frame = _of(self.crossings, commodity)
        leaves = frame["from_node"].map(self.country) == "MN"
        return float(frame[leaves]["flow_t"].sum())


def _of(frame: pd.DataFrame, commodity: str) -> pd.DataFrame:
    return frame if commodity in ("total", "trains") else frame[frame["commodity"] == commodity]


SPECIAL: dict[str, tuple[str, Callable[[Flows], float]]] = {
    "all FE and Mongolian rail crossings of Russia": (
        "five crossings, both ways",
        lambda f: sum(
            float(f.crossing(a, b, "total", "rail", both_ways=True)["flow_t"].sum())
            for a, b in RUSSIAN_RAIL_CROSSINGS
        ),
    ),
    "Mongolia coal exports": ("leaving Mongolia by land", lambda f: f.mongolian_exports("coal")),
    "Eastern Polygon coal": (
        "eastbound at Taishet; coal loaded further east is not in it",
        lambda f: f.on_links(("rail-taishet-irkutsk", "rail-taishet-tynda"), "coal", forward_only=True),
    ),
    "Liaoning ports grain to the south": (
        "handled in the six ports",
        lambda f: float(f.port(LIAONING_PORTS, "grain")["flow_t"].sum()),
    ),
    "Ulaanbaatar Railway": (
        "riding on any of its lines",
        lambda f: f.on_links(ULAANBAATAR_RAILWAY, "total"),
    ),
    "Khasan-Rajin": ("both ways", lambda f: f.on_links(("rail-khasan-tumangang",), "coal")),
}
"""Rows that name neither a crossing nor a port: what is counted, and how."""


def compare_flows(plan: Assignment) -> list[Comparison]:
    """Set every row of `observed.csv` of the plan's network against the plan."""
    flows = Flows(plan)
    return [compare_row(flows, row) for row in read_rows(plan.graph.network)]


def read_rows(network: Network) -> list[Row]:
    """Read `observed.csv` of a network."""
    folder = network.settings.folder
    assert folder is not None
    with (folder / "observed.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for before, row in pairwise(rows):
        if _short(row["source"]) == "same":
            row["source"] = before["source"]
    return rows


def compare_row(flows: Flows, row: Row) -> Comparison:
    """Set one row against the flows of a plan."""
    modelled: float | None
    if row["place"] in SPECIAL:
        ways, measure = SPECIAL[row["place"]]
        modelled = measure(flows) / 1e6
    else:
        ways, frame = _find(flows, row)
        known = row["commodity"] in ("total", "trains", *flows.net.commodities["id"])
        modelled = _in_unit(flows, frame, row["unit"]) if known else None
    part = f" {row['part_year']}" if row["part_year"] else ""
    return Comparison(
        place=row["place"],
        commodity="all" if row["commodity"] in ("total", "trains") else row["commodity"],
        ways=ways,
        year=f"{row['year']}{part}",
        unit=row["unit"],
        modelled=modelled,
        observed=float(row["annualised_value"]),
        source=_short(row["source"]),
    )


def _find(flows: Flows, row: Row) -> tuple[str, pd.DataFrame]:
    start, end, commodity = row["node_from"], row["node_to"], row["commodity"]
    if not start:
        return "handled", flows.port([row["place"]], commodity)
    both = flows.country[end] != "CN"
    mode = "road" if row["place"].endswith("road") else flows.crossing_mode(start, end)
    words = f"{mode}, both ways" if both else f"{mode}, into China"
    return words, flows.crossing(start, end, commodity, mode, both_ways=both)


def _in_unit(flows: Flows, frame: pd.DataFrame, unit: str) -> float:
    tonnes = frame.groupby("commodity")["flow_t"].sum()
    if unit == "Mt":
        return float(tonnes.sum()) / 1e6
    if unit == "kTEU":
        table = flows.net.commodities
        t_per_teu = dict(zip(table["id"].tolist(), table["t_per_teu"].tolist(), strict=True))
        return sum(float(t) / t_per_teu[c] for c, t in tonnes.items() if t_per_teu[c]) / 1e3
    if unit == "trains":
        payload = _train_payloads(flows)
        return sum(float(t) / payload.get(str(c), payload["*"]) for c, t in tonnes.items())
    raise ValueError(f"observed.csv: unit {unit!r} is none of Mt, kTEU, trains")


def _train_payloads(flows: Flows) -> dict[str, float]:
    table = flows.net.tables["payloads"]
    columns = (table[c].tolist() for c in ("unit", "commodity", "t_per_vehicle"))
    return {c: float(t) for unit, c, t in zip(*columns, strict=True) if unit == "trains/day"}


def _short(source: str) -> str:
    """The first source named, without what follows in brackets."""
    return re.split(r"[;(|]", source)[0].strip()


def format_comparisons(comparisons: Sequence[Comparison]) -> str:
    """Lay the comparison out for a terminal."""
    columns = [
        *("place", "goods", "counted", "year", "unit"),
        *(
            Column("modelled", decimals=2),
            Column("observed", decimals=2),
            Column("ratio", decimals=2),
            "source",
        ),
    ]
    rows = [
        [c.place, c.commodity, c.ways, c.year, c.unit, c.modelled, c.observed, c.ratio, c.source]
        for c in comparisons
    ]
    return text_table(columns, rows)


def format_section(plan: Assignment, comparisons: Sequence[Comparison]) -> str:
    """Write the section of SOURCES.md."""
    net = plan.graph.network
    head = PREFACE.format(
        heading=HEADING,
        year=net.settings.base_year,
        carried=f"{plan.carried_t / 1e6:,.1f}",
        unserved=f"{plan.unserved_t / 1e6:,.1f}",
    )
    lines = [
        "| place | goods | counted | unit | modelled | observed | ratio | year | source |",
        "|---|---|---|---|---:|---:|---:|---|---|",
        *(
            f"| {c.place} | {c.commodity} | {c.ways} | {c.unit} | {format_number(c.modelled, decimals=2)} "
            f"| {c.observed:,.2f} | {format_number(c.ratio, decimals=2)} | {c.year} | {c.source} |"
            for c in comparisons
        ),
    ]
    return head + "\n".join(lines) + "\n"


def write_section(path: Path, section: str) -> None:
    """Replace the section of that heading, or add it at the end."""
    text = path.read_text(encoding="utf-8")
    if HEADING not in text:
        path.write_text(f"{text.rstrip()}\n\n{section}", encoding="utf-8")
        return
    before, after = text.split(HEADING, 1)
    following = after.find("\n## ")
    rest = after[following:] if following >= 0 else ""
    path.write_text(before + section + rest, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparison, and write it on request."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the table into SOURCES.md of the network")
    options = parser.parse_args(arguments)
    plan = lsr.assign(lsr.load_network(NETWORK))
    comparisons = compare_flows(plan)
    print(plan.summary(), "", format_comparisons(comparisons), sep="\n")
    folder = plan.graph.network.settings.folder
    if options.write and folder is not None:
        path = folder / "SOURCES.md"
        if not path.exists():
            print(f"{path} is not there: nothing written", file=sys.stderr)
            return 1
        write_section(path, format_section(plan, comparisons))
        print(f"written to {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
