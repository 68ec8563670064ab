"""Nested dissection: cut the graph in two by few vertices, cut the halves, and so on, all cells at once.

The vertices of a cut (its separator) are ranked above everything that they separate, so a cheapest path that
leaves a cell passes through few vertices. Small separators are all that matters for the speed of what is
built on top.

Every cell of one depth is cut in the same array operations. The vertices of a cell are lined up by several
scores (projections of the coordinates, differences of hop distances to far vertices); along each line the
number of edges that cross is one cumulative sum; the line and place with the fewest crossings near the middle
wins. In large cells a maximum flow through the band around the middle of that line finds a cut that may bend
(`flowcut`). The edges across form a bipartite graph whose smallest vertex cover is the separator (Koenig:
from one maximum matching). Lines are sorted once: a cell's halves inherit its order.

Sources: George (1973), nested dissection; Schild and Sommer (2015), inertial flow; Dibbelt, Strasser and
Wagner (2016), customizable contraction hierarchies.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra, maximum_bipartite_matching

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.kernels.hierarchy.flowcut import part

LEAF = 16
"""A cell of so few vertices is not cut again; 10 to 24 are equally good."""
BAND = 0.4
"""Share of a cell, around its middle, in which a cut may lie."""
DIRECTIONS = 4
"""Lines laid through each plane of scores."""
IMBALANCE = 0.5
"""How much an uneven cut is penalised: 1 + this * distance from the middle."""
BENT = 64
"""Cells of so many vertices try a cut that bends."""
WIDTH = 0.16
"""Share of a cell, around the middle of its line, in which that cut may bend; in cells of more than `FULL`
vertices less, so that its vertices grow with the power 2/3 only."""
FULL = 8000


class Dissection(NamedTuple):
    """A binary tree of cells; a parent's number is lower than its children's.

    Attributes
    ----------
    home : (n_vertices,) int
        Cell in whose separator (or leaf) each vertex lies.
    parent : (n_cells,) int
        -1 at the root.
    """

    home: IntArray
    parent: IntArray


class _Front(NamedTuple):
    """The cells of one depth: their vertices renumbered so that each cell is a contiguous range.

    ``lines[k]`` lists the vertices cell by cell in the order of score k; ``lines[0]`` is the numbering.
    """

    vertex: IntArray
    start: IntArray
    lines: list[IntArray]
    low: IntArray
    high: IntArray


def vertex_cover(left: IntArray, right: IntArray) -> IntArray:
    """Smallest set of vertices that touches every edge of a bipartite graph (Koenig).

    Parameters
    ----------
    left, right : (n_edges,) int
        Ends of each edge; no number stands on both sides.

    Returns
    -------
    (k,) int
        The cover, as large as a maximum matching.

    Notes
    -----
    Hopcroft-Karp, O(m sqrt(n)), then one array step per length of alternating path.

    Examples
    --------
    >>> vertex_cover([0, 0, 0], [5, 6, 7]).tolist()
    [0]
    """
    rows, row = np.unique(left, return_inverse=True)
    columns, column = np.unique(right, return_inverse=True)
    if not row.size:
        return np.zeros(0, np.int64)
    graph = csr_array((np.ones(row.size, np.int8), (row, column)), shape=(rows.size, columns.size))
    match = np.asarray(maximum_bipartite_matching(graph, perm_type="column"), dtype=np.int64)
    mate = np.full(columns.size, -1)
    matched = np.flatnonzero(match >= 0)
    mate[match[matched]] = matched
    reached_row = match < 0
    reached_column = np.zeros(columns.size, bool)
    fresh = reached_row.copy()
    while True:
        offered = np.zeros(columns.size, bool)
        offered[column[fresh[row]]] = True
        offered &= ~reached_column
        if not offered.any():
            return np.concatenate((rows[~reached_row], columns[reached_column])).astype(np.int64)
        reached_column |= offered
        fresh = np.zeros(rows.size, bool)
        fresh[mate[offered]] = True  # an unmatched column would end an augmenting path: none is left
        fresh &= ~reached_row
        reached_row |= fresh


def _farthest(distance: FloatArray, component: IntArray, n_components: int) -> IntArray:
    """The farthest vertex of each component, the lowest number among equals."""
    order = np.lexsort((-np.arange(distance.size), distance, component))
    return order[np.cumsum(np.bincount(component, minlength=n_components)) - 1]


def landmark_plane(n_vertices: int, u: IntArray, v: IntArray) -> FloatArray:
    """Two scores per vertex from the topology alone: differences of hop distances to four far vertices.

    Parameters
    ----------
    n_vertices : int
        Number of vertices.
    u, v : (n_edges,) int
        Undirected edges.

    Returns
    -------
    (n_vertices, 2) float
        Pseudo-coordinates. Components lie side by side along both, so that a cut between them costs nothing.

    Notes
    -----
    Five breadth-first searches, each over all components at once.

    Examples
    --------
    >>> landmark_plane(4, [0, 1, 2], [1, 2, 3])[:, 0].tolist()
    [3.0, 1.0, -1.0, -3.0]
    """
    u, v = np.asarray(u, dtype=np.int64), np.asarray(v, dtype=np.int64)
    graph = csr_array(
        (np.ones(2 * u.size), (np.concatenate((u, v)), np.concatenate((v, u)))), shape=(n_vertices,) * 2
    )
    n_components, label = connected_components(graph, directed=False)
    component = label.astype(np.int64)

    def hops(seeds: IntArray) -> FloatArray:
        return dijkstra(graph, indices=seeds, min_only=True, unweighted=True)

    _, first = np.unique(component, return_index=True)
    one = _farthest(hops(first), component, n_components)
    from_one = hops(one)
    two = _farthest(from_one, component, n_components)
    from_two = hops(two)
    three = _farthest(np.minimum(from_one, from_two), component, n_components)
    from_three = hops(three)
    four = _farthest(from_three + np.minimum(from_one, from_two), component, n_components)
    plane = np.stack((from_one - from_two, from_three - hops(four)), axis=1)
    if n_components > 1:
        plane += (component * (4.0 * n_vertices))[:, None]
    return plane


def _lines(planes: list[FloatArray]) -> list[IntArray]:
    """Vertices sorted along every direction of every plane of scores."""
    angles = np.arange(DIRECTIONS) * (np.pi / DIRECTIONS)
    found: list[IntArray] = []
    for plane in planes:
        if plane.shape[1] == 1:
            found.append(np.argsort(plane[:, 0], kind="stable"))
            continue
        axes = plane[:, :2]
        found += [np.argsort(axes[:, 0] * np.cos(a) + axes[:, 1] * np.sin(a), kind="stable") for a in angles]
    return found


def _straight(front: _Front) -> tuple[BoolArray, FloatArray]:
    """Side of each vertex at its cell's best straight cut, and where along that line it stands (0 to 1)."""
    size = np.diff(front.start)
    first = front.start[:-1]
    n = front.vertex.size
    cell = np.repeat(np.arange(size.size), size)
    step = np.arange(n) - first[cell] + 1  # vertices on the near side of a cut after this place
    share = np.abs(step / size[cell] - 0.5)
    legal = (share <= BAND / 2) | (step == size[cell] // 2)
    places = np.flatnonzero(legal)
    where = np.searchsorted(places, first)
    weight = 1000.0 * (1.0 + IMBALANCE * share[places])
    best = np.full(size.size, np.iinfo(np.int64).max)
    side = np.zeros(n, bool)
    along = np.empty(n, np.int64)
    place = np.empty(n, np.int64)
    for line in front.lines:
        place[line] = np.arange(n)
        a, b = place[front.low], place[front.high]
        opened = np.bincount(np.minimum(a, b), minlength=n)
        across = np.cumsum(opened - np.bincount(np.maximum(a, b), minlength=n))
        score = (across[places] * weight).astype(np.int64) * n + places  # the place rides along as a digit
        least = np.minimum.reduceat(score, where)
        better = least // n < best
        best[better] = least[better] // n
        vertices = np.flatnonzero(better[cell])
        along[vertices] = place[vertices]
        side[vertices] = along[vertices] > (least % n)[cell[vertices]]
    return side, (along - first[cell] + 0.5) / size[cell]


def _separator(front: _Front, side: BoolArray) -> BoolArray:
    """The fewest vertices that touch every edge across the cuts."""
    across = side[front.low] != side[front.high]
    low, high = front.low[across], front.high[across]
    near = np.where(side[low], high, low)
    found = np.zeros(side.size, bool)
    found[vertex_cover(near, low + high - near)] = True
    return found


def _cut(front: _Front) -> tuple[BoolArray, BoolArray]:
    """Side of each vertex, and which vertices are the separators: straight or bent, what costs less."""
    side, along = _straight(front)
    placed = _separator(front, side)
    size = np.diff(front.start)
    large = size >= BENT
    if not large.any():
        return side, placed
    cell = np.repeat(np.arange(size.size), size)
    half = (WIDTH / 2 * np.minimum(1.0, np.cbrt(FULL / size)))[cell]
    inside = large[cell]
    edge = inside[front.low]
    bent = part(
        front.low[edge], front.high[edge], ~inside | (along < 0.5 - half), inside & (along > 0.5 + half)
    )
    placed_bent = _separator(front, bent)

    def price(side: BoolArray, placed: BoolArray) -> FloatArray:
        uneven = np.abs(np.bincount(cell, side) / size - 0.5)
        return np.bincount(cell, placed) * (1.0 + IMBALANCE * uneven)

    better = (large & (price(bent, placed_bent) < price(side, placed)))[cell]
    return np.where(better, bent, side), np.where(better, placed_bent, placed)


def _descend(front: _Front, child: IntArray, n_children: int) -> _Front:
    """The next depth; ``child`` is the new cell of each vertex, -1 if it is placed for good.

    Children of one cell have consecutive numbers, so a line is partitioned, not sorted.
    """
    start = np.zeros(n_children + 1, np.int64)
    np.cumsum(np.bincount(child[child >= 0], minlength=n_children), out=start[1:])
    lines: list[IntArray] = []
    number = np.full(child.size, -1)
    for line in front.lines:
        sequence = line[child[line] >= 0]
        key = child[sequence]
        odd = (key & 1).astype(bool)
        # Along the line, how many of the same side have been met: cells are contiguous, so one count serves.
        met = np.where(odd, np.cumsum(odd), np.cumsum(~odd)) - 1
        width = np.diff(start)
        before = np.empty(n_children, np.int64)
        before[0::2] = np.cumsum(width[0::2]) - width[0::2]
        before[1::2] = np.cumsum(width[1::2]) - width[1::2]
        settled = np.empty_like(sequence)
        settled[start[key] + met - before[key]] = sequence
        lines.append(settled)
    number[lines[0]] = np.arange(lines[0].size)
    inside = (child[front.low] >= 0) & (child[front.low] == child[front.high])
    low, high = number[front.low[inside]], number[front.high[inside]]
    vertex = front.vertex[lines[0]]
    return _Front(vertex, start, [number[line] for line in lines], low, high)


def nested_dissection(
    n_vertices: int, u: IntArray, v: IntArray, coordinates: FloatArray | None = None
) -> Dissection:
    """Cut a graph into a tree of cells by small separators.

    Parameters
    ----------
    n_vertices : int
        Number of vertices, at least 1.
    u, v : (n_edges,) int
        Distinct undirected edges without loops.
    coordinates : (n_vertices, k) float, optional
        Any coordinates; the first two are used. Landmarks serve beside them, and alone without them.

    Returns
    -------
    Dissection

    Notes
    -----
    O((n + m) log n) per score after one sort. Deterministic. Disconnected graphs are split for nothing.

    Examples
    --------
    >>> import numpy as np
    >>> path = nested_dissection(40, np.arange(39), np.arange(1, 40))
    >>> path.parent.tolist(), np.flatnonzero(path.home == 0).size
    ([-1, 0, 0, 1, 1, 2, 2], 1)
    """
    planes = [landmark_plane(n_vertices, u, v)]
    if coordinates is not None:
        planes.insert(0, np.asarray(coordinates, dtype=np.float64))
    lines = _lines(planes)
    number = np.empty(n_vertices, np.int64)
    number[lines[0]] = np.arange(n_vertices)
    front = _Front(
        lines[0], np.array([0, n_vertices]), [number[line] for line in lines], number[u], number[v]
    )
    home = np.full(n_vertices, -1)
    parents = [np.array([-1])]
    cells = np.zeros(1, np.int64)  # numbers of the cells of this depth in the whole tree
    n_cells = 1
    while True:
        size = np.diff(front.start)
        leaf = size <= LEAF
        if leaf.any():
            cell = np.repeat(np.arange(size.size), size)
            done = leaf[cell]
            home[front.vertex[done]] = cells[cell[done]]
            kept = np.flatnonzero(~leaf)
            if not kept.size:
                return Dissection(home, np.concatenate(parents))
            # Two slots per cell, the odd one empty, keep the partition of _descend usable here.
            slot = np.full(size.size, -1)
            slot[kept] = 2 * np.arange(kept.size)
            front = _descend(front, slot[cell], 2 * kept.size)
            front = front._replace(start=np.append(front.start[:-1:2], front.start[-1]))
            cells, size = cells[kept], size[kept]
        cell = np.repeat(np.arange(size.size), size)
        side, placed = _cut(front)
        home[front.vertex[placed]] = cells[cell[placed]]
        child = np.where(placed, -1, 2 * cell + side)
        front = _descend(front, child, 2 * size.size)
        some = np.flatnonzero(np.diff(front.start))
        front = front._replace(start=np.append(front.start[some], front.start[-1]))
        parents.append(cells[some // 2])
        cells = n_cells + np.arange(some.size)
        n_cells += some.size
        if not some.size:
            return Dissection(home, np.concatenate(parents))
