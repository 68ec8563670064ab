"""Min-cost flow problems in the text format of the first DIMACS challenge (``.min``).

::

    c comment                     a line of its own
    p min 4 5                     vertices and arcs, once, first
    n 1 4                         vertex 1 offers 4 (a negative number is wanted)
    a 1 2 0 4 2                   arc from 1 to 2: lower bound, capacity, cost per unit

Vertices count from 1 in files and from 0 in arrays. A capacity written -1, or ``inf``, is no limit; one of
that size, below zero, is written -1.0. The format knows whole numbers; decimals are read and written too.

Source: *Network Flows and Matching: First DIMACS Implementation Challenge* (1993), problem definition for
min-cost flow.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing.io.atomic import write_text
from landsea_routing.io.text_lines import LineReader, text_number
from landsea_routing.kernels.mincostproblem import MinCostProblem, make_problem

FIELDS = {"p": 4, "n": 3, "a": 6}
"""Words in a line of each kind."""
NO_LIMIT = "-1"
"""Stands for the capacity of an arc without limit."""


def read_dimacs(path: str | Path) -> MinCostProblem:
    r"""Read a min-cost flow problem from a DIMACS ``.min`` file.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    MinCostProblem
        Arcs in the order of the file; its fields are what `min_cost_flow` takes.

    Raises
    ------
    SchemaError
        A line is not as it must be; the message names file and line.
    InvalidValueError
        The lines are right and the problem is not: supplies do not balance, a capacity is below its lower
        bound.
    LandseaError
        The file cannot be read.

    Notes
    -----
    O(lines).

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "small.min"
    ...     _ = path.write_text("p min 2 1\nn 1 3\nn 2 -3\na 1 2 0 5 7\n", encoding="utf-8")
    ...     problem = read_dimacs(path)
    >>> problem.tail.tolist(), problem.capacity.tolist(), problem.supply.tolist()
    ([0], [5.0], [3.0, -3.0])
    """
    return _Reader(path).read()


class _Reader(LineReader):
    """One pass over the lines of a min-cost flow problem."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(path)
        self.supply = np.zeros(0)
        self.n_arcs: int | None = None
        self.seen: set[int] = set()
        self.arcs: list[tuple[float, ...]] = []

    def read(self) -> MinCostProblem:
        """Read all lines and check that they are complete."""
        for text in self.lines():
            words = text.split()
            if words and words[0] != "c":
                self.take(words)
        if self.n_arcs is None:
            raise self.error("has no problem line", "a line 'p min VERTICES ARCS' before all others")
        if len(self.arcs) != self.n_arcs:
            raise self.error(
                f"has {len(self.arcs)} arcs, its problem line says {self.n_arcs}", "as many lines 'a ...'"
            )
        columns = np.array(self.arcs, dtype=np.float64).reshape(-1, 5).T
        tail, head = columns[:2].astype(np.int64)
        lower, capacity, cost = columns[2:]
        return make_problem(tail, head, capacity, cost, self.supply, lower)

    def take(self, words: list[str]) -> None:
        """Take one line that is no comment."""
        kind = words[0]
        if kind not in FIELDS:
            raise self.error(f"begins with {kind!r}", "c, p, n or a")
        if len(words) != FIELDS[kind]:
            raise self.error(f"has {len(words)} words", f"{FIELDS[kind]} in a line {kind!r}")
        if (kind == "p") != (self.n_arcs is None):
            raise self.error(f"is a line {kind!r}", "one line 'p min VERTICES ARCS', before all others")
        if kind == "p":
            if words[1] != "min":
                raise self.error(f"is for a problem {words[1]!r}", "min")
            self.supply, self.n_arcs = np.zeros(self.count(words[2])), self.count(words[3])
        elif kind == "n":
            vertex = self.vertex(words[1])
            if vertex in self.seen:
                raise self.error(f"gives vertex {words[1]} a second supply", "one line for each vertex")
            self.seen.add(vertex)
            self.supply[vertex] = self.number(words[2])
        else:
            if len(self.arcs) == self.n_arcs:
                raise self.error(f"is one arc more than the {self.n_arcs} of its problem line", "as many")
            ends = self.vertex(words[1]), self.vertex(words[2])
            capacity = math.inf if words[4] == NO_LIMIT else self.number(words[4])
            self.arcs.append((*ends, self.number(words[3]), capacity, self.number(words[5])))

    def vertex(self, word: str) -> int:
        """Read a vertex; its position."""
        return self.position(word, self.supply.size)


def write_dimacs(
    path: str | Path,
    tail: ArrayLike,
    head: ArrayLike,
    capacity: ArrayLike,
    cost: ArrayLike,
    supply: ArrayLike,
    *,
    lower: ArrayLike | None = None,
    comment: str = "",
) -> None:
    """Write a min-cost flow problem to a DIMACS ``.min`` file; reading it gives the same numbers.

    Parameters
    ----------
    path : str or Path
        The file; what was there before is replaced in one step.
    tail, head, capacity, cost, supply, lower
        As in `landsea_routing.kernels.mincost.min_cost_flow`.
    comment : str
        Written at the top, line by line.

    Raises
    ------
    InvalidValueError
        If the problem is malformed.
    LandseaError
        The file cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "small.min"
    ...     write_dimacs(path, [0], [1], [float("inf")], [0.5], [3, -3], comment="one arc")
    ...     print(path.read_text(encoding="utf-8"), end="")
    c one arc
    p min 2 1
    n 1 3
    n 2 -3
    a 1 2 0 -1 0.5
    """
    problem = make_problem(tail, head, capacity, cost, supply, lower)
    lines = [f"c {text}" for text in comment.splitlines()]
    lines.append(f"p min {problem.supply.size} {problem.tail.size}")
    offers = np.flatnonzero(problem.supply)
    lines += [f"n {v + 1} {text_number(float(problem.supply[v]))}" for v in offers.tolist()]
    columns = (problem.tail + 1, problem.head + 1, problem.lower, problem.capacity, problem.cost)
    for u, v, least, most, price in zip(*(column.tolist() for column in columns), strict=True):
        lines.append(f"a {u} {v} {text_number(least)} {_limit(most)} {text_number(price)}")
    write_text(Path(path), "\n".join(lines) + "\n")


def _limit(value: float) -> str:
    """Write a capacity, and no limit as the format's own word for it."""
    if value == math.inf:
        return NO_LIMIT
    return repr(value) if text_number(value) == NO_LIMIT else text_number(value)
