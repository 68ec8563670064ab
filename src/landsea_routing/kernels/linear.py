"""Linear programs that grow: rows and columns are added, and the next run starts from the last basis.

scipy ships the whole interface of HiGHS in a private module. It is used where it is there and whole, in this
file alone; otherwise every run is a cold one through the public ``scipy.optimize.linprog``, with the same
answers.

Source: Huangfu and Hall (2018), Parallelizing the dual revised simplex method, Mathematical Programming
Computation 10, 119-142.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, hstack, vstack

from landsea_routing._typing import FloatArray

TOLERANCE = 1e-10
"""Feasibility tolerance asked of HiGHS, the finest it takes."""
DUAL_SIMPLEX, PRIMAL_SIMPLEX = 1, 4
"""As HiGHS numbers them."""


class Optimum(NamedTuple):
    """A basic optimal solution.

    Attributes
    ----------
    x : (n_columns,) float
        Variables.
    dual : (n_rows,) float
        Change of the optimum per unit of each row's bound.
    """

    x: FloatArray
    dual: FloatArray


class LinearProgram(ABC):
    """Minimise ``cost @ x`` with bounds on ``A @ x`` and on ``x``; empty to begin with."""

    n_rows: int = 0
    n_columns: int = 0

    def add_rows(self, matrix: csr_array, low: FloatArray, high: FloatArray) -> None:
        """Add rows of coefficients (n_new x n_columns) over the columns that are there."""
        if low.size:
            self._add_rows(csr_array(matrix), low, high)
            self.n_rows += low.size

    def add_columns(
        self,
        cost: FloatArray,
        matrix: csr_array,
        low: FloatArray | None = None,
        high: FloatArray | None = None,
    ) -> None:
        """Add columns; their coefficients come as rows of a matrix, n_new x n_rows.

        Without bounds a column is any number >= 0.
        """
        if cost.size:
            least = np.zeros(cost.size) if low is None else low
            most = np.full(cost.size, np.inf) if high is None else high
            self._add_columns(cost, csr_array(matrix), least, most)
            self.n_columns += cost.size

    @abstractmethod
    def set_cost(self, cost: FloatArray) -> None:
        """Give all columns another cost."""

    @abstractmethod
    def set_high(self, row: int, high: float) -> None:
        """Give a row another upper bound, and no lower one."""

    @abstractmethod
    def _add_rows(self, matrix: csr_array, low: FloatArray, high: FloatArray) -> None: ...

    @abstractmethod
    def _add_columns(
        self, cost: FloatArray, matrix: csr_array, low: FloatArray, high: FloatArray
    ) -> None: ...

    @abstractmethod
    def solve(self, *, primal: bool = False) -> Optimum | None:
        """Solve; None if there is no optimum or it was not found.

        Parameters
        ----------
        primal : bool
            Whether the last basis is likely feasible (only columns were added), so that the primal simplex
            method is the nearer one.
        """


def make_program(*, private: bool = True) -> LinearProgram:
    """Empty linear program.

    Parameters
    ----------
    private : bool
        Whether scipy's private interface may be used.

    Examples
    --------
    Least cost of 5 units of which the first, cheap way takes at most 2:

    >>> program = make_program()
    >>> program.add_rows(csr_array((1, 0)), np.array([5.0]), np.array([5.0]))
    >>> program.add_columns(np.array([1.0, 4.0]), csr_array([[1.0], [1.0]]))
    >>> program.solve().x.tolist()
    [5.0, 0.0]
    >>> program.add_rows(csr_array([[1.0, 0.0]]), np.array([-np.inf]), np.array([2.0]))
    >>> answer = program.solve()
    >>> answer.x.tolist(), answer.dual.tolist()
    ([2.0, 3.0], [4.0, -3.0])
    """
    return _Warm() if private and _binding() is not None else _Cold()


NEEDED = (
    "addCols",
    "addRows",
    "changeColsCost",
    "changeRowBounds",
    "clearSolver",
    "getModelStatus",
    "getSolution",
    "run",
    "setOptionValue",
)


@cache
def _binding() -> Any:
    """The private module of HiGHS, None where this scipy does not have it as it is needed here."""
    try:
        core = import_module("scipy.optimize._highspy._core")
    except ImportError:
        return None
    model = getattr(core, "_Highs", None)
    status = getattr(core, "HighsModelStatus", None)
    whole = model is not None and hasattr(status, "kOptimal") and all(hasattr(model, n) for n in NEEDED)
    return core if whole else None


def _narrow(values: ArrayLike) -> NDArray[np.int32]:
    return np.asarray(values, dtype=np.int32)


class _Warm(LinearProgram):
    """Kept inside HiGHS."""

    def __init__(self) -> None:
        self._core = _binding()
        self._highs = self._core._Highs()
        options = {
            "output_flag": False,
            "threads": 1,
            "presolve": "off",  # it would throw the last basis away
            "primal_feasibility_tolerance": TOLERANCE,
            "dual_feasibility_tolerance": TOLERANCE,
        }
        for name, value in options.items():
            self._highs.setOptionValue(name, value)

    def _add_rows(self, matrix: csr_array, low: FloatArray, high: FloatArray) -> None:
        start, index = _narrow(matrix.indptr[:-1]), _narrow(matrix.indices)
        self._highs.addRows(low.size, low, high, matrix.nnz, start, index, matrix.data.astype(np.float64))

    def _add_columns(self, cost: FloatArray, matrix: csr_array, low: FloatArray, high: FloatArray) -> None:
        start, index = _narrow(matrix.indptr[:-1]), _narrow(matrix.indices)
        data = matrix.data.astype(np.float64)
        self._highs.addCols(cost.size, cost, low, high, matrix.nnz, start, index, data)

    def set_cost(self, cost: FloatArray) -> None:
        self._highs.changeColsCost(cost.size, _narrow(np.arange(cost.size)), cost)

    def set_high(self, row: int, high: float) -> None:
        self._highs.changeRowBounds(row, -np.inf, high)

    def solve(self, *, primal: bool = False) -> Optimum | None:
        way = PRIMAL_SIMPLEX if primal else DUAL_SIMPLEX
        self._highs.setOptionValue("simplex_strategy", way)
        # A second try, cold and with presolve, is for where a basis has gone bad.
        for presolve in ("off", "on"):
            self._highs.setOptionValue("presolve", presolve)
            self._highs.run()
            if self._highs.getModelStatus() == self._core.HighsModelStatus.kOptimal:
                self._highs.setOptionValue("presolve", "off")
                found = self._highs.getSolution()
                return Optimum(np.array(found.col_value), np.array(found.row_dual))
            self._highs.clearSolver()
        self._highs.setOptionValue("presolve", "off")
        return None


class _Cold(LinearProgram):
    """Kept in arrays and solved afresh each time."""

    def __init__(self) -> None:
        self._matrix = csr_array((0, 0))
        self._low, self._high, self._cost = np.zeros(0), np.zeros(0), np.zeros(0)
        self._bounds = np.zeros((0, 2))

    def _add_rows(self, matrix: csr_array, low: FloatArray, high: FloatArray) -> None:
        self._matrix = csr_array(vstack([self._matrix, matrix], format="csr"))
        self._low, self._high = np.append(self._low, low), np.append(self._high, high)

    def _add_columns(self, cost: FloatArray, matrix: csr_array, low: FloatArray, high: FloatArray) -> None:
        self._matrix = csr_array(hstack([self._matrix, matrix.T], format="csr"))
        self._cost = np.append(self._cost, cost)
        self._bounds = np.vstack([self._bounds, np.column_stack([low, high])])

    def set_cost(self, cost: FloatArray) -> None:
        self._cost = cost.copy()

    def set_high(self, row: int, high: float) -> None:
        self._low[row], self._high[row] = -np.inf, high

    def solve(self, *, primal: bool = False) -> Optimum | None:
        import scipy.optimize

        linprog: Any = scipy.optimize.linprog
        fixed = self._low == self._high
        below = np.flatnonzero(~fixed & np.isfinite(self._high))
        above = np.flatnonzero(~fixed & np.isfinite(self._low))
        equal = np.flatnonzero(fixed)
        most = vstack([self._matrix[below], -self._matrix[above]], format="csr")
        for presolve in (False, True):
            result: Any = linprog(
                self._cost,
                A_ub=most if most.shape[0] else None,
                b_ub=np.concatenate([self._high[below], -self._low[above]]) if most.shape[0] else None,
                A_eq=self._matrix[equal] if equal.size else None,
                b_eq=self._low[equal] if equal.size else None,
                bounds=self._bounds,
                method="highs-ds",
                options={
                    "primal_feasibility_tolerance": TOLERANCE,
                    "dual_feasibility_tolerance": TOLERANCE,
                    "presolve": presolve,
                },
            )
            if result.status == 0:
                break
        else:
            return None
        dual = np.zeros(self.n_rows)
        if most.shape[0]:
            dual[below] = result.ineqlin.marginals[: below.size]
            dual[above] -= result.ineqlin.marginals[below.size :]
        if equal.size:
            dual[equal] = result.eqlin.marginals
        return Optimum(np.asarray(result.x, dtype=np.float64), dual)
