"""Compare answers to the same question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from landsea_routing.errors import InvalidValueError, list_ids
from landsea_routing.results.assignment import Assignment
from landsea_routing.results.comparison import Comparison
from landsea_routing.results.comparisons import Comparisons

FEASIBLE = 1e-6
"""Share by which a plan may exceed a limit or miss a demand and still be called one."""

COLUMNS = ("commodity", "line", "total")
"""Columns that stand beside one for each of several plans."""


@overload
def compare(base: Assignment, plan: Assignment, /, *, names: Sequence[str] | None = None) -> Comparison: ...


@overload
def compare(
    base: Assignment,
    plan: Assignment,
    more: Assignment,
    /,
    *others: Assignment,
    names: Sequence[str] | None = None,
) -> Comparisons: ...


def compare(
    base: Assignment, /, *others: Assignment, names: Sequence[str] | None = None
) -> Comparison | Comparisons:
    """Compare plans with a base: cost part by part, who goes by another way, flows, dual prices, unserved.

    Parameters
    ----------
    base : Assignment
        What the others are compared with; every change is theirs less that of the base.
    *others : Assignment
        One or more plans of scenarios on the same network.
    names : sequence of str, optional
        What to call them, the base first; `base` and `scenario` (numbered where there are several) when
        not given.

    Returns
    -------
    Comparison or Comparisons
        With one other plan, the comparison of the two. With more, all of them by their names, each compared
        with the base alone, and tables of all side by side.

    Raises
    ------
    InvalidValueError
        There is nothing to compare with; something is no plan, or a plan that exceeds limits; the plans
        belong to different networks or commodities; the names do not fit or repeat.

    Notes
    -----
    Parts of a waterfall sum to the change of the objective. Moved tonnes are the least that must have moved
    among the ways that either plan uses (`landsea_routing.results.moved`). Demand may differ; what only one
    plan is asked for is then told apart.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> base, river = lsr.assign(net), lsr.assign(lsr.load_scenario("river_all_year", net).apply(net))
    >>> lsr.compare(base, river, names=("base", "river")).summary().split(", ")[:2]
    ['river against base: saves 4.34 M USD/yr', '0.10 Mt/yr change their border crossing']
    >>> lsr.compare(base, river, base, names=("base", "river", "again"))["again"].change_usd
    0.0
    """
    plans = (base, *others)
    _check_plans(plans)
    called = _names(len(plans), names)
    if len(others) == 1:
        return Comparison(base, others[0], (called[0], called[1]))
    each = {
        name: Comparison(base, plan, (called[0], name)) for name, plan in zip(called[1:], others, strict=True)
    }
    return Comparisons(base, called[0], each)


def _check_plans(plans: tuple[Assignment, ...]) -> None:
    """Refuse what cannot be compared."""
    if len(plans) < 2:
        raise InvalidValueError(
            "compare was given one plan", expected="a base and at least one other", cure="compare(base, plan)"
        )
    for plan in plans:
        if not isinstance(plan, Assignment):
            raise InvalidValueError(
                f"compare was given a {type(plan).__name__}",
                expected="assignments",
                cure="compare(assign(net), assign(scenario.apply(net)))",
            )
    homes = list(dict.fromkeys(plan.graph.network.name for plan in plans))
    if len(homes) > 1:
        raise InvalidValueError(
            f"the assignments belong to different networks ({' and '.join(homes)})",
            ids=tuple(homes),
            expected="plans of one network",
            cure="compare scenarios of the same network",
        )
    goods = [set(plan.graph.network.commodities["id"].tolist()) for plan in plans]
    odd = sorted(set.union(*goods) - set.intersection(*goods))
    if odd:
        raise InvalidValueError(
            f"the assignments have different commodities: not all have {list_ids(odd)}",
            table="commodities",
            ids=odd,
            expected="plans with the same commodities",
            cure="compare scenarios of the same network",
        )
    for i, plan in enumerate(plans):
        judged = plan.certificate
        if not (judged.primal <= FEASIBLE and judged.conservation <= FEASIBLE):
            raise InvalidValueError(
                f"plan {i} is no plan: {list_ids(judged.messages) or 'it breaks limits or loses demand'}",
                ids=(i,),
                expected="plans within all limits that carry or count all demand",
                cure="assign it with another solver",
            )


def _names(count: int, names: Sequence[str] | None) -> tuple[str, ...]:
    if names is None:
        return ("base", "scenario") if count == 2 else ("base", *(f"scenario {i}" for i in range(1, count)))
    if isinstance(names, str) or len(names) != count or not all(isinstance(n, str) and n for n in names):
        raise InvalidValueError(
            f"names is {names!r}",
            column="names",
            expected=f"{count} names, the base first",
            cure=f"names=({', '.join(repr(n) for n in _names(count, None))})",
        )
    taken = [name for name in names if name in COLUMNS]
    if count > 2 and taken:
        raise InvalidValueError(
            f"a plan is called {taken[0]!r}",
            column="names",
            ids=taken,
            expected=f"other names than {', '.join(COLUMNS)}, which are columns of the tables",
            cure="give it a name of its own",
        )
    twice = [name for i, name in enumerate(names) if name in names[:i]]
    if twice:
        raise InvalidValueError(
            f"two plans are called {twice[0]!r}",
            column="names",
            ids=twice,
            expected="each name once",
            cure="give each plan a name of its own",
        )
    return tuple(names)
