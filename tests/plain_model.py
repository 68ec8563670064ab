"""The virtual network once more, by plain Python loops over the tables: a reference to test against.

Nothing here looks at the library's graph, prices or groups; only tables are read. It is slow, and says the
rules of the house as directly as possible.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import networkx as nx

from landsea_routing.model import words
from landsea_routing.model.network import Network

HUBS = words.HUB_MODES
WATER = words.WATER_MODES


@dataclass(frozen=True)
class Step:
    """One arc: its kind, the id of its row, money and hours by ledger line, what it fills."""

    kind: str
    row: str
    money: dict[str, float]
    border_h: float = 0.0
    other_h: float = 0.0
    length_km: float = 0.0
    co2e_kg: float = 0.0
    loads: dict[str, float] = field(default_factory=dict)

    @property
    def hours(self) -> float:
        return self.border_h + self.other_h


def records(network: Network, table: str) -> list[dict]:
    columns = network.tables[table].columns
    return [{name: column[i].item() for name, column in columns.items()} for i in range(len(network.tables[table]))]


def plain_graph(
    network: Network,
    commodity: str,
    *,
    month: int | None = None,
    home: str = "",
    seasonal: bool = True,
    capacity_zero_closes: bool = True,
) -> nx.MultiDiGraph:
    """Steps open to a commodity, as edges with `step` and `cost`; origins and destinations are ends.

    Vertices: ("origin", node), ("destination", node), ("out" or "in", node, mode, gauge, class) and
    ("gate", crossing, gauge, class).
    """
    model = _Model(network, commodity, month, home, seasonal)
    graph = nx.MultiDiGraph()
    for tail, head, step in model.steps():
        closed = any(model.limit[g] == 0 for g in step.loads)
        if capacity_zero_closes and closed:
            continue
        cost = sum(step.money.values()) + model.value_of_time * step.hours
        graph.add_edge(tail, head, step=step, cost=cost)
    return graph


class _Model:
    def __init__(self, network: Network, commodity: str, month: int | None, home: str, seasonal: bool) -> None:
        self.net, self.month, self.home, self.seasonal = network, month, home, seasonal
        self.good = next(r for r in records(network, "commodities") if r["id"] == commodity)
        self.commodity = commodity
        self.value_of_time = self.good["value_of_time_usd_per_t_h"]
        self.country = {n["id"]: n["country"] for n in records(network, "nodes")}
        self.nodes = {n["id"]: n for n in records(network, "nodes")}
        self.classes = {c["id"]: c for c in records(network, "vehicle_classes")}
        self.tariffs, self.access = records(network, "tariffs"), records(network, "access")
        self.crossings = {(c["mode"], c["from_node"], c["to_node"]): c for c in records(network, "crossings")}
        self.links = records(network, "links")
        self.limit = {g["id"]: g["limit"] for g in records(network, "capacity_groups")}
        self.unit = {g["id"]: g["unit"] for g in records(network, "capacity_groups")}
        self.transfers = records(network, "transfers")
        for t in self.transfers:
            self.limit[t["id"]], self.unit[t["id"]] = t["capacity"], t["capacity_unit"]
        self.members = records(network, "capacity_members")
        self.states = sorted(
            {
                (node, link["mode"], gauge, link["vehicle_class"])
                for link in self.links
                for node in (link["from_node"], link["to_node"])
                for gauge in words.parse_gauges(link["gauge"]) or (0,)
            }
        )

    def steps(self):
        yield from self.carriage()
        for state in self.states:
            node, mode = state[:2]
            if mode not in HUBS or mode in words.split_words(self.nodes[node]["waypoint"]):
                yield ("in", *state), ("out", *state), Step("THROUGH", node, {})
            yield from self.ends(state)
        yield from self.handling()

    def carriage(self):
        gates = set()
        for link in self.links:
            ways = [(link["from_node"], link["to_node"], True)]
            ways += [] if link["oneway"] else [(link["to_node"], link["from_node"], False)]
            for a, b, forward in ways:
                for gauge in words.parse_gauges(link["gauge"]) or (0,):
                    kind = (link["mode"], gauge, link["vehicle_class"])
                    crossing = self.crossings.get((link["mode"], a, b))
                    gate = ("gate", crossing["id"], gauge, kind[2]) if crossing else ("in", b, *kind)
                    if crossing and (gate, b) not in gates:
                        gates.add((gate, b))
                        yield from self.border(crossing, gate, ("in", b, *kind))
                    step = self.ride(link, a, b, forward, gauge)
                    if step is not None:
                        yield ("out", a, *kind), gate, step

    def ride(self, link: dict, a: str, b: str, forward: bool, gauge: int) -> Step | None:
        rates = [self.tariff(link["mode"], self.country[n], link["vehicle_class"]) for n in (a, b)]
        fits = link["status"] == "operating" and self.may(link["mode"]) and self.is_open(link["open_months"])
        if not fits or None in rates:
            return None
        half = link["length_km"] / 2
        money = link["surcharge_usd_per_t"] + sum(half * r["rate_usd_per_t_km"] for r in rates)
        hours = link["delay_h"] + sum(half / r["speed_km_h"] for r in rates)
        share = bin(link["open_months"]).count("1") / 12
        loads: dict[str, float] = {}
        for m in self.members:
            if m["applies_to"] == "link" and m["target"] == link["id"] and self.faces(m, forward):
                self.load(loads, m, gauge, share)
        co2e = sum(half * self.factor(link["mode"], self.country[n], link["length_km"]) for n in (a, b))
        return Step("LINK", link["id"], {"line_haul": money}, 0.0, hours, link["length_km"], co2e, loads)

    def border(self, crossing: dict, gate, head):
        abroad = self.home in (self.country[crossing["from_node"]], self.country[crossing["to_node"]])
        if self.home and abroad and crossing["control"] != "none":
            if not words.lists_word(crossing["domestic_transit"], self.commodity):
                return
        if crossing["status"] != "operating" or not self.is_open(crossing["open_months"]):
            return
        loads: dict[str, float] = {}
        share = bin(crossing["open_months"]).count("1") / 12
        for m in self.members:
            if m["applies_to"] != "border":
                continue
            link = next(x for x in self.links if x["id"] == m["target"])
            ahead = (link["from_node"], link["to_node"]) == (crossing["from_node"], crossing["to_node"])
            back = (link["to_node"], link["from_node"]) == (crossing["from_node"], crossing["to_node"])
            if link["mode"] == crossing["mode"] and (ahead or back) and self.faces(m, ahead):
                self.load(loads, m, gate[2], share)
        money = {"border_fee": crossing["fee_usd_per_t"], "transfers": crossing["transload_usd_per_t"]}
        yield gate, head, Step(
            "BORDER", crossing["id"], money, crossing["hours"], crossing["transload_h"], loads=loads
        )

    def ends(self, state):
        node, mode, gauge, vehicle_class = state
        if not words.lists_word(self.nodes[node]["loads"], self.commodity) or not self.may(mode):
            return
        here = self.country[node]
        row = best(self.access, {"mode": mode}, {"country": here, "commodity": self.commodity}, ("country", "commodity"))
        board = self.tariff(mode, here, vehicle_class)
        if row is None:
            return
        loads = self.node_loads(node, "", mode, 0, gauge, None)
        if board is not None and (clear := self.clearance(here, "", vehicle_class)) is not None:
            money = {"loading": board["fixed_usd_per_t"], "border_fee": clear[0]}
            step = Step("ACCESS", node, money, clear[1], row["access_h"], loads=loads)
            yield ("origin", node), ("out", *state), step
        loads = self.node_loads(node, mode, "", gauge, 0, None)
        if (clear := self.clearance(here, vehicle_class, "")) is not None:
            money = {"loading": row["egress_usd_per_t"], "border_fee": clear[0]}
            step = Step("EGRESS", node, money, clear[1], row["egress_h"], loads=loads)
            yield ("in", *state), ("destination", node), step

    def handling(self):
        for t in self.transfers:
            per_teu = t["usd_per_teu"] / self.good["t_per_teu"] if self.good["t_per_teu"] else float("nan")
            price = per_teu if t["usd_per_t"] != t["usd_per_t"] else t["usd_per_t"]
            gauge_change = t["from_mode"] == t["to_mode"] == "rail" and t["from_gauge_mm"] != t["to_gauge_mm"]
            fits = words.lists_word(t["commodities"], self.commodity) and price == price and t["capacity"] > 0
            fits = fits and self.may(t["from_mode"]) and self.may(t["to_mode"])
            if gauge_change and not words.lists_word(self.good["gauge_technologies"], t["technology"]):
                fits = False
            if not fits:
                continue
            here = self.country[t["node"]]
            for s in self.states:
                for d in self.states:
                    if s[:3] != (t["node"], t["from_mode"], t["from_gauge_mm"]):
                        continue
                    if d[:3] != (t["node"], t["to_mode"], t["to_gauge_mm"]):
                        continue
                    board, clear = self.tariff(d[1], here, d[3]), self.clearance(here, s[3], d[3])
                    if board is None or clear is None:
                        continue
                    same_wagon = t["technology"] in words.SAME_WAGON
                    rolls_off = t["technology"] == "roll" and t["to_mode"] == "rail"
                    fixed = 0.0 if same_wagon or rolls_off else board["fixed_usd_per_t"]
                    line = "gauge_change" if gauge_change else "transfers"
                    money = {line: price, "loading": fixed, "border_fee": clear[0]}
                    kind = "RELAY" if s[1:3] == d[1:3] else "TRANSFER"
                    loads = self.node_loads(t["node"], s[1], d[1], s[2], d[2], t["id"])
                    co2e = self.handled(here)
                    step = Step(kind, t["id"], money, clear[1], t["hours"], 0.0, co2e, loads)
                    yield ("in", *s), ("out", *d), step

    # Rules --------------------------------

    def may(self, mode: str) -> bool:
        return words.lists_word(self.good["modes"], mode)

    def is_open(self, mask: int) -> bool:
        if self.month is None:
            return self.seasonal or mask == 2**12 - 1
        return bool(mask >> (self.month - 1) & 1)

    def tariff(self, mode: str, country: str, vehicle_class: str) -> dict | None:
        own = self.classes.get(vehicle_class, {"own_tariff": False})["own_tariff"]
        rows = [r for r in self.tariffs if r["vehicle_class"] == vehicle_class or (not own and r["vehicle_class"] == "*")]
        wanted = {"country": country, "commodity": self.commodity}
        return best(rows, {"mode": mode}, wanted, ("country", "commodity", "vehicle_class"))

    def clearance(self, country: str, before: str, after: str) -> tuple[float, float] | None:
        """Fee and hours of boarding or leaving a foreign ship; None where it may not."""
        foreign = [self.classes[c]["international"] if c else False for c in (before, after)]
        if foreign[0] == foreign[1]:
            return 0.0, 0.0
        direction = "export" if foreign[1] else "import"
        for row in records(self.net, "clearances"):
            right = row["country"] == country and row["direction"] == direction
            if right and words.lists_word(row["commodities"], self.commodity):
                if self.home == country and not words.lists_word(row["domestic_transit"], self.commodity):
                    return None
                return row["fee_usd_per_t"], row["hours"]
        return None

    def faces(self, member: dict, ahead: bool) -> bool:
        return member["direction"] == "both" or (member["direction"] == "forward") == ahead

    def load(self, loads: dict[str, float], member: dict, gauge: int, share: float = 1.0) -> None:
        """Add what a tonne takes of the group of a member; nothing where its unit has no size for it."""
        name = member["group"]
        if not words.lists_word(member["commodities"], self.commodity):
            return
        coefficient = member["coefficient"]
        if coefficient != coefficient:
            size = self.size(self.unit[name], gauge)
            if size is None:
                return
            coefficient = 1 / size
        loads[name] = loads.get(name, 0.0) + coefficient / share

    def size(self, unit: str, gauge: int) -> float | None:
        if unit == "t/yr":
            return 1.0
        if unit == "TEU/yr":
            return self.good["t_per_teu"] or None
        rows = [r for r in records(self.net, "payloads") if r["unit"] == unit and r["gauge_mm"] in (0, gauge)]
        rows = [r for r in rows if r["commodity"] in ("*", self.commodity)]
        if not rows:
            return None
        row = max(rows, key=lambda r: (r["commodity"] != "*", r["gauge_mm"] != 0))
        return row["t_per_vehicle"] * row["days_per_year"]

    def node_loads(self, node, m1, m2, g1, g2, transfer) -> dict[str, float]:
        loads: dict[str, float] = {}
        gauge_change = m1 == m2 == "rail" and g1 != g2
        for m in self.members:
            fits = m["target"] == node and {
                "handling": m1 in WATER or m2 in WATER,
                "lift": {m1, m2} == {"rail", "road"},
                "gauge_transfer": gauge_change,
            }.get(m["applies_to"], False)
            ahead = g1 > g2 if transfer is not None and (m1, g1) != (m2, g2) else True
            if (fits or (m["applies_to"] == "transfer" and m["target"] == transfer)) and self.faces(m, ahead):
                self.load(loads, m, g1)
        if transfer is not None:
            own = {"group": transfer, "commodities": "*", "coefficient": float("nan")}
            self.load(loads, own, g1)
        return loads

    def factor(self, mode: str, country: str, length: float) -> float:
        rows = self.emission_rows(mode, country)
        long = [r for r in rows if r["max_length_km"] >= length]
        return min(long, key=lambda r: r["max_length_km"])["kg_co2e_per_t_km"] if long else 0.0

    def handled(self, country: str) -> float:
        rows = self.emission_rows("transfer", country)
        return rows[0]["kg_co2e_per_t"] if rows else 0.0

    def emission_rows(self, mode: str, country: str) -> list[dict]:
        """The rows of the most exact country and commodity."""
        fits = [
            r
            for r in records(self.net, "emission_factors")
            if r["mode"] == mode
            and r["country"] in ("*", country)
            and words.lists_word(r["commodities"], self.commodity)
        ]

        def exact(row: dict) -> tuple[bool, bool]:
            return row["country"] != "*", "*" not in words.split_words(row["commodities"])

        top = max(map(exact, fits), default=None)
        return [r for r in fits if exact(r) == top]


def best(rows: list[dict], equal: dict[str, str], near: dict[str, str], rank: tuple[str, ...]) -> dict | None:
    """The most exact row: columns of `near` match or are `*`, those of `rank` decide in order."""
    fits = [
        r
        for r in rows
        if all(r[c] == v for c, v in equal.items()) and all(r[c] in ("*", v) for c, v in near.items())
    ]
    return max(fits, key=lambda r: tuple(r[c] != "*" for c in rank), default=None)
