"""A network or a plan as a deck of pydeck: a map drawn by the graphics card, at any size."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._extras import need
from landsea_routing.errors import InvalidValueError
from landsea_routing.model.network import Network
from landsea_routing.report import _marks as marks
from landsea_routing.report._html import Markup
from landsea_routing.report._hues import hues
from landsea_routing.report._legend import draw_legend
from landsea_routing.report._marks import MapLine
from landsea_routing.report.basemap import Box, View, check_box, fit_box
from landsea_routing.report.deck_tables import LOOK, land_tables, link_table, node_table, rgb
from landsea_routing.report.network_map import directed_flow_t, land_file
from landsea_routing.results.assignment import Assignment

if TYPE_CHECKING:
    import pandas as pd
    import pydeck

WIDE_PX, HIGH_PX = 760.0, 480.0
"""What the view at the start has to fit into: an output of a notebook, without the legend."""
TILE_PX = 512.0
"""Width of the world at zoom 0."""
EARTH_M = 6_371_000.0
DOT_SHARE = 0.08
"""Radius of the dots as a share of their distance, were they spread evenly."""


def to_deck(what: Network | Assignment, *, title: str = "") -> pydeck.Deck:
    """Turn a network or a plan into a `pydeck.Deck`: a map to move about in, drawn by the graphics card.

    Lines are coloured by mode and gauge and as wide as the tonnes on them; pointing at one tells its ends,
    its id and what it carries there and back. Land lies below, from the outlines in this package. In a
    notebook the deck shows itself, and its ``to_html(path)`` writes a page. Both hold all they need (4 MB
    beside the data) and fetch nothing, unlike those of pydeck itself.

    Parameters
    ----------
    what : Network or Assignment
    title : str
        That of the network where not given.

    Returns
    -------
    pydeck.Deck
        With the layers ``land``, ``coast``, ``links``, ``inner`` (second gauge of dual-gauge track) and
        ``nodes``; more can be appended to ``deck.layers``. O(links + nodes), about 300 bytes for each.

    Raises
    ------
    MissingExtraError
        pydeck is not installed.
    InvalidValueError
        It is neither a network nor a plan.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> deck = lsr.to_deck(lsr.assign(lsr.load_network("toy_three_ports")))
    >>> [layer.id for layer in deck.layers]
    ['land', 'coast', 'links', 'inner', 'nodes']
    """
    if not isinstance(what, Network | Assignment):
        raise InvalidValueError(
            f"{type(what).__name__} cannot be a deck",
            expected="a network or a plan",
            cure="draw it with to_html",
        )
    need("pydeck", extra="deck")
    from landsea_routing.report.deck_page import PageDeck

    network = what if isinstance(what, Network) else what.graph.network
    flow_t = None if isinstance(what, Network) else directed_flow_t(what)
    settings, box = network.settings, _box(network)
    links = link_table(network, box, flow_t)
    areas, coast, credit = land_tables(land_file(network))
    largest = 0.0 if flow_t is None else float(flow_t.sum(axis=0).max(initial=0.0))
    return PageDeck(
        [
            _layer("SolidPolygonLayer", "land", areas, get_polygon="path", get_fill_color="hue"),
            _line_layer("coast", coast, get_color=rgb(hues()["coast"])),
            *_link_layers(links),
            _node_layer(network, box),
        ],
        title=title or settings.title or settings.name,
        legend=_legend(links, largest, credit),
        view=_view(box),
    )


def _layer(kind: str, name: str, table: pd.DataFrame, **look: Any) -> pydeck.Layer:
    """A layer that holds its table as a ``data:`` address.

    pydeck would write every number of a table on a line of its own, and read texts that begin with ``@@``
    as code.
    """
    records = table.to_json(orient="records", double_precision=5)
    address = base64.b64encode(records.encode("ascii")).decode("ascii")
    return need("pydeck", extra="deck").Layer(
        kind, f"data:application/json;base64,{address}", id=name, **look
    )


def _line_layer(name: str, table: pd.DataFrame, **look: Any) -> pydeck.Layer:
    pixels = {"width_units": "'pixels'", "wrap_longitude": True}
    return _layer("PathLayer", name, table, get_path="path", **pixels, **look)


def _link_layers(links: pd.DataFrame) -> list[pydeck.Layer]:
    shown = links[["path", "px", "hue", "says"]]
    twofold = links[[inner[3] > 0 for inner in links["inner"]]]
    core = twofold[["path"]].assign(px=twofold["px"] * marks.CORE_SHARE, hue=twofold["inner"])
    ends = {"get_width": "px", "get_color": "hue"}
    lit = {"pickable": True, "auto_highlight": True, "highlight_color": [*rgb(hues()["ink"]), 255]}
    return [_line_layer("links", shown, **ends, **lit), _line_layer("inner", core, **ends)]


def _node_layer(network: Network, box: Box) -> pydeck.Layer:
    """Dots; where they lie close they grow with the map, else they would only hide the lines."""
    high, wide = np.radians(box.north - box.south), np.radians(box.east - box.west)
    area = high * wide * np.cos(np.radians((box.south + box.north) / 2)) * EARTH_M**2
    return _layer(
        "ScatterplotLayer",
        "nodes",
        node_table(network),
        get_position="at",
        get_radius=round(DOT_SHARE * float(np.sqrt(area / max(1, len(network.nodes))))),
        radius_max_pixels=2.4,
        get_fill_color=rgb(hues()["dot"]),
        pickable=True,
    )


def _box(network: Network) -> Box:
    box = network.settings.facts.get("map", {}).get("box")
    places = np.column_stack([network.nodes["lon"], network.nodes["lat"]])
    return fit_box(places) if box is None else check_box(box)


def _view(box: Box) -> pydeck.ViewState:
    """The middle of a box and the zoom at which it fits."""
    view = View.fit(box, WIDE_PX)
    zoom = np.log2(min(1.0, HIGH_PX / view.height) * WIDE_PX * 360 / TILE_PX / (box.east - box.west))
    state = need("pydeck", extra="deck").ViewState
    return state(longitude=(box.west + box.east) / 2, latitude=view.middle_lat, zoom=round(float(zoom), 3))


def _legend(links: pd.DataFrame, largest_t: float, credit: str) -> Markup:
    looks = links[LOOK].drop_duplicates().itertuples(index=False, name=None)
    lines = [MapLine((), mode, gauge, status=status) for mode, gauge, status in looks]
    return draw_legend(lines, [], largest=largest_t, largest_change=0.0, unit="t/yr", credit=credit)
