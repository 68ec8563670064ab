"""Compiled inner loops over the same arrays, for those who install the extra ``fast``.

Nothing here is needed: each function has a twin in array operations beside its caller, which asks
`enabled` once per call and takes one or the other; both give the same numbers to rounding. Callers import
these files inside functions, so that the compiler is loaded only when it is used. Set the environment
variable ``LANDSEA_FAST`` to 0 to do without.
"""

from __future__ import annotations

import os
from functools import cache
from importlib.util import find_spec


@cache
def _installed() -> bool:
    return find_spec("numba") is not None


def enabled() -> bool:
    """Return whether compiled loops are there and wanted.

    Examples
    --------
    >>> enabled() in (True, False)
    True
    """
    return os.environ.get("LANDSEA_FAST", "1") != "0" and _installed()
