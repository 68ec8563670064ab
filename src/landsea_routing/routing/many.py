"""Questions about many pairs at once: who may go where, and the table filled part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.graph.cost import ArcPrices, price
from landsea_routing.graph.graph import Graph, Stage
from landsea_routing.model.names import find_nodes
from landsea_routing.routing.engine import Search, Way, fill, make_search
from landsea_routing.routing.progress import Progress, teller
from landsea_routing.routing.restrict import closures, domestic_closure, refuse_text
from landsea_routing.routing.workers import count_workers, run_parts

TILE = (512, 1024)
"""States of origins and destinations that the hierarchy answers at once. Fixed, because how many are asked
together decides how it goes about it, and with it the last bit of the answers."""
BLOCK_BYTES = 1 << 25
"""Working memory of a part beyond which larger parts gain nothing."""
PARTS_PER_WORKER = 4
"""Parts to be had by each worker, so that all end at about the same time."""
BYTES_PER_VERTEX, BYTES_PER_ARC, BYTES_PER_CELL = 100, 64, 64
"""Working memory of a search by vertex and source, of a matrix by arc, and of a part by cell and sum."""
TILE_BYTES, SWEEP_BYTES, SWEPT = 64 * TILE[0] * TILE[1], 1024, 200_000
"""Working memory of a tile and its labels, and of a sweep by vertex; none is swept of more than `SWEPT`."""


class Layer(NamedTuple):
    """A part of the table with closures of its own.

    Attributes
    ----------
    rows, columns : int arrays
        Positions in the table.
    shut : (n_arcs,) bool array or None
        What is shut beside what is shut to all.
    """

    rows: IntArray
    columns: IntArray
    shut: BoolArray | None


@dataclass(frozen=True, eq=False)
class Many:
    """Origins and destinations, what is open between them, and what is shut to domestic cargo.

    Parameters
    ----------
    graph : Graph
    prices : ArcPrices
    rows, columns : int arrays
        Rows of `nodes`.
    access : bool
        Whether trips load and unload.
    is_open : (n_arcs,) bool array
        Arcs that some pair may use.
    layers : tuple of Layer
        Later ones stand for what they hold of the table in place of earlier ones.
    """

    graph: Graph
    prices: ArcPrices
    rows: IntArray
    columns: IntArray
    access: bool
    is_open: BoolArray
    layers: tuple[Layer, ...]

    def fill(
        self,
        weight: FloatArray,
        values: FloatArray | None = None,
        *,
        limit: float = np.inf,
        n_jobs: int | None = 1,
        memory_limit_mb: float = np.inf,
        progress: Progress = False,
    ) -> FloatArray:
        """Return least weight and sums of all pairs: (1 + n_values, n_rows, n_columns).

        Parameters
        ----------
        weight : (n_arcs,) array
            What is minimised.
        values : (n_arcs, n_values) array, optional
            What is summed along the paths.
        limit : float
            What is farther is left out.
        n_jobs, memory_limit_mb, progress
            See `skim`.
        """
        tell = teller(progress)
        n_values = 0 if values is None else values.shape[1]
        table = np.full((1 + n_values, len(self.rows), len(self.columns)), np.inf)
        memory, workers = _bytes(memory_limit_mb), count_workers(n_jobs)
        parts, where = [], []
        for layer in self.layers:
            search = self._search(layer, weight, values, limit)
            for rows, columns in cut(search, memory, workers):
                parts.append((search, rows, columns))
                where.append(np.ix_(layer.rows[rows], layer.columns[columns]))
        done, total = 0, sum(row.size * column.size for row, column in where)
        for (row, column), block in zip(where, run_parts(fill, parts, n_jobs), strict=True):
            table[:, row, column] = block
            done += row.size * column.size
            tell(done, total)
        table[:, self.rows[:, None] == self.columns] = 0.0
        return table

    def _search(self, layer: Layer, weight: FloatArray, values: FloatArray | None, limit: float) -> Search:
        stages = (Stage.ORIGIN, Stage.DESTINATION) if self.access else (Stage.LEAVING, Stage.ARRIVING)
        starts = _states(self.graph, self.rows[layer.rows], stages[0])
        ends = _states(self.graph, self.columns[layer.columns], stages[1])
        cost = weight if layer.shut is None else np.where(layer.shut, np.inf, weight)
        return make_search(self.graph.topology, cost, starts, ends, values=values, limit=limit)


def ask_many(
    graph: Graph,
    rows: IntArray,
    columns: IntArray,
    *,
    avoid: Sequence[str] = (),
    modes: Sequence[str] | None = None,
    access: bool = True,
    seasonal: bool = False,
) -> Many:
    """Read a question about many pairs of nodes, given by row; its options are those of `shortest_path`.

    Domestic cargo may not use what is open to foreign trade only, so that the pairs of each country form a
    layer of their own.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> graph = lsr.expand(lsr.load_network("toy_three_ports"))
    >>> asked = ask_many(graph, np.array([0, 1]), np.array([1]))
    >>> asked.fill(np.where(asked.is_open, 1.0, np.inf)).shape
    (1, 2, 1)
    """
    refuse_text(avoid, "avoid")
    country = graph.network.nodes["country"]
    shared = sorted(set(country[rows].tolist()) & set(country[columns].tolist()))
    nations = sorted({*country[rows].tolist(), *country[columns].tolist()})
    home = nations[0] if len(nations) == 1 else ""
    prices = graph.keep("prices", lambda: price(graph))
    is_open = prices.allowed
    for shut in closures(graph, country=home, avoid=avoid, modes=modes, seasonal=seasonal).values():
        is_open = is_open & ~shut
    layers = [Layer(np.arange(len(rows)), np.arange(len(columns)), None)]
    for nation in shared if not home else ():
        inside = np.flatnonzero(country[rows] == nation), np.flatnonzero(country[columns] == nation)
        layers.append(Layer(*inside, domestic_closure(graph, nation)))
    return Many(graph, prices, rows, columns, access, is_open, tuple(layers))


def rows_of_nodes(graph: Graph, names: Sequence[str], what: str) -> IntArray:
    """Rows of nodes given by id or name."""
    refuse_text(names, what)
    return np.array(find_nodes(graph.network, names), dtype=np.int64)


def _states(graph: Graph, nodes: IntArray, stage: Stage) -> IntArray:
    """Vertices of each node in one stage, padded with -1: (n_nodes, most vertices of a node)."""
    top = graph.topology
    vertices = np.flatnonzero(top.vertex_stage == stage)
    vertices = vertices[np.argsort(top.vertex_node[vertices], kind="stable")]
    owner = top.vertex_node[vertices]
    first = np.searchsorted(owner, nodes)[:, None]
    count = np.searchsorted(owner, nodes, side="right")[:, None] - first
    ahead = np.arange(max(1, int(count.max(initial=0))))
    return np.where(ahead < count, np.append(vertices, -1)[np.minimum(first + ahead, vertices.size)], -1)


def _bytes(memory_limit_mb: float) -> float:
    if isinstance(memory_limit_mb, bool) or not memory_limit_mb > 0:
        raise InvalidValueError(
            f"memory_limit_mb is {memory_limit_mb!r}",
            column="memory_limit_mb",
            ids=(memory_limit_mb,),
            expected="megabytes, more than 0",
            cure="correct it",
        )
    return memory_limit_mb * 1e6


def cut(search: Search, memory: float, workers: int) -> list[tuple[slice, slice]]:
    """Cut a table into parts that each take no more than some bytes of working memory.

    The cut of searches follows memory and workers, which no number hangs on; that of the hierarchy is fixed.

    Raises
    ------
    InvalidValueError
        The least part takes more.
    """
    n_rows, n_columns = len(search.starts), len(search.ends)
    width = search.starts.shape[1], search.ends.shape[1]
    tables = 2 + search.values.shape[1]
    if search.way is Way.HIERARCHY:
        steps = max(1, TILE[0] // width[0]), max(1, TILE[1] // width[1])
        _refuse_more_than(memory, TILE_BYTES + SWEEP_BYTES * min(search.pairs.n_vertices, SWEPT))
        return [
            (slice(i, i + steps[0]), slice(j, j + steps[1]))
            for i in range(0, n_rows, steps[0])
            for j in range(0, n_columns, steps[1])
        ]
    forward = search.way is Way.FORWARD
    states, other = width if forward else width[::-1]
    n_places, n_others = (n_rows, n_columns) if forward else (n_columns, n_rows)
    each = states * search.pairs.n_vertices * BYTES_PER_VERTEX
    each += n_others * (states * other * 8 + tables * BYTES_PER_CELL)
    once = search.pairs.n_arcs * BYTES_PER_ARC
    _refuse_more_than(memory, once + each)
    step = max(1, int(min(memory - once, BLOCK_BYTES) // each))
    if workers > 1:
        step = min(step, max(1, n_places // (PARTS_PER_WORKER * workers)))
    parts = [slice(i, i + step) for i in range(0, n_places, step)]
    every = slice(0, n_others)
    return [(part, every) if forward else (every, part) for part in parts]


def _refuse_more_than(memory: float, needed: float) -> None:
    if needed > memory:
        raise InvalidValueError(
            f"memory_limit_mb is {memory / 1e6:g}, and the least part of the work takes more",
            column="memory_limit_mb",
            ids=(memory / 1e6,),
            expected=f"at least {-(-needed // 1e6):g}",
            cure="raise it",
        )
