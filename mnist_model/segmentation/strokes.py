"""Ink pixels → strokes: the connected pieces of ink, without specks and without the surroundings.

What remains may still be a letter or a blot; only the classifier knows a digit when it sees one.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.contract import Box

SMALLEST_SHARE = 0.15
"""Strokes under this share of the writing's height are specks."""

MAX_STROKES = 2000
"""More pieces than this are a texture (grass, frost), no writing."""

BORDER_SHARE = 0.3
"""A piece that touches the border and is longer than this share of that side of the picture is
the table, a finger or the sheet's edge."""

Mask = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Stroke:
    """One connected piece of ink."""

    box: Box  # in pixels of the working picture
    mask: Mask  # (box.height, box.width) uint8; 1 is this piece's ink
    area: int  # pixels of ink


def find_strokes(ink: Mask) -> tuple[Stroke, ...]:
    """The connected pieces that may be writing, in no order; none where there are too many.

    Args:
        ink: (height, width) uint8; 1 is ink, 0 is paper.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count > MAX_STROKES * 5:
        return ()
    pieces = [
        (label, Box(int(x), int(y), int(width), int(height)), int(area))
        for label, (x, y, width, height, area) in enumerate(stats.tolist())
        if label > 0 and not _is_surroundings(Box(x, y, width, height), ink.shape)
    ]
    if not pieces:
        return ()
    least = max(SMALLEST_SHARE * writing_height([(box, area) for _, box, area in pieces]), 3.0)
    kept = [piece for piece in pieces if max(piece[1].width, piece[1].height) >= least]
    if len(kept) > MAX_STROKES:
        return ()
    return tuple(
        Stroke(box, (_part(labels, box) == label).astype(np.uint8), area)
        for label, box, area in kept
    )


def writing_height(pieces: list[tuple[Box, int]]) -> float:
    """How tall the writing is, in pixels: half of all ink lies in pieces taller than this.

    Weighted by ink, so that a hundred specks don't outvote one digit.
    """
    by_height = sorted(pieces, key=lambda piece: piece[0].height)
    ink_below = np.cumsum([area for _, area in by_height])
    middle = int(np.searchsorted(ink_below, ink_below[-1] / 2))
    return float(by_height[middle][0].height)


def _part(labels: npt.NDArray[np.int32], box: Box) -> npt.NDArray[np.int32]:
    return labels[box.y : box.y + box.height, box.x : box.x + box.width]


def _is_surroundings(box: Box, shape: tuple[int, ...]) -> bool:
    height, width = shape
    at_side = box.x <= 1 or box.x + box.width >= width - 1
    at_top = box.y <= 1 or box.y + box.height >= height - 1
    long_at_side = at_side and box.height > BORDER_SHARE * height
    long_at_top = at_top and box.width > BORDER_SHARE * width
    both_sides = box.width >= width - 2 or box.height >= height - 2
    return long_at_side or long_at_top or both_sides
