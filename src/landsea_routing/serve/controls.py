"""What a reader has ticked and moved on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from landsea_routing.errors import InvalidValueError, did_you_mean, list_ids

FIELDS = ("scenarios", "levers", "demand")
AS_ASKED = None
"""The demand with which the scenarios are asked; that of the network where they name none."""

LARGEST = 1e15
"""Above this a value is a slip of the hand, and sums of such would overflow."""


class Controls(NamedTuple):
    """How the controls stand; equal ones have equal answers.

    Attributes
    ----------
    scenarios : tuple of str
        Names of the scenarios that are ticked; the order does not count.
    levers : tuple of (str, float)
        Sliders that were moved and where they stand, in the words and units of `whatif.levers.lever_edit`;
        laid over the scenarios.
    demand : str or None
        Demand set, empty for the demand of the network, `AS_ASKED` for the one that the scenarios name.
    """

    scenarios: tuple[str, ...] = ()
    levers: tuple[tuple[str, float], ...] = ()
    demand: str | None = AS_ASKED


def read_controls(data: object) -> Controls:
    """Read the controls from what came as JSON.

    Parameters
    ----------
    data : object
        A mapping that may hold ``scenarios`` (list of names), ``levers`` (value by lever) and ``demand``.

    Returns
    -------
    Controls
        In a fixed order.

    Raises
    ------
    InvalidValueError
        Something has another form. Names and values are judged where they are used.

    Examples
    --------
    >>> read_controls({"scenarios": ["b", "a"], "levers": {"hours of x": 3}})
    Controls(scenarios=('a', 'b'), levers=(('hours of x', 3.0),), demand=None)
    """
    if not isinstance(data, Mapping):
        raise _wrong("the question", data, "an object with " + ", ".join(FIELDS))
    unknown = [str(name) for name in data if name not in FIELDS]
    if unknown:
        raise InvalidValueError(
            f"the question has unknown fields {list_ids(unknown)}",
            ids=unknown,
            expected=f"fields {', '.join(FIELDS)}",
            cure=did_you_mean(unknown[0], FIELDS) or "leave them out",
        )
    scenarios, levers = data.get("scenarios", []), data.get("levers", {})
    demand = data.get("demand", AS_ASKED)
    if not isinstance(scenarios, list) or not all(isinstance(name, str) for name in scenarios):
        raise _wrong("scenarios", scenarios, "a list of names")
    if not isinstance(levers, Mapping):
        raise _wrong("levers", levers, "an object with the value of each lever")
    if demand is not AS_ASKED and not isinstance(demand, str):
        raise _wrong("demand", demand, "the name of a demand set, '' or null")
    values = sorted((str(lever), _number(str(lever), value)) for lever, value in levers.items())
    return Controls(tuple(sorted(set(scenarios))), tuple(values), demand)


def _number(lever: str, value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _wrong(f"the value of {lever!r}", value, "a number")
    if abs(value) > LARGEST:
        raise _wrong(f"the value of {lever!r}", value, f"a number up to {LARGEST:g}")
    return float(value)


def _wrong(what: str, value: object, expected: str) -> InvalidValueError:
    shown = repr(value)
    shown = shown if len(shown) <= 80 else f"{shown[:79]}…"
    return InvalidValueError(f"{what} is {shown}", ids=(shown,), expected=expected)
