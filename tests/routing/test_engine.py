"""Searches and the hierarchy answer alike, and one hierarchy serves all that shares a topology."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import landsea_routing as lsr
from landsea_routing.errors import NoPathError
from landsea_routing.routing import engine
from landsea_routing.routing.engine import Way, choose
from networks_for_tests import grid_network, tiny_network
from strategies import laws, networks

WEIGHTS = {
    "cost": "cost",
    "ties": lambda g: np.floor(g.arc_length_km / 300),
    "zeros": lambda g: np.zeros(g.topology.n_arcs),
    "closed": lambda g: np.where(np.arange(g.topology.n_arcs) % 7 == 3, np.inf, 1.0),
}


def by_hierarchy():
    """Let the hierarchy answer whatever it can."""
    return mock.patch.object(engine, "LARGE", 0)


def both(ask):
    """Answers by searches and by the hierarchy."""
    with by_hierarchy():
        answered = ask()
    return ask(), answered


@pytest.mark.parametrize(
    ("asked", "way"),
    [
        ((1_000, 1_000, 1_000), Way.FORWARD),
        ((100_000, 1, 1), Way.FORWARD),
        ((100_000, 99, 1_000), Way.FORWARD),
        ((100_000, 1_000, 99), Way.BACKWARD),
        ((100_000, 100, 100), Way.HIERARCHY),
        ((200_000, 1, 1), Way.HIERARCHY),
    ],
)
def test_who_answers(asked, way):
    assert choose(*asked) is way
    assert choose(*asked, sums=True) is choose(*asked, limited=True) is Way.FORWARD


@laws(25)
@given(networks(), st.sampled_from(sorted(WEIGHTS)), st.booleans(), st.sampled_from(["container", "coal"]))
def test_both_give_the_same_table(net, weight, access, commodity):
    graph = lsr.expand(net, commodity)
    ids = net.nodes["id"].tolist()
    options = {"weight": WEIGHTS[weight], "access": access}
    searched, answered = both(
        lambda: (
            lsr.skim(graph, ids, ids[1:], **options).matrix,
            lsr.catchment(graph, ids[:2], places=ids, **options).matrix,
            lsr.catchment(graph, ids[:2], places=ids, inbound=True, **options).matrix,
        )
    )
    for one, other in zip(searched, answered, strict=True):
        assert other == pytest.approx(one, rel=1e-9, abs=1e-9)


@laws(25)
@given(networks(), st.sampled_from(sorted(WEIGHTS)))
def test_both_give_paths_of_equal_weight(net, weight):
    graph = lsr.expand(net, "container")
    ids = net.nodes["id"].tolist()
    weights = WEIGHTS[weight]

    def total():
        try:
            route = lsr.shortest_path(graph, ids[0], ids[-1], weight=weights)
        except NoPathError as error:
            return str(error)
        assert (route.nodes[0], route.nodes[-1]) == (ids[0], ids[-1])
        return route.cost_usd_per_t if weight == "cost" else float(weights(graph)[route.arcs].sum())

    searched, answered = both(total)
    assert answered == (searched if isinstance(searched, str) else pytest.approx(searched))


def test_one_hierarchy_for_all_that_shares_a_topology(monkeypatch):
    built, closed = [], []

    class Counted(engine.Hierarchy):
        def __init__(self, *given, **options):
            built.append(self)
            super().__init__(*given, **options)

        def customize(self, cost, **options):
            closed.append(cost.tobytes())
            return super().customize(cost, **options)

    monkeypatch.setattr(engine, "Hierarchy", Counted)
    graph = lsr.expand(tiny_network(), "container")
    others = [graph, graph.with_commodity("coal"), lsr.Scenario("s").close("gate").apply(graph)]
    grown = lsr.Scenario("s").add_link("a_city", "b_port", "road", 1500, 5, border_h=1).apply(graph)
    with by_hierarchy():
        for other in (*others, *others):
            lsr.skim(other, ["a_city"], ["b_city", "b_port"])
            lsr.shortest_path(other, "a_city", "b_city")
        assert len(built) == 1
        assert len(closed) == len(set(closed)) == 3
        lsr.skim(grown, ["a_city"], ["b_city"])
    assert len(built) == 2


def test_threads_are_given_the_same_numbers():
    graph = lsr.expand(grid_network(6))
    ids = graph.network.nodes["id"].tolist()
    with by_hierarchy(), ThreadPoolExecutor(4) as pool:
        found = [done.result().matrix for done in [pool.submit(lsr.skim, graph, ids, ids) for _ in "1234"]]
    assert all(np.array_equal(matrix, found[0]) for matrix in found)
    assert found[0] == pytest.approx(lsr.skim(graph, ids, ids).matrix, rel=1e-12)


@pytest.mark.parametrize("weight", ["cost", "time", "length"])
def test_a_cutoff_stops_the_search_and_changes_nothing_within(monkeypatch, weight):
    graph = lsr.expand(grid_network(8))
    ids = graph.network.nodes["id"].tolist()
    seen = []
    plain = engine.shortest_paths

    def watched(*given, **options):
        tree = plain(*given, **options)
        seen.append(int(np.isfinite(tree.distance).sum()))
        return tree

    values = dict(zip(ids[1:], lsr.skim(graph, ids[:1], ids[1:], weight=weight).matrix[0], strict=True))
    distinct = np.unique(np.round(list(values.values()), 6))
    within = distinct[len(distinct) // 4 : len(distinct) // 4 + 2].mean()
    monkeypatch.setattr(engine, "shortest_paths", watched)
    reach = lsr.reachable(graph, ids[0], within=within, weight=weight)
    assert sorted(reach.places.tolist()) == sorted(place for place in values if values[place] <= within)
    assert max(seen) < graph.topology.n_vertices / 2
