"""Min-cost flow side by side with what else Python offers: who is how fast.

    python benchmarks/flows.py [--jobs freight_1e4 ...] [--runs 5] [--seed 1] [--growth] [--large]

Problems come from seeded generators in `flows_graphs.py`; another seed than the default gives fresh ones.
Each pairing of ours with one peer is a process of its own, as some libraries cannot share one; within it ours
and the peer run in turn on one thread, and a figure is the median of the runs in CPU time of the process.
Both start from the same arrays; building their own model counts for peers as checking and proving does for
ours. Objectives are compared first. A peer that is not installed is left out.

The calibration figure, scipy's Dijkstra from one source on freight_1e5, tells how fast the machine is:
compare ratios between machines, not times.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from flows_graphs import FAMILIES, Instance
from flows_peers import PEERS
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from landsea_routing.kernels.mincost import MinCostFlow, min_cost_flow

SLOW = ("networkx", "linprog")
"""Peers that are run once on large problems."""
PAIRS = (
    ("freight_1e4", "numpy", "ortools", "<= 1.7x its time (goal 0.7x)"),
    ("freight_1e4", "numpy", "networkx", "4.5x faster (goal 15x)"),
    ("freight_1e4", "numpy", "linprog", "5x faster (goal 50x)"),
    ("freight_1e5", "numpy", "ortools", "<= 1.7x its time (goal 0.7x)"),
    ("freight_1e5", "numpy", "networkx", "4.5x faster (goal 15x)"),
    ("freight_1e5", "numpy", "linprog", "30x faster (goal 50x)"),
    ("netgen_1e5", "numpy", "ortools", "<= 5x its time (goal 2x)"),
    ("goto_1e5", "numpy", "ortools", "<= 7x its time (goal 3x)"),
    ("freight_1e5", "fast", "ortools", "3.5x faster (goal 8x)"),
    ("freight_1e5", "fast", "pylmcf", "<= 3x its time (goal 1.3x)"),
)
GROWTH = ("freight", "netgen", "goto")
SHARES = (0.5, 0.0, 1.0, 2.0, 1.0)
"""What the capacity of a binding arc is set to, one after the other, in the warm row."""
N_BINDING = 8
"""Arcs that are changed in the warm row."""


def solve(problem: Instance, **more: Any) -> MinCostFlow:
    """Ours."""
    return min_cost_flow(problem.tail, problem.head, problem.capacity, problem.cost, problem.supply, **more)


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of one call, and what it gave."""
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def binding(problem: Instance, found: MinCostFlow) -> np.ndarray[Any, Any]:
    """Arcs that are full and would save something if they were wider."""
    return np.flatnonzero((found.flow == problem.capacity) & (found.reduced_cost < 0.0) & (found.flow > 0.0))


def pair(name: str, peer: str, runs: int, seed: int) -> dict[str, Any]:
    """Ours against one peer on one problem, in turn."""
    problem = FAMILIES[name](seed)
    work = PEERS[peer]
    truth = solve(problem)
    once = peer in SLOW and problem.tail.size > 50_000
    ours, theirs = [], []
    for i in range(runs):
        ours.append(cpu(lambda: solve(problem))[0])
        if not once or not i:
            seconds, objective = cpu(lambda: work(problem))
            theirs.append(seconds)
            if abs(objective - truth.objective) > 1e-9 * abs(truth.objective):
                raise RuntimeError(f"{name}: ours {truth.objective}, {peer} {objective}")
    return {
        "ours": float(np.median(ours)),
        "theirs": float(np.median(theirs)),
        "runs": len(theirs),
        "status": str(truth.status),
        "bound": int(binding(problem, truth).size),
        "arcs": int(problem.tail.size),
    }


def warm(name: str, seed: int) -> dict[str, Any]:
    """One capacity changed, forty times; after each, the same from nothing, whose objective must be equal."""
    problem = FAMILIES[name](seed)
    base = solve(problem)
    arcs = np.random.default_rng(seed).choice(binding(problem, base), N_BINDING, replace=False)
    times, cold, answer = [], [], base
    for arc in arcs.tolist():
        for share in SHARES:
            capacity = problem.capacity.copy()
            capacity[arc] = int(capacity[arc] * share)
            changed = problem._replace(capacity=capacity)
            seconds, answer = cpu(lambda p=changed, s=answer: solve(p, start=s))
            times.append(seconds)
            seconds, again = cpu(lambda p=changed: solve(p))
            cold.append(seconds)
            if answer.objective != again.objective:
                raise RuntimeError(f"warm {answer.objective}, cold {again.objective}")
    return {"cold": float(np.median(cold)), "warm": float(np.median(times)), "most": max(times)}


def alone(name: str, runs: int, seed: int) -> dict[str, Any]:
    """Ours on one problem, with the memory of the process."""
    problem = FAMILIES[name](seed)
    if "fast" in os.environ.get("LANDSEA_ENGINE", ""):
        solve(FAMILIES["freight_1e3"](seed))  # compile
    times = [cpu(lambda: solve(problem)) for _ in range(runs)]
    found = times[-1][1]
    return {
        "ours": float(np.median([seconds for seconds, _ in times])),
        "arcs": int(problem.tail.size),
        "status": str(found.status),
        "gap": found.gap,
        "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


def calibrate(seed: int) -> dict[str, Any]:
    """Scipy's Dijkstra from one source."""
    problem = FAMILIES["freight_1e5"](seed)
    order = np.lexsort((problem.cost, problem.head, problem.tail))
    key = problem.tail[order] * problem.n + problem.head[order]
    order = order[np.diff(key, prepend=-1) > 0]
    ends = problem.tail[order], problem.head[order]
    matrix = csr_array((problem.cost[order].astype(float), ends), shape=(problem.n, problem.n))
    return {"seconds": float(np.median([cpu(lambda: dijkstra(matrix, indices=0))[0] for _ in range(20)]))}


def ask(engine: str, *arguments: str) -> dict[str, Any]:
    """Run one of the above in a process of its own."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    switch = {"LANDSEA_FAST": "1" if engine == "fast" else "0", "LANDSEA_ENGINE": engine}
    done = subprocess.run(  # noqa: S603
        [sys.executable, str(Path(__file__).resolve()), "--ask", *arguments],
        env=os.environ | threads | switch,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return {"error": (done.stderr.strip() or "no message").splitlines()[-1]}
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def answer(question: str, name: str, peer: str, runs: str, seed: str) -> None:
    """What a process of its own does."""
    found = {
        "pair": lambda: pair(name, peer, int(runs), int(seed)),
        "warm": lambda: warm(name, int(seed)),
        "alone": lambda: alone(name, int(runs), int(seed)),
        "calibrate": lambda: calibrate(int(seed)),
    }[question]()
    print(json.dumps(found))


def show_pairs(jobs: list[str], runs: str, seed: str) -> None:
    """The table of pairings."""
    print(f"\n{'problem':<13}{'engine':<8}{'peer':<10}{'ours s':>9}{'peer s':>9}  ours is        floor")
    for name, engine, peer, floor in PAIRS:
        if name not in jobs or (engine == "fast" and find_spec("numba") is None):
            continue
        found = ask(engine, "pair", name, peer, runs, seed)
        if "error" in found:
            print(f"{name:<13}{engine:<8}{peer:<10} left out: {found['error']}", flush=True)
            continue
        ratio = found["theirs"] / found["ours"]
        verdict = f"{ratio:.2f}x faster" if ratio >= 1.0 else f"{1 / ratio:.2f}x its time"
        once = "" if found["runs"] > 1 else " (1 run)"
        print(
            f"{name:<13}{engine:<8}{peer:<10}{found['ours']:>9.4f}{found['theirs']:>9.3f}  {verdict:<14} "
            f"{floor}"
            f"; {found['bound']} of {found['arcs']:,} arcs bind, {found['status']}{once}",
            flush=True,
        )


def show_warm(seed: str) -> None:
    """The row of what-ifs."""
    found = ask("numpy", "warm", "freight_1e5", "none", "1", seed)
    if "error" in found:
        print(f"warm: {found['error']}")
        return
    share = found["warm"] / found["cold"]
    print(
        f"\none capacity changed, freight_1e5, median of {N_BINDING * len(SHARES)}: "
        f"{1e3 * found['warm']:.1f} ms, {share:.2%} of cold ({found['cold']:.3f} s), "
        f"at most {1e3 * found['most']:.1f} ms; floor 3 % (goal 1 %)"
    )


def show_growth(runs: str, seed: str, engines: list[str]) -> None:
    """Times from 1e3 to 1e6 arcs and the slope between two sizes."""
    print(f"\n{'family':<9}{'engine':<8}{'arcs':>9}{'s':>10}{'slope':>7}{'GB':>6}  status")
    for engine in engines:
        for family in GROWTH:
            before = None
            for name in (f"{family}_1e{power}" for power in (3, 4, 5, 6)):
                if name not in FAMILIES:
                    continue
                found = ask(engine, "alone", name, "none", "1" if name.endswith("6") else runs, seed)
                if "error" in found:
                    print(f"{family:<9}{engine:<8} {found['error']}")
                    continue
                slope = ""
                if before is not None:
                    times, arcs = found["ours"] / before["ours"], found["arcs"] / before["arcs"]
                    slope = f"{np.log(times) / np.log(arcs):.2f}"
                print(
                    f"{family:<9}{engine:<8}{found['arcs']:>9,}{found['ours']:>10.4f}{slope:>7}"
                    f"{found['gigabytes']:>6.2f}  {found['status']}",
                    flush=True,
                )
                before = found


def show_large(seed: str, engines: list[str]) -> None:
    """The largest problem with its certificate."""
    floors = {"numpy": "95 s (goal 30 s)", "fast": "16 s (goal 8 s)"}
    for engine in engines:
        found = ask(engine, "alone", "freight_1e6", "none", "1", seed)
        print(f"\nfreight_1e6 {engine}: {found}; floor {floors[engine]}, 4 GB", flush=True)


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", nargs="*", default=sorted({row[0] for row in PAIRS}), help="problems")
    parser.add_argument("--runs", default="5", help="runs of each")
    parser.add_argument("--seed", default="1", help="seed of the problems")
    parser.add_argument("--growth", action="store_true", help="also the table of growth; takes minutes")
    parser.add_argument("--large", action="store_true", help="also the largest problem, and its memory")
    parser.add_argument("--ask", nargs=5, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ask:
        answer(*given.ask)
        return
    machine = ask("numpy", "calibrate", "none", "none", "1", given.seed)
    print(f"{platform.machine()}, CPython {platform.python_version()}, numpy {np.__version__}")
    print(f"calibration: {1e3 * machine['seconds']:.2f} ms for one Dijkstra of scipy's")
    engines = ["numpy", *(["fast"] if find_spec("numba") else [])]
    show_pairs(given.jobs, given.runs, given.seed)
    if "freight_1e5" in given.jobs:
        show_warm(given.seed)
    if given.growth:
        show_growth(given.runs, given.seed, engines)
    if given.large:
        show_large(given.seed, engines)


if __name__ == "__main__":
    main()
