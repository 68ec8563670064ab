from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landsea_routing.kernels.envelope import Line, Piece, crossings, lower_envelope
from strategies import laws

LINES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12)), min_size=1, max_size=9)


def lines_of(pairs):
    return [Line(float(a), float(b), np.array([i])) for i, (a, b) in enumerate(pairs)]


def least(lines, x):
    return min(line.at(x) for line in lines)


def envelope(lines, low=0.0, high=50.0):
    return lower_envelope(lambda x: min(lines, key=lambda line: line.at(x)), low, high)


@laws(300)
@given(LINES)
def test_envelope_of_all_lines(pairs):
    lines = lines_of(pairs)
    pieces = envelope(lines)
    assert pieces[0].start == 0.0
    assert pieces[-1].end == 50.0
    assert all(a.end == b.start for a, b in itertools.pairwise(pieces))
    slopes = [piece.line.slope for piece in pieces]
    assert slopes == sorted(slopes, reverse=True)
    assert len(set(slopes)) == len(slopes)
    for piece in pieces:
        for x in (piece.start, piece.end, (piece.start + piece.end) / 2):
            assert piece.line.at(x) == pytest.approx(least(lines, x), abs=1e-9)


def test_few_questions():
    lines = lines_of([(0, 8), (1, 6), (3, 4), (8, 2), (20, 1), (49, 0)])
    asked = []

    def solve(x):
        asked.append(x)
        return min(lines, key=lambda line: line.at(x))

    pieces = lower_envelope(solve, 0.0, 100.0)
    assert len(pieces) == 6
    assert len(asked) <= 2 * len(pieces) + 1


@laws(300)
@given(LINES, LINES)
def test_crossings_by_sampling(one, other):
    first, second = lines_of(one), lines_of(other)
    changes = crossings(envelope(first), envelope(second))
    marks = [0.0, *(x for x, _ in changes), 50.0]
    assert marks == sorted(marks)
    for i, (start, end) in enumerate(itertools.pairwise(marks)):
        gaps = [least(first, x) - least(second, x) for x in np.linspace(start, end, 7)[1:-1]]
        signs = {int(np.sign(0.0 if abs(gap) < 1e-8 else gap)) for gap in gaps}
        if end - start > 1e-6:
            assert len(signs) == 1
            if i:
                assert signs == {changes[i - 1][1]}


def test_the_same_line_is_a_tie():
    line = Line(1.0, 1.0, np.array([0]))
    assert crossings([Piece(0.0, 9.0, line)], [Piece(0.0, 9.0, line)]) == []


def test_touching_and_parting():
    # 6 - |x - 3| against 6 would touch; concave envelopes: min(x, 6) against 6 meet at 6 and stay together.
    first = [Piece(0.0, 6.0, Line(0.0, 1.0, np.array([0]))), Piece(6.0, 9.0, Line(6.0, 0.0, np.array([1])))]
    assert crossings(first, [Piece(0.0, 9.0, Line(6.0, 0.0, np.array([2])))]) == [(6.0, 0)]
