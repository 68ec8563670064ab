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
# # A thousand scenarios on a cluster
#
# Every figure of a network is uncertain. Instead of one answer, ask a thousand times with figures drawn
# from what they might be, and look at the spread. The same call runs in one process, on all processors of
# a machine, or on a cluster, and gives the same answers to the last bit.
#
# To stay under a minute this notebook draws fewer times on a small network, on two workers of this
# machine. Set `DRAWS` to 1000 and give the address of your scheduler; nothing else changes.

# %%
import json
import tempfile
from pathlib import Path

import pandas as pd
from dask.distributed import Client, LocalCluster
from joblib import parallel_config

import landsea_routing as lsr
from landsea_routing.whatif.levers import Normal, Triangular, Uniform

DRAWS = 40

# %% [markdown]
# ## What is uncertain
#
# A **lever** is a number with a name; each gets a distribution. Demand of all rows moves together by about
# a tenth, border hours are skewed to the long side, and nobody knows the berth's limit better than within
# a quarter.

# %%
net = lsr.load_network("toy_three_ports")
plan = lsr.assign(net)
spreads = {
    "scale demand of *": Normal(1, 0.1),
    "hours of rail:*": Triangular(12, 20, 60),
    "scale capacity of port_aport": Uniform(0.75, 1.25),
}
cases = lsr.draws(spreads, DRAWS, seed=1)
asked = ["objective_usd", "unserved_t", "dual of track_dual"]

# %% [markdown]
# ## A cluster of two
#
# `LocalCluster` starts workers here; `Client("scheduler:8786")` would join one elsewhere. joblib hands the
# work to whatever `parallel_config` names. The base network is sent to each worker once, and each scenario
# is solved from the plan of the base.

# %%
results = Path(tempfile.mkdtemp()) / "found.jsonl"
with (
    LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster,
    Client(cluster),
    parallel_config(backend="dask"),
):
    found = lsr.sweep(plan, cases, ask=asked, results=results, n_jobs=-1)
found

# %% [markdown]
# ## Reading the spread
#
# P10 is what one draw in ten stays below, P90 what one in ten exceeds.

# %%
quantiles = found.quantiles()
quantiles.round(0)

# %%
frame = found.to_frame()
share = (frame["unserved_t"] > plan.unserved_t).mean()
print(f"In {share:.0%} of {len(found)} draws more stays at home than in the base.")

# %% [markdown]
# The price of the dual track is the interesting one. It is no smooth cloud: it falls into heaps, one for each
# way that is next best, and is zero where the track is not full. Its mean may lie where hardly any draw does.

# %%
price = frame["dual of track_dual"] / 1e6
pd.cut(price, range(-10, 100, 10)).value_counts(sort=False).rename_axis("M USD per train a day").to_frame()

# %% [markdown]
# ## Work that was stopped goes on
#
# Each answer was in the file before the next was waited for. Cut the file short, as a power failure would,
# and ask again: only what is missing is solved.

# %%
lines = results.read_text().splitlines(keepends=True)
half = len(lines) // 2
results.write_text("".join(lines[:half]) + lines[half][:20])
again = lsr.sweep(plan, cases, ask=asked, results=results)
print(f"{len(lines)} lines before, {half} after the cut, {len(results.read_text().splitlines())} at the end")

# %% [markdown]
# ## Which assumption matters?
#
# Before a thousand draws, one look: `tornado` turns each lever alone between a low and a high value.

# %%
lsr.tornado(
    plan,
    {
        "scale demand of *": (0.9, 1.1),
        "hours of rail:*": (12, 60),
        "scale capacity of port_aport": (0.75, 1.25),
    },
)

# %% [markdown]
# ## Would we notice nonsense?

# %%
pd.testing.assert_frame_equal(found.to_frame(), again.to_frame())
assert len(found) == DRAWS
assert (quantiles["P10"] <= quantiles["P90"]).all()
assert 0 < share < 1
assert all(json.loads(line) for line in results.read_text().splitlines())
