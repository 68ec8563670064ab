"""What makes nouns frozen: a mapping that refuses changes, and arrays that refuse writes."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

import numpy as np

K = TypeVar("K")
V = TypeVar("V")


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
    """Set the arrays of an object, or of a tuple of such, read-only.

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
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            item = getattr(value, name)
            if isinstance(item, (np.ndarray, tuple)):
                freeze_arrays(item)
