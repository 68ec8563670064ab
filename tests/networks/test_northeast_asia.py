"""The packaged region: what anyone who knows it would expect of its routes and flows."""

from __future__ import annotations

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.model.table import Table

COMMODITIES = {
    "container",
    "coal",
    "iron_ore",
    "copper_concentrate",
    "crude_oil",
    "timber",
    "grain",
    "food",
    "general",
    "molybdenum",
}
SCENARIOS = {
    "tongjiang_0",
    "tongjiang_5mt",
    "tongjiang_20mt",
    "zarubino_60mt",
    "zarubino_daily_feeder",
    "choibalsan_jinzhou_rail",
    "erenhot_gauge_capacity",
    "manzhouli_closed",
    "northern_sea_route_open",
}
LIAONING_PORTS = {
    "dalian_port",
    "yingkou_port",
    "jinzhou_port",
    "dandong_port",
    "panjin_port",
    "huludao_port",
}


@pytest.fixture(scope="module")
def net() -> lsr.Network:
    return lsr.load_network("northeast_asia")


@pytest.fixture(scope="module")
def container(net: lsr.Network):
    return lsr.expand(net, "container")


@pytest.fixture(scope="module")
def base(net: lsr.Network):
    return lsr.assign(net)


def test_size_and_commodities(net: lsr.Network) -> None:
    assert len(net.nodes) >= 250 and len(net.links) >= 700 and len(net.demand) >= 300
    assert set(net.commodities["id"].tolist()) >= COMMODITIES
    assert len(set(net.demand["commodity"].tolist())) >= 10
    assert net.settings.base_year == 2023


@pytest.mark.parametrize(
    "table", ["nodes", "links", "transfers", "crossings", "tariffs", "capacity_groups", "demand", "access"]
)
def test_every_row_has_a_source_and_a_confidence(net: lsr.Network, table: str) -> None:
    rows: Table = net.tables[table]
    assert (rows["source"] != "").all()
    assert set(rows["confidence"].tolist()) <= {"high", "med", "low", "assumed"}


def test_tongjiang_limits_sit_where_the_documents_put_them(net: lsr.Network) -> None:
    limit = dict(zip(net.capacity_groups["id"].tolist(), net.capacity_groups["limit"].tolist(), strict=True))
    assert limit["tongjiang_yard"] == 5.2e6 and limit["tongjiang_bridge"] == 21e6


def test_no_planned_link_carries_in_the_base(net: lsr.Network, base) -> None:
    status = dict(zip(net.links["id"].tolist(), net.links["status"].tolist(), strict=True))
    assert {status[link] for link in base.to_frame()["link"]} == {"operating"}


def test_chita_dalian_goes_by_manzhouli(container) -> None:
    assert "manzhouli" in lsr.shortest_path(container, "chita", "dalian_port").nodes


def test_changchun_niigata_goes_by_a_liaoning_port(container) -> None:
    nodes = set(lsr.shortest_path(container, "changchun", "niigata").nodes)
    assert nodes & LIAONING_PORTS and "zarubino" not in nodes


def test_changchun_niigata_goes_by_zarubino_with_a_daily_feeder(net, container) -> None:
    graph = lsr.load_scenario("zarubino_daily_feeder", net).apply(container)
    nodes = lsr.shortest_path(graph, "changchun", "niigata").nodes
    assert "hunchun" in nodes and "zarubino" in nodes


def test_beijing_moscow_goes_by_erenhot_or_manzhouli(container) -> None:
    assert {"erenhot", "manzhouli"} & set(lsr.shortest_path(container, "beijing", "moscow").nodes)


@pytest.mark.parametrize("month", [1, 2, 12])
def test_khabarovsk_harbin_goes_over_the_bridge_in_winter(net: lsr.Network, month: int) -> None:
    route = lsr.shortest_path(lsr.expand(net, "container", month), "khabarovsk", "harbin")
    assert "rail-tongjiang-nizhneleninskoye" in route.links


def test_the_amur_is_no_highway_in_winter(net: lsr.Network) -> None:
    for commodity in ("timber", "container"):
        graph = lsr.expand(net, commodity, month=1)
        route = lsr.shortest_path(graph, "khabarovsk", "harbin")
        assert not any(link.startswith("inland_water") for link in route.links)


def test_choibalsan_jinzhou_with_the_planned_line(net, container) -> None:
    graph = lsr.load_scenario("choibalsan_jinzhou_rail", net).apply(container)
    route = lsr.shortest_path(graph, "choibalsan", "jinzhou_port", modes=("rail",))
    assert route.length_km == pytest.approx(1300, abs=100)
    with_manzhouli = lsr.shortest_path(
        container, "choibalsan", "jinzhou_port", modes=("rail",), via=("manzhouli",)
    )
    assert with_manzhouli.length_km - route.length_km == pytest.approx(980, rel=0.15)


def test_moscow_beijing_does_not_go_by_the_northern_sea_route(net: lsr.Network) -> None:
    route = lsr.shortest_path(lsr.expand(net, "container", month=8), "moscow", "beijing")
    assert all(not link.startswith("sea-") for link in route.links)


def test_high_speed_lines_carry_nothing_until_a_scenario_gives_them_a_tariff(net, container) -> None:
    line = "rail-hunchun-vladivostok"
    opened = lsr.Scenario("open").open(line)
    with pytest.raises(lsr.NoPathError):
        lsr.shortest_path(opened.apply(container), "hunchun", "vladivostok", via=(line,), access=False)
    priced = opened
    for country in ("CN", "RU"):
        priced = priced.set_tariff(
            "rail",
            country,
            "container",
            vehicle_class="highspeed",
            fixed_usd_per_t=20.0,
            rate_usd_per_t_km=0.1,
            speed_km_h=200.0,
        )
    priced = priced.set_capacity("rail-hunchun-vladivostok", 1e6)
    route = lsr.shortest_path(priced.apply(container), "hunchun", "vladivostok", via=(line,), access=False)
    assert route.links == (line,)


def test_base_flow_is_certified(base) -> None:
    assert base.status is lsr.Status.OPTIMAL
    assert base.certificate.passed and abs(base.gap) <= 1e-9
    assert sum(base.ledger_usd.values()) == pytest.approx(base.objective_usd, rel=1e-12)
    assert base.carried_t + base.unserved_t == pytest.approx(base.problem.od_amount.sum(), rel=1e-12)


def test_all_scenarios_are_there_and_ask_in_words(net: lsr.Network) -> None:
    scenarios = lsr.list_scenarios(net)
    assert set(scenarios) >= SCENARIOS
    for scenario in scenarios.values():
        assert scenario.question and scenario.expects and scenario.sources
        assert all("source" in edit.fields for edit in scenario.edits)


@pytest.fixture(scope="module")
def tongjiang(net: lsr.Network):
    names = ("tongjiang_0", "tongjiang_5mt", "tongjiang_20mt")
    return {
        (name, demand): lsr.assign(lsr.load_scenario(name, net).apply(net), demand)
        for name in names
        for demand in (None, "tongjiang_20mt")
    }


@pytest.mark.parametrize("demand", [None, "tongjiang_20mt"])
def test_more_tongjiang_never_costs_more(tongjiang, demand) -> None:
    costs = [
        tongjiang[name, demand].objective_usd for name in ("tongjiang_0", "tongjiang_5mt", "tongjiang_20mt")
    ]
    assert costs[0] > costs[1] >= costs[2]


def test_tongjiang_carries_within_its_limit(tongjiang) -> None:
    limits = {"tongjiang_0": 0.0, "tongjiang_5mt": 5.2e6, "tongjiang_20mt": 20e6}
    for (name, _), plan in tongjiang.items():
        frame = plan.to_frame()
        flow = frame.loc[frame["link"] == "rail-tongjiang-nizhneleninskoye", "flow_t"].sum()
        assert flow <= limits[name] * (1 + 1e-9)


def test_tongjiang_dual_price_falls_as_capacity_grows(tongjiang) -> None:
    def dual(name: str) -> float:
        frame = tongjiang[name, "tongjiang_20mt"].dual_prices(binding=False).set_index("group")
        return float(frame.loc["tongjiang_yard", "dual_usd_per_unit"])

    assert dual("tongjiang_0") >= dual("tongjiang_5mt") >= dual("tongjiang_20mt") >= 0
    assert dual("tongjiang_5mt") > 0


def test_without_the_bridge_its_cargo_goes_by_suifenhe_or_manzhouli(net, base) -> None:
    shut = lsr.assign(lsr.load_scenario("tongjiang_0", net).apply(net))
    change = lsr.compare(base, shut).crossings().set_index("crossing")["change_t"]
    assert change["rail:nizhneleninskoye>tongjiang"] < 0
    assert change["rail:grodekovo>suifenhe"] + change["rail:zabaikalsk>manzhouli"] > 0


def test_manzhouli_closed_carries_nothing_there_and_costs_more(net, base) -> None:
    shut = lsr.assign(lsr.load_scenario("manzhouli_closed", net).apply(net))
    assert not shut.crossings()["crossing"].str.contains("manzhouli").any()
    assert shut.objective_usd > base.objective_usd


def test_third_passage_and_more_gauge_capacity_never_cost_more(net, base) -> None:
    for name in ("choibalsan_jinzhou_rail", "erenhot_gauge_capacity", "northern_sea_route_open"):
        plan = lsr.assign(lsr.load_scenario(name, net).apply(net))
        assert plan.status is lsr.Status.OPTIMAL
        assert plan.objective_usd <= base.objective_usd * (1 + 1e-12)


def test_zarubino_60mt_draws_cargo_to_zarubino(net: lsr.Network) -> None:
    scenario = lsr.load_scenario("zarubino_60mt", net)
    plans = [lsr.assign(scenario.base_of(net)), lsr.assign(scenario.apply(net))]
    ports = lsr.compare(*plans).ports().set_index("node")
    assert ports.loc["zarubino", "change_t"] > 1e6
    assert ports.loc[["dalian_port", "yingkou_port", "vladivostok"], "change_t"].sum() < 0
    assert plans[1].objective_usd < plans[0].objective_usd


def test_seasonal_river_carries_no_more_than_its_share_of_the_year(net, base) -> None:
    groups = base.groups
    months = dict(zip(net.links["id"].tolist(), net.links["open_months"].tolist(), strict=True))
    frame = base.to_frame()
    flow = frame[frame["mode"] == "inland_water"].groupby("link")["flow_t"].sum()
    limit = dict(zip(groups.ids.tolist(), groups.limit.tolist(), strict=True))
    checked = 0
    for link, carried in flow.items():
        if link in limit:
            share = bin(months[link]).count("1") / 12
            assert carried <= limit[link] * share * (1 + 1e-9)
            checked += 1
    assert checked > 0


def test_skims_of_the_region_are_finite_where_there_is_a_way(net, container) -> None:
    places = ["harbin", "chita", "busan", "jinzhou_port", "ulaanbaatar"]
    matrix = lsr.skim(container, places, places, along=("time", "length")).matrix
    assert np.isfinite(matrix).all() and (np.diag(matrix) == 0).all()
    assert (matrix[~np.eye(len(places), dtype=bool)] > 0).all()
