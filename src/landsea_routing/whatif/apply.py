"""How each edit changes a network: a new network that shares every table it does not touch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

import numpy as np

from landsea_routing._typing import BoolArray
from landsea_routing.errors import InvalidValueError, LandseaError, ScenarioError
from landsea_routing.model import words
from landsea_routing.model.calendars import parse_months
from landsea_routing.model.network import Network
from landsea_routing.whatif.edits import TARIFF_PARTS, Edit
from landsea_routing.whatif.targets import Rows, find_targets, links_at, with_crossings

Fields = Mapping[str, Any]


def apply_edit(network: Network, edit: Edit) -> Network:
    """Return the network with one edit made.

    Raises
    ------
    ScenarioError
        The edit names what does not exist, or a value that is not allowed; names the edit.
    """
    try:
        return _APPLY[edit.verb](network, edit.fields)
    except ScenarioError:
        raise
    except LandseaError as error:
        raise ScenarioError(
            f"edit {edit} cannot be made: {error}", table=error.table, column=error.column, ids=error.ids
        ) from error


def _number(fields: Fields, name: str, *, minimum: float = 0.0, unlimited: bool = False) -> float:
    value = fields[name]
    if unlimited and value == "unlimited":
        return float("inf")
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    if not is_number or not np.isfinite(value) or value < minimum:
        word = " or the word unlimited" if unlimited else ""
        raise InvalidValueError(
            f"{name} is {value!r}",
            column=name,
            ids=(str(value),),
            expected=f"a number >= {minimum:g}{word}",
            cure="correct it",
        )
    return float(value)


def _set_columns(
    network: Network, found: Rows, columns: Mapping[str, str], change: Callable[[Any], Any]
) -> Network:
    """Change one column of each table at the rows found."""
    changed = {}
    for name, rows in found.items():
        values = network.tables[name][columns[name]].copy()
        new = change(values[rows])
        if values.dtype.kind == "U":
            values = values.astype(f"<U{max(values.dtype.itemsize // 4, len(str(new)))}")
        values[rows] = new
        changed[name] = network.tables[name].with_columns(**{columns[name]: values})
    return network.with_tables(**changed)


def edited_rows(network: Network, edit: Edit) -> Rows:
    """Return the rows that an edit of status, months, capacity, hours or fees changes, by table.

    Raises
    ------
    ScenarioError
        The target names nothing.
    """
    if edit.verb not in _ROWS:
        return {}
    return _ROWS[edit.verb](network, str(edit.fields["target"]))


def _rows_to_close(network: Network, target: str) -> Rows:
    found = find_targets(network, target, ("links", "crossings", "nodes"))
    nodes = found.pop("nodes", None)
    if nodes is not None:
        at_nodes = links_at(network, nodes)
        found["links"] = np.union1d(found.get("links", at_nodes), at_nodes)
    return _without_shared(network, found)


def _rows_to_open(network: Network, target: str) -> Rows:
    return with_crossings(network, find_targets(network, target, ("links", "crossings")))


def _rows_of_calendar(network: Network, target: str) -> Rows:
    return _without_shared(network, find_targets(network, target, ("links", "crossings")))


CAPACITIES = {"capacity_groups": "limit", "transfers": "capacity"}
HOURS = {"transfers": "hours", "crossings": "hours", "links": "delay_h"}
FEES = {"crossings": "fee_usd_per_t", "links": "surcharge_usd_per_t", "transfers": "usd_per_t"}


def _rows_in(columns: Mapping[str, str]) -> Callable[[Network, str], Rows]:
    return lambda network, target: find_targets(network, target, tuple(columns))


_ROWS: dict[str, Callable[[Network, str], Rows]] = {
    "close": _rows_to_close,
    "open": _rows_to_open,
    "set_months": _rows_of_calendar,
    "set_capacity": _rows_in(CAPACITIES),
    "scale_capacity": _rows_in(CAPACITIES),
    "set_hours": _rows_in(HOURS),
    "scale_hours": _rows_in(HOURS),
    "set_fee": _rows_in(FEES),
    "scale_fee": _rows_in(FEES),
}


def _close(network: Network, fields: Fields) -> Network:
    return _set_status(network, _rows_to_close(network, str(fields["target"])), "closed")


def _open(network: Network, fields: Fields) -> Network:
    return _set_status(network, _rows_to_open(network, str(fields["target"])), "operating")


def _set_status(network: Network, found: Rows, status: str) -> Network:
    return _set_columns(network, found, {"links": "status", "crossings": "status"}, lambda _: status)


def _without_shared(network: Network, found: Rows) -> Rows:
    """Add the crossings of the links found, but for those that a parallel open link still needs."""
    links = network.links
    others = np.setdiff1d(np.flatnonzero(links["status"] == "operating"), found.get("links", ()))
    needed = with_crossings(network, {"links": others}).get("crossings", ())
    own = with_crossings(network, {"links": found.get("links", others[:0])}).get("crossings", ())
    named = found.get("crossings", np.zeros(0, dtype=np.int64))
    return {**found, "crossings": np.union1d(named, np.setdiff1d(own, needed)).astype(np.int64)}


def _set_months(network: Network, fields: Fields) -> Network:
    mask = parse_months(str(fields["months"]))
    found = _rows_of_calendar(network, str(fields["target"]))
    return _set_columns(network, found, {"links": "open_months", "crossings": "open_months"}, lambda _: mask)


def _set_capacity(network: Network, fields: Fields) -> Network:
    value = _number(fields, "value", unlimited=True)
    found = _ROWS["set_capacity"](network, str(fields["target"]))
    return _set_columns(network, found, CAPACITIES, lambda _: value)


def _scale_capacity(network: Network, fields: Fields) -> Network:
    factor = _number(fields, "factor")
    found = _ROWS["scale_capacity"](network, str(fields["target"]))
    # Zero times unlimited is zero here, not NaN.
    return _set_columns(network, found, CAPACITIES, lambda old: old * factor if factor else 0.0)


def _set_hours(network: Network, fields: Fields) -> Network:
    hours = _number(fields, "hours")
    return _set_columns(network, _ROWS["set_hours"](network, str(fields["target"])), HOURS, lambda _: hours)


def _scale_hours(network: Network, fields: Fields) -> Network:
    factor = _number(fields, "factor")
    found = _ROWS["scale_hours"](network, str(fields["target"]))
    return _set_columns(network, found, HOURS, lambda old: old * factor)


def _set_fee(network: Network, fields: Fields) -> Network:
    fee = _number(fields, "usd_per_t")
    found = _ROWS["set_fee"](network, str(fields["target"]))
    network = _set_columns(network, found, FEES, lambda _: fee)
    return _set_columns(network, _only_transfers(found), {"transfers": "usd_per_teu"}, lambda _: np.nan)


def _scale_fee(network: Network, fields: Fields) -> Network:
    factor = _number(fields, "factor")
    found = _ROWS["scale_fee"](network, str(fields["target"]))
    network = _set_columns(network, found, FEES, lambda old: old * factor)
    return _set_columns(
        network, _only_transfers(found), {"transfers": "usd_per_teu"}, lambda old: old * factor
    )


def _only_transfers(found: Rows) -> Rows:
    return {name: rows for name, rows in found.items() if name == "transfers"}


TARIFF_KEY = ("mode", "country", "vehicle_class", "commodity")


def _set_tariff(network: Network, fields: Fields) -> Network:
    table = network.tariffs
    key = {c: str(fields.get(c, words.ANY)) for c in TARIFF_KEY}
    least = {c: table.schema.column(c).minimum for c in TARIFF_PARTS}
    parts = {c: _number(fields, c, minimum=least[c]) for c in TARIFF_PARTS if c in fields}
    rows = np.flatnonzero(_matches(network, "tariffs", key))
    if rows.size:
        values = {column: table[column].copy() for column in parts}
        for column, value in parts.items():
            values[column][rows] = value
        return network.with_tables(tariffs=table.with_columns(**values))
    missing = [c for c in TARIFF_PARTS if c not in parts]
    if missing:
        raise InvalidValueError(
            f"there is no tariff of exactly {' '.join(key.values())}, and {', '.join(missing)} is not given",
            table="tariffs",
            column=missing[0],
            ids=tuple(key.values()),
            expected="all three parts for a new tariff",
            cure="give fixed_usd_per_t, rate_usd_per_t_km and speed_km_h",
        )
    return network.with_tables(tariffs=table.with_rows([{**key, **parts, "source": "scenario"}]))


def _scale_tariff(network: Network, fields: Fields) -> Network:
    factor = _number(fields, "factor")
    key = {c: str(fields[c]) for c in TARIFF_KEY if c in fields}
    rows = _some(_matches(network, "tariffs", key), "tariffs", key)
    for column in TARIFF_PARTS[:2]:
        network = _set_columns(network, {"tariffs": rows}, {"tariffs": column}, lambda old: old * factor)
    return network


def _set_demand(network: Network, fields: Fields) -> Network:
    key = {c: str(fields[c]) for c in ("origin", "destination", "commodity")}
    amount = _number(fields, "amount_per_year")
    keep = ~_matches(network, "demand", key)
    unit = fields.get("unit") or _own_unit(network, key["commodity"])
    row = {**key, "amount_per_year": amount, "unit": unit, "source": "scenario"}
    return network.with_tables(demand=network.demand.take(keep).with_rows([row]))


def _own_unit(network: Network, commodity: str) -> str:
    rows = np.flatnonzero(network.commodities["id"] == commodity)
    return str(network.commodities["unit"][rows[0]]) if rows.size else "t"


def _scale_demand(network: Network, fields: Fields) -> Network:
    factor = _number(fields, "factor")
    key = {c: str(fields[c]) for c in ("origin", "destination", "commodity") if c in fields}
    rows = _some(_matches(network, "demand", key), "demand", key)
    return _set_columns(network, {"demand": rows}, {"demand": "amount_per_year"}, lambda old: old * factor)


def _scale_value_of_time(network: Network, fields: Fields) -> Network:
    factor = _number(fields, "factor")
    key = {"id": str(fields["commodity"])} if "commodity" in fields else {}
    rows = _some(_matches(network, "commodities", key), "commodities", key)
    column = {"commodities": "value_of_time_usd_per_t_h"}
    return _set_columns(network, {"commodities": rows}, column, lambda old: old * factor)


def _allow_domestic_transit(network: Network, fields: Fields) -> Network:
    cell = fields["commodities"]
    value = ";".join(cell) if isinstance(cell, list) else str(cell)
    target = str(fields["target"])
    at_ports = np.flatnonzero(network.clearances["country"] == target)
    found = (
        {"clearances": at_ports} if at_ports.size else find_targets(network, target, ("crossings", "links"))
    )
    if "links" in found:
        found = {"crossings": with_crossings(network, found)["crossings"]}
        if not found["crossings"].size:
            raise InvalidValueError(
                f"{target} crosses no border",
                table="crossings",
                column="id",
                ids=(target,),
                expected="a link with crossings",
            )
    column = "domestic_transit"
    return _set_columns(network, found, {"crossings": column, "clearances": column}, lambda _: value)


def _matches(network: Network, table: str, key: Mapping[str, str]) -> BoolArray:
    fits = np.ones(len(network.tables[table]), dtype=np.bool_)
    for column, value in key.items():
        fits &= network.tables[table][column] == value
    return fits


def _some(fits: BoolArray, table: str, key: Mapping[str, str]) -> Any:
    rows = np.flatnonzero(fits)
    if not rows.size:
        raise InvalidValueError(
            f"no row of {table} has {', '.join(f'{k} {v}' for k, v in key.items())}"
            if key
            else f"{table} has no row",
            table=table,
            column=next(iter(key), ""),
            ids=tuple(key.values()),
            expected=f"values that stand in {table}",
            cure="look them up with to_frame()",
        )
    return rows


def _add_row(network: Network, fields: Fields) -> Network:
    table = str(fields["table"])
    return network.with_tables(**{table: network.tables[table].with_rows([fields["row"]])})


LINK_COLUMNS = (
    "from_node",
    "to_node",
    "mode",
    "length_km",
    "gauge",
    "vehicle_class",
    "alias",
    "open_months",
    "oneway",
)


def _add_link(network: Network, fields: Fields) -> Network:
    start, end, mode = (str(fields[c]) for c in ("from_node", "to_node", "mode"))
    link = str(fields.get("id", f"{mode}-{start}-{end}"))
    row = {"id": link, "source": "scenario", **{c: fields[c] for c in LINK_COLUMNS if c in fields}}
    capacity = fields["capacity"]
    network = network.with_tables(
        links=network.links.with_rows([row]),
        capacity_groups=network.capacity_groups.with_rows([{"id": link, "kind": "track", "limit": capacity}]),
        capacity_members=network.capacity_members.with_rows(
            [{"group": link, "target": link, "applies_to": "link"}]
        ),
    )
    if "border_h" not in fields:
        return network
    crossing = {
        "mode": mode,
        "control": "full",
        "hours": _number(fields, "border_h"),
        "fee_usd_per_t": _number(fields, "border_usd_per_t") if "border_usd_per_t" in fields else 0.0,
        "source": "scenario",
    }
    ways = [(start, end), (end, start)]
    rows = [{**crossing, "id": f"{mode}:{a}>{b}", "from_node": a, "to_node": b} for a, b in ways]
    return network.with_tables(crossings=network.crossings.with_rows(rows))


_APPLY: dict[str, Callable[[Network, Fields], Network]] = {
    "close": _close,
    "open": _open,
    "set_months": _set_months,
    "set_capacity": _set_capacity,
    "scale_capacity": _scale_capacity,
    "set_hours": _set_hours,
    "scale_hours": _scale_hours,
    "set_fee": _set_fee,
    "scale_fee": _scale_fee,
    "set_tariff": _set_tariff,
    "scale_tariff": _scale_tariff,
    "set_demand": _set_demand,
    "scale_demand": _scale_demand,
    "scale_value_of_time": _scale_value_of_time,
    "allow_domestic_transit": _allow_domestic_transit,
    "add_link": _add_link,
    "add_row": _add_row,
}
