"""Arcs as compressed rows: parallel arcs reduced by minimum, with the winning arc remembered.

scipy's sparse matrices hold one number per (tail, head) pair, drop zeros in sums and add parallel entries
up. Here the arrays of the matrix are built by hand, so that a pair carries its *cheapest* arc, zero costs
stay, closed arcs (``inf``) are left out, and the arc behind each pair can be found again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from landsea_routing._frozen import Frozen
from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError, list_ids

NO_ARC = -1
"""Stands where no arc is: at a tree's root, an unreached vertex, a closed pair."""


@dataclass(frozen=True, eq=False)
class PairIndex(Frozen):
    """The distinct (tail, head) pairs of sorted arcs; topology only, any number of costs goes with it.

    Attributes
    ----------
    n_vertices, n_arcs : int
        Size of the graph.
    first : (n_pairs,) int
        First arc of each pair; its arcs run up to the next pair's first.
    tail, head : (n_pairs,) int
        The ends of each pair.
    key : (n_pairs,) int
        ``tail * n_vertices + head`` as int64, ascending.
    """

    n_vertices: int
    n_arcs: int
    first: IntArray
    tail: IntArray
    head: IntArray
    key: IntArray


def sort_arcs(tail: ArrayLike, head: ArrayLike) -> IntArray:
    """Order that sorts arcs by (tail, head); parallel arcs keep their order.

    Parameters
    ----------
    tail, head : (n_arcs,) int
        Ends of each arc.

    Returns
    -------
    (n_arcs,) int
        Positions of the arcs in sorted order.

    Notes
    -----
    O(m log m), stable.

    Examples
    --------
    >>> sort_arcs([1, 0, 0], [0, 2, 1]).tolist()
    [2, 1, 0]
    """
    return np.lexsort((np.asarray(head), np.asarray(tail))).astype(np.int64)


def as_index(values: ArrayLike, size: int, what: str) -> IntArray:
    """Read indices as int64 and refuse those outside ``0 .. size - 1``.

    A negative index would wrap around in numpy and silently mean another vertex.

    Examples
    --------
    >>> as_index([0, 2], 3, "source").tolist()
    [0, 2]
    """
    raw = np.atleast_1d(np.asarray(values))
    if raw.ndim != 1:
        raise InvalidValueError(f"{what} has {raw.ndim} dimensions", expected="one")
    if raw.size and raw.dtype.kind not in "iu":
        raise InvalidValueError(f"{what} has type {raw.dtype}", expected="integers")
    index = raw.astype(np.int64)
    bad = np.flatnonzero((index < 0) | (index >= size))
    if bad.size:
        raise InvalidValueError(
            f"{what} is out of range in {bad.size} of {index.size} entries (at {list_ids(bad.tolist())}: "
            f"{list_ids(index[bad].tolist())})",
            ids=bad.tolist(),
            expected=f"0 to {size - 1}",
        )
    return index


def pair_index(n_vertices: int, tail: ArrayLike, head: ArrayLike) -> PairIndex:
    """Index the distinct (tail, head) pairs of arcs that are sorted by (tail, head).

    Parameters
    ----------
    n_vertices : int
        Number of vertices.
    tail, head : (n_arcs,) int
        Ends of each arc, sorted; see `sort_arcs`. Parallel arcs and loops are legal.

    Returns
    -------
    PairIndex

    Raises
    ------
    InvalidValueError
        If an end is out of range, lengths differ or arcs are not sorted.

    Notes
    -----
    O(m).

    Examples
    --------
    >>> pairs = pair_index(3, [0, 0, 1], [1, 1, 2])
    >>> pairs.first.tolist(), pairs.key.tolist()
    ([0, 2], [1, 5])
    """
    tails, heads = as_index(tail, n_vertices, "tail"), as_index(head, n_vertices, "head")
    if tails.size != heads.size:
        raise InvalidValueError(f"tail has {tails.size} arcs and head {heads.size}", expected="equal lengths")
    # int64 on purpose: the product passes 2**31 from 46 341 vertices on.
    key = tails * np.int64(n_vertices) + heads
    step = np.diff(key)
    if (step < 0).any():
        at = np.flatnonzero(step < 0) + 1
        raise InvalidValueError(
            f"arcs are not sorted by (tail, head) at {list_ids(at.tolist())}",
            ids=at.tolist(),
            cure="order them with sort_arcs",
        )
    first = np.flatnonzero(np.concatenate(([True], step > 0))) if key.size else np.zeros(0, np.int64)
    return PairIndex(int(n_vertices), key.size, first, tails[first], heads[first], key[first])


def check_cost(cost: ArrayLike, n_arcs: int, what: str = "cost") -> FloatArray:
    """Read arc costs as float64; refuse NaN and negative ones, which Dijkstra may never return from.

    Examples
    --------
    >>> check_cost([1, float("inf")], 2).tolist()
    [1.0, inf]
    """
    values = np.asarray(cost, dtype=np.float64)
    if values.shape != (n_arcs,):
        raise InvalidValueError(f"{what} has shape {values.shape}", expected=f"({n_arcs},)")
    bad = np.flatnonzero(~(values >= 0.0))
    if bad.size:
        word = "NaN" if np.isnan(values[bad]).any() else "negative"
        raise InvalidValueError(
            f"{what} is {word} in {bad.size} of {n_arcs} arcs (arc {list_ids(bad.tolist())})",
            ids=bad.tolist(),
            expected="a number >= 0; inf closes an arc",
        )
    return values


def least_of_pairs(pairs: PairIndex, values: FloatArray) -> tuple[FloatArray, IntArray]:
    """Cost and arc of each pair's cheapest arc, from costs that `check_cost` has passed.

    Examples
    --------
    >>> least, winner = least_of_pairs(pair_index(2, [0, 0], [1, 1]), np.array([5.0, 2.0]))
    >>> least.tolist(), winner.tolist()
    ([2.0], [1])
    """
    if pairs.first.size == pairs.n_arcs:
        least, winner = values, pairs.first.copy()
    else:
        least = np.minimum.reduceat(values, pairs.first)
        arcs_of_pair = np.diff(np.append(pairs.first, pairs.n_arcs))
        hit = np.where(values == np.repeat(least, arcs_of_pair), np.arange(pairs.n_arcs), pairs.n_arcs)
        winner = np.minimum.reduceat(hit, pairs.first)
    winner[~np.isfinite(least)] = NO_ARC
    return least, winner


def cheapest(pairs: PairIndex, cost: ArrayLike) -> tuple[csr_array, IntArray]:
    """Matrix of the cheapest arc per pair, and which arc that is.

    Parameters
    ----------
    pairs : PairIndex
        Topology.
    cost : (n_arcs,) float
        Cost of each arc, >= 0; ``inf`` closes it.

    Returns
    -------
    matrix : csr_array
        ``n_vertices x n_vertices``; zero costs are explicit entries, closed pairs are absent.
    winner : (n_pairs,) int
        Arc of each pair with the least cost, the lowest id among equals; `NO_ARC` where all are closed.

    Raises
    ------
    InvalidValueError
        If a cost is NaN or negative.

    Notes
    -----
    O(m), by ``numpy.minimum.reduceat``.

    Examples
    --------
    >>> pairs = pair_index(3, [0, 0, 1], [1, 1, 2])
    >>> matrix, winner = cheapest(pairs, [5.0, 0.0, float("inf")])
    >>> matrix.nnz, matrix.data.tolist(), winner.tolist()
    (1, [0.0], [1, -1])
    """
    least, winner = least_of_pairs(pairs, check_cost(cost, pairs.n_arcs))
    n, n_pairs = pairs.n_vertices, pairs.first.size
    is_open = winner != NO_ARC
    indptr = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(pairs.tail[is_open], minlength=n), out=indptr[1:])
    narrow = np.int32 if max(n, n_pairs) < np.iinfo(np.int32).max else np.int64  # csgraph works on int32
    matrix = csr_array(
        (least[is_open], pairs.head[is_open].astype(narrow), indptr.astype(narrow)), shape=(n, n)
    )
    return matrix, winner


def arc_of_pair(pairs: PairIndex, winner: IntArray, u: ArrayLike, v: ArrayLike) -> IntArray:
    """Winning arc from each ``u`` to each ``v``; `NO_ARC` where there is none.

    Parameters
    ----------
    pairs : PairIndex
        Topology.
    winner : (n_pairs,) int
        From `cheapest`.
    u, v : (k,) int
        Ends; int32, as scipy's predecessors are, is safe.

    Returns
    -------
    (k,) int

    Notes
    -----
    O(k log m), a binary search in the pair keys.

    Examples
    --------
    >>> pairs = pair_index(3, [0, 0, 1], [1, 1, 2])
    >>> arc_of_pair(pairs, cheapest(pairs, [5.0, 0.0, 1.0])[1], [0, 1, 2], [1, 2, 0]).tolist()
    [1, 2, -1]
    """
    key = np.asarray(u).astype(np.int64) * np.int64(pairs.n_vertices) + np.asarray(v).astype(np.int64)
    if not pairs.key.size:
        return np.full(key.shape, NO_ARC, np.int64)
    at = np.minimum(np.searchsorted(pairs.key, key), pairs.key.size - 1)
    return np.where(pairs.key[at] == key, winner[at], NO_ARC)
