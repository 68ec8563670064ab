"""Cheapest paths over sorted arcs, told in arcs (not vertices), many at a time.

Built on the compiled ``scipy.sparse.csgraph.dijkstra``. Paths are read off the predecessors for all targets
in lockstep: one numpy step per position along the longest path, none per vertex.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.csgraph import dijkstra

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels.csr import NO_ARC, PairIndex, arc_of_pair, as_index, cheapest


class Tree(NamedTuple):
    """Cheapest-path trees, one row per source.

    Attributes
    ----------
    source : (k,) int
        Root of each tree.
    distance : (k, n_vertices) float
        Cost from the root, ``inf`` where not reached.
    predecessor_arc : (k, n_vertices) int
        Last arc of the path, -1 at the root and where not reached.
    """

    source: IntArray
    distance: FloatArray
    predecessor_arc: IntArray


class PathBatch(NamedTuple):
    """Many paths at once: path ``i`` is ``arcs[indptr[i]:indptr[i + 1]]``, from its start to its end.

    Attributes
    ----------
    distance : (k,) float
        Cost of each path, ``inf`` if there is none.
    indptr : (k + 1,) int
        Where each path starts in ``arcs``.
    arcs : (n,) int
        Arc ids.
    """

    distance: FloatArray
    indptr: IntArray
    arcs: IntArray


def _run(
    pairs: PairIndex, cost: ArrayLike, sources: IntArray, limit: float
) -> tuple[FloatArray, NDArray[np.int32], IntArray]:
    """Distances, vertex predecessors (scipy's -9999 where none) and the winning arcs."""
    if not limit >= 0.0:
        raise InvalidValueError(f"limit is {limit}", expected="a cost >= 0")
    matrix, winner = cheapest(pairs, cost)
    if not sources.size:
        shape = (0, pairs.n_vertices)
        return np.zeros(shape), np.zeros(shape, np.int32), winner
    distance, before = dijkstra(matrix, indices=sources, return_predecessors=True, limit=limit)
    return distance, before, winner


def shortest_paths(pairs: PairIndex, cost: ArrayLike, sources: ArrayLike, *, limit: float = np.inf) -> Tree:
    """Trees of cheapest paths from each source to every vertex.

    Parameters
    ----------
    pairs : PairIndex
        Topology, from `pair_index`.
    cost : (n_arcs,) float
        Arc costs >= 0; ``inf`` closes an arc.
    sources : (k,) int
        Roots.
    limit : float
        What lies farther is left unreached.

    Returns
    -------
    Tree

    Notes
    -----
    O(k (m + n log n)) compiled, plus O(k n log m) for the arcs.

    Examples
    --------
    >>> from landsea_routing.kernels.csr import pair_index
    >>> pairs = pair_index(3, [0, 0, 1], [1, 1, 2])
    >>> tree = shortest_paths(pairs, [5.0, 2.0, 1.0], [0])
    >>> tree.distance.tolist(), tree.predecessor_arc.tolist()
    ([[0.0, 2.0, 3.0]], [[-1, 1, 2]])
    """
    roots = as_index(sources, pairs.n_vertices, "source")
    distance, before, winner = _run(pairs, cost, roots, limit)
    row, vertex = np.nonzero(before >= 0)
    arc = np.full(distance.shape, NO_ARC, np.int64)
    arc[row, vertex] = arc_of_pair(pairs, winner, before[row, vertex], vertex)
    return Tree(roots, distance, arc)


def _gather(count: int, who: list[IntArray], arcs: list[IntArray]) -> tuple[IntArray, IntArray]:
    """Join steps that were walked backwards into forward paths."""
    if not who:
        return np.zeros(count + 1, np.int64), np.zeros(0, np.int64)
    path = np.concatenate(who[::-1])
    order = np.argsort(path, kind="stable")
    indptr = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(path, minlength=count), out=indptr[1:])
    return indptr, np.concatenate(arcs[::-1])[order]


def distances_to(pairs: PairIndex, cost: ArrayLike, targets: ArrayLike) -> FloatArray:
    """Least cost from every vertex to each target: searches over the arcs turned round.

    Parameters
    ----------
    pairs : PairIndex
        Topology, from `pair_index`.
    cost : (n_arcs,) float
        Arc costs >= 0; ``inf`` closes an arc.
    targets : (k,) int
        Ends.

    Returns
    -------
    (k, n_vertices) float
        ``inf`` where the target cannot be reached.

    Examples
    --------
    >>> from landsea_routing.kernels.csr import pair_index
    >>> distances_to(pair_index(3, [0, 1], [1, 2]), [2.0, 1.0], [2]).tolist()
    [[3.0, 1.0, 0.0]]
    """
    ends = as_index(targets, pairs.n_vertices, "target")
    matrix, _ = cheapest(pairs, cost)
    if not ends.size:
        return np.zeros((0, pairs.n_vertices))
    distance: FloatArray = dijkstra(matrix.T.tocsr(), indices=ends)
    return distance


def trace_paths(
    tree: Tree, tail: ArrayLike, rows: ArrayLike, targets: ArrayLike
) -> tuple[IntArray, IntArray]:
    """Arcs of many tree paths at once.

    Parameters
    ----------
    tree : Tree
        From `shortest_paths`.
    tail : (n_arcs,) int
        Tail of each arc.
    rows : (k,) int
        Row of the tree (which source) of each wanted path.
    targets : (k,) int
        End vertex of each wanted path.

    Returns
    -------
    indptr : (k + 1,) int
    arcs : (n,) int
        Path ``i`` is ``arcs[indptr[i]:indptr[i + 1]]``, source to target; empty if the target is the source
        or not reached (look at ``tree.distance``).

    Notes
    -----
    As many numpy steps as the longest path has arcs.

    Examples
    --------
    >>> from landsea_routing.kernels.csr import pair_index
    >>> pairs = pair_index(3, [0, 0, 1], [1, 1, 2])
    >>> tree = shortest_paths(pairs, [5.0, 2.0, 1.0], [0])
    >>> indptr, arcs = trace_paths(tree, [0, 0, 1], [0, 0], [2, 0])
    >>> indptr.tolist(), arcs.tolist()
    ([0, 2, 2], [1, 2])
    """
    tails = np.asarray(tail, dtype=np.int64)
    k, n = tree.distance.shape
    row, at = as_index(rows, k, "row"), as_index(targets, n, "target").copy()
    who: list[IntArray] = []
    found: list[IntArray] = []
    walking = np.arange(row.size)
    while walking.size:
        arc = tree.predecessor_arc[row[walking], at[walking]]
        more = arc != NO_ARC
        walking, arc = walking[more], arc[more]
        who.append(walking)
        found.append(arc)
        at[walking] = tails[arc]
    return _gather(row.size, who, found)


def paths_between(
    pairs: PairIndex, cost: ArrayLike, starts: ArrayLike, ends: ArrayLike, *, limit: float = np.inf
) -> PathBatch:
    """Cheapest path of each (start, end), one search per distinct start.

    Cheaper than a whole `Tree` when few of its vertices matter.

    Parameters
    ----------
    pairs : PairIndex
        Topology.
    cost : (n_arcs,) float
        Arc costs >= 0; ``inf`` closes an arc.
    starts, ends : (k,) int
        Ends of each path.
    limit : float
        Paths that cost more are not found.

    Returns
    -------
    PathBatch

    Notes
    -----
    O(s (m + n log n)) for s distinct starts.

    Examples
    --------
    >>> from landsea_routing.kernels.csr import pair_index
    >>> pairs = pair_index(3, [0, 0, 1], [1, 1, 2])
    >>> batch = paths_between(pairs, [5.0, 2.0, 1.0], [0, 2], [2, 0])
    >>> batch.distance.tolist(), batch.indptr.tolist(), batch.arcs.tolist()
    ([3.0, inf], [0, 2, 2], [1, 2])
    """
    begin = as_index(starts, pairs.n_vertices, "start")
    end = as_index(ends, pairs.n_vertices, "end")
    roots, row = np.unique(begin, return_inverse=True)
    distance, before, winner = _run(pairs, cost, roots, limit)
    at = end.copy()
    who: list[IntArray] = []
    tails: list[IntArray] = []
    heads: list[IntArray] = []
    walking = np.arange(end.size)
    while walking.size:
        previous = before[row[walking], at[walking]].astype(np.int64)
        more = previous >= 0
        walking, previous = walking[more], previous[more]
        who.append(walking)
        tails.append(previous)
        heads.append(at[walking])
        at[walking] = previous
    if not who:
        return PathBatch(np.zeros(0), np.zeros(1, np.int64), np.zeros(0, np.int64))
    arc = arc_of_pair(pairs, winner, np.concatenate(tails), np.concatenate(heads))
    cuts = np.cumsum([step.size for step in who])[:-1]
    indptr, arcs = _gather(end.size, who, np.split(arc, cuts))
    return PathBatch(distance[row, end], indptr, arcs)


def path_from_any(
    pairs: PairIndex, cost: ArrayLike, sources: ArrayLike, targets: ArrayLike
) -> tuple[float, IntArray]:
    """Cheapest path from any of the sources to any of the targets.

    Parameters
    ----------
    pairs : PairIndex
        Topology.
    cost : (n_arcs,) float
        Arc costs >= 0; ``inf`` closes an arc.
    sources, targets : (k,) int
        Where it may start and end; among equally near targets the lowest index is taken.

    Returns
    -------
    distance : float
        ``inf`` if none is reached.
    arcs : (n,) int
        The path; empty if none is reached or a source is a target.

    Notes
    -----
    One search, O(m + n log n), whatever the number of sources.

    Examples
    --------
    >>> from landsea_routing.kernels.csr import pair_index
    >>> pairs = pair_index(4, [0, 1, 1], [2, 2, 3])
    >>> distance, arcs = path_from_any(pairs, [5.0, 2.0, 2.0], [0, 1], [3, 2])
    >>> distance, arcs.tolist()
    (2.0, [1])
    """
    roots = np.unique(as_index(sources, pairs.n_vertices, "source"))
    ends = np.unique(as_index(targets, pairs.n_vertices, "target"))
    matrix, winner = cheapest(pairs, cost)
    nothing = np.zeros(0, np.int64)
    if not roots.size or not ends.size:
        return float("inf"), nothing
    found: Any = dijkstra(matrix, indices=roots, return_predecessors=True, min_only=True)
    distance, before = found[0], found[1]
    at = int(ends[np.argmin(distance[ends])])
    best = float(distance[at])
    if not np.isfinite(best):
        return best, nothing
    steps = [at]
    while before[at] >= 0:
        at = int(before[at])
        steps.append(at)
    way = np.array(steps[::-1], dtype=np.int64)
    return best, arc_of_pair(pairs, winner, way[:-1], way[1:])


def sum_along(
    tree: Tree, tail: IntArray, values: FloatArray, rows: IntArray, targets: IntArray
) -> FloatArray:
    """Sum arc attributes along the tree paths to some vertices.

    Each sum is made arc by arc from the target back, so that it does not hang on which other paths are
    summed beside it.

    Parameters
    ----------
    tree : Tree
        From `shortest_paths`.
    tail : (n_arcs,) int
        Tail of each arc.
    values : (n_arcs, p) float
        Attributes.
    rows : (k,) int
        Row of the tree (which source) of each path.
    targets : (k,) int
        End of each path.

    Returns
    -------
    (p, k) float
        0 where the target is the source or not reached (look at ``tree.distance``).

    Raises
    ------
    InvalidValueError
        If values are of another shape.

    Notes
    -----
    As many numpy steps as the longest path has arcs.

    Examples
    --------
    >>> import numpy as np
    >>> from landsea_routing.kernels.csr import pair_index
    >>> tails = np.array([0, 0, 1])
    >>> tree = shortest_paths(pair_index(3, tails, [1, 1, 2]), [5.0, 2.0, 0.0], [0])
    >>> values, ends = np.array([[1.0], [10.0], [100.0]]), np.array([1, 2])
    >>> sum_along(tree, tails, values, np.array([0, 0]), ends).tolist()
    [[10.0, 110.0]]
    """
    if values.ndim != 2 or len(values) != tail.size:
        raise InvalidValueError(f"values have shape {values.shape}", expected=f"({tail.size}, p)")
    total = np.zeros((rows.size, values.shape[1]))
    walking = np.arange(rows.size)
    at = targets.copy()
    while walking.size:
        arc = tree.predecessor_arc[rows[walking], at[walking]]
        more = arc != NO_ARC
        walking, arc = walking[more], arc[more]
        total[walking] += values[arc]
        at[walking] = tail[arc]
    return total.T
