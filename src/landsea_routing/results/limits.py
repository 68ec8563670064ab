"""What is short where not everything can be carried, and how much a corridor can carry at most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._frozen import freeze_arrays
from landsea_routing._typing import FloatArray, TextArray
from landsea_routing.results import _show
from landsea_routing.results.records import plain_records

if TYPE_CHECKING:
    import pandas as pd

MILLION = 1e6


@dataclass(frozen=True, eq=False)
class Shortfall(_show.Worded):
    """The least that capacities would have to be larger for all demand to be carried.

    Parameters
    ----------
    groups, units : (n,) text arrays
        Capacities that are short, and the unit of each limit.
    limit, short_by : (n,) arrays
        Limit, and what it lacks, as full-year rates.
    commodities : tuple of tuple of str
        What uses each capacity in the plan that lacks least.
    no_path : tuple of str
        Demand that no capacity could serve, as `origin -> destination commodity`.
    """

    groups: TextArray
    units: TextArray
    limit: FloatArray
    short_by: FloatArray
    commodities: tuple[tuple[str, ...], ...]
    no_path: tuple[str, ...]

    def __post_init__(self) -> None:
        freeze_arrays(self)

    @property
    def feasible(self) -> bool:
        """Whether nothing is short."""
        return not len(self.groups) and not self.no_path

    def to_frame(self) -> pd.DataFrame:
        """Return a row per capacity: group, limit, short_by, unit, commodities."""
        import pandas as pd

        return pd.DataFrame(
            {
                "group": self.groups,
                "limit": self.limit,
                "short_by": self.short_by,
                "unit": self.units,
                "commodities": [";".join(names) for names in self.commodities],
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the rows and what has no path as plain values, ready for JSON."""
        return {"short": plain_records(self.to_frame()), "no_path": list(self.no_path)}

    def summary(self) -> str:
        """Say what is short, the worst first."""
        if self.feasible:
            return "nothing is short: all demand can be carried"
        rows = zip(self.groups, self.short_by, self.units, self.commodities, strict=True)
        parts = [f"{group} short by {_amount(x, unit)} for {', '.join(c)}" for group, x, unit, c in rows]
        parts += [f"no path for {label}" for label in self.no_path]
        return "; ".join(parts)

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        columns = ["capacity", "limit", "short by", "unit", "commodities"]
        parts = (self.groups.tolist(), self.limit.tolist(), self.short_by.tolist(), self.units.tolist())
        named = [", ".join(names) for names in self.commodities]
        rows: list[list[object]] = [list(row) for row in zip(*parts, named, strict=True)]
        return _show.html_table(columns, rows, caption=self.summary())


@dataclass(frozen=True, eq=False)
class Throughput(_show.Worded):
    """The most of a commodity that a year can carry from some places to others, and what stops it there.

    Parameters
    ----------
    commodity : str
        What is carried.
    origins, destinations : tuple of str
        Node ids.
    value_t : float
        Tonnes a year; `inf` where a way has no limit at all, 0 where there is no way.
    groups, units : (n,) text arrays
        The capacities of the cut, the one that stops most first.
    limit, through_t : (n,) arrays
        Limit of each, and the tonnes of the total that it stands for; these add up to the total.
    link_t : mapping
        Tonnes by link id in one such year.
    """

    commodity: str
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    value_t: float
    groups: TextArray
    units: TextArray
    limit: FloatArray
    through_t: FloatArray
    link_t: dict[str, float]

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def to_frame(self) -> pd.DataFrame:
        """Return a row per capacity of the cut: group, limit, unit, through_t."""
        import pandas as pd

        return pd.DataFrame(
            {
                "group": self.groups,
                "limit": self.limit,
                "unit": self.units,
                "through_t": self.through_t,
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain values, ready for JSON."""
        return {
            "commodity": self.commodity,
            "origins": list(self.origins),
            "destinations": list(self.destinations),
            "value_t": self.value_t if np.isfinite(self.value_t) else None,
            "cut": plain_records(self.to_frame()),
        }

    def summary(self) -> str:
        """Say how much, and what stops it."""
        ends = f"{', '.join(self.origins)} to {', '.join(self.destinations)}"
        if not np.isfinite(self.value_t):
            return f"{self.commodity} from {ends}: no limit on at least one way"
        stop = f", stopped by {', '.join(self.groups.tolist())}" if len(self.groups) else ", no way"
        return f"{self.commodity} from {ends}: at most {self.value_t / MILLION:,.3f} Mt/yr{stop}"

    def __str__(self) -> str:
        return f"{self.summary()}\n{_show.text_table(*self._table())}"

    def _repr_html_(self) -> str:
        return _show.html_table(*self._table(), caption=self.summary())

    def _table(self) -> tuple[list[str], list[list[object]]]:
        parts = (self.groups, self.limit, self.units, self.through_t)
        rows: list[list[object]] = [list(r) for r in zip(*(p.tolist() for p in parts), strict=True)]
        return ["capacity", "limit", "unit", "tonnes through"], rows


def _amount(value: float, unit: str) -> str:
    if value >= MILLION / 10 and unit == "t/yr":
        return f"{value / MILLION:,.3g} Mt/yr"
    return f"{value:,.6g} {unit}"
