"""Pieces of a row → the groups of neighbouring pieces that may be one digit each.

A five whose bar stands apart, a stroke that the pen skipped and a digit that was cut in the wrong
place are several pieces of one digit. Which groups are digits, the classifier's probabilities
decide (search.py); here only those are left out that no person would write.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnist_model.contract import Box
from mnist_model.segmentation.strokes import Mask, Stroke

MOST_PIECES = 5
"""Pieces that one digit may be made of."""

WIDEST = 1.35
"""A group of several pieces is at most this many times as wide as the writing is high."""

NEAR = 0.12
"""Pieces beside each other belong together only if the gap is under this share of the writing's
height ..."""

SMALL = 0.55
"""... or one is a part, less tall than this share of the writing, and not farther off than its
gap allows ..."""

NEAR_FOR_SMALL = 0.3
"""... which for such parts is this share of the writing's height."""


Pieces = tuple[Stroke, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring pieces of a row, taken for one sign: pieces `first` up to before `end`."""

    pieces: Pieces
    first: int
    end: int

    @property
    def is_whole(self) -> bool:
        """Whether it is one stroke, all of it."""
        source = self.pieces[0].source
        if source is None:
            return len(self.pieces) == 1
        return all(piece.source is source for piece in self.pieces) and (
            sum(piece.area for piece in self.pieces) == source.area
        )

    @property
    def box(self) -> Box:
        return box_around([piece.box for piece in self.pieces])

    @property
    def mask(self) -> Mask:
        """(box.height, box.width) uint8; 1 where one of the pieces has ink."""
        box = self.box
        mask = np.zeros((box.height, box.width), np.uint8)
        for piece in self.pieces:
            y, x = piece.box.y - box.y, piece.box.x - box.x
            mask[y : y + piece.box.height, x : x + piece.box.width] |= piece.mask
        return mask


def box_around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of `boxes`, of which there is at least one."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)


def find_groups(row: Sequence[Stroke], sure: Sequence[bool], writing_height: float) -> list[Group]:
    """Each piece alone, and each run of neighbours that may be one digit.

    Args:
        row: the pieces of one row, from left to right.
        sure: for each piece, whether it is a digit beyond doubt. Two such are no one digit.
        writing_height: in pixels.
    """
    groups = []
    for first in range(len(row)):
        for end in range(first + 1, len(row) + 1):
            group = Group(tuple(row[first:end]), first, end)
            may_be_one = end - first == 1 or (
                end - first <= MOST_PIECES and _may_be_one(group.pieces, writing_height)
            )
            if sum(sure[first:end]) > 1:
                break
            if may_be_one or group.is_whole:
                groups.append(group)
            elif row[end - 1].source is None or row[end - 1].source is not row[first].source:
                break
    return groups


def _may_be_one(pieces: Pieces, writing_height: float) -> bool:
    """Whether the last piece may belong to the ones before it."""
    before, last = box_around([piece.box for piece in pieces[:-1]]), pieces[-1].box
    whole = box_around([before, last])
    if whole.width > WIDEST * max(writing_height, whole.height):
        return False
    gap = max(before.x, last.x) - min(before.x + before.width, last.x + last.width)
    is_part = min(before.height, last.height) < SMALL * writing_height
    return gap < (NEAR_FOR_SMALL if is_part else NEAR) * writing_height
