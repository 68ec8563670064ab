"""Sea links between ports, as long as the shortest way along shipping lanes.

A lane network is sparse: a port is joined to its nearest vertex by a straight access leg. That is where the
faults of lengths taken from such networks come from, and each is caught here:

- two ports at one vertex would be 0 km apart, or nearer than the great circle. Access legs are part of every
  length, so that neither can happen (and both are checked);
- ports nearer to each other than to the lanes: the network knows nothing of the way between them;
- ports far from any lane lie inland, or are misplaced;
- a way many times longer than the great circle goes round a peninsula, or the network lacks a lane.

A pair with a fault gives no link, save a detour, which may be right and is named for a look. Whether an
access leg crosses land is not known; measure doubtful ones against a chart. All lengths are computed on
WGS84 and none is taken from the file.

The courses of lanes and their passages are dropped: a link is its two ports and a length.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landsea_routing._typing import FloatArray, IntArray, TextArray
from landsea_routing.errors import InvalidValueError, SchemaError, list_ids
from landsea_routing.io.sea_lanes import Lanes, geodesic_km
from landsea_routing.io.sphere import on_sphere
from landsea_routing.kernels.csr import pair_index, sort_arcs
from landsea_routing.kernels.paths import distances_to

if TYPE_CHECKING:
    import pandas as pd

REACH_KM = 150.0
"""How far a port may lie from the lanes; lanes keep well off the shore."""
MOST_DETOUR = 3.0
"""How many times the great circle a way may be long before it is named for a look."""
DETOUR = "detour"
ROUNDING = 1e-6
PORT_COLUMNS = ("id", "lon", "lat")


@dataclass(frozen=True)
class SeaLinks:
    """Links between ports, and what was found wrong.

    Parameters
    ----------
    links : DataFrame
        Rows for `links`: id, ends, mode, vehicle_class, length_km, source, confidence, note.
    faults : DataFrame
        Ports and pairs: from_node, to_node (empty for a port), fault, and km, the length or, for an inland
        port, the distance to the lanes.
    """

    links: pd.DataFrame
    faults: pd.DataFrame


def sea_links(
    lanes: Lanes,
    ports: pd.DataFrame,
    pairs: Iterable[tuple[str, str]] | None = None,
    *,
    vehicle_class: str = "",
    reach_km: float = REACH_KM,
    most_detour: float = MOST_DETOUR,
) -> SeaLinks:
    """Return a sea link for each pair of ports, as long as the shortest way along the lanes.

    Parameters
    ----------
    lanes : Lanes
        From `searoute_lanes` or `read_lanes`.
    ports : DataFrame
        Columns id, lon, lat (degrees); others are passed over, so that rows of `nodes` will do.
    pairs : iterable of (str, str), optional
        Ids to join; every two when not given.
    vehicle_class : str
        Written into the links.
    reach_km : float
        How far from the lanes a port may lie.
    most_detour : float
        How many times the great circle a length may be before it is named for a look.

    Returns
    -------
    SeaLinks
        Links, of confidence `low`, and the pairs that have a fault.

    Raises
    ------
    SchemaError
        A column is missing.
    InvalidValueError
        A position is outside the world, an id is repeated, or a pair names no port or one port twice.

    Notes
    -----
    One Dijkstra per port: O(ports (m + n log n)).

    Examples
    --------
    >>> import pandas as pd
    >>> ends = np.array([0.0, 10.0]), np.array([0.0, 0.0])
    >>> lanes = Lanes(*ends, np.array([0]), np.array([1]), np.array([1113.2]))
    >>> ports = pd.DataFrame({"id": ["a", "b"], "lon": [0.0, 10.0], "lat": [0.5, 0.5]})
    >>> sea_links(lanes, ports).links[["id", "length_km"]].values.tolist()
    [['sea-a-b', 1223.8]]
    """
    import pandas as pd

    ids, lon, lat = _ports(ports)
    vertex, access_km = _nearest(lanes, lon, lat)
    joined = _pair_rows(ids, pairs)
    wanted, place = np.unique(joined, return_inverse=True)
    distance = _along(lanes, vertex[wanted])
    row = place.reshape(joined.shape)[:, 0]
    a, b = joined.T
    length = distance[row, vertex[b]] + access_km[a] + access_km[b]
    direct = geodesic_km(lon[a], lat[a], lon[b], lat[b])
    inland = access_km > reach_km
    faults = np.select(
        [
            inland[a] | inland[b],
            direct < ROUNDING,
            access_km[a] + access_km[b] > direct,
            ~np.isfinite(length),
            length < direct * (1 - ROUNDING),
            length > most_detour * direct,
        ],
        ["inland", "same place", "nearer than the lanes", "no way", "below great circle", DETOUR],
        default="",
    )
    good = (faults == "") | (faults == DETOUR)
    rows = [
        {
            "id": f"sea-{ids[i]}-{ids[j]}",
            "from_node": str(ids[i]),
            "to_node": str(ids[j]),
            "mode": "sea",
            "vehicle_class": vehicle_class,
            "length_km": round(float(km), 1),
            "source": f"shortest way along {lanes.source}",
            "confidence": "low",
            "note": f"to the lanes {access_km[i]:.0f} km at {ids[i]}, {access_km[j]:.0f} km at {ids[j]}",
        }
        for (i, j), km in zip(joined[good].tolist(), length[good], strict=True)
    ]
    dry = [(str(ids[i]), "", "inland", float(access_km[i])) for i in np.flatnonzero(inland)]
    wrong = [
        (str(ids[i]), str(ids[j]), str(fault), float(km))
        for (i, j), fault, km in zip(joined.tolist(), faults, length, strict=True)
        if fault not in ("", "inland")
    ]
    columns = [
        "id",
        "from_node",
        "to_node",
        "mode",
        "vehicle_class",
        "length_km",
        "source",
        "confidence",
        "note",
    ]
    return SeaLinks(
        pd.DataFrame(rows, columns=columns),
        pd.DataFrame([*dry, *wrong], columns=["from_node", "to_node", "fault", "km"]),
    )


def _along(lanes: Lanes, sources: IntArray) -> FloatArray:
    """Least length from each source to every vertex: (n_sources, n_vertices)."""
    tail, head = np.concatenate((lanes.tail, lanes.head)), np.concatenate((lanes.head, lanes.tail))
    order = sort_arcs(tail, head)
    pairs = pair_index(len(lanes.lon), tail[order], head[order])
    return distances_to(pairs, np.tile(lanes.length_km, 2)[order], sources)


def _ports(ports: pd.DataFrame) -> tuple[TextArray, FloatArray, FloatArray]:
    import pandas as pd

    missing = [c for c in PORT_COLUMNS if c not in ports.columns]
    if missing:
        raise SchemaError(
            f"ports lack columns {list_ids(missing)}",
            column=missing[0],
            ids=missing,
            expected=f"columns {', '.join(PORT_COLUMNS)}",
            cure=f"there are {', '.join(map(str, ports.columns))}",
        )
    ids = ports["id"].to_numpy().astype(np.str_)
    # What is no number lies nowhere.
    lon, lat = (pd.to_numeric(ports[c], errors="coerce").to_numpy(dtype=np.float64) for c in ("lon", "lat"))
    bad = ids[~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))].tolist()
    unique, count = np.unique(ids, return_counts=True)
    doubled = unique[count > 1].tolist()
    if bad or doubled:
        what = "lie outside the world" if bad else "come more than once"
        raise InvalidValueError(
            f"ports {list_ids(bad or doubled)} {what}",
            ids=bad or doubled,
            expected="each port once, lon from -180 to 180 and lat from -90 to 90 degrees",
            cure="are lat and lon swapped?" if bad else "name each once",
        )
    return ids, lon, lat


def _pair_rows(ids: TextArray, pairs: Iterable[tuple[str, str]] | None) -> IntArray:
    if pairs is None:
        return np.stack(np.triu_indices(len(ids), 1), axis=1)
    at = {str(name): i for i, name in enumerate(ids)}
    asked = list(dict.fromkeys((str(a), str(b)) for a, b in pairs))
    odd = [f"{a}-{b}" for a, b in asked if a not in at or b not in at or a == b]
    if odd:
        raise InvalidValueError(
            f"{len(odd)} pairs name no port, or one twice ({list_ids(odd)})",
            ids=odd,
            expected="two ids of ports",
        )
    return np.array([(at[a], at[b]) for a, b in asked], dtype=np.int64).reshape(-1, 2)


def _nearest(lanes: Lanes, lon: FloatArray, lat: FloatArray) -> tuple[IntArray, FloatArray]:
    """Nearest vertex of each place, and how far it is; near on a sphere, then measured."""
    from scipy.spatial import KDTree

    vertex = np.asarray(KDTree(on_sphere(lanes.lon, lanes.lat)).query(on_sphere(lon, lat))[1], dtype=np.int64)
    return vertex, geodesic_km(lon, lat, lanes.lon[vertex], lanes.lat[vertex])
