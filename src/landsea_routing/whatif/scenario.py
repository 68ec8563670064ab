"""A scenario: a named list of edits that never touches the base."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np

from landsea_routing.errors import NetworkError, ScenarioError
from landsea_routing.graph.expand import expand
from landsea_routing.graph.graph import Graph
from landsea_routing.model.checks import check
from landsea_routing.model.network import Network
from landsea_routing.whatif.apply import CAPACITIES, apply_edit, edited_rows
from landsea_routing.whatif.edits import COMMON, FAMILIES, Edit


@dataclass(frozen=True)
class Scenario:
    """A named list of edits, built up call by call; each call gives a new scenario.

    Parameters
    ----------
    name : str
        Its id, by which it is asked for.
    question : str
        What it asks, in words.
    expects : str
        What one should see if the model is right.
    sources : tuple of str
        Where its figures come from.
    edits : tuple of Edit
        The edits, made in order.
    demand : str
        Demand set with which the question is asked; laid over the base demand. What one compares with
        should carry the same demand: `base_of` gives it.
    title : str
        What people call it.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> shut = lsr.Scenario("bridge shut").close("rail-arn-bek")
    >>> str(shut.apply(net).links["status"][2]), str(net.links["status"][2])
    ('closed', 'operating')
    """

    name: str
    question: str = ""
    expects: str = ""
    sources: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    demand: str = ""
    title: str = ""

    def base_of(self, network: Network) -> Network:
        """Return the network to compare with: the base, with the demand of the question."""
        return network.with_demand(network.demand_set(self.demand)) if self.demand else network

    @overload
    def apply(self, base: Network) -> Network: ...
    @overload
    def apply(self, base: Graph) -> Graph: ...

    def apply(self, base: Network | Graph) -> Network | Graph:
        """Lay the edits over a network or a graph; the base stays as it is.

        A graph keeps its topology unless a link, node or transfer is added.

        Raises
        ------
        ScenarioError
            An edit names what does not exist, two edits contradict each other, or the edited
            tables do not pass the checks that the base passes.
        """
        if isinstance(base, Graph):
            return expand(self.apply(base.network), base.commodity, base.month, like=base)
        if not isinstance(base, Network):
            raise ScenarioError(
                f"scenario {self.name!r} was applied to a {type(base).__name__}",
                ids=(str(base),),
                expected="a Network or a Graph",
                cure="load_network(name) first",
            )
        network = self.base_of(base)
        seen: dict[tuple[str, str, int], Edit] = {}
        for edit in self.edits:
            self._refuse_contradiction(network, edit, seen)
            network = apply_edit(network, edit)
        self._recheck(base, network)
        return network

    def _refuse_contradiction(
        self, network: Network, edit: Edit, seen: dict[tuple[str, str, int], Edit]
    ) -> None:
        """Raise where an edit meets an earlier one of its family in a row and says something else."""
        for table, rows in edited_rows(network, edit).items():
            for row in rows.tolist():
                key = (FAMILIES[edit.verb], table, row)
                before = seen.setdefault(key, edit)
                if before is edit or _agree(before, edit):
                    continue
                name = str(network.tables[table]["id"][row])
                raise ScenarioError(
                    f"scenario {self.name!r} edits the {key[0]} of {name} twice ({before}; {edit})",
                    table=table,
                    column="target",
                    ids=(name,),
                    expected="one edit of each kind for a row",
                    cure="keep one of them, or name the rows apart",
                )

    def _recheck(self, base: Network, network: Network) -> None:
        """Refuse new errors; only names, rows, seasons, and limits that come or go can bring any."""
        if not any(e.verb in RECHECKED for e in self.edits) and _same_limited(base, network):
            return
        known = base.keep("errors", lambda: {(f.code, f.table, i) for f in check(base).errors for i in f.ids})
        new = [f for f in check(network).errors if any((f.code, f.table, i) not in known for i in f.ids)]
        if new:
            raise ScenarioError(
                f"scenario {self.name!r} makes tables that contradict each other: "
                + "; ".join(f.text().split("; expected")[0] for f in new),
                code=new[0].code,
                table=new[0].table,
                column=new[0].column,
                ids=new[0].ids,
                expected=new[0].expected,
                cure=new[0].cure,
            ) from NetworkError("the edited network has errors", report=None)

    def _with(self, verb: str, **fields: Any) -> Scenario:
        given = {name: value for name, value in fields.items() if value is not None}
        return replace(self, edits=(*self.edits, Edit(verb, given)))

    def close(self, target: str) -> Scenario:
        """Close links (with their crossings), crossings, or all links at a node."""
        return self._with("close", target=target)

    def open(self, target: str) -> Scenario:
        """Open planned, closed or restricted links (with their crossings) or crossings."""
        return self._with("open", target=target)

    def set_months(self, target: str, months: str) -> Scenario:
        """Set the open months of links or crossings, e.g. `5-10`."""
        return self._with("set_months", target=target, months=months)

    def set_capacity(self, target: str, value: float | str) -> Scenario:
        """Set the limit of capacity groups or transfers in their own unit; `unlimited` lifts it."""
        return self._with("set_capacity", target=target, value=value)

    def scale_capacity(self, target: str, factor: float) -> Scenario:
        """Multiply the limit of capacity groups or transfers."""
        return self._with("scale_capacity", target=target, factor=factor)

    def set_hours(self, target: str, hours: float) -> Scenario:
        """Set the hours of transfers or crossings, or the delay of links."""
        return self._with("set_hours", target=target, hours=hours)

    def scale_hours(self, target: str, factor: float) -> Scenario:
        """Multiply the hours of transfers or crossings, or the delay of links."""
        return self._with("scale_hours", target=target, factor=factor)

    def set_fee(self, target: str, usd_per_t: float) -> Scenario:
        """Set the price of transfers, the fee of crossings or the surcharge of links."""
        return self._with("set_fee", target=target, usd_per_t=usd_per_t)

    def scale_fee(self, target: str, factor: float) -> Scenario:
        """Multiply the price of transfers, the fee of crossings or the surcharge of links."""
        return self._with("scale_fee", target=target, factor=factor)

    def set_tariff(self, mode: str, country: str, commodity: str, **parts: float | str) -> Scenario:
        """Set `fixed_usd_per_t`, `rate_usd_per_t_km` or `speed_km_h` of one tariff."""
        return self._with("set_tariff", mode=mode, country=country, commodity=commodity, **parts)

    def scale_tariff(self, factor: float, **where: str) -> Scenario:
        """Multiply rate and fixed part of the tariffs with the given mode, country, commodity or class."""
        return self._with("scale_tariff", factor=factor, **where)

    def set_demand(
        self, origin: str, destination: str, commodity: str, amount_per_year: float, unit: str | None = None
    ) -> Scenario:
        """Set the amount of one OD row, in the commodity's own unit unless another is given."""
        return self._with(
            "set_demand",
            origin=origin,
            destination=destination,
            commodity=commodity,
            amount_per_year=amount_per_year,
            unit=unit,
        )

    def scale_demand(self, factor: float, **where: str) -> Scenario:
        """Multiply the demand rows with the given origin, destination or commodity."""
        return self._with("scale_demand", factor=factor, **where)

    def scale_value_of_time(self, factor: float, **where: str) -> Scenario:
        """Multiply what an hour costs the owners of one commodity, or of all."""
        return self._with("scale_value_of_time", factor=factor, **where)

    def use_demand(self, name: str) -> Scenario:
        """Ask the question with a named demand set."""
        return replace(self, demand=name)

    def allow_domestic_transit(self, target: str, commodities: list[str] | str) -> Scenario:
        """Let domestic cargo through a crossing, a link's crossings, or a country's port clearances."""
        return self._with("allow_domestic_transit", target=target, commodities=commodities)

    def add_link(
        self, from_node: str, to_node: str, mode: str, length_km: float, capacity: float | str, **more: Any
    ) -> Scenario:
        """Add a link with its capacity (t/yr or `unlimited`); over a border give `border_h` too."""
        return self._with(
            "add_link",
            from_node=from_node,
            to_node=to_node,
            mode=mode,
            length_km=length_km,
            capacity=capacity,
            **more,
        )

    def add_row(self, table: str, **row: Any) -> Scenario:
        """Add a row to any table."""
        return self._with("add_row", table=table, row=row)

    def __str__(self) -> str:
        lines = [
            f"{self.name}: {self.title}" if self.title else self.name,
            *([self.question] if self.question else []),
            *(f"  {edit}" for edit in self.edits),
        ]
        return "\n".join(lines)


def _same_limited(one: Network, other: Network) -> bool:
    """Whether the same rows have a limit in two networks."""
    columns = [(one.tables[name][c], other.tables[name][c]) for name, c in CAPACITIES.items()]
    return all(np.array_equal(np.isfinite(a), np.isfinite(b)) for a, b in columns)


def _agree(one: Edit, other: Edit) -> bool:
    """Whether two edits say the same of a row that both name; scaling twice is not scaling once."""
    if one.verb != other.verb or one.verb.startswith("scale"):
        return False
    says = [{k: v for k, v in e.fields.items() if k not in ("target", *COMMON)} for e in (one, other)]
    return says[0] == says[1]


RECHECKED = ("add_link", "add_row", "set_demand", "set_tariff", "allow_domestic_transit", "set_months")
"""Edits that can name what does not exist in other tables, or make a season without a limit."""
