"""The graphs of `paths.py`, built from fixed seeds."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay


class Graph(NamedTuple):
    """Arcs with costs, and where the vertices lie."""

    n: int
    tail: np.ndarray[Any, Any]
    head: np.ndarray[Any, Any]
    cost: np.ndarray[Any, Any]
    place: np.ndarray[Any, Any]

    def matrix(self) -> csr_array:
        """For scipy; the graphs here have no parallel arcs and no zero costs."""
        return csr_array((self.cost, (self.tail, self.head)), shape=(self.n, self.n))


def triangulation(place: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], ...]:
    """Edges of the Delaunay triangulation, and their lengths."""
    corners = Delaunay(place).simplices.astype(np.int64)
    edges = np.sort(np.vstack((corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]])), axis=1)
    key = np.unique(edges[:, 0] * len(place) + edges[:, 1])
    a, b = key // len(place), key % len(place)
    return a, b, np.hypot(*(place[a] - place[b]).T)


def planar(n: int, seed: int) -> Graph:
    """Road-like: a triangulation thinned to a mean degree of 2.84, spanning tree kept, lengths asymmetric."""
    rng = np.random.default_rng(seed)
    place = rng.random((n, 2)) * np.sqrt(n)
    a, b, length = triangulation(place)
    tree = minimum_spanning_tree(csr_array((length, (a, b)), shape=(n, n))).tocoo()
    rows, columns = tree.row.astype(np.int64), tree.col.astype(np.int64)
    in_tree = np.isin(a * n + b, np.minimum(rows, columns) * n + np.maximum(rows, columns))
    keep = in_tree | ((rng.random(a.size) < 0.2475) & (length < np.quantile(length, 0.9)))
    a, b, length = a[keep], b[keep], length[keep]
    there = length * (1.0 + 0.3 * rng.random(a.size))
    back = there * (1.0 + 0.1 * rng.random(a.size))
    return Graph(n, np.r_[a, b], np.r_[b, a], np.r_[there, back], place)


def multimodal(n: int, seed: int) -> Graph:
    """Roads with three sparser, faster layers above them and transfers at a third of their vertices."""
    road = planar(n, seed)
    rng = np.random.default_rng(seed + 1)
    tails, heads, costs, places = [road.tail], [road.head], [road.cost], [road.place]
    first = n
    for share, speed in ((0.05, 0.5), (0.01, 0.25), (0.015, 0.35)):
        count = int(n * share)
        below = rng.choice(n, count, replace=False)
        place = road.place[below]
        a, b, length = triangulation(place)
        length = length * speed
        keep = length < np.quantile(length, 0.95)
        a, b, length = a[keep], b[keep], length[keep]
        terminal = rng.choice(count, count // 3, replace=False)
        lift = np.full(terminal.size, 2.0)
        tails += [a + first, b + first, below[terminal], terminal + first]
        heads += [b + first, a + first, terminal + first, below[terminal]]
        costs += [length, length * 1.02, lift, lift * 1.1]
        places.append(place)
        first += count
    return Graph(first, *(np.concatenate(part) for part in (tails, heads, costs, places)))


def sea() -> Graph | None:
    """The largest component of searoute's sea network, without zero-length pieces; None if not installed."""
    try:
        shipped = import_module("searoute.data.marnet_dict")
    except ImportError:
        return None
    number = {node: i for i, node in enumerate(shipped.node_list)}
    ends = [
        (number[a], number[b], float(data["weight"]))
        for a, others in shipped.edge_list.items()
        for b, data in others.items()
    ]
    tail, head, cost = (np.array(part) for part in zip(*ends, strict=True))
    tail, head = tail.astype(np.int64), head.astype(np.int64)
    return largest(Graph(len(number), tail, head, cost, np.array(list(number), dtype=float)))


def largest(graph: Graph) -> Graph:
    """Both directions of every edge, cheapest of parallel ones, in the largest component."""
    tail, head = np.r_[graph.tail, graph.head], np.r_[graph.head, graph.tail]
    cost = np.r_[graph.cost, graph.cost]
    order = np.lexsort((cost, tail * graph.n + head))
    key = (tail * graph.n + head)[order]
    first = np.r_[True, key[1:] != key[:-1]] & (tail != head)[order] & (cost > 0.0)[order]
    tail, head, cost = tail[order][first], head[order][first], cost[order][first]
    _, label = connected_components(csr_array((cost, (tail, head)), shape=(graph.n,) * 2), directed=False)
    inside = label == np.bincount(label).argmax()
    number = np.cumsum(inside) - 1
    keep = inside[tail]
    return Graph(int(inside.sum()), number[tail[keep]], number[head[keep]], cost[keep], graph.place[inside])


def build(name: str) -> Graph | None:
    """A graph by name."""
    if name == "sea":
        return sea()
    kind, size = name.split("_")
    n = int(float(size))
    return planar(n, 2026) if kind == "planar" else multimodal(n, 2027)
