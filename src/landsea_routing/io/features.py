"""The features of a GeoJSON file, read in WGS84 and refused where it is something else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from landsea_routing.errors import SchemaError
from landsea_routing.io.cells import check_size, read_text


def read_collection(path: Path) -> dict[str, Any]:
    """Read a FeatureCollection.

    Parameters
    ----------
    path : Path
        The file: UTF-8, WGS84, longitude before latitude (RFC 7946).

    Returns
    -------
    dict
        The whole of it; `features` is a list.

    Raises
    ------
    SchemaError
        There is no such file, or it is too large, no FeatureCollection, or in another reference system.
    """
    check_size(path)
    with path.open("rb") as stream:
        # So that what is no JSON at all is not read whole.
        if not stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
            raise SchemaError(
                f"{path.name} is no JSON object", expected="GeoJSON in UTF-8", cure="export it again"
            )
    whole = parse_json(read_text(path), path.name)
    if whole.get("type") != "FeatureCollection" or not isinstance(whole.get("features"), list):
        raise SchemaError(
            f"{path.name} is no FeatureCollection",
            ids=(str(whole.get("type")),),
            expected='"type": "FeatureCollection" with "features"',
            cure="export it as GeoJSON",
        )
    _check_crs(whole, path.name)
    return whole


def parse_json(text: str, name: str) -> dict[str, Any]:
    """Read the text of a JSON object; raises SchemaError that names the line."""
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        where = f"{name} line {error.lineno} column {error.colno}: {error.msg}"
        raise SchemaError(where, ids=(error.lineno,), expected="JSON", cure="is it cut off?") from None
    except RecursionError:
        raise SchemaError(f"{name} is nested too deep", expected="GeoJSON", cure="mend it") from None
    except ValueError as error:
        # Python reads no number of thousands of digits, and `_once` no name that is given twice.
        raise SchemaError(f"{name}: {error}", expected="JSON", cure="mend it") from None
    if not isinstance(found, dict):
        raise SchemaError(
            f"{name} holds a {type(found).__name__}", expected="a JSON object", cure="export it again"
        )
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; of two values of one name all but the last would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object has {twice[:40]!r} twice")
    return found


def lines_of_shape(shape: Any) -> list[list[tuple[float, float]]]:
    """Return the parts of a line; heights and empty parts are passed over.

    Raises
    ------
    TypeError, KeyError, ValueError, OverflowError
        It is no line of numbers.
    """
    parts = {"LineString": lambda c: [c], "MultiLineString": list}[shape["type"]](shape["coordinates"])
    return [[place_of_shape(place) for place in part] for part in parts if part]


def place_of_shape(coordinates: Any) -> tuple[float, float]:
    """Return longitude and latitude of a position; raises what `lines_of_shape` does."""
    lon, lat, *_ = coordinates
    return float(lon), float(lat)


UNREADABLE = (TypeError, KeyError, ValueError, AttributeError, OverflowError)
"""What is raised where a feature is not of the form expected."""


def _check_crs(whole: dict[str, Any], name: str) -> None:
    """Refuse the `crs` of an older GeoJSON where it is not WGS84; since RFC 7946 there is no other."""
    crs = whole.get("crs")
    said = str(crs.get("properties", crs) if isinstance(crs, dict) else crs)
    if crs is not None and not re.search(r"CRS84|\b4326\b", said):
        raise SchemaError(
            f"{name} is in another reference system ({said[:80]})",
            column="crs",
            ids=(said,),
            expected="WGS84, lon before lat (RFC 7946)",
            cure="export it in EPSG:4326",
        )
