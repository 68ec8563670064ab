"""Rows of the price tables found by mode, country, class and commodity; the most exact row wins."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from landsea_routing._typing import BoolArray, IntArray, TextArray
from landsea_routing.model import words
from landsea_routing.model.network import Network
from landsea_routing.model.table import Table


def lists_commodity(table: Table, commodity: str, column: str = "commodities") -> BoolArray:
    """Say for each row whether its `;`-separated column lists the commodity."""
    return each_text(table[column], lambda cell: words.lists_word(cell, commodity))


def each_text(texts: TextArray, fits: Callable[[str], bool]) -> BoolArray:
    """Say for each text whether it fits; equal ones are looked at once."""
    values = texts.tolist()
    found = {text: fits(text) for text in set(values)}
    return np.array([found[text] for text in values], dtype=np.bool_)


def countries(network: Network) -> list[str]:
    """Return the countries of a network, sorted."""
    return sorted(set(network.nodes["country"].tolist()))


def tariff_rows(network: Network, commodity: str) -> IntArray:
    """Row of `tariffs` for each (mode, country, class), -1 where none applies.

    The country decides first, then the commodity, then the class. Position -1 on the class axis is
    the ordinary class; a class with `own_tariff` is only priced by rows that name it.

    Returns
    -------
    (n_modes, n_countries, n_classes + 1) int array
    """
    table, classes = network.tariffs, network.vehicle_classes
    names = [*classes["id"].tolist(), ""]
    own = [*classes["own_tariff"].tolist(), False]
    nations = countries(network)
    score = _exactness(table, "country", "commodity", "vehicle_class")
    found = np.full((len(words.MODES), len(nations), len(names)), -1, dtype=np.int64)
    for m, mode in enumerate(words.MODES):
        rows = np.flatnonzero((table["mode"] == mode) & _is(table, "commodity", commodity))
        for c, country in enumerate(nations):
            near = rows[_is(table, "country", country)[rows]]
            for k, name in enumerate(names):
                exact = table["vehicle_class"][near] == name
                fits = near[exact if own[k] else exact | (table["vehicle_class"][near] == words.ANY)]
                if fits.size:
                    found[m, c, k] = fits[np.argmax(score[fits])]
    return found


def access_rows(network: Network, commodity: str) -> IntArray:
    """Row of `access` for each (mode, country), -1 where there is none: (n_modes, n_countries) array."""
    table, nations = network.access, countries(network)
    score = _exactness(table, "country", "commodity")
    found = np.full((len(words.MODES), len(nations)), -1, dtype=np.int64)
    for m, mode in enumerate(words.MODES):
        rows = np.flatnonzero((table["mode"] == mode) & _is(table, "commodity", commodity))
        for c, country in enumerate(nations):
            fits = rows[_is(table, "country", country)[rows]]
            if fits.size:
                found[m, c] = fits[np.argmax(score[fits])]
    return found


def clearance_rows(network: Network, commodity: str, direction: str) -> IntArray:
    """Row of `clearances` for each country, -1 where there is none."""
    table, nations = network.clearances, countries(network)
    fits = (table["direction"] == direction) & lists_commodity(table, commodity)
    rows = [np.flatnonzero(fits & (table["country"] == country)) for country in nations]
    return np.array([r[0] if r.size else -1 for r in rows], dtype=np.int64)


def emission_rows(network: Network, commodity: str, mode: str) -> list[IntArray]:
    """For each country the rows of `emission_factors` that fit, from short links to long ones.

    Rows that name the country win over `*`, then rows that name the commodity.
    """
    table = network.emission_factors
    fits = np.flatnonzero((table["mode"] == mode) & lists_commodity(table, commodity))
    exact = ~each_text(table["commodities"], lambda cell: words.ANY in words.split_words(cell))
    chosen = []
    for country in countries(network):
        near = fits[_is(table, "country", country)[fits]]
        rank = 2 * (table["country"][near] == country) + exact[near]
        best = near[rank == rank.max()] if near.size else near
        chosen.append(best[np.argsort(table["max_length_km"][best], kind="stable")])
    return chosen


def _is(table: Table, column: str, word: str) -> BoolArray:
    return np.asarray((table[column] == word) | (table[column] == words.ANY), dtype=np.bool_)


def _exactness(table: Table, *columns: str) -> IntArray:
    """Higher for rows that name more; what an earlier column names counts more than all later ones."""
    score = np.zeros(len(table), dtype=np.int64)
    for column in columns:
        score = 2 * score + (table[column] != words.ANY)
    return score
