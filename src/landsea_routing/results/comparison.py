"""Two assignments side by side: what moved, what it saves, and part by part why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._frozen import Keeper
from landsea_routing.results import _show
from landsea_routing.results.assignment import DUST_T, SHOWN, Assignment
from landsea_routing.results.corridors import By, corridor_names
from landsea_routing.results.moved import Moved, moved_flows, mt
from landsea_routing.results.paired import paired_flows
from landsea_routing.results.records import plain_records
from landsea_routing.results.sankey import Sankey, sankey_of
from landsea_routing.results.waterfall import cost_changes

if TYPE_CHECKING:
    import pandas as pd

ROUNDING = 1e-9
"""Share within which costs and transport of two plans count as equal."""


@dataclass(frozen=True, eq=False)
class Comparison(_show.Pictured, Keeper):
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

    def to_frame(self) -> pd.DataFrame:
        """Return flows by link and direction, as `links`."""
        return self.links()

    def waterfall(self, by: str = "line") -> pd.DataFrame:
        """Return what each part adds to the cost; the bars sum to `change_usd`.

        Parameters
        ----------
        by : str
            `line` of the ledger, `commodity`, or `both`; those are the columns beside change_usd.
        """
        return cost_changes(self.first, self.second, by)

    def moved(self, by: By = "gateway") -> Moved:
        """Return which tonnes take another corridor, from where to where.

        Parameters
        ----------
        by : str or mapping
            What corridors are told by: `gateway` (border crossings and ports in their order), `crossing`,
            `port`, `transfer`, `link`, `group`; or names of your own, each with the ids it stands for.
        """
        if not isinstance(by, str):
            return moved_flows(self.first, self.second, by, self.names)
        return self.keep(("moved", by), lambda: moved_flows(self.first, self.second, by, self.names))

    def sankey(self, by: By = "gateway") -> Sankey:
        """Return nodes and links of a Sankey diagram: commodity, what is passed, country of destination.

        Links carry first_t and second_t; for old corridors to new ones take `moved().sankey()`.
        """
        plans = (self.first, self.second)
        return sankey_of(paired_flows(*plans, by), [plan.graph.network for plan in plans])

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
        frames = [plan.dual_prices() for plan in (self.first, self.second)]
        return _beside(frames, ["group", "unit"], "right_usd_per_unit")

    def unserved(self) -> pd.DataFrame:
        """Return what stays at home in either: unserved_t_first, unserved_t_second."""
        frames = [plan.unserved() for plan in (self.first, self.second)]
        return _beside(frames, ["origin", "destination", "commodity"], "unserved_t")

    def to_dict(self) -> dict[str, Any]:
        """Return all tables as plain values, ready for JSON."""
        tables = ("totals", "waterfall", "links", "crossings", "ports", "dual_prices", "unserved")
        costs = {by: plain_records(self.waterfall(by)) for by in ("commodity", "both")}
        return {
            "names": list(self.names),
            "status": [str(self.first.status), str(self.second.status)],
            "change_usd": self.change_usd,
            **{name: plain_records(getattr(self, name)()) for name in tables},
            "waterfall_by_commodity": costs["commodity"],
            "waterfall_by_both": costs["both"],
            "moved": self.moved().to_dict(),
        }

    def summary(self) -> str:
        """Say in one sentence what changes."""
        amount = f"{abs(self.change_usd) / 1e6:,.2f} M USD/yr"
        same = abs(self.change_usd) <= ROUNDING * max(1.0, abs(self.first.objective_usd))
        cost = f"costs {amount} more" if self.change_usd > 0 else f"saves {amount}"
        cost = "costs the same" if same else cost
        moved = self.moved("crossing").moved_t
        tonne_km = self.second.tonne_km - self.first.tonne_km
        unserved = self.second.unserved_t - self.first.unserved_t
        near = abs(tonne_km) <= ROUNDING * max(1.0, self.first.tonne_km)
        if same and near and max(moved, abs(unserved)) <= DUST_T:
            return f"{self.names[1]} against {self.names[0]}: nothing changes"
        return (
            f"{self.names[1]} against {self.names[0]}: {cost}, "
            f"{mt(moved):,.2f} Mt/yr change their border crossing, {tonne_km / 1e9:+,.2f} bn t-km, "
            f"unserved {unserved / 1e6:+,.2f} Mt/yr"
        )

    def __str__(self) -> str:
        waterfall = [
            [r.line.replace("_", " "), r.change_usd / 1e6]
            for r in self.waterfall().itertuples()
            if r.change_usd
        ]
        parts = [self.summary()]
        if waterfall:
            parts.append(_show.text_table(["line of the ledger", "change M USD/yr"], waterfall))
        moved = self.moved()
        if moved.moved_t > DUST_T:
            parts.append(str(moved))
        columns, rows = self._crossing_table()
        if rows:
            parts.append(_show.text_table(columns, rows))
        return "\n\n".join(parts)

    def _repr_html_(self) -> str:
        return _show.html_table(*self._crossing_table(), caption=self.summary())

    def _crossing_table(self) -> tuple[list[str], list[list[object]]]:
        frame = self.crossings()
        frame = frame[frame["change_t"].abs() > DUST_T].head(SHOWN)
        said = corridor_names(self.first.graph.network) | corridor_names(self.second.graph.network)
        columns = ["crossing", *(f"{n} Mt/yr" for n in self.names), "change Mt/yr"]
        rows: list[list[object]] = [
            [said.get(r.crossing, r.crossing), r.first_t / 1e6, r.second_t / 1e6, r.change_t / 1e6]
            for r in frame.itertuples()
        ]
        return columns, rows

    def _bars(self) -> dict[str, float]:
        first, second = self.first.ledger_usd, self.second.ledger_usd
        return {line: second.get(line, 0.0) - first.get(line, 0.0) for line in {**first, **second}}

    def _side_by_side(self, method: str, key: list[str]) -> pd.DataFrame:
        both = _beside([getattr(plan, method)() for plan in (self.first, self.second)], key, "flow_t")
        both = both.rename(columns={"flow_t_first": "first_t", "flow_t_second": "second_t"})
        both["change_t"] = both["second_t"] - both["first_t"]
        both.loc[both["change_t"].abs() <= DUST_T, "change_t"] = 0.0
        size = both["change_t"].abs().rename("size")
        return (
            both.assign(size=size)
            .sort_values(["size", *key], ascending=[False, *[True] * len(key)])
            .drop(columns="size")
            .reset_index(drop=True)
        )


def _beside(frames: list[pd.DataFrame], key: list[str], column: str) -> pd.DataFrame:
    """A column of two frames side by side, its values summed by key; 0 where one lacks the key."""
    import pandas as pd

    sums = [frame.groupby(key)[column].sum(min_count=1) for frame in frames]
    keys = pd.concat([frame[key] for frame in frames], ignore_index=True).drop_duplicates()
    both = keys.sort_values(key, ignore_index=True)
    rows = list(both.itertuples(index=False, name=None)) if len(key) > 1 else both[key[0]].tolist()
    for side, part in zip(("first", "second"), sums, strict=True):
        both[f"{column}_{side}"] = [float(part.get(row, 0.0)) for row in rows]
    return both
