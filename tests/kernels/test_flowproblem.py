from __future__ import annotations

import numpy as np
import pytest

from landsea_routing.errors import InvalidValueError, LandseaError
from landsea_routing.kernels.flowproblem import group_matrix, refuse_lower, validate_problem


@pytest.fixture
def good(cases):
    arcs = [(0, 1, [1.0, 2.0]), (0, 1, [3.0, float("inf")]), (1, 2, [0.0, 1.0])]
    groups = [(4.0, [(0, 0, 1.0), (0, 1, 2.0)]), (float("inf"), [(2, 0, 1.0)])]
    return cases.build(3, arcs, [(0, 2, 0, 5.0), (0, 2, 1, 0.0)], groups, price=9.0)


def test_good_problem_passes_unchanged(good):
    checked = validate_problem(good)
    for before, after in zip(good, checked, strict=True):
        np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("tail", [0, 1, 0], "not sorted"),
        ("head", [1, 1, 3], "head is out of range"),
        ("commodity_cost", [[1.0, 2.0]], "commodity_cost has shape"),
        ("commodity_cost", [1.0, 2.0, 3.0], "n_commodities"),
        ("commodity_cost", [[1.0, -2.0, 0.0]], r"commodity_cost is -2.0 at \(0, 1\)"),
        ("commodity_cost", [[1.0, float("nan"), 0.0]], "commodity_cost is nan"),
        ("arc_lower", [1.0], "arc_lower has shape"),
        ("arc_lower", [0.0, -1.0, 0.0], "arc_lower is -1.0 at 1"),
        ("od_origin", [0, -1], "od_origin is out of range"),
        ("od_origin", [0], "lengths differ"),
        ("od_destination", [0, 2], "equals od_destination in OD 0"),
        ("od_commodity", [0, 2], "od_commodity is out of range"),
        ("od_amount", [1.0, -1.0], "od_amount is -1.0 at 1"),
        ("od_amount", [1.0, float("inf")], "od_amount is inf"),
        ("unserved_price", [1.0, float("inf")], "unserved_price is inf"),
        ("unserved_price", [float("nan"), 1.0], "unserved_price is nan"),
        ("group_indptr", [0, 2, 2], "partition"),
        ("group_indptr", [0, 3, 2, 3], "partition"),
        ("group_indptr", [], "partition"),
        ("group_arc", [0, 3, 2], "group_arc is out of range"),
        ("group_commodity", [0, 1, -1], "group_commodity is out of range"),
        ("group_coefficient", [1.0, -1.0, 1.0], "group_coefficient is -1.0"),
        ("group_limit", [float("nan"), 1.0], "group_limit is nan"),
        ("group_limit", [1.0, -1.0], "group_limit is -1.0"),
        ("group_limit", [1.0], "group_limit has shape"),
    ],
)
def test_bad_fields_are_refused(good, field, value, words):
    with pytest.raises(InvalidValueError, match=words):
        validate_problem(good._replace(**{field: np.array(value)}))


def test_group_matrix_adds_repeated_entries_and_spares_the_problem(cases):
    problem = cases.build(2, [(0, 1, 1.0)], [(0, 1, 0, 1.0)], [(1.0, [(0, 0, 1.0), (0, 0, 2.0)])])
    assert group_matrix(problem).toarray().tolist() == [[3.0]]
    assert problem.group_coefficient.tolist() == [1.0, 2.0]
    assert problem.group_arc.tolist() == [0, 0]


def test_lower_bounds_are_refused_with_the_cure(good):
    refuse_lower(good._replace(arc_lower=np.zeros(3)), "x")
    with pytest.raises(LandseaError, match="solver=") as caught:
        refuse_lower(good._replace(arc_lower=np.array([0.0, 2.0, 0.0])), "x")
    assert caught.value.ids == (1,)
