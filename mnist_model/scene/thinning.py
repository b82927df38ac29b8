"""Strokes → their middle line, so that they can be drawn again with a finer pen."""

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.contract import Image

RESOLUTION = 5
"""The middle line is looked for at so many pixels for each of MNIST's."""

Mask = npt.NDArray[np.bool_]


def thinned(ink: Image, zoom: float) -> Image:
    """How far each pixel lies from the middle of the nearest stroke, in MNIST's pixels.

    Args:
        ink: (height, width) float32 in [0, 1].
        zoom: pixels of it for one of MNIST's.
    """
    factor = RESOLUTION / zoom
    width, height = (max(1, round(side * factor)) for side in ink.shape[::-1])
    small = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA)
    middle = middle_line(cv2.GaussianBlur(small, (0, 0), 0.4 * RESOLUTION) > 0.45)
    distance = cv2.distanceTransform((~middle).astype(np.uint8), cv2.DIST_L2, 5) / RESOLUTION
    # The middle line goes in steps of a pixel; a hand does not.
    distance = cv2.GaussianBlur(distance, (0, 0), 0.35 * RESOLUTION)
    return cv2.resize(distance, ink.shape[::-1], interpolation=cv2.INTER_CUBIC)


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
