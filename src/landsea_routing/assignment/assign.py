"""Who carries what when capacities bind: exact least-cost multicommodity flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from landsea_routing._status import Status
from landsea_routing._typing import FloatArray, TextArray
from landsea_routing.assignment.problem import (
    FlowClasses,
    class_prices,
    flow_classes,
    flow_problem,
)
from landsea_routing.assignment.terms import Contracts, Steps, left_over, with_contracts, with_steps
from landsea_routing.errors import (
    InfeasibleError,
    InvalidValueError,
    LandseaError,
    list_ids,
)
from landsea_routing.graph.cost import ArcPrices
from landsea_routing.graph.expand import expand
from landsea_routing.graph.graph import Graph
from landsea_routing.graph.groups import GroupArcs
from landsea_routing.kernels.certificate import certify
from landsea_routing.kernels.flowproblem import FlowProblem, FlowSolution
from landsea_routing.kernels.multiflow import multicommodity_flow
from landsea_routing.kernels.paths import paths_between
from landsea_routing.model.network import Network, need_network
from landsea_routing.model.schema import DEMAND
from landsea_routing.model.table import Table, parse_frame
from landsea_routing.results.assignment import Assignment

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, float, float], object]
Solver = Callable[[FlowProblem], FlowSolution]
UnservedPrice = float | FloatArray | None | Literal["network"]


def assign(
    network: Network,
    demand: Table | pd.DataFrame | str | None = None,
    *,
    unserved_price: UnservedPrice = "network",
    solver: Solver | None = None,
    progress: Progress | None = None,
    background: Mapping[str, float] | None = None,
    steps: Steps | None = None,
    contracts: Contracts | None = None,
) -> Assignment:
    """Assign a year's demand to the network at least total generalized cost under all capacities.

    Parameters
    ----------
    network : Network
        Tables; a scenario applied to them gives another network.
    demand : Table, DataFrame or str, optional
        OD matrix, or the name of a demand set; the network's own demand when not given.
    unserved_price : float, array, None or "network"
        USD per tonne that stays at home, for all rows or row by row. By default what the network
        states. None: everything must be carried.
    solver : callable, optional
        `FlowProblem -> FlowSolution`; column generation when not given.
    progress : callable, optional
        Called as `progress(round, objective, bound)`.
    background : mapping, optional
        What is used already of capacities, by id and in the unit of each limit, as a full-year rate. The
        limits in the result are what it leaves.
    steps : mapping, optional
        Of capacities with a limit, by id: pairs (use, USD per unit) that make each unit beyond that use
        dearer by so much. Their cost is the ledger line `capacity steps`.
    contracts : mapping, optional
        Of capacities with a limit, by id: a pair (least use, USD per unit) of a contract to take or pay.
        Each unit by which a year's use, in the unit of the limit, falls short of the least costs so much;
        that is the ledger line `contracts`. The price may not be above what the use itself costs, or goods
        would be sent about for its sake.

    Returns
    -------
    Assignment
        `status` is OPTIMAL only after the independent certificate has passed.

    Raises
    ------
    InfeasibleError
        With `unserved_price=None`: not everything can be carried; says what is short and which
        capacities prove it.
    InvalidValueError, UnknownNameError
        Demand or price cannot be read.

    Notes
    -----
    Seasonal links and crossings carry at most their limit x open months / 12. Ties are broken by
    tonne-kilometres, then arc id.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> plan = lsr.assign(lsr.load_network("toy_three_ports"))
    >>> str(plan.status)
    'optimal'
    """
    job = prepare_flow(network, read_demand(network, demand), unserved_price, background, steps, contracts)
    solve = solver or default_solver(job.graph, progress)
    return conclude(job, solve(job.problem))


class FlowJob(NamedTuple):
    """A network and its demand as a flow problem, with what is needed to read the answer."""

    graph: Graph
    demand: Table
    classes: FlowClasses
    prices: list[ArcPrices]
    problem: FlowProblem
    groups: GroupArcs
    contracts_usd: float


def prepare_flow(
    network: Network,
    demand: Table,
    unserved_price: UnservedPrice = "network",
    background: Mapping[str, float] | None = None,
    steps: Steps | None = None,
    contracts: Contracts | None = None,
    *,
    like: Graph | None = None,
) -> FlowJob:
    """Put the flow problem of a network and its demand together; `like` as in `expand`."""
    graph = expand(network, like=like)
    classes = flow_classes(network, demand) if len(demand) else _no_classes()
    prices = class_prices(graph, classes)
    price = _unserved(network, unserved_price, len(demand))
    problem, groups = flow_problem(graph, demand, classes, prices, price)
    if background:
        groups = replace(groups, limit=left_over(groups, background))
        problem = problem._replace(group_limit=groups.limit)
    if steps:
        problem, groups = with_steps(problem, groups, steps)
    constant = 0.0
    if contracts:
        problem, groups, constant = with_contracts(graph, problem, groups, contracts)
    return FlowJob(graph, demand, classes, prices, problem, groups, constant)


def conclude(job: FlowJob, solution: FlowSolution) -> Assignment:
    """Have a solution judged, and label it."""
    graph, table, classes, prices, problem, groups, constant = job
    certificate = certify(problem, solution)
    if solution.status is Status.INFEASIBLE:
        raise _infeasible(table, groups, solution, certificate.passed)
    if solution.status is Status.NOT_VERIFIED and certificate.passed:
        solution = solution._replace(status=Status.OPTIMAL)
    elif solution.status is Status.OPTIMAL and not certificate.passed:
        solution = solution._replace(status=Status.NOT_VERIFIED)
    return Assignment(
        graph=graph,
        demand=table,
        class_commodity=classes.commodity,
        class_country=classes.country,
        class_ledger_usd_per_t=tuple(p.ledger_usd_per_t for p in prices),
        class_time_h=tuple(p.time_h for p in prices),
        groups=groups,
        problem=problem,
        solution=solution,
        certificate=certificate,
        why_unserved=_why_unserved(graph, problem, solution),
        contracts_usd=constant,
    )


def read_demand(network: Network, demand: Table | pd.DataFrame | str | None) -> Table:
    """Return an OD matrix as a `Table`, whatever form it comes in."""
    need_network(network)
    if demand is None:
        return network.demand
    if isinstance(demand, str):
        return network.demand_set(demand)
    if isinstance(demand, Table):
        return demand
    if not hasattr(demand, "to_dict"):
        raise InvalidValueError(
            f"demand is a {type(demand).__name__}",
            table="demand",
            ids=(str(demand)[:80],),
            expected="a Table, a DataFrame or the name of a demand set",
            cure="use net.demand, or a DataFrame with origin, destination, commodity, amount_per_year, unit",
        )
    return parse_frame(DEMAND, demand)


def _no_classes() -> FlowClasses:
    none = np.zeros(0, dtype=np.int64)
    return FlowClasses(none, (), none)


def default_solver(graph: Graph, progress: Progress | None, start: FlowSolution | None = None) -> Solver:
    """Return column generation with ties broken by tonne-kilometres."""

    def solve(problem: FlowProblem) -> FlowSolution:
        return multicommodity_flow(problem, progress=progress, tie_weight=graph.arc_length_km, start=start)

    return solve


def _unserved(network: Network, price: UnservedPrice, n_ods: int) -> FloatArray | None:
    if price is None:
        return None
    if isinstance(price, str) and price == "network":
        price = network.settings.unserved_price_usd_per_t
    if isinstance(price, bool):
        price = float("nan")
    try:
        values = np.broadcast_to(np.asarray(price, dtype=np.float64), (n_ods,)).copy()
    except (TypeError, ValueError):
        values = np.full(max(n_ods, 1), np.nan)
    if not (np.isfinite(values) & (values > 0)).all():
        raise InvalidValueError(
            f"unserved_price is {price!r}",
            table="network.toml",
            column="unserved_price_usd_per_t",
            ids=(str(price),),
            expected=f"a finite price > 0 in USD/t (one number, or one for each of {n_ods} rows), or None",
            cure="give unserved_price=, or write it into network.toml; None makes serving everything a duty",
        )
    return values


def _why_unserved(graph: Graph, problem: FlowProblem, solution: FlowSolution) -> TextArray:
    """For each OD why it is not served in full: `no path`, `price` or `capacity`; empty where it is."""
    why = np.full(len(problem.od_amount), "", dtype="<U8")
    short = np.flatnonzero(solution.unserved > 0)
    for k in np.unique(problem.od_commodity[short]):
        ods = short[problem.od_commodity[short] == k]
        found = paths_between(
            graph.topology.pairs,
            problem.commodity_cost[k],
            problem.od_origin[ods],
            problem.od_destination[ods],
        )
        price = np.inf if problem.unserved_price is None else problem.unserved_price[ods]
        dear = np.where(found.distance >= price, "price", "capacity")
        why[ods] = np.where(np.isfinite(found.distance), dear, "no path")
    return why


def _infeasible(table: Table, groups: GroupArcs, solution: FlowSolution, proved: bool) -> LandseaError:
    labels = [
        f"{o} -> {d} {c}"
        for o, d, c in zip(table["origin"], table["destination"], table["commodity"], strict=True)
    ]
    short: dict[str, float] = {}
    for i in np.flatnonzero(solution.unserved > 0):
        short[labels[i]] = short.get(labels[i], 0.0) + float(solution.unserved[i])
    weight = solution.ray[0] if solution.ray else np.zeros(len(groups.ids))
    binding = {str(groups.ids[g]): float(weight[g]) for g in np.flatnonzero(weight > 0)}
    total = sum(short.values())
    where = f"; the capacities that prove it are {list_ids(list(binding), 10)}" if binding else ""
    doubt = "" if proved else " (the proof did not pass its own check)"
    return InfeasibleError(
        f"{total:,.0f} t/yr of {len(short)} OD rows cannot be carried ({list_ids(list(short))})"
        f"{where}{doubt}",
        short=short,
        binding=binding,
        table="capacity_groups" if binding else "demand",
        column="limit" if binding else "amount_per_year",
        ids=list(binding) or list(short),
        expected="capacity for all demand",
        cure="raise the limits named, or give unserved_price= so that what is short may stay at home",
    )
