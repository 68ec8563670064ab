"""Pictures of Sankey diagrams: nothing lost, nothing overlapping, nothing smuggled in."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import landsea_routing as lsr
from landsea_routing.errors import UnknownNameError
from landsea_routing.report import sankey
from landsea_routing.report.sankey import FOOT, GAP, HEAD, MOST, ROW, WIDTH, sankey_figure
from landsea_routing.results.sankey import Sankey
from report.payloads import PAYLOADS

BAND = re.compile(
    r'<path d="M([\d.]+) ([\d.]+)C[\d. ]+ ([\d.]+) ([\d.]+)" stroke-width="([\d.]+)"><title>(.*?)</title>'
)
NODE = re.compile(r'<rect x="([\d.]+)" y="([\d.]+)" width="12" height="([\d.]+)"/>')


def diagram(steps, sizes, layers=("here", "there"), said=None):
    return Sankey.of_steps(layers, steps, ["coal"] * len(steps), {"flow_t": sizes}, said or {})


def bands(figure):
    return [(*map(float, match[:5]), match[5]) for match in BAND.findall(figure)]


def nodes(figure):
    return [tuple(map(float, match)) for match in NODE.findall(figure)]


def test_two_ways_into_one():
    steps = [((0, "rail"), (1, "port")), ((0, "road"), (1, "port"))]
    figure = sankey_figure(diagram(steps, [3e6, 1e6]))
    assert figure.startswith(f'<svg class="sankey" viewBox="0 0 {WIDTH} {HEAD + 2 * 36 + FOOT}" role="img"')
    # Two nodes share 72 units less a gap of 14: 14.5 for each million tonnes.
    assert sorted(tall for _, _, tall in nodes(figure)) == [14.5, 43.5, 58.0]
    assert {said: wide for *_, wide, said in bands(figure)} == {
        "rail → port: 3 Mt/yr": 43.5,
        "road → port: 1 Mt/yr": 14.5,
    }
    assert [text in figure for text in (">here<", ">there<", "4 Mt/yr")] == [True] * 3


def test_commodities_between_two_nodes_are_one_band():
    way = ((0, "a"), (1, "b"))
    two = Sankey.of_steps(("l", "r"), [way, way], ["coal", "ore"], {"flow_t": [1e6, 2e6]}, {})
    assert [said for *_, said in bands(sankey_figure(two))] == ["a → b: 3 Mt/yr"]


def test_a_full_layer_shows_its_smallest_nodes_as_one():
    n = MOST + 5
    steps = [((0, f"mine {i}"), (1, "port")) for i in range(n)]
    figure = sankey_figure(diagram(steps, [(i + 1) * 1e6 for i in range(n)]))
    assert len(nodes(figure)) == MOST + 1 + 1
    assert "5 others → port: 15 Mt/yr" in figure
    assert f"port: {n * (n + 1) // 2} Mt/yr" in figure


def test_nothing_flows():
    assert sankey_figure(diagram([], [])) == ""
    assert sankey_figure(diagram([((0, "a"), (1, "b"))], [0.0])) == ""


def test_a_value_that_is_not_there():
    with pytest.raises(UnknownNameError, match=r"no 'second_t'.*flow_t"):
        sankey_figure(diagram([((0, "a"), (1, "b"))], [1.0]), "second_t")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_names_are_text(payload):
    ends = ((0, "a"), (1, "b"))
    figure = sankey_figure(
        diagram([ends], [1e6], (payload, payload), dict.fromkeys(ends, payload)), title=payload
    )
    assert not {*payload} & {*"<>"} or payload not in figure
    assert set(re.findall(r"<(\w+)", figure)) == {"svg", "text", "tspan", "path", "title", "rect", "g"}


def laid_out(whole):
    label = list(whole.label)
    return sankey._few_nodes(
        sankey._summed(whole.layer, label, whole.source, whole.target, whole.values["flow_t"])
    )


@st.composite
def random_steps(draw):
    layers = draw(st.integers(2, 4))
    n = draw(st.integers(1, 40))
    ends = draw(
        st.lists(
            st.tuples(st.integers(0, layers - 2), st.integers(0, 14), st.integers(0, 14), st.integers(1, 3)),
            min_size=n,
            max_size=n,
        )
    )
    steps = [((a, f"n{i}"), (min(a + far, layers - 1), f"n{j}")) for a, i, j, far in ends]
    return steps, draw(st.lists(st.floats(1e3, 1e9), min_size=n, max_size=n))


@given(random_steps())
def test_what_is_drawn_is_what_flows(case):
    whole = diagram(*case)
    flow = laid_out(whole)
    assert flow.size.sum() == pytest.approx(sum(case[1]), rel=1e-6)
    assert np.bincount(flow.layer).max() <= MOST + 1
    room = ROW * max(2, np.bincount(flow.layer).max())
    top, scale = sankey._places(flow, HEAD + room)
    tall = flow.through() * scale
    for layer in np.unique(flow.layer):
        column = sorted(zip(top[flow.layer == layer], tall[flow.layer == layer], strict=True))
        assert column[0][0] >= HEAD - 1e-6
        assert sum(column[-1]) <= HEAD + room + 1e-6
        assert all(y + high + GAP <= below + 1e-6 for (y, high), (below, _) in pairwise(column))


@given(random_steps())
def test_bands_lie_side_by_side_within_their_nodes(case):
    whole = diagram(*case)
    flow = laid_out(whole)
    top, scale = sankey._places(flow, HEAD + 400)
    tall, thick = flow.through() * scale, flow.size * scale
    for near, far in ((flow.source, flow.target), (flow.target, flow.source)):
        below = sankey._offsets(near, top[far], thick)
        for node in np.unique(near):
            own = sorted(zip(below[near == node], thick[near == node], top[far][near == node], strict=True))
            assert own[0][0] == pytest.approx(0, abs=1e-6)
            assert own[-1][0] + own[-1][1] <= tall[node] + 1e-6
            for (y, wide, end), (after, _, other) in pairwise(own):
                assert y + wide == pytest.approx(after, abs=1e-6)
                assert end <= other or wide < 1e-6


def test_a_comparison_shows_its_moves():
    net = lsr.load_network("toy_three_ports")
    river = lsr.load_scenario("river_all_year", net).apply(net)
    change = lsr.compare(lsr.assign(net), lsr.assign(river))
    page = lsr.to_html(change)
    sizes = sorted(change.moved().to_frame().groupby(["old", "new"])["flow_t"].sum())
    assert page.count('<svg class="sankey"') == 1
    assert len(bands(page)) == len(sizes)
    assert lsr.to_html(change.sankey()).count('<svg class="sankey"') == 1
    same = lsr.compare(change.first, change.first)
    assert '<svg class="sankey"' not in lsr.to_html(same)
