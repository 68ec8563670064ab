"""What can be moved: every limit and crossing, in units that people read."""

import pytest

import landsea_routing as lsr
from landsea_routing.results.corridors import corridor_names
from landsea_routing.serve.sliders import first_sliders, make_sliders, nice, stands_at, turned_by, used_of
from landsea_routing.whatif.levers import lever_edit


@pytest.fixture(scope="module")
def plan():
    return lsr.assign(lsr.load_network("toy_three_ports"))


@pytest.fixture(scope="module")
def sliders(plan):
    return make_sliders(plan, corridor_names(plan.graph.network))


def named(sliders, lever):
    return next(i for i, s in enumerate(sliders) if s.lever == lever)


def test_every_lever_is_one_that_scenarios_know(plan, sliders):
    net = plan.graph.network
    for slider in sliders:
        edit = lever_edit(slider.lever, slider.factor * slider.most)
        lsr.Scenario("moved", edits=(edit,)).apply(net)
        assert 0 <= slider.value(net) <= slider.most
    levers = {s.lever for s in sliders}
    assert len(levers) == len(sliders)
    assert "capacity of free_lines" not in levers  # it has no limit
    assert {f"hours of {c}" for c in net.crossings["id"]} <= levers


def test_no_two_are_called_the_same(plan, sliders):
    net = plan.graph.network
    names = dict.fromkeys(corridor_names(net), "Somewhere")
    twins = make_sliders(plan, names)
    for capacity in (True, False):
        labels = [s.label for s in twins if s.is_capacity is capacity]
        assert len(set(labels)) == len(labels)
    assert [s.lever for s in twins] == [s.lever for s in sliders]
    assert "Somewhere (rail:arn>bek)" in [s.label for s in twins]


def test_units_are_those_that_people_read(plan, sliders):
    port = sliders[named(sliders, "capacity of port_bport")]
    assert (port.unit, port.value(plan.graph.network), port.most) == ("Mt/yr", 3.0, 10.0)
    track = sliders[named(sliders, "capacity of track_dual")]
    assert (track.unit, track.value(plan.graph.network)) == ("trains/day", 2.0)


def test_what_is_used_is_what_the_plan_uses(plan, sliders):
    used = used_of(sliders, plan)
    limits = plan.limits().set_index("group")
    track = used[named(sliders, "capacity of track_dual")]
    assert track == pytest.approx([limits.loc["track_dual", "used"], 1.0])  # it binds
    port = used[named(sliders, "capacity of port_bport")]
    assert port[0] == pytest.approx(limits.loc["port_bport", "used"] / 1e6)
    assert port[1] == pytest.approx(limits.loc["port_bport", "used"] / 3e6)


def test_sliders_follow_a_scenario(plan, sliders):
    net = plan.graph.network
    wide = lsr.Scenario("wide").set_capacity("port_bport", 4e6).set_hours("rail:*", 7)
    stands = stands_at(sliders, wide.apply(net), net)
    assert stands[named(sliders, "capacity of port_bport")] == 4.0
    assert set(stands) == set(turned_by(wide, sliders, net))
    assert stands_at(sliders, net, net) == {}


def test_first_come_those_that_the_question_turns_and_that_bind(plan, sliders):
    told = [lsr.Scenario("told").set_capacity("port_cport", 4e6)]
    shown = [sliders[i] for i in first_sliders(sliders, plan, told)]
    capacities = [s.lever for s in shown if s.is_capacity]
    assert capacities[:2] == ["capacity of port_cport", "capacity of track_dual"]
    assert any(not s.is_capacity for s in shown)


@pytest.mark.parametrize("value", [1e-9, 0.07, 1, 2.1, 36, 99.9, 3e7, float("inf"), 0])
def test_ranges_end_at_round_numbers(value):
    end = nice(value)
    assert end > 0
    if 0 < value < float("inf"):
        assert value <= end * (1 + 1e-9) <= 2 * value
