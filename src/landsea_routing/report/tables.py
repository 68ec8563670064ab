"""Numbers and tables as people read them, in a terminal and on a page.

All number formatting of the reports is here: thousands separators, a sensible number of decimals, an en
dash for what is missing and a word for what is infinite.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, TypeAlias, TypeGuard

import numpy as np

from landsea_routing._typing import FloatArray, TextArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.report._html import Markup, clean_text, escape_text, join_markup

MISSING = "–"
_GAP = "  "
_SCALES = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""))


@dataclass(frozen=True, slots=True)
class Column:
    """How one column is headed and its numbers are shown.

    Parameters
    ----------
    heading : str
        Plain text.
    unit : str
        Shown in the heading, never in the cells.
    decimals : int, optional
        Digits behind the point; chosen from the numbers where not given.
    infinite : str
        What an infinite value means here: ``unlimited`` for a capacity, ``unreachable`` for a cost.
    """

    heading: str
    unit: str = ""
    decimals: int | None = None
    infinite: str = "unlimited"


ColumnLike: TypeAlias = str | Column


def choose_decimals(values: Sequence[object]) -> int:
    """Decimals that show about three digits of the largest number; none where all are whole.

    >>> choose_decimals([1200.5, 3]), choose_decimals([0.1234, 0.5]), choose_decimals([4, 9.0])
    (0, 3, 0)
    """
    finite = [abs(float(v)) for v in values if _is_number(v) and math.isfinite(float(v))]
    if not finite or all(v == int(v) for v in finite):
        return 0
    largest = max(finite)
    return next((places for limit, places in ((100.0, 0), (10.0, 1), (1.0, 2)) if largest >= limit), 3)


def format_number(
    value: object, unit: str = "", *, decimals: int | None = None, infinite: str = "unlimited"
) -> str:
    """Write one number for people.

    Parameters
    ----------
    value : number or None
        None and NaN are missing.
    unit : str
        Set behind the number with a space.
    decimals : int, optional
        Chosen by `choose_decimals` where not given.
    infinite : str
        The word for infinity; minus infinity is that word after a minus sign.

    >>> format_number(1234567.8, "t/yr"), format_number(None, "t"), format_number(0.25, "USD/t")
    ('1,234,568 t/yr', '–', '0.250 USD/t')
    >>> format_number(float("inf"), "USD/t", infinite="unreachable")
    'unreachable'
    """
    if value is None or not _is_number(value):
        return MISSING if value is None else clean_text(value)
    number = float(value)
    if math.isnan(number):
        return MISSING
    if math.isinf(number):
        return infinite if number > 0 else f"-{infinite}"
    places = choose_decimals([number]) if decimals is None else decimals
    text = f"{number:,.{places}f}"
    if float(text.replace(",", "")) == 0:
        text = text.removeprefix("-")
    return f"{text} {unit}".rstrip()


def format_scaled(value: float, unit: str) -> str:
    """Write an amount with k, M or G in front of its unit, to three digits.

    >>> format_scaled(12_340_000, "t/yr"), format_scaled(-950, "TEU/yr"), format_scaled(2000, "t")
    ('12.3 Mt/yr', '-950 TEU/yr', '2 kt')
    """
    if not math.isfinite(value):
        return format_number(value, unit)
    # Compare what will be shown: 999,999 rounds to 1 M, not to 1,000 k.
    rounded = float(f"{value:.3g}")
    factor, prefix = next(((f, p) for f, p in _SCALES if abs(rounded) >= f), _SCALES[-1])
    shown = rounded / factor
    return f"{shown:.12g} {prefix}{unit}"


def format_amounts(values: FloatArray, unit: str) -> TextArray:
    """Write many amounts as `format_scaled` does, all at once.

    >>> format_amounts(np.array([12_340_000.0, 0.0, 999_999.0]), "t/yr").tolist()
    ['12.3 Mt/yr', '0 t/yr', '1 Mt/yr']
    """
    rounded = np.strings.mod("%.3g", values).astype(np.float64)
    factors = np.array([factor for factor, _ in _SCALES])
    scale = np.minimum((np.abs(rounded)[:, None] < factors).sum(axis=1), len(factors) - 1)
    units = np.array([f" {prefix}{unit}" for _, prefix in _SCALES])
    return np.asarray(np.strings.add(np.strings.mod("%.12g", rounded / factors[scale]), units[scale]))


def display_width(text: str) -> int:
    """Cells a text takes in a terminal: wide East Asian characters take two, combining marks none.

    >>> display_width("ab"), display_width("中a")
    (2, 3)
    """
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def text_table(
    columns: Sequence[ColumnLike],
    rows: Sequence[Sequence[Any]],
    *,
    align: str | None = None,
) -> str:
    """Lay out rows for a terminal: units under the headings, numbers to the right.

    Parameters
    ----------
    columns : sequence of str or Column
    rows : sequence of sequences
        Cells: numbers, None, or anything with a ``str``.
    align : str, optional
        One letter per column, ``l`` or ``r``; where not given, columns of numbers go right.

    >>> print(text_table(["leg", Column("length", "km"), Column("cost", "USD/t")],
    ...                  [["rail", 1234, 18.5], ["sea", 945.4, None]]))
    leg   length   cost
              km  USD/t
    ────  ──────  ─────
    rail   1,234   18.5
    sea      945      –
    """
    specs = _as_columns(columns)
    sides = _check_shape(specs, rows, align)
    head = [[c.heading for c in specs]]
    if any(c.unit for c in specs):
        head.append([c.unit for c in specs])
    body = _format_cells(specs, rows)
    cells = [[" ".join(clean_text(cell).split()) for cell in row] for row in head + body]
    widths = [max(display_width(row[j]) for row in cells) for j in range(len(specs))]
    lines = [_GAP.join(map(_pad, row, widths, sides)).rstrip() for row in cells]
    lines.insert(len(head), _GAP.join("─" * width for width in widths))
    return "\n".join(lines)


def html_table(
    columns: Sequence[ColumnLike],
    rows: Sequence[Sequence[Any]],
    *,
    caption: str = "",
    label: str = "Table",
    align: str | None = None,
) -> Markup:
    """Lay out the same rows for a page, in a box that scrolls sideways when the screen is narrow.

    ``caption`` stands over the table; where there is none, ``label`` is read out for the box.

    >>> "<td>a &lt; b</td>" in html_table(["rule"], [["a < b"]])
    True
    """
    specs = _as_columns(columns)
    sides = _check_shape(specs, rows, align)
    marks = [' class="number"' if side == "r" else "" for side in sides]
    heads = [f'<th scope="col"{m}>{_heading_markup(c)}</th>' for c, m in zip(specs, marks, strict=True)]
    lines = [
        "".join(f"<td{m}>{_cell_markup(text, m)}</td>" for text, m in zip(row, marks, strict=True))
        for row in _format_cells(specs, rows)
    ]

    name = escape_text(caption or label)
    return join_markup(
        [
            f'<div class="scroll" role="region" tabindex="0" aria-label="{name}"><table>',
            f"<caption>{escape_text(caption)}</caption>" if caption else "",
            f"<thead><tr>{''.join(heads)}</tr></thead>",
            "<tbody>",
            *(f"<tr>{line}</tr>" for line in lines),
            "</tbody></table></div>",
        ]
    )


def _heading_markup(column: Column) -> str:
    unit = f' <span class="unit">{escape_text(column.unit)}</span>' if column.unit else ""
    return f"{escape_text(column.heading)}{unit}"


def _cell_markup(text: str, mark: str) -> str:
    # A page has a true minus sign, as wide as the digits; terminals may lack it.
    shown = text.replace("-", "\u2212", 1) if mark and text.startswith("-") else text
    return escape_text(shown)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, Real) and not isinstance(value, bool)


def _as_columns(columns: Sequence[ColumnLike]) -> list[Column]:
    return [c if isinstance(c, Column) else Column(c) for c in columns]


def _check_shape(specs: Sequence[Column], rows: Sequence[Sequence[Any]], align: str | None) -> str:
    """Check that every row fits the columns; return one alignment letter per column."""
    bad = [i for i, row in enumerate(rows) if len(row) != len(specs)]
    if bad:
        raise InvalidValueError(
            f"{len(bad)} of {len(rows)} rows do not fit the {len(specs)} columns",
            ids=bad,
            expected=f"{len(specs)} cells; row {bad[0]} has {len(rows[bad[0]])}",
        )
    if align is None:
        return "".join("r" if _is_numeric([row[j] for row in rows]) else "l" for j in range(len(specs)))
    if len(align) != len(specs) or set(align) - set("lr"):
        raise InvalidValueError(f"align is {align!r}", expected=f"{len(specs)} letters, each l or r")
    return align


def _is_numeric(cells: Sequence[object]) -> bool:
    """Whether a column holds numbers, with gaps allowed; a column of gaps alone is text."""
    return any(_is_number(c) for c in cells) and all(c is None or _is_number(c) for c in cells)


def _format_cells(specs: Sequence[Column], rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    """Write all cells, with one number of decimals down each column."""
    places = [
        choose_decimals([row[j] for row in rows]) if c.decimals is None else c.decimals
        for j, c in enumerate(specs)
    ]
    return [
        [
            format_number(cell, decimals=place, infinite=c.infinite)
            for cell, place, c in zip(row, places, specs, strict=True)
        ]
        for row in rows
    ]


def _pad(text: str, width: int, side: str) -> str:
    fill = " " * (width - display_width(text))
    return fill + text if side == "r" else text + fill
