"""`landsea demo`: the main job in one report."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from landsea_routing.cli.common import (
    OK,
    add_command,
    add_network,
    load,
    need_folder,
    print_result,
    print_written,
    say,
    say_done,
)

EXAMPLES = ["--network toy_three_ports --out landsea_report.html"]


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands, "demo", "The main job: check, base flow, what-if, one HTML report.", run, examples=EXAMPLES
    )
    add_network(parser)
    parser.add_argument("--out", type=Path, default=Path("landsea_report.html"), help="file to write")


def run(arguments: argparse.Namespace) -> int:
    """Answer it, and return the exit code."""
    from landsea_routing.report.demo import run_demo, write_demo

    need_folder(arguments.out, "--out")
    demo = run_demo(load(arguments.network), progress=say)
    path = write_demo(demo, arguments.out)
    say_done()
    print_result(arguments, demo)
    print_written(arguments, "report", path)
    return OK
