"""The few conversions the project needs; every other unit is written in a name's suffix."""

from __future__ import annotations

KM_PER_NAUTICAL_MILE = 1.852
HOURS_PER_DAY = 24.0
MONTHS_PER_YEAR = 12
EARTH_RADIUS_KM = 6371.0088
"""Mean radius (IUGG); only for coarse checks, lengths come from the tables."""
