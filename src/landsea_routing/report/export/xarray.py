"""Skims as labelled arrays (xarray), for analysis in several dimensions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from landsea_routing._extras import need
from landsea_routing.errors import SchemaError, list_ids
from landsea_routing.report.export.units import UNITS
from landsea_routing.results.skim import Skim

if TYPE_CHECKING:
    import xarray

DIMS = ("origin", "destination")


def skim_to_xarray(skim: Skim) -> xarray.Dataset:
    """Return a skim as a Dataset: a variable for the weight and for each attribute along the paths.

    Everything is kept. Dimensions are origin and destination, with node ids for coordinates; `units` of a
    variable stand in its attributes, commodity and weight in those of the Dataset. The weight is infinite
    where nothing joins a pair; NaN along a path is unknown.

    Parameters
    ----------
    skim : Skim
        From `landsea_routing.skim`; `skim.to_xarray()` is the same.

    Returns
    -------
    xarray.Dataset

    Raises
    ------
    MissingExtraError
        xarray is not installed.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> table = lsr.skim(lsr.expand(net), ["Ada", "Boro"], ["Ada", "Boro"], along=["length"])
    >>> found = skim_to_xarray(table)
    >>> float(found.length.sel(origin="ada", destination="boro")), found.cost.attrs["units"]
    (740.0, 'USD/t')
    """
    arrays = need("xarray", extra="skims")
    variables = {}
    for name, values in {skim.weight: skim.matrix, **skim.along}.items():
        variables[name] = (DIMS, np.array(values), {"units": UNITS[name]} if name in UNITS else {})
    places = dict(zip(DIMS, (np.array(skim.origins), np.array(skim.destinations)), strict=True))
    about = {"commodity": skim.commodity, "weight": skim.weight}
    dataset: xarray.Dataset = arrays.Dataset(variables, coords=places, attrs=about)
    return dataset


def skim_from_xarray(dataset: xarray.Dataset) -> Skim:
    """Return the skim that a Dataset holds; the inverse of `skim_to_xarray`.

    Parameters
    ----------
    dataset : xarray.Dataset
        With dimensions origin and destination, and commodity and weight in its attributes.

    Returns
    -------
    Skim

    Raises
    ------
    SchemaError
        The Dataset has no such dimension, attribute or variable, or a variable holds no numbers.
    """
    weight = str(dataset.attrs.get("weight", ""))
    odd = [
        str(name)
        for name, v in dataset.data_vars.items()
        if set(v.dims) != set(DIMS) or v.dtype.kind not in "biuf"
    ]
    lost = [name for name in DIMS if name not in dataset.coords]
    if odd or lost or weight not in dataset.data_vars or "commodity" not in dataset.attrs:
        raise SchemaError(
            f"the Dataset is no skim: dimensions {_named(dataset.sizes)}, variables "
            f"{_named(dataset.data_vars)}, attributes {_named(dataset.attrs)}",
            ids=odd or lost,
            expected="coordinates origin and destination, numbers over both, and as attributes the commodity "
            "and which variable is the weight",
            cure=f"take out or rename {list_ids(odd)}" if odd else "set them",
        )
    ordered = dataset.transpose(*DIMS)
    values = {
        str(name): np.array(variable.to_numpy(), dtype=np.float64)
        for name, variable in ordered.data_vars.items()
    }
    return Skim(
        ordered["origin"].to_numpy().astype(np.str_),
        ordered["destination"].to_numpy().astype(np.str_),
        str(dataset.attrs["commodity"]),
        weight,
        values.pop(weight),
        values,
    )


def _named(things: Iterable[object]) -> str:
    return list_ids([str(thing) for thing in things]) or "(none)"
