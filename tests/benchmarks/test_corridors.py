"""Published figures against the packaged network: the bars that it must hold."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import ModuleType

import pytest

import landsea_routing as lsr

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def corridors():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        yield importlib.import_module("corridors")


@pytest.fixture(scope="module")
def net():
    return lsr.load_network("northeast_asia")


@pytest.fixture(scope="module")
def results(corridors: ModuleType, net):
    return corridors.run_cases(net)


def failing(results, case_type: str, kind: str) -> tuple[list[str], int]:
    judged = [r for r in results if (r.type, r.kind) == (case_type, kind) and r.verdict != "cannot run"]
    bad = [
        f"{r.id}: {r.modelled} {r.unit}, published {r.published_text}" for r in judged if r.verdict != "pass"
    ]
    return bad, len(judged)


def test_all_cases_are_there_once(corridors, net):
    ids = [case["id"] for case in corridors.read_cases(net)]
    assert len(ids) == 82
    assert len(set(ids)) == 82


def test_every_case_is_run_or_named_as_not_runnable(corridors, net, results):
    assert [r.id for r in results] == [case["id"] for case in corridors.read_cases(net)]
    assert {r.id for r in results if r.verdict == "cannot run"} == {"V45c", "V45d"}
    assert all(r.modelled is not None for r in results if r.verdict != "cannot run")


def test_all_distances_that_the_links_were_built_from_are_within_tolerance(results):
    bad, total = failing(results, "B", "distance")
    assert total == 26
    assert not bad


def test_85_percent_of_independent_distances_are_within_tolerance(results):
    bad, total = failing(results, "I", "distance")
    assert total == 20
    assert len(bad) <= 0.15 * total, bad


def test_70_percent_of_independent_times_are_within_30_percent(results):
    bad, total = failing(results, "I", "time")
    assert total == 17
    assert len(bad) <= 0.30 * total, bad


@pytest.mark.parametrize("name", ["V26", "V27", "V37", "S07", "T06", "T25", "C02", "C08"])
def test_what_asks_for_a_scenario_comes_out_as_published(results, name):
    """A line not built, the open Arctic, a way over the bridge, domestic cargo through a neighbour."""
    case = next(r for r in results if r.id == name)
    assert case.verdict == "pass", f"{case.modelled} {case.unit}, published {case.published_text}"


def test_every_case_with_a_closed_link_is_among_them(corridors, net, results):
    status = dict(zip(net.links["id"].tolist(), net.links["status"].tolist(), strict=True))
    verdicts = {r.id: r.verdict for r in results}
    for case in corridors.read_cases(net):
        via = [name for side in corridors.read_sides(case) for name in side.via]
        if any(status.get(name, "operating") != "operating" for name in via):
            assert verdicts[case["id"]] in ("pass", "report"), case["id"]


def test_report_only_cases_are_never_judged(results):
    assert all((r.verdict in ("report", "cannot run")) == (r.type == "report") for r in results)


def test_the_base_network_keeps_its_closed_links(net, results):
    assert "rail-khuut-bichigt" in next(r.detail for r in results if r.id == "V26")
    assert dict(zip(net.links["id"], net.links["status"], strict=True))["rail-khuut-bichigt"] == "planned"


@pytest.mark.parametrize(
    ("tolerance", "published", "unit", "interval"),
    [
        ("1.5%", "200", "km", (197, 203)),
        ("-15%/+35%", "100", "km_saved", (85, 135)),
        ("150-300", "200", "km_saved", (150, 300)),
        ("132-175 h", "154", "h", (132, 175)),
        ("", "100", "h", (70, 130)),
        ("lower bound", "1000", "km_min", (1000, float("inf"))),
        ("sign", "900", "km_saved", (0, float("inf"))),
        ("sign", "2-3", "cost ratio", (1, float("inf"))),
        ("range; rail half", "30-32", "USD/t", (30, 32)),
        ("range", "2783 (2018), 3289 (2024)", "USD/FEU", (2783, 3289)),
        ("ratio", "8000/4000/37000", "USD/FEU rail/sea/air", (1.4, 2.6)),
        ("ratio", "2500/5000/30000; 30/16/5", "USD and days sea/rail/air", (1.4, 2.6)),
    ],
)
def test_tolerances_are_read_as_they_are_written(corridors, tolerance, published, unit, interval):
    case = {"tolerance": tolerance, "published": published, "unit": unit}
    figures = corridors.read_published(case, [None, None])
    assert corridors.accepted_interval(case, figures) == pytest.approx(interval)


def test_a_published_text_that_is_no_number_is_not_judged(corridors):
    case = {"tolerance": "", "published": "next day", "unit": "h"}
    assert corridors.accepted_interval(case, corridors.read_published(case, [None])) is None


def test_two_sides_share_a_column_that_names_one(corridors):
    one, two = corridors.read_sides({"via": "a;b|c", "avoid": "x", "modes": "rail|rail;sea"})
    assert one == (("a", "b"), ("x",), ("rail",))
    assert two == (("c",), ("x",), ("rail", "sea"))


def test_a_missed_bar_is_named(corridors, results):
    spoilt = [r for r in results if (r.type, r.kind) != ("B", "distance")]
    assert any(text.startswith("B distances: 0 of 0") for text in corridors.missed_bars(spoilt))


def test_json_is_standard_json(corridors, results):
    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    read = json.loads(corridors.to_json(results), parse_constant=refuse)
    assert len(read["cases"]) == 82
    assert read["counts"]["B distances"] == {"pass": 26, "of": 26}
