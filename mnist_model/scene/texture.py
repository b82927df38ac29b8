"""Random unevenness: of paper, ink, tables and light."""

import cv2
import numpy as np

from mnist_model.contract import Image


def clouds(shape: tuple[int, int], size: float, rng: np.random.Generator) -> Image:
    """Smooth noise: (height, width) float32, mean near 0, standard deviation near 1.

    Args:
        size: of its patches, in pixels.
    """
    height, width = (max(2, round(side / size) + 1) for side in shape)
    coarse = rng.standard_normal((height, width), dtype=np.float32)
    return cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)
