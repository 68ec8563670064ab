"""Rows of the price tables found by mode, country, class and commodity; the most exact row wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

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
    columns = ("mode", "country", "commodity", "vehicle_class")
    rows, near = _of_commodity(network.tariffs, commodity, columns)
    classes = network.vehicle_classes
    names, own = np.append(classes["id"], ""), np.append(classes["own_tariff"], False)
    exact = names[:, None] == near["vehicle_class"]
    in_class = exact | (~own[:, None] & (near["vehicle_class"] == words.ANY))
    fits = _fits_place(network, near)[:, :, None, :] & in_class
    return rows[_most_exact(fits, _exactness(near, columns[1:]))]


def access_rows(network: Network, commodity: str) -> IntArray:
    """Row of `access` for each (mode, country), -1 where there is none: (n_modes, n_countries) array."""
    columns = ("mode", "country", "commodity")
    rows, near = _of_commodity(network.access, commodity, columns)
    return rows[_most_exact(_fits_place(network, near), _exactness(near, columns[1:]))]


def _of_commodity(
    table: Table, commodity: str, columns: Sequence[str]
) -> tuple[IntArray, dict[str, TextArray]]:
    """Rows that hold for a commodity, with a last -1 for none; and columns of these rows alone.

    What holds for others would only take room in all that is done by place, class and row.
    """
    rows = np.flatnonzero(_is(table, "commodity", commodity))
    return np.append(rows, -1), {name: table[name][rows] for name in columns}


def _fits_place(network: Network, near: Mapping[str, TextArray]) -> BoolArray:
    """Whether each row holds, by mode and country: (n_modes, n_countries, n_rows)."""
    mode = np.array(words.MODES)[:, None] == near["mode"]
    nations = np.array(countries(network), dtype=np.str_)[:, None]
    place = (nations == near["country"]) | (near["country"] == words.ANY)
    return np.asarray(mode[:, None, :] & place)


def _most_exact(fits: BoolArray, score: IntArray) -> IntArray:
    """Among the rows that fit (last axis) the first of those with the highest score; -1 where none does."""
    if not score.size:
        return np.full(fits.shape[:-1], -1, dtype=np.int64)
    best = np.where(fits, score, -1)
    return np.where(fits.any(axis=-1), best.argmax(axis=-1), -1).astype(np.int64)


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


def _exactness(near: Mapping[str, TextArray], columns: Sequence[str]) -> IntArray:
    """Higher for rows that name more; what an earlier column names counts more than all later ones."""
    score = np.zeros(len(near[columns[0]]), dtype=np.int64)
    for column in columns:
        score = 2 * score + (near[column] != words.ANY)
    return score
