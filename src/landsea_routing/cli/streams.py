"""What the command prints, on terminals and into files and pipes of every kind."""

from __future__ import annotations

import codecs
import io
import os
import sys
from contextlib import suppress

NEAREST = {"─": "-", "–": "-"}
"""Marks of tables that old encodings lack; any other letter that one lacks becomes a question mark."""


def print_in_any_encoding() -> None:
    """Let output and errors give up a letter rather than the answer.

    A pipe or a file of Windows takes one byte for each letter, and a machine without a locale only ASCII.
    """
    codecs.register_error("landsea", _nearest)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="landsea")


def drop_output() -> None:
    """Lead the output nowhere, so that the last flush of Python does not fail a second time."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    wanting = error.object[error.start : error.end]
    return "".join(NEAREST.get(letter, "?") for letter in wanting), error.end
