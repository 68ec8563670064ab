"""Single-commodity min-cost flow: by hand, by law, and against two other solvers."""

from __future__ import annotations

import numpy as np
import pytest

from landsea_routing._status import Status
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels import _fast
from landsea_routing.kernels.certificate_mincost import certify_min_cost
from landsea_routing.kernels.mincost import make_problem, min_cost_flow, solve
from mincost_cases import INF, ask_highs, ask_networkx, random_case

ENGINES = ("phases", "simplex", *(["compiled"] if _fast._installed() else []))


@pytest.fixture(params=ENGINES)
def engine(request, monkeypatch):
    """Each engine in turn, whatever the size."""
    monkeypatch.setenv("LANDSEA_FAST", "1" if request.param == "compiled" else "0")
    monkeypatch.setattr(solve, "SIMPLEX_BELOW", 0 if request.param == "phases" else 10**9)
    return request.param


def assert_right(seed, **more):
    """Status and objective as both others have them, and a certificate that passes."""
    case = random_case(seed)
    found = case.solve(min_cost_flow, **more)
    problem = make_problem(case.tail, case.head, case.capacity, case.cost, case.supply, case.lower)
    certificate = certify_min_cost(problem, found)
    assert certificate.passed, (seed, certificate)
    exact, objective = ask_networkx(case)
    highs, approximate = ask_highs(case)
    assert found.status == exact == highs, seed
    if found.status is Status.OPTIMAL:
        scale = float(np.abs(case.cost * found.flow).sum())
        assert found.objective == pytest.approx(objective, rel=0.0, abs=1e-9 * scale), seed
        assert found.objective == pytest.approx(approximate, rel=0.0, abs=1e-9 * max(1.0, scale)), seed
    return found


@pytest.mark.parametrize("block", range(2))
def test_random_problems_against_two_other_solvers(engine, block):
    seen = {assert_right(seed).status for seed in range(50 * block, 50 * block + 50)}
    assert Status.OPTIMAL in seen


def test_random_problems_have_every_answer():
    seen = {random_case(seed).solve(min_cost_flow).status for seed in range(200)}
    assert seen == {Status.OPTIMAL, Status.INFEASIBLE, Status.UNBOUNDED}


@pytest.mark.slow
def test_ten_thousand_random_problems(engine):
    for seed in range(1000, 1000 + 10_000 // len(ENGINES) + 1):
        assert_right(ENGINES.index(engine) * 10_000 + seed)


def test_numbers_on_no_grid(engine):
    """Random floats: quantities and costs are rounded to a binary grid far below what is compared."""
    for seed in range(12):
        case = random_case(4 * seed)
        rng = np.random.default_rng(seed)
        scale = np.pi * 10.0 ** rng.integers(-4, 5)
        case = case._replace(
            capacity=case.capacity * scale,
            lower=case.lower * scale,
            supply=case.supply * scale,
            cost=case.cost * (1.0 + rng.random(case.cost.size)),
        )
        found = case.solve(min_cost_flow)
        status, objective = ask_highs(
            case._replace(
                supply=case.supply / scale, lower=case.lower / scale, capacity=case.capacity / scale
            )
        )
        assert found.status == status, seed
        if found.status is Status.OPTIMAL:
            size = max(1.0, float(np.abs(case.cost * found.flow).sum() / scale))
            assert found.objective / scale == pytest.approx(objective, rel=0.0, abs=1e-9 * size), seed


def test_warm_start_costs_the_same_as_from_nothing(engine):
    for seed in range(30):
        case = random_case(seed)
        rng = np.random.default_rng(seed)
        start = case.solve(min_cost_flow)
        arc = int(rng.integers(case.tail.size))
        capacity, cost = case.capacity.copy(), case.cost.copy()
        if seed % 2:
            capacity[arc] = case.lower[arc] + rng.integers(0, 40) / case.grid
        else:
            cost[arc] = rng.integers(-10, 30)
        changed = case._replace(capacity=capacity, cost=cost)
        cold, warm = changed.solve(min_cost_flow), changed.solve(min_cost_flow, start=start)
        assert warm.status is cold.status, seed
        if cold.status is Status.OPTIMAL:
            assert warm.objective == pytest.approx(cold.objective, rel=1e-9, abs=1e-9), seed
        if cold.status is Status.INFEASIBLE:
            assert warm.cut.short == pytest.approx(cold.cut.short), seed


def change_a_bit(case, rng):
    """Another capacity, and now and then other costs, supplies and lower bounds, on the same arcs."""
    arc, what = int(rng.integers(case.tail.size)), int(rng.integers(5))
    capacity, cost, lower, supply = (
        part.copy() for part in (case.capacity, case.cost, case.lower, case.supply)
    )
    capacity[arc] = lower[arc] + rng.integers(0, 40) / case.grid
    if what == 1:
        cost[rng.integers(cost.size)] = rng.integers(-10, 30)
    if what == 2:
        supply[case.tail[arc]] += 1.0 / case.grid
        supply[case.head[arc]] -= 1.0 / case.grid
    if what == 3:
        lower[arc] = capacity[arc]
    return case._replace(capacity=capacity, cost=cost, lower=lower, supply=supply)


def test_warm_start_from_warm_start(engine):
    """Answers that go on from the state of others, whose own state two later ones share."""
    n_resumed = 0
    for seed in range(25):
        rng, case = np.random.default_rng(seed), random_case(seed)
        start = case.solve(min_cost_flow)
        for _ in range(6):
            case = change_a_bit(case, rng)
            n_resumed += start.prepared is not None and start.prepared.ended is not None
            cold = case.solve(min_cost_flow)
            warm, again = (case.solve(min_cost_flow, start=start) for _ in range(2))
            assert np.array_equal(warm.flow, again.flow), seed
            assert warm.status is cold.status, seed
            if cold.status is Status.OPTIMAL:
                assert warm.objective == pytest.approx(cold.objective, rel=1e-9, abs=1e-9), seed
            start = warm
    assert n_resumed > 50


def test_answers_that_start_from_one_share_its_sorted_arcs(engine):
    for seed in range(8):
        case = random_case(seed)
        start = case.solve(min_cost_flow)
        rng = np.random.default_rng(seed)
        warm = [change_a_bit(case, rng).solve(min_cost_flow, start=start) for _ in range(3)]
        assert all(w.prepared.topology is start.prepared.topology for w in warm), seed


def test_start_with_another_flow_is_read_anew():
    """A caller may replace the flow of an answer: what the phases kept of the old one is of no use then."""
    case = [[0, 0], [1, 1], [2, 9], [1.0, 4.0], [5, -5]]
    first = min_cost_flow(*case)
    warm = min_cost_flow(*case, start=first)
    with pytest.raises(InvalidValueError, match="flow of start"):
        min_cost_flow(*case, start=warm._replace(flow=np.array([np.nan, 0.0])))
    other = min_cost_flow(*case, start=warm._replace(flow=np.array([0.0, 9.0])))
    assert other.flow.tolist() == [2.0, 3.0]
    assert warm.flow.tolist() == [2.0, 3.0]


def test_adding_what_the_cut_lacks_makes_it_feasible(engine):
    n_short = 0
    for seed in range(150):
        case = random_case(seed)
        found = case.solve(min_cost_flow)
        if found.status is not Status.INFEASIBLE or not found.cut.arcs.size:
            continue
        n_short += 1
        wider = case.capacity.copy()
        wider[found.cut.arcs[0]] += found.cut.short
        more = case._replace(capacity=wider).solve(min_cost_flow)
        # It may lack elsewhere too, but never here any more, and never more than before.
        assert more.status is not Status.INFEASIBLE or more.cut.short <= found.cut.short * (1 + 1e-12), seed
    assert n_short > 5


def test_order_of_arcs_does_not_change_the_cost(engine):
    for seed in range(0, 40, 4):
        case = random_case(seed)
        order = np.random.default_rng(seed).permutation(case.tail.size)
        mixed = case._replace(
            **{name: getattr(case, name)[order] for name in ("tail", "head", "capacity", "cost", "lower")}
        )
        a, b = case.solve(min_cost_flow), mixed.solve(min_cost_flow)
        assert (a.status, a.objective) == (b.status, b.objective)


def test_the_same_question_has_the_same_answer(engine):
    case = random_case(8)
    a, b = case.solve(min_cost_flow), case.solve(min_cost_flow)
    assert np.array_equal(a.flow, b.flow)
    assert np.array_equal(a.potential, b.potential)


def test_negative_cycle_with_limits(engine):
    # 0 -> 1 -> 0 earns 3 a round; the narrower arc lets 4 rounds pass.
    found = min_cost_flow([0, 1], [1, 0], [4, 9], [-5, 2], [0, 0])
    assert found.objective == -12.0
    assert found.flow.tolist() == [4.0, 4.0]


def test_negative_cycle_limited_by_an_arc_that_costs(engine):
    found = min_cost_flow([0, 1], [1, 0], [INF, 9], [-5, 2], [0, 0])
    assert (found.status, found.objective) == (Status.OPTIMAL, -27.0)


def test_negative_cycle_without_limit(engine):
    found = min_cost_flow([0, 1, 1], [1, 2, 0], [INF, 5, INF], [-5, 1, 2], [1, 0, -1])
    assert found.status is Status.UNBOUNDED
    assert sorted(found.cycle.tolist()) == [0, 2]
    assert found.objective == -INF


def test_infeasible_comes_before_unbounded(engine):
    found = min_cost_flow([0, 1, 1], [1, 2, 0], [INF, 5, INF], [-5, 1, 2], [6, 0, -6])
    assert found.status is Status.INFEASIBLE
    assert (found.cut.arcs.tolist(), found.cut.short) == ([1], 1.0)


def test_supply_at_a_vertex_without_arcs(engine):
    found = min_cost_flow([0], [1], [5], [1], [0, 0, 3, -3])
    assert found.status is Status.INFEASIBLE
    assert found.cut.short == 3.0


def test_no_arcs_and_no_vertices(engine):
    assert min_cost_flow([], [], [], [], [0, 0]).status is Status.OPTIMAL
    assert min_cost_flow([], [], [], [], []).status is Status.OPTIMAL
    assert min_cost_flow([], [], [], [], [1, -1]).status is Status.INFEASIBLE


def test_a_loop_runs_full_when_it_earns(engine):
    found = min_cost_flow([0, 0], [0, 0], [3, 4], [-2, 5], [0], lower=[0, 1])
    assert found.flow.tolist() == [3.0, 1.0]
    assert found.objective == -1.0


def test_a_loop_without_limit_that_earns(engine):
    assert min_cost_flow([0], [0], [INF], [-2], [0]).status is Status.UNBOUNDED


def test_lower_bounds_may_be_negative(engine):
    # 2 -> may go backwards over the arc, at a gain.
    found = min_cost_flow([0], [1], [5], [3.0], [-2, 2], lower=[-4])
    assert (found.flow.tolist(), found.objective) == ([-2.0], -6.0)


def test_zero_cost_cycle_of_decimals_is_none(engine):
    """0.1 + 0.2 - 0.3 is 5e-17 in floats, and the other way round below zero."""
    for sign in (1, -1):
        found = min_cost_flow([0, 1, 2], [1, 2, 0], [INF] * 3, [0.1 * sign, 0.2 * sign, -0.3 * sign], [0] * 3)
        assert found.status is Status.OPTIMAL
        assert found.objective == pytest.approx(0.0, abs=1e-15)


def test_decimal_quantities_stay_decimals(engine):
    found = min_cost_flow([0, 0], [1, 1], [0.1, 0.7], [1, 2], [0.8, -0.8])
    assert found.flow.tolist() == [0.1, 0.7]
    assert found.quantum == 0.1
    # 3 * 0.1 is not 0.3 in floats; with one digit it is.
    assert (
        min_cost_flow([0, 1, 2], [3] * 3, [INF] * 3, [1] * 3, [0.1, 0.1, 0.1, -0.3]).status is Status.OPTIMAL
    )


def test_capacities_beyond_int32(engine):
    big = 2**45
    found = min_cost_flow([0, 0], [1, 1], [big, big], [1, 3], [big + 1, -big - 1])
    assert found.flow.tolist() == [big, 1.0]
    assert found.objective == float(big + 3)


def test_small_next_to_large_amounts(engine):
    found = min_cost_flow([0, 0, 1], [1, 2, 2], [2**40, 3, 2**40], [1, 1, 1], [2**40 + 1, 0, -(2**40) - 1])
    assert found.flow.tolist() == [2**40 - 2, 3.0, 2**40 - 2]


@pytest.mark.parametrize("name", ["phases", "simplex"])
def test_limit_gives_a_bound(name, monkeypatch):
    monkeypatch.setenv("LANDSEA_FAST", "0")
    monkeypatch.setattr(solve, "SIMPLEX_BELOW", 0 if name == "phases" else 10**9)
    case = random_case(104)
    best = case.solve(min_cost_flow)
    assert best.iterations > 1
    found = case.solve(min_cost_flow, max_iterations=1)
    assert found.status is Status.LIMIT
    assert found.bound <= best.objective
    with pytest.raises(InvalidValueError, match="max_iterations"):
        case.solve(min_cost_flow, max_iterations=0)


def test_a_chain_of_many_infinite_negative_arcs(engine):
    n = 300
    tail, head = np.arange(n - 1), np.arange(1, n)
    supply = np.zeros(n)
    supply[[0, -1]] = 5, -5
    found = min_cost_flow(tail, head, np.full(n - 1, INF), np.full(n - 1, -1.0), supply)
    assert found.objective == -5.0 * (n - 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"capacity": [np.nan, 1]}, "capacity is unfit in 1 of 2 .*nan"),
        ({"capacity": [-1, 1]}, "capacity is below the lower bound"),
        ({"cost": [np.nan, 1]}, "cost is unfit"),
        ({"cost": [INF, 1]}, "capacity 0 closes an arc"),
        ({"cost": [2**53 + 1, 1]}, "below 2\\*\\*53"),
        ({"supply": [np.nan, 1]}, "supply is unfit"),
        ({"supply": [1, 1]}, "add up to 2.0"),
        ({"tail": [-1, 0]}, "tail is out of range"),
        ({"tail": [0.5, 0]}, "tail has type"),
        ({"tail": [0]}, "tail has 1 arcs and head 2"),
        ({"capacity": [1]}, "capacity has shape"),
        ({"lower": [0, INF]}, "lower is unfit"),
        ({"capacity": ["1", "2"]}, "capacity has type"),
        ({"supply": [2**52, -(2**52)]}, "use larger units"),
    ],
)
def test_bad_input(change, message):
    good = {"tail": [0, 0], "head": [1, 1], "capacity": [9, 9], "cost": [1, 2], "supply": [5, -5]}
    with pytest.raises(InvalidValueError, match=message):
        min_cost_flow(**(good | change))


def test_start_of_another_problem():
    start = min_cost_flow([0], [1], [9], [1], [5, -5])
    with pytest.raises(InvalidValueError, match="flow of start"):
        min_cost_flow([0, 0], [1, 1], [9, 9], [1, 2], [5, -5], start=start)


def test_input_is_not_written_to(engine):
    case = random_case(12)
    before = [part.copy() for part in case[:-1]]
    for part in case[:-1]:
        part.flags.writeable = False
    found = case.solve(min_cost_flow)
    assert found.status is Status.OPTIMAL
    assert all(np.array_equal(part, old) for part, old in zip(case, before, strict=False))
