"""Networks as networkx graphs and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._extras import need
from landsea_routing.errors import InvalidValueError, SchemaError, did_you_mean, list_ids
from landsea_routing.io.assemble import finish, read_all
from landsea_routing.io.cells import Rows, cells_text, need_columns, parse_cells
from landsea_routing.io.crs import WGS84, courses_of, to_lon_lat
from landsea_routing.io.foreign import adopt
from landsea_routing.io.lines import Parts, between, lines_of_wkt, to_wkt
from landsea_routing.io.settings import SETTINGS_FILE, parse_settings, settings_text
from landsea_routing.model.network import Course, Network, rows_of
from landsea_routing.model.schema import SCHEMAS
from landsea_routing.model.table import YES, Table, as_text, parse_rows

if TYPE_CHECKING:
    import networkx

ENDS = ("id", "from_node", "to_node")
"""Columns of links that are the edge itself."""


def to_networkx(network: Network, commodity: str | None = None) -> networkx.MultiDiGraph:
    """Return a network as a networkx graph; `from_networkx` gives it back whole.

    Parameters
    ----------
    network : Network
    commodity : str, optional
        Commodity that `demand` of the nodes counts; all together when not given.

    Returns
    -------
    networkx.MultiDiGraph
        A link is an edge with its id as key, and a second one back, with the same key and `reversed` true,
        unless it is `oneway`. Nodes and edges have the columns of their tables as plain values, edges
        `geometry` as well-known text where they are not straight. The other tables are graph attributes, as
        the text of their CSV files, so that a graph can be written as GraphML.

        The node attribute `demand` is in t/yr with the sign of networkx: **positive where cargo is wanted**,
        negative where it is offered - the opposite of the supplies that this library, DIMACS and OR-Tools
        use. It follows from the table of demand and is not read back.

    Raises
    ------
    MissingExtraError
        networkx is not installed.
    InvalidValueError
        Ids are not unique, so that edges would become one.

    Notes
    -----
    O(nodes + links). The graph is one of places, without changes of gauge, transfers and borders as states:
    its shortest paths are those of single links. For ours see `expand`.

    Examples
    --------
    >>> from landsea_routing import load_network
    >>> graph = to_networkx(load_network("toy_three_ports"))
    >>> graph.edges["arn", "bek", "rail-arn-bek"]["length_km"]
    40.0
    """
    nx = need("networkx", extra="networkx")
    for table in (network.nodes, network.links):
        _need_unique(table)
    graph = nx.MultiDiGraph(name=network.name)
    graph.graph[SETTINGS_FILE] = settings_text(network.settings)
    for name, table in network.tables.items():
        if name not in ("nodes", "links") and (len(table) or not table.schema.optional):
            columns = [c.name for c in table.schema.columns]
            graph.graph[f"{name}.csv"] = cells_text(columns, table.to_rows())
    demand = _demand_t(network, commodity)
    for node, values, wanted in zip(*_plain(network.nodes, ("id",)), demand.tolist(), strict=True):
        graph.add_node(node, **values, demand=wanted)
    starts, ends = network.links["from_node"].tolist(), network.links["to_node"].tolist()
    for row, (link, values) in enumerate(zip(*_plain(network.links, ENDS), strict=True)):
        if link in network.courses:
            values["geometry"] = to_wkt(network.courses[link])
        graph.add_edge(starts[row], ends[row], key=link, **values, row=row, reversed=False)
        if not values["oneway"] and starts[row] != ends[row]:
            graph.add_edge(ends[row], starts[row], key=link, **values, row=row, reversed=True)
    return graph


def from_networkx(
    graph: networkx.Graph,
    *,
    mode: str = "road",
    length: str = "length_km",
    km_per_unit: float = 1.0,
    strict: bool = True,
) -> Network:
    """Return a networkx graph as a network: one of `to_networkx` whole, any other as nodes and links.

    Parameters
    ----------
    graph : networkx.Graph, DiGraph, MultiGraph or MultiDiGraph
        Nodes have `lon` and `lat`, or `x` and `y` in the reference system `graph.graph["crs"]`.
    mode : str
        Mode of edges that do not say it.
    length : str
        Edge attribute with the length; measured along the line where an edge has none.
    km_per_unit : float
        Kilometres in a unit of that attribute: 0.001 for metres.
    strict : bool
        Whether errors of the tables raise.

    Returns
    -------
    Network
        An edge of a directed graph is a link of one direction, two edges of `to_networkx` are one of both,
        and so are those that OSMnx marks as `reversed` where they are equal.
        The key of an edge is the id of its link where it is text and no other edge has it.
        Attributes that are no columns are left out. Of a graph of somebody else `settings.facts["assumed"]`
        says what was assumed; a node's `demand` is left out, since it does not say who ships to whom:
        `solve_min_cost_flow` takes it with its sign turned.

    Raises
    ------
    SchemaError
        Nodes lack positions, or their reference system.
    InvalidValueError
        A value cannot be read, the two edges of one link of ours say different things, or an edge of an
        undirected graph is `oneway`.
    NetworkError
        The tables contradict each other.

    Examples
    --------
    >>> from landsea_routing import load_network
    >>> net = load_network("toy_three_ports")
    >>> from_networkx(to_networkx(net))
    Network('toy_three_ports': 8 nodes, 13 links, 6 OD rows)
    """
    _need_positive(km_per_unit)
    nodes = [_texts(data) | {"id": str(node).strip()} for node, data in graph.nodes(data=True)]
    own = SETTINGS_FILE in graph.graph
    links, lines = _links(graph, own, length, km_per_unit)
    if not own:
        _locate(nodes, graph.graph.get("crs"))
    ends = {row["id"]: (row["from_node"], row["to_node"]) for row in links}
    crs = WGS84 if own else graph.graph.get("crs", WGS84)
    courses = between(courses_of(lines, crs, "edges"), ends, nodes) if lines else {}
    if not own:
        return _adopt(graph, nodes, links, courses, mode, strict)
    settings = parse_settings(str(graph.graph[SETTINGS_FILE]), f"graph attribute {SETTINGS_FILE}")
    given = {"nodes": _columns("nodes", nodes), "links": _columns("links", links)}
    for name in SCHEMAS:
        if f"{name}.csv" in graph.graph:
            given[name] = parse_cells(str(graph.graph[f"{name}.csv"]), f"{name}.csv")
    tables = read_all(settings.name, {n: partial(parse_rows, SCHEMAS[n], rows) for n, rows in given.items()})
    return finish(settings, tables, courses, strict=strict)


def _need_unique(table: Table) -> None:
    ids, counts = np.unique(table["id"], return_counts=True)
    twice = ids[counts > 1].tolist()
    if twice:
        raise InvalidValueError(
            f"{table.schema.name} has ids more than once ({list_ids(twice)})",
            table=table.schema.name,
            column="id",
            ids=twice,
            expected="an id for each row",
            cure="rename all but one",
        )


def _plain(table: Table, without: tuple[str, ...]) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the ids of a table, and its other columns as plain values of Python for each row."""
    months = [c.name for c in table.schema.columns if c.kind == "months"]
    columns = {name: array.tolist() for name, array in table.columns.items() if name not in without}
    for name in months:
        columns[name] = [row[name] for row in table.to_rows()]
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    return table["id"].tolist(), rows


def _demand_t(network: Network, commodity: str | None) -> np.ndarray[Any, Any]:
    """Tonnes a year that each node takes in, less those that it gives."""
    demand, goods = network.demand, network.commodities
    of = rows_of(goods, demand["commodity"])
    t_per_unit = np.where(demand["unit"] == "t", 1.0, np.append(goods["t_per_unit"], np.nan)[of])
    amount = demand["amount_per_year"] * t_per_unit
    if commodity is not None:
        amount = np.where(demand["commodity"] == commodity, amount, 0.0)
    wanted = np.zeros(len(network.nodes) + 1)
    np.add.at(wanted, rows_of(network.nodes, demand["destination"]), amount)
    np.subtract.at(wanted, rows_of(network.nodes, demand["origin"]), amount)
    return wanted[:-1]


def _texts(data: Mapping[str, Any]) -> dict[str, str]:
    # A shape of shapely is written as well-known text; nothing of a node or link may be without limit.
    shown = {name: "inf" if value == np.inf else getattr(value, "wkt", value) for name, value in data.items()}
    return {str(name): as_text(value).strip() for name, value in shown.items()}


def _links(graph: Any, own: bool, length: str, km_per_unit: float) -> tuple[Rows, dict[str, Parts]]:
    """Return the edges as rows of links in the order they had, and their lines."""
    edges = list(graph.edges(data=True, keys=True) if graph.is_multigraph() else _with_keys(graph))
    rows = [_texts(data) for *_, data in edges]
    if not own:
        _measure([f"{start}-{end}" for start, end, *_ in edges], rows, length, km_per_unit)
    if not graph.is_directed():
        _refuse_oneway(edges, rows)
    back = {(s, e, k): row for (s, e, k, _), row in zip(edges, rows, strict=True) if _is_back(row)}
    there = {(s, e, k): row for (s, e, k, _), row in zip(edges, rows, strict=True) if not _is_back(row)}
    if not own:
        # Whatever another program means by `reversed`: edges that differ are two links.
        for edge in [(s, e, k) for (s, e, k), row in back.items() if _unlike(row, there.get((e, s, k)))]:
            there[edge] = back.pop(edge)
    keys = Counter(k for s, e, k, _ in edges if (s, e, k) in there or (e, s, k) not in there)
    links: Rows = []
    for (start, end, key, _), row in zip(edges, rows, strict=True):
        if graph.is_directed() and (start, end, key) in back and (end, start, key) in there:
            continue
        twin = back.get((end, start, key)) if start != end else None
        if twin is not None:
            _need_equal(f"{start}-{end}", row, twin)
        named = isinstance(key, str) and keys[key] == 1
        number = f"-{key if isinstance(key, str) else key + 1}" if key else ""
        link = str(key) if named else row.get("id") or f"{start}-{end}{number}"
        both_ways = twin is not None or not graph.is_directed()
        oneway = row.get("oneway", "no") if start == end else "no" if both_ways else "yes"
        ends = {"from_node": str(start).strip(), "to_node": str(end).strip()}
        links.append({**row, "id": link.strip(), **ends, "oneway": oneway})
    lines = lines_of_wkt({row["id"]: row["geometry"] for row in links if row.get("geometry")}, "edges")
    links.sort(key=lambda row: int(row["row"]) if row.get("row", "").isdecimal() else len(links))
    return links, lines


def _is_back(row: Mapping[str, str]) -> bool:
    """Say whether an edge is the way back of a link, as `to_networkx` marks it."""
    return row.get("reversed", "").lower() in YES


def _refuse_oneway(edges: list[Any], rows: Rows) -> None:
    """Refuse one-way edges of an undirected graph: it does not say from where to where they lead."""
    wrong = [
        f"{start}-{end}"
        for (start, end, *_), row in zip(edges, rows, strict=True)
        if start != end and row.get("oneway", "").lower() in YES
    ]
    if wrong:
        raise InvalidValueError(
            f"{len(wrong)} edges of an undirected graph are oneway ({list_ids(wrong)})",
            table="links",
            column="oneway",
            ids=wrong,
            expected="a directed graph where an edge has a direction",
            cure="give the DiGraph or MultiDiGraph that it was made of, or take `oneway` away",
        )


def _unlike(row: Mapping[str, str], twin: Mapping[str, str] | None) -> list[str]:
    """Return the columns in which the two edges of a link differ; none where there is only one."""
    names = [c.name for c in SCHEMAS["links"].columns] if twin is not None else []
    return [name for name in names if row.get(name) != (twin or {}).get(name)]


def _need_equal(edge: str, row: Mapping[str, str], twin: Mapping[str, str]) -> None:
    """Refuse a link whose two edges were changed apart: one of them would be lost."""
    odd = _unlike(row, twin)
    if odd:
        said = f"{row.get(odd[0], '')!r} and {twin.get(odd[0], '')!r} for {odd[0]}"
        raise InvalidValueError(
            f"edge {edge} and the one back are one link, and have {said}",
            table="links",
            column=odd[0],
            ids=(edge,),
            expected="equal attributes both ways",
            cure="change both, or take `reversed` away and give one a key of its own",
        )


def _need_positive(km_per_unit: float) -> None:
    if not 0 < km_per_unit < np.inf:
        raise InvalidValueError(
            f"km_per_unit is {km_per_unit!r}",
            expected="kilometres in a unit of length",
            cure="0.001 for metres",
        )


def _with_keys(graph: Any) -> list[tuple[Any, Any, int, Any]]:
    return [(start, end, 0, data) for start, end, data in graph.edges(data=True)]


def _columns(table: str, rows: Rows) -> Rows:
    known = {c.name for c in SCHEMAS[table].columns}
    return [{c: cell for c, cell in row.items() if c in known} for row in rows]


def _locate(nodes: Rows, crs: Any) -> None:
    """Set `lon` and `lat` of nodes that have `x` and `y`."""
    header = list(dict.fromkeys(c for row in nodes for c in row))
    if "lon" in header and "lat" in header:
        return
    if {"lon", "lat", "x", "y"}.isdisjoint(header):
        raise SchemaError(
            "nodes have no positions",
            column="lon, lat",
            expected="lon and lat of each node, or x and y with graph.graph['crs']",
            cure=did_you_mean("lon", header) or "give attributes: graph.add_node(name, lon=121.1, lat=41.1)",
        )
    need_columns("nodes", header, ("x", "y") if "x" in header or "y" in header else ("lon", "lat"))
    try:
        x, y = (np.array([float(row.get(column) or "nan") for row in nodes]) for column in ("x", "y"))
    except ValueError as error:
        raise InvalidValueError(f"nodes: {error}", table="nodes", expected="numbers as x and y") from None
    lon, lat = to_lon_lat(x, y, crs, "nodes")
    for row, *place in zip(nodes, lon.tolist(), lat.tolist(), strict=True):
        row["lon"], row["lat"] = map(as_text, place)


def _measure(edges: list[str], rows: Rows, length: str, km_per_unit: float) -> None:
    """Set `length_km` from the attribute that has it."""
    for edge, row in zip(edges, rows, strict=True):
        text = row.pop(length, "")
        try:
            row["length_km"] = as_text(float(text) * km_per_unit) if text else ""
        except ValueError:
            raise InvalidValueError(
                f"edge {edge}: {length} is {text!r}",
                table="links",
                column="length_km",
                ids=(edge,),
                expected="a number",
                cure="correct it",
            ) from None


def _adopt(
    graph: Any, nodes: Rows, links: Rows, courses: dict[str, Course], mode: str, strict: bool
) -> Network:
    said = []
    if any("demand" in row for row in nodes):
        said.append("demand of nodes left out: it does not say who ships to whom")
    derived = ("demand", "x", "y", "row", "reversed", "geometry")
    nodes, links = ([{c: v for c, v in row.items() if c not in derived} for row in r] for r in (nodes, links))
    if not all(row.get("mode") for row in links):
        said.append(f"links without mode: {mode}")
    for row in links:
        row["mode"] = row.get("mode") or mode
    return adopt(str(graph.name or "graph"), nodes, links, courses=courses, assumed=said, strict=strict)
