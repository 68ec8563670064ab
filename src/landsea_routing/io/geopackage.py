"""Networks as GeoPackage: one file for QGIS and its kin, a layer for each table."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from landsea_routing._extras import need
from landsea_routing.errors import SchemaError, did_you_mean, list_ids
from landsea_routing.io.assemble import misspelt
from landsea_routing.io.atomic import fresh_file
from landsea_routing.io.cells import need_columns
from landsea_routing.io.frames import EXTRA, from_frames, to_frames
from landsea_routing.io.settings import parse_settings, settings_text
from landsea_routing.model.network import Network, Settings
from landsea_routing.model.schema import SCHEMAS

SETTINGS_LAYER = "network"
"""Layer without geometry: one row, whose `toml` is the text of `network.toml`."""
MAGIC = b"SQLite format 3\0"
SUFFIX = ".gpkg"
SYNC = "OGR_SQLITE_SYNCHRONOUS"


def write_geopackage(network: Network, path: str | Path) -> None:
    """Write a network as a GeoPackage; `read_geopackage` gives it back whole.

    Layers `nodes` (points) and `links` (lines, cut at the antimeridian) in EPSG:4326; the other tables are
    layers without geometry. The file takes the place of an older one once it is written.

    Raises
    ------
    MissingExtraError
        geopandas or pyogrio is not installed.
    LandseaError
        The file cannot be written; what was there before is unchanged.
    """
    pyogrio, pandas = need("pyogrio", extra=EXTRA), need("pandas", extra=EXTRA)
    frames = to_frames(network)
    frames[SETTINGS_LAYER] = pandas.DataFrame({"toml": [settings_text(network.settings)]})
    with fresh_file(Path(path), SUFFIX) as part, _without_sync(pyogrio):
        try:
            for i, (name, frame) in enumerate(frames.items()):
                kind = {"nodes": "Point", "links": "Unknown"}.get(name)
                pyogrio.write_dataframe(
                    frame, part, layer=name, driver="GPKG", geometry_type=kind, append=i > 0
                )
        except RuntimeError as error:
            # So GDAL says that the disk is full.
            raise OSError(str(error)) from error


def read_geopackage(path: str | Path, *, strict: bool = True) -> Network:
    """Read a network from a GeoPackage: one written here whole, or `nodes` and `links` of somebody else.

    Parameters
    ----------
    path : str or Path
        The file.
    strict : bool
        Whether errors of the tables raise.

    Returns
    -------
    Network
        Of a file of somebody else `settings.facts["assumed"]` says what was assumed and left out. Nodes need
        `id`, links `id`, `from_node` and `to_node`; other columns are those of `docs/tables.md`.

    Raises
    ------
    MissingExtraError
        geopandas or pyogrio is not installed.
    SchemaError
        The file is no GeoPackage, or damaged, or lacks a layer, a column or a reference system.
    InvalidValueError
        A value cannot be read.
    NetworkError
        The tables contradict each other.
    """
    pyogrio = need("pyogrio", extra=EXTRA)
    need("geopandas", extra=EXTRA)
    path = Path(path)
    _check_file(path)
    try:
        with warnings.catch_warnings():
            # What it is was looked up in the file; the name may end as it likes.
            warnings.filterwarnings("ignore", ".*non conformant file extension", RuntimeWarning)
            layers = [str(name) for name, _ in pyogrio.list_layers(path)]
            frames: dict[str, Any] = {
                name: pyogrio.read_dataframe(path, layer=name)
                for name in layers
                if name in SCHEMAS or name == SETTINGS_LAYER
            }
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, RuntimeError) as error:
        raise SchemaError(
            f"{path.name} cannot be read ({error})", expected="a GeoPackage", cure="export it again"
        ) from None
    _need_layers(path, layers)
    settings = _settings(frames.pop(SETTINGS_LAYER, None), path)
    faults = misspelt(layers)
    return from_frames(frames, settings, name=path.stem, folder=path.parent, faults=faults, strict=strict)


@contextmanager
def _without_sync(pyogrio: Any) -> Iterator[None]:
    """Let SQLite not wait for the disk after every layer: the whole file is synced before it is moved."""
    before = pyogrio.get_gdal_config_option(SYNC)
    pyogrio.set_gdal_config_options({SYNC: "OFF"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({SYNC: before})


def _need_layers(path: Path, layers: list[str]) -> None:
    """Refuse a file without nodes and links, and say what it has."""
    for name in ("nodes", "links"):
        if name not in layers:
            raise SchemaError(
                f"{path.name}: there is no table {name} among its layers ({list_ids(layers)})",
                table=name,
                ids=layers,
                expected="layers nodes and links",
                cure=did_you_mean(name, layers) or f"rename the one that holds them to {name}",
            )


def _settings(frame: Any, path: Path) -> Settings | None:
    if frame is None:
        return None
    need_columns(SETTINGS_LAYER, [str(c) for c in frame.columns], ("toml",))
    text = str(frame["toml"].iloc[0]) if len(frame) else ""
    return parse_settings(text, f"{path.name}, layer {SETTINGS_LAYER}", path.parent)


def _check_file(path: Path) -> None:
    """Refuse what is no database before GDAL tries its other formats, and one that is cut off or damaged."""
    if not path.is_file():
        raise SchemaError(f"{path} is not a file", expected="a GeoPackage", cure="check the path")
    with path.open("rb") as stream:
        if stream.read(len(MAGIC)) != MAGIC:
            raise SchemaError(
                f"{path.name} is no GeoPackage", expected="an SQLite database", cure="check the file"
            )
    try:
        base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            said = base.execute("PRAGMA quick_check").fetchone()[0]
            base.execute("SELECT table_name FROM gpkg_contents").fetchone()
        finally:
            base.close()
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise SchemaError(
            f"{path.name} is no GeoPackage, or damaged, or cut off ({' '.join(said.split())})",
            expected="a whole GeoPackage",
            cure="copy or export it again",
        )
