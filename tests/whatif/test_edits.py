"""Every edit once by hand, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, LandseaError, ScenarioError, UnknownNameError
from landsea_routing.whatif.edits import FAMILIES, VERBS, Edit
from networks_for_tests import add_rows, chain, set_cells, tiny_network

NET = tiny_network()
S = lsr.Scenario("s")


def cell(net, table, key, column, by="id"):
    rows = np.flatnonzero(net.tables[table][by] == key)
    assert rows.size == 1, key
    return net.tables[table][column][rows[0]]


def statuses(net, table="links"):
    return {str(i): str(s) for i, s in zip(net.tables[table]["id"], net.tables[table]["status"], strict=True)}


def changed_rows(before, after) -> set[str]:
    return {k for k, v in after.items() if before[k] != v}


# Status and season ------------------------------------------------------------------------------


def test_close_takes_the_crossings_along():
    net = S.close("gate").apply(NET)  # by alias
    assert changed_rows(statuses(NET), statuses(net)) == {"rail-a_border-b_border"}
    shut = changed_rows(statuses(NET, "crossings"), statuses(net, "crossings"))
    assert shut == {"rail:a_border>b_border", "rail:b_border>a_border"}


def test_close_one_direction_of_a_border():
    net = S.close("rail:a_border>b_border").apply(NET)
    assert not changed_rows(statuses(NET), statuses(net))
    graph = lsr.expand(net, "coal")
    assert lsr.shortest_path(graph, "b_city", "a_city", modes=("rail",)).links
    with pytest.raises(lsr.NoPathError, match=r"border rail:a_border>b_border is closed"):
        lsr.shortest_path(graph, "a_city", "b_city", modes=("rail",))


@pytest.mark.parametrize("name", ["a_border", "A_BORDER", "Alpha Gate (east)"])
def test_close_a_node_closes_what_touches_it(name):
    net = S.close(name).apply(NET)
    assert changed_rows(statuses(NET), statuses(net)) == {
        "rail-a_city-a_border",
        "rail-a_border-b_border",
        "road-a_city-a_border",
        "road-a_border-b_border",
    }
    assert set(statuses(net, "crossings").values()) == {"closed"}


def test_close_by_pattern_takes_links_crossings_and_nodes_together():
    net = S.close("road*").apply(NET)
    assert changed_rows(statuses(NET), statuses(net)) == {i for i in NET.links["id"] if i.startswith("road")}
    assert changed_rows(statuses(NET, "crossings"), statuses(net, "crossings")) == {
        "road:a_border>b_border",
        "road:b_border>a_border",
    }
    # A node whose id fits the pattern too must not keep the links that fit it open.
    with_town = tiny_network(nodes=add_rows("railtown,Railtown,AA,45,121,city,all"))
    shut = S.close("rail*").apply(with_town)
    assert changed_rows(statuses(with_town), statuses(shut)) == {
        i for i in NET.links["id"] if i.startswith("rail")
    }


def test_close_leaves_the_crossing_to_a_parallel_link():
    two = tiny_network(links=add_rows("rail-a_border-b_border-2,a_border,b_border,rail,,1435,19,second"))
    net = S.close("gate").apply(two)
    assert set(statuses(net, "crossings").values()) == {"operating"}
    route = lsr.shortest_path(lsr.expand(net, "coal"), "a_city", "b_city", modes=("rail",))
    assert "rail-a_border-b_border-2" in route.links
    both = S.close("gate").close("second").apply(two)
    assert statuses(both, "crossings")["rail:a_border>b_border"] == "closed"
    at_once = S.close("rail-a_border-b_border*").apply(two)
    assert statuses(at_once, "crossings")["rail:a_border>b_border"] == "closed"


def test_open_takes_the_crossings_along():
    shut = tiny_network(
        links=set_cells("rail-a_border-b_border", status="planned"),
        crossings=chain(
            set_cells("rail:a_border>b_border", status="closed"),
            set_cells("rail:b_border>a_border", status="closed"),
        ),
    )
    net = S.open("gate").apply(shut)
    assert set(statuses(net).values()) == {"operating"}
    assert set(statuses(net, "crossings").values()) == {"operating"}
    with pytest.raises(ScenarioError, match="links, crossings"):
        S.open("a_border").apply(NET)  # a node is not opened: who knows which of its links


def test_set_months_of_a_link_and_its_crossings():
    net = S.set_months("gate", "5-10").apply(NET)
    mask = sum(1 << m for m in range(4, 10))
    assert cell(net, "links", "rail-a_border-b_border", "open_months") == mask
    assert cell(net, "crossings", "rail:a_border>b_border", "open_months") == mask
    with pytest.raises(ScenarioError, match="months"):
        S.set_months("gate", "0-13").apply(NET)


# Numbers ----------------------------------------------------------------------------------------


def test_capacity():
    assert cell(S.set_capacity("yard", 5).apply(NET), "capacity_groups", "yard", "limit") == 5
    assert np.isinf(cell(S.set_capacity("yard", "unlimited").apply(NET), "capacity_groups", "yard", "limit"))
    assert cell(S.set_capacity("yard", np.int64(7)).apply(NET), "capacity_groups", "yard", "limit") == 7
    net = S.scale_capacity("*_track", 2).apply(NET)
    assert cell(net, "capacity_groups", "alpha_track", "limit") == 70e6
    assert cell(net, "capacity_groups", "beta_track", "limit") == 50e6
    assert cell(net, "capacity_groups", "yard", "limit") == 8e6
    row = "b_border-rail1435-rail1520-lift"
    assert cell(S.set_capacity(row, 9).apply(NET), "transfers", row, "capacity") == 9
    assert cell(S.scale_capacity("open_sea", 0).apply(NET), "capacity_groups", "open_sea", "limit") == 0
    assert np.isinf(
        cell(S.scale_capacity("open_sea", 0.5).apply(NET), "capacity_groups", "open_sea", "limit")
    )


def test_hours():
    assert cell(S.set_hours("alpha_line", 3).apply(NET), "links", "rail-a_city-a_border", "delay_h") == 3
    crossing, row = "rail:a_border>b_border", "a_port-sea-rail1435-lift"
    assert cell(S.set_hours(crossing, 3).apply(NET), "crossings", crossing, "hours") == 3
    assert cell(S.scale_hours(row, 0.5).apply(NET), "transfers", row, "hours") == 24
    before = lsr.shortest_path(lsr.expand(NET, "coal"), "a_city", "b_city")
    after = lsr.shortest_path(S.set_hours(crossing, 20).apply(lsr.expand(NET, "coal")), "a_city", "b_city")
    assert after.time_h - before.time_h == pytest.approx(20 - 14)
    assert after.ledger["border_time"] - before.ledger["border_time"] == pytest.approx(6 * 0.005)


def test_fees():
    crossing, row = "rail:a_border>b_border", "b_border-rail1435-rail1520-lift"
    assert cell(S.set_fee(crossing, 1).apply(NET), "crossings", crossing, "fee_usd_per_t") == 1
    assert cell(S.scale_fee(crossing, 2).apply(NET), "crossings", crossing, "fee_usd_per_t") == 9
    assert (
        cell(S.set_fee("gate", 2.5).apply(NET), "links", "rail-a_border-b_border", "surcharge_usd_per_t")
        == 2.5
    )
    # A row priced per TEU: a fee per tonne takes its place, a factor keeps the unit.
    net = S.set_fee(row, 7).apply(NET)
    assert cell(net, "transfers", row, "usd_per_t") == 7
    assert np.isnan(cell(net, "transfers", row, "usd_per_teu"))
    net = S.scale_fee(row, 0.5).apply(NET)
    assert cell(net, "transfers", row, "usd_per_teu") == 60
    assert np.isnan(cell(net, "transfers", row, "usd_per_t"))


def test_tariffs():
    net = S.set_tariff("rail", "AA", "*", rate_usd_per_t_km=0.5).apply(NET)
    rows = (net.tariffs["mode"] == "rail") & (net.tariffs["country"] == "AA")
    assert net.tariffs["rate_usd_per_t_km"][rows].tolist() == [0.5]
    assert net.tariffs["fixed_usd_per_t"][rows].tolist() == [4]
    new = S.set_tariff("rail", "BB", "coal", rate_usd_per_t_km=0.001, fixed_usd_per_t=1, speed_km_h=30).apply(
        NET
    )
    assert len(new.tariffs) == len(NET.tariffs) + 1
    cheap = lsr.shortest_path(lsr.expand(new, "coal"), "b_city", "b_port")
    assert cheap.ledger["line_haul"] == pytest.approx(590 * 0.001)
    with pytest.raises(ScenarioError, match="speed_km_h"):
        S.set_tariff("rail", "BB", "coal", rate_usd_per_t_km=1, fixed_usd_per_t=1).apply(NET)
    with pytest.raises(ScenarioError, match=r"speed_km_h is 0.*>= 0\.1"):
        S.set_tariff("rail", "AA", "*", speed_km_h=0).apply(NET)
    with pytest.raises(ScenarioError, match="did you mean rail"):
        S.set_tariff("rial", "AA", "*", fixed_usd_per_t=1, rate_usd_per_t_km=1, speed_km_h=1).apply(NET)
    net = S.scale_tariff(3, country="BB").apply(NET)
    assert net.tariffs["rate_usd_per_t_km"].tolist() == pytest.approx([0.02, 0.036, 0.025, 0.07, 0.002])
    assert net.tariffs["fixed_usd_per_t"].tolist() == [4, 15, 9, 5, 6]
    with pytest.raises(ScenarioError, match="country ZZ"):
        S.scale_tariff(3, country="ZZ").apply(NET)


def test_demand():
    net = S.set_demand("a_city", "b_city", "coal", 7).apply(NET)
    assert len(net.demand) == len(NET.demand)
    assert 7 in net.demand["amount_per_year"]
    new = S.set_demand("b_port", "a_city", "container", 5, unit="TEU").apply(NET)
    assert len(new.demand) == len(NET.demand) + 1
    assert lsr.assign(new).problem.od_amount[-1] == 55
    assert S.scale_demand(2, commodity="coal").apply(NET).demand["amount_per_year"].tolist() == [
        6e6,
        10e6,
        100e3,
        40e3,
    ]
    with pytest.raises(ScenarioError, match="no row of demand"):
        S.scale_demand(2, commodity="cole").apply(NET)
    with pytest.raises(ScenarioError, match="nowhere"):
        S.set_demand("nowhere", "b_city", "coal", 5).apply(NET)


def test_a_named_demand_set():
    sets = """
set,origin,destination,commodity,amount_per_year,unit
boom,a_city,b_city,coal,9,t
boom,b_port,a_city,coal,4,t
"""
    net = tiny_network(demand_sets=sets)
    plan = S.use_demand("boom").apply(net).demand
    amounts = {
        (o, d, c): a
        for o, d, c, a in zip(
            *(plan[x].tolist() for x in ("origin", "destination", "commodity", "amount_per_year")),
            strict=True,
        )
    }
    assert amounts[("a_city", "b_city", "coal")] == 9
    assert amounts[("b_port", "a_city", "coal")] == 4
    assert len(amounts) == 5
    assert len(net.demand) == 4
    with pytest.raises(UnknownNameError, match="did you mean boom"):
        S.use_demand("bom").apply(net)


def test_domestic_transit():
    """From Alpha to its own port through the neighbour: shut, until the crossings allow it."""
    detour = """
id,from_node,to_node,mode,vehicle_class,gauge,length_km
rail-a_city-a_border,a_city,a_border,rail,,1435,360
rail-a_border-b_border,a_border,b_border,rail,,1435,18
rail-b_border-a_port,b_border,a_port,rail,,1435,700
"""
    crossings = add_rows(
        "rail:b_border>a_port,b_border,a_port,rail,full,1,2,1,0,0",
        "rail:a_port>b_border,a_port,b_border,rail,full,1,2,1,0,0",
    )
    net = tiny_network(links=detour, crossings=crossings, capacity_groups=[], capacity_members=[])
    with pytest.raises(lsr.NoPathError, match="domestic cargo of AA"):
        lsr.shortest_path(lsr.expand(net, "coal"), "a_city", "a_port")
    half = S.allow_domestic_transit("rail:a_border>b_border", "coal").apply(net)
    with pytest.raises(lsr.NoPathError, match=r"rail:b_border>a_port is shut to domestic cargo of AA"):
        lsr.shortest_path(lsr.expand(half, "coal"), "a_city", "a_port")
    both = S.allow_domestic_transit("rail-*", ["coal"]).apply(net)
    assert lsr.shortest_path(lsr.expand(both, "coal"), "a_city", "a_port").length_km == 360 + 18 + 700
    with pytest.raises(lsr.NoPathError):
        lsr.shortest_path(lsr.expand(both, "container"), "a_city", "a_port")
    ports = S.allow_domestic_transit("AA", "coal").apply(NET).clearances
    assert ports["domestic_transit"].tolist() == ["coal", "coal", "", ""]
    with pytest.raises(ScenarioError, match="crosses no border"):
        S.allow_domestic_transit("alpha_line", "coal").apply(NET)
    with pytest.raises(ScenarioError, match="foal"):
        S.allow_domestic_transit("rail:a_border>b_border", ["foal"]).apply(NET)


# New rows ---------------------------------------------------------------------------------------


def test_add_link_over_a_border():
    scenario = S.add_link(
        "a_port", "b_border", "road", 900, 1e6, border_h=3, border_usd_per_t=2, alias="coast"
    )
    net = scenario.apply(NET)
    assert set(net.crossings["id"]) - set(NET.crossings["id"]) == {
        "road:a_port>b_border",
        "road:b_border>a_port",
    }
    assert cell(net, "capacity_groups", "road-a_port-b_border", "limit") == 1e6
    route = lsr.shortest_path(lsr.expand(net), "a_port", "b_city", via=("coast",))
    assert route.ledger["border_fee"] == 2
    assert lsr.assign(net).status is lsr.Status.OPTIMAL
    with pytest.raises(ScenarioError, match="crossings") as caught:
        S.add_link("a_port", "b_border", "road", 900, 1e6).apply(NET)
    assert caught.value.code == "crossing-missing"


def test_add_link_that_is_wrong():
    with pytest.raises(ScenarioError, match="nowhere") as caught:
        S.add_link("a_city", "nowhere", "road", 5, "unlimited").apply(NET)
    assert caught.value.table == "links"
    with pytest.raises(ScenarioError, match="rail-a_city-a_border"):
        S.add_link("a_city", "a_border", "rail", 5, 1, gauge="1435").apply(NET)
    with pytest.raises(ScenarioError, match="length_km"):
        S.add_link("a_city", "a_border", "road", -5, 1, id="x").apply(NET)
    with pytest.raises(ScenarioError, match="limit"):
        S.add_link("a_city", "a_border", "road", 5, "", id="x").apply(NET)


def test_add_row():
    row = {
        "id": "b_border-rail1435-rail1520-bogie_exchange",
        "node": "b_border",
        "from_mode": "rail",
        "from_gauge_mm": 1435,
        "to_mode": "rail",
        "to_gauge_mm": 1520,
        "technology": "bogie_exchange",
        "commodities": "*",
        "usd_per_t": 1,
        "hours": 2,
        "capacity": "unlimited",
    }
    net = S.add_row("transfers", **row).apply(NET)
    assert len(net.transfers) == len(NET.transfers) + 1
    assert lsr.expand(net).topology.n_arcs == lsr.expand(NET).topology.n_arcs + 1
    assert (
        S.add_row("transfers", **row).apply(lsr.expand(NET)).topology.n_arcs
        == lsr.expand(NET).topology.n_arcs + 1
    )
    with pytest.raises(ScenarioError, match="did you mean transfers"):
        S.add_row("transfer", **row)
    with pytest.raises(ScenarioError, match="gauge"):
        S.add_row("transfers", **{**row, "from_gauge_mm": "broad"}).apply(NET)


# What is refused --------------------------------------------------------------------------------


def test_unknown_targets_get_a_suggestion():
    with pytest.raises(ScenarioError, match="did you mean rail-a_city-a_border") as caught:
        S.close("rail-a_city-a_boarder").apply(NET)
    error = caught.value
    assert (error.code, error.column, error.ids) == ("scenario", "id", ("rail-a_city-a_boarder",))
    assert isinstance(error, LandseaError)
    assert "links" in error.expected
    with pytest.raises(ScenarioError, match="no row of capacity_groups, transfers"):
        S.set_capacity("gate", 5).apply(NET)  # a link has no capacity of its own
    with pytest.raises(ScenarioError, match=r"air\*"):
        S.close("air*").apply(NET)


@pytest.mark.parametrize(
    "scenario",
    [
        S.close("gate").open("gate"),
        S.close("gate").close("gate"),
        S.set_capacity("yard", 1).scale_capacity("yard", 2),
        S.set_hours("gate", 1).scale_hours("gate", 2),
        S.set_fee("gate", 1).set_fee("gate", 2),
        S.set_months("gate", "1").set_months("gate", "2"),
    ],
)
def test_contradictions(scenario):
    with pytest.raises(ScenarioError, match="twice"):
        scenario.apply(NET)
    with pytest.raises(ScenarioError, match="twice"):
        scenario.apply(lsr.expand(NET))


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), "many", True, None])
def test_numbers_that_are_none(value):
    for edit in (
        Edit("set_capacity", {"target": "yard", "value": value}),
        Edit("scale_capacity", {"target": "yard", "factor": value}),
        Edit("set_hours", {"target": "gate", "hours": value}),
        Edit("set_fee", {"target": "gate", "usd_per_t": value}),
        Edit("scale_tariff", {"factor": value}),
        Edit("scale_demand", {"factor": value}),
    ):
        with pytest.raises(ScenarioError, match="cannot be made") as caught:
            lsr.Scenario("s", edits=(edit,)).apply(NET)
        assert edit.verb.replace("_", " ") in str(caught.value)


def test_edits_know_their_fields():
    with pytest.raises(ScenarioError, match="did you mean close"):
        Edit("closes", {"target": "x"})
    with pytest.raises(ScenarioError, match="lacks factor"):
        Edit("scale_hours", {"target": "x"})
    with pytest.raises(ScenarioError, match="did you mean target"):
        Edit("close", {"tarket": "x"})
    assert set(FAMILIES) <= set(VERBS)


def test_every_verb_has_a_method_and_is_tested_here():
    source = __import__("pathlib").Path(__file__).read_text(encoding="utf-8")
    for verb in VERBS:
        assert callable(getattr(lsr.Scenario, verb))
        assert f".{verb}(" in source


def test_scenarios_are_values():
    one = S.close("gate")
    assert S.edits == ()
    assert one == lsr.Scenario("s").close("gate")
    assert "close: target gate" in str(one)
    both = one.scale_hours("yard", 2)
    assert len(both.edits) == 2
    assert len(one.edits) == 1


def test_compare_refuses_what_it_cannot_compare():
    plan = lsr.assign(NET)
    with pytest.raises(InvalidValueError, match="Network"):
        lsr.compare(plan, NET)
    other = lsr.assign(lsr.load_network("toy_three_ports"))
    with pytest.raises(InvalidValueError, match="different networks"):
        lsr.compare(plan, other)
