"""Where cargo can pass: the states of a network and the steps between them, for `twice`.

A coarse copy of what routing uses, without prices: a vertex is node x mode x gauge x class, once
*arriving* and once *leaving*. Steps are operating links, passing on in the same mode (not at a port or
river port, unless it is a waypoint), and transfers rows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from landsea_routing._typing import BoolArray, IntArray
from landsea_routing.model.checks.facts import carries, gauge_mask, gauges_of, known_ends
from landsea_routing.model.network import Network
from landsea_routing.model.words import HUB_MODES, lists_word

State = tuple[int, str, int, str]
"""Node row, mode, gauge (0 for none), vehicle class."""


@dataclass(frozen=True)
class Passage:
    """Steps between states; vertex 2s is state s leaving, 2s + 1 is state s arriving.

    Parameters
    ----------
    states : list of tuple
        Node row, mode, gauge and class of every state.
    tail, head : IntArray
        Vertices of every step.
    link, transfer : IntArray
        Row that each step comes from, -1 for none.
    backward : BoolArray
        Whether a link step runs from to_node to from_node.
    """

    states: list[State]
    tail: IntArray
    head: IntArray
    link: IntArray
    transfer: IntArray
    backward: BoolArray

    @property
    def vertex_node(self) -> IntArray:
        """Node row of every vertex."""
        return np.repeat(np.array([state[0] for state in self.states], dtype=np.int64), 2)

    def reached(self, sources: IntArray, open_steps: BoolArray, blocked: BoolArray) -> BoolArray:
        """Whether each vertex can be reached from the sources without a blocked vertex on the way.

        The sources themselves may be blocked: the way starts there.
        """
        usable = open_steps & ~blocked[self.head]
        tail, head = self.tail[usable], self.head[usable]
        seen = np.zeros(len(blocked), dtype=bool)
        seen[sources] = True
        before, now = -1, int(seen.sum())
        while now != before:
            seen[head[seen[tail]]] = True
            before, now = now, int(seen.sum())
        return seen


class _Steps:
    """Collects steps while states are numbered."""

    def __init__(self) -> None:
        self.number: dict[State, int] = {}
        self.steps: list[tuple[int, int, int, int, bool]] = []
        self.at: dict[tuple[int, str, int], set[State]] = defaultdict(set)

    def leaving(self, state: State) -> int:
        self.at[state[:3]].add(state)
        return 2 * self.number.setdefault(state, len(self.number))

    def arriving(self, state: State) -> int:
        return self.leaving(state) + 1


def passage(net: Network) -> Passage:
    """Return the states and steps of everything that operates."""
    steps = _Steps()
    _add_links(net, steps)
    _add_through(net, steps)
    _add_transfers(net, steps)
    columns = np.array(steps.steps, dtype=np.int64).reshape(-1, 5).T
    tail, head, link, transfer, backward = columns
    return Passage(list(steps.number), tail, head, link, transfer, backward.astype(bool))


def _add_links(net: Network, steps: _Steps) -> None:
    links = net.links
    tail, head, known = known_ends(net)
    masks = gauge_mask(links["gauge"])
    for row in np.flatnonzero(carries(net) & known).tolist():
        mode, name = str(links["mode"][row]), str(links["vehicle_class"][row])
        for gauge in gauges_of(int(masks[row])) or (0,):
            a, b = (int(tail[row]), mode, gauge, name), (int(head[row]), mode, gauge, name)
            steps.steps.append((steps.leaving(a), steps.arriving(b), row, -1, False))
            if not links["oneway"][row]:
                steps.steps.append((steps.leaving(b), steps.arriving(a), row, -1, True))


def _add_through(net: Network, steps: _Steps) -> None:
    waypoint = net.nodes["waypoint"].tolist()
    for state in list(steps.number):
        if state[1] not in HUB_MODES or lists_word(waypoint[state[0]], state[1]):
            steps.steps.append((steps.arriving(state), steps.leaving(state), -1, -1, False))


def _add_transfers(net: Network, steps: _Steps) -> None:
    table = net.transfers
    rows = {str(i): k for k, i in enumerate(net.nodes["id"])}
    sides = [
        list(zip(table[f"{end}_mode"].tolist(), table[f"{end}_gauge_mm"].tolist(), strict=True))
        for end in ("from", "to")
    ]
    for row, node in enumerate(table["node"].tolist()):
        if node in rows:
            before, after = ((rows[node], *side[row]) for side in sides)
            for a in sorted(steps.at.get(before, ())):
                for b in sorted(steps.at.get(after, ())):
                    steps.steps.append((steps.arriving(a), steps.leaving(b), -1, row, False))
