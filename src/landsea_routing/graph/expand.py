"""From tables to arrays: one topology for all commodities, vehicle classes and statuses."""

from __future__ import annotations

from typing import Any

import numpy as np

from landsea_routing._typing import BoolArray, IntArray, TextArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.graph.basis import TOPOLOGY, same_basis
from landsea_routing.graph.graph import ArcKind, Graph, Stage, Topology
from landsea_routing.kernels.csr import pair_index, sort_arcs
from landsea_routing.kernels.joins import equal_pairs
from landsea_routing.model import words
from landsea_routing.model.names import find_row
from landsea_routing.model.network import Network, need_network, rows_of
from landsea_routing.units import MONTHS_PER_YEAR

MODE_CODE = {mode: i for i, mode in enumerate(words.MODES)}
HUB_CODES = [MODE_CODE[m] for m in words.HUB_MODES]
STATE_FIELDS = ("node", "mode", "gauge", "vehicle_class")


def expand(
    network: Network, commodity: str | None = None, month: int | None = None, *, like: Graph | None = None
) -> Graph:
    """Expand a network into its virtual network of states.

    A state is node x mode x gauge x vehicle class, split into arriving and leaving, so that no two
    transfers can follow each other inside a node. What a commodity, month or status forbids is
    priced infinite; it stays in the topology, so that a change of cost never rebuilds it.

    Parameters
    ----------
    network : Network
        Tables.
    commodity : str, optional
        Commodity whose costs are the default of the graph; the network's default when not given.
    month : int, optional
        Month 1 to 12 whose calendar holds; None for the year.
    like : Graph, optional
        Of a network from which this one came by edits. What both have in common is taken from there; the
        graph is the same as without.

    Returns
    -------
    Graph

    Raises
    ------
    UnknownNameError
        The commodity is not in the network.
    InvalidValueError
        The month is not 1 to 12.

    Notes
    -----
    O(states + links + transfers); the method is the virtual network of Jourquin and Beuthe (1996),
    "Transportation policy analysis with a geographic information system: the virtual network of
    freight transportation in Europe", Transportation Research C 4(6).

    Examples
    --------
    >>> from landsea_routing import expand, load_network
    >>> graph = expand(load_network("toy_three_ports"), commodity="container")
    >>> bool((graph.topology.tail[1:] >= graph.topology.tail[:-1]).all())
    True
    """
    need_network(network)
    name = network.default_commodity if commodity is None else commodity
    row = find_row(network.commodities, name, ("id", "name"))
    if month is not None and (type(month) is bool or month not in range(1, MONTHS_PER_YEAR + 1)):
        raise InvalidValueError(
            f"month is {month!r}",
            column="month",
            ids=(month,),
            expected="1 to 12, or None for the year",
            cure="correct it",
        )
    same = like is not None and same_basis(TOPOLOGY, network, like.network)
    topology = like.topology if like is not None and same else build_topology(network)
    when = None if month is None else int(month)
    graph = Graph(topology, network, str(network.commodities["id"][row]), when)
    return graph.sharing(like) if like is not None and same else graph


def build_topology(network: Network) -> Topology:
    """Build vertices and arcs of a network."""
    carriage = _Carriage(network)
    states = _states(carriage)
    vertices = _vertices(network, states, carriage)
    arcs = _join_arcs(
        _link_arcs(carriage, states),
        _border_arcs(carriage, states),
        _through_arcs(network, states),
        _transfer_arcs(network, states),
        _access_arcs(network, states),
    )
    n = len(vertices["node"])
    order = sort_arcs(arcs["tail"], arcs["head"])
    tail, head = arcs["tail"][order], arcs["head"][order]
    return Topology(
        n_vertices=n,
        tail=tail,
        head=head,
        first_out=np.searchsorted(tail, np.arange(n + 1)).astype(np.int64),
        vertex_node=vertices["node"],
        vertex_mode=vertices["mode"],
        vertex_gauge_mm=vertices["gauge"],
        vertex_class=vertices["vehicle_class"],
        vertex_stage=vertices["stage"],
        arc_kind=arcs["kind"][order],
        arc_row=arcs["row"][order],
        arc_forward=arcs["forward"][order].astype(np.bool_),
        pairs=pair_index(n, tail, head),
    )


class _Carriage:
    """Links by direction and gauge, with the crossing each of them runs through (-1 for none)."""

    def __init__(self, network: Network) -> None:
        links = network.links
        gauges = [words.parse_gauges(str(g)) or (0,) for g in links["gauge"]]
        copies = np.array([len(g) for g in gauges], dtype=np.int64)
        row = np.repeat(np.arange(len(links)), copies)
        gauge = np.array([g for track in gauges for g in track], dtype=np.int64)
        from_node = rows_of(network.nodes, links["from_node"])[row]
        to_node = rows_of(network.nodes, links["to_node"])[row]
        both = ~links["oneway"][row]
        self.network = network
        self.row = np.concatenate([row, row[both]])
        self.gauge = np.concatenate([gauge, gauge[both]])
        self.origin = np.concatenate([from_node, to_node[both]])
        self.target = np.concatenate([to_node, from_node[both]])
        self.forward = np.arange(len(self.row)) < len(row)
        self.mode = _mode_codes(links["mode"])[self.row]
        self.vehicle_class = rows_of(network.vehicle_classes, links["vehicle_class"])[self.row]
        self.crossing = self._crossings(network)

    def _crossings(self, network: Network) -> IntArray:
        table = network.crossings
        n = len(network.nodes)
        origin, target = (rows_of(network.nodes, table[c]) for c in ("from_node", "to_node"))
        keys = _place_key(_mode_codes(table["mode"]), origin, target, n)
        mine, row = equal_pairs(_place_key(self.mode, self.origin, self.target, n), keys)
        found = np.full(len(self.mode), -1, dtype=np.int64)
        found[mine] = row
        return found


def _mode_codes(modes: TextArray) -> IntArray:
    return np.array([MODE_CODE[str(m)] for m in modes], dtype=np.int64)


def _place_key(mode: IntArray, origin: IntArray, target: IntArray, n_nodes: int) -> IntArray:
    """One number for each (mode, from, to); negative where an end is unknown."""
    key = (mode * n_nodes + origin) * n_nodes + target
    return np.where((origin < 0) | (target < 0), -1, key)


class _States:
    """Unique states; vertex 2s is state s leaving, 2s + 1 is state s arriving."""

    def __init__(self, fields: IntArray) -> None:
        self.fields = np.unique(fields, axis=0)
        self.count = len(self.fields)
        # Fields start at -1 (the ordinary class); as digits of one number they sort as the rows do.
        self._base = self.fields.max(axis=0, initial=0) + 2
        self._key = self._keys(self.fields)

    def _keys(self, fields: IntArray) -> IntArray:
        key = np.zeros(len(fields), dtype=np.int64)
        for column, base in zip(fields.T, self._base, strict=True):
            key = key * base + column + 1
        return key

    def find(self, fields: IntArray) -> IntArray:
        """Return the state of each row of fields."""
        return np.searchsorted(self._key, self._keys(fields)).astype(np.int64)

    @property
    def node(self) -> IntArray:
        return self.fields[:, 0]

    @property
    def mode(self) -> IntArray:
        return self.fields[:, 1]


def _states(carriage: _Carriage) -> _States:
    tail, head = (
        np.stack([node, carriage.mode, carriage.gauge, carriage.vehicle_class], axis=1)
        for node in (carriage.origin, carriage.target)
    )
    return _States(np.concatenate([tail, head]).reshape(-1, len(STATE_FIELDS)))


def _gates(carriage: _Carriage) -> tuple[IntArray, IntArray]:
    """Unique (crossing, gauge, class) rows and, for each carriage, its gate (-1 for none)."""
    has = carriage.crossing >= 0
    fields = np.stack([carriage.crossing, carriage.gauge, carriage.vehicle_class], axis=1)[has]
    unique, inverse = np.unique(fields.reshape(-1, 3), axis=0, return_inverse=True)
    gate = np.full(len(has), -1, dtype=np.int64)
    gate[has] = inverse.reshape(-1)
    return unique, gate


def _vertices(network: Network, states: _States, carriage: _Carriage) -> dict[str, IntArray]:
    nodes = np.arange(len(network.nodes))
    gates, _ = _gates(carriage)
    gate_node = rows_of(network.nodes, network.crossings["to_node"])[gates[:, 0]]
    gate_mode = _mode_codes(network.crossings["mode"])[gates[:, 0]]
    none, zero = np.full(len(nodes), -1), np.zeros(len(nodes), dtype=np.int64)
    twice = np.repeat(states.fields, 2, axis=0)
    stage = [
        np.tile([Stage.LEAVING, Stage.ARRIVING], states.count),
        np.full(len(nodes), Stage.ORIGIN),
        np.full(len(nodes), Stage.DESTINATION),
        np.full(len(gates), Stage.GATE),
    ]
    parts = {
        "node": [twice[:, 0], nodes, nodes, gate_node],
        "mode": [twice[:, 1], none, none, gate_mode],
        "gauge": [twice[:, 2], zero, zero, gates[:, 1]],
        "vehicle_class": [twice[:, 3], none, none, gates[:, 2]],
        "stage": stage,
    }
    return {name: np.concatenate(part).astype(np.int64) for name, part in parts.items()}


def _leaving(state: IntArray) -> IntArray:
    return 2 * state


def _arriving(state: IntArray) -> IntArray:
    return 2 * state + 1


def _arcs(
    kind: ArcKind, tail: Any, head: Any, row: Any, forward: BoolArray | None = None
) -> dict[str, IntArray]:
    ahead = np.ones(len(row), dtype=np.int64) if forward is None else forward.astype(np.int64)
    parts = {"tail": tail, "head": head, "row": row, "kind": np.full(len(row), kind), "forward": ahead}
    return {name: np.asarray(part, dtype=np.int64) for name, part in parts.items()}


def _join_arcs(*parts: dict[str, IntArray]) -> dict[str, IntArray]:
    return {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}


def _link_arcs(carriage: _Carriage, states: _States) -> dict[str, IntArray]:
    columns = [carriage.mode, carriage.gauge, carriage.vehicle_class]
    tail = states.find(np.stack([carriage.origin, *columns], axis=1))
    head = states.find(np.stack([carriage.target, *columns], axis=1))
    _, gate = _gates(carriage)
    first_gate = 2 * states.count + 2 * len(carriage.network.nodes)
    to = np.where(gate >= 0, first_gate + gate, _arriving(head))
    return _arcs(ArcKind.LINK, _leaving(tail), to, carriage.row, carriage.forward)


def _border_arcs(carriage: _Carriage, states: _States) -> dict[str, IntArray]:
    gates, gate = _gates(carriage)
    first_gate = 2 * states.count + 2 * len(carriage.network.nodes)
    some = np.full(len(gates), -1, dtype=np.int64)
    # Parallel links share a gate and agree in all that the border needs, so any of them will do.
    some[gate[gate >= 0]] = np.flatnonzero(gate >= 0)
    fields = [carriage.target[some], carriage.mode[some], gates[:, 1], gates[:, 2]]
    head = states.find(np.stack(fields, axis=1))
    vertex = first_gate + np.arange(len(gates))
    return _arcs(ArcKind.BORDER, vertex, _arriving(head), gates[:, 0], carriage.forward[some])


def _through_arcs(network: Network, states: _States) -> dict[str, IntArray]:
    waypoint = np.array(
        [[words.lists_word(str(cell), mode) for mode in words.MODES] for cell in network.nodes["waypoint"]],
        dtype=np.bool_,
    ).reshape(-1, len(words.MODES))
    free = ~np.isin(states.mode, HUB_CODES) | waypoint[states.node, states.mode]
    state = np.flatnonzero(free)
    return _arcs(ArcKind.THROUGH, _arriving(state), _leaving(state), states.node[state])


def _transfer_arcs(network: Network, states: _States) -> dict[str, IntArray]:
    """One arc per transfers row and pair of states it joins; rows without such states give none."""
    table = network.transfers
    node = rows_of(network.nodes, table["node"])
    rows_in, states_in = _rows_by_state(states, node, table["from_mode"], table["from_gauge_mm"])
    rows_out, states_out = _rows_by_state(states, node, table["to_mode"], table["to_gauge_mm"])
    into, out = equal_pairs(rows_in, rows_out)
    row, tail, head = rows_in[into], states_in[into], states_out[out]
    same = states.fields[tail, 1:3] == states.fields[head, 1:3]
    kind = np.where(same.all(axis=1), ArcKind.RELAY, ArcKind.TRANSFER)
    arcs = _arcs(ArcKind.TRANSFER, _arriving(tail), _leaving(head), row)
    return {**arcs, "kind": kind.astype(np.int64)}


def _rows_by_state(
    states: _States, node: IntArray, mode: TextArray, gauge: IntArray
) -> tuple[IntArray, IntArray]:
    """Pairs (row, state) in which a state has the row's node, mode and gauge, sorted by row."""
    widest = max(int(gauge.max(initial=0)), int(states.fields[:, 2].max(initial=0))) + 1
    fields = states.fields[:, :3]
    wanted = (node * len(MODE_CODE) + _mode_codes(mode)) * widest + gauge
    keys = (fields[:, 0] * len(MODE_CODE) + fields[:, 1]) * widest + fields[:, 2]
    return equal_pairs(np.where(node < 0, -1, wanted), keys)


def _access_arcs(network: Network, states: _States) -> dict[str, IntArray]:
    loads = network.nodes["loads"] != ""
    state = np.flatnonzero(loads[states.node])
    node = states.node[state]
    origin = 2 * states.count + node
    destination = origin + len(network.nodes)
    return _join_arcs(
        _arcs(ArcKind.ACCESS, origin, _leaving(state), node),
        _arcs(ArcKind.EGRESS, _arriving(state), destination, node),
    )


ROW_TABLES = {
    ArcKind.LINK: "links",
    ArcKind.BORDER: "crossings",
    ArcKind.THROUGH: "nodes",
    ArcKind.RELAY: "transfers",
    ArcKind.TRANSFER: "transfers",
    ArcKind.ACCESS: "nodes",
    ArcKind.EGRESS: "nodes",
}
"""Table whose row prices an arc, by its kind."""
NO_ROW = -2
"""A row that the other network does not have; -1 is the ordinary vehicle class."""


def arc_map(old: Graph, new: Graph) -> IntArray:
    """Say which arc of another graph each arc of one is, by the ids of what it stands for.

    Parameters
    ----------
    old, new : Graph
        Two states of a network, such as before and after a scenario.

    Returns
    -------
    (old.n_arcs,) int array
        Arc ids in `new`; -1 where an arc is no more.

    Examples
    --------
    >>> from landsea_routing import Scenario, expand, load_network
    >>> graph = expand(load_network("toy_three_ports"))
    >>> grown = Scenario("road").add_link("ada", "aport", "road", 210, "unlimited").apply(graph)
    >>> found = arc_map(graph, grown)
    >>> bool((grown.topology.arc_row[found] == graph.topology.arc_row).all())
    True
    """
    names = {*ROW_TABLES.values(), "vehicle_classes"}
    rows = {name: _same_rows(old.network, new.network, name) for name in names}
    own = {name: np.arange(len(new.network.tables[name])) for name in names}
    facts = _arc_facts(old.topology, rows), _arc_facts(new.topology, own)
    if np.array_equal(*facts):
        return np.arange(old.topology.n_arcs)
    _, key = np.unique(np.concatenate(facts), axis=0, return_inverse=True)
    key = key.reshape(-1)
    mine, found = equal_pairs(key[: old.topology.n_arcs], key[old.topology.n_arcs :])
    result = np.full(old.topology.n_arcs, -1, dtype=np.int64)
    result[mine] = found
    return result


def _same_rows(old: Network, new: Network, table: str) -> IntArray:
    """Row of the new table for each row of the old one, by id."""
    if old.tables[table] is new.tables[table]:
        return np.arange(len(old.tables[table]))
    found = rows_of(new.tables[table], old.tables[table]["id"])
    return np.where(found < 0, NO_ROW, found)


def _arc_facts(topology: Topology, rows: dict[str, IntArray]) -> IntArray:
    """What tells an arc from all others, whatever the ids of its vertices: one row each."""
    row = topology.arc_row.copy()
    for kind, table in ROW_TABLES.items():
        own = topology.arc_kind == kind
        row[own] = rows[table][row[own]]
    vehicle_class = np.append(rows["vehicle_classes"], -1)[topology.vertex_class]
    vertex = (
        rows["nodes"][topology.vertex_node],
        topology.vertex_mode,
        topology.vertex_gauge_mm,
        vehicle_class,
        topology.vertex_stage,
    )
    ends = [column[end] for end in (topology.tail, topology.head) for column in vertex]
    return np.stack([topology.arc_kind, row, topology.arc_forward.astype(np.int64), *ends], axis=1)
