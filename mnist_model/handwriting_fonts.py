"""Digits and letters of 141 handwriting fonts, for training: other hands than MNIST's.

MNIST's writers were Americans of one time. Who draws a font gives it one hand's digits, from
schools all over the world. `data/handwriting_fonts/README.md` names the fonts; they were drawn
into pictures once (experiments/font_pictures.py), so that training needs none of them.
"""

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mnist_model.contract import NUM_CLASSES, DatasetError, Image
from mnist_model.model_card import sha256_of

FOLDER = Path(__file__).parent.parent / "data" / "handwriting_fonts"

SHA256 = {
    "digits.npz": "c40f1b9527d58c7ac6bd883579ee00d8a2dc4c901d341f4e41facabb030f3d97",
    "letters.npz": "9e990abcebd0fbfe4b1ad258c16c913e6673941cf61ead50d44deb4917904b87",
}
"""File name → checksum."""

Pictures = npt.NDArray[np.uint8]


def digit_of_a_font(digit: int, rng: np.random.Generator) -> Image:
    """A digit of one of the fonts: (42, 42) float32 in [0, 1], as `pen.placed` takes it.

    Raises:
        DatasetError: the file is missing or damaged.
    """
    return _one_of(_digits()[digit], rng)


def letter_of_a_font(rng: np.random.Generator) -> Image:
    """A letter of one of the fonts: (28, 28) float32 in [0, 1].

    Raises:
        DatasetError: the file is missing or damaged.
    """
    return _one_of(_letters(), rng)


def _one_of(pictures: Pictures, rng: np.random.Generator) -> Image:
    return pictures[rng.integers(len(pictures))].astype(np.float32) / np.float32(255)


@cache
def _digits() -> tuple[Pictures, ...]:
    """(n, 42, 42) of n fonts, for each digit."""
    arrays = arrays_of(FOLDER / "digits.npz")
    return tuple(arrays["images"][arrays["labels"] == digit] for digit in range(NUM_CLASSES))


@cache
def _letters() -> Pictures:
    """(n, 28, 28)."""
    return arrays_of(FOLDER / "letters.npz")["images"]


def arrays_of(path: Path) -> dict[str, Pictures]:
    """The arrays of one of the two files by name.

    Raises:
        DatasetError: it is missing, can't be read or has another checksum.
    """
    try:
        checksum = sha256_of(path)
    except OSError as error:
        raise DatasetError(f"{path} can't be read ({error.strerror}). {_RESTORE}") from error
    if checksum != SHA256[path.name]:
        raise DatasetError(
            f"{path} is damaged: its SHA-256 is {checksum}, expected {SHA256[path.name]}. "
            f"{_RESTORE}"
        )
    with np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)


_RESTORE = "Restore it with `git checkout data/handwriting_fonts`."
