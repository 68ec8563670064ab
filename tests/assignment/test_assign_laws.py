"""What holds of every assignment."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import landsea_routing as lsr
from landsea_routing._status import Status
from landsea_routing.assignment.problem import demand_t
from landsea_routing.graph.cost import LEDGER
from landsea_routing.graph.graph import ArcKind
from landsea_routing.model import words
from landsea_routing.model.calendars import parse_months
from plain_model import plain_graph
from strategies import check_walk, laws, networks

MONEY_COLUMNS = {
    "links": ("surcharge_usd_per_t",),
    "transfers": ("usd_per_t", "usd_per_teu"),
    "crossings": ("fee_usd_per_t", "transload_usd_per_t"),
    "clearances": ("fee_usd_per_t",),
    "access": ("egress_usd_per_t",),
    "tariffs": ("fixed_usd_per_t", "rate_usd_per_t_km"),
    "commodities": ("value_of_time_usd_per_t_h",),
}


def scale_money(net, factor):
    changed = {
        name: net.tables[name].with_columns(**{c: net.tables[name][c] * factor for c in columns})
        for name, columns in MONEY_COLUMNS.items()
    }
    return net.with_tables(**changed)


def scale_limits(net, factor, row=None):
    """All limits, or that of one row of the groups, times a factor."""
    table = net.capacity_groups
    rows = np.arange(len(table)) if row is None else np.array([row])
    limit = np.where(np.isin(np.arange(len(table)), rows), table["limit"] * factor, table["limit"])
    return net.with_tables(capacity_groups=table.with_columns(limit=limit))


@laws(25)
@given(networks())
def test_a_plan_is_proved_and_adds_up(net):
    plan = lsr.assign(net)
    assert plan.status is Status.OPTIMAL
    assert plan.certificate.passed
    amount = demand_t(net, net.demand)
    carried = np.bincount(plan.solution.path_od, plan.solution.path_flow, len(amount))
    np.testing.assert_allclose(carried + plan.solution.unserved, amount, rtol=1e-12)
    assert (plan.solution.unserved <= amount * (1 + 1e-12)).all()
    assert plan.carried_t + plan.unserved_t == pytest.approx(amount.sum())
    ledger = plan.ledger_usd
    assert tuple(ledger) == (*LEDGER, "unserved")
    assert sum(ledger.values()) == pytest.approx(plan.objective_usd, rel=1e-9)
    why = plan.why_unserved
    assert ((why == "") == (plan.solution.unserved <= 0)).all()
    short = plan.unserved()
    assert short["unserved_t"].sum() == pytest.approx(plan.unserved_t, abs=1e-5)


@laws(30)
@given(networks())
def test_paths_are_legal_journeys_within_the_rules(net):
    plan = lsr.assign(net)
    country = dict(zip(net.nodes["id"].tolist(), net.nodes["country"].tolist(), strict=True))
    s, top = plan.solution, plan.graph.topology
    for p, od in enumerate(s.path_od.tolist()):
        arcs = s.path_arc[s.path_indptr[p] : s.path_indptr[p + 1]]
        check_walk(plan.graph, arcs)
        row = net.demand.to_rows()[od]
        ends = [str(net.nodes["id"][top.vertex_node[v]]) for v in (top.tail[arcs[0]], top.head[arcs[-1]])]
        assert ends == [row["origin"], row["destination"]]
        for arc in arcs[top.arc_kind[arcs] == ArcKind.BORDER]:
            crossing = {c: v[top.arc_row[arc]] for c, v in net.crossings.columns.items()}
            if country[ends[0]] == country[ends[1]] and crossing["control"] != "none":
                assert words.lists_word(str(crossing["domestic_transit"]), row["commodity"])
    frame = plan.paths()
    assert frame["flow_t"].sum() == pytest.approx(plan.carried_t)
    # Nobody pays more than the OD's own price; who uses a scarce capacity pays its rent on top.
    assert (frame["cost_usd_per_t"] <= frame["od_dual_usd_per_t"] * (1 + 1e-9) + 1e-6).all()


@laws(30)
@given(networks())
def test_loads_recomputed_from_the_tables_keep_every_limit(net):
    """Path by path through the plain model: no group is filled beyond its limit, seasons included."""
    plan = lsr.assign(net)
    country = dict(zip(net.nodes["id"].tolist(), net.nodes["country"].tolist(), strict=True))
    load: dict[str, float] = {}
    emitted = 0.0
    s, top = plan.solution, plan.graph.topology
    table = {"LINK": "links", "BORDER": "crossings", "TRANSFER": "transfers", "RELAY": "transfers"}
    plain = {}
    for p, od in enumerate(s.path_od.tolist()):
        row = net.demand.to_rows()[od]
        same = country[row["origin"]] == country[row["destination"]]
        key = row["commodity"], country[row["origin"]] if same else ""
        if key not in plain:
            graph = plain_graph(net, key[0], home=key[1], capacity_zero_closes=False)
            plain[key] = {
                (d["step"].kind, d["step"].row, u[1:], v[1:]): d["step"] for u, v, d in graph.edges(data=True)
            }
        for arc in s.path_arc[s.path_indptr[p] : s.path_indptr[p + 1]].tolist():
            kind = ArcKind(int(top.arc_kind[arc])).name
            name = str(net.tables[table.get(kind, "nodes")]["id"][top.arc_row[arc]])
            ends = [state(plan.graph, int(v)) for v in (top.tail[arc], top.head[arc])]
            steps = [x for k, x in plain[key].items() if k[:2] == (kind, name) and fits(k[2:], ends)]
            assert len({(str(x.co2e_kg), *sorted(x.loads.items())) for x in steps}) == 1
            emitted += steps[0].co2e_kg * float(s.path_flow[p])
            for group, coefficient in steps[0].loads.items():
                load[group] = load.get(group, 0.0) + coefficient * float(s.path_flow[p])
    limits = {
        **dict(zip(net.capacity_groups["id"].tolist(), net.capacity_groups["limit"].tolist(), strict=True))
    }
    limits |= dict(zip(net.transfers["id"].tolist(), net.transfers["capacity"].tolist(), strict=True))
    for group, used in load.items():
        assert used <= limits[group] * (1 + 1e-9) + 1e-6, group
    shown = plan.dual_prices(binding=False).set_index("group")["used"]
    for group, used in shown.items():
        assert used == pytest.approx(load.get(group, 0.0), rel=1e-9, abs=1e-6), group
    # What has no factor is unknown only where cargo runs along it.
    assert plan.co2e_t == pytest.approx(emitted / 1000, rel=1e-9, abs=1e-9, nan_ok=True)


def state(graph, vertex):
    """Node, mode and gauge of a vertex."""
    top = graph.topology
    mode = int(top.vertex_mode[vertex])
    return (
        str(graph.network.nodes["id"][top.vertex_node[vertex]]),
        words.MODES[mode] if mode >= 0 else "",
        int(top.vertex_gauge_mm[vertex]),
    )


def fits(named, ends) -> bool:
    """Whether a plain step joins states of these nodes, modes and gauges (gates are told by their row)."""
    return all(len(name) != 4 or name[:3] == end for name, end in zip(named, ends, strict=True))


@laws(15)
@given(networks(), st.sampled_from([1e-3, 0.5, 7.0, 1e4]))
def test_money_scales_the_objective(net, factor):
    one = lsr.assign(net).objective_usd
    other = lsr.assign(scale_money(net, factor), unserved_price=400.0 * factor).objective_usd
    assert other == pytest.approx(factor * one, rel=1e-9)


@laws(15)
@given(networks(), st.sampled_from([0.01, 3.0, 1e3]))
def test_amounts_and_limits_scale_the_objective(net, factor):
    wider = scale_limits(net, factor)
    wider = wider.with_tables(
        demand=net.demand.with_columns(amount_per_year=net.demand["amount_per_year"] * factor),
        transfers=net.transfers.with_columns(capacity=net.transfers["capacity"] * factor),
    )
    assert lsr.assign(wider).objective_usd == pytest.approx(factor * lsr.assign(net).objective_usd, rel=1e-9)


@laws(30)
@given(networks(), st.data())
def test_more_capacity_never_costs_and_saves_at_most_its_price(net, data):
    row = data.draw(st.integers(0, len(net.capacity_groups) - 1))
    limit = float(net.capacity_groups["limit"][row])
    assume(0 < limit < np.inf)
    one, other = lsr.assign(net), lsr.assign(scale_limits(net, 1.3, row))
    saved = one.objective_usd - other.objective_usd
    assert saved >= -1e-9 * one.objective_usd
    group = str(net.capacity_groups["id"][row])
    dual = one.dual_prices(binding=False).set_index("group")["dual_usd_per_unit"][group]
    assert saved <= 0.3 * limit * dual + 1e-8 * max(1.0, one.objective_usd)


@laws(15)
@given(networks(), st.data())
def test_a_closed_link_never_saves_and_an_opened_one_never_costs(net, data):
    link = data.draw(st.sampled_from(net.links["id"].tolist()))
    base = lsr.assign(net).objective_usd
    shut = lsr.assign(lsr.Scenario("shut").close(link).apply(net)).objective_usd
    opened = lsr.assign(lsr.Scenario("open").open(link).apply(net)).objective_usd
    assert shut >= base * (1 - 1e-9)
    assert opened <= base * (1 + 1e-9)


@laws(20)
@given(networks())
def test_one_row_of_demand_without_limits_takes_the_shortest_path(net):
    free = scale_limits(net, 1.0)
    limitless = np.full(len(net.capacity_groups), np.inf)
    capacity = np.where(net.transfers["capacity"] == 0, 0.0, np.inf)
    free = net.with_tables(
        capacity_groups=net.capacity_groups.with_columns(limit=limitless),
        transfers=net.transfers.with_columns(capacity=capacity),
    )
    plan = lsr.assign(free, unserved_price=1e6)
    for od, row in enumerate(net.demand.to_rows()):
        graph = lsr.expand(free, row["commodity"])
        try:
            cost = lsr.shortest_path(graph, row["origin"], row["destination"], seasonal=True).cost_usd_per_t
            assert plan.solution.od_dual[od] == pytest.approx(cost, rel=1e-9)
            assert plan.why_unserved[od] == ""
        except lsr.NoPathError:
            assert plan.why_unserved[od] == "no path"
            assert plan.solution.unserved[od] == plan.problem.od_amount[od]


@laws(25)
@given(networks(), st.sampled_from([1, 3, 6, 11]), st.sampled_from(["1-12", "5-10", "10-2"]))
def test_a_season_lets_through_its_share_of_the_limit(net, months, border):
    """A single link open m of 12 months carries limit x m / 12, of the months in which its border is too."""
    keep = np.array([0])
    row = {c.name: v for c, v in zip(net.links.schema.columns, net.links.to_rows()[0].values(), strict=True)}
    row |= {"status": "operating", "open_months": f"1-{months}", "id": "only", "oneway": "no"}
    links = net.links.take(keep[:0]).with_rows([row])
    group = {"id": "g", "kind": "track", "limit": "120", "unit": "t/yr"}
    member = {"group": "g", "target": "only", "applies_to": "link"}
    od = {
        "origin": row["from_node"],
        "destination": row["to_node"],
        "commodity": "coal",
        "amount_per_year": "5000",
        "unit": "t",
    }
    hops = zip(*(net.crossings[c].tolist() for c in ("mode", "from_node", "to_node")), strict=True)
    over_border = (row["mode"], row["from_node"], row["to_node"]) in set(hops)
    both = parse_months(f"1-{months}") & (parse_months(border) if over_border else 2**12 - 1)
    one = net.with_tables(
        links=links,
        capacity_groups=net.capacity_groups.take(keep[:0]).with_rows([group]),
        capacity_members=net.capacity_members.take(keep[:0]).with_rows([member]),
        crossings=net.crossings.with_columns(
            open_months=np.full(len(net.crossings), parse_months(border)),
            status=np.full(len(net.crossings), "operating"),
        ),
        demand=net.demand.take(keep[:0]).with_rows([od]),
    )
    plan = lsr.assign(one, unserved_price=1e6)
    if not both:
        assert plan.why_unserved.tolist() == ["no path"]
        return
    assume(plan.why_unserved[0] != "no path")
    expected = 120 * both.bit_count() / 12
    assert plan.carried_t == pytest.approx(expected, rel=1e-9)
    flow = plan.to_frame()
    assert flow["flow_t"].tolist() == pytest.approx([expected])


@laws(15)
@given(networks())
def test_frames_agree_with_each_other(net):
    plan = lsr.assign(net)
    flows = plan.to_frame()
    assert flows["flow_t_km"].sum() == pytest.approx(plan.tonne_km, rel=1e-9, abs=1e-3)
    graph = plan.graph
    over = plan.crossings()
    arcs = graph.arcs_of(ArcKind.BORDER)
    assert over["flow_t"].sum() == pytest.approx(plan.arc_flow_t[:, arcs].sum(), rel=1e-9, abs=1e-4)
    inside = np.flatnonzero(np.isin(graph.topology.arc_kind, [ArcKind.TRANSFER, ArcKind.RELAY]))
    assert plan.transfers()["flow_t"].sum() == pytest.approx(
        plan.arc_flow_t[:, inside].sum(), rel=1e-9, abs=1e-4
    )
    again = lsr.assign(net)
    assert again.objective_usd == plan.objective_usd
    assert again.to_frame().equals(flows)
    assert again.dual_prices().equals(plan.dual_prices())
