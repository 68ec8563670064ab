"""The questions that a network is there to answer, as a TOML file beside its tables."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landsea_routing._frozen import FrozenDict
from landsea_routing.errors import ScenarioError, UnknownNameError, did_you_mean
from landsea_routing.model.network import Network
from landsea_routing.results.answer import SENSES, Expectation
from landsea_routing.whatif.files import folders

FILE = "questions.toml"
FORMAT = 1
"""Newest file format that this release can read."""
FIELDS = ("id", "title", "question", "sources", "steps")
STEP = ("title", "ask", "note", "chart", "expects")
"""Fields of every step; the others belong to what it asks (`ASKS`)."""
EXPECTATION = ("says", "row", "column", "sense", "than", "than_row", "than_column", "within", "miss")


@dataclass(frozen=True)
class Ask:
    """One way to answer: what it tells, the fields it needs and those it may have."""

    meaning: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


ASKS: dict[str, Ask] = {
    "flows": Ask("Assign the base and each scenario", ("scenarios",), ("demand", "month", "watch")),
    "ways": Ask("Find the best way of each trip", ("trips",), ("commodity", "month", "less")),
    "shares": Ask(
        "Share places out over terminals",
        ("terminals", "places"),
        ("commodity", "month", "onward", "inbound", "spreads", "scenarios"),
    ),
    "access": Ask(
        "Market access of cities, before and after",
        ("cities", "decay"),
        ("commodity", "scenarios", "inbound"),
    ),
    "break_even": Ask("Find where the way through a corridor starts to win", ("cases",), ("commodity",)),
    "closures": Ask("Close each post in turn, season by season", ("posts", "months"), ("demand",)),
    "projects": Ask(
        "Weigh the projects of the network against their cost",
        ("demands", "rate", "budget_usd"),
        ("only", "per"),
    ),
    "design": Ask(
        "Choose among all projects at once, and when to build them",
        ("rate",),
        ("budget_usd", "demand", "phases", "until", "carry_over"),
    ),
}
"""Every way in which a step can answer."""


@dataclass(frozen=True)
class Step:
    """One part of an answer: how it is found, and what is expected of it.

    Parameters
    ----------
    title, note : str
        What the table shows, and what a reader should know.
    ask : str
        One of `ASKS`.
    fields : mapping
        Its parameters, as read.
    expects : tuple of Expectation
    chart : str
        The column that is drawn.
    """

    title: str
    ask: str
    fields: Mapping[str, Any]
    expects: tuple[Expectation, ...] = ()
    note: str = ""
    chart: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", FrozenDict(self.fields))


@dataclass(frozen=True)
class PlannersQuestion:
    """A question in words, and the steps that answer it."""

    id: str
    title: str
    question: str
    sources: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios that its steps use."""
        found: dict[str, None] = {}
        for step in self.steps:
            found.update(dict.fromkeys(step.fields.get("scenarios", ())))
            for part in (*step.fields.get("trips", ()), *step.fields.get("cases", ())):
                if part.get("scenario"):
                    found[part["scenario"]] = None
        return tuple(found)


def list_questions(network: Network | str | None = None) -> dict[str, PlannersQuestion]:
    """Return the questions of a network (of all packaged ones when none is named) by id.

    Examples
    --------
    >>> list_questions("toy_three_ports")["T1"].title
    'A river without ice'
    """
    found: dict[str, PlannersQuestion] = {}
    for folder in folders(network):
        if (folder / FILE).is_file():
            found.update(read_questions(folder / FILE))
    return found


def load_question(name: str, network: Network | str | None = None) -> PlannersQuestion:
    """Return one question by its id, in any case of letters.

    Raises
    ------
    UnknownNameError
        No question of the network has that id.
    """
    known = list_questions(network)
    found = {key.lower(): question for key, question in known.items()}.get(name.lower())
    if found is None:
        raise UnknownNameError(
            f"question {name!r} is not known",
            column="questions",
            ids=(name,),
            expected=f"one of {', '.join(known) or '(none)'}",
            cure=did_you_mean(name, known) or "list them with `landsea questions`",
        )
    return found


def read_questions(path: Path) -> dict[str, PlannersQuestion]:
    """Read a file of questions.

    Raises
    ------
    ScenarioError
        It is of a newer format, or lacks or does not know a field; names file and question.
    """
    try:
        facts: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _fault(path.name, f"cannot be read as TOML: {error}", "UTF-8 TOML") from None
    if facts.get("format", FORMAT) != FORMAT:
        raise _fault(path.name, f"has format {facts['format']!r}", f"format {FORMAT}")
    _only(path.name, facts, ("format", "questions"))
    questions = [_question(path.name, q) for q in facts.get("questions", [])]
    found = {question.id: question for question in questions}
    if len(found) < len(questions):
        raise _fault(path.name, "has two questions of one id", "each id once")
    return found


def _question(file: str, facts: dict[str, Any]) -> PlannersQuestion:
    where = f"{file}, question {facts.get('id', '?')}"
    _only(where, facts, FIELDS, FIELDS)
    steps = tuple(_step(f"{where}, step {i}", step) for i, step in enumerate(facts["steps"], start=1))
    return PlannersQuestion(
        str(facts["id"]), str(facts["title"]), str(facts["question"]), tuple(facts["sources"]), steps
    )


def _step(where: str, facts: dict[str, Any]) -> Step:
    ask = str(facts.get("ask", ""))
    if ask not in ASKS:
        raise _fault(where, f"asks {ask!r}", f"ask = one of {', '.join(ASKS)}", did_you_mean(ask, ASKS))
    own = (*ASKS[ask].required, *ASKS[ask].optional)
    _only(where, facts, (*STEP, *own), ("title", *ASKS[ask].required))
    expects = []
    for each in facts.get("expects", []):
        _only(f"{where}, expects", each, EXPECTATION, ("says", "row", "column", "sense"))
        if each["sense"] not in SENSES:
            raise _fault(where, f"has the sense {each['sense']!r}", f"one of {', '.join(SENSES)}")
        expects.append(Expectation(**each))
    return Step(
        title=str(facts["title"]),
        ask=ask,
        fields={name: facts[name] for name in own if name in facts},
        expects=tuple(expects),
        note=str(facts.get("note", "")),
        chart=str(facts.get("chart", "")),
    )


def _only(where: str, facts: dict[str, Any], known: tuple[str, ...], required: tuple[str, ...] = ()) -> None:
    """Raise where a field is not known or is missing."""
    unknown = [name for name in facts if name not in known]
    missing = [name for name in required if name not in facts]
    if unknown or missing:
        wrong = f"does not know {', '.join(unknown)}" if unknown else f"lacks {', '.join(missing)}"
        cure = did_you_mean(unknown[0], known) if unknown else ""
        raise _fault(where, wrong, f"fields {', '.join(known)}", cure)


def _fault(where: str, wrong: str, expected: str, cure: str = "") -> ScenarioError:
    return ScenarioError(f"{where} {wrong}", ids=(where,), expected=expected, cure=cure or "correct the file")
