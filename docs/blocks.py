"""Read the code blocks of a page and run them, so that what the documentation shows is what happens.

- `python` blocks run in order in one namespace, in a folder of their own.
- `bash` blocks: each `landsea` command runs; `mkdir` makes a folder; setting up an environment is left out.
- A block after a line that holds nothing but `` `PATH`: `` is written to that file.
- A `text` block after one of these is what it prints; one with a comment before it is another program's.
- `<!-- tested with: this -> that; ... -->` before a block says what a test replaces: a cluster, a long run.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FENCE = re.compile(
    r"(?:^`(?P<file>[^\s`]+)`:\n\n|<!-- (?P<comment>[^\n]*?) -->\n+)?"
    r"^```(?P<language>\w+)\n(?P<code>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
PASSED_OVER = ("python3 -m venv", "pip install", "git clone", ".ci/run")
"""Commands that set something up; continuous integration runs those of the README."""


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Parameters
    ----------
    language, code : str
        What it is and what stands in it.
    file : str
        The file it is written to, or empty.
    comment : str
        Text of the comment before it, or empty.
    start, end : int
        Where its code stands in the page.
    """

    language: str
    code: str
    file: str
    comment: str
    start: int
    end: int

    @property
    def tested(self) -> str:
        """The code as a test runs it."""
        code = self.code
        if self.comment.startswith("tested with: "):
            for change in self.comment.removeprefix("tested with: ").split("; "):
                old, new = change.split(" -> ")
                if old not in code:
                    raise LookupError(f"{old!r} does not stand in the block")
                code = code.replace(old, new)
        return code


@dataclass
class Runner:
    """Runs the blocks of one page in a folder; remembers what the last one printed."""

    folder: Path
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "page"})

    def run(self, block: Block) -> str:
        """Run one block and return what it prints."""
        if block.file:
            path = self.folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.code, "utf-8")
            return ""
        out = io.StringIO()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(out), _narrow():
            if block.language == "python":
                exec(compile(block.tested, "page", "exec"), self.names)  # noqa: S102
            elif block.language == "bash":
                for line in block.tested.splitlines():
                    self._command(line)
        return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())

    def _command(self, line: str) -> None:
        from landsea_routing.cli import main

        words = shlex.split(line.replace(".venv/bin/", ""), comments=True)
        if not words or any(passed in line for passed in PASSED_OVER):
            return
        if words[0] == "mkdir":
            Path(words[1]).mkdir()
        elif words[0] == "landsea":
            code = main(words[1:])
            if code:
                raise RuntimeError(f"{line}: exit code {code}")
        else:
            raise LookupError(f"nobody runs {line!r}: say it in Python or as a landsea command")


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page."""
    return [
        Block(m["language"], m["code"], m["file"] or "", m["comment"] or "", m.start("code"), m.end("code"))
        for m in FENCE.finditer(text)
    ]


def is_output(block: Block) -> bool:
    """Whether a block shows what the one before it prints."""
    return block.language == "text" and not block.file and not block.comment


def shown(text: str, folder: Path) -> Iterator[tuple[Block, str]]:
    """Run a page; yield each `text` block with what it has to show."""
    runner, printed = Runner(folder), ""
    for block in blocks(text):
        if is_output(block):
            yield block, printed
        else:
            printed = runner.run(block)


def refreshed(text: str, folder: Path) -> str:
    """Return a page with its outputs written anew."""
    for block, output in reversed(list(shown(text, folder))):
        text = text[: block.start] + output + text[block.end :]
    return text


@contextlib.contextmanager
def _narrow() -> Iterator[None]:
    """Give everything that asks for the width of the terminal the same one."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "100"
    try:
        yield
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before
