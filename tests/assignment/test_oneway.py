"""One commodity between two ends, by both ways: network kernels and multicommodity solver."""

from __future__ import annotations

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.assignment import oneway
from landsea_routing.errors import InfeasibleError
from landsea_routing.kernels.csr import sort_arcs
from landsea_routing.kernels.flowproblem import FlowProblem

NET = lsr.load_network("toy_three_ports")


def random_ends(seed):
    """A random multigraph with one OD and limits on single arcs, some twice, some none, some 0."""
    rng = np.random.default_rng(seed)
    n, m = 8, 24
    tail = rng.integers(n, size=m)
    head = (tail + rng.integers(1, n, size=m)) % n
    order = sort_arcs(tail, head)
    arcs = np.concatenate([rng.permutation(m)[:18], rng.permutation(m)[:4]])
    limit = np.where(rng.random(22) < 0.1, 0.0, rng.integers(1, 30, 22) / 4.0)
    cost = np.where(rng.random((1, m)) < 0.1, np.inf, rng.integers(0, 90, (1, m)) / 10.0)
    return FlowProblem(
        n, tail[order], head[order], cost, None, np.array([0]), np.array([n - 1]), np.zeros(1, np.int64),
        np.array([float(rng.integers(1, 20))]), np.array([25.0]) if seed % 2 else None, np.arange(23), arcs,
        np.zeros(22, np.int64), rng.choice([0.5, 1.0, 3.0], 22), limit,
    )  # fmt: skip


def both(monkeypatch, ask, *args):
    """Answer by the network kernels, then by paths; the first must have been open."""
    one = ask(*args)
    with monkeypatch.context() as patch:
        patch.setattr(oneway, "arc_limits", lambda _: None)
        return one, ask(*args)


@pytest.mark.parametrize("seed", range(60))
def test_cheapest_either_way(monkeypatch, seed):
    problem = random_ends(seed)
    assert oneway.arc_limits(problem) is not None
    one, other = both(monkeypatch, oneway.cheapest_flow, problem, np.ones(problem.tail.size))
    assert one.status is other.status
    assert one.objective == pytest.approx(other.objective, rel=1e-9)
    assert one.unserved == pytest.approx(other.unserved, abs=1e-7)
    if one.status is lsr.Status.INFEASIBLE:
        # The weights of a cut: what they let through is what of the amount is not short.
        assert one.group_dual @ problem.group_limit == pytest.approx(problem.od_amount[0] - one.unserved)
        return
    balance = np.bincount(problem.tail, one.flow, 8) - np.bincount(problem.head, one.flow, 8)
    np.testing.assert_allclose(balance[1:-1], 0.0, atol=1e-9)
    load = np.bincount(np.arange(22), problem.group_coefficient * one.flow[problem.group_arc])
    assert (load <= problem.group_limit + 1e-9).all()
    np.testing.assert_allclose(one.group_dual * (problem.group_limit - load), 0.0, atol=1e-7)


@pytest.mark.parametrize("seed", range(30))
def test_most_either_way(monkeypatch, seed):
    problem = random_ends(seed)
    cost = np.where(np.isfinite(problem.commodity_cost), 0.0, np.inf)
    least = float((problem.group_limit / problem.group_coefficient).sum())
    problem = problem._replace(commodity_cost=cost, od_amount=np.array([least]), unserved_price=np.ones(1))
    limited = np.zeros(problem.tail.size, dtype=bool)
    limited[problem.group_arc] = True
    free = problem._replace(commodity_cost=np.where(limited, np.inf, cost))
    if oneway.arc_limits(free).arcs.size:
        return  # a way without limit: there is no most
    one, other = both(monkeypatch, oneway.largest_flow, problem, np.ones(problem.tail.size))
    assert one.unserved == pytest.approx(other.unserved, rel=1e-9, abs=1e-9)
    assert one.group_dual @ problem.group_limit == pytest.approx(least - one.unserved, rel=1e-9, abs=1e-9)


def test_questions_either_way(monkeypatch):
    wants = {"boro": 3e6, "ada": -1.5e6}
    one, other = both(monkeypatch, lsr.solve_min_cost_flow, NET, "coal", wants)
    assert one.objective_usd == pytest.approx(other.objective_usd, rel=1e-12)
    assert one.sent_t == pytest.approx(other.sent_t)
    one, other = both(monkeypatch, lsr.max_throughput, NET, "boro", "ada", "coal")
    assert one.value_t == pytest.approx(other.value_t)
    assert one.through_t.tolist() == pytest.approx(other.through_t.tolist())


def test_the_cut_is_named(monkeypatch):
    def refusal():
        with pytest.raises(InfeasibleError, match="200,000 t/yr of what is wanted cannot") as caught:
            lsr.solve_min_cost_flow(NET, "coal", {"boro": 3e6, "ada": -2e6})
        return set(caught.value.ids)

    one, other = both(monkeypatch, refusal)
    assert one == other == {"yard_bek_transload", "bek-rail1520-rail1435-bogie_exchange"}
    with pytest.raises(InfeasibleError, match="no way leads there"):
        lsr.solve_min_cost_flow(NET, "coal", {"boro": 3e6, "aport": -2e6})


def test_a_group_of_several_arcs_goes_by_paths():
    problem = random_ends(0)
    joined = problem._replace(group_indptr=np.array([0, 22]), group_limit=np.ones(1))
    assert oneway.arc_limits(joined) is None
