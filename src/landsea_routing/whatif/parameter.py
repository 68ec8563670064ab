"""One number of the tables as something to be turned: hours, a fee, a tariff."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.errors import InvalidValueError, did_you_mean
from landsea_routing.graph import lookup
from landsea_routing.graph.graph import Graph
from landsea_routing.model import words
from landsea_routing.model.names import find_row
from landsea_routing.whatif.apply import FEES, HOURS, apply_edit
from landsea_routing.whatif.edits import TARIFF_PARTS
from landsea_routing.whatif.scenario import Scenario
from landsea_routing.whatif.targets import find_targets

Turn = Callable[[float], Graph]

UNITS = {"hours": "h", "fee": "USD/t", "rate": "USD/t-km", "fixed": "USD/t"}
PARTS = {"fixed": "fixed_usd_per_t", "rate": "rate_usd_per_t_km"}


class Parameter(NamedTuple):
    """A number that can be turned.

    Attributes
    ----------
    text, unit : str
        What it is called and measured in.
    current : float
        Its value in the tables; NaN where its rows differ or it has none.
    turn : callable
        Gives the graph with the number at a value; topology stays.
    """

    text: str
    unit: str
    current: float
    turn: Turn


def read_parameter(graph: Graph, parameter: str | Callable[[float], Scenario]) -> Parameter:
    """Read what is to be turned.

    Parameters
    ----------
    graph : Graph
        Whose tables hold it.
    parameter : str or callable
        ``hours of X`` (a crossing, transfer or link), ``fee of X`` (likewise), ``rate of MODE COUNTRY`` or
        ``fixed of MODE COUNTRY`` (the tariff of the graph's commodity there); or a function that makes a
        scenario of a value.

    Raises
    ------
    InvalidValueError
        The text is none of these, or there is no such tariff.
    ScenarioError
        Nothing goes by the name of the target.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> graph = lsr.expand(lsr.load_network("toy_three_ports"))
    >>> hours = read_parameter(graph, "hours of rail:arn>bek")
    >>> hours.current, hours.unit
    (20.0, 'h')
    >>> read_parameter(graph, "rate of rail XA").current
    0.02
    """
    if callable(parameter):
        name = getattr(parameter, "__name__", "parameter").strip("<>")
        return Parameter(name, "", float("nan"), _turn_scenario(graph, parameter))
    what, _, target = str(parameter).strip().partition(" of ")
    if what not in UNITS or not target.strip():
        raise InvalidValueError(
            f"parameter {parameter!r} is not understood",
            column="parameter",
            ids=(parameter,),
            expected="hours of X, fee of X, rate of MODE COUNTRY, fixed of MODE COUNTRY, or a function",
            cure=did_you_mean(what, UNITS) or "write e.g. 'hours of' and the id of a crossing",
        )
    if what in PARTS:
        return _tariff(graph, what, target.strip())
    return _row(graph, what, target.strip())


def _turn_scenario(graph: Graph, make: Callable[[float], Scenario]) -> Turn:
    def turn(value: float) -> Graph:
        turned = make(value).apply(graph)
        if turned.topology is not graph.topology:
            raise InvalidValueError(
                "the parameter adds links, nodes or transfers",
                column="parameter",
                expected="edits of prices and hours",
                cure="add them with a scenario first and turn their price",
            )
        return turned

    return turn


def _turn_edit(graph: Graph, make: Callable[[float], Scenario]) -> Turn:
    """As `_turn_scenario`, for edits that bring in no new name and so need no second check of the tables."""

    def turn(value: float) -> Graph:
        network = graph.network
        for edit in make(value).edits:
            network = apply_edit(network, edit)
        return replace(graph, network=network)

    return turn


def _row(graph: Graph, what: str, target: str) -> Parameter:
    columns = HOURS if what == "hours" else FEES
    found = find_targets(graph.network, target, tuple(columns))
    values = np.concatenate([_values(graph, name, columns)[rows] for name, rows in found.items()])
    same = bool((values == values[0]).all())
    current = float(values[0]) if same else float("nan")
    scenario = Scenario(f"{what} of {target}")

    def make(value: float) -> Scenario:
        return scenario.set_hours(target, value) if what == "hours" else scenario.set_fee(target, value)

    return Parameter(f"{what} of {target}", UNITS[what], current, _turn_edit(graph, make))


def _values(graph: Graph, table: str, columns: Mapping[str, str]) -> FloatArray:
    """Column of a table; a price per TEU as one per tonne."""
    values = np.asarray(graph.network.tables[table][columns[table]], dtype=np.float64)
    if columns[table] != "usd_per_t":
        return values
    commodities = graph.network.commodities
    t_per_teu = float(commodities["t_per_teu"][find_row(commodities, graph.commodity, ("id",))])
    per_teu = graph.network.tables[table]["usd_per_teu"] / t_per_teu if t_per_teu else np.nan
    return np.where(np.isnan(values), per_teu, values)


def _tariff(graph: Graph, what: str, target: str) -> Parameter:
    mode, _, country = target.partition(" ")
    nations = lookup.countries(graph.network)
    row = -1
    if mode in words.MODES and country.strip() in nations:
        rows = lookup.tariff_rows(graph.network, graph.commodity)
        row = int(rows[words.MODES.index(mode), nations.index(country.strip()), -1])
    if row < 0:
        raise InvalidValueError(
            f"there is no tariff of {target} for {graph.commodity}",
            table="tariffs",
            column="mode",
            ids=(target,),
            expected=f"one of {', '.join(words.MODES)} and one of {', '.join(nations)}",
            cure="write e.g. 'rate of rail CN'",
        )
    record = {c: graph.network.tariffs[c][row] for c in (*TARIFF_PARTS, "vehicle_class")}
    parts = {c: float(record[c]) for c in TARIFF_PARTS}
    key = {"vehicle_class": str(record["vehicle_class"])}

    def make(value: float) -> Scenario:
        changed = {**parts, PARTS[what]: value}
        return Scenario(what).set_tariff(mode, country.strip(), graph.commodity, **key, **changed)

    return Parameter(f"{what} of {target}", UNITS[what], parts[PARTS[what]], _turn_edit(graph, make))
