"""`landsea whatif`: scenarios beside the base, or the answer to a question of the network."""

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
    print_result,
    print_written,
    say,
    say_done,
)
from landsea_routing.cli.plans import add_plans, plans_of, scenarios_of
from landsea_routing.errors import InvalidValueError, UnknownNameError, did_you_mean


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(
        commands,
        "whatif",
        "Compare scenarios with the base, or answer a question of the network.",
        run,
    )
    add_plans(parser, "names or files of scenarios, or the id of a question; lists scenarios without")
    parser.add_argument(
        "--out", type=Path, help="file for a page with pictures (of a question: landsea_<id>.html)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Answer it, and return the exit code."""
    from landsea_routing.whatif.files import list_scenarios
    from landsea_routing.whatif.questions import list_questions

    network, names = load(arguments.network), arguments.scenario
    scenarios = list_scenarios(network)
    if not names:
        _refuse_idle(arguments)
        return _list(arguments, scenarios)
    questions = {key.lower(): question for key, question in list_questions(network).items()}
    # A scenario of the same name goes before a question.
    if len(names) == 1 and names[0] not in scenarios and names[0].lower() in questions:
        return _answer(arguments, network, questions[names[0].lower()])
    _refuse_questions(names, scenarios, questions)
    return _compare(arguments, network)


def _refuse_questions(names: list[str], scenarios: dict[str, Any], questions: dict[str, Any]) -> None:
    """Refuse a question beside other names, and a name that is neither a question nor like a scenario."""
    for name in names:
        if name in scenarios or Path(name).suffix == ".toml" or not questions:
            continue
        if name.lower() in questions:
            raise InvalidValueError(
                f"{name} is a question, and questions are answered one at a time",
                ids=(name,),
                expected="scenarios, or one question",
                cure=f"`landsea whatif {name}`",
            )
        if not did_you_mean(name, scenarios):
            raise UnknownNameError(
                f"{name} is neither a scenario nor a question",
                ids=(name,),
                expected=f"one of the questions {', '.join(q.id for q in questions.values())}, "
                "a scenario or its file",
                cure="`landsea questions` and `landsea whatif` list them",
            )


def _compare(arguments: argparse.Namespace, network: Any) -> int:
    """Compare scenarios with the base that carries their demand."""
    from landsea_routing.report.comparison import write_comparison
    from landsea_routing.whatif.compare import compare

    if arguments.out:
        need_folder(arguments.out, "--out")
    scenarios = scenarios_of(arguments, network)
    plans = plans_of(arguments, network, scenarios)
    change = compare(*plans.values(), names=tuple(plans))
    notes = [
        text
        for s in scenarios
        for text in (s.title and f"{s.name}: {s.title}.", s.question, s.expects and f"Expected: {s.expects}")
        if text
    ]
    if not arguments.json:
        for s in scenarios:
            print(f"{s}\n" + (f"Expected: {s.expects}\n" if s.expects else ""))
    print_result(arguments, change)
    if arguments.out:
        print_written(arguments, "page", write_comparison(change, arguments.out, notes=notes))
    return OK


def _refuse_idle(arguments: argparse.Namespace) -> None:
    """Options that a list of scenarios does not heed."""
    given = [f"--{name}" for name in ("demand", "out") if getattr(arguments, name)]
    if given:
        raise InvalidValueError(
            f"{' and '.join(given)} was given without a scenario",
            ids=given,
            expected="the name or file of at least one scenario",
            cure="name one; `landsea flow --demand` assigns the base alone",
        )


def _list(arguments: argparse.Namespace, scenarios: dict[str, Any]) -> int:
    if arguments.json:
        print(json.dumps({name: s.question for name, s in scenarios.items()}, indent=1))
    elif not scenarios:
        print("This network has no scenarios; each is a file scenarios/NAME.toml beside its tables.")
    else:
        for name, scenario in scenarios.items():
            print(f"{name}: {scenario.title}" if scenario.title else name)
            print(f"    {scenario.question or 'no question is given'}")
    return OK


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
