"""What the libraries underneath get wrong or hang on, by its number in our list of measured traps."""

from __future__ import annotations

import numpy as np
import pytest

from landsea_routing._status import Status
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels.certificate import certify
from landsea_routing.kernels.flowproblem import FlowProblem
from landsea_routing.kernels.mincost import min_cost_flow
from landsea_routing.kernels.multiflow import multicommodity_flow

INF, NAN = float("inf"), float("nan")


def pair(**other):
    """5 units from 0 to 1: an arc at 1 that takes 2, an arc at 4."""
    parts = {
        "n_vertices": 2,
        "tail": [0, 0],
        "head": [1, 1],
        "commodity_cost": [[1.0, 4.0]],
        "arc_lower": None,
        "od_origin": [0],
        "od_destination": [1],
        "od_commodity": [0],
        "od_amount": [5.0],
        "unserved_price": None,
        "group_indptr": [0, 1],
        "group_arc": [0],
        "group_commodity": [0],
        "group_coefficient": [1.0],
        "group_limit": [2.0],
    }
    return FlowProblem(**{**parts, **other})


def solved(problem):
    answer = multicommodity_flow(problem)
    assert certify(problem, answer).passed
    return answer


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param({"commodity_cost": [[-1.0, 4.0]]}, id="T1 T2 T18 negative cost"),
        pytest.param({"commodity_cost": [[NAN, 4.0]]}, id="T3 T12 cost NaN"),
        pytest.param({"group_limit": [NAN]}, id="T9 T13 T15 limit NaN"),
        pytest.param({"group_limit": [-2.0]}, id="T19 negative limit"),
        pytest.param({"od_origin": [-1]}, id="T6 T20 index -1"),
        pytest.param({"head": [-1, 1]}, id="T6 T20 arc to -1"),
        pytest.param({"commodity_cost": [[1.0]]}, id="T22 lengths 2 and 1"),
        pytest.param({"od_amount": [INF]}, id="T9 amount without end"),
    ],
)
def test_many_commodities_refuse(bad):
    with pytest.raises(InvalidValueError):
        multicommodity_flow(pair(**bad))


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(([0, 0], [1, 1], [2, NAN], [1, 4]), id="T9 T13 T15 capacity NaN"),
        pytest.param(([0, 0], [1, 1], [2, 9], [1, NAN]), id="T3 T12 cost NaN"),
        pytest.param(([0, 0], [1, 1], [2, -9], [1, 4]), id="T19 negative capacity"),
        pytest.param(([0, -1], [1, 1], [2, 9], [1, 4]), id="T6 T20 index -1"),
        pytest.param(([0, 0], [1, 1], [2, 9], [1]), id="T22 lengths 2 and 1"),
        pytest.param(([0, 0], [1, 1], [2, 9], [2**53 + 1, 4]), id="T7 not a float"),
        pytest.param(([0, 0], [1, 1], [2, 9], [INF, 4]), id="T11 cost without end"),
    ],
)
def test_one_commodity_refuses(bad):
    with pytest.raises(InvalidValueError):
        min_cost_flow(*bad, [5, -5])


def test_t4_t5_free_and_parallel_arcs():
    answer = solved(pair(commodity_cost=[[0.0, 0.0]]))
    assert answer.objective == 0.0
    assert answer.unserved.tolist() == [0.0]
    assert solved(pair()).objective == 14.0  # two arcs, not one at 5


def test_t8_limits_beyond_int32():
    assert solved(pair(group_limit=[2.0**40], od_amount=[2.0**40])).objective == 2.0**40


@pytest.mark.parametrize("short", [1e-6, 9e-8, 1e-8])
def test_t10_a_small_shortage_is_one(short):
    problem = pair(commodity_cost=[[1.0, INF]], od_amount=[2.0 * (1.0 + short)])
    answer = solved(problem)
    assert answer.status is Status.INFEASIBLE
    assert answer.unserved == pytest.approx([2.0 * short], rel=1e-6)


def test_t11_a_price_far_above_all_costs():
    answer = solved(pair(commodity_cost=[[1.0, INF]], unserved_price=[1e9]))
    assert answer.unserved.tolist() == [3.0]
    assert answer.objective == 2.0 + 3e9


def test_t14_t21_decimals():
    answer = solved(pair(commodity_cost=[[0.1, 0.2]], od_amount=[4.7], group_limit=[0.9]))
    assert answer.objective == pytest.approx(0.09 + 0.76, rel=1e-14)


@pytest.mark.parametrize("kind", [np.int8, np.int32, np.float32])
def test_t17_narrow_numbers(kind):
    amount = np.array([100], dtype=kind)
    problem = pair(od_amount=amount, commodity_cost=np.array([[100, 120]], dtype=kind))
    assert solved(problem).objective == 200 + 98 * 120
    found = min_cost_flow([0, 0], [1, 1], [2, 99], np.array([100, 120], kind), np.array([100, -100], kind))
    assert found.objective == 200 + 98 * 120


def test_t23_a_total_beyond_int64():
    found = min_cost_flow([0], [1], [INF], [2.0**40], [2.0**40, -(2.0**40)])
    assert (found.objective, found.status) == (2.0**80, Status.OPTIMAL)
    answer = solved(pair(commodity_cost=[[2.0**40, 2.0**41]], od_amount=[2.0**40]))
    assert answer.objective == pytest.approx(2.0**81 - 2.0**41, rel=1e-11)
