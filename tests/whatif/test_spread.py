"""The spread of a logit: found again by hand and by law, and refused where nothing can tell it."""

from __future__ import annotations

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, UnknownNameError

NET = lsr.load_network("toy_three_ports")
BOXES = lsr.expand(NET, commodity="container")
TRIPS = NET.demand.take(np.array([1]))  # boxes from Corin to Ada
SEEN = {"aport": (88.0, 2.0), "bport": (12.0, 2.0)}


def test_the_spread_by_hand():
    # By Anselm 95, by Brandt 113.9 USD/t, without a common kilometre: ln(88 / 12) = 18.9 / spread.
    found = lsr.calibrate_spread(BOXES, TRIPS, SEEN)
    assert found.fitted == pytest.approx([18.9 / np.log(88 / 12)], rel=1e-5)
    assert found.after == pytest.approx([0.88, 0.12])
    assert found.before == pytest.approx([1.0, 0.0], abs=1e-9)
    assert found.unclear.tolist() == [""]
    # One standard deviation of both shares: 0.02 each, half the square each.
    ends = [1 / (1 + np.exp(-18.9 / s)) for s in (found.flat_low[0], found.flat_high[0])]
    assert ends[0] > 0.88 > ends[1]
    assert ends == pytest.approx([0.88 + 0.02 / 2**0.5, 0.88 - 0.02 / 2**0.5], abs=0.004)


@pytest.mark.parametrize("truth", [3.0, 8.0, 25.0])
def test_a_true_spread_is_found_again(truth):
    share = lsr.catchment_shares(
        BOXES, ["aport", "bport"], spread=truth, onward="ada", places=["cport"]
    ).share.ravel()
    figures = {name: (float(s), 0.01) for name, s in zip(("aport", "bport"), share, strict=True)}
    found = lsr.calibrate_spread(BOXES, TRIPS, figures)
    assert found.fitted == pytest.approx([truth], rel=1e-3)
    assert found.misfit_after <= found.misfit_before


def test_shares_are_weighted_by_tonnes_in_one_unit():
    # 20,000 TEU of 10 t and 200,000 t are alike.
    rows = NET.demand.take(np.array([1, 1]))
    other = rows.with_columns(
        amount_per_year=np.array([20_000.0, 200_000.0]),
        unit=np.array(["TEU", "t"]),
        origin=np.array(["cport", "cedar"]),
    )
    found = lsr.calibrate_spread(BOXES, other, SEEN)
    each = [
        lsr.catchment_shares(
            BOXES, ["aport", "bport"], spread=found.fitted[0], onward="ada", places=[place]
        ).share[0]
        for place in ("cport", "cedar")
    ]
    assert found.after == pytest.approx((each[0] + each[1]) / 2)


def test_what_cannot_be_told_is_said():
    loose = lsr.calibrate_spread(BOXES, TRIPS, {"aport": (1.0, 9.0), "bport": (1.0, 9.0)})
    assert loose.unclear[0].startswith("negligible")
    even = lsr.calibrate_spread(BOXES, TRIPS, {"aport": (50.0, 5.0), "bport": (50.0, 5.0)})
    assert even.fitted[0] == 100.0 or even.unclear[0].startswith("one-sided")
    against = lsr.calibrate_spread(BOXES, TRIPS, {"aport": (10.0, 1.0), "bport": (90.0, 1.0)})
    assert against.misfit_after > 100  # no spread turns the order round


def test_it_shows_itself():
    found = lsr.calibrate_spread(BOXES, TRIPS, SEEN)
    assert "spread" in str(found) and found._repr_html_().count("<table") == 2
    assert found.scan()["misfit"].min() == pytest.approx(found.misfit_after)


@pytest.mark.parametrize(
    ("observed", "options", "words"),
    [
        ({"aport": (88.0, 2.0)}, {}, "two terminals or more"),
        ({"aport": (88.0, 2.0), "bport": (12.0, 0.0)}, {}, "sd > 0"),
        ({"aport": (-1.0, 2.0), "bport": (12.0, 2.0)}, {}, ">= 0"),
        ({"aport": (0.0, 2.0), "bport": (0.0, 2.0)}, {}, "not all 0"),
        ({"aport": 88.0, "bport": 12.0}, {}, "two terminals or more"),
        (SEEN, {"bounds": (0, 5)}, "0 < low < high"),
        (SEEN, {"bounds": (5, 5)}, "0 < low < high"),
    ],
)
def test_wrong_questions(observed, options, words):
    with pytest.raises(InvalidValueError) as caught:
        lsr.calibrate_spread(BOXES, TRIPS, observed, **options)
    assert words in str(caught.value)


def test_trips_without_a_choice():
    coal = NET.demand.take(np.array([0]))
    with pytest.raises(InvalidValueError, match="none of 0 trips"):
        lsr.calibrate_spread(BOXES, coal, SEEN)
    with pytest.raises(UnknownNameError):
        lsr.calibrate_spread(BOXES, TRIPS, {"aport": (1.0, 1.0), "nowhere": (1.0, 1.0)})
