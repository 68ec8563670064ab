"""Demand and rates: what has to go can be loaded, priced and left at home."""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import BoolArray
from landsea_routing.model.checks.codes import ERROR, WARNING
from landsea_routing.model.checks.facts import (
    Check,
    allowed_modes,
    carries,
    commodity_rows,
    find,
    is_any,
    known_ends,
)
from landsea_routing.model.checks.report import Finding
from landsea_routing.model.network import Network, rows_of
from landsea_routing.model.table import Table
from landsea_routing.model.words import ANY, MODES, split_words


def check_demand(net: Network) -> list[Finding]:
    """Units, ends and loading of demand, in the base and in every named set."""
    return [finding for table in (net.demand, net.demand_sets) for finding in _demand_faults(net, table)]


def _demand_faults(net: Network, table: Table) -> list[Finding]:
    commodity = rows_of(net.commodities, table["commodity"])
    unit = np.append(net.commodities["unit"], "")[commodity]
    wrong = (table["unit"] != "t") & (table["unit"] != unit) & (commodity >= 0)
    # What is not known (row -1) finds the last row or column and is left to another check.
    loads = np.pad(commodity_rows(net, net.nodes["loads"]), ((0, 1), (0, 1)), constant_values=True)
    ends = [(c, rows_of(net.nodes, table[c])) for c in ("origin", "destination")]
    shut = np.array([~loads[row, commodity] for _, row in ends], dtype=bool)
    rows = np.flatnonzero(shut.any(axis=0))
    return (
        find(
            "unit-mismatch",
            table,
            "unit",
            wrong,
            "is not a unit of the commodity",
            expected="t, or the unit of the commodity",
            cure="convert the amount to tonnes",
            details=[
                f"{a}, commodity in {b}" for a, b in zip(table["unit"][wrong], unit[wrong], strict=True)
            ],
        )
        + find(
            "demand-origin-is-destination",
            table,
            "destination",
            table["origin"] == table["destination"],
            "is the origin",
            expected="two different nodes",
            cure="remove the row; it needs no carriage",
            severity=WARNING,
        )
        + find(
            "loads-forbid",
            table,
            "origin",
            rows,
            "or destination does not load the commodity",
            expected="nodes whose loads column lists it",
            cure="add the commodity to loads in nodes.csv, or move the demand",
            severity=WARNING,
            details=[
                " and ".join(str(table[c][r]) for (c, _), s in zip(ends, shut[:, r], strict=True) if s)
                for r in rows
            ],
        )
    )


def check_tariffs(net: Network) -> list[Finding]:
    """Tariffs for every mode, country and commodity that operating links need.

    Classes with tariffs of their own carry only what those name, so that nothing is missing there.
    """
    table, classes = net.tariffs, net.vehicle_classes
    own = set(classes["id"][classes["own_tariff"]].tolist())
    goods, allowed = commodity_rows(net, table["commodity"]), allowed_modes(net)
    lacking: list[str] = []
    for mode, country, name in sorted(_places(net)):
        if name in own or mode not in MODES:
            continue
        rows = (
            (table["mode"] == mode)
            & (is_any(table["country"]) | (table["country"] == country))
            & (is_any(table["vehicle_class"]) | (table["vehicle_class"] == (name or "*")))
        )
        missing = allowed[MODES.index(mode)] & ~goods[rows].any(axis=0)
        lacking += [f"{mode}/{country}/{name or '*'}/{c}" for c in net.commodities["id"][missing]]
    return _lacking(
        "tariff-missing",
        "tariffs",
        "rate_usd_per_t_km",
        lacking,
        "is missing for carriage by operating links",
    )


def _places(net: Network) -> set[tuple[str, str, str]]:
    """Mode, country and class of every operating link end."""
    links = net.links
    tail, head, known = known_ends(net)
    rows = carries(net) & known
    columns = links["mode"][rows].tolist(), links["vehicle_class"][rows].tolist()
    return {
        (mode, country, name)
        for end in (tail, head)
        for mode, name, country in zip(*columns, net.nodes["country"][end[rows]].tolist(), strict=True)
    }


def check_emissions(net: Network) -> list[Finding]:
    """Emission factors for every mode, country and commodity that operating links need, at their length."""
    table = net.emission_factors
    message = "is missing for carriage by operating links, whose CO2e is unknown there"
    if len(table) or not len(net.links):
        return _lacking("emission-missing", "emission_factors", "kg_co2e_per_t_km", _unfactored(net), message)
    return [
        Finding(
            "emission-missing",
            WARNING,
            "emission_factors",
            "",
            ("emission_factors.csv",),
            "has no rows, so that all CO2e of carriage is unknown",
            "factors for each mode with links",
            "write emission_factors.csv, with `*` where one row serves all",
        )
    ]


def _unfactored(net: Network) -> dict[str, str]:
    """Mode and country of operating links, with how many commodities have no factor there.

    As in routing, rows that name the country win over `*`, then rows that name the commodity; what is
    longer than all of those has none.
    """
    table, allowed = net.emission_factors, allowed_modes(net)
    goods = commodity_rows(net, table["commodities"])
    named = ~np.array([ANY in split_words(str(cell)) for cell in table["commodities"]], dtype=bool)
    lacking: dict[str, str] = {}
    for (mode, country), length in sorted(_longest(net).items()):
        here = (table["mode"] == mode) & (is_any(table["country"]) | (table["country"] == country))
        rows = np.flatnonzero(here)
        rank = 1 + named[rows] + 2 * (table["country"][rows] == country)
        exact = goods[rows] * rank[:, None]
        best = (exact == exact.max(axis=0, initial=0)) & goods[rows]
        reach = np.where(best, table["max_length_km"][rows, None], -np.inf).max(axis=0, initial=-np.inf)
        count = int(np.sum(allowed[MODES.index(mode)] & (reach < length)))
        if count:
            lacking[f"{mode}/{country}"] = "1 commodity" if count == 1 else f"{count} commodities"
    return lacking


def _longest(net: Network) -> dict[tuple[str, str], float]:
    """Length of the longest operating link by mode and country of its ends."""
    links, found = net.links, dict[tuple[str, str], float]()
    tail, head, known = known_ends(net)
    rows = np.flatnonzero(carries(net) & known & np.isin(links["mode"], MODES))
    columns = links["mode"][rows].tolist(), links["length_km"][rows].tolist()
    for end in (tail, head):
        for mode, length, country in zip(*columns, net.nodes["country"][end[rows]].tolist(), strict=True):
            found[mode, country] = max(found.get((mode, country), 0.0), length)
    return found


def check_access(net: Network) -> list[Finding]:
    """Access rows for every mode, country and commodity that nodes load."""
    table, goods = net.access, commodity_rows(net, net.access["commodity"])
    lacking: list[str] = []
    for (mode, country), loads in sorted(_loading(net).items()):
        rows = (table["mode"] == mode) & (is_any(table["country"]) | (table["country"] == country))
        missing = loads & allowed_modes(net)[MODES.index(mode)] & ~goods[rows].any(axis=0)
        lacking += [f"{mode}/{country}/{c}" for c in net.commodities["id"][missing]]
    return _lacking(
        "access-missing", "access", "access_h", lacking, "is missing where nodes load the commodity"
    )


def _loading(net: Network) -> dict[tuple[str, str], BoolArray]:
    """Commodities loaded at nodes with an operating link, by mode and country."""
    loads, links = commodity_rows(net, net.nodes["loads"]), net.links
    tail, head, known = known_ends(net)
    rows = np.flatnonzero(carries(net) & known & np.isin(links["mode"], MODES))
    found: dict[tuple[str, str], BoolArray] = {}
    for end in (tail, head):
        for mode, node in zip(links["mode"][rows].tolist(), end[rows].tolist(), strict=True):
            key = mode, str(net.nodes["country"][node])
            found[key] = found[key] | loads[node] if key in found else loads[node]
    return found


def _lacking(
    code: str, table: str, column: str, ids: list[str] | dict[str, str], message: str
) -> list[Finding]:
    if not ids:
        return []
    severity = ERROR if code == "tariff-missing" else WARNING
    expected = f"a row of {table}.csv, with `*` where one row serves all"
    details = tuple(ids.values()) if isinstance(ids, dict) else ()
    cure = "add the rows, or a `*` row"
    return [Finding(code, severity, table, column, tuple(ids), message, expected, cure, details)]


def check_rates(net: Network) -> list[Finding]:
    """A price for what stays at home."""
    if not len(net.demand) or np.isfinite(net.settings.unserved_price_usd_per_t):
        return []
    return [
        Finding(
            "unserved-price-missing",
            WARNING,
            "network.toml",
            "unserved_price_usd_per_t",
            (net.name,),
            "is not set though there is demand",
            "a price above every useful path",
            "set unserved_price_usd_per_t in network.toml, or pass it to assign",
        )
    ]


CHECKS: tuple[Check, ...] = (check_demand, check_tariffs, check_access, check_emissions, check_rates)
