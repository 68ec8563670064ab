from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from landsea_routing._status import Status
from landsea_routing.errors import InvalidValueError, LandseaError
from landsea_routing.kernels import rounds
from landsea_routing.kernels.certificate import certify
from landsea_routing.kernels.csr import sort_arcs
from landsea_routing.kernels.flowproblem import known_paths
from landsea_routing.kernels.multiflow import multicommodity_flow

INF = float("inf")


def solve(problem, **options):
    """Solve and insist on the certificate."""
    answer = multicommodity_flow(problem, **options)
    verdict = certify(problem, answer)
    assert verdict.passed, verdict.messages
    return answer


def close(a, b):
    return abs(a - b) <= 1e-8 * max(1.0, abs(a), abs(b))


# By hand --------------------------------


def test_dear_detour_takes_the_rest(cases):
    # 10 units; the cheap arc (2) takes 4, the detour costs 1 + 4 = 5: 4 * 2 + 6 * 5 = 38.
    # A unit more saves 3.
    arcs = [(0, 1, 1.0), (0, 2, 2.0), (1, 2, 4.0)]
    answer = solve(cases.build(3, arcs, [(0, 2, 0, 10.0)], [(4.0, [(1, 0, 1.0)])]))
    assert answer.objective == 38.0
    assert answer.path_arc.tolist() == [1, 0, 2]
    assert answer.path_flow.tolist() == [4.0, 6.0]
    assert answer.group_dual.tolist() == [3.0]
    assert answer.od_dual.tolist() == [5.0]
    assert answer.status is Status.NOT_VERIFIED


def test_one_group_over_two_commodities_with_coefficients(cases):
    # Limit 12; commodity 0 takes 1 per unit and saves 9 by it, commodity 1 takes 3 and saves 15 (5 per unit
    # of limit). So 0 goes first (6 of 12), 1 gets (12 - 6) / 3 = 2 of its 4; the dual is 5.
    arcs = [(0, 1, [1.0, 5.0]), (0, 1, [10.0, 20.0])]
    ods = [(0, 1, 0, 6.0), (0, 1, 1, 4.0)]
    answer = solve(cases.build(2, arcs, ods, [(12.0, [(0, 0, 1.0), (0, 1, 3.0)])]))
    assert answer.objective == 6 * 1 + 2 * 5 + 2 * 20
    assert answer.group_dual.tolist() == pytest.approx([5.0], rel=1e-14)


def test_group_over_several_arcs(cases):
    # A screenline over both cheap arcs (1 and 2) of limit 5: 5 go at 1, 3 by the dear arc at 7.
    arcs = [(0, 1, 1.0), (0, 1, 2.0), (0, 1, 7.0)]
    answer = solve(cases.build(2, arcs, [(0, 1, 0, 8.0)], [(5.0, [(0, 0, 1.0), (1, 0, 1.0)])]))
    assert answer.objective == 5 * 1 + 3 * 7
    assert answer.group_dual.tolist() == [6.0]


def test_unserved_at_its_price(cases):
    # Limit 3 of 5 at cost 1; 2 stay behind at 10. Price 0.5 is less than the way: all stay.
    arcs, groups = [(0, 1, 1.0)], [(3.0, [(0, 0, 1.0)])]
    answer = solve(cases.build(2, arcs, [(0, 1, 0, 5.0)], groups, price=10.0))
    assert answer.objective == 23.0
    assert answer.unserved.tolist() == [2.0]
    assert answer.group_dual.tolist() == [9.0]
    answer = solve(cases.build(2, arcs, [(0, 1, 0, 5.0)], groups, price=0.5))
    assert answer.objective == 2.5
    assert answer.path_od.size == 0


def test_unreachable_with_and_without_price(cases):
    arcs, ods = [(0, 1, INF), (1, 0, 1.0)], [(0, 1, 0, 5.0), (1, 0, 0, 1.0)]
    answer = solve(cases.build(2, arcs, ods, price=10.0))
    assert answer.unserved.tolist() == [5.0, 0.0]
    assert answer.objective == 51.0
    answer = solve(cases.build(2, arcs, ods))
    assert answer.status is Status.INFEASIBLE
    assert answer.unserved.tolist() == [5.0, 0.0]
    assert answer.ray is not None
    assert answer.ray[1].tolist() == [1.0, 0.0]


def test_infeasible_by_a_group(cases):
    arcs = [(0, 1, 1.0), (0, 1, 2.0)]
    groups = [(3.0, [(0, 0, 1.0)]), (1.0, [(1, 0, 1.0)])]
    answer = solve(cases.build(2, arcs, [(0, 1, 0, 5.0)], groups))
    assert answer.status is Status.INFEASIBLE
    assert answer.unserved.tolist() == [1.0]
    assert answer.objective == INF


def test_feasible_only_at_a_price_above_every_path(cases):
    # Commodity 0 can only use arc 0, and each unit of it drives 200 of commodity 1 to the detour, which costs
    # 899 more: the first try leaves it behind, as serving it costs more than the try's price.
    arcs = [(0, 1, [1.0, 1.0]), (0, 1, [INF, 900.0])]
    groups = [(10.0, [(0, 0, 200.0), (0, 1, 1.0)])]
    ods = [(0, 1, 0, 0.05), (0, 1, 1, 10.0)]
    answer = solve(cases.build(2, arcs, ods, groups))
    # arc 0: 0.05 * 200 = 10 is all of it, so all 10 of commodity 1 pay 900.
    assert close(answer.objective, 0.05 + 9000.0)
    assert not answer.unserved.any()
    assert answer.od_dual[0] > 100 * 900


def test_zero_limit_closes_and_has_a_price(cases):
    arcs = [(0, 1, 1.0), (0, 1, 4.0)]
    answer = solve(cases.build(2, arcs, [(0, 1, 0, 2.0)], [(0.0, [(0, 0, 1.0)])]))
    assert answer.objective == 8.0
    assert answer.group_dual.tolist() == [3.0]


def test_amount_zero_and_nothing_at_all(cases):
    answer = solve(cases.build(2, [(0, 1, 1.0)], [(0, 1, 0, 0.0), (1, 0, 0, 0.0)]))
    assert answer.objective == 0.0
    assert answer.path_od.size == 0
    assert answer.od_dual.tolist() == [1.0, INF]
    assert solve(cases.build(2, [(0, 1, 1.0)], [])).objective == 0.0
    assert solve(cases.build(2, [], [(0, 1, 0, 1.0)], price=3.0)).objective == 3.0


def test_tie_weight_chooses_among_equal_plans(cases):
    # Both ways cost 2; the tie weight prefers arc 1 even under a group that binds on neither.
    arcs, ods = [(0, 1, 2.0), (0, 1, 2.0)], [(0, 1, 0, 5.0)]
    problem = cases.build(2, arcs, ods)
    assert solve(problem).path_arc.tolist() == [0]
    assert solve(problem, tie_weight=[2.0, 1.0]).path_arc.tolist() == [1]
    limited = cases.build(2, arcs, ods, [(3.0, [(1, 0, 1.0)])])
    answer = solve(limited, tie_weight=[2.0, 1.0])
    assert dict(zip(answer.path_arc.tolist(), answer.path_flow.tolist(), strict=True)) == {0: 2.0, 1: 3.0}


def test_free_choice_of_who_stays_behind_is_settled_by_tie_weight(cases):
    # Two ODs share an arc of limit 4 and save the same by it; tie weight prefers the shorter feeder (arc 0).
    arcs = [(0, 2, 1.0), (1, 2, 1.0), (2, 3, 1.0)]
    ods, groups = [(0, 3, 0, 4.0), (1, 3, 0, 4.0)], [(4.0, [(2, 0, 1.0)])]
    for weight, expected in (([1.0, 2.0, 1.0], [0.0, 4.0]), ([2.0, 1.0, 1.0], [4.0, 0.0])):
        answer = solve(cases.build(4, arcs, ods, groups, price=9.0), tie_weight=weight)
        assert answer.unserved.tolist() == expected


def test_refusals(cases):
    problem = cases.build(2, [(0, 1, 1.0)], [(0, 1, 0, 1.0)])
    with pytest.raises(LandseaError, match="lower bounds"):
        multicommodity_flow(problem._replace(arc_lower=np.array([1.0])))
    with pytest.raises(InvalidValueError, match="max_rounds"):
        multicommodity_flow(problem, max_rounds=0)
    with pytest.raises(InvalidValueError, match="tie_weight"):
        multicommodity_flow(problem, tie_weight=[-1.0])


def test_limit_of_rounds_gives_a_feasible_plan(cases):
    arcs = [(0, 1, 1.0), (0, 1, 2.0), (0, 1, 3.0)]
    groups = [(1.0, [(0, 0, 1.0)]), (1.0, [(1, 0, 1.0)])]
    problem = cases.build(2, arcs, [(0, 1, 0, 3.0)], groups, price=50.0)
    seen = []
    answer = multicommodity_flow(problem, max_rounds=1, progress=lambda *row: seen.append(row))
    assert answer.status is Status.LIMIT
    assert answer.bound <= 6.0 <= answer.objective
    assert len(seen) == 1
    verdict = certify(problem, answer)
    assert not verdict.passed
    assert verdict.primal == 0.0
    assert solve(problem).objective == 6.0


def test_first_units_cheap_last_ones_dear(cases):
    # One arc at 1; beyond 3 units each costs 2 more, beyond 5 another 4; the other arc costs 6. Of 9 units
    # 3 pay 1, 2 pay 3, and from the 6th on 1 + 2 + 4 = 7 is dearer than 6: 3 + 6 + 4 * 6 = 33.
    arcs = [(0, 1, 1.0), (0, 1, 6.0)]
    steps = [(3.0, [(0, 0, 1.0)]), (5.0, [(0, 0, 1.0)])]
    problem = cases.build(2, arcs, [(0, 1, 0, 9.0)], steps)
    answer = solve(problem._replace(group_excess_price=np.array([2.0, 4.0])))
    assert answer.objective == 33.0
    assert answer.path_flow.tolist() == [5.0, 4.0]
    assert answer.group_excess.tolist() == [2.0, 0.0]
    assert answer.group_dual.tolist() == [2.0, 3.0]
    # Without the other arc all 9 go: 9 + 2 * 6 + 4 * 4 = 37.
    alone = cases.build(2, arcs[:1], [(0, 1, 0, 9.0)], steps)
    answer = solve(alone._replace(group_excess_price=np.array([2.0, 4.0])))
    assert answer.objective == 37.0
    assert answer.group_excess.tolist() == [6.0, 4.0]
    hard = alone._replace(group_excess_price=np.array([2.0, INF]))
    assert solve(hard).status is Status.INFEASIBLE
    with pytest.raises(InvalidValueError, match="group_excess_price is 0"):
        multicommodity_flow(alone._replace(group_excess_price=np.array([0.0, 1.0])))


def test_time_limit_gives_a_plan_and_a_bound(cases):
    arcs = [(0, 1, 1.0), (0, 1, 2.0), (0, 1, 3.0)]
    groups = [(1.0, [(0, 0, 1.0)]), (1.0, [(1, 0, 1.0)])]
    problem = cases.build(2, arcs, [(0, 1, 0, 3.0)], groups, price=50.0)
    answer = multicommodity_flow(problem, time_limit_s=1e-9)
    assert answer.status is Status.LIMIT
    assert answer.bound <= 6.0 <= answer.objective
    with pytest.raises(InvalidValueError, match="time_limit_s"):
        multicommodity_flow(problem, time_limit_s=0.0)


@pytest.mark.parametrize("seed", range(30))
def test_any_start_leads_to_the_same_optimum(cases, seed):
    problem = cases.random_problem(seed)
    before = multicommodity_flow(problem)
    rng = np.random.default_rng(seed)
    limit = problem.group_limit * rng.choice([0.1, 0.5, 1.0, 2.0], problem.group_limit.size)
    cost = problem.commodity_cost.copy()
    cost[:, int(rng.integers(problem.tail.size))] = INF
    changed = problem._replace(group_limit=limit, commodity_cost=cost)
    assert close(solve(changed, start=before).objective, solve(changed).objective)


@pytest.mark.parametrize("seed", range(20))
def test_only_limits_and_amounts_change(cases, seed):
    problem = cases.random_problem(seed)
    answer = multicommodity_flow(problem)
    assert known_paths(answer).od.size >= answer.path_od.size
    rng = np.random.default_rng(seed)
    for _ in range(3):  # each from the one before, as a chain of questions does
        limit = problem.group_limit * rng.choice([0.1, 0.5, 1.0, 3.0], problem.group_limit.size)
        changed = problem._replace(group_limit=limit, od_amount=problem.od_amount * rng.uniform(0.5, 2.0))
        answer = multicommodity_flow(changed, start=answer)
        assert close(answer.objective, solve(changed).objective)


def test_the_certificate_sees_through_a_start_that_misses_the_cheapest_path(cases):
    arcs, ods = [(0, 1, 1.0), (0, 1, 2.0)], [(0, 1, 0, 3.0)]
    problem = cases.build(2, arcs, ods, price=9.0)
    dear = known_paths(solve(problem))._replace(arcs=np.array([1]))
    answer = multicommodity_flow(problem, start=solve(problem)._replace(known=dear))
    assert not certify(problem, answer).passed


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("dear", [1e12, 1e20, 1e200])
def test_paths_far_dearer_than_leaving_goods_behind_are_as_if_closed(cases, seed, dear):
    problem = cases.random_problem(seed)
    problem = problem._replace(unserved_price=np.full(problem.od_amount.size, 100.0))
    before, cost, shut = solve(problem), problem.commodity_cost.copy(), problem.commodity_cost.copy()
    arcs = np.random.default_rng(seed).choice(problem.tail.size, problem.tail.size // 3, replace=False)
    cost[:, arcs], shut[:, arcs] = cost[:, arcs] + dear, INF
    truth = solve(problem._replace(commodity_cost=shut)).objective
    for start in (None, before):
        answer = solve(problem._replace(commodity_cost=cost), start=start)
        assert answer.status is Status.NOT_VERIFIED
        assert close(answer.objective, truth)


@pytest.mark.parametrize("seed", [1, 2, 10, 56])
def test_most_arcs_may_be_far_too_dear(cases, seed):
    problem = cases.random_problem(seed)
    problem = problem._replace(unserved_price=np.full(problem.od_amount.size, 100.0))
    arcs = np.random.default_rng(seed).permutation(problem.tail.size)[: problem.tail.size * 3 // 4]
    cost, shut = problem.commodity_cost.copy(), problem.commodity_cost.copy()
    cost[:, arcs], shut[:, arcs] = cost[:, arcs] + 1e100, INF
    dear = problem._replace(commodity_cost=cost)
    answer = solve(dear)
    assert certify(dear, answer).passed
    assert close(answer.objective, solve(problem._replace(commodity_cost=shut)).objective)


def test_a_start_at_another_unserved_price_is_searched_anew(cases):
    problem = cases.build(2, [(0, 1, 5.0)], [(0, 1, 0, 3.0)], price=4.0)
    low = solve(problem)
    assert (low.objective, low.known.od.size) == (12.0, 0)
    assert solve(problem._replace(unserved_price=np.array([9.0])), start=low).objective == 15.0


def test_start_must_fit(cases):
    arcs, ods = [(0, 1, 1.0), (0, 1, 2.0)], [(0, 1, 0, 3.0)]
    answer = solve(cases.build(2, arcs, ods, [(2.0, [(0, 0, 1.0)])]))
    with pytest.raises(InvalidValueError, match="start has 1 ODs"):
        multicommodity_flow(cases.build(2, arcs, ods * 2), start=answer)
    with pytest.raises(InvalidValueError, match="arcs that are not there"):
        multicommodity_flow(cases.build(2, arcs[:1], ods), start=answer)


@pytest.mark.parametrize("seed", range(40))
def test_same_answers_without_the_private_interface(cases, seed):
    problem = cases.random_problem(seed, price=seed % 2 == 0)
    one, other = solve(problem), solve(problem, private=False)
    assert one.status is other.status
    assert one.objective == other.objective or close(one.objective, other.objective)


def streets(cases, side, n_ods, seed):
    """A grid in which many limits bind at once."""
    rng = np.random.default_rng(seed)
    at = np.arange(side * side).reshape(side, side)
    pairs = [*zip(at[:, :-1].ravel(), at[:, 1:].ravel(), strict=True)]
    pairs += [*zip(at[:-1].ravel(), at[1:].ravel(), strict=True)]
    arcs = sorted((int(t), int(h)) for a, b in pairs for t, h in ((a, b), (b, a)))
    ods = [(*rng.choice(side * side, 2, replace=False), 0, float(rng.uniform(1, 5))) for _ in range(n_ods)]
    use = 2.5 * n_ods * side / len(arcs)
    groups = [(float(use * rng.uniform(0.2, 1.2)), [(i, 0, 1.0)]) for i in range(len(arcs))]
    return cases.build(side * side, [(t, h, 1.0 + rng.random()) for t, h in arcs], ods, groups, price=40.0)


def test_steps_between_programs_keep_the_optimum(cases, monkeypatch):
    problem = streets(cases, 6, 60, 0)
    plain = solve(problem)
    assert (plain.group_dual > 0.0).sum() > 20
    monkeypatch.setattr(rounds, "DENSE", 1)
    log = []
    answer = solve(problem, progress=lambda *row: log.append(row))
    assert close(answer.objective, plain.objective)
    bounds = [bound for _, _, bound in log]
    assert bounds == sorted(bounds)
    assert all(bound <= plain.objective * (1 + 1e-9) for bound in bounds)


# By another program --------------------------------


def single_commodity(seed):
    """One source of several ODs, integer costs, one limit per arc; as a problem and as a networkx graph."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 12))
    m = int(rng.integers(n, 4 * n))
    tail = rng.integers(n, size=m)
    head = (tail + rng.integers(1, n, size=m)) % n
    order = sort_arcs(tail, head)
    tail, head = tail[order].tolist(), head[order].tolist()
    cost, limit = rng.integers(0, 50, m).tolist(), rng.integers(0, 12, m).tolist()
    sink = rng.permutation(np.arange(1, n))[: int(rng.integers(1, n))].tolist()
    ods = [(0, t, 0, float(a)) for t, a in zip(sink, rng.integers(0, 8, len(sink)), strict=True)]
    groups = [(float(u), [(i, 0, 1.0)]) for i, u in enumerate(limit)]
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(n), demand=0)
    for u, v, c, cap in zip(tail, head, cost, limit, strict=True):
        graph.add_edge(u, v, weight=c, capacity=cap)
    for _, target, _, amount in ods:
        graph.nodes[target]["demand"] += int(amount)
        graph.nodes[0]["demand"] -= int(amount)
        graph.add_edge(0, target, weight=500, capacity=1000)  # what is unserved
    arcs = list(zip(tail, head, [float(c) for c in cost], strict=True))
    return n, arcs, ods, groups, graph


def check_against_network_simplex(cases, seed):
    n, arcs, ods, groups, graph = single_commodity(seed)
    expected, _ = nx.network_simplex(graph)
    answer = solve(cases.build(n, arcs, ods, groups, price=500.0))
    assert close(answer.objective, expected)
    unlimited = cases.build(n, arcs, ods, groups)
    must = solve(unlimited)
    if answer.unserved.any() and must.status is not Status.INFEASIBLE:
        assert must.objective > expected
    if not answer.unserved.any():
        assert close(must.objective, expected)


@pytest.mark.parametrize(
    "block", [pytest.param(i, marks=[pytest.mark.slow] if i > 2 else []) for i in range(10)]
)
def test_against_network_simplex(cases, block):
    for seed in range(block * 50, block * 50 + 50):
        check_against_network_simplex(cases, seed)


@pytest.mark.parametrize("block", range(10))
@pytest.mark.parametrize("price", [True, False])
def test_against_the_arc_program(cases, block, price):
    for seed in range(block * 20, block * 20 + 20):
        problem = cases.random_problem(seed, price=price)
        status, objective = cases.arc_lp(problem)
        answer = solve(problem)
        if status == 2:
            assert answer.status is Status.INFEASIBLE, seed
        else:
            assert answer.status is Status.NOT_VERIFIED, seed
            assert close(answer.objective, objective), seed


@pytest.mark.parametrize("block", range(4))
@pytest.mark.parametrize("price", [True, False])
def test_limits_that_give_way_against_the_arc_program(cases, block, price):
    for seed in range(block * 20, block * 20 + 20):
        problem = cases.random_problem(seed, price=price, soft=True)
        status, objective = cases.arc_lp(problem)
        answer = solve(problem, private=seed % 3 > 0)
        if status == 2:
            assert answer.status is Status.INFEASIBLE, seed
        else:
            assert answer.status is Status.NOT_VERIFIED, seed
            assert close(answer.objective, objective), seed


@pytest.mark.slow
@pytest.mark.parametrize("block", range(40))
def test_many_random_problems_against_the_arc_program(cases, block):
    for seed in range(10_000 + block * 100, 10_100 + block * 100):
        problem = cases.random_problem(
            seed, n_commodities=1 + seed % 3, integer=seed % 5 == 0, price=seed % 2 == 0, soft=seed % 4 > 1
        )
        status, objective = cases.arc_lp(problem)
        answer = solve(problem, private=seed % 7 > 0)
        assert (answer.status is Status.INFEASIBLE) == (status == 2), seed
        if status == 0:
            assert abs(answer.objective - objective) <= 1e-9 * max(1.0, abs(objective)), seed


# By law --------------------------------

seeds = st.integers(0, 10_000)
few = settings(max_examples=25, deadline=None)


@few
@given(seeds, st.sampled_from([1e-6, 0.5, 3.0, 1e5]))
def test_costs_scale_the_objective(cases, seed, factor):
    problem = cases.random_problem(seed)
    scaled = problem._replace(
        commodity_cost=problem.commodity_cost * factor, unserved_price=problem.unserved_price * factor
    )
    one, other = multicommodity_flow(problem), multicommodity_flow(scaled)
    assert abs(other.objective - factor * one.objective) <= 1e-9 * factor * one.objective


@few
@given(seeds, st.sampled_from([1e-4, 7.0, 1e6]))
def test_amounts_and_limits_scale_the_objective(cases, seed, factor):
    problem = cases.random_problem(seed)
    scaled = problem._replace(od_amount=problem.od_amount * factor, group_limit=problem.group_limit * factor)
    one, other = solve(problem), solve(scaled)
    assert abs(other.objective - factor * one.objective) <= 1e-9 * factor * one.objective


@few
@given(seeds, st.data())
def test_more_limit_never_costs(cases, seed, data):
    problem = cases.random_problem(seed)
    assume(problem.group_limit.size)
    group = data.draw(st.integers(0, problem.group_limit.size - 1))
    limit = problem.group_limit.copy()
    limit[group] += 1.5
    one, other = solve(problem), solve(problem._replace(group_limit=limit))
    assert other.objective <= one.objective + 1e-9 * max(1.0, one.objective)
    # The dual price bounds the saving from above: the objective is convex in the limit.
    saved = one.objective - other.objective
    assert saved <= 1.5 * one.group_dual[group] + 1e-9 * max(1.0, one.objective)


@few
@given(seeds, st.data())
def test_closing_an_arc_never_saves(cases, seed, data):
    problem = cases.random_problem(seed)
    arc = data.draw(st.integers(0, problem.tail.size - 1))
    cost = problem.commodity_cost.copy()
    cost[:, arc] = INF
    one, other = solve(problem), solve(problem._replace(commodity_cost=cost))
    assert other.objective >= one.objective - 1e-9 * max(1.0, one.objective)


@few
@given(seeds, st.randoms(use_true_random=False))
def test_order_does_not_matter(cases, seed, random):
    problem = cases.random_problem(seed)
    ods = list(range(problem.od_amount.size))
    random.shuffle(ods)
    # Shuffle the arcs too: parallel ones change places, the rest returns by sorting.
    arcs = list(range(problem.tail.size))
    random.shuffle(arcs)
    order = np.array(arcs)[sort_arcs(problem.tail[arcs], problem.head[arcs])]
    place = np.argsort(order)
    other = problem._replace(
        tail=problem.tail[order],
        head=problem.head[order],
        commodity_cost=problem.commodity_cost[:, order],
        group_arc=place[problem.group_arc],
        od_origin=problem.od_origin[ods],
        od_destination=problem.od_destination[ods],
        od_commodity=problem.od_commodity[ods],
        od_amount=problem.od_amount[ods],
        unserved_price=problem.unserved_price[ods],
    )
    assert close(solve(problem).objective, solve(other).objective)


@few
@given(seeds)
def test_input_untouched_and_answer_repeatable(cases, seed):
    problem = cases.random_problem(seed)
    for array in problem:
        if isinstance(array, np.ndarray):
            array.setflags(write=False)
    one, other = multicommodity_flow(problem), multicommodity_flow(problem)
    for first, second in zip(one[:-1], other[:-1], strict=True):
        np.testing.assert_array_equal(first, second)


@few
@given(seeds)
def test_flows_add_up_to_the_last_bit(cases, seed):
    problem = cases.random_problem(seed)
    answer = solve(problem)
    carried = np.bincount(answer.path_od, weights=answer.path_flow, minlength=problem.od_amount.size)
    np.testing.assert_allclose(carried + answer.unserved, problem.od_amount, rtol=4e-16, atol=0)
    assert (answer.path_flow > 0).all()
