"""Networks as GeoParquet: a folder with `network.toml` and a file for each table, small and quick to read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from landsea_routing._extras import need
from landsea_routing.errors import SchemaError
from landsea_routing.io.assemble import misspelt
from landsea_routing.io.atomic import fresh_folder, put_text
from landsea_routing.io.frames import EXTRA, from_frames, to_frames
from landsea_routing.io.settings import SETTINGS_FILE, read_settings, settings_text
from landsea_routing.model.network import Network
from landsea_routing.model.schema import SCHEMAS

SUFFIX = ".parquet"
MAX_ROWS = 10_000_000
"""No table of places and links has more; a small file may promise any number."""


def write_geoparquet(network: Network, path: str | Path) -> None:
    """Write a network as a folder of Parquet files; `read_geoparquet` gives it back whole.

    `nodes.parquet` (points) and `links.parquet` (lines, cut at the antimeridian) are GeoParquet in EPSG:4326;
    the other tables are plain Parquet. Files of the same name are replaced once all are written.

    Raises
    ------
    MissingExtraError
        geopandas or pyarrow is not installed.
    LandseaError
        The folder cannot be written to; what was there before is unchanged.
    """
    need("pyarrow", extra=EXTRA)
    folder = Path(path)
    frames = to_frames(network)
    # An empty table replaces an older file of its name.
    old = [n for n in SCHEMAS if n not in frames and (folder / f"{n}{SUFFIX}").exists()]
    frames |= {name: network.tables[name].to_frame() for name in old}
    with fresh_folder(folder) as part:
        put_text(part / SETTINGS_FILE, settings_text(network.settings))
        for name, frame in frames.items():
            frame.to_parquet(part / f"{name}{SUFFIX}", index=False)


def read_geoparquet(path: str | Path, *, strict: bool = True) -> Network:
    """Read a network from a folder of Parquet files.

    Parameters
    ----------
    path : str or Path
        Folder with `nodes.parquet` and `links.parquet`; with `network.toml` and the other tables where it was
        written here.
    strict : bool
        Whether errors of the tables raise.

    Returns
    -------
    Network
        Without `network.toml`, `settings.facts["assumed"]` says what was assumed and left out. Nodes need
        `id`, links `id`, `from_node` and `to_node`; other columns are those of `docs/tables.md`.

    Raises
    ------
    MissingExtraError
        geopandas or pyarrow is not installed.
    SchemaError
        A file is no Parquet, or damaged, or lacks a column or a reference system.
    InvalidValueError
        A value cannot be read.
    NetworkError
        The tables contradict each other.
    """
    folder = Path(path)
    files = {p.stem: p for p in sorted(folder.glob(f"*{SUFFIX}")) if p.stem in SCHEMAS}
    if not files:
        raise SchemaError(
            f"{folder} has no Parquet file of a table",
            expected="a folder with nodes.parquet and links.parquet",
            cure="check the path",
        )
    frames = {name: _read(file) for name, file in files.items()}
    settings = read_settings(folder) if (folder / SETTINGS_FILE).exists() else None
    faults = misspelt(sorted(file.stem for file in folder.glob(f"*{SUFFIX}")), SUFFIX)
    return from_frames(frames, settings, name=folder.name, folder=folder, faults=faults, strict=strict)


def _read(file: Path) -> Any:
    """Read one file, as GeoParquet where it is."""
    parquet, pandas = need("pyarrow.parquet", extra=EXTRA), need("pandas", extra=EXTRA)
    geopandas = need("geopandas", extra=EXTRA)
    try:
        about = parquet.read_metadata(file)
        if about.num_rows > MAX_ROWS:
            raise ValueError(f"it promises {about.num_rows:,} rows, more than {MAX_ROWS:,}")
        metadata = about.metadata or {}
        frame = (geopandas if b"geo" in metadata else pandas).read_parquet(file)
        # Somebody's ids may be the index; a column of that name stays what it was.
        named = [name for name in frame.index.names if name is not None and name not in frame.columns]
        return frame.reset_index(named) if named else frame
    except (OSError, ValueError, UnicodeDecodeError) as error:
        # What pyarrow raises is a ValueError or an OSError.
        raise SchemaError(
            f"{file.name} cannot be read ({' '.join(str(error).split())[:200]})",
            table=file.stem,
            expected="a whole Parquet file",
            cure="copy or export it again",
        ) from None
