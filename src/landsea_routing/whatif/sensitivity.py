"""What moves an answer most, and exactly how the least cost follows one number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from landsea_routing._status import Status
from landsea_routing._typing import FloatArray
from landsea_routing.assignment.assign import UnservedPrice, prepare_flow, read_demand
from landsea_routing.errors import InvalidValueError, LandseaError
from landsea_routing.kernels.envelope import Line, Piece, lower_envelope
from landsea_routing.kernels.flowproblem import FlowProblem, FlowSolution
from landsea_routing.kernels.multiflow import multicommodity_flow
from landsea_routing.model.network import Network
from landsea_routing.model.table import Table
from landsea_routing.results.assignment import Assignment
from landsea_routing.results.sensitivity import Curve, Tornado
from landsea_routing.routing.progress import Progress
from landsea_routing.whatif.asks import Answer
from landsea_routing.whatif.levers import Case, lever_edit
from landsea_routing.whatif.scenario import Scenario
from landsea_routing.whatif.sweep import sweep

if TYPE_CHECKING:
    import pandas as pd

STRAIGHT = 1e-9
"""Relative difference below which a number is linear in the lever, and two costs are one."""

Lever = str | Callable[[float], Scenario]


def tornado(
    base: Network | Assignment,
    levers: Mapping[str, tuple[float, float]],
    *,
    ask: str | Answer = "objective_usd",
    n_jobs: int | None = None,
    progress: Progress = False,
) -> Tornado:
    """Turn each lever alone to its low and its high value, and rank them by what that does to an answer.

    Parameters
    ----------
    base : Network or Assignment
        What the levers are turned on.
    levers : mapping
        Low and high value by lever; see `whatif.levers.lever_edit`.
    ask : str or callable
        A total, `dual of X`, or a function of the plan; see `sweep`.
    n_jobs, progress
        As in `sweep`.

    Returns
    -------
    Tornado
        The widest swing first.

    Raises
    ------
    InvalidValueError
        There is no lever, or a low value is not below the high one; and as `sweep`.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> found = lsr.tornado(net, {"hours of rail:bek>arn": (12, 36), "capacity of track_dual": (1.5, 2.5)})
    >>> str(found.levers[0]), found.swing.round().tolist()
    ('capacity of track_dual', [11961500.0, 2640000.0])
    """
    wrong = [name for name, ends in levers.items() if np.shape(ends) != (2,) or not ends[0] < ends[1]]
    if not levers or wrong:
        raise InvalidValueError(
            f"low and high of {wrong[0]!r} are {levers[wrong[0]]}" if wrong else "there is no lever",
            column="levers",
            ids=wrong,
            expected="low < high for each of at least one lever",
        )
    cases = []
    for name, ends in levers.items():
        for value in ends:
            label = f"{name} {float(value):.12g}"
            cases.append(Case(label, Scenario(label, edits=(lever_edit(name, value),)), {}))
    found = sweep(base, cases, ask={"answer": ask}, n_jobs=n_jobs, progress=progress)
    answers = found.answers["answer"].reshape(-1, 2)
    order = np.argsort(-np.nan_to_num(np.abs(answers[:, 1] - answers[:, 0]), nan=np.inf), kind="stable")
    places = np.array([[float(v) for v in pair] for pair in levers.values()])[order]
    name = ask if isinstance(ask, str) else getattr(ask, "__name__", "answer").strip("<>")
    own = np.array(list(levers))[order]
    answers = answers[order]
    return Tornado(name, found.base["answer"], own, places[:, 0], places[:, 1], answers[:, 0], answers[:, 1])


def curve(
    base: Network,
    lever: Lever,
    between: tuple[float, float],
    *,
    demand: Table | pd.DataFrame | str | None = None,
    unserved_price: UnservedPrice = "network",
) -> Curve:
    """Follow the least cost as one lever is turned from one value to another, with every bend exact.

    Parameters
    ----------
    base : Network
        Tables.
    lever : str or callable
        Words as for `sweep`, or a function that makes a scenario of a value, in which either costs or limits
        and amounts are linear.
    between : (float, float)
        First and last value.
    demand, unserved_price
        As in `assign`; what is unserved has a price.

    Returns
    -------
    Curve

    Raises
    ------
    InvalidValueError
        The lever moves costs and limits at once, or not in a straight line; or the ends are not in order.

    Notes
    -----
    The least cost is concave and piecewise linear in prices and hours, convex in limits and amounts. An
    optimal plan gives a line that the cost touches at its value (by its flows, or by its duals); where the
    lines of two values meet is the next value to ask, until the line there is one of the two: at most 2 n + 1
    problems for n pieces (`kernels.envelope`), each solved from the last.

    Examples
    --------
    The dual track saves 15.57 M USD a train a day until all timber rides on it, and then less:

    >>> import landsea_routing as lsr
    >>> found = lsr.curve(lsr.load_network("toy_three_ports"), "capacity of track_dual", (1.9, 2.3))
    >>> found.values.round(6).tolist(), found.slope_usd.round().tolist()
    ([1.9, 2.2, 2.3], [-15570000.0, -2918750.0])
    """
    low, high = (float(v) for v in between) if np.shape(between) == (2,) else (np.nan, np.nan)
    if not (np.isfinite([low, high]).all() and low < high):
        raise InvalidValueError(
            f"between is {between}", column="between", ids=between, expected="two numbers, the first less"
        )
    # Laid into the network, so that a lever of demand finds it there.
    own = base if demand is None else base.with_demand(read_demand(base, demand))
    text = lever if isinstance(lever, str) else getattr(lever, "__name__", "lever").strip("<>")

    def problem_at(value: float) -> FlowProblem:
        turned = Scenario(text, edits=(lever_edit(lever, value),)) if isinstance(lever, str) else lever(value)
        network = turned.apply(own)
        return prepare_flow(network, network.demand, unserved_price).problem

    follow = _Follow(text, problem_at, low, high)
    pieces = lower_envelope(follow.solve, low, high)
    return _to_curve(text, pieces, follow)


class _Follow:
    """The problem as a straight line between two values, and the lines that its plans give."""

    def __init__(
        self, text: str, problem_at: Callable[[float], FlowProblem], low: float, high: float
    ) -> None:
        self.low, self.span = low, high - low
        self.first, self.last = problem_at(low), problem_at(high)
        self._refuse_bent(text, problem_at((low + high) / 2))
        self.sign = 1.0 if self._moves("commodity_cost") else -1.0
        moved = [name for name in ("group_limit", "od_amount") if self._moves(name)]
        if self.first.unserved_price is None or (self.sign > 0 and moved):
            raise InvalidValueError(
                f"{text} moves costs and {' and '.join(moved)} at once" if moved else "unserved has no price",
                column="lever",
                ids=(text,),
                expected="either costs, or limits and amounts; and a price for what is unserved",
                cure="turn one after the other",
            )
        self.start: FlowSolution | None = None
        self.known: list[Line] = []
        self.n_solved = 0

    def solve(self, value: float) -> Line:
        """Line that the cost touches at a value; the cost turned over where it is convex."""
        share = (value - self.low) / self.span
        problem = self._between(share)
        answer = multicommodity_flow(problem, start=self.start)
        if answer.status is Status.LIMIT:
            raise LandseaError("a point of the curve was not solved to proof", code="not-optimal")
        self.start, self.n_solved = answer, self.n_solved + 1
        height = self.sign * answer.objective
        for line in self.known:  # the solver's own rounding must not look like another line
            if abs(line.at(value) - height) <= STRAIGHT * max(1.0, abs(height)):
                return line
        slope = self.sign * self._slope(answer)
        line = Line(height - slope * value, slope, np.zeros(0, dtype=np.int64))
        self.known.append(line)
        return line

    def _slope(self, answer: FlowSolution) -> float:
        """Change of the cost for each unit of the lever, with the plan (or its prices) held."""
        if self.sign > 0:
            path = np.repeat(np.arange(answer.path_od.size), np.diff(answer.path_indptr))
            at = self.first.od_commodity[answer.path_od[path]], answer.path_arc
            change = self.last.commodity_cost[at] - self.first.commodity_cost[at]
            return float(change @ answer.path_flow[path]) / self.span
        amount = self.last.od_amount - self.first.od_amount
        limit = _difference(self.last.group_limit, self.first.group_limit)
        return float(answer.od_dual @ amount - answer.group_dual @ limit) / self.span

    def _between(self, share: float) -> FlowProblem:
        names = ("commodity_cost", "od_amount", "group_limit")
        mixed = [self._mix(name, share) for name in names]
        return self.first._replace(commodity_cost=mixed[0], od_amount=mixed[1], group_limit=mixed[2])

    def _mix(self, name: str, share: float) -> FloatArray:
        first, last = getattr(self.first, name), getattr(self.last, name)
        step: FloatArray = _difference(last, first)
        mixed: FloatArray = np.maximum(first + share * step, 0.0)
        return mixed

    def _moves(self, name: str) -> bool:
        return not np.array_equal(getattr(self.first, name), getattr(self.last, name))

    def _refuse_bent(self, text: str, middle: FlowProblem) -> None:
        for name in FlowProblem._fields:
            values = [getattr(p, name) for p in (self.first, middle, self.last)]
            if any(v is None or np.shape(v) != np.shape(values[0]) for v in values):
                same = all(v is None for v in values)
            elif name in ("commodity_cost", "od_amount", "group_limit"):
                low, half, high = values
                same = np.array_equal(np.isfinite(low), np.isfinite(high))
                same = same and np.array_equal(np.isfinite(low), np.isfinite(half))
                finite = np.isfinite(low) if same else np.zeros(0, dtype=np.bool_)
                straight = (low[finite] + high[finite]) / 2 if same else np.zeros(0)
                same = same and bool(
                    (np.abs(half[finite] - straight) <= STRAIGHT * np.maximum(1.0, np.abs(straight))).all()
                )
            else:
                same = all(np.array_equal(values[0], v) for v in values)
            if not same:
                raise InvalidValueError(
                    f"{text} does not move {name} in a straight line",
                    column="lever",
                    ids=(text,),
                    expected="hours, a fee, a rate, a limit or an amount that stays open all the way",
                    cure="ask `sweep` for single values",
                )


def _difference(last: FloatArray, first: FloatArray) -> FloatArray:
    """Last less first; 0 where both are infinite."""
    finite = np.isfinite(first)
    return np.where(finite, np.where(finite, last, 0.0) - np.where(finite, first, 0.0), 0.0)


def _to_curve(text: str, pieces: list[Piece], follow: _Follow) -> Curve:
    values = np.array([pieces[0].start, *(piece.end for piece in pieces)])
    cost = [pieces[0].line.at(pieces[0].start), *(piece.line.at(piece.end) for piece in pieces)]
    slope = np.array([piece.line.slope for piece in pieces])
    shape = "concave" if follow.sign > 0 else "convex"
    # Turned back, a cost of 0 must not be -0.
    cost_usd, slope_usd = (follow.sign * np.array(x) + 0.0 for x in (cost, slope))
    return Curve(text, values, cost_usd, slope_usd, shape, follow.n_solved)
