"""Commands that draw and report, the examples of the help, and shell completion."""

import json
import re
import shlex
import shutil
import subprocess

import pytest

import landsea_routing as lsr
from landsea_routing.cli import main
from landsea_routing.cli.command import COMMANDS, parser
from landsea_routing.cli.common import INVALID, OK, UNBOUNDED, USAGE, print_result

ON_TOY = ("--network", "toy_three_ports")
SUBPARSERS = parser()._subparsers._group_actions[0].choices


@pytest.fixture
def run(capsys):
    def call(*words: str) -> tuple[int, str, str]:
        code = main(words)
        out, err = capsys.readouterr()
        return code, out, err

    return call


def examples() -> list[str]:
    return [
        line.strip()
        for command in SUBPARSERS.values()
        for line in command.format_help().splitlines()
        if line.startswith("  landsea ")
    ]


def test_every_command_shows_an_example():
    assert len(COMMANDS) == len(SUBPARSERS)
    assert {shlex.split(e)[1] for e in examples()} == set(SUBPARSERS)


@pytest.mark.parametrize("example", examples())
def test_examples_run(example, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = shlex.split(example)[1:]
    if words[0] == "serve":  # runs until it is stopped; tests/serve has it
        assert parser().parse_args(words).run
        return
    if ">" in words:
        words = words[: words.index(">")]
    if "--pdf" in words:  # a browser is for the slow tests
        at = words.index("--pdf")
        del words[at : at + 2]
    code, out, err = run(*words)
    assert code == OK, err
    assert out
    assert err == ""  # no progress where nobody looks


@pytest.mark.parametrize("name", SUBPARSERS)
def test_every_command_has_json(name):
    assert "--json" in SUBPARSERS[name].format_help()


def test_help_names_the_exit_codes(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    for code in ("0  answered", "2  wrong use", "3  the data", "4  infeasible", "5  unbounded"):
        assert code in text


def test_unbounded_has_its_code(capsys):
    class Endless:
        status = "unbounded"

    arguments = parser().parse_args(["flow"])
    assert print_result(arguments, Endless()) == UNBOUNDED


class TestAlternatives:
    def test_prints_ways_and_indicators(self, run):
        code, out, _ = run("alternatives", "Ada", "Boro", "-k", "2", *ON_TOY)
        assert code == OK
        assert "2 ways of container from Ada to Boro" in out and "km/h with delay" in out

    def test_json_and_page(self, run, tmp_path):
        page = tmp_path / "ways.html"
        code, out, err = run("alternatives", "Ada", "Boro", "-k", "2", *ON_TOY, "--json", "--out", str(page))
        facts = json.loads(out)
        assert code == OK and str(page) in err
        assert len(facts["routes"]) == len(facts["indicators"]) == 2
        assert page.read_text("utf-8").count('class="track r') == 2

    def test_wrong_question(self, run, tmp_path):
        assert run("alternatives", "Ada", "Boro", "-k", "0", *ON_TOY)[0] == INVALID
        missing = str(tmp_path / "none" / "page.html")
        assert run("alternatives", "Ada", "Boro", *ON_TOY, "--out", missing)[0] == INVALID
        assert run("route", "Ada", "Boro", *ON_TOY, "--out", missing)[0] == INVALID


class TestMap:
    def test_network_flows_and_scenarios(self, run, tmp_path):
        pages = {}
        for name, words in {"net": (), "flow": ("--flow",), "both": ("river_all_year",)}.items():
            file = tmp_path / f"{name}.html"
            code, _, _ = run("map", *words, *ON_TOY, "--out", str(file), "--title", f"Map of {name}")
            assert code == OK
            pages[name] = file.read_text("utf-8")
            assert f"<h1>Map of {name}</h1>" in pages[name]
        assert 'class="controls"' not in pages["net"]
        assert 'type="radio"' in pages["flow"] and "Difference to" not in pages["flow"]
        assert "Difference to base" in pages["both"]

    def test_json(self, run, tmp_path):
        code, out, _ = run("map", "--flow", *ON_TOY, "--json", "--out", str(tmp_path / "m.html"))
        assert code == OK and json.loads(out)["plans"]["base"]["status"] == "optimal"


class TestReport:
    def test_comparison(self, run, tmp_path):
        file = tmp_path / "r.html"
        code, out, _ = run("report", "river_all_year", *ON_TOY, "--out", str(file))
        page = file.read_text("utf-8")
        assert code == OK and "report written" in out
        for heading in ("Where it flows", "What changes", "Totals", "Over the borders", "What binds: base"):
            assert f"<h2>{heading}</h2>" in page

    def test_demand_set_for_all(self, run, tmp_path):
        words = ("--demand", "coal_boom", *ON_TOY, "--out", str(tmp_path / "r.html"), "--json")
        plans = json.loads(run("report", "river_all_year", *words)[1])["plans"]
        carried = {name: p["carried_t"] + p["unserved_t"] for name, p in plans.items()}
        assert len(set(map(round, carried.values()))) == 1

    @pytest.mark.parametrize("command", ["map", "report"])
    def test_the_base_has_the_demand_of_the_scenario(self, run, tmp_path, command):
        """Otherwise the change would be that of the demand, not of the scenario."""
        boom = tmp_path / "boom.toml"
        boom.write_text(
            'format = 1\nquestion = "x"\nsources = ["test"]\ndemand = "coal_boom"\n'
            '[[edits]]\ndo = "set_capacity"\ntarget = "port_aport"\nvalue = 0\n'
        )
        words = (command, str(boom), *ON_TOY, "--json", "--out", str(tmp_path / "p.html"))
        plans = json.loads(run(*words)[1])["plans"]
        net = lsr.load_network("toy_three_ports")
        assert plans["base"]["objective_usd"] == lsr.assign(net, "coal_boom").objective_usd
        assert plans["boom"]["objective_usd"] > plans["base"]["objective_usd"]
        code, _, err = run(command, "river_all_year", str(boom), *ON_TOY)
        assert code == INVALID and "different demands" in err
        code, _, err = run(command, "river_all_year", "river_all_year", *ON_TOY)
        assert code == INVALID and "twice" in err

    def test_pdf_without_a_browser_is_told_before_the_work(self, run, tmp_path, monkeypatch):
        monkeypatch.setattr(shutil, "which", lambda _: None)
        words = ("--out", str(tmp_path / "r.html"), "--pdf", str(tmp_path / "r.pdf"))
        code, _, err = run("report", *ON_TOY, *words)
        assert code == INVALID and "install chromium" in err
        assert list(tmp_path.iterdir()) == []


class TestCompletion:
    def test_every_shell_names_every_command(self, run):
        for shell in ("bash", "zsh", "fish"):
            code, out, _ = run("completion", shell)
            assert code == OK
            assert all(name in out for name in SUBPARSERS)

    @pytest.mark.parametrize(
        ("line", "expected"),
        [
            ("landsea al", ["alternatives"]),
            ("landsea route --com", ["--commodity"]),
            ("landsea completion fi", ["fish"]),
            ("landsea report --p", ["--pdf"]),
        ],
    )
    def test_bash_completes(self, run, tmp_path, line, expected):
        bash = shutil.which("bash")
        if bash is None:
            pytest.skip("no bash")
        script = run("completion", "bash")[1]
        words = line.split(" ")
        ask = (
            f"{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _landsea\n"
            'printf "%s\\n" "${COMPREPLY[@]}"'
        )
        done = subprocess.run(  # noqa: S603
            [bash, "--norc", "-c", ask], capture_output=True, text=True, check=True, cwd=tmp_path
        )
        assert done.stdout.split() == expected

    def test_unknown_shell_is_wrong_use(self, capsys):
        with pytest.raises(SystemExit) as stop:
            main(["completion", "csh"])
        assert stop.value.code == USAGE
        assert re.search("bash.*zsh.*fish", capsys.readouterr().err)
