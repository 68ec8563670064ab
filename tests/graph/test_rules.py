"""Rules of the house on small networks, one by one: domestic cargo, seasons, payloads, technologies."""

from __future__ import annotations

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, NoPathError
from landsea_routing.graph.cost import closed_to_domestic, open_share, price
from landsea_routing.graph.graph import ArcKind
from landsea_routing.graph.groups import group_arcs
from landsea_routing.model.checks import check
from networks_for_tests import add_rows, chain, set_cells, tiny_network

# Domestic cargo ---------------------------------------------------------------------------------

RING_NODES = """
id,name,country,lat,lon,kind,loads
home1,Home One,AA,45,120,city,all
b_town,B Town,BB,46,122,city,all
c_town,C Town,CC,47,124,city,all
home2,Home Two,AA,48,126,city,all
"""
RING_LINKS = """
id,from_node,to_node,mode,gauge,length_km
rail-home1-b_town,home1,b_town,rail,1435,300
rail-b_town-c_town,b_town,c_town,rail,1435,300
rail-c_town-home2,c_town,home2,rail,1435,300
"""


def ring(first="none", middle="full", last="none", transit=""):
    """From AA through BB and CC back to AA; the control of each border, and who may pass the middle one."""
    crossings = f"""
id,from_node,to_node,mode,control,hours,fee_usd_per_t,domestic_transit
1>,home1,b_town,rail,{first},1,1,
<1,b_town,home1,rail,{first},1,1,
2>,b_town,c_town,rail,{middle},1,1,{transit}
<2,c_town,b_town,rail,{middle},1,1,{transit}
3>,c_town,home2,rail,{last},1,1,
<3,home2,c_town,rail,{last},1,1,
"""
    tariffs = add_rows("rail,*,*,*,1,0.02,30")
    empty = {"tariffs": tariffs, "transfers": [], "capacity_groups": [], "capacity_members": [], "demand": []}
    return tiny_network(nodes=RING_NODES, links=RING_LINKS, crossings=crossings, **empty)


def joined(net, a, b, commodity="coal") -> bool:
    """Whether a path joins two places, as `shortest_path`, `skim` and `assign` agree."""
    graph = lsr.expand(net, commodity)
    row = {"origin": a, "destination": b, "commodity": commodity, "amount_per_year": "5", "unit": "t"}
    plan = lsr.assign(net, net.demand.take(np.zeros(0, dtype=np.int64)).with_rows([row]))
    try:
        lsr.shortest_path(graph, a, b)
        found = True
    except NoPathError as error:
        assert "is shut to domestic cargo of" in str(error)
        found = False
    assert np.isfinite(lsr.skim(graph, [a], [b]).matrix[0, 0]) == found
    assert plan.why_unserved.tolist() == ["" if found else "no path"]
    return found


def test_domestic_cargo_may_not_use_a_controlled_crossing_between_two_other_countries():
    assert not joined(ring(), "home1", "home2")
    assert joined(ring(middle="none"), "home1", "home2")
    assert joined(ring(transit="coal"), "home1", "home2")
    assert not joined(ring(transit="coal"), "home1", "home2", "container")
    # Foreign cargo may.
    assert joined(ring(), "home1", "c_town")
    assert joined(ring(first="full", last="full"), "b_town", "home2")


def test_of_three_controlled_crossings_each_must_allow_it():
    net = ring("full", "full", "full", transit="*")
    graph = lsr.expand(net, "coal")
    with pytest.raises(NoPathError) as caught:
        lsr.shortest_path(graph, "home1", "home2")
    assert caught.value.breaks == (
        "border 1> is shut to domestic cargo of AA",
        "border 3> is shut to domestic cargo of AA",
    )


PORT_NODES = """
id,name,country,lat,lon,kind,loads
home1,Home One,AA,45,120,city,all
x_town,X Town,XX,46,121,city,all
b_port,B Port,BB,46,122,port,all
home2,Home Two,AA,40,121,port,all
"""
PORT_LINKS = """
id,from_node,to_node,mode,gauge,length_km,vehicle_class
rail-home1-x_town,home1,x_town,rail,1435,300,
rail-x_town-b_port,x_town,b_port,rail,1435,300,
sea-b_port-home2,b_port,home2,sea,,900,foreign
"""
PORT_TRANSFERS = """
id,node,from_mode,from_gauge_mm,to_mode,to_gauge_mm,technology,commodities,usd_per_t,hours,capacity
up,b_port,rail,1435,sea,0,lift,*,6,48,unlimited
"""


def by_foreign_port(control, *, export="", home_import="coal"):
    """From AA by rail over XX to a port of BB and by ship back to AA; both borders on the way are alike."""
    crossings = f"""
id,from_node,to_node,mode,control,hours,fee_usd_per_t,domestic_transit
1>,home1,x_town,rail,{control},1,1,coal
2>,x_town,b_port,rail,{control},1,1,coal
"""
    clearances = f"""
country,direction,commodities,hours,fee_usd_per_t,domestic_transit
AA,import,*,32,1,{home_import}
BB,export,*,8,0.5,{export}
"""
    return tiny_network(
        nodes=PORT_NODES,
        links=PORT_LINKS,
        crossings=crossings,
        clearances=clearances,
        transfers=PORT_TRANSFERS,
        tariffs=add_rows("rail,*,*,*,1,0.02,30"),
        capacity_groups=[],
        capacity_members=[],
        demand=[],
    )


def test_a_port_of_the_customs_union_is_as_shut_as_a_port_at_home():
    """BB is reached over XX without any control: its port boards domestic cargo of AA as one of AA would."""
    assert not joined(by_foreign_port("none"), "home1", "home2")
    assert joined(by_foreign_port("none", export="coal"), "home1", "home2")
    assert not joined(by_foreign_port("none", export="coal"), "home1", "home2", "container")
    assert not joined(by_foreign_port("none", export="*", home_import=""), "home1", "home2")
    # Behind a border that lets coal through in transit, BB's port is abroad.
    assert joined(by_foreign_port("full"), "home1", "home2")
    assert not joined(by_foreign_port("full", home_import=""), "home1", "home2")
    # Cargo from BB to AA is foreign with and without control.
    assert joined(by_foreign_port("none", home_import=""), "b_port", "home2")


def test_what_is_shut_to_domestic_cargo_is_a_border_or_a_clearance():
    graph = lsr.expand(by_foreign_port("none"), "coal")
    top = graph.topology
    shut = closed_to_domestic(graph, "coal", "AA")
    kinds = {ArcKind(int(k)).name for k in top.arc_kind[shut]}
    assert kinds == {"TRANSFER", "ACCESS", "EGRESS"}
    assert set(graph.vertex_country[top.head[shut]].tolist()) == {"AA", "BB"}
    assert not closed_to_domestic(graph, "coal", "ZZ")[graph.arcs_of(ArcKind.BORDER)].any()


# Seasons ----------------------------------------------------------------------------------------


def seasonal(link, ahead):
    """The rail gate open in some months, its border in one direction in others."""
    return tiny_network(
        links=set_cells("rail-a_border-b_border", open_months=link),
        crossings=set_cells("rail:a_border>b_border", open_months=ahead),
        capacity_members=add_rows("beta_track,rail-a_border-b_border,link,both,*"),
    )


def gate_arcs(graph, *, forward):
    top = graph.topology
    row = graph.network.links["alias"].tolist().index("gate")
    return np.flatnonzero(
        (top.arc_kind == ArcKind.LINK) & (top.arc_row == row) & (top.arc_forward == forward)
    )


def test_a_link_to_a_border_is_open_in_their_common_months():
    net = seasonal("1-8", "6-12")
    graph = lsr.expand(net, "coal")
    forward, backward = (gate_arcs(graph, forward=way) for way in (True, False))
    border = graph.arcs_of(ArcKind.BORDER)
    assert open_share(graph)[forward].tolist() == [3 / 12] * len(forward)
    assert open_share(graph)[backward].tolist() == [8 / 12] * len(backward)
    assert sorted(set(open_share(graph)[border].tolist())) == [7 / 12, 1]
    for month in range(1, 13):
        allowed = price(lsr.expand(net, "coal", month)).allowed
        assert set(allowed[forward].tolist()) == {month in (6, 7, 8)}
        assert set(allowed[backward].tolist()) == {month <= 8}
    groups = group_arcs(graph)
    coal = net.commodities["id"].tolist().index("coal")
    taken = {
        (str(groups.ids[g]), int(arc)): c
        for g, arc, k, c in zip(groups.group, groups.arc, groups.commodity, groups.coefficient, strict=True)
        if k == coal
    }
    assert {taken["beta_track", a] for a in forward.tolist()} == {12 / 3}
    assert {taken["beta_track", a] for a in backward.tolist()} == {12 / 8}
    rail = [a for a in border if net.crossings["id"][graph.topology.arc_row[a]] == "rail:a_border>b_border"]
    assert {taken["gate_rail", a] for a in rail} == {1 / (7 / 12)}


def test_a_link_and_a_border_without_a_common_month_are_never_open():
    net = seasonal("1-6", "7-12")
    for month in (None, 3, 9):
        graph = lsr.expand(net, "coal", month)
        assert not price(graph).allowed[gate_arcs(graph, forward=True)].any()
        with pytest.raises(NoPathError, match="open only in months"):
            lsr.shortest_path(graph, "a_city", "b_city", modes=("rail",), seasonal=True)
    back = lsr.shortest_path(lsr.expand(net, "coal"), "b_city", "a_city", modes=("rail",), seasonal=True)
    assert "rail-a_border-b_border" in back.links
    groups = group_arcs(lsr.expand(net, "coal"))
    assert np.isfinite(groups.coefficient).all()
    assert not set(groups.arc.tolist()) & set(gate_arcs(lsr.expand(net), forward=True).tolist())
    plan = lsr.assign(lsr.Scenario("s").close("sea-a_port-b_port").close("road-a_border-b_border").apply(net))
    assert plan.why_unserved.tolist() == ["no path", "", "no path", ""]


# Payloads ---------------------------------------------------------------------------------------

TRAINS = "trains/day"


def counted(member="alpha_track,rail-a_city-a_border,link,both,*", limit="9", payloads=(), **tables):
    """The tiny network with one group in trains a day."""
    group, *cells = member.split(",")
    return tiny_network(
        capacity_groups=chain(set_cells(group, unit=TRAINS, limit=limit)),
        capacity_members=lambda rows: [
            *(r for r in rows if r["group"] != group),
            dict(zip(rows[0], (group, *cells), strict=True)),
        ],
        payloads=add_rows(*payloads),
        **tables,
    )


YARD = "yard,b_border,gauge_transfer"
QUAY = "b_port_quay,b_port,handling,both,*"
NOT_LOADED = set_cells("b_port", loads="")

MISSING = {
    "rail": (counted(), "container at gauge 1435"),
    "other unit": (counted(payloads=("trucks/day,0,coal,5,5",)), "container at gauge 1435"),
    "other gauge": (counted(payloads=("trains/day,1520,*,5,5",)), "container at gauge 1435"),
    "one commodity": (counted(payloads=("trains/day,0,container,5,5",)), "coal at gauge 1435"),
    "arrival": (
        counted(f"{YARD},both,*", payloads=("trains/day,1435,*,5,5",)),
        "container at gauge 1520",
    ),
    "quay": (counted(QUAY, payloads=("trains/day,1520,*,5,5",)), "container at gauge 0"),
    "ship to rail": (
        counted(QUAY, payloads=("trains/day,1435,*,5,5",), nodes=NOT_LOADED),
        "container at gauge 1520",
    ),
    "limit 0": (counted(limit="0"), "container at gauge 1435"),
}
KNOWN = {
    "any gauge": counted(payloads=("trains/day,0,*,5,5",)),
    "its gauge": counted(payloads=("trains/day,1435,*,5,5",)),
    "each": counted(payloads=("trains/day,1435,coal,5,5", "trains/day,0,container,5,5")),
    "unlimited": counted(limit="unlimited", payloads=("trains/day,0,coal,5,5",)),
    "not by rail": counted(
        payloads=("trains/day,0,coal,5,5",), commodities=set_cells("container", modes="road;sea")
    ),
    "not a member": counted(
        "alpha_track,rail-a_city-a_border,link,both,coal", payloads=("trains/day,0,coal,5,5",)
    ),
    "arrival": counted(f"{YARD},backward,*", payloads=("trains/day,1435,*,5,5",)),
    "not loaded at the quay": counted(QUAY, payloads=("trains/day,1520,*,5,5",), nodes=NOT_LOADED),
    "not by sea": counted(
        QUAY,
        payloads=("trains/day,1520,*,5,5", "trains/day,0,container,5,5"),
        commodities=set_cells("coal", modes="rail;road"),
    ),
    "not a transfer of it": counted(
        "yard,b_border-rail1435-rail1520-lift,transfer,both,*", payloads=("trains/day,0,container,5,5",)
    ),
}


@pytest.mark.parametrize("name", MISSING)
def test_a_limit_in_trains_without_a_payload_stops_every_question(name):
    net, says = MISSING[name]
    ask = (
        lambda: lsr.shortest_path(lsr.expand(net, "coal"), "a_city", "b_city"),
        lambda: lsr.skim(lsr.expand(net, "coal"), ["a_city"], ["b_city"]),
        lambda: lsr.assign(net),
    )
    for question in ask:
        with pytest.raises(InvalidValueError, match=says) as caught:
            question()
        assert (caught.value.table, caught.value.column) == ("payloads", "t_per_vehicle")
        assert TRAINS in str(caught.value)
        (group,) = caught.value.ids
        assert group in str(caught.value)
    assert "payload-missing" in {f.code for f in check(net).errors}


@pytest.mark.parametrize("name", KNOWN)
def test_what_never_travels_there_needs_no_payload(name):
    net = KNOWN[name]
    assert lsr.assign(net).status is lsr.Status.OPTIMAL
    assert np.isfinite(group_arcs(lsr.expand(net)).coefficient).all()


def test_a_coefficient_makes_the_payload_needless():
    members = """
group,target,applies_to,direction,commodities,coefficient
alpha_track,rail-a_city-a_border,link,both,*,0.25
"""
    groups = set_cells("alpha_track", unit=TRAINS, limit="9")
    net = tiny_network(capacity_groups=groups, capacity_members=members)
    entries = group_arcs(lsr.expand(net))
    alpha = entries.ids.tolist().index("alpha_track")
    assert set(entries.coefficient[entries.group == alpha].tolist()) == {0.25}


def test_transfers_take_the_payload_of_arrival_or_else_of_departure():
    """Off a ship it is the train that leaves which counts, between gauges the train that came."""
    payloads = ("trains/day,1435,*,2,100", "trains/day,1520,*,5,100", "trains/day,0,*,9,100")
    for member, wanted in (
        (f"{YARD},both,*", {(1435, 1520): 1 / 200, (1520, 1435): 1 / 500}),
        (QUAY, {(1520, 0): 1 / 500, (0, 1520): 1 / 500, (0, 0): 1 / 900}),
    ):
        graph = lsr.expand(counted(member, payloads=payloads))
        top, entries = graph.topology, group_arcs(graph)
        own = entries.ids.tolist().index(member.split(",")[0])
        gauge = np.maximum(top.vertex_gauge_mm, 0)
        found = {
            (int(gauge[top.tail[a]]), int(gauge[top.head[a]])): c
            for g, a, c in zip(entries.group, entries.arc, entries.coefficient, strict=True)
            if g == own
        }
        assert found == pytest.approx(wanted)


# Technologies -----------------------------------------------------------------------------------


def test_technologies_of_transfers_and_of_changes_of_gauge_are_two_lists():
    by_sea = {"modes": ("rail", "sea")}

    def links(net, **options):
        try:
            return lsr.shortest_path(lsr.expand(net, "coal"), "a_city", "b_port", **options).links
        except NoPathError as error:
            return error.breaks

    def coal(**cells):
        net = tiny_network(commodities=lambda rows: [{**r, "transfer_technologies": "*"} for r in rows])
        changed = {c: np.array(["*", v]) for c, v in cells.items()}
        return net.with_tables(commodities=net.commodities.with_columns(**changed))

    shut = lsr.Scenario("s").close("gate").close("road-a_border-b_border")
    assert links(tiny_network(), modes=("rail",)) == links(
        coal(transfer_technologies="pump"), modes=("rail",)
    )
    over_sea = links(shut.apply(coal(transfer_technologies="pump;lift")), **by_sea)
    assert over_sea == ("rail-a_city-a_port", "sea-a_port-b_port")
    (broken,) = links(shut.apply(coal(transfer_technologies="pump")), **by_sea)
    assert broken == (
        "the transfer from rail 1435 mm to sea at Alpha Port (a_port-rail1435-sea-lift) is not open to coal"
    )
    assert links(shut.apply(coal(gauge_technologies="pump")), **by_sea) == over_sea
    (broken,) = links(coal(gauge_technologies="pump", transfer_technologies="*"), modes=("rail",))
    assert broken.startswith("the transfer from rail 1435 mm to rail 1520 mm")
