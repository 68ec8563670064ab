"""A question without an answer says which obstacles would have to fall; a wrong one says what is wrong."""

from __future__ import annotations

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, LandseaError, NoPathError, UnknownNameError
from networks_for_tests import add_rows, chain, drop_rows, set_cells, tiny_network

NET = tiny_network()
RAIL = {"modes": ("rail",)}


def no_path(net, a="a_city", b="b_city", commodity="coal", month=None, **options) -> NoPathError:
    with pytest.raises(NoPathError) as caught:
        lsr.shortest_path(lsr.expand(net, commodity, month), a, b, **options)
    error = caught.value
    assert error.code == "no-path"
    assert isinstance(error, LandseaError)
    assert error.expected
    assert error.cure
    assert isinstance(error.breaks, tuple)
    assert all(text in str(error) for text in error.breaks)
    return error


def test_gauge_break():
    transfers = [
        drop_rows(f"b_border-rail{a}-{b}")
        for a, b in (("1435-rail1520", "transload"), ("1435-rail1520", "lift"))
    ]
    error = no_path(tiny_network(transfers=chain(*transfers)), commodity="coal", **RAIL)
    (gap,) = error.breaks
    assert gap.startswith("no transfer from rail 1435 mm to rail 1520 mm at")
    assert error.table == "transfers"
    assert error.ids == ("a_city", "b_city")


def test_technology_that_the_commodity_does_not_take():
    only_lift = tiny_network(transfers=drop_rows("b_border-rail1435-rail1520-transload"))
    (gap,) = no_path(only_lift, **RAIL).breaks
    assert "rail 1435 mm to rail 1520 mm" in gap


@pytest.mark.parametrize("status", ["closed", "planned", "restricted"])
def test_status_of_a_link(status):
    rows = NET.links.to_rows()
    rows = [{**r, "status": status} if r["alias"] == "alpha_line" else r for r in rows]
    (gap,) = no_path(tiny_network(links=rows), **RAIL).breaks
    assert gap == f"link rail-a_city-a_border is {status}"


def test_closed_border():
    net = lsr.Scenario("s").close("rail:a_border>b_border").apply(NET)
    error = no_path(net, **RAIL)
    assert error.breaks == ("border rail:a_border>b_border is closed",)


def test_season():
    net = lsr.Scenario("s").set_months("alpha_line", "5-10").apply(NET)
    (gap,) = no_path(net, month=1, **RAIL).breaks
    assert gap == "link rail-a_city-a_border is open only in months 5-10"
    (gap,) = no_path(net, **RAIL).breaks
    assert "seasonal=True" in gap
    assert lsr.shortest_path(lsr.expand(net, "coal"), "a_city", "b_city", seasonal=True, **RAIL).links
    assert lsr.shortest_path(lsr.expand(net, "coal", 6), "a_city", "b_city", **RAIL).links


def test_mode():
    roads = tiny_network(commodities=set_cells("coal", modes="rail;road"), transfers=[])
    error = no_path(roads, a="a_port", b="b_port", modes=("sea",))
    assert any("sea" in text for text in error.breaks)
    error = no_path(NET, modes=("road",), a="a_port")
    assert any("is not by road" in text or "no transfer" in text for text in error.breaks)


def test_loads():
    net = tiny_network(nodes=set_cells("a_city", loads="container"))
    assert no_path(net).breaks == ("loading at Alpha is not open to coal",)
    (gap,) = no_path(NET, a="a_border").breaks  # no loading at all at a border post
    assert gap == "coal may not start at Alpha Gate (east)"
    (gap,) = no_path(NET, b="b_border", a="b_city").breaks
    assert gap == "coal may not end at Beta Gate (west)"
    assert lsr.shortest_path(lsr.expand(NET, "coal"), "a_border", "b_city", access=False).links


def test_capacity_zero():
    net = lsr.Scenario("s").set_capacity("alpha_track", 0).apply(NET)
    assert no_path(net, **RAIL).breaks == ("link rail-a_city-a_border has capacity 0",)


def test_domestic_cargo():
    net = tiny_network(
        nodes=set_cells("b_city", country="AA"),
        crossings=add_rows("rail:b_border>b_city,b_border,b_city,rail,full,1,2,1,0,0"),
    )
    error = no_path(net, **RAIL)
    assert all("domestic cargo of AA" in text for text in error.breaks)
    assert len(error.breaks) == 2


def test_avoided():
    error = no_path(NET, avoid=("gate", "road-a_border-b_border", "sea-a_port-b_port"))
    assert len(error.breaks) == 1
    assert "is to be avoided" in error.breaks[0]


def test_two_obstacles_stand_in_the_order_of_the_way():
    net = lsr.Scenario("s").close("alpha_line").close("beta_line").apply(NET)
    error = no_path(net, **RAIL)
    assert error.breaks == (
        "link rail-a_city-a_border is closed",
        "link rail-b_border-b_city is closed",
    )


def test_nothing_joins():
    net = tiny_network(nodes=add_rows("iso,Island,AA,45,121,city,all"))
    error = no_path(net, b="iso")
    assert error.breaks == ()
    assert "no chain of links" in str(error)
    assert "Island" in str(error)


def test_the_failing_stretch_between_vias_is_named():
    """By sea to Alpha Port and on by rail, where nothing lifts from ship to rail."""
    net = tiny_network(transfers=drop_rows("a_port-sea-rail1435-lift"))
    net = lsr.Scenario("s").close("gate").close("road-a_border-b_border").apply(net)
    error = no_path(net, "b_port", "a_city", via=("a_port",))
    assert error.breaks == ("no transfer from sea to rail 1435 mm at Alpha Port",)
    error = no_path(net, "b_port", "a_city", via=("sea-a_port-b_port",))
    assert error.breaks == ("no transfer from sea to rail 1435 mm at Alpha Port",)


# Wrong questions --------------------------------------------------------------------------------


def test_origin_is_destination():
    with pytest.raises(InvalidValueError, match="a_city"):
        lsr.shortest_path(lsr.expand(NET), "a_city", "Alpha")


@pytest.mark.parametrize("option", [{"via": "a_port"}, {"avoid": "gate"}, {"modes": "rail"}])
def test_a_text_is_not_a_sequence_of_names(option):
    with pytest.raises(InvalidValueError, match=r"Cure: write \("):
        lsr.shortest_path(lsr.expand(NET), "a_city", "b_city", **option)


@pytest.mark.parametrize("option", [{"origins": "a_city"}, {"destinations": "a_city"}, {"along": "time"}])
def test_a_skim_too(option):
    given = {"origins": ["a_city"], "destinations": ["b_city"], **option}
    with pytest.raises(InvalidValueError, match="is the text"):
        lsr.skim(lsr.expand(NET), **given)


def test_unknown_words():
    graph = lsr.expand(NET)
    with pytest.raises(InvalidValueError, match="did you mean rail"):
        lsr.shortest_path(graph, "a_city", "b_city", modes=("rial",))
    with pytest.raises(InvalidValueError, match="did you mean cost"):
        lsr.shortest_path(graph, "a_city", "b_city", weight="costs")
    with pytest.raises(InvalidValueError, match="did you mean line_haul"):
        lsr.skim(graph, ["a_city"], ["b_city"], along=["linehaul"])
    with pytest.raises(UnknownNameError, match="did you mean"):
        lsr.shortest_path(graph, "a_city", "b_city", via=("a_prt",))


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda g: np.full(g.topology.n_arcs, np.nan), "nan"),
        (lambda g: np.full(g.topology.n_arcs, -1.0), "-1"),
        (lambda g: np.zeros(3), "shape"),
        (lambda g: 1.0, "shape"),
    ],
)
def test_bad_cost_functions(function, says):
    with pytest.raises(InvalidValueError, match=says):
        lsr.shortest_path(lsr.expand(NET), "a_city", "b_city", weight=function)


def test_empty_skims_have_empty_matrices():
    graph = lsr.expand(NET)
    for access in (True, False):
        assert lsr.skim(graph, [], ["a_city"], access=access).matrix.shape == (0, 1)
        assert lsr.skim(graph, ["a_city"], [], along=["time"], access=access).along["time"].shape == (1, 0)
        assert len(lsr.skim(graph, [], [], access=access).to_frame()) == 0
