"""Every fault of a network is found, named and located, with a cure; nothing else is reported with it.

One row of `FAULTS` is one fault: its name, what is changed in the tiny network, and what must be found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from landsea_routing.errors import LandseaError, NetworkError
from landsea_routing.model.checks import check, raise_on_errors
from landsea_routing.model.checks.codes import CODES, ERROR, WARNING
from landsea_routing.model.network import Network, Settings
from networks_for_tests import SETTINGS, Rows, add_rows, chain, drop_rows, rows_of_text, set_cells
from networks_for_tests import tiny_network as bare_network

Change = Callable[[Rows], Rows]

FACTORS = """
mode,country,commodities,max_length_km,kg_co2e_per_t_km
rail,*,*,unlimited,0.02
road,*,*,unlimited,0.08
sea,*,*,unlimited,0.01
"""


def tiny_network(settings: Settings, **tables: Any) -> Network:
    """Return the tiny network with emission factors, some tables replaced or changed."""
    given = tables.pop("emission_factors", FACTORS)
    factors = given(rows_of_text(FACTORS)) if callable(given) else given
    return bare_network(settings, emission_factors=factors, **tables)


@dataclass(frozen=True)
class Fault:
    """One fault: how to make it and what the report must say."""

    name: str
    code: str
    table: str
    column: str
    ids: tuple[str, ...]
    severity: str = ERROR
    detail: str = ""
    settings: Settings = SETTINGS
    also: tuple[str, ...] = ()
    """Other codes that the same fault rightly brings about."""
    tables: dict[str, Any] = field(default_factory=dict)


def fault(name: str, code: str, where: str, ids: str, **more: Any) -> Fault:
    """Return a fault; `where` is table.column, ids are separated by blanks; tables are keywords."""
    table, _, column = where.rpartition(".")
    known = {k: more.pop(k) for k in ("severity", "detail", "settings", "also") if k in more}
    return Fault(name, code, table, column, tuple(ids.split()), tables=more, **known)


def links(key: str, **cells: str) -> Change:
    """Change cells of one link."""
    return set_cells(key, **cells)


def planned(key: str) -> Change:
    """Make one link a plan."""
    return set_cells(key, status="planned")


ISLANDS = ("isle,Isle,AA,30,125,city,", "islet,Islet,AA,30.5,125,city,")
LIFT_A = "a_border-rail-road-lift,a_border,rail,1435,road,0,lift,*,3,,12,unlimited,t/yr"
LIFT_B = "b_border-road-rail-lift,b_border,road,0,rail,1520,lift,*,3,,12,unlimited,t/yr"
LIFT_CITY = "a_city-rail-road-lift,a_city,rail,1435,road,0,lift,*,3,,12,unlimited,t/yr"
PARALLEL_GATE = "rail-b_border-a_border,b_border,a_border,rail,,1435+1520,18,"
TRAINS_1520 = "trains/day,1520,*,3500,365"
TRAINS_EACH = "trains/day,1520,coal,3500,365", "trains/day,0,container,1100,365"


def trains(group: str) -> Change:
    """Count the limit of one group in trains a day."""
    return set_cells(group, limit="20", unit="trains/day")


KEYS = (
    fault(
        "node twice",
        "duplicate-id",
        "nodes.id",
        "a_city",
        nodes=add_rows("a_city,Again,AA,45,120,city,all"),
        also=("isolated-node",),
    ),
    fault(
        "link twice",
        "duplicate-id",
        "links.id",
        "rail-a_city-a_port",
        links=add_rows("rail-a_city-a_port,a_city,a_port,rail,,1435,610,"),
        also=("link-without-capacity",),
    ),
    fault(
        "tariff twice", "duplicate-id", "tariffs.mode", "sea/*/*/*", tariffs=add_rows("sea,*,*,*,6,0.002,24")
    ),
    fault(
        "alias twice",
        "duplicate-alias",
        "links.alias",
        "rail-a_city-a_border rail-b_border-b_city",
        links=links("rail-b_border-b_city", alias="Alpha_Line"),
    ),
    fault(
        "alias is another id",
        "duplicate-alias",
        "links.alias",
        "rail-b_border-b_city",
        links=links("rail-b_border-b_city", alias="sea-a_port-b_port"),
    ),
    fault(
        "alias is a node",
        "alias-is-node",
        "links.alias",
        "rail-b_border-b_city",
        links=links("rail-b_border-b_city", alias="B_City"),
    ),
    fault(
        "link is called as a node",
        "alias-is-node",
        "links.id",
        "A_City",
        links=add_rows("A_City,a_city,a_border,road,,,410,"),
        capacity_members=add_rows("open_road,A_City,link,both,*"),
    ),
    fault(
        "id with a character that turns writing",
        "unsafe-id",
        "nodes.id",
        "a_\u202eport",
        nodes=add_rows("a_\u202eport,Odd,AA,45,120,city,all"),
        also=("isolated-node",),
    ),
    fault(
        "id of 257 letters",
        "unsafe-id",
        "nodes.id",
        "x" * 257,
        nodes=add_rows("x" * 257 + ",Odd,AA,45,120,city,all"),
        also=("isolated-node",),
    ),
    fault(
        "ids that look alike",
        "lookalike-id",
        "nodes.id",
        "caf\u00e9 cafe\u0301",
        severity=WARNING,
        nodes=add_rows("caf\u00e9,One,AA,45,120,city,", "cafe\u0301,Two,AA,45,120,city,"),
        also=("isolated-node",),
    ),
)

REFERENCES = (
    fault(
        "link to nowhere",
        "unknown-node",
        "links.to_node",
        "rail-a_city-a_port",
        detail="a_prot",
        links=links("rail-a_city-a_port", to_node="a_prot"),
        also=("transfer-without-link",),
    ),
    fault(
        "transfer nowhere",
        "unknown-node",
        "transfers.node",
        "a_port-sea-rail1435-lift",
        transfers=set_cells("a_port-sea-rail1435-lift", node="x"),
        also=("transfer-without-link",),
    ),
    fault(
        "crossing from nowhere",
        "unknown-node",
        "crossings.from_node",
        "x",
        crossings=add_rows("x,nowhere,b_border,rail,full,1,,1,0,0"),
        also=("crossing-without-link",),
    ),
    fault(
        "demand nowhere",
        "unknown-node",
        "demand.origin",
        "x/b_city/coal",
        demand=add_rows("x,b_city,coal,1,t"),
    ),
    fault(
        "node loads what is not",
        "unknown-commodity",
        "nodes.loads",
        "a_city",
        detail="cole",
        nodes=set_cells("a_city", loads="cole;coal;container"),
    ),
    fault(
        "transfer of what is not",
        "unknown-commodity",
        "transfers.commodities",
        "a_port-sea-rail1435-lift",
        transfers=set_cells("a_port-sea-rail1435-lift", commodities="coal;gold"),
    ),
    fault(
        "demand for all",
        "unknown-commodity",
        "demand.commodity",
        "a_city/b_city/*",
        demand=add_rows("a_city,b_city,*,1,t"),
    ),
    fault(
        "member of what is not",
        "unknown-commodity",
        "capacity_members.commodities",
        "alpha_track/a_city/handling/both/gold",
        capacity_members=add_rows("alpha_track,a_city,handling,both,gold"),
    ),
    fault(
        "default is no commodity",
        "unknown-commodity",
        "network.toml.default_commodity",
        "gold",
        settings=replace(SETTINGS, default_commodity="gold"),
    ),
    fault(
        "waypoint of no mode",
        "unknown-mode",
        "nodes.waypoint",
        "a_port",
        nodes=set_cells("a_port", waypoint="air"),
    ),
    fault(
        "commodity by no mode",
        "unknown-mode",
        "commodities.modes",
        "coal",
        commodities=set_cells("coal", modes="rail;air"),
    ),
    fault(
        "no such technology",
        "unknown-technology",
        "commodities.gauge_technologies",
        "coal",
        commodities=set_cells("coal", gauge_technologies="shovel"),
    ),
    fault(
        "no such technology of transfers",
        "unknown-technology",
        "commodities.transfer_technologies",
        "coal",
        detail="shovel",
        commodities=set_cells("coal", transfer_technologies="lift;shovel"),
    ),
    fault(
        "no such class",
        "unknown-class",
        "links.vehicle_class",
        "road-a_city-a_border",
        links=links("road-a_city-a_border", vehicle_class="lorry"),
    ),
    fault(
        "class of another mode",
        "class-of-other-mode",
        "links.vehicle_class",
        "road-a_city-a_border",
        links=links("road-a_city-a_border", vehicle_class="foreign"),
    ),
    fault(
        "no such group",
        "unknown-group",
        "capacity_members.group",
        "alpha/rail-a_city-a_border/link/both/*",
        capacity_members=add_rows("alpha,rail-a_city-a_border,link,both,*"),
    ),
    fault(
        "member of no link",
        "unknown-target",
        "capacity_members.target",
        "alpha_track/a_city/link/both/*",
        capacity_members=add_rows("alpha_track,a_city,link,both,*"),
    ),
)

VALUES = (
    fault(
        "table without rows",
        "empty-table",
        "access.",
        "access.csv",
        access=[],
        also=("access-missing",),
    ),
    fault(
        "no price",
        "price-missing",
        "transfers.usd_per_t",
        "a_port-sea-rail1435-lift",
        transfers=set_cells("a_port-sea-rail1435-lift", usd_per_t=""),
    ),
    fault(
        "two prices",
        "price-twice",
        "transfers.usd_per_t",
        "b_border-rail1435-rail1520-lift",
        transfers=set_cells("b_border-rail1435-rail1520-lift", usd_per_t="7"),
    ),
    fault(
        "coal priced per TEU",
        "not-boxed",
        "transfers.usd_per_teu",
        "a_port-sea-rail1435-lift",
        detail="coal",
        transfers=set_cells("a_port-sea-rail1435-lift", usd_per_t="", usd_per_teu="90"),
    ),
    fault(
        "coal limited in TEU",
        "not-boxed",
        "capacity_members.commodities",
        "a_port_quay/a_port/handling/both/*",
        capacity_members=set_cells("a_port_quay", "group", commodities="*"),
    ),
    fault(
        "trucks without load",
        "payload-missing",
        "capacity_members.commodities",
        "gate_road/road-a_border-b_border/border/both/*",
        detail="container",
        payloads=set_cells("trucks/day", "unit", commodity="coal"),
    ),
    fault(
        "trains without load",
        "payload-missing",
        "transfers.capacity_unit",
        "a_port-sea-rail1435-lift",
        transfers=set_cells("a_port-sea-rail1435-lift", capacity="9", capacity_unit="trains/day"),
    ),
    fault(
        "trains without load at the gauge of a link",
        "payload-missing",
        "capacity_members.commodities",
        "alpha_track/rail-a_city-a_border/link/both/*",
        detail="container, coal at 1435 mm",
        capacity_groups=trains("alpha_track"),
        payloads=add_rows(TRAINS_1520),
    ),
    fault(
        "trains without load at one gauge of a dual-gauge border",
        "payload-missing",
        "capacity_members.commodities",
        "gate_rail/rail-a_border-b_border/border/both/*",
        detail="[coal at 1435 mm]",
        capacity_groups=trains("gate_rail"),
        payloads=add_rows(*TRAINS_EACH),
    ),
    fault(
        "trains without load at the gauge of arrival",
        "payload-missing",
        "capacity_members.commodities",
        "yard/b_border/gauge_transfer/both/*",
        detail="[coal at 1435 mm]",
        capacity_groups=trains("yard"),
        payloads=add_rows(*TRAINS_EACH),
    ),
    fault(
        "trains without load at the gauge that departs from a ship",
        "payload-missing",
        "transfers.capacity_unit",
        "a_port-sea-rail1435-lift",
        detail="container, coal at 1435 mm",
        transfers=set_cells("a_port-sea-rail1435-lift", capacity="9", capacity_unit="trains/day"),
        payloads=add_rows(TRAINS_1520),
    ),
    fault(
        "trucks with a load for tracks only",
        "payload-missing",
        "capacity_members.commodities",
        "gate_road/road-a_border-b_border/border/both/*",
        detail="container, coal without gauge",
        payloads=set_cells("trucks/day", "unit", gauge_mm="1520"),
    ),
)

GEOMETRY = (
    fault(
        "shorter than the great circle",
        "length-below-great-circle",
        "links.length_km",
        "rail-a_city-a_port",
        detail="500 < 561",
        links=links("rail-a_city-a_port", length_km="500"),
    ),
    fault(
        "shorter than the great circle, below 25 km",
        "length-below-great-circle",
        "links.length_km",
        "road-a_border-b_border",
        severity=WARNING,
        links=links("road-a_border-b_border", length_km="12"),
    ),
    fault(
        "shorter than the great circle, stated below 25 km",
        "length-below-great-circle",
        "links.length_km",
        "rail-a_city-a_port",
        detail="24 < 561",
        links=links("rail-a_city-a_port", length_km="24"),
    ),
    fault(
        "more than five times the great circle",
        "circuity",
        "links.length_km",
        "rail-a_city-a_port",
        detail="5.3 x",
        links=links("rail-a_city-a_port", length_km="3000"),
    ),
    fault(
        "more than five times the great circle, below 25 km",
        "circuity",
        "links.length_km",
        "road-a_city-mill",
        severity=WARNING,
        nodes=add_rows("mill,Mill,AA,45.02,120,city,"),
        links=add_rows("road-a_city-mill,a_city,mill,road,,,20,"),
        capacity_members=add_rows("open_road,road-a_city-mill,link,both,*"),
    ),
    fault(
        "no length",
        "zero-length",
        "links.length_km",
        "road-a_border-b_border",
        links=links("road-a_border-b_border", length_km="0"),
    ),
    fault(
        "latitude and longitude swapped",
        "swapped-coordinates",
        "nodes.lat",
        "w3",
        nodes=add_rows(
            "w1,West one,CC,50,10,city,",
            "w2,West two,CC,52,12,city,",
            "w3,West three,CC,11,51,city,",
            "w4,West four,CC,49,9,city,",
        ),
        also=("isolated-node",),
    ),
    fault(
        "position never filled in",
        "null-island",
        "nodes.lat",
        "nil",
        severity=WARNING,
        nodes=add_rows("nil,Nil,DD,0,0,city,"),
        also=("isolated-node",),
    ),
    fault(
        "port without water",
        "inland-port",
        "nodes.kind",
        "a_city",
        nodes=set_cells("a_city", kind="port"),
    ),
    fault(
        "link to itself",
        "self-loop",
        "links.to_node",
        "road-a_city-a_city",
        severity=WARNING,
        links=add_rows("road-a_city-a_city,a_city,a_city,road,,,5,"),
        capacity_members=add_rows("open_road,road-a_city-a_city,link,both,*"),
    ),
)

GAUGE = (
    fault(
        "gauge jump without a facility",
        "gauge-jump-without-facility",
        "nodes.id",
        "b_border",
        detail="1435 | 1520",
        links=links("rail-a_border-b_border", gauge="1435"),
        transfers=lambda rows: [row for row in rows if row["node"] != "b_border"],
    ),
    fault(
        "gauge jump to a planned line",
        "gauge-jump-without-facility",
        "nodes.id",
        "a_city",
        severity=WARNING,
        links=chain(
            add_rows("rail-a_city-b_city,a_city,b_city,rail,,1520,700,"), planned("rail-a_city-b_city")
        ),
        capacity_members=add_rows("alpha_track,rail-a_city-b_city,link,both,*"),
        crossings=add_rows(
            "rail:a_city>b_city,a_city,b_city,rail,full,1,,1,0,0",
            "rail:b_city>a_city,b_city,a_city,rail,full,1,,1,0,0",
        ),
    ),
    fault(
        "track without gauge",
        "gauge-missing",
        "links.gauge",
        "rail-a_city-a_port",
        links=links("rail-a_city-a_port", gauge=""),
        also=("transfer-without-link",),
    ),
    fault(
        "gauge in metres",
        "gauge-unreadable",
        "links.gauge",
        "rail-a_city-a_port",
        detail="1.435",
        links=links("rail-a_city-a_port", gauge="1.435"),
        also=("transfer-without-link",),
    ),
    fault(
        "transfer without gauge",
        "gauge-missing",
        "transfers.from_gauge_mm",
        "a_port-rail1435-sea-lift",
        transfers=set_cells("a_port-rail1435-sea-lift", from_gauge_mm=""),
        also=("transfer-without-link",),
    ),
    fault(
        "gauge of a road",
        "gauge-ignored",
        "links.gauge",
        "road-a_city-a_border",
        severity=WARNING,
        links=links("road-a_city-a_border", gauge="1435"),
    ),
    fault(
        "transfer without its line",
        "transfer-without-link",
        "transfers.node",
        "a_city-rail1435-rail1520-lift",
        severity=WARNING,
        detail="rail 1520",
        transfers=add_rows(
            "a_city-rail1435-rail1520-lift,a_city,rail,1435,rail,1520,lift,container,5,,24,unlimited,t/yr"
        ),
    ),
    fault(
        "waypoint without a link",
        "mode-without-link",
        "nodes.waypoint",
        "a_port",
        severity=WARNING,
        detail="inland_water",
        nodes=set_cells("a_port", waypoint="inland_water"),
    ),
    fault(
        "tariff of a mode without a link",
        "mode-without-link",
        "tariffs.mode",
        "rail_ferry/*/*/*",
        severity=WARNING,
        tariffs=add_rows("rail_ferry,*,*,*,6,0.01,20"),
    ),
    fault(
        "commodity by a mode without a link",
        "mode-without-link",
        "commodities.modes",
        "coal",
        severity=WARNING,
        commodities=set_cells("coal", modes="rail;road;sea;inland_water"),
    ),
)

BORDERS = (
    fault(
        "change of country without a crossing",
        "crossing-missing",
        "links.to_node",
        "rail-a_border-b_border",
        detail="b_border>a_border",
        crossings=drop_rows("rail:b_border>a_border"),
    ),
    fault(
        "crossing twice",
        "crossing-twice",
        "crossings.from_node",
        "again",
        crossings=add_rows("again,a_border,b_border,rail,full,1,,1,0,0"),
    ),
    fault(
        "crossing without a link",
        "crossing-without-link",
        "crossings.from_node",
        "idle",
        severity=WARNING,
        crossings=add_rows("idle,a_city,b_city,rail,full,1,,1,0,0"),
    ),
    fault(
        "crossing inside a country",
        "crossing-same-country",
        "crossings.to_node",
        "inside",
        crossings=add_rows("inside,a_city,a_border,rail,full,1,,1,0,0"),
    ),
    fault(
        "crossing shut while the link is open",
        "season-disjoint",
        "links.open_months",
        "road-a_border-b_border",
        detail="6-9, crossing b_border>a_border 11-3",
        links=links("road-a_border-b_border", open_months="6-9"),
        crossings=set_cells("road:b_border>a_border", open_months="11-3"),
    ),
    fault(
        "no clearance",
        "clearance-missing",
        "links.vehicle_class",
        "sea-a_port-b_port",
        detail="BB import",
        clearances=lambda rows: [r for r in rows if (r["country"], r["direction"]) != ("BB", "import")],
    ),
    fault(
        "ship of no class",
        "class-not-international",
        "links.vehicle_class",
        "sea-a_port-b_port",
        links=links("sea-a_port-b_port", vehicle_class=""),
    ),
    fault(
        "no ship classes at all",
        "clearance-not-charged",
        "links.vehicle_class",
        "sea-a_port-b_port",
        severity=WARNING,
        vehicle_classes=[],
        links=links("sea-a_port-b_port", vehicle_class=""),
    ),
)

CAPACITY = (
    fault(
        "link without capacity",
        "link-without-capacity",
        "links.id",
        "rail-a_city-a_border",
        capacity_members=drop_rows("alpha_track", "group"),
        also=("empty-group",),
    ),
    fault(
        "link without capacity one way",
        "link-without-capacity",
        "links.id",
        "rail-a_city-a_border",
        detail="backward",
        capacity_members=set_cells("alpha_track", "group", direction="forward"),
    ),
    fault(
        "link without capacity for one commodity",
        "link-without-capacity",
        "links.id",
        "rail-a_city-a_border",
        detail="coal",
        capacity_members=set_cells("alpha_track", "group", commodities="container"),
    ),
    fault(
        "seasonal and unlimited",
        "seasonal-unlimited",
        "links.open_months",
        "road-a_city-a_border",
        detail="5-10",
        links=links("road-a_city-a_border", open_months="5-10"),
    ),
    fault(
        "seasonal crossing and unlimited",
        "seasonal-unlimited",
        "crossings.open_months",
        "rail:a_border>b_border",
        crossings=set_cells("rail:a_border>b_border", open_months="4-11"),
        capacity_groups=set_cells("gate_rail", limit="unlimited"),
    ),
    fault(
        "member twice, by commodity",
        "member-twice",
        "capacity_members.target",
        "alpha_track/rail-a_city-a_border/link/both/coal",
        detail="also alpha_track/rail-a_city-a_border/link/both/*",
        capacity_members=add_rows("alpha_track,rail-a_city-a_border,link,both,coal"),
    ),
    fault(
        "member twice, by direction",
        "member-twice",
        "capacity_members.target",
        "yard/b_border/gauge_transfer/forward/*",
        capacity_members=add_rows("yard,b_border,gauge_transfer,forward,*"),
    ),
    fault(
        "member twice, by a parallel link over the same border",
        "member-twice",
        "capacity_members.target",
        "gate_rail/rail-b_border-a_border/border/forward/*",
        links=add_rows(PARALLEL_GATE),
        capacity_members=add_rows("gate_rail,rail-b_border-a_border,border,forward,*"),
        also=("group-crossed-twice",),
    ),
    fault(
        "member twice, as handling and as a transfer",
        "member-twice",
        "capacity_members.target",
        "b_port_quay/b_port-sea-rail1520-lift/transfer/both/coal",
        detail="also b_port_quay/b_port/handling/both/*",
        capacity_members=add_rows("b_port_quay,b_port-sea-rail1520-lift,transfer,both,coal"),
        also=("group-crossed-twice",),
    ),
    fault(
        "member twice, as lift and as a transfer",
        "member-twice",
        "capacity_members.target",
        "hoist/a_city-rail-road-lift/transfer/both/*",
        transfers=add_rows(LIFT_CITY),
        capacity_groups=add_rows("hoist,yard,9000000,t/yr"),
        capacity_members=add_rows("hoist,a_city-rail-road-lift,transfer,both,*", "hoist,a_city,lift,both,*"),
    ),
    fault(
        "member twice, as a change of gauge and as a transfer",
        "member-twice",
        "capacity_members.target",
        "yard/b_border-rail1435-rail1520-transload/transfer/both/*",
        capacity_members=add_rows("yard,b_border-rail1435-rail1520-transload,transfer,both,*"),
    ),
    fault(
        "direction of handling",
        "direction-unused",
        "capacity_members.direction",
        "b_port_quay/b_port/handling/forward/*",
        detail="handling",
        capacity_members=set_cells("b_port_quay", "group", direction="forward"),
    ),
    fault(
        "parallel links limited one by one at their common border",
        "border-shared-by-parallel",
        "links.id",
        "rail-a_border-b_border rail-b_border-a_border",
        severity=WARNING,
        detail="also in second_gate",
        links=add_rows(PARALLEL_GATE),
        capacity_groups=add_rows("second_gate,crossing,2000000,t/yr"),
        capacity_members=add_rows("second_gate,rail-b_border-a_border,border,both,*"),
    ),
    fault(
        "border road unlimited",
        "border-road-unlimited",
        "links.id",
        "road-a_border-b_border",
        capacity_groups=set_cells("gate_road", limit="unlimited"),
    ),
    fault(
        "border lift unlimited",
        "border-road-unlimited",
        "transfers.capacity",
        "a_border-rail-road-lift",
        transfers=add_rows(LIFT_A),
    ),
    fault(
        "group without members",
        "empty-group",
        "capacity_groups.id",
        "idle",
        severity=WARNING,
        capacity_groups=add_rows("idle,track,5,t/yr"),
    ),
    fault(
        "nothing passes",
        "zero-capacity",
        "capacity_groups.limit",
        "yard",
        severity=WARNING,
        capacity_groups=set_cells("yard", limit="0"),
    ),
    fault(
        "path crosses a group twice, members in series",
        "group-crossed-twice",
        "capacity_groups.id",
        "alpha_track",
        severity=WARNING,
        capacity_members=add_rows("alpha_track,rail-a_city-a_port,link,both,*"),
    ),
    fault(
        "path crosses a group twice, link and border",
        "group-crossed-twice",
        "capacity_groups.id",
        "gate_rail",
        severity=WARNING,
        detail="as link and as border",
        capacity_members=add_rows("gate_rail,rail-a_border-b_border,link,both,*"),
    ),
    fault(
        "path crosses a group twice, members far apart",
        "group-crossed-twice",
        "capacity_groups.id",
        "alpha_track",
        severity=WARNING,
        capacity_members=add_rows("alpha_track,rail-b_city-b_port,link,forward,*"),
    ),
    fault(
        "path crosses a group twice, loading and unloading",
        "group-crossed-twice",
        "capacity_groups.id",
        "b_port_quay",
        severity=WARNING,
        detail="handling at b_port, then handling at a_port",
        capacity_members=add_rows("b_port_quay,a_port,handling,both,*"),
    ),
    fault(
        "trucks round the gauge yard",
        "rail-road-rail-detour",
        "nodes.id",
        "a_border",
        severity=WARNING,
        detail="to b_border, 20 km",
        transfers=add_rows(LIFT_A, LIFT_B),
        capacity_groups=set_cells("gate_road", limit="unlimited"),
        also=("border-road-unlimited",),
    ),
)

TIME = (
    fault(
        "planned link in the base",
        "planned-in-base",
        "links.year_opened",
        "rail-a_city-a_port",
        detail="2030",
        links=links("rail-a_city-a_port", year_opened="2030"),
    ),
    fault(
        "limit of a later year",
        "capacity-of-later-year",
        "capacity_groups.year",
        "yard",
        severity=WARNING,
        detail="2030",
        capacity_groups=set_cells("yard", year="2030"),
    ),
    fault(
        "parts that hang apart",
        "disconnected",
        "nodes.id",
        "isle islet",
        severity=WARNING,
        detail="part of 2 nodes",
        nodes=add_rows(*ISLANDS),
        links=add_rows("road-isle-islet,isle,islet,road,,,60,"),
        capacity_members=add_rows("open_road,road-isle-islet,link,both,*"),
    ),
    fault(
        "node without links",
        "isolated-node",
        "nodes.id",
        "isle",
        severity=WARNING,
        nodes=add_rows(ISLANDS[0]),
    ),
)

DEMAND = (
    fault(
        "demand in the wrong unit",
        "unit-mismatch",
        "demand.unit",
        "b_city/a_city/coal",
        detail="TEU, commodity in t",
        demand=lambda rows: [
            {**r, "unit": "TEU"} if r["origin"] == "b_city" and r["commodity"] == "coal" else r for r in rows
        ],
    ),
    fault(
        "demand to where it is",
        "demand-origin-is-destination",
        "demand.destination",
        "a_city/a_city/coal",
        severity=WARNING,
        demand=add_rows("a_city,a_city,coal,1,t"),
    ),
    fault(
        "demand where nothing is loaded",
        "loads-forbid",
        "demand.origin",
        "a_border/b_city/coal",
        severity=WARNING,
        detail="a_border",
        demand=add_rows("a_border,b_city,coal,1,t"),
    ),
    fault(
        "no tariff",
        "tariff-missing",
        "tariffs.rate_usd_per_t_km",
        "rail/BB/*/coal",
        tariffs=drop_rows("BB", "country"),
    ),
    fault(
        "no access",
        "access-missing",
        "access.access_h",
        "sea/BB/coal sea/BB/container",
        severity=WARNING,
        access=set_cells("sea", "mode", country="AA"),
    ),
    fault(
        "no emission factor of a country",
        "emission-missing",
        "emission_factors.kg_co2e_per_t_km",
        "rail/BB",
        severity=WARNING,
        detail="2 commodities",
        emission_factors=set_cells("rail", "mode", country="AA"),
    ),
    fault(
        "no emission factor of a commodity",
        "emission-missing",
        "emission_factors.kg_co2e_per_t_km",
        "road/AA road/BB",
        severity=WARNING,
        detail="1 commodity",
        emission_factors=set_cells("road", "mode", commodities="coal"),
    ),
    fault(
        "no emission factor of long links",
        "emission-missing",
        "emission_factors.kg_co2e_per_t_km",
        "sea/AA sea/BB",
        severity=WARNING,
        emission_factors=set_cells("sea", "mode", max_length_km="1000"),
    ),
    fault(
        "no emission factors at all",
        "emission-missing",
        "emission_factors.",
        "emission_factors.csv",
        severity=WARNING,
        emission_factors=[],
    ),
    fault(
        "no price of staying at home",
        "unserved-price-missing",
        "network.toml.unserved_price_usd_per_t",
        "tiny",
        severity=WARNING,
        settings=replace(SETTINGS, unserved_price_usd_per_t=float("inf")),
    ),
)

WAIVERS = (
    fault(
        "waiver without a reason",
        "waiver-without-reason",
        "nodes.waiver",
        "a_city",
        nodes=set_cells("a_city", waiver="isolated-node"),
    ),
    fault(
        "waiver of an unknown code",
        "waiver-unknown-code",
        "nodes.waiver",
        "a_city",
        nodes=set_cells("a_city", waiver="isolated-nod: none"),
    ),
    fault(
        "waiver of what may not be waived",
        "waiver-refused",
        "links.waiver",
        "rail-a_city-a_port",
        links=links("rail-a_city-a_port", to_node="x", waiver="unknown-node: it is there, believe me"),
        also=("unknown-node", "transfer-without-link"),
    ),
    fault(
        "waiver of nothing",
        "waiver-unused",
        "nodes.waiver",
        "a_city",
        severity=WARNING,
        nodes=set_cells("a_city", waiver="isolated-node: no longer"),
    ),
)

FAULTS = KEYS + REFERENCES + VALUES + GEOMETRY + GAUGE + BORDERS + CAPACITY + TIME + DEMAND + WAIVERS


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_is_found_named_and_located(fault: Fault) -> None:
    report = check(tiny_network(fault.settings, **fault.tables))
    found = [f for f in report.with_code(fault.code) if (f.table, f.column) == (fault.table, fault.column)]
    assert len(found) == 1, str(report)
    finding = found[0]
    assert set(finding.ids) == set(fault.ids)
    assert finding.severity == fault.severity
    assert fault.detail in str(finding)
    assert finding.cure
    assert finding.expected
    assert finding.message
    assert set(report.codes) <= {fault.code, *fault.also}, str(report)
    assert report.ok or fault.severity == ERROR or any(CODES[c].severity != WARNING for c in fault.also)


@pytest.mark.parametrize("fault", [f for f in FAULTS if f.severity == ERROR], ids=lambda fault: fault.name)
def test_an_error_raises_with_everything_in_it(fault: Fault) -> None:
    report = check(tiny_network(fault.settings, **fault.tables))
    with pytest.raises(LandseaError) as caught:
        raise_on_errors(report)
    error = caught.value
    assert isinstance(error, NetworkError)
    assert error.report is report
    assert error.code == report.errors[0].code
    assert error.cure
    assert set(fault.ids) <= set(error.ids)
    for finding in report.errors:
        assert finding.code in str(error)
        assert finding.message in str(error)


def test_every_code_has_a_fault() -> None:
    built_from_arrays = {"not-finite", "negative-value", "out-of-range", "unknown-word"}
    assert {f.code for f in FAULTS} == set(CODES) - built_from_arrays


def test_the_tiny_network_has_none() -> None:
    report = check(tiny_network(SETTINGS))
    assert (report.ok, report.findings, report.waived) == (True, (), 0)
