"""Contracts that extensions must keep: a battery of cases for flow solvers.

A solver that passes is fit to be given as `assign(..., solver=...)`. Every case below is small enough to
be worked out by hand, and its sum stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import NamedTuple

import numpy as np

from landsea_routing._status import Status
from landsea_routing.errors import LandseaError
from landsea_routing.kernels.certificate import Certificate, certify
from landsea_routing.kernels.csr import sort_arcs
from landsea_routing.kernels.flowproblem import FlowProblem, FlowSolution

FlowSolver = Callable[[FlowProblem], FlowSolution]
INF = float("inf")
TOLERANCE = 1e-7
"""Relative difference from a known optimum that is let pass."""
N_RANDOM = 20
"""Random instances; their seeds are 0, 1, 2 ..."""

Arc = tuple[int, int, list[float]]
Od = tuple[int, int, int, float]
Group = tuple[float, list[tuple[int, int, float]]]


class _Case(NamedTuple):
    """A problem and what is known of its answer; None where nothing is said."""

    name: str
    problem: FlowProblem
    objective: float | None = None
    unserved: list[float] | None = None
    group_dual: list[float] | None = None
    od_dual: list[float] | None = None
    infeasible: bool = False


def check_flow_solver(solver: FlowSolver) -> None:
    """Run a flow solver through cases with known answers and random ones, each judged by the certificate.

    Bounds, conservation, duality and slackness are judged in every case; the cases bring parallel arcs,
    arcs that cost nothing, closed arcs, limits of zero and without bound, groups over several arcs and
    commodities with coefficients, what is unserved at its price, and demand that cannot be met.

    Parameters
    ----------
    solver : callable
        `FlowProblem -> FlowSolution`.

    Raises
    ------
    LandseaError
        The solver fails a case; the message names the case and says how (code `flow-solver`).

    Notes
    -----
    Some 35 problems of up to 9 vertices; well under a second. Dual prices are only
    compared where they are unique.

    Examples
    --------
    >>> from landsea_routing.kernels.multiflow import multicommodity_flow
    >>> from landsea_routing.testing import check_flow_solver
    >>> check_flow_solver(multicommodity_flow)
    """
    for case in _cases():
        _check_case(solver, case)


def _check_case(solver: FlowSolver, case: _Case) -> None:
    before = deepcopy(case.problem)
    try:
        solution = solver(case.problem)
    except Exception as error:
        raise _failure(case, f"raises {type(error).__name__}: {error}") from error
    if not isinstance(solution, FlowSolution):
        raise _failure(case, f"gives a {type(solution).__name__}, not a FlowSolution")
    changed = [
        field
        for field, old, new in zip(FlowProblem._fields, before, case.problem, strict=True)
        if not np.array_equal(np.asarray(old), np.asarray(new))
    ]
    if changed:
        raise _failure(case, f"changes {', '.join(changed)} of the problem")
    if (solution.status is Status.INFEASIBLE) != case.infeasible:
        raise _failure(case, f"has status {solution.status}")
    if solution.status not in (Status.OPTIMAL, Status.NOT_VERIFIED, Status.INFEASIBLE):
        raise _failure(case, f"has status {solution.status}")
    certificate = _certified(case, solution)
    if not case.infeasible:
        _compare(case, certificate, solution)


def _certified(case: _Case, solution: FlowSolution) -> Certificate:
    try:
        certificate = certify(case.problem, solution)
    except (LandseaError, TypeError, IndexError) as error:
        raise _failure(case, f"gives a solution that cannot be judged: {error}") from error
    if not certificate.passed:
        raise _failure(case, f"does not pass the certificate: {'; '.join(certificate.messages)}")
    return certificate


def _compare(case: _Case, certificate: Certificate, solution: FlowSolution) -> None:
    known = (
        ("objective", case.objective, certificate.objective),
        ("unserved", case.unserved, solution.unserved),
        ("group_dual", case.group_dual, solution.group_dual),
        ("od_dual", case.od_dual, solution.od_dual),
    )
    for name, expected, found in known:
        if expected is not None and not np.allclose(found, expected, rtol=TOLERANCE, atol=TOLERANCE):
            raise _failure(case, f"gives {name} {np.asarray(found).tolist()}", f"{name} {expected}")


def _failure(
    case: _Case, wrong: str, expected: str = "the contract of FlowProblem -> FlowSolution"
) -> LandseaError:
    return LandseaError(
        f"flow solver, case {case.name!r}: {wrong}",
        code="flow-solver",
        ids=(case.name,),
        expected=expected,
        cure="solve this case by hand; see landsea_routing.testing",
    )


def _problem(
    n_vertices: int,
    arcs: list[Arc],
    ods: list[Od],
    groups: list[Group] | None = None,
    price: list[float] | None = None,
) -> FlowProblem:
    """Put a problem together from arcs (tail, head, cost by commodity), ODs and groups, arcs sorted."""
    limits = groups or []
    entries = [entry for _, members in limits for entry in members]
    return FlowProblem(
        n_vertices=n_vertices,
        tail=np.array([arc[0] for arc in arcs], dtype=np.int64),
        head=np.array([arc[1] for arc in arcs], dtype=np.int64),
        commodity_cost=np.array([arc[2] for arc in arcs], dtype=np.float64).T.copy(),
        arc_lower=None,
        od_origin=np.array([od[0] for od in ods], dtype=np.int64),
        od_destination=np.array([od[1] for od in ods], dtype=np.int64),
        od_commodity=np.array([od[2] for od in ods], dtype=np.int64),
        od_amount=np.array([od[3] for od in ods], dtype=np.float64),
        unserved_price=None if price is None else np.array(price, dtype=np.float64),
        group_indptr=np.cumsum([0, *(len(members) for _, members in limits)]).astype(np.int64),
        group_arc=np.array([arc for arc, _, _ in entries], dtype=np.int64),
        group_commodity=np.array([commodity for _, commodity, _ in entries], dtype=np.int64),
        group_coefficient=np.array([coefficient for _, _, coefficient in entries], dtype=np.float64),
        group_limit=np.array([limit for limit, _ in limits], dtype=np.float64),
    )


def _cases() -> Iterator[_Case]:
    yield from _paths()
    yield from _limits()
    yield from _staying_home()
    yield from _impossible()
    yield from (_Case(f"random {seed}", _random(seed)) for seed in range(N_RANDOM))


def _paths() -> Iterator[_Case]:
    """Nothing binds: every OD takes its cheapest path."""
    # 0 -> 1 -> 2 costs 1 + 2, the direct arc 4: 5 units at 3.
    chain: list[Arc] = [(0, 1, [1.0]), (0, 2, [4.0]), (1, 2, [2.0])]
    yield _Case("cheapest path", _problem(3, chain, [(0, 2, 0, 5.0)]), 15.0, [0.0], [], [3.0])
    parallel: list[Arc] = [(0, 1, [5.0]), (0, 1, [3.0]), (0, 1, [3.5])]
    yield _Case("parallel arcs", _problem(2, parallel, [(0, 1, 0, 2.0)]), 6.0, [0.0], [], [3.0])
    # The whole way is free, by arcs of cost 0 that also make a circle.
    free: list[Arc] = [(0, 1, [0.0]), (1, 0, [0.0]), (1, 2, [0.0])]
    yield _Case("arcs that cost nothing", _problem(3, free, [(0, 2, 0, 7.0)]), 0.0, [0.0], [], [0.0])
    # Commodity 1 may not use the short way: 2 * 1 + 3 * 9.
    closed: list[Arc] = [(0, 1, [1.0, INF]), (0, 1, [9.0, 9.0])]
    ods: list[Od] = [(0, 1, 0, 2.0), (0, 1, 1, 3.0)]
    yield _Case("arc closed to one commodity", _problem(2, closed, ods), 29.0, [0.0, 0.0], [], [1.0, 9.0])
    loop: list[Arc] = [(0, 0, [0.0]), (0, 1, [2.0])]
    yield _Case("loop", _problem(2, loop, [(0, 1, 0, 4.0)]), 8.0, [0.0], [], [2.0])
    yield _Case("amount of zero", _problem(2, [(0, 1, [2.0])], [(0, 1, 0, 0.0)]), 0.0, [0.0])
    yield _Case("no demand", _problem(2, [(0, 1, [2.0])], []), 0.0, [])


def _limits() -> Iterator[_Case]:
    """Groups bind."""
    # 10 units: 4 by the cheap arc (2), 6 by the detour (5). One more of the limit saves 3.
    arcs: list[Arc] = [(0, 1, [1.0]), (0, 2, [2.0]), (1, 2, [4.0])]
    limited = _problem(3, arcs, [(0, 2, 0, 10.0)], [(4.0, [(1, 0, 1.0)])])
    yield _Case("limit on one arc", limited, 38.0, [0.0], [3.0], [5.0])
    both: list[Arc] = [(0, 1, [1.0]), (0, 1, [4.0])]
    shut = _problem(2, both, [(0, 1, 0, 2.0)], [(0.0, [(0, 0, 1.0)])])
    yield _Case("limit of zero", shut, 8.0, [0.0], None, [4.0])
    endless = _problem(2, both, [(0, 1, 0, 2.0)], [(INF, [(0, 0, 1.0)])])
    yield _Case("limit without bound", endless, 2.0, [0.0], [0.0], [1.0])
    # The two cheap arcs share a limit of 5: 5 at 1, 3 at 7; one more saves 6.
    three: list[Arc] = [(0, 1, [1.0]), (0, 1, [2.0]), (0, 1, [7.0])]
    screen = _problem(2, three, [(0, 1, 0, 8.0)], [(5.0, [(0, 0, 1.0), (1, 0, 1.0)])])
    yield _Case("group over two arcs", screen, 26.0, [0.0], [6.0], [7.0])
    # Limit 12. Commodity 0 takes 1 a unit and saves 9; commodity 1 takes 3 and saves 15, 5 per unit of
    # limit. So all 6 of commodity 0 go first, then (12 - 6) / 3 = 2 of commodity 1; its other 2 pay 20.
    two: list[Arc] = [(0, 1, [1.0, 5.0]), (0, 1, [10.0, 20.0])]
    ods: list[Od] = [(0, 1, 0, 6.0), (0, 1, 1, 4.0)]
    shared = _problem(2, two, ods, [(12.0, [(0, 0, 1.0), (0, 1, 3.0)])])
    yield _Case("coefficients by commodity", shared, 56.0, [0.0, 0.0], [5.0], [6.0, 20.0])
    # Half a unit each on two arcs in a row: the path loads the group 0.5 + 0.5 per unit. 3 of 5 go by it.
    row: list[Arc] = [(0, 1, [1.0]), (0, 2, [9.0]), (1, 2, [1.0])]
    twice = _problem(3, row, [(0, 2, 0, 5.0)], [(3.0, [(0, 0, 0.5), (2, 0, 0.5)])])
    yield _Case("path that meets a group twice", twice, 3 * 2.0 + 2 * 9.0, [0.0], [7.0], [9.0])
    # The entry of an arc may be written in two parts: 0.25 + 0.75.
    parts = _problem(2, both, [(0, 1, 0, 5.0)], [(3.0, [(0, 0, 0.25), (0, 0, 0.75)])])
    yield _Case("repeated entry", parts, 3 * 1.0 + 2 * 4.0, [0.0], [3.0], [4.0])
    # An arc in two groups: the tighter one binds (2 units at 1, 3 at 4).
    nested = _problem(2, both, [(0, 1, 0, 5.0)], [(2.0, [(0, 0, 1.0)]), (9.0, [(0, 0, 1.0)])])
    yield _Case("arc in two groups", nested, 14.0, [0.0], [3.0, 0.0], [4.0])
    # Two ODs compete for one arc of 4; the second has the dearer way out (8 against 3) and goes first.
    rivals: list[Arc] = [(0, 2, [1.0]), (0, 3, [4.0]), (1, 2, [1.0]), (1, 3, [9.0]), (2, 3, [0.0])]
    contest = _problem(4, rivals, [(0, 3, 0, 4.0), (1, 3, 0, 3.0)], [(4.0, [(4, 0, 1.0)])])
    yield _Case("two ODs on one arc", contest, 3 * 1.0 + 1 * 1.0 + 3 * 4.0, [0.0, 0.0], [3.0], [4.0, 4.0])


def _staying_home() -> Iterator[_Case]:
    """What is not carried pays its price."""
    arc: list[Arc] = [(0, 1, [1.0])]
    limited: list[Group] = [(3.0, [(0, 0, 1.0)])]
    # 3 of 5 at 1, 2 stay at 10.
    short = _problem(2, arc, [(0, 1, 0, 5.0)], limited, [10.0])
    yield _Case("unserved for want of capacity", short, 23.0, [2.0], [9.0], [10.0])
    dear = _problem(2, arc, [(0, 1, 0, 5.0)], limited, [0.5])
    yield _Case("unserved because the way is dearer", dear, 2.5, [5.0], [0.0], [0.5])
    nowhere = _problem(2, arc, [(1, 0, 0, 5.0)], None, [10.0])
    yield _Case("unserved without a path", nowhere, 50.0, [5.0], [], [10.0])
    # The dearer of two prices is served first.
    rank = _problem(2, arc, [(0, 1, 0, 2.0), (0, 1, 0, 2.0)], limited, [10.0, 20.0])
    yield _Case("unserved at two prices", rank, 3 * 1.0 + 1 * 10.0, [1.0, 0.0], [9.0], [10.0, 10.0])


def _impossible() -> Iterator[_Case]:
    """Everything must be carried and cannot be: the ray must prove it."""
    arcs: list[Arc] = [(0, 1, [1.0]), (0, 1, [2.0])]
    nowhere = _problem(2, arcs, [(1, 0, 0, 1.0)])
    yield _Case("infeasible without a path", nowhere, infeasible=True)
    limits: list[Group] = [(3.0, [(0, 0, 1.0)]), (1.0, [(1, 0, 1.0)])]
    yield _Case("infeasible by two limits", _problem(2, arcs, [(0, 1, 0, 5.0)], limits), infeasible=True)
    # Each unit takes 3 of a limit of 10, so only 10 / 3 of 4 fit.
    thirds = _problem(2, arcs[:1], [(0, 1, 0, 4.0)], [(10.0, [(0, 0, 3.0)])])
    yield _Case("infeasible by a coefficient", thirds, infeasible=True)
    # The limits just suffice: 3 * 1 + 1 * 2.
    yield _Case("feasible to the last unit", _problem(2, arcs, [(0, 1, 0, 4.0)], limits), 5.0, [0.0])


def _random(seed: int) -> FlowProblem:
    """Two commodities on a small multigraph with free and closed arcs and overlapping groups."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 10))
    m = int(rng.integers(n, 4 * n))
    tail = rng.integers(n, size=m)
    head = (tail + rng.integers(1, n, size=m)) % n
    order = sort_arcs(tail, head)
    cost = rng.integers(0, 30, (m, 2)) + rng.random((m, 2))
    cost[rng.random(cost.shape) < 0.1] = INF
    cost[rng.random(cost.shape) < 0.1] = 0.0
    arcs: list[Arc] = [(int(tail[a]), int(head[a]), cost[a].tolist()) for a in order]
    ods: list[Od] = []
    for _ in range(int(rng.integers(1, 7))):
        start, step = int(rng.integers(n)), int(rng.integers(1, n))
        ods.append((start, (start + step) % n, int(rng.integers(2)), float(rng.integers(12))))
    groups: list[Group] = []
    for _ in range(int(rng.integers(1, m + 1))):
        members = rng.choice(m, size=int(rng.integers(1, 4)), replace=False)
        coefficient = rng.choice([0.5, 1.0, 2.0, 1 / 3], size=2)
        limit = float(rng.choice([0.0, 1.0, 3.0, 5.0, 10.0, INF]))
        groups.append((limit, [(int(a), k, float(coefficient[k])) for a in members for k in (0, 1)]))
    return _problem(n, arcs, ods, groups, rng.integers(10, 200, len(ods)).astype(float).tolist())
