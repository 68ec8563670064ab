"""What a question shuts: seasons, zero capacities, domestic transit, modes, places to avoid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landsea_routing._typing import BoolArray, IntArray
from landsea_routing.errors import InvalidValueError, UnknownNameError, did_you_mean, list_ids
from landsea_routing.graph.cost import closed_to_domestic
from landsea_routing.graph.graph import ArcKind, Graph
from landsea_routing.graph.groups import closed_by_capacity
from landsea_routing.model import words
from landsea_routing.model.calendars import ALL_YEAR
from landsea_routing.model.names import find_link, find_node


def closures(
    graph: Graph,
    *,
    country: str = "",
    avoid: Sequence[str] = (),
    modes: Sequence[str] | None = None,
    seasonal: bool = False,
) -> dict[str, BoolArray]:
    """Return the arcs that a question shuts, by reason in words."""
    reasons: dict[str, BoolArray] = {}
    if graph.month is None and not seasonal:
        reasons["is open only part of the year (give a month, or seasonal=True)"] = graph.keep(
            "part of the year", lambda: _seasonal(graph)
        )
    reasons["has capacity 0"] = graph.keep("capacity 0", lambda: closed_by_capacity(graph, graph.commodity))
    if country:
        reasons[f"is shut to domestic cargo of {country}"] = domestic_closure(graph, country)
    if modes is not None:
        reasons[f"is not by {' or '.join(modes)}"] = _other_modes(graph, modes)
    for name in avoid:
        reasons[f"is to be avoided ({name})"] = arcs_of_name(graph, name)
    return reasons


def domestic_closure(graph: Graph, country: str) -> BoolArray:
    """Return what is shut to the graph's commodity on its way within a country."""
    return graph.keep(("domestic", country), lambda: closed_to_domestic(graph, graph.commodity, country))


def _seasonal(graph: Graph) -> BoolArray:
    """Links and borders that are shut in some month; a link to a seasonal border is told by the border."""
    top, net = graph.topology, graph.network
    part = np.zeros(top.n_arcs, dtype=np.bool_)
    for kind, table in ((ArcKind.LINK, net.links), (ArcKind.BORDER, net.crossings)):
        arcs = graph.arcs_of(kind)
        part[arcs] = table["open_months"][top.arc_row[arcs]] != ALL_YEAR
    return part


def refuse_text(names: Sequence[str], what: str) -> None:
    """Raise where one name stands in place of a sequence of names, which would be read letter by letter."""
    if isinstance(names, str):
        raise InvalidValueError(
            f"{what} is the text {names!r}",
            ids=(names,),
            expected="a sequence of names",
            cure=f"write ({names!r},)",
        )


def arcs_of_name(graph: Graph, name: str) -> BoolArray:
    """Return the arcs of a link (both ways) or those that touch a node, by id, alias or name.

    Raises
    ------
    UnknownNameError
        Nothing goes by that name.
    """
    top = graph.topology
    row = link_row(graph, name)
    if row is not None:
        return np.asarray((top.arc_kind == ArcKind.LINK) & (top.arc_row == row))
    node = node_row(graph, name)
    return np.asarray((top.vertex_node[top.tail] == node) | (top.vertex_node[top.head] == node))


def link_row(graph: Graph, name: str) -> int | None:
    """Return the row of a link named by id or alias, None where there is none of that name."""
    try:
        return find_link(graph.network, name)
    except UnknownNameError as error:
        if len(error.ids) > 1:
            raise
        return None


def node_row(graph: Graph, name: str) -> int:
    """Return the row of a node where a link might have been named too; the error guesses from both."""
    nodes, links = graph.network.nodes, graph.network.links
    try:
        return find_node(graph.network, name)
    except UnknownNameError as error:
        if len(error.ids) > 1:
            raise
    known = [
        str(v)
        for table, c in ((nodes, "id"), (nodes, "name"), (links, "id"), (links, "alias"))
        for v in table[c]
    ]
    raise UnknownNameError(
        f"{name!r} is not among the {len(nodes)} nodes or {len(links)} links",
        table="nodes",
        column="id",
        ids=(name,),
        expected="an id, an alias or a full name",
        cure=did_you_mean(str(name), known) or "list them with to_frame()",
    )


def _other_modes(graph: Graph, modes: Sequence[str]) -> BoolArray:
    refuse_text(modes, "modes")
    unknown = [m for m in modes if m not in words.MODES]
    if not modes:
        raise InvalidValueError(
            "modes is empty",
            column="mode",
            expected=f"a sequence of {', '.join(words.MODES)}",
            cure="leave modes out to allow all",
        )
    if unknown:
        raise InvalidValueError(
            f"modes {list_ids(unknown)} are not known",
            column="mode",
            ids=tuple(unknown),
            expected=f"a sequence of {', '.join(words.MODES)}",
            cure=did_you_mean(str(unknown[0]), words.MODES) or "leave modes out to allow all",
        )
    wanted: IntArray = np.array([words.MODES.index(m) for m in modes], dtype=np.int64)
    top = graph.topology
    other = [~np.isin(top.vertex_mode[v], [*wanted, -1]) for v in (top.tail, top.head)]
    return np.asarray(other[0] | other[1])
