"""What several checks look up: row labels, link ends, gauges, allowed commodities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landsea_routing._typing import BoolArray, IntArray, TextArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.model.checks.codes import ERROR
from landsea_routing.model.checks.report import Finding
from landsea_routing.model.network import Network, rows_of
from landsea_routing.model.table import Table
from landsea_routing.model.words import ANY, GAUGES_MM, MODES, lists_word, parse_gauges

Check = Callable[[Network], list[Finding]]

GAUGE_BITS = {gauge: 1 << k for k, gauge in enumerate(GAUGES_MM)}
"""A set of gauges is a small bit mask."""
FORWARD, BACKWARD = 0, 1


def labels(table: Table) -> TextArray:
    """Key of every row, the parts joined by `/`."""
    key = table.schema.key
    if len(key) == 1:
        return table[key[0]].astype(np.str_)
    columns = [table[k].tolist() for k in key]
    return np.array(["/".join(map(str, parts)) for parts in zip(*columns, strict=True)], dtype=np.str_)


def find(
    code: str,
    table: Table,
    column: str,
    rows: NDArray[Any],
    message: str,
    *,
    expected: str,
    cure: str,
    severity: str = ERROR,
    details: Sequence[str] = (),
) -> list[Finding]:
    """Return one finding for the given rows (positions or mask), none when there are none."""
    ids = labels(table)[rows]
    if not ids.size:
        return []
    found = tuple(map(str, ids)), message, expected, cure, tuple(details), len(table)
    return [Finding(code, severity, table.schema.name, column, *found)]


def known_ends(net: Network) -> tuple[IntArray, IntArray, BoolArray]:
    """Node row of the two ends of every link, and whether both exist."""
    tail, head = rows_of(net.nodes, net.links["from_node"]), rows_of(net.nodes, net.links["to_node"])
    return tail, head, (tail >= 0) & (head >= 0)


def ends_differ(net: Network) -> BoolArray:
    """Whether each link joins two countries."""
    tail, head, known = known_ends(net)
    country = _with_blank(net.nodes["country"])
    return np.asarray(known & (country[tail] != country[head]))


def _with_blank(column: NDArray[Any]) -> NDArray[Any]:
    """The column with a blank at the end, so that row -1 finds it."""
    return np.append(column, "")


def gauge_mask(texts: NDArray[Any]) -> IntArray:
    """Bit mask of the gauges written in each cell; what cannot be read counts as none."""
    words, inverse = np.unique(texts, return_inverse=True)
    masks = [sum(GAUGE_BITS[g] for g in readable_gauges(str(word))) for word in words]
    return np.array(masks, dtype=np.int64)[inverse] if words.size else np.zeros(0, np.int64)


def readable_gauges(text: str) -> tuple[int, ...]:
    """Gauges of a cell, empty where it cannot be read (another finding says so)."""
    try:
        return parse_gauges(text)
    except InvalidValueError:
        return ()


def gauges_of(mask: int) -> tuple[int, ...]:
    """Gauges of a bit mask.

    >>> gauges_of(3)
    (1435, 1520)
    """
    return tuple(gauge for gauge, bit in GAUGE_BITS.items() if mask & bit)


def carries(net: Network) -> BoolArray:
    """Whether each link carries anything now: operating, and not of a class that lacks its own tariffs."""
    classes = net.vehicle_classes
    priced = np.isin(classes["id"], net.tariffs["vehicle_class"])
    barred = classes["id"][classes["own_tariff"] & ~priced]
    return np.asarray((net.links["status"] == "operating") & ~np.isin(net.links["vehicle_class"], barred))


def commodity_rows(net: Network, cells: NDArray[Any]) -> BoolArray:
    """Matrix (cells, commodities): whether each `;`-separated cell lists each commodity."""
    words, inverse = np.unique(cells, return_inverse=True)
    ids = net.commodities["id"].tolist()
    listed = np.array([[lists_word(str(w), i) for i in ids] for w in words], dtype=bool)
    return np.asarray(listed.reshape(len(words), len(ids))[inverse])


def allowed_modes(net: Network) -> BoolArray:
    """Matrix (modes, commodities): whether the commodity may use the mode."""
    cells = net.commodities["modes"].tolist()
    allowed = np.array([[lists_word(str(cell), mode) for cell in cells] for mode in MODES], dtype=bool)
    return np.asarray(allowed.reshape(len(MODES), len(cells)))


def mode_rows(modes: NDArray[Any]) -> IntArray:
    """Position of each mode in `MODES`; 0 for what is not a mode (another finding says so)."""
    order = np.argsort(MODES)
    place = np.searchsorted(np.array(MODES)[order], modes).clip(0, len(MODES) - 1)
    found = order[place]
    return np.where(np.array(MODES)[found] == modes, found, 0).astype(np.int64)


def is_any(column: NDArray[Any]) -> BoolArray:
    """Whether each cell is `*`."""
    return np.asarray(column == ANY)
