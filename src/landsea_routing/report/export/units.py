"""Units of what a skim holds, for formats that carry them beside the numbers."""

from __future__ import annotations

from landsea_routing.graph.cost import LEDGER

UNITS = {
    **dict.fromkeys(("cost", "money", *LEDGER), "USD/t"),
    "time": "h",
    "length": "km",
    "co2e": "kg/t",
}
"""Unit of each weight and attribute; a weight of the user's own has none that is known here."""
