"""The battery for solvers of single-commodity min-cost flow.

Every case below is small enough to be worked out by hand, and its sum stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from landsea_routing._status import Status
from landsea_routing.errors import LandseaError
from landsea_routing.kernels.certificate_mincost import certify_min_cost
from landsea_routing.kernels.mincostproblem import MinCostFlow, MinCostProblem, make_problem

MinCostSolver = Callable[..., MinCostFlow]
INF = float("inf")
TOLERANCE = 1e-9
"""Relative difference from a known optimum that is let pass, and tolerance of the certificate."""
N_RANDOM = 40
"""Random instances, with a known flow each; their seeds are 0, 1, 2 ..."""

Arc = tuple[int, int, float, float]
"""Tail, head, capacity, cost."""


class _Case(NamedTuple):
    """A problem and what is known of its answer; None where nothing is said."""

    name: str
    problem: MinCostProblem
    status: Status = Status.OPTIMAL
    objective: float | None = None
    short: float | None = None


def check_min_cost_solver(solver: MinCostSolver) -> None:
    """Run a min-cost flow solver through cases with known answers and random ones, and judge each answer.

    Bounds, conservation, potentials and objective are judged in every case; the cases bring parallel arcs,
    loops, arcs that cost nothing or less, capacities of zero, without limit and beyond int32, lower bounds,
    decimal data, cycles that earn, and problems that have no flow or no cheapest one.

    Parameters
    ----------
    solver : callable
        Called as ``solver(tail, head, capacity, cost, supply, lower=lower)``; gives a `MinCostFlow`. It
        says OPTIMAL or NOT_VERIFIED of an optimum, INFEASIBLE or UNBOUNDED; a `cut` or `cycle` that it gives
        is judged too.

    Raises
    ------
    LandseaError
        The solver fails a case; the message names the case and says how (code `min-cost-solver`).

    Notes
    -----
    Some 60 problems of up to 12 vertices; about a second.

    Examples
    --------
    >>> from landsea_routing.kernels.mincost import min_cost_flow
    >>> check_min_cost_solver(min_cost_flow)
    """
    for case in _cases():
        _check_case(solver, case)


def _check_case(solver: MinCostSolver, case: _Case) -> None:
    given = [part.copy() for part in case.problem]
    try:
        found = solver(*given[:5], lower=given[5])
    except Exception as error:
        raise _failure(case, f"raises {type(error).__name__}: {error}") from error
    if not isinstance(found, MinCostFlow):
        raise _failure(case, f"gives a {type(found).__name__}, not a MinCostFlow")
    changed = [
        name
        for name, old, new in zip(MinCostProblem._fields, case.problem, given, strict=True)
        if not np.array_equal(old, new)
    ]
    if changed:
        raise _failure(case, f"changes {', '.join(changed)} of the problem")
    solved = (Status.OPTIMAL, Status.NOT_VERIFIED)
    if found.status not in (solved if case.status is Status.OPTIMAL else (case.status,)):
        raise _failure(case, f"has status {found.status}, not {case.status}")
    unproved = (Status.INFEASIBLE, found.cut), (Status.UNBOUNDED, found.cycle)
    if any(found.status is status and proof is None for status, proof in unproved):
        return
    try:
        certificate = certify_min_cost(case.problem, found, tolerance=TOLERANCE)
    except (LandseaError, TypeError, IndexError, ValueError) as error:
        raise _failure(case, f"gives a solution that cannot be judged: {error}") from error
    if not certificate.passed:
        raise _failure(case, f"does not pass the certificate: {'; '.join(certificate.messages)}")
    _compare(case, found, certificate.objective)


def _compare(case: _Case, found: MinCostFlow, objective: float) -> None:
    """What is known of the answer, to tolerance."""
    if case.objective is not None and abs(objective - case.objective) > TOLERANCE * max(
        1.0, abs(case.objective)
    ):
        raise _failure(case, f"has objective {objective}, not {case.objective}")
    if case.short is not None and found.cut is not None and abs(found.cut.short - case.short) > TOLERANCE:
        raise _failure(case, f"is short by {found.cut.short}, not {case.short}")


def _failure(case: _Case, what: str) -> LandseaError:
    return LandseaError(
        f"on the case {case.name!r} the solver {what}", code="min-cost-solver", ids=(case.name,)
    )


def _problem(arcs: list[Arc], supply: list[float], lower: list[float] | None = None) -> MinCostProblem:
    tail, head, capacity, cost = ([arc[i] for arc in arcs] for i in range(4))
    return make_problem(tail, head, capacity, cost, supply, lower)


def _cases() -> Iterator[_Case]:
    yield from _plain()
    yield from _bounds()
    yield from _gains()
    yield from _impossible()
    for seed in range(N_RANDOM):
        yield _Case(f"random instance {seed}", _random(seed))


def _plain() -> Iterator[_Case]:
    """Arcs without surprises."""
    # 2 by the cheap arc, 3 by the dear one.
    parallel: list[Arc] = [(0, 1, 2, 1), (0, 1, 9, 4)]
    yield _Case("parallel arcs", _problem(parallel, [5, -5]), objective=14.0)
    # 4 by way of 1 at 1 + 1, 2 directly at 5.
    detour: list[Arc] = [(0, 1, 4, 1), (0, 2, 9, 5), (1, 2, 9, 1)]
    yield _Case("way round", _problem(detour, [6, 0, -6]), objective=18.0)
    free: list[Arc] = [(0, 1, INF, 0), (1, 0, INF, 0), (1, 2, INF, 0)]
    yield _Case("arcs that cost nothing", _problem(free, [7, 0, -7]), objective=0.0)
    yield _Case("no supply", _problem(detour, [0, 0, 0]), objective=0.0)
    yield _Case("no arcs", _problem([], [0, 0]), objective=0.0)
    loop: list[Arc] = [(0, 0, 5, 3), (0, 1, 5, 2)]
    yield _Case("loop that costs", _problem(loop, [4, -4]), objective=8.0)
    # The cheapest way 0 1 2 3 leaves none for a second unit: 0 1 3 and 0 2 3 at 1 + 5 + 5 + 1.
    cross: list[Arc] = [(0, 1, 1, 1), (0, 2, 1, 5), (1, 2, 1, 0), (1, 3, 1, 5), (2, 3, 1, 1)]
    yield _Case("way that must be undone", _problem(cross, [2, 0, 0, -2]), objective=12.0)
    # 0.1 of 0.3 cheaply: 0.1 * 0.1 + 0.2 * 0.2.
    decimal: list[Arc] = [(0, 1, 0.1, 0.1), (0, 1, 0.7, 0.2)]
    yield _Case("decimal data", _problem(decimal, [0.3, -0.3]), objective=0.05)
    thirds: list[Arc] = [(0, 3, INF, 1), (1, 3, INF, 1), (2, 3, INF, 1)]
    yield _Case("supplies of a third", _problem(thirds, [1 / 3, 1 / 3, 1 / 3, -1]), objective=1.0)


def _bounds() -> Iterator[_Case]:
    """Capacities and lower bounds of every kind."""
    shut: list[Arc] = [(0, 1, 0, 1), (0, 1, INF, 4)]
    yield _Case("capacity of zero", _problem(shut, [2, -2]), objective=8.0)
    wide: list[Arc] = [(0, 1, 2.0**40, 1), (0, 1, 2.0**40, 3)]
    yield _Case("capacity beyond int32", _problem(wide, [2.0**40 + 1, -(2.0**40) - 1]), objective=2.0**40 + 3)
    two: list[Arc] = [(0, 1, 9, 1), (0, 1, 9, 4)]
    # 3 must take the dear arc: 2 * 1 + 3 * 4.
    yield _Case("lower bound", _problem(two, [5, -5], [0, 3]), objective=14.0)
    # 2 must go round 1 2 1, though nothing is wanted: 2 * (1 + 3).
    ring: list[Arc] = [(0, 1, 9, 1), (1, 0, 9, 3)]
    yield _Case("lower bound on a cycle", _problem(ring, [0, 0], [2, 0]), objective=8.0)
    # The arc takes 2 backwards and earns 3 each.
    yield _Case("negative lower bound", _problem([(0, 1, 5, 3)], [-2, 2], [-4]), objective=-6.0)
    yield _Case("lower bound that is the capacity", _problem([(0, 1, 4, 3)], [4, -4], [4]), objective=12.0)


def _gains() -> Iterator[_Case]:
    """Costs below zero."""
    ring: list[Arc] = [(0, 1, 4, -5), (1, 0, 9, 2)]
    yield _Case("cycle that earns", _problem(ring, [0, 0]), objective=-12.0)
    half: list[Arc] = [(0, 1, INF, -5), (1, 0, 9, 2)]
    yield _Case("cycle with one limit", _problem(half, [0, 0]), objective=-27.0)
    yield _Case("loop that earns", _problem([(0, 0, 3, -2)], [0]), objective=-6.0)
    chain: list[Arc] = [(0, 1, INF, -1), (1, 2, INF, -1)]
    yield _Case("negative costs without limit", _problem(chain, [3, 0, -3]), objective=-6.0)
    endless: list[Arc] = [(0, 1, INF, -5), (1, 0, INF, 2), (1, 2, 5, 1)]
    yield _Case("cycle without limit", _problem(endless, [1, 0, -1]), Status.UNBOUNDED)
    # 0.3 - 0.1 - 0.2 is a rounding below zero in floats, and zero.
    zero: list[Arc] = [(0, 1, INF, 0.3), (1, 2, INF, -0.1), (2, 0, INF, -0.2)]
    yield _Case("cycle that costs a rounding", _problem(zero, [0, 0, 0]), objective=0.0)


def _impossible() -> Iterator[_Case]:
    """No flow meets the supplies."""
    yield _Case("no way", _problem([(1, 0, 9, 1)], [2, -2]), Status.INFEASIBLE, short=2.0)
    narrow: list[Arc] = [(0, 1, 2, 1), (0, 1, 2, 1), (1, 2, INF, 1)]
    yield _Case("narrow", _problem(narrow, [5, 0, -5]), Status.INFEASIBLE, short=1.0)
    yield _Case("vertex without arcs", _problem([(0, 1, 9, 1)], [0, 0, 3, -3]), Status.INFEASIBLE, short=3.0)
    # The lower bound brings 4 into vertex 1, from where only 3 can go on.
    forced: list[Arc] = [(0, 1, 9, 1), (1, 0, 3, 1)]
    yield _Case("lower bound too high", _problem(forced, [0, 0], [4, 0]), Status.INFEASIBLE, short=1.0)
    earns: list[Arc] = [(0, 1, INF, -5), (1, 0, INF, 2), (1, 2, 5, 1)]
    yield _Case(
        "no flow, and a cycle without limit", _problem(earns, [6, 0, -6]), Status.INFEASIBLE, short=1.0
    )
    yield _Case("feasible to the last unit", _problem(narrow, [4, 0, -4]), objective=8.0)


def _random(seed: int) -> MinCostProblem:
    """A small multigraph with a flow to start from, and arcs of every kind."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 13))
    m = int(rng.integers(n, 5 * n))
    tail, head = rng.integers(n, size=(2, m))
    cost = rng.integers(-10, 60, m) / (1.0, 10.0)[seed % 2]
    lower = np.where(rng.random(m) < 0.15, rng.integers(0, 4, m), 0).astype(np.float64)
    room = np.where(rng.random(m) < 0.15, 0, rng.integers(0, 30, m))
    carried = lower + rng.integers(0, room + 1)
    capacity = np.where((rng.random(m) < 0.2) & (cost >= 0.0), INF, lower + room)
    supply = np.bincount(tail, weights=carried, minlength=n) - np.bincount(head, weights=carried, minlength=n)
    return make_problem(tail, head, capacity, cost, supply, lower)
