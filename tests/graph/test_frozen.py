"""Nobody can write into what others may hold: tables, graphs, prices and results."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Iterator

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing._frozen import FrozenDict
from landsea_routing.graph.cost import price
from landsea_routing.graph.groups import group_arcs
from landsea_routing.whatif.edits import Edit
from networks_for_tests import SETTINGS, tiny_network

NET = tiny_network(settings=dataclasses.replace(SETTINGS, facts={"base_year": 2023}))
GRAPH = lsr.expand(NET, "coal")
ROUTE = lsr.shortest_path(GRAPH, "a_city", "b_city")
SKIM = lsr.skim(GRAPH, ["a_city"], ["b_city", "b_port"], along=["time"])
PLAN = lsr.assign(NET)
WAYS = lsr.alternatives(GRAPH, "a_city", "b_city")
FRONT = lsr.pareto_paths(GRAPH, "a_city", "b_city", criteria=("cost", "time"))
CATCHMENT = lsr.catchment(GRAPH, ["b_city"], places=["a_city"])
REACH = lsr.reachable(GRAPH, "a_city", within=1e6)
TURNED = lsr.break_even(GRAPH, "a_city", "b_city", via=["gate"], parameter="hours of gate")
EDIT = Edit("close", {"target": "gate"})

MAPPINGS = {
    "tables": NET.tables,
    "columns": NET.links.columns,
    "facts": NET.settings.facts,
    "fields": EDIT.fields,
    "along": SKIM.along,
    "names of a catchment": CATCHMENT.names,
    "names of a reach": REACH.names,
    "along a reach": REACH.along,
    "tables of a scenario": lsr.Scenario("s").close("gate").apply(NET).tables,
}


@pytest.mark.parametrize("name", MAPPINGS)
def test_mappings_refuse_every_change(name):
    mapping = MAPPINGS[name]
    assert isinstance(mapping, FrozenDict)
    before = list(mapping.items())
    key = before[0][0]
    changes = (
        lambda m: m.__setitem__(key, None),
        lambda m: m.__setitem__("new", None),
        lambda m: m.__delitem__(key),
        lambda m: m.update({key: None}),
        lambda m: m.update(new=None),
        lambda m: m.setdefault("new", None),
        lambda m: m.pop(key),
        lambda m: m.popitem(),
        lambda m: m.clear(),
        lambda m: m.__ior__({"new": None}),
    )
    for change in changes:
        with pytest.raises(TypeError, match="frozen"):
            change(mapping)
    assert list(mapping) == [k for k, _ in before]
    assert all(mapping[k] is v for k, v in before)


def test_what_was_given_is_copied():
    fields, facts = {"target": "gate"}, {"a": 1}
    edit, settings = Edit("close", fields), dataclasses.replace(SETTINGS, facts=facts)
    fields["target"], facts["a"] = "yard", 2
    assert edit.fields == {"target": "gate"}
    assert settings.facts == {"a": 1}
    tables = dict(NET.tables)
    net = type(NET)(NET.settings, tables)
    tables.clear()
    assert len(net.links) == len(NET.links)


def test_frozen_mappings_pickle_copy_and_merge():
    one = FrozenDict(a=1, b=[2])
    for other in (round_trip(one), copy.copy(one), copy.deepcopy(one)):
        assert other == one
        assert type(other) is FrozenDict
    assert one | {"a": 3} == {"a": 3, "b": [2]}
    assert one == {"a": 1, "b": [2]}


def round_trip(value):
    return pickle.loads(pickle.dumps(value))  # noqa: S301


def arrays(value, name="") -> Iterator[tuple[str, np.ndarray]]:
    """Every array that can be come by through fields, items and properties."""
    if isinstance(value, np.ndarray):
        yield name, value
    elif isinstance(value, tuple):
        for field, item in zip(getattr(value, "_fields", range(len(value))), value, strict=True):
            yield from arrays(item, f"{name}.{field}")
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from arrays(getattr(value, field.name), f"{name}.{field.name}")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from arrays(item, f"{name}[{key}]")


HOLDERS = {
    "topology": (GRAPH.topology, 15),
    "pairs": (GRAPH.topology.pairs, 4),
    "prices": (price(GRAPH), 4),
    "groups": (group_arcs(GRAPH), 8),
    "route": (ROUTE, 4),
    "skim": (SKIM, 4),
    "plan": (PLAN, 30),
    "alternatives": (WAYS, 6),
    "front": (FRONT, 5),
    "catchment": (CATCHMENT, 3),
    "reach": (REACH, 5),
    "break even": (TURNED, 5),
    "kept": (GRAPH.keep("prices", lambda: price(GRAPH)), 4),
    "derived": ((PLAN.arc_flow_t, PLAN.marginal, PLAN.class_co2e_kg_per_t), 4),
    "network": (NET, 100),
    "topology of a scenario": (
        lsr.Scenario("s").add_link("a_city", "b_port", "road", 1500, 5, border_h=1).apply(GRAPH).topology,
        15,
    ),
}


@pytest.mark.parametrize("name", HOLDERS)
def test_arrays_refuse_writes(name):
    holder, least = HOLDERS[name]
    found = dict(arrays(holder))
    assert len(found) >= least, sorted(found)
    for field, array in found.items():
        assert not array.flags.writeable, field
        with pytest.raises(ValueError, match="read-only"):
            array[...] = array
    if dataclasses.is_dataclass(holder):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(holder, dataclasses.fields(holder)[0].name, None)


@pytest.mark.parametrize("again", [copy.deepcopy, round_trip], ids=["copy", "pickle"])
@pytest.mark.parametrize("name", [name for name in HOLDERS if dataclasses.is_dataclass(HOLDERS[name][0])])
def test_arrays_refuse_writes_after_copy_and_pickle(name, again):
    holder, least = HOLDERS[name]
    found = dict(arrays(again(holder)))
    assert len(found) >= least
    assert [field for field, array in found.items() if array.flags.writeable] == []
    for field, array in arrays(holder):
        np.testing.assert_array_equal(found[field], array)


@pytest.mark.parametrize("name", ["arc_flow_t", "marginal", "class_co2e_kg_per_t"])
def test_what_a_plan_derives_when_asked_stays_read_only_and_the_same(name):
    fresh = dataclasses.replace(PLAN)
    assert name not in vars(fresh)
    copied = round_trip(fresh)
    assert name not in vars(copied)
    own = dict(arrays((getattr(fresh, name),)))
    for other in (copied, round_trip(fresh), copy.deepcopy(fresh)):
        found = dict(arrays((getattr(other, name),)))
        assert found.keys() == own.keys()
        for field, array in found.items():
            assert not array.flags.writeable
            np.testing.assert_array_equal(array, own[field])


def test_what_is_kept_is_shared_by_topology_and_left_behind_by_pickle():
    coal, container = lsr.expand(NET, "coal"), lsr.expand(NET, "coal").with_commodity("container")
    other, priced = coal.with_commodity("container"), lsr.Scenario("s").close("gate").apply(coal)
    kept = coal.topology.keep("it", object)
    assert other.topology.keep("it", object) is priced.topology.keep("it", object) is kept
    assert container.topology.keep("it", object) is not kept
    assert coal.keep("it", object) is not other.keep("it", object)
    copied = round_trip(coal)
    assert copied.keep("it", lambda: 1) == copied.topology.keep("it", lambda: 1) == 1


def test_a_plan_holds_problem_and_solution_read_only():
    names = dict(arrays(PLAN, "plan"))
    for array in ("plan.problem.commodity_cost", "plan.problem.od_amount", "plan.solution.path_flow"):
        assert array in names
    with pytest.raises(ValueError, match="read-only"):
        PLAN.solution.unserved[0] = 1.0


def test_a_network_survives_pickle():
    for copied in (round_trip(NET), copy.deepcopy(NET)):
        assert copied.settings == NET.settings
        assert type(copied.tables) is type(copied.settings.facts) is FrozenDict
        for name, table in NET.tables.items():
            assert copied.tables[name].schema.name == name
            for column, values in table.columns.items():
                other = copied.tables[name][column]
                np.testing.assert_array_equal(other, values)
                assert other.dtype == values.dtype
                assert not other.flags.writeable
            assert type(copied.tables[name].columns) is FrozenDict
        route = lsr.shortest_path(lsr.expand(copied, "coal"), "a_city", "b_city")
        assert route.arcs.tolist() == ROUTE.arcs.tolist()
        assert route.cost_usd_per_t == ROUTE.cost_usd_per_t
        assert lsr.Scenario("s").close("gate").apply(copied).links["status"].tolist().count("closed") == 1


def test_a_pickled_table_does_not_give_every_text_the_room_of_the_longest():
    nodes = NET.nodes
    long = nodes.with_columns(note=np.array(["x" * 5000, *[""] * (len(nodes) - 1)]))
    assert len(pickle.dumps(long)) < len(pickle.dumps(nodes)) + 6000
    copied = round_trip(long)["note"]
    assert copied.dtype == long["note"].dtype
    np.testing.assert_array_equal(copied, long["note"])


def test_graphs_scenarios_and_results_survive_pickle():
    scenario = lsr.Scenario("s").close("gate").set_capacity("yard", 5)
    graph, route, skim, other = round_trip((GRAPH, ROUTE, SKIM, scenario))
    assert other == scenario
    assert str(route) == str(ROUTE)
    assert str(skim) == str(SKIM)
    assert lsr.shortest_path(graph, "a_city", "b_city").to_dict() == ROUTE.to_dict()
    plan = round_trip(PLAN)
    assert plan.to_dict() == PLAN.to_dict()
