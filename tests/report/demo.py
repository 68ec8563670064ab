"""A page that uses every section, on made-up data; shared by the tests of this folder."""

import numpy as np

from landsea_routing.report._marks import FlowLayer, MapLine, MapPoint
from landsea_routing.report.page import MapSection, Section, TableSection, TextSection, report_page
from landsea_routing.report.tables import Column

MODES = [("rail", "1435"), ("rail", "1520"), ("rail", "1435+1520"), ("road", ""), ("sea", ""), ("barge", "")]


def demo_map(names: list[str]) -> MapSection:
    rng = np.random.default_rng(7)
    places = np.column_stack([rng.uniform(100, 145, 40), rng.uniform(30, 55, 40)])
    points = [
        MapPoint(
            float(lon), float(lat), names[i % len(names)], ["city", "border_post", "port"][i % 3], 40.0 - i
        )
        for i, (lon, lat) in enumerate(places)
    ]
    ends = [rng.choice(40, 2, replace=False) for _ in range(90)]
    lines = [
        MapLine(
            [tuple(places[a]), tuple(places[b])], *MODES[i % 6], label=names[i % len(names)], group=names[0]
        )
        for i, (a, b) in enumerate(ends)
    ]
    flows = rng.pareto(1.5, (2, 90)) * 1e6 * (rng.random((2, 90)) < 0.5)
    layers = [FlowLayer(names[0], flows[0], names[-1]), FlowLayer(names[-1], flows[1])]
    return MapSection("Map of " + names[0], lines, points, layers, note=names[0])


def demo_page(names: list[str]) -> str:
    wide = [Column(f"{name} {i}", "t/yr") for i, name in enumerate(names[:1] * 14)]
    sections: list[Section] = [
        TextSection(names[0], names),
        demo_map(names),
        TableSection("Table", wide, [[name, *range(13)] for name in names], note=names[-1]),
    ]
    return report_page(sections, title=names[0], subtitle=names[-1], footer=names[0])


def large_section(n_lines: int, name: str = "Place") -> MapSection:
    """A grid of many short lines, with flows of two scenarios."""
    rng = np.random.default_rng(1)
    side = int(np.ceil(np.sqrt(n_lines / 2))) + 1
    grid = np.meshgrid(np.linspace(100, 140, side), np.linspace(30, 55, side), indexing="ij")
    places = np.stack(grid, axis=-1).reshape(-1, 2) + rng.uniform(-0.05, 0.05, (side * side, 2))
    at = np.arange(side * side).reshape(side, side)
    pairs = [np.stack([at[1:], at[:-1]], -1), np.stack([at[:, 1:], at[:, :-1]], -1)]
    ends = np.concatenate([p.reshape(-1, 2) for p in pairs])[:n_lines].tolist()
    flow = rng.pareto(1.2, n_lines) * 1e4 * (rng.random(n_lines) < 0.5)
    lines = [
        MapLine([tuple(places[a]), tuple(places[b])], *MODES[i % 6], label=f"{name} {a} – {name} {b}")
        for i, (a, b) in enumerate(ends)
    ]
    points = [
        MapPoint(float(x), float(y), f"{name} {i}", "city", float(rng.random()))
        for i, (x, y) in enumerate(places)
    ]
    layers = [FlowLayer("Base", flow), FlowLayer("Other", flow * rng.uniform(0.5, 1.5, n_lines))]
    return MapSection("Many lines", lines, points, layers)
