"""The bent cut: as small as networkx's minimum vertex cut, for many cells at once."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from landsea_routing.kernels.hierarchy.flowcut import part
from landsea_routing.kernels.hierarchy.order import vertex_cover


def cover_size(u, v, side):
    across = side[u] != side[v]
    near = np.where(side[u], v, u)[across]
    return vertex_cover(near, (u + v)[across] - near).size


def smallest(n, u, v, near, far):
    """Size of a vertex cut that may take the ends too, as a cover of the edges across may."""
    graph = nx.Graph(zip(u.tolist(), v.tolist(), strict=True))
    graph.add_nodes_from(range(n))
    graph.add_edges_from([("s", int(i)) for i in np.flatnonzero(near)])
    graph.add_edges_from([("t", int(i)) for i in np.flatnonzero(far)])
    return len(nx.minimum_node_cut(graph, "s", "t"))


@pytest.mark.parametrize("seed", range(40))
def test_no_cut_between_the_ends_is_smaller(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 30))
    low, high = np.triu_indices(n, 1)
    kept = rng.random(low.size) < rng.choice([0.1, 0.3])
    u, v = low[kept], high[kept]
    turn = rng.permutation(n)
    near, far = np.isin(np.arange(n), turn[:2]), np.isin(np.arange(n), turn[-2:])
    side = part(u, v, near, far)
    assert not side[near].any()
    assert side[far].all()
    assert cover_size(u, v, side) >= smallest(n, u, v, near, far)
    ends = {int(i): "s" for i in turn[:2]} | {int(i): "t" for i in turn[-2:]}
    merged = nx.relabel_nodes(nx.Graph(zip(u.tolist(), v.tolist(), strict=True)), ends)
    merged.add_nodes_from(["s", "t"])
    if not merged.has_edge("s", "t"):
        assert cover_size(u, v, side) <= len(nx.minimum_node_cut(merged, "s", "t"))


def test_cells_side_by_side_are_cut_each_for_itself():
    # Two grids of 5 x 9; the second has a waist of one vertex.
    def grid(first):
        at = first + np.arange(45).reshape(9, 5)
        return np.concatenate(
            [np.c_[at[:-1].ravel(), at[1:].ravel()], np.c_[at[:, :-1].ravel(), at[:, 1:].ravel()]]
        )

    edges = np.concatenate([grid(0), grid(45)])
    lost = 45 + 4 * 5 + np.arange(1, 5)
    edges = edges[~np.isin(edges, lost).any(axis=1)]
    u, v = edges.T
    row = np.arange(90) % 45 // 5
    side = part(u, v, row < 2, row > 6)
    first, second = edges.max(axis=1) < 45, edges.min(axis=1) >= 45
    assert cover_size(u[first], v[first], side) == 5
    assert cover_size(u[second], v[second], side) == 1


def test_ends_that_are_not_joined_cost_nothing():
    u, v = np.array([0, 2]), np.array([1, 3])
    side = part(u, v, np.eye(4, dtype=bool)[0], np.eye(4, dtype=bool)[3])
    assert side[3]
    assert not side[0]
    assert cover_size(u, v, side) == 0
