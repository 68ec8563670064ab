import os
import sys
from dataclasses import replace

import pytest

import landsea_routing as lsr
from landsea_routing.errors import LandseaError
from landsea_routing.report._html import Markup
from landsea_routing.report.page import FigureSection, MapSection, TextSection, report_page, write_page
from landsea_routing.serve.desk import Desk
from landsea_routing.serve.page import make_view, page_of
from networks_for_tests import tiny_network
from report.demo import demo_map


def test_sections_come_in_order_with_their_own_ids():
    html = report_page(
        [
            TextSection("One", ["first"]),
            demo_map(["x"]),
            FigureSection("Three", Markup("<svg></svg>"), "drawn elsewhere"),
            MapSection("Four", [], [], box=(0, 0, 10, 10)),
        ],
        title="T",
        subtitle="S",
        footer="F",
    )
    places = [html.index(text) for text in ("<h2>One", "<h2>Map of", "<h2>Three", "<h2>Four", "<footer>")]
    assert places == sorted(places)
    assert 'id="map-2-data"' in html and 'id="map-4-data"' in html and "drawn elsewhere" in html


def test_a_year_that_nobody_said_stands_on_no_page(tmp_path):
    net = tiny_network()
    for year in (2020, 0):
        dated = replace(net, settings=replace(net.settings, base_year=year, facts={}))
        plan = lsr.assign(dated)
        shown = [dated, plan, lsr.compare(plan, plan)]
        pages = [lsr.to_html(what, tmp_path / f"{i}.html").read_text("utf-8") for i, what in enumerate(shown)]
        desk = Desk(dated)
        pages.append(page_of(desk, make_view(desk)))
        assert [f"ear {year}" in page for page in pages] == [bool(year)] * len(pages)


def test_write_replaces_and_leaves_nothing_behind(tmp_path):
    path = tmp_path / "r.html"
    assert write_page(path, "old") == path
    write_page(path, "new \u4e2d")
    assert path.read_text(encoding="utf-8") == "new \u4e2d"
    assert [p.name for p in tmp_path.iterdir()] == ["r.html"]


def test_write_refuses_a_folder(tmp_path):
    with pytest.raises(LandseaError, match=r"is a folder.*Cure: add a file name"):
        write_page(tmp_path, "x")


def test_write_refuses_a_missing_folder(tmp_path):
    with pytest.raises(LandseaError, match=r"the folder .* does not exist"):
        write_page(tmp_path / "none" / "r.html", "x")


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "r.html"
    write_page(path, "old")

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LandseaError, match=r"No space left on device"):
        write_page(path, "new")
    assert path.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["r.html"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX rights")
def test_rights_of_the_file_are_kept(tmp_path):
    path = tmp_path / "r.html"
    path.write_text("old")
    path.chmod(0o640)
    write_page(path, "new")
    assert path.stat().st_mode & 0o777 == 0o640
