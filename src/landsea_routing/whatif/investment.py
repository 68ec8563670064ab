"""Which projects to build and when: a search over sets of projects that proves what no set can beat.

The least cost of a year falls with limits as a convex function, and opening ways lets it fall by no more than
tonnes save on the cheapest way through what is opened. So the prices of any plan bound the cost of every set
of projects from below, in every phase, by a sum over its projects::

    cost(set) >= demand x its prices - limits x their prices
                 - sum over projects of (what it adds x prices + what tonnes could save through what it opens)

A mixed-integer program over all plans so far proposes the next one; the search ends where its bound meets the
best plan. Source: Benders (1962), Numerische Mathematik 4, 238-252.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landsea_routing._status import Status
from landsea_routing._typing import BoolArray, FloatArray
from landsea_routing.errors import LandseaError
from landsea_routing.kernels.columns import prepare, priced_cost
from landsea_routing.kernels.flowproblem import FlowSolution, validate_problem
from landsea_routing.kernels.multiflow import multicommodity_flow
from landsea_routing.kernels.through import cheapest_through
from landsea_routing.whatif.candidates import Candidates, with_built


class Terms(NamedTuple):
    """What a choice costs, and what may be spent.

    Attributes
    ----------
    cost : (n_projects,) float
        What building costs.
    annuity : (n_projects,) float
        What that and the upkeep cost in each year in which the project stands.
    amount : (n_phases, n_ods) float
        Tonnes to carry in a year of each phase.
    weight : (n_phases,) float
        Years of each phase, discounted.
    budget : (n_phases,) float
        What may be spent on building in each phase.
    carry_over : bool
        Whether what is left of a budget may be spent later.
    """

    cost: FloatArray
    annuity: FloatArray
    amount: FloatArray
    weight: FloatArray
    budget: FloatArray
    carry_over: bool


class Choice(NamedTuple):
    """Plans as (n_projects, n_phases) of what stands in each phase, and their costs over all phases.

    Attributes
    ----------
    best, greedy : (n_projects, n_phases) bool
        The best plan, and that of the ranking by dual price.
    worth : (n_projects,) float
        What each could save in a mean year at most if built alone.
    base_usd, best_usd, greedy_usd : float
        Cost of building nothing, of the best plan and of the greedy one.
    bound_usd : float
        No plan within the budgets costs less.
    n_solved : int
        Assignments solved.
    """

    best: BoolArray
    greedy: BoolArray
    worth: FloatArray
    base_usd: float
    best_usd: float
    greedy_usd: float
    bound_usd: float
    n_solved: int


def choose(candidates: Candidates, terms: Terms, gap: float, max_solved: int) -> Choice:
    """Find the plan of least cost, or the best so far after some assignments, with a bound for all plans."""
    bounds = _Bounds(candidates, terms)
    none = np.zeros((terms.cost.size, terms.weight.size), dtype=np.bool_)
    found = {none.tobytes(): (bounds.cost_of(none), none)}
    base_usd = found[none.tobytes()][0]
    worth = np.abs(terms.weight @ bounds.slopes_of(none)) / terms.weight.sum()
    greedy = _greedy(bounds, terms)
    greedy_usd = bounds.cost_of(greedy)
    found[greedy.tobytes()] = greedy_usd, greedy
    bounds.cost_of(~none)  # what everything built would still leave bounds what it can be worth
    while True:
        trial, bound = _propose(bounds, terms)
        best_usd, best = min(found.values(), key=lambda pair: pair[0])
        near = best_usd - bound <= gap * max(1.0, abs(best_usd))
        if near or trial.tobytes() in found or len(bounds.solved) >= max_solved:
            break
        found[trial.tobytes()] = bounds.cost_of(trial), trial
    bound = min(bound, best_usd)
    return Choice(best, greedy, worth, base_usd, best_usd, greedy_usd, bound, len(bounds.solved))


class _Bounds:
    """Costs of a year by set of projects and phase, and the bounds that each answer gives for all sets."""

    def __init__(self, candidates: Candidates, terms: Terms) -> None:
        self.candidates, self.terms = candidates, terms
        everything = with_built(candidates, np.ones(terms.cost.size, dtype=np.bool_))
        self.whole = prepare(validate_problem(everything), None)
        self.solved: dict[tuple[bytes, int], tuple[float, int]] = {}
        self.heights: list[FloatArray] = []
        self.slopes: list[FloatArray] = []
        self.start: FlowSolution | None = None

    def cost_of(self, plan: BoolArray) -> float:
        """Cost of a plan over all phases, annuities included."""
        terms = self.terms
        years = [
            self.solve(plan[:, t], t)[0] + float(terms.annuity @ plan[:, t]) for t in range(plan.shape[1])
        ]
        return float(terms.weight @ np.array(years))

    def slopes_of(self, plan: BoolArray) -> FloatArray:
        """What each project would change at most in a year of each phase: (n_phases, n_projects)."""
        return np.stack([self.slopes[self.solve(plan[:, t], t)[1]][t] for t in range(plan.shape[1])])

    def solve(self, built: BoolArray, phase: int) -> tuple[float, int]:
        """Cost of a year of a phase with some projects built, and which bound came of it."""
        key = built.tobytes(), phase
        if key not in self.solved:
            amount = self.terms.amount[phase]
            problem = with_built(self.candidates, built)._replace(od_amount=amount)
            answer = multicommodity_flow(problem, start=self.start)
            if answer.status is Status.LIMIT:
                raise LandseaError("a set of projects was not solved to proof", code="not-optimal")
            self.start = answer
            self._add_bounds(built, answer)
            self.solved[key] = float(answer.objective), len(self.slopes) - 1
        return self.solved[key]

    def _add_bounds(self, built: BoolArray, answer: FlowSolution) -> None:
        """Keep what the prices of an answer prove of all sets, in every phase."""
        amount, dual = self.terms.amount, np.maximum(answer.group_dual, 0.0)
        saved = self._saved(built, answer.od_dual, dual)
        self.heights.append(amount @ answer.od_dual - float(self.candidates.problem.group_limit @ dual))
        self.slopes.append(-(amount @ saved) - self.candidates.adds @ dual)

    def _saved(self, built: BoolArray, od_dual: FloatArray, dual: FloatArray) -> FloatArray:
        """What a tonne of each OD could save at most through what each project opens: (n_ods, n_projects)."""
        whole, found = self.whole.problem, self.candidates
        saved = np.zeros((od_dual.size, built.size))
        cost = priced_cost(self.whole, whole.commodity_cost, dual)
        for k, cuts in enumerate(found.indptr):
            ods = np.flatnonzero(whole.od_commodity == k)
            size = np.where(built, 0, np.diff(cuts))
            arcs = found.arc[cuts[0] : cuts[-1]][np.repeat(~built, np.diff(cuts))]
            through = cheapest_through(
                self.whole.pairs,
                (whole.tail, whole.head),
                cost[k],
                whole.od_origin[ods],
                whole.od_destination[ods],
                np.concatenate(([0], np.cumsum(size))),
                arcs,
            )
            saved[ods] = np.maximum(od_dual[ods, None] - through, 0.0)
        return saved


def _propose(bounds: _Bounds, terms: Terms) -> tuple[BoolArray, float]:
    """Return the plan that the bounds so far allow to be cheapest, and that least cost.

    Variables: whether a project stands in a phase, project by project; then the cost of a year of each phase.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, eye_array, hstack, kron

    n, phases = terms.cost.size, terms.weight.size
    # Counted from the cost with everything built, in what that saves: the program's tolerances are then
    # shares of what can be saved, not of all that is paid.
    dearest, least = (
        np.array([bounds.solve(np.full(n, built), t)[0] for t in range(phases)]) for built in (False, True)
    )
    money = max(1.0, float((dearest - least).max()))
    slopes, heights = np.array(bounds.slopes), np.array(bounds.heights)
    rows = [
        LinearConstraint(_of_phase(-slopes[:, t] / money, t, phases), lb=(heights[:, t] - least[t]) / money)
        for t in range(phases)
    ]
    # What stands in one phase stands in the next, and what does not stand before is built.
    before = eye_array(phases, format="csr") - eye_array(phases, k=-1, format="csr")
    none = csr_array((n * phases, phases))
    rows.append(LinearConstraint(hstack([kron(eye_array(n), before), none]), lb=0.0))
    most = np.cumsum(terms.budget) if terms.carry_over else terms.budget
    unit = max(1.0, float(most.max()))
    stands = eye_array(phases) if terms.carry_over else before
    spent = kron(csr_array(terms.cost[None, :] / unit), stands)
    rows.append(LinearConstraint(hstack([spent, csr_array((phases, phases))]), ub=most / unit))
    share = terms.weight / terms.weight.sum()
    answer = milp(
        np.concatenate([np.outer(terms.annuity / money, share).ravel(), share]),
        integrality=np.concatenate([np.ones(n * phases), np.zeros(phases)]),
        bounds=Bounds(
            np.concatenate([np.zeros(n * phases), np.full(phases, -np.inf)]),
            np.concatenate([np.ones(n * phases), np.full(phases, np.inf)]),
        ),
        constraints=rows,
        # Presolving such small programs saves nothing, and some versions of HiGHS print while at it.
        options={"mip_rel_gap": 0.0, "presolve": False},
    )
    if answer.x is None:
        raise LandseaError(f"the choice of projects was not solved ({answer.message})", code="not-optimal")
    plan = np.asarray(answer.x[: n * phases].reshape(n, phases) > 0.5)
    return plan, float(answer.mip_dual_bound) * money * float(terms.weight.sum()) + float(
        terms.weight @ least
    )


def _of_phase(rows: FloatArray, phase: int, phases: int) -> FloatArray:
    """Coefficients of bounds for the year of one phase: (n_bounds, n_projects x n_phases + n_phases)."""
    n_rows, n = rows.shape
    wide = np.zeros((n_rows, n, phases))
    wide[:, :, phase] = rows
    year = np.zeros((n_rows, phases))
    year[:, phase] = 1.0
    return np.hstack([wide.reshape(n_rows, n * phases), year])


def _greedy(bounds: _Bounds, terms: Terms) -> BoolArray:
    """Plan of the ranking by dual price: in each phase by what a dollar saves then, while money lasts."""
    n, phases = terms.cost.size, terms.weight.size
    plan, left = np.zeros((n, phases), dtype=np.bool_), 0.0
    for t in range(phases):
        left = float(terms.budget[t]) + (left if terms.carry_over else 0.0)
        _, at = bounds.solve(plan[:, t], t)
        saves = -bounds.slopes[at][t] - terms.annuity
        for i in np.argsort(-saves / np.maximum(terms.cost, 1.0), kind="stable"):
            if saves[i] > 0.0 and terms.cost[i] <= left and not plan[i, t]:
                plan[i, t:] = True
                left -= float(terms.cost[i])
    return plan
