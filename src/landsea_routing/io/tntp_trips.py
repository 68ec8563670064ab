"""Trips between zones in the text format of the collection Transportation Networks for Research (TNTP).

::

    <NUMBER OF ZONES> 2              facts in angle brackets
    <TOTAL OD FLOW> 7
    <END OF METADATA>
    Origin 1                         then for each origin the destinations and what goes there
        2 : 7.0;

Kept are all trips; remarks (lines with ``~``) are dropped. Zones are the first nodes of the network that
`landsea_routing.io.tntp` reads.

Source: Transportation Networks for Research Core Team, *Transportation Networks for Research*, file formats.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._typing import FloatArray
from landsea_routing.errors import InvalidValueError
from landsea_routing.io.atomic import write_text
from landsea_routing.io.text_lines import text_number
from landsea_routing.io.tntp import END, ZONES, TntpReader, finite_array

TOTAL = "TOTAL OD FLOW"
MAX_ZONES = 20_000
"""Trips are a full table; one of more zones than that would take more than 3 GB."""
TOTAL_TOLERANCE = 1e-3
"""Share by which the total of a file may differ from its trips; published files round."""


def read_tntp_trips(path: str | Path) -> FloatArray:
    r"""Read trips between zones from a TNTP file.

    Parameters
    ----------
    path : str or Path
        The file, often called ``<name>_trips.tntp``.

    Returns
    -------
    (n_zones, n_zones) array
        Trips from row to column, >= 0, in the unit of the file; 0 where the file names none.

    Raises
    ------
    SchemaError
        A line is not as it must be, a pair comes twice, or the trips do not add up to the total that the
        file states (to a thousandth): it is cut off or was edited.
    LandseaError
        The file cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "small_trips.tntp"
    ...     text = "<NUMBER OF ZONES> 2\n<END OF METADATA>\nOrigin 1\n2 : 7.0;\n"
    ...     _ = path.write_text(text, encoding="utf-8")
    ...     read_tntp_trips(path).tolist()
    [[0.0, 7.0], [0.0, 0.0]]
    """
    return _TripsReader(path).read()


def write_tntp_trips(path: str | Path, trips: ArrayLike) -> None:
    """Write trips between zones to a TNTP file; reading it gives the same numbers.

    Parameters
    ----------
    path : str or Path
        The file; what was there before is replaced in one step.
    trips : (n_zones, n_zones) array
        Trips from row to column, >= 0.

    Raises
    ------
    InvalidValueError
        The array is not square, or a number is negative or not finite.
    LandseaError
        The file cannot be written.
    """
    table = finite_array(trips, "trips")
    if table.ndim != 2 or table.shape[0] != table.shape[1] or (table < 0).any():
        raise InvalidValueError(f"trips have shape {table.shape}", expected="a square table of numbers >= 0")
    lines = [f"<{ZONES}> {len(table)}", f"<{TOTAL}> {text_number(float(table.sum()))}", f"<{END}>"]
    for origin, row in enumerate(table, start=1):
        to = np.flatnonzero(row)
        if to.size:
            lines += ["", f"Origin {origin}"]
            lines += [f"    {z + 1} : {text_number(row[z].item())};" for z in to.tolist()]
    write_text(Path(path), "\n".join(lines) + "\n")


class _TripsReader(TntpReader):
    """One pass over trips."""

    def read(self) -> FloatArray:
        origin, trips = -1, np.zeros((0, 0))
        for text in self.lines():
            if not text.strip() or text.lstrip().startswith("~") or self.takes_fact(text):
                continue
            if not trips.size:
                trips = self.empty()
            words = text.split()
            if words[0].lower() == "origin":
                if len(words) != 2:
                    raise self.error(f"is {text[:40]!r}", "a line 'Origin ZONE'")
                origin = self.position(words[1], len(trips), "zone")
            elif origin < 0:
                raise self.error(f"is {text[:40]!r}", "a line 'Origin ZONE' before its destinations")
            else:
                self.take(text, trips[origin])
        if not self.in_body:
            raise self.error("ends within the facts", f"a line <{END}>")
        trips = np.nan_to_num(trips if trips.size else self.empty(), nan=0.0, posinf=np.inf)
        self.check_total(float(trips.sum()))
        return trips

    def empty(self) -> FloatArray:
        """Return a table without trips; NaN tells a pair that was not named from one of 0 trips."""
        n_zones = self.stated(ZONES)
        if n_zones > MAX_ZONES:
            raise self.error(f"follows {n_zones} zones", f"at most {MAX_ZONES}")
        return np.full((n_zones, n_zones), np.nan)

    def take(self, text: str, row: FloatArray) -> None:
        """Take one line of destinations."""
        if not text.rstrip().endswith(";"):
            raise self.error("does not end with a semicolon", "a whole row", "is the file cut off?")
        for cell in filter(None, map(str.strip, text.split(";"))):
            zone, colon, flow = cell.partition(":")
            if not colon:
                raise self.error(f"has {cell[:40]!r}", "ZONE : TRIPS;")
            at = self.position(zone.strip(), len(row), "zone")
            if not np.isnan(row[at]):
                raise self.error(f"names zone {zone.strip()} a second time", "each pair once")
            row[at] = self.finite(flow.strip())
            if row[at] < 0:
                raise self.error(f"has {flow.strip()} trips", "a number >= 0")

    def check_total(self, found: float) -> None:
        """Hold the trips against the total that the file states."""
        if TOTAL not in self.facts:
            return
        total = self.finite(self.facts[TOTAL])
        if abs(found - total) > TOTAL_TOLERANCE * max(abs(total), 1.0):
            raise self.error(
                f"is the last, and the trips come to {found:g}, <{TOTAL}> says {total:g}",
                "all trips",
                "is the file cut off? else correct the total, or take it out",
            )
