"""`landsea questions`: the questions that a network answers."""

from __future__ import annotations

import argparse
import json
from typing import Any

from landsea_routing.cli.common import OK, add_command, load

EXAMPLES = ["toy_three_ports"]


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands, "questions", "List the questions that a network answers.", run, examples=EXAMPLES
    )
    parser.add_argument("path", nargs="?", help="folder, or name of a packaged network")


def run(arguments: argparse.Namespace) -> int:
    """Answer it, and return the exit code."""
    from landsea_routing.whatif.questions import list_questions

    found = list_questions(load(arguments.path))
    if arguments.json:
        facts = {q.id: {"question": q.question, "scenarios": q.scenarios} for q in found.values()}
        print(json.dumps(facts, indent=1))
    else:
        for q in found.values():
            print(f"{q.id}  {q.title}\n    {q.question}")
    return OK
