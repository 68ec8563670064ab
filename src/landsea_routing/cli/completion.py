"""`landsea completion`: what a shell needs to complete the command, written from its own parser."""

from __future__ import annotations

import argparse
import json
from typing import Any

from landsea_routing.cli.common import OK, add_command

SHELLS = ("bash", "zsh", "fish")
BASH = """\
_landsea() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}" known=""
    if [ "$COMP_CWORD" -eq 1 ]; then
        known="{commands} --help --version"
    else
        case "${{COMP_WORDS[1]}}" in
{cases}
        esac
    fi
    COMPREPLY=()
    case "$word" in
        -*) COMPREPLY=($(compgen -W "$known" -- "$word")) ;;
        *) if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "$known" -- "$word"))
           else COMPREPLY=($(compgen -W "$known" -f -- "$word")); fi ;;
    esac
}}
complete -o filenames -F _landsea landsea
"""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Print the completion script of a shell."
    parser = add_command(commands, "completion", text, run)
    parser.add_argument("shell", choices=SHELLS, type=str.lower)


def run(arguments: argparse.Namespace) -> int:
    """Answer it, and return the exit code."""
    script = completion(arguments.shell, arguments.whole)
    print(json.dumps({"shell": arguments.shell, "script": script}) if arguments.json else script, end="")
    return OK


def completion(shell: str, parser: argparse.ArgumentParser) -> str:
    """Return the script that completes commands, options and choices of a parser.

    >>> whole = argparse.ArgumentParser()
    >>> one = whole.add_subparsers().add_parser("fly", help="Fly there")
    >>> print(completion("fish", whole), end="")
    complete -c landsea -n __fish_use_subcommand -f -a fly -d 'Fly there'
    complete -c landsea -n '__fish_seen_subcommand_from fly' -s h -l help -d 'show this help message and exit'
    """
    tree = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    if shell == "fish":
        return _fish(tree)
    cases = "\n".join(
        f'            {name}) known="{" ".join(_words(command))}" ;;'
        for name, command in tree.choices.items()
    )
    script = BASH.format(commands=" ".join(tree.choices), cases=cases)
    return f"autoload -U +X bashcompinit && bashcompinit\n{script}" if shell == "zsh" else script


def _words(command: argparse.ArgumentParser) -> list[str]:
    """Options of a command, and the words among which its arguments choose."""
    options = [option for action in command._actions for option in action.option_strings]
    choices = [str(c) for action in command._actions for c in action.choices or ()]
    return options + choices


def _fish(tree: Any) -> str:
    texts = {action.dest: action.help or "" for action in tree._choices_actions}
    start = "complete -c landsea -n"
    lines = [
        f"{start} __fish_use_subcommand -f -a {name} -d {_quoted(texts.get(name, ''))}"
        for name in tree.choices
    ]
    for name, command in tree.choices.items():
        for action in command._actions:
            flags = "".join(
                f" -l {option[2:]}" if option.startswith("--") else f" -s {option[1:]}"
                for option in action.option_strings
            )
            choices = f" -a {_quoted(' '.join(map(str, action.choices)))}" if action.choices else ""
            if flags or choices:
                seen = _quoted(f"__fish_seen_subcommand_from {name}")
                lines.append(f"{start} {seen}{flags}{choices} -d {_quoted(action.help or action.dest)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
