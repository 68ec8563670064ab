"""Open matrices (OMX): tables from zone to zone in one HDF5 file.

The layout, as the `openmatrix` package and AequilibraE read it::

    /                       attributes OMX_VERSION = b"0.2", SHAPE = [rows, columns]
    /data/<name>            a matrix of that shape, in chunks; here with an attribute `units`
    /lookup/<mapping>       what the rows and columns are called

Written are 64-bit floats, compressed by zlib. Where rows and columns are the same places, the mapping `node`
has their ids and `zone` counts them from 1 (AequilibraE wants numbers); otherwise there are `origin` and
`destination`. Infinity stands for unreachable and NaN for unknown, in the file as in arrays: 0 is never
written for either.

Names, numbers and units of matrices are kept, and a number that `NA` marks as missing becomes NaN; all other
attributes are dropped. A file is data and nothing
else: links to other files are not followed. OD matrices go through `landsea_routing.io.omx_demand`.

Source: *OMX specification 0.2*, open-matrix format of the transport modelling community.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landsea_routing._extras import need
from landsea_routing._frozen import Frozen, FrozenDict
from landsea_routing._typing import FloatArray, TextArray
from landsea_routing.errors import (
    InvalidValueError,
    LandseaError,
    SchemaError,
    UnknownNameError,
    did_you_mean,
    list_ids,
)
from landsea_routing.io.atomic import fresh_file
from landsea_routing.model.table import UNWRITABLE, as_text

VERSION = b"0.2"
NODE, ZONE, ORIGIN, DESTINATION = "node", "zone", "origin", "destination"
"""Names of mappings."""
MAX_BYTES = 8 * 2**30
"""Matrices that are larger in all are refused: a small file may promise any size."""
EXACT = 2**53
"""Whole numbers up to here are floats to the last digit."""
MAX_NAMES = 10_000_000
"""So many rows or columns at most, each of which has a name."""


@dataclass(frozen=True, eq=False)
class Matrices(Frozen):
    """Tables that share rows and columns.

    Parameters
    ----------
    origins, destinations : text arrays
        What rows and columns are called.
    matrices : mapping
        Arrays of shape (n_origins, n_destinations), by name.
    units : mapping
        Units of the matrices that have one, by name.
    """

    origins: TextArray
    destinations: TextArray
    matrices: Mapping[str, FloatArray]
    units: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrices", FrozenDict(self.matrices))
        object.__setattr__(self, "units", FrozenDict(self.units))
        super().__post_init__()


def write_omx(
    path: str | Path,
    matrices: Mapping[str, ArrayLike],
    origins: ArrayLike,
    destinations: ArrayLike,
    *,
    units: Mapping[str, str] | None = None,
) -> None:
    """Write matrices to an OMX file.

    Parameters
    ----------
    path : str or Path
        The file; what was there before is replaced in one step.
    matrices : mapping
        Arrays of shape (n_origins, n_destinations), by name.
    origins, destinations : text arrays
        Names of rows and columns.
    units : mapping, optional
        Units, by name of matrix.

    Raises
    ------
    InvalidValueError
        A shape does not fit, nothing is there to write, or a name is empty or holds a slash.
    MissingExtraError
        h5py is not installed.
    LandseaError
        The file cannot be written.

    Notes
    -----
    O(cells).
    """
    h5py = need("h5py", extra="omx")
    tables = {name: _table(values, name) for name, values in matrices.items()}
    rows, columns = _names(origins, "origins"), _names(destinations, "destinations")
    _refuse_misfits(tables, (len(rows), len(columns)))
    _refuse_doubles(rows, "origins")
    _refuse_doubles(columns, "destinations")
    # In memory first: HDF5 does not survive a disk that is full.
    with h5py.File("matrices", "w", driver="core", backing_store=False) as file:
        file.attrs["OMX_VERSION"] = np.bytes_(VERSION)
        file.attrs["SHAPE"] = np.array([len(rows), len(columns)], dtype=np.int32)
        data, lookup = file.create_group("data"), file.create_group("lookup")
        for name, table in tables.items():
            # Chunks at any size: openmatrix sees only what is stored in chunks.
            matrix = data.create_dataset(
                name, data=table, chunks=True, compression="gzip", compression_opts=1, shuffle=True
            )
            if name in (units or {}):
                matrix.attrs["units"] = np.bytes_(str((units or {})[name]).encode())
        if np.array_equal(rows, columns):
            lookup[NODE] = np.char.encode(rows, "utf-8")
            lookup[ZONE] = np.arange(1, len(rows) + 1, dtype=np.uint32)
        else:
            lookup[ORIGIN] = np.char.encode(rows, "utf-8")
            lookup[DESTINATION] = np.char.encode(columns, "utf-8")
        file.flush()
        image = file.id.get_file_image()
    with fresh_file(Path(path)) as part:
        part.write_bytes(image)


def read_omx(path: str | Path, *, mapping: str | tuple[str, str] | None = None) -> Matrices:
    """Read all matrices of an OMX file.

    Parameters
    ----------
    path : str or Path
        The file.
    mapping : str or (str, str), optional
        Which mapping names rows and columns, or one for each; needed where the file has several of its own.

    Returns
    -------
    Matrices
        Rows and columns without any mapping are called `1`, `2` and so on.

    Raises
    ------
    SchemaError
        The file is no OMX file, or is damaged, or a matrix does not have its shape.
    UnknownNameError
        There is no such mapping.
    MissingExtraError
        h5py is not installed.
    LandseaError
        There is no such file.
    """
    with _opened(Path(path)) as file:
        shape = _shape(file, path)
        matrices, units = {}, {}
        names = _members(file, "data", path)
        _refuse_too_large(len(names), shape, path)
        for name in names:
            values = _numbers(file["data"][name], shape, f"{path}: /data/{name}")
            matrices[name] = values
            unit = file["data"][name].attrs.get("units")
            if isinstance(unit, (bytes, str)):
                units[name] = unit.decode("utf-8", "replace") if isinstance(unit, bytes) else unit
        known = {name: file["lookup"][name] for name in _members(file, "lookup", path)}
        chosen = _choose_mappings(mapping, set(known), path)
        rows, columns = (_lookup(known, name, n, path) for name, n in zip(chosen, shape, strict=True))
        return Matrices(rows, columns, matrices, units)


def _names(values: ArrayLike, what: str) -> TextArray:
    # HDF5 ends a text at NUL, so that two names might become one.
    names = np.atleast_1d(np.asarray(values)).astype(np.str_)
    odd = [repr(name) for name in np.asarray(values, dtype=object).ravel() if UNWRITABLE.search(str(name))]
    if odd:
        raise InvalidValueError(
            f"{what} has names that cannot be written ({list_ids(odd)})",
            ids=odd,
            expected="text without NUL and halves of letters",
        )
    return names


def _table(values: ArrayLike, name: str) -> FloatArray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidValueError(
            f"matrix {name!r} holds no numbers", ids=(name,), expected="numbers"
        ) from None


def _refuse_misfits(tables: Mapping[str, FloatArray], shape: tuple[int, int]) -> None:
    odd = [
        name for name in tables if not name or "/" in name or UNWRITABLE.search(name) or name in (".", "..")
    ]
    wrong = [name for name, table in tables.items() if table.shape != shape]
    if odd:
        raise InvalidValueError(
            f"{list_ids([repr(n) for n in odd])} cannot be the name of a matrix", ids=odd, expected="a word"
        )
    if not tables or 0 in shape or wrong:
        raise InvalidValueError(
            f"matrices {list_ids(wrong)} do not fit"
            if wrong
            else "there is no matrix, row or column to write",
            ids=wrong,
            expected=f"at least one matrix of {shape[0]} rows and {shape[1]} columns",
        )


def _refuse_doubles(names: TextArray, what: str) -> None:
    unique, count = np.unique(names, return_counts=True)
    if unique.size < names.size:
        doubled = unique[count > 1].tolist()
        raise InvalidValueError(
            f"{what} name {list_ids(doubled)} more than once", ids=doubled, expected="each place once"
        )


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open an HDF5 file to read; what is wrong with it is said in one way."""
    h5py = need("h5py", extra="omx")
    if not path.is_file():
        raise LandseaError(
            f"{path} could not be read (no such file)", code="read", ids=(str(path),), expected="an OMX file"
        )
    try:
        with h5py.File(path, "r") as file:
            yield file
    except (OSError, RuntimeError, KeyError) as error:
        raise SchemaError(
            f"{path} cannot be read as HDF5 ({error})",
            expected="an OMX file",
            cure="is it cut off or damaged?",
        ) from error


def _members(file: Any, group: str, path: str | Path) -> list[str]:
    """Return the tables in a group; a link out of the file would read what was never meant."""
    h5py = need("h5py", extra="omx")
    if group not in file:
        return []
    folder = file[group] if isinstance(file.get(group, getlink=True), h5py.HardLink) else None
    if not isinstance(folder, h5py.Group):
        raise SchemaError(f"{path}: /{group} is no group", expected="a group of tables in the file itself")
    for name in folder:
        held = isinstance(folder.get(name, getlink=True), h5py.HardLink)
        item = folder[name] if held else None
        if not isinstance(item, h5py.Dataset) or item.is_virtual or item.external:
            raise SchemaError(f"{path}: /{group}/{name} is no table", expected="a table in the file itself")
    return list(folder)


def _shape(file: Any, path: str | Path) -> tuple[int, int]:
    names = _members(file, "data", path)
    if not names:
        raise SchemaError(
            f"{path} holds no matrix in /data", expected="an OMX file", cure="is it HDF5 of another kind?"
        )
    stated = np.atleast_1d(file.attrs.get("SHAPE", file["data"][names[0]].shape))
    if stated.shape != (2,) or stated.dtype.kind not in "iu":
        raise SchemaError(f"{path}: SHAPE is {stated.tolist()}", expected="rows and columns")
    return int(stated[0]), int(stated[1])


def _numbers(dataset: Any, shape: tuple[int, int], what: str) -> FloatArray:
    if dataset.shape != shape:
        raise SchemaError(f"{what} has shape {dataset.shape}", expected=f"{shape}, as SHAPE says")
    if dataset.dtype.kind not in "iuf":
        raise SchemaError(f"{what} holds {dataset.dtype}", expected="numbers")
    stored = np.asarray(dataset[()])
    if stored.dtype.kind in "iu" and max(int(stored.max(initial=0)), -int(stored.min(initial=0))) > EXACT:
        raise SchemaError(
            f"{what} holds whole numbers beyond 2**53",
            expected="numbers that 64-bit floats hold exactly",
            cure="are they ids? write them as a mapping",
        )
    # The specification's mark of a cell that is not known.
    missing = np.atleast_1d(dataset.attrs.get("NA", np.nan))
    if missing.dtype.kind not in "iuf":
        return stored.astype(np.float64)
    if stored.dtype.kind == "f":
        # 0.1 in 32 bits is not 0.1; what they do not hold marks no cell.
        with np.errstate(over="ignore"):
            there = missing.astype(stored.dtype)
        missing = there[np.isinf(there) == np.isinf(missing)]
    return np.where(np.isin(stored, missing), np.nan, stored.astype(np.float64))


def _refuse_too_large(n_matrices: int, shape: tuple[int, int], path: str | Path) -> None:
    if n_matrices * shape[0] * shape[1] * 8 > MAX_BYTES or max(shape) > MAX_NAMES:
        raise SchemaError(
            f"{path} promises {n_matrices} matrices of {shape[0]} x {shape[1]} cells",
            expected=f"at most {MAX_BYTES >> 30} GiB in all, and {MAX_NAMES:,} rows or columns",
            cure="split it, or take fewer zones",
        )


def _choose_mappings(
    wanted: str | tuple[str, str] | None, known: set[str], path: str | Path
) -> tuple[str, str]:
    """Return the mappings of rows and columns; an empty name where there is none."""
    if wanted is not None:
        return (wanted, wanted) if isinstance(wanted, str) else wanted
    if NODE in known:
        return NODE, NODE
    if {ORIGIN, DESTINATION} <= known:
        return ORIGIN, DESTINATION
    if len(known) > 1:
        raise SchemaError(
            f"{path} has the mappings {list_ids(sorted(known))}",
            ids=sorted(known),
            expected="one, or a choice",
            cure="say which with mapping=",
        )
    name = next(iter(known), "")
    return name, name


def _lookup(known: Mapping[str, Any], name: str, size: int, path: str | Path) -> TextArray:
    if not name:
        return np.arange(1, size + 1).astype(np.str_)
    if name not in known:
        raise UnknownNameError(
            f"{path} has no mapping {name!r}",
            ids=(name,),
            expected=f"one of {', '.join(sorted(known)) or '(none)'}",
            cure=did_you_mean(name, known) or "use one of these",
        )
    if known[name].shape != (size,):
        raise SchemaError(f"{path}: /lookup/{name} has shape {known[name].shape}", expected=f"({size},)")
    names = _decoded(known[name][()], f"{path}: /lookup/{name}")
    if len(set(names.tolist())) != size:
        raise SchemaError(f"{path}: /lookup/{name} repeats a name", expected="a name for each row, once")
    return names


def _decoded(values: NDArray[Any], what: str) -> TextArray:
    if values.dtype.kind in "iuf":
        return np.array([as_text(v) for v in values.tolist()], np.str_)
    try:
        texts = [v.decode("utf-8") if isinstance(v, bytes) else v for v in values.tolist()]
    except UnicodeDecodeError as error:
        raise SchemaError(f"{what} is not UTF-8 ({error})", expected="names in UTF-8") from None
    if not all(isinstance(text, str) for text in texts):
        raise SchemaError(f"{what} holds {values.dtype}", expected="names or numbers")
    return np.array(texts, dtype=np.str_)
