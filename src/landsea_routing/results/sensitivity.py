"""How an answer follows what one assumes: one number at a time, and one number all the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._frozen import Frozen
from landsea_routing._typing import FloatArray, TextArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.results._show import Shown
from landsea_routing.results.records import plain_records, short_number

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Tornado(Frozen, Shown):
    """An answer with each lever at its low and its high value, the others as they are; the widest first.

    Parameters
    ----------
    answer : str
        What was asked.
    base : float
        The answer with no lever turned.
    levers : (n,) text array
        What was turned.
    low, high : (n,) arrays
        Values.
    at_low, at_high : (n,) arrays
        Answers, NaN where there is none.
    """

    answer: str
    base: float
    levers: TextArray
    low: FloatArray
    high: FloatArray
    at_low: FloatArray
    at_high: FloatArray

    @property
    def swing(self) -> FloatArray:
        """How far apart the two answers of each lever are."""
        return np.asarray(np.abs(self.at_high - self.at_low))

    def to_frame(self) -> pd.DataFrame:
        """Return a row per lever: lever, low, high, at_low, at_high, swing."""
        import pandas as pd

        names = ("low", "high", "at_low", "at_high", "swing")
        return pd.DataFrame({"lever": self.levers, **{name: getattr(self, name) for name in names}})

    def to_dict(self) -> dict[str, Any]:
        """Return answer, base and rows as plain values, ready for JSON."""
        base = self.base if np.isfinite(self.base) else None
        return {"answer": self.answer, "base": base, "levers": plain_records(self.to_frame())}

    def summary(self) -> str:
        """Say in one sentence which lever moves the answer most."""
        return (
            f"{self.answer} is {short_number(self.base)}; {self.levers[0]} moves it most: "
            f"{short_number(self.at_low[0] - self.base, '+')} at {short_number(self.low[0])}, "
            f"{short_number(self.at_high[0] - self.base, '+')} at {short_number(self.high[0])}"
        )

    def _table(self) -> tuple[list[str], list[list[object]]]:
        columns = ["lever", "low", "high", "change at low", "change at high"]
        parts = (self.levers, self.low, self.high, self.at_low - self.base, self.at_high - self.base)
        return columns, [list(row) for row in zip(*(p.tolist() for p in parts), strict=True)]


@dataclass(frozen=True, eq=False)
class Curve(Frozen, Shown):
    """Least cost as one lever is turned: straight pieces, each with its exact ends.

    Parameters
    ----------
    lever : str
        What is turned.
    values : (n + 1,) array
        Ends of the pieces, ascending: between two of them the cost is a straight line.
    cost_usd : (n + 1,) array
        Least cost there.
    slope_usd : (n,) array
        Change of the cost for each unit of the lever, by piece.
    shape : str
        `concave` for prices and hours, `convex` for limits and amounts.
    n_solved : int
        Problems solved.
    """

    lever: str
    values: FloatArray
    cost_usd: FloatArray
    slope_usd: FloatArray
    shape: str
    n_solved: int

    def at(self, value: float) -> float:
        """Return the least cost at a value of the lever.

        Raises
        ------
        InvalidValueError
            The value lies outside.
        """
        if not self.values[0] <= value <= self.values[-1]:
            raise InvalidValueError(
                f"{self.lever} at {value} was not looked at",
                ids=(value,),
                expected=f"{self.values[0]:g} to {self.values[-1]:g}",
            )
        return float(np.interp(value, self.values, self.cost_usd))

    def to_frame(self) -> pd.DataFrame:
        """Return a row per piece: start, end, cost_start_usd, cost_end_usd, slope_usd."""
        import pandas as pd

        return pd.DataFrame(
            {
                "start": self.values[:-1],
                "end": self.values[1:],
                "cost_start_usd": self.cost_usd[:-1],
                "cost_end_usd": self.cost_usd[1:],
                "slope_usd": self.slope_usd,
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Return lever, shape and pieces as plain values, ready for JSON."""
        return {"lever": self.lever, "shape": self.shape, "pieces": plain_records(self.to_frame())}

    def summary(self) -> str:
        """Say in one sentence how far the cost goes, and where it bends."""
        bends = ", ".join(short_number(v) for v in self.values[1:-1][:8])
        where = f"; it bends at {bends}" if bends else ", in one straight line"
        return (
            f"{self.lever} from {short_number(self.values[0])} to {short_number(self.values[-1])}: "
            f"{self.cost_usd[0] / 1e6:,.2f} to {self.cost_usd[-1] / 1e6:,.2f} M USD/yr{where}"
        )

    def _table(self) -> tuple[list[str], list[list[object]]]:
        columns = ["from", "to", "M USD/yr from", "to M USD/yr", "USD a unit"]
        frame = self.to_frame()
        rows = frame.assign(
            cost_start_usd=frame["cost_start_usd"] / 1e6, cost_end_usd=frame["cost_end_usd"] / 1e6
        )
        return columns, rows.to_numpy().tolist()
