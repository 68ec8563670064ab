"""The cheapest flow of one commodity from where it is offered to where it is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._frozen import freeze_arrays
from landsea_routing._status import Status
from landsea_routing._typing import FloatArray
from landsea_routing.graph.graph import ArcKind, Graph
from landsea_routing.graph.groups import GroupArcs
from landsea_routing.results import _show
from landsea_routing.results.assignment import DUST_T
from landsea_routing.results.records import plain_records

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class SupplyFlow(_show.Worded):
    """Flows at least generalized cost between places that offer and places that want.

    Parameters
    ----------
    graph : Graph
        For labels.
    commodity : str
        What is carried.
    arc_flow_t : (n_arcs,) array
        Tonnes a year on each arc.
    sent_t, received_t : mapping
        Tonnes a year that leave each place that offers, and reach each that wants.
    unserved_t : float
        Tonnes wanted and not brought.
    objective_usd : float
        Generalized cost of a year, and of what is unserved at its price.
    status : Status
        OPTIMAL after the certificate has passed.
    groups : GroupArcs
        Capacities with a limit.
    group_dual_usd_per_unit : (n_groups,) array
        What one more unit of each saves at most.
    """

    graph: Graph
    commodity: str
    arc_flow_t: FloatArray
    sent_t: dict[str, float]
    received_t: dict[str, float]
    unserved_t: float
    objective_usd: float
    status: Status
    groups: GroupArcs
    group_dual_usd_per_unit: FloatArray

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def to_frame(self) -> pd.DataFrame:
        """Return flows by link and direction: link, direction, mode, flow_t."""
        import pandas as pd

        net, top = self.graph.network, self.graph.topology
        arcs = np.flatnonzero((top.arc_kind == ArcKind.LINK) & (self.arc_flow_t > DUST_T))
        row = top.arc_row[arcs]
        frame = pd.DataFrame(
            {
                "link": net.links["id"][row],
                "direction": np.where(top.arc_forward[arcs], "forward", "backward"),
                "mode": net.links["mode"][row],
                "flow_t": self.arc_flow_t[arcs],
            }
        )
        return frame.groupby(["link", "direction", "mode"], as_index=False)["flow_t"].sum()

    def to_dict(self) -> dict[str, Any]:
        """Return totals and flows as plain values, ready for JSON."""
        return {
            "commodity": self.commodity,
            "status": str(self.status),
            "objective_usd": self.objective_usd,
            "sent_t": self.sent_t,
            "received_t": self.received_t,
            "unserved_t": self.unserved_t,
            "links": plain_records(self.to_frame()),
        }

    def summary(self) -> str:
        """Say how much goes at what cost."""
        moved = sum(self.sent_t.values())
        return (
            f"{self.commodity}: {self.status}, {moved / 1e6:,.3f} Mt/yr from {len(self.sent_t)} to "
            f"{len(self.received_t)} places for {self.objective_usd / 1e6:,.2f} M USD/yr, "
            f"{self.unserved_t / 1e6:,.3f} Mt/yr unserved"
        )

    def __str__(self) -> str:
        return f"{self.summary()}\n{_show.text_table(*self._table())}"

    def _repr_html_(self) -> str:
        return _show.html_table(*self._table(), caption=self.summary())

    def _table(self) -> tuple[list[str], list[list[object]]]:
        rows: list[list[object]] = [["sends", name, x] for name, x in self.sent_t.items()]
        rows += [["receives", name, x] for name, x in self.received_t.items()]
        return ["", "place", "t/yr"], rows
