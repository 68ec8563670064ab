"""Random small networks for hypothesis, and what must hold of any path through one.

A network is a function of a seed and a few sizes, so that hypothesis shrinks the sizes and draws little.
Every feature of the tables turns up: gauges, dual track, ports, relays, borders open and shut and without
control, seasons, one-way and parallel links, shared limits in tonnes, TEU and trains, tariffs by country.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from landsea_routing.graph.cost import price
from landsea_routing.graph.emissions import co2e
from landsea_routing.graph.graph import ArcKind, Graph
from landsea_routing.model import words
from landsea_routing.model.network import Network, Settings, make_network
from landsea_routing.model.schema import SCHEMAS
from landsea_routing.model.table import parse_rows
from landsea_routing.routing.restrict import closures

Rows = list[dict[str, str]]
COUNTRIES = ("AA", "BB", "CC")
UNSERVED = 400.0
SETTINGS = Settings(
    name="random",
    title="A random network",
    base_year=2023,
    unserved_price_usd_per_t=UNSERVED,
    default_commodity="container",
)


def laws(examples: int = 30) -> settings:
    """Settings of a law: the same examples in every run, and nothing written to disk."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


# Networks ----------------------------------------------------------------------------------------------


@st.composite
def networks(
    draw, nodes: tuple[int, int] = (3, 7), countries: tuple[int, int] = (2, 3), ods: int = 5
) -> Network:
    """Small random networks."""
    return random_network(
        draw(st.integers(0, 100_000)),
        n_nodes=draw(st.integers(*nodes)),
        n_countries=draw(st.integers(*countries)),
        n_ods=draw(st.integers(1, ods)),
    )


def random_network(seed: int, *, n_nodes: int, n_countries: int, n_ods: int) -> Network:
    """Return the network of a seed."""
    rng = np.random.default_rng(seed)
    nodes = _nodes(rng, n_nodes, n_countries)
    links = _links(rng, nodes)
    tables = {
        "nodes": nodes,
        "links": links,
        "vehicle_classes": [
            {"id": "deep", "mode": "sea", "international": "yes", "own_tariff": "no"},
            {"id": "coastal", "mode": "sea", "international": "no", "own_tariff": "yes"},
        ],
        "transfers": _transfers(rng, nodes),
        "crossings": _crossings(rng, nodes, links),
        "clearances": _clearances(rng),
        "access": _access(rng),
        "tariffs": _tariffs(rng),
        "commodities": _commodities(rng),
        "payloads": _payloads(rng),
        "emission_factors": _emissions(rng),
        "demand": _demand(rng, nodes, n_ods),
    }
    tables["capacity_groups"], tables["capacity_members"] = _groups(rng, nodes, links, tables["transfers"])
    return make_network(SETTINGS, {name: parse_rows(SCHEMAS[name], rows) for name, rows in tables.items()})


def _number(rng: np.random.Generator, low: float, high: float) -> str:
    """Text of a number with many digits, so that equal sums are no accident."""
    return f"{rng.uniform(low, high):.6f}"


def _months(rng: np.random.Generator, share: float = 0.15) -> str:
    """Open months, seasonal in a share of the draws."""
    if rng.random() >= share:
        return "1-12"
    first, length = int(rng.integers(1, 13)), int(rng.integers(0, 11))
    return f"{first}-{(first + length - 1) % 12 + 1}"


def _nodes(rng: np.random.Generator, n_nodes: int, n_countries: int) -> Rows:
    return [
        {
            "id": f"n{i}",
            "name": f"Node {i} (of {i})",
            "country": COUNTRIES[i * n_countries // n_nodes],
            "lat": str(40 + i),
            "lon": str(120 + i),
            "kind": "port" if i < 2 or rng.random() < 0.4 else "city",
            "loads": str(rng.choice(["all"] * 8 + ["coal", ""])),
            "waypoint": "sea" if rng.random() < 0.15 else "",
        }
        for i in range(n_nodes)
    ]


def _links(rng: np.random.Generator, nodes: Rows) -> Rows:
    ids = [n["id"] for n in nodes]
    ports = [n["id"] for n in nodes if n["kind"] == "port"]
    ends: list[tuple[str, str, str]] = []
    for i in range(1, len(ids)):
        ends.append(("rail", ids[int(rng.integers(i))], ids[i]))
        if rng.random() < 0.7:
            ends.append(("rail", *rng.permutation(ids)[:2]))
        if rng.random() < 0.7:
            ends.append(("road", *rng.permutation(ids)[:2]))
    ends += [("sea", a, b) for a, b in itertools.combinations(ports, 2) if rng.random() < 0.7]
    seen: dict[str, int] = {}
    rows = []
    for mode, a, b in ends:
        stem = f"{mode}-{a}-{b}"
        seen[stem] = seen.get(stem, 0) + 1
        country = {n["id"]: n["country"] for n in nodes}
        gauges = ["1435", "1520", "1435+1520"]
        rows.append(
            {
                "id": stem if seen[stem] == 1 else f"{stem}-{seen[stem]}",
                "from_node": a,
                "to_node": b,
                "mode": mode,
                "vehicle_class": _ship(rng, country[a] != country[b]) if mode == "sea" else "",
                "gauge": str(rng.choice(gauges, p=[0.4, 0.2, 0.4])) if mode == "rail" else "",
                "length_km": _number(rng, 5, 1000),
                "status": str(rng.choice(["operating"] * 17 + ["planned", "closed", "restricted"])),
                "open_months": _months(rng),
                "oneway": "yes" if rng.random() < 0.1 else "no",
                "surcharge_usd_per_t": _number(rng, 0, 3) if rng.random() < 0.3 else "0",
                "delay_h": _number(rng, 0, 9) if rng.random() < 0.3 else "0",
            }
        )
    return rows


def _ship(rng: np.random.Generator, abroad: bool) -> str:
    return "deep" if abroad else str(rng.choice(["deep", "coastal"]))


STATES = (("rail", "1435"), ("rail", "1520"), ("road", "0"), ("sea", "0"))


def _transfers(rng: np.random.Generator, nodes: Rows) -> Rows:
    rows = []
    for node in nodes:
        for (m1, g1), (m2, g2) in itertools.product(STATES, repeat=2):
            same = (m1, g1) == (m2, g2)
            if (same and m1 != "sea") or rng.random() < 0.2:
                continue
            gauge = m1 == m2 == "rail"
            technology = str(
                rng.choice(["transload", "lift", "bogie_exchange"] if gauge else ["lift"] * 4 + ["roll"])
            )
            technology = "relay" if same else technology
            per_teu = rng.random() < 0.25
            rows.append(
                {
                    "id": f"{node['id']}-{m1}{g1}-{m2}{g2}-{technology}",
                    "node": node["id"],
                    "from_mode": m1,
                    "from_gauge_mm": g1,
                    "to_mode": m2,
                    "to_gauge_mm": g2,
                    "technology": technology,
                    "commodities": str(rng.choice(["*"] * 6 + ["container", "coal;grain"])),
                    "usd_per_t": "" if per_teu else _number(rng, 0, 12),
                    "usd_per_teu": _number(rng, 10, 90) if per_teu else "",
                    "hours": _number(rng, 0, 40),
                    "capacity": str(rng.choice(["unlimited"] * 8 + ["40", "700", "700", "0"])),
                    "capacity_unit": str(rng.choice(["t/yr", "TEU/yr", "trains/day"])),
                }
            )
    return rows


def _crossings(rng: np.random.Generator, nodes: Rows, links: Rows) -> Rows:
    country = {n["id"]: n["country"] for n in nodes}
    hops = {}
    for link in links:
        a, b = link["from_node"], link["to_node"]
        if link["mode"] != "sea" and country[a] != country[b]:
            hops[(link["mode"], a, b)] = None
            hops[(link["mode"], b, a)] = None
    return [
        {
            "id": f"{mode}:{a}>{b}",
            "from_node": a,
            "to_node": b,
            "mode": mode,
            "control": str(rng.choice(["full", "full", "none"])),
            "hours": _number(rng, 0, 60),
            "fee_usd_per_t": _number(rng, 0, 6),
            "transload_usd_per_t": _number(rng, 0, 4) if mode == "road" else "0",
            "transload_h": _number(rng, 0, 5) if mode == "road" else "0",
            "open_months": _months(rng),
            "status": str(rng.choice(["operating"] * 9 + ["closed"])),
            "domestic_transit": str(rng.choice(["", "", "coal", "*"])),
        }
        for mode, a, b in hops
    ]


def _clearances(rng: np.random.Generator) -> Rows:
    return [
        {
            "country": country,
            "direction": direction,
            "commodities": "*",
            "hours": _number(rng, 1, 40),
            "fee_usd_per_t": _number(rng, 0, 3),
            "domestic_transit": str(rng.choice(["", "", "container"])),
        }
        for country in COUNTRIES
        for direction in ("import", "export")
        if rng.random() < 0.97
    ]


def _access(rng: np.random.Generator) -> Rows:
    keys = [(m, "*", "*") for m in ("rail", "road", "sea")] + [("rail", "AA", "*"), ("rail", "*", "coal")]
    return [
        {
            "mode": mode,
            "country": country,
            "commodity": commodity,
            "access_h": _number(rng, 1, 30),
            "egress_usd_per_t": _number(rng, 0, 5),
            "egress_h": _number(rng, 1, 30),
        }
        for mode, country, commodity in keys
    ]


def _tariffs(rng: np.random.Generator) -> Rows:
    keys = [(m, "*", "*", "*") for m in ("rail", "road", "sea")]
    keys += [("sea", "*", "coastal", "*"), ("rail", "AA", "*", "*"), ("rail", "BB", "*", "coal")]
    keys += [("rail", "*", "*", "container"), ("sea", "CC", "deep", "*")]
    keep = [True] * 4 + (rng.random(len(keys) - 4) < 0.6).tolist()
    return [
        {
            "mode": mode,
            "country": country,
            "vehicle_class": vehicle_class,
            "commodity": commodity,
            "fixed_usd_per_t": _number(rng, 0, 9),
            "rate_usd_per_t_km": _number(rng, 0.002, 0.08),
            "speed_km_h": _number(rng, 10, 60),
        }
        for (mode, country, vehicle_class, commodity), kept in zip(keys, keep, strict=True)
        if kept
    ]


def _commodities(rng: np.random.Generator) -> Rows:
    fields = ("id", "unit", "t_per_unit", "t_per_teu", "modes", "gauge_technologies", "transfer_technologies")
    rows = [
        ("container", "TEU", "10", "10", "*", "lift;bogie_exchange", "*"),
        ("coal", "t", "1", "0", "*", "*", "lift;relay"),
        (
            "grain",
            "t",
            "1",
            "20",
            "rail;sea",
            "transload",
            str(rng.choice(["*", "lift;relay", "roll;relay"])),
        ),
    ]
    times = [
        _number(rng, 0.05, 0.6),
        "0" if rng.random() < 0.2 else _number(rng, 0.001, 0.1),
        _number(rng, 0, 0.2),
    ]
    return [
        {**dict(zip(fields, row, strict=True)), "value_of_time_usd_per_t_h": time}
        for row, time in zip(rows, times, strict=True)
    ]


def _payloads(rng: np.random.Generator) -> Rows:
    keys = [
        ("trains/day", "0", "*"),
        ("trains/day", "1520", "*"),
        ("trains/day", "0", "coal"),
        ("trucks/day", "0", "*"),
    ]
    return [
        {
            "unit": unit,
            "gauge_mm": gauge,
            "commodity": commodity,
            "t_per_vehicle": _number(rng, 1, 4),
            "days_per_year": "100",
        }
        for unit, gauge, commodity in keys
    ]


def _emissions(rng: np.random.Generator) -> Rows:
    """Factors, in half of the networks with gaps: of rail in AA beyond 500 km, or of all road."""
    gaps = rng.random(2) < 0.3
    keys = [("rail", "*", "unlimited"), ("rail", "AA", "500")]
    keys += [] if gaps[0] else [("rail", "AA", "unlimited")]
    keys += [] if gaps[1] else [("road", "*", "unlimited")]
    keys += [("sea", "*", "200"), ("sea", "*", "unlimited"), ("transfer", "*", "unlimited")]
    return [
        {
            "mode": mode,
            "country": country,
            "max_length_km": longest,
            "kg_co2e_per_t_km": _number(rng, 0.005, 0.1) if mode != "transfer" else "0",
            "kg_co2e_per_t": _number(rng, 0, 2) if mode == "transfer" else "0",
        }
        for mode, country, longest in keys
    ]


def _groups(rng: np.random.Generator, nodes: Rows, links: Rows, transfers: Rows) -> tuple[Rows, Rows]:
    groups: Rows = []
    members: Rows = []

    def add(name: str, kind: str, unit: str, targets: list[tuple[str, str]], direction: str = "both") -> None:
        size = {"t/yr": 900.0, "TEU/yr": 80.0, "trains/day": 4.0, "trucks/day": 4.0}[unit]
        limit = "unlimited" if rng.random() < 0.2 else _number(rng, 0.02 * size, size)
        limit = "0" if rng.random() < 0.03 else limit
        groups.append({"id": name, "kind": kind, "limit": limit, "unit": unit})
        goods = str(rng.choice(["*", "*", "*", "coal"]))
        members.extend(
            {"group": name, "target": t, "applies_to": a, "direction": direction, "commodities": goods}
            for t, a in targets
        )

    for link in links:
        vehicles = {"rail": "trains/day", "road": "trucks/day"}.get(link["mode"], "t/yr")
        unit = str(rng.choice(["t/yr", vehicles, "TEU/yr"]))
        if rng.random() < 0.6:
            add(
                link["id"],
                "track",
                unit,
                [(link["id"], "link")],
                str(rng.choice(["both", "forward", "backward"])),
            )
        if rng.random() < 0.15:
            add(
                f"gate-{link['id']}",
                "crossing",
                "t/yr",
                [(link["id"], "border")],
                str(rng.choice(words.DIRECTIONS)),
            )
    several = rng.permutation([x["id"] for x in links])[: int(rng.integers(2, 4))]
    add("screen", "screenline", "t/yr", [(str(x), "link") for x in several])
    for node in nodes:
        if rng.random() < 0.3:
            kind = str(rng.choice(["handling", "lift", "gauge_transfer"]))
            unit, way = (
                str(rng.choice(choices)) for choices in (("t/yr", "TEU/yr", "trains/day"), words.DIRECTIONS)
            )
            add(f"yard-{node['id']}", "yard", unit, [(node["id"], kind)], way)
    for row in transfers:
        if rng.random() < 0.05:
            add(
                f"own-{row['id']}",
                "yard",
                "t/yr",
                [(row["id"], "transfer")],
                str(rng.choice(words.DIRECTIONS)),
            )
    return groups, members


def _demand(rng: np.random.Generator, nodes: Rows, n_ods: int) -> Rows:
    ids = [n["id"] for n in nodes]
    keys = {}
    for _ in range(n_ods):
        origin, destination = rng.permutation(ids)[:2]
        keys[(str(origin), str(destination), str(rng.choice(["container", "coal", "grain"])))] = None
    return [
        {
            "origin": origin,
            "destination": destination,
            "commodity": commodity,
            "amount_per_year": _number(rng, 1, 60) if commodity == "container" else _number(rng, 1, 800),
            "unit": "TEU" if commodity == "container" else "t",
        }
        for origin, destination, commodity in keys
    ]


def pairs_of(network: Network) -> Iterator[tuple[str, str]]:
    """All ordered pairs of nodes."""
    return itertools.permutations(network.nodes["id"].tolist(), 2)


# Paths -------------------------------------------------------------------------------------------------


def check_walk(graph: Graph, arcs: np.ndarray, *, access: bool = True) -> list[str]:
    """Insist that arcs make a legal journey, as the tables tell it; return the links in order.

    Legal: arcs join; each link is ridden between its ends on a gauge it has; a border follows a link where
    the crossings have a row; inside a node there is one step, and only a transfers row that says so changes
    mode, gauge or class, or lets cargo of a hub mode go on (but at a waypoint).
    """
    top, net = graph.topology, graph.network
    arcs = [int(a) for a in arcs]
    for before, after in itertools.pairwise(arcs):
        assert top.head[before] == top.tail[after]
    kinds = [ArcKind(int(top.arc_kind[a])).name for a in arcs]
    if access:
        assert (kinds[0], kinds[-1]) == ("ACCESS", "EGRESS")
        arcs, kinds = arcs[1:-1], kinds[1:-1]
    assert not {"ACCESS", "EGRESS"} & set(kinds)
    assert kinds[0] == "LINK"
    crossings = {
        (row["mode"], row["from_node"], row["to_node"]): row["id"] for row in net.crossings.to_rows()
    }
    ridden: list[str] = []
    arrived: tuple[str, str, int, str] | None = None  # node, mode, gauge, class
    inside: list[int] = []
    due = ""
    for arc, kind in zip(arcs, kinds, strict=True):
        row = int(top.arc_row[arc])
        assert not due or kind == "BORDER"
        if kind == "BORDER":
            assert net.crossings["id"][row] == due
            due = ""
        elif kind == "LINK":
            link = {name: column[row] for name, column in net.links.columns.items()}
            ends = [str(link["from_node"]), str(link["to_node"])]
            if not top.arc_forward[arc]:
                assert not link["oneway"]
                ends.reverse()
            gauge = int(top.vertex_gauge_mm[top.tail[arc]])
            assert gauge in (words.parse_gauges(str(link["gauge"])) or (0,))
            left = (ends[0], str(link["mode"]), gauge, str(link["vehicle_class"]))
            if arrived is not None:
                check_stop(graph, arrived, left, inside)
            else:
                assert not inside
            ridden.append(str(link["id"]))
            due = crossings.get((left[1], *ends), "")
            arrived, inside = (ends[1], *left[1:]), []
        else:
            inside.append(arc)
    assert not inside
    assert not due
    return ridden


def check_stop(graph: Graph, arrived: tuple, left: tuple, inside: list[int]) -> None:
    """Insist that one legal step lies between arriving at a node and leaving it."""
    top, net = graph.topology, graph.network
    assert arrived[0] == left[0]
    assert len(inside) == 1
    kind, row = ArcKind(int(top.arc_kind[inside[0]])).name, int(top.arc_row[inside[0]])
    hub = arrived[1] in words.HUB_MODES
    if kind == "THROUGH":
        assert arrived == left
        node = net.nodes["id"].tolist().index(arrived[0])
        assert not hub or arrived[1] in words.split_words(str(net.nodes["waypoint"][node]))
        return
    assert kind == ("RELAY" if arrived[1:3] == left[1:3] else "TRANSFER")
    transfer = {name: column[row] for name, column in net.transfers.columns.items()}
    assert transfer["node"] == arrived[0]
    assert (transfer["from_mode"], transfer["from_gauge_mm"]) == arrived[1:3]
    assert (transfer["to_mode"], transfer["to_gauge_mm"]) == left[1:3]


def has_gap(graph: Graph, *, seasonal: bool = False) -> bool:
    """Whether something that a question may use has no emission factor."""
    is_open = price(graph).allowed
    for shut in closures(graph, seasonal=seasonal).values():
        is_open = is_open & ~shut
    return bool(np.isnan(co2e(graph))[is_open].any())
