"""Questions that cannot be answered, and answers that say why not all is carried."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InfeasibleError, InvalidValueError, SchemaError, UnknownNameError
from networks_for_tests import SETTINGS, add_rows, set_cells, tiny_network

NET = tiny_network()
S = lsr.Scenario("s")


def demand(**cells):
    row = {
        "origin": "a_city",
        "destination": "b_city",
        "commodity": "coal",
        "amount_per_year": 100.0,
        "unit": "t",
    }
    return pd.DataFrame([{**row, **cells}])


def test_infeasible_names_what_is_short_and_what_proves_it():
    net = S.set_capacity("yard", 1e6).close("sea-a_port-b_port").close("road-a_border-b_border").apply(NET)
    with pytest.raises(InfeasibleError, match="yard") as caught:
        lsr.assign(net, unserved_price=None)
    error = caught.value
    assert error.code == "infeasible"
    total = NET.demand["amount_per_year"][:2].sum() + 11 * NET.demand["amount_per_year"][2:].sum()
    assert sum(error.short.values()) == pytest.approx(total - 1e6)
    assert set(error.binding) == {"yard"}
    assert error.binding["yard"] > 0
    assert all(" -> " in label for label in error.short)
    assert error.table == "capacity_groups"
    assert "unserved_price=" in error.cure


def test_infeasible_without_a_path():
    net = S.close("b_city").apply(NET)
    with pytest.raises(InfeasibleError) as caught:
        lsr.assign(net, unserved_price=None)
    assert caught.value.binding == {}
    assert caught.value.table == "demand"
    assert len(caught.value.short) == 4


def test_rows_of_one_label_are_refused_in_a_frame_and_in_a_table():
    """Two rows of the same OD and commodity would hide each other in every result; nobody adds them up."""
    twice = pd.concat([demand(commodity="container"), demand(), demand(amount_per_year=50.0), demand()])
    table = NET.demand.take(np.array([0, 1, 0]))
    for rows, again in ((twice, (2, 3)), (table, (2,))):
        for price in ("network", 5.0, None):
            with pytest.raises(
                InvalidValueError, match=r"a_city -> b_city coal.*add the amounts up"
            ) as caught:
                lsr.assign(NET, rows, unserved_price=price)
            assert (caught.value.code, caught.value.table) == ("duplicate-id", "demand")
            assert caught.value.ids == again
    with pytest.raises(InvalidValueError, match="repeats"):
        lsr.assign(tiny_network(demand=add_rows("a_city,b_city,coal,1,t")))
    # The way back and another commodity are other rows.
    other = pd.concat(
        [demand(), demand(origin="b_city", destination="a_city"), demand(commodity="container")]
    )
    assert lsr.assign(NET, other).carried_t == pytest.approx(300)


def test_short_is_told_by_row():
    net = S.set_capacity("yard", 0).close("sea-a_port-b_port").close("road-a_border-b_border").apply(NET)
    rows = pd.concat([demand(), demand(origin="b_city", destination="a_city", amount_per_year=50.0)])
    with pytest.raises(InfeasibleError, match="150 t/yr of 2 OD rows") as caught:
        lsr.assign(net, rows, unserved_price=None)
    assert sorted(caught.value.short.values()) == pytest.approx([50, 100])


@pytest.mark.parametrize("rows", [[1, 2], 5, {"origin": "a_city"}, np.zeros(3), {1, 2}])
def test_demand_that_is_no_table(rows):
    with pytest.raises(InvalidValueError, match=f"demand is a {type(rows).__name__}") as caught:
        lsr.assign(NET, rows)
    assert caught.value.table == "demand"
    assert "DataFrame" in caught.value.expected


def test_why_it_stays_at_home():
    net = S.set_capacity("yard", 0).close("sea-a_port-b_port").close("road-a_border-b_border").apply(NET)
    plan = lsr.assign(net, demand())
    assert plan.unserved()["why"].tolist() == ["capacity"]
    assert lsr.assign(S.close("b_city").apply(NET), demand()).unserved()["why"].tolist() == ["no path"]
    cheap = lsr.assign(NET, demand(), unserved_price=0.01)
    assert cheap.unserved()["why"].tolist() == ["price"]
    assert cheap.unserved()["price_usd_per_t"].tolist() == [0.01]
    rows = lsr.assign(NET, pd.concat([demand(), demand(destination="b_port")]), unserved_price=[0.01, 1e4])
    assert rows.why_unserved.tolist() == ["price", ""]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"unit": "TEU"}, "unit does not fit"),
        ({"commodity": "container", "unit": "m3"}, "TEU for container"),
        ({"destination": "a_city"}, "destination is the origin"),
    ],
)
def test_demand_that_makes_no_sense(cells, says):
    with pytest.raises(InvalidValueError, match=says) as caught:
        lsr.assign(NET, demand(**cells))
    assert caught.value.table == "demand"


@pytest.mark.parametrize(
    ("cells", "right"),
    [
        ({"origin": "a_citty"}, "a_city"),
        ({"destination": "bcity"}, "b_city"),
        ({"commodity": "cole"}, "coal"),
    ],
)
def test_unknown_names_in_demand(cells, right):
    with pytest.raises(UnknownNameError, match=f"did you mean.*{right}") as caught:
        lsr.assign(NET, demand(**cells))
    assert caught.value.column == next(iter(cells))


def test_demand_that_cannot_be_read():
    with pytest.raises(InvalidValueError, match="amount_per_year"):
        lsr.assign(NET, demand(amount_per_year=np.nan))
    with pytest.raises(InvalidValueError, match="amount_per_year"):
        lsr.assign(NET, demand(amount_per_year=-1.0))
    with pytest.raises(SchemaError, match="did you mean origin"):
        lsr.assign(NET, demand().rename(columns={"origin": "orign"}))
    with pytest.raises(UnknownNameError, match="demand set"):
        lsr.assign(NET, "boom")


@pytest.mark.parametrize(
    "price", [np.nan, -1, 0, np.inf, "dear", [1.0, 2.0], [1.0, np.nan, 1.0, 1.0], True, False]
)
def test_prices_that_are_none(price):
    with pytest.raises(InvalidValueError, match="unserved_price"):
        lsr.assign(NET, unserved_price=price)


def test_a_network_without_a_price_asks_for_one():
    free = tiny_network(settings=type(SETTINGS)(name="tiny", default_commodity="coal"))
    with pytest.raises(InvalidValueError, match="unserved_price"):
        lsr.assign(free)
    assert lsr.assign(free, unserved_price=50.0).status is lsr.Status.OPTIMAL


def test_amounts_in_teu_and_in_tonnes_are_the_same():
    boxes = lsr.assign(NET, demand(commodity="container", unit="TEU", amount_per_year=10.0))
    tonnes = lsr.assign(NET, demand(commodity="container", unit="t", amount_per_year=110.0))
    assert boxes.objective_usd == pytest.approx(tonnes.objective_usd)


def test_nothing_to_carry_and_nothing_carried():
    """Every method answers when there is no demand, or when no tonne moves."""
    none = NET.demand.take(np.zeros(0, dtype=np.int64))
    for plan in (lsr.assign(NET, none), lsr.assign(NET, unserved_price=0.001)):
        assert plan.status is lsr.Status.OPTIMAL
        assert plan.carried_t == 0
        for method in ("to_frame", "crossings", "ports", "transfers", "dual_prices", "paths"):
            assert len(getattr(plan, method)()) == 0, method
        assert plan.to_dict()["links"] == []
        assert "optimal" in str(plan)
        assert lsr.compare(plan, plan).change_usd == 0.0


def test_no_commodity_may_go_where_it_is_not_loaded():
    net = tiny_network(nodes=set_cells("b_city", loads=""), demand=add_rows("a_city,b_port,coal,10,t"))
    plan = lsr.assign(net)
    assert plan.why_unserved.tolist() == ["no path"] * 4 + [""]


def test_tonne_hours_count_cargo_without_a_value_of_time():
    net = tiny_network(commodities=set_cells("coal", value_of_time_usd_per_t_h="0"))
    plan = lsr.assign(net, demand())
    route = lsr.shortest_path(lsr.expand(net, "coal"), "a_city", "b_city")
    assert plan.hours_t == pytest.approx(100 * route.time_h)
