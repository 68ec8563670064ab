"""The best way of one tonne from one place to another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError, LandseaError, NoPathError
from landsea_routing.graph.graph import Graph
from landsea_routing.kernels.constrained import Constrained, constrained_path
from landsea_routing.results.route import Route
from landsea_routing.routing.question import Question, ask
from landsea_routing.routing.weights import Weight, weight_name


def shortest_path(
    graph: Graph,
    origin: str,
    destination: str,
    *,
    weight: Weight = "cost",
    via: Sequence[str] = (),
    avoid: Sequence[str] = (),
    modes: Sequence[str] | None = None,
    access: bool = True,
    seasonal: bool = False,
    deadline_h: float | None = None,
    co2e_budget_kg_per_t: float | None = None,
) -> Route:
    """Find the best path of the graph's commodity between two places.

    Parameters
    ----------
    graph : Graph
        From `expand`; it fixes commodity and month.
    origin, destination : str
        Nodes, by id or name.
    weight : {"cost", "time", "length", "co2e"} or callable
        What to minimise; a function of the graph gives one cost >= 0 per arc. Ties fall to the
        lower generalized cost.
    via : sequence of str
        Nodes or links to pass, in order. The state in which a place is reached is the one it is left
        from, so a change of gauge or mode there is paid as anywhere.
    avoid : sequence of str
        Nodes or links not to touch.
    modes : sequence of str, optional
        Modes allowed, e.g. `("rail",)`.
    access : bool
        Whether the trip loads at the origin and unloads at the destination (the default), or is line
        haul between any two places, junctions and border posts too.
    seasonal : bool
        With a graph of the year, whether links that are open only part of it may be used.
    deadline_h : float, optional
        Hours that the whole trip may take at most.
    co2e_budget_kg_per_t : float, optional
        CO2e that it may emit at most.

    Returns
    -------
    Route

    Raises
    ------
    UnknownNameError
        A place or link is not known, or its name is not unique.
    InvalidValueError
        Origin is destination, a mode or weight is not known, a cost function gives NaN or negatives, a
        deadline or budget is negative.
    NoPathError
        Nothing joins the two; names what breaks the way. Or no path keeps deadline and budget; says how
        fast and how clean one can be.

    Notes
    -----
    Dijkstra over (n_via + 1) copies of the graph: O(k (m + n log n)). With a deadline or budget the answer
    is still exact (`landsea_routing.kernels.constrained`).

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> route = lsr.shortest_path(lsr.expand(net), "Ada", "Boro")
    >>> abs(sum(route.ledger.values()) - route.cost_usd_per_t) < 1e-9
    True

    Containers change their bogies at the border; if they must hurry, they go by road:

    >>> hurried = lsr.shortest_path(lsr.expand(net), "Ada", "Boro", deadline_h=55)
    >>> round(route.cost_usd_per_t, 2), route.time_h, round(hurried.cost_usd_per_t, 2), hurried.time_h
    (62.15, 60.9, 75.75, 47.9)
    """
    limits = _limits(deadline_h, co2e_budget_kg_per_t)
    asked = ask(
        graph, origin, destination, via=via, avoid=avoid, modes=modes, access=access, seasonal=seasonal
    )
    values = asked.weigh(weight)
    name = weight_name(weight)
    if not limits:
        return asked.route(asked.best(values, name), name)
    return asked.route(_within(asked, values, limits, name), f"{name} within {_text(limits)}")


UNITS = {"time": "h", "co2e": "kg CO2e/t"}
"""What can be limited, and in what."""
SUPERLATIVES = {"time": "the fastest path takes", "co2e": "the cleanest path emits"}


def _limits(deadline_h: float | None, co2e_budget_kg_per_t: float | None) -> dict[str, float]:
    given = {"time": ("deadline_h", deadline_h), "co2e": ("co2e_budget_kg_per_t", co2e_budget_kg_per_t)}
    limits = {}
    for what, (name, value) in given.items():
        if value is None:
            continue
        if not value >= 0:
            raise InvalidValueError(
                f"{name} is {value!r}", column=name, ids=(value,), expected="a number >= 0", cure="correct it"
            )
        limits[what] = float(value)
    return limits


def _text(limits: dict[str, float]) -> str:
    return " and ".join(f"{limit:g} {UNITS[what]}" for what, limit in limits.items())


def _solve(asked: Question, values: FloatArray, limits: dict[str, float]) -> Constrained:
    space = asked.space
    resources = np.stack([space.spread(asked.criterion(what)) for what in limits])
    cost = space.spread(values)
    found = constrained_path(space.pairs, cost, resources, list(limits.values()), space.source, space.target)
    if not found.complete:
        raise LandseaError(
            "the search within limits ran out of labels",
            code="label-budget",
            expected="an answer within the default budget",
            cure="ask with one limit only, or shut modes or places that are out of the question",
        )
    return found


def _within(asked: Question, values: FloatArray, limits: dict[str, float], weight: str) -> IntArray:
    """Arcs of the best path within the limits."""
    found = _solve(asked, values, limits)
    if found.arcs.size:
        return asked.space.arcs(found.arcs)
    if not np.isfinite(found.least).all():
        raise asked.no_path(values, weight)
    names = dict(zip(asked.graph.network.nodes["id"], asked.graph.network.nodes["name"], strict=True))
    raise NoPathError(
        f"no path for {asked.graph.commodity} from {names[asked.origin]} to {names[asked.destination]} keeps "
        f"within {_text(limits)}: {_why_not(asked, limits, found)}",
        code="no-path-within",
        ids=(asked.origin, asked.destination),
        expected="limits that some path keeps",
        cure="raise the limit, or change with a scenario what takes the time",
    )


def _why_not(asked: Question, limits: dict[str, float], found: Constrained) -> str:
    least = dict(zip(limits, found.least.tolist(), strict=True))
    broken = [what for what in limits if least[what] > limits[what]]
    if broken:
        return " and ".join(f"{SUPERLATIVES[what]} {least[what]:.1f} {UNITS[what]}" for what in broken)
    first, second = limits
    best = _solve(asked, asked.criterion(first), {second: limits[second]})
    return (
        f"each alone can be kept, not both; within {limits[second]:g} {UNITS[second]} {SUPERLATIVES[first]} "
        f"{best.cost:.1f} {UNITS[first]}"
    )
