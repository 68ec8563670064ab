"""Skims in parts: the same bits however the work is cut and whoever does it, within the memory stated."""

from __future__ import annotations

import io
import itertools
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from joblib import parallel_config

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, UnknownNameError
from landsea_routing.routing import engine, many, workers
from networks_for_tests import grid_network, tiny_network
from strategies import random_network

ALONG = ("cost", "money", "time", "length", "border_fee")
QUESTIONS = {
    "plain": {},
    "along": {"along": ALONG},
    "least time": {"weight": "time"},
    "line haul": {"along": ALONG, "access": False},
    "all tie": {"weight": lambda g: np.floor(g.arc_length_km), "along": ALONG},
    "hierarchy": {},
    "hierarchy, line haul": {"access": False},
    "hierarchy, all tie": {"weight": lambda g: np.floor(g.arc_length_km)},
}


@pytest.fixture(scope="module")
def graphs():
    odd = random_network(7, n_nodes=30, n_countries=3, n_ods=1)
    return [lsr.expand(net, "container") for net in (odd, grid_network(9))]


def asking(question, graph, **more):
    """Skim of all places of a graph, by the hierarchy where the question is named so."""
    ids = graph.network.nodes["id"].tolist()
    large = 0 if question.startswith("hierarchy") else engine.LARGE
    with mock.patch.object(engine, "LARGE", large):
        return lsr.skim(graph, ids, ids[::-1][:-3], **QUESTIONS[question], **more)


def assert_same_bits(one, other):
    assert np.array_equal(one.matrix, other.matrix)
    assert list(one.along) == list(other.along)
    for name in one.along:
        assert np.array_equal(one.along[name], other.along[name], equal_nan=True), name


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_bit_hangs_on_the_cut(graphs, question, monkeypatch):
    for graph in graphs:
        whole = asking(question, graph)
        assert np.isfinite(whole.matrix).mean() > 0.5
        for block in (1, 200_000):
            monkeypatch.setattr(many, "BLOCK_BYTES", block)
            assert_same_bits(asking(question, graph), whole)
        monkeypatch.undo()


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_bit_hangs_on_the_workers(graphs, question):
    for graph in graphs:
        alone = asking(question, graph)
        with parallel_config(backend="threading"):
            for n_jobs in (1, 2, 4):
                assert_same_bits(asking(question, graph, n_jobs=n_jobs), alone)


def test_processes_give_the_same_bits(graphs):
    for question in ("along", "hierarchy"):
        alone = asking(question, graphs[1])
        assert_same_bits(asking(question, graphs[1], n_jobs=2), alone)
        with parallel_config(n_jobs=2):
            assert_same_bits(asking(question, graphs[1]), alone)


@pytest.mark.slow
def test_more_processes_give_the_same_bits(graphs):
    for question, graph in itertools.product(QUESTIONS, graphs):
        alone = asking(question, graph)
        for n_jobs in (2, 4):
            assert_same_bits(asking(question, graph, n_jobs=n_jobs), alone)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the cluster's own
@pytest.mark.parametrize("processes", [False, True])
def test_a_cluster_gives_the_same_bits(graphs, processes):
    distributed = pytest.importorskip("distributed")
    options = {"processes": processes, "threads_per_worker": 1, "dashboard_address": None}
    for n_workers in (1, 2, 4):
        with (
            distributed.LocalCluster(n_workers=n_workers, **options) as cluster,
            distributed.Client(cluster),
            parallel_config(backend="dask"),
        ):
            for question, graph in itertools.product(("along", "hierarchy"), graphs):
                found = asking(question, graph)
                with parallel_config(backend="threading", n_jobs=1):
                    assert_same_bits(found, asking(question, graph))


def test_a_cluster_is_sent_the_arrays_once(graphs):
    # dask scatters, once, what can be weakly referenced and says that it is larger than 1 kB.
    search = engine.make_search(
        graphs[1].topology, np.ones(graphs[1].topology.n_arcs), np.array([[0]]), np.array([[1]])
    )
    assert sys.getsizeof(search) > 1000
    assert search.__weakref__ is None


# Memory ------------------------------------------------------------------------------------------------


def peak_of(ask):
    """What is asked, and the most memory that was taken on the way, beside its matrices."""
    tracemalloc.start()
    try:
        table = ask()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return table, peak - table.matrix.nbytes * (1 + len(table.along))


@pytest.mark.parametrize("question", ["plain", "along", "line haul"])
def test_working_memory_stays_within_the_limit(question):
    graph = lsr.expand(grid_network(24))
    ids = graph.network.nodes["id"].tolist()[::6]
    with pytest.raises(InvalidValueError) as caught:
        lsr.skim(graph, ids, ids, memory_limit_mb=0.1, **QUESTIONS[question])
    least = float(caught.value.expected.split()[2])
    whole = lsr.skim(graph, ids, ids, **QUESTIONS[question])
    weights = 40 * graph.topology.n_arcs * (3 + len(ALONG))  # of the arcs: they last as long as the question
    for limit in (least, 3 * least):
        table, peak = peak_of(
            lambda lim=limit: lsr.skim(graph, ids, ids, memory_limit_mb=lim, **QUESTIONS[question])
        )
        assert peak - weights < limit * 1e6
        assert_same_bits(table, whole)


def test_the_hierarchy_too_stays_within_what_it_asks_for():
    graph = lsr.expand(grid_network(34))
    ids = graph.network.nodes["id"].tolist()
    with mock.patch.object(engine, "LARGE", 0):
        with pytest.raises(InvalidValueError, match="memory_limit_mb is 5") as caught:
            lsr.skim(graph, ids, ids, memory_limit_mb=5)
        least = float(caught.value.expected.split()[2])
        lsr.skim(graph, ids, ids)  # the hierarchy lasts
        assert peak_of(lambda: lsr.skim(graph, ids, ids, memory_limit_mb=least))[1] < least * 1e6


def test_a_limit_too_small_says_what_would_do(graphs):
    with pytest.raises(InvalidValueError, match=r"memory_limit_mb is 0.001.*at least \d+"):
        asking("plain", graphs[0], memory_limit_mb=0.001)
    with pytest.raises(InvalidValueError) as caught:
        asking("along", graphs[1], memory_limit_mb=0.001, n_jobs=2)
    least = float(caught.value.expected.split()[2])
    with parallel_config(backend="threading"):
        assert asking("along", graphs[1], memory_limit_mb=least, n_jobs=2).along


# Progress ----------------------------------------------------------------------------------------------


def test_progress_is_told_to_the_end(graphs, monkeypatch):
    monkeypatch.setattr(many, "BLOCK_BYTES", 1)
    told = []
    asking("plain", graphs[1], progress=lambda done, total: told.append((done, total)))
    done, totals = zip(*told, strict=True)
    assert len(told) > 80
    assert list(done) == sorted(set(done))
    assert set(totals) == {done[-1]}


class Terminal(io.StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self):
        return True


def test_progress_is_a_bar_of_tqdm_on_a_terminal_and_nothing_elsewhere(graphs, monkeypatch, capsys):
    pytest.importorskip("tqdm")
    asking("plain", graphs[0], progress=True)
    assert capsys.readouterr() == ("", "")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    asking("plain", graphs[0], progress=True)
    shown = terminal.getvalue().split("\r")
    assert "0%|" in shown[1] and " pairs/s]" in shown[1]
    assert shown[-2].strip() == shown[-1] == ""  # gone at the end


def test_progress_without_tqdm_is_a_line_on_a_terminal_and_nothing_elsewhere(graphs, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    asking("plain", graphs[0], progress=True)
    assert capsys.readouterr() == ("", "")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(many, "BLOCK_BYTES", 1)
    asking("plain", graphs[0], progress=True)
    lines = terminal.getvalue().split("\r\033[K")
    assert " pairs, " in lines[1] and lines[1].endswith(" s left")
    assert lines[-1] == ""
    terminal.truncate(0)
    asking("plain", graphs[0])
    assert terminal.getvalue().strip("\0") == ""


# Wrong questions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ({"n_jobs": 0}, "n_jobs is 0"),
        ({"n_jobs": 1.5}, "n_jobs is 1.5"),
        ({"n_jobs": True}, "n_jobs is True"),
        ({"memory_limit_mb": -1}, "memory_limit_mb is -1"),
        ({"memory_limit_mb": 0}, "memory_limit_mb is 0"),
        ({"memory_limit_mb": float("nan")}, "memory_limit_mb is nan"),
        ({"memory_limit_mb": True}, "memory_limit_mb is True"),
        ({"progress": 1}, "progress is 1"),
        ({"progress": "yes"}, "progress is 'yes'"),
        ({"along": ["price"]}, "'price' is not known"),
        ({"weight": "money"}, "'money' is not known"),
        ({"avoid": "gate"}, "avoid is the text"),
    ],
)
def test_wrong_options(option, says):
    with pytest.raises(InvalidValueError, match=says) as caught:
        lsr.skim(lsr.expand(tiny_network()), ["a_city"], ["b_city"], **option)
    assert caught.value.expected
    assert caught.value.cure


def test_wrong_names():
    with pytest.raises(UnknownNameError, match="Alfa"):
        lsr.skim(lsr.expand(tiny_network()), ["Alpha"], ["Alfa"])


def test_places_may_be_named_twice_and_along_too():
    graph = lsr.expand(tiny_network())
    table = lsr.skim(graph, ["Alpha", "a_city"], ["b_city", "Beta", "Alpha"], along=["time", "time"])
    assert table.origins.tolist() == ["a_city", "a_city"]
    assert np.array_equal(table.matrix[0], table.matrix[1])
    assert table.matrix[0, 0] == table.matrix[0, 1] > table.matrix[0, 2] == 0.0
    assert list(table.along) == ["time"]


def test_nothing_asked_nothing_told(graphs):
    told = []
    table = lsr.skim(graphs[0], [], [], n_jobs=2, progress=lambda *given: told.append(given))
    assert table.matrix.shape == (0, 0)
    assert told == []


# What it says ------------------------------------------------------------------------------------------


def test_by_hand():
    # README of the toy network: Ada - Boro by new bogies 62.15 and 60.9 h, Ada - Port Anselm 21 and 22 h.
    graph = lsr.expand(lsr.load_network("toy_three_ports"))
    table = lsr.skim(graph, ["Ada"], ["Boro", "Port Anselm", "Ada"], along=["time", "loading"])
    assert table.matrix[0] == pytest.approx([62.15, 21.0, 0.0])
    assert table.along["time"][0] == pytest.approx([60.9, 22.0, 0.0])
    assert table.summary() == "cost of container in USD/t: 1 x 3 places"
    assert table.to_dict()["matrix"] == [[pytest.approx(62.15), pytest.approx(21.0), 0.0]]


def test_what_is_unreachable_is_said(graphs):
    table = lsr.skim(lsr.expand(tiny_network()), ["a_city"], ["b_border", "b_city"], along=["time", "co2e"])
    assert table.summary().endswith("1 of 2 pairs unreachable")
    facts = table.to_dict()
    assert facts["matrix"][0][0] is None
    assert facts["along"]["time"][0][0] is None
    assert "unreachable" in str(table)
    assert "<table" in table._repr_html_()


def test_what_is_avoided_is_avoided():
    graph = lsr.expand(tiny_network())
    for avoid in (["gate"], ["road-a_border-b_border"], ["gate", "road-a_border-b_border"]):
        found = lsr.skim(graph, ["a_city"], ["b_city"], avoid=avoid).matrix[0, 0]
        route = lsr.shortest_path(graph, "a_city", "b_city", avoid=avoid)
        assert found == pytest.approx(route.cost_usd_per_t)


# Interruption ------------------------------------------------------------------------------------------

LONG = """
import sys, time
sys.path.insert(0, {tests!r})
import landsea_routing as lsr
from landsea_routing.routing import many
from networks_for_tests import grid_network
many.BLOCK_BYTES = 1
graph = lsr.expand(grid_network(40))
ids = graph.network.nodes["id"].tolist()
lsr.skim(graph, ids, ids, along=["time"], n_jobs=2, progress=lambda *_: print("on", flush=True))
"""


def children_of(parent):
    """Processes whose parent is the given one, from the process table."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(entry.parent.name))
    return found


def lives(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs a process table to look at")
def test_an_interrupt_leaves_no_orphan():
    code = LONG.format(tests=str(Path(__file__).parents[1]))
    running = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with running:
        assert running.stdout.readline() == b"on\n"
        workers_of_it = children_of(running.pid)
        assert len(workers_of_it) >= 2
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does
        assert running.wait(timeout=30) != 0
    deadline = time.monotonic() + 15
    while any(map(lives, workers_of_it)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(lives, workers_of_it))


def test_workers_are_counted():
    assert workers.count_workers(1) == 1
    with parallel_config(backend="threading", n_jobs=3):
        assert workers.count_workers(None) == 3
        assert workers.count_workers(2) == 2
