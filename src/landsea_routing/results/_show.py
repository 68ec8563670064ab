"""The one hook through which results reach up to report, and only when they are shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes

    from landsea_routing.results.skim import Skim

CELL = re.compile(r'<(td|th scope="col")( class="number")?>')


def text_table(columns: Sequence[str], rows: Sequence[Sequence[object]], align: str | None = None) -> str:
    """Lay out rows as a table for a terminal."""
    from landsea_routing.report.tables import text_table as lay_out

    return lay_out(columns, rows, align=align)


def html_table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], caption: str = "", align: str | None = None
) -> str:
    """Lay out rows as an HTML table with every text escaped."""
    from landsea_routing.report.tables import html_table as lay_out

    return in_a_notebook(lay_out(columns, rows, caption=caption, align=align))


def in_a_notebook(table: str) -> str:
    """Say in each cell where its text stands: a page has a style sheet for it, a notebook has its own.

    >>> in_a_notebook('<td>a</td><td class="number">1</td>')
    '<td style="text-align:left">a</td><td style="text-align:right">1</td>'
    """
    table = CELL.sub(lambda m: f'<{m[1]} style="text-align:{"right" if m[2] else "left"}">', table)
    table = table.replace("<caption>", '<caption style="caption-side:top;text-align:left">', 1)
    return table.replace('class="scroll"', 'style="overflow-x:auto"', 1)


def unit_of(weight: str) -> str:
    """Return the unit of a weight or of what is summed along; empty for one of the user's own."""
    from landsea_routing.report.export.units import UNITS

    return UNITS.get(weight, "")


def with_unit(weight: str) -> str:
    """Head a column of a weight: its name, and its unit where one is known.

    >>> with_unit("time"), with_unit("hassle")
    ('time h', 'hassle')
    """
    return f"{weight} {unit_of(weight)}".rstrip()


def skim_dataset(skim: Skim) -> xarray.Dataset:
    """Return a skim as an xarray Dataset."""
    from landsea_routing.report.export.xarray import skim_to_xarray

    return skim_to_xarray(skim)


class Worded:
    """A result that a prompt, a debugger or a message shows as one sentence, not with all its arrays.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> lsr.assign(lsr.load_network("toy_three_ports"))  # doctest: +ELLIPSIS
    <Assignment: Toy network: optimal, 3.7 Mt/yr carried, ...>
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.__repr__ = Worded.__repr__  # type: ignore[method-assign]  # or a dataclass writes one of its own

    def summary(self) -> str:
        """Say in one sentence what there is."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.summary()}>"


class Pictured(Worded):
    """A result that can be drawn: as one offline page, or with matplotlib."""

    def to_html(self, path: str | PathLike[str] | None = None, *, title: str = "") -> str | Path:
        """Draw it as one self-contained HTML page; return the page, or where it was written.

        See `landsea_routing.to_html`.
        """
        from landsea_routing.report.show import to_html

        return to_html(self, path, title=title)  # type: ignore[arg-type]

    def plot(self, kind: str = "map", *, ax: Axes | None = None) -> Axes:
        """Draw it with matplotlib: as a map or, routes alone, as ``time`` or ``cost`` over distance.

        See `landsea_routing.plot`.
        """
        from landsea_routing.report.show import plot

        return plot(self, kind=kind, ax=ax)  # type: ignore[arg-type]


class Shown(Worded):
    """A result that shows itself as one sentence and a table, in a terminal and in a notebook."""

    def _table(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """Columns and rows that are shown."""
        raise NotImplementedError

    def __str__(self) -> str:
        return f"{self.summary()}\n{text_table(*self._table())}"

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption=self.summary())
