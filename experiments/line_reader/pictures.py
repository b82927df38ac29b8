"""A row of strokes → the picture of it that the line network reads, whatever it was found on.

strokes ─ ink ─▶ their ink alone ─ level ─▶ the slope of the row taken out
        ─ thicken, resize ─▶ digits WRITING_HEIGHT high ─▶ (HEIGHT, width)
"""

from collections.abc import Sequence

import cv2
import numpy as np

from mnist_model.contract import Image
from mnist_model.preprocessing import INK_SIZE, THINNEST_STROKE, stroke_width
from mnist_model.segmentation.grouping import Group
from mnist_model.segmentation.layout import ink_map
from mnist_model.segmentation.rows import TALL
from mnist_model.segmentation.strokes import Stroke, writing_height

HEIGHT = 32
"""Of every line picture, in pixels."""

WRITING_HEIGHT = 24
"""How tall digits are in it, in pixels, unless one of them would stick out."""

MARGIN = 4
"""Paper before the first stroke and after the last, in pixels."""

SLOPE_FROM = 3
"""Digits that a row must have, and that many heights it must be long, to be made level."""

DRAWN_HEIGHT = 96
"""Taller writing is first shrunk to about this, so that thin strokes are widened fast."""


def line_picture(row: Sequence[Stroke], contrast: Image) -> Image:
    """The picture of one row, without the ink of other rows.

    Args:
        row: the strokes of the row, at least one.
        contrast: (height, width) float32, at most 1, of the whole photo (background.py).

    Returns:
        (HEIGHT, width) float32 in [0, 1]; 0 is paper, 1 is full ink.
    """
    group = Group(tuple(row), 0, len(row))
    height = writing_height([stroke.box for stroke in row], [stroke.area for stroke in row])
    margin = round(MARGIN * height / WRITING_HEIGHT)
    ink = cv2.copyMakeBorder(
        ink_map(group, contrast), margin, margin, margin, margin, cv2.BORDER_CONSTANT
    )
    slope, top, bottom = _level(row, height)
    zoom = min(WRITING_HEIGHT / height, (HEIGHT - 2) / (bottom - top))
    block = max(1, int(height / DRAWN_HEIGHT))
    drawn = _thickened(_by_maximum(ink, block), height / block)
    rows, columns = (max(1, round(side * zoom)) for side in ink.shape)
    # Averaging keeps thin strokes when shrinking; it would leave blocks when enlarging.
    how = cv2.INTER_AREA if zoom * block < 1 else cv2.INTER_LINEAR
    small = cv2.resize(drawn, (columns, rows), interpolation=how)
    middle = zoom * (margin - group.box.y + (top + bottom) / 2 + slope * (group.box.x - margin))
    matrix = np.array([[1, 0, 0], [-slope, 1, HEIGHT / 2 - middle]])
    return cv2.warpAffine(small, matrix, (columns, HEIGHT)).clip(0, 1)


def padded(pictures: Sequence[Image], width: int) -> Image:
    """(n, HEIGHT, width) float32: paper added to the right of each picture.

    Args:
        pictures: none wider than `width`.
    """
    lines = np.zeros((len(pictures), HEIGHT, width), np.float32)
    for line, picture in zip(lines, pictures, strict=True):
        line[:, : picture.shape[1]] = picture
    return lines


def _level(row: Sequence[Stroke], height: float) -> tuple[float, float, float]:
    """How far the row falls for each pixel to the right, and its top and bottom at column 0.

    A row of few digits is taken to be level: there the slope would be that of their sizes.
    """
    tall = [stroke.box for stroke in row if stroke.box.height >= TALL * height]
    columns = np.array([box.x + box.width / 2 for box in tall])
    levels = np.array([box.y + box.height / 2 for box in tall])
    is_long = len(tall) >= SLOPE_FROM and np.ptp(columns) >= SLOPE_FROM * height
    slope = float(np.polyfit(columns, levels, 1)[0]) if is_long else 0.0
    halves = np.array([box.height / 2 for box in tall])
    at_the_left = levels - slope * columns
    return slope, float((at_the_left - halves).min()), float((at_the_left + halves).max())


def _by_maximum(ink: Image, block: int) -> Image:
    """Shrunk by whole numbers, so that no thin stroke fades."""
    if block == 1:
        return ink
    rows, columns = (-(-side // block) * block for side in ink.shape)
    whole = np.zeros((rows, columns), np.float32)
    whole[: ink.shape[0], : ink.shape[1]] = ink
    return whole.reshape(rows // block, block, columns // block, block).max(axis=(1, 3))


def _thickened(ink: Image, height: float) -> Image:
    """Strokes at least as wide as `preprocessing.thicken` makes those of single digits."""
    missing = round(THINNEST_STROKE * height / INK_SIZE - stroke_width(ink))
    if missing < 1:
        return ink
    return cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (missing + 1,) * 2))
