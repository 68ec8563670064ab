"""Closures in turn: the same as solving each from nothing, and by hand."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InfeasibleError, InvalidValueError, LandseaError, UnknownNameError
from landsea_routing.results.criticality import JOINED
from landsea_routing.whatif.criticality import criticality
from landsea_routing.whatif.seasons import in_month

NET = lsr.load_network("toy_three_ports")
PLAN = lsr.assign(NET)
FOUND = criticality(PLAN, pairs=5)


def closed(scenario: lsr.Scenario, label: str, net) -> lsr.Scenario:
    """The scenario that closes what a label names; a terminal by transfers that take nothing."""
    kind, _, name = label.partition(" ")
    if kind != "terminal":
        return scenario.close(name)
    for row in np.flatnonzero(net.transfers["node"] == name):
        scenario = scenario.set_capacity(str(net.transfers["id"][row]), 0)
    return scenario


def added_from_nothing(label: str, net, base) -> float:
    # Two closures may name one link: one network after the other, not one scenario.
    for part in label.removeprefix("pair ").split(JOINED):
        net = closed(lsr.Scenario("closed"), part, net).apply(net)
    return lsr.assign(net).objective_usd - base


def test_every_closure_of_the_toy_is_what_solving_from_nothing_gives():
    for label, added in zip(FOUND._labels(), FOUND.added_usd, strict=True):
        assert added == pytest.approx(added_from_nothing(label, NET, PLAN.objective_usd), abs=1e-9 * 147e6)
    assert FOUND.gap <= 1e-9
    assert set(FOUND.kinds) == {"link", "node", "crossing", "terminal", "pair"}
    assert (np.diff(FOUND.added_usd) <= 0).all()


def test_by_hand():
    # Cedar's containers go by lighter: 34.4 against 20 USD/t for 40,000 t.
    row = FOUND.elements.tolist().index("rail-cport-cedar")
    assert FOUND.added_usd[row] == pytest.approx(14.4 * 40_000)
    assert FOUND.added_unserved_t[row] == 0
    assert FOUND.who("rail-cport-cedar")["commodity"][0] == "container"
    # The river carries 300,000 t of coal for 31.3; on the dual track they cost 34.425 + 15.57 each.
    row = FOUND.elements.tolist().index("inland_water-boro-bport")
    assert FOUND.added_usd[row] == pytest.approx((34.425 + 15.57 - 31.3) * 300_000)


def test_what_carries_nothing_changes_nothing():
    used = set(PLAN.to_frame()["link"])
    for kind, name, added in zip(FOUND.kinds, FOUND.elements, FOUND.added_usd, strict=True):
        if kind == "link" and name not in used:
            assert added == 0.0
    assert FOUND.n_solved < len(FOUND)


def test_who_pays_adds_up():
    for i in range(len(FOUND)):
        assert FOUND.added_od_usd[i].sum() == pytest.approx(FOUND.added_usd[i], abs=1)
    by = FOUND.who("node bek", by="origin")
    assert by["added_usd"].sum() == pytest.approx(FOUND.added_usd[FOUND._labels().index("node bek")])
    pairs = FOUND.interaction_usd()
    assert len(pairs) and set(pairs["first"]) <= set(FOUND._labels())


def test_processes_give_the_same_bits():
    other = criticality(PLAN, pairs=5, n_jobs=2)
    assert other.to_frame().equals(FOUND.to_frame())
    assert np.array_equal(other.added_od_usd, FOUND.added_od_usd)


def test_winter_has_no_river():
    winter, summer = (criticality(NET, what=["links"], month=month) for month in (1, 7))
    river = [c.added_usd[c.elements.tolist().index("inland_water-boro-bport")] for c in (winter, summer)]
    assert river[0] == 0.0
    assert river[1] > 0.0
    assert winter.base_usd > summer.base_usd
    # In July the river takes 600,000 t a year, all months being July.
    assert in_month(NET, 7).links["open_months"].min() == (1 << 12) - 1
    assert "month 7" in summer.summary()


@pytest.mark.parametrize("month", [1, 7])
def test_pairs_by_season_are_what_solving_from_nothing_gives(month):
    net = in_month(NET, month)
    base = lsr.assign(net).objective_usd
    found = criticality(NET, what=["links", "crossings"], pairs=4, month=month)
    assert (found.kinds == "pair").sum() >= 2
    for label, added in zip(found._labels(), found.added_usd, strict=True):
        assert added == pytest.approx(added_from_nothing(label, net, base), abs=1e-9 * base)
    excess = found.interaction_usd()
    assert len(excess) == (found.kinds == "pair").sum()
    assert excess["excess_usd"].abs().max() > 0


def test_a_month_has_the_price_of_the_plan():
    cheap = lsr.assign(NET, unserved_price=80.0)
    july = lsr.assign(in_month(NET, 7), unserved_price=80.0)
    found, usual = criticality(cheap, what=["links"], month=7), criticality(july, what=["links"])
    assert found.base_usd == july.objective_usd != criticality(NET, what=["links"], month=7).base_usd
    np.testing.assert_allclose(found.added_usd, usual.added_usd)


def test_closures_without_a_plan_say_what_is_short():
    """Where everything must be carried, a closure that leaves some behind costs inf, and is proved so."""
    net = lsr.Scenario("half").scale_demand(0.5).apply(NET)
    plan = lsr.assign(net, unserved_price=None)
    found = criticality(plan, what=["links", "crossings", "terminals"], pairs=3)
    lost = np.isinf(found.added_usd)
    assert 0 < lost.sum() < len(found)
    assert (found.added_unserved_t[~lost] == 0).all()
    assert (found.added_unserved_t[lost] > 0).all()
    assert (np.diff(found.added_unserved_t[lost]) <= 0).all()
    for i, label in enumerate(found._labels()):
        closed_net = net
        for part in label.removeprefix("pair ").split(JOINED):
            closed_net = closed(lsr.Scenario("closed"), part, closed_net).apply(closed_net)
        if not lost[i]:
            scratch = lsr.assign(closed_net, unserved_price=None).objective_usd
            assert plan.objective_usd + found.added_usd[i] == pytest.approx(scratch, rel=1e-9)
            continue
        with pytest.raises(InfeasibleError) as caught:
            lsr.assign(closed_net, unserved_price=None)
        assert found.added_unserved_t[i] == pytest.approx(sum(caught.value.short.values()))
        assert np.isinf(found.added_od_usd[i]).any()
    assert f"{lost.sum()} leave no plan that carries everything" in found.summary()
    assert "no plan" in str(found) and "unlimited" not in str(found) + found._repr_html_()
    assert found.who(found._labels()[0])["added_usd"][0] == np.inf
    json.dumps(found.to_dict(), allow_nan=False)


def test_it_shows_itself():
    assert "who pays most" in str(FOUND)
    assert "<table" in FOUND._repr_html_()
    json.dumps(FOUND.to_dict(), allow_nan=False)
    nothing = criticality(NET.with_demand(NET.demand.take(np.zeros(0, dtype=np.int64))), what=["links"])
    assert "none costs anything" in nothing.summary()


@pytest.mark.parametrize(
    "options",
    [{"what": ["roads"]}, {"what": "links"}, {"what": []}, {"pairs": -1}, {"pairs": 1.5}, {"month": 13}],
)
def test_wrong_options(options):
    with pytest.raises(InvalidValueError):
        criticality(PLAN, **options)


def test_wrong_names_and_plans():
    for question in ({"element": "nothing"}, {"element": "bek"}, {"element": "node bek", "by": "colour"}):
        with pytest.raises(UnknownNameError):
            FOUND.who(**question)
    solution = PLAN.solution._replace(status=lsr.Status.LIMIT)
    from dataclasses import replace

    with pytest.raises(LandseaError, match="only an optimal one"):
        criticality(replace(PLAN, solution=solution))


@pytest.mark.slow
def test_a_sample_of_the_region_is_what_solving_from_nothing_gives():
    net = lsr.load_network("northeast_asia")
    plan = lsr.assign(net)
    found = criticality(plan, what=["links", "crossings", "terminals"])
    labels = found._labels()
    for i in np.random.default_rng(1).permutation(found.n_solved)[:6]:
        added = added_from_nothing(labels[i], net, plan.objective_usd)
        assert found.added_usd[i] == pytest.approx(added, abs=1e-9 * plan.objective_usd)


def test_a_network_without_borders_and_terminals(tmp_path):
    (tmp_path / "node.csv").write_text("node_id,x_coord,y_coord\na,100,45\nb,101,45\n", "utf-8")
    links = "link_id,from_node_id,to_node_id,directed,length\n1,a,b,0,90\n2,a,b,0,95\n"
    (tmp_path / "link.csv").write_text(links, "utf-8")
    rows = {"origin": ["a"], "destination": ["b"], "commodity": ["freight"], "amount_per_year": [10.0]}
    net = lsr.read_network(tmp_path).with_demand(pd.DataFrame(rows))
    found = criticality(lsr.assign(net, unserved_price=50.0))
    assert dict(zip(found.elements.tolist(), found.kinds.tolist(), strict=True)) == {
        "a": "node",
        "b": "node",
        "1": "link",
        "2": "link",
    }
