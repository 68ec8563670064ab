"""The paths of a plan as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.graph.graph import ArcKind, Graph
from landsea_routing.graph.groups import CONTRACT
from landsea_routing.kernels.flowproblem import excess_price

if TYPE_CHECKING:
    import pandas as pd

    from landsea_routing.results.assignment import Assignment


def path_frame(plan: Assignment) -> pd.DataFrame:
    """Return the paths used, with what they cost and the price of their OD; see `Assignment.paths`."""
    import pandas as pd

    s, p = plan.solution, plan.problem
    parts = [s.path_arc[a:b] for a, b in zip(s.path_indptr[:-1], s.path_indptr[1:], strict=True)]
    cost = [
        float(plan.class_ledger_usd_per_t[p.od_commodity[od]][:, arcs].sum())
        for od, arcs in zip(s.path_od, parts, strict=True)
    ]
    rent = _rents(plan)
    price = s.od_dual[s.path_od]
    return pd.DataFrame(
        {
            "origin": plan.demand["origin"][s.path_od],
            "destination": plan.demand["destination"][s.path_od],
            "commodity": plan.demand["commodity"][s.path_od],
            "flow_t": s.path_flow,
            "cost_usd_per_t": cost,
            "rent_usd_per_t": rent,
            "od_dual_usd_per_t": price,
            "reduced_usd_per_t": np.asarray(cost) + rent - price,
            "nodes": [" ".join(_nodes_of(plan.graph, arcs)) for arcs in parts],
            "links": [" ".join(_links_of(plan.graph, arcs)) for arcs in parts],
        }
    )


def _rents(plan: Assignment) -> FloatArray:
    """What a tonne on each path pays for full capacities, less what it saves of contracts."""
    s, p = plan.solution, plan.problem
    contract = plan.groups.kinds == CONTRACT
    dual = s.group_dual - np.where(contract, excess_price(p), 0.0)
    group = np.repeat(np.arange(len(plan.groups.ids)), np.diff(p.group_indptr))
    extra = np.zeros(p.commodity_cost.shape)
    np.add.at(extra, (p.group_commodity, p.group_arc), p.group_coefficient * dual[group])
    path = np.repeat(np.arange(len(s.path_od)), np.diff(s.path_indptr))
    on = extra[p.od_commodity[s.path_od[path]], s.path_arc]
    return np.bincount(path, on, len(s.path_od)).astype(np.float64)


def _nodes_of(graph: Graph, arcs: IntArray) -> list[str]:
    top = graph.topology
    at = top.vertex_node[np.append(top.tail[arcs], top.head[arcs[-1:]])]
    ids = graph.network.nodes["id"][at].tolist()
    return [n for i, n in enumerate(ids) if i == 0 or n != ids[i - 1]]


def _links_of(graph: Graph, arcs: IntArray) -> list[str]:
    top = graph.topology
    rows = top.arc_row[arcs[top.arc_kind[arcs] == ArcKind.LINK]]
    return [str(name) for name in graph.network.links["id"][rows]]
