"""What a path minimises, and what may be summed along it, as one number per arc."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray
from landsea_routing.errors import InvalidValueError, did_you_mean, list_ids
from landsea_routing.graph.cost import LEDGER, ArcPrices
from landsea_routing.graph.emissions import co2e, missing_factors
from landsea_routing.graph.graph import Graph

Weight = str | Callable[[Graph], FloatArray]

ATTRIBUTES = ("cost", "money", "time", "length", "co2e", *LEDGER)
"""What `along=` can name; the first, third, fourth and fifth are also weights."""
WEIGHTS = ("cost", "time", "length", "co2e")
TIE_BREAK = 1e-9
"""Share of the generalized cost added to named weights, so that ties fall to the cheaper path."""


def weight_name(weight: Weight) -> str:
    """Return what a result calls its weight."""
    return weight if isinstance(weight, str) else getattr(weight, "__name__", "custom")


def arc_weight(graph: Graph, prices: ArcPrices, weight: Weight, is_open: BoolArray) -> FloatArray:
    """Return the weight of every arc, `inf` where it is not open to the question.

    Raises
    ------
    InvalidValueError
        The weight is unknown, a cost function gives NaN, negative numbers or a wrong shape, or open arcs
        have no known CO2e.
    """
    if callable(weight):
        values = _checked(weight(graph), graph.topology.n_arcs, weight_name(weight))
        return np.where(is_open, values, np.inf)
    if weight not in WEIGHTS:
        raise InvalidValueError(
            f"weight {weight!r} is not known",
            ids=(weight,),
            expected=f"one of {', '.join(WEIGHTS)}, or a function of the graph",
            cure=did_you_mean(str(weight), WEIGHTS) or "use one of these",
        )
    values = criterion(graph, prices, weight, is_open)
    return values if weight == "cost" else values + TIE_BREAK * prices.cost_usd_per_t


def criterion(graph: Graph, prices: ArcPrices, name: str, is_open: BoolArray) -> FloatArray:
    """Return an attribute of every arc by which ways are to be compared, `inf` where it is not open.

    Raises
    ------
    InvalidValueError
        There is no such attribute, or open arcs have no known CO2e.
    """
    if name == "co2e":
        _refuse_gaps(graph, is_open)
    return np.where(is_open, attribute(graph, prices, name), np.inf)


def attribute(graph: Graph, prices: ArcPrices, name: str) -> FloatArray:
    """Return one attribute of every arc, to be summed along a path.

    Raises
    ------
    InvalidValueError
        There is no such attribute.
    """
    if name == "cost":
        return np.asarray(prices.ledger_usd_per_t.sum(axis=0))
    if name == "money":
        return np.asarray(prices.money_usd_per_t.sum(axis=0))
    if name == "time":
        return prices.time_h
    if name == "length":
        return graph.arc_length_km
    if name == "co2e":
        return co2e(graph, prices.commodity)
    if name in LEDGER:
        return np.asarray(prices.ledger_usd_per_t[LEDGER.index(name)])
    raise InvalidValueError(
        f"attribute {name!r} is not known",
        ids=(name,),
        expected=f"one of {', '.join(ATTRIBUTES)}",
        cure=did_you_mean(name, ATTRIBUTES) or "use one of these",
    )


def _refuse_gaps(graph: Graph, is_open: BoolArray) -> None:
    """Least CO2e would run along what has no factor as if it were clean."""
    names = missing_factors(graph, is_open)
    if not names:
        return
    raise InvalidValueError(
        f"no emission factor fits {graph.commodity} by {list_ids(names)}",
        table="emission_factors",
        column="kg_co2e_per_t_km",
        ids=names,
        expected="a factor for every mode and country that the question may use",
        cure="add the rows, shut the modes, or ask for another weight",
    )


def _checked(values: FloatArray, n_arcs: int, name: str) -> FloatArray:
    try:
        numbers = np.asarray(values, dtype=np.float64)
        given = f"shape {numbers.shape}"
    except (TypeError, ValueError):
        numbers, given = np.zeros(0), f"a {type(values).__name__} that holds no numbers"
    if numbers.shape != (n_arcs,):
        raise InvalidValueError(
            f"cost function {name} gives {given}",
            expected=f"({n_arcs},), one cost per arc",
            cure="return one number per arc of graph.topology",
        )
    wrong = np.flatnonzero(~(numbers >= 0))
    if wrong.size:
        raise InvalidValueError(
            f"cost function {name} gives {numbers[wrong[0]]} on {wrong.size} arcs "
            f"({list_ids(wrong.tolist())})",
            ids=wrong.tolist(),
            expected="costs >= 0; inf closes an arc",
            cure="correct the function",
        )
    return numbers
