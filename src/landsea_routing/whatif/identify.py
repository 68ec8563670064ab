"""What observations can and cannot tell of a parameter, from a scan of it over its whole range."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray
from landsea_routing.whatif.search import Point, Residuals, scan

COLLINEAR = 10.0**-0.5
"""Share of a parameter's effect below which others can stand in for the rest: a variance inflation of 10."""
STILL = 1e-9
"""Standard deviations below which an answer has not moved."""

NO_EFFECT = "no effect on what was observed"
NEGLIGIBLE = "negligible: as good anywhere between its bounds"
ONE_SIDED = "one-sided: as good as far as its {} bound"


class Profile(NamedTuple):
    """How the fit follows one parameter, the others held.

    Attributes
    ----------
    points : list of Point
        Where it was looked at, in order.
    places, misfits : (n,) arrays
        Place of the parameter, and the sum of squares there.
    own : int
        Which of them is the fitted one.
    flat : (int, int)
        First and last of those next to it at which the fit stays within the noise.
    slope : (n_residuals,) array
        Mean change of each residual for a step of 1, by a straight line through all places; zeros where
        nothing moves.
    """

    points: list[Point]
    places: FloatArray
    misfits: FloatArray
    own: int
    flat: tuple[int, int]
    slope: FloatArray


def profile(residuals: Residuals, rows: BoolArray, point: Point, axis: int, noise: float) -> Profile:
    """Scan one parameter through a point.

    Examples
    --------
    >>> seen = Residuals(lambda points: [np.array(p) * (9.0, 0.1) for p in points], np.ones((2, 2)))
    >>> both = [profile(seen, np.full(2, True), (0.0, 0.0), axis, 1.0) for axis in (0, 1)]
    >>> [p.places[list(p.flat)].tolist() for p in both]
    [[0.0, 0.0], [-1.0, 1.0]]
    """
    points = scan(residuals, point, axis)
    places = np.array([p[axis] for p in points])
    misfits = np.array([residuals.misfit(p, rows) for p in points])
    own = points.index(point)
    worse = np.flatnonzero(misfits > misfits[own] + noise)
    below, above = worse[worse < own], worse[worse > own]
    first = int(below[-1]) + 1 if below.size else 0
    last = int(above[0]) - 1 if above.size else len(points) - 1
    answers = np.array([residuals.at(p)[rows] for p in points])[np.isfinite(misfits)]
    spread = places[np.isfinite(misfits)]
    spread = spread - spread.mean()
    slope = np.zeros(answers.shape[1])
    if np.ptp(answers, axis=0).max() > STILL:
        slope = spread @ (answers - answers.mean(axis=0)) / (spread @ spread)
    return Profile(points, places, misfits, own, (first, last), slope)


def unclear(profiles: Sequence[Profile], names: Sequence[str]) -> list[str]:
    """Say of each parameter why the observations cannot tell it; nothing of one that they can.

    Examples
    --------
    Two parameters of which only the sum is seen:

    >>> seen = Residuals(lambda points: [np.array([9.0, 5.0]) * sum(p) for p in points], np.ones((2, 2)))
    >>> both = [profile(seen, np.full(2, True), (0.0, 0.0), axis, 1.0) for axis in (0, 1)]
    >>> unclear(both, ["rate", "fee"])
    ['collinear with fee', 'collinear with rate']
    """
    found = [_alone(p) for p in profiles]
    seen = [i for i, why in enumerate(found) if why not in (NO_EFFECT, NEGLIGIBLE)]
    for i in seen:
        others = [k for k in seen if k != i]
        slope, table = (
            profiles[i].slope,
            np.column_stack([profiles[i].slope, *(profiles[k].slope for k in others)])[:, 1:],
        )
        rest = slope - table @ np.linalg.lstsq(table, slope, rcond=None)[0] if others else slope
        length = np.linalg.norm(table, axis=0)
        if others and np.linalg.norm(rest) < COLLINEAR * np.linalg.norm(slope):
            alike = np.abs(slope @ table) / np.where(length > 0, length, np.inf)
            found[i] = f"collinear with {names[others[int(np.argmax(alike))]]}"
    return found


def _alone(profile: Profile) -> str:
    first, last = profile.flat
    end = len(profile.places) - 1
    if not profile.slope.any():
        return NO_EFFECT
    if (first, last) == (0, end):
        return NEGLIGIBLE
    # A parameter that ended at a bound is told so; its range ends there of itself.
    if first == 0 and profile.own > 0:
        return ONE_SIDED.format("low")
    if last == end and profile.own < end:
        return ONE_SIDED.format("high")
    return ""
