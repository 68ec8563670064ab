"""Writes docs/tables.md from the schema and the codes: `PYTHONPATH=src python tests/model/tables_page.py`."""

from __future__ import annotations

from pathlib import Path

from landsea_routing.model.checks.codes import TOPICS
from landsea_routing.model.column import Column, TableSchema
from landsea_routing.model.schema import SCHEMAS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tables.md"

HEAD = """# The tables of a network

<!-- Written by tests/model/tables_page.py from model/schema.py and model/checks/codes.py; do not edit. -->

A network is a folder with `network.toml` and one UTF-8 CSV file for each table, `<table>.csv`. A point marks
decimals, nothing marks thousands. Tables marked optional may be missing, and columns with a default too; an
unknown column is refused. Text stays as it is written: `NA` is a country, `007` and `1E5` are ids.

`network.toml` needs `name` and `base_year`; it may give `title`, `default_commodity`,
`unserved_price_usd_per_t` (what a tonne that stays at home costs), and anything else (sources, licences).

| kind | how a cell is written |
|---|---|
| id, text | text, taken to the letter |
| number | a finite number |
| capacity | a number or the word `unlimited`; never empty unless there is a default |
| integer | a whole number |
| flag | `yes` or `no` |
| months | open months: `1-12`, `5-10`, `11-3` (over the new year), `1;6-9` |
| words | words separated by `;` |

A gauge is written in millimetres, dual gauge as `1435+1520`.
"""

WAIVERS = """## Waivers

`landsea check` (and `check` in Python) looks at all tables at once and lists every finding with its code. A
row for which a finding is right as it is says so in its `waiver` column, as `code: reason`; several are
separated by `;`, so that a reason holds none:

    id,from_node,to_node,mode,length_km,waiver
    road-a-b,a,b,road,40,circuity: the road goes round the bay

The row then leaves the finding, and the report counts it as waived. A waiver without a reason is an error,
one that matches nothing is a warning. What would break a computation cannot be waived.

## Codes of the checks

Codes stay the same in every release. Errors keep a network from loading; warnings do not.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(table(schema) for schema in SCHEMAS.values()), WAIVERS, *codes()])


def table(schema: TableSchema) -> str:
    """Return the section of one table."""
    optional = " Optional." if schema.optional else ""
    key = " + ".join(f"`{k}`" for k in schema.key)
    head = f"## {schema.name}\n\n{schema.meaning}.{optional} Key: {key}.\n"
    lines = ["| column | kind | default | meaning |", "|---|---|---|---|"]
    lines += [
        f"| {c.name} | {c.kind} | {default(c)} | {c.meaning.replace('|', '/')}{allowed(c)} |"
        for c in schema.columns
    ]
    return "\n".join([head, *lines, ""])


def default(column: Column) -> str:
    """Return what an empty cell means."""
    if column.default is None:
        return "required"
    return {"": "empty", "nan": "empty"}.get(column.default, f"`{column.default}`")


def allowed(column: Column) -> str:
    """Return words or range allowed, as the end of a sentence."""
    if column.choices:
        return ": " + ", ".join(f"`{w}`" for w in column.choices)
    low, high = column.minimum, column.maximum
    if high != float("inf"):
        return f" ({low:g} to {high:g})"
    return f" (>= {low:g})" if low != float("-inf") else ""


def codes() -> list[str]:
    """Return the sections of the codes."""
    lines = []
    for topic, rows in TOPICS.items():
        lines += [f"### {topic}\n", "| code | severity | waiver | meaning |", "|---|---|---|---|"]
        lines += [
            f"| `{c.name}` | {c.severity} | {'yes' if c.waivable else 'no'} | {c.meaning} |" for c in rows
        ]
        lines.append("")
    return lines


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
