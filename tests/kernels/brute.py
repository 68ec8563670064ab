"""Every simple path of a small graph, and random graphs with all legal oddities."""

from __future__ import annotations

import numpy as np

from landsea_routing.kernels.csr import pair_index, sort_arcs

INF = float("inf")


def random_graph(seed, n_costs=1, *, n_max=7, m_max=18, integer=False):
    """Parallel, free and closed arcs, loops: pairs, tail, head, costs, source, target."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, n_max + 1)), int(rng.integers(1, m_max + 1))
    tail, head = rng.integers(n, size=m), rng.integers(n, size=m)
    order = sort_arcs(tail, head)
    costs = rng.integers(0, 10, (n_costs, m)).astype(float)
    if not integer:
        costs += rng.random((n_costs, m))
    costs[:, rng.random(m) < 0.1] = INF
    costs[rng.random((n_costs, m)) < 0.15] = 0.0
    costs[:, ~np.isfinite(costs).all(axis=0)] = INF
    source, target = (int(v) for v in rng.choice(n, 2, replace=False))
    tail, head = tail[order], head[order]
    return pair_index(n, tail, head), tail, head, costs, source, target


def simple_paths(tail, head, costs, source, target):
    """All loopless paths as lists of arcs, parallel arcs apart, closed arcs left out."""
    found, stack = [], [(source, (), frozenset([source]))]
    is_open = np.isfinite(costs).all(axis=0)
    while stack:
        at, path, seen = stack.pop()
        if at == target:
            found.append(list(path))
            continue
        for arc in np.flatnonzero((tail == at) & is_open).tolist():
            v = int(head[arc])
            if v not in seen:
                stack.append((v, (*path, arc), seen | {v}))
    return found


def check_walk(path, tail, head, source, target):
    """A path goes from source to target, joins up, and visits no vertex twice."""
    assert tail[path[0]] == source
    assert head[path[-1]] == target
    assert (head[path[:-1]] == tail[path[1:]]).all()
    vertices = [source, *head[path].tolist()]
    assert len(set(vertices)) == len(vertices)
