import math

import pytest

from landsea_routing.errors import LandseaError
from landsea_routing.report.tables import (
    Column,
    choose_decimals,
    display_width,
    format_number,
    format_scaled,
    html_table,
    text_table,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "–"),
        (math.nan, "–"),
        (0, "0"),
        (-0.0, "0"),
        (1234567, "1,234,567"),
        (-1234.4, "-1,234"),
        (12.34, "12.3"),
        (1.234, "1.23"),
        (0.1234, "0.123"),
        (math.inf, "unlimited"),
        (-math.inf, "-unlimited"),
        ("text", "text"),
        (True, "True"),
    ],
)
def test_format_number(value, expected):
    assert format_number(value) == expected


def test_format_number_with_unit_and_words():
    assert format_number(1500, "km") == "1,500 km"
    assert format_number(math.inf, "h", infinite="unreachable") == "unreachable"
    assert format_number(None, "h") == "–"
    assert format_number(-0.04, decimals=1) == "0.0"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0 t"),
        (999, "999 t"),
        (999_999, "1 Mt"),
        (1500, "1.5 kt"),
        (2.346e9, "2.35 Gt"),
        (-4e6, "-4 Mt"),
        (math.inf, "unlimited"),
    ],
)
def test_format_scaled(value, expected):
    assert format_scaled(value, "t") == expected


def test_decimals_of_a_column():
    assert choose_decimals([None, math.nan, math.inf]) == 0
    assert choose_decimals([250.5, 0.001]) == 0
    assert choose_decimals([1.5]) == 2


def test_text_table_by_hand():
    columns = [
        "place",
        Column("capacity", "t/yr"),
        Column("cost", "USD/t", decimals=2, infinite="unreachable"),
    ]
    rows = [["中国", 1_000_000, 3], ["b", math.inf, math.inf], ["c", None, -1.5]]
    assert text_table(columns, rows).splitlines() == [
        "place   capacity         cost",
        "            t/yr        USD/t",
        "─────  ─────────  ───────────",
        "中国   1,000,000         3.00",
        "b      unlimited  unreachable",
        "c              –        -1.50",
    ]


def test_text_table_without_units_rows_or_with_given_sides():
    assert text_table(["a", "b"], []).splitlines() == ["a  b", "─  ─"]
    assert text_table(["wide", "b"], [["x", 1]], align="rl").splitlines()[2] == "   x  1"


def test_control_characters_reach_no_terminal():
    table = text_table(["a"], [["x\x1b[31m\ny\r"]])
    assert "\x1b" not in table and "\r" not in table
    assert len(table.splitlines()) == 3


def test_wide_and_combining_characters_are_counted_as_shown():
    assert display_width("é") == display_width("e\u0301") == 1
    assert display_width("한국") == 4


def test_html_table():
    html = html_table(["<a>", Column("x", "t")], [["b & c", -1200], ["d", None]], label='q"')
    assert '<th scope="col">&lt;a&gt;</th>' in html
    assert '<th scope="col" class="number">x <span class="unit">t</span></th>' in html
    assert '<td>b &amp; c</td><td class="number">\u22121,200</td>' in html
    assert '<td class="number">–</td>' in html
    assert 'aria-label="q&quot;"' in html and "<caption>" not in html
    assert "<caption>a &lt; b</caption>" in html_table(["x"], [], caption="a < b")


@pytest.mark.parametrize("make", [text_table, html_table])
def test_rows_that_do_not_fit_are_named(make):
    with pytest.raises(LandseaError, match=r"2 of 3 rows do not fit the 2 columns.*row 1 has 1"):
        make(["a", "b"], [[1, 2], [1], [1, 2, 3]])


@pytest.mark.parametrize("align", ["l", "lx", "lrr"])
def test_bad_alignment(align):
    with pytest.raises(LandseaError, match="2 letters, each l or r"):
        text_table(["a", "b"], [], align=align)
