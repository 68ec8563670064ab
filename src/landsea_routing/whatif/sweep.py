"""Hundreds of scenarios in one call: here, in processes, or on a cluster; and gone on with after a crash."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from landsea_routing._frozen import Frozen
from landsea_routing.assignment.assign import UnservedPrice, assign, read_demand
from landsea_routing.assignment.reassign import reassign
from landsea_routing.assignment.terms import refuse_terms
from landsea_routing.errors import InvalidValueError, LandseaError, list_ids
from landsea_routing.model.network import Network
from landsea_routing.model.table import Table
from landsea_routing.results.assignment import Assignment
from landsea_routing.results.sweep import Sweep
from landsea_routing.routing.progress import Progress, teller
from landsea_routing.routing.workers import count_workers, lost_worker_errors, run_parts
from landsea_routing.whatif.asks import Ask, Questions, read_ask
from landsea_routing.whatif.levers import Case, Values, grid
from landsea_routing.whatif.scenario import Scenario
from landsea_routing.whatif.store import Row, Store, digest, fingerprint

if TYPE_CHECKING:
    import pandas as pd

TRIES = 5
"""Times in a row that work of lost workers is sent again without any of it coming back."""
PARTS_PER_WORKER, LARGEST_PART = 4, 16

Cases = Iterable[Case | Scenario] | Scenario | Mapping[str, Values]


class SweepInterrupted(KeyboardInterrupt):
    """Ctrl-C in a sweep.

    Attributes
    ----------
    sweep : Sweep
        What was done; the rest has status `not run`.
    """

    def __init__(self, sweep: Sweep) -> None:
        super().__init__(
            "interrupted; what was done is in `.sweep`, and in the file of results if there is one"
        )
        self.sweep = sweep


@dataclass(frozen=True, eq=False)
class _Shared(Frozen):
    """What all scenarios of a sweep begin with; sent to each worker of a cluster once."""

    base: Assignment | Network
    questions: Questions
    unserved_price: UnservedPrice

    def __sizeof__(self) -> int:
        # A cluster scatters only what says that it is large.
        return 1 << 20


def sweep(
    base: Network | Assignment,
    cases: Cases,
    *,
    ask: Ask = None,
    demand: Table | pd.DataFrame | str | None = None,
    unserved_price: UnservedPrice = "network",
    solve: bool = True,
    n_jobs: int | None = None,
    results: str | Path | None = None,
    progress: Progress = False,
) -> Sweep:
    """Ask the same of many scenarios, each laid over the same base and solved from the base's plan.

    Parameters
    ----------
    base : Network or Assignment
        What the scenarios are laid over. A plan saves the first assignment.
    cases : sequence of Scenario or Case, or mapping
        Scenarios, the cases of `draws`, or the levers of a `grid` with their values.
    ask : str, callable, sequence or mapping, optional
        What to ask of each plan: totals such as `objective_usd`, `dual of X`, functions ``plan -> number``,
        or a mapping of names to such; all totals when not given. A plan knows its scenario's network:
        `plan.graph.network`.
    demand : Table, DataFrame or str, optional
        As in `assign`; not with a plan.
    unserved_price : float, array, None or "network"
        As in `assign`, for the base and all scenarios; to be given with a plan at another price than the
        network's.
    solve : bool
        False assigns nothing: what is asked are functions ``network -> number``, such as the cost of a route.
    n_jobs : int, optional
        Workers, as joblib counts them: -1 for all processors. None is what `joblib.parallel_config` says
        (which can put the work on a cluster), 1 without one. Answers are the same to the last bit.
    results : str or Path, optional
        File to keep each answer in as soon as it is there, one line of JSON each. A sweep that is run again
        with the same file asks only what is missing.
    progress : bool or callable
        True shows a bar on a terminal and, with tqdm, in a notebook; a function is called with scenarios done
        and in all.

    Returns
    -------
    Sweep
        A row for each scenario. One that has no plan (everything must be carried, and cannot) has the code of
        the error for its status, and NaN.

    Raises
    ------
    InvalidValueError, UnknownNameError, ScenarioError
        Before anything runs: no cases, a name twice, an edit that names what does not exist or contradicts
        another, an answer that there is not, a file of another sweep, a plan with background, steps or
        contracts.
    LandseaError
        Workers were lost again and again, or the file cannot be written.
    SweepInterrupted
        At Ctrl-C; a KeyboardInterrupt that carries what was done.

    Notes
    -----
    The base plan is sent to each worker once per part of the work (once in all on a cluster), scenarios as
    their edits. No scenario begins from another's plan, so that no answer hangs on the order or the number of
    workers. The work of a worker that dies is sent again.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> found = lsr.sweep(net, {"capacity of track_dual": [2.0, 2.5, 3.0]}, ask="objective_usd")
    >>> found.answers["objective_usd"].round().tolist()
    [147176000.0, 143595000.0, 143595000.0]
    """
    tell = teller(progress, "scenarios")
    listed = _read_cases(cases)
    if solve and isinstance(base, Assignment):
        refuse_terms(base.graph, base.groups)
    base = _with_own_demand(base, demand)
    network = base.graph.network if isinstance(base, Assignment) else base
    questions = read_ask(ask, network, solve=solve)
    _refuse_wrong(network, listed)
    plan: Assignment | Network = base
    if solve and isinstance(base, Network):
        plan = assign(base, unserved_price=unserved_price)
    if solve and isinstance(base, Assignment) and isinstance(unserved_price, str):
        _refuse_other_price(base)
    # What is shared is frozen, and the caller's array stays the caller's.
    price = unserved_price.copy() if isinstance(unserved_price, np.ndarray) else unserved_price
    shared = _Shared(plan if solve else network, questions, price)
    at_base = dict(zip(questions.names, questions.put(_at_price(shared.base, unserved_price)), strict=True))
    with _opened(results, shared, listed) as store:
        rows: dict[int, Row] = {} if store is None else store.rows
        finish = partial(_to_sweep, listed, at_base, rows)
        try:
            for new in _all_rows(shared, listed, rows, n_jobs):
                if store is not None:
                    store.append(new)
                else:
                    rows |= {row.case: row for row in new}
                tell(len(rows), len(listed))
        except KeyboardInterrupt:
            raise SweepInterrupted(finish()) from None
        return finish()


def _read_cases(cases: Cases) -> list[Case]:
    several = (cases,) if isinstance(cases, Scenario) else cases
    given = grid(several) if isinstance(several, Mapping) else tuple(several)
    listed = [Case(c.name, c, {}) if isinstance(c, Scenario) else c for c in given]
    wrong = [c for c in listed if not isinstance(c, Case)]
    if not listed or wrong:
        raise InvalidValueError(
            f"{type(wrong[0]).__name__} is no scenario" if wrong else "there are no scenarios",
            column="cases",
            expected="scenarios, the cases of `draws`, or a mapping of levers to values",
        )
    names = [c.name for c in listed]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise InvalidValueError(
            f"{len(twice)} names stand for more than one scenario ({list_ids(twice)})",
            column="cases",
            ids=twice,
            expected="a name of its own for each",
        )
    return listed


def _refuse_other_price(plan: Assignment) -> None:
    """Cases at the network's price beside a base at another would differ by the price alone."""
    usual, own = plan.graph.network.settings.unserved_price_usd_per_t, plan.problem.unserved_price
    if own is None or not (own == usual).all():
        raise InvalidValueError(
            "the plan was made with another unserved price than the network's",
            column="unserved_price",
            expected=f"the price of the plan, or a plan at {usual:g} USD/t",
            cure="give unserved_price= as it was given to assign",
        )


def _at_price(base: Network | Assignment, price: UnservedPrice) -> Network | Assignment:
    """The base at the price of the cases, from which it would else differ by the price alone."""
    if isinstance(base, Network) or isinstance(price, str):
        return base
    own = base.problem.unserved_price
    if own is None or price is None:
        same = own is price
    else:
        same = np.shape(price) in ((), own.shape) and bool((own == price).all())
    return base if same else reassign(base, base.graph.network, unserved_price=price)


def _with_own_demand(
    base: Network | Assignment, demand: Table | pd.DataFrame | str | None
) -> Network | Assignment:
    """Lay the demand into the network, so that edits of demand find it there."""
    if isinstance(base, Network):
        return base if demand is None else base.with_demand(read_demand(base, demand))
    if demand is not None:
        raise InvalidValueError(
            "demand is given beside a plan, which has one",
            column="demand",
            expected="a network and its demand, or a plan alone",
            cure="assign the demand first, or give the network",
        )
    graph = base.graph
    if base.demand is graph.network.demand:
        return base
    return replace(base, graph=replace(graph, network=graph.network.with_demand(base.demand)))


def _refuse_wrong(network: Network, cases: Sequence[Case]) -> None:
    """Make the edits of every case once, so that what is wrong with one is told before any is solved."""
    for case in cases:
        case.scenario.apply(network)


@contextlib.contextmanager
def _opened(results: str | Path | None, shared: _Shared, cases: Sequence[Case]) -> Iterator[Store | None]:
    if results is None:
        yield None
        return
    network, demand = shared.base, None
    if isinstance(network, Assignment):
        network, demand = network.graph.network, network.demand
    header = {
        "network": fingerprint(network, demand),
        "cases": digest([f"{case.name} {case.scenario.demand} {case.scenario}" for case in cases]),
        # Of a long array `repr` leaves out rows, and of any array digits.
        "unserved_price": digest([repr(np.asarray(shared.unserved_price).tolist())]),
        "answers": list(shared.questions.names),
    }
    store = Store(Path(results), header)
    try:
        yield store
    finally:
        store.close()


def _all_rows(
    shared: _Shared, cases: Sequence[Case], rows: Mapping[int, Row], n_jobs: int | None
) -> Iterator[list[Row]]:
    """Rows of all cases that have none, part by part; parts of lost workers are sent again."""
    workers, failures = count_workers(n_jobs), 0
    while missing := [i for i in range(len(cases)) if i not in rows]:
        step = 1 if workers == 1 else -(-len(missing) // (PARTS_PER_WORKER * workers))
        step = min(max(step, 1), LARGEST_PART)
        parts = [
            (shared, [(i, cases[i].scenario) for i in missing[k : k + step]])
            for k in range(0, len(missing), step)
        ]
        try:
            for part in run_parts(_rows_of, parts, n_jobs):
                yield part
                failures = 0
        except lost_worker_errors() as error:
            failures += 1
            if failures > TRIES:
                raise LandseaError(
                    f"workers died {failures} times in a row, with {len(missing)} scenarios left",
                    code="lost-workers",
                    ids=[cases[i].name for i in missing],
                    expected="workers that live long enough for one part",
                    cure="give them more memory, or fewer n_jobs; with results= what is done is kept",
                ) from error


def _rows_of(shared: _Shared, part: Sequence[tuple[int, Scenario]]) -> list[Row]:
    return [_row_of(shared, i, scenario) for i, scenario in part]


def _row_of(shared: _Shared, case: int, scenario: Scenario) -> Row:
    subject: Assignment | Network
    try:
        if isinstance(shared.base, Network):
            subject, status = scenario.apply(shared.base), "asked"
        else:
            subject = reassign(shared.base, scenario, unserved_price=shared.unserved_price)
            status = str(subject.status)
    except LandseaError as error:
        return Row(case, error.code, str(error), (float("nan"),) * len(shared.questions.names))
    return Row(case, status, "", shared.questions.put(subject))


def _to_sweep(cases: Sequence[Case], base: Mapping[str, float], rows: Mapping[int, Row]) -> Sweep:
    none = Row(-1, "not run", "", (float("nan"),) * len(base))
    found = [rows.get(i, none) for i in range(len(cases))]
    table = np.array([row.answers for row in found], dtype=np.float64).reshape(len(cases), len(base))
    levers = {name: np.array([c.values[name] for c in cases]) for name in cases[0].values}
    return Sweep(
        names=np.array([case.name for case in cases]),
        levers=levers,
        status=np.array([row.status for row in found]),
        notes=np.array([row.note for row in found]),
        base=dict(base),
        answers={name: table[:, k] for k, name in enumerate(base)},
    )
