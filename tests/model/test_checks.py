"""The checks and their report: quiet where nothing is wrong, whole where much is, and never a crash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landsea_routing.errors import NetworkError
from landsea_routing.io import packaged
from landsea_routing.model.checks import Finding, Report, check, raise_on_errors
from landsea_routing.model.checks.codes import CODES
from landsea_routing.model.network import Network, Settings, make_network
from landsea_routing.model.schema import SCHEMAS
from landsea_routing.model.table import empty_table, parse_rows
from networks_for_tests import SETTINGS, add_rows, chain, drop_rows, set_cells, tiny_rows
from networks_for_tests import tiny_network as bare_network

FACTORS = """
mode,country,commodities,max_length_km,kg_co2e_per_t_km
rail,*,*,unlimited,0.02
road,*,*,unlimited,0.08
sea,*,*,unlimited,0.01
"""
PARALLEL_GATE = "rail-b_border-a_border,b_border,a_border,rail,,1435+1520,18,"

BYPASS = "rail-a_city-a_border-2,a_city,a_border,rail,,1435,380,"
SECOND_TRACK = "alpha_track,rail-a_city-a_border-2,link,both,*"


def tiny_network(**tables: Any) -> Network:
    """Return the tiny network with emission factors, some tables replaced or changed."""
    return bare_network(SETTINGS, **{"emission_factors": FACTORS, **tables})


def codes(**tables: object) -> tuple[str, ...]:
    """Return the codes found in the tiny network with some tables changed."""
    return check(tiny_network(**tables)).codes


# --- Quiet where nothing is wrong ------------------------------------------------------------------


def test_a_screenline_of_parallel_lines_is_quiet() -> None:
    assert codes(links=add_rows(BYPASS), capacity_members=add_rows(SECOND_TRACK)) == ()


def test_a_screenline_in_one_direction_is_quiet() -> None:
    members = chain(
        set_cells("alpha_track", "group", direction="forward"),
        add_rows(
            SECOND_TRACK.replace("both", "forward"),
            "back,rail-a_city-a_border,link,backward,*",
            "back,rail-a_city-a_border-2,link,backward,*",
        ),
    )
    groups = add_rows("back,track,9000000,t/yr")
    assert codes(links=add_rows(BYPASS), capacity_members=members, capacity_groups=groups) == ()


def test_a_screenline_that_the_sea_goes_round_is_found() -> None:
    members = add_rows("alpha_track,rail-b_city-b_port,link,backward,*")
    assert codes(capacity_members=members) == ("group-crossed-twice",)


def test_members_of_different_commodities_are_quiet() -> None:
    members = chain(
        set_cells("alpha_track", "group", commodities="coal"),
        add_rows(
            "alpha_track,rail-a_city-a_port,link,both,container",
            "boxes,rail-a_city-a_border,link,both,container",
        ),
    )
    assert codes(capacity_members=members, capacity_groups=add_rows("boxes,track,9000000,t/yr")) == ()


def test_members_in_series_of_an_unlimited_group_are_quiet() -> None:
    assert codes(capacity_members=add_rows("open_sea,rail-a_city-a_port,link,both,*")) == ()


def test_gauge_change_and_border_in_one_group_is_found() -> None:
    members = add_rows("yard,rail-a_border-b_border,border,both,*")
    report = check(tiny_network(capacity_members=members))
    assert report.codes == ("group-crossed-twice",)
    assert "gauge_transfer at b_border" in report.findings[0].details[0]


def test_parts_joined_by_a_planned_link_are_one() -> None:
    report = check(
        tiny_network(
            nodes=add_rows("isle,Isle,AA,44.5,120,city,"),
            links=chain(
                add_rows("road-a_city-isle,a_city,isle,road,,,60,"),
                set_cells("road-a_city-isle", status="planned"),
            ),
            capacity_members=add_rows("open_road,road-a_city-isle,link,both,*"),
        )
    )
    assert report.codes == ()


def test_a_oneway_link_needs_one_crossing_and_one_direction() -> None:
    report = codes(
        links=set_cells("road-a_border-b_border", oneway="yes"),
        crossings=drop_rows("road:b_border>a_border"),
        capacity_members=set_cells("gate_road", "group", direction="forward"),
    )
    assert report == ()


def test_an_open_border_needs_no_limit_on_its_road() -> None:
    crossings = chain(
        *(set_cells(f"road:{a}", control="none") for a in ("a_border>b_border", "b_border>a_border"))
    )
    assert codes(crossings=crossings, capacity_groups=set_cells("gate_road", limit="unlimited")) == ()


def test_dual_gauge_joins_gauges() -> None:
    report = check(tiny_network(links=set_cells("rail-a_city-a_border", gauge="1435+1520")))
    assert report.codes == ()


def test_a_class_without_tariffs_carries_nothing_and_so_only_warns() -> None:
    fast = "fast,rail,no,yes,high speed"
    links = add_rows("rail-a_city-b_city,a_city,b_city,rail,fast,1520,700,")
    ways = ("rail:a_city>b_city,a_city,b_city", "rail:b_city>a_city,b_city,a_city")
    report = check(
        tiny_network(
            vehicle_classes=add_rows(fast),
            links=links,
            crossings=add_rows(*(f"{way},rail,full,1,,1,0,0" for way in ways)),
            capacity_members=add_rows("alpha_track,rail-a_city-b_city,link,both,*"),
        )
    )
    assert report.codes == ("gauge-jump-without-facility",)
    assert report.ok


def test_a_truck_detour_with_one_limit_on_the_way_is_quiet() -> None:
    lifts = (
        "a_border-rail-road-lift,a_border,rail,1435,road,0,lift,*,3,,12,100000,t/yr",
        "b_border-road-rail-lift,b_border,road,0,rail,1520,lift,*,3,,12,100000,t/yr",
    )
    assert codes(transfers=add_rows(*lifts)) == ()


def test_swapped_coordinates_of_a_pair_blame_nobody_who_is_right() -> None:
    nodes = add_rows("w1,One,CC,50,10,city,", "w2,Two,CC,52,12,city,", "w3,Three,CC,12,52,city,")
    found = check(tiny_network(nodes=nodes)).with_code("swapped-coordinates")
    assert [f.ids for f in found] == [("w3",)]


def test_members_side_by_side_of_one_link_are_quiet() -> None:
    members = chain(
        set_cells("alpha_track", "group", direction="forward"),
        add_rows(
            "alpha_track,rail-a_city-a_border,link,backward,coal",
            "alpha_track,rail-a_city-a_border,link,backward,container",
        ),
    )
    assert codes(capacity_members=members) == ()


@pytest.mark.parametrize(
    "member",
    [
        # A transfer that narrows nothing, beside the changes of gauge that narrow.
        "yard_in,b_border-rail1435-rail1520-transload,transfer,both,*",
        # A transfer that does not carry what the changes of gauge count.
        "yard_boxes,b_border-rail1520-rail1435-transload,transfer,both,*",
        # A transfer of another kind at the same node.
        "yard_in,b_border-road-rail-lift,transfer,both,*",
    ],
)
def test_a_transfer_beside_its_node_that_counts_other_flows_is_quiet(member: str) -> None:
    lift = "b_border-road-rail-lift,b_border,road,0,rail,1520,lift,*,3,,12,100000,t/yr"
    report = check(
        tiny_network(
            transfers=add_rows(lift),
            capacity_groups=add_rows("yard_in,yard,8000000,t/yr", "yard_boxes,yard,8000000,t/yr"),
            capacity_members=add_rows(
                "yard_in,b_border,gauge_transfer,forward,*",
                "yard_boxes,b_border,gauge_transfer,forward,container",
                member,
            ),
        )
    )
    assert "member-twice" not in report.codes
    assert report.ok


def test_a_member_that_counts_nothing_is_not_twice() -> None:
    members = add_rows(
        group="alpha_track",
        target="rail-a_city-a_border",
        applies_to="link",
        direction="both",
        commodities="coal",
        coefficient="0",
    )
    assert codes(capacity_members=members) == ()


def test_one_border_limit_serves_parallel_links() -> None:
    assert codes(links=add_rows(PARALLEL_GATE)) == ()


def test_parallel_borders_in_different_directions_are_quiet() -> None:
    # The second link is written the other way round, so that its forward is the first one's backward.
    members = chain(
        set_cells("gate_rail", "group", direction="forward"),
        add_rows("gate_back,rail-b_border-a_border,border,forward,*"),
    )
    groups = add_rows("gate_back,crossing,2000000,t/yr")
    assert codes(links=add_rows(PARALLEL_GATE), capacity_members=members, capacity_groups=groups) == ()
    same = chain(
        set_cells("gate_rail", "group", direction="forward"),
        add_rows("gate_back,rail-b_border-a_border,border,backward,*"),
    )
    found = codes(links=add_rows(PARALLEL_GATE), capacity_members=same, capacity_groups=groups)
    assert found == ("link-without-capacity", "border-shared-by-parallel")


def test_seasons_that_share_a_month_are_quiet() -> None:
    report = codes(
        links=set_cells("road-a_border-b_border", open_months="5-9"),
        crossings=set_cells("road:a_border>b_border", open_months="9-3"),
    )
    assert report == ()


def test_a_oneway_link_does_not_mind_the_crossing_back() -> None:
    report = codes(
        links=set_cells("road-a_border-b_border", open_months="5-9", oneway="yes"),
        crossings=set_cells("road:b_border>a_border", open_months="11-3"),
        capacity_members=set_cells("gate_road", "group", direction="forward"),
    )
    assert "season-disjoint" not in report


def test_payloads_are_needed_only_where_something_is_carried() -> None:
    # Coal arrives at the yard from 1435 mm and 1520 mm, containers as well; each gauge has its row.
    payloads = add_rows(
        "trains/day,1435,coal,3500,365",
        "trains/day,1520,coal,5000,365",
        "trains/day,0,container,1100,365",
    )
    groups = set_cells("yard", limit="20", unit="trains/day")
    assert codes(payloads=payloads, capacity_groups=groups) == ()
    # Only from wider to narrower: 1435 mm is never the gauge of arrival.
    narrowing = set_cells("yard", "group", direction="forward")
    only = add_rows("trains/day,1520,coal,5000,365", "trains/day,1520,container,1100,365")
    assert codes(payloads=only, capacity_groups=groups, capacity_members=narrowing) == ()
    assert codes(payloads=only, capacity_groups=groups) == ("payload-missing",)


def test_ships_counted_in_trains_need_loads_for_loading_too() -> None:
    # Loading at the quay is counted without a gauge, the lifts at that of their track.
    groups = set_cells("b_port_quay", limit="20", unit="trains/day")
    found = check(tiny_network(payloads=add_rows("trains/day,1520,*,3500,365"), capacity_groups=groups))
    assert [f.details for f in found.findings] == [("container, coal without gauge",)]
    assert codes(payloads=add_rows("trains/day,0,*,3500,365"), capacity_groups=groups) == ()


def test_the_country_decides_the_emission_factor_before_the_length() -> None:
    # As in routing: AA has a row of its own, so that the `*` row does not serve what is longer.
    rows = "sea,AA,*,1000,0.03"
    report = check(tiny_network(emission_factors=FACTORS + rows))
    assert [(f.code, f.ids) for f in report.findings] == [("emission-missing", ("sea/AA",))]
    assert codes(emission_factors=FACTORS + rows + "\nsea,AA,*,unlimited,0.02") == ()


# --- Values of networks that were built from arrays --------------------------------------------------


@pytest.mark.parametrize(
    ("value", "code"),
    [(np.nan, "not-finite"), (np.inf, "not-finite"), (-np.inf, "not-finite"), (-5.0, "negative-value")],
)
def test_lengths_built_from_arrays(value: float, code: str) -> None:
    net = tiny_network()
    length = net.links["length_km"].copy()
    length[0] = value
    report = check(net.with_tables(links=net.links.with_columns(length_km=length)))
    found = report.with_code(code)
    assert [(f.table, f.column, f.ids) for f in found] == [("links", "length_km", ("rail-a_city-a_border",))]


def test_positions_and_words_built_from_arrays() -> None:
    net = tiny_network()
    lat = net.nodes["lat"].copy()
    lat[0] = 95.0
    mode = net.links["mode"].astype("U20")
    mode[0] = "zeppelin"
    changed = net.with_tables(nodes=net.nodes.with_columns(lat=lat), links=net.links.with_columns(mode=mode))
    report = check(changed)
    assert {"out-of-range", "unknown-word"} <= set(report.codes)


def test_an_unset_price_and_an_unlimited_limit_are_legal_arrays() -> None:
    net = tiny_network()
    assert np.isnan(net.transfers["usd_per_teu"]).any()
    assert np.isinf(net.capacity_groups["limit"]).any()
    assert check(net).ok


# --- Waivers -----------------------------------------------------------------------------------------


def test_a_waived_row_leaves_the_finding_and_is_counted() -> None:
    links = chain(
        set_cells("rail-a_city-a_port", length_km="4000", waiver="circuity: round the bay"),
        set_cells("rail-b_city-b_port", length_km="4000"),
    )
    report = check(tiny_network(links=links))
    (finding,) = report.with_code("circuity")
    assert finding.ids == ("rail-b_city-b_port",)
    assert len(finding.details) == 1
    assert report.waived == 1
    assert "1 waived" in str(report)


def test_a_finding_waived_everywhere_is_gone() -> None:
    links = set_cells("rail-a_city-a_port", length_km="4000", waiver="circuity: round the bay")
    report = check(tiny_network(links=links))
    assert (report.findings, report.waived, report.ok) == ((), 1, True)


def test_several_waivers_of_one_row() -> None:
    waiver = "circuity: round the bay; self-loop: not at all"
    report = check(tiny_network(links=set_cells("rail-a_city-a_port", length_km="4000", waiver=waiver)))
    assert report.codes == ("waiver-unused",)
    assert report.findings[0].details == ("self-loop",)


# --- The report --------------------------------------------------------------------------------------


def worst() -> Report:
    """Return a report with several errors and warnings, and hostile text in an id."""
    return check(
        tiny_network(
            nodes=add_rows("<img src=x onerror=alert(1)>`${x},Odd,AA,45,120,city,"),
            links=set_cells("rail-a_city-a_port", length_km="4000", to_node="a_prot"),
        )
    )


def test_errors_come_first_and_all_are_listed() -> None:
    report = worst()
    severities = [f.severity for f in report.findings]
    assert severities == sorted(severities)
    assert not report.ok
    text = str(report)
    assert text.startswith("network 'tiny': 1 error, 2 warnings")
    assert all(f.code in text and f.message in text for f in report.findings)


def test_the_report_as_rows_is_json() -> None:
    rows = json.loads(json.dumps(worst().to_rows()))
    assert {row["code"] for row in rows} == set(worst().codes)
    assert all(row["count"] == len(row["ids"]) for row in rows)


def test_the_report_as_a_frame_has_a_line_per_row() -> None:
    report = worst()
    frame = report.to_frame()
    assert len(frame) == sum(len(f.ids) for f in report.findings)
    assert set(frame["code"]) == set(report.codes)
    assert check(tiny_network()).to_frame().empty


def test_the_report_in_html_is_inert() -> None:
    page = worst()._repr_html_()
    assert "<img" not in page
    assert "`" not in page
    assert "${" not in page
    assert "&lt;img" in page


def test_many_rows_are_counted_and_few_named() -> None:
    finding = Finding(
        "circuity", "error", "links", "length_km", tuple("abcdefgh"), "is long", "short", "cut it", rows=9
    )
    assert str(finding).startswith("links.length_km is long in 8 of 9 rows (a, b, c, d, e and 3 more)")


def test_a_code_that_is_not_described_is_refused() -> None:
    with pytest.raises(KeyError):
        Finding("new-code", "error", "links", "", (), "", "", "")


def test_raising_carries_the_report() -> None:
    report = worst()
    with pytest.raises(NetworkError) as caught:
        raise_on_errors(report)
    assert caught.value.report is report
    assert caught.value.table == "links"
    assert caught.value.column == "to_node"
    raise_on_errors(check(tiny_network()))


# --- Never a crash -----------------------------------------------------------------------------------


def test_an_empty_network_is_checked() -> None:
    required = {name: empty_table(schema) for name, schema in SCHEMAS.items()}
    report = check(make_network(Settings("empty"), required))
    assert report.codes == ("empty-table",)
    assert sorted(f.table for f in report.findings) == ["access", "commodities", "links", "nodes", "tariffs"]
    assert "Errors\n  empty-table: table nodes has no rows; expected at least one row. Cure:" in str(report)


@pytest.mark.parametrize("name", ["nodes", "links", "tariffs", "access", "commodities"])
def test_a_table_that_every_network_needs_is_missed(name: str) -> None:
    found = check(tiny_network(**{name: []})).with_code("empty-table")
    assert [(f.table, f.severity) for f in found] == [(name, "error")]


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_a_network_without_one_table_is_checked(name: str) -> None:
    report = check(tiny_network(**{name: []}))
    assert set(report.codes) <= set(CODES)


@settings(deadline=None)
@given(st.data())
def test_no_wrong_reference_breaks_a_check(data: st.DataObject) -> None:
    rows = tiny_rows()
    for _ in range(data.draw(st.integers(1, 6))):
        name = data.draw(st.sampled_from(sorted(rows)))
        row = data.draw(st.sampled_from(rows[name]))
        schema = SCHEMAS[name]
        free = [c.name for c in schema.columns if c.kind in ("id", "text", "words") and not c.choices]
        row[data.draw(st.sampled_from(free))] = data.draw(
            st.sampled_from(["x", "*", "a_city", "1435;1520", "sea", "coal"])
        )
    tables = {name: parse_rows(SCHEMAS[name], table) for name, table in rows.items()}
    report = check(make_network(Settings("odd", base_year=2023), tables))
    assert set(report.codes) <= set(CODES)
    assert str(report)


def test_a_check_changes_nothing() -> None:
    net = tiny_network()
    before = {name: table.to_rows() for name, table in net.tables.items()}
    check(net)
    assert {name: table.to_rows() for name, table in net.tables.items()} == before


@pytest.mark.parametrize("name", list(packaged.packaged_networks()))
def test_packaged_networks_have_no_errors(name: str) -> None:
    report = check(packaged.load_network(name, strict=False))
    assert report.ok, str(report)


# --- In step -----------------------------------------------------------------------------------------


def test_no_check_names_a_code_that_is_not_described() -> None:
    folder = Path(check.__code__.co_filename).parent
    text = "".join(
        file.read_text(encoding="utf-8") for file in folder.glob("*.py") if file.name != "codes.py"
    )
    assert [code for code in CODES if f'"{code}"' not in text] == []
