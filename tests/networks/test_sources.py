"""The packaged networks name only sources that a reader can find."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NETWORKS = ROOT / "networks"
FOLDERS = sorted(path for path in NETWORKS.iterdir() if path.is_dir() and (path / "network.toml").exists())
TABLES = sorted(path for folder in FOLDERS for path in folder.glob("*.csv"))
TEXTS = sorted(path for ending in ("md", "toml") for path in NETWORKS.rglob(f"*.{ending}"))

FILE_NAME = re.compile(r"(?<![\w/.-])(?:\.{0,2}/)?[\w./-]*\w\.(?:md|csv|py|toml|geojson)\b")
FACT = re.compile(r"\bF\d+(?:\.\d+)?\b")
FACT_ID = re.compile(r"^(?:## |\| )(F\d+(?:\.\d+)?) ", re.MULTILINE)
PLACEHOLDERS = ("border_facts", "shar" + "ed/")
CONFIDENCE = {"high", "med", "low", "assumed"}


def _name(path: Path) -> str:
    return str(path.relative_to(NETWORKS))


def _folder_of(path: Path) -> Path:
    """The network a file belongs to, or `networks/` itself."""
    return next((folder for folder in FOLDERS if path.is_relative_to(folder)), NETWORKS)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _cells(path: Path) -> set[str]:
    return {cell for row in _rows(path) for cell in row.values()}


def _missing(text: str, folder: Path) -> set[str]:
    """File names in a text that are neither in the folder nor, written as a path, in the project."""
    names = set(FILE_NAME.findall(text))
    return {n for n in names if not (folder / n).exists() and not ("/" in n and (ROOT / n).exists())}


def _facts(folder: Path) -> set[str]:
    path = folder / "FACTS.md"
    return set(FACT_ID.findall(path.read_text("utf-8"))) if path.exists() else set()


def test_the_rules_see_what_they_look_for() -> None:
    folder = NETWORKS / "northeast_asia"
    assert _missing("as in nowhere.csv, ../nowhere.md (tests/nowhere.py); www.site.mn/nowhere", folder) == {
        "nowhere.csv",
        "../nowhere.md",
        "tests/nowhere.py",
    }
    assert _missing("as in nodes.csv, ../LAND_LICENCE.md and benchmarks/observed.py.", folder) == set()
    assert FACT.findall("30 Mt (FACTS.md F3.26, F4), FEU, F-class") == ["F3.26", "F4"]
    assert {"F3", "F3.26"} <= _facts(folder)


@pytest.mark.parametrize("path", TABLES, ids=_name)
def test_cells_name_only_files_that_exist(path: Path) -> None:
    assert _missing("\n".join(_cells(path)), _folder_of(path)) == set()


@pytest.mark.parametrize("path", TEXTS, ids=_name)
def test_texts_name_only_files_that_exist(path: Path) -> None:
    assert _missing(path.read_text("utf-8"), _folder_of(path)) == set()


@pytest.mark.parametrize("path", TABLES + TEXTS, ids=_name)
def test_nothing_cites_what_is_not_in_the_project(path: Path) -> None:
    text = path.read_text("utf-8")
    assert [word for word in PLACEHOLDERS if word in text] == []


@pytest.mark.parametrize("path", TABLES + TEXTS, ids=_name)
def test_every_fact_that_is_cited_exists(path: Path) -> None:
    text = "\n".join(_cells(path)) if path.suffix == ".csv" else path.read_text("utf-8")
    assert set(FACT.findall(text)) - _facts(_folder_of(path)) == set()


@pytest.mark.parametrize("path", sorted(NETWORKS.glob("*/FACTS.md")), ids=_name)
def test_fact_ids_are_used_once_and_belong_to_their_section(path: Path) -> None:
    found = FACT_ID.findall(path.read_text("utf-8"))
    assert len(found) == len(set(found))
    section = ""
    for fact in found:
        section = fact if "." not in fact else section
        assert fact.split(".")[0] == section


@pytest.mark.parametrize("path", TABLES, ids=_name)
def test_every_row_has_a_source_and_a_confidence(path: Path) -> None:
    rows = _rows(path)
    assert "source" in rows[0]
    assert [number for number, row in enumerate(rows, 2) if not row["source"].strip()] == []
    if path.name != "validation.csv":  # cases: published figures, judged by their `type`
        assert {row["confidence"] for row in rows} <= CONFIDENCE
