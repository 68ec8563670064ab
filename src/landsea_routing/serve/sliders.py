"""Capacities and border hours that can be moved: words, units, ranges, and which are shown first."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.graph.graph import ArcKind
from landsea_routing.model.network import Network
from landsea_routing.results.assignment import DUST_T, Assignment
from landsea_routing.whatif.apply import CAPACITIES, HOURS, edited_rows
from landsea_routing.whatif.scenario import Scenario

FIRST = 6
"""Sliders of each kind that are shown from the start."""
SCALES = {"t/yr": (1e6, "Mt/yr"), "TEU/yr": (1e3, "kTEU/yr")}
"""Units as sliders show them; others are shown as they are."""
LEAST_SCALE = 0.01
"""Limits below this many of the larger unit are shown in the smaller one."""
ROOM = 3.0
"""How far a slider reaches, as a multiple of what it stands at."""
LEAST_HOURS = 48.0
FULL = 1e-9
"""Share of a limit within which it counts as used up."""


@dataclass(frozen=True)
class Slider:
    """One thing that can be moved.

    Parameters
    ----------
    lever : str
        In the words of `whatif.levers.lever_edit`.
    label, unit : str
        What it is called and what it is counted in on the page.
    factor : float
        Value of the lever for one unit of the page.
    table, row : str, int
        Where its value stands in the tables.
    most : float
        Right end of the range, in the unit of the page.
    """

    lever: str
    label: str
    unit: str
    factor: float
    table: str
    row: int
    most: float

    @property
    def is_capacity(self) -> bool:
        """Whether it is a capacity, and not hours at a border."""
        return self.table in CAPACITIES

    def value(self, network: Network) -> float:
        """Where it stands in a network, in the unit of the page."""
        column = (CAPACITIES if self.is_capacity else HOURS)[self.table]
        return float(network.tables[self.table][column][self.row]) / self.factor


def make_sliders(plan: Assignment, names: Mapping[str, str]) -> list[Slider]:
    """Return a slider for every capacity with a limit and for every border crossing, in this order.

    Those that would be called the same carry their id too.

    Parameters
    ----------
    plan : Assignment
        The base.
    names : mapping
        What people call crossings, links and transfers, by id.
    """
    network = plan.graph.network
    tables = {table: _rows(network, table) for table in CAPACITIES}
    sliders = []
    for name, kind, unit in zip(*(plan.limits()[c].tolist() for c in ("group", "kind", "unit")), strict=True):
        table = next((t for t, rows in tables.items() if name in rows), "")
        if table:
            limit = float(network.tables[table][CAPACITIES[table]][tables[table][name]])
            factor, shown = scale_of(unit, limit)
            most = nice(ROOM * (limit or _typical(plan, unit)) / factor)
            label = say(name, names)
            label = label if label.endswith(kind) else f"{label}, {kind}"
            row = tables[table][name]
            sliders.append(Slider(f"capacity of {name}", label, shown, factor, table, row, most))
    for row, name in enumerate(network.crossings["id"].tolist()):
        most = nice(max(LEAST_HOURS, ROOM * float(network.crossings["hours"][row])))
        sliders.append(Slider(f"hours of {name}", say(name, names), "h", 1.0, "crossings", row, most))
    times = Counter((s.is_capacity, s.label) for s in sliders)
    return [
        s
        if times[s.is_capacity, s.label] == 1
        else replace(s, label=f"{s.label} ({s.lever.partition(' of ')[2]})")
        for s in sliders
    ]


def first_sliders(sliders: list[Slider], plan: Assignment, told: Iterable[Scenario]) -> list[int]:
    """Return which sliders to show first: what the network's own question turns, then what matters most.

    Of capacities the full ones with the largest yearly rent (dual price x limit), of crossings those that
    carry most.
    """
    rent = np.asarray(plan.solution.group_dual) * plan.groups.limit
    by_name = dict(zip((f"capacity of {g}" for g in plan.groups.ids), rent.tolist(), strict=True))
    by_name |= {f"hours of {name}": t for name, t in crossing_flow_t(plan).items()}
    first = list(dict.fromkeys(i for s in told for i in turned_by(s, sliders, plan.graph.network)))
    worth = [by_name.get(s.lever, 0.0) for s in sliders]
    shown = []
    for capacity in (True, False):
        kind = [i for i, s in enumerate(sliders) if s.is_capacity is capacity]
        known = [i for i in first if i in set(kind)][:FIRST]
        rest = sorted((i for i in kind if worth[i] > 0 and i not in known), key=lambda i: -worth[i])
        shown += [*known, *rest][:FIRST]
    return shown


def turned_by(scenario: Scenario, sliders: list[Slider], network: Network) -> list[int]:
    """Return the sliders of what a scenario changes; rows that it adds itself have none."""
    at = {(s.table, s.row): i for i, s in enumerate(sliders)}
    found = []
    for edit in scenario.edits:
        if edit.verb in ("set_capacity", "scale_capacity", "set_hours", "scale_hours"):
            try:
                rows = edited_rows(network, edit)
            except ValueError:  # it names what an earlier edit of the scenario adds
                continue
            found += [at[t, r] for t, many in rows.items() for r in many.tolist() if (t, r) in at]
    return list(dict.fromkeys(found))


def stands_at(sliders: list[Slider], network: Network, base: Network) -> dict[int, float]:
    """Where sliders stand that do not stand as in the base: positions and values."""
    if network is base:
        return {}
    values = ((i, s.value(network), s.value(base)) for i, s in enumerate(sliders))
    return {i: new for i, new, old in values if new != old}


def used_of(sliders: list[Slider], plan: Assignment) -> dict[int, list[float]]:
    """Use of each slider that anything passes: units of the page, and the share of the limit that is used.

    Crossings have Mt/yr, and no limit of their own.
    """
    limits = plan.limits()
    columns = (limits[c].tolist() for c in ("group", "used", "limit"))
    use = {f"capacity of {g}": (used, limit) for g, used, limit in zip(*columns, strict=True) if used > 0}
    carried = {f"hours of {name}": t for name, t in crossing_flow_t(plan).items()}
    found: dict[int, list[float]] = {}
    for i, slider in enumerate(sliders):
        if slider.lever in use:
            used, limit = use[slider.lever]
            share = 1.0 if used >= limit * (1 - FULL) else used / limit
            found[i] = [used / slider.factor, share]
        elif slider.lever in carried:
            found[i] = [carried[slider.lever] / SCALES["t/yr"][0]]
    return found


def crossing_flow_t(plan: Assignment) -> dict[str, float]:
    """Tonnes a year over each border crossing that anything passes, by id."""
    top, crossings = plan.graph.topology, plan.graph.network.crossings
    arcs = np.flatnonzero(top.arc_kind == ArcKind.BORDER)
    flow = np.bincount(top.arc_row[arcs], plan.arc_flow_t[:, arcs].sum(axis=0), len(crossings))
    return {str(crossings["id"][i]): float(flow[i]) for i in np.flatnonzero(flow > DUST_T)}


def slider_facts(sliders: list[Slider], network: Network) -> list[dict[str, Any]]:
    """Return what the script needs of each slider."""
    return [
        {
            "lever": s.lever,
            "label": s.label,
            "unit": s.unit,
            "factor": s.factor,
            "value": s.value(network),
            "most": s.most,
            "kind": "capacity" if s.is_capacity else "hours",
        }
        for s in sliders
    ]


def nice(value: float) -> float:
    """Return the next round number, so that a range ends where one expects it.

    >>> nice(15.6), nice(36.0), nice(0.0), nice(84.0)
    (16.0, 40.0, 1.0, 100.0)
    """
    if not math.isfinite(value) or value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    steps = (1.0, 1.2, 1.6, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
    return next(step * power for step in steps if step * power >= value * (1 - FULL))


def say(name: str, names: Mapping[str, str]) -> str:
    """Return an id in words; a direction behind a colon stays.

    >>> say("rail-a-b:forward", {"rail-a-b": "A – B rail"}), say("some_yard", {})
    ('A – B rail, forward', 'Some yard')
    """
    if name in names:
        return names[name]
    known, _, way = name.partition(":")
    if way and known in names:
        return f"{names[known]}, {way}"
    return capital(name.replace("_", " "))


def capital(text: str) -> str:
    """Begin a text with a capital letter and leave the rest.

    >>> capital("gauge at X")
    'Gauge at X'
    """
    return text[:1].upper() + text[1:]


def _rows(network: Network, table: str) -> dict[str, int]:
    return {name: i for i, name in enumerate(network.tables[table]["id"].tolist())}


def scale_of(unit: str, limit: float) -> tuple[float, str]:
    """Return how many of a unit the page shows as one, and what it calls them.

    >>> scale_of("t/yr", 5.2e6), scale_of("t/yr", 900.0), scale_of("trains/day", 7.0)
    ((1000000.0, 'Mt/yr'), (1.0, 't/yr'), (1.0, 'trains/day'))
    """
    factor, shown = SCALES.get(unit, (1.0, unit))
    return (1.0, unit) if 0 < limit < LEAST_SCALE * factor else (factor, shown)


def _typical(plan: Assignment, unit: str) -> float:
    """Middle of the limits in a unit, for the range of a limit that stands at nothing."""
    limits: FloatArray = plan.groups.limit[(plan.groups.units == unit) & (plan.groups.limit > 0)]
    return float(np.median(limits)) if limits.size else 1.0
