"""Ink pixels → strokes: the connected pieces of ink, without specks and without the surroundings.

What remains may still be a letter or a blot; only the classifier knows a digit when it sees one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.contract import Box, Image
from mnist_model.segmentation.components import connected_components

SMALLEST_SHARE = 0.12
"""Strokes under this share of the writing's height are specks."""

SMALLEST_WRITING = 10.0
"""Writing less tall than this, in pixels of the working picture, is the grain of the paper."""

MAX_STROKES = 1000
"""More pieces than this are a texture (grass, frost), no writing."""

TALLER_THAN_WRITING = 1.7
"""A piece that touches the border and is longer than this many times the writing's height is the
table, a finger or the sheet's edge."""

MARGIN = 0.01
"""What is this near to a border, as a share of the picture's side across it, touches it."""

THIN = 0.25
"""At the border, what is thinner than this share of its length is the edge of something, if it
lies along the border ..."""

SHORTEST_ONE = 0.6
"""... or else a one, if it is at least this share of the writing's height tall, and not the end of
a ruled line."""

EDGE_SHARE = 0.6
"""A piece of which this share lies where light ends is the edge of a shadow or of the sheet."""

FAR_BROADER = 2.0
"""What is so many times as broad as the next broadest piece is no writing."""

SKIP = 0.5
"""Gaps in a stroke from top to bottom under this share of the pen's width are bridged."""

LEAST_INSIDE = 0.02
"""The writing's height is taken from what lies off the border if that is at least this share of
the picture's longest side tall; else the writing itself touches the border."""

Mask = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """One piece of ink. Equal only to itself: two pieces never are the same ink."""

    box: Box  # in pixels of the working picture
    mask: Mask  # (box.height, box.width) uint8; 1 is this piece's ink
    area: int  # pixels of ink
    source: "Stroke | None" = None  # what it was cut from


def find_strokes(ink: Mask, edges: Mask, *, fine_alone: bool = False) -> tuple[Stroke, ...]:
    """The connected pieces that may be writing, in no order; none where there are too many.

    Args:
        ink: (height, width) uint8; 1 is ink, 0 is paper.
        edges: uint8, of any size; 1 where a shadow or the sheet ends (background.py).
        fine_alone: leave out what is far broader than the other pieces, as the pen itself is.
    """
    labels, stats = connected_components(_bridged(ink))
    labels *= ink
    at_edge = _inks_within(edges, labels, len(stats))
    pieces = [
        _Piece(label, Box(x, y, width, height), area)
        for label, (x, y, width, height, area) in enumerate(stats.tolist())
        if label > 0 and at_edge[label] < EDGE_SHARE * area
    ]
    if fine_alone:
        pieces = _fine(pieces, ink, labels)
    pieces, height = _writing(pieces, ink.shape)
    if height < SMALLEST_WRITING:
        return ()
    least = max(SMALLEST_SHARE * height, 3.0)
    kept = [piece for piece in pieces if max(piece.box.width, piece.box.height) >= least]
    if len(kept) > MAX_STROKES:
        return ()
    return tuple(_stroke(labels, piece) for piece in kept)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A connected piece of ink, before one knows whether it is writing."""

    label: int
    box: Box
    area: int


def _inks_within(area: Mask, labels: npt.NDArray[np.int32], num_labels: int) -> list[int]:
    """How many pixels of each label lie within an area, which is given on a grid of its own."""
    if not area.any():
        return [0] * num_labels
    inside = cv2.resize(area, labels.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    return np.bincount(labels[inside], minlength=num_labels).tolist()


def pen_width(ink: Mask) -> float:
    """How wide the pen is that drew the ink, in pixels; 0 where there is none.

    Across a stroke the distance to the paper climbs evenly from its edge to half its width, so
    the median of all distances is a quarter of the width.
    """
    padded = cv2.copyMakeBorder(ink, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    distance = cv2.distanceTransform(padded, cv2.DIST_L2, 3)
    inside = distance[distance > 0]
    return 4 * float(np.median(inside)) if inside.size else 0.0


def _bridged(ink: Mask) -> Mask:
    """The ink with the small gaps closed that a pen leaves in an upright stroke.

    Upright only: digits stand beside each other, so that a level bridge would join two of them.
    """
    bridge = np.ones((2 * max(1, round(SKIP * pen_width(ink) / 2)) + 1, 1), np.uint8)
    return cv2.morphologyEx(ink, cv2.MORPH_CLOSE, bridge)


def _fine(pieces: list[_Piece], ink: Mask, labels: npt.NDArray[np.int32]) -> list[_Piece]:
    """The pieces without those that are far broader than all others."""
    distance = cv2.distanceTransform(ink, cv2.DIST_L2, 3)
    large = [p for p in pieces if max(p.box.width, p.box.height) >= SMALLEST_WRITING]
    breadths = {piece.label: _largest(distance, labels, piece) for piece in large}
    in_order = np.sort(list(breadths.values()))
    if len(in_order) < 2:
        return pieces
    steps = in_order[1:] / in_order[:-1]
    if steps.max() < FAR_BROADER:
        return pieces
    broadest = in_order[steps.argmax()]
    return [piece for piece in pieces if breadths.get(piece.label, 0.0) <= broadest]


def _largest(values: Image, labels: npt.NDArray[np.int32], piece: _Piece) -> float:
    """The largest of the values on a piece."""
    box = piece.box
    part = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
    return float(values[part][labels[part] == piece.label].max())


def _writing(pieces: list[_Piece], shape: tuple[int, ...]) -> tuple[list[_Piece], float]:
    """The pieces without the surroundings, and how tall the writing is."""
    inside = [piece for piece in pieces if _touched(piece.box, shape) == (0, 0)]
    height = _height_of(inside)
    if height < max(SMALLEST_WRITING, LEAST_INSIDE * max(shape)):
        return pieces, _height_of(pieces)
    at_border = [piece for piece in pieces if _touched(piece.box, shape) != (0, 0)]
    return inside + [p for p in at_border if not _is_surroundings(p.box, shape, height)], height


def _is_surroundings(box: Box, shape: tuple[int, ...], height: float) -> bool:
    """Whether what touches a border is no writing: too long, a line along it, or a line's end.

    Args:
        height: of the writing, in pixels.
    """
    longest, shortest = max(box.width, box.height), min(box.width, box.height)
    if longest > TALLER_THAN_WRITING * height:
        return True
    if shortest >= THIN * longest:
        return False
    at_sides, at_top_or_bottom = _touched(box, shape)
    is_along = at_sides if box.height > box.width else at_top_or_bottom
    return bool(is_along) or longest < SHORTEST_ONE * height


def _stroke(labels: npt.NDArray[np.int32], piece: _Piece) -> Stroke:
    box = piece.box
    part = labels[box.y : box.y + box.height, box.x : box.x + box.width]
    mask = (part == piece.label).astype(np.uint8)
    return Stroke(box, mask, int(mask.sum()))


def writing_height(boxes: Sequence[Box], areas: Sequence[int]) -> float:
    """How tall the writing is, in pixels: half of all ink lies in pieces taller than this.

    Weighted by ink, so that a hundred specks don't outvote one digit.
    """
    heights = np.array([box.height for box in boxes])
    order = np.argsort(heights)
    ink_below = np.cumsum(np.array(areas)[order])
    middle = int(np.searchsorted(ink_below, ink_below[-1] / 2))
    return float(heights[order[middle]])


def _height_of(pieces: Sequence[_Piece]) -> float:
    if not pieces:
        return 0.0
    return writing_height([piece.box for piece in pieces], [piece.area for piece in pieces])


def _touched(box: Box, shape: tuple[int, ...]) -> tuple[int, int]:
    """How many of the picture's left and right borders a piece touches, and of the other two."""
    height, width = shape
    beside, above = 1 + MARGIN * width, 1 + MARGIN * height
    return (
        (box.x <= beside) + (box.x + box.width >= width - beside),
        (box.y <= above) + (box.y + box.height >= height - above),
    )
