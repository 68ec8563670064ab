"""Calibration: true values are found again, what cannot matter is named, and nothing is claimed twice."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InfeasibleError, InvalidValueError, ScenarioError
from landsea_routing.whatif.fit import UNSERVED_PRICE
from landsea_routing.whatif.levers import lever_edit

TOY = lsr.load_network("toy_three_ports")
FREE_ROAD = lsr.Scenario("free road").set_capacity("crossing_road", 1000).apply(TOY)
FEE = "fee of rail:arn>bek"
ROAD = lsr.Observation("by road", {"crossing": "road:arn>bek"}, 0.09, 0.002)
RAIL = lsr.Observation("by rail", {"crossing": "rail:arn>bek"}, 0.06, 0.002)


@pytest.fixture(scope="module")
def plan():
    return lsr.assign(FREE_ROAD)


def test_a_fee_by_hand(plan):
    # Boxes from Ada to Boro cost 62.15 on new bogies (60,000 t), 67.15 lifted (20,000 t), 75.75 by road. The
    # lifted ones leave the railway when its fee of 3 rises by 8.6, the others when it rises by 13.6: 90,000 t
    # go by road with a fee from 11.6 to 16.6. Places in 3 to 30 are 27/32 apart: 12.28 to 16.5 lie inside.
    found = lsr.calibrate(plan, [ROAD], {FEE: (0, 3, 30)})
    assert found.before.tolist() == pytest.approx([0.07])
    assert found.after.tolist() == pytest.approx([0.09])
    assert (found.misfit_before, found.misfit_after) == (pytest.approx(100), pytest.approx(0))
    assert found.values == {FEE: pytest.approx(3 + 27 * 11 / 32)}
    assert (found.flat_low[0], found.flat_high[0]) == (found.fitted[0], pytest.approx(16.5))
    assert found.unclear.tolist() == [""] and not found.at_bound.any()
    assert lsr.assign(lsr.fitted_scenario(found).apply(FREE_ROAD)).objective_usd > plan.objective_usd


def test_a_limit_by_hand():
    # The berth of 15,000 TEU is full with 150,000 t; 180,000 t were seen: 1.2 times as much.
    seen = lsr.Observation("boxes", {"port": "aport", "commodity": "container"}, 0.18, 0.01)
    found = lsr.calibrate(TOY, [seen], {"scale capacity of port_aport": (0.5, 2)})
    assert found.after == pytest.approx(0.15 * found.fitted)
    assert found.flat_low[0] < 1.2 < found.flat_high[0]
    assert found.fitted[0] == pytest.approx(1.2, rel=2 ** (1 / 32) - 1)


def test_what_does_nothing_is_left_alone_and_named(plan):
    levers = {
        FEE: (0, 3, 30),
        "scale tariff of inland_water": (1, 1.1),
        "scale capacity of track_dual": (0.9, 1),
    }
    loose = lsr.Observation("timber", {"link": "rail-bek-bport", "commodity": "timber"}, 0.4, 1.0)
    found = lsr.calibrate(plan, [ROAD, RAIL, loose], levers)
    assert found.unclear.tolist()[0] == ""
    assert found.unclear[1].startswith("no effect")
    assert found.unclear[2].startswith("negligible")
    assert list(found.values) == [FEE]
    assert found.fitted[1:].tolist() == [1.0, 1.0]
    assert found.identified.tolist() == [True, False, False]


def test_two_levers_of_one_price_are_called_collinear(plan):
    other = "scale hours of rail:arn>bek"
    found = lsr.calibrate(plan, [ROAD, RAIL], {FEE: (0, 3, 30), other: (0.5, 8)})
    assert found.unclear.tolist() == [f"collinear with {other}", f"collinear with {FEE}"]
    assert len(found.values) == 1  # one is enough
    assert found.misfit_after == pytest.approx(0)


def test_a_bound_that_holds_is_flagged(plan):
    seen = lsr.Observation("boxes", {"port": "aport", "commodity": "container"}, 0.18, 0.01)
    found = lsr.calibrate(TOY, [seen], {"scale capacity of port_aport": (0.5, 1.1)})
    assert found.at_bound.tolist() == [True] and found.fitted.tolist() == [1.1]
    assert "at a bound: scale capacity of port_aport" in found.summary()
    # From 16.6 on all goes by road: nothing tells one fee from another.
    open_end = lsr.calibrate(plan, [ROAD._replace(value=0.15)], {FEE: (0, 3, 60)})
    assert open_end.unclear[0] == "one-sided: as good as far as its high bound"
    assert open_end.fitted[0] == pytest.approx(16.6, abs=57 / 32)


def test_the_unserved_price_can_be_fitted(plan):
    # 20,000 t of boxes stay at home for 200 USD/t and none at 320, when the road is as narrow as it is.
    stays = lsr.Observation("at home", lambda plan: plan.unserved_t / 1e6, 0.0, 0.001)
    found = lsr.calibrate(TOY, [stays], {UNSERVED_PRICE: (100, 500)})
    assert found.before.tolist() == pytest.approx([0.02])
    assert found.after.tolist() == pytest.approx([0.0], abs=1e-9)
    assert 304 < found.values[UNSERVED_PRICE] < 340  # the way by sea costs 304 with its full limits
    assert lsr.fitted_scenario(found).edits == ()


def test_held_out_observations_do_not_pull(plan):
    found = lsr.calibrate(plan, [ROAD, RAIL._replace(value=9.0, held_out=True)], {FEE: (0, 3, 30)})
    assert found.values == lsr.calibrate(plan, [ROAD], {FEE: (0, 3, 30)}).values
    assert found.degrees_of_freedom == 0
    assert found.held_out_misfits[1] > 1e6
    # From the 70,000 t of the tables to all 150,000 t by road; and never 9 Mt by rail.
    assert found.out_of_reach.tolist() == [False, True]
    assert (found.least[0], found.most[0]) == (pytest.approx(0.07), pytest.approx(0.15))


def test_foretelling_leaves_a_group_out(plan):
    # Both figures of the crossing in one group: without them nothing is left to move the fee for.
    other = lsr.Observation("timber", {"link": "rail-bek-bport", "commodity": "timber"}, 0.4, 0.1)
    pair = [o._replace(group="border") for o in (ROAD, RAIL)]
    found = lsr.calibrate(plan, [*pair, other], {FEE: (0, 3, 30)}, foretell=True)
    assert found.foretold[:2].tolist() == pytest.approx([0.07, 0.08])
    assert found.misfit_foretold == pytest.approx(found.misfit_before)
    alone = lsr.calibrate(plan, [ROAD, RAIL, other], {FEE: (0, 3, 30)}, foretell=True)
    assert alone.foretold[:2].tolist() == pytest.approx([0.09, 0.06])  # each foretold by the other


@pytest.mark.parametrize("seed", range(2))
def test_a_true_value_is_found_again_and_never_fits_worse(plan, seed):
    rng = np.random.default_rng(seed)
    truth = {
        "scale tariff of rail XA": float(rng.uniform(0.6, 1.8)),
        "scale fee of road:arn>bek": float(rng.uniform(0.3, 2.5)),
    }
    levers = dict.fromkeys(truth, (0.25, 4.0))
    edits = tuple(lever_edit(name, value) for name, value in truth.items())
    real = lsr.assign(lsr.Scenario("true", edits=edits).apply(FREE_ROAD))
    links = ("rail-ada-arn", "road-ada-arn", "rail-arn-bek", "rail-ada-aport", "rail-bek-bport")
    frame = real.to_frame().groupby("link")["flow_t"].sum() / 1e6
    seen = [lsr.Observation(link, {"link": link}, float(frame.get(link, 0.0)), 0.01) for link in links]
    found = lsr.calibrate(plan, seen, levers)
    assert found.misfit_after <= found.misfit_before
    assert found.misfit_after <= 1.0
    assert ((found.low <= found.fitted) & (found.fitted <= found.high)).all()
    assert ((found.flat_low <= found.fitted) & (found.fitted <= found.flat_high)).all()
    moved = found.fitted != found.start
    assert not (found.unclear[moved] == "no effect on what was observed").any()


def test_the_fit_is_what_its_scenario_gives(plan):
    found = lsr.calibrate(plan, [ROAD, RAIL], {FEE: (0, 3, 30), "scale tariff of road": (0.5, 2)})
    crossings = lsr.assign(lsr.fitted_scenario(found).apply(FREE_ROAD)).crossings()
    flow = crossings.set_index("crossing")["flow_t"] / 1e6
    assert found.after.tolist() == pytest.approx([flow["road:arn>bek"], flow["rail:arn>bek"]])


def test_two_workers_give_the_same(plan):
    one = lsr.calibrate(plan, [ROAD], {FEE: (0, 3, 30)})
    assert lsr.calibrate(plan, [ROAD], {FEE: (0, 3, 30)}, n_jobs=2).to_dict() == one.to_dict()


def test_it_shows_itself_and_is_frozen(plan):
    found = lsr.calibrate(plan, [ROAD, RAIL._replace(held_out=True)], {FEE: (0, 3, 30)}, foretell=True)
    assert found.summary() in str(found) and "held out" in str(found)
    assert found._repr_html_().count("<table") == 2
    json.dumps(found.to_dict(), allow_nan=False)
    assert found.to_frame()["weight"].tolist() == pytest.approx([250_000.0, 250_000.0])
    assert found.scan()["misfit"].min() == pytest.approx(found.misfit_after)
    assert pickle.loads(pickle.dumps(found)).to_dict() == found.to_dict()  # noqa: S301
    with pytest.raises(ValueError, match="read-only"):
        found.fitted[0] = 1.0


@pytest.mark.parametrize(
    ("observed", "parameters", "words"),
    [
        ([], {FEE: (0, 3, 30)}, "nothing was observed"),
        ([("by road", {}, 1, 1)], {FEE: (0, 3, 30)}, "tuple is no observation"),
        ([ROAD, ROAD], {FEE: (0, 3, 30)}, "share a name: by road"),
        ([ROAD._replace(sd=0)], {FEE: (0, 3, 30)}, "no figure or no spread"),
        ([ROAD._replace(value=float("nan"))], {FEE: (0, 3, 30)}, "no figure or no spread"),
        ([ROAD._replace(sd="1")], {FEE: (0, 3, 30)}, "no figure or no spread"),
        ([ROAD], {}, "no parameter"),
        ([ROAD], {FEE: (0, 30)}, "give (low, start, high)"),
        ([ROAD], {FEE: (5, 3, 30)}, "bounds of"),
        ([ROAD], {FEE: (3, 3, 3)}, "low < high"),
        ([ROAD], {FEE: (-1, 3, 30)}, "0 <= low"),
        ([ROAD], {FEE: (0, 3, float("inf"))}, "bounds of"),
        ([ROAD], {"scale fee of rail:*": (2, 3)}, "a factor starts at 1"),
        ([ROAD], {"fees of rail:arn>bek": (0, 3, 30)}, "is not understood"),
        ([ROAD], {UNSERVED_PRICE: (0, 500)}, "the unserved price may go down to 0"),
        ([ROAD], {"scale hours of rail:*": (0, 2), FEE: (0, 3, 30)}, "2 parameters are to be fitted to 1"),
        ([ROAD._replace(held_out=True)], {FEE: (0, 3, 30)}, "fitted to 0 observations"),
        ([ROAD._replace(what=lambda plan: float("nan"))], {FEE: (0, 3, 30)}, "gives nothing for 1"),
    ],
)
def test_wrong_questions(plan, observed, parameters, words):
    with pytest.raises(InvalidValueError) as caught:
        lsr.calibrate(plan, observed, parameters)
    assert words in str(caught.value)


def test_names_that_do_not_exist_or_meet(plan):
    with pytest.raises(ScenarioError, match="rail:arn>bek"):
        lsr.calibrate(plan, [ROAD], {"fee of rail:arn>bec": (0, 3, 30)})
    with pytest.raises(ScenarioError, match="road:arn>bek"):
        lsr.calibrate(plan, [ROAD._replace(what={"crossing": "road:arn>bec"})], {FEE: (0, 3, 30)})
    both = {"scale fee of rail:*": (0.5, 2), "scale fee of rail:arn>bek": (0.5, 2)}
    with pytest.raises(ScenarioError, match="twice"):
        lsr.calibrate(plan, [ROAD, RAIL], both)
    with pytest.raises(InfeasibleError, match="cannot be carried"):
        lsr.calibrate(
            lsr.Scenario("more").scale_demand(9).apply(TOY), [ROAD], {FEE: (0, 3, 30)}, unserved_price=None
        )
