"""The calibration of the base year: no row is dropped without a reason, and the page says what comes out."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import numpy as np
import pytest

import landsea_routing as lsr

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "calibration.md"


@pytest.fixture(scope="module")
def calibration():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module("calibration")


@pytest.fixture(scope="module")
def net():
    return lsr.load_network("northeast_asia")


def test_every_row_is_used_or_has_a_reason(calibration, net):
    rows = calibration.read_rows(net)
    used = calibration.observations(net)
    reasons = [calibration.reason_left_out(net, row) for row in rows]
    assert len(used) == reasons.count("")
    assert {(r["place"], r["commodity"]) for r in rows} >= set(calibration.LEFT_OUT)
    assert sum(not o.held_out for o in used) > 3 * len(calibration.PARAMETERS)
    assert all(o.sd >= 0.1 * o.value for o in used)
    listed = calibration.left_out_table(net)
    assert all(line.rstrip() in PAGE.read_text("utf-8") for line in listed.splitlines())


def test_the_scenario_gives_what_the_page_says(calibration, net):
    words = re.search(r"weighted squares ([\d.]+) before, ([\d.]+) after", PAGE.read_text("utf-8"))
    scenario = lsr.load_scenario(calibration.SCENARIO, net)
    assert all(edit.fields["source"].startswith("fitted") for edit in scenario.edits)
    used = [o for o in calibration.observations(net) if not o.held_out]
    plan = lsr.assign(net)
    for text, answer in zip(words.groups(), (plan, lsr.reassign(plan, scenario)), strict=True):
        off = [(o.what(answer) - o.value) / o.sd for o in used]
        assert float(np.sum(np.square(off))) == pytest.approx(float(text), abs=0.06)


def test_spreads_are_as_the_page_says(calibration, net):
    text = PAGE.read_text("utf-8")
    for commodity, found in calibration.fit_spreads(net).items():
        lines = str(found).splitlines()
        assert f"<!-- calibration: spread_{commodity} -->" in text
        assert all(line.rstrip() in text for line in lines)


@pytest.mark.slow
def test_the_fit_comes_out_again(calibration, net):
    found = lsr.calibrate(net, calibration.observations(net), calibration.PARAMETERS)
    edits = lsr.load_scenario(calibration.SCENARIO, net).edits
    again = lsr.fitted_scenario(found).edits
    assert [(e.verb, {k: v for k, v in e.fields.items() if k != "source"}) for e in edits] == [
        (e.verb, dict(e.fields)) for e in again
    ]


def test_writing_replaces_one_block_and_the_edits(calibration, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- calibration: fit -->\n```text\nold\n```\nb\n", encoding="utf-8")
    calibration.write_block(page, "fit", "new  \ntable")
    assert page.read_text("utf-8") == "a\n<!-- calibration: fit -->\n```text\nnew\ntable\n```\nb\n"
    with pytest.raises(LookupError):
        calibration.write_block(page, "other", "x")
