"""What can be known before any cost is: fronts, boundaries, and where every weight will stand.

Cell ``c`` of the dissection owns the vertices S_c. Its boundary B_c is what lies outside its subtree and
touches it; all of it belongs to ancestors. Its *front* is the square table of distances among S_c + B_c
through its subtree. That is a supernode of elimination theory, and all arithmetic later is dense and small.

Cells are numbered by level, the height above the leaves, so a parent comes after its children, and all cells
of one level can be worked on at once. Rows are vertices renumbered by cell: those of a cell are consecutive,
and a boundary is ascending. Cells of like size are padded to one size and share a *stack*, which is stored
entry by entry (many small fronts side by side, so that array operations stay long) or front by front.

Sources: Duff and Reid (1983), multifrontal elimination; Liu (1990), elimination trees; Dibbelt, Strasser and
Wagner (2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.kernels.hierarchy.order import nested_dissection

TILE = 1 << 16
"""Entries of a stack that are worked on at once: 512 KB in float64, which second-level caches hold."""
MINOR = 40
"""Fronts narrower than this are stored entry by entry."""
GROWTH = 1.3
"""Ratio of neighbouring padded sizes."""
SEVERAL = 8
"""Fewer fronts than this are not worth storing entry by entry."""


class Stack(NamedTuple):
    """Consecutive cells of one level with a common padded front.

    Attributes
    ----------
    cell, fronts : int
        First cell and number of cells.
    own, boundary : int
        Padded sizes of S and B.
    offset : int
        Where the stack begins in the flat array of all fronts.
    minor : bool
        Stored as (row, column, cell) if true, as (cell, row, column) if not.
    """

    cell: int
    fronts: int
    own: int
    boundary: int
    offset: int
    minor: bool


@dataclass(frozen=True, eq=False)
class Cells:
    """The symbolic structure of a graph.

    Entry (p, q) of the front of cell c stands at ``base[c] + step[c] * (p * width[c] + q)`` of the flat array
    of all fronts. Positions below ``pad[c]`` are rows of S_c, those from ``pad[c]`` on are B_c.

    Attributes
    ----------
    row : (n_vertices,) int
        Row of each vertex.
    vertex : (n_vertices,) int
        Vertex of each row.
    cell : (n_vertices,) int
        Cell of each row.
    parent : (n_cells,) int
        -1 at a root. A cell without boundary may have a parent; nothing passes between them.
    level_start : (n_levels + 1,) int
        First cell of each level.
    first, own : (n_cells,) int
        First row of S_c and its size.
    boundary_start : (n_cells + 1,) int
        Where each B_c starts in ``boundary``.
    boundary : (n,) int
        Rows of the boundaries, ascending in each cell.
    key : (n,) int
        ``cell * n_vertices + row`` of each of them, ascending.
    lift : (n,) int
        Position of each of them in the parent's front.
    base, step, width, pad : (n_cells,) int
        Where fronts stand.
    second : (n_cells,) bool
        The cell is its parent's second child.
    preorder : (n_cells,) int
        Subtrees are consecutive in this order.
    stacks : tuple of Stack
        In ascending order of cells.
    size : int
        Entries of all fronts; one more, always ``inf``, stands behind them.
    """

    row: IntArray
    vertex: IntArray
    cell: IntArray
    parent: IntArray
    level_start: IntArray
    first: IntArray
    own: IntArray
    boundary_start: IntArray
    boundary: IntArray
    key: IntArray
    lift: IntArray
    base: IntArray
    step: IntArray
    width: IntArray
    pad: IntArray
    second: IntArray
    preorder: IntArray
    stacks: tuple[Stack, ...]
    size: int

    @property
    def n_levels(self) -> int:
        """Height of the tree of cells."""
        return self.level_start.size - 1

    def position(self, cell: IntArray, row: IntArray) -> IntArray:
        """Position of rows in the fronts of cells; each must be in that front.

        Examples
        --------
        >>> import numpy as np
        >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
        >>> path.position(np.array([0]), path.row[:1]).tolist()
        [0]
        """
        inside = self.cell[row] == cell
        found = row - self.first[cell]
        cells, rows = cell[~inside], row[~inside]
        at = np.searchsorted(self.key, cells * np.int64(self.row.size) + rows)
        found[~inside] = at - self.boundary_start[cells] + self.pad[cells]
        return found

    def entry(self, cell: IntArray, p: IntArray, q: IntArray) -> IntArray:
        """Flat position of entry (p, q) of the fronts of cells.

        Examples
        --------
        >>> import numpy as np
        >>> path = build_cells(3, np.array([0, 1]), np.array([1, 2]))
        >>> path.entry(np.array([0]), np.array([1]), np.array([2])).tolist()
        [5]
        """
        return self.base[cell] + self.step[cell] * (p * self.width[cell] + q)


def ranges(start: IntArray, count: IntArray) -> IntArray:
    """Concatenate the ranges ``start[i] .. start[i] + count[i] - 1``.

    Examples
    --------
    >>> ranges(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    end = np.cumsum(count)
    total = int(end[-1]) if end.size else 0
    return np.arange(total) + np.repeat(start - end + count, count)


def _levels(parent: IntArray) -> IntArray:
    """Height of each cell; parents have lower numbers than children."""
    depth = np.zeros(parent.size, np.int64)
    generation = np.zeros(1, np.int64)
    generations: list[IntArray] = []
    first_child = np.searchsorted(parent, np.arange(parent.size + 1))
    while generation.size:
        generations.append(generation)
        generation = ranges(first_child[generation], np.diff(first_child)[generation])
    height = depth
    for generation in generations[:0:-1]:
        np.maximum.at(height, parent[generation], height[generation] + 1)
    return height


def _preorder(parent: IntArray, level_start: IntArray) -> tuple[IntArray, IntArray]:
    """Depth-first numbers, and whether a cell is its parent's second child; parents have higher numbers."""
    n_cells = parent.size
    subtree = np.ones(n_cells, np.int64)
    for level in range(level_start.size - 2):
        cells = np.arange(level_start[level], level_start[level + 1])
        np.add.at(subtree, parent[cells], subtree[cells])
    order = np.argsort(parent, kind="stable")
    second = np.zeros(n_cells, bool)
    second[order[1:]] = (parent[order[1:]] == parent[order[:-1]]) & (parent[order[1:]] >= 0)
    elder = np.zeros(n_cells, np.int64)  # vertices of the subtree that comes before a second child
    elder[order[1:]] = np.where(second[order[1:]], subtree[order[:-1]], 0)
    number = np.zeros(n_cells, np.int64)
    for level in range(level_start.size - 2, -1, -1):
        cells = np.arange(level_start[level], level_start[level + 1])
        cells = cells[parent[cells] >= 0]
        number[cells] = number[parent[cells]] + 1 + elder[cells]
    return number, second


def _boundaries(
    parent: IntArray, level_start: IntArray, cell: IntArray, u: IntArray, v: IntArray
) -> IntArray:
    """Keys ``cell * n + row`` of all boundaries, ascending; a boundary is inherited up to its own cell."""
    n = np.int64(cell.size)
    low, high = np.minimum(u, v), np.maximum(u, v)
    outward = cell[low] != cell[high]
    waiting = [[part] for part in _by_level(cell[low[outward]] * n + high[outward], level_start, n)]
    found: list[IntArray] = []
    for level in range(level_start.size - 1):
        keys = np.unique(np.concatenate(waiting[level]))
        waiting[level] = []
        found.append(keys)
        owner, row = keys // n, keys % n
        above = parent[owner]
        onward = cell[row] != above
        parts = _by_level(above[onward] * n + row[onward], level_start, n)
        for target, part in zip(waiting[level + 1 :], parts[level + 1 :], strict=True):
            if part.size:
                target.append(part)
    return np.concatenate(found)


def _by_level(keys: IntArray, level_start: IntArray, n: np.int64) -> list[IntArray]:
    """Split keys by the level of their cell."""
    ordered = np.sort(keys)
    return np.split(ordered, np.searchsorted(ordered, level_start[1:-1] * n))


def _padded(sizes: IntArray) -> IntArray:
    """Size class of each size."""
    grown = 8 * GROWTH ** np.arange(1, 60)
    return np.searchsorted(np.unique(np.concatenate((np.arange(9), grown.astype(np.int64)))), sizes)


def _stacks(level: IntArray, own: IntArray, boundary: IntArray) -> tuple[tuple[Stack, ...], int]:
    """Cut runs of cells of one level and size class into stacks of about `TILE` entries."""
    key = (level << 16) | (_padded(own) << 8) | _padded(boundary)
    starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1])))
    ends = np.append(starts[1:], key.size)
    widest = np.maximum.reduceat(own, starts) + np.maximum.reduceat(boundary, starts)
    found: list[Stack] = []
    offset = 0
    for start, end, width in zip(starts.tolist(), ends.tolist(), widest.tolist(), strict=True):
        most = max(1, TILE // max(1, width * width))
        for first in range(start, end, most):
            last = min(end, first + most)
            s, b = int(own[first:last].max()), int(boundary[first:last].max())
            found.append(Stack(first, last - first, s, b, offset, s + b < MINOR and last - first >= SEVERAL))
            offset += (last - first) * (s + b) ** 2
    return tuple(found), offset


def build_cells(n_vertices: int, u: IntArray, v: IntArray, coordinates: FloatArray | None = None) -> Cells:
    """Dissect a graph and lay out its fronts.

    Parameters
    ----------
    n_vertices : int
        Number of vertices, at least 1.
    u, v : (n_edges,) int
        Distinct undirected edges without loops.
    coordinates : (n_vertices, k) float, optional
        Helps the dissection where it is given.

    Returns
    -------
    Cells

    Notes
    -----
    O(size of all boundaries), sorted level by level.

    Examples
    --------
    >>> import numpy as np
    >>> path = build_cells(40, np.arange(39), np.arange(1, 40))
    >>> path.own.tolist(), np.diff(path.boundary_start).tolist()
    ([8, 10, 10, 9, 1, 1, 1], [1, 1, 2, 2, 1, 1, 0])
    """
    home, parent = nested_dissection(n_vertices, u, v, coordinates)
    n, n_cells = np.int64(n_vertices), parent.size
    level = _levels(parent)
    order, renumbered = np.argsort(level, kind="stable"), np.empty(n_cells, np.int64)
    renumbered[order] = np.arange(n_cells)
    level_start = np.concatenate(([0], np.cumsum(np.bincount(level))))
    above = parent[order]
    above = np.where(above >= 0, renumbered[above], -1)
    cell = renumbered[home]
    vertex = np.argsort(cell, kind="stable")
    row = np.empty(n_vertices, np.int64)
    row[vertex] = np.arange(n_vertices)
    keys = _boundaries(above, level_start, cell[vertex], row[u], row[v])

    # Boundary sizes do not hang on the order within a level: sort that by size class, and carry all over.
    own = np.bincount(cell, minlength=n_cells)
    width = np.bincount(keys // n, minlength=n_cells)
    order = np.lexsort((width, _padded(width), _padded(own), level[order]))
    renumbered[order] = np.arange(n_cells)
    own, width, level, above = own[order], width[order], np.sort(level), above[order]
    above = np.where(above >= 0, renumbered[above], -1)
    cell = renumbered[cell]
    old_vertex, vertex = vertex, np.argsort(cell, kind="stable")
    row[vertex] = np.arange(n_vertices)
    keys = np.sort(renumbered[keys // n] * n + row[old_vertex[keys % n]])

    stacks, size = _stacks(level, own, width)
    counts = np.array([stack.fronts for stack in stacks])
    pad = np.repeat([stack.own for stack in stacks], counts)
    padded = np.repeat([stack.own + stack.boundary for stack in stacks], counts)
    minor = np.repeat([stack.minor for stack in stacks], counts)
    place = np.arange(n_cells) - np.repeat([stack.cell for stack in stacks], counts)
    base = np.repeat([stack.offset for stack in stacks], counts) + place * np.where(minor, 1, padded**2)
    preorder, second = _preorder(above, level_start)
    first = np.cumsum(own) - own
    boundary_start = np.concatenate(([0], np.cumsum(width)))
    boundary, owner = keys % n, keys // n
    lift = _lift(keys, above[owner], cell[vertex], first, boundary_start, pad)
    return Cells(
        row=row,
        vertex=vertex,
        cell=cell[vertex],
        parent=above,
        level_start=level_start,
        first=first,
        own=own,
        boundary_start=boundary_start,
        boundary=boundary,
        key=keys,
        lift=lift,
        base=base,
        step=np.where(minor, np.repeat(counts, counts), 1),
        width=padded,
        pad=pad,
        second=second,
        preorder=preorder,
        stacks=stacks,
        size=size,
    )


def _lift(
    keys: IntArray, above: IntArray, cell: IntArray, first: IntArray, boundary_start: IntArray, pad: IntArray
) -> IntArray:
    """Position of every boundary row in the front of the parent."""
    n = np.int64(cell.size)
    row = keys % n
    at = np.searchsorted(keys, above * n + row) - boundary_start[above] + pad[above]
    return np.where(cell[row] == above, row - first[above], at)
