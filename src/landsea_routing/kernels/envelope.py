"""The least of many lines, found by asking for the least line at chosen places; and where two such cross.

A problem whose answers each have a value linear in one parameter (a path whose cost is ``a + b x``) has a
least value that is concave and piecewise linear in it. All its pieces are found by asking only where two
known lines meet: either the least there is theirs, and the meeting point is a corner, or a new line appears
(Eisner and Severance, 1976; one step of it is Newton's method on the lines). With p pieces that takes at most
2 p + 1 questions, and the corners are exact.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from landsea_routing._typing import IntArray

NEAR = 1e-11
"""Relative difference below which two values are one."""


class Line(NamedTuple):
    """Value ``intercept + slope * x`` of one answer, and the arcs that make it."""

    intercept: float
    slope: float
    arcs: IntArray

    def at(self, x: float) -> float:
        """Value at x.

        >>> Line(1.0, 2.0, np.array([0])).at(3.0)
        7.0
        """
        return self.intercept + self.slope * x


class Piece(NamedTuple):
    """A line and the stretch on which it is the least."""

    start: float
    end: float
    line: Line


Solve = Callable[[float], Line]


def lower_envelope(solve: Solve, low: float, high: float) -> list[Piece]:
    """Find all pieces of the least line from ``low`` to ``high``.

    Parameters
    ----------
    solve : callable
        Gives the least line at a place.
    low, high : float
        Ends of the stretch, finite, low < high.

    Returns
    -------
    list of Piece
        In order, without gaps.

    References
    ----------
    .. [1] M. J. Eisner, D. G. Severance, "Mathematical techniques for efficient record segmentation in large
       shared databases", Journal of the ACM 23 (1976).

    Examples
    --------
    >>> lines = [Line(0.0, 2.0, np.array([0])), Line(3.0, 0.5, np.array([1])), Line(9.0, 0.0, np.array([2]))]
    >>> pieces = lower_envelope(lambda x: min(lines, key=lambda line: line.at(x)), 0.0, 100.0)
    >>> [(piece.start, piece.end, piece.line.slope) for piece in pieces]
    [(0.0, 2.0, 2.0), (2.0, 12.0, 0.5), (12.0, 100.0, 0.0)]
    """
    found: list[Piece] = []
    stack = [(low, high, solve(low), solve(high))]
    while stack:
        start, end, left, right = stack.pop()
        meet = _meet(left, right, start, end)
        if meet is None:
            _append(found, Piece(start, end, left))
            continue
        middle = solve(meet)
        if middle.at(meet) >= left.at(meet) - _slack(left.at(meet)):
            _append(found, Piece(start, meet, left))
            _append(found, Piece(meet, end, right))
        else:
            stack += [(meet, end, middle, right), (start, meet, left, middle)]
    return found


def crossings(first: list[Piece], second: list[Piece]) -> list[tuple[float, int]]:
    """Places where the first becomes less than the second, or stops to be, in order.

    Parameters
    ----------
    first, second : list of Piece
        Over the same stretch, from `lower_envelope`.

    Returns
    -------
    list of (float, int)
        Place and the sign of first less second behind it: -1 where the first is less from there on, 0 where
        they are equal, 1 where the second is.

    Examples
    --------
    >>> a, b = Line(0.0, 1.0, np.array([0])), Line(5.0, 0.0, np.array([1]))
    >>> crossings([Piece(0.0, 9.0, a)], [Piece(0.0, 9.0, b)])
    [(5.0, 1)]
    """
    marks = sorted({p.start for p in first + second} | {p.end for p in first + second})
    found: list[tuple[float, int]] = []
    state: int | None = None
    for start, end in itertools.pairwise(marks):
        one, other = _line_on(first, start, end), _line_on(second, start, end)
        for place, sign in _signs(one, other, start, end):
            if state is not None and sign != state:
                found.append((place, sign))
            state = sign
    return found


def _signs(one: Line, other: Line, start: float, end: float) -> list[tuple[float, int]]:
    """Sign of the difference from each place on, along a stretch on which both are one line."""
    gaps = []
    for x in (start, end):
        gap = one.at(x) - other.at(x)
        gaps.append(0.0 if abs(gap) <= _slack(other.at(x)) else gap)
    signs = [int(np.sign(gap)) for gap in gaps]
    if signs[0] * signs[1] < 0:
        return [(start, signs[0]), ((other.intercept - one.intercept) / (one.slope - other.slope), signs[1])]
    return [(start, signs[0] or signs[1])]


def _line_on(pieces: list[Piece], start: float, end: float) -> Line:
    middle = start + (end - start) / 2
    return next(p.line for p in pieces if p.start <= middle <= p.end)


def _meet(left: Line, right: Line, start: float, end: float) -> float | None:
    """Where two lines cross; None where the left one is as low at the end, so that there is but one."""
    if left.at(end) <= right.at(end) + _slack(right.at(end)) or left.slope == right.slope:
        return None
    return min(max((right.intercept - left.intercept) / (left.slope - right.slope), start), end)


def _append(pieces: list[Piece], piece: Piece) -> None:
    """Add a piece, joined to the one before where it goes on with the same line; drop points."""
    if piece.end <= piece.start:
        return
    last = pieces[-1] if pieces else None
    if last is not None and (last.line.intercept, last.line.slope) == (
        piece.line.intercept,
        piece.line.slope,
    ):
        pieces[-1] = Piece(last.start, piece.end, last.line)
    else:
        pieces.append(piece)


def _slack(value: float) -> float:
    return NEAR * max(1.0, abs(value))
