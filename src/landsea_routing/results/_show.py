"""The one hook through which results reach up to report, and only when they are shown."""

from __future__ import annotations

from collections.abc import Sequence


def text_table(columns: Sequence[str], rows: Sequence[Sequence[object]], align: str | None = None) -> str:
    """Lay out rows as a table for a terminal."""
    from landsea_routing.report.tables import text_table as lay_out

    return lay_out(columns, rows, align=align)


def html_table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], caption: str = "", align: str | None = None
) -> str:
    """Lay out rows as an HTML table with every text escaped."""
    from landsea_routing.report.tables import html_table as lay_out

    return lay_out(columns, rows, caption=caption, align=align)
