"""Open matrices: written and read here, damaged ones refused; peers open them in test_omx_peers.py."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, LandseaError, SchemaError, UnknownNameError
from landsea_routing.io.omx import read_omx, write_omx
from landsea_routing.io.omx_demand import read_demand_omx, write_demand_omx

h5py = pytest.importorskip("h5py")

NAMES = st.lists(st.text("abcé日0_", min_size=1, max_size=5), min_size=1, max_size=4, unique=True)


@settings(max_examples=30, deadline=None)
@given(st.data(), NAMES, NAMES, NAMES)
def test_matrices_come_back_to_the_last_bit(tmp_path_factory, data, names, origins, destinations):
    path = tmp_path_factory.mktemp("omx") / "a.omx"
    shape = len(origins), len(destinations)
    matrices = {name: data.draw(npst.arrays(np.float64, shape)) for name in names}
    write_omx(path, matrices, origins, destinations, units={names[0]: "USD/t"})
    found = read_omx(path)
    assert found.origins.tolist() == origins and found.destinations.tolist() == destinations
    assert set(found.matrices) == set(names) and dict(found.units) == {names[0]: "USD/t"}
    for name in names:
        assert np.array_equal(found.matrices[name], matrices[name], equal_nan=True)
        assert np.array_equal(np.signbit(found.matrices[name]), np.signbit(matrices[name]))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.omx"
    write_omx(path, {"cost": [[0, np.inf], [2.5, np.nan]]}, ["a", "b"], ["a", "b"])
    return path


def test_the_layout_is_that_of_the_specification(path):
    with h5py.File(path) as file:
        assert file.attrs["OMX_VERSION"] == b"0.2"
        assert file.attrs["SHAPE"].tolist() == [2, 2] and file.attrs["SHAPE"].dtype == np.int32
        assert file["data/cost"].chunks is not None and file["data/cost"].compression == "gzip"
        assert file["lookup/node"][()].tolist() == [b"a", b"b"]
        assert file["lookup/zone"][()].tolist() == [1, 2]


def test_a_file_is_replaced_whole_or_not_at_all(path):
    before = path.read_bytes()
    for matrices, origins, destinations in (
        ({}, ["a"], ["b"]),
        ({"x": [[1.0]]}, ["a", "b"], ["a"]),
        ({"x/y": [[1.0]]}, ["a"], ["b"]),
        ({"": [[1.0]]}, ["a"], ["b"]),
        ({"x": np.zeros((0, 0))}, [], []),
        ({"x": [[1.0], [1.0]]}, ["a", "a"], ["b"]),
    ):
        with pytest.raises(InvalidValueError):
            write_omx(path, matrices, origins, destinations)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["a.omx"]
    with pytest.raises(LandseaError, match="could not be written"):
        write_omx(path / "no" / "a.omx", {"x": [[1.0]]}, ["a"], ["a"])


def edited(path, change):
    with h5py.File(path, "r+") as file:
        change(file)
    return path


def test_a_mapping_may_be_chosen(path):
    assert read_omx(path, mapping="zone").origins.tolist() == ["1", "2"]
    with pytest.raises(UnknownNameError, match="did you mean zone"):
        read_omx(path, mapping="zones")
    edited(path, lambda file: file["lookup"].move("node", "taz"))
    with pytest.raises(SchemaError, match="say which with mapping="):
        read_omx(path)
    edited(path, lambda file: file["lookup"].pop("taz"))
    assert read_omx(path).origins.tolist() == ["1", "2"]
    edited(path, lambda file: file.pop("lookup"))
    assert read_omx(path).destinations.tolist() == ["1", "2"]


def test_zone_numbers_keep_all_their_digits(path):
    edited(path, lambda file: _set(file, "lookup/node", np.array([12345678.0, 12345679.0])))
    assert read_omx(path).origins.tolist() == ["12345678", "12345679"]


def test_a_cell_that_the_file_marks_as_missing_is_unknown(path):
    """`NA` of the specification: -9999 USD/t would be the best of all."""
    edited(path, lambda file: _set(file, "data/cost", np.array([[0.0, -9999.0], [3.0, 4.0]])))
    edited(path, lambda file: file["data/cost"].attrs.__setitem__("NA", -9999))
    found = read_omx(path).matrices["cost"]
    assert np.isnan(found[0, 1]) and np.isfinite(found).sum() == 3
    single = np.array([[0.0, 0.1], [3.0, 4.0]], dtype=np.float32)  # its 0.1 is not that of 64 bits
    edited(path, lambda file: _set(file, "data/cost", single))
    edited(path, lambda file: file["data/cost"].attrs.__setitem__("NA", 0.1))
    found = read_omx(path).matrices["cost"]
    assert np.isnan(found[0, 1]) and np.isfinite(found).sum() == 3


def test_matrices_are_counted_together_against_the_limit(path):
    def promise(file):
        file.attrs["SHAPE"] = np.array([20_000, 20_000])
        for name in ("a", "b", "c"):
            file["data"].create_dataset(name, (20_000, 20_000), dtype="f4", chunks=(100, 100))
        del file["data/cost"]

    edited(path, promise)
    with pytest.raises(SchemaError, match="promises 3 matrices of 20000 x 20000 cells"):
        read_omx(path)


@pytest.mark.parametrize(
    ("matrices", "names"),
    [
        ({"x": [["a"]]}, ["a"]),
        ({"x": [[1.0]]}, ["a\0"]),
        ({"x": [[1.0]]}, ["\ud800"]),
        ({"x\ud800": [[1.0]]}, ["a"]),
    ],
)
def test_what_hdf5_would_change_is_not_written(tmp_path, matrices, names):
    with pytest.raises(InvalidValueError):
        write_omx(tmp_path / "a.omx", matrices, names, names)
    assert not list(tmp_path.iterdir())


def _set(file, name, value):
    del file[name]
    file[name] = value


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.pop("data"), "holds no matrix in /data"),
        (lambda f: f["data"].create_group("deep"), "/data/deep is no table"),
        (lambda f: _set(f, "data/cost", np.zeros(3)), r"/data/cost has shape \(3,\)"),
        (lambda f: _set(f, "data/cost", np.zeros((2, 3))), r"Expected \(2, 2\), as SHAPE says"),
        (lambda f: _set(f, "data/cost", np.array([[b"x", b"y"]] * 2)), "holds .S1. Expected numbers"),
        (lambda f: _set(f, "data/cost", np.full((2, 2), 2**53 + 1)), r"beyond 2\*\*53"),
        (lambda f: _set(f, "lookup/node", np.arange(3)), r"/lookup/node has shape \(3,\)"),
        (lambda f: _set(f, "lookup/node", np.array([b"a", b"a"])), "repeats a name"),
        (lambda f: _set(f, "lookup/node", np.array([b"a", b"\xff"])), "is not UTF-8"),
        (lambda f: _set(f, "data", 1.0), "/data is no group"),
        (lambda f: f.attrs.__setitem__("SHAPE", "2x2"), "SHAPE is"),
    ],
)
def test_a_file_of_another_kind_is_refused(path, change, message):
    with pytest.raises(SchemaError, match=message):
        read_omx(edited(path, change))


def test_links_to_other_files_are_not_followed(path, tmp_path):
    other = tmp_path / "b.omx"
    other.write_bytes(path.read_bytes())
    edited(path, lambda file: file["data"].__setitem__("far", h5py.ExternalLink(str(other), "/data/cost")))
    with pytest.raises(SchemaError, match="/data/far is no table"):
        read_omx(path)
    layout = h5py.VirtualLayout((2, 2), dtype="f8")
    layout[:] = h5py.VirtualSource(str(other), "data/cost", shape=(2, 2))
    edited(other, lambda file: file["data"].create_virtual_dataset("far", layout))
    with pytest.raises(SchemaError, match="/data/far is no table"):
        read_omx(other)


def test_a_small_file_that_promises_a_large_matrix_is_refused(tmp_path):
    path = tmp_path / "a.omx"
    with h5py.File(path, "w") as file:
        file.create_dataset("data/huge", (10**6, 10**6), dtype="f8", chunks=True)
    with pytest.raises(SchemaError, match="1000000 x 1000000 cells"):
        read_omx(path)


def test_nonsense_and_half_files_are_refused(path, tmp_path):
    whole = path.read_bytes()
    for content in (
        b"",
        b"origin,destination\n",
        np.random.default_rng(0).bytes(5000),
        whole[:900],
        whole[:-9],
    ):
        path.write_bytes(content)
        with pytest.raises(SchemaError, match="cannot be read as HDF5"):
            read_omx(path)
    with pytest.raises(LandseaError, match="no such file"):
        read_omx(tmp_path / "nowhere.omx")


# ------------------------------------------------------------------ demand


def test_zones_may_be_given_as_numbers_and_must_be_in_the_file(tmp_path):
    net = lsr.load_network("toy_three_ports")
    write_omx(tmp_path / "a.omx", {"coal": [[0.0, 5.0], [0.0, 0.0]]}, [101, 102], [101, 102])
    found = read_demand_omx(tmp_path / "a.omx", net, mapping="node", nodes={101: "ada", 102: "boro"})
    assert found.to_rows()[0]["destination"] == "boro"
    with pytest.raises(UnknownNameError, match=r"zone in nodes= are not known \(103\)"):
        read_demand_omx(tmp_path / "a.omx", net, mapping="node", nodes={101: "ada", 103: "boro"})


def tonnes(net, demand):
    per_unit = dict(zip(net.commodities["id"], net.commodities["t_per_unit"], strict=True))
    return {
        (row["origin"], row["destination"], row["commodity"]): float(row["amount_per_year"])
        * (1.0 if row["unit"] == "t" else per_unit[row["commodity"]])
        for row in demand.to_rows()
    }


@pytest.mark.parametrize("name", ["toy_three_ports", "northeast_asia"])
def test_demand_keeps_its_tonnes(tmp_path, name, caplog):
    net = lsr.load_network(name)
    with caplog.at_level(logging.WARNING, "landsea_routing"):
        write_demand_omx(tmp_path / "a.omx", net)
    assert f"left out {len(net.demand)} cells of source" in caplog.text
    found = read_demand_omx(tmp_path / "a.omx", net)
    assert tonnes(net, found) == {k: v for k, v in tonnes(net, net.demand).items() if v > 0}
    assert set(found["source"]) == {"a.omx"}


def test_zones_of_another_model_are_given_nodes(tmp_path):
    net = lsr.load_network("toy_three_ports")
    write_omx(tmp_path / "a.omx", {"coal": [[0, 5.5], [0, 0]]}, ["101", "102"], ["101", "102"])
    found = read_demand_omx(tmp_path / "a.omx", net, nodes={"101": "boro", "102": "ada"}, source="model")
    assert tonnes(net, found) == {("boro", "ada", "coal"): 5.5}
    with pytest.raises(UnknownNameError, match="say which node each zone is"):
        read_demand_omx(tmp_path / "a.omx", net)


@pytest.mark.parametrize(
    ("matrices", "zones", "message"),
    [
        ({"cole": [[0.0]]}, ["ada"], "did you mean coal"),
        ({"coal": [[-1.0]]}, ["ada"], r"negative, NaN or infinite in 1 cells \(ada>ada\)"),
        ({"coal": [[np.nan]]}, ["ada"], "negative, NaN or infinite"),
        ({"coal": [[np.inf]]}, ["ada"], "negative, NaN or infinite"),
        ({"coal": [[1.0]]}, ["adda"], "did you mean ada"),
    ],
)
def test_bad_demand_is_refused(tmp_path, matrices, zones, message):
    write_omx(tmp_path / "a.omx", matrices, zones, zones)
    with pytest.raises(LandseaError, match=message):
        read_demand_omx(tmp_path / "a.omx", lsr.load_network("toy_three_ports"))


def test_demand_in_another_unit_is_refused(tmp_path):
    net = lsr.load_network("toy_three_ports")
    write_omx(tmp_path / "a.omx", {"coal": [[1.0]]}, ["ada"], ["ada"], units={"coal": "kt"})
    with pytest.raises(InvalidValueError, match=r"has the unit 'kt'\. Expected t/yr"):
        read_demand_omx(tmp_path / "a.omx", net)
    with pytest.raises(InvalidValueError, match="no demand to write"):
        write_demand_omx(tmp_path / "a.omx", net, net.demand.take(np.zeros(0, dtype=int)))
