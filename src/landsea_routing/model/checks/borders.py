"""Borders: every change of country has its row, and foreign cargo in ports its clearance."""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import BoolArray
from landsea_routing.model.calendars import ALL_YEAR, format_months
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
    ends = list(
        zip(links["from_node"].tolist(), links["to_node"].tolist(), links["mode"].tolist(), strict=True)
    )
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
    first = {hop: row for row, hop in reversed(list(enumerate(hops)))}
    twice = np.array([first[hop] != row for row, hop in enumerate(hops)], dtype=bool)
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


def check_seasons(net: Network) -> list[Finding]:
    """Links that are shut in every month in which their own crossing is open, in a direction."""
    links = net.links
    crossing = dict(zip(crossing_hops(net), net.crossings["open_months"].tolist(), strict=True))
    forward, backward = link_hops(net)
    found: dict[int, str] = {}
    for row in np.flatnonzero(links["open_months"] != ALL_YEAR).tolist():
        months = int(links["open_months"][row])
        hops = (forward[row],) if links["oneway"][row] else (forward[row], backward[row])
        shut = [
            f"{hop[0]}>{hop[1]} {format_months(crossing[hop])}"
            for hop in hops
            if hop in crossing and not crossing[hop] & months
        ]
        if shut:
            found[row] = f"{format_months(months)}, crossing {' and '.join(shut)}"
    return find(
        "season-disjoint",
        links,
        "open_months",
        np.array(list(found), dtype=np.int64),
        "has no month in common with the link's own crossing",
        expected="a month in which both are open, in each direction",
        cure="correct the months of the link or of its crossing; use status closed for what is shut",
        details=list(found.values()),
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
    links, countries = net.links, net.nodes["country"]
    tail, head, _ = known_ends(net)
    lacking = _uncleared(net, set(countries[np.concatenate([tail[abroad], head[abroad]])].tolist()))
    needs: dict[int, list[str]] = {}
    for start, end, rows in ((tail, head, abroad), (head, tail, abroad & ~links["oneway"])):
        for row in np.flatnonzero(rows).tolist():
            wanted = (f"{countries[start[row]]} export", f"{countries[end[row]]} import")
            needs.setdefault(row, []).extend(want for want in wanted if want in lacking)
    faulty = [row for row, words in needs.items() if words]
    return find(
        "clearance-missing",
        links,
        "vehicle_class",
        np.array(faulty, dtype=np.int64),
        "is international and clearances.csv does not cover both countries and all commodities",
        expected="import and export rows for each country and commodity",
        cure="add the rows named",
        details=[", ".join(dict.fromkeys(needs[row])) for row in faulty],
    )


def _uncleared(net: Network, countries: set[str]) -> set[str]:
    """Return `country direction` where some commodity that may go by sea has no clearance."""
    table, by_sea = net.clearances, allowed_modes(net)[MODES.index("sea")]
    goods = commodity_rows(net, table["commodities"])
    lacking = set()
    for country in countries:
        for direction in ("import", "export"):
            rows = (table["country"] == country) & (table["direction"] == direction)
            if np.any(by_sea & ~goods[rows].any(axis=0)):
                lacking.add(f"{country} {direction}")
    return lacking


CHECKS: tuple[Check, ...] = (check_crossings, check_crossing_rows, check_seasons, check_sea_borders)
