"""Questions about all flows at once.

Order of import inside this folder: problem, assign, reassign, bottlenecks, explain,
supply.
"""
