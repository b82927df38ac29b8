"""Variants of a digit that another pen and a camera could have made, for training only.

Each step takes one (28, 28) float32 image in [0, 1], 0 paper and 1 full ink, and returns another.
"""

import cv2
import numpy as np

from mnist_model.contract import IMAGE_SIZE, Image


def augmented(images: Image, rng: np.random.Generator) -> Image:
    """A new variant of each digit: (n, 28, 28) float32 in [0, 1] → the same."""
    return np.stack([photographed(warped(reweighted(i, rng), rng), rng) for i in images])


def reweighted(image: Image, rng: np.random.Generator) -> Image:
    """Drawn with a thinner or a thicker pen, by up to half a pixel or a pixel on either side."""
    weight = np.float32(rng.uniform(-0.5, 1))  # thinned more, fine strokes would break
    other = cv2.dilate(image, _PEN) if weight > 0 else cv2.erode(image, _PEN)
    return image + abs(weight) * (np.asarray(other, np.float32) - image)


def warped(image: Image, rng: np.random.Generator) -> Image:
    """Turned, slanted, stretched, moved off centre and, by chance, of an unsteady hand."""
    angle = np.deg2rad(rng.uniform(-13, 13))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    width, height = rng.uniform(0.85, 1.15, size=2)
    slant = rng.uniform(-0.25, 0.25)
    matrix = turn @ np.array([[width, slant], [0, height]])
    shift = rng.uniform(-2, 2, size=2)
    # Where each pixel of the result is looked up, as (x, y) from the centre of the picture.
    lookup = np.tensordot(matrix, _GRID, axes=1) + shift[:, None, None]
    if rng.random() < 0.5:
        lookup += _wobble(rng)
    columns, rows = (lookup + _CENTRE).astype(np.float32)
    return np.asarray(cv2.remap(image, columns, rows, cv2.INTER_LINEAR), np.float32)


def photographed(image: Image, rng: np.random.Generator) -> Image:
    """By chance out of focus, faint or strong, and grainy, as crops of photos are."""
    if rng.random() < 0.3:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.9)), np.float32)
    if rng.random() < 0.3:
        image = image * np.float32(rng.uniform(0.6, 1.4))
    if rng.random() < 0.2:
        grain = rng.standard_normal(image.shape, dtype=np.float32)
        image = image + np.float32(rng.uniform(0, 0.08)) * grain
    return np.clip(image, 0, 1)


_PEN = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_CENTRE = (IMAGE_SIZE - 1) / 2
_GRID = np.stack(np.meshgrid(np.arange(IMAGE_SIZE), np.arange(IMAGE_SIZE))) - _CENTRE


def _wobble(rng: np.random.Generator) -> Image:
    """(2, 28, 28) shifts in pixels that change slowly over the picture: elastic distortion.

    Source: Simard, Steinkraus and Platt, Best Practices for Convolutional Neural Networks (2003).
    """
    coarse = rng.uniform(-1.2, 1.2, size=(2, 6, 6)).astype(np.float32)
    size = (IMAGE_SIZE, IMAGE_SIZE)
    return np.stack([cv2.resize(axis, size, interpolation=cv2.INTER_CUBIC) for axis in coarse])
