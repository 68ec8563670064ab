"""The answer to a planner's question: tables, and beside each what was expected of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._frozen import FrozenDict
from landsea_routing.results import _show
from landsea_routing.results.assignment import Assignment

if TYPE_CHECKING:
    import pandas as pd

Cell = float | str | None

UNIT = re.compile(r"(?<![^ ])(M USD/yr|USD/t|USD/TEU|USD/yr|Mt/yr|bn t-km/yr|kg CO2e/t|km|h|%)(?=$|,| for )")
"""Unit in the name of a row or column: at its end, or before what the figure is for."""
ROUNDING = 1e-9
"""Share within which two numbers count as equal, so that rounding is no direction."""


@dataclass(frozen=True)
class Sheet:
    """One table of an answer.

    Parameters
    ----------
    title : str
        What it shows.
    key : str
        What its rows are.
    rows : tuple of str
        What each row is called; an expectation names a row by it.
    columns : tuple of str
        Names of the other columns, with their units.
    cells : tuple of tuples
        A number, a word or None, row by row.
    note : str
        What a reader should know.
    chart : str
        The column that is drawn.
    aside : tuple of str
        Rows that sum up or compare the others, and are not drawn beside them.
    """

    title: str
    key: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    note: str = ""
    chart: str = ""
    aside: tuple[str, ...] = ()

    def cell(self, row: str, column: str) -> Cell:
        """Return one cell; raises KeyError where the sheet has no such row or column."""
        try:
            return self.cells[self.rows.index(row)][self.columns.index(column)]
        except ValueError:
            raise KeyError(f"{self.title!r} has no cell {row!r}, {column!r}") from None

    def to_frame(self) -> pd.DataFrame:
        """Return the table as a frame."""
        import pandas as pd

        frame = pd.DataFrame(list(self.cells), columns=list(self.columns))
        frame.insert(0, self.key, list(self.rows))
        return frame

    def to_dict(self) -> dict[str, Any]:
        """Return the table as plain values; numbers that JSON does not know become None."""
        records = [
            {self.key: row, **dict(zip(self.columns, map(_plain, cells), strict=True))}
            for row, cells in zip(self.rows, self.cells, strict=True)
        ]
        return {"title": self.title, "note": self.note, "rows": records}

    def table(self) -> tuple[list[str], list[list[str]], str]:
        """Return columns, rows in words and the side of each column; units may differ from row to row."""
        sides = "".join("r" if self._is_number(j) else "l" for j in range(len(self.columns)))
        rows = [[row, *map(_words, cells)] for row, cells in zip(self.rows, self.cells, strict=True)]
        return [self.key, *self.columns], rows, "l" + sides

    def _is_number(self, j: int) -> bool:
        return any(isinstance(row[j], int | float) for row in self.cells)

    def __str__(self) -> str:
        columns, rows, align = self.table()
        parts = [self.title, _show.text_table(columns, rows, align)]
        return "\n".join([*parts, *([self.note] if self.note else [])])

    def _repr_html_(self) -> str:
        columns, rows, align = self.table()
        return _show.html_table(columns, rows, self.title, align)


def _plain(cell: Cell) -> Cell:
    return None if isinstance(cell, float) and not np.isfinite(cell) else cell


@dataclass(frozen=True)
class Expectation:
    """What one cell of a sheet should be if the model is right.

    Parameters
    ----------
    says : str
        The expectation in words.
    row, column : str
        The cell.
    sense : str
        One of `SENSES`.
    than : float or str
        A number or a word to compare with; not used where a cell is named.
    than_row, than_column : str
        The cell to compare with, where one is named; the missing one of the two is that of the cell itself.
    within : float
        For `about`: the share by which the two may differ.
    miss : str
        Why it does not come out, where it honestly does not; empty where it should.
    """

    says: str
    row: str
    column: str
    sense: str
    than: Cell = None
    than_row: str = ""
    than_column: str = ""
    within: float = 0.0
    miss: str = ""

    def judge(self, sheet: Sheet) -> Verdict:
        """Compare the cell; raises KeyError where the sheet has no such cell."""
        value = sheet.cell(self.row, self.column)
        other = self.than
        if self.than_row or self.than_column:
            other = sheet.cell(self.than_row or self.row, self.than_column or self.column)
        return Verdict(self, value, other, _holds(self, value, other), sheet.title)


def _holds(expected: Expectation, value: Cell, other: Cell) -> bool:
    if expected.sense in ("is", "is not"):
        return (value == other) == (expected.sense == "is")
    if not isinstance(value, int | float) or not isinstance(other, int | float):
        return False
    gap = value - other
    slack = ROUNDING * max(1.0, abs(value), abs(other)) if np.isfinite([value, other]).all() else 0.0
    holds = {
        "above": gap > slack,
        "below": gap < -slack,
        "equal": value == other or abs(gap) <= slack,
        "about": abs(gap) <= expected.within * abs(other) + slack,
    }
    return bool(holds[expected.sense])


SENSES = ("above", "below", "equal", "about", "is", "is not")
"""How a cell may be compared: numbers by the first four, words by the last two."""


@dataclass(frozen=True)
class Verdict:
    """An expectation and what came out, with the title of the sheet that it is of."""

    expected: Expectation
    value: Cell
    other: Cell
    holds: bool
    sheet: str = ""

    @property
    def came(self) -> str:
        """Return what came out, in words, with its unit."""
        unit = UNIT.search(self.expected.row) or UNIT.search(self.expected.column)
        return f"{_words(self.value)} {unit[0] if unit else ''}".rstrip()

    @property
    def wanted(self) -> str:
        """Return what was expected, in words."""
        sense, within = self.expected.sense, self.expected.within
        share = f", within {within:.0%}" if within else ""
        return f"{sense.removeprefix('is').lstrip()} {_words(self.other)}".lstrip() + share

    @property
    def ruling(self) -> str:
        """Return whether it came out, and where known why not."""
        if self.holds:
            return "as expected"
        return f"not so; {self.expected.miss}" if self.expected.miss else "not so"

    def __str__(self) -> str:
        told = self.came if self.came == self.wanted else f"{self.came}; expected {self.wanted}"
        return f"{self.expected.says} ({told}): {self.ruling}"


def _words(cell: Cell) -> str:
    """Write a number to about four digits, and what is no number as a word."""
    if not isinstance(cell, int | float):
        return "–" if cell is None else cell
    if not np.isfinite(cell):
        return "–" if np.isnan(cell) else "none"
    places = next((p for limit, p in ((1000.0, 0), (100.0, 1), (1.0, 2)) if abs(cell) >= limit), 4)
    text = f"{cell:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, eq=False)
class Answer(_show.Worded):
    """All that answers one question.

    Parameters
    ----------
    id, title, question : str
        What was asked.
    sources : tuple of str
        Where its figures come from.
    sheets : tuple of Sheet
        What came out, step by step.
    verdicts : tuple of Verdict
        What was expected, and whether it came out.
    plans : mapping
        Assignments to be drawn, by name; the base first.
    drawn : str
        Title of the sheet whose assignments they are.
    names : mapping
        What people call the scenarios and projects that its tables name by id.
    """

    id: str
    title: str
    question: str
    sources: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    verdicts: tuple[Verdict, ...]
    plans: Mapping[str, Assignment] = field(default_factory=dict)
    drawn: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plans", FrozenDict(self.plans))
        object.__setattr__(self, "names", FrozenDict(self.names))

    def summary(self) -> str:
        """Say in one sentence how much came out as expected."""
        good = sum(v.holds for v in self.verdicts)
        return f"{self.id}: {good} of {len(self.verdicts)} expectations come out"

    def by_sheet(self) -> dict[str, list[Verdict]]:
        """Return the verdicts by the title of their sheet, in order."""
        titles = dict.fromkeys(v.sheet for v in self.verdicts)
        return {title: [v for v in self.verdicts if v.sheet == title] for title in titles}

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, ready for JSON."""
        verdicts = [
            {"says": v.expected.says, "value": _plain(v.value), "holds": v.holds, "miss": v.expected.miss}
            for v in self.verdicts
        ]
        return {
            "id": self.id,
            "title": self.title,
            "question": self.question,
            "sources": list(self.sources),
            "verdicts": verdicts,
            "sheets": [sheet.to_dict() for sheet in self.sheets],
            "names": dict(self.names),
        }

    def __str__(self) -> str:
        head = f"{self.id}: {self.title}\n{self.question}"
        names = "\n".join(["In these tables:", *(f"  {i}: {name}" for i, name in self.names.items())])
        parts = [f"  {title}\n" + "\n".join(f"    {v}" for v in of) for title, of in self.by_sheet().items()]
        told = [names] if self.names else []
        return "\n\n".join([head, *map(str, self.sheets), *told, "\n".join([self.summary(), *parts])])

    def _repr_html_(self) -> str:
        return "".join(sheet._repr_html_() for sheet in self.sheets)
