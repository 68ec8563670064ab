"""Files written in one step: a reader sees the old ones or the new ones, never half of them."""

from __future__ import annotations

import os
import shutil
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
    with fresh_file(path) as part:
        put_text(part, text)


def put_text(part: Path, text: str) -> None:
    """Write a text file into what `fresh_file` or `fresh_folder` gave."""
    part.write_text(text, encoding="utf-8", newline="")


@contextmanager
def fresh_file(target: Path, suffix: str = "") -> Iterator[Path]:
    """Give the path of a file to make; it takes the target's place when the block ends without an error.

    The path ends in `suffix`, for libraries that go by it. A target that is a symbolic link stays one: the
    file that it leads to is replaced.

    Raises
    ------
    LandseaError
        It cannot be written; what was there before is unchanged.
    """
    with _told(target), _beside(target := Path(os.path.realpath(target))) as folder:
        part = folder / f"part{suffix}"
        yield part
        _sync(part)
        _move(part, target)


@contextmanager
def fresh_folder(target: Path) -> Iterator[Path]:
    """Give a folder to fill; it becomes the target when the block ends without an error.

    Where the target is a folder already, the new files take the place of those of the same name, each in
    one step and only once all are written; other files stay.

    Raises
    ------
    LandseaError
        It cannot be written; what was there before is unchanged.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     with fresh_folder(Path(folder) / "new") as part:
    ...         write_text(part / "a.txt", "one")
    ...     [p.name for p in (Path(folder) / "new").iterdir()]
    ['a.txt']
    """
    with _told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with _beside(target) as folder:
            part = folder / target.name
            part.mkdir()
            yield part
            files = sorted(part.iterdir())
            for file in files:
                _sync(file)
            if target.is_dir():
                for file in files:
                    _move(file, Path(os.path.realpath(target / file.name)))
            else:
                part.replace(target)


@contextmanager
def _told(target: Path) -> Iterator[None]:
    """Say what could not be written, in place of an error of the operating system."""
    try:
        yield
    except OSError as error:
        raise LandseaError(
            f"{target} could not be written ({error.strerror or error})",
            code="write",
            ids=(str(target),),
            expected="a folder that may be written to",
            cure="check the free space and the rights of the folder; what was there before is unchanged",
        ) from error


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Give a private folder beside the target, on the same disk, and clear it away."""
    folder = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sync(part: Path) -> None:
    with part.open("rb+") as stream:
        os.fsync(stream.fileno())


def _move(part: Path, target: Path) -> None:
    if target.exists():
        part.chmod(target.stat().st_mode & 0o777)
    part.replace(target)
