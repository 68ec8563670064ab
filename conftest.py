"""Which files pytest leaves out: those whose examples need a library that is not there."""

from __future__ import annotations

from importlib.util import find_spec

NEEDS = {
    "numba": "src/landsea_routing/kernels/_fast/[!_]*",
    "h5py": "src/landsea_routing/report/export/omx.py",
    "pydeck": "src/landsea_routing/report/deck*.py",
    "xarray": "src/landsea_routing/report/export/xarray.py",
}
collect_ignore_glob = [files for library, files in NEEDS.items() if not find_spec(library)]
