"""The cheapest path whose other sums stay within limits, exactly.

First the limits are priced into the cost (Lagrange multipliers; for one limit as Handler and Zang, 1980, take
limit by limit for several). That gives a good path within the limits and, for every label, a bound on what
any way on must cost. Labels (see `landsea_routing.kernels.labels`) then close the gap: nothing that the
multipliers rule out is ever extended.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels.csr import PairIndex, check_cost
from landsea_routing.kernels.labels import NO_LABEL, TIE, LabelSearch, ask, check_costs
from landsea_routing.kernels.paths import path_from_any

MAX_LABELS = 1_000_000
SWEEPS, STEPS = 2, 12
"""Times that the limits are taken in turn, and searches at most for each; more would only sharpen a bound."""


class Constrained(NamedTuple):
    """The answer to one question.

    Attributes
    ----------
    cost : float
        ``inf`` if no path keeps the limits.
    arcs : (n,) int
        The path; empty if there is none.
    used : (n_limits,) float
        What it takes of each limit.
    least : (n_limits,) float
        The least that any path takes of each limit alone; above its limit, that limit can never be kept.
    complete : bool
        False where the label budget ended the search: the path keeps the limits and may not be the
        cheapest, or there may be one where none was found.
    """

    cost: float
    arcs: IntArray
    used: FloatArray
    least: FloatArray
    complete: bool


def constrained_path(
    pairs: PairIndex,
    cost: ArrayLike,
    resources: ArrayLike,
    limits: ArrayLike,
    source: int,
    target: int,
    *,
    max_cost: float = np.inf,
    max_labels: int = MAX_LABELS,
) -> Constrained:
    """Find the cheapest path that takes no more than the limit of each resource.

    Parameters
    ----------
    pairs : PairIndex
        Topology, from `pair_index`.
    cost : (n_arcs,) float
        Arc costs >= 0; ``inf`` closes an arc.
    resources : (n_limits, n_arcs) float
        What each arc takes of each resource, >= 0.
    limits : (n_limits,) float
        Limits >= 0; ``inf`` is none.
    source, target : int
        Ends, not the same.
    max_cost : float
        A dearer path is no answer.
    max_labels : int
        Budget of the search.

    Returns
    -------
    Constrained

    Raises
    ------
    InvalidValueError
        A cost, resource, limit or end is wrong.

    Notes
    -----
    NP-hard in general; in practice a few searches and a few thousand labels. A sum that exceeds its limit by
    no more than rounding (a factor of 1 + 1e-12) keeps it.

    References
    ----------
    .. [1] G. Y. Handler, I. Zang, "A dual algorithm for the constrained shortest path problem", Networks 10
       (1980).

    Examples
    --------
    >>> from landsea_routing.kernels.csr import pair_index
    >>> pairs = pair_index(2, [0, 0, 0], [1, 1, 1])
    >>> best = constrained_path(pairs, [1.0, 3.0, 5.0], [[9.0, 4.0, 2.0]], [5.0], 0, 1)
    >>> best.cost, best.arcs.tolist(), best.used.tolist(), best.least.tolist()
    (3.0, [1], [4.0], [2.0])
    """
    limit = np.atleast_1d(np.asarray(limits, dtype=np.float64))
    if not (limit >= 0).all():
        raise InvalidValueError(f"limits are {limit.tolist()}", expected="numbers >= 0")
    taken = np.asarray(resources, dtype=np.float64)
    if taken.shape != (limit.size, pairs.n_arcs):
        raise InvalidValueError(
            f"resources have shape {taken.shape}", expected=f"({limit.size}, {pairs.n_arcs}), a row per limit"
        )
    values = check_costs(np.concatenate([check_cost(cost, pairs.n_arcs)[None], taken]), pairs.n_arcs)
    asked = ask(pairs, values, [source], [target])
    least = asked.ideal[1:, 0]
    nothing = Constrained(np.inf, np.zeros(0, np.int64), np.full(limit.size, np.inf), least, True)
    if not (least <= _loose(limit)).all() or not np.isfinite(asked.ideal).all():
        return nothing
    prices = _Prices(pairs, values, limit, source, target, max_cost)
    prices.settle()
    if prices.best_cost <= prices.bound * (1 + TIE):
        return (
            _answer(values, prices.best_cost, prices.best_arcs, least, True)
            if prices.best_arcs.size
            else nothing
        )
    every = np.concatenate([values, [prices.mixed(prices.price)]])
    judge = _Limits(limit, prices.priced_limit(prices.price), prices.best_cost)
    search = LabelSearch(
        ask(pairs, every, [source], [target]), judge, compared=len(values), max_labels=max_labels
    )
    search.run()
    complete = not bool(search.truncated[0])
    arcs = prices.best_arcs if judge.label == NO_LABEL else search.trace(judge.label)
    if not arcs.size:
        return nothing._replace(complete=complete)
    return _answer(values, judge.best, arcs, least, complete)


def _loose(limit: FloatArray) -> FloatArray:
    return limit * (1 + TIE)


def _answer(
    values: FloatArray, cost: float, arcs: IntArray, least: FloatArray, complete: bool
) -> Constrained:
    return Constrained(float(cost), arcs, values[1:, arcs].sum(axis=1), least, complete)


class _Prices:
    """Multipliers of the limits, the best path within them met on the way, and a bound on all such paths."""

    def __init__(
        self,
        pairs: PairIndex,
        values: FloatArray,
        limit: FloatArray,
        source: int,
        target: int,
        max_cost: float,
    ) -> None:
        self.pairs, self.limit = pairs, limit
        self.closed = ~np.isfinite(values[0])
        self.values = np.where(self.closed, 0.0, values)
        self.ends = [source], [target]
        self.price = np.zeros(limit.size)
        self.bound = 0.0
        # What costs nothing is below any limit, 0 too.
        self.best_cost = max(max_cost * (1 + 2 * TIE), float(np.finfo(np.float64).tiny))
        self.best_arcs = np.zeros(0, np.int64)

    def mixed(self, price: FloatArray) -> FloatArray:
        """Cost of every arc with the resources at a price."""
        return np.where(self.closed, np.inf, self.values[0] + price @ self.values[1:])

    def priced_limit(self, price: FloatArray) -> float:
        """What the limits are worth at a price."""
        return float(price @ np.where(price > 0, self.limit, 0.0))

    def settle(self) -> None:
        """Raise the bound limit by limit, until nothing moves or the path found is proved best."""
        if not np.isfinite(self._search(self.price)[0]):
            return
        for _ in range(SWEEPS if self.limit.size > 1 else 1):
            before = self.bound
            for i in np.flatnonzero(np.isfinite(self.limit)):
                self._settle_one(int(i))
                if self.best_cost <= self.bound * (1 + TIE):
                    return
            if self.bound <= before * (1 + TIE):
                return

    def _settle_one(self, i: int) -> None:
        """Best price of limit i with the others' fixed: intersect the two lines that meet at the top."""
        price = self.price.copy()
        price[i] = 0.0
        cheap = self._search(price)
        if cheap[1][i] <= self.limit[i]:
            return
        frugal = self._frugal(i, price)
        for _ in range(STEPS):
            if cheap[1][i] <= frugal[1][i]:
                return
            slope = (frugal[0] - cheap[0]) / (cheap[1][i] - frugal[1][i])
            price[i] = max(slope, 0.0)
            found = self._search(price)
            value = found[0] + price[i] * found[1][i]
            if value >= (cheap[0] + price[i] * cheap[1][i]) * (1 - TIE):
                return
            if found[1][i] <= self.limit[i]:
                frugal = found
            else:
                cheap = found

    def _frugal(self, i: int, price: FloatArray) -> tuple[float, FloatArray]:
        """Path that takes least of resource i; among those about the cheapest."""
        mixed = self.mixed(price)
        total = float(mixed[~self.closed].sum())
        share = 1e-9 * float(self.values[1 + i].sum()) / total if total > 0 else 0.0
        weight = np.where(self.closed, np.inf, self.values[1 + i] + share * np.where(self.closed, 0.0, mixed))
        return self._weigh(path_from_any(self.pairs, weight, *self.ends)[1], price)

    def _search(self, price: FloatArray) -> tuple[float, FloatArray]:
        """Weigh the best path at given prices; may raise the bound."""
        distance, arcs = path_from_any(self.pairs, self.mixed(price), *self.ends)
        bound = distance - self.priced_limit(price)
        if bound > self.bound:
            self.bound, self.price = bound, price.copy()
        return self._weigh(arcs, price)

    def _weigh(self, arcs: IntArray, price: FloatArray) -> tuple[float, FloatArray]:
        """Cost, with the resources at a price, and resources; remember the best path within the limits."""
        sums = self.values[:, arcs].sum(axis=1)
        if arcs.size and (sums[1:] <= _loose(self.limit)).all() and sums[0] < self.best_cost:
            self.best_cost, self.best_arcs = float(sums[0]), arcs
        return float(sums[0] + price @ sums[1:]), sums[1:]


class _Limits:
    """Throws out what must break a limit or cannot be cheaper than the best path so far."""

    def __init__(self, limit: FloatArray, priced_limit: float, best: float) -> None:
        self.limit, self.priced_limit, self.best = limit, priced_limit, best
        self.label = NO_LABEL

    def hopeless(self, question: IntArray, bound: FloatArray) -> BoolArray:
        """Judge by cost, by every limit, and by the cost with the limits priced in."""
        below = self.best * (1 - TIE)
        lost = bound[0] >= below
        for limit, at_least in zip(self.limit, bound[1:-1], strict=True):
            lost |= at_least > limit * (1 + TIE)
        lost |= bound[-1] - self.priced_limit >= below
        return np.asarray(lost)

    def arrive(self, question: int, vector: FloatArray, label: int) -> bool:
        """Keep the cheapest."""
        if vector[0] >= self.best * (1 - TIE):
            return False
        self.best, self.label = float(vector[0]), label
        return True
