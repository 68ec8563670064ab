"""Pieces of lines merged to chains between the points where lines meet or change; arrays in, arrays out."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from landsea_routing._typing import BoolArray, FloatArray, IntArray


class Chains(NamedTuple):
    """Chains of pieces.

    Parameters
    ----------
    first, last : (n_chains,) int arrays
        Points at which each begins and ends; in its direction where it has one.
    length_km : (n_chains,) array
        Length.
    chain : (n_pieces,) int array
        Chain of each piece; -1 in rings that touch no other line, and for pieces given twice.
    n_rings : int
        Rings that were left out.
    """

    first: IntArray
    last: IntArray
    length_km: FloatArray
    chain: IntArray
    n_rings: int


def merge_chains(
    n_points: int,
    tail: IntArray,
    head: IntArray,
    length_km: FloatArray,
    layer: IntArray,
    key: IntArray,
    oneway: BoolArray,
    cut: BoolArray,
) -> Chains:
    """Merge pieces at points where exactly two of the same kind meet and nothing else happens.

    Parameters
    ----------
    n_points : int
        Number of points.
    tail, head : (n_pieces,) int arrays
        Ends.
    length_km : (n_pieces,) array
        Length.
    layer : (n_pieces,) int array
        Pieces of different layers (modes) do not join; but a point that is an end in one cuts all.
    key : (n_pieces,) int array
        What must be equal for two pieces to merge.
    oneway : (n_pieces,) bool array
        Whether only tail -> head is possible.
    cut : (n_points,) bool array
        Points at which lines are cut in any case.

    Returns
    -------
    Chains

    Notes
    -----
    O(pieces log pieces), without a loop over them.

    Examples
    --------
    >>> zeros = np.zeros(3, dtype=int)
    >>> ends = np.array([0, 1, 1]), np.array([1, 2, 3])
    >>> whole = merge_chains(4, *ends, np.ones(3), zeros, zeros, zeros > 0, np.zeros(4, dtype=bool))
    >>> whole.first.tolist(), whole.last.tolist()  # three lines meet in point 1
    ([0, 1, 1], [1, 2, 3])
    >>> two, nowhere = zeros[:2], np.zeros(3, dtype=bool)
    >>> pair = merge_chains(3, ends[0][:2], ends[1][:2], np.ones(2), two, two, two > 0, nowhere)
    >>> pair.first.tolist(), pair.last.tolist(), pair.length_km.tolist()
    ([0], [2], [2.0])
    """
    kept = _unique_pieces(tail, head, length_km, key, oneway)
    piece = np.tile(kept, 2)
    point = np.concatenate((tail[kept], head[kept]))
    leaves = np.repeat([True, False], kept.size)
    node = cut | _ends(n_points, point, piece, leaves, layer, key, oneway)
    chain_of_kept, n = _components(kept.size, n_points, point, layer[piece], node)
    at_end = np.flatnonzero(node[point])
    owner, where, begins = np.tile(chain_of_kept, 2)[at_end], point[at_end], leaves[at_end]
    # The end from which a one-way piece leaves comes first; elsewhere the lower point.
    rank = np.where(oneway[piece[at_end]], ~begins, False)
    order = np.lexsort((where, rank, owner))
    count = np.bincount(owner, minlength=n)
    real = count == 2
    ends = where[order][real[owner[order]]].reshape(-1, 2)
    length = np.bincount(chain_of_kept, length_km[kept], n)[real]
    number = np.where(real, np.cumsum(real) - 1, -1)
    chain = np.full(tail.size, -1, dtype=np.int64)
    chain[kept] = number[chain_of_kept]
    return Chains(ends[:, 0], ends[:, 1], length, chain, int(n - real.sum()))


def chain_points(chains: Chains, tail: IntArray, head: IntArray) -> list[list[int]]:
    """Points along each chain, from its first to its last.

    Parameters
    ----------
    chains : Chains
        From `merge_chains`.
    tail, head : (n_pieces,) int arrays
        Ends of the pieces, as it was given them.

    Returns
    -------
    list of list of int
        In the order of the chains.

    Notes
    -----
    O(pieces log pieces).

    Examples
    --------
    >>> chains = Chains(np.array([0]), np.array([2]), np.ones(1), np.array([0, 0]), 0)
    >>> chain_points(chains, np.array([2, 0]), np.array([1, 1]))
    [[0, 1, 2]]
    """
    order = np.argsort(chains.chain, kind="stable")
    order = order[chains.chain[order] >= 0]
    bounds = np.searchsorted(chains.chain[order], np.arange(len(chains.first) + 1))
    ends = np.stack((tail, head), axis=1)[order].tolist()
    found = []
    for chain, first in enumerate(chains.first.tolist()):
        pieces = ends[bounds[chain] : bounds[chain + 1]]
        at: dict[int, list[int]] = defaultdict(list)
        for number, piece in enumerate(pieces):
            for point in piece:
                at[point].append(number)
        course, last = [first], -1
        for _ in pieces:
            last = next(number for number in at[course[-1]] if number != last)
            a, b = pieces[last]
            course.append(b if course[-1] == a else a)
        found.append(course)
    return found


def _unique_pieces(
    tail: IntArray, head: IntArray, length_km: FloatArray, key: IntArray, oneway: BoolArray
) -> IntArray:
    """Pieces without those that are given twice, in two ways or in both directions."""
    turned = (tail > head) & ~oneway
    columns = np.where(turned, head, tail), np.where(turned, tail, head), key, np.round(length_km, 6)
    _, kept = np.unique(np.stack(columns, axis=1), axis=0, return_index=True)
    return np.sort(kept)


def _ends(
    n_points: int,
    point: IntArray,
    piece: IntArray,
    leaves: BoolArray,
    layer: IntArray,
    key: IntArray,
    oneway: BoolArray,
) -> BoolArray:
    """Points where a layer does not simply run on."""
    n_layers = int(layer.max(initial=0)) + 1
    _, group = np.unique(point * n_layers + layer[piece], return_inverse=True)
    size = np.bincount(group)
    least, most = np.full(size.size, np.iinfo(np.int64).max), np.full(size.size, -1)
    np.minimum.at(least, group, key[piece])
    np.maximum.at(most, group, key[piece])
    # One-way pieces run on where one comes in and one goes out.
    balance = np.bincount(group, np.where(oneway[piece], np.where(leaves, 1.0, -1.0), 0.0), size.size)
    breaks = (size != 2) | (least != most) | (balance != 0)
    found = np.zeros(n_points, dtype=bool)
    found[point[breaks[group]]] = True
    return found


def _components(
    n_pieces: int, n_points: int, point: IntArray, layer: IntArray, node: BoolArray
) -> tuple[IntArray, int]:
    """Chain of each piece: pieces hang together at points that are no nodes, layer by layer."""
    inner = np.flatnonzero(~node[point])
    order = inner[np.lexsort((layer[inner], point[inner]))].reshape(-1, 2) % max(n_pieces, 1)
    links = coo_array((np.ones(len(order)), (order[:, 0], order[:, 1])), shape=(n_pieces, n_pieces))
    n, chain = connected_components(links, directed=False)
    return chain.astype(np.int64), int(n)
