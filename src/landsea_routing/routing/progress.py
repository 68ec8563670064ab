"""Telling how much of how much is done."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from landsea_routing._extras import need
from landsea_routing.errors import InvalidValueError, MissingExtraError

Progress = bool | Callable[[int, int], None]


def teller(progress: Progress, what: str = "pairs") -> Callable[[int, int], None]:
    """Return what is to be told how much of how much is done.

    Parameters
    ----------
    progress : bool or callable
        True shows a bar of tqdm on a terminal and in a notebook, and where tqdm is not installed a plain line
        on a terminal; nothing where nobody looks. A function is called with the done and with all.
    what : str
        What is counted, in the plural.

    Raises
    ------
    InvalidValueError
        `progress` is neither.

    Examples
    --------
    >>> teller(lambda done, total: print(f"{done} of {total}"))(1, 2)
    1 of 2
    """
    if callable(progress):
        return progress
    if type(progress) is not bool:
        raise InvalidValueError(
            f"progress is {progress!r}",
            column="progress",
            ids=(progress,),
            expected="True, False or a function of (done, total)",
            cure="correct it",
        )
    if not progress:
        return _nothing
    try:
        return _Bar(need("tqdm.auto", extra="progress").tqdm, what)
    except MissingExtraError:
        return _Line(what) if sys.stderr.isatty() else _nothing


class _Bar:
    """A bar of tqdm, gone at the end."""

    def __init__(self, tqdm: Callable[..., Any], what: str) -> None:
        self.tqdm, self.what = tqdm, what
        self.bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        if self.bar is None:
            # `disable=None`: nothing where stderr is no terminal.
            self.bar = self.tqdm(total=total, unit=f" {self.what}", disable=None, leave=False)
        self.bar.update(done - self.bar.n)
        if done >= total:
            self.bar.close()


class _Line:
    """One line that is written over, and gone at the end."""

    def __init__(self, what: str) -> None:
        self.what, self.begin = what, time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        left = (time.monotonic() - self.begin) * (total - done) / max(done, 1)
        text = f"{done:,} of {total:,} {self.what}, {left:,.0f} s left"
        sys.stderr.write(f"\r\033[K{text}" if done < total else "\r\033[K")
        sys.stderr.flush()


def _nothing(done: int, total: int) -> None:
    """Tell nobody."""
