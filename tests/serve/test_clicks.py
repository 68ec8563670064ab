"""The page in a real browser that reaches nothing but this machine: ticks and moves change what is shown."""

import json
import shutil
from urllib.parse import quote

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
from serve.test_listen import served

sync_api = pytest.importorskip("playwright.sync_api")

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium binary on the PATH"),
]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--proxy-server=127.0.0.1:9",  # nobody listens there: all but loopback is off
]
SHOWN = ("words", "waterfall", "totals", "crossings")
PATIENCE_MS = 30_000
TRACK = "Track dual"
WIDTHS = """() => [...document.querySelectorAll(".map .ln")]
  .map((line) => [line.dataset.line, line.className.baseVal, line.getAttribute("stroke-width")])
  .sort().join()"""
UNNAMED = """() => [...document.querySelectorAll("input, select, button")]
  .filter((e) => !e.labels?.length && !e.ariaLabel && !e.textContent.trim()).length"""


@pytest.fixture(scope="module")
def address():
    with served("--port", "0") as (_, address):
        yield address.geturl()


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=[1280, 390])
def page(request, browser, address):
    page = browser.new_page(viewport={"width": request.param, "height": 844})
    page.set_default_timeout(PATIENCE_MS)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto(address)
    open_all(page)
    yield page
    assert [text for text in said if "422" not in text] == []
    assert [url for url in asked if not url.startswith(address)] == []
    page.close()


def open_all(page):
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")


def state(page):
    """What is shown, and the widths of the lines of the map."""
    parts = {name: page.locator(f"#{name}").inner_html() for name in SHOWN}
    return parts | {"map": page.evaluate(WIDTHS)}


def wait_until(page, words):
    page.wait_for_function(
        "(words) => document.getElementById('words').textContent.includes(words)", arg=words
    )
    return state(page)


def slider(page, label):
    return page.locator(".slider", has_text=label).first


def differ(one, two):
    return {name for name in one if one[name] != two[name]}


def test_a_scenario_is_ticked_and_unticked(page):
    before = wait_until(page, "this is the base")
    page.locator("input[name=scenario]").first.check()
    ticked = wait_until(page, "Your case saves 4.34 million USD")
    assert differ(before, ticked) == {*SHOWN, "map"}
    assert page.locator(".map .gain").count() > 0  # the map turned to differences
    page.locator("#moves td").first.wait_for()
    page.locator("input[name=scenario]").first.uncheck()
    assert wait_until(page, "this is the base")["totals"] == before["totals"]


def test_a_slider_is_moved_with_the_keyboard_and_put_back(page):
    before = wait_until(page, "this is the base")
    track = slider(page, TRACK)
    assert track.locator(".use").inner_text() == "full"
    track.locator("input[type=range]").focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    moved = wait_until(page, "Your case saves")
    assert differ(before, moved) == {*SHOWN, "map"}
    page.wait_for_function("() => !document.body.classList.contains('busy')")
    assert float(track.locator("input[type=number]").input_value()) > 2
    track.get_by_role("button").click()
    assert wait_until(page, "this is the base")["totals"] == before["totals"]
    assert track.locator("input[type=number]").input_value() == "2"


def test_a_figure_is_typed_and_a_wrong_one_is_told(page):
    wait_until(page, "this is the base")
    typed = slider(page, TRACK).locator("input[type=number]")
    typed.fill("3")
    wait_until(page, "Your case saves 3.58 million USD")
    typed.fill("-3")
    page.wait_for_function(
        "() => document.getElementById('error').textContent.includes('Expected a number >= 0')"
    )
    assert page.locator("#error").is_visible()
    page.locator("#reset").click()
    wait_until(page, "this is the base")
    assert page.locator("#error").is_hidden()


def test_hours_at_a_border_count(page):
    before = wait_until(page, "this is the base")
    hours = page.locator("[data-kind=hours] .slider", has_not_text="nothing crosses").first
    hours.locator("input[type=number]").fill("200")
    assert "totals" in differ(before, wait_until(page, "Your case costs"))


def test_a_capacity_is_found_and_added(page):
    wait_until(page, "this is the base")
    page.locator("[data-kind=capacity] .slider").first.wait_for()
    shown = page.locator("[data-kind=capacity] .slider").count()
    field = page.get_by_label("Add a capacity")
    field.focus()
    names = page.locator("#capacity-list option").evaluate_all("(options) => options.map((o) => o.value)")
    labels = page.locator("[data-kind=capacity] .slider label").all_inner_texts()
    field.fill(next(name for name in names if name not in labels))
    field.press("Enter")
    page.wait_for_function(
        "(n) => document.querySelectorAll('[data-kind=capacity] .slider').length === n", arg=shown + 1
    )
    assert page.locator("[data-kind=capacity] .slider label").all_inner_texts() != labels


def test_a_case_is_kept_in_the_address(page):
    wait_until(page, "this is the base")
    slider(page, TRACK).locator("input[type=number]").fill("3")
    first = wait_until(page, "Your case saves 3.58 million USD")
    page.wait_for_function("() => location.hash.length > 1")
    page.reload()
    assert wait_until(page, "Your case saves 3.58 million USD")["totals"] == first["totals"]


def test_an_address_is_followed_and_what_it_names_in_vain_is_told(page, address):
    case = {"scenarios": ["river_all_year", "gone"], "levers": {"capacity of gone": 3}, "demand": "gone"}
    page.evaluate("(hash) => { location.hash = hash; }", quote(json.dumps(case)))
    wait_until(page, "Your case saves 4.34 million USD")
    said = page.locator("#error").inner_text()
    assert said == "Left out of the address, as it is not known here: gone, demand gone, capacity of gone."
    page.locator("#reset").click()
    wait_until(page, "this is the base")
    assert page.locator("#error").is_hidden()
    page.wait_for_function("() => !location.hash")
    page.evaluate("() => { location.hash = 'nonsense'; }")
    page.wait_for_function("() => document.getElementById('error').textContent.includes('cannot be read')")


def test_a_drag_ends_at_its_last_value(page):
    wait_until(page, "this is the base")
    asked = []
    page.on("request", lambda sent: asked.append(sent.post_data) if sent.url.endswith("/answer") else None)
    slider(page, TRACK).locator("input[type=range]").evaluate("""async (range) => {
      for (let i = 0; i <= 60; i += 1) {
        range.value = i / 20;
        range.dispatchEvent(new Event("input", { bubbles: true }));
        await new Promise((done) => setTimeout(done, 10));
      }
    }""")
    wait_until(page, "Your case saves 3.58 million USD")
    page.wait_for_function("() => !document.body.classList.contains('busy')")
    assert json.loads(asked[-1])["levers"] == {"capacity of track_dual": 3}
    assert 1 < len(asked) < 60  # it answers on the way, and leaves out what is outdated


def test_the_page_fits(page):
    page.locator("input[name=scenario]").first.check()
    wait_until(page, "Your case saves 4.34 million USD")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(UNNAMED) == 0


def test_a_server_that_is_gone_is_told_and_waited_for(browser):
    with served("--port", "0") as (process, address):
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address.geturl())
        process.kill()
        process.wait()
        page.locator("input[name=scenario]").first.check()
        page.wait_for_function(
            "() => document.getElementById('error').textContent.includes('Start it again')"
        )
        assert page.locator("#words").inner_text() == "No answer to this case."
    with served("--port", str(address.port)):
        wait_until(page, "Your case saves 4.34 million USD")
        assert page.locator("#error").is_hidden()
        page.close()


def test_a_page_of_another_edition_is_loaded_anew(browser):
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_MS)
    with served("--port", "0") as (_, address):
        page.goto(address.geturl())
        page.evaluate("() => { window.old = true; }")
        page.route("**/answer", lambda route: route.fulfill(json={"edition": "another"}), times=1)
        page.locator("input[name=scenario]").first.check()
        page.wait_for_function("() => !window.old")
        wait_until(page, "Your case saves 4.34 million USD")  # the case is kept
    page.close()
