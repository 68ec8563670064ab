"""Ways through a set of arcs: against every way there is."""

from __future__ import annotations

import numpy as np
import pytest

from landsea_routing.kernels.csr import pair_index, sort_arcs
from landsea_routing.kernels.through import cheapest_through


@pytest.mark.parametrize("seed", range(20))
def test_against_two_layers(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of the graph that only arcs of the set lead to: its distances are those through the set."""
    rng = np.random.default_rng(seed)
    n, m = 12, 40
    tail, head = rng.integers(0, n, (2, m))
    order = sort_arcs(tail, head)
    tail, head = tail[order], head[order]
    cost = np.where(rng.random(m) < 0.1, np.inf, rng.integers(0, 9, m)).astype(float)
    starts, targets = rng.integers(0, n, (2, 9))
    sets = [rng.choice(m, size=int(rng.integers(0, 5)), replace=False) for _ in range(4)]
    indptr = np.concatenate([[0], np.cumsum([s.size for s in sets])])
    monkeypatch.setattr("landsea_routing.kernels.through.AT_ONCE", 7)
    found = cheapest_through(
        pair_index(n, tail, head), (tail, head), cost, starts, targets, indptr, np.concatenate(sets)
    )
    for i, own in enumerate(sets):
        distance = np.full((n, 2, n, 2), np.inf)
        distance[np.arange(n), 0, np.arange(n), 0] = 0.0
        distance[np.arange(n), 1, np.arange(n), 1] = 0.0
        for a in range(m):
            for layer in (0, 1):
                distance[tail[a], layer, head[a], layer] = min(
                    distance[tail[a], layer, head[a], layer], cost[a]
                )
        for a in own:
            distance[tail[a], 0, head[a], 1] = min(distance[tail[a], 0, head[a], 1], cost[a])
        flat = distance.reshape(2 * n, 2 * n)
        for k in range(2 * n):
            flat = np.minimum(flat, flat[:, k, None] + flat[None, k])
        np.testing.assert_allclose(found[:, i], flat.reshape(n, 2, n, 2)[starts, 0, targets, 1])


def test_nothing_asked() -> None:
    pairs, none = pair_index(2, np.array([0]), np.array([1])), np.zeros(0, np.int64)
    ends = np.array([0]), np.array([1])
    assert cheapest_through(pairs, ends, np.ones(1), none, none, [0, 1], [0]).shape == (0, 1)
    assert cheapest_through(pairs, ends, np.ones(1), [0], [1], [0, 0], none).tolist() == [[np.inf]]
