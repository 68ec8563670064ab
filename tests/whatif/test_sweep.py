"""Sweeps: by hand, the same however they are run, and nothing lost when a worker or the machine goes down."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
from joblib import parallel_config

import landsea_routing as lsr
from landsea_routing.cli import main
from landsea_routing.errors import InvalidValueError, LandseaError, ScenarioError, UnknownNameError
from landsea_routing.whatif.levers import Lognormal, Normal, Triangular, Uniform, draws, grid, lever_edit
from landsea_routing.whatif.sweep import SweepInterrupted, sweep

NET = lsr.load_network("toy_three_ports")
PLAN = lsr.assign(NET)
SPREADS = {"scale demand of *": Normal(1, 0.1), "hours of rail:arn>bek": Triangular(10, 20, 40)}
DRAWN = draws(SPREADS, 4, seed=3)


def same(one, other) -> bool:
    return one.to_frame().equals(other.to_frame()) and one.base == other.base


def boats(plan) -> float:
    frame = plan.to_frame()
    return float(frame.loc[frame["mode"] == "sea", "flow_t"].sum())


# By hand -----------------------------------------------------------------------------------------------


def test_the_dual_track_by_hand():
    # 15.57 M USD a train a day, while timber goes round; the price is 0 where the track has room.
    found = sweep(
        PLAN, {"capacity of track_dual": [1.9, 2.0, 2.1]}, ask=["objective_usd", "dual of track_dual"]
    )
    assert found.answers["objective_usd"] == pytest.approx(
        [147_176_000 + 0.1 * 15_570_000, 147_176_000, 147_176_000 - 0.1 * 15_570_000]
    )
    assert found.answers["dual of track_dual"] == pytest.approx([15_570_000] * 3)
    assert found.base["dual of track_dual"] == pytest.approx(15_570_000)
    assert found.levers["capacity of track_dual"].tolist() == [1.9, 2.0, 2.1]
    assert found.best() == "capacity of track_dual 2.1"


def test_each_row_is_what_assign_gives():
    found = sweep(NET, DRAWN, ask={"usd": "objective_usd", "boats": boats})
    for i, case in enumerate(DRAWN):
        plan = lsr.assign(case.scenario.apply(NET))
        assert found.answers["usd"][i] == pytest.approx(plan.objective_usd, rel=1e-9)
    assert found.base["boats"] == boats(PLAN)
    assert found.quantiles()["P50"][0] == pytest.approx(np.median(found.answers["usd"]))
    assert found.changes()["usd"][0] == found.answers["usd"][0] - PLAN.objective_usd


def test_edits_of_demand_find_a_demand_that_is_given():
    half = NET.demand.with_columns(amount_per_year=NET.demand["amount_per_year"] / 2)
    little = lsr.assign(NET, half)
    turned = {"scale demand of *": [1.0, 2.0]}
    for found in (
        sweep(NET, turned, ask="objective_usd", demand=half),
        sweep(NET, turned, ask="objective_usd", demand=half.to_frame()),
        sweep(little, turned, ask="objective_usd"),
    ):
        expected = [little.objective_usd, PLAN.objective_usd]
        assert found.answers["objective_usd"] == pytest.approx(expected)


def test_networks_can_be_asked_without_a_plan():
    def bridge_hours(network) -> float:
        return lsr.shortest_path(lsr.expand(network), "Ada", "Boro").time_h

    found = sweep(NET, {"scale hours of rail:*": [1, 2]}, ask=bridge_hours, solve=False)
    assert found.answers["bridge_hours"][0] == found.base["bridge_hours"]
    assert found.answers["bridge_hours"][1] > found.base["bridge_hours"]
    assert found.status.tolist() == ["asked", "asked"]


def test_a_scenario_without_a_plan_is_a_row_with_the_reason():
    little = lsr.Scenario("little").scale_demand(0.5).apply(NET)
    found = sweep(little, {"scale demand of *": [1, 9]}, unserved_price=None, ask="objective_usd")
    assert found.status.tolist() == ["optimal", "infeasible"]
    assert np.isnan(found.answers["objective_usd"][1])
    assert "cannot be carried" in found.notes[1]
    assert "1 without an answer" in str(found)
    json.dumps(found.to_dict(), allow_nan=False)
    assert "<table" in found._repr_html_()


# The same however it is run ----------------------------------------------------------------------------


def test_processes_give_the_same_bits():
    alone = sweep(PLAN, DRAWN)
    assert same(sweep(PLAN, DRAWN, n_jobs=2), alone)
    assert same(sweep(PLAN, DRAWN[::-1]), sweep(PLAN, DRAWN[::-1], n_jobs=2))
    assert sweep(PLAN, DRAWN[3:4]).answers["hours_t"][0] == alone.answers["hours_t"][3]


def test_a_file_is_gone_on_with_and_a_torn_line_dropped(tmp_path):
    path = tmp_path / "found.jsonl"
    alone = sweep(PLAN, DRAWN)
    assert same(sweep(PLAN, DRAWN, results=path), alone)
    lines = path.read_bytes().splitlines(keepends=True)
    assert len(lines) == 5
    asked = []
    for kept in range(5):
        path.write_bytes(b"".join(lines[: 1 + kept]) + lines[min(kept + 1, 4)][:20])
        done = []
        assert same(sweep(PLAN, DRAWN, results=path, progress=lambda i, n, d=done: d.append((i, n))), alone)
        asked.append(len(done))
        assert path.read_bytes().splitlines(keepends=True) == lines
    assert asked == [4, 3, 2, 1, 0]
    path.write_bytes(lines[0][:9])  # torn in its first line
    assert same(sweep(PLAN, DRAWN, results=path), alone)


def test_ctrl_c_keeps_what_is_done(tmp_path):
    path = tmp_path / "found.jsonl"

    def stop(done, total):
        if done == 2:
            raise KeyboardInterrupt

    for results in (None, path):
        with pytest.raises(KeyboardInterrupt) as caught:
            sweep(PLAN, DRAWN, results=results, progress=stop)
        assert isinstance(caught.value, SweepInterrupted)
        assert caught.value.sweep.status.tolist() == ["optimal"] * 2 + ["not run"] * 2
    done = []
    assert same(sweep(PLAN, DRAWN, results=path, progress=lambda i, n: done.append(i)), sweep(PLAN, DRAWN))
    assert done == [3, 4]


def test_a_file_of_other_prices_row_by_row_is_refused(tmp_path):
    file, price = tmp_path / "found.jsonl", np.full(len(NET.demand), 60.0)
    sweep(NET, [lsr.Scenario("a")], unserved_price=price, results=file)
    sweep(NET, [lsr.Scenario("a")], unserved_price=price.copy(), results=file)
    price[1] += 1e-9
    with pytest.raises(InvalidValueError, match="unserved_price differ"):
        sweep(NET, [lsr.Scenario("a")], unserved_price=price, results=file)


def test_a_foreign_or_damaged_file_is_refused(tmp_path):
    path = tmp_path / "found.jsonl"
    sweep(PLAN, DRAWN, results=path)
    text = path.read_bytes()
    others = [
        (NET, DRAWN[:3], None),
        (NET, draws(SPREADS, 4, seed=4), None),
        (lsr.Scenario("s").set_hours("rail:arn>bek", 21).apply(NET), DRAWN, None),
        (NET, DRAWN, "unserved_t"),
    ]
    for base, cases, ask in others:
        with pytest.raises(InvalidValueError, match="another sweep") as caught:
            sweep(base, cases, ask=ask, results=path)
        assert caught.value.code == "foreign-results"
        assert path.read_bytes() == text
    lines = text.splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b"{}\n", *lines[2:]]))
    with pytest.raises(InvalidValueError, match="line 2"):
        sweep(PLAN, DRAWN, results=path)
    with pytest.raises(LandseaError, match="could not be written"):
        sweep(PLAN, DRAWN, results=tmp_path / "nowhere" / "found.jsonl")


# Bad input, before anything runs -----------------------------------------------------------------------


def never(plan):
    raise AssertionError("something ran")


@pytest.mark.parametrize(
    ("cases", "error", "words"),
    [
        ([], InvalidValueError, "no scenarios"),
        ({}, InvalidValueError, "no lever"),
        ({"hours of rail:arn>bek": []}, InvalidValueError, "no values"),
        ({"hours of rail:arn>bek": [1, 1.0]}, InvalidValueError, "twice"),
        ({"hour of rail:arn>bek": [1]}, InvalidValueError, "not understood"),
        ({"hours of rail:arn>bk": [1]}, ScenarioError, "rail:arn>bk"),
        ({"capacity of track_dual": [-1]}, ScenarioError, "-1"),
        ({"capacity of track_dual": [1], "scale capacity of track_dual": [2]}, ScenarioError, "twice"),
        ([lsr.Scenario("a"), lsr.Scenario("a")], InvalidValueError, "more than one"),
        (["a"], InvalidValueError, "no scenario"),
    ],
)
def test_wrong_cases_are_told_before_anything_runs(cases, error, words, monkeypatch):
    monkeypatch.setattr(sys.modules["landsea_routing.whatif.sweep"], "assign", never)
    with pytest.raises(error, match=words):
        sweep(NET, cases)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("format = 2\n", "has format 2"),
        ("[[edits]]\ndo = 'set_capacity'\ntarget = 'track_dul'\nvalue = 3\n", "did you mean track_dual"),
        ("[[edits]]\ndo = 'set_capacity'\ntarget = 'track_dual'\nvalue = -3\n", "value is -3"),
        (
            "[[edits]]\ndo = 'close'\ntarget = 'river'\n[[edits]]\ndo = 'open'\ntarget = 'river'\n",
            "status of inland_water-boro-bport twice",
        ),
    ],
    ids=["a newer version", "an unknown id", "a negative capacity", "edits that contradict each other"],
)
def test_a_wrong_scenario_file_is_told_before_anything_runs(text, words, tmp_path, monkeypatch, capsys):
    """Read and swept, or given to the command."""
    path = tmp_path / "wrong.toml"
    path.write_text(text, "utf-8")
    for module in ("whatif.sweep", "assignment.assign"):
        monkeypatch.setattr(sys.modules[f"landsea_routing.{module}"], "assign", never)
    with pytest.raises(ScenarioError, match=words):
        sweep(NET, [lsr.load_scenario(str(path), NET)])
    assert main(["whatif", str(path), "--network", "toy_three_ports"]) == 3
    assert words in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"ask": "dual of nothing"}, UnknownNameError),
        ({"ask": "cost"}, UnknownNameError),
        ({"ask": []}, InvalidValueError),
        ({"ask": {"a": 1}}, InvalidValueError),
        ({"ask": "objective_usd", "solve": False}, InvalidValueError),
        ({"solve": False}, InvalidValueError),
        ({"n_jobs": 0}, InvalidValueError),
        ({"progress": 3}, InvalidValueError),
        ({"demand": "coal_boom"}, InvalidValueError),
    ],
)
def test_wrong_options(options, error):
    with pytest.raises(error):
        sweep(PLAN, DRAWN[:1], **options)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Uniform(2, 1),
        lambda: Triangular(0, 3, 2),
        lambda: Normal(1, 0),
        lambda: Normal(-1, 1),
        lambda: Lognormal(0, 1),
        lambda: draws({}, 3, seed=0),
        lambda: draws(SPREADS, 0, seed=0),
    ],
)
def test_wrong_distributions(make):
    with pytest.raises(InvalidValueError):
        make()


# Levers and draws --------------------------------------------------------------------------------------


def test_a_plan_at_a_price_of_its_own_is_gone_on_with_at_that_price():
    net = PLAN.graph.network
    own = lsr.assign(net, unserved_price=60.0)
    cases = [lsr.Scenario("as it is")]
    for wrong in (own, lsr.assign(net, unserved_price=None)):
        with pytest.raises(InvalidValueError, match="another unserved price"):
            sweep(wrong, cases)
    found = sweep(own, cases, ask="objective_usd", unserved_price=60.0).to_frame()
    assert found["objective_usd"].iloc[-1] == pytest.approx(own.objective_usd, rel=1e-12)


def test_the_base_has_the_price_of_the_cases():
    for plan in (PLAN, lsr.assign(NET, unserved_price=60.0)):
        found = sweep(plan, [lsr.Scenario("as it is")], ask="objective_usd", unserved_price=70.0)
        assert found.changes()["objective_usd"].tolist() == pytest.approx([0.0], abs=1e-3)
        assert found.base["objective_usd"] == pytest.approx(
            lsr.assign(NET, unserved_price=70.0).objective_usd
        )


@pytest.mark.parametrize(
    "terms",
    [
        {"background": {"track_dual": 1.0}},
        {"steps": {"track_dual": [(1.0, 1000.0)]}},
        {"contracts": {"track_dual": (1.9, 1000.0)}},
    ],
    ids=lambda terms: next(iter(terms)),
)
def test_a_plan_with_terms_of_use_is_no_base(terms):
    """The cases would be solved without them, and differ from the base though nothing is changed."""
    plan = lsr.assign(NET, **terms)
    with pytest.raises(InvalidValueError, match="background, steps or contracts"):
        sweep(plan, [lsr.Scenario("as it is")])
    with pytest.raises(InvalidValueError, match="background, steps or contracts"):
        lsr.tornado(plan, {"scale demand of coal": (0.9, 1.1)})
    with pytest.raises(InvalidValueError, match="background, steps or contracts"):
        lsr.criticality(plan, month=7)
    assert lsr.criticality(plan, what=["links"]).base_usd == plan.objective_usd


def test_draws_have_their_distribution():
    share = (np.arange(20_000) + 0.5) / 20_000
    assert Uniform(2, 4).at(share).mean() == pytest.approx(3)
    assert Triangular(1, 2, 6).at(share).mean() == pytest.approx(3, rel=1e-3)
    assert Normal(5, 1).at(share).std() == pytest.approx(1, rel=1e-2)
    assert Normal(0, 1).at(share).min() >= 0
    assert np.log(Lognormal(7, 0.5).at(share)).std() == pytest.approx(0.5, rel=1e-2)
    for spread in (Uniform(2, 4), Triangular(1, 2, 6), Normal(5, 1), Lognormal(7, 0.5)):
        assert (np.diff(spread.at(share)) > 0).all()


def test_one_more_lever_leaves_the_draws_of_the_others():
    more = draws({"fee of rail:arn>bek": Uniform(0, 1), **SPREADS}, 4, seed=3)
    for one, other in zip(DRAWN, more, strict=True):
        assert one.values == {k: v for k, v in other.values.items() if k in SPREADS}


@pytest.mark.parametrize(
    ("lever", "edit"),
    [
        ("fee of x", "set fee: target x, usd_per_t 2.0"),
        ("scale capacity of x", "scale capacity: target x, factor 2.0"),
        ("scale tariff of rail", "scale tariff: mode rail, factor 2.0"),
        ("scale tariff of rail XA", "scale tariff: mode rail, country XA, factor 2.0"),
        ("scale demand of *", "scale demand: factor 2.0"),
        ("scale value of time of coal", "scale value of time: commodity coal, factor 2.0"),
        ("scale value of time of *", "scale value of time: factor 2.0"),
    ],
)
def test_words_of_levers(lever, edit):
    assert str(lever_edit(lever, 2)) == edit


def test_scenarios_can_be_places_of_a_grid():
    ways = {"as it is": lsr.Scenario("none"), "shut": lsr.Scenario("shut").close("rail-arn-bek")}
    cases = grid({"bridge": ways, "scale demand of *": [1, 2]})
    assert [c.name for c in cases][2] == "shut, scale demand of * 1"
    assert [len(c.scenario.edits) for c in cases] == [1, 1, 2, 2]


def test_scenarios_in_a_grid_keep_their_demand():
    boom = lsr.Scenario("boom", demand="coal_boom")
    found = sweep(PLAN, {"demand": {"now": lsr.Scenario("now"), "boom": boom}}, ask="objective_usd")
    alone = sweep(PLAN, [boom], ask="objective_usd").answers["objective_usd"]
    assert found.answers["objective_usd"].tolist() == [PLAN.objective_usd, *alone]
    assert alone[0] > PLAN.objective_usd
    other = {"other": lsr.Scenario("other", demand="coal_bust")}
    with pytest.raises(InvalidValueError, match="carry different demands"):
        grid({"one": {"boom": boom}, "two": other})


# Workers that die --------------------------------------------------------------------------------------


class Killer:
    """An answer that kills its worker once: the first time that a given moment comes."""

    def __init__(self, folder: Path, home: int, after: int) -> None:
        self.folder, self.home, self.after = folder, home, after

    def __call__(self, plan) -> float:
        if os.getpid() != self.home:
            calls = len(list(self.folder.glob("call*")))
            (self.folder / f"call{calls}-{os.getpid()}").touch()
            if calls >= self.after:
                try:
                    (self.folder / "killed").touch(exist_ok=False)
                except FileExistsError:
                    pass
                else:
                    os.kill(os.getpid(), signal.SIGKILL)
        return plan.objective_usd


def hunted(tmp_path: Path, after: int, cases, **options) -> None:
    """Sweep with a worker killed on the way; nothing may be lost, doubled or different."""
    folder, path = tmp_path / f"calls{after}", tmp_path / f"found{after}.jsonl"
    folder.mkdir()
    found = sweep(PLAN, cases, ask={"usd": Killer(folder, os.getpid(), after)}, results=path, **options)
    assert (folder / "killed").exists()
    alone = sweep(PLAN, cases, ask={"usd": "objective_usd"})
    assert same(found, alone)
    rows = [json.loads(line)["case"] for line in path.read_text().splitlines()[1:]]
    assert sorted(rows) == list(range(len(cases)))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the pool that lost a worker
def test_a_killed_process_loses_nothing(tmp_path):
    cases = draws(SPREADS, 24, seed=5)
    for after in (0, 7, 15):
        hunted(tmp_path, after, cases, n_jobs=2)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the cluster's own
def test_a_cluster_loses_nothing_when_a_worker_is_killed(tmp_path):
    distributed = pytest.importorskip("distributed")
    cases = draws(SPREADS, 24, seed=5)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster),
        parallel_config(backend="dask"),
    ):
        found = sweep(PLAN, cases, n_jobs=-1)
        for after in (0, 7):
            hunted(tmp_path, after, cases, n_jobs=-1)
    assert same(found, sweep(PLAN, cases))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_work_that_always_kills_is_given_up_with_a_word(tmp_path):
    class Always:
        home = os.getpid()

        def __call__(self, plan) -> float:
            if os.getpid() != self.home:
                os.kill(os.getpid(), signal.SIGKILL)
            return 0.0

    with pytest.raises(LandseaError, match="workers died"):
        sweep(PLAN, DRAWN, ask={"x": Always()}, n_jobs=2)


def test_a_cluster_is_sent_the_base_once():
    # dask scatters, once, what can be weakly referenced and says that it is larger than 1 kB.
    shared = sys.modules["landsea_routing.whatif.sweep"]._Shared(PLAN, None, None)
    assert sys.getsizeof(shared) > 1000
    assert shared.__weakref__ is None


def test_what_is_no_list_no_range_and_no_distribution_is_told():
    for ask, said in (
        (lambda: lsr.sweep(PLAN, {"capacity of port_aport": 5}), "no values for capacity of port_aport"),
        (lambda: lsr.tornado(PLAN, {"scale tariff of rail": 2}), "low and high of 'scale tariff of rail'"),
        (lambda: lsr.curve(NET, "capacity of port_aport", (0,)), "two numbers"),
        (lambda: draws({"scale demand of *": (0.8, 1.2)}, 3, seed=1), "Uniform, Triangular"),
        (lambda: lsr.design_phases(NET, [], [2030], until=2050), r"Phase\(year"),
        (lambda: lsr.assign(lsr.expand(NET)), "graph.network"),
        (lambda: lsr.expand("toy_three_ports"), "load_network"),
    ):
        with pytest.raises(InvalidValueError, match=said):
            ask()
    with pytest.raises(AttributeError, match=r"expand\(network\)"):
        lsr.shortest_path(NET, "Ada", "Boro")
    one = lsr.Scenario("shut").close("rail-arn-bek")
    assert lsr.sweep(PLAN, one).to_frame().equals(lsr.sweep(PLAN, [one]).to_frame())
