"""What holds of every expanded network."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, UnknownNameError
from landsea_routing.graph.cost import price
from landsea_routing.graph.emissions import co2e
from landsea_routing.graph.graph import ArcKind, Stage
from landsea_routing.graph.groups import group_arcs
from landsea_routing.model import words
from networks_for_tests import add_rows, chain, set_cells, tiny_network
from strategies import laws, networks


@laws(30)
@given(networks())
def test_arcs_are_sorted_and_first_out_fits(net):
    top = lsr.expand(net).topology
    key = top.tail * top.n_vertices + top.head
    assert (np.diff(key) >= 0).all()
    assert top.first_out[0] == 0
    assert top.first_out[-1] == top.n_arcs
    for v in range(top.n_vertices):
        assert (top.tail[top.first_out[v] : top.first_out[v + 1]] == v).all()


@laws(30)
@given(networks())
def test_counts_of_arcs_follow_from_the_tables(net):
    graph = lsr.expand(net)
    top, links = graph.topology, net.links
    tracks = [len(words.parse_gauges(str(g))) or 1 for g in links["gauge"]]
    ways = np.where(links["oneway"], 1, 2)
    assert len(graph.arcs_of(ArcKind.LINK)) == int(np.dot(tracks, ways))
    for row, (count, way) in enumerate(zip(tracks, ways.tolist(), strict=True)):
        own = graph.arcs_of(ArcKind.LINK)[top.arc_row[graph.arcs_of(ArcKind.LINK)] == row]
        assert len(own) == count * way
        assert top.arc_forward[own].sum() == count
    inside = np.isin(top.vertex_stage, [Stage.LEAVING, Stage.ARRIVING])
    assert (top.vertex_stage == Stage.LEAVING).sum() * 2 == inside.sum()
    assert (top.vertex_stage == Stage.ORIGIN).sum() == len(net.nodes)
    assert (top.vertex_stage == Stage.DESTINATION).sum() == len(net.nodes)


@laws(30)
@given(networks())
def test_stages_follow_each_other(net):
    """Only THROUGH, RELAY and TRANSFER lead from arriving to leaving; so two never follow each other."""
    top = lsr.expand(net).topology
    stages = {
        ArcKind.LINK: ({Stage.LEAVING}, {Stage.ARRIVING, Stage.GATE}),
        ArcKind.BORDER: ({Stage.GATE}, {Stage.ARRIVING}),
        ArcKind.THROUGH: ({Stage.ARRIVING}, {Stage.LEAVING}),
        ArcKind.RELAY: ({Stage.ARRIVING}, {Stage.LEAVING}),
        ArcKind.TRANSFER: ({Stage.ARRIVING}, {Stage.LEAVING}),
        ArcKind.ACCESS: ({Stage.ORIGIN}, {Stage.LEAVING}),
        ArcKind.EGRESS: ({Stage.ARRIVING}, {Stage.DESTINATION}),
    }
    for kind, (tails, heads) in stages.items():
        arcs = np.flatnonzero(top.arc_kind == kind)
        assert set(top.vertex_stage[top.tail[arcs]].tolist()) <= tails
        assert set(top.vertex_stage[top.head[arcs]].tolist()) <= heads
        same = top.vertex_gauge_mm[top.tail[arcs]] == top.vertex_gauge_mm[top.head[arcs]]
        if kind not in (ArcKind.TRANSFER, ArcKind.ACCESS, ArcKind.EGRESS):
            assert same.all()


@laws(20)
@given(networks(), st.sampled_from(["container", "coal", "grain"]))
def test_prices_are_finite_where_allowed_and_never_negative(net, commodity):
    graph = lsr.expand(net, commodity)
    prices = price(graph)
    assert (prices.ledger_usd_per_t[:, prices.allowed] >= 0).all()
    assert np.isfinite(prices.cost_usd_per_t[prices.allowed]).all()
    assert np.isinf(prices.cost_usd_per_t[~prices.allowed]).all()
    np.testing.assert_allclose(
        prices.ledger_usd_per_t.sum(axis=0),
        prices.money_usd_per_t.sum(axis=0) + prices.value_of_time_usd_per_t_h * prices.time_h,
    )
    through = graph.arcs_of(ArcKind.THROUGH)
    assert not prices.ledger_usd_per_t[:, through].any()


@laws(15)
@given(networks())
def test_one_topology_serves_all_commodities_and_months(net):
    graph = lsr.expand(net)
    for commodity in net.commodities["id"].tolist():
        other = graph.with_commodity(commodity)
        assert other.topology is graph.topology
        again = lsr.expand(net, commodity)
        assert np.array_equal(again.topology.tail, graph.topology.tail)
        assert np.array_equal(price(other).cost_usd_per_t, price(again).cost_usd_per_t)


def test_commodity_by_name_and_unknown():
    graph = lsr.expand(tiny_network())
    assert graph.commodity == "container"
    assert graph.with_commodity("Containers").commodity == "container"
    assert lsr.expand(tiny_network(), "COAL").commodity == "coal"
    with pytest.raises(UnknownNameError, match="did you mean coal"):
        lsr.expand(tiny_network(), "col")
    with pytest.raises(UnknownNameError, match="did you mean coal"):
        graph.with_commodity("col")


@pytest.mark.parametrize("month", [0, 13, -1, "5", True, 2.5])
def test_a_month_is_1_to_12(month):
    with pytest.raises(InvalidValueError, match="month"):
        lsr.expand(tiny_network(), month=month)


def test_direction_of_a_border_group_is_that_of_the_link_named():
    """A parallel link written the other way round shares the gate; the group keeps to its own link."""
    road = "road-b_border-a_border,b_border,a_border,road,,,21,"
    members = set_cells("gate_road", "group", direction="forward")
    one = tiny_network(capacity_members=members)
    two = tiny_network(links=add_rows(road), capacity_members=members)
    for net in (one, two):
        graph = lsr.expand(net)
        groups = group_arcs(graph)
        g = groups.ids.tolist().index("gate_road")
        rows = graph.topology.arc_row[groups.arc[groups.group == g]]
        assert set(net.crossings["id"][rows].tolist()) == {"road:a_border>b_border"}


def test_emission_factor_holds_only_up_to_its_length():
    factors = """
mode,country,commodities,max_length_km,kg_co2e_per_t_km
rail,*,*,350,0.02
rail,*,*,20,0.03
"""
    graph = lsr.expand(tiny_network(emission_factors=factors))
    emitted = dict(zip(graph.network.links["id"].tolist(), [0.0] * 9, strict=True))
    arcs = graph.arcs_of(ArcKind.LINK)
    for arc, value in zip(arcs, co2e(graph)[arcs].tolist(), strict=True):
        emitted[str(graph.network.links["id"][graph.topology.arc_row[arc]])] = value
    assert emitted["rail-a_border-b_border"] == pytest.approx(18 * 0.03)
    assert emitted["rail-b_border-b_city"] == pytest.approx(340 * 0.02)
    assert np.isnan(emitted["rail-a_city-a_border"])  # 360 km: no row holds, and unknown is not 0
    assert np.isnan(emitted["sea-a_port-b_port"])
    inside = ~np.isin(graph.topology.arc_kind, [ArcKind.LINK])
    assert not co2e(graph)[inside].any()


def test_without_factors_carriage_is_unknown_and_handling_none():
    graph = lsr.expand(tiny_network())
    links = graph.topology.arc_kind == ArcKind.LINK
    assert np.isnan(co2e(graph)[links]).all()
    assert not co2e(graph)[~links].any()


def test_dual_gauge_gives_one_arc_for_each_gauge():
    graph = lsr.expand(tiny_network())
    arcs = graph.arcs_of(ArcKind.LINK)
    gate = graph.network.links["alias"].tolist().index("gate")
    own = arcs[graph.topology.arc_row[arcs] == gate]
    assert sorted(graph.topology.vertex_gauge_mm[graph.topology.tail[own]].tolist()) == [
        1435,
        1435,
        1520,
        1520,
    ]
    one = tiny_network(links=chain(set_cells("rail-a_border-b_border", gauge="1435", oneway="yes")))
    assert len(lsr.expand(one).arcs_of(ArcKind.LINK)) == len(arcs) - 3
