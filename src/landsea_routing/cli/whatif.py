"""`landsea whatif`: a scenario beside the base, or the answer to a question of the network."""

from __future__ import annotations

import argparse
import json
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
    say_round,
    scenario_named,
)
from landsea_routing.errors import InvalidValueError


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands, "whatif", "Compare a scenario with the base, or answer a question of the network.", run
    )
    parser.add_argument(
        "scenario", nargs="?", help="name or file of a scenario, or id of a question; lists scenarios without"
    )
    add_network(parser)
    parser.add_argument("--demand", help="demand set for both sides; the scenario's own when not given")
    parser.add_argument("--out", type=Path, help="file for the page of a question (landsea_<id>.html)")


def run(arguments: argparse.Namespace) -> int:
    """Answer it, and return the exit code."""
    from landsea_routing.assignment.assign import assign
    from landsea_routing.whatif.compare import compare
    from landsea_routing.whatif.files import list_scenarios

    network = load(arguments.network)
    if arguments.scenario is None:
        return _list(arguments, list_scenarios(network))
    question = _question_named(arguments.scenario, network)
    if question is not None:
        return _answer(arguments, network, question)
    scenario = scenario_named(arguments.scenario, network)
    if arguments.demand:
        scenario = scenario.use_demand(arguments.demand)
    changed = scenario.apply(network)  # what is wrong with it is said before anything is solved
    base = assign(scenario.base_of(network), progress=say_round)
    plan = assign(changed, progress=say_round)
    say_done()
    if not arguments.json:
        print(f"{scenario}\n" + (f"Expected: {scenario.expects}\n" if scenario.expects else ""))
    return print_result(arguments, compare(base, plan, names=("base", scenario.name)))


def _list(arguments: argparse.Namespace, scenarios: dict[str, Any]) -> int:
    if arguments.json:
        print(json.dumps({name: s.question for name, s in scenarios.items()}, indent=1))
    else:
        for name, scenario in scenarios.items():
            print(f"{name}\n    {scenario.question}")
    return OK


def _question_named(name: str, network: Any) -> Any:
    """Return the question of that id; a scenario of the same name goes before it."""
    from landsea_routing.whatif.files import list_scenarios
    from landsea_routing.whatif.questions import list_questions

    known = {key.lower(): question for key, question in list_questions(network).items()}
    return None if name in list_scenarios(network) else known.get(name.lower())


def _answer(arguments: argparse.Namespace, network: Any, question: Any) -> int:
    from landsea_routing.report.answer import write_answer
    from landsea_routing.whatif.answers import answer_question

    if arguments.demand:
        raise InvalidValueError(
            "--demand was given with a question",
            ids=(question.id,),
            expected="--demand with a scenario",
            cure="leave it out: the steps of a question name their demand",
        )
    out = arguments.out or Path(f"landsea_{question.id}.html")
    need_folder(out, "--out")
    answer = answer_question(question, network, progress=say)
    path = write_answer(answer, network, out)
    say_done()
    print_result(arguments, answer)
    print_written(arguments, "page", path)
    return OK
