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
# # The gauge break at Erenhot
#
# Chinese tracks are 1435 mm apart, Mongolian and Russian ones 1520 mm. At Erenhot and Zamyn-Uud every
# tonne by rail changes wagons or wheels. What does that cost, by commodity? Is it the price of the change
# that hurts, the hours, or the size of the yards?

# %%
import pandas as pd

import landsea_routing as lsr

net = lsr.load_network("northeast_asia")

# %% [markdown]
# ## The ways to change
#
# Each row is one ordered change with its technology: containers are **lifted**, ore and coal are
# **transloaded**, oil is **pumped**, some wagons get new **bogies**. Cargo towards China changes in
# Erenhot, cargo towards Mongolia in Zamyn-Uud, so the two yards limit different directions.

# %%
transfers = net.transfers.to_frame()
here = transfers["node"].isin(["erenhot", "zamyn_uud"])
change = here & (transfers["from_mode"] == "rail") & (transfers["to_mode"] == "rail")
columns = ["node", "from_gauge_mm", "to_gauge_mm", "technology", "commodities", "usd_per_t", "usd_per_teu"]
columns += ["hours", "capacity", "capacity_unit"]
transfers.loc[change, columns]

# %% [markdown]
# ## One tonne of each commodity, inward
#
# From Ulaanbaatar to Beijing by rail. The technology is chosen by the router, within what the commodity
# allows. "Share" is what the change takes of all hours and of the generalized cost (its price and its
# hours).

# %%
rows = {}
for commodity in ("container", "coal", "copper_concentrate", "timber", "crude_oil", "general"):
    route = lsr.shortest_path(lsr.expand(net, commodity), "Ulaanbaatar", "Beijing", modes=("rail",))
    (change_leg,) = (leg for leg in route.legs if leg.kind == "transfer")
    rows[commodity] = {
        "how": change_leg.detail,
        "USD/t paid": change_leg.cost_money_usd_per_t,
        "h": change_leg.time_h,
        "share of cost %": 100 * change_leg.cost_usd_per_t / route.cost_usd_per_t,
        "share of hours %": 100 * change_leg.time_h / route.time_h,
    }
by_commodity = pd.DataFrame(rows).T
by_commodity

# %% [markdown]
# ## From which border time on does cargo go elsewhere?
#
# The corridor through Erenhot competes with others. `break_even` turns one parameter - here the hours of
# customs on the way out of China - until another way is as good. A wide margin means that delays hurt the
# shipper without moving the cargo; a narrow one means that the cargo will leave. Where the cost no longer
# rises with the hours, the cargo passes the same place in another way, which need not wait there.

# %%
graph = lsr.expand(net, commodity="container")
margin = lsr.break_even(
    graph,
    "Beijing",
    "Ulaanbaatar",
    via=["Erenhot"],
    parameter="hours of rail:erenhot>zamyn_uud",
    between=(0, 240),
)
margin

# %% [markdown]
# ## A year: the yards are full
#
# Now all demand of a year at once, under all limits. A yard counts trains: its limit is in trains a day,
# and each commodity fills a train with its own payload.

# %%
base = lsr.assign(net)
yards = ["erenhot_yard", "zamyn_uud_yard"]
prices = base.dual_prices(binding=False).set_index("group").loc[yards]
prices[["limit", "unit", "used", "flow_t", "right_usd_per_unit", "right_usd_per_t"]].round(2)

# %% [markdown]
# `right_usd_per_unit` is what **one more train a day** would save all shippers together in a year;
# `right_usd_per_t` is the same per tonne that passes.

# %%
for yard, row in prices.iterrows():
    worth = row["right_usd_per_unit"] / 1e6
    print(f"{yard}: {row['used']:.0f} of {row['limit']:.0f} trains a day; one more: {worth:.1f} M USD a year")

# %% [markdown]
# What passes, by technology:

# %%
flows = base.transfers()
flows = flows[flows["transfer"].isin(transfers.loc[change, "id"])]
flows.groupby("transfer")["flow_t"].sum().div(1e6).round(2).rename("Mt/yr").to_frame()

# %% [markdown]
# ## Larger yards, or no change at all?
#
# Two scenarios of the network answer that: twice the capacity of both yards, and a change of gauge that
# costs nothing and takes no time (as if the gauges were one) while the yards stay as they are.

# %%
plans, savings = {}, {}
for name in ("erenhot_gauge_capacity", "erenhot_one_gauge"):
    scenario = lsr.load_scenario(name, net)
    plans[name] = lsr.assign(scenario.apply(net))
    savings[name] = base.objective_usd - plans[name].objective_usd
    print(scenario.question, lsr.compare(base, plans[name]).summary(), sep="\n", end="\n\n")

# %% [markdown]
# Read the two sentences together. Twice the yards lets cargo come back that now goes round; one gauge
# makes the same cargo cheaper and moves next to nothing, since the number of trains a day is what limits
# the crossing. Both are differences of whole plans, so they already contain what happens at every other
# crossing.

# %%
change_usd = {"base": base.ledger_usd["gauge_change"]} | {
    n: p.ledger_usd["gauge_change"] for n, p in plans.items()
}
pd.Series(change_usd).div(1e6).round(1).rename("gauge changes, M USD/yr").to_frame()

# %% [markdown]
# ## Would we notice nonsense?

# %%
assert (by_commodity["h"] > 0).all()
assert (prices["used"] <= prices["limit"] + 1e-9).all()
assert (prices["right_usd_per_unit"] > 0).all()
assert 0 < savings["erenhot_gauge_capacity"] < savings["erenhot_one_gauge"]
assert change_usd["erenhot_one_gauge"] < change_usd["base"]
for plan in (base, *plans.values()):
    assert plan.certificate.passed
# A dual price bounds what a whole project can save: prices x added limits, over all that was widened.
widened = base.dual_prices(binding=False).set_index("group")
same = widened.index[
    widened.index.str.match(r"(erenhot|zamyn_uud)(_yard|-rail1520-rail1435-|-rail1435-rail1520-)")
]
bound = (widened.loc[same, "dual_usd_per_unit"] * widened.loc[same, "limit"]).sum()
assert savings["erenhot_gauge_capacity"] <= bound * (1 + 1e-9)
saved = savings["erenhot_gauge_capacity"]
print(f"saved {saved / 1e6:.1f} M USD of at most {bound / 1e6:.1f} M USD by the dual prices")
