"""A question without an answer says which obstacles would have to fall; a wrong one says what is wrong."""

from __future__ import annotations

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, LandseaError, NoPathError, UnknownNameError
from landsea_routing.graph.graph import ArcKind
from landsea_routing.whatif.edits import Edit
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


def test_a_border_that_is_shut_in_the_month_is_named_and_not_the_link_to_it():
    months = set_cells("rail:a_border>b_border", open_months="5-10")
    net = tiny_network(crossings=months)
    (gap,) = no_path(net, month=1, **RAIL).breaks
    assert gap == "border rail:a_border>b_border is open only in months 5-10"
    (gap,) = no_path(net, **RAIL).breaks
    assert gap.startswith("border rail:a_border>b_border is open only part of the year")
    # What else is wrong with the link is still told.
    two = tiny_network(crossings=months, links=set_cells("rail-a_border-b_border", status="planned"))
    assert no_path(two, month=1, **RAIL).breaks == (
        "link rail-a_border-b_border is planned",
        "border rail:a_border>b_border is open only in months 5-10",
    )


def test_months_of_a_link_that_its_border_never_shares():
    net = tiny_network(
        crossings=set_cells("rail:a_border>b_border", open_months="7-12"),
        links=set_cells("rail-a_border-b_border", open_months="1-6"),
    )
    (gap,) = no_path(net, seasonal=True, **RAIL).breaks
    assert gap == "link rail-a_border-b_border is open only in months 1-6, in which its border is shut"
    assert no_path(net, month=8, **RAIL).breaks == ("link rail-a_border-b_border is open only in months 1-6",)


def test_a_cost_function_that_closes_the_way_is_named():
    def no_gate(graph):
        top = graph.topology
        gate = graph.network.links["alias"].tolist().index("gate")
        return np.where((top.arc_kind == ArcKind.LINK) & (top.arc_row == gate), np.inf, 1.0)

    (gap,) = no_path(NET, weight=no_gate, **RAIL).breaks
    assert gap == "link rail-a_border-b_border is closed by the cost function no_gate"
    # What is closed anyway keeps its own reason.
    closed = lsr.Scenario("s").close("gate").apply(NET)
    gaps = no_path(closed, weight=no_gate, **RAIL).breaks
    assert gaps[0] == "link rail-a_border-b_border is closed"
    (gap, *_) = no_path(NET, weight=lambda g: np.full(g.topology.n_arcs, np.inf)).breaks
    assert "closed by the cost function <lambda>" in gap


def test_nothing_joins():
    net = tiny_network(nodes=add_rows("iso,Island,AA,45,121,city,all"))
    error = no_path(net, b="iso")
    assert error.breaks == ()
    assert "no chain of links" in str(error)
    assert "Island" in str(error)


@pytest.mark.parametrize("access", [True, False])
def test_a_place_without_links_is_named(access):
    net = tiny_network(nodes=add_rows("iso,Island,AA,45,121,city,all"))
    error = no_path(net, b="iso", access=access)
    assert "from Alpha to Island" in str(error)
    assert error.ids == ("a_city", "iso")
    error = no_path(net, a="Island", access=access)
    assert "from Island to Beta" in str(error)
    assert error.ids == ("iso", "b_city")
    error = no_path(net, via=("iso",), access=access)
    assert "from Alpha to Island" in str(error)
    assert "?" not in str(error)


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


def test_no_modes_at_all():
    for modes in ((), []):
        with pytest.raises(InvalidValueError, match="modes is empty") as caught:
            lsr.shortest_path(lsr.expand(NET), "a_city", "b_city", modes=modes)
        assert caught.value.column == "mode"
        with pytest.raises(InvalidValueError, match="modes is empty"):
            lsr.skim(lsr.expand(NET), ["a_city"], ["b_city"], modes=modes)


@pytest.mark.parametrize("option", ["via", "avoid"])
@pytest.mark.parametrize(
    ("wrong", "guess"),
    [
        ("alfa_line", "alpha_line"),
        ("rail-a_citty-a_border", "rail-a_city-a_border"),
        ("A_PRT", "a_port"),
        ("Beta Gaet (west)", r"Beta Gate \(west\)"),
        ("gata", "gate"),
    ],
)
def test_a_misspelt_link_or_node_gets_guesses_from_both(option, wrong, guess):
    pattern = rf"is not among the 6 nodes or 9 links\..*did you mean .*{guess}.*\?$"
    with pytest.raises(UnknownNameError, match=pattern) as caught:
        lsr.shortest_path(lsr.expand(NET), "a_city", "b_city", **{option: (wrong,)})
    assert caught.value.ids == (wrong,)
    with pytest.raises(UnknownNameError, match=r"9 links\. .*list them with to_frame\(\)\.$"):
        lsr.shortest_path(lsr.expand(NET), "a_city", "b_city", **{option: ("qqqqqq",)})


@pytest.mark.parametrize("option", ["via", "avoid"])
def test_a_name_of_two_nodes_or_links_is_still_ambiguous(option):
    names = chain(set_cells("a_port", name="Gamma"), set_cells("b_port", name="Gamma"))
    with pytest.raises(UnknownNameError, match="2 nodes") as caught:
        lsr.shortest_path(lsr.expand(tiny_network(nodes=names)), "a_city", "b_city", **{option: ("gamma",)})
    assert set(caught.value.ids) == {"a_port", "b_port"}


def test_a_question_ends_with_its_own_mark():
    graph = lsr.expand(NET)
    for question in (
        lambda: lsr.shortest_path(graph, "a_citty", "b_city"),
        lambda: lsr.shortest_path(graph, "a_city", "b_city", via=("a_prt",)),
        lambda: lsr.shortest_path(graph, "a_city", "b_city", weight="costs"),
        lambda: lsr.Scenario("s").close("gatee").apply(NET),
        lambda: lsr.Scenario("s", edits=(Edit("cloze", {}),)),
    ):
        with pytest.raises(LandseaError, match=r"did you mean [^?]*\?$"):
            question()
    assert (
        str(LandseaError("it is wrong", expected="b.", cure="do c")) == "it is wrong. Expected b. Cure: do c."
    )
    assert str(LandseaError("wrong?", cure="x or y?")) == "wrong? Cure: x or y?"


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
        (lambda g: "cheap", "a str that holds no numbers"),
        (lambda g: ["dear"] * g.topology.n_arcs, "a list that holds no numbers"),
        (lambda g: None, "shape|no numbers|nan"),
    ],
)
def test_bad_cost_functions(function, says):
    with pytest.raises(InvalidValueError, match=says):
        lsr.shortest_path(lsr.expand(NET), "a_city", "b_city", weight=function)
    with pytest.raises(InvalidValueError, match=says):
        lsr.skim(lsr.expand(NET), ["a_city"], ["b_city"], weight=function)


def test_empty_skims_have_empty_matrices():
    graph = lsr.expand(NET)
    for access in (True, False):
        assert lsr.skim(graph, [], ["a_city"], access=access).matrix.shape == (0, 1)
        assert lsr.skim(graph, ["a_city"], [], along=["time"], access=access).along["time"].shape == (1, 0)
        assert len(lsr.skim(graph, [], [], access=access).to_frame()) == 0
