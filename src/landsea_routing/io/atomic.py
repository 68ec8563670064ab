"""Files written in one step: a reader sees the old text or the new one, never half of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from landsea_routing.errors import LandseaError


def write_text(path: Path, text: str) -> None:
    """Write a text file beside its target, then move it over in one step.

    Raises
    ------
    LandseaError
        The disk is full or the folder may not be written to; what was there before is unchanged.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_text(Path(folder) / "a.txt", "one")
    ...     (Path(folder) / "a.txt").read_text()
    'one'
    """
    try:
        _replace(path, text)
    except OSError as error:
        raise LandseaError(
            f"{path} could not be written ({error.strerror or error})",
            code="write",
            ids=(str(path),),
            expected="a folder that may be written to",
            cure="check the free space and the rights of the folder; what was there before is unchanged",
        ) from error


def _replace(target: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        beside.chmod(_mode_for(target))
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _mode_for(target: Path) -> int:
    """Rights of the file replaced, or what the user's umask gives a new one (mkstemp makes it private)."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
