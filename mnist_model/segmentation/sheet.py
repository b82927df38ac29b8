"""A sheet of paper that lies on something darker, such as a note on a table, freed from that.

A note takes a small part of a photo, so most of what lies around its writing is the table; and the
note itself, light and solid, looks like a broad stroke of chalk.
"""

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.decoding import GreyImage
from mnist_model.shrinking import shrunk

SHEET_SIDE = 256
"""The sheet is looked for on a picture shrunk to this longest side, in pixels."""

SMALLEST, LARGEST = 0.01, 0.7
"""It takes at least, and at most, this share of the picture. A larger one is what the paper is
taken for anyway."""

SOLID = 0.85
"""It takes at least this share of its convex hull: paper has straight edges or is cut round."""

EDGE = 2
"""So many pixels at its edge may be shaded, or belong to the table."""


def sheet_alone(grey: GreyImage) -> GreyImage | None:
    """The picture with the sheet's own brightness in place of all that lies around it.

    Args:
        grey: (height, width) uint8.

    Returns:
        a picture of the same size; None if nothing on it looks like a sheet on something darker.
    """
    small = cv2.medianBlur(shrunk(grey, SHEET_SIDE), 3)
    _, light = cv2.threshold(small, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    # Outlines alone, so what is written on the sheet leaves no holes in it.
    outlines, _ = cv2.findContours(light, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outline = max(outlines, key=cv2.contourArea, default=None)
    if outline is None or not _is_of_a_sheet(outline, small.size):
        return None
    sheet = cv2.drawContours(np.zeros_like(small), [outline], -1, 1, cv2.FILLED)
    inner = cv2.erode(sheet, np.ones((2 * EDGE + 1, 2 * EDGE + 1), np.uint8), borderValue=0)
    if not inner.any():
        return None
    paper = np.uint8(np.median(small[inner > 0]))
    in_full = cv2.resize(inner, grey.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return np.where(in_full > 0, grey, paper)


def _is_of_a_sheet(outline: npt.NDArray[np.int32], num_pixels: int) -> bool:
    area = cv2.contourArea(outline)
    is_its_size = SMALLEST <= area / num_pixels <= LARGEST
    return is_its_size and area >= SOLID * cv2.contourArea(cv2.convexHull(outline))
