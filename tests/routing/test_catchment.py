"""Catchments and reach: by hand on the toy network, and against skim on random ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, UnknownNameError
from strategies import has_gap, laws, networks

INF = float("inf")


@pytest.fixture(scope="module")
def toy():
    return lsr.expand(lsr.load_network("toy_three_ports"), "container")


def test_ada_belongs_to_anselm(toy):
    # README: Ada - Brandt 40.9 rolling through on 1435 mm. Ada - Anselm: 4 + 200 x 0.02 + 2 and 22 h: 21.
    found = lsr.catchment(toy, ["Port Anselm", "Port Brandt"], places=["Ada"])
    assert found.matrix.tolist() == [[pytest.approx(4 + 4 + 2 + 0.5 * (12 + 4 + 6)), pytest.approx(40.9)]]
    (row,) = found.to_frame().to_dict("records")
    assert (row["place"], row["terminal"], row["second"]) == ("ada", "aport", "bport")
    assert row["margin"] == pytest.approx(40.9 - 21.0)
    assert found.sizes == {"aport": 1, "bport": 0}
    assert found.of("aport") == ("ada",)


def test_every_place_that_loads(toy):
    found = lsr.catchment(toy, ["Port Anselm", "Port Brandt"])
    assert found.places.tolist() == ["ada", "aport", "bek", "boro", "bport", "cport", "cedar"]
    assert found.matrix[1, 0] == found.matrix[4, 1] == 0.0
    assert sum(found.sizes.values()) == 7


def test_one_terminal_has_no_second(toy):
    found = lsr.catchment(toy, ["Port Anselm"])
    assert found.second.tolist() == [-1] * 7
    assert (found.margin == INF).all()
    assert "–" in str(found)


def test_out_of_reach(toy):
    found = lsr.catchment(toy, ["Port Anselm", "Port Brandt"], modes=("rail",), places=["Cedar", "Ada"])
    assert found.best.tolist() == [-1, 0]
    assert np.isnan(found.margin[0])
    assert "1 reach none" in found.summary()
    assert "none" in found._repr_html_()


def test_names_are_escaped_and_counted(toy):
    found = lsr.catchment(toy, ["Port Anselm", "Port Brandt"])
    assert "7 places by least cost of container to 2 terminals" in found.summary()
    assert found._repr_html_().startswith("<div")
    assert "from 2 terminals" in lsr.catchment(toy, ["Port Anselm", "Port Brandt"], inbound=True).summary()


@pytest.mark.parametrize("names", [[], ["Ada", "ada"]])
def test_wrong_terminals(toy, names):
    with pytest.raises(InvalidValueError, match="terminal"):
        lsr.catchment(toy, names)


def test_wrong_names(toy):
    with pytest.raises(UnknownNameError):
        lsr.catchment(toy, ["Atlantis"])
    with pytest.raises(InvalidValueError, match="terminals is the text"):
        lsr.catchment(toy, "Ada")
    with pytest.raises(InvalidValueError, match="places is the text"):
        lsr.catchment(toy, ["Ada"], places="Boro")


@laws(25)
@given(networks(), st.booleans(), st.booleans(), st.sampled_from(["cost", "time", "length"]))
def test_numbers_are_those_of_skim(net, inbound, access, weight):
    graph = lsr.expand(net, "container")
    ids = net.nodes["id"].tolist()
    found = lsr.catchment(graph, ids[:3], places=ids, inbound=inbound, access=access, weight=weight)
    ends = (ids[:3], ids) if inbound else (ids, ids[:3])
    matrix = lsr.skim(graph, *ends, access=access, weight=weight).matrix
    expected = matrix.T if inbound else matrix
    assert found.matrix == pytest.approx(expected, rel=1e-6, abs=1e-5)
    best = np.where(found.best >= 0, found.matrix[np.arange(len(ids)), found.best], INF)
    assert best == pytest.approx(found.matrix.min(axis=1))
    assert (found.margin[found.best >= 0] >= 0).all()


# Reach -------------------------------------------------------------------------------------------------


def test_two_days_from_ada(toy):
    # Hours by hand: Anselm 12 + 4 + 6; Bekgate by road 25.9, on by lift (8, less unloading 2) to Brandt
    # (2.5 + 6) and Boro (10 + 6). USD/t: 21; 51.75; Brandt 2 + 24 + 2.8 + 9 + 6 + 1.5 + 2 + 40.4 / 2; 75.75.
    found = lsr.reachable(toy, "Ada", within=48)
    assert found.places.tolist() == ["aport", "bek", "bport", "boro"]
    assert found.values == pytest.approx([22.0, 25.9, 40.4, 47.9])
    assert found.along["cost"] == pytest.approx([21.0, 51.75, 67.5, 75.75])
    assert "boro" in found
    assert "cedar" not in found
    assert "4 of 6 places within 48 h (time) of Ada for container" in str(found)


@pytest.mark.parametrize(("within", "n"), [(0, 0), (21.999, 0), (22.0, 1), (INF, 6)])
def test_the_limit_is_sharp(toy, within, n):
    assert len(lsr.reachable(toy, "Ada", within=within)) == n


def test_reach_shows_itself(toy):
    found = lsr.reachable(toy, "Ada", within=60, weight="cost", along=("time",))
    assert found.to_frame().columns.tolist() == ["place", "cost", "time"]
    assert "<table>" in found._repr_html_()


def test_reach_by_a_function(toy):
    found = lsr.reachable(toy, "Ada", within=1, weight=lambda g: np.zeros(g.topology.n_arcs), along=())
    assert len(found) == 6


@pytest.mark.parametrize("within", [-1, float("nan")])
def test_wrong_reach(toy, within):
    with pytest.raises(InvalidValueError, match="within"):
        lsr.reachable(toy, "Ada", within=within)


@laws(25)
@given(networks(), st.booleans(), st.sampled_from(["cost", "time", "length", "co2e"]))
def test_reach_is_a_row_of_skim(net, access, weight):
    graph = lsr.expand(net, "container")
    ids = net.nodes["id"].tolist()
    if weight == "co2e" and has_gap(graph):
        with pytest.raises(InvalidValueError, match="no emission factor fits"):
            lsr.reachable(graph, ids[0], within=1, weight=weight)
        return
    row = lsr.skim(graph, ids[:1], ids, access=access, weight=weight, along=["cost"])
    everything = dict(zip(ids, row.matrix[0].tolist(), strict=True))
    limit = float(np.median([v for v in everything.values() if np.isfinite(v)]))
    found = lsr.reachable(graph, ids[0], within=limit, access=access, weight=weight)
    near = {place for place, value in everything.items() if value < limit - 1e-6 and place != ids[0]}
    edge = {place for place, value in everything.items() if abs(value - limit) <= 1e-6}
    assert near <= set(found.places.tolist()) <= near | edge
    for place, value in zip(found.places.tolist(), found.values.tolist(), strict=True):
        assert value == pytest.approx(everything[place], abs=1e-9)
