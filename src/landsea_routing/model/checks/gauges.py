"""Gauge and mode: tracks have a gauge, breaks have a facility, what is declared exists."""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import BoolArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.model.checks.codes import ERROR, WARNING
from landsea_routing.model.checks.facts import (
    GAUGE_BITS,
    Check,
    allowed_modes,
    carries,
    find,
    gauge_mask,
    gauges_of,
)
from landsea_routing.model.checks.report import Finding
from landsea_routing.model.network import Network, rows_of
from landsea_routing.model.words import GAUGED_MODES, MODES, parse_gauges, split_words


def check_gauges(net: Network) -> list[Finding]:
    """Gauges where there must be one, and only there."""
    links = net.links
    gauged, given = np.isin(links["mode"], GAUGED_MODES), links["gauge"] != ""
    unreadable = np.array([not _can_read(str(text)) for text in links["gauge"]], dtype=bool)
    found = find(
        "gauge-unreadable",
        links,
        "gauge",
        unreadable,
        "cannot be read",
        expected=f"one of {', '.join(map(str, GAUGE_BITS))} mm, joined by + for dual gauge",
        cure="write the gauge in millimetres (1435, not 1.435)",
        details=[str(t) for t in links["gauge"][unreadable]],
    )
    found += find(
        "gauge-missing",
        links,
        "gauge",
        gauged & ~given,
        "is empty on a track",
        expected="the gauge in mm",
        cure="fill in 1435, 1520, 1067, or 1435+1520 for dual gauge",
    ) + find(
        "gauge-ignored",
        links,
        "gauge",
        ~gauged & given,
        "is given for a mode without tracks",
        expected="an empty cell",
        cure="empty it; it has no effect",
        severity=WARNING,
    )
    return found + _transfer_gauges(net)


def _can_read(text: str) -> bool:
    try:
        return bool(parse_gauges(text)) or not text
    except InvalidValueError:
        return False


def _transfer_gauges(net: Network) -> list[Finding]:
    table, found = net.transfers, []
    for end in ("from", "to"):
        gauged = np.isin(table[f"{end}_mode"], GAUGED_MODES)
        gauge = table[f"{end}_gauge_mm"]
        column = f"{end}_gauge_mm"
        found += find(
            "gauge-missing",
            table,
            column,
            gauged & ~np.isin(gauge, list(GAUGE_BITS)),
            "is not a gauge though the mode has tracks",
            expected=f"one of {', '.join(map(str, GAUGE_BITS))}",
            cure="fill it in",
        ) + find(
            "gauge-ignored",
            table,
            column,
            ~gauged & (gauge != 0),
            "is given for a mode without tracks",
            expected="0",
            cure="empty it; it has no effect",
            severity=WARNING,
        )
    return found


def check_gauge_breaks(net: Network) -> list[Finding]:
    """Nodes where tracks of different gauge meet and nothing joins them.

    Gauges of one dual-gauge link are joined by the track, others by a transfers row from rail to rail.
    """
    nodes, links = net.nodes, net.links
    rail = np.flatnonzero(links["mode"] == "rail")
    tracks = gauge_mask(links["gauge"][rail])
    now = carries(net)[rail]
    ends = np.concatenate([rows_of(nodes, links[c][rail]) for c in ("from_node", "to_node")])
    pairs = _joined_by_transfer(net)
    broken: dict[str, list[tuple[int, str]]] = {ERROR: [], WARNING: []}
    both, both_now = np.concatenate([tracks, tracks]), np.concatenate([now, now])
    for node in _nodes_of_several(ends, both, len(nodes)):
        here = ends == node
        parts = _parts(both[here].tolist(), pairs.get(str(nodes["id"][node]), []))
        if len(parts) > 1:
            alive = sum(bool(np.any(both_now[here] & ((both[here] & part) > 0))) for part in parts)
            text = " | ".join("+".join(map(str, gauges_of(part))) for part in parts)
            broken[ERROR if alive > 1 else WARNING].append((node, text))
    return [
        finding
        for severity, rows in broken.items()
        for finding in find(
            "gauge-jump-without-facility",
            nodes,
            "id",
            np.array([row for row, _ in rows], dtype=np.int64),
            "joins tracks of different gauge without a way between them",
            expected="a transfers row from gauge to gauge, or dual-gauge track",
            cure="add transfers rows (transload, bogie_exchange, lift ...) or correct a gauge",
            severity=severity,
            details=[text for _, text in rows],
        )
    ]


def _nodes_of_several(
    ends: np.ndarray[tuple[int], np.dtype[np.int64]],
    masks: np.ndarray[tuple[int], np.dtype[np.int64]],
    count: int,
) -> list[int]:
    present = np.zeros(count, dtype=np.int64)
    np.bitwise_or.at(present, ends[ends >= 0], masks[ends >= 0])
    several = (present & (present - 1)) != 0
    return [int(n) for n in np.flatnonzero(several)]


def _joined_by_transfer(net: Network) -> dict[str, list[int]]:
    table = net.transfers
    change = (table["from_mode"] == "rail") & (table["to_mode"] == "rail")
    pairs: dict[str, list[int]] = {}
    for row in np.flatnonzero(change & (table["from_gauge_mm"] != table["to_gauge_mm"])):
        joined = GAUGE_BITS.get(int(table["from_gauge_mm"][row]), 0) | GAUGE_BITS.get(
            int(table["to_gauge_mm"][row]), 0
        )
        pairs.setdefault(str(table["node"][row]), []).append(joined)
    return pairs


def _parts(tracks: list[int], joins: list[int]) -> list[int]:
    """Join gauge masks that overlap, directly or through a transfer between gauges that are there.

    >>> _parts([1, 2], []), _parts([1, 2], [3]), _parts([1, 3, 2], [])
    ([1, 2], [3], [3])
    """
    present = 0
    for track in tracks:
        present |= track
    parts: list[int] = []
    for mask in [t for t in tracks if t] + [j & present for j in joins if j & present]:
        touching = [p for p in parts if p & mask]
        merged = mask
        for part in touching:
            merged |= part
        parts = [p for p in parts if not p & mask] + [merged]
    return sorted(parts)


def check_transfers_used(net: Network) -> list[Finding]:
    """Transfers from or to a mode and gauge that no link at the node has."""
    links, table = net.links, net.transfers
    masks = gauge_mask(links["gauge"])
    here = {
        (str(node), str(mode), gauge)
        for column in ("from_node", "to_node")
        for node, mode, mask in zip(links[column], links["mode"], masks, strict=True)
        for gauge in (gauges_of(int(mask)) if mode in GAUGED_MODES else (0,))
    }
    sides = {
        end: list(
            zip(
                table["node"].tolist(),
                table[f"{end}_mode"].tolist(),
                table[f"{end}_gauge_mm"].tolist(),
                strict=True,
            )
        )
        for end in ("from", "to")
    }
    absent = np.array([[s not in here for s in sides[end]] for end in ("from", "to")], dtype=bool).reshape(
        2, -1
    )
    rows = np.flatnonzero(absent.any(axis=0))
    return find(
        "transfer-without-link",
        table,
        "node",
        rows,
        "has no link of the transfer's mode and gauge",
        expected="links of both modes and gauges at the node",
        cure="add the link or remove the transfer",
        severity=WARNING,
        details=[
            " and ".join(
                f"{m} {g or ''}".strip()
                for end, gone in zip(("from", "to"), absent[:, r], strict=True)
                if gone
                for _, m, g in [sides[end][r]]
            )
            for r in rows
        ],
    )


def check_modes_used(net: Network) -> list[Finding]:
    """Modes that are declared somewhere and that no link has."""
    links, used = net.links, set(net.links["mode"].tolist())
    at_node = {
        (n, m)
        for c in ("from_node", "to_node")
        for n, m in zip(links[c].tolist(), links["mode"].tolist(), strict=True)
    }
    lacking = [
        [m for m in split_words(str(cell)) if m in MODES and (str(node), m) not in at_node]
        for node, cell in zip(net.nodes["id"], net.nodes["waypoint"], strict=True)
    ]
    rows = np.flatnonzero([bool(words) for words in lacking])
    found = _unused(net, "nodes", "waypoint", rows, [", ".join(lacking[r]) for r in rows])
    for name in ("access", "tariffs"):
        modes = net.tables[name]["mode"]
        absent = np.flatnonzero(~np.isin(modes, list(used)))
        found += _unused(net, name, "mode", absent, modes[absent].tolist())
    listed = [
        [m for m in split_words(str(c)) if m in MODES and m not in used] for c in net.commodities["modes"]
    ]
    rows = np.flatnonzero([bool(words) for words in listed])
    found += _unused(net, "commodities", "modes", rows, [", ".join(listed[r]) for r in rows])
    return found + _stuck(net, used)


def _stuck(net: Network, used: set[str]) -> list[Finding]:
    mode_used: BoolArray = np.array([mode in used for mode in MODES], dtype=bool)
    rows = np.flatnonzero(~(allowed_modes(net) & mode_used[:, None]).any(axis=0))
    return _unused(net, "commodities", "modes", rows, ["no mode of its list has a link"] * len(rows))


def _unused(
    net: Network, name: str, column: str, rows: np.ndarray[tuple[int], np.dtype[np.int64]], details: list[str]
) -> list[Finding]:
    return find(
        "mode-without-link",
        net.tables[name],
        column,
        rows,
        "declares a mode that no link has" + (" there" if name == "nodes" else ""),
        expected="modes of links",
        cure="add the links or take the mode out",
        severity=WARNING,
        details=details,
    )


CHECKS: tuple[Check, ...] = (check_gauges, check_gauge_breaks, check_transfers_used, check_modes_used)
