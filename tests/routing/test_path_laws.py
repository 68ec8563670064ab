"""What holds of every path."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, NoPathError
from landsea_routing.graph.cost import LEDGER, MONEY
from landsea_routing.graph.graph import ArcKind
from landsea_routing.model import words
from strategies import check_walk, has_gap, laws, networks, pairs_of

COMMODITIES = st.sampled_from(["container", "coal", "grain"])
MONTHS = st.sampled_from([None, None, 1, 4, 8, 12])


@st.composite
def questions(draw):
    """A graph and a pair of places."""
    net = draw(networks())
    graph = lsr.expand(net, draw(COMMODITIES), draw(MONTHS))
    return graph, *draw(st.sampled_from(list(pairs_of(net))))


def ask(graph, a, b, **options):
    """Best path, or None."""
    try:
        return lsr.shortest_path(graph, a, b, **options)
    except NoPathError as error:
        assert error.breaks or "no chain" in str(error)
        return None


def cost(route) -> float:
    return np.inf if route is None else route.cost_usd_per_t


def no_less(a: float, b: float) -> bool:
    return a >= b - 1e-9 * max(1.0, abs(b) if np.isfinite(b) else 1.0)


def any_names(graph, draw_from, n):
    names = [*graph.network.nodes["id"].tolist(), *graph.network.links["id"].tolist()]
    return draw_from.draw(st.lists(st.sampled_from(names), min_size=n, max_size=n))


@laws(60)
@given(questions(), st.booleans(), st.sampled_from(["cost", "time", "length", "co2e"]), st.booleans())
def test_a_path_is_a_legal_journey(question, access, weight, seasonal):
    """No gauge jump, no free hub, no second transfer in one stop: checked from the tables."""
    graph, a, b = question
    if weight == "co2e" and has_gap(graph, seasonal=seasonal):
        with pytest.raises(InvalidValueError, match="no emission factor fits"):
            ask(graph, a, b, access=access, weight=weight, seasonal=seasonal)
        return
    route = ask(graph, a, b, access=access, weight=weight, seasonal=seasonal)
    assume(route is not None)
    assert list(route.links) == check_walk(graph, route.arcs, access=access)
    assert (route.origin, route.destination) == (a, b) == (route.nodes[0], route.nodes[-1])
    check_open(graph, route, seasonal)
    check_domestic(graph, route, a, b)


def check_open(graph, route, seasonal):
    """Only operating links and crossings, open in the month, and seasonal ones only when asked for."""
    net = graph.network
    for table, kind in ((net.links, "link"), (net.crossings, "border")):
        ids = [row for leg in route.legs if leg.kind == kind for row in leg.rows]
        for row in map(table["id"].tolist().index, ids):
            assert table["status"][row] == "operating"
            if graph.month is not None:
                assert int(table["open_months"][row]) >> (graph.month - 1) & 1
            elif not seasonal:
                assert table["open_months"][row] == 2**12 - 1
    for leg in route.legs:
        if leg.kind in ("transfer", "relay"):
            row = net.transfers["id"].tolist().index(leg.rows[0])
            assert net.transfers["capacity"][row] > 0
            assert words.lists_word(str(net.transfers["commodities"][row]), graph.commodity)


def check_domestic(graph, route, a, b):
    """Cargo within a country crosses controlled borders, anywhere, only if the row lists the commodity."""
    net = graph.network
    country = dict(zip(net.nodes["id"].tolist(), net.nodes["country"].tolist(), strict=True))
    if country[a] != country[b]:
        return
    for leg in route.legs:
        if leg.kind != "border":
            continue
        row = net.crossings["id"].tolist().index(leg.rows[0])
        if net.crossings["control"][row] != "none":
            assert words.lists_word(str(net.crossings["domestic_transit"][row]), graph.commodity)


@laws(40)
@given(questions(), st.booleans())
def test_sums_agree(question, access):
    graph, a, b = question
    route = ask(graph, a, b, access=access, seasonal=True)
    assume(route is not None)
    vot = graph.network.commodities["value_of_time_usd_per_t_h"][
        graph.network.commodities["id"].tolist().index(graph.commodity)
    ]
    ledger = route.ledger
    assert tuple(ledger) == LEDGER
    assert sum(ledger.values()) == pytest.approx(route.cost_usd_per_t, rel=1e-9, abs=1e-9)
    assert sum(ledger[line] for line in MONEY) == pytest.approx(
        route.cost_money_usd_per_t, rel=1e-9, abs=1e-9
    )
    assert route.cost_usd_per_t == pytest.approx(route.cost_money_usd_per_t + vot * route.time_h, rel=1e-9)
    for total in ("length_km", "time_h", "cost_usd_per_t", "cost_money_usd_per_t", "co2e_kg_per_t"):
        assert sum(getattr(leg, total) for leg in route.legs) == pytest.approx(
            getattr(route, total), rel=1e-9, abs=1e-9, nan_ok=True
        )
        shown = route.to_frame()[total].to_numpy().sum()
        assert shown == pytest.approx(getattr(route, total), rel=1e-9, abs=1e-9, nan_ok=True)
    assert (route.to_dict()["co2e_kg_per_t"] is None) == bool(np.isnan(route.co2e_kg).any())
    lengths = dict(
        zip(graph.network.links["id"].tolist(), graph.network.links["length_km"].tolist(), strict=True)
    )
    assert sum(lengths[link] for link in route.links) == pytest.approx(route.length_km)


@laws(30)
@given(questions())
def test_each_weight_is_least_by_its_own_measure(question):
    graph, a, b = question
    weights = ("cost", "time", "length", *(() if has_gap(graph) else ("co2e",)))
    routes = {w: ask(graph, a, b, weight=w, seasonal=True) for w in weights}
    assume(routes["cost"] is not None)
    measure = {"cost": "cost_usd_per_t", "time": "time_h", "length": "length_km", "co2e": "co2e_kg_per_t"}
    for w, name in ((w, measure[w]) for w in weights):
        least = getattr(routes[w], name)
        assert all(no_less(getattr(r, name) + 1e-5, least) for r in routes.values())


@laws(30)
@given(questions(), st.data())
def test_restrictions_never_help(question, data):
    graph, a, b = question
    free = ask(graph, a, b, seasonal=True)
    (name,) = any_names(graph, data, 1)
    avoiding = ask(graph, a, b, avoid=(name,), seasonal=True)
    assert no_less(cost(avoiding), cost(free))
    if avoiding is not None:
        assert name not in (*avoiding.links, *avoiding.nodes)
    by = data.draw(st.lists(st.sampled_from(["rail", "road", "sea"]), min_size=1, unique=True))
    by_modes = ask(graph, a, b, modes=by, seasonal=True)
    assert no_less(cost(by_modes), cost(free))
    if by_modes is not None:
        assert {leg.mode for leg in by_modes.legs if leg.kind == "link"} <= set(by)
    assert no_less(cost(ask(graph, a, b)), cost(free))
    # Without loading there is less to pay for, and nothing more is shut.
    assert no_less(cost(free), cost(ask(graph, a, b, access=False, seasonal=True)))


@laws(40)
@given(questions(), st.integers(1, 3), st.booleans(), st.data())
def test_via_passes_all_in_order_and_never_helps(question, n, access, data):
    graph, a, b = question
    names = any_names(graph, data, n)
    free = ask(graph, a, b, seasonal=True, access=access)
    route = ask(graph, a, b, via=names, seasonal=True, access=access)
    assert no_less(cost(route), cost(free))
    assume(route is not None)
    check_walk(graph, route.arcs, access=access)
    passed = events(graph, route.arcs)
    at = 0
    for name in names:
        while at < len(passed) and name not in passed[at]:
            at += 1
        assert at < len(passed), (names, passed)
        if name.count("-"):  # a link is used up by passing it; a node may be named twice in a row
            at += 1
    again = ask(graph, a, b, via=[*route.nodes[1:-1]], seasonal=True, access=access)
    assert again is not None


def events(graph, arcs) -> list[set[str]]:
    """Nodes and links in the order in which they are passed."""
    top, net = graph.topology, graph.network
    result = []
    for arc in arcs:
        at = [str(net.nodes["id"][top.vertex_node[v]]) for v in (top.tail[arc], top.head[arc])]
        link = str(net.links["id"][top.arc_row[arc]]) if top.arc_kind[arc] == ArcKind.LINK else ""
        result += [{at[0]}, {link}, {at[1]}]
    return result


@laws(30)
@given(questions(), st.data())
def test_via_on_the_best_path_changes_nothing(question, data):
    graph, a, b = question
    free = ask(graph, a, b, seasonal=True)
    assume(free is not None)
    stop = data.draw(st.sampled_from([*free.nodes, *free.links]))
    assert cost(ask(graph, a, b, via=(stop,), seasonal=True)) == pytest.approx(cost(free), rel=1e-9)


@laws(15)
@given(networks(), COMMODITIES, MONTHS, st.booleans(), st.booleans())
def test_skim_cells_are_shortest_paths(net, commodity, month, access, seasonal):
    graph = lsr.expand(net, commodity, month)
    ids = net.nodes["id"].tolist()
    along = ("cost", "money", "time", "length", "co2e", *LEDGER)
    table = lsr.skim(graph, ids, ids, along=along, access=access, seasonal=seasonal)
    assert not np.diagonal(table.matrix).any()
    for (i, a), (j, b) in itertools.permutations(enumerate(ids), 2):
        route = ask(graph, a, b, access=access, seasonal=seasonal)
        assert table.matrix[i, j] == pytest.approx(cost(route), rel=1e-9)
        if route is None:
            assert all(np.isinf(values[i, j]) for values in table.along.values())
            continue
        sums = {
            "cost": route.cost_usd_per_t,
            "money": route.cost_money_usd_per_t,
            "time": route.time_h,
            "length": route.length_km,
            "co2e": route.co2e_kg_per_t,
            **route.ledger,
        }
        found = {name: float(values[i, j]) for name, values in table.along.items()}
        assert found == pytest.approx(sums, rel=1e-9, abs=1e-9, nan_ok=True)


@laws(15)
@given(networks(), COMMODITIES, st.sampled_from(["time", "length", "co2e"]), st.booleans())
def test_skim_of_other_weights_holds_no_trace_of_the_tie_break(net, commodity, weight, access):
    graph = lsr.expand(net, commodity)
    ids = net.nodes["id"].tolist()
    if weight == "co2e" and has_gap(graph):
        with pytest.raises(InvalidValueError, match="no emission factor fits"):
            lsr.skim(graph, ids, ids, weight=weight, access=access)
        return
    table = lsr.skim(graph, ids, ids, weight=weight, along=(weight, "cost"), access=access)
    assert np.array_equal(table.matrix, table.along[weight])
    name = {"time": "time_h", "length": "length_km", "co2e": "co2e_kg_per_t"}[weight]
    for (i, a), (j, b) in itertools.permutations(enumerate(ids), 2):
        route = ask(graph, a, b, weight=weight, access=access)
        expected = np.inf if route is None else getattr(route, name)
        assert table.matrix[i, j] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@laws(20)
@given(questions())
def test_a_month_is_no_better_than_the_year_with_its_seasons(question):
    graph, a, b = question
    assume(graph.month is not None)
    year = lsr.expand(graph.network, graph.commodity)
    assert no_less(cost(ask(graph, a, b)), cost(ask(year, a, b, seasonal=True)))


@laws(20)
@given(questions(), st.floats(0.1, 10))
def test_a_cost_function_is_used_as_given(question, factor):
    graph, a, b = question

    def scaled(g):
        return factor * (1 + g.arc_length_km)

    route = ask(graph, a, b, weight=scaled)
    assume(route is not None)
    assert route.weight == "scaled"
    table = lsr.skim(graph, [a], [b], weight=scaled)
    assert table.matrix[0, 0] == pytest.approx(float(scaled(graph)[route.arcs].sum()))
    shut = ask(
        graph, a, b, weight=lambda g: np.where(np.isin(np.arange(g.topology.n_arcs), route.arcs), np.inf, 1.0)
    )
    if shut is not None:
        assert not set(shut.arcs.tolist()) & set(route.arcs.tolist())
