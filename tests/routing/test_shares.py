"""Catchments by shares and market access: by hand on the toy network, by law on random ones."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, UnknownNameError
from strategies import laws, networks

PORTS = ["Port Anselm", "Port Brandt"]


@pytest.fixture(scope="module")
def net():
    return lsr.load_network("toy_three_ports")


@pytest.fixture(scope="module")
def toy(net):
    return lsr.expand(net, "container")


def test_ada_by_hand(toy):
    # README: to Anselm 21.0 over 200 km, to Brandt 40.9 over 300 + 40 + 100 km. No link is shared: PS = 1.
    found = lsr.catchment_shares(toy, PORTS, places=["Ada"], spread=10)
    assert found.path_size.tolist() == [[1.0, 1.0]]
    first = 1 / (1 + math.exp(-(40.9 - 21.0) / 10))
    assert found.share[0].tolist() == pytest.approx([first, 1 - first])
    assert found.least.matrix.tolist() == [[pytest.approx(21.0), pytest.approx(40.9)]]
    assert found.hinterlands == pytest.approx({"aport": first, "bport": 1 - first})


def test_shared_links_count_less(toy):
    # Ada - Bekgate runs over 300 + 40 km of the 440 km to Brandt: half of those belong to each way.
    found = lsr.catchment_shares(toy, ["Bekgate", "Port Brandt"], places=["Ada"], spread=10, modes=("rail",))
    assert found.path_size[0].tolist() == pytest.approx([0.5, (340 / 2 + 100) / 440])
    to = found.least.matrix[0]
    weight = found.path_size[0] * np.exp(-(to - to.min()) / 10)
    assert found.share[0].tolist() == pytest.approx((weight / weight.sum()).tolist())


def test_the_way_beyond_the_terminal_counts(toy):
    # README: containers Corin - Ada cost 95 by Anselm and 113.9 by Brandt.
    found = lsr.catchment_shares(toy, PORTS, places=["Ada"], onward="Port Corin", inbound=True, spread=10)
    assert found.least.matrix.tolist() == [[pytest.approx(95.0), pytest.approx(113.9)]]
    assert "coming from Port Corin" in found.summary()
    outward = lsr.catchment_shares(toy, PORTS, places=["Ada"], onward="Port Corin", spread=10)
    costs = [lsr.shortest_path(toy, "Ada", "Port Corin", via=(p,)).cost_usd_per_t for p in PORTS]
    assert outward.least.matrix[0].tolist() == pytest.approx(costs)
    assert "bound for Port Corin" in outward.summary()


def test_small_spreads_are_least_cost_and_large_ones_are_even(toy):
    sharp = lsr.catchment_shares(toy, PORTS, places=["Ada"], spread=1e-3).share
    assert sharp.tolist() == [[1.0, 0.0]]
    flat = lsr.catchment_shares(toy, PORTS, places=["Ada"], spread=1e9).share
    assert flat.tolist() == [[pytest.approx(0.5), pytest.approx(0.5)]]


def test_out_of_reach_has_no_share(toy):
    found = lsr.catchment_shares(toy, PORTS, places=["Cedar", "Ada"], modes=("rail",), spread=10)
    assert found.share[0].tolist() == [0.0, 0.0] == found.path_size[0].tolist()
    (row,) = (line for line in str(found).splitlines() if line.startswith("Cedar"))
    assert row.split() == ["Cedar", "–", "–"] and found._repr_html_().startswith("<div")
    assert found.summary().endswith("; 1 without any way")


def test_overlap_by_hand(toy):
    found = lsr.catchment_shares(toy, PORTS, places=["Ada", "Boro"], spread=10)
    both = float(found.share.min(axis=1).sum())
    part = both / float(found.share.sum(axis=0).min())
    overlap = found.overlap()
    assert overlap.loc["aport", "bport"] == pytest.approx(part) == overlap.loc["bport", "aport"]
    assert np.diag(overlap).tolist() == pytest.approx([1.0, 1.0])
    frame = found.to_frame()
    assert len(frame) == 4 and frame.groupby("place")["share"].sum().tolist() == pytest.approx([1.0, 1.0])


def test_all_places_without_the_one_beyond(toy):
    found = lsr.catchment_shares(toy, PORTS, onward="Port Corin", spread=10)
    assert "cport" not in found.least.places.tolist() and len(found.least.places) == 6


@pytest.mark.parametrize("spread", [0, -1, float("nan"), float("inf")])
def test_wrong_spreads_are_refused(toy, spread):
    with pytest.raises(InvalidValueError, match="spread"):
        lsr.catchment_shares(toy, PORTS, spread=spread)


def test_wrong_names_are_refused(toy):
    with pytest.raises(UnknownNameError):
        lsr.catchment_shares(toy, PORTS, onward="Nowhere", spread=10)
    with pytest.raises(InvalidValueError, match="text"):
        lsr.catchment_shares(toy, "Port Anselm", spread=10)


@laws(40)
@given(networks(), st.booleans(), st.floats(0.5, 500))
def test_shares_agree_with_catchments_and_sum_to_one(net, inbound, spread):
    ids = net.nodes["id"].tolist()
    graph = lsr.expand(net, str(net.commodities["id"][0]))
    terminals = ids[: min(3, len(ids))]
    found = lsr.catchment_shares(graph, terminals, places=ids, inbound=inbound, spread=spread)
    plain = lsr.catchment(graph, terminals, places=ids, inbound=inbound)
    assert np.array_equal(np.isfinite(plain.matrix), np.isfinite(found.least.matrix))
    reached = np.isfinite(plain.matrix)
    assert np.allclose(plain.matrix[reached], found.least.matrix[reached])
    assert np.allclose(found.share.sum(axis=1), reached.any(axis=1))
    assert ((found.path_size >= 0) & (found.path_size <= 1 + 1e-12)).all()
    assert (found.path_size[reached] >= 1 / len(terminals) - 1e-12).all()


def test_market_access_by_hand(toy):
    # Ada to Anselm 21.0, to Brandt 40.9; the city itself counts nothing.
    there = {"Port Anselm": 10.0, "Port Brandt": 100.0, "Ada": 1e9}
    found = lsr.market_access(toy, ["Ada"], decay=20, opportunities=there, unit="people")
    assert found.index.tolist() == [[pytest.approx(10 * math.exp(-21 / 20) + 100 * math.exp(-40.9 / 20))]]
    assert "people" in found.summary() and found._repr_html_().startswith("<div")


def test_market_access_of_suppliers_turns_the_ways_round(toy):
    found = lsr.market_access(toy, ["Ada"], decay=20, opportunities={"Port Corin": 1.0}, inbound=True)
    assert found.index[0, 0] == pytest.approx(math.exp(-95 / 20))


def test_default_opportunities_are_the_demand_of_the_commodity(toy):
    # README: containers go to Ada 200 000, Boro 150 000 and Cedar 40 000 t/yr.
    found = lsr.market_access(toy, ["Port Corin"], decay=1e9)
    assert found.index[0, 0] == pytest.approx(390_000, rel=1e-3)
    sent = lsr.market_access(toy, ["Cedar"], decay=1e9, inbound=True)
    assert sent.index[0, 0] == pytest.approx(200_000 + 40_000 + 150_000, rel=1e-3)


def test_before_and_after(toy):
    shut = lsr.Scenario("shut").close("rail-arn-bek").apply(toy)
    cities = ["Ada", "Port Corin"]
    found = lsr.market_access(toy, cities, decay=50, after={"same": toy, "shut": shut})
    assert found.cases == ("base", "same", "shut")
    assert found.change[:, 1].tolist() == [0.0, 0.0]
    assert found.change[0, 2] < 0
    frame = found.to_frame()
    assert frame["shut_change_percent"].tolist() == pytest.approx((100 * found.change[:, 2]).tolist())
    assert "shut: no gain" in str(found)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"decay": 0}, "decay"),
        ({"decay": 10, "opportunities": {}}, "no opportunities"),
        ({"decay": 10, "opportunities": {"Ada": -1.0}}, "negative"),
        ({"decay": 10, "opportunities": {"Ada": 1.0, "ada": 2.0}}, "twice"),
    ],
)
def test_wrong_questions_of_access(toy, options, word):
    with pytest.raises(InvalidValueError, match=word):
        lsr.market_access(toy, ["Boro"], **options)


def test_no_scenario_takes_the_place_of_the_base(toy):
    with pytest.raises(InvalidValueError, match="named 'base'"):
        lsr.market_access(toy, ["Boro"], decay=10, after={"base": toy})


def test_access_before_and_after_is_of_one_commodity(toy):
    coal = lsr.expand(toy.network, commodity="coal")
    with pytest.raises(InvalidValueError, match="not of container: coal"):
        lsr.market_access(toy, ["Boro"], decay=10, after={"coal": coal})
