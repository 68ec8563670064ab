"""Values: tables with rows, numbers in range, prices once, units that can be converted."""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray
from landsea_routing.model.checks.codes import ERROR
from landsea_routing.model.checks.facts import Check, commodity_rows, find
from landsea_routing.model.checks.report import Finding
from landsea_routing.model.column import Column
from landsea_routing.model.network import Network, rows_of
from landsea_routing.model.table import Table

BOXED_UNIT = "TEU/yr"


def check_numbers(net: Network) -> list[Finding]:
    """Numbers again, for networks that were built from arrays and not read from files."""
    return [
        finding
        for table in net.tables.values()
        for column in table.schema.columns
        if column.kind in ("number", "capacity", "integer")
        for finding in _number_faults(table, column)
    ]


def _number_faults(table: Table, column: Column) -> list[Finding]:
    values: FloatArray = table[column.name].astype(np.float64)
    unset = np.isnan(values) & (column.default == "nan")
    endless = np.isposinf(values) & (column.kind == "capacity")
    odd = ~(np.isfinite(values) | unset | endless)
    below = (values < column.minimum) & ~odd
    negative = below & (column.minimum >= 0) & (values < 0)
    outside = (below | (values > column.maximum)) & ~odd & ~negative
    limits = f"{column.minimum:g} to {column.maximum:g}"
    found = []
    for code, rows, message, expected in (
        ("not-finite", odd, "is not a finite number", "a finite number"),
        ("negative-value", negative, "is negative", f">= {column.minimum:g}"),
        ("out-of-range", outside, "is out of range", limits),
    ):
        found += find(
            code,
            table,
            column.name,
            rows,
            message,
            expected=expected,
            cure=f"correct it: {column.meaning[0].lower()}{column.meaning[1:]}",
            details=[f"{v:g}" for v in values[rows]],
        )
    return found


def check_words(net: Network) -> list[Finding]:
    """Words of closed vocabularies again, for networks that were built from arrays."""
    return [
        finding
        for table in net.tables.values()
        for column in table.schema.columns
        if column.choices
        for finding in find(
            "unknown-word",
            table,
            column.name,
            ~np.isin(table[column.name], column.choices),
            "holds a word that is not known",
            expected=f"one of {', '.join(column.choices)}",
            cure="write one of these words",
        )
    ]


def check_prices(net: Network) -> list[Finding]:
    """Each transfer is priced once, per tonne or per TEU."""
    table = net.transfers
    per_t, per_teu = ~np.isnan(table["usd_per_t"]), ~np.isnan(table["usd_per_teu"])
    expected = "exactly one of usd_per_t and usd_per_teu"
    return find(
        "price-missing",
        table,
        "usd_per_t",
        ~per_t & ~per_teu,
        "and usd_per_teu are both empty",
        expected=expected,
        cure="fill in one (0 where the transfer is free)",
    ) + find(
        "price-twice",
        table,
        "usd_per_t",
        per_t & per_teu,
        "and usd_per_teu are both filled in",
        expected=expected,
        cure="empty one of them",
    )


def check_boxed(net: Network) -> list[Finding]:
    """Prices and limits per TEU apply only to commodities that travel boxed."""
    unboxed = ~(net.commodities["t_per_teu"] > 0)
    transfers, members = net.transfers, net.capacity_members
    # One of 0 lets nothing through, boxed or not.
    limited = np.isfinite(transfers["capacity"]) & (transfers["capacity"] > 0)
    limited &= transfers["capacity_unit"] == BOXED_UNIT
    group = rows_of(net.capacity_groups, members["group"])
    in_teu = np.append(net.capacity_groups["unit"], "")[group] == BOXED_UNIT
    derived = in_teu & np.isnan(members["coefficient"])
    return (
        _not_boxed(net, transfers, "usd_per_teu", ~np.isnan(transfers["usd_per_teu"]), unboxed)
        + _not_boxed(net, transfers, "capacity_unit", limited, unboxed)
        + _not_boxed(net, members, "commodities", derived, unboxed)
    )


def _not_boxed(
    net: Network, table: Table, column: str, counted: BoolArray, unboxed: BoolArray
) -> list[Finding]:
    wrong = commodity_rows(net, table["commodities"]) & unboxed & counted[:, None]
    rows = np.flatnonzero(wrong.any(axis=1))
    return find(
        "not-boxed",
        table,
        column,
        rows,
        "is counted in TEU for a commodity that is not boxed",
        expected="commodities with t_per_teu > 0",
        cure="list only boxed commodities, or count in tonnes",
        details=[_names(net, wrong[r]) for r in rows],
    )


def _names(net: Network, mask: BoolArray) -> str:
    return ", ".join(net.commodities["id"][mask].tolist())


def check_filled(net: Network) -> list[Finding]:
    """Tables that no network can do without."""
    return [
        Finding(
            "empty-table",
            ERROR,
            name,
            "",
            (f"{name}.csv",),
            "has no rows",
            "at least one row",
            f"write the rows: {table.schema.meaning[0].lower()}{table.schema.meaning[1:]}",
        )
        for name, table in net.tables.items()
        if not table.schema.optional and not len(table)
    ]


CHECKS: tuple[Check, ...] = (check_filled, check_numbers, check_words, check_prices, check_boxed)
