"""Contracts that extensions must keep: batteries of cases for flow solvers.

``flows`` has the one for solvers of multicommodity problems, ``mincost`` the one for a single commodity.
"""

from landsea_routing.testing.flows import FlowSolver, check_flow_solver
from landsea_routing.testing.mincost import MinCostSolver, check_min_cost_solver

__all__ = ["FlowSolver", "MinCostSolver", "check_flow_solver", "check_min_cost_solver"]
