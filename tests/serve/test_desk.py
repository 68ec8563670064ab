"""Plans of the controls: the same as solved from nothing, whatever was asked before."""

import pytest

import landsea_routing as lsr
from landsea_routing.errors import ScenarioError, UnknownNameError
from landsea_routing.serve.controls import Controls
from landsea_routing.serve.desk import Desk


@pytest.fixture(scope="module")
def net():
    return lsr.load_network("toy_three_ports")


@pytest.fixture(scope="module")
def desk(net):
    return Desk(net)


def test_untouched_controls_change_nothing(desk):
    change = desk.change(Controls())
    assert change.first is change.second
    assert change.first.objective_usd == pytest.approx(147_176_000)  # by hand: the README of the toy


def test_a_slider_over_a_scenario_is_both(desk, net):
    both = Controls(("river_all_year",), (("capacity of track_dual", 2.5), ("hours of rail:*", 30.0)))
    change = desk.change(both)
    river = lsr.load_scenario("river_all_year", net).apply(net)
    alone = lsr.Scenario("by hand").set_capacity("track_dual", 2.5).set_hours("rail:*", 30)
    assert change.second.objective_usd == pytest.approx(lsr.assign(alone.apply(river)).objective_usd)
    assert change.first.objective_usd == pytest.approx(lsr.assign(net).objective_usd)
    assert str(change.second.status) == "optimal"


def test_a_slider_wins_over_what_a_scenario_says(net):
    desk = Desk(net)
    desk.scenarios = {"wide": lsr.Scenario("wide").set_capacity("track_dual", 9)}
    over = desk.change(Controls(("wide",), (("capacity of track_dual", 2.0),)))
    assert over.second.objective_usd == pytest.approx(over.first.objective_usd)


def test_answers_do_not_hang_on_what_was_asked_before(net):
    asked = [Controls(levers=(("capacity of track_dual", float(v)),)) for v in (3, 1, 0)]
    one, two = Desk(net), Desk(net)
    forth = [one.change(c).second for c in asked]
    back = [two.change(c).second for c in reversed(asked)][::-1]
    for a, b in zip(forth, back, strict=True):
        assert (a.arc_flow_t == b.arc_flow_t).all()


def test_the_demand_is_that_of_the_scenarios_unless_chosen(net):
    desk = Desk(net)
    desk.scenarios = {
        "a": lsr.Scenario("a", demand="one"),
        "b": lsr.Scenario("b", demand="two"),
        "c": lsr.Scenario("c"),
    }
    assert desk.demand_of(Controls(("c",))) == ""
    assert desk.demand_of(Controls(("a", "c"))) == "one"
    assert desk.demand_of(Controls(("a", "b"), demand="")) == ""
    with pytest.raises(ScenarioError, match="Cure: choose the demand"):
        desk.demand_of(Controls(("a", "b")))
    with pytest.raises(UnknownNameError, match="did you mean"):
        Desk(net).demand_of(Controls(("river_all_yeer",)))


def test_both_sides_carry_the_demand_that_is_chosen(desk, net):
    change = desk.change(Controls(demand="coal_boom"))
    assert change.first is change.second
    assert change.first.objective_usd == pytest.approx(lsr.assign(net, "coal_boom").objective_usd)
    moved = desk.change(Controls(levers=(("capacity of track_dual", 3.0),), demand="coal_boom"))
    wide = lsr.Scenario("wide", demand="coal_boom").set_capacity("track_dual", 3)
    assert moved.second.objective_usd == pytest.approx(lsr.assign(wide.apply(net)).objective_usd)
