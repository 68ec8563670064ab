"""Capacity groups that one path could use twice, where its tonnes would count twice."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np

from landsea_routing._typing import BoolArray, IntArray
from landsea_routing.model.checks.codes import WARNING
from landsea_routing.model.checks.facts import Check, commodity_rows, find
from landsea_routing.model.checks.groups import ON_LINKS, OPPOSITE, counted_transfers
from landsea_routing.model.checks.passage import Passage, passage
from landsea_routing.model.checks.report import Finding
from landsea_routing.model.network import Network, row_of, rows_of
from landsea_routing.model.words import WATER_MODES


@dataclass(frozen=True)
class _Site:
    """One place where a path may use a group: a direction of a link, or a node."""

    label: str
    first_node: int
    last_node: int
    enters: IntArray
    """Vertices from which the group is entered."""
    leaves: IntArray
    """Vertices in which a path stands after using the group."""
    goods: BoolArray


def check_twice(net: Network) -> list[Finding]:
    """Finite groups of which a path without a loop can use two members, one after the other.

    Looked for, among what operates in the base: two members of one group (directions of different
    links, or nodes) that count a common commodity, and a way from behind the first to before the second
    that visits no node twice and uses no member of the group in between, in either direction. So two
    members in series are found, as is a screenline that one can go round; parallel lines that close a
    screenline are not, and neither is a path that zigzags over a third member. A link that counts both
    as `link` and as `border` is found always. Groups without a finite limit are left alone.
    """
    found = _same_link(net)
    candidates = _groups_of_several(net)
    if candidates:
        way = passage(net)
        for group in candidates:
            if group not in found:
                text = _crossed(net, way, group)
                found |= {group: text} if text else {}
    rows = rows_of(net.capacity_groups, np.array(list(found), dtype=np.str_))
    return find(
        "group-crossed-twice",
        net.capacity_groups,
        "id",
        rows,
        "can be used twice by one path, whose tonnes would count twice",
        expected="members side by side (one per line of a screenline), never in series",
        cure="give each member its own group, or name a direction; waive it where no sensible path does so",
        severity=WARNING,
        details=list(found.values()),
    )


def _finite_members(net: Network) -> IntArray:
    """Members of groups whose limit can bind."""
    row = rows_of(net.capacity_groups, net.capacity_members["group"])
    return np.flatnonzero(np.isfinite(np.append(net.capacity_groups["limit"], np.inf)[row]))


def _same_link(net: Network) -> dict[str, str]:
    """Groups in which one link counts as link and as border, for a common direction and commodity."""
    members, found = net.capacity_members, {}
    goods = commodity_rows(net, members["commodities"])
    seen: dict[tuple[str, str], list[int]] = {}
    for row in _finite_members(net).tolist():
        if members["applies_to"][row] in ON_LINKS:
            seen.setdefault((str(members["group"][row]), str(members["target"][row])), []).append(row)
    for (group, link), rows in seen.items():
        for a, b in permutations(rows, 2):
            ways = {str(members["direction"][a]), str(members["direction"][b])}
            kinds = {str(members["applies_to"][r]) for r in (a, b)}
            if len(kinds) > 1 and ways != {"forward", "backward"} and np.any(goods[a] & goods[b]):
                found[group] = f"{link} as link and as border"
    return found


def _groups_of_several(net: Network) -> list[str]:
    """Finite groups with more than one target."""
    members = net.capacity_members
    rows = _finite_members(net)
    pairs = np.unique(np.array([members["group"][rows], members["target"][rows]], dtype=np.str_), axis=1)
    groups, counts = np.unique(pairs[0], return_counts=True)
    return [str(group) for group in groups[counts > 1]]


def _crossed(net: Network, way: Passage, group: str) -> str:
    """Return the first two members a path can use one after the other, empty when there are none."""
    sites = [
        site
        for row in np.flatnonzero(net.capacity_members["group"] == group)
        for site in _sites(net, way, int(row))
    ]
    targets = net.capacity_members["target"][net.capacity_members["group"] == group]
    members = np.isin(way.link, rows_of(net.links, targets)) & (way.link >= 0)
    node = way.vertex_node
    arriving = np.arange(len(node)) % 2 == 1
    for first in sites:
        before = arriving & (node == first.first_node)
        reach = way.reached(first.leaves, ~members, before)
        for second in sites:
            if _may_follow(first, second) and reach[second.enters].any():
                blocked = before | (~arriving & (node == second.last_node))
                if way.reached(first.leaves, ~members, blocked)[second.enters].any():
                    return f"{first.label}, then {second.label}"
    return ""


def _may_follow(first: _Site, second: _Site) -> bool:
    """Whether a path without a loop could use both, and one commodity counts at both."""
    loop = first.first_node == second.last_node or first is second
    return not loop and bool(np.any(first.goods & second.goods))


def _sites(net: Network, way: Passage, member: int) -> list[_Site]:
    table = net.capacity_members
    target, applies_to = str(table["target"][member]), str(table["applies_to"][member])
    goods = commodity_rows(net, table["commodities"][member : member + 1])[0]
    if applies_to in ON_LINKS:
        return _link_sites(net, way, target, str(table["direction"][member]), goods)
    steps = _node_steps(net, way, target, applies_to, str(table["direction"][member]))
    enters, leaves = way.tail[steps], way.head[steps]
    if (
        applies_to == "handling"
        and target in (rows := row_of(net.nodes))
        and net.nodes["loads"][rows[target]]
    ):
        wet = np.array([s[0] == rows[target] and s[1] in WATER_MODES for s in way.states], dtype=bool)
        leaves = np.append(leaves, 2 * np.flatnonzero(wet))
        enters = np.append(enters, 2 * np.flatnonzero(wet) + 1)
    if not enters.size:
        return []
    node = int(way.vertex_node[enters[0]])
    return [_Site(f"{applies_to} at {target}", node, node, np.unique(enters), np.unique(leaves), goods)]


def _link_sites(net: Network, way: Passage, target: str, direction: str, goods: BoolArray) -> list[_Site]:
    row = row_of(net.links).get(target, -2)
    node, sites = way.vertex_node, []
    for backward, other in OPPOSITE.items():
        steps = np.flatnonzero((way.link == row) & (way.backward == bool(backward)))
        if steps.size and direction != other:
            tail, head = way.tail[steps], way.head[steps]
            label = f"{target} {'backward' if backward else 'forward'}"
            sites.append(_Site(label, int(node[tail[0]]), int(node[head[0]]), tail, head, goods))
    return sites


def _node_steps(net: Network, way: Passage, target: str, applies_to: str, direction: str) -> IntArray:
    """Transfer steps that a member of a node, or of one transfers row, counts."""
    table = net.transfers
    if applies_to == "transfer":
        rows = table["id"] == target
    else:
        rows = (table["node"] == target) & counted_transfers(net, applies_to, direction)
    return np.flatnonzero(np.isin(way.transfer, np.flatnonzero(rows)))


CHECKS: tuple[Check, ...] = (check_twice,)
