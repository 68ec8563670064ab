"""What the tags of OpenStreetMap say, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from landsea_routing.model.words import GAUGES_MM

Tags = Mapping[str, str]
LIFE = {
    "construction": "planned",
    "proposed": "planned",
    "planned": "planned",
    "disused": "closed",
    "abandoned": "",
    "razed": "",
    "dismantled": "",
    "demolished": "",
    "removed": "",
}
"""Status of a line by the word for its stage of life; empty where nothing is left of it."""
RAILWAYS = ("rail", "narrow_gauge")
MAIN_ROADS = ("motorway", "trunk", "primary")
YES, NO = ("yes", "true", "1"), ("no", "false", "0", "private")
BACKWARD = ("-1", "reverse")
TERMINAL = {
    ("railway", "yard"): "terminal",
    ("railway", "container_terminal"): "terminal",
    ("industrial", "container_terminal"): "terminal",
    ("industrial", "intermodal_freight_terminal"): "terminal",
    ("industrial", "port"): "port",
    ("landuse", "port"): "port",
    ("harbour", "yes"): "port",
    ("amenity", "ferry_terminal"): "port",
    ("railway", "border"): "border_post",
    ("barrier", "border_control"): "border_post",
}
"""Kind of node by tag, for places at which lines are cut."""
NAMING = ("station", "halt", "junction", "site")
"""Railway places that give a junction its name."""
KEYS = (
    *("railway", "highway", "route", "amenity", "industrial", "landuse", "harbour", "barrier"),
    *(f"{word}:railway" for word in LIFE),
)
"""Keys of which an object must have one to say anything to us."""


@dataclass(frozen=True)
class Rules:
    """What of OpenStreetMap is wanted.

    Parameters
    ----------
    modes : tuple of str
        Among rail, road, sea and rail_ferry.
    roads : tuple of str
        Classes of road; each with its `_link` roads.
    service_tracks : bool
        Whether sidings, yards, spurs and crossovers are lines too.
    missing_gauge : int
        Gauge in mm taken where a railway tells none; 0 leaves such railways out.
    gauge_as : mapping
        Gauge here of gauges that this library does not know: `{1524: 1520}`.
    """

    modes: tuple[str, ...] = ("rail", "road", "sea", "rail_ferry")
    roads: tuple[str, ...] = MAIN_ROADS
    service_tracks: bool = False
    missing_gauge: int = 0
    gauge_as: Mapping[int, int] = field(default_factory=dict)


class Line(NamedTuple):
    """What holds along a way; `oneway` is 1 along it, -1 against it and 0 both ways."""

    mode: str
    gauge: str
    status: str
    oneway: int
    electrified: str
    usage: str
    name: str
    note: str


def read_line(tags: Tags, rules: Rules) -> Line | str:
    """Say what a way is to us; a text that says why where it is nothing, empty where it is none of ours.

    Examples
    --------
    >>> read_line({"railway": "rail", "gauge": "1520;1435", "electrified": "contact_line"}, Rules()).gauge
    '1435+1520'
    >>> read_line({"railway": "rail", "gauge": "750"}, Rules())
    'railways of gauge 750'
    """
    kind, status = _life(tags, "railway")
    ferry = tags.get("route") == "ferry"
    if kind in RAILWAYS:
        found = _railway(tags, status, rules)
    elif kind == "ferry" or (ferry and tags.get("train", tags.get("rail", "no")) in YES):
        found = _ferry(tags, "rail_ferry", rules)
    elif ferry:
        found = _ferry(tags, "sea", rules)
    elif "highway" in tags:
        found = _road(tags, rules)
    else:
        # Buildings, platforms and areas share the key with lines; only lines of another kind are named.
        lines = ("tram", "subway", "light_rail", "monorail", "funicular", "miniature", "preserved")
        found = f"railways of kind {kind}" if kind in lines else ""
    return "" if isinstance(found, Line) and found.mode not in rules.modes else found


def read_place(tags: Tags) -> str:
    """Return the kind of node that an object makes, `name` if it only gives a name, or nothing.

    >>> read_place({"amenity": "ferry_terminal"}), read_place({"railway": "station", "name": "A"})
    ('port', 'name')
    """
    for key, value in tags.items():
        if (key, value) in TERMINAL:
            return TERMINAL[key, value]
    return "name" if tags.get("railway") in NAMING and tags.get("name") else ""


def _life(tags: Tags, key: str) -> tuple[str, str]:
    """Return the kind of a line and its status, whichever way its stage of life is written."""
    kind = tags.get(key, "")
    if kind in LIFE:
        told = tags.get(kind, "yes")
        return ("rail" if key == "railway" else "") if told in YES else told, LIFE[kind]
    for word, status in LIFE.items():
        if not kind and f"{word}:{key}" in tags:
            return tags[f"{word}:{key}"], status
    # An older way to write it: `railway=rail` and `disused=yes`.
    said = [status for word, status in LIFE.items() if tags.get(word) in YES]
    return kind, said[0] if said and kind else "operating"


def _railway(tags: Tags, status: str, rules: Rules) -> Line | str:
    if not status:
        return "abandoned railways"
    if "service" in tags and not rules.service_tracks:
        return "service tracks"
    gauge, problem = _gauge(tags, rules)
    if not gauge:
        return problem
    note = "gauge not told" if "gauge" not in tags else problem
    return Line(
        "rail", gauge, status, 0, _electrified(tags), tags.get("usage", ""), tags.get("name", ""), note
    )


def _gauge(tags: Tags, rules: Rules) -> tuple[str, str]:
    """Return the gauge in our words, and what is not known of it."""
    if "gauge" not in tags:
        known = str(rules.missing_gauge) if rules.missing_gauge else ""
        return known, "" if known else "railways without gauge"
    gauges, odd = set(), []
    for word in tags["gauge"].replace("+", ";").replace(",", ";").split(";"):
        text = word.strip().removesuffix("mm").strip()
        value = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
        value = rules.gauge_as.get(value, value)
        if value in GAUGES_MM:
            gauges.add(value)
        else:
            odd.append(text)
    problem = f"railways of gauge {';'.join(odd)}" if odd else ""
    return "+".join(map(str, sorted(gauges))), problem


def _electrified(tags: Tags) -> str:
    kind = tags.get("electrified", "")
    volts, hertz = tags.get("voltage", ""), tags.get("frequency", "")
    return " ".join(filter(None, (kind, volts and f"{volts} V", hertz and f"{hertz} Hz")))


def _ferry(tags: Tags, mode: str, rules: Rules) -> Line | str:
    if any(tags.get(key) in NO for key in ("access", "hgv", "motor_vehicle")) and mode == "sea":
        return "ferries without trucks"
    gauge, problem = _gauge(tags, rules) if mode == "rail_ferry" else ("", "")
    if mode == "rail_ferry" and not gauge:
        return problem.replace("railways", "train ferries")
    note = f"duration {tags['duration']}" if "duration" in tags else ""
    return Line(mode, gauge, _seasonal(tags), _oneway(tags), "", "", tags.get("name", ""), note)


def _road(tags: Tags, rules: Rules) -> Line | str:
    kind, status = _life(tags, "highway")
    main = kind.removesuffix("_link")
    if main not in rules.roads:
        return ""
    if not status or any(tags.get(key) in NO for key in ("access", "hgv", "motor_vehicle")):
        return "roads closed to trucks"
    oneway = _oneway(tags)
    if "oneway" not in tags and (main == "motorway" or tags.get("junction") == "roundabout"):
        oneway = 1
    seasonal = _seasonal(tags)
    status = seasonal if status == "operating" else status
    name = tags.get("ref") or tags.get("name", "")
    return Line("road", "", status, oneway, "", main, name, "seasonal" if seasonal == "restricted" else "")


def _oneway(tags: Tags) -> int:
    word = tags.get("oneway", "").lower()
    return 1 if word in YES else -1 if word in BACKWARD else 0


def _seasonal(tags: Tags) -> str:
    """Ice roads and summer ferries: the months are not told, so that only a scenario may open them."""
    words = (tags.get(key, "no") for key in ("seasonal", "ice_road", "winter_road"))
    return "restricted" if any(word not in NO for word in words) else "operating"
