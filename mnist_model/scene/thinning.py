"""Strokes drawn again with a finer pen that goes the same way."""

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.contract import Image

RESOLUTION = 5
"""The middle line is looked for at so many pixels for each of MNIST's."""

Mask = npt.NDArray[np.bool_]


def drawn_finer(ink: Image, zoom: float, pen_width: float) -> Image:
    """How deep in the finer pen's strokes each pixel lies, in MNIST's pixels; below 0 is paper.

    The strokes are worn away all round, but never to less than the pen's width about their middle
    line. That line alone would not do: of a six whose small loop ran full of ink it leaves a "c",
    and nobody could tell any more which digit it was.

    Args:
        ink: (height, width) float32 in [0, 1].
        zoom: pixels of it for one of MNIST's.
        pen_width: in MNIST's pixels.
    """
    factor = RESOLUTION / zoom
    width, height = (max(1, round(side * factor)) for side in ink.shape[::-1])
    small = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA)
    strokes = cv2.GaussianBlur(small, (0, 0), 0.4 * RESOLUTION) > 0.45
    line = middle_line(strokes)
    worn = _depth(strokes) - _half_width(strokes, line) + pen_width / 2
    depth = np.maximum(pen_width / 2 - _depth(~line), np.where(strokes, worn, -np.inf))
    # The middle line goes in steps of a pixel; a hand does not.
    depth = cv2.GaussianBlur(depth, (0, 0), 0.35 * RESOLUTION)
    return cv2.resize(depth, ink.shape[::-1], interpolation=cv2.INTER_CUBIC)


def _depth(mask: Mask) -> Image:
    """How far each pixel of the mask is from the nearest one beside it, in MNIST's pixels."""
    return cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5) / np.float32(RESOLUTION)


def _half_width(strokes: Mask, line: Mask) -> Image:
    """Half the usual width of the digit that each pixel belongs to, in MNIST's pixels."""
    num_digits, digit = cv2.connectedComponents(strokes.astype(np.uint8))
    on_line = digit[line]
    total = np.bincount(on_line, _depth(strokes)[line], minlength=num_digits)
    half_widths = total / np.bincount(on_line, minlength=num_digits).clip(min=1)
    return half_widths.astype(np.float32)[digit]


def middle_line(strokes: Mask) -> Mask:
    """Strokes peeled down to a line of one pixel that is connected as they were.

    Source: T. Y. Zhang and C. Y. Suen, A fast parallel algorithm for thinning digital patterns
    (1984).
    """
    line = np.pad(strokes, 1).astype(np.uint8)
    while True:
        before = int(line.sum())
        for is_second_pass in (False, True):
            line = line & ~_peel(line, is_second_pass)
        if int(line.sum()) == before:
            return line[1:-1, 1:-1] > 0


def _peel(line: npt.NDArray[np.uint8], is_second_pass: bool) -> npt.NDArray[np.uint8]:
    """The border pixels that can go: 1 where one does."""
    clockwise_from_north = ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))
    around = [np.roll(line, shift, (0, 1)) for shift in clockwise_from_north]
    neighbours = sum(around)
    starts = sum(
        (1 - one) & next_ for one, next_ in zip(around, around[1:] + around[:1], strict=True)
    )
    north, east, south, west = around[::2]
    if is_second_pass:
        is_border = (1 - (north & east & west)) & (1 - (north & south & west))
    else:
        is_border = (1 - (north & east & south)) & (1 - (east & south & west))
    can_go = (neighbours >= 2) & (neighbours <= 6) & (starts == 1) & (is_border == 1)
    return line & can_go
