"""Pages as PDF, printed by a browser that is installed, since no other program knows all of their style."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from landsea_routing.errors import InvalidValueError, LandseaError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PATIENCE_S = 120


def find_browser() -> str:
    """Return the program that can print, or raise InvalidValueError where none is on the PATH."""
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if found is None:
        raise InvalidValueError(
            "a PDF needs a browser, and none is on the PATH",
            expected="one of " + ", ".join(BROWSERS),
            cure="install chromium, or open the HTML page in any browser and print it from there",
        )
    return found


def print_pdf(page: str | Path, pdf: str | Path) -> Path:
    """Print an HTML page to PDF; the browser reaches no network meanwhile.

    Parameters
    ----------
    page : path
        A page of this library.
    pdf : path
        File to write; an existing one is replaced, and only by a whole one.

    Raises
    ------
    InvalidValueError
        No browser is installed.
    LandseaError
        The browser failed.
    """
    browser, target = find_browser(), Path(pdf)
    with tempfile.TemporaryDirectory() as folder:
        printed = Path(folder) / "page.pdf"
        command = [
            browser,
            "--headless=new",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--proxy-server=127.0.0.1:9",  # nobody listens there
            "--no-pdf-header-footer",
            "--virtual-time-budget=3000",
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={printed}",
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # browsers refuse to run for the administrator otherwise
        try:
            done = subprocess.run(  # noqa: S603 - a program found on the PATH, with arguments of ours
                [*command, Path(page).resolve().as_uri()],
                capture_output=True,
                text=True,
                timeout=PATIENCE_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise LandseaError(f"{browser} did not print the page within {PATIENCE_S} s") from None
        if not printed.is_file() or not printed.stat().st_size:
            said = done.stderr.strip().splitlines()[-1:] or ["nothing"]
            raise LandseaError(f"{browser} printed no PDF; it said: {said[0][:200]}")
        shutil.copyfile(printed, target.with_name(f".{target.name}.part"))
        target.with_name(f".{target.name}.part").replace(target)
    return target
