"""Trade-offs and limits: by hand on the toy network, by law on random ones."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, LandseaError, NoPathError
from landsea_routing.kernels import constrained
from strategies import check_walk, has_gap, laws, networks, pairs_of


@pytest.fixture(scope="module")
def toy():
    return lsr.expand(lsr.load_network("toy_three_ports"), "container")


def pairs(ways, *names):
    return [tuple(round(getattr(way, name), 6) for name in names) for way in ways.routes]


def test_money_against_hours(toy):
    # README: Ada to Bekgate, rail 38.15 in 44.9 h, road 51.75 in 25.9 h.
    ways = lsr.pareto_paths(toy, "Ada", "Bekgate", criteria=("cost", "time"))
    assert pairs(ways, "cost_usd_per_t", "time_h") == [(38.15, 44.9), (51.75, 25.9)]
    assert ways.best_in("time").time_h == pytest.approx(25.9)
    assert ways.complete


def test_coal_by_transload_or_bogies():
    # README: 28.545 in 78.9 h, or 31.845 in 64.9 h; handling emits 1 kg either way.
    graph = lsr.expand(lsr.load_network("toy_three_ports"), "coal")
    ways = lsr.pareto_paths(graph, "Boro", "Ada")
    assert pairs(ways, "cost_usd_per_t", "time_h", "co2e_kg_per_t") == [
        (28.545, 78.9, 20.0),
        (31.845, 64.9, 20.0),
    ]
    assert ways.to_frame()["best_in"].tolist() == ["cost, co2e", "time, co2e"]


def test_epsilon_drops_what_is_about_as_good(toy):
    ways = lsr.pareto_paths(toy, "Ada", "Bekgate", criteria=("cost", "time"), epsilon=1.0)
    assert len(ways) < 3
    assert "100 %" in ways.summary()


def test_shows_itself(toy):
    ways = lsr.pareto_paths(toy, "Ada", "Bekgate", criteria=("money", "time"))
    assert "2 ways of container from Ada to Bekgate (gauge yard) that none beats in money, time" in str(ways)
    assert "<table>" in ways._repr_html_()
    assert ways.values.shape == (2, 2)


@pytest.mark.parametrize("criteria", [(), ("cost", "cost"), ("cost", "beauty")])
def test_wrong_criteria(toy, criteria):
    with pytest.raises(InvalidValueError, match="criteria"):
        lsr.pareto_paths(toy, "Ada", "Boro", criteria=criteria)


def test_wrong_questions(toy):
    with pytest.raises(InvalidValueError, match="epsilon"):
        lsr.pareto_paths(toy, "Ada", "Boro", epsilon=-1)
    with pytest.raises(InvalidValueError, match="criteria is the text"):
        lsr.pareto_paths(toy, "Ada", "Boro", criteria="cost")
    with pytest.raises(NoPathError):
        lsr.pareto_paths(toy, "Ada", "Port Corin", modes=("road",))


TOTALS = {"cost": "cost_usd_per_t", "time": "time_h", "length": "length_km", "co2e": "co2e_kg_per_t"}


@laws(25)
@given(networks(), st.sampled_from(["container", "coal"]))
def test_laws(net, commodity):
    """No way beats another, each corner is the shortest path by its criterion, values are the route's."""
    graph = lsr.expand(net, commodity)
    criteria = ("cost", "time", "length" if has_gap(graph) else "co2e")
    for a, b in itertools.islice(pairs_of(net), 0, None, 5):
        try:
            ways = lsr.pareto_paths(graph, a, b, criteria=criteria)
        except NoPathError:
            with pytest.raises(NoPathError):
                lsr.shortest_path(graph, a, b)
            continue
        for i, j in itertools.permutations(range(len(ways)), 2):
            assert (ways.values[i] < ways.values[j]).any()
        for column, criterion in enumerate(criteria):
            total = TOTALS[criterion]
            best = lsr.shortest_path(graph, a, b, weight=criterion)
            assert ways.values[:, column].min() == pytest.approx(getattr(best, total), abs=1e-6)
            assert ways.values[:, column] == pytest.approx([getattr(way, total) for way in ways.routes])
        for way in ways.routes:
            check_walk(graph, way.arcs)


@laws(25)
@given(networks(), st.sampled_from(["container", "coal"]), st.floats(0, 1))
def test_limits_pick_from_the_front(net, commodity, tightness):
    """The cheapest within a deadline and a budget is the cheapest of the front that keeps both."""
    graph = lsr.expand(net, commodity)
    if has_gap(graph):
        a, b = next(iter(pairs_of(net)))
        for ask in (
            lambda: lsr.pareto_paths(graph, a, b),
            lambda: lsr.shortest_path(graph, a, b, co2e_budget_kg_per_t=1.0),
        ):
            with pytest.raises(InvalidValueError, match="no emission factor fits"):
                ask()
        return
    for a, b in itertools.islice(pairs_of(net), 0, None, 5):
        try:
            front = lsr.pareto_paths(graph, a, b).values
        except NoPathError:
            continue
        low, high = front.min(axis=0)[1:], front.max(axis=0)[1:]
        limits = low + tightness * (high - low)
        fits = front[(front[:, 1:] <= limits * (1 + 1e-12)).all(axis=1)]
        asked = {"deadline_h": limits[0], "co2e_budget_kg_per_t": limits[1]}
        if not len(fits):
            with pytest.raises(NoPathError, match="each alone can be kept"):
                lsr.shortest_path(graph, a, b, **asked)
            continue
        found = lsr.shortest_path(graph, a, b, **asked)
        assert found.cost_usd_per_t == pytest.approx(fits[:, 0].min())
        assert found.time_h <= limits[0] * (1 + 1e-9)
        assert found.co2e_kg_per_t <= limits[1] * (1 + 1e-9) + 1e-12


# Limits ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "cost"), [(60.9, 62.15), (60.8, 75.75), (47.9, 75.75), (1000, 62.15), (float("inf"), 62.15)]
)
def test_deadline(toy, hours, cost):
    # README: bogies 62.15 (60.9 h), lift 67.15 (72.9 h), road and lift 75.75 (47.9 h).
    assert lsr.shortest_path(toy, "Ada", "Boro", deadline_h=hours).cost_usd_per_t == pytest.approx(cost)


def test_a_route_says_its_limits(toy):
    route = lsr.shortest_path(toy, "Ada", "Boro", deadline_h=55, co2e_budget_kg_per_t=90)
    assert route.weight == "cost within 55 h and 90 kg CO2e/t"


def test_what_cannot_be_kept_is_named(toy):
    with pytest.raises(NoPathError, match=r"keeps within 40 h: the fastest path takes 47.9 h") as error:
        lsr.shortest_path(toy, "Ada", "Boro", deadline_h=40)
    assert error.value.code == "no-path-within"
    with pytest.raises(NoPathError, match="the cleanest path emits"):
        lsr.shortest_path(toy, "Ada", "Boro", co2e_budget_kg_per_t=1)


def test_both_can_be_kept_alone_and_not_together(toy):
    rail, road = (lsr.shortest_path(toy, "Ada", "Bekgate", weight=w) for w in ("co2e", "time"))
    assert road.co2e_kg_per_t > rail.co2e_kg_per_t + 1
    with pytest.raises(NoPathError, match=r"each alone can be kept, not both; within .* takes 44.9 h"):
        lsr.shortest_path(
            toy, "Ada", "Bekgate", deadline_h=road.time_h + 1, co2e_budget_kg_per_t=rail.co2e_kg_per_t + 1
        )


def test_limits_with_via_and_line_haul(toy):
    free = lsr.shortest_path(toy, "Ada", "Boro", via=("Port Corin",))
    same = lsr.shortest_path(toy, "Ada", "Boro", via=("Port Corin",), deadline_h=free.time_h)
    assert same.arcs.tolist() == free.arcs.tolist()
    haul = lsr.shortest_path(toy, "Arnfels (border station)", "Boro", access=False, deadline_h=100)
    assert haul.time_h < 100


def test_no_path_at_all_is_still_explained(toy):
    with pytest.raises(NoPathError, match="road"):
        lsr.shortest_path(toy, "Ada", "Port Corin", modes=("road",), deadline_h=100)


@pytest.mark.parametrize("wrong", [{"deadline_h": -1}, {"co2e_budget_kg_per_t": float("nan")}])
def test_wrong_limits(toy, wrong):
    with pytest.raises(InvalidValueError, match=next(iter(wrong))):
        lsr.shortest_path(toy, "Ada", "Boro", **wrong)


def test_a_search_cut_short_is_no_answer(toy, monkeypatch):
    from landsea_routing.routing import shortest_path as module

    empty = constrained.Constrained(np.inf, np.zeros(0, np.int64), np.zeros(1), np.zeros(1), False)
    monkeypatch.setattr(module, "constrained_path", lambda *_, **__: empty)
    with pytest.raises(LandseaError, match="ran out of labels"):
        lsr.shortest_path(toy, "Ada", "Boro", deadline_h=50)
