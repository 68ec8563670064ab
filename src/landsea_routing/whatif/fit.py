"""What is fitted to what: observations, parameters between bounds, and the model as a function of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from landsea_routing._status import Status
from landsea_routing._typing import FloatArray
from landsea_routing.assignment.assign import UnservedPrice, assign
from landsea_routing.errors import InvalidValueError, list_ids
from landsea_routing.model.network import Network
from landsea_routing.results.assignment import Assignment
from landsea_routing.whatif.edits import Edit
from landsea_routing.whatif.levers import Case, lever_edit
from landsea_routing.whatif.scenario import Scenario
from landsea_routing.whatif.search import Point, Residuals
from landsea_routing.whatif.sweep import sweep
from landsea_routing.whatif.watch import measure

UNSERVED_PRICE = "unserved price"
"""The parameter that is no lever: what a tonne that stays at home costs."""

Bounds = Sequence[float]
What = Mapping[str, Any] | Sequence[Mapping[str, Any]] | Callable[[Assignment], float]


class Observation(NamedTuple):
    """A figure that was observed, and how the model gives it.

    Attributes
    ----------
    name : str
        What to call it; no two share a name.
    what : mapping, sequence of mappings, or callable
        `{"crossing": id}`, `{"port": id}` or `{"link": id}`, each with a `commodity` or (links) a `direction`
        if wanted: Mt/yr, a sequence of them summed; see `whatif.watch.measure`. Or a function of the plan.
    value : float
        What was observed, in the same unit.
    sd : float
        Standard deviation, in the same unit: how far a true model may be from the figure. Its weight is
        1 / sd^2.
    held_out : bool
        Compared, and not fitted.
    group : str
        Observations that stand or fall together when they are foretold from the others: one crossing's total
        and parts. Its own name when empty.
    """

    name: str
    what: What
    value: float
    sd: float
    held_out: bool = False
    group: str = ""


class FreeParameter(NamedTuple):
    """A number between bounds, by its place: 0 at the start, -1 and 1 at the bounds."""

    name: str
    low: float
    start: float
    high: float

    def at(self, place: float) -> float:
        """Value at a place; places are equal ratios apart where the low bound is above 0."""
        end, share = (self.high if place > 0 else self.low), abs(place)
        if share in (0.0, 1.0):
            return end if share else self.start
        if self.low > 0:
            return float(self.start * (end / self.start) ** share)
        return self.start + (end - self.start) * share

    def edits(self, value: float) -> tuple[Edit, ...]:
        """What puts a network there; nothing for the unserved price and for a factor of 1."""
        idle = self.name == UNSERVED_PRICE or (self.name.startswith("scale ") and value == 1.0)
        return () if idle else (lever_edit(self.name, value),)


def prepare_fit(
    base: Network | Assignment,
    observed: Iterable[Observation],
    parameters: Mapping[str, Bounds],
    *,
    unserved_price: UnservedPrice = "network",
    n_jobs: int | None = None,
) -> tuple[Residuals, Model]:
    """Put together what `calibrate` searches, for who would search it otherwise; see there.

    Returns
    -------
    residuals : Residuals
        Residuals in standard deviations by the places of the parameters, each plan solved once.
    model : Model
        Behind it: what the model gives at each place that was asked.
    """
    listed = _read_observations(observed)
    network = base.graph.network if isinstance(base, Assignment) else base
    free = _read_parameters(parameters, network, unserved_price)
    n_fitted = sum(not o.held_out for o in listed)
    if n_fitted < len(free):
        raise InvalidValueError(
            f"{len(free)} parameters are to be fitted to {n_fitted} observations",
            column="parameters",
            ids=[p.name for p in free],
            expected="at least as many observations as parameters",
            cure="leave out parameters, or hold out fewer observations",
        )
    plan = base if isinstance(base, Assignment) else assign(base, unserved_price=unserved_price)
    model = Model(plan, listed, free, unserved_price, n_jobs)
    residuals = Residuals(model, np.array([(p.low < p.start, p.start < p.high) for p in free]))
    _refuse_unanswered(residuals.at((0.0,) * len(free)), listed)
    return residuals, model


class Model:
    """What the model gives for each observation, at any point; evaluated by a sweep from the base plan."""

    def __init__(
        self,
        plan: Assignment,
        observed: Sequence[Observation],
        free: Sequence[FreeParameter],
        unserved_price: UnservedPrice,
        n_jobs: int | None,
    ) -> None:
        self.plan, self.observed, self.free = plan, observed, free
        self.unserved_price, self.n_jobs = unserved_price, n_jobs
        self.ask = {o.name: partial(_modelled, o.what) for o in observed}
        self.value = np.array([float(o.value) for o in observed])
        self.sd = np.array([float(o.sd) for o in observed])
        self.modelled: dict[Point, FloatArray] = {}

    def __call__(self, points: Sequence[Point]) -> list[FloatArray]:
        """Residuals in standard deviations."""
        by_price: dict[float | None, list[Point]] = {}
        for point in points:
            by_price.setdefault(self._price(point), []).append(point)
        for price, group in by_price.items():
            self._solve(group, self.unserved_price if price is None else price)
        return [(self.modelled[point] - self.value) / self.sd for point in points]

    def _price(self, point: Point) -> float | None:
        own = [p.at(u) for p, u in zip(self.free, point, strict=True) if p.name == UNSERVED_PRICE]
        return own[0] if own else None

    def _solve(self, points: Sequence[Point], price: UnservedPrice) -> None:
        cases = [Case(f"{i}", self._scenario(point), {}) for i, point in enumerate(points)]
        found = sweep(self.plan, cases, ask=self.ask, unserved_price=price, n_jobs=self.n_jobs)
        table = np.column_stack([found.answers[name] for name in self.ask])
        table[found.status != str(Status.OPTIMAL)] = np.nan
        self.modelled |= dict(zip(points, table, strict=True))

    def _scenario(self, point: Point) -> Scenario:
        edits = [p.edits(p.at(u)) for p, u in zip(self.free, point, strict=True)]
        return Scenario("fit", edits=tuple(edit for part in edits for edit in part))


def _modelled(what: What, plan: Assignment) -> float:
    if callable(what):
        return float(what(plan))
    return sum(measure(plan, item) for item in ([what] if isinstance(what, Mapping) else what))


def _read_observations(observed: Iterable[Observation]) -> list[Observation]:
    listed = list(observed)
    wrong = [o for o in listed if not isinstance(o, Observation)]
    if not listed or wrong:
        raise InvalidValueError(
            f"a {type(wrong[0]).__name__} is no observation" if wrong else "nothing was observed",
            column="observed",
            expected="at least one Observation(name, what, value, sd)",
        )
    names = [o.name for o in listed]
    twice = sorted({name for name in names if names.count(name) > 1})
    bad = [o.name for o in listed if not (_finite(o.value, o.sd) and o.sd > 0)]
    if twice or bad:
        raise InvalidValueError(
            f"observations share a name: {list_ids(twice)}"
            if twice
            else f"{len(bad)} observations have no figure or no spread ({list_ids(bad)})",
            column="observed",
            ids=twice or bad,
            expected="a name of its own, a finite value and a finite sd > 0 for each",
            cure="leave out what was not observed; give a poor figure a large sd",
        )
    return listed


def _refuse_unanswered(start: FloatArray, listed: Sequence[Observation]) -> None:
    none = [o.name for o, value in zip(listed, start.tolist(), strict=True) if not np.isfinite(value)]
    if none:
        raise InvalidValueError(
            f"the model gives nothing for {len(none)} observations ({list_ids(none)})",
            column="observed",
            ids=none,
            expected="a proved plan at the start, and a finite figure of it for each observation",
            cure="leave out what the model does not have; let cargo stay at home at a price",
        )


def _finite(*values: object) -> bool:
    return all(isinstance(v, (int, float, np.number)) and bool(np.isfinite(float(v))) for v in values)


def _read_parameters(
    parameters: Mapping[str, Bounds], network: Network, unserved_price: UnservedPrice
) -> list[FreeParameter]:
    free = [_read_parameter(name, ends, network, unserved_price) for name, ends in parameters.items()]
    if not free:
        raise InvalidValueError(
            "there is no parameter to fit",
            column="parameters",
            expected="bounds for at least one lever",
            cure="give e.g. {'scale tariff of rail': (0.5, 2)}",
        )
    # All at once, so that levers that turn the same number are told before anything is solved.
    levers = [p for p in free if p.name != UNSERVED_PRICE]
    Scenario("fit", edits=tuple(lever_edit(p.name, p.high) for p in levers)).apply(network)
    return free


def _read_parameter(
    name: str, ends: Bounds, network: Network, unserved_price: UnservedPrice
) -> FreeParameter:
    given = tuple(ends)
    if len(given) == 2:
        given = (given[0], _usual_start(name, network, unserved_price), given[1])
    ordered = len(given) == 3 and _finite(*given) and given[0] <= given[1] <= given[2]
    if not (ordered and given[0] < given[2] and given[0] >= 0):
        raise InvalidValueError(
            f"bounds of {name!r} are {tuple(ends)}",
            column="parameters",
            ids=(name,),
            expected="0 <= low <= start <= high and low < high; a factor starts at 1",
            cure="put the start between the bounds, or give (low, start, high)",
        )
    if name == UNSERVED_PRICE and given[0] == 0:
        raise InvalidValueError(
            "the unserved price may go down to 0",
            column="parameters",
            ids=(name,),
            expected="a low bound > 0: for nothing, all would stay at home",
        )
    return FreeParameter(name, *(float(v) for v in given))


def _usual_start(name: str, network: Network, unserved_price: UnservedPrice) -> float:
    """Where a parameter starts that was given two bounds; NaN where it has no usual start."""
    if name.startswith("scale "):
        return 1.0
    if name != UNSERVED_PRICE:
        return float("nan")
    price = network.settings.unserved_price_usd_per_t if unserved_price == "network" else unserved_price
    return float(price) if isinstance(price, (int, float)) else float("nan")
