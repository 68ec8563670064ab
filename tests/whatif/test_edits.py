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


PARALLEL = tiny_network(links=add_rows("rail-a_border-b_border-2,a_border,b_border,rail,,1435,19,second"))
PARALLEL = PARALLEL.with_tables(
    capacity_members=PARALLEL.capacity_members.with_rows(
        [{"group": "gate_rail", "target": "rail-a_border-b_border-2", "applies_to": "link"}]
    )
)
ALL_YEAR, SUMMER = 2**12 - 1, sum(1 << m for m in range(4, 10))


def months(net):
    gate, second = (cell(net, "links", alias, "open_months", "alias") for alias in ("gate", "second"))
    ways = [
        cell(net, "crossings", f"rail:{x}", "open_months") for x in ("a_border>b_border", "b_border>a_border")
    ]
    return gate, second, *ways


def test_set_months_leaves_the_crossing_to_a_parallel_link():
    assert months(S.set_months("gate", "5-10").apply(PARALLEL)) == (SUMMER, ALL_YEAR, ALL_YEAR, ALL_YEAR)
    both = S.set_months("rail-a_border-b_border*", "5-10").apply(PARALLEL)
    assert months(both) == (SUMMER,) * 4
    # A parallel link that is shut needs no crossing.
    alone = S.close("second").set_months("gate", "5-10").apply(PARALLEL)
    assert months(alone) == (SUMMER, ALL_YEAR, SUMMER, SUMMER)
    named = S.set_months("rail:a_border>b_border", "5-10").apply(PARALLEL)
    assert months(named) == (ALL_YEAR, ALL_YEAR, SUMMER, ALL_YEAR)
    route = lsr.shortest_path(
        S.set_months("gate", "5-10").apply(lsr.expand(PARALLEL, "coal")), "a_city", "b_city", modes=("rail",)
    )
    assert "rail-a_border-b_border-2" in route.links


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        (S.set_months("road-a_city-a_border", "5-10"), "seasonal-unlimited"),
        (S.set_months("alpha_line", "5-10").set_capacity("alpha_track", "unlimited"), "seasonal-unlimited"),
        (
            S.set_months("gate", "1-3").set_months("rail:a_border>b_border", "5-10"),
            "season-disjoint",
        ),
    ],
)
def test_seasons_are_rechecked(scenario, code):
    for base in (PARALLEL, lsr.expand(PARALLEL)):
        with pytest.raises(ScenarioError, match="contradict each other") as caught:
            scenario.apply(base)
        assert caught.value.code == code


def test_unlimited_is_rechecked_on_a_season_that_was_there():
    net = tiny_network(links=set_cells("rail-a_city-a_border", open_months="5-10"))
    with pytest.raises(ScenarioError, match="contradict each other") as caught:
        S.set_capacity("alpha_track", "unlimited").apply(net)
    assert caught.value.code == "seasonal-unlimited"
    assert "rail-a_city-a_border" in str(caught.value)
    assert S.set_capacity("beta_track", "unlimited").apply(net).name == "tiny"
    # What was wrong before is not this scenario's fault.
    wrong = net.with_tables(
        capacity_groups=S.set_capacity("alpha_track", "unlimited").apply(NET).capacity_groups
    )
    assert S.set_months("beta_line", "5-10").apply(wrong).name == "tiny"


# Numbers ----------------------------------------------------------------------------------------


def test_a_limit_where_there_was_none_is_rechecked():
    """A limit in TEU on what is not boxed too would let that through uncounted."""
    yard = "a_port-rail1435-sea-lift"
    net = tiny_network(transfers=set_cells(yard, capacity_unit="TEU/yr"))
    with pytest.raises(ScenarioError, match="contradict each other") as caught:
        S.set_capacity(yard, 5e4).apply(net)
    assert (caught.value.code, caught.value.table, caught.value.ids) == ("not-boxed", "transfers", (yard,))
    shut = S.set_capacity(yard, 0).apply(net)  # which lets nothing through, boxed or not
    assert cell(shut, "transfers", yard, "capacity") == 0.0


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
    with pytest.raises(ScenarioError, match="set_tariff sets nothing") as caught:
        S.set_tariff("rail", "AA", "*")
    assert "speed_km_h" in caught.value.expected
    with pytest.raises(ScenarioError, match="sets nothing"):
        Edit("set_tariff", {"mode": "rail", "country": "AA", "commodity": "*", "note": "for the reader"})
    net = S.scale_tariff(3, country="BB").apply(NET)
    assert net.tariffs["rate_usd_per_t_km"].tolist() == pytest.approx([0.02, 0.036, 0.025, 0.07, 0.002])
    assert net.tariffs["fixed_usd_per_t"].tolist() == [4, 15, 9, 5, 6]
    with pytest.raises(ScenarioError, match="country ZZ"):
        S.scale_tariff(3, country="ZZ").apply(NET)


def test_value_of_time():
    toy = lsr.load_network("toy_three_ports")
    dear, free = (
        S.scale_value_of_time(2).apply(toy),
        S.scale_value_of_time(0, commodity="coal").apply(toy),
    )
    column = "value_of_time_usd_per_t_h"
    assert dear.commodities[column].tolist() == (2 * toy.commodities[column]).tolist()
    assert free.commodities["id"][free.commodities[column] == 0].tolist() == ["coal"]
    routes = [lsr.shortest_path(lsr.expand(net), "Ada", "Boro", modes=["rail"]) for net in (toy, dear)]
    money, cost = ([getattr(r, f"cost{k}_usd_per_t") for r in routes] for k in ("_money", ""))
    assert money[0] == money[1]
    assert cost[1] - money[1] == pytest.approx(2 * (cost[0] - money[0]))
    with pytest.raises(ScenarioError, match="id coall"):
        S.scale_value_of_time(2, commodity="coall").apply(toy)


def test_demand():
    net = S.set_demand("a_city", "b_city", "coal", 7).apply(NET)
    assert len(net.demand) == len(NET.demand)
    assert 7 in net.demand["amount_per_year"]
    new = S.set_demand("b_port", "a_city", "container", 5, unit="TEU").apply(NET)
    assert len(new.demand) == len(NET.demand) + 1
    assert lsr.assign(new).problem.od_amount[-1] == 55
    # Without a unit, the commodity's own: TEU of containers, tonnes of coal.
    own = S.set_demand("b_port", "a_city", "container", 5).apply(NET)
    assert own.demand["unit"].tolist()[-1] == "TEU"
    assert lsr.assign(own).problem.od_amount[-1] == 55
    tonnes = S.set_demand("b_port", "a_city", "container", 5, unit="t").apply(NET)
    assert lsr.assign(tonnes).problem.od_amount[-1] == 5
    assert S.set_demand("b_port", "a_city", "coal", 5).apply(NET).demand["unit"].tolist()[-1] == "t"
    with pytest.raises(ScenarioError, match="cole"):
        S.set_demand("b_port", "a_city", "cole", 5).apply(NET)
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
    with pytest.raises(ScenarioError, match="did you mean alpha_line"):
        S.close("alfa_line").apply(NET)
    with pytest.raises(ScenarioError, match="did you mean Beta Port"):
        S.close("Beta Prt").apply(NET)
    with pytest.raises(ScenarioError, match="no row of capacity_groups, transfers"):
        S.set_capacity("gate", 5).apply(NET)  # a link has no capacity of its own
    with pytest.raises(ScenarioError, match=r"air\*"):
        S.close("air*").apply(NET)


def test_a_name_of_two_rows_is_refused():
    names = chain(set_cells("a_port", name="Gamma"), set_cells("b_port", name="Gamma"))
    net = tiny_network(nodes=names)
    with pytest.raises(ScenarioError, match="'GAMMA' is the name of 2 nodes: a_port, b_port") as caught:
        S.close("GAMMA").apply(net)
    assert (caught.value.table, caught.value.column) == ("nodes", "name")
    assert set(caught.value.ids) == {"a_port", "b_port"}
    closed = changed_rows(statuses(net), statuses(S.close("a_port").apply(net)))
    assert closed == {"rail-a_city-a_port", "sea-a_port-b_port"}
    twice = tiny_network(links=set_cells("rail-b_border-b_city", alias="alpha_line"))
    with pytest.raises(ScenarioError, match="alias of 2 links"):
        S.set_hours("alpha_line", 1).apply(twice)


@pytest.mark.parametrize("pattern", ["*_line", "*_LINE", "?????_Line", "rail-?_c*-?_b*", "RAIL-B_border-*"])
def test_patterns_match_ids_and_aliases_in_whatever_case(pattern):
    changed = changed_rows(statuses(NET), statuses(S.close(pattern).apply(NET)))
    wanted = {
        "*_line": {"rail-a_city-a_border", "rail-b_border-b_city"},
        "*_LINE": {"rail-a_city-a_border", "rail-b_border-b_city"},
        "?????_Line": {"rail-a_city-a_border"},
        "rail-?_c*-?_b*": {"rail-a_city-a_border"},
        "RAIL-B_border-*": {"rail-b_border-b_city"},
    }[pattern]
    assert changed == wanted


def test_a_row_that_fits_by_id_and_by_alias_is_edited_once():
    net = tiny_network(links=set_cells("rail-a_city-a_border", alias="rail_alpha", delay_h="3"))
    assert cell(S.scale_hours("rail*", 2).apply(net), "links", "rail-a_city-a_border", "delay_h") == 6


@pytest.mark.parametrize("base", ["toy_three_ports", None, 5, {}])
def test_a_scenario_is_applied_to_a_network_or_a_graph(base):
    with pytest.raises(ScenarioError, match=f"was applied to a {type(base).__name__}") as caught:
        S.close("gate").apply(base)
    assert "load_network" in caught.value.cure
    with pytest.raises(ScenarioError, match="was applied"):
        S.apply(base)


@pytest.mark.parametrize(
    "scenario",
    [
        S.close("gate").open("gate"),
        S.close("gate").open("rail-a_border-b_border"),
        S.scale_capacity("y*", 2).set_capacity("yard", 1),
        S.scale_fee("gate", 2).scale_fee("gate", 2),
        S.set_capacity("yard", 1).scale_capacity("yard", 2),
        S.set_hours("gate", 1).scale_hours("gate", 2),
        S.set_fee("gate", 1).set_fee("gate", 2),
        S.set_months("gate", "1").set_months("gate", "2"),
        S.set_months("gate", "1").set_months("GATE*", "2"),
        S.set_capacity("yard", 5).set_capacity("ya*", 6),
        S.set_capacity("yard", 5).set_capacity("ya*", "unlimited"),
        S.set_months("gate", "1").set_months("rail:a_border>b_border", "2"),
        S.close("gate").open("rail:b_border>a_border"),
        S.close("a_border").open("alpha_line"),
        S.close("Alpha Gate (east)").open("road*"),
        S.set_hours("*_line", 1).set_hours("rail-b_border-b_city", 2),
        S.scale_hours("rail*", 2).scale_hours("beta_line", 2),
        S.set_capacity("b_border*lift", 1).scale_capacity("b_border-rail1435-rail1520-lift", 2),
    ],
)
def test_contradictions(scenario):
    with pytest.raises(ScenarioError, match="twice"):
        scenario.apply(NET)
    with pytest.raises(ScenarioError, match="twice"):
        scenario.apply(lsr.expand(NET))


@pytest.mark.parametrize(
    "scenario",
    [
        S.close("gate").close("gate"),
        S.set_fee("gate", 1).scale_hours("gate", 2),
        S.set_hours("alpha_line", 1).set_hours("beta_line", 2),
        S.scale_tariff(2, mode="rail").scale_tariff(2, mode="rail"),
        S.set_months("gate", "5-10").set_capacity("gate_rail", 5),
        S.close("a_border").close("Alpha"),  # both close the link between them
        S.set_months("gate", "5-10").set_months("RAIL-a_border*", "5-10"),
        S.set_capacity("yard", 5).set_capacity("ya*", 5),
    ],
)
def test_what_is_no_contradiction(scenario):
    assert scenario.apply(NET).name == "tiny"


def test_a_contradiction_names_row_and_edits():
    with pytest.raises(ScenarioError) as caught:
        S.scale_capacity("y*", 2).set_capacity("YARD", 1).apply(NET)
    assert (caught.value.table, caught.value.ids) == ("capacity_groups", ("yard",))
    for text in ("capacity of yard twice", "scale capacity", "target y*", "set capacity", "target YARD"):
        assert text in str(caught.value)


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), "many", True, None])
def test_numbers_that_are_none(value):
    for edit in (
        Edit("set_capacity", {"target": "yard", "value": value}),
        Edit("scale_capacity", {"target": "yard", "factor": value}),
        Edit("set_hours", {"target": "gate", "hours": value}),
        Edit("set_fee", {"target": "gate", "usd_per_t": value}),
        Edit("scale_tariff", {"factor": value}),
        Edit("scale_demand", {"factor": value}),
        Edit("scale_value_of_time", {"factor": value}),
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
