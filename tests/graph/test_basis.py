"""What graphs share: only what follows from the columns that their networks have in common."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import landsea_routing as lsr
from landsea_routing.assignment.assign import prepare_flow
from landsea_routing.graph.basis import EMISSIONS, GROUPS, PRICES, SHELVES, TOPOLOGY, same_basis
from landsea_routing.graph.cost import price
from landsea_routing.graph.emissions import co2e
from landsea_routing.graph.expand import build_topology
from landsea_routing.graph.groups import group_arcs
from landsea_routing.model.table import Table
from strategies import laws, networks, random_network

NET = lsr.load_network("toy_three_ports")
BESIDE = {"transfers": ("capacity",), "capacity_groups": ("limit",)}
"""Columns of which only facts count."""
EDITS = [
    lsr.Scenario("limit").scale_capacity("*", 0.5),
    lsr.Scenario("no limit").set_capacity("track_dual", "unlimited"),
    lsr.Scenario("shut yard").set_capacity("bek-rail1435-rail1520-bogie_exchange", 0),
    lsr.Scenario("yard").scale_capacity("bek-rail1435-rail1520-bogie_exchange", 2),
    lsr.Scenario("hours").scale_hours("rail:*", 2),
    lsr.Scenario("fee").scale_fee("rail-arn-bek", 3),
    lsr.Scenario("tariff").scale_tariff(2, mode="rail"),
    lsr.Scenario("shut").close("rail-arn-bek"),
    lsr.Scenario("season").set_months("rail-arn-bek", "5-10"),
    lsr.Scenario("demand").scale_demand(2),
    lsr.Scenario("transit").allow_domestic_transit("rail-arn-bek", "*"),
    lsr.Scenario("road").add_link("ada", "aport", "road", 210, 5e5),
]


def only(network, *bases):
    """The network with the columns of some bases and no others."""
    tables = {}
    for name in {name for basis in bases for name in basis.columns}:
        table = network.tables[name]
        columns = {c for basis in bases for c in basis.columns.get(name, ())} | set(BESIDE.get(name, ()))
        tables[name] = Table(table.schema, {c: table[c] for c in columns})
    for name, columns in BESIDE.items():
        table = network.tables[name]
        tables.setdefault(name, Table(table.schema, {c: table[c] for c in columns}))
    return replace(network, tables=tables)


def derived(graph):
    """All that shelves hold, as arrays."""
    ids = graph.network.commodities["id"].tolist()
    prices = [price(graph, name) for name in ids]
    found = [graph.topology.tail, graph.topology.head, graph.topology.arc_row, group_arcs(graph).limit]
    found += [a for p in prices for a in (p.ledger_usd_per_t, p.cost_usd_per_t, p.time_h)]
    found += [co2e(graph, name) for name in ids]
    groups = group_arcs(graph)
    return [*found, groups.ids, groups.units, groups.group, groups.arc, groups.commodity, groups.coefficient]


def same(one, other):
    return all(
        a.dtype.kind == b.dtype.kind and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
        for a, b in zip(derived(one), derived(other), strict=True)
    )


@laws(20)
@given(networks())
def test_nothing_is_read_beside_its_basis(net):
    graph = lsr.expand(net)
    top = build_topology(only(net, TOPOLOGY))
    assert np.array_equal(top.tail, graph.topology.tail)
    assert np.array_equal(top.arc_row, graph.topology.arc_row)
    for basis, derive in (
        (PRICES, lambda g: price(g).cost_usd_per_t),
        (GROUPS, lambda g: group_arcs(g).coefficient),
        (EMISSIONS, co2e),
    ):
        own = replace(graph, network=only(net, TOPOLOGY, basis))
        assert np.array_equal(derive(own), derive(graph), equal_nan=True)


@laws(20)
@given(networks(), st.data())
def test_facts_stand_for_all_of_their_columns(net, data):
    factor = data.draw(st.sampled_from([0.5, 3.0]))
    limit, capacity = net.capacity_groups["limit"] * factor, net.transfers["capacity"] * factor
    changed = net.with_tables(
        capacity_groups=net.capacity_groups.with_columns(limit=limit),
        transfers=net.transfers.with_columns(capacity=capacity),
    )
    graph = lsr.expand(net)
    derived(graph)
    moved = lsr.expand(changed, like=graph)
    assert all(moved.shelves[name] is graph.shelves[name] for name in SHELVES)
    assert same(moved, lsr.expand(changed))


@pytest.mark.parametrize("scenario", EDITS, ids=lambda s: s.name)
def test_a_graph_like_another_is_as_from_scratch(scenario):
    graph = lsr.expand(NET)
    derived(graph)
    net = scenario.apply(NET)
    moved = lsr.expand(net, like=graph)
    assert same(moved, lsr.expand(net))
    assert same(scenario.apply(graph), moved)
    assert same(lsr.expand(NET, like=moved), graph)
    assert same(graph, lsr.expand(NET))  # what was derived there has not come here


def test_what_is_shared():
    graph = lsr.expand(NET)

    def shared(scenario):
        moved = lsr.expand(scenario.apply(NET), like=graph)
        kept = {name for name in SHELVES if moved.shelves[name] is graph.shelves[name]}
        return kept | ({"topology"} if moved.topology is graph.topology else set())

    everything = {"topology", *SHELVES}
    found = {s.name: everything - shared(s) for s in EDITS}
    assert found["limit"] == found["demand"] == found["yard"] == found["transit"] == set()
    assert found["hours"] == found["fee"] == found["tariff"] == found["shut"] == {"prices"}
    assert found["no limit"] == {"groups"}
    assert found["season"] == {"prices", "groups"}
    assert found["road"] == everything


def test_another_month_or_commodity_has_prices_of_its_own():
    season = lsr.Scenario("season").set_months("rail-arn-bek", "5-10").apply(NET)
    year = lsr.expand(season)
    price(year)
    for month in (1, 7):
        assert same(lsr.expand(season, month=month, like=year), lsr.expand(season, month=month))
    coal = year.with_commodity("coal")
    assert coal.shelves == year.shelves
    assert np.array_equal(price(coal).cost_usd_per_t, price(lsr.expand(season, "coal")).cost_usd_per_t)


def test_replaced_and_copied_graphs_share_nothing_of_another_network():
    graph = lsr.expand(NET)
    derived(graph)
    net = lsr.Scenario("hours").scale_hours("rail:*", 2).apply(NET)
    assert same(replace(graph, network=net), lsr.expand(net))
    for twin in (copy.deepcopy(graph), pickle.loads(pickle.dumps(graph))):  # noqa: S301
        assert same(twin, graph)
        assert same(lsr.expand(net, like=twin), lsr.expand(net))
    assert not same_basis(TOPOLOGY, NET, lsr.load_network("toy_three_ports"))


# The law of reassign -----------------------------------------------------------------------------------


def edited(rng, net):
    """Some edits at random of a random network."""
    scenario = lsr.Scenario("drawn")
    for _ in range(int(rng.integers(1, 4))):
        limited = np.flatnonzero(np.isfinite(net.capacity_groups["limit"]))
        kind = int(rng.integers(6))
        if kind == 0 and limited.size:
            name = str(net.capacity_groups["id"][rng.choice(limited)])
            scenario = scenario.set_capacity(name, float(rng.choice([0.0, 1e4, 1e6])))
        elif kind == 1 and len(net.crossings):
            scenario = scenario.set_hours(str(rng.choice(net.crossings["id"])), float(rng.integers(0, 99)))
        elif kind == 2:
            scenario = scenario.scale_demand(float(rng.choice([0.5, 2.0])))
        elif kind == 3:
            scenario = scenario.close(str(rng.choice(net.links["id"])))
        elif kind == 4:
            scenario = scenario.scale_tariff(float(rng.choice([0.5, 2.0])), mode=str(net.tariffs["mode"][0]))
        elif len(net.transfers):
            scenario = scenario.scale_hours(str(rng.choice(net.transfers["id"])), 2.0)
    return scenario


@pytest.mark.parametrize("seed", range(12))
def test_reassigned_again_and_again_as_from_scratch(seed):
    rng = np.random.default_rng(seed)
    net = random_network(seed, n_nodes=7, n_countries=3, n_ods=5)
    plan = lsr.assign(net)
    for _ in range(3):
        try:
            net = edited(rng, net).apply(net)
        except lsr.ScenarioError:  # the same row twice
            continue
        cold, plan = lsr.assign(net), lsr.reassign(plan, net)
        assert str(plan.status) == str(cold.status) == "optimal"
        assert plan.objective_usd == pytest.approx(cold.objective_usd, rel=1e-9, abs=1e-6)
        assert sum(plan.ledger_usd.values()) == pytest.approx(plan.objective_usd, rel=1e-9, abs=1e-6)
        scale = max(1.0, float(cold.problem.od_amount.sum()))
        limits, others = plan.limits(), cold.limits()
        assert (limits["group"] == others["group"]).all()
        np.testing.assert_allclose(limits["limit"], others["limit"])
        assert (limits["used"] <= limits["limit"] * (1 + 1e-9) + 1e-6).all()
        # Both prices prove both plans: equal cost is all that two optima must share.
        ours, theirs = prepare_flow(net, net.demand).problem, plan.problem
        for name in ours._fields:
            assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name
        assert plan.unserved_t == pytest.approx(cold.unserved_t, abs=1e-6 * scale)
