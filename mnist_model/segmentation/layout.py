"""The steps of segmentation in their order: a grey picture → the rows of candidates."""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from mnist_model.contract import Image
from mnist_model.decoding import GreyImage
from mnist_model.preprocessing import prepare_ink
from mnist_model.segmentation.background import contrast
from mnist_model.segmentation.binarization import binarize
from mnist_model.segmentation.cutting import cut
from mnist_model.segmentation.grouping import Group, find_groups
from mnist_model.segmentation.rows import find_rows
from mnist_model.segmentation.ruling import without_ruling
from mnist_model.segmentation.strokes import Stroke, find_strokes, writing_height

WIDE = 0.85
"""Pieces wider than this share of their height, or of the writing's, may be several digits."""

TALL_ENOUGH = 0.45
"""Pieces less tall than this share of the writing's height are not cut."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of writing."""

    num_pieces: int
    groups: tuple[Group, ...]  # all that may be a digit, each piece alone among them


@dataclass(frozen=True, slots=True)
class Layout:
    """What may be read on a picture, before anything is read."""

    strength: Image  # (height, width) float32 in [-1, 1]; positive is ink
    writing_height: float  # pixels
    rows: tuple[Row, ...]  # from the top down

    @property
    def images(self) -> Image:
        """(n, 28, 28) float32 in [0, 1]: all groups of all rows, ready for a network."""
        images = [ink_of(group, self.strength) for row in self.rows for group in row.groups]
        return np.stack(images) if images else np.zeros((0, 28, 28), np.float32)

    def contrast_of(self, group: Group) -> float:
        """How firm the ink of a group is: the contrast that its firmest quarter exceeds."""
        box = group.box
        crop = self.strength[box.y : box.y + box.height, box.x : box.x + box.width]
        return float(np.percentile(crop[group.mask > 0], 75))


def find_layout(grey: GreyImage) -> Layout:
    """The rows of a picture with their candidates.

    Args:
        grey: (height, width) uint8.
    """
    strength = contrast(grey)
    strokes = find_strokes(without_ruling(binarize(strength)))
    if not strokes:
        return Layout(strength, 0.0, ())
    height = writing_height([s.box for s in strokes], [s.area for s in strokes])
    rows = []
    for indices in find_rows([stroke.box for stroke in strokes], height):
        pieces = list(_pieces((strokes[index] for index in indices), height))
        rows.append(Row(len(pieces), tuple(find_groups(pieces, height))))
    return Layout(strength, height, tuple(rows))


def _pieces(strokes: Iterable[Stroke], height: float) -> Iterable[Stroke]:
    for stroke in strokes:
        box = stroke.box
        tall = box.height >= TALL_ENOUGH * height
        if tall and box.width > WIDE * min(box.height, height):
            yield from cut(stroke, _pen_of(stroke), height)
        else:
            yield stroke


def _pen_of(stroke: Stroke) -> float:
    """How wide its pen is, in pixels: four times the ink's mean distance to the paper."""
    padded = cv2.copyMakeBorder(stroke.mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    distance = cv2.distanceTransform(padded, cv2.DIST_L2, 3)
    return float(4 * distance.sum() / stroke.area)


def ink_of(group: Group, strength: Image) -> Image:
    """The 28x28 network input of one group of strokes, without what stands beside it.

    Args:
        strength: (height, width) float32 contrast of the whole picture (background.py).

    Returns:
        (28, 28) float32 in [0, 1].
    """
    box = group.box
    group_mask = group.mask
    # The pixels around a stroke are its soft edge: they belong to it as well.
    mask = cv2.copyMakeBorder(group_mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    near = cv2.dilate(mask, np.ones((3, 3), np.uint8))[1:-1, 1:-1]
    crop = strength[box.y : box.y + box.height, box.x : box.x + box.width]
    full = float(np.percentile(crop[group_mask > 0], 75))
    ink = (crop / max(full, 1e-6)).clip(0, 1) * near
    return prepare_ink(np.maximum(ink, 0.5 * group_mask).astype(np.float32))
