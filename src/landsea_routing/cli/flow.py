"""`landsea flow`: who carries what at least cost when capacities bind."""

from __future__ import annotations

import argparse
from typing import Any

from landsea_routing.cli.common import (
    add_command,
    add_network,
    load,
    print_result,
    say_done,
    say_round,
    scenario_named,
)


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = add_command(commands, "flow", "Who carries what at least cost when capacities bind.", run)
    add_network(parser)
    parser.add_argument("--demand", help="demand set; the scenario's own, or the base demand, when not given")
    parser.add_argument("--scenario", help="name or file of a scenario")
    parser.add_argument("--unserved-price", help="USD/t, or `none`: everything must be carried")


def run(arguments: argparse.Namespace) -> int:
    """Answer it, and return the exit code."""
    from landsea_routing.assignment.assign import assign

    network = load(arguments.network)
    scenario = scenario_named(arguments.scenario, network, arguments.demand)
    price = _price(arguments.unserved_price)
    plan = assign(scenario.apply(network), unserved_price=price, progress=say_round)
    say_done()
    return print_result(arguments, plan)


def _price(text: str | None) -> Any:
    if text is None:
        return "network"
    if text.lower() == "none":
        return None
    try:
        return float(text)
    except ValueError:
        return text
