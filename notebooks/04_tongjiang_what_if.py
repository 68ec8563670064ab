# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What is the bridge at Tongjiang worth?
#
# The railway bridge from Tongjiang (China) to Nizhneleninskoye (Russia) opened in November 2022. The track
# could take 21 Mt a year, but behind it stand a transfer station and customs: 5.2 Mt a year in the first
# stage, 20 Mt announced. What moves when that capacity goes from 0 to 5.2 to 20 Mt - with the demand of
# 2023, and with the demand that was then announced?

# %%
import tempfile
from pathlib import Path

import pandas as pd

import landsea_routing as lsr
from landsea_routing.report.network_map import flow_map
from landsea_routing.report.page import TableSection, report_page, write_page

# %% [markdown]
# ## The tables
#
# A network that is loaded has passed all checks without an error. Warnings, and how many findings a row
# accepts with a reason, are worth a look.

# %%
net = lsr.load_network("northeast_asia")
findings = lsr.check(net)
print(net, findings.headline(), sep="\n")

# %% [markdown]
# The limit in question, with its source:

# %%
groups = net.capacity_groups.to_frame().set_index("id")
groups.loc[["tongjiang_yard"], ["kind", "limit", "unit", "source", "confidence"]]

# %% [markdown]
# ## One tonne
#
# Timber from Birobidzhan to Jiamusi: over the bridge, and round by the next railway crossing when the
# bridge is to be avoided. Every leg is a ride, a border, or a change of gauge; the ledger says where the
# money and the hours go.

# %%
graph = lsr.expand(net, commodity="timber")
by_bridge = lsr.shortest_path(graph, "Birobidzhan", "Jiamusi")
by_bridge

# %%
way_round = lsr.shortest_path(
    graph, "Birobidzhan", "Jiamusi", modes=("rail",), avoid=("rail-tongjiang-nizhneleninskoye",)
)
ledger = pd.DataFrame({"bridge": by_bridge.ledger, "way round": way_round.ledger}).round(2)
ledger.loc["generalized cost"] = ledger.sum()
ledger

# %%
saved_km = way_round.length_km - by_bridge.length_km
saved_usd = way_round.cost_usd_per_t - by_bridge.cost_usd_per_t
print(f"The bridge saves {saved_km:,.0f} km and {saved_usd:.2f} USD a tonne.")

# %% [markdown]
# ## A year
#
# All demand of 2023 at once, at least cost under all limits. The status is `optimal` only because an
# independent certificate has passed: the dual prices prove that no plan is cheaper.

# %%
base = lsr.assign(net)
base

# %%
print(base.status, base.certificate.passed, f"relative gap {base.gap:.1e}")

# %% [markdown]
# ## Three capacities, two demands
#
# The scenario files say where each figure comes from. The largest one also widens the Russian branch line
# to the bridge, without which the new station could not be filled.

# %%
SCENARIOS = ["tongjiang_0", "tongjiang_5mt", "tongjiang_20mt"]
DEMANDS = {"2023": None, "announced": "tongjiang_20mt"}
scenarios = {name: lsr.load_scenario(name, net) for name in SCENARIOS}
print(scenarios["tongjiang_20mt"])

# %%
plans = {
    (title, name): lsr.assign(scenarios[name].apply(net), demand)
    for title, demand in DEMANDS.items()
    for name in SCENARIOS
}

# %%
rows = []
for (demand, name), plan in plans.items():
    yard = plan.dual_prices(binding=False).set_index("group").loc["tongjiang_yard"]
    first = plans[demand, "tongjiang_0"]
    rows.append(
        {
            "demand": demand,
            "scenario": name,
            "limit Mt/yr": yard["limit"] / 1e6,
            "over the bridge Mt/yr": yard["used"] / 1e6,
            "worth of one more tonne USD": yard["right_usd_per_t"],
            "saved M USD/yr": (first.objective_usd - plan.objective_usd) / 1e6,
            "saved bn t-km": (first.tonne_km - plan.tonne_km) / 1e9,
        }
    )
answer = pd.DataFrame(rows).set_index(["demand", "scenario"])
answer.round(2)

# %% [markdown]
# With the demand of 2023 the first stage is nearly enough: little more would move, and it would save
# little. With the announced demand the first stage is full and one more tonne a year is worth many dollars.
# That even 20 Mt fill up then is put in, not found: the assumed demand was made large enough for the limit
# to bind, as its rows say.
#
# ## What moves, and where it comes from

# %%
change = lsr.compare(
    plans["announced", "tongjiang_5mt"], plans["announced", "tongjiang_20mt"], names=("5.2 Mt", "20 Mt")
)
print(change.summary())
moved = change.crossings()
moved[moved["change_t"] != 0].head(8)

# %% [markdown]
# The bars of the waterfall sum exactly to the change of the objective:

# %%
change.waterfall().round(0)

# %% [markdown]
# What binds now? Dual prices per unit of a limit, as a full-year rate, and per tonne of the cargo that uses
# it:

# %%
plans["announced", "tongjiang_20mt"].dual_prices().head(8).round(2)

# %% [markdown]
# ## A page to show
#
# One HTML file with a map that opens without a network; its layers switch between the plans.

# %%
layers = {f"{name}, demand {demand}": plan for (demand, name), plan in plans.items()}
columns = ["demand", "scenario", *answer.columns]
page = report_page(
    [
        flow_map(layers, heading="Where it flows"),
        TableSection("The answer", columns, answer.round(2).reset_index().to_numpy().tolist()),
    ],
    title="The bridge at Tongjiang",
)
file = write_page(Path(tempfile.mkdtemp()) / "tongjiang.html", page)
print(f"{file.name}: {file.stat().st_size / 1e3:.0f} kB")

# %% [markdown]
# ## Would we notice nonsense?

# %%
used, limit, worth, saved = (
    answer[c]
    for c in ("over the bridge Mt/yr", "limit Mt/yr", "worth of one more tonne USD", "saved M USD/yr")
)
assert findings.ok
assert by_bridge.length_km < way_round.length_km
assert by_bridge.cost_usd_per_t < way_round.cost_usd_per_t
for plan in (base, *plans.values()):
    assert str(plan.status) == "optimal"
    assert plan.certificate.passed
    assert abs(sum(plan.ledger_usd.values()) - plan.objective_usd) < 1e-6 * plan.objective_usd
assert (used <= limit + 1e-9).all()
assert used["2023", "tongjiang_0"] == 0 < used["2023", "tongjiang_5mt"]
for demand in DEMANDS:
    # More capacity never costs more, and each further tonne is worth less than the one before.
    assert saved[demand].is_monotonic_increasing
    assert worth[demand].is_monotonic_decreasing
    assert used[demand].is_monotonic_increasing
    # A dual price is an upper bound of what the next step saves for each tonne of limit.
    step = saved[demand, "tongjiang_5mt"] / limit[demand, "tongjiang_5mt"]
    assert 0 < step <= worth[demand, "tongjiang_0"] + 1e-9
assert worth["announced", "tongjiang_5mt"] > 5 * worth["2023", "tongjiang_5mt"]
assert used["announced", "tongjiang_20mt"] > 15 > used["2023", "tongjiang_20mt"]
assert saved["announced", "tongjiang_20mt"] > 2 * saved["2023", "tongjiang_20mt"]
assert abs(change.waterfall()["change_usd"].sum() - change.change_usd) < 1.0
assert (answer["saved bn t-km"].xs("tongjiang_20mt", level="scenario") > 0).all()
assert file.stat().st_size < 1_000_000
assert "<svg" in file.read_text(encoding="utf-8")
