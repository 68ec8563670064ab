"""A network: its tables, its settings, its demand; frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from landsea_routing._frozen import FrozenDict, Keeper
from landsea_routing._typing import IntArray
from landsea_routing.errors import InvalidValueError, SchemaError, UnknownNameError, did_you_mean
from landsea_routing.model.schema import SCHEMAS
from landsea_routing.model.table import Table, empty_table, parse_frame

if TYPE_CHECKING:
    import pandas as pd

Course: TypeAlias = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Settings:
    """What a network says of itself in `network.toml`.

    Parameters
    ----------
    name, title : str
        Id and full title.
    base_year : int
        Year that the tables describe.
    unserved_price_usd_per_t : float
        What a tonne that stays at home costs; must exceed every useful path.
    default_commodity : str
        Commodity taken when a question names none.
    facts : mapping
        Everything else of the file (sources, licences, demo), as read.
    folder : Path or None
        Where the tables came from; scenarios and maps are looked up beside them.
    """

    name: str
    title: str = ""
    base_year: int = 0
    unserved_price_usd_per_t: float = float("inf")
    default_commodity: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    folder: Path | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", FrozenDict(self.facts))


@dataclass(frozen=True, eq=False)
class Network(Keeper):
    """Frozen tables of one network.

    Each table of `landsea_routing.model.schema.SCHEMAS` is an attribute: `net.nodes`, `net.links`,
    `net.demand` ... A scenario gives a new network that shares every table it does not touch.

    Parameters
    ----------
    settings : Settings
    tables : mapping
        All tables by name.
    courses : mapping
        By link id the course of links that are not straight: (lon, lat) in WGS84 degrees from start to end,
        longitudes running on over the antimeridian. Only for drawing: lengths stand in the tables.
    """

    settings: Settings
    tables: Mapping[str, Table]
    courses: Mapping[str, Course] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tables", FrozenDict(self.tables))
        object.__setattr__(self, "courses", FrozenDict(self.courses))

    def __getattr__(self, name: str) -> Table:
        tables: Mapping[str, Table] = self.__dict__.get("tables", {})
        if name in tables:
            return tables[name]
        asks_a_graph = name in ("network", "topology", "commodity")
        cure = "a route is asked of expand(network)" if asks_a_graph else did_you_mean(name, tables)
        raise AttributeError(f"a network has no table {name!r}{cure and f'; {cure}'}")

    def __repr__(self) -> str:
        nodes, links, demand = len(self.nodes), len(self.links), len(self.demand)
        return f"Network({self.settings.name!r}: {nodes} nodes, {links} links, {demand} OD rows)"

    @property
    def name(self) -> str:
        """Id of the network."""
        return self.settings.name

    @property
    def default_commodity(self) -> str:
        """Commodity taken when a question names none."""
        if not len(self.commodities):
            raise SchemaError(
                f"network {self.name!r} has no commodity",
                table="commodities",
                column="id",
                expected="at least one row",
                cure="say what is carried",
            )
        return self.settings.default_commodity or str(self.commodities["id"][0])

    def with_tables(self, **tables: Table | pd.DataFrame) -> Network:
        """Return a network with some tables replaced and all others shared.

        A DataFrame is read as a file is: a column with a default may be missing. `check` looks at the whole.

        Raises
        ------
        SchemaError, InvalidValueError
            There is no such table, or it cannot be read.
        """
        new = {name: as_table(name, table) for name, table in tables.items()}
        return replace(self, tables={**self.tables, **new})

    def with_demand(self, demand: Table | pd.DataFrame) -> Network:
        """Return a network with another OD matrix; see `with_tables`."""
        return self.with_tables(demand=demand)

    def demand_set(self, name: str) -> Table:
        """Return the base demand with the rows of a named set put in place.

        Raises
        ------
        UnknownNameError
            No row of `demand_sets` carries that name.
        """
        rows = np.flatnonzero(self.demand_sets["set"] == name)
        known = sorted(set(map(str, self.demand_sets["set"])))
        if rows.size == 0:
            raise UnknownNameError(
                f"demand set {name!r} is not known",
                table="demand_sets",
                column="set",
                ids=(name,),
                expected=f"one of {', '.join(known) or '(none)'}",
                cure=did_you_mean(name, known) or "use one of these",
            )
        return replace_demand(self.demand, self.demand_sets.take(rows))


def replace_demand(demand: Table, changes: Table) -> Table:
    """Return `demand` with the rows of `changes` replacing those of the same OD and commodity."""
    key = demand.schema.key
    changed = set(zip(*(changes[k].tolist() for k in key), strict=True))
    keep = np.array(
        [k not in changed for k in zip(*(demand[k].tolist() for k in key), strict=True)], dtype=bool
    )
    rows = [{c.name: row[c.name] for c in demand.schema.columns} for row in changes.to_rows()]
    return demand.take(keep).with_rows(rows)


def need_network(value: object) -> None:
    """Refuse what is no network where one is wanted.

    Raises
    ------
    InvalidValueError
        It is the name of a network, a graph, or something else.
    """
    if not isinstance(value, Network):
        raise InvalidValueError(
            f"a {type(value).__name__} is given where a network is wanted",
            ids=(str(value)[:80],),
            expected="a Network",
            cure="give load_network(name), read_network(path), or the network of a graph, graph.network",
        )


def as_table(name: str, rows: Table | pd.DataFrame) -> Table:
    """Return the table of that name, whether it comes as one or as a DataFrame.

    Raises
    ------
    SchemaError
        There is no table of that name, it is another one, or a column is missing or not known.
    InvalidValueError
        It is neither, or cells cannot be read.
    """
    if name not in SCHEMAS:
        raise SchemaError(
            f"a network has no table {name!r}",
            table=name,
            ids=(name,),
            expected=f"one of {', '.join(SCHEMAS)}",
            cure=did_you_mean(name, SCHEMAS) or "use one of these",
        )
    if isinstance(rows, Table):
        if rows.schema.name != name:
            raise SchemaError(
                f"table {name} is given the rows of {rows.schema.name}",
                table=name,
                expected=f"rows of {name}",
                cure="give it under its own name",
            )
        return rows
    if not hasattr(rows, "notna"):
        raise InvalidValueError(
            f"table {name} is given as a {type(rows).__name__}",
            table=name,
            expected="a pandas DataFrame, or a Table of another network",
            cure="put the rows into pandas.DataFrame(...)",
        )
    return parse_frame(SCHEMAS[name], rows)


def make_network(
    settings: Settings,
    tables: Mapping[str, Table | pd.DataFrame],
    courses: Mapping[str, Course] | None = None,
) -> Network:
    """Put tables or DataFrames together; optional ones that are missing become empty.

    Nothing is checked but each table by itself; `landsea_routing.check` looks at the whole.

    Raises
    ------
    SchemaError, InvalidValueError
        A required table is missing, an unknown one is given, or one cannot be read.

    Examples
    --------
    >>> from landsea_routing import load_network
    >>> toy = load_network("toy_three_ports")
    >>> frames = {name: table.to_frame() for name, table in toy.tables.items()}
    >>> make_network(Settings("mine"), frames)
    Network('mine': 8 nodes, 13 links, 6 OD rows)
    """
    unknown = [name for name in tables if name not in SCHEMAS]
    missing = [s.name for s in SCHEMAS.values() if not s.optional and s.name not in tables]
    if unknown or missing:
        wrong = (
            f"has unknown tables {', '.join(unknown)}" if unknown else f"lacks tables {', '.join(missing)}"
        )
        raise SchemaError(
            f"network {settings.name!r} {wrong}",
            table=(unknown or missing)[0],
            ids=unknown or missing,
            expected=f"tables {', '.join(SCHEMAS)}",
            cure="add, rename or remove the table",
        )
    whole = {
        name: as_table(name, tables[name]) if name in tables else empty_table(schema)
        for name, schema in SCHEMAS.items()
    }
    return Network(settings, whole, courses or {})


def row_of(table: Table, column: str = "id") -> dict[str, int]:
    """Map each value of a key column to its row."""
    return {str(v): i for i, v in enumerate(table[column])}


def rows_of(table: Table, values: np.ndarray[Any, Any], column: str = "id") -> IntArray:
    """Return the row of each value in a key column, -1 where there is none."""
    lookup = row_of(table, column)
    return np.array([lookup.get(str(v), -1) for v in values], dtype=np.int64)
