"""`landsea alternatives`: further ways between two places, the best first."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from landsea_routing.cli.common import (
    OK,
    add_command,
    add_question,
    graph_of,
    need_folder,
    plain,
    print_written,
    question_of,
)

EXAMPLES = ["Ada Boro -k 3 --max-overlap 0.5 --network toy_three_ports --out ways.html"]


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Several ways of one tonne between two places, with corridor indicators."
    parser = add_command(commands, "alternatives", text, run, examples=EXAMPLES)
    parser.add_argument("origin")
    parser.add_argument("destination")
    parser.add_argument("-k", type=int, default=5, help="how many ways at most (default: 5)")
    parser.add_argument("--max-detour", type=float, help="at most this many times the best, e.g. 1.3")
    parser.add_argument("--max-overlap", type=float, help="share of km in common with a better way, e.g. 0.5")
    parser.add_argument("--via", action="append", default=[], help="node or link to pass; may be repeated")
    add_question(parser)
    parser.add_argument("--out", type=Path, help="file for a page: map, charts over distance, indicators")


def run(arguments: argparse.Namespace) -> int:
    """Answer it, and return the exit code."""
    from landsea_routing.routing.alternatives import alternatives
    from landsea_routing.routing.indicators import corridor_indicators

    if arguments.out:
        need_folder(arguments.out, "--out")
    found = alternatives(
        graph_of(arguments),
        arguments.origin,
        arguments.destination,
        k=arguments.k,
        max_detour=arguments.max_detour,
        max_overlap=arguments.max_overlap,
        via=arguments.via,
        **question_of(arguments),
    )
    indicators = corridor_indicators(found.routes)
    if arguments.json:
        facts = {
            "complete": found.complete,
            "routes": [route.to_dict() for route in found.routes],
            "indicators": indicators.to_dict(),
        }
        print(json.dumps(facts, indent=1, allow_nan=False, default=plain))
    else:
        print(f"{found}\n\n{indicators}")
    if arguments.out:
        print_written(arguments, "page", Path(found.to_html(arguments.out)))
    return OK
