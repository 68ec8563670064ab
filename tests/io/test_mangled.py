"""Files with bytes changed, lost, doubled or cut off: an answer or an error of ours, and nothing else."""

from __future__ import annotations

import random

import pytest

import landsea_routing as lsr
from landsea_routing.errors import LandseaError
from landsea_routing.io.dimacs import read_dimacs, write_dimacs
from landsea_routing.io.dimacs_paths import (
    read_dimacs_coordinates,
    read_dimacs_graph,
    write_dimacs_coordinates,
    write_dimacs_graph,
)
from landsea_routing.io.omx import read_omx
from landsea_routing.io.omx_demand import write_demand_omx
from landsea_routing.io.osm.extract import read_osm
from landsea_routing.io.sea_lanes import read_lanes
from landsea_routing.io.tntp_trips import read_tntp_trips, write_tntp_trips

STUFF = (b"9" * 30, b"-1", b"nan", b"inf", b"1e999", b"\x00", b"\xff\xfe", b"<", b";", b"\n", b"]", b"")
OSM = """<osm version="0.6"><node id="1" version="1" lat="45" lon="100"/>
<node id="2" version="1" lat="45" lon="101"><tag k="railway" v="yard"/></node>
<way id="1" version="1"><nd ref="1"/><nd ref="2"/>
<tag k="railway" v="rail"/><tag k="gauge" v="1520;1435"/></way></osm>"""
LANES = (
    '{"type": "FeatureCollection", "features": [{"geometry": '
    '{"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, "properties": {}}]}'
)


def _omx(path):
    pytest.importorskip("h5py")
    write_demand_omx(path, lsr.load_network("toy_three_ports"))


def _osm(path):
    pytest.importorskip("osmium")
    path.write_text(OSM, encoding="utf-8")


CASES = {
    "a.min": (lambda p: write_dimacs(p, [0, 1], [1, 2], [5, 5], [1.5, 2], [3, 0, -3]), read_dimacs),
    "a.gr": (lambda p: write_dimacs_graph(p, [0, 1], [1, 0], [7, 2.5], n_vertices=2), read_dimacs_graph),
    "a.co": (lambda p: write_dimacs_coordinates(p, [0, 179.5], [45, -45]), read_dimacs_coordinates),
    "a.tntp": (lambda p: write_tntp_trips(p, [[0, 7.5], [3, 0]]), read_tntp_trips),
    "a.geojson": (lambda p: p.write_text(LANES, encoding="utf-8"), read_lanes),
    "a.omx": (_omx, read_omx),
    "a.osm": (_osm, lambda p: read_osm(p, country="XA")),
}


def mangled(raw: bytes, rng: random.Random) -> bytes:
    text = bytearray(raw)
    for _ in range(rng.choice((1, 2, 9))):
        at, kind = rng.randrange(len(text) + 1), rng.randrange(4)
        if kind == 0:
            del text[at : at + rng.randrange(1, 30)]
        elif kind == 1:
            text = text[:at]
        elif kind == 2:
            text[at:at] = rng.choice(STUFF)
        else:
            text[at : at + 1] = bytes([rng.randrange(256)])
    return bytes(text)


@pytest.mark.parametrize("name", CASES)
def test_a_mangled_file_is_read_or_refused(tmp_path, name, caplog):
    write, read = CASES[name]
    path = tmp_path / name
    write(path)
    raw, refused = path.read_bytes(), 0
    for seed in range(150):
        path.write_bytes(mangled(raw, random.Random(seed)))  # noqa: S311
        try:
            read(path)
        except LandseaError as error:
            refused += 1
            assert str(error).strip() and error.expected
    assert refused > 50
