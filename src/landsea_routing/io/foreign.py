"""A network of somebody else, who knew only nodes and links: what is missing is assumed, and said.

The sentences stand in `settings.facts["assumed"]`, so that they go where the network goes; every row that was
made up says `assumed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np

from landsea_routing.errors import InvalidValueError, NetworkError, almost, did_you_mean, list_ids
from landsea_routing.io.assemble import finish, read_all
from landsea_routing.io.cells import Rows
from landsea_routing.io.lines import apart_deg, place_of, run_on
from landsea_routing.model import words
from landsea_routing.model.network import Course, Network, Settings
from landsea_routing.model.schema import SCHEMAS
from landsea_routing.model.table import parse_rows

NOWHERE = "ZZ"
"""The code that ISO 3166 leaves free for an unknown country."""
COMMODITY = "freight"
GAUGE_MM = "1435"
SPEED_KM_H = {"rail": 40.0, "road": 50.0, "sea": 25.0, "inland_water": 12.0, "rail_ferry": 25.0}
"""Speeds where nobody gives any; a source that does is followed."""
NEAR_NODE_DEG = 0.1
"""About 10 km: so far from its node a line may end in any case, as a terminal lies beside its tracks."""
MADE_UP = {"source": "assumed: the source has none", "confidence": "assumed"}


def adopt(
    name: str,
    nodes: Rows,
    links: Rows,
    *,
    courses: Mapping[str, Course] | None = None,
    others: Mapping[str, Rows] | None = None,
    title: str = "",
    base_year: int = 0,
    speeds_km_h: Mapping[str, float] | None = None,
    assumed: list[str] | None = None,
    folder: Path | None = None,
    strict: bool = True,
) -> Network:
    """Make a network of nodes and links, and of whatever other tables there are.

    Parameters
    ----------
    name : str
        Name of the network.
    nodes, links : rows
        Text by column; columns that our tables do not know are left out.
    courses : mapping
        Course of links by id, where they are not straight.
    others : mapping
        Rows of further tables, taken as they are.
    title : str
    base_year : int
        As in `network.toml`.
    speeds_km_h : mapping
        Speed of the tariff by mode.
    assumed : list of str
        What the reader itself assumed.
    folder : Path, optional
        Where it came from.
    strict : bool
        Whether errors of the tables raise.

    Returns
    -------
    Network
        `settings.facts["assumed"]` lists what was assumed and left out.

    Raises
    ------
    LandseaError
        As the reader of tables and the checks.

    Examples
    --------
    >>> nodes = [{"id": "a", "lat": "40", "lon": "120"}, {"id": "b", "lat": "41", "lon": "120"}]
    >>> links = [{"id": "ab", "from_node": "a", "to_node": "b"}]
    >>> net = adopt("mine", nodes, links)
    >>> net.links["length_km"].round(1).tolist(), net.settings.facts["assumed"][0]
    ([111.0], 'nodes without name: their id')
    """
    said = list(assumed or ())
    if not (others or {}).get("capacity_members"):  # the one table that names links
        links, courses = _apart_from_nodes(nodes, links, courses or {}, said)
    given = {"nodes": nodes, "links": links, **(others or {})}
    given = {table: _known(table, rows, said) for table, rows in given.items()}
    _fill_nodes(given["nodes"], said)
    _fill_links(given["nodes"], given["links"], said, courses or {})
    speeds = {**SPEED_KM_H, **(speeds_km_h or {})}
    made_up = _tables(given["links"], speeds)
    if given.get("capacity_groups"):
        del made_up["capacity_members"]
    modes = {row["mode"] for row in given["links"]}
    if not given.get("transfers") and (len(modes) > 1 or modes & set(words.WATER_MODES)):
        said.append("no transfers: cargo changes neither from mode to mode nor from ship to ship")
    for table, rows in made_up.items():
        if not given.get(table):
            given[table] = rows
            said += [SAID[table]] if table in SAID else []
            if table == "tariffs":
                said += [
                    f"speed of {row['mode']}: {speeds[row['mode']]:g} km/h"
                    for row in rows
                    if row["mode"] not in (speeds_km_h or {})
                ]
    tables = read_all(name, {t: partial(parse_rows, SCHEMAS[t], rows) for t, rows in given.items()})
    settings = Settings(name, title or name, base_year, facts={"assumed": said}, folder=folder)
    return finish(settings, tables, courses or {}, strict=strict)


SAID = {
    "commodities": f"one commodity, {COMMODITY}, whose hours are worth 1 USD/t: a cost counts hours",
    "tariffs": "carriage costs no money",
    "access": "loading and unloading take no time and no money",
    "capacity_groups": "no link has a limit",
}
"""What is said of each table that is made up."""


def _apart_from_nodes(
    nodes: Rows, links: Rows, courses: Mapping[str, Course], said: list[str]
) -> tuple[Rows, Mapping[str, Course]]:
    """Rename links where one has the id of a node: here a name may mean either."""
    ids = {row.get("id", "").casefold() for row in nodes}
    if not any(row.get("id", "").casefold() in ids for row in links):
        return links, courses
    said.append("links have ids of nodes: each is called link-<id>")
    renamed = {f"link-{link}": course for link, course in courses.items()}
    return [{**row, "id": f"link-{row.get('id', '')}"} for row in links], renamed


def _known(table: str, rows: Rows, said: list[str]) -> Rows:
    """Leave out the columns that the table does not know."""
    known = {c.name for c in SCHEMAS[table].columns}
    strange = sorted({column for row in rows for column in row if column not in known})
    if strange:
        shown = [f"{c} (is it {near}?)" if (near := almost(c, known)) else c for c in strange]
        said.append(f"columns of {table} left out: {', '.join(shown)}")
    return [{c: cell for c, cell in row.items() if c in known} for row in rows]


def _fill(rows: Rows, column: str, text: str, said: list[str], sentence: str) -> None:
    empty = [row for row in rows if not row.get(column, "").strip()]
    for row in empty:
        row[column] = text or row["id"]
    if empty:
        said.append(sentence)


def _fill_nodes(nodes: Rows, said: list[str]) -> None:
    _fill(nodes, "name", "", said, "nodes without name: their id")
    _fill(
        nodes, "country", NOWHERE, said, f"nodes without country: {NOWHERE}, so that no link crosses a border"
    )
    _fill(nodes, "kind", "city", said, "nodes without kind: city")
    if not any("loads" in row for row in nodes):
        _fill(nodes, "loads", words.ALL, said, "every node loads and unloads")


def _fill_links(nodes: Rows, links: Rows, said: list[str], courses: Mapping[str, Course]) -> None:
    _fill(links, "mode", "road", said, "links without mode: road")
    gauged = [row for row in links if row["mode"] in words.GAUGED_MODES]
    _fill(gauged, "gauge", GAUGE_MM, said, f"tracks without gauge: {GAUGE_MM} mm")
    fill_lengths(nodes, links, courses, said)


def fill_lengths(nodes: Rows, links: Rows, courses: Mapping[str, Course], said: list[str]) -> None:
    """Measure the links without a length; raises NetworkError where an end of theirs is no node."""
    empty = [row for row in links if not row.get("length_km", "").strip()]
    if empty:
        _need_ends(nodes, empty)
        _refuse_elsewhere(nodes, empty, courses)
        for row, length in zip(empty, lengths_km(nodes, empty, courses), strict=True):
            row["length_km"] = length
        said.append("links without length: that of their line on the ellipsoid")


def _need_ends(nodes: Rows, links: Rows) -> None:
    """Refuse links whose length cannot be measured since an end of theirs is no node."""
    known = {row.get("id", "") for row in nodes}
    ends = [(row.get("id", ""), row.get(end, "")) for row in links for end in ("from_node", "to_node")]
    lost = {node: link for link, node in ends if node not in known}
    if lost:
        node, link = next(iter(lost.items()))
        raise NetworkError(
            f"{len(lost)} nodes of links do not exist (first: {node!r} of link {link!r})",
            code="unknown-node",
            table="links",
            column="from_node",
            ids=lost.values(),
            expected="ids of nodes",
            cure=did_you_mean(node, known) or "add the node, or correct the link",
        )


def _refuse_elsewhere(nodes: Rows, links: Rows, courses: Mapping[str, Course]) -> None:
    """Refuse to measure lines that end farther from their nodes than those are from each other."""
    place = {row.get("id", ""): place_of(row) for row in nodes}
    wrong = []
    for row in links:
        course = courses.get(row.get("id", ""))
        start, end = (place.get(row.get(column, "")) for column in ("from_node", "to_node"))
        if course and start and end:
            ends = course[0], course[-1]
            off = min(max(map(apart_deg, ends, places)) for places in ((start, end), (end, start)))
            if off > max(apart_deg(start, end), NEAR_NODE_DEG):
                wrong.append(f"{row['id']} ({off:.3g} degrees off)")
    if wrong:
        raise InvalidValueError(
            f"the lines of {len(wrong)} links are drawn elsewhere than their nodes ({list_ids(wrong)})",
            table="links",
            column="geometry",
            ids=wrong,
            expected="a line from the start of the link to its end, or from its end to its start",
            cure="correct the line, or from_node and to_node, or give the length",
        )


def lengths_km(nodes: Rows, links: Rows, courses: Mapping[str, Course]) -> list[str]:
    """Return the length of each link along its course, as text; empty where it cannot be told."""
    from pyproj import Geod

    geod = Geod(ellps="WGS84")
    place = {row.get("id", ""): place_of(row) for row in nodes}
    lengths = []
    for row in links:
        ends = place.get(row.get("from_node", "")), place.get(row.get("to_node", ""))
        course = courses.get(row.get("id", "")) or (run_on([e for e in ends if e]) if all(ends) else ())
        lengths.append(repr(float(geod.line_length(*np.array(course).T)) / 1e3) if course else "")
    return lengths


def _tables(links: Rows, speeds: Mapping[str, float]) -> dict[str, Rows]:
    """Tables that every network needs, with nothing in them that the source did not say."""
    modes = sorted({row["mode"] for row in links} & set(words.MODES))
    any_of = {"country": words.ANY, "commodity": words.ANY, **MADE_UP}
    return {
        "commodities": [{"id": COMMODITY, "value_of_time_usd_per_t_h": "1", **MADE_UP}],
        "tariffs": [
            {"mode": mode, "fixed_usd_per_t": "0", "rate_usd_per_t_km": "0", "speed_km_h": repr(speeds[mode])}
            | any_of
            for mode in modes
        ],
        "access": [
            {"mode": m, "access_h": "0", "egress_usd_per_t": "0", "egress_h": "0", **any_of} for m in modes
        ],
        "capacity_groups": [{"id": "no_limit", "kind": "track", "limit": "unlimited", **MADE_UP}],
        "capacity_members": [
            {"group": "no_limit", "target": row["id"], "applies_to": "link", **MADE_UP} for row in links
        ],
    }
