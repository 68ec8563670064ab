"""GeoPackage and GeoParquet: files of somebody else, other reference systems, damage, failed writing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import (
    InvalidValueError,
    LandseaError,
    MissingExtraError,
    NetworkError,
    SchemaError,
)
from landsea_routing.io.frames import from_frames
from networks_for_tests import tiny_network

geopandas = pytest.importorskip("geopandas")
pyogrio = pytest.importorskip("pyogrio")
pytest.importorskip("pyarrow")
shapely = pytest.importorskip("shapely")


def frames(crs: object = 4326) -> dict[str, geopandas.GeoDataFrame]:
    """Two places and a bent road, as somebody else has them."""
    nodes = geopandas.GeoDataFrame(
        {"id": [1, 2], "colour": ["red", None]}, geometry=shapely.points([120, 121], [40, 41]), crs=4326
    )
    bent = shapely.LineString([(121, 41), (120.5, 40.9), (120, 40)])
    links = geopandas.GeoDataFrame({"id": [7], "from_node": [1], "to_node": [2]}, geometry=[bent], crs=4326)
    made = {"nodes": nodes, "links": links}
    return {
        n: f.to_crs(crs) if crs is not None else f.set_crs(None, allow_override=True) for n, f in made.items()
    }


def written(path: Path, given: dict[str, geopandas.GeoDataFrame]) -> Path:
    for name, frame in given.items():
        pyogrio.write_dataframe(frame, path, layer=name, append=path.exists())
    return path


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize("crs", [4326, 3857, 32651, "OGC:CRS84"])
def test_other_reference_systems_are_turned_into_degrees(tmp_path, crs):
    net = lsr.read_geopackage(written(tmp_path / "a.gpkg", frames(crs)))
    assert net.nodes["lon"].tolist() == pytest.approx([120, 121], abs=1e-8)
    assert net.nodes["lat"].tolist() == pytest.approx([40, 41], abs=1e-8)
    # It was drawn from its end.
    np.testing.assert_allclose(net.courses["7"], [(120, 40), (120.5, 40.9), (121, 41)], atol=1e-8)
    assert net.nodes["id"].tolist() == ["1", "2"]
    said = "; ".join(net.settings.facts["assumed"])
    assert "colour" in said and "links without length" in said


def test_no_reference_system_is_refused():
    with pytest.raises(SchemaError, match="does not say its reference system"):
        from_frames(frames(None))


@pytest.mark.parametrize("crs", [4978, 5773])
def test_systems_without_a_map_are_refused(crs):
    # Of geocentric x, y and z the first two alone would lie on the equator.
    given = frames(None)
    with pytest.raises(SchemaError, match="no place"):
        from_frames({name: frame.set_crs(crs) for name, frame in given.items()})


def test_degrees_under_a_projection_are_refused():
    given = {n: f.set_crs(3857, allow_override=True) for n, f in frames().items()}
    with pytest.raises(InvalidValueError, match="look like degrees"):
        from_frames(given)


def test_swapped_axes_are_found():
    given = frames()
    given["nodes"] = given["nodes"].set_geometry(shapely.points([40, 41], [120, 121]), crs=4326)
    with pytest.raises(InvalidValueError, match="lat and lon are swapped"):
        from_frames(given)
    given = frames(32651)
    given["nodes"] = given["nodes"].set_geometry(
        shapely.points(shapely.get_coordinates(given["nodes"].geometry)[:, ::-1]), crs=32651
    )
    with pytest.raises(InvalidValueError, match="are x and y swapped"):
        from_frames(given)


def test_a_course_moved_in_a_gis_moves(tmp_path):
    net = tiny_network()
    lsr.write_geopackage(net, tmp_path / "a.gpkg")
    given = {n: pyogrio.read_dataframe(tmp_path / "a.gpkg", layer=n) for n in ("nodes", "links")}
    assert "lon" not in given["nodes"].columns
    given["nodes"].geometry = given["nodes"].translate(xoff=1)
    written(tmp_path / "b.gpkg", given)
    assert (lsr.read_geopackage(tmp_path / "b.gpkg", strict=False).nodes["lon"] == net.nodes["lon"] + 1).all()


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        (lambda f: {"nodes": f["nodes"], "edges": f["links"]}, SchemaError, "links"),
        (lambda f: {**f, "links": f["links"].rename(columns={"to_node": "to_nod"})}, SchemaError, "to_nod?"),
        (lambda f: {**f, "links": f["links"].assign(to_node=[3])}, NetworkError, "unknown-node"),
        (lambda f: {**f, "links": f["links"].assign(mode=["raod"])}, InvalidValueError, "did you mean road"),
        (
            lambda f: {**f, "nodes": f["nodes"].set_geometry(f["nodes"].buffer(1))},
            InvalidValueError,
            "no points",
        ),
        (
            lambda f: {**f, "links": f["links"].set_geometry(f["links"].centroid)},
            InvalidValueError,
            "no lines",
        ),
        (
            lambda f: {**f, "nodes": f["nodes"].set_geometry([None, None], crs=4326)},
            InvalidValueError,
            "no points",
        ),
        *(
            (
                lambda f, p=place: {
                    **f,
                    "nodes": f["nodes"].set_geometry([p, shapely.Point(1, 2)], crs=4326),
                },
                InvalidValueError,
                "1 nodes are no points, or nowhere",
            )
            for place in (shapely.Point(), shapely.Point(float("inf"), 40), shapely.Point(float("nan"), 40))
        ),
        (
            lambda f: {**f, "links": f["links"].set_geometry(f["links"].translate(xoff=50))},
            InvalidValueError,
            "50 degrees off",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:Geometry is in a geographic CRS")
def test_what_is_wrong_is_said(change, kind, said):
    with pytest.raises(kind) as caught:
        from_frames(change(frames()))
    assert said in str(caught.value) or said in caught.value.code


def test_layers_of_somebody_else_must_be_nodes_and_links(tmp_path):
    given = frames()
    with pytest.raises(SchemaError, match="no table nodes"):
        lsr.read_geopackage(written(tmp_path / "a.gpkg", {"places": given["nodes"], "links": given["links"]}))


def test_a_layer_that_is_called_otherwise_is_named(tmp_path):
    given = frames()
    with pytest.raises(SchemaError, match=r"layers \(Nodes, links\).*did you mean Nodes"):
        lsr.read_geopackage(written(tmp_path / "a.gpkg", {"Nodes": given["nodes"], "links": given["links"]}))


@pytest.mark.parametrize("format", ["gpkg", "parquet", "gmns"])
def test_a_table_that_is_misspelt_is_not_passed_over(tmp_path, format):
    net = lsr.load_network("toy_three_ports")
    path = tmp_path / ("a.gpkg" if format == "gpkg" else "a")
    lsr.write_network(net, path, format=format)
    assert lsr.read_network(path).demand.to_rows() == net.demand.to_rows()
    if format == "gpkg":
        base = sqlite3.connect(path)
        base.execute("ALTER TABLE demand RENAME TO demands")
        for table in ("gpkg_contents", "gpkg_ogr_contents"):
            base.execute(f"UPDATE {table} SET table_name = 'demands' WHERE table_name = 'demand'")  # noqa: S608
        base.commit()
        base.close()
    else:
        suffix = "parquet" if format == "parquet" else "csv"
        (path / f"demand.{suffix}").rename(path / f"demands.{suffix}")
    with pytest.raises(SchemaError, match=r"demands.* is not a table"):
        lsr.read_network(path)


def test_points_in_a_layer_of_many_points(tmp_path):
    given = frames()
    many = [shapely.MultiPoint([p]) for p in given["nodes"].geometry]
    given["nodes"] = given["nodes"].set_geometry(many, crs=4326)
    net = lsr.read_geopackage(written(tmp_path / "a.gpkg", given))
    assert net.nodes["lon"].tolist() == [120.0, 121.0]
    given["nodes"] = given["nodes"].set_geometry([shapely.MultiPoint([(1, 2), (3, 4)]), many[1]], crs=4326)
    with pytest.raises(InvalidValueError, match="1 nodes are no points"):
        from_frames(given)


def test_a_geopackage_may_be_called_anything(tmp_path):
    net = tiny_network()
    lsr.write_network(net, tmp_path / "net.v2", format="gpkg")
    assert lsr.read_network(tmp_path / "net.v2").links.to_rows() == net.links.to_rows()


def test_a_column_that_is_almost_ours_is_told():
    given = frames()
    given["links"] = given["links"].assign(GAUGE=[1520], Mode=["rail"], colour=["red"])
    said = from_frames(given).settings.facts["assumed"]
    assert "columns of links left out: GAUGE (is it gauge?), Mode (is it mode?), colour" in said


def test_ids_may_be_the_index_of_parquet(tmp_path):
    for name, frame in frames().items():
        frame.set_index("id").to_parquet(tmp_path / f"{name}.parquet")
    assert lsr.read_network(tmp_path).nodes["id"].tolist() == ["1", "2"]


def test_parquet_of_somebody_else(tmp_path):
    for name, frame in frames(3857).items():
        frame.to_parquet(tmp_path / f"{name}.parquet")
    assert lsr.read_network(tmp_path).nodes["lat"].tolist() == pytest.approx([40, 41])


def test_a_geopackage_cut_off_is_refused(tmp_path):
    path = tmp_path / "a.gpkg"
    lsr.write_geopackage(tiny_network(), path)
    data = path.read_bytes()
    for share in (0.05, 0.5, 0.99):
        path.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(SchemaError, match="damaged"):
            lsr.read_geopackage(path)
    path.write_bytes(data[:4096] + bytes(len(data) - 4096))
    with pytest.raises(SchemaError):
        lsr.read_geopackage(path)


def test_a_database_that_is_no_geopackage(tmp_path):
    path = tmp_path / "a.gpkg"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE nodes (id TEXT)")
    base.close()
    with pytest.raises(SchemaError):
        lsr.read_geopackage(path)


def test_parquet_cut_off_is_refused(tmp_path):
    lsr.write_geoparquet(tiny_network(), tmp_path)
    for name in ("links", "tariffs"):
        file = tmp_path / f"{name}.parquet"
        data = file.read_bytes()
        file.write_bytes(data[: len(data) // 2])
        with pytest.raises(SchemaError, match=rf"{name}\.parquet"):
            lsr.read_geoparquet(tmp_path)
        file.write_bytes(data)


def test_a_small_file_may_not_promise_any_number_of_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("landsea_routing.io.geoparquet.MAX_ROWS", 1)
    lsr.write_geoparquet(tiny_network(), tmp_path)
    with pytest.raises(SchemaError, match=r"it promises .* rows, more than 1"):
        lsr.read_geoparquet(tmp_path)


def test_writing_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "a.gpkg"
    path.write_bytes(b"old")
    write, calls = pyogrio.write_dataframe, []

    def fail(*args: object, **kwargs: object) -> None:
        calls.append(args)
        if len(calls) == 3:
            raise OSError("disk full")
        write(*args, **kwargs)

    monkeypatch.setattr(pyogrio, "write_dataframe", fail)
    with pytest.raises(LandseaError, match="disk full"):
        lsr.write_geopackage(tiny_network(), path)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.gpkg"]
    assert pyogrio.get_gdal_config_option("OGR_SQLITE_SYNCHRONOUS") is None


def test_a_missing_library_is_told(monkeypatch, tmp_path):
    import sys

    monkeypatch.setitem(sys.modules, "geopandas", None)
    with pytest.raises(MissingExtraError, match=r"landsea-routing\[geo\]"):
        lsr.write_geoparquet(tiny_network(), tmp_path)


def test_gdal_sees_layers_and_reference_system(tmp_path):
    path = tmp_path / "a.gpkg"
    net = lsr.load_network("northeast_asia")
    lsr.write_geopackage(net, path)
    kinds = dict(pyogrio.list_layers(path).tolist())
    assert kinds["nodes"] == "Point" and kinds["tariffs"] is None
    info = pyogrio.read_info(path, layer="links")
    assert info["crs"] == "EPSG:4326" and info["features"] == 715 and info["driver"] == "GPKG"
    assert -180 <= info["total_bounds"][0] < info["total_bounds"][2] <= 180
    frame = pyogrio.read_dataframe(path, layer="links", where="mode = 'sea'")
    assert frame.is_valid.all()
    assert len(frame) == int((net.links["mode"] == "sea").sum())
