"""Fit a few free parameters to what was observed, and say what the observations cannot tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from landsea_routing._status import Status
from landsea_routing._typing import BoolArray, FloatArray
from landsea_routing.assignment.assign import UnservedPrice, assign
from landsea_routing.errors import InvalidValueError, list_ids
from landsea_routing.model.network import Network
from landsea_routing.results.assignment import Assignment
from landsea_routing.results.calibration import Calibration, fit_noise
from landsea_routing.whatif.edits import Edit
from landsea_routing.whatif.identify import profile, unclear
from landsea_routing.whatif.levers import Case, lever_edit
from landsea_routing.whatif.scenario import Scenario
from landsea_routing.whatif.search import Point, Residuals, put_back, search
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


class Parameter(NamedTuple):
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


def calibrate(
    base: Network | Assignment,
    observed: Iterable[Observation],
    parameters: Mapping[str, Bounds],
    *,
    unserved_price: UnservedPrice = "network",
    foretell: bool = False,
    n_jobs: int | None = None,
) -> Calibration:
    """Fit parameters to observations by weighted least squares within bounds, and judge the fit.

    Parameters
    ----------
    base : Network or Assignment
        Tables, or their plan. They stay as they are: what comes out is a scenario, see `fitted_scenario`.
    observed : iterable of Observation
        Figures of crossings, ports and links, each with its standard deviation.
    parameters : mapping
        Bounds by lever (see `whatif.levers.lever_edit`): (low, high) of a factor (`scale ...`), which starts
        at 1, and of `unserved price`, which starts at what is assigned with; (low, start, high) of any other.
    unserved_price : float, array, None or "network"
        As in `assign`.
    foretell : bool
        Whether to fit again without each group of observations and foretell it: the test for over-fitting.
    n_jobs : int, optional
        As in `sweep`; the answer is the same to the last bit.

    Returns
    -------
    Calibration

    Raises
    ------
    InvalidValueError
        Before anything is solved: no parameter, bounds out of order, a lever that is not understood, an
        observation without a standard deviation, a name twice, fewer observations than parameters.
    ScenarioError
        An observation or a lever names what the network does not have, or two levers turn the same number.

    Notes
    -----
    Least-cost flows go all one way: as a rate rises they stay as they are, then jump. The sum of squares is
    flat in pieces, its derivatives are 0 and a gradient method ends where it began. So this searches
    (`whatif.search`): scans of each parameter over its whole range, then halved steps, each plan solved from
    the base plan. Then parameters are put back to their start, the least worth first, while that costs no
    more than the noise (`results.calibration.fit_noise`): a parameter that left its start is one that the
    observations want moved. A last scan of each, the others held, gives the range that is as good.

    What cannot be told is named: a parameter that moves nothing observed; one with which the fit stays
    within the noise from bound to bound, or as far as one of them; one whose mean effect over its range the
    others can give to more than nine tenths of its square (a variance inflation above 10: D. A. Belsley,
    E. Kuh and R. E. Welsch, "Regression Diagnostics", 1980). The search ends where no single parameter can
    do better, which need not be the best of all places.

    Some 9 to 15 plans for each parameter and round; a round ends when no parameter helps.

    Examples
    --------
    What the boxes that came by a berth say of its capacity:

    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> seen = lsr.Observation("boxes", {"port": "aport", "commodity": "container"}, value=0.18, sd=0.01)
    >>> found = lsr.calibrate(net, [seen], {"scale capacity of port_aport": (0.5, 2)})
    >>> found.before.round(3).tolist(), found.after.round(3).tolist()
    ([0.15], [0.178])
    >>> {name: round(value, 3) for name, value in found.values.items()}, found.unclear.tolist()
    ({'scale capacity of port_aport': 1.189}, [''])
    """
    residuals, model = prepare_fit(base, observed, parameters, unserved_price=unserved_price, n_jobs=n_jobs)
    rows = np.array([not o.held_out for o in model.observed])
    point, noise = _fit(residuals, rows)
    profiles = [profile(residuals, rows, point, axis, noise) for axis in range(len(point))]
    n_solved, least = len(residuals.known), min(residuals.misfit(p, rows) for p in list(residuals.known))
    foretold = _foretell(residuals, model, rows) if foretell else np.full(rows.size, np.nan)
    names = [p.name for p in model.free]
    turned = list(zip(model.free, profiles, strict=True))
    scans = [[p.at(u) for u in seen.places.tolist()] for p, seen in turned]
    flat = np.array(
        [[values[end] for end in seen.flat] for values, seen in zip(scans, profiles, strict=True)]
    )
    modelled = list(model.modelled.values())
    return Calibration(
        parameters=np.array(names),
        low=np.array([p.low for p in model.free]),
        start=np.array([p.start for p in model.free]),
        high=np.array([p.high for p in model.free]),
        fitted=np.array([p.at(u) for p, u in zip(model.free, point, strict=True)]),
        flat_low=flat[:, 0],
        flat_high=flat[:, 1],
        unclear=np.array(unclear(profiles, names)),
        observations=np.array([o.name for o in model.observed]),
        observed=model.value,
        sd=model.sd,
        before=model.modelled[(0.0,) * len(names)],
        after=model.modelled[point],
        foretold=foretold,
        least=np.nanmin(modelled, axis=0),
        most=np.nanmax(modelled, axis=0),
        held_out=~rows,
        scan_parameter=np.repeat(np.arange(len(names)), [len(values) for values in scans]),
        scan_value=np.concatenate(scans),
        scan_misfit=np.concatenate([seen.misfits for seen in profiles]),
        degrees_of_freedom=int(rows.sum()) - len(names),
        misfit_least=least,
        noise=noise,
        n_solved=n_solved,
    )


def fitted_scenario(found: Calibration, name: str = "calibrated") -> Scenario:
    """Make the scenario of what was fitted: an edit for each lever that left its start.

    The unserved price is no edit: `found.values["unserved price"]`, where it moved, is for `assign`.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> seen = lsr.Observation("boxes", {"port": "aport", "commodity": "container"}, value=0.18, sd=0.01)
    >>> found = lsr.calibrate(net, [seen], {"scale capacity of port_aport": (0.5, 2)})
    >>> [edit.verb for edit in fitted_scenario(found).edits]
    ['scale_capacity']
    """
    levers = {lever: value for lever, value in found.values.items() if lever != UNSERVED_PRICE}
    return Scenario(name, edits=tuple(lever_edit(lever, value) for lever, value in levers.items()))


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
        free: Sequence[Parameter],
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


def _fit(residuals: Residuals, rows: BoolArray) -> tuple[Point, float]:
    """Point of least squares with as few parameters moved as the noise allows, and that noise."""
    best = search(residuals, rows)
    freedom = int(rows.sum()) - len(residuals.sides)
    point = put_back(residuals, rows, best, fit_noise(residuals.misfit(best, rows), freedom))
    return point, fit_noise(residuals.misfit(point, rows), freedom)


def _foretell(residuals: Residuals, model: Model, rows: BoolArray) -> FloatArray:
    """Fit again without each group of observations, and say what the model then gives for it."""
    foretold = np.full(rows.size, np.nan)
    groups = np.array([o.group or o.name for o in model.observed])
    for group in dict.fromkeys(groups[rows].tolist()):
        own = rows & (groups == group)
        point, _ = _fit(residuals, rows & ~own)
        foretold[own] = model.modelled[point][own]
    return foretold


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
) -> list[Parameter]:
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


def _read_parameter(name: str, ends: Bounds, network: Network, unserved_price: UnservedPrice) -> Parameter:
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
    return Parameter(name, *(float(v) for v in given))


def _usual_start(name: str, network: Network, unserved_price: UnservedPrice) -> float:
    """Where a parameter starts that was given two bounds; NaN where it has no usual start."""
    if name.startswith("scale "):
        return 1.0
    if name != UNSERVED_PRICE:
        return float("nan")
    price = network.settings.unserved_price_usd_per_t if unserved_price == "network" else unserved_price
    return float(price) if isinstance(price, (int, float)) else float("nan")
