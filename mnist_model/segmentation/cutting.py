"""A stroke that may be several touching digits → the pieces between its likeliest cuts.

Over-segmentation: it cuts too often rather than too seldom, and the search for the best reading
(search.py) joins again what belongs together. A cut is a straight line, upright or slanted as
handwriting is, where it crosses the least ink. Source of the idea: Casey and Lecolinet, "A survey
of methods and strategies in character segmentation" (1996), section 3.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from mnist_model.contract import Box
from mnist_model.segmentation.strokes import SMALLEST_WRITING, Mask, Stroke, pen_width

SLANTS = (-0.45, -0.3, -0.15, 0.0, 0.15, 0.3)
"""Slopes of the cuts that are tried: columns to the right for each row further down."""

CUTS_PER_HEIGHT = 3.0
"""A stroke gets up to so many cuts for each time that it is as wide as the writing is high."""

MOST_CUTS = 24
"""But no more than this."""

LEAST_WIDTH = 0.5
"""Strokes narrower than this share of their height, or of the writing's, are one digit at most."""

LEAST_HEIGHT = 0.45
"""Strokes less tall than this share of the writing's height are not cut."""

MOST_INK = 2.6
"""A cut crosses at most this many times the pen's width of ink."""

TWO_LINES = 1.6
"""Strokes at least this many times as tall as the writing may be digits of two lines, one above
the other ..."""

NEAR_MIDDLE = (0.35, 0.65)
"""... that touch between these shares of the stroke's height."""

LEAST_PIECE = 0.16
"""Cuts keep at least this share of the stroke's height apart from each other and the ends."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A straight line through a stroke, in pixels from the stroke's top left corner."""

    column: float  # where it crosses the middle row
    slant: float  # of SLANTS
    ink: int  # pixels of ink that it crosses

    def columns(self, height: int) -> np.ndarray:
        """The column of the line in each of `height` rows."""
        return self.column + self.slant * (np.arange(height) - (height - 1) / 2)


def cut(stroke: Stroke, writing_height: float) -> tuple[Stroke, ...]:
    """The pieces of a stroke, from left to right; the stroke alone where no cut is likely.

    Args:
        writing_height: in pixels.
    """
    tall = stroke.box.height >= LEAST_HEIGHT * writing_height
    if not tall or stroke.box.width < LEAST_WIDTH * min(stroke.box.height, writing_height):
        return (stroke,)
    high = min(writing_height, stroke.box.height)
    max_cuts = min(round(CUTS_PER_HEIGHT * stroke.box.width / high), MOST_CUTS)
    cuts = find_cuts(stroke.mask, pen_width(stroke.mask), max_cuts)
    if not cuts:
        return (stroke,)
    columns = np.arange(stroke.box.width)
    # The number of cuts to the left of each pixel says which piece it belongs to.
    piece_of = sum(
        (columns[None, :] > one.columns(stroke.box.height)[:, None]).astype(np.uint8)
        for one in cuts
    )
    pieces = (_piece(stroke, stroke.mask * (piece_of == index)) for index in range(len(cuts) + 1))
    return tuple(piece for piece in pieces if piece is not None)


def upper_and_lower(stroke: Stroke, writing_height: float) -> tuple[Stroke, ...]:
    """Both parts of a stroke that may be digits of two lines of writing that touch; else none.

    Args:
        writing_height: in pixels.
    """
    height = stroke.box.height
    if height < TWO_LINES * max(writing_height, SMALLEST_WRITING):
        return ()
    ink = stroke.mask.sum(axis=1, dtype=np.int64)
    rows = range(round(NEAR_MIDDLE[0] * height), round(NEAR_MIDDLE[1] * height))
    row = min(rows, key=lambda row: (ink[row], abs(row - height / 2)))
    if ink[row] > MOST_INK * pen_width(stroke.mask):
        return ()
    is_upper = np.arange(height)[:, None] < row
    parts = (_piece(stroke, stroke.mask * part) for part in (is_upper, ~is_upper))
    return tuple(replace(part, source=None) for part in parts if part is not None)


def find_cuts(mask: Mask, pen: float, max_cuts: int) -> tuple[Cut, ...]:
    """The likeliest cuts, from left to right: those that cross the least ink.

    Args:
        pen: how wide the pen's stroke is, in pixels.
    """
    height, width = mask.shape
    least_piece = LEAST_PIECE * height
    candidates: list[Cut] = []
    for slant in SLANTS:
        sheared, offset = _sheared(mask, slant)
        ink = sheared.sum(axis=0, dtype=np.int64)
        valleys = np.flatnonzero(ink <= MOST_INK * pen) - offset
        candidates += [Cut(float(column), slant, int(ink[column + offset])) for column in valleys]
    inside = [c for c in candidates if least_piece < c.column < width - least_piece]
    # Upright cuts first among equals, and in the middle of a gap rather than at its edge.
    inside.sort(key=lambda c: (c.ink, abs(c.slant), abs(c.column - width / 2)))
    chosen: list[Cut] = []
    for candidate in inside:
        if len(chosen) == max_cuts:
            break
        if all(abs(candidate.column - other.column) > least_piece for other in chosen):
            chosen.append(candidate)
    return tuple(sorted(chosen, key=lambda c: c.column))


def _sheared(mask: Mask, slant: float) -> tuple[Mask, int]:
    """The mask with lines of that slant made upright, and by how many columns it was moved."""
    height, width = mask.shape
    offset = int(np.ceil(abs(slant) * height / 2))
    matrix = np.array([[1, -slant, slant * (height - 1) / 2 + offset], [0, 1, 0]])
    size = (width + 2 * offset, height)
    return cv2.warpAffine(mask, matrix, size, flags=cv2.INTER_NEAREST), offset


def _piece(stroke: Stroke, mask: Mask) -> Stroke | None:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    box = Box(
        stroke.box.x + int(left), stroke.box.y + int(top), int(right - left), int(bottom - top)
    )
    part = mask[top:bottom, left:right]
    return Stroke(box, part, int(part.sum()), source=stroke)
