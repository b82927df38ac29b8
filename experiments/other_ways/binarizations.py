"""Other ways from a grey picture to its ink; all other steps stay as they are.

None of the thresholds of a grey picture knows whether ink is darker than paper: their papers take
it for granted, and on a board they find the board. All are told here what the contrast found.
The settings of the local ones were chosen from 20 that were tried on the photos that they are
measured on, which flatters them.
"""

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from experiments.other_ways.ways import Swap, Way
from mnist_model import reader
from mnist_model.attempts import Attempt
from mnist_model.contract import Image
from mnist_model.decoding import GreyImage
from mnist_model.segmentation import layout
from mnist_model.segmentation.background import Background, contrast
from mnist_model.segmentation.strokes import Mask

WINDOW = 1 / 5
"""Side of the window of local thresholds, as a share of the picture's longest side."""

LEAST_DIFFERENCE = 10
"""Grey values by which ink is darker than the mean around it, for the adaptive threshold."""

SAUVOLA_RANGE = 128.0
"""Largest standard deviation of grey values, as published."""

FindInk = Callable[[GreyImage], Mask]
"""(height, width) uint8 with ink darker than paper → the same shape; 1 is ink, 0 is paper."""


def otsu(grey: GreyImage) -> Mask:
    """One threshold for the whole picture: the one that parts its grey values best.

    Source: N. Otsu, "A threshold selection method from gray-level histograms" (1979).
    """
    return cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1]


def adaptive(grey: GreyImage) -> Mask:
    """Darker by LEAST_DIFFERENCE than the mean around it, weighted by a Gaussian."""
    gaussian, inverse = cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY_INV
    return cv2.adaptiveThreshold(grey, 1, gaussian, inverse, _window(grey), LEAST_DIFFERENCE)


def sauvola(grey: GreyImage, k: float) -> Mask:
    """Darker than the mean around it by a share of at most `k`: the less grey varies, the more.

    Source: J. Sauvola, M. Pietikäinen, "Adaptive document image binarization" (2000), section 3.
    """
    values, size = grey.astype(np.float32), (_window(grey), _window(grey))
    mean = cv2.blur(values, size)
    deviation = np.sqrt((cv2.blur(values * values, size) - mean * mean).clip(0))
    threshold = mean * (1 + k * (deviation / SAUVOLA_RANGE - 1))
    return (values < threshold).astype(np.uint8)


def otsu_of_contrast(strength: Image) -> tuple[Mask, Mask]:
    """Otsu's threshold, but of the contrast, which holds neither light nor paper.

    Args:
        strength: (height, width) float32, at most 1; positive is ink.
    """
    grey = np.round(255 * cv2.GaussianBlur(strength, (3, 3), 0).clip(0, 1)).astype(np.uint8)
    ink = otsu(255 - grey)
    return ink, ink


def on_grey(name: str, find_ink: FindInk) -> Way:
    """The pipeline with a threshold of the grey picture in place of `binarize`."""
    # `binarize` is given the contrast alone; the step before it has seen the grey picture.
    last_seen: dict[str, GreyImage] = {}

    def remembering(grey: GreyImage, background: Background) -> Image:
        last_seen["grey"] = grey
        return contrast(grey, background)

    def binarize(strength: Image) -> tuple[Mask, Mask]:
        # Smoothed as ours is.
        grey = cv2.GaussianBlur(last_seen["grey"], (3, 3), 0)
        ink = find_ink(grey if is_ink_dark(grey, strength) else 255 - grey)
        return ink, ink

    swaps = (Swap(layout, "contrast", remembering), Swap(layout, "binarize", binarize))
    return Way(name, (*swaps, WITHOUT_LESS_INK))


def first_alone(first: Attempt, _less: Attempt) -> Attempt:
    """In place of `less_ink`: neither the firmest nor the finest ink makes good for anything."""
    return first


WITHOUT_LESS_INK = Swap(reader, "less_ink", first_alone)
"""Else ours would read what another threshold lost."""


def is_ink_dark(grey: GreyImage, strength: Image) -> bool:
    """Whether the contrast counts what is darker than its paper as ink."""
    return float(np.vdot(grey - grey.mean(dtype=np.float32), strength)) < 0


def _window(grey: GreyImage) -> int:
    return max(3, round(WINDOW * max(grey.shape)) | 1)


BINARIZATIONS = (
    on_grey("Otsu's threshold of the grey picture", otsu),
    on_grey("adaptive Gaussian threshold", adaptive),
    on_grey("Sauvola's threshold, k = 0.5 as published", partial(sauvola, k=0.5)),
    on_grey("Sauvola's threshold, k = 0.2", partial(sauvola, k=0.2)),
    Way(
        "Otsu's threshold of the contrast",
        (Swap(layout, "binarize", otsu_of_contrast), WITHOUT_LESS_INK),
    ),
)
