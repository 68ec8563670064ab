"""At which value of one number a losing corridor starts to win, exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.graph.graph import Graph
from landsea_routing.kernels.envelope import Line, Piece, crossings, lower_envelope
from landsea_routing.kernels.paths import path_from_any
from landsea_routing.results.breakeven import BreakEven, nearest
from landsea_routing.routing.question import Question, ask
from landsea_routing.routing.restrict import refuse_text
from landsea_routing.routing.weights import Weight, weight_name
from landsea_routing.whatif.parameter import Parameter, read_parameter
from landsea_routing.whatif.scenario import Scenario

STEP = 1e-6
"""Share of a value by which the answer is checked on either side."""
STRAIGHT = 1e-9
DOUBLINGS = 60


def break_even(
    graph: Graph,
    origin: str,
    destination: str,
    *,
    via: Sequence[str],
    parameter: str | Callable[[float], Scenario],
    between: tuple[float, float] | None = None,
    weight: Weight = "cost",
    avoid: Sequence[str] = (),
    modes: Sequence[str] | None = None,
    access: bool = True,
    seasonal: bool = False,
) -> BreakEven:
    """Find the value of one parameter at which the way through a corridor starts to win.

    Compared are the best path that passes all of `via` in order and the best path that leaves out at least
    one of them. Both may change on the way as the parameter is turned; every change of lead is found.

    Parameters
    ----------
    graph : Graph
        From `expand`; it fixes commodity and month.
    origin, destination : str
        Nodes, by id or name.
    via : sequence of str
        Nodes or links that make the corridor.
    parameter : str or callable
        `hours of X` or `fee of X` with X a crossing, transfer or link by id or pattern; `rate of MODE
        COUNTRY` or `fixed of MODE COUNTRY` for the tariff of the commodity; or a function that makes a
        `Scenario` of a value, in which the weight of every arc is linear.
    between : (float, float), optional
        Values to look at; from 0 on without end where not given.
    weight, avoid, modes, access, seasonal
        As in `shortest_path`.

    Returns
    -------
    BreakEven

    Raises
    ------
    UnknownNameError, InvalidValueError, ScenarioError
        A name is not known, or the weight is not linear in the parameter.
    NoPathError
        There is no way through the corridor.

    Notes
    -----
    The cost of a path is a line in the parameter, so both sides are lower envelopes of lines. They are built
    exactly by parametric search (`landsea_routing.kernels.envelope`), a shortest path per question, and
    crossed. The answer is checked by routing afresh on both sides of it (`checks`).

    Examples
    --------
    Containers cost 95 by the near port and 113.9 by the far one (see the README of the toy network). A tonne
    that waits for an hour loses 0.5 USD, so that the far port wins when the lift in the near one takes
    18.9 / 0.5 = 37.8 hours more than its 30:

    >>> import landsea_routing as lsr
    >>> graph = lsr.expand(lsr.load_network("toy_three_ports"))
    >>> found = lsr.break_even(graph, "Port Corin", "Ada", via=["Port Brandt"],
    ...                        parameter="hours of aport-sea-rail1435-lift")
    >>> round(found.value, 6), round(found.gap_now, 6)
    (67.8, 18.9)
    """
    names = _names(via)
    turned = read_parameter(graph, parameter)
    options: dict[str, Any] = {"modes": modes, "access": access, "seasonal": seasonal}
    asker = _Asker(turned, origin, destination, names, tuple(avoid), weight, options)
    low, high = _range(between)
    sides = [_Side(questions, asker) for questions in asker.both(turned.turn(low))]
    asker.measure(low, high)
    if sides[0].solve(low) is None:
        question = sides[0].questions[0]
        weights = question.weigh(weight)
        raise question.no_path(weights, weight_name(weight))
    top = high
    if not np.isfinite(high):
        high = _far(sides, max(1.0, 2 * low, 2 * (0.0 if np.isnan(turned.current) else turned.current)))
    pieces = [side.pieces(low, high) for side in sides]
    changes = crossings(*pieces) if pieces[1] else []
    values = tuple(x for x, sign in changes)
    value = nearest(values, turned.current)
    shown = value if np.isfinite(value) else turned.current
    routes = asker.routes(shown if np.isfinite(shown) else low)
    return BreakEven(
        parameter=turned.text,
        unit=turned.unit,
        current=turned.current,
        via=names,
        weight=weight_name(weight),
        values=values,
        wins=tuple((start, end if end < high else top) for start, end in _wins(pieces, changes, low, high)),
        with_corridor=_open_ended(pieces[0], top),
        without=_open_ended(pieces[1], top),
        gap_now=asker.gap(turned.current),
        checks=tuple((x, asker.gap(x)) for x in _beside(value, low, high)),
        corridor=routes[0],
        rival=routes[1],
    )


def _names(via: Sequence[str]) -> tuple[str, ...]:
    refuse_text(via, "via")
    if not via:
        raise InvalidValueError(
            "via is empty", column="via", expected="the nodes or links of the corridor", cure="name one"
        )
    return tuple(via)


def _range(between: tuple[float, float] | None) -> tuple[float, float]:
    low, high = (0.0, np.inf) if between is None else (float(between[0]), float(between[1]))
    if not 0 <= low < high:
        raise InvalidValueError(
            f"between is {between!r}", column="between", expected="two values >= 0, the second larger"
        )
    return low, high


def _beside(value: float, low: float, high: float) -> list[float]:
    if not np.isfinite(value):
        return []
    step = STEP * max(abs(value), 1.0)
    return [x for x in (value - step, value + step) if low <= x <= high]


def _wins(
    pieces: list[list[Piece]], changes: list[tuple[float, int]], low: float, high: float
) -> tuple[tuple[float, float], ...]:
    """Stretches on which the first side is strictly less."""
    if not pieces[1]:
        return ((low, high),)
    marks = [low, *(x for x, _ in changes), high]
    signs = [sign for _, sign in changes]
    middle = (marks[0] + marks[1]) / 2
    gap = _at(pieces[0], middle) - _at(pieces[1], middle)
    first = 0 if abs(gap) <= STRAIGHT * max(1.0, abs(gap)) else int(np.sign(gap))
    stretches = zip(marks[:-1], marks[1:], [first, *signs], strict=True)
    return tuple((start, end) for start, end, sign in stretches if sign < 0 and end > start)


def _open_ended(pieces: list[Piece], top: float) -> tuple[Piece, ...]:
    """Let the last piece go on to the end of the range."""
    return (*pieces[:-1], *(piece._replace(end=top) for piece in pieces[-1:]))


def _at(pieces: list[Piece], x: float) -> float:
    return next(p.line.at(x) for p in pieces if p.start <= x <= p.end)


def _far(sides: list[_Side], start: float) -> float:
    """Value beyond which nothing changes: both sides have the least slope that any path has, and have met."""
    high = start
    for _ in range(DOUBLINGS):
        if all(side.is_settled(high) for side in sides):
            break
        high *= 2
    lines = [side.solve(high) for side in sides]
    if lines[0] is None or lines[1] is None:
        return high
    # Slopes that differ by rounding alone would meet where no value means anything.
    if abs(lines[0].slope - lines[1].slope) <= STRAIGHT * max(1e-3, abs(lines[0].slope)):
        return high
    meet = (lines[1].intercept - lines[0].intercept) / (lines[0].slope - lines[1].slope)
    return max(high, 2 * meet)


class _Asker:
    """Puts the question at any value, and knows the weight of every arc as a line in it."""

    def __init__(
        self,
        parameter: Parameter,
        origin: str,
        destination: str,
        via: tuple[str, ...],
        avoid: tuple[str, ...],
        weight: Weight,
        options: dict[str, Any],
    ) -> None:
        self.parameter, self.ends, self.via, self.avoid = parameter, (origin, destination), via, avoid
        self.weight, self.options = weight, options
        self.intercept = self.slope = np.zeros(0)

    def both(self, graph: Graph) -> tuple[list[Question], list[Question]]:
        """Return the question through the corridor, and one for each part of it left out."""
        through = ask(graph, *self.ends, via=self.via, avoid=self.avoid, **self.options)
        without = [ask(graph, *self.ends, avoid=(*self.avoid, name), **self.options) for name in self.via]
        return [through], without

    def weights(self, value: float) -> FloatArray:
        """Weight of every arc at a value."""
        graph = self.parameter.turn(value)
        question = ask(graph, *self.ends, avoid=self.avoid, **self.options)
        return question.weigh(self.weight)

    def measure(self, low: float, high: float) -> None:
        """Find intercept and slope of every arc, and refuse what is not a line."""
        far = high if np.isfinite(high) else low + max(1.0, 2 * abs(low))
        ends = [self.weights(low), self.weights(far)]
        is_open = np.isfinite(ends[0])
        difference = np.where(is_open, ends[1], 0.0) - np.where(is_open, ends[0], 0.0)
        slope = difference / (far - low)
        start = np.where(is_open, ends[0], 0.0)
        half = self.weights((low + far) / 2)
        expected = start + slope * (far - low) / 2
        bent = is_open != np.isfinite(half)
        gap = np.abs(np.where(is_open & ~bent, half, 0.0) - np.where(is_open & ~bent, expected, 0.0))
        bent |= (gap > STRAIGHT * np.maximum(1.0, np.abs(expected))) | (is_open != np.isfinite(ends[1]))
        falling = not np.isfinite(high) and bool((slope < 0).any())
        if bent.any() or falling:
            wrong = np.flatnonzero(bent if bent.any() else slope < 0)
            how = "is not linear" if bent.any() else "falls without end"
            raise InvalidValueError(
                f"the {weight_name(self.weight)} of {wrong.size} arcs {how} in {self.parameter.text}",
                column="parameter",
                ids=wrong.tolist(),
                expected="hours, a fee or a rate; for a function, costs linear in its value",
                cure="give `between`" if falling else "turn something else, or compare scenarios one by one",
            )
        self.slope = slope
        self.intercept = np.where(is_open, start - slope * low, np.inf)

    def gap(self, value: float) -> float:
        """Corridor less the rest, by routing afresh at a value; NaN where the value is."""
        if not np.isfinite(value):
            return float("nan")
        graph = self.parameter.turn(value)
        best = []
        for questions in self.both(graph):
            found = [_distance(q, q.weigh(self.weight)) for q in questions]
            best.append(min(found))
        return best[0] - best[1]

    def routes(self, value: float) -> list[Any]:
        """Return the best route of each side at a value, None where there is none."""
        graph = self.parameter.turn(value)
        routes = []
        for questions in self.both(graph):
            weights = [q.weigh(self.weight) for q in questions]
            found = [_distance(q, w) for q, w in zip(questions, weights, strict=True)]
            i = int(np.argmin(found))
            name = weight_name(self.weight)
            best = questions[i].best(weights[i], name) if np.isfinite(found[i]) else None
            routes.append(None if best is None else questions[i].route(best, name))
        return routes


def _distance(question: Question, weight: FloatArray) -> float:
    space = question.space
    cost = space.spread(weight)
    return path_from_any(space.pairs, cost, [space.source], [space.target])[0]


class _Side:
    """The best of a few questions as a function of the parameter."""

    def __init__(self, questions: list[Question], asker: _Asker) -> None:
        self.questions, self.asker = questions, asker

    def solve(self, value: float) -> Line | None:
        """Return the least line at a value, None where there is no path."""
        weight = self.asker.intercept + self.asker.slope * value
        return self._best(np.maximum(weight, 0.0), value)

    def is_settled(self, value: float) -> bool:
        """Whether the line at a value rises as little as any path can."""
        line = self.solve(value)
        if line is None:
            return True
        flattest = self._best(np.where(np.isfinite(self.asker.intercept), self.asker.slope, np.inf), 0.0)
        return flattest is not None and line.slope <= flattest.slope + STRAIGHT * max(1.0, flattest.slope)

    def pieces(self, low: float, high: float) -> list[Piece]:
        """Return the lower envelope; empty where there is no path."""
        if self.solve(low) is None:
            return []

        def solve(value: float) -> Line:
            line = self.solve(value)
            if line is None:  # pragma: no cover - what is open does not depend on the value
                raise InvalidValueError(f"no path at {value}", expected="a path at every value")
            return line

        return lower_envelope(solve, low, high)

    def _best(self, weight: FloatArray, value: float) -> Line | None:
        lines = []
        for question in self.questions:
            space = question.space
            found, arcs = path_from_any(
                space.pairs, space.spread(question.close(weight)), [space.source], [space.target]
            )
            if np.isfinite(found):
                own = space.arcs(arcs)
                intercept, slope = float(self.asker.intercept[own].sum()), float(self.asker.slope[own].sum())
                lines.append((found, Line(intercept, slope, own)))
        return min(lines, key=lambda item: item[0])[1] if lines else None
