"""Run a program that only another environment may have; its answer comes back as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import pytest

VARIABLE = "LANDSEA_INTEROP_PYTHON"
"""Path of a Python that has the extra `interop`, where this one has it not."""


def ask(code: str, *arguments: object, needs: str) -> Any:
    """Return what `code` prints last, run with `arguments` in a process of its own; skip where it cannot."""
    python = sys.executable if find_spec(needs) else os.environ.get(VARIABLE, "")
    if not python:
        pytest.skip(f"{needs} is not installed; pip install 'landsea-routing[interop]' or set {VARIABLE}")
    # Peers configure logging, fork and load their own solvers: none of that belongs into our process.
    done = subprocess.run(  # noqa: S603
        [python, "-W", "ignore", "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode:
        pytest.fail(f"{needs} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])
