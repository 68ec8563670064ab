"""Investment choice: exact against every set, never worse than the ranking by dual price."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

import landsea_routing as lsr
from landsea_routing.errors import InvalidValueError, UnknownNameError
from landsea_routing.whatif.design import Project, design

NET = lsr.load_network("toy_three_ports")
PROJECTS = [
    Project("half track", 30e6, {"track_dual": 0.5}),
    Project("second track", 90e6, {"track_dual": 2.0}),
    Project("berth", 20e6, {"port_aport": 4000.0}),
    Project("transload", 8e6, {"yard_bek_transload": 4e5}),
    Project("river", 15e6, {"track_river": 2e5}),
]


def cost_of(picked: tuple[Project, ...], rate: float) -> float:
    net = NET
    limits = dict(zip(NET.capacity_groups["id"].tolist(), NET.capacity_groups["limit"].tolist(), strict=True))
    for project in picked:
        for name, amount in project.adds.items():
            limits[name] += amount
            net = lsr.Scenario("built").set_capacity(name, limits[name]).apply(net)
    annuity = sum(p.cost_usd * rate / (1 - (1 + rate) ** -p.life_years) + p.upkeep_usd for p in picked)
    return lsr.assign(net).objective_usd + annuity


@pytest.mark.parametrize("budget", [0.0, 30e6, 60e6, 200e6])
def test_it_is_the_best_of_all_sets(budget):
    found = design(NET, PROJECTS, budget)
    sets = [s for n in range(len(PROJECTS) + 1) for s in itertools.combinations(PROJECTS, n)]
    sets = [s for s in sets if sum(p.cost_usd for p in s) <= budget]
    costs = [cost_of(s, 0.05) for s in sets]
    assert found.best_usd == pytest.approx(min(costs), rel=1e-6)
    chosen = tuple(p for p, built in zip(PROJECTS, found.chosen, strict=True) if built)
    assert cost_of(chosen, 0.05) == pytest.approx(found.best_usd, rel=1e-9)
    assert found.gap <= 1e-6
    assert found.bound_usd <= min(costs) * (1 + 1e-9)
    assert found.best_usd <= min(found.greedy_usd, found.base_usd)
    assert found.cost_usd[found.chosen].sum() <= budget


def test_worth_by_hand():
    # Half a train a day at 15.57 M USD; 400,000 t of transload at 3.30.
    found = design(NET, PROJECTS, 0.0)
    assert found.worth_usd[0] == pytest.approx(0.5 * 15_570_000)
    assert found.worth_usd[3] == pytest.approx(4e5 * 3.3)
    assert not found.chosen.any()


def test_what_is_drawn_with_a_limit_of_nothing_can_be_built():
    drawn = lsr.Scenario("drawn").add_link("ada", "bek", "rail", 325, 0, id="short", gauge="1435",
                                           border_h=1).apply(NET)  # fmt: skip
    found = design(drawn, [Project("short cut", 1e5, {"short": 5e6})], 1e6)
    assert found.chosen.tolist() == [True]
    assert found.best_usd < found.base_usd


def test_it_shows_itself():
    found = design(NET, PROJECTS, 60e6, max_rounds=2)
    assert found.summary() in str(found)
    assert "<table" in found._repr_html_()
    json.dumps(found.to_dict(), allow_nan=False, default=lambda x: x.item())
    assert np.isfinite(design(NET, PROJECTS, 60e6, discount_rate=0.0).best_usd)


@pytest.mark.parametrize(
    ("projects", "budget", "options", "error"),
    [
        ([], 1.0, {}, InvalidValueError),
        ([PROJECTS[0], PROJECTS[0]], 1.0, {}, InvalidValueError),
        ([Project("a", -1, {"track_dual": 1})], 1.0, {}, InvalidValueError),
        ([Project("a", 1, {"track_dual": -1})], 1.0, {}, InvalidValueError),
        ([Project("a", 1, {})], 1.0, {}, InvalidValueError),
        ([Project("a", 1, {"track_dul": 1})], 1.0, {}, UnknownNameError),
        (PROJECTS, -1.0, {}, InvalidValueError),
        (PROJECTS, 1.0, {"discount_rate": -0.1}, InvalidValueError),
    ],
)
def test_wrong_projects(projects, budget, options, error):
    with pytest.raises(error):
        design(NET, projects, budget, **options)
