"""Compare two answers to the same question."""

from __future__ import annotations

from landsea_routing.errors import InvalidValueError
from landsea_routing.results.assignment import Assignment
from landsea_routing.results.comparison import Comparison


def compare(a: Assignment, b: Assignment, *, names: tuple[str, str] = ("base", "scenario")) -> Comparison:
    """Compare two assignments: flows by link, crossing and port, cost, dual prices, unserved demand.

    Parameters
    ----------
    a, b : Assignment
        First and second; every change is second less first.
    names : (str, str)
        What to call them.

    Returns
    -------
    Comparison
        Its waterfall sums exactly to the change of the objective.

    Raises
    ------
    InvalidValueError
        The two are not assignments, or belong to different networks.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> plan = lsr.assign(lsr.load_network("toy_three_ports"))
    >>> lsr.compare(plan, plan).change_usd
    0.0
    """
    for plan in (a, b):
        if not isinstance(plan, Assignment):
            raise InvalidValueError(
                f"compare was given a {type(plan).__name__}",
                expected="two assignments",
                cure="compare(assign(net), assign(scenario.apply(net)))",
            )
    homes = [plan.graph.network.name for plan in (a, b)]
    if homes[0] != homes[1]:
        raise InvalidValueError(
            f"the assignments belong to different networks ({' and '.join(homes)})",
            ids=tuple(homes),
            expected="two plans of one network",
            cure="compare scenarios of the same network",
        )
    return Comparison(a, b, names)
