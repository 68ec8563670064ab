"""Two path flows over the same arcs, read as alike as they can be.

Paths that meet can exchange their ends without any change on any arc, so that arc flows do not say who goes
where: path flows that differ much may be the same to whoever watches the arcs. Of all path flows with the
arc flows and amounts of two given ones, this finds the pair that differs least.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import block_array, csr_array, eye_array, vstack

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.kernels.linear import make_program


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
    Minimises the sum over labels of what the second has more of than the first: a linear program with
    2 n_paths + n_labels columns and a row for each set of paths that shares an arc, for either flow.

    Examples
    --------
    Two ODs by two ways (arcs 5 and 6) that have changed sides; on the arcs, nothing has:

    >>> indptr, arc = np.arange(5), np.array([5, 6, 5, 6])
    >>> od, label = np.array([0, 0, 1, 1]), np.arange(4)
    >>> a, b = most_alike(indptr, arc, od, label, np.array([3.0, 0, 0, 3]), np.array([0.0, 3, 3, 0]))
    >>> bool(np.allclose(a, b))
    True
    """
    n = len(od)
    owner = np.repeat(np.arange(n), np.diff(indptr))
    keep = vstack([_distinct(owner, arc, n), _distinct(np.arange(n), od, n)], format="csr")
    names, at = np.unique(label, return_inverse=True)
    labels = csr_array((np.ones(n), (at, np.arange(n))), shape=(len(names), n))
    scale = max(1.0, float(first.max(initial=0.0)), float(second.max(initial=0.0)))
    kept = np.concatenate([keep @ first, keep @ second]) / scale
    program = make_program()
    cost = np.concatenate([np.zeros(2 * n), np.ones(len(names))])
    program.add_columns(cost, csr_array((cost.size, 0)))
    matrix = block_array(
        [[keep, None, None], [None, keep, None], [labels, -labels, eye_array(len(names))]], format="csr"
    )
    program.add_rows(
        csr_array(matrix),
        np.concatenate([kept, np.zeros(len(names))]),
        np.concatenate([kept, np.full(len(names), np.inf)]),
    )
    best = program.solve()
    if best is None:
        return first, second
    x = np.maximum(best.x[: 2 * n], 0.0) * scale
    return x[:n], x[n:]


def _distinct(path: IntArray, thing: IntArray, n: int) -> csr_array:
    """Of the rows that say which paths have a thing, each that differs, once."""
    _, row = np.unique(thing, return_inverse=True)
    mark = np.random.default_rng(0).integers(0, 2**64, n, dtype=np.uint64)
    sums = np.zeros(row.max(initial=-1) + 1, dtype=np.uint64)
    np.add.at(sums, row, mark[path])  # equal sums of such marks mean equal rows
    _, first = np.unique(sums, return_index=True)
    rows = csr_array((np.ones(len(path)), (row, path)), shape=(len(sums), n))
    return csr_array(rows[first])
