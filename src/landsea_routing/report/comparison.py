"""What changes between plans, as sections of a page and as a page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from landsea_routing.report.difference_map import difference_map
from landsea_routing.report.page import (
    FigureSection,
    Section,
    TableSection,
    TextSection,
    dated,
    report_page,
    write_page,
)
from landsea_routing.report.sankey import sankey_figure
from landsea_routing.report.tables import Column
from landsea_routing.report.waterfall import waterfall_figure
from landsea_routing.results.comparison import Comparison
from landsea_routing.results.comparisons import Comparisons

MT = 1e6
MOST_FIGURES = 4
"""Plans beyond which waterfalls become one table."""
MOVES_SHOWN = 15
COLOURS = "Blue is cheaper, orange dearer. What is common to both costs is cut off at the left."
LINES = f"{COLOURS} Inventory: hours of cargo on its way, but for those at borders, at the value of time."
ON_LINKS = "Blue is more, orange less, both ways together. Point at a line for its name and tonnes."
MOVES = "Who goes by another way"
HEIGHTS = "Old ways at the left, new ones at the right, heights by tonnes. Point at a band for its figure."
LEAST = "The least that must have moved: what plans merely read differently on the same flows is left out."


def change_sections(
    change: Comparison | Comparisons, *, heading: str = "What changes", with_map: bool = True
) -> list[Section]:
    """Return what changes in words and pictures: why it costs more or less, where flows change, who moves.

    Several plans share a map and a table; each has its waterfall, up to `MOST_FIGURES` of them. Where nothing
    changes, only the words say so.
    """
    each = _each(change)
    moving = [c for c in each if _changes(c)]
    words = [f"{c.summary()}." for c in each] + [f"{c.moved().summary()}." for c in moving]
    sections: list[Section] = [TextSection(heading, words)]
    if not moving:
        return sections
    drawn = [difference_map(change, note=ON_LINKS)] if with_map else []
    return [*sections, *_waterfalls(change, "line"), *drawn, *_bands(each), *_moves(each)]


def write_comparison(
    change: Comparison | Comparisons, path: str | Path, *, title: str = "", notes: Sequence[str] = ()
) -> Path:
    """Write a comparison as one self-contained offline HTML page.

    Parameters
    ----------
    change : Comparison or Comparisons
        From `compare`.
    path : path
        A file in a folder that exists; an existing file is replaced.
    title : str
        Heading of the page; the names of the plans when not given.
    notes : sequence of str
        Paragraphs set before all else: what was asked, and what one expects to see.

    Returns
    -------
    Path
        Where it is.

    Examples
    --------
    >>> import tempfile
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> base, river = lsr.assign(net), lsr.assign(lsr.load_scenario("river_all_year", net).apply(net))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = write_comparison(lsr.compare(base, river), f"{folder}/river.html").read_text("utf-8")
    >>> page.count('<svg class="bars"'), page.count('<svg class="map')
    (2, 1)
    """
    each = _each(change)
    words, *pictures = change_sections(change)
    network = each[0].first.graph.network
    named = f"{' and '.join(c.names[1] for c in each)} against {each[0].names[0]}"
    page = report_page(
        [
            *([TextSection("The question", notes)] if notes else []),
            words,
            _totals(change),
            *pictures,
            *_waterfalls(change, "commodity"),
        ],
        title=title or named,
        subtitle=dated(network.settings, network.settings.title),
        footer="Figures and their sources: SOURCES.md beside the tables.",
    )
    return write_page(path, page)


def _each(change: Comparison | Comparisons) -> list[Comparison]:
    return [change] if isinstance(change, Comparison) else list(change.each.values())


def _changes(change: Comparison) -> bool:
    return bool(waterfall_figure(change)) or change.moved("link").to_frame().size > 0


def _waterfalls(change: Comparison | Comparisons, by: str) -> list[Section]:
    part = {"line": "line of the ledger"}.get(by, by)
    each = _each(change)
    if isinstance(change, Comparisons) and len(each) > MOST_FIGURES:
        frame = change.waterfall(by)
        columns = [Column(part), *(Column(name, "M USD/yr") for name in change.each)]
        rows = [
            [str(row[0]).replace("_", " "), *(v / MT for v in row[1:])] for row in frame.to_numpy().tolist()
        ]
        return [TableSection(f"Change of cost by {part}", columns, rows)]
    sections: list[Section] = []
    for c in each:
        figure = waterfall_figure(c, by)
        if figure:
            heading = f"Cost from {c.names[0]} to {c.names[1]}, by {part}"
            sections.append(FigureSection(heading, figure, note=LINES if by == "line" else COLOURS))
    return sections


def _bands(each: Sequence[Comparison]) -> list[Section]:
    """Old ways at the left, new ones at the right; a picture for each plan, up to `MOST_FIGURES` of them."""
    if len(each) > MOST_FIGURES:
        return []
    figures = {c.names[1]: sankey_figure(c.moved().sankey(), title=f"{MOVES}: {c.names[1]}") for c in each}
    return [
        FigureSection(MOVES if len(each) == 1 else f"{MOVES}: {name}", figure, note=HEIGHTS)
        for name, figure in figures.items()
        if figure
    ]


def _moves(each: Sequence[Comparison]) -> list[Section]:
    """The largest moves between crossings and ports; with several plans, whose they are."""
    rows: list[list[object]] = []
    for c in each:
        moved = c.moved()
        rows += [
            [c.names[1], r.commodity.replace("_", " "), moved.say(r.old), moved.say(r.new), r.flow_t / MT]
            for r in moved.to_frame().itertuples()
        ]
    if not rows:
        return []
    rows.sort(key=lambda row: -float(str(row[-1])))
    columns = [
        Column("scenario"),
        Column("commodity"),
        Column("went by"),
        Column("goes by"),
        Column("moved", "Mt/yr", 2),
    ]
    one = len(each) == 1
    more = f" The {MOVES_SHOWN} largest of {len(rows)} moves." if len(rows) > MOVES_SHOWN else ""
    shown = [row[1:] if one else row for row in rows[:MOVES_SHOWN]]
    return [TableSection("The largest moves", columns[1:] if one else columns, shown, note=LEAST + more)]


def _totals(change: Comparison | Comparisons) -> TableSection:
    """Totals of a year, a column for each plan."""
    if isinstance(change, Comparison):
        change = Comparisons(change.first, change.names[0], {change.names[1]: change})
    words = {
        "objective_usd": ("generalized cost, M USD/yr", 1e6),
        "carried_t": ("carried, Mt/yr", 1e6),
        "unserved_t": ("unserved, Mt/yr", 1e6),
        "tonne_km": ("transport, bn t-km/yr", 1e9),
        "hours_t": ("time, bn t-h/yr", 1e9),
        "co2e_t": ("emissions, Mt CO2e/yr", 1e6),
    }
    rows = [
        [words[row[0]][0], *(v / words[row[0]][1] for v in row[1:])]
        for row in change.totals().to_numpy().tolist()
    ]
    columns = [Column("total"), *(Column(name, decimals=2) for name in change.names)]
    return TableSection("Totals", columns, rows)
