"""Search with several costs at once: labels at vertices, settled in whole rounds of numpy.

With one cost a vertex needs one number; with several it needs every vector that no other vector there beats
in all of them (Hansen, 1980; Martins, 1984). A label is such a vector with the arc and the label it came
from. All open labels of *all* questions asked together are extended in the same round, so that a round costs
a few dozen numpy calls however many labels it has. What is thrown away, and when:

- by bound: a label's vector plus, for each cost, the least that is still to come (one backward search per
  cost and target) is judged by the question: see `Judge`;
- by dominance: a label that another at the same vertex equals or beats in all compared costs.

Vectors that agree to `TIE` count as equal, and the one found first stays; that makes every answer the same in
every run, and free arcs in a circle harmless.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels.csr import NO_ARC, PairIndex, as_index, check_cost
from landsea_routing.kernels.paths import distances_to

TIE = 1e-12
"""Relative difference below which two costs are one."""
NO_LABEL = -1
BLOCK = 1 << 15
"""Candidates judged at once; keeps the comparison with a front in cache."""


class Judge(Protocol):
    """What a question makes of candidates."""

    def hopeless(self, question: IntArray, bound: FloatArray) -> BoolArray:
        """Say which candidates lead to no answer; bound (n_costs, k) is what each will cost at least."""
        ...

    def arrive(self, question: int, vector: FloatArray, label: int) -> bool:
        """Take a label that reached its target; say whether it is worth keeping."""
        ...


class Questions(NamedTuple):
    """Arcs open to all costs, in rows by tail, and who asks what.

    Attributes
    ----------
    n_vertices : int
    first_out : (n_vertices + 1,) int
    head, arc : (m,) int
        Head and original id of every open arc.
    cost : (n_costs, m) float
        Costs of the open arcs.
    source, target : (q,) int
        Ends of each question.
    target_row : (q,) int
        Row of ``to_target`` for each question.
    to_target : (n_costs, n_targets, n_vertices) float
        Least of each cost from every vertex to each distinct target.
    """

    n_vertices: int
    first_out: IntArray
    head: IntArray
    arc: IntArray
    cost: FloatArray
    source: IntArray
    target: IntArray
    target_row: IntArray
    to_target: FloatArray

    @property
    def ideal(self) -> FloatArray:
        """Least of each cost alone: (n_costs, q)."""
        return np.asarray(self.to_target[:, self.target_row, self.source])


def check_costs(costs: ArrayLike, n_arcs: int) -> FloatArray:
    """Read several costs per arc; an arc closed in one of them is closed in all.

    Examples
    --------
    >>> check_costs([[1.0, 2.0], [float("inf"), 3.0]], 2).tolist()
    [[inf, 2.0], [inf, 3.0]]
    """
    values = np.array(costs, dtype=np.float64)
    if values.ndim != 2 or not values.shape[0]:
        raise InvalidValueError(f"costs have shape {values.shape}", expected=f"(n_costs, {n_arcs})")
    for i, row in enumerate(values):
        check_cost(row, n_arcs, f"cost {i}")
    values[:, ~np.isfinite(values).all(axis=0)] = np.inf
    return values


def ask(pairs: PairIndex, costs: FloatArray, sources: ArrayLike, targets: ArrayLike) -> Questions:
    """Prepare questions: open arcs in rows, and one backward search per cost and distinct target.

    Examples
    --------
    >>> from landsea_routing.kernels.csr import pair_index
    >>> ask(pair_index(3, [0, 1], [1, 2]), np.array([[1.0, 2.0], [5.0, 0.0]]), [0], [2]).ideal.tolist()
    [[3.0], [5.0]]
    """
    n = pairs.n_vertices
    source, target = as_index(sources, n, "source"), as_index(targets, n, "target")
    if source.size != target.size:
        raise InvalidValueError(
            f"{source.size} sources and {target.size} targets", expected="as many of each"
        )
    same = np.flatnonzero(source == target)
    if same.size:
        raise InvalidValueError(
            f"source and target are one vertex in question {same[0]}",
            ids=same.tolist(),
            expected="two vertices",
        )
    distinct, row = np.unique(target, return_inverse=True)
    to_target = np.empty((len(costs), distinct.size, n))
    for i, values in enumerate(costs):
        to_target[i] = distances_to(pairs, values, distinct)
    copies = np.diff(np.append(pairs.first, pairs.n_arcs))
    tail, head = np.repeat(pairs.tail, copies), np.repeat(pairs.head, copies)
    arc = np.flatnonzero(np.isfinite(costs[0]) & (tail != head))
    first_out = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(tail[arc], minlength=n), out=first_out[1:])
    open_cost = np.ascontiguousarray(costs[:, arc])
    return Questions(n, first_out, head[arc], arc, open_cost, source, target, row, to_target)


class LabelSearch:
    """Labels of all questions, extended round by round until none is open.

    Parameters
    ----------
    questions : Questions
        From `ask`.
    judge : Judge
        Throws out what is hopeless, takes what arrives.
    compared : int
        How many of the costs (the first ones) count for dominance; the others are only bounded.
    max_labels : int
        Labels that one question may have. A question that wants more ends where it is and is marked in
        ``truncated``; what arrived before stays.

    Attributes
    ----------
    truncated : (q,) bool
    count : int
        Labels made.
    """

    def __init__(self, questions: Questions, judge: Judge, *, compared: int, max_labels: int) -> None:
        q, n_costs = questions.source.size, questions.cost.shape[0]
        self.asked, self.judge, self.compared, self.max_labels = questions, judge, compared, max_labels
        self.truncated = np.zeros(q, dtype=np.bool_)
        self.used = np.zeros(q, np.int64)
        self.count = 0
        self.vector = np.zeros((n_costs, 1024))
        self.arc = np.full(1024, NO_ARC, np.int64)
        self.parent = np.full(1024, NO_LABEL, np.int64)
        self.before = np.full(1024, NO_LABEL, np.int64)
        self.cell = np.zeros(1024, np.int64)
        self.latest = np.full(q * questions.n_vertices, NO_LABEL, np.int64)

    def run(self) -> None:
        """Extend all open labels until there are none."""
        asked = self.asked
        n_costs = asked.cost.shape[0]
        cell = np.arange(asked.source.size) * asked.n_vertices + asked.source
        none = np.full(cell.size, NO_LABEL, np.int64)
        lost = ~np.isfinite(asked.ideal).all(axis=0)
        lost |= self.judge.hopeless(np.arange(cell.size), asked.ideal)
        kept = np.flatnonzero(~lost)
        opened = self._store(cell[kept], np.zeros((n_costs, kept.size)), none[kept], none[kept])
        while opened.size:
            opened = self._round(opened)

    def trace(self, label: int) -> IntArray:
        """Arcs from the source to a label, as original ids."""
        arcs = []
        while self.parent[label] != NO_LABEL:
            arcs.append(int(self.arc[label]))
            label = int(self.parent[label])
        return self.asked.arc[np.array(arcs[::-1], dtype=np.int64)]

    def _round(self, opened: IntArray) -> IntArray:
        question, vertex = np.divmod(self.cell[opened], self.asked.n_vertices)
        begin = self.asked.first_out[vertex]
        count = self.asked.first_out[vertex + 1] - begin
        parent = np.repeat(opened, count)
        arc = np.arange(parent.size) + np.repeat(begin - np.cumsum(count) + count, count)
        asker, head = np.repeat(question, count), self.asked.head[arc]
        vector = self.vector[:, parent] + self.asked.cost[:, arc]
        keep = self._promising(asker, head, vector)
        parent, arc, asker, head, vector = parent[keep], arc[keep], asker[keep], head[keep], vector[:, keep]
        cell = asker * self.asked.n_vertices + head
        keep = np.flatnonzero(~self._beaten(cell, vector))
        keep = keep[self._best_of_round(cell[keep], vector[:, keep])]
        labels = self._store(cell[keep], vector[:, keep], arc[keep], parent[keep])
        labels = self._deliver(labels)
        return self._within_budget(labels)

    def _promising(self, question: IntArray, vertex: IntArray, vector: FloatArray) -> IntArray:
        """Positions of candidates that the judge gives a chance."""
        row = self.asked.target_row[question]
        found = []
        for start in range(0, question.size, BLOCK):
            part = slice(start, start + BLOCK)
            bound = vector[:, part] + self.asked.to_target[:, row[part], vertex[part]]
            lost = np.isinf(bound[0]) | self.judge.hopeless(question[part], bound)
            found.append(start + np.flatnonzero(~lost))
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def _beaten(self, cell: IntArray, vector: FloatArray) -> BoolArray:
        """Whether a label of an earlier round at the same place equals or beats each candidate."""
        beaten = np.zeros(cell.size, dtype=np.bool_)
        at, label = np.arange(cell.size), self.latest[cell]
        limit = vector[: self.compared] * (1 + TIE)
        while at.size:
            more = label != NO_LABEL
            at, label = at[more], label[more]
            better = self.vector[0, label] <= limit[0, at]
            for i in range(1, self.compared):
                better &= self.vector[i, label] <= limit[i, at]
            beaten[at[better]] = True
            at, label = at[~better], self.before[label[~better]]
        return beaten

    def _best_of_round(self, cell: IntArray, vector: FloatArray) -> IntArray:
        """Positions of candidates that no other of this round at the same place equals or beats."""
        # Sorted by sum, only an earlier one can beat a later one; equal ones fall to the first.
        compared = vector[: self.compared]
        order = np.lexsort((compared.sum(axis=0), cell))
        cell, compared = cell[order], compared[:, order]
        good = np.ones(cell.size, dtype=np.bool_)
        later = np.flatnonzero(np.diff(cell) == 0) + 1
        step = 1
        while later.size:
            better = np.ones(later.size, dtype=np.bool_)
            for row in compared:
                better &= row[later - step] <= row[later] * (1 + TIE)
            good[later[better]] = False
            step += 1
            later = later[~better & (later >= step)]
            later = later[cell[later - step] == cell[later]]
        return order[good]

    def _store(self, cell: IntArray, vector: FloatArray, arc: IntArray, parent: IntArray) -> IntArray:
        """Write labels down and chain them at their cells; candidates come sorted by cell."""
        label = np.arange(self.count, self.count + cell.size)
        self.count += cell.size
        while self.arc.size < self.count:
            self._grow()
        self.vector[:, label], self.arc[label] = vector, arc
        self.parent[label], self.cell[label] = parent, cell
        first = np.concatenate(([True], np.diff(cell) != 0))[: cell.size]
        last = np.concatenate((np.diff(cell) != 0, [True]))[: cell.size]
        self.before[label] = np.where(first, self.latest[cell], label - 1)
        self.latest[cell[last]] = label[last]
        return label

    def _grow(self) -> None:
        self.vector = np.concatenate([self.vector, np.zeros_like(self.vector)], axis=1)
        for name in ("arc", "parent", "before", "cell"):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.full_like(old, NO_LABEL)]))

    def _deliver(self, labels: IntArray) -> IntArray:
        """Hand over labels that reached their target; return the others."""
        question, vertex = np.divmod(self.cell[labels], self.asked.n_vertices)
        there = vertex == self.asked.target[question]
        for label, who in zip(labels[there].tolist(), question[there].tolist(), strict=True):
            self.judge.arrive(who, self.vector[:, label], label)
        on_the_way: IntArray = labels[~there]
        return on_the_way

    def _within_budget(self, labels: IntArray) -> IntArray:
        question = self.cell[labels] // self.asked.n_vertices
        self.used += np.bincount(question, minlength=self.used.size)
        self.truncated |= self.used > self.max_labels
        kept: IntArray = labels[~self.truncated[question]]
        return kept
