"""Which of the likeliest digits are believed, seen beside all the other ink of the photo.

The network judges each sign alone. What a whole photo tells beyond that: a faint "1" beside firm
digits is a fold of the paper; and in the picture of a tree or of a butterfly, the few signs that
look like digits are of all pens, are not very like them, and lie among much that is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnist_model.segmentation.grouping import Group

FAINTEST = 0.4
"""A digit has at least this share of the contrast of the digits that hold half of the ink ..."""

FAINTEST_ON_PATTERNS, MANY_FAINT = 0.6, 5
"""... or this share, where so many signs that are no digits are as faint: of so many pieces of a
pattern, one looks like a digit by chance."""

MOST_DOUBT = 2.0
"""Beyond this much doubt (see `doubt_of`) a photo is taken to show no digits."""

OTHER_INK = 0.5
"""One doubt: this share of the ink is no digit."""

PEN_RATIO = 1.7
"""One doubt: the thick strokes are so many times as wide as the thin ones. A thick and a
thin pen on one sheet alone seldom make two doubts; the edges of things are of any width."""

UNLIKENESS = 0.1
"""One doubt: the network's probabilities fall short of 1 by this much, in the geometric mean."""

MOST_UNLIKENESS = 1.2
"""But no more doubts than this come from it: a badly written digit is one all the same."""


ONLY_ONES, FEW_ONES = 0.5, 5
"""So much doubt if all digits are ones, and as much again for so many more of them: any upright
line looks like one, and walls and fur are full of lines."""

SURE, LEAST_SURE, MOST_DOUBT_OF_ROW = 0.95, 3, 1.0
"""On a photo that is doubted, those of a row are believed that are so likely, if there are so
many, ones not counted, and the row as such is doubted no more than this."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One group of the likeliest reading."""

    group: Group
    probabilities: tuple[float, ...]  # of each digit, given that it is one
    likeness: float  # how likely it is the likeliest digit, rather than another or none
    is_digit: bool
    row: int
    contrast: float  # of its ink with the paper, in [0, 1]
    pen: float  # how wide its strokes are, in pixels

    @property
    def ink(self) -> int:
        """Pixels of ink."""
        return sum(piece.area for piece in self.group.pieces)


def believed(signs: Sequence[Sign]) -> list[Sign]:
    """The digits among the signs of a photo, without those that are chance."""
    digits = [sign for sign in signs if sign.is_digit]
    if not digits:
        return []
    contrast = float(np.median([digit.contrast for digit in _largest(digits)]))
    others = [s for s in signs if not s.is_digit and s.contrast >= FAINTEST * contrast]
    faint = [other for other in others if other.contrast < FAINTEST_ON_PATTERNS * contrast]
    least = FAINTEST_ON_PATTERNS if len(faint) >= MANY_FAINT else FAINTEST
    digits = [digit for digit in digits if digit.contrast >= least * contrast]
    if doubt_of(digits, others) <= MOST_DOUBT:
        return digits
    # Beside a spiral binding or a sticker, a row of digits is one all the same.
    rows = sorted({digit.row for digit in digits})
    return [sign for row in rows for sign in _sure_of_row(row, digits, others)]


def _sure_of_row(row: int, digits: Sequence[Sign], others: Sequence[Sign]) -> list[Sign]:
    sure = [digit for digit in digits if digit.row == row and digit.likeness >= SURE]
    if sum(np.argmax(digit.probabilities) != 1 for digit in sure) < LEAST_SURE:
        return []
    rest = [s for s in (*digits, *others) if s.row == row and s not in sure]
    return sure if doubt_of(sure, rest) <= MOST_DOUBT_OF_ROW else []


def doubt_of(digits: Sequence[Sign], others: Sequence[Sign]) -> float:
    """How much speaks against a photo's showing digits at all; 0 is nothing.

    Args:
        digits: the signs read as digits, at least one.
        others: the signs that are none.
    """
    ink = sum(digit.ink for digit in digits)
    other_ink = sum(other.ink for other in others) / (ink + sum(other.ink for other in others))
    thin, thick = np.percentile([digit.pen for digit in digits], [10, 90])
    likeness = np.exp(np.mean([np.log(max(digit.probabilities)) for digit in digits]))
    only_ones = all(np.argmax(digit.probabilities) == 1 for digit in digits)
    return float(
        other_ink / OTHER_INK
        + np.log(thick / thin) / np.log(PEN_RATIO)
        + min((1 - likeness) / UNLIKENESS, MOST_UNLIKENESS)
        + ONLY_ONES * only_ones * max(1.0, len(digits) / FEW_ONES)
    )


def _largest(digits: Sequence[Sign]) -> list[Sign]:
    """The digits that hold half of the ink: specks, however many, don't say how firm a pen is."""
    by_ink = sorted(digits, key=lambda digit: digit.ink, reverse=True)
    ink_so_far = np.cumsum([digit.ink for digit in by_ink])
    return by_ink[: int(np.searchsorted(ink_so_far, ink_so_far[-1] / 2)) + 1]
