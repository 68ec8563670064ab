"""What each closure costs, the worst first, and who pays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._frozen import Frozen
from landsea_routing._typing import FloatArray, TextArray
from landsea_routing.errors import UnknownNameError, did_you_mean
from landsea_routing.model.table import Table
from landsea_routing.results._show import Shown
from landsea_routing.results.records import plain_records

if TYPE_CHECKING:
    import pandas as pd

SHOWN_ROWS = 15
JOINED = " + "
"""Between the two of a pair."""


@dataclass(frozen=True, eq=False)
class Criticality(Frozen, Shown):
    """What changes in a year if one thing is closed, or two are; the dearest first.

    Parameters
    ----------
    kinds, elements : (n,) text arrays
        `link`, `crossing`, `node`, `terminal` or `pair`, and the id; kind and id of both for a pair.
    added_usd : (n,) array
        Added cost, what stays at home at its price; `inf` where all must be carried and cannot be.
    added_hours_t, added_co2e_kg, added_unserved_t : (n,) arrays
        Added tonne-hours, kilograms of CO2e and tonnes that stay at home.
    added_od_usd : (n, n_ods) array
        Added cost of each OD; below 0 where it gains what another gives up, `inf` where some of it must be
        carried and cannot be.
    demand : Table
        The ODs.
    month : int or None
        Month that the whole year was taken to be like.
    base_usd : float
        Cost with nothing closed.
    n_solved : int
        Closures that carried something and were solved again; the others change nothing.
    gap : float
        Largest relative difference between a cost and its proven bound.
    """

    kinds: TextArray
    elements: TextArray
    added_usd: FloatArray
    added_hours_t: FloatArray
    added_co2e_kg: FloatArray
    added_unserved_t: FloatArray
    added_od_usd: FloatArray
    demand: Table
    month: int | None
    base_usd: float
    n_solved: int
    gap: float

    def __len__(self) -> int:
        return len(self.elements)

    def to_frame(self) -> pd.DataFrame:
        """Return a row per closure: kind, element, added_usd, _hours_t, _co2e_kg, _unserved_t, suffers.

        `suffers` names the commodity and the origin whose cargo pays most.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "kind": self.kinds,
                "element": self.elements,
                "added_usd": self.added_usd,
                "added_hours_t": self.added_hours_t,
                "added_co2e_kg": self.added_co2e_kg,
                "added_unserved_t": self.added_unserved_t,
                "suffers": [self._most(i) for i in range(len(self))],
            }
        )

    def who(self, element: str, *, by: str = "commodity") -> pd.DataFrame:
        """Return who pays for a closure (id, or kind and id): added_usd by commodity, origin or destination.

        Raises
        ------
        UnknownNameError
            Nothing or more than one thing of that name was closed, or `by` is none of these.
        """
        import pandas as pd

        known = ("commodity", "origin", "destination")
        rows = [i for i, name in enumerate(self._labels()) if element in (name, self.elements[i])]
        if len(rows) != 1 or by not in known:
            raise UnknownNameError(
                f"{by!r} is not known" if by not in known else f"{element!r} names {len(rows)} closures",
                ids=(by if by not in known else element,),
                expected="what was closed, with its kind where two share an id; by commodity or an end",
                cure=did_you_mean(element, self.elements.tolist()),
            )
        frame = pd.DataFrame({by: self.demand[by], "added_usd": self.added_od_usd[rows[0]]})
        return (
            frame.groupby(by, as_index=False)["added_usd"]
            .sum()
            .sort_values(["added_usd", by], ascending=[False, True], ignore_index=True)
        )

    def interaction_usd(self) -> pd.DataFrame:
        """Return a row per pair: first, second, added_usd, excess_usd (what that exceeds both alone by).

        NaN where one alone leaves no plan.
        """
        import pandas as pd

        alone = dict(zip(self._labels(), self.added_usd.tolist(), strict=True))
        rows = []
        for label, added in alone.items():
            one, joined, other = label.removeprefix("pair ").partition(JOINED)
            if joined:
                excess = added - alone[one] - alone[other]
                rows.append({"first": one, "second": other, "added_usd": added, "excess_usd": excess})
        return pd.DataFrame(rows, columns=["first", "second", "added_usd", "excess_usd"])

    def to_dict(self) -> dict[str, Any]:
        """Return the closures as plain values, ready for JSON."""
        return {"base_usd": self.base_usd, "month": self.month, "closures": plain_records(self.to_frame())}

    def summary(self) -> str:
        """Say in one sentence which closure is the dearest."""
        when = "" if self.month is None else f" in a year like month {self.month}"
        counts = f"{len(self)} closures{when}, of which {self.n_solved} carry something"
        if not len(self) or not self.added_usd[0] > 0:
            return f"{counts}; none costs anything"
        worst = f"{self.kinds[0]} {self.elements[0]}"
        unserved = f"{self.added_unserved_t[0] / 1e6:,.2f} Mt/yr"
        lost = int(np.isinf(self.added_usd).sum())
        if lost:
            return (
                f"{counts}; {lost} leave no plan that carries everything, the worst {worst}: {unserved} short"
            )
        return (
            f"{counts}; the dearest is {worst}: {self.added_usd[0] / 1e6:,.2f} M USD/yr, {unserved} unserved"
        )

    def _labels(self) -> list[str]:
        """Kind and id of each closure: a node and its terminal share an id."""
        return [f"{kind} {name}" for kind, name in zip(self.kinds, self.elements, strict=True)]

    def _most(self, row: int) -> str:
        """Commodity and origin that pay most, each over all its ODs."""
        names = []
        for column in ("commodity", "origin"):
            ids, place = np.unique(self.demand[column], return_inverse=True)
            paid = np.bincount(place, self.added_od_usd[row], ids.size)
            if paid.size and paid.max() > 0:
                names.append(str(ids[paid.argmax()]))
        return ", from ".join(names)

    def _table(self) -> tuple[list[str], list[list[object]]]:
        columns = ["closed", "", "M USD/yr", "M t-h/yr", "kt CO2e/yr", "unserved Mt/yr", "who pays most"]
        parts = (
            self.kinds,
            self.elements,
            self.added_usd / 1e6,
            self.added_hours_t / 1e6,
            self.added_co2e_kg / 1e6,
            self.added_unserved_t / 1e6,
        )
        rows = [list(row) for row in zip(*(p[:SHOWN_ROWS].tolist() for p in parts), strict=True)]
        for row in rows:
            row[2] = row[2] if np.isfinite(row[2]) else "no plan"
        return columns, [[*row, self._most(i)] for i, row in enumerate(rows)]
