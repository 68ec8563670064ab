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
# # A first route
#
# One tonne in a container from Beijing to Ulaanbaatar. Where does the money go, where do the hours go, and
# what else could one have done? Ten minutes, no data of your own.

# %%
import pandas as pd

import landsea_routing as lsr

net = lsr.load_network("northeast_asia")
print(net)

# %% [markdown]
# A network is a set of tables: places, links, transfers, crossings, tariffs. They are read-only. Each row
# says where its figure comes from and how far to trust it:

# %%
net.links.to_frame().head(3)[["id", "gauge", "length_km", "status", "source", "confidence"]]

# %% [markdown]
# ## From places to states
#
# A container is never just in Erenhot: it is there on a wagon of 1435 mm, on a wagon of 1520 mm, or on a
# truck. `expand` makes a state of each of these, and an arc of each thing that can happen between two
# states: a ride, a transfer, a border. It is done once; every question about that commodity then uses the
# same graph.

# %%
graph = lsr.expand(net, commodity="container")
route = lsr.shortest_path(graph, "Beijing", "Ulaanbaatar")
route

# %% [markdown]
# Read it from the top: loading, a ride, customs, the change of gauge, a ride, unloading. **USD/t is the
# generalized cost**: what is paid, plus each hour at the value that an hour has for this commodity. So a
# slow yard shows up as cost even where nobody sends a bill.

# %%
value_of_time = net.commodities.to_frame().set_index("id").loc["container", "value_of_time_usd_per_t_h"]
hours_in_usd = route.cost_usd_per_t - route.cost_money_usd_per_t
print(f"paid {route.cost_money_usd_per_t:.2f} USD/t, hours worth {hours_in_usd:.2f} USD/t")
print(f"{route.time_h:.1f} h at {value_of_time:.3f} USD/t an hour")

# %% [markdown]
# The ledger cuts the same sum another way. Its lines always add up to the cost:

# %%
pd.Series(route.ledger, name="USD/t").round(2).to_frame()

# %% [markdown]
# How much of the time is spent moving?

# %%
legs = route.to_frame()
moving_h = sum(leg.time_h for leg in route.legs if leg.kind == "link")
print(f"{moving_h:.0f} of {route.time_h:.0f} h on the line: {moving_h / route.time_h:.0%}")
legs

# %% [markdown]
# The same as a picture, hours over kilometres: slopes are rides, steps are what happens at one place.
# Corridor reports draw it this way, and sum it up in four indicators.

# %%
chart = lsr.plot(route, kind="time")

# %%
indicators = lsr.corridor_indicators(route)
indicators

# %% [markdown]
# ## Least cost, least time, least CO2e
#
# `weight` says what to minimise. The answers need not agree:

# %%
best = {
    weight: lsr.shortest_path(graph, "Beijing", "Ulaanbaatar", weight=weight)
    for weight in ("cost", "time", "co2e")
}
pd.DataFrame(
    {
        weight: {
            "km": round(way.length_km),
            "h": round(way.time_h, 1),
            "USD/t": round(way.cost_usd_per_t, 2),
            "kg CO2e/t": round(way.co2e_kg_per_t, 1),
            "modes": " ".join(dict.fromkeys(leg.mode for leg in way.legs if leg.kind == "link")),
        }
        for weight, way in best.items()
    }
).T

# %% [markdown]
# Between these ends lie compromises. `pareto_paths` lists every way that no other way beats in cost, hours
# and CO2e at once; what is not in this table, no planner needs to look at.

# %%
choices = lsr.pareto_paths(graph, "Beijing", "Ulaanbaatar")
choices

# %% [markdown]
# ## Asking differently
#
# What if the usual border is shut? `avoid` takes places and links, `via` makes the route pass them,
# `modes` limits it; `lsr.expand(net, commodity, month=1)` is the graph of January.

# %%
round_way = lsr.shortest_path(graph, "Beijing", "Ulaanbaatar", avoid=["Erenhot"])
extra = round_way.cost_usd_per_t - route.cost_usd_per_t
extra_km = round_way.length_km - route.length_km
print(f"Without Erenhot a tonne pays {extra:.2f} USD more and travels {extra_km:,.0f} km further.")
round_way

# %% [markdown]
# Where there is no way at all, the message says how far one gets and what is missing:

# %%
try:
    lsr.shortest_path(graph, "Beijing", "Busan", modes=("rail",))
except lsr.NoPathError as error:
    reason = str(error)
print(reason)

# %% [markdown]
# ## Many pairs at once
#
# A skim is the table of best costs between many places, with anything summed along the same ways:

# %%
skim = lsr.skim(
    graph, ["Beijing", "Harbin", "Dalian"], ["Ulaanbaatar", "Vladivostok", "Busan"], along=["time", "length"]
)
skim.to_frame().round(1)

# %% [markdown]
# ## Would we notice nonsense?

# %%
assert abs(sum(route.ledger.values()) - route.cost_usd_per_t) < 1e-9
assert abs(hours_in_usd - value_of_time * route.time_h) < 1e-6
assert best["time"].time_h <= best["cost"].time_h
assert best["co2e"].co2e_kg_per_t <= best["cost"].co2e_kg_per_t
assert best["cost"].cost_usd_per_t <= min(best["time"].cost_usd_per_t, best["co2e"].cost_usd_per_t)
assert extra > 0
assert chart.get_ylim()[1] >= route.time_h
assert min(way.cost_usd_per_t for way in choices) == route.cost_usd_per_t
assert "Busan" in reason
