"""Rings that people draw around digits, such as around the answer of a sum."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.segmentation.strokes import Mask, Stroke

WITHIN = 0.9
"""A ring goes around at least this share of the ink of what is in it ..."""

TALL_WITHIN = 0.4
"""... which is at least this share of the ring's height tall: a dot in a zero is less."""


def rings(strokes: Sequence[Stroke]) -> Iterator[tuple[Stroke, tuple[Stroke, ...]]]:
    """Each stroke that goes all around others, with those. A zero with its slash is one, too."""
    for number, others in enumerate(_boxed(strokes)):
        if others.any():
            ring = strokes[number]
            filled = _filled(ring.mask)
            held = (strokes[other] for other in np.flatnonzero(others).tolist())
            if within := tuple(stroke for stroke in held if _holds(ring, filled, stroke)):
                yield ring, within


def _boxed(strokes: Sequence[Stroke]) -> npt.NDArray[np.bool_]:
    """(n, n): whether the box of each holds that of another that is tall enough to be held."""
    boxes = [stroke.box for stroke in strokes]
    starts = np.array([(box.x, box.y) for box in boxes]).reshape(-1, 2)
    sizes = np.array([(box.width, box.height) for box in boxes]).reshape(-1, 2)
    ends = starts + sizes
    are_within = (starts[:, None] < starts).all(axis=2) & (ends[:, None] > ends).all(axis=2)
    return are_within & (sizes[:, 1] >= TALL_WITHIN * sizes[:, None, 1])


def _filled(mask: Mask) -> Mask:
    """A stroke and all that it goes around."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(np.zeros_like(mask), contours, -1, 1, cv2.FILLED)


def _holds(ring: Stroke, filled: Mask, other: Stroke) -> bool:
    top, left = other.box.y - ring.box.y, other.box.x - ring.box.x
    part = filled[top : top + other.box.height, left : left + other.box.width]
    return int((part & other.mask).sum()) >= WITHIN * other.area
