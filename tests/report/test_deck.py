"""Networks and plans as decks: what is in the tables, and what a browser without a network makes of them."""

import base64
import html
import io
import json
import re
from dataclasses import replace

import matplotlib.image as mpl_image
import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing import _extras
from landsea_routing.errors import InvalidValueError, MissingExtraError
from landsea_routing.report._html import escape_text
from landsea_routing.report._hues import hues
from landsea_routing.report._marks import CORE_SHARE, WIDEST_PX
from landsea_routing.report.basemap import Box, load_land
from landsea_routing.report.deck_tables import land_tables, link_table, rgb
from landsea_routing.report.network_map import directed_flow_t, land_file
from networks_for_tests import add_rows, set_cells, tiny_network
from report.payloads import PAYLOADS
from report.test_browser import CHROMIUM

pydeck = pytest.importorskip("pydeck")

BOX = Box(0, 0, 40, 40)
LAYERS = ["land", "coast", "links", "inner", "nodes"]


@pytest.fixture(scope="module")
def net():
    return lsr.load_network("toy_three_ports")


@pytest.fixture(scope="module")
def plan(net):
    return lsr.assign(net)


def rows_of(deck):
    """The rows of each layer."""
    found = {}
    for layer in deck.layers:
        head, _, text = layer.data.partition(",")
        assert head == "data:application/json;base64"
        found[layer.id] = json.loads(base64.b64decode(text))
    return found


# Tables ------------------------------------------------------------------------------------------------


def test_widths_colours_and_words_by_hand():
    net = tiny_network()
    flow = np.zeros((2, len(net.links)))
    flow[:, 0] = 3e6, 1e6
    flow[0, 1] = 2e6
    table = link_table(net, BOX, flow)
    assert table["id"].tolist()[-2:] == ["rail-a_city-a_border", "rail-a_border-b_border"]
    broad, dual = table.iloc[-2], table.iloc[-1]
    assert (broad["px"], dual["px"]) == (WIDEST_PX, WIDEST_PX / 2)
    assert broad["says"] == (
        "Alpha – Alpha Gate (east)\nrail 1435, 360 km\nrail-a_city-a_border\n→ 3 Mt/yr\n← 1 Mt/yr"
    )
    assert dual["says"].endswith("→ 2 Mt/yr\n← 0 t/yr")
    assert broad["hue"][:3].tolist() == rgb(hues()["g1435"]) and broad["inner"][3] == 0
    assert dual["inner"][:3].tolist() == rgb(hues()["g1520"]) and dual["inner"][3] > 0
    idle = table.iloc[:-2]
    assert {tuple(hue[:3]) for hue in idle["hue"]} == {tuple(rgb(hues()["idle"]))}
    assert idle["px"].max() <= 1 and not any(inner[3] for inner in idle["inner"])


def test_what_is_not_in_operation_is_faint_and_said():
    net = tiny_network(links=set_cells("sea-a_port-b_port", status="planned"))
    table = link_table(net, BOX).set_index("id")
    sea, road = table.loc["sea-a_port-b_port"], table.loc["road-a_city-a_border"]
    assert sea["hue"][3] < road["hue"][3] == table["hue"].iloc[0][3]
    assert sea["hue"][:3].tolist() == rgb(hues()["sea"])
    assert sea["says"] == "Alpha Port – Beta Port\nsea, 1500 km, planned\nsea-a_port-b_port"


def test_a_road_beside_a_railway_bows_aside_whichever_way_it_runs():
    net = tiny_network(links=add_rows("turned,a_border,a_city,road,,,400,", "third,a_city,a_port,road,,,9,"))
    path = {row["id"]: np.array(row["path"]) for row in link_table(net, BOX).to_dict("records")}
    assert len(path["rail-a_city-a_border"]) == 2
    one, two = path["road-a_city-a_border"], path["turned"][::-1]
    straight = np.linspace([120, 45], [124, 46], 7)
    np.testing.assert_allclose(one[[0, -1]], straight[[0, -1]])
    # To the two sides of the railway, equally far.
    np.testing.assert_allclose((one + two) / 2, straight, atol=2e-5)
    assert np.abs(one[3] - straight[3]).max() > 0.1
    assert len(path["third"]) == 7


def test_courses_and_the_short_way_round():
    course = ((121.0, 40.0), (126.0, 34.0), (132.0, 43.0))
    net = replace(tiny_network(nodes=set_cells("b_city", lon="-179")), courses={"sea-a_port-b_port": course})
    path = {row["id"]: row["path"] for row in link_table(net, BOX).to_dict("records")}
    assert path["sea-a_port-b_port"] == course
    assert np.diff(path["rail-b_border-b_city"][:, 0]).tolist() == pytest.approx([181 - 124.2])


def test_there_and_back_are_the_flows_of_the_frame(plan):
    there, back = directed_flow_t(plan)
    frame = plan.to_frame()
    frame = frame[frame["kind"] == "link"] if "kind" in frame else frame
    links = plan.graph.network.links
    by_end = frame.groupby(["link", "from_node"])["flow_t"].sum()
    for i, link in enumerate(links["id"].tolist()):
        ways = by_end.get(link, {})
        assert there[i] == pytest.approx(ways.get(links["from_node"][i], 0.0), abs=1e-6)
        assert back[i] == pytest.approx(ways.get(links["to_node"][i], 0.0), abs=1e-6)


@pytest.mark.parametrize("name", ["toy_three_ports", "northeast_asia"])
def test_a_deck_holds_every_link_and_node_once(name):
    net = lsr.load_network(name)
    deck = lsr.to_deck(net)
    rows = rows_of(deck)
    assert list(rows) == LAYERS and isinstance(deck, pydeck.Deck)
    assert sorted(row["says"].split("\n")[2] for row in rows["links"]) == sorted(net.links["id"])
    assert sorted(row["says"].split("\n")[-1] for row in rows["nodes"]) == sorted(net.nodes["id"])
    dual = np.char.find(net.links["gauge"], "+") >= 0
    assert len(rows["inner"]) == dual.sum()
    thick = {json.dumps(row["path"]): row["px"] for row in rows["links"]}
    for row in rows["inner"]:
        assert row["px"] == pytest.approx(CORE_SHARE * thick[json.dumps(row["path"])], abs=1e-5)


def test_land_is_painted_by_the_even_odd_rule():
    shapely = pytest.importorskip("shapely")
    areas, coast, credit = land_tables()
    painted = shapely.Polygon()
    for ring, hue in zip(areas["path"], areas["hue"], strict=True):
        shape = shapely.make_valid(shapely.Polygon(ring))
        painted = painted.union(shape) if hue == rgb(hues()["land"]) else painted.difference(shape)
    for lon, lat, land in ((51, 42, False), (37, 55, True), (-150, 0, False), (104, 13, True)):
        assert painted.contains(shapely.Point(lon, lat)) == land
    assert "Natural Earth" in credit
    ends = np.array(coast["path"].tolist())
    assert not np.any(np.all(np.abs(ends[..., 0]) == 180, axis=1))
    assert len(ends) > 0.98 * sum(map(len, load_land().rings))


def test_finer_land_takes_the_place_of_the_world():
    path = land_file(lsr.load_network("northeast_asia"))
    box = load_land(path).box
    areas, coast, _ = land_tables(path)
    cover = next(
        i for i, ring in enumerate(areas["path"]) if len(ring) == 4 and ring[0].tolist() == list(box[:2])
    )
    assert areas["hue"][cover] == rgb(hues()["water"])
    assert len(areas) == cover + 1 + len(load_land(path).rings)
    middle = np.array(coast["path"].tolist()).mean(axis=1)
    inside = np.all((middle > box[:2]) & (middle < box[2:]), axis=1)
    assert 0 < inside.sum() <= sum(map(len, load_land(path).rings))


def test_inputs_are_not_written_to_and_the_page_is_the_same_again(plan):
    before = plan.arc_flow_t.copy()
    assert lsr.to_deck(plan).to_html() == lsr.to_deck(plan).to_html()
    assert (plan.arc_flow_t == before).all()


HOSTILE = [*(text for text in PAYLOADS if "\x00" not in text), "@@=alert(1)", "@@#GL", "{says}", "$&"]


def hostile_network():
    net = tiny_network()
    return net.with_tables(nodes=net.nodes.with_columns(name=np.resize(HOSTILE, len(net.nodes))))


def test_names_do_no_harm():
    net = tiny_network()
    for name in HOSTILE:
        named = net.with_tables(nodes=net.nodes.with_columns(name=np.full(len(net.nodes), name)))
        deck = lsr.to_deck(named, title=name)
        assert {row["says"].rsplit("\n", 2)[0] for row in rows_of(deck)["nodes"]} == {name}
        assert name not in deck.to_json()
    page = lsr.to_deck(hostile_network(), title=PAYLOADS[1]).to_html()
    assert f"<h1>{escape_text(PAYLOADS[1])}</h1>" in page and page.count("</script>") == 3


# Pages -------------------------------------------------------------------------------------------------


def test_a_page_names_no_address_to_fetch_from(net, tmp_path):
    deck = lsr.to_deck(net, title="A <title>")
    page = deck.to_html()
    assert deck.to_html(tmp_path / "deck.html").read_text("utf-8") == page
    assert "<h1>A &lt;title&gt;</h1>" in page and "Inland waterway" in page
    assert "connect-src data:;" in page and "default-src 'none'" in page
    without_scripts = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"<(link|img|iframe)\b|(src|href)=", without_scripts)
    frame = deck._repr_html_()
    assert html.unescape(re.search('srcdoc="([^"]*)"', frame)[1]) == page
    assert deck.show() is deck


@pytest.mark.parametrize("what", [3, None, "toy_three_ports", {}])
def test_what_cannot_be_a_deck(what):
    with pytest.raises(InvalidValueError, match="a network or a plan"):
        lsr.to_deck(what)


def test_without_pydeck(net, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(_extras, "import_module", missing)
    with pytest.raises(MissingExtraError, match=r"landsea-routing\[deck\]"):
        lsr.to_deck(net)


# Browser -----------------------------------------------------------------------------------------------

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--use-angle=swiftshader",  # a graphics card in software
    "--enable-unsafe-swiftshader",
    "--proxy-server=127.0.0.1:9",  # nobody listens there: the network is off
]
NO_BASEMAP = "deck: No recognized map provider specified"
"""What the library says where no tile server is wanted."""
in_browser = pytest.mark.skipif(CHROMIUM is None, reason="no chromium binary on the PATH")


@pytest.fixture
def browse():
    """Return what opens a page in a browser; at the end nothing was complained of or asked for."""
    sync_api = pytest.importorskip("playwright.sync_api")
    said, asked = [], []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

        def open_page(path, width=900, wait="#deck canvas"):
            page = browser.new_page(viewport={"width": width, "height": 600})
            page.set_default_timeout(90_000)
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.on("request", lambda sent: asked.append(sent.url))
            page.goto(path.as_uri())
            page.wait_for_selector(wait)
            return page

        yield open_page
        browser.close()
    assert set(said) <= {NO_BASEMAP}
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def colours(page):
    """How many pixels have the colour of land, water, and so on, as soon as lines are drawn."""
    for _ in range(60):
        page.wait_for_timeout(500)
        picture = np.round(mpl_image.imread(io.BytesIO(page.screenshot()))[..., :3] * 255)
        count = {name: int((np.abs(picture - rgb(hue)).max(-1) < 30).sum()) for name, hue in hues().items()}
        if count["g1435"] > 100:
            break
    return count


@in_browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [900, 390])
def test_a_plan_is_drawn_and_fits(browse, tmp_path, width):
    deck = lsr.to_deck(lsr.assign(lsr.load_network("northeast_asia")))
    page = browse(deck.to_html(tmp_path / "plan.html"), width)
    count = colours(page)
    assert min(count[name] for name in ("g1435", "g1520", "sea", "idle")) > 50
    assert min(count[name] for name in ("land", "water")) > 10_000
    assert page.evaluate("document.documentElement.scrollWidth") == width


@in_browser
@pytest.mark.slow
def test_pointing_at_lines_and_places_tells_what_they_are(browse, net, tmp_path):
    page = browse(lsr.to_deck(net).to_html(tmp_path / "net.html"))
    colours(page)
    said = set()
    for x in range(20, 640, 12):
        page.mouse.move(x, 300)
        page.wait_for_timeout(60)
        said.add(page.locator(".deck-tooltip").text_content())
    rows = rows_of(lsr.to_deck(net))
    known = {row["says"].replace("\n", "") for layer in ("links", "nodes") for row in rows[layer]}
    assert said & known and said - {""} <= known


@in_browser
@pytest.mark.slow
def test_in_a_notebook_and_with_hostile_names(browse, tmp_path):
    deck = lsr.to_deck(hostile_network(), title=PAYLOADS[1])
    shell = tmp_path / "notebook.html"
    shell.write_text(f"<meta charset=utf-8><title>notebook</title>{deck._repr_html_()}", "utf-8")
    page = browse(shell, wait="iframe")
    frame = page.frame_locator("iframe")
    frame.locator("#deck canvas").wait_for()
    colours(page)
    page.mouse.move(300, 250)
    assert frame.locator("h1").inner_text() == PAYLOADS[1]
    assert frame.locator("img").count() == 0 and page.title() == "notebook"
