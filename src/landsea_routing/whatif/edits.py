"""The vocabulary of scenarios: every edit as data, with the fields it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from landsea_routing._frozen import FrozenDict
from landsea_routing.errors import ScenarioError, did_you_mean
from landsea_routing.model.schema import SCHEMAS

Value = str | float | bool | list[str] | dict[str, object]


@dataclass(frozen=True)
class Verb:
    """One kind of edit: what it does, the fields it needs and those it may have."""

    meaning: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


VERBS: dict[str, Verb] = {
    "close": Verb("Close links (with their crossings), crossings, or all links at a node", ("target",)),
    "open": Verb("Open planned, closed or restricted links (with their crossings) or crossings", ("target",)),
    "set_months": Verb("Set the open months of links or crossings", ("target", "months")),
    "set_capacity": Verb(
        "Set the limit of capacity groups or transfers, in their own unit", ("target", "value")
    ),
    "scale_capacity": Verb("Multiply the limit of capacity groups or transfers", ("target", "factor")),
    "set_hours": Verb("Set the hours of transfers or crossings, or the delay of links", ("target", "hours")),
    "scale_hours": Verb(
        "Multiply the hours of transfers or crossings, or the delay of links", ("target", "factor")
    ),
    "set_fee": Verb(
        "Set the price of transfers, fee of crossings or surcharge of links", ("target", "usd_per_t")
    ),
    "scale_fee": Verb(
        "Multiply the price of transfers, fee of crossings or surcharge of links", ("target", "factor")
    ),
    "set_tariff": Verb(
        "Set parts of one tariff; a row is added where none is that exact",
        ("mode", "country", "commodity"),
        ("vehicle_class", "fixed_usd_per_t", "rate_usd_per_t_km", "speed_km_h"),
    ),
    "scale_tariff": Verb(
        "Multiply the rate (and fixed part) of tariffs",
        ("factor",),
        ("mode", "country", "commodity", "vehicle_class"),
    ),
    "set_demand": Verb(
        "Set the amount of one OD row; a row is added where there is none",
        ("origin", "destination", "commodity", "amount_per_year"),
        ("unit",),
    ),
    "scale_demand": Verb("Multiply demand", ("factor",), ("origin", "destination", "commodity")),
    "scale_value_of_time": Verb("Multiply the value of time", ("factor",), ("commodity",)),
    "allow_domestic_transit": Verb(
        "Let domestic cargo through crossings, or through the port clearances of a country",
        ("target", "commodities"),
    ),
    "add_link": Verb(
        "Add a link with its capacity group (and, over a border, its crossings)",
        ("from_node", "to_node", "mode", "length_km", "capacity"),
        ("id", "gauge", "vehicle_class", "alias", "border_h", "border_usd_per_t", "open_months", "oneway"),
    ),
    "add_row": Verb("Add a row to any table", ("table", "row")),
}
"""Every edit a scenario can make."""

FAMILIES = {
    "set_capacity": "capacity",
    "scale_capacity": "capacity",
    "set_hours": "hours",
    "scale_hours": "hours",
    "set_fee": "fee",
    "scale_fee": "fee",
    "set_months": "months",
    "close": "status",
    "open": "status",
}
"""What an edit changes of the rows that it names; two edits of one family may not meet in a row."""
TARIFF_PARTS = ("fixed_usd_per_t", "rate_usd_per_t_km", "speed_km_h")
"""What `set_tariff` can set; at least one of them."""
COMMON = ("source", "note")
"""Fields that any edit may carry for the reader."""


@dataclass(frozen=True)
class Edit:
    """One edit: a verb and its fields.

    Raises
    ------
    ScenarioError
        The verb or a field is not known, or a required field is missing.
    """

    verb: str
    fields: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", FrozenDict(self.fields))
        if self.verb not in VERBS:
            raise ScenarioError(
                f"edit {self.verb!r} is not known",
                column="do",
                ids=(self.verb,),
                expected=f"one of {', '.join(VERBS)}",
                cure=did_you_mean(self.verb, VERBS) or "use one of these",
            )
        verb = VERBS[self.verb]
        known = (*verb.required, *verb.optional, *COMMON)
        unknown = [f for f in self.fields if f not in known]
        missing = [f for f in verb.required if f not in self.fields]
        if unknown or missing:
            wrong = f"does not know {', '.join(unknown)}" if unknown else f"lacks {', '.join(missing)}"
            raise ScenarioError(
                f"edit {self.verb} {wrong}",
                column=(unknown or missing)[0],
                ids=tuple(unknown or missing),
                expected=f"fields {', '.join(known)}",
                cure=(did_you_mean(unknown[0], known) if unknown else "") or "correct the fields",
            )
        if self.verb == "set_tariff" and not any(name in self.fields for name in TARIFF_PARTS):
            raise ScenarioError(
                "edit set_tariff sets nothing",
                column=TARIFF_PARTS[0],
                ids=tuple(str(self.fields[name]) for name in verb.required),
                expected=f"at least one of {', '.join(TARIFF_PARTS)}",
                cure="say what the tariff shall be",
            )
        if self.verb == "add_row" and self.fields["table"] not in SCHEMAS:
            raise ScenarioError(
                f"edit add_row names table {self.fields['table']!r}",
                column="table",
                ids=(str(self.fields["table"]),),
                expected=f"one of {', '.join(SCHEMAS)}",
                cure=did_you_mean(str(self.fields["table"]), SCHEMAS) or "use one of these",
            )

    def __str__(self) -> str:
        shown = ", ".join(f"{k} {v}" for k, v in self.fields.items() if k not in COMMON)
        return f"{self.verb.replace('_', ' ')}: {shown}"
