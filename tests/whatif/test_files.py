"""Scenario files."""

from __future__ import annotations

import pytest

import landsea_routing as lsr
from landsea_routing.errors import ScenarioError, UnknownNameError
from landsea_routing.whatif.files import FORMAT, read_scenario

GOOD = """
format = 1
title = "Shut"
question = "What if the bridge were shut?"
expects = "All by road."
sources = ["a", "b"]

[[edits]]
do = "close"
target = "rail-arn-bek"
note = "for the reader"

[[edits]]
do = "set_capacity"
target = "track_river"
value = 900000
"""


def write(folder, text, name="shut.toml", encoding="utf-8"):
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_is_read_whole(tmp_path, encoding):
    scenario = lsr.load_scenario(write(tmp_path, GOOD, encoding=encoding))
    assert (scenario.name, scenario.title) == ("shut", "Shut")
    assert str(scenario).splitlines()[0] == "shut: Shut"
    assert scenario.question == "What if the bridge were shut?"
    assert scenario.expects == "All by road."
    assert scenario.sources == ("a", "b")
    assert [e.verb for e in scenario.edits] == ["close", "set_capacity"]
    net = scenario.apply(lsr.load_network("toy_three_ports"))
    assert "closed" in net.links["status"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"format = {FORMAT + 1}", "has format 2"),
        ("format = ", "cannot be read as TOML"),
        ("titel = 'x'", "did you mean title"),
        ("edits = 5", "not tables with `do`"),
        ("[[edits]]\ntarget = 'x'", "not tables with `do`"),
        ("[[edits]]\ndo = 'clothe'\ntarget = 'x'", "did you mean close"),
        ("[[edits]]\ndo = 'close'", "lacks target"),
    ],
)
def test_bad_files(tmp_path, text, says):
    path = write(tmp_path, text)
    with pytest.raises(ScenarioError, match=says) as caught:
        read_scenario(path)
    assert "shut" in str(caught.value)


def test_bytes_that_are_no_text(tmp_path):
    path = tmp_path / "shut.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError, match=r"shut\.toml"):
        read_scenario(path)


def test_names():
    with pytest.raises(UnknownNameError, match="did you mean river_all_year"):
        lsr.load_scenario("river_al_year", "toy_three_ports")
    with pytest.raises(UnknownNameError, match="did you mean toy_three_ports"):
        lsr.load_scenario("river_all_year", "toy_three_port")
    with pytest.raises(UnknownNameError, match="no scenario file"):
        lsr.load_scenario("nowhere/x.toml")
    net = lsr.load_network("toy_three_ports")
    assert lsr.load_scenario("river_all_year", net) == lsr.load_scenario("river_all_year")
    assert "river_all_year" in lsr.list_scenarios(net)


def test_packaged_scenarios_can_be_applied():
    for name in lsr.packaged_networks():
        net = lsr.load_network(name)
        for scenario in lsr.list_scenarios(net).values():
            assert scenario.question, scenario.name
            assert scenario.apply(net).name == name
