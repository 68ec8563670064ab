"""Cheapest paths side by side with what else Python offers: who is how fast.

    python benchmarks/paths.py [--graphs planar_1e4 planar_1e5 ...] [--runs 5] [--growth] [--memory]

Graphs are built here from fixed seeds, except the sea network that the package `searoute` ships. Everything
runs in one process, on one thread where a library lets itself be told, ours and the peers in turn within each
run. A figure is the median of the runs in CPU time of the process. Peers that answer one source at a time are
timed on 20 sources x 3 runs and scaled to the job (marked ~). Every peer's distances are compared with
scipy's before it is timed. A peer that is not installed is left out. Ours runs in numpy alone; where numba is
installed, its compiled loops are timed as an entrant of their own.

The calibration figure, scipy's Dijkstra from one source on planar_1e5, tells how fast the machine is: compare
ratios between machines, not times.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from paths_graphs import Graph, build, planar
from paths_peers import SCALE, Peer, peers_of
from scipy.sparse.csgraph import dijkstra

from landsea_routing.kernels.hierarchy import Hierarchy, Metric

JOB = 1000
"""Sources and targets of the skim."""
FEW = 20
"""Sources on which slow peers are timed, three times."""
GRAPHS = ("planar_1e4", "planar_1e5", "multimodal_1e5", "sea", "planar_1e6")
PEERS = ("pyroutingkit", "igraph", "rustworkx", "networkit", "networkx")
FLOORS = {
    ("skim", "planar_1e4"): "scipy 8x (goal 14x), RoutingKit 1.2x (2x)",
    ("skim", "planar_1e5"): "scipy 28x (goal 60x), RoutingKit 1.0x (2x)",
    ("skim", "multimodal_1e5"): "RoutingKit 0.8x (goal 1.3x)",
    ("skim", "planar_1e6"): "scipy 45x (goal 120x)",
    ("one-to-all x64", "planar_1e5"): "scipy 7x (goal 15x), RoutingKit 2x (5x)",
    ("order + symbolic", "planar_1e6"): "55 s (goal 30 s); 1.6 GB (1.0 GB)",
    ("customize", "planar_1e5"): "300 ms (goal 100 ms)",
    ("update one arc", "planar_1e5"): "3 ms (goal 1 ms)",
    ("one pair, path", "planar_1e5"): "2 ms (goal 0.5 ms)",
}


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    began = time.process_time()
    work()
    return time.process_time() - began


def compiled(work: Callable[[], object]) -> Callable[[], object]:
    """The same job in compiled loops (numba), which our other entrants do without."""

    def run() -> object:
        os.environ["LANDSEA_FAST"] = "1"
        try:
            return work()
        finally:
            os.environ["LANDSEA_FAST"] = "0"

    return run


def race(entrants: dict[str, tuple[Callable[[], object], float]], runs: int) -> dict[str, float]:
    """Median seconds of each, scaled, run in turn."""
    times: dict[str, list[float]] = {name: [] for name in entrants}
    for i in range(runs):
        for name, (work, scale) in entrants.items():
            if scale == 1.0 or i < 3:
                times[name].append(cpu(work) * scale)
    return {name: float(np.median(found)) for name, found in times.items()}


def show(job: str, graph: str, times: dict[str, float], per: int, ours: str, entrants: Any) -> None:
    """One table: time per item, and how many times longer than ours."""
    print(f"  {job}{'; floor: ' + FLOORS[job, graph] if (job, graph) in FLOORS else ''}")
    for name, seconds in times.items():
        scaled = "~" if entrants[name][1] != 1.0 else " "
        print(
            f"    {name:<26}{scaled}{seconds / per * 1e3:>10.3f} ms  {seconds / times[ours]:>7.2f} x ours",
            flush=True,
        )


def measure(name: str, graph: Graph, runs: int, wanted: Iterable[str]) -> None:
    """All jobs on one graph."""
    print(f"\n{name}: {graph.n:,} vertices, {graph.tail.size:,} arcs")
    began = time.process_time()
    hierarchy = Hierarchy(graph.n, graph.tail, graph.head, coordinates=graph.place)
    took = time.process_time() - began
    note = FLOORS.get(("order + symbolic", name))
    print(f"    order + symbolic {took:.2f} s{'; floor: ' + note if note else ''}")
    wide, narrow = hierarchy.customize(graph.cost), hierarchy.customize(graph.cost, dtype=np.float32)
    peers = peers_of(graph, wanted)
    matrix = graph.matrix()
    rng = np.random.default_rng(7)
    sources, targets = rng.choice(graph.n, (2, min(JOB, graph.n // 2)), replace=False)
    few = sources[:FEW]
    agree(graph, wide, narrow, peers, few, targets)
    fast = find_spec("numba") is not None
    if fast:
        compiled(lambda: agree(graph, wide, narrow, [], few, targets))()  # compiles, too

    def scipy_tree(which: np.ndarray[Any, Any]) -> Callable[[], object]:
        return lambda: dijkstra(matrix, indices=which)

    for job, ends in (("skim", targets), ("skim of 200", targets[:200])):
        starts = sources[: ends.size]
        entrants: dict[str, tuple[Callable[[], object], float]] = {
            "ours float64": (lambda s=starts, e=ends: wide.many_to_many(s, e), 1.0),
            "ours float32": (lambda s=starts, e=ends: narrow.many_to_many(s, e), 1.0),
            # Who climbs where is kept for places asked for before; here they are new each time.
            "ours float64, new places": (elsewhere(wide, graph.n, starts.size), 1.0),
            "ours float32, new places": (elsewhere(narrow, graph.n, starts.size), 1.0),
            "scipy": (scipy_tree(few), starts.size / FEW),
        }
        if fast:
            entrants["ours float64, compiled"] = (compiled(entrants["ours float64"][0]), 1.0)
            entrants["ours float32, compiled"] = (compiled(entrants["ours float32"][0]), 1.0)
        for peer in peers:
            if peer.skim is not None:
                entrants[peer.name] = (lambda p=peer, s=starts, e=ends: p.skim(s, e), 1.0)
            elif job == "skim":
                entrants[peer.name] = (lambda p=peer: p.tree(few), starts.size / FEW)
        show(job, name, race(entrants, runs), starts.size, "ours float64", entrants)

    batch = sources[:64]
    entrants = {
        "ours float64": (lambda: wide.one_to_all(batch), 1.0),
        "ours float32": (lambda: narrow.one_to_all(batch), 1.0),
        # Writing the table counts: scipy fills as large a one wherever that takes no minutes.
        "scipy": (scipy_tree(batch), 1.0) if graph.n < 200_000 else (scipy_tree(few), batch.size / FEW),
    }
    if fast:
        entrants["ours float64, compiled"] = (compiled(entrants["ours float64"][0]), 1.0)
    entrants |= {peer.name: ((lambda p=peer: p.tree(batch)), 1.0) for peer in peers if peer.skim is not None}
    show("one-to-all x64", name, race(entrants, runs), batch.size, "ours float64", entrants)
    entrants = {
        "ours float64": (lambda: hierarchy.customize(graph.cost), 1.0),
        "ours float32": (lambda: hierarchy.customize(graph.cost, dtype=np.float32), 1.0),
    }
    entrants |= {peer.name: (peer.customize, 1.0) for peer in peers if peer.customize is not None}
    show("customize", name, race(entrants, runs), 1, "ours float64", entrants)
    pairs_and_updates(name, graph, wide, peers, sources, targets)


def elsewhere(metric: Metric, n_vertices: int, size: int) -> Callable[[], object]:
    """Skims of one size, each between other places than the ones before."""
    rng = np.random.default_rng(8)
    draws = (rng.choice(n_vertices, (2, size), replace=False) for _ in iter(int, 1))
    return lambda: metric.many_to_many(*next(draws))


def agree(
    graph: Graph,
    wide: Metric,
    narrow: Metric,
    peers: list[Peer],
    few: np.ndarray[Any, Any],
    targets: np.ndarray[Any, Any],
) -> None:
    """Compare everybody with scipy before anybody is timed."""
    truth = dijkstra(graph.matrix(), indices=few[:4])
    np.testing.assert_allclose(wide.many_to_many(few[:4], targets), truth[:, targets], rtol=1e-9)
    np.testing.assert_allclose(narrow.many_to_many(few[:4], targets), truth[:, targets], rtol=2e-5)
    np.testing.assert_allclose(wide.one_to_all(few[:4]), truth, rtol=1e-9)
    for peer in peers:
        found = peer.tree(few[:1])
        if peer.name == "RoutingKit":
            found = found / SCALE
        np.testing.assert_allclose(found, truth[:1], rtol=peer.tolerance, atol=peer.tolerance)
    print("    all agree with scipy")


def pairs_and_updates(
    name: str,
    graph: Graph,
    metric: Metric,
    peers: list[Peer],
    sources: np.ndarray[Any, Any],
    targets: np.ndarray[Any, Any],
) -> None:
    """Single questions: medians over 100 pairs, and over 100 updates in a row (10 pairs for the searches)."""
    ends = list(zip(sources[:100].tolist(), targets[:100].tolist(), strict=True))
    metric.path(*ends[0])  # indices that are built on the first question
    times = {"ours": [cpu(lambda p=pair: metric.path(*p)) for pair in ends]}
    times["ours, distance only"] = [cpu(lambda p=pair: metric.distance(*p)) for pair in ends]
    for peer in peers:
        if peer.pair is not None:
            some = ends if peer.name == "RoutingKit" else ends[:10]
            times[peer.name] = [cpu(lambda p=peer, pair=pair: p.pair(*pair)) for pair in some]
    found = {who: float(np.median(took)) for who, took in times.items()}
    show("one pair, path", name, found, 1, "ours", dict.fromkeys(found, (None, 1.0)))

    rng = np.random.default_rng(8)
    arcs = rng.choice(graph.tail.size, 100, replace=False)
    cost = graph.cost[arcs] * rng.choice([0.5, 0.9, 1.1, 2.0], 100)
    now, ours = metric.update([arcs[0]], [graph.cost[arcs[0]]]), []
    for arc, value in zip(arcs.tolist(), cost.tolist(), strict=True):
        began = time.process_time()
        now = now.update([arc], [value])
        ours.append(time.process_time() - began)
    changed = graph.cost.copy()
    changed[arcs] = cost
    truth = dijkstra(graph._replace(cost=changed).matrix(), indices=sources[:2])
    np.testing.assert_allclose(now.one_to_all(sources[:2]), truth, rtol=1e-9)
    times = {"ours": ours}
    for peer in peers:
        if peer.update is not None:
            times[peer.name] = [
                cpu(lambda p=peer, a=a, c=c: p.update(a, c))
                for a, c in zip(arcs.tolist(), cost.tolist(), strict=True)
            ]
    found = {who: float(np.median(took)) for who, took in times.items()}
    show("update one arc", name, found, 1, "ours", dict.fromkeys(found, (None, 1.0)))


def growth() -> None:
    """Our own times from 1e3 to 1e6 vertices, with the exponents from size to size."""
    print("\ngrowth (planar; seconds; exponent to the size before)")
    jobs = ("order + symbolic", "customize", "skim 1000", "one-to-all x64", "path", "arcs per vertex")
    print(f"  {'n':>9}  " + "".join(f"{job:>22}" for job in jobs))
    before: list[float] = []
    for n in (1_000, 10_000, 100_000, 1_000_000):
        graph = planar(n, 2028)
        rng = np.random.default_rng(9)
        sources, targets = rng.integers(n, size=(2, JOB))
        made: list[Hierarchy] = []
        row = [cpu(lambda g=graph, m=made: m.append(Hierarchy(g.n, g.tail, g.head, coordinates=g.place)))]
        hierarchy = made[0]
        metric = hierarchy.customize(graph.cost)
        metric.path(0, 1)
        metric.one_to_all(sources[:1])
        row.append(
            float(np.median([cpu(lambda h=hierarchy, g=graph: h.customize(g.cost)) for _ in range(3)]))
        )
        row.append(
            float(
                np.median(
                    [cpu(lambda m=metric, s=sources, t=targets: m.many_to_many(s, t)) for _ in range(3)]
                )
            )
        )
        row.append(
            float(np.median([cpu(lambda m=metric, s=sources[:64]: m.one_to_all(s)) for _ in range(3)]))
        )
        ends = zip(sources[:50].tolist(), targets[:50].tolist(), strict=True)
        row.append(float(np.median([cpu(lambda m=metric, e=e: m.path(*e)) for e in ends])))
        row.append(hierarchy.topology.plan.entry.size / n)
        slopes = [f"({np.log10(a / b):+.2f})" for a, b in zip(row, before, strict=False)] or [""] * len(row)
        cells = [f"{value:.4g} {slope}" for value, slope in zip(row, slopes, strict=True)]
        print(f"  {n:>9,}  " + "".join(f"{cell:>22}" for cell in cells), flush=True)
        before = row


PROBE = """
import sys, time
import numpy as np
from landsea_routing.kernels.hierarchy import Hierarchy
with np.load(sys.argv[1]) as data:
    n, tail, head, cost, place = int(data["n"]), data["tail"], data["head"], data["cost"], data["place"]
def peak():
    # ru_maxrss would start at the parent's; the high water mark starts with this program.
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
print(f"    after reading the graph     {peak():8.0f} MB")
began = time.process_time()
hierarchy = Hierarchy(n, tail, head, coordinates=place)
print(f"    after order + symbolic      {peak():8.0f} MB   {time.process_time() - began:.1f} s")
metric = hierarchy.customize(cost)
print(f"    after customize             {peak():8.0f} MB")
some = np.arange(0, n, n // 1000)[:1000]
metric.many_to_many(some, some)
print(f"    after a skim 1000x1000      {peak():8.0f} MB")
metric.one_to_all(some[:64])
print(f"    after one-to-all x64        {peak():8.0f} MB")
"""


def memory(name: str, graph: Graph) -> None:
    """Peak memory in a process of its own."""
    print(f"\npeak memory of {name} in a process of its own")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.npz"
        np.savez(path, n=graph.n, tail=graph.tail, head=graph.head, cost=graph.cost, place=graph.place)
        subprocess.run([sys.executable, "-c", PROBE, str(path)], check=True)  # noqa: S603


def versions(names: Iterable[str]) -> str:
    """Name and version of what is installed."""
    found = []
    for name in names:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def processor() -> str:
    """What the machine says it is."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main(argv: list[str] | None = None) -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--graphs", nargs="*", default=list(GRAPHS))
    parser.add_argument("--peers", nargs="*", default=list(PEERS))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--memory", action="store_true")
    asked = parser.parse_args(argv)
    os.environ["LANDSEA_FAST"] = "0"
    print(f"{processor()}, {os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}")
    print(versions(("numpy", "scipy", *asked.peers, "searoute")))
    fixed = planar(100_000, 2026)
    matrix = fixed.matrix()
    took = float(np.median([cpu(lambda: dijkstra(matrix, indices=[12345])) for _ in range(7)]))
    print(f"calibration: scipy's Dijkstra from one source on planar_1e5 takes {took * 1e3:.1f} ms")
    for name in asked.graphs:
        graph = build(name)
        if graph is None:
            print(f"\n{name}: the package that ships it is not installed")
            continue
        # A million vertices: what takes minutes per source or does not finish its preparation stays out.
        wanted = [p for p in asked.peers if graph.n < 200_000 and not (graph.n > 20_000 and p == "networkx")]
        measure(name, graph, asked.runs, wanted)
        if asked.memory:
            memory(name, graph)
    if asked.growth:
        growth()
    print(f"\npeak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
