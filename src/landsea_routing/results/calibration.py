"""What free parameters came to, how near that is to what was observed, and what the data cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._frozen import Frozen
from landsea_routing._typing import BoolArray, FloatArray, IntArray, TextArray
from landsea_routing.results import _show
from landsea_routing.results.records import plain_records

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Calibration(_show.Worded, Frozen):
    """Parameters fitted to observations by weighted least squares within bounds, with an account of the fit.

    Parameters
    ----------
    parameters : (n_parameters,) text array
        What was free.
    low, start, high : (n_parameters,) arrays
        Bounds, and where the search began.
    fitted : (n_parameters,) array
        Values found; `start` where leaving it is not worth it.
    flat_low, flat_high : (n_parameters,) arrays
        Ends of the values looked at, next to the fitted one, at which the fit is no worse by more than
        `noise`, the other parameters held.
    unclear : (n_parameters,) text array
        Why a parameter cannot be told from these observations; empty where it can.
    observations : (n_observations,) text array
        What was observed.
    observed, sd : (n_observations,) arrays
        Figures and their standard deviations; the weight of a squared difference is 1 / sd^2.
    before, after : (n_observations,) arrays
        Modelled with the parameters at `start`, and as fitted.
    foretold : (n_observations,) array
        Modelled by a fit that did not see the observation nor others of its group; NaN where not asked.
    least, most : (n_observations,) arrays
        Least and most that any plan gave that was looked at: what lies outside, these parameters cannot mend.
    held_out : (n_observations,) bool array
        What the fit did not look at.
    scan_parameter, scan_value, scan_misfit : (n_scan,) arrays
        Parameter (its position), value, and weighted squares there, one parameter turned at a time.
    degrees_of_freedom : int
        Independent figures fitted, less parameters that were free.
    misfit_least : float
        Sum of weighted squares of the best plan that the fit looked at, before parameters were put back.
    noise : float
        Weighted squares by which two fits must differ to be told apart; see `fit_noise`.
    n_solved : int
        Plans (or spreads) that the fit looked at, not counting those that `foretold` took.
    """

    parameters: TextArray
    low: FloatArray
    start: FloatArray
    high: FloatArray
    fitted: FloatArray
    flat_low: FloatArray
    flat_high: FloatArray
    unclear: TextArray
    observations: TextArray
    observed: FloatArray
    sd: FloatArray
    before: FloatArray
    after: FloatArray
    foretold: FloatArray
    least: FloatArray
    most: FloatArray
    held_out: BoolArray
    scan_parameter: IntArray
    scan_value: FloatArray
    scan_misfit: FloatArray
    degrees_of_freedom: int
    misfit_least: float
    noise: float
    n_solved: int

    @property
    def values(self) -> dict[str, float]:
        """Fitted value of each parameter that left its start."""
        moved = self.fitted != self.start
        return dict(zip(self.parameters[moved].tolist(), self.fitted[moved].tolist(), strict=True))

    @property
    def at_bound(self) -> BoolArray:
        """Whether a parameter stands at a bound: where it would have gone is not known."""
        return np.asarray((self.fitted == self.low) | (self.fitted == self.high))

    @property
    def identified(self) -> BoolArray:
        """Whether the observations tell a parameter."""
        return np.asarray(self.unclear == "")

    @property
    def misfit_before(self) -> float:
        """Sum of weighted squares over what was fitted, at the start."""
        return self._misfit(self.before, ~self.held_out)

    @property
    def misfit_after(self) -> float:
        """Sum of weighted squares over what was fitted, at the end."""
        return self._misfit(self.after, ~self.held_out)

    @property
    def misfit_foretold(self) -> float:
        """Sum of weighted squares over what was fitted, foretold from the others; NaN where not asked."""
        return self._misfit(self.foretold, ~self.held_out)

    @property
    def held_out_misfits(self) -> tuple[float, float]:
        """Sums of weighted squares over what was held out, before and after."""
        return self._misfit(self.before, self.held_out), self._misfit(self.after, self.held_out)

    @property
    def out_of_reach(self) -> BoolArray:
        """Whether no plan that was looked at came within one standard deviation of an observation."""
        return np.asarray((self.least > self.observed + self.sd) | (self.most < self.observed - self.sd))

    def _misfit(self, modelled: FloatArray, rows: BoolArray) -> float:
        return float((((modelled - self.observed) / self.sd)[rows] ** 2).sum())

    def to_frame(self) -> pd.DataFrame:
        """Return a row per observation.

        Columns: observed, sd, weight, before, after; off, by how many standard deviations the fitted model is
        above what was observed; foretold, least, most, out_of_reach, held_out.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "observation": self.observations,
                "observed": self.observed,
                "sd": self.sd,
                "weight": 1 / self.sd**2,
                "before": self.before,
                "after": self.after,
                "off": (self.after - self.observed) / self.sd,
                "foretold": self.foretold,
                "least": self.least,
                "most": self.most,
                "out_of_reach": self.out_of_reach,
                "held_out": self.held_out,
            }
        )

    def parameter_frame(self) -> pd.DataFrame:
        """Return a row per parameter: low, start, high, fitted, flat_low, flat_high, at_bound, unclear."""
        import pandas as pd

        names = ("low", "start", "high", "fitted", "flat_low", "flat_high", "at_bound", "unclear")
        return pd.DataFrame({"parameter": self.parameters, **{name: getattr(self, name) for name in names}})

    def scan(self) -> pd.DataFrame:
        """Return how the fit follows each parameter alone: parameter, value, misfit."""
        import pandas as pd

        names = self.parameters[self.scan_parameter]
        return pd.DataFrame({"parameter": names, "value": self.scan_value, "misfit": self.scan_misfit})

    def to_dict(self) -> dict[str, Any]:
        """Return fit, parameters and observations as plain values, ready for JSON."""
        names = (
            "misfit_before",
            "misfit_after",
            "misfit_foretold",
            "degrees_of_freedom",
            "noise",
            "n_solved",
        )
        fit = {name: getattr(self, name) for name in names}
        plain = {name: value if np.isfinite(value) else None for name, value in fit.items()}
        return {
            **plain,
            "held_out_misfits": list(self.held_out_misfits),
            "parameters": plain_records(self.parameter_frame()),
            "observations": plain_records(self.to_frame()),
        }

    def summary(self) -> str:
        """Say in a few sentences how well it fits, and what cannot be told."""
        n = int((~self.held_out).sum())
        text = (
            f"weighted squares {self.misfit_before:,.1f} before, {self.misfit_after:,.1f} after, over {n} "
            f"observations ({self.degrees_of_freedom} degrees of freedom); "
            f"{len(self.values)} of {len(self.parameters)} parameters moved"
        )
        if self.misfit_least < self.misfit_after:
            text += f" ({self.misfit_least:,.1f} with more of them, none of which is worth the noise)"
        if np.isfinite(self.misfit_foretold):
            text += f"; each group foretold from the others: {self.misfit_foretold:,.1f}"
        if self.held_out.any():
            text += "; held out {:,.1f} before, {:,.1f} after".format(*self.held_out_misfits)
        if self.out_of_reach.any():
            text += f"; out of reach: {int(self.out_of_reach.sum())} of {len(self.observed)} observations"
        for title, rows in (("at a bound", self.at_bound), ("not identifiable", ~self.identified)):
            if rows.any():
                text += f"; {title}: {', '.join(self.parameters[rows].tolist())}"
        return text

    def __str__(self) -> str:
        tables = (_show.text_table(*table) for table in self._tables())
        return "\n\n".join((self.summary(), *tables))

    def _repr_html_(self) -> str:
        first, second = self._tables()
        return _show.html_table(*first, caption=self.summary()) + _show.html_table(*second)

    def _tables(self) -> list[tuple[list[str], list[list[object]]]]:
        bounds = [f"{low:g} to {high:g}" for low, high in zip(self.low, self.high, strict=True)]
        flat = [f"{low:.3g} to {high:.3g}" for low, high in zip(self.flat_low, self.flat_high, strict=True)]
        edge = np.where(self.at_bound, "at a bound", "").tolist()
        marks = ["; ".join(filter(None, pair)) for pair in zip(edge, self.unclear.tolist(), strict=True)]
        numbers = ([f"{value:.4g}" for value in part] for part in (self.start, self.fitted))
        parts = (self.parameters.tolist(), bounds, *numbers, flat, marks)
        first = ["parameter", "bounds", "start", "fitted", "as good", ""]
        frame = self.to_frame().drop(columns=["weight", "out_of_reach"])
        for name in ("observed", "sd", "before", "after", "foretold", "least", "most"):
            frame[name] = [f"{value:,.3g}" if np.isfinite(value) else "" for value in frame[name]]
        frame["off"] = [f"{value:+.1f}" for value in frame["off"]]
        notes = (
            np.where(self.held_out, "held out", "").tolist(),
            np.where(self.out_of_reach, "out of reach", "").tolist(),
        )
        frame["held_out"] = ["; ".join(filter(None, pair)) for pair in zip(*notes, strict=True)]
        if not np.isfinite(self.foretold).any():
            frame = frame.drop(columns=["foretold"])
        second = [{"off": "off by sd", "held_out": ""}.get(name, name) for name in frame.columns]
        return [
            (first, [list(row) for row in zip(*parts, strict=True)]),
            (second, frame.astype(object).to_numpy().tolist()),
        ]


def fit_noise(misfit: float, degrees_of_freedom: int) -> float:
    """Return by how many weighted squares two fits must differ to be told apart.

    1, one standard deviation of one parameter, where standard deviations explain the misfit; where it is
    larger they are too small by the factor that R. T. Birge gives ("The calculation of errors by the method
    of least squares", Physical Review 40 (1932) 207).

    >>> fit_noise(8.0, 10), fit_noise(40.0, 10)
    (1.0, 4.0)
    """
    return max(1.0, misfit / max(1, degrees_of_freedom))
