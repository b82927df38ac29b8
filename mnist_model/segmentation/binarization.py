"""Contrast → ink or paper, pixel by pixel.

The threshold follows the ink: almost half of the strongest contrast nearby, so that a shadow's
edge or faint ruling beside a firm stroke is paper, while the same faintness alone on a sheet may
be pencil. It never falls under what the paper's own noise reaches.

A stroke that fades, or that crosses a shadow's edge, goes on under that threshold. So fainter ink
counts as well where it belongs to ink that is beyond doubt: thresholding with hysteresis, as in
Canny, "A computational approach to edge detection" (1986), section VII.
"""

import cv2
import numpy as np

from mnist_model.contract import Image
from mnist_model.quantiles import quantile, quantile_of_picture
from mnist_model.segmentation.components import connected_components
from mnist_model.segmentation.strokes import Mask, pen_width
from mnist_model.shrinking import shrunk

NOISE_FACTOR = 5.0
"""Ink stands out by at least this many standard deviations of the paper's noise."""

LEAST_CONTRAST = 0.06
"""Contrast under which nothing counts as ink, however little the noise: JPEG leaves blocks."""

TRACE_FACTOR = 4.0
LEAST_TRACE = 0.04
"""The same of faint print, which need not be told from each speck: it is looked for in lines."""

NOISE_BLOCK = 64
"""Side of the squares whose noise is measured, in pixels."""

NORMAL_5_PERCENT = 1.645
"""Of normal noise, a twentieth lies beyond so many standard deviations to one side."""

ONE_SIDED = 2.0
"""What departs more than so many times as far to the ink's side as to the other is no noise."""

SHARE_OF_NEARBY = 0.45
"""Ink has at least this share of the strongest contrast nearby."""

FAINT_SHARE = 0.33
"""Fainter ink has at least this share of it ..."""

FAINT_BREADTH = 0.6
"""... is at least this share of the pen's width broad, as printed lines seldom are ..."""

MOSTLY_FIRM = 0.6
"""... and belongs to a piece of which at least this share is beyond doubt."""

FIRMEST_SHARE = 0.7
"""The firmest ink of a picture has at least this share of its strongest contrast ..."""

STRONGEST = 0.9999
"""... which this share of the picture's pixels do not exceed: small digits have little ink."""

NEARBY_SIDE = 160
"""It is looked for on a picture of this longest side, in pixels."""

NEARBY_SHARE = 0.08
"""What is near: this share of the picture's longest side, in each direction."""


def noise_of(contrast: Image) -> Image:
    """The standard deviation of the paper's noise around each pixel.

    Taken block by block from the median absolute deviation, which ink that covers less than half
    of a block does not disturb. A dark corner is noisier than the light beside it. A broad stroke
    of chalk fills whole blocks, but its grain departs to the ink's side alone, and noise to both.

    Args:
        contrast: (height, width) float32, at most 1.
    """
    height, width = contrast.shape
    rows, columns = max(1, height // NOISE_BLOCK), max(1, width // NOISE_BLOCK)
    # 24x24 pixels of each block are sample enough.
    sample = cv2.resize(contrast, (columns * 24, rows * 24), interpolation=cv2.INTER_NEAREST)
    blocks = sample.reshape(rows, 24, columns, 24).swapaxes(1, 2).reshape(rows, columns, -1)
    middle = quantile(blocks, 0.5)
    deviation = 1.4826 * quantile(np.abs(blocks - middle[..., None]), 0.5)
    away_from_ink = -quantile(blocks, 0.05) / NORMAL_5_PERCENT
    deviation = np.minimum(deviation, ONE_SIDED * away_from_ink.clip(min=0))
    # The edge of a broad stroke may halve a block; then most of those around show the paper.
    deviation = cv2.medianBlur(deviation, 3)
    return cv2.resize(deviation, (width, height), interpolation=cv2.INTER_LINEAR)


def strongest_nearby(contrast: Image) -> Image:
    """The strongest contrast around each pixel: (height, width) float32."""
    height, width = contrast.shape
    # Looked for on a small picture: the same answer for a fraction.
    small = shrunk(contrast, NEARBY_SIDE)
    reach = 2 * max(1, round(NEARBY_SHARE * max(small.shape))) + 1
    nearby = cv2.dilate(small, np.ones((reach, reach), np.uint8))
    nearby = cv2.blur(nearby, (reach, reach))
    return cv2.resize(nearby, (width, height), interpolation=cv2.INTER_LINEAR)


def binarize(contrast: Image) -> tuple[Mask, Mask]:
    """Where there is ink, and where there is anything but bare paper.

    Args:
        contrast: (height, width) float32, at most 1; positive is ink (background.py).

    Returns:
        Both (height, width) uint8. Of the first, 1 is ink. Of the second, 1 is more than noise:
        ink, or faint print such as the lines of squared paper.
    """
    smooth = cv2.GaussianBlur(contrast, (3, 3), 0)
    noise, nearby = noise_of(smooth), strongest_nearby(smooth)
    traces = smooth > np.maximum(TRACE_FACTOR * noise, LEAST_TRACE)
    floor = np.maximum(NOISE_FACTOR * noise, LEAST_CONTRAST)
    firm = smooth > np.maximum(SHARE_OF_NEARBY * nearby, floor)
    faint = smooth > np.maximum(FAINT_SHARE * nearby, floor)
    return with_faint(firm.view(np.uint8), faint.view(np.uint8)), traces.view(np.uint8)


def firmest_ink(contrast: Image) -> Mask:
    """Where a picture has its firmest ink, by one threshold for all of it.

    Args:
        contrast: (height, width) float32, at most 1; positive is ink.

    Returns:
        (height, width) uint8; 1 is ink.
    """
    smooth = cv2.GaussianBlur(contrast, (3, 3), 0)
    floor = max(FIRMEST_SHARE * quantile_of_picture(smooth, STRONGEST), LEAST_CONTRAST)
    return (smooth > floor).view(np.uint8)


def with_faint(firm: Mask, faint: Mask) -> Mask:
    """The firm ink with the fainter that belongs to it.

    Args:
        firm: (height, width) uint8; 1 is ink beyond doubt.
        faint: likewise; 1 is ink that may be, all of `firm` among it.
    """
    breadth = round(FAINT_BREADTH * pen_width(firm)) | 1  # an odd number has a middle
    if breadth > 1:
        nib = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (breadth, breadth))
        faint = cv2.morphologyEx(faint, cv2.MORPH_OPEN, nib) | firm
    labels, stats = connected_components(faint)
    num_firm = np.bincount(labels[firm > 0], minlength=len(stats))
    belongs = num_firm >= MOSTLY_FIRM * stats[:, cv2.CC_STAT_AREA]
    belongs[0] = False  # the paper
    return belongs[labels].view(np.uint8) | firm
