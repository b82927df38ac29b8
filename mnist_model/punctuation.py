"""Signs between digits that look like digits: slashes, brackets, and the percent sign.

To the network a slash is a one that leans, and a bracket is one that is bent: it sees each sign
alone and of one size. In its row, such a sign reaches beyond the digits above and below, or stands
between two rings too small for zeros.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnist_model.contract import Box
from mnist_model.segmentation.strokes import Mask

BEYOND = 0.1
"""It reaches beyond them by this share of their height, on either side. Of 75 ones in other
people's strings 4 did, and none of these leaned or was bent as much as is asked below."""

LEAN = 0.3
"""From bottom to top, a slash goes to the right by this share of its height."""

BEND = 0.1
"""The middle of a bracket lies off the straight line by this share of its height."""

SPREAD = 0.4
"""The ink of one stroke lies about its middle with a standard deviation of 0.29 of its breadth, or
a little more where the pen shook. A flag lies farther off."""

LEAST_DIGITS = 2
"""So many digits of the row that are no ones tell how tall digits are."""

SMALL_ZERO = 0.55
"""The rings of a percent sign are at most this share of the digits' height."""


@dataclass(frozen=True, slots=True)
class Read:
    """One sign of a row, and the digit that it was read as."""

    digit: int
    box: Box
    mask: Mask  # (box.height, box.width) uint8; 1 is ink

    @property
    def top(self) -> int:
        return self.box.y

    @property
    def bottom(self) -> int:
        return self.box.y + self.box.height

    @property
    def middle(self) -> float:
        return self.box.y + self.box.height / 2


def punctuation(row: Sequence[Read]) -> set[int]:
    """Which of the signs of a row, by their number, are no digits but punctuation.

    Args:
        row: what was read as digits, from left to right.
    """
    others = [sign for sign in row if sign.digit != 1]
    small = SMALL_ZERO * max((sign.box.height for sign in others), default=0)
    rings = {n for n, sign in enumerate(row) if sign.digit == 0 and sign.box.height <= small}
    tall = [sign for sign in others if sign.box.height > small]
    if len(tall) < LEAST_DIGITS:
        return set()
    top, bottom = np.median([(sign.top, sign.bottom) for sign in tall], axis=0)
    beyond = BEYOND * (bottom - top)
    marks: set[int] = set()
    for number, sign in enumerate(row):
        is_beyond = top - sign.top >= beyond and sign.bottom - bottom >= beyond
        of_percent = {number - 1, number + 1} if _is_percent(row, number, rings) else set()
        if sign.digit == 1 and (is_beyond or of_percent) and _is_slash_or_bracket(sign.mask):
            marks |= {number} | of_percent
    return marks


def _is_percent(row: Sequence[Read], number: int, rings: set[int]) -> bool:
    """Whether a sign stands between a ring above and one below."""
    if not {number - 1, number + 1} <= rings:
        return False
    ring, slash, other = row[number - 1 : number + 2]
    return ring.middle < slash.middle < other.middle


def _is_slash_or_bracket(mask: Mask) -> bool:
    """Whether it is one stroke, straight and leaning or bent, unlike a one with a flag."""
    y, x = np.array(np.nonzero(mask)) / len(mask)  # the stroke's height is 1
    lean = -np.polyfit(y, x, 1)[0]
    parabola = np.polyfit(y, x, 2)
    bend = abs(parabola[0]) / 4  # its middle lies so far off its chord
    breadth = np.count_nonzero(mask) / len(mask) ** 2
    is_one_stroke = np.std(x - np.polyval(parabola, y)) <= SPREAD * breadth
    return bool(is_one_stroke and (lean >= LEAN or bend >= BEND))
