"""What a solver may say of its answer."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """State of a solution; OPTIMAL is given only after an independent certificate has passed."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    LIMIT = "limit"
    NOT_VERIFIED = "not_verified"
