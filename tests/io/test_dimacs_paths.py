"""Graphs and positions in DIMACS text: read, written, refused."""

from __future__ import annotations

import logging
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landsea_routing.errors import InvalidValueError, LandseaError, SchemaError
from landsea_routing.io.dimacs_paths import (
    read_dimacs_coordinates,
    read_dimacs_graph,
    write_dimacs_coordinates,
    write_dimacs_graph,
)
from landsea_routing.kernels.csr import pair_index, sort_arcs
from landsea_routing.kernels.paths import distances_to

GRAPH = "c by hand\np sp 3 4\na 1 2 5\n\na 2 3 5\na 1 3 12\na 1 3 11\n"
PLACES = "c by hand\np aux sp co 2\nv 2 -73530767 41085396\nv 1 0 -90000000\n"


def written(tmp_path, text, name="a.gr"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_graph_by_hand(tmp_path):
    """1 to 3 costs 10 by way of 2, below both parallel arcs."""
    graph = read_dimacs_graph(written(tmp_path, GRAPH))
    assert graph.weight.tolist() == [5, 5, 12, 11]
    order = sort_arcs(graph.tail, graph.head)
    pairs = pair_index(graph.n_vertices, graph.tail[order], graph.head[order])
    assert distances_to(pairs, graph.weight[order], [2]).ravel().tolist() == [10, 5, 0]


@st.composite
def graphs(draw):
    n = draw(st.integers(1, 6))
    vertex = st.integers(0, n - 1)
    weight = st.one_of(st.integers(0, 2**53).map(float), st.floats(0, 1e300))
    arcs = draw(st.lists(st.tuples(vertex, vertex, weight), max_size=12))
    return n, [a[0] for a in arcs], [a[1] for a in arcs], [a[2] for a in arcs]


@settings(max_examples=30, deadline=None)  # each syncs a file to disk
@given(graphs())
def test_what_is_written_reads_the_same(tmp_path_factory, graph):
    n, tail, head, weight = graph
    path = tmp_path_factory.mktemp("gr") / "a.gr"
    write_dimacs_graph(path, np.array(tail, int), np.array(head, int), weight, n_vertices=n, comment="x\ny")
    found = read_dimacs_graph(path)
    assert (found.n_vertices, found.tail.tolist(), found.head.tolist(), found.weight.tolist()) == graph


def test_closed_arcs_are_left_out_and_named(tmp_path, caplog):
    with caplog.at_level(logging.WARNING, "landsea_routing"):
        write_dimacs_graph(tmp_path / "a.gr", [0, 0], [1, 1], [np.inf, 3], n_vertices=2)
    assert "left out 1 arcs of infinite weight" in caplog.text
    assert read_dimacs_graph(tmp_path / "a.gr").weight.tolist() == [3]


@pytest.mark.parametrize(
    ("line", "text", "message"),
    [
        (2, "p max 3 4", "line 2: is 'p max 3 4'"),
        (2, "p sp 3 5", "line 7: has 4 arcs, its problem line says 5"),
        (2, "p sp 99999999999999 4", "line 2: has '99999999999999' for a count"),
        (3, "a 1 4 5", "line 3: has '4' for a vertex. Expected a whole number from 1 to 3"),
        (3, "a 1 2", "line 3: is 'a 1 2'"),
        (3, "a 1 2 -5", "line 3: has the weight -5"),
        (3, "a 1 2 inf", "line 3: has 'inf' for a number. Expected a finite number"),
        (3, "a 1 2 1\0", "line 3 holds NUL bytes"),
        (7, "p sp 3 4", "line 7: is 'p sp 3 4'"),
    ],
)
def test_a_bad_line_of_a_graph_is_named(tmp_path, line, text, message):
    lines = [*GRAPH.splitlines()]
    lines[line - 1 : line] = [text]
    with pytest.raises(SchemaError) as caught:
        read_dimacs_graph(written(tmp_path, "\n".join(lines)))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("co 2", "co 3", "line 4: has 2 of 3 vertices"),
        ("v 1 ", "v 2 ", "line 4: gives vertex 2 a second position"),
        ("-90000000", "-90000001", "line 4: lies at 0 E"),
        ("p aux sp co 2\n", "", "line 2: is 'v 2 -73530767 41085396'"),
        ("v 1 0 -90000000", "v 1 0", "line 4: is 'v 1 0'"),
    ],
)
def test_a_bad_line_of_positions_is_named(tmp_path, old, new, message):
    with pytest.raises(SchemaError) as caught:
        read_dimacs_coordinates(written(tmp_path, PLACES.replace(old, new)))
    assert message in str(caught.value)


@pytest.mark.parametrize("read", [read_dimacs_graph, read_dimacs_coordinates])
def test_nonsense_is_refused(tmp_path, read):
    (tmp_path / "a.gr").write_bytes(np.random.default_rng(0).bytes(2000))
    for path in (tmp_path / "a.gr", tmp_path / "nowhere.gr"):
        with pytest.raises(LandseaError, match=r"not UTF-8|could not be read"):
            read(path)
    with pytest.raises(SchemaError, match="has no problem line"):
        read(written(tmp_path, "c empty\n"))


@settings(max_examples=30, deadline=None)  # each syncs a file to disk
@given(st.lists(st.tuples(st.integers(-180_000_000, 180_000_000), st.integers(-90_000_000, 90_000_000))))
def test_positions_come_back_to_a_millionth_of_a_degree(tmp_path_factory, places):
    path = tmp_path_factory.mktemp("co") / "a.co"
    lon, lat = np.array(places, dtype=float).reshape(-1, 2).T / 1e6
    write_dimacs_coordinates(path, lon, lat, comment="made")
    found = read_dimacs_coordinates(path)
    assert np.array_equal(found[0], lon) and np.array_equal(found[1], lat)


def test_bad_arrays_leave_the_old_file(tmp_path):
    path = written(tmp_path, GRAPH)
    for arrays in (([0], [1], [np.nan]), ([0], [1], [-1.0]), ([0], [1, 1], [1.0]), ([0], [2], [1.0])):
        with pytest.raises(InvalidValueError):
            write_dimacs_graph(path, *arrays, n_vertices=2)
    for lon, lat in (([200.0], [0.0]), ([0.0], [91.0]), ([0.0], [np.nan]), ([0.0], [])):
        with pytest.raises(InvalidValueError):
            write_dimacs_coordinates(path, lon, lat)
    assert path.read_text(encoding="utf-8") == GRAPH


def test_a_gigabyte_of_nonsense_is_refused_at_its_first_line(tmp_path):
    """Sparse on the disk; it is not read whole."""
    path = tmp_path / "a.gr"
    path.write_bytes(b"p sp 2 1\n")
    os.truncate(path, 2**30)
    with pytest.raises(SchemaError, match="line 2 holds NUL bytes"):
        read_dimacs_graph(path)


def test_more_arcs_than_promised_are_refused_at_once(tmp_path):
    path = tmp_path / "a.gr"
    path.write_text("p sp 2 1\na 1 2 3\na 2 1 3\nnonsense\n", "utf-8")
    with pytest.raises(SchemaError, match="line 3: is one arc more than the 1"):
        read_dimacs_graph(path)


def test_a_last_line_without_an_end_is_named_in_the_log(tmp_path, caplog):
    """Cut off there, 2.5 may have been 2.57: nothing else tells."""
    path = tmp_path / "a.gr"
    for text, count in (("p sp 2 1\na 1 2 2.5", 1), ("p sp 2 1\na 1 2 2.5\n", 0)):
        caplog.clear()
        path.write_text(text, "utf-8")
        with caplog.at_level(logging.WARNING, "landsea_routing"):
            assert read_dimacs_graph(path).weight.tolist() == [2.5]
        assert sum("the last line has no end" in record.getMessage() for record in caplog.records) == count
