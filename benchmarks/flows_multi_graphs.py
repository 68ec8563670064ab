"""The multicommodity problems of `flows_multi.py`, built from seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import Delaunay

from landsea_routing.kernels.csr import sort_arcs
from landsea_routing.kernels.flowproblem import FlowProblem

Array = np.ndarray[Any, Any]
AREA_KM = np.array([4000.0, 2500.0])
COUNTRY_KM = 700.0


def problem_of(n: int, arcs: list[tuple[Array, ...]], ods: tuple[Array, ...], price: float) -> FlowProblem:
    """One commodity whose arcs (tail, head, cost, limit) each have a group where the limit is finite."""
    tail, head, cost, limit = (np.concatenate(part) for part in zip(*arcs, strict=True))
    order = sort_arcs(tail, head)
    cost, limit = cost[order], limit[order]
    limited = np.flatnonzero(np.isfinite(limit))
    origin, destination, amount = ods
    return FlowProblem(
        n_vertices=n,
        tail=tail[order].astype(np.int64),
        head=head[order].astype(np.int64),
        commodity_cost=cost[None, :],
        arc_lower=None,
        od_origin=origin,
        od_destination=destination,
        od_commodity=np.zeros(origin.size, np.int64),
        od_amount=amount,
        unserved_price=np.full(origin.size, price),
        group_indptr=np.arange(limited.size + 1),
        group_arc=limited,
        group_commodity=np.zeros(limited.size, np.int64),
        group_coefficient=np.ones(limited.size),
        group_limit=limit[limited],
    )


def _edges(place: Array, which: Array) -> tuple[Array, Array, Array]:
    """Edges of the triangulation of some places, and their lengths in km."""
    corners = Delaunay(place[which]).simplices
    pairs = np.sort(np.vstack((corners[:, :2], corners[:, 1:], corners[:, ::2])), axis=1)
    pairs = which[np.unique(pairs, axis=0)]
    return pairs[:, 0], pairs[:, 1], np.hypot(*(place[pairs[:, 0]] - place[pairs[:, 1]]).T)


def freight(n_arcs: int, n_ods: int, seed: int) -> FlowProblem:
    """Roads, rails and sea lanes over countries whose borders have limits; a dear way round each road border.

    Places number a ninth of the arcs, a third of them have rails, 4 % lie on a coast; demand is lognormal
    from the square root of `n_ods` origins and 40,000 t in all; what stays behind costs 10,000.
    """
    rng = np.random.default_rng(seed)
    n_places, total = max(60, n_arcs // 11), 20_000.0
    place = rng.random((n_places, 2)) * AREA_KM
    country = (place // COUNTRY_KM).astype(np.int64) @ np.array([10, 1])
    arcs: list[tuple[Array, ...]] = []

    def both_ways(a: Array, b: Array, cost: Array, limit: Array) -> None:
        arcs.extend(((a, b, cost, limit), (b, a, cost, limit)))

    a, b, km = _edges(place, np.arange(n_places))
    abroad = country[a] != country[b]
    crossings = int(abroad.sum())
    limit = np.full(a.size, np.inf)
    limit[abroad] = np.maximum(1.0, np.floor(rng.random(crossings) ** 2 * total / np.sqrt(crossings) * 2.0))
    both_ways(a, b, km * 0.06 * (1.0 + 0.3 * rng.random(a.size)) + abroad * 4.0, limit)
    dear = km[abroad] * 0.06 + 250.0 + rng.random(crossings) * 50.0
    both_ways(a[abroad], b[abroad], dear, np.full(crossings, np.inf))

    stations = np.sort(rng.permutation(n_places)[: n_places // 3])
    yard = np.full(n_places, -1)
    yard[stations] = n_places + np.arange(stations.size)
    a, b, km = _edges(place, stations)
    abroad, wide = country[a] != country[b], (country // 10) % 3 == 0
    keep = ~abroad | (rng.random(a.size) < 0.35)
    a, b, km, abroad = a[keep], b[keep], km[keep], abroad[keep]
    border = np.maximum(1.0, np.floor(rng.random(a.size) * total / np.sqrt(max(1, abroad.sum()))))
    limit = np.where(abroad, border, np.where(rng.random(a.size) < 0.5, np.inf, total / 4.0))
    cost = km * 0.025 * (1.0 + 0.2 * rng.random(a.size)) + abroad * 2.0 + (wide[a] != wide[b]) * 12.0
    both_ways(yard[a], yard[b], cost, limit)
    both_ways(stations, yard[stations], 3.5 + rng.random(stations.size), np.full(stations.size, np.inf))

    edge = ((place < 60.0) | (place > AREA_KM - 60.0)).any(axis=1)
    ports = np.sort(rng.permutation(np.flatnonzero(edge))[: max(4, n_places // 25)])
    quay = np.full(n_places, -1)
    quay[ports] = n_places + stations.size + np.arange(ports.size)
    km = np.hypot(*(place[ports][:, None] - place[ports][None]).transpose(2, 0, 1))
    near = np.argsort(km, axis=1)[:, 1 : min(9, ports.size)]
    a, b = np.repeat(ports, near.shape[1]), ports[near.ravel()]
    both_ways(quay[a], quay[b], np.hypot(*(place[a] - place[b]).T) * 0.006 + 1.0, np.full(a.size, np.inf))
    berth = np.floor(total / np.sqrt(ports.size) * (0.3 + rng.random(ports.size)))
    both_ways(ports, quay[ports], 6.0 + 3.0 * rng.random(ports.size), berth)

    origins = rng.choice(n_places, max(2, int(np.sqrt(n_ods))), replace=False)
    pairs = rng.choice(origins.size * n_places, int(1.1 * n_ods), replace=False)
    origin, destination = origins[pairs // n_places], pairs % n_places
    keep = np.flatnonzero(origin != destination)[:n_ods]
    amount = rng.lognormal(0.0, 1.0, keep.size)
    amount *= 2.0 * total / amount.sum()
    return problem_of(
        n_places + stations.size + ports.size, arcs, (origin[keep], destination[keep], amount), 1e4
    )


def city(side: int, n_ods: int, seed: int, *, tightness: float = 0.5) -> FlowProblem:
    """A grid of streets in which hundreds of hard limits bind at once.

    Each corner is joined with its four neighbours both ways, every fifth street is twice as fast. Limits are
    what a flow spread over several detours would use, times a random factor around `tightness`.
    """
    rng = np.random.default_rng(seed)
    corner = np.arange(side * side).reshape(side, side)
    ends = [(corner[:, :-1], corner[:, 1:]), (corner[:-1], corner[1:])]
    a, b = (np.concatenate([pair[i].ravel() for pair in ends]) for i in (0, 1))
    row, column = a // side, a % side
    across = b - a == 1
    fast = np.where(across, row, column) % 5 == 2
    tail, head = np.r_[a, b], np.r_[b, a]
    cost = (1.0 + 0.4 * rng.random(tail.size)) * np.where(np.r_[fast, fast], 0.5, 1.0)
    zones = rng.choice(side * side, max(4, int(np.sqrt(2 * n_ods))), replace=False)
    pairs = rng.choice(zones.size**2, min(n_ods + zones.size, zones.size**2), replace=False)
    origin, destination = zones[pairs // zones.size], zones[pairs % zones.size]
    keep = np.flatnonzero(origin != destination)[:n_ods]
    origin, destination = origin[keep], destination[keep]
    amount = np.round(rng.lognormal(0.0, 0.7, keep.size), 3)
    load = _spread(corner.size, tail, head, cost, (origin, destination, amount), rng)
    limit = np.round(np.maximum(load, np.median(load) * 0.5) * (tightness + rng.random(tail.size)), 3)
    return problem_of(corner.size, [(tail, head, cost, limit)], (origin, destination, amount), 100.0)


def _spread(n: int, tail: Array, head: Array, cost: Array, ods: tuple[Array, ...], rng: Any) -> Array:
    """Load of each arc when amounts go by cheapest paths under several random disturbances of cost."""
    from landsea_routing.kernels.csr import pair_index
    from landsea_routing.kernels.paths import paths_between

    order = sort_arcs(tail, head)
    pairs, tries = pair_index(n, tail[order], head[order]), 8
    load = np.zeros(tail.size)
    for _ in range(tries):
        noisy = cost[order] * rng.uniform(0.6, 1.8, tail.size)
        found = paths_between(pairs, noisy, ods[0], ods[1])
        weight = np.repeat(ods[2], np.diff(found.indptr))
        load[order] += np.bincount(found.arcs, weight, tail.size) / tries
    return load
