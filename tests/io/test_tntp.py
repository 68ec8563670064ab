"""Networks and trips in TNTP text, made by hand: read, written, refused; centroids are not passed through."""

from __future__ import annotations

import dataclasses

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from landsea_routing.errors import InvalidValueError, LandseaError, SchemaError
from landsea_routing.io.tntp import (
    COLUMNS,
    NUMBERS,
    TntpNetwork,
    open_graph,
    read_tntp,
    write_tntp,
)
from landsea_routing.io.tntp_trips import read_tntp_trips, write_tntp_trips
from landsea_routing.kernels.csr import pair_index, sort_arcs
from landsea_routing.kernels.paths import shortest_paths

# Zones 1 to 3 are centroids. 1 -> 2 -> 3 is short (2) but leads through 2; by nodes 4 and 5 it is 12.
NET = """<NUMBER OF ZONES> 3
<NUMBER OF NODES> 5
<FIRST THRU NODE> 4
<NUMBER OF LINKS> 6
<ORIGINAL HEADER>~ invented
<END OF METADATA>


~ \tinit_node\tterm_node\tcapacity\tlength\tfree_flow_time\tb\tpower\tspeed\ttoll\tlink_type\t;
\t1\t2\t100\t2\t1\t0.15\t4\t30\t0\t1\t;
\t2\t3\t100\t2\t1\t0.15\t4\t30\t0\t1\t;
\t1\t4\t100\t2\t5\t0.15\t4\t30\t0\t1\t;
\t4\t5\t100.5\t2\t4\t0.15\t4\t30\t0\t1\t;
\t5\t3\t100\t2\t3\t0.15\t4\t30\t0\t1\t;
\t4\t5\t50\t2\t9\t0.15\t4\t30\t0.25\t2\t;
"""
TRIPS = """<NUMBER OF ZONES> 3
<TOTAL OD FLOW> 10.5
<END OF METADATA>

Origin  1
    1 :    0.0;     2 :    7.5;
    3 :    3.0;
"""


def written(tmp_path, text, name="a.tntp"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def times(graph, time):
    order = sort_arcs(graph.tail, graph.head)
    pairs = pair_index(graph.n_vertices, graph.tail[order], graph.head[order])
    tree = shortest_paths(pairs, time[order], graph.origin)
    return tree.distance[:, graph.destination]


def test_a_network_by_hand(tmp_path):
    net = read_tntp(written(tmp_path, NET))
    assert (net.n_zones, net.n_nodes, net.first_thru_node) == (3, 5, 4)
    assert net.init_node.tolist() == [0, 1, 0, 3, 4, 3]
    assert net.capacity[3] == 100.5 and net.toll[5] == 0.25 and net.link_type[5] == 2
    assert dict(net.facts) == {"ORIGINAL HEADER": ""}


def test_centroids_are_not_passed_through(tmp_path):
    net = read_tntp(written(tmp_path, NET))
    found = times(open_graph(net), net.free_flow_time)
    assert found[0].tolist() == [np.inf, 1, 12]  # a centroid's own trips would have to come back to it
    free = dataclasses.replace(net, first_thru_node=1)
    assert times(open_graph(free), net.free_flow_time)[0].tolist() == [0, 1, 2]


@given(st.integers(0, 10**6))
def test_paths_are_those_of_networkx_without_the_other_centroids(seed):
    random = np.random.default_rng(seed)
    n, m = int(random.integers(2, 8)), int(random.integers(1, 20))
    first = int(random.integers(1, n + 2))
    ends, time = random.integers(0, n, (2, m)), random.integers(0, 9, m).astype(float)
    zeros = np.zeros(m)
    net = TntpNetwork(n, n, first, *ends, zeros, zeros, time, *[zeros] * 4, np.ones(m, dtype=int))
    found = times(open_graph(net), time)
    whole = nx.MultiDiGraph()
    whole.add_nodes_from(range(n))
    whole.add_weighted_edges_from(zip(*ends.tolist(), time.tolist(), strict=True))
    for a in range(n):
        for b in set(range(n)) - {a}:
            inner = whole.subgraph([v for v in range(n) if v >= first - 1 or v in (a, b)])
            try:
                expected = nx.shortest_path_length(inner, a, b, weight="weight")
            except nx.NetworkXNoPath:
                expected = np.inf
            assert found[a, b] == expected


finite = st.floats(-1e300, 1e300)


@st.composite
def networks(draw):
    n = draw(st.integers(1, 5))
    m = draw(st.integers(0, 8))
    node = npst.arrays(np.int64, m, elements=st.integers(0, n - 1))
    numbers = [draw(npst.arrays(np.float64, m, elements=finite)) for _ in NUMBERS]
    zones, first = draw(st.integers(0, n)), draw(st.integers(1, n + 1))
    kind = draw(npst.arrays(np.int64, m, elements=st.integers(-9, 9)))
    facts = draw(st.dictionaries(st.from_regex("[A-Z]{3,8}", fullmatch=True), st.just("7 miles")))
    return TntpNetwork(zones, n, first, draw(node), draw(node), *numbers, kind, facts)


@settings(max_examples=30, deadline=None)  # each syncs a file to disk
@given(networks())
def test_a_network_comes_back_whole(tmp_path_factory, net):
    path = tmp_path_factory.mktemp("net") / "a.tntp"
    write_tntp(path, net)
    found = read_tntp(path)
    for f in dataclasses.fields(net):
        assert np.array_equal(getattr(found, f.name), getattr(net, f.name)), f.name


@settings(max_examples=30, deadline=None)  # each syncs a file to disk
@given(
    npst.arrays(np.float64, st.integers(1, 5).map(lambda n: (n, n)), elements=st.floats(0, 1e200)),
)
def test_trips_come_back_whole(tmp_path_factory, trips):
    path = tmp_path_factory.mktemp("trips") / "a.tntp"
    write_tntp_trips(path, trips)
    assert np.array_equal(read_tntp_trips(path), trips)


def test_trips_by_hand(tmp_path):
    assert read_tntp_trips(written(tmp_path, TRIPS)).tolist() == [[0, 7.5, 3], [0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<FIRST THRU NODE> 4\n", "", "line 9: comes without <FIRST THRU NODE> before it"),
        ("<FIRST THRU NODE> 4\n", "", "Cure: 1 if paths may pass every node"),
        ("<FIRST THRU", "<FRIST THRU", "did you mean FRIST THRU NODE"),
        ("<FIRST THRU NODE> 4", "<FIRST THRU NODE> 7", "the first through node 7"),
        ("ZONES> 3", "ZONES> 6", "no more zones than nodes"),
        ("LINKS> 6", "LINKS> 5", "line 15: is one link more than <NUMBER OF LINKS> says"),
        ("\ttoll\tlink_type", "\tlanes", "lacks columns toll, link_type"),
        ("LINKS> 6", "LINKS> 7", "line 15: is the last of 6 links, <NUMBER OF LINKS> says 7"),
        ("\tfree_flow_time", "\tfree_flow_tme", "free_flow_tme: did you mean free_flow_time?"),
        ("\tcapacity\tlength", "\tlength\tcapacity", "line 9: has its columns in another order"),
        ("\t30\t0\t1\t;", "\t30\t0\t;", "line 10: has 9 cells (no link_type)"),
        ("\t1\t2\t100", "\t1\t6\t100", "line 10: has '6' for a node. Expected a whole number from 1 to 5"),
        ("\t1\t2\t100", "\t1\t2\t1e999", "line 10: has '1e999' for a number. Expected a finite number"),
        ("\t0.25\t2\t;", "\t0.25\t", "line 15: does not end with a semicolon"),
        ("\t0.25\t2\t;", "\t0.25\t2.5\t;", "line 15: has '2.5' for a link_type"),
        ("<END OF METADATA>\n", "", "<TAG> VALUE"),
        ("<NUMBER OF NODES> 5", "<NUMBER OF ZONES> 5", "line 2: states <NUMBER OF ZONES> a second time"),
    ],
)
def test_a_bad_network_is_refused(tmp_path, old, new, message):
    with pytest.raises(SchemaError) as caught:
        read_tntp(written(tmp_path, NET.replace(old, new)))
    assert message in str(caught.value)


def test_a_header_may_name_fewer_columns_than_the_rows_have(tmp_path):
    """One published file does; its rows are whole."""
    found = read_tntp(written(tmp_path, NET.replace("\tlink_type", "")))
    assert np.array_equal(found.link_type, read_tntp(written(tmp_path, NET)).link_type)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    3 :    3.0;\n", "", "the trips come to 7.5, <TOTAL OD FLOW> says 10.5"),
        ("3.0;", "3.0", "line 7: does not end with a semicolon"),
        ("3 :    3.0", "2 :    3.0", "line 7: names zone 2 a second time"),
        ("3 :    3.0", "4 :    3.0", "line 7: has '4' for a zone"),
        ("3 :    3.0", "3      3.0", "line 7: has '3      3.0'"),
        ("3 :    3.0", "3 :   -3.0", "line 7: has -3.0 trips"),
        ("Origin  1\n", "", "line 5: is '    1 :    0.0;     2 :    7.5;'"),
        ("Origin  1", "Origin  1 2", "line 5: is 'Origin  1 2'"),
        ("<NUMBER OF ZONES> 3", "<NUMBER OF ZONES> 999999", "line 5: follows 999999 zones"),
        ("<NUMBER OF ZONES> 3\n", "", "line 4: comes without <NUMBER OF ZONES>"),
    ],
)
def test_bad_trips_are_refused(tmp_path, old, new, message):
    with pytest.raises(SchemaError) as caught:
        read_tntp_trips(written(tmp_path, TRIPS.replace(old, new)))
    assert message in str(caught.value)


@pytest.mark.parametrize("read", [read_tntp, read_tntp_trips])
def test_nonsense_is_refused(tmp_path, read):
    (tmp_path / "a.tntp").write_bytes(np.random.default_rng(0).bytes(2000))
    with pytest.raises(LandseaError, match="not UTF-8"):
        read(tmp_path / "a.tntp")
    with pytest.raises(SchemaError, match="ends within the facts"):
        read(written(tmp_path, "<NUMBER OF ZONES> 3\n"))
    with pytest.raises(SchemaError):
        read(written(tmp_path, "id,from_node,to_node\n1,2,3\n"))


@pytest.mark.parametrize(
    "facts",
    [
        {"NOTE": "x ~ y"},
        {"A>B": "1"},
        {"NUMBER OF LINKS": "7"},
        {"NOTE": "x\ny"},
        {"NOTE": "x\ry"},
        {"END OF METADATA": ""},
    ],
)
def test_facts_that_would_not_come_back_are_not_written(tmp_path, facts):
    net = read_tntp(written(tmp_path, NET))
    with pytest.raises(InvalidValueError, match="would be read otherwise"):
        write_tntp(tmp_path / "new.tntp", dataclasses.replace(net, facts=facts))
    assert not (tmp_path / "new.tntp").exists()


def test_bad_arrays_leave_the_old_file(tmp_path):
    path = written(tmp_path, TRIPS)
    for trips in ([[1.0, 2.0]], [[-1.0]], [[np.inf]]):
        with pytest.raises(InvalidValueError):
            write_tntp_trips(path, trips)
    net = read_tntp(written(tmp_path, NET, "b.tntp"))
    for change in ({"toll": np.full(6, np.nan)}, {"init_node": np.full(6, 5)}):
        with pytest.raises(InvalidValueError):
            write_tntp(path, dataclasses.replace(net, **change))
    assert path.read_text(encoding="utf-8") == TRIPS
    assert len(COLUMNS) == 10
