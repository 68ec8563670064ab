"""The trade-off between two places: all ways that none other beats in money, hours and emissions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landsea_routing.errors import InvalidValueError
from landsea_routing.graph.graph import Graph
from landsea_routing.kernels import pareto
from landsea_routing.results.choices import ParetoRoutes
from landsea_routing.routing.question import ask
from landsea_routing.routing.restrict import refuse_text
from landsea_routing.routing.weights import ATTRIBUTES

CRITERIA = ("cost", "time", "co2e")


def pareto_paths(
    graph: Graph,
    origin: str,
    destination: str,
    *,
    criteria: Sequence[str] = CRITERIA,
    epsilon: float = 0.0,
    max_labels: int = pareto.MAX_LABELS,
    via: Sequence[str] = (),
    avoid: Sequence[str] = (),
    modes: Sequence[str] | None = None,
    access: bool = True,
    seasonal: bool = False,
) -> ParetoRoutes:
    """Find all ways between two places that no other way beats in every criterion.

    Parameters
    ----------
    graph : Graph
        From `expand`; it fixes commodity and month.
    origin, destination : str
        Nodes, by id or name.
    criteria : sequence of str
        Two or three of cost, money, time, length, co2e and the lines of the ledger. `cost` holds the value
        of time already; ask for `money` to see what an hour is really bought for.
    epsilon : float
        Leave out what is less than this share better than something told (in every criterion): 0.01 for
        one percent. 0 tells all.
    max_labels : int
        Budget of the search.
    via, avoid, modes, access, seasonal
        As in `shortest_path`.

    Returns
    -------
    ParetoRoutes
        Sorted by the first criterion; `complete` says whether the budget ended the search.

    Raises
    ------
    UnknownNameError, InvalidValueError, NoPathError
        As `shortest_path`; also for unknown criteria or a negative epsilon.

    Examples
    --------
    New bogies at the border cost least, the road is faster, and the train is cleaner than the truck:

    >>> import landsea_routing as lsr
    >>> graph = lsr.expand(lsr.load_network("toy_three_ports"))
    >>> ways = lsr.pareto_paths(graph, "Ada", "Boro")
    >>> [(round(way.cost_usd_per_t, 2), round(way.time_h, 1)) for way in ways.routes]
    [(62.15, 60.9), (75.75, 47.9)]
    """
    names = _read(criteria)
    if not epsilon >= 0:
        raise InvalidValueError(
            f"epsilon is {epsilon!r}",
            column="epsilon",
            ids=(epsilon,),
            expected="a share >= 0",
            cure="correct it",
        )
    asked = ask(
        graph, origin, destination, via=via, avoid=avoid, modes=modes, access=access, seasonal=seasonal
    )
    space = asked.space
    values = [asked.criterion(name) for name in names]
    costs = np.stack([space.spread(row) for row in values])
    (front,) = pareto.pareto_paths(
        space.pairs, costs, [space.source], [space.target], epsilon=epsilon, max_labels=max_labels
    )
    if not front.paths:
        raise asked.no_path(values[0], names[0])
    return ParetoRoutes(
        tuple(asked.route(space.arcs(path), ", ".join(names)) for path in front.paths),
        asked.origin,
        asked.destination,
        names,
        front.costs,
        float(epsilon),
        front.complete,
    )


def _read(criteria: Sequence[str]) -> tuple[str, ...]:
    refuse_text(criteria, "criteria")
    names = tuple(criteria)
    unknown = [name for name in names if name not in ATTRIBUTES]
    if unknown or not names or len(set(names)) < len(names):
        raise InvalidValueError(
            f"criteria are {names!r}",
            column="criteria",
            ids=tuple(unknown) or names,
            expected=f"different ones of {', '.join(ATTRIBUTES)}",
            cure="use these names",
        )
    return names
