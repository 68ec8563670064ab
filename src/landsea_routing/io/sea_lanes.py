"""Networks of shipping lanes, such as the one that comes with `searoute`, and the ports that it lists.

Lanes that the antimeridian cuts in two are joined again. All lengths are computed on WGS84 and none is taken
from the file. Lengths of links between ports come from `landsea_routing.io.sea_links`.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from landsea_routing._extras import need
from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError, SchemaError, list_ids
from landsea_routing.io.features import UNREADABLE, lines_of_shape, read_collection
from landsea_routing.io.text_lines import log_dropped

if TYPE_CHECKING:
    import pandas as pd

ROUND_DEGREES = 6
"""Vertices that agree to so many decimals (11 cm) are one."""
CLOSED = ("northwest",)
"""Passages that ordinary ships do not take."""
UNLOCODE_LETTERS = 5


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
    for number, feature in enumerate(read_collection(path)["features"], start=1):
        try:
            code, name = feature["properties"].get("port"), feature["properties"].get("name")
            lon, lat = map(float, feature["geometry"]["coordinates"][:2])
        except UNREADABLE as error:
            raise SchemaError(
                f"{path.name}, feature {number} is no port", expected="points with names"
            ) from error
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
        There is no such file, or it is no such GeoJSON, or holds no line of any length.
    InvalidValueError
        A position is outside the world, or there is no such passage.
    """
    path = Path(path)
    lines, passages = _lines(path)
    closed = (closed,) if isinstance(closed, str) else closed
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
    lanes = _largest_part(places, tail, head, path.name)
    if not lanes.length_km.size:
        raise SchemaError(f"{path} holds no line of any length", expected="lines between different places")
    return lanes


def _lines(path: Path) -> tuple[list[FloatArray], list[str]]:
    """Return the lines of a GeoJSON file, and the passage of each."""
    lines: list[FloatArray] = []
    passages: list[str] = []
    for number, feature in enumerate(read_collection(path)["features"], start=1):
        try:
            parts = lines_of_shape(feature["geometry"])
            passage = str((feature.get("properties") or {}).get("passage") or "")
        except UNREADABLE as error:
            raise SchemaError(
                f"{path.name}, feature {number} is no line ({type(error).__name__}: {error})",
                ids=(number,),
                expected="a LineString or MultiLineString with positions in degrees",
            ) from None
        lines += [np.array(part, dtype=np.float64) for part in parts]
        passages += [passage] * len(parts)
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
    length = geodesic_km(*places[tail].T, *places[head].T)
    graph = coo_array((np.ones(len(tail)), (tail, head)), shape=(n, n))
    _, part = connected_components(graph, directed=False)
    main = part == np.bincount(part).argmax()
    kept = main[tail] & (length > 0)
    number = np.cumsum(main) - 1
    lon, lat = places[main].T
    return Lanes(lon.copy(), lat.copy(), number[tail[kept]], number[head[kept]], length[kept], source)


def geodesic_km(lon: FloatArray, lat: FloatArray, to_lon: FloatArray, to_lat: FloatArray) -> FloatArray:
    """Return distances on WGS84.

    >>> geodesic_km(np.array([179.0]), np.zeros(1), np.array([-179.0]), np.zeros(1)).round().tolist()
    [223.0]
    """
    from pyproj import Geod

    metres = Geod(ellps="WGS84").inv(lon, lat, to_lon, to_lat)[2]
    return np.asarray(metres, dtype=np.float64).reshape(np.shape(lon)) / 1000
