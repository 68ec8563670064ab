"""An assignment: who carries what, what it costs, what binds and what stays at home."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._frozen import Frozen, freeze_arrays
from landsea_routing._status import Status
from landsea_routing._typing import BoolArray, FloatArray, IntArray, TextArray
from landsea_routing.graph.cost import LEDGER
from landsea_routing.graph.emissions import co2e
from landsea_routing.graph.graph import ArcKind, Graph
from landsea_routing.graph.groups import CONTRACT, STEP, WATER, GroupArcs
from landsea_routing.kernels.certificate import Certificate
from landsea_routing.kernels.flowproblem import FlowProblem, FlowSolution, excess_price
from landsea_routing.kernels.marginal import MarginalValues, marginal_values
from landsea_routing.model.table import Table
from landsea_routing.results import _show
from landsea_routing.results._paths import path_frame
from landsea_routing.results.records import plain_records

if TYPE_CHECKING:
    import pandas as pd

DUST_T = 1e-6
"""Flows below this many tonnes a year are rounding and are not listed."""
SHOWN = 12
"""Rows of the table that a plan or a comparison prints; `dual_prices` and `crossings` have all."""
INSIDE = (ArcKind.ACCESS, ArcKind.EGRESS, ArcKind.TRANSFER, ArcKind.RELAY)


@dataclass(frozen=True, eq=False)
class Assignment(_show.Pictured, Frozen):
    """A year's flows at least generalized cost, with the proof.

    Parameters
    ----------
    graph : Graph
        For labels.
    demand : Table
        The OD matrix that was assigned; results by OD are in its order.
    class_commodity : (n_classes,) int array
        Row of `commodities` of each flow class.
    class_country : tuple of str
        Country of domestic classes, empty for foreign trade.
    class_ledger_usd_per_t : tuple of (7, n_arcs) arrays
        Cost of every arc by ledger line, class by class.
    class_time_h : tuple of (n_arcs,) arrays
        Hours of every arc, class by class.
    groups : GroupArcs
        Capacity groups with a finite limit.
    problem : FlowProblem
        What was solved; with it every figure here can be checked again.
    solution : FlowSolution
        Paths, flows and prices.
    certificate : Certificate
        What the independent judge found.
    why_unserved : (n_ods,) text array
        `no path`, `capacity` or `price` (every path costs more than staying at home); empty if served.
    contracts_usd : float
        What contracts cost a year in which nothing is taken. The flow problem takes it off the cost of what
        is taken, so that its objective is lower than that of the plan by as much.
    """

    graph: Graph
    demand: Table
    class_commodity: IntArray
    class_country: tuple[str, ...]
    class_ledger_usd_per_t: tuple[FloatArray, ...]
    class_time_h: tuple[FloatArray, ...]
    groups: GroupArcs
    problem: FlowProblem
    solution: FlowSolution
    certificate: Certificate
    why_unserved: TextArray
    contracts_usd: float = 0.0

    @property
    def status(self) -> Status:
        """OPTIMAL only where the certificate has passed."""
        return self.solution.status

    @property
    def objective_usd(self) -> float:
        """Generalized cost of a year's flows, of what is unserved, and of what contracts are short of."""
        return float(self.solution.objective) + self.contracts_usd

    @property
    def gap(self) -> float:
        """Relative difference between the objective and the proven bound."""
        return float(self.certificate.gap)

    @cached_property
    def arc_flow_t(self) -> FloatArray:
        """Tonnes a year by class and arc: (n_classes, n_arcs)."""
        s, p = self.solution, self.problem
        flow = np.zeros(p.commodity_cost.shape)
        path = np.repeat(np.arange(len(s.path_od)), np.diff(s.path_indptr))
        np.add.at(flow, (p.od_commodity[s.path_od[path]], s.path_arc), s.path_flow[path])
        freeze_arrays(flow)
        return flow

    @cached_property
    def class_co2e_kg_per_t(self) -> tuple[FloatArray, ...]:
        """Kilograms of CO2e per tonne on every arc, class by class; classes of one commodity share them."""
        ids = self.graph.network.commodities["id"]
        by_row = {int(c): co2e(self.graph, str(ids[c])) for c in np.unique(self.class_commodity)}
        found = tuple(by_row[int(c)] for c in self.class_commodity)
        freeze_arrays(found)
        return found

    @cached_property
    def marginal(self) -> MarginalValues:
        """What more and what less of each limit is worth; NaN where the plan is not proved.

        Found when first asked for: it takes about as long as the plan did.
        """
        unknown = np.full(len(self.problem.group_limit), np.nan)
        values = MarginalValues(unknown, unknown.copy())
        if self.status is Status.OPTIMAL:
            values = marginal_values(self.problem, self.solution)
        freeze_arrays(values)
        return values

    @property
    def handles_ships(self) -> BoolArray:
        """Whether an arc is handling between ship and shore or ship and ship: (n_arcs,)."""
        top = self.graph.topology
        at_water = np.isin(top.vertex_mode[top.tail], WATER) | np.isin(top.vertex_mode[top.head], WATER)
        return np.asarray(np.isin(top.arc_kind, INSIDE) & at_water)

    @property
    def ledger_usd(self) -> dict[str, float]:
        """Cost of the year by ledger line, then what is unserved and, if asked for, steps and contracts.

        The lines sum to the objective.
        """
        lines = np.zeros(len(LEDGER))
        for flow, ledger in zip(self.arc_flow_t, self.class_ledger_usd_per_t, strict=True):
            used = np.flatnonzero(flow)
            lines += ledger[:, used] @ flow[used]
        unserved = 0.0
        if self.problem.unserved_price is not None:
            unserved = float(self.solution.unserved @ self.problem.unserved_price)
        result = {**dict(zip(LEDGER, lines.tolist(), strict=True)), "unserved": unserved}
        excess, price = self.solution.group_excess, excess_price(self.problem)
        steps = np.flatnonzero(self.groups.kinds == STEP)
        if steps.size:
            result["capacity steps"] = 0.0 if excess is None else float(excess[steps] @ price[steps])
        if (self.groups.kinds == CONTRACT).any():
            result["contracts"] = float(self.contracts()["paid_usd"].sum())
        return result

    @property
    def tonne_km(self) -> float:
        """Tonne-kilometres of the year."""
        return float(self.arc_flow_t.sum(axis=0) @ self.graph.arc_length_km)

    @property
    def hours_t(self) -> float:
        """Tonne-hours of the year, waits included."""
        return sum(float(f @ h) for f, h in zip(self.arc_flow_t, self.class_time_h, strict=True))

    @property
    def co2e_t(self) -> float:
        """Tonnes of CO2e of the year; NaN where cargo runs along what has no factor."""
        flows = zip(self.arc_flow_t, self.class_co2e_kg_per_t, strict=True)
        return sum(float(flow[flow > 0] @ kg[flow > 0]) for flow, kg in flows) / 1000

    @property
    def carried_t(self) -> float:
        """Tonnes a year that are carried."""
        return float(self.problem.od_amount.sum() - self.solution.unserved.sum())

    @property
    def unserved_t(self) -> float:
        """Tonnes a year that stay at home."""
        return float(self.solution.unserved.sum())

    def to_frame(self) -> pd.DataFrame:
        """Return flows by link, direction and commodity: link, direction, mode, ends, flow_t, flow_t_km."""
        net, top = self.graph.network, self.graph.topology
        kinds = np.flatnonzero(top.arc_kind == ArcKind.LINK)
        way = np.where(top.arc_forward[kinds], "forward", "backward")
        frame = self._sum_frame(kinds, link=net.links["id"][top.arc_row[kinds]], direction=way)
        rows = net.links.to_frame().set_index("id").loc[frame["link"]]
        ahead = (frame["direction"] == "forward").to_numpy()
        ends = rows["from_node"].to_numpy(), rows["to_node"].to_numpy()
        frame.insert(2, "mode", rows["mode"].to_numpy())
        frame.insert(3, "from_node", np.where(ahead, *ends))
        frame.insert(4, "to_node", np.where(ahead, *ends[::-1]))
        frame["flow_t_km"] = frame["flow_t"].to_numpy() * rows["length_km"].to_numpy()
        return frame

    def crossings(self) -> pd.DataFrame:
        """Return flows over borders by crossing and commodity: crossing, mode, ends, flow_t."""
        net, top = self.graph.network, self.graph.topology
        arcs = np.flatnonzero(top.arc_kind == ArcKind.BORDER)
        row = top.arc_row[arcs]
        columns = {c: net.crossings[c][row] for c in ("id", "mode", "from_node", "to_node")}
        return self._sum_frame(arcs, crossing=columns.pop("id"), **columns)

    def ports(self) -> pd.DataFrame:
        """Return tonnes handled between ship and shore or ship and ship: node, mode, commodity, flow_t."""
        top = self.graph.topology
        arcs = np.flatnonzero(self.handles_ships)
        node = self.graph.network.nodes["id"][top.vertex_node[top.head[arcs]]]
        return self._sum_frame(arcs, node=node)

    def transfers(self) -> pd.DataFrame:
        """Return flows by transfers row and commodity: transfer, node, technology, flow_t."""
        net, top = self.graph.network, self.graph.topology
        arcs = np.flatnonzero(np.isin(top.arc_kind, (ArcKind.TRANSFER, ArcKind.RELAY)))
        row = top.arc_row[arcs]
        columns = {c: net.transfers[c][row] for c in ("id", "node", "technology")}
        return self._sum_frame(arcs, transfer=columns.pop("id"), **columns)

    def limits(self) -> pd.DataFrame:
        """Return limit and use of each capacity; what it is worth is in `dual_prices`, and takes longer.

        Columns: group, kind, limit, unit, used (in the unit), flow_t; rows in the order of `groups`.
        """
        import pandas as pd

        p, groups = self.problem, self.groups
        flow = self.arc_flow_t[p.group_commodity, p.group_arc]
        group = np.repeat(np.arange(len(groups.ids)), np.diff(p.group_indptr))
        return pd.DataFrame(
            {
                "group": groups.ids,
                "kind": groups.kinds,
                "limit": groups.limit,
                "unit": groups.units,
                "used": self._used(),
                "flow_t": np.bincount(group, flow, len(groups.ids)),
            }
        )

    def dual_prices(self, *, binding: bool = True) -> pd.DataFrame:
        """Return what each capacity is worth in a year, the dearest first.

        Columns: group, kind, limit, unit, used (in the unit), flow_t; right_usd_per_unit is what one more
        unit of this limit alone saves, left_usd_per_unit what one unit less of it alone costs, and
        dual_usd_per_unit the price in the proof of optimality, which lies between the two (all three are
        one where limits do not coincide); right_usd_per_t and dual_usd_per_t are the same per tonne of the
        cargo that uses the capacity. Units are those of the limit, as a full-year rate.

        Parameters
        ----------
        binding : bool
            Whether to leave out capacities that are worth nothing either way.
        """
        groups, values, frame = self.groups, self.marginal, self.limits()
        tonnes = frame["flow_t"].to_numpy()
        dual = np.asarray(self.solution.group_dual)
        # Without any flow only a limit in tonnes says how much of it a tonne takes.
        unit_per_t = np.where(groups.units == "t/yr", 1.0, np.nan)
        np.divide(frame["used"], tonnes, out=unit_per_t, where=tonnes > DUST_T)
        frame = frame.assign(
            dual_usd_per_unit=dual,
            right_usd_per_unit=values.right,
            left_usd_per_unit=values.left,
            dual_usd_per_t=dual * unit_per_t,
            right_usd_per_t=values.right * unit_per_t,
        )
        worth = (dual > 0) | ((values.left > 0) & np.isfinite(values.left))
        shown = (groups.kinds != CONTRACT) & (worth | (not binding))
        frame = frame[shown]
        order = ["dual_usd_per_t", "group"]
        return frame.sort_values(order, ascending=[False, True], ignore_index=True)

    def unserved(self) -> pd.DataFrame:
        """Return what stays at home: origin, destination, commodity, amount_t, unserved_t, price, why."""
        import pandas as pd

        short = np.flatnonzero(self.solution.unserved > DUST_T)
        price = self.problem.unserved_price
        return pd.DataFrame(
            {
                "origin": self.demand["origin"][short],
                "destination": self.demand["destination"][short],
                "commodity": self.demand["commodity"][short],
                "amount_t": self.problem.od_amount[short],
                "unserved_t": self.solution.unserved[short],
                "price_usd_per_t": np.full(len(short), np.inf) if price is None else price[short],
                "why": self.why_unserved[short],
            }
        )

    def paths(self) -> pd.DataFrame:
        """Return the paths used, with what they cost and the price of their OD.

        Columns: origin, destination, commodity, flow_t, cost_usd_per_t; rent_usd_per_t, what a tonne pays for
        full capacities at their dual prices, less what it saves of contracts; od_dual_usd_per_t, what one
        more tonne of the OD costs; reduced_usd_per_t, cost and rent less that price: 0 to rounding in an
        optimal plan; nodes and links, their ids in order with a space between.
        """
        return path_frame(self)

    def contracts(self) -> pd.DataFrame:
        """Return contracts to take or pay: contract, least, unit, used, short, price, paid, what least costs.

        In the unit of the limit: least, used and short; usd_per_unit is the price of what is short, paid_usd
        what that comes to, least_usd_per_unit what one more unit of least use costs at most.
        """
        import pandas as pd

        at = np.flatnonzero(self.groups.kinds == CONTRACT)
        least, used, price = self.groups.limit[at], self._used()[at], excess_price(self.problem)[at]
        short = np.maximum(least - used, 0.0)
        return pd.DataFrame(
            {
                "contract": self.groups.ids[at],
                "least": least,
                "unit": self.groups.units[at],
                "used": used,
                "short": short,
                "usd_per_unit": price,
                "paid_usd": short * price,
                "least_usd_per_unit": price - self.solution.group_dual[at],
            }
        )

    def _used(self) -> FloatArray:
        """Use of each capacity in its unit."""
        p = self.problem
        flow = self.arc_flow_t[p.group_commodity, p.group_arc]
        group = np.repeat(np.arange(len(self.groups.ids)), np.diff(p.group_indptr))
        return np.bincount(group, p.group_coefficient * flow, len(self.groups.ids)).astype(np.float64)

    def to_dict(self) -> dict[str, Any]:
        """Return totals and tables as plain values, ready for JSON."""
        frames = {
            "links": self.to_frame(),
            "crossings": self.crossings(),
            "ports": self.ports(),
            "dual_prices": self.dual_prices(),
            "unserved": self.unserved(),
        }
        return {
            "network": self.graph.network.name,
            "status": str(self.status),
            "objective_usd": self.objective_usd,
            "gap": self.gap if np.isfinite(self.gap) else None,
            "carried_t": self.carried_t,
            "unserved_t": self.unserved_t,
            "tonne_km": self.tonne_km,
            "co2e_t": self.co2e_t if np.isfinite(self.co2e_t) else None,
            "ledger_usd": self.ledger_usd,
            **{name: plain_records(frame) for name, frame in frames.items()},
        }

    def summary(self) -> str:
        """Say in a few sentences what came out."""
        co2e = f"{self.co2e_t / 1e6:,.2f} Mt CO2e/yr" if np.isfinite(self.co2e_t) else "unknown CO2e"
        binding = len(self.dual_prices())
        title = self.graph.network.settings.title or self.graph.network.name
        binds = "1 capacity binds" if binding == 1 else f"{binding} capacities bind"
        nothing = "" if len(self.demand) else " (there is no demand)"
        return (
            f"{title.partition(': ')[0]}: {self.status}, "
            f"{self.carried_t / 1e6:,.1f} Mt/yr carried{nothing}, "
            f"{self.unserved_t / 1e6:,.2f} Mt/yr unserved, {self.tonne_km / 1e9:,.1f} bn t-km, "
            f"{self.objective_usd / 1e9:,.3f} bn USD/yr generalized cost, "
            f"{co2e}; {binds}; gap {round(self.gap, 9) + 0.0:g}"
        )

    def __str__(self) -> str:
        columns, rows = self._binding_table()
        return f"{self.summary()}\n{_show.text_table(columns, rows)}" if rows else self.summary()

    def _repr_html_(self) -> str:
        return _show.html_table(*self._binding_table(), caption=self.summary())

    def _binding_table(self) -> tuple[list[str], list[list[object]]]:
        frame = self.dual_prices()
        rows: Iterable[Any] = frame.head(SHOWN).itertuples(index=False)
        left_out = f" ({SHOWN} of {len(frame)})" if len(frame) > SHOWN else ""
        head = f"binding capacity{left_out}"
        columns = [head, "limit", "unit", "flow Mt/yr", "one more saves USD", "less costs USD"]
        return columns, [
            [r.group, r.limit, r.unit, r.flow_t / 1e6, r.right_usd_per_unit, r.left_usd_per_unit]
            for r in rows
        ]

    def _sum_frame(self, arcs: IntArray, **keys: TextArray) -> pd.DataFrame:
        """Sum flows over arcs of equal keys, by commodity."""
        import pandas as pd

        commodity = self.graph.network.commodities["id"][self.class_commodity]
        k, at = np.nonzero(self.arc_flow_t[:, arcs] > DUST_T)
        columns = {name: values[at] for name, values in keys.items()}
        frame = pd.DataFrame({**columns, "commodity": commodity[k], "flow_t": self.arc_flow_t[k, arcs[at]]})
        return frame.groupby([*keys, "commodity"], as_index=False, sort=True)["flow_t"].sum()
