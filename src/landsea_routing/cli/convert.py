"""`landsea convert`: a network from one format to another."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from landsea_routing.cli.common import OK, add_command, load
from landsea_routing.errors import InvalidValueError, list_ids

FORMATS = ("csv", "gmns", "geojson", "gpkg", "parquet")
"""As `landsea_routing.io.detect.FORMATS`; written out, so that the help stays quick."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "convert", "Write a network in another format.", run)
    parser.add_argument("source", help="name of a packaged network, or a path in any format")
    parser.add_argument("target", type=Path, help="folder or file to write")
    parser.add_argument(
        "--to", choices=FORMATS, type=str.lower, help="format; by the suffix of TARGET when not given"
    )
    parser.add_argument(
        "--force", action="store_true", help="write into a folder or file that is there already"
    )
    parser.add_argument("--loose", action="store_true", help="also where `landsea check` finds errors")


def run(arguments: argparse.Namespace) -> int:
    """Answer it, and return the exit code."""
    from landsea_routing.io.detect import format_named, format_of_suffix, write_network

    target = arguments.target
    _need_room(target, arguments.force)
    name = arguments.to or format_of_suffix(target)
    network = load(arguments.source, strict=not arguments.loose)
    write_network(network, target, format=name)
    keeps = format_named(name).keeps
    left_out = {n: len(table) for n, table in network.tables.items() if n not in keeps and len(table)}
    facts = {
        "network": network.name,
        "target": str(target),
        "format": name,
        "nodes": len(network.nodes),
        "links": len(network.links),
        "left_out": left_out,
        "left_behind": _left_behind(network.settings.folder, target if target.is_dir() else target.parent),
        "assumed": list(network.settings.facts.get("assumed", ())),
    }
    print(json.dumps(facts, indent=1) if arguments.json else _text(facts))
    return OK


def _left_behind(folder: Path | None, home: Path) -> list[str]:
    """Name what lies beside the tables of the source, and not beside those of the target."""
    if folder is None:
        return []
    files = [*sorted(folder.glob("scenarios/*.toml")), folder / "questions.toml"]
    names = [file.relative_to(folder) for file in files if file.exists()]
    return [name.as_posix() for name in names if not (home / name).exists()]


def _need_room(target: Path, force: bool) -> None:
    is_taken = any(target.iterdir()) if target.is_dir() else target.exists()
    if is_taken and not force:
        raise InvalidValueError(
            f"{target} is there already",
            ids=(str(target),),
            expected="a target that does not exist, or an empty folder",
            cure="name another one, or give --force to replace files of the same name",
        )


def _text(facts: dict[str, Any]) -> str:
    lines = ["{network} written to {target} as {format}: {nodes} nodes, {links} links".format(**facts)]
    if facts["left_out"]:
        dropped = (f"{name} ({rows} rows)" for name, rows in facts["left_out"].items())
        lines.append(f"{facts['format']} has no place for {', '.join(dropped)}")
    behind = facts["left_behind"]
    if behind:
        lines.append(f"not copied: {list_ids(behind, 3)}; what lies beside the tables is used with them")
    return "\n".join(lines + [f"assumed: {sentence}" for sentence in facts["assumed"]])
