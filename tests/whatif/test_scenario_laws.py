"""What holds of every scenario and comparison."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Geod

import landsea_routing as lsr
from landsea_routing.errors import LandseaError, NoPathError
from landsea_routing.graph.graph import ArcKind
from strategies import laws, networks, pairs_of


def snapshot(net):
    return {name: {c: v.copy() for c, v in table.columns.items()} for name, table in net.tables.items()}


def same(net, before) -> bool:
    return all(
        np.array_equal(net.tables[name][c], v, equal_nan=v.dtype.kind == "f")
        for name, columns in before.items()
        for c, v in columns.items()
    )


@st.composite
def scenarios(draw, net):
    """One to three edits that fit the network."""
    scenario = lsr.Scenario("drawn")
    links, groups = net.links["id"].tolist(), net.capacity_groups["id"].tolist()
    crossings, transfers = net.crossings["id"].tolist(), net.transfers["id"].tolist()
    factor = st.floats(0, 3).map(lambda x: round(x, 3))
    picks = [
        lambda s: s.close(draw(st.sampled_from(links))),
        lambda s: s.open(draw(st.sampled_from(links))),
        lambda s: s.set_months(draw(st.sampled_from(links)), draw(st.sampled_from(["1-12", "5-10", "11-2"]))),
        lambda s: s.scale_capacity(draw(st.sampled_from([*groups, *transfers])), draw(factor)),
        lambda s: s.set_capacity(
            draw(st.sampled_from(groups)), draw(st.sampled_from([0, 55.5, "unlimited"]))
        ),
        lambda s: s.set_fee(draw(st.sampled_from([*links, *transfers, *crossings])), draw(factor)),
        lambda s: s.scale_hours(draw(st.sampled_from([*links, *transfers, *crossings])), draw(factor)),
        lambda s: s.scale_tariff(draw(factor), mode="rail"),
        lambda s: s.scale_demand(draw(factor)),
        lambda s: s.scale_value_of_time(draw(factor)),
    ]
    for i in draw(st.lists(st.integers(0, len(picks) - 1), min_size=1, max_size=3, unique=True)):
        scenario = picks[i](scenario)
    return scenario


def drawn(data, net):
    """A scenario without contradiction, or the end of the example."""
    scenario = data.draw(scenarios(net))
    try:
        scenario.apply(net)
    except LandseaError as error:
        assume("twice" not in str(error) and "contradict each other" not in str(error))
        raise
    return scenario


@laws(8)
@given(networks())
def test_an_empty_scenario_is_the_identity(net):
    nothing = lsr.Scenario("nothing")
    other = nothing.apply(net)
    for name, table in net.tables.items():
        assert other.tables[name] is table
    graph = lsr.expand(net)
    applied = nothing.apply(graph)
    assert applied.topology is graph.topology
    one, two = lsr.assign(net), lsr.assign(other)
    assert one.objective_usd == two.objective_usd
    assert lsr.compare(one, two).change_usd == 0.0


@laws(40)
@given(networks(), st.data())
def test_the_base_stays_as_it_is_and_untouched_tables_are_shared(net, data):
    before = snapshot(net)
    scenario = drawn(data, net)
    other = scenario.apply(net)
    assert same(net, before)
    for table in (*net.tables.values(), *other.tables.values()):
        assert all(not column.flags.writeable for column in table.columns.values())
    touched = {name for name, table in net.tables.items() if other.tables[name] is not table}
    edited = {"links", "crossings", "transfers", "capacity_groups", "tariffs", "demand", "commodities"}
    assert touched <= edited
    again = scenario.apply(net)
    assert same(again, snapshot(other))


@laws(15)
@given(networks(), st.data())
def test_on_a_graph_the_topology_is_shared(net, data):
    scenario = drawn(data, net)
    graph = lsr.expand(net, "coal", 3)
    other = scenario.apply(graph)
    assert other.topology is graph.topology
    assert (other.commodity, other.month) == ("coal", 3)
    fresh = lsr.expand(scenario.apply(net), "coal", 3)
    a, b = data.draw(st.sampled_from(list(pairs_of(net))))
    assert cost(other, a, b) == pytest.approx(cost(fresh, a, b), rel=1e-12)


def cost(graph, a, b) -> float:
    try:
        return lsr.shortest_path(graph, a, b, seasonal=True).cost_usd_per_t
    except NoPathError:
        return np.inf


@laws(15)
@given(networks(), st.data())
def test_an_added_link_keeps_all_arcs_there_were(net, data):
    # A new border makes unlimited lifts beside it an error; here they are given a limit.
    finite = np.minimum(net.transfers["capacity"], 900.0)
    net = net.with_tables(transfers=net.transfers.with_columns(capacity=finite))
    a, b = data.draw(st.sampled_from(list(pairs_of(net))))
    country = dict(zip(net.nodes["id"].tolist(), net.nodes["country"].tolist(), strict=True))
    border = {"border_h": 5, "border_usd_per_t": 1} if country[a] != country[b] else {}
    road = net.crossings["mode"] == "road"
    taken = {
        (str(x), str(y))
        for x, y in zip(net.crossings["from_node"][road], net.crossings["to_node"][road], strict=True)
    }
    if taken & {(a, b), (b, a)}:
        border = {}
        net = lsr.Scenario("open").open(f"road:{a}>{b}").open(f"road:{b}>{a}").apply(net)
    place = {n["id"]: (float(n["lon"]), float(n["lat"])) for n in net.nodes.to_rows()}
    length = 1.2 * Geod(ellps="WGS84").inv(*place[a], *place[b])[2] / 1000
    scenario = lsr.Scenario("new").add_link(
        a, b, "road", length, 100, id="new-road", alias="newest", **border
    )
    graph = lsr.expand(net)
    other = scenario.apply(graph)
    top, grown = graph.topology, other.topology
    assert len(other.arcs_of(ArcKind.LINK)) == len(graph.arcs_of(ArcKind.LINK)) + 2
    assert (np.diff(grown.tail * grown.n_vertices + grown.head) >= 0).all()
    assert arc_labels(graph) <= arc_labels(other)
    assert grown.n_arcs >= top.n_arcs + 2
    for x, y in ((a, b), (b, a)):
        assert cost(other, x, y) <= cost(graph, x, y) * (1 + 1e-12)
        route = lsr.shortest_path(other, x, y, via=("newest",), access=False, seasonal=True)
        assert "new-road" in route.links
    plan = lsr.assign(other.network)
    assert plan.objective_usd <= lsr.assign(net).objective_usd * (1 + 1e-9)


def arc_labels(graph) -> set[tuple]:
    top, net = graph.topology, graph.network
    tables = [net.links, net.crossings, net.nodes, net.transfers, net.transfers, net.nodes, net.nodes]
    fields = (top.vertex_node, top.vertex_mode, top.vertex_gauge_mm, top.vertex_class, top.vertex_stage)
    return {
        (
            int(top.arc_kind[a]),
            str(tables[top.arc_kind[a]]["id"][top.arc_row[a]]),
            bool(top.arc_forward[a]) and top.arc_kind[a] == ArcKind.LINK,
            *(tuple(int(f[v]) for f in fields) for v in (top.tail[a], top.head[a])),
        )
        for a in range(top.n_arcs)
    }


@laws(20)
@given(networks(), st.data())
def test_dearer_and_slower_never_helps(net, data):
    """Fees, hours and tariffs up: no path and no plan is cheaper."""
    target = data.draw(st.sampled_from([*net.links["id"], *net.crossings["id"], *net.transfers["id"]]))
    up = (
        lsr.Scenario("dear")
        .scale_fee(str(target), 1.7)
        .scale_hours(str(target), 2)
        .scale_tariff(1.1, mode="rail")
    )
    other = up.apply(net)
    one, two = lsr.assign(net), lsr.assign(other)
    assert two.objective_usd >= one.objective_usd * (1 - 1e-9)
    a, b = data.draw(st.sampled_from(list(pairs_of(net))))
    assert cost(lsr.expand(other), a, b) >= cost(lsr.expand(net), a, b) * (1 - 1e-12)


@laws(25)
@given(networks(), st.data())
def test_closing_never_helps_and_opening_never_harms_a_path(net, data):
    target = data.draw(st.sampled_from([*net.links["id"], *net.crossings["id"], *net.nodes["id"]]))
    a, b = data.draw(st.sampled_from(list(pairs_of(net))))
    base = cost(lsr.expand(net), a, b)
    assert cost(lsr.Scenario("shut").close(str(target)).apply(lsr.expand(net)), a, b) >= base * (1 - 1e-12)
    if target not in net.nodes["id"]:
        assert cost(lsr.Scenario("open").open(str(target)).apply(lsr.expand(net)), a, b) <= base * (1 + 1e-12)


@laws(10)
@given(networks(), st.data())
def test_compare_is_exact_and_antisymmetric(net, data):
    one, two = lsr.assign(net), lsr.assign(drawn(data, net).apply(net))
    there, back, same_plan = lsr.compare(one, two), lsr.compare(two, one), lsr.compare(one, one)
    assert there.waterfall()["change_usd"].sum() == pytest.approx(there.change_usd, rel=1e-12, abs=1e-9)
    scale = max(1.0, one.objective_usd, two.objective_usd)
    assert abs(there.change_usd - (two.objective_usd - one.objective_usd)) <= 1e-9 * scale
    assert there.change_usd == -back.change_usd
    assert (there.waterfall()["change_usd"] == -back.waterfall()["change_usd"]).all()
    for method in ("links", "crossings", "ports"):
        forth, others = getattr(there, method)(), getattr(back, method)()
        forth, others = (frame.sort_values(list(forth.columns[:2])) for frame in (forth, others))
        np.testing.assert_array_equal(forth["change_t"].to_numpy(), -others["change_t"].to_numpy())
        assert not getattr(same_plan, method)()["change_t"].any()
    assert same_plan.change_usd == 0.0
    assert not same_plan.waterfall()["change_usd"].any()
    assert "nothing changes" in same_plan.summary()
    totals = there.totals().set_index("total")
    assert totals.loc["objective_usd", "change"] == two.objective_usd - one.objective_usd
    np.testing.assert_array_equal(totals["change"], -back.totals().set_index("total")["change"])
