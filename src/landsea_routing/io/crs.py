"""Positions in whatever reference system as longitude and latitude in WGS84 degrees."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.errors import InvalidValueError, SchemaError, list_ids
from landsea_routing.io.lines import Parts, join
from landsea_routing.model.network import Course

WGS84 = "EPSG:4326"


def to_lon_lat(x: FloatArray, y: FloatArray, crs: Any, where: str) -> tuple[FloatArray, FloatArray]:
    """Return positions as longitude and latitude.

    Parameters
    ----------
    x, y : (n,) float arrays
        East before north, as files have it, whatever the reference system says of the order of its axes.
    crs : anything that pyproj reads
        Reference system of the positions.
    where : str
        What messages call their source.

    Returns
    -------
    lon, lat : (n,) float arrays
        WGS84 degrees; bit for bit the input where that is WGS84 already.

    Raises
    ------
    SchemaError
        The reference system is missing or not known, or has no map (geocentric, vertical, local).
    InvalidValueError
        Positions lie outside of it.

    Examples
    --------
    >>> lon, lat = to_lon_lat(np.array([13358338.9]), np.array([4865942.3]), "EPSG:3857", "a file")
    >>> lon.round(3).tolist(), lat.round(3).tolist()
    ([120.0], [40.0])
    """
    from pyproj import CRS, Transformer
    from pyproj.exceptions import CRSError

    if crs is None or crs == "":
        raise SchemaError(
            f"{where} does not say its reference system (CRS)",
            column="geometry",
            expected="a CRS, such as EPSG:4326 for lon and lat",
            cure="set it in the program that wrote the file",
        )
    try:
        system = CRS.from_user_input(int(crs) if str(crs).isdecimal() else crs)
    except CRSError as error:
        raise SchemaError(
            f"{where} has a reference system that is not known: {error}",
            column="crs",
            ids=(str(crs),),
            expected="what pyproj reads, such as EPSG:4326",
            cure="correct it",
        ) from None
    if system.is_geocentric or system.is_vertical or system.is_engineering:
        raise SchemaError(
            f"{where} is in {system.name}, where x and y alone are no place",
            column="crs",
            ids=(str(crs),),
            expected="degrees, or a projection",
            cure=f"write it in {WGS84}",
        )
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    finite = np.isfinite(x) & np.isfinite(y)
    if system.is_geographic:
        _need_degrees(x, y, finite, where)
    elif np.any(finite) and np.all(np.abs(x[finite]) <= 180) and np.all(np.abs(y[finite]) <= 90):
        raise InvalidValueError(
            f"{where} says {system.name}, and all its positions look like degrees",
            column="geometry",
            expected="positions in the unit of the reference system",
            cure=f"write {WGS84} if they are lon and lat",
        )
    if system.equals(CRS(WGS84), ignore_axis_order=True):
        return x, y
    lon, lat = Transformer.from_crs(system, WGS84, always_xy=True).transform(x, y)
    lost = finite & ~(np.isfinite(lon) & np.isfinite(lat))
    if system.area_of_use is not None and not system.is_geographic:
        lost |= finite & ~_is_within(lon, lat, system.area_of_use.bounds)
    if lost.any():
        first = int(np.argmax(lost))
        raise InvalidValueError(
            f"{where} has {int(lost.sum())} positions outside of {system.name} (first: number {first + 1})",
            column="geometry",
            ids=np.flatnonzero(lost) + 1,
            expected="positions where the reference system is used",
            cure="correct the CRS; are x and y swapped?",
        )
    return lon, lat


def courses_of(lines: Mapping[str, Parts], crs: Any, where: str) -> dict[str, Course]:
    """Return lines in whatever reference system, by link, as courses in degrees.

    Raises
    ------
    SchemaError, InvalidValueError
        As `to_lon_lat`, and where a line is in pieces, has one place only or one that is no number.
    """
    bad = [
        link for link, parts in lines.items() if not all(len(p) > 1 and np.isfinite(p).all() for p in parts)
    ]
    if bad:
        raise InvalidValueError(
            f"{where}: lines of links {list_ids(bad)} cannot be drawn",
            table="links",
            column="geometry",
            ids=bad,
            expected="two places or more, each of two finite numbers",
            cure="correct them, or take the lines out",
        )
    lines = {link: parts for link, parts in lines.items() if parts}
    flat = np.array([place for parts in lines.values() for part in parts for place in part])
    x, y = flat.reshape(-1, 2).T
    lon, lat = to_lon_lat(x, y, crs, where)
    places = iter(zip(lon.tolist(), lat.tolist(), strict=True))
    courses = {}
    for link, parts in lines.items():
        moved = [list(islice(places, len(part))) for part in parts]
        try:
            courses[link] = join(moved)
        except InvalidValueError as error:
            raise InvalidValueError(
                f"{where}, link {link}: {error}", table="links", column="geometry", ids=(link,)
            ) from None
    return courses


MARGIN_DEG = 5.0
"""How far beyond its area a projection is still good enough for a network."""


def _is_within(lon: FloatArray, lat: FloatArray, bounds: tuple[float, ...]) -> Any:
    west, south, east, north = bounds
    width = (east - west) % 360 or 360
    along = (lon - west + MARGIN_DEG) % 360 <= width + 2 * MARGIN_DEG
    return (
        (along | (width + 2 * MARGIN_DEG >= 360)) & (lat >= south - MARGIN_DEG) & (lat <= north + MARGIN_DEG)
    )


def _need_degrees(x: FloatArray, y: FloatArray, finite: Any, where: str) -> None:
    off = finite & ((np.abs(y) > 90) | (np.abs(x) > 180))
    if not off.any():
        return
    turned = np.all(np.abs(x[finite]) <= 90) and np.all(np.abs(y[finite]) <= 180)
    first = int(np.argmax(off))
    raise InvalidValueError(
        f"{where} has {int(off.sum())} positions that are no degrees "
        f"(first: number {first + 1}, x {x[first]:g}, y {y[first]:g})",
        column="geometry",
        ids=np.flatnonzero(off) + 1,
        expected="x (lon) between -180 and 180, y (lat) between -90 and 90",
        cure="lat and lon are swapped" if turned else "correct the CRS or the positions",
    )
