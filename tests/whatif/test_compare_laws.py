"""What holds of every comparison, and the same figures by another path: from the frames of the plans."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import landsea_routing as lsr
from landsea_routing.errors import LandseaError
from landsea_routing.results.corridors import JOINT, OD, UNSERVED, corridor_flows
from landsea_routing.results.moved import NO_DEMAND
from landsea_routing.results.waterfall import plan_costs
from strategies import random_network

KINDS = ("gateway", "crossing", "port", "transfer", "link", "group")


SEEDS = range(8)


@cache
def compared(seed: int):
    """A random network, and the same with a link closed, and other tariffs, limits and demands."""
    rng = np.random.default_rng(seed)
    net = random_network(seed, n_nodes=int(rng.integers(5, 9)), n_countries=3, n_ods=8)
    base = lsr.assign(net)
    while True:
        try:
            return lsr.compare(base, lsr.assign(_edited(net, base, rng).apply(net)))
        except LandseaError:
            continue  # two edits that contradict each other: draw again


def _edited(net, base, rng):
    used = base.to_frame()["link"].drop_duplicates().tolist() or net.links["id"].tolist()
    limits = net.capacity_groups["id"].tolist()
    scenario = lsr.Scenario("drawn").close(str(rng.choice(used)))
    scenario = scenario.scale_tariff(
        float(rng.choice([0.2, 4])), mode=str(rng.choice(["rail", "road", "sea"]))
    )
    if rng.random() < 0.5:
        scenario = scenario.scale_capacity(str(rng.choice(limits)), float(rng.choice([0, 0.5, 3])))
    if rng.random() < 0.3:
        scenario = scenario.scale_demand(float(rng.choice([0, 0.5, 1.5])))
    return scenario


def scale(change) -> float:
    return 1e-9 * max(1.0, change.moved().total_t)


@pytest.mark.parametrize("seed", SEEDS)
def test_moves_book_every_tonne_once(seed):
    change = compared(seed)
    for by in KINDS:
        moved = change.moved(by)
        rows = moved.to_frame(kept=True, by_od=True)
        slack = scale(change) + 1e-6 * len(rows)
        for side, plan, without in (("old", change.first, NO_DEMAND), ("new", change.second, NO_DEMAND)):
            booked = rows[rows[side] != without].groupby([*OD])["flow_t"].sum()
            asked = pd.DataFrame({name: plan.demand[name] for name in OD} | {"t": plan.problem.od_amount})
            asked = asked[asked["t"] > 0].groupby([*OD])["t"].sum()
            assert set(booked.index) == set(asked.index)
            np.testing.assert_allclose(booked.loc[asked.index], asked, atol=slack)
            home = rows.loc[rows[side] == UNSERVED, "flow_t"].sum()
            assert home == pytest.approx(plan.unserved_t, abs=slack)
        balance = moved.corridors()
        np.testing.assert_allclose(
            balance["first_t"] - balance["left_t"] + balance["came_t"], balance["second_t"], atol=slack
        )
        assert balance["left_t"].sum() == pytest.approx(balance["came_t"].sum(), rel=1e-9, abs=slack)
        assert (rows["flow_t"] >= 0).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_corridors_have_the_flows_of_the_frames(seed):
    """What passes a crossing, link or transfer, summed over corridors, is what the plan's own frame says."""
    change = compared(seed)
    for by, column in (("crossing", "crossings"), ("transfer", "transfers"), ("link", "to_frame")):
        balance = change.moved(by).corridors()
        for plan, side in ((change.first, "first_t"), (change.second, "second_t")):
            frame = getattr(plan, column)()
            once = frame.drop_duplicates().groupby(frame.columns[0])["flow_t"].sum().to_dict()
            passed: dict[str, float] = {}
            for row in balance.itertuples():
                for name in row.corridor.split(JOINT):
                    passed[name] = passed.get(name, 0.0) + getattr(row, side)
            for name, flow in once.items():
                # A path that uses a link both ways counts twice in the frame, once in its corridor.
                assert passed[name] <= flow * (1 + 1e-9) + scale(change) + 1e-5
                if by != "link":
                    assert passed[name] == pytest.approx(flow, rel=1e-9, abs=scale(change) + 1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_least_lies_between_what_must_move_and_what_was_read(seed):
    change = compared(seed)
    slack = scale(change) + 1e-5
    amount = {}
    for by in KINDS:
        moved = change.moved(by)
        rows = moved.to_frame(by_od=True)
        amount[by] = rows["flow_t"].sum()
        naive = [
            corridor_flows(plan, by).set_index([*OD, "corridor"])["flow_t"]
            for plan in (change.first, change.second)
        ]
        if by != "group":  # limits that only one plan has are left out of corridors of two plans
            gap = naive[1].sub(naive[0], fill_value=0.0)
            at_most = max(gap.clip(lower=0).sum(), -gap.clip(upper=0).sum())
            assert amount[by] <= at_most + gap.groupby([*OD]).sum().abs().sum() + slack
    assert amount["crossing"] <= amount["gateway"] + slack
    assert amount["port"] <= amount["gateway"] + slack
    assert amount["crossing"] <= amount["link"] + slack
    for name, least in change.crossings().groupby("crossing")["change_t"].sum().abs().items():
        assert least <= amount["crossing"] + slack, name


@pytest.mark.parametrize("seed", SEEDS)
def test_exchanged_plans_turn_the_moves_round(seed):
    there = compared(seed)
    back = lsr.compare(there.second, there.first)
    for by in ("gateway", "link"):
        forth, others = there.moved(by).to_frame(by_od=True), back.moved(by).to_frame(by_od=True)
        others = others.rename(columns={"old": "new", "new": "old"})[forth.columns]
        order = [*OD, "old", "new"]
        a, b = (f.sort_values(order, ignore_index=True) for f in (forth, others))
        assert a[order].equals(b[order])
        np.testing.assert_allclose(a["flow_t"], b["flow_t"], rtol=1e-9)
        assert there.moved(by).lost_t == pytest.approx(back.moved(by).won_t)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_against_itself_and_against_one_made_again(seed):
    plan = compared(seed).second
    again = lsr.assign(plan.graph.network)
    for change in (lsr.compare(plan, plan), lsr.compare(plan, again)):
        for by in KINDS:
            moved = change.moved(by)
            assert moved.to_frame().empty
            assert moved.moved_t == moved.lost_t == moved.won_t == 0.0
            assert not moved.corridors()["change_t"].any()
        for by in ("line", "commodity", "both"):
            assert not change.waterfall(by)["change_usd"].any()
        sankey = change.sankey().to_frame()
        np.testing.assert_array_equal(sankey["first_t"], sankey["second_t"])


@pytest.mark.parametrize("seed", SEEDS)
def test_bars_sum_whatever_they_are_told_by(seed):
    change = compared(seed)
    objective = change.first.objective_usd, change.second.objective_usd
    slack = 1e-9 * max(1.0, *objective)
    line, goods, both = (change.waterfall(by) for by in ("line", "commodity", "both"))
    for bars in (line, goods, both):
        assert abs(bars["change_usd"].sum() - (objective[1] - objective[0])) <= slack
    for by, bars in (("line", line), ("commodity", goods)):
        parts = both.groupby(by, sort=False)["change_usd"].sum()
        np.testing.assert_allclose(parts.loc[bars[by]], bars["change_usd"], atol=slack)
    for plan in (change.first, change.second):
        by_line = plan_costs(plan).groupby("line")["cost_usd"].sum()
        assert by_line.to_dict() == pytest.approx(plan.ledger_usd, rel=1e-9, abs=slack)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_enters_a_node_of_a_sankey_leaves_it(seed):
    change = compared(seed)
    for by in ("gateway", "link"):
        sankey = change.sankey(by)
        frame, nodes = sankey.to_frame(), sankey.nodes()
        if frame.empty:
            continue
        n, last = len(nodes), nodes["layer"].max()
        assert (nodes["layer"].to_numpy()[frame["source"]] < nodes["layer"].to_numpy()[frame["target"]]).all()
        for side, plan in (("first_t", change.first), ("second_t", change.second)):
            out = np.bincount(frame["source"], frame[side], n)
            into = np.bincount(frame["target"], frame[side], n)
            inner = ((nodes["layer"] > 0) & (nodes["layer"] < last)).to_numpy()
            np.testing.assert_allclose(out[inner], into[inner], atol=scale(change) + 1e-6)
            demand = plan.problem.od_amount.sum()
            assert out[nodes["layer"] == 0].sum() == pytest.approx(demand, rel=1e-9, abs=1e-6)
            assert into[nodes["layer"] == last].sum() == pytest.approx(demand, rel=1e-9, abs=1e-6)
