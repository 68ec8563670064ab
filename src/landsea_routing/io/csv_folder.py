"""The native format: a folder with `network.toml` and one CSV file for each table."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path

from landsea_routing.errors import SchemaError
from landsea_routing.io.assemble import finish, misspelt, read_all
from landsea_routing.io.atomic import fresh_folder, put_text
from landsea_routing.io.cells import cells_text, read_cells
from landsea_routing.io.courses import courses_file, courses_text, read_courses
from landsea_routing.io.settings import SETTINGS_FILE, read_settings, settings_text
from landsea_routing.model.column import TableSchema
from landsea_routing.model.network import Network
from landsea_routing.model.schema import SCHEMAS
from landsea_routing.model.table import Table, parse_rows


def read_csv_folder(path: str | Path, *, strict: bool = True) -> Network:
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
    >>> from landsea_routing import load_network
    >>> net = load_network("toy_three_ports")
    >>> read_csv_folder(net.settings.folder).name
    'toy_three_ports'
    """
    folder = Path(path)
    if not folder.is_dir():
        raise SchemaError(
            f"{folder} is not a folder",
            expected=f"a folder with {SETTINGS_FILE} and one .csv file per table",
            cure="check the path, or use load_network for a packaged network",
        )
    settings = read_settings(folder)
    tables = read_tables(folder)
    courses = read_courses(folder, settings, tables["links"]) if "links" in tables else {}
    return finish(settings, tables, courses, strict=strict)


def write_csv_folder(network: Network, path: str | Path) -> None:
    """Write a network as a folder of CSV files; reading the folder again gives equal tables.

    The files take the place of those of the same name once all are written; others in the folder stay.

    Raises
    ------
    LandseaError
        The folder cannot be written to; what was there before is unchanged.
    """
    folder = Path(path)
    with fresh_folder(folder) as part:
        write_tables(network, part, folder)


def write_tables(network: Network, part: Path, folder: Path, without: Collection[str] = ()) -> None:
    """Write settings, courses and tables into `part`, which takes the place of `folder`.

    An empty table is only written where every network needs it, or to replace an older file in `folder`.
    """
    put_text(part / SETTINGS_FILE, settings_text(network.settings))
    for name, table in network.tables.items():
        file = f"{name}.csv"
        if name not in without and (len(table) or not table.schema.optional or (folder / file).exists()):
            put_text(part / file, cells_text([c.name for c in table.schema.columns], table.to_rows()))
    file = courses_file(network.settings)
    if "links" not in without and (network.courses or (folder / file).exists()):
        # A scenario may have taken a link out whose course is still there.
        links = set(network.links["id"].tolist())
        put_text(part / file, courses_text({k: c for k, c in network.courses.items() if k in links}))


def read_table(schema: TableSchema, path: Path) -> Table:
    """Read one CSV file through the typed reader."""
    header, rows = read_cells(path, lambda names: parse_rows(schema, [], header=names))
    return parse_rows(schema, rows, header=header)


def read_tables(folder: Path, without: Collection[str] = ()) -> dict[str, Table]:
    """Read every table of a folder but those of another form.

    Raises
    ------
    SchemaError, InvalidValueError, NetworkError
        As `landsea_routing.io.assemble.read_all`.
    """
    files = {name: folder / f"{name}.csv" for name in SCHEMAS if name not in without}
    readers = {
        name: partial(read_table, SCHEMAS[name], file) for name, file in files.items() if file.exists()
    }
    names = sorted(path.stem for path in folder.glob("*.csv"))
    return read_all(folder.name, readers, misspelt(names, ".csv", without))
