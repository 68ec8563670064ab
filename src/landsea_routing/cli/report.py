"""`landsea report`: a plan, or scenarios beside the base, with map and tables, as HTML and PDF."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from landsea_routing.cli.common import (
    OK,
    add_command,
    add_plans,
    load,
    need_folder,
    plain,
    plans_of,
    print_written,
)

EXAMPLES = [
    "--network toy_three_ports --demand coal_boom",
    "river_all_year --network toy_three_ports --out river.html --pdf river.pdf",
]


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Report the base plan, or scenarios beside it, with a map and tables, as HTML and PDF."
    parser = add_command(commands, "report", text, run, examples=EXAMPLES)
    add_plans(parser)
    parser.add_argument("--title", default="", help="heading of the report")
    parser.add_argument("--out", type=Path, default=Path("landsea_report.html"), help="file to write")
    parser.add_argument("--pdf", type=Path, help="file to print it to as well; needs an installed browser")


def run(arguments: argparse.Namespace) -> int:
    """Answer it, and return the exit code."""
    from landsea_routing.report.printing import find_browser, print_pdf
    from landsea_routing.report.show import to_html

    need_folder(arguments.out, "--out")
    if arguments.pdf:
        need_folder(arguments.pdf, "--pdf")
        find_browser()  # before the work
    plans = plans_of(arguments, load(arguments.network))
    to_html(plans, arguments.out, title=arguments.title)
    if arguments.pdf:
        print_pdf(arguments.out, arguments.pdf)
    if arguments.json:
        facts = {name: plan.to_dict() for name, plan in plans.items()}
        print(json.dumps({"file": str(arguments.out), "plans": facts}, indent=1, default=plain))
    else:
        print("\n".join(f"{name}: {plan.summary()}" for name, plan in plans.items()))
    for what, path in (("report", arguments.out), ("PDF", arguments.pdf)):
        if path:
            print_written(arguments, what, path)
    return OK
