"""Skims as open matrices (OMX), for AequilibraE, `openmatrix` and the travel demand models that read them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from landsea_routing.errors import InvalidValueError
from landsea_routing.io.omx import read_omx, write_omx
from landsea_routing.report.export.units import UNITS
from landsea_routing.results.skim import Skim


def write_skim_omx(path: str | Path, skim: Skim, *, unreachable: float = np.inf) -> None:
    """Write a skim to an OMX file: its weight, and a matrix for each attribute along the paths.

    Kept are places, numbers and units. Dropped are the commodity, and which matrix is the weight: put
    them into the file's name. The layout stands in `landsea_routing.io.omx`.

    Parameters
    ----------
    path : str or Path
        The file; what was there before is replaced in one step.
    skim : Skim
        From `landsea_routing.skim`.
    unreachable : float
        Written where nothing joins a pair, in all matrices: infinity as in the skim, or NaN, or a large
        number for programs that take neither. Never 0, which would be the best of all. What is NaN along
        a path that exists is unknown and stays NaN.

    Raises
    ------
    InvalidValueError
        `unreachable` is not above all weights, or the skim has no rows or columns.
    MissingExtraError
        h5py is not installed.
    LandseaError
        The file cannot be written.

    Examples
    --------
    >>> import landsea_routing as lsr
    >>> from tempfile import TemporaryDirectory
    >>> net = lsr.load_network("toy_three_ports")
    >>> table = lsr.skim(lsr.expand(net), ["Ada", "Boro"], ["Ada", "Boro"], along=["length"])
    >>> with TemporaryDirectory() as folder:
    ...     write_skim_omx(Path(folder) / "toy.omx", table)
    ...     found = read_omx(Path(folder) / "toy.omx")
    >>> found.matrices["length"].tolist(), dict(found.units)
    ([[0.0, 740.0], [740.0, 0.0]], {'cost': 'USD/t', 'length': 'km'})
    """
    lost = np.isinf(skim.matrix)
    most = float(skim.matrix[~lost].max(initial=0.0))
    if not (np.isnan(unreachable) or unreachable > most):
        raise InvalidValueError(
            f"unreachable pairs would be written as {unreachable:g}, and the largest weight is {most:g}",
            expected="infinity, NaN or a number above all weights",
            cure="a small number would make them the best of all",
        )
    layers = {skim.weight: skim.matrix, **skim.along}
    matrices = {name: np.where(lost, unreachable, values) for name, values in layers.items()}
    units = {name: UNITS[name] for name in matrices if name in UNITS}
    write_omx(path, matrices, skim.origins, skim.destinations, units=units)


def read_skim_omx(path: str | Path, *, commodity: str, weight: str = "cost") -> Skim:
    """Read a skim back from an OMX file that `write_skim_omx` wrote.

    Parameters
    ----------
    path : str or Path
        The file.
    commodity : str
        What the file does not say: whose costs they are.
    weight : str
        Which matrix is the weight; all others are along its paths.

    Returns
    -------
    Skim
        NaN of the weight becomes infinity: both stand for unreachable.

    Raises
    ------
    InvalidValueError
        There is no such matrix.
    SchemaError, MissingExtraError, LandseaError
        As `landsea_routing.io.omx.read_omx`.
    """
    found = read_omx(path)
    names = dict(found.matrices)
    if weight not in names:
        raise InvalidValueError(
            f"{path} has no matrix {weight!r}", ids=(weight,), expected=f"one of {', '.join(names)}"
        )
    matrix = names.pop(weight)
    least = np.where(np.isnan(matrix), np.inf, matrix)
    return Skim(found.origins, found.destinations, commodity, weight, least, names)
