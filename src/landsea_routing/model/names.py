"""From what a user types to a row: id, alias, full name, or the name without bracket or `port`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from landsea_routing.errors import UnknownNameError, did_you_mean, list_ids, plain_name
from landsea_routing.model.network import Network
from landsea_routing.model.table import Table

BRACKET = re.compile(r"\s*\([^)]*\)")
PORT = re.compile(r"\bport\b", re.IGNORECASE)


def find_node(network: Network, name: str) -> int:
    """Return the row of a node named by id, full name or short name, case-insensitive.

    Raises
    ------
    UnknownNameError
        Nothing, or more than one node, goes by that name.

    Examples
    --------
    >>> from landsea_routing import load_network
    >>> net = load_network("toy_three_ports")
    >>> str(net.nodes["id"][find_node(net, str(net.nodes["id"][0]).upper())]) == str(net.nodes["id"][0])
    True
    """
    return find_row(network.nodes, name, ("id", "name"))


def find_link(network: Network, name: str) -> int:
    """Return the row of a link named by id or alias; raises UnknownNameError."""
    return find_row(network.links, name, ("id", "alias"))


def find_nodes(network: Network, names: Iterable[str]) -> list[int]:
    """Return the rows of many nodes, each named as for `find_node`; the names are read through only once."""
    return find_rows(network.nodes, names, ("id", "name"))


def find_row(table: Table, name: str, columns: Iterable[str]) -> int:
    """Return the one row whose column (tried in order) matches `name`.

    An exact match in an earlier column wins over any match in a later one; short names
    (without bracket, without the word port) are tried last.
    """
    return find_rows(table, (name,), columns)[0]


def find_rows(table: Table, names: Iterable[str], columns: Iterable[str]) -> list[int]:
    """Return the row of each name; see `find_row`."""
    forms = cache(lambda column, form: _rows_by_form(table, column, form))
    tried = tuple(columns)
    return [_find(table, name, tried, forms) for name in names]


def _rows_by_form(table: Table, column: str, form: Callable[[str], str]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for i, value in enumerate(table[column].tolist()):
        if str(value):
            rows.setdefault(form(str(value)), []).append(i)
    return rows


def _find(
    table: Table,
    name: str,
    columns: tuple[str, ...],
    forms: Callable[[str, Callable[[str], str]], dict[str, list[int]]],
) -> int:
    wanted = plain_name(str(name))
    for column in columns:
        for form in (plain_name, _short) if column == "name" else (plain_name,):
            rows = forms(column, form).get(wanted, [])
            if len(rows) == 1:
                return rows[0]
            if rows:
                ids = [str(table["id"][i]) for i in rows]
                raise UnknownNameError(
                    f"{name!r} is the name of {len(ids)} {table.schema.name}: {list_ids(ids, 10)}",
                    table=table.schema.name,
                    column=column,
                    ids=ids,
                    expected="one match",
                    cure="write the id",
                )
    known = [str(v) for column in columns for v in table[column] if str(v)]
    raise UnknownNameError(
        f"{name!r} is not among the {len(table)} {table.schema.name}",
        table=table.schema.name,
        column="id",
        ids=(name,),
        expected="an id, an alias or a full name",
        cure=did_you_mean(str(name), known) or "list them with to_frame()",
    )


def _short(text: str) -> str:
    return plain_name(PORT.sub("", BRACKET.sub("", text)))
