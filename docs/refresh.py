"""Write what README.md and the pages of docs/ show anew: outputs of blocks, the answer of the demo, the map.

    python docs/refresh.py [--map]

The map needs chromium. A test holds the outputs to what the code prints.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import landsea_routing as lsr
from landsea_routing.report.demo import run_demo
from landsea_routing.report.network_map import flow_map
from landsea_routing.report.page import report_page, write_page

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
FENCED = r"<!-- {kind}: {name} -->\n```\w+\n(.*?)```\n"
PICTURE_PX = (860, 860)
ONLY_THE_MAP = "header, h2, .controls, .zoom, .layer-note { display: none !important } main { margin: 0 }"


def block(text: str, kind: str, name: str) -> str:
    """Return the fenced block that follows the comment `<!-- kind: name -->`."""
    found = re.search(FENCED.format(kind=kind, name=name), text, re.DOTALL)
    if found is None:
        raise LookupError(f"README.md has no block `{kind}: {name}`")
    return found.group(1)


def names(text: str, kind: str) -> list[str]:
    """Return the names of all blocks of a kind."""
    return re.findall(rf"<!-- {kind}: (\w+) -->", text)


def printed_by(code: str) -> str:
    """Run Python code and return what it prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "README.md", "exec"), {"__name__": "readme"})  # noqa: S102
    return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())


def outputs(text: str) -> dict[str, str]:
    """Return what each `output` block has to show."""
    shown = {name: printed_by(block(text, "python", name)) for name in names(text, "python")}
    demo = "\n".join(run_demo(lsr.load_network()).verdicts())
    return {**shown, "demo": f"{demo}\n", "corridors": f"{corridor_counts()}\n"}


def corridor_counts() -> str:
    """Return how many published figures the benchmark meets, by each of its rules."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        module = importlib.import_module("corridors")
    finally:
        sys.path.pop(0)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        module.main([])
    return out.getvalue().partition("Within tolerance")[2].partition(":\n")[2].partition("\n\nRemarks")[0]


def refreshed(text: str) -> str:
    """Return the README with all its outputs written anew."""
    for name, output in outputs(text).items():
        pattern = re.compile(rf"(<!-- output: {name} -->\n```text\n).*?(```\n)", re.DOTALL)
        text = pattern.sub(lambda m, output=output: m.group(1) + output + m.group(2), text)
    return text


def draw_map(path: Path) -> None:
    """Draw the flows of the base year with chromium, from the page that the demo writes."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("no chromium on the PATH: docs/map.png stays as it is")
    net = lsr.load_network()
    section = flow_map({"2023": lsr.assign(net)}, heading="Modelled flows of 2023")
    with tempfile.TemporaryDirectory() as folder:
        page = write_page(Path(folder) / "map.html", report_page([section], title="Northeast Asia"))
        # Only the map and its legend: title, buttons and zoom keys are for the screen. The page refuses
        # styles that are not its own, so its policy goes too.
        text = re.sub(r"<meta http-equiv=[^>]*>", "", page.read_text("utf-8"))
        page.write_text(text.replace("</head>", f"<style>{ONLY_THE_MAP}</style></head>"), "utf-8")
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        flags += ["--virtual-time-budget=3000", f"--user-data-dir={folder}/profile"]
        size = "--window-size={},{}".format(*PICTURE_PX)
        done = subprocess.run(  # noqa: S603
            [chromium, *flags, size, f"--screenshot={path}", page.as_uri()], capture_output=True, check=False
        )
    if done.returncode:
        raise SystemExit(done.stderr.decode()[-500:])


def refresh_pages() -> None:
    """Write the outputs on the pages of docs/ anew."""
    import blocks  # the file beside this one, where this one is run

    for page in sorted((ROOT / "docs").glob("*.md")):
        text = page.read_text("utf-8")
        if any(blocks.is_output(block) for block in blocks.blocks(text)):
            with tempfile.TemporaryDirectory() as folder:
                page.write_text(blocks.refreshed(text, Path(folder)), "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--map", action="store_true", help="draw docs/map.png too")
    if parser.parse_args().map:
        draw_map(ROOT / "docs" / "map.png")
    README.write_text(refreshed(README.read_text("utf-8")), "utf-8")
    refresh_pages()
