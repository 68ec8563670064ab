"""The command `landsea`: route, skim, flow, whatif, questions, check and demo."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from landsea_routing import __version__
from landsea_routing.errors import InfeasibleError, InvalidValueError, LandseaError, NoPathError

OK, USAGE, INVALID, NO_ANSWER, INTERRUPTED = 0, 2, 3, 4, 130
FACTS = ("code", "table", "column", "ids", "expected", "cure", "breaks", "short", "binding")
"""What an error says of itself in JSON, where it has it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; those of the process when not given.

    Returns
    -------
    int
        0 answered; 2 wrong use; 3 the data or the question is wrong; 4 there is no answer (no path, or
        not everything can be carried); 130 interrupted.
    """
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except (NoPathError, InfeasibleError) as error:
        return _fail(arguments, error, NO_ANSWER)
    except LandseaError as error:
        return _fail(arguments, error, INVALID)
    except BrokenPipeError:
        sys.stderr.close()
        return OK
    except KeyboardInterrupt:
        _say_done()
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="landsea", description="Freight over land, sea, borders and gauges.")
    parser.add_argument("--version", action="version", version=f"landsea {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_route(commands)
    _add_skim(commands)
    _add_flow(commands)
    _add_whatif(commands)
    _add_questions(commands)
    _add_check(commands)
    _add_demo(commands)
    return parser


class _Parser(argparse.ArgumentParser):
    """Reads arguments from a file where a command allows it: one a line, empty lines passed over."""

    def parse_known_args(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse_known_args(*args, **kwargs)
        except UnicodeDecodeError as error:
            self.error(f"a file of names is not UTF-8: {error}")

    def convert_arg_line_to_args(self, arg_line: str) -> list[str]:
        text = arg_line.strip("\ufeff \t")
        return [text] if text else []


def _add_command(
    commands: Any, name: str, text: str, run: Any, files: str | None = None
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=text, description=text, fromfile_prefix_chars=files
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.set_defaults(run=run)
    return parser


def _add_network(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--network", help="name of a packaged network, or a folder (default: the packaged default)"
    )


def _add_route(commands: Any) -> None:
    parser = _add_command(commands, "route", "Best way of one tonne between two places.", _route)
    parser.add_argument("origin")
    parser.add_argument("destination")
    parser.add_argument("--via", action="append", default=[], help="node or link to pass; may be repeated")
    _add_question(parser)


def _add_skim(commands: Any) -> None:
    text = "Best weights between many places; @FILE stands for the names in a file, one a line."
    parser = _add_command(commands, "skim", text, _skim, files="@")
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
    _add_question(parser)


def _add_question(parser: argparse.ArgumentParser) -> None:
    _add_network(parser)
    parser.add_argument("--commodity")
    parser.add_argument("--weight", default="cost", help="cost, time, length or co2e")
    parser.add_argument(
        "--avoid", action="append", default=[], help="node or link not to touch; may be repeated"
    )
    parser.add_argument("--modes", help="modes allowed, separated by commas")
    parser.add_argument("--month", type=int, help="1 to 12; the year when not given")
    parser.add_argument(
        "--seasonal", action="store_true", help="use links that are open only part of the year"
    )
    parser.add_argument("--line-haul", action="store_true", help="without loading and unloading")
    parser.add_argument("--scenario", help="name or file of a scenario")


def _add_flow(commands: Any) -> None:
    parser = _add_command(commands, "flow", "Who carries what at least cost when capacities bind.", _flow)
    _add_network(parser)
    parser.add_argument("--demand", help="demand set; the base demand when not given")
    parser.add_argument("--scenario", help="name or file of a scenario")
    parser.add_argument("--unserved-price", help="USD/t, or `none`: everything must be carried")


def _add_whatif(commands: Any) -> None:
    parser = _add_command(
        commands, "whatif", "Compare a scenario with the base, or answer a question of the network.", _whatif
    )
    parser.add_argument(
        "scenario", nargs="?", help="name or file of a scenario, or id of a question; lists scenarios without"
    )
    _add_network(parser)
    parser.add_argument("--demand", help="demand set for both sides; the scenario's own when not given")
    parser.add_argument("--out", type=Path, help="file for the page of a question (landsea_<id>.html)")


def _add_questions(commands: Any) -> None:
    parser = _add_command(commands, "questions", "List the questions that a network answers.", _questions)
    parser.add_argument("path", nargs="?", help="folder, or name of a packaged network")


def _add_check(commands: Any) -> None:
    parser = _add_command(
        commands, "check", "Check the tables of a network; exit code 3 if there are errors.", _check
    )
    parser.add_argument("path", nargs="?", help="folder, or name of a packaged network")


def _add_demo(commands: Any) -> None:
    parser = _add_command(
        commands, "demo", "The main job: check, base flow, what-if, one HTML report.", _demo
    )
    _add_network(parser)
    parser.add_argument("--out", type=Path, default=Path("landsea_report.html"), help="file to write")


def _load(name: str | None, *, strict: bool = True) -> Any:
    from landsea_routing.io.csv_folder import read_network
    from landsea_routing.io.packaged import load_network, packaged_networks

    if name is None or name in packaged_networks():
        return load_network(name, strict=strict)
    # What looks like a path is one, so that a folder that is not there is called a missing folder.
    is_path = Path(name).is_dir() or Path(name).name != name
    return read_network(name, strict=strict) if is_path else load_network(name, strict=strict)


def _scenario(name: str | None, network: Any) -> Any:
    from landsea_routing.whatif.files import load_scenario
    from landsea_routing.whatif.scenario import Scenario

    return Scenario("base") if name is None else load_scenario(name, network)


def _print(arguments: argparse.Namespace, result: Any) -> int:
    print(
        json.dumps(result.to_dict(), indent=1, allow_nan=False, default=_plain) if arguments.json else result
    )
    return OK


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def _say(text: str) -> None:
    """Show progress: one line that is written over on a terminal, whole lines elsewhere."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
    elif ": round " not in text:
        print(text, file=sys.stderr, flush=True)


def _say_done() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def _round(number: int, objective: float, bound: float) -> None:
    _say(f"assigning: round {number}, {objective / 1e9:,.3f} bn USD")


def _graph(arguments: argparse.Namespace) -> Any:
    from landsea_routing.graph.expand import expand

    network = _load(arguments.network)
    network = _scenario(arguments.scenario, network).apply(network)
    return expand(network, arguments.commodity, arguments.month)


def _question(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "weight": arguments.weight,
        "avoid": arguments.avoid,
        "modes": tuple(m.strip() for m in arguments.modes.split(","))
        if arguments.modes is not None
        else None,
        "access": not arguments.line_haul,
        "seasonal": arguments.seasonal,
    }


def _route(arguments: argparse.Namespace) -> int:
    from landsea_routing.routing.shortest_path import shortest_path

    ends = arguments.origin, arguments.destination
    return _print(
        arguments, shortest_path(_graph(arguments), *ends, via=arguments.via, **_question(arguments))
    )


def _skim(arguments: argparse.Namespace) -> int:
    from landsea_routing.routing.skim import skim

    if arguments.csv:
        _need_folder(arguments.csv, "--csv")
    table = skim(
        _graph(arguments),
        arguments.places,
        arguments.to or arguments.places,
        along=arguments.along,
        n_jobs=arguments.jobs,
        progress=True,
        **_question(arguments),
    )
    if arguments.csv:
        table.to_frame().to_csv(arguments.csv, index=False)
    return _print(arguments, table)


def _flow(arguments: argparse.Namespace) -> int:
    from landsea_routing.assignment.assign import assign

    network = _load(arguments.network)
    network = _scenario(arguments.scenario, network).apply(network)
    plan = assign(network, arguments.demand, unserved_price=_price(arguments.unserved_price), progress=_round)
    _say_done()
    return _print(arguments, plan)


def _price(text: str | None) -> Any:
    if text is None:
        return "network"
    if text.lower() == "none":
        return None
    try:
        return float(text)
    except ValueError:
        return text


def _whatif(arguments: argparse.Namespace) -> int:
    from landsea_routing.assignment.assign import assign
    from landsea_routing.whatif.compare import compare
    from landsea_routing.whatif.files import list_scenarios

    network = _load(arguments.network)
    if arguments.scenario is None:
        return _list(arguments, list_scenarios(network))
    question = _question_named(arguments.scenario, network)
    if question is not None:
        return _answer(arguments, network, question)
    scenario = _scenario(arguments.scenario, network)
    if arguments.demand:
        scenario = scenario.use_demand(arguments.demand)
    base = assign(scenario.base_of(network), progress=_round)
    plan = assign(scenario.apply(network), progress=_round)
    _say_done()
    if not arguments.json:
        print(f"{scenario}\n" + (f"Expected: {scenario.expects}\n" if scenario.expects else ""))
    return _print(arguments, compare(base, plan, names=("base", scenario.name)))


def _list(arguments: argparse.Namespace, scenarios: dict[str, Any]) -> int:
    if arguments.json:
        print(json.dumps({name: s.question for name, s in scenarios.items()}, indent=1))
    else:
        for name, scenario in scenarios.items():
            print(f"{name}\n    {scenario.question}")
    return OK


def _questions(arguments: argparse.Namespace) -> int:
    from landsea_routing.whatif.questions import list_questions

    found = list_questions(_load(arguments.path))
    if arguments.json:
        facts = {q.id: {"question": q.question, "scenarios": q.scenarios} for q in found.values()}
        print(json.dumps(facts, indent=1))
    else:
        for q in found.values():
            print(f"{q.id}  {q.title}\n    {q.question}")
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
    _need_folder(out, "--out")
    answer = answer_question(question, network, progress=_say)
    path = write_answer(answer, network, out)
    _say_done()
    _print(arguments, answer)
    print(f"page written to {path}", file=sys.stderr if arguments.json else sys.stdout)
    return OK


def _check(arguments: argparse.Namespace) -> int:
    from landsea_routing.model.checks import check

    report = check(_load(arguments.path, strict=False))
    if arguments.json:
        print(json.dumps(report.to_rows(), indent=1, default=_plain))
    else:
        print(report)
    return INVALID if report.errors else OK


def _demo(arguments: argparse.Namespace) -> int:
    from landsea_routing.report.demo import run_demo, write_demo

    _need_folder(arguments.out, "--out")
    demo = run_demo(_load(arguments.network), progress=_say)
    path = write_demo(demo, arguments.out)
    _say_done()
    _print(arguments, demo)
    print(f"report written to {path}", file=sys.stderr if arguments.json else sys.stdout)
    return OK


def _need_folder(file: Path, option: str) -> None:
    folder = file.parent
    if file.is_dir():
        raise InvalidValueError(
            f"{file} of {option} is a folder", ids=(str(file),), expected="a file", cure="name a file in it"
        )
    if not folder.is_dir():
        raise InvalidValueError(
            f"the folder {folder} of {option} does not exist",
            ids=(str(folder),),
            expected="a folder that exists",
            cure="make it first",
        )


def _fail(arguments: argparse.Namespace, error: LandseaError, code: int) -> int:
    _say_done()
    if getattr(arguments, "json", False):
        facts = {name: getattr(error, name) for name in FACTS if hasattr(error, name)}
        print(json.dumps({"error": str(error), **facts}, indent=1, default=_plain))
    else:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
