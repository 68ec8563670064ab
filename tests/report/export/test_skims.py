"""Skims as open matrices and as xarray Datasets: the same numbers, and unreachable is never 0."""

from __future__ import annotations

import dataclasses
import sys

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, MissingExtraError, SchemaError
from landsea_routing.report.export.omx import read_skim_omx, write_skim_omx
from landsea_routing.report.export.units import UNITS
from landsea_routing.report.export.xarray import skim_from_xarray, skim_to_xarray
from landsea_routing.routing.weights import ATTRIBUTES

PLACES = ["ada", "boro", "cport", "cedar"]


@pytest.fixture(scope="module")
def skim():
    net = lsr.load_network("toy_three_ports")
    along = [a for a in ATTRIBUTES if a not in ("cost", "co2e")]
    table = lsr.skim(lsr.expand(net, commodity="coal"), PLACES[:3], PLACES, along=along)
    assert np.isinf(table.matrix).any()
    return table


def same(found, skim):
    for field in dataclasses.fields(skim):
        ours, theirs = getattr(skim, field.name), getattr(found, field.name)
        if field.name == "along":
            assert set(ours) == set(theirs)
            assert all(np.array_equal(ours[k], theirs[k], equal_nan=True) for k in ours)
        else:
            assert np.array_equal(ours, theirs), field.name


def test_every_attribute_has_a_unit():
    assert set(UNITS) == set(ATTRIBUTES)


@pytest.mark.parametrize("unreachable", [np.inf, np.nan, 1e9])
def test_a_skim_comes_back_from_omx(tmp_path, skim, unreachable):
    pytest.importorskip("h5py")
    write_skim_omx(tmp_path / "a.omx", skim, unreachable=unreachable)
    found = read_skim_omx(tmp_path / "a.omx", commodity="coal")
    lost = np.isinf(skim.matrix)
    if unreachable == 1e9:
        assert (found.matrix[lost] == 1e9).all()
        assert np.array_equal(found.matrix[~lost], skim.matrix[~lost])
    else:
        assert np.array_equal(found.matrix, skim.matrix)
    if np.isinf(unreachable):
        same(found, skim)


def test_unreachable_is_never_written_as_the_best_of_all(tmp_path, skim):
    for bad in (0.0, -1.0, -np.inf, float(skim.matrix[np.isfinite(skim.matrix)].max())):
        with pytest.raises(InvalidValueError, match="above all weights"):
            write_skim_omx(tmp_path / "a.omx", skim, unreachable=bad)
    assert not list(tmp_path.iterdir())


def test_a_weight_that_is_not_there_is_told(tmp_path, skim):
    pytest.importorskip("h5py")
    write_skim_omx(tmp_path / "a.omx", skim)
    with pytest.raises(InvalidValueError, match="has no matrix 'price'"):
        read_skim_omx(tmp_path / "a.omx", commodity="coal", weight="price")


def test_a_dataset_has_everything(skim):
    pytest.importorskip("xarray")
    data = skim.to_xarray()
    assert data.attrs == {"commodity": "coal", "weight": "cost"}
    assert data.cost.dims == ("origin", "destination")
    assert data["line_haul"].attrs == {"units": "USD/t"}
    assert data.time.attrs["units"] == "h" and data.length.attrs["units"] == "km"
    assert float(data.cost.sel(origin="ada", destination="ada")) == 0
    same(skim_from_xarray(data), skim)
    same(skim_from_xarray(data.transpose("destination", "origin")), skim)


def test_a_weight_of_ones_own_has_no_unit():
    pytest.importorskip("xarray")
    graph = lsr.expand(lsr.load_network("toy_three_ports"))
    table = lsr.skim(graph, PLACES, PLACES, weight=lambda g: g.arc_length_km)
    assert "units" not in next(iter(skim_to_xarray(table).data_vars.values())).attrs


@pytest.mark.parametrize(
    ("module", "call", "extra"),
    [
        ("xarray", lambda skim, path: skim.to_xarray(), "skims"),
        ("h5py", lambda skim, path: write_skim_omx(path / "a.omx", skim), "omx"),
    ],
)
def test_a_missing_library_names_its_extra(skim, tmp_path, monkeypatch, module, call, extra):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"landsea-routing\[{extra}\]"):
        call(skim, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.drop_attrs(),
        lambda d: d.assign_attrs(weight="price"),
        lambda d: d.rename(origin="from"),
        lambda d: d.assign(note=(("origin",), ["x"] * d.sizes["origin"])),
        lambda d: d.drop_vars("origin"),
    ],
)
def test_a_dataset_that_is_no_skim_is_refused(skim, change):
    pytest.importorskip("xarray")
    with pytest.raises(SchemaError, match="the Dataset is no skim"):
        skim_from_xarray(change(skim_to_xarray(skim)))
