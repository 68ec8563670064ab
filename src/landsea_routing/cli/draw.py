"""`landsea map`: a network, its flows, or scenarios beside the base, as an offline page."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from landsea_routing.cli.common import (
    OK,
    add_command,
    load,
    need_folder,
    print_written,
)
from landsea_routing.cli.plans import add_plans, plans_of, scenarios_of


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Draw a network, its flows (--flow), or scenarios beside the base, as one offline HTML page."
    parser = add_command(commands, "map", text, run)
    add_plans(parser, "names or files of scenarios to set beside the base")
    parser.add_argument("--flow", action="store_true", help="the flows of the base at least cost")
    parser.add_argument("--title", default="", help="heading of the page")
    parser.add_argument("--out", type=Path, default=Path("landsea_map.html"), help="file to write")


def run(arguments: argparse.Namespace) -> int:
    """Answer it, and return the exit code."""
    from landsea_routing.report.network_map import flow_map
    from landsea_routing.report.page import report_page, write_page
    from landsea_routing.report.plan_page import headings
    from landsea_routing.report.show import to_html

    need_folder(arguments.out, "--out")
    network = load(arguments.network)
    plans: dict[str, Any] = {}
    if arguments.scenario or arguments.demand or arguments.flow:
        plans = plans_of(arguments, network, scenarios_of(arguments, network))
        place, about = headings(network.settings)
        note = "Width by tonnes a year, both ways. Point at a line for its name and its flow."
        section = flow_map(plans, heading="Where it flows", note=note)
        write_page(arguments.out, report_page([section], title=arguments.title or place, subtitle=about))
    else:
        to_html(network, arguments.out, title=arguments.title)
    if arguments.json:
        facts = {
            name: {"status": str(p.status), "objective_usd": p.objective_usd} for name, p in plans.items()
        }
        print(json.dumps({"file": str(arguments.out), "plans": facts}, indent=1))
    print_written(arguments, "map", arguments.out)
    return OK
