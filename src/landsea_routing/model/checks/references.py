"""References: every name in a row is the key of a row elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from landsea_routing.errors import did_you_mean
from landsea_routing.model.checks.facts import Check, find
from landsea_routing.model.checks.report import Finding
from landsea_routing.model.network import Network, row_of
from landsea_routing.model.table import Table
from landsea_routing.model.words import ALL, ANY, MODES, TECHNOLOGIES, split_words

NODE_COLUMNS = (
    ("links", ("from_node", "to_node")),
    ("transfers", ("node",)),
    ("crossings", ("from_node", "to_node")),
    ("demand", ("origin", "destination")),
    ("demand_sets", ("origin", "destination")),
)
COMMODITY_COLUMNS = (
    ("nodes", "loads"),
    ("transfers", "commodities"),
    ("crossings", "domestic_transit"),
    ("clearances", "commodities"),
    ("clearances", "domestic_transit"),
    ("access", "commodity"),
    ("tariffs", "commodity"),
    ("capacity_members", "commodities"),
    ("payloads", "commodity"),
    ("demand", "commodity"),
    ("demand_sets", "commodity"),
    ("emission_factors", "commodities"),
)
MODE_COLUMNS = (("nodes", "waypoint"), ("commodities", "modes"))
TECHNOLOGY_COLUMNS = ("gauge_technologies", "transfer_technologies")
"""Lists of technologies of a commodity."""
EXACT_COMMODITY = ("demand", "demand_sets")
"""Tables whose commodity may not be `*`."""
TARGET_TABLES = {
    "link": "links",
    "border": "links",
    "handling": "nodes",
    "lift": "nodes",
    "gauge_transfer": "nodes",
    "transfer": "transfers",
}
"""Where the target of a member is looked up, by what it applies to."""


def check_nodes(net: Network) -> list[Finding]:
    """Ends of links, transfers, crossings and demand."""
    known = row_of(net.nodes)
    return [
        finding
        for name, columns in NODE_COLUMNS
        for column in columns
        for finding in _unknown(net.tables[name], column, known, "unknown-node", "nodes.csv")
    ]


def check_commodities(net: Network) -> list[Finding]:
    """Commodities wherever they are listed."""
    known = row_of(net.commodities)
    found = []
    for name, column in COMMODITY_COLUMNS:
        words = {**known} if name in EXACT_COMMODITY else {**known, ANY: 0, ALL: 0}
        found += _unknown(net.tables[name], column, words, "unknown-commodity", "commodities.csv")
    default = net.settings.default_commodity
    if default and default not in known:
        found.append(
            Finding(
                "unknown-commodity",
                "error",
                "network.toml",
                "default_commodity",
                (default,),
                "is not a commodity",
                f"one of {', '.join(known)}",
                did_you_mean(default, known) or "name one of them",
            )
        )
    return found


def check_modes(net: Network) -> list[Finding]:
    """Modes and technologies in lists of words."""
    modes = dict.fromkeys((*MODES, ANY, ALL), 0)
    technologies = dict.fromkeys((*TECHNOLOGIES, ANY, ALL), 0)
    found = []
    for name, column in MODE_COLUMNS:
        found += _unknown(net.tables[name], column, modes, "unknown-mode", "the list of modes")
    for column in TECHNOLOGY_COLUMNS:
        found += _unknown(net.commodities, column, technologies, "unknown-technology", "the technologies")
    return found


def check_classes(net: Network) -> list[Finding]:
    """Vehicle classes of links and tariffs, and their modes."""
    known = row_of(net.vehicle_classes)
    mode_of = dict(zip(net.vehicle_classes["id"].tolist(), net.vehicle_classes["mode"].tolist(), strict=True))
    found = []
    for table in (net.links, net.tariffs):
        words = {**known, "": 0, ANY: 0} if table is net.tariffs else {**known, "": 0}
        found += _unknown(table, "vehicle_class", words, "unknown-class", "vehicle_classes.csv")
        pairs = zip(table["vehicle_class"].tolist(), table["mode"].tolist(), strict=True)
        other = np.array([mode_of.get(c, mode) != mode for c, mode in pairs], dtype=bool)
        found += find(
            "class-of-other-mode",
            table,
            "vehicle_class",
            other,
            "belongs to another mode",
            expected="a class of the row's mode",
            cure="correct the class or the mode",
            details=[f"{c} is a class of {mode_of[c]}" for c in table["vehicle_class"][other].tolist()],
        )
    return found


def check_members(net: Network) -> list[Finding]:
    """Groups and targets of capacity members."""
    members = net.capacity_members
    found = _unknown(
        members,
        "group",
        row_of(net.capacity_groups),
        "unknown-group",
        "capacity_groups.csv",
    )
    for applies_to, name in TARGET_TABLES.items():
        rows = np.flatnonzero(members["applies_to"] == applies_to)
        found += _unknown(
            members.take(rows),
            "target",
            row_of(net.tables[name]),
            "unknown-target",
            f"{name}.csv",
        )
    return found


def _unknown(table: Table, column: str, known: Mapping[str, int], code: str, place: str) -> list[Finding]:
    noun = code.removeprefix("unknown-")
    cells, inverse = np.unique(table[column], return_inverse=True)
    missing = [_missing(str(cell), known, table, column) for cell in cells]
    if not any(missing):
        return []
    bad = np.array([bool(m) for m in missing])[inverse]
    rows = np.flatnonzero(bad)
    first = missing[inverse[rows[0]]][0]
    return find(
        code,
        table,
        column,
        rows,
        f"names a {noun} that does not exist",
        expected=f"a {noun} of {place}",
        cure=did_you_mean(first, known) or f"add it to {place} or correct the name",
        details=[", ".join(missing[k]) for k in inverse[rows]],
    )


def _missing(cell: str, known: Mapping[str, int], table: Table, column: str) -> list[str]:
    kind = table.schema.column(column).kind
    words = split_words(cell) if kind == "words" else (cell,)
    return [word for word in words if word not in known]


CHECKS: tuple[Check, ...] = (check_nodes, check_commodities, check_modes, check_classes, check_members)
