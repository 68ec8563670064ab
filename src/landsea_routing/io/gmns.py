"""Networks in the General Modeling Network Specification (GMNS) 0.96: `node.csv`, `link.csv`, `config.csv`.

What GMNS has a column for stands there, under its name and in its unit; our own columns stand beside under
theirs (a GMNS file may have more columns), and our other tables as further files. So a folder that was
written here comes back whole. Tonnes never stand in `capacity`, which GMNS means in passenger cars per hour
and lane; limits are in `capacity_groups.csv`.

Source: *General Modeling Network Specification*, version 0.96, Zephyr Foundation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from landsea_routing.errors import InvalidValueError, SchemaError, did_you_mean, list_ids
from landsea_routing.io.assemble import finish, read_all
from landsea_routing.io.atomic import fresh_folder, put_text
from landsea_routing.io.cells import Rows, cells_text, need_columns, read_cells
from landsea_routing.io.courses import lines_of
from landsea_routing.io.crs import WGS84, courses_of, to_lon_lat
from landsea_routing.io.csv_folder import read_tables, write_tables
from landsea_routing.io.gmns_foreign import GEOMETRY_FILE, KM, adopt_gmns, numbers, oneways, unit
from landsea_routing.io.lines import between, lines_of_wkt, to_wkt
from landsea_routing.io.settings import SETTINGS_FILE, read_settings
from landsea_routing.model.network import Course, Network
from landsea_routing.model.schema import SCHEMAS
from landsea_routing.model.table import parse_rows

VERSION = "0.96"
NODE_FILE, LINK_FILE, ZONE_FILE = "node.csv", "link.csv", "zone.csv"
CONFIG_FILE = "config.csv"

NODE_NAMES = {"id": "node_id", "lon": "x_coord", "lat": "y_coord", "kind": "node_type"}
LINK_NAMES = {"id": "link_id", "from_node": "from_node_id", "to_node": "to_node_id", "length_km": "length"}
"""What our columns are called in GMNS, where it has them; `oneway` is `directed`."""
NODE_COLUMNS = (
    *("node_id", "name", "x_coord", "y_coord", "z_coord", "node_type", "ctrl_type", "zone_id"),
    "parent_node_id",
)
LINK_COLUMNS = (
    *("link_id", "name", "from_node_id", "to_node_id", "directed", "geometry_id", "geometry"),
    *("parent_link_id", "dir_flag", "length", "grade", "facility_type", "capacity", "free_speed", "lanes"),
    *("bike_facility", "ped_facility", "parking", "allowed_uses", "toll", "jurisdiction", "row_width"),
)
"""All columns that GMNS knows."""
CONFIG = {
    "short_length": "m",
    "long_length": "km",
    "speed": "km/h",
    "crs": WGS84,
    "geometry_field_format": "WKT",
    "currency": "USD",
    "version_number": VERSION,
    "id_type": "string",
}
BACK = "back_of"
"""Our column for the second of two rows that stand for one link."""
OF_ONE_WAY = ("link_id", BACK, "dir_flag", "alias")
"""Columns in which the two rows differ; beside them, their ends."""
MISSING = ("", "NaN")


def write_gmns(network: Network, path: str | Path, *, directed: bool = False) -> None:
    """Write a network as a GMNS folder; `read_gmns` gives it back whole.

    Parameters
    ----------
    network : Network
    path : str or Path
        The folder. Files of the same name are replaced once all are written; others stay.
    directed : bool
        Whether a link of both directions becomes two rows, the second with `<id>~back`, for programs that
        pass over the column `directed`.

    Raises
    ------
    LandseaError
        The folder cannot be written to; what was there before is unchanged.

    Notes
    -----
    `length` is in km, positions in WGS84 degrees, as `config.csv` says. `geometry` is the course of a link,
    or the straight line. `free_speed`, `lanes` and `capacity` stay empty: speeds depend on country and
    commodity (`tariffs.csv`), limits on what they count (`capacity_groups.csv`).

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from landsea_routing import load_network
    >>> net = load_network("toy_three_ports")
    >>> with TemporaryDirectory() as folder:
    ...     write_gmns(net, folder)
    ...     len(read_gmns(folder).links) == len(net.links)
    True
    """
    folder = Path(path)
    places = network.nodes.to_rows()
    # A place that loads is a zone of its own.
    nodes = [{**_renamed(row, NODE_NAMES), "zone_id": row["id"] if row["loads"] else ""} for row in places]
    zones = [{"zone_id": row["id"], "name": row["name"]} for row in places if row["loads"]]
    links = _links(network, directed)
    config = {"dataset_name": network.name, **CONFIG}
    with fresh_folder(folder) as part:
        write_tables(network, part, folder, without=("nodes", "links"))
        put_text(part / NODE_FILE, cells_text(_header("nodes", NODE_COLUMNS, NODE_NAMES), nodes))
        header = _header("links", LINK_COLUMNS, LINK_NAMES) + [BACK] * directed
        put_text(part / LINK_FILE, cells_text(header, links))
        put_text(part / ZONE_FILE, cells_text(["zone_id", "name"], zones))
        put_text(part / CONFIG_FILE, cells_text(list(config), [config]))


def read_gmns(
    path: str | Path,
    *,
    mode: str = "road",
    crs: Any = None,
    long_length: str | None = None,
    speed: str | None = None,
    strict: bool = True,
) -> Network:
    r"""Read a GMNS folder: one that was written here whole, one of somebody else as far as GMNS goes.

    Parameters
    ----------
    path : str or Path
        Folder with `node.csv` and `link.csv`.
    mode : str
        Mode of links that do not say it, in a folder of somebody else.
    crs, long_length, speed : optional
        Reference system and units, in place of those of `config.csv`.
    strict : bool
        Whether errors of the tables raise.

    Returns
    -------
    Network
        Of a folder of somebody else `settings.facts["assumed"]` says what was assumed and left out: its links
        have no price, no limit, and the speed that `free_speed` says.

    Raises
    ------
    SchemaError
        A file or column is missing; a unit or reference system is not known.
    InvalidValueError
        A cell cannot be read, or lengths cannot be in the unit that is said.
    NetworkError
        The tables contradict each other.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "node.csv").write_text("node_id,x_coord,y_coord\n1,120,40\n2,120,41\n")
    ...     link = "link_id,from_node_id,to_node_id,directed,length\n7,1,2,false,120\n"
    ...     _ = (Path(folder) / "link.csv").write_text(link)
    ...     net = read_gmns(folder, long_length="km")
    >>> net.links["length_km"].tolist(), net.links["oneway"].tolist()
    ([120.0], [False])
    """
    folder = Path(path)
    own = (folder / SETTINGS_FILE).exists()
    config = _config(folder)
    named = {"crs": crs, "long_length": long_length, "speed": speed}
    config |= {name: value for name, value in named.items() if value is not None}
    nodes = _nodes(folder, config, own)
    links, courses = _read_links(folder, nodes, config, own)
    if not own:
        return adopt_gmns(folder, config, nodes, links, courses, mode=mode, strict=strict)
    given = {"nodes": nodes, "links": links}
    readers = {n: partial(parse_rows, SCHEMAS[n], _own_columns(n, rows)) for n, rows in given.items()}
    tables = read_all(folder.name, readers) | read_tables(folder, without=tuple(given))
    return finish(read_settings(folder), tables, courses, strict=strict)


# Writing -----------------------------------------------------------------------------------------------


def _renamed(row: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {names.get(column, column): cell for column, cell in row.items()}


def _ours(row: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Return a row under our names; what has one of them beside a column of GMNS is renamed away."""
    ours = {theirs: name for name, theirs in names.items()}
    beside = {name: f"{name} (beside {theirs})" for name, theirs in names.items()}
    beside |= {"oneway": "oneway (beside directed)"} if "from_node" in names else {}
    return {ours.get(column, beside.get(column, column)): cell for column, cell in row.items()}


def _header(table: str, columns: tuple[str, ...], names: Mapping[str, str]) -> list[str]:
    ours = [names.get(c.name, c.name) for c in SCHEMAS[table].columns if c.name != "oneway"]
    return [*columns, *(name for name in ours if name not in columns)]


def _links(network: Network, directed: bool) -> Rows:
    rows: Rows = []
    for row, line in zip(network.links.to_rows(), lines_of(network), strict=True):
        oneway = row.pop("oneway") == "yes"
        written = _renamed(row, LINK_NAMES)
        written["directed"] = "true" if oneway or directed else "false"
        written["geometry"] = to_wkt(line) if line else ""
        written["dir_flag"] = "1" if line else "0"
        rows.append(written)
        if directed and not oneway:
            ends = {"from_node_id": written["to_node_id"], "to_node_id": written["from_node_id"]}
            back = {"link_id": f"{written['link_id']}~back", BACK: written["link_id"], "alias": ""}
            rows.append({**written, **ends, **back, "dir_flag": "-1" if line else "0"})
    return rows


# Reading -----------------------------------------------------------------------------------------------


def _config(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise SchemaError(
            f"{folder} is not a folder",
            expected="a folder with node.csv and link.csv",
            cure="check the path",
        )
    file = folder / CONFIG_FILE
    rows = read_cells(file)[1] if file.exists() else []
    if len(rows) > 1:
        raise SchemaError(
            f"{CONFIG_FILE} has {len(rows)} rows",
            table="config",
            expected="one, with the units of all files",
            cure="take the others out",
        )
    row = rows[0] if rows else {}
    return {name: cell.strip() for name, cell in row.items() if cell.strip() not in MISSING}


def _cells(folder: Path, file: str, required: tuple[str, ...], own: bool = False) -> Rows:
    """Return the rows of a file without outer blanks; elsewhere than in our own, `NaN` is an empty cell."""
    _, rows = read_cells(folder / file, lambda header: need_columns(file, header, required))
    blank = "" if own else "NaN"
    return [{c: "" if (text := cell.strip()) == blank else text for c, cell in row.items()} for row in rows]


def _nodes(folder: Path, config: Mapping[str, Any], own: bool) -> Rows:
    """Return the nodes under our names, in degrees."""
    rows = _cells(folder, NODE_FILE, ("node_id", "x_coord", "y_coord"), own)
    x, y = (numbers(rows, column, NODE_FILE, "node_id") for column in ("x_coord", "y_coord"))
    lon, lat = to_lon_lat(x, y, config.get("crs", WGS84), NODE_FILE)
    nodes = [_ours(row, NODE_NAMES) for row in rows]
    for row, *place in zip(nodes, lon.tolist(), lat.tolist(), strict=True):
        row["lon"], row["lat"] = map(repr, place)
    return nodes


def _read_links(
    folder: Path, nodes: Rows, config: Mapping[str, Any], own: bool
) -> tuple[Rows, dict[str, Course]]:
    """Return the links under our names, in km, and their courses."""
    rows = _cells(folder, LINK_FILE, ("link_id", "from_node_id", "to_node_id"), own)
    header = list(rows[0]) if rows else []
    if own or did_you_mean("directed", [name for name in header if name not in LINK_COLUMNS]):
        need_columns(LINK_FILE, header, ("directed",) if rows else ())
    both_ways = {row[BACK]: row for row in rows if row.get(BACK)}
    rows = [row for row in rows if not row.get(BACK)]
    _refuse_edited_back(both_ways, {row["link_id"]: row for row in rows})
    courses = _courses(folder, rows, nodes, config)
    factor = unit(config, "long_length", KM)
    measured = [row for row in rows if row.get("length")]
    for row, length in zip(measured, numbers(measured, "length", LINK_FILE, "link_id").tolist(), strict=True):
        row["length"] = row["length"] if factor == 1 else repr(length * factor)
    links = [_ours(row, LINK_NAMES) for row in rows]
    for link, oneway in zip(links, oneways(rows, LINK_FILE), strict=True):
        link["oneway"] = "no" if link["id"] in both_ways else oneway
    return links, courses


def _refuse_edited_back(
    backs: Mapping[str, Mapping[str, str]], links: Mapping[str, Mapping[str, str]]
) -> None:
    """Refuse a second row of a link that says something else than the first: one of them would be lost."""
    wrong = []
    for link, back in backs.items():
        first = links.get(link, {})
        ends = {"from_node_id": first.get("to_node_id"), "to_node_id": first.get("from_node_id")}
        odd = [c for c in back if c not in OF_ONE_WAY and back[c] != ends.get(c, first.get(c))]
        wrong += [f"{link} ({odd[0]})"] if odd else []
    if wrong:
        raise InvalidValueError(
            f"{LINK_FILE}: the two rows of {len(wrong)} links differ, or one is gone ({list_ids(wrong)})",
            table="link",
            column=BACK,
            ids=wrong,
            expected="equal rows both ways",
            cure=f"change both, or leave {BACK} empty: the second is then a link of its own",
        )


def _courses(folder: Path, rows: Rows, nodes: Rows, config: Mapping[str, Any]) -> dict[str, Course]:
    """Read the geometry of links, from their own table or from `geometry.csv`."""
    texts: dict[str, str] = {}
    if any(row.get("geometry_id") for row in rows) and (folder / GEOMETRY_FILE).exists():
        apart = _cells(folder, GEOMETRY_FILE, ("geometry_id", "geometry"))
        twice = [g for g, times in Counter(row["geometry_id"] for row in apart).items() if times > 1]
        if twice:
            raise InvalidValueError(
                f"{GEOMETRY_FILE} has {list_ids(twice)} more than once",
                table="geometry",
                column="geometry_id",
                ids=twice,
                expected="each geometry_id once",
                cure="take out all but one",
            )
        texts = {row["geometry_id"]: row["geometry"] for row in apart}
        lost = [f"{row['link_id']} ({g})" for row in rows if (g := row.get("geometry_id")) and g not in texts]
        if lost:
            raise InvalidValueError(
                f"{LINK_FILE}: geometry_id names no row of {GEOMETRY_FILE} for {list_ids(lost)}",
                table="link",
                column="geometry_id",
                ids=lost,
                expected=f"a geometry_id of {GEOMETRY_FILE}",
                cure="correct it, or leave it empty for a straight line",
            )
    drawn = {r["link_id"]: r.get("geometry") or texts.get(r.get("geometry_id", ""), "") for r in rows}
    courses = courses_of(lines_of_wkt(drawn, LINK_FILE), config.get("crs", WGS84), LINK_FILE)
    return between(courses, {row["link_id"]: (row["from_node_id"], row["to_node_id"]) for row in rows}, nodes)


def _own_columns(name: str, rows: Rows) -> Rows:
    """Leave out the columns of GMNS that are none of ours; one that neither knows is refused later."""
    ours = {c.name for c in SCHEMAS[name].columns}
    theirs = {*NODE_COLUMNS, *LINK_COLUMNS, BACK} - ours
    return [{c: cell for c, cell in row.items() if c not in theirs} for row in rows]
