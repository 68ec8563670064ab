"""Whether routes come out as long, as slow and as dear as published.

    python benchmarks/corridors.py [--json]

Runs every case of `networks/northeast_asia/validation.csv` with the route that the case fixes (`via`,
`avoid`, `modes`) and prints modelled against published. B cases are what the links were built from, I
cases are independent, `report` cases are printed and not judged. Exit code 1 if a bar is missed.

One set of rules for all cases:

- Commodity: `container`; where it has no path `general`; where that has none either what the origin loads.
- Distances and directions in km: least length, line haul between the two places (`access=False`).
- Times: the least-cost path from loading to unloading, without the hours of a ship's ends. A consignor's
  transit time includes the handling of his train or truck; the hours at a ship's ends stand for the wait
  for the next sailing (SOURCES.md), and no published sailing time includes that. Two other rules are
  printed below the counts and not judged: the choice was made after all three had been seen, and the
  count of times depends on it.
- Costs: the least-cost path, money only, from loading to unloading (`access=True`): a tariff's fixed part
  is paid on loading, so that line haul alone would drop part of every published price.
- Links open only part of the year may be used. A link of `via` that is not operating is opened by a
  scenario, for the side of the case that names it and for nothing else. Where a trip from a country to
  itself has a `via` in another country, a scenario lets domestic cargo through likewise.
- `A|B` in `via`, `avoid` or `modes`: two routes. Lengths: B less A. Directions in cost: B over A. Costs:
  the ratio of the one published as dearer to the other.
- Where no tolerance is stated (times, ratios): 30 %.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from corridors_cases import (
    DEFAULT_TOLERANCE,
    NUMBER,
    Interval,
    Row,
    Side,
    accepted_interval,
    combine,
    dear_and_cheap,
    in_km,
    is_money,
    read_cases,
    read_prices,
    read_published,
    read_sides,
    unit_of,
)

import landsea_routing as lsr
from landsea_routing.errors import LandseaError, NoPathError
from landsea_routing.graph.graph import Graph
from landsea_routing.model.network import Network
from landsea_routing.report.tables import Column, text_table
from landsea_routing.results.route import Route
from landsea_routing.units import KM_PER_NAUTICAL_MILE

NETWORK = "northeast_asia"
COMMODITIES = ("container", "general")
TEU_PER_FEU = 2
BARS = {("B", "distance"): 1.0, ("I", "distance"): 0.85, ("I", "time"): 0.70}
"""Share of the cases that must come out within tolerance."""

EndHours = Literal["none", "land", "all"]
"""Which hours of loading and unloading count in a time: none, those of trains and trucks, or all."""


@dataclass(frozen=True)
class CaseResult:
    """One case: what the model says, what is published, what is accepted.

    `verdict` is `pass`, `fail`, `report` (not judged) or `cannot run` (no origin and destination).
    """

    id: str
    type: str
    kind: str
    question: str
    unit: str
    modelled: float | None
    published: float | None
    published_text: str
    deviation_percent: float | None
    accepted: Interval | None
    verdict: str
    commodity: str
    detail: str

    @property
    def bar(self) -> str:
        """Under which heading the case is counted."""
        if self.type == "report":
            return "report only"
        return (
            f"{self.type} {'costs and directions' if self.kind in ('cost', 'direction') else self.kind + 's'}"
        )


class Answer(NamedTuple):
    """What the model says to a case; `holds` is False where a second statement of the case does not."""

    figure: float
    commodity: str
    detail: str = ""
    holds: bool = True


def run_cases(
    net: Network | None = None, cases: Iterable[Row] | None = None, *, end_hours: EndHours = "land"
) -> list[CaseResult]:
    """Run all cases of a network, the packaged one when none is given."""
    net = lsr.load_network(NETWORK) if net is None else net
    runner = _Runner(net, end_hours)
    return [runner.run(case) for case in (read_cases(net) if cases is None else cases)]


def count(results: Sequence[CaseResult]) -> dict[str, tuple[int, int]]:
    """Count by heading: how many of the cases that can run pass, of how many."""
    counts: dict[str, tuple[int, int]] = {}
    for result in results:
        if result.verdict == "cannot run":
            continue
        good, total = counts.get(result.bar, (0, 0))
        counts[result.bar] = (good + (result.verdict == "pass"), total + 1)
    return counts


def missed_bars(results: Sequence[CaseResult]) -> list[str]:
    """Say which bars are missed."""
    missed = []
    for (kind_of_case, kind), share in BARS.items():
        judged = [
            r for r in results if (r.type, r.kind) == (kind_of_case, kind) and r.verdict != "cannot run"
        ]
        good = sum(r.verdict == "pass" for r in judged)
        if not judged or good < share * len(judged):
            missed.append(f"{kind_of_case} {kind}s: {good} of {len(judged)}, bar {share:.0%}")
    return missed


class _Runner:
    """Graphs by commodity, built once."""

    def __init__(self, net: Network, end_hours: EndHours) -> None:
        self.net = net
        self.end_hours = end_hours
        self.country = dict(zip(net.nodes["id"].tolist(), net.nodes["country"].tolist(), strict=True))
        self.graph = lru_cache(maxsize=None)(lambda commodity: lsr.expand(net, commodity=commodity))
        self.links = {str(v): str(s) for v, s in zip(net.links["id"], net.links["status"], strict=True)}

    def run(self, case: Row) -> CaseResult:
        sides = read_sides(case)
        published = read_published(case, sides)
        accepted = accepted_interval(case, published)
        answer, detail = None, ""
        verdict = "report" if case["type"] == "report" else "fail"
        try:
            if case["origin"]:
                answer = self._model(case, sides)
                detail = answer.detail
            elif case["kind"] == "cost":
                answer = Answer(self._tariff_ratio(case, sides), COMMODITIES[0])
            else:
                verdict, detail = "cannot run", case["note"]
        except LandseaError as error:
            detail = str(error)
        if verdict == "fail" and answer and accepted:
            inside = answer.holds and accepted[0] <= answer.figure <= accepted[1]
            verdict = "pass" if inside else "fail"
        figure = published[0] if len(published) == 1 and case["tolerance"] != "sign" else None
        return CaseResult(
            id=case["id"],
            type=case["type"],
            kind=case["kind"],
            question=f"{case['origin']} - {case['destination']}" if case["origin"] else "–",
            unit=unit_of(case),
            modelled=answer.figure if answer else None,
            published=figure,
            published_text=case["published"],
            deviation_percent=100 * (answer.figure / figure - 1) if answer and figure else None,
            accepted=accepted,
            verdict=verdict,
            commodity=answer.commodity if answer else "",
            detail=detail,
        )

    def _model(self, case: Row, sides: Sequence[Side]) -> Answer:
        routes = self._routes(case, sides)
        commodity = routes[0].commodity
        figures = [self._figure(case, route) for route in routes]
        remarks = [f"A {figures[0]:,.0f}, B {figures[1]:,.0f}"] if len(figures) > 1 else []
        opened = [link for side in sides for link in self._to_open(side)]
        remarks += [f"opens {', '.join(opened)}"] if opened else []
        remarks += ["lets domestic cargo through"] if any(self._is_transit(case, s) for s in sides) else []
        if len(figures) == 1 and case["tolerance"].endswith("rail half"):
            by_rail = self._routes(case, [sides[0]._replace(modes=("rail",))])[0]
            share = self._figure(case, by_rail) / figures[0]
            remarks.append(f"rail {share:.2f} of road, published half")
            return Answer(
                figures[0], commodity, "; ".join(remarks), abs(share / 0.5 - 1) <= DEFAULT_TOLERANCE
            )
        return Answer(combine(case, figures), commodity, "; ".join(remarks))

    def _routes(self, case: Row, sides: Sequence[Side]) -> list[Route]:
        origin_loads = str(self.net.nodes["loads"][self.net.nodes["id"].tolist().index(case["origin"])])
        fallback = [c for c in origin_loads.split(";") if c in self.net.commodities["id"]]
        chain = [*COMMODITIES, *(c for c in fallback if c not in COMMODITIES)]
        for commodity in chain[:-1]:
            try:
                return [self._route(commodity, case, side) for side in sides]
            except NoPathError:
                continue
        return [self._route(chain[-1], case, side) for side in sides]

    def _route(self, commodity: str, case: Row, side: Side) -> Route:
        graph: Graph = self.graph(commodity)
        scenario = lsr.Scenario(f"what {case['id']} presumes")
        for link in self._to_open(side):
            scenario = scenario.open(link)
        if self._is_transit(case, side):
            home = self.country[case["origin"]]
            scenario = scenario.allow_domestic_transit("*", "*").allow_domestic_transit(home, "*")
        if scenario.edits:
            graph = scenario.apply(graph)
        return lsr.shortest_path(
            graph,
            case["origin"],
            case["destination"],
            weight="length" if in_km(case) else "cost",
            via=side.via,
            avoid=side.avoid,
            modes=side.modes,
            access=is_money(case) or (case["kind"] == "time" and self.end_hours != "none"),
            seasonal=True,
        )

    def _to_open(self, side: Side) -> list[str]:
        return [name for name in side.via if self.links.get(name, "operating") != "operating"]

    def _is_transit(self, case: Row, side: Side) -> bool:
        home = self.country[case["origin"]]
        abroad = [name for name in side.via if self.country.get(name, home) != home]
        return self.country[case["destination"]] == home and bool(abroad)

    def _figure(self, case: Row, route: Route) -> float:
        if case["kind"] == "time":
            ends = [leg for leg in route.legs if leg.kind in ("access", "egress") and leg.mode == "sea"]
            return route.time_h - sum(leg.time_h for leg in ends if self.end_hours == "land")
        if not is_money(case):
            return route.length_km / (KM_PER_NAUTICAL_MILE if case["unit"].startswith("nm") else 1)
        if case["unit"].startswith("USD/FEU"):
            row = self.net.commodities["id"].tolist().index(route.commodity)
            return route.cost_money_usd_per_t * float(self.net.commodities["t_per_teu"][row]) * TEU_PER_FEU
        return route.cost_money_usd_per_t

    def _tariff_ratio(self, case: Row, sides: Sequence[Side]) -> float:
        """The tariff itself over the stated distance inside China, one mode over the other."""
        km = float(NUMBER.findall(case["unit"])[1])
        price = [self._tariff(side.modes[0], "CN", km) for side in sides]
        dear, cheap = dear_and_cheap(read_prices(case))
        return price[dear] / price[cheap]

    def _tariff(self, mode: str, country: str, km: float) -> float:
        table = self.net.tariffs
        for commodity in (COMMODITIES[0], "*"):
            here = (table["mode"] == mode) & (table["country"] == country) & (table["commodity"] == commodity)
            if here.any():
                row = int(here.argmax())
                return float(table["fixed_usd_per_t"][row] + km * table["rate_usd_per_t_km"][row])
        raise LookupError(f"no tariff for {mode} in {country}")


def other_rules(net: Network) -> dict[str, tuple[int, int]]:
    """Count the independent times under the two rules that were not chosen."""
    cases = [c for c in read_cases(net) if c["kind"] == "time"]
    rules: dict[str, EndHours] = {
        "from departure to arrival, without any loading and unloading": "none",
        "with all loading and unloading (a ship's includes the wait for it)": "all",
    }
    return {words: count(run_cases(net, cases, end_hours=rule))["I times"] for words, rule in rules.items()}


def format_results(results: Sequence[CaseResult], others: dict[str, tuple[int, int]]) -> str:
    """Lay the results out for a terminal: the table, the counts, remarks."""
    columns = [
        *("case", "type", "kind", "question", "goods", Column("modelled", decimals=1), "published", "unit"),
        *(Column("deviation", "%", decimals=1), "accepted", "verdict"),
    ]
    rows = [
        [
            *(r.id, r.type, r.kind, r.question, r.commodity, r.modelled, _published_text(r), r.unit),
            *(r.deviation_percent, _interval_text(r.accepted), r.verdict),
        ]
        for r in results
    ]
    parts = [text_table(columns, rows, align="lllllrrlrll"), "", "Within tolerance, of those that can run:"]
    parts += [
        f"  {name}: {f'{good} of {total}' if name != 'report only' else f'{total}, not judged'}"
        for name, (good, total) in sorted(count(results).items())
    ]
    parts.append(f"  cannot run: {', '.join(r.id for r in results if r.verdict == 'cannot run') or 'none'}")
    parts += ["", "Under other rules, not judged:"]
    parts += [f"  I times {words}: {good} of {total}" for words, (good, total) in others.items()]
    remarks = [r for r in results if r.detail]
    parts += ["", "Remarks:", *(f"  {r.id} ({r.verdict}): {r.detail}" for r in remarks)]
    missed = missed_bars(results)
    parts += ["", f"Bars missed: {'; '.join(missed)}" if missed else "All bars are met."]
    return "\n".join(parts)


def _published_text(result: CaseResult) -> str:
    return result.published_text if result.published is None else f"{result.published:,.1f}"


def _interval_text(interval: Interval | None) -> str:
    if interval is None:
        return ""
    low, high = interval
    places = 0 if max(abs(low), abs(high) if high != float("inf") else 0) >= 100 else 2
    low_text = f"{low:,.{places}f}"
    return f"> {low_text}" if high == float("inf") else f"{low_text} to {high:,.{places}f}"


def to_json(results: Sequence[CaseResult]) -> str:
    """Write the results, counts and missed bars as JSON."""
    cases: list[dict[str, Any]] = [asdict(r) for r in results]
    for case in cases:
        if case["accepted"]:
            # JSON has no infinity.
            case["accepted"] = [v if v != float("inf") else None for v in case["accepted"]]
    counts = {name: {"pass": good, "of": total} for name, (good, total) in count(results).items()}
    return json.dumps(
        {"cases": cases, "counts": counts, "missed": missed_bars(results)}, indent=1, allow_nan=False
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the comparison; 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="write JSON instead of a table")
    options = parser.parse_args(arguments)
    net = lsr.load_network(NETWORK)
    results = run_cases(net)
    print(to_json(results) if options.json else format_results(results, other_rules(net)))
    return 1 if missed_bars(results) else 0


if __name__ == "__main__":
    sys.exit(main())
