"""The peers of `paths.py`: other libraries behind one face."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from paths_graphs import Graph

SCALE = 1000.0
"""RoutingKit takes whole numbers: costs are rounded to 1 / this, for it alone."""


class Peer(NamedTuple):
    """Another library: from all sources to all, from many to many, and how far to trust its precision."""

    name: str
    tree: Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]
    skim: Callable[[np.ndarray[Any, Any], np.ndarray[Any, Any]], np.ndarray[Any, Any]] | None
    pair: Callable[[int, int], object] | None
    customize: Callable[[], object] | None
    update: Callable[[int, float], object] | None
    tolerance: float


def routingkit(graph: Graph, module: Any) -> Peer:
    """Customizable contraction hierarchies of RoutingKit, in C++."""
    whole = np.maximum(1, np.rint(graph.cost * SCALE)).astype(np.uint32)
    topology = module.CCHTopology()
    # Its binding reads columns as if they were contiguous, whatever their strides.
    longitude, latitude = np.ascontiguousarray(graph.place.T.astype(np.float32))
    began = time.process_time()
    topology.build(graph.tail.astype(np.uint32), graph.head.astype(np.uint32), latitude, longitude, graph.n)
    print(f"    RoutingKit topology {time.process_time() - began:.2f} s", flush=True)
    metric = module.CCHMetric(topology)
    metric.customize(whole, 1)
    everything = np.arange(graph.n, dtype=np.uint32)

    def skim(sources: np.ndarray[Any, Any], targets: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        found: np.ndarray[Any, Any] = metric.distances_many_to_many(
            sources.astype(np.uint32), targets.astype(np.uint32)
        )
        return found

    return Peer(
        "RoutingKit",
        lambda sources: skim(sources, everything),
        skim,
        metric.query,
        lambda: metric.customize(whole, 1),
        lambda arc, cost: metric.update_weights(
            np.array([arc], np.uint32), np.array([max(1, round(cost * SCALE))], np.uint32)
        ),
        1e-2,
    )


def igraph_peer(graph: Graph, module: Any) -> Peer:
    """Igraph, in C."""
    peer = module.Graph(graph.n, np.c_[graph.tail, graph.head].tolist(), directed=True)
    cost = graph.cost.tolist()
    return Peer(
        "igraph",
        lambda sources: np.array(peer.distances(sources.tolist(), weights=cost)),
        None,
        lambda s, t: peer.get_shortest_paths(s, t, weights=cost, output="epath"),
        None,
        None,
        1e-9,
    )


def rustworkx_peer(graph: Graph, module: Any) -> Peer:
    """Rustworkx, in Rust."""
    peer = module.PyDiGraph()
    peer.add_nodes_from(range(graph.n))
    peer.add_edges_from(list(zip(graph.tail.tolist(), graph.head.tolist(), graph.cost.tolist(), strict=True)))

    def tree(sources: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        out = np.zeros((sources.size, graph.n))
        for i, source in enumerate(sources.tolist()):
            found = module.dijkstra_shortest_path_lengths(peer, source, float)
            out[i, list(found.keys())] = list(found.values())
        return out

    return Peer(
        "rustworkx",
        tree,
        None,
        lambda s, t: module.dijkstra_shortest_paths(peer, s, target=t, weight_fn=float),
        None,
        None,
        1e-9,
    )


def networkit_peer(graph: Graph, module: Any) -> Peer:
    """Networkit, in C++."""
    module.setNumberOfThreads(1)
    peer = module.GraphFromCoo(
        (graph.cost, (graph.tail, graph.head)), n=graph.n, weighted=True, directed=True
    )

    def tree(sources: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        found = [module.distance.Dijkstra(peer, s, storePaths=False).run() for s in sources.tolist()]
        return np.array([run.getDistances() for run in found])

    def pair(s: int, t: int) -> object:
        return module.distance.BidirectionalDijkstra(peer, s, t).run().getPath()

    return Peer("networkit", tree, None, pair, None, None, 1e-9)


def networkx_peer(graph: Graph, module: Any) -> Peer:
    """Networkx, in Python."""
    peer = module.DiGraph()
    peer.add_weighted_edges_from(
        zip(graph.tail.tolist(), graph.head.tolist(), graph.cost.tolist(), strict=True)
    )

    def tree(sources: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        out = np.zeros((sources.size, graph.n))
        for i, source in enumerate(sources.tolist()):
            found = module.single_source_dijkstra_path_length(peer, source)
            out[i, list(found.keys())] = list(found.values())
        return out

    return Peer(
        "networkx", tree, None, lambda s, t: module.bidirectional_dijkstra(peer, s, t), None, None, 1e-9
    )


MAKERS: dict[str, Callable[[Graph, Any], Peer]] = {
    "pyroutingkit": routingkit,
    "igraph": igraph_peer,
    "rustworkx": rustworkx_peer,
    "networkit": networkit_peer,
    "networkx": networkx_peer,
}


def peers_of(graph: Graph, wanted: Iterable[str]) -> list[Peer]:
    """The installed peers among the wanted ones."""
    found: list[Peer] = []
    for name in wanted:
        try:
            module = import_module(name)
        except ImportError:
            print(f"    {name} is not installed")
            continue
        found.append(MAKERS[name](graph, module))
    return found
