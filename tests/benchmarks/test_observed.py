"""The comparison with observed tonnages covers every row, and writes only its own section."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

import landsea_routing as lsr

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def observed():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        yield importlib.import_module("observed")


@pytest.fixture(scope="module")
def plan():
    return lsr.assign(lsr.load_network("northeast_asia"))


def test_every_row_is_compared_in_order(observed, plan):
    comparisons = observed.compare_flows(plan)
    assert len(comparisons) == 57
    assert [c.place for c in comparisons if c.modelled is None] == ["manzhouli-zabaikalsk"]  # paper
    assert all(c.modelled is None or c.modelled >= 0 for c in comparisons)
    assert not any(c.source == "same" for c in comparisons)


def test_both_ways_is_the_sum_of_the_directions(observed, plan):
    flows = observed.Flows(plan)

    def tonnes(start, end, *, both_ways):
        return flows.crossing(start, end, "total", "rail", both_ways=both_ways)["flow_t"].sum()

    there = tonnes("manzhouli", "zabaikalsk", both_ways=False)
    back = tonnes("zabaikalsk", "manzhouli", both_ways=False)
    assert min(there, back) > 0
    assert tonnes("manzhouli", "zabaikalsk", both_ways=True) == pytest.approx(there + back)


def test_tonnes_on_a_chain_of_links_count_once(observed, plan):
    flows = observed.Flows(plan)
    one = flows.on_links(("rail-taishet-irkutsk",), "coal")
    assert one > 0
    assert flows.on_links(("rail-taishet-irkutsk", "rail-taishet-irkutsk"), "coal") == one
    whole = flows.on_links(("rail-sukhbaatar-darkhan", "rail-darkhan-ulaanbaatar"), "total")
    parts = [
        flows.on_links((link,), "total") for link in ("rail-sukhbaatar-darkhan", "rail-darkhan-ulaanbaatar")
    ]
    assert max(parts) <= whole <= sum(parts)


def test_writing_replaces_the_section_and_nothing_else(observed, tmp_path):
    path = tmp_path / "SOURCES.md"
    path.write_text(f"# A\n\nkept\n\n{observed.HEADING}\n\nold\n\n## B\n\nkept too\n", encoding="utf-8")
    section = f"{observed.HEADING}\n\nnew\n"
    for _ in range(2):
        observed.write_section(path, section)
        assert (
            path.read_text(encoding="utf-8")
            == f"# A\n\nkept\n\n{observed.HEADING}\n\nnew\n\n## B\n\nkept too\n"
        )
    path.write_text("# A\n", encoding="utf-8")
    observed.write_section(path, section)
    assert path.read_text(encoding="utf-8") == f"# A\n\n{observed.HEADING}\n\nnew\n"
