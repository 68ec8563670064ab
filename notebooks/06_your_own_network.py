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
# # Your own network
#
# Three places of your own, first in the fewest lines, then with everything that makes freight what it is:
# a border, a change of gauge, tariffs, a limit and a year's demand.

# %%
import tempfile
from pathlib import Path

import pandas as pd

import landsea_routing as lsr

home = Path(tempfile.mkdtemp())

# %% [markdown]
# ## In eight lines: nodes and links
#
# [GMNS](https://github.com/zephyr-data-specs/GMNS) is the common form of networks: `node.csv` and
# `link.csv`. Eight lines of text are a network.

# %%
three = home / "three"
three.mkdir()
(three / "node.csv").write_text(
    """node_id,name,x_coord,y_coord
pit,Pit,101.5,45.2
gate,Gate,104.0,45.6
port,Port,104.9,44.1
"""
)
(three / "link.csv").write_text(
    """link_id,from_node_id,to_node_id,directed,mode,length
pit-gate,pit,gate,false,rail,230
gate-port,gate,port,false,rail,210
pit-port,pit,port,false,rail,520
"""
)
sketch = lsr.read_network(three)
first = lsr.shortest_path(lsr.expand(sketch), "Pit", "Port")
first

# %% [markdown]
# The answer is right for what was given - and little was given. Whatever a network cannot be without was
# assumed, and said:

# %%
print(*sketch.settings.facts["assumed"], sep="\n")

# %% [markdown]
# ## As a folder of tables
#
# Now the real thing. Pit lies in another country than Gate and Port; its tracks are 1520 mm wide and reach
# to the yard at Gate. Each table is a CSV file, so a spreadsheet or pandas will do; `docs/tables.md` lists
# every column. Columns with a default may be left out.

# %%
tables = {
    "nodes": [
        dict(id="pit", name="Pit", country="XA", lat=45.2, lon=101.5, kind="mine", loads="ore"),
        dict(id="gate", name="Gate", country="XB", lat=45.6, lon=104.0, kind="border_post", loads=""),
        dict(id="port", name="Port", country="XB", lat=44.1, lon=104.9, kind="city", loads="ore"),
    ],
    "links": [
        dict(id="rail-pit-gate", from_node="pit", to_node="gate", mode="rail", gauge="1520", length_km=230),
        dict(id="rail-gate-port", from_node="gate", to_node="port", mode="rail", gauge="1435", length_km=210),
        dict(id="road-pit-port", from_node="pit", to_node="port", mode="road", gauge="", length_km=420),
    ],
    "crossings": [
        dict(
            id=f"{mode}:{a}>{b}",
            from_node=a,
            to_node=b,
            mode=mode,
            control="full",
            hours=hours,
            fee_usd_per_t=3,
        )
        for mode, hours, a, b in [
            ("rail", 12, "pit", "gate"),
            ("rail", 12, "gate", "pit"),
            ("road", 20, "pit", "port"),
            ("road", 20, "port", "pit"),
        ]
    ],
    "commodities": [dict(id="ore", value_of_time_usd_per_t_h=0.05)],
    "tariffs": [
        dict(
            mode="rail", country="*", commodity="*", fixed_usd_per_t=3, rate_usd_per_t_km=0.02, speed_km_h=40
        ),
        dict(
            mode="road", country="*", commodity="*", fixed_usd_per_t=1, rate_usd_per_t_km=0.07, speed_km_h=50
        ),
    ],
    "access": [
        dict(mode=mode, country="*", commodity="*", access_h=6, egress_usd_per_t=1, egress_h=6)
        for mode in ("rail", "road")
    ],
    "capacity_groups": [
        dict(id="free", kind="track", limit="unlimited", unit="t/yr"),
        dict(id="road_border", kind="crossing", limit="400000", unit="t/yr"),
    ],
    "capacity_members": [
        dict(group="free", target="rail-pit-gate", applies_to="link"),
        dict(group="free", target="rail-gate-port", applies_to="link"),
        dict(group="road_border", target="road-pit-port", applies_to="link"),
    ],
    "demand": [dict(origin="pit", destination="port", commodity="ore", amount_per_year=1_500_000)],
}


def write_folder(folder, tables):
    folder.mkdir(exist_ok=True)
    (folder / "network.toml").write_text('name = "mine"\nbase_year = 2024\nunserved_price_usd_per_t = 100\n')
    for name, rows in tables.items():
        pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False)
    return folder


# %% [markdown]
# ## The checks find what is missing
#
# We left something out on purpose. A network that contradicts itself is not loaded; every problem is
# listed at once, each with its place and its cure:

# %%
try:
    lsr.read_network(write_folder(home / "mine", tables))
except lsr.NetworkError as error:
    complaint = str(error)
print(complaint)

# %% [markdown]
# Two gauges meet at Gate and nothing joins them. A transfer is **ordered**: inward is one row, outward
# would be another, each with its own price, hours and limit.

# %%
tables["transfers"] = [
    dict(
        id=f"gate-rail{a}-rail{b}-transload",
        node="gate",
        from_mode="rail",
        from_gauge_mm=a,
        to_mode="rail",
        to_gauge_mm=b,
        technology="transload",
        commodities="ore",
        usd_per_t=4,
        hours=20,
        capacity=limit,
    )
    for a, b, limit in [(1520, 1435, 1_000_000), (1435, 1520, 200_000)]
]
net = lsr.read_network(write_folder(home / "mine", tables))
print(lsr.check(net))

# %% [markdown]
# The one warning is right: nobody gave emission factors, so CO2e is unknown - not zero.
#
# ## Route, flow, price
#
# One tonne takes the railway:

# %%
route = lsr.shortest_path(lsr.expand(net), "Pit", "Port")
route

# %% [markdown]
# A year's 1.5 Mt do not fit through the yard. What is left takes the road as far as the border lets it,
# and the rest stays at home, at the price that `network.toml` gives for that:

# %%
plan = lsr.assign(net)
plan

# %%
plan.paths()

# %% [markdown]
# What is a larger yard worth, and what a wider border road?

# %%
prices = plan.dual_prices().set_index("group")[["limit", "unit", "right_usd_per_unit"]]
prices.round(2)

# %% [markdown]
# ## In and out
#
# The same network as GMNS, for others to read - and back, with nothing lost:

# %%
lsr.write_network(net, home / "shared", format="gmns")
back = lsr.read_network(home / "shared")
print(sorted(p.name for p in (home / "shared").iterdir()))

# %% [markdown]
# ## Would we notice nonsense?

# %%
assert first.length_km == 230 + 210
assert "gauge-jump-without-facility" in complaint
assert [leg.kind for leg in route.legs] == ["access", "link", "border", "transfer", "link", "egress"]
# By hand: boarding 3, rate 0.02 x 440, border 3, transfer 4, boarding again 3, unloading 1, and the hours.
hours = 6 + 230 / 40 + 12 + 20 + 210 / 40 + 6
assert abs(route.time_h - hours) < 1e-9
assert abs(route.cost_usd_per_t - (3 + 0.02 * 440 + 3 + 4 + 3 + 1 + 0.05 * hours)) < 1e-9
assert plan.certificate.passed
assert abs(plan.unserved_t - 100_000) < 1e-3
assert (prices["right_usd_per_unit"] > 0).all()
assert all(net.tables[name].to_rows() == back.tables[name].to_rows() for name in net.tables)
