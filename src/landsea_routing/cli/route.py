"""`landsea route`: the best way of one tonne between two places."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from landsea_routing.cli.common import (
    add_command,
    add_question,
    graph_of,
    need_folder,
    print_result,
    print_written,
    question_of,
)

EXAMPLES = [
    "Ada Boro --network toy_three_ports",
    "Ada 'Port Brandt' --weight time --json --network toy_three_ports",
]


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands, "route", "Best way of one tonne between two places.", run, examples=EXAMPLES
    )
    parser.add_argument("origin")
    parser.add_argument("destination")
    parser.add_argument("--via", action="append", default=[], help="node or link to pass; may be repeated")
    add_question(parser)
    parser.add_argument("--out", type=Path, help="file for a page: map, charts over distance, indicators")


def run(arguments: argparse.Namespace) -> int:
    """Answer it, and return the exit code."""
    from landsea_routing.routing.shortest_path import shortest_path

    if arguments.out:
        need_folder(arguments.out, "--out")
    ends = arguments.origin, arguments.destination
    route = shortest_path(graph_of(arguments), *ends, via=arguments.via, **question_of(arguments))
    code = print_result(arguments, route)
    if arguments.out:
        print_written(arguments, "page", Path(route.to_html(arguments.out)))
    return code
