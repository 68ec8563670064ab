"""Borders: every change of country has its row, and foreign cargo in ports its clearance."""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import BoolArray, IntArray
from landsea_routing.model.checks.codes import WARNING
from landsea_routing.model.checks.facts import (
    Check,
    allowed_modes,
    commodity_rows,
    ends_differ,
    find,
    known_ends,
)
from landsea_routing.model.checks.report import Finding
from landsea_routing.model.network import Network, rows_of
from landsea_routing.model.words import MODES

Hop = tuple[str, str, str]


def crossing_hops(net: Network) -> list[Hop]:
    """Ends and mode of every crossings row, in order."""
    table = net.crossings
    columns = (table[c].tolist() for c in ("from_node", "to_node", "mode"))
    return list(zip(*columns, strict=True))


def link_hops(net: Network) -> tuple[list[Hop], list[Hop]]:
    """Ends and mode of every link forward and backward."""
    links = net.links
    ends = list(zip(links["from_node"].tolist(), links["to_node"].tolist(), links["mode"].tolist(), strict=True))
    return ends, [(b, a, mode) for a, b, mode in ends]


def check_crossings(net: Network) -> list[Finding]:
    """Links by land, river or rail ferry that change country, in each direction."""
    links, known = net.links, set(crossing_hops(net))
    forward, backward = link_hops(net)
    abroad = ends_differ(net) & (links["mode"] != "sea")
    lacking = [
        [f"{a}>{b}" for a, b, mode in hops if (a, b, mode) not in known]
        for hops in (
            ((forward[i],) if links["oneway"][i] else (forward[i], backward[i])) if abroad[i] else ()
            for i in range(len(links))
        )
    ]
    rows = np.flatnonzero([bool(way) for way in lacking])
    return find(
        "crossing-missing",
        links,
        "to_node",
        rows,
        "lies in another country and crossings.csv has no row for it",
        expected="a crossings row for each direction and mode",
        cure="add the rows; control `none` inside a customs union, status `closed` for a shut border",
        details=[", ".join(lacking[r]) for r in rows],
    )


def check_crossing_rows(net: Network) -> list[Finding]:
    """Crossings that stand twice, that no link uses, or that cross nothing."""
    table, hops = net.crossings, crossing_hops(net)
    forward, backward = link_hops(net)
    oneway = net.links["oneway"].tolist()
    used = set(forward) | {hop for hop, one in zip(backward, oneway, strict=True) if not one}
    seen: set[Hop] = set()
    twice = np.array([hop in seen or bool(seen.add(hop)) for hop in hops], dtype=bool)
    unused = np.array([hop not in used for hop in hops], dtype=bool)
    tail, head = rows_of(net.nodes, table["from_node"]), rows_of(net.nodes, table["to_node"])
    country = np.append(net.nodes["country"], "")
    inland = (tail >= 0) & (head >= 0) & (country[tail] == country[head])
    return (
        find(
            "crossing-twice",
            table,
            "from_node",
            twice,
            "stands in another row for the same ends and mode",
            expected="one row for each direction and mode",
            cure="merge the rows",
        )
        + find(
            "crossing-without-link",
            table,
            "from_node",
            unused & ~inland,
            "has no link of that mode to to_node",
            expected="a link between the two nodes",
            cure="add the link or remove the row",
            severity=WARNING,
        )
        + find(
            "crossing-same-country",
            table,
            "to_node",
            inland,
            "lies in the same country as from_node",
            expected="two countries",
            cure="correct the nodes, or their country",
        )
    )


def check_sea_borders(net: Network) -> list[Finding]:
    """Sea links between countries: an international class, and clearances on both sides."""
    classes = net.vehicle_classes
    abroad = ends_differ(net) & (net.links["mode"] == "sea")
    if not abroad.any():
        return []
    if not np.any(classes["mode"] == "sea"):
        return find(
            "clearance-not-charged",
            net.links,
            "vehicle_class",
            abroad,
            "is empty, so that foreign sea cargo pays no clearance",
            expected="an international ship class",
            cure="add vehicle_classes.csv with an international class for sea, and clearances.csv",
            severity=WARNING,
        )
    international = classes["id"][classes["international"] & (classes["mode"] == "sea")]
    foreign = np.isin(net.links["vehicle_class"], international)
    return find(
        "class-not-international",
        net.links,
        "vehicle_class",
        abroad & ~foreign,
        "is not international though the link joins two countries",
        expected=f"one of {', '.join(international.tolist()) or '(none is marked international)'}",
        cure="give the link an international class, so that its cargo is cleared",
    ) + _missing_clearances(net, abroad & foreign)


def _missing_clearances(net: Network, abroad: BoolArray) -> list[Finding]:
    links = net.links
    tail, head, _ = known_ends(net)
    oneway = links["oneway"]
    needs: dict[str, list[str]] = {}
    for start, end, rows in ((tail, head, abroad), (head, tail, abroad & ~oneway)):
        for row in np.flatnonzero(rows):
            for direction, node in (("export", start[row]), ("import", end[row])):
                country = str(net.nodes["country"][node])
                if _uncleared(net, country, direction):
                    needs.setdefault(str(links["id"][row]), []).append(f"{country} {direction}")
    rows = rows_of(links, np.array(list(needs), dtype=np.str_)) if needs else np.zeros(0, np.int64)
    return find(
        "clearance-missing",
        links,
        "vehicle_class",
        rows,
        "is international and clearances.csv does not cover both countries and all commodities",
        expected="import and export rows for each country and commodity",
        cure="add the rows named",
        details=[", ".join(dict.fromkeys(words)) for words in needs.values()],
    )


def _uncleared(net: Network, country: str, direction: str) -> bool:
    table = net.clearances
    rows: IntArray = np.flatnonzero((table["country"] == country) & (table["direction"] == direction))
    by_sea = allowed_modes(net)[MODES.index("sea")]
    covered = commodity_rows(net, table["commodities"][rows]).any(axis=0) if rows.size else ~by_sea & False
    return bool(np.any(by_sea & ~covered))


CHECKS: tuple[Check, ...] = (check_crossings, check_crossing_rows, check_sea_borders)
