"""`landsea check`: what is wrong with the tables of a network."""

from __future__ import annotations

import argparse
import json
from typing import Any

from landsea_routing.cli.common import INVALID, OK, add_command, add_network_or_path, load, plain


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "check",
        "Check the tables of a network; exit code 3 if there are errors.",
        run,
    )
    add_network_or_path(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer it, and return the exit code."""
    from landsea_routing.model.checks import check

    report = check(load(arguments.network, strict=False))
    if arguments.json:
        print(json.dumps(report.to_rows(), indent=1, default=plain))
    else:
        print(report)
    return INVALID if report.errors else OK
