"""The base plan and scenarios beside it, as several commands ask for them."""

from __future__ import annotations

import argparse
from typing import Any

from landsea_routing.cli.common import add_network, say_done, say_round, scenario_named
from landsea_routing.errors import InvalidValueError

BASE = "base"


def add_plans(parser: argparse.ArgumentParser, scenario_help: str) -> None:
    """Add the choice of plans: the base, and scenarios beside it."""
    parser.add_argument("scenario", nargs="*", help=scenario_help)
    add_network(parser)
    parser.add_argument("--demand", help="demand set for all; the scenarios' own when not given")


def scenarios_of(arguments: argparse.Namespace, network: Any) -> list[Any]:
    """Return the scenarios asked for, with one demand; raises InvalidValueError where none compares them."""
    scenarios = [scenario_named(name, network, arguments.demand) for name in arguments.scenario]
    names = [scenario.name for scenario in scenarios]
    demands = {scenario.demand for scenario in scenarios}
    if len({BASE, *names}) < 1 + len(names) or len(demands) > 1:
        wrong = "carry different demands" if len(demands) > 1 else "name one scenario, or the base, twice"
        raise InvalidValueError(
            f"scenarios {', '.join(names)} {wrong}",
            ids=names,
            expected="different scenarios with one demand set",
            cure="leave one out, or give --demand",
        )
    return scenarios


def plans_of(arguments: argparse.Namespace, network: Any, scenarios: list[Any]) -> dict[str, Any]:
    """Return the base plan, with the demand of the scenarios, and theirs, by name."""
    from landsea_routing.assignment.assign import assign

    first = scenarios[0] if scenarios else scenario_named(None, network, arguments.demand)
    # What is wrong with any of them is said before anything is solved.
    networks = {BASE: first.base_of(network), **{each.name: each.apply(network) for each in scenarios}}
    plans = {name: assign(each, progress=say_round) for name, each in networks.items()}
    say_done()
    return plans
