"""Random graphs with every legal oddity, and what scipy says about them."""

from __future__ import annotations

import numpy as np
from scipy.sparse.csgraph import dijkstra

from landsea_routing.kernels.csr import cheapest, pair_index, sort_arcs

SIZES = (1, 2, 3, 7, 12, 30, 80, 200)


def odd_graph(seed):
    """(rng, n_vertices, tail, head, cost, coordinates): parallel arcs, loops, zero and closed arcs, isolated
    vertices, several components, integer ties, huge costs, arcs in any order."""
    rng = np.random.default_rng(seed)
    n = int(rng.choice(SIZES))
    m = int(rng.integers(0, 4 * n + 1))
    tail = rng.integers(n, size=m)
    local = rng.random() < 0.5
    head = (tail + rng.integers(0, 4, size=m)) % n if local else rng.integers(n, size=m)
    kinds = [
        rng.random(m) * 10,
        rng.integers(0, 4, m).astype(float),
        rng.integers(0, 2, m) * 1e6 * rng.random(m),
    ]
    cost = kinds[int(rng.integers(3))]
    cost[rng.random(m) < 0.1] = np.inf
    cost[rng.random(m) < rng.choice([0.0, 0.1, 0.5])] = 0.0
    if rng.random() < 0.5:
        tail, head, cost = np.concatenate((tail, head)), np.concatenate((head, tail)), np.tile(cost, 2)
    coordinates = None if rng.random() < 0.5 else rng.random((n, 2))
    return rng, n, tail, head, cost, coordinates


def true_distances(n, tail, head, cost):
    order = sort_arcs(tail, head)
    return dijkstra(cheapest(pair_index(n, tail[order], head[order]), cost[order])[0])


def assert_close(found, expected, tolerance=1e-9):
    finite = np.isfinite(expected)
    assert (np.isfinite(found) == finite).all()
    np.testing.assert_allclose(found[finite], expected[finite], rtol=tolerance, atol=tolerance)


def assert_is_path(tail, head, cost, start, end, arcs, distance):
    if start == end or not np.isfinite(distance):
        assert not arcs.size
        return
    assert tail[arcs[0]] == start
    assert head[arcs[-1]] == end
    assert (head[arcs[:-1]] == tail[arcs[1:]]).all()
    assert abs(cost[arcs].sum() - distance) <= 1e-9 * max(1.0, distance)
    assert np.unique(np.append(tail[arcs], end)).size == arcs.size + 1  # no vertex twice


def assert_are_paths(tail, head, cost, starts, ends, batch, expected):
    assert_close(batch.distance, expected)
    for i, (start, end) in enumerate(zip(starts, ends, strict=True)):
        arcs = batch.arcs[batch.indptr[i] : batch.indptr[i + 1]]
        assert_is_path(tail, head, cost, start, end, arcs, expected[i])


def grid(width, rng, integer=False):
    """A two-way grid with coordinates."""
    number = np.arange(width * width).reshape(width, width)
    a = np.concatenate((number[:, :-1].ravel(), number[:-1].ravel()))
    b = np.concatenate((number[:, 1:].ravel(), number[1:].ravel()))
    tail, head = np.concatenate((a, b)), np.concatenate((b, a))
    cost = rng.integers(1, 9, tail.size).astype(float) if integer else 1.0 + rng.random(tail.size)
    y, x = np.divmod(np.arange(width * width), width)
    return width * width, tail, head, cost, np.stack((x, y), axis=1)
