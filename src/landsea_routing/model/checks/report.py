"""What a check finds, and the report that gathers it."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landsea_routing.errors import NetworkError, list_ids
from landsea_routing.model.checks.codes import CODES, ERROR, WARNING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Finding:
    """One problem of one table, with every row that has it.

    Parameters
    ----------
    code : str
        Stable code; `landsea_routing.model.checks.codes` lists them.
    severity : str
        `error` or `warning`.
    table, column : str
        Where it sits; no column where the table as a whole is at fault.
    ids : tuple of str
        Keys of the rows at fault (key columns joined by `/`).
    message : str
        What is wrong.
    expected, cure : str
        What would have been right, and what to do.
    details : tuple of str
        For each id what was found there; empty where the id says it all.
    rows : int
        How many rows were looked at; 0 where that says nothing.

    Examples
    --------
    >>> print(Finding("zero-length", "error", "links", "length_km", ("a", "b"), "is 0", "> 0", "measure it"))
    links.length_km is 0 in 2 rows (a, b); expected > 0. Cure: measure it.
    """

    code: str
    severity: str
    table: str
    column: str
    ids: tuple[str, ...]
    message: str
    expected: str
    cure: str
    details: tuple[str, ...] = ()
    rows: int = 0

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise KeyError(self.code)

    def __str__(self) -> str:
        return self.text()

    def text(self, shown: int = 5) -> str:
        """Return the finding in one line, naming the first `shown` rows and counting all."""
        cure = f" Cure: {self.cure.rstrip('.')}." if self.cure else ""
        if not self.column:
            # The table as a whole: there are no rows to count.
            return f"table {self.table} {self.message}; expected {self.expected.rstrip('.')}.{cure}"
        where = f"{self.table}.{self.column}"
        count = f"{len(self.ids)} of {self.rows} rows" if self.rows else _plural(len(self.ids), "row")
        listed = list_ids(self.labels, shown)
        return f"{where} {self.message} in {count} ({listed}); expected {self.expected.rstrip('.')}.{cure}"

    @property
    def labels(self) -> tuple[str, ...]:
        """The ids, each with its detail where there is one."""
        if not self.details:
            return self.ids
        return tuple(f"{i} [{d}]" if d else i for i, d in zip(self.ids, self.details, strict=True))

    def without(self, ids: set[str]) -> Finding | None:
        """Return the finding less some ids, None when none is left."""
        keep = [k for k, i in enumerate(self.ids) if i not in ids]
        if not keep:
            return None
        details = tuple(self.details[k] for k in keep) if self.details else ()
        changed = {"ids": tuple(self.ids[k] for k in keep), "details": details}
        return Finding(**{**self.__dict__, **changed})

    def to_row(self) -> dict[str, Any]:
        """Return the finding as plain values, ready for JSON."""
        return {**self.__dict__, "ids": list(self.ids), "details": list(self.details), "count": len(self.ids)}


@dataclass(frozen=True)
class Report:
    """Every finding of a network, errors first.

    Parameters
    ----------
    findings : tuple of Finding
        What was found, waived rows left out.
    network_name : str
        Network that was checked.
    waived : int
        How many (row, code) pairs the tables waive with a reason.

    Examples
    --------
    >>> report = Report((), "toy")
    >>> report.ok, str(report)
    (True, "network 'toy': no errors, no warnings")
    """

    findings: tuple[Finding, ...]
    network_name: str
    waived: int = 0

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that make the network unusable."""
        return tuple(f for f in self.findings if f.severity == ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings worth a look."""
        return tuple(f for f in self.findings if f.severity == WARNING)

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self.errors

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes found, each once, in order."""
        return tuple(dict.fromkeys(f.code for f in self.findings))

    def with_code(self, code: str) -> tuple[Finding, ...]:
        """Return the findings of one code."""
        return tuple(f for f in self.findings if f.code == code)

    def headline(self) -> str:
        """Return the counts in one line."""
        counts = [_count(self.errors, "error"), _count(self.warnings, "warning")]
        waived = f", {self.waived} waived" if self.waived else ""
        return f"network {self.network_name!r}: {', '.join(counts)}{waived}"

    def __str__(self) -> str:
        lines = [self.headline()]
        for title, findings in (("Errors", self.errors), ("Warnings", self.warnings)):
            if findings:
                lines += ["", title]
            lines += [f"  {f.code}: {f}" for f in findings]
        return "\n".join(lines)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one mapping of plain values per finding, ready for JSON."""
        return [f.to_row() for f in self.findings]

    def to_frame(self) -> pd.DataFrame:
        """Return one line per offending row: code, severity, table, column, id, detail, message, cure."""
        import pandas as pd

        columns = ["code", "severity", "table", "column", "id", "detail", "message", "expected", "cure"]
        lines = [
            (f.code, f.severity, f.table, f.column, i, d, f.message, f.expected, f.cure)
            for f in self.findings
            for i, d in zip(f.ids, f.details or ("",) * len(f.ids), strict=True)
        ]
        return pd.DataFrame(lines, columns=columns)

    def _repr_html_(self) -> str:
        cells = "".join(
            "<tr>" + "".join(f"<td>{_escape(c)}</td>" for c in (f.severity, f.code, str(f))) + "</tr>"
            for f in self.findings
        )
        head = "<tr><th>severity</th><th>code</th><th>finding</th></tr>"
        return f"<p>{_escape(self.headline())}</p><table>{head}{cells}</table>"


def raise_on_errors(report: Report) -> None:
    """Raise when a report holds errors.

    Raises
    ------
    NetworkError
        Its message lists every error; `report` is attached, `code`, `table`, `column`, `expected` and
        `cure` are those of the first error, `ids` those of all.

    Examples
    --------
    >>> raise_on_errors(Report((), "toy"))
    """
    if report.ok:
        return
    first = report.errors[0]
    count = _count(report.errors, "error")
    lines = "\n".join(f"  {f.code}: {f}" for f in report.errors)
    raise NetworkError(
        f"the tables of network {report.network_name!r} have {count}:\n{lines}",
        report=report,
        code=first.code,
        table=first.table,
        column=first.column,
        ids=tuple(i for f in report.errors for i in f.ids),
        cure=first.cure if len(report.errors) == 1 else f"mend them all; first {first.cure}",
    )


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _count(findings: tuple[Finding, ...], word: str) -> str:
    return _plural(len(findings), word) if findings else f"no {word}s"


def _escape(text: str) -> str:
    return html.escape(text).replace("`", "&#96;").replace("${", "&#36;{")
