"""Arcs closed in a solved problem: the same as solving without them from nothing."""

from __future__ import annotations

import numpy as np
import pytest

from landsea_routing._status import Status
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels.certificate import certify
from landsea_routing.kernels.closing import begin_closing, close_arcs
from landsea_routing.kernels.flowproblem import FlowProblem
from landsea_routing.kernels.multiflow import multicommodity_flow


def drawn(seed: int, price: float | None = 60.0) -> FlowProblem:
    """A random problem of two commodities with shared and own limits."""
    rng = np.random.default_rng(seed)
    n, m, k = 12, 50, 12
    ends = rng.integers(0, n, (2, m))
    ends = ends[:, ends[0] != ends[1]]
    ends = ends[:, np.lexsort((ends[1], ends[0]))]
    m = ends.shape[1]
    cost = rng.integers(1, 20, (2, m)).astype(float)
    cost[rng.random((2, m)) < 0.1] = np.inf
    od = np.stack([rng.permutation(n)[:2] for _ in range(k)]).T
    groups = rng.permutation(m)[:14]
    arc = np.repeat(groups, 2)
    return FlowProblem(
        n, ends[0], ends[1], cost, None, od[0], od[1], rng.integers(0, 2, k),
        rng.integers(1, 9, k).astype(float), None if price is None else np.full(k, price),
        np.arange(0, arc.size + 1, 2), arc, np.tile([0, 1], groups.size), np.ones(arc.size),
        rng.integers(1, 12, groups.size).astype(float),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_closing_is_solving_without(seed):
    problem = drawn(seed)
    base = multicommodity_flow(problem)
    solved = begin_closing(problem, base)
    rng = np.random.default_rng(seed)
    closures = [np.array([a]) for a in range(0, problem.tail.size, 3)]
    closures += [rng.permutation(problem.tail.size)[:5] for _ in range(5)]
    for arcs in closures:
        cost = problem.commodity_cost.copy()
        cost[:, arcs] = np.inf
        whole = problem._replace(commodity_cost=cost)
        found = close_arcs(solved, arcs)
        assert found.objective == pytest.approx(multicommodity_flow(whole).objective, rel=1e-9)
        assert found.objective - found.bound <= 1e-9 * found.objective
        assert certify(whole, found).passed
        if not np.isin(base.path_arc, arcs).any():
            assert found is base


@pytest.mark.parametrize("seed", range(4))
def test_where_all_must_be_served(seed):
    problem = drawn(seed, price=None)._replace(group_limit=np.full(14, 1e3))
    base = multicommodity_flow(problem)
    if base.status is Status.INFEASIBLE:
        pytest.skip("not even with all arcs")
    solved = begin_closing(problem, base)
    for arc in range(0, problem.tail.size, 5):
        cost = problem.commodity_cost.copy()
        cost[:, arc] = np.inf
        other = multicommodity_flow(problem._replace(commodity_cost=cost))
        found = close_arcs(solved, [arc])
        assert found.objective == pytest.approx(other.objective, rel=1e-9)


@pytest.mark.parametrize("absurd", [1e9, 1e15])
@pytest.mark.parametrize("seed", range(6))
def test_ways_far_dearer_than_staying_behind(seed, absurd):
    """Nobody takes them, so they are as good as closed; the answer is as sharp as without them."""
    problem = drawn(seed)
    rng = np.random.default_rng(seed)
    cost = problem.commodity_cost.copy()
    cost[:, rng.permutation(problem.tail.size)[:20]] = absurd
    problem = problem._replace(commodity_cost=cost)
    solved = begin_closing(problem, multicommodity_flow(problem))
    for arc in range(0, problem.tail.size, 2):
        whole = cost.copy()
        whole[:, arc] = np.inf
        found = close_arcs(solved, [arc])
        assert found.status is Status.NOT_VERIFIED
        assert certify(problem._replace(commodity_cost=whole), found).passed
        sane = problem._replace(commodity_cost=np.where(whole >= absurd, np.inf, whole))
        assert found.objective == pytest.approx(multicommodity_flow(sane).objective, rel=1e-9)


def test_arcs_that_are_not_there():
    problem = drawn(0)
    with pytest.raises(InvalidValueError):
        close_arcs(begin_closing(problem, multicommodity_flow(problem)), [problem.tail.size])
