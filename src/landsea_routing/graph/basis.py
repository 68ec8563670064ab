"""What is derived from which columns, so that networks that have these in common share it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from landsea_routing._typing import BoolArray
from landsea_routing.model.network import Network


class Basis(NamedTuple):
    """What of a network something is derived from.

    Attributes
    ----------
    columns : mapping
        Names of columns by table.
    facts : callable
        Arrays that are all that counts of further columns.
    """

    columns: Mapping[str, tuple[str, ...]]
    facts: Callable[[Network], Sequence[BoolArray]] = lambda _: ()


def same_basis(basis: Basis, one: Network, other: Network) -> bool:
    """Whether two networks have the very columns of a basis in common, as those have that no edit touched."""
    for name, columns in basis.columns.items():
        first, second = one.tables[name], other.tables[name]
        if first is not second and any(first[c] is not second[c] for c in columns):
            return False
    facts = zip(basis.facts(one), basis.facts(other), strict=True)
    return all(np.array_equal(*pair) for pair in facts)


TOPOLOGY = Basis(
    {
        "nodes": ("id", "loads", "waypoint"),
        "links": ("from_node", "to_node", "mode", "gauge", "vehicle_class", "oneway"),
        "vehicle_classes": ("id",),
        "transfers": ("node", "from_mode", "from_gauge_mm", "to_mode", "to_gauge_mm"),
        "crossings": ("from_node", "to_node", "mode"),
    }
)
"""Vertices and arcs; the others hold beside it."""
PRICES = Basis(
    {
        "nodes": ("country", "loads"),
        "links": ("length_km", "status", "open_months", "surcharge_usd_per_t", "delay_h"),
        "vehicle_classes": ("id", "international", "own_tariff"),
        "transfers": ("technology", "commodities", "usd_per_t", "usd_per_teu", "hours"),
        "crossings": (
            "hours",
            "fee_usd_per_t",
            "transload_usd_per_t",
            "transload_h",
            "open_months",
            "status",
        ),
        "clearances": ("country", "direction", "commodities", "hours", "fee_usd_per_t"),
        "access": ("mode", "country", "commodity", "access_h", "egress_usd_per_t", "egress_h"),
        "tariffs": (
            "mode",
            "country",
            "vehicle_class",
            "commodity",
            "fixed_usd_per_t",
            "rate_usd_per_t_km",
            "speed_km_h",
        ),
        "commodities": (
            "id",
            "name",
            "t_per_teu",
            "value_of_time_usd_per_t_h",
            "modes",
            "transfer_technologies",
            "gauge_technologies",
        ),
    },
    lambda network: (network.transfers["capacity"] > 0.0,),
)
GROUPS = Basis(
    {
        "nodes": ("id", "loads"),
        "links": ("id", "from_node", "to_node", "mode", "open_months"),
        "transfers": ("id", "capacity_unit", "commodities"),
        "crossings": ("from_node", "to_node", "mode", "open_months"),
        "capacity_groups": ("id", "kind", "unit"),
        "capacity_members": ("group", "target", "applies_to", "direction", "commodities", "coefficient"),
        "payloads": ("unit", "gauge_mm", "commodity", "t_per_vehicle", "days_per_year"),
        "commodities": ("id", "modes", "t_per_teu"),
    },
    lambda network: (
        np.isfinite(network.capacity_groups["limit"]),
        np.isfinite(network.transfers["capacity"]),
    ),
)
EMISSIONS = Basis(
    {
        "nodes": ("country",),
        "links": ("length_km",),
        "emission_factors": (
            "mode",
            "country",
            "commodities",
            "max_length_km",
            "kg_co2e_per_t_km",
            "kg_co2e_per_t",
        ),
    }
)
SHELVES = {"prices": PRICES, "groups": GROUPS, "emissions": EMISSIONS}
