"""Which projects to build under a budget, and when, with the proof, beside the ranking by dual price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._frozen import Frozen
from landsea_routing._typing import BoolArray, FloatArray, IntArray, TextArray
from landsea_routing.results._show import Shown
from landsea_routing.results.records import plain_records

if TYPE_CHECKING:
    import pandas as pd


NEVER = -1
"""Year in which a project starts that is not built."""


@dataclass(frozen=True, eq=False)
class Design(Frozen, Shown):
    """The projects, and the years to build them in, that make a year or all years together cheapest.

    Parameters
    ----------
    projects : (n,) text array
        Candidates.
    cost_usd, annuity_usd : (n,) arrays
        What building costs, and what that and the upkeep cost a year.
    worth_usd : (n,) array
        What each could save in a mean year at most if built alone, by the prices of the base.
    years : (n_phases,) int array
        First year of each phase; the year of the base where there is but one.
    start, greedy_start : (n,) int arrays
        Year in which each is built, in the best plan and in that of the ranking by worth for each dollar;
        -1 for never.
    budget_usd : float
        What building may cost in all.
    discounted_years : float
        Years that costs are those of, discounted; 1 for the costs of a year.
    base_usd, best_usd, greedy_usd : float
        Cost with nothing built, with the best plan and with the greedy one; annuities included.
    bound_usd : float
        No plan within the budget costs less.
    n_solved : int
        Assignments solved.
    """

    projects: TextArray
    cost_usd: FloatArray
    annuity_usd: FloatArray
    worth_usd: FloatArray
    years: IntArray
    start: IntArray
    greedy_start: IntArray
    budget_usd: float
    discounted_years: float
    base_usd: float
    best_usd: float
    greedy_usd: float
    bound_usd: float
    n_solved: int

    @property
    def chosen(self) -> BoolArray:
        """Whether each is built in the best plan."""
        return np.not_equal(self.start, NEVER)

    @property
    def greedy(self) -> BoolArray:
        """Whether each is built by the ranking by dual price."""
        return np.not_equal(self.greedy_start, NEVER)

    @property
    def gap(self) -> float:
        """By what share of its cost a better set could be cheaper."""
        return max(0.0, (self.best_usd - self.bound_usd) / max(1.0, abs(self.best_usd)))

    @property
    def greedy_gap(self) -> float:
        """By what share of its cost the greedy plan could be beaten, as is proved."""
        return max(0.0, (self.greedy_usd - self.bound_usd) / max(1.0, abs(self.greedy_usd)))

    @property
    def saving_gap(self) -> float:
        """By what share of what can be saved a better plan could save more."""
        most = self.base_usd - self.bound_usd
        return (self.best_usd - self.bound_usd) / most if most > 0.0 else 0.0

    def to_frame(self) -> pd.DataFrame:
        """Return a row per project.

        Columns: project, cost_usd, annuity_usd, worth_usd, chosen, greedy, start, greedy_start.
        """
        import pandas as pd

        names = ("cost_usd", "annuity_usd", "worth_usd", "chosen", "greedy", "start", "greedy_start")
        return pd.DataFrame({"project": self.projects, **{name: getattr(self, name) for name in names}})

    def to_dict(self) -> dict[str, Any]:
        """Return totals and projects as plain values, ready for JSON."""
        names = ("budget_usd", "discounted_years", "base_usd", "best_usd", "greedy_usd", "bound_usd")
        shares = ("gap", "greedy_gap", "saving_gap", "n_solved")
        totals = {name: getattr(self, name) for name in (*names, *shares)}
        return {**totals, "years": self.years.tolist(), "projects": plain_records(self.to_frame())}

    def summary(self) -> str:
        """Say in one sentence what to build, when, and what it saves."""
        when = (
            "a year" if self.discounted_years == 1.0 else f"in {self.discounted_years:,.1f} discounted years"
        )
        best, greedy = (self.base_usd - usd for usd in (self.best_usd, self.greedy_usd))
        return (
            f"build {self._what()} for {self.cost_usd[self.chosen].sum() / 1e6:,.1f} of "
            f"{self.budget_usd / 1e6:,.1f} M USD: saves {best / 1e6:,.2f} M USD {when} net "
            f"(by dual price {greedy / 1e6:,.2f}); gap {self.gap:.1e} of the cost, "
            f"{self.saving_gap:.1e} of the saving"
        )

    def _what(self) -> str:
        if not self.chosen.any():
            return "nothing"
        parts = [(int(y), ", ".join(self.projects[self.start == y].tolist())) for y in self.years]
        if self.years.size == 1:
            return parts[0][1]
        return "; ".join(f"in {y} {names}" for y, names in parts if names)

    def _table(self) -> tuple[list[str], list[list[object]]]:
        columns = ["project", "M USD", "M USD/yr", "worth at most M USD/yr", "best", "greedy"]
        marks = [self._marks(start) for start in (self.start, self.greedy_start)]
        parts = (self.projects, self.cost_usd / 1e6, self.annuity_usd / 1e6, self.worth_usd / 1e6)
        return columns, [list(row) for row in zip(*(p.tolist() for p in parts), *marks, strict=True)]

    def _marks(self, start: IntArray) -> list[str]:
        built = "yes" if self.years.size == 1 else "{}"
        return ["" if y == NEVER else built.format(y) for y in start.tolist()]
