"""`landsea route`: the best way of one tonne between two places."""

from __future__ import annotations

import argparse
from typing import Any

from landsea_routing.cli.common import add_command, add_question, graph_of, print_result, question_of


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "route", "Best way of one tonne between two places.", run)
    parser.add_argument("origin")
    parser.add_argument("destination")
    parser.add_argument("--via", action="append", default=[], help="node or link to pass; may be repeated")
    add_question(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer it, and return the exit code."""
    from landsea_routing.routing.shortest_path import shortest_path

    ends = arguments.origin, arguments.destination
    return print_result(
        arguments, shortest_path(graph_of(arguments), *ends, via=arguments.via, **question_of(arguments))
    )
