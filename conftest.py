"""Which files pytest leaves out: the compiled loops, where there is no compiler to import them with."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("numba") else ["src/landsea_routing/kernels/_fast/[!_]*"]
