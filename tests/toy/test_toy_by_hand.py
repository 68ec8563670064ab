"""The toy network against answers worked out by hand.

No number below is copied from a program: each is written as the sum that one would do on paper, from the
tables in `networks/toy_three_ports`. The README there tells the same sums in words.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import landsea_routing as lsr
from landsea_routing._status import Status
from landsea_routing.errors import NoPathError

# Value of time, USD per tonne and hour.
VOT_CONTAINER, VOT_COAL, VOT_TIMBER = 0.5, 0.05, 0.1
UNSERVED = 200.0
LEDGER_LINES = {"line_haul", "loading", "transfers", "gauge_change", "border_fee", "border_time", "inventory"}

# --- Demand in tonnes (10 t/TEU, 0.8 t/m3) ---------------------------------------------------------
BORO_ADA_COAL = 1_500_000
CPORT_ADA_CONTAINER = 20_000 * 10
ADA_BORO_CONTAINER = 15_000 * 10
BORO_CPORT_TIMBER = 625_000 * 0.8
BORO_CPORT_COAL = 1_300_000
CPORT_CEDAR_CONTAINER = 4_000 * 10

# --- Every way that the optimum uses: money + value of time x hours, stage by stage ------------------
# Boro to Ada, coal: load, 400 km, change of gauge, 40 km over the border, border, 300 km, unload.
COAL_TRANSLOAD = (2 + 400 * 0.01 + (4 + 2) + (20 * 0.01 + 20 * 0.02) + 4 + 300 * 0.02 + 2) + VOT_COAL * (
    12 + 10 + 20 + (0.5 + 0.4) + 24 + 6 + 6
)
# Bogies keep the wagon: 10 instead of 4, and no fixed part of the tariff (2) is paid again; 6 h, not 20.
COAL_BOGIE = (2 + 400 * 0.01 + 10 + (20 * 0.01 + 20 * 0.02) + 4 + 300 * 0.02 + 2) + VOT_COAL * (
    12 + 10 + 6 + (0.5 + 0.4) + 24 + 6 + 6
)
# Corin to Ada, containers, by Port Anselm: board + export, 600 km, lift + rail XA + import, 200 km, unload.
BOX_BY_ANSELM = ((4 + 2) + 600 * 0.01 + (5 + 4 + 4) + 200 * 0.02 + 2) + VOT_CONTAINER * (
    (24 + 10) + 24 + (30 + 30) + 4 + 6
)
# The same by Port Brandt: 500 km, lift + rail XB + import XB, 100 km of dual gauge, border, 300 km.
BOX_BY_BRANDT = (
    (4 + 2) + 500 * 0.01 + (5 + 3 + 4) + 100 * 0.015 + (20 * 0.015 + 20 * 0.02) + 4 + 300 * 0.02 + 2
) + VOT_CONTAINER * ((24 + 10) + 20 + (30 + 30) + 2.5 + (0.5 + 0.4) + 24 + 6 + 6)
# Ada to Boro, containers, three ways through Bekgate.
BOX_BOGIE = (4 + 300 * 0.02 + (20 * 0.02 + 20 * 0.015) + 3 + 10 + 400 * 0.015 + 2) + VOT_CONTAINER * (
    12 + 6 + (0.4 + 0.5) + 20 + 6 + 10 + 6
)
BOX_LIFT = (4 + 300 * 0.02 + (20 * 0.02 + 20 * 0.015) + 3 + (6 + 3) + 400 * 0.015 + 2) + VOT_CONTAINER * (
    12 + 6 + (0.4 + 0.5) + 20 + 18 + 10 + 6
)
# By road to Bekgate: fee 5 and reload 4 at the border, lift 3 + rail XB 3 in the yard.
BOX_ROAD = (
    2 + 300 * 0.08 + (20 * 0.08 + 20 * 0.06) + (5 + 4) + (3 + 3) + 400 * 0.015 + 2
) + VOT_CONTAINER * (2 + 6 + (0.4 + 0.5) + (10 + 5) + 8 + 10 + 6)
# Boro to Corin, timber, by Port Brandt (dual track) and by Bekgate and Port Anselm.
TIMBER_BRANDT = (3 + 400 * 0.015 + 100 * 0.015 + (3 + 5 + 2) + 500 * 0.01 + (3 + 3)) + VOT_TIMBER * (
    12 + 10 + 2.5 + (30 + 10) + 20 + (24 + 20)
)
TIMBER_ANSELM = (
    3 + 400 * 0.015 + (4 + 3) + (0.3 + 0.4) + 4 + 300 * 0.02 + 200 * 0.02 + (3 + 6 + 2) + 600 * 0.01 + (3 + 3)
) + VOT_TIMBER * (12 + 10 + 20 + (0.5 + 0.4) + 24 + 6 + 4 + (30 + 10) + 24 + (24 + 20))
# Boro to Corin, coal, by rail and by river to Port Brandt, then by sea.
COAL_RAIL = (2 + 400 * 0.01 + 100 * 0.01 + (3 + 5 + 2) + 500 * 0.01 + (3 + 3)) + VOT_COAL * (
    12 + 10 + 2.5 + (30 + 10) + 20 + (24 + 20)
)
COAL_RIVER = (1 + 500 * 0.002 + (3 + 5 + 2) + 500 * 0.01 + (3 + 3)) + VOT_COAL * (
    12 + 50 + (30 + 10) + 20 + (24 + 20)
)
# Corin to Cedar, containers, on 1067 mm.
BOX_CEDAR = (5 + 100 * 0.03 + 2) + VOT_CONTAINER * (12 + 2 + 6)

# --- The optimum -----------------------------------------------------------------------------------
# Dual track: 2 trains a day. One train a day is 1 Mt of coal, 0.5 Mt of timber, 0.25 Mt of containers.
RIVER_COAL = 600_000 * 6 / 12  # open 6 months of 12
RAIL_COAL = BORO_CPORT_COAL - RIVER_COAL  # 1.0 train
BRANDT_BOX = CPORT_ADA_CONTAINER - 15_000 * 10  # what the berth of Anselm leaves: 0.2 train
BRANDT_TIMBER = (2 - RAIL_COAL / 1e6 - BRANDT_BOX / 250e3) * 500e3  # the rest: 0.8 train
ANSELM_TIMBER = BORO_CPORT_TIMBER - BRANDT_TIMBER  # pushed off the dual track
TRANSLOAD_COAL = 1_000_000 - ANSELM_TIMBER  # timber may only be transloaded
BOGIE_COAL = BORO_ADA_COAL - TRANSLOAD_COAL
ROAD_BOX = 10 * 20 * 250  # 10 trucks a day of 20 t, 250 days
UNSERVED_BOX = ADA_BORO_CONTAINER - 60_000 - 2_000 * 10 - ROAD_BOX
OBJECTIVE = (
    TRANSLOAD_COAL * COAL_TRANSLOAD
    + BOGIE_COAL * COAL_BOGIE
    + 150_000 * BOX_BY_ANSELM
    + BRANDT_BOX * BOX_BY_BRANDT
    + 60_000 * BOX_BOGIE
    + 20_000 * BOX_LIFT
    + ROAD_BOX * BOX_ROAD
    + UNSERVED_BOX * UNSERVED
    + BRANDT_TIMBER * TIMBER_BRANDT
    + ANSELM_TIMBER * TIMBER_ANSELM
    + RIVER_COAL * COAL_RIVER
    + RAIL_COAL * COAL_RAIL
    + CPORT_CEDAR_CONTAINER * BOX_CEDAR
)

# --- Dual prices: what one more unit of a limit would save ------------------------------------------
# A tonne more of transloading takes a tonne of coal off the bogies.
DUAL_TRANSLOAD = COAL_BOGIE - COAL_TRANSLOAD
# A train a day more brings 0.5 Mt of timber back from Anselm, each tonne of which also frees the yard.
DUAL_TRAIN = (TIMBER_ANSELM + DUAL_TRANSLOAD - TIMBER_BRANDT) * 500e3
# A TEU more at Anselm takes 10 t off Brandt, which frees 10 / 250000 of a train a day.
DUAL_TEU = (BOX_BY_BRANDT + DUAL_TRAIN / 250e3 - BOX_BY_ANSELM) * 10
# A tonne (full-year rate) more on the river carries half a tonne of coal that now rides the dual track.
DUAL_RIVER = (COAL_RAIL + DUAL_TRAIN / 1e6 - COAL_RIVER) * 6 / 12
DUAL_BOGIE_EAST = UNSERVED - BOX_BOGIE
DUAL_TRUCK = (UNSERVED - BOX_ROAD) * 20 * 250


@pytest.fixture(scope="module")
def net():
    return lsr.load_network("toy_three_ports")


@pytest.fixture(scope="module")
def coal(net):
    return lsr.expand(net, commodity="coal")


@pytest.fixture(scope="module")
def container(net):
    return lsr.expand(net, commodity="container")


@pytest.fixture(scope="module")
def plan(net):
    return lsr.assign(net, net.demand)


def kinds(route) -> list[str]:
    return [leg.kind for leg in route.legs]


def links(route) -> list[tuple[str, int, str, str]]:
    """Mode, gauge (0 where there is none) and ends of each run of links with nothing in between.

    Whether a leg is one link or a run of links is left to the library.
    """
    runs: list[tuple[str, int, str, str]] = []
    previous = ""
    for leg in route.legs:
        if leg.kind == "link":
            gauge = int(leg.gauge_mm or 0)
            run = (str(leg.mode), gauge, str(leg.from_node), str(leg.to_node))
            if previous == "link" and runs[-1][:2] == run[:2] and runs[-1][3] == run[2]:
                run = (*runs.pop()[:3], run[3])
            runs.append(run)
        previous = leg.kind
    return runs


def check_ledger(route, **expected: float) -> None:
    """Every line as expected, the unnamed ones zero, the sum the generalized cost."""
    assert set(route.ledger) == LEDGER_LINES
    for line in LEDGER_LINES:
        assert route.ledger[line] == pytest.approx(expected.get(line, 0.0)), line
    assert sum(route.ledger.values()) == pytest.approx(route.cost_usd_per_t)


def flow_t(frame: pd.DataFrame, link: str, commodity: str, direction: str) -> float:
    rows = (frame["link"] == link) & (frame["commodity"] == commodity) & (frame["direction"] == direction)
    return float(frame.loc[rows, "flow_t"].sum())


def dual_usd_per_t(plan, group: str) -> float:
    frame = plan.dual_prices()
    return float(frame.loc[frame["group"] == group, "dual_usd_per_t"].sum())


def raise_limit(net, group: str, by: float):
    table = net.capacity_groups
    limit = np.where(table["id"] == group, table["limit"] + by, table["limit"])
    return net.with_tables(capacity_groups=table.with_columns(limit=limit))


# --- One path at a time ------------------------------------------------------------------------------


def test_gauge_break_by_transload_is_cheapest(coal):
    route = lsr.shortest_path(coal, "boro", "ada", weight="cost")
    assert links(route) == [
        ("rail", 1520, "boro", "bek"),
        ("rail", 1435, "bek", "arn"),
        ("rail", 1435, "arn", "ada"),
    ]
    assert kinds(route).count("transfer") == 1
    assert route.length_km == pytest.approx(400 + 40 + 300)
    hours = 12 + 400 / 40 + 20 + (20 / 40 + 20 / 50) + 24 + 300 / 50 + 6
    assert route.time_h == pytest.approx(hours)
    # load 2 (coal in XB), 400 km, transload 4 + board again 2, border half and half, fee 4, 300 km, unload 2
    money = 2 + 400 * 0.01 + 4 + 2 + 20 * 0.01 + 20 * 0.02 + 4 + 300 * 0.02 + 2
    assert route.cost_money_usd_per_t == pytest.approx(money)
    assert route.cost_usd_per_t == pytest.approx(money + 0.05 * hours)
    assert (money, money + 0.05 * hours) == pytest.approx((24.6, 28.545))


def test_gauge_break_by_bogie_exchange_is_fastest(coal):
    route = lsr.shortest_path(coal, "boro", "ada", weight="time")
    hours = 12 + 10 + 6 + 0.9 + 24 + 6 + 6
    assert route.time_h == pytest.approx(hours)
    # The wagon stays under its load: 10 for the bogies, no second fixed part.
    assert route.ledger["gauge_change"] == pytest.approx(10)
    assert route.ledger["loading"] == pytest.approx(2 + 2)
    assert route.cost_usd_per_t == pytest.approx(2 + 4 + 10 + 0.6 + 4 + 6 + 2 + 0.05 * hours)
    assert route.cost_usd_per_t == pytest.approx(31.845)


def test_technology_must_suit_the_commodity(net):
    """The bogie row lists timber, but timber lists only transload: even the fastest way transloads."""
    route = lsr.shortest_path(lsr.expand(net, commodity="timber"), "boro", "ada", weight="time")
    assert route.time_h == pytest.approx(12 + 10 + 20 + 0.9 + 24 + 6 + 6)
    assert route.ledger["gauge_change"] == pytest.approx(4)


def test_value_of_time_chooses_the_technology(container):
    """A box at 0.5 USD/t-h pays 4 USD more for bogies (10, against lift 6 + boarding 3) to save 12 h."""
    route = lsr.shortest_path(container, "ada", "boro", weight="cost")
    assert route.ledger["gauge_change"] == pytest.approx(10)
    assert route.cost_usd_per_t == pytest.approx(BOX_BOGIE)
    assert pytest.approx(62.15) == BOX_BOGIE


def test_ledger_partitions_the_generalized_cost(coal):
    route = lsr.shortest_path(coal, "boro", "ada", weight="cost")
    check_ledger(
        route,
        line_haul=400 * 0.01 + (20 * 0.01 + 20 * 0.02) + 300 * 0.02,
        loading=2 + 2 + 2,  # at Boro, again after the transload, unloading
        gauge_change=4,
        border_fee=4,
        border_time=0.05 * 24,
        inventory=0.05 * (12 + 10 + 20 + 0.9 + 6 + 6),
    )
    hours_as_money = route.ledger["border_time"] + route.ledger["inventory"]
    assert route.cost_money_usd_per_t == pytest.approx(route.cost_usd_per_t - hours_as_money)
    assert sum(leg.cost_usd_per_t for leg in route.legs) == pytest.approx(route.cost_usd_per_t)
    assert sum(leg.time_h for leg in route.legs) == pytest.approx(route.time_h)


def test_dual_gauge_needs_no_transfer(container):
    """A train from Ada rolls to the foreign port on its own gauge, over the dual track."""
    route = lsr.shortest_path(container, "ada", "bport", weight="cost")
    assert links(route) == [("rail", 1435, "ada", "bek"), ("rail", 1435, "bek", "bport")]  # border at Bekgate
    assert route.length_km == pytest.approx(300 + 40 + 100)
    assert "transfer" not in kinds(route)
    money = 4 + 300 * 0.02 + (20 * 0.02 + 20 * 0.015) + 3 + 100 * 0.015 + 2
    assert route.cost_usd_per_t == pytest.approx(money + 0.5 * (12 + 6 + 0.9 + 20 + 2.5 + 6))
    assert route.cost_usd_per_t == pytest.approx(40.9)


def test_dual_gauge_carries_the_other_gauge_too(coal):
    route = lsr.shortest_path(coal, "boro", "bport", weight="cost")
    assert links(route) == [("rail", 1520, "boro", "bport")]
    assert route.length_km == pytest.approx(400 + 100)
    assert "transfer" not in kinds(route)
    assert route.cost_usd_per_t == pytest.approx((2 + 4 + 1 + 2) + 0.05 * (12 + 10 + 2.5 + 6))


def test_line_haul_without_access(container):
    route = lsr.shortest_path(container, "ada", "bport", weight="cost", access=False)
    assert route.length_km == pytest.approx(300 + 40 + 100)
    assert route.time_h == pytest.approx(6 + 0.9 + 20 + 2.5)
    assert route.cost_usd_per_t == pytest.approx((6 + 0.7 + 3 + 1.5) + 0.5 * (6 + 0.9 + 20 + 2.5))
    assert not {"access", "egress"} & set(kinds(route))


def test_ship_to_ship_relay_between_ports(container):
    """Anselm to Brandt by sea: a port is no free hub, but foreign cargo in relay clears nothing there."""
    route = lsr.shortest_path(container, "aport", "bport", weight="cost", modes=("sea",))
    assert links(route) == [("sea", 0, "aport", "cport"), ("sea", 0, "cport", "bport")]
    assert kinds(route).count("relay") == 1
    assert route.length_km == pytest.approx(600 + 500)
    check_ledger(
        route,
        line_haul=600 * 0.01 + 500 * 0.01,
        loading=6 + 4 + 3,  # board in XA, board again in XC, unload in XB
        transfers=2,
        border_fee=2 + 4,  # export XA, import XB, nothing in XC
        border_time=0.5 * (10 + 30),
        inventory=0.5 * (24 + 24 + 24 + 20 + 24),
    )
    assert route.cost_usd_per_t == pytest.approx(110)
    # By land it is 46.9: 4 + 4 + 6 + 0.7 + 3 + 1.5 + 2 in money and 51.4 h.
    by_land = lsr.shortest_path(container, "aport", "bport", weight="cost")
    assert by_land.cost_usd_per_t == pytest.approx(21.2 + 0.5 * (12 + 4 + 6 + 0.9 + 20 + 2.5 + 6))


def test_relay_to_a_coastal_ship_pays_import_once(coal):
    """Leaving the deep-sea ship for a lighter is entering XC; the lighter's cargo pays no more at Cedar."""
    route = lsr.shortest_path(coal, "bport", "cedar", weight="cost")
    assert links(route) == [("sea", 0, "bport", "cport"), ("sea", 0, "cport", "cedar")]
    check_ledger(
        route,
        line_haul=500 * 0.01 + 120 * 0.02,
        loading=5 + 2 + 3,  # deep sea in XB, coastal in XC, unload
        transfers=2,
        border_fee=2 + 3,
        border_time=0.05 * (10 + 20),
        inventory=0.05 * (24 + 20 + 24 + 6 + 24),
    )
    assert route.cost_usd_per_t == pytest.approx(30.8)


def test_narrow_gauge_for_what_is_in_a_hurry(container):
    """Boxes to Cedar leave the ship for the 1067 mm line: 86.0 against 88.4 by lighter."""
    route = lsr.shortest_path(container, "bport", "cedar", weight="cost")
    assert links(route) == [("sea", 0, "bport", "cport"), ("rail", 1067, "cport", "cedar")]
    money = (5 + 2) + 5 + (5 + 5 + 3) + 100 * 0.03 + 2
    assert route.cost_usd_per_t == pytest.approx(money + 0.5 * ((24 + 10) + 20 + (30 + 20) + 2 + 6))
    assert route.ledger["transfers"] == pytest.approx(5)
    assert route.ledger["gauge_change"] == pytest.approx(0)
    by_lighter = lsr.shortest_path(container, "bport", "cedar", weight="cost", modes=("sea",))
    assert by_lighter.cost_usd_per_t == pytest.approx(24.4 + 0.5 * 128)


def test_border_by_rail_or_road(container):
    rail = lsr.shortest_path(container, "ada", "bek", weight="cost")
    assert {leg.mode for leg in rail.legs if leg.kind == "link"} == {"rail"}
    assert rail.cost_usd_per_t == pytest.approx(
        (4 + 300 * 0.02 + 0.7 + 3 + 2) + 0.5 * (12 + 6 + 0.9 + 20 + 6)
    )
    road = lsr.shortest_path(container, "ada", "bek", weight="time")
    assert {leg.mode for leg in road.legs if leg.kind == "link"} == {"road"}
    assert kinds(road).count("border") == 1
    assert road.time_h == pytest.approx(2 + 6 + (0.4 + 0.5) + (10 + 5) + 2)
    check_ledger(
        road,
        line_haul=300 * 0.08 + 20 * 0.08 + 20 * 0.06,
        loading=2 + 1,
        transfers=4,  # the mandatory reload at the border
        border_fee=5,
        border_time=0.5 * 10,
        inventory=0.5 * (2 + 6 + 0.9 + 5 + 2),
    )
    assert road.cost_usd_per_t == pytest.approx(51.75)
    detour = lsr.shortest_path(container, "ada", "bek", weight="cost", avoid=("rail-arn-bek",))
    assert detour.cost_usd_per_t == pytest.approx(51.75)


def test_river_carries_only_while_it_is_open(net, coal):
    by_rail = (2 + 4 + 1 + 2) + 0.05 * (12 + 10 + 2.5 + 6)
    by_river = (1 + 500 * 0.002 + 2) + 0.05 * (12 + 50 + 12)
    assert by_river < by_rail
    cost = lsr.shortest_path(coal, "boro", "bport", weight="cost").cost_usd_per_t
    assert cost == pytest.approx(by_rail)
    cost = lsr.shortest_path(coal, "boro", "bport", weight="cost", seasonal=True).cost_usd_per_t
    assert cost == pytest.approx(by_river)
    for month, expected in ((1, by_rail), (4, by_rail), (5, by_river), (10, by_river), (11, by_rail)):
        graph = lsr.expand(net, commodity="coal", month=month)
        cost = lsr.shortest_path(graph, "boro", "bport", weight="cost").cost_usd_per_t
        assert cost == pytest.approx(expected), month


def test_planned_link_carries_only_once_it_is_opened(net, coal):
    today = lsr.shortest_path(coal, "boro", "bport", weight="cost")
    assert today.length_km == pytest.approx(400 + 100)
    status = np.where(net.links["id"] == "rail-boro-bport", "operating", net.links["status"])
    opened = net.with_tables(links=net.links.with_columns(status=status))
    route = lsr.shortest_path(lsr.expand(opened, commodity="coal"), "boro", "bport", weight="cost")
    assert route.length_km == pytest.approx(450)
    assert route.cost_usd_per_t == pytest.approx((2 + 4.5 + 2) + 0.05 * (12 + 450 / 40 + 6))


def test_no_path_names_the_gauge_break(net):
    """Without the changes of gauge at Bekgate nothing on rails gets from Boro to Ada."""
    changes = (net.transfers["from_mode"] == "rail") & (net.transfers["to_mode"] == "rail")
    members = net.capacity_members
    without = net.with_tables(
        transfers=net.transfers.take(~changes),
        capacity_members=members.take(members["applies_to"] != "transfer"),
    )
    graph = lsr.expand(without, commodity="coal")
    with pytest.raises(NoPathError) as caught:
        lsr.shortest_path(graph, "boro", "ada", weight="cost", modes=("rail",))
    (gap,) = caught.value.breaks
    for word in ("1520", "1435", "Bekgate"):
        assert word in gap
        assert word in str(caught.value)


def test_domestic_cargo_may_not_go_abroad_and_back(container):
    """Ada to Port Anselm is trade of one country; the way round by Brandt and Corin is shut to it."""
    with pytest.raises(NoPathError):
        lsr.shortest_path(container, "ada", "aport", weight="cost", avoid=("rail-ada-aport",))


def test_co2e_by_country_and_handling(coal, container):
    route = lsr.shortest_path(coal, "boro", "ada", weight="cost")
    # 0.03 in XB (diesel), 0.02 elsewhere, the border link half and half, 1 kg/t for the transload
    assert route.co2e_kg_per_t == pytest.approx(400 * 0.03 + (20 * 0.03 + 20 * 0.02) + 300 * 0.02 + 1)
    assert route.co2e_kg_per_t == pytest.approx(20)
    road = lsr.shortest_path(container, "ada", "bek", weight="time")
    assert road.co2e_kg_per_t == pytest.approx(340 * 0.1)


def test_co2e_as_weight_takes_the_train(coal):
    """The cheapest way to Cedar is the lighter (small ship, 0.03), the cleanest the narrow gauge."""
    lighter = lsr.shortest_path(coal, "bport", "cedar", weight="cost")
    assert lighter.co2e_kg_per_t == pytest.approx(500 * 0.01 + 1 + 120 * 0.03)
    train = lsr.shortest_path(coal, "bport", "cedar", weight="co2e")
    assert train.co2e_kg_per_t == pytest.approx(500 * 0.01 + 1 + 100 * 0.02)
    assert train.cost_usd_per_t == pytest.approx(
        (5 + 2 + 5 + (3 + 5 + 3) + 3 + 2) + 0.05 * (24 + 10 + 20 + (30 + 20) + 2 + 6)
    )


def test_via_makes_the_path_pass(container):
    """By way of Port Corin, Ada reaches Port Brandt by sea: lift 5 + board 6, relay 2 + board 4."""
    route = lsr.shortest_path(container, "ada", "bport", weight="cost", via=("cport",))
    assert [leg[2:] for leg in links(route)] == [("ada", "aport"), ("aport", "cport"), ("cport", "bport")]
    money = 4 + 4 + (5 + 6 + 2) + 6 + (2 + 4) + 5 + (3 + 4)
    hours = 12 + 4 + (30 + 10) + 24 + 24 + 20 + (24 + 30)
    assert route.cost_usd_per_t == pytest.approx(money + 0.5 * hours)


# --- All demand at once ------------------------------------------------------------------------------


def test_hand_numbers_agree_with_each_other():
    """Strong duality by hand: sum of OD prices x demand - sum of dual prices x limits = objective."""
    assert pytest.approx((300_000, 1_000_000, 400_000)) == (RIVER_COAL, RAIL_COAL, BRANDT_TIMBER)
    assert pytest.approx((900_000, 600_000, 20_000)) == (TRANSLOAD_COAL, BOGIE_COAL, UNSERVED_BOX)
    assert pytest.approx(147_176_000) == OBJECTIVE
    od_value = (
        BORO_ADA_COAL * COAL_BOGIE
        + CPORT_ADA_CONTAINER * (BOX_BY_BRANDT + DUAL_TRAIN / 250e3)
        + ADA_BORO_CONTAINER * UNSERVED
        + BORO_CPORT_TIMBER * (TIMBER_BRANDT + DUAL_TRAIN / 500e3)
        + BORO_CPORT_COAL * (COAL_RAIL + DUAL_TRAIN / 1e6)
        + CPORT_CEDAR_CONTAINER * BOX_CEDAR
    )
    limits_value = (
        1_000_000 * DUAL_TRANSLOAD
        + 2 * DUAL_TRAIN
        + 15_000 * DUAL_TEU
        + 600_000 * DUAL_RIVER
        + 60_000 * DUAL_BOGIE_EAST
        + 20_000 * (UNSERVED - BOX_LIFT)
        + 10 * DUAL_TRUCK
    )
    assert od_value - limits_value == pytest.approx(OBJECTIVE)


def test_assignment_objective(plan):
    assert plan.status == Status.OPTIMAL
    assert plan.objective_usd == pytest.approx(OBJECTIVE, rel=1e-7)


def test_assignment_flows(plan):
    frame = plan.to_frame()
    expected = {
        ("rail-bek-bport", "coal", "forward"): RAIL_COAL,
        ("rail-bek-bport", "timber", "forward"): BRANDT_TIMBER,
        ("rail-bek-bport", "container", "backward"): BRANDT_BOX,
        ("inland_water-boro-bport", "coal", "forward"): RIVER_COAL,
        ("sea-aport-cport", "container", "backward"): 150_000,
        ("sea-aport-cport", "timber", "forward"): ANSELM_TIMBER,
        ("sea-bport-cport", "coal", "forward"): BORO_CPORT_COAL,
        ("rail-arn-bek", "coal", "backward"): BORO_ADA_COAL,
        ("rail-arn-bek", "timber", "backward"): ANSELM_TIMBER,
        ("rail-arn-bek", "container", "backward"): BRANDT_BOX,
        ("rail-arn-bek", "container", "forward"): 60_000 + 20_000,
        ("road-arn-bek", "container", "forward"): ROAD_BOX,
        ("rail-cport-cedar", "container", "forward"): CPORT_CEDAR_CONTAINER,
        ("sea-cport-cedar", "container", "forward"): 0,
        ("rail-boro-bport", "coal", "backward"): 0,
    }
    found = {key: flow_t(frame, *key) for key in expected}
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-3)


def test_assignment_leaves_unserved_what_no_way_is_left_for(plan):
    frame = plan.unserved()
    left = frame.loc[frame["unserved_t"] > 1e-3, "unserved_t"]
    assert left.tolist() == pytest.approx([UNSERVED_BOX])


def test_assignment_dual_prices(plan):
    assert dual_usd_per_t(plan, "yard_bek_transload") == pytest.approx(DUAL_TRANSLOAD, rel=1e-6)
    assert pytest.approx(3.3) == DUAL_TRANSLOAD
    # A transfers row with a capacity of its own is the group of that id.
    found = dual_usd_per_t(plan, "bek-rail1435-rail1520-bogie_exchange")
    assert found == pytest.approx(DUAL_BOGIE_EAST, rel=1e-6)
    assert pytest.approx(137.85) == DUAL_BOGIE_EAST
    # Limits in trains, TEU and trucks are priced in their own unit.
    per_unit = plan.dual_prices().set_index("group")["dual_usd_per_unit"]
    by_hand = {
        "track_dual": DUAL_TRAIN,
        "port_aport": DUAL_TEU,
        "track_river": DUAL_RIVER,
        "crossing_road": DUAL_TRUCK,
    }
    assert {group: per_unit[group] for group in by_hand} == pytest.approx(by_hand, rel=1e-6)
    assert pytest.approx((15_570_000, 811.8)) == (DUAL_TRAIN, DUAL_TEU)
    for slack in ("yard_bek_gauge", "port_bport", "port_cport", "crossing_rail"):
        assert dual_usd_per_t(plan, slack) == pytest.approx(0, abs=1e-6), slack


@pytest.mark.parametrize(
    ("group", "by", "dual"),
    [
        ("yard_bek_transload", 100_000, DUAL_TRANSLOAD),
        ("track_dual", 0.1, DUAL_TRAIN),
        ("port_aport", 1_000, DUAL_TEU),
        ("track_river", 100_000, DUAL_RIVER),
        ("crossing_road", 2, DUAL_TRUCK),
        ("port_bport", 100_000, 0.0),
    ],
)
def test_more_capacity_saves_its_dual_price(net, plan, group, by, dual):
    """Whatever unit a limit has: the saving of a small step is step x price, worked out by hand."""
    wider = lsr.assign(raise_limit(net, group, by), net.demand)
    assert plan.objective_usd - wider.objective_usd == pytest.approx(by * dual, rel=1e-4, abs=10)


def test_demand_set_costs_the_od_price(net, plan):
    """0.3 Mt more coal to Corin rides the dual track and pushes 0.15 Mt more timber off it."""
    boom = lsr.assign(net, net.demand_set("coal_boom"))
    extra = 300_000 * (COAL_RAIL + DUAL_TRAIN / 1e6)
    assert boom.objective_usd - plan.objective_usd == pytest.approx(extra, rel=1e-4)
    assert flow_t(boom.to_frame(), "rail-bek-bport", "timber", "forward") == pytest.approx(250_000)
