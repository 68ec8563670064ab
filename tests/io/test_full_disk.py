"""A disk that is full, links and folders as targets: what was there stays, nothing half-written is left."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

import landsea_routing as lsr
from landsea_routing.errors import LandseaError
from landsea_routing.io.tntp_trips import write_tntp_trips
from networks_for_tests import tiny_network

FULL = """
import json, resource, sys
from pathlib import Path
import numpy as np
import landsea_routing as lsr
from landsea_routing.io.dimacs_paths import write_dimacs_graph
from landsea_routing.io.omx import write_omx
from landsea_routing.io.tntp_trips import write_tntp_trips

net, folder, names = lsr.load_network("toy_three_ports"), Path(sys.argv[1]), sys.argv[2:]
table = np.random.default_rng(0).random((30, 30))
write = {
    "a.omx": lambda p: write_omx(p, {"a": table}, range(30), range(30)),
    "a.tntp": lambda p: write_tntp_trips(p, table),
    "a.gr": lambda p: write_dimacs_graph(p, [0] * 999, [1] * 999, [0.1] * 999, n_vertices=2),
}
# No file may grow beyond 1 kB: to the programs it is as if the disk were full.
resource.setrlimit(resource.RLIMIT_FSIZE, (2**10, 2**10))
said = {}
for name in names:
    try:
        write.get(name, lambda p: lsr.write_network(net, p, format=p.suffix[1:]))(folder / name)
    except lsr.LandseaError as error:
        said[name] = [type(error).__name__, error.code, str(error)]
print(json.dumps(said))
"""
NEEDS = {"a.gpkg": "pyogrio", "a.parquet": "geopandas", "a.omx": "h5py"}
NAMES = [
    name
    for name in ("a.csv", "a.gmns", "a.parquet", "a.geojson", "a.gpkg", "a.omx", "a.tntp", "a.gr")
    if name not in NEEDS or find_spec(NEEDS[name])
]


def test_a_full_disk_leaves_what_was_there(tmp_path):
    pytest.importorskip("resource")
    for name in NAMES:
        old = tmp_path / name
        if name in ("a.csv", "a.gmns", "a.parquet"):
            old.mkdir()
            old = old / "keep"
        old.write_text("old", "utf-8")
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", FULL, str(tmp_path), *NAMES], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout)
    for name in NAMES:
        assert said[name][:2] == ["LandseaError", "write"]
        assert f"{tmp_path / name} could not be written" in said[name][2]
        left = [tmp_path / name] if (tmp_path / name).is_file() else list((tmp_path / name).iterdir())
        assert [file.read_text("utf-8") for file in left] == ["old"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(NAMES)


@pytest.mark.parametrize("name", ["net.geojson", "net.tntp", "net"])
def test_a_target_that_is_a_link_leads_on(tmp_path, name):
    (tmp_path / "far").mkdir()
    real, link = tmp_path / "far" / name, tmp_path / name
    link.symlink_to(real)
    for _ in range(2):  # not there yet, then there
        if name.endswith(".tntp"):
            write_tntp_trips(link, [[1.0]])
        elif name.endswith(".geojson") or real.exists():
            lsr.write_network(tiny_network(), link)
        else:
            real.mkdir()
            lsr.write_network(tiny_network(), link)
        assert link.is_symlink() and real.exists() and not real.is_symlink()
    assert [path.name for path in (tmp_path / "far").iterdir()] == [name]


def test_a_file_in_place_of_a_folder_is_no_target(tmp_path):
    (tmp_path / "a").write_text("old", "utf-8")
    for target in (tmp_path / "a", tmp_path / "a" / "net.geojson"):
        with pytest.raises(LandseaError):
            lsr.write_network(tiny_network(), target)
    assert (tmp_path / "a").read_text("utf-8") == "old"
