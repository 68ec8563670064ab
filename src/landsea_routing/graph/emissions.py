"""CO2e of every arc for one commodity, by the factors of the network."""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.graph import lookup
from landsea_routing.graph.graph import ArcKind, Graph
from landsea_routing.model import words

HANDLING = "transfer"


def co2e(graph: Graph, commodity: str | None = None) -> FloatArray:
    """Kilograms of CO2e per tonne on each arc.

    Carriage is length x factor, half by each end's country; every transfer and relay adds the factor
    of one handling. Where no factor fits, the arc counts 0 and `check` names the gap.

    Returns
    -------
    (n_arcs,) array
    """
    name = graph.commodity if commodity is None else commodity
    top, table = graph.topology, graph.network.emission_factors
    result = np.zeros(top.n_arcs)
    if not len(table):
        return result
    country = np.searchsorted(lookup.countries(graph.network), graph.vertex_country)
    links = graph.arcs_of(ArcKind.LINK)
    length = graph.network.links["length_km"][top.arc_row[links]]
    for m, mode in enumerate(words.MODES):
        here = top.vertex_mode[top.tail[links]] == m
        by_country = lookup.emission_rows(graph.network, name, mode)
        for ends in (top.tail, top.head):
            factor = _by_length(graph, by_country, country[ends[links[here]]], length[here])
            result[links[here]] += length[here] / 2 * factor
    handled = np.flatnonzero(np.isin(top.arc_kind, [ArcKind.TRANSFER, ArcKind.RELAY]))
    by_country = lookup.emission_rows(graph.network, name, HANDLING)
    per_t = [float(table["kg_co2e_per_t"][rows[0]]) if rows.size else 0.0 for rows in by_country]
    result[handled] = np.array(per_t)[country[top.head[handled]]]
    return result


def _by_length(graph: Graph, by_country: list[IntArray], country: IntArray, length: FloatArray) -> FloatArray:
    table = graph.network.emission_factors
    factor = np.zeros(len(length))
    for c, rows in enumerate(by_country):
        at = country == c
        if rows.size and at.any():
            position = np.searchsorted(table["max_length_km"][rows], length[at])
            found = table["kg_co2e_per_t_km"][rows[np.minimum(position, rows.size - 1)]]
            factor[at] = np.where(position < rows.size, found, 0.0)
    return factor
