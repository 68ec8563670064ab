"""Rows of frames as plain values, ready for JSON; numbers in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def plain_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as plain values; numbers that JSON does not know become None."""
    rows = frame.to_dict(orient="records")
    return [
        {str(k): None if isinstance(v, float) and not np.isfinite(v) else v for k, v in row.items()}
        for row in rows
    ]


def short_number(value: float, sign: str = "") -> str:
    """Write a number in a sentence: about four digits, whole from ten thousand on, never with an exponent.

    >>> short_number(0.15), short_number(120191234.5), short_number(2290.48, "+")
    ('0.15', '120,191,234', '+2,290')
    """
    whole = abs(value) >= 1000 and np.isfinite(value)
    return f"{value:{sign},.0f}" if whole else f"{value:{sign},.4g}"
