"""Fit the spread of a logit to how trips were seen to share themselves out over ports or crossings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.assignment.assign import read_demand
from landsea_routing.assignment.problem import demand_t
from landsea_routing.errors import InvalidValueError
from landsea_routing.graph.graph import Graph
from landsea_routing.model.table import Table
from landsea_routing.results.calibration import Calibration, fit_noise
from landsea_routing.routing.shares import catchment_shares, logit
from landsea_routing.routing.weights import Weight
from landsea_routing.whatif.identify import profile, unclear
from landsea_routing.whatif.search import Point, Residuals

if TYPE_CHECKING:
    import pandas as pd

PLACES = 512
"""Spreads looked at between the bounds, in equal ratios."""


def calibrate_spread(
    graph: Graph,
    trips: Table | pd.DataFrame,
    observed: Mapping[str, tuple[float, float]],
    *,
    bounds: tuple[float, float] = (0.1, 100.0),
    weight: Weight = "cost",
    seasonal: bool = False,
) -> Calibration:
    """Fit the spread of `catchment_shares` to the tonnes seen at some ports or crossings.

    Parameters
    ----------
    graph : Graph
        From `expand`; it fixes the commodity.
    trips : Table or DataFrame
        Rows of an OD matrix whose cargo was counted at the terminals: rows of other commodities are left out.
    observed : mapping
        By terminal (a node, by id or name): what was seen there and its standard deviation, in one unit.
        What is compared are shares of the sum, since trips that use none of the terminals are not known.
    bounds : (float, float)
        Least and largest spread, in the unit of the weight.
    weight, seasonal
        As in `catchment_shares`.

    Returns
    -------
    Calibration
        With one parameter, `spread`. `before` is with the least spread: nearly all goes the least way.

    Raises
    ------
    InvalidValueError
        Fewer than two terminals, figures that are no finite numbers >= 0 or all 0, bounds out of order, or no
        trip of the commodity that has a choice of terminals.
    UnknownNameError
        As in `catchment_shares`.

    Notes
    -----
    Each trip is shared out over the terminals by the path-size logit of `catchment_shares`, its whole way
    counted; the shares weighted by tonnes sum to those of a terminal. That is smooth in the spread, which is
    looked at from bound to bound and then found to 1e-6 by bounded minimisation. Capacities play no part:
    where a terminal is full, what it turns away looks like spread. Shares sum to 1, so that n terminals are
    n - 1 figures. One search per origin and terminal for each destination.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> seen = {"aport": (88.0, 2.0), "bport": (12.0, 2.0)}
    >>> trips = net.demand.take([1])  # boxes from Corin to Ada
    >>> found = calibrate_spread(lsr.expand(net, commodity="container"), trips, seen)
    >>> round(found.values["spread"], 2), found.after.round(2).tolist()
    (9.49, [0.88, 0.12])
    """
    value, sd = _read_observed(observed)
    low, high = _read_bounds(bounds)
    shares = _Shares(graph, trips, list(observed), weight, seasonal)
    total = value.sum()

    def evaluate(points: Sequence[Point]) -> list[FloatArray]:
        return [(shares.at(spread(p)) - value / total) / (sd / total) for p in points]

    def spread(point: Point) -> float:
        return float(low * (high / low) ** point[0])

    from scipy.optimize import minimize_scalar

    rows = np.full(value.size, True)
    residuals = Residuals(evaluate, np.array([[False, True]]))
    residuals.ask((k / PLACES,) for k in range(PLACES + 1))
    best = min(residuals.known, key=lambda p: residuals.misfit(p, rows))
    near = (max(best[0] - 1 / PLACES, 0.0), min(best[0] + 1 / PLACES, 1.0))
    finer = minimize_scalar(
        lambda u: residuals.misfit((float(u),), rows), bounds=near, method="bounded", options={"xatol": 1e-7}
    )
    point = min([best, (float(finer.x),)], key=lambda p: residuals.misfit(p, rows))
    noise = fit_noise(residuals.misfit(point, rows), value.size - 2)
    seen = profile(residuals, rows, point, 0, noise)
    scanned = np.array([spread(p) for p in seen.points])
    seen_shares = [shares.at(s) for s in scanned]
    return Calibration(
        parameters=np.array(["spread"]),
        low=np.array([low]),
        start=np.array([low]),
        high=np.array([high]),
        fitted=np.array([spread(point)]),
        flat_low=scanned[[seen.flat[0]]],
        flat_high=scanned[[seen.flat[1]]],
        unclear=np.array(unclear([seen], ["spread"])),
        observations=np.array(list(observed)),
        observed=value / total,
        sd=sd / total,
        before=shares.at(low),
        after=shares.at(spread(point)),
        foretold=np.full(value.size, np.nan),
        least=np.min(seen_shares, axis=0),
        most=np.max(seen_shares, axis=0),
        held_out=~rows,
        scan_parameter=np.zeros(scanned.size, dtype=np.int64),
        scan_value=scanned,
        scan_misfit=seen.misfits,
        degrees_of_freedom=value.size - 2,
        misfit_least=residuals.misfit(point, rows),
        noise=noise,
        n_solved=len(residuals.known),
    )


class _Shares:
    """Share of each terminal in all trips, by spread."""

    def __init__(
        self,
        graph: Graph,
        trips: Table | pd.DataFrame,
        terminals: list[str],
        weight: Weight,
        seasonal: bool,
    ) -> None:
        table = read_demand(graph.network, trips)
        mine, tonnes = table["commodity"] == graph.commodity, demand_t(graph.network, table)
        self.matrix, self.size = np.zeros((0, len(terminals))), np.zeros((0, len(terminals)))
        self.tonnes = np.zeros(0)
        for end in dict.fromkeys(table["destination"][mine].tolist()):
            own = np.flatnonzero(mine & (table["destination"] == end))
            origins = table["origin"][own].tolist()
            found = catchment_shares(
                graph, terminals, spread=1.0, onward=end, places=origins, weight=weight, seasonal=seasonal
            )
            place = {name: i for i, name in enumerate(found.least.places.tolist())}
            at = [place[name] for name in origins]
            self.matrix = np.vstack([self.matrix, found.least.matrix[at]])
            self.size = np.vstack([self.size, found.path_size[at]])
            self.tonnes = np.append(self.tonnes, tonnes[own])
        ways = np.isfinite(self.matrix).sum(axis=1)
        if not (self.tonnes[ways > 0].sum() > 0 and (ways > 1).any()):
            raise InvalidValueError(
                f"none of {len(ways)} trips of {graph.commodity} has a choice of terminals",
                table="demand",
                column="commodity",
                ids=terminals,
                expected="trips of the graph's commodity with a way by two terminals or more",
                cure="give the trips that were counted there, or the graph of their commodity",
            )

    def at(self, spread: float) -> FloatArray:
        """Shares with a spread."""
        carried = self.tonnes @ logit(self.matrix, self.size, spread)
        return np.asarray(carried / carried.sum())


def _read_observed(observed: Mapping[str, tuple[float, float]]) -> tuple[FloatArray, FloatArray]:
    try:
        pairs = np.array([tuple(pair) for pair in observed.values()], dtype=np.float64).reshape(-1, 2)
    except (TypeError, ValueError):
        pairs = np.full((2, 2), np.nan)
    good = np.isfinite(pairs).all() and (pairs >= 0).all() and (pairs[:, 1] > 0).all()
    if len(pairs) < 2 or not good or not pairs[:, 0].sum() > 0:
        raise InvalidValueError(
            f"observed is {dict(observed)!r}",
            column="observed",
            ids=list(observed),
            expected="two terminals or more; for each what was seen >= 0 (not all 0), and an sd > 0",
            cure="leave out what was not observed",
        )
    return pairs[:, 0], pairs[:, 1]


def _read_bounds(bounds: tuple[float, float]) -> tuple[float, float]:
    low, high = (float(v) for v in bounds)
    if not (0 < low < high and np.isfinite(high)):
        raise InvalidValueError(
            f"bounds are {bounds}", column="bounds", ids=bounds, expected="0 < low < high, both finite"
        )
    return low, high
