"""Questions about all flows at once.

Order of import inside this folder: problem, terms, assign, reassign, bottlenecks, explain,
oneway, supply.
"""
