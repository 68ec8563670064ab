"""The command line: every command, its JSON, its exit codes, and what it says when it cannot."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import landsea_routing as lsr
from landsea_routing.cli import check, main
from landsea_routing.cli.common import INTERRUPTED, INVALID, NO_ANSWER, OK, USAGE

TOY = "toy_three_ports"
ON_TOY = ("--network", TOY)
OBJECTIVE = 147_176_000  # by hand: networks/toy_three_ports/README.md
BEST_ADA_BORO = 62.15


@pytest.fixture
def run(capsys):
    """Run a command; return exit code, what it prints and what it says on the side."""

    def call(*words: str) -> tuple[int, str, str]:
        code = main(words)
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def toy_copy(tmp_path) -> Path:
    folder = tmp_path / "mine"
    shutil.copytree(lsr.packaged_networks()[TOY], folder)
    return folder


def edit(folder: Path, table: str, old: str, new: str) -> None:
    file = folder / f"{table}.csv"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def add_demo(folder: Path) -> None:
    """Give the toy a demo: its scenario under its two demands, and what to watch."""
    settings = folder / "network.toml"
    text = settings.read_text("utf-8").split("[demo]")[0]
    demo = (
        "[demo]\n"
        'scenarios = [{ name = "berth_5k", title = "small" }, { name = "berth_30k", title = "large" }]\n'
        'demands = [{ set = "", title = "as it is" }, { set = "coal_boom", title = "boom" }]\n'
        'crossings = [{ link = "rail-arn-bek", title = "Arn-Bek" }]\nports = ["aport", "bport"]\n'
    )
    settings.write_text(text + demo, "utf-8")
    for name, value in (("berth_5k", 5000), ("berth_30k", 30000)):
        (folder / "scenarios" / f"{name}.toml").write_text(
            f'question = "A berth of {value} TEU?"\n[[edits]]\ndo = "set_capacity"\n'
            f'target = "port_aport"\nvalue = {value}\n',
            "utf-8",
        )


class TestRoute:
    def test_prints_legs_and_ledger(self, run):
        code, out, err = run("route", "Ada", "Boro", *ON_TOY)
        assert code == OK
        assert err == ""
        assert "bogie exchange 1435 -> 1520 mm" in out
        assert f"{BEST_ADA_BORO:.2f} USD/t" in out

    def test_json(self, run):
        code, out, _ = run("route", "ada", "BORO", *ON_TOY, "--json")
        facts = json.loads(out)
        assert code == OK
        assert facts["cost_usd_per_t"] == pytest.approx(BEST_ADA_BORO)
        assert sum(facts["ledger_usd_per_t"].values()) == pytest.approx(BEST_ADA_BORO)
        assert facts["legs"][0]["kind"] == "access"

    @pytest.mark.parametrize(
        ("words", "check"),
        [
            (("--modes", "rail, road"), lambda f: f["cost_usd_per_t"] == pytest.approx(BEST_ADA_BORO)),
            (("--commodity", "coal", "--weight", "time"), lambda f: f["weight"] == "time"),
            (("--via", "Port Brandt"), lambda f: "bport" in str(f["legs"])),
            (("--avoid", "rail-arn-bek"), lambda f: f["cost_usd_per_t"] > BEST_ADA_BORO + 1),
            (("--line-haul",), lambda f: f["legs"][0]["kind"] == "link"),
            (("--scenario", "river_all_year"), lambda f: f["origin"] == "ada"),
            (("--month", "7"), lambda f: f["length_km"] == pytest.approx(740)),
        ],
        ids=lambda v: v[0] if isinstance(v, tuple) else "",
    )
    def test_options(self, run, words, check):
        code, out, _ = run("route", "Ada", "Boro", *ON_TOY, "--json", *words)
        assert code == OK
        assert check(json.loads(out))

    def test_season(self, run):
        words = ("route", "Boro", "Port Brandt", *ON_TOY, "--commodity", "coal", "--json")
        costs = {}
        for when in ((), ("--month", "1"), ("--month", "7"), ("--seasonal",)):
            code, out, _ = run(*words, *when)
            assert code == OK
            costs[when] = json.loads(out)["ledger_usd_per_t"]["line_haul"]
        assert costs[()] == costs["--month", "1"] > costs["--month", "7"] == costs[("--seasonal",)]

    def test_default_network(self, run):
        code, out, _ = run("route", "Chifeng", "Busan")
        assert code == OK
        assert "Chifeng" in out

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("route", "Adda", "Boro"), "did you mean ada?"),
            (("route", "Ada", "Boro", "--commodity", "contaner"), "did you mean container"),
            (("route", "Ada", "Boro", "--weight", "tme"), "did you mean time?"),
            (("route", "Ada", "Boro", "--modes", "raill"), "did you mean rail?"),
            (("route", "Ada", "Boro", "--via", "Port Brand"), "did you mean port brandt"),
            (("route", "Ada", "Boro", "--avoid", "rail-arn-bekk"), "is not among"),
            (("route", "Ada", "Boro", "--month", "13"), "1 to 12"),
            (("route", "Ada", "ada"), "two different places"),
            (("route", "Ada", "Boro", "--scenario", "river_all_yer"), "did you mean river_all_year?"),
            (("route", "Ada", "Boro", "--scenario", "nowhere.toml"), "no scenario file"),
            (("flow", "--demand", "coal_bom"), "did you mean coal_boom?"),
            (("flow", "--unserved-price", "dear"), "a finite price > 0"),
            (("flow", "--unserved-price", "-1"), "a finite price > 0"),
            (("whatif", "river_all_yer"), "did you mean river_all_year?"),
            (("whatif", "river_all_year", "--demand", "coal_bom"), "did you mean coal_boom?"),
        ],
    )
    def test_wrong_question(self, run, words, said):
        code, out, err = run(*words, *ON_TOY)
        assert code == INVALID
        assert out == ""
        assert said in err.lower() or said in err
        code, out, err = run(*words, *ON_TOY, "--json")
        assert code == INVALID
        assert err == ""
        facts = json.loads(out)
        assert said in facts["error"].lower() or said in facts["error"]
        assert {"code", "table", "column", "ids", "expected", "cure"} <= set(facts)

    def test_no_path(self, run):
        code, out, err = run("route", "Ada", "Boro", *ON_TOY, "--modes", "sea")
        assert code == NO_ANSWER
        assert out == ""
        assert "no path for container from Ada to Boro" in err
        code, out, _ = run("route", "Ada", "Boro", *ON_TOY, "--modes", "sea", "--json")
        assert code == NO_ANSWER
        assert "loading at Ada is not by sea" in json.loads(out)["breaks"]


class TestSkim:
    def test_prints_a_table(self, run):
        code, out, err = run("skim", "Ada", "Boro", *ON_TOY)
        assert (code, err) == (OK, "")
        assert out.startswith("cost of container in USD/t: 2 x 2 places")
        assert f"{BEST_ADA_BORO:.1f}" in out

    def test_json(self, run):
        code, out, _ = run("skim", "Ada", "--to", "Boro", "Arn", "--along", "time", *ON_TOY, "--json")
        facts = json.loads(out)
        assert code == OK
        assert facts["matrix"] == [[pytest.approx(BEST_ADA_BORO), None]]  # nothing unloads at the border
        assert facts["along"]["time"] == [[pytest.approx(60.9), None]]

    def test_names_from_a_file_and_rows_to_another(self, run, tmp_path):
        names, table = tmp_path / "names.txt", tmp_path / "table.csv"
        names.write_text("\ufeffAda\n\n  Port Anselm \nBoro\n", "utf-8")
        words = ("--along", "time", "--along", "length", "--csv", str(table))
        code, out, _ = run("skim", f"@{names}", "--to", f"@{names}", *words, *ON_TOY)
        assert code == OK
        lines = table.read_text("utf-8").splitlines()
        assert lines[0] == "origin,destination,cost,time,length"
        assert len(lines) == 1 + 9
        assert "3 x 3 places" in out

    def test_takes_what_a_route_takes(self, run):
        words = ("--modes", "road, rail", "--weight", "time", "--jobs", "1")
        code, out, _ = run("skim", "Ada", "--to", "Boro", *words, *ON_TOY, "--json")
        assert code == OK
        assert json.loads(out)["matrix"] == [[pytest.approx(47.9)]]

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (("Atlantis",), INVALID),
            (("Ada", "--along", "price"), INVALID),
            (("Ada", "--csv", "nowhere/table.csv"), INVALID),
            (("Ada", "--csv", "."), INVALID),
            (("Ada", "--modes", ""), INVALID),
            (("Ada", "--jobs", "0"), INVALID),
        ],
    )
    def test_says_what_is_wrong(self, run, words, code):
        found, out, err = run("skim", *words, *ON_TOY)
        assert (found, out) == (code, "")
        assert "Cure:" in err

    def test_a_missing_file_is_wrong_use(self, capsys):
        with pytest.raises(SystemExit) as caught:
            main(("skim", "@no_such_file"))
        assert caught.value.code == USAGE
        assert "no_such_file" in capsys.readouterr().err

    def test_a_file_that_is_no_text_is_wrong_use(self, capsys, tmp_path):
        (tmp_path / "names").write_bytes(b"\xff\xfe\x00Ada")
        with pytest.raises(SystemExit) as caught:
            main(("skim", f"@{tmp_path / 'names'}"))
        assert caught.value.code == USAGE
        assert "not UTF-8" in capsys.readouterr().err


class TestFlow:
    def test_prints_what_binds(self, run):
        code, out, _ = run("flow", *ON_TOY)
        assert code == OK
        assert "optimal" in out
        assert "track_dual" in out

    def test_json(self, run):
        code, out, _ = run("flow", *ON_TOY, "--json")
        facts = json.loads(out)
        assert code == OK
        assert facts["status"] == "optimal"
        assert facts["objective_usd"] == pytest.approx(OBJECTIVE)
        assert sum(facts["ledger_usd"].values()) == pytest.approx(OBJECTIVE)
        assert facts["unserved"][0]["why"] == "capacity"

    def test_demand_set_scenario_and_price(self, run):
        def objective(*words: str) -> float:
            code, out, _ = run("flow", *ON_TOY, "--json", *words)
            assert code == OK
            return json.loads(out)["objective_usd"]

        assert objective("--demand", "coal_boom") == pytest.approx(162_174_500)
        assert objective("--scenario", "river_all_year") < OBJECTIVE
        assert objective("--unserved-price", "190") < OBJECTIVE
        assert objective("--unserved-price", "none") > OBJECTIVE

    def test_edits_of_demand_are_made_in_the_demand_that_is_given(self, run, tmp_path):
        """The same as `landsea whatif`: the set goes below the edits, and in place of the scenario's own."""
        file = tmp_path / "more.toml"
        edit_of_demand = '[[edits]]\ndo = "scale_demand"\nfactor = 1.5\ncommodity = "coal"\n'
        for demand in ("", 'demand = "coal_boom"\n'):
            file.write_text(f'question = "More coal?"\n{demand}{edit_of_demand}')
            words = (*ON_TOY, "--json", "--demand", "coal_boom")
            plan = json.loads(run("flow", "--scenario", str(file), *words)[1])
            totals = json.loads(run("whatif", str(file), *words)[1])["totals"]
            assert plan["objective_usd"] == pytest.approx(totals[0]["second"])
            assert plan["carried_t"] + plan["unserved_t"] == pytest.approx(1.5 * 3.1e6 + 890_000)

    def test_what_cannot_be_carried(self, run, toy_copy):
        edit(toy_copy, "demand", "1500000", "99000000")
        words = ("flow", "--network", str(toy_copy), "--unserved-price", "none")
        code, _, err = run(*words)
        assert code == NO_ANSWER
        assert "cannot be carried" in err
        code, out, _ = run(*words, "--json")
        facts = json.loads(out)
        assert code == NO_ANSWER
        assert facts["code"] == "infeasible"
        assert sum(facts["short"].values()) > 0
        assert "yard_bek_transload" in facts["binding"]


class TestWhatif:
    def test_lists(self, run):
        code, out, _ = run("whatif", *ON_TOY)
        assert code == OK
        assert "river_all_year: The river never freezes\n    What if" in out
        code, out, _ = run("whatif", *ON_TOY, "--json")
        assert code == OK
        assert list(json.loads(out)) == ["river_all_year"]

    @pytest.mark.parametrize("words", [("--demand", "coal_boom"), ("--out", "page.html")])
    def test_a_list_heeds_no_option(self, run, words):
        code, out, err = run("whatif", *ON_TOY, *words)
        assert (code, out) == (INVALID, "")
        assert f"{words[0]} was given without a scenario" in err

    def test_lists_the_default_network(self, run):
        code, out, _ = run("whatif", "--json")
        assert code == OK
        assert {"tongjiang_0", "tongjiang_5mt", "tongjiang_20mt"} <= set(json.loads(out))

    def test_compares(self, run):
        code, out, _ = run("whatif", "river_all_year", *ON_TOY)
        assert code == OK
        assert "Expected: Coal moves" in out
        assert "saves 4.34 M USD/yr" in out

    def test_compares_several_and_writes_a_page(self, run, tmp_path):
        file = tmp_path / "no_berth.toml"
        file.write_text(
            'format = 1\ntitle = "x"\nquestion = "No berth?"\nsources = ["test"]\n'
            '[[edits]]\ndo = "set_capacity"\ntarget = "port_aport"\nvalue = 0\n'
        )
        page = tmp_path / "page.html"
        code, out, _ = run("whatif", "river_all_year", str(file), *ON_TOY, "--out", str(page))
        assert code == OK
        assert "2 plans against base" in out and f"page written to {page}" in out
        text = page.read_text("utf-8")
        assert "no_berth: x." in text and "No berth?" in text and "Where flows change" in text
        code, out, _ = run("whatif", "river_all_year", str(file), *ON_TOY, "--json")
        assert list(json.loads(out)["scenarios"]) == ["river_all_year", "no_berth"]

    def test_refuses_scenarios_that_cannot_stand_side_by_side(self, run, tmp_path):
        code, _, err = run("whatif", "river_all_year", "river_all_year", *ON_TOY)
        assert code == INVALID and "twice" in err
        file = tmp_path / "boom.toml"
        file.write_text(
            'format = 1\ntitle = "x"\nquestion = "x"\nsources = ["test"]\ndemand = "coal_boom"\n'
            '[[edits]]\ndo = "set_capacity"\ntarget = "port_aport"\nvalue = 0\n'
        )
        code, _, err = run("whatif", "river_all_year", str(file), *ON_TOY)
        assert code == INVALID and "different demands" in err

    def test_json_of_a_file_with_another_demand(self, run):
        file = lsr.packaged_networks()[TOY] / "scenarios" / "river_all_year.toml"
        results = []
        for demand in ((), ("--demand", "coal_boom")):
            code, out, _ = run("whatif", str(file), *ON_TOY, "--json", *demand)
            assert code == OK
            results.append(json.loads(out))
        assert results[0] != results[1]


class TestCheck:
    @pytest.mark.parametrize("words", [(), (TOY,)])
    def test_packaged(self, run, words):
        code, out, _ = run("check", *words)
        assert code == OK
        assert "no errors" in out
        code, out, _ = run("check", *words, "--json")
        assert code == OK
        assert all(row["severity"] == "warning" for row in json.loads(out))

    def test_lists_all_problems_of_a_folder(self, run, toy_copy):
        edit(toy_copy, "links", "rail-ada-aport,ada,", "rail-ada-aport,adda,")
        edit(toy_copy, "demand", "coal,1500000", "cole,1500000")
        code, out, _ = run("check", str(toy_copy))
        assert code == INVALID
        assert "unknown-node" in out
        assert "did you mean ada?" in out
        assert "unknown-commodity" in out
        code, out, _ = run("check", str(toy_copy), "--json")
        assert code == INVALID
        rows = {row["code"]: row for row in json.loads(out)}
        assert rows["unknown-node"]["ids"] == ["rail-ada-aport"]
        # The same folder does not load.
        code, _, err = run("route", "Ada", "Boro", "--network", str(toy_copy))
        assert code == INVALID
        assert "unknown-node" in err

    def test_cells_that_cannot_be_read(self, run, toy_copy):
        edit(toy_copy, "links", ",rail,", ",rial,")
        code, _, err = run("check", str(toy_copy))
        assert code == INVALID
        assert "did you mean rail?" in err

    @pytest.mark.parametrize("name", ["no/such/folder", "./nothing"])
    def test_missing_folder_is_called_one(self, run, name):
        code, _, err = run("check", name)
        assert code == INVALID
        assert "does not exist" in err

    def test_misspelt_network(self, run):
        code, _, err = run("check", "toy_three_port")
        assert code == INVALID
        assert f"did you mean {TOY}?" in err


class TestConvert:
    @pytest.mark.parametrize(
        ("to", "target"),
        [
            ("csv", "out"),
            ("gmns", "out"),
            ("parquet", "out"),
            ("gpkg", "out.gpkg"),
            (None, "out.gpkg"),
            (None, "out"),
        ],
    )
    def test_whole_formats_answer_as_before(self, run, tmp_path, to, target):
        if to == "parquet" or target == "out.gpkg":
            for library in ("geopandas", "pyogrio", "pyarrow"):
                pytest.importorskip(library)
        code, out, _ = run("convert", TOY, str(tmp_path / target), *(("--to", to) if to else ()))
        assert code == OK
        assert "8 nodes, 13 links" in out
        assert "no place for" not in out
        code, out, _ = run("flow", "--network", str(tmp_path / target), "--json")
        assert code == OK
        assert json.loads(out)["objective_usd"] == pytest.approx(OBJECTIVE)

    def test_what_is_left_out_is_said(self, run, tmp_path):
        code, out, _ = run("convert", TOY, str(tmp_path / "a.geojson"), "--json")
        facts = json.loads(out)
        assert code == OK
        assert facts["format"] == "geojson"
        assert facts["left_out"]["tariffs"] == len(lsr.load_network(TOY).tariffs)
        assert "nodes" not in facts["left_out"]
        code, out, err = run("convert", str(tmp_path / "a.geojson"), str(tmp_path / "back"))
        assert code == INVALID
        assert "crossing-missing" in err
        assert not (tmp_path / "back").exists()
        code, out, _ = run("convert", str(tmp_path / "a.geojson"), str(tmp_path / "back"), "--loose")
        assert code == OK
        assert "assumed: no link has a limit" in out

    def test_scenarios_that_are_not_copied_are_named(self, run, toy_copy, tmp_path):
        code, out, _ = run("convert", TOY, str(tmp_path / "out"))
        assert code == OK and "not copied: scenarios/river_all_year.toml, questions.toml" in out
        code, out, _ = run("convert", str(toy_copy), str(toy_copy), "--to", "csv", "--force")
        assert code == OK and "not copied" not in out

    def test_a_suffix_that_is_no_format_is_refused(self, run, tmp_path):
        for name in ("net.xlsx", "net.gpgk"):
            code, out, err = run("convert", TOY, str(tmp_path / name))
            assert (code, out) == (INVALID, "") and "(--to)" in err
            assert not (tmp_path / name).exists()
        assert run("convert", TOY, str(tmp_path / "net.v2"))[0] == OK
        assert run("convert", TOY, str(tmp_path / "net.gmns"), "--to", "GMNS")[0] == OK

    def test_nothing_is_written_over_without_force(self, run, tmp_path):
        (tmp_path / "mine.txt").write_text("mine", "utf-8")
        words = ("convert", TOY, str(tmp_path), "--to", "gmns")
        code, out, err = run(*words)
        assert code == INVALID
        assert out == ""
        assert "--force" in err
        assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
        assert run(*words, "--force")[0] == OK
        assert (tmp_path / "mine.txt").read_text("utf-8") == "mine"
        assert run("check", str(tmp_path))[0] == OK

    def test_a_source_that_is_wrong_leaves_nothing(self, run, toy_copy, tmp_path):
        edit(toy_copy, "links", "rail-ada-aport,ada,", "rail-ada-aport,adda,")
        code, _, err = run("convert", str(toy_copy), str(tmp_path / "out"), "--to", "gmns")
        assert code == INVALID
        assert "did you mean ada?" in err
        assert sorted(p.name for p in tmp_path.iterdir()) == ["mine"]


class TestDemo:
    def test_writes_the_page(self, run, toy_copy, tmp_path):
        add_demo(toy_copy)
        file = tmp_path / "page.html"
        code, out, err = run("demo", "--network", str(toy_copy), "--out", str(file))
        assert code == OK
        assert f"report written to {file}" in out
        assert "port_aport" in out
        assert err == ""  # progress is for a terminal
        page = file.read_text("utf-8")
        assert page.rstrip().endswith("</html>")
        assert "<svg" in page
        assert "port_aport" in page

    def test_json(self, run, toy_copy, tmp_path):
        add_demo(toy_copy)
        file = tmp_path / "page.html"
        code, out, err = run("demo", "--network", str(toy_copy), "--out", str(file), "--json")
        facts = json.loads(out)
        assert code == OK
        assert file.exists()
        assert str(file) in err
        assert facts["base"]["status"] == "optimal"
        assert facts["base"]["objective_usd"] == pytest.approx(OBJECTIVE)
        assert len(facts["whatif"]) == len(facts["verdicts"]) == 4
        small, large = facts["whatif"][:2]
        assert large["cost bn USD/yr"] < small["cost bn USD/yr"]
        assert [large[name] for name in ("limit", "unit")] == [30_000, "TEU/yr"]

    def test_limits_are_told_in_their_unit_and_edits_made_in_the_demand_named(self, run, toy_copy, tmp_path):
        add_demo(toy_copy)
        for name, value in (("berth_5k", "0"), ("berth_30k", '"unlimited"')):
            (toy_copy / "scenarios" / f"{name}.toml").write_text(
                'title = ""\ndemand = "coal_boom"\n[[edits]]\ndo = "set_capacity"\ntarget = "port_aport"\n'
                f'value = {value}\n[[edits]]\ndo = "scale_demand"\ncommodity = "coal"\nfactor = 0.5\n'
            )
        words = ("--network", str(toy_copy), "--out", str(tmp_path / "page.html"), "--json")
        facts = json.loads(run("demo", *words)[1])
        net = lsr.read_network(toy_copy)
        shut = lsr.load_scenario("berth_5k", net)
        for row, demand in zip(facts["whatif"][::2], ("", "coal_boom"), strict=True):
            plan = lsr.assign(shut.use_demand(demand).apply(net))
            assert row["cost bn USD/yr"] == pytest.approx(plan.objective_usd / 1e9)
        assert (facts["whatif"][0]["used"], facts["whatif"][0]["unit"]) == (0, "TEU/yr")
        worth = plan.dual_prices(binding=False).set_index("group").loc["port_aport", "right_usd_per_unit"]
        assert worth > 0
        assert facts["verdicts"][2].endswith(
            f"binds (0.00 of 0.00 TEU/yr used); one more TEU/yr is worth {worth:,.2f} USD."
        )
        assert facts["verdicts"][1] == "large, as it is: port_aport has no limit."

    def test_network_without_a_demo_still_gets_its_base(self, run, tmp_path):
        file = tmp_path / "page.html"
        code, out, _ = run("demo", *ON_TOY, "--out", str(file))
        assert code == OK
        assert "optimal" in out
        assert file.exists()

    def test_writes_where_it_is_run_by_default(self, run, monkeypatch, tmp_path):
        monkeypatch.chdir(tmp_path)
        code, _, _ = run("demo", *ON_TOY)
        assert code == OK
        assert (tmp_path / "landsea_report.html").exists()

    def test_missing_folder_is_told_before_the_work(self, run, tmp_path, monkeypatch):
        monkeypatch.setattr("landsea_routing.report.demo.run_demo", lambda *_, **__: pytest.fail("worked"))
        code, _, err = run("demo", *ON_TOY, "--out", str(tmp_path / "none" / "page.html"))
        assert code == INVALID
        assert "does not exist" in err

    def test_folder_in_place_of_a_file(self, run, tmp_path):
        code, _, err = run("demo", *ON_TOY, "--out", str(tmp_path))
        assert code == INVALID
        assert "is a folder" in err


class TestUse:
    @pytest.mark.parametrize(
        "words",
        [(), ("fly",), ("route", "Ada"), ("route", "Ada", "Boro", "--month", "May"), ("flow", "--fast")],
    )
    def test_wrong_use(self, words, capsys):
        with pytest.raises(SystemExit) as stop:
            main(words)
        assert stop.value.code == USAGE
        assert "usage: landsea" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("rout", "Ada", "Boro"), "did you mean route"),
            (("route", "Ada", "Boro", "--netwrok", TOY), "landsea route: error: unknown: --netwrok"),
            (("route", "Ada", "Boro", "--netwrok=toy"), "did you mean --network?"),
            (("flow", TOY), "a network is named with --network"),
            (("convert", TOY, "out", "--to", "gnms"), "did you mean gmns?"),
        ],
    )
    def test_wrong_use_is_guessed(self, words, said, capsys):
        with pytest.raises(SystemExit) as stop:
            main(words)
        assert stop.value.code == USAGE
        assert said in capsys.readouterr().err

    def test_a_network_that_is_not_here(self, run, monkeypatch, tmp_path):
        (tmp_path / "mine").mkdir()
        monkeypatch.chdir(tmp_path)
        for name, cure in (("Mine2", "did you mean mine?"), ("toy_3_ports", TOY), ("x/y", "check the path")):
            code, out, err = run("flow", "--network", name)
            assert (code, out) == (INVALID, "")
            assert cure in err and "read_network" not in err

    @pytest.mark.parametrize("command", ["check", "questions"])
    def test_the_network_goes_by_one_option_everywhere(self, run, command):
        assert run(command, *ON_TOY) == run(command, TOY)

    def test_nothing_to_show_is_said(self, run, toy_copy):
        shutil.rmtree(toy_copy / "scenarios")
        (toy_copy / "questions.toml").unlink()
        (toy_copy / "demand.csv").unlink()
        (toy_copy / "demand_sets.csv").unlink()
        assert "no scenarios; each is a file" in run("whatif", "--network", str(toy_copy))[1]
        assert "no questions; they stand in" in run("questions", str(toy_copy))[1]
        out = run("flow", "--network", str(toy_copy))[1]
        assert "there is no demand" in out and "──" not in out

    @pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8"])
    def test_any_encoding_gets_the_answer(self, encoding):
        command = [sys.executable, "-m", "landsea_routing", "route", "Ada", "Boro", *ON_TOY]
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, check=True, env={**os.environ, "PYTHONIOENCODING": encoding}
        )
        lines = done.stdout.decode(encoding).splitlines()
        assert f"{BEST_ADA_BORO:.2f} USD/t" in lines[0]
        assert set(lines[2]) <= {" ", "-", "─"}
        assert done.stderr == b""

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
    def test_a_full_disk_is_told(self):
        command = [sys.executable, "-m", "landsea_routing", "flow", *ON_TOY, "--json"]
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)  # noqa: S603
        assert done.returncode == INVALID
        assert b"the output: No space left" in done.stderr and b"Traceback" not in done.stderr

    def test_what_may_not_be_read_or_written_is_told(self, run, toy_copy, tmp_path, monkeypatch):
        def shut(*_args, **_kwargs):
            raise PermissionError(13, "Permission denied", "links.csv")

        monkeypatch.setattr(os, "access", lambda *_: False)
        code, out, err = run("demo", *ON_TOY, "--out", str(tmp_path / "page.html"))
        assert (code, out) == (INVALID, "") and "may not be written to" in err
        monkeypatch.setattr(check, "load", shut)
        code, out, _ = run("check", "--json")
        assert code == INVALID and json.loads(out)["error"].startswith("links.csv: Permission denied")

    def test_version(self, capsys):
        with pytest.raises(SystemExit) as stop:
            main(["--version"])
        assert stop.value.code == OK
        assert lsr.__version__ in capsys.readouterr().out

    @pytest.mark.parametrize(
        "command", ["route", "skim", "flow", "whatif", "questions", "serve", "check", "demo"]
    )
    def test_help_and_json_of_every_command(self, command, capsys):
        with pytest.raises(SystemExit) as stop:
            main([command, "--help"])
        assert stop.value.code == OK
        assert "--json" in capsys.readouterr().out

    def test_interrupted(self, run, monkeypatch):
        def stop(*_args, **_kwargs):
            raise KeyboardInterrupt

        monkeypatch.setattr(check, "load", stop)
        code, _, err = run("check")
        assert code == INTERRUPTED
        assert "interrupted" in err

    def test_as_a_module_into_a_pipe_that_closes(self):
        command = [sys.executable, "-m", "landsea_routing", "check", TOY]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        assert "no errors" in done.stdout
        with subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "landsea_routing", "flow", *ON_TOY, "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as pipe:
            pipe.stdout.close()
            assert pipe.stderr.read() == b""
            assert pipe.wait(60) == OK


class TestQuestions:
    def test_lists_them(self, run):
        code, out, _ = run("questions", TOY)
        assert code == OK and out.startswith("T1  A river without ice")
        code, out, _ = run("questions", TOY, "--json")
        assert json.loads(out)["T1"]["scenarios"] == ["river_all_year"]

    def test_answers_one_and_writes_a_page(self, run, tmp_path):
        page = tmp_path / "page.html"
        code, out, _ = run("whatif", "t1", *ON_TOY, "--out", str(page))
        assert code == OK and "3 of 3 expectations come out" in out
        assert page.read_text("utf-8").count("<svg") >= 2
        code, out, _ = run("whatif", "T1", *ON_TOY, "--out", str(page), "--json")
        assert all(v["holds"] for v in json.loads(out)["verdicts"])

    def test_refuses_a_demand_and_a_missing_folder(self, run, tmp_path):
        code, _, err = run("whatif", "T9", *ON_TOY)
        assert code == 3 and "neither a scenario nor a question" in err and "questions T1" in err
        code, _, err = run("whatif", "river_all_year", "t1", *ON_TOY)
        assert code == 3 and "one at a time" in err and "`landsea whatif t1`" in err
        code, _, err = run("whatif", "T1", *ON_TOY, "--demand", "coal_boom")
        assert code == INVALID and "name their demand" in err
        code, _, err = run("whatif", "T1", *ON_TOY, "--out", str(tmp_path / "no" / "page.html"))
        assert code == INVALID and "does not exist" in err
