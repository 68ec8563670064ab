"""Tornado and curves: every bend exact, and between bends what assign gives."""

from __future__ import annotations

import json

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, ScenarioError
from landsea_routing.whatif.levers import lever_edit
from landsea_routing.whatif.sensitivity import curve, tornado

NET = lsr.load_network("toy_three_ports")
LEVERS = [
    ("capacity of track_dual", (0.5, 3.0)),
    ("hours of rail:bek>arn", (0.0, 300.0)),
    ("fee of rail:bek>arn", (0.0, 40.0)),
    ("scale tariff of rail XB", (0.5, 3.0)),
    ("scale demand of coal", (0.8, 1.2)),
    ("scale capacity of port_*", (0.5, 2.0)),
]


def cost_at(lever: str, value: float) -> float:
    return lsr.assign(lsr.Scenario("x", edits=(lever_edit(lever, value),)).apply(NET)).objective_usd


@pytest.mark.parametrize(("lever", "between"), LEVERS)
def test_a_curve_is_what_assign_gives_everywhere(lever, between):
    found = curve(NET, lever, between)
    middles = (found.values[1:] + found.values[:-1]) / 2
    for value in [*found.values[:3], *middles[:4], between[0] + 0.37 * (between[1] - between[0])]:
        assert found.at(float(value)) == pytest.approx(cost_at(lever, float(value)), rel=1e-9)
    bends = np.diff(found.slope_usd)
    assert (bends < 0).all() if found.shape == "concave" else (bends > 0).all()
    assert found.n_solved <= 2 * len(found.slope_usd) + 1


def test_the_dual_track_by_hand():
    # 0.2 trains a day carry the 100,000 t of timber that go round: there the price of the track falls.
    found = curve(NET, "capacity of track_dual", (2.0, 2.21))
    assert found.values == pytest.approx([2.0, 2.2, 2.21])
    assert found.slope_usd[0] == pytest.approx(-15_570_000)


def test_hours_by_hand():
    # Coal of 1.5 Mt, 200,000 t of timber and boxes ... each hour costs what rides there times its value.
    found = curve(NET, "hours of rail:bek>arn", (20.0, 24.0))
    coal, timber, boxes = 1.5e6 * 0.05, 0.1e6 * 0.1, 0.05e6 * 0.5
    assert found.slope_usd == pytest.approx([coal + timber + boxes])


def test_a_function_can_be_a_lever():
    def both(value):
        return lsr.Scenario("both").set_fee("rail:bek>arn", value).set_fee("road:bek>arn", 2 * value)

    found = curve(NET, both, (0.0, 5.0))
    assert found.lever == "both"
    assert found.at(2.5) == pytest.approx(lsr.assign(both(2.5).apply(NET)).objective_usd, rel=1e-9)


def test_a_lever_of_demand_finds_a_demand_that_is_given():
    half = NET.demand.with_columns(amount_per_year=NET.demand["amount_per_year"] / 2)
    found = curve(NET, "scale demand of *", (1.0, 2.0), demand=half)
    assert found.at(2.0) == pytest.approx(lsr.assign(NET).objective_usd)


def test_tornado():
    levers = {"hours of rail:bek>arn": (12, 36), "capacity of track_dual": (1.5, 2.5)}
    found = tornado(NET, levers)
    assert found.levers.tolist() == ["capacity of track_dual", "hours of rail:bek>arn"]
    assert found.at_low[0] == pytest.approx(cost_at("capacity of track_dual", 1.5))
    assert found.swing[1] == pytest.approx(24 * 110_000)
    duals = tornado(NET, {"capacity of track_dual": (2, 3)}, ask="dual of track_dual")
    assert (duals.at_low[0], duals.at_high[0]) == (pytest.approx(15_570_000), 0.0)


def test_they_show_themselves():
    for found in (curve(NET, *LEVERS[0]), tornado(NET, {"scale demand of *": (0.9, 1.1)})):
        assert found.to_frame().shape[0] >= 1
        assert "<table" in found._repr_html_()
        assert found.summary() in str(found)
        json.dumps(found.to_dict(), allow_nan=False)


def test_where_nothing_is_to_be_carried():
    empty = NET.with_demand(NET.demand.take(np.zeros(0, dtype=np.int64)))
    assert ": 0.00 to 0.00 M USD/yr" in curve(empty, *LEVERS[0]).summary()
    with pytest.raises(ScenarioError, match="demand has no row"):
        lsr.Scenario("more").scale_demand(2.0).apply(empty)


def test_an_answer_that_is_not_known_is_json_too():
    """Without factors nobody knows the emissions."""
    unknown = NET.with_tables(emission_factors=NET.emission_factors.take(np.zeros(0, dtype=np.int64)))
    found = tornado(unknown, {"scale demand of *": (0.9, 1.1)}, ask="co2e_t")
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["base"] is None


def both_at_once(value):
    return lsr.Scenario("b").set_fee("rail:bek>arn", value).set_capacity("track_dual", 1 + value)


def bent(value):
    return lsr.Scenario("b").set_fee("rail:bek>arn", value**2)


@pytest.mark.parametrize(
    ("lever", "between", "options"),
    [
        ("hours of rail:bek>arn", (2, 1), {}),
        ("hours of rail:bek>arn", (0, np.inf), {}),
        ("hours of rail:bek>arn", (0, 9), {"unserved_price": None}),
        (both_at_once, (0, 1), {}),
        (bent, (0, 2), {}),
        ("hour of rail:bek>arn", (0, 1), {}),
    ],
)
def test_wrong_curves(lever, between, options):
    with pytest.raises(InvalidValueError):
        curve(NET, lever, between, **options)


def test_wrong_tornados():
    for levers in ({}, {"scale demand of *": (2, 1)}, {"scale demand of *": (1, 1, 2)}):
        with pytest.raises(InvalidValueError):
            tornado(NET, levers)
    with pytest.raises(InvalidValueError):
        curve(NET, *LEVERS[0]).at(99.0)
