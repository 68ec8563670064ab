"""Networks in the text format of the collection Transportation Networks for Research (TNTP).

::

    <NUMBER OF ZONES> 2              facts in angle brackets, then a row for each link
    <NUMBER OF NODES> 3
    <FIRST THRU NODE> 3
    <NUMBER OF LINKS> 2
    <END OF METADATA>
    ~ init_node term_node capacity length free_flow_time b power speed toll link_type ;
    1 3 100 2 4 0.15 4 30 0 1 ;
    3 2 100 2 4 0.15 4 30 0 1 ;

Nodes count from 1 in files and from 0 in arrays; zones are the first nodes. Nodes before ``FIRST THRU NODE``
are centroids, where trips begin and end and which nothing passes through: `open_graph` holds to it.

The format knows no place on earth, no mode, gauge or border, and its units are those of whoever wrote the
file. So it becomes, as a DIMACS file does, bare arrays for the kernels and not a `Network`. All ten columns
and all facts are kept; remarks (lines with ``~``) are dropped. The files of the collection are for academic
research only and are not part of this project.

Source: Transportation Networks for Research Core Team, *Transportation Networks for Research*, file formats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from landsea_routing._frozen import Frozen, FrozenDict
from landsea_routing._typing import FloatArray, IntArray
from landsea_routing.errors import InvalidValueError, did_you_mean, list_ids
from landsea_routing.io.atomic import write_text
from landsea_routing.io.text_lines import LineReader, text_number
from landsea_routing.kernels.csr import as_index

ENDS = ("init_node", "term_node")
NUMBERS = ("capacity", "length", "free_flow_time", "b", "power", "speed", "toll")
COLUMNS = (*ENDS, *NUMBERS, "link_type")
"""Columns of a network, in their order."""
ZONES, NODES, FIRST, LINKS = "NUMBER OF ZONES", "NUMBER OF NODES", "FIRST THRU NODE", "NUMBER OF LINKS"
END = "END OF METADATA"
FACT = re.compile(r"<\s*([^>]+?)\s*>\s*(.*)")


@dataclass(frozen=True, eq=False)
class TntpNetwork(Frozen):
    """Links between numbered nodes, as a TNTP file has them; parallel ones are kept.

    Parameters
    ----------
    n_zones, n_nodes : int
        Zones are the nodes 0 to n_zones - 1.
    first_thru_node : int
        As in the file: nodes are numbered from 1, and those below it are not passed through.
    init_node, term_node : (n_links,) int arrays
        Ends, counted from 0.
    capacity, length, free_flow_time, b, power, speed, toll : (n_links,) arrays
        As in the file, in its units. Travel time at flow x is free_flow_time (1 + b (x / capacity)^power).
    link_type : (n_links,) int array
        As in the file.
    facts : mapping
        Further facts of the file, by their tag.
    """

    n_zones: int
    n_nodes: int
    first_thru_node: int
    init_node: IntArray
    term_node: IntArray
    capacity: FloatArray
    length: FloatArray
    free_flow_time: FloatArray
    b: FloatArray
    power: FloatArray
    speed: FloatArray
    toll: FloatArray
    link_type: IntArray
    facts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", FrozenDict(self.facts))
        super().__post_init__()


class OpenGraph(NamedTuple):
    """Arcs on which no path leads through a centroid.

    Parameters
    ----------
    n_vertices : int
        Nodes, and one more vertex for each centroid.
    tail, head : (n_links,) int arrays
        Ends of the arcs, in the order of the links.
    origin, destination : (n_zones,) int arrays
        Vertex at which the trips of a zone begin, and that at which they end.
    """

    n_vertices: int
    tail: IntArray
    head: IntArray
    origin: IntArray
    destination: IntArray


def open_graph(network: TntpNetwork) -> OpenGraph:
    """Return the graph of a network on which ``FIRST THRU NODE`` holds by itself.

    Each centroid becomes two vertices: its own, which arcs only leave, and a further one behind all nodes,
    which arcs only enter. A path can then begin or end at a centroid and not pass through it.

    Parameters
    ----------
    network : TntpNetwork
        From `read_tntp`.

    Returns
    -------
    OpenGraph

    Notes
    -----
    O(links).

    Examples
    --------
    >>> ones = np.ones(2)
    >>> net = TntpNetwork(2, 2, 3, np.array([0, 1]), np.array([1, 0]), *[ones] * 7, ones.astype(int))
    >>> graph = open_graph(net)
    >>> graph.tail.tolist(), graph.head.tolist(), graph.destination.tolist()
    ([0, 1], [3, 2], [2, 3])
    """
    closed = network.first_thru_node - 1
    head = np.where(network.term_node < closed, network.n_nodes + network.term_node, network.term_node)
    zone = np.arange(network.n_zones)
    return OpenGraph(
        network.n_nodes + closed,
        network.init_node,
        head,
        zone,
        np.where(zone < closed, network.n_nodes + zone, zone),
    )


def read_tntp(path: str | Path) -> TntpNetwork:
    r"""Read a network from a TNTP file.

    Parameters
    ----------
    path : str or Path
        The file, often called ``<name>_net.tntp``.

    Returns
    -------
    TntpNetwork
        Links in the order of the file.

    Raises
    ------
    SchemaError
        A line is not as it must be; the message names file and line.
    LandseaError
        The file cannot be read.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> facts = "<NUMBER OF ZONES> 1\n<NUMBER OF NODES> 2\n<FIRST THRU NODE> 2\n<NUMBER OF LINKS> 1\n"
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "small_net.tntp"
    ...     _ = path.write_text(facts + "<END OF METADATA>\n1 2 100 2 4 0.15 4 30 0 1 ;\n", encoding="utf-8")
    ...     read_tntp(path).free_flow_time.tolist()
    [4.0]
    """
    return _NetworkReader(path).read()


def write_tntp(path: str | Path, network: TntpNetwork) -> None:
    """Write a network to a TNTP file; reading it gives the same.

    Raises
    ------
    InvalidValueError
        An end is no node, a number is not finite, or a fact would not be read as it is written.
    LandseaError
        The file cannot be written; what was there before is unchanged.
    """
    columns = [
        (as_index(network.init_node, network.n_nodes, "init_node") + 1).tolist(),
        (as_index(network.term_node, network.n_nodes, "term_node") + 1).tolist(),
    ]
    for name in NUMBERS:
        values = finite_array(getattr(network, name), name)
        columns.append([text_number(value) for value in values.tolist()])
    columns.append(network.link_type.tolist())
    counts = network.n_zones, network.n_nodes, network.first_thru_node, len(network.init_node)
    facts = dict(zip((ZONES, NODES, FIRST, LINKS), counts, strict=True))
    odd = [
        tag
        for tag, value in network.facts.items()
        if tag in (*facts, END) or "\r" in value or fact_of(f"<{tag}> {value}") != (tag, value)
    ]
    if odd:
        raise InvalidValueError(
            f"facts {list_ids(odd)} would be read otherwise than they are written",
            ids=odd,
            expected=f"tags in capitals, values of one line without ~, and none of {', '.join(facts)}",
            cure="rename them, or take them out",
        )
    lines = [f"<{tag}> {value}".rstrip() for tag, value in {**facts, **network.facts}.items()]
    lines += [f"<{END}>", "", "~\t" + "\t".join(COLUMNS) + "\t;"]
    lines += ["\t" + "\t".join(map(str, row)) + "\t;" for row in zip(*columns, strict=True)]
    write_text(Path(path), "\n".join(lines) + "\n")


def fact_of(text: str) -> tuple[str, str] | None:
    """Return tag and value of a line that is a fact; nothing where it is none.

    >>> fact_of("<Number of  zones> 3 ~ all of them")
    ('NUMBER OF ZONES', '3')
    """
    fact = FACT.fullmatch(text.partition("~")[0].strip())
    return (" ".join(fact[1].upper().split()), fact[2].strip()) if fact else None


class TntpReader(LineReader):
    """Facts in angle brackets, up to the end of them; remarks are passed over."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(path)
        self.facts: dict[str, str] = {}
        self.in_body = False

    def takes_fact(self, text: str) -> bool:
        """Take a line that is a fact."""
        if self.in_body:
            return False
        fact = fact_of(text)
        if fact is None:
            raise self.error(f"is {text[:40]!r}", f"<TAG> VALUE, up to <{END}>")
        tag, value = fact
        if tag in self.facts:
            raise self.error(f"states <{tag}> a second time", "each fact once")
        if tag == END:
            self.in_body = True
        else:
            self.facts[tag] = value
        return True

    def stated(self, tag: str) -> int:
        """Return a count that the facts must state."""
        if tag not in self.facts:
            cure = did_you_mean(tag, self.facts) or ("1 if paths may pass every node" if tag == FIRST else "")
            raise self.error(f"comes without <{tag}> before it", f"a line <{tag}>", cure)
        return self.count(self.facts.pop(tag).strip())


class _NetworkReader(TntpReader):
    """One pass over a network."""

    def read(self) -> TntpNetwork:
        sizes: tuple[int, ...] = ()
        rows: list[tuple[float, ...]] = []
        for text in self.lines():
            if not text.strip():
                continue
            if text.lstrip().startswith("~"):
                if self.in_body and not rows:
                    self.check_header(text)
            elif not self.takes_fact(text):
                sizes = sizes or self.sizes()
                if len(rows) == sizes[3]:
                    raise self.error(f"is one link more than <{LINKS}> says", f"{sizes[3]} rows")
                rows.append(self.row(text, sizes[1]))
        if not self.in_body:
            raise self.error("ends within the facts", f"a line <{END}>")
        n_zones, n_nodes, first, n_links = sizes or self.sizes()
        if len(rows) != n_links:
            raise self.error(f"is the last of {len(rows)} links, <{LINKS}> says {n_links}", "as many rows")
        table = np.array(rows, dtype=np.float64).reshape(-1, len(COLUMNS)).T
        columns: dict[str, Any] = dict(zip(COLUMNS, table, strict=True))
        for name in (*ENDS, "link_type"):
            columns[name] = columns[name].astype(np.int64)
        return TntpNetwork(n_zones, n_nodes, first, **columns, facts=self.facts)

    def sizes(self) -> tuple[int, ...]:
        """Return the four counts, once all facts are read."""
        n_zones, n_nodes, first, n_links = (self.stated(tag) for tag in (ZONES, NODES, FIRST, LINKS))
        if n_zones > n_nodes or not 1 <= first <= n_nodes + 1:
            raise self.error(
                f"follows {n_zones} zones, {n_nodes} nodes and the first through node {first}",
                "no more zones than nodes, and a through node among them",
            )
        return n_zones, n_nodes, first, n_links

    def check_header(self, text: str) -> None:
        """Refuse names of columns that are ours and stand elsewhere; other wordings say nothing."""
        names = text.replace(";", " ").replace("~", " ").lower().split()
        # Some published files name fewer columns than their rows have; rows are held to all ten.
        if names[:1] != [ENDS[0]] or tuple(names) == COLUMNS[: len(names)]:
            return
        missing = [name for name in COLUMNS if name not in names]
        odd = [name for name in names if name not in COLUMNS]
        what = f"lacks columns {list_ids(missing)}" if missing else "has its columns in another order"
        near = did_you_mean(odd[0], missing) if odd and missing else ""
        cure = f"{odd[0]}: {near}" if near else "add them" if missing else "put them in this order"
        raise self.error(what, f"columns {', '.join(COLUMNS)}", cure)

    def row(self, text: str, n_nodes: int) -> tuple[float, ...]:
        """Read one link."""
        if not text.rstrip().endswith(";"):
            raise self.error("does not end with a semicolon", "a whole row", "is the file cut off?")
        cells = text.replace(";", " ").split()
        if len(cells) != len(COLUMNS):
            lost = f" (no {', '.join(COLUMNS[len(cells) :])})" if len(cells) < len(COLUMNS) else ""
            raise self.error(f"has {len(cells)} cells{lost}", f"{len(COLUMNS)}: {', '.join(COLUMNS)}")
        ends = [self.position(cell, n_nodes, "node") for cell in cells[:2]]
        numbers = [self.finite(cell) for cell in cells[2:]]
        if numbers[-1] != int(numbers[-1]):
            raise self.error(f"has {cells[-1]!r} for a link_type", "a whole number")
        return (*ends, *numbers)


def finite_array(values: ArrayLike, name: str) -> FloatArray:
    """Return an array of finite numbers, or name those that are not.

    >>> finite_array([1, 2], "toll").tolist()
    [1.0, 2.0]
    """
    array = np.asarray(values, dtype=np.float64)
    bad = np.argwhere(~np.isfinite(array)).ravel().tolist()
    if bad:
        raise InvalidValueError(
            f"{name} holds numbers that are not finite ({list_ids(bad)})", ids=bad, expected="finite numbers"
        )
    return array
