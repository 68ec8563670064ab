"""The questions of the packaged region: each answered, each direction as stated, each miss a true miss."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.whatif.candidates import annuity

FAST = ("Q3", "Q5", "Q6", "Q7", "Q8", "Q10", "Q11", "Q12")
"""Answered in seconds: without an assignment of the region, or with few."""
ALL = tuple(f"Q{i}" for i in range(1, 15))


@pytest.fixture(scope="module")
def net() -> lsr.Network:
    return lsr.load_network("northeast_asia")


def test_all_questions_but_the_prices_are_there(net) -> None:
    assert tuple(lsr.list_questions(net)) == ALL


def test_every_question_has_sources_and_expectations(net) -> None:
    for question in lsr.list_questions(net).values():
        assert question.sources and question.question.endswith((".", "?"))
        assert sum(len(step.expects) for step in question.steps) >= 3, question.id
        assert any(not e.miss for step in question.steps for e in step.expects), question.id


def test_every_scenario_named_is_a_file_and_belongs_to_a_question(net) -> None:
    known = lsr.list_scenarios(net)
    used = {name for q in lsr.list_questions(net).values() for name in q.scenarios}
    projects = set(net.projects["scenario"].tolist())
    assert used <= set(known) and projects <= set(known)
    assert set(known) == used | projects | {"calibrated_2023"}


def test_every_scenario_says_what_it_asks_expects_and_rests_on(net) -> None:
    for name, scenario in lsr.list_scenarios(net).items():
        assert scenario.question and scenario.expects and scenario.sources, name


def test_at_least_fifteen_projects_with_cost_life_and_source(net) -> None:
    table = net.projects
    assert len(table) >= 15
    assert (table["cost_usd"] > 0).all() and (table["life_y"] >= 10).all()
    assert (table["source"] != "").all()
    # What has no published cost is called an estimate.
    own = table["source"].astype(str)
    guessed = [s.startswith("assumed") for s in own.tolist()]
    assert [c == "assumed" for c in table["confidence"].tolist()] == guessed


def _check(name: str, net: lsr.Network) -> None:
    answer = lsr.answer_question(lsr.load_question(name, net), net)
    wrong = [str(v) for v in answer.verdicts if v.holds == bool(v.expected.miss)]
    assert not wrong


@pytest.mark.parametrize("name", FAST)
def test_directions_that_are_quick_to_check(name: str, net) -> None:
    _check(name, net)


def test_q8_saves_what_was_published(net) -> None:
    question = lsr.load_question("Q8", net)
    distances = question.steps[0]
    from landsea_routing.whatif.questions import PlannersQuestion

    only = PlannersQuestion("Q8", question.title, question.question, question.sources, (distances,))
    answer = lsr.answer_question(only, net)
    assert answer.sheets[0].cell("saved by the railway", "km") == pytest.approx(980, rel=0.15)
    assert all(v.holds for v in answer.verdicts)


def test_no_way_of_a_question_turns_back(net) -> None:
    """A way through a place where it crosses no border would go there and come back the same line."""
    graphs = {}
    options = ("via", "avoid", "modes", "weight", "access", "seasonal")
    for question in lsr.list_questions(net).values():
        for step in (step for step in question.steps if step.ask == "ways"):
            for trip in step.fields["trips"]:
                case = (trip.get("scenario", ""), trip.get("commodity", step.fields.get("commodity")))
                if case not in graphs:
                    changed = lsr.load_scenario(case[0], net).apply(net) if case[0] else net
                    graphs[case] = lsr.expand(changed, case[1])
                asked = {key: trip[key] for key in options if key in trip}
                route = lsr.shortest_path(graphs[case], trip["origin"], trip["destination"], **asked)
                assert len(set(route.links)) == len(route.links), (question.id, trip["name"])


@pytest.mark.slow
@pytest.mark.parametrize("name", [q for q in ALL if q not in FAST])
def test_directions(name: str, net) -> None:
    _check(name, net)


@pytest.mark.slow
def test_eight_projects_against_all_256_sets(net) -> None:
    """Every set of eight projects laid over the region, edit by edit, and assigned."""
    ids = ("third_passage", "sainshand_khuut", "ganqimaodu_gashuunsukhait", "khangi_mandula")
    ids += ("shiveekhuren_ceke", "tongjiang_terminal", "rajin_terminal", "suifenhe_border")
    table, known = net.projects, lsr.list_scenarios(net)
    rows = [table["id"].tolist().index(name) for name in ids]
    cost, life = table["cost_usd"][rows], table["life_y"][rows]
    scenarios = [known[str(table["scenario"][row])].use_demand("") for row in rows]
    projects = [
        lsr.Project(name, float(c), life_years=float(y), scenario=scenario)
        for name, c, y, scenario in zip(ids, cost, life, scenarios, strict=True)
    ]
    yearly = np.array([annuity(float(c), float(y), 0.06) for c, y in zip(cost, life, strict=True)])
    base = lsr.assign(net, "announced")
    sets = [np.array(bits) for bits in itertools.product([False, True], repeat=len(ids))]
    usd = []
    for built in sets:
        changed = net
        for i in np.flatnonzero(built):
            changed = scenarios[i].apply(changed)
        usd.append(lsr.reassign(base, changed).objective_usd + float(yearly @ built))
    for budget in (1e9, 1e10):
        found = lsr.design(net, projects, budget, demand="announced", discount_rate=0.06)
        least = min(u for u, built in zip(usd, sets, strict=True) if cost @ built <= budget)
        assert found.best_usd == pytest.approx(least, rel=1e-9)
        assert found.bound_usd <= least * (1 + 1e-9)
        assert found.gap <= 1e-6
