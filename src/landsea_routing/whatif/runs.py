"""Assignments that several steps of an answer share, each made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from landsea_routing.assignment.assign import assign
from landsea_routing.errors import ScenarioError
from landsea_routing.model.network import Network
from landsea_routing.results.assignment import Assignment
from landsea_routing.whatif.apply import apply_edit
from landsea_routing.whatif.edits import Edit
from landsea_routing.whatif.files import load_scenario
from landsea_routing.whatif.scenario import Scenario
from landsea_routing.whatif.seasons import in_month


class Runs:
    """A network with what has been assigned on it so far.

    Parameters
    ----------
    network : Network
    say : callable
        Called with one line of text before each assignment.
    """

    def __init__(self, network: Network, say: Callable[[str], object]) -> None:
        self.network, self.say = network, say
        self.scenario = cache(self._scenario)
        self.plan = cache(self._plan)
        self.season = cache(self._season)

    def _scenario(self, name: str) -> Scenario:
        return load_scenario(name, self.network)

    def demand_of(self, names: Sequence[str]) -> str:
        """Demand set that scenarios have in common; empty for the demand of the base.

        Raises
        ------
        ScenarioError
            They name different ones, so that no base compares with all.
        """
        sets = {self.scenario(name).demand for name in names}
        if len(sets) > 1:
            raise ScenarioError(
                f"scenarios {', '.join(names)} carry different demands",
                ids=tuple(names),
                expected="scenarios with one demand set",
                cure="name the demand of the step, or make two steps",
            )
        return next(iter(sets), "")

    def network_of(self, name: str) -> Network:
        """Network with a scenario laid over; the base for an empty name."""
        return self.scenario(name).apply(self.network) if name else self.network

    def _season(self, name: str | None, demand: str, month: int | None) -> Network:
        scenario = Scenario("base") if name is None else self.scenario(name)
        network = scenario.use_demand(demand).apply(self.network)
        return network if month is None else in_month(network, month)

    def _plan(self, name: str | None, demand: str = "", month: int | None = None) -> Assignment:
        """Assign a scenario (None: the base) with a demand set, all year or as if a month lasted a year."""
        season = "" if month is None else f", month {month}"
        self.say(f"assigning {name or 'base'}{season}")
        return assign(self.season(name, demand, month))

    def closed(self, name: str, targets: Sequence[str], demand: str, month: int | None) -> Assignment:
        """Assign the base with some links or crossings closed."""
        network = self.season(None, demand, month)
        self.say(f"assigning without {name}" + ("" if month is None else f", month {month}"))
        for target in targets:
            network = apply_edit(network, Edit("close", {"target": target}))
        return assign(network)
