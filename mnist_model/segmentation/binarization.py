"""Contrast → ink or paper, pixel by pixel.

The threshold follows the ink: half of the strongest contrast nearby, so that a shadow's edge or
faint ruling beside a firm stroke is paper, while the same faintness alone on a sheet may be
pencil. It never falls under what the paper's own noise reaches.
"""

import cv2
import numpy as np
import numpy.typing as npt

NOISE_FACTOR = 5.0
"""Ink stands out by at least this many standard deviations of the paper's noise."""

LEAST_CONTRAST = 0.06
"""Contrast under which nothing counts as ink: JPEG's blocks reach 0.03."""

SHARE_OF_NEARBY = 0.45
"""Ink has at least this share of the strongest contrast nearby."""

NEARBY_SHARE = 0.08
"""What is near: this share of the picture's longest side, in each direction."""


def noise_of(contrast: npt.NDArray[np.float32]) -> float:
    """The standard deviation of the paper's noise, from the median absolute deviation."""
    sample = contrast[:: max(1, contrast.shape[0] // 200), :: max(1, contrast.shape[1] // 200)]
    return 1.4826 * float(np.median(np.abs(sample - np.median(sample))))


def threshold_of(contrast: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The least contrast that is ink, for each pixel: (height, width) float32 in (0, 1]."""
    floor = max(LEAST_CONTRAST, NOISE_FACTOR * noise_of(contrast))
    height, width = contrast.shape
    # The strongest nearby is looked for on a small picture: the same answer for a fraction.
    factor = min(1.0, 160 / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = cv2.resize(contrast, size, interpolation=cv2.INTER_AREA)
    reach = 2 * max(1, round(NEARBY_SHARE * max(size))) + 1
    nearby = cv2.dilate(small, np.ones((reach, reach), np.uint8))
    nearby = cv2.blur(nearby, (reach, reach))
    nearby = cv2.resize(nearby, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.maximum(SHARE_OF_NEARBY * nearby, floor).astype(np.float32)


def binarize(contrast: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Where there is ink.

    Args:
        contrast: (height, width) float32 in [-1, 1], positive is ink (background.py).

    Returns:
        (height, width) uint8; 1 is ink, 0 is paper.
    """
    smooth = cv2.GaussianBlur(contrast, (3, 3), 0)
    return (smooth > threshold_of(smooth)).astype(np.uint8)
