"""Limits: every link has one (or says it has none), and nothing that must have one goes without."""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.model.calendars import ALL_YEAR, format_months
from landsea_routing.model.checks.borders import Hop, crossing_hops, link_hops
from landsea_routing.model.checks.codes import WARNING
from landsea_routing.model.checks.facts import (
    BACKWARD,
    FORWARD,
    Check,
    allowed_modes,
    carries,
    ends_differ,
    find,
    known_ends,
    mode_rows,
)
from landsea_routing.model.checks.groups import (
    finite_groups,
    known_groups,
    lifts_limited,
    links_covered,
    rail_road,
)
from landsea_routing.model.checks.report import Finding
from landsea_routing.model.network import Network, rows_of

DETOUR_KM = 50.0
"""Up to this far by road cargo might be trucked round a gauge yard."""
SHOWN = 4


def _uncovered(net: Network, counted: BoolArray) -> BoolArray:
    """Array (2, links, commodities): carriage that is possible and in no counted group."""
    goods = allowed_modes(net)[mode_rows(net.links["mode"])]
    lacking = ~links_covered(net, counted) & goods
    lacking[BACKWARD] &= ~net.links["oneway"][:, None]
    return lacking


def check_every_link(net: Network) -> list[Finding]:
    """Links on which something could be carried outside every group."""
    lacking = _uncovered(net, known_groups(net))
    rows = np.flatnonzero(lacking.any(axis=(0, 2)))
    return find(
        "link-without-capacity",
        net.links,
        "id",
        rows,
        "is in no capacity group",
        expected="membership (applies_to link or border) in each direction for each commodity",
        cure="add it to a group with a number, or to one whose limit is the word unlimited",
        details=[_gap(net, lacking[:, row]) for row in rows],
    )


def _gap(net: Network, lacking: BoolArray) -> str:
    """Return which directions and commodities are left out, empty when all are."""
    ways = [word for way, word in ((FORWARD, "forward"), (BACKWARD, "backward")) if lacking[way].any()]
    goods = net.commodities["id"][lacking.any(axis=0)].tolist()
    words = " and ".join(ways)
    if len(goods) == len(net.commodities):
        return "" if len(ways) > 1 else words
    more = f" and {len(goods) - SHOWN} more" if len(goods) > SHOWN else ""
    return f"{words}: {', '.join(goods[:SHOWN])}{more}"


def check_seasonal(net: Network) -> list[Finding]:
    """What is shut for part of the year needs a finite limit, which the year then scales."""
    links, crossings = net.links, net.crossings
    lacking = np.asarray(_uncovered(net, finite_groups(net)).any(axis=2))
    seasonal = (links["open_months"] != ALL_YEAR) & (links["status"] != "closed")
    rows = np.flatnonzero(seasonal & lacking.any(axis=0))
    expected = "a group with a finite limit (full-year rate) by applies_to link or border"
    cure = "estimate a limit; with unlimited the closed months would not count"
    loose = _hops_where(net, lacking)
    shut = (crossings["open_months"] != ALL_YEAR) & (crossings["status"] != "closed")
    passes = np.array([hop in loose for hop in crossing_hops(net)], dtype=bool) & shut
    return [
        finding
        for table, found in ((links, rows), (crossings, np.flatnonzero(passes)))
        for finding in find(
            "seasonal-unlimited",
            table,
            "open_months",
            found,
            "leaves out months and nothing limits it",
            expected=expected,
            cure=cure,
            details=[format_months(int(m)) for m in table["open_months"][found]],
        )
    ]


def _hops_where(net: Network, mask: BoolArray) -> set[Hop]:
    """Ends and mode of the link directions that a (2, links) mask names."""
    return {
        hop
        for way, hops in zip((FORWARD, BACKWARD), link_hops(net), strict=True)
        for hop, named in zip(hops, mask[way], strict=True)
        if named
    }


def check_border_roads(net: Network) -> list[Finding]:
    """Border roads and rail-road lifts at borders, by which a full gauge yard could be passed."""
    links, transfers = net.links, net.transfers
    control = dict(zip(crossing_hops(net), net.crossings["control"].tolist(), strict=True))
    road = ends_differ(net) & (links["mode"] == "road") & (links["status"] != "closed")
    checked = np.array([[control.get(hop) == "full" for hop in hops] for hops in link_hops(net)], dtype=bool)
    loose = _uncovered(net, finite_groups(net)).any(axis=2) & checked.reshape(2, -1)
    lifts = rail_road(net) & ~lifts_limited(net) & np.isin(transfers["node"], _border_nodes(net))
    return find(
        "border-road-unlimited",
        links,
        "id",
        road & loose.any(axis=0),
        "is a border road without a finite limit",
        expected="a finite group by applies_to border or link, in each direction",
        cure="estimate how many trucks a day the crossing clears",
    ) + find(
        "border-road-unlimited",
        transfers,
        "capacity",
        lifts,
        "is unlimited for a rail-road transfer at a border",
        expected="a finite capacity, or a finite group by applies_to lift or transfer",
        cure="estimate the capacity of the terminal",
    )


def _border_nodes(net: Network) -> list[str]:
    rows = ends_differ(net) & np.isin(net.links["mode"], ("rail", "road"))
    return list(map(str, np.union1d(net.links["from_node"][rows], net.links["to_node"][rows])))


def check_groups(net: Network) -> list[Finding]:
    """Groups that limit nothing, and limits that let nothing pass."""
    groups, transfers = net.capacity_groups, net.transfers
    return (
        find(
            "empty-group",
            groups,
            "id",
            ~np.isin(groups["id"], net.capacity_members["group"]),
            "has no members",
            expected="rows of capacity_members",
            cure="add members or remove the group",
            severity=WARNING,
        )
        + find(
            "zero-capacity",
            groups,
            "limit",
            groups["limit"] == 0,
            "is 0, so that nothing passes",
            expected="a positive limit",
            cure="leave it where that is meant (a scenario may raise it), else fill it in",
            severity=WARNING,
        )
        + find(
            "zero-capacity",
            transfers,
            "capacity",
            transfers["capacity"] == 0,
            "is 0, so that nothing passes",
            expected="a positive capacity",
            cure="leave it where that is meant (a scenario may raise it), else fill it in",
            severity=WARNING,
        )
    )


def check_detours(net: Network) -> list[Finding]:
    """Ways rail - road - rail within 50 km that change gauge and that nothing limits.

    Looked at: operating roads and rail-road transfers without any finite limit. A way that passes one
    limit is bounded by it and so is none.
    """
    table, nodes = net.transfers, net.nodes
    row = rows_of(nodes, table["node"])
    loose = rail_road(net) & ~lifts_limited(net) & (row >= 0)
    off, on = loose & (table["from_mode"] == "rail"), loose & (table["to_mode"] == "rail")
    if not (off.any() and on.any()):
        return []
    starts, ends = np.unique(row[off]), np.unique(row[on])
    distance = _road_km(net, starts)
    found: dict[int, str] = {}
    for k, start in enumerate(starts.tolist()):
        gauges = set(table["from_gauge_mm"][off & (row == start)].tolist())
        for end in ends[distance[k, ends] <= DETOUR_KM].tolist():
            others = set(table["to_gauge_mm"][on & (row == end)].tolist())
            if end != start and (len(gauges | others) > 1):
                found.setdefault(start, f"to {nodes['id'][end]}, {distance[k, end]:.0f} km by road")
    return find(
        "rail-road-rail-detour",
        nodes,
        "id",
        np.array(list(found), dtype=np.int64),
        f"has rail-road transfers within {DETOUR_KM:g} km by road of another gauge's, without a limit",
        expected="a finite limit on a transfer or on the road between",
        cure="limit one of the lifts or the road",
        severity=WARNING,
        details=list(found.values()),
    )


def _road_km(net: Network, starts: IntArray) -> FloatArray:
    """Distances (starts, nodes) over operating roads without a finite limit; infinite beyond 50 km."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    links, count = net.links, len(net.nodes)
    tail, head, known = known_ends(net)
    road = carries(net) & known & (links["mode"] == "road")
    free = road & _uncovered(net, finite_groups(net)).any(axis=2)
    ends = [(tail, head), (head, tail)]
    a = np.concatenate([ends[way][0][free[way]] for way in (FORWARD, BACKWARD)])
    b = np.concatenate([ends[way][1][free[way]] for way in (FORWARD, BACKWARD)])
    km = np.concatenate([links["length_km"][free[way]] for way in (FORWARD, BACKWARD)])
    # Parallel roads would be summed by scipy; the shortest stays.
    order = np.lexsort((km, b, a))
    first = order[np.unique((a * count + b)[order], return_index=True)[1]]
    graph = csr_array((km[first], (a[first], b[first])), shape=(count, count))
    return np.asarray(dijkstra(graph, indices=starts, limit=DETOUR_KM), dtype=np.float64)


CHECKS: tuple[Check, ...] = (
    check_every_link,
    check_seasonal,
    check_border_roads,
    check_groups,
    check_detours,
)
