"""The value of one number at which a corridor starts to win."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landsea_routing._frozen import Frozen
from landsea_routing.kernels.envelope import Piece
from landsea_routing.results import _show
from landsea_routing.results.records import short_number
from landsea_routing.results.route import Route

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class BreakEven(_show.Shown, Frozen):
    """Where the best way through a corridor and the best way without it cost the same.

    Parameters
    ----------
    parameter, unit : str
        What is turned.
    current : float
        Its value in the tables, NaN where there is no one value.
    via : tuple of str
        The corridor.
    weight : str
        What is compared.
    values : tuple of float
        Every value at which the lead changes, ascending.
    wins : tuple of (float, float)
        Stretches of the parameter on which the corridor is strictly better.
    with_corridor, without : tuple of Piece
        Best weight as a function of the parameter, piece by piece: through the corridor and without it
        (empty where there is no other way).
    gap_now : float
        Corridor less the rest at the current value; NaN where that is not known.
    checks : tuple of (float, float)
        Parameter values next to the one nearest to today's, and the gap found there by routing afresh.
    corridor, rival : Route or None
        The two ways at that value (at the current one where there is none).
    """

    parameter: str
    unit: str
    current: float
    via: tuple[str, ...]
    weight: str
    values: tuple[float, ...]
    wins: tuple[tuple[float, float], ...]
    with_corridor: tuple[Piece, ...]
    without: tuple[Piece, ...]
    gap_now: float
    checks: tuple[tuple[float, float], ...]
    corridor: Route | None
    rival: Route | None

    @property
    def value(self) -> float:
        """Break-even value nearest to the current one (the least where that is not known); NaN for none."""
        return nearest(self.values, self.current)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per piece: which way, from, to, and its weight as intercept and slope."""
        import pandas as pd

        sides = [("corridor", p) for p in self.with_corridor] + [("without", p) for p in self.without]
        return pd.DataFrame(
            {
                "way": [side for side, _ in sides],
                "from": [p.start for _, p in sides],
                "to": [p.end for _, p in sides],
                "at_zero": [p.line.intercept for _, p in sides],
                "per_unit": [p.line.slope for _, p in sides],
            }
        )

    def summary(self) -> str:
        """Say in one sentence when the corridor wins."""
        by = " and ".join(self.via)
        unit = f" {self.unit}".rstrip() if self.wins and self.values else ""
        return f"{self._now(by)}; it wins {self.when()}{unit}"

    def when(self) -> str:
        """Say at which values of the parameter the corridor wins, without their unit."""
        if not self.wins:
            return "at no value"
        if not self.values:
            return "at every value"
        low, high = self.with_corridor[0].start, self.with_corridor[-1].end
        parts = []
        for start, end in self.wins:
            if start <= low:
                parts.append(f"below {short_number(end)}")
            elif end >= high:
                parts.append(f"above {short_number(start)}")
            else:
                parts.append(f"from {short_number(start)} to {short_number(end)}")
        return " and ".join(parts)

    def _now(self, by: str) -> str:
        if np.isnan(self.gap_now):
            return f"{self.parameter} has no one value today"
        now = f"at today's {short_number(self.current)} {self.unit} ({self.parameter})".replace("  ", " ")
        if np.isinf(self.gap_now):
            return f"{now} there is no way but by {by}"
        side = "more" if self.gap_now > 0 else "less"
        gap = f"{abs(self.gap_now):,.2f} {_show.unit_of(self.weight)}".rstrip() + f" {side}"
        return f"{now} the way by {by} takes {gap} than the best without ({self.weight})"

    def _table(self) -> tuple[tuple[str, ...], list[list[object]]]:
        weight, unit = _show.with_unit(self.weight), self.unit or "unit"
        columns = ("way", f"from {self.unit}".rstrip(), "to", f"{weight} at the start", f"per {unit}")
        rows: list[list[object]] = [
            [
                side,
                p.start,
                p.end if np.isfinite(p.end) else "on",
                p.line.at(p.start),
                p.line.slope,
            ]
            for side, pieces in (("corridor", self.with_corridor), ("without", self.without))
            for p in pieces
        ]
        return columns, rows


def nearest(values: tuple[float, ...], current: float) -> float:
    """Value nearest to the current one; the least where that is NaN, NaN where there is none.

    >>> nearest((1.0, 9.0), 8.0), nearest((1.0, 9.0), float("nan"))
    (9.0, 1.0)
    """
    if not values:
        return float("nan")
    return values[0] if np.isnan(current) else min(values, key=lambda v: abs(v - current))
