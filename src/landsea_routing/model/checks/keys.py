"""Keys: no id twice, none that hides characters."""

from __future__ import annotations

import unicodedata

import numpy as np

from landsea_routing._typing import BoolArray
from landsea_routing.model.checks.codes import WARNING
from landsea_routing.model.checks.facts import Check, find, labels
from landsea_routing.model.checks.report import Finding
from landsea_routing.model.network import Network
from landsea_routing.model.table import Table

MAX_ID_LENGTH = 256
UNSAFE_CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode categories that show nothing or turn the direction of writing."""
EXACT_KEYS = (
    "id",
    "node",
    "from_node",
    "to_node",
    "origin",
    "destination",
    "group",
    "target",
    "set",
    "alias",
)


def check_duplicate_ids(net: Network) -> list[Finding]:
    """Rows of a table that share their key."""
    return [finding for table in net.tables.values() for finding in _duplicates(table)]


def _duplicates(table: Table) -> list[Finding]:
    values, counts = np.unique(labels(table), return_counts=True)
    twice = values[counts > 1]
    if not twice.size:
        return []
    key = table.schema.key
    return [
        Finding(
            "duplicate-id",
            "error",
            table.schema.name,
            key[0],
            tuple(map(str, twice)),
            "stands more than once" if len(key) == 1 else f"with {', '.join(key[1:])} stands more than once",
            "each key once (parallel links have ids of their own, -2, -3)",
            "remove or rename the repeated rows",
            tuple(f"{n} times" for n in counts[counts > 1]),
        )
    ]


def check_aliases(net: Network) -> list[Finding]:
    """Aliases that would match more than one link."""
    links = net.links
    alias, ids = np.char.lower(links["alias"]), np.char.lower(links["id"])
    values, counts = np.unique(alias, return_counts=True)
    twice = np.isin(alias, values[counts > 1]) | (np.isin(alias, ids) & (alias != ids))
    return find(
        "duplicate-alias",
        links,
        "alias",
        (links["alias"] != "") & twice,
        "names another link too",
        expected="each alias once, and no alias that is another link's id",
        cure="rename one alias",
        details=[str(a) for a in links["alias"][(links["alias"] != "") & twice]],
    )


def check_links_and_nodes(net: Network) -> list[Finding]:
    """Links that go by the name of a node."""
    nodes = np.char.lower(net.nodes["id"])
    return [
        finding
        for column in ("id", "alias")
        for finding in find(
            "alias-is-node",
            net.links,
            column,
            np.isin(np.char.lower(net.links[column]), nodes) & (net.links[column] != ""),
            "is the id of a node",
            expected="names of links that no node has",
            cure="rename the link (`<mode>-<from>-<to>`) or its alias",
        )
    ]


def check_lookalikes(net: Network) -> list[Finding]:
    """Ids that look alike because letters are composed differently."""
    found = []
    for table in net.tables.values():
        ids = np.unique(table[table.schema.key[0]])
        normal = np.array([unicodedata.normalize("NFC", str(i)) for i in ids], dtype=np.str_)
        values, counts = np.unique(normal, return_counts=True)
        alike = np.isin(normal, values[counts > 1])
        if alike.any():
            rows = np.isin(table[table.schema.key[0]], ids[alike])
            found += find(
                "lookalike-id",
                table,
                table.schema.key[0],
                rows,
                "looks the same as another id (composed and decomposed letters)",
                expected="one spelling for one thing",
                cure="write all ids in Unicode NFC",
                severity=WARNING,
            )
    return found


def check_unsafe_ids(net: Network) -> list[Finding]:
    """Ids that are empty, overlong, or hold characters one cannot see."""
    found = []
    for table in net.tables.values():
        for column in table.schema.columns:
            if column.kind == "id" and (column.name in EXACT_KEYS):
                unsafe = _unsafe(table, column.name, may_be_empty=column.default == "")
                found += find(
                    "unsafe-id",
                    table,
                    column.name,
                    unsafe,
                    f"is empty, longer than {MAX_ID_LENGTH} characters or holds control characters",
                    expected="a short visible word",
                    cure="write the id again, plainly",
                    details=[ascii(str(v)[:40]) for v in table[column.name][unsafe]],
                )
    return found


def _unsafe(table: Table, column: str, *, may_be_empty: bool) -> BoolArray:
    values, inverse = np.unique(table[column], return_inverse=True)
    unsafe = [_is_unsafe(str(v)) or (v == "" and not may_be_empty) for v in values]
    return np.array(unsafe, dtype=bool)[inverse] if values.size else np.zeros(0, dtype=bool)


def _is_unsafe(text: str) -> bool:
    hidden = not text.isascii() or not text.isprintable()
    return len(text) > MAX_ID_LENGTH or (
        hidden and any(unicodedata.category(letter) in UNSAFE_CATEGORIES for letter in text)
    )


CHECKS: tuple[Check, ...] = (
    check_duplicate_ids,
    check_aliases,
    check_links_and_nodes,
    check_lookalikes,
    check_unsafe_ids,
)
