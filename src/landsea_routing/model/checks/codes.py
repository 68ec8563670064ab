"""The codes of all findings as data: what each means, and whether a row may waive it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """One code of a finding.

    Parameters
    ----------
    name : str
        Stable code, the same in every release.
    severity : str
        `error`, `warning`, or `error or warning` where the meaning says when it is which.
    meaning : str
        What is wrong.
    waivable : bool
        Whether a row may accept the finding with a reason; what would break a computation may not be.
    """

    name: str
    severity: str
    meaning: str
    waivable: bool = True


ERROR, WARNING, EITHER = "error", "warning", "error or warning"

TOPICS: dict[str, tuple[Code, ...]] = {
    "Keys": (
        Code("duplicate-id", ERROR, "Two rows of a table have the same key", waivable=False),
        Code(
            "duplicate-alias",
            ERROR,
            "Two links share an alias, or an alias is another link's id",
            waivable=False,
        ),
        Code(
            "alias-is-node",
            ERROR,
            "A link's id or alias is, in whatever case, the id of a node",
            waivable=False,
        ),
        Code("lookalike-id", WARNING, "Two ids differ only in how letters are composed (NFC, NFD)"),
        Code(
            "unsafe-id",
            ERROR,
            "An id is empty, over 256 characters or holds control characters",
            waivable=False,
        ),
    ),
    "References": (
        Code("unknown-node", ERROR, "A row names a node that does not exist", waivable=False),
        Code("unknown-commodity", ERROR, "A row names a commodity that does not exist", waivable=False),
        Code("unknown-mode", ERROR, "A list of modes names a mode that does not exist", waivable=False),
        Code(
            "unknown-technology",
            ERROR,
            "A list of technologies names one that does not exist",
            waivable=False,
        ),
        Code("unknown-class", ERROR, "A row names a vehicle class that does not exist", waivable=False),
        Code("class-of-other-mode", ERROR, "A row's vehicle class belongs to another mode", waivable=False),
        Code("unknown-group", ERROR, "A member names a capacity group that does not exist", waivable=False),
        Code(
            "unknown-target",
            ERROR,
            "A member names a link, node or transfer that does not exist",
            waivable=False,
        ),
    ),
    "Values": (
        Code("empty-table", ERROR, "A table that every network needs has no rows", waivable=False),
        Code(
            "not-finite", ERROR, "A number is not a number, or infinite where it may not be", waivable=False
        ),
        Code("negative-value", ERROR, "A number below zero where none may be", waivable=False),
        Code("out-of-range", ERROR, "A number outside the range of its column", waivable=False),
        Code("unknown-word", ERROR, "A word outside the closed vocabulary of its column", waivable=False),
        Code("price-missing", ERROR, "A transfer is priced neither per tonne nor per TEU", waivable=False),
        Code("price-twice", ERROR, "A transfer is priced both per tonne and per TEU", waivable=False),
        Code(
            "not-boxed",
            ERROR,
            "A price or limit per TEU applies to a commodity without t_per_teu",
            waivable=False,
        ),
        Code(
            "payload-missing",
            ERROR,
            "A limit in trains or trucks a day has no payload for a commodity, or none at a gauge it counts",
            waivable=False,
        ),
    ),
    "Geometry": (
        Code(
            "length-below-great-circle",
            EITHER,
            "A link is shorter than 0.99 x the geodesic; a warning where that is below 25 km",
        ),
        Code(
            "circuity",
            EITHER,
            "A link is more than 5 x as long as the geodesic; a warning for links below 25 km",
        ),
        Code("zero-length", ERROR, "A link of length 0 between two different positions"),
        Code(
            "swapped-coordinates",
            ERROR,
            "A node lies far from its country, with lat and lon swapped it would not",
        ),
        Code("null-island", WARNING, "A node lies at latitude 0, longitude 0"),
        Code("inland-port", ERROR, "A port without a link by sea, river or rail ferry"),
        Code("self-loop", WARNING, "A link from a node to itself"),
    ),
    "Gauge": (
        Code("gauge-unreadable", ERROR, "A gauge is not one of those known", waivable=False),
        Code("gauge-missing", ERROR, "A rail or rail-ferry row without a gauge", waivable=False),
        Code("gauge-ignored", WARNING, "A gauge on a mode that has none"),
        Code(
            "gauge-jump-without-facility",
            EITHER,
            "Tracks of different gauge meet at a node and no transfer joins them; a warning where only links "
            "that carry nothing now (planned, closed, a class without tariffs) are cut off",
        ),
        Code(
            "transfer-without-link", WARNING, "A transfer from or to a mode and gauge no link at its node has"
        ),
        Code("mode-without-link", WARNING, "A mode is declared and no link uses it"),
    ),
    "Borders": (
        Code("crossing-missing", ERROR, "A link changes country without a crossings row in each direction"),
        Code(
            "crossing-twice",
            ERROR,
            "Two crossings rows for one link end pair, mode and direction",
            waivable=False,
        ),
        Code("crossing-without-link", WARNING, "A crossings row that no link uses"),
        Code("crossing-same-country", ERROR, "A crossings row between nodes of one country"),
        Code(
            "season-disjoint",
            ERROR,
            "A link and its own crossing are open in no common month, in a direction",
        ),
        Code(
            "clearance-missing", ERROR, "Foreign sea cargo without a clearances row in one of the countries"
        ),
        Code(
            "class-not-international", ERROR, "A sea link between countries in a class that pays no clearance"
        ),
        Code(
            "clearance-not-charged", WARNING, "Sea links between countries in a network without ship classes"
        ),
    ),
    "Capacity": (
        Code("link-without-capacity", ERROR, "A direction of a link on which a commodity is in no group"),
        Code("seasonal-unlimited", ERROR, "Open fewer than 12 months and without a finite limit"),
        Code(
            "border-road-unlimited",
            ERROR,
            "A border road, or a rail-road lift at a border, without a finite limit",
        ),
        Code("group-crossed-twice", WARNING, "A path without a loop can use two members of a finite group"),
        Code("member-twice", ERROR, "Two members make one flow count twice in a group"),
        Code(
            "direction-unused",
            ERROR,
            "A direction for handling, lift or transfer, where it has no meaning",
            waivable=False,
        ),
        Code(
            "border-shared-by-parallel",
            WARNING,
            "Parallel links in different groups through their border, which is one and the same crossing",
        ),
        Code("empty-group", WARNING, "A capacity group without members"),
        Code("zero-capacity", WARNING, "A limit of 0: nothing can pass"),
        Code(
            "rail-road-rail-detour",
            WARNING,
            "Trucks could carry cargo round a gauge yard within 50 km, unlimited",
        ),
    ),
    "Time and parts": (
        Code("planned-in-base", ERROR, "A link operates before the year it opens"),
        Code("capacity-of-later-year", WARNING, "A finite limit of a year after the base year"),
        Code("disconnected", WARNING, "Parts of the network hang apart even with planned links open"),
        Code("isolated-node", WARNING, "A node without any link"),
    ),
    "Demand and rates": (
        Code(
            "unit-mismatch", ERROR, "Demand in a unit that is neither t nor the commodity's", waivable=False
        ),
        Code("demand-origin-is-destination", WARNING, "Demand from a node to itself"),
        Code("loads-forbid", WARNING, "Demand from or to a node that does not load the commodity"),
        Code(
            "tariff-missing", ERROR, "An operating link without a tariff for a commodity its mode may carry"
        ),
        Code(
            "access-missing", WARNING, "A node loads a commodity on a mode for which there is no access row"
        ),
        Code(
            "emission-missing",
            WARNING,
            "Operating links without an emission factor for a commodity their mode may carry",
        ),
        Code("unserved-price-missing", WARNING, "There is demand and no price of leaving it at home"),
    ),
    "Waivers": (
        Code("waiver-without-reason", ERROR, "A waiver that is not written `code: reason`", waivable=False),
        Code("waiver-unknown-code", ERROR, "A waiver of a code that does not exist", waivable=False),
        Code("waiver-refused", ERROR, "A waiver of a finding that may not be waived", waivable=False),
        Code("waiver-unused", WARNING, "A waiver that matches no finding", waivable=False),
    ),
}
"""All codes, by topic, in the order of the report."""

CODES: dict[str, Code] = {code.name: code for codes in TOPICS.values() for code in codes}
