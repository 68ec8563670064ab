"""Whatever can be looked at, as one page or one picture: networks, plans, scenarios side by side, routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from landsea_routing.errors import InvalidValueError
from landsea_routing.model.network import Network
from landsea_routing.report.network_map import flow_map, network_map
from landsea_routing.report.page import FigureSection, TextSection, dated, report_page, write_page
from landsea_routing.report.route_page import route_page
from landsea_routing.report.sankey import sankey_figure
from landsea_routing.results.assignment import Assignment
from landsea_routing.results.comparison import Comparison
from landsea_routing.results.comparisons import Comparisons
from landsea_routing.results.route import Route
from landsea_routing.results.sankey import Sankey

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Shown: TypeAlias = (
    Network
    | Assignment
    | Comparison
    | Comparisons
    | Route
    | Sequence[Route]
    | Sankey
    | Mapping[str, Assignment]
    | Mapping[str, Route]
)
EXPECTED = (
    "a network, a plan, a comparison, a Sankey diagram, routes, or a mapping of names to plans or routes"
)


def to_html(what: Shown, path: str | PathLike[str] | None = None, *, title: str = "") -> str | Path:
    """Draw something as one self-contained HTML page that opens without a network.

    Parameters
    ----------
    what : Network, Assignment, Comparison, Sankey, Route, several routes, or mapping
        Of a mapping of names to plans (base first, then scenarios) the map shows any,
        chosen with buttons or a slider, and its difference to the first. Routes come with their
        charts over distance and corridor indicators.
    path : path, optional
        File to write; an existing one is replaced.
    title : str
        Heading of the page; chosen from the content where not given.

    Returns
    -------
    str or Path
        The page, or where it is.

    Raises
    ------
    InvalidValueError
        It is nothing that can be drawn, or the folder is missing.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> page = lsr.to_html({"base": lsr.assign(net), "boom": lsr.assign(net, "coal_boom")})
    >>> "Difference to base" in page, "<svg" in page
    (True, True)
    """
    page = _page(what, title)
    return page if path is None else write_page(path, page)


def plot(what: Shown, *, kind: str = "map", ax: Axes | None = None) -> Axes:
    """Draw something with matplotlib: a map, or a chart of routes over distance.

    Parameters
    ----------
    what : Network, Assignment, Route, or several routes
        Of a comparison or a mapping of plans, the change from the first to the last.
    kind : str
        ``map``; of routes also ``time``, ``cost`` and ``generalized``, as in `corridor_chart`.
    ax : matplotlib Axes, optional
        Where to draw; a new figure where not given.

    Returns
    -------
    Axes

    Raises
    ------
    MissingExtraError
        matplotlib is not installed.
    InvalidValueError
        It cannot be drawn so.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> import matplotlib; matplotlib.use("agg")
    >>> net = lsr.load_network("toy_three_ports")
    >>> lsr.plot(net).get_xlabel()
    'degrees east'
    """
    from landsea_routing.report import pictures

    if kind != "map":
        return pictures.plot_chart(_routes(what, kind), kind, ax)
    if isinstance(what, Network):
        return pictures.plot_map(network_map(what), ax)
    if _are_plans(what):
        return pictures.plot_map(flow_map(_plans(what)), ax)
    from landsea_routing.report.route_page import routes_map

    return pictures.plot_map(routes_map(_routes(what, kind), heading=""), ax)


def _page(what: Any, title: str) -> str:
    if isinstance(what, Network):
        settings = what.settings
        section = network_map(what, note="Point at a line for its name and its length.")
        heading = title or settings.title or settings.name
        return report_page([section], title=heading, subtitle=dated(settings).capitalize())
    if isinstance(what, Sankey):
        heading = title or f"From {what.layers[0]} to {what.layers[1]}"
        words = TextSection("What flows", [f"{what.summary()}."])
        return report_page([words, FigureSection(heading, sankey_figure(what))], title=heading)
    if _are_plans(what):
        from landsea_routing.report.plan_page import plan_page

        return plan_page(_plans(what), title=title)
    return route_page(_routes(what, "map"), title=title)


def _are_plans(what: Any) -> bool:
    if isinstance(what, Mapping):
        return bool(what) and all(isinstance(item, Assignment) for item in what.values())
    return isinstance(what, Assignment | Comparison | Comparisons)


def _plans(what: Any) -> dict[str, Assignment]:
    if isinstance(what, Comparison):
        return dict(zip(what.names, (what.first, what.second), strict=True))
    if isinstance(what, Comparisons):
        return {what.base_name: what.base, **{name: c.second for name, c in what.each.items()}}
    return {"Flow": what} if isinstance(what, Assignment) else dict(what)


def _routes(what: Any, kind: str) -> dict[str, Route]:
    from landsea_routing.report.profile import named_routes

    if not _is_routes(what):
        more = "" if kind == "map" else f" as {kind!r} over distance"
        raise InvalidValueError(f"{type(what).__name__} cannot be drawn{more}", expected=EXPECTED)
    return named_routes(what)


def _is_routes(what: Any) -> TypeGuard[Route | Sequence[Route] | Mapping[str, Route]]:
    if isinstance(what, Mapping):
        what = list(what.values())
    elif not isinstance(what, Route | str) and hasattr(what, "__getitem__") and hasattr(what, "__len__"):
        what = list(what)
    return isinstance(what, Route) or (
        isinstance(what, list) and bool(what) and all(isinstance(route, Route) for route in what)
    )
