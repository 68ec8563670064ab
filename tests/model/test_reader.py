"""The typed reader: text stays text, numbers are numbers, and a bad cell names itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landsea_routing.errors import InvalidValueError, LandseaError, SchemaError
from landsea_routing.model.calendars import ALL_YEAR, format_months, open_share, parse_months
from landsea_routing.model.column import TableSchema
from landsea_routing.model.schema import (
    CAPACITY_GROUPS,
    COMMODITIES,
    DEMAND,
    LINKS,
    NODES,
    SCHEMAS,
)
from landsea_routing.model.table import Table, empty_table, parse_frame, parse_rows
from landsea_routing.model.words import parse_gauges
from networks_for_tests import tiny_network, tiny_rows

NODE = {"id": "a", "name": "A", "country": "AA", "lat": "1", "lon": "2", "kind": "city"}
LINK = {"id": "l", "from_node": "a", "to_node": "b", "mode": "road", "length_km": "10"}
GROUP = {"id": "g", "kind": "track", "limit": "5"}


def refused(schema: TableSchema, row: dict[str, str], **cells: str) -> LandseaError:
    """Read a row with some cells changed and return the error."""
    with pytest.raises(LandseaError) as caught:
        parse_rows(schema, [{**row, **cells}])
    error = caught.value
    assert error.table == schema.name
    assert error.ids
    assert error.expected
    assert error.cure
    return error


@pytest.mark.parametrize("text", ["NA", "007", "1E5", "nan", "NaN", "None", "true", "N/A", "1.0", "Zürich"])
def test_ids_stay_as_they_are_written(text: str) -> None:
    table = parse_rows(NODES, [{**NODE, "id": text, "country": text}])
    assert table["id"].tolist() == [text]
    assert table["country"].tolist() == [text]
    assert table.to_rows()[0]["id"] == text


@pytest.mark.parametrize("text", ["12,5", "1,250", "1_250"])
def test_commas_in_numbers_are_refused_with_a_hint(text: str) -> None:
    error = refused(LINKS, LINK, length_km=text)
    assert error.code == "invalid-value"
    assert error.column == "length_km"
    assert "a point marks decimals and nothing marks thousands" in str(error)
    assert repr(text) in str(error)


@pytest.mark.parametrize(
    "text", ["", " ", "nan", "NaN", "NAN", "inf", "-inf", "1e999", "-1", "ten", "unlimited"]
)
def test_bad_lengths_are_refused(text: str) -> None:
    assert refused(LINKS, LINK, length_km=text).column == "length_km"


@pytest.mark.parametrize("text", ["", "nan", "inf", "infinity", "Unlimited", "-5", "none"])
def test_a_capacity_is_a_number_or_the_word(text: str) -> None:
    error = refused(CAPACITY_GROUPS, GROUP, limit=text)
    assert error.column == "limit"


def test_unlimited_is_infinite_and_written_back() -> None:
    table = parse_rows(CAPACITY_GROUPS, [{**GROUP, "limit": "unlimited"}])
    assert table["limit"].tolist() == [np.inf]
    assert table.to_rows()[0]["limit"] == "unlimited"


def test_speed_must_be_positive() -> None:
    row = {"mode": "road", "country": "*", "commodity": "*", "fixed_usd_per_t": "1", "rate_usd_per_t_km": "1"}
    assert refused(SCHEMAS["tariffs"], row, speed_km_h="0").expected == ">= 0.1"


@pytest.mark.parametrize(("column", "text"), [("lat", "90.0001"), ("lon", "181"), ("lat", "-120")])
def test_latitude_out_of_range_asks_whether_it_was_swapped(column: str, text: str) -> None:
    assert "swapped" in refused(NODES, NODE, **{column: text}).expected


def test_poles_and_date_line_are_allowed() -> None:
    table = parse_rows(NODES, [{**NODE, "lat": "90", "lon": "-180"}])
    assert (table["lat"][0], table["lon"][0]) == (90, -180)


@pytest.mark.parametrize("text", ["0", "13", "5-", "may", "²", "5-10-12", "-3"])
def test_months_that_cannot_be_read(text: str) -> None:
    assert refused(LINKS, LINK, open_months=text).column == "open_months"


def test_months_over_the_new_year() -> None:
    assert parse_months("11-3") == parse_months("11;12;1-3")
    table = parse_rows(LINKS, [{**LINK, "open_months": "11-3"}, {**LINK, "id": "m"}])
    assert open_share(table["open_months"]).tolist() == [5 / 12, 1.0]
    assert [row["open_months"] for row in table.to_rows()] == ["11-3", "1-12"]


@given(st.integers(1, ALL_YEAR))
def test_months_come_back(mask: int) -> None:
    assert parse_months(format_months(mask)) == mask


@pytest.mark.parametrize(("text", "gauges"), [("1435", (1435,)), ("1435;1520", (1435, 1520)), ("", ())])
def test_gauges(text: str, gauges: tuple[int, ...]) -> None:
    assert parse_gauges(text) == gauges


def test_a_gauge_in_metres_gets_a_hint() -> None:
    with pytest.raises(InvalidValueError, match=r"metres\? write millimetres") as caught:
        parse_gauges("1.435")
    assert caught.value.cure


def test_an_unknown_gauge_lists_the_known() -> None:
    with pytest.raises(InvalidValueError, match="1435, 1520, 1067"):
        parse_gauges("1436")


@pytest.mark.parametrize(
    ("text", "value"), [("yes", True), ("No", False), ("TRUE", True), ("0", False), ("", False)]
)
def test_flags(text: str, value: bool) -> None:
    assert parse_rows(LINKS, [{**LINK, "oneway": text}])["oneway"].tolist() == [value]


def test_a_flag_is_yes_or_no() -> None:
    assert refused(LINKS, LINK, oneway="maybe").expected == "yes or no"


@pytest.mark.parametrize("text", ["1.5", "x", "9" * 30, "9" * 6000, "1_0"])
def test_bad_whole_numbers(text: str) -> None:
    assert refused(LINKS, LINK, year_opened=text).column == "year_opened"


def test_a_word_outside_the_vocabulary_gets_a_suggestion() -> None:
    error = refused(LINKS, LINK, mode="raill")
    assert "did you mean rail" in error.expected


def test_a_misspelt_column_gets_a_suggestion() -> None:
    with pytest.raises(SchemaError, match="did you mean length_km") as caught:
        parse_rows(LINKS, [{**LINK, "lenght_km": "3"}])
    assert caught.value.column == "lenght_km"


def test_a_missing_column_is_named() -> None:
    with pytest.raises(SchemaError, match="lacks columns length_km") as caught:
        parse_rows(LINKS, [{k: v for k, v in LINK.items() if k != "length_km"}])
    assert (caught.value.table, caught.value.column) == ("links", "length_km")


def test_all_bad_columns_are_told_at_once() -> None:
    error = refused(LINKS, LINK, length_km="x", mode="air", oneway="perhaps")
    assert all(word in str(error) for word in ("length_km", "mode", "oneway", "'air'"))


def test_bad_rows_are_counted_and_the_first_named() -> None:
    rows = [{**LINK, "id": f"l{k}", "length_km": "-1" if k % 2 else "1"} for k in range(20)]
    with pytest.raises(InvalidValueError, match="10 of 20 rows") as caught:
        parse_rows(LINKS, rows)
    assert caught.value.ids[0] == "l1 ('-1')"
    assert "and 5 more" in str(caught.value)


def test_columns_cannot_be_written() -> None:
    table = tiny_network().links
    for column in table.columns.values():
        assert not column.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        table["length_km"][0] = 0.0


def test_a_table_keeps_its_numbers_whoever_holds_the_memory() -> None:
    links = tiny_network().links
    before = links["length_km"].copy()
    frame = links.to_frame()  # pandas 3 gives out columns as read-only views of what it writes to
    frozen = before.copy()
    view = frozen.view()
    view.flags.writeable = False
    tables = [links.with_columns(length_km=given) for given in (frame["length_km"].to_numpy(), view)]
    frame.loc[0, "length_km"] = 1.0
    frozen[0] = 1.0
    for table in tables:
        assert table["length_km"].tolist() == before.tolist()
        assert table.with_columns(delay_h=before)["length_km"] is table["length_km"]


def test_columns_are_replaced_whole_and_by_name() -> None:
    links = tiny_network().links
    with pytest.raises(SchemaError, match="did you mean length_km"):
        links.with_columns(lenght_km=links["length_km"])
    for wrong in (links["length_km"][1:], np.array(5.0)):
        with pytest.raises(InvalidValueError, match=r"links.length_km is given in shape"):
            links.with_columns(length_km=wrong)


def test_new_tables_share_what_did_not_change() -> None:
    table = tiny_network().links
    longer = table.with_columns(length_km=table["length_km"] * 2)
    assert np.shares_memory(longer["id"], table["id"])
    assert longer["length_km"][0] == 2 * table["length_km"][0]
    assert not longer["length_km"].flags.writeable


def test_rows_are_appended_and_long_ids_are_not_cut() -> None:
    table = tiny_network().links
    more = table.with_rows([{**LINK, "id": "a-much-longer-id-than-any-other-in-the-table", "length_km": 7.5}])
    assert len(more) == len(table) + 1
    assert more["id"][-1] == "a-much-longer-id-than-any-other-in-the-table"
    assert more["length_km"][-1] == 7.5
    assert more["open_months"][-1] == ALL_YEAR
    assert len(table) == len(tiny_rows()["links"])


def test_an_appended_row_is_read_as_strictly() -> None:
    with pytest.raises(InvalidValueError):
        tiny_network().links.with_rows([{**LINK, "length_km": float("nan")}])


def test_take_keeps_the_rows_named() -> None:
    table = tiny_network().links
    assert table.take(table["mode"] == "sea")["id"].tolist() == ["sea-a_port-b_port"]


def test_an_unknown_column_of_a_table_is_told() -> None:
    with pytest.raises(SchemaError, match="did you mean length_km"):
        tiny_network().links["length"]


def test_an_empty_table_has_all_columns() -> None:
    for schema in SCHEMAS.values():
        table = empty_table(schema)
        assert len(table) == 0
        assert list(table.columns) == [c.name for c in schema.columns]


def test_frames_are_read_by_the_same_reader() -> None:
    table = tiny_network().demand
    assert_equal_tables(parse_frame(DEMAND, table.to_frame()), table)
    with pytest.raises(InvalidValueError, match="amount_per_year"):
        parse_frame(DEMAND, pd.DataFrame([{**tiny_rows()["demand"][0], "amount_per_year": -1.0}]))


def test_every_table_comes_back_from_text() -> None:
    for name, table in tiny_network().tables.items():
        assert_equal_tables(parse_rows(SCHEMAS[name], table.to_rows()), table)


def test_every_table_comes_back_from_a_frame() -> None:
    for table in tiny_network().tables.values():
        if len(table):
            assert_equal_tables(parse_frame(table.schema, table.to_frame()), table)


text = st.text(st.characters(exclude_categories=("C", "Z")), max_size=12)
words = text.filter(lambda word: word != "")
amounts = st.floats(0, 1e300, allow_nan=False, allow_infinity=False)
limits = st.one_of(amounts, st.just(float("inf")))


@settings(deadline=None)
@given(st.lists(st.tuples(words, words, amounts, limits, st.booleans(), st.integers(-(2**53), 2**53))))
def test_links_and_groups_come_back_from_text(rows: list[tuple[str, str, float, float, bool, int]]) -> None:
    links = empty_table(LINKS).with_rows(
        [
            {**LINK, "id": i, "note": n, "length_km": a, "oneway": one, "year_opened": y}
            for i, n, a, _, one, y in rows
        ]
    )
    groups = empty_table(CAPACITY_GROUPS).with_rows(
        {**GROUP, "id": i, "limit": c} for i, _, _, c, _, _ in rows
    )
    assert links["length_km"].tolist() == [row[2] for row in rows]
    assert groups["limit"].tolist() == [row[3] for row in rows]
    assert_equal_tables(parse_rows(LINKS, links.to_rows(), header=list(links.columns)), links)
    assert_equal_tables(parse_rows(CAPACITY_GROUPS, groups.to_rows(), header=list(groups.columns)), groups)


@settings(deadline=None)
@given(st.text())
def test_no_cell_breaks_the_reader(cell: str) -> None:
    for schema, row in ((LINKS, LINK), (NODES, NODE), (CAPACITY_GROUPS, GROUP)):
        for column in schema.columns:
            try:
                parse_rows(schema, [{**row, column.name: cell}])
            except LandseaError as error:
                assert error.table == schema.name


def test_values_left_open_are_nan() -> None:
    row = {"id": "c", "value_of_time_usd_per_t_h": "0.1"}
    table = parse_rows(COMMODITIES, [row])
    assert np.isnan(table["value_usd_per_t"][0])
    assert table.to_rows()[0]["value_usd_per_t"] == ""


def assert_equal_tables(a: Table, b: Table) -> None:
    """Compare column by column; NaN equals NaN."""
    assert a.schema is b.schema
    for name in a.columns:
        np.testing.assert_array_equal(a[name], b[name], err_msg=name)
