"""Places as points on a sphere: what is near on the earth is near in space, over the antimeridian too."""

from __future__ import annotations

import numpy as np

from landsea_routing._typing import FloatArray

EARTH_KM = 6371.0
"""Radius of the sphere."""


def on_sphere(lon: FloatArray, lat: FloatArray) -> FloatArray:
    """Return places in degrees as points on the unit sphere: (n, 3).

    Examples
    --------
    >>> on_sphere(np.array([180.0]), np.array([0.0])).round(3).tolist()
    [[-1.0, 0.0, 0.0]]
    """
    east, north = np.radians(lon), np.radians(lat)
    return np.stack((np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)), axis=1)
