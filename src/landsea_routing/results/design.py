"""Which projects to build under a budget, with the proof, beside the ranking by dual price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._frozen import Frozen
from landsea_routing._typing import BoolArray, FloatArray, TextArray
from landsea_routing.results._show import Shown
from landsea_routing.results.records import plain_records

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Design(Frozen, Shown):
    """The projects whose building makes a year cheapest, annuities included.

    Parameters
    ----------
    projects : (n,) text array
        Candidates.
    cost_usd, annuity_usd : (n,) arrays
        What building costs, and what that and the upkeep cost a year.
    worth_usd : (n,) array
        What each could save a year at most if built alone: its limits at the dual prices of the base.
    chosen, greedy : (n,) bool arrays
        The best set, and that of the ranking by worth for each dollar.
    budget_usd : float
        What building may cost in all.
    base_usd, best_usd, greedy_usd : float
        Cost of a year with nothing built, with the best set and with the greedy one; annuities included.
    bound_usd : float
        No set within the budget costs less.
    n_solved : int
        Assignments solved.
    """

    projects: TextArray
    cost_usd: FloatArray
    annuity_usd: FloatArray
    worth_usd: FloatArray
    chosen: BoolArray
    greedy: BoolArray
    budget_usd: float
    base_usd: float
    best_usd: float
    greedy_usd: float
    bound_usd: float
    n_solved: int

    @property
    def gap(self) -> float:
        """By what share of its cost a better set could be cheaper."""
        return max(0.0, (self.best_usd - self.bound_usd) / max(1.0, abs(self.best_usd)))

    def to_frame(self) -> pd.DataFrame:
        """Return a row per project: project, cost_usd, annuity_usd, worth_usd, chosen, greedy."""
        import pandas as pd

        names = ("cost_usd", "annuity_usd", "worth_usd", "chosen", "greedy")
        return pd.DataFrame({"project": self.projects, **{name: getattr(self, name) for name in names}})

    def to_dict(self) -> dict[str, Any]:
        """Return totals and projects as plain values, ready for JSON."""
        names = ("budget_usd", "base_usd", "best_usd", "greedy_usd", "bound_usd", "gap", "n_solved")
        return {**{n: getattr(self, n) for n in names}, "projects": plain_records(self.to_frame())}

    def summary(self) -> str:
        """Say in one sentence what to build and what it saves."""
        what = ", ".join(self.projects[self.chosen].tolist()) or "nothing"
        return (
            f"build {what} for {self.cost_usd[self.chosen].sum() / 1e6:,.1f} of "
            f"{self.budget_usd / 1e6:,.1f} M USD: saves {(self.base_usd - self.best_usd) / 1e6:,.2f} "
            f"M USD/yr net (by dual price {(self.base_usd - self.greedy_usd) / 1e6:,.2f}); gap {self.gap:.1e}"
        )

    def _table(self) -> tuple[list[str], list[list[object]]]:
        columns = ["project", "M USD", "M USD/yr", "worth at most M USD/yr", "best", "greedy"]
        marks = [np.where(mark, "yes", "") for mark in (self.chosen, self.greedy)]
        parts = (self.projects, self.cost_usd / 1e6, self.annuity_usd / 1e6, self.worth_usd / 1e6, *marks)
        return columns, [list(row) for row in zip(*(p.tolist() for p in parts), strict=True)]
