"""Every code block of the pages runs and prints what the page shows; the way to an own network is short."""

import importlib.util
import re
import shutil
import sys
from pathlib import Path

import pytest

import landsea_routing as lsr
from landsea_routing.cli.command import parser
from landsea_routing.errors import MissingExtraError
from landsea_routing.kernels.multiflow import multicommodity_flow

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(path.name for path in DOCS.glob("*.md"))
SLOW = {"formats.md", "questions.md", "scenarios.md"}
"""Pages whose blocks solve the regional network many times, or need most of the extras."""


def _load(name):
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


blocks = _load("blocks")


def _text(page):
    return (DOCS / page).read_text("utf-8")


def _marked(page):
    return pytest.param(page, marks=pytest.mark.slow if page in SLOW else ())


@pytest.mark.parametrize("page", [_marked(page) for page in PAGES])
def test_blocks_run_and_print_what_is_shown(page, tmp_path):
    try:
        for block, output in blocks.shown(_text(page), tmp_path):
            assert block.code == output, "run `python docs/refresh.py`"
    except MissingExtraError as error:
        pytest.skip(str(error))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # dask's own
def test_blocks_of_the_readme_without_a_name_run(tmp_path):
    pytest.importorskip("distributed", reason="dask is not installed (extra cluster)")
    runner = blocks.Runner(tmp_path, {"lsr": lsr, "net": lsr.load_network("toy_three_ports")})
    # Named blocks and commands are held to their outputs by tests/test_readme.py and .ci/run.
    unnamed = [b for b in blocks.blocks((ROOT / "README.md").read_text("utf-8")) if b.language == "python"]
    unnamed = [b for b in unnamed if not b.comment.startswith("python: ")]
    assert len(unnamed) == 1
    for block in unnamed:
        runner.run(block)
    assert len(runner.names["found"]) == 2
    runner.names["client"].close()


def test_blocks_of_contributing_run(tmp_path):
    asked = []

    def solver(*arguments, **options):
        asked.append(arguments)
        return multicommodity_flow(*arguments, **options)

    runner = blocks.Runner(tmp_path, {"my_solver": solver})
    found = blocks.blocks((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    (block,) = (b for b in found if b.language == "python")
    runner.run(block)
    assert asked


@pytest.mark.parametrize("page", PAGES)
def test_every_fence_is_read(page):
    text = _text(page)
    assert 2 * len(blocks.blocks(text)) == len(re.findall(r"^```", text, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
def test_commands_named_in_the_text_exist(page):
    commands = parser()._subparsers._group_actions[0].choices
    for name in re.findall(r"`landsea ([a-z]+)", _text(page)):
        assert name in commands


def test_a_block_that_no_longer_fits_its_test_is_told():
    (block,) = blocks.blocks("<!-- tested with: 1000 -> 3 -->\n```python\nn = 10\n```\n")
    with pytest.raises(LookupError, match="1000"):
        assert block.tested


def test_a_command_that_fails_or_is_not_ours_is_told(tmp_path, capsys):
    runner = blocks.Runner(tmp_path)
    for command, message in (("landsea check nowhere", "exit code 3"), ("rm -r all", "nobody runs")):
        (block,) = blocks.blocks(f"```bash\n{command}\n```\n")
        with pytest.raises((RuntimeError, LookupError), match=message):
            runner.run(block)
    capsys.readouterr()


# The way from the README to an own network -------------------------------------------------------------

WORDS, LINES = 600, 12


def _way():
    """Return what a new user reads: the README down to its link, then the tutorial down to the route."""
    readme = (ROOT / "README.md").read_text("utf-8")
    link = "[docs/tutorial.md](docs/tutorial.md)"
    assert link in readme
    return readme.partition(link)[0] + link, _text("tutorial.md").partition("<!-- routed -->")[0]


def test_the_way_to_an_own_network_is_short():
    readme, tutorial = _way()
    seen = re.sub(r"<!--.*?-->", "", readme + "\n" + tutorial)
    assert len(seen.split()) <= WORDS
    typed = [b for b in blocks.blocks(tutorial) if b.file or b.language != "text"]
    assert not blocks.blocks(readme)
    assert sum(len(b.code.splitlines()) for b in typed) <= LINES


def test_the_way_to_an_own_network_leads_there(tmp_path):
    _, tutorial = _way()
    *_, (block, output) = blocks.shown(tutorial, tmp_path)
    assert block.code == output
    assert output.startswith("freight from Pit to Port, least cost: 440 km")
    assert len(lsr.read_network(tmp_path / "three").nodes) == 3


def test_the_api_page_has_a_place_for_every_public_name():
    packages = {home.split(".")[0] for home in lsr._HOMES.values()}
    assert set(re.findall(r"<!-- api: (\w+) -->", _text("api.md"))) == packages


def test_the_glossary_is_in_order_and_names_a_word_once():
    words = re.findall(r"^\| (.+?) \| .+ \|$", _text("glossary.md"), re.MULTILINE)[1:]
    assert words == sorted(dict.fromkeys(words), key=str.casefold)
    assert len(words) > 50


def test_every_page_is_in_the_navigation():
    nav = (DOCS / "site" / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")[2]
    assert sorted(re.findall(r": (\S+\.md)$", nav, re.MULTILINE)) == PAGES


# The site ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("mkdocstrings", reason="mkdocs is not installed (extra docs)")
    from mkdocs.__main__ import cli  # type: ignore[import-not-found]

    folder = tmp_path_factory.mktemp("site")
    config = str(DOCS / "site" / "mkdocs.yml")
    cli(["build", "--strict", "--quiet", "-f", config, "-d", str(folder)], standalone_mode=False)
    return folder


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # what the builder's own libraries warn of; --strict judges the pages
def test_the_site_builds_without_a_warning_and_asks_nobody(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > len(PAGES)
    for page in pages:
        text = page.read_text("utf-8")
        tags = re.findall(r"<(?:link|script|img|iframe|source)\b[^>]*>", text)
        fetched = [url for tag in tags for url in re.findall(r'(?:src|href)="((?:https?:)?//[^"]+)"', tag)]
        assert not fetched, page
    for sheet in site.rglob("*.css"):
        assert not re.findall(r"url\(\s*[\"']?(?:https?:)?//", sheet.read_text("utf-8")), sheet


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_notebook_of_the_site_shows_what_it_prints_where_it_is_run():
    for needed in ("mkdocs", "nbclient", "ipykernel"):
        pytest.importorskip(needed, reason=f"{needed} is not installed (extra dev)")
    source = "# ---\n\n# %% [markdown]\n# # A title\n\n# %%\nprint(6 * 7)\n\n# %%\n'<b>' + 'x'\n"
    page = _load("site/hooks").notebook_page(source, "a.py", run=True)
    assert page.startswith("# A title\n")
    assert "```text\n42\n```" in page
    assert "```text\n'<b>x'\n```" in page


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_site_has_every_public_name_notebook_and_drawing(site):
    overview = (site / "api" / "index.html").read_text("utf-8")
    for name, home in lsr._HOMES.items():
        page, anchor = home.split(".")[0].replace("_status", "errors"), f"landsea_routing.{home}.{name}"
        assert f'id="{anchor}"' in (site / "api" / page / "index.html").read_text("utf-8"), name
        assert f'href="{page}/#{anchor}"' in overview, name
    for notebook in (ROOT / "notebooks").glob("*.py"):
        assert (site / "notebooks" / notebook.stem / "index.html").is_file()
    for drawing in (DOCS / "drawings").glob("*.svg"):
        assert drawing.name in _text("model.md")
        assert (site / "drawings" / drawing.name).is_file()


CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--proxy-server=127.0.0.1:9"]
WIDTHS = """[...document.querySelectorAll('img[src$=".svg"]')].map((image) => image.width)"""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium binary on the PATH")
def test_a_phone_needs_no_sideways_scrolling_and_reads_the_drawings(site):
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        phone = browser.new_page(viewport={"width": 390, "height": 844})
        drawings = 0
        for page in sorted(site.rglob("index.html")):
            phone.goto(page.as_uri())
            assert phone.evaluate("document.documentElement.scrollWidth") == 390, page.parent.name
            drawn = phone.evaluate(WIDTHS)
            drawings += len(drawn)
            assert all(width > 600 for width in drawn), page.parent.name  # smaller, their letters are dots
        browser.close()
    assert drawings == len(list((DOCS / "drawings").glob("*.svg")))
