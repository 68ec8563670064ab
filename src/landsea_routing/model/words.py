"""The closed vocabularies of the tables: modes, gauges, technologies, statuses."""

from __future__ import annotations

from functools import lru_cache

from landsea_routing.errors import InvalidValueError

MODES = ("rail", "road", "sea", "inland_water", "rail_ferry")
GAUGED_MODES = ("rail", "rail_ferry")
"""Modes that carry wagons and so have a gauge."""
WATER_MODES = ("sea", "inland_water", "rail_ferry")
HUB_MODES = ("sea", "inland_water", "rail_ferry")
"""Modes where cargo that arrives at a node may not leave again without a priced relay."""
GAUGES_MM = (1435, 1520, 1067)
STATUSES = ("operating", "planned", "closed", "restricted")
SAME_WAGON = ("bogie_exchange", "gauge_adjustable")
"""Technologies that keep the wagon, so that no new boarding is paid."""
TECHNOLOGIES = ("transload", "lift", "pump", "roll", "relay", *SAME_WAGON)
NODE_KINDS = ("city", "port", "river_port", "rail_junction", "border_post", "mine", "terminal")
PORT_KINDS = ("port", "river_port")
CONFIDENCES = ("high", "med", "low", "assumed")
GROUP_KINDS = ("track", "yard", "crossing", "port", "screenline")
GROUP_UNITS = ("t/yr", "TEU/yr", "trains/day", "trucks/day")
MEMBER_TARGETS = ("link", "border", "handling", "lift", "gauge_transfer", "transfer")
DIRECTIONS = ("both", "forward", "backward")
COMMODITY_UNITS = ("t", "TEU", "m3")
ANY = "*"
ALL = "all"


@lru_cache(maxsize=4096)
def split_words(text: str) -> tuple[str, ...]:
    """Split a `;`-separated cell into its words, in order.

    >>> split_words("coal; iron_ore")
    ('coal', 'iron_ore')
    >>> split_words("")
    ()
    """
    return tuple(word.strip() for word in text.split(";") if word.strip())


def parse_gauges(text: str) -> tuple[int, ...]:
    """Gauges of a track in millimetres, sorted; dual gauge is written `1435+1520`.

    >>> parse_gauges("1520+1435")
    (1435, 1520)
    >>> parse_gauges("1520;1435")
    (1435, 1520)
    """
    words = [w for w in text.replace(";", "+").split("+") if w.strip()]
    gauges = []
    for word in words:
        try:
            value = float(word)
        except ValueError:
            value = -1.0
        if value not in GAUGES_MM:
            hint = " (metres? write millimetres)" if 0.5 < value < 2.0 else ""
            raise InvalidValueError(
                f"gauge {word!r} is not known{hint}",
                column="gauge",
                ids=(text,),
                expected=f"one of {', '.join(map(str, GAUGES_MM))}, joined by + for dual gauge",
                cure="write the gauge in millimetres",
            )
        gauges.append(int(value))
    return tuple(sorted(set(gauges)))


def lists_word(cell: str, word: str) -> bool:
    """Say whether a `;`-separated cell lists a word, `*` and `all` listing every word.

    >>> lists_word("coal;grain", "grain"), lists_word("all", "grain"), lists_word("", "grain")
    (True, True, False)
    """
    words = split_words(cell)
    return word in words or ANY in words or ALL in words
