"""A skim: the cost of the best path between many places, and what is summed along it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landsea_routing._frozen import FrozenDict, freeze_arrays
from landsea_routing._typing import FloatArray, TextArray
from landsea_routing.results import _show

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 10


@dataclass(frozen=True, eq=False)
class Skim:
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
        freeze_arrays(self)
        freeze_arrays(tuple(self.along.values()))
        object.__setattr__(self, "along", FrozenDict(self.along))

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

    def _rows(self) -> list[list[object]]:
        cells = self.matrix[:SHOWN, :SHOWN].tolist()
        return [
            [str(o), *(v if np.isfinite(v) else "unreachable" for v in row)]
            for o, row in zip(self.origins[:SHOWN], cells, strict=True)
        ]

    def _title(self) -> str:
        return f"{self.weight} of {self.commodity}: {self.matrix.shape[0]} x {self.matrix.shape[1]} places"

    def __str__(self) -> str:
        columns = ["from", *map(str, self.destinations[:SHOWN])]
        return f"{self._title()}\n{_show.text_table(columns, self._rows())}"

    def _repr_html_(self) -> str:
        return _show.html_table(
            ["from", *map(str, self.destinations[:SHOWN])], self._rows(), caption=self._title()
        )
