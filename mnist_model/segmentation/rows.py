"""Boxes → rows in reading order: from the top down, each from left to right.

Lines that people write rise, fall and bend, so no straight baseline is fitted: from left to
right, each box joins the row whose last box stands most nearly at its own height.
"""

from collections.abc import Sequence

import numpy as np

from mnist_model.contract import Box

SAME_ROW_OVERLAP = 0.4
"""Two boxes stand in one row if they share at least this much of the lower box's height."""

TALL = 0.5
"""Boxes of at least this share of the writing's height make the rows; the others join them."""


def find_rows(boxes: Sequence[Box], writing_height: float) -> list[list[int]]:
    """The indices of `boxes`, row by row.

    Args:
        boxes: of the pieces of ink, in any order.
        writing_height: in the same pixels.
    """
    left_to_right = sorted(range(len(boxes)), key=lambda index: boxes[index].x)
    tall = [i for i in left_to_right if boxes[i].height >= TALL * writing_height]
    rows: list[list[int]] = []
    for index in tall:
        home = max(rows, key=lambda row: _overlap(boxes[row[-1]], boxes[index]), default=None)
        if home is not None and _overlap(boxes[home[-1]], boxes[index]) >= SAME_ROW_OVERLAP:
            home.append(index)
        else:
            rows.append([index])
    taken = set(tall)
    for index in left_to_right:
        if index not in taken:
            _join(rows, index, boxes)
    for row in rows:
        row.sort(key=lambda index: boxes[index].x)
    return sorted(rows, key=lambda row: float(np.mean([_middle(boxes[i]) for i in row])))


def _join(rows: list[list[int]], index: int, boxes: Sequence[Box]) -> None:
    """Puts a small box into the row of its nearest neighbour, or into a row of its own."""
    box = boxes[index]
    best, nearest = None, np.inf
    for row in rows:
        for other in row:
            distance = _distance(box, boxes[other])
            if distance < nearest:
                best, nearest = row, distance
    if best is not None and nearest < max(boxes[other].height for other in best):
        best.append(index)
    else:
        rows.append([index])


def _middle(box: Box) -> float:
    return box.y + box.height / 2


def _distance(one: Box, other: Box) -> float:
    """How far apart two boxes are, in pixels; 0 where they overlap."""
    across = max(one.x, other.x) - min(one.x + one.width, other.x + other.width)
    down = max(one.y, other.y) - min(one.y + one.height, other.y + other.height)
    return float(np.hypot(max(across, 0), max(down, 0)))


def _overlap(one: Box, other: Box) -> float:
    """The share of the lower box's height that both have in common, in [0, 1]."""
    shared = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return max(shared, 0) / max(min(one.height, other.height), 1)
