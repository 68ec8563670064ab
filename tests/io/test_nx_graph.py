"""networkx graphs: what networkx computes on ours, and graphs of somebody else."""

from __future__ import annotations

import json

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import landsea_routing as lsr
from formats_for_tests import assert_same
from landsea_routing.errors import InvalidValueError, NetworkError, SchemaError
from landsea_routing.io.nx_graph import from_networkx, to_networkx
from networks_for_tests import add_rows, grid_network, set_cells, tiny_network
from strategies import laws


def test_a_link_is_an_edge_each_way_with_its_id_as_key():
    graph = to_networkx(tiny_network(links=set_cells("rail-a_city-a_port", oneway="yes")))
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.number_of_nodes() == 6
    assert graph.number_of_edges() == 2 * 9 - 1
    there = graph.edges["a_border", "b_border", "rail-a_border-b_border"]
    back = graph.edges["b_border", "a_border", "rail-a_border-b_border"]
    assert (there["reversed"], back["reversed"], there["length_km"]) == (False, True, 18.0)
    assert not graph.has_edge("a_port", "a_city", "rail-a_city-a_port")
    # Rail and road between the same places stay two edges.
    assert graph.number_of_edges("a_city", "a_border") == 2


def test_demand_has_the_sign_of_networkx():
    graph = to_networkx(tiny_network(), commodity="coal")
    wanted = nx.get_node_attributes(graph, "demand")
    assert wanted["a_city"] == 5e6 - 3e6  # it takes 5 and gives 3
    assert wanted["b_city"] == 3e6 - 5e6
    together = nx.get_node_attributes(to_networkx(tiny_network()), "demand")
    assert together["a_port"] == 40_000 * 11  # boxes of 11 t
    assert sum(together.values()) == 0


@laws(10)
@given(st.integers(3, 6), st.integers(0, 1000))
def test_networkx_finds_the_lengths_that_we_find(width, seed):
    net = grid_network(width)
    graph = lsr.expand(net)
    ids = net.nodes["id"].tolist()
    a, b = (ids[i] for i in np.random.default_rng(seed).choice(len(ids), 2, replace=False))
    ours = lsr.shortest_path(graph, a, b, weight="length", access=False).length_km
    assert nx.shortest_path_length(to_networkx(net), a, b, weight="length_km") == pytest.approx(ours)


def test_min_cost_flow_of_networkx_takes_the_demand():
    # One link, 7 t of coal from a to b: by hand 7 x 360 t-km.
    demand = [
        {
            "origin": "a_city",
            "destination": "a_border",
            "commodity": "coal",
            "amount_per_year": "7",
            "unit": "t",
        }
    ]
    graph = to_networkx(tiny_network(demand=demand))
    for *_, data in graph.edges(data=True):
        data["weight"] = int(data["length_km"])
    cost, flow = nx.network_simplex(graph)
    assert cost == 7 * 360
    assert flow["a_city"]["a_border"]["rail-a_city-a_border"] == 7


def test_a_graph_can_be_written_as_graphml(tmp_path):
    graph = to_networkx(lsr.load_network("toy_three_ports"))
    nx.write_graphml(graph, tmp_path / "a.graphml")
    assert len(nx.read_graphml(tmp_path / "a.graphml").nodes) == len(graph)


def test_edits_in_networkx_come_back():
    net = tiny_network()
    graph = to_networkx(net)
    graph.remove_edge("a_border", "a_city", "road-a_city-a_border")
    graph.remove_edge("b_border", "b_city", "road-b_border-b_city")
    for ends in (("a_city", "a_port"), ("a_port", "a_city")):
        graph.edges[*ends, "rail-a_city-a_port"]["length_km"] = 700.0
    graph.edges["a_city", "a_port", "rail-a_city-a_port"]["weight"] = 3
    again = from_networkx(graph, strict=False)
    links = {row["id"]: row for row in again.links.to_rows()}
    assert links["road-a_city-a_border"]["oneway"] == "yes"
    turned = links["road-b_border-b_city"]
    assert (turned["from_node"], turned["to_node"], turned["oneway"]) == ("b_city", "b_border", "yes")
    assert links["rail-a_city-a_port"]["length_km"] == "700"
    assert again.links["id"].tolist() == net.links["id"].tolist()


@pytest.mark.parametrize("ends", [("a_city", "a_port"), ("a_port", "a_city")])
def test_an_edit_of_one_direction_is_not_lost(ends):
    graph = to_networkx(tiny_network())
    graph.edges[*ends, "rail-a_city-a_port"]["length_km"] = 700.0
    with pytest.raises(InvalidValueError, match=r"have '[67]00' and '[67]00' for length_km"):
        from_networkx(graph, strict=False)


def two_places(graph, edges):
    graph.add_node("a", lon=120, lat=40)
    graph.add_node("b", lon=120, lat=41)
    for start, end, key, length_km in edges:
        graph.add_edge(start, end, key=key, length_km=length_km)
    return from_networkx(graph).links.to_rows()


def test_keys_that_are_no_ids_keep_both_directions():
    """A graph keyed by mode, or the like: no edge of somebody else is taken for the way back of another."""
    links = two_places(nx.MultiDiGraph(), [("a", "b", "road", 120), ("b", "a", "road", 300)])
    assert [(r["id"], r["length_km"], r["oneway"]) for r in links] == [
        ("a-b-road", "120", "yes"),
        ("b-a-road", "300", "yes"),
    ]


def test_a_node_is_called_as_its_edges_call_it():
    graph = nx.MultiDiGraph()
    graph.add_node("a", lon=120, lat=40, id="b")
    graph.add_node("b", lon=120, lat=41, id="a")
    graph.add_edge("a", "b", oneway=True)
    net = from_networkx(graph)
    assert dict(zip(net.nodes["id"].tolist(), net.nodes["lat"].tolist(), strict=True)) == {"a": 40, "b": 41}


@pytest.mark.parametrize("size", [0, -1, float("nan"), float("inf")])
def test_a_unit_of_length_is_a_number_above_0(size):
    with pytest.raises(InvalidValueError, match="km_per_unit"):
        from_networkx(nx.MultiDiGraph(), km_per_unit=size)


def test_a_line_that_cannot_be_read_names_its_edge():
    graph = nx.MultiDiGraph()
    for node, lat in (("a", 40), ("b", 41)):
        graph.add_node(node, lon=120, lat=lat)
    graph.add_edge("a", "b", geometry="POINT (1 2)")
    with pytest.raises(InvalidValueError, match="link a-b: geometry"):
        from_networkx(graph)


def test_graphs_go_through_files(tmp_path):
    net = tiny_network()
    nx.write_graphml(to_networkx(net), tmp_path / "a.graphml")
    assert_same(net, from_networkx(nx.read_graphml(tmp_path / "a.graphml"), strict=False))
    # Edges have an attribute `source`, the name that networkx would give their start.
    names = {"source": "tail", "target": "head", "edges": "links"}
    data = json.loads(json.dumps(nx.node_link_data(to_networkx(net), **names)))
    assert_same(net, from_networkx(nx.node_link_graph(data, **names), strict=False))


def test_loops_and_parallel_links_come_back():
    loop = "loop,a_city,a_city,road,,,5,"
    twin = "rail-a_city-a_border-2,a_city,a_border,rail,,1435,370,"
    net = tiny_network(links=add_rows(loop, twin))
    assert_same(net, from_networkx(to_networkx(net), strict=False))


def test_ids_that_are_not_unique_are_refused():
    net = tiny_network(links=add_rows("rail-a_city-a_border,a_city,a_border,rail,,1435,370,"))
    with pytest.raises(InvalidValueError, match="rail-a_city-a_border"):
        to_networkx(net)


PLACES = ((1, {"lon": 120, "lat": 40}), (2, {"lon": 121, "lat": 41}), (3, {"lon": 121.5, "lat": 40}))


@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph, nx.MultiGraph, nx.MultiDiGraph])
def test_a_graph_of_somebody_else(kind):
    graph = kind(name="theirs")
    graph.add_nodes_from(PLACES, demand=0)
    graph.add_edges_from([(1, 2, {"length": 150_000, "lanes": 2}), (2, 3, {})])
    net = from_networkx(graph, length="length", km_per_unit=0.001)
    assert net.name == "theirs"
    assert net.links["id"].tolist() == ["1-2", "2-3"]
    assert net.links["length_km"][0] == 150
    assert net.links["length_km"][1] == pytest.approx(119, abs=1)
    assert net.links["oneway"].tolist() == [graph.is_directed()] * 2
    said = "; ".join(net.settings.facts["assumed"])
    assert "lanes" in said and "who ships to whom" in said


def test_parallel_edges_of_somebody_else_stay_apart():
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(PLACES)
    graph.add_edge(1, 2, length_km=150)
    graph.add_edge(1, 2, length_km=160)
    graph.add_edge(2, 1, length_km=160)
    assert from_networkx(graph).links["id"].tolist() == ["1-2", "1-2-2", "2-1"]


def test_streets_of_somebody_else_that_differ_by_direction_stay_two():
    # OSMnx marks the edge against the order of a way as reversed, be it of the same street or of another.
    graph = nx.MultiDiGraph(crs="epsg:4326")
    graph.add_node(1, x=120.0, y=40.0)
    graph.add_node(2, x=120.0, y=41.0)
    graph.add_edge(1, 2, 0, length=112_000.0, oneway=False, reversed=False)
    graph.add_edge(2, 1, 0, length=112_000.0, oneway=False, reversed=True)
    same = from_networkx(graph, length="length", km_per_unit=1e-3).links
    assert (same["length_km"].tolist(), same["oneway"].tolist()) == ([112.0], [False])
    graph.edges[2, 1, 0]["length"] = 150_000.0
    apart = from_networkx(graph, length="length", km_per_unit=1e-3).links
    assert (apart["length_km"].tolist(), apart["oneway"].tolist()) == ([112.0, 150.0], [True, True])


@pytest.mark.parametrize("own", [True, False])
def test_a_oneway_edge_without_direction_is_refused(own):
    if own:
        graph = to_networkx(tiny_network(links=set_cells("rail-a_city-a_port", oneway="yes"))).to_undirected()
    else:
        graph = nx.Graph()
        graph.add_node("a", lon=120.0, lat=40.0)
        graph.add_node("b", lon=120.0, lat=41.0)
        graph.add_edge("a", "b", oneway=True)
    with pytest.raises(InvalidValueError, match="edges of an undirected graph are oneway") as caught:
        from_networkx(graph)
    assert "DiGraph" in str(caught.value)


def test_the_mode_that_is_taken_is_said():
    graph = nx.Graph()
    graph.add_node("a", lon=120.0, lat=40.0)
    graph.add_node("b", lon=120.0, lat=41.0)
    graph.add_edge("a", "b")
    assert "links without mode: rail" in from_networkx(graph, mode="rail").settings.facts["assumed"]
    graph.edges["a", "b"]["mode"] = "road"
    assert not any("mode" in text for text in from_networkx(graph).settings.facts["assumed"])


def test_x_and_y_need_a_reference_system():
    graph = nx.Graph()
    graph.add_node(1, x=13358338.9, y=4865942.3)
    graph.add_node(2, x=13469658.4, y=5012341.7)
    graph.add_edge(1, 2)
    with pytest.raises(SchemaError, match="does not say its reference system"):
        from_networkx(graph)
    graph.graph["crs"] = "EPSG:3857"
    assert from_networkx(graph).nodes["lon"].tolist() == pytest.approx([120, 121], abs=1e-3)


def test_what_is_wrong_is_said():
    graph = nx.DiGraph()
    graph.add_edge(1, 2)
    with pytest.raises(SchemaError, match=r"nodes have no positions.*lon=121.1"):
        from_networkx(graph)
    graph.add_nodes_from(PLACES[:1])
    with pytest.raises(NetworkError, match=r"nodes\.lat"):
        from_networkx(graph)
    graph.add_nodes_from(PLACES)
    graph.edges[1, 2]["length_km"] = "far"
    with pytest.raises(InvalidValueError, match="far"):
        from_networkx(graph)
    graph.edges[1, 2]["length_km"] = 2
    with pytest.raises(NetworkError, match="great circle"):
        from_networkx(graph)
