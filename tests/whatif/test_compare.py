"""Plans side by side: by hand on the toy network, and what is refused."""

from __future__ import annotations

import dataclasses
import json

import pytest

import landsea_routing as lsr
from landsea_routing.errors import InfeasibleError, InvalidValueError, UnknownNameError
from landsea_routing.results.comparison import Comparison
from landsea_routing.results.comparisons import Comparisons
from landsea_routing.results.corridors import KINDS, UNSERVED, corridor_flows
from landsea_routing.results.moved import NO_DEMAND
from networks_for_tests import tiny_network
from toy import test_toy_by_hand as by_hand

NET = lsr.load_network("toy_three_ports")


@pytest.fixture(scope="module")
def base():
    return lsr.assign(NET)


@pytest.fixture(scope="module")
def river():
    return lsr.assign(lsr.load_scenario("river_all_year", NET).apply(NET))


@pytest.fixture(scope="module")
def shut():
    """Nothing may be handled at the berth for containers."""
    return lsr.assign(lsr.Scenario("shut").set_capacity("port_aport", 0).apply(NET))


# By hand -----------------------------------------------------------------------------------------------
# The river carries 600,000 t of coal, not 300,000: that takes 0.3 train a day off the dual track. 0.2 train
# brings back the 100,000 t of timber, and with it a transload for as much coal; on 0.1 train 12,500 t of
# containers go by sea, over the dual track twice (0.05 train each way).
BOX_BY_SEA = (
    4 + 300 * 0.02 + (20 * 0.02 + 20 * 0.015) + 3 + 100 * 0.015  # to Port Brandt on 1435 mm
    + (5 + 5 + 2) + 500 * 0.01 + (2 + 4) + 500 * 0.01 + (5 + 3 + 4)  # lift, export; relay; lift, import
    + 100 * 0.015 + 400 * 0.015 + 2  # to Boro on 1520 mm
) + by_hand.VOT_CONTAINER * (
    12 + 6 + (0.4 + 0.5) + 20 + 2.5 + (30 + 10) + 20 + 24 + 20 + (30 + 30) + 2.5 + 10 + 6
)  # fmt: skip
SAVED_COAL = 300_000 * (by_hand.COAL_RAIL - by_hand.COAL_RIVER) + 100_000 * (
    by_hand.COAL_BOGIE - by_hand.COAL_TRANSLOAD
)
SAVED_TIMBER = 100_000 * (by_hand.TIMBER_ANSELM - by_hand.TIMBER_BRANDT)
SAVED_BOX = 12_500 * (by_hand.UNSERVED - BOX_BY_SEA)


def test_waterfall_by_commodity_is_what_one_works_out_on_paper(base, river):
    bars = lsr.compare(base, river).waterfall("commodity").set_index("commodity")["change_usd"]
    assert bars["coal"] == pytest.approx(-SAVED_COAL)
    assert bars["timber"] == pytest.approx(-SAVED_TIMBER)
    assert bars["container"] == pytest.approx(-SAVED_BOX)
    assert bars.sum() == pytest.approx(river.objective_usd - base.objective_usd)


def test_waterfall_by_line_and_commodity(base, river):
    both = lsr.compare(base, river).waterfall("both").set_index(["commodity", "line"])["change_usd"]
    assert both["container", "unserved"] == pytest.approx(-12_500 * 200)
    # Timber no longer crosses the border, and is no longer transloaded at the break of gauge.
    assert both["timber", "border_fee"] == pytest.approx(-100_000 * 4)
    assert both["timber", "border_time"] == pytest.approx(-100_000 * by_hand.VOT_TIMBER * 24)
    assert both["timber", "gauge_change"] == pytest.approx(-100_000 * 4)


def test_moves_are_what_one_works_out_on_paper(base, river):
    change = lsr.compare(base, river)
    moves = {(r.commodity, r.old, r.new): r.flow_t for r in change.moved("port").to_frame().itertuples()}
    assert moves == pytest.approx(
        {
            ("coal", "bport + cport", "boro + bport + cport"): 300_000,
            ("timber", "aport + cport", "bport + cport"): 100_000,
            ("container", UNSERVED, "bport + cport"): 12_500,
        }
    )
    moves = {(r.commodity, r.old, r.new): r.flow_t for r in change.moved("crossing").to_frame().itertuples()}
    assert moves == pytest.approx(
        {("timber", "rail:bek>arn", "(none)"): 100_000, ("container", UNSERVED, "rail:arn>bek"): 12_500}
    )
    moved = change.moved("transfer")
    assert moved.moved_t == pytest.approx(300_000 + 100_000 + 100_000)  # and coal from bogies to transload
    assert moved.won_t == pytest.approx(12_500)
    assert moved.lost_t == 0


def test_corridors_of_ones_own(base, river):
    moved = lsr.compare(base, river).moved({"Anselm": ["aport"], "Brandt": ["bport"]})
    balance = moved.corridors().set_index("corridor")
    assert balance.loc["Anselm"].round(3).tolist() == [250_000, 100_000, 0, 150_000, -100_000]
    assert balance.loc["Brandt", "came_t"] == pytest.approx(112_500)
    assert "0.10 of 3.7 Mt/yr take other corridors, 0.01 Mt/yr are carried anew" in moved.summary()
    assert "0.10 Mt/yr of timber from Anselm to Brandt" in moved.summary()


def test_demand_that_only_one_plan_has_moves_from_no_demand(base):
    more = lsr.assign(NET, "coal_boom")
    moved = lsr.compare(base, more).moved("port")
    rows = moved.to_frame(by_od=True)
    assert rows.loc[rows["old"] == NO_DEMAND, "flow_t"].sum() == pytest.approx(300_000)
    assert set(rows.loc[rows["old"] == NO_DEMAND, "destination"]) == {"cport"}
    assert moved.total_t == pytest.approx(base.problem.od_amount.sum() + 300_000)
    back = lsr.compare(more, base).moved("port").to_frame()
    assert back.loc[back["new"] == NO_DEMAND, "flow_t"].sum() == pytest.approx(300_000)


def test_sankey_of_the_toy(base, river):
    sankey = lsr.compare(base, river).sankey("crossing")
    frame, nodes = sankey.to_frame(), sankey.nodes()
    label = nodes["label"].to_numpy()
    frame = frame.assign(source=label[frame["source"]], target=label[frame["target"]])
    frame = frame.set_index(["source", "target", "commodity"]).round(3)
    assert frame.loc[("Timber", "Bekgate > Arnfels rail", "timber")].tolist() == [100_000, 0]
    assert frame.loc[("Timber", "XC", "timber")].tolist() == [400_000, 500_000]
    assert frame.loc[("Containers", "unserved", "container")].tolist() == [20_000, 7_500]
    assert nodes.loc[nodes["id"] == "timber", "layer"].tolist() == [0]
    turned = lsr.compare(base, river).moved("crossing").sankey(kept=True)
    assert turned.to_frame()["flow_t"].sum() == pytest.approx(base.problem.od_amount.sum())
    assert json.loads(json.dumps(turned.to_dict()))["layers"] == ["base", "scenario"]


# Many --------------------------------------------------------------------------------------------------


def test_several_plans_are_each_compared_with_the_base_alone(base, river, shut):
    several = lsr.compare(base, river, shut, names=("now", "river", "shut"))
    assert isinstance(several, Comparisons)
    assert list(several) == ["river", "shut"]
    assert several.names == ("now", "river", "shut")
    turned = lsr.compare(base, shut, river, names=("now", "shut", "river"))
    for name, plan in (("river", river), ("shut", shut)):
        alone = lsr.compare(base, plan, names=("now", name))
        assert isinstance(alone, Comparison)
        assert several[name].to_dict() == turned[name].to_dict() == alone.to_dict()
        assert several.waterfall()[name].sum() == pytest.approx(alone.change_usd)
        assert alone.summary() in several.summary()
        for table in ("links", "crossings", "ports"):
            rows = getattr(several, table)().query("scenario == @name").drop(columns="scenario")
            assert rows.reset_index(drop=True).equals(getattr(alone, table)())
    frame = several.to_frame().set_index("scenario")
    assert frame.loc["river", "change_usd"] == pytest.approx(river.objective_usd - base.objective_usd)
    assert frame.loc["shut", "unserved_t"] == pytest.approx(shut.unserved_t - base.unserved_t)
    assert several.totals().columns.tolist() == ["total", "now", "river", "shut"]
    assert several.waterfall("both").columns.tolist() == ["commodity", "line", "river", "shut"]
    assert set(several.moved("port")["scenario"]) == {"river", "shut"}
    text = str(several)
    assert "2 plans against now" in text
    assert "river against now" in text
    assert "<table" in several._repr_html_()
    assert json.loads(json.dumps(several.to_dict(), allow_nan=False))["base"] == "now"
    with pytest.raises(UnknownNameError, match="did you mean river"):
        several["rivr"]


def test_names_where_none_are_given(base, river):
    assert lsr.compare(base, river).names == ("base", "scenario")
    assert lsr.compare(base, river, base).names == ("base", "scenario 1", "scenario 2")


def test_a_link_that_only_one_plan_has():
    net = tiny_network()
    shut = lsr.Scenario("shut").close("gate").set_capacity("gate_road", 0)
    road = shut.add_link("a_city", "b_city", "road", 700, 1e7, border_h=1)
    change = lsr.compare(lsr.assign(shut.apply(net)), lsr.assign(road.apply(net)))
    moved = change.moved("link")
    assert "road-a_city-b_city" in set(moved.to_frame()["new"])
    assert moved.corridors()["change_t"].sum() == pytest.approx(0, abs=1e-3)
    own = change.moved({"New": ["road-a_city-b_city"]}).to_frame()
    assert set(own["new"]) == {"New"}
    assert own["flow_t"].sum() == pytest.approx(moved.to_frame()["flow_t"].sum())


def test_words_and_values(base, river):
    change = lsr.compare(base, river, names=("now", "then"))
    assert "largest move: 0.30 Mt/yr of coal" in change.moved("port").summary()
    assert "then against now" in str(change)
    same = lsr.compare(base, base).moved()
    assert same.summary() == "scenario against base: no cargo takes other border crossings or ports"
    for result in (change.moved(), change.sankey(), same, same.sankey()):
        facts = result.to_dict()
        assert json.loads(json.dumps(facts, allow_nan=False)) == facts
        assert result.summary() in str(result)
        assert "<table" in result._repr_html_()
    facts = change.to_dict()
    assert facts["moved"]["moved_t"] == pytest.approx(400_000)
    assert {"waterfall_by_commodity", "waterfall_by_both"} <= set(facts)


def test_what_is_printed_is_what_changes(base):
    shut = lsr.assign(lsr.Scenario("shut").close("rail-arn-bek").apply(NET))
    table = str(lsr.compare(base, shut)).split("\n\n")[-1].splitlines()
    assert [line.split("  ")[0] for line in table[2:]] == ["Bekgate > Arnfels rail", "Arnfels > Bekgate rail"]
    assert str(lsr.compare(base, base)) == "scenario against base: nothing changes"


def test_the_same_cost_is_not_the_same_plan():
    """Where carrying some of the cargo costs just what leaving it does."""
    (turn, *_) = lsr.curve(NET, "hours of rail:arn>bek", (20.0, 1000.0)).values[1:-1]
    here, there = (
        lsr.assign(lsr.Scenario("x").set_hours("rail:arn>bek", turn + by).apply(NET)) for by in (-1e-6, 1e-6)
    )
    assert there.unserved_t > here.unserved_t
    words = lsr.compare(here, there).summary()
    assert "costs the same, " in words and "unserved +0.0" in words


def test_a_plan_alone_has_corridors(base):
    for by in KINDS:
        flows = corridor_flows(base, by)
        assert flows["flow_t"].sum() == pytest.approx(base.problem.od_amount.sum())
    assert "Port Brandt" in str(lsr.compare(base, base).sankey())


# What is refused ---------------------------------------------------------------------------------------


def test_one_plan_is_nothing_to_compare(base):
    with pytest.raises(InvalidValueError, match="one plan"):
        lsr.compare(base)


def test_what_is_no_plan(base):
    with pytest.raises(InvalidValueError, match="was given a Network"):
        lsr.compare(base, base, NET)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("a", "a"), "two plans are called 'a'"),
        (("a",), "names is"),
        (("a", "b", "c"), "names is"),
        (("a", ""), "names is"),
        (("a", 1), "names is"),
        ("ab", "names is"),
    ],
)
def test_names_that_do_not_fit(base, river, names, said):
    with pytest.raises(InvalidValueError, match=said):
        lsr.compare(base, river, names=names)


@pytest.mark.parametrize("name", ["line", "total", "commodity"])
def test_names_of_columns_are_no_names_of_several_plans(base, river, name):
    with pytest.raises(InvalidValueError, match="columns of the tables"):
        lsr.compare(base, river, base, names=("base", name, "x"))
    assert lsr.compare(base, river, names=("base", name)).names == ("base", name)


def test_networks_of_one_name_with_other_commodities(base):
    tables = dict(tiny_network().tables)
    settings = dataclasses.replace(tiny_network().settings, name=NET.name)
    other = lsr.assign(lsr.Network(settings, tables))
    with pytest.raises(InvalidValueError, match="different commodities: not all have timber"):
        lsr.compare(base, other)


def test_a_plan_that_breaks_limits_is_no_plan(base):
    def greedy(problem):
        free = problem._replace(group_limit=problem.group_limit * 10)
        return (
            lsr.assign(NET)
            .solution._replace(path_flow=base.solution.path_flow * 2, status=lsr.Status.NOT_VERIFIED)
            ._replace(group_dual=free.group_limit * 0)
        )

    wrong = lsr.assign(NET, solver=greedy)
    assert not wrong.certificate.passed
    with pytest.raises(InvalidValueError, match="plan 1 is no plan"):
        lsr.compare(base, wrong)


def test_what_cannot_be_carried_never_becomes_a_plan():
    with pytest.raises(InfeasibleError):
        lsr.assign(lsr.Scenario("s").set_capacity("track_dual", 0).apply(NET), unserved_price=None)


@pytest.mark.parametrize(
    ("by", "error", "said"),
    [
        ("crosing", InvalidValueError, "did you mean crossing"),
        ({"A": []}, InvalidValueError, "stands for"),
        ({"A": "aport"}, InvalidValueError, "stands for"),
        ({"": ["aport"]}, InvalidValueError, "stands for"),
        ({"A": ["aprt"]}, UnknownNameError, "did you mean aport"),
        ({"A": ["aport"], "B": ["aport"]}, InvalidValueError, "two corridors"),
        ({"A + B": ["aport"]}, InvalidValueError, "a name without"),
        ({UNSERVED: ["aport"]}, InvalidValueError, "a name without"),
    ],
)
def test_corridors_that_cannot_be_told(base, river, by, error, said):
    change = lsr.compare(base, river)
    for table in (change.moved, change.sankey):
        with pytest.raises(error, match=said):
            table(by)


def test_a_waterfall_by_what_there_is_not(base):
    with pytest.raises(InvalidValueError, match="did you mean commodity"):
        lsr.compare(base, base).waterfall("comodity")
    with pytest.raises(InvalidValueError):
        lsr.compare(base, base, base).waterfall("port")
