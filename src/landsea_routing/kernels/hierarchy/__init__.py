"""Topology once, metric many times: a customizable hierarchy on nested-dissection cells.

Files import each other only in this order, from left to right and never back::

    flowcut -> order -> cells -> product -> customize -> ladder -> climbs -> sweep -> chain -> trace
        -> unpack -> sites -> topology -> priced -> changes -> metric -> hierarchy

``order`` dissects the graph, ``cells`` lays out the fronts, ``customize`` closes them for one set of costs,
with the ``product`` that all dense work is made of. ``ladder`` lays out who climbs where, ``climbs`` and
``sweep`` then answer many sources at once, ``chain`` one pair, ``trace`` and ``unpack`` turn distances back
into arcs. ``sites`` lays out cells and pairs for the compiled twins of ``chain`` and ``unpack``, ``changes``
keeps few changed costs beside the others.
"""

from landsea_routing.kernels.hierarchy.hierarchy import Hierarchy
from landsea_routing.kernels.hierarchy.metric import Metric

__all__ = ["Hierarchy", "Metric"]
