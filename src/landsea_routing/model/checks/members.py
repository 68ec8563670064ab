"""Members of capacity groups: each flow counts once, in a direction that means something."""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import BoolArray, IntArray
from landsea_routing.kernels.joins import equal_pairs
from landsea_routing.model.checks.codes import WARNING
from landsea_routing.model.checks.facts import Check, commodity_rows, find, labels
from landsea_routing.model.checks.groups import (
    AT_NODES,
    bordering,
    counted_transfers,
    crossing_places,
    turned,
    ways_named,
)
from landsea_routing.model.checks.report import Finding
from landsea_routing.model.network import Network, rows_of
from landsea_routing.model.words import DIRECTIONS

WITHOUT_DIRECTION = ("handling", "lift", "transfer")
"""What a member applies to where all flows count, whichever way they go."""


def check_directions(net: Network) -> list[Finding]:
    """Directions that would be passed over in silence."""
    members = net.capacity_members
    unused = np.isin(members["applies_to"], WITHOUT_DIRECTION) & (members["direction"] != "both")
    return find(
        "direction-unused",
        members,
        "direction",
        unused,
        "is given where directions have no meaning",
        expected=f"both, for {', '.join(WITHOUT_DIRECTION)}",
        cure="write both; to limit one way name the link, its border, or single transfers rows",
        details=members["applies_to"][unused].tolist(),
    )


def check_counted_twice(net: Network) -> list[Finding]:
    """Members of one group that count the same flow on the same arc.

    Two rows of the same target (or of parallel links, which share their border), and rows of single
    transfers beside a row of their node. The later row is named, or that of the transfer.
    """
    members = net.capacity_members
    pairs = [_same_place(net), _transfer_and_node(net)]
    first, second = (np.concatenate(side) for side in zip(*pairs, strict=True))
    rows, at = np.unique(second, return_index=True)
    return find(
        "member-twice",
        members,
        "target",
        rows,
        "counts flows that another member of its group counts too",
        expected="each flow once in a group",
        cure="remove one of the two, or part them by direction or commodities",
        details=[f"also {label}" for label in labels(members)[first[at]].tolist()],
    )


def _same_place(net: Network) -> tuple[IntArray, IntArray]:
    """Pairs of members of one group and place with a common direction and commodity, the earlier first."""
    members = net.capacity_members
    place, ways = _places(net)
    columns = [np.unique(members[c], return_inverse=True)[1] for c in ("group", "applies_to")]
    _, key = np.unique(np.array([*columns, place], dtype=np.int64), axis=1, return_inverse=True)
    first, second = equal_pairs(key.ravel(), key.ravel())
    keep = (first < second) & ((ways[first] & ways[second]) > 0)
    first, second = first[keep], second[keep]
    # Rows whose whole key is the same are another finding.
    _, whole = np.unique(labels(members), return_inverse=True)
    keep = _both_count(net, first, second) & (whole[first] != whole[second])
    return first[keep], second[keep]


def _places(net: Network) -> tuple[IntArray, IntArray]:
    """Number of what each member's target stands for, and its directions there, as bits."""
    members = net.capacity_members
    names, target = np.unique(members["target"], return_inverse=True)
    row = rows_of(net.links, members["target"])
    border = (members["applies_to"] == "border") & (row >= 0)
    crossing, backward = crossing_places(net)
    place = np.where(border, len(names) + np.append(crossing, 0)[row], target)
    turn = border & np.append(backward, False)[row]
    return place, turned(ways_named(members["direction"]), turn)


def _transfer_and_node(net: Network) -> tuple[IntArray, IntArray]:
    """Pairs of a member that is a node and one of its group that is a transfers row there."""
    members, table = net.capacity_members, net.transfers
    group = rows_of(net.capacity_groups, members["group"])
    transfer = rows_of(table, members["target"])
    place = rows_of(net.nodes, np.append(table["node"], "")[transfer])
    node = rows_of(net.nodes, members["target"])
    single = np.flatnonzero((members["applies_to"] == "transfer") & (group >= 0) & (place >= 0))
    whole = np.flatnonzero(np.isin(members["applies_to"], AT_NODES) & (group >= 0) & (node >= 0))
    count = len(net.nodes)
    at, other = equal_pairs(group[whole] * count + node[whole], group[single] * count + place[single])
    node, lone = whole[at], single[other]
    keep = np.zeros(len(node), dtype=bool)
    for applies_to in AT_NODES:
        for direction in DIRECTIONS:
            rows = (members["applies_to"][node] == applies_to) & (members["direction"][node] == direction)
            if rows.any():
                keep |= rows & counted_transfers(net, applies_to, direction)[transfer[lone]]
    node, lone = node[keep], lone[keep]
    keep = _both_count(net, node, lone, commodity_rows(net, table["commodities"])[transfer[lone]])
    return node[keep], lone[keep]


def _both_count(
    net: Network, first: IntArray, second: IntArray, carried: BoolArray | None = None
) -> BoolArray:
    """Whether two members count a common commodity, one that is carried there."""
    members = net.capacity_members
    goods = commodity_rows(net, members["commodities"])
    # A coefficient that is empty is derived; 0 is none.
    counts = members["coefficient"] != 0
    common = goods[first] & goods[second] & (True if carried is None else carried)
    return np.asarray(common.any(axis=1) & counts[first] & counts[second])


def check_parallel_borders(net: Network) -> list[Finding]:
    """Parallel links in different groups by their border, where in truth both groups limit both."""
    members, links = net.capacity_members, net.links
    row = rows_of(links, members["target"])
    border = np.flatnonzero((members["applies_to"] == "border") & (row >= 0))
    at, other, opposite = bordering(net, row[border])
    # Each border member of a link beside each border member of a parallel one.
    pair, k = equal_pairs(other, row[border])
    mine, theirs = border[at[pair]], border[k]
    ways = turned(ways_named(members["direction"][mine]), opposite[pair])
    apart = (row[mine] != row[theirs]) & (members["group"][mine] != members["group"][theirs])
    apart &= (ways & ways_named(members["direction"][theirs])) > 0
    groups: dict[int, list[str]] = {}
    for link, name in zip(row[mine[apart]].tolist(), members["group"][theirs[apart]].tolist(), strict=True):
        groups.setdefault(link, []).append(name)
    return find(
        "border-shared-by-parallel",
        links,
        "id",
        np.array(list(groups), dtype=np.int64),
        "shares its crossing with a parallel link of another group; the smallest limit holds for both",
        expected="one limit by applies_to border for one crossing",
        cure="name one of the links by applies_to border, and limit each track by applies_to link",
        severity=WARNING,
        details=[f"also in {', '.join(dict.fromkeys(names))}" for names in groups.values()],
    )


CHECKS: tuple[Check, ...] = (check_directions, check_counted_twice, check_parallel_borders)
