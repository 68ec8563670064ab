"""What the site adds to the pages: the public names with their docstrings, and the notebooks as pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

import landsea_routing as lsr

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))
CELL = re.compile(r"^# %%(?P<kind>[^\n]*)\n(?P<text>.*?)(?=^# %%|\Z)", re.DOTALL | re.MULTILINE)


def on_config(config: Any) -> Any:
    """List the notebooks in the navigation."""
    for entry in config["nav"]:
        if "Notebooks" in entry:
            entry["Notebooks"] = [f"notebooks/{path.stem}.md" for path in NOTEBOOKS]
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add a page for each notebook."""
    for path in NOTEBOOKS:
        text = notebook_page(path.read_text("utf-8"), path.name)
        files.append(File.generated(config, f"notebooks/{path.stem}.md", content=text))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Put the public names where `<!-- api: PACKAGE -->` stands, and the classes of results."""
    if page.file.src_uri != "api.md":
        return markdown
    markdown = re.sub(r"<!-- api: (\w+) -->", lambda m: _directives(public_names(m[1])), markdown)
    return markdown.replace("<!-- results -->", _directives(result_classes()))


def public_names(package: str) -> list[str]:
    """Return the full names of the public names that live in a package."""
    homes = {name: home for name, home in lsr._HOMES.items() if home.split(".")[0] == package}
    return [f"landsea_routing.{home}.{name}" for name, home in sorted(homes.items())]


def result_classes() -> list[str]:
    """Return the full names of the classes of results."""
    found = []
    for path in sorted((ROOT / "src" / "landsea_routing" / "results").glob("[!_]*.py")):
        names = re.findall(r"^class ([A-Z]\w+)", path.read_text("utf-8"), re.MULTILINE)
        found += [f"landsea_routing.results.{path.stem}.{name}" for name in names]
    return found


def notebook_page(source: str, name: str) -> str:
    """Return a notebook of cells as Markdown, without what it prints."""
    parts = []
    for cell in CELL.finditer(source):
        text = cell["text"].strip("\n")
        if "[markdown]" in cell["kind"]:
            parts.append(re.sub(r"^# ?", "", text, flags=re.MULTILINE))
        elif text:
            parts.append(f"```python\n{text}\n```")
    parts.insert(1, f"*This page is `notebooks/{name}`; run it in Jupyter (with jupytext) to see what it prints.*")
    return "\n\n".join(parts) + "\n"


def _directives(names: list[str]) -> str:
    return "\n\n".join(f"::: {name}" for name in names)
