"""From a network and its demand to the blind flow problem, and the labels to read the answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError, UnknownNameError, did_you_mean, list_ids
from landsea_routing.graph.cost import ArcPrices, closed_to_domestic, price
from landsea_routing.graph.graph import Graph, Stage
from landsea_routing.graph.groups import GroupArcs, group_arcs
from landsea_routing.kernels.flowproblem import FlowProblem
from landsea_routing.model.network import Network, rows_of
from landsea_routing.model.table import Table


@dataclass(frozen=True, eq=False)
class FlowClasses:
    """What flows: a commodity, and the country whose domestic cargo it is (empty for foreign trade).

    Parameters
    ----------
    commodity : (n_classes,) int array
        Row of `commodities`.
    country : tuple of str
        Home country of domestic cargo, which may not use what is open to foreign trade only.
    od_class : (n_ods,) int array
        Class of each demand row.
    """

    commodity: IntArray
    country: tuple[str, ...]
    od_class: IntArray


def demand_t(network: Network, demand: Table) -> FloatArray:
    """Tonnes a year of each demand row.

    Raises
    ------
    InvalidValueError
        A unit is neither t nor the unit of the commodity, or origin is destination.
    UnknownNameError
        A node or commodity is not in the network.
    """
    row = _known_rows(network, demand)
    unit, own = demand["unit"], network.commodities["unit"][row]
    wrong = np.flatnonzero((unit != "t") & (unit != own))
    if wrong.size:
        raise InvalidValueError(
            f"demand.unit does not fit the commodity in {wrong.size} of {len(demand)} rows "
            f"({_labels(demand, wrong)})",
            table="demand",
            column="unit",
            ids=wrong.tolist(),
            expected=f"t or {own[wrong[0]]} for {demand['commodity'][wrong[0]]}",
            cure="convert the amount or write the unit of the commodity",
        )
    same = np.flatnonzero(demand["origin"] == demand["destination"])
    if same.size:
        raise InvalidValueError(
            f"demand.destination is the origin in {same.size} rows ({_labels(demand, same)})",
            table="demand",
            column="destination",
            ids=same.tolist(),
            expected="two different places",
            cure="leave out what does not move",
        )
    _refuse_duplicates(demand)
    per_unit = np.where(unit == "t", 1.0, network.commodities["t_per_unit"][row])
    return np.asarray(demand["amount_per_year"] * per_unit)


def _refuse_duplicates(demand: Table) -> None:
    keys = list(zip(*(demand[c].tolist() for c in demand.schema.key), strict=True))
    first = {key: i for i, key in reversed(list(enumerate(keys)))}
    again = np.array([i for i, key in enumerate(keys) if first[key] != i], dtype=np.int64)
    if again.size:
        raise InvalidValueError(
            f"demand repeats {again.size} rows ({_labels(demand, again)})",
            code="duplicate-id",
            table="demand",
            column="origin",
            ids=again.tolist(),
            expected="one row for each origin, destination and commodity",
            cure="add the amounts up",
        )


def flow_classes(network: Network, demand: Table) -> FlowClasses:
    """Sort demand rows into classes of equal costs and permissions."""
    country = network.nodes["country"]
    ends = [country[rows_of(network.nodes, demand[c])] for c in ("origin", "destination")]
    home = np.where(ends[0] == ends[1], ends[0], "")
    row = rows_of(network.commodities, demand["commodity"])
    keys = list(zip(row.tolist(), home.tolist(), strict=True))
    unique = sorted(set(keys))
    position = {key: i for i, key in enumerate(unique)}
    return FlowClasses(
        np.array([key[0] for key in unique], dtype=np.int64),
        tuple(key[1] for key in unique),
        np.array([position[key] for key in keys], dtype=np.int64),
    )


def class_prices(graph: Graph, classes: FlowClasses) -> list[ArcPrices]:
    """Prices of every arc for each class; classes of one commodity share them."""
    ids = graph.network.commodities["id"]
    by_row = {int(c): price(graph, str(ids[c])) for c in np.unique(classes.commodity)}
    return [by_row[int(c)] for c in classes.commodity]


def flow_problem(
    graph: Graph,
    demand: Table,
    classes: FlowClasses,
    prices: list[ArcPrices],
    unserved_price: FloatArray | None,
) -> tuple[FlowProblem, GroupArcs]:
    """Put the arrays of the flow problem together.

    Seasonal arcs are open; the coefficients of the groups hold them to their share of the year.
    """
    top, net = graph.topology, graph.network
    cost = np.full((len(classes.country), top.n_arcs), np.inf)
    for k, country in enumerate(classes.country):
        cost[k] = prices[k].cost_usd_per_t
        if country:
            cost[k, closed_to_domestic(graph, prices[k].commodity, country)] = np.inf
    groups = group_arcs(graph)
    entries = _class_entries(groups, classes, cost)
    origin, destination = (
        _ends(graph, rows_of(net.nodes, demand[c]), stage)
        for c, stage in (("origin", Stage.ORIGIN), ("destination", Stage.DESTINATION))
    )
    problem = FlowProblem(
        n_vertices=top.n_vertices,
        tail=top.tail,
        head=top.head,
        commodity_cost=cost,
        arc_lower=None,
        od_origin=origin,
        od_destination=destination,
        od_commodity=classes.od_class,
        od_amount=demand_t(net, demand),
        unserved_price=unserved_price,
        group_indptr=np.searchsorted(entries[0], np.arange(len(groups.ids) + 1)).astype(np.int64),
        group_arc=entries[1],
        group_commodity=entries[2],
        group_coefficient=groups.coefficient[entries[3]],
        group_limit=groups.limit,
    )
    return problem, groups


def _class_entries(groups: GroupArcs, classes: FlowClasses, cost: FloatArray) -> tuple[IntArray, ...]:
    """Entries (group, arc, class, entry) of commodities copied to their classes, where these may go."""
    parts = []
    for k, commodity in enumerate(classes.commodity):
        entry = np.flatnonzero(groups.commodity == commodity)
        entry = entry[np.isfinite(cost[k, groups.arc[entry]])]
        parts.append(np.stack([groups.group[entry], groups.arc[entry], np.full(len(entry), k), entry]))
    joined = np.concatenate(parts, axis=1) if parts else np.zeros((4, 0), dtype=np.int64)
    ordered = joined[:, np.lexsort((joined[1], joined[2], joined[0]))]
    return tuple(row.astype(np.int64) for row in ordered)


def _ends(graph: Graph, node: IntArray, stage: Stage) -> IntArray:
    top = graph.topology
    vertices = np.flatnonzero(top.vertex_stage == stage)
    vertex_of = np.full(len(graph.network.nodes), -1, dtype=np.int64)
    vertex_of[top.vertex_node[vertices]] = vertices
    return vertex_of[node]


def _known_rows(network: Network, demand: Table) -> IntArray:
    for column, table in (("origin", "nodes"), ("destination", "nodes"), ("commodity", "commodities")):
        rows = rows_of(network.tables[table], demand[column])
        unknown = np.flatnonzero(rows < 0)
        if unknown.size:
            names = sorted(set(demand[column][unknown].tolist()))
            raise UnknownNameError(
                f"demand.{column} names {list_ids(names)} in {unknown.size} rows, not among the {table}",
                table="demand",
                column=column,
                ids=names,
                expected=f"ids of {table}",
                cure=did_you_mean(names[0], network.tables[table]["id"].tolist()) or f"add it to {table}",
            )
    return rows


def _labels(demand: Table, rows: IntArray) -> str:
    parts = [f"{demand['origin'][i]} -> {demand['destination'][i]} {demand['commodity'][i]}" for i in rows]
    return list_ids(parts)
