"""All paths that no other beats in every criterion, for many pairs of ends at once.

The front of each question is seeded with the best paths under a few weighted sums, so that bounds cut
early; then labels (see `landsea_routing.kernels.labels`) find the rest, those between the corners of the
convex hull too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.kernels.csr import PairIndex
from landsea_routing.kernels.labels import TIE, LabelSearch, Questions, ask, check_costs
from landsea_routing.kernels.paths import paths_between

MAX_LABELS = 200_000
CELLS = 1 << 21
"""Pairs x vertices worked on at once; more pairs are taken in turns."""


class Front(NamedTuple):
    """The paths of one question, sorted by the first criterion.

    Attributes
    ----------
    costs : (p, n_criteria) float
        Vector of each path.
    paths : tuple of (n,) int arrays
        Arc ids of each path.
    complete : bool
        False where the label budget ended the search: the paths are real, but some may be missing.
    """

    costs: FloatArray
    paths: tuple[IntArray, ...]
    complete: bool


def pareto_paths(
    pairs: PairIndex,
    costs: ArrayLike,
    sources: ArrayLike,
    targets: ArrayLike,
    *,
    epsilon: float = 0.0,
    max_labels: int = MAX_LABELS,
) -> list[Front]:
    """Find the non-dominated paths of each (source, target).

    Parameters
    ----------
    pairs : PairIndex
        Topology, from `pair_index`.
    costs : (n_criteria, n_arcs) float
        Arc costs >= 0, two or three criteria (more are possible and slow); ``inf`` closes an arc.
    sources, targets : (q,) int
        Ends of each question.
    epsilon : float
        Every path that is left out is at most ``1 + epsilon`` times better, in every criterion, than some
        path that is in. 0 gives one path for *every* non-dominated vector.
    max_labels : int
        Labels that one question may have.

    Returns
    -------
    list of Front
        Empty where nothing joins the two ends.

    Raises
    ------
    InvalidValueError
        A cost, an end or an option is wrong.

    Notes
    -----
    The number of paths, and so the work, can be exponential; ``epsilon`` is what tames it. It is applied to
    complete paths only (by their bounds), so that it does not grow along the way. Paths are loopless.

    References
    ----------
    .. [1] E. Q. V. Martins, "On a multicriteria shortest path problem", European Journal of Operational
       Research 16 (1984).
    .. [2] L. Mandow, J. L. Perez de la Cruz, "Multiobjective A* search with consistent heuristics", Journal
       of the ACM 57 (2010).

    Examples
    --------
    >>> from landsea_routing.kernels.csr import pair_index
    >>> pairs = pair_index(3, [0, 0, 0, 1], [1, 2, 2, 2])
    >>> front, = pareto_paths(pairs, [[1.0, 5.0, 9.0, 1.0], [4.0, 1.0, 2.0, 4.0]], [0], [2])
    >>> front.costs.tolist(), [path.tolist() for path in front.paths]
    ([[2.0, 8.0], [5.0, 1.0]], [[0, 3], [1]])
    """
    values = check_costs(costs, pairs.n_arcs)
    if not epsilon >= 0.0 or max_labels < 1:
        raise InvalidValueError(f"epsilon is {epsilon} and max_labels {max_labels}", expected=">= 0 and >= 1")
    source, target = np.atleast_1d(sources), np.atleast_1d(targets)
    chunk = max(1, CELLS // max(1, pairs.n_vertices))
    found: list[Front] = []
    for start in range(0, max(len(source), 1), chunk):
        part = slice(start, start + chunk)
        questions = ask(pairs, values, source[part], target[part])
        found += _solve(pairs, values, questions, epsilon, max_labels)
    return found


def _solve(
    pairs: PairIndex, costs: FloatArray, questions: Questions, epsilon: float, max_labels: int
) -> list[Front]:
    judge = _Fronts(questions.source.size, len(costs), epsilon)
    seeds = _seed(pairs, costs, questions, judge)
    search = LabelSearch(questions, judge, compared=len(costs), max_labels=max_labels)
    search.run()
    fronts = []
    for q, truncated in enumerate(search.truncated.tolist()):
        vectors, labels = judge.of(q)
        paths = tuple(search.trace(x) if x >= 0 else seeds[-1 - x] for x in labels)
        fronts.append(Front(vectors, paths, not truncated))
    return fronts


def _weights(n_criteria: int) -> FloatArray:
    """Each criterion alone, and all alike: enough to cut early, and each costs a search."""
    return np.concatenate([np.eye(n_criteria), np.full((1, n_criteria), 1 / n_criteria)])


def _seed(pairs: PairIndex, costs: FloatArray, questions: Questions, judge: _Fronts) -> list[IntArray]:
    """Put the best paths under weighted sums on the fronts; return their arcs, told as labels -1, -2, ..."""
    ideal = questions.ideal
    reached = np.flatnonzero(np.isfinite(ideal).all(axis=0))
    if not reached.size:
        return []
    scale = ideal[:, reached].mean(axis=1)
    scale[scale == 0] = 1.0
    starts, ends = questions.source[reached], questions.target[reached]
    seeds: list[IntArray] = []
    for weight in _weights(len(costs)):
        mixed = ((weight + 1e-6) / scale) @ costs  # the trifle breaks ties, so that corners are not dominated
        _, indptr, arcs = paths_between(pairs, mixed, starts, ends)
        for i, q in enumerate(reached.tolist()):
            path = arcs[indptr[i] : indptr[i + 1]]
            seeds.append(path)
            judge.arrive(q, costs[:, path].sum(axis=1), -len(seeds))
    return seeds


class _Fronts:
    """The vectors found so far, padded with ``inf``: (n_criteria, questions, room)."""

    def __init__(self, n_questions: int, n_criteria: int, epsilon: float) -> None:
        self.slack = 1.0 + max(epsilon, TIE)
        self.vector = np.full((n_criteria, n_questions, 8), np.inf)
        self.label = np.zeros((n_questions, 8), np.int64)
        self.size = np.zeros(n_questions, np.int64)

    def hopeless(self, question: IntArray, bound: FloatArray) -> BoolArray:
        """Whether something found is as good, but for epsilon, as the bound."""
        room = int(self.size[question].max(initial=0))
        covered = np.ones((question.size, room), dtype=np.bool_)
        for have, at_least in zip(self.vector, bound, strict=True):
            covered &= have[question, :room] <= (at_least * self.slack)[:, None]
        return np.asarray(covered.any(axis=1))

    def arrive(self, question: int, vector: FloatArray, label: int) -> bool:
        """Put a vector on the front, and take off what it beats."""
        if self.hopeless(np.array([question]), vector[:, None])[0]:
            return False
        have = self.vector[:, question, : self.size[question]]
        stay = np.flatnonzero((have < vector[:, None]).any(axis=0))
        size = stay.size + 1
        if size > self.label.shape[1]:
            self.vector = np.concatenate([self.vector, np.full_like(self.vector, np.inf)], axis=2)
            self.label = np.concatenate([self.label, np.zeros_like(self.label)], axis=1)
        self.vector[:, question, : stay.size] = have[:, stay]
        self.label[question, : stay.size] = self.label[question, stay]
        self.vector[:, question, stay.size] = vector
        self.label[question, stay.size] = label
        self.vector[:, question, size:] = np.inf
        self.size[question] = size
        return True

    def of(self, question: int) -> tuple[FloatArray, list[int]]:
        """Vectors (p, n_criteria) and labels of one question, sorted."""
        size = int(self.size[question])
        vector = self.vector[:, question, :size].T
        order = np.lexsort(vector.T[::-1])
        return vector[order], self.label[question, order].tolist()
