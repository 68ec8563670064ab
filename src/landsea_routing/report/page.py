"""Sections in, one HTML document out that needs no other file and no network."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from landsea_routing.errors import InvalidValueError
from landsea_routing.io.atomic import write_text
from landsea_routing.model.network import Settings
from landsea_routing.report._html import Markup, escape_text, join_markup, page, read_static
from landsea_routing.report._marks import FlowLayer, MapLine, MapPoint, MapTrack
from landsea_routing.report.basemap import Land
from landsea_routing.report.map import map_figure, map_script
from landsea_routing.report.tables import ColumnLike, html_table


@dataclass(frozen=True, slots=True)
class TextSection:
    """Plain paragraphs.

    Parameters
    ----------
    heading : str
    paragraphs : sequence of str
        Plain text; escaped.
    """

    heading: str
    paragraphs: Sequence[str]


@dataclass(frozen=True, slots=True)
class TableSection:
    """One table.

    Parameters
    ----------
    heading : str
    columns : sequence of str or Column
    rows : sequence of sequences
    note : str
        Set under the table.
    align : str, optional
        One letter per column, ``l`` or ``r``.
    """

    heading: str
    columns: Sequence[ColumnLike]
    rows: Sequence[Sequence[Any]]
    note: str = ""
    align: str | None = None


@dataclass(frozen=True, slots=True)
class MapSection:
    """One map; see `landsea_routing.report.map.map_figure` for what the fields mean.

    Parameters
    ----------
    heading : str
    lines, points, layers, tracks : sequences of MapLine, MapPoint, FlowLayer and MapTrack
    land : Land, optional
    box : (west, south, east, north), optional
    unit : str
        Unit of the flows.
    note : str
        Set under the map.
    difference : bool
        Show differences to the first layer only.
    """

    heading: str
    lines: Sequence[MapLine] = field(repr=False)
    points: Sequence[MapPoint] = field(repr=False)
    layers: Sequence[FlowLayer] = ()
    land: Land | None = field(default=None, repr=False)
    box: Sequence[float] | None = None
    unit: str = "t/yr"
    note: str = ""
    tracks: Sequence[MapTrack] = ()
    difference: bool = False


@dataclass(frozen=True, slots=True)
class FigureSection:
    """A chart that another file of this folder has drawn.

    Parameters
    ----------
    heading : str
    figure : Markup
        Inline SVG, its texts escaped already; it may use the variables and classes of the style sheet.
    note : str
        Set under the chart.
    """

    heading: str
    figure: Markup = field(repr=False)
    note: str = ""


Section: TypeAlias = TextSection | TableSection | MapSection | FigureSection


def dated(settings: Settings, about: str = "") -> str:
    """Return what a page says below its title: what it is about, and the base year where there is one.

    Examples
    --------
    >>> dated(Settings("x", base_year=2020), "Land and sea"), dated(Settings("x"))
    ('Land and sea, base year 2020', '')
    """
    return ", ".join(filter(None, (about, f"base year {settings.base_year}" if settings.base_year else "")))


def report_page(sections: Sequence[Section], *, title: str, subtitle: str = "", footer: str = "") -> str:
    """Put sections into one document, in their order.

    Parameters
    ----------
    sections : sequence of sections
    title, subtitle, footer : str
        Plain text; escaped.

    >>> html = report_page([TextSection("Why", ["Because 1 < 2."])], title="Report")
    >>> "Because 1 &lt; 2." in html, "http" in html.replace("http-equiv", "")
    (True, False)
    """
    data: dict[str, Any] = {}
    parts = [_section_markup(section, f"map-{i}", data) for i, section in enumerate(sections, start=1)]
    lead = f'<p class="subtitle">{escape_text(subtitle)}</p>' if subtitle else ""
    body = join_markup(
        [
            f"<header><h1>{escape_text(title)}</h1>{lead}</header>",
            "<main>",
            *parts,
            "</main>",
            f"<footer><p>{escape_text(footer)}</p></footer>" if footer else "",
        ]
    )
    return page(title, body, style=read_static("page.css"), script=map_script(body), data=data)


def _section_markup(section: Section, name: str, data: dict[str, Any]) -> str:
    """One section; what its script needs is added to ``data``."""
    wide = ""
    if isinstance(section, TextSection):
        content = "".join(f"<p>{escape_text(text)}</p>" for text in section.paragraphs)
    elif isinstance(section, TableSection):
        content = html_table(section.columns, section.rows, align=section.align, label=section.heading)
    elif isinstance(section, FigureSection):
        content = f'<figure class="chart">{section.figure}</figure>'
    else:
        wide = ' class="wide"'
        content, data[f"{name}-data"] = map_figure(
            section.lines,
            section.points,
            title=section.heading,
            layers=section.layers,
            land=section.land,
            box=section.box,
            unit=section.unit,
            name=name,
            tracks=section.tracks,
            difference=section.difference,
        )
    note = getattr(section, "note", "")
    closing = f'<p class="note">{escape_text(note)}</p>' if note else ""
    return f"<section{wide}><h2>{escape_text(section.heading)}</h2>{content}{closing}</section>"


def write_page(path: str | os.PathLike[str], html: str) -> Path:
    """Write a document so that a reader sees the old file or the new one, never a torn one.

    Parameters
    ----------
    path : path
        A file in a folder that exists; an existing file is replaced.
    html : str

    Returns
    -------
    Path
        Where it is.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = write_page(Path(folder) / "report.html", "<!DOCTYPE html>")
    ...     print(written.name, written.read_text())
    report.html <!DOCTYPE html>
    """
    target = Path(path)
    if target.is_dir():
        raise InvalidValueError(
            f"{target} is a folder", expected="the name of a file", cure="add a file name"
        )
    if not target.parent.is_dir():
        raise InvalidValueError(
            f"the folder {target.parent} does not exist",
            expected="a folder that exists",
            cure="make it first",
        )
    write_text(target, html)
    return target
