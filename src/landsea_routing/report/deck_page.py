"""The page of a deck: the library that draws it, the data and a legend, in one file that fetches nothing.

pydeck's own pages, also those it calls offline, ask five other servers for scripts and style sheets.
"""

from __future__ import annotations

import json
from html import escape
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

import pydeck

from landsea_routing.report._html import Markup, escape_text, join_markup, page, read_static
from landsea_routing.report._hues import hues
from landsea_routing.report.page import write_page

HIGH_PX = 500
TIP = {
    "background": hues()["ink"],
    "color": hues()["paper"],
    "font": "13px/1.35 system-ui, sans-serif",
    "padding": "5px 9px",
    "borderRadius": "5px",
    "maxWidth": "20rem",
}


class PageDeck(pydeck.Deck):  # type: ignore[misc]
    """A deck that is shown and written with all it needs.

    Parameters
    ----------
    layers : list of pydeck.Layer
        Records need a field ``says``: what pointing at them tells.
    title : str
        Plain text; escaped.
    legend : Markup
    view : pydeck.ViewState
        Where the map starts.
    """

    # Slots, because pydeck writes all other attributes into its JSON.
    __slots__ = ("legend", "title")

    def __init__(self, layers: list[Any], *, title: str, legend: Markup, view: Any) -> None:
        self.title, self.legend = title, legend
        super().__init__(
            layers,
            views=[pydeck.View(type="MapView", controller=True, repeat=True)],
            map_provider=None,
            map_style=None,
            initial_view_state=view,
            tooltip={"text": "{says}", "style": TIP},
            height=HIGH_PX,
        )
        # No option of pydeck, but of the library it drives: thin lines are hard to hit.
        self.__dict__["picking_radius"] = 5

    def to_html(self, path: str | PathLike[str] | None = None, *, title: str = "") -> str | Path:
        """Write one self-contained page; return it, or where it is.

        Parameters
        ----------
        path : path, optional
            File to write; an existing one is replaced.
        title : str
            That of the deck where not given.
        """
        heading = title or self.title
        light = "".join(f"--{name}:{hue};" for name, hue in hues().items())
        body = join_markup(
            [
                '<div id="deck"></div>',
                f"<aside><h1>{escape_text(heading)}</h1>{self.legend}</aside>",
            ]
        )
        html = page(
            heading,
            body,
            # The colours in the data are those of a light page.
            style=f"{read_static('page.css')}{read_static('deck.css')}:root{{{light}}}",
            script=files("pydeck").joinpath("nbextension", "static", "index.js").read_text("utf-8")
            + read_static("deck.js"),
            data={"deck-data": json.loads(self.to_json()), "deck-tooltip": self._tooltip},
            asks_itself=True,
        )
        return html if path is None else write_page(path, html)

    def show(self) -> PageDeck:
        """Return the deck, which a notebook shows."""
        return self

    def _repr_html_(self) -> str:
        frame = f'width="100%" height="{HIGH_PX}" frameborder="0" title="{escape(self.title)}"'
        return f'<iframe {frame} srcdoc="{escape(str(self.to_html()))}"></iframe>'
