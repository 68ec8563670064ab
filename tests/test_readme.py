"""What README.md and docs/ show is what the code does."""

import importlib.util
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest

import landsea_routing as lsr
from landsea_routing.cli.command import parser
from landsea_routing.errors import LandseaError
from landsea_routing.whatif.edits import VERBS
from landsea_routing.whatif.files import read_scenario
from landsea_routing.whatif.scenario import Scenario

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
CI = (ROOT / ".ci" / "run").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
SCENARIOS = (ROOT / "docs" / "scenarios.md").read_text("utf-8")
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))


def _load_refresh():
    spec = importlib.util.spec_from_file_location("refresh", ROOT / "docs" / "refresh.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


refresh = _load_refresh()


@pytest.fixture(scope="module")
def printed() -> dict[str, str]:
    return refresh.outputs(README)


def test_every_block_has_an_output():
    assert set(refresh.names(README, "output")) == {"demo", "corridors", *refresh.names(README, "python")}


@pytest.mark.parametrize("name", refresh.names(README, "output"))
def test_output_is_what_the_code_prints(printed, name):
    shown = refresh.block(README, "output", name)
    assert shown == printed[name], "run `python docs/refresh.py`"


def test_first_block_has_ten_lines():
    lines = [line for line in refresh.block(README, "python", "first").splitlines() if line.strip()]
    assert len(lines) <= 10


@pytest.mark.parametrize("name", ["setup", "test"])
def test_commands_are_one_line_that_the_ci_takes_from_here(name):
    command = refresh.block(README, "command", name)
    assert len(command.splitlines()) == 1
    assert re.search(rf"\$\(readme_command {name}\)", CI)
    assert command.strip() not in CI


def test_the_ci_reads_the_commands_that_stand_here():
    function = re.search(r"^readme_command\(\) \{.*?^\}", CI, re.MULTILINE | re.DOTALL)[0]
    for name in ("setup", "test"):
        script = f'root="{ROOT}"\n{function}\nreadme_command {name}'
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)  # noqa: S603, S607
        assert done.stdout == refresh.block(README, "command", name)


def test_commands_of_the_table_parse():
    commands = re.findall(r"^\| `(landsea [^`]+)` \|", README, re.MULTILINE)
    assert len(commands) == 13
    for command in commands:
        words = shlex.split(command)
        assert words[0] == "landsea"
        assert parser().parse_args(words[1:]).run


def test_every_option_named_exists():
    named = set(re.findall(r"`(--[a-z-]+)", README))
    helps = "".join(p.format_help() for p in parser()._subparsers._group_actions[0].choices.values())
    assert named
    for option in named:
        assert option in helps, option


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_map_is_a_small_picture():
    data = (ROOT / "docs" / "map.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert 20_000 < len(data) < 300_000


def _toml_examples() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", SCENARIOS, re.DOTALL)


def test_scenarios_page_has_a_section_and_an_example_for_every_edit():
    assert re.findall(r"^### (\w+)$", SCENARIOS, re.MULTILINE) == list(VERBS)
    shown = {edit["do"] for text in _toml_examples() for edit in tomllib.loads(text)["edits"]}
    assert shown == set(VERBS)
    assert all(callable(getattr(Scenario, verb)) for verb in VERBS)


def test_scenarios_page_names_every_field():
    for name, verb in VERBS.items():
        section = SCENARIOS.split(f"### {name}\n")[1].split("\n### ")[0]
        for field in (*verb.required, *verb.optional):
            assert re.search(rf"\b{field}\b", section) or field in (
                "country",
                "commodity",
                "vehicle_class",
            ), (
                name,
                field,
            )


@pytest.mark.parametrize("text", _toml_examples(), ids=lambda t: re.search(r'do = "(\w+)"', t)[1])
def test_examples_of_the_scenarios_page_can_be_applied(text, tmp_path):
    file = tmp_path / "example.toml"
    file.write_text(text, "utf-8")
    net = lsr.load_network("northeast_asia")
    scenario = read_scenario(file)
    assert scenario.apply(net) is not net


def test_an_unknown_edit_is_refused(tmp_path):
    file = tmp_path / "example.toml"
    file.write_text('[[edits]]\ndo = "shut"\ntarget = "a"\n', "utf-8")
    with pytest.raises(LandseaError, match="shut"):
        read_scenario(file)


def test_version_is_in_the_changelog():
    first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[1]
    assert first == lsr.__version__
    assert (
        tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == lsr.__version__
    )


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the cluster's own
def test_the_cluster_takes_five_lines_and_gives_the_same(tmp_path, monkeypatch):
    """The block as it stands, on a cluster of two workers on this machine."""
    distributed = pytest.importorskip("distributed")
    code = next(text for text in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "dask" in text)
    assert len([line for line in code.splitlines() if line.strip()]) == 5
    monkeypatch.chdir(tmp_path)
    names = {"lsr": lsr, "net": lsr.load_network("toy_three_ports")}
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        exec(code.replace("scheduler:8786", cluster.scheduler_address), names)  # noqa: S102
        names["client"].close()
    alone = lsr.sweep(names["net"], {"hours of rail:*": range(6, 60)})
    assert names["found"].to_frame().equals(alone.to_frame())
    assert len((tmp_path / "found.jsonl").read_text("utf-8").splitlines()) == 55


def test_every_extra_has_its_size_and_reason():
    told = re.findall(r"^\| `([a-z]+)` \| (?:\d+|all) \| .+ \| .+ \|$", CONTRIBUTING, re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert sorted(told) == sorted(project["optional-dependencies"])
