"""Lengths of sea links from a network of shipping lanes, such as the one that comes with `searoute`.

A lane network is sparse: a port is joined to its nearest vertex by a straight access leg. That is where the
faults of lengths taken from such networks come from, and each is caught here:

- two ports at one vertex would be 0 km apart, or nearer than the great circle. Access legs are part of every
  length, so that neither can happen (and both are checked);
- ports nearer to each other than to the lanes: the network knows nothing of the way between them;
- ports far from any lane lie inland, or are misplaced;
- a way many times longer than the great circle goes round a peninsula, or the network lacks a lane;
- the antimeridian cuts lanes in two: vertices on both sides of it are one.

A pair with a fault gives no link, save a detour, which may be right and is named for a look. Whether an
access leg crosses land is not known; measure doubtful ones against a chart. All lengths are computed on
WGS84 and none is taken from the file.

The courses of lanes and their passages are dropped: a link is its two ports and a length.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from landsea_routing._extras import need
from landsea_routing._typing import FloatArray, IntArray, TextArray
from landsea_routing.errors import InvalidValueError, LandseaError, SchemaError, list_ids
from landsea_routing.io.text_lines import log_dropped
from landsea_routing.kernels.csr import pair_index, sort_arcs
from landsea_routing.kernels.paths import distances_to

if TYPE_CHECKING:
    import pandas as pd

ROUND_DEGREES = 6
"""Vertices that agree to so many decimals (11 cm) are one."""
CLOSED = ("northwest",)
"""Passages that ordinary ships do not take."""
REACH_KM = 150.0
"""How far a port may lie from the lanes; lanes keep well off the shore."""
MOST_DETOUR = 3.0
"""How many times the great circle a way may be long before it is named for a look."""
DETOUR = "detour"
ROUNDING = 1e-6
UNLOCODE_LETTERS = 5
PORT_COLUMNS = ("id", "lon", "lat")


class Lanes(NamedTuple):
    """Shipping lanes as a graph; each lane can be sailed both ways.

    Parameters
    ----------
    lon, lat : (n_vertices,) arrays
        Degrees.
    tail, head : (n_lanes,) int arrays
        Ends of the lanes.
    length_km : (n_lanes,) array
        Length on WGS84, > 0.
    source : str
        Where the lanes come from.
    """

    lon: FloatArray
    lat: FloatArray
    tail: IntArray
    head: IntArray
    length_km: FloatArray
    source: str = "shipping lanes"


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


def searoute_lanes(*, closed: Sequence[str] = CLOSED) -> Lanes:
    """Return the lane network that the package `searoute` carries.

    Parameters
    ----------
    closed : sequence of str
        Passages not to be used: suez, panama, northwest, malacca and so on, as searoute calls them.

    Returns
    -------
    Lanes

    Raises
    ------
    MissingExtraError
        searoute is not installed.
    InvalidValueError
        There is no such passage.
    SchemaError
        This release of searoute keeps its lanes otherwise.
    """
    lanes = read_lanes(_searoute_data() / "marnet_searoute.geojson", closed=closed)
    return lanes._replace(source=f"the lanes of searoute {version('searoute')}")


def searoute_ports(countries: Sequence[str] = ()) -> pd.DataFrame:
    """Return the ports that the package `searoute` lists, as rows of `nodes` to choose from.

    Parameters
    ----------
    countries : sequence of str
        ISO 3166-1 codes; all when empty.

    Returns
    -------
    DataFrame
        id (the UN/LOCODE in small letters), name, country, lat, lon, kind, unlocode. Those without a code,
        or with one that came before, are left out and counted in the log. Some lie inland: `sea_links`
        finds them.

    Raises
    ------
    MissingExtraError
        searoute is not installed.
    SchemaError
        This release of searoute keeps its ports otherwise.
    """
    import pandas as pd

    path = _searoute_data() / "ports.geojson"
    rows: dict[str, dict[str, object]] = {}
    lost = 0
    for number, feature in enumerate(_features(path)):
        try:
            code, name = feature["properties"].get("port"), feature["properties"].get("name")
            lon, lat = map(float, feature["geometry"]["coordinates"][:2])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SchemaError(f"{path}: feature {number} is no port", expected="points with names") from error
        if not isinstance(code, str) or len(code) != UNLOCODE_LETTERS or code in rows:
            lost += 1
        elif not countries or code[:2] in countries:
            place = {"name": str(name or code), "country": code[:2], "lat": lat, "lon": lon}
            rows[code] = {"id": code.lower(), **place, "kind": "port", "unlocode": code}
    log_dropped("ports of searoute", {"without a UN/LOCODE of their own": lost})
    columns = ["id", "name", "country", "lat", "lon", "kind", "unlocode"]
    return pd.DataFrame(list(rows.values()), columns=columns)


def _searoute_data() -> Path:
    return Path(str(need("searoute", extra="sea").__file__)).parent / "data"


def read_lanes(path: str | Path, *, closed: Sequence[str] = ()) -> Lanes:
    """Read shipping lanes from a GeoJSON file of lines, in degrees of WGS84.

    Parameters
    ----------
    path : str or Path
        A FeatureCollection of LineString and MultiLineString. Lines meet where they share a position.
    closed : sequence of str
        Lines whose property `passage` is one of these are left out.

    Returns
    -------
    Lanes
        Only the largest connected part: from any other there is no way out. Lanes of no length are left out.

    Raises
    ------
    SchemaError
        The file is no such GeoJSON.
    InvalidValueError
        A position is outside the world, or there is no such passage.
    LandseaError
        The file cannot be read.
    """
    path = Path(path)
    lines, passages = _lines(path)
    known = sorted(set(passages) - {""})
    odd = [name for name in closed if name not in known]
    if odd:
        raise InvalidValueError(
            f"passages {list_ids(odd)} are not known",
            ids=odd,
            expected=f"among {', '.join(known) or '(none)'}",
        )
    kept = [line for line, name in zip(lines, passages, strict=True) if name not in closed and len(line) > 1]
    if not kept:
        raise SchemaError(f"{path} holds no line", expected="lines of at least two positions")
    points = np.concatenate(kept)
    _refuse_outside(points, path)
    # Longitudes past the antimeridian are the same place once more.
    points[:, 0] = np.mod(points[:, 0] + 180.0, 360.0) - 180.0
    places, vertex = np.unique(np.round(points, ROUND_DEGREES), axis=0, return_inverse=True)
    vertex = vertex.ravel()
    inner = np.ones(len(points), dtype=bool)
    inner[np.cumsum([len(line) for line in kept]) - 1] = False
    at = np.flatnonzero(inner)
    tail, head = vertex[at], vertex[at + 1]
    return _largest_part(places, tail, head, path.name)


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
    direct = _geodesic_km(lon[a], lat[a], lon[b], lat[b])
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


def _features(path: Path) -> list[Any]:
    """Return the features of a GeoJSON file."""
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LandseaError(
            f"{path} could not be read ({error})", code="read", ids=(str(path),), expected="a GeoJSON file"
        ) from error
    except (ValueError, RecursionError) as error:
        raise SchemaError(
            f"{path} is no JSON ({error})", expected="a GeoJSON file", cure="is it cut off?"
        ) from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise SchemaError(f"{path} has no features", expected="a GeoJSON FeatureCollection")
    return features


def _lines(path: Path) -> tuple[list[FloatArray], list[str]]:
    """Return the lines of a GeoJSON file, and the passage of each."""
    lines: list[FloatArray] = []
    passages: list[str] = []
    for number, feature in enumerate(_features(path)):
        try:
            shape, facts = feature["geometry"], feature.get("properties") or {}
            parts = {"LineString": lambda c: [c], "MultiLineString": list}[shape["type"]](
                shape["coordinates"]
            )
            arrays = [
                np.array([[p[0], p[1]] for p in part], dtype=np.float64).reshape(-1, 2) for part in parts
            ]
            passage = str(facts.get("passage") or "")
        except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
            raise SchemaError(
                f"{path}: feature {number} is no line ({type(error).__name__}: {error})",
                ids=(number,),
                expected="a LineString or MultiLineString with positions in degrees",
            ) from error
        lines += arrays
        passages += [passage] * len(arrays)
    return lines, passages


def _refuse_outside(points: FloatArray, path: Path) -> None:
    # Some files run past the antimeridian to 190 degrees and more.
    bad = np.flatnonzero(~((np.abs(points[:, 0]) <= 360) & (np.abs(points[:, 1]) <= 90)))
    if bad.size:
        raise InvalidValueError(
            f"{path}: {bad.size} positions are outside the world, such as {points[bad[0]].tolist()}",
            ids=bad.tolist(),
            expected="longitude, then latitude, in degrees",
            cure="are they swapped, or in metres?",
        )


def _largest_part(places: FloatArray, tail: IntArray, head: IntArray, source: str) -> Lanes:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(places)
    length = _geodesic_km(*places[tail].T, *places[head].T)
    graph = coo_array((np.ones(len(tail)), (tail, head)), shape=(n, n))
    _, part = connected_components(graph, directed=False)
    main = part == np.bincount(part).argmax()
    kept = main[tail] & (length > 0)
    number = np.cumsum(main) - 1
    lon, lat = places[main].T
    return Lanes(lon.copy(), lat.copy(), number[tail[kept]], number[head[kept]], length[kept], source)


def _along(lanes: Lanes, sources: IntArray) -> FloatArray:
    """Least length from each source to every vertex: (n_sources, n_vertices)."""
    tail, head = np.concatenate((lanes.tail, lanes.head)), np.concatenate((lanes.head, lanes.tail))
    order = sort_arcs(tail, head)
    pairs = pair_index(len(lanes.lon), tail[order], head[order])
    return distances_to(pairs, np.tile(lanes.length_km, 2)[order], sources)


def _ports(ports: pd.DataFrame) -> tuple[TextArray, FloatArray, FloatArray]:
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
    lon, lat = (ports[c].to_numpy(dtype=np.float64) for c in ("lon", "lat"))
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
    asked = [(str(a), str(b)) for a, b in pairs]
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

    vertex = np.asarray(
        KDTree(_on_sphere(lanes.lon, lanes.lat)).query(_on_sphere(lon, lat))[1], dtype=np.int64
    )
    return vertex, _geodesic_km(lon, lat, lanes.lon[vertex], lanes.lat[vertex])


def _on_sphere(lon: FloatArray, lat: FloatArray) -> FloatArray:
    east, north = lon * (math.pi / 180), lat * (math.pi / 180)
    return np.stack((np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)), axis=1)


def _geodesic_km(lon: FloatArray, lat: FloatArray, to_lon: FloatArray, to_lat: FloatArray) -> FloatArray:
    from pyproj import Geod

    metres = Geod(ellps="WGS84").inv(lon, lat, to_lon, to_lat)[2]
    return np.asarray(metres, dtype=np.float64).reshape(np.shape(lon)) / 1000
