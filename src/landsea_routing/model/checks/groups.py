"""Membership: which directions of which links, and which transfers, count in which capacity group."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from landsea_routing._typing import BoolArray, IntArray
from landsea_routing.kernels.joins import equal_pairs
from landsea_routing.model.checks.facts import BACKWARD, FORWARD, commodity_rows, known_ends, mode_rows
from landsea_routing.model.network import Network, rows_of
from landsea_routing.model.words import MODES, WATER_MODES

ON_LINKS = ("link", "border")
"""What a member applies to when its target is a link."""
OPPOSITE = {FORWARD: "backward", BACKWARD: "forward"}
"""The word of the direction column that leaves a direction out."""
AT_NODES = ("handling", "lift", "gauge_transfer")
"""What a member applies to when its target is a node."""
WAYS = {"forward": 1 << FORWARD, "backward": 1 << BACKWARD}
"""Directions as bits; `both` sets the two."""


def finite_groups(net: Network) -> BoolArray:
    """Whether each member's group has a finite limit; no for groups that do not exist."""
    row = rows_of(net.capacity_groups, net.capacity_members["group"])
    return np.asarray(np.isfinite(np.append(net.capacity_groups["limit"], np.inf)[row]))


def known_groups(net: Network) -> BoolArray:
    """Whether each member's group exists."""
    return rows_of(net.capacity_groups, net.capacity_members["group"]) >= 0


def ways_named(directions: NDArray[Any]) -> IntArray:
    """Directions of each cell as bits, see `WAYS`."""
    named = [directions == word for word in WAYS]
    return np.select(named, list(WAYS.values()), default=sum(WAYS.values())).astype(np.int64)


def turned(ways: IntArray, turn: BoolArray) -> IntArray:
    """Directions as bits, with forward and backward changed where `turn` says so.

    >>> turned(np.array([1, 2, 3, 1]), np.array([True, True, True, False])).tolist()
    [2, 1, 3, 1]
    """
    return np.asarray(np.where(turn, ((ways & 1) << 1) | (ways >> 1), ways))


def crossing_places(net: Network) -> tuple[IntArray, BoolArray]:
    """Number that links of one mode between the same two nodes share, and which are written the other way.

    Such parallel links share their crossings, and so whatever limits one of their borders.
    """
    tail, head, known = known_ends(net)
    count = len(net.nodes)
    place = (mode_rows(net.links["mode"]) * count + np.minimum(tail, head)) * count + np.maximum(tail, head)
    alone = len(MODES) * count * count + np.arange(len(place))
    return np.where(known, place, alone), np.asarray(known & (tail > head))


def bordering(net: Network, link: IntArray) -> tuple[IntArray, IntArray, BoolArray]:
    """Pairs (position in `link`, link) of links that share their crossing, and whether they run opposite."""
    place, backward = crossing_places(net)
    at, other = equal_pairs(place[link], place)
    return at, other, np.asarray(backward[link[at]] != backward[other])


def links_covered(net: Network, counted: BoolArray) -> BoolArray:
    """Array (2, links, commodities): whether each direction of each link is in a counted member's group.

    `counted` says which members to look at; those of links and of their borders are taken. A border
    counts for all parallel links that share it.
    """
    members = net.capacity_members
    row = rows_of(net.links, members["target"])
    counted = counted & (row >= 0)
    on_link = np.flatnonzero(counted & (members["applies_to"] == "link"))
    on_border = np.flatnonzero(counted & (members["applies_to"] == "border"))
    at, other, opposite = bordering(net, row[on_border])
    member = np.concatenate([on_link, on_border[at]])
    link = np.concatenate([row[on_link], other])
    ways = turned(ways_named(members["direction"][member]), np.pad(opposite, (len(on_link), 0)))
    goods = commodity_rows(net, members["commodities"])
    covered = np.zeros((2, len(net.links), len(net.commodities)), dtype=bool)
    for way, bit in zip((FORWARD, BACKWARD), WAYS.values(), strict=True):
        here = (ways & bit) > 0
        np.logical_or.at(covered[way], link[here], goods[member[here]])
    return covered


def counted_transfers(net: Network, applies_to: str, direction: str = "both") -> BoolArray:
    """Whether each transfers row is of the kind that a member of its node counts (see `AT_NODES`)."""
    table = net.transfers
    modes = np.array([table["from_mode"], table["to_mode"]], dtype=np.str_)
    if applies_to == "handling":
        return np.asarray(np.isin(modes, WATER_MODES).any(axis=0))
    if applies_to == "lift":
        return rail_road(net)
    before, after = table["from_gauge_mm"], table["to_gauge_mm"]
    named = {"forward": before > after, "backward": before < after}.get(direction, before != after)
    return np.asarray((modes == "rail").all(axis=0) & named)


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
