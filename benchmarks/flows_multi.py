"""Time of exact multicommodity flow, beside HiGHS on the program over arcs.

Prints a row per job: median CPU time of the kernel and of its certificate, objective, gap, limits that bind,
the ratio to HiGHS with `--highs` (minutes), and the bars.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from flows_multi_graphs import city, freight
from scipy.optimize import linprog
from scipy.sparse import block_diag, csr_array, hstack

from landsea_routing.kernels.certificate import certify
from landsea_routing.kernels.flowproblem import FlowProblem
from landsea_routing.kernels.multiflow import multicommodity_flow

SAME = 1e-9
WAYS = (("highs-ds", True), ("highs-ds", False), ("highs-ipm", True))


def arc_program(problem: FlowProblem, method: str, *, presolve: bool) -> tuple[float, float]:
    """CPU time and objective of HiGHS on the program over arcs, the ODs of an origin joined into one flow."""
    n, m, k = problem.n_vertices, problem.tail.size, problem.od_amount.size
    roots, row = np.unique(problem.od_origin, return_inverse=True)
    ends = np.r_[problem.tail, problem.head], np.tile(np.arange(m), 2)
    incidence = csr_array((np.r_[np.ones(m), -np.ones(m)], ends), shape=(n, m))
    supply = np.zeros((roots.size, n))
    np.add.at(supply, (row, problem.od_origin), problem.od_amount)
    np.add.at(supply, (row, problem.od_destination), -problem.od_amount)
    by_pass = np.r_[row * n + problem.od_origin, row * n + problem.od_destination], np.tile(np.arange(k), 2)
    stay = csr_array((np.r_[np.ones(k), -np.ones(k)], by_pass), shape=(roots.size * n, k))
    groups = csr_array(
        (problem.group_coefficient, problem.group_arc, problem.group_indptr),
        shape=(problem.group_limit.size, m),
    )
    equal = hstack([block_diag([incidence] * roots.size), stay], format="csr")
    most = hstack([groups] * roots.size + [csr_array((problem.group_limit.size, k))], format="csr")
    cost = np.r_[np.tile(problem.commodity_cost[0], roots.size), problem.unserved_price]
    begin = time.process_time()
    answer: Any = linprog(
        cost,
        A_ub=most,
        b_ub=problem.group_limit,
        A_eq=equal,
        b_eq=supply.ravel(),
        method=method,
        options={"presolve": presolve},
    )
    return time.process_time() - begin, float(answer.fun)


def regional() -> FlowProblem:
    """What `landsea flow` solves on the packaged region."""
    import landsea_routing as lsr

    return lsr.assign(lsr.load_network("northeast_asia")).problem


JOBS: dict[str, tuple[Callable[[int], FlowProblem], str, bool]] = {
    "500 OD, 1e4 arcs": (lambda seed: freight(10_000, 500, seed), "floor 20x, goal 50x", True),
    "500 OD, 9e4 arcs": (lambda seed: freight(100_000, 500, seed), "floor 2 s, goal 0.8 s", False),
    "5,000 OD, 9e4 arcs": (lambda seed: freight(100_000, 5000, seed), "floor 5 s, goal 2 s", False),
    "hard limits": (lambda seed: city(20, 1500, seed), "floor 1.0x, goal 0.5x of HiGHS", True),
    "regional base flow": (lambda _: regional(), "floor 3 s, goal 0.5 s", False),
}


def measure(name: str, *, seed: int, runs: int, highs: bool) -> dict[str, Any]:
    """One job's figures."""
    make, bar, against = JOBS[name]
    problem = make(seed)
    spent, judged = [], []
    for _ in range(runs):
        begin = time.process_time()
        answer = multicommodity_flow(problem)
        spent.append(time.process_time() - begin)
        begin = time.process_time()
        verdict = certify(problem, answer)
        judged.append(time.process_time() - begin)
        if not verdict.passed:
            raise SystemExit(f"{name}: {verdict.messages}")
    result = {
        "job": name,
        "arcs": problem.tail.size,
        "ods": problem.od_amount.size,
        "binding": int((answer.group_dual > 0.0).sum()),
        "objective": answer.objective,
        "gap": verdict.gap,
        "kernel_s": float(np.median(spent)),
        "certificate_s": float(np.median(judged)),
        "bar": bar,
    }
    if highs and against:
        for method, presolve in WAYS:
            took, objective = arc_program(problem, method, presolve=presolve)
            label = f"{method}{'' if presolve else ', no presolve'}"
            result[label] = {"s": took, "times_ours": took / result["kernel_s"]}
            if abs(objective - answer.objective) > SAME * abs(objective):
                raise SystemExit(f"{name}: {label} gives {objective}, not {answer.objective}")
    return result


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--highs", action="store_true", help="time HiGHS on the arc program too (minutes)")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = []
    for name in JOBS:
        row = measure(name, seed=args.seed, runs=args.runs, highs=args.highs)
        rows.append(row)
        if not args.json:
            print(
                f"{row['job']:>20}: {row['kernel_s']:7.3f} s + certificate {row['certificate_s']:.3f} s, "
                f"{row['arcs']:,} arcs, {row['binding']} bind, {row['objective']:.9g}, gap {row['gap']:.0e}; "
                f"{row['bar']}"
            )
            for label in (key for key in row if key.startswith("highs")):
                print(f"{label:>32}: {row[label]['s']:7.2f} s, {row[label]['times_ours']:.1f} times ours")
            sys.stdout.flush()
    if args.json:
        print(json.dumps(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
