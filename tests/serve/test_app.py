"""The routes: right answers, clear refusals, and nobody but this machine."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("starlette")

import landsea_routing as lsr
from landsea_routing.serve.answer import summary_of
from landsea_routing.serve.app import HOSTS, LARGEST_BODY, make_app
from report.payloads import PAYLOADS
from serve.ask import ask

WIDE = {"levers": {"capacity of track_dual": 3.0}}


@pytest.fixture(scope="module")
def app():
    return make_app(lsr.load_network("toy_three_ports"))


def test_the_page_is_whole_and_asks_nobody_else(app):
    page = ask(app)
    text = page.body.decode()
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "connect-src 'self'" in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text
    assert "<b>The river never freezes</b>" in text
    assert page.headers["content-security-policy"] == "frame-ancestors 'none'"
    assert not [name for name in page.headers if name.startswith("access-control")]


def test_a_slider_changes_all_that_is_shown(app):
    base, wide = ask(app, "/answer", {}).data, ask(app, "/answer", WIDE).data
    assert wide["words"].startswith("Your case saves 3.58 million USD a year")  # 147.176 - 143.595, by hand
    assert base["words"] == "Nothing is changed yet: this is the base."
    assert (base["waterfall"], wide["waterfall"][:4]) == ("", "<svg")
    for name in ("totals", "map", "legend", "used"):
        assert base[name] != wide[name], name
    assert base["status"] == wide["status"] == "optimal"
    assert 3.0 in wide["stands"].values()
    assert base["stands"] == {}


def test_details_say_what_binds_and_who_moves(app):
    details = ask(app, "/details", {"scenarios": ["river_all_year"]}).data
    assert "went by" in details["moves"]
    assert "Track dual" in details["limits"]
    assert ask(app, "/details", {}).data["moves"] == ""


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"{", 400, "cannot be read as JSON"),
        (b"\xff\xfe", 400, "cannot be read as JSON"),
        (b"[" * 60_000, 400, "cannot be read as JSON"),
        (b" " * (LARGEST_BODY + 1), 413, "too large"),
        ({"levers": {"speed of x": 1}}, 422, "lever 'speed of x' is not understood"),
        ({"levers": {"capacity of track_duel": 1}}, 422, "did you mean track_dual"),
        ({"levers": {"capacity of track_dual": float("nan")}}, 422, "value is nan. Expected a number >= 0"),
        ({"levers": {"capacity of track_dual": float("inf")}}, 422, "is inf. Expected a number up to 1e+15"),
        ({"levers": {"capacity of track_dual": -1}}, 422, "value is -1.0. Expected a number >= 0"),
        ({"levers": {"capacity of track_dual": "3"}}, 422, "Expected a number"),
        ({"levers": {"capacity of track_dual": 1, "scale capacity of track_*": 2}}, 422, "twice"),
        ({"scenarios": ["no_such"]}, 422, "scenario no_such is not known"),
        ({"demand": "no_such"}, 422, "demand set 'no_such' is not known"),
        ({"sliders": {}}, 422, "unknown fields sliders"),
        ([], 422, "the question is []"),
    ],
)
def test_a_wrong_question_is_refused_with_its_cure(app, body, status, said):
    for path in ("/answer", "/details"):
        answer = ask(app, path, body)
        assert answer.status == status
        assert said in answer.data["error"]
        assert answer.headers["content-type"] == "application/json"


def test_after_a_wrong_question_a_right_one_is_answered(app):
    assert ask(app, "/answer", {"levers": {"capacity of x": 1}}).status == 422
    assert ask(app, "/answer", WIDE).status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "0.0.0.0", ""],  # noqa: S104
)
def test_other_names_for_this_machine_are_refused(app, host):
    for path, body in (("/", None), ("/answer", {})):
        answer = ask(app, path, body, host=host)
        assert answer.status == 400
        assert b"Base" not in answer.body


def test_its_own_names_are_not(app):
    assert all(ask(app, "/answer", {}, host=f"{host}:8765").status == 200 for host in HOSTS)


def test_other_pages_may_not_ask(app):
    assert ask(app, "/answer", {}, origin="http://127.0.0.1:8765").status == 200
    for origin in ("http://evil.example", "http://127.0.0.1:9999", "null"):
        answer = ask(app, "/answer", {}, origin=origin)
        assert (answer.status, answer.data["error"]) == (403, "This page answers no other page.")
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        assert ask(app, "/answer", {}, content_type=kind).status == 415
    asked = ask(app, "/answer", method="OPTIONS", origin="http://evil.example")
    assert asked.status == 405
    assert not [name for name in asked.headers if name.startswith("access-control")]


def test_what_nobody_waits_for_is_not_solved(app):
    assert ask(app, "/answer", {"scenarios": ["no_such"]}, gone=True).status == 499


def test_who_is_cut_off_leaves_no_trace(app):
    assert ask(app, "/answer", b'{"levers":', cut=True).status == 499
    assert ask(app, "/answer", WIDE).status == 200


def test_answers_tell_their_edition(app):
    own = ask(app, "/answer", WIDE).data["edition"]
    assert own in ask(app).body.decode()
    assert ask(make_app(lsr.load_network("toy_three_ports")), "/answer", {}).data["edition"] == own
    other = lsr.Scenario("wider").set_capacity("track_dual", 3).apply(lsr.load_network("toy_three_ports"))
    assert ask(make_app(other), "/answer", {}).data["edition"] != own


def without(*tables, **columns):
    """The toy network with some tables empty, and one value in some columns."""
    net = lsr.load_network("toy_three_ports")
    changed = {name: net.tables[name].take(np.zeros(0, dtype=np.int64)) for name in tables}
    for name, values in columns.items():
        table = net.tables[name]
        changed[name] = table.with_columns(**{c: np.full(len(table), v) for c, v in values.items()})
    return net.with_tables(**changed)


@pytest.mark.parametrize(
    "net",
    [
        without("demand", "demand_sets"),
        without("capacity_groups", "capacity_members", transfers={"capacity": np.inf}),
        without("emission_factors"),
        without("crossings"),
        without("links"),
    ],
    ids=["no demand", "no capacities", "no factors", "no crossings", "no links"],
)
def test_a_network_that_lacks_something_has_a_page(net):
    app = make_app(net)
    assert ask(app).status == 200
    hours = {"levers": {"hours of rail:*": 1.0}} if len(net.crossings) else {}
    for body in ({}, hours, {"scenarios": [] if not len(net.links) else ["river_all_year"]}):
        assert ask(app, "/answer", body).data["status"] == "optimal"
        assert ask(app, "/details", body).status == 200


@pytest.mark.parametrize("value", [0, 1e-300, 1e-9, 1e9, 1e15])
@pytest.mark.parametrize("lever", ["capacity of track_dual", "hours of rail:*", "hours of *"])
def test_extreme_values_have_proved_answers(app, lever, value):
    answer = ask(app, "/answer", {"levers": {lever: value}})
    assert (answer.status, answer.data["status"]) == (200, "optimal")
    assert ask(app, "/details", {"levers": {lever: value}}).status == 200


def test_shutting_a_border_by_hours_costs_as_much_as_closing_it(app):
    slow = ask(app, "/answer", {"levers": {"hours of rail:arn>bek": 1e15}}).data["totals"]
    shut = lsr.Scenario("shut").close("rail:arn>bek").apply(lsr.load_network("toy_three_ports"))
    assert f">{lsr.assign(shut).objective_usd / 1e6:.1f}<" in slow


def test_all_may_stay_at_home(app):
    data = ask(app, "/answer", {"levers": {"hours of *": 1e15}}).data
    assert data["status"] == "optimal"
    assert "stay at home" in data["words"]


def test_what_is_not_proved_is_no_answer():
    plan = lsr.assign(lsr.load_network("toy_three_ports"))
    doubtful = replace(plan, solution=plan.solution._replace(status=lsr.Status.LIMIT))
    assert "may be far off" in summary_of(lsr.compare(plan, doubtful))


def test_no_other_route(app):
    assert ask(app, "/etc/passwd").status == 404
    assert ask(app, "/answer").status == 405
    assert ask(app, "/favicon.ico").status == 204


def test_names_do_no_harm():
    net = lsr.load_network("toy_three_ports")
    nodes = net.nodes.with_columns(name=[PAYLOADS[i % len(PAYLOADS)] + str(i) for i in range(len(net.nodes))])
    app = make_app(net.with_tables(nodes=nodes))
    text = ask(app).body.decode()
    answer = ask(app, "/answer", WIDE).data
    details = ask(app, "/details", {"scenarios": ["river_all_year"]}).data
    pieces = [answer[name] for name in ("crossings", "legend", "waterfall", "totals")]
    for markup in (text, *pieces, details["moves"], details["limits"]):
        assert "<img" not in markup
        assert "alert(1)</script>" not in markup
    assert text.count("<script") == text.count("</script>") == 3  # two blocks of data, one script


def test_the_words_say_which_is_dearer(app):
    assert (
        "saves 3.58 million USD a year; 0.02 Mt a year less stay at home."
        in ask(app, "/answer", WIDE).data["words"]
    )
    shut = ask(app, "/answer", {"levers": {"capacity of track_dual": 0}}).data["words"]
    assert "million USD a year more than the base" in shut
    assert "stay at home" in shut
    nothing = ask(app, "/answer", {"levers": {"capacity of track_dual": 2}}).data
    assert nothing["words"] == "Your case costs as much as the base."
    assert nothing["map"]["largest_change"] == 0
