"""The networks that come with the library."""

from __future__ import annotations

import tomllib
from pathlib import Path

from landsea_routing.errors import UnknownNameError, did_you_mean
from landsea_routing.io.csv_folder import read_csv_folder
from landsea_routing.io.settings import SETTINGS_FILE
from landsea_routing.model.network import Network


def load_network(name: str | None = None, *, strict: bool = True) -> Network:
    """Load a packaged network by name.

    Parameters
    ----------
    name : str, optional
        Name of the network; `packaged_networks()` lists them. The one that calls itself the default
        when not given.
    strict : bool
        Whether errors of the tables raise.

    Returns
    -------
    Network

    Raises
    ------
    UnknownNameError
        There is no such network.
    NetworkError
        The tables contradict each other.

    Examples
    --------
    >>> from landsea_routing import load_network
    >>> load_network("toy_three_ports").name
    'toy_three_ports'
    """
    folders = packaged_networks()
    if name is None:
        name = default_network()
    if name not in folders:
        raise UnknownNameError(
            f"network {name!r} is not packaged",
            ids=(name,),
            expected=f"one of {', '.join(folders)}",
            cure=did_you_mean(name, folders) or "read your own with read_network",
        )
    return read_csv_folder(folders[name], strict=strict)


def packaged_networks() -> dict[str, Path]:
    """Return the folders of all packaged networks by name."""
    root = _networks_root()
    return {p.parent.name: p.parent for p in sorted(root.glob(f"*/{SETTINGS_FILE}"))}


def default_network() -> str:
    """Return the name of the packaged network whose `network.toml` says `default = true`."""
    for name, folder in packaged_networks().items():
        if tomllib.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8")).get("default"):
            return name
    return next(iter(packaged_networks()))


def _networks_root() -> Path:
    package = Path(__file__).resolve().parents[1]
    installed = package / "networks"
    # In an editable checkout the tables stay at the top of the repository.
    return installed if installed.is_dir() else package.parents[1] / "networks"
