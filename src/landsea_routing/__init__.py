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
import sys
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
    from landsea_routing.io.detect import read_network as read_network
    from landsea_routing.io.detect import write_network as write_network
    from landsea_routing.io.geojson import read_geojson as read_geojson
    from landsea_routing.io.geojson import write_geojson as write_geojson
    from landsea_routing.io.geopackage import read_geopackage as read_geopackage
    from landsea_routing.io.geopackage import write_geopackage as write_geopackage
    from landsea_routing.io.geoparquet import read_geoparquet as read_geoparquet
    from landsea_routing.io.geoparquet import write_geoparquet as write_geoparquet
    from landsea_routing.io.gmns import read_gmns as read_gmns
    from landsea_routing.io.gmns import write_gmns as write_gmns
    from landsea_routing.io.nx_graph import from_networkx as from_networkx
    from landsea_routing.io.nx_graph import to_networkx as to_networkx
    from landsea_routing.io.packaged import load_network as load_network
    from landsea_routing.io.packaged import packaged_networks as packaged_networks
    from landsea_routing.model.checks import check as check
    from landsea_routing.model.network import Network as Network
    from landsea_routing.report.deck import to_deck as to_deck
    from landsea_routing.report.show import plot as plot
    from landsea_routing.report.show import to_html as to_html
    from landsea_routing.routing.access import market_access as market_access
    from landsea_routing.routing.alternatives import alternatives as alternatives
    from landsea_routing.routing.catchment import catchment as catchment
    from landsea_routing.routing.indicators import corridor_indicators as corridor_indicators
    from landsea_routing.routing.pareto import pareto_paths as pareto_paths
    from landsea_routing.routing.reachable import reachable as reachable
    from landsea_routing.routing.shares import catchment_shares as catchment_shares
    from landsea_routing.routing.shortest_path import shortest_path as shortest_path
    from landsea_routing.routing.skim import skim as skim
    from landsea_routing.whatif.answers import answer_question as answer_question
    from landsea_routing.whatif.breakeven import break_even as break_even
    from landsea_routing.whatif.calibrate import calibrate as calibrate
    from landsea_routing.whatif.calibrate import fitted_scenario as fitted_scenario
    from landsea_routing.whatif.compare import compare as compare
    from landsea_routing.whatif.criticality import criticality as criticality
    from landsea_routing.whatif.design import Phase as Phase
    from landsea_routing.whatif.design import Project as Project
    from landsea_routing.whatif.design import design as design
    from landsea_routing.whatif.design import design_phases as design_phases
    from landsea_routing.whatif.files import list_scenarios as list_scenarios
    from landsea_routing.whatif.files import load_scenario as load_scenario
    from landsea_routing.whatif.fit import Observation as Observation
    from landsea_routing.whatif.levers import draws as draws
    from landsea_routing.whatif.questions import list_questions as list_questions
    from landsea_routing.whatif.questions import load_question as load_question
    from landsea_routing.whatif.scenario import Scenario as Scenario
    from landsea_routing.whatif.sensitivity import curve as curve
    from landsea_routing.whatif.sensitivity import tornado as tornado
    from landsea_routing.whatif.spread import calibrate_spread as calibrate_spread
    from landsea_routing.whatif.sweep import sweep as sweep

__version__ = "0.1.0"

_HOMES = {
    "InfeasibleError": "errors",
    "LandseaError": "errors",
    "Network": "model.network",
    "NetworkError": "errors",
    "NoPathError": "errors",
    "Observation": "whatif.fit",
    "Phase": "whatif.design",
    "Project": "whatif.design",
    "Scenario": "whatif.scenario",
    "Status": "_status",
    "alternatives": "routing.alternatives",
    "answer_question": "whatif.answers",
    "assign": "assignment.assign",
    "bottlenecks": "assignment.bottlenecks",
    "break_even": "whatif.breakeven",
    "calibrate": "whatif.calibrate",
    "calibrate_spread": "whatif.spread",
    "catchment": "routing.catchment",
    "catchment_shares": "routing.shares",
    "check": "model.checks",
    "compare": "whatif.compare",
    "corridor_indicators": "routing.indicators",
    "criticality": "whatif.criticality",
    "curve": "whatif.sensitivity",
    "design": "whatif.design",
    "design_phases": "whatif.design",
    "draws": "whatif.levers",
    "expand": "graph.expand",
    "explain_infeasible": "assignment.explain",
    "fitted_scenario": "whatif.calibrate",
    "from_networkx": "io.nx_graph",
    "list_questions": "whatif.questions",
    "list_scenarios": "whatif.files",
    "load_network": "io.packaged",
    "load_question": "whatif.questions",
    "load_scenario": "whatif.files",
    "market_access": "routing.access",
    "max_throughput": "assignment.supply",
    "packaged_networks": "io.packaged",
    "pareto_paths": "routing.pareto",
    "plot": "report.show",
    "reachable": "routing.reachable",
    "read_geojson": "io.geojson",
    "read_geopackage": "io.geopackage",
    "read_geoparquet": "io.geoparquet",
    "read_gmns": "io.gmns",
    "read_network": "io.detect",
    "reassign": "assignment.reassign",
    "shortest_path": "routing.shortest_path",
    "skim": "routing.skim",
    "solve_min_cost_flow": "assignment.supply",
    "sweep": "whatif.sweep",
    "to_deck": "report.deck",
    "to_html": "report.show",
    "to_networkx": "io.nx_graph",
    "tornado": "whatif.sensitivity",
    "write_geojson": "io.geojson",
    "write_geopackage": "io.geopackage",
    "write_geoparquet": "io.geoparquet",
    "write_gmns": "io.gmns",
    "write_network": "io.detect",
}
__all__ = sorted(_HOMES)  # noqa: PLE0605

logging.getLogger("landsea_routing").addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        text = f"module {__name__!r} has no attribute {name!r}"
        # From the two Python guesses the right name.
        raise AttributeError(text, name=name, obj=sys.modules[__name__])
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]
