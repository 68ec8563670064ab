"""How near a city is to all its markets at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.graph.graph import Graph
from landsea_routing.model.names import find_node
from landsea_routing.model.network import rows_of
from landsea_routing.results.shares import MarketAccess
from landsea_routing.routing.restrict import refuse_text
from landsea_routing.routing.skim import skim
from landsea_routing.routing.weights import Weight, weight_name

BEFORE = "base"


def market_access(
    graph: Graph,
    cities: Sequence[str],
    *,
    decay: float,
    opportunities: Mapping[str, float] | None = None,
    unit: str = "t/yr",
    after: Mapping[str, Graph] | None = None,
    inbound: bool = False,
    weight: Weight = "cost",
    modes: Sequence[str] | None = None,
    seasonal: bool = False,
) -> MarketAccess:
    """Measure the market access of cities, before and after a network has changed.

    Parameters
    ----------
    graph : Graph
        From `expand`; it fixes commodity and month.
    cities : sequence of str
        Nodes, by id or name.
    decay : float
        In the unit of the weight (USD/t for cost): an opportunity so far away counts 1/e.
    opportunities : mapping, optional
        What there is at each node, by id or name; where not given, the tonnes a year of the commodity of
        the graph that the demand of the network sends there (inbound: has it send).
    unit : str
        Unit of the opportunities.
    after : mapping, optional
        Graphs of scenarios by name, to be compared with `graph`.
    inbound : bool
        Access to suppliers: cargo goes from the opportunities to the city.
    weight, modes, seasonal
        As in `shortest_path`.

    Returns
    -------
    MarketAccess

    Raises
    ------
    UnknownNameError, InvalidValueError
        A place is not known, the decay is not above 0, an opportunity is negative, there is none, or a graph
        of `after` is of another commodity.

    Notes
    -----
    A_i = sum over places j other than i of O_j exp(-w_ij / decay), with w_ij the least weight from i to j
    (inbound: from j to i);
    what cannot be reached counts nothing. W. G. Hansen, "How accessibility shapes land use", Journal of the
    American Institute of Planners 25, 1959, with an exponential in place of his power of distance. One
    search per city and graph.

    Examples
    --------
    A city that sends to one market of 100 t/yr over a way of 40.9 USD/t, with a decay of 40.9:

    >>> import landsea_routing as lsr
    >>> graph = lsr.expand(lsr.load_network("toy_three_ports"))
    >>> found = lsr.market_access(graph, ["Ada"], decay=40.9, opportunities={"Port Brandt": 100.0})
    >>> found.index.round(2).tolist()
    [[36.79]]
    """
    refuse_text(cities, "cities")
    if not (decay > 0 and np.isfinite(decay)):
        raise InvalidValueError(
            f"decay is {decay!r}",
            column="decay",
            ids=(decay,),
            expected="a finite number > 0 in the unit of the weight",
            cure="give the weight at which an opportunity counts 1/e",
        )
    if BEFORE in (after or {}):
        raise InvalidValueError(
            f"a graph of after is named {BEFORE!r}",
            column="after",
            ids=(BEFORE,),
            expected=f"names other than {BEFORE!r}, which stands for the graph before",
            cure="name it otherwise",
        )
    strange = [name for name, case in (after or {}).items() if case.commodity != graph.commodity]
    if strange:
        raise InvalidValueError(
            f"graphs of after are not of {graph.commodity}: {', '.join(strange)}",
            column="after",
            ids=strange,
            expected="graphs of the same commodity",
            cure="expand them for the commodity of the first graph",
        )
    there, amount = _opportunities(graph, opportunities, "origin" if inbound else "destination")
    nodes = graph.network.nodes
    ids = [str(nodes["id"][find_node(graph.network, city)]) for city in cities]
    cases = {BEFORE: graph, **(after or {})}
    columns = []
    for case in cases.values():
        ends = (there, ids) if inbound else (ids, there)
        found = skim(case, *ends, weight=weight, modes=modes, seasonal=seasonal).matrix
        matrix = found.T if inbound else found
        elsewhere = np.array(ids)[:, None] != np.array(there)
        columns.append((np.exp(-matrix / decay) * elsewhere) @ amount)
    return MarketAccess(
        cities=np.array(ids),
        names=dict(zip(nodes["id"].tolist(), nodes["name"].tolist(), strict=True)),
        commodity=graph.commodity,
        weight=weight_name(weight),
        decay=float(decay),
        unit=unit,
        cases=tuple(cases),
        index=np.stack(columns, axis=1),
    )


def _opportunities(graph: Graph, given: Mapping[str, float] | None, end: str) -> tuple[list[str], FloatArray]:
    """Node ids and what there is at each."""
    network = graph.network
    ids = network.nodes["id"]
    if given is None:
        demand, goods = network.demand, network.commodities
        own = goods["t_per_unit"][rows_of(goods, demand["commodity"])]
        tonnes = demand["amount_per_year"] * np.where(demand["unit"] == "t", 1.0, own)
        tonnes = np.where(demand["commodity"] == graph.commodity, tonnes, 0.0)
        total = np.bincount(rows_of(network.nodes, demand[end]), tonnes, len(ids))
        at = np.flatnonzero(total > 0)
        there, amount = [str(node) for node in ids[at]], np.asarray(total[at], dtype=np.float64)
    else:
        there = [str(ids[find_node(network, name)]) for name in given]
        amount = np.array(list(given.values()), dtype=np.float64)
    wrong = [name for name, value in zip(there, amount.tolist(), strict=True) if not 0 <= value < np.inf]
    if wrong or not there or len(set(there)) < len(there):
        raise InvalidValueError(
            "there are no opportunities" if not there else "opportunities are negative or named twice",
            column="opportunities",
            ids=wrong,
            expected="one finite amount >= 0 for each of one or more nodes",
            cure="correct the amounts" if there else "give opportunities, or a network with demand",
        )
    return there, amount
