"""The map of differences, the waterfall, and the pages that show them."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError
from landsea_routing.report.answer import write_answer
from landsea_routing.report.comparison import MOST_FIGURES, change_sections, write_comparison
from landsea_routing.report.demo import run_demo, write_demo
from landsea_routing.report.difference_map import difference_map
from landsea_routing.report.map import map_figure
from landsea_routing.report.network_map import flow_map, plan_layers
from landsea_routing.report.page import MapSection, report_page, write_page
from landsea_routing.report.waterfall import MOST, waterfall_figure, waterfall_steps
from networks_for_tests import set_cells, tiny_network
from report.payloads import PAYLOADS
from report.test_browser import CHROMIUM, browse

NET = lsr.load_network("toy_three_ports")


@pytest.fixture(scope="module")
def base():
    return lsr.assign(NET)


@pytest.fixture(scope="module")
def river():
    return lsr.assign(lsr.load_scenario("river_all_year", NET).apply(NET))


@pytest.fixture(scope="module")
def change(base, river):
    return lsr.compare(base, river, names=("now", "river"))


def drawn(page: str) -> dict[str, tuple[str, float, str]]:
    """Class, width and what the title says after the name, of each line of the map with a difference."""
    pattern = r'<g class="(ln [^"]*)" data-line="\d+" stroke-width="([\d.]+)"><title>(.*?)</title>'
    found = {}
    for classes, width, title in re.findall(pattern, page):
        name, _, said = html.unescape(title).rpartition(": ")
        ends = re.sub(r" \(.*?\)", "", name.split(",")[0])
        found[f"{ends} {name.split(',')[1].split()[0]}"] = (classes.split()[-1], float(width), said)
    return found


# The map -----------------------------------------------------------------------------------------------


def test_colours_and_widths_by_hand(change):
    """300,000 t of coal more on the river; on the way from the mine by rail 200,000 t less than before."""
    lines = drawn(report_page([difference_map(change)], title="x"))
    assert lines["Boro – Port Brandt inland"] == ("gain", 13.0, "+300 kt/yr")
    # Coal -300,000, and 12,500 t of containers the other way.
    assert lines["Bekgate – Boro rail"][0] == "loss"
    assert lines["Bekgate – Boro rail"][2] == "-288 kt/yr"
    # Timber -100,000, containers +12,500.
    assert lines["Ada – Port Anselm rail"] == ("loss", pytest.approx(13 * 100 / 300, abs=0.01), "-100 kt/yr")
    assert lines["Ada – Arnfels rail"][2] == "-87.5 kt/yr"
    assert "Port Corin – Cedar rail" not in lines


def test_the_map_has_the_differences_of_the_frames(change):
    section = difference_map(change)
    first, second = (layer.flow_t for layer in section.layers)
    by_link = change.links().groupby("link")["change_t"].sum()
    for i, link in enumerate(NET.links["id"].tolist()):
        assert second[i] - first[i] == pytest.approx(by_link.get(link, 0.0), abs=1e-6)


def test_flows_there_and_back_go_with_the_map(base, river):
    lines, layers = plan_layers({"now": base, "river": river})
    for layer, plan in zip(layers, (base, river), strict=True):
        by_end = plan.to_frame().groupby(["link", "from_node"])["flow_t"].sum()
        for i, (link, *ends) in enumerate(
            zip(*(NET.links[c].tolist() for c in ("id", "from_node", "to_node")), strict=True)
        ):
            told = [by_end.get((link, end), 0.0) for end in ends]
            assert layer.ways_t[:, i].tolist() == pytest.approx(told, abs=1e-6)
    _, data = map_figure(lines, [], title="x", layers=layers)
    for layer in data["layers"]:
        np.testing.assert_allclose(np.sum(layer["ways"], axis=0), layer["t"], rtol=1e-8)
    wrong = replace(layers[0], ways_t=np.zeros((1, len(lines))))
    with pytest.raises(InvalidValueError, match="there and back"):
        map_figure(lines, [], title="x", layers=[wrong])


def test_order_of_plans_and_a_plan_against_itself(base, river, change):
    two = [
        difference_map(lsr.compare(base, *plans, names=("now", *names)))
        for plans, names in (((river, base), ("river", "same")), ((base, river), ("same", "river")))
    ]
    flows = [{layer.name: layer.flow_t for layer in section.layers} for section in two]
    for name in ("now", "same", "river"):
        np.testing.assert_array_equal(flows[0][name], flows[1][name])
    assert not (flows[0]["same"] - flows[0]["now"]).any()
    assert drawn(report_page([difference_map(lsr.compare(base, base))], title="x")) == {}
    (words,) = change_sections(lsr.compare(base, base))
    assert words.paragraphs == ["scenario against base: nothing changes."]


def test_a_link_that_only_one_plan_has_is_drawn():
    net = tiny_network()
    road = lsr.Scenario("r").close("gate").add_link("a_city", "b_city", "road", 700, 1e7, border_h=1)
    plans = {"base": lsr.assign(net), "road": lsr.assign(road.apply(net))}
    lines, layers = plan_layers(plans)
    assert len(lines) == len(net.links) + 1
    assert [layer.flow_t[-1] > 0 for layer in layers] == [False, True]
    page = report_page([difference_map(lsr.compare(*plans.values()))], title="x")
    assert drawn(page)["Alpha – Beta road"][0] == "gain"
    assert "Alpha – Beta, road" in report_page([flow_map(plans)], title="x")
    turned = report_page([difference_map(lsr.compare(*reversed(plans.values())))], title="x")
    assert drawn(turned)["Alpha – Beta road"][0] == "loss"


def test_buttons_only_where_there_is_a_choice(base, river, change):
    one = report_page([difference_map(change)], title="x")
    assert 'class="controls"' not in one
    two = report_page([difference_map(lsr.compare(base, river, base))], title="x")
    assert two.count('type="radio"') == 2
    assert 'type="checkbox"' not in two
    assert '<div class="key of-change" data-views="difference" data-flow>' in one
    with pytest.raises(InvalidValueError, match="one layer"):
        map_figure([], [], title="x", difference=True)


def test_a_map_of_flows_still_opens_with_flows(base, river):
    section = flow_map({"base": base, "river": river})
    assert isinstance(section, MapSection) and not section.difference
    page = report_page([section], title="x")
    assert 'class="map show-flow"' in page and page.count('type="radio"') == 3 and 'type="checkbox"' in page


# The waterfall -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["line", "commodity", "both"])
def test_bars_lead_from_cost_to_cost(change, by):
    labels, steps = waterfall_steps(change, by)
    assert sum(steps) == pytest.approx(change.change_usd, rel=1e-9)
    assert 0 < len(labels) == len(steps) <= MOST + 1
    figure = waterfall_figure(change, by)
    bars = re.findall(r'<rect class="(\w+)" x="([\d.]+)" y="\d+" width="([\d.]+)"', figure)
    assert [b[0] for b in bars] == ["total", *("loss" if s > 0 else "gain" for s in steps), "total"]
    ends = [float(x) + float(w) for _, x, w in bars]
    scale = (ends[-1] - ends[0]) / change.change_usd
    at = ends[0]
    for (_, x, width), step in zip(bars[1:-1], steps, strict=True):
        assert float(width) == pytest.approx(max(1.0, abs(step * scale)), abs=0.11)
        assert float(x) == pytest.approx(min(at, at + step * scale), abs=0.11)
        at += step * scale
    assert at == pytest.approx(ends[-1], abs=0.11)
    assert "147.18 M USD/yr" in figure


def test_small_parts_are_one(change):
    labels, steps = waterfall_steps(change, "both")
    assert labels[-1] == "other"
    frame = change.waterfall("both")["change_usd"]
    assert min(map(abs, steps[:-1])) >= sorted(frame.abs())[-MOST]


# Pages -------------------------------------------------------------------------------------------------


def test_the_page_of_a_question_shows_why_and_where(tmp_path):
    answer = lsr.answer_question(lsr.load_question("T1", NET), NET)
    page = write_answer(answer, NET, tmp_path / "answer.html").read_text("utf-8")
    for heading in (
        "Where it flows",
        "Cost from base to river_all_year",
        "Where flows change",
        "another way",
    ):
        assert heading in page
    assert page.count('<figure class="map-figure"') == 2
    assert "show-difference" in page
    # What the page has always said comes before.
    assert page.index("What was expected") < page.index("Where flows change")


def test_the_demo_tells_why(tmp_path):
    demo = run_demo(NET)
    page = write_demo(demo, tmp_path / "demo.html").read_text("utf-8")
    assert page.count('<figure class="map-figure"') == 1
    one = NET.settings.facts["demo"]["scenarios"]
    assert len(one) == 1 and "why, and who moves" not in page  # one case for each demand: nothing to compare


def test_many_plans_become_a_table(base, river, tmp_path):
    plans = [river] * (MOST_FIGURES + 1)
    change = lsr.compare(base, *plans)
    page = write_comparison(change, tmp_path / "many.html", notes=["Why?"]).read_text("utf-8")
    assert page.count('<svg class="bars"') == 0
    assert page.count("Change of cost by") == 4  # two tables, heading and label
    assert "Why?" in page and page.count('<svg class="map') == 1


def test_names_are_inert(tmp_path):
    cells = {"name": PAYLOADS[0].replace(",", " ").replace('"', "'").replace("\n", " ")}
    net = tiny_network(nodes=set_cells("a_city", **cells))
    shut = lsr.Scenario("s").scale_capacity("yard", 0.5).close("gate")
    change = lsr.compare(lsr.assign(net), lsr.assign(shut.apply(net)), names=(PAYLOADS[0], PAYLOADS[-1]))
    page = write_comparison(change, tmp_path / "evil.html").read_text("utf-8")
    assert page.count("<script") == 2
    assert "<img" not in page
    for payload in PAYLOADS:
        assert payload not in page or "<" not in payload


# In a browser ------------------------------------------------------------------------------------------

in_a_browser = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium binary on the PATH"),
]
POINT_AND_CHOOSE = r"""
<script>onload = () => {
  const page = frames[0].document, out = [];
  const look = () => {
    const line = page.querySelector(".ln.inland_water path");
    const at = line.getPointAtLength(line.getTotalLength() * 0.41).matrixTransform(line.getScreenCTM());
    page.querySelector("svg.map").dispatchEvent(
      new frames[0].PointerEvent("pointermove", { clientX: at.x, clientY: at.y, bubbles: true }));
    const said = page.querySelector(".tip").textContent.replaceAll("\n", "|");
    out.push(`${line.parentNode.getAttribute("class")}|${said}`);
  };
  look();
  page.querySelectorAll("input[type=radio]")[1].click();
  look();
  out.push([...page.querySelectorAll(".legend .key:not([hidden]) p")].map((p) => p.textContent).join());
  w.textContent = out.join(" # ");
};</script>"""


def framed(page, tmp_path, size: str, script: str, *flags: str) -> str:
    """Put a page into a frame of a size, run a script beside it, and return what that writes."""
    frame = tmp_path / "frame.html"
    width, height = size.split("x")
    style = f"width:{width}px;height:{height}px;border:0"
    frame.write_text(f'<iframe src="{page.as_uri()}" style="{style}"></iframe><p id="w"></p>{script}')
    dom, _ = browse(frame, tmp_path, "--dump-dom", "--allow-file-access-from-files", *flags)
    return html.unescape(re.search(r'id="w">(.*?)</p>', dom, re.DOTALL).group(1))


@pytest.fixture(scope="module")
def three(tmp_path_factory, base, river):
    shut = lsr.assign(lsr.Scenario("shut").set_capacity("port_aport", 0).apply(NET))
    change = lsr.compare(base, river, shut, names=("now", "river", "shut"))
    return write_comparison(change, tmp_path_factory.mktemp("page") / "change.html")


class TestInABrowser:
    pytestmark = in_a_browser

    def test_is_drawn_without_errors(self, three, tmp_path):
        picture = tmp_path / "page.png"
        _, console = browse(three, tmp_path, "--window-size=1200,3000", f"--screenshot={picture}")
        assert console == []
        assert picture.stat().st_size > 50_000

    def test_pointing_at_a_line_and_choosing_a_plan(self, three, tmp_path):
        said = framed(three, tmp_path, "1200x4000", POINT_AND_CHOOSE, "--window-size=1300,4200")
        first, second, legend = said.split(" # ")
        assert "gain" in first and "Boro – Port Brandt" in first
        assert first.endswith("|+300 kt/yr|300 kt/yr → 600 kt/yr")
        assert "gain" not in second and second.endswith("|no change")
        assert legend == "Change,Places"

    def test_a_phone_needs_no_sideways_scrolling(self, three, tmp_path):
        script = (
            "<script>onload = () => { const root = frames[0].document.documentElement;"
            " w.textContent = `${root.clientWidth} ${root.scrollWidth}`; };</script>"
        )
        client, scroll = map(int, framed(three, tmp_path, "390x844", script).split())
        assert client == 390
        assert scroll <= 390

    def test_names_do_nothing(self, tmp_path, base, river):
        change = lsr.compare(base, river, names=(PAYLOADS[0], PAYLOADS[1]))
        text = report_page(change_sections(change), title=PAYLOADS[2], subtitle=PAYLOADS[3])
        dom, console = browse(write_page(tmp_path / "hostile.html", text), tmp_path, "--dump-dom")
        assert console == []
        assert "<img" not in dom and dom.count("<script") == 2
