"""Strokes → digits: a five whose bar stands apart, a pen that skipped, are one digit again.

Pieces that lie over one another, seen from the side of the row, belong together: writing runs
from left to right, so two digits share few columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnist_model.contract import Box
from mnist_model.segmentation.strokes import Mask, Stroke

SHARED_COLUMNS = 0.5
"""Two pieces are one digit if they share at least this part of the narrower piece's columns ..."""

NEAR = 0.35
"""... and the gap between them is under this share of the taller one's height."""


@dataclass(frozen=True, slots=True)
class Group:
    """The strokes that are taken for one digit."""

    strokes: tuple[Stroke, ...]

    @property
    def box(self) -> Box:
        left = min(stroke.box.x for stroke in self.strokes)
        top = min(stroke.box.y for stroke in self.strokes)
        right = max(stroke.box.x + stroke.box.width for stroke in self.strokes)
        bottom = max(stroke.box.y + stroke.box.height for stroke in self.strokes)
        return Box(left, top, right - left, bottom - top)

    @property
    def mask(self) -> Mask:
        """(box.height, box.width) uint8; 1 where one of the strokes has ink."""
        box = self.box
        mask = np.zeros((box.height, box.width), np.uint8)
        for stroke in self.strokes:
            y, x = stroke.box.y - box.y, stroke.box.x - box.x
            mask[y : y + stroke.box.height, x : x + stroke.box.width] |= stroke.mask
        return mask


def group_strokes(strokes: Sequence[Stroke]) -> list[Group]:
    """Each stroke with those that belong to the same digit; large strokes gather small ones."""
    groups: list[list[Stroke]] = []
    for stroke in sorted(strokes, key=lambda stroke: stroke.box.height, reverse=True):
        home = next((group for group in groups if _belongs(group, stroke)), None)
        if home is None:
            groups.append([stroke])
        else:
            home.append(stroke)
    return [Group(tuple(group)) for group in groups]


def _belongs(group: list[Stroke], stroke: Stroke) -> bool:
    return any(_are_one_digit(member.box, stroke.box) for member in group)


def _are_one_digit(taller: Box, other: Box) -> bool:
    shared = min(taller.x + taller.width, other.x + other.width) - max(taller.x, other.x)
    if shared < SHARED_COLUMNS * min(taller.width, other.width):
        return False
    gap = max(taller.y, other.y) - min(taller.y + taller.height, other.y + other.height)
    return gap < NEAR * taller.height
