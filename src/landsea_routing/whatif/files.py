"""Scenarios as TOML files beside a network."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from landsea_routing.errors import ScenarioError, UnknownNameError, did_you_mean
from landsea_routing.io.packaged import packaged_networks
from landsea_routing.model.network import Network
from landsea_routing.whatif.edits import Edit
from landsea_routing.whatif.scenario import Scenario

FORMAT = 1
"""Newest file format that this release can read."""
FIELDS = ("format", "title", "question", "questions", "expects", "sources", "demand", "edits")


def load_scenario(name: str | Path, network: Network | str | None = None) -> Scenario:
    """Load a scenario by name or from a file.

    Parameters
    ----------
    name : str or Path
        Name of a file in the network's `scenarios` folder, or a path to a `.toml` file.
    network : Network or str, optional
        Network (or name of a packaged one) beside which to look; all packaged ones when not given.

    Returns
    -------
    Scenario

    Raises
    ------
    UnknownNameError
        No scenario, or more than one, goes by that name.
    ScenarioError
        The file is of a newer format, or has unknown fields or edits.

    Examples
    --------
    >>> from landsea_routing import load_scenario
    >>> load_scenario("river_all_year", "toy_three_ports").name
    'river_all_year'
    """
    path = Path(name)
    if path.suffix == ".toml":
        if not path.is_file():
            raise UnknownNameError(
                f"there is no scenario file {path}", ids=(str(path),), cure="check the path"
            )
        return read_scenario(path)
    found = [p for folder in folders(network) for p in [folder / "scenarios" / f"{name}.toml"] if p.is_file()]
    if len(found) == 1:
        return read_scenario(found[0])
    known = sorted({p.stem for folder in folders(network) for p in folder.glob("scenarios/*.toml")})
    wrong = "is in several networks" if found else "is not known"
    raise UnknownNameError(
        f"scenario {name!s} {wrong}",
        column="scenario",
        ids=(str(name),),
        expected=f"one of {', '.join(known) or '(none)'}",
        cure=(did_you_mean(str(name), known) if not found else "")
        or "name the network, or give the path of a .toml file",
    )


def list_scenarios(network: Network | str | None = None) -> dict[str, Scenario]:
    """Return all scenarios of a network (of all packaged ones when none is named) by name."""
    return {p.stem: read_scenario(p) for f in folders(network) for p in sorted(f.glob("scenarios/*.toml"))}


def read_scenario(path: Path) -> Scenario:
    """Read one scenario file; raises ScenarioError with the file's name."""
    try:
        facts: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _fault(
            path, f"cannot be read as TOML: {error}", "UTF-8 TOML", "correct the line named"
        ) from None
    if facts.get("format", FORMAT) != FORMAT:
        raise _fault(
            path,
            f"has format {facts['format']!r}",
            f"format {FORMAT}",
            "update the library, or write the older format",
        )
    unknown = [f for f in facts if f not in FIELDS]
    if unknown:
        raise _fault(
            path,
            f"has unknown fields {', '.join(unknown)}",
            f"fields {', '.join(FIELDS)}",
            did_you_mean(unknown[0], FIELDS),
        )
    edits = facts.get("edits", [])
    if not isinstance(edits, list) or not all(isinstance(e, dict) and "do" in e for e in edits):
        raise _fault(
            path,
            "has edits that are not tables with `do`",
            "[[edits]] with do = ...",
            "see docs/scenarios.md",
        )
    scenario = Scenario(
        name=path.stem,
        question=str(facts.get("question", "")),
        expects=str(facts.get("expects", "")),
        sources=tuple(map(str, facts.get("sources", ()))),
        edits=tuple(_read_edit(path, e) for e in edits),
        demand=str(facts.get("demand", "")),
        title=str(facts.get("title", "")),
    )
    return scenario


def _read_edit(path: Path, facts: dict[str, Any]) -> Edit:
    try:
        return Edit(str(facts["do"]), {k: v for k, v in facts.items() if k != "do"})
    except ScenarioError as error:
        raise ScenarioError(f"{path.name}: {error}", column=error.column, ids=error.ids) from None


def _fault(path: Path, wrong: str, expected: str, cure: str) -> ScenarioError:
    return ScenarioError(
        f"{path.name} {wrong}", ids=(path.name,), expected=expected, cure=cure or "correct the file"
    )


def folders(network: Network | str | None) -> list[Path]:
    """Folder of a network, or of all packaged ones when none is named; none for one made in Python."""
    if isinstance(network, Network):
        return [network.settings.folder] if network.settings.folder else []
    packaged = packaged_networks()
    if network is None:
        return list(packaged.values())
    if network not in packaged:
        raise UnknownNameError(
            f"network {network!r} is not packaged",
            ids=(network,),
            expected=f"one of {', '.join(packaged)}",
            cure=did_you_mean(network, packaged) or "give a Network",
        )
    return [packaged[network]]
