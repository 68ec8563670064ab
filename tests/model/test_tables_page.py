"""docs/tables.md says what the schema and the checks say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from landsea_routing.model.checks.codes import CODES
from landsea_routing.model.schema import SCHEMAS


def writer() -> ModuleType:
    """Return the script that writes the page."""
    path = Path(__file__).with_name("tables_page.py")
    spec = importlib.util.spec_from_file_location("tables_page", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_in_step() -> None:
    script = writer()
    written = script.PAGE.read_text(encoding="utf-8")
    assert written == script.page(), "run PYTHONPATH=src python tests/model/tables_page.py"


def test_the_page_names_every_column_and_code() -> None:
    written = writer().PAGE.read_text(encoding="utf-8")
    for schema in SCHEMAS.values():
        section = written.split(f"\n## {schema.name}\n")[1].split("\n## ")[0]
        assert all(f"| {column.name} |" in section for column in schema.columns)
    assert all(f"| `{code}` |" in written for code in CODES)
