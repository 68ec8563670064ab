"""GMNS: exact names and units, folders of somebody else, and what is wrong with a folder."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, LandseaError, NetworkError, SchemaError
from landsea_routing.io.gmns import LINK_COLUMNS, NODE_COLUMNS, read_gmns, write_gmns
from networks_for_tests import tiny_network

NODES = "node_id,name,x_coord,y_coord,z_coord,node_type,ctrl_type,zone_id,parent_node_id\n"
LINKS = (
    "link_id,name,from_node_id,to_node_id,directed,dir_flag,length,capacity,free_speed,lanes,allowed_uses,"
    "toll\n"
)


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """Return a folder of somebody else, in miles; its roads are about as long as they are drawn."""
    (tmp_path / "node.csv").write_text(
        NODES + "1,,-71.0,42.0,,external,,7,\n2,,-71.1,42.0,,,,8,\n3,,-71.1,42.1,NaN,,,,\n", "utf-8"
    )
    (tmp_path / "link.csv").write_text(
        LINKS
        + '10,Main St,1,2,1,1,5.2,1800,60,2,"auto, truck",\n11,Main St,2,1,1,-1,5.2,1800,60,2,auto,\n'
        + '12,Side St,2,3,0,1,7.0,900,30,1,,1.5\n13,Path,1,3,FALSE,1,NaN,0,NaN,0,"WALK, BIKE",\n',
        "utf-8",
    )
    (tmp_path / "config.csv").write_text(
        "dataset_name,short_length,long_length,speed,crs,geometry_field_format,currency,version_number,id_type\n"
        "Small,foot,mile,mph,4326,wkt,US cents,0.96,integer\n",
        "utf-8",
    )
    return tmp_path


def test_kilometres_that_are_said_to_be_miles_are_not_taken_in_silence(foreign):
    link = foreign / "link.csv"
    assert not any("as long as drawn" in text for text in read_gmns(foreign).settings.facts["assumed"])
    link.write_text(link.read_text("utf-8").replace("5.2", "8.37").replace("7.0", "11.27"), "utf-8")
    said = read_gmns(foreign).settings.facts["assumed"]
    assert "links are 1.63 x as long as drawn: are their lengths in mile?" in said


def test_lines_that_stand_nowhere_or_twice(foreign):
    link, geometry = foreign / "link.csv", foreign / "geometry.csv"
    lines = link.read_text("utf-8").splitlines()
    link.write_text("\n".join([f"{lines[0]},geometry_id", f"{lines[1]},5", *(f"{x}," for x in lines[2:])]))
    assert any("no geometry.csv" in text for text in read_gmns(foreign).settings.facts["assumed"])
    row = '5,"LINESTRING (-71.0 42.0, -71.05 42.01, -71.1 42.0)"\n'
    geometry.write_text(f"geometry_id,geometry\n{row}")
    assert not any("no geometry.csv" in text for text in read_gmns(foreign).settings.facts["assumed"])
    geometry.write_text(f"geometry_id,geometry\n{row}{row}")
    with pytest.raises(InvalidValueError, match=r"geometry\.csv has 5 more than once"):
        read_gmns(foreign)


@pytest.mark.parametrize("change", ["length", "to_node_id", "gone"])
def test_an_edit_of_one_direction_is_not_lost(tmp_path, change):
    write_gmns(tiny_network(), tmp_path, directed=True)
    assert read_gmns(tmp_path).links.to_rows() == tiny_network().links.to_rows()
    written = rows(tmp_path / "link.csv")
    back = next(row for row in written if row["back_of"])
    if change == "gone":
        written = [row for row in written if row["link_id"] != back["back_of"]]
    else:
        back[change] = "777" if change == "length" else "b_city"
    with (tmp_path / "link.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(written[0]))
        writer.writeheader()
        writer.writerows(written)
    with pytest.raises(InvalidValueError, match="differ, or one is gone") as caught:
        read_gmns(tmp_path)
    assert back["back_of"] in str(caught.value)


def test_our_tables_beside_the_files_of_somebody_else_are_read(foreign):
    (foreign / "tariffs.csv").write_text(
        "mode,country,commodity,fixed_usd_per_t,rate_usd_per_t_km,speed_km_h\nroad,*,*,3,0.1,50\n", "utf-8"
    )
    (foreign / "demand.csv").write_text(
        "origin,destination,commodity,amount_per_year,unit\n1,2,freight,10,t\n", "utf-8"
    )
    net = read_gmns(foreign)
    assert net.demand["amount_per_year"].tolist() == [10.0]
    assert net.links["delay_h"].tolist() == [0.0] * 4
    route = lsr.shortest_path(lsr.expand(net), "1", "2")
    assert route.time_h == pytest.approx(5.2 * 1.609344 / 50)
    assert route.cost_money_usd_per_t == pytest.approx(3 + 0.1 * 5.2 * 1.609344)
    said = net.settings.facts["assumed"]
    assert "free_speed left out: tariffs.csv says how fast carriage is" in said
    assert "carriage costs no money" not in said
    # The trips of DTALite have the name of our table and nothing else of it.
    (foreign / "demand.csv").write_text("o_zone_id,d_zone_id,volume\n7,8,12\n", "utf-8")
    net = read_gmns(foreign)
    assert len(net.demand) == 0
    assert any(text.startswith("demand.csv left out") for text in net.settings.facts["assumed"])


def test_links_with_ids_of_nodes_are_renamed_beside_other_tables(foreign):
    link = foreign / "link.csv"
    link.write_text(link.read_text("utf-8").replace("\n10,", "\n1,"), "utf-8")
    (foreign / "demand.csv").write_text(
        "origin,destination,commodity,amount_per_year,unit\n1,2,freight,10,t\n", "utf-8"
    )
    net = read_gmns(foreign)
    assert net.links["id"].tolist()[0] == "link-1" and len(net.demand) == 1


def test_the_mode_that_is_taken_is_said(foreign):
    assert "links without mode: rail" in read_gmns(foreign, mode="rail").settings.facts["assumed"]


def test_that_modes_do_not_join_is_said(foreign):
    assert not any("no transfers" in text for text in read_gmns(foreign).settings.facts["assumed"])
    text = (foreign / "link.csv").read_text("utf-8").splitlines()
    modes = ["mode", "road", "road", "rail", "road"]
    (foreign / "link.csv").write_text("\n".join(f"{row},{m}" for row, m in zip(text, modes, strict=True)))
    assert any("no transfers" in text for text in read_gmns(foreign).settings.facts["assumed"])


def test_a_node_that_stands_twice_is_not_taken_for_a_wrong_unit(foreign):
    node = foreign / "node.csv"
    node.write_text(node.read_text("utf-8") + "2,,-75.0,42.0,,,,,\n", "utf-8")
    with pytest.raises(NetworkError, match=r"nodes\.id stands more than once"):
        read_gmns(foreign)


def test_units_are_said_once(foreign):
    config = foreign / "config.csv"
    text = config.read_text("utf-8")
    config.write_text(text + text.splitlines()[1].replace("mile", "km") + "\n", "utf-8")
    with pytest.raises(SchemaError, match="has 2 rows"):
        read_gmns(foreign)


def test_names_and_units_are_those_of_the_specification(tmp_path):
    write_gmns(tiny_network(), tmp_path)
    nodes, links, config = (rows(tmp_path / f"{name}.csv") for name in ("node", "link", "config"))
    assert list(nodes[0])[: len(NODE_COLUMNS)] == list(NODE_COLUMNS)
    assert list(links[0])[: len(LINK_COLUMNS)] == list(LINK_COLUMNS)
    assert config[0]["long_length"] == "km" and config[0]["version_number"] == "0.96"
    assert config[0]["crs"] == "EPSG:4326" and config[0]["id_type"] == "string"
    first = links[0]
    assert (first["link_id"], first["from_node_id"], first["to_node_id"]) == (
        "rail-a_city-a_border",
        "a_city",
        "a_border",
    )
    assert (first["directed"], first["length"], first["mode"], first["gauge"]) == (
        "false",
        "360",
        "rail",
        "1435",
    )
    assert first["geometry"] == "LINESTRING (120.0 45.0, 124.0 46.0)"
    assert (nodes[0]["x_coord"], nodes[0]["y_coord"], nodes[0]["node_type"]) == ("120", "45", "city")
    # Passenger cars per hour and lane are never tonnes.
    assert {link["capacity"] for link in links} == {""}
    assert (tmp_path / "capacity_groups.csv").exists()
    # Every zone that a node names is in zone.csv.
    assert {n["zone_id"] for n in nodes} - {""} == {z["zone_id"] for z in rows(tmp_path / "zone.csv")}


def test_both_directions_in_two_rows(tmp_path):
    write_gmns(tiny_network(), tmp_path, directed=True)
    links = rows(tmp_path / "link.csv")
    assert len(links) == 18 and {link["directed"] for link in links} == {"true"}
    assert len({link["link_id"] for link in links}) == 18
    there, back = links[:2]
    assert (there["from_node_id"], there["to_node_id"]) == (back["to_node_id"], back["from_node_id"])


def test_a_line_is_cut_at_the_antimeridian(tmp_path):
    nodes = [
        {"id": i, "name": i, "country": "AA", "lat": "50", "lon": lon, "kind": "port", "loads": "all"}
        for i, lon in (("w", "179"), ("e", "-179"))
    ]
    links = [{"id": "sea-w-e", "from_node": "w", "to_node": "e", "mode": "sea", "length_km": "200"}]
    empty = ("transfers", "crossings", "clearances", "capacity_groups", "capacity_members", "demand")
    net = tiny_network(nodes=nodes, links=links, vehicle_classes=[], **{name: [] for name in empty})
    write_gmns(net, tmp_path)
    text = rows(tmp_path / "link.csv")[0]["geometry"]
    assert text == "MULTILINESTRING ((179.0 50.0, 180.0 50.0), (-180.0 50.0, -179.0 50.0))"
    assert read_gmns(tmp_path, strict=False).courses == {}


def test_miles_edited_into_a_folder_of_ours_are_heeded(tmp_path):
    write_gmns(tiny_network(), tmp_path)
    config = tmp_path / "config.csv"
    config.write_text(config.read_text("utf-8").replace(",km,", ",mile,"), "utf-8")
    assert read_gmns(tmp_path, strict=False).links["length_km"][0] == pytest.approx(360 * 1.609344)


def test_a_folder_of_somebody_else(foreign):
    net = read_gmns(foreign)
    assert net.name == "Small"
    assert net.nodes["id"].tolist() == ["1", "2", "3"]
    assert net.links["length_km"][:3].tolist() == pytest.approx([5.2 * 1.609344] * 2 + [7 * 1.609344])
    # By hand: the ellipsoid between 71.0 W 42.0 N and 71.1 W 42.1 N.
    assert net.links["length_km"][3] == pytest.approx(13.85, abs=0.02)
    assert net.links["oneway"].tolist() == [True, True, False, False]
    assert net.links["mode"].tolist() == ["road"] * 4
    assert net.links["status"].tolist() == ["operating"] * 3 + ["closed"]
    assert net.nodes["loads"].tolist() == ["all", "all", ""]
    said = "; ".join(net.settings.facts["assumed"])
    for part in ("capacity left out", "ZZ", "zone_id", "toll", "no link has a limit", "walk"):
        assert part in said, part


def test_a_link_of_somebody_else_takes_as_long_as_its_free_speed_says(foreign):
    net = read_gmns(foreign)
    route = lsr.shortest_path(lsr.expand(net), "1", "2", weight="time")
    assert route.time_h == pytest.approx(5.2 / 60)
    net = read_gmns(foreign)
    route = lsr.shortest_path(lsr.expand(net), "2", "3", weight="time", access=False)
    assert route.time_h == pytest.approx(7.0 / 30)


def test_what_was_assumed_goes_where_the_network_goes(foreign, tmp_path):
    net = read_gmns(foreign)
    lsr.write_network(net, tmp_path / "again")
    assert list(lsr.read_network(tmp_path / "again").settings.facts["assumed"]) == list(
        net.settings.facts["assumed"]
    )


def test_links_that_share_ids_with_nodes_are_renamed(foreign):
    edit(foreign / "link.csv", "\n11,", "\n2,")
    net = read_gmns(foreign)
    assert net.links["id"].tolist() == ["link-10", "link-2", "link-12", "link-13"]
    assert any("link-<id>" in sentence for sentence in net.settings.facts["assumed"])


def test_projected_positions_are_turned_into_degrees(foreign):
    node = foreign / "node.csv"
    # By pyproj: UTM zone 19 N.
    node.write_text(
        NODES + "1,,334361.76,4651782.13,,,,,\n2,,326080.75,4651974.59,,,,,\n3,,326345.99,4663079.36,,,,,\n",
        "utf-8",
    )
    config = foreign / "config.csv"
    config.write_text(config.read_text("utf-8").replace("4326", "32619"), "utf-8")
    net = read_gmns(foreign)
    assert net.nodes["lon"].tolist() == pytest.approx([-71.0, -71.1, -71.1], abs=1e-3)
    assert net.nodes["lat"].tolist() == pytest.approx([42.0, 42.0, 42.1], abs=1e-3)


def test_geometry_of_its_own_file_and_against_the_link(foreign):
    link = foreign / "link.csv"
    text = link.read_text("utf-8").replace("link_id,", "geometry_id,link_id,", 1)
    text = (
        text.replace("\n10,", "\n5,10,")
        .replace("\n11,", "\n5,11,")
        .replace("\n12,", "\n,12,")
        .replace("\n13,", "\n,13,")
    )
    link.write_text(text, "utf-8")
    (foreign / "geometry.csv").write_text(
        'geometry_id,geometry\n5,"LINESTRING(-71.0 42.0,-71.05 42.01,-71.1 42.0)"\n', "utf-8"
    )
    net = read_gmns(foreign)
    assert net.courses["10"] == ((-71.0, 42.0), (-71.05, 42.01), (-71.1, 42.0))
    assert net.courses["11"] == net.courses["10"][::-1]
    assert set(net.courses) == {"10", "11"}


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "kind", "said"),
    [
        ("node.csv", "x_coord", "x_cord", SchemaError, "did you mean x_cord"),
        ("link.csv", "directed", "direct", SchemaError, "did you mean direct"),
        ("node.csv", "-71.0,42.0", "42.0,-171.0", InvalidValueError, "no degrees"),
        ("node.csv", "-71.0,42.0", "west,42.0", InvalidValueError, "1 ('west')"),
        (
            "link.csv",
            ",1,2,1,",
            ",1,2,maybe,",
            InvalidValueError,
            "1 of 4 rows (10 ('maybe')). Expected true or false",
        ),
        ("link.csv", "12,Side St,2,3", "12,Side St,2,33", NetworkError, "33"),
        ("link.csv", ",5.2,", ",far,", InvalidValueError, "far"),
        ("link.csv", "\n11,", "\n10,", NetworkError, "10"),
        ("config.csv", "mile", "furlong", SchemaError, "furlong"),
        ("config.csv", "mile", "foot", InvalidValueError, "long_length='mi'"),
        ("config.csv", "mile", "m", InvalidValueError, "long_length="),
        ("config.csv", "4326", "99999", SchemaError, "not known"),
        ("config.csv", "4326", "3857", InvalidValueError, "look like degrees"),
        ("config.csv", "mph", "knots", SchemaError, "knots"),
        ("link.csv", "link_id,name", "link_id,name,extra", SchemaError, "line 2"),
    ],
)
def test_what_is_wrong_is_said(foreign, file, old, new, kind, said):
    edit(foreign / file, old, new)
    with pytest.raises(kind) as caught:
        read_gmns(foreign)
    assert said in str(caught.value)
    assert caught.value.cure


def test_all_lat_and_lon_swapped(foreign):
    (foreign / "node.csv").write_text(
        NODES + "1,,42.0,-171.0,,,,,\n2,,42.0,-171.1,,,,,\n3,,42.1,-171.1,,,,,\n"
    )
    with pytest.raises(InvalidValueError, match="lat and lon are swapped"):
        read_gmns(foreign)


def test_a_misspelt_column_of_ours_is_refused(tmp_path):
    write_gmns(tiny_network(), tmp_path)
    edit(tmp_path / "link.csv", "delay_h", "delay_hours")
    with pytest.raises(SchemaError, match="did you mean delay_h"):
        read_gmns(tmp_path)


def test_a_geometry_that_is_none(foreign):
    edit(foreign / "link.csv", "allowed_uses,toll", "allowed_uses,geometry")
    edit(foreign / "link.csv", "1,,1.5", "1,,POINT (1 2)")
    with pytest.raises(InvalidValueError, match="link 12"):
        read_gmns(foreign)


def test_without_config_units_are_assumed_and_may_be_given(foreign):
    (foreign / "config.csv").unlink()
    net = read_gmns(foreign, long_length="mile", speed="mph")
    assert net.links["length_km"][0] == pytest.approx(5.2 * 1.609344)
    assert any("no crs" in sentence for sentence in net.settings.facts["assumed"])
    with pytest.raises(SchemaError, match="furlongs"):
        read_gmns(foreign, long_length="furlongs")


def test_a_missing_file(foreign, tmp_path):
    (foreign / "link.csv").unlink()
    with pytest.raises(LandseaError, match=r"link\.csv"):
        read_gmns(foreign)
    with pytest.raises(SchemaError, match="not a folder"):
        read_gmns(tmp_path / "nowhere")


def two_nodes(folder: Path, link: str, node: str = "1,120,40\n2,120,41\n", **files: str) -> lsr.Network:
    """Read a folder of two nodes; `link` is the whole file."""
    (folder / "node.csv").write_text(f"node_id,x_coord,y_coord\n{node}", "utf-8")
    (folder / "link.csv").write_text(link, "utf-8")
    (folder / "config.csv").write_text("long_length,speed,crs\nkm,km/h,4326\n", "utf-8")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return read_gmns(folder)


ENDS = "link_id,from_node_id,to_node_id"


def test_speeds_are_heeded_where_lengths_are_measured(tmp_path):
    """By hand: 111.04 km at 30 in place of 60 km/h take 1.85 h longer."""
    net = two_nodes(tmp_path, f"{ENDS},directed,free_speed\n7,1,2,0,60\n8,1,2,0,30\n9,1,2,0,\n10,1,2,0,0\n")
    assert net.links["delay_h"].round(2).tolist() == [0, 1.85, 0, 0]
    said = net.settings.facts["assumed"]
    assert "2 links without free_speed, or with 0: as fast as the fastest of their mode" in said
    assert not any(sentence.startswith("speed of") for sentence in said)


def test_a_speed_that_nobody_gives_is_said(tmp_path):
    net = two_nodes(tmp_path, f"{ENDS},directed\n7,1,2,0\n")
    assert "speed of road: 50 km/h" in net.settings.facts["assumed"]


@pytest.mark.parametrize("column", ["dir_flag\n7,1,2,1\n", "directed\n7,1,2,\n"])
def test_where_nothing_says_directed_each_row_is_one_direction(tmp_path, column):
    """As DTALite, osm2gmns and an example of the specification write."""
    net = two_nodes(tmp_path, f"{ENDS},{column}")
    assert net.links["oneway"].tolist() == [True]
    assert (
        "link.csv does not say what is directed: each row is one direction" in net.settings.facts["assumed"]
    )


@pytest.mark.parametrize(("word", "oneway"), [("1.0", True), ("T", True), ("0.0", False), ("no", False)])
def test_words_of_directed(tmp_path, word, oneway):
    assert two_nodes(tmp_path, f"{ENDS},directed\n7,1,2, {word} \n").links["oneway"].tolist() == [oneway]


def test_blanks_around_cells_are_no_part_of_them(tmp_path):
    assert (
        two_nodes(tmp_path, f"{ENDS},directed\n7, 1,2 ,0\n", " 1 ,120,40\n2,120,41\n").links["from_node"]
        == "1"
    )


def test_a_column_of_gmns_speaks_and_ours_beside_it_does_not(tmp_path):
    net = two_nodes(tmp_path, f"{ENDS},directed,length,length_km,oneway,id\n7,1,2,0,120,130,1,8\n")
    row = net.links.to_rows()[0]
    assert (row["id"], row["length_km"], row["oneway"]) == ("7", "120", "no")
    said = (
        "columns of links left out: id (beside link_id), length_km (beside length), oneway (beside directed)"
    )
    assert said in net.settings.facts["assumed"]


@pytest.mark.parametrize("uses", ["walk;bike", "walk|bike", "walk bike", "Walk, BIKE"])
def test_uses_without_freight(tmp_path, uses):
    assert (
        two_nodes(tmp_path, f'{ENDS},directed,allowed_uses\n7,1,2,0,"{uses}"\n').links["status"] == "closed"
    )


def test_an_empty_line_is_a_straight_one(tmp_path):
    net = two_nodes(tmp_path, f"{ENDS},directed,geometry\n7,1,2,0,LINESTRING EMPTY\n")
    assert not net.courses and net.links["length_km"].round(2).tolist() == [111.04]


@pytest.mark.parametrize(
    ("link", "node", "said"),
    [
        (f"{ENDS},directed\n7,1,2,\n8,1,2,0\n", "", "directed cannot be read in 1 of 2 rows (7 (''))"),
        (f"{ENDS},directed\n7,1,2,0\n", "1,inf,40\n2,120,41\n", "x_coord cannot be read in 1 of 2 rows"),
        (f"{ENDS},directed\n7,1,2,0\n", "1,nan,40\n2,120,41\n", "x_coord cannot be read in 1 of 2 rows"),
        (f"{ENDS},directed\n7,1,2,0\n", '1,"120,5",40\n2,120,41\n', "a point marks decimals"),
        (f"{ENDS},directed,length\n7,1,2,0,inf\n", "", "link.csv: length cannot be read"),
        (f"{ENDS},directed,length\n7,1,2,0,1_20\n", "", "link.csv: length cannot be read"),
        (f"{ENDS},directed,free_speed\n7,1,2,0,-5\n", "", "a finite number >= 0"),
        (f"{ENDS},directed,free_speed\n7,1,2,0,inf\n", "", "free_speed cannot be read"),
        (f"{ENDS},directed,length\n7,1,2,0,500\n", "", "no other unit fits better"),
        (f"{ENDS},directed,length,length\n7,1,2,0,120,130\n", "", "link.csv has the column length twice"),
        (f'{ENDS},directed,geometry\n7,1,2,0,"LINESTRING (1 2)"\n', "", "two places or more"),
        (f'{ENDS},directed,geometry\n7,1,2,0,"LINESTRING (1 2, nan 3)"\n', "", "two places or more"),
        (f'{ENDS},directed,geometry\n7,1,2,0,"LINESTRING (10 40, 10 41)"\n', "", "7 (110 degrees off)"),
        (f"{ENDS},directed,geometry_id\n7,1,2,0,g1\n", "", "names no row of geometry.csv for 7 (g1)"),
    ],
)
def test_no_wrong_number_is_taken(tmp_path, link, node, said):
    geometry = 'geometry_id,geometry\ng2,"LINESTRING (120 40, 120 41)"\n'
    with pytest.raises(LandseaError) as caught:
        two_nodes(tmp_path, link, node or "1,120,40\n2,120,41\n", geometry=geometry)
    assert said in str(caught.value)
