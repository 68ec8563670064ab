"""Drawn courses of sea links: all there, from port to port, over water."""

from __future__ import annotations

import csv
import importlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod

from landsea_routing.report.basemap import split_line

NETWORKS = Path(__file__).parents[2] / "networks"
FOLDER = NETWORKS / "northeast_asia"
GEOD = Geod(ellps="WGS84")


def read_rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache
def sea_links() -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in read_rows("links.csv") if row["mode"] in ("sea", "rail_ferry")}


@lru_cache
def positions() -> dict[str, tuple[float, float]]:
    return {row["id"]: (float(row["lon"]), float(row["lat"])) for row in read_rows("nodes.csv")}


@lru_cache
def features() -> list[dict[str, Any]]:
    return list(json.loads((FOLDER / "sea_geometry.geojson").read_text(encoding="utf-8"))["features"])


@lru_cache
def courses() -> dict[str, np.ndarray]:
    return {f["properties"]["link"]: np.array(f["geometry"]["coordinates"], dtype=float) for f in features()}


@lru_cache
def load_script() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(NETWORKS))
        return importlib.import_module("make_sea_geometry")


def length_km(lonlat: np.ndarray) -> float:
    return float(GEOD.line_length(lonlat[:, 0], lonlat[:, 1])) / 1000


def test_every_sea_link_has_exactly_one_line():
    drawn = [f["properties"]["link"] for f in features()]
    assert sorted(drawn) == sorted(sea_links())


def test_lines_say_where_they_come_from():
    for feature in features():
        assert feature["geometry"]["type"] == "LineString"
        assert "Natural Earth" in feature["properties"]["source"]


def test_lines_run_from_port_to_port():
    for link, row in sea_links().items():
        for node, point in ((row["from_node"], courses()[link][0]), (row["to_node"], courses()[link][-1])):
            off = length_km(np.array([positions()[node], point]))
            assert off < 5, f"{link} ends {off:.1f} km from {node}"


def test_coordinates_are_degrees():
    for link, lonlat in courses().items():
        assert lonlat.ndim == 2 and lonlat.shape[0] >= 2 and lonlat.shape[1] == 2, link
        assert np.isfinite(lonlat).all(), link
        assert (np.abs(lonlat[:, 0] - 80) <= 120).all(), link  # 40 W to 160 W, on beyond 180 degrees
        assert (np.abs(lonlat[:, 1]) <= 84).all(), link
        assert np.array_equal(lonlat, np.round(lonlat, 3)), link


def test_no_segment_jumps():
    for link, lonlat in courses().items():
        assert np.abs(np.diff(lonlat[:, 0])).max() < 180, link
        assert np.any(np.diff(lonlat, axis=0) != 0, axis=1).all(), f"{link} repeats a point"


@pytest.mark.parametrize("centre", [0.0, 90.0, 125.0, 180.0])
def test_map_draws_lines_without_a_streak(centre: float):
    for link, lonlat in courses().items():
        pieces = split_line([(x, y) for x, y in lonlat], centre=centre)
        assert sum(length_km(piece) for piece in pieces) == pytest.approx(length_km(lonlat), rel=1e-3), link
        assert max(np.abs(np.diff(piece[:, 0])).max() for piece in pieces) < 180, link


def test_northern_sea_route_crosses_the_antimeridian():
    lonlat = courses()["sea-yokohama-rotterdam-2"]
    assert lonlat[:, 0].max() > 180
    assert lonlat[:, 1].max() > 75


def test_lengths_agree_or_the_line_says_so():
    for feature in features():
        link = feature["properties"]["link"]
        ratio = length_km(courses()[link]) / float(sea_links()[link]["length_km"])
        if 0.85 <= ratio <= 1.2:
            assert "length_ratio" not in feature["properties"], link
        else:
            assert feature["properties"]["length_ratio"] == pytest.approx(ratio, abs=0.001), link


def test_lines_keep_off_the_land_of_the_region():
    script = load_script()
    content = json.loads((FOLDER / "land.json").read_text(encoding="utf-8"))
    land = shapely.union_all(
        [shapely.make_valid(shapely.Polygon(np.reshape(ring, (-1, 2)))) for ring in content["rings"]]
    )
    opened = shapely.union_all([shapely.LineString(line).buffer(0.1) for _, line in script.OPENINGS.values()])
    judged = land.difference(opened)
    shapely.prepare(judged)
    for link, lonlat in courses().items():
        line = shapely.LineString(lonlat)
        if not judged.intersects(line):
            continue
        harbours = shapely.points([lonlat[0], lonlat[-1]])
        dry = line.intersection(judged).difference(shapely.union_all(harbours.tolist()).buffer(0.15))
        km = sum(length_km(shapely.get_coordinates(part)) for part in getattr(dry, "geoms", [dry]))
        assert km < 1, f"{link} runs {km:.1f} km over land"


def test_file_stays_small():
    assert (FOLDER / "sea_geometry.geojson").stat().st_size < 200_000


def test_script_finds_the_way_round_an_island():
    script = load_script()
    sea = shapely.Polygon(
        [(0, 0), (100, 0), (100, 100), (0, 100)], [[(40, 10), (60, 10), (60, 90), (40, 90)]]
    )
    places = np.array([[10.0, 30.0], [90.0, 30.0]])
    points, edges = script.visibility_graph(sea, places)
    lengths, previous = script.dijkstra(edges, directed=False, indices=[0], return_predecessors=True)
    way = [1]
    while way[-1] != 0:
        way.append(int(previous[0, way[-1]]))
    assert points[way].tolist() == [[90.0, 30.0], [60.0, 10.0], [40.0, 10.0], [10.0, 30.0]]
    assert lengths[0, 1] == pytest.approx(20 + 2 * np.hypot(30, 20), rel=1e-3)


def test_script_measures_rhumb_lines():
    script = load_script()
    ends = script.to_plane(np.array([[0.0, 60.0], [10.0, 60.0], [10.0, 70.0]]))
    assert np.allclose(script.to_degrees(ends), [[0, 60], [10, 60], [10, 70]])
    degree = np.pi / 180 * script.EARTH_KM
    assert script.rhumb_km(ends[:2], ends[1:]) == pytest.approx([5 * degree, 10 * degree])
