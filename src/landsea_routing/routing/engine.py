"""Which algorithm answers, in one place: searches from a few places, or the hierarchy for many.

What the hierarchy costs before its first answer is about what a hundred searches cost, on small graphs as on
large ones. So it is asked where many distances are wanted at once, and on graphs so large that every search
is felt. The choice hangs on the question alone, never on what was asked before or on how the work is cut, so
that the same question has the same answer to the last bit.

Sums along paths always come from searches: taking the paths of a whole table out of the hierarchy measures
slower than a tree from every origin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.graph.graph import Topology
from landsea_routing.kernels.csr import PairIndex
from landsea_routing.kernels.hierarchy import Hierarchy, Metric
from landsea_routing.kernels.paths import Tree, distances_to, path_from_any, shortest_paths, sum_along

SMALL = 4_000
"""Vertices below which searches win whatever is asked."""
FEW = 100
"""Searches below which the hierarchy does not pay."""
LARGE = 200_000
"""Vertices from which one search takes so long that the hierarchy answers even a single question."""
METRICS = 4
"""Sets of costs whose closed hierarchy is kept with a topology."""


class Way(Enum):
    """How a table of distances is found."""

    FORWARD = "a search from every origin"
    BACKWARD = "a search to every destination"
    HIERARCHY = "labels of origins and destinations"


def choose(
    n_vertices: int, n_sources: int, n_targets: int, *, sums: bool = False, limited: bool = False
) -> Way:
    """Choose how a table of distances is found.

    Parameters
    ----------
    n_vertices, n_sources, n_targets : int
        Size of the graph and of the whole table, not of a part of it.
    sums : bool
        Whether anything is summed along the paths.
    limited : bool
        Whether what is far does not matter.

    Examples
    --------
    >>> choose(2_000, 500, 500).name, choose(100_000, 500, 500).name, choose(100_000, 500, 3).name
    ('FORWARD', 'HIERARCHY', 'BACKWARD')
    """
    if sums or limited:
        return Way.FORWARD
    if n_vertices >= LARGE or (n_vertices >= SMALL and min(n_sources, n_targets) >= FEW):
        return Way.HIERARCHY
    return Way.BACKWARD if n_targets < n_sources else Way.FORWARD


def metric(topology: Topology, cost: FloatArray) -> Metric:
    """Return the hierarchy of a topology closed for some costs; both are kept with the topology.

    Graphs of other commodities, months and scenarios that share the topology share the hierarchy.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> top = lsr.expand(lsr.load_network("toy_three_ports")).topology
    >>> metric(top, np.ones(top.n_arcs)) is metric(top, np.ones(top.n_arcs))
    True
    """
    return topology.keep("metric", lambda: _customizer(topology))(np.ascontiguousarray(cost).tobytes())


def _customizer(topology: Topology) -> Callable[[bytes], Metric]:
    hierarchy = Hierarchy(topology.n_vertices, topology.tail, topology.head)
    return lru_cache(METRICS)(lambda cost: hierarchy.customize(np.frombuffer(cost)))


def path(topology: Topology, cost: FloatArray, source: int, target: int) -> tuple[float, IntArray]:
    """Return the cost and the arcs of a cheapest path; `inf` and none where there is none.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> top = lsr.expand(lsr.load_network("toy_three_ports")).topology
    >>> total, arcs = path(top, np.ones(top.n_arcs), int(top.tail[0]), int(top.head[0]))
    >>> total, arcs.tolist()
    (1.0, [0])
    """
    if choose(topology.n_vertices, 1, 1) is not Way.HIERARCHY:
        return path_from_any(topology.pairs, cost, [source], [target])
    closed = metric(topology, cost)
    return closed.distance(source, target), closed.path(source, target)


@dataclass(frozen=True, eq=False)
class Search:
    """All that is needed to fill any part of a table, here or in another process.

    Parameters
    ----------
    way : Way
        From `choose`.
    pairs : PairIndex
        Topology.
    tail : (n_arcs,) int array
        Tail of each arc.
    cost : (n_arcs,) array
        Costs; `inf` closes an arc.
    values : (n_arcs, n_values) array
        What is summed along the paths.
    starts, ends : (n_rows, n_states), (n_columns, n_states) int arrays
        Vertices in which the trips of a row may start and those of a column end, padded with -1.
    closed : Metric or None
        For `Way.HIERARCHY`.
    limit : float
        What is farther is left out.
    """

    way: Way
    pairs: PairIndex
    tail: IntArray
    cost: FloatArray
    values: FloatArray
    starts: IntArray
    ends: IntArray
    closed: Metric | None
    limit: float = np.inf

    def __sizeof__(self) -> int:
        # Clusters send an argument that says it is large once, and a small one with every task.
        return object.__sizeof__(self) + sum(a.nbytes for a in (self.tail, self.cost, self.values))


def make_search(
    topology: Topology,
    cost: FloatArray,
    starts: IntArray,
    ends: IntArray,
    *,
    values: FloatArray | None = None,
    limit: float = np.inf,
) -> Search:
    """Choose the way for a whole table and prepare it; see `Search`.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> top = lsr.expand(lsr.load_network("toy_three_ports")).topology
    >>> search = make_search(top, np.ones(top.n_arcs), top.tail[:1, None], top.head[:1, None])
    >>> fill(search, slice(0, 1), slice(0, 1)).tolist()
    [[[1.0]]]
    """
    summed = np.zeros((topology.n_arcs, 0)) if values is None else values
    n_sources, n_targets = (int((states >= 0).sum()) for states in (starts, ends))
    way = choose(
        topology.n_vertices, n_sources, n_targets, sums=bool(summed.shape[1]), limited=np.isfinite(limit)
    )
    closed = metric(topology, cost) if way is Way.HIERARCHY else None
    return Search(way, topology.pairs, topology.tail, cost, summed, starts, ends, closed, limit)


def fill(search: Search, rows: slice, columns: slice) -> FloatArray:
    """Least cost and sums of a part of the table: (1 + n_values, n_rows, n_columns), `inf` where no path."""
    starts, ends = search.starts[rows], search.ends[columns]
    sources, targets = starts[starts >= 0], ends[ends >= 0]
    result = np.full((1 + search.values.shape[1], len(starts), len(ends)), np.inf)
    if not sources.size or not targets.size:
        return result
    tree: Tree | None = None
    if search.closed is not None:
        table: FloatArray = search.closed.many_to_many(sources, targets).astype(np.float64, copy=False)
    elif search.way is Way.BACKWARD:
        table = distances_to(search.pairs, search.cost, targets)[:, sources].T
    else:
        tree = shortest_paths(search.pairs, search.cost, sources, limit=search.limit)
        table = tree.distance[:, targets]
    nearest, end = _least(table, ends)
    by_column, start = _least(nearest.T, starts)
    result[0] = by_column.T
    if tree is not None and search.values.shape[1]:
        row, column = np.nonzero(np.isfinite(result[0]))
        root = start[column, row]
        result[1:, row, column] = sum_along(
            tree, search.tail, search.values, root, targets[end[root, column]]
        )
    return result


def _least(table: FloatArray, states: IntArray) -> tuple[FloatArray, IntArray]:
    """Least over the states of each place: value and position among all states, the first among equals.

    `table` has a column for every state of every place: (k, n_states) becomes (k, n_places).
    """
    real = states >= 0
    if states.shape[1] == 1 and real.all():
        return table, np.broadcast_to(np.arange(len(states)), table.shape)
    position = np.cumsum(real.ravel()).reshape(states.shape) - 1
    shape = len(table), len(states)
    best, at = np.full(shape, np.inf), np.zeros(shape, np.int64)
    for w in range(states.shape[1]):
        places = np.flatnonzero(real[:, w])
        part = table[:, position[places, w]]
        nearer = part < best[:, places]
        best[:, places] = np.where(nearer, part, best[:, places])
        at[:, places] = np.where(nearer, position[places, w], at[:, places])
    return best, at
