"""Ink that is smeared."""

import cv2
import numpy as np

from mnist_model.contract import Image


def glass_blur(images: Image, severity: int, rng: np.random.Generator) -> Image:
    """As through frosted glass: some pixels show what lies near them, between two soft blurs."""
    share, reach = ((0.15, 1), (0.3, 1), (0.6, 1), (1, 1), (1, 2))[severity - 1]
    number, row, column = np.indices(images.shape)
    # For each pixel the same chance and the same direction at all severities.
    moves = rng.random(images.shape) < share
    down, right = np.rint(reach * rng.uniform(-1, 1, (2, *images.shape))).astype(int) * moves
    last = images.shape[1] - 1
    places = number, (row + down).clip(0, last), (column + right).clip(0, last)
    return _softened(_softened(images)[places])


def motion_blur(images: Image, severity: int, rng: np.random.Generator) -> Image:
    """Moved along a line while it was seen."""
    length = (2.0, 4.0, 6.0, 8.0, 10.0)[severity - 1]
    angles = rng.uniform(0, np.pi, len(images))
    kernels = (_line(length, angle) for angle in angles)
    spoiled = [cv2.filter2D(image, -1, k) for image, k in zip(images, kernels, strict=True)]
    return np.stack(spoiled).clip(0, 1)


def _softened(images: Image) -> Image:
    return np.stack([cv2.GaussianBlur(image, (0, 0), 0.4) for image in images]).clip(0, 1)


def _line(length: float, angle: float, size: int = 13, fine: int = 8) -> Image:
    """A line through the middle as a kernel that sums to 1, drawn `fine` times as large first."""
    canvas = np.zeros((size * fine, size * fine), np.float32)
    middle = np.array([size * fine / 2] * 2)
    half = length * fine / 2 * np.array([np.cos(angle), np.sin(angle)])
    start, end = ((middle + half).round(), (middle - half).round())
    cv2.line(canvas, start.astype(int).tolist(), end.astype(int).tolist(), 1.0, fine)
    kernel = cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA)
    return kernel / kernel.sum()
