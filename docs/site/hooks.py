"""What the site adds: for each part of api.md a page of docstrings, and the notebooks as pages."""

from __future__ import annotations

import inspect
import os
import re
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from mkdocs.structure.files import File, Files

import landsea_routing as lsr

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))
RUN = os.environ.get("LANDSEA_NOTEBOOKS") == "run"
"""Whether notebooks are run, for their outputs; takes minutes."""
CELL = re.compile(r"^# %%(?P<kind>[^\n]*)\n(?P<text>.*?)(?=^# %%|\Z)", re.DOTALL | re.MULTILINE)
PART = re.compile(r"^## (?P<title>.+)\n\n(?P<marks>(?:<!-- .+ -->\n)+)", re.MULTILINE)
MARK = re.compile(r"<!-- (?:api: )?(\w+) -->")


class Part(NamedTuple):
    """A part of api.md: its title, its page, and the full names that it tells of."""

    title: str
    page: str
    names: list[str]


def on_config(config: Any) -> Any:
    """List the notebooks and the pages of the API in the navigation."""
    for entry in config["nav"]:
        if "Notebooks" in entry:
            entry["Notebooks"] = [f"notebooks/{path.stem}.md" for path in NOTEBOOKS]
        for one in entry.get("Look up", ()):
            if "API" in one:
                one["API"] = [{"All names": "api.md"}, *(part.page for part in api_parts())]
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add a page for each part of the API and for each notebook."""
    for title, page, names in api_parts():
        text = "\n\n".join([f"# {title}", *(f"::: {name}" for name in names)])
        files.append(File.generated(config, page, content=text + "\n"))
    for path in NOTEBOOKS:
        text = notebook_page(path.read_text("utf-8"), path.name, run=RUN)
        files.append(File.generated(config, f"notebooks/{path.stem}.md", content=text))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """List the public names, and the classes of results, in the parts of api.md that are about them."""
    if page.file.src_uri != "api.md":
        return markdown
    parts = iter(api_parts())
    return PART.sub(lambda _: _overview(next(parts)), markdown)


def api_parts() -> list[Part]:
    """Return the parts of api.md: `<!-- api: PACKAGE -->` stands for the public names of a package."""
    parts = []
    for part in PART.finditer((ROOT / "docs" / "api.md").read_text("utf-8")):
        marks = MARK.findall(part["marks"])
        names = [n for mark in marks for n in (result_classes() if mark == "results" else public_names(mark))]
        parts.append(Part(part["title"], f"api/{marks[0]}.md", names))
    return parts


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


def notebook_page(source: str, name: str, run: bool) -> str:
    """Return a notebook of cells as Markdown; with what it prints where it is run."""
    cells = [(m["kind"], m["text"].strip("\n")) for m in CELL.finditer(source)]
    printed = iter(_outputs([text for kind, text in cells if "[markdown]" not in kind]) if run else ())
    how = "run with its outputs below" if run else "run it in Jupyter, with jupytext, to see what it prints"
    parts = []
    for kind, text in cells:
        if "[markdown]" in kind:
            parts.append(re.sub(r"^# ?", "", text, flags=re.MULTILINE))
        else:
            parts += [f"```python\n{text}\n```", *next(printed, [])]
    parts.insert(1, f"*This is `notebooks/{name}`; {how}.*")
    return "\n\n".join(parts) + "\n"


def _outputs(codes: list[str]) -> list[list[str]]:
    """Run the cells of a notebook; return what each shows, as Markdown."""
    import nbclient
    from nbformat.v4 import new_code_cell, new_notebook

    notebook = new_notebook(cells=[new_code_cell(code) for code in codes])
    with tempfile.TemporaryDirectory() as folder:
        nbclient.NotebookClient(notebook, resources={"metadata": {"path": folder}}).execute()
    return [[_shown(output) for output in cell.outputs] for cell in notebook.cells]


def _shown(output: Any) -> str:
    data = output.get("data", {})
    if "text/html" in data:
        lines = [line.strip() for line in data["text/html"].splitlines()]
        return '<div class="shown">' + "".join(lines) + "</div>"  # on one line: Markdown leaves it alone
    if "image/png" in data:
        return f'<img alt="what the cell draws" src="data:image/png;base64,{data["image/png"].strip()}">'
    text = output.get("text") or data.get("text/plain", "")
    return f"```text\n{text.rstrip()}\n```"


def _overview(part: Part) -> str:
    """The names of a part with the first line of what each says, as a table of links."""
    rows = [f"| [`{name.rpartition('.')[2]}`][{name}] | {_first_line(name)} |" for name in part.names]
    return "\n".join([f"## [{part.title}]({part.page})", "", "| name | what it is |", "|---|---|", *rows, ""])


def _first_line(name: str) -> str:
    home, _, own = name.rpartition(".")
    text = inspect.getdoc(getattr(import_module(home), own)) or ""
    return text.partition("\n")[0].replace("|", "\\|")
