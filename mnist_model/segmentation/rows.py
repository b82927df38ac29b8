"""Boxes → rows in reading order: from the top down, each from left to right.

Lines that people write rise, fall and bend, so no straight baseline is fitted: from left to
right, each box joins the row whose last box stands most nearly at its own height.
"""

from collections.abc import Sequence

import numpy as np

from mnist_model.contract import Box
from mnist_model.segmentation.grouping import box_around

SAME_ROW_OVERLAP = 0.4
"""Two boxes stand in one row if they share at least this much of the lower box's height."""

STACKED = 1.3
"""Two boxes are halves of one digit if they are together no taller than this many times the
writing ..."""

SAME_PLACE = 0.5
"""... and share at least this much of the narrower one's width."""

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
    signs = _signs(tall, boxes, STACKED * writing_height)
    places = [box_around([boxes[index] for index in sign]) for sign in signs]
    rows_of_signs: list[list[int]] = []
    for number, place in enumerate(places):
        home = max(rows_of_signs, key=lambda row: _overlap(places[row[-1]], place), default=None)
        if home is not None and _overlap(places[home[-1]], place) >= SAME_ROW_OVERLAP:
            home.append(number)
        else:
            rows_of_signs.append([number])
    rows = [[index for number in row for index in signs[number]] for row in rows_of_signs]
    taken = set(tall)
    for index in left_to_right:
        if index not in taken:
            _join(rows, index, boxes)
    for row in rows:
        row.sort(key=lambda index: boxes[index].x)
    return sorted(rows, key=lambda row: float(np.mean([_middle(boxes[i]) for i in row])))


def _signs(left_to_right: Sequence[int], boxes: Sequence[Box], most: float) -> list[list[int]]:
    """Boxes that stand one on the other and are together at most `most` pixels high, as one.

    The upper and the lower half of a digit that broke would else begin a row each, and share the
    digits that follow between them.
    """
    signs: list[list[int]] = []
    for index in left_to_right:
        for sign in signs:
            below = box_around([boxes[other] for other in sign])
            both = box_around([below, boxes[index]])
            if both.height <= most and _shared_width(below, boxes[index]) >= SAME_PLACE:
                sign.append(index)
                break
        else:
            signs.append([index])
    return signs


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


def _shared_width(one: Box, other: Box) -> float:
    """The share of the narrower box's width that both have in common, in [0, 1]."""
    return _shared(one.x, one.width, other.x, other.width)


def _overlap(one: Box, other: Box) -> float:
    """The share of the lower box's height that both have in common, in [0, 1]."""
    return _shared(one.y, one.height, other.y, other.height)


def _shared(start: int, length: int, other_start: int, other_length: int) -> float:
    shared = min(start + length, other_start + other_length) - max(start, other_start)
    return max(shared, 0) / max(min(length, other_length), 1)
