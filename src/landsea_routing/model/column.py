"""How a table and its columns are described.

Kinds of a column:

- ``id`` and ``text`` stay text to the letter (`NA`, `007` and `1E5` survive);
- ``number`` is a finite float, ``capacity`` a number or the word ``unlimited`` (infinity);
- ``integer``, ``flag`` (yes/no), ``months`` (a 12-bit mask), ``words`` (`;`-separated).
"""

from __future__ import annotations

from dataclasses import dataclass

REQUIRED = None
"""Default of a column that a file must have; every cell must be filled."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Column name; a unit stands in its suffix.
    kind : str
        How its cells are read (see the module).
    meaning : str
        What a cell says.
    default : str or None
        Text taken for an empty cell or a missing column; None where a value is required.
    choices : tuple of str
        The words allowed, where the vocabulary is closed.
    minimum, maximum : float
        Range allowed, for numbers.
    """

    name: str
    kind: str
    meaning: str
    default: str | None = REQUIRED
    choices: tuple[str, ...] = ()
    minimum: float = float("-inf")
    maximum: float = float("inf")


@dataclass(frozen=True)
class TableSchema:
    """One table: its name, its key and its columns."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    optional: bool = False

    def column(self, name: str) -> Column:
        """Return the column called `name`; raises KeyError when there is none."""
        return {c.name: c for c in self.columns}[name]
