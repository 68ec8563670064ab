"""Expansion, prices, groups and paths against a second model in plain Python and networkx.

`plain_model` reads tables only; its shortest paths are networkx's Dijkstra on a MultiDiGraph.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_model import plain_graph
from strategies import laws, networks, pairs_of, random_network

import landsea_routing as lsr
from landsea_routing.errors import NoPathError
from landsea_routing.graph.cost import MONEY, closed_to_domestic, price
from landsea_routing.graph.emissions import co2e
from landsea_routing.graph.graph import ArcKind, Graph, Stage
from landsea_routing.graph.groups import group_arcs
from landsea_routing.model import words

COMMODITIES = ("container", "coal", "grain")


def vertex_name(graph: Graph, vertex: int) -> tuple:
    """The plain model's name of a vertex."""
    top, net = graph.topology, graph.network
    node = str(net.nodes["id"][top.vertex_node[vertex]])
    stage = Stage(int(top.vertex_stage[vertex]))
    if stage in (Stage.ORIGIN, Stage.DESTINATION):
        return stage.name.lower(), node
    k = int(top.vertex_class[vertex])
    vehicle_class = str(net.vehicle_classes["id"][k]) if k >= 0 else ""
    state = (words.MODES[top.vertex_mode[vertex]], int(top.vertex_gauge_mm[vertex]), vehicle_class)
    if stage == Stage.GATE:
        (row,) = {int(top.arc_row[a]) for a in np.flatnonzero(top.tail == vertex)}
        return "gate", str(net.crossings["id"][row]), *state[1:]
    return {Stage.LEAVING: "out", Stage.ARRIVING: "in"}[stage], node, *state


def arc_name(graph: Graph, arc: int) -> tuple:
    top = graph.topology
    table = {"LINK": "links", "BORDER": "crossings", "TRANSFER": "transfers", "RELAY": "transfers"}
    kind = ArcKind(int(top.arc_kind[arc])).name
    row = str(graph.network.tables[table.get(kind, "nodes")]["id"][top.arc_row[arc]])
    return vertex_name(graph, int(top.tail[arc])), vertex_name(graph, int(top.head[arc])), kind, row


@laws(40)
@given(networks(), st.sampled_from(COMMODITIES), st.sampled_from([None, None, 1, 7]), st.booleans())
def test_every_arc_costs_what_the_tables_say(net, commodity, month, domestic):
    """The same arcs are open, at the same money by ledger line, hours and emissions."""
    home = str(net.nodes["country"][0]) if domestic else ""
    plain = plain_graph(net, commodity, month=month, home=home, capacity_zero_closes=False)
    wanted = {(u, v, d["step"].kind, d["step"].row): d["step"] for u, v, d in plain.edges(data=True)}
    graph = lsr.expand(net, commodity, month)
    prices, emitted = price(graph), co2e(graph)
    allowed = prices.allowed & ~closed_to_domestic(graph, commodity, home) if home else prices.allowed
    found = {arc_name(graph, a): a for a in np.flatnonzero(allowed).tolist()}
    assert len(found) == allowed.sum()
    assert set(found) == set(wanted)
    for name, arc in found.items():
        step = wanted[name]
        money = dict(zip(MONEY, prices.money_usd_per_t[:, arc].tolist(), strict=True))
        for line in MONEY:
            assert money[line] == pytest.approx(step.money.get(line, 0.0), rel=1e-12, abs=1e-12), (name, line)
        assert prices.border_h[arc] == pytest.approx(step.border_h, rel=1e-12)
        assert prices.other_h[arc] == pytest.approx(step.other_h, rel=1e-12)
        assert emitted[arc] == pytest.approx(step.co2e_kg, rel=1e-12)
        assert graph.arc_length_km[arc] == step.length_km


@laws(40)
@given(networks(), st.sampled_from(COMMODITIES))
def test_every_group_holds_what_the_tables_say(net, commodity):
    graph = lsr.expand(net, commodity)
    groups = group_arcs(graph)
    row = net.commodities["id"].tolist().index(commodity)
    allowed = price(graph).allowed
    found: dict[tuple, float] = {}
    entries = zip(groups.group, groups.arc, groups.commodity, groups.coefficient, strict=True)
    for g, arc, c, coefficient in entries:
        if c == row and allowed[arc]:
            key = (*arc_name(graph, int(arc)), str(groups.ids[g]))
            found[key] = found.get(key, 0.0) + float(coefficient)
    finite = dict(zip(groups.ids.tolist(), groups.limit.tolist(), strict=True))
    plain = plain_graph(net, commodity, capacity_zero_closes=False)
    wanted = {
        (u, v, d["step"].kind, d["step"].row, g): coefficient
        for u, v, d in plain.edges(data=True)
        for g, coefficient in d["step"].loads.items()
        if g in finite
    }
    assert found == pytest.approx(wanted, rel=1e-12)


def check_paths(net, commodity: str, month: int | None, seasonal: bool) -> int:
    """Compare the cost of the best path of every pair; return how many there were."""
    graph = lsr.expand(net, commodity, month)
    country = dict(zip(net.nodes["id"].tolist(), net.nodes["country"].tolist(), strict=True))
    plain = {
        home: plain_graph(net, commodity, month=month, home=home, seasonal=seasonal)
        for home in ("", *sorted(set(country.values())))
    }
    count = 0
    for a, b in pairs_of(net):
        here = plain[country[a] if country[a] == country[b] else ""]
        ends = ("origin", a), ("destination", b)
        try:
            expected = nx.dijkstra_path_length(here, *ends, weight="cost")
        except (nx.NetworkXNoPath, nx.NodeNotFound):
            with pytest.raises(NoPathError):
                lsr.shortest_path(graph, a, b, seasonal=seasonal)
            continue
        found = lsr.shortest_path(graph, a, b, seasonal=seasonal)
        assert found.cost_usd_per_t == pytest.approx(expected, rel=1e-9)
        count += 1
    return count


@pytest.mark.parametrize("block", range(6))
def test_shortest_paths_against_networkx(block):
    """60 networks, every pair, all commodities in turn, by month and by year."""
    count = 0
    for seed in range(10 * block, 10 * block + 10):
        net = random_network(seed, n_nodes=3 + seed % 5, n_countries=2 + seed % 2, n_ods=1)
        month = (None, None, 1 + seed % 12)[seed % 3]
        count += check_paths(net, COMMODITIES[seed % 3], month, bool(seed % 2))
    assert count > 30
