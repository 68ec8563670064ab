"""The tables behind a deck: links, nodes and land as columns, made without a loop over rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.model.network import Network
from landsea_routing.report import _marks as marks
from landsea_routing.report._hues import hues, line_hue
from landsea_routing.report.basemap import MAX_LAT, Box, Land, load_land
from landsea_routing.report.tables import format_amounts
from landsea_routing.results.assignment import DUST_T

if TYPE_CHECKING:
    import pandas as pd

LOOK = ["mode", "gauge", "status"]
FULL, FAINT = 225, 140
"""How opaque lines in operation and others are, of 255."""
BOW_SHARE, BOW_MOST_SHARE = 0.07, 0.005
"""How far a line beside another swings aside: share of its length, at most of the width of the view."""


def rgb(hue: str) -> list[int]:
    """Red, green and blue of a colour of the style sheet.

    >>> rgb("#1d63ae")
    [29, 99, 174]
    """
    return list(bytes.fromhex(hue.removeprefix("#")))


def link_table(network: Network, box: Box, flow_t: FloatArray | None = None) -> pd.DataFrame:
    """Return a row for each link, the widest first: path, width, colours and words.

    Parameters
    ----------
    network : Network
    box : Box
        The view: how far lines beside others swing aside follows from it.
    flow_t : (2, n_links) array, optional
        Tonnes a year there and back; without it all lines are thin and coloured.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> table = link_table(lsr.load_network("toy_three_ports"), Box(0, 0, 9, 9))
    >>> table["says"].iloc[-1].splitlines()[1]
    'sea, 120 km'
    """
    import pandas as pd

    links, nodes = network.links, network.nodes
    start, end = (pd.Index(nodes["id"]).get_indexer(links[side]) for side in ("from_node", "to_node"))
    frame = pd.DataFrame({name: links[name] for name in ("id", *LOOK)}, dtype=object)
    frame["path"] = _paths(network, start, end, box)
    name = nodes["name"].astype(object)
    km = np.char.mod("%.0f", links["length_km"]).astype(object)
    kind = (frame["mode"].str.replace("_", " ") + " " + frame["gauge"]).str.rstrip()
    status = (", " + frame["status"]).where(frame["status"] != "operating", "")
    frame["says"] = name[start] + " – " + name[end] + "\n" + kind + ", " + km + " km" + status
    frame["says"] += "\n" + frame["id"]
    if flow_t is not None:
        there, back = (format_amounts(t, "t/yr").astype(object) for t in flow_t)
        frame["says"] += "\n→ " + there + "\n← " + back
    total_t = np.zeros(len(frame)) if flow_t is None else flow_t.sum(axis=0)
    _paint(frame, total_t, plain=flow_t is None)
    return frame.iloc[np.lexsort([-total_t, total_t > DUST_T])]


def _paint(frame: pd.DataFrame, total_t: FloatArray, *, plain: bool) -> None:
    """Add width and colours; what carries nothing is thin and, where something else does, grey."""
    looks = [_look(*row) for row in frame[LOOK].drop_duplicates().itertuples(index=False, name=None)]
    which = frame.groupby(LOOK, sort=False).ngroup().to_numpy()
    hue, inner = np.array(looks, dtype=np.int64).reshape(-1, 2, 4)[which].transpose(1, 0, 2)
    idle = total_t <= DUST_T
    thin = np.where(frame["mode"] == "rail", 2.0, 1.2) * (1.0 if plain else 0.5)
    wide = marks.WIDEST_PX * total_t / max(float(total_t.max(initial=0.0)), DUST_T)
    px = np.where(idle, thin, np.maximum(1.4, wide))
    if not plain:
        hue[idle, :3], inner[idle, 3] = rgb(hues()["idle"]), 0
    frame["px"], frame["hue"], frame["inner"] = px.round(2), list(hue), list(inner)


def _look(mode: str, gauge: str, status: str) -> tuple[list[int], list[int]]:
    """Colour, and that of the inner line of dual-gauge track; transparent where there is none."""
    _, inner = marks.gauge_classes(mode, gauge)
    alpha = FAINT if marks.status_class(status) else FULL
    core = [*rgb(hues()[inner]), alpha] if inner else [0, 0, 0, 0]
    return [*rgb(line_hue(mode, gauge)), alpha], core


def _paths(network: Network, start: IntArray, end: IntArray, box: Box) -> pd.Series[Any]:
    """Courses where there are some, else straight lines, or bows where another line has the same ends."""
    import pandas as pd

    lonlat = np.column_stack([network.nodes["lon"], network.nodes["lat"]])
    ends = np.stack([lonlat[start], lonlat[end]], axis=1)
    # The short way round, as on the other maps.
    ends[:, 1, 0] -= 360 * np.round((ends[:, 1, 0] - ends[:, 0, 0]) / 360)
    paths = pd.Series(list(ends.round(5)), dtype=object)
    course = pd.Series(network.links["id"], dtype=object).map(network.courses.get)
    curved = course.notna().to_numpy()
    paths[curved] = course[curved]
    pairs = pd.DataFrame({"low": np.minimum(start, end), "high": np.maximum(start, end)})[~curved]
    rail_first = np.argsort(network.links["mode"][~curved] != "rail", kind="stable")
    rank = pairs.iloc[rail_first].groupby(["low", "high"]).cumcount()
    rank = rank[rank > 0]
    beside = rank.index.to_numpy()
    # The side must not depend on which end a line starts from.
    side = _swing(rank.to_numpy()) * np.where(start[beside] > end[beside], -1, 1)
    paths[beside] = pd.Series(list(_bows(ends[beside], side, box).round(5)), index=beside, dtype=object)
    return paths


def _swing(rank: IntArray) -> IntArray:
    """1, -1, 2, -2 ...: to which side and how far the lines after the first swing.

    >>> _swing(np.array([1, 2, 3])).tolist()
    [1, -1, 2]
    """
    return (rank + 1) // 2 * np.where(rank % 2, 1, -1)


def _bows(ends: FloatArray, side: IntArray, box: Box) -> FloatArray:
    """Seven points on a curve between the ends of each line, that swings aside in the middle."""
    step = ends[:, 1] - ends[:, 0]
    length = np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-12)
    most = BOW_MOST_SHARE * (box.east - box.west)
    aside = np.minimum(BOW_SHARE * length, most) * side / length
    share = np.linspace(0, 1, 7)
    across = np.stack([-step[:, 1], step[:, 0]], axis=-1) * aside[:, None]
    straight = ends[:, :1] + step[:, None] * share[:, None]
    return np.asarray(straight + across[:, None] * (4 * share * (1 - share))[:, None])


def node_table(network: Network) -> pd.DataFrame:
    """Return a row for each node: position and words."""
    import pandas as pd

    nodes = network.nodes
    lonlat = np.column_stack([nodes["lon"], nodes["lat"]])
    frame = pd.DataFrame({name: nodes[name] for name in ("id", "name", "kind")}, dtype=object)
    words = frame["name"] + "\n" + frame["kind"].str.replace("_", " ") + "\n" + frame["id"]
    return pd.DataFrame({"at": list(lonlat.round(5)), "says": words})


def land_tables(path: Path | None = None) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return areas of land and water in the order they are painted, coasts, and whom to credit.

    Parameters
    ----------
    path : Path, optional
        A network's own outlines: they take the place of the world's where they are complete.
    """
    import pandas as pd

    land = load_land()
    rings, hue, coast = *_areas(land), _coast(land)
    if path is not None:
        land = load_land(path)
        west, south, east, north = land.box
        frame = np.array([(west, south), (east, south), (east, north), (west, north)])
        middle = coast.mean(axis=1)
        coast = coast[~np.all((middle > (west, south)) & (middle < (east, north)), axis=1)]
        more, more_hue = _areas(land)
        rings, hue = [*rings, frame, *more], [*hue, hues()["water"], *more_hue]
        coast = np.concatenate([coast, _coast(land)])
    areas = pd.DataFrame({"path": rings, "hue": [rgb(each) for each in hue]})
    return areas, pd.DataFrame({"path": list(coast.round(4))}), land.source


def _areas(land: Land) -> tuple[list[FloatArray], list[str]]:
    """Rings, outer ones first, and the colour of each: a ring in a ring is a lake."""
    rings = [np.column_stack([r[:, 0], r[:, 1].clip(-MAX_LAT, MAX_LAT)]).round(4) for r in land.rings]
    rings.sort(key=lambda ring: -float(np.ptp(ring, axis=0).prod()))
    edges = [np.stack([ring, np.roll(ring, -1, axis=0)]) for ring in rings]
    wet = [_crossings(ring[0], edges[:i]) % 2 == 1 for i, ring in enumerate(rings)]
    return rings, [hues()["water" if lake else "land"] for lake in wet]


def _crossings(place: FloatArray, edges: list[FloatArray]) -> int:
    """How many edges lie due east of a place."""
    if not edges:
        return 0
    (x0, y0), (x1, y1) = np.concatenate(edges, axis=1).transpose(0, 2, 1)
    level = (y0 > place[1]) != (y1 > place[1])
    x = x0 + np.divide(place[1] - y0, y1 - y0, out=np.zeros(len(x0)), where=level) * (x1 - x0)
    return int(np.sum(level & (x > place[0])))


def _coast(land: Land) -> FloatArray:
    """Segments of all rings but those along the edge of the box, where land is only cut off."""
    parts = [np.stack([ring, np.roll(ring, -1, axis=0)], axis=1) for ring in land.rings]
    segments = np.concatenate([np.empty((0, 2, 2)), *parts])
    west, south, east, north = land.box
    edge = np.array([[west, south], [east, north]])
    cut = [np.all(np.isclose(segments, corner, atol=1e-6), axis=1).any(axis=1) for corner in edge]
    return np.asarray(segments[~(cut[0] | cut[1])])
