"""Many scenarios side by side: a row for each, a column for each answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._frozen import Frozen
from landsea_routing._typing import FloatArray, TextArray
from landsea_routing.errors import UnknownNameError, did_you_mean
from landsea_routing.results._show import Shown
from landsea_routing.results.records import plain_records, short_number

if TYPE_CHECKING:
    import pandas as pd

SHOWN_ROWS = 20


@dataclass(frozen=True, eq=False)
class Sweep(Frozen, Shown):
    """What each scenario of a sweep answers, in the order in which they were given.

    Parameters
    ----------
    names : (n,) text array
        Scenarios.
    levers : mapping
        Of levers to their (n,) values; empty for scenarios written by hand.
    status : (n,) text array
        `optimal`, `asked` where nothing was assigned, the code of an error (`infeasible`), or `not run`.
    notes : (n,) text array
        The words of the error.
    base : mapping
        Answers of the base.
    answers : mapping
        Of answers to their (n,) values, NaN where there is none.
    """

    names: TextArray
    levers: Mapping[str, Any]
    status: TextArray
    notes: TextArray
    base: Mapping[str, float]
    answers: Mapping[str, FloatArray]

    def __len__(self) -> int:
        return len(self.names)

    def to_frame(self) -> pd.DataFrame:
        """Return a row per scenario: scenario, levers, answers, status, note."""
        import pandas as pd

        own = {"scenario": self.names, **self.levers, **self.answers}
        return pd.DataFrame({**own, "status": self.status, "note": self.notes})

    def changes(self) -> pd.DataFrame:
        """Return a row per scenario with each answer less that of the base."""
        import pandas as pd

        change = {name: values - self.base[name] for name, values in self.answers.items()}
        return pd.DataFrame({"scenario": self.names, **self.levers, **change})

    def quantiles(self, percent: Sequence[float] = (10, 50, 90)) -> pd.DataFrame:
        """Return a row per answer: base, mean, and the values below which these percents of scenarios lie.

        Scenarios without an answer are left out; `n` says how many are in.
        """
        import pandas as pd

        rows = []
        for name, values in self.answers.items():
            known = values[~np.isnan(values)]
            marks = np.percentile(known, percent) if known.size else np.full(len(percent), np.nan)
            mean = float(known.mean()) if known.size else float("nan")
            marked = {f"P{p:g}": float(x) for p, x in zip(percent, marks, strict=True)}
            rows.append({"answer": name, "n": known.size, "base": self.base[name], "mean": mean, **marked})
        return pd.DataFrame(rows)

    def best(self, answer: str = "objective_usd") -> str:
        """Return the name of the scenario with the least answer."""
        if answer not in self.answers:
            raise UnknownNameError(
                f"nothing called {answer!r} was asked",
                column="answer",
                ids=(answer,),
                expected=f"one of {', '.join(self.answers)}",
                cure=did_you_mean(answer, self.answers),
            )
        return str(self.names[np.nanargmin(self.answers[answer])])

    def to_dict(self) -> dict[str, Any]:
        """Return base and rows as plain values, ready for JSON."""
        base = {k: v if np.isfinite(v) else None for k, v in self.base.items()}
        return {"base": base, "scenarios": plain_records(self.to_frame())}

    def summary(self) -> str:
        """Say in one sentence how many scenarios there are and how far the first answer goes."""
        first, values = next(iter(self.answers.items()))
        known = values[~np.isnan(values)]
        failed = len(self) - known.size
        rest = f"; {failed} without an answer" if failed else ""
        if not known.size:
            return f"{len(self)} scenarios{rest}"
        least, most, base = map(short_number, (known.min(), known.max(), self.base[first]))
        return f"{len(self)} scenarios: {first} from {least} to {most}, {base} in the base{rest}"

    def _table(self) -> tuple[list[str], list[list[object]]]:
        columns = ["scenario", *self.answers, "status"]
        parts = [self.names, *self.answers.values(), self.status]
        rows = [list(row) for row in zip(*(p[:SHOWN_ROWS].tolist() for p in parts), strict=True)]
        base: list[object] = ["base", *self.base.values(), ""]
        return columns, [base, *rows]
