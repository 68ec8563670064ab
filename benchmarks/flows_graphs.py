"""The problems of `flows.py`, built from fixed seeds; all numbers whole, so that every solver sees the same.

Three families: freight networks with layers, borders and parallel fallbacks; NETGEN-like random networks
(Klingman, Napier and Stutz 1974) of mean degree 8; GOTO-like grids on a torus (Goldberg) with one source, one
sink and most of what their cut lets through.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.spatial import Delaunay

from landsea_routing.kernels.maxflow import max_flow

Array = np.ndarray[Any, Any]
NO_LIMIT = 10_000_000
"""Capacity of what is not meant to bind: many times all that is sent."""
WIDTH_KM, HEIGHT_KM = 4000.0, 2500.0


class Instance(NamedTuple):
    """A single-commodity problem in whole numbers."""

    n: int
    tail: Array
    head: Array
    capacity: Array
    cost: Array
    supply: Array


class _Arcs:
    """Collects links, each in both directions, with costs in cents."""

    def __init__(self) -> None:
        self.parts: list[tuple[Array, Array, Array, Array]] = []

    def link(self, a: Array, b: Array, capacity: Array | int, usd: Array) -> None:
        """Add links between a and b, with the same capacity and cost each way."""
        width = np.broadcast_to(np.asarray(capacity, dtype=np.int64), a.shape)
        cents = np.rint(100.0 * usd).astype(np.int64)
        self.parts += [(a, b, width, cents), (b, a, width, cents)]

    def instance(self, supply: Array) -> Instance:
        """Join all that was collected."""
        tail, head, capacity, cost = (np.concatenate(column) for column in zip(*self.parts, strict=True))
        return Instance(supply.size, tail, head, capacity, cost, supply)


def _edges(place: Array) -> tuple[Array, Array, Array]:
    """Edges of the Delaunay triangulation and their lengths."""
    corner = Delaunay(place).simplices.astype(np.int64)
    pair = np.sort(np.vstack([corner[:, [0, 1]], corner[:, [1, 2]], corner[:, [0, 2]]]), axis=1)
    a, b = np.unique(pair, axis=0).T
    return a, b, np.hypot(*(place[a] - place[b]).T)


def _shares(rng: np.random.Generator, count: int, total: int) -> Array:
    """Whole parts of a total, lognormally unequal."""
    weight = rng.lognormal(size=count)
    part = np.floor(weight / weight.sum() * total).astype(np.int64)
    part[0] += total - part.sum()
    return part


def freight(n_arcs: int, n_ends: int, seed: int) -> Instance:
    """Road, rail and sea over 24 countries whose borders are narrow; ``n_ends`` origins and destinations.

    Roads join all places, rails a third of them, sea lanes ports on the rim. A link over a border has a
    capacity and costs more; beside each border road runs a dear way without limit, so that a flow exists.
    Rails of one country in three have another gauge.
    """
    rng = np.random.default_rng(seed)
    n_places, total = max(60, round(n_arcs / 11.0)), 1000 * n_ends
    place = rng.random((n_places, 2)) * (WIDTH_KM, HEIGHT_KM)
    column, row = (place // 700.0).astype(np.int64).T
    country, gauge = 10 * column + row, column % 3 == 0
    arcs = _Arcs()
    a, b, km = _edges(place)
    border = country[a] != country[b]
    count = max(1, int(border.sum()))
    width = np.full(a.size, NO_LIMIT)
    width[border] = np.maximum(1, 1.4 * total / np.sqrt(count) * rng.random(border.sum()) ** 2)
    arcs.link(a, b, width, 0.06 * km * (1.0 + 0.3 * rng.random(a.size)) + 4.0 * border)
    a, b, km = a[border], b[border], km[border]
    arcs.link(a, b, NO_LIMIT, 0.06 * km + 250.0 + 50.0 * rng.random(a.size))
    n = _rail(arcs, rng, place, country, gauge, total)
    n = _sea(arcs, rng, place, n, total)
    supply = np.zeros(n, np.int64)
    ends = rng.permutation(n_places)[: 2 * n_ends]
    supply[ends[:n_ends]], supply[ends[n_ends:]] = (
        _shares(rng, n_ends, total),
        -_shares(rng, n_ends, total),
    )
    return arcs.instance(supply)


def _rail(
    arcs: _Arcs, rng: np.random.Generator, place: Array, country: Array, gauge: Array, total: int
) -> int:
    """A rail layer over a third of the places; how many vertices there are then."""
    station = np.sort(rng.permutation(len(place))[: len(place) // 3])
    a, b, km = _edges(place[station])
    at_a, at_b = station[a], station[b]
    border = country[at_a] != country[at_b]
    kept = ~border | (rng.random(a.size) < 0.35)
    a, b, km, border = a[kept], b[kept], km[kept], border[kept]
    change = gauge[at_a[kept]] != gauge[at_b[kept]]
    narrow = np.maximum(1, 0.7 * total / np.sqrt(max(1, border.sum())) * rng.random(a.size))
    width = np.where(border, narrow, rng.choice([NO_LIMIT, total // 4], a.size)).astype(np.int64)
    usd = 0.025 * km * (1.0 + 0.2 * rng.random(a.size)) + 2.0 * border + 12.0 * change
    arcs.link(len(place) + a, len(place) + b, width, usd)
    above = len(place) + np.arange(station.size)
    arcs.link(station, above, NO_LIMIT, 3.5 + rng.random(station.size))
    return len(place) + station.size


def _sea(arcs: _Arcs, rng: np.random.Generator, place: Array, first: int, total: int) -> int:
    """Ports on the rim, each joined with its eight nearest; how many vertices there are then."""
    x, y = place.T
    rim = np.flatnonzero((x < 60.0) | (x > WIDTH_KM - 60.0) | (y < 50.0) | (y > HEIGHT_KM - 50.0))
    port = np.sort(rng.permutation(rim)[: max(4, min(rim.size, len(place) // 25))])
    km = np.hypot(*(place[port][:, None] - place[port]).transpose(2, 0, 1))
    near = np.argsort(km, axis=1)[:, 1:9]
    a, b = np.repeat(np.arange(port.size), near.shape[1]), near.ravel()
    arcs.link(first + a, first + b, NO_LIMIT, 0.006 * km[a, b] + 1.0)
    width = (total / np.sqrt(port.size) * (0.3 + rng.random(port.size))).astype(np.int64)
    arcs.link(port, first + np.arange(port.size), width, 6.0 + 3.0 * rng.random(port.size))
    return first + port.size


def netgen(n_arcs: int, seed: int) -> Instance:
    """Random arcs of capacity 1 to 1000 and cost 1 to 10,000 around chains that make it feasible.

    An eighth as many vertices as arcs, about the root of them sources and as many sinks, 1000 each.
    """
    rng = np.random.default_rng(seed)
    n = n_arcs // 8
    k = max(1, int(np.sqrt(n)))
    source, sink, between = np.split(rng.permutation(n), [k, 2 * k])
    offered = _shares(rng, k, 1000 * k)
    supply = np.zeros(n, np.int64)
    supply[source] = offered
    tails, heads, widths = [], [], []
    for i, middle in enumerate(np.array_split(between, k)):
        chain = np.append(source[i], middle)
        ends = rng.choice(sink, int(rng.integers(1, 1 + min(k, 4))), replace=False)
        supply[ends] -= rng.multinomial(offered[i], np.full(ends.size, 1.0 / ends.size))
        tails += [chain[:-1], rng.choice(chain, ends.size)]
        heads += [chain[1:], ends]
        widths.append(np.full(middle.size + ends.size, offered[i]))
    rest = n_arcs - sum(part.size for part in tails)
    a, b = rng.integers(n, size=rest), rng.integers(1, n, size=rest)
    tail, head = np.concatenate([*tails, a]), np.concatenate([*heads, (a + b) % n])
    capacity = np.concatenate([*widths, rng.integers(1, 1001, rest)])
    return Instance(n, tail, head, capacity, rng.integers(1, 10_001, n_arcs), supply)


def goto(n_arcs: int, seed: int) -> Instance:
    """Torus with arcs to eight neighbours near and far, dearer the farther; one source, one sink.

    What is sent is 80 % of what gets through, so that most ways bind.
    """
    rng = np.random.default_rng(seed)
    width = max(3, round(np.sqrt(n_arcs // 8)))
    height = (n_arcs // 8) // width
    n = width * height
    vertex = np.arange(n)
    column, row = np.divmod(vertex, height)
    parts = []
    for right, up in ((1, 0), (1, 1), (1, -1), (0, 1), (0, -1), (2, 0), (3, 1), (5, -2)):
        far = right * right + up * up
        ahead = (column + right) % width * height + (row + up) % height
        cost = rng.integers(1, max(2, 10_000 * far // 30) + 1, n)
        room = np.maximum(1, rng.integers(1, 1001, n) // (1 if far <= 2 else 2))
        parts.append((vertex, ahead, room, cost))
    # The source reaches its whole column and the sink is reached from its own, cheaply and without limit.
    source, sink, others = 0, width // 2 * height, np.arange(1, height)
    few = np.ones(height - 1, np.int64)
    parts.append((source * few, source + others, 1_000_000 * few, few))
    parts.append((sink + others, sink * few, 1_000_000 * few, few))
    tail, head, capacity, cost = (np.concatenate(column) for column in zip(*parts, strict=True))
    supply = np.zeros(n, np.int64)
    sent = int(0.8 * max_flow(n, tail, head, capacity, source, sink).value)
    supply[source], supply[sink] = sent, -sent
    return Instance(n, tail, head, capacity, cost, supply)


FAMILIES = {
    "freight_1e3": lambda seed: freight(1_000, 10, seed),
    "freight_1e4": lambda seed: freight(10_000, 50, seed),
    "freight_1e5": lambda seed: freight(100_000, 100, seed),
    "freight_1e6": lambda seed: freight(1_000_000, 500, seed),
    "netgen_1e3": lambda seed: netgen(1_000, seed),
    "netgen_1e4": lambda seed: netgen(10_000, seed),
    "netgen_1e5": lambda seed: netgen(100_000, seed),
    "netgen_1e6": lambda seed: netgen(1_000_000, seed),
    "goto_1e3": lambda seed: goto(1_000, seed),
    "goto_1e4": lambda seed: goto(10_000, seed),
    "goto_1e5": lambda seed: goto(100_000, seed),
}
