"""The pool of paths that column generation has found so far, and the search for more.

A column is one path of one OD: its cost, its tie weight and what one unit of flow on it loads on each group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, vstack

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.kernels.csr import PairIndex, check_cost, pair_index
from landsea_routing.kernels.flowproblem import FlowProblem, group_matrix
from landsea_routing.kernels.paths import paths_between

TIE_SHARE = 1e-12
"""Share of the cost by which tie weights steer the path search: above rounding, below every tolerance."""
ID_SHARE = 1e-5
"""Share of the tie weight given to arc ids, the last resort between equal paths."""


@dataclass(frozen=True, eq=False)
class Setup:
    """What stays the same over all rounds.

    Attributes
    ----------
    problem : FlowProblem
        Checked.
    pairs : PairIndex
        Topology.
    per_flow : csr_array
        ``(n_commodities * n_arcs) x n_groups``: coefficients of the groups that have a limit.
    tie : (n_arcs,) float
        Secondary weight of each arc.
    tie_cost : (n_arcs,) float
        The same, as a minute cost for the path search.
    mark : (n_arcs,) uint64
        Random marks; their sum tells paths apart.
    """

    problem: FlowProblem
    pairs: PairIndex
    per_flow: csr_array
    tie: FloatArray
    tie_cost: FloatArray
    mark: NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Pool:
    """Columns; the arrays run over columns, and path ``j`` is ``arcs[indptr[j]:indptr[j + 1]]``."""

    od: IntArray
    indptr: IntArray
    arcs: IntArray
    cost: FloatArray
    tie: FloatArray
    load: csr_array
    mark: NDArray[np.uint64]


class Found(NamedTuple):
    """Paths from one search; ODs without a path are left out."""

    od: IntArray
    indptr: IntArray
    arcs: IntArray
    cost: FloatArray


def prepare(problem: FlowProblem, tie_weight: ArrayLike | None) -> Setup:
    """Index a checked problem for column generation.

    Examples
    --------
    >>> from landsea_routing.kernels.flowproblem import validate_problem
    >>> problem = validate_problem(FlowProblem(2, [0], [1], [[3.0]], None, [0], [1], [0], [5.0], None,
    ...     [0, 1], [0], [0], [2.0], [9.0]))
    >>> prepare(problem, None).per_flow.toarray().tolist()
    [[2.0]]
    """
    n_arcs = problem.tail.size
    weight = np.ones(n_arcs) if tie_weight is None else check_cost(tie_weight, n_arcs, "tie_weight")
    weight = np.where(np.isfinite(weight), weight, 0.0)
    typical = float(weight.mean()) if weight.any() else 1.0
    # Square roots: sums of distinct sets of ids rarely meet, and lower ids stay preferred.
    tie = weight + ID_SHARE * typical * np.sqrt(np.arange(1, n_arcs + 1) / max(n_arcs, 1))
    # Arcs dearer than leaving goods behind are on no path that is used, and tell nothing of the scale.
    price = problem.unserved_price
    most = np.finfo(np.float64).max if price is None else float(price.max(initial=0.0))
    payable = problem.commodity_cost[(problem.commodity_cost > 0.0) & (problem.commodity_cost <= most)]
    cost_scale = float(np.median(payable)) if payable.size else 1.0
    tie_cost = tie * (TIE_SHARE * cost_scale / typical)
    matrix = group_matrix(problem)
    limited = np.repeat(np.isfinite(problem.group_limit), np.diff(matrix.indptr))
    matrix.data = np.where(limited, matrix.data, 0.0)
    matrix.eliminate_zeros()
    mark = np.random.default_rng(0).integers(0, 2**63, n_arcs).astype(np.uint64)
    pairs = pair_index(problem.n_vertices, problem.tail, problem.head)
    return Setup(problem, pairs, csr_array(matrix.T.tocsr()), tie, tie_cost, mark)


def priced_cost(setup: Setup, cost: FloatArray, group_dual: FloatArray) -> FloatArray:
    """Costs plus what the group prices add, (n_commodities, n_arcs)."""
    extra: FloatArray = np.asarray(setup.per_flow @ group_dual, dtype=np.float64)
    return cost + extra.reshape(cost.shape)


def find_paths(setup: Setup, cost: FloatArray, ods: IntArray, limit: FloatArray | None = None) -> Found:
    """Cheapest path of each given OD under (n_commodities, n_arcs) costs.

    Among paths of equal cost the search leans to the least tie weight. With a limit per OD, a search stops
    at the largest limit of its commodity.
    """
    problem = setup.problem
    parts: list[Found] = []
    for commodity in np.unique(problem.od_commodity[ods]):
        mine = ods[problem.od_commodity[ods] == commodity]
        weight = cost[commodity]
        reach = np.inf
        if limit is not None:
            reach = float(np.max(limit[mine])) * (1.0 + 1e-9) + float(setup.tie_cost.sum())
        begin, end = problem.od_origin[mine], problem.od_destination[mine]
        batch = paths_between(setup.pairs, weight + setup.tie_cost, begin, end, limit=reach)
        length = np.diff(batch.indptr)
        reached = np.flatnonzero(length)
        indptr = np.concatenate(([0], np.cumsum(length[reached])))
        total = np.zeros(0)
        if reached.size:
            total = np.add.reduceat(weight[batch.arcs], indptr[:-1])
        parts.append(Found(mine[reached], indptr, batch.arcs, total))
    return join_found(parts)


def join_found(parts: list[Found]) -> Found:
    """Several searches' paths as one's."""
    none = np.zeros(0, np.int64)
    length = np.concatenate([none, *(np.diff(part.indptr) for part in parts)])
    return Found(
        np.concatenate([none, *(part.od for part in parts)]),
        np.concatenate(([0], np.cumsum(length))),
        np.concatenate([none, *(part.arcs for part in parts)]),
        np.concatenate([np.zeros(0), *(part.cost for part in parts)]),
    )


def keep_paths(found: Found, keep: BoolArray) -> Found:
    """Those paths of a search that are marked."""
    length = np.diff(found.indptr)
    indptr = np.concatenate(([0], np.cumsum(length[keep])))
    return Found(found.od[keep], indptr, found.arcs[np.repeat(keep, length)], found.cost[keep])


def make_pool(setup: Setup, found: Found) -> Pool:
    """Turn found paths into columns at their true cost, whatever prices they were found under."""
    problem = setup.problem
    n_arcs = problem.tail.size
    owner = np.repeat(np.arange(found.od.size), np.diff(found.indptr))
    commodity = problem.od_commodity[found.od[owner]]
    flat = commodity * np.int64(n_arcs) + found.arcs
    use = csr_array((np.ones(flat.size), flat, found.indptr), shape=(found.od.size, setup.per_flow.shape[0]))

    def along(weights: FloatArray) -> FloatArray:
        return np.bincount(owner, weights=weights, minlength=found.od.size).astype(np.float64)

    mark = np.zeros(found.od.size, np.uint64)
    np.add.at(mark, owner, setup.mark[found.arcs])  # wraps around, as a hash may
    cost = along(problem.commodity_cost[commodity, found.arcs])
    tie = along(setup.tie[found.arcs])
    return Pool(found.od, found.indptr, found.arcs, cost, tie, csr_array(use @ setup.per_flow), mark)


def add_columns(pool: Pool, new: Pool) -> Pool:
    """Join two pools."""
    return Pool(
        np.concatenate([pool.od, new.od]),
        np.concatenate([pool.indptr, new.indptr[1:] + pool.indptr[-1]]),
        np.concatenate([pool.arcs, new.arcs]),
        np.concatenate([pool.cost, new.cost]),
        np.concatenate([pool.tie, new.tie]),
        csr_array(vstack([pool.load, new.load], format="csr")),
        np.concatenate([pool.mark, new.mark]),
    )


def take_columns(pool: Pool, keep: BoolArray) -> Pool:
    """Those columns that are marked."""
    od, indptr, arcs, cost = keep_paths(Found(pool.od, pool.indptr, pool.arcs, pool.cost), keep)
    return Pool(od, indptr, arcs, cost, pool.tie[keep], csr_array(pool.load[keep]), pool.mark[keep])


def worth_their_price(pool: Pool, price: FloatArray) -> Pool:
    """The columns that cost no more than leaving goods behind; far dearer ones would spoil the programs."""
    worth = pool.cost <= price[pool.od]
    return pool if worth.all() else take_columns(pool, worth)


def is_new(setup: Setup, pool: Pool, found: Found) -> BoolArray:
    """Which found paths are not yet columns of their OD; the first of equal ones."""
    candidate = make_pool(setup, found)
    prime = np.uint64(0x9E3779B97F4A7C15)
    old, new = (part.mark + part.od.astype(np.uint64) * prime for part in (pool, candidate))
    first = np.zeros(new.size, dtype=bool)
    first[np.unique(new, return_index=True)[1]] = True
    return np.asarray(first & ~np.isin(new, old))
