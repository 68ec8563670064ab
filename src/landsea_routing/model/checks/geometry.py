"""Geometry: lengths against the geodesic, positions against the country, ports on the water."""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import BoolArray, FloatArray
from landsea_routing.model.checks.codes import ERROR, WARNING
from landsea_routing.model.checks.facts import Check, find, known_ends
from landsea_routing.model.checks.report import Finding
from landsea_routing.model.network import Network
from landsea_routing.model.words import PORT_KINDS, WATER_MODES
from landsea_routing.units import EARTH_RADIUS_KM

SHORTEST_SHARE = 0.99
"""Shortest length as a share of the geodesic; less cannot be."""
MAX_CIRCUITY = 5.0
SHORT_LINK_KM = 25.0
"""Below this distance a position rounded to a kilometre explains odd ratios: only a warning."""
FAR_KM = 2000.0
"""Farther than this from the middle of its country a node is suspect of swapped coordinates."""
NEAR_SHARE = 0.25
"""Swapped is near when it comes within this share of that distance."""


def geodesic_km(net: Network) -> FloatArray:
    """Length of the WGS84 geodesic between the ends of every link; NaN where an end is not known."""
    from pyproj import Geod

    tail, head, known = known_ends(net)
    lat, lon = net.nodes["lat"], net.nodes["lon"]
    length = np.full(len(known), np.nan)
    known = known & np.isfinite((lat + lon)[tail]) & np.isfinite((lat + lon)[head]) if known.any() else known
    if known.any():
        a, b = tail[known], head[known]
        length[known] = Geod(ellps="WGS84").inv(lon[a], lat[a], lon[b], lat[b])[2] / 1e3
    return length


def check_lengths(net: Network) -> list[Finding]:
    """Links that are shorter than they can be, or far longer than they should be."""
    links, geodesic = net.links, geodesic_km(net)
    length = links["length_km"]
    zero = (length == 0) & (geodesic > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        below = (length < SHORTEST_SHARE * geodesic) & ~zero
        detour = (length > MAX_CIRCUITY * geodesic) & (geodesic > 0)
    found = find(
        "zero-length",
        links,
        "length_km",
        zero,
        "is 0 between two different positions",
        expected="the length of the way",
        cure="measure it",
        details=[f"{g:.1f} km apart" for g in geodesic[zero]],
    )
    near, short = geodesic < SHORT_LINK_KM, length < SHORT_LINK_KM
    for severity, apart, size in ((ERROR, ~near, ~short), (WARNING, near, short)):
        found += _too_short(net, below & apart, geodesic, severity)
        found += _too_long(net, detour & size, geodesic, severity)
    return found


def _too_short(net: Network, rows: BoolArray, geodesic: FloatArray, severity: str) -> list[Finding]:
    length = net.links["length_km"]
    return find(
        "length-below-great-circle",
        net.links,
        "length_km",
        rows,
        "is shorter than the great circle between the ends",
        expected=f"at least {SHORTEST_SHARE} x the geodesic",
        cure="correct the length or the positions of the ends",
        severity=severity,
        details=[f"{a:g} < {b:.1f} km" for a, b in zip(length[rows], geodesic[rows], strict=True)],
    )


def _too_long(net: Network, rows: BoolArray, geodesic: FloatArray, severity: str) -> list[Finding]:
    length = net.links["length_km"]
    return find(
        "circuity",
        net.links,
        "length_km",
        rows,
        f"is more than {MAX_CIRCUITY:g} x the geodesic",
        expected=f"circuity up to {MAX_CIRCUITY:g}",
        cure="correct the length or the positions, or waive it with the reason for the detour",
        severity=severity,
        details=[f"{a:g} km, {a / b:.1f} x" for a, b in zip(length[rows], geodesic[rows], strict=True)],
    )


def check_loops(net: Network) -> list[Finding]:
    """Links that end where they begin."""
    return find(
        "self-loop",
        net.links,
        "to_node",
        net.links["from_node"] == net.links["to_node"],
        "is the node the link comes from",
        expected="two different ends",
        cure="correct an end; no path uses such a link",
        severity=WARNING,
    )


def check_positions(net: Network) -> list[Finding]:
    """Positions that were swapped or never filled in."""
    nodes = net.nodes
    lat, lon = nodes["lat"], nodes["lon"]
    swapped = np.zeros(len(nodes), dtype=bool)
    for country in np.unique(nodes["country"]):
        rows = np.flatnonzero(nodes["country"] == country)
        if rows.size > 1:
            swapped[rows] = _swapped(lat[rows], lon[rows])
    return find(
        "swapped-coordinates",
        nodes,
        "lat",
        swapped,
        f"lies over {FAR_KM:g} km from the rest of its country; with lat and lon swapped it would be near",
        expected="latitude in lat, longitude in lon",
        cure="swap lat and lon of these nodes",
        details=[f"{a:g}, {b:g}" for a, b in zip(lat[swapped], lon[swapped], strict=True)],
    ) + find(
        "null-island",
        nodes,
        "lat",
        (lat == 0) & (lon == 0),
        "and lon are both 0",
        expected="the position of the place",
        cure="look the position up",
        severity=WARNING,
    )


def _swapped(lat: FloatArray, lon: FloatArray) -> BoolArray:
    middle_lat, middle_lon = _median_of_others(lat), _median_of_others(lon)
    here = _distance_km(lat, lon, middle_lat, middle_lon)
    there = _distance_km(lon, lat, middle_lat, middle_lon)
    return np.asarray((here > FAR_KM) & (there < NEAR_SHARE * here) & (np.abs(lon) <= 90))


def _median_of_others(values: FloatArray) -> FloatArray:
    """For each value the median of all others.

    >>> _median_of_others(np.array([1.0, 9.0, 2.0, 3.0])).tolist()
    [3.0, 2.0, 3.0, 2.0]
    """
    rank = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    ordered, others = np.sort(values), len(values) - 1
    low, high = (others - 1) // 2, others // 2
    return np.asarray((ordered[low + (rank <= low)] + ordered[high + (rank <= high)]) / 2)


def _distance_km(
    lat: FloatArray, lon: FloatArray, other_lat: FloatArray, other_lon: FloatArray
) -> FloatArray:
    """Distance on the mean sphere; good enough to tell near from far."""
    a, b = np.radians(lat), np.radians(other_lat)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(other_lon - lon) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def check_ports(net: Network) -> list[Finding]:
    """Ports that no water reaches."""
    wet = np.isin(net.links["mode"], WATER_MODES)
    reached = np.union1d(net.links["from_node"][wet], net.links["to_node"][wet])
    dry = np.isin(net.nodes["kind"], PORT_KINDS) & ~np.isin(net.nodes["id"], reached)
    return find(
        "inland-port",
        net.nodes,
        "kind",
        dry,
        "is a port without a link by water",
        expected=f"a link by {', '.join(WATER_MODES)}",
        cure="add its sea or river link, or call it a terminal",
    )


CHECKS: tuple[Check, ...] = (check_lengths, check_loops, check_positions, check_ports)
