"""Two path flows over the same arcs, read as alike as they can be.

Paths that meet can exchange their ends without any change on any arc, so that arc flows do not say who goes
where: path flows that differ much may be the same to whoever watches the arcs. Of all path flows with the
arc flows and amounts of two given ones, this finds the pair that differs least.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import block_array, csr_array, eye_array, vstack

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.kernels.linear import TOLERANCE

MOST_PIVOTS = 10_000
"""Steps of the simplex method after which two flows are left as they are; a count, so that answers do not
hang on the speed of the machine."""


def most_alike(
    indptr: IntArray, arc: IntArray, od: IntArray, label: IntArray, first: FloatArray, second: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Share two path flows out anew over the same paths, so that least lies on other labels.

    Parameters
    ----------
    indptr, arc : (n_paths + 1,), (n_entries,) int
        Arcs of each path; any numbers >= 0. Paths that may exchange their ends share numbers.
    od : (n_paths,) int
        What each path serves; its amount stays, in each flow.
    label : (n_paths,) int
        Paths of one label, which serve one OD, count as the same.
    first, second : (n_paths,) float
        Flows >= 0.

    Returns
    -------
    first, second : (n_paths,) float
        Flows on the same paths with the same arc flows and amounts. Where the linear program finds no
        optimum they are those given.

    Notes
    -----
    Minimises the sum over labels of what the second has more of than the first: a linear program (HiGHS)
    over the paths that can exchange anything. Ten thousand ODs of which a fifth have changed take half a
    second; beyond `MOST_PIVOTS` the flows are returned as they are.

    Examples
    --------
    Two ODs by two ways (arcs 5 and 6) that have changed sides; on the arcs, nothing has:

    >>> indptr, arc = np.arange(5), np.array([5, 6, 5, 6])
    >>> od, label = np.array([0, 0, 1, 1]), np.arange(4)
    >>> a, b = most_alike(indptr, arc, od, label, np.array([3.0, 0, 0, 3]), np.array([0.0, 3, 3, 0]))
    >>> bool(np.allclose(a, b))
    True
    """
    import scipy.optimize

    linprog: Any = scipy.optimize.linprog
    n = len(od)
    owner = np.repeat(np.arange(n), np.diff(indptr))
    keep = csr_array(vstack([_distinct(owner, arc, n), _distinct(np.arange(n), od, n)], format="csr"))
    free = _free(keep)
    keep = csr_array(keep[:, free])
    keep = csr_array(keep[np.diff(keep.indptr) > 0])
    names, at = np.unique(label, return_inverse=True)
    labels = csr_array((np.ones(n), (at, np.arange(n))), shape=(len(names), n))
    ahead = np.asarray(labels @ (first - second))
    labels = csr_array(labels[:, free])
    touched = np.diff(labels.indptr) > 0
    labels, ahead = csr_array(labels[touched]), ahead[touched]
    if not free.size or not (np.abs(ahead) > 0).any():
        return first, second
    none, rest = csr_array(keep.shape), csr_array((keep.shape[0], len(ahead)))
    scale = max(1.0, float(first.max()), float(second.max()))
    low = np.concatenate([-first[free], -second[free], np.zeros(len(ahead))]) / scale
    # What is added to either flow changes no arc and no amount; a change from zero on starts feasible.
    found = linprog(
        np.concatenate([np.zeros(2 * free.size), np.ones(len(ahead))]),
        A_ub=block_array([[-labels, labels, -eye_array(len(ahead))]], format="csr"),
        b_ub=ahead / scale,
        A_eq=block_array([[keep, none, rest], [none, keep, rest]], format="csr"),
        b_eq=np.zeros(2 * keep.shape[0]),
        bounds=np.column_stack([low, np.full(low.size, np.inf)]),
        method="highs-ds",
        options={
            "primal_feasibility_tolerance": TOLERANCE,
            "dual_feasibility_tolerance": TOLERANCE,
            "maxiter": MOST_PIVOTS,
        },
    )
    if found.status != 0:
        return first, second
    a, b = first.copy(), second.copy()
    a[free] = np.maximum(a[free] + found.x[: free.size] * scale, 0.0)
    b[free] = np.maximum(b[free] + found.x[free.size : 2 * free.size] * scale, 0.0)
    return a, b


def _free(keep: csr_array) -> IntArray:
    """Paths that can exchange anything: none that is alone with an arc or an amount, again and again."""
    free = np.ones(keep.shape[1], dtype=np.bool_)
    while True:
        alone = (keep @ free.astype(np.float64)) == 1.0
        left = free & ~((keep.T @ alone.astype(np.float64)) > 0)
        if (left == free).all():
            return np.flatnonzero(free)
        free = left


def _distinct(path: IntArray, thing: IntArray, n: int) -> csr_array:
    """Of the rows that say which paths have a thing, each that differs, once."""
    _, row = np.unique(thing, return_inverse=True)
    mark = np.random.default_rng(0).integers(0, 2**64, n, dtype=np.uint64)
    sums = np.zeros(row.max(initial=-1) + 1, dtype=np.uint64)
    np.add.at(sums, row, mark[path])  # equal sums of such marks mean equal rows
    _, first = np.unique(sums, return_index=True)
    rows = csr_array((np.ones(len(path)), (row, path)), shape=(len(sums), n))
    return csr_array(rows[first])
