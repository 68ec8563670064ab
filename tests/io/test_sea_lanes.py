"""Sea links along lanes: by hand on the equator, by law, and against networkx; known faults are caught."""

from __future__ import annotations

import json

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, LandseaError, SchemaError
from landsea_routing.io.sea_lanes import Lanes, read_lanes, searoute_lanes, searoute_ports
from landsea_routing.io.sea_links import sea_links

GEOD = Geod(ellps="WGS84")
DEGREE_KM = GEOD.inv(0, 0, 1, 0)[2] / 1000


def line(*points, **properties):
    shape = {"type": "LineString", "coordinates": [list(p) for p in points]}
    return {"type": "Feature", "properties": properties, "geometry": shape}


def written(tmp_path, *features, name="lanes.geojson"):
    path = tmp_path / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), encoding="utf-8")
    return path


def ports(**places):
    return pd.DataFrame([{"id": k, "lon": x, "lat": y} for k, (x, y) in places.items()])


@pytest.fixture
def lanes(tmp_path):
    """Two lanes along the equator that meet at the antimeridian, and a branch north through a passage."""
    return read_lanes(
        written(
            tmp_path,
            line((170, 0), (175, 0), (180, 0)),
            line((-180, 0), (-175, 0), (-175, 0)),
            line((186, 0), (185, 0)),
            line((175, 0), (175, 10), passage="strait"),
            line((0, 0), (1, 0)),
        )
    )


def test_lanes_meet_at_the_antimeridian(lanes):
    assert sorted(lanes.lon.tolist()) == [-180, -175, -174, 170, 175, 175]
    assert (lanes.length_km > 0).all()
    found = sea_links(lanes, ports(a=(170, 0), b=(-174, 0)))
    assert found.links["length_km"].tolist() == [round(16 * DEGREE_KM, 1)]
    assert not len(found.faults)


def test_access_legs_are_part_of_the_length(lanes):
    found = sea_links(lanes, ports(a=(170, 0.5), b=(180, 0)), vehicle_class="deep_sea").links.iloc[0]
    leg = GEOD.inv(170, 0.5, 170, 0)[2] / 1000
    assert found["length_km"] == round(leg + 10 * DEGREE_KM, 1)
    assert (found["id"], found["vehicle_class"]) == ("sea-a-b", "deep_sea")
    assert found["note"] == "to the lanes 55 km at a, 0 km at b"


def test_a_closed_passage_is_not_sailed(tmp_path):
    path = written(tmp_path, line((0, 0), (1, 0), (2, 0)), line((0, 0), (1, 1), (2, 0), passage="strait"))
    assert len(read_lanes(path).lon) == 4
    assert len(read_lanes(path, closed=["strait"]).lon) == 3
    with pytest.raises(InvalidValueError, match="among strait"):
        read_lanes(path, closed=["channel"])


@pytest.mark.parametrize(
    ("places", "fault"),
    [
        ({"a": (170, 0), "b": (172, 5)}, ("b", "", "inland")),
        ({"a": (180, 0.4), "b": (180, 0.5)}, ("a", "b", "nearer than the lanes")),
        ({"a": (170.3, 0), "b": (170.3, 0)}, ("a", "b", "same place")),
    ],
)
def test_a_fault_gives_no_link(lanes, places, fault):
    found = sea_links(lanes, ports(**places))
    assert not len(found.links)
    assert found.faults[["from_node", "to_node", "fault"]].values.tolist() == [list(fault)]
    assert found.faults["km"].gt(0).all()


def test_a_detour_is_a_link_and_named():
    """Round a peninsula 10 degrees long: 20 degrees and a bit, for two ports 1 degree apart."""
    at = np.array([0.0, 0, 1, 1]), np.array([0.0, 10, 10, 0])
    km = np.array(
        [GEOD.inv(*a, *b)[2] for a, b in (((0, 0), (0, 10)), ((0, 10), (1, 10)), ((1, 10), (1, 0)))]
    )
    lanes = Lanes(*at, np.arange(3), np.arange(1, 4), km / 1000)
    found = sea_links(lanes, ports(a=(0, 0), b=(1, 0)))
    assert found.links["length_km"].tolist() == [round(km.sum() / 1000, 1)]
    assert found.faults["fault"].tolist() == ["detour"]
    assert not len(sea_links(lanes, ports(a=(0, 0), b=(1, 0)), most_detour=30).faults)


def test_no_way_is_never_0():
    lanes = Lanes(
        np.array([0.0, 1, 5, 6]), np.zeros(4), np.array([0, 2]), np.array([1, 3]), np.full(2, 111.0)
    )
    found = sea_links(lanes, ports(a=(0, 0), b=(6, 0)))
    assert found.faults[["fault", "km"]].values.tolist() == [["no way", np.inf]]


@st.composite
def worlds(draw):
    place = st.tuples(st.floats(-180, 180), st.floats(-80, 80))
    at = np.array(draw(st.lists(place, min_size=2, max_size=6)))
    vertex = st.integers(0, len(at) - 1)
    ends = np.array(draw(st.lists(st.tuples(vertex, vertex), min_size=1, max_size=9)))
    km = GEOD.inv(*at[ends[:, 0]].T, *at[ends[:, 1]].T)[2] / 1000
    some = draw(st.lists(place, min_size=2, max_size=4))
    return Lanes(*at.T, *ends.T, km), ports(**{f"p{i}": p for i, p in enumerate(some)})


@given(worlds())
def test_no_length_is_0_or_below_the_great_circle(world):
    lanes, places = world
    found = sea_links(lanes, places, reach_km=30_000)
    at = {row.id: (row.lon, row.lat) for row in places.itertuples()}
    graph = nx.Graph()
    graph.add_nodes_from(range(len(lanes.lon)))
    for u, v, km in zip(lanes.tail, lanes.head, lanes.length_km, strict=True):
        if not graph.has_edge(u, v) or graph[u][v]["weight"] > km:
            graph.add_edge(u, v, weight=km)
    for link in found.links.itertuples():
        ends = at[link.from_node], at[link.to_node]
        direct = GEOD.inv(*ends[0], *ends[1])[2] / 1000
        assert link.length_km >= direct - 0.06  # a length is rounded to 100 m
        away = [
            [GEOD.inv(*end, x, y)[2] / 1000 for x, y in zip(lanes.lon, lanes.lat, strict=True)]
            for end in ends
        ]
        near = [np.flatnonzero(np.isclose(a, min(a), rtol=1e-2)) for a in away]
        ways = [
            away[0][u] + away[1][v] + nx.shortest_path_length(graph, u, v, "weight")
            for u in near[0]
            for v in near[1]
            if nx.has_path(graph, u, v)
        ]
        assert np.isclose(ways, link.length_km, rtol=1e-9, atol=0.06).any()
    assert len(found.links) + (found.faults["fault"] != "detour").sum() == len(places) * (len(places) - 1) / 2


def test_links_go_into_a_network(lanes):
    """The rows are ready for the table of links."""
    net = lsr.load_network("toy_three_ports")
    near = ports(aport=(170, 0), cport=(180, 0))
    rows = sea_links(lanes, near, vehicle_class="deep_sea").links.assign(id="sea-aport-cport-2")
    more = net.with_tables(links=net.links.with_rows(rows.to_dict("records")))
    assert more.links["length_km"][-1] == round(10 * DEGREE_KM, 1)
    new = {f.code for f in lsr.check(more).findings} - {f.code for f in lsr.check(net).findings}
    assert new == {"link-without-capacity"}  # which no lane network knows


COLLECTION = '{"type": "FeatureCollection", "features": [%s]}'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is no JSON"),
        ('{"type": "FeatureCollection", "features": [', "is it cut off?"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "is no JSON object"),
        ('{"features": []}', "is no FeatureCollection"),
        (COLLECTION % "{}", "feature 1 is no line"),
        (COLLECTION % '{"geometry": {"type": "Point", "coordinates": [0, 0]}}', "feature 1 is no line"),
        (COLLECTION % '{"geometry": {"type": "LineString", "coordinates": [[0], [1]]}}', "feature 1 is no"),
        (COLLECTION % '{"geometry": {"type": "LineString", "coordinates": [["x", 0]]}}', "feature 1 is no"),
        (COLLECTION % "", "holds no line"),
    ],
)
def test_a_bad_file_is_refused(tmp_path, content, message):
    path = tmp_path / "a.geojson"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SchemaError) as caught:
        read_lanes(path)
    assert message in str(caught.value)


def one_line(*places, **more):
    shape = {"type": "LineString", "coordinates": places}
    feature = {"type": "Feature", "properties": {"passage": "suez"}, "geometry": shape}
    other = {**feature, "properties": {}}
    return json.dumps({"type": "FeatureCollection", "features": [feature, other], **more})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (one_line([0, 0], [0, 0]), "holds no line of any length"),
        (one_line([10**400, 0], [0, 0]), "feature 1 is no line (OverflowError"),
        (
            one_line([0, 0], [1, 1], crs={"type": "name", "properties": {"name": "EPSG:3857"}}),
            "another reference system",
        ),
    ],
)
def test_no_wrong_lane_is_taken(tmp_path, text, said):
    (tmp_path / "a.geojson").write_text(text, "utf-8")
    with pytest.raises(LandseaError) as caught:
        read_lanes(tmp_path / "a.geojson")
    assert said in str(caught.value)


def test_one_passage_may_be_closed_by_its_name(tmp_path):
    (tmp_path / "a.geojson").write_text(one_line([0, 0], [1, 1]), "utf-8-sig")
    assert len(read_lanes(tmp_path / "a.geojson", closed="suez").length_km) == 1


def test_metres_swapped_axes_and_nonsense_are_refused(tmp_path):
    for bad in ((500_000, 0), (0, 91), (float("nan"), 0)):
        with pytest.raises(InvalidValueError, match="swapped, or in metres"):
            read_lanes(written(tmp_path, line((0, 0), bad)))
    (tmp_path / "a.geojson").write_bytes(np.random.default_rng(0).bytes(2000))
    with pytest.raises(LandseaError):
        read_lanes(tmp_path / "a.geojson")
    with pytest.raises(LandseaError, match="is not a file"):
        read_lanes(tmp_path / "nowhere.geojson")


def test_bad_ports_are_refused(lanes):
    two = ports(a=(170, 0), b=(180, 0))
    with pytest.raises(SchemaError, match="ports lack columns lat"):
        sea_links(lanes, two.drop(columns="lat"))
    with pytest.raises(InvalidValueError, match="lat and lon swapped"):
        sea_links(lanes, two.rename(columns={"lon": "lat", "lat": "lon"}))
    with pytest.raises(InvalidValueError, match="ports a come more than once"):
        sea_links(lanes, two.assign(id="a"))
    for pair in (("a", "c"), ("a", "a")):
        with pytest.raises(InvalidValueError, match="pairs name no port"):
            sea_links(lanes, two, [pair])


@pytest.mark.slow
def test_the_lanes_of_searoute_give_lengths_near_published_ones():
    pytest.importorskip("searoute")
    net = lsr.load_network("northeast_asia")
    nodes = net.nodes.to_frame()
    harbours = nodes[nodes["kind"] == "port"]
    found = sea_links(searoute_lanes(), harbours)
    known = net.links.to_frame()
    both = known[known["mode"] == "sea"].merge(found.links, on=["from_node", "to_node"])
    ratio = both["length_km_y"] / both["length_km_x"]
    assert len(both) > 50
    assert 0.95 < ratio.median() < 1.15
    faults = set(found.faults["fault"])
    assert faults <= {"inland", "nearer than the lanes", "detour"} and len(found.links) > 1000
    assert len(searoute_lanes(closed=()).lon) > len(searoute_lanes().lon)
    listed = searoute_ports(["KR", "JP"])
    assert set(listed["country"]) == {"KR", "JP"} and listed["id"].is_unique
