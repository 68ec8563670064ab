"""What the commands share: arguments, loading, printing and progress."""

from __future__ import annotations

import argparse
import json
import os
import sys
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from landsea_routing.errors import InvalidValueError, UnknownNameError

OK, USAGE, INVALID, NO_ANSWER, UNBOUNDED, INTERRUPTED = 0, 2, 3, 4, 5, 130
"""What the command returns to the shell."""

CODES = """\
exit codes:
  0  answered
  2  wrong use of the command
  3  the data or the question is wrong
  4  infeasible: there is no path, or not everything can be carried
  5  unbounded: the cost falls without end (tables hold no cost below 0, so no network leads here)
  130  interrupted
"""


def add_command(
    commands: Any, name: str, text: str, run: Any, prefix: str | None = None
) -> argparse.ArgumentParser:
    """Add one command with what all of them have; its lines of `examples.txt` close its help."""
    shown = "\n".join(f"  {line}" for line in _examples() if line.split()[1] == name)
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=text,
        fromfile_prefix_chars=prefix,
        epilog=f"examples:\n{shown}" if shown else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.set_defaults(run=run)
    return parser


@lru_cache(maxsize=1)
def _examples() -> list[str]:
    """Commands that work as they stand."""
    return files(__package__).joinpath("examples.txt").read_text(encoding="utf-8").splitlines()


def add_network(parser: argparse.ArgumentParser) -> None:
    """Add the choice of the network."""
    parser.add_argument(
        "--network",
        help="name of a packaged network, or a path in any format (default: the packaged default)",
    )


def add_network_or_path(parser: argparse.ArgumentParser) -> None:
    """Add the choice of the network to a command whose only word it is, with or without the option."""
    add_network(parser)
    # The default would write over what the option says.
    parser.add_argument(
        "network", nargs="?", default=argparse.SUPPRESS, metavar="NETWORK", help="the same without --network"
    )


def add_question(parser: argparse.ArgumentParser) -> None:
    """Add what a question of routing may say."""
    add_network(parser)
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


def load(name: str | None, *, strict: bool = True) -> Any:
    """Return the network of that name or path; the packaged default without one."""
    from landsea_routing.errors import did_you_mean
    from landsea_routing.io.detect import read_network
    from landsea_routing.io.packaged import load_network, packaged_networks

    if name is None or name in packaged_networks():
        return load_network(name, strict=strict)
    if not Path(name).exists() and Path(name).name == name:
        folders = [path.name for path in Path().iterdir() if path.is_dir()]
        known = packaged_networks()
        raise UnknownNameError(
            f"there is no folder or file {name} here, and no packaged network of that name",
            ids=(name,),
            expected=f"a path, or one of {', '.join(known)}",
            cure=did_you_mean(name, [*folders, *known]) or "check the name",
        )
    return read_network(name, strict=strict)


def scenario_named(name: str | None, network: Any, demand: str | None = None) -> Any:
    """Return the scenario of that name or file, without edits where none is named; with the demand given."""
    from landsea_routing.whatif.files import load_scenario
    from landsea_routing.whatif.scenario import Scenario

    scenario = Scenario("base") if name is None else load_scenario(name, network)
    return scenario.use_demand(demand) if demand else scenario


def graph_of(arguments: argparse.Namespace) -> Any:
    """Return the graph that a question of routing is asked of."""
    from landsea_routing.graph.expand import expand

    network = load(arguments.network)
    network = scenario_named(arguments.scenario, network).apply(network)
    return expand(network, arguments.commodity, arguments.month)


def question_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the keywords of a question of routing."""
    return {
        "weight": arguments.weight,
        "avoid": arguments.avoid,
        "modes": tuple(m.strip() for m in arguments.modes.split(","))
        if arguments.modes is not None
        else None,
        "access": not arguments.line_haul,
        "seasonal": arguments.seasonal,
    }


def print_result(arguments: argparse.Namespace, result: Any) -> int:
    """Print a result as text or as JSON."""
    print(
        json.dumps(result.to_dict(), indent=1, allow_nan=False, default=plain) if arguments.json else result
    )
    return UNBOUNDED if str(getattr(result, "status", "")) == "unbounded" else OK


def plain(value: Any) -> Any:
    """Return what JSON can say of a value that is not of its own."""
    return value.item() if hasattr(value, "item") else str(value)


def print_written(arguments: argparse.Namespace, what: str, path: Path) -> None:
    """Say where a file went, beside JSON and not in it."""
    print(f"{what} written to {path}", file=sys.stderr if arguments.json else sys.stdout)


def say(text: str) -> None:
    """Show progress: one line that is written over on a terminal, nothing elsewhere."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def say_done() -> None:
    """Wipe the line of the progress."""
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def say_round(number: int, objective: float, bound: float) -> None:
    """Show the progress of an assignment."""
    say(f"assigning: round {number}, {objective / 1e9:,.3f} bn USD")


def need_folder(file: Path, option: str) -> None:
    """Refuse a file to write that has no folder, before anything is computed."""
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
    if not os.access(folder, os.W_OK):
        raise InvalidValueError(
            f"the folder {folder} of {option} may not be written to",
            ids=(str(folder),),
            expected="a folder of yours",
            cure="name another one with --out" if option == "--out" else "name another one",
        )
