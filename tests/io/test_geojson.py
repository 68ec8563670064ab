"""GeoJSON as RFC 7946 has it, and files that are not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, LandseaError, NetworkError, SchemaError
from landsea_routing.io.geojson import read_geojson, write_geojson


def point(node: str, lon: float, lat: float, **more: object) -> dict[str, object]:
    shape = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "properties": {"id": node, **more}, "geometry": shape}


def line(link: str, start: str, end: str, *places: tuple[float, float], **more: object) -> dict[str, object]:
    properties = {"id": link, "from_node": start, "to_node": end, **more}
    shape = {"type": "LineString", "coordinates": places}
    return {"type": "Feature", "properties": properties, "geometry": shape}


FEATURES = [
    point("a", 120, 40),
    point("b", 121, 41),
    line("ab", "a", "b", (120, 40), (120.5, 40.9), (121, 41), length_km=150, mode="road"),
]


@pytest.fixture
def write(tmp_path: Path):
    def call(features: object = FEATURES, **more: object) -> Path:
        whole = {"type": "FeatureCollection", "features": features, **more}
        (tmp_path / "net.geojson").write_text(json.dumps(whole), "utf-8")
        return tmp_path / "net.geojson"

    return call


def every_place(shape: dict[str, object]) -> list[list[float]]:
    array = shape["coordinates"]
    kind = shape["type"]
    return (
        [array] if kind == "Point" else array if kind == "LineString" else [p for part in array for p in part]
    )


def test_the_form_is_that_of_rfc_7946(tmp_path):
    write_geojson(lsr.load_network("northeast_asia"), tmp_path / "net.geojson")
    whole = json.loads((tmp_path / "net.geojson").read_text("utf-8"))
    assert whole["type"] == "FeatureCollection" and "crs" not in whole
    ids = [f["id"] for f in whole["features"]]
    assert len(ids) == len(set(ids)) == 252 + 715
    places = [place for f in whole["features"] for place in every_place(f["geometry"])]
    assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in places)
    assert all(value == round(value, 7) for place in places for value in place)
    lines = [f["geometry"] for f in whole["features"] if f["geometry"]["type"] != "Point"]
    parts = [
        part
        for g in lines
        for part in ([g["coordinates"]] if g["type"] == "LineString" else g["coordinates"])
    ]
    assert all(len(part) > 1 for part in parts)
    assert max(np.abs(np.diff(np.array(part)[:, 0])).max() for part in parts) < 180
    assert sum(g["type"] == "MultiLineString" for g in lines) == 5  # the lanes of the Northern Sea Route


def test_geopandas_reads_it(tmp_path):
    geopandas = pytest.importorskip("geopandas")
    write_geojson(lsr.load_network("northeast_asia"), tmp_path / "net.geojson")
    frame = geopandas.read_file(tmp_path / "net.geojson")
    assert len(frame) == 252 + 715
    assert frame.crs == 4326
    assert frame.is_valid.all()


def test_a_file_of_somebody_else(write):
    net = read_geojson(write())
    assert net.courses == {"ab": ((120.0, 40.0), (120.5, 40.9), (121.0, 41.0))}
    assert net.links["length_km"].tolist() == [150]
    said = "; ".join(net.settings.facts["assumed"])
    assert "no link has a limit" in said and "nodes without kind: city" in said


def test_a_missing_length_is_that_of_the_line(write):
    features = [*FEATURES[:2], line("ab", "a", "b", (120, 40), (120, 41), (121, 41))]
    # By hand: one degree of meridian at 40.5 N, and one of the parallel at 41 N, on the WGS84 ellipsoid.
    assert read_geojson(write(features)).links["length_km"][0] == pytest.approx(111.04 + 84.12, abs=0.05)


def test_ids_may_be_those_of_the_features(write):
    bare = [{**f, "id": f["properties"]["id"]} for f in FEATURES]
    for f in bare:
        f["properties"] = {k: v for k, v in f["properties"].items() if k != "id"}
    assert read_geojson(write(bare)).links["id"].tolist() == ["ab"]


@pytest.mark.parametrize(
    ("features", "kind", "said"),
    [
        ([point("a", 40, 120), *FEATURES[1:]], InvalidValueError, "no degrees"),
        ([point("a", 40, 120), point("b", 41, 121)], InvalidValueError, "swapped"),
        ([*FEATURES, {**FEATURES[0], "geometry": {"type": "Polygon", "coordinates": []}}], InvalidValueError,
         "feature 4"),
        ([*FEATURES, {**FEATURES[0], "geometry": None}], InvalidValueError, "feature 4"),
        ([*FEATURES, 7], InvalidValueError, "feature 4"),
        ([*FEATURES[:2], line("ab", "a", "bb", (120, 40), (121, 41))], NetworkError, "bb"),
        ([*FEATURES[:2], line("ab", "a", "b", (120, 40), (221, 41))], InvalidValueError, "no degrees"),
        ([{**FEATURES[2], "properties": {"id": "ab", "from": "a", "to_node": "b"}}, *FEATURES[:2]],
         SchemaError,
         "did you mean from"),
        ([*FEATURES[:2], {**FEATURES[2], "properties": {**FEATURES[2]["properties"], "mode": "raod"}}],
         InvalidValueError, "did you mean road"),
        ([], SchemaError, "id"),
    ],
)  # fmt: skip
def test_features_that_are_wrong(write, features, kind, said):
    with pytest.raises(kind) as caught:
        read_geojson(write(features))
    assert said in str(caught.value)


def test_our_own_member_may_hold_anything(write):
    assert read_geojson(write(landsea_routing={"base_year": "soon", "title": None})).settings.base_year == 0
    assert read_geojson(write(landsea_routing=3)).settings.base_year == 0


def test_a_place_may_be_the_only_one_of_many(write):
    many = {**FEATURES[0], "geometry": {"type": "MultiPoint", "coordinates": [[120, 40]]}}
    assert read_geojson(write([many, *FEATURES[1:]])).nodes["lon"].tolist() == [120.0, 121.0]
    many["geometry"] = {"type": "MultiPoint", "coordinates": [[120, 40], [121, 41]]}
    with pytest.raises(InvalidValueError, match="feature 1; geometry 'MultiPoint'"):
        read_geojson(write([many, *FEATURES[1:]]))


def test_a_name_that_is_null_is_that_of_the_file(write):
    assert read_geojson(write(name=None)).name == read_geojson(write()).name


def test_another_reference_system_is_refused(write):
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    with pytest.raises(SchemaError, match="3857"):
        read_geojson(write(crs=named))
    named["properties"]["name"] = "urn:ogc:def:crs:OGC:1.3:CRS84"
    assert len(read_geojson(write(crs=named)).nodes) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON"),
        ("[1, 2]", "no JSON"),
        ('{"type": "Topology"}', "FeatureCollection"),
        ('{"type": "FeatureCollection", "features": 3}', "FeatureCollection"),
        ('{"type": "FeatureCollection",\n"features": [{"type": ', "line 2"),
        ('{"a":' * 100_000, "nested"),
        ('{"type": "FeatureCollection", "features": [], "features": []}', "'features' twice"),
        ("{" + "\udcff", "not UTF-8"),
    ],
)
def test_text_that_is_no_geojson(tmp_path, text, said):
    path = tmp_path / "net.geojson"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(LandseaError) as caught:
        read_geojson(path)
    assert said in str(caught.value)


INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize(
    ("features", "said"),
    [
        ([point("a", INF, 40), point("b", 120, 41), line("ab", "a", "b", (120, 40), (120, 41))], "finite"),
        ([point("a", NAN, 40), point("b", 120, 41), line("ab", "a", "b", (120, 40), (120, 41))], "nodes.lon"),
        ([point("a", 10**400, 40), point("b", 120, 41)], "feature 1; OverflowError"),
        ([point("", 120, 40), point("b", 120, 41)], "feature 1; ValueError: no id among its properties id"),
        (
            [point("a", 120, 40), point("b", 120, 41), line("ab", "a", "b", (120, 40), (NAN, 41))],
            "lines of links ab cannot be drawn",
        ),
        (
            [point("a", 120, 40), point("b", 120, 41), line("ab", "a", "b", (120, 40))],
            "lines of links ab cannot be drawn",
        ),
        (
            [point("a", 120, 40), point("b", 120, 41), line("ab", "a", "b", (10, 40), (10, 41))],
            "ab (110 degrees off)",
        ),
    ],
)  # fmt: skip
def test_no_wrong_number_is_taken(tmp_path, features, said):
    path = tmp_path / "net.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    with pytest.raises(LandseaError) as caught:
        read_geojson(path)
    assert said in str(caught.value)


def test_a_code_that_only_holds_4326_is_another_one(write):
    with pytest.raises(SchemaError, match="43260"):
        read_geojson(write(crs={"type": "name", "properties": {"name": "EPSG:43260"}}))
