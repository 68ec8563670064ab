"""CO2e of every arc for one commodity, by the factors of the network."""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray, IntArray
from landsea_routing.graph import lookup
from landsea_routing.graph.graph import ArcKind, Graph
from landsea_routing.model import words

HANDLING = "transfer"


def co2e(graph: Graph, commodity: str | None = None) -> FloatArray:
    """Kilograms of CO2e per tonne on each arc.

    Carriage is length x factor, half by each end's country; a factor is chosen by the whole length of the
    link. Every transfer and relay adds the factor of one handling, where the network has one.

    Returns
    -------
    (n_arcs,) array
        NaN for carriage that no factor fits: unknown is not 0.
    """
    name = graph.commodity if commodity is None else commodity
    return graph.shelves["emissions"].keep(name, lambda: _co2e(graph, name))


def _co2e(graph: Graph, name: str) -> FloatArray:
    top, table = graph.topology, graph.network.emission_factors
    result = np.zeros(top.n_arcs)
    country = np.searchsorted(lookup.countries(graph.network), graph.vertex_country)
    links = graph.arcs_of(ArcKind.LINK)
    length = graph.network.links["length_km"][top.arc_row[links]]
    result[links] = (length / 2 * _factors(graph, name)).sum(axis=0)
    handled = np.flatnonzero(np.isin(top.arc_kind, [ArcKind.TRANSFER, ArcKind.RELAY]))
    by_country = lookup.emission_rows(graph.network, name, HANDLING)
    per_t = [float(table["kg_co2e_per_t"][rows[0]]) if rows.size else 0.0 for rows in by_country]
    result[handled] = np.array(per_t)[country[top.head[handled]]]
    return result


def missing_factors(graph: Graph, used: BoolArray) -> list[str]:
    """Return mode and country of the carriage on some arcs that no factor fits: `rail in AA`."""
    top = graph.topology
    links = graph.arcs_of(ArcKind.LINK)
    names = set()
    for ends, factor in zip((top.tail, top.head), _factors(graph, graph.commodity), strict=True):
        lacking = links[np.isnan(factor) & used[links]]
        places = top.vertex_mode[top.tail[lacking]], graph.vertex_country[ends[lacking]]
        names |= {f"{words.MODES[m]} in {country}" for m, country in zip(*places, strict=True)}
    return sorted(names)


def _factors(graph: Graph, commodity: str) -> FloatArray:
    """Kilograms per tonne-kilometre at tail and head of each LINK arc, NaN where unknown: (2, n_links)."""
    top = graph.topology
    country = np.searchsorted(lookup.countries(graph.network), graph.vertex_country)
    links = graph.arcs_of(ArcKind.LINK)
    length = graph.network.links["length_km"][top.arc_row[links]]
    factors = np.full((2, len(links)), np.nan)
    for m, mode in enumerate(words.MODES):
        here = top.vertex_mode[top.tail[links]] == m
        by_country = lookup.emission_rows(graph.network, commodity, mode)
        for factor, ends in zip(factors, (top.tail, top.head), strict=True):
            factor[here] = _by_length(graph, by_country, country[ends[links[here]]], length[here])
    return factors


def _by_length(graph: Graph, by_country: list[IntArray], country: IntArray, length: FloatArray) -> FloatArray:
    table = graph.network.emission_factors
    factor = np.full(len(length), np.nan)
    for c, rows in enumerate(by_country):
        at = country == c
        if rows.size and at.any():
            position = np.searchsorted(table["max_length_km"][rows], length[at])
            found = table["kg_co2e_per_t_km"][rows[np.minimum(position, rows.size - 1)]]
            factor[at] = np.where(position < rows.size, found, np.nan)
    return factor
