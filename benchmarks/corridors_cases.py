"""The cases of `validation.csv`: what each asks, in which unit, and what is accepted as an answer."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import NamedTuple

from landsea_routing.model.network import Network

DEFAULT_TOLERANCE = 0.30
NUMBER = re.compile(r"\d+(?:\.\d+)?")

Row = dict[str, str]
Interval = tuple[float, float]


class Side(NamedTuple):
    """One of the one or two routes of a case."""

    via: tuple[str, ...]
    avoid: tuple[str, ...]
    modes: tuple[str, ...]


def read_cases(net: Network) -> list[Row]:
    """Read `validation.csv` of a network's folder."""
    assert net.settings.folder is not None
    with (net.settings.folder / "validation.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def combine(case: Row, figures: Sequence[float]) -> float:
    """Make one figure of those of the two sides."""
    if len(figures) == 1:
        return figures[0]
    if case["kind"] == "cost":
        dear, cheap = dear_and_cheap(read_prices(case))
        return figures[dear] / figures[cheap]
    return figures[1] / figures[0] if case["unit"] == "cost ratio" else figures[1] - figures[0]


def read_sides(case: Row) -> list[Side]:
    """Read the one or two routes that the case fixes."""
    columns = [[_words(part) for part in case[name].split("|")] for name in ("via", "avoid", "modes")]
    n = max(map(len, columns))
    assert all(len(c) in (1, n) for c in columns), f"{case['id']}: columns with different numbers of sides"
    return [Side(*(c[min(i, len(c) - 1)] for c in columns)) for i in range(n)]


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(";") if word.strip())


def is_money(case: Row) -> bool:
    """Say whether it is money that is compared."""
    return case["kind"] == "cost" or case["unit"] == "cost ratio"


def in_km(case: Row) -> bool:
    """Say whether it is lengths that are compared."""
    return case["kind"] != "time" and not is_money(case)


def read_prices(case: Row) -> list[float]:
    """Read the published prices of the sides, in their order; days and further modes stand behind."""
    return [float(p) for p in case["published"].split(";")[0].split("/")]


def dear_and_cheap(prices: Sequence[float]) -> tuple[int, int]:
    """Return the places of the dearer of two prices and of the other."""
    return (0, 1) if prices[0] >= prices[1] else (1, 0)


def read_published(case: Row, sides: Sequence[Side]) -> list[float]:
    """Read one figure, or the two ends of a range, or nothing where it is no number."""
    if case["tolerance"] == "ratio":
        prices = read_prices(case)
        dear, cheap = dear_and_cheap(prices[: len(sides)])
        return [prices[dear] / prices[cheap]]
    plain = re.sub(r"\([^)]*\)", "", case["published"])
    return [float(v) for v in NUMBER.findall(plain)]


def accepted_interval(case: Row, published: Sequence[float]) -> Interval | None:
    """Return from which figure to which the model may lie; None where nothing is judged."""
    text = case["tolerance"].split(";")[0].strip()
    if not published:
        return None
    figure = published[0]
    below, above = DEFAULT_TOLERANCE, DEFAULT_TOLERANCE
    if text == "sign":
        return (1.0 if case["unit"] == "cost ratio" else 0.0), float("inf")
    if text == "lower bound":
        return figure, float("inf")
    if text == "range":
        return min(published), max(published)
    numbers = [float(v) for v in NUMBER.findall(text)]
    if numbers and "%" not in text:
        return min(numbers), max(numbers)
    if numbers:
        below, above = numbers[0] / 100, numbers[-1] / 100
    return figure * (1 - below), figure * (1 + above)


def unit_of(case: Row) -> str:
    """Return the unit in which the case is printed."""
    if case["tolerance"] == "ratio":
        return "ratio"
    return case["unit"].replace("_", " ")
