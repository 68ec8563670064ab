"""Networks in whatever format: which one a path holds, and reading and writing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from landsea_routing.errors import LandseaError, SchemaError, UnknownNameError, did_you_mean
from landsea_routing.io import geojson
from landsea_routing.io.csv_folder import read_csv_folder, write_csv_folder
from landsea_routing.io.geojson import read_geojson, write_geojson
from landsea_routing.io.geopackage import MAGIC, read_geopackage, write_geopackage
from landsea_routing.io.geoparquet import read_geoparquet, write_geoparquet
from landsea_routing.io.gmns import LINK_FILE, NODE_FILE, read_gmns, write_gmns
from landsea_routing.io.settings import SETTINGS_FILE
from landsea_routing.model.network import Network
from landsea_routing.model.schema import SCHEMAS


@dataclass(frozen=True)
class Format:
    """A format of networks.

    Parameters
    ----------
    read : callable
        `(path, *, strict) -> Network`.
    write : callable
        `(network, path) -> None`.
    suffixes : tuple of str
        How its files end; empty where it is a folder.
    marks : tuple of str
        Files by which a folder of it is known.
    keeps : tuple of str
        The tables that it keeps.
    """

    read: Callable[..., Network]
    write: Callable[[Network, Path], None]
    suffixes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    keeps: tuple[str, ...] = tuple(SCHEMAS)


FORMATS = {
    "csv": Format(read_csv_folder, write_csv_folder, marks=("nodes.csv", "links.csv")),
    "gmns": Format(read_gmns, write_gmns, marks=(NODE_FILE, LINK_FILE)),
    "geojson": Format(read_geojson, write_geojson, (".geojson", ".json"), keeps=geojson.KEPT),
    "gpkg": Format(read_geopackage, write_geopackage, (".gpkg",)),
    "parquet": Format(read_geoparquet, write_geoparquet, marks=("nodes.parquet", "links.parquet")),
}
"""All formats by name."""


def read_network(path: str | Path, *, format: str | None = None, strict: bool = True) -> Network:
    """Read a network in any format that is known.

    Parameters
    ----------
    path : str or Path
        A folder (CSV, GMNS, GeoParquet) or a file (GeoPackage, GeoJSON).
    format : str, optional
        `csv`, `gmns`, `geojson`, `gpkg` or `parquet`; found out when not given.
    strict : bool
        Whether errors of the tables raise (the default) or may be looked at with `check`.

    Returns
    -------
    Network
        Where the source is not a whole network, `settings.facts["assumed"]` says what was assumed.

    Raises
    ------
    SchemaError
        There is no network, or a file or column is missing or cannot be read.
    InvalidValueError
        A cell cannot be read as its column wants it.
    NetworkError
        The tables contradict each other; carries the whole report.
    LandseaError
        It was changed while it was read.
    UnknownNameError
        There is no such format.
    MissingExtraError
        The format needs a library that is not installed.

    Examples
    --------
    >>> from landsea_routing import load_network, read_network
    >>> net = load_network("toy_three_ports")
    >>> read_network(net.settings.folder).name
    'toy_three_ports'
    """
    chosen = format_named(format or detect_format(path))
    with _undisturbed(Path(path)):
        return chosen.read(Path(path), strict=strict)


@contextmanager
def _undisturbed(path: Path) -> Iterator[None]:
    """Refuse what was read while somebody wrote: half of it may be old and half new."""
    before, fault = _stamps(path), None
    try:
        yield
    except LandseaError as error:
        fault = error
    if _stamps(path) != before:
        raise LandseaError(
            f"{path} was changed while it was read",
            code="read",
            ids=(str(path),),
            expected="a network that nobody writes to",
            cure="read it again",
        ) from fault
    if fault is not None:
        raise fault


def _stamps(path: Path) -> list[tuple[str, int, int, int]]:
    """Return what changes when a file, or one in a folder, is written."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    stats = [(file.name, file.stat()) for file in files if file.is_file()]
    return [(name, stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in stats]


def write_network(network: Network, path: str | Path, *, format: str | None = None) -> None:
    """Write a network in any format that is known.

    Parameters
    ----------
    network : Network
    path : str or Path
        Folder or file, as the format is. Files of the same name are replaced once all is written.
    format : str, optional
        `csv`, `gmns`, `geojson`, `gpkg` or `parquet`; by the suffix of the path when not given, and `csv` for
        a folder.

    Raises
    ------
    LandseaError
        It cannot be written; what was there before is unchanged.
    UnknownNameError
        There is no such format.
    MissingExtraError
        The format needs a library that is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from landsea_routing import load_network
    >>> with TemporaryDirectory() as folder:
    ...     write_network(load_network("toy_three_ports"), folder, format="gmns")
    ...     detect_format(folder)
    'gmns'
    """
    path = Path(path)
    chosen = format_named(format or format_of_suffix(path))
    if path.is_dir() if chosen.suffixes else path.is_file():
        raise SchemaError(
            f"{path} is a {'folder' if chosen.suffixes else 'file'}",
            ids=(str(path),),
            expected=f"a file {' or '.join(chosen.suffixes)}" if chosen.suffixes else "a folder",
            cure="name another target or format",
        )
    chosen.write(network, path)


def format_named(name: str) -> Format:
    """Return the format of that name; raises UnknownNameError."""
    if name not in FORMATS:
        raise UnknownNameError(
            f"format {name!r} is not known",
            ids=(name,),
            expected=f"one of {', '.join(FORMATS)}",
            cure=did_you_mean(name, FORMATS) or "use one of these",
        )
    return FORMATS[name]


def format_of_suffix(path: Path) -> str:
    """Return the format that files of such a name have; `csv` for a folder.

    Raises
    ------
    UnknownNameError
        It is the name of a file, and of none that holds a network here.
    """
    suffix = path.suffix.lower()
    known = {s: name for name, chosen in FORMATS.items() for s in chosen.suffixes}
    # A folder of runs may end in `.v2`; one that ends in letters is a file of another kind, or a slip.
    if suffix[1:].isalpha() and suffix not in known and not path.is_dir():
        raise UnknownNameError(
            f"networks are not written as {suffix} files",
            ids=(str(path),),
            expected=f"a folder, or a file {', '.join(known)}",
            cure="name a folder for CSV, GMNS and Parquet, and say format= (--to) for the last two",
        )
    return known.get(suffix, "csv")


def detect_format(path: str | Path) -> str:
    """Return the name of the format that a path holds, by what is in it.

    Raises
    ------
    SchemaError
        There is nothing, no format that is known, or more than one.

    Notes
    -----
    O(1): of a file the first bytes are read, of a folder the names.
    """
    path = Path(path)
    if path.is_dir():
        return _format_of_folder(path)
    start = b""
    if path.is_file():
        with path.open("rb") as stream:
            start = stream.read(len(MAGIC)).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start == MAGIC:
        return "gpkg"
    if start.startswith(b"{"):
        return "geojson"
    is_part = path.name == SETTINGS_FILE or path.suffix in (".csv", ".parquet")
    raise SchemaError(
        f"{path} holds no network that can be read" if path.exists() else f"{path} does not exist",
        ids=(str(path),),
        expected="a folder of CSV, GMNS or Parquet files, a GeoPackage or a GeoJSON",
        cure="give the folder that it is in" if is_part else "check the path",
    )


def _format_of_folder(folder: Path) -> str:
    names = {p.name for p in folder.iterdir()}
    found = [name for name, f in FORMATS.items() if names & set(f.marks)]
    if len(found) > 1:
        raise SchemaError(
            f"{folder} holds networks in more than one format: {', '.join(found)}",
            ids=found,
            expected="one",
            cure="say which as format=, or move the others to folders of their own",
        )
    # A folder with any file of ours is told best by the reader of our own format what it lacks.
    return found[0] if found else "csv"
