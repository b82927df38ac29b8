"""Which of the likeliest digits are believed, seen beside all the other ink of the photo.

The network judges each sign alone. What a whole photo tells beyond that: a page was written with
one pen, so that a faint "1" beside firm digits is a fold of the paper; and where most of the ink
is no digit, the few signs that look like some are chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnist_model.segmentation.grouping import Group

FAINTEST = 0.35
"""A digit has at least this share of the contrast that the firmest half of the digits has."""

LEAST_INK_SHARE = 0.25
"""Digits are at least this share of the ink, else the photo shows something else."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One group of the likeliest reading."""

    group: Group
    probabilities: tuple[float, ...]  # of each digit, given that it is one
    is_digit: bool
    row: int
    contrast: float  # of its ink with the paper, in [0, 1]

    @property
    def ink(self) -> int:
        """Pixels of ink."""
        return sum(piece.area for piece in self.group.pieces)


def believed(signs: Sequence[Sign]) -> list[Sign]:
    """The digits among the signs of a photo that are no chance."""
    digits = [sign for sign in signs if sign.is_digit]
    if not digits:
        return []
    firm = FAINTEST * float(np.median([digit.contrast for digit in _weighted(digits)]))
    kept = [digit for digit in digits if digit.contrast >= firm]
    total = sum(sign.ink for sign in signs if sign.contrast >= firm)
    if sum(digit.ink for digit in kept) < LEAST_INK_SHARE * total:
        return []
    return kept


def _weighted(digits: Sequence[Sign]) -> list[Sign]:
    """The larger half of the digits, by ink: specks don't say how firm the pen is."""
    by_ink = sorted(digits, key=lambda digit: digit.ink, reverse=True)
    return by_ink[: (len(by_ink) + 1) // 2]
