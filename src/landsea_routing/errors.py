"""Every error a user can meet: what is wrong, where, what was expected, and the cure.

All derive from `LandseaError`, itself a `ValueError`. They carry the facts as attributes, so that a
program can act on them without reading the message.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SHOWN = 5
"""How many offending ids a message names before it only counts them."""


def list_ids(ids: Sequence[object], shown: int = SHOWN) -> str:
    """Join the first ids for a message and count the rest.

    >>> list_ids(["a", "b", "c"], shown=2)
    'a, b and 1 more'
    """
    head = ", ".join(str(i) for i in ids[:shown])
    rest = len(ids) - shown
    return f"{head} and {rest} more" if rest > 0 else head


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `did you mean ...` with the nearest known words in whatever case, or an empty text.

    >>> did_you_mean("lenght_km", ["length_km", "mode"]), did_you_mean("GMNS", ["csv", "gmns"])
    ('did you mean length_km?', 'did you mean gmns?')
    """
    by_plain = {plain_name(k): k for k in reversed(list(known)) if k}
    near = difflib.get_close_matches(plain_name(word), list(by_plain), n=3, cutoff=0.6)
    return f"did you mean {' or '.join(by_plain[n] for n in near)}?" if near else ""


def almost(word: str, known: Iterable[str]) -> str:
    """Return the known word that differs from one by a slip of the pen, or an empty text.

    >>> almost("GAUGE", ["gauge", "mode"]), almost("demands", ["demand"]), almost("lanes", ["links"])
    ('gauge', 'demand', '')
    """
    return next(iter(difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.85)), "")


def plain_name(text: str) -> str:
    """Return a name as it is compared: in lower case, with one space where there are several."""
    return " ".join(text.casefold().split())


def _sentence(text: str) -> str:
    """End a text with one full stop, or leave it the question mark that it has.

    >>> _sentence("did you mean rail?"), _sentence("add it.")
    ('did you mean rail?', 'add it.')
    """
    return text if text.endswith("?") else text.rstrip(".") + "."


class LandseaError(ValueError):
    """Root of all errors of this library.

    Parameters
    ----------
    message : str
        What is wrong and where.
    code : str
        Stable code, the same in every release.
    table, column : str
        Where the trouble sits; empty when it is in no table.
    ids : sequence
        The rows (or names) at fault.
    expected : str
        What would have been right.
    cure : str
        What to do about it.
    """

    code = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        table: str = "",
        column: str = "",
        ids: Iterable[object] = (),
        expected: str = "",
        cure: str = "",
    ) -> None:
        self.code = code or type(self).code
        self.table = table
        self.column = column
        self.ids = tuple(ids)
        self.expected = expected
        self.cure = cure
        parts = [message, expected and f"Expected {expected}", cure and f"Cure: {cure}"]
        joint = "\n" if "\n" in message else " "
        super().__init__(joint.join(_sentence(part) for part in parts if part))


class SchemaError(LandseaError):
    """A table or file does not have the columns, types or words it must have."""

    code = "schema"


class InvalidValueError(LandseaError):
    """A number or word is outside what is allowed."""

    code = "invalid-value"


class UnknownNameError(LandseaError):
    """A name matches nothing, or more than one thing."""

    code = "unknown-name"


class NetworkError(LandseaError):
    """The tables of a network contradict each other; carries the whole report.

    Attributes
    ----------
    report : landsea_routing.model.checks.Report or None
        Every finding of every table.
    """

    code = "network"

    def __init__(self, message: str, *, report: Any = None, **details: Any) -> None:
        self.report = report
        super().__init__(message, **details)


class NoPathError(LandseaError):
    """No path joins the two ends; says which gauge, border, mode or season breaks it.

    Attributes
    ----------
    breaks : tuple of str
        The fewest obstacles that would have to fall, in order along the way.
    """

    code = "no-path"

    def __init__(self, message: str, *, breaks: Iterable[str] = (), **details: Any) -> None:
        self.breaks = tuple(breaks)
        super().__init__(message, **details)


class InfeasibleError(LandseaError):
    """Not all demand can be carried; carries what is short and where.

    Attributes
    ----------
    short : mapping
        Tonnes a year that cannot be carried, by OD label.
    binding : mapping
        The capacity groups in the proof (a ray of the linear program) with their weights.
    """

    code = "infeasible"

    def __init__(
        self,
        message: str,
        *,
        short: Mapping[str, float] | None = None,
        binding: Mapping[str, float] | None = None,
        **details: Any,
    ) -> None:
        self.short = dict(short or {})
        self.binding = dict(binding or {})
        super().__init__(message, **details)


class MissingExtraError(LandseaError, ImportError):
    """An optional library is asked for and not installed."""

    code = "missing-extra"


class ScenarioError(LandseaError):
    """A scenario names what does not exist or contradicts itself."""

    code = "scenario"
