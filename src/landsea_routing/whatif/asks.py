"""What is asked of the plan of each scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from landsea_routing.errors import InvalidValueError, UnknownNameError, did_you_mean
from landsea_routing.model.network import Network
from landsea_routing.results.assignment import Assignment

TOTALS = ("objective_usd", "carried_t", "unserved_t", "tonne_km", "hours_t", "co2e_t")
"""Asked when nothing else is."""

Answer = Callable[[Any], float]
Ask = str | Answer | Sequence[str] | Mapping[str, str | Answer] | None


class Questions(NamedTuple):
    """What is asked, by name; a text is a total or `dual of` a capacity."""

    asked: dict[str, str | Answer]

    @property
    def names(self) -> tuple[str, ...]:
        """What the answers are called."""
        return tuple(self.asked)

    def put(self, subject: Assignment | Network) -> tuple[float, ...]:
        """Return the answers of a plan, or of a network where nothing is assigned."""
        return tuple(float(_answer(ask, subject)) for ask in self.asked.values())


def read_ask(ask: Ask, network: Network, *, solve: bool = True) -> Questions:
    """Read what is asked.

    Parameters
    ----------
    ask : str, callable, sequence or mapping, optional
        Totals (`objective_usd`, `carried_t`, `unserved_t`, `tonne_km`, `hours_t`, `co2e_t`), `dual of X`
        with X a capacity, functions of the plan, or a mapping of names to such. All totals when not given.
    network : Network
        Where the capacities are.
    solve : bool
        Whether a plan will be there; functions of the network otherwise.

    Raises
    ------
    InvalidValueError
        Nothing is asked, or it is no answer.
    UnknownNameError
        There is no such total or capacity.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> read_ask(["objective_usd", "dual of track_dual"], net).put(lsr.assign(net))[1]
    15570000.0
    """
    if ask is None and solve:
        ask = TOTALS
    if isinstance(ask, Mapping):
        asked = dict(ask)
    elif isinstance(ask, str):
        asked = {ask: ask}
    elif callable(ask):
        asked = {getattr(ask, "__name__", "answer").strip("<>"): ask}
    else:
        asked = {str(name): name for name in ask or ()}
    wrong = [name for name, a in asked.items() if not (callable(a) or (solve and isinstance(a, str)))]
    if not asked or wrong:
        raise InvalidValueError(
            f"ask has no answer for {', '.join(wrong)}" if wrong else "nothing is asked",
            column="ask",
            ids=wrong,
            expected="functions of the network"
            if not solve
            else "totals, `dual of X`, or functions of the plan",
        )
    for text in asked.values():
        if isinstance(text, str):
            _refuse_unknown(text, network)
    return Questions(asked)


def _refuse_unknown(text: str, network: Network) -> None:
    known: list[str] = list(TOTALS)
    name = text
    if text.startswith("dual of "):
        name = text.removeprefix("dual of ")
        known = [*network.capacity_groups["id"].tolist(), *network.transfers["id"].tolist()]
    if name not in known:
        raise UnknownNameError(
            f"ask names {text!r}, which is neither a total nor `dual of` a capacity",
            column="ask",
            ids=(text,),
            expected=f"one of {', '.join(TOTALS)}, or `dual of` and an id of capacity_groups or transfers",
            cure=did_you_mean(name, known),
        )


def _answer(ask: str | Answer, subject: Any) -> float:
    if callable(ask):
        return ask(subject)
    if not ask.startswith("dual of "):
        return float(getattr(subject, ask))
    at = (subject.groups.ids == ask.removeprefix("dual of ")).nonzero()[0]
    return float(subject.solution.group_dual[at[0]]) if at.size else 0.0
