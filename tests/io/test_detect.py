"""Which format a path holds, whatever it is called."""

from __future__ import annotations

import dataclasses

import pytest

import landsea_routing as lsr
from formats_for_tests import assert_same
from landsea_routing.cli.convert import FORMATS as OF_COMMAND
from landsea_routing.errors import LandseaError, SchemaError, UnknownNameError
from landsea_routing.io.detect import FORMATS, detect_format, read_network, write_network
from networks_for_tests import tiny_network

WHOLE = [name for name, f in FORMATS.items() if f.keeps == FORMATS["csv"].keeps]


@pytest.fixture(autouse=True)
def geo():
    for name in ("geopandas", "pyogrio", "pyarrow"):
        pytest.importorskip(name)


def test_the_command_names_every_format():
    assert set(OF_COMMAND) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_told_by_what_is_in_it(tmp_path, name):
    path = tmp_path / ("a.gpkg" if name == "gpkg" else "no_suffix")  # GDAL warns of other suffixes
    write_network(tiny_network(), path, format=name)
    assert detect_format(path) == name
    again = read_network(path, strict=False)
    assert again.links["id"].tolist() == tiny_network().links["id"].tolist()
    if name in WHOLE:
        assert_same(tiny_network(), read_network(path))


@pytest.mark.parametrize(
    ("file", "name"), [("a.gpkg", "gpkg"), ("a.geojson", "geojson"), ("a.json", "geojson"), ("a", "csv")]
)
def test_a_suffix_chooses_the_format_to_write(tmp_path, file, name):
    write_network(tiny_network(), tmp_path / file)
    assert detect_format(tmp_path / file) == name


def test_two_networks_in_one_folder_are_refused(tmp_path):
    write_network(tiny_network(), tmp_path)
    write_network(tiny_network(), tmp_path, format="gmns")
    with pytest.raises(SchemaError, match="csv, gmns"):
        read_network(tmp_path)
    assert_same(tiny_network(), read_network(tmp_path, format="gmns"))


def test_what_is_no_network(tmp_path):
    (tmp_path / "a.bin").write_bytes(b"PK\x03\x04")
    with pytest.raises(SchemaError, match="no network that can be read"):
        read_network(tmp_path / "a.bin")
    with pytest.raises(SchemaError, match="does not exist"):
        read_network(tmp_path / "nothing")
    write_network(tiny_network(), tmp_path / "a")
    with pytest.raises(SchemaError, match="give the folder"):
        read_network(tmp_path / "a" / "nodes.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SchemaError, match=r"network\.toml"):
        read_network(tmp_path / "empty")


def test_a_target_of_the_wrong_sort(tmp_path):
    (tmp_path / "file").write_text("mine", "utf-8")
    with pytest.raises(LandseaError, match="is a file"):
        write_network(tiny_network(), tmp_path / "file", format="gmns")
    with pytest.raises(LandseaError, match="is a folder"):
        write_network(tiny_network(), tmp_path, format="gpkg")
    assert (tmp_path / "file").read_text("utf-8") == "mine"


def test_an_unknown_format(tmp_path):
    with pytest.raises(UnknownNameError, match="did you mean gmns"):
        write_network(tiny_network(), tmp_path, format="gmn")
    with pytest.raises(UnknownNameError, match="one of csv"):
        lsr.read_network(tmp_path, format="shp")


@pytest.mark.parametrize("is_good", [True, False])
@pytest.mark.parametrize("name", ["csv", "geojson"])
def test_what_changes_while_it_is_read_is_refused(tmp_path, monkeypatch, name, is_good):
    """Half of it may be old and half new; a fault that comes of it is not one of the data."""
    path = tmp_path / ("net.geojson" if name == "geojson" else "net")
    lsr.write_network(tiny_network(), path, format=name)
    chosen = FORMATS[name]

    def read(where, *, strict):
        lsr.write_network(tiny_network(), path, format=name)
        if not is_good:
            raise SchemaError("half of it")
        return chosen.read(where, strict=strict)

    monkeypatch.setitem(FORMATS, name, dataclasses.replace(chosen, read=read))
    with pytest.raises(LandseaError, match="was changed while it was read"):
        lsr.read_network(path, strict=False)


@pytest.mark.parametrize("name", ["net.shp", "net.CSV", "net.parquet"])
def test_a_name_of_another_kind_of_file_is_no_folder(tmp_path, name):
    with pytest.raises(UnknownNameError, match="name a folder"):
        write_network(tiny_network(), tmp_path / name)
    write_network(tiny_network(), tmp_path / name, format="csv")  # where it is said
    assert (tmp_path / name / "links.csv").exists()
