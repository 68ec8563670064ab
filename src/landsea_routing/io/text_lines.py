"""Text formats that are read line by line, so that every message names the line."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from landsea_routing.errors import LandseaError, SchemaError
from landsea_routing.io.cells import not_utf8, text_lines

MAX_FILE_BYTES = 4 * 2**30
"""Larger files are refused before they fill the memory."""
MAX_COUNT = 2**31 - 1
"""So many vertices or arcs a file may promise; more would only fill the memory."""


class LineReader:
    """One pass over the lines of a file; knows where it is, for its messages.

    Parameters
    ----------
    path : str or Path
        The file.
    """

    def __init__(self, path: str | Path) -> None:
        self.path, self.line = Path(path), 0

    def lines(self) -> Iterator[str]:
        """Give line after line, and remember which one it is.

        Raises
        ------
        LandseaError
            There is no such file, it is no UTF-8 text, or it is too large.
        """
        try:
            size = self.path.stat().st_size
            if size > MAX_FILE_BYTES:
                raise LandseaError(
                    f"{self.path} is larger than {MAX_FILE_BYTES >> 30} GiB",
                    code="read",
                    ids=(str(self.path),),
                    expected="a text file that fits into memory",
                    cure="split it",
                )
            with self.path.open(encoding="utf-8-sig") as stream:
                for number, line in enumerate(text_lines(stream, str(self.path)), start=1):
                    self.line = number
                    yield line.removesuffix("\n")
        except UnicodeDecodeError:
            raise not_utf8(self.path) from None
        except OSError as error:
            raise LandseaError(
                f"{self.path} could not be read ({error})",
                code="read",
                ids=(str(self.path),),
                expected="a UTF-8 text file",
                cure="check the path",
            ) from error

    def count(self, word: str) -> int:
        """Read how many there are of something."""
        if not _is_whole(word) or int(word) > MAX_COUNT:
            raise self.error(f"has {word[:40]!r} for a count", f"a whole number from 0 to {MAX_COUNT}")
        return int(word)

    def position(self, word: str, n: int, what: str = "vertex") -> int:
        """Read a number that counts from 1 to n; its position, which counts from 0."""
        if not _is_whole(word) or not 1 <= int(word) <= n:
            raise self.error(f"has {word[:40]!r} for a {what}", f"a whole number from 1 to {n}")
        return int(word) - 1

    def number(self, word: str) -> float:
        """Read a number, or inf."""
        try:
            value = float(word)
        except ValueError:
            value = math.nan
        if math.isnan(value) or "_" in word:
            raise self.error(f"has {word[:40]!r} for a number", "a number")
        return value

    def finite(self, word: str) -> float:
        """Read a finite number."""
        value = self.number(word)
        if math.isinf(value):
            raise self.error(f"has {word[:40]!r} for a number", "a finite number")
        return value

    def error(self, what: str, expected: str, cure: str = "") -> SchemaError:
        """Say what is wrong in which line."""
        return SchemaError(
            f"{self.path}, line {self.line}: {what}", ids=(self.line,), expected=expected, cure=cure
        )


def _is_whole(word: str) -> bool:
    # int() takes other alphabets' digits, and refuses thousands of digits in words of its own.
    return word.isascii() and word.isdigit() and len(word) < 20


def text_number(value: float) -> str:
    """Write a number as a whole one where it is, otherwise so that it reads back to the last bit.

    >>> text_number(3.0), text_number(0.1), text_number(float("inf"))
    ('3', '0.1', 'inf')
    """
    return str(int(value)) if math.isfinite(value) and value == int(value) else repr(value)


def log_dropped(what: str, dropped: Mapping[str, int]) -> None:
    """Name to the caller's log what a format has no place for; nothing is said where nothing is dropped.

    Parameters
    ----------
    what : str
        What was read or written.
    dropped : mapping
        How many of each thing were left out.

    Examples
    --------
    >>> log_dropped("a.gr", {"closed arcs": 0})
    """
    parts = [f"{count} {name}" for name, count in dropped.items() if count]
    if parts:
        logging.getLogger("landsea_routing").warning("%s: left out %s", what, ", ".join(parts))
