"""A small network without a fault, made of text rows; tests take it whole or change single cells.

Two countries side by side: `AA` on 1435 mm and `BB` on 1520 mm, with a border, a port each, and a city each.

    a_city ---rail,road--- a_border ===rail (dual gauge),road=== b_border ---rail,road--- b_city
      |  rail 1435                                        gauge yard        rail 1520  |
    a_port --------------------------- sea (class foreign) ------------------------ b_port
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from landsea_routing.model.network import Network, Settings, make_network
from landsea_routing.model.schema import SCHEMAS
from landsea_routing.model.table import parse_rows

Rows = list[dict[str, str]]

NODES = """
id,name,country,lat,lon,kind,loads
a_city,Alpha,AA,45,120,city,all
a_border,Alpha Gate (east),AA,46,124,border_post,
b_border,Beta Gate (west),BB,46.05,124.2,border_post,
b_city,Beta,BB,47,128,city,all
a_port,Alpha Port,AA,40,121,port,all
b_port,Beta Port,BB,43,132,port,all
"""

LINKS = """
id,from_node,to_node,mode,vehicle_class,gauge,length_km,alias
rail-a_city-a_border,a_city,a_border,rail,,1435,360,alpha_line
rail-a_border-b_border,a_border,b_border,rail,,1435+1520,18,gate
rail-b_border-b_city,b_border,b_city,rail,,1520,340,beta_line
rail-a_city-a_port,a_city,a_port,rail,,1435,600,
rail-b_city-b_port,b_city,b_port,rail,,1520,590,
road-a_city-a_border,a_city,a_border,road,,,400,
road-a_border-b_border,a_border,b_border,road,,,20,
road-b_border-b_city,b_border,b_city,road,,,380,
sea-a_port-b_port,a_port,b_port,sea,foreign,,1500,
"""

VEHICLE_CLASSES = """
id,mode,international,own_tariff,meaning
foreign,sea,yes,no,ships of foreign trade
"""

TRANSFERS = """
id,node,from_mode,from_gauge_mm,to_mode,to_gauge_mm,technology,commodities,usd_per_t,usd_per_teu,hours,capacity,capacity_unit
b_border-rail1435-rail1520-transload,b_border,rail,1435,rail,1520,transload,coal,5,,24,unlimited,t/yr
b_border-rail1520-rail1435-transload,b_border,rail,1520,rail,1435,transload,coal,5,,24,unlimited,t/yr
b_border-rail1435-rail1520-lift,b_border,rail,1435,rail,1520,lift,container,,120,12,200000,TEU/yr
b_border-rail1520-rail1435-lift,b_border,rail,1520,rail,1435,lift,container,,120,12,200000,TEU/yr
a_port-rail1435-sea-lift,a_port,rail,1435,sea,0,lift,*,6,,48,unlimited,t/yr
a_port-sea-rail1435-lift,a_port,sea,0,rail,1435,lift,*,6,,48,unlimited,t/yr
b_port-rail1520-sea-lift,b_port,rail,1520,sea,0,lift,*,6,,48,unlimited,t/yr
b_port-sea-rail1520-lift,b_port,sea,0,rail,1520,lift,*,6,,48,unlimited,t/yr
"""

CROSSINGS = """
id,from_node,to_node,mode,control,hours,hours_p90,fee_usd_per_t,transload_usd_per_t,transload_h
rail:a_border>b_border,a_border,b_border,rail,full,14,60,4.5,0,0
rail:b_border>a_border,b_border,a_border,rail,full,16,72,4.5,0,0
road:a_border>b_border,a_border,b_border,road,full,10,48,8,6,4
road:b_border>a_border,b_border,a_border,road,full,10,48,8,6,4
"""

CLEARANCES = """
country,direction,commodities,hours,fee_usd_per_t
AA,import,*,32,1
AA,export,*,4,0.5
BB,import,*,36,1
BB,export,*,8,0.5
"""

ACCESS = """
mode,country,commodity,access_h,egress_usd_per_t,egress_h
rail,*,*,12,2,12
road,*,*,2,1,2
sea,*,*,60,5,48
"""

TARIFFS = """
mode,country,vehicle_class,commodity,fixed_usd_per_t,rate_usd_per_t_km,speed_km_h
rail,AA,*,*,4,0.020,28
rail,BB,*,*,5,0.012,20
rail,*,*,container,9,0.025,40
road,*,*,*,5,0.070,40
sea,*,*,*,6,0.002,24
"""

COMMODITIES = """
id,name,unit,t_per_unit,t_per_teu,value_usd_per_t,value_of_time_usd_per_t_h,modes,gauge_technologies
container,Containers,TEU,11,11,2000,0.15,*,lift
coal,Coal,t,1,0,100,0.005,*,transload
"""

CAPACITY_GROUPS = """
id,kind,limit,unit
alpha_track,track,35000000,t/yr
beta_track,track,25000000,t/yr
gate_rail,crossing,10000000,t/yr
gate_road,crossing,200,trucks/day
yard,yard,8000000,t/yr
a_port_branch,track,20000000,t/yr
b_port_branch,track,20000000,t/yr
a_port_quay,port,500000,TEU/yr
b_port_quay,port,9000000,t/yr
open_road,track,unlimited,t/yr
open_sea,track,unlimited,t/yr
"""

CAPACITY_MEMBERS = """
group,target,applies_to,direction,commodities
alpha_track,rail-a_city-a_border,link,both,*
beta_track,rail-b_border-b_city,link,both,*
gate_rail,rail-a_border-b_border,border,both,*
gate_road,road-a_border-b_border,border,both,*
yard,b_border,gauge_transfer,both,*
a_port_branch,rail-a_city-a_port,link,both,*
b_port_branch,rail-b_city-b_port,link,both,*
a_port_quay,a_port,handling,both,container
b_port_quay,b_port,handling,both,*
open_road,road-a_city-a_border,link,both,*
open_road,road-b_border-b_city,link,both,*
open_sea,sea-a_port-b_port,link,both,*
"""

PAYLOADS = """
unit,gauge_mm,commodity,t_per_vehicle,days_per_year
trucks/day,0,*,20,340
"""

DEMAND = """
origin,destination,commodity,amount_per_year,unit
a_city,b_city,coal,3000000,t
b_city,a_city,coal,5000000,t
a_city,b_city,container,100000,TEU
b_city,a_port,container,40000,TEU
"""

TEXTS: Mapping[str, str] = {
    "nodes": NODES,
    "links": LINKS,
    "vehicle_classes": VEHICLE_CLASSES,
    "transfers": TRANSFERS,
    "crossings": CROSSINGS,
    "clearances": CLEARANCES,
    "access": ACCESS,
    "tariffs": TARIFFS,
    "commodities": COMMODITIES,
    "capacity_groups": CAPACITY_GROUPS,
    "capacity_members": CAPACITY_MEMBERS,
    "payloads": PAYLOADS,
    "demand": DEMAND,
}

SETTINGS = Settings(
    name="tiny",
    title="Two countries, two gauges",
    base_year=2023,
    unserved_price_usd_per_t=1000.0,
    default_commodity="container",
)


def rows_of_text(text: str) -> Rows:
    """Rows of comma-separated text without quotes."""
    header, *lines = [line.split(",") for line in text.strip().splitlines()]
    return [dict(zip(header, line, strict=True)) for line in lines]


def tiny_rows() -> dict[str, Rows]:
    """Return all tables of the tiny network as fresh text rows, to be changed at will."""
    return {name: rows_of_text(text) for name, text in TEXTS.items()}


def tiny_network(
    settings: Settings = SETTINGS, **tables: str | Rows | Callable[[Rows], Iterable[Mapping[str, str]]]
) -> Network:
    """Return the tiny network, with some tables replaced.

    A table is given as text, as rows, or as a function from the usual rows to other rows:
    `tiny_network(links=set_cells("rail-a_city-a_port", length_km="1"))`.
    """
    rows = tiny_rows()
    for name, given in tables.items():
        if callable(given):
            rows[name] = [dict(row) for row in given(rows.get(name, []))]
        else:
            rows[name] = rows_of_text(given) if isinstance(given, str) else given
    parsed = {name: parse_rows(SCHEMAS[name], table) for name, table in rows.items()}
    return make_network(settings, parsed)


def set_cells(key: str, column: str = "id", **cells: str) -> Callable[[Rows], Rows]:
    """Return a function that sets cells of the rows whose `column` is `key`."""

    def change(rows: Rows) -> Rows:
        assert any(row[column] == key for row in rows), key
        return [{**row, **cells} if row[column] == key else row for row in rows]

    return change


def add_rows(*texts: str, **cells: str) -> Callable[[Rows], Rows]:
    """Return a function that appends rows: comma-separated lines under the usual header, or one of cells."""

    def change(rows: Rows) -> Rows:
        header = list(rows[0])
        added = [dict(zip(header, text.split(","), strict=True)) for text in texts]
        return [*rows, *added, *([cells] if cells else [])]

    return change


def drop_rows(key: str, column: str = "id") -> Callable[[Rows], Rows]:
    """Return a function that leaves out the rows whose `column` is `key`."""

    def change(rows: Rows) -> Rows:
        assert any(row[column] == key for row in rows), key
        return [row for row in rows if row[column] != key]

    return change


def chain(*changes: Callable[[Rows], Rows]) -> Callable[[Rows], Rows]:
    """Return a function that makes one change after the other."""

    def change(rows: Rows) -> Rows:
        for step in changes:
            rows = step(rows)
        return rows

    return change


def grid_network(width: int) -> Network:
    """Return a grid of roads with whole kilometres, so that ties abound, and a border down its middle."""
    at = [[f"g{i}_{j}" for j in range(width)] for i in range(width)]
    half = width // 2
    nodes = [
        {"id": at[i][j], "name": f"Grid {i} {j}", "country": "AA" if j < half else "BB", "kind": "city"}
        | {"lat": str(40 + i / 100), "lon": str(120 + j / 100), "loads": "all"}
        for i in range(width)
        for j in range(width)
    ]
    links: Rows = []
    crossings: Rows = []
    for i in range(width):
        for j in range(width):
            for k, m in ((i + 1, j), (i, j + 1)):
                if max(k, m) == width:
                    continue
                ends = {"from_node": at[i][j], "to_node": at[k][m], "mode": "road"}
                length = str(5 + (7 * i + 3 * j + k * m) % 4)
                links.append({"id": f"road-{at[i][j]}-{at[k][m]}", "length_km": length, **ends})
                if (j < half) != (m < half):
                    crossings += [
                        {"id": f"road:{a}>{b}", **ends, "from_node": a, "to_node": b, "control": "full"}
                        | {"hours": "5", "fee_usd_per_t": "1"}
                        for a, b in ((at[i][j], at[k][m]), (at[k][m], at[i][j]))
                    ]
    empty = ("transfers", "clearances", "capacity_groups", "capacity_members", "demand", "vehicle_classes")
    return tiny_network(nodes=nodes, links=links, crossings=crossings, **{name: [] for name in empty})
