"""Which names a map shows at which scale, and on which side of their dots.

Greedy: the most important place first, the first free side wins. A name that fits at a small scale keeps
its side at every larger one, so that names do not jump about while zooming. Hence a side must be free at
the larger scales too: a name under one dot and a name over another can meet as the dots move apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from landsea_routing._typing import FloatArray
from landsea_routing.report.tables import display_width

SCALES = (0.3, 0.55, 1.0, 1.8, 3.2, 6.0)
"""Screen pixels per canvas unit at which names are placed: a phone, a tablet, a desk, and zoomed in."""

FONT_PX = 11.0
_CELL_PX = 6.2
_GAP_PX = 5.0
_MOST_NAMES = 400
_NAMES_AT_FULL_SIZE = 48
_COVERED_DOTS = 1

_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))
"""Right, left, above, below, then the corners."""


@dataclass(frozen=True, slots=True)
class Label:
    """A placed name: offset from its dot in pixels, where its text is anchored, and from which scale on."""

    point: int
    dx: float
    dy: float
    anchor: str
    scale: float


def place_labels(
    xy: FloatArray, names: Sequence[str], importance: FloatArray, *, width: float, height: float
) -> list[Label]:
    """Place the names of the important points.

    Parameters
    ----------
    xy : array (n, 2)
        Canvas units.
    names : sequence of str
    importance : array (n,)
        Larger first; 0 is never named.
    width, height : float
        The canvas; names stay on it.

    Returns
    -------
    list of Label
        Points that find no free place at any scale have none.

    >>> two = place_labels(np.array([[50.0, 50.0], [51.0, 50.0]]), ["big", "small"], np.array([2.0, 1.0]),
    ...                    width=200, height=100)
    >>> [(label.point, label.anchor, label.scale) for label in two]
    [(0, 'start', 0.3), (1, 'end', 1.0)]
    """
    on_canvas = np.all((xy >= 0) & (xy <= (width, height)), axis=1)
    order = [int(i) for i in np.argsort(-importance, kind="stable") if importance[i] > 0 and on_canvas[i]]
    order = order[:_MOST_NAMES]
    boards = [
        _Board(scale, xy * scale, np.array([width, height]) * scale, xy[order] * scale) for scale in SCALES
    ]
    placed: dict[int, Label] = {}
    for step, board in enumerate(boards):
        room = _NAMES_AT_FULL_SIZE * max(board.scale, SCALES[0]) ** 1.2
        for i in (i for i in order if i not in placed):
            if len(placed) >= room:
                break
            label = _find_side(i, names[i], boards[step:])
            if label is not None:
                placed[i] = label
                for larger in boards[step:]:
                    larger.boxes.append(larger.box(i, names[i], label.dx, label.dy))
    return list(placed.values())


@dataclass(slots=True)
class _Board:
    """The canvas at one scale, in pixels, and the names standing on it."""

    scale: float
    xy: FloatArray
    size: FloatArray
    dots: FloatArray
    boxes: list[FloatArray] = field(default_factory=list)

    def box(self, point: int, name: str, dx: float, dy: float) -> FloatArray:
        return _label_box(self.xy[point], name, dx, dy)

    def has_room(self, box: FloatArray) -> bool:
        return not _overlaps(box, np.array(self.boxes).reshape(-1, 4))

    def suits(self, box: FloatArray) -> bool:
        """Whether a name would stay on the canvas and cover hardly a dot."""
        inside = bool(np.all(box[:2] >= 0) and np.all(box[2:] <= self.size))
        return inside and _count_dots(box, self.dots) <= _COVERED_DOTS


def _find_side(point: int, name: str, boards: Sequence[_Board]) -> Label | None:
    """First side that suits the first board and where the name meets no other on any of them."""
    for right, down in _SIDES:
        dx = right * _GAP_PX * (0.7 if down else 1.0)
        dy = down * (FONT_PX - 1.0 if not right else FONT_PX * 0.7)
        boxes = [board.box(point, name, dx, dy) for board in boards]
        if not boards[0].suits(boxes[0]):
            continue
        if all(board.has_room(box) for board, box in zip(boards, boxes, strict=True)):
            anchor = {1: "start", 0: "middle", -1: "end"}[right]
            return Label(point, dx, dy, anchor, boards[0].scale)
    return None


def _label_box(dot: FloatArray, name: str, dx: float, dy: float) -> FloatArray:
    """Left, top, right, bottom of a name, in pixels."""
    wide = display_width(name) * _CELL_PX
    left = dot[0] + dx - (0.0 if dx > 0 else wide if dx < 0 else wide / 2)
    middle = dot[1] + dy
    return np.array([left, middle - FONT_PX / 2, left + wide, middle + FONT_PX / 2])


def _overlaps(box: FloatArray, boxes: FloatArray, margin: float = 2.0) -> bool:
    apart = (
        (boxes[:, 0] > box[2] + margin)
        | (boxes[:, 2] < box[0] - margin)
        | (boxes[:, 1] > box[3] + margin)
        | (boxes[:, 3] < box[1] - margin)
    )
    return not bool(apart.all())


def _count_dots(box: FloatArray, dots: FloatArray) -> int:
    within = np.all((dots >= box[:2]) & (dots <= box[2:]), axis=1)
    return int(within.sum())
