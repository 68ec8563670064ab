"""OD matrices as open matrices (OMX): a matrix for each commodity, in tonnes a year.

Kept are origin, destination, commodity and tonnes. The unit of a row, its source, year, confidence, reasoning
and note have no place in the format and are dropped; the log counts what was said in them. Rows of 0 tonnes
are no demand and do not come back. The layout stands in `landsea_routing.io.omx`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from landsea_routing._typing import FloatArray, IntArray, TextArray
from landsea_routing.errors import InvalidValueError, UnknownNameError, did_you_mean, list_ids
from landsea_routing.io.omx import read_omx, write_omx
from landsea_routing.io.text_lines import log_dropped
from landsea_routing.model.network import Network
from landsea_routing.model.schema import DEMAND
from landsea_routing.model.table import Table, parse_rows

TONNES = "t/yr"
"""Unit of every matrix."""


def write_demand_omx(path: str | Path, network: Network, demand: Table | None = None) -> None:
    """Write an OD matrix to an OMX file: tonnes a year, a matrix for each commodity.

    Parameters
    ----------
    path : str or Path
        The file; what was there before is replaced in one step.
    network : Network
        For its nodes and commodities.
    demand : Table, optional
        That of the network when not given. Its places, in the order of the nodes, are rows and columns.

    Raises
    ------
    InvalidValueError
        There is no demand.
    MissingExtraError, LandseaError
        As `write_omx`.
    """
    demand = network.demand if demand is None else demand
    if not len(demand):
        raise InvalidValueError("there is no demand to write", table="demand", expected="at least one row")
    ids = network.nodes["id"]
    used = ids[np.isin(ids, np.concatenate((demand["origin"], demand["destination"])))]
    goods = network.commodities["id"]
    good, origin, destination = (
        _positions(known, demand[column], column)
        for known, column in ((goods, "commodity"), (used, "origin"), (used, "destination"))
    )
    per_unit = np.where(demand["unit"] == "t", 1.0, network.commodities["t_per_unit"][good])
    tonnes = demand["amount_per_year"] * per_unit
    matrices = {}
    for row in np.unique(good).tolist():
        at = good == row
        table = np.zeros((len(used), len(used)))
        np.add.at(table, (origin[at], destination[at]), tonnes[at])
        matrices[str(goods[row])] = table
    write_omx(path, matrices, used, used, units=dict.fromkeys(matrices, TONNES))
    lost = ("source", "reasoning", "note")
    log_dropped(str(path), {f"cells of {c}": int((demand[c] != "").sum()) for c in lost})


def read_demand_omx(
    path: str | Path,
    network: Network,
    *,
    mapping: str | tuple[str, str] | None = None,
    nodes: Mapping[str, str] | None = None,
    source: str = "",
) -> Table:
    """Read an OD matrix from an OMX file.

    Parameters
    ----------
    path : str or Path
        The file; each matrix is called like a commodity and holds tonnes a year.
    network : Network
        For its nodes and commodities.
    mapping : str or (str, str), optional
        As `read_omx`.
    nodes : mapping, optional
        Node id of each zone of the file, where zones have names or numbers of their own.
    source : str
        What the rows name as their source; the file when not given.

    Returns
    -------
    Table
        One row for each cell above 0, ready for `network.with_demand`.

    Raises
    ------
    UnknownNameError
        A zone is no node, or a matrix no commodity.
    InvalidValueError
        A cell is negative, NaN or infinite, or a matrix has another unit than t/yr.
    SchemaError, MissingExtraError, LandseaError
        As `read_omx`.
    """
    found = read_omx(path, mapping=mapping)
    renamed = {str(zone): node for zone, node in (nodes or {}).items()}
    _positions(
        np.union1d(found.origins, found.destinations),
        np.array(list(renamed), dtype=np.str_),
        "zone in nodes=",
    )
    ends = [
        np.array([renamed.get(str(zone), str(zone)) for zone in names], dtype=np.str_)
        for names in (found.origins, found.destinations)
    ]
    for names in ends:
        _positions(network.nodes["id"], names, "zone")
    _positions(network.commodities["id"], np.array(list(found.matrices), dtype=np.str_), "matrix")
    rows: list[dict[str, str]] = []
    for name, table in found.matrices.items():
        _refuse_bad_demand(name, table, ends, found.units.get(name, TONNES))
        for i, j in np.argwhere(table > 0).tolist():
            rows.append(
                {
                    "origin": str(ends[0][i]),
                    "destination": str(ends[1][j]),
                    "commodity": name,
                    "amount_per_year": repr(float(table[i, j])),
                    "unit": "t",
                    "source": source or Path(path).name,
                }
            )
    return parse_rows(DEMAND, rows)


def _positions(known: TextArray, names: TextArray, what: str) -> IntArray:
    """Return where each name stands among the known ones."""
    at = {str(name): i for i, name in enumerate(known)}
    lost = list(dict.fromkeys(str(name) for name in names if str(name) not in at))
    if lost:
        raise UnknownNameError(
            f"{len(lost)} of {len(names)} names of a {what} are not known ({list_ids(lost)})",
            column=what,
            ids=lost,
            expected=f"names such as {list_ids(list(at), 3)}",
            cure=did_you_mean(lost[0], at) or "say which node each zone is with nodes=",
        )
    return np.array([at[str(name)] for name in names], dtype=np.int64)


def _refuse_bad_demand(name: str, table: FloatArray, ends: list[TextArray], unit: str) -> None:
    if unit != TONNES:
        raise InvalidValueError(
            f"matrix {name!r} has the unit {unit!r}", column=name, expected=TONNES, cure="convert it first"
        )
    bad = np.argwhere(~(np.isfinite(table) & (table >= 0))).tolist()
    if bad:
        cells = [f"{ends[0][i]}>{ends[1][j]}" for i, j in bad]
        raise InvalidValueError(
            f"matrix {name!r} is negative, NaN or infinite in {len(bad)} cells ({list_ids(cells)})",
            table="demand",
            column="amount_per_year",
            ids=cells,
            expected="tonnes a year >= 0",
            cure="correct them; 0 is no demand",
        )
