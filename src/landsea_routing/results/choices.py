"""Several routes between the same two places: alternatives in order, or all that none other beats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landsea_routing._frozen import Frozen
from landsea_routing._typing import FloatArray
from landsea_routing.graph.graph import ArcKind
from landsea_routing.results import _show
from landsea_routing.results.route import Route

if TYPE_CHECKING:
    import pandas as pd

TOTALS = ("length_km", "time_h", "cost_usd_per_t", "cost_money_usd_per_t", "co2e_kg_per_t")
COLUMNS = ("km", "h", "USD/t", "kg CO2e/t", "modes", "by")
LANDMARKS = ("border", "transfer", "relay")


def modes_of(route: Route) -> str:
    """Modes of a route in order, each run once.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> modes_of(lsr.shortest_path(lsr.expand(lsr.load_network("toy_three_ports")), "Ada", "Port Corin"))
    'rail, sea'
    """
    modes = [leg.mode for leg in route.legs if leg.kind == "link"]
    return ", ".join(mode for i, mode in enumerate(modes) if i == 0 or mode != modes[i - 1])


def landmarks_of(route: Route) -> str:
    """Places where a route crosses a border or changes mode, gauge or ship; where none, the middle of it.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> landmarks_of(lsr.shortest_path(lsr.expand(lsr.load_network("toy_three_ports")), "Ada", "Boro"))[-12:]
    '(gauge yard)'
    """
    nodes = route.graph.network.nodes
    name = dict(zip(nodes["id"].tolist(), nodes["name"].tolist(), strict=True))
    marks = [name[leg.to_node] for leg in route.legs if leg.kind in LANDMARKS]
    inner = route.nodes[1:-1]
    if not marks and inner:
        marks = [name[inner[len(inner) // 2]]]
    return ", ".join(dict.fromkeys(marks))


def route_names(routes: Sequence[Route]) -> list[str]:
    """Short names that tell routes apart: their ends, or what they pass where all have the same ends.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> graph = lsr.expand(lsr.load_network("toy_three_ports"))
    >>> names = route_names(lsr.alternatives(graph, "Ada", "Boro", k=2).routes)
    >>> [name.split(" by ")[0] for name in names]
    ['rail', 'road, rail']
    """
    ends = {(route.origin, route.destination) for route in routes}
    if len(ends) == 1 and len(routes) > 1:
        names = [f"{modes_of(r)} by {landmarks_of(r)}".removesuffix(" by ") for r in routes]
    else:
        names = [f"{words_of(r, r.origin)} - {words_of(r, r.destination)}" for r in routes]
    repeated = {name for name in names if names.count(name) > 1}
    return [f"{name} ({i})" if name in repeated else name for i, name in enumerate(names, start=1)]


def shared_km(routes: tuple[Route, ...]) -> FloatArray:
    """Share of the length of route i on links that route j uses too: (n, n), 1 on the diagonal."""
    share = np.ones((len(routes), len(routes)))
    for i, route in enumerate(routes):
        top = route.graph.topology
        rides = route.arcs[top.arc_kind[route.arcs] == ArcKind.LINK]
        length, links = route.graph.arc_length_km[rides], top.arc_row[rides]
        total = float(length.sum())
        for j, other in enumerate(routes):
            used = top.arc_row[other.arcs[top.arc_kind[other.arcs] == ArcKind.LINK]]
            if total > 0:
                share[i, j] = float(length[np.isin(links, used)].sum()) / total
    return share


def _cells(route: Route) -> list[object]:
    return [
        route.length_km,
        route.time_h,
        route.cost_usd_per_t,
        "unknown" if np.isnan(route.co2e_kg_per_t) else route.co2e_kg_per_t,
        modes_of(route),
        landmarks_of(route),
    ]


def _columns(routes: tuple[Route, ...]) -> dict[str, list[object]]:
    return {
        **{name: [getattr(route, name) for route in routes] for name in TOTALS},
        "modes": [modes_of(route) for route in routes],
        "by": [landmarks_of(route) for route in routes],
        "links": [";".join(route.links) for route in routes],
    }


class _Routes(_show.Shown, _show.Pictured, Frozen):
    """What is a sequence of routes."""

    routes: tuple[Route, ...]

    def __len__(self) -> int:
        return len(self.routes)

    def __getitem__(self, i: int) -> Route:
        return self.routes[i]


@dataclass(frozen=True, eq=False)
class Alternatives(_Routes):
    """Routes between two places, the best first, each over other links than those before it.

    Parameters
    ----------
    routes : tuple of Route
        The routes.
    origin, destination : str
        Node ids.
    weight : str
        What was minimised.
    values : (n,) array
        Weight of each route.
    shared : (n, n) array
        Share of the length of route i on links that route j uses too.
    complete : bool
        False where a search budget ended the search, so that an alternative may be missing.
    """

    routes: tuple[Route, ...]
    origin: str
    destination: str
    weight: str
    values: FloatArray
    shared: FloatArray
    complete: bool

    @property
    def detour(self) -> FloatArray:
        """Weight of each route over that of the best."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.values > 0, self.values / self.values[0], 1.0)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per route: totals, detour, and the share of km in common with the best."""
        import pandas as pd

        return pd.DataFrame(
            {
                "rank": np.arange(1, len(self) + 1),
                "detour": self.detour,
                "shared_with_best": self.shared[:, 0],
                **_columns(self.routes),
            }
        )

    def summary(self) -> str:
        """Say in one sentence what there is."""
        best = self.routes[0]
        cut = "" if self.complete else "; the search budget ran out, there may be more"
        return (
            f"{count(self.routes)} of {best.commodity} from {words_of(best, self.origin)} to "
            f"{words_of(best, self.destination)}, least {self.weight} first{cut}"
        )

    def _table(self) -> tuple[tuple[str, ...], list[list[object]]]:
        rows = [
            [i + 1, 100 * (detour - 1), 100 * shared, *_cells(route)]
            for i, (detour, shared, route) in enumerate(
                zip(self.detour.tolist(), self.shared[:, 0].tolist(), self.routes, strict=True)
            )
        ]
        return ("rank", f"% more {self.weight}", "% km as best", *COLUMNS), rows


@dataclass(frozen=True, eq=False)
class ParetoRoutes(_Routes):
    """Routes between two places that no other beats in every criterion.

    Parameters
    ----------
    routes : tuple of Route
        Sorted by the first criterion.
    origin, destination : str
        Node ids.
    criteria : tuple of str
        What was minimised.
    values : (n, n_criteria) array
        What each route takes of each criterion.
    epsilon : float
        What is left out is at most this share better than something that is in.
    complete : bool
        False where the label budget ended the search, so that routes may be missing.
    """

    routes: tuple[Route, ...]
    origin: str
    destination: str
    criteria: tuple[str, ...]
    values: FloatArray
    epsilon: float
    complete: bool

    def best_in(self, criterion: str) -> Route:
        """Return the route that is best in one criterion."""
        return self.routes[int(self.values[:, self.criteria.index(criterion)].argmin())]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per route, with its totals and the criteria in which it is the best."""
        import pandas as pd

        return pd.DataFrame({**_columns(self.routes), "best_in": self._best()})

    def summary(self) -> str:
        """Say in one sentence what there is."""
        first = self.routes[0]
        slack = f" (none left out by more than {100 * self.epsilon:g} %)" if self.epsilon else ""
        cut = "" if self.complete else "; the label budget ran out, there may be more"
        return (
            f"{count(self.routes)} of {first.commodity} from {words_of(first, self.origin)} to "
            f"{words_of(first, self.destination)} that none beats in {', '.join(self.criteria)}{slack}{cut}"
        )

    def _best(self) -> list[str]:
        least = self.values == self.values.min(axis=0)
        return [
            ", ".join(c for c, best in zip(self.criteria, row, strict=True) if best) for row in least.tolist()
        ]

    def _table(self) -> tuple[tuple[str, ...], list[list[object]]]:
        rows = [[*_cells(route), best] for route, best in zip(self.routes, self._best(), strict=True)]
        return (*COLUMNS, "best in"), rows


def count(routes: tuple[Route, ...]) -> str:
    """Say how many ways there are.

    >>> count(())
    '0 ways'
    """
    return f"{len(routes)} way{'' if len(routes) == 1 else 's'}"


def words_of(route: Route, node: str) -> str:
    """Name of a node."""
    nodes = route.graph.network.nodes
    return str(nodes["name"][nodes["id"] == node][0])
