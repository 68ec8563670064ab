"""Charts over distance: totals are those of the route, steps stand where cargo stands."""

import re
from itertools import pairwise

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError
from landsea_routing.report.corridor_chart import chart_legend, corridor_chart
from landsea_routing.report.profile import profile


@pytest.fixture(scope="module")
def ways():
    graph = lsr.expand(lsr.load_network("northeast_asia"))
    return lsr.alternatives(graph, "Beijing", "Moscow", k=4, max_overlap=0.5)


@pytest.mark.parametrize("measure", ["time", "cost", "generalized"])
def test_ends_are_the_totals_of_the_route(ways, measure):
    total = {"time": "time_h", "cost": "cost_money_usd_per_t", "generalized": "cost_usd_per_t"}[measure]
    for route in ways:
        line = profile(route, measure)
        assert line.km[-1] == pytest.approx(route.length_km)
        assert line.value[-1] == pytest.approx(getattr(route, total))
        assert np.all(np.diff(line.km) >= 0) and np.all(np.diff(line.value) >= 0)


def test_steps_are_vertical_and_hold_every_stop_of_the_legs(ways):
    for route in ways:
        line = profile(route)
        assert all(line.km[s.at] == line.km[s.until] for s in line.stops)
        happens = [kind for stop in line.stops for kind in stop.kinds]
        assert happens == [leg.kind for leg in route.legs if leg.kind != "link"]
        hours = sum(line.value[s.until] - line.value[s.at] for s in line.stops)
        assert hours == pytest.approx(sum(leg.time_h for leg in route.legs if leg.kind != "link"))


def test_the_picture_has_a_line_and_a_number_for_each_route(ways):
    svg = corridor_chart(ways)
    assert svg.count('<g class="way ') == svg.count('<g class="end ') == len(ways) == 4
    numbers = re.findall(r'd="M([^"]+)"><title>', svg)
    assert all(0 <= float(v) <= 860 for path in numbers for v in path.replace("V", " ").split())
    assert chart_legend(ways).count("<li>") == 4


def test_names_do_not_cover_each_other(ways):
    for width in (1080, 356):
        svg = corridor_chart(ways, width=width)
        found = re.findall(r'class="stop r\d" x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">([^<]+)<', svg)
        assert found
        boxes = []
        for x, y, anchor, name in found:
            left = float(x) - (6.3 * len(name) if anchor == "end" else 0)
            boxes.append((left, float(y), left + 6.3 * len(name)))
        for i, a in enumerate(boxes):
            assert a[0] > 0 and a[2] < width
            assert not any(abs(a[1] - b[1]) < 12 and a[0] < b[2] and b[0] < a[2] for b in boxes[:i])


def test_names_are_escaped(ways):
    svg = corridor_chart({"<script>`${1}`": ways[0]}) + chart_legend({"<b>": ways[0]})
    assert "<script" not in svg and "<b>:" not in svg and "&lt;script&gt;" in svg


def test_a_short_route_by_one_arc_is_drawn():
    graph = lsr.expand(lsr.load_network("toy_three_ports"))
    assert "<svg" in corridor_chart(lsr.shortest_path(graph, "Ada", "Arn", access=False))


def test_wrong(ways):
    with pytest.raises(InvalidValueError, match="cannot show 'hours'"):
        corridor_chart(ways, "hours")
    with pytest.raises(InvalidValueError, match="no route"):
        corridor_chart([])


def test_discs_stay_on_the_chart_and_apart():
    route = lsr.shortest_path(lsr.expand(lsr.load_network("toy_three_ports")), "Ada", "Boro")
    svg = corridor_chart([route] * 6, "time", width=356, height=200)
    at = [tuple(map(float, xy)) for xy in re.findall(r'<circle cx="([\d.]+)" cy="([-\d.]+)"', svg)]
    assert len(set(at)) == 6
    assert all(9 <= y <= 200 and 9 <= x <= 356 for x, y in at)
    assert all(max(abs(a - c), abs(b - d)) >= 17 for i, (a, b) in enumerate(at) for c, d in at[:i])


@pytest.mark.parametrize("width", [356, 500, 1080])
def test_figures_below_the_chart_do_not_touch(width):
    graph = lsr.expand(lsr.load_network("northeast_asia"))
    svg = corridor_chart(lsr.shortest_path(graph, "Harbin", "Tokyo"), "time", width=width, height=380)
    ticks = re.findall(
        r'<text class="tick" x="([\d.]+)" y="[\d.]+" text-anchor="(middle|end)">([^<]+)</text>', svg
    )
    below = [(float(x), anchor, text) for x, anchor, text in ticks if float(x) > 42.5]
    spans = [
        (x - 6.7 * len(t) * (0.5 if a == "middle" else 1), x + 6.7 * len(t) / 2 * (a == "middle"))
        for x, a, t in below
    ]
    assert len(spans) >= 2
    assert all(left > right for (_, right), (left, _) in pairwise(spans))
