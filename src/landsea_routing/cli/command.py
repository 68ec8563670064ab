"""The command `landsea`: its parser, and what it returns to the shell."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from landsea_routing import __version__
from landsea_routing.cli import (
    alternatives,
    check,
    completion,
    convert,
    demo,
    draw,
    flow,
    questions,
    report,
    route,
    serve,
    skim,
    whatif,
)
from landsea_routing.cli.common import CODES, INTERRUPTED, INVALID, NO_ANSWER, OK, plain, say_done
from landsea_routing.cli.streams import drop_output, print_in_any_encoding
from landsea_routing.errors import InfeasibleError, LandseaError, NoPathError

COMMANDS = (
    route,
    alternatives,
    skim,
    flow,
    whatif,
    questions,
    serve,
    check,
    convert,
    draw,
    report,
    demo,
    completion,
)
"""The files of the commands, in the order in which the help lists them."""

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
        not everything can be carried); 5 unbounded; 130 interrupted.
    """
    print_in_any_encoding()
    arguments = parser().parse_args(argv)
    try:
        code = int(arguments.run(arguments))
        sys.stdout.flush()  # a reader that has gone, or a full disk, is met here and not after the end
        return code
    except (NoPathError, InfeasibleError) as error:
        return _fail(arguments, error, NO_ANSWER)
    except LandseaError as error:
        return _fail(arguments, error, INVALID)
    except BrokenPipeError:
        drop_output()
        return OK
    except OSError as error:
        if error.filename is None:  # of no file, so of the output itself: nothing more can be printed there
            drop_output()
            arguments.json = False
        cause = f"{error.filename or 'the output'}: {error.strerror or error}"
        cure = "check the path, its rights and the free space"
        return _fail(arguments, LandseaError(cause, code="system", cure=cure), INVALID)
    except KeyboardInterrupt:
        say_done()
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command with all its commands."""
    whole = _Parser(
        prog="landsea",
        description="Freight over land, sea, borders and gauges.",
        epilog=f"{CODES}\n`landsea COMMAND --help` shows an example of each.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=f"landsea {__version__}")
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    whole.set_defaults(whole=whole)  # what completion tells the shell of
    return whole


class _Parser(argparse.ArgumentParser):
    """Guesses what was meant, and reads arguments from a file where a command allows it.

    Such a file has one a line; empty lines are passed over.
    """

    def parse_known_args(self, *args: Any, **kwargs: Any) -> Any:
        try:
            found, unknown = super().parse_known_args(*args, **kwargs)
        except UnicodeDecodeError as error:
            self.error(f"a file of names is not UTF-8: {error}")
        if unknown:  # told by the command itself, whose usage it shows
            self.error(f"unknown: {' '.join(unknown)}{self._guess(unknown[0])}")
        return found, unknown

    def _guess(self, word: str) -> str:
        options = [option for action in self._actions for option in action.option_strings]
        if not word.startswith("-") and "--network" in options:
            return "; a network is named with --network"
        return _nearest(word.partition("=")[0], options)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            known = [str(choice) for choice in action.choices]
            raise argparse.ArgumentError(
                action, f"{value!r} is none of {', '.join(known)}{_nearest(str(value), known)}"
            )

    def convert_arg_line_to_args(self, arg_line: str) -> list[str]:
        text = arg_line.strip("\ufeff \t")
        return [text] if text else []


def _nearest(word: str, known: Sequence[str]) -> str:
    from landsea_routing.errors import did_you_mean

    guess = did_you_mean(word, known)
    return f"; {guess}" if guess else ""


def _fail(arguments: argparse.Namespace, error: LandseaError, code: int) -> int:
    say_done()
    if getattr(arguments, "json", False):
        facts = {name: getattr(error, name) for name in FACTS if hasattr(error, name)}
        print(json.dumps({"error": str(error), **facts}, indent=1, default=plain))
    else:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    return code
