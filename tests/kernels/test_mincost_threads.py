"""What other solvers hung on or got wrong: by the number of the networkx thread, or of a known trap."""

from __future__ import annotations

import numpy as np
import pytest

from landsea_routing._status import Status
from landsea_routing.kernels.maxflow import max_flow
from landsea_routing.kernels.mincost import min_cost_flow

INF = float("inf")
ENGINES = ("phases", "simplex")


@pytest.fixture(params=ENGINES, autouse=True)
def engine(request, monkeypatch):
    from landsea_routing.kernels.mincost import solve

    monkeypatch.setenv("LANDSEA_FAST", "0")
    monkeypatch.setattr(solve, "SIMPLEX_BELOW", 0 if request.param == "phases" else 10**9)


def solve_named(edges, supply):
    """Solve a list of (tail, head, capacity, cost) between named vertices."""
    names = sorted({end for edge in edges for end in edge[:2]} | set(supply))
    place = {name: i for i, name in enumerate(names)}
    tail, head, capacity, cost = zip(*edges, strict=True)
    offered = [supply.get(name, 0.0) for name in names]
    ends = [place[u] for u in tail], [place[v] for v in head]
    return min_cost_flow(*ends, capacity, cost, offered)


def test_609_decimal_and_endless_costs():
    edges = [(1, 2, 3.0, 0.6), (2, 1, 2.0, 0), (2, 3, 5.0, 0.7142857142857143), (3, 2, 2.0, 0)]
    found = solve_named(edges, {2: 4.0, 3: -4.0})
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(4 * 0.7142857142857143, rel=1e-15)


def test_749_negative_cycle_with_limits():
    assert solve_named([("a", "b", 1, -1), ("b", "a", 1, -1)], {}).objective == -2.0


def test_1858_float_costs_both_ways():
    both = [(u, v, INF, 0.9) for u, v in ("ij", "ji", "jk", "kj")]
    found = solve_named(both, {"i": -1, "j": -1, "k": 2})
    assert found.objective == pytest.approx(2.7, rel=1e-15)


def test_2076_cheapest_of_the_largest_flows():
    """Largest flow first, then the cheapest of its value, at costs with two digits."""
    edges = [
        *((a, f"{a[0]}out", 1, 0.0) for a in ("1in", "2in", "3in", "4in")),
        *(("source", a, 1, 0.0) for a in ("1in", "2in", "3in", "4in")),
        *(("2out", a, 1, c) for a, c in (("4in", -9.48), ("end", -10.9), ("3in", -10.31))),
        *(("1out", a, 1, c) for a, c in (("2in", -10.31), ("4in", -10.31), ("end", -10.9), ("3in", -9.48))),
        *(("3out", a, 1, c) for a, c in (("4in", -10.31), ("end", -10.9))),
        ("4out", "end", 1, -10.9),
    ]
    for width, best in ((1, None), (2, None), (3, None), (4, -43.6)):
        found = solve_named([*edges, ("end", "sink", width, 0.0)], {"source": width, "sink": -width})
        cents = [(u, v, w, round(100 * c)) for u, v, w, c in edges]
        whole = solve_named([*cents, ("end", "sink", width, 0)], {"source": width, "sink": -width})
        assert found.status is Status.OPTIMAL
        assert found.objective == pytest.approx(whole.objective / 100, rel=1e-14)
        assert best is None or found.objective == pytest.approx(best, rel=1e-14)


def test_3480_float_costs_on_an_assignment():
    """Where many trees are equally good but for rounding, and pivots went in circles."""
    rng = np.random.default_rng(3480)
    n = 40
    a, b = np.divmod(np.arange(n * n), n)
    place = rng.random((2 * n, 2))
    cost = np.hypot(*(place[a] - place[n + b]).T)
    supply = np.r_[np.ones(n), -np.ones(n)]
    found = min_cost_flow(a, n + b, np.ones(n * n), cost, supply)
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(cost.reshape(n, n))
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(cost.reshape(n, n)[rows, columns].sum(), rel=1e-13)


def test_4641_float_capacities_and_a_negative_cycle():
    width = {
        ("T1", "T2"): 0.8818872633908762,
        ("T3", "T4"): 0.1687976577642258,
        ("T5", "T3"): 1.033634774231754,
        ("T6", "T7"): 1.1883270406785664,
        ("T4", "T8"): 3.5719973907827627,
        ("T4", "T9"): 1.0,
        ("T4", "T10"): 0.9880445182987674,
        ("T4", "T5"): 0.8785895580969909,
        ("T4", "T6"): 0.25,
        ("T4", "T11"): 0.6924783869938211,
    }
    found = solve_named([(u, v, w, -1) for (u, v), w in width.items()], {})
    # The only cycle is T3 T4 T5: as much as its narrowest arc takes.
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(-3 * 0.1687976577642258, rel=1e-15)


def test_7562_a_huge_limit_is_not_without_limit():
    for width in (100, 10**6, 10**12):
        found = solve_named(
            [("s", "a", INF, 1), ("a", "t", width, -3), ("t", "b", INF, 1)], {"s": 50, "b": -50}
        )
        assert (found.status, found.objective) == (Status.OPTIMAL, -50.0)
    cycle = [("a", "b", INF, -2), ("b", "a", 10**9, 1)]
    assert solve_named(cycle, {}).objective == -1e9


def test_3797_and_7168_least_flows_of_arcs_are_kept():
    """Five units from 0 to 2: straight on for 1, by way of 1 for 2.5, where at least 2 must go."""
    ends = [0, 0, 1], [2, 1, 2]
    found = min_cost_flow(*ends, [9, 9, 9], [1.0, 1.25, 1.25], [5, 0, -5], lower=[0, 2, 0])
    assert found.flow.tolist() == [3.0, 2.0, 2.0]
    assert (found.status, found.objective) == (Status.OPTIMAL, 3.0 + 5.0)
    too_much = min_cost_flow(*ends, [9, 9, 9], [1.0, 1.25, 1.25], [5, 0, -5], lower=[0, 6, 0])
    assert too_much.status is Status.INFEASIBLE
    assert too_much.cut.short == 1.0


def test_3721_float_costs_leave_flows_whole_and_positive():
    found = solve_named(
        [("s", "a", 3, 0.1), ("s", "b", 5, 0.2), ("a", "t", 4, 0.3), ("b", "t", 4, 0.1)], {"s": 7, "t": -7}
    )
    assert found.flow.tolist() == [3.0, 4.0, 3.0, 4.0]
    assert found.objective == pytest.approx(2.4, rel=1e-15)


def test_costs_near_2_to_the_30_do_not_wrap():
    """Trap of int32 and int64 sums: scipy's pull request 14540, OR-Tools beyond int64."""
    for cost in (2**29, 2**30, 2**45):
        assert min_cost_flow([0, 1], [1, 2], [2, 2], [cost, cost], [2, 0, -2]).objective == 4.0 * cost
    found = min_cost_flow([0, 1], [1, 2], [2**45] * 2, [2**45] * 2, [2**45, 0, -(2**45)])
    assert (found.status, found.objective) == (Status.OPTIMAL, 2.0**91)


def test_t4_and_t5_zero_costs_and_parallel_arcs_are_kept():
    found = min_cost_flow([0, 0, 0], [1, 1, 1], [1, 1, 1], [0, 3, 0], [3, -3])
    assert (found.objective, found.flow.tolist()) == (3.0, [1.0, 1.0, 1.0])


def test_t8_capacity_beyond_int32():
    assert max_flow(2, [0], [1], [2**40], 0, 1).value == 2.0**40


def test_t10_a_shortage_below_others_tolerance_is_seen():
    found = min_cost_flow([0], [1], [1 - 9e-8], [1], [1, -1])
    assert found.status is Status.INFEASIBLE
    assert found.cut.short == pytest.approx(9e-8, rel=1e-6)


def test_t14_decimal_costs_on_four_vertices():
    tail, head = [0, 0, 1, 2, 1], [1, 2, 3, 3, 2]
    found = min_cost_flow(tail, head, [5] * 5, [0.1, 0.2, 0.2, 0.1, 0.1], [7, 0, 0, -7])
    assert found.objective == pytest.approx(2.1, rel=1e-15)


def test_t21_fractions_are_not_cut_off():
    assert min_cost_flow([0], [1], [4.7], [0.9], [4.7, -4.7]).objective == pytest.approx(4.23, rel=1e-15)


def test_1846_supplies_that_do_not_quite_add_up():
    both = [
        (*pair, INF, cost)
        for cost, *ends in ((1, "i", "j"), (11, "j", "k"), (21, "k", "l"))
        for pair in (ends, ends[::-1])
    ]
    found = solve_named(both, {"i": 1, "j": -1 / 3, "k": -1 / 3, "l": -1 / 3})
    assert found.status is Status.OPTIMAL
    assert found.objective == pytest.approx(1 + 22 / 3 + 7, rel=1e-14)
