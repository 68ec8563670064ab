"""Text cells of a CSV file, read line by line so that nonsense is refused before it fills the memory."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from landsea_routing.errors import SchemaError, did_you_mean, list_ids

MAX_LINE = 2**20
MAX_FILE_BYTES = 256 * 2**20
"""No table of places and links is larger; what is, is refused before it is opened."""

SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
"""What else programs put between cells."""

Rows = list[dict[str, str]]


def check_size(path: Path) -> None:
    """Refuse a file that is larger than any network.

    Raises
    ------
    SchemaError
        The file is not there, or too large.
    """
    if not path.is_file():
        raise SchemaError(f"{path} is not a file", ids=(str(path),), expected="a file", cure="check the path")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise SchemaError(
            f"{path.name} is larger than 256 MiB",
            table=path.stem,
            expected="a table of places and links",
            cure="split it",
        )


def read_cells(
    path: Path, check_header: Callable[[list[str]], object] | None = None
) -> tuple[list[str], Rows]:
    """Read the header and the rows of a UTF-8 CSV file.

    Parameters
    ----------
    path : Path
        The file.
    check_header : callable, optional
        Is given the header before any row is read, and may raise.

    Returns
    -------
    header : list of str
    rows : list of dict
        Text of each cell by column; lines without any text are passed over.

    Raises
    ------
    SchemaError
        The file is too large, not UTF-8, not CSV, without a header, or has lines that do not match it; the
        message names the line.

    Notes
    -----
    O(bytes); a file of which already the first lines are nonsense is not read further.
    """
    check_size(path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        try:
            return _read(stream, path.name, check_header)
        except UnicodeDecodeError:
            raise not_utf8(path) from None


def parse_cells(text: str, name: str) -> Rows:
    """Return the rows of the text of a CSV file, which messages call by `name`; see `read_cells`."""
    return _read(io.StringIO(text, newline=""), name, None)[1]


def _read(
    stream: TextIO, name: str, check_header: Callable[[list[str]], object] | None
) -> tuple[list[str], Rows]:
    table = name.removesuffix(".csv")
    reader = csv.reader(text_lines(stream, name), strict=True)
    try:
        first = next((line for line in reader if _filled(line)), [])
        header = _header(first, name)
        if check_header is not None:
            check_header(header)
        _need_once(header, name)
        rows, ragged = _rows(reader, header, len(first))
    except csv.Error as error:
        raise SchemaError(
            f"{name} line {reader.line_num}: {error}",
            table=table,
            ids=(reader.line_num,),
            expected="comma-separated cells",
            cure="mend it",
        ) from None
    if ragged:
        raise SchemaError(
            f"{name} has {len(ragged)} lines that do not match the header (first: line {ragged[0]})",
            table=table,
            ids=ragged,
            expected=f"{len(header)} cells on every line, each under a name",
            cure="quote cells that hold commas",
        )
    return header, rows


def cells_text(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Return rows as the text of a CSV file; the inverse of `read_cells`.

    Examples
    --------
    >>> print(cells_text(["id", "note"], [{"id": "a", "note": "one, two"}]), end="")
    id,note
    a,"one, two"
    """
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    # Before Python 3.13 the writer does not quote a lone carriage return, at which the reader ends a line.
    quoting = csv.DictWriter(buffer, columns, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    for row in rows:
        (quoting if any("\r" in cell for cell in row.values()) else writer).writerow(row)
    return buffer.getvalue()


def read_text(path: Path) -> str:
    """Read a small UTF-8 file to the letter; raises SchemaError that names the line that is not."""
    check_size(path)
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise not_utf8(path) from None


def need_columns(table: str, header: Sequence[str], required: Sequence[str]) -> None:
    """Refuse a header that lacks columns, and name what they may have been called.

    Raises
    ------
    SchemaError

    Examples
    --------
    >>> need_columns("node", ["node_id", "x_cord"], ["node_id", "x_coord"])
    Traceback (most recent call last):
        ...
    landsea_routing.errors.SchemaError: node has no column x_coord. Expected node_id, x_coord. Cure: ...
    """
    missing = [name for name in required if name not in header]
    if missing:
        raise SchemaError(
            f"{table} has no column {list_ids(missing)}",
            table=table,
            column=missing[0],
            ids=missing,
            expected=", ".join(required),
            cure=did_you_mean(missing[0], [name for name in header if name not in required]) or "add it",
        )


def not_utf8(path: Path) -> SchemaError:
    """Return the error that names the first line of a file that is not UTF-8."""
    with path.open("rb") as stream:
        number = next((n for n, line in enumerate(stream, start=1) if not _is_utf8(line)), 1)
    return SchemaError(
        f"{path.name} is not UTF-8 (line {number})",
        table=path.stem,
        ids=(number,),
        expected="a UTF-8 text file",
        cure="save it as UTF-8",
    )


def text_lines(stream: TextIO, name: str) -> Iterator[str]:
    """Return the lines one by one; refuses those that no text has before they fill the memory.

    A last line without an end is named in the log: it may be cut off where nothing else tells.
    """
    line = "\n"
    for number, line in enumerate(iter(partial(stream.readline, MAX_LINE), ""), start=1):
        wrong = "holds NUL bytes" if "\0" in line else "has no end" if len(line) == MAX_LINE else ""
        if wrong:
            raise SchemaError(
                f"{name} line {number} {wrong}",
                table=name.removesuffix(".csv"),
                ids=(number,),
                expected=f"text in lines of up to {MAX_LINE:,} letters",
                cure="is it of another kind, or damaged? export it again",
            )
        yield line
    if not line.endswith(("\n", "\r", ";")):
        logging.getLogger("landsea_routing").warning("%s: the last line has no end; is it whole?", name)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _filled(line: list[str]) -> bool:
    return any(cell.strip() for cell in line)


def _header(cells: list[str], name: str) -> list[str]:
    """Return the names of the columns, without those that spreadsheets leave empty at the end."""
    header = [cell.strip() for cell in cells]
    while header and not header[-1]:
        header.pop()
    table = name.removesuffix(".csv")
    if not header:
        raise SchemaError(
            f"{name} is empty", table=table, expected="a header line", cure="add one or remove the file"
        )
    other = next((word for mark, word in SEPARATORS.items() if mark in header[0]), "")
    if len(header) == 1 and other:
        raise SchemaError(
            f"{name} is separated by {other}",
            table=table,
            expected="cells separated by commas",
            cure="export it with commas, and with a point for decimals",
        )
    return header


def _need_once(header: list[str], name: str) -> None:
    """Refuse columns of one name: one of them would be lost."""
    twice = sorted({column for column in header if column and header.count(column) > 1})
    if twice:
        raise SchemaError(
            f"{name} has the column {list_ids(twice)} twice",
            table=name.removesuffix(".csv"),
            column=twice[0],
            ids=twice,
            expected="each column once",
            cure="take one out",
        )


def _rows(reader: Any, header: list[str], width: int) -> tuple[Rows, list[int]]:
    """Return the rows, and the numbers of the lines that do not match the header."""
    rows: Rows = []
    ragged: list[int] = []
    for line in filter(_filled, reader):
        if len(line) == width and not _filled(line[len(header) :]):
            rows.append(dict(zip(header, line, strict=False)))
        else:
            ragged.append(reader.line_num)
    return rows, ragged
