"""Nodes and links of a Sankey diagram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._frozen import Frozen
from landsea_routing._typing import FloatArray, IntArray, TextArray
from landsea_routing.model.network import Network
from landsea_routing.results._show import Shown
from landsea_routing.results.corridors import (
    JOINT,
    NOTHING,
    OD,
    UNSERVED,
    corridor_names,
)
from landsea_routing.results.records import plain_records

if TYPE_CHECKING:
    import pandas as pd

Stop = tuple[int, str]
SHOWN = 12
MT = 1e6


@dataclass(frozen=True, eq=False)
class Sankey(Frozen, Shown):
    """What flows on between nodes that stand in layers from left to right.

    Positions of nodes are what plotly (`go.Sankey`) and d3-sankey call `source` and `target`, so that
    `to_dict()` is data for either. What enters a node of a middle layer leaves it.

    Parameters
    ----------
    layers : tuple of str
        What the first and the last layer show.
    layer : (n_nodes,) int array
        Layer of each node, from 0.
    id, label : (n_nodes,) text arrays
        What a node is, by its id and in words; one id may stand in several layers.
    source, target : (n_links,) int arrays
        Positions of nodes.
    commodity : (n_links,) text array
    values : mapping
        Of names to (n_links,) arrays of tonnes a year.
    """

    layers: tuple[str, str]
    layer: IntArray
    id: TextArray
    label: TextArray
    source: IntArray
    target: IntArray
    commodity: TextArray
    values: Mapping[str, FloatArray]

    @classmethod
    def of_steps(
        cls,
        layers: tuple[str, str],
        steps: Sequence[tuple[Stop, Stop]],
        commodity: Sequence[str],
        values: Mapping[str, FloatArray],
        said: Mapping[str, str],
    ) -> Sankey:
        """Put together what leads from (layer, id) to (layer, id), steps of one kind summed."""
        import pandas as pd

        stops = sorted({stop for step in steps for stop in step})
        at = {stop: i for i, stop in enumerate(stops)}
        frame = pd.DataFrame(
            {
                "source": [at[a] for a, _ in steps],
                "target": [at[b] for _, b in steps],
                "commodity": list(commodity),
                **values,
            }
        )
        frame = frame.groupby(["source", "target", "commodity"], as_index=False).sum()
        return cls(
            layers,
            np.array([layer for layer, _ in stops], dtype=np.int64),
            np.array([stop for _, stop in stops], dtype=object),
            np.array([said.get(stop, stop) for _, stop in stops], dtype=object),
            frame["source"].to_numpy(dtype=np.int64),
            frame["target"].to_numpy(dtype=np.int64),
            frame["commodity"].to_numpy(dtype=object),
            {name: frame[name].to_numpy(dtype=np.float64) for name in values},
        )

    def nodes(self) -> pd.DataFrame:
        """Return a row for each node: layer, id, label."""
        import pandas as pd

        return pd.DataFrame({"layer": self.layer, "id": self.id, "label": self.label})

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each link: source, target (rows of `nodes()`), commodity, tonnes a year."""
        import pandas as pd

        ends = {"source": self.source, "target": self.target, "commodity": self.commodity}
        return pd.DataFrame({**ends, **self.values})

    def to_dict(self) -> dict[str, Any]:
        """Return nodes and links as plain values, ready for JSON."""
        return {
            "layers": list(self.layers),
            "nodes": plain_records(self.nodes()),
            "links": plain_records(self.to_frame()),
        }

    def summary(self) -> str:
        """Say in one sentence what the diagram shows."""
        starts = ~np.isin(self.source, self.target)
        sums = ", ".join(
            f"{name} {value[starts].sum() / MT:,.2f} Mt/yr" for name, value in self.values.items()
        )
        return (
            f"from {self.layers[0]} to {self.layers[1]}: {len(self.id)} nodes, {len(self.source)} links"
            + (f"; {sums}" if len(self.source) else "")
        )

    def _table(self) -> tuple[list[str], list[list[object]]]:
        size = np.max(np.abs(np.array(list(self.values.values()))), axis=0, initial=0.0)
        rows: list[list[object]] = [
            [
                self.label[self.source[i]],
                self.label[self.target[i]],
                self.commodity[i],
                *(float(value[i]) / MT for value in self.values.values()),
            ]
            for i in np.argsort(-size, kind="stable")[:SHOWN].tolist()
        ]
        return [
            "from",
            "to",
            "commodity",
            *(f"{name.removesuffix('_t')} Mt/yr" for name in self.values),
        ], rows


def sankey_of(flows: pd.DataFrame, networks: Sequence[Network]) -> Sankey:
    """Return flows from commodity by what they pass, one after the other, to their country.

    Parameters
    ----------
    flows : DataFrame
        Of `corridors.corridor_flows` or `paired.paired_flows`: ODs, corridor, and columns of tonnes.
    networks : sequence of Network
        Where the names are.

    Returns
    -------
    Sankey
        Layer 0 holds commodities, the last one countries of destination and what stays at home, those
        between the first, second ... thing passed.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> from landsea_routing.results.corridors import corridor_flows
    >>> net = lsr.load_network("toy_three_ports")
    >>> print(sankey_of(corridor_flows(lsr.assign(net), "crossing"), [net]).summary())
    from commodity to country: 10 nodes, 15 links; flow_t 3.69 Mt/yr
    """
    country = {
        node: land
        for net in networks
        for node, land in zip(net.nodes["id"].tolist(), net.nodes["country"].tolist(), strict=True)
    }
    said = {UNSERVED: "unserved"}
    for net in reversed(networks):
        said |= corridor_names(net)
        said |= dict(zip(net.commodities["id"].tolist(), net.commodities["name"].tolist(), strict=True))
    ways = [_stops(r.corridor) for r in flows.itertuples()]
    last = 1 + max(map(len, ways), default=0)
    steps, goods, rows = [], [], []
    for row, (way, r) in enumerate(zip(ways, flows.itertuples(), strict=True)):
        end = UNSERVED if r.corridor == UNSERVED else country[r.destination]
        stops = [(0, r.commodity), *enumerate(way, start=1), (last, end)]
        steps += list(pairwise(stops))
        goods += [r.commodity] * (len(stops) - 1)
        rows += [row] * (len(stops) - 1)
    values = {name: flows[name].to_numpy()[rows] for name in flows.columns if name not in (*OD, "corridor")}
    return Sankey.of_steps(("commodity", "country"), steps, goods, values, said)


def _stops(corridor: str) -> list[str]:
    return [] if corridor in (NOTHING, UNSERVED) else corridor.split(JOINT)
