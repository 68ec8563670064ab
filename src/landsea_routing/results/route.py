"""A route: what one tonne does between two places, leg by leg."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landsea_routing._frozen import Frozen
from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.graph.cost import LEDGER, MONEY
from landsea_routing.graph.graph import ArcKind, Graph
from landsea_routing.model import words
from landsea_routing.results import _show
from landsea_routing.units import HOURS_PER_DAY

if TYPE_CHECKING:
    import pandas as pd

LEG_COLUMNS = ("leg", "from", "to", "gauge mm", "km", "h", "USD/t", "kg CO2e/t", "where it waits or changes")
LEG_ALIGN = "lllrrrrrl"


@dataclass(frozen=True)
class Leg:
    """One part of a route: a ride by one mode and gauge, or what happens at one place.

    Parameters
    ----------
    kind : str
        `link` (a ride, over one or more links), `border`, `transfer`, `relay`, `access` or `egress`.
    mode : str
        Mode; for transfers `from -> to`.
    gauge_mm : int
        Track gauge of the ride; after a change of gauge the new one; 0 for none.
    from_node, to_node : str
        Node ids; the same at a transfer.
    rows : tuple of str
        Ids of the links, the crossing or the transfers row.
    length_km, time_h, cost_usd_per_t, cost_money_usd_per_t, co2e_kg_per_t : float
        What it takes; cost is generalized, money is what is paid.
    detail : str
        What happens, in words.
    """

    kind: str
    mode: str
    gauge_mm: int
    from_node: str
    to_node: str
    rows: tuple[str, ...]
    length_km: float
    time_h: float
    cost_usd_per_t: float
    cost_money_usd_per_t: float
    co2e_kg_per_t: float
    detail: str


@dataclass(frozen=True, eq=False)
class Route(_show.Pictured, Frozen):
    """The best path for one question.

    Parameters
    ----------
    graph : Graph
        What was asked; labels are read from it.
    origin, destination : str
        Node ids.
    weight : str
        What was minimised.
    arcs : (n,) int array
        Arcs of the graph, in order.
    ledger_usd_per_t_by_arc : (7, n) array
        Cost of each arc by line of the ledger.
    hours, co2e_kg : (n,) arrays
        Hours and kilograms of CO2e per tonne on each arc.
    """

    graph: Graph
    origin: str
    destination: str
    weight: str
    arcs: IntArray
    ledger_usd_per_t_by_arc: FloatArray
    hours: FloatArray
    co2e_kg: FloatArray

    @property
    def commodity(self) -> str:
        """Commodity that was routed."""
        return self.graph.commodity

    @property
    def length_km(self) -> float:
        """Length."""
        return float(self.graph.arc_length_km[self.arcs].sum())

    @property
    def time_h(self) -> float:
        """Hours from door to door, waits included."""
        return float(self.hours.sum())

    @property
    def cost_usd_per_t(self) -> float:
        """Generalized cost: money and the value of all hours."""
        return float(self.ledger_usd_per_t_by_arc.sum())

    @property
    def cost_money_usd_per_t(self) -> float:
        """Money alone."""
        return float(self.ledger_usd_per_t_by_arc[: len(MONEY)].sum())

    @property
    def co2e_kg_per_t(self) -> float:
        """Emissions by the factors of the network."""
        return float(self.co2e_kg.sum())

    @property
    def ledger(self) -> dict[str, float]:
        """Generalized cost by line; the lines sum to `cost_usd_per_t`."""
        sums = self.ledger_usd_per_t_by_arc.sum(axis=1)
        return dict(zip(LEDGER, sums.tolist(), strict=True))

    @property
    def links(self) -> tuple[str, ...]:
        """Ids of the links used, in order."""
        return tuple(link for leg in self.legs if leg.kind == "link" for link in leg.rows)

    @property
    def nodes(self) -> tuple[str, ...]:
        """Ids of the nodes passed, in order, each once in a row."""
        at = self.graph.topology.vertex_node[np.append(self.graph.topology.tail[self.arcs], self._last)]
        ids = self.graph.network.nodes["id"][at].tolist()
        return tuple(n for i, n in enumerate(ids) if i == 0 or n != ids[i - 1])

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The legs; consecutive links of one mode, gauge and vehicle class are one leg."""
        top = self.graph.topology
        keep = np.flatnonzero(top.arc_kind[self.arcs] != ArcKind.THROUGH)
        runs: list[list[int]] = []
        for i in keep:
            if runs and self._rides_on(runs[-1][-1], int(i)):
                runs[-1].append(int(i))
            else:
                runs.append([int(i)])
        return tuple(self._leg(run) for run in runs)

    @property
    def _last(self) -> int:
        return int(self.graph.topology.head[self.arcs[-1]])

    def _rides_on(self, before: int, after: int) -> bool:
        kinds = self.graph.topology.arc_kind[self.arcs[[before, after]]]
        return bool((kinds == ArcKind.LINK).all())

    def _leg(self, run: list[int]) -> Leg:
        top, net = self.graph.topology, self.graph.network
        arcs = self.arcs[run]
        kind = ArcKind(int(top.arc_kind[arcs[0]]))
        tail, head = int(top.tail[arcs[0]]), int(top.head[arcs[-1]])
        ids = net.nodes["id"]
        start, end = int(top.vertex_node[tail]), int(top.vertex_node[head])
        if kind == ArcKind.BORDER:
            crossing = net.crossings
            row = int(top.arc_row[arcs[0]])
            ends = str(crossing["from_node"][row]), str(crossing["to_node"][row])
        else:
            ends = str(ids[start]), str(ids[end])
        return Leg(
            kind=kind.name.lower(),
            mode=_mode_text(self.graph, tail, head),
            gauge_mm=int(max(top.vertex_gauge_mm[head], 0) or top.vertex_gauge_mm[tail]),
            from_node=ends[0],
            to_node=ends[1],
            rows=_row_ids(self.graph, kind, top.arc_row[arcs]),
            length_km=float(self.graph.arc_length_km[arcs].sum()),
            time_h=float(self.hours[run].sum()),
            cost_usd_per_t=float(self.ledger_usd_per_t_by_arc[:, run].sum()),
            cost_money_usd_per_t=float(self.ledger_usd_per_t_by_arc[: len(MONEY), run].sum()),
            co2e_kg_per_t=float(self.co2e_kg[run].sum()),
            detail=_detail(self.graph, kind, arcs),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the legs as a DataFrame, one row each, units in the column names."""
        import pandas as pd

        legs = self.legs
        return pd.DataFrame(
            {
                "kind": [leg.kind for leg in legs],
                "mode": [leg.mode for leg in legs],
                "gauge_mm": [leg.gauge_mm for leg in legs],
                "from_node": [leg.from_node for leg in legs],
                "to_node": [leg.to_node for leg in legs],
                "length_km": [leg.length_km for leg in legs],
                "time_h": [leg.time_h for leg in legs],
                "cost_usd_per_t": [leg.cost_usd_per_t for leg in legs],
                "cost_money_usd_per_t": [leg.cost_money_usd_per_t for leg in legs],
                "co2e_kg_per_t": [leg.co2e_kg_per_t for leg in legs],
                "rows": [";".join(leg.rows) for leg in legs],
                "detail": [leg.detail for leg in legs],
            }
        )

    def to_dict(self) -> dict[str, object]:
        """Return totals, ledger and legs as plain values, ready for JSON."""
        return {
            "origin": self.origin,
            "destination": self.destination,
            "commodity": self.commodity,
            "weight": self.weight,
            "length_km": self.length_km,
            "time_h": self.time_h,
            "cost_usd_per_t": self.cost_usd_per_t,
            "cost_money_usd_per_t": self.cost_money_usd_per_t,
            "co2e_kg_per_t": _known(self.co2e_kg_per_t),
            "ledger_usd_per_t": self.ledger,
            "legs": [
                {**vars(leg), "rows": list(leg.rows), "co2e_kg_per_t": _known(leg.co2e_kg_per_t)}
                for leg in self.legs
            ],
        }

    def summary(self) -> str:
        """Say in one sentence what the route is."""
        name = _names(self.graph)
        co2e = _known(self.co2e_kg_per_t)
        return (
            f"{self.commodity} from {name[self.origin]} to {name[self.destination]}, least {self.weight}: "
            f"{self.length_km:,.0f} km, {self.time_h:,.0f} h ({self.time_h / HOURS_PER_DAY:.1f} days), "
            f"{self.cost_usd_per_t:,.2f} USD/t of which {self.cost_money_usd_per_t:,.2f} in money, "
            f"{'unknown CO2e' if co2e is None else f'{co2e:,.1f} kg CO2e/t'}"
        )

    def __str__(self) -> str:
        ledger = ", ".join(f"{k.replace('_', ' ')} {v:,.2f}" for k, v in self.ledger.items() if v)
        return f"{self.summary()}\n{_show.text_table(LEG_COLUMNS, self._rows(), LEG_ALIGN)}\nUSD/t: {ledger}"

    def _repr_html_(self) -> str:
        return _show.html_table(LEG_COLUMNS, self._rows(), self.summary(), LEG_ALIGN)

    def _rows(self) -> list[list[object]]:
        name = _names(self.graph)
        return [
            [
                f"{leg.mode} {leg.kind}" if leg.kind != "link" else leg.mode,
                name[leg.from_node],
                name[leg.to_node],
                str(leg.gauge_mm) if leg.gauge_mm else None,  # a name, not an amount: no thousands mark
                leg.length_km or None,
                leg.time_h,
                leg.cost_usd_per_t,
                "unknown" if _known(leg.co2e_kg_per_t) is None else leg.co2e_kg_per_t or None,
                leg.detail,
            ]
            for leg in self.legs
        ]


def _known(value: float) -> float | None:
    """None for NaN: what has no emission factor."""
    return None if np.isnan(value) else value


def _names(graph: Graph) -> dict[str, str]:
    nodes = graph.network.nodes
    return dict(zip(nodes["id"].tolist(), nodes["name"].tolist(), strict=True))


def _mode_text(graph: Graph, tail: int, head: int) -> str:
    modes = [int(graph.topology.vertex_mode[v]) for v in (tail, head)]
    names = [words.MODES[m] for m in modes if m >= 0]
    return " -> ".join(dict.fromkeys(names))


def _row_ids(graph: Graph, kind: ArcKind, rows: IntArray) -> tuple[str, ...]:
    table = {
        ArcKind.LINK: graph.network.links,
        ArcKind.BORDER: graph.network.crossings,
        ArcKind.TRANSFER: graph.network.transfers,
        ArcKind.RELAY: graph.network.transfers,
    }.get(kind, graph.network.nodes)
    return tuple(map(str, table["id"][rows]))


def _detail(graph: Graph, kind: ArcKind, arcs: IntArray) -> str:
    top, net = graph.topology, graph.network
    row = int(top.arc_row[arcs[0]])
    if kind in (ArcKind.TRANSFER, ArcKind.RELAY):
        gauges = [int(top.vertex_gauge_mm[v]) for v in (top.tail[arcs[0]], top.head[arcs[0]])]
        change = f" {gauges[0]} -> {gauges[1]} mm" if all(gauges) and gauges[0] != gauges[1] else ""
        return f"{str(net.transfers['technology'][row]).replace('_', ' ')}{change}"
    if kind == ArcKind.BORDER:
        return "customs" if str(net.crossings["control"][row]) != "none" else "no control"
    if kind == ArcKind.LINK:
        inner = top.vertex_node[top.tail[arcs[1:]]]
        via = [str(net.nodes["name"][n]) for n in dict.fromkeys(inner.tolist())]
        return f"by {', '.join(via)}" if via else ""
    return "loading" if kind == ArcKind.ACCESS else "unloading"
