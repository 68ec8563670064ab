"""The four indicators by which transport corridors are compared, one row for each route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landsea_routing._frozen import Frozen
from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.results import _show

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "route",
    "km",
    "borders",
    "h at a border",
    "USD at a border, 20 t",
    "USD for 500 km, 20 t",
    "km/h without delay",
    "km/h with delay",
)


@dataclass(frozen=True, eq=False)
class CorridorIndicators(_show.Shown, Frozen):
    """Border time, border cost, cost of carriage and speed of some routes, in their order.

    Parameters
    ----------
    names : tuple of str
        What to call the routes.
    length_km : (n,) array
        Length.
    borders : (n,) int array
        Land borders with control that a route crosses.
    border_time_h, border_cost_usd : (n,) arrays
        Mean of the borders of a route: hours, and USD for 20 t; NaN where it crosses none.
    cost_usd_per_500_km : (n,) array
        USD for 20 t over 500 km, everything that is paid from door to door.
    speed_without_delay_km_h, speed_with_delay_km_h : (n,) arrays
        Kilometres over the hours in motion, and over all hours from departure to arrival.
    """

    names: tuple[str, ...]
    length_km: FloatArray
    borders: IntArray
    border_time_h: FloatArray
    border_cost_usd: FloatArray
    cost_usd_per_500_km: FloatArray
    speed_without_delay_km_h: FloatArray
    speed_with_delay_km_h: FloatArray

    def to_frame(self) -> pd.DataFrame:
        """Return one row per route, units in the column names."""
        import pandas as pd

        columns = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "names"}
        return pd.DataFrame({"route": list(self.names), **columns})

    def to_dict(self) -> dict[str, dict[str, float | None]]:
        """Return the indicators by route as plain values, ready for JSON; None for what there is not."""
        rows = self.to_frame().set_index("route").astype(object)
        return {str(name): row for name, row in rows.where(rows.notna(), None).to_dict("index").items()}

    def summary(self) -> str:
        """Say in one sentence what the borders do to the speed."""
        crossed = int(self.borders.sum())
        slow, free = np.nanmean(self.speed_with_delay_km_h), np.nanmean(self.speed_without_delay_km_h)
        stops = "no land border with control is crossed"
        if crossed:
            total = float(np.nansum(self.border_time_h * self.borders))
            where = "the border crossing" if crossed == 1 else f"each of {crossed} border crossings"
            stops = f"{total / crossed:,.1f} h at {where}"
        ways = "1 route" if len(self.names) == 1 else f"{len(self.names)} routes"
        return f"{ways}: {slow:,.1f} km/h with delay, {free:,.1f} km/h without; {stops}"

    def _table(self) -> tuple[tuple[str, ...], list[list[object]]]:
        frame = self.to_frame()
        rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
        return COLUMNS, rows
