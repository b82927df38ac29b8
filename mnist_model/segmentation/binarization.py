"""Contrast → ink or paper, pixel by pixel.

The threshold follows the ink: almost half of the strongest contrast nearby, so that a shadow's
edge or faint ruling beside a firm stroke is paper, while the same faintness alone on a sheet may
be pencil. It never falls under what the paper's own noise reaches.
"""

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.contract import Image
from mnist_model.shrinking import shrunk

NOISE_FACTOR = 5.0
"""Ink stands out by at least this many standard deviations of the paper's noise."""

LEAST_CONTRAST = 0.06
"""Contrast under which nothing counts as ink, however little the noise: JPEG leaves blocks."""

NOISE_BLOCK = 64
"""Side of the squares whose noise is measured, in pixels."""

NORMAL_5_PERCENT = 1.645
"""Of normal noise, a twentieth lies beyond so many standard deviations to one side."""

ONE_SIDED = 2.0
"""What departs more than so many times as far to the ink's side as to the other is no noise."""

SHARE_OF_NEARBY = 0.45
"""Ink has at least this share of the strongest contrast nearby."""

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
        contrast: (height, width) float32 in [-1, 1].
    """
    height, width = contrast.shape
    rows, columns = max(1, height // NOISE_BLOCK), max(1, width // NOISE_BLOCK)
    # 24x24 pixels of each block are sample enough.
    sample = cv2.resize(contrast, (columns * 24, rows * 24), interpolation=cv2.INTER_NEAREST)
    blocks = sample.reshape(rows, 24, columns, 24).swapaxes(1, 2).reshape(rows, columns, -1)
    middle = np.median(blocks, axis=2, keepdims=True)
    deviation = 1.4826 * np.median(np.abs(blocks - middle), axis=2).astype(np.float32)
    away_from_ink = -np.percentile(blocks, 5, axis=2).astype(np.float32) / NORMAL_5_PERCENT
    deviation = np.minimum(deviation, ONE_SIDED * away_from_ink.clip(min=0))
    # The edge of a broad stroke may halve a block; then most of those around show the paper.
    deviation = cv2.medianBlur(deviation, 3)
    return cv2.resize(deviation, (width, height), interpolation=cv2.INTER_LINEAR)


def threshold_of(contrast: Image) -> Image:
    """The least contrast that is ink, for each pixel: (height, width) float32 in (0, 1]."""
    floor = np.maximum(NOISE_FACTOR * noise_of(contrast), LEAST_CONTRAST)
    height, width = contrast.shape
    # The strongest nearby is looked for on a small picture: the same answer for a fraction.
    small = shrunk(contrast, NEARBY_SIDE)
    reach = 2 * max(1, round(NEARBY_SHARE * max(small.shape))) + 1
    nearby = cv2.dilate(small, np.ones((reach, reach), np.uint8))
    nearby = cv2.blur(nearby, (reach, reach))
    nearby = cv2.resize(nearby, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.maximum(SHARE_OF_NEARBY * nearby, floor)


def binarize(contrast: Image) -> npt.NDArray[np.uint8]:
    """Where there is ink.

    Args:
        contrast: (height, width) float32 in [-1, 1], positive is ink (background.py).

    Returns:
        (height, width) uint8; 1 is ink, 0 is paper.
    """
    smooth = cv2.GaussianBlur(contrast, (3, 3), 0)
    return (smooth > threshold_of(smooth)).astype(np.uint8)
