"""Blind kernels: arrays in, arrays out, and not one word of transport.

Files import each other only in these orders, from left to right and never back::

    joins -> csr -> paths -> flowproblem -> distances -> certificate -> columns -> ascent -> linear
        -> master -> rounds -> multiflow -> closing, ranging; master -> face -> marginal; linear -> alike;
        flowproblem -> terms
    joins -> csr -> paths -> labels -> pareto -> constrained -> kpaths -> dissimilar; envelope alone
    joins -> csr -> paths -> hierarchy, through
    joins -> csr -> mincostproblem -> certificate_mincost -> mincost -> maxflow

``_fast`` stands before all of them and imports none: compiled loops that any file may ask for.
``distances``, ``certificate`` and ``certificate_mincost`` stand before the solvers and import none of them,
nor ``paths``: what they prove, they compute themselves.

Vertices, arcs, commodities, ODs and groups are positions in arrays. Arcs are sorted by (tail, head) and
parallel arcs are kept; an arc's position is its id. A cost is >= 0; ``inf`` closes an arc.
"""
