"""Routing and min-cost flow for freight that crosses land, sea, borders and track gauges.

>>> import landsea_routing as lsr
>>> net = lsr.load_network("northeast_asia")
>>> graph = lsr.expand(net, commodity="container")
>>> route = lsr.shortest_path(graph, "Chifeng", "Busan")
>>> route.commodity
'container'

Public names are resolved when they are first used, so that importing the package stays light.
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from landsea_routing._status import Status as Status
    from landsea_routing.assignment.assign import assign as assign
    from landsea_routing.assignment.bottlenecks import bottlenecks as bottlenecks
    from landsea_routing.assignment.explain import explain_infeasible as explain_infeasible
    from landsea_routing.assignment.reassign import reassign as reassign
    from landsea_routing.assignment.supply import max_throughput as max_throughput
    from landsea_routing.assignment.supply import solve_min_cost_flow as solve_min_cost_flow
    from landsea_routing.errors import InfeasibleError as InfeasibleError
    from landsea_routing.errors import LandseaError as LandseaError
    from landsea_routing.errors import NetworkError as NetworkError
    from landsea_routing.errors import NoPathError as NoPathError
    from landsea_routing.graph.expand import expand as expand
    from landsea_routing.io.csv_folder import read_network as read_network
    from landsea_routing.io.csv_folder import write_network as write_network
    from landsea_routing.io.packaged import load_network as load_network
    from landsea_routing.io.packaged import packaged_networks as packaged_networks
    from landsea_routing.model.checks import check as check
    from landsea_routing.model.network import Network as Network
    from landsea_routing.routing.access import market_access as market_access
    from landsea_routing.routing.alternatives import alternatives as alternatives
    from landsea_routing.routing.catchment import catchment as catchment
    from landsea_routing.routing.pareto import pareto_paths as pareto_paths
    from landsea_routing.routing.reachable import reachable as reachable
    from landsea_routing.routing.shares import catchment_shares as catchment_shares
    from landsea_routing.routing.shortest_path import shortest_path as shortest_path
    from landsea_routing.routing.skim import skim as skim
    from landsea_routing.whatif.answers import answer_question as answer_question
    from landsea_routing.whatif.breakeven import break_even as break_even
    from landsea_routing.whatif.compare import compare as compare
    from landsea_routing.whatif.criticality import criticality as criticality
    from landsea_routing.whatif.design import Phase as Phase
    from landsea_routing.whatif.design import Project as Project
    from landsea_routing.whatif.design import design as design
    from landsea_routing.whatif.design import design_phases as design_phases
    from landsea_routing.whatif.files import list_scenarios as list_scenarios
    from landsea_routing.whatif.files import load_scenario as load_scenario
    from landsea_routing.whatif.levers import draws as draws
    from landsea_routing.whatif.questions import list_questions as list_questions
    from landsea_routing.whatif.questions import load_question as load_question
    from landsea_routing.whatif.scenario import Scenario as Scenario
    from landsea_routing.whatif.sensitivity import curve as curve
    from landsea_routing.whatif.sensitivity import tornado as tornado
    from landsea_routing.whatif.sweep import sweep as sweep

__version__ = "0.1.0"

_HOMES = {
    "InfeasibleError": "errors",
    "LandseaError": "errors",
    "Network": "model.network",
    "NetworkError": "errors",
    "NoPathError": "errors",
    "Phase": "whatif.design",
    "Project": "whatif.design",
    "Scenario": "whatif.scenario",
    "Status": "_status",
    "alternatives": "routing.alternatives",
    "answer_question": "whatif.answers",
    "assign": "assignment.assign",
    "bottlenecks": "assignment.bottlenecks",
    "break_even": "whatif.breakeven",
    "catchment": "routing.catchment",
    "catchment_shares": "routing.shares",
    "check": "model.checks",
    "compare": "whatif.compare",
    "criticality": "whatif.criticality",
    "curve": "whatif.sensitivity",
    "design": "whatif.design",
    "design_phases": "whatif.design",
    "draws": "whatif.levers",
    "expand": "graph.expand",
    "explain_infeasible": "assignment.explain",
    "list_questions": "whatif.questions",
    "list_scenarios": "whatif.files",
    "load_network": "io.packaged",
    "load_question": "whatif.questions",
    "load_scenario": "whatif.files",
    "max_throughput": "assignment.supply",
    "market_access": "routing.access",
    "packaged_networks": "io.packaged",
    "pareto_paths": "routing.pareto",
    "reachable": "routing.reachable",
    "read_network": "io.csv_folder",
    "reassign": "assignment.reassign",
    "shortest_path": "routing.shortest_path",
    "skim": "routing.skim",
    "solve_min_cost_flow": "assignment.supply",
    "sweep": "whatif.sweep",
    "tornado": "whatif.sensitivity",
    "write_network": "io.csv_folder",
}
__all__ = sorted(_HOMES)  # noqa: PLE0605

logging.getLogger("landsea_routing").addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]
