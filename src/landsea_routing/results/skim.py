"""A skim: the cost of the best path between many places, and what is summed along it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landsea_routing._frozen import Frozen, FrozenDict
from landsea_routing._typing import FloatArray, TextArray
from landsea_routing.results import _show

if TYPE_CHECKING:
    import pandas as pd
    import xarray

SHOWN = 10
"""Rows and columns that are shown; `to_frame` has all."""


@dataclass(frozen=True, eq=False)
class Skim(_show.Shown, Frozen):
    """Matrices of origins by destinations.

    Parameters
    ----------
    origins, destinations : text arrays
        Node ids of rows and columns.
    commodity, weight : str
        What was asked.
    matrix : (n_origins, n_destinations) array
        Least weight; `inf` where nothing joins the two, 0 only from a place to itself.
    along : mapping
        Further matrices summed on the chosen paths, by name.
    """

    origins: TextArray
    destinations: TextArray
    commodity: str
    weight: str
    matrix: FloatArray
    along: Mapping[str, FloatArray]

    def __post_init__(self) -> None:
        object.__setattr__(self, "along", FrozenDict(self.along))
        super().__post_init__()

    def to_frame(self) -> pd.DataFrame:
        """Return one row per pair: origin, destination, the weight and every attribute along."""
        import pandas as pd

        shape = self.matrix.shape
        return pd.DataFrame(
            {
                "origin": np.repeat(self.origins, shape[1]),
                "destination": np.tile(self.destinations, shape[0]),
                self.weight: self.matrix.ravel(),
                **{name: values.ravel() for name, values in self.along.items()},
            }
        )

    def to_xarray(self) -> xarray.Dataset:
        """Return an xarray Dataset with dimensions origin and destination, and `units` in its attributes.

        Raises
        ------
        MissingExtraError
            xarray is not installed.
        """
        return _show.skim_dataset(self)

    def summary(self) -> str:
        """Say in one sentence what there is."""
        lost = int(np.isinf(self.matrix).sum())
        unit = f" in {u}" if (u := _show.unit_of(self.weight)) else ""
        none = f", {lost} of {self.matrix.size} pairs unreachable" if lost else ""
        rows, columns = self.matrix.shape
        return f"{self.weight} of {self.commodity}{unit}: {rows} x {columns} places{none}"

    def to_dict(self) -> dict[str, object]:
        """Return plain values; None stands for unreachable, and along a path for unknown too."""
        return {
            "commodity": self.commodity,
            "weight": self.weight,
            "origins": self.origins.tolist(),
            "destinations": self.destinations.tolist(),
            "matrix": _plain(self.matrix),
            "along": {name: _plain(values) for name, values in self.along.items()},
        }

    def _table(self) -> tuple[list[str], list[list[object]]]:
        cells = self.matrix[:SHOWN, :SHOWN].tolist()
        rows: list[list[object]] = [
            [str(o), *(v if np.isfinite(v) else "unreachable" for v in row)]
            for o, row in zip(self.origins[:SHOWN], cells, strict=True)
        ]
        return ["from", *map(str, self.destinations[:SHOWN])], rows


def _plain(values: FloatArray) -> list[list[float | None]]:
    return [[v if np.isfinite(v) else None for v in row] for row in values.tolist()]
