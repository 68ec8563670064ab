"""The file of a sweep: what it found so far, a line for each scenario, safe against a crash at any moment."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from landsea_routing.errors import InvalidValueError, LandseaError
from landsea_routing.model.network import Network
from landsea_routing.model.table import Table

FORMAT = 1
"""Format of the file; one of another is refused."""


class Row(NamedTuple):
    """What one case gave.

    Attributes
    ----------
    case : int
        Its place in the sweep.
    status : str
        Of the plan, or the code of the error that took its place.
    note : str
        The words of that error.
    answers : tuple of float
        In the order of what was asked; NaN after an error.
    """

    case: int
    status: str
    note: str
    answers: tuple[float, ...]


def fingerprint(network: Network, demand: Table | None = None) -> str:
    """Return a digest of all tables, the price of what is unserved and the demand.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> net = lsr.load_network("toy_three_ports")
    >>> fingerprint(net) == fingerprint(lsr.Scenario("none").apply(net))
    True
    """
    digest = hashlib.sha256(repr(network.settings.unserved_price_usd_per_t).encode())
    tables = {**network.tables, "demand": network.demand if demand is None else demand}
    for name in sorted(tables):
        for column, values in sorted(tables[name].columns.items()):
            # The width of a text column follows its longest cell anywhere, which is no fact of the table.
            data = json.dumps(values.tolist()) if values.dtype.kind == "U" else values.tobytes().hex()
            digest.update(f"\0{name}\0{column}\0{data}".encode())
    return digest.hexdigest()[:16]


class Store:
    """An open file of results: a header, then a line for each case, each on the disk before the next begins.

    Parameters
    ----------
    path : Path
        Made if it is not there; gone on with if it is.
    header : mapping
        What the sweep is about; that of a file gone on with must be the same.

    Attributes
    ----------
    rows : dict
        Rows by place of their case, those found in the file at first.

    Raises
    ------
    InvalidValueError
        The file is of another sweep, network or format, or is damaged.
    LandseaError
        Another process writes to it, or the disk refuses.
    """

    def __init__(self, path: Path, header: dict[str, Any]) -> None:
        self.path, self.rows = path, {}  # type: Path, dict[int, Row]
        try:
            self._file: BinaryIO = path.open("a+b")
        except OSError as error:
            raise self._refusal(error) from error
        try:
            _lock(self._file, path)
            self._read({"format": FORMAT, **header})
        except BaseException:
            self._file.close()
            raise

    def append(self, rows: Iterable[Row]) -> None:
        """Add rows of cases that have none yet, and have them on the disk before this returns."""
        new = {row.case: row for row in rows if row.case not in self.rows}
        self._write("".join(_to_line(row) for row in new.values()))
        self.rows |= new

    def close(self) -> None:
        """Close the file and give it free."""
        self._file.close()

    def _write(self, text: str) -> None:
        try:
            self._file.write(text.encode())
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._refusal(error) from error

    def _read(self, header: dict[str, Any]) -> None:
        self._file.seek(0)
        data = self._file.read()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):  # a line that a crash cut short
            self._file.truncate(len(whole))
        lines = whole.splitlines()
        if not lines:
            self._write(json.dumps(header) + "\n")
            return
        found = self._parse(lines[0], 1)
        wrong = [name for name, value in header.items() if found.get(name) != value]
        if wrong:
            raise InvalidValueError(
                f"{self.path} holds the results of another sweep: its {', '.join(wrong)} differ",
                code="foreign-results",
                column="results",
                ids=(str(self.path),),
                expected="a new file, or one of the same network, demand, cases and answers",
                cure="choose another name; nothing was written",
            )
        for number, line in enumerate(lines[1:], start=2):
            row = _from_facts(self._parse(line, number))
            self.rows.setdefault(row.case, row)

    def _parse(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            facts = json.loads(line)
        except ValueError:
            facts = None
        if not isinstance(facts, dict) or not ({"format"} <= set(facts) or set(Row._fields) <= set(facts)):
            raise InvalidValueError(
                f"line {number} of {self.path} is no row of results",
                code="damaged-results",
                column="results",
                ids=(str(self.path), number),
                expected="lines as `sweep` wrote them",
                cure="remove the line: what it held is asked again",
            )
        return facts

    def _refusal(self, error: OSError) -> LandseaError:
        return LandseaError(
            f"{self.path} could not be written ({error.strerror or error})",
            code="write",
            ids=(str(self.path),),
            expected="a file in a folder that may be written to",
            cure="check the free space and the rights; what was written before is unchanged",
        )


def _lock(file: BinaryIO, path: Path) -> None:
    """Keep other processes out until the file is closed, where the system knows how."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover - not on every system
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise LandseaError(
            f"{path} is being written by another sweep",
            code="write",
            ids=(str(path),),
            expected="one sweep for each file",
            cure="wait for it, or choose another name",
        ) from None


def _to_line(row: Row) -> str:
    # JSON knows neither NaN nor infinity: they are written as words.
    answers = [x if np.isfinite(x) else str(x) for x in row.answers]
    return json.dumps({**row._asdict(), "answers": answers}) + "\n"


def _from_facts(facts: dict[str, Any]) -> Row:
    answers = tuple(float(x) for x in facts["answers"])
    return Row(int(facts["case"]), str(facts["status"]), str(facts["note"]), answers)


def digest(texts: Sequence[str]) -> str:
    """Return a digest of some texts in their order.

    Examples
    --------
    >>> digest(["a", "b"]) == digest(["ab"])
    False
    """
    return hashlib.sha256(json.dumps(list(texts)).encode()).hexdigest()[:16]
