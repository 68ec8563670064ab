"""What the page shows of a plan: figures, pictures and tables, as pieces that the script puts in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from landsea_routing._status import Status
from landsea_routing._typing import FloatArray
from landsea_routing.errors import LandseaError
from landsea_routing.model.network import Network
from landsea_routing.report._html import Markup
from landsea_routing.report._legend import draw_legend
from landsea_routing.report._marks import FlowLayer
from landsea_routing.report.map import flow_data
from landsea_routing.report.network_map import ROUNDING, link_flow_t
from landsea_routing.report.page import MapSection
from landsea_routing.report.tables import Column, format_number, html_table
from landsea_routing.report.waterfall import waterfall_figure
from landsea_routing.results.assignment import DUST_T, Assignment
from landsea_routing.results.comparison import Comparison
from landsea_routing.serve.sliders import FULL, Slider, crossing_flow_t, say, scale_of, stands_at, used_of

MT = 1e6
SHOWN = 12
TOTALS = {
    "objective_usd": ("Cost", 1e6, "M USD/yr", 1),
    "carried_t": ("Carried", 1e6, "Mt/yr", 2),
    "unserved_t": ("Stays at home", 1e6, "Mt/yr", 2),
    "tonne_km": ("Transport", 1e9, "bn t-km/yr", 2),
    "co2e_t": ("Emissions", 1e6, "Mt CO2e/yr", 2),
}
"""How the page shows the totals of a plan: words, factor, unit, decimals."""


@dataclass(frozen=True, eq=False)
class View:
    """What stays the same on the page: the map as drawn at first, and the sliders.

    Parameters
    ----------
    network : Network
        The base.
    map : MapSection
        Its lines are all links that the network or any of its scenarios has.
    line_of : dict of str to int
        Line of each link.
    sliders : list of Slider
    names : dict of str to str
        What people call places, links, crossings and transfers of the network and of its scenarios, by id.
    credit : str
        Source of the land.
    edition : str
        Tells the network and its scenarios from others, also those of a server that was started later.
    """

    network: Network
    map: MapSection
    line_of: dict[str, int]
    sliders: list[Slider]
    names: dict[str, str]
    credit: str
    edition: str


def answer_of(change: Comparison, view: View) -> dict[str, Any]:
    """Return all that changes on the page at once, ready for JSON; texts in markup are escaped."""
    plan = change.second
    return {
        "edition": view.edition,
        "words": summary_of(change),
        "status": str(plan.status),
        "waterfall": waterfall_figure(change),
        "totals": _totals(change),
        "crossings": _crossings(change, view.names),
        **_flows(change, view),
        "stands": stands_at(view.sliders, plan.graph.network, view.network),
        "used": used_of(view.sliders, plan),
    }


def details_of(change: Comparison, view: View) -> dict[str, Any]:
    """Return what takes longer: which limits bind and what they are worth, and who takes another way."""
    return {"limits": _limits(change.second, view.names), "moves": _moves(change)}


def summary_of(change: Comparison) -> str:
    """Say in a sentence what the case costs or saves.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> plan = lsr.assign(lsr.load_network("toy_three_ports"))
    >>> summary_of(lsr.compare(plan, plan))
    'Nothing is changed yet: this is the base.'
    """
    if any(plan.status is not Status.OPTIMAL for plan in (change.first, change.second)):
        return "No plan was proved to be the cheapest here, so these figures may be far off."
    usd = change.change_usd
    if change.first is change.second:
        return "Nothing is changed yet: this is the base."
    if abs(usd) <= ROUNDING * max(1.0, abs(change.first.objective_usd)):
        return "Your case costs as much as the base."
    home = change.second.unserved_t - change.first.unserved_t
    amount = f"{format_number(abs(usd) / MT)} million USD a year"
    words = f"Your case costs {amount} more than the base" if usd > 0 else f"Your case saves {amount}"
    if abs(home) > max(DUST_T, ROUNDING * change.first.carried_t):
        more = "more" if home > 0 else "less"
        words += f"; {format_number(abs(home) / MT, decimals=2)} Mt a year {more} stay at home"
    return f"{words}."


def flows_on(plan: Assignment, view: View) -> FloatArray:
    """Tonnes a year on each line of the map."""
    flow = np.zeros(len(view.map.lines))
    links = plan.graph.network.links["id"].tolist()
    known = [(i, view.line_of[link]) for i, link in enumerate(links) if link in view.line_of]
    rows, lines = np.array(known, dtype=np.int64).reshape(-1, 2).T
    flow[lines] = link_flow_t(plan)[rows]
    return flow


def _flows(change: Comparison, view: View) -> dict[str, Any]:
    """New flows for the map, and the legend that explains their widths."""
    before, after = (flows_on(plan, view) for plan in (change.first, change.second))
    same = np.abs(after - before) <= np.maximum(DUST_T, ROUNDING * before)
    layers = [
        FlowLayer(name, flow)
        for name, flow in zip(change.names, (before, np.where(same, before, after)), strict=True)
    ]
    data = flow_data(layers)
    legend = draw_legend(
        view.map.lines,
        view.map.points,
        largest=data["largest"],
        largest_change=data["largest_change"],
        unit=view.map.unit,
        credit=view.credit,
    )
    return {"map": data, "legend": legend}


def _totals(change: Comparison) -> Markup:
    columns = [Column("total"), *(Column(n.lower()) for n in change.names), Column("change")]
    rows = []
    for row in change.totals().itertuples():
        if row.total in TOTALS:
            words, factor, unit, places = TOTALS[row.total]
            cells = [format_number(v / factor, decimals=places) for v in (row.first, row.second)]
            more = format_number(row.change / factor, decimals=places)
            signed = f"+{more}" if row.change > 0 and float(more.replace(",", "")) else more
            rows.append([f"{words}, {unit}", *cells, signed])
    return html_table(columns, rows, label="Totals", align="lrrr")


def _crossings(change: Comparison, names: Mapping[str, str]) -> Markup:
    """The borders where flows change, the most first; where none does, those that carry most."""
    before, after = (crossing_flow_t(plan) for plan in (change.first, change.second))
    more = {name: after.get(name, 0.0) - before.get(name, 0.0) for name in {**before, **after}}
    changed = [name for name, t in more.items() if abs(t) > max(DUST_T, ROUNDING * before.get(name, 0.0))]
    shown = sorted(changed, key=lambda name: -abs(more[name])) or sorted(
        before, key=lambda name: -before[name]
    )
    rows = [
        [say(name, names), before.get(name, 0.0) / MT, after.get(name, 0.0) / MT, more[name] / MT]
        for name in shown[:SHOWN]
    ]
    columns = [Column("crossing")]
    columns += [Column(name.lower(), "Mt/yr", 2) for name in (*change.names, "change")]
    return html_table(columns, rows, label="Border crossings", align="lrrr")


def _limits(plan: Assignment, names: Mapping[str, str]) -> Markup:
    """The limits that are full, those first whose whole use is worth most."""
    try:
        frame = plan.dual_prices()
    except LandseaError:  # limits a hair above nothing
        return Markup('<p class="note">What more of each would save could not be found for this case.</p>')
    frame = frame[frame["used"] >= frame["limit"] * (1 - FULL)]
    rent = frame["dual_usd_per_unit"] * frame["limit"]
    rows = []
    for r in frame.assign(rent=rent).sort_values("rent", ascending=False).head(SHOWN).itertuples():
        factor, unit = scale_of(r.unit, r.limit)
        rows.append([say(r.group, names), format_number(r.limit / factor, unit), r.right_usd_per_t])
    columns = [Column("capacity"), Column("limit"), Column("one more tonne saves", "USD", 2)]
    return html_table(columns, rows, label="Limits that bind", align="lrr")


def _moves(change: Comparison) -> Markup:
    moved = change.moved()
    rows = [
        [r.commodity.replace("_", " "), moved.say(r.old), moved.say(r.new), r.flow_t / MT]
        for r in moved.to_frame().head(SHOWN).itertuples()
    ]
    if not rows:
        return Markup("")
    columns = [Column("commodity"), Column("went by"), Column("goes by"), Column("moved", "Mt/yr", 2)]
    return html_table(columns, rows, label="Who goes by another way", align="lllr")
