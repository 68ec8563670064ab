"""The plan of each setting of the controls, solved from the nearest plan before it."""

from __future__ import annotations

from functools import lru_cache

from landsea_routing.assignment.assign import assign
from landsea_routing.assignment.reassign import reassign
from landsea_routing.errors import ScenarioError, UnknownNameError, did_you_mean
from landsea_routing.model.network import Network
from landsea_routing.results.assignment import Assignment
from landsea_routing.results.comparison import Comparison
from landsea_routing.serve.controls import AS_ASKED, Controls
from landsea_routing.whatif.compare import compare
from landsea_routing.whatif.files import list_scenarios
from landsea_routing.whatif.levers import lever_edit
from landsea_routing.whatif.scenario import Scenario

KEPT = 32
"""Plans of each kind that are kept; each takes some megabytes on a regional network."""
NAMES = ("Base", "Your case")


class Desk:
    """A network with its scenarios, and the plans that were found on it.

    A base plan for each demand, from it the plan of the scenarios that are ticked, from that one the plan
    with sliders moved: each begins where the one before ended. So an answer depends on the controls alone,
    never on what was asked before, and a slider costs one short solve.

    Parameters
    ----------
    network : Network

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> desk = Desk(lsr.load_network("toy_three_ports"))
    >>> moved = Controls(scenarios=("river_all_year",), levers=(("capacity of track_dual", 3.0),))
    >>> round(desk.change(moved).change_usd) < round(desk.change(moved._replace(levers=())).change_usd)
    True
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.scenarios = list_scenarios(network)
        self.base = lru_cache(KEPT)(self._base)
        self.ticked = lru_cache(KEPT)(self._ticked)
        self.change = lru_cache(KEPT)(self._change)

    def demand_of(self, controls: Controls) -> str:
        """Return the demand set that both sides carry; empty for the demand of the network.

        Raises
        ------
        UnknownNameError
            A scenario is not known.
        ScenarioError
            The scenarios name different ones and none is chosen.
        """
        unknown = [name for name in controls.scenarios if name not in self.scenarios]
        if unknown:
            known = list(self.scenarios)
            raise UnknownNameError(
                f"scenario {unknown[0]} is not known",
                column="scenario",
                ids=unknown,
                expected=f"one of {', '.join(known) or '(none)'}",
                cure=did_you_mean(unknown[0], known) or "use one of these",
            )
        if controls.demand is not AS_ASKED:
            return controls.demand
        named = {self.scenarios[name].demand for name in controls.scenarios} - {""}
        if len(named) > 1:
            raise ScenarioError(
                f"the scenarios are asked with different demands ({', '.join(sorted(named))})",
                ids=sorted(named),
                expected="one demand for all",
                cure="choose the demand",
            )
        return next(iter(named), "")

    def _base(self, demand: str) -> Assignment:
        if not demand:
            return assign(self.network)
        return reassign(self.base(""), self.network.with_demand(self.network.demand_set(demand)))

    def _ticked(self, scenarios: tuple[str, ...], demand: str) -> Assignment:
        edits = tuple(edit for name in scenarios for edit in self.scenarios[name].edits)
        base = self.base(demand)
        return reassign(base, Scenario(", ".join(scenarios), edits=edits)) if edits else base

    def _change(self, controls: Controls) -> Comparison:
        """What changes against the base with the same demand."""
        demand = self.demand_of(controls)
        plan = self.ticked(controls.scenarios, demand)
        if controls.levers:
            edits = tuple(lever_edit(lever, value) for lever, value in controls.levers)
            plan = reassign(plan, Scenario("sliders", edits=edits))
        return compare(self.base(demand), plan, names=NAMES)
