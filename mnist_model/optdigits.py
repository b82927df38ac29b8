"""Digits of 30 people, collected in Istanbul, for training: other hands than MNIST's.

Of E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits" (1998), whose pictures
have 8x8 pixels, each the share of ink in it; `data/optdigits/README.md` says where they are from.
Here they are enlarged to strokes with an edge again. The digits of 13 more people are kept to
measure on.
"""

from functools import cache

import cv2
import numpy as np

from mnist_model.contract import Image
from mnist_model.picture_files import DATA, Pictures, arrays_of, by_digit, one_of

FOLDER = DATA / "optdigits"

SHA256 = "144e607a3ebdb9918f499be81d5394813c20b34ee05fbc62752abe0e6c9fb301"
"""Of train.npz."""

MARGIN = 2
"""Pixels of the collection around a digit, which fills its picture."""

SIDE = 42
"""Of an enlarged picture, in pixels: 1.5 for one of MNIST's, as those of fonts."""

SOFTNESS = 0.9
"""Of the enlarged picture, in pixels: against steps between the pixels of the collection."""

EDGE = 0.48
"""The share of ink where a stroke ends: less than half, since thin strokes fill no pixel."""

STEEPNESS = 4
"""How much faster than in the enlarged picture ink becomes paper at that edge."""


def digit_of_optdigits(digit: int, rng: np.random.Generator) -> Image:
    """A digit of one of the 30 people: (42, 42) float32 in [0, 1], as `pen.placed` takes it.

    Raises:
        DatasetError: the file is missing or damaged.
    """
    return one_of(_digits()[digit], rng)


def as_strokes(picture: Pictures) -> Pictures:
    """A picture of few pixels as one of strokes with an edge: (8, 8) uint8 → (42, 42) uint8."""
    framed = np.pad(picture, MARGIN).astype(np.float32) / 255
    large = cv2.resize(framed, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    soft = cv2.GaussianBlur(large, (0, 0), SOFTNESS)
    return (255 * ((soft - EDGE) * STEEPNESS + 0.5).clip(0, 1)).round().astype(np.uint8)


@cache
def _digits() -> tuple[Pictures, ...]:
    """(n, 42, 42) of n pictures, for each digit."""
    arrays = arrays_of(FOLDER / "train.npz", SHA256)
    images = np.stack([as_strokes(image) for image in arrays["images"]])
    return by_digit({"images": images, "labels": arrays["labels"]})
