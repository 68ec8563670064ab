"""What is written comes back: equal ids, types and values through every format that says it keeps all."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import landsea_routing as lsr
from formats_for_tests import SEEDS, SIZES, assert_same, assert_same_courses, rich_network
from landsea_routing.io.csv_folder import read_csv_folder, write_csv_folder
from landsea_routing.io.gmns import read_gmns, write_gmns
from landsea_routing.io.lines import cut, join, run_on
from landsea_routing.model.network import Network
from landsea_routing.model.schema import SCHEMAS
from strategies import laws


def by_csv(network: Network, folder: Path) -> Network:
    write_csv_folder(network, folder / "net")
    return read_csv_folder(folder / "net", strict=False)


def by_gmns(network: Network, folder: Path) -> Network:
    write_gmns(network, folder / "net")
    return read_gmns(folder / "net", strict=False)


def by_directed_gmns(network: Network, folder: Path) -> Network:
    write_gmns(network, folder / "net", directed=True)
    return read_gmns(folder / "net", strict=False)


def by_geopackage(network: Network, folder: Path) -> Network:
    pytest.importorskip("pyogrio")
    pytest.importorskip("geopandas")
    lsr.write_geopackage(network, folder / "net.gpkg")
    return lsr.read_geopackage(folder / "net.gpkg", strict=False)


def by_geoparquet(network: Network, folder: Path) -> Network:
    pytest.importorskip("pyarrow")
    pytest.importorskip("geopandas")
    lsr.write_geoparquet(network, folder / "net")
    return lsr.read_geoparquet(folder / "net", strict=False)


def by_networkx(network: Network, folder: Path) -> Network:
    return lsr.from_networkx(lsr.to_networkx(network), strict=False)


WAYS = (by_csv, by_gmns, by_directed_gmns, by_geopackage, by_geoparquet, by_networkx)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["toy_three_ports", "northeast_asia"])
def test_packaged_networks_come_back(way, name, tmp_path):
    network = lsr.load_network(name)
    assert_same(network, way(network, tmp_path))


def check_round_trip(way, seed: int, n_nodes: int) -> None:
    network = rich_network(seed, n_nodes)
    with TemporaryDirectory() as folder:
        assert_same(network, way(network, Path(folder)))


@pytest.mark.parametrize("way", WAYS)
def test_random_networks_come_back(way):
    @laws(12)
    @given(SEEDS, SIZES)
    def law(seed, n_nodes):
        check_round_trip(way, seed, n_nodes)

    law()


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_thousand_networks_come_back(way):
    @laws(1000)
    @given(SEEDS, SIZES)
    def law(seed, n_nodes):
        check_round_trip(way, seed, n_nodes)

    law()


@pytest.mark.parametrize("way", WAYS)
def test_a_network_without_rows_comes_back(way, tmp_path):
    full = lsr.load_network("toy_three_ports")
    empty = full.with_tables(**{name: table.take(np.arange(0)) for name, table in full.tables.items()})
    again = way(empty, tmp_path)
    assert [len(table) for table in again.tables.values()] == [0] * len(SCHEMAS)


@pytest.mark.parametrize("way", WAYS[:3])
def test_writing_again_leaves_no_old_rows(way, tmp_path):
    network = lsr.load_network("toy_three_ports")
    way(network, tmp_path)
    less = network.with_demand(network.demand.take(np.arange(0)))
    assert len(way(less, tmp_path).demand) == 0


def test_geojson_keeps_nodes_links_and_courses(tmp_path):
    network = lsr.load_network("northeast_asia")
    lsr.write_geojson(network, tmp_path / "net.geojson")
    again = lsr.read_geojson(tmp_path / "net.geojson", strict=False)
    for name in ("nodes", "links"):
        for column, values in network.tables[name].columns.items():
            if column in ("lon", "lat"):
                assert np.abs(again.tables[name][column] - values).max() <= 0.5e-7 + 1e-15
            else:
                np.testing.assert_array_equal(again.tables[name][column], values, err_msg=f"{name}.{column}")
    assert_same_courses(network, again)
    assert again.settings.base_year == 2023
    assert again.settings.title == network.settings.title


@laws(20)
@given(SEEDS, SIZES)
def test_geojson_keeps_nodes_and_links_of_random_networks(seed, n_nodes):
    network = rich_network(seed, n_nodes)
    with TemporaryDirectory() as folder:
        lsr.write_geojson(network, Path(folder) / "net.geojson")
        again = lsr.read_geojson(Path(folder) / "net.geojson", strict=False)
    for name in ("nodes", "links"):
        for column in set(network.tables[name].columns) - {"lon", "lat"}:
            np.testing.assert_array_equal(again.tables[name][column], network.tables[name][column])
    assert_same_courses(network, again, near=1.1e-6)  # each seam is rounded too


places = st.tuples(st.floats(-180, 180), st.floats(-89, 89))


@laws(300)
@given(st.lists(places, min_size=2, max_size=8, unique=True))
def test_a_line_that_is_cut_joins_again(points):
    course = run_on(points)
    parts = cut(course)
    assert all(len(part) > 1 for part in parts) or len(set(course)) == 1
    assert all(abs(lon) <= 180 for part in parts for lon, _ in part)
    assert all(abs(b[0] - a[0]) <= 180 for part in parts for a, b in pairwise(part))
    for one, two in pairwise(parts):
        assert (one[-1][0], one[-1][1]) == (-two[0][0], two[0][1])
    again, was = np.array(join(parts)), np.array(course)
    # Cutting at a vertex may take it out where it lies on the line; the ends stay.
    for end in (0, -1):
        off = again[end] - was[end]
        assert abs(off[0] - 360 * round(off[0] / 360)) <= 1e-7
        assert abs(off[1]) <= 1e-7
