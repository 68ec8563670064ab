"""Single figures of an assignment that a question watches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landsea_routing.errors import ScenarioError, did_you_mean
from landsea_routing.graph.cost import LEDGER
from landsea_routing.model.network import Network
from landsea_routing.results.assignment import Assignment
from landsea_routing.results.corridors import corridor_names
from landsea_routing.results.waterfall import plan_costs

MT = 1e6
KINDS = {
    "link": "Mt/yr",
    "crossing": "Mt/yr",
    "port": "Mt/yr",
    "worth": "",
    "used": "",
    "ledger": "M USD/yr",
}
"""What can be watched, and in what it is told; what belongs to a limit has the unit of that limit."""
BY_COMMODITY = ("link", "crossing", "port", "ledger")
WORTH = {
    "t/yr": "USD/t",
    "TEU/yr": "USD/TEU",
    "trains/day": "USD/yr for a train a day",
    "trucks/day": "USD/yr for a truck a day",
}
"""What one more unit is worth in a year, by the unit of the limit."""


def watch_title(item: Mapping[str, Any], network: Network) -> str:
    """Name of the row of a watched figure, in the words that people use.

    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> watch_title({"worth": "track_dual"}, net), watch_title({"ledger": "line_haul"}, net)
    ('worth of track dual, USD/yr for a train a day', 'line haul, M USD/yr')
    """
    kind, name = _kind(item)
    known = corridor_names(network) if kind != "ledger" else {}
    said = known.get(name, name.replace("_", " "))
    head = f"{kind} of {said}" if kind in ("worth", "used") else said
    goods = [str(item["commodity"]).replace("_", " ")] if "commodity" in item else []
    return str(item.get("title", ", ".join([head, *goods, KINDS[kind] or _unit(kind, name, network)])))


def _unit(kind: str, name: str, network: Network) -> str:
    """Unit of what is used of a limit, or of what one more of it is worth."""
    groups, transfers = network.capacity_groups, network.transfers
    units = dict(zip(transfers["id"].tolist(), transfers["capacity_unit"].tolist(), strict=True))
    units |= dict(zip(groups["id"].tolist(), groups["unit"].tolist(), strict=True))
    _known(name, [*units], kind)
    unit = str(units[name])
    return unit if kind == "used" else WORTH[unit]


def measure(plan: Assignment, item: Mapping[str, Any]) -> float:
    """Return a watched figure of a plan.

    Parameters
    ----------
    plan : Assignment
    item : mapping
        One of `link`, `crossing`, `port`, `worth`, `used`, `ledger` with the id meant; flows and lines of the
        ledger may name a `commodity`, and links a `direction`. A worth is what one more unit of the limit
        alone saves.

    Raises
    ------
    ScenarioError
        The plan has nothing of that name, or a limit is asked for by commodity.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> plan = lsr.assign(lsr.load_network("toy_three_ports"))
    >>> round(measure(plan, {"link": "rail-arn-bek", "commodity": "coal"}), 2)
    1.5
    """
    kind, name = _kind(item)
    if "commodity" in item and kind not in BY_COMMODITY:
        raise ScenarioError(
            f"watch {dict(item)!r} asks for the part of a commodity in a limit",
            ids=(name,),
            expected=f"a commodity with one of {', '.join(BY_COMMODITY)}",
            cure="leave the commodity out",
        )
    if kind == "ledger":
        _known(name, [*plan.ledger_usd], kind)
        return _paid(plan, name, item.get("commodity")) / MT
    if kind in ("worth", "used"):
        duals = plan.dual_prices(binding=False).set_index("group")
        _known(name, duals.index.tolist(), kind)
        return float(duals.loc[name, "right_usd_per_unit" if kind == "worth" else "used"])
    tell, column = {
        "link": (plan.to_frame, "link"),
        "crossing": (plan.crossings, "crossing"),
        "port": (plan.ports, "node"),
    }[kind]
    table, net = tell(), plan.graph.network
    ids = {"link": net.links, "crossing": net.crossings, "port": net.nodes}[kind]["id"]
    _known(name, ids.tolist(), kind)
    rows = table[table[column] == name]
    for key in ("commodity", "direction"):
        if key in item:
            rows = rows[rows[key] == item[key]]
    return float(rows["flow_t"].sum()) / MT


def _paid(plan: Assignment, line: str, commodity: str | None) -> float:
    if commodity is None:
        return plan.ledger_usd[line]
    costs = plan_costs(plan)
    _known(commodity, costs["commodity"].tolist(), "commodity")
    return float(costs.loc[(costs["commodity"] == commodity) & (costs["line"] == line), "cost_usd"].sum())


def _kind(item: Mapping[str, Any]) -> tuple[str, str]:
    kinds = [k for k in KINDS if k in item]
    if len(kinds) != 1:
        raise ScenarioError(
            f"watch {dict(item)!r} names {len(kinds)} things",
            expected=f"one of {', '.join(KINDS)}",
            cure="name one",
        )
    return kinds[0], str(item[kinds[0]])


def _known(name: str, names: list[str], kind: str) -> None:
    if name not in names:
        raise ScenarioError(
            f"watch names the {kind} {name!r}, which the plan does not have",
            ids=(name,),
            expected=f"an id ({', '.join(LEDGER)})" if kind == "ledger" else "an id of the network",
            cure=did_you_mean(name, names) or "correct it",
        )
