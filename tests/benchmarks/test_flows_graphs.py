"""The generated flow problems have a flow, and the same seed gives the same problem."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

from landsea_routing._status import Status
from landsea_routing.kernels.mincost import min_cost_flow

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def graphs():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        yield importlib.import_module("flows_graphs")


@pytest.mark.parametrize("name", ["freight_1e3", "netgen_1e3", "goto_1e3"])
def test_small_problems(graphs, name):
    problem, again = (graphs.FAMILIES[name](5) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(problem, again, strict=True))
    assert not np.array_equal(problem.cost, graphs.FAMILIES[name](6).cost)
    assert problem.supply.sum() == 0
    found = min_cost_flow(problem.tail, problem.head, problem.capacity, problem.cost, problem.supply)
    assert found.status is Status.OPTIMAL
    # Some arcs bind, and no fallback is needed for the flow to exist in whole numbers.
    assert ((found.flow == problem.capacity) & (found.reduced_cost < 0.0)).any()
    assert np.array_equal(found.flow, np.rint(found.flow))
