"""Further ways: by hand on the toy network, by law on random ones, against networkx on the plain model."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, NoPathError, UnknownNameError
from landsea_routing.routing import alternatives as module
from plain_model import plain_graph
from strategies import check_walk, laws, networks, pairs_of


@pytest.fixture(scope="module")
def toy():
    return lsr.expand(lsr.load_network("toy_three_ports"), "container")


def costs(ways):
    return [round(way.cost_usd_per_t, 6) for way in ways.routes]


def test_bogies_and_lift_are_one_way_to_a_planner(toy):
    # README: bogies 62.15, lift 67.15 over the same links; road to Bekgate 75.75; by sea 160.75.
    ways = lsr.alternatives(toy, "Ada", "Boro")
    assert costs(ways)[:2] == [62.15, 75.75]
    assert 67.15 not in costs(ways)
    assert 160.75 in costs(ways)
    assert ways.complete
    assert ways.values == pytest.approx([way.cost_usd_per_t for way in ways.routes])


def test_by_anselm_or_by_brandt(toy):
    # README: containers from Corin to Ada, 95 by Anselm, 113.9 by Brandt; nothing in common.
    ways = lsr.alternatives(toy, "Port Corin", "Ada", k=2)
    assert costs(ways) == [95.0, 113.9]
    assert ways.shared.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert ways.detour == pytest.approx([1.0, 113.9 / 95])


@pytest.mark.parametrize(("most", "found"), [(1.3, [62.15, 75.75]), (1.2, [62.15]), (1.0, [62.15])])
def test_detour(toy, most, found):
    assert costs(lsr.alternatives(toy, "Ada", "Boro", k=9, max_detour=most)) == found


@pytest.mark.parametrize(
    # The road shares 400 of the 740 km by rail; the way by sea shares only the 400 km from Bekgate too.
    ("most", "found"),
    [(0.0, [62.15]), (0.54, [62.15]), (0.55, [62.15, 75.75, 160.75])],
)
def test_overlap(toy, most, found):
    assert costs(lsr.alternatives(toy, "Ada", "Boro", max_overlap=most, k=3)) == found


def test_with_overlap_the_cheapest_that_keeps_apart(toy):
    ways = lsr.alternatives(toy, "Ada", "Boro", k=9, max_overlap=0.6)
    assert (np.triu(ways.shared, 1) <= 0.6 + 1e-9).all()


def test_options_of_the_question(toy):
    assert costs(lsr.alternatives(toy, "Ada", "Boro", modes=("rail",))) == [62.15]
    assert costs(lsr.alternatives(toy, "Ada", "Boro", avoid=("border_bridge",), k=1)) == [75.75]
    assert costs(lsr.alternatives(toy, "Ada", "Boro", via=("Port Corin",), k=1)) == [160.75]
    line_haul = lsr.alternatives(toy, "Arnfels (border station)", "Boro", access=False, k=2)
    assert line_haul[0].nodes == ("arn", "bek", "boro")
    assert lsr.alternatives(toy, "Ada", "Boro", weight="time", k=1)[0].time_h == pytest.approx(47.9)


def test_shows_itself(toy):
    ways = lsr.alternatives(toy, "Ada", "Boro", k=3)
    frame = ways.to_frame()
    assert frame["rank"].tolist() == [1, 2, 3]
    assert frame["by"][0] == "Bekgate (gauge yard)"
    assert frame["modes"].tolist()[:2] == ["rail", "road, rail"]
    assert "3 ways of container from Ada to Boro" in str(ways)
    assert "<table>" in ways._repr_html_()
    assert len(ways) == 3
    assert "1 way of" in lsr.alternatives(toy, "Ada", "Boro", k=1).summary()


def test_a_search_cut_short_is_told(toy, monkeypatch):
    monkeypatch.setattr(module, "MAX_TRIES", 1)
    ways = lsr.alternatives(toy, "Ada", "Boro", k=50)
    assert not ways.complete
    assert "budget ran out" in ways.summary()


@pytest.mark.parametrize(
    "wrong",
    [
        {"k": 0},
        {"k": 1.5},
        {"k": None},
        {"k": float("nan")},
        {"max_detour": 0.9},
        {"max_overlap": -0.1},
        {"max_overlap": 1.5},
    ],
)
def test_wrong_options(toy, wrong):
    with pytest.raises(InvalidValueError, match=next(iter(wrong))):
        lsr.alternatives(toy, "Ada", "Boro", **wrong)


def test_wrong_places(toy):
    with pytest.raises(UnknownNameError):
        lsr.alternatives(toy, "Ada", "Atlantis")
    with pytest.raises(NoPathError, match="road"):
        lsr.alternatives(toy, "Ada", "Port Corin", modes=("road",))


# By law ------------------------------------------------------------------------------------------------


@laws(25)
@given(networks(), st.sampled_from(["container", "coal"]), st.sampled_from([None, 0.0, 0.4, 0.8]))
def test_laws(net, commodity, overlap):
    graph = lsr.expand(net, commodity)
    for a, b in itertools.islice(pairs_of(net), 0, None, 5):
        try:
            best = lsr.shortest_path(graph, a, b)
        except NoPathError:
            with pytest.raises(NoPathError):
                lsr.alternatives(graph, a, b, max_overlap=overlap)
            continue
        ways = lsr.alternatives(graph, a, b, k=6, max_overlap=overlap, max_detour=3.0)
        assert ways[0].cost_usd_per_t == pytest.approx(best.cost_usd_per_t)
        assert (np.diff(ways.values) >= -1e-9).all()
        assert ways.values[-1] <= 3 * ways.values[0] + 1e-9
        assert len({way.links for way in ways.routes}) == len(ways)
        for way in ways.routes:
            check_walk(graph, way.arcs)
        if overlap is not None:
            assert (np.triu(ways.shared, 1) <= overlap + 1e-9).all()


def networkx_ways(net, commodity, a, b, k):
    """Costs of the first k link sequences among all simple paths of the plain model, cheapest first."""
    country = dict(zip(net.nodes["id"].tolist(), net.nodes["country"].tolist(), strict=True))
    plain = plain_graph(net, commodity, home=country[a] if country[a] == country[b] else "", seasonal=False)
    split = nx.DiGraph()
    split.add_nodes_from([("origin", a), ("destination", b)])
    for i, (u, v, data) in enumerate(plain.edges(data=True)):
        split.add_edge(
            u, i, weight=data["cost"], link=data["step"].row if data["step"].kind == "LINK" else ""
        )
        split.add_edge(i, v, weight=0.0, link="")
    if not nx.has_path(split, ("origin", a), ("destination", b)):
        return []
    found: dict[tuple, float] = {}
    ways = nx.shortest_simple_paths(split, ("origin", a), ("destination", b), weight="weight")
    for way in itertools.islice(ways, 600):
        links = [split.edges[e]["link"] for e in itertools.pairwise(way)]
        rides = tuple(link for link in links if link)
        if rides not in found and (not found or len(set(rides)) == len(rides)):
            found[rides] = nx.path_weight(split, way, "weight")
        if len(found) == k:
            break
    return list(found.values())


@pytest.mark.parametrize("seed", range(12))
def test_against_networkx(seed):
    from strategies import random_network

    net = random_network(seed, n_nodes=5, n_countries=2, n_ods=1)
    for commodity in ("container", "coal"):
        graph = lsr.expand(net, commodity)
        for a, b in itertools.islice(pairs_of(net), 0, None, 7):
            expected = networkx_ways(net, commodity, a, b, 4)
            if not expected:
                continue
            ways = lsr.alternatives(graph, a, b, k=4)
            assert ways.values[: len(expected)] == pytest.approx(expected)


def test_the_region_has_corridors_to_choose_from():
    graph = lsr.expand(lsr.load_network("northeast_asia"), "container")
    ways = lsr.alternatives(graph, "Moscow", "Shenyang", k=3, max_overlap=0.6)
    assert len(ways) == 3
    assert ways.complete
    assert (np.triu(ways.shared, 1) <= 0.6 + 1e-9).all()


def test_what_is_kept_with_a_graph_stays_with_it(toy):
    lsr.shortest_path(toy, "Ada", "Boro")
    coal = toy.with_commodity("coal")
    shut = lsr.Scenario("shut").close("border_bridge").apply(toy)
    assert lsr.shortest_path(coal, "Boro", "Ada").cost_usd_per_t == pytest.approx(28.545)
    assert lsr.shortest_path(shut, "Ada", "Boro").cost_usd_per_t == pytest.approx(75.75)
    assert lsr.shortest_path(toy, "Ada", "Boro").cost_usd_per_t == pytest.approx(62.15)
