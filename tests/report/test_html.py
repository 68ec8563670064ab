import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from landsea_routing.errors import LandseaError
from landsea_routing.report import _html
from landsea_routing.report._html import Markup, escape_text, json_script, page
from landsea_routing.report.map import map_script
from report.demo import demo_page
from report.payloads import PAYLOADS

DANGEROUS = set("<>\"'`$\u2028\u2029")
OWN_ATTRIBUTES = re.compile(r"on[a-z]+|style|src|href|srcset|action|formaction|xlink:href")


class Reader(HTMLParser):
    """What a browser would make of a page: its tags, their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


@pytest.mark.parametrize("payload", PAYLOADS)
def test_escaped_text_holds_nothing_dangerous(payload):
    escaped = escape_text(payload)
    assert not DANGEROUS & set(escaped)
    assert all(ord(c) >= 32 for c in escaped)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_escaped_text_reads_back_as_it_was(payload):
    back = read(f"<p>{escape_text(payload)}</p>")
    assert "".join(back.text) == _html.clean_text(payload)
    assert back.tags == ["p"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_json_block_cannot_be_left(payload):
    block = json_script("x", {payload: [payload]})
    inner = block.removeprefix('<script type="application/json" id="x">').removesuffix("</script>")
    assert not set("<>&\u2028\u2029") & set(inner)
    assert json.loads(inner) == {payload: [payload]}


def test_json_block_writes_null_for_what_json_cannot_hold():
    block = json_script("x", {"a": [float("nan"), float("inf"), -np.inf], "b": np.array([1.0, np.nan])})
    assert '{"a":[null,null,null],"b":[1.0,null]}' in block


@pytest.mark.parametrize("name", ['x"', "1a", "", "a b", "<x>"])
def test_ids_are_checked(name):
    with pytest.raises(LandseaError, match="cannot be the id"):
        json_script(name, {})


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_page_full_of_a_payload_has_the_tags_of_a_harmless_one(payload):
    hostile, harmless = read(demo_page([payload])), read(demo_page(["harmless"]))
    # Names of another length find room for other labels, so text elements are left out.
    assert [t for t in hostile.tags if t != "text"] == [t for t in harmless.tags if t != "text"]
    assert not [a for a, _ in hostile.attributes if OWN_ATTRIBUTES.fullmatch(a)]


def test_page_refers_to_nothing_outside():
    html = demo_page(["plain"])
    assert "http:" not in html and "https:" not in html and "//cdn" not in html
    assert "url(" not in html and "@import" not in html
    assert not {"link", "img", "iframe", "object", "embed", "base", "use"} & set(read(html).tags)


def test_policy_admits_only_our_style_and_script():
    html = page("t", Markup("<p>x</p>"), style="p{color:red}", script="let a = 1;")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    assert policy.startswith("default-src 'none'; ")
    assert f"script-src {_html.content_hash('let a = 1;')};" in policy
    assert f"style-src {_html.content_hash('p{color:red}')};" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("part", ["style", "script"])
def test_inline_parts_cannot_close_their_element(part):
    with pytest.raises(LandseaError, match=f"</{part}"):
        page("t", Markup(""), **{part: f"x </{part.upper()}> y"})


def test_static_files_can_go_inline():
    html = page("t", Markup(""), style=_html.read_static("page.css"), script=map_script("data-canvas="))
    assert 'lang="en"' in html and 'charset="utf-8"' in html and "width=device-width" in html
    assert "@media print" in html and "prefers-color-scheme: dark" in html


def test_script_writes_text_only_as_text():
    script = map_script("data-canvas=")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|Function\(|fetch|import\(", script
    )
