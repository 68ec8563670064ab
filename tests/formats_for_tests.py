"""Networks with everything that a format could lose, and the judge of what came back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from landsea_routing.io.lines import run_on
from landsea_routing.model.network import Course, Network, make_network
from landsea_routing.model.schema import SCHEMAS
from landsea_routing.model.table import parse_rows
from strategies import random_network

NEAR_DEG = 1e-7
HARD_TEXT = (
    *("NA", "NaN", "nan", "None", "null", "inf", "007", "1E5", "1e400", "-0", "TRUE", "yes", "0x10"),
    *(
        '"',
        "'",
        'say "no"',
        "a,b;c",
        "a\tb",
        "one\ntwo",
        "one\r\ntwo",
        "a\rb",
        "=1+1",
        "\\N",
        "{}",
        "<b>&amp;",
    ),
    *(
        "満洲里",
        "Ерлянь",
        "🚢 ship",
        "e\u0301",
        "a\u2028b",
        "a\x85b",
        "a\x7fb",
        "a\x1fb",
        "#",
        "--",
        "POINT (1 2)",
    ),
)


SEEDS, SIZES = st.integers(0, 1_000_000), st.integers(3, 7)


def rich_network(seed: int, n_nodes: int) -> Network:
    """Return a network with hard texts, all digits of numbers, courses and lines over the antimeridian."""
    network = random_network(seed, n_nodes=n_nodes, n_countries=2, n_ods=3)
    return enriched(network, np.random.default_rng(seed))


def enriched(network: Network, rng: np.random.Generator) -> Network:
    """Return a network with what files find hard."""
    rows = {name: table.to_rows() for name, table in network.tables.items()}
    for table in rows.values():
        for row in table:
            for column in ("note", "source", "name", "reasoning", "meaning"):
                if column in row and rng.random() < 0.3:
                    row[column] = str(rng.choice(HARD_TEXT))
    for row in rows["nodes"]:
        row["lon"] = repr(
            float(rng.choice([rng.uniform(-180, 180), rng.uniform(178, 180), -179.5, 180.0, 0.1]))
        )
        row["lat"] = repr(float(rng.uniform(-90, 90)))
        row["country"] = "NA" if rng.random() < 0.3 else row["country"]
    for row in rows["links"][:2]:
        row["length_km"] = repr(float(rng.choice([5e-324, 1e300, 0.1 + 0.2, 2.0**53, 1 / 3])))
    for row in rows["links"]:
        row["alias"] = f"1E{rows['links'].index(row)}" if rng.random() < 0.3 else ""
    rows["demand_sets"] = [{"set": "NaN", **row} for row in rows["demand"]]
    tables = {name: parse_rows(SCHEMAS[name], table) for name, table in rows.items()}
    title = str(rng.choice(HARD_TEXT))
    settings = replace(
        network.settings, title=title, facts={"map": {"box": [0.1, 2]}, "odd key": {title: True}}
    )
    return make_network(settings, tables, _courses(rows, rng))


def _courses(rows: dict[str, list[dict[str, str]]], rng: np.random.Generator) -> dict[str, Course]:
    place = {row["id"]: (float(row["lon"]), float(row["lat"])) for row in rows["nodes"]}
    courses = {}
    for row in rows["links"]:
        if rng.random() < 0.4:
            start, end = place[row["from_node"]], place[row["to_node"]]
            # Steps are random, so that no point lies on the line between its neighbours by accident.
            between = [
                (float(rng.uniform(-180, 180)), float(rng.uniform(-89, 89)))
                for _ in range(rng.integers(1, 4))
            ]
            courses[row["id"]] = run_on([start, *between, end])
    return courses


def assert_same(a: Network, b: Network) -> None:
    """Insist on equal settings, ids, types and values in every column, and courses within a centimetre."""
    for name in ("name", "title", "base_year", "unserved_price_usd_per_t", "default_commodity"):
        assert getattr(b.settings, name) == getattr(a.settings, name)
    for key, value in a.settings.facts.items():
        assert b.settings.facts[key] == value
    assert list(b.tables) == list(a.tables)
    for name, table in a.tables.items():
        for column, values in table.columns.items():
            found = b.tables[name][column]
            assert found.dtype == values.dtype, (name, column)
            np.testing.assert_array_equal(found, values, err_msg=f"{name}.{column}")
    assert_same_courses(a, b)


def assert_same_courses(a: Network, b: Network, near: float = NEAR_DEG) -> None:
    """Insist on equal courses, wherever their longitudes begin to count."""
    assert b.courses.keys() == a.courses.keys()
    for link, course in a.courses.items():
        was, now = np.array(course), np.array(b.courses[link])
        assert now.shape == was.shape, link
        off = now - was
        off[:, 0] -= 360 * np.round(off[0, 0] / 360)
        assert np.abs(off).max() <= near, link
