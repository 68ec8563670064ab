"""One page or one picture of whatever can be looked at."""

import base64
import json
import re

import matplotlib as mpl
import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing import _extras
from landsea_routing.errors import InvalidValueError, MissingExtraError
from landsea_routing.report._marks import FlowLayer, MapLine, MapPoint, MapTrack
from landsea_routing.report.map import LARGE, map_figure
from report.demo import large_section

mpl.use("agg")


@pytest.fixture(scope="module")
def net():
    return lsr.load_network("toy_three_ports")


@pytest.fixture(scope="module")
def plans(net):
    river = lsr.load_scenario("river_all_year", net).apply(net)
    return {"base": lsr.assign(net), "river": lsr.assign(river)}


@pytest.fixture(scope="module")
def ways(net):
    return lsr.alternatives(lsr.expand(net), "Ada", "Boro", k=2)


@pytest.fixture(scope="module")
def things(net, plans, ways):
    return {
        "network": net,
        "plan": plans["base"],
        "plans": plans,
        "comparison": lsr.compare(*plans.values()),
        "comparisons": lsr.compare(*plans.values(), plans["base"]),
        "route": ways[0],
        "alternatives": ways,
        "list": list(ways),
        "mapping": {"one": ways[0], "two": ways[1]},
    }


KINDS = (
    "network",
    "plan",
    "plans",
    "comparison",
    "comparisons",
    "route",
    "alternatives",
    "list",
    "mapping",
)


@pytest.mark.parametrize("kind", KINDS)
def test_page_of_everything(things, kind, tmp_path):
    page = lsr.to_html(things[kind], title="A <title>")
    assert "<h1>A &lt;title&gt;</h1>" in page and '<svg class="map' in page
    assert not re.search(r'(src|href)="', page)
    if hasattr(things[kind], "to_html"):
        assert things[kind].to_html(title="A <title>") == page
    assert lsr.to_html(things[kind], tmp_path / "p.html").read_text("utf-8").endswith("</html>\n")


@pytest.mark.parametrize("kind", KINDS)
def test_map_of_everything(things, kind):
    from matplotlib import pyplot as plt

    ax = lsr.plot(things[kind])
    assert len(ax.collections) >= 2
    texts = [t.get_text() for t in ax.get_legend().get_texts()]
    assert texts and not any(t.startswith("_") for t in texts)
    assert lsr.plot(things[kind], ax=ax) is ax
    plt.close("all")


def test_charts(ways):
    from matplotlib import pyplot as plt

    for kind in ("time", "cost", "generalized"):
        ax = ways.plot(kind)
        assert ax.get_xlabel() == "km"
        assert len(ax.get_legend().get_texts()) == 2
    plt.close("all")


@pytest.mark.parametrize("what", [3, "Ada", [], {}, [1], None, {"a": 1}])
def test_what_cannot_be_drawn(what):
    for draw in (lsr.to_html, lsr.plot):
        with pytest.raises(InvalidValueError, match=r"expected|cannot be drawn"):
            draw(what)


def test_a_plan_is_no_line_over_distance(plans):
    with pytest.raises(InvalidValueError, match="over distance"):
        plans["base"].plot("time")


def test_without_matplotlib(things, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(_extras, "import_module", missing)
    with pytest.raises(MissingExtraError, match=r"landsea-routing\[plot\]"):
        lsr.plot(things["network"])


def test_five_layers_get_a_slider():
    lines = [MapLine([(100, 40), (110, 45)], "sea")]
    layers = [FlowLayer(f"<{i}>", np.array([float(i)])) for i in range(5)]
    few, _ = map_figure(lines, [], title="t", layers=layers[:4])
    many, _ = map_figure(lines, [], title="t", layers=layers)
    assert few.count('type="radio"') == 5 and 'type="range"' not in few
    assert 'max="4"' in many and 'type="radio"' not in many and "<0>" not in many


def test_routes_over_a_large_network_are_on_the_canvas_too():
    section = large_section(LARGE + 2)
    tracks = [MapTrack("<one>", [3, 4, 5]), MapTrack("two", [5, 6])]
    figure, data = map_figure(section.lines, section.points, title="t", tracks=tracks)
    assert "<canvas" in figure and "1: &lt;one&gt;" in figure and "radio" not in figure
    assert data["tracks"][0] == {"name": "<one>", "look": "r1", "px": 11.0, "rows": [3, 4, 5]}
    assert data["tracks"][1]["look"] == "r2" and data["rest"] == "flow"


def test_large_map_packs_what_the_small_one_draws():
    section = large_section(LARGE + 2)
    figure, data = map_figure(section.lines, section.points, title="t", layers=section.layers)
    assert "<canvas" in figure and "data-line" not in figure
    row = np.frombuffer(base64.b64decode(data["row"]), "<u4")
    first = np.frombuffer(base64.b64decode(data["first"]), "<u4")
    xy = np.frombuffer(base64.b64decode(data["xy"]), "<i4").reshape(-1, 2) / data["steps"]
    assert len(first) == len(row) + 1 and first[-1] == len(xy)
    assert set(row.tolist()) == set(range(len(section.lines)))
    assert np.all(xy >= 0) and np.all(xy <= np.array(data["size"]) + 1)
    label = np.frombuffer(base64.b64decode(data["label"]), "<u4")
    assert [data["labels"][i] for i in label[:5]] == [line.label for line in section.lines[:5]]
    flow = np.frombuffer(base64.b64decode(data["layers"][0]["t"]), "<f4")
    np.testing.assert_allclose(flow, section.layers[0].flow_t, rtol=1e-6)
    json.dumps(data, allow_nan=False)
    small, _ = map_figure(section.lines[:50], [MapPoint(100, 40, "a")], title="t")
    assert "<canvas" not in small


def test_a_picture_tells_gauges_apart_and_hides_no_line_behind_another():
    ax = lsr.plot(lsr.load_network("toy_three_ports"))
    drawn = {str(c.get_label()): c for c in ax.collections}
    outer, inner = drawn["Rail, 1435 + 1520 mm"], drawn["_in Rail, 1435 + 1520 mm"]
    assert outer.get_color().tolist() == drawn["Rail, 1435 mm"].get_color().tolist()
    assert inner.get_color().tolist() == drawn["Rail, 1520 mm"].get_color().tolist()
    assert max(inner.get_linewidth()) < min(outer.get_linewidth())
    # The road runs beside the railway, and bends aside.
    assert all(len(course) > 2 for course in drawn["Road"].get_segments())
    ax.figure.canvas.draw()
    frame, legend = ax.figure.bbox, ax.get_legend().get_window_extent()
    assert frame.x0 <= ax.get_tightbbox().x0 and legend.x1 <= frame.x1


def test_ports_of_one_name_stand_apart(net):
    nodes = net.nodes
    name = np.where(nodes["id"] == "bport", "Port Anselm", nodes["name"])
    twins = net.with_tables(nodes=nodes.with_columns(name=name))
    shut = {
        port: lsr.assign(lsr.Scenario(port).set_capacity(f"port_{port}", 0).apply(twins))
        for port in ("aport", "bport")
    }
    page = lsr.to_html({"base": lsr.assign(twins), **shut})
    assert page.count("<td>Port Anselm</td>") == 2
