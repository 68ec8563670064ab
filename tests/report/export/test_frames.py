"""Plans as frames in the manner of PyPSA: balance at every bus, signs, prices."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import landsea_routing as lsr
from landsea_routing.report.export.frames import to_pypsa_frames


@pytest.fixture(scope="module", params=["toy_three_ports", "northeast_asia"])
def plan(request):
    return lsr.assign(lsr.load_network(request.param))


@pytest.fixture(scope="module")
def frames(plan):
    return to_pypsa_frames(plan)


def test_every_bus_is_balanced(frames):
    balance = pd.Series(0.0, index=frames["buses"].index)
    year = {name: frame.loc["year"] for name, frame in frames.items() if "-" in name}
    balance = balance.add(year["generators-p"].groupby(frames["generators"]["bus"]).sum(), fill_value=0)
    balance = balance.sub(year["loads-p"].groupby(frames["loads"]["bus"]).sum(), fill_value=0)
    balance = balance.sub(year["links-p0"].groupby(frames["links"]["bus0"]).sum(), fill_value=0)
    balance = balance.sub(year["links-p1"].groupby(frames["links"]["bus1"]).sum(), fill_value=0)
    assert set(balance.index) == set(frames["buses"].index)
    assert balance.abs().max() < 1e-3


def test_references_and_names_hold(frames):
    buses, carriers = set(frames["buses"].index), set(frames["carriers"].index)
    for name, columns in {"links": ("bus0", "bus1"), "generators": ("bus",), "loads": ("bus",)}.items():
        assert frames[name].index.is_unique
        assert set(frames[name]["carrier"]) <= carriers
        for column in columns:
            assert set(frames[name][column]) <= buses
    for name in ("links-p0", "links-p1", "generators-p", "loads-p", "loads-marginal_price"):
        assert frames[name].columns.equals(frames[name.partition("-")[0]].index)
        assert frames[name].index.tolist() == ["year"]


def test_totals_are_those_of_the_plan(plan, frames):
    p0 = frames["links-p0"].loc["year"]
    assert (p0 > 0).all()
    assert float(p0 @ frames["links"]["length"]) == pytest.approx(plan.tonne_km)
    assert frames["loads-p"].loc["year"].sum() == pytest.approx(plan.carried_t)
    short = frames["loads"]["p_set"] - frames["loads-p"].loc["year"]
    assert short.sum() == pytest.approx(plan.unserved_t, abs=1e-3)


def test_a_price_and_a_limit_by_hand():
    """networks/toy_three_ports/README.md: the lift at Bek is full; one more TEU saves 1,328.50 USD."""
    frames = to_pypsa_frames(lsr.assign(lsr.load_network("toy_three_ports")))
    lift = frames["global_constraints"].loc["bek-rail1435-rail1520-lift"]
    assert (lift["sense"], lift["constant"], lift["unit"]) == ("<=", 2000, "TEU/yr")
    assert lift["mu"] == pytest.approx(-1328.5)
    price = frames["loads-marginal_price"].loc["year"]
    assert price["ada>boro:container"] == pytest.approx(200)  # what a tonne at home costs
    assert frames["carriers"].loc["container", "kind"] == "commodity"
    assert frames["carriers"].loc["rail", "kind"] == "mode"
    assert frames["buses"].loc["ada:coal", ["x", "y"]].tolist() == [-20, -30]


def test_limits_that_do_not_bind_have_no_price(frames):
    assert (frames["global_constraints"]["mu"] <= 0).all()
    assert np.isfinite(frames["global_constraints"]["constant"]).all()
