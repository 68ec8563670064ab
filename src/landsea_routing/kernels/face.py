"""All optimal prices of a flow problem, relative to the ones given: what a linear program over them needs.

See `landsea_routing.kernels.marginal` for the conditions that such prices meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, vstack

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.kernels.columns import (
    Found,
    Pool,
    Setup,
    add_columns,
    find_paths,
    is_new,
    keep_paths,
    make_pool,
    prepare,
    priced_cost,
)
from landsea_routing.kernels.flowproblem import FlowProblem, FlowSolution, excess_price
from landsea_routing.kernels.linear import LinearProgram, make_program
from landsea_routing.kernels.master import power_of_two

FULL = 1e-9
"""A group is full if less than this share of its limit is left."""
FLOW_DUST = 1e-10
"""Flows below this share of their OD's amount are rounding; their paths count as not in use."""
PRICE_TOLERANCE = 1e-11
"""A path is too cheap if it is cheaper than its OD's price by more than this share."""
CANCELLED = 1e-12
"""Differences of loads below this share of them are rounding."""


class Terms(NamedTuple):
    """What path prices are made of.

    Attributes
    ----------
    cost : (n_commodities, n_arcs) float
        Costs.
    dual : (n_groups,) float
        Prices of all groups.
    od_price : (n_ods,) float
        Prices of ODs.
    floor : (n_ods,) float
        Cheapest path by cost alone, or less.
    """

    cost: FloatArray
    dual: FloatArray
    od_price: FloatArray
    floor: FloatArray


@dataclass(frozen=True, eq=False)
class Face:
    """All optimal prices, relative to the ones given; group arrays run over the full groups.

    Attributes
    ----------
    groups : (n,) int
        Full groups.
    given : Terms
        Under the prices given.
    ceiling : (n,) float
        Price at which each limit gives way.
    over : (n,) bool
        Groups used above their limit, whose price is the ceiling.
    unit : (n,) float
        Price that counts as 1 in the programs.
    money : float
        Path cost that counts as 1 in the programs.
    ods : (k,) int
        ODs that want something.
    slope : csr_array
        n_ods x n: by how much the price of an OD rises with the price of a group.
    equal : csr_array
        What the paths in use require: ``equal @ change == 0``; scaled.
    """

    setup: Setup
    groups: IntArray
    given: Terms
    ceiling: FloatArray
    over: BoolArray
    unit: FloatArray
    money: float
    ods: IntArray
    slope: csr_array
    equal: csr_array


@dataclass
class Known:
    """What the searches have found so far.

    Attributes
    ----------
    pool : Pool
        Paths.
    rows : csr_array, room : (n_rows,) float
        What the unserved prices and the paths not in use require: ``rows @ change <= room``; scaled.
    program : LinearProgram
        The changes that heed all this.
    low, high : (n,) float
        Least and largest change of each price among prices proved optimal.
    """

    pool: Pool
    rows: csr_array
    room: FloatArray
    program: LinearProgram
    low: FloatArray
    high: FloatArray


def make_face(problem: FlowProblem, solution: FlowSolution) -> tuple[Face, Known]:
    """Set up the optimal prices around the ones given, from the paths in use and the cheapest ones."""
    setup = prepare(problem, None)
    dual = np.maximum(np.asarray(solution.group_dual, dtype=np.float64), 0.0)
    found = Found(solution.path_od, solution.path_indptr, solution.path_arc, solution.path_flow)
    used = keep_paths(found, found.cost > FLOW_DUST * problem.od_amount[found.od])
    pool, flow = make_pool(setup, used), used.cost
    load = np.asarray(pool.load.T @ flow)
    full = np.isfinite(problem.group_limit) & (load >= problem.group_limit * (1.0 - FULL))
    groups = np.flatnonzero(full | (dual > 0.0))

    n_ods, wanted = problem.od_amount.size, np.flatnonzero(problem.od_amount > 0.0)
    price = np.full(n_ods, np.inf) if problem.unserved_price is None else problem.unserved_price
    main = np.full(n_ods, -1, np.int64)  # the path that sets the price: the one of most flow
    order = np.argsort(flow, kind="stable")
    main[pool.od[order]] = order
    main[solution.unserved > FLOW_DUST * problem.od_amount] = -1
    by_path = np.flatnonzero(main >= 0)
    od_price = np.where(np.isfinite(price), price, 0.0)
    od_price[by_path] = (pool.cost + np.asarray(pool.load @ dual))[main[by_path]]
    pick = csr_array((np.ones(by_path.size), (by_path, main[by_path])), shape=(n_ods, flow.size))
    slope = csr_array(csr_array(pick @ pool.load)[:, groups])
    cheapest = find_paths(setup, problem.commodity_cost, wanted)
    floor = np.full(n_ods, np.inf)
    floor[cheapest.od] = cheapest.cost

    positive = od_price[wanted][od_price[wanted] > 0.0]
    money = float(power_of_two(np.median(positive) if positive.size else 1.0))
    most = np.zeros(groups.size)
    np.maximum.at(most, *_entries(csr_array(setup.per_flow[:, groups])))
    unit = money / power_of_two(most)
    equal = _scaled(_difference(slope[pool.od], pool.load[:, groups]), unit / money)
    equal = equal[np.diff(equal.indptr) > 0]
    given = Terms(problem.commodity_cost, dual, od_price, floor)
    ceiling = excess_price(problem)[groups]
    over = np.isfinite(ceiling) & (load[groups] > problem.group_limit[groups] * (1.0 + FULL))
    face = Face(setup, groups, given, ceiling, over, unit, money, wanted, slope, equal)
    capped = by_path[np.isfinite(price[by_path]) & (np.diff(slope.indptr)[by_path] > 0)]
    room = np.maximum(price[capped] - od_price[capped], 0.0) / money
    nothing = np.zeros(groups.size)
    least = np.where(over, 0.0, -dual[groups] / unit)
    most = np.where(over, 0.0, np.maximum((ceiling - dual[groups]) / unit, 0.0))
    program = price_program(equal, nothing, least, most)
    rows = _scaled(slope[capped], unit / money)
    program.add_rows(rows, np.full(room.size, -np.inf), room)
    known = Known(pool, rows, room, program, nothing, nothing)
    _add(face, known, keep_paths(cheapest, is_new(setup, pool, cheapest)))
    return face, known


def _entries(matrix: csr_array) -> tuple[IntArray, FloatArray]:
    """Columns and values of what is not 0."""
    return np.asarray(matrix.indices, dtype=np.int64), np.asarray(matrix.data, dtype=np.float64)


def _scaled(matrix: csr_array, by: FloatArray) -> csr_array:
    """Multiply the columns."""
    return csr_array((matrix.data * by[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape)


def _difference(first: csr_array, second: csr_array) -> csr_array:
    """Subtract loads, without what rounding leaves of equal ones."""
    rest = csr_array(first - second).tocoo()
    whole = np.asarray(csr_array(first + second)[rest.row, rest.col]).ravel()
    keep = np.abs(rest.data) > CANCELLED * whole
    return csr_array((rest.data[keep], (rest.row[keep], rest.col[keep])), shape=rest.shape)


def _add(face: Face, known: Known, found: Found) -> None:
    """Let paths not in use enter the programs: none may be cheaper than its OD's price."""
    new = make_pool(face.setup, found)
    known.pool = add_columns(known.pool, new)
    rows = _difference(face.slope[new.od], new.load[:, face.groups])
    room = new.cost + np.asarray(new.load @ face.given.dual) - face.given.od_price[new.od]
    matters = np.diff(rows.indptr) > 0
    rows = _scaled(rows[matters], face.unit / face.money)
    room = np.maximum(room[matters], 0.0) / face.money
    known.program.add_rows(rows, np.full(room.size, -np.inf), room)
    known.rows = csr_array(vstack([known.rows, rows], format="csr"))
    known.room = np.concatenate([known.room, room])


def _loading(setup: Setup, groups: IntArray) -> IntArray:
    """Commodities that may load one of the groups."""
    flows = np.flatnonzero(np.diff(csr_array(setup.per_flow[:, groups]).indptr))
    return np.asarray(np.unique(flows // setup.problem.tail.size), dtype=np.int64)


def price_program(equal: csr_array, aim: FloatArray, least: FloatArray, most: FloatArray) -> LinearProgram:
    """Least aim @ change with equal @ change == 0 and bounds on each change; rows may follow."""
    program, none = make_program(), np.zeros(equal.shape[0])
    program.add_rows(csr_array((none.size, 0)), none, none)
    program.add_columns(aim, csr_array(equal.T), least, most)
    return program


def too_cheap(face: Face, known: Known, terms: Terms, change: FloatArray) -> bool:
    """Add the paths that are cheaper than their OD's price after a change of group prices, if any."""
    dual = terms.dual.copy()
    dual[face.groups] = np.maximum(dual[face.groups] + change, 0.0)
    worth = terms.od_price + np.asarray(face.slope @ change)
    # Group prices only raise path costs: an OD priced at its cheapest path cannot find a better one.
    hopeful = worth > terms.floor * (1.0 + PRICE_TOLERANCE)
    # Nor can one whose own price does not rise while no group that its commodity may load gets cheaper.
    eased = np.isin(face.setup.problem.od_commodity, _loading(face.setup, face.groups[change < 0.0]))
    hopeful &= (worth > terms.od_price) | eased
    hopeful = face.ods[hopeful[face.ods]]
    found = find_paths(face.setup, priced_cost(face.setup, terms.cost, dual), hopeful, worth)
    found = keep_paths(found, found.cost < worth[found.od] * (1.0 - PRICE_TOLERANCE))
    found = keep_paths(found, is_new(face.setup, known.pool, found))
    _add(face, known, found)
    return bool(found.od.size)
