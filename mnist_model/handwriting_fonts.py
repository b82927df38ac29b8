"""Digits and letters of 141 handwriting fonts, for training: other hands than MNIST's.

MNIST's writers were Americans of one time. Who draws a font gives it one hand's digits, from
schools all over the world. `data/handwriting_fonts/README.md` names the fonts; they were drawn
into pictures once (experiments/font_pictures.py), so that training needs none of them.
"""

from functools import cache

import numpy as np

from mnist_model.contract import Image
from mnist_model.picture_files import DATA, Pictures, arrays_of, by_digit, one_of

FOLDER = DATA / "handwriting_fonts"

SHA256 = {
    "digits.npz": "c40f1b9527d58c7ac6bd883579ee00d8a2dc4c901d341f4e41facabb030f3d97",
    "letters.npz": "9e990abcebd0fbfe4b1ad258c16c913e6673941cf61ead50d44deb4917904b87",
}
"""File name → checksum."""


def digit_of_a_font(digit: int, rng: np.random.Generator) -> Image:
    """A digit of one of the fonts: (42, 42) float32 in [0, 1], as `pen.placed` takes it.

    Raises:
        DatasetError: the file is missing or damaged.
    """
    return one_of(_digits()[digit], rng)


def letter_of_a_font(rng: np.random.Generator) -> Image:
    """A letter of one of the fonts: (28, 28) float32 in [0, 1].

    Raises:
        DatasetError: the file is missing or damaged.
    """
    return one_of(_letters(), rng)


@cache
def _digits() -> tuple[Pictures, ...]:
    """(n, 42, 42) of n fonts, for each digit."""
    return by_digit(_arrays_of("digits.npz"))


@cache
def _letters() -> Pictures:
    """(n, 28, 28)."""
    return _arrays_of("letters.npz")["images"]


def _arrays_of(name: str) -> dict[str, Pictures]:
    return arrays_of(FOLDER / name, SHA256[name])
