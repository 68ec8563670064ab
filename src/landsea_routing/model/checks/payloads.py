"""Payloads: limits in trains or trucks a day need tonnes per vehicle for all they count, at its gauge."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from landsea_routing._typing import BoolArray, IntArray, TextArray
from landsea_routing.kernels.joins import equal_pairs
from landsea_routing.model.checks.facts import (
    GAUGE_BITS,
    Check,
    allowed_modes,
    commodity_rows,
    find,
    gauge_mask,
    known_ends,
    mode_rows,
)
from landsea_routing.model.checks.groups import AT_NODES, bordering, counted_transfers
from landsea_routing.model.checks.report import Finding
from landsea_routing.model.network import Network, rows_of
from landsea_routing.model.table import Table
from landsea_routing.model.words import DIRECTIONS, GAUGED_MODES, WATER_MODES

VEHICLE_UNITS = ("trains/day", "trucks/day")
GAUGES = (0, *GAUGE_BITS)
"""Gauges as the axis of an array; 0 is that of modes without tracks."""
Counted = tuple[IntArray, BoolArray, BoolArray]
"""Members with the gauges (n, gauges) and the commodities (n, commodities) of an arc that counts there."""


def check_payloads(net: Network) -> list[Finding]:
    """Limits in vehicles a day whose payloads leave out a commodity, or a gauge it is carried on."""
    members, transfers = net.capacity_members, net.transfers
    unit = np.append(net.capacity_groups["unit"], "")[rows_of(net.capacity_groups, members["group"])]
    derived = np.where(np.isnan(members["coefficient"]), unit, "")
    own = np.where(np.isfinite(transfers["capacity"]), transfers["capacity_unit"], "")
    found: list[Finding] = []
    if np.isin(derived, VEHICLE_UNITS).any():
        listed = commodity_rows(net, members["commodities"])
        carried = _carried(net, np.isin(derived, VEHICLE_UNITS)) & listed[:, None, :]
        found += _faults(net, members, "commodities", derived, listed & _by_mode(net), carried)
    if np.isin(own, VEHICLE_UNITS).any():
        carried = transfer_gauges(net)[:, :, None] & transfer_goods(net)[:, None, :]
        listed = commodity_rows(net, transfers["commodities"])
        found += _faults(net, transfers, "capacity_unit", own, listed, carried)
    return found


def _by_mode(net: Network) -> BoolArray:
    """Matrix (members, commodities): what the mode of the member's link may carry at all."""
    row = rows_of(net.links, net.capacity_members["target"])
    allowed = allowed_modes(net)[mode_rows(np.append(net.links["mode"], "")[row])]
    return np.asarray(allowed | (row < 0)[:, None])


def _faults(
    net: Network, table: Table, column: str, units: TextArray, listed: BoolArray, carried: BoolArray
) -> list[Finding]:
    """Find rows that list a commodity without any payload, or carry one at a gauge without a payload."""
    absent = np.zeros_like(listed)
    at_gauge = np.zeros_like(carried)
    for unit in VEHICLE_UNITS:
        here, known = units == unit, payloads_known(net, unit)
        absent |= here[:, None] & listed & ~known.any(axis=0)
        at_gauge |= here[:, None, None] & carried & ~known & known.any(axis=0)
    rows = np.flatnonzero(absent.any(axis=1) | at_gauge.any(axis=(1, 2)))
    return find(
        "payload-missing",
        table,
        column,
        rows,
        "is counted in vehicles a day without tonnes per vehicle",
        expected="a payloads row for the unit, commodity (or `*`) and gauge (or 0)",
        cure="add rows to payloads.csv, or give the coefficient",
        details=[_gap(net, absent[r], at_gauge[r]) for r in rows],
    )


def _gap(net: Network, absent: BoolArray, at_gauge: BoolArray) -> str:
    """Return the commodities without a payload, by gauge where only some gauges lack it."""
    names = net.commodities["id"]
    parts = [", ".join(names[absent].tolist())]
    for gauge, goods in zip(GAUGES, at_gauge & ~absent, strict=True):
        place = f"at {gauge} mm" if gauge else "without gauge"
        parts.append(f"{', '.join(names[goods].tolist())} {place}" if goods.any() else "")
    return "; ".join(part for part in parts if part)


def payloads_known(net: Network, unit: str) -> BoolArray:
    """Matrix (gauges, commodities): whether a payloads row of the unit tells the tonnes."""
    rows = np.flatnonzero(net.payloads["unit"] == unit)
    goods = commodity_rows(net, net.payloads["commodity"][rows])
    gauge = net.payloads["gauge_mm"][rows]
    fits = (gauge == 0) | (gauge == np.array(GAUGES)[:, None])
    return np.asarray((fits[:, :, None] & goods).any(axis=1))


def link_gauges(net: Network) -> BoolArray:
    """Matrix (links, gauges): what each link is counted at; none where a track's cannot be read."""
    mask = gauge_mask(net.links["gauge"])[:, None]
    gauged = np.isin(net.links["mode"], GAUGED_MODES)[:, None]
    return np.concatenate([~gauged, gauged & ((mask & list(GAUGE_BITS.values())) > 0)], axis=1)


def transfer_gauges(net: Network) -> BoolArray:
    """Matrix (transfers, gauges): the gauge of arrival, or that of departure where there is none."""
    arrival, departure = net.transfers["from_gauge_mm"], net.transfers["to_gauge_mm"]
    return np.asarray(np.where(arrival == 0, departure, arrival)[:, None] == np.array(GAUGES))


def transfer_goods(net: Network) -> BoolArray:
    """Matrix (transfers, commodities): what is listed and may go by both modes."""
    table, allowed = net.transfers, allowed_modes(net)
    sides = [allowed[mode_rows(table[c])] for c in ("from_mode", "to_mode")]
    return commodity_rows(net, table["commodities"]) & sides[0] & sides[1]


def _carried(net: Network, counted: BoolArray) -> BoolArray:
    """Array (members, gauges, commodities): what the arcs of each counted member may carry."""
    shape = len(net.capacity_members), len(GAUGES), len(net.commodities)
    carried = np.zeros(shape, dtype=bool)
    for part in (_on_links, _at_transfers, _loaded):
        for member, gauges, goods in part(net, counted):
            np.logical_or.at(carried, member, gauges[:, :, None] & goods[:, None, :])
    return carried


def _on_links(net: Network, counted: BoolArray) -> Iterator[Counted]:
    """Carriage on links, and over the border of all links that share it."""
    applies_to, row = net.capacity_members["applies_to"], rows_of(net.links, net.capacity_members["target"])
    counted = counted & (row >= 0)
    gauges, goods = link_gauges(net), allowed_modes(net)[mode_rows(net.links["mode"])]
    member = np.flatnonzero(counted & (applies_to == "link"))
    yield member, gauges[row[member]], goods[row[member]]
    member = np.flatnonzero(counted & (applies_to == "border"))
    at, link, _ = bordering(net, row[member])
    yield member[at], gauges[link], goods[link]


def _at_transfers(net: Network, counted: BoolArray) -> Iterator[Counted]:
    """Transfers, one by one or by their node."""
    members, table = net.capacity_members, net.transfers
    gauges, goods = transfer_gauges(net), transfer_goods(net)
    row = rows_of(table, members["target"])
    member = np.flatnonzero(counted & (members["applies_to"] == "transfer") & (row >= 0))
    yield member, gauges[row[member]], goods[row[member]]
    node, place = rows_of(net.nodes, members["target"]), rows_of(net.nodes, table["node"])
    for applies_to in AT_NODES:
        for direction in DIRECTIONS:
            named = (members["applies_to"] == applies_to) & (members["direction"] == direction)
            member = np.flatnonzero(counted & named)
            if member.size:
                rows = np.flatnonzero(counted_transfers(net, applies_to, direction))
                at, k = equal_pairs(node[member], place[rows])
                yield member[at], gauges[rows[k]], goods[rows[k]]


def _loaded(net: Network, counted: BoolArray) -> Iterator[Counted]:
    """Loading and unloading of water modes, which handling counts."""
    members, links = net.capacity_members, net.links
    node = rows_of(net.nodes, members["target"])
    member = np.flatnonzero(counted & (members["applies_to"] == "handling"))
    wet = np.flatnonzero(np.isin(links["mode"], WATER_MODES))
    if not member.size:
        return
    gauges = link_gauges(net)
    goods = allowed_modes(net)[mode_rows(links["mode"])]
    loads = commodity_rows(net, net.nodes["loads"])
    tail, head, _ = known_ends(net)
    for end in (tail, head):
        at, k = equal_pairs(node[member], end[wet])
        yield member[at], gauges[wet[k]], goods[wet[k]] & loads[node[member[at]]]


CHECKS: tuple[Check, ...] = (check_payloads,)
