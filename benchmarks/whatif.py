"""How fast hundreds of what-ifs are answered, beside their bars, and whether a killed worker loses any.

    python benchmarks/whatif.py [--kills 20] [--seed S] [--json]

CPU time on one core: every link, crossing and terminal of the region closed in turn; warm solutions of a
freight network for one commodity. Wall time: a sweep with one worker and with two. With `--kills` 1,000
scenarios are swept as often as said, each time with a worker killed at a random one of them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from flows_graphs import freight

import landsea_routing as lsr
from landsea_routing.kernels.mincost import min_cost_flow
from landsea_routing.whatif.levers import Normal, Uniform, grid

BARS = {"criticality_s": 60.0, "warm_per_s": 30.0, "two_workers": 1.5, "design_s": 300.0}
REGION_DRAWS, TURNS, WARM, CASES = 24, 3, 60, 1000
CROSSING = "rail:arn>bek"
CANDIDATES, BUDGET_USD = 20, 5e9


def closures() -> dict[str, Any]:
    """N-1 over the region, and the largest difference of a sample to solving from nothing."""
    net = lsr.load_network("northeast_asia")
    plan = lsr.assign(net)
    begin = time.process_time()
    found = lsr.criticality(plan, what=["links", "crossings", "terminals"])
    spent = time.process_time() - begin
    links = [i for i in range(found.n_solved) if found.kinds[i] == "link"][::25]
    errors = []
    for i in links:
        plain = lsr.assign(lsr.Scenario("closed").close(str(found.elements[i])).apply(net)).objective_usd
        errors.append(abs(plan.objective_usd + found.added_usd[i] - plain) / plain)
    return {
        "criticality_s": spent,
        "closures": len(found),
        "solved": found.n_solved,
        "sample": len(links),
        "largest_error": max(errors),
        "gap": found.gap,
    }


def warm(seed: int) -> dict[str, Any]:
    """Freight of 9e4 arcs and one commodity: each scenario halves a used arc, warm from the same base."""
    g = freight(90_000, 300, seed)
    base = min_cost_flow(g.tail, g.head, g.capacity, g.cost, g.supply)
    rng = np.random.default_rng(seed)
    arcs = rng.permutation(np.flatnonzero(np.asarray(base.flow) > 0))[:WARM]
    times = []
    for arc in arcs:
        capacity = g.capacity.copy()
        capacity[arc] = int(base.flow[arc]) // 2
        begin = time.process_time()
        min_cost_flow(g.tail, g.head, capacity, g.cost, g.supply, start=base)
        times.append(time.process_time() - begin)
    return {"warm_per_s": 1.0 / float(np.mean(times)), "warm_median_ms": 1e3 * float(np.median(times))}


def workers(seed: int) -> dict[str, Any]:
    """Wall time of a sweep of the region with one worker and with two, in turn, the pool already there."""
    plan = lsr.assign(lsr.load_network("northeast_asia"))
    spreads = {"scale demand of *": Normal(1, 0.05), "scale tariff of sea": Uniform(0.8, 1.2)}
    cases = lsr.draws(spreads, REGION_DRAWS, seed=seed)
    lsr.sweep(plan, cases[:4], n_jobs=2)
    spent: dict[int, list[float]] = {1: [], 2: []}
    found = {}
    for _ in range(TURNS):
        for n_jobs, times in spent.items():
            begin = time.perf_counter()
            found[n_jobs] = lsr.sweep(plan, cases, n_jobs=n_jobs)
            times.append(time.perf_counter() - begin)
    one, two = (float(np.median(times)) for times in spent.values())
    same = found[1].to_frame().equals(found[2].to_frame())
    return {"sweep_per_s": REGION_DRAWS / one, "two_workers": one / two, "same_bits": same}


def investment(seed: int) -> dict[str, Any]:
    """Twenty candidates: the projects of the region, and three assumed ones at its dearest other limits."""
    net = lsr.load_network("northeast_asia")
    table, known = net.projects, lsr.list_scenarios(net)
    projects = [
        lsr.Project(str(r["id"]), float(r["cost_usd"]), life_years=float(r["life_y"]),
                    scenario=known[str(r["scenario"])].use_demand(""))
        for r in table.to_rows()
    ]  # fmt: skip
    touched = {str(e.fields.get("target")) for p in projects if p.scenario for e in p.scenario.edits}
    frame = lsr.assign(net, "announced").dual_prices()
    frame["worth"] = frame["dual_usd_per_unit"] * frame["limit"]
    frame = frame[~frame["group"].isin(touched)].sort_values("worth", ascending=False)
    rng = np.random.default_rng(seed)
    projects += [
        lsr.Project(f"assumed {r.group}", float(0.5 * r.worth * rng.uniform(1, 15)), {r.group: 0.5 * r.limit})
        for r in frame.head(CANDIDATES - len(projects)).itertuples()
    ]
    begin = time.process_time()
    found = lsr.design(net, projects, BUDGET_USD, demand="announced", discount_rate=0.06)
    return {
        "design_s": time.process_time() - begin,
        "candidates": len(projects),
        "design_gap": found.gap,
        "design_saving_gap": found.saving_gap,
        "design_solved": found.n_solved,
        "saves_musd": (found.base_usd - found.best_usd) / 1e6,
        "greedy_saves_musd": (found.base_usd - found.greedy_usd) / 1e6,
        "greedy_gap": found.greedy_gap,
    }


class Killer:
    """Asks for the hours of a crossing, and once kills the worker that meets the chosen ones."""

    def __init__(self, marker: Path, hours: float) -> None:
        self.marker, self.hours, self.home = marker, hours, os.getpid()

    def __call__(self, network: lsr.Network) -> float:
        """Return the hours."""
        row = network.crossings["id"].tolist().index(CROSSING)
        hours = float(network.crossings["hours"][row])
        if hours == self.hours and os.getpid() != self.home and not self.marker.exists():
            self.marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return hours


def kills(times: int, seed: int) -> dict[str, Any]:
    """Sweeps of 1,000 scenarios with a worker killed in each; rows lost, doubled or wrong."""
    warnings.simplefilter("ignore")  # of the pool that lost a worker
    net = lsr.load_network("toy_three_ports")
    values = np.arange(1.0, CASES + 1)
    cases = grid({f"hours of {CROSSING}": values})
    draw = random.Random(seed)  # noqa: S311
    lost = doubled = wrong = killed = 0
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            path, marker = Path(folder) / "found.jsonl", Path(folder) / "killed"
            ask = {"hours": Killer(marker, float(draw.randrange(1, CASES + 1)))}
            found = lsr.sweep(net, cases, ask=ask, solve=False, n_jobs=2, results=path)
            rows = [json.loads(line)["case"] for line in path.read_text().splitlines()[1:]]
            killed += marker.exists()
        lost += CASES - len(set(rows))
        doubled += len(rows) - len(set(rows))
        wrong += int((found.answers["hours"] != values).sum())
    return {"sweeps": times, "killed": killed, "lost": lost, "doubled": doubled, "wrong": wrong}


def main() -> int:
    """Print all figures and the bars; 1 if one is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=0, help="sweeps with a worker killed")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = {**closures(), **warm(given.seed), **workers(given.seed), **investment(given.seed)}
    if given.kills:
        found |= kills(given.kills, given.seed)
    good = {
        "criticality_s": found["criticality_s"] < BARS["criticality_s"],
        "largest_error": found["largest_error"] <= 1e-9,
        "warm_per_s": found["warm_per_s"] >= BARS["warm_per_s"],
        "two_workers": found["two_workers"] >= BARS["two_workers"],
        "same_bits": found["same_bits"],
        "design_s": found["design_s"] < BARS["design_s"] and found["design_saving_gap"] <= 0.01,
        "kills": not any(found.get(name, 0) for name in ("lost", "doubled", "wrong")),
    }
    if given.json:
        print(json.dumps({"found": found, "good": good}, indent=1))
        return int(not all(good.values()))
    for name, value in found.items():
        print(f"{name:>16} {value:.4g}" if isinstance(value, float) else f"{name:>16} {value}")
    print("missed: " + (", ".join(name for name, met in good.items() if not met) or "none"))
    return int(not all(good.values()))


if __name__ == "__main__":
    sys.exit(main())
