"""How long further ways take: k shortest paths, Pareto fronts, limits.

    python benchmarks/alternatives.py [--peers] [--json]

CPU time of one process, medians. The calibration figure is scipy's Dijkstra from one source on the same
1e5 graph: other figures are best read as multiples of it. `--peers` adds igraph and networkx (if installed)
on 1e4 vertices, where they finish. Bars of the issue: k = 10 on 1e5 vertices 90 ms (floor), 40 ms (goal);
three criteria, all pairs of 30 regional cities 60 s (floor), 10 s (goal).
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import platform
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial import Delaunay

import landsea_routing as lsr
from landsea_routing.errors import NoPathError
from landsea_routing.kernels.constrained import constrained_path
from landsea_routing.kernels.csr import PairIndex, cheapest, pair_index, sort_arcs
from landsea_routing.kernels.kpaths import k_shortest_paths
from landsea_routing.kernels.pareto import pareto_paths
from landsea_routing.kernels.paths import path_from_any

K = 10
PAIRS = 15
N_CITIES = 30
EAST_OF = 95.0
"""Degrees of longitude: cities of the region, not those of Europe at the far end of the land bridges."""
DEGREE = 2.84
BARS = {"k10_1e5_ms": (90.0, 40.0), "pareto_30_cities_s": (60.0, 10.0)}


def cpu(run: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of CPU, and what came out."""
    start = time.process_time()
    answer = run()
    return time.process_time() - start, answer


def road_like(n: int, seed: int = 20261122) -> tuple[PairIndex, np.ndarray, np.ndarray, np.ndarray]:
    """Delaunay edges thinned to a mean degree of 2.84, connected, lengths not the same both ways."""
    rng = np.random.default_rng(seed)
    place = rng.random((n, 2))
    corner = Delaunay(place).simplices
    ends = np.concatenate([corner[:, [0, 1]], corner[:, [1, 2]], corner[:, [0, 2]]]).astype(np.int64)
    ends = np.unique(np.sort(ends, axis=1), axis=0)
    length = np.hypot(*(place[ends[:, 0]] - place[ends[:, 1]]).T)
    tree = minimum_spanning_tree(csr_array((length, ends.T), shape=(n, n))).tocoo()
    kept = np.isin(
        ends[:, 0] * n + ends[:, 1],
        np.minimum(tree.row, tree.col).astype(np.int64) * n + np.maximum(tree.row, tree.col),
    )
    more = rng.choice(np.flatnonzero(~kept), int(DEGREE * n / 2) - int(kept.sum()), replace=False)
    kept[more] = True
    one, other = ends[kept].T
    tail, head = np.concatenate([one, other]), np.concatenate([other, one])
    cost = np.tile(length[kept], 2) * rng.uniform(1.0, 1.4, tail.size)
    order = sort_arcs(tail, head)
    tail, head = tail[order], head[order]
    return pair_index(n, tail, head), tail, head, cost[order]


def k_shortest(n: int) -> dict[str, float]:
    """Time of ten loopless paths, of a path within a limit, and of scipy's Dijkstra beside them."""
    pairs, _, _, cost = road_like(n)
    rng = np.random.default_rng(7)
    ends = [tuple(map(int, rng.choice(n, 2, replace=False))) for _ in range(PAIRS)]
    matrix = cheapest(pairs, cost)[0]
    took = [cpu(lambda e=e: k_shortest_paths(pairs, cost, *e, K))[0] for e in ends]
    base = [cpu(lambda e=e: dijkstra(matrix, indices=e[0]))[0] for e in ends[:5]]
    other = cost * rng.uniform(0.2, 2.0, cost.size)
    limits = [0.9 * other[path_from_any(pairs, cost, [s], [t])[1]].sum() for s, t in ends[:7]]
    limited = [
        cpu(lambda e=e, x=x: constrained_path(pairs, cost, other[None], [x], *e))[0]
        for e, x in zip(ends, limits, strict=False)
    ]
    label = f"{n:.0e}".replace("+0", "")
    return {
        f"k10_{label}_ms": 1e3 * float(np.median(took)),
        f"k10_{label}_worst_ms": 1e3 * max(took),
        f"limited_{label}_ms": 1e3 * float(np.median(limited)),
        f"scipy_one_to_all_{label}_ms": 1e3 * float(np.median(base)),
    }


def peers(n: int = 10_000) -> dict[str, float]:
    """Ten loopless paths by igraph and networkx; their costs must be ours."""
    pairs, tail, head, cost = road_like(n)
    rng = np.random.default_rng(7)
    ends = [tuple(map(int, rng.choice(n, 2, replace=False))) for _ in range(3)]
    ours = [k_shortest_paths(pairs, cost, *e, K).cost for e in ends]
    found: dict[str, float] = {}
    if importlib.util.find_spec("igraph"):
        import igraph

        graph = igraph.Graph(n=n, edges=np.c_[tail, head], directed=True)
        for e, mine in zip(ends, ours, strict=True):
            took, ways = cpu(lambda e=e: graph.get_k_shortest_paths(*e, k=K, weights=cost, output="epath"))
            assert np.allclose(mine, [cost[way].sum() for way in ways])
            found["igraph_k10_1e4_ms"] = 1e3 * took
    import networkx as nx

    plain = nx.DiGraph()
    plain.add_weighted_edges_from(zip(tail.tolist(), head.tolist(), cost.tolist(), strict=True))
    ways = itertools.islice(nx.shortest_simple_paths(plain, *ends[0], weight="weight"), K)
    took, listed = cpu(lambda: [nx.path_weight(plain, way, "weight") for way in ways])
    assert np.allclose(ours[0], listed)
    return {**found, "networkx_k10_1e4_ms": 1e3 * took}


def cities() -> tuple[Any, list[str]]:
    """The container graph of the region, and cities spread over its table."""
    graph = lsr.expand(lsr.load_network("northeast_asia"), commodity="container")
    nodes = graph.network.nodes
    fit = (nodes["kind"] == "city") & (nodes["lon"] > EAST_OF) & (nodes["loads"] != "")
    rows = np.flatnonzero(fit)
    chosen = rows[np.linspace(0, rows.size - 1, N_CITIES).astype(int)]
    return graph, nodes["id"][chosen].tolist()


def fronts(epsilon: float) -> dict[str, float]:
    """Three criteria, all pairs: question by question, as a user asks, and all at once by the kernel."""
    graph, names = cities()
    pairs = list(itertools.permutations(names, 2))
    sizes, left, incomplete = [], 0, 0

    def by_question() -> None:
        nonlocal left, incomplete
        for origin, destination in pairs:
            try:
                ways = lsr.pareto_paths(graph, origin, destination, epsilon=epsilon)
            except NoPathError:
                left += 1
                continue
            sizes.append(len(ways))
            incomplete += not ways.complete

    took, _ = cpu(by_question)
    kernel, _ = cpu(lambda: all_at_once(graph, pairs, epsilon))
    return {
        "pareto_30_cities_s": took,
        "pareto_30_cities_kernel_s": kernel,
        "pareto_pairs": float(len(pairs)),
        "pareto_pairs_without_path": float(left),
        "pareto_ways_mean": float(np.mean(sizes)),
        "pareto_ways_most": float(max(sizes)),
        "pareto_incomplete": float(incomplete),
    }


def all_at_once(graph: Any, pairs: list[tuple[str, str]], epsilon: float) -> int:
    """The same questions in one call of the kernel (what is shut to domestic cargo left open)."""
    from landsea_routing.graph.graph import Stage
    from landsea_routing.routing.question import ask
    from landsea_routing.routing.weights import attribute

    asked = ask(graph, *pairs[0])
    costs = np.stack([asked.close(attribute(graph, asked.prices, c)) for c in ("cost", "time", "co2e")])
    row = {str(name): i for i, name in enumerate(graph.network.nodes["id"])}
    source = [int(graph.vertices_of(row[a], Stage.ORIGIN)[0]) for a, _ in pairs]
    target = [int(graph.vertices_of(row[b], Stage.DESTINATION)[0]) for _, b in pairs]
    found = pareto_paths(graph.topology.pairs, costs, source, target, epsilon=epsilon)
    return sum(len(front.paths) for front in found)


def main() -> int:
    """Print the figures; exit code 1 if a floor is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", action="store_true", help="igraph and networkx on 1e4 vertices too")
    parser.add_argument("--epsilon", type=float, default=0.0, help="of the Pareto fronts (default 0: exact)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = {**k_shortest(10_000), **k_shortest(100_000), **fronts(options.epsilon)}
    if options.peers:
        figures |= peers()
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        print(
            f"{platform.processor() or platform.machine()}, numpy {np.__version__}, scipy {scipy.__version__}"
        )
        for name, value in figures.items():
            floor, goal = BARS.get(name, (None, None))
            bar = f"   floor {floor:g}, goal {goal:g}" if floor is not None else ""
            print(f"{name:32} {value:10.2f}{bar}")
    return int(any(figures[name] > floor for name, (floor, _) in BARS.items()))


if __name__ == "__main__":
    raise SystemExit(main())
