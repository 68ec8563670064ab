"""Which closure hurts most: every link, node, crossing and terminal closed in turn."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from landsea_routing._frozen import Frozen
from landsea_routing._status import Status
from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.assignment.assign import assign
from landsea_routing.assignment.terms import refuse_terms
from landsea_routing.errors import InvalidValueError, LandseaError
from landsea_routing.graph.graph import ArcKind, Graph
from landsea_routing.kernels.closing import Solved, begin_closing, close_arcs
from landsea_routing.kernels.flowproblem import FlowProblem, FlowSolution
from landsea_routing.model.network import Network
from landsea_routing.results.assignment import Assignment
from landsea_routing.results.criticality import JOINED, Criticality
from landsea_routing.routing.progress import Progress, teller
from landsea_routing.routing.workers import count_workers, run_parts
from landsea_routing.whatif.seasons import in_month

WHAT = ("links", "nodes", "crossings", "terminals")
PARTS_PER_WORKER = 8


class _Element(NamedTuple):
    """What is closed, and its arcs."""

    kind: str
    name: str
    arcs: IntArray


class _Outcome(NamedTuple):
    """Totals of a plan, and the cost of each OD."""

    usd: float
    hours_t: float
    co2e_kg: float
    unserved_t: float
    od_usd: FloatArray
    gap: float


@dataclass(frozen=True, eq=False)
class _Shared(Frozen):
    """What all closures begin with; sent to each worker of a cluster once."""

    solved: Solved
    time_h: FloatArray
    co2e_kg_per_t: FloatArray

    def __sizeof__(self) -> int:
        # A cluster scatters only what says that it is large.
        return 1 << 20


def criticality(
    base: Network | Assignment,
    *,
    what: Sequence[str] = WHAT,
    pairs: int = 0,
    month: int | None = None,
    n_jobs: int | None = None,
    progress: Progress = False,
) -> Criticality:
    """Close every link, node, crossing and terminal in turn (N-1), and pairs of the worst (N-2).

    Parameters
    ----------
    base : Network or Assignment
        Network and demand; a plan saves the first assignment.
    what : sequence of {"links", "nodes", "crossings", "terminals"}
        What to close. A node is closed with all links at it, a terminal by ending its transfers of mode,
        gauge and vessel. A crossing is one direction; a link is closed both ways, with its borders.
    pairs : int
        How many of the dearest are closed two at a time as well: 10 makes 45 pairs. A pair of which one
        closes all that the other does is left out.
    month : int, optional
        Month 1 to 12: all amounts are those of a year in which every month is like this one. A plan is then
        made again for it, at its own price of what is unserved.
    n_jobs : int, optional
        Workers, as joblib counts them; see `sweep`.
    progress : bool or callable
        As in `sweep`.

    Returns
    -------
    Criticality
        The dearest first.

    Raises
    ------
    InvalidValueError
        `what`, `pairs` or `month` is none of these; or a month is given with a plan that has background,
        steps or contracts.
    LandseaError
        The base plan is not optimal, or a closure was not solved to proof.

    Notes
    -----
    What carries nothing in an optimal plan can be closed without changing it: its row is exactly 0, and
    nothing is solved. The others are solved from the base plan (`kernels.closing`), each proved by its bound;
    costs are those of solving from nothing, to 1e-9. Hours, emissions and who pays are those of one cheapest
    plan. A plan in which everything must be carried (`unserved_price=None`) may have none left after a
    closure: it then costs ``inf``, and `added_unserved_t` is the least that stays behind.

    Examples
    --------
    The line to the mine is what the toy network cannot do without:

    >>> import landsea_routing as lsr
    >>> found = lsr.criticality(lsr.load_network("toy_three_ports"), what=["links"])
    >>> str(found.kinds[0]), round(float(found.added_usd[0]))
    ('link', 512959000)
    """
    tell = teller(progress, "closures")
    plan = _base_plan(base, month)
    elements = _elements(plan.graph, what)
    if type(pairs) is not int or pairs < 0:
        raise InvalidValueError(
            f"pairs is {pairs!r}", column="pairs", ids=(pairs,), expected="a whole number >= 0"
        )
    tie = plan.graph.arc_length_km
    solved = begin_closing(plan.problem, plan.solution, tie)
    shape = plan.problem.commodity_cost.shape
    hours, co2e = (np.reshape(x, shape) for x in (plan.class_time_h, plan.class_co2e_kg_per_t))
    shared = _Shared(solved, hours, co2e)
    before = _outcome(shared, plan.solution)
    used = np.zeros(plan.graph.topology.n_arcs, dtype=np.bool_)
    used[plan.solution.path_arc] = True

    def close(some: list[_Element]) -> list[_Outcome]:
        carries = [i for i, e in enumerate(some) if used[e.arcs].any()]
        found = [before] * len(some)
        step = max(1, -(-len(carries) // (PARTS_PER_WORKER * count_workers(n_jobs))))
        blocks = [carries[k : k + step] for k in range(0, len(carries), step)]
        parts = [(shared, [some[i].arcs for i in block]) for block in blocks]
        done = 0
        for block, outcomes in zip(blocks, run_parts(_close_each, parts, n_jobs), strict=True):
            for i, outcome in zip(block, outcomes, strict=True):
                found[i] = outcome
            done += len(block)
            tell(done, len(carries))
        return found

    outcomes = close(elements)
    if pairs:
        worst = sorted(range(len(elements)), key=lambda i: _rank(outcomes[i]))[:pairs]
        both = _pairs([elements[i] for i in worst if outcomes[i].usd > before.usd], used)
        outcomes, elements = outcomes + close(both), elements + both
    n_solved = sum(outcome is not before for outcome in outcomes)
    return _to_criticality(plan, month, before, elements, outcomes, n_solved)


def _base_plan(base: Network | Assignment, month: int | None) -> Assignment:
    if month is not None:
        if isinstance(base, Assignment):
            refuse_terms(base.graph, base.groups)
            network, price = in_month(base.graph.network, month), base.problem.unserved_price
            plan = assign(network, base.demand, unserved_price=price)
        else:
            plan = assign(in_month(base, month))
    else:
        plan = base if isinstance(base, Assignment) else assign(base)
    if plan.status is not Status.OPTIMAL:
        raise LandseaError(
            f"the base plan is {plan.status}, and only an optimal one tells what nobody needs",
            code="not-optimal",
            cure="assign again without a limit of rounds or time",
        )
    return plan


def _elements(graph: Graph, what: Sequence[str]) -> list[_Element]:
    wrong = [w for w in what if w not in WHAT] if not isinstance(what, str) else [what]
    if wrong or not what:
        raise InvalidValueError(
            f"what is {what!r}", column="what", ids=wrong, expected=f"a list of some of {', '.join(WHAT)}"
        )
    net, top = graph.network, graph.topology
    links, borders = graph.arcs_of(ArcKind.LINK), graph.arcs_of(ArcKind.BORDER)
    inside = np.flatnonzero(np.isin(top.arc_kind, (ArcKind.TRANSFER, ArcKind.RELAY)))
    ends = np.concatenate([top.vertex_node[top.tail[links]], top.vertex_node[top.head[links]]])
    found = {
        "links": ("link", net.links["id"], top.arc_row[links], links),
        "nodes": ("node", net.nodes["id"], ends, np.concatenate([links, links])),
        "crossings": ("crossing", net.crossings["id"], top.arc_row[borders], borders),
        "terminals": ("terminal", net.nodes["id"], top.vertex_node[top.head[inside]], inside),
    }
    elements = []
    for name in dict.fromkeys(what):
        kind, ids, row, arcs = found[name]
        order = np.argsort(row, kind="stable")
        rows, first = np.unique(row[order], return_index=True)
        for r, own in zip(rows, np.split(arcs[order], first)[1:], strict=True):
            elements.append(_Element(kind, str(ids[r]), np.unique(own)))
    return elements


def _pairs(worst: list[_Element], used: BoolArray) -> list[_Element]:
    """All pairs, but for those of which one closes all that the other does of what is used."""
    found = []
    for a, b in itertools.combinations(worst, 2):
        one, other = (set(e.arcs[used[e.arcs]].tolist()) for e in (a, b))
        if not (one <= other or other <= one):
            name = JOINED.join(f"{e.kind} {e.name}" for e in (a, b))
            found.append(_Element("pair", name, np.union1d(a.arcs, b.arcs)))
    return found


def _close_each(shared: _Shared, closures: Sequence[IntArray]) -> list[_Outcome]:
    found = []
    for arcs in closures:
        solution = close_arcs(shared.solved, arcs)
        if solution.status is Status.LIMIT:
            raise LandseaError("a closure was not solved to proof", code="not-optimal", ids=arcs.tolist())
        found.append(_outcome(shared, solution))
    return found


def _outcome(shared: _Shared, s: FlowSolution) -> _Outcome:
    problem: FlowProblem = shared.solved.setup.problem
    path = np.repeat(np.arange(s.path_od.size), np.diff(s.path_indptr))
    at = problem.od_commodity[s.path_od[path]], s.path_arc
    flow = s.path_flow[path]
    n_ods = problem.od_amount.size
    od_usd: FloatArray = np.bincount(s.path_od[path], problem.commodity_cost[at] * flow, n_ods).astype(
        np.float64
    )
    if problem.unserved_price is not None:
        od_usd = od_usd + s.unserved * problem.unserved_price
    else:
        od_usd[s.unserved > 0.0] = np.inf
    gap = (s.objective - s.bound) / max(1.0, abs(s.objective)) if np.isfinite(s.objective) else 0.0
    hours, co2e = float(flow @ shared.time_h[at]), float(flow @ shared.co2e_kg_per_t[at])
    return _Outcome(s.objective, hours, co2e, float(s.unserved.sum()), od_usd, gap)


def _rank(outcome: _Outcome) -> tuple[float, float]:
    """The dearest first; among those without a plan, what leaves most behind."""
    return -outcome.usd, -outcome.unserved_t


def _to_criticality(
    plan: Assignment,
    month: int | None,
    before: _Outcome,
    elements: list[_Element],
    outcomes: list[_Outcome],
    n_solved: int,
) -> Criticality:
    order = sorted(range(len(elements)), key=lambda i: _rank(outcomes[i]))
    n_ods = before.od_usd.size

    def added(name: str) -> FloatArray:
        values = np.array([getattr(outcomes[i], name) for i in order], dtype=np.float64)
        return values - float(getattr(before, name))

    od_usd = np.array([outcomes[i].od_usd for i in order], dtype=np.float64).reshape(len(order), n_ods)
    return Criticality(
        kinds=np.array([elements[i].kind for i in order]),
        elements=np.array([elements[i].name for i in order]),
        added_usd=added("usd"),
        added_hours_t=added("hours_t"),
        added_co2e_kg=added("co2e_kg"),
        added_unserved_t=added("unserved_t"),
        added_od_usd=od_usd - before.od_usd,
        demand=plan.demand,
        month=month,
        base_usd=plan.objective_usd,
        n_solved=n_solved,
        gap=max((outcome.gap for outcome in outcomes), default=0.0),
    )
