"""Membership: which directions of which links, and which transfers, count in which capacity group."""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import BoolArray
from landsea_routing.model.checks.facts import BACKWARD, FORWARD, commodity_rows
from landsea_routing.model.network import Network, rows_of

ON_LINKS = ("link", "border")
"""What a member applies to when its target is a link."""
OPPOSITE = {FORWARD: "backward", BACKWARD: "forward"}
"""The word of the direction column that leaves a direction out."""


def finite_groups(net: Network) -> BoolArray:
    """Whether each member's group has a finite limit; no for groups that do not exist."""
    row = rows_of(net.capacity_groups, net.capacity_members["group"])
    return np.asarray(np.isfinite(np.append(net.capacity_groups["limit"], np.inf)[row]))


def known_groups(net: Network) -> BoolArray:
    """Whether each member's group exists."""
    return rows_of(net.capacity_groups, net.capacity_members["group"]) >= 0


def links_covered(net: Network, counted: BoolArray) -> BoolArray:
    """Array (2, links, commodities): whether each direction of each link is in a counted member's group.

    `counted` says which members to look at; those of links and of their borders are taken.
    """
    members = net.capacity_members
    row = rows_of(net.links, members["target"])
    rows = np.flatnonzero(counted & np.isin(members["applies_to"], ON_LINKS) & (row >= 0))
    goods = commodity_rows(net, members["commodities"][rows])
    covered = np.zeros((2, len(net.links), len(net.commodities)), dtype=bool)
    for way, other in OPPOSITE.items():
        here = members["direction"][rows] != other
        np.logical_or.at(covered[way], row[rows[here]], goods[here])
    return covered


def lifts_limited(net: Network) -> BoolArray:
    """Whether each transfers row has a finite limit of its own, or a finite group by lift or by row."""
    transfers, members = net.transfers, net.capacity_members
    finite = finite_groups(net)
    nodes = members["target"][finite & (members["applies_to"] == "lift")]
    rows = members["target"][finite & (members["applies_to"] == "transfer")]
    grouped = np.isin(transfers["node"], nodes) | np.isin(transfers["id"], rows)
    return np.asarray(np.isfinite(transfers["capacity"]) | grouped)


def rail_road(net: Network) -> BoolArray:
    """Whether each transfers row is between rail and road."""
    table = net.transfers
    pair = np.char.add(np.char.add(table["from_mode"], ">"), table["to_mode"])
    return np.isin(pair, ("rail>road", "road>rail"))
