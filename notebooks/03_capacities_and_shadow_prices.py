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
# # Capacities and shadow prices
#
# When a yard, a track or a crossing is full, somebody takes a dearer way or stays at home. The **dual
# price** (shadow price) of a limit is what one more unit of it would save in a year. This notebook shows
# on a small invented network what it means, when it holds, and how to use it - and then asks the real one.

# %%
import landsea_routing as lsr

toy = lsr.load_network("toy_three_ports")
plan = lsr.assign(toy)
plan

# %% [markdown]
# Status `optimal` is only given after an independent check: it recomputes cost and limits and shows, from
# the dual prices alone, that no plan can be cheaper.

# %%
print(plan.status, plan.certificate.passed, f"gap {plan.gap:.1e}")

# %% [markdown]
# ## What one more unit saves
#
# The single track of two gauges (`track_dual`) takes two trains a day. Do we believe its price? Give it a
# little more, solve again, and compare:

# %%
prices = plan.dual_prices().set_index("group")
price = prices.loc["track_dual", "right_usd_per_unit"]
limit = prices.loc["track_dual", "limit"]
more = 0.01  # trains a day
wider = lsr.assign(lsr.Scenario("a little more").set_capacity("track_dual", limit + more).apply(toy))
measured = (plan.objective_usd - wider.objective_usd) / more
print(f"price {price:,.0f} USD a year for one train a day, measured {measured:,.0f}")

# %% [markdown]
# Prices of trains, boxes and tonnes cannot be compared directly. `right_usd_per_t` is the same price per
# tonne of the cargo that uses the limit:

# %%
prices[["limit", "unit", "flow_t", "right_usd_per_unit", "right_usd_per_t"]].round(2)

# %% [markdown]
# ## How far it holds
#
# A dual price is a slope, and slopes end. `curve` follows the least cost over a whole range of the limit;
# each row is a straight piece, and at each bend another way has become the next best.

# %%
curve = lsr.curve(toy, "capacity of track_dual", (0, 6))
curve

# %%
pieces = curve.to_frame()
pieces

# %% [markdown]
# Two lessons for appraisal. The first unit is worth most, so **dual price times added capacity is never
# less than what a project saves**; and beyond the last bend more capacity is worth nothing at all.

# %%
doubled = lsr.assign(lsr.Scenario("doubled").scale_capacity("track_dual", 2).apply(toy))
saved = plan.objective_usd - doubled.objective_usd
promised = price * limit
print(f"by the dual price at most {promised / 1e6:.2f} M USD a year, in truth {saved / 1e6:.2f} M USD")

# %% [markdown]
# ## Two limits at one place
#
# Where two limits bind together, one more unit of either alone may be worth nothing, though one unit less
# of either costs a lot. That is why there is a right and a left price. `bottlenecks` lists the limits that
# bind, what they are worth, and over which range that holds:

# %%
lsr.bottlenecks(plan)

# %% [markdown]
# ## Who stays at home, and why
#
# Demand that no way can carry below the price of leaving it at home is *unserved*, with the reason:

# %%
plan.unserved()

# %% [markdown]
# Staying at home was cheaper than the next way. If everything **must** be carried, it goes, at a price:

# %%
forced = lsr.assign(toy, unserved_price=None)
extra_usd_per_t = (forced.objective_usd - plan.objective_usd) / plan.unserved_t
print(f"carrying the last {plan.unserved_t:,.0f} t costs {extra_usd_per_t:.0f} USD/t more than not to")

# %% [markdown]
# And if it cannot all be carried, the answer is a proof. Twice the demand is too much;
# `explain_infeasible` says which limits would have to give way, and by how much at the least:

# %%
boom = lsr.Scenario("boom").scale_demand(2).apply(toy)
try:
    lsr.assign(boom, unserved_price=None)
except lsr.InfeasibleError as error:
    proof = str(error)
print(proof)

# %%
short = lsr.explain_infeasible(boom)
short

# %% [markdown]
# ## The real network
#
# The same table for Northeast Asia, 2023. Remember what stands behind it: many limits are classes, not
# measurements, so look at the `confidence` of a limit before you quote its price.

# %%
net = lsr.load_network("northeast_asia")
year = lsr.assign(net)
binding = year.dual_prices().set_index("group")
confidence = net.capacity_groups.to_frame().set_index("id")["confidence"]
top = binding.assign(worth_M_usd=binding["right_usd_per_t"] * binding["flow_t"] / 1e6)
top = top.join(confidence).sort_values("worth_M_usd", ascending=False)
top[["limit", "unit", "flow_t", "right_usd_per_t", "worth_M_usd", "confidence"]].head(10).round(1)

# %% [markdown]
# ## Would we notice nonsense?

# %%
assert abs(measured - price) < 1e-6 * price
assert 0 < saved <= promised
assert (prices["used"] <= prices["limit"] * (1 + 1e-9)).all()
assert prices["right_usd_per_unit"].le(prices["left_usd_per_unit"] + 1e-6).all()
assert abs(curve.at(limit) - plan.objective_usd) < 1.0
assert abs(curve.at(2 * limit) - doubled.objective_usd) < 1.0
assert plan.unserved()["unserved_t"].sum() == plan.unserved_t > 0
assert len(short.to_frame()) > 0
assert proof
assert forced.unserved_t == 0 < extra_usd_per_t
assert year.certificate.passed
assert top["worth_M_usd"].iloc[0] > 0
