"""CO2e where factors are missing: unknown, not 0, and said so."""

from __future__ import annotations

import json

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError
from networks_for_tests import set_cells, tiny_network

HEADER = "mode,country,commodities,max_length_km,kg_co2e_per_t_km,kg_co2e_per_t\n"
RAIL = "rail,*,*,unlimited,0.02,0\n"
ALL = RAIL + "road,*,*,unlimited,0.08,0\nsea,*,*,unlimited,0.01,0\n"


def graph_of(factors, commodity="coal", **tables):
    return lsr.expand(tiny_network(emission_factors=HEADER + factors, **tables), commodity)


@pytest.mark.parametrize(
    ("factors", "lacking"),
    [
        (RAIL, ("road in AA", "road in BB", "sea in AA", "sea in BB")),
        (ALL.replace("rail,*", "rail,AA"), ("rail in BB",)),
        (ALL.replace("sea,*", "sea,BB"), ("sea in AA",)),
        (ALL.replace("rail,*,*,unlimited", "rail,*,*,590"), ("rail in AA",)),  # 600 km, to Alpha Port
        (ALL.replace("rail,*,*", "rail,*,container"), ("rail in AA", "rail in BB")),
    ],
)
def test_least_co2e_needs_every_factor_and_names_mode_and_country(factors, lacking):
    graph = graph_of(factors)
    questions = (
        lambda: lsr.shortest_path(graph, "a_city", "b_city", weight="co2e"),
        lambda: lsr.skim(graph, ["a_city"], ["b_city"], weight="co2e"),
        lambda: lsr.alternatives(graph, "a_city", "b_city", weight="co2e"),
        lambda: lsr.pareto_paths(graph, "a_city", "b_city"),
        lambda: lsr.shortest_path(graph, "a_city", "b_city", co2e_budget_kg_per_t=1e6),
        lambda: lsr.catchment(graph, ["b_city"], places=["a_city"], weight="co2e"),
        lambda: lsr.reachable(graph, "a_city", within=1e6, weight="co2e"),
        lambda: lsr.break_even(
            graph, "a_city", "b_city", via=["gate"], parameter="hours of gate", weight="co2e"
        ),
    )
    for question in questions:
        with pytest.raises(InvalidValueError, match="no emission factor fits coal") as caught:
            question()
        assert (caught.value.table, caught.value.column) == ("emission_factors", "kg_co2e_per_t_km")
        assert caught.value.ids == lacking
        assert all(name in str(caught.value) for name in lacking)
    # Other weights do not care.
    for weight in ("cost", "time", "length"):
        assert lsr.shortest_path(graph, "a_city", "b_city", weight=weight).links


@pytest.mark.parametrize(
    "shut",
    [{"modes": ("rail",)}, {"avoid": ("a_port", "b_port", "road-a_border-b_border")}],
    ids=["modes", "avoid"],
)
def test_a_gap_in_what_the_question_shuts_is_none(shut):
    # Without the ports and the road over the border, roads at home are left, which the factors must cover.
    graph = graph_of(RAIL if "modes" in shut else RAIL + "road,*,*,unlimited,0.08,0\n")
    least = 718 * 0.02
    kilograms = [
        lsr.shortest_path(graph, "a_city", "b_city", weight="co2e", **shut).co2e_kg_per_t,
        lsr.skim(graph, ["a_city"], ["b_city"], weight="co2e", **shut).matrix[0, 0],
        lsr.alternatives(graph, "a_city", "b_city", weight="co2e", **shut)[0].co2e_kg_per_t,
        lsr.pareto_paths(graph, "a_city", "b_city", criteria=("cost", "co2e"), **shut)[0].co2e_kg_per_t,
        lsr.shortest_path(graph, "a_city", "b_city", co2e_budget_kg_per_t=1e6, **shut).co2e_kg_per_t,
        lsr.catchment(graph, ["b_city"], places=["a_city"], weight="co2e", **shut).matrix[0, 0],
        lsr.reachable(graph, "a_city", within=1e6, weight="co2e", **shut)
        .to_frame()
        .set_index("place")
        .loc["b_city", "co2e"],
    ]
    assert kilograms == pytest.approx([least] * 7, rel=1e-6)


def test_what_is_unknown_along_the_way_is_told_as_unknown():
    graph = graph_of(RAIL.replace("rail", "sea"))
    reach = lsr.reachable(graph, "a_city", within=1e6)
    at = reach.places.tolist().index("b_city")
    assert np.isnan(reach.along["co2e"][at])
    assert np.isfinite(reach.along["cost"][at])
    assert "unknown" in str(reach)
    assert "unknown" in str(lsr.alternatives(graph, "a_city", "b_city"))


def test_a_one_way_link_into_a_country_without_factors_names_that_country():
    links = """
id,from_node,to_node,mode,gauge,length_km,oneway
road-a_city-b_city,a_city,b_city,road,,900,yes
"""
    crossings = """
id,from_node,to_node,mode,control,hours,fee_usd_per_t
over,a_city,b_city,road,full,1,1
"""
    tables = {"links": links, "crossings": crossings, "capacity_groups": [], "capacity_members": []}
    graph = graph_of("road,AA,*,unlimited,0.1,0\n", transfers=[], **tables)
    with pytest.raises(InvalidValueError) as caught:
        lsr.shortest_path(graph, "a_city", "b_city", weight="co2e")
    assert caught.value.ids == ("road in BB",)


def test_a_gap_that_the_commodity_cannot_use_is_none():
    shut = set_cells("coal", modes="rail")
    route = lsr.shortest_path(graph_of(RAIL, commodities=shut), "a_city", "b_city", weight="co2e")
    assert route.co2e_kg_per_t == pytest.approx(718 * 0.02)
    closed = lsr.Scenario("s").close("road*").close("sea*").apply(graph_of(RAIL))
    assert lsr.shortest_path(closed, "a_city", "b_city", weight="co2e").links == route.links


def test_along_is_unknown_only_where_the_path_runs_over_a_gap():
    graph = graph_of(RAIL)
    ids = ["a_city", "b_city", "a_port", "b_port"]
    table = lsr.skim(graph, ids, ids, along=["co2e", "length"])
    unknown = 0
    for i, a in enumerate(ids):
        for j, b in enumerate(ids):
            cell = table.along["co2e"][i, j]
            if a == b:
                assert cell == 0
                continue
            route = lsr.shortest_path(graph, a, b)
            rail = all(leg.mode == "rail" for leg in route.legs if leg.kind == "link")
            assert np.isnan(cell) == np.isnan(route.co2e_kg_per_t) == (not rail)
            unknown += not rail
            if rail:
                assert cell == pytest.approx(0.02 * table.along["length"][i, j])
    assert 0 < unknown < 12
    assert np.isfinite(table.matrix).all()


def test_a_route_of_unknown_co2e_says_so():
    route = lsr.shortest_path(graph_of(RAIL), "a_city", "b_city", modes=("road",))
    assert np.isnan(route.co2e_kg_per_t)
    facts = route.to_dict()
    assert facts["co2e_kg_per_t"] is None
    by_kind = {leg["kind"]: leg["co2e_kg_per_t"] for leg in facts["legs"]}
    assert by_kind["link"] is None
    assert by_kind["access"] == by_kind["border"] == by_kind["egress"] == 0
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    assert route.summary().endswith("unknown CO2e")
    for text in (str(route), route._repr_html_()):
        assert "nan" not in text.lower().replace("finance", "")
        assert "unknown" in text
    known = lsr.shortest_path(graph_of(ALL), "a_city", "b_city", modes=("road",))
    assert known.to_dict()["co2e_kg_per_t"] == pytest.approx(800 * 0.08)
    assert known.summary().endswith("64.0 kg CO2e/t")
    assert "unknown" not in str(known)


def test_a_plan_of_unknown_co2e_says_so_only_if_cargo_runs_there():
    known = lsr.assign(graph_of(ALL).network)
    assert known.co2e_t > 0
    assert f"{known.co2e_t / 1e6:,.2f} Mt CO2e/yr" in known.summary()
    used = known.to_frame().groupby("mode")["flow_t_km"].sum()
    partly = lsr.assign(graph_of(RAIL).network)
    assert set(used.index) > {"rail"}
    assert np.isnan(partly.co2e_t)
    assert partly.to_dict()["co2e_t"] is None
    assert "unknown CO2e" in partly.summary()
    assert "nan" not in partly.summary()
    assert partly.objective_usd == pytest.approx(known.objective_usd)
    by_rail = lsr.Scenario("s").scale_demand(0.1).close("road-a_border-b_border").close("sea*")
    rail_only = lsr.assign(by_rail.apply(graph_of(RAIL).network))
    assert set(rail_only.to_frame()["mode"]) == {"rail"}
    assert rail_only.co2e_t == pytest.approx(0.02 * rail_only.tonne_km / 1000)
    change = lsr.compare(known, partly)
    json.dumps(change.to_dict(), allow_nan=False)
    assert "nan" not in str(change).lower()
