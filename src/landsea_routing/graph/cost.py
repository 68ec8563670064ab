"""Generalized cost of every arc for one commodity, kept in the parts of the ledger.

Generalized cost = money + value of time x hours. The ledger partitions it: line haul, loading,
transfers, gauge change and border fee are money; border time and inventory are hours at the value
of time of the commodity.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from landsea_routing._frozen import Keeper
from landsea_routing._typing import BoolArray, FloatArray, IntArray, TextArray
from landsea_routing.graph import lookup
from landsea_routing.graph.expand import MODE_CODE
from landsea_routing.graph.graph import ArcKind, Graph
from landsea_routing.model import calendars, words
from landsea_routing.model.names import find_row
from landsea_routing.model.network import Network, rows_of
from landsea_routing.model.table import Table

LEDGER = ("line_haul", "loading", "transfers", "gauge_change", "border_fee", "border_time", "inventory")
MONEY = LEDGER[:5]
LINE_HAUL, LOADING, TRANSFERS, GAUGE_CHANGE, BORDER_FEE = range(5)


@dataclass(frozen=True, eq=False)
class ArcPrices(Keeper):
    """What one tonne of one commodity pays and waits on every arc.

    Parameters
    ----------
    commodity : str
        The commodity.
    value_of_time_usd_per_t_h : float
        Its value of time.
    money_usd_per_t : (5, n_arcs) array
        Money by ledger line, in the order of `MONEY`.
    border_h, other_h : (n_arcs,) arrays
        Hours at borders and clearances, and all other hours.
    allowed : (n_arcs,) bool array
        Whether the commodity may use the arc at all: mode, technology, status, loads, month, tariff.
    """

    commodity: str
    value_of_time_usd_per_t_h: float
    money_usd_per_t: FloatArray
    border_h: FloatArray
    other_h: FloatArray
    allowed: BoolArray

    @property
    def time_h(self) -> FloatArray:
        """Hours on each arc."""
        return self.keep("time", lambda: self.border_h + self.other_h)

    @property
    def ledger_usd_per_t(self) -> FloatArray:
        """Cost by ledger line: (7, n_arcs) in the order of `LEDGER`."""
        return self.keep("ledger", self._ledger)

    def _ledger(self) -> FloatArray:
        hours = np.stack([self.border_h, self.other_h])
        return np.concatenate([self.money_usd_per_t, self.value_of_time_usd_per_t_h * hours])

    @property
    def cost_usd_per_t(self) -> FloatArray:
        """Generalized cost of each arc, infinite where the commodity may not go."""
        return self.keep("cost", lambda: np.where(self.allowed, self.ledger_usd_per_t.sum(axis=0), np.inf))


def price(graph: Graph, commodity: str | None = None) -> ArcPrices:
    """Price every arc for one commodity (the graph's own when none is named).

    Status, months (where the graph has one) and permissions close arcs; with no month, seasonal arcs
    stay priced and `open_share` tells how much of the year they are there.
    """
    name = graph.commodity if commodity is None else commodity
    row = find_row(graph.network.commodities, name, ("id", "name"))
    return graph.shelves["prices"].keep((row, graph.month), lambda: _price(graph, row))


def _price(graph: Graph, row: int) -> ArcPrices:
    net = graph.network
    pricing = _Pricing(graph, str(net.commodities["id"][row]), row)
    pricing.price_links()
    pricing.price_borders()
    pricing.price_transfers()
    pricing.price_access()
    pricing.price_clearances()
    return ArcPrices(
        pricing.commodity,
        float(net.commodities["value_of_time_usd_per_t_h"][row]),
        pricing.money,
        pricing.border_h,
        pricing.other_h,
        pricing.allowed & _open_in_month(graph),
    )


def open_share(graph: Graph) -> FloatArray:
    """Share of the year in which each arc is open, from the calendars of links and crossings."""
    return calendars.open_share(_open_months(graph))


def closed_to_domestic(graph: Graph, commodity: str, country: str) -> BoolArray:
    """Arcs that cargo from a country back to the same country may not use.

    These are all controlled crossings and the port clearances of the country (and of those that it has
    no border control with), except where the rows say that domestic transit of the commodity is open.
    """
    top, net = graph.topology, graph.network
    closed = np.zeros(top.n_arcs, dtype=np.bool_)
    borders = graph.arcs_of(ArcKind.BORDER)
    shut = (net.crossings["control"] != "none") & ~lookup.lists_commodity(
        net.crossings, commodity, "domestic_transit"
    )
    closed[borders] = shut[top.arc_row[borders]]
    home = _customs_union(net, country)
    open_rows = np.append(lookup.lists_commodity(net.clearances, commodity, "domestic_transit"), False)
    nations = np.array(lookup.countries(net))
    for direction, arcs in _clearing(graph).items():
        place = graph.vertex_country[top.head[arcs]]
        row = lookup.clearance_rows(net, commodity, direction)[np.searchsorted(nations, place)]
        closed[arcs] = np.isin(place, home) & ~open_rows[row]
    return closed


def _customs_union(network: Network, country: str) -> TextArray:
    """Countries that one gets to from a country through crossings without control, itself included."""
    ends = network.nodes["country"][lookup_nodes(network, network.crossings)]
    free = ends[network.crossings["control"] == "none"]
    members = {country}
    while True:
        grown = members | {str(n) for pair in free if set(map(str, pair)) & members for n in pair}
        if grown == members:
            return np.array(sorted(members))
        members = grown


def _open_months(graph: Graph) -> IntArray:
    """Mask of the months in which each arc is open; a link to a border is open when both are."""
    top, net = graph.topology, graph.network
    months = np.full(top.n_arcs, calendars.ALL_YEAR, dtype=np.int64)
    borders, links = graph.arcs_of(ArcKind.BORDER), graph.arcs_of(ArcKind.LINK)
    months[borders] = net.crossings["open_months"][top.arc_row[borders]]
    behind = np.full(top.n_vertices, calendars.ALL_YEAR, dtype=np.int64)
    behind[top.tail[borders]] = months[borders]
    months[links] = net.links["open_months"][top.arc_row[links]] & behind[top.head[links]]
    return months


def lookup_nodes(network: Network, table: Table) -> IntArray:
    """Rows of the two end nodes of each row of a table with `from_node` and `to_node`: (n, 2)."""
    ends = [rows_of(network.nodes, table[c]) for c in ("from_node", "to_node")]
    return np.stack(ends, axis=1)


def _open_in_month(graph: Graph) -> BoolArray:
    """Whether each arc is open in the graph's month, or in any month of the year."""
    months = _open_months(graph)
    return np.asarray(months != 0 if graph.month is None else (months >> (graph.month - 1)) & 1 == 1)


def _clearing(graph: Graph) -> dict[str, IntArray]:
    """Arcs on which cargo boards (export) or leaves (import) an international vehicle class."""
    top = graph.topology
    classes = graph.network.vehicle_classes["international"]
    foreign = np.append(classes, False)[top.vertex_class]
    inside = np.isin(top.arc_kind, [ArcKind.ACCESS, ArcKind.EGRESS, ArcKind.TRANSFER, ArcKind.RELAY])
    boards = inside & foreign[top.head] & ~foreign[top.tail]
    leaves = inside & foreign[top.tail] & ~foreign[top.head]
    return {"export": boards.nonzero()[0], "import": leaves.nonzero()[0]}


class _Pricing:
    """The arrays being filled for one commodity."""

    def __init__(self, graph: Graph, commodity: str, row: int) -> None:
        net, n = graph.network, graph.topology.n_arcs
        self.graph, self.net, self.top = graph, net, graph.topology
        self.commodity = commodity
        self.record = {name: column[row] for name, column in net.commodities.columns.items()}
        self.money = np.zeros((len(MONEY), n))
        self.border_h = np.zeros(n)
        self.other_h = np.zeros(n)
        self.allowed = np.ones(n, dtype=np.bool_)
        self.tariff = lookup.tariff_rows(net, commodity)
        nations = lookup.countries(net)
        self.country = np.searchsorted(nations, graph.vertex_country)

    def _mode_allowed(self, mode: IntArray) -> BoolArray:
        may = [words.lists_word(str(self.record["modes"]), m) for m in words.MODES]
        return np.array(may, dtype=np.bool_)[mode]

    def price_links(self) -> None:
        """Line haul: half of the length by the tariff of each end's country."""
        arcs = self.graph.arcs_of(ArcKind.LINK)
        links, row, tail = self.net.links, self.top.arc_row[arcs], self.top.tail[arcs]
        mode, vehicle_class = self.top.vertex_mode[tail], self.top.vertex_class[tail]
        half_km = links["length_km"][row] / 2
        self.money[LINE_HAUL, arcs] = links["surcharge_usd_per_t"][row]
        self.other_h[arcs] = links["delay_h"][row]
        may = (links["status"][row] == "operating") & self._mode_allowed(mode)
        for end in (tail, self.top.head[arcs]):
            tariff = self.tariff[mode, self.country[end], vehicle_class]
            may &= tariff >= 0
            self.money[LINE_HAUL, arcs] += half_km * self.net.tariffs["rate_usd_per_t_km"][tariff]
            self.other_h[arcs] += half_km / self.net.tariffs["speed_km_h"][tariff]
        self.allowed[arcs] = may

    def price_borders(self) -> None:
        """Fee, customs hours and the mandatory reload of crossings."""
        arcs = self.graph.arcs_of(ArcKind.BORDER)
        crossings, row = self.net.crossings, self.top.arc_row[arcs]
        self.money[BORDER_FEE, arcs] = crossings["fee_usd_per_t"][row]
        self.money[TRANSFERS, arcs] = crossings["transload_usd_per_t"][row]
        self.border_h[arcs] = crossings["hours"][row]
        self.other_h[arcs] = crossings["transload_h"][row]
        self.allowed[arcs] = crossings["status"][row] == "operating"

    def price_transfers(self) -> None:
        """Handling by the transfers row, and the boarding price of what is boarded."""
        arcs = np.flatnonzero(np.isin(self.top.arc_kind, [ArcKind.TRANSFER, ArcKind.RELAY]))
        table, row = self.net.transfers, self.top.arc_row[arcs]
        tail, head = self.top.tail[arcs], self.top.head[arcs]
        technology = table["technology"][row]
        changes_gauge = self._changes_gauge(tail, head)
        t_per_teu = float(self.record["t_per_teu"])
        per_teu = table["usd_per_teu"] / t_per_teu if t_per_teu else np.full(len(table), np.nan)
        handling = np.where(np.isnan(table["usd_per_t"]), per_teu, table["usd_per_t"])[row]
        self.money[np.where(changes_gauge, GAUGE_CHANGE, TRANSFERS), arcs] = np.nan_to_num(handling)
        self.other_h[arcs] = table["hours"][row]
        # The same wagon goes on: no new boarding. One that rolls off a ferry is back on its own train.
        rolls_off = (technology == "roll") & (self.top.vertex_mode[head] == MODE_CODE["rail"])
        boards = ~np.isin(technology, words.SAME_WAGON) & ~rolls_off
        priced = self._board(arcs, head, boards)
        gauge_ok, transfer_ok = (
            lookup.each_text(technology, partial(words.lists_word, str(self.record[c])))
            for c in ("gauge_technologies", "transfer_technologies")
        )
        may = lookup.lists_commodity(table, self.commodity)[row] & ~np.isnan(handling) & priced
        may &= (table["capacity"][row] > 0) & np.where(changes_gauge, gauge_ok, transfer_ok)
        may &= self._mode_allowed(self.top.vertex_mode[tail]) & self._mode_allowed(self.top.vertex_mode[head])
        self.allowed[arcs] = may

    def _changes_gauge(self, tail: IntArray, head: IntArray) -> BoolArray:
        rail = MODE_CODE["rail"]
        both = (self.top.vertex_mode[tail] == rail) & (self.top.vertex_mode[head] == rail)
        return np.asarray(both & (self.top.vertex_gauge_mm[tail] != self.top.vertex_gauge_mm[head]))

    def _board(self, arcs: IntArray, vertex: IntArray, boards: BoolArray | bool = True) -> BoolArray:
        """Add the fixed part of the tariff of what is boarded; say where there is such a tariff."""
        tariff = self.tariff[
            self.top.vertex_mode[vertex], self.country[vertex], self.top.vertex_class[vertex]
        ]
        self.money[LOADING, arcs] += np.where(boards, self.net.tariffs["fixed_usd_per_t"][tariff], 0.0)
        return np.asarray(tariff >= 0)

    def price_access(self) -> None:
        """Loading and unloading at the ends of a trip."""
        rows, table = lookup.access_rows(self.net, self.commodity), self.net.access
        loads = lookup.lists_commodity(self.net.nodes, self.commodity, "loads")
        for kind, ends, hours in (
            (ArcKind.ACCESS, self.top.head, "access_h"),
            (ArcKind.EGRESS, self.top.tail, "egress_h"),
        ):
            arcs = self.graph.arcs_of(kind)
            vertex = ends[arcs]
            mode = self.top.vertex_mode[vertex]
            row = rows[mode, self.country[vertex]]
            self.other_h[arcs] = table[hours][row]
            may = loads[self.top.arc_row[arcs]] & (row >= 0) & self._mode_allowed(mode)
            if kind == ArcKind.ACCESS:
                may &= self._board(arcs, vertex)
            else:
                self.money[LOADING, arcs] = table["egress_usd_per_t"][row]
            self.allowed[arcs] = may

    def price_clearances(self) -> None:
        """Customs of foreign cargo where it boards or leaves an international class in a port."""
        table = self.net.clearances
        for direction, arcs in _clearing(self.graph).items():
            row = lookup.clearance_rows(self.net, self.commodity, direction)[
                self.country[self.top.head[arcs]]
            ]
            known = row >= 0
            if not len(table):
                self.allowed[arcs] = False
                continue
            self.money[BORDER_FEE, arcs] += np.where(known, table["fee_usd_per_t"][row], 0.0)
            self.border_h[arcs] += np.where(known, table["hours"][row], 0.0)
            self.allowed[arcs] &= known
