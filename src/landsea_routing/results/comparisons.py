"""Several plans against one: each comparison by its name, and all of them side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landsea_routing._frozen import FrozenDict
from landsea_routing.errors import UnknownNameError, did_you_mean
from landsea_routing.results._show import Pictured, Shown
from landsea_routing.results.assignment import Assignment
from landsea_routing.results.comparison import Comparison
from landsea_routing.results.corridors import By
from landsea_routing.results.moved import mt

if TYPE_CHECKING:
    import pandas as pd

MT = 1e6


@dataclass(frozen=True, eq=False)
class Comparisons(Shown, Pictured):
    """Plans against one base; `comparisons[name]` is the `Comparison` of one of them.

    Each is compared with the base alone, so that neither their order nor the company changes a number.

    Parameters
    ----------
    base : Assignment
        What all are compared with.
    base_name : str
        What to call it.
    each : mapping
        Of names to comparisons, in the order given.
    """

    base: Assignment
    base_name: str
    each: Mapping[str, Comparison]

    def __post_init__(self) -> None:
        object.__setattr__(self, "each", FrozenDict(self.each))

    @property
    def names(self) -> tuple[str, ...]:
        """What base and plans are called."""
        return (self.base_name, *self.each)

    def __len__(self) -> int:
        return len(self.each)

    def __iter__(self) -> Iterator[str]:
        return iter(self.each)

    def __getitem__(self, name: str) -> Comparison:
        """Return the comparison of one plan with the base."""
        if name not in self.each:
            raise UnknownNameError(
                f"no plan of the comparison is called {name!r}",
                ids=(str(name),),
                expected=f"one of {', '.join(self.each)}",
                cure=did_you_mean(str(name), self.each),
            )
        return self.each[name]

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each plan with what it changes: change_usd, moved_t over borders, and totals."""
        import pandas as pd

        rows = [
            {
                "scenario": name,
                "change_usd": c.change_usd,
                "moved_t": c.moved("crossing").moved_t,
                **c.totals().set_index("total")["change"].drop("objective_usd").to_dict(),
            }
            for name, c in self.each.items()
        ]
        return pd.DataFrame(rows)

    def totals(self) -> pd.DataFrame:
        """Return totals of the base and of each plan, a column for each."""
        frames = {name: c.totals().set_index("total") for name, c in self.each.items()}
        first = next(iter(frames.values()))["first"]
        columns = {self.base_name: first, **{name: frame["second"] for name, frame in frames.items()}}
        return _columns(columns).reset_index()

    def waterfall(self, by: str = "line") -> pd.DataFrame:
        """Return what each part adds to the cost, a column in USD/yr for each plan."""
        keys = {"both": ["commodity", "line"]}.get(by, [by])
        columns = {name: c.waterfall(by).set_index(keys)["change_usd"] for name, c in self.each.items()}
        return _columns(columns).rename_axis(keys).reset_index()

    def moved(self, by: By = "gateway") -> pd.DataFrame:
        """Return moves from corridor to corridor of all plans: scenario, commodity, old, new, flow_t."""
        return self._stacked(lambda c: c.moved(by).to_frame())

    def links(self) -> pd.DataFrame:
        """Return flows by link and direction of all plans, as `Comparison.links` after the scenario."""
        return self._stacked(Comparison.links)

    def crossings(self) -> pd.DataFrame:
        """Return flows over borders of all plans, as `Comparison.crossings` after the scenario."""
        return self._stacked(Comparison.crossings)

    def ports(self) -> pd.DataFrame:
        """Return tonnes handled in ports of all plans, as `Comparison.ports` after the scenario."""
        return self._stacked(Comparison.ports)

    def to_dict(self) -> dict[str, Any]:
        """Return every comparison as plain values, ready for JSON."""
        return {"base": self.base_name, "scenarios": {name: c.to_dict() for name, c in self.each.items()}}

    def summary(self) -> str:
        """Say in a sentence for each plan what it changes."""
        return "; ".join(c.summary() for c in self.each.values())

    def __str__(self) -> str:
        head = f"{len(self)} plans against {self.base_name}"
        return "\n\n".join([f"{head}\n{Shown.__str__(self).partition(chr(10))[2]}", *self._sentences()])

    def _sentences(self) -> list[str]:
        return [c.moved().summary() for c in self.each.values()]

    def _table(self) -> tuple[list[str], list[list[object]]]:
        columns = [
            "scenario",
            "cost M USD/yr",
            "other border Mt/yr",
            "bn t-km",
            "kt CO2e/yr",
            "unserved Mt/yr",
        ]
        rows: list[list[object]] = [
            [
                r.scenario,
                r.change_usd / MT,
                mt(r.moved_t),
                r.tonne_km / 1e9,
                r.co2e_t / 1e3,
                mt(r.unserved_t),
            ]
            for r in self.to_frame().itertuples()
        ]
        return columns, rows

    def _stacked(self, table: Callable[[Comparison], pd.DataFrame]) -> pd.DataFrame:
        """The tables of all plans one under the other, with a first column that names the plan."""
        import pandas as pd

        frames = []
        for name, comparison in self.each.items():
            frame = table(comparison)
            frame.insert(0, "scenario", name)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)


def _columns(columns: Mapping[str, pd.Series[float]]) -> pd.DataFrame:
    """Columns side by side; what one of them lacks is 0. The rows keep the order in which they come."""
    import pandas as pd

    rows = list(dict.fromkeys(row for column in columns.values() for row in column.index))
    return pd.DataFrame({name: column.reindex(rows, fill_value=0.0) for name, column in columns.items()})
