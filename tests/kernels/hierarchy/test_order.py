"""The dissection: a tree whose cells are separated, with small separators."""

from __future__ import annotations

import numpy as np
import pytest

from hierarchy_cases import grid, odd_graph
from landsea_routing.kernels.hierarchy.cells import build_cells
from landsea_routing.kernels.hierarchy.order import nested_dissection, vertex_cover


def edges_of(n, tail, head):
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    key = np.unique((low * n + high)[low < high])
    return key // n, key % n


def ancestors(parent, cell):
    found = set()
    while cell >= 0:
        found.add(cell)
        cell = int(parent[cell])
    return found


@pytest.mark.parametrize("seed", range(60))
def test_every_edge_joins_a_cell_to_itself_or_an_ancestor(seed):
    _, n, tail, head, _, coordinates = odd_graph(seed)
    u, v = edges_of(n, tail, head)
    home, parent = nested_dissection(n, u, v, coordinates)
    assert home.min() >= 0
    assert (parent[1:] < np.arange(1, parent.size)).all()
    for a, b in zip(home[u].tolist(), home[v].tolist(), strict=True):
        assert a in ancestors(parent, b) or b in ancestors(parent, a)


@pytest.mark.parametrize("seed", range(30))
def test_fronts_hold_all_and_only_what_touches_a_subtree(seed):
    _, n, tail, head, _, coordinates = odd_graph(seed)
    u, v = edges_of(n, tail, head)
    cells = build_cells(n, u, v, coordinates)
    assert (np.sort(cells.row) == np.arange(n)).all()
    below = {c: set() for c in range(cells.own.size)}
    for cell in range(cells.own.size):
        for above in ancestors(cells.parent, cell):
            below[above].update(range(cells.first[cell], cells.first[cell] + cells.own[cell]))
    row = cells.row
    for cell, rows in below.items():
        touching = {
            b for a, b in zip(row[np.r_[u, v]].tolist(), row[np.r_[v, u]].tolist(), strict=True) if a in rows
        }
        start, end = cells.boundary_start[cell : cell + 2]
        assert sorted(touching - rows) == cells.boundary[start:end].tolist()


@pytest.mark.parametrize("coordinates", [False, True])
def test_separators_of_a_grid_are_lines(coordinates, leaf):
    n, tail, head, _, place = grid(60, np.random.default_rng(0))
    u, v = edges_of(n, tail, head)
    home, parent = nested_dissection(n, u, v, place if coordinates else None)
    assert np.bincount(home)[0] <= 66
    leaves = np.setdiff1d(np.arange(parent.size), parent)
    assert np.bincount(home, minlength=parent.size)[leaves].max() <= leaf


def test_components_are_split_for_nothing():
    chain = np.arange(99)
    u = np.concatenate((chain, chain + 100))
    home, _ = nested_dissection(200, u, u + 1)
    assert not (home == 0).any()


def test_cover_is_as_small_as_a_matching():
    rng = np.random.default_rng(1)
    for _ in range(50):
        left, right = rng.integers(8, size=14), 20 + rng.integers(8, size=14)
        cover = vertex_cover(left, right)
        assert (np.isin(left, cover) | np.isin(right, cover)).all()
        best = min(
            bin(mask).count("1")
            + np.unique(right[~np.isin(left, [i for i in range(8) if mask >> i & 1])]).size
            for mask in range(256)
        )
        assert cover.size == best
