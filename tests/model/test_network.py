"""A network: its tables are attributes, what is unknown says so, demand sets replace rows."""

from __future__ import annotations

import pytest

from landsea_routing.errors import InvalidValueError, SchemaError, UnknownNameError, did_you_mean
from landsea_routing.io.packaged import load_network
from landsea_routing.model.names import find_link, find_node
from landsea_routing.model.network import make_network, row_of, rows_of
from networks_for_tests import SETTINGS, tiny_network

SETS = """
set,origin,destination,commodity,amount_per_year,unit
boom,a_city,b_city,coal,9000000,t
boom,a_port,b_port,coal,1000000,t
"""


def test_tables_are_attributes() -> None:
    net = tiny_network()
    assert len(net.links) == 9
    assert repr(net) == "Network('tiny': 6 nodes, 9 links, 4 OD rows)"
    with pytest.raises(AttributeError, match="did you mean links"):
        _ = net.lniks


def test_an_unknown_or_missing_table_is_told() -> None:
    tables = dict(tiny_network().tables)
    with pytest.raises(SchemaError, match="unknown tables stations"):
        make_network(SETTINGS, {**tables, "stations": tables["nodes"]})
    del tables["links"]
    with pytest.raises(SchemaError, match="lacks tables links"):
        make_network(SETTINGS, tables)


def test_a_changed_network_shares_the_rest() -> None:
    net = tiny_network()
    other = net.with_tables(demand=net.demand.take([0]))  # type: ignore[arg-type]
    assert other.links is net.links
    assert len(other.demand) == 1
    assert len(net.demand) == 4


def test_frames_are_read_as_files_are() -> None:
    net = load_network("toy_three_ports")
    frames = {name: table.to_frame() for name, table in net.tables.items()}
    again = make_network(net.settings, frames).with_tables(demand=frames["demand"][:1])
    assert (len(again.links), len(again.demand)) == (len(net.links), 1)
    assert len(again.with_demand(frames["demand"]).demand) == len(net.demand)
    with pytest.raises(SchemaError, match="did you mean length_km"):
        net.with_tables(links=frames["links"].rename(columns={"length_km": "length_kn"}))
    with pytest.raises(SchemaError, match="did you mean demand"):
        net.with_tables(demnd=frames["demand"])
    with pytest.raises(SchemaError, match="rows of nodes"):
        net.with_tables(links=net.nodes)
    with pytest.raises(InvalidValueError, match=r"pandas\.DataFrame"):
        net.with_tables(links=[{"id": "a"}])  # type: ignore[arg-type]


def test_a_demand_set_replaces_and_adds() -> None:
    net = tiny_network(demand_sets=SETS)
    demand = net.demand_set("boom")
    amounts = dict(
        zip(
            zip(demand["origin"].tolist(), demand["commodity"].tolist(), strict=True),
            demand["amount_per_year"].tolist(),
            strict=True,
        )
    )
    assert len(demand) == 5
    assert amounts["a_city", "coal"] == 9e6
    assert amounts["a_port", "coal"] == 1e6
    with pytest.raises(UnknownNameError, match="boom"):
        net.demand_set("bust")


@pytest.mark.parametrize("name", ["a_city", "A_CITY", "alpha", " Alpha "])
def test_a_node_is_found_by_what_a_user_types(name: str) -> None:
    assert find_node(tiny_network(), name) == 0


def test_names_without_bracket_or_port() -> None:
    net = tiny_network()
    assert str(net.nodes["id"][find_node(net, "alpha gate")]) == "a_border"
    assert find_link(net, "Alpha_Line") == 0


def test_two_matches_raise_and_list_both() -> None:
    with pytest.raises(UnknownNameError) as caught:
        find_node(tiny_network(nodes=lambda rows: [{**row, "name": "Same"} for row in rows]), "same")
    assert len(caught.value.ids) == 6
    with pytest.raises(UnknownNameError, match="did you mean Beta"):
        find_node(tiny_network(), "Betta")


def test_rows_of_ids() -> None:
    nodes = tiny_network().nodes
    assert rows_of(nodes, nodes["id"][::-1]).tolist() == [5, 4, 3, 2, 1, 0]
    assert row_of(nodes).get("nowhere") is None
    assert did_you_mean("zzz", ["abc"]) == ""
