"""What a user types, and which place or link it means."""

from __future__ import annotations

import pytest

import landsea_routing as lsr
from landsea_routing.errors import UnknownNameError
from landsea_routing.model.names import find_link, find_node
from networks_for_tests import add_rows, chain, set_cells, tiny_network

NET = tiny_network()


@pytest.mark.parametrize(
    ("name", "node"),
    [
        ("a_city", "a_city"),
        ("A_CITY", "a_city"),
        ("Alpha", "a_city"),  # and not Alpha Gate or Alpha Port: a full name wins
        ("alpha gate (east)", "a_border"),
        ("Alpha Gate", "a_border"),  # without its bracket
        ("  alpha   GATE ", "a_border"),
        ("Beta", "b_city"),
        ("Beta Port", "b_port"),
    ],
)
def test_a_node_by_any_of_its_names(name, node):
    assert NET.nodes["id"][find_node(NET, name)] == node


def test_without_the_word_port():
    net = tiny_network(nodes=set_cells("b_port", name="Vostok Port (oil)"))
    assert net.nodes["id"][find_node(net, "vostok")] == "b_port"


def test_an_id_wins_over_a_name():
    net = tiny_network(nodes=set_cells("b_city", name="a_city"))
    assert net.nodes["id"][find_node(net, "a_city")] == "a_city"


def test_an_ambiguous_name_lists_both():
    net = tiny_network(
        nodes=chain(set_cells("a_port", name="Gamma (sea)"), set_cells("b_port", name="Gamma (river)"))
    )
    with pytest.raises(UnknownNameError, match=r"a_port.*b_port|b_port.*a_port") as caught:
        find_node(net, "gamma")
    assert set(caught.value.ids) == {"a_port", "b_port"}
    assert net.nodes["id"][find_node(net, "Gamma (sea)")] == "a_port"
    with pytest.raises(UnknownNameError, match="2 nodes"):
        lsr.shortest_path(lsr.expand(net), "gamma", "a_city")


@pytest.mark.parametrize(
    ("wrong", "right"), [("a_citty", "a_city"), ("Alfa", "Alpha"), ("beta prt", "Beta Port")]
)
def test_an_unknown_name_gets_a_suggestion(wrong, right):
    with pytest.raises(UnknownNameError, match=f"did you mean.*{right}") as caught:
        find_node(NET, wrong)
    assert caught.value.ids == (wrong,)
    assert (caught.value.table, caught.value.column) == ("nodes", "id")


@pytest.mark.parametrize("name", ["", " ", 5, None, 2.5, ("a_city",)])
def test_what_is_no_name(name):
    with pytest.raises(UnknownNameError):
        find_node(NET, name)


def test_links_by_id_and_alias():
    assert find_link(NET, "GATE") == find_link(NET, "rail-a_border-b_border")
    with pytest.raises(UnknownNameError, match="alpha_line"):
        find_link(NET, "alfa_line")
    twice = tiny_network(links=add_rows("road-x,a_port,a_city,road,,,5,gate"))
    with pytest.raises(UnknownNameError, match="2 links"):
        lsr.shortest_path(lsr.expand(twice), "a_city", "b_city", via=("gate",))


def test_names_work_wherever_a_place_is_asked_for():
    graph = lsr.expand(NET, "Coal")
    by_id = lsr.shortest_path(graph, "a_city", "b_city", via=("a_border",), avoid=("rail-b_city-b_port",))
    by_name = lsr.shortest_path(graph, "ALPHA", "Beta", via=("alpha gate",), avoid=("rail-b_city-b_port",))
    assert by_id.arcs.tolist() == by_name.arcs.tolist()
    assert lsr.skim(graph, ["Alpha"], ["Beta"]).matrix[0, 0] == pytest.approx(
        lsr.shortest_path(graph, "a_city", "b_city").cost_usd_per_t
    )
