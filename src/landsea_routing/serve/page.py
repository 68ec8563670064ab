"""The document with its controls; the script fills it with answers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from importlib.resources import files
from typing import Any

from landsea_routing.report._html import Markup, escape_text, join_markup, page, read_static
from landsea_routing.report._marks import FlowLayer
from landsea_routing.report.basemap import load_land
from landsea_routing.report.comparison import LINES
from landsea_routing.report.map import map_figure, map_script
from landsea_routing.report.network_map import flow_map, lines_of
from landsea_routing.report.page import dated
from landsea_routing.results.corridors import corridor_names
from landsea_routing.serve.answer import View, answer_of, flows_on
from landsea_routing.serve.controls import AS_ASKED, Controls
from landsea_routing.serve.desk import NAMES, Desk
from landsea_routing.serve.sliders import capital, first_sliders, make_sliders, say, slider_facts, turned_by
from landsea_routing.whatif.scenario import Scenario
from landsea_routing.whatif.store import digest, fingerprint

GROWING = ("add_link", "add_row")
"""Edits that can bring links of their own."""
MAP = "map-1"


def make_view(desk: Desk) -> View:
    """Return what stays the same on the page, drawn from the base plan."""
    base, network = desk.base(""), desk.network
    names: dict[str, str] = {}
    grown = [s.apply(network) for s in desk.scenarios.values() if any(e.verb in GROWING for e in s.edits)]
    for each in (*grown, network):
        names |= corridor_names(each)
    lines, line_of = lines_of([network, *grown])
    section = replace(flow_map(dict.fromkeys(NAMES, base), heading="Flows"), lines=lines)
    credit = (section.land or load_land()).source
    edition = digest([fingerprint(network), *(f"{s} {s.demand}" for s in desk.scenarios.values())])
    view = View(network, section, line_of, make_sliders(base, names), names, credit, edition)
    ways = flows_on(base, view)
    layers = [FlowLayer(name, ways.sum(axis=0), ways_t=ways) for name in NAMES]
    return replace(view, map=replace(section, layers=layers))


def page_of(desk: Desk, view: View) -> str:
    """Return the whole document, with the answer for the base in it."""
    settings, section = desk.network.settings, view.map
    figure, map_data = map_figure(
        section.lines,
        section.points,
        title=section.heading,
        layers=section.layers,
        land=section.land,
        box=section.box,
        unit=section.unit,
        name=MAP,
    )
    told = [desk.scenarios[name] for name in _demo_scenarios(desk)]
    data: dict[str, Any] = {
        f"{MAP}-data": map_data,
        "desk-data": {
            "sliders": slider_facts(view.sliders, desk.network),
            "first": first_sliders(view.sliders, desk.base(""), told),
            "turned": {
                name: turned_by(scenario, view.sliders, desk.network)
                for name, scenario in desk.scenarios.items()
            },
            "answer": answer_of(desk.change(Controls()), view),
        },
    }
    title = settings.title or settings.name
    head, _, more = title.partition(": ")
    lead = ". ".join(filter(None, (capital(more), dated(settings).capitalize())))
    body = join_markup(
        [
            f'<header><h1>{escape_text(head)}: what if?</h1><p class="subtitle">'
            f"{escape_text(lead + '; each' if lead else 'Each')} change is "
            "solved anew at least total cost.</p></header>",
            '<noscript><p class="error">This page needs JavaScript to ask for answers.</p></noscript>',
            '<div class="said"><p id="words" role="status" aria-live="polite"></p>'
            '<p id="state" class="note"></p></div>',
            '<p id="error" class="error" role="alert" hidden></p>',
            '<div class="desk">',
            _panel(desk),
            _results(figure),
            "</div>",
            "<footer><p>Flows are those of least cost under all capacities, not forecasts. This page comes "
            "from your own machine and sends nothing elsewhere.</p></footer>",
        ]
    )
    return page(
        f"{head}: what if?",
        body,
        style=read_static("page.css") + _static("serve.css"),
        script=map_script(body) + _static("serve.js"),
        data=data,
        asks_server=True,
    )


def _panel(desk: Desk) -> Markup:
    """The controls; sliders are put in by the script."""
    return join_markup(
        [
            '<form class="panel" id="controls" autocomplete="off" aria-label="What to change">',
            _scenarios(desk.scenarios.items()),
            _slider_group("capacity", "Capacities", "Add a capacity"),
            _slider_group("hours", "Hours at borders", "Add a border crossing"),
            _demand(desk),
            '<button type="button" id="reset">Back to the base</button>',
            "</form>",
        ]
    )


def _scenarios(scenarios: Iterable[tuple[str, Scenario]]) -> Markup:
    items = [
        f'<label class="tick"><input type="checkbox" name="scenario" value="{escape_text(name)}">'
        f"<span><b>{escape_text(scenario.title or say(name, {}))}</b> "
        f"<small>{escape_text(scenario.question)}</small></span>"
        "</label>"
        for name, scenario in scenarios
    ]
    if not items:
        return Markup("")
    return join_markup(
        [
            "<details open><summary>Scenarios</summary>",
            '<input type="search" id="find" placeholder="Find a scenario" aria-label="Find a scenario">',
            '<div class="ticks" role="group" aria-label="Scenarios" tabindex="0">',
            *items,
            "</div></details>",
        ]
    )


def _slider_group(kind: str, legend: str, add: str) -> Markup:
    return join_markup(
        [
            f'<details open data-kind="{kind}"><summary>{legend}</summary><div class="sliders"></div>',
            f'<div class="add"><input list="{kind}-list" aria-label="{add}" placeholder="{add}">',
            f'<datalist id="{kind}-list"></datalist></div></details>',
        ]
    )


def _demand(desk: Desk) -> Markup:
    sets = sorted(set(map(str, desk.network.demand_sets["set"])))
    if not sets:
        return Markup("")
    choices = [
        (AS_ASKED, "as the scenarios ask"),
        ("", f"of the {dated(desk.network.settings) or 'base year'}"),
    ]
    choices += [(name, name.replace("_", " ")) for name in sets]
    options = [
        f'<option value="{escape_text(json.dumps(name))}">{escape_text(text)}</option>'
        for name, text in choices
    ]
    return join_markup(
        [
            '<details open><summary>Demand</summary><select id="demand" aria-label="Demand">',
            *options,
            "</select></details>",
        ]
    )


def _results(figure: Markup) -> Markup:
    return join_markup(
        [
            '<main class="results" id="results">',
            f"<section><h2>Flows</h2>{figure}</section>",
            '<section id="why"><h2>Where the cost changes</h2><figure class="chart" id="waterfall"></figure>'
            f'<p class="note">{LINES}</p></section>',
            '<section><h2>In all</h2><div id="totals"></div></section>',
            '<section><h2>Over the borders</h2><div id="crossings"></div></section>',
            '<section id="moved"><h2>Who goes by another way</h2><div id="moves"></div></section>',
            '<section id="binding"><h2>Limits that bind</h2><div id="limits"></div></section>',
            "</main>",
        ]
    )


def _demo_scenarios(desk: Desk) -> list[str]:
    named = desk.network.settings.facts.get("demo", {}).get("scenarios", [])
    return [str(s["name"]) for s in named if s.get("name") in desk.scenarios]


def _static(name: str) -> str:
    return files(__package__).joinpath("static", name).read_text(encoding="utf-8")
