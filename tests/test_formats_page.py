"""Every example of docs/formats.md runs as it stands, where its library is installed."""

import re
from pathlib import Path

import pytest

from landsea_routing.errors import MissingExtraError

PAGE = (Path(__file__).parents[1] / "docs" / "formats.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_there_are_examples():
    assert len(BLOCKS) == PAGE.count("```") // 2 > 5


@pytest.mark.parametrize("code", BLOCKS, ids=range(len(BLOCKS)))
def test_an_example_runs(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        exec(compile(code, "docs/formats.md", "exec"), {})  # noqa: S102
    except (MissingExtraError, ModuleNotFoundError) as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize(
    "name", re.findall(r"`((?:io|report)\.[\w.]+)`", PAGE), ids=lambda n: n.rpartition(".")[2]
)
def test_what_the_table_names_is_there(name):
    module, _, function = name.rpartition(".")
    assert callable(getattr(__import__(f"landsea_routing.{module}", fromlist=["_"]), function))
