"""The native format: a folder with `network.toml` and one CSV file for each table."""

from __future__ import annotations

import csv
import difflib
import io
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from landsea_routing.errors import InvalidValueError, NetworkError, SchemaError
from landsea_routing.io.atomic import write_text
from landsea_routing.model.checks import check, raise_on_errors
from landsea_routing.model.network import Network, Settings, make_network
from landsea_routing.model.schema import SCHEMAS, TableSchema
from landsea_routing.model.table import Table, parse_rows

SETTINGS_FILE = "network.toml"
MAX_FILE_BYTES = 256 * 2**20


def read_network(path: str | Path, *, strict: bool = True) -> Network:
    """Read a network from a folder.

    Parameters
    ----------
    path : str or Path
        Folder with `network.toml` and the tables as `<table>.csv`.
    strict : bool
        Whether errors of the tables raise (the default) or may be looked at with `check`.

    Returns
    -------
    Network

    Raises
    ------
    SchemaError
        A file or column is missing, or a file cannot be read as UTF-8 CSV.
    InvalidValueError
        A cell cannot be read as its column wants it.
    NetworkError
        The tables contradict each other; carries the whole report.

    Examples
    --------
    >>> from landsea_routing import load_network, read_network
    >>> net = load_network("toy_three_ports")
    >>> read_network(net.settings.folder).name
    'toy_three_ports'
    """
    folder = Path(path)
    if not folder.is_dir():
        raise SchemaError(
            f"{folder} is not a folder",
            expected=f"a folder with {SETTINGS_FILE} and one .csv file per table",
            cure="check the path, or use load_network for a packaged network",
        )
    settings = _read_settings(folder)
    tables, faults = _read_tables(folder)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise NetworkError(
            f"{len(faults)} tables of {folder.name} cannot be read:\n" + "\n".join(f"  {f}" for f in faults),
            table=faults[0].table,
            column=faults[0].column,
            ids=[i for f in faults for i in f.ids],
            cure="correct the cells named above",
        )
    network = make_network(settings, tables)
    if strict:
        raise_on_errors(check(network))
    return network


def write_network(network: Network, path: str | Path) -> None:
    """Write a network as a folder of CSV files, each replaced in one step.

    Reading the folder again gives equal tables.
    """
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / SETTINGS_FILE, _settings_text(network.settings))
    for name, table in network.tables.items():
        file = folder / f"{name}.csv"
        # An empty table still replaces an older file of that name.
        if len(table) or file.exists():
            write_text(file, _table_text(table))


def read_table(schema: TableSchema, path: Path) -> Table:
    """Read one CSV file through the typed reader."""
    header, rows = _read_cells(path)
    return parse_rows(schema, rows, header=header)


def _read_tables(folder: Path) -> tuple[dict[str, Table], list[SchemaError | InvalidValueError]]:
    tables: dict[str, Table] = {}
    faults: list[SchemaError | InvalidValueError] = list(_misspelt(folder))
    for name, schema in SCHEMAS.items():
        path = folder / f"{name}.csv"
        if not path.exists():
            continue
        try:
            tables[name] = read_table(schema, path)
        except (SchemaError, InvalidValueError) as error:
            faults.append(error)
    return tables, faults


def _misspelt(folder: Path) -> Iterator[SchemaError]:
    """Files that are almost called like a table would be passed over without a word."""
    for path in sorted(folder.glob("*.csv")):
        near = difflib.get_close_matches(path.stem, SCHEMAS, n=1, cutoff=0.85)
        if near and path.stem not in SCHEMAS:
            yield SchemaError(
                f"{path.name} is not a table",
                table=path.stem,
                ids=(path.name,),
                expected=f"one of {', '.join(SCHEMAS)}",
                cure=f"call it {near[0]}.csv, or something less like it",
            )


def _read_settings(folder: Path) -> Settings:
    path = folder / SETTINGS_FILE
    if not path.exists():
        raise SchemaError(
            f"{folder} has no {SETTINGS_FILE}",
            expected="a network.toml with at least name and base_year",
            cure="write one; see docs/tables.md",
        )
    try:
        facts: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SchemaError(
            f"{path} cannot be read as TOML: {error}", expected="UTF-8 TOML", cure="correct the line named"
        ) from None
    missing = [key for key in ("name", "base_year") if key not in facts]
    if missing:
        raise SchemaError(
            f"{path} lacks {', '.join(missing)}",
            column=missing[0],
            expected="name and base_year",
            cure="add them at the top of the file",
        )
    return Settings(
        name=str(facts["name"]),
        title=str(facts.get("title", facts["name"])),
        base_year=_base_year(facts, path),
        unserved_price_usd_per_t=_positive(facts, "unserved_price_usd_per_t", path),
        default_commodity=str(facts.get("default_commodity", "")),
        facts=facts,
        folder=folder,
    )


def _base_year(facts: Mapping[str, Any], path: Path) -> int:
    value = facts["base_year"]
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidValueError(
            f"{path.name}: base_year is {value!r}",
            column="base_year",
            expected="a whole number",
            cure="correct it",
        )
    return value


def _positive(facts: Mapping[str, Any], key: str, path: Path) -> float:
    value = facts.get(key, float("inf"))
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise InvalidValueError(
            f"{path.name}: {key} is {value!r}", column=key, expected="a number > 0", cure="correct it"
        )
    return float(value)


def _read_cells(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    table = path.stem
    if path.stat().st_size > MAX_FILE_BYTES:
        raise SchemaError(
            f"{path.name} is larger than 256 MiB",
            table=table,
            expected="a table of places and links",
            cure="split it",
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SchemaError(
            f"{path.name} is not UTF-8 (byte {error.start})",
            table=table,
            expected="a UTF-8 CSV file",
            cure="save it as UTF-8",
        ) from None
    if "\0" in text:
        raise SchemaError(
            f"{path.name} holds NUL bytes", table=table, expected="text", cure="export it again as CSV"
        )
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise SchemaError(
            f"{path.name} line {reader.line_num}: {error}",
            table=table,
            expected="comma-separated cells",
            cure="mend it",
        ) from None
    if not lines:
        raise SchemaError(
            f"{path.name} is empty", table=table, expected="a header line", cure="add one or remove the file"
        )
    header = [cell.strip() for cell in lines[0]]
    ragged = [i for i, line in enumerate(lines[1:], start=2) if len(line) != len(header)]
    if ragged:
        raise SchemaError(
            f"{path.name} has {len(ragged)} lines that do not match the header (first: record {ragged[0]})",
            table=table,
            ids=ragged,
            expected=f"{len(header)} cells on every line",
            cure="quote cells that hold commas",
        )
    return header, [dict(zip(header, line, strict=True)) for line in lines[1:]]


def _table_text(table: Table) -> str:
    names = [c.name for c in table.schema.columns]
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(table.to_rows())
    return buffer.getvalue()


def _settings_text(settings: Settings) -> str:
    known = {
        "name": settings.name,
        "title": settings.title,
        "base_year": settings.base_year,
        "unserved_price_usd_per_t": settings.unserved_price_usd_per_t,
        "default_commodity": settings.default_commodity,
    }
    known = {key: value for key, value in known.items() if value not in ("", float("inf"))}
    facts = {**settings.facts, **known}
    tables = {key: value for key, value in facts.items() if isinstance(value, Mapping)}
    lines = [f"{_toml_key(key)} = {_toml(value)}" for key, value in facts.items() if key not in tables]
    for key, table in tables.items():
        lines += ["", f"[{_toml_key(key)}]", *(f"{_toml_key(k)} = {_toml(v)}" for k, v in table.items())]
    return "\n".join(lines) + "\n"


def _toml_key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else _toml(key)


def _toml(value: Any) -> str:
    """Write one value as TOML; nested tables inline."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml_key(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)  # what JSON writes here is TOML too
    return repr(value) if isinstance(value, (int, float)) else str(value)
