"""Questions about single shipments.

Order of import inside this folder: weights, restrict, explain, question, shortest_path, skim, alternatives,
pareto, catchment, shares, access, reachable.
"""
