"""A plan as frames named and signed as in PyPSA, for tools and habits made there.

========================  ===============================================================================
Frame                     What its rows (static) or columns (with ``-``) are here
========================  ===============================================================================
``buses``                 a node for one commodity, ``<node>:<commodity>``: x (lon), y (lat), carrier (the
                          commodity), node, country
``carriers``              modes and commodities: kind
``links``                 a link used in one direction by one commodity, ``<link>:<direction>:<commodity>``:
                          bus0, bus1, carrier (the mode), length (km), efficiency (1), link, direction
``generators``            what an OD row sends, ``<origin>><destination>:<commodity>``: bus (the origin),
                          carrier, p_nom (the amount)
``loads``                 what the same row wants: bus (the destination), carrier, p_set (the amount)
``global_constraints``    a capacity: type (its kind), sense, constant (the limit), unit, mu
``links-p0, links-p1``    tonnes a year; p0 > 0 leaves bus0, p1 = -p0 reaches bus1
``generators-p``          tonnes a year that are carried
``loads-p``               the same; p_set - p stays at home
``loads-marginal_price``  USD for one more tonne of that OD row
========================  ===============================================================================

Power is tonnes a year, money USD of the base year, and the one snapshot is ``year``. At every bus, what is
generated less what is consumed less all p0 and p1 there is 0. A price belongs to an origin and a destination:
freight between named places has none at a bus, so that ``buses-marginal_price`` would be invented and is not
given. ``mu`` is signed as in PyPSA: the change of cost with one more unit of the limit, <= 0 in a plan of
least cost, and so the negative of `dual_usd_per_unit`.

Dropped are transfers, borders and loading (they lie inside a bus), paths, hours, emissions, the ledger and
the certificate; `Assignment` has them. Links without flow are left out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from landsea_routing.model.network import rows_of
from landsea_routing.results.assignment import DUST_T, Assignment

SNAPSHOT = "year"
CAPACITIES = ["group", "kind", "limit", "unit", "dual_usd_per_unit"]


def to_pypsa_frames(plan: Assignment) -> dict[str, pd.DataFrame]:
    """Return a plan as static frames and frames of results, by the names of PyPSA's CSV files.

    Parameters
    ----------
    plan : Assignment
        From `assign`.

    Returns
    -------
    dict of DataFrame
        As the module's table says.

    Notes
    -----
    O(flows log flows).

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> frames = to_pypsa_frames(lsr.assign(lsr.load_network("toy_three_ports")))
    >>> float(frames["links-p0"].loc["year", "inland_water-boro-bport:forward:coal"])
    300000.0
    >>> frames["loads-marginal_price"].loc["year", "boro>ada:coal"].round(3).item()
    31.845
    """
    links = _links(plan)
    ods = _ods(plan)
    served = ods["amount"] - ods["unserved"]
    flow = links.pop("flow_t")
    return {
        "buses": _buses(plan, [links["bus0"], links["bus1"], ods["origin"], ods["destination"]]),
        "carriers": _carriers(links, ods),
        "links": links,
        "generators": _of_pairs(ods, "origin", "p_nom"),
        "loads": _of_pairs(ods, "destination", "p_set"),
        "global_constraints": _constraints(plan),
        "links-p0": _snapshot(flow),
        "links-p1": _snapshot(-flow),
        "generators-p": _snapshot(served),
        "loads-p": _snapshot(served),
        "loads-marginal_price": _snapshot(ods["price"]),
    }


def _links(plan: Assignment) -> pd.DataFrame:
    flows = plan.to_frame()
    length = plan.graph.network.links["length_km"][
        rows_of(plan.graph.network.links, flows["link"].to_numpy())
    ]
    frame = pd.DataFrame(
        {
            "bus0": flows["from_node"] + ":" + flows["commodity"],
            "bus1": flows["to_node"] + ":" + flows["commodity"],
            "carrier": flows["mode"],
            "length": length,
            "efficiency": 1.0,
            "link": flows["link"],
            "direction": flows["direction"],
            "flow_t": flows["flow_t"],
        }
    )
    names = flows["link"] + ":" + flows["direction"] + ":" + flows["commodity"]
    return frame.set_axis(pd.Index(names, name="Link"), axis="index")


def _ods(plan: Assignment) -> pd.DataFrame:
    """One row for each OD that wants something, with the buses at its ends."""
    demand, solution = plan.demand, plan.solution
    columns = {name: pd.Series(demand[name], dtype=str) for name in ("origin", "destination", "commodity")}
    frame = pd.DataFrame(
        {
            "origin": columns["origin"] + ":" + columns["commodity"],
            "destination": columns["destination"] + ":" + columns["commodity"],
            "carrier": columns["commodity"],
            "amount": plan.problem.od_amount,
            "unserved": solution.unserved,
            "price": solution.od_dual,
        }
    )
    frame.index = pd.Index(columns["origin"] + ">" + frame["destination"])
    return frame[frame["amount"] > DUST_T]


def _of_pairs(ods: pd.DataFrame, end: str, amount: str) -> pd.DataFrame:
    return pd.DataFrame({"bus": ods[end], "carrier": ods["carrier"], amount: ods["amount"]})


def _buses(plan: Assignment, named: list[pd.Series]) -> pd.DataFrame:
    nodes = plan.graph.network.nodes
    names = sorted(set().union(*named))
    parts = [name.rpartition(":") for name in names]
    row = rows_of(nodes, np.array([node for node, _, _ in parts], dtype=np.str_))
    return pd.DataFrame(
        {
            "x": nodes["lon"][row],
            "y": nodes["lat"][row],
            "carrier": [commodity for _, _, commodity in parts],
            "node": nodes["id"][row],
            "country": nodes["country"][row],
        },
        index=pd.Index(names, name="Bus"),
    )


def _carriers(links: pd.DataFrame, ods: pd.DataFrame) -> pd.DataFrame:
    kinds = {**dict.fromkeys(sorted(set(links["carrier"])), "mode")}
    kinds |= dict.fromkeys(sorted(set(ods["carrier"])), "commodity")
    return pd.DataFrame({"kind": list(kinds.values())}, index=pd.Index(list(kinds), name="Carrier"))


def _constraints(plan: Assignment) -> pd.DataFrame:
    limits = plan.dual_prices(binding=False)[CAPACITIES]
    return pd.DataFrame(
        {
            "type": limits["kind"].to_numpy(),
            "sense": "<=",
            "constant": limits["limit"].to_numpy(),
            "unit": limits["unit"].to_numpy(),
            "mu": -limits["dual_usd_per_unit"].to_numpy(),
        },
        index=pd.Index(limits["group"], name="GlobalConstraint"),
    )


def _snapshot(values: pd.Series) -> pd.DataFrame:
    return values.to_frame(SNAPSHOT).T.rename_axis("snapshot")
