"""Arcs of the cheapest paths of many pairs: labels, their meeting, and the entries on the way taken apart."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.kernels.hierarchy.climbs import climb
from landsea_routing.kernels.hierarchy.product import Front
from landsea_routing.kernels.hierarchy.topology import Topology
from landsea_routing.kernels.hierarchy.trace import NOWHERE, descend, meet
from landsea_routing.kernels.hierarchy.unpack import unpack
from landsea_routing.kernels.paths import PathBatch, paths_between

NOTHING = 64
"""Units of rounding of a path's cost up to which a step may be part of a circle on it."""


class Priced(NamedTuple):
    """A topology with its costs and closed fronts.

    Attributes
    ----------
    topology : Topology
    cost : (n_arcs,) float
        Of the sorted arcs.
    least : (n_pairs,) float
        Cost of each pair's cheapest arc.
    winner : (n_pairs,) int
        That arc, among the sorted ones.
    front : (n,) float
        Closed fronts.
    """

    topology: Topology
    cost: FloatArray
    least: FloatArray
    winner: IntArray
    front: Front


def paths_of(priced: Priced, start: IntArray, end: IntArray) -> PathBatch:
    """Cheapest path of each pair, all labels held at once.

    Parameters
    ----------
    priced : Priced
        Graph, costs and fronts.
    start, end : (k,) int
        Ends of each path.

    Returns
    -------
    PathBatch

    Examples
    --------
    >>> from landsea_routing.kernels.hierarchy import Hierarchy
    >>> priced = Hierarchy(3, [0, 1], [1, 2]).customize([1.0, 2.0])._priced()
    >>> paths_of(priced, np.array([0]), np.array([2])).arcs.tolist()
    [0, 1]
    """
    topology, front = priced.topology, priced.front
    cells = topology.cells
    roots, source = np.unique(start, return_inverse=True)
    goals, target = np.unique(end, return_inverse=True)
    order, rows = topology.climbers(roots)
    back, ends = topology.climbers(goals)
    source, target = np.argsort(order)[source], np.argsort(back)[target]
    up = climb(cells, front, topology.ladder(rows), keep=True)
    down = climb(cells, front, topology.ladder(ends, backward=True), reach=False, keep=True)
    distance, level, position = meet(up, down, source, target)
    level[start == end] = NOWHERE
    there = descend(cells, front, up, source, level, position, backward=False)
    here = descend(cells, front, down, target, level, position, backward=True)
    path = np.concatenate((there[0], here[0]))
    # Upward entries come level by level, then downward ones in the opposite order.
    rank = np.concatenate((there[1], 2 * cells.n_levels - here[1]))
    sequence = np.lexsort((rank, path))
    cell, p, q = (np.concatenate((a, b))[sequence] for a, b in zip(there[2:], here[2:], strict=True))
    indptr, arcs = arcs_of(priced, (path[sequence], cell, p, q), start, end)
    return PathBatch(distance, indptr, arcs)


def arcs_of(
    priced: Priced, entries: tuple[IntArray, IntArray, IntArray, IntArray], start: IntArray, end: IntArray
) -> tuple[IntArray, IntArray]:
    """Arcs of paths whose entries of fronts are known.

    Parameters
    ----------
    priced : Priced
        Graph, costs and fronts.
    entries : tuple of (n,) int
        Path, cell and positions (from, to) of each entry, in the order of the paths.
    start, end : (k,) int
        Ends of each path.

    Returns
    -------
    indptr : (k + 1,) int
    arcs : (n,) int
        In the caller's numbering.

    Examples
    --------
    >>> from landsea_routing.kernels.hierarchy import Hierarchy
    >>> priced = Hierarchy(2, [0], [1]).customize([1.0])._priced()
    >>> nothing = (np.zeros(0, np.int64),) * 4
    >>> arcs_of(priced, nothing, np.array([0]), np.array([0]))[0].tolist()
    [0, 0]
    """
    graph = priced.topology
    path, pair, failed = unpack(graph.atlas, priced.front, priced.least, entries, start.size)
    arcs = priced.winner[pair]
    if failed.any():
        # Circles of zero-cost arcs: an ordinary search settles them.
        lost = np.flatnonzero(failed)
        keep = ~failed[path]
        found = paths_between(graph.pairs, priced.cost, start[lost], end[lost])
        path = np.concatenate((path[keep], np.repeat(lost, np.diff(found.indptr))))
        order = np.argsort(path, kind="stable")
        path, arcs = path[order], np.concatenate((arcs[keep], found.arcs))[order]
    path, arcs = without_circles(priced, path, arcs, end)
    indptr = np.concatenate(([0], np.cumsum(np.bincount(path, minlength=start.size))))
    return indptr, graph.order[arcs]


def without_circles(
    priced: Priced, path: IntArray, arcs: IntArray, end: IntArray
) -> tuple[IntArray, IntArray]:
    """Cut out of paths what leads back to a vertex of theirs: circles that cost nothing, to rounding.

    Parameters
    ----------
    priced : Priced
        Graph and costs.
    path, arcs : (n,) int
        Path and arc (among the sorted ones) of each step, in order.
    end : (k,) int
        Where each path ends.

    Returns
    -------
    path, arcs : (m,) int
        Of the steps that stay.

    Notes
    -----
    O(n log n) for the paths that have steps of next to no cost, for as often as one of them holds circles one
    after another; O(n) for the others.

    Examples
    --------
    >>> from landsea_routing.kernels.hierarchy import Hierarchy
    >>> priced = Hierarchy(3, [0, 1, 1], [1, 0, 2]).customize([0.0, 0.0, 1.0])._priced()
    >>> without_circles(priced, np.zeros(4, int), np.array([0, 1, 0, 2]), np.array([2]))[1].tolist()
    [0, 2]
    """
    graph = priced.topology
    cost = priced.cost[arcs]
    free = cost <= NOTHING * np.finfo(priced.front.dtype).eps * np.bincount(path, cost, end.size)[path]
    while free.any():
        some = np.zeros(end.size, np.bool_)
        some[path[free]] = True
        at = np.flatnonzero(some[path])
        who = path[at]
        tail = graph.tail_of[arcs[at]]
        # Where each step's vertex is left for the last time; the end is left by no step.
        _, place = np.unique(who * np.int64(graph.n_vertices) + tail, return_inverse=True)
        last = np.empty(place.size, np.int64)
        last[place] = np.arange(at.size)
        onward = np.where(tail == end[who], np.searchsorted(who, who, side="right"), last[place])
        turns = np.flatnonzero(onward > np.arange(at.size))
        if not turns.size:
            break
        turns = turns[np.unique(who[turns], return_index=True)[1]]
        change = np.zeros(at.size + 1, np.int64)
        np.add.at(change, turns, 1)
        np.add.at(change, onward[turns], -1)
        keep = np.ones(path.size, np.bool_)
        keep[at] = np.cumsum(change[:-1]) == 0
        path, arcs, free = path[keep], arcs[keep], free[keep]
    return path, arcs
