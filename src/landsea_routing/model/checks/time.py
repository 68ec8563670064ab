"""Time and parts: what is open in the base, and what hangs together."""

from __future__ import annotations

import numpy as np

from landsea_routing.model.checks.codes import WARNING
from landsea_routing.model.checks.facts import Check, find, known_ends
from landsea_routing.model.checks.report import Finding
from landsea_routing.model.network import Network


def check_years(net: Network) -> list[Finding]:
    """Links and limits of years after the base year."""
    base, links, groups = net.settings.base_year, net.links, net.capacity_groups
    if not base:
        return []
    early = (links["status"] == "operating") & (links["year_opened"] > base)
    later = np.isfinite(groups["limit"]) & (groups["year"] > base)
    return find(
        "planned-in-base",
        links,
        "year_opened",
        early,
        f"is after the base year {base} of an operating link",
        expected=f"links that carry in {base}",
        cure="set its status to planned; scenarios open it",
        details=[str(year) for year in links["year_opened"][early]],
    ) + find(
        "capacity-of-later-year",
        groups,
        "year",
        later,
        f"of the limit is after the base year {base}",
        expected=f"limits of {base} or before",
        cure="fill in the limit of the base year; a scenario may raise it",
        severity=WARNING,
        details=[str(year) for year in groups["year"][later]],
    )


def check_parts(net: Network) -> list[Finding]:
    """Nodes cut off from the largest part, judged with planned and closed links open."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    nodes, count = net.nodes, len(net.nodes)
    tail, head, known = known_ends(net)
    ends = tail[known], head[known]
    linked = np.zeros(count, dtype=bool)
    linked[np.concatenate(ends)] = True
    graph = coo_array((np.ones(int(known.sum())), ends), shape=(count, count))
    part = connected_components(graph, directed=False)[1] if count else np.zeros(0, np.int64)
    sizes = np.bincount(part[linked], minlength=1)
    apart = linked & (part != np.argmax(sizes))
    return find(
        "disconnected",
        nodes,
        "id",
        apart,
        "hangs apart from the largest part of the network, even with planned links open",
        expected="one connected network",
        cure="add the missing links, or waive it with a reason (an island without a port)",
        severity=WARNING,
        details=[f"part of {n} {'node' if n == 1 else 'nodes'}" for n in sizes[part[apart]]],
    ) + find(
        "isolated-node",
        nodes,
        "id",
        ~linked,
        "has no link",
        expected="at least one link",
        cure="add its links or remove it",
        severity=WARNING,
    )


CHECKS: tuple[Check, ...] = (check_years, check_parts)
