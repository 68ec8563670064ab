"""Questions in files: read, refused, answered on the toy network, and drawn."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, ScenarioError, UnknownNameError
from landsea_routing.model.words import GROUP_UNITS
from landsea_routing.report.answer import write_answer
from landsea_routing.report.bars import bar_figure
from landsea_routing.results.answer import Expectation, Sheet
from landsea_routing.whatif.candidates import annuity
from landsea_routing.whatif.questions import ASKS, read_questions
from landsea_routing.whatif.seasons import in_month
from landsea_routing.whatif.watch import WORTH, measure, watch_title

TOY = "toy_three_ports"
HEAD = 'format = 1\n[[questions]]\nid = "X"\ntitle = "t"\nquestion = "q?"\nsources = []\n'


@pytest.fixture
def toy(tmp_path):
    """Copy of the toy network, with what its questions.toml shall hold."""
    folder = tmp_path / "mine"
    shutil.copytree(lsr.packaged_networks()[TOY], folder)

    def write(*steps: str, projects: str = ""):
        text = HEAD + "".join(f'[[questions.steps]]\ntitle = "s"\n{step}\n' for step in steps)
        (folder / "questions.toml").write_text(text, "utf-8")
        if projects:
            (folder / "projects.csv").write_text(projects, "utf-8")
        return lsr.read_network(folder)

    return write


def ask(net, name="X"):
    return lsr.answer_question(lsr.load_question(name, net), net)


def test_the_packaged_toy_question():
    net = lsr.load_network(TOY)
    answer = ask(net, "t1")
    assert all(v.holds for v in answer.verdicts) and len(answer.verdicts) == 3
    # README: the river carries 300 000 t in half a year, 600 000 in a whole one.
    assert answer.sheets[0].cell("river", "base") == pytest.approx(0.3)
    assert answer.sheets[0].cell("river", "river_all_year") == pytest.approx(0.6)
    assert list(answer.plans) == ["base", "river_all_year"]
    assert "as expected" in str(answer) and answer.to_dict()["verdicts"][0]["holds"]


def test_rows_are_called_by_names_and_bars_have_one_unit():
    """One table holds money, tonnes and prices; bars of them would compare dollars with tonnes."""
    (sheet,) = ask(lsr.load_network("toy_three_ports"), "T1").sheets
    assert "line haul, M USD/yr" in sheet.rows
    assert sheet.chart == ""


def test_watched_links_are_called_by_their_ends():
    net = lsr.load_network("toy_three_ports")
    assert (
        watch_title({"link": "rail-arn-bek", "commodity": "coal"}, net)
        == "Arnfels – Bekgate rail, coal, Mt/yr"
    )
    assert watch_title({"port": "bport", "title": "B"}, net) == "B"


def test_what_is_watched_of_a_limit_has_its_unit():
    net = lsr.load_network("toy_three_ports")
    titles = [
        watch_title({kind: name}, net) for kind in ("worth", "used") for name in ("port_aport", "track_river")
    ]
    assert [title.split(", ")[1] for title in titles] == ["USD/TEU", "USD/t", "TEU/yr", "t/yr"]
    assert set(WORTH) == set(GROUP_UNITS)
    with pytest.raises(ScenarioError, match="did you mean port_aport"):
        watch_title({"worth": "port_aprt"}, net)


def test_lines_of_the_ledger_by_commodity_sum_to_the_line():
    plan = lsr.assign(lsr.load_network("toy_three_ports"))
    goods = plan.graph.network.commodities["id"].tolist()
    parts = [measure(plan, {"ledger": "gauge_change", "commodity": c}) for c in goods]
    assert sum(parts) == pytest.approx(measure(plan, {"ledger": "gauge_change"})) and min(parts) < max(parts)
    with pytest.raises(ScenarioError, match="part of a commodity in a limit"):
        measure(plan, {"worth": "track_dual", "commodity": "coal"})
    with pytest.raises(ScenarioError, match="did you mean coal"):
        measure(plan, {"ledger": "gauge_change", "commodity": "cole"})


def test_ways(toy):
    net = toy(
        'ask = "ways"\ntrips = [{ name = "rail", origin = "Ada", destination = "Boro", modes = ["rail"] }, '
        '{ name = "road", origin = "Ada", destination = "Boro", via = ["road-ada-arn"] }, '
        '{ name = "none", origin = "Ada", destination = "Cedar", modes = ["rail"] }]\n'
        'less = [{ name = "more", of = "road", less = "rail" }]'
    )
    (sheet,) = ask(net).sheets
    assert sheet.cell("rail", "USD/t") == pytest.approx(62.15)
    assert sheet.cell("more", "USD/t") == pytest.approx(sheet.cell("road", "USD/t") - 62.15)
    assert sheet.cell("none", "USD/t") == float("inf") and sheet.cell("none", "by") == "no way"
    assert [sheet.cell(row, "modes") for row in sheet.rows] == ["rail", "road, rail", "", ""]
    assert sheet.cell("rail", "unbeaten") == "yes" and sheet.cell("none", "unbeaten") == "no"
    assert "none" in str(sheet)


def test_ways_are_compared_with_those_between_the_same_places(toy):
    step = (
        'ask = "ways"\ntrips = [{ name = "short", origin = "Ada", destination = "Port Anselm" }, '
        '{ name = "long", origin = "Ada", destination = "Boro" }'
    )
    truck = ', { name = "truck", origin = "ada", destination = "boro", via = ["road-ada-arn"] }'
    alone, rivals = ask(toy(f"{step}]", f"{step}{truck}]")).sheets
    assert "unbeaten" not in alone.columns and "Unbeaten" not in alone.note
    assert all(alone.cell("short", c) < alone.cell("long", c) for c in ("h", "USD/t", "kg CO2e/t"))
    # The short trip is better in everything and says nothing about the long one.
    assert [rivals.cell(row, "unbeaten") for row in ("short", "long")] == ["", "yes"]
    assert "Unbeaten" in rivals.note


def test_shares_and_access(toy):
    net = toy(
        'ask = "shares"\nterminals = ["Port Anselm", "Port Brandt"]\nplaces = ["Ada", "Boro"]\n'
        'spreads = [10.0, 20.0]\nscenarios = ["river_all_year"]',
        'ask = "access"\ncities = ["Ada", "Boro"]\ndecay = 50.0\nscenarios = ["river_all_year"]',
    )
    shares, access = ask(net).sheets
    assert shares.cell("Port Anselm", "places, base") == 1.0
    total = [shares.cell(t, "share %, spread 20, base") for t in shares.rows]
    assert sum(total) == pytest.approx(100)
    assert shares.cell("Port Anselm", "overlaps most with") == "Port Brandt"
    # Containers do not ride on the river.
    assert access.cell("Ada", "river_all_year %") == pytest.approx(0.0, abs=1e-9)


def test_break_even_and_closures(toy):
    net = toy(
        'ask = "break_even"\ncommodity = "container"\ncases = [{ name = "berth", origin = "Port Corin", '
        'destination = "Ada", via = ["Port Brandt"], parameter = "hours of aport-sea-rail1435-lift" }]',
        'ask = "closures"\nmonths = [1, 7]\n'
        'posts = [{ name = "river", close = ["inland_water-boro-bport"] }, '
        '{ name = "border", close = ["rail-arn-bek"] }]',
    )
    turned, closed = ask(net).sheets
    assert turned.cell("berth", "turns at") == pytest.approx(67.8)
    assert turned.cell("berth", "corridor wins") == "above 67.8"
    assert closed.rows[0] == "border"
    assert closed.cell("river", "adds M USD/yr, month 1") == pytest.approx(0.0, abs=1e-9)
    assert closed.cell("river", "adds M USD/yr, month 7") > 0


def test_a_corridor_is_dearer_in_the_unit_of_its_weight(toy):
    case = (
        '{ name = "{0}", origin = "cport", destination = "ada", via = ["bport"], {0} '
        'parameter = "hours of aport-sea-rail1435-lift" }'
    )
    usd, hours = (
        case.replace("{0}", text, 1).replace("{0}", more)
        for text, more in (("usd", ""), ("h", 'weight = "time",'))
    )
    for cases, column in (
        ([usd], "corridor dearer now USD/t"),
        ([hours], "corridor dearer now h"),
        ([usd, hours], "corridor dearer now"),
    ):
        net = toy(f'ask = "break_even"\ncommodity = "container"\ncases = [{", ".join(cases)}]')
        assert ask(net).sheets[0].columns[-1] == column


def test_two_ways_that_are_not_there_have_no_difference(toy):
    trip = '{ name = "%s", origin = "ada", destination = "boro", modes = ["sea"] }'
    net = toy(
        f'ask = "ways"\ntrips = [{trip % "a"}, {trip % "b"}]\nless = [{{ name = "d", of = "a", less = "b" }}]'
    )
    assert ask(net).sheets[0].to_dict()["rows"][2]["h"] is None


PROJECTS = "id,name,scenario,cost_usd,life_y,source\nice,Icebreakers,river_all_year,{cost},10,invented\n"


@pytest.mark.parametrize(("cost", "chosen"), [(10e6, "yes"), (100e6, "no"), (1e9, "no")])
def test_projects(toy, cost, chosen):
    step = 'ask = "projects"\ndemands = [""]\nrate = 0.05\nbudget_usd = 150e6\n'
    net = toy(step, projects=PROJECTS.format(cost=cost))
    answer = ask(net)
    assert answer.to_dict()["names"] == {"ice": "Icebreakers"}
    (sheet,) = answer.sheets
    saved = sheet.cell("ice", "saves M USD/yr, base demand")
    base = lsr.assign(net)
    with_ice = lsr.assign(lsr.load_scenario("river_all_year", net).apply(net))
    assert saved * 1e6 == pytest.approx(base.objective_usd - with_ice.objective_usd)
    assert sheet.cell("ice", "saving / cost, base demand") == pytest.approx(
        saved * 1e6 / annuity(cost, 10, 0.05)
    )
    assert sheet.cell("ice", "chosen") == chosen
    assert sheet.cell("ice", "confidence of cost") == "assumed"
    together = sheet.cell("all chosen together", "saves M USD/yr, base demand")
    assert together == pytest.approx(saved if chosen == "yes" else 0.0)


def test_a_tonne_won(toy):
    step = (
        'ask = "projects"\ndemands = [""]\nrate = 0.0\nbudget_usd = 1e9\nonly = ["ice"]\n'
        'per = { link = "inland_water-boro-bport" }'
    )
    (sheet,) = ask(toy(step, projects=PROJECTS.format(cost=30e6))).sheets
    # 3 M USD a year for 300 000 t more.
    assert sheet.cell("ice", "USD a tonne won, base demand") == pytest.approx(10.0)
    assert sheet.rows == ("ice",)
    with pytest.raises(UnknownNameError, match="did you mean ice"):
        ask(toy(step.replace('"ice"', '"icee"'), projects=PROJECTS.format(cost=1.0)))


CANDIDATES = (
    "id,name,scenario,cost_usd,life_y,source\n"
    "valley,Valley line,valley_line,60e6,30,invented\nwide,Wider track,wide_track,9e6,30,invented\n"
)
BUILDS = 'format = 1\ntitle = "t"\nquestion = "?"\n[[edits]]\n'
SCENARIOS = {
    "wide_track": BUILDS + 'do = "set_capacity"\ntarget = "track_dual"\nvalue = 3\n',
    "valley_line": BUILDS + 'do = "open"\ntarget = "valley_line"\n',
}


def test_design(toy):
    phases = "phases = [{ year = 2030, budget_usd = 9e6 }, { year = 2040, budget_usd = 60e6, growth = 2.0 }]"
    head = 'ask = "design"\nrate = 0.05\n'
    net = toy(head + "budget_usd = 100e6", head + phases + "\nuntil = 2060", projects=CANDIDATES)
    for name, text in SCENARIOS.items():
        (net.settings.folder / "scenarios" / f"{name}.toml").write_text(text, "utf-8")
    year, plan = ask(net).sheets
    projects = [
        lsr.Project("valley", 60e6, scenario=lsr.load_scenario("valley_line", net)),
        lsr.Project("wide", 9e6, scenario=lsr.load_scenario("wide_track", net)),
    ]
    found = lsr.design(net, projects, 100e6, discount_rate=0.05)
    saves = year.cell("best plan", "saves net M USD/yr")
    assert saves * 1e6 == pytest.approx(found.base_usd - found.best_usd)
    assert saves >= year.cell("ranking by dual price", "saves net M USD/yr")
    assert year.cell("wide", "best plan") == "yes"
    assert plan.cell("wide", "best plan") == "2030"
    assert plan.cell("best plan", "gap % of cost") <= 1e-4


@pytest.mark.parametrize("what", ["", "budget_usd = 1.0\nuntil = 2050", "phases = [{ year = 2030 }]"])
def test_a_design_without_a_budget_or_an_end(toy, what):
    net = toy(f'ask = "design"\nrate = 0.05\n{what}', projects=CANDIDATES)
    with pytest.raises(ScenarioError, match="what may be spent until when"):
        ask(net)


def test_annuity_refuses_nonsense():
    with pytest.raises(InvalidValueError):
        annuity(1.0, 0.0, 0.05)


SHEET = Sheet("s", "row", ("a", "b"), ("x", "w"), ((1.0, "yes"), (2.0, "no")))


@pytest.mark.parametrize(
    ("row", "column", "sense", "more", "holds"),
    [
        ("a", "x", "above", {"than": 0}, True),
        ("a", "x", "above", {"than": 1}, False),
        ("a", "x", "below", {"than_row": "b"}, True),
        ("b", "x", "about", {"than": 2.2, "within": 0.1}, True),
        ("b", "x", "about", {"than": 2.3, "within": 0.1}, False),
        ("b", "x", "equal", {"than": 2.0 + 1e-12}, True),
        ("b", "x", "below", {"than": 2.0 + 1e-12}, False),
        ("a", "w", "is", {"than": "yes"}, True),
        ("b", "w", "is not", {"than": "yes"}, True),
        ("a", "w", "above", {"than": 0}, False),
    ],
)
def test_expectations(row, column, sense, more, holds):
    assert Expectation("says", row, column, sense, **more).judge(SHEET).holds is holds


def test_a_miss_is_told():
    verdict = Expectation("It rises", "a", "x", "above", than=5, miss="because").judge(SHEET)
    assert str(verdict) == "It rises (1; expected above 5): not so; because"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("format = 9\n", "format 9"),
        ("format = 1\n[[question]]\n", "does not know question"),
        ("format = 1\n[[questions]]\nid = 'X'\n", "lacks title"),
        (HEAD + '[[questions.steps]]\ntitle = "s"\nask = "flow"\n', "flows"),
        (HEAD + '[[questions.steps]]\ntitle = "s"\nask = "flows"\n', "lacks scenarios"),
        (HEAD + '[[questions.steps]]\ntitle = "s"\nask = "flows"\nscenarios = []\nspread = 1\n', "spread"),
        (
            HEAD + '[[questions.steps]]\ntitle = "s"\nask = "flows"\nscenarios = []\n'
            'expects = [{ says = "a", row = "b", column = "c", sense = "over" }]\n',
            "over",
        ),
        (HEAD.replace('"X"', '"X"') + "steps = []\n" + HEAD[11:] + "steps = []\n", "two questions"),
        ("format = [", "cannot be read"),
    ],
)
def test_bad_files_are_refused(tmp_path, text, word):
    file = tmp_path / "questions.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ScenarioError, match=word):
        read_questions(file)


def test_wrong_cells_and_figures_are_refused(toy):
    expects = '\nexpects = [{ says = "a", row = "rivver", column = "base", sense = "above", than = 0 }]'
    with pytest.raises(ScenarioError, match="rivver"):
        ask(toy('ask = "flows"\nscenarios = ["river_all_year"]' + expects))
    with pytest.raises(UnknownNameError):
        ask(toy('ask = "flows"\nscenarios = ["river_al_year"]'))
    plan = lsr.assign(lsr.load_network(TOY))
    with pytest.raises(ScenarioError, match="names 0 things"):
        measure(plan, {"commodity": "coal"})
    with pytest.raises(ScenarioError, match="rail-arn-bek"):
        measure(plan, {"link": "rail-arn-beck"})


@pytest.mark.parametrize("text", ["format = 2\n", BUILDS + 'do = "close"\ntarget = "rivver"\n'])
def test_a_wrong_scenario_is_told_before_any_step_runs(toy, text, monkeypatch):
    net = toy('ask = "flows"\nscenarios = ["river_all_year"]', 'ask = "flows"\nscenarios = ["newer"]')
    (net.settings.folder / "scenarios" / "newer.toml").write_text(text, "utf-8")

    def never(*_):
        raise AssertionError("something ran")

    monkeypatch.setattr("landsea_routing.whatif.runs.assign", never)
    with pytest.raises(ScenarioError, match=r"newer\.toml has format 2|rivver"):
        ask(net)


def test_a_question_that_is_not_there():
    with pytest.raises(UnknownNameError, match="T1"):
        lsr.load_question("T9", TOY)


def test_in_month_is_the_month_all_year():
    net = lsr.load_network(TOY)
    winter, summer = (lsr.assign(in_month(net, m)) for m in (1, 7))
    river = {"link": "inland_water-boro-bport"}
    assert measure(winter, river) == 0.0
    assert measure(summer, river) == pytest.approx(0.6)
    with pytest.raises(InvalidValueError, match="13"):
        in_month(net, 13)


def test_every_way_to_answer_has_a_meaning():
    assert all(a.meaning and a.required for a in ASKS.values())


def test_the_page_holds_words_numbers_and_pictures(tmp_path):
    net = lsr.load_network(TOY)
    html = write_answer(ask(net, "T1"), net, tmp_path / "t1.html").read_text("utf-8")
    assert "<td>river_all_year</td><td>The river never freezes</td>" in html.replace("\n", "")
    saves = "<td>It saves money</td><td>-4.34 M USD/yr</td><td>below 0</td><td>yes</td>"
    assert saves in html.replace("\n", "") and "T1: 3 of 3 expectations come out." in html
    assert "What was expected" in html and html.count("<svg") >= 2 and "http://" not in html
    assert all(f"{part}: {ask(net, 'T1').drawn}" in html for part in ("Where it flows", "What changes"))


def test_verdicts_stand_under_the_table_they_are_of(tmp_path):
    net = lsr.load_network(TOY)
    answer = ask(net, "T1")
    assert [len(of) for of in answer.by_sheet().values()] == [len(answer.verdicts)]
    first, *rest = answer.verdicts
    two = replace(answer, verdicts=(replace(first, sheet="Another table"), *rest))
    assert f"  Another table\n    {first}\n  {rest[0].sheet}\n    {rest[0]}" in str(two)
    assert "<td>Another table</td>" in write_answer(two, net, tmp_path / "t.html").read_text("utf-8")


def test_differences_of_ways_and_single_rows_are_not_drawn(toy, tmp_path):
    trips = (
        '{ name = "rail", origin = "Ada", destination = "Boro", modes = ["rail"] }, '
        '{ name = "road", origin = "Ada", destination = "Boro", via = ["road-ada-arn"] }'
    )
    net = toy(
        f'ask = "ways"\ntrips = [{trips}]\nless = [{{ name = "more", of = "road", less = "rail" }}]',
        f'ask = "ways"\ntrips = [{trips.split(", { name", maxsplit=1)[0]}]',
    )
    html = write_answer(ask(net), net, tmp_path / "t.html").read_text("utf-8")
    assert html.count('<svg class="bars"') == 1
    assert ">more<" not in html[html.index('<svg class="bars"') : html.index("</svg>")]


def test_bars_show_losses_and_gaps():
    figure = bar_figure(["a<b", "c", "d"], [1.0, -3.0, float("inf")], title="x")
    assert "a&lt;b" in figure and 'class="loss"' in figure and "none" in figure


PAGE = (Path(__file__).parents[2] / "docs" / "questions.md").read_text("utf-8")


def test_the_page_about_questions_names_every_way_and_field():
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*)$", PAGE, re.MULTILINE))
    assert set(rows) - {"ask"} == set(ASKS)
    for name, kind in ASKS.items():
        assert all(f"`{field}`" in rows[name] for field in (*kind.required, *kind.optional)), name


def test_the_example_of_the_page_comes_out(tmp_path):
    (text,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "questions.toml").write_text(text, "utf-8")
    net = lsr.load_network("northeast_asia")
    answer = lsr.answer_question(read_questions(tmp_path / "questions.toml")["Q0"], net)
    assert [v.holds for v in answer.verdicts] == [True, False]


def test_a_scenario_that_gains_a_demand_of_its_own_needs_one_base(toy):
    net = toy('ask = "flows"\nscenarios = ["river_all_year", "boom"]')
    scenarios = net.settings.folder / "scenarios"
    (scenarios / "boom.toml").write_text('question = "?"\ndemand = "coal_boom"\n', "utf-8")
    with pytest.raises(ScenarioError, match="different demands"):
        ask(net)
