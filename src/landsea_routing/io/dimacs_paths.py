"""Graphs for shortest paths in the text formats of the ninth DIMACS challenge (``.gr`` and ``.co``).

::

    c comment                     a line of its own
    p sp 3 2                      a .gr file: vertices and arcs, once, first
    a 1 2 803                     arc from 1 to 2 of weight 803

    p aux sp co 3                 a .co file: vertices, once, first
    v 1 -73530767 41085396        longitude and latitude of vertex 1 in millionths of a degree

Vertices count from 1 in files and from 0 in arrays. The format knows whole weights >= 0; decimals are read
and written too. It has no closed arcs: those of weight ``inf`` are left out, which leaves every path as it
is, and their number is logged. It keeps ends and weights in their order and drops everything else; names,
modes and tables of a network have no place in it.

Source: *The Shortest Path Problem: Ninth DIMACS Implementation Challenge* (2009), file formats.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError, list_ids
from landsea_routing.io.atomic import write_text
from landsea_routing.io.text_lines import LineReader, log_dropped, text_number
from landsea_routing.kernels.csr import as_index

MICRO = 1e6
"""Parts of a degree in which positions are written."""


class WeightedGraph(NamedTuple):
    """Arcs with one weight each; parallel ones are kept, in the order of the file.

    Parameters
    ----------
    n_vertices : int
        Number of vertices.
    tail, head : (n_arcs,) int arrays
        Ends of the arcs, counted from 0.
    weight : (n_arcs,) array
        Weight, >= 0 and finite.
    """

    n_vertices: int
    tail: IntArray
    head: IntArray
    weight: FloatArray


def read_dimacs_graph(path: str | Path) -> WeightedGraph:
    r"""Read a graph from a DIMACS ``.gr`` file.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    WeightedGraph

    Raises
    ------
    SchemaError
        A line is not as it must be; the message names file and line.
    LandseaError
        The file cannot be read.

    Notes
    -----
    O(lines).

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "small.gr"
    ...     _ = path.write_text("p sp 2 1\na 1 2 803\n", encoding="utf-8")
    ...     read_dimacs_graph(path).weight.tolist()
    [803.0]
    """
    return _GraphReader(path).read()


def write_dimacs_graph(
    path: str | Path,
    tail: ArrayLike,
    head: ArrayLike,
    weight: ArrayLike,
    *,
    n_vertices: int,
    comment: str = "",
) -> None:
    """Write a graph to a DIMACS ``.gr`` file; reading it gives the same numbers.

    Parameters
    ----------
    path : str or Path
        The file; what was there before is replaced in one step.
    tail, head : (n_arcs,) int arrays
        Ends of the arcs, counted from 0.
    weight : (n_arcs,) array
        Weight, >= 0; arcs of weight `inf` are closed and left out.
    n_vertices : int
        Number of vertices.
    comment : str
        Written at the top, line by line.

    Raises
    ------
    InvalidValueError
        Lengths differ, an end is no vertex, or a weight is NaN or negative.
    LandseaError
        The file cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "small.gr"
    ...     write_dimacs_graph(path, [0, 1], [1, 0], [7, 2.5], n_vertices=2)
    ...     print(path.read_text(encoding="utf-8"), end="")
    p sp 2 2
    a 1 2 7
    a 2 1 2.5
    """
    ends = as_index(tail, n_vertices, "tail"), as_index(head, n_vertices, "head")
    weights = np.asarray(weight, dtype=np.float64)
    if not ends[0].shape == ends[1].shape == weights.shape:
        raise InvalidValueError(
            f"tail, head and weight have shapes {ends[0].shape}, {ends[1].shape} and {weights.shape}",
            expected="three arrays of one length",
        )
    bad = np.flatnonzero(np.isnan(weights) | (weights < 0))
    if bad.size:
        raise InvalidValueError(
            f"weight is NaN or negative on {bad.size} of {weights.size} arcs ({list_ids(bad.tolist())})",
            ids=bad.tolist(),
            expected="numbers >= 0; inf closes an arc",
            cure="correct them",
        )
    is_open = np.isfinite(weights)
    log_dropped(str(path), {"arcs of infinite weight": int((~is_open).sum())})
    lines = [f"c {text}" for text in comment.splitlines()]
    lines.append(f"p sp {n_vertices} {int(is_open.sum())}")
    columns = ends[0][is_open] + 1, ends[1][is_open] + 1, weights[is_open]
    lines += [f"a {u} {v} {text_number(w)}" for u, v, w in zip(*(c.tolist() for c in columns), strict=True)]
    write_text(Path(path), "\n".join(lines) + "\n")


def read_dimacs_coordinates(path: str | Path) -> tuple[FloatArray, FloatArray]:
    r"""Read the positions of vertices from a DIMACS ``.co`` file.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    lon, lat : (n_vertices,) arrays
        Degrees.

    Raises
    ------
    SchemaError
        A line is not as it must be, or a vertex has no position; the message names file and line.
    LandseaError
        The file cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "small.co"
    ...     _ = path.write_text("p aux sp co 1\nv 1 -73530767 41085396\n", encoding="utf-8")
    ...     lon, lat = read_dimacs_coordinates(path)
    >>> lon.tolist(), lat.tolist()
    ([-73.530767], [41.085396])
    """
    return _PlaceReader(path).read()


def write_dimacs_coordinates(path: str | Path, lon: ArrayLike, lat: ArrayLike, *, comment: str = "") -> None:
    """Write the positions of vertices to a DIMACS ``.co`` file, to a millionth of a degree (11 cm).

    Parameters
    ----------
    path : str or Path
        The file; what was there before is replaced in one step.
    lon, lat : (n_vertices,) arrays
        Degrees.
    comment : str
        Written at the top, line by line.

    Raises
    ------
    InvalidValueError
        A position is outside -180 to 180 and -90 to 90 degrees, or the lengths differ.
    LandseaError
        The file cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "small.co"
    ...     write_dimacs_coordinates(path, [-73.530767], [41.085396])
    ...     print(path.read_text(encoding="utf-8"), end="")
    p aux sp co 1
    v 1 -73530767 41085396
    """
    east, north = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if east.ndim != 1 or east.shape != north.shape:
        raise InvalidValueError(
            f"lon and lat have shapes {east.shape} and {north.shape}", expected="two arrays of one length"
        )
    outside = np.flatnonzero(~((np.abs(east) <= 180) & (np.abs(north) <= 90)))
    if outside.size:
        raise InvalidValueError(
            f"{outside.size} of {east.size} positions are outside the world ({list_ids(outside.tolist())})",
            ids=outside.tolist(),
            expected="lon from -180 to 180 and lat from -90 to 90 degrees",
            cure="are lat and lon swapped?",
        )
    lines = [f"c {text}" for text in comment.splitlines()]
    lines.append(f"p aux sp co {east.size}")
    places = np.rint(np.stack((east, north), axis=1) * MICRO).astype(np.int64).tolist()
    lines += [f"v {v} {x} {y}" for v, (x, y) in enumerate(places, start=1)]
    write_text(Path(path), "\n".join(lines) + "\n")


class _GraphReader(LineReader):
    """One pass over a ``.gr`` file."""

    def read(self) -> WeightedGraph:
        n_vertices, n_arcs, begun = 0, 0, False
        arcs: list[tuple[int, int, float]] = []
        for text in self.lines():
            words = text.split()
            if not words or words[0] == "c":
                continue
            if not begun:
                if words[:2] != ["p", "sp"] or len(words) != 4:
                    raise self.error(f"is {text[:40]!r}", "a line 'p sp VERTICES ARCS' before all others")
                n_vertices, n_arcs, begun = self.count(words[2]), self.count(words[3]), True
                continue
            if words[0] != "a" or len(words) != 4:
                raise self.error(f"is {text[:40]!r}", "a line 'a TAIL HEAD WEIGHT'")
            weight = self.finite(words[3])
            if weight < 0:
                raise self.error(f"has the weight {words[3]}", "a number >= 0")
            if len(arcs) == n_arcs:
                raise self.error(
                    f"is one arc more than the {n_arcs} of its problem line", "as many lines 'a ...'"
                )
            arcs.append((self.position(words[1], n_vertices), self.position(words[2], n_vertices), weight))
        if not begun:
            raise self.error("has no problem line", "a line 'p sp VERTICES ARCS' before all others")
        if len(arcs) != n_arcs:
            raise self.error(f"has {len(arcs)} arcs, its problem line says {n_arcs}", "as many lines 'a ...'")
        tail, head, weights = np.array(arcs, dtype=np.float64).reshape(-1, 3).T
        return WeightedGraph(n_vertices, tail.astype(np.int64), head.astype(np.int64), weights.copy())


class _PlaceReader(LineReader):
    """One pass over a ``.co`` file."""

    def read(self) -> tuple[FloatArray, FloatArray]:
        n_vertices, begun = 0, False
        places: dict[int, tuple[float, float]] = {}
        for text in self.lines():
            words = text.split()
            if not words or words[0] == "c":
                continue
            if not begun:
                if words[:4] != ["p", "aux", "sp", "co"] or len(words) != 5:
                    raise self.error(f"is {text[:40]!r}", "a line 'p aux sp co VERTICES' before all others")
                n_vertices, begun = self.count(words[4]), True
                continue
            if words[0] != "v" or len(words) != 4:
                raise self.error(f"is {text[:40]!r}", "a line 'v VERTEX X Y'")
            vertex = self.position(words[1], n_vertices)
            if vertex in places:
                raise self.error(f"gives vertex {words[1]} a second position", "one line for each vertex")
            places[vertex] = self.place(words[2:])
        if not begun:
            raise self.error("has no problem line", "a line 'p aux sp co VERTICES' before all others")
        if len(places) != n_vertices:
            raise self.error(f"has {len(places)} of {n_vertices} vertices", "a line 'v ...' for each vertex")
        lon, lat = np.array([places[v] for v in range(n_vertices)], dtype=np.float64).reshape(-1, 2).T
        return lon.copy(), lat.copy()

    def place(self, words: list[str]) -> tuple[float, float]:
        """Read a position in millionths of a degree."""
        lon, lat = (self.finite(word) / MICRO for word in words)
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise self.error(
                f"lies at {lon:g} E, {lat:g} N", "millionths of degrees of longitude, then of latitude"
            )
        return lon, lat
