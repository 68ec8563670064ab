"""The base year fitted to observed tonnages, and what the observations cannot tell.

    python benchmarks/calibration.py [--foretell] [--methods] [--jobs N] [--write]

Fits the parameters of `PARAMETERS` to the rows of `networks/northeast_asia/observed.csv` that can be
compared, and the logit spread to shares of crossings where there are any. `--foretell` fits again without
each group of places and foretells it. `--methods` gives a search by derivatives as many plans. `--write`
writes the tables of `docs/calibration.md` and the scenario `calibrated_2023`; the tables of the network are
never touched.

The rules were set before the first fit:

- Rows of 2023 whose goods are in the demand are fitted, those over many places held out. `LEFT_OUT` says of
  every other row why it is not used.
- The standard deviation is 10, 20 or 40 % of the figure by its confidence (high, med, low), at least 20 %
  where part of a year was annualised, and at least 0.2 Mt or 20 kTEU.
- Bounds are half and twice for rates and fees, whose levels are of confidence low to med; half and four times
  for border hours, since the tables' 90th percentiles are up to four times their means; 100 to 2,000 USD/t
  for what stays at home.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from observed import NETWORK, SPECIAL, Flows, Row, compare_row, read_rows

import landsea_routing as lsr
from landsea_routing.model.network import Network
from landsea_routing.report.tables import Column, text_table
from landsea_routing.results.assignment import Assignment
from landsea_routing.results.calibration import Calibration
from landsea_routing.whatif.fit import prepare_fit

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "calibration.md"
SCENARIO = "calibrated_2023"
PARAMETERS = {
    "scale tariff of rail RU": (0.5, 2.0),
    "scale tariff of rail CN": (0.5, 2.0),
    "scale tariff of rail MN": (0.5, 2.0),
    "scale tariff of road": (0.5, 2.0),
    "scale tariff of sea": (0.5, 2.0),
    "scale hours of rail:*": (0.5, 4.0),
    "scale hours of road:*": (0.5, 4.0),
    "scale fee of rail:*": (0.5, 2.0),
    "unserved price": (100.0, 2000.0),
}
SHARE_OF_FIGURE = {"high": 0.1, "med": 0.2, "low": 0.4}
ANNUALISED = 0.2
LEAST_SD = {"Mt": 0.2, "kTEU": 20.0}
LEFT_OUT: dict[tuple[str, str], str] = {
    ("manzhouli-zabaikalsk", "paper"): "the demand has no such goods",
    ("khorgos-altynkol", "trains"): "trains of all China to Central Asia, most of which is not in the demand",
    ("vostochny", "total"): "half of it is oil, which is not in the demand over the Russian ports",
    ("nakhodka", "total"): "oil and general cargo that the demand does not have",
    ("vladivostok", "total"): "coastal and general cargo that the demand does not have",
}
GROUPS = {
    "manzhouli-zabaikalsk": "Manzhouli",
    "suifenhe-grodekovo": "Far East",
    "suifenhe-grodekovo road": "Far East",
    "dongning-poltavka road": "Far East",
    "hunchun-kamyshovaya": "Far East",
    "tongjiang-nizhneleninskoye": "Far East",
    "heihe-blagoveshchensk road": "Far East",
    "naushki-sukhbaatar": "Mongolia",
    "erenhot-zamyn_uud": "Mongolia",
    "ganqimaodu-gashuunsukhait": "Mongolia",
    "ceke-shiveekhuren": "Mongolia",
    "zhuengadabuqi-bichigt": "Mongolia",
    "khangi-mandula": "Mongolia",
    "posyet": "Russian ports",
    "zarubino": "Russian ports",
    "vanino": "Russian ports",
    "vladivostok": "Russian ports",
}
"""Places that are left out together when they are foretold: neighbours take each other's cargo."""
SPREADS = {
    "coal": {
        "manzhouli": "manzhouli-zabaikalsk",
        "suifenhe": "suifenhe-grodekovo",
        "hunchun": "hunchun-kamyshovaya",
        "tongjiang": "tongjiang-nizhneleninskoye",
    },
    "iron_ore": {
        "manzhouli": "manzhouli-zabaikalsk",
        "suifenhe": "suifenhe-grodekovo",
        "tongjiang": "tongjiang-nizhneleninskoye",
    },
}
"""By commodity from Russia into China by rail: crossings with a figure of 2023, and their place."""
BY_SEA = re.compile(r"vostochny|vanino|vladivostok")


def reason_left_out(network: Network, row: Row) -> str:
    """Why a row is not used; empty for one that is."""
    if row["year"] != str(network.settings.base_year):
        return "another year"
    return LEFT_OUT.get((row["place"], row["commodity"]), "")


def standard_deviation(row: Row) -> float:
    """How far a true model may be from a row."""
    share = SHARE_OF_FIGURE[row["confidence"]]
    if row["part_year"]:
        share = max(share, ANNUALISED)
    return max(share * float(row["annualised_value"]), LEAST_SD[row["unit"]])


def observations(network: Network) -> list[lsr.Observation]:
    """Rows that are used, each with its place as a group."""
    country = dict(zip(network.nodes["id"].tolist(), network.nodes["country"].tolist(), strict=True))
    found = []
    for row in read_rows(network):
        if reason_left_out(network, row):
            continue
        goods = "" if row["commodity"] == "total" else f" {row['commodity']}"
        into = " into China" if country.get(row["node_to"]) == "CN" else ""
        unit = " kTEU" if row["unit"] == "kTEU" else ""
        found.append(
            lsr.Observation(
                name=f"{row['place']}{goods}{into}{unit}",
                what=Measure(row),
                value=float(row["annualised_value"]),
                sd=standard_deviation(row),
                held_out=row["place"] in SPECIAL,
                group=GROUPS.get(row["place"], row["place"]),
            )
        )
    return found


class Measure:
    """What a plan gives for a row of observed.csv."""

    last: tuple[Assignment, Flows] | None = None

    def __init__(self, row: Row) -> None:
        self.row = row

    def __call__(self, plan: Assignment) -> float:
        """Modelled figure in the unit of the row."""
        if Measure.last is None or Measure.last[0] is not plan:
            Measure.last = (plan, Flows(plan))
        modelled = compare_row(Measure.last[1], self.row).modelled
        return float("nan") if modelled is None else modelled


def fit_spreads(network: Network) -> dict[str, Calibration]:
    """Spread by commodity of what comes from Russia into China by rail, where crossings have a figure."""
    rows = {(r["place"], r["commodity"]): r for r in read_rows(network) if not reason_left_out(network, r)}
    found = {}
    for commodity, crossings in SPREADS.items():
        figures = {
            node: (float(row["annualised_value"]), standard_deviation(row))
            for node, row in ((n, rows[place, commodity]) for n, place in crossings.items())
        }
        trips = network.demand.take(np.flatnonzero(by_land(network, commodity, list(crossings))))
        graph = lsr.expand(network, commodity=commodity)
        found[commodity] = lsr.calibrate_spread(graph, trips, figures, bounds=(0.1, 100.0))
    return found


def by_land(network: Network, commodity: str, crossings: Sequence[str]) -> list[bool]:
    """Which rows of the demand go from Russia into China and name one of the crossings, and no port."""
    country = dict(zip(network.nodes["id"].tolist(), network.nodes["country"].tolist(), strict=True))
    columns = (network.demand[c].tolist() for c in ("origin", "destination", "commodity", "note"))
    return [
        (country[start], country[end], goods) == ("RU", "CN", commodity)
        and any(name in note for name in crossings)
        and not BY_SEA.search(note)
        for start, end, goods, note in zip(*columns, strict=True)
    ]


def compare_methods(plan: Assignment, found: Calibration) -> str:
    """Least misfit that a search by derivatives finds with at most as many plans, laid out as a table."""
    from scipy.optimize import least_squares

    observed = observations(plan.graph.network)
    rows = np.array([not o.held_out for o in observed])
    n = len(PARAMETERS)

    steps = {
        "scipy least_squares, its own differences": None,
        "scipy least_squares, differences over 10 %": 0.01,
    }
    lines: list[list[object]] = [
        ["scans, before parameters are put back", found.misfit_least, found.n_solved]
    ]
    for name, step in steps.items():
        residuals, _ = prepare_fit(plan, observed, PARAMETERS)
        # Ten away from 0, where relative steps mean the same everywhere; a round takes n + 1 plans.
        least_squares(
            lambda x, seen=residuals: seen.at(tuple((x - 10).tolist()))[rows],
            np.full(n, 10.0),
            bounds=(9.0, 11.0),
            max_nfev=found.n_solved // (n + 1),
            diff_step=step,
        )
        lines.append([name, min(residuals.misfit(p, rows) for p in residuals.known), len(residuals.known)])
    return text_table(["method", Column("weighted squares", decimals=1), "plans"], lines)


def left_out_table(network: Network) -> str:
    """Rows that are not used, and why."""
    rows = [
        [r["place"], r["commodity"], r["year"], reason]
        for r in read_rows(network)
        if (reason := reason_left_out(network, r))
    ]
    return text_table(["place", "goods", "year", "why it is not used"], rows)


def write_block(page: Path, name: str, text: str) -> None:
    """Replace the fenced block after the comment of a name."""
    before = page.read_text(encoding="utf-8")
    fenced = rf"(<!-- calibration: {name} -->\n```text\n).*?(```\n)"
    lines = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    after, n = re.subn(fenced, lambda m: m[1] + lines + m[2], before, flags=re.DOTALL)
    if n != 1:
        raise LookupError(f"{page.name} has {n} blocks `calibration: {name}`")
    page.write_text(after, encoding="utf-8")


def write_edits(path: Path, found: Calibration) -> None:
    """Replace the edits of the scenario file by those of the fit."""
    head = path.read_text(encoding="utf-8").split("\n[[edits]]")[0].rstrip()
    parts = [head]
    for edit in lsr.fitted_scenario(found).edits:
        fields = {"do": edit.verb, **edit.fields, "source": "fitted: python benchmarks/calibration.py"}
        lines = [
            f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value!r}"
            for key, value in fields.items()
        ]
        parts.append("[[edits]]\n" + "\n".join(lines))
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the fit, and write it on request."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--foretell", action="store_true", help="foretell each group of places from the others"
    )
    parser.add_argument("--methods", action="store_true", help="give a search by derivatives as many plans")
    parser.add_argument("--jobs", type=int, default=1, help="workers")
    parser.add_argument("--write", action="store_true", help="write docs/calibration.md and the scenario")
    options = parser.parse_args(arguments)
    network = lsr.load_network(NETWORK)
    plan = lsr.assign(network)
    begin = time.process_time()
    found = lsr.calibrate(
        plan, observations(network), PARAMETERS, foretell=options.foretell, n_jobs=options.jobs
    )
    blocks = {"fit": str(found), "left_out": left_out_table(network)}
    print(blocks["fit"], f"{found.n_solved} plans, {time.process_time() - begin:.0f} s CPU", sep="\n\n")
    for commodity, spread in fit_spreads(network).items():
        blocks[f"spread_{commodity}"] = str(spread)
        print(commodity, spread, sep="\n")
    if options.methods:
        blocks["methods"] = compare_methods(plan, found)
        print(blocks["methods"])
    if options.write:
        for name, text in blocks.items():
            write_block(PAGE, name, text)
        folder = network.settings.folder
        if folder is not None:
            write_edits(folder / "scenarios" / f"{SCENARIO}.toml", found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
