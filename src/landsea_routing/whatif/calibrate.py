"""Fit a few free parameters to what was observed, and say what the observations cannot tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray
from landsea_routing.assignment.assign import UnservedPrice
from landsea_routing.model.network import Network
from landsea_routing.results.assignment import Assignment
from landsea_routing.results.calibration import Calibration, fit_noise
from landsea_routing.whatif.fit import UNSERVED_PRICE, Bounds, Model, Observation, prepare_fit
from landsea_routing.whatif.identify import profile, unclear
from landsea_routing.whatif.levers import lever_edit
from landsea_routing.whatif.scenario import Scenario
from landsea_routing.whatif.search import Point, Residuals, put_back, search


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
