"""One table as frozen numpy columns, read from text by one typed reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from landsea_routing._frozen import FrozenDict
from landsea_routing.errors import InvalidValueError, LandseaError, SchemaError, did_you_mean, list_ids
from landsea_routing.model.calendars import format_months, parse_months
from landsea_routing.model.column import Column, TableSchema
from landsea_routing.model.words import split_words

if TYPE_CHECKING:
    import pandas as pd

MISSING = ("", "nan", "NaN")
UNLIMITED = "unlimited"
MAX_INTEGER = 2**53
"""Above this a whole number has no exact float."""
UNWRITABLE = re.compile("[\0\ud800-\udfff]")
"""What no file could give back: some end a text at NUL, and UTF-8 has no lone surrogates."""
YES, NO = ("yes", "true", "1"), ("no", "false", "0")
SHOWN = 60
"""So many letters of a cell a message shows."""


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length that cannot be written to.

    `table["length_km"]` is a read-only array; text columns are numpy strings, months are masks,
    capacities are floats with infinity for `unlimited`.
    """

    schema: TableSchema
    columns: Mapping[str, NDArray[Any]]

    def __reduce__(self) -> tuple[object, ...]:
        # Pickle forgets that arrays are read-only. Texts are sent as such: an array gives each the room of
        # the longest, which is ten times as much to send to a worker.
        texts = {name: c.tolist() if c.dtype.kind == "U" else c for name, c in self.columns.items()}
        kinds = {name: c.dtype.str for name, c in self.columns.items() if c.dtype.kind == "U"}
        return _unpack, (self.schema, texts, kinds)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __repr__(self) -> str:
        return f"Table({self.schema.name!r}: {len(self)} rows, {len(self.columns)} columns)"

    def __getitem__(self, column: str) -> NDArray[Any]:
        try:
            return self.columns[column]
        except KeyError:
            raise SchemaError(
                f"table {self.schema.name} has no column {column!r}",
                table=self.schema.name,
                column=column,
                expected=f"one of {', '.join(self.columns)}",
                cure=did_you_mean(column, self.columns) or "use one of these",
            ) from None

    def with_columns(self, **columns: NDArray[Any]) -> Table:
        """Return a table with some columns replaced and all others shared.

        Raises
        ------
        SchemaError
            The table has no such column.
        InvalidValueError
            A column has not one value for each row.
        """
        for name, values in columns.items():
            if np.shape(values) != self[name].shape:
                raise InvalidValueError(
                    f"{self.schema.name}.{name} is given in shape {np.shape(values)}",
                    table=self.schema.name,
                    column=name,
                    expected=f"{len(self)} values, one for each row",
                )
        return freeze(self.schema, {**self.columns, **columns})

    def with_rows(self, rows: Iterable[Mapping[str, object]]) -> Table:
        """Return a table with rows (mappings of column to value or text) appended."""
        added = parse_rows(self.schema, [{k: as_text(v) for k, v in row.items()} for row in rows])
        joined = {name: np.concatenate([self.columns[name], added.columns[name]]) for name in self.columns}
        return freeze(self.schema, joined)

    def take(self, rows: NDArray[Any]) -> Table:
        """Return the table of the given rows (positions or mask)."""
        return freeze(self.schema, {name: column[rows] for name, column in self.columns.items()})

    def to_rows(self) -> list[dict[str, str]]:
        """Return all rows as text, the inverse of `parse_rows`."""
        texts = {c.name: [_write_cell(c, v) for v in self.columns[c.name]] for c in self.schema.columns}
        return [{name: column[i] for name, column in texts.items()} for i in range(len(self))]

    def to_frame(self) -> pd.DataFrame:
        """Return a pandas DataFrame; months are written out as text."""
        import pandas as pd

        frame = pd.DataFrame({name: np.array(column) for name, column in self.columns.items()})
        for column in self.schema.columns:
            if column.kind == "months":
                frame[column.name] = [format_months(int(m)) for m in self.columns[column.name]]
        return frame

    def _repr_html_(self) -> str:
        return str(self.to_frame().to_html(max_rows=20))


def _unpack(schema: TableSchema, columns: Mapping[str, Any], kinds: Mapping[str, str]) -> Table:
    """Make a table of what a pickle holds."""
    texts = {name: np.array(columns[name], dtype=kind) for name, kind in kinds.items()}
    return freeze(schema, {**columns, **texts})


def freeze(schema: TableSchema, columns: Mapping[str, NDArray[Any]]) -> Table:
    """Make a `Table` of arrays that are set read-only."""
    frozen = {}
    for column in schema.columns:
        array = np.asarray(columns[column.name])
        if _writable(array):
            # A copy, so that nobody who holds the original can write through it.
            array = array.copy()
            array.flags.writeable = False
        frozen[column.name] = array
    return Table(schema, FrozenDict(frozen))


def _writable(array: NDArray[Any]) -> bool:
    """Whether an array, or one that it is a view of, can be written to: a read-only view sees that too."""
    owner: object = array
    while isinstance(owner, np.ndarray):
        if owner.flags.writeable:
            return True
        owner = owner.base
    return False


def empty_table(schema: TableSchema) -> Table:
    """Return a table without rows."""
    return parse_rows(schema, [])


def parse_frame(schema: TableSchema, frame: pd.DataFrame) -> Table:
    """Read a pandas DataFrame through the same typed reader as a file."""
    return parse_rows(schema, frame_rows(frame), header=[str(c) for c in frame.columns])


def frame_rows(frame: pd.DataFrame) -> list[dict[str, str]]:
    """Return the rows of a pandas DataFrame as text; what is missing is empty."""
    known = frame.astype(object).where(frame.notna(), None)
    return [{str(k): as_text(v) for k, v in record.items()} for record in known.to_dict(orient="records")]


def parse_rows(
    schema: TableSchema,
    rows: Sequence[Mapping[str, str]],
    *,
    header: Sequence[str] | None = None,
) -> Table:
    """Read rows of text into typed, frozen columns.

    Parameters
    ----------
    schema : TableSchema
        What the table must look like.
    rows : sequence of mapping
        Column name to cell text.
    header : sequence of str, optional
        Column names of the file; taken from the rows when not given.

    Returns
    -------
    Table

    Raises
    ------
    SchemaError
        A required column is missing or a column is not known.
    InvalidValueError
        Cells that cannot be read; names table, column, rows and cure.

    Examples
    --------
    >>> from landsea_routing.model.schema import DEMAND
    >>> row = dict(origin="a", destination="b", commodity="coal", amount_per_year="5", unit="t")
    >>> parse_rows(DEMAND, [row])["amount_per_year"]
    array([5.])
    """
    if header is None:
        header = list(dict.fromkeys(name for row in rows for name in row))
    _check_header(schema, header, bool(rows))
    labels = [row_label(schema, row, i) for i, row in enumerate(rows)]
    columns: dict[str, NDArray[Any]] = {}
    faults: list[InvalidValueError] = []
    for column in schema.columns:
        try:
            columns[column.name] = _read_column(schema, column, rows, labels)
        except InvalidValueError as fault:
            faults.append(fault)
    if faults:
        raise _all_faults(schema, faults)
    return freeze(schema, columns)


def _all_faults(schema: TableSchema, faults: list[InvalidValueError]) -> InvalidValueError:
    """Return one error that names the faults of every column."""
    first = faults[0]
    if len(faults) == 1:
        return first
    return InvalidValueError(
        f"{len(faults)} columns of {schema.name} cannot be read:\n"
        + "\n".join(f"  {fault}" for fault in faults),
        table=schema.name,
        column=first.column,
        ids=[i for fault in faults for i in fault.ids],
        expected="every cell as its column wants it",
        cure="correct the cells named above",
    )


def row_label(schema: TableSchema, row: Mapping[str, str], position: int) -> str:
    """Return what a message calls a row: its key, or its number where the key is empty."""
    label = "/".join((row.get(k) or "") for k in schema.key).strip("/")
    return label or f"row {position + 1}"


def _check_header(schema: TableSchema, header: Sequence[str], has_rows: bool) -> None:
    known = [c.name for c in schema.columns]
    unknown = [h for h in header if h not in known]
    if unknown:
        raise SchemaError(
            f"table {schema.name} has unknown columns {list_ids(unknown)}",
            table=schema.name,
            column=unknown[0],
            ids=unknown,
            expected=f"columns among {', '.join(known)}",
            cure=did_you_mean(unknown[0], known) or "rename or remove them",
        )
    doubled = sorted({h for h in header if list(header).count(h) > 1})
    missing = [c.name for c in schema.columns if c.default is None and c.name not in header]
    if doubled or (missing and (header or has_rows)):
        wrong = f"repeats columns {list_ids(doubled)}" if doubled else f"lacks columns {list_ids(missing)}"
        raise SchemaError(
            f"table {schema.name} {wrong}",
            table=schema.name,
            column=(doubled or missing)[0],
            ids=doubled or missing,
            expected="every required column once",
            cure="correct the header; nothing is taken as a default where a value is required",
        )


def _read_column(
    schema: TableSchema, column: Column, rows: Sequence[Mapping[str, str]], labels: Sequence[str]
) -> NDArray[Any]:
    values: list[Any] = []
    faults: dict[str, list[str]] = {}
    for row, label in zip(rows, labels, strict=True):
        try:
            values.append(_read_cell(column, row.get(column.name)))
        except LandseaError as error:
            cell = row.get(column.name)
            said = repr(cell if cell is None else cell[:SHOWN])
            faults.setdefault(error.expected, []).append(f"{label[:SHOWN]} ({said})")
            values.append(None)
    if faults:
        expected, where = next(iter(faults.items()))
        count = sum(len(w) for w in faults.values())
        raise InvalidValueError(
            f"{schema.name}.{column.name} cannot be read in {count} of {len(rows)} rows ({list_ids(where)})",
            table=schema.name,
            column=column.name,
            ids=where,
            expected=expected,
            cure=f"fill in {column.meaning[0].lower()}{column.meaning[1:]}",
        )
    return _to_array(column, values)


def _to_array(column: Column, values: list[Any]) -> NDArray[Any]:
    if column.kind in ("number", "capacity"):
        return np.array(values, dtype=np.float64)
    if column.kind in ("integer", "months"):
        return np.array(values, dtype=np.int64)
    if column.kind == "flag":
        return np.array(values, dtype=np.bool_)
    return np.array(values, dtype=np.str_)


def _read_cell(column: Column, cell: str | None) -> Any:
    text = (cell or "").strip()
    if not text.isprintable() and UNWRITABLE.search(text):
        raise InvalidValueError("text", expected="text without NUL and halves of letters")
    if text == "" or (text in MISSING and column.kind in ("number", "integer", "capacity", "flag", "months")):
        if column.default is None:
            raise InvalidValueError("empty", expected="a filled cell")
        text = column.default
    if column.kind in ("number", "capacity"):
        return _read_number(column, text)
    if column.kind == "integer":
        return _read_integer(text)
    if column.kind == "flag":
        return _read_flag(text)
    if column.kind == "months":
        return parse_months(text)
    if column.kind == "words":
        return ";".join(split_words(text))
    if column.choices and text not in column.choices:
        guess = did_you_mean(text, column.choices)
        raise InvalidValueError(
            "word", expected=f"one of {', '.join(column.choices)}{guess and f'; {guess}'}"
        )
    return text


def _read_number(column: Column, text: str) -> float:
    if column.kind == "capacity" and text == UNLIMITED:
        return float("inf")
    word = f" or the word {UNLIMITED}" if column.kind == "capacity" else ""
    hint = "; a point marks decimals and nothing marks thousands" if "," in text or "_" in text else ""
    try:
        value = float(text.replace("_", ","))
    except ValueError:
        raise InvalidValueError("number", expected=f"a number{word}{hint}") from None
    if np.isnan(value) and column.default == "nan":
        return value
    if not np.isfinite(value):
        raise InvalidValueError("number", expected=f"a finite number{word}")
    if not column.minimum <= value <= column.maximum:
        raise InvalidValueError("range", expected=_range_text(column))
    return value


def _range_text(column: Column) -> str:
    if column.maximum == float("inf"):
        return f">= {column.minimum:g}"
    swapped = "; are lat and lon swapped?" if column.name in ("lat", "lon") else ""
    return f"between {column.minimum:g} and {column.maximum:g}{swapped}"


def _read_integer(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        raise InvalidValueError("integer", expected="a whole number") from None
    if abs(value) > MAX_INTEGER or "_" in text:
        raise InvalidValueError("integer", expected=f"a whole number up to {MAX_INTEGER:,}")
    return value


def _read_flag(text: str) -> bool:
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise InvalidValueError("flag", expected="yes or no")


def as_text(value: object) -> str:
    """Return a value of Python or numpy as a cell that reads back to the last bit.

    >>> as_text(1.0), as_text(0.1), as_text(True), as_text(float("nan")), as_text(["coal", "grain"])
    ('1', '0.1', 'yes', '', 'coal;grain')
    """
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ";".join(map(str, value))
    if isinstance(value, (float, np.floating)):
        return UNLIMITED if value == float("inf") else repr(float(value)) if value % 1 else str(int(value))
    return str(value)


def _write_cell(column: Column, value: Any) -> str:
    if column.kind == "months":
        return format_months(int(value))
    if column.kind == "number" and np.isnan(value):
        return ""
    return as_text(value)
