"""The virtual network: states of cargo as vertices, what can happen to it as arcs.

Order of import inside this folder: basis, graph, expand, lookup, cost, emissions, groups.
"""
