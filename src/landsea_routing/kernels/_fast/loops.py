"""How loops are compiled: one place for the options, so that all give the same numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a function at its first call, which takes seconds; the result is kept on disk for later ones.

    NaN is ruled out and the sign of zero is free, which lets a minimum run in vector instructions; ``inf``
    keeps its meaning. The global lock is released.
    """
    return cast(F, njit(cache=True, nogil=True, fastmath={"nnan", "nsz"})(function))
