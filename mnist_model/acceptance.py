"""Which of the likeliest digits are believed, seen beside all the other ink of the photo.

The network judges each sign alone. What a whole photo tells beyond that: a faint "1" beside firm
digits is a fold of the paper; and in the picture of a tree or of a butterfly, the few signs that
look like digits are of all pens, are not very like them, and lie among much that is none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

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


ONLY_ONES, FEW_ONES, NEARLY_ALL = 0.5, 5, 0.95
"""So much doubt if nearly all digits are ones, and as much again for so many more of them: any
upright line looks like one, and walls and fur are full of lines."""

SURE, LEAST_SURE, MOST_DOUBT_OF_NUMBER = 0.95, 3, 1.0
"""On a photo that is doubted, a number is believed all the same if so many of its digits are so
likely, ones not counted, and it is doubted no more than this, taken alone."""

NEAR = 1.5
"""The digits of a number stand no farther apart than this share of their height."""


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
    # Beside a spiral binding or a sticker, a number is one all the same.
    return [digit for number in _numbers(digits) if _is_sure(number, others) for digit in number]


def _numbers(digits: Sequence[Sign]) -> Iterator[list[Sign]]:
    """The digits that stand near each other in a row, from left to right."""
    for _, row in groupby(digits, key=lambda digit: digit.row):
        number: list[Sign] = []
        for digit in row:
            box = digit.group.box
            if number and box.x - _right(number[-1]) > NEAR * box.height:
                yield number
                number = []
            number.append(digit)
        yield number


def _is_sure(number: Sequence[Sign], others: Sequence[Sign]) -> bool:
    sure = [digit for digit in number if digit.likeness >= SURE]
    if sum(np.argmax(digit.probabilities) != 1 for digit in sure) < LEAST_SURE:
        return False
    among = [
        other
        for other in others
        if other.row == number[0].row
        and number[0].group.box.x <= other.group.box.x <= _right(number[-1])
    ]
    return doubt_of(number, among) <= MOST_DOUBT_OF_NUMBER


def _right(sign: Sign) -> int:
    return sign.group.box.x + sign.group.box.width


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
    ones = np.mean([np.argmax(digit.probabilities) == 1 for digit in digits])
    return float(
        other_ink / OTHER_INK
        + np.log(thick / thin) / np.log(PEN_RATIO)
        + min((1 - likeness) / UNLIKENESS, MOST_UNLIKENESS)
        + ONLY_ONES * (ones >= NEARLY_ALL) * max(1.0, len(digits) / FEW_ONES)
    )


def _largest(digits: Sequence[Sign]) -> list[Sign]:
    """The digits that hold half of the ink: specks, however many, don't say how firm a pen is."""
    by_ink = sorted(digits, key=lambda digit: digit.ink, reverse=True)
    ink_so_far = np.cumsum([digit.ink for digit in by_ink])
    return by_ink[: int(np.searchsorted(ink_so_far, ink_so_far[-1] / 2)) + 1]
