"""What is ticked and moved, read from JSON."""

import pytest

from landsea_routing.errors import InvalidValueError
from landsea_routing.serve.controls import Controls, read_controls


def test_nothing_said_is_the_base():
    assert read_controls({}) == Controls() == read_controls({"scenarios": [], "levers": {}, "demand": None})


def test_the_order_of_what_is_said_does_not_count():
    one = read_controls({"scenarios": ["b", "a", "a"], "levers": {"y": 1, "x": 2.5}})
    two = read_controls({"levers": {"x": 2.5, "y": 1.0}, "scenarios": ["a", "b"]})
    assert one == two
    assert hash(one) == hash(two)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "the question is None"),
        ([], "an object with scenarios, levers, demand"),
        ({"lever": {}}, "unknown fields lever"),
        ({"scenarios": "a"}, "a list of names"),
        ({"scenarios": [1]}, "a list of names"),
        ({"levers": [1]}, "an object with the value of each lever"),
        ({"levers": {"hours of x": "3"}}, "the value of 'hours of x' is '3'. Expected a number"),
        ({"levers": {"hours of x": True}}, "Expected a number"),
        ({"levers": {"hours of x": None}}, "Expected a number"),
        ({"levers": {"hours of x": 10**400}}, "Expected a number"),
        ({"demand": 3}, "the name of a demand set"),
    ],
)
def test_another_form_is_refused(data, said):
    with pytest.raises(InvalidValueError) as error:
        read_controls(data)
    assert said in str(error.value)
    assert len(str(error.value)) < 300
