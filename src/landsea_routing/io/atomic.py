"""Files written in one step: a reader sees the old text or the new one, never half of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
    with replacing(path) as beside, beside.open("w", encoding="utf-8", newline="") as stream:
        stream.write(text)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give an empty file beside the target to write to, and move it over in one step when all went well.

    For libraries that write files themselves. The file keeps the suffix of the target, by which many of
    them know what is wanted. After any error it is removed, and the target is what it was.

    Raises
    ------
    LandseaError
        The disk is full or the folder may not be written to.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with replacing(Path(folder) / "a.bin") as beside:
    ...         _ = beside.write_bytes(b"one")
    ...     [(file.name, file.read_bytes()) for file in Path(folder).iterdir()]
    [('a.bin', b'one')]
    """
    try:
        handle, name = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.name}.", suffix=f".part{target.suffix}"
        )
        os.close(handle)
        beside = Path(name)
        try:
            yield beside
            _keep(beside)
            beside.chmod(_mode_for(target))
            beside.replace(target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise LandseaError(
            f"{target} could not be written ({error.strerror or error})",
            code="write",
            ids=(str(target),),
            expected="a folder that may be written to",
            cure="check the free space and the rights of the folder; what was there before is unchanged",
        ) from error


def _keep(file: Path) -> None:
    """Put the bytes on the disk before the name points to them."""
    with file.open("r+b") as stream:
        os.fsync(stream.fileno())


def _mode_for(target: Path) -> int:
    """Rights of the file replaced, or what the user's umask gives a new one (mkstemp makes it private)."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
