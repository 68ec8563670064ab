"""Other programs open what is written here, and find the same in it."""

from __future__ import annotations

import networkx as nx
import pytest

import landsea_routing as lsr

pytestmark = pytest.mark.slow


@pytest.mark.filterwarnings("ignore::UserWarning")  # it asks for a settings file that GMNS does not have
def test_path4gmns_finds_our_distances(tmp_path):
    path4gmns = pytest.importorskip("path4gmns")
    net = lsr.load_network("northeast_asia")
    lsr.write_gmns(net, tmp_path, directed=True)
    theirs = path4gmns.read_network(length_unit="km", speed_unit="kmh", input_dir=str(tmp_path))
    graph = lsr.to_networkx(net)
    for origin, destination in (("harbin", "busan"), ("beijing", "ulaanbaatar"), ("chita", "tokyo")):
        said = theirs.find_shortest_path(origin, destination, cost_type="distance")
        found = float(str(said).split("distance:")[1].split()[0])
        ours = nx.shortest_path_length(graph, origin, destination, weight="length_km")
        assert found == pytest.approx(ours, abs=0.01)
