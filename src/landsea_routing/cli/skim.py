"""`landsea skim`: best weights between many places."""

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
    question_of,
)


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Best weights between many places; @FILE stands for the names in a file, one a line."
    parser = add_command(commands, "skim", text, run, prefix="@")
    parser.add_argument("places", nargs="+", metavar="PLACE", help="where the trips start")
    parser.add_argument(
        "--to", nargs="+", metavar="PLACE", help="where they end; the same places if not given"
    )
    parser.add_argument(
        "--along",
        action="append",
        default=[],
        help="sum on the way: cost, money, time, length, co2e or a line of the ledger; may be repeated",
    )
    parser.add_argument("--csv", type=Path, help="file to write, one row for each pair")
    parser.add_argument("--jobs", type=int, help="processes to work in; -1 for one on each processor")
    add_question(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer it, and return the exit code."""
    from landsea_routing.io.atomic import write_text
    from landsea_routing.routing.skim import skim

    if arguments.csv:
        need_folder(arguments.csv, "--csv")
    table = skim(
        graph_of(arguments),
        arguments.places,
        arguments.to or arguments.places,
        along=arguments.along,
        n_jobs=arguments.jobs,
        progress=True,
        **question_of(arguments),
    )
    if arguments.csv:
        write_text(arguments.csv, table.to_frame().to_csv(index=False))
    return print_result(arguments, table)
