"""Digits that lie otherwise than MNIST's: each function moves them as far as its severity says, in
a direction that is drawn. What leaves the picture is lost."""

import cv2
import numpy as np
import numpy.typing as npt

from mnist_model.contract import IMAGE_SIZE, Image

Matrices = npt.NDArray[np.float64]
"""(n, 2, 2): where each picture's own axes come to lie."""


def shear(images: Image, severity: int, rng: np.random.Generator) -> Image:
    """Slanted to the left or to the right."""
    slant = (0.15, 0.3, 0.45, 0.6, 0.75)[severity - 1] * _signs(images, rng)
    matrices = np.tile(np.eye(2), (len(images), 1, 1))
    matrices[:, 0, 1] = slant
    return _warped(images, matrices)


def scale(images: Image, severity: int, rng: np.random.Generator) -> Image:  # noqa: ARG001 - as all corruptions are called
    """Smaller."""
    factor = (0.9, 0.8, 0.7, 0.6, 0.5)[severity - 1]
    return _warped(images, np.tile(factor * np.eye(2), (len(images), 1, 1)))


def rotate(images: Image, severity: int, rng: np.random.Generator) -> Image:
    """Turned to the left or to the right; people hold no six for a nine at that."""
    angles = np.deg2rad((10, 20, 30, 40, 50)[severity - 1]) * _signs(images, rng)
    cos, sin = np.cos(angles), np.sin(angles)
    return _warped(images, np.moveaxis(np.array([[cos, -sin], [sin, cos]]), 2, 0))


def translate(images: Image, severity: int, rng: np.random.Generator) -> Image:
    """Moved by so many pixels in some direction."""
    distance = (1.0, 2.0, 3.5, 5.0, 6.5)[severity - 1]
    angles = rng.uniform(0, 2 * np.pi, len(images))
    shifts = distance * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return _warped(images, np.tile(np.eye(2), (len(images), 1, 1)), shifts)


def _signs(images: Image, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    return rng.choice((-1.0, 1.0), len(images))


def _warped(
    images: Image, matrices: Matrices, shifts: npt.NDArray[np.float64] | None = None
) -> Image:
    """Each picture under its matrix, about its middle, and then moved (right, down)."""
    middle = np.full(2, (IMAGE_SIZE - 1) / 2)
    offsets = middle - matrices @ middle
    if shifts is not None:
        offsets = offsets + shifts
    maps = np.concatenate([matrices, offsets[..., None]], axis=2)
    size = (IMAGE_SIZE, IMAGE_SIZE)
    spoiled = [cv2.warpAffine(i, m, size) for i, m in zip(images, maps, strict=True)]
    return np.stack(spoiled).clip(0, 1)
