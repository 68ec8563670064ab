"""Topology once, metric many times: exact cheapest paths on graphs that stay while their costs change.

A `Hierarchy` dissects the graph and lays out its fronts. `Hierarchy.customize` turns one set of costs into a
`Metric`, which answers everything; `Metric.update` turns few changed costs into another one. A customizable
contraction hierarchy whose supernodes are the cells of the dissection, with closed fronts, in array
operations throughout.

Sources: Dibbelt, Strasser and Wagner (2016), customizable contraction hierarchies; Delling, Goldberg,
Nowatzyk and Werneck (2011), PHAST; Duff and Reid (1983), the multifrontal method.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from landsea_routing.kernels.hierarchy.metric import Metric
from landsea_routing.kernels.hierarchy.topology import Topology

__all__ = ["Hierarchy", "Metric"]


class Hierarchy:
    """The order and the symbolic structure of a graph, built once.

    Parameters
    ----------
    n_vertices : int
        Number of vertices.
    tail, head : (n_arcs,) int
        Ends of each arc, in any order; parallel arcs and loops are legal.
    coordinates : (n_vertices, k) float, optional
        Any coordinates of the vertices; they help to find small separators and are not needed.

    Attributes
    ----------
    n_vertices, n_arcs : int
    topology : Topology
        Pairs, cells and derived indices, shared with every metric.

    Raises
    ------
    InvalidValueError
        If an end is out of range or a coordinate is not finite.

    Notes
    -----
    Time and memory hang on the separators: about n log n on near-planar graphs; large where many long arcs
    cross each other everywhere.

    Examples
    --------
    >>> graph = Hierarchy(4, [0, 0, 1, 2], [1, 1, 2, 0])
    >>> metric = graph.customize([5.0, 2.0, 1.0, 7.0])
    >>> metric.many_to_many([0, 3], [2, 0]).tolist()
    [[3.0, 0.0], [inf, inf]]
    >>> metric.path(0, 2).tolist(), metric.update([1], [9.0]).path(0, 2).tolist()
    ([1, 2], [0, 2])
    """

    def __init__(
        self, n_vertices: int, tail: ArrayLike, head: ArrayLike, *, coordinates: ArrayLike | None = None
    ) -> None:
        self.topology = Topology(n_vertices, tail, head, coordinates)
        self.n_vertices, self.n_arcs = self.topology.n_vertices, self.topology.n_arcs

    def customize(self, cost: ArrayLike, *, dtype: DTypeLike = np.float64) -> Metric:
        """Prepare the answers to one set of costs.

        Parameters
        ----------
        cost : (n_arcs,) float
            Cost of each arc, >= 0; ``inf`` closes it.
        dtype : dtype
            float64, or float32 for twice the speed at a relative error of about 1e-6.

        Returns
        -------
        Metric

        Raises
        ------
        InvalidValueError
            If a cost is NaN or negative (names the arcs), or dtype is another.

        Examples
        --------
        >>> Hierarchy(2, [0, 0], [1, 1]).customize([3.0, 2.0]).distance(0, 1)
        2.0
        """
        return Metric.of(self.topology, cost, dtype)
