"""Capacity groups as rows of a sparse matrix over (arc, commodity)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from landsea_routing._frozen import Frozen
from landsea_routing._typing import BoolArray, FloatArray, IntArray, TextArray
from landsea_routing.errors import InvalidValueError, list_ids
from landsea_routing.graph.cost import lookup_nodes, open_share
from landsea_routing.graph.expand import MODE_CODE
from landsea_routing.graph.graph import ArcKind, Graph
from landsea_routing.graph.lookup import lists_commodity
from landsea_routing.kernels.joins import equal_pairs
from landsea_routing.model import words
from landsea_routing.model.network import Network, row_of, rows_of

WATER = [MODE_CODE[m] for m in words.WATER_MODES]
RAIL, ROAD = MODE_CODE["rail"], MODE_CODE["road"]
STEP, CONTRACT = "step", "contract"
"""Kinds of groups that no table states: a step of cost, a least use that is paid for anyway."""


@dataclass(frozen=True, eq=False)
class GroupArcs(Frozen):
    """Entries of all groups with a finite limit: coefficient of an arc for a commodity.

    Parameters
    ----------
    ids, units, kinds : (n_groups,) text arrays
        Names; a transfers row with a capacity of its own is the group of that id.
    limit : (n_groups,) array
        Limits, in the unit of each group, as full-year rates.
    group, arc, commodity : (n_entries,) int arrays
        Position of the group, arc, and row of `commodities`; sorted by group.
    coefficient : (n_entries,) array
        Units of the group that one tonne takes up.
    """

    ids: TextArray
    units: TextArray
    kinds: TextArray
    limit: FloatArray
    group: IntArray
    arc: IntArray
    commodity: IntArray
    coefficient: FloatArray


def group_arcs(graph: Graph) -> GroupArcs:
    """Work out which arcs and commodities count in which group, and with what coefficient.

    A seasonal arc counts 1 / (open share of the year), so that a limit written as a full-year rate
    lets through limit x open share and is never left unlimited.
    """
    net = graph.network
    limit = np.concatenate([net.capacity_groups["limit"], net.transfers["capacity"][_own_capacity(net)]])
    counted = graph.shelves["groups"].keep("groups", lambda: _count(graph, np.isfinite(limit)))
    return replace(counted, limit=limit[np.isfinite(limit)])


def _count(graph: Graph, finite: BoolArray) -> GroupArcs:
    """The groups that have a limit, which is not yet told."""
    net, own = graph.network, _own_capacity(graph.network)
    table, transfers = net.capacity_groups, net.transfers
    ids = np.concatenate([table["id"], transfers["id"][own]])
    units = np.concatenate([table["unit"], transfers["capacity_unit"][own]])
    kinds = np.concatenate([table["kind"], np.full(len(own), "yard")])
    members = _members(graph, own)
    members = {name: column[finite[members["group"]]] for name, column in members.items()}
    position = np.cumsum(finite) - 1
    parts = [_entries(graph, members, units, c) for c in range(len(net.commodities))]
    joined = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    order = np.lexsort((joined["arc"], joined["commodity"], joined["group"]))
    return GroupArcs(
        ids[finite],
        units[finite],
        kinds[finite],
        np.full(int(finite.sum()), np.nan),
        position[joined["group"][order]],
        joined["arc"][order].astype(np.int64),
        joined["commodity"][order].astype(np.int64),
        joined["coefficient"][order],
    )


def closed_by_capacity(graph: Graph, commodity: str) -> BoolArray:
    """Arcs that a limit of 0 shuts for a commodity."""
    groups = group_arcs(graph)
    row = row_of(graph.network.commodities)[commodity]
    shut = (groups.limit[groups.group] == 0) & (groups.commodity == row) & (groups.coefficient > 0)
    closed = np.zeros(graph.topology.n_arcs, dtype=np.bool_)
    closed[groups.arc[shut]] = True
    return closed


def t_per_unit(network: Network, unit: str, commodity: int, gauge_mm: IntArray) -> FloatArray:
    """Tonnes a year of one unit of a limit, for a commodity at each gauge; NaN where nothing tells."""
    if unit == "t/yr":
        return np.ones(len(gauge_mm))
    if unit == "TEU/yr":
        t_per_teu = float(network.commodities["t_per_teu"][commodity])
        return np.full(len(gauge_mm), t_per_teu or np.nan)
    return _payload(network, unit, str(network.commodities["id"][commodity]), gauge_mm)


def _payload(network: Network, unit: str, commodity: str, gauge_mm: IntArray) -> FloatArray:
    table = network.payloads
    found = np.full(len(gauge_mm), np.nan)
    # From the vaguest row to the most exact one, so that the last word is the most exact.
    exact = 2 * (table["commodity"] != words.ANY) + (table["gauge_mm"] != 0)
    fits = (table["unit"] == unit) & np.isin(table["commodity"], [commodity, words.ANY])
    for row in np.argsort(exact, kind="stable"):
        if fits[row]:
            at = (gauge_mm == table["gauge_mm"][row]) | (table["gauge_mm"][row] == 0)
            found[at] = table["t_per_vehicle"][row] * table["days_per_year"][row]
    return found


def _entries(
    graph: Graph, members: dict[str, IntArray], units: TextArray, commodity: int
) -> dict[str, IntArray]:
    net, top = graph.network, graph.topology
    table = net.capacity_members
    name = str(net.commodities["id"][commodity])
    counts = np.append(lists_commodity(table, name), True)[members["row"]]
    rows = {column: values[counts] for column, values in members.items()}
    group_unit = units[rows["group"]]
    tail, head = top.tail[rows["arc"]], top.head[rows["arc"]]
    gauge = np.where(top.vertex_gauge_mm[tail] > 0, top.vertex_gauge_mm[tail], top.vertex_gauge_mm[head])
    size = np.full(len(gauge), np.nan)
    for unit in words.GROUP_UNITS:
        at = group_unit == unit
        size[at] = t_per_unit(net, unit, commodity, gauge[at])
    stated = np.append(table["coefficient"], np.nan)[rows["row"]]
    share = open_share(graph)[rows["arc"]]
    taken = np.where(np.isnan(stated), 1 / size, stated)
    # An arc that is never open carries nothing, and needs no coefficient.
    coefficient = np.divide(taken, share, out=np.full(len(taken), np.inf), where=share > 0)
    vehicles = np.isin(group_unit, ("trains/day", "trucks/day"))
    wrong = np.flatnonzero(np.isnan(coefficient) & vehicles & _may_carry(graph, commodity)[rows["arc"]])
    if wrong.size:
        raise _payload_error(net, commodity, rows["group"][wrong], str(group_unit[wrong[0]]), gauge[wrong])
    # A commodity that does not travel boxed does not count in a limit of TEU.
    known = np.isfinite(coefficient) & (coefficient > 0)
    columns = {
        "group": rows["group"],
        "arc": rows["arc"],
        "commodity": np.full(len(gauge), commodity),
        "coefficient": coefficient,
    }
    return {column: values[known] for column, values in columns.items()}


def _may_carry(graph: Graph, commodity: int) -> BoolArray:
    """Arcs that a commodity may use by mode, by the list of a transfers row and by what a node loads."""
    net, top = graph.network, graph.topology
    name, modes = str(net.commodities["id"][commodity]), str(net.commodities["modes"][commodity])
    # Origins and destinations have mode -1, the last entry here.
    carried = np.append([words.lists_word(modes, m) for m in words.MODES], True)
    may = carried[top.vertex_mode[top.tail]] & carried[top.vertex_mode[top.head]]
    for kinds, listed in (
        ((ArcKind.TRANSFER, ArcKind.RELAY), lists_commodity(net.transfers, name)),
        ((ArcKind.ACCESS, ArcKind.EGRESS), lists_commodity(net.nodes, name, "loads")),
    ):
        arcs = np.flatnonzero(np.isin(top.arc_kind, kinds))
        may[arcs] &= listed[top.arc_row[arcs]]
    return np.asarray(may)


def _payload_error(
    network: Network, commodity: int, group: IntArray, unit: str, gauge: IntArray
) -> InvalidValueError:
    """What travels in trains or trucks of unknown load would pass a limit on them uncounted."""
    ids = np.concatenate([network.capacity_groups["id"], network.transfers["id"][_own_capacity(network)]])
    groups = sorted(set(ids[group].tolist()))
    return InvalidValueError(
        f"groups {list_ids(groups)} count {unit}, and no payload fits "
        f"{network.commodities['id'][commodity]} at gauge {list_ids(sorted(set(gauge.tolist())))}",
        table="payloads",
        column="t_per_vehicle",
        ids=groups,
        expected="a row for that unit, gauge (0 for any) and commodity (* for any)",
        cure="add it",
    )


def _own_capacity(network: Network) -> IntArray:
    """Transfers rows that are a group of their own."""
    return np.flatnonzero(np.isfinite(network.transfers["capacity"]))


def _members(graph: Graph, own: IntArray) -> dict[str, IntArray]:
    """Pairs of group and arc, with the row of `capacity_members` (-1 for a transfer's own capacity)."""
    net, top = graph.network, graph.topology
    table = net.capacity_members
    group = rows_of(net.capacity_groups, table["group"])
    parts = []
    for target in words.MEMBER_TARGETS:
        rows = np.flatnonzero((table["applies_to"] == target) & (group >= 0))
        at, arc = _TARGETS[target](graph, table["target"][rows])
        keep = _direction_fits(graph, table["direction"][rows[at]], arc)
        if target == "border":
            keep = _border_direction_fits(graph, table["direction"][rows[at]], table["target"][rows[at]], arc)
        parts.append((group[rows[at[keep]]], arc[keep], rows[at[keep]]))
    transfer_arcs = np.flatnonzero(np.isin(top.arc_kind, [ArcKind.TRANSFER, ArcKind.RELAY]))
    at, arc = _join(own, top.arc_row[transfer_arcs], transfer_arcs)
    parts.append((len(net.capacity_groups) + at, arc, np.full(len(at), -1)))
    columns = [np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True)]
    return dict(zip(("group", "arc", "row"), columns, strict=True))


def _join(wanted: IntArray, keys: IntArray, arcs: IntArray) -> tuple[IntArray, IntArray]:
    """All pairs (position in `wanted`, arc) whose keys agree."""
    at, position = equal_pairs(wanted, keys)
    return at, arcs[position]


def _direction_fits(graph: Graph, direction: TextArray, arc: IntArray) -> BoolArray:
    top = graph.topology
    tail, head = top.tail[arc], top.head[arc]
    is_transfer = top.arc_kind[arc] == ArcKind.TRANSFER
    narrows = top.vertex_gauge_mm[tail] > top.vertex_gauge_mm[head]
    ahead = np.where(is_transfer, narrows, top.arc_forward[arc])
    return np.asarray((direction == "both") | ((direction == "forward") == ahead))


def _border_direction_fits(
    graph: Graph, direction: TextArray, targets: TextArray, arc: IntArray
) -> BoolArray:
    """As `_direction_fits`, by the link named: a parallel one may be written the other way round."""
    net = graph.network
    link = rows_of(net.links, targets)
    start = lookup_nodes(net, net.crossings)[graph.topology.arc_row[arc], 0]
    ahead = start == lookup_nodes(net, net.links)[link, 0]
    return np.asarray((direction == "both") | ((direction == "forward") == ahead))


def _arcs_of_link(graph: Graph, targets: TextArray) -> tuple[IntArray, IntArray]:
    arcs = graph.arcs_of(ArcKind.LINK)
    return _join(rows_of(graph.network.links, targets), graph.topology.arc_row[arcs], arcs)


def _arcs_of_border(graph: Graph, targets: TextArray) -> tuple[IntArray, IntArray]:
    """BORDER arcs of both directions of the links named."""
    net, arcs = graph.network, graph.arcs_of(ArcKind.BORDER)
    link = rows_of(net.links, targets)
    n_nodes = len(net.nodes)

    def place(table_name: str) -> IntArray:
        table = net.tables[table_name]
        ends = np.sort(lookup_nodes(net, table), axis=1)
        mode = np.array([MODE_CODE[str(m)] for m in table["mode"]], dtype=np.int64)
        return (mode * n_nodes + ends[:, 0]) * n_nodes + ends[:, 1]

    wanted = np.where(link >= 0, np.append(place("links"), -1)[link], -1)
    return _join(wanted, place("crossings")[graph.topology.arc_row[arcs]], arcs)


def _arcs_at_node(graph: Graph, targets: TextArray, keep: BoolArray) -> tuple[IntArray, IntArray]:
    arcs = np.flatnonzero(keep)
    node = graph.topology.vertex_node[graph.topology.head[arcs]]
    return _join(rows_of(graph.network.nodes, targets), node, arcs)


def _arcs_of_handling(graph: Graph, targets: TextArray) -> tuple[IntArray, IntArray]:
    top = graph.topology
    inside = np.isin(top.arc_kind, [ArcKind.ACCESS, ArcKind.EGRESS, ArcKind.TRANSFER, ArcKind.RELAY])
    water = np.isin(top.vertex_mode[top.tail], WATER) | np.isin(top.vertex_mode[top.head], WATER)
    return _arcs_at_node(graph, targets, inside & water)


def _arcs_of_lift(graph: Graph, targets: TextArray) -> tuple[IntArray, IntArray]:
    top = graph.topology
    modes = top.vertex_mode[top.tail], top.vertex_mode[top.head]
    between = ((modes[0] == RAIL) & (modes[1] == ROAD)) | ((modes[0] == ROAD) & (modes[1] == RAIL))
    return _arcs_at_node(graph, targets, (top.arc_kind == ArcKind.TRANSFER) & between)


def _arcs_of_gauge_transfer(graph: Graph, targets: TextArray) -> tuple[IntArray, IntArray]:
    top = graph.topology
    rail = (top.vertex_mode[top.tail] == RAIL) & (top.vertex_mode[top.head] == RAIL)
    changes = top.vertex_gauge_mm[top.tail] != top.vertex_gauge_mm[top.head]
    return _arcs_at_node(graph, targets, (top.arc_kind == ArcKind.TRANSFER) & rail & changes)


def _arcs_of_transfer(graph: Graph, targets: TextArray) -> tuple[IntArray, IntArray]:
    arcs = np.flatnonzero(np.isin(graph.topology.arc_kind, [ArcKind.TRANSFER, ArcKind.RELAY]))
    return _join(rows_of(graph.network.transfers, targets), graph.topology.arc_row[arcs], arcs)


_TARGETS = {
    "link": _arcs_of_link,
    "border": _arcs_of_border,
    "handling": _arcs_of_handling,
    "lift": _arcs_of_lift,
    "gauge_transfer": _arcs_of_gauge_transfer,
    "transfer": _arcs_of_transfer,
}
