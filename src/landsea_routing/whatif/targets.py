"""Which rows an edit means: an id, an alias, a full name, or a pattern with `*`."""

from __future__ import annotations

from fnmatch import fnmatchcase

import numpy as np

from landsea_routing._typing import IntArray
from landsea_routing.errors import ScenarioError, did_you_mean, list_ids
from landsea_routing.model.network import Network

Rows = dict[str, IntArray]
"""Rows by table name; only tables with rows are there."""


KEYS = {"links": ("id", "alias"), "nodes": ("id", "name")}
PATTERN_KEYS = {"links": ("id", "alias")}
"""Columns by which rows can be named, exactly and by a pattern, where there is more than the id."""


def find_targets(network: Network, target: str, tables: tuple[str, ...]) -> Rows:
    """Return the rows that a target names in the tables that an edit may touch.

    An exact id or alias wins over everything else and means one table; a pattern with `*` may match
    rows of several.

    Raises
    ------
    ScenarioError
        Nothing matches; says what would have.
    """
    if "*" in target or "?" in target:
        found = {name: _matching(network, name, target) for name in tables}
    else:
        found = {}
        for name in tables:
            rows = _exact(network, name, target)
            if rows.size:
                found = {name: rows}
                break
    found = {name: rows for name, rows in found.items() if rows.size}
    if not found:
        keys = [(name, column) for name in tables for column in KEYS.get(name, ("id",))]
        known = [str(v) for name, column in keys for v in network.tables[name][column] if v]
        raise ScenarioError(
            f"no row of {', '.join(tables)} is called {target!r}",
            table=tables[0],
            column="id",
            ids=(target,),
            expected=f"an id or alias of {' or '.join(tables)}, or a pattern with *",
            cure=did_you_mean(target, known) or "list the ids with to_frame()",
        )
    return found


def with_crossings(network: Network, found: Rows) -> Rows:
    """Add the crossings, both ways, of the links found."""
    links = found.get("links")
    if links is None or not links.size:
        return found
    keys = set()
    for row in links:
        mode, *ends = (str(network.links[c][row]) for c in ("mode", "from_node", "to_node"))
        keys |= {(mode, *ends), (mode, *reversed(ends))}
    table = network.crossings
    columns = (table["mode"].tolist(), table["from_node"].tolist(), table["to_node"].tolist())
    own = np.array([i for i, key in enumerate(zip(*columns, strict=True)) if key in keys], dtype=np.int64)
    return {**found, "crossings": np.union1d(found.get("crossings", own), own)}


def links_at(network: Network, nodes: IntArray) -> IntArray:
    """Return the links that touch any of the nodes."""
    ids = network.nodes["id"][nodes]
    links = network.links
    return np.flatnonzero(np.isin(links["from_node"], ids) | np.isin(links["to_node"], ids))


def _exact(network: Network, table: str, target: str) -> IntArray:
    wanted = target.casefold()
    for column in KEYS.get(table, ("id",)):
        rows = [i for i, v in enumerate(network.tables[table][column]) if str(v).casefold() == wanted]
        if len(rows) > 1:
            ids = [str(network.tables[table]["id"][i]) for i in rows]
            raise ScenarioError(
                f"{target!r} is the {column} of {len(ids)} {table}: {list_ids(ids, 10)}",
                table=table,
                column=column,
                ids=ids,
                expected="one match",
                cure="write the id",
            )
        if rows:
            return np.array(rows, dtype=np.int64)
    return np.zeros(0, dtype=np.int64)


def _matching(network: Network, table: str, pattern: str) -> IntArray:
    rows = [
        i
        for column in PATTERN_KEYS.get(table, ("id",))
        for i, v in enumerate(network.tables[table][column])
        if fnmatchcase(str(v).casefold(), pattern.casefold())
    ]
    return np.unique(np.array(rows, dtype=np.int64))
