"""Questions about single shipments.

Order of import inside this folder: workers, progress, weights, restrict, explain, engine, question, many,
shortest_path, skim, alternatives, pareto, catchment, shares, access, reachable.
"""
