"""What makes nouns frozen: a mapping that refuses changes, and arrays that refuse writes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NoReturn, TypeVar

import numpy as np

K = TypeVar("K")
V = TypeVar("V")
Kept = TypeVar("Kept")


class FrozenDict(dict[K, V]):
    """A dict that cannot be changed once made; it can be copied, pickled and merged with `|`.

    Examples
    --------
    >>> FrozenDict(a=1) | {"b": 2}
    {'a': 1, 'b': 2}
    >>> FrozenDict(a=1)["a"] = 2
    Traceback (most recent call last):
        ...
    TypeError: this mapping is frozen; make a new one
    """

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("this mapping is frozen; make a new one")

    __setitem__ = __delitem__ = __ior__ = _refuse
    update = setdefault = pop = popitem = clear = _refuse

    def __reduce__(self) -> tuple[type[FrozenDict[K, V]], tuple[dict[K, V]]]:
        return type(self), (dict(self),)


def freeze_arrays(value: Any) -> None:
    """Set the arrays of an object, or of a tuple or dict of such, read-only.

    Examples
    --------
    >>> pair = np.zeros(2), np.ones(2)
    >>> freeze_arrays(pair)
    >>> pair[0].flags.writeable
    False
    """
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif isinstance(value, tuple):
        for item in value:
            freeze_arrays(item)
    elif isinstance(value, dict):
        freeze_arrays(tuple(value.values()))
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            item = getattr(value, name)
            if isinstance(item, (np.ndarray, tuple, dict)):
                freeze_arrays(item)


class Frozen:
    """Base of frozen dataclasses: their arrays are read-only, and still so after pickle or copy.

    Examples
    --------
    >>> import copy
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Pair(Frozen):
    ...     values: np.ndarray
    >>> copy.deepcopy(Pair(np.zeros(2))).values.flags.writeable
    False
    """

    def __post_init__(self) -> None:
        freeze_arrays(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        # Neither pickle nor copy remembers that arrays are read-only.
        self.__dict__.update(state)
        freeze_arrays(state)


class Keeper(Frozen):
    """A frozen dataclass that keeps what follows from it alone; pickles and copies leave that behind.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Pair(Keeper):
    ...     values: np.ndarray
    >>> pair = Pair(np.zeros(2))
    >>> pair.keep("answer", lambda: 42), pair.keep("answer", lambda: 43)
    (42, 42)
    """

    def keep(self, key: Hashable, derive: Callable[[], Kept]) -> Kept:
        """Return what follows from the object alone, derived at its first use and kept with it.

        The object never changes, and one made from it by `dataclasses.replace` keeps nothing of this one's.
        Threads that come first at the same time may both derive; all are given the same.
        """
        kept: dict[Hashable, Any] = self.__dict__.setdefault("_kept", {})
        if key not in kept:
            derived = derive()
            freeze_arrays(derived)
            kept.setdefault(key, derived)
        found: Kept = kept[key]
        return found

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_kept"}
