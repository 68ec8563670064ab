"""What results show: frames, plain values, html."""

from __future__ import annotations

import importlib
import json
import pkgutil

import numpy as np
import pandas as pd
import pytest

import landsea_routing as lsr
import landsea_routing.results as nouns
from landsea_routing.results._show import Worded
from networks_for_tests import set_cells, tiny_network

NET = tiny_network()
EVIL = "<b>`${x}` & \"quote\" 'tick'</b>"


@pytest.fixture(scope="module")
def plan():
    return lsr.assign(NET)


@pytest.fixture(scope="module")
def route():
    return lsr.shortest_path(lsr.expand(NET, "coal"), "a_city", "b_city")


def plain(value) -> bool:
    """Whether a value is of Python's own types all through (numpy's floats and texts pass as such)."""
    if isinstance(value, dict):
        return all(type(k) is str and plain(v) for k, v in value.items())
    if isinstance(value, list):
        return all(map(plain, value))
    return value is None or type(value) in (str, int, float, bool)


def results(plan, route):
    shut = lsr.Scenario("s").close("gate").scale_capacity("gate_road", 0).apply(NET)
    none = lsr.assign(NET, unserved_price=0.001)
    return {
        "route": route,
        "plan": plan,
        "binding": lsr.assign(shut),
        "nothing": none,
        "comparison": lsr.compare(plan, lsr.assign(shut)),
        "to nothing": lsr.compare(plan, none),
    }


def test_to_dict_is_plain_and_strict_json(plan, route):
    for name, result in results(plan, route).items():
        facts = result.to_dict()
        assert plain(facts), name
        assert json.loads(json.dumps(facts, allow_nan=False)) == facts, name


def test_a_limit_of_zero_without_flow_is_json_too():
    """A closed group in trucks has a price per unit but none per tonne."""
    net = (
        lsr.Scenario("s")
        .set_capacity("gate_road", 0)
        .set_capacity("yard", 0)
        .close("sea-a_port-b_port")
        .apply(NET)
    )
    plan = lsr.assign(net)
    assert plan.solution.group_dual.any()
    json.dumps(plan.to_dict(), allow_nan=False)
    json.dumps(lsr.assign(net, unserved_price=1e5).to_dict(), allow_nan=False)
    str(plan)
    plan._repr_html_()


def test_every_result_that_has_a_sentence_shows_it_at_a_prompt():
    modules = [
        importlib.import_module(m.name)
        for m in pkgutil.iter_modules(nouns.__path__, "landsea_routing.results.")
    ]
    found = {c for m in modules for c in vars(m).values() if isinstance(c, type) and hasattr(c, "summary")}
    assert len(found) > 20 and not [c.__name__ for c in found if not issubclass(c, Worded)]
    plan = lsr.assign(lsr.load_network("toy_three_ports"))
    assert repr(plan) == f"<Assignment: {plan.summary()}>" and f"{plan}" != repr(plan)
    assert repr(lsr.bottlenecks(plan)).startswith("<Bottlenecks: 7 capacities bind")


def test_a_table_that_is_cut_says_so(monkeypatch):
    plan = lsr.assign(lsr.load_network("toy_three_ports"))
    n_binding = len(plan.dual_prices())
    assert "binding capacity  " in str(plan)
    monkeypatch.setattr("landsea_routing.results.assignment.SHOWN", 2)
    assert f"binding capacity (2 of {n_binding})  " in str(plan)
    assert len(str(plan).splitlines()) == 5


def test_route_frame_and_dict_agree(route):
    frame, facts = route.to_frame(), route.to_dict()
    assert len(frame) == len(route.legs) == len(facts["legs"])
    assert frame["kind"].tolist() == ["access", "link", "border", "transfer", "link", "egress"]
    assert [leg["kind"] for leg in facts["legs"]] == frame["kind"].tolist()
    assert facts["cost_usd_per_t"] == pytest.approx(frame["cost_usd_per_t"].sum())
    assert sum(facts["ledger_usd_per_t"].values()) == pytest.approx(facts["cost_usd_per_t"])
    assert list(frame.loc[frame["kind"] == "border", "rows"]) == ["rail:a_border>b_border"]
    text = str(route)
    for word in ("Alpha", "Beta", "1520", "customs", "718 km"):
        assert word in text, word


def test_skim_frame():
    table = lsr.skim(lsr.expand(NET), ["Alpha", "b_city"], ["a_border", "Beta", "Alpha"], along=["time"])
    frame = table.to_frame()
    assert frame.columns.tolist() == ["origin", "destination", "cost", "time"]
    assert len(frame) == 6
    assert frame["origin"].tolist() == ["a_city"] * 3 + ["b_city"] * 3
    assert frame.loc[(frame["origin"] == "a_city") & (frame["destination"] == "a_city"), "cost"].tolist() == [
        0.0
    ]
    assert np.isinf(frame.loc[frame["destination"] == "a_border", "cost"]).all()
    assert "unreachable" in str(table)


def test_frames_of_a_plan(plan):
    flows = plan.to_frame()
    assert flows.columns.tolist() == [
        "link", "direction", "mode", "from_node", "to_node", "commodity", "flow_t", "flow_t_km",
    ]  # fmt: skip
    lengths = dict(zip(NET.links["id"].tolist(), NET.links["length_km"].tolist(), strict=True))
    assert flows["flow_t_km"].tolist() == pytest.approx(
        (flows["flow_t"] * flows["link"].map(lengths)).tolist()
    )
    dual = plan.dual_prices()
    assert dual["group"].tolist() == ["yard"]
    assert (dual["used"] <= dual["limit"] * (1 + 1e-9)).all()
    assert len(plan.dual_prices(binding=False)) == len(plan.groups.ids)
    for frame in (flows, plan.crossings(), plan.ports(), plan.transfers(), plan.paths(), dual):
        assert isinstance(frame, pd.DataFrame)
        assert len(frame)
        assert not frame.isna().any().any()
    over = plan.crossings().groupby("crossing")["flow_t"].sum()
    total = 3e6 + 5e6 + 11 * 140_000
    assert over.sum() + plan.ports().query("node == 'a_port'")["flow_t"].sum() == pytest.approx(total)


def test_html_escapes_names():
    nodes = set_cells("a_city", name=EVIL.replace(",", ""))
    net = tiny_network(nodes=nodes)
    route = lsr.shortest_path(lsr.expand(net, "coal"), "a_city", "b_city")
    titled = type(net.settings)(**{**vars(net.settings), "title": EVIL})
    plan = lsr.assign(type(net)(titled, net.tables))
    for result in (route, plan, lsr.compare(plan, plan, names=(EVIL, EVIL + EVIL))):
        html = result._repr_html_()
        assert "<b>" not in html
        assert "${" not in html
        assert "&lt;b&gt;" in html
    assert EVIL in str(route)


def test_shown_text_of_everything(plan, route):
    for result in results(plan, route).values():
        assert result.summary() in str(result)
        assert "<table" in result._repr_html_()
    skim = lsr.skim(lsr.expand(NET), ["Alpha"], ["Beta"])
    assert "<table" in skim._repr_html_()


def test_comparison_frames(plan):
    other = lsr.assign(lsr.Scenario("s").scale_capacity("yard", 0.5).apply(NET))
    change = lsr.compare(plan, other, names=("now", "then"))
    assert change.waterfall()["line"].tolist()[-1] == "unserved"
    assert change.dual_prices()["group"].tolist()[0] == "yard"
    crossings = change.crossings()
    assert (crossings["second_t"] - crossings["first_t"]).tolist() == pytest.approx(
        crossings["change_t"].tolist(), abs=1e-6
    )
    sizes = crossings["change_t"].abs().tolist()
    assert sizes == sorted(sizes, reverse=True)
    assert change.change_usd > 0
    assert "then against now: costs" in change.summary()
