"""Noise of each pixel alone."""

import numpy as np

from mnist_model.contract import Image


def shot_noise(images: Image, severity: int, rng: np.random.Generator) -> Image:
    """As if few photons had drawn the ink: Poisson noise, the stronger the fewer they are."""
    photons = (60, 25, 12, 5, 3)[severity - 1]
    return (rng.poisson(images * photons) / photons).clip(0, 1).astype(np.float32)


def impulse_noise(images: Image, severity: int, rng: np.random.Generator) -> Image:
    """Some pixels are full ink or bare paper, whatever was there."""
    share = (0.02, 0.05, 0.09, 0.15, 0.23)[severity - 1]
    fate = rng.random(images.shape)
    spoiled = np.where(fate < share / 2, 1, images)
    return np.where(fate > 1 - share / 2, 0, spoiled).astype(np.float32)
