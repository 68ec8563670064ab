"""Every notebook runs from top to bottom, its asserts included, and shows what it has to show."""

import warnings
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.py"))
SECONDS = 180

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_runs(path, tmp_path):
    jupytext = pytest.importorskip("jupytext", reason="jupytext is not installed (extra dev)")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed (extra dev)")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed (extra dev)")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the runner's own libraries warn of is not ours
        notebook = jupytext.read(path)
        client = nbclient.NotebookClient(
            notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
        )
        client.execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(cells) > 3
    assert "assert " in cells[-1].source
    assert any("text/html" in out.get("data", {}) for cell in cells for out in cell.outputs)


def test_there_are_notebooks():
    assert NOTEBOOKS
