import re

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import LandseaError
from landsea_routing.report._html import read_static
from landsea_routing.report._labels import _label_box, _overlaps, place_labels
from landsea_routing.report._marks import WIDEST_PX, FlowLayer, MapLine, MapPoint, sample_flows
from landsea_routing.report.map import map_figure
from landsea_routing.report.map_svg import map_svg
from report.demo import demo_map, demo_page

A, B = (100.0, 40.0), (110.0, 45.0)


def widths(svg):
    return {int(i): float(w) for i, w in re.findall(r'data-line="(\d+)"[^>]*stroke-width="([\d.]+)"', svg)}


def test_width_is_proportional_to_flow():
    lines = [MapLine([A, B], "rail", "1435", t) for t in (10e6, 5e6, 0.0)]
    assert widths(map_svg(lines, [], title="t")) == {0: WIDEST_PX, 1: WIDEST_PX / 2}


def test_wide_lines_lie_under_thin_ones_and_idle_ones_under_all():
    lines = [MapLine([A, B], "rail", "1435", t) for t in (1e6, 9e6, 0.0)]
    assert re.findall(r'data-line="(\d)"', map_svg(lines, [], title="t")) == ["2", "1", "0"]


def test_looks_follow_mode_gauge_and_status():
    lines = [
        MapLine([A, B], "rail", "1520+1435", 1.0),
        MapLine([A, B], "sea", status="restricted"),
        MapLine([A, B], "teleport", status="under_construction"),
    ]
    svg = map_svg(lines, [], title="t")
    assert 'class="ln rail g1435 on"' in svg and 'class="in g1520"' in svg
    assert 'class="ln sea restricted"' in svg and 'class="ln other planned"' in svg


def test_difference_tells_gain_from_loss():
    svg = map_svg([MapLine([A, B], "rail", "", t) for t in (2e6, -1e6)], [], title="t", difference=True)
    assert "rail gain" in svg and "rail loss" in svg and "+2 Mt/yr" in svg and "-1 Mt/yr" in svg


def test_a_road_beside_a_railway_bows_aside_whichever_way_it_runs():
    paths = []
    for ends in ([A, B], [B, A]):
        svg = map_svg([MapLine(ends, "road"), MapLine([A, B], "rail", "1435")], [], title="t")
        paths.append(re.search(r"ln road.*?Q([\d.]+ [\d.]+)", svg)[1])
        assert not re.search(r"ln rail[^/]*Q", svg)
    assert paths[0] == paths[1]


def test_what_is_out_of_view_is_left_out():
    lines = [MapLine([A, B], "rail"), MapLine([(0, 0), (5, 5)], "rail")]
    points = [MapPoint(105, 42, "in", "city", 1), MapPoint(0, 0, "far away", "city", 1)]
    svg = map_svg(lines, points, title="t", box=(95, 35, 115, 50))
    assert svg.count("data-line") == 1 and "far away" not in svg


def test_a_line_over_the_antimeridian_is_two_short_pieces():
    svg = map_svg(
        [MapLine([(170, 50), (-170, 50)], "sea")], [], title="t", box=(-180, 30, 180, 70), width_px=3600
    )
    pieces = re.search(r'data-line="0".*?<path d="([^"]*)"', svg)[1].split("M")[1:]
    ends = [[float(v) for v in piece.split()] for piece in pieces]
    assert [(e[0], e[2]) for e in ends] == [(3500, 3600), (0, 100)]


def test_picture_is_described():
    svg = map_svg([MapLine([A, B], "rail", "1435", 2e6)], [], title="A <b>", name="m")
    assert 'role="img"' in svg and '<title id="m-title">A &lt;b&gt;</title>' in svg
    assert "1 lines carry some, the busiest 2 Mt/yr" in svg


def test_names_never_overlap_at_any_scale():
    rng = np.random.default_rng(2)
    xy = rng.uniform(0, 800, (150, 2))
    names = [f"place number {i}" for i in range(150)]
    labels = place_labels(xy, names, rng.uniform(0, 1, 150), width=800, height=800)
    for scale in {label.scale for label in labels}:
        shown = [label for label in labels if label.scale <= scale]
        boxes = [_label_box(xy[v.point] * scale, names[v.point], v.dx, v.dy) for v in shown]
        for i, box in enumerate(boxes):
            assert not _overlaps(box, np.array(boxes[:i]).reshape(-1, 4), margin=0)
    assert len(labels) > 60


def test_unimportant_places_stay_unnamed():
    assert place_labels(np.array([[5.0, 5.0]]), ["x"], np.array([0.0]), width=100, height=100) == []


def test_layers_share_one_scale_and_the_block_is_sparse():
    layers = [FlowLayer("Base", np.array([4e6, 0.0])), FlowLayer("Other", np.array([1e6, 8e6]), "why")]
    figure, data = map_figure([MapLine([A, B], "rail")] * 2, [], title="t", layers=layers)
    assert data["largest"] == 8e6 and data["largest_change"] == 8e6
    assert data["layers"][0] == {"name": "Base", "note": "", "rows": [0], "t": [4e6]}
    assert widths(figure)[0] == WIDEST_PX / 2
    assert "Difference to Base" in figure and "Network only" in figure


def test_a_network_without_flow_has_no_layer_buttons():
    figure, _ = map_figure([MapLine([A, B], "rail", "1435")], [], title="t")
    assert "radio" not in figure and "show-network" in figure and "Rail, 1435 mm" in figure


def test_an_empty_map_with_a_box():
    figure, data = map_figure([], [], title="t", box=(100, 30, 120, 50))
    assert 'class="land"' in figure and data["layers"][0]["rows"] == []


@pytest.mark.parametrize(
    ("flow", "message"),
    [
        (np.zeros(3), r"'x' has shape \(3,\).*each of the 1 lines"),
        (np.array([np.nan]), "'x' is not finite on 1 of 1"),
    ],
)
def test_bad_layers(flow, message):
    with pytest.raises(LandseaError, match=message):
        map_figure([MapLine([A, B], "rail", label="R1")], [], title="t", layers=[FlowLayer("x", flow)])


@pytest.mark.parametrize("largest", [1.0, 3.0, 7.7e6, 1e9])
def test_legend_samples_are_round_and_rising(largest):
    low, middle, high = sample_flows(largest)
    assert 0 < low < middle < high <= largest
    assert all(f"{v:e}"[0] in "125" for v in (low, middle, high))


def test_same_input_same_bytes():
    assert demo_page(["a", "b"]) == demo_page(["a", "b"])


def test_inputs_are_not_written_to():
    section = demo_map(["a"])
    flow = section.layers[0].flow_t
    before = flow.copy()
    flow.setflags(write=False)
    map_figure(section.lines, section.points, title="t", layers=section.layers)
    assert (flow == before).all()


def test_five_thousand_lines_fit_in_a_page():
    rng = np.random.default_rng(5)
    ends = rng.uniform((100, 30), (140, 55), (5000, 2, 2)).round(3)
    lines = [
        MapLine([tuple(a), tuple(b)], "rail", "1435", label=f"line {i}") for i, (a, b) in enumerate(ends)
    ]
    figure, _ = map_figure(lines, [], title="t", layers=[FlowLayer("x", rng.uniform(0, 1e6, 5000))])
    assert len(figure) < 1_500_000


def test_a_network_that_names_nobody_has_its_places_named():
    page = lsr.to_html(lsr.load_network("toy_three_ports"))
    assert all(f">{name}</text>" in page for name in ("Ada", "Boro", "Cedar", "Port Brandt"))


def test_a_route_band_is_no_outer_rail():
    """Between band and line is a rim, else 1520 mm on a blue band looks like dual gauge."""
    route = lsr.shortest_path(lsr.expand(lsr.load_network("toy_three_ports")), "Ada", "Boro")
    page = lsr.to_html(route)
    ridden = {row for leg in route.legs if leg.kind == "link" for row in leg.rows}
    assert page.count('class="rim"') == len(ridden)


def test_idle_lines_stand_in_the_legend():
    page = lsr.to_html(lsr.assign(lsr.load_network("toy_three_ports")))
    assert "<span>none</span>" in page and "<span>no change</span>" not in page


def test_modes_gauges_and_statuses_are_told_apart_without_colour():
    """Every look but that of standard gauge, a whole line, has a dash of its own."""
    css = read_static("page.css")
    dashes = dict(re.findall(r"^\.ln\.(\w+) \{[^}]*stroke-dasharray: ([\d. ]+);", css, re.MULTILINE))
    dashes |= dict(re.findall(r"\.ln\.(g\d+) \{ stroke-dasharray: ([\d ]+);", css))
    assert set(dashes) == {"road", "sea", "inland_water", "rail_ferry", "planned", "closed", "g1520", "g1067"}
    assert len(set(dashes.values())) == len(dashes)
    canvas = read_static("map_canvas.js").partition("};")[0]
    for look, dash in dashes.items():
        assert f"{look}: [{', '.join(dash.split())}]" in canvas
