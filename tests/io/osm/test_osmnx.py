"""OSMnx itself makes a graph of an extract and saves it: we read the same lines in it as in the extract."""

from __future__ import annotations

from collections import defaultdict

import networkx as nx
import pytest

from landsea_routing.io.osm.extract import read_osm, read_osm_graph
from peers import ask

pytestmark = pytest.mark.slow

OSMNX = """
import json, sys, osmnx
source, target, differ = sys.argv[1:]
tags = ["railway", "gauge", "electrified", "usage", "service", "highway", "oneway", "route", "name", "ref"]
osmnx.settings.useful_tags_way = tags
osmnx.settings.useful_tags_node = ["railway", "amenity", "name"]
graph = osmnx.graph_from_xml(source, simplify=False, retain_all=True)
if differ != "never":
    graph = osmnx.simplify_graph(graph, edge_attrs_differ=differ.split() or None)
osmnx.save_graphml(graph, target)
print(json.dumps(sorted(map(int, graph.nodes))))
"""
RAIL = {"railway": "rail"}
WAYS = [
    ([1, 2, 3], {**RAIL, "gauge": "1520", "usage": "main"}),
    ([3, 4], {**RAIL, "gauge": "1520", "usage": "branch"}),
    ([4, 5, 6], {**RAIL, "gauge": "1435;1520"}),
    ([6, 7, 8], {**RAIL, "gauge": "1435"}),
    ([9, 3, 10], {"highway": "primary", "oneway": "-1"}),
    ([10, 11], {"highway": "trunk"}),
    ([11, 8], {"highway": "primary"}),
    ([1, 11], {"highway": "footway"}),
]


@pytest.fixture
def extract(tmp_path):
    """Return a made extract: a railway with a gauge break in two steps, and a road across it."""
    nodes = "".join(
        f'<node id="{n}" version="1" lat="{45 + (n > 8) * n / 100}" lon="{100 + n / 10}">'
        + '<tag k="railway" v="yard"/></node>' * (n == 8)
        + "</node>" * (n != 8)
        for n in range(1, 12)
    )
    ways = "".join(
        f'<way id="{i}" version="1">'
        + "".join(f'<nd ref="{n}"/>' for n in points)
        + "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        + "</way>"
        for i, (points, tags) in enumerate(WAYS, start=1)
    )
    path = tmp_path / "made.osm"
    path.write_text(f'<osm version="0.6">{nodes}{ways}</osm>', "utf-8")
    return path


def of_osmnx(extract, differ):
    target = extract.with_suffix(".graphml")
    ask(OSMNX, extract, target, differ, needs="osmnx")
    return read_osm_graph(nx.read_graphml(target), country="XA")


def kilometres(found):
    total: dict[tuple[str, str, str], float] = defaultdict(float)
    for link in found.links.itertuples():
        total[link.mode, link.gauge, link.oneway] += link.length_km
    return dict(total)


@pytest.mark.parametrize("differ", ["never", "gauge oneway railway highway"])
def test_a_graph_of_osmnx_holds_the_lines_of_the_extract(extract, differ):
    pytest.importorskip("osmium")
    whole, found = read_osm(extract, country="XA"), of_osmnx(extract, differ)
    # OSMnx measures on a sphere, 0.3 % off.
    assert kilometres(found) == pytest.approx(kilometres(whole), rel=5e-3)
    assert found.gauge_breaks.values.tolist() == whole.gauge_breaks.values.tolist()
    assert not found.gauge_breaks.empty


def test_an_edge_that_hides_a_gauge_break_is_left_out_and_counted(extract):
    found = of_osmnx(extract, "")
    assert "rail" not in {mode for mode, gauge, _ in kilometres(found) if gauge == "1435+1520"}
    assert found.dropped["edges merged of unlike lines (simplify with edge_attrs_differ)"] == 2
