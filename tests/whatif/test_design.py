"""Investment choice: exact against every set, never worse than the ranking by dual price."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, UnknownNameError
from landsea_routing.whatif.candidates import read_candidates
from landsea_routing.whatif.design import Phase, Project, design, design_phases
from landsea_routing.whatif.investment import Terms, _Bounds

NET = lsr.load_network("toy_three_ports")
PROJECTS = [
    Project("half track", 30e6, {"track_dual": 0.5}),
    Project("second track", 90e6, {"track_dual": 2.0}),
    Project("berth", 20e6, {"port_aport": 4000.0}),
    Project("transload", 8e6, {"yard_bek_transload": 4e5}),
    Project("river", 15e6, {"track_river": 2e5}),
]


SHORT = lsr.Scenario("short").add_link("ada", "bek", "rail", 325, 3e5, id="short", gauge="1435", border_h=1)
QUICK = lsr.Scenario("quick").scale_hours("rail:arn>bek", 0.5).scale_hours("rail:bek>arn", 0.5)
DRAWN = [
    Project("valley", 60e6, scenario=lsr.Scenario("valley").open("valley_line")),
    Project("short cut", 4e6, scenario=SHORT),
    Project("quick customs", 9e6, scenario=QUICK),
    Project("half track", 30e6, {"track_dual": 0.5}),
    Project("berth", 20e6, {"port_aport": 4000.0}, scenario=lsr.Scenario("fee").scale_fee("road:*", 0.9)),
]
RATE = 0.05


def built(picked: tuple[Project, ...], net: lsr.Network = NET) -> lsr.Network:
    """The network with some projects built, edit by edit."""
    table = net.capacity_groups
    limits = dict(zip(table["id"].tolist(), table["limit"].tolist(), strict=True))
    for project in picked:
        if project.scenario is not None:
            net = project.scenario.apply(net)
        for name, amount in project.adds.items():
            limits[name] += amount
            net = lsr.Scenario("built").set_capacity(name, limits[name]).apply(net)
    return net


def annuity_of(picked: tuple[Project, ...]) -> float:
    return sum(p.cost_usd * RATE / (1 - (1 + RATE) ** -p.life_years) + p.upkeep_usd for p in picked)


def cost_of(picked: tuple[Project, ...]) -> float:
    return lsr.assign(built(picked)).objective_usd + annuity_of(picked)


def names_of(picked: tuple[Project, ...]) -> tuple[str, ...]:
    return tuple(p.name for p in picked)


def subsets(projects: list[Project]) -> list[tuple[Project, ...]]:
    return [s for n in range(len(projects) + 1) for s in itertools.combinations(projects, n)]


@pytest.mark.parametrize("projects", [PROJECTS, DRAWN], ids=["limits", "ways"])
@pytest.mark.parametrize("budget", [0.0, 30e6, 60e6, 200e6])
def test_it_is_the_best_of_all_sets(projects, budget):
    found = design(NET, projects, budget)
    costs = [cost_of(s) for s in subsets(projects) if sum(p.cost_usd for p in s) <= budget]
    assert found.best_usd == pytest.approx(min(costs), rel=1e-6)
    chosen = tuple(p for p, take in zip(projects, found.chosen, strict=True) if take)
    assert cost_of(chosen) == pytest.approx(found.best_usd, rel=1e-9)
    assert found.gap <= 1e-6
    assert found.bound_usd <= min(costs) * (1 + 1e-9)
    assert found.best_usd <= min(found.greedy_usd, found.base_usd)
    assert found.greedy_gap >= found.gap
    assert found.cost_usd[found.chosen].sum() <= budget


@pytest.mark.parametrize("projects", [PROJECTS, DRAWN], ids=["limits", "ways"])
def test_what_one_plan_proves_holds_for_every_set(projects):
    """The bound of each set's prices lies below the cost of every other, and touches its own."""
    demand = NET.demand
    found = read_candidates(NET, projects, demand, "network")
    n = len(projects)
    amount = np.stack([found.problem.od_amount, 1.7 * found.problem.od_amount])
    nothing = np.zeros(n)
    bounds = _Bounds(found, Terms(nothing, nothing, amount, np.ones(2), np.ones(2), False))
    sets = [np.array(bits, dtype=bool) for bits in itertools.product([False, True], repeat=n)]
    for built_now in sets[::3]:
        bounds.solve(built_now, 0)
    proved = list(zip(bounds.heights, bounds.slopes, strict=True))
    for other in sets:
        for phase in (0, 1):
            usd, _ = bounds.solve(other, phase)
            assert all(h[phase] + s[phase] @ other <= usd * (1 + 1e-9) for h, s in proved)
            own = bounds.solved[other.tobytes(), phase][1]
            touching = bounds.heights[own][phase] + bounds.slopes[own][phase] @ other
            assert touching == pytest.approx(usd, rel=1e-9)


PHASES = [Phase(2030, 30e6), Phase(2035, 40e6, growth=1.4), Phase(2045, 20e6, "more", growth=1.1)]


@pytest.mark.parametrize("carry_over", [True, False])
@pytest.mark.parametrize("projects", [PROJECTS[2:], DRAWN[1:4]], ids=["limits", "ways"])
def test_phases_are_the_best_of_all_plans(projects, carry_over):
    more = NET.demand.take(NET.demand["commodity"] != "timber")
    row = {**more.to_rows()[0], "destination": "cedar", "commodity": "container", "amount_per_year": "9000"}
    later = more.with_rows([{**row, "unit": "TEU"}])
    phases = [p if p.demand is None else p._replace(demand=later) for p in PHASES]
    found = design_phases(NET, projects, phases, until=2050, discount_rate=RATE, carry_over=carry_over)
    years = np.arange(20)
    share = 1.05**-years
    weight = [share[:5].sum(), share[5:15].sum(), share[15:].sum()]
    usd = {}
    for s in subsets(projects):
        for t, phase in enumerate(phases):
            table = NET.demand if phase.demand is None else phase.demand
            grown = table.with_columns(amount_per_year=table["amount_per_year"] * phase.growth)
            usd[names_of(s), t] = lsr.assign(built(s), grown).objective_usd + annuity_of(s)
    budgets, best = np.array([p.budget_usd for p in phases]), np.inf
    for start in itertools.product(range(4), repeat=len(projects)):
        spent = np.array(
            [sum(p.cost_usd for p, at in zip(projects, start, strict=True) if at == t) for t in range(3)]
        )
        if ((np.cumsum(spent) <= np.cumsum(budgets)) if carry_over else (spent <= budgets)).all():
            stands = [tuple(p for p, at in zip(projects, start, strict=True) if at <= t) for t in range(3)]
            best = min(
                best,
                sum(w * usd[names_of(s), t] for t, (w, s) in enumerate(zip(weight, stands, strict=True))),
            )
    assert found.best_usd == pytest.approx(best, rel=1e-6)
    assert found.gap <= 1e-6
    assert found.bound_usd <= best * (1 + 1e-9)
    assert found.discounted_years == pytest.approx(share.sum())
    assert set(found.start.tolist()) <= {-1, 2030, 2035, 2045}
    assert found.base_usd == pytest.approx(sum(w * usd[(), t] for t, w in enumerate(weight)))


def test_one_phase_of_one_year_is_a_year():
    one = design_phases(NET, PROJECTS, [Phase(2030, 60e6)], until=2031)
    year = design(NET, PROJECTS, 60e6)
    assert one.best_usd == pytest.approx(year.best_usd)
    assert one.chosen.tolist() == year.chosen.tolist()
    assert year.start[year.chosen].tolist() == [NET.settings.base_year] * int(year.chosen.sum())
    assert "M USD a year net" in year.summary()


def test_one_phase_of_many_years_says_so():
    many = design_phases(NET, PROJECTS, [Phase(2030, 60e6)], until=2050)
    assert "discounted years" in many.summary()
    assert "a year" not in many.summary()


def test_a_limit_is_added_to_or_set_and_not_both():
    both = Project("a", 1e6, {"track_dual": 1.0}, scenario=lsr.Scenario("s").set_capacity("track_dual", 1e6))
    with pytest.raises(InvalidValueError, match="both adds to track_dual and sets it"):
        design(NET, [both], 1e9)


def test_worth_by_hand():
    # Half a train a day at 15.57 M USD; 400,000 t of transload at 3.30.
    found = design(NET, PROJECTS, 0.0)
    assert found.worth_usd[0] == pytest.approx(0.5 * 15_570_000)
    assert found.worth_usd[3] == pytest.approx(4e5 * 3.3)
    assert not found.chosen.any()


def test_what_is_drawn_with_a_limit_of_nothing_can_be_built():
    drawn = lsr.Scenario("drawn").add_link("ada", "bek", "rail", 325, 0, id="short", gauge="1435",
                                           border_h=1).apply(NET)  # fmt: skip
    found = design(drawn, [Project("short cut", 1e5, {"short": 5e6})], 1e6)
    assert found.chosen.tolist() == [True]
    assert found.best_usd < found.base_usd


@pytest.mark.parametrize(
    "found",
    [design(NET, PROJECTS, 60e6, max_rounds=2), design_phases(NET, PROJECTS, PHASES[:2], until=2050)],
    ids=["a year", "phases"],
)
def test_it_shows_itself(found):
    assert found.summary() in str(found)
    assert "<table" in found._repr_html_()
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False)) == found.to_dict()
    assert 0.0 <= found.gap <= found.greedy_gap
    assert 0.0 <= found.saving_gap <= 1.0


def test_without_interest():
    assert np.isfinite(design(NET, PROJECTS, 60e6, discount_rate=0.0).best_usd)


@pytest.mark.parametrize(
    ("projects", "budget", "options", "error"),
    [
        ([], 1.0, {}, InvalidValueError),
        ([PROJECTS[0], PROJECTS[0]], 1.0, {}, InvalidValueError),
        ([Project("a", -1, {"track_dual": 1})], 1.0, {}, InvalidValueError),
        ([Project("a", 1, {"track_dual": -1})], 1.0, {}, InvalidValueError),
        ([Project("a", 1, {})], 1.0, {}, InvalidValueError),
        ([Project("a", 1, {"track_dul": 1})], 1.0, {}, UnknownNameError),
        (PROJECTS, -1.0, {}, InvalidValueError),
        (PROJECTS, 1.0, {"discount_rate": -0.1}, InvalidValueError),
    ],
)
def test_wrong_projects(projects, budget, options, error):
    with pytest.raises(error):
        design(NET, projects, budget, **options)


SCENARIO = lsr.Scenario("s")


@pytest.mark.parametrize(
    ("scenarios", "match"),
    [
        ([SCENARIO.close("river")], "closes something"),
        ([SCENARIO.set_hours("rail:arn>bek", 99)], "makes it dearer"),
        ([SCENARIO.set_capacity("track_dual", 1)], "takes from a limit"),
        ([SCENARIO.scale_demand(2.0)], "what is to be carried"),
        ([SCENARIO.open("valley_line").use_demand("more")], "what is to be carried"),
        ([SCENARIO.set_capacity("track_dual", "unlimited")], "track_dual"),
        ([SCENARIO.set_capacity("free_lines", 1e9)], "counts otherwise"),
        ([SCENARIO.set_months("river", "1-12")], "counts otherwise"),
        (
            [SCENARIO.scale_capacity("track_dual", 2), SCENARIO.scale_capacity("track_dual", 3)],
            "p0, p1 together .* to track_dual",
        ),
        (
            [SCENARIO.scale_hours("rail:arn>bek", 0.5), SCENARIO.scale_hours("rail:*", 0.5)],
            "p0, p1 together .* to costs",
        ),
    ],
)
def test_projects_that_are_more_or_less_than_their_parts(scenarios, match):
    projects = [Project(f"p{i}", 1.0, scenario=scenario) for i, scenario in enumerate(scenarios)]
    with pytest.raises(InvalidValueError, match=match):
        design(NET, projects, 10.0)


@pytest.mark.parametrize(
    ("phases", "until"),
    [
        ([], 2050),
        ([Phase(2030, 1.0), Phase(2030, 1.0)], 2050),
        ([Phase(2030, 1.0)], 2030),
        ([Phase(2030, -1.0)], 2050),
        ([Phase(2030, 1.0, growth=float("nan"))], 2050),
        ([Phase(2030.5, 1.0)], 2050),
    ],
)
def test_wrong_phases(phases, until):
    with pytest.raises(InvalidValueError):
        design_phases(NET, PROJECTS, phases, until=until)
