"""What binds, what more or less of it is worth, and how far that holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._frozen import freeze_arrays
from landsea_routing._typing import FloatArray, TextArray
from landsea_routing.results import _show
from landsea_routing.results.records import plain_records, short_number

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Bottlenecks(_show.Worded):
    """Binding capacities, the dearest first, each changed alone.

    Parameters
    ----------
    groups, kinds, units : (n,) text arrays
        What binds, and the unit of its limit.
    limit : (n,) array
        Limits.
    right_usd_per_unit, left_usd_per_unit : (n,) arrays
        What one more unit saves, and what one unit less costs.
    right_until, left_until : (n,) arrays
        Limits up to which, and down to which, these values hold; `inf` = for ever. NaN where less is
        infeasible.
    """

    groups: TextArray
    kinds: TextArray
    units: TextArray
    limit: FloatArray
    right_usd_per_unit: FloatArray
    left_usd_per_unit: FloatArray
    right_until: FloatArray
    left_until: FloatArray

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def to_frame(self) -> pd.DataFrame:
        """Return a row per capacity: group, kind, limit, unit, values and how far they hold."""
        import pandas as pd

        return pd.DataFrame(
            {
                "group": self.groups,
                "kind": self.kinds,
                "limit": self.limit,
                "unit": self.units,
                "right_usd_per_unit": self.right_usd_per_unit,
                "right_until": self.right_until,
                "left_usd_per_unit": self.left_usd_per_unit,
                "left_until": self.left_until,
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the rows as plain values, ready for JSON."""
        return {"bottlenecks": plain_records(self.to_frame())}

    def summary(self) -> str:
        """Say in a sentence what binds most."""
        binding = np.flatnonzero((self.right_usd_per_unit > 0.0) | (self.left_usd_per_unit > 0.0))
        if not binding.size:
            return "no capacity binds"
        top = binding[0]
        saves = f"{self.right_usd_per_unit[top]:,.2f} USD a year"
        worth = f"one more {self.units[top]} of {self.groups[top]} saves {saves}"
        until = self.right_until[top]
        held = f", up to {short_number(until)}" if np.isfinite(until) else ""
        binds = "1 capacity binds" if binding.size == 1 else f"{binding.size} capacities bind"
        return f"{binds}; {worth}{held}"

    def __str__(self) -> str:
        return f"{self.summary()}\n{_show.text_table(*self._table())}"

    def _repr_html_(self) -> str:
        return _show.html_table(*self._table(), caption=self.summary())

    def _table(self) -> tuple[list[str], list[list[object]]]:
        columns = [
            "capacity",
            "limit",
            "unit",
            "one more saves USD",
            "up to",
            "one less costs USD",
            "down to",
        ]
        parts = (
            self.groups,
            self.limit,
            self.units,
            self.right_usd_per_unit,
            self.right_until,
            self.left_usd_per_unit,
            self.left_until,
        )
        return columns, [list(row) for row in zip(*(part.tolist() for part in parts), strict=True)]
