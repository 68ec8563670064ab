"""Exact min-cost flow of one commodity, by the engine that suits the size.

Files import each other only in this order, from left to right and never back::

    grid -> cycles -> residual -> zerocost -> primaldual -> simplex -> solve

``grid`` puts numbers on whole units, ``cycles`` finds cycles that cost less than nothing, ``residual`` holds
what can still flow, ``zerocost`` sends over arcs that cost nothing, ``primaldual`` and ``simplex`` are the
two engines, ``solve`` chooses between them and has the answer judged.
"""

from landsea_routing.kernels.mincost.solve import min_cost_flow
from landsea_routing.kernels.mincostproblem import Cut, MinCostFlow, MinCostProblem, make_problem

__all__ = ["Cut", "MinCostFlow", "MinCostProblem", "make_problem", "min_cost_flow"]
