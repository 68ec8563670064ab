"""Chains of an extract as rows of our tables: links, nodes, transfers, and the courses of links."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import permutations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.io.osm.chains import Chains, chain_points
from landsea_routing.io.osm.ways import Place, Ways
from landsea_routing.model.network import Course
from landsea_routing.model.words import GAUGED_MODES, WATER_MODES, parse_gauges

if TYPE_CHECKING:
    import pandas as pd

Country = str | Callable[[FloatArray, FloatArray], Sequence[str]]
SOURCE = "OpenStreetMap contributors, ODbL"


class Layout(NamedTuple):
    """Lines merged to chains, and the terminals on them.

    Parameters
    ----------
    ways : Ways
        Points, pieces and what holds along them.
    chains : Chains
        What becomes a link each.
    anchor : (n_points,) int array
        Terminal that stands at a point, as a position in `terminals`; -1 for none.
    terminals : list of Place
        Places at which lines are cut.
    """

    ways: Ways
    chains: Chains
    anchor: IntArray
    terminals: list[Place]

    def node(self, point: int) -> str:
        """Return the id of the node that stands at a point."""
        at = self.anchor[point]
        return self.terminals[at].id if at >= 0 else f"n{self.ways.point[point]}"


def link_rows(layout: Layout, dropped: Counter[str]) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return rows of links, and a point of each node that they name."""
    import pandas as pd

    ways, chains = layout.ways, layout.chains
    members: dict[int, dict[int, None]] = defaultdict(dict)
    pairs = np.unique(np.stack((chains.chain, ways.line), axis=1)[chains.chain >= 0], axis=0)
    for chain, line in pairs.tolist():
        members[chain][line] = None
    used: dict[str, int] = {}
    names: Counter[str] = Counter()
    rows = []
    for chain, (a, b) in enumerate(zip(chains.first.tolist(), chains.last.tolist(), strict=True)):
        ends = [layout.node(point) for point in (a, b)]
        if ends[0] == ends[1]:
            dropped["loops at one node"] += 1
            continue
        lines = [ways.lines[row] for row in members[chain]]
        used.setdefault(ends[0], a)
        used.setdefault(ends[1], b)
        head = lines[0]
        name = f"{head.mode}-{ends[0]}-{ends[1]}"
        names[name] += 1
        facts = {
            "electrified": head.electrified,
            "usage": _joined(line.usage for line in lines),
            "name": _joined(line.name for line in lines),
        }
        said = [f"{key}: {value}" for key, value in facts.items() if value]
        rows.append(
            {
                "id": name if names[name] == 1 else f"{name}-{names[name]}",
                "from_node": ends[0],
                "to_node": ends[1],
                "mode": head.mode,
                "gauge": head.gauge,
                "length_km": round(float(chains.length_km[chain]), 3),
                "status": head.status,
                "oneway": "yes" if head.oneway else "no",
                "source": SOURCE,
                "confidence": "med",
                "note": "; ".join([*said, *filter(None, {line.note for line in lines})]),
                **facts,
                "chain": chain,
            }
        )
    return pd.DataFrame(rows), used


def courses_of_links(layout: Layout, chain: IntArray, ids: Iterable[str]) -> dict[str, Course]:
    """Return positions along each link, from node to node, where there are any between."""
    ways, chains, anchor, terminals = layout
    points = chain_points(chains, ways.tail, ways.head)
    found: dict[str, Course] = {}
    for link, number in zip(ids, chain.tolist(), strict=True):
        course = points[number]
        places = list(zip(ways.lon[course].tolist(), ways.lat[course].tolist(), strict=True))
        # A terminal stands beside the line: the drawing goes up to it, the length does not.
        first, last = (
            [(terminals[anchor[end]].lon, terminals[anchor[end]].lat)] if anchor[end] >= 0 else []
            for end in (course[0], course[-1])
        )
        lon, lat = zip(*dict.fromkeys(first + places + last), strict=True)
        if len(lon) > 2:
            run_on = np.unwrap(lon, period=360.0).tolist()
            found[link] = tuple(zip(run_on, lat, strict=True))
    return found


def _joined(words: Any) -> str:
    return ", ".join(sorted({word for word in words if word}))


def node_rows(layout: Layout, used: Mapping[str, int], links: pd.DataFrame, country: Country) -> pd.DataFrame:
    """Return rows of nodes: a terminal stands where it is mapped, a junction on its line."""
    import pandas as pd

    ways, terminals = layout.ways, layout.terminals
    known = {place.id: place for place in terminals}
    names = {place.id: place.name for place in ways.places if place.name}
    touches: dict[str, set[str]] = defaultdict(set)
    for end in ("from_node", "to_node"):
        for node, mode in zip(links[end], links["mode"], strict=True):
            touches[node].add(mode)
    rows = []
    for node, point in used.items():
        place = known.get(node)
        lon, lat = (place.lon, place.lat) if place else (float(ways.lon[point]), float(ways.lat[point]))
        wet = bool(touches[node] & set(WATER_MODES))
        kind = place.kind if place else "port" if wet else "rail_junction"
        rows.append({"id": node, "name": names.get(node, node), "lat": lat, "lon": lon, "kind": kind})
    frame = pd.DataFrame(rows)
    frame.insert(2, "country", _countries(country, frame))
    loads = frame["kind"].isin(("terminal", "port"))
    return frame.assign(source=SOURCE, confidence="med", loads=np.where(loads, "all", ""))


def _countries(country: Country, frame: pd.DataFrame) -> list[str]:
    if callable(country):
        codes = list(map(str, country(frame["lon"].to_numpy(), frame["lat"].to_numpy())))
    else:
        codes = [country] * len(frame)
    odd = [code for code in map(str, codes) if len(code) != 2 or not code.isascii() or not code.isupper()]
    if odd or len(codes) != len(frame):
        raise InvalidValueError(
            f"country gives {len(codes)} codes for {len(frame)} nodes, such as {(odd or codes)[:1]}",
            column="country",
            ids=odd[:20],
            expected="an ISO 3166-1 alpha-2 code for each",
            cure="give a code, or a function of longitudes and latitudes",
        )
    return codes


def transfer_rows(nodes: pd.DataFrame, links: pd.DataFrame, terminals: list[Place]) -> pd.DataFrame:
    """Return changes of gauge where one ends, and of mode at terminals and wherever a ship lands."""
    import pandas as pd

    states: dict[str, list[tuple[str, tuple[int, ...]]]] = defaultdict(list)
    for link in links.itertuples():
        for node in (link.from_node, link.to_node):
            states[node].append((str(link.mode), parse_gauges(str(link.gauge)) or (0,)))
    handles = {place.id for place in terminals if place.kind != "border_post"}
    rows = []
    for node in nodes["id"]:
        found = {(mode, gauge) for mode, gauges in states[node] for gauge in gauges}
        rail = [set(gauges) for mode, gauges in states[node] if mode in GAUGED_MODES]
        gauge_ends = bool(rail) and set.union(*rail) != set.intersection(*rail)
        wet = any(mode in WATER_MODES for mode, _ in found)
        for (m1, g1), (m2, g2) in permutations(sorted(found), 2):
            # Where modes only cross (a level crossing) nothing changes over.
            if gauge_ends if m1 == m2 else node in handles or (wet and {m1, m2} & set(WATER_MODES)):
                ends = [f"{m}{g}" if g else m for m, g in ((m1, g1), (m2, g2))]
                rows.append((f"{node}-{ends[0]}-{ends[1]}", node, m1, g1, m2, g2))
    columns = ["id", "node", "from_mode", "from_gauge_mm", "to_mode", "to_gauge_mm"]
    return pd.DataFrame(rows, columns=columns)
