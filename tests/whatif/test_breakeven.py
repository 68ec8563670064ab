"""Break-even values: by hand on the toy network, by routing at many values on random ones."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import landsea_routing as lsr
from landsea_routing.errors import (
    InvalidValueError,
    LandseaError,
    NoPathError,
    ScenarioError,
    UnknownNameError,
)
from landsea_routing.whatif.parameter import read_parameter
from strategies import laws, networks, pairs_of

INF = float("inf")


@pytest.fixture(scope="module")
def toy():
    return lsr.expand(lsr.load_network("toy_three_ports"), "container")


# README: Ada to Boro by rail and bogies 62.15, by road to Bekgate 75.75: a gap of 13.6.
# Corin to Ada by Anselm 95, by Brandt 113.9: a gap of 18.9.
BY_HAND = [
    # An hour at the border costs a container 0.5 USD: rail wins below 20 + 13.6 / 0.5.
    (("Ada", "Boro", "border_bridge", "hours of rail:arn>bek"), 20.0, 47.2, (0.0, 47.2)),
    (("Ada", "Boro", "border_bridge", "fee of rail:arn>bek"), 3.0, 16.6, (0.0, 16.6)),
    # The road rides 320 km in Arland.
    (("Ada", "Boro", "border_road", "rate of road XA"), 0.08, 0.08 - 13.6 / 320, (0.0, 0.0375)),
    # Bogies keep the wagon: the fixed part is paid once.
    (("Ada", "Boro", "border_bridge", "fixed of rail XA"), 4.0, 17.6, (0.0, 17.6)),
    # The lift at Anselm: 50 USD/TEU is 5 USD/t.
    (("Port Corin", "Ada", "Port Brandt", "fee of aport-sea-rail1435-lift"), 5.0, 23.9, (23.9, INF)),
    (("Port Corin", "Ada", "Port Brandt", "hours of aport-sea-rail1435-lift"), 30.0, 67.8, (67.8, INF)),
]


@pytest.mark.parametrize(("asked", "current", "value", "wins"), BY_HAND)
def test_by_hand(toy, asked, current, value, wins):
    origin, destination, via, parameter = asked
    found = lsr.break_even(toy, origin, destination, via=[via], parameter=parameter)
    assert found.current == pytest.approx(current)
    assert found.value == pytest.approx(value)
    assert len(found.values) == len(found.wins) == 1
    assert found.wins[0] == pytest.approx(wins)
    assert abs(found.gap_now) == pytest.approx(13.6 if origin == "Ada" else 18.9)


def test_checked_on_both_sides(toy):
    found = lsr.break_even(toy, "Ada", "Boro", via=["border_bridge"], parameter="hours of rail:arn>bek")
    (below, first), (above, second) = found.checks
    assert below < found.value < above
    assert first < 0 < second
    assert found.corridor.cost_usd_per_t == pytest.approx(75.75)
    assert found.rival.cost_usd_per_t == pytest.approx(75.75)
    assert "border_bridge" not in found.rival.links


def test_the_corridor_changes_on_the_way(toy):
    # With the lift at 18 h for ever, bogies at more than 16 h give way to it: 67.15 instead of 62.15.
    found = lsr.break_even(
        toy, "Ada", "Boro", via=["border_bridge"], parameter="hours of bek-rail1435-rail1520-bogie_exchange"
    )
    assert [(p.start, p.line.slope) for p in found.with_corridor] == [(0.0, 0.5), (pytest.approx(16), 0.0)]
    assert found.values == ()
    assert found.gap_now == pytest.approx(-13.6)
    assert "it wins at every value" in found.summary()


def test_a_pattern_turns_several_rows(toy):
    # With x hours each, the lift (6 + 3 USD/t) beats the bogies (10): 67.15 - 9 + x / 2 against 75.75.
    found = lsr.break_even(
        toy, "Ada", "Boro", via=["border_bridge"], parameter="hours of bek-rail1435-rail1520-*"
    )
    assert np.isnan(found.current)
    assert np.isnan(found.gap_now)
    assert found.value == pytest.approx(35.2)
    assert "has no one value today" in found.summary()


def test_no_value_helps(toy):
    # Only 20 km of the road are in Borland: 1.2 of the 13.6 USD/t.
    found = lsr.break_even(toy, "Ada", "Boro", via=["border_road"], parameter="rate of road XB")
    assert (found.values, found.wins) == ((), ())
    assert np.isnan(found.value)
    assert "wins at no value" in found.summary()
    assert found.checks == ()


def test_no_other_way():
    coal = lsr.expand(lsr.load_network("toy_three_ports"), "coal")
    found = lsr.break_even(coal, "Boro", "Ada", via=["Bekgate"], parameter="hours of rail:bek>arn")
    assert found.without == ()
    assert found.rival is None
    assert found.gap_now == -INF
    assert "there is no way but by Bekgate" in str(found)


def test_no_way_through(toy):
    with pytest.raises(NoPathError):
        lsr.break_even(toy, "Ada", "Boro", via=["valley_line"], parameter="hours of rail:arn>bek")


def test_between(toy):
    asked = {"via": ["border_bridge"], "parameter": "hours of rail:arn>bek"}
    assert lsr.break_even(toy, "Ada", "Boro", between=(0, 40), **asked).values == ()
    assert lsr.break_even(toy, "Ada", "Boro", between=(40, 60), **asked).value == pytest.approx(47.2)
    with pytest.raises(InvalidValueError, match="between"):
        lsr.break_even(toy, "Ada", "Boro", between=(9, 3), **asked)


def test_a_function_of_the_value(toy):
    def dearer(factor):
        return lsr.Scenario("dearer").scale_tariff(factor, mode="road")

    found = lsr.break_even(toy, "Ada", "Boro", via=["border_road"], parameter=dearer)
    # Line haul 26.8 and fixed 2 scale: 75.75 - 28.8 (1 - x) = 62.15.
    assert found.value == pytest.approx(1 - 13.6 / 28.8)
    assert found.parameter == "dearer"


def test_what_is_not_linear_is_refused(toy):
    def faster(speed):
        return lsr.Scenario("faster").set_tariff("road", "XA", "*", speed_km_h=speed)

    with pytest.raises(InvalidValueError, match="not linear"):
        lsr.break_even(toy, "Ada", "Boro", via=["border_road"], parameter=faster, between=(10, 90))

    def falling(rebate):
        return lsr.Scenario("rebate").set_fee("road:arn>bek", 100 - rebate)

    asked = {"via": ["border_road"], "parameter": falling}
    with pytest.raises(LandseaError):
        lsr.break_even(toy, "Ada", "Boro", **asked)
    found = lsr.break_even(toy, "Ada", "Boro", between=(0, 100), **asked)
    assert found.values == ()  # even for nothing the road costs 70.75


def test_other_weights_and_several_vias(toy):
    found = lsr.break_even(
        toy, "Ada", "Boro", via=["border_bridge"], parameter="hours of rail:arn>bek", weight="time"
    )
    # Rail takes 60.9 h with 20 at the border, the road 47.9.
    assert found.value == pytest.approx(7.0, abs=1e-6)
    both = lsr.break_even(
        toy, "Port Corin", "Ada", via=["Port Brandt", "Bekgate"], parameter="hours of aport-sea-rail1435-lift"
    )
    assert both.value == pytest.approx(67.8)


def test_shows_itself(toy):
    found = lsr.break_even(toy, "Ada", "Boro", via=["border_bridge"], parameter="hours of rail:arn>bek")
    assert found.to_frame().columns.tolist() == ["way", "from", "to", "at_zero", "per_unit"]
    assert "(hours of rail:arn>bek) the way by border_bridge takes 13.60 USD/t less" in str(found)
    assert "it wins below 47.2 h" in str(found)
    assert "<table>" in found._repr_html_()


@pytest.mark.parametrize(
    ("parameter", "error"),
    [
        ("hours", InvalidValueError),
        ("beauty of rail:arn>bek", InvalidValueError),
        ("rate of rail", InvalidValueError),
        ("rate of camel XA", InvalidValueError),
        ("hours of nowhere", ScenarioError),
    ],
)
def test_wrong_parameters(toy, parameter, error):
    with pytest.raises(error):
        read_parameter(toy, parameter)


def test_wrong_corridors(toy):
    asked = {"parameter": "hours of rail:arn>bek"}
    with pytest.raises(InvalidValueError, match="via is empty"):
        lsr.break_even(toy, "Ada", "Boro", via=[], **asked)
    with pytest.raises(InvalidValueError, match="via is the text"):
        lsr.break_even(toy, "Ada", "Boro", via="Bekgate", **asked)
    with pytest.raises(UnknownNameError):
        lsr.break_even(toy, "Ada", "Boro", via=["Atlantis"], **asked)


def best(graph, a, b, **options):
    try:
        return lsr.shortest_path(graph, a, b, **options).cost_usd_per_t
    except NoPathError:
        return INF


@laws(8)
@given(
    networks(nodes=(4, 7)), st.sampled_from(["hours of *", "fee of *", "rate of rail AA"]), st.integers(0, 6)
)
def test_signs_by_routing_at_many_values(net, parameter, chosen):
    check_signs(net, parameter, chosen)


def check_signs(net, parameter, chosen):
    graph = lsr.expand(net, "container")
    try:
        turned = read_parameter(graph, parameter)
    except LandseaError:
        return
    for a, b in itertools.islice(pairs_of(net), 0, None, 6):
        others = [n for n in net.nodes["id"].tolist() if n not in (a, b)]
        via = others[chosen % len(others)]
        try:
            found = lsr.break_even(graph, a, b, via=[via], parameter=parameter)
        except NoPathError:
            assert best(turned.turn(1.0), a, b, via=[via]) == INF
            continue
        reach = 2 * max(found.values, default=10.0) + 1
        for x in np.linspace(0, reach, 7).tolist():
            if any(abs(x - v) < 1e-6 * max(1, v) for v in found.values):
                continue
            there = turned.turn(x)
            gap = best(there, a, b, via=[via]) - best(there, a, b, avoid=[via])
            wins = any(start <= x <= end for start, end in found.wins)
            assert wins == (gap < -1e-7), (a, b, via, x, gap)
