"""Optional libraries: imported where they are needed, missed with one sentence that cures it."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from landsea_routing.errors import MissingExtraError


def need(module: str, *, extra: str) -> ModuleType:
    """Import an optional library, or say how to install it.

    Parameters
    ----------
    module : str
        Name of the module, dots allowed.
    extra : str
        The extra of this project that brings it.

    Returns
    -------
    module

    Raises
    ------
    MissingExtraError
        It is not installed. What breaks inside an installed library is raised as it is.

    Examples
    --------
    >>> need("json", extra="geo").dumps([1])
    '[1]'
    >>> need("no_such_library", extra="geo")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    landsea_routing.errors.MissingExtraError: no_such_library is not installed. Cure: pip install ...
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != module.split(".", maxsplit=1)[0]:
            raise
        raise MissingExtraError(
            f"{error.name} is not installed", ids=(module,), cure=f'pip install "landsea-routing[{extra}]"'
        ) from None
