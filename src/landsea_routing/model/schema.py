"""The tables of a network as data: every column with its kind, unit, default and meaning.

This one table feeds the reader, the writer, the checks and the documentation.
"""

from __future__ import annotations

from landsea_routing.model import words
from landsea_routing.model.column import Column, TableSchema


def _source() -> tuple[Column, ...]:
    return (
        Column("source", "text", "Where the figures come from", ""),
        Column("year", "integer", "Year the figures describe; 0 where the network's base year is meant", "0"),
        Column("confidence", "text", "How far to trust them", "assumed", words.CONFIDENCES),
        Column("note", "text", "What a reader should know", ""),
        Column("waiver", "words", "Findings accepted for this row, each `code: reason`", ""),
    )


NODES = TableSchema(
    "nodes",
    "Places: cities, ports, junctions, border posts, mines, terminals",
    ("id",),
    (
        Column("id", "id", "Short id, never renamed"),
        Column("name", "text", "Full name; a bracket may follow"),
        Column("country", "text", "ISO 3166-1 alpha-2 code"),
        Column("lat", "number", "Latitude, WGS84 degrees", minimum=-90, maximum=90),
        Column("lon", "number", "Longitude, WGS84 degrees", minimum=-180, maximum=180),
        Column("kind", "text", "What sort of place", choices=words.NODE_KINDS),
        Column("loads", "words", "Commodities that may start or end here; `all`, or empty for none", ""),
        Column("waypoint", "words", "Modes that pass on here without a relay (a barge sails on)", ""),
        Column("unlocode", "text", "UN/LOCODE", ""),
        *_source(),
    ),
)

LINKS = TableSchema(
    "links",
    "Carriage from place to place by one mode, both ways unless `oneway`",
    ("id",),
    (
        Column("id", "id", "`<mode>-<from>-<to>`, `-2` for a parallel one, never renumbered"),
        Column("from_node", "id", "Node id"),
        Column("to_node", "id", "Node id"),
        Column("mode", "text", "Mode of carriage", choices=words.MODES),
        Column("vehicle_class", "id", "Row of vehicle_classes; empty for the ordinary one", ""),
        Column("gauge", "text", "Track gauge in mm for rail, `1435+1520` for dual gauge, else empty", ""),
        Column("length_km", "number", "Length", minimum=0),
        Column(
            "status", "text", "Only operating links carry; scenarios open others", "operating", words.STATUSES
        ),
        Column("open_months", "months", "Months in which it can be used", "1-12"),
        Column("oneway", "flag", "Whether only from -> to is possible", "no"),
        Column(
            "surcharge_usd_per_t", "number", "Paid on top of the tariff (toll, ice class)", "0", minimum=0
        ),
        Column("delay_h", "number", "Hours on top of length / speed", "0", minimum=0),
        Column("year_opened", "integer", "Year of opening; 0 where unknown", "0"),
        Column("alias", "id", "Second name", ""),
        *_source(),
    ),
)

VEHICLE_CLASSES = TableSchema(
    "vehicle_classes",
    "Kinds of train or ship that do not mix without a transfer, where a mode needs them",
    ("id",),
    (
        Column("id", "id", "Class id"),
        Column("mode", "text", "Mode it belongs to", choices=words.MODES),
        Column(
            "international",
            "flag",
            "Whether its cargo is foreign trade and pays clearances in its ports",
            "no",
        ),
        Column(
            "own_tariff", "flag", "Whether only tariffs that name the class apply (else `*` rows do)", "no"
        ),
        Column("meaning", "text", "What the class is", ""),
        *_source(),
    ),
    optional=True,
)

TRANSFERS = TableSchema(
    "transfers",
    "Ordered changes of mode, gauge or vessel at a node, by technology",
    ("id",),
    (
        Column("id", "id", "`<node>-<from>-<to>-<technology>`, `-2` for a further one"),
        Column("node", "id", "Terminal"),
        Column("from_mode", "text", "Mode of arrival", choices=words.MODES),
        Column("from_gauge_mm", "integer", "Gauge of arrival; 0 where the mode has none", "0"),
        Column("to_mode", "text", "Mode of departure", choices=words.MODES),
        Column("to_gauge_mm", "integer", "Gauge of departure; 0 where the mode has none", "0"),
        Column("technology", "text", "How it is done", choices=words.TECHNOLOGIES),
        Column("commodities", "words", "Commodities handled; `*` for all"),
        Column("usd_per_t", "number", "Price per tonne; empty where priced per TEU", "nan", minimum=0),
        Column("usd_per_teu", "number", "Price per TEU; empty where priced per tonne", "nan", minimum=0),
        Column("hours", "number", "Hours, waiting for the next departure included", minimum=0),
        Column(
            "capacity", "capacity", "Limit of this row, in capacity_unit; a number or `unlimited`", minimum=0
        ),
        Column("capacity_unit", "text", "Unit of capacity", "t/yr", words.GROUP_UNITS),
        *_source(),
    ),
    optional=True,
)

CROSSINGS = TableSchema(
    "crossings",
    "Ordered country pairs at a place, by mode; one row for each direction",
    ("id",),
    (
        Column("id", "id", "`<mode>:<from>><to>`"),
        Column("from_node", "id", "Last node before the border"),
        Column("to_node", "id", "First node behind it"),
        Column("mode", "text", "Mode that crosses", choices=words.MODES),
        Column("control", "text", "`none` inside a customs union", choices=("full", "none")),
        Column("hours", "number", "Mean hours of customs and queue", minimum=0),
        Column("hours_p90", "number", "90th percentile of the hours; empty where unknown", "nan", minimum=0),
        Column("fee_usd_per_t", "number", "Border cost", minimum=0),
        Column("transload_usd_per_t", "number", "Price of a mandatory reload (trucks)", "0", minimum=0),
        Column("transload_h", "number", "Hours of a mandatory reload", "0", minimum=0),
        Column("open_months", "months", "Months in which it is open", "1-12"),
        Column("status", "text", "Only operating crossings carry", "operating", words.STATUSES),
        Column(
            "domestic_transit",
            "words",
            "Commodities that may go from a country through this crossing back to the same country",
            "",
        ),
        *_source(),
    ),
    optional=True,
)

CLEARANCES = TableSchema(
    "clearances",
    "Customs of foreign cargo in a port, for vehicle classes marked international",
    ("country", "direction", "commodities"),
    (
        Column("country", "text", "Country of the port"),
        Column("direction", "text", "Into or out of the country", choices=("import", "export")),
        Column("commodities", "words", "Commodities; `*` for all"),
        Column("hours", "number", "Mean hours", minimum=0),
        Column("hours_p90", "number", "90th percentile; empty where unknown", "nan", minimum=0),
        Column("fee_usd_per_t", "number", "Clearance cost", minimum=0),
        Column("domestic_transit", "words", "Commodities of the country's own trade that may pass", ""),
        *_source(),
    ),
    optional=True,
)

ACCESS = TableSchema(
    "access",
    "Loading and unloading at the ends of a trip; the loading price is the tariff's fixed part",
    ("mode", "country", "commodity"),
    (
        Column("mode", "text", "Mode", choices=words.MODES),
        Column("country", "text", "Country of the node; `*` for any"),
        Column("commodity", "id", "Commodity; `*` for any"),
        Column("access_h", "number", "Hours of loading and waiting for the first departure", minimum=0),
        Column("egress_usd_per_t", "number", "Price of unloading", minimum=0),
        Column("egress_h", "number", "Hours of unloading", minimum=0),
        *_source(),
    ),
)

TARIFFS = TableSchema(
    "tariffs",
    "Two-part tariffs by mode, country, vehicle class and commodity; the most exact row wins",
    ("mode", "country", "vehicle_class", "commodity"),
    (
        Column("mode", "text", "Mode", choices=words.MODES),
        Column("country", "text", "Country the track, road or port lies in; `*` for any"),
        Column("vehicle_class", "id", "Class; `*` for all that have no tariff of their own", "*"),
        Column("commodity", "id", "Commodity; `*` for any"),
        Column("fixed_usd_per_t", "number", "Paid once per boarding", minimum=0),
        Column("rate_usd_per_t_km", "number", "Paid per tonne-kilometre", minimum=0),
        Column("speed_km_h", "number", "Door-to-door speed on the line, stops included", minimum=0.1),
        *_source(),
    ),
)

COMMODITIES = TableSchema(
    "commodities",
    "What is carried",
    ("id",),
    (
        Column("id", "id", "Singular id"),
        Column("name", "text", "Full name", ""),
        Column("unit", "text", "Unit in which its demand is usually written", "t", words.COMMODITY_UNITS),
        Column("t_per_unit", "number", "Tonnes per unit", "1", minimum=1e-9),
        Column(
            "t_per_teu",
            "number",
            "Tonnes in one TEU where it travels boxed; 0 where it does not",
            "0",
            minimum=0,
        ),
        Column("value_usd_per_t", "number", "Value of the goods", "nan", minimum=0),
        Column("value_of_time_usd_per_t_h", "number", "What an hour costs the owner", minimum=0),
        Column("modes", "words", "Modes that may carry it; `*` for all", "*"),
        Column("transfer_technologies", "words", "Technologies allowed at other transfers; `*` for all", "*"),
        Column("gauge_technologies", "words", "Technologies allowed at a change of gauge; `*` for all", "*"),
        *_source(),
    ),
)

CAPACITY_GROUPS = TableSchema(
    "capacity_groups",
    "Shared limits: sum of coefficient x flow over the members <= limit",
    ("id",),
    (
        Column("id", "id", "Group id"),
        Column("kind", "text", "What it stands for", choices=words.GROUP_KINDS),
        Column(
            "limit", "capacity", "A number or `unlimited`; full-year rate for seasonal members", minimum=0
        ),
        Column("unit", "text", "Unit of the limit", "t/yr", words.GROUP_UNITS),
        *_source(),
    ),
    optional=True,
)

CAPACITY_MEMBERS = TableSchema(
    "capacity_members",
    "Which flows count in which group",
    ("group", "target", "applies_to", "direction", "commodities"),
    (
        Column("group", "id", "Group id"),
        Column("target", "id", "Link, node or transfer id, as applies_to says"),
        Column(
            "applies_to",
            "text",
            "link: carriage on a link; border: the crossings of a link; handling: loading, unloading, "
            "transfers and relays of water modes at a node; lift: rail-road transfers at a node; "
            "gauge_transfer: changes of rail gauge at a node; transfer: one transfers row",
            choices=words.MEMBER_TARGETS,
        ),
        Column(
            "direction",
            "text",
            "For links and borders forward is from -> to; for changes of gauge it is wider -> narrower",
            "both",
            words.DIRECTIONS,
        ),
        Column("commodities", "words", "Commodities that count; `*` for all", "*"),
        Column(
            "coefficient", "number", "Units of the group per tonne; empty to derive it from the unit", "nan"
        ),
        *_source(),
    ),
    optional=True,
)

PAYLOADS = TableSchema(
    "payloads",
    "Tonnes on one train or truck, for groups counted in trains or trucks a day",
    ("unit", "gauge_mm", "commodity"),
    (
        Column("unit", "text", "Unit of the group", choices=("trains/day", "trucks/day")),
        Column("gauge_mm", "integer", "Gauge; 0 for any", "0"),
        Column("commodity", "id", "Commodity; `*` for any", "*"),
        Column("t_per_vehicle", "number", "Net load", minimum=1e-9),
        Column("days_per_year", "number", "Working days", "365", minimum=1, maximum=366),
        *_source(),
    ),
    optional=True,
)

DEMAND = TableSchema(
    "demand",
    "OD matrix: what has to go from where to where in a year",
    ("origin", "destination", "commodity"),
    (
        Column("origin", "id", "Node id"),
        Column("destination", "id", "Node id"),
        Column("commodity", "id", "Commodity id"),
        Column("amount_per_year", "number", "Amount in `unit`", minimum=0),
        Column("unit", "text", "t, or the unit of the commodity", "t", words.COMMODITY_UNITS),
        Column("how", "text", "sourced, part_sourced or assumed", "assumed"),
        Column("reasoning", "text", "How the amount was found", ""),
        *_source(),
    ),
    optional=True,
)

DEMAND_SETS = TableSchema(
    "demand_sets",
    "Other volumes by named set: each row replaces (or adds) one row of demand",
    ("set", *DEMAND.key),
    (Column("set", "id", "Name of the set"), *DEMAND.columns),
    optional=True,
)

EMISSION_FACTORS = TableSchema(
    "emission_factors",
    "CO2e of carriage by mode, country and commodity; mode `transfer` per tonne handled",
    ("mode", "country", "commodities", "max_length_km"),
    (
        Column("mode", "text", "Mode, or `transfer`", choices=(*words.MODES, "transfer")),
        Column("country", "text", "Country; `*` for any", "*"),
        Column("commodities", "words", "Commodities; `*` for all", "*"),
        Column("max_length_km", "capacity", "Holds for links up to this length", "unlimited", minimum=0),
        Column("kg_co2e_per_t_km", "number", "Direct emissions of carriage", "0", minimum=0),
        Column("kg_co2e_per_t", "number", "Emissions of one handling", "0", minimum=0),
        *_source(),
    ),
    optional=True,
)

PROJECTS = TableSchema(
    "projects",
    "Projects that could be built: what each costs, and the scenario that builds it",
    ("id",),
    (
        Column("id", "id", "Stable id"),
        Column("name", "text", "Full name"),
        Column("scenario", "id", "Name of a file in `scenarios/` whose edits build it"),
        Column("cost_usd", "number", "Cost of building, in USD of the base year", minimum=0),
        Column("life_y", "number", "Years over which it is written off", minimum=1),
        Column("cost_published", "text", "The cost as it was published, with its currency and year", ""),
        *_source(),
    ),
    optional=True,
)

SCHEMAS: dict[str, TableSchema] = {
    t.name: t
    for t in (
        NODES,
        LINKS,
        VEHICLE_CLASSES,
        TRANSFERS,
        CROSSINGS,
        CLEARANCES,
        ACCESS,
        TARIFFS,
        COMMODITIES,
        CAPACITY_GROUPS,
        CAPACITY_MEMBERS,
        PAYLOADS,
        DEMAND,
        DEMAND_SETS,
        EMISSION_FACTORS,
        PROJECTS,
    )
}
"""All tables by name, in the order in which they are read and written (`<name>.csv`)."""
