"""By which way each tonne of a plan goes: the borders, ports, yards or links that it passes, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from landsea_routing._typing import IntArray, TextArray
from landsea_routing.errors import InvalidValueError, UnknownNameError, did_you_mean
from landsea_routing.graph.graph import ArcKind
from landsea_routing.graph.groups import CONTRACT, STEP
from landsea_routing.kernels.joins import equal_pairs
from landsea_routing.model.network import Network
from landsea_routing.results.assignment import Assignment

if TYPE_CHECKING:
    import pandas as pd

By: TypeAlias = str | Mapping[str, Sequence[str]]
OD = ("origin", "destination", "commodity")

KINDS = ("gateway", "crossing", "port", "transfer", "link", "group")
"""What a corridor may be told by: border crossings, ports (handling of ships), both in the order of the way
(`gateway`), rows of `transfers`, links, or capacities with a limit."""

JOINT = " + "
"""Stands between the names of what a corridor passes one after the other."""
NOTHING = "(none)"
"""Corridor of a tonne that passes nothing of the kind."""
UNSERVED = "(unserved)"
"""Corridor of a tonne that stays at home."""


def corridor_flows(plan: Assignment, by: By = "gateway") -> pd.DataFrame:
    """Return the demand of a plan by OD, commodity and corridor; what stays at home is a corridor too.

    Parameters
    ----------
    plan : Assignment
    by : str or mapping
        One of `KINDS`; or names of your own, each with the ids it stands for (crossings, nodes where ships
        are handled, transfers, links or capacities).

    Returns
    -------
    DataFrame
        Columns origin, destination, commodity, corridor, flow_t (t/yr). A corridor is what is passed, each
        once and in order, joined by `JOINT`. The rows of an OD sum to its demand.

    Raises
    ------
    InvalidValueError, UnknownNameError
        There is no such kind, or a name of your own stands for nothing or for an id that is not there.

    Notes
    -----
    O(arcs on the paths of the plan).

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> plan = lsr.assign(lsr.load_network("toy_three_ports"))
    >>> flows = corridor_flows(plan, "port").query("commodity == 'timber'")
    >>> flows["corridor"].tolist() == ["aport + cport", "bport + cport"], flows["flow_t"].round().tolist()
    (True, [100000.0, 400000.0])
    """
    import pandas as pd

    s = plan.solution
    od = np.concatenate([s.path_od, np.arange(len(s.unserved))]).astype(np.int64)
    frame = pd.DataFrame({name: plan.demand[name][od] for name in OD})
    frame["corridor"] = [*path_corridors(plan, by), *[UNSERVED] * len(s.unserved)]
    frame["flow_t"] = np.concatenate([s.path_flow, s.unserved])
    frame = frame[frame["flow_t"] != 0.0]
    return frame.groupby([*OD, "corridor"], as_index=False, sort=True)["flow_t"].sum()


def path_corridors(plan: Assignment, by: By = "gateway", beside: Assignment | None = None) -> list[str]:
    """Return the corridor of each path of a plan; see `corridor_flows`.

    With a plan ``beside``, names of one's own may stand for what only that one has.
    """
    s = plan.solution
    place, name = _passed(plan, by, beside or plan)
    path = np.repeat(np.arange(len(s.path_od)), np.diff(s.path_indptr))[place]
    words = np.split(name, np.searchsorted(path, np.arange(1, len(s.path_od))))[: len(s.path_od)]
    return [JOINT.join(dict.fromkeys(each.tolist())) or NOTHING for each in words]


def corridor_names(network: Network) -> dict[str, str]:
    """Return what people call the nodes, crossings, links and transfers of a network, by id."""
    name = {
        node: full.split(" (", maxsplit=1)[0]
        for node, full in zip(network.nodes["id"].tolist(), network.nodes["name"].tolist(), strict=True)
    }
    found = dict(name)
    for table, between in ((network.links, " – "), (network.crossings, " > ")):
        columns = (table[c].tolist() for c in ("id", "from_node", "to_node", "mode"))
        found |= {
            i: f"{name.get(a, a)}{between}{name.get(b, b)} {mode.replace('_', ' ')}"
            for i, a, b, mode in zip(*columns, strict=True)
        }
    keys = ("id", "node", "technology", "from_mode", "from_gauge_mm", "to_mode", "to_gauge_mm")
    return found | {
        i: f"{name.get(node, node)} {how} {_side(*before)} > {_side(*after)}".replace("_", " ")
        for i, node, how, *ends in zip(*(network.transfers[c].tolist() for c in keys), strict=True)
        for before, after in [(ends[:2], ends[2:])]
    }


def _side(mode: str, gauge_mm: int) -> str:
    return f"{mode} {gauge_mm}" if gauge_mm else mode


def say_corridor(corridor: str, names: Mapping[str, str]) -> str:
    """Write a corridor with the names that people use.

    >>> say_corridor("a>b + c", {"c": "C town"})
    'a>b + C town'
    """
    return JOINT.join(names.get(part, part) for part in corridor.split(JOINT))


def _passed(plan: Assignment, by: By, beside: Assignment) -> tuple[IntArray, TextArray]:
    """Positions in the arcs of all paths where something of the kind is passed, ascending, and its id."""
    if isinstance(by, str):
        if by not in KINDS:
            raise InvalidValueError(
                f"corridors are asked for by {by!r}",
                column="by",
                ids=(by,),
                expected=f"one of {', '.join(KINDS)}, or a mapping of names to ids",
                cure=did_you_mean(by, KINDS),
            )
        kinds = ("crossing", "port") if by == "gateway" else (by,)
        return _in_order([_of_kind(plan, kind) for kind in kinds])
    home = _homes((plan, beside), by)
    place, ids = _in_order([_of_kind(plan, kind) for kind in KINDS[1:]])
    name = np.array([home.get(i, "") for i in ids.tolist()], dtype=object)
    return place[name != ""], name[name != ""]


def _in_order(parts: list[tuple[IntArray, TextArray]]) -> tuple[IntArray, TextArray]:
    place = np.concatenate([p for p, _ in parts])
    name = np.concatenate([n.astype(object) for _, n in parts])
    order = np.argsort(place, kind="stable")
    return place[order], name[order]


def _of_kind(plan: Assignment, kind: str) -> tuple[IntArray, TextArray]:
    if kind == "group":
        return _groups_passed(plan)
    net, top, arcs = plan.graph.network, plan.graph.topology, plan.solution.path_arc
    if kind == "port":
        place = np.flatnonzero(plan.handles_ships[arcs])
        return place, net.nodes["id"][top.vertex_node[top.head[arcs[place]]]]
    kinds, table = {
        "crossing": ((ArcKind.BORDER,), net.crossings),
        "transfer": ((ArcKind.RELAY, ArcKind.TRANSFER), net.transfers),
        "link": ((ArcKind.LINK,), net.links),
    }[kind]
    place = np.flatnonzero(np.isin(top.arc_kind[arcs], kinds))
    return place, table["id"][top.arc_row[arcs[place]]]


def _groups_passed(plan: Assignment) -> tuple[IntArray, TextArray]:
    """The capacities with a limit that count each arc of a path for its commodity."""
    p, s = plan.problem, plan.solution
    real = ~np.isin(plan.groups.kinds, (STEP, CONTRACT))
    group = np.repeat(np.arange(len(real)), np.diff(p.group_indptr))
    at = np.flatnonzero(real[group] & (p.group_coefficient > 0))
    path = np.repeat(np.arange(len(s.path_od)), np.diff(s.path_indptr))
    width = np.int64(p.tail.size)
    place, hit = equal_pairs(
        p.od_commodity[s.path_od[path]] * width + s.path_arc, p.group_commodity[at] * width + p.group_arc[at]
    )
    return place, plan.groups.ids[group[at[hit]]]


def _known(plan: Assignment) -> set[str]:
    """All ids that a corridor may stand for in a plan."""
    net = plan.graph.network
    tables = (net.crossings, net.nodes, net.transfers, net.links)
    return {i for table in tables for i in table["id"].tolist()} | set(plan.groups.ids.tolist())


def _homes(plans: tuple[Assignment, Assignment], screens: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Of each id the name that stands for it; what one of two plans alone has may be named."""
    known = _known(plans[0]) | _known(plans[1])
    home: dict[str, str] = {}
    for name, ids in screens.items():
        if JOINT in name or name in (NOTHING, UNSERVED):
            raise InvalidValueError(
                f"a corridor is called {name!r}",
                column="by",
                ids=(name,),
                expected=f"a name without {JOINT!r} that is neither {NOTHING} nor {UNSERVED}",
                cure="call it by another name",
            )
        if isinstance(ids, str) or not ids or not name:
            raise InvalidValueError(
                f"corridor {name!r} stands for {ids!r}",
                column="by",
                ids=(str(name),),
                expected="a name and a list of ids",
                cure='by={"Bay": ["port_a", "port_b"]}',
            )
        for i in ids:
            if i not in known:
                raise UnknownNameError(
                    f"corridor {name!r} stands for {i!r}, which is not there",
                    column="by",
                    ids=(i,),
                    expected="an id of crossings, nodes, transfers, links, or of a capacity with a limit",
                    cure=did_you_mean(i, known),
                )
            if home.setdefault(i, str(name)) != name:
                raise InvalidValueError(
                    f"{i!r} belongs to two corridors ({home[i]} and {name})",
                    column="by",
                    ids=(i,),
                    expected="each id once",
                    cure="take it out of one of them",
                )
    return home
