"""The ways of two plans side by side, read as alike as their flows on the network allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.graph.groups import CONTRACT, STEP
from landsea_routing.kernels.alike import most_alike
from landsea_routing.results.assignment import DUST_T, Assignment
from landsea_routing.results.corridors import OD, UNSERVED, By, path_corridors

if TYPE_CHECKING:
    import pandas as pd

ROUNDING = 1e-9
"""Share of the demand of an OD below which a difference is rounding."""


class Way(NamedTuple):
    """A path by names, so that it can be known again in another graph: OD, class of flow, arcs."""

    od: tuple[str, ...]
    flow_class: tuple[str, str]
    arcs: tuple[int, ...]


def paired_flows(first: Assignment, second: Assignment, by: By = "gateway") -> pd.DataFrame:
    """Return the flows of two plans by OD, commodity and corridor, with the least difference.

    Parameters
    ----------
    first, second : Assignment
        Plans with the same commodities.
    by : str or mapping
        What corridors are told by, as in `corridors.corridor_flows`. By `group`, only capacities that have
        a limit in both plans count.

    Returns
    -------
    DataFrame
        Columns origin, destination, commodity, corridor, first_t, second_t (t/yr).

    Notes
    -----
    Where ODs of one commodity meet, flows on links do not say who came from where, and a plan that differs
    in nothing else may have its ODs exchanged. So the flows of both plans on every arc are kept, and shared
    out among the ways that either plan uses so that the least lies in other corridors (a linear program,
    `kernels.alike`). What then differs no exchange among those ways explains.
    """
    import pandas as pd

    if _comes_later(first, second):
        # The same pair in the same order gives the same answer, whichever of the two is called the first.
        turned = paired_flows(second, first, by)
        return turned.rename(columns={"first_t": "second_t", "second_t": "first_t"})[
            [*OD, "corridor", "first_t", "second_t"]
        ]
    if by == "group":
        by = _common_limits(first, second)
    seen: dict[tuple[object, ...], int] = {}
    sides = [list(_ways(plan, seen)) for plan in (first, second)]
    ways = list(dict.fromkeys(way for side in sides for way, _ in side))
    at = {way: i for i, way in enumerate(ways)}
    flow = np.zeros((2, len(ways)))
    corridor = [""] * len(ways)
    plans = first, second
    for row, (plan, side) in reversed(list(enumerate(zip(plans, sides, strict=True)))):
        for (way, t), name in zip(side, path_corridors(plan, by, plans[1 - row]), strict=True):
            flow[row, at[way]] += t
            corridor[at[way]] = name
    flow = _aligned(ways, corridor, flow)
    rows = [(*way.od, name) for way, name in zip(ways, corridor, strict=True)]
    frame = pd.DataFrame(rows, columns=[*OD, "corridor"])
    frame["first_t"], frame["second_t"] = flow
    frame = pd.concat(
        [frame, *(_at_home(plan, side) for plan, side in ((first, "first_t"), (second, "second_t")))]
    )
    frame = frame.fillna({"first_t": 0.0, "second_t": 0.0})
    frame = frame.groupby([*OD, "corridor"], as_index=False, sort=True)[["first_t", "second_t"]].sum()
    return frame[(frame["first_t"] != 0.0) | (frame["second_t"] != 0.0)].reset_index(drop=True)


def _ways(plan: Assignment, seen: dict[tuple[object, ...], int]) -> Iterator[tuple[Way, float]]:
    """Each path of a plan with its flow; arcs are numbered as `seen` has met them."""
    s, p = plan.solution, plan.problem
    number = _arc_numbers(plan, seen)
    commodity = plan.graph.network.commodities["id"][plan.class_commodity].tolist()
    classes = list(zip(commodity, plan.class_country, strict=True))
    ends = list(zip(*(plan.demand[name].tolist() for name in OD), strict=True))
    for i, od in enumerate(s.path_od.tolist()):
        arcs = s.path_arc[s.path_indptr[i] : s.path_indptr[i + 1]].tolist()
        way = Way(ends[od], classes[p.od_commodity[od]], tuple(number[a] for a in arcs))
        yield way, float(s.path_flow[i])


def _arc_numbers(plan: Assignment, seen: dict[tuple[object, ...], int]) -> dict[int, int]:
    """Numbers of the arcs on paths, the same for the same arc in every graph of the network."""
    net, top = plan.graph.network, plan.graph.topology
    arcs = np.unique(plan.solution.path_arc)
    rows = (net.links, net.crossings, net.nodes, net.transfers, net.transfers, net.nodes, net.nodes)
    classes = np.append(net.vehicle_classes["id"].astype(object), "")
    keys = []
    for end in (top.tail[arcs], top.head[arcs]):
        keys += [net.nodes["id"][top.vertex_node[end]], classes[top.vertex_class[end]]]
        keys += [top.vertex_mode[end], top.vertex_gauge_mm[end], top.vertex_stage[end]]
    kinds, row = top.arc_kind[arcs].tolist(), top.arc_row[arcs].tolist()
    ids = [rows[kind]["id"][i] for kind, i in zip(kinds, row, strict=True)]
    named = zip(kinds, map(str, ids), *(key.tolist() for key in keys), strict=True)
    return {arc: seen.setdefault(key, len(seen)) for arc, key in zip(arcs.tolist(), named, strict=True)}


def _aligned(ways: list[Way], corridor: list[str], flow: FloatArray) -> FloatArray:
    """The flows with the same sums on arcs that differ least in corridors, class of flow by class."""
    labels: dict[tuple[object, ...], int] = {}
    ods: dict[tuple[str, ...], int] = {}
    label = np.array(
        [labels.setdefault((w.od, c), len(labels)) for w, c in zip(ways, corridor, strict=True)], np.int64
    )
    od = np.array([ods.setdefault(w.od, len(ods)) for w in ways], np.int64)
    aligned = flow.copy()
    members: dict[tuple[str, str], list[int]] = {}
    for i, way in enumerate(ways):
        members.setdefault(way.flow_class, []).append(i)
    for at in members.values():
        change = np.bincount(label[at], flow[1, at] - flow[0, at])
        if (np.abs(change) <= DUST_T).all():
            continue
        arcs = [ways[i].arcs for i in at]
        indptr = np.concatenate([[0], np.cumsum([len(a) for a in arcs])])
        aligned[:, at] = most_alike(
            indptr, np.concatenate([np.array(a, np.int64) for a in arcs]), od[at], label[at], *flow[:, at]
        )
    return aligned


def _at_home(plan: Assignment, side: str) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame({name: plan.demand[name] for name in OD})
    frame["corridor"] = UNSERVED
    frame[side] = plan.solution.unserved
    return frame[frame[side] > 0.0]


def _comes_later(first: Assignment, second: Assignment) -> bool:
    """Whether a pair is turned round to bring it into an order of its own."""
    keys = [(plan.objective_usd, plan.solution.path_flow.tobytes()) for plan in (first, second)]
    return keys[0] > keys[1]


def _common_limits(first: Assignment, second: Assignment) -> dict[str, list[str]]:
    sides = [
        plan.groups.ids[~np.isin(plan.groups.kinds, (STEP, CONTRACT))].tolist() for plan in (first, second)
    ]
    return {name: [name] for name in sides[0] if name in set(sides[1])}
