"""What other programs make of our matrices and flow problems: they open them, and find the same."""

from __future__ import annotations

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.io.dimacs import write_dimacs
from landsea_routing.io.omx import read_omx
from landsea_routing.io.omx_demand import read_demand_omx, write_demand_omx
from landsea_routing.io.tntp_trips import read_tntp_trips, write_tntp_trips
from landsea_routing.kernels.mincost import min_cost_flow
from landsea_routing.report.export.omx import write_skim_omx
from peers import ask

pytestmark = pytest.mark.slow

OPENMATRIX = """
import json, sys, openmatrix
with openmatrix.open_file(sys.argv[1]) as file:
    print(json.dumps({
        "version": file.version().decode(),
        "shape": [int(n) for n in file.shape()],
        "names": sorted(file.list_matrices()),
        "mappings": sorted(file.list_mappings()),
        "nodes": {k.decode(): int(v) for k, v in file.mapping("node").items()},
        "zones": {int(k): int(v) for k, v in file.mapping("zone").items()},
        "data": {n: [[repr(float(x)) for x in row] for row in file[n][:]] for n in file.list_matrices()},
    }))
"""
AEQUILIBRAE = """
import json, sys
from aequilibrae.matrix import AequilibraeMatrix
matrix = AequilibraeMatrix()
matrix.load(sys.argv[1])
matrix.set_index("zone")
matrix.computational_view()
view = matrix.matrix_view.reshape(matrix.zones, matrix.zones, -1)
print(json.dumps({
    "zones": int(matrix.zones),
    "names": list(matrix.names),
    "index": [int(i) for i in matrix.index],
    "data": {n: [[repr(float(x)) for x in row] for row in view[:, :, i]] for i, n in enumerate(matrix.names)},
}))
"""
MADE_BY_OPENMATRIX = """
import json, sys, numpy, openmatrix
with openmatrix.open_file(sys.argv[1], "w") as file:
    file["coal"] = numpy.array([[0.0, 7.5], [0.0, 0.0]])
    file.create_mapping("taz", [101, 102])
print(json.dumps("ok"))
"""
ORTOOLS = """
import json, sys
from ortools.graph.python import min_cost_flow
costs = []
for path in sys.argv[1:]:
    solver, base, supply = min_cost_flow.SimpleMinCostFlow(), 0, {}
    for line in open(path):
        kind, *numbers = line.split()
        if kind == "n":
            v, offer = map(int, numbers)
            supply[v] = supply.get(v, 0) + offer
        elif kind == "a":
            u, v, low, cap, cost = map(int, numbers)
            # OR-Tools knows no lower bounds: what must flow is sent beforehand.
            base += low * cost
            supply[u] = supply.get(u, 0) - low
            supply[v] = supply.get(v, 0) + low
            solver.add_arc_with_capacity_and_unit_cost(u, v, (10**6 if cap == -1 else cap) - low, cost)
    for v, offer in supply.items():
        solver.set_node_supply(v, offer)
    optimal = solver.solve() == solver.OPTIMAL
    costs.append(base + solver.optimal_cost() if optimal else None)
print(json.dumps(costs))
"""


def texts(matrix):
    return [[repr(float(x)) for x in row] for row in matrix]


@pytest.fixture
def skim():
    graph = lsr.expand(lsr.load_network("toy_three_ports"), commodity="coal")
    places = ["ada", "boro", "cport"]
    table = lsr.skim(graph, places, places, along=["time", "length"])
    assert np.isinf(table.matrix).any()
    return table


def test_openmatrix_opens_a_skim(tmp_path, skim):
    write_skim_omx(tmp_path / "a.omx", skim)
    found = ask(OPENMATRIX, tmp_path / "a.omx", needs="openmatrix")
    assert (found["version"], found["shape"]) == ("0.2", [3, 3])
    assert found["names"] == ["cost", "length", "time"]
    assert found["nodes"] == {"ada": 0, "boro": 1, "cport": 2}
    assert found["zones"] == {"1": 0, "2": 1, "3": 2}
    expected = {"cost": skim.matrix, **skim.along}
    assert found["data"] == {name: texts(matrix) for name, matrix in expected.items()}


def test_aequilibrae_opens_a_skim(tmp_path, skim):
    write_skim_omx(tmp_path / "a.omx", skim)
    found = ask(AEQUILIBRAE, tmp_path / "a.omx", needs="aequilibrae")
    assert found["zones"] == 3 and found["index"] == [1, 2, 3]
    expected = {"cost": skim.matrix, **skim.along}
    assert found["data"] == {name: texts(expected[name]) for name in found["names"]}


def test_aequilibrae_opens_demand(tmp_path):
    net = lsr.load_network("northeast_asia")
    write_demand_omx(tmp_path / "a.omx", net)
    found = ask(AEQUILIBRAE, tmp_path / "a.omx", needs="aequilibrae")
    ours = read_omx(tmp_path / "a.omx")
    assert sorted(found["names"]) == sorted(ours.matrices)
    assert found["data"] == {name: texts(matrix) for name, matrix in ours.matrices.items()}


def test_a_file_of_openmatrix_is_read(tmp_path):
    ask(MADE_BY_OPENMATRIX, tmp_path / "a.omx", needs="openmatrix")
    net = lsr.load_network("toy_three_ports")
    found = read_demand_omx(tmp_path / "a.omx", net, nodes={"101": "boro", "102": "ada"})
    assert found.to_rows()[0]["amount_per_year"] == "7.5"


def whole_case(seed):
    """A problem in whole numbers, as the format and OR-Tools know them; some cannot be met."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(5, 40)), int(rng.integers(20, 200))
    tail, head = rng.integers(0, n, (2, m))
    lower = rng.integers(0, 3, m)
    flow = lower + rng.integers(0, 9, m)
    supply = np.bincount(tail, flow, n) - np.bincount(head, flow, n)
    capacity = flow + rng.integers(0, 9, m).astype(float)
    capacity[rng.random(m) < 0.1] = np.inf
    if seed % 5 == 0:
        capacity = np.maximum(capacity - 6, lower)
    return tail, head, capacity, rng.integers(0, 60, m), supply, lower


def test_or_tools_solves_dimacs_files_to_the_same_optimum(tmp_path):
    paths, ours = [], []
    for seed in range(40):
        *problem, lower = whole_case(seed)
        paths.append(tmp_path / f"{seed}.min")
        write_dimacs(paths[-1], *problem, lower=lower)
        answer = min_cost_flow(*problem, lower=lower)
        ours.append(answer.objective if str(answer.status) == "optimal" else None)
    assert 0 < ours.count(None) < 10
    assert ask(ORTOOLS, *paths, needs="ortools") == ours


def test_trips_go_through_both_formats(tmp_path):
    """OMX to TNTP and back: two independent layouts of one table."""
    net = lsr.load_network("northeast_asia")
    write_demand_omx(tmp_path / "a.omx", net)
    coal = read_omx(tmp_path / "a.omx").matrices["coal"]
    write_tntp_trips(tmp_path / "a.tntp", coal)
    assert np.array_equal(read_tntp_trips(tmp_path / "a.tntp"), coal)
