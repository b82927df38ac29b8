"""Boxes → rows in reading order: from the top down, each from left to right.

Lines that people write rise, fall and bend, so no straight baseline is fitted: from left to
right, each box joins the row whose last box stands most nearly at its own height.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mnist_model.contract import Box
from mnist_model.segmentation.grouping import box_around

SAME_ROW_OVERLAP = 0.4
"""Two boxes stand in one row if they share at least this much of the lower box's height."""

TILT = 0.15
"""A line of writing may rise or fall by this share of the gap between two boxes ..."""

MOST_TILT = 0.4
"""... but by no more than this share of the lower box's height: far apart, they may be of two
lines."""

STACKED = 1.3
"""Two boxes are halves of one digit if they are together no taller than this many times the
writing ..."""

SAME_PLACE = 0.5
"""... and share at least this much of the narrower one's width."""

TALL = 0.5
"""Boxes of at least this share of the writing's height make the rows; the others join them."""


Edges = npt.NDArray[np.int_]
"""(4,) or (n, 4) int: left, top, right and bottom of boxes, in pixels."""


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
        home = max(
            rows_of_signs, key=lambda row: _shared_of_both(places[row[-1]], place), default=None
        )
        if home is not None and _are_in_line(places[home[-1]], place):
            home.append(number)
        else:
            rows_of_signs.append([number])
    rows = [[index for number in row for index in signs[number]] for row in rows_of_signs]
    edges = np.array([(b.x, b.y, b.x + b.width, b.y + b.height) for b in boxes])
    taken = set(tall)
    for index in left_to_right:
        if index not in taken:
            _join(rows, index, boxes, edges)
    for row in rows:
        row.sort(key=lambda index: boxes[index].x)
    return sorted(rows, key=lambda row: float(np.mean([_middle(boxes[i]) for i in row])))


def _signs(left_to_right: Sequence[int], boxes: Sequence[Box], most: float) -> list[list[int]]:
    """Boxes that stand one on the other and are together at most `most` pixels high, as one.

    The upper and the lower half of a digit that broke would else begin a row each, and share the
    digits that follow between them.
    """
    signs: list[list[int]] = []
    places: list[Box] = []
    near: list[int] = []  # the signs that reach as far to the right as the box that is looked at
    for index in left_to_right:
        box = boxes[index]
        near = [number for number in near if places[number].x + places[number].width > box.x]
        for number in near:
            both = box_around([places[number], box])
            if both.height <= most and _shared_width(places[number], box) >= SAME_PLACE:
                signs[number].append(index)
                places[number] = both
                break
        else:
            near.append(len(signs))
            signs.append([index])
            places.append(box)
    return signs


def _join(rows: list[list[int]], index: int, boxes: Sequence[Box], edges: Edges) -> None:
    """Puts a small box into the row of its nearest neighbour, or into a row of its own."""
    placed = [other for row in rows for other in row]
    if placed:
        distances = _distances(edges[index], edges[placed])
        nearest = placed[int(distances.argmin())]
        row = next(row for row in rows if nearest in row)
        if distances.min() < max(boxes[other].height for other in row):
            row.append(index)
            return
    rows.append([index])


def _middle(box: Box) -> float:
    return box.y + box.height / 2


def _distances(one: Edges, others: Edges) -> npt.NDArray[np.float64]:
    """How far one box is from each of the others, in pixels; 0 where they overlap."""
    gaps = np.maximum(one[:2], others[:, :2]) - np.minimum(one[2:], others[:, 2:])
    return np.hypot(*gaps.clip(min=0).T)


def _shared_width(one: Box, other: Box) -> float:
    """The share of the narrower box's width that both have in common; negative where they lie
    apart.
    """
    return _shared(one.x, one.width, other.x, other.width)


def _overlap(one: Box, other: Box) -> float:
    """The share of the lower box's height that both have in common; negative where they lie above
    and below each other.
    """
    return _shared(one.y, one.height, other.y, other.height)


def _shared_of_both(one: Box, other: Box) -> float:
    """Of the height that both boxes take together, the share that they have in common; negative as
    `_overlap`: a small one beside a tall one has little in common with it.
    """
    both = max(one.y + one.height, other.y + other.height) - min(one.y, other.y)
    return (one.height + other.height - both) / both


def _are_in_line(last: Box, following: Box) -> bool:
    """Whether a line of writing, level or a little tilted, may hold both."""
    gap = max(following.x - last.x - last.width, 0)
    lower = max(min(last.height, following.height), 1)
    return _overlap(last, following) + min(TILT * gap / lower, MOST_TILT) >= SAME_ROW_OVERLAP


def _shared(start: int, length: int, other_start: int, other_length: int) -> float:
    shared = min(start + length, other_start + other_length) - max(start, other_start)
    return shared / max(min(length, other_length), 1)
