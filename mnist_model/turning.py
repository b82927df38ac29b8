"""Pictures, their sizes and the boxes on them, turned clockwise by a quarter, a half, ..."""

import numpy as np

from mnist_model.contract import Box
from mnist_model.decoding import GreyImage

Size = tuple[int, int]
"""Width and height, in pixels."""


def turned_picture(grey: GreyImage, degrees: int) -> GreyImage:
    """A grey picture turned clockwise.

    Args:
        grey: (height, width) uint8.
        degrees: a multiple of 90, as for all of these.
    """
    return np.ascontiguousarray(np.rot90(grey, -degrees // 90))


def turned_size(size: Size, degrees: int) -> Size:
    """How large a picture of that size is, once turned."""
    return size if degrees % 180 == 0 else (size[1], size[0])


def turned_box(box: Box, size: Size, degrees: int) -> Box:
    """Where a box is found once the picture round it was turned.

    Args:
        size: of the picture before it is turned.
    """
    for _ in range(degrees % 360 // 90):
        box = Box(size[1] - box.y - box.height, box.x, box.height, box.width)
        size = turned_size(size, 90)
    return box
