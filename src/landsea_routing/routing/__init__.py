"""Questions about single shipments.

Order of import inside this folder: weights, restrict, explain, shortest_path, skim.
"""
