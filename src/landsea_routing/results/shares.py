"""How places share themselves out over terminals, and how near a place is to its markets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landsea_routing._frozen import FrozenDict, freeze_arrays
from landsea_routing._typing import BoolArray, FloatArray, TextArray
from landsea_routing.results import _show
from landsea_routing.results.catchment import SHOWN, Catchment

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class CatchmentShares(_show.Worded):
    """The share of every place that each terminal would have by a path-size logit.

    Parameters
    ----------
    least : Catchment
        The same places and terminals by least weight alone.
    spread : float
        Difference of weight at which one of two terminals has e times the share of the other.
    onward : str
        Node id of the place beyond the terminals, empty where the trip ends (or begins) in them.
    path_size : (n_places, n_terminals) array
        1 for a way that shares no kilometre with another, less for one that does; 0 where there is none.
    share : (n_places, n_terminals) array
        Rows sum to 1; a row of zeros where no terminal is reached.
    """

    least: Catchment
    spread: float
    onward: str
    path_size: FloatArray
    share: FloatArray

    def __post_init__(self) -> None:
        freeze_arrays(self)

    @property
    def hinterlands(self) -> dict[str, float]:
        """Sum of the shares of each terminal: how many places it has, in parts."""
        total = self.share.sum(axis=0).tolist()
        return dict(zip(self.least.terminals.tolist(), total, strict=True))

    def overlap(self) -> pd.DataFrame:
        """Return how much of the smaller of two hinterlands lies in the other, terminal by terminal.

        sum over places of min(share of one, share of the other) / the smaller sum of shares: 0 where no
        place uses both, 1 where one hinterland holds the other; NaN for a terminal that has none.
        """
        import pandas as pd

        both = np.minimum(self.share[:, :, None], self.share[:, None, :]).sum(axis=0)
        total = self.share.sum(axis=0)
        smaller = np.minimum(total[:, None], total[None, :])
        part = np.divide(both, smaller, out=np.full_like(both, np.nan), where=smaller > 0)
        return pd.DataFrame(part, index=self.least.terminals, columns=self.least.terminals)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per place and terminal: weight, path size, share."""
        import pandas as pd

        n_places, n_terminals = self.share.shape
        return pd.DataFrame(
            {
                "place": np.repeat(self.least.places, n_terminals),
                "terminal": np.tile(self.least.terminals, n_places),
                self.least.weight: self.least.matrix.ravel(),
                "path_size": self.path_size.ravel(),
                "share": self.share.ravel(),
            }
        )

    def summary(self) -> str:
        """Say in one sentence how the places fall."""
        names = self.least.names
        order = sorted(self.hinterlands.items(), key=lambda item: -item[1])
        beyond = f", bound for {names[self.onward]}" if self.onward and not self.least.inbound else ""
        beyond = f", coming from {names[self.onward]}" if self.onward and self.least.inbound else beyond
        spread = f"{self.spread:g} {_show.unit_of(self.least.weight)}".rstrip()
        return (
            f"{len(self.least.places)} places by path-size logit (spread {spread} in "
            f"{self.least.weight}) of {self.least.commodity}{beyond}: "
            + ", ".join(f"{names[t]} {value:.1f}" for t, value in order)
            + (f"; {without} without any way" if (without := int((~self._reached).sum())) else "")
        )

    @property
    def _reached(self) -> BoolArray:
        return np.asarray(self.share.sum(axis=1) > 0)

    def __str__(self) -> str:
        return f"{self.summary()}\n{_show.text_table(*self._table())}"

    def _repr_html_(self) -> str:
        return _show.html_table(*self._table(), caption=self.summary())

    def _table(self) -> tuple[list[str], list[list[object]]]:
        """Show the places whose largest share is smallest first: those that are contested."""
        names = self.least.names
        largest = self.share.max(axis=1, initial=0.0)
        order = np.lexsort((self.least.places, np.where(largest > 0, largest, 2.0)))[:SHOWN]
        rows: list[list[object]] = [
            [
                names[str(self.least.places[i])],
                *np.where(self._reached[i], self.share[i] * 100, np.nan).tolist(),
            ]
            for i in order.tolist()
        ]
        return ["place", *(f"{names[str(t)]} %" for t in self.least.terminals)], rows


@dataclass(frozen=True, eq=False)
class MarketAccess(_show.Worded):
    """How much opportunity lies within reach of each city, before and after.

    Parameters
    ----------
    cities : text array
        Node ids.
    names : mapping
        Names by node id.
    commodity, weight : str
        What was asked.
    decay : float
        Weight at which an opportunity counts 1/e.
    unit : str
        Unit of the opportunities, and so of the index.
    cases : tuple of str
        What the columns of `index` are called, the first as what the others are compared with.
    index : (n_cities, n_cases) array
        Sum over places of opportunity x exp(-weight / decay).
    """

    cities: TextArray
    names: Mapping[str, str]
    commodity: str
    weight: str
    decay: float
    unit: str
    cases: tuple[str, ...]
    index: FloatArray

    def __post_init__(self) -> None:
        freeze_arrays(self)
        object.__setattr__(self, "names", FrozenDict(self.names))

    @property
    def change(self) -> FloatArray:
        """Share by which the index differs from that of the first case; NaN where that one is 0."""
        first = self.index[:, :1]
        change = np.divide(self.index, first, out=np.full_like(self.index, np.nan), where=first > 0)
        return change - 1.0

    def to_frame(self) -> pd.DataFrame:
        """Return one row per city: the index in each case, and its change in percent."""
        import pandas as pd

        columns = dict(zip(self.cases, self.index.T, strict=True))
        changes = {
            f"{case}_change_percent": column * 100
            for case, column in zip(self.cases[1:], self.change.T[1:], strict=True)
        }
        return pd.DataFrame({"city": self.cities, **columns, **changes})

    def summary(self) -> str:
        """Say in one sentence who reaches most, and who gains most."""
        text = (
            f"market access of {len(self.cities)} cities (sum of opportunities in {self.unit}, each times "
            f"exp(-{self.weight} / {self.decay:g}), {self.commodity})"
        )
        if not len(self.cities):
            return text
        best = str(self.cities[int(np.argmax(self.index[:, 0]))])
        text += f": most in {self.names[best]}"
        for case, change in zip(self.cases[1:], self.change.T[1:], strict=True):
            if np.isfinite(change).any():
                most = int(np.nanargmax(change))
                gain = f"{change[most]:+.2%} in {self.names[str(self.cities[most])]}"
                text += f"; {case}: {gain if change[most] > 0 else 'no gain'}"
        return text

    def __str__(self) -> str:
        return f"{self.summary()}\n{_show.text_table(*self._table())}"

    def _repr_html_(self) -> str:
        return _show.html_table(*self._table(), caption=self.summary())

    def _table(self) -> tuple[list[str], list[list[object]]]:
        order = np.argsort(-self.index[:, 0], kind="stable").tolist()
        rows: list[list[object]] = [
            [
                self.names[str(self.cities[i])],
                *self.index[i].tolist(),
                *(self.change[i, 1:] * 100).tolist(),
            ]
            for i in order
        ]
        return ["city", *self.cases, *(f"{case} %" for case in self.cases[1:])], rows
