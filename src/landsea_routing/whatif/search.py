"""Least squares over a few numbers to which the answer responds in steps, without any derivative."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray

Point = tuple[float, ...]
"""Place of each parameter: 0 at the start, -1 and 1 at its bounds."""
Evaluate = Callable[[Sequence[Point]], Sequence[FloatArray]]

STEPS = 4
"""Places of the first scan on each side of the start."""
COARSE = tuple(k / STEPS for k in range(-STEPS, STEPS + 1))
HALVINGS = 3
"""Times that the step is halved about what the scan found."""
SAME = 1e-9
"""Relative difference below which two misfits are one."""
ROUNDS = 50
"""Rounds of scans after which a search that still finds better gives up."""


class Residuals:
    """What the model answers at each place, asked once.

    Parameters
    ----------
    evaluate : callable
        Gives the residuals of some points, in standard deviations; NaN where there is no answer.
    sides : (n, 2) bool array
        Whether there is room below and above the start of each parameter.
    """

    def __init__(self, evaluate: Evaluate, sides: BoolArray | FloatArray) -> None:
        self.evaluate, self.sides = evaluate, sides
        self.known: dict[Point, FloatArray] = {}

    def ask(self, points: Iterable[Point]) -> None:
        """Evaluate those of some points that are not known."""
        new = [p for p in dict.fromkeys(points) if p not in self.known]
        if new:
            self.known |= dict(zip(new, self.evaluate(new), strict=True))

    def at(self, point: Point) -> FloatArray:
        """Residuals of a point."""
        self.ask([point])
        return self.known[point]

    def misfit(self, point: Point, rows: BoolArray) -> float:
        """Sum of squares over some residuals; inf where the model has no answer."""
        total = float((self.at(point)[rows] ** 2).sum())
        return total if np.isfinite(total) else float("inf")

    def line(self, point: Point, axis: int, places: Iterable[float]) -> list[Point]:
        """Points with one parameter at each of some places within its bounds; the point itself is one."""
        low, high = self.sides[axis] * (-1.0, 1.0)
        kept = {point[axis], *(u for u in places if low <= u <= high)}
        return [(*point[:axis], u, *point[axis + 1 :]) for u in sorted(kept)]


def search(residuals: Residuals, rows: BoolArray) -> Point:
    """Find the place of least squares by scans along each axis, then with ever smaller steps.

    Parameters
    ----------
    residuals : Residuals
    rows : (n_residuals,) bool array
        Which residuals count.

    Returns
    -------
    tuple of float
        Nowhere on the first scan's places along any axis, nor one smallest step aside, is the sum of squares
        less. Of places with the same sum on one line it is the one nearest to the start.

    Notes
    -----
    Where flows go all one way, sums of squares are flat almost everywhere and jump in between: derivatives
    are 0 and say nothing. A scan of the whole axis steps over what is flat, and after each round the search
    tries to go on as far as the round went (R. Hooke and T. A. Jeeves, "Direct search solution of numerical
    and statistical problems", Journal of the ACM 8 (1961) 212-229). It finds a place that no single
    parameter can leave for a better one; another search may find a better one elsewhere.

    Examples
    --------
    >>> seen = Residuals(lambda points: [np.round(np.array(p) - 0.5, 1) for p in points], np.ones((2, 2)))
    >>> search(seen, np.full(2, True))
    (0.46875, 0.46875)
    """
    n = len(residuals.sides)
    point: Point = (0.0,) * n
    for _ in range(ROUNDS):
        before = point
        point = _rounds(residuals, rows, point, lambda _: COARSE)
        for k in range(1, HALVINGS + 1):
            step = 0.5**k / STEPS
            point = _rounds(residuals, rows, point, lambda u, step=step: (u - step, u + step))  # type: ignore[misc]
        if point == before:
            break
    return point


def put_back(residuals: Residuals, rows: BoolArray, point: Point, noise: float) -> Point:
    """Put parameters back to their start, the least worth first, while each costs no more than the noise.

    Never so far that the start itself is better.

    Examples
    --------
    >>> seen = Residuals(lambda points: [(np.array(p) - 1) * (9.0, 0.1) for p in points], np.ones((2, 2)))
    >>> put_back(seen, np.full(2, True), point=(1.0, 1.0), noise=0.5)
    (1.0, 0.0)
    """
    start = residuals.misfit((0.0,) * len(point), rows)
    while True:
        moved = [i for i, u in enumerate(point) if u != 0.0]
        tries = [(*point[:i], 0.0, *point[i + 1 :]) for i in moved]
        residuals.ask(tries)
        best = min(tries, key=lambda p: residuals.misfit(p, rows), default=None)
        limit = min(residuals.misfit(point, rows) + noise, start)
        if best is None or residuals.misfit(best, rows) > limit:
            return point
        point = best


def scan(residuals: Residuals, point: Point, axis: int) -> list[Point]:
    """Points along one axis through a point: those of the first scan, and all others known on that line."""
    known = [p[axis] for p in residuals.known if p[:axis] + p[axis + 1 :] == point[:axis] + point[axis + 1 :]]
    line = residuals.line(point, axis, [*COARSE, *known])
    residuals.ask(line)
    return line


def _rounds(
    residuals: Residuals, rows: BoolArray, point: Point, places: Callable[[float], Iterable[float]]
) -> Point:
    """Scan the axes in turn until none of them, nor going on as before, finds a better place."""
    for _ in range(ROUNDS):
        before = point
        for axis in range(len(point)):
            line = residuals.line(point, axis, places(point[axis]))
            residuals.ask(line)
            point = _best(residuals, rows, line)
        if point == before:
            return point
        low, high = residuals.sides.T * np.array([[-1.0], [1.0]])
        onward = tuple(np.clip(2 * np.array(point) - np.array(before), low, high).tolist())
        if residuals.misfit(onward, rows) < residuals.misfit(point, rows) * (1 - SAME):
            point = onward
    return point


def _best(residuals: Residuals, rows: BoolArray, line: Sequence[Point]) -> Point:
    """Point of least misfit, and of those alike the one nearest to the start."""
    misfit = np.array([residuals.misfit(p, rows) for p in line])
    alike = misfit <= misfit.min() * (1 + SAME)
    near: Callable[[Point], float] = lambda p: float(np.abs(p).sum())  # noqa: E731
    return min((p for p, same in zip(line, alike, strict=True) if same), key=near)
