"""The k cheapest loopless paths between two vertices, in order, told in arcs.

Yen's branching (1971) in Lawler's form (1972): the paths not yet told are kept as disjoint families
"begins like this, and leaves the prefix by none of these arcs". A family is not searched when it is made.
It is only given a bound, the best sidetrack plus the exact distance from there to the target, and all
distances come from ONE search backwards from the target. Only a family that comes to the top is solved: most
often the tree path from the sidetrack is the answer; where that runs back into the prefix, a goal-directed
search on the graph without the prefix finds it, with the same distances as potentials (the sidetrack bound of
Kurz and Mutzel, 2016, on Feng's node-classification idea, 2014).

Paths are *arc sequences*: two parallel arcs make two paths, since they are two things to choose between. No
vertex is visited twice.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels.csr import NO_ARC, PairIndex, as_index, check_cost
from landsea_routing.kernels.paths import distances_to


class RankedPaths(NamedTuple):
    """Paths in order of cost: path ``i`` is ``arcs[indptr[i]:indptr[i + 1]]``.

    Attributes
    ----------
    cost : (p,) float
        Cost of each path, ascending.
    indptr : (p + 1,) int
        Where each path starts in ``arcs``.
    arcs : (n,) int
        Arc ids, from source to target.
    complete : bool
        Whether the answer is what was asked: ``k`` paths, or all that there are. False where a budget ended
        the search before.
    """

    cost: FloatArray
    indptr: IntArray
    arcs: IntArray
    complete: bool

    def path(self, i: int) -> IntArray:
        """Arcs of one path."""
        return self.arcs[self.indptr[i] : self.indptr[i + 1]]


def rank(found: list[tuple[float, IntArray]], complete: bool) -> RankedPaths:
    """Put (cost, arcs) pairs together as `RankedPaths`.

    Examples
    --------
    >>> rank([(1.0, np.array([3, 4])), (2.0, np.array([5]))], True).indptr.tolist()
    [0, 2, 3]
    """
    nothing = [np.zeros(0, np.int64)]
    indptr = np.cumsum([0, *(arcs.size for _, arcs in found)]).astype(np.int64)
    arcs = np.concatenate([*nothing, *(arcs for _, arcs in found)])
    return RankedPaths(np.array([cost for cost, _ in found], dtype=np.float64), indptr, arcs, complete)


def k_shortest_paths(
    pairs: PairIndex, cost: ArrayLike, source: int, target: int, k: int, *, max_detour: float = np.inf
) -> RankedPaths:
    """Find the k cheapest loopless paths from one vertex to another.

    Parameters
    ----------
    pairs : PairIndex
        Topology, from `pair_index`.
    cost : (n_arcs,) float
        Arc costs >= 0; ``inf`` closes an arc.
    source, target : int
        Ends, not the same.
    k : int
        How many.
    max_detour : float
        No path that costs more than this many times the cheapest.

    Returns
    -------
    RankedPaths
        Fewer than k where there are no more.

    Raises
    ------
    InvalidValueError
        An end is out of range, the ends are one vertex, ``k`` < 1, ``max_detour`` < 1, or a cost is wrong.

    Notes
    -----
    One backward search, O(m + n log n), then O(k path length) numpy work and a local search for each of the
    few families whose bound is not attained. Equal costs come in an order that is fixed, and no more is
    promised of it.

    References
    ----------
    .. [1] J. Y. Yen, "Finding the k shortest loopless paths in a network", Management Science 17 (1971).
    .. [2] E. L. Lawler, "A procedure for computing the k best solutions to discrete optimization problems
       and its application to the shortest path problem", Management Science 18 (1972).
    .. [3] D. Kurz, P. Mutzel, "A sidetrack-based algorithm for finding the k shortest simple paths in a
       directed graph", ISAAC 2016.

    Examples
    --------
    >>> from landsea_routing.kernels.csr import pair_index
    >>> pairs = pair_index(3, [0, 0, 0, 1], [1, 1, 2, 2])
    >>> ranked = k_shortest_paths(pairs, [1.0, 2.0, 4.0, 1.0], 0, 2, 5)
    >>> ranked.cost.tolist(), [ranked.path(i).tolist() for i in range(3)]
    ([2.0, 3.0, 4.0], [[0, 3], [1, 3], [2]])
    """
    if k < 1 or k != int(k):  # between whole numbers the search would go on to the last path
        raise InvalidValueError(f"k is {k}", expected="at least one path")
    found: list[tuple[float, IntArray]] = []
    for path in iterate_paths(pairs, cost, source, target, max_detour=max_detour):
        found.append(path)
        if len(found) == k:
            break
    return rank(found, True)


def iterate_paths(
    pairs: PairIndex, cost: ArrayLike, source: int, target: int, *, max_detour: float = np.inf
) -> Iterator[tuple[float, IntArray]]:
    """Give the loopless paths one by one, cheapest first, as (cost, arcs); see `k_shortest_paths`.

    Examples
    --------
    >>> from landsea_routing.kernels.csr import pair_index
    >>> ways = iterate_paths(pair_index(3, [0, 0, 1], [1, 2, 2]), [1.0, 4.0, 1.0], 0, 2)
    >>> [(cost, arcs.tolist()) for cost, arcs in ways]
    [(2.0, [0, 2]), (4.0, [1])]
    """
    values = check_cost(cost, pairs.n_arcs)
    start = int(as_index([source], pairs.n_vertices, "source")[0])
    end = int(as_index([target], pairs.n_vertices, "target")[0])
    if start == end:
        raise InvalidValueError(f"source and target are both {start}", expected="two different vertices")
    if not max_detour >= 1.0:
        raise InvalidValueError(f"max_detour is {max_detour}", expected="a factor >= 1")
    return _Yen(pairs, values, start, end, max_detour).run()


class _Path(NamedTuple):
    """A path told, and what is left of the family it came from."""

    vertices: IntArray
    arcs: IntArray
    sums: FloatArray  # cost up to each vertex
    branch: int  # position where the family may branch first
    banned: frozenset[int]  # arcs the family may not leave that position by


class _Branches(NamedTuple):
    """The families that leave a path told, the best first."""

    path: _Path
    bound: list[float]
    position: list[int]
    arc: list[int]


_Family = tuple[float, int, _Branches, int, IntArray | None]
"""Bound, serial number, the branches it is one of, which, and its best path where that is known."""


class _Yen:
    """One search: distances to the target, and the families not yet told in a heap by their bound."""

    def __init__(self, pairs: PairIndex, cost: FloatArray, source: int, target: int, detour: float) -> None:
        copies = np.diff(np.append(pairs.first, pairs.n_arcs))
        self.n = pairs.n_vertices
        self.source, self.target, self.detour = source, target, detour
        self.cost = cost
        self.head = np.repeat(pairs.head, copies)
        self.first_out = np.zeros(self.n + 1, np.int64)
        np.cumsum(np.bincount(np.repeat(pairs.tail, copies), minlength=self.n), out=self.first_out[1:])
        self.to_target = distances_to(pairs, cost, [target])[0]
        self.through = cost + self.to_target[self.head]
        self.limit = detour * float(self.to_target[source]) * (1 + 1e-12) if np.isfinite(detour) else np.inf
        self.position = np.full(self.n, self.n, np.int64)
        self.heap: list[_Family] = []
        self.serial = 0

    def run(self) -> Iterator[tuple[float, IntArray]]:
        """Tell the best path, branch, take the best family; until none is left."""
        if not np.isfinite(self.to_target[self.source]):
            return
        first = self._tree_path(self.source, set())
        if first is None:
            first = self._search(self.source, set(), frozenset())
        if first is None:  # pragma: no cover - a finite distance has a path
            return
        path = self._path(np.array(first, dtype=np.int64), 0, frozenset())
        while True:
            yield float(path.sums[-1]), path.arcs
            self._branch(path)
            following = self._next()
            if following is None:
                return
            path = following

    def _path(self, arcs: IntArray, branch: int, banned: frozenset[int]) -> _Path:
        vertices = np.concatenate([[self.source], self.head[arcs]])
        sums = np.concatenate([[0.0], np.cumsum(self.cost[arcs])])
        return _Path(vertices, arcs, sums, branch, banned)

    def _branch(self, path: _Path) -> None:
        """Bound every family that leaves the path at or behind its branching point."""
        at = path.vertices[path.branch : -1]
        begin, count = self.first_out[at], self.first_out[at + 1] - self.first_out[at]
        owner = np.repeat(np.arange(at.size), count)
        arc = np.arange(owner.size) + np.repeat(begin - np.cumsum(count) + count, count)
        value = path.sums[path.branch : -1][owner] + self.through[arc]
        # Heads that stand in the prefix, the path's own next arc, and what was told before are out.
        self.position[path.vertices] = np.arange(path.vertices.size)
        value[self.position[self.head[arc]] <= owner + path.branch] = np.inf
        self.position[path.vertices] = self.n
        value[arc == path.arcs[path.branch :][owner]] = np.inf
        if path.banned:
            value[np.isin(arc, list(path.banned))] = np.inf
        start = np.cumsum(count) - count
        best = np.minimum.reduceat(value, start)
        first = np.minimum.reduceat(np.where(value == best[owner], np.arange(arc.size), arc.size), start)
        order = np.argsort(best, kind="stable")
        order = order[best[order] <= min(self.limit, np.finfo(np.float64).max)]
        chosen = arc[first[order]]
        found = _Branches(path, best[order].tolist(), (order + path.branch).tolist(), chosen.tolist())
        self._push(found, 0)

    def _push(self, branches: _Branches, which: int) -> None:
        if which < len(branches.bound):
            self.serial += 1
            heapq.heappush(self.heap, (branches.bound[which], self.serial, branches, which, None))

    def _next(self) -> _Path | None:
        """Solve families in the order of their bounds until one attains its bound."""
        while self.heap:
            _, _, branches, which, known = heapq.heappop(self.heap)
            path, i = branches.path, branches.position[which]
            banned = frozenset([int(path.arcs[i])]) | (path.banned if i == path.branch else frozenset())
            if known is not None:
                return self._path(known, i, banned)
            self._push(branches, which + 1)
            arc = branches.arc[which]
            prefix = set(path.vertices[: i + 1].tolist())
            tail = self._tree_path(int(self.head[arc]), prefix)
            if tail is not None:
                arcs = np.concatenate([path.arcs[:i], [arc], np.array(tail, dtype=np.int64)])
                return self._path(arcs.astype(np.int64), i, banned)
            self._push_exact(branches, which, banned, prefix)
        return None

    def _push_exact(self, branches: _Branches, which: int, banned: frozenset[int], prefix: set[int]) -> None:
        path, i = branches.path, branches.position[which]
        spur = self._search(int(path.vertices[i]), prefix, banned, float(path.sums[i]))
        if spur is None:
            return
        arcs = np.concatenate([path.arcs[:i], np.array(spur, dtype=np.int64)])
        self.serial += 1
        total = float(self.cost[arcs].sum())
        heapq.heappush(self.heap, (total, self.serial, branches, which, arcs))

    def _tree_path(self, vertex: int, prefix: set[int]) -> list[int] | None:
        """Arcs of a cheapest path to the target; None where it meets the prefix or itself.

        It may meet itself only where free arcs run in a circle.
        """
        seen, arcs = set(prefix), []
        while vertex != self.target:
            if vertex in seen:
                return None
            seen.add(vertex)
            begin = int(self.first_out[vertex])
            arc = begin + int(self.through[begin : self.first_out[vertex + 1]].argmin())
            arcs.append(arc)
            vertex = int(self.head[arc])
        return arcs

    def _search(
        self, start: int, prefix: set[int], banned: frozenset[int], spent: float = 0.0
    ) -> list[int] | None:
        """Cheapest path that leaves ``start`` by no banned arc and meets no vertex of the prefix (A*)."""
        heap: list[tuple[float, int, float, int, int]] = [(spent, 0, 0.0, start, NO_ARC)]
        came: dict[int, tuple[int, int]] = {}
        best: dict[int, float] = {}
        done = prefix - {start}
        serial = 0
        while heap:
            _, _, so_far, vertex, _ = heapq.heappop(heap)
            if vertex == self.target:
                return _walk_back(came, start, vertex)
            if vertex in done:
                continue
            done.add(vertex)
            begin, end = int(self.first_out[vertex]), int(self.first_out[vertex + 1])
            steps = (self.head[begin:end], self.cost[begin:end], self.through[begin:end])
            for offset, (head, step, beyond) in enumerate(zip(*(s.tolist() for s in steps), strict=True)):
                arc = begin + offset
                bound = spent + so_far + beyond
                if head in done or not bound <= self.limit or beyond == np.inf:
                    continue
                if so_far + step >= best.get(head, np.inf) or (vertex == start and arc in banned):
                    continue
                best[head] = so_far + step
                came[head] = (vertex, arc)
                serial -= 1  # among equals the latest first: straight on towards the target
                heapq.heappush(heap, (bound, serial, so_far + step, head, arc))
        return None


def _walk_back(came: dict[int, tuple[int, int]], start: int, vertex: int) -> list[int]:
    arcs = []
    while vertex != start:
        vertex, arc = came[vertex]
        arcs.append(arc)
    return arcs[::-1]
