"""Corridor indicators: by hand on the toy, and the laws that hold for any route."""

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError


@pytest.fixture(scope="module")
def graph():
    return lsr.expand(lsr.load_network("toy_three_ports"))


def test_by_hand(graph):
    """Ada - Boro: 340 + 400 km in 6.9 + 10 h; border 20 h and 3 USD/t, bogies 6 h and 10 USD/t."""
    found = lsr.corridor_indicators(lsr.shortest_path(graph, "Ada", "Boro"))
    row = found.to_frame().iloc[0]
    assert row["route"] == "Ada - Boro" and row["borders"] == 1
    assert row["length_km"] == pytest.approx(740)
    assert row["border_time_h"] == pytest.approx(26)
    assert row["border_cost_usd"] == pytest.approx(20 * 13)
    assert row["cost_usd_per_500_km"] == pytest.approx(20 * 31.7 * 500 / 740)
    assert row["speed_without_delay_km_h"] == pytest.approx(740 / 16.9)
    assert row["speed_with_delay_km_h"] == pytest.approx(740 / (16.9 + 26))


def test_the_sentence_counts_borders_as_one_speaks(graph):
    one = lsr.shortest_path(graph, "Ada", "Boro")
    assert lsr.corridor_indicators(one).summary().endswith("; 26.0 h at the border crossing")
    assert "at each of 2 border crossings" in lsr.corridor_indicators([one, one]).summary()


def test_laws(graph):
    net = lsr.load_network("northeast_asia")
    routes = lsr.alternatives(lsr.expand(net), "Harbin", "Tokyo", k=4, max_overlap=0.6).routes
    found = lsr.corridor_indicators(routes)
    assert np.all(found.speed_with_delay_km_h <= found.speed_without_delay_km_h)
    money = [20 * 500 * r.cost_money_usd_per_t / r.length_km for r in routes]
    np.testing.assert_allclose(found.cost_usd_per_500_km, money)
    assert np.array_equal(np.isnan(found.border_time_h), found.borders == 0)
    assert len(found.to_dict()) == len(routes)
    assert "None" not in str(found) and "nan" not in found._repr_html_()


def test_a_way_within_a_country_has_no_border(graph):
    found = lsr.corridor_indicators(lsr.shortest_path(graph, "Ada", "Port Anselm"))
    assert found.borders.tolist() == [0] and np.isnan(found.border_time_h[0])
    assert "no land border" in found.summary()


def test_names(graph):
    route = lsr.shortest_path(graph, "Ada", "Boro")
    assert lsr.corridor_indicators({"now": route}).names == ("now",)
    assert lsr.corridor_indicators([route], ["now"]).names == ("now",)
    same = lsr.corridor_indicators([route, route]).names
    assert len(set(same)) == 2


def test_wrong(graph):
    with pytest.raises(InvalidValueError, match="0 routes"):
        lsr.corridor_indicators([])
    with pytest.raises(InvalidValueError, match="2 names for 1 routes"):
        lsr.corridor_indicators(lsr.shortest_path(graph, "Ada", "Boro"), ["a", "b"])
