"""Which attempt to read a photo is taken, where it is hardly read at first.

The first takes the ink for dark or light as the background says (background.py) and the photo for
upright. Where a shadow leaves a bright patch of paper, the patch may have been taken for ink; then
the other ink is tried. Where a small sheet lies on something darker, it may have been, too, and
its edges for ones; then what lies around it is left out. Where a pattern is printed all over the
paper, its lines may have been; then the firmest ink alone is tried; so it is where nothing but
ones is read, as the upright lines of squared paper look like ones. Where the pen itself lies
beside the writing, most ink is no digit; then it is left out. Where a digit fills the photo, too
little paper is left to tell it from; then more is put around. A digit that lies on its side is
mostly no digit to the network; then the photo is tried turned. Attempts are compared by how much
of their ink they take for digits, and another one must be clearly better: it tells a person digits
that nobody wrote if it is wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mnist_model.acceptance import Sign
from mnist_model.quantiles import quantile_of_picture
from mnist_model.segmentation.binarization import STRONGEST
from mnist_model.segmentation.grouping import box_around
from mnist_model.segmentation.layout import Layout

OTHER_TURNS = (90, 180, 270)
"""Degrees clockwise by which a photo is turned where it is hardly read as it lies."""

LEGIBLE = 0.85
"""From this legibility on, a photo is not turned, and below it, it is not read turned. On 98 of
100 clean simulated photos of several digits it is over 0.9; on as many that lie on their side,
under 0.8."""

LEAST_GAIN = 0.8
"""How many digits' worth of ink must be explained anew for another attempt to be taken: the
legibility gained, times the digits (of a turn, those that tell which way is up)."""

LEGIBLE_WITH_ROOM = 0.65
"""The legibility that is asked of digits with paper put around the photo. Of 180 photos of one
digit that were cropped to it, all but a few came to 0.65; of 15 photos of other things, none to
0.3."""

LEAST_GAIN_BY_ROOM = 0.3
"""By so much the legibility must grow then: a digit that fills the photo is hardly read at all
without."""

FILLING = (0.6, 0.3)
"""What fills a photo takes at least the first share of its width or height, and the second of the
other: a line across it, or the edge of something, is no one."""

LEGIBLE_FIRM = 0.95
"""The legibility that is asked of digits in the firmest or the finest ink, as they are free of all
else. Digits less likely than that may go for them: in a pattern, some waves look a little like a
digit."""

FENCE = 8, 0.8
"""So many digits of which this share are ones may be a fence: upright lines look like ones."""

AS_FIRM = 0.6
"""As firm as the firmest ink is what has this share of its contrast; printed lines seldom have."""

LEGIBLE_ALONE = 0.98
"""The legibility that is asked of a single digit: letters, too, look like one from some side."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is read on a photo turned one way, of what was taken for its ink."""

    turned: int  # by how many degrees clockwise: 0, 90, 180 or 270
    layout: Layout
    signs: Sequence[Sign]
    digits: Sequence[Sign]  # those of the signs that are believed

    @property
    def legibility(self) -> float:
        """How much of the ink is likely digits, in [0, 1]; 0 where there is no ink."""
        ink = sum(sign.ink for sign in self.signs)
        return sum(sign.ink * sign.likeness for sign in self.signs) / max(ink, 1)


def is_legible(attempt: Attempt) -> bool:
    """Whether digits are read, and little other ink is left."""
    return bool(attempt.digits) and attempt.legibility >= LEGIBLE


def is_well_read(attempt: Attempt) -> bool:
    """Whether that is so, and they are no fence: no other attempt is worth its time."""
    return is_legible(attempt) and not is_fence(attempt.digits)


def is_fence(digits: Sequence[Sign]) -> bool:
    """Whether they may be lines of squared paper: ones, and little else if anything."""
    num_ones = sum(np.argmax(digit.probabilities) == 1 for digit in digits)
    is_much = len(digits) >= FENCE[0] and num_ones >= FENCE[1] * len(digits)
    return num_ones == len(digits) or is_much


def hardly_read(upright: Attempt) -> bool:
    """Whether there is ink that is hardly read, so that most attempts are worth their time."""
    return bool(upright.signs) and not is_legible(upright)


def clearer_ink(first: Attempt, other: Attempt) -> Attempt:
    """The attempt that took the ink for the other one, if it is clearly better; else the first."""
    gain = len(other.digits) * (other.legibility - first.legibility)
    return other if other.legibility >= LEGIBLE and gain >= LEAST_GAIN else first


def less_ink(first: Attempt, less: Attempt) -> Attempt:
    """The attempt on the firmest or the finest ink, if it is read beyond doubt; else the first.

    It must read as many digits as the first is sure of: what it leaves out may have been digits,
    too, in other ink. Ones of a fence count if they are as firm as the firmest ink.
    """
    is_no_chance = len(less.digits) >= _num_sure(first) and _num_telling(less.digits) > 0
    return less if is_no_chance and _is_beyond_doubt(less) else first


def _is_beyond_doubt(attempt: Attempt) -> bool:
    least = LEGIBLE_FIRM if len(attempt.digits) > 1 else LEGIBLE_ALONE
    return attempt.legibility >= least


def on_the_sheet(first: Attempt, sheet: Attempt) -> Attempt:
    """The attempt on a sheet without what lies around it, if it is read beyond doubt, and no fewer
    digits than at first; else the first.

    Ones alone don't count: a note taken for light ink is edges and halves, which look like ones.
    """
    before, now = _num_telling(first.digits), _num_telling(sheet.digits)
    if now < before:
        return first
    if now > before == 0 and _is_beyond_doubt(sheet):
        return sheet
    return less_ink(first, sheet)


def roomier(first: Attempt, with_room: Attempt) -> Attempt:
    """The attempt with paper put around the photo, if it is far better; else the first."""
    is_better = with_room.legibility - first.legibility >= LEAST_GAIN_BY_ROOM
    is_legible = with_room.legibility >= LEGIBLE_WITH_ROOM
    loses_none = len(with_room.digits) >= _num_sure(first)
    is_taken = is_better and is_legible and loses_none and _fills_the_photo(with_room)
    return with_room if is_taken else first


def _fills_the_photo(attempt: Attempt) -> bool:
    if not attempt.digits:
        return False
    box = box_around([digit.group.box for digit in attempt.digits])
    # Of a photo one pixel wide, nothing may be left where it is looked at.
    height, width = (max(side - 2 * attempt.layout.room, 1) for side in attempt.layout.grey.shape)
    less, more = sorted((box.width / width, box.height / height))
    return more >= FILLING[0] and less >= FILLING[1]


def _num_sure(attempt: Attempt) -> int:
    sure = [digit for digit in attempt.digits if digit.likeness >= LEGIBLE_FIRM]
    if is_fence(attempt.digits):
        # Of all ink: beside a fence, digits may have been taken for specks.
        least = AS_FIRM * quantile_of_picture(attempt.layout.contrast, STRONGEST)
        sure = [digit for digit in sure if digit.contrast >= least]
    return len(sure)


def clearest(upright: Attempt, others: Iterable[Attempt]) -> Attempt:
    """The best of the others if it is clearly better than `upright`, which else remains."""
    with_digits = (attempt for attempt in others if attempt.digits)
    best = max(with_digits, key=lambda attempt: attempt.legibility, default=upright)
    return best if _is_clearly_better(best, upright) else upright


def _is_clearly_better(turned: Attempt, upright: Attempt) -> bool:
    num_telling = _num_telling(turned.digits)
    gain = num_telling * (turned.legibility - upright.legibility)
    if turned.legibility < LEGIBLE or gain < LEAST_GAIN:
        return False
    if num_telling > 1:
        return True
    # On its head even an L is a seven; so one digit may lie on its side only, and must be alone.
    return turned.turned != 180 and turned.legibility >= LEGIBLE_ALONE and not upright.digits


def _num_telling(digits: Sequence[Sign]) -> int:
    """How many digits tell that they are no chance.

    Ones don't, since any line is one when it is turned upright; and the digits that one stroke was
    cut into count as one.
    """
    strokes = {piece.source or piece for digit in digits for piece in digit.group.pieces}
    return min(len(strokes), sum(np.argmax(digit.probabilities) != 1 for digit in digits))
