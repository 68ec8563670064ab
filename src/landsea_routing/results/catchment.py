"""Which place belongs to which terminal, and what lies within reach of a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landsea_routing._frozen import Frozen, FrozenDict
from landsea_routing._typing import FloatArray, IntArray, TextArray
from landsea_routing.results import _show

if TYPE_CHECKING:
    import pandas as pd

NONE = -1
SHOWN = 30
"""Rows that are shown; `to_frame` has all."""


@dataclass(frozen=True, eq=False)
class Catchment(_show.Shown, Frozen):
    """Every place with its best terminal, the second best, and the margin between them.

    Parameters
    ----------
    places, terminals : text arrays
        Node ids.
    names : mapping
        Names by node id.
    commodity, weight : str
        What was asked.
    inbound : bool
        Whether cargo goes from the terminal to the place, or (False) from the place to the terminal.
    matrix : (n_places, n_terminals) array
        Least weight; `inf` where nothing joins the two, 0 from a place to itself.
    """

    places: TextArray
    terminals: TextArray
    names: Mapping[str, str]
    commodity: str
    weight: str
    inbound: bool
    matrix: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", FrozenDict(self.names))
        super().__post_init__()

    @property
    def best(self) -> IntArray:
        """Position of the best terminal of each place, -1 where none is reached; the first among equals."""
        return self._pick(0)

    @property
    def second(self) -> IntArray:
        """Position of the second best terminal, -1 where there is none."""
        return self._pick(1)

    @property
    def margin(self) -> FloatArray:
        """By how much the second best is worse; `inf` where there is none, NaN where there is no best."""
        best, second = self._weight_of(self.best), self._weight_of(self.second)
        reached = np.isfinite(best)
        margin = np.full(best.size, np.nan)
        margin[reached] = second[reached] - best[reached]
        return margin

    @property
    def sizes(self) -> dict[str, int]:
        """How many places each terminal has."""
        count = np.bincount(self.best[self.best >= 0], minlength=len(self.terminals))
        return dict(zip(self.terminals.tolist(), count.tolist(), strict=True))

    def of(self, terminal: str) -> tuple[str, ...]:
        """Places that belong to a terminal (by id), the closest decisions last."""
        at = np.flatnonzero(self.best == self.terminals.tolist().index(terminal))
        return tuple(self.places[at[np.argsort(-self.margin[at], kind="stable")]].tolist())

    def to_frame(self) -> pd.DataFrame:
        """Return one row per place: terminal, weight, second best, its weight, margin."""
        import pandas as pd

        best, second = self.best, self.second
        return pd.DataFrame(
            {
                "place": self.places,
                "terminal": self._label(best),
                self.weight: self._weight_of(best),
                "second": self._label(second),
                f"second_{self.weight}": self._weight_of(second),
                "margin": self.margin,
            }
        )

    def summary(self) -> str:
        """Say in one sentence how the places fall."""
        way = "from" if self.inbound else "to"
        parts = [f"{self.names[t]} {n}" for t, n in sorted(self.sizes.items(), key=lambda item: -item[1])]
        lost = int((self.best < 0).sum())
        none = f"; {lost} reach none" if lost else ""
        return (
            f"{len(self.places)} places by least {self.weight} of {self.commodity} {way} "
            f"{len(self.terminals)} terminals: {', '.join(parts)}{none}"
        )

    def _pick(self, rank: int) -> IntArray:
        if self.matrix.shape[1] <= rank:
            return np.full(len(self.places), NONE, np.int64)
        at = np.argsort(self.matrix, axis=1, kind="stable")[:, rank]
        return np.where(np.isfinite(self.matrix[np.arange(len(at)), at]), at, NONE)

    def _weight_of(self, at: IntArray) -> FloatArray:
        if not self.matrix.shape[1]:
            return np.full(len(at), np.inf)
        return np.where(at >= 0, self.matrix[np.arange(len(at)), at], np.inf)

    def _label(self, at: IntArray) -> list[str]:
        return [str(self.terminals[i]) if i >= 0 else "" for i in at.tolist()]

    def _table(self) -> tuple[tuple[str, ...], list[list[object]]]:
        """Show the places where the decision is closest first; those that reach nothing last."""
        weight = _show.with_unit(self.weight)
        columns = ("place", "terminal", weight, "second best", f"{weight} there", "margin")
        best, second = self.best, self.second
        names = [
            [self.names[str(self.terminals[i])] if i >= 0 else "none" for i in at.tolist()]
            for at in (best, second)
        ]
        values = [self._weight_of(best), self._weight_of(second), self.margin]
        cells = [[v if np.isfinite(v) else None for v in column.tolist()] for column in values]
        order = np.argsort(np.nan_to_num(self.margin, nan=np.inf, posinf=1e300), kind="stable")[:SHOWN]
        rows: list[list[object]] = [
            [self.names[str(self.places[i])], names[0][i], cells[0][i], names[1][i], cells[1][i], cells[2][i]]
            for i in order.tolist()
        ]
        return columns, rows


@dataclass(frozen=True, eq=False)
class Reach(_show.Shown, Frozen):
    """The places within reach of one, the nearest first.

    Parameters
    ----------
    origin : str
        Node id.
    places : text array
        Node ids.
    names : mapping
        Names by node id.
    commodity, weight : str
        What was asked.
    within : float
        The limit, in the unit of the weight.
    values : (n,) array
        Weight of each place.
    along : mapping
        Further sums on the chosen paths, by name.
    n_asked : int
        How many places there are that the commodity could go to.
    """

    origin: str
    places: TextArray
    names: Mapping[str, str]
    commodity: str
    weight: str
    within: float
    values: FloatArray
    along: Mapping[str, FloatArray]
    n_asked: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", FrozenDict(self.names))
        object.__setattr__(self, "along", FrozenDict(self.along))
        super().__post_init__()

    def __len__(self) -> int:
        return len(self.places)

    def __contains__(self, place: object) -> bool:
        return place in self.places.tolist()

    def to_frame(self) -> pd.DataFrame:
        """Return one row per place: the weight and every sum along."""
        import pandas as pd

        return pd.DataFrame({"place": self.places, self.weight: self.values, **self.along})

    def summary(self) -> str:
        """Say in one sentence how many places there are."""
        within = f"{self.within:g} {_show.unit_of(self.weight)}".rstrip()
        return (
            f"{len(self)} of {self.n_asked} places within {within} ({self.weight}) of "
            f"{self.names[self.origin]} for {self.commodity}"
        )

    def _table(self) -> tuple[tuple[str, ...], list[list[object]]]:
        others = [["unknown" if np.isnan(v) else v for v in self.along[name].tolist()] for name in self.along]
        values = [self.values.tolist(), *others]
        rows: list[list[object]] = [
            [self.names[str(place)], *(column[i] for column in values)]
            for i, place in enumerate(self.places[:SHOWN])
        ]
        return ("place", *map(_show.with_unit, (self.weight, *self.along))), rows
