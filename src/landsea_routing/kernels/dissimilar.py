"""Alternatives a planner would call different: the next cheapest path with little in common with the rest.

Each path is the *cheapest* one whose overlap with every path before it stays within the limit: a constrained
shortest path, in which an arc takes of the resource "overlap with path i" what it has in common with it. (To
find the best set of k paths at once is much harder and answers no question that planners ask.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels.constrained import constrained_path
from landsea_routing.kernels.csr import PairIndex, check_cost
from landsea_routing.kernels.kpaths import RankedPaths, rank

MAX_LABELS = 200_000


def dissimilar_paths(
    pairs: PairIndex,
    cost: ArrayLike,
    source: int,
    target: int,
    k: int,
    *,
    max_overlap: float,
    max_detour: float = np.inf,
    measure: ArrayLike | None = None,
    shared: ArrayLike | None = None,
    max_labels: int = MAX_LABELS,
) -> RankedPaths:
    """Find up to k paths, cheapest first, that have little in common.

    Parameters
    ----------
    pairs : PairIndex
        Topology, from `pair_index`.
    cost : (n_arcs,) float
        Arc costs >= 0; ``inf`` closes an arc.
    source, target : int
        Ends, not the same.
    k : int
        How many at most.
    max_overlap : float
        Share of an earlier path, by ``measure``, that a later one may have in common with it: 0 to 1.
    max_detour : float
        No path that costs more than this many times the cheapest.
    measure : (n_arcs,) float, optional
        What overlap is measured in; the cost where not given.
    shared : (n_arcs,) int, optional
        Arcs with the same number are the same thing, -1 is never in common; each arc is its own where not
        given.
    max_labels : int
        Budget of each search.

    Returns
    -------
    RankedPaths
        ``complete`` is False if a search ran out of labels: there a cheaper path, or a path more, may exist.

    Raises
    ------
    InvalidValueError
        An option, a cost or an end is wrong.

    References
    ----------
    .. [1] T. Chondrogiannis et al., "Finding k-shortest paths with limited overlap", The VLDB Journal 29
       (2020).

    Examples
    --------
    >>> from landsea_routing.kernels.csr import pair_index
    >>> pairs = pair_index(3, [0, 0, 1, 1], [1, 2, 2, 2])
    >>> ways = dissimilar_paths(pairs, [9.0, 12.0, 1.0, 2.0], 0, 2, 3, max_overlap=0.5)
    >>> ways.cost.tolist()
    [10.0, 12.0]
    """
    if k < 1 or k != int(k) or not 0.0 <= max_overlap <= 1.0 or not max_detour >= 1.0:
        raise InvalidValueError(
            f"k is {k}, max_overlap {max_overlap} and max_detour {max_detour}",
            expected="k whole, k and max_detour >= 1, max_overlap from 0 to 1",
        )
    values = check_cost(cost, pairs.n_arcs)
    is_open = np.isfinite(values)
    weight = np.where(
        is_open, values if measure is None else check_cost(measure, pairs.n_arcs, "measure"), 0.0
    )
    same = np.arange(pairs.n_arcs) if shared is None else np.asarray(shared, dtype=np.int64)
    found: list[tuple[float, IntArray]] = []
    complete, most = True, np.inf
    rows = [np.zeros((0, pairs.n_arcs))]
    limits: list[float] = []
    while len(found) < k:
        best = constrained_path(
            pairs, values, np.concatenate(rows), limits, source, target, max_cost=most, max_labels=max_labels
        )
        complete &= best.complete
        if not np.isfinite(best.cost):
            break
        found.append((best.cost, best.arcs))
        most = max_detour * found[0][0] if np.isfinite(max_detour) else np.inf
        rows.append(common_measure(best.arcs, weight, same)[None])
        limits.append(max_overlap * float(rows[-1][0, best.arcs].sum()))
        if repeats(best.arcs, rows[-1][0], limits[-1]):
            break
    # A search cut short may have told a dearer path first.
    return rank(sorted(found, key=lambda path: path[0]), complete)


def common_measure(path: IntArray, weight: FloatArray, same: IntArray) -> FloatArray:
    """What each arc has in common with a path: its weight if the path has something of the same number.

    Examples
    --------
    >>> common_measure(np.array([0]), np.array([5.0, 3.0, 1.0]), np.array([7, 7, -1])).tolist()
    [5.0, 3.0, 0.0]
    """
    used = np.unique(same[path])
    return np.where(np.isin(same, used[used >= 0]), weight, 0.0)


def repeats(path: IntArray, common: FloatArray, limit: float) -> bool:
    """Whether a limit does not even forbid the path itself, so that it would be found for ever.

    Examples
    --------
    >>> repeats(np.array([0]), np.array([0.0]), 0.0), repeats(np.array([0]), np.array([2.0]), 1.0)
    (True, False)
    """
    return bool(common[path].sum() <= limit)
