"""Digits and letters of some 150 handwriting fonts, for training: other hands than MNIST's.

MNIST's writers were Americans of one time. Who draws a font gives it one hand's digits, from
schools all over the world. `data/handwriting_fonts/README.md` names the fonts; they were drawn
into pictures once (experiments/handwriting_fonts.py), so that training needs none of them.
"""

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mnist_model.contract import NUM_CLASSES, Image

DEFAULT_FOLDER = Path(__file__).parent.parent / "data" / "handwriting_fonts"

LETTERS = "AEHKMNPRUVWXadehkmnpuvwx"
"""Letters that no hand writes like a digit."""


def digit_of_a_font(digit: int, rng: np.random.Generator) -> Image:
    """A digit of one of the fonts: (42, 42) float32 in [0, 1], as `pen.placed` takes it."""
    images = _digits()[digit]
    return images[rng.integers(len(images))]


def letter_of_a_font(rng: np.random.Generator) -> Image:
    """A letter of one of the fonts: (28, 28) float32 in [0, 1]."""
    images = _letters()
    return images[rng.integers(len(images))].astype(np.float32) / np.float32(255)


@cache
def _digits() -> dict[int, Image]:
    """Digit → (n, 42, 42), of n fonts."""
    with np.load(DEFAULT_FOLDER / "digits.npz", allow_pickle=False) as arrays:
        images, labels = arrays["images"].astype(np.float32) / np.float32(255), arrays["labels"]
    return {digit: images[labels == digit] for digit in range(NUM_CLASSES)}


@cache
def _letters() -> npt.NDArray[np.uint8]:
    """(n, 28, 28) uint8: a quarter of the memory of float32."""
    with np.load(DEFAULT_FOLDER / "letters.npz", allow_pickle=False) as arrays:
        return arrays["images"]
