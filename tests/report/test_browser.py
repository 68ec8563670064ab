"""The page in a real browser, without a network: not blank, no errors, no request, fits a phone."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from landsea_routing.report import _html
from landsea_routing.report.page import write_page
from report.demo import demo_page
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


def test_a_phone_needs_no_sideways_scrolling(demo, tmp_path):
    # Headless windows have a least width above 390 px, so the page goes into a frame of that width.
    frame = tmp_path / "frame.html"
    frame.write_text(
        f'<iframe src="{demo.as_uri()}" style="width:390px;height:844px;border:0"></iframe><p id="w"></p>'
        "<script>onload = () => { const root = frames[0].document.documentElement;"
        " w.textContent = `${root.clientWidth} ${root.scrollWidth}`; };</script>"
    )
    dom, _ = browse(frame, tmp_path, "--dump-dom", "--allow-file-access-from-files")
    client, scroll = map(int, re.search(r'id="w">(\d+) (\d+)<', dom).groups())
    assert client == 390
    assert scroll <= 390


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
