"""Waivers: a row accepts a finding with a reason, `code: reason` in its waiver column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from landsea_routing.errors import did_you_mean
from landsea_routing.model.checks.codes import CODES, ERROR, WARNING
from landsea_routing.model.checks.facts import labels
from landsea_routing.model.checks.report import Finding
from landsea_routing.model.network import Network
from landsea_routing.model.words import split_words

Waiver = tuple[str, str, str]
"""Table, row label, code."""


def apply_waivers(net: Network, findings: Sequence[Finding]) -> tuple[list[Finding], int]:
    """Return the findings less the waived rows, with the faults of the waivers, and the number waived."""
    waivers, faults = read_waivers(net)
    given = {w for w in waivers if CODES[w[2]].waivable}
    by_code: dict[tuple[str, str], set[str]] = defaultdict(set)
    for table, label, code in given:
        by_code[table, code].add(label)
    used: set[Waiver] = set()
    kept: list[Finding] = []
    for finding in findings:
        waived = by_code[finding.table, finding.code] & set(finding.ids)
        used |= {(finding.table, label, finding.code) for label in waived}
        rest = finding.without(waived)
        kept += [rest] if rest else []
    refused = [w for w in waivers if w not in given]
    unused = [w for w in waivers if w in given and w not in used]
    faults += _faults(
        "waiver-refused", ERROR, refused, "waives what may not be waived", "correct the row itself"
    )
    faults += _faults("waiver-unused", WARNING, unused, "matches no finding", "remove the waiver")
    return kept + faults, len(used)


def read_waivers(net: Network) -> tuple[list[Waiver], list[Finding]]:
    """Return all waivers that can be read, and findings for those that cannot."""
    waivers: list[Waiver] = []
    bare: list[Waiver] = []
    unknown: list[Waiver] = []
    for name, table in net.tables.items():
        rows = np.flatnonzero(table["waiver"] != "")
        for label, cell in zip(labels(table)[rows].tolist(), table["waiver"][rows].tolist(), strict=True):
            for word in split_words(cell):
                code, _, reason = (part.strip() for part in word.partition(":"))
                kind = unknown if code not in CODES else waivers if reason else bare
                kind.append((name, label, code))
    guess = did_you_mean(unknown[0][2], CODES) if unknown else ""
    return waivers, _faults(
        "waiver-without-reason",
        ERROR,
        bare,
        "has no reason",
        "write `code: reason`, without a ; in the reason",
    ) + _faults(
        "waiver-unknown-code",
        ERROR,
        unknown,
        "names a code that does not exist",
        guess or "write `code: reason`; a ; starts the next waiver",
    )


def _faults(code: str, severity: str, waivers: Sequence[Waiver], message: str, cure: str) -> list[Finding]:
    by_table: dict[str, list[Waiver]] = defaultdict(list)
    for waiver in waivers:
        by_table[waiver[0]].append(waiver)
    return [
        Finding(
            code,
            severity,
            table,
            "waiver",
            tuple(label for _, label, _ in group),
            message,
            "`code: reason` of a finding of this row",
            cure,
            tuple(waived for _, _, waived in group),
        )
        for table, group in by_table.items()
    ]
