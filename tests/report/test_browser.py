"""The page in a real browser, without a network: not blank, no errors, no request, fits a phone."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import landsea_routing as lsr
from landsea_routing.report import _html
from landsea_routing.report._marks import MapTrack
from landsea_routing.report.page import report_page, write_page
from landsea_routing.report.printing import print_pdf
from report.demo import demo_page, large_section
from report.payloads import PAYLOADS

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium binary on the PATH"),
]
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    "--proxy-server=127.0.0.1:9",  # nobody listens there: the network is off
    "--virtual-time-budget=2000",
]


def browse(page: Path, tmp_path: Path, *flags: str) -> tuple[str, list[str]]:
    """Load a page; return what the browser prints and the lines of its console."""
    profile = tmp_path / f"profile{len(list(tmp_path.iterdir()))}"
    done = subprocess.run(  # noqa: S603
        [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", *flags, page.as_uri()],
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    return write_page(tmp_path_factory.mktemp("demo") / "demo.html", demo_page(["Alpha", "Beta", "Gamma"]))


@pytest.mark.parametrize("size", ["1200,1400", "390,844"])
def test_page_is_drawn_without_errors(demo, tmp_path, size):
    picture = tmp_path / "page.png"
    _, console = browse(demo, tmp_path, f"--window-size={size}", f"--screenshot={picture}")
    assert console == []
    assert picture.stat().st_size > 10_000  # a blank page is about 3 kB


def test_script_runs_and_takes_over_the_titles(demo, tmp_path):
    dom, console = browse(demo, tmp_path, "--dump-dom")
    assert console == []
    assert 'class="controls"' in dom and 'class="controls" hidden' not in dom
    assert "--k:" in dom and dom.count("<title") == 1


def width_on_a_phone(page: Path, tmp_path: Path) -> tuple[int, int]:
    """Width of the window and of what is in it, at 390 px."""
    # Headless windows have a least width above 390 px, so the page goes into a frame of that width.
    frame = tmp_path / f"frame_{page.stem}.html"
    frame.write_text(
        f'<iframe src="{page.as_uri()}" style="width:390px;height:844px;border:0"></iframe><p id="w"></p>'
        "<script>onload = () => { const root = frames[0].document.documentElement;"
        " w.textContent = `${root.clientWidth} ${root.scrollWidth}`; };</script>"
    )
    dom, _ = browse(frame, tmp_path, "--dump-dom", "--allow-file-access-from-files")
    client, scroll = map(int, re.search(r'id="w">(\d+) (\d+)<', dom).groups())
    return client, scroll


def test_a_phone_needs_no_sideways_scrolling(demo, tmp_path):
    client, scroll = width_on_a_phone(demo, tmp_path)
    assert client == 390
    assert scroll <= 390


def test_a_name_of_one_long_word_fits_a_phone(tmp_path):
    tracks = [MapTrack("Wordwithoutaspace" * 12, list(range(60)))]
    section = replace(large_section(5000), layers=(), tracks=tracks)
    page = write_page(tmp_path / "long.html", report_page([section], title="Long" * 60))
    assert width_on_a_phone(page, tmp_path) == (390, 390)


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, Path]:
    """Every kind of page that `to_html` writes, of the regional network, and one of many lines."""
    folder = tmp_path_factory.mktemp("pages")
    net = lsr.load_network("northeast_asia")
    base = lsr.assign(net)
    wide = lsr.load_scenario("tongjiang_20mt", net)
    plans = {"base": base, "wide": lsr.assign(wide.apply(net))}
    ways = lsr.alternatives(lsr.expand(net), "Beijing", "Moscow", k=4, max_overlap=0.5)
    things = {
        "network": net,
        "plan": base,
        "comparison": lsr.compare(*plans.values(), names=list(plans)),
        "slider": {f"plan {i}": plan for i, plan in enumerate([*plans.values()] * 3)},
        "route": ways[0],
        "ways": ways,
    }
    written = {name: lsr.to_html(thing, folder / f"{name}.html") for name, thing in things.items()}
    many = report_page([large_section(50_000)], title="Many")
    tracks = [MapTrack("first", list(range(0, 60))), MapTrack("second", list(range(30, 90)))]
    over = report_page([replace(large_section(5000), layers=(), tracks=tracks)], title="Over")
    large = {"large": write_page(folder / "large.html", many)}
    return {**written, **large, "large_ways": write_page(folder / "large_ways.html", over)}


KINDS = ("network", "plan", "comparison", "slider", "route", "ways", "large", "large_ways")


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_is_drawn_fits_a_phone_and_asks_for_nothing(pages, kind, tmp_path):
    page, picture = pages[kind], tmp_path / "page.png"
    _, console = browse(page, tmp_path, "--window-size=1280,1000", f"--screenshot={picture}")
    assert console == []  # the policy of the page would complain of any request
    assert picture.stat().st_size > 30_000
    assert not re.search(r"(src|href)=", page.read_text("utf-8"))
    assert width_on_a_phone(page, tmp_path) == (390, 390)
    assert page.stat().st_size < (8_000_000 if kind.startswith("large") else 1_500_000)


def run_on(page: Path, tmp_path: Path, script: str) -> str:
    """What is in a page after a script has acted on it."""
    text = re.sub(r"<meta http-equiv=[^>]*>", "", page.read_text("utf-8"))
    acted = tmp_path / "acted.html"
    acted.write_text(text.replace("</body>", f"<script>{script}</script></body>"), "utf-8")
    dom, console = browse(acted, tmp_path, "--dump-dom", "--window-size=1280,1600")
    assert console == []
    return dom


def test_the_slider_shows_a_plan_and_its_difference(pages, tmp_path):
    dom = run_on(
        pages["slider"],
        tmp_path,
        "const s = document.querySelector('input[type=range]');"
        "s.value = 1; s.dispatchEvent(new Event('input', {bubbles: true}));"
        "const d = document.querySelector('[data-show=difference]');"
        "d.checked = true; d.dispatchEvent(new Event('input', {bubbles: true}));",
    )
    assert "<output>plan 1</output>" in dom and 'class="map show-difference"' in dom
    assert re.search(r'class="ln [^"]*\b(gain|loss)"', dom)


def test_pointing_at_a_line_tells_its_flow_there_and_back(pages, tmp_path):
    dom = run_on(
        pages["plan"],
        tmp_path,
        "const svg = document.querySelector('svg.map'), said = [];"
        "svg.querySelectorAll('.ln.on path:first-of-type').forEach((path) => {"
        " const half = path.getPointAtLength(path.getTotalLength() / 2);"
        " const {x, y} = half.matrixTransform(path.getScreenCTM());"
        " svg.dispatchEvent(new PointerEvent('pointermove', {clientX: x, clientY: y, bubbles: true}));"
        " said.push(document.querySelector('.tip').textContent); });"
        "document.body.dataset.tip = said.join('|');",
    )
    amount = r"([\d.]+) ([GMk]?)t/yr"
    told = re.search(r'data-tip="([^"]*)"', dom)[1]
    found = re.findall(rf"\n{amount}\n→ {amount}, ← {amount}(?:\||$)", told)
    assert len(found) > 50
    size = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9}
    for parts in found:
        both, there, back = (float(parts[k]) * size[parts[k + 1]] for k in (0, 2, 4))
        assert there + back == pytest.approx(both, rel=0.011)


def pointed_at(page, tmp_path, before=""):
    """The page after pointing along its middle: what is in it, and all that the tooltip said."""
    dom = run_on(
        page,
        tmp_path,
        f"{before}"
        "const c = document.querySelector('canvas'), f = c.getBoundingClientRect(), said = new Set();"
        "for (let x = 0; x < f.width; x++) { c.dispatchEvent(new PointerEvent('pointermove',"
        " {clientX: f.left + x, clientY: f.top + f.height / 2, bubbles: true}));"
        " said.add(document.querySelector('.tip').textContent); }"
        "document.body.dataset.tip = [...said].join('|');",
    )
    return dom, re.search(r'data-tip="([^"]*)"', dom)[1].split("|")


def test_the_large_map_draws_every_line_and_finds_the_one_pointed_at(pages, tmp_path):
    dom, said = pointed_at(pages["large"], tmp_path)
    assert 'data-drawn="50000"' in dom
    assert sum(bool(re.match(r"Place \d+ – Place \d+\n.*(t/yr|no flow)$", text)) for text in said) > 20


def test_the_large_map_takes_new_flows_from_a_page_that_is_alive(pages, tmp_path):
    new = (
        "const layer = {name: 'New', note: '', rows: [...Array(50000).keys()], t: Array(50000).fill(7e6)};"
        "document.querySelector('figure[data-canvas]').dispatchEvent(new CustomEvent('layers',"
        " {detail: {layers: [layer, layer], largest: 7e6, largest_change: 0}}));"
    )
    _, said = pointed_at(pages["large"], tmp_path, new)
    assert {text.split("\n")[-1] for text in said if text} == {"7 Mt/yr"}


def test_a_route_over_a_large_network_is_named(pages, tmp_path):
    dom, said = pointed_at(pages["large_ways"], tmp_path)
    assert 'data-drawn="5000"' in dom and "no flow" not in "".join(said)
    assert {"first", "second"} & {text.split("\n")[-1] for text in said}


def test_a_tap_tells_what_lies_under_the_finger_until_the_next(pages):
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        phone = browser.new_page(viewport={"width": 390, "height": 844}, has_touch=True)
        phone.goto(pages["plan"].as_uri())
        box = phone.locator(".ln.on").first.bounding_box()
        phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert "Mt/yr" in phone.locator(".tip:visible").text_content()
        heading = phone.locator("h1").bounding_box()
        phone.touchscreen.tap(heading["x"] + 5, heading["y"] + 5)
        assert phone.locator(".tip").is_hidden()
        browser.close()


def test_a_report_is_printed(pages, tmp_path):
    pdf = print_pdf(pages["comparison"], tmp_path / "report.pdf")
    data = pdf.read_bytes()
    assert data.startswith(b"%PDF") and len(data) > 50_000
    assert [path.name for path in tmp_path.iterdir()] == ["report.pdf"]


def test_payloads_do_nothing(tmp_path):
    page = write_page(tmp_path / "hostile.html", demo_page(PAYLOADS))
    dom, console = browse(page, tmp_path, "--dump-dom")
    assert console == []
    assert f"<title>{_html.clean_text(PAYLOADS[0]).replace('<', '&lt;').replace('>', '&gt;')}</title>" in dom
    assert "<img" not in dom and dom.count("<script") == 2


def test_the_policy_stops_a_script_that_got_in(tmp_path):
    html = demo_page(["x"]).replace("</main>", "<script>document.title = 'broken'</script></main>")
    dom, console = browse(write_page(tmp_path / "bad.html", html), tmp_path, "--dump-dom")
    assert "<title>x</title>" in dom
    assert "Content Security Policy" in " ".join(console)
