import json
from pathlib import Path

import numpy as np
import pytest

from landsea_routing.errors import LandseaError
from landsea_routing.report.basemap import (
    Box,
    View,
    check_box,
    choose_land,
    clip_land,
    clip_ring,
    fit_box,
    load_land,
    split_line,
)

ROOT = Path(__file__).parents[2]
REGION = ROOT / "networks" / "northeast_asia" / "land.json"


def ring_area(ring):
    x, y = ring.T
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def jumps(rings):
    return [float(np.abs(ring[:, 0] - np.roll(ring[:, 0], 1)).max()) for ring in rings]


@pytest.mark.parametrize(("path", "limit"), [(None, 120_000), (REGION, 350_000)])
def test_land_files_are_clean_and_small(path, limit):
    land = load_land(path)
    assert max(jumps(land.rings)) <= 180
    for ring in land.rings:
        assert len(ring) >= 3 and np.isfinite(ring).all()
        assert (ring >= np.array(land.box[:2]) - 1e-9).all() and (ring <= np.array(land.box[2:]) + 1e-9).all()
    file = path or ROOT / "src" / "landsea_routing" / "report" / "land_110m.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    assert file.stat().st_size < limit and content["source"] and content["licence"]


def test_world_has_its_land_and_no_antarctica():
    land = load_land()
    assert min(ring[:, 1].min() for ring in land.rings) > -60
    # Shells less lakes, in square degrees of a plate carree; Natural Earth 110m without Antarctica.
    assert sum(map(ring_area, land.rings)) == pytest.approx(15_500, rel=0.1)


def test_choose_land_takes_the_fine_file_only_where_it_covers():
    assert "50m" in choose_land((100, 30, 140, 55), REGION).source
    assert "110m" in choose_land((0, 30, 140, 55), REGION).source


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"rings":[[1,2,3]],"box":[0,0,1,1]}', '{"rings":[],"box":[0]}']
)
def test_a_bad_land_file_is_named(tmp_path, text):
    path = tmp_path / "land.json"
    path.write_text(text)
    with pytest.raises(LandseaError, match=r"land\.json is not a land file.*make_land"):
        load_land(path)


def test_land_off_the_globe(tmp_path):
    path = tmp_path / "land.json"
    path.write_text('{"rings":[[0,0,1,1,400,2],[0,0,1,1,NaN,2]],"box":[0,0,1,1]}')
    with pytest.raises(LandseaError, match="off the globe in 2 of 2 rings"):
        load_land(path)


def test_clip_ring_against_shapely():
    shapely = pytest.importorskip("shapely")
    rng = np.random.default_rng(1)
    box = Box(-0.5, -0.4, 0.6, 0.5)
    for _ in range(50):
        angle = np.sort(rng.uniform(0, 2 * np.pi, 12))
        ring = np.column_stack([np.cos(angle), np.sin(angle)]) * rng.uniform(0.2, 1.5, 12)[:, None]
        expected = shapely.Polygon(ring).intersection(shapely.box(*box)).area
        clipped = clip_ring(ring, box)
        assert (ring_area(clipped) if len(clipped) else 0) == pytest.approx(expected, abs=1e-9)


def test_clip_land_over_the_antimeridian():
    rings = clip_land(load_land(), Box(150, 40, 210, 75))
    assert max(jumps(rings)) < 70
    assert min(r[:, 0].min() for r in rings) >= 149 and max(r[:, 0].max() for r in rings) > 190


def test_split_line_at_the_antimeridian():
    pieces = split_line([(170, 0), (-170, 10), (-160, 10), (175, 20)])
    assert len(pieces) == 3
    assert all(np.abs(np.diff(piece[:, 0])).max() <= 180 for piece in pieces)
    assert pieces[0][-1].tolist() == [180, 5] and pieces[1][0].tolist() == [-180, 5]
    assert pieces[1][-1, 0] == -180 and pieces[2][0, 0] == 180


def test_split_line_keeps_a_view_over_the_antimeridian_whole():
    (piece,) = split_line([(170, 0), (-170, 10)], centre=180)
    assert piece.tolist() == [[170, 0], [190, 10]]


def test_split_line_leaves_out_what_has_no_place():
    assert split_line([(170, 0), (float("nan"), 1)]) == []
    assert len(split_line([(1, 0), (float("nan"), 1), (2, 0)])[0]) == 2


def test_view_is_conformal():
    view = View.fit(Box(100, 30, 140, 60), 1000)
    for lat in (32.0, 45.0, 58.0):
        a, b, c = view.project(np.array([[120.0, lat], [120.01, lat], [120.0, lat + 0.01]]))
        assert (b[0] - a[0]) / np.cos(np.radians(lat)) == pytest.approx(a[1] - c[1], rel=1e-3)
    assert view.project(np.array([[140.0, 30.0]]))[0] == pytest.approx([1000, view.height])


@pytest.mark.parametrize(
    "box", [(0, 0, 0, 1), (0, 1, 1, 0), (0, 0, 1), (0, 0, float("nan"), 1), (0, 85, 1, 89)]
)
def test_bad_boxes(box):
    with pytest.raises(LandseaError, match="box is"):
        check_box(box)


def test_fit_box_of_one_point_and_of_none():
    assert fit_box(np.array([[10.0, 50.0]]), smallest=2) == Box(9, 49, 11, 51)
    with pytest.raises(LandseaError, match="no points"):
        fit_box(np.empty((0, 2)))
