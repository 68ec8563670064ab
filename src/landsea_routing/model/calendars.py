"""Open months as a 12-bit mask: bit 0 is January."""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.units import MONTHS_PER_YEAR

ALL_YEAR = (1 << MONTHS_PER_YEAR) - 1


def parse_months(text: str) -> int:
    """Mask of a month list such as `1-12`, `5-10`, `11-3` (over the new year) or `1;6-9`.

    >>> bin(parse_months("5-10"))
    '0b1111110000'
    >>> parse_months("11-2") == parse_months("11;12;1;2")
    True
    """
    mask = 0
    for part in text.split(";"):
        first, dash, last = part.strip().partition("-")
        months = _month(first, text), _month(last if dash else first, text)
        month = months[0]
        mask |= 1 << (month - 1)
        while month != months[1]:
            month = month % MONTHS_PER_YEAR + 1
            mask |= 1 << (month - 1)
    return mask


def _month(word: str, text: str) -> int:
    if not word.strip().isdecimal() or not 1 <= int(word) <= MONTHS_PER_YEAR:
        raise InvalidValueError(
            f"open months {text!r} cannot be read",
            column="open_months",
            ids=(text,),
            expected="months 1 to 12 as a range (5-10) or a list (1;6-9)",
            cure="write 1-12 for a link that is open all year, status closed for one that never is",
        )
    return int(word)


def format_months(mask: int) -> str:
    """Write a mask as the shortest month list; the inverse of `parse_months`.

    >>> format_months(parse_months("11-2")), format_months(parse_months("6-9"))
    ('11-2', '6-9')
    """
    if mask == ALL_YEAR:
        return "1-12"
    is_open = [bool(mask >> m & 1) for m in range(MONTHS_PER_YEAR)]
    parts = []
    for start in range(MONTHS_PER_YEAR):
        if is_open[start] and not is_open[start - 1]:
            end = start
            while is_open[(end + 1) % MONTHS_PER_YEAR]:
                end = (end + 1) % MONTHS_PER_YEAR
            parts.append(f"{start + 1}" if start == end else f"{start + 1}-{end + 1}")
    return ";".join(parts)


def open_share(mask: IntArray) -> FloatArray:
    """Share of the year in which each mask is open.

    >>> open_share(np.array([ALL_YEAR, parse_months("5-10")])).tolist()
    [1.0, 0.5]
    """
    bits = (mask[:, None] >> np.arange(MONTHS_PER_YEAR)) & 1
    return np.asarray(bits.sum(axis=1) / MONTHS_PER_YEAR, dtype=np.float64)
