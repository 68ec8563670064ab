"""The answer to a planner's question as one page: words, numbers and pictures."""

from __future__ import annotations

from pathlib import Path

from landsea_routing.model.network import Network
from landsea_routing.report.bars import bar_figure
from landsea_routing.report.comparison import change_sections
from landsea_routing.report.network_map import flow_map
from landsea_routing.report.page import (
    FigureSection,
    Section,
    TableSection,
    TextSection,
    dated,
    report_page,
    write_page,
)
from landsea_routing.results.answer import Answer, Sheet
from landsea_routing.whatif.compare import compare

SOURCES = "Figures and their sources: SOURCES.md beside the tables. Land: Natural Earth, public domain."


def write_answer(answer: Answer, network: Network, path: str | Path) -> Path:
    """Write an answer as one self-contained offline HTML page."""
    sections: list[Section] = [
        TextSection("The question", [answer.question, *(f"Source: {s}." for s in answer.sources)]),
        _expectations(answer),
    ]
    of = f": {answer.drawn}" if answer.drawn else ""
    if answer.plans:
        note = "Width by tonnes a year, both ways. Point at a line for its name."
        sections.append(flow_map(answer.plans, heading=f"Where it flows{of}", note=note))
    for sheet in answer.sheets:
        columns, rows, align = sheet.table()
        sections.append(TableSection(sheet.title, columns, rows, note=sheet.note, align=align))
        sections += _chart(sheet)
    if answer.names:
        rows = [[name, said] for name, said in answer.names.items()]
        sections.append(TableSection("What the names stand for", ["name", "stands for"], rows))
    if len(answer.plans) > 1:
        sections += change_sections(
            compare(*answer.plans.values(), names=tuple(answer.plans)), heading=f"What changes{of}"
        )
    page = report_page(
        sections,
        title=f"{answer.id}: {answer.title}",
        subtitle=dated(network.settings, network.settings.title),
        footer=SOURCES,
    )
    return write_page(path, page)


def _expectations(answer: Answer) -> TableSection:
    """What was expected of each table beside what came out; the title of a table stands at its first."""
    groups = answer.by_sheet()
    columns = ["table", "what was expected", "came out", "expected", "as expected"]
    rows = [
        [title if i == 0 else "", v.expected.says, v.came, v.wanted, "yes" if v.holds else "no"]
        for title, of in groups.items()
        for i, v in enumerate(of)
    ]
    if len(groups) < 2:
        columns, rows = columns[1:], [row[1:] for row in rows]
    told = [answer.summary(), *(f"{v.expected.says}: {v.ruling}" for v in answer.verdicts if not v.holds)]
    note = " ".join(f"{sentence}." for sentence in told)
    align = "l" * len(columns)
    return TableSection("What was expected, and what came out", columns, rows, note=note, align=align)


def _chart(sheet: Sheet) -> list[Section]:
    """One bar for each row with a number in the column that the sheet draws, if there are two."""
    if sheet.chart not in sheet.columns:
        return []
    cells = [(row, sheet.cell(row, sheet.chart)) for row in sheet.rows if row not in sheet.aside]
    drawn = [(row, float(cell)) for row, cell in cells if isinstance(cell, int | float)]
    if len(drawn) < 2:
        return []
    labels, values = zip(*drawn, strict=True)
    figure = bar_figure(labels, values, title=f"{sheet.title}: {sheet.chart}")
    return [FigureSection(sheet.chart[:1].upper() + sheet.chart[1:], figure)]
