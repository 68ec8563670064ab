"""Two assignments side by side: what moved, what it saves, and line by line why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing.results import _show
from landsea_routing.results.assignment import DUST_T, Assignment
from landsea_routing.results.records import plain_records

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Comparison(_show.Pictured):
    """The difference between two assignments, always second less first.

    Parameters
    ----------
    first, second : Assignment
        What is compared.
    names : (str, str)
        What to call them.
    """

    first: Assignment
    second: Assignment
    names: tuple[str, str] = ("base", "scenario")

    @property
    def change_usd(self) -> float:
        """Change of the objective; negative where the second is cheaper."""
        return float(sum(self._bars().values()))

    def totals(self) -> pd.DataFrame:
        """Return objective, tonnes, tonne-km, tonne-hours and CO2e of both, and the change."""
        import pandas as pd

        names = ("objective_usd", "carried_t", "unserved_t", "tonne_km", "hours_t", "co2e_t")
        values = [[getattr(plan, n) for n in names] for plan in (self.first, self.second)]
        return pd.DataFrame(
            {
                "total": names,
                "first": values[0],
                "second": values[1],
                "change": np.subtract(values[1], values[0]),
            }
        )

    def waterfall(self) -> pd.DataFrame:
        """Return the change of cost by ledger line; the bars sum exactly to `change_usd`."""
        import pandas as pd

        bars = self._bars()
        return pd.DataFrame({"line": list(bars), "change_usd": list(bars.values())})

    def links(self) -> pd.DataFrame:
        """Return flows by link and direction: first_t, second_t, change_t, the largest change first."""
        return self._side_by_side("to_frame", ["link", "direction", "mode", "from_node", "to_node"])

    def crossings(self) -> pd.DataFrame:
        """Return flows over borders by crossing: first_t, second_t, change_t."""
        return self._side_by_side("crossings", ["crossing", "mode", "from_node", "to_node"])

    def ports(self) -> pd.DataFrame:
        """Return tonnes handled in ports: first_t, second_t, change_t."""
        return self._side_by_side("ports", ["node"])

    def dual_prices(self) -> pd.DataFrame:
        """Return what one more unit of each capacity saves that binds in either, first and second."""
        columns = ["group", "unit", "right_usd_per_unit"]
        frames = [plan.dual_prices()[columns] for plan in (self.first, self.second)]
        both = frames[0].merge(frames[1], on=["group", "unit"], how="outer", suffixes=("_first", "_second"))
        return both.fillna({"right_usd_per_unit_first": 0.0, "right_usd_per_unit_second": 0.0})

    def unserved(self) -> pd.DataFrame:
        """Return what stays at home in either: unserved_t_first, unserved_t_second."""
        key = ["origin", "destination", "commodity"]
        frames = [plan.unserved()[[*key, "unserved_t"]] for plan in (self.first, self.second)]
        both = frames[0].merge(frames[1], on=key, how="outer", suffixes=("_first", "_second"))
        return both.fillna({"unserved_t_first": 0.0, "unserved_t_second": 0.0})

    def to_dict(self) -> dict[str, Any]:
        """Return all tables as plain values, ready for JSON."""
        tables = ("totals", "waterfall", "links", "crossings", "ports", "dual_prices", "unserved")
        return {
            "names": list(self.names),
            "status": [str(self.first.status), str(self.second.status)],
            "change_usd": self.change_usd,
            **{name: plain_records(getattr(self, name)()) for name in tables},
        }

    def summary(self) -> str:
        """Say in one sentence what changes."""
        saves = "costs" if self.change_usd > 0 else "saves"
        moved = self.crossings()["change_t"].abs().sum() / 2
        tonne_km = self.second.tonne_km - self.first.tonne_km
        unserved = self.second.unserved_t - self.first.unserved_t
        if abs(self.change_usd) <= 1e-9 * max(1.0, abs(self.first.objective_usd)) and moved <= DUST_T:
            return f"{self.names[1]} against {self.names[0]}: nothing changes"
        return (
            f"{self.names[1]} against {self.names[0]}: {saves} {abs(self.change_usd) / 1e6:,.2f} M USD/yr, "
            f"{moved / 1e6:,.2f} Mt/yr change their border crossing, {tonne_km / 1e9:+,.2f} bn t-km, "
            f"unserved {unserved / 1e6:+,.2f} Mt/yr"
        )

    def __str__(self) -> str:
        waterfall = [
            [r.line.replace("_", " "), r.change_usd / 1e6]
            for r in self.waterfall().itertuples()
            if r.change_usd
        ]
        parts = [self.summary(), _show.text_table(["line of the ledger", "change M USD/yr"], waterfall)]
        return "\n\n".join([*parts, _show.text_table(*self._crossing_table())])

    def _repr_html_(self) -> str:
        return _show.html_table(*self._crossing_table(), caption=self.summary())

    def _crossing_table(self) -> tuple[list[str], list[list[object]]]:
        frame = self.crossings().head(12)
        columns = ["crossing", *(f"{n} Mt/yr" for n in self.names), "change Mt/yr"]
        rows = [[r.crossing, r.first_t / 1e6, r.second_t / 1e6, r.change_t / 1e6] for r in frame.itertuples()]
        return columns, rows

    def _bars(self) -> dict[str, float]:
        first, second = self.first.ledger_usd, self.second.ledger_usd
        return {line: second.get(line, 0.0) - first.get(line, 0.0) for line in {**first, **second}}

    def _side_by_side(self, method: str, key: list[str]) -> pd.DataFrame:
        frames = [
            getattr(plan, method)().groupby(key, as_index=False)["flow_t"].sum()
            for plan in (self.first, self.second)
        ]
        both = frames[0].merge(frames[1], on=key, how="outer", suffixes=("_first", "_second"))
        both = both.rename(columns={"flow_t_first": "first_t", "flow_t_second": "second_t"})
        both = both.fillna({"first_t": 0.0, "second_t": 0.0})
        both["change_t"] = both["second_t"] - both["first_t"]
        both.loc[both["change_t"].abs() <= DUST_T, "change_t"] = 0.0
        size = both["change_t"].abs().rename("size")
        return (
            both.assign(size=size)
            .sort_values(["size", *key], ascending=[False, *[True] * len(key)])
            .drop(columns="size")
            .reset_index(drop=True)
        )
