"""Files that are nothing at all: refused at once, in little memory, whatever they are called."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from landsea_routing.errors import LandseaError
from landsea_routing.io.cells import MAX_FILE_BYTES
from landsea_routing.io.csv_folder import write_csv_folder
from landsea_routing.io.detect import FORMATS, read_network
from landsea_routing.io.gmns import write_gmns
from networks_for_tests import tiny_network

SIZE_MB = 50
LIMIT_BYTES = 12 * 2**20


def _blocks(start: bytes, block: bytes):
    yield start
    for _ in range(SIZE_MB):
        yield block


NOISE = np.random.default_rng(7).bytes(2**20)
KINDS = {
    "random bytes": (b"", NOISE),
    "letters in one line": (b"", b"a" * 2**20),
    "lines of letters": (b"", b"some,words,here\n" * 2**16),
    "zeros": (b"", bytes(2**20)),
    "random bytes after the mark of a database": (b"SQLite format 3\0", NOISE),
    "random bytes after the mark of Parquet": (b"PAR1", NOISE),
}


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.replace(" ", "_"))
def nonsense(request, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("nonsense") / "file"
    with path.open("wb") as stream:
        stream.writelines(_blocks(*KINDS[request.param]))
    yield path
    path.unlink()


def place(format_name: str, folder: Path) -> Path:
    """Return where the nonsense has to stand, in a folder that is right but for it."""
    if format_name == "csv":
        write_csv_folder(tiny_network(), folder)
        return folder / "links.csv"
    if format_name == "gmns":
        write_gmns(tiny_network(), folder)
        return folder / "link.csv"
    return folder / {"parquet": "nodes.parquet", "gpkg": "a.gpkg", "geojson": "a.geojson"}[format_name]


@pytest.mark.parametrize("format_name", FORMATS)
def test_nonsense_is_refused_in_little_memory(nonsense, format_name, tmp_path):
    if format_name in ("gpkg", "parquet"):
        for library in ("geopandas", "pyogrio", "pyarrow"):
            pytest.importorskip(library)
    path = place(format_name, tmp_path)
    path.unlink(missing_ok=True)
    path.symlink_to(nonsense)
    target = tmp_path if format_name in ("csv", "gmns", "parquet") else path
    with pytest.raises(LandseaError):  # whatever is imported is not counted
        read_network(target, format=format_name)
    tracemalloc.start()
    try:
        with pytest.raises(LandseaError) as caught:
            read_network(target, format=format_name)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert path.name in str(caught.value) or path.stem in str(caught.value)
    assert caught.value.expected
    assert peak < LIMIT_BYTES


@pytest.mark.parametrize("format_name", ["csv", "gmns", "geojson"])
def test_a_file_of_a_gigabyte_is_not_opened(format_name, tmp_path):
    path = place(format_name, tmp_path)
    with path.open("wb") as stream:
        stream.write(b"{")
        stream.truncate(2**30)
    assert path.stat().st_size > MAX_FILE_BYTES
    with pytest.raises(LandseaError, match="larger than 256 MiB"):
        read_network(path if format_name == "geojson" else tmp_path, format=format_name)


@pytest.mark.parametrize("name", ["links.csv", "network.toml", "demand.csv"])
@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding_names_the_line(name, encoding, tmp_path):
    write_csv_folder(tiny_network(), tmp_path)
    file = tmp_path / name
    lines = file.read_text("utf-8").splitlines(keepends=True)
    lines[1] = lines[1].replace("\n", "") + "é\n"
    file.write_bytes("".join(lines).encode(encoding))
    with pytest.raises(LandseaError) as caught:
        read_network(tmp_path)
    line = 2 if encoding == "latin-1" else 1
    assert f"{name} is not UTF-8 (line {line})" in str(caught.value)


@pytest.mark.parametrize("format_name", ["csv", "gmns"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_table_cut_off_is_refused(format_name, share, tmp_path):
    file = place(format_name, tmp_path)
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(LandseaError) as caught:
        read_network(tmp_path)
    assert caught.value.cure
