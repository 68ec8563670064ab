from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array

from landsea_routing.kernels import linear
from landsea_routing.kernels.linear import make_program

both = pytest.mark.parametrize("private", [True, False])
INF = np.inf


@both
def test_grows_by_rows_and_columns(private):
    # 5 units at 4; then a way at 1 for 2 of them; then at most 2.5 at 4 and a last way at 6.
    program = make_program(private=private)
    program.add_rows(csr_array((1, 0)), np.array([5.0]), np.array([5.0]))
    program.add_columns(np.array([4.0]), csr_array([[1.0]]))
    assert program.solve().dual.tolist() == [4.0]
    program.add_rows(csr_array([[0.0]]), np.array([-INF]), np.array([2.0]))
    program.add_columns(np.array([1.0]), csr_array([[1.0, 1.0]]))
    answer = program.solve(primal=True)
    assert answer.x.tolist() == [3.0, 2.0]
    assert answer.dual.tolist() == [4.0, -3.0]
    program.add_rows(csr_array([[1.0, 0.0]]), np.array([-INF]), np.array([2.5]))
    assert program.solve() is None
    program.add_columns(np.array([6.0]), csr_array([[1.0, 0.0, 0.0]]))
    answer = program.solve()
    assert answer.x.tolist() == [2.5, 2.0, 0.5]
    assert answer.dual.tolist() == [6.0, -5.0, -2.0]


@both
def test_rows_with_a_lower_bound(private):
    # At least 2 by the dear way: its row's price is what that costs more.
    program = make_program(private=private)
    program.add_rows(csr_array((1, 0)), np.array([5.0]), np.array([5.0]))
    program.add_columns(np.array([1.0, 4.0]), csr_array([[1.0], [1.0]]))
    program.add_rows(csr_array([[0.0, 1.0]]), np.array([2.0]), np.array([INF]))
    answer = program.solve()
    assert answer.x.tolist() == [3.0, 2.0]
    assert answer.dual.tolist() == [1.0, 3.0]


@both
@pytest.mark.parametrize("seed", range(20))
def test_against_one_cold_program(seed, private):
    rng = np.random.default_rng(seed)
    n_rows, n_columns = 6, 12
    matrix = np.where(rng.random((n_rows, n_columns)) < 0.5, rng.integers(1, 5, (n_rows, n_columns)), 0.0)
    cost = rng.integers(1, 20, n_columns) * np.where(rng.random(n_columns) < 0.7, -1.0, 1.0)
    matrix[0] = 1.0  # bounded
    high = rng.integers(1, 20, n_rows).astype(float)
    program = make_program(private=private)
    program.add_rows(csr_array((1, 0)), np.array([-INF]), high[:1])
    for first in range(0, n_columns, 4):
        part = slice(first, first + 4)
        program.add_columns(cost[part], csr_array(matrix[: program.n_rows, part].T))
        program.solve(primal=True)
        row = program.n_rows
        rows = csr_array(matrix[row : row + 2, : program.n_columns])
        program.add_rows(rows, np.full(rows.shape[0], -INF), high[row : row + rows.shape[0]])
        answer = program.solve()
    whole = linprog(cost, A_ub=matrix[: program.n_rows], b_ub=high[: program.n_rows], method="highs-ds")
    assert cost @ answer.x == pytest.approx(whole.fun, rel=1e-12)
    assert high[: program.n_rows] @ answer.dual == pytest.approx(whole.fun, rel=1e-9)


def test_a_binding_that_is_not_whole_is_not_used(monkeypatch):
    monkeypatch.setattr(linear, "NEEDED", (*linear.NEEDED, "no_such_method"))
    linear._binding.cache_clear()
    assert type(make_program()).__name__ == "_Cold"
    monkeypatch.undo()
    linear._binding.cache_clear()
    assert type(make_program()).__name__ == "_Warm"
