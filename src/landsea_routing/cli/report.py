"""`landsea report`: a plan, or scenarios beside the base, with map and tables, as HTML and PDF."""

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
    plain,
    print_written,
)
from landsea_routing.cli.plans import add_plans, plans_of, scenarios_of


def add(commands: Any) -> None:
    """Add the command to the parser."""
    text = "Report the base plan, or scenarios beside it, with a map and tables, as HTML and PDF."
    parser = add_command(commands, "report", text, run)
    add_plans(parser, "names or files of scenarios to set beside the base")
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
    network = load(arguments.network)
    plans = plans_of(arguments, network, scenarios_of(arguments, network))
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
