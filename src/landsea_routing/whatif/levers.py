"""What a sweep turns: a lever by its words, and the cases that come of values given or drawn for levers."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.errors import InvalidValueError, did_you_mean, list_ids
from landsea_routing.model import words
from landsea_routing.whatif.edits import Edit
from landsea_routing.whatif.scenario import Scenario

LEVERS = {
    "hours": ("set_hours", "hours"),
    "fee": ("set_fee", "usd_per_t"),
    "capacity": ("set_capacity", "value"),
    "scale hours": ("scale_hours", "factor"),
    "scale fee": ("scale_fee", "factor"),
    "scale capacity": ("scale_capacity", "factor"),
    "scale tariff": ("scale_tariff", "factor"),
    "scale demand": ("scale_demand", "factor"),
    "scale value of time": ("scale_value_of_time", "factor"),
}
"""What can be turned, the edit that does it, and the field that takes the value."""

Values = Sequence[float] | FloatArray | Mapping[str, Scenario]


class Case(NamedTuple):
    """One scenario of a sweep, and the values of the levers that made it.

    Attributes
    ----------
    name : str
        What to call it; no two of a sweep share a name.
    scenario : Scenario
        What to lay over the base.
    values : mapping
        Value of each lever; empty for a scenario written by hand.
    """

    name: str
    scenario: Scenario
    values: Mapping[str, float | str]


class Distribution(Protocol):
    """How the value of a lever is spread."""

    def at(self, share: FloatArray) -> FloatArray:
        """Values below which these shares of all draws lie."""


@dataclass(frozen=True)
class Uniform:
    """Every value from `low` to `high` is as likely.

    Examples
    --------
    >>> Uniform(10, 20).at(np.array([0.5])).tolist()
    [15.0]
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        _refuse_unless(self, self.low < self.high, "low < high")

    def at(self, share: FloatArray) -> FloatArray:
        """Values below which these shares of all draws lie."""
        return self.low + (self.high - self.low) * share


@dataclass(frozen=True)
class Triangular:
    """Likeliest at `mode`, never outside `low` to `high`.

    Examples
    --------
    >>> Triangular(0, 1, 2).at(np.array([0.5])).tolist()
    [1.0]
    """

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        _refuse_unless(self, self.low <= self.mode <= self.high > self.low, "low <= mode <= high, low < high")

    def at(self, share: FloatArray) -> FloatArray:
        """Values below which these shares of all draws lie."""
        whole, left = self.high - self.low, self.mode - self.low
        rising = self.low + np.sqrt(share * whole * left)
        falling = self.high - np.sqrt((1.0 - share) * whole * (whole - left))
        return np.where(share * whole < left, rising, falling)


@dataclass(frozen=True)
class Normal:
    """Normal with `mean` and standard deviation `sd`, cut off below `low` (and above `high`).

    Examples
    --------
    >>> Normal(1, 0.1).at(np.array([0.5])).round(9).tolist()
    [1.0]
    """

    mean: float
    sd: float
    low: float = 0.0
    high: float = float("inf")

    def __post_init__(self) -> None:
        _refuse_unless(
            self, self.sd > 0 and self.low < self.high and self.low <= self.mean <= self.high,
            "sd > 0 and low <= mean <= high",
        )  # fmt: skip

    def at(self, share: FloatArray) -> FloatArray:
        """Values below which these shares of all draws lie."""
        from scipy.special import ndtr, ndtri

        ends = ndtr((np.array([self.low, self.high]) - self.mean) / self.sd)
        return np.asarray(self.mean + self.sd * ndtri(ends[0] + (ends[1] - ends[0]) * share))


@dataclass(frozen=True)
class Lognormal:
    """Half of all draws below `median`; a standard deviation of the logarithm of `sigma`.

    Examples
    --------
    >>> Lognormal(24, 0.5).at(np.array([0.5])).round(9).tolist()
    [24.0]
    """

    median: float
    sigma: float

    def __post_init__(self) -> None:
        _refuse_unless(self, self.median > 0 and self.sigma > 0, "median > 0 and sigma > 0")

    def at(self, share: FloatArray) -> FloatArray:
        """Values below which these shares of all draws lie."""
        from scipy.special import ndtri

        return np.asarray(self.median * np.exp(self.sigma * ndtri(share)))


def lever_edit(lever: str, value: float) -> Edit:
    """Return the edit that puts a lever at a value.

    Parameters
    ----------
    lever : str
        ``hours of X``, ``fee of X`` or ``capacity of X``, each also with ``scale`` before it; ``scale tariff
        of MODE`` or ``scale tariff of MODE COUNTRY``; ``scale demand of COMMODITY`` and ``scale value of
        time of COMMODITY``, ``*`` for all. X is an id, an alias or a pattern, as in any edit.
    value : float
        Hours, USD/t, the unit of the limit, or a factor.

    Raises
    ------
    InvalidValueError
        The words are none of these.

    Examples
    --------
    >>> str(lever_edit("hours of rail:a>b", 12.0))
    'set hours: target rail:a>b, hours 12.0'
    >>> str(lever_edit("scale demand of coal", 1.5))
    'scale demand: commodity coal, factor 1.5'
    """
    text = str(lever).strip()
    what = next((known for known in LEVERS if text.startswith(f"{known} of ")), text.partition(" of ")[0])
    target = text[len(what) + len(" of ") :]
    if what not in LEVERS or not target.strip():
        raise InvalidValueError(
            f"lever {lever!r} is not understood",
            column="lever",
            ids=(lever,),
            expected=f"`{'`, `'.join(LEVERS)}`, then `of` and a name",
            cure=did_you_mean(what, LEVERS) or "write e.g. 'hours of' and the id of a crossing",
        )
    verb, field = LEVERS[what]
    name = target.strip()
    if verb == "scale_tariff":
        mode, _, country = name.partition(" ")
        where = {"mode": mode, "country": country.strip()}
    else:
        where = {"commodity" if verb in ("scale_demand", "scale_value_of_time") else "target": name}
    optional = verb in ("scale_tariff", "scale_demand", "scale_value_of_time")
    named = {k: v for k, v in where.items() if v and not (optional and v == words.ANY)}
    return Edit(verb, {**named, field: float(value)})


def grid(levers: Mapping[str, Values]) -> tuple[Case, ...]:
    """Make a case of every combination of the values of some levers.

    Parameters
    ----------
    levers : mapping
        Values by lever, see `lever_edit`; or, under any name, a mapping of words to scenarios to choose from,
        each with its edits and its demand set.

    Returns
    -------
    tuple of Case
        The last lever turns fastest.

    Raises
    ------
    InvalidValueError
        There is no lever, a lever has no values or the same twice, or scenarios that meet in a case carry
        different demand sets.

    Examples
    --------
    >>> cases = grid({"hours of x": [1, 2], "scale demand of *": [1.0, 1.2]})
    >>> len(cases), cases[1].name
    (4, 'hours of x 1, scale demand of * 1.2')
    """
    empty = [name for name, values in levers.items() if not (hasattr(values, "__len__") and len(values))]
    if not levers or empty:
        raise InvalidValueError(
            f"the grid has no values for {list_ids(empty)}" if empty else "the grid has no lever",
            column="grid",
            ids=empty,
            expected="a list with at least one value for each lever",
        )
    axes = [_axis(name, values) for name, values in levers.items()]
    cases = []
    for picks in itertools.product(*axes):
        values = {name: value for name, (_, _, value) in zip(levers, picks, strict=True)}
        name = ", ".join(label for label, _, _ in picks)
        cases.append(Case(name, _together(name, [scenario for _, scenario, _ in picks]), values))
    return tuple(cases)


def draws(distributions: Mapping[str, Distribution], n: int, *, seed: int) -> tuple[Case, ...]:
    """Make cases of values drawn at random for some levers, each independent of the others.

    Parameters
    ----------
    distributions : mapping
        How the value of each lever is spread: `Uniform`, `Triangular`, `Normal`, `Lognormal`, or anything
        with such an `at`.
    n : int
        How many.
    seed : int
        The same seed gives the same draws; more of them begin with the fewer.

    Returns
    -------
    tuple of Case

    Raises
    ------
    InvalidValueError
        There is no lever, or `n` is less than 1.

    Examples
    --------
    >>> few = draws({"hours of x": Uniform(10, 20)}, 2, seed=1)
    >>> few == draws({"hours of x": Uniform(10, 20)}, 9, seed=1)[:2]
    True
    """
    if not distributions or n < 1:
        raise InvalidValueError(
            "there is nothing to draw" if not distributions else f"n is {n}",
            column="draws",
            expected="at least one lever and n >= 1",
        )
    columns = {}
    for lever, spread in distributions.items():
        known = "Uniform, Triangular, Normal or Lognormal, from landsea_routing.whatif.levers"
        _refuse_unless(spread, hasattr(spread, "at"), known)
        # A stream for each lever, so that one more lever leaves the draws of the others as they were.
        stream = np.random.default_rng([seed, zlib.crc32(lever.encode())])
        # 0 has no place in a spread without end.
        share = np.maximum(stream.random(n), np.finfo(np.float64).tiny)
        columns[lever] = np.asarray(spread.at(share), dtype=np.float64).tolist()
    cases = []
    for i in range(n):
        values = {lever: column[i] for lever, column in columns.items()}
        edits = tuple(lever_edit(lever, value) for lever, value in values.items())
        cases.append(Case(f"draw {i + 1}", Scenario(f"draw {i + 1}", edits=edits), values))
    return tuple(cases)


def _together(name: str, scenarios: Sequence[Scenario]) -> Scenario:
    """Lay scenarios over each other: all edits in order, with the one demand set that any of them carries."""
    demands = sorted({scenario.demand for scenario in scenarios} - {""})
    if len(demands) > 1:
        raise InvalidValueError(
            f"scenarios that meet in {name!r} carry different demands ({', '.join(demands)})",
            column="grid",
            ids=demands,
            expected="one demand set in each case",
            cure="give it with use_demand to the scenarios of one lever only",
        )
    edits = tuple(edit for scenario in scenarios for edit in scenario.edits)
    return Scenario(name, edits=edits, demand="".join(demands))


def _axis(lever: str, values: Values) -> list[tuple[str, Scenario, float | str]]:
    """Label, scenario and value of each place of a lever."""
    if isinstance(values, Mapping):
        return [(str(name), scenario, str(name)) for name, scenario in values.items()]
    numbers = [float(v) for v in values]
    if len(set(numbers)) < len(numbers):
        raise InvalidValueError(
            f"lever {lever!r} has a value twice", column="grid", ids=numbers, expected="each value once"
        )
    return [(f"{lever} {v:.12g}", Scenario(lever, edits=(lever_edit(lever, v),)), v) for v in numbers]


def _refuse_unless(spread: object, good: bool, expected: str) -> None:
    if not good:
        raise InvalidValueError(f"{spread} is no distribution", column="draws", expected=expected)
