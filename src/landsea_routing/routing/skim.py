"""The best paths between many places at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landsea_routing.graph.graph import Graph
from landsea_routing.results.skim import Skim
from landsea_routing.routing.many import ask_many, rows_of_nodes
from landsea_routing.routing.progress import Progress
from landsea_routing.routing.restrict import refuse_text
from landsea_routing.routing.weights import Weight, arc_weight, attribute, weight_name


def skim(
    graph: Graph,
    origins: Sequence[str],
    destinations: Sequence[str],
    *,
    weight: Weight = "cost",
    along: Sequence[str] = (),
    avoid: Sequence[str] = (),
    modes: Sequence[str] | None = None,
    access: bool = True,
    seasonal: bool = False,
    n_jobs: int | None = None,
    memory_limit_mb: float = 512,
    progress: Progress = False,
) -> Skim:
    """Find the least weight between all origins and destinations for the graph's commodity.

    Parameters
    ----------
    graph : Graph
        From `expand`.
    origins, destinations : sequence of str
        Nodes, by id or name.
    weight : {"cost", "time", "length", "co2e"} or callable
        What to minimise; see `shortest_path`.
    along : sequence of str
        Attributes summed on the chosen paths: cost, money, time, length, co2e or a line of the ledger.
    avoid : sequence of str
        Nodes or links not to touch.
    modes : sequence of str, optional
        Modes allowed.
    access : bool
        Whether loading and unloading count; see `shortest_path`.
    seasonal : bool
        With a graph of the year, whether links that are open only part of it may be used.
    n_jobs : int, optional
        Workers, as joblib counts them: -1 for all processors. None is what `joblib.parallel_config` says
        (which can put the work on a cluster), 1 without one. Numbers are the same to the last bit.
    memory_limit_mb : float
        Megabytes (1e6 bytes) of working memory that each worker may take: search trees and its part of the
        table. What lasts is not counted: the graph, its hierarchy (and a copy of both in each worker), and
        the matrices of the result, 8 bytes for each pair and attribute. Numbers do not hang on it.
    progress : bool or callable
        True shows a bar on a terminal and, with tqdm, in a notebook; a function is called with pairs done and
        pairs in all.

    Returns
    -------
    Skim
        `inf` where nothing joins a pair, 0 from a place to itself; NaN along what is not known on the way.

    Raises
    ------
    UnknownNameError, InvalidValueError
        As `shortest_path`; also where `n_jobs` is no number of workers, or not even the least part of the
        work fits into the limit.

    Notes
    -----
    One Dijkstra per origin (or per destination, where they are fewer and nothing is summed), and once more
    for the origins of each country that also is a destination, because domestic cargo may not use what is
    open to foreign trade: O(origins (m + n log n)). For many places on large graphs, with nothing to be
    summed, the hierarchy instead; `landsea_routing.routing.engine` chooses.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> table = lsr.skim(lsr.expand(net), ["Ada", "Boro"], ["Ada", "Boro"], along=["length"])
    >>> table.matrix.round(2).tolist(), table.along["length"].tolist()
    ([[0.0, 62.15], [64.15, 0.0]], [[0.0, 740.0], [740.0, 0.0]])
    """
    refuse_text(along, "along")
    asked = ask_many(
        graph,
        rows_of_nodes(graph, origins, "origins"),
        rows_of_nodes(graph, destinations, "destinations"),
        avoid=avoid,
        modes=modes,
        access=access,
        seasonal=seasonal,
    )
    cost = arc_weight(graph, asked.prices, weight, asked.is_open)
    # Weights other than cost hold a share of it to break ties, which must not show: they are summed anew.
    tied = isinstance(weight, str) and weight != "cost"
    names = (str(weight), *along) if tied else tuple(along)
    values = [attribute(graph, asked.prices, name) for name in names]
    layers = asked.fill(
        cost,
        np.stack(values, axis=1) if values else None,
        n_jobs=n_jobs,
        memory_limit_mb=memory_limit_mb,
        progress=progress,
    )
    ids = graph.network.nodes["id"]
    sums = dict(zip(along, layers[1 + tied :], strict=True))
    return Skim(
        ids[asked.rows], ids[asked.columns], graph.commodity, weight_name(weight), layers[int(tied)], sums
    )
