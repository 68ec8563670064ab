"""The CSV folder: what is written comes back, and a damaged file says how it is damaged."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from landsea_routing.errors import InvalidValueError, LandseaError, NetworkError, SchemaError
from landsea_routing.io.atomic import write_text
from landsea_routing.io.csv_folder import read_csv_folder, read_table, write_csv_folder
from landsea_routing.model.network import Network
from landsea_routing.model.schema import SCHEMAS
from networks_for_tests import SETTINGS, add_rows, set_cells, tiny_network


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder that holds the tiny network."""
    write_csv_folder(tiny_network(), tmp_path)
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    """Replace text in a file, once."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def refused(folder: Path, kind: type[LandseaError] = SchemaError) -> LandseaError:
    """Read the folder and return the error, which must say what to do."""
    with pytest.raises(kind) as caught:
        read_csv_folder(folder)
    assert caught.value.cure
    assert caught.value.expected or caught.value.ids
    return caught.value


def assert_equal_networks(a: Network, b: Network) -> None:
    """Compare every column of every table."""
    assert list(a.tables) == list(b.tables)
    for name, table in a.tables.items():
        for column in table.columns:
            np.testing.assert_array_equal(b.tables[name][column], table[column], err_msg=f"{name}.{column}")


def test_a_network_comes_back(folder: Path) -> None:
    again = read_csv_folder(folder)
    assert_equal_networks(tiny_network(), again)
    for name in ("name", "title", "base_year", "unserved_price_usd_per_t", "default_commodity"):
        assert getattr(again.settings, name) == getattr(SETTINGS, name)
    assert again.settings.folder == folder


def test_hard_text_comes_back(tmp_path: Path) -> None:
    title = 'Tom "the <b>" O\'Neil, C:\\rail\nsecond line'
    note = 'comma, "quote", semicolon; pound £ 満洲里 and a\nsecond line'
    net = tiny_network(replace(SETTINGS, title=title), nodes=set_cells("a_city", note=note, name="=1+1"))
    write_csv_folder(net, tmp_path)
    again = read_csv_folder(tmp_path)
    assert again.settings.title == title
    assert again.nodes["note"][0] == note
    assert again.nodes["name"][0] == "=1+1"


def test_writing_again_leaves_no_old_rows(folder: Path) -> None:
    net = tiny_network(demand=[])
    write_csv_folder(net, folder)
    assert len(read_csv_folder(folder).demand) == 0


def test_no_temporary_file_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / "nodes.csv").read_text(encoding="utf-8")
    names = sorted(p.name for p in folder.iterdir())

    def fail(self: Path, target: Path) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(LandseaError, match="disk full"):
        write_text(folder / "nodes.csv", "half")
    assert (folder / "nodes.csv").read_text(encoding="utf-8") == before
    assert sorted(p.name for p in folder.iterdir()) == names


def test_a_byte_order_mark_is_accepted(folder: Path) -> None:
    for name in ("nodes.csv", "network.toml"):
        file = folder / name
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert_equal_networks(tiny_network(), read_csv_folder(folder))


def test_windows_line_ends_are_accepted(folder: Path) -> None:
    file = folder / "links.csv"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert_equal_networks(tiny_network(), read_csv_folder(folder))


def test_latin_1_is_refused(folder: Path) -> None:
    (folder / "nodes.csv").write_bytes((folder / "nodes.csv").read_bytes().replace(b"Alpha", b"\xc4lpha"))
    error = refused(folder)
    assert error.table == "nodes"
    assert "not UTF-8" in str(error)


def test_a_ragged_line_is_named(folder: Path) -> None:
    edit(folder / "nodes.csv", "a_border,", "a_border,extra,")
    error = refused(folder)
    assert (error.table, error.ids) == ("nodes", (3,))
    assert "quote cells" in error.cure


def test_an_empty_file_is_refused(folder: Path) -> None:
    (folder / "demand.csv").write_text("\n\n", encoding="utf-8")
    assert "demand.csv is empty" in str(refused(folder))


def test_a_header_alone_is_an_empty_table(folder: Path) -> None:
    file = folder / "demand.csv"
    file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert len(read_csv_folder(folder).demand) == 0


def test_nul_bytes_are_refused(folder: Path) -> None:
    edit(folder / "nodes.csv", "Alpha", "Al\0pha")
    assert "NUL" in str(refused(folder))


def test_an_open_quote_is_refused(folder: Path) -> None:
    edit(folder / "nodes.csv", "Alpha", '"Alpha')
    assert refused(folder).table == "nodes"


def test_a_repeated_header_is_refused(folder: Path) -> None:
    edit(folder / "nodes.csv", "name,country", "name,name")
    error = refused(folder)
    assert error.table == "nodes"
    assert error.column == "name"
    assert "repeats" in str(error)


def test_a_misspelt_column_gets_a_suggestion(folder: Path) -> None:
    edit(folder / "links.csv", "length_km", "length")
    error = refused(folder)
    assert (error.table, error.column) == ("links", "length")
    assert "did you mean length_km" in str(error)


def test_semicolons_as_separators_are_refused(folder: Path) -> None:
    file = folder / "nodes.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    assert refused(folder).table == "nodes"


def test_a_required_table_is_missed(folder: Path) -> None:
    (folder / "tariffs.csv").unlink()
    assert refused(folder).table == "tariffs"


def test_an_optional_table_may_be_missing(folder: Path) -> None:
    (folder / "demand.csv").unlink()
    assert len(read_csv_folder(folder).demand) == 0


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    assert "is not a folder" in str(refused(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", SchemaError),
        ("name = ", SchemaError),
        ('name = "x"', SchemaError),
        ('name = "x"\nbase_year = "soon"', InvalidValueError),
        ('name = "x"\nbase_year = 2023\nunserved_price_usd_per_t = -1', InvalidValueError),
        ('name = "x"\nbase_year = 2023\nunserved_price_usd_per_t = nan', InvalidValueError),
        ('name = "x"\nbase_year = 2023\nunserved_price_usd_per_t = true', InvalidValueError),
    ],
)
def test_settings_that_cannot_be_read(folder: Path, text: str, kind: type[LandseaError]) -> None:
    (folder / "network.toml").write_text(text, encoding="utf-8")
    with pytest.raises(kind) as caught:
        read_csv_folder(folder)
    assert caught.value.cure


def test_a_folder_without_settings_is_refused(folder: Path) -> None:
    (folder / "network.toml").unlink()
    assert "network.toml" in str(refused(folder))


def test_faults_of_all_tables_are_told_at_once(folder: Path) -> None:
    edit(folder / "nodes.csv", ",45,120,", ",NaN,120,")
    edit(folder / "links.csv", ",360,", ",,")
    error = refused(folder, NetworkError)
    assert "nodes.lat" in str(error)
    assert "links.length_km" in str(error)
    assert len(error.ids) == 2


def test_contradictions_raise_unless_read_loosely(tmp_path: Path) -> None:
    write_csv_folder(tiny_network(links=set_cells("rail-a_city-a_port", to_node="a_prot")), tmp_path)
    error = refused(tmp_path, NetworkError)
    assert error.code == "unknown-node"
    assert "did you mean a_port" in str(error)
    assert len(read_csv_folder(tmp_path, strict=False).links) == 9


def test_one_table_can_be_read(folder: Path) -> None:
    assert len(read_table(SCHEMAS["nodes"], folder / "nodes.csv")) == 6


def test_ids_like_numbers_survive_a_file(tmp_path: Path) -> None:
    odd = "007,Seven,NA,46.5,123,city,all"
    roads = ("1E5,007,a_city,road,,,300,", "NA,007,a_border,road,,,110,")
    net = tiny_network(
        nodes=add_rows(odd),
        links=add_rows(*roads),
    )
    write_csv_folder(net, tmp_path)
    again = read_csv_folder(tmp_path, strict=False)
    assert again.nodes["id"][-1] == "007"
    assert again.nodes["country"][-1] == "NA"
    assert again.links["id"][-2:].tolist() == ["1E5", "NA"]


def test_settings_come_back_whole(folder: Path, tmp_path: Path) -> None:
    facts = {"demo": {"scenarios": ["a"], "crossings": [{"link": "x", "title": 'a "b"'}]}, "default": True}
    text = (folder / "network.toml").read_text(encoding="utf-8")
    (folder / "network.toml").write_text(
        text + 'default = true\n[demo]\nscenarios = ["a"]\ncrossings = [{link = "x", title = "a \\"b\\""}]\n'
    )
    write_csv_folder(read_csv_folder(folder), tmp_path / "again")
    found = read_csv_folder(tmp_path / "again").settings.facts
    assert {key: found[key] for key in facts} == facts


def test_a_file_that_is_almost_a_table_is_refused(folder: Path) -> None:
    (folder / "demands.csv").write_text("origin\n", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"call it demand\.csv") as caught:
        read_csv_folder(folder)
    assert caught.value.table == "demands" and caught.value.ids == ("demands.csv",)


COURSE = '{"type": "FeatureCollection", "features": [{"properties": {"link": "%s"}, "geometry": %s}]}'
BENT = '{"type": "LineString", "coordinates": [[121, 40], [125, 38], [132, 43]]}'


def test_courses_of_links_come_back(folder: Path, tmp_path: Path) -> None:
    (folder / "sea_geometry.geojson").write_text(COURSE % ("sea-a_port-b_port", BENT), encoding="utf-8")
    net = read_csv_folder(folder)
    assert net.courses == {"sea-a_port-b_port": ((121.0, 40.0), (125.0, 38.0), (132.0, 43.0))}
    write_csv_folder(net, tmp_path / "again")
    assert read_csv_folder(tmp_path / "again").courses == net.courses
    assert net.with_demand(net.demand).courses == net.courses
    less = net.with_tables(links=net.links.take(net.links["mode"] != "sea"))
    write_csv_folder(less, tmp_path / "less")
    assert read_csv_folder(tmp_path / "less", strict=False).courses == {}
    write_csv_folder(tiny_network(), folder)
    assert read_csv_folder(folder).courses == {}


@pytest.mark.parametrize(
    ("link", "shape", "said"),
    [
        ("sea-a_port-c_port", BENT, "sea-a_port-c_port"),
        ("sea-a_port-b_port", BENT.replace("[125, 38]", "[38, 125]"), "swapped"),
        ("sea-a_port-b_port", BENT.replace("[125, 38]", "125"), "cannot be read"),
        ("sea-a_port-b_port", "7", "cannot be read"),
        ("sea-a_port-b_port", BENT + "]", "line 1"),
    ],
)
def test_courses_that_are_wrong_are_refused(folder: Path, link: str, shape: str, said: str) -> None:
    (folder / "sea_geometry.geojson").write_text(COURSE % (link, shape), encoding="utf-8")
    assert said in str(refused(folder))


def test_a_folder_is_written_whole_or_not_at_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    written = []

    def fail(path: Path, text: str) -> None:
        if len(written) == 5:
            raise OSError("disk full")
        written.append(path)
        write_text(path, text)

    monkeypatch.setattr("landsea_routing.io.csv_folder.put_text", fail)
    for target in (folder, folder.parent / "new"):
        written.clear()
        with pytest.raises(LandseaError, match="disk full"):
            write_csv_folder(tiny_network(demand=[]), target)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    assert not (folder.parent / "new").exists()
    assert not [p for p in folder.parent.iterdir() if p.suffix == ".part"]


@pytest.mark.parametrize("note", ["a\0b", "half \ud83d of a letter"])
def test_text_that_no_file_could_give_back_is_refused(note: str) -> None:
    with pytest.raises(InvalidValueError, match=r"nodes\.note"):
        tiny_network(nodes=set_cells("a_city", note=note))


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_other_separators_are_named(tmp_path, mark, word):
    write_csv_folder(tiny_network(), tmp_path)
    file = tmp_path / "links.csv"
    file.write_text(file.read_text("utf-8").replace(",", mark), "utf-8")
    with pytest.raises(SchemaError, match=f"links.csv is separated by {word}.*with commas"):
        read_csv_folder(tmp_path)


def test_columns_without_name_at_the_end_are_passed_over_where_they_are_empty(tmp_path):
    net = tiny_network()
    write_csv_folder(net, tmp_path)
    file = tmp_path / "links.csv"
    text = file.read_text("utf-8")
    file.write_text(text.replace("\n", ",,\n"), "utf-8")
    assert read_csv_folder(tmp_path, strict=False).links.to_rows() == net.links.to_rows()
    lines = text.splitlines()
    file.write_text(
        "\n".join([lines[0] + ",", lines[1] + ",lost", *(line + "," for line in lines[2:])]), "utf-8"
    )
    with pytest.raises(SchemaError, match=r"line 2.*each under a name"):
        read_csv_folder(tmp_path)


def test_a_name_in_capitals_is_almost_a_name(tmp_path):
    write_csv_folder(tiny_network(), tmp_path)
    (tmp_path / "links.csv").rename(tmp_path / "x.csv")
    (tmp_path / "x.csv").rename(tmp_path / "LINKS.csv")
    if (tmp_path / "links.csv").exists():
        pytest.skip("names in capitals are the same here")
    with pytest.raises(SchemaError, match=r"call it links\.csv"):
        read_csv_folder(tmp_path)


def test_a_course_in_parts_is_joined_and_one_drawn_twice_is_refused(tmp_path):
    """A GIS saves MultiLineString; the line was straight then, without a word."""
    net = tiny_network()
    write_csv_folder(net, tmp_path)
    link, bent = "sea-a_port-b_port", [[128.0, 44.0], [130.0, 43.0], [132.0, 44.0]]
    shape = json.dumps({"type": "MultiLineString", "coordinates": [bent[:2], bent[1:]]})
    (tmp_path / "sea_geometry.geojson").write_text(COURSE % (link, shape), "utf-8")
    assert read_csv_folder(tmp_path, strict=False).courses[link] == tuple(map(tuple, bent))
    twice = json.loads(COURSE % (link, shape))
    twice["features"] *= 2
    (tmp_path / "sea_geometry.geojson").write_text(json.dumps(twice), "utf-8")
    with pytest.raises(SchemaError, match=f"feature 2 draws {link} a second time"):
        read_csv_folder(tmp_path)


def test_a_table_cut_off_in_its_header_or_last_line_is_named_in_the_log(tmp_path, caplog):
    """A header alone is a table without rows: only the missing end of the line tells that there were some."""
    write_csv_folder(tiny_network(), tmp_path)
    file = tmp_path / "demand.csv"
    file.write_text(file.read_text("utf-8").splitlines()[0], "utf-8")
    with caplog.at_level(logging.WARNING, "landsea_routing"):
        assert not len(read_csv_folder(tmp_path, strict=False).demand)
    assert "demand.csv: the last line has no end; is it whole?" in caplog.text
