"""Builders shared by the kernel tests; session-scoped so that hypothesis accepts them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.optimize import linprog

from landsea_routing.kernels.csr import sort_arcs
from landsea_routing.kernels.flowproblem import FlowProblem

INF = float("inf")


def build(n_vertices, arcs, ods, groups=(), price=None):
    """A problem from readable tuples.

    arcs: (tail, head, cost or one cost per commodity); ods: (origin, destination, commodity, amount);
    groups: (limit, [(arc, commodity, coefficient), ...]). Arcs must come sorted.
    """
    costs = [np.atleast_1d(np.asarray(cost, dtype=float)) for _, _, cost in arcs]
    entries = [entry for _, members in groups for entry in members]
    column = list(zip(*entries, strict=True)) if entries else [[], [], []]
    return FlowProblem(
        n_vertices,
        np.array([a[0] for a in arcs], dtype=np.int64),
        np.array([a[1] for a in arcs], dtype=np.int64),
        np.array(costs).T.reshape(-1, len(arcs)) if arcs else np.zeros((1, 0)),
        None,
        np.array([od[0] for od in ods], dtype=np.int64),
        np.array([od[1] for od in ods], dtype=np.int64),
        np.array([od[2] for od in ods], dtype=np.int64),
        np.array([od[3] for od in ods], dtype=float),
        None if price is None else np.broadcast_to(np.asarray(price, dtype=float), (len(ods),)).copy(),
        np.cumsum([0, *(len(members) for _, members in groups)]),
        np.array(column[0], dtype=np.int64),
        np.array(column[1], dtype=np.int64),
        np.array(column[2], dtype=float),
        np.array([limit for limit, _ in groups], dtype=float),
    )


def random_problem(seed, *, n_commodities=2, integer=False, price=True, soft=False):
    """A small random multigraph with closed and free arcs, and groups of several arcs with coefficients."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 9))
    m = int(rng.integers(n, 4 * n))
    tail = rng.integers(n, size=m)
    head = (tail + rng.integers(1, n, size=m)) % n
    order = sort_arcs(tail, head)
    cost = rng.integers(0, 20, (n_commodities, m)).astype(float)
    if not integer:
        cost += rng.random((n_commodities, m))
    cost[rng.random(cost.shape) < 0.1] = INF
    cost[rng.random(cost.shape) < 0.1] = 0.0
    k = int(rng.integers(1, 7))
    origin = rng.integers(n, size=k)
    destination = (origin + rng.integers(1, n, size=k)) % n
    groups = []
    for _ in range(int(rng.integers(0, m + 1))):
        arcs = rng.choice(m, size=int(rng.integers(1, 4)), replace=False)
        coefficient = rng.choice([0.5, 1.0, 2.0, 1 / 3], size=n_commodities)
        limit = float(rng.choice([0.0, 1.0, 3.0, 5.0, 10.0, INF]))
        groups.append((limit, [(a, c, coefficient[c]) for a in arcs for c in range(n_commodities)]))
    amount = rng.integers(0, 12, size=k).astype(float)
    ods = list(zip(origin, destination, rng.integers(n_commodities, size=k), amount, strict=True))
    arcs = [(t, h, c) for t, h, c in zip(tail[order], head[order], cost.T, strict=True)]
    prices = rng.integers(10, 200, size=k).astype(float) if price else None
    problem = build(n, arcs, ods, groups, prices)
    if soft:  # some limits give way at a price
        excess = rng.choice([0.5, 3.0, 20.0, INF], size=len(groups))
        problem = problem._replace(group_excess_price=excess)
    return problem


def arc_lp(problem):
    """The same problem as one linear program over arcs, one commodity per OD; (status, objective)."""
    result = _run_arc_lp(problem)
    return result.status, result.fun


def arc_lp_duals(problem):
    """Prices of the groups with a limit in that program."""
    return np.maximum(-_run_arc_lp(problem).ineqlin.marginals, 0.0)


def _run_arc_lp(problem):
    k, m, n = problem.od_amount.size, problem.tail.size, problem.n_vertices
    served = problem.unserved_price is None
    cost = problem.commodity_cost[problem.od_commodity]
    closed = ~np.isfinite(cost)
    incidence = np.zeros((n, m))
    np.add.at(incidence, (problem.tail, np.arange(m)), 1.0)
    np.add.at(incidence, (problem.head, np.arange(m)), -1.0)
    balance = np.kron(np.eye(k), incidence)
    supply = np.zeros((k, n))
    slack = np.zeros((k, n, k))
    for i in range(k):
        supply[i, problem.od_origin[i]], supply[i, problem.od_destination[i]] = 1.0, -1.0
        slack[i, :, i] = supply[i]
    a_eq = np.hstack([balance, slack.reshape(k * n, k)])
    b_eq = (supply * problem.od_amount[:, None]).ravel()
    rows = []
    for g in range(problem.group_limit.size):
        row = np.zeros((k, m))
        for e in range(problem.group_indptr[g], problem.group_indptr[g + 1]):
            mine = problem.od_commodity == problem.group_commodity[e]
            row[mine, problem.group_arc[e]] += problem.group_coefficient[e]
        rows.append(np.concatenate([row.ravel(), np.zeros(k)]))
    keep = np.isfinite(problem.group_limit)
    a_ub = np.array(rows).reshape(-1, k * m + k)[keep]
    upper = np.concatenate([np.where(closed, 0.0, INF).ravel(), np.full(k, 0.0 if served else INF)])
    price = np.zeros(k) if served else problem.unserved_price
    excess = problem.group_excess_price
    if excess is None:
        excess = np.full(keep.size, INF)
    soft = np.isfinite(excess[keep])
    a_ub = np.hstack([a_ub, -np.diag(soft.astype(float))])
    a_eq = np.hstack([a_eq, np.zeros((a_eq.shape[0], soft.size))])
    upper = np.concatenate([upper, np.where(soft, INF, 0.0)])
    return linprog(
        np.concatenate([np.where(closed, 0.0, cost).ravel(), price, np.where(soft, excess[keep], 0.0)]),
        A_ub=a_ub if a_ub.size else None,
        b_ub=problem.group_limit[keep] if a_ub.size else None,
        A_eq=a_eq,
        b_eq=b_eq,
        bounds=np.column_stack([np.zeros(upper.size), upper]),
        method="highs-ds",
    )


@pytest.fixture(scope="session")
def cases() -> SimpleNamespace:
    functions: dict[str, Callable[..., object]] = {
        "build": build,
        "random_problem": random_problem,
        "arc_lp": arc_lp,
        "arc_lp_duals": arc_lp_duals,
    }
    return SimpleNamespace(**functions)
