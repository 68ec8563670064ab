"""A few arcs with other costs: which pairs that concerns, and what these cost afterwards."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError, list_ids
from landsea_routing.kernels.csr import as_index
from landsea_routing.kernels.hierarchy.product import Front
from landsea_routing.kernels.hierarchy.topology import Topology


class Change(NamedTuple):
    """A pair of which some arcs cost something else.

    Attributes
    ----------
    least : float
        Cost of its cheapest arc now.
    winner : int
        That arc, among the sorted ones; -1 if all are closed.
    costs : dict
        New costs by sorted arc.
    """

    least: float
    winner: int
    costs: dict[int, float]


def refuse_overflow(cost: FloatArray, arcs: IntArray, n_vertices: int, dtype: np.dtype[Any]) -> None:
    """Refuse costs so large that a sum along a path could become `inf`, which says that there is none.

    Examples
    --------
    >>> refuse_overflow(np.array([1.0, np.inf]), np.array([0, 1]), 2, np.dtype(np.float64))
    """
    most = float(np.finfo(dtype).max) / (4 * max(1, n_vertices))
    bad = arcs[(cost > most) & (cost < np.inf)]
    if bad.size:
        raise InvalidValueError(
            f"cost is too large for sums in {dtype} in {bad.size} arcs (arc {list_ids(bad.tolist())})",
            ids=bad.tolist(),
            expected=f"{most:.1e} at most; inf closes an arc",
            cure="use a larger unit",
        )


def check_change(
    graph: Topology, arcs: ArrayLike, cost: ArrayLike, dtype: np.dtype[Any]
) -> tuple[IntArray, FloatArray]:
    """Arcs and their new costs, as asked for in `Metric.update`.

    Raises
    ------
    InvalidValueError
        If an arc does not exist or a cost is NaN, negative or too large for sums.

    Examples
    --------
    >>> which, values = check_change(Topology(2, [0], [1], None), 0, 2, np.dtype(np.float64))
    >>> which.tolist(), values.tolist()
    ([0], [2.0])
    """
    which = as_index(arcs, graph.n_arcs, "arc")
    values = np.atleast_1d(np.asarray(cost, dtype=np.float64))
    if values.shape != which.shape:
        raise InvalidValueError(f"cost has shape {values.shape}", expected=f"{which.shape}")
    bad = which[~(values >= 0.0)]
    if bad.size:
        raise InvalidValueError(
            f"cost is NaN or negative in {bad.size} of {which.size} arcs (arc {list_ids(bad.tolist())})",
            ids=bad.tolist(),
            expected="a number >= 0; inf closes an arc",
        )
    refuse_overflow(values, which, graph.n_vertices, dtype)
    return which, values


def change_pairs(
    graph: Topology, cost: FloatArray, before: dict[int, Change], which: IntArray, values: FloatArray
) -> tuple[dict[int, Change], set[int]]:
    """Changes by pair after some more, and the pairs that these concern.

    Parameters
    ----------
    graph : Topology
        Arcs and pairs.
    cost : (n_arcs,) float
        Of the sorted arcs, before any of the changes.
    before : dict
        Changes so far, by pair.
    which, values : (k,)
        Arcs in the caller's numbering and their new costs; the last one counts.

    Examples
    --------
    >>> graph = Topology(2, [0, 0], [1, 1], None)
    >>> change_pairs(graph, np.array([1.0, 3.0]), {}, np.array([0]), np.array([5.0]))
    ({0: Change(least=3.0, winner=1, costs={0: 5.0})}, {0})
    """
    costs: dict[int, dict[int, float]] = {}
    for arc, value in zip(graph.position[which].tolist(), values.tolist(), strict=True):
        pair = int(np.searchsorted(graph.pairs.first, arc, side="right")) - 1
        if pair not in costs:
            costs[pair] = dict(before[pair].costs) if pair in before else {}
        costs[pair][arc] = value
    fresh = {pair: _cheapest(graph, cost, pair, changed) for pair, changed in costs.items()}
    return {**before, **fresh}, set(fresh)


def _cheapest(graph: Topology, cost: FloatArray, pair: int, costs: dict[int, float]) -> Change:
    first = graph.pairs.first
    start = int(first[pair])
    end = int(first[pair + 1]) if pair + 1 < first.size else graph.n_arcs
    values = cost[start:end].copy()
    for arc, value in costs.items():
        values[arc - start] = value
    at = int(values.argmin())
    return Change(float(values[at]), start + at if np.isfinite(values[at]) else -1, costs)


def costs_of_cell(
    graph: Topology, least: FloatArray, changes: dict[int, Change], cell: int, dtype: np.dtype[Any]
) -> tuple[IntArray, Front]:
    """Positions of a cell's own pairs in its flattened front, and their costs after the changes.

    Examples
    --------
    >>> graph = Topology(2, [0], [1], None)
    >>> at, cost = costs_of_cell(graph, np.array([1.0]), {0: Change(4.0, 0, {0: 4.0})}, 0, np.dtype(float))
    >>> at.tolist(), cost.tolist()
    ([1], [4.0])
    """
    order, start = graph.by_cell
    members = order[start[cell] : start[cell + 1]]
    at = (graph.entry[members] - graph.cells.base[cell]) // graph.cells.step[cell]
    pairs = graph.real[members]
    cost = least[pairs].astype(dtype)
    for i, pair in enumerate(pairs.tolist()):
        if pair in changes:
            cost[i] = changes[pair].least
    return at, cost
