"""`landsea questions`: the questions that a network answers."""

from __future__ import annotations

import argparse
import json
from typing import Any

from landsea_routing.cli.common import OK, add_command, add_network_or_path, load


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "questions", "List the questions that a network answers.", run)
    add_network_or_path(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer it, and return the exit code."""
    from landsea_routing.whatif.questions import list_questions

    found = list_questions(load(arguments.network))
    if arguments.json:
        facts = {q.id: {"question": q.question, "scenarios": q.scenarios} for q in found.values()}
        print(json.dumps(facts, indent=1))
    elif not found:
        print("This network has no questions; they stand in questions.toml beside its tables.")
    else:
        for q in found.values():
            print(f"{q.id}  {q.title}\n    {q.question}")
    return OK
