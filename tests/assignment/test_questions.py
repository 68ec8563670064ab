"""Bottlenecks, shortfalls, throughput, supplies and demands, and assigning again."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.assignment.reassign import _carry_over
from landsea_routing.errors import InfeasibleError, InvalidValueError, LandseaError, UnknownNameError

NET = lsr.load_network("toy_three_ports")


@pytest.fixture(scope="module")
def plan():
    return lsr.assign(NET)


# Bottlenecks --------------------------------


def test_bottlenecks_of_the_toy_by_hand(plan):
    # README: 600 000 t of coal still change bogies, so a tonne more to transload saves 3.30 up to
    # 1 600 000 t; 100 000 t of timber are transloaded whatever it costs, 800 000 t can change bogies, so
    # a tonne less costs 3.30 until 800 000 t (100 000 + 700 000) are left.
    found = lsr.bottlenecks(plan, groups=["yard_bek_transload"])
    assert found.right_usd_per_unit == pytest.approx([3.3])
    assert found.left_usd_per_unit == pytest.approx([3.3])
    assert found.right_until == pytest.approx([1_600_000])
    assert found.left_until == pytest.approx([800_000])


def test_values_hold_to_their_ends_and_no_farther(plan):
    found = lsr.bottlenecks(plan)
    assert set(found.groups) == set(plan.dual_prices()["group"])
    for i, name in enumerate(found.groups.tolist()):
        for value, end in (
            (found.right_usd_per_unit[i], found.right_until[i]),
            (found.left_usd_per_unit[i], found.left_until[i]),
        ):
            if not np.isfinite(end):
                continue
            step = end - found.limit[i]
            at_end = lsr.assign(lsr.Scenario("s").set_capacity(name, float(end)).apply(NET))
            assert at_end.objective_usd == pytest.approx(plan.objective_usd - value * step, rel=1e-9)
            if end == 0.0:
                continue
            beyond = max(found.limit[i] + 1.05 * step, 0.0)
            past = lsr.assign(lsr.Scenario("s").set_capacity(name, float(beyond)).apply(NET))
            line = plan.objective_usd - value * (beyond - found.limit[i])
            assert past.objective_usd > line + 1e-9 * abs(line), name


def test_bottlenecks_show_themselves_and_refuse(plan):
    found = lsr.bottlenecks(plan, groups=["yard_bek_transload"])
    assert "one more t/yr of yard_bek_transload saves 3.30 USD" in str(found)
    assert "<table" in found._repr_html_()
    assert found.to_dict()["bottlenecks"][0]["unit"] == "t/yr"
    assert lsr.bottlenecks(plan, groups=[]).summary() == "no capacity binds"
    assert lsr.bottlenecks(plan, groups=["yard_bek_gauge"]).summary() == "no capacity binds"
    both = lsr.bottlenecks(plan, groups=["yard_bek_gauge", "yard_bek_transload"])
    assert both.summary() == found.summary()
    with pytest.raises(UnknownNameError, match="yard_bek_transloud"):
        lsr.bottlenecks(plan, groups=["yard_bek_transloud"])
    solution = plan.solution._replace(status=lsr.Status.LIMIT)
    with pytest.raises(LandseaError, match="only an optimal one"):
        lsr.bottlenecks(dataclasses.replace(plan, solution=solution))


def test_paths_cost_their_ods_price_with_the_rent(plan):
    frame = plan.paths()
    np.testing.assert_allclose(frame["reduced_usd_per_t"], 0.0, atol=1e-9)
    assert (frame["rent_usd_per_t"] >= 0.0).all()
    served = frame["cost_usd_per_t"] + frame["rent_usd_per_t"]
    np.testing.assert_allclose(served, frame["od_dual_usd_per_t"], rtol=1e-12)


def test_paths_name_the_links_they_use(plan):
    paths = plan.paths()
    links = paths.assign(link=paths["links"].str.split()).explode("link")
    by_path = links.groupby(["link", "commodity"])["flow_t"].sum()
    by_link = plan.to_frame().groupby(["link", "commodity"])["flow_t"].sum()
    np.testing.assert_allclose(by_path, by_link)
    assert by_path.index.equals(by_link.index)


# What is short --------------------------------


@pytest.mark.parametrize(
    ("scales", "demand"),
    [
        ({"yard_bek_transload": 0.2}, 1.0),
        ({"yard_bek_transload": 0.0, "track_dual": 0.5}, 1.0),
        ({}, 1.7),
        ({"port_cport": 0.3, "crossing_road": 0.0}, 2.5),
    ],
)
def test_adding_exactly_what_is_short_makes_it_feasible(scales, demand):
    scenario = lsr.Scenario("less").scale_demand(demand)
    for name, factor in scales.items():
        scenario = scenario.scale_capacity(name, factor)
    net = scenario.apply(NET)
    with pytest.raises(InfeasibleError):
        lsr.assign(net, unserved_price=None)
    short = lsr.explain_infeasible(net)
    assert not short.feasible
    assert not short.no_path
    more = lsr.Scenario("more")
    almost = lsr.Scenario("almost")
    for name, limit, x in zip(short.groups.tolist(), short.limit, short.short_by, strict=True):
        assert x > 0.0
        more = more.set_capacity(name, float(limit + x))
        almost = almost.set_capacity(name, float(limit + 0.999 * x))
    full = lsr.assign(more.apply(net), unserved_price=None)
    assert full.status is lsr.Status.OPTIMAL
    assert full.unserved_t == 0.0
    assert lsr.explain_infeasible(full).feasible
    with pytest.raises(InfeasibleError):
        lsr.assign(almost.apply(net), unserved_price=None)


def test_what_is_short_in_words():
    # 200 000 t to transload and 800 000 t of bogies for 1 500 000 t of coal lack 500 000 t. 100 000 t of
    # timber find no room on the dual track: 50 000 t of containers leave it for the berth of Port Anselm,
    # 5 000 TEU, which frees 0.2 trains a day. 20 000 t of containers to Boro lack bogies, as in the README.
    net = lsr.Scenario("small yard").set_capacity("yard_bek_transload", 2e5).apply(NET)
    short = lsr.explain_infeasible(lsr.assign(net))
    assert short.summary().startswith("yard_bek_transload short by 0.5 Mt/yr for coal; port_aport short by")
    lacks = dict(zip(short.groups.tolist(), short.short_by.tolist(), strict=True))
    assert lacks == pytest.approx(
        {"yard_bek_transload": 5e5, "port_aport": 5000.0, "bek-rail1435-rail1520-bogie_exchange": 2e4}
    )
    assert len(short.to_frame()) == 3
    assert short.to_dict()["no_path"] == []
    assert "<table" in short._repr_html_()
    assert str(lsr.explain_infeasible(NET)) == "nothing is short: all demand can be carried"
    with pytest.raises(InvalidValueError, match="was given a int"):
        lsr.explain_infeasible(3)


def test_what_is_used_already_is_short():
    used = {"track_dual": 1.0, "track_river": 500_000.0}
    terms = {"background": used, "steps": {"track_dual": [(0.5, 1.0)]}}
    found = lsr.explain_infeasible(lsr.assign(NET, **terms))
    assert not found.feasible
    left = lsr.assign(NET, **terms).limits().set_index("group")["limit"]
    assert found.limit.tolist() == left[found.groups].tolist()
    more = lsr.Scenario("more")
    for name, short in zip(found.groups, found.short_by, strict=True):
        more = more.set_capacity(str(name), left[name] + used.get(str(name), 0.0) + short * (1 + 1e-9))
    assert lsr.assign(more.apply(NET), unserved_price=None, background=used).unserved_t == 0.0


def test_what_no_capacity_could_serve():
    rows = [*NET.demand.to_rows()[:1], {**NET.demand.to_rows()[0], "destination": "aport"}]
    demand = NET.demand.take(np.zeros(0, dtype=int)).with_rows(rows)
    short = lsr.explain_infeasible(NET, demand)
    assert short.no_path == ("boro -> aport coal",)
    assert "no path for boro -> aport coal" in str(short)


# Again, after a change --------------------------------


@pytest.mark.parametrize(
    "scenario",
    [
        lsr.Scenario("wider").set_capacity("track_dual", 3),
        lsr.Scenario("shut").scale_capacity("crossing_road", 0),
        lsr.Scenario("more").scale_demand(1.3),
        lsr.Scenario("boom").use_demand("coal_boom"),
        lsr.Scenario("dear").scale_fee("rail-arn-bek", 3),
        lsr.load_scenario("river_all_year", network="toy_three_ports"),
    ],
    ids=lambda s: s.name,
)
def test_assigned_again_as_from_scratch(plan, scenario):
    cold, warm = lsr.assign(scenario.apply(NET)), lsr.reassign(plan, scenario)
    assert warm.status is lsr.Status.OPTIMAL
    assert warm.objective_usd == pytest.approx(cold.objective_usd, rel=1e-9)
    assert lsr.reassign(plan, scenario.apply(NET)).objective_usd == warm.objective_usd
    assert lsr.reassign(warm, NET).objective_usd == pytest.approx(plan.objective_usd, rel=1e-9)


def test_edits_of_demand_find_the_demand_of_the_plan():
    more = lsr.Scenario("more").scale_demand(1.3, commodity="coal")
    cold = lsr.assign(more.use_demand("coal_boom").apply(NET))
    for plan in (lsr.assign(NET, "coal_boom"), lsr.assign(NET.with_demand(NET.demand_set("coal_boom")))):
        assert lsr.reassign(plan, more).objective_usd == pytest.approx(cold.objective_usd, rel=1e-9)
        swept = lsr.sweep(plan, [more], ask="objective_usd").answers["objective_usd"]
        assert swept == pytest.approx([cold.objective_usd], rel=1e-9)


def test_paths_are_carried_over_to_a_graph_with_more_arcs(plan):
    twin = next(row for row in NET.links.to_rows() if row["id"] == "rail-bek-bport")
    link = {**twin, "id": "rail-bek-bport-2", "length_km": "90"}
    net = NET.with_tables(links=NET.links.with_rows([link]))
    graph = lsr.expand(net)
    assert graph.topology.n_arcs > plan.graph.topology.n_arcs
    known, start = plan.solution.known, _carry_over(plan, graph, net.demand).known
    old, top = plan.graph.topology, graph.topology
    assert start.od.size == known.od.size >= plan.solution.path_od.size
    assert start.problem is None
    for name in ("vertex_node", "vertex_mode", "vertex_gauge_mm", "vertex_stage"):
        for end in ("tail", "head"):
            before = getattr(old, name)[getattr(old, end)[known.arcs]]
            after = getattr(top, name)[getattr(top, end)[start.arcs]]
            np.testing.assert_array_equal(before, after)


def test_reassign_refuses(plan):
    with pytest.raises(InvalidValueError, match="reassign was given a str"):
        lsr.reassign(plan, "wider")


def test_background_is_what_is_left(plan):
    used = {"track_dual": 0.5, "port_aport": 1000.0}
    less = lsr.Scenario("s").set_capacity("track_dual", 1.5).set_capacity("port_aport", 14000)
    one, other = lsr.assign(NET, background=used), lsr.assign(less.apply(NET))
    assert one.objective_usd == pytest.approx(other.objective_usd, rel=1e-12)
    with pytest.raises(UnknownNameError, match="track_duel"):
        lsr.assign(NET, background={"track_duel": 1.0})
    with pytest.raises(InvalidValueError, match="background of track_dual is 3"):
        lsr.assign(NET, background={"track_dual": 3.0})


def test_steps_of_cost_by_hand():
    # Coal alone, 1 500 000 t to Ada. Transloading costs 28.545, from 400 000 t on 2 more and from 700 000 t
    # on 2 more again: 32.545 is above the 31.845 of new bogies, so 700 000 t transload, 800 000 t change.
    demand = NET.demand.take(np.array([0]))
    steps = {"yard_bek_transload": [(4e5, 2.0), (7e5, 2.0)]}
    plan = lsr.assign(NET, demand, steps=steps)
    assert plan.status is lsr.Status.OPTIMAL
    assert plan.objective_usd == pytest.approx(7e5 * 28.545 + 3e5 * 2.0 + 8e5 * 31.845)
    assert plan.ledger_usd["capacity steps"] == pytest.approx(6e5)
    assert sum(plan.ledger_usd.values()) == pytest.approx(plan.objective_usd, rel=1e-12)
    assert lsr.compare(lsr.assign(NET, demand), plan).change_usd == pytest.approx(
        plan.objective_usd - lsr.assign(NET, demand).objective_usd, rel=1e-9
    )
    assert "yard_bek_transload beyond 400,000" in plan.dual_prices(binding=False)["group"].tolist()
    with pytest.raises(UnknownNameError, match="steps names"):
        lsr.assign(NET, demand, steps={"yard": [(1.0, 1.0)]})
    with pytest.raises(InvalidValueError, match="a step of"):
        lsr.assign(NET, demand, steps={"yard_bek_transload": [(4e5, 0.0)]})


def test_contracts_to_take_or_pay_by_hand():
    # Coal alone, as above: 1 000 000 t transload at 28.545, 500 000 t change bogies at 31.845. Bogies paid
    # for at 2 per tonne short of 700 000 t are not worth 3.30 more; at 5 they are.
    demand, bogies = NET.demand.take(np.array([0])), "bek-rail1520-rail1435-bogie_exchange"
    idle = lsr.assign(NET, demand, contracts={bogies: (7e5, 2.0)})
    assert idle.objective_usd == pytest.approx(1e6 * 28.545 + 5e5 * 31.845 + 2e5 * 2.0)
    assert idle.ledger_usd["contracts"] == pytest.approx(4e5)
    plan = lsr.assign(NET, demand, contracts={bogies: (7e5, 5.0)})
    assert plan.objective_usd == pytest.approx(8e5 * 28.545 + 7e5 * 31.845)
    frame = plan.contracts()
    assert frame["used"].tolist() == pytest.approx([7e5])
    assert frame["paid_usd"].tolist() == pytest.approx([0.0])
    # One more tonne to be taken costs the 3.30 of new bogies; of an idle contract, its price.
    assert frame["least_usd_per_unit"].tolist() == pytest.approx([3.3])
    assert idle.contracts()["least_usd_per_unit"].tolist() == pytest.approx([2.0])
    for some in (idle, plan):
        assert some.status is lsr.Status.OPTIMAL
        assert sum(some.ledger_usd.values()) == pytest.approx(some.objective_usd, rel=1e-12)
        paths = some.paths()
        np.testing.assert_allclose(paths["reduced_usd_per_t"], 0.0, atol=1e-9)
        assert sorted(paths["cost_usd_per_t"]) == pytest.approx([28.545, 31.845])
        assert "contract" not in some.dual_prices(binding=False)["kind"].tolist()
    again = lsr.reassign(idle, NET, contracts={bogies: (7e5, 5.0)})
    assert again.objective_usd == pytest.approx(plan.objective_usd, rel=1e-12)


def test_contracts_refused():
    with pytest.raises(UnknownNameError, match="contracts names"):
        lsr.assign(NET, contracts={"yard": (1.0, 1.0)})
    with pytest.raises(InvalidValueError, match="the contract of track_dual is"):
        lsr.assign(NET, contracts={"track_dual": (1.0, float("nan"))})
    with pytest.raises(InvalidValueError, match="above its limit"):
        lsr.assign(NET, contracts={"yard_bek_transload": (9e9, 1.0)})
    with pytest.raises(InvalidValueError, match=r"asks a price above .* between bek and bek"):
        lsr.assign(NET, contracts={"yard_bek_transload": (1e5, 500.0)})


@pytest.mark.parametrize("seed", range(8))
def test_contracts_cost_least_of_all_ways_to_meet_them(seed):
    """The cost is convex in the least use, and no dearer than taking nothing or being forced to take it."""
    rng = np.random.default_rng(seed)
    bogies, price = "bek-rail1520-rail1435-bogie_exchange", float(rng.uniform(0.5, 6.0))
    free = lsr.assign(NET).objective_usd
    least = np.sort(rng.uniform(0.0, 8e5, 3))
    cost = [lsr.assign(NET, contracts={bogies: (x, price)}).objective_usd for x in (0.0, *least)]
    assert cost[0] == pytest.approx(free, rel=1e-12)
    slopes = np.diff(cost) / np.diff([0.0, *least])
    assert (slopes >= -1e-6).all()
    assert (slopes <= price + 1e-6).all()
    assert (np.diff(slopes) >= -1e-6).all()


# Corridors, supplies and demands --------------------------------


def test_throughput_of_the_toy_by_hand():
    # 1 000 000 t transload and 800 000 t change bogies; Port Anselm has no place for coal.
    most = lsr.max_throughput(NET, "boro", "ada", "coal")
    assert most.value_t == 1_800_000
    assert most.through_t.tolist() == pytest.approx([1_000_000, 800_000])
    assert most.link_t["rail-ada-arn"] == pytest.approx(1_800_000)
    assert "at most 1.800 Mt/yr, stopped by" in str(most)
    assert "<table" in most._repr_html_()
    # Coal to Corin: the river (300 000 t) and the dual track (2 trains a day of 4 000 t, 250 days); the
    # planned railway is not there.
    assert lsr.max_throughput(NET, ["boro"], ["cport"], "coal").value_t == pytest.approx(2_300_000)
    assert lsr.max_throughput(NET, "cport", "cedar", "container").value_t == np.inf
    assert lsr.max_throughput(NET, "boro", "aport", "coal").value_t == 0.0


def test_throughput_is_what_a_demand_can_have():
    most = lsr.max_throughput(NET, "Ada", "Boro", "container")
    rows = NET.demand.to_rows()[2:3]
    none = NET.demand.take(np.zeros(0, dtype=int))
    fits = none.with_rows([{**rows[0], "amount_per_year": str(0.9999 * most.value_t), "unit": "t"}])
    over = none.with_rows([{**rows[0], "amount_per_year": str(1.0001 * most.value_t), "unit": "t"}])
    assert lsr.assign(NET, fits, unserved_price=None).unserved_t == 0.0
    with pytest.raises(InfeasibleError):
        lsr.assign(NET, over, unserved_price=None)
    np.testing.assert_allclose(most.through_t.sum(), most.value_t, rtol=1e-9)


def test_throughput_refuses():
    with pytest.raises(InvalidValueError, match="ada is origin and destination"):
        lsr.max_throughput(NET, ["ada", "boro"], "ada", "coal")
    with pytest.raises(UnknownNameError):
        lsr.max_throughput(NET, "nowhere", "ada", "coal")
    with pytest.raises(InvalidValueError, match="no place"):
        lsr.max_throughput(NET, [], "ada", "coal")


def test_supplies_and_demands_by_hand():
    # 1 500 000 t to Ada: 1 000 000 transloaded at 28.545, 500 000 on new bogies at 31.845.
    flow = lsr.solve_min_cost_flow(NET, "coal", {"boro": 2e6, "ada": -1.5e6})
    assert flow.objective_usd == pytest.approx(28.545 * 1e6 + 31.845 * 5e5)
    assert flow.status is lsr.Status.OPTIMAL
    assert flow.sent_t == pytest.approx({"boro": 1.5e6})
    assert flow.received_t == pytest.approx({"ada": 1.5e6})
    assert "1.500 Mt/yr" in str(flow)
    assert "<table" in flow._repr_html_()
    assert flow.to_frame().set_index("link").loc["rail-ada-arn", "flow_t"] == pytest.approx(1.5e6)


def test_supplies_as_one_pair_equal_an_assignment():
    row = NET.demand.to_rows()[0]
    none = NET.demand.take(np.zeros(0, dtype=int))
    plan = lsr.assign(NET, none.with_rows([row]))
    flow = lsr.solve_min_cost_flow(NET, "coal", {"boro": 1.5e6, "ada": -1.5e6})
    assert flow.objective_usd == pytest.approx(plan.objective_usd, rel=1e-9)


def test_what_is_wanted_and_cannot_be_brought():
    wants = {"boro": 3e6, "ada": -2e6}
    with pytest.raises(InfeasibleError, match="200,000 t/yr"):
        lsr.solve_min_cost_flow(NET, "coal", wants)
    flow = lsr.solve_min_cost_flow(NET, "coal", wants, unserved_price=500.0)
    assert flow.unserved_t == pytest.approx(2e5)
    with pytest.raises(InfeasibleError, match="more are wanted"):
        lsr.solve_min_cost_flow(NET, "coal", {"boro": 1e6, "ada": -2e6})
    for bad in ({"boro": 1.0}, {"boro": float("nan"), "ada": -1.0}, {}):
        with pytest.raises(InvalidValueError):
            lsr.solve_min_cost_flow(NET, "coal", bad)
