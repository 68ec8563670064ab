"""Run all checks over a network and gather one report."""

from __future__ import annotations

from landsea_routing.model.checks import (
    borders,
    coverage,
    gauges,
    geometry,
    keys,
    limits,
    members,
    payloads,
    references,
    time,
    twice,
    values,
)
from landsea_routing.model.checks.codes import CODES, ERROR
from landsea_routing.model.checks.facts import Check
from landsea_routing.model.checks.report import Report
from landsea_routing.model.checks.waivers import apply_waivers
from landsea_routing.model.network import Network, need_network

TOPICS = (
    keys,
    references,
    values,
    payloads,
    geometry,
    gauges,
    borders,
    limits,
    members,
    twice,
    time,
    coverage,
)
ALL_CHECKS: tuple[Check, ...] = tuple(check for topic in TOPICS for check in topic.CHECKS)


def check(network: Network) -> Report:
    """Look for every problem of every table of a network.

    Nothing is raised; `raise_on_errors` does that. To look at a folder whose tables contradict each
    other, read it with `strict=False` first.

    Parameters
    ----------
    network : Network
        What to check; it is not changed.

    Returns
    -------
    Report
        Errors first, then warnings; rows that waive a finding with a reason are left out and counted.

    Examples
    --------
    >>> from landsea_routing import load_network
    >>> report = check(load_network("toy_three_ports"))
    >>> report.ok
    True
    """
    need_network(network)
    findings = [finding for look in ALL_CHECKS for finding in look(network)]
    kept, waived = apply_waivers(network, findings)
    order = {code: place for place, code in enumerate(CODES)}
    kept.sort(key=lambda f: (f.severity != ERROR, order[f.code]))
    return Report(tuple(kept), network.name, waived)
