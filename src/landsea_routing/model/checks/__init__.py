"""Checks of a whole network: every problem of every table in one report.

`check` looks at tables that were read already (or built from arrays) and returns a `Report`; each
check is a function `(Network) -> list[Finding]`, listed in the tuple `CHECKS` at the end of its file.
To add a check, write the function, list it there, and describe its code in `codes`.

Order of import inside this folder: codes, report, facts, keys, references, values, geometry, gauges,
borders, groups, payloads, members, passage, limits, twice, time, coverage, waivers, run.
"""

from landsea_routing.model.checks.report import Finding, Report, raise_on_errors
from landsea_routing.model.checks.run import check

__all__ = ["Finding", "Report", "check", "raise_on_errors"]
