"""The one place where text becomes HTML.

Everything a user or a table can bring (names, notes, labels) passes through `escape_text` or
`json_script`; nothing else in the library writes markup around foreign text. A page is one file that
fetches nothing: its style sheet and script are inline and admitted by their hash alone, so that markup
smuggled in by a name could not run even if it were not escaped.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, NewType

import numpy as np

from landsea_routing.errors import InvalidValueError

Markup = NewType("Markup", str)
"""Text that is HTML already: only this folder makes it, and the type checker tells it from plain text."""

_ENTITIES = {
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord('"'): "&quot;",
    ord("'"): "&#39;",
    ord("`"): "&#96;",  # the backtick and the dollar open template literals in scripts that copy our text
    ord("$"): "&#36;",
    0x2028: "&#8232;",  # line separators that end a line in older scripts
    0x2029: "&#8233;",
}
SAME_SERVER, SAME_PAGE = "connect-src 'self'; ", "connect-src data:; "
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_JSON_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


def clean_text(text: object) -> str:
    r"""Replace control characters and lone surrogates, which no document and no terminal should receive.

    >>> clean_text("a\x1b[31mb")
    'a\ufffd[31mb'
    """
    return _UNPRINTABLE.sub("\ufffd", str(text))


def escape_text(text: object) -> Markup:
    """Make any text inert, in element content and inside quoted attributes alike.

    >>> escape_text('<b onclick="x">`${1}`</b>')
    '&lt;b onclick=&quot;x&quot;&gt;&#96;&#36;{1}&#96;&lt;/b&gt;'
    """
    return Markup(clean_text(text).translate(_ENTITIES))


def join_markup(parts: Sequence[str], separator: str = "\n") -> Markup:
    """Join pieces that are HTML already; empty ones leave no trace."""
    return Markup(separator.join(part for part in parts if part))


def check_name(name: str) -> str:
    """Return an id that may stand in an attribute, or raise.

    >>> check_name("map-1")
    'map-1'
    """
    if not _NAME.fullmatch(name):
        raise InvalidValueError(
            f"{name!r} cannot be the id of an element",
            ids=[name],
            expected="a letter, then letters, digits, '-' or '_'",
        )
    return name


def to_plain(value: Any) -> Any:
    """Turn arrays, numpy scalars and mappings into what JSON knows; NaN and infinities become None.

    >>> to_plain({"flow": np.array([1.5, np.nan]), "n": np.int64(2)})
    {'flow': [1.5, None], 'n': 2}
    """
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return value


def json_script(name: str, data: Any) -> Markup:
    r"""Put data into a block that a script can read and a browser never runs.

    ``<``, ``>`` and ``&`` are written as ``\uXXXX``, as is everything outside ASCII (so U+2028 and U+2029
    too): no text can close the block.

    >>> json_script("facts", {"name": "</script>", "x": float("inf")})
    '<script type="application/json" id="facts">{"name":"\\u003c/script\\u003e","x":null}</script>'
    """
    text = json.dumps(to_plain(data), separators=(",", ":"), allow_nan=False)
    safe = text.translate(_JSON_ESCAPES)
    return Markup(f'<script type="application/json" id="{check_name(name)}">{safe}</script>')


def content_hash(text: str) -> str:
    """Hash of an inline style sheet or script, as a content security policy quotes it.

    >>> content_hash("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def read_static(name: str) -> str:
    """Read a file of ``static/``, from a folder or from inside a zipped package."""
    return files(__package__).joinpath("static", name).read_text(encoding="utf-8")


def _check_inline(text: str, tag: str) -> str:
    """Refuse an inline style or script that would end its own element."""
    if f"</{tag}" in text.lower():
        raise InvalidValueError(f"the inline {tag} holds </{tag}", expected=f"a {tag} without that text")
    return text


def page(
    title: str,
    body: Markup,
    *,
    style: str = "",
    script: str = "",
    data: Mapping[str, Any] | None = None,
    lang: str = "en",
    asks_server: bool = False,
    asks_itself: bool = False,
) -> str:
    """Assemble one HTML document that needs no other file and no network.

    Parameters
    ----------
    title : str
        Plain text; escaped here.
    body : Markup
        The content, made of pieces that were escaped.
    style, script : str
        The style sheet and the script, both ours. They go inline and the content security policy admits
        exactly these two by hash; ``style=`` attributes and event attributes are refused by the browser.
    data : mapping, optional
        Element id -> data for `json_script`.
    lang : str
        Language of the text.
    asks_server : bool
        Let the script ask the server that the page came from, and no other.
    asks_itself : bool
        Let the script fetch ``data:`` addresses, whose content stands in the page.

    >>> document = page("Two & two", Markup("<p>four</p>"))
    >>> "<title>Two &amp; two</title>" in document, "default-src 'none'" in document
    (True, True)
    """
    style = _check_inline(style, "style")
    script = _check_inline(script, "script")
    asked = (SAME_SERVER if asks_server else "") + (SAME_PAGE if asks_itself else "")
    policy = (
        f"default-src 'none'; style-src {content_hash(style)}; script-src {content_hash(script)}; "
        f"{asked}img-src data:; base-uri 'none'; form-action 'none'"
    )
    head = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{escape_text(title)}</title>",
        f"<style>{style}</style>",
    ]
    blocks = [json_script(name, block) for name, block in (data or {}).items()]
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{check_name(lang)}">',
        "<head>",
        *head,
        "</head>",
        "<body>",
        body,
        *blocks,
        f"<script>{script}</script>",
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"
