"""Min-cost flow by HiGHS: what an adapter of another solver looks like."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from landsea_routing._status import Status
from landsea_routing.kernels.mincostproblem import MinCostFlow, make_problem, reduced_costs

STATUS = {0: Status.NOT_VERIFIED, 2: Status.INFEASIBLE, 3: Status.UNBOUNDED}


def highs_min_cost(tail, head, capacity, cost, supply, *, lower=None):
    """Cheapest flow as a linear program over arcs; the potentials are its duals."""
    problem = make_problem(tail, head, capacity, cost, supply, lower)
    n, m = problem.supply.size, problem.tail.size
    potential, flow, status, objective, steps = np.zeros(n), np.zeros(m), 2, np.inf, 0
    if not m:
        status, objective = (2, np.inf) if problem.supply.any() else (0, 0.0)
    else:
        arcs = np.arange(m)
        sign = np.r_[np.ones(m), -np.ones(m)]
        matrix = sp.csr_array((sign, (np.r_[problem.tail, problem.head], np.r_[arcs, arcs])), shape=(n, m))
        bounds = np.c_[problem.lower, problem.capacity]
        options = {"presolve": False}
        found = linprog(
            problem.cost, A_eq=matrix, b_eq=problem.supply, bounds=bounds, method="highs-ds", options=options
        )
        status, steps = found.status, found.nit
        if status == 0:
            flow, potential, objective = found.x, -found.eqlin.marginals, found.fun
    return MinCostFlow(
        flow, potential, reduced_costs(problem, potential), objective, STATUS[status], np.nan, steps
    )
