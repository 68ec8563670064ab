"""Min-cost flow problems in DIMACS text: read, written, refused."""

from __future__ import annotations

import numpy as np
import pytest

from landsea_routing.errors import InvalidValueError, LandseaError, SchemaError
from landsea_routing.io.dimacs import read_dimacs, write_dimacs
from landsea_routing.kernels.mincost import min_cost_flow
from mincost_cases import random_case

GOOD = (
    "c by hand\np min 4 5\nn 1 4\nn 4 -4\n\na 1 2 0 4 2\na 1 3 0 2 2\na 2 3 0 2 1\na 2 4 0 3 3\na 3 4 0 5 1\n"
)


def written(tmp_path, text):
    path = tmp_path / "problem.min"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_problem_by_hand(tmp_path):
    """2 by 1 3 4 at 3, 2 by 1 2 3 4 at 4."""
    problem = read_dimacs(written(tmp_path, GOOD))
    assert problem.tail.tolist() == [0, 0, 1, 1, 2]
    assert min_cost_flow(*problem[:5], lower=problem.lower).objective == 14.0


def test_what_is_written_reads_the_same(tmp_path):
    for seed in range(30):
        case = random_case(seed)
        path = tmp_path / f"{seed}.min"
        write_dimacs(path, *case[:5], lower=case.lower, comment="two\nlines")
        found = read_dimacs(path)
        for name in ("tail", "head", "capacity", "cost", "supply", "lower"):
            assert np.array_equal(getattr(found, name), getattr(case, name)), (seed, name)


@pytest.mark.parametrize(
    ("line", "text", "message"),
    [
        (2, "p max 4 5", "line 2: is for a problem 'max'. Expected min"),
        (2, "p min 4", "line 2: has 3 words. Expected 4 in a line 'p'"),
        (2, "p min 4 -5", "line 2: has '-5' for a count"),
        (2, "p min 4 6", "line 10: has 5 arcs, its problem line says 6"),
        (2, "c nothing", "line 3: is a line 'n'. Expected one line 'p min"),
        (3, "p min 4 5", "line 3: is a line 'p'"),
        (3, "n 5 4", "line 3: has '5' for a vertex. Expected a whole number from 1 to 4"),
        (3, "n 0 4", "line 3: has '0' for a vertex"),
        (4, "n 1 -4", "line 4: gives vertex 1 a second supply"),
        (6, "a 1 2 0 4 x", "line 6: has 'x' for a number"),
        (6, "a 1 2 0 4 nan", "line 6: has 'nan' for a number"),
        (6, "a 1 2 0 1_0 2", "line 6: has '1_0' for a number"),
        (6, "a 1 2 0 4", "line 6: has 5 words"),
        (6, "b 1 2 0 4 2", "line 6: begins with 'b'. Expected c, p, n or a"),
    ],
)
def test_a_bad_line_is_named(tmp_path, line, text, message):
    lines = GOOD.splitlines()
    lines[line - 1] = text
    with pytest.raises(SchemaError) as caught:
        read_dimacs(written(tmp_path, "\n".join(lines)))
    assert message in str(caught.value)


def test_a_problem_that_cannot_be(tmp_path):
    with pytest.raises(InvalidValueError, match="add up to"):
        read_dimacs(written(tmp_path, GOOD.replace("n 4 -4", "n 4 -3")))
    with pytest.raises(SchemaError, match="has no problem line"):
        read_dimacs(written(tmp_path, "c empty\n"))
    with pytest.raises(LandseaError, match="could not be read"):
        read_dimacs(tmp_path / "nowhere.min")
