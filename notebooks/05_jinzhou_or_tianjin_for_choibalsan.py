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
# # Jinzhou or Tianjin for Choibalsan?
#
# Eastern Mongolia has no sea. Its usual port is Tianjin. A railway that was planned - Choibalsan, Khuut,
# Bichigt, Zhuengadabuqi, Xilinhot, Chifeng, Jinzhou - would be a third passage beside Manzhouli and
# Erenhot. Would it make Jinzhou the nearest and the cheapest sea exit?

# %%
import tempfile
from pathlib import Path

import pandas as pd

import landsea_routing as lsr

net = lsr.load_network("northeast_asia")
railway = lsr.load_scenario("choibalsan_jinzhou_rail", net)
print(railway)

# %% [markdown]
# A scenario is a list of edits. The base stays as it is, so both worlds can be asked the same:

# %%
worlds = {"now": lsr.expand(net, "container"), "railway": lsr.expand(railway.apply(net), "container")}
ports = {
    "Jinzhou": "jinzhou_port",
    "Tianjin": "tianjin_port",
    "Dalian": "dalian_port",
    "Vostochny": "vostochny",
}

# %% [markdown]
# ## The nearest port
#
# Line haul by rail alone, in kilometres - without loading, borders or money (`access=False`). NaN means
# that the rails do not get there.


# %%
def km_by_rail(graph, port):
    try:
        return lsr.shortest_path(
            graph, "choibalsan", port, modes=("rail",), weight="length", access=False
        ).length_km
    except lsr.NoPathError:
        return float("nan")


nearest = pd.DataFrame(
    {
        world: {name: km_by_rail(graph, port) for name, port in ports.items()}
        for world, graph in worlds.items()
    }
)
nearest.round(0)

# %%
saved_km = nearest.loc["Jinzhou", "now"] - nearest.loc["Jinzhou", "railway"]
first = nearest["railway"].idxmin()
print(f"The railway brings Jinzhou {saved_km:,.0f} km nearer; the nearest port is then {first}.")

# %% [markdown]
# ## The cheapest way out
#
# Nearest is not cheapest. A container to Busan through each port, with every tariff, border, gauge change
# and hour:

# %%
to_busan = pd.DataFrame(
    {
        world: {
            name: lsr.shortest_path(graph, "choibalsan", "busan", via=[port]).cost_usd_per_t
            for name, port in ports.items()
        }
        for world, graph in worlds.items()
    }
)
to_busan.round(1)

# %% [markdown]
# What does the best way look like once the railway is there?

# %%
by_port = {
    name: lsr.shortest_path(worlds["railway"], "choibalsan", "busan", via=[ports[name]])
    for name in ("Jinzhou", "Tianjin")
}
by_port["Jinzhou"]

# %% [markdown]
# Side by side, cost over distance. Steps are borders, changes of gauge and ports; the staircase that
# ends lower wins.

# %%
chart = lsr.plot(by_port, kind="generalized")

# %% [markdown]
# ## How sure is the shipper?
#
# Least cost is all or nothing. In truth some shippers prefer the other port. A logit share with a `spread`
# of 10 USD/t says: a port that is 10 USD/t dearer still gets a share, one that is 50 USD/t dearer gets
# next to none.

# %%
places = ["choibalsan", "baruun_urt", "chinggis", "ulaanbaatar", "darkhan", "erdenet"]
shares = {
    world: lsr.catchment_shares(
        graph, ["tianjin_port", "jinzhou_port"], spread=10, places=places, onward="busan"
    )
    for world, graph in worlds.items()
}
shares["railway"]

# %%
table = pd.DataFrame({world: found.share[:, 0] for world, found in shares.items()}, index=places)
table.rename_axis("share of Tianjin").round(2)

# %% [markdown]
# Where the column of Tianjin grows with the railway, do not be surprised: the new line shortens the way to
# both ports, and shares follow the difference between them.
#
# ## Where does the advantage end?
#
# The new border post at Bichigt has assumed hours. At how many would the new line lose to the other ways?
# The answer is a margin: how wrong the assumption may be before the conclusion turns.

# %%
margin = lsr.break_even(
    worlds["railway"],
    "choibalsan",
    "busan",
    via=["rail-bichigt-zhuengadabuqi", "jinzhou_port"],
    parameter="hours of rail:bichigt>zhuengadabuqi",
)
margin

# %% [markdown]
# ## Does cargo follow?
#
# A year's flows with the demand of 2023, with and without the railway: by border, and in the ports.

# %%
base, built = lsr.assign(net), lsr.assign(railway.apply(net))
comparison = lsr.compare(base, built)
page = lsr.to_html(comparison, Path(tempfile.mkdtemp()) / "third_passage.html")  # open it in a browser
print(comparison.summary())
comparison.crossings().head(8)


# %%
def handled_mt(plan):
    handled = plan.ports()
    return handled.groupby(handled.columns[0])["flow_t"].sum().div(1e6)


flows = pd.DataFrame({"now": handled_mt(base), "railway": handled_mt(built)}).reindex(ports.values())
flows.round(2)

# %% [markdown]
# A port whose two columns are alike gets nothing from the line: with this demand its cargo ends inland. A
# nearer port is no traffic as long as nobody has something to ship there. That would take another demand;
# the network keeps one for this question (`demand_sets`, `third_passage`), which says openly that it is
# assumed.

# %% [markdown]
# ## Would we notice nonsense?

# %%
assert nearest["railway"].idxmin() == "Jinzhou"
assert 0.85 * 980 < saved_km < 1.15 * 980  # about 980 km: published in 2007, validation.csv V27
assert (to_busan["railway"] <= to_busan["now"] + 1e-9).all()
assert to_busan["railway"].idxmin() == "Jinzhou"
for found in shares.values():
    assert abs(found.share.sum(axis=1) - 1).max() < 1e-9
assert built.objective_usd < base.objective_usd
assert len(chart.get_lines()) >= 2
assert "<svg" in page.read_text(encoding="utf-8")
assert base.certificate.passed
assert built.certificate.passed
