"""What changes its way between two plans: tonnes from old corridor to new corridor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from landsea_routing._frozen import Frozen, FrozenDict
from landsea_routing._typing import BoolArray, FloatArray, TextArray
from landsea_routing.kernels.joins import equal_pairs
from landsea_routing.results._show import Shown
from landsea_routing.results.assignment import DUST_T, Assignment
from landsea_routing.results.corridors import (
    JOINT,
    NOTHING,
    OD,
    UNSERVED,
    By,
    corridor_names,
    say_corridor,
)
from landsea_routing.results.paired import ROUNDING, paired_flows
from landsea_routing.results.records import plain_records
from landsea_routing.results.sankey import Sankey

if TYPE_CHECKING:
    import pandas as pd

NO_DEMAND = "(no demand)"
"""Corridor of a tonne that one of the plans is not asked to carry."""
AT_HOME = (UNSERVED, NO_DEMAND)
SHOWN = 12
MT = 1e6
NOUNS = {
    "gateway": "border crossings or ports",
    "crossing": "border crossings",
    "port": "ports",
    "transfer": "yards or terminals",
    "link": "links",
    "group": "limits",
}


def mt(tonnes: float) -> float:
    """Tonnes in Mt, to the kilogram, so that what is shown does not hang on rounding.

    >>> mt(615000.0000000001)
    0.615
    """
    return round(tonnes, 3) / MT


@dataclass(frozen=True, eq=False)
class Moved(Frozen, Shown):
    """All demand of two plans by OD, by the corridor it had and the corridor it has.

    Summed by old corridor the rows give the flows of the first plan, summed by new corridor those of the
    second; so nothing is lost or counted twice.

    Parameters
    ----------
    names : (str, str)
        What the plans are called.
    by : str
        What corridors are told by; one of `corridors.KINDS`, or `corridor` where they were named.
    origin, destination, commodity, old, new : (n,) text arrays
        An OD and its corridors; the same twice for what stays where it was.
    flow_t : (n,) array
        Tonnes a year.
    said : mapping
        What people call the parts of a corridor.
    """

    names: tuple[str, str]
    by: str
    origin: TextArray
    destination: TextArray
    commodity: TextArray
    old: TextArray
    new: TextArray
    flow_t: FloatArray
    said: Mapping[str, str]

    @property
    def total_t(self) -> float:
        """Tonnes a year of demand of either plan."""
        return float(self.flow_t.sum())

    @property
    def moved_t(self) -> float:
        """Tonnes a year that both plans carry, by different corridors."""
        carried = ~np.isin(self.old, AT_HOME) & ~np.isin(self.new, AT_HOME)
        return float(self.flow_t[carried & self._changed].sum())

    @property
    def lost_t(self) -> float:
        """Tonnes a year that the first plan carries and the second leaves at home."""
        return self._between(~np.isin(self.old, AT_HOME), self.new == UNSERVED)

    @property
    def won_t(self) -> float:
        """Tonnes a year that the first plan leaves at home and the second carries."""
        return self._between(self.old == UNSERVED, ~np.isin(self.new, AT_HOME))

    def to_frame(self, *, kept: bool = False, by_od: bool = False) -> pd.DataFrame:
        """Return tonnes by commodity, old and new corridor, the most first.

        Parameters
        ----------
        kept : bool
            Whether to list what stays where it was, too.
        by_od : bool
            Whether to keep origins and destinations apart.
        """
        import pandas as pd

        keys = [*(OD if by_od else OD[2:]), "old", "new"]
        frame = pd.DataFrame({name: getattr(self, name) for name in keys} | {"flow_t": self.flow_t})
        frame = frame[self._changed | kept]
        frame = frame.groupby(keys, as_index=False)["flow_t"].sum()
        frame = frame[frame["flow_t"] > DUST_T]
        order = ["flow_t", *keys]
        return frame.sort_values(order, ascending=[False, *[True] * len(keys)], ignore_index=True)

    def corridors(self) -> pd.DataFrame:
        """Return the balance of corridors, the largest change first: first_t - left_t + came_t = second_t."""
        import pandas as pd

        parts = []
        for side, flow, moved in (("old", "first_t", "left_t"), ("new", "second_t", "came_t")):
            frame = pd.DataFrame({"corridor": getattr(self, side), flow: self.flow_t})
            frame[moved] = np.where(self._changed, self.flow_t, 0.0)
            parts.append(frame.groupby("corridor").sum())
        both = parts[0].join(parts[1], how="outer").fillna(0.0)
        both["change_t"] = both["came_t"] - both["left_t"]
        both = both[["first_t", "left_t", "came_t", "second_t", "change_t"]].reset_index()
        size = both["change_t"].abs()
        return (
            both.assign(size=size)
            .sort_values(["size", "corridor"], ascending=[False, True], ignore_index=True)
            .drop(columns="size")
        )

    def sankey(self, *, kept: bool = False) -> Sankey:
        """Return the same as nodes and links of a Sankey diagram: old corridors left, new ones right."""
        frame = self.to_frame(kept=kept)
        return Sankey.of_steps(
            (self.names[0], self.names[1]),
            [((0, old), (1, new)) for old, new in zip(frame["old"], frame["new"], strict=True)],
            frame["commodity"].tolist(),
            {"flow_t": frame["flow_t"].to_numpy()},
            {corridor: self.say(corridor) for corridor in {*frame["old"], *frame["new"]}},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return totals, moves and the balance of corridors as plain values, ready for JSON."""
        said = {c: self.say(c) for c in sorted({*self.old.tolist(), *self.new.tolist()})}
        return {
            "names": list(self.names),
            "by": self.by,
            "total_t": self.total_t,
            "moved_t": self.moved_t,
            "lost_t": self.lost_t,
            "won_t": self.won_t,
            "said": said,
            "moves": plain_records(self.to_frame()),
            "corridors": plain_records(self.corridors()),
        }

    def summary(self) -> str:
        """Say how much changes its way, and which move is the largest."""
        frame = self.to_frame()
        head = f"{self.names[1]} against {self.names[0]}"
        noun = NOUNS.get(self.by, "corridors")
        if frame.empty:
            return f"{head}: no cargo takes other {noun}"
        parts = [f"{mt(self.moved_t):,.2f} of {mt(self.total_t):,.1f} Mt/yr take other {noun}"]
        added, dropped = (self._between(side == NO_DEMAND, np.True_) for side in (self.old, self.new))
        for amount, words in (
            (self.lost_t, "are no longer carried"),
            (self.won_t, "are carried anew"),
            (added, "are new demand"),
            (dropped, "are no longer asked for"),
        ):
            if amount > DUST_T:
                parts.append(f"{mt(amount):,.2f} Mt/yr {words}")
        top = next(frame.itertuples())
        largest = f"{mt(top.flow_t):,.2f} Mt/yr of {top.commodity.replace('_', ' ')}"
        ends = " to ".join(map(self.say, _apart(top.old, top.new)))
        return f"{head}: {', '.join(parts)}; the largest move: {largest} from {ends}"

    @property
    def _changed(self) -> BoolArray:
        return np.asarray(self.old != self.new)

    def _between(self, old: BoolArray, new: BoolArray | np.bool_) -> float:
        return float(self.flow_t[old & new].sum())

    def say(self, corridor: str) -> str:
        """Write a corridor in words."""
        return say_corridor(corridor, self.said)

    def _table(self) -> tuple[list[str], list[list[object]]]:
        rows: list[list[object]] = [
            [r.commodity, self.say(r.old), self.say(r.new), mt(r.flow_t)]
            for r in self.to_frame().head(SHOWN).itertuples()
        ]
        return ["commodity", f"by, {self.names[0]}", f"by, {self.names[1]}", "Mt/yr"], rows


def moved_flows(
    first: Assignment, second: Assignment, by: By = "gateway", names: tuple[str, str] = ("base", "scenario")
) -> Moved:
    """Book the demand of each OD from the corridors it has in one plan to those it has in another.

    Parameters
    ----------
    first, second : Assignment
        Two plans with the same commodities; demand may differ, the difference moves from or to `NO_DEMAND`.
    by : str or mapping
        What corridors are told by, as in `corridors.corridor_flows`. By `group`, only capacities that have a
        limit in both plans count.
    names : (str, str)
        What the plans are called.

    Returns
    -------
    Moved

    Raises
    ------
    InvalidValueError, UnknownNameError
        `by` is nothing that corridors can be told by.

    Notes
    -----
    Only the least that must have moved is booked. First, what two plans merely read differently is taken out
    (`paired.paired_flows`). Then, within an OD, what a corridor has in both plans stays, and the rest of the
    old corridors goes to the rest of the new ones, each old corridor's in proportion to what the new ones
    receive: the one booking that depends on no order. Exchanged plans give the same moves turned round. A
    finer way to tell corridors never moves less. O(arcs on the paths of both plans), and a linear program
    for each commodity that moves.

    Examples
    --------
    The river of the toy network, open all year, takes 300,000 t of coal from the dual track, which gives the
    trains to 100,000 t of timber:

    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> river = lsr.load_scenario("river_all_year", net).apply(net)
    >>> moved = moved_flows(lsr.assign(net), lsr.assign(river), {"Anselm": ["aport"], "Brandt": ["bport"]})
    >>> moved.to_frame()[["commodity", "old", "new", "flow_t"]].round().values.tolist()
    [['timber', 'Anselm', 'Brandt', 100000.0], ['container', '(unserved)', 'Brandt', 12500.0]]
    """
    both = _with_equal_sums(paired_flows(first, second, by))
    od = both.groupby([*OD], sort=False).ngroup().to_numpy()
    p, q = both["first_t"].to_numpy(), both["second_t"].to_numpy()
    kept = np.minimum(p, q)
    left, came = p - kept, q - kept
    moved = np.bincount(od, came)
    still = (moved <= np.maximum(DUST_T, ROUNDING * np.bincount(od, p)))[od]
    kept, left, came = np.where(still, p, kept), np.where(still, 0.0, left), np.where(still, 0.0, came)
    source, target = np.flatnonzero(left > 0), np.flatnonzero(came > 0)
    i, j = equal_pairs(od[source], od[target])
    i, j = source[i], target[j]
    old = np.concatenate([np.flatnonzero(kept > 0), i])
    new = np.concatenate([np.flatnonzero(kept > 0), j])
    columns = {name: both[name].to_numpy(dtype=object) for name in (*OD, "corridor")}
    return Moved(
        names=names,
        by=by if isinstance(by, str) else "corridor",
        origin=columns["origin"][old],
        destination=columns["destination"][old],
        commodity=columns["commodity"][old],
        old=columns["corridor"][old],
        new=columns["corridor"][new],
        flow_t=np.concatenate([kept[kept > 0], left[i] * came[j] / moved[od[i]]]),
        said=FrozenDict(_names(first, second, NOUNS.get(by, "") if isinstance(by, str) else "")),
    )


def _apart(old: str, new: str) -> tuple[str, str]:
    """Two corridors without what both pass, where each passes something of its own.

    >>> _apart("a + b + x", "c + x"), _apart("x", "a + x")
    (('a + b', 'c'), ('x', 'a + x'))
    """
    sides = [corridor.split(JOINT) for corridor in (old, new)]
    own = [
        [part for part in side if part not in other] for side, other in zip(sides, sides[::-1], strict=True)
    ]
    return (JOINT.join(own[0]), JOINT.join(own[1])) if all(own) else (old, new)


def _with_equal_sums(both: pd.DataFrame) -> pd.DataFrame:
    """Tonnes by OD and corridor in two plans; what only one is asked for has a corridor of its own."""
    import pandas as pd

    sums = both.groupby([*OD], as_index=False)[["first_t", "second_t"]].sum()
    more = (sums["second_t"] - sums["first_t"]).to_numpy()
    most = sums[["first_t", "second_t"]].max(axis=1).to_numpy()
    unlike = np.abs(more) > np.maximum(DUST_T, ROUNDING * most)
    gap = sums[[*OD]].assign(
        corridor=NO_DEMAND, first_t=np.maximum(more, 0.0), second_t=np.maximum(-more, 0.0)
    )
    return pd.concat([both, gap[unlike]], ignore_index=True) if unlike.any() else both


def _names(first: Assignment, second: Assignment, noun: str) -> dict[str, str]:
    names = corridor_names(second.graph.network) | corridor_names(first.graph.network)
    return names | {UNSERVED: "unserved", NO_DEMAND: "no demand", NOTHING: f"no {noun or 'such place'}"}
