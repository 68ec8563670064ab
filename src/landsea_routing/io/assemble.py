"""From what was read to a network: the faults of all tables at once, then the checks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from landsea_routing.errors import InvalidValueError, NetworkError, SchemaError, almost
from landsea_routing.model.checks import check, raise_on_errors
from landsea_routing.model.network import Course, Network, Settings, make_network
from landsea_routing.model.schema import SCHEMAS
from landsea_routing.model.table import Table

Fault = SchemaError | InvalidValueError


def read_all(
    name: str, readers: Mapping[str, Callable[[], Table]], faults: Iterable[Fault] = ()
) -> dict[str, Table]:
    """Read every table, and raise the faults of all of them together.

    Raises
    ------
    SchemaError, InvalidValueError
        The one fault there is.
    NetworkError
        There is more than one; it says all.
    """
    tables: dict[str, Table] = {}
    found = list(faults)
    for table, read in readers.items():
        try:
            tables[table] = read()
        except (SchemaError, InvalidValueError) as fault:
            found.append(fault)
    if len(found) == 1:
        raise found[0]
    if found:
        raise NetworkError(
            f"{len(found)} tables of {name} cannot be read:\n" + "\n".join(f"  {f}" for f in found),
            table=found[0].table,
            column=found[0].column,
            ids=[i for f in found for i in f.ids],
            cure="correct the cells named above",
        )
    return tables


def misspelt(names: Iterable[str], suffix: str = "", without: Collection[str] = ()) -> Iterator[SchemaError]:
    """Give the faults of files or layers of a network of ours that are almost called like a table.

    They would be passed over without a word.

    Parameters
    ----------
    names : iterable of str
        What they are called, without suffix.
    suffix : str
        That of the files.
    without : collection of str
        Tables that have another form, whose names are free.
    """
    for name in names:
        near = almost(name, SCHEMAS)
        if near and name not in SCHEMAS and near not in without:
            yield SchemaError(
                f"{name}{suffix} is not a table",
                table=name,
                ids=(f"{name}{suffix}",),
                expected=f"one of {', '.join(SCHEMAS)}",
                cure=f"call it {near}{suffix}, or something less like it",
            )


def finish(
    settings: Settings, tables: Mapping[str, Table], courses: Mapping[str, Course], *, strict: bool
) -> Network:
    """Put a network together; raises NetworkError where `strict` and its tables contradict each other."""
    network = make_network(settings, tables, courses)
    if strict:
        raise_on_errors(check(network))
    return network
