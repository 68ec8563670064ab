"""Further ways between two places, that differ in the links they use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.graph.graph import ArcKind, Graph
from landsea_routing.kernels.csr import cheapest
from landsea_routing.kernels.dissimilar import dissimilar_paths
from landsea_routing.kernels.kpaths import RankedPaths, iterate_paths, rank
from landsea_routing.results.choices import Alternatives, shared_km
from landsea_routing.routing.question import Question, ask
from landsea_routing.routing.weights import Weight, weight_name

MAX_TRIES = 5000
"""Paths of the graph looked at for one question; most of them differ from others in transfers only."""


def alternatives(
    graph: Graph,
    origin: str,
    destination: str,
    *,
    k: int = 5,
    max_detour: float | None = None,
    max_overlap: float | None = None,
    weight: Weight = "cost",
    via: Sequence[str] = (),
    avoid: Sequence[str] = (),
    modes: Sequence[str] | None = None,
    access: bool = True,
    seasonal: bool = False,
) -> Alternatives:
    """Find the best ways between two places that use different links.

    Two ways over the same links in the same order are one way to a planner, however they differ inside the
    nodes (lift or new bogies; the gauge changed at this or that end of a dual-gauge track): only the best
    of them is told. Ways that ride a link twice are left out, but for the best way and with `via`.

    Parameters
    ----------
    graph : Graph
        From `expand`; it fixes commodity and month.
    origin, destination : str
        Nodes, by id or name.
    k : int
        How many ways at most, the best one included.
    max_detour : float, optional
        No way whose weight is more than this many times the best, e.g. 1.3.
    max_overlap : float, optional
        Share of the kilometres of each better way that a further one may have in common with it: 0 shares
        no link, 0.5 at most half. Without it the next best ways may differ by one station road; with it they
        are what one would call corridors. Each is the *best* way that keeps apart from those before it.
    weight, via, avoid, modes, access, seasonal
        As in `shortest_path`.

    Returns
    -------
    Alternatives
        Fewer than k where there are no more; `complete` says whether a search budget ended the search.

    Raises
    ------
    UnknownNameError, InvalidValueError, NoPathError
        As `shortest_path`; also where `k`, `max_detour` or `max_overlap` is out of range.

    Notes
    -----
    Without overlap: loopless paths in order (Yen and Lawler), those that only repeat the links of another
    passed over. With it: a sequence of constrained shortest paths.

    Examples
    --------
    Containers go by the near port, or by the far one and the dual-gauge track, the last part by rail or by
    road:

    >>> import landsea_routing as lsr
    >>> graph = lsr.expand(lsr.load_network("toy_three_ports"))
    >>> ways = lsr.alternatives(graph, "Port Corin", "Ada")
    >>> [round(way.cost_usd_per_t, 2) for way in ways.routes]
    [95.0, 113.9, 141.5]
    """
    _check(k, max_detour, max_overlap)
    asked = ask(
        graph, origin, destination, via=via, avoid=avoid, modes=modes, access=access, seasonal=seasonal
    )
    values = asked.weigh(weight)
    detour = np.inf if max_detour is None else float(max_detour)
    if max_overlap is None or max_overlap == 1.0:
        found = _next_best(asked, values, k, detour)
    else:
        found = _apart(asked, values, k, detour, float(max_overlap))
    name = weight_name(weight)
    if not found.cost.size:
        raise asked.no_path(values, name)
    routes = tuple(asked.route(asked.space.arcs(found.path(i)), name) for i in range(found.cost.size))
    return Alternatives(
        routes,
        asked.origin,
        asked.destination,
        name,
        found.cost,
        shared_km(routes),
        found.complete,
    )


def _check(k: int, max_detour: float | None, max_overlap: float | None) -> None:
    wrong = {
        "k": (k, "a whole number >= 1", isinstance(k, int | np.integer) and type(k) is not bool and k >= 1),
        "max_detour": (max_detour, "a factor >= 1", max_detour is None or max_detour >= 1),
        "max_overlap": (max_overlap, "a share from 0 to 1", max_overlap is None or 0 <= max_overlap <= 1),
    }
    for name, (value, expected, fits) in wrong.items():
        if not fits:
            raise InvalidValueError(
                f"{name} is {value!r}", column=name, ids=(value,), expected=expected, cure="correct it"
            )


def _link_of(asked: Question) -> IntArray:
    """Row of `links` that each arc of the space rides, -1 for none."""
    top, arc = asked.graph.topology, asked.space.arc
    rides = (arc >= 0) & (top.arc_kind[arc] == ArcKind.LINK)
    return np.where(rides, top.arc_row[arc], -1)


def _next_best(asked: Question, values: FloatArray, k: int, max_detour: float) -> RankedPaths:
    """The next best paths with other links, in order."""
    space, link = asked.space, _link_of(asked)
    cost = _without_copies(asked, space.spread(values), link)
    found: list[tuple[float, IntArray]] = []
    seen: set[tuple[int, ...]] = set()
    ways = iterate_paths(space.pairs, cost, space.source, space.target, max_detour=max_detour)
    for tries, (total, path) in enumerate(ways):
        rides = tuple(link[path][link[path] >= 0].tolist())
        twice = len(set(rides)) < len(rides) and not asked.via
        if rides not in seen and (not found or not twice):
            seen.add(rides)
            found.append((total, path))
        if len(found) == k:
            break
        if tries >= MAX_TRIES:
            return rank(found, False)
    return rank(found, True)


def _without_copies(asked: Question, cost: FloatArray, link: IntArray) -> FloatArray:
    """Close all but the best of parallel arcs that ride no link: two techniques of one transfer."""
    pairs = asked.space.pairs
    _, winner = cheapest(pairs, cost)
    best = np.zeros(pairs.n_arcs, dtype=np.bool_)
    best[winner[winner >= 0]] = True
    return np.where(best | (link >= 0), cost, np.inf)


def _apart(asked: Question, values: FloatArray, k: int, max_detour: float, max_overlap: float) -> RankedPaths:
    space = asked.space
    return dissimilar_paths(
        space.pairs,
        space.spread(values),
        space.source,
        space.target,
        k,
        max_overlap=max_overlap,
        max_detour=max_detour,
        measure=space.spread(asked.graph.arc_length_km),
        shared=_link_of(asked),
    )
